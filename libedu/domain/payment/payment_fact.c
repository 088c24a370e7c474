/* What the provider tells, taken as often as it comes: by callbacks, answers and lists alike. */
#include "domain/payment/payment_store.h"

#include <stdio.h>
#include <string.h>

#include "payment_sql.h"

#define BATCH 50

/* ---- reading ---- */

static edu_status bad_fact(edu_error *error, const char *field, const char *name, const char *what)
{
    char at[112];
    (void)snprintf(at, sizeof at, "%.80s/%.20s", field, name);
    return ei_fail(error, EDU_E_INVALID, "payment.bad_report", at, "%s", what);
}

static edu_status read_state(const json_t *object, ei_fact *out, const char *field,
                             edu_error *error)
{
    static const struct {
        const char *name;
        bool of_refunds, of_payments;
        ei_fact_state state;
    } known[] = {{"captured", false, true, EI_FACT_DONE},
                 {"refunded", true, false, EI_FACT_DONE},
                 {"refused", true, true, EI_FACT_REFUSED},
                 {"expired", false, true, EI_FACT_EXPIRED},
                 {"pending", true, true, EI_FACT_PENDING}};
    const char *name = json_string_value(json_object_get(object, "state"));
    for (size_t i = 0; name && i < EI_COUNT(known); i++)
        if (strcmp(known[i].name, name) == 0 &&
            (out->is_refund ? known[i].of_refunds : known[i].of_payments)) {
            out->state = known[i].state;
            return EDU_OK;
        }
    return bad_fact(error, field, "state",
                    out->is_refund ? "a refund is refunded, refused or pending"
                                   : "a payment is captured, refused, expired or pending");
}

/* What was moved: how much, of what, when. */
static edu_status read_money(const json_t *object, ei_fact *out, const char *field,
                             edu_error *error)
{
    const json_t *amount = json_object_get(object, "amount");
    const char *currency = json_string_value(json_object_get(object, "currency"));
    const char *at = json_string_value(json_object_get(object, "at"));
    out->amount = json_integer_value(amount);
    if (!json_is_integer(amount) || out->amount < 1 || out->amount > EDU_PAYMENT_AMOUNT_MAX)
        return bad_fact(error, field, "amount", "an amount is a number of minor units, 1 or more");
    if (!currency || strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return bad_fact(error, field, "currency", "a currency is three capitals");
    memcpy(out->currency, currency, EI_CURRENCY_TEXT);
    if (!at || !ei_time_parse(at, &out->at))
        return bad_fact(error, field, "at", "a time is one of RFC 3339 with its offset");
    return EDU_OK;
}

static bool is_payment_id(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length > EI_PAYMENT_ID_MAX)
        return false;
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

edu_status ei_fact_read(const json_t *object, bool is_refund, const char *field, ei_fact *out,
                        edu_error *error)
{
    const char *name = is_refund ? "refund" : "order";
    const char *id = json_string_value(json_object_get(object, name));
    *out = (ei_fact){.is_refund = is_refund,
                     .payment = json_string_value(json_object_get(object, "payment"))};
    if (!json_is_object(object))
        return ei_fail(error, EDU_E_INVALID, "payment.bad_report", field, "this is no object");
    if (!id || edu_id_parse(id, &out->id, NULL) != EDU_OK)
        return bad_fact(error, field, name, "an order or a refund is named by its identifier");
    EI_TRY(read_state(object, out, field, error));
    if (out->state != EI_FACT_DONE)
        return EDU_OK;
    if (!is_refund && !is_payment_id(out->payment))
        return bad_fact(error, field, "payment",
                        "a payment's id is 1 to 128 visible ASCII characters");
    return read_money(object, out, field, error);
}

/* ---- money that was taken ---- */

/* A fact of an order that is known. */
typedef struct taking {
    ei_command *command;
    edu_tx *tx;
    const ei_fact *fact;
    ei_taken *taken;
    edu_id person, invoice_id;
    ei_invoice invoice;
} taking;

static edu_status differ(const taking *of, const char *kind, const char *reference,
                         int64_t expected, edu_error *error)
{
    int64_t added = 0;
    bool is_known = !ei_id_is_none(of->person);
    const ei_difference difference = {.kind = kind,
                                      .reference = reference,
                                      .person = is_known ? &of->person : NULL,
                                      .invoice =
                                          ei_id_is_none(of->invoice_id) ? NULL : &of->invoice_id,
                                      .currency = of->fact->currency[0] ? of->fact->currency : NULL,
                                      .expected = expected,
                                      .found = of->fact->amount};
    EI_TRY(ei_difference_add(of->command, of->tx, &difference, &added, error));
    of->taken->differences += added;
    return EDU_OK;
}

/* The payment came before: it should say the same. */
static edu_status compare_capture(taking *of, const edu_id *capture, edu_error *error)
{
    const ei_fact *fact = of->fact;
    ei_rows rows;
    bool row = false, is_same = false;
    int64_t amount = 0;
    EI_TRY(sql_payment_capture_of(of->tx, &of->person, capture, fact->payment, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        amount = ei_column_int(&rows, 0);
        is_same = amount == fact->amount && strcmp(ei_column_text(&rows, 1), fact->currency) == 0;
        of->invoice_id = ei_column_id(&rows, 2);
        row = ei_id_compare(ei_column_id(&rows, 3), fact->id) == 0;
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return differ(of, "reused_payment", fact->payment, 0, error);
    return is_same ? EDU_OK : differ(of, "amount", fact->payment, amount, error);
}

static edu_status post_capture(const taking *of, const edu_id *transaction, const char *credit,
                               int64_t amount, edu_error *error)
{
    const ei_transfer transfer = {.person = &of->person,
                                  .invoice = &of->invoice_id,
                                  .transaction = transaction,
                                  .kind = "capture",
                                  .debit = "provider",
                                  .credit = credit,
                                  .currency = of->fact->currency,
                                  .amount = amount};
    return ei_ledger_add(of->command, of->tx, &transfer, error);
}

/* What nobody owes goes back without being asked for. */
static edu_status give_back(taking *of, const edu_id *capture, int64_t amount, edu_error *error)
{
    ei_captured made = {.id = *capture};
    if (amount == 0)
        return EDU_OK;
    (void)snprintf(made.payment, sizeof made.payment, "%s", of->fact->payment);
    (void)snprintf(made.currency, sizeof made.currency, "%s", of->fact->currency);
    EI_TRY(ei_refund_start(of->command, of->tx, &of->person, &of->invoice_id, &made, "credit",
                           amount, NULL, capture, error));
    return ei_payment_tell(of->command, of->tx, &of->invoice, "payment_returned", error);
}

static edu_status pay_invoice(taking *of, int64_t applied, edu_error *error)
{
    if (applied == 0)
        return EDU_OK;
    of->invoice.paid += applied;
    EI_TRY(ei_invoice_save(of->command, of->tx, &of->invoice, error));
    if (!ei_invoice_is_open(&of->invoice)) /* another visit would pay what is not due */
        EI_TRY(ei_intent_replace(of->tx, &of->person, &of->invoice_id, error));
    return ei_payment_tell(of->command, of->tx, &of->invoice, "payment_received", error);
}

static edu_status read_order(taking *of, int64_t *amount, bool *is_same_currency, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_payment_intent_get(of->tx, &of->person, &of->fact->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        of->invoice_id = ei_column_id(&rows, 2);
        *is_same_currency = strcmp(ei_column_text(&rows, 3), of->fact->currency) == 0;
        *amount = ei_column_int(&rows, 4);
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    return row ? ei_invoice_load(of->tx, &of->person, &of->invoice_id, &of->invoice, error)
               : ei_payment_not_found(error);
}

static edu_status add_capture(taking *of, const edu_id *capture, edu_error *error)
{
    const ei_fact *fact = of->fact;
    int64_t asked = 0;
    bool is_same_currency = false;
    EI_TRY(read_order(of, &asked, &is_same_currency, error));
    int64_t due = is_same_currency ? ei_invoice_remaining(&of->invoice) : 0;
    int64_t applied = due < fact->amount ? due : fact->amount;
    EI_TRY(sql_payment_capture_add(of->tx, &of->person, capture, &fact->id, &of->invoice_id,
                                   fact->payment, fact->currency, fact->amount, applied, fact->at,
                                   of->command->now, NULL, error));
    EI_TRY(sql_payment_intent_captured(of->tx, &of->person, &fact->id, NULL, error));
    EI_TRY(post_capture(of, capture, "receivable", applied, error));
    EI_TRY(post_capture(of, capture, "credit", fact->amount - applied, error));
    EI_TRY(pay_invoice(of, applied, error));
    EI_TRY(give_back(of, capture, fact->amount - applied, error));
    of->taken->recovered++;
    return asked == fact->amount && is_same_currency
               ? EDU_OK
               : differ(of, "amount", fact->payment, asked, error);
}

/* The provider's id of the payment is taken by one row, whatever comes at once. */
static edu_status take_capture(taking *of, edu_error *error)
{
    edu_id capture = ei_new_id(of->command->session), owner = capture;
    const edu_bytes payment = {of->fact->payment, strlen(of->fact->payment)};
    bool is_new, found;
    EI_TRY(ei_payment_claim(of->tx, "payment", payment, &capture, &is_new, error));
    if (is_new)
        return add_capture(of, &capture, error);
    EI_TRY(ei_payment_claimed(of->tx, "payment", payment, &found, &owner, error));
    return compare_capture(of, &owner, error);
}

/* What was refused or is over can still be captured: that is looked for no more, and taken when it
 * comes. */
static edu_status end_visit(taking *of, const char *state, edu_error *error)
{
    EI_TRY(sql_payment_intent_end(of->tx, &of->person, &of->fact->id, state, NULL, error));
    return sql_payment_intent_unwatch(of->tx, &of->person, &of->fact->id, NULL, error);
}

static edu_status take_payment(taking *of, edu_error *error)
{
    const ei_fact *fact = of->fact;
    bool found;
    EI_TRY(ei_payment_claimed(of->tx, "order", (edu_bytes){fact->id.bytes, 16}, &found, &of->person,
                              error));
    if (!found)
        return fact->state == EI_FACT_DONE ? differ(of, "unknown_order", fact->payment, 0, error)
                                           : EDU_OK;
    switch (fact->state) {
    case EI_FACT_DONE:
        return take_capture(of, error);
    case EI_FACT_REFUSED:
        return end_visit(of, "refused", error);
    case EI_FACT_EXPIRED:
        return end_visit(of, "expired", error);
    default:
        return EDU_OK;
    }
}

/* ---- money that went back ---- */

typedef struct refund {
    edu_id capture;
    char currency[EI_CURRENCY_TEXT], source[16], state[16], id[EDU_ID_TEXT];
    int64_t amount;
} refund;

static edu_status read_refund(taking *of, refund *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_payment_refund_get(of->tx, &of->person, &of->fact->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        of->invoice_id = ei_column_id(&rows, 0);
        out->capture = ei_column_id(&rows, 1);
        (void)snprintf(out->currency, sizeof out->currency, "%s", ei_column_text(&rows, 2));
        out->amount = ei_column_int(&rows, 3);
        (void)snprintf(out->source, sizeof out->source, "%s", ei_column_text(&rows, 4));
        (void)snprintf(out->state, sizeof out->state, "%s", ei_column_text(&rows, 5));
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    return row ? ei_invoice_load(of->tx, &of->person, &of->invoice_id, &of->invoice, error)
               : ei_payment_not_found(error);
}

static edu_status end_refund(taking *of, const refund *held, const char *state, const char *kind,
                             const char *credit, edu_error *error)
{
    const edu_id transaction = ei_new_id(of->command->session);
    const ei_transfer transfer = {.person = &of->person,
                                  .invoice = &of->invoice_id,
                                  .transaction = &transaction,
                                  .kind = kind,
                                  .debit = "refunding",
                                  .credit = credit,
                                  .currency = held->currency,
                                  .amount = held->amount};
    edu_time at = of->fact->state == EI_FACT_DONE ? of->fact->at : EDU_TIME_NONE;
    EI_TRY(sql_payment_refund_end(of->tx, &of->person, &of->fact->id, state, at, of->command->now,
                                  NULL, error));
    return ei_ledger_add(of->command, of->tx, &transfer, error);
}

/* The money is where it was before, and staff see that it is. */
static edu_status fail_refund(taking *of, const refund *held, edu_error *error)
{
    bool is_paid = strcmp(held->source, "income") == 0;
    EI_TRY(end_refund(of, held, "failed", "refund_failed", held->source, error));
    EI_TRY(sql_payment_capture_give(of->tx, &of->person, &held->capture,
                                    is_paid ? -held->amount : 0, is_paid ? 0 : -held->amount, NULL,
                                    error));
    if (is_paid) {
        of->invoice.refunded -= held->amount;
        EI_TRY(ei_invoice_save(of->command, of->tx, &of->invoice, error));
    }
    return differ(of, "refund_failed", held->id, held->amount, error);
}

static edu_status finish_refund(taking *of, const refund *held, edu_error *error)
{
    EI_TRY(end_refund(of, held, "done", "refunded", "provider", error));
    of->taken->recovered++;
    return ei_payment_tell(of->command, of->tx, &of->invoice, "refund_done", error);
}

static edu_status take_known_refund(taking *of, refund *held, edu_error *error)
{
    const ei_fact *fact = of->fact;
    bool is_done = fact->state == EI_FACT_DONE;
    if (is_done && (fact->amount != held->amount || strcmp(fact->currency, held->currency) != 0))
        EI_TRY(differ(of, "amount", held->id, held->amount, error));
    if (strcmp(held->state, "waiting") != 0)
        return is_done && strcmp(held->state, "failed") == 0
                   ? differ(of, "late_refund", held->id, 0, error)
                   : EDU_OK;
    if (is_done)
        return finish_refund(of, held, error);
    return fact->state == EI_FACT_REFUSED ? fail_refund(of, held, error) : EDU_OK;
}

static edu_status take_refund(taking *of, edu_error *error)
{
    const ei_fact *fact = of->fact;
    refund held = {0};
    bool found;
    edu_id_format(fact->id, held.id);
    EI_TRY(ei_payment_claimed(of->tx, "refund", (edu_bytes){fact->id.bytes, 16}, &found,
                              &of->person, error));
    if (!found)
        return fact->state == EI_FACT_DONE ? differ(of, "unknown_refund", held.id, 0, error)
                                           : EDU_OK;
    EI_TRY(read_refund(of, &held, error));
    return take_known_refund(of, &held, error);
}

edu_status ei_fact_take(ei_command *command, edu_tx *tx, const ei_fact *fact, ei_taken *taken,
                        edu_error *error)
{
    taking of = {.command = command, .tx = tx, .fact = fact, .taken = taken};
    taken->facts++;
    return fact->is_refund ? take_refund(&of, error) : take_payment(&of, error);
}

/* ---- a report: some facts at a time ---- */

typedef struct portion {
    const json_t *facts;
    bool is_refund;
    size_t from;
    ei_taken taken;
} portion;

static edu_status portion_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    portion *work = command->context;
    size_t count = json_array_size(work->facts);
    work->taken = (ei_taken){0};
    for (size_t i = work->from; i < count && i < work->from + BATCH; i++) {
        ei_fact fact;
        EI_TRY(ei_fact_read(json_array_get(work->facts, i), work->is_refund, "", &fact, error));
        EI_TRY(ei_fact_take(command, tx, &fact, &work->taken, error));
    }
    return EDU_OK;
}

static edu_status check_facts(const json_t *report, const char *name, bool is_refund,
                              edu_error *error)
{
    const json_t *facts = json_object_get(report, name);
    char field[64];
    (void)snprintf(field, sizeof field, "/%s", name);
    if (facts && !json_is_array(facts))
        return ei_fail(error, EDU_E_INVALID, "payment.bad_report", field, "this is no list");
    for (size_t i = 0; i < json_array_size(facts); i++) {
        ei_fact fact;
        (void)snprintf(field, sizeof field, "/%s/%zu", name, i);
        EI_TRY(ei_fact_read(json_array_get(facts, i), is_refund, field, &fact, error));
    }
    return EDU_OK;
}

static edu_status take_facts(edu_session *session, const json_t *report, const char *name,
                             bool is_refund, ei_taken *taken, edu_error *error)
{
    portion work = {.facts = json_object_get(report, name), .is_refund = is_refund};
    for (; work.from < json_array_size(work.facts); work.from += BATCH) {
        ei_command command = {
            .session = session, .name = "payment.report", .run = portion_run, .context = &work};
        EI_TRY(ei_command_run(&command, error));
        taken->facts += work.taken.facts;
        taken->recovered += work.taken.recovered;
        taken->differences += work.taken.differences;
    }
    return EDU_OK;
}

edu_status ei_report_take(edu_session *session, const json_t *report, ei_taken *taken,
                          edu_error *error)
{
    if (!json_is_object(report))
        return ei_fail(error, EDU_E_INVALID, "payment.bad_report", "",
                       "a report is an object with payments and refunds");
    EI_TRY(check_facts(report, "payments", false, error));
    EI_TRY(check_facts(report, "refunds", true, error));
    EI_TRY(take_facts(session, report, "payments", false, taken, error));
    return take_facts(session, report, "refunds", true, taken, error);
}

/* ---- a callback ---- */

typedef struct callback {
    edu_bytes body;
    const char *signature;
} callback;

static edu_status callback_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const callback *work = command->context;
    ei_taken taken = {0};
    ei_fact fact;
    json_t *json = NULL;
    EI_TRY(ei_payment_signature_check(command, tx, work->body, work->signature, error));
    json = ei_json_load(work->body.data, work->body.size, JSON_REJECT_DUPLICATES, NULL);
    if (!json)
        return ei_fail(error, EDU_E_INVALID, "payment.bad_report", "/body",
                       "the callback is signed, and no JSON");
    edu_status status =
        ei_fact_read(json, json_object_get(json, "refund") != NULL, "/body", &fact, error);
    if (status == EDU_OK)
        status = ei_fact_take(command, tx, &fact, &taken, error);
    json_decref(json);
    return status;
}

edu_status edu_payment_callback(edu_session *session, edu_bytes body, const char *signature,
                                edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(signature, 512, true, "/signature", error));
    if (!body.data || body.size > 65536)
        return ei_bad_argument(error, "body");
    callback work = {body, signature};
    ei_command command = {
        .session = session, .name = "payment.callback", .run = callback_run, .context = &work};
    return ei_command_run(&command, error);
}
