/* What the engine of applications uses of tuition, within its commands. */
#ifndef EI_TUITION_STORE_H
#define EI_TUITION_STORE_H

#include <edu/tuition.h>
#include "domain/request/request_store.h"

#define EI_TUITION_KIND "tuition" /* of its invoices; their subject is the application */

/* Adds to faults what a claim that is typed lacks: a category that there is, and evidence. */
edu_status ei_tuition_faults(edu_tx *tx, const ei_draft *draft, json_t *faults, edu_error *error);
/* Keeps what is submitted of it. funding: where the form does not say it; NULL: not known yet. */
edu_status ei_tuition_claim(edu_tx *tx, const ei_definition *definition, const ei_request *request,
                            const json_t *form, const char *funding, edu_error *error);
/* Who pays, where that is known only after submitting. */
edu_status ei_tuition_fund(edu_tx *tx, const edu_id *person, const edu_id *request,
                           const char *funding, edu_error *error);
/* What an action says of the claim. EDU_E_STATE "tuition.no_claim" where there is none. */
edu_status ei_tuition_decide(ei_command *command, edu_tx *tx, const ei_request *request,
                             ei_deciding deciding, edu_error *error);
/* What the state that a request has come to means for what is to be paid: assessed, or over. */
edu_status ei_tuition_entered(ei_command *command, edu_tx *tx, const ei_definition *definition,
                              const ei_request *request, edu_error *error);

/* What a year costs. EDU_E_STATE "tuition.no_fee" where nobody has said it yet. */
edu_status ei_tuition_fee(edu_tx *tx, const ei_tuition_rules *rules, const edu_id *offering,
                          const char *funding, int64_t *amount, edu_error *error);

#endif
