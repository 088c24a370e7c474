/* Texts of the olympiads in the languages of the portal: reasons, and what stands on paper. */
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
    EI_TEXT_SLIP,
    EI_TEXT_PUPIL,
    EI_TEXT_SCHOOL,
    EI_TEXT_GRADE,
    EI_TEXT_SUBJECT,
    EI_TEXT_DATE,
    EI_TEXT_TIME,
    EI_TEXT_DURATION,
    EI_TEXT_MINUTES,
    EI_TEXT_CENTRE,
    EI_TEXT_ADDRESS,
    EI_TEXT_ROOM,
    EI_TEXT_SEAT,
    EI_TEXT_VARIANT,
    EI_TEXT_DISTANCE,
    EI_TEXT_BRING,
    EI_TEXT_WHY,
    EI_TEXT_ATTENDANCE,
    EI_TEXT_SIGNATURE,
    EI_OLYMPIAD_TEXTS
} ei_olympiad_text;

/* In the language, else in English. Static. */
const char *ei_olympiad_text_get(const char *language, ei_olympiad_text text);

#endif
