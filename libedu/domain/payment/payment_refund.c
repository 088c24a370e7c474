/* Money on its way back. */
#include "domain/payment/payment_store.h"

#include <stdio.h>
#include <string.h>

#include "payment_sql.h"

#define CAPTURES_MAX 64 /* of one invoice: each further one waits until these were given back */

edu_status ei_refund_start(ei_command *command, edu_tx *tx, const edu_id *person,
                           const edu_id *invoice, const ei_captured *capture, const char *source,
                           int64_t amount, const char *reason, const edu_id *transaction,
                           edu_error *error)
{
    bool taken, is_paid = strcmp(source, "income") == 0;
    const edu_id id = ei_new_id(command->session), none = {{0}};
    const edu_id actor = reason ? ei_session_actor(command->session) : none;
    const ei_transfer transfer = {.person = person,
                                  .invoice = invoice,
                                  .transaction = transaction,
                                  .kind = "refund",
                                  .debit = source,
                                  .credit = "refunding",
                                  .currency = capture->currency,
                                  .amount = amount,
                                  .reason = reason,
                                  .by_staff = reason != NULL};
    EI_TRY(sql_payment_refund_add(tx, person, &id, invoice, &capture->id, capture->payment,
                                  capture->currency, amount, source, reason == NULL, reason, &actor,
                                  command->now, NULL, error));
    EI_TRY(ei_payment_claim(tx, "refund", (edu_bytes){id.bytes, sizeof id.bytes}, person, &taken,
                            error));
    EI_TRY(sql_payment_capture_give(tx, person, &capture->id, is_paid ? amount : 0,
                                    is_paid ? 0 : amount, NULL, error));
    return ei_ledger_add(command, tx, &transfer, error);
}

/* ---- by finance staff ---- */

typedef struct giving {
    edu_id person, invoice;
    int64_t amount;
    const char *reason;
} giving;

static void take_capture(ei_rows *rows, ei_captured *out)
{
    out->id = ei_column_id(rows, 0);
    (void)snprintf(out->payment, sizeof out->payment, "%s", ei_column_text(rows, 1));
    (void)snprintf(out->currency, sizeof out->currency, "%s", ei_column_text(rows, 2));
    out->amount = ei_column_int(rows, 3);
    out->applied = ei_column_int(rows, 4);
    out->refunded = ei_column_int(rows, 5);
    out->returned = ei_column_int(rows, 6);
}

/* Those in the invoice's currency of which something is left. */
static edu_status read_captures(const ei_invoice *invoice, edu_tx *tx, ei_captured *out,
                                size_t *count, edu_error *error)
{
    ei_rows rows;
    bool row = true;
    *count = 0;
    EI_TRY(sql_payment_capture_list(tx, &invoice->person, &invoice->id, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row && *count < CAPTURES_MAX) {
        status = ei_rows_next(&rows, &row, error);
        if (status != EDU_OK || !row)
            continue;
        ei_captured *one = &out[*count];
        take_capture(&rows, one);
        *count += one->refunded + one->returned < one->amount &&
                  strcmp(one->currency, invoice->currency) == 0;
    }
    ei_rows_close(&rows);
    return status;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What pays nothing first, then what the invoice took. */
static edu_status give_of(ei_command *command, edu_tx *tx, ei_invoice *invoice,
                          const ei_captured *capture, int64_t *left, const edu_id *transaction,
                          edu_error *error)
{
    const giving *work = command->context;
    int64_t spare = smaller(*left, capture->amount - capture->applied - capture->returned);
    int64_t paid = smaller(*left - spare, capture->applied - capture->refunded);
    if (spare > 0)
        EI_TRY(ei_refund_start(command, tx, &invoice->person, &invoice->id, capture, "credit",
                               spare, work->reason, transaction, error));
    if (paid > 0)
        EI_TRY(ei_refund_start(command, tx, &invoice->person, &invoice->id, capture, "income", paid,
                               work->reason, transaction, error));
    invoice->refunded += paid;
    *left -= spare + paid;
    return EDU_OK;
}

static edu_status give(ei_command *command, edu_tx *tx, ei_invoice *invoice,
                       const ei_captured *captures, size_t count, edu_error *error)
{
    const giving *work = command->context;
    const edu_id transaction = ei_new_id(command->session);
    int64_t left = work->amount;
    for (size_t i = 0; i < count && left > 0; i++)
        EI_TRY(give_of(command, tx, invoice, &captures[i], &left, &transaction, error));
    if (left > 0)
        return ei_fail(error, EDU_E_STATE, "payment.too_much", "/amount",
                       "less than that was paid and not given back yet");
    EI_TRY(ei_invoice_save(command, tx, invoice, error));
    EI_TRY(ei_audit(command, tx, "payment.refund", &invoice->person, NULL, error));
    return ei_payment_tell(command, tx, invoice, "refund_started", error);
}

static edu_status give_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const giving *work = command->context;
    ei_captured captures[CAPTURES_MAX];
    ei_invoice invoice;
    size_t count;
    EI_TRY(ei_require_finance(command->session, tx, error));
    EI_TRY(ei_invoice_load(tx, &work->person, &work->invoice, &invoice, error));
    EI_TRY(read_captures(&invoice, tx, captures, &count, error));
    return give(command, tx, &invoice, captures, count, error);
}

edu_status edu_payment_refund(edu_session *session, edu_id person_id, edu_id invoice_id,
                              int64_t amount, const char *reason, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (amount < 1)
        return ei_payment_bad(error, "/amount", "an amount is 1 or more minor units");
    EI_TRY(ei_check_words(reason, EI_PAYMENT_REASON_MAX, "/reason", error));
    giving work = {ei_person_or_self(session, person_id), invoice_id, amount, reason};
    ei_command command = {.session = session,
                          .name = "payment.refund",
                          .key = key,
                          .run = give_run,
                          .context = &work};
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &work.invoice, sizeof work.invoice);
    ei_command_hash(&command, &amount, sizeof amount);
    ei_command_hash_text(&command, reason);
    return ei_command_run(&command, error);
}
