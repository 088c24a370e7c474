/* What the parts of the olympiad module share: rights, pages, rows to records. */
#ifndef EI_OLYMPIAD_STORE_H
#define EI_OLYMPIAD_STORE_H

#include <edu/olympiad.h>
#include "domain/portal/portal.h"

#define EI_OLYMPIAD_SERVICE "olympiad"
#define EI_OLYMPIAD_CODE_MAX 64
#define EI_SEED_MAX 64
/* A run that has not shown life for so long may be taken over. */
#define EI_RUN_STALE (60 * INT64_C(1000000))

/* ---- rights: EDU_E_UNAUTHENTICATED or EDU_E_DENIED ---- */

/* Somebody of any role. */
edu_status ei_olympiad_require_staff(edu_session *session, edu_tx *tx, edu_error *error);
/* A clerk of whatever scope, or an admin. */
edu_status ei_olympiad_require_any_clerk(edu_session *session, edu_tx *tx, edu_error *error);
/* A steward, a clerk of whatever scope, or an admin. */
edu_status ei_olympiad_require_centre_staff(edu_session *session, edu_tx *tx, edu_error *error);

edu_status ei_olympiad_not_found(edu_error *error, const char *what);
/* 1 to 64 characters of a-z 0-9 -. */
edu_status ei_olympiad_check_code(const char *code, const char *field, edu_error *error);

/* ---- rows to records ---- */

/* For pages and single rows; the context is the session. */
edu_status ei_olympiad_fill_season(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error);
edu_status ei_olympiad_fill_sitting(ei_rows *rows, int first, ei_arena *arena, void *record,
                                    void *context, edu_error *error);
/* The columns of edu_entry, then the desk's number. */
edu_status ei_olympiad_fill_entry(ei_rows *rows, int first, ei_arena *arena, void *record,
                                  void *context, edu_error *error);

/* Number of a desk, row * 100 + column, as "C4". */
#define EI_SEAT_TEXT 8
void ei_seat_format(int64_t desk, char text[EI_SEAT_TEXT]);
/* The other way, within a room; 0 where it is no seat of it. */
int32_t ei_seat_parse(const char *text, size_t length, int32_t rows, int32_t columns);

/* A sitting that the session may see: EDU_E_NOT_FOUND otherwise. */
edu_status ei_olympiad_require_sitting(edu_session *session, edu_tx *tx, edu_id sitting_id,
                                       edu_error *error);

/* An audit entry about a sitting or an allocation, with how many it concerned. */
edu_status ei_olympiad_audit(ei_command *command, edu_tx *tx, const char *action, edu_id subject,
                             int64_t count, edu_error *error);

/* One write of a few rows, not remembered under a key. */
edu_status ei_olympiad_write(edu_session *session, const char *name,
                             edu_status (*run)(ei_command *, edu_tx *, edu_error *), void *context,
                             edu_error *error);

#endif
