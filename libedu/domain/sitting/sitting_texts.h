/* What stands on slips and lists, in the languages of the portal. */
#ifndef EI_SITTING_TEXTS_H
#define EI_SITTING_TEXTS_H

#include "core/core.h"

typedef enum ei_sitting_text {
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
    EI_TEXT_NAME,
    EI_TEXT_EXAM,
    EI_TEXT_REGION,
    EI_TEXT_FROM_REGION,
    EI_TEXT_HOME,
    EI_TEXT_LINE,
    EI_SITTING_TEXTS
} ei_sitting_text;

/* In the language, else in English. Static. */
const char *ei_sitting_text_get(const char *language, ei_sitting_text text);

#endif
