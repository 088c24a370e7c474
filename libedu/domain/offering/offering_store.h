/* What other modules use of offerings. */
#ifndef EI_OFFERING_STORE_H
#define EI_OFFERING_STORE_H

#include <edu/offering.h>
#include "domain/application/application.h"
#include "domain/portal/portal.h"

edu_status ei_offering_not_found(edu_error *error);

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
