/* Why somebody may not take part in an olympiad, in the languages of the portal. */
#ifndef EI_OLYMPIAD_TEXTS_H
#define EI_OLYMPIAD_TEXTS_H

#include "core/core.h"

typedef enum ei_olympiad_text {
    EI_TEXT_NOT_A_PUPIL,
    EI_TEXT_WRONG_GRADE,
    EI_TEXT_NOT_YET,
    EI_TEXT_CLOSED,
    EI_TEXT_ALREADY,
    EI_TEXT_CLASH,
    EI_TEXT_BY_INVITATION,
    EI_OLYMPIAD_TEXTS
} ei_olympiad_text;

/* In the language, else in English. Static. */
const char *ei_olympiad_text_get(const char *language, ei_olympiad_text text);

#endif
