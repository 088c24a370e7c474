/* Invoices: made, shown, waived, cancelled; and what the ledger has of them. */
#include <edu/payment.h>
#include "domain/payment/payment_store.h"
#include "workflow/document.h"

#include <stdio.h>
#include <string.h>

#include "payment_sql.h"

/* ---- making ---- */

static edu_status check_currency(const char *currency, edu_error *error)
{
    EI_TRY(ei_check_text(currency, EI_CURRENCY_TEXT - 1, false, "/currency", error));
    for (int i = 0; i < EI_CURRENCY_TEXT - 1; i++)
        if (currency[i] < 'A' || currency[i] > 'Z')
            return ei_payment_bad(error, "/currency",
                                  "a currency is three capitals of ISO 4217, such as AZN");
    return EDU_OK;
}

static edu_status check_plan(const ei_invoice_plan *plan, edu_error *error)
{
    const ei_place title = {"/title"};
    if (!plan->kind || !ei_document_code(plan->kind))
        return ei_payment_bad(error, "/kind",
                              "what an invoice is for is a code of a-z, 0-9, _ and -");
    if (plan->amount < 1 || plan->amount > EDU_PAYMENT_AMOUNT_MAX)
        return ei_payment_bad(error, "/amount",
                              "the amount is not one from 1 to 1000000000000 minor units");
    if (plan->due.year != 0 && !ei_date_valid(plan->due))
        return ei_payment_bad(error, "/due", "there is no such day");
    EI_TRY(check_currency(plan->currency, error));
    return ei_document_texts(plan->title, plan->title, &title, error);
}

static void make_number(const edu_session *session, char out[EI_PAPER_ID_TEXT])
{
    uint8_t bits[10];
    const edu_random *random = &session->portal->environment.random;
    random->fill(random->context, bits, sizeof bits);
    ei_paper_id_format(bits, out);
}

static edu_status add_invoice(ei_command *command, edu_tx *tx, const ei_invoice_plan *plan,
                              ei_invoice *made, edu_error *error)
{
    int64_t added = 0;
    const edu_id actor = ei_session_actor(command->session);
    const edu_id subject = ei_id_is_none(plan->subject) ? made->id : plan->subject;
    char *title = ei_json_dumps(plan->title, JSON_COMPACT);
    if (!title)
        return ei_no_memory(error);
    edu_status status =
        sql_payment_invoice_add(tx, &plan->person, &made->id, made->number, plan->kind, &subject,
                                title, plan->currency, plan->amount, plan->due, command->now,
                                &plan->application, plan->action, &actor, &added, error);
    ei_free(title);
    EI_TRY(status);
    return added ? EDU_OK
                 : ei_fail(error, EDU_E_CONFLICT, "payment.invoiced", NULL,
                           "there is an invoice for this already; cancel it first");
}

edu_status ei_invoice_make(ei_command *command, edu_tx *tx, const ei_invoice_plan *plan,
                           edu_id *out, edu_error *error)
{
    EI_TRY(check_plan(plan, error));
    ei_invoice made = {.person = plan->person, .id = ei_new_id(command->session)};
    bool taken;
    make_number(command->session, made.number);
    EI_TRY(add_invoice(command, tx, plan, &made, error));
    EI_TRY(ei_payment_claim(tx, "invoice", (edu_bytes){made.number, strlen(made.number)},
                            &made.person, &taken, error));
    if (!taken) /* 80 random bits came twice */
        return ei_fail(error, EDU_E_BUSY, "payment.number", NULL, "try again");
    const ei_transfer transfer = {.person = &made.person,
                                  .invoice = &made.id,
                                  .transaction = &made.id,
                                  .kind = "invoice",
                                  .debit = "receivable",
                                  .credit = "income",
                                  .currency = plan->currency,
                                  .amount = plan->amount,
                                  .by_staff = !plan->is_automatic};
    EI_TRY(ei_ledger_add(command, tx, &transfer, error));
    *out = made.id;
    return ei_payment_tell(command, tx, &made, "invoice_made", error);
}

edu_status ei_invoice_of(edu_tx *tx, const edu_id *person, const char *kind, const edu_id *subject,
                         bool *found, edu_id *out, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_payment_invoice_of(tx, person, kind, subject, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    if (status == EDU_OK && *found)
        *out = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status invoice_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const ei_invoice_plan *plan = command->context;
    edu_id made;
    EI_TRY(ei_require_finance(command->session, tx, error));
    EI_TRY(ei_payment_see(command->session, tx, &plan->person, error));
    EI_TRY(ei_invoice_make(command, tx, plan, &made, error));
    memcpy(command->result, &made, sizeof made);
    command->result_size = sizeof made;
    return EDU_OK;
}

static edu_status read_input(const edu_invoice_input *given, edu_invoice_input *out,
                             edu_error *error)
{
    if (!given || given->struct_size < sizeof given->struct_size)
        return ei_bad_argument(error, "invoice");
    *out = (edu_invoice_input)EDU_INVOICE_INPUT_INIT;
    memcpy(out, given, given->struct_size < sizeof *out ? given->struct_size : sizeof *out);
    if (!out->title)
        return ei_bad_argument(error, "title");
    return out->currency ? EDU_OK : ei_bad_argument(error, "currency");
}

static edu_status hash_plan(ei_command *command, const ei_invoice_plan *plan, edu_error *error)
{
    char *title;
    EI_TRY(ei_json_write(plan->title, "/title", &title, error));
    ei_command_hash(command, &plan->person, sizeof plan->person);
    ei_command_hash(command, &plan->subject, sizeof plan->subject);
    ei_command_hash(command, &plan->amount, sizeof plan->amount);
    ei_command_hash(command, &plan->due, sizeof plan->due);
    ei_command_hash_text(command, plan->kind);
    ei_command_hash_text(command, plan->currency);
    ei_command_hash_text(command, title);
    ei_free(title);
    return EDU_OK;
}

edu_status edu_payment_invoice(edu_session *session, const edu_invoice_input *invoice,
                               const char *key, edu_id *out, edu_error *error)
{
    edu_invoice_input given;
    EI_TRY(ei_session_require(session, error));
    EI_TRY(read_input(invoice, &given, error));
    if (!out)
        return ei_bad_argument(error, "out");
    ei_invoice_plan plan = {.person = ei_person_or_self(session, given.person_id),
                            .kind = given.kind,
                            .subject = given.subject_id,
                            .title = given.title,
                            .currency = given.currency,
                            .amount = given.amount,
                            .due = given.due};
    ei_command command = {.session = session,
                          .name = "payment.invoice",
                          .key = key,
                          .run = invoice_run,
                          .context = &plan};
    EI_TRY(check_plan(&plan, error));
    EI_TRY(hash_plan(&command, &plan, error));
    EI_TRY(ei_command_run(&command, error));
    memcpy(out, command.result, sizeof *out);
    return EDU_OK;
}

/* ---- showing ---- */

typedef struct shown {
    edu_session *session;
    edu_id person, id;
    const char *number;
    edu_invoice *out;
    ei_reading reading;
} shown;

static edu_status one_run(edu_tx *tx, void *context, edu_error *error)
{
    const shown *of = context;
    const edu_id actor = ei_session_actor(of->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_payment_invoice_one(tx, &actor, &of->person, &of->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status =
            row ? ei_invoice_fill(&rows, 0, ei_record_arena(of->out), of->out, of->session, error)
                : ei_payment_not_found(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_payment_get(edu_session *session, edu_id person_id, edu_id invoice_id,
                           edu_invoice **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    shown of = {
        .session = session, .person = ei_person_or_self(session, person_id), .id = invoice_id};
    ei_reading reading = ei_reading_of("invoice", of.person, invoice_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, one_run, &of, &of.out, error));
    *out = of.out;
    return EDU_OK;
}

static edu_status find_run(edu_tx *tx, void *context, edu_error *error)
{
    shown *of = context;
    bool found = false;
    ei_rows rows;
    EI_TRY(ei_require_role(of->session, tx, "finance", error));
    EI_TRY(ei_payment_claimed(tx, "invoice", (edu_bytes){of->number, strlen(of->number)}, &found,
                              &of->person, error));
    if (!found)
        return ei_payment_not_found(error);
    EI_TRY(sql_payment_invoice_numbered(tx, &of->person, of->number, &rows, error));
    edu_status status = ei_rows_next(&rows, &found, error);
    if (status == EDU_OK && found)
        of->id = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    EI_TRY(status);
    of->reading = ei_reading_of("invoice", of->person, of->id);
    return one_run(tx, context, error);
}

edu_status edu_payment_find(edu_session *session, const char *number, edu_invoice **out,
                            edu_error *error)
{
    uint8_t bits[10];
    char canonical[EI_PAPER_ID_TEXT];
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(number, 64, false, "/number", error));
    if (!out)
        return ei_bad_argument(error, "out");
    /* What is no number is nobody's: who may not ask is told so all the same. */
    if (ei_paper_id_parse(number, bits))
        ei_paper_id_format(bits, canonical);
    else
        canonical[0] = '\0';
    shown of = {.session = session, .number = canonical};
    EI_TRY(ei_read_record_of(session, &of.reading, sizeof **out, find_run, &of, &of.out, error));
    *out = of.out;
    return EDU_OK;
}

/* What a list is of. */
typedef struct filter {
    edu_id person, invoice;
    const char *state;
} filter;

static edu_status open_invoices(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const filter *of = list->filter;
    EI_TRY(ei_payment_see(list->session, tx, &of->person, error));
    return sql_payment_invoice_list(tx, &of->person, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_payment_invoices(edu_session *session, edu_id person_id, const char *cursor,
                                int32_t limit, edu_invoice_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    const filter of = {.person = ei_person_or_self(session, person_id)};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_invoices,
        .reading = ei_reading_of("invoices", of.person, (edu_id){{0}}),
        .plan = {.shape = "U", .record = "edu_invoice", .limit = limit, .fill = ei_invoice_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status open_worklist(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const filter *of = list->filter;
    EI_TRY(ei_require_role(list->session, tx, "finance", error));
    return sql_payment_invoice_worklist(tx, of->state, list->key.integer[0], &list->key.id[1],
                                        &list->key.id[2], list->ask, rows, error);
}

edu_status edu_payment_worklist(edu_session *session, const char *state, const char *cursor,
                                int32_t limit, edu_invoice_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(state, 16, false, "/state", error));
    const filter of = {.state = state};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_worklist,
        .reading = ei_reading_list("invoices"),
        .plan = {.shape = "iuu", .record = "edu_invoice", .limit = limit, .fill = ei_invoice_fill}};
    ei_reading_about(&list.reading, "state", state);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* What is of one invoice: transfers, visits, refunds. */
typedef struct part_list {
    const char *shape, *record;
    edu_status (*open)(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error);
} part_list;

static edu_status read_parts(edu_session *session, const part_list *what, edu_id person,
                             edu_id invoice, const char *cursor, int32_t limit, void *out,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    const filter of = {.person = ei_person_or_self(session, person), .invoice = invoice};
    ei_list list = {.session = session,
                    .filter = &of,
                    .open = what->open,
                    .reading = ei_reading_of("invoice", of.person, invoice),
                    .plan = {.shape = what->shape, .record = what->record, .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    memcpy(out, &list.page, sizeof list.page);
    return EDU_OK;
}

/* An invoice that is not there has no parts, as one that is not theirs. */
static edu_status see_invoice(const ei_list *list, edu_tx *tx, edu_error *error)
{
    const filter *of = list->filter;
    bool acts;
    return ei_invoice_see(list->session, tx, &of->person, &of->invoice, &acts, error);
}

static edu_status open_transfers(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const filter *of = list->filter;
    EI_TRY(see_invoice(list, tx, error));
    return sql_payment_transfer_list(tx, &of->person, &of->invoice, &list->key.id[0], list->ask,
                                     rows, error);
}

static edu_status open_intents(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const filter *of = list->filter;
    EI_TRY(see_invoice(list, tx, error));
    return sql_payment_intent_list(tx, &of->person, &of->invoice, &list->key.id[0], list->ask, rows,
                                   error);
}

static edu_status open_refunds(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const filter *of = list->filter;
    EI_TRY(see_invoice(list, tx, error));
    return sql_payment_refund_list(tx, &of->person, &of->invoice, &list->key.id[0], list->ask, rows,
                                   error);
}

edu_status edu_payment_transfers(edu_session *session, edu_id person_id, edu_id invoice_id,
                                 const char *cursor, int32_t limit, edu_payment_transfer_page **out,
                                 edu_error *error)
{
    static const part_list what = {"u", "edu_payment_transfer", open_transfers};
    return read_parts(session, &what, person_id, invoice_id, cursor, limit, out, error);
}

edu_status edu_payment_intents(edu_session *session, edu_id person_id, edu_id invoice_id,
                               const char *cursor, int32_t limit, edu_payment_intent_page **out,
                               edu_error *error)
{
    static const part_list what = {"U", "edu_payment_intent", open_intents};
    return read_parts(session, &what, person_id, invoice_id, cursor, limit, out, error);
}

edu_status edu_payment_refunds(edu_session *session, edu_id person_id, edu_id invoice_id,
                               const char *cursor, int32_t limit,
                               edu_payment_refund_record_page **out, edu_error *error)
{
    static const part_list what = {"U", "edu_payment_refund_record", open_refunds};
    return read_parts(session, &what, person_id, invoice_id, cursor, limit, out, error);
}

/* ---- waiving and cancelling ---- */

static edu_status lower(ei_command *command, edu_tx *tx, ei_invoice *invoice, const char *kind,
                        const char *debit, int64_t amount, const char *reason, edu_error *error)
{
    const edu_id transaction = ei_new_id(command->session);
    const ei_transfer transfer = {.person = &invoice->person,
                                  .invoice = &invoice->id,
                                  .transaction = &transaction,
                                  .kind = kind,
                                  .debit = debit,
                                  .credit = "receivable",
                                  .currency = invoice->currency,
                                  .amount = amount,
                                  .reason = reason,
                                  .by_staff = true};
    EI_TRY(ei_ledger_add(command, tx, &transfer, error));
    /* The page at the provider asks for what was due before. */
    EI_TRY(ei_intent_replace(tx, &invoice->person, &invoice->id, error));
    return ei_invoice_save(command, tx, invoice, error);
}

edu_status ei_invoice_waive(ei_command *command, edu_tx *tx, const edu_id *person,
                            const edu_id *invoice, int64_t amount, const char *reason,
                            edu_error *error)
{
    ei_invoice held;
    EI_TRY(ei_invoice_load(tx, person, invoice, &held, error));
    if (!ei_invoice_is_open(&held))
        return ei_payment_not_open(error);
    if (amount > ei_invoice_remaining(&held))
        return ei_fail(error, EDU_E_STATE, "payment.too_much", "/amount",
                       "less than that is due of this invoice");
    held.waived += amount;
    EI_TRY(lower(command, tx, &held, "waiver", "waiver", amount, reason, error));
    EI_TRY(ei_audit(command, tx, "payment.waive", person, NULL, error));
    return ei_payment_tell(command, tx, &held, "invoice_waived", error);
}

edu_status ei_invoice_cancel(ei_command *command, edu_tx *tx, const edu_id *person,
                             const edu_id *invoice, const char *reason, edu_error *error)
{
    ei_invoice held;
    EI_TRY(ei_invoice_load(tx, person, invoice, &held, error));
    if (!ei_invoice_is_open(&held))
        return ei_payment_not_open(error);
    if (held.paid > 0)
        return ei_fail(error, EDU_E_STATE, "payment.partly_paid", NULL,
                       "a part of this invoice was paid: waive what remains, and refund what was "
                       "paid");
    int64_t due = ei_invoice_remaining(&held);
    (void)snprintf(held.state, sizeof held.state, "cancelled");
    EI_TRY(lower(command, tx, &held, "cancel", "income", due, reason, error));
    EI_TRY(ei_audit(command, tx, "payment.cancel", person, NULL, error));
    return ei_payment_tell(command, tx, &held, "invoice_cancelled", error);
}

typedef struct change {
    edu_id person, invoice;
    int64_t amount; /* 0: cancelled */
    const char *reason;
} change;

static edu_status change_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const change *work = command->context;
    EI_TRY(ei_require_finance(command->session, tx, error));
    return work->amount
               ? ei_invoice_waive(command, tx, &work->person, &work->invoice, work->amount,
                                  work->reason, error)
               : ei_invoice_cancel(command, tx, &work->person, &work->invoice, work->reason, error);
}

static edu_status change_invoice(edu_session *session, const char *name, change *work,
                                 const char *key, edu_error *error)
{
    EI_TRY(ei_check_words(work->reason, EI_PAYMENT_REASON_MAX, "/reason", error));
    ei_command command = {
        .session = session, .name = name, .key = key, .run = change_run, .context = work};
    ei_command_hash(&command, &work->person, sizeof work->person);
    ei_command_hash(&command, &work->invoice, sizeof work->invoice);
    ei_command_hash(&command, &work->amount, sizeof work->amount);
    ei_command_hash_text(&command, work->reason);
    return ei_command_run(&command, error);
}

edu_status edu_payment_waive(edu_session *session, edu_id person_id, edu_id invoice_id,
                             int64_t amount, const char *reason, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (amount < 1)
        return ei_payment_bad(error, "/amount", "an amount is 1 or more minor units");
    change work = {ei_person_or_self(session, person_id), invoice_id, amount, reason};
    return change_invoice(session, "payment.waive", &work, key, error);
}

edu_status edu_payment_cancel(edu_session *session, edu_id person_id, edu_id invoice_id,
                              const char *reason, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    change work = {ei_person_or_self(session, person_id), invoice_id, 0, reason};
    return change_invoice(session, "payment.cancel", &work, key, error);
}

/* ---- the accounts ---- */

typedef struct accounts {
    edu_session *session;
    edu_payment_balance_page *out;
} accounts;

#define ACCOUNTS_MAX EDU_PAGE_MAX

static edu_status add_account(const accounts *work, edu_payment_balance *items, ei_rows *rows,
                              edu_error *error)
{
    edu_payment_balance *one = &items[work->out->count++];
    ei_arena *arena = ei_record_arena(work->out);
    one->debit = ei_column_int(rows, 2);
    one->credit = ei_column_int(rows, 3);
    one->balance = one->debit - one->credit;
    EI_TRY(ei_copy_column(arena, rows, 0, &one->account, error));
    return ei_copy_column(arena, rows, 1, &one->currency, error);
}

static edu_status balances_run(edu_tx *tx, void *context, edu_error *error)
{
    const accounts *work = context;
    ei_rows rows;
    bool row = true;
    edu_payment_balance *items =
        ei_arena_alloc(ei_record_arena(work->out), ACCOUNTS_MAX * sizeof *items);
    work->out->count = 0;
    work->out->items = items;
    if (!items)
        return ei_no_memory(error);
    EI_TRY(ei_require_role(work->session, tx, "finance", error));
    EI_TRY(sql_payment_balances(tx, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row && work->out->count < ACCOUNTS_MAX) {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row)
            status = add_account(work, items, &rows, error);
    }
    ei_rows_close(&rows);
    return status;
}

edu_status edu_payment_balances(edu_session *session, edu_payment_balance_page **out,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    accounts work = {.session = session};
    EI_TRY(ei_read_record(session, sizeof **out, balances_run, &work, &work.out, error));
    *out = work.out;
    return EDU_OK;
}

/* ---- checking ---- */

static edu_status check_run(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    ei_rows rows;
    bool wrong = false, worse = false;
    EI_TRY(
        ei_rows_integer(sql_payment_wrong_invoice(tx, &rows, error), &rows, &wrong, NULL, error));
    EI_TRY(
        ei_rows_integer(sql_payment_wrong_capture(tx, &rows, error), &rows, &worse, NULL, error));
    return wrong || worse ? ei_fail(error, EDU_E_CORRUPT, "payment.ledger", NULL,
                                    "an invoice or a payment is not what its transfers say")
                          : EDU_OK;
}

edu_status ei_payment_check_all(edu_session *session, edu_error *error)
{
    return ei_read(session, check_run, NULL, error);
}
