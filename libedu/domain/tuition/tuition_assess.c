/* What an application has to pay: by what it is for, who pays, and a concession that was accepted.
 */
#include "domain/tuition/tuition_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/payment/payment_store.h"
#include "request_sql.h"
#include "tuition_sql.h"
#include "workflow/document.h"

#define NO_CLAIM "none" /* as a form that has to be answered says it */

/* ---- claims ---- */

static const char *typed_at(const json_t *form, const char *pointer)
{
    const char *text = pointer ? json_string_value(ei_document_value(form, pointer)) : NULL;
    return text && *text && strcmp(text, NO_CLAIM) != 0 ? text : NULL;
}

static edu_status evidence_fault(edu_tx *tx, const ei_draft *draft, const char *code,
                                 json_t *faults, edu_error *error)
{
    char pointer[EI_CODE_MAX + 16];
    int64_t count = 0;
    ei_rows rows;
    EI_TRY(ei_rows_integer(
        sql_draft_document_count(tx, &draft->person, &draft->id, code, &rows, error), &rows, NULL,
        &count, error));
    (void)snprintf(pointer, sizeof pointer, "/documents/%s", code);
    return count > 0 ? EDU_OK
                     : ei_request_fault(faults, pointer, "tuition.evidence",
                                        "a concession needs evidence: add this document", error);
}

edu_status ei_tuition_faults(edu_tx *tx, const ei_draft *draft, json_t *faults, edu_error *error)
{
    const ei_tuition_rules *rules = ei_definition_tuition(draft->definition);
    const char *funding = rules ? typed_at(draft->form, rules->funding) : NULL,
               *concession = rules ? typed_at(draft->form, rules->concession) : NULL;
    if (funding && !ei_tuition_funding_title(rules, funding))
        EI_TRY(ei_request_fault(faults, rules->funding, "tuition.funding",
                                "nobody pays in this way", error));
    if (!concession)
        return EDU_OK;
    if (!ei_tuition_concession_title(rules, concession))
        return ei_request_fault(faults, rules->concession, "tuition.concession",
                                "there is no such concession", error);
    return rules->evidence ? evidence_fault(tx, draft, rules->evidence, faults, error) : EDU_OK;
}

edu_status ei_tuition_claim(edu_tx *tx, const ei_definition *definition, const ei_request *request,
                            const json_t *form, const char *funding, edu_error *error)
{
    const ei_tuition_rules *rules = ei_definition_tuition(definition);
    int64_t changed = 0;
    if (!rules)
        return EDU_OK;
    const char *who = typed_at(form, rules->funding),
               *concession = typed_at(form, rules->concession);
    if (!who)
        who = funding && *funding ? funding : ei_tuition_only_funding(rules);
    EI_TRY(sql_tuition_claim_change(tx, &request->person, &request->id, who, concession, &changed,
                                    error));
    return changed ? EDU_OK
                   : sql_tuition_claim_add(tx, &request->person, &request->id, who, concession,
                                           NULL, error);
}

edu_status ei_tuition_fund(edu_tx *tx, const edu_id *person, const edu_id *request,
                           const char *funding, edu_error *error)
{
    return sql_tuition_fund(tx, person, request, funding, NULL, error);
}

edu_status ei_tuition_decide(ei_command *command, edu_tx *tx, const ei_request *request,
                             ei_deciding deciding, edu_error *error)
{
    const edu_id actor = ei_session_actor(command->session);
    int64_t changed = 0;
    if (deciding == EI_DECIDING_NONE)
        return EDU_OK;
    EI_TRY(sql_tuition_decide(tx, &request->person, &request->id,
                              deciding == EI_DECIDING_ACCEPT ? "accepted" : "refused", command->now,
                              &actor, &changed, error));
    return changed ? EDU_OK
                   : ei_fail(error, EDU_E_STATE, "tuition.no_claim", NULL,
                             "this application claims no concession");
}

/* ---- what is to be paid ---- */

edu_status ei_tuition_fee(edu_tx *tx, const ei_tuition_rules *rules, const edu_id *offering,
                          const char *funding, int64_t *amount, edu_error *error)
{
    ei_rows rows;
    bool found = false;
    *amount = 0;
    if (ei_tuition_is_free(rules, funding))
        return EDU_OK;
    EI_TRY(ei_rows_integer(sql_tuition_fee_get(tx, offering, funding, &rows, error), &rows, &found,
                           amount, error));
    return found ? EDU_OK
                 : ei_fail(error, EDU_E_STATE, "tuition.no_fee", NULL,
                           "nobody has said yet what this costs; ask the institution");
}

typedef struct assessing {
    const ei_definition *definition;
    const ei_tuition_rules *rules;
    const ei_request *request;
    char funding[EI_REQUEST_CODE], concession[EI_REQUEST_CODE]; /* "" for none */
    bool is_decided, is_accepted;
    int64_t amount, waived;
    bool has_invoice; /* one of which something was paid */
    ei_invoice invoice;
} assessing;

static edu_status read_claim(edu_tx *tx, assessing *of, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_tuition_claim_get(tx, &of->request->person, &of->request->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        const char *decision = ei_column_text(&rows, 2);
        ei_take_text(&rows, 0, of->funding, sizeof of->funding);
        ei_take_text(&rows, 1, of->concession, sizeof of->concession);
        of->is_decided = decision != NULL;
        of->is_accepted = decision && strcmp(decision, "accepted") == 0;
    }
    ei_rows_close(&rows);
    if (status == EDU_OK && !of->funding[0])
        return ei_fail(error, EDU_E_STATE, "tuition.no_funding", NULL,
                       "it is not known yet who pays");
    return status;
}

static edu_status find_amount(edu_tx *tx, assessing *of, edu_error *error)
{
    EI_TRY(ei_tuition_fee(tx, of->rules, &of->request->offering, of->funding, &of->amount, error));
    if (of->is_accepted) /* half a unit is for the person */
        of->waived = (of->amount * ei_tuition_waiver_percent(of->rules, of->concession) + 50) / 100;
    return EDU_OK;
}

static edu_status find_invoice(edu_tx *tx, const ei_request *request, bool *found, ei_invoice *out,
                               edu_error *error)
{
    edu_id id;
    EI_TRY(ei_invoice_of(tx, &request->person, EI_TUITION_KIND, &request->id, found, &id, error));
    return *found ? ei_invoice_load(tx, &request->person, &id, out, error) : EDU_OK;
}

/* What was asked for before is asked for no more, unless somebody has paid of it. */
static edu_status retire(ei_command *command, edu_tx *tx, const ei_definition *definition,
                         const ei_request *request, bool *is_left, ei_invoice *out,
                         edu_error *error)
{
    EI_TRY(find_invoice(tx, request, is_left, out, error));
    if (!*is_left || out->paid > 0 || !ei_invoice_is_open(out))
        return EDU_OK;
    *is_left = false;
    const char *why =
        ei_localised(command->session, ei_definition_state_title(definition, request->state));
    return ei_invoice_cancel(command, tx, &request->person, &out->id, why, error);
}

static edu_status step_on(ei_command *command, edu_tx *tx, const assessing *of, const char *action,
                          edu_error *error)
{
    return ei_request_by_system(command, tx, &of->request->person, &of->request->id, action, error);
}

/* "Tuition: Physics", in each language. */
static json_t *invoice_title(const ei_command *command, const assessing *of, json_t *subject)
{
    json_t *made = json_object(), *text;
    const char *language;
    json_object_foreach((json_t *)(uintptr_t)of->rules->title, language, text)
    {
        const char *named = json_string_value(json_object_get(subject, language));
        json_t *line = json_sprintf("%s: %s", json_string_value(text),
                                    named ? named : ei_localised(command->session, subject));
        if (json_object_set_new(made, language, line) != 0) {
            json_decref(made);
            return NULL;
        }
    }
    return made;
}

static edu_status plan_invoice(const ei_command *command, edu_tx *tx, const assessing *of,
                               ei_invoice_plan *plan, json_t **title, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    json_t *subject = NULL;
    int hour, minute;
    EI_TRY(sql_tuition_request(tx, &of->request->person, &of->request->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    edu_bytes text = ei_column_bytes(&rows, 1);
    edu_time due = ei_column_time(&rows, 0);
    if (status == EDU_OK)
        status = ei_json_read(text.data, text.size, &subject, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    *title = invoice_title(command, of, subject);
    json_decref(subject);
    *plan = (ei_invoice_plan){.person = of->request->person,
                              .kind = EI_TUITION_KIND,
                              .subject = of->request->id,
                              .title = *title,
                              .currency = of->rules->currency,
                              .amount = of->amount,
                              .is_automatic = true};
    if (due < EI_REQUEST_NEVER)
        plan->due =
            ei_time_civil(due, command->session->portal->utc_offset_minutes, &hour, &minute);
    return *title ? EDU_OK : ei_no_memory(error);
}

static edu_status waive(ei_command *command, edu_tx *tx, const assessing *of, const edu_id *invoice,
                        int64_t amount, edu_error *error)
{
    if (amount == 0)
        return EDU_OK;
    return ei_invoice_waive(
        command, tx, &of->request->person, invoice, amount,
        ei_localised(command->session, ei_tuition_concession_title(of->rules, of->concession)),
        error);
}

static edu_status bill(ei_command *command, edu_tx *tx, const assessing *of, edu_error *error)
{
    ei_invoice_plan plan;
    json_t *title = NULL;
    edu_id made;
    edu_status status = plan_invoice(command, tx, of, &plan, &title, error);
    if (of->waived < of->amount) {
        plan.application = of->request->id;
        plan.action = of->rules->paid;
    }
    if (status == EDU_OK)
        status = ei_invoice_make(command, tx, &plan, &made, error);
    json_decref(title);
    return status == EDU_OK ? waive(command, tx, of, &made, of->waived, error) : status;
}

/* Of an invoice that was paid in part or whole, the rest. */
static edu_status bill_rest(ei_command *command, edu_tx *tx, assessing *of, edu_error *error)
{
    int64_t rest = ei_invoice_remaining(&of->invoice),
            more = of->waived > of->invoice.waived ? of->waived - of->invoice.waived : 0;
    if (rest == 0)
        return step_on(command, tx, of, of->rules->nothing, error);
    EI_TRY(step_on(command, tx, of, of->rules->due, error));
    return waive(command, tx, of, &of->invoice.id, more < rest ? more : rest, error);
}

static edu_status assess(ei_command *command, edu_tx *tx, assessing *of, edu_error *error)
{
    EI_TRY(read_claim(tx, of, error));
    if (of->concession[0] && !of->is_decided)
        return step_on(command, tx, of, of->rules->claimed, error);
    EI_TRY(find_amount(tx, of, error));
    EI_TRY(retire(command, tx, of->definition, of->request, &of->has_invoice, &of->invoice, error));
    if (of->has_invoice)
        return bill_rest(command, tx, of, error);
    bool is_due = of->waived < of->amount;
    EI_TRY(step_on(command, tx, of, is_due ? of->rules->due : of->rules->nothing, error));
    return of->amount > 0 ? bill(command, tx, of, error) : EDU_OK;
}

edu_status ei_tuition_entered(ei_command *command, edu_tx *tx, const ei_definition *definition,
                              const ei_request *request, edu_error *error)
{
    const ei_tuition_rules *rules = ei_definition_tuition(definition);
    assessing of = {.definition = definition, .rules = rules, .request = request};
    if (!rules)
        return EDU_OK;
    if (ei_definition_state(definition, request->state)->assesses)
        return assess(command, tx, &of, error);
    return request->is_open
               ? EDU_OK
               : retire(command, tx, definition, request, &of.has_invoice, &of.invoice, error);
}
