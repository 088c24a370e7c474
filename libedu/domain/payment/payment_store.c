/* Rows of payment to structs, and the transfers of the ledger. */
#include "domain/payment/payment_store.h"
#include "domain/request/request_store.h"

#include <stdio.h>
#include <string.h>

#include "payment_sql.h"
#include "workflow_sql.h"

edu_status ei_payment_not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "payment.not_found", NULL,
                   "there is no such invoice or person, or it is not yours to see");
}

edu_status ei_payment_not_open(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "payment.not_open", NULL,
                   "nothing of this invoice is due any more");
}

edu_status ei_payment_bad(edu_error *error, const char *field, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "payment.invalid", field, "%s", what);
}

edu_status ei_payment_see(const edu_session *session, edu_tx *tx, const edu_id *person,
                          edu_error *error)
{
    ei_rows rows;
    bool found;
    const edu_id actor = ei_session_actor(session);
    edu_status opened = sql_payment_person(tx, &actor, person, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &found, NULL, error));
    return found ? EDU_OK : ei_payment_not_found(error);
}

edu_status ei_invoice_see(const edu_session *session, edu_tx *tx, const edu_id *person,
                          const edu_id *invoice, bool *acts, edu_error *error)
{
    ei_rows rows;
    bool found;
    int64_t number = 0;
    const edu_id actor = ei_session_actor(session);
    edu_status opened = sql_payment_invoice_seen(tx, &actor, person, invoice, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &found, &number, error));
    *acts = number != 0;
    return found ? EDU_OK : ei_payment_not_found(error);
}

edu_status ei_require_finance(edu_session *session, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool found;
    EI_TRY(ei_session_require(session, error));
    const edu_id actor = ei_session_actor(session);
    edu_status opened = sql_payment_is_finance(tx, &actor, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &found, NULL, error));
    return found ? EDU_OK
                 : ei_fail(error, EDU_E_DENIED, "session.no_role", NULL,
                           "this is for finance staff: the role \"finance\"");
}

/* ---- claims ---- */

edu_status ei_payment_claim(edu_tx *tx, const char *kind, edu_bytes value, const edu_id *owner,
                            bool *taken, edu_error *error)
{
    int64_t added = 0;
    EI_TRY(sql_payment_claim(tx, kind, value, owner, &added, error));
    *taken = added == 1;
    return EDU_OK;
}

edu_status ei_payment_claimed(edu_tx *tx, const char *kind, edu_bytes value, bool *found,
                              edu_id *owner, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_payment_claimed(tx, kind, value, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    if (status == EDU_OK && *found)
        *owner = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

/* ---- an invoice in hand ---- */

static void take_invoice(ei_rows *rows, ei_invoice *out)
{
    const char *action = ei_column_text(rows, 7);
    (void)snprintf(out->currency, sizeof out->currency, "%s", ei_column_text(rows, 0));
    out->amount = ei_column_int(rows, 1);
    out->waived = ei_column_int(rows, 2);
    out->paid = ei_column_int(rows, 3);
    out->refunded = ei_column_int(rows, 4);
    (void)snprintf(out->state, sizeof out->state, "%s", ei_column_text(rows, 5));
    out->application = ei_column_id(rows, 6);
    (void)snprintf(out->action, sizeof out->action, "%s", action ? action : "");
    (void)snprintf(out->number, sizeof out->number, "%s", ei_column_text(rows, 9));
}

edu_status ei_invoice_load(edu_tx *tx, const edu_id *person, const edu_id *id, ei_invoice *out,
                           edu_error *error)
{
    ei_rows rows;
    bool row = false;
    *out = (ei_invoice){.person = *person, .id = *id};
    EI_TRY(sql_payment_invoice_get(tx, person, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        take_invoice(&rows, out);
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_payment_not_found(error) : status;
}

bool ei_invoice_is_open(const ei_invoice *invoice)
{
    return strcmp(invoice->state, "open") == 0;
}

int64_t ei_invoice_remaining(const ei_invoice *invoice)
{
    return ei_invoice_is_open(invoice) ? invoice->amount - invoice->waived - invoice->paid : 0;
}

/* Whatever engine has it. */
static edu_status take_action(ei_command *command, edu_tx *tx, const ei_invoice *invoice,
                              edu_error *error)
{
    bool is_request;
    EI_TRY(ei_request_is(tx, &invoice->person, &invoice->application, &is_request, error));
    if (is_request)
        return ei_request_by_system(command, tx, &invoice->person, &invoice->application,
                                    invoice->action, error);
    ei_application_step step = {.person = invoice->person,
                                .application = invoice->application,
                                .action = invoice->action,
                                .actor_kind = "system"};
    return ei_application_advance(command, tx, &step, error);
}

/* The application moves on, or staff are told that it does not any more: money that came must not
 * be refused for that. */
static edu_status move_application(ei_command *command, edu_tx *tx, const ei_invoice *invoice,
                                   edu_error *error)
{
    edu_error why = EDU_ERROR_INIT;
    EI_TRY(ei_savepoint(tx, error));
    edu_status status = take_action(command, tx, invoice, &why);
    if (status == EDU_OK)
        return ei_release(tx, error);
    EI_TRY(ei_rollback_to(tx, error));
    if (status != EDU_E_STATE && status != EDU_E_NOT_FOUND && status != EDU_E_INVALID &&
        status != EDU_E_DENIED) {
        if (error)
            *error = why;
        return status;
    }
    const ei_difference difference = {.kind = "action",
                                      .reference = invoice->number,
                                      .person = &invoice->person,
                                      .invoice = &invoice->id,
                                      .currency = invoice->currency,
                                      .expected = invoice->amount,
                                      .found = invoice->paid + invoice->waived};
    return ei_difference_add(command, tx, &difference, NULL, error);
}

edu_status ei_invoice_save(ei_command *command, edu_tx *tx, ei_invoice *invoice, edu_error *error)
{
    bool settles = ei_invoice_is_open(invoice) && ei_invoice_remaining(invoice) == 0;
    if (settles)
        (void)snprintf(invoice->state, sizeof invoice->state, "settled");
    bool is_live = strcmp(invoice->state, "cancelled") != 0;
    EI_TRY(sql_payment_invoice_put(tx, &invoice->person, &invoice->id, invoice->waived,
                                   invoice->paid, invoice->refunded, invoice->state, is_live,
                                   command->now, NULL, error));
    return settles && invoice->action[0] ? move_application(command, tx, invoice, error) : EDU_OK;
}

/* ---- to records ---- */

edu_status ei_invoice_fill(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                           edu_error *error)
{
    edu_invoice *out = record;
    const char *given = ei_column_text(rows, first + 17),
               *family = ei_column_text(rows, first + 18);
    out->person_id = ei_column_id(rows, first);
    out->id = ei_column_id(rows, first + 1);
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->kind, error));
    out->subject_id = ei_column_id(rows, first + 4);
    out->title = ei_localised_text(arena, context, ei_column_text(rows, first + 5));
    EI_TRY(ei_copy_column(arena, rows, first + 6, &out->currency, error));
    out->amount = ei_column_int(rows, first + 7);
    out->waived = ei_column_int(rows, first + 8);
    out->paid = ei_column_int(rows, first + 9);
    out->refunded = ei_column_int(rows, first + 10);
    EI_TRY(ei_copy_column(arena, rows, first + 11, &out->state, error));
    out->due = ei_column_date(rows, first + 12);
    out->created = ei_column_time(rows, first + 13);
    out->changed = ei_column_time(rows, first + 14);
    out->is_awaited = ei_column_bool(rows, first + 15);
    out->returned = ei_column_int(rows, first + 16);
    out->holder = ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
    if (strcmp(out->state, "open") == 0)
        out->remaining = out->amount - out->waived - out->paid;
    return out->title && out->holder ? EDU_OK : ei_no_memory(error);
}

/* ---- the ledger ---- */

edu_status ei_ledger_add(const ei_command *command, edu_tx *tx, const ei_transfer *transfer,
                         edu_error *error)
{
    if (transfer->amount == 0)
        return EDU_OK;
    const edu_id id = ei_new_id(command->session), none = {{0}};
    const edu_id actor = transfer->by_staff ? ei_session_actor(command->session) : none;
    return sql_payment_transfer_add(tx, transfer->person, &id, transfer->invoice,
                                    transfer->transaction, command->now, transfer->kind,
                                    transfer->debit, transfer->credit, transfer->currency,
                                    transfer->amount, transfer->reason, &actor, NULL, error);
}

/* ---- telling ---- */

edu_status ei_payment_tell(const ei_command *command, edu_tx *tx, const ei_invoice *invoice,
                           const char *template, edu_error *error)
{
    char data[64];
    edu_id id = ei_new_id(command->session);
    (void)snprintf(data, sizeof data, "{\"number\":\"%s\"}", invoice->number);
    EI_TRY(sql_workflow_notification_add(tx, &invoice->person, &id, command->now, "", 0, template,
                                         data, NULL, NULL, error));
    return sql_workflow_outbox_add(tx, &id, &invoice->person, "", 0, template, data, command->now,
                                   NULL, error);
}

edu_status ei_difference_add(const ei_command *command, edu_tx *tx, const ei_difference *difference,
                             int64_t *added, edu_error *error)
{
    const edu_id id = ei_new_id(command->session);
    return sql_payment_difference_add(
        tx, &id, difference->kind, difference->reference, difference->person, difference->invoice,
        difference->currency, difference->expected, difference->found, command->now, added, error);
}
