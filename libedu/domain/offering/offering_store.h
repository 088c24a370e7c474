/* What other modules use of offerings. */
#ifndef EI_OFFERING_STORE_H
#define EI_OFFERING_STORE_H

#include <edu/offering.h>
#include "domain/account/account_store.h"
#include "domain/application/application.h"
#include "domain/portal/portal.h"

edu_status ei_offering_not_found(edu_error *error);

/* Where somebody keeps offerings. */
typedef struct ei_kept_at {
    int places;     /* 0, 1, or 2 for several */
    char scope[16]; /* of the first: "" for everywhere, "region", "institution" */
    char code[EI_CODE_MAX + 1];
} ei_kept_at;

edu_status ei_offering_kept_at(edu_tx *tx, const edu_id *actor, ei_kept_at *out, edu_error *error);
/* Whether it is one region or institution alone, whose index serves. */
bool ei_kept_at_one(const ei_kept_at *where, const char *scope);

/* The offering that a service without offerings is, with the window of its definition. For the
 * command that publishes one. */
edu_status ei_offering_of_itself(ei_command *command, edu_tx *tx, const ei_definition *definition,
                                 edu_error *error);

/* ---- weekly times ---- */

#define EI_TIMES_MAX 14

/* Minutes of the week, from Monday 0:00. */
typedef struct ei_weekly {
    int16_t from, until;
} ei_weekly;

/* Reads {"day", "from", "until"} of a list; EDU_E_INVALID at `field` where it is none. NULL has
 * none. */
edu_status ei_weekly_read(const json_t *times, const char *field, ei_weekly out[EI_TIMES_MAX],
                          size_t *count, edu_error *error);
/* Of times that were read: a bit for each day of the week, from Monday. */
int64_t ei_weekly_days(const json_t *times);
bool ei_weekly_clash(const ei_weekly *a, size_t a_count, const ei_weekly *b, size_t b_count);

#endif
