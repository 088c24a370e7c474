/* What a service says about tuition: who pays, concessions, and the steps that follow. */
#ifndef EI_DEFINITION_TUITION_H
#define EI_DEFINITION_TUITION_H

#include "core/core.h"
#include "workflow/definition_request.h"

#define EI_CURRENCY_TEXT 4

/* What an action says of a concession that was claimed. */
typedef enum ei_deciding { EI_DECIDING_NONE, EI_DECIDING_ACCEPT, EI_DECIDING_REFUSE } ei_deciding;

/* Borrows from the definition. */
typedef struct ei_tuition_rules {
    const json_t *json;     /* NULL: the service has no tuition */
    const json_t *title;    /* of the invoice, by language */
    const char *currency;   /* ISO 4217 */
    const char *funding;    /* JSON Pointer into the form; NULL: known otherwise, or the only one */
    const char *concession; /* JSON Pointer to the category that is claimed; NULL: none can be */
    const char *evidence;   /* code of the document that a claim needs; NULL: none */
    /* Actions of the system: a claim waits for a decision; something is to be paid; it was paid;
     * nothing is to be paid. */
    const char *claimed, *due, *paid, *nothing;
} ei_tuition_rules;

/* Checks the keyword `tuition`; NULL gives rules without json. request: NULL where there is none.
 */
edu_status ei_tuition_rules_make(const json_t *json, const json_t *languages,
                                 const ei_request_rules *request, ei_tuition_rules *out,
                                 edu_error *error);
bool ei_tuition_has_concessions(const ei_tuition_rules *rules);

/* NULL where there is none of this code. */
json_t *ei_tuition_funding_title(const ei_tuition_rules *rules, const char *funding);
bool ei_tuition_is_free(const ei_tuition_rules *rules, const char *funding);
/* The only one; NULL where there are several. */
const char *ei_tuition_only_funding(const ei_tuition_rules *rules);
json_t *ei_tuition_concession_title(const ei_tuition_rules *rules, const char *concession);
int32_t ei_tuition_waiver_percent(const ei_tuition_rules *rules, const char *concession);

#endif
