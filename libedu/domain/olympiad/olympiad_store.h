/* What the parts of the olympiad module share: rows to records. */
#ifndef EI_OLYMPIAD_STORE_H
#define EI_OLYMPIAD_STORE_H

#include <edu/olympiad.h>
#include "domain/sitting/sitting_store.h"

#define EI_OLYMPIAD_SERVICE "olympiad"
#define EI_OLYMPIAD_CODE_MAX 64

edu_status ei_olympiad_not_found(edu_error *error, const char *what);
/* 1 to 64 characters of a-z 0-9 -. */
edu_status ei_olympiad_check_code(const char *code, const char *field, edu_error *error);

/* For pages and single rows; the context is the session. */
edu_status ei_olympiad_fill_season(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error);

#endif
