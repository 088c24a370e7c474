/* What the parts of the module share: rights, rows to records. */
#ifndef EI_SITTING_STORE_H
#define EI_SITTING_STORE_H

#include <edu/sitting.h>
#include "domain/portal/seed.h"
#include "workflow/workflow.h"

#define EI_SITTING_CODE_MAX 64
#define EI_SITTING_SEED "sitting.seed" /* purpose of what is drawn */
/* A run that has not shown life for so long may be taken over. */
#define EI_RUN_STALE (60 * INT64_C(1000000))

/* ---- rights: EDU_E_UNAUTHENTICATED or EDU_E_DENIED ---- */

/* A clerk of whatever scope, or an admin. */
edu_status ei_sitting_require_any_clerk(edu_session *session, edu_tx *tx, edu_error *error);
/* A steward, a clerk of whatever scope, or an admin. */
edu_status ei_sitting_require_centre_staff(edu_session *session, edu_tx *tx, edu_error *error);

edu_status ei_sitting_not_found(edu_error *error, const char *what);

/* ---- one ---- */

typedef struct ei_sitting_facts {
    edu_id id;
    edu_id offering; /* none: an olympiad's */
    char kind[EI_SITTING_CODE_MAX + 1];
    char state[16];
    bool is_published; /* the season is */
    edu_time closes;   /* of its season, or offering */
    edu_time starts, ends;
    char commitment[EI_COMMITMENT_TEXT];
    bool is_drawn; /* the seed is the portal's */
    uint8_t seed[EI_SEED_BYTES];
    size_t seed_size;
} ei_sitting_facts;

/* What a sitting that is made now is committed to. */
void ei_sitting_commitment(const edu_session *session, const edu_id *id,
                           char out[EI_COMMITMENT_TEXT]);

/* EDU_E_NOT_FOUND where there is none. Who may see it is not asked. */
edu_status ei_sitting_facts_read(edu_tx *tx, const edu_id *id, ei_sitting_facts *out,
                                 edu_error *error);
bool ei_sitting_is_of_offering(const ei_sitting_facts *facts);
/* The rules of its kind, by the newest version of the service's definition. */
edu_status ei_sitting_rules(const edu_session *session, edu_tx *tx, const ei_sitting_facts *facts,
                            ei_sitting_kind *out, edu_error *error);
edu_status ei_sitting_no_kind(edu_error *error);

/* ---- rows to records ---- */

/* For pages and single rows; the context is the session. */
edu_status ei_sitting_fill(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                           edu_error *error);
/* The columns of edu_entry, then the desk's number and whether they came. */
edu_status ei_sitting_fill_entry(ei_rows *rows, int first, ei_arena *arena, void *record,
                                 void *context, edu_error *error);
edu_status ei_sitting_localise(ei_arena *arena, const edu_session *session, const char *json,
                               const char **out, edu_error *error);
/* "draft", "announced", "open" or "closed". */
const char *ei_sitting_window(bool is_published, edu_time opens, edu_time closes, edu_time now);

/* Number of a desk, row * 100 + column, as "C4". */
#define EI_SEAT_TEXT 8
void ei_seat_format(int64_t desk, char text[EI_SEAT_TEXT]);
/* The other way, within a room; 0 where it is no seat of it. */
int32_t ei_seat_parse(const char *text, size_t length, int32_t rows, int32_t columns);

/* A sitting that the session may see: EDU_E_NOT_FOUND otherwise. */
edu_status ei_sitting_require(edu_session *session, edu_tx *tx, edu_id sitting_id,
                              edu_error *error);

#endif
