/* The provider's list against the ledger, and what staff see of the differences. */
#include "domain/payment/payment_store.h"

#include <string.h>

#include "payment_sql.h"

#define BATCH 100

/* ---- what the ledger has beyond the list ---- */

typedef struct missing {
    char reference[EI_PAYMENT_ID_MAX + 1], currency[EI_CURRENCY_TEXT];
    edu_id person, invoice;
    int64_t amount;
} missing;

/* Payments or refunds of a time, in their order; `known` has the names of those in the list. */
typedef struct sweep {
    edu_session *session;
    bool of_refunds;
    const json_t *known;
    edu_time since, until, at; /* at, person, id: the last one seen */
    edu_id person, id;
    missing found[BATCH];
    size_t seen, count;
} sweep;

static void look_at(sweep *of, ei_rows *rows)
{
    missing one = {.person = ei_column_id(rows, 1)};
    int first = of->of_refunds ? 3 : 4;
    of->at = ei_column_time(rows, 0);
    of->person = one.person;
    of->id = ei_column_id(rows, 2);
    of->seen++;
    if (of->of_refunds)
        edu_id_format(of->id, one.reference);
    else
        (void)snprintf(one.reference, sizeof one.reference, "%s", ei_column_text(rows, 3));
    one.invoice = ei_column_id(rows, first);
    (void)snprintf(one.currency, sizeof one.currency, "%s", ei_column_text(rows, first + 1));
    one.amount = ei_column_int(rows, first + 2);
    if (!json_object_get(of->known, one.reference))
        of->found[of->count++] = one;
}

static edu_status sweep_run(edu_tx *tx, void *context, edu_error *error)
{
    sweep *of = context;
    ei_rows rows;
    bool row = true;
    of->seen = of->count = 0;
    EI_TRY(of->of_refunds ? sql_payment_refund_between(tx, of->since, of->until, of->at,
                                                       &of->person, &of->id, BATCH, &rows, error)
                          : sql_payment_capture_between(tx, of->since, of->until, of->at,
                                                        &of->person, &of->id, BATCH, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row) {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row)
            look_at(of, &rows);
    }
    ei_rows_close(&rows);
    return status;
}

typedef struct noting {
    const sweep *of;
    int64_t added;
} noting;

static edu_status note_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    noting *work = command->context;
    work->added = 0;
    for (size_t i = 0; i < work->of->count; i++) {
        const missing *one = &work->of->found[i];
        const ei_difference difference = {.kind = work->of->of_refunds ? "missing_refund"
                                                                       : "missing_payment",
                                          .reference = one->reference,
                                          .person = &one->person,
                                          .invoice = &one->invoice,
                                          .currency = one->currency,
                                          .expected = one->amount};
        int64_t added = 0;
        EI_TRY(ei_difference_add(command, tx, &difference, &added, error));
        work->added += added;
    }
    return EDU_OK;
}

static edu_status note_missing(sweep *of, ei_taken *taken, edu_error *error)
{
    /* What nothing comes before. */
    of->at = INT64_MIN + 1;
    of->person = of->id = (edu_id){{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    do {
        noting work = {of, 0};
        ei_command command = {
            .session = of->session, .name = "payment.missing", .run = note_run, .context = &work};
        EI_TRY(ei_read(of->session, sweep_run, of, error));
        if (of->count > 0)
            EI_TRY(ei_command_run(&command, error));
        taken->differences += work.added;
    } while (of->seen == BATCH);
    return EDU_OK;
}

/* The names of what was captured or refunded, by the list. */
static json_t *names_of(const json_t *list, const char *array, const char *name, const char *state)
{
    json_t *known = json_object();
    const json_t *facts = json_object_get(list, array);
    for (size_t i = 0; known && i < json_array_size(facts); i++) {
        const json_t *fact = json_array_get(facts, i);
        const char *is = json_string_value(json_object_get(fact, "state"));
        if (is && strcmp(is, state) == 0 &&
            json_object_set_new(known, json_string_value(json_object_get(fact, name)),
                                json_true()) != 0) {
            json_decref(known);
            return NULL;
        }
    }
    return known;
}

static edu_status compare(edu_session *session, const json_t *list, edu_time since, edu_time until,
                          bool of_refunds, ei_taken *taken, edu_error *error)
{
    json_t *known = of_refunds ? names_of(list, "refunds", "refund", "refunded")
                               : names_of(list, "payments", "payment", "captured");
    sweep *of = ei_calloc(1, sizeof *of);
    edu_status status = known && of ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK) {
        *of = (sweep){.session = session,
                      .of_refunds = of_refunds,
                      .known = known,
                      .since = since,
                      .until = until};
        status = note_missing(of, taken, error);
    }
    json_decref(known);
    ei_free(of);
    return status;
}

edu_status ei_list_take(edu_session *session, const json_t *list, edu_time since, edu_time until,
                        ei_taken *taken, edu_error *error)
{
    EI_TRY(ei_report_take(session, list, taken, error));
    if (since == EDU_TIME_NONE || until == EDU_TIME_NONE)
        return EDU_OK;
    EI_TRY(compare(session, list, since, until, false, taken, error));
    return compare(session, list, since, until, true, taken, error);
}

static edu_status finance_run(edu_tx *tx, void *context, edu_error *error)
{
    return ei_require_role(context, tx, "finance", error);
}

edu_status edu_payment_reconcile(edu_session *session, json_t *list, edu_time since, edu_time until,
                                 edu_payment_reconciliation **out, edu_error *error)
{
    ei_taken taken = {0};
    EI_TRY(ei_session_require(session, error));
    if (!list || !out)
        return ei_bad_argument(error, list ? "out" : "list");
    EI_TRY(ei_read(session, finance_run, session, error));
    EI_TRY(ei_list_take(session, list, since, until, &taken, error));
    edu_payment_reconciliation *made = ei_record_new(sizeof *made, NULL);
    if (!made)
        return ei_no_memory(error);
    *made = (edu_payment_reconciliation){taken.facts, taken.recovered, taken.differences};
    *out = made;
    return EDU_OK;
}

/* ---- differences ---- */

static edu_status open_differences(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const bool *is_open = list->filter;
    EI_TRY(ei_require_role(list->session, tx, "finance", error));
    return sql_payment_difference_list(tx, *is_open, list->key.integer[0], &list->key.id[1],
                                       list->ask, rows, error);
}

edu_status edu_payment_differences(edu_session *session, bool is_open, const char *cursor,
                                   int32_t limit, edu_payment_difference_page **out,
                                   edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {.session = session,
                    .filter = &is_open,
                    .open = open_differences,
                    .plan = {.shape = "iu", .record = "edu_payment_difference", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct closing {
    edu_id id;
    const char *note;
} closing;

static edu_status close_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const closing *work = command->context;
    const edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool found;
    int64_t is_open = 0;
    EI_TRY(ei_require_finance(command->session, tx, error));
    edu_status opened = sql_payment_difference_state(tx, &work->id, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &found, &is_open, error));
    if (!found)
        return ei_payment_not_found(error);
    if (!is_open)
        return ei_fail(error, EDU_E_STATE, "payment.difference_closed", NULL,
                       "somebody has closed this difference already");
    EI_TRY(
        sql_payment_difference_close(tx, &work->id, work->note, &actor, command->now, NULL, error));
    return ei_audit(command, tx, "payment.close_difference", NULL, NULL, error);
}

edu_status edu_payment_close_difference(edu_session *session, edu_id difference_id,
                                        const char *note, const char *key, edu_error *error)
{
    closing work = {difference_id, note};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(note, EI_PAYMENT_REASON_MAX, "/note", error));
    ei_command command = {.session = session,
                          .name = "payment.close_difference",
                          .key = key,
                          .run = close_run,
                          .context = &work};
    ei_command_hash(&command, &difference_id, sizeof difference_id);
    ei_command_hash_text(&command, note);
    return ei_command_run(&command, error);
}

/* ---- days ---- */

static edu_status open_days(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_require_role(list->session, tx, "finance", error));
    return sql_payment_day_list(tx, list->key.integer[0], list->ask, rows, error);
}

edu_status edu_payment_days(edu_session *session, const char *cursor, int32_t limit,
                            edu_payment_day_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {.session = session,
                    .open = open_days,
                    .plan = {.shape = "I", .record = "edu_payment_day", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
