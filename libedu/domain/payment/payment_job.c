/* What goes on by itself: asking the provider, ending visits, sending refunds, comparing days. */
#include "domain/payment/payment_store.h"

#include <stdio.h>
#include <string.h>

#include "payment_sql.h"

#define MINUTE (60 * INT64_C(1000000))
#define ASK_PAUSE (15 * MINUTE)
#define WATCH (24 * 60 * MINUTE) /* beyond it the comparison of days sees to it */
#define LONGEST_PAUSE (6 * 60 * MINUTE)
#define DAY (24 * 60 * MINUTE)
#define DAYS_MAX 7 /* compared at once after the job stood still */
#define BATCH 100

typedef struct due_visit {
    edu_id person, id;
    edu_time ask_at, created, expires;
    bool is_open, is_mine;
} due_visit;

typedef struct due_refund {
    edu_id person, id;
    edu_time send_at;
    int64_t attempts, amount;
    char payment[EI_PAYMENT_ID_MAX + 1], currency[EI_CURRENCY_TEXT];
    bool is_mine;
} due_refund;

typedef struct job {
    edu_session *session;
    const edu_payment_provider *provider;
    edu_time now;
    int32_t limit, *done;
    due_visit visits[BATCH];
    due_refund refunds[BATCH];
    size_t visit_count, refund_count;
} job;

/* What the provider does not answer now it will later; the job goes on. */
static void note_failure(const job *of, const char *what, const edu_error *why)
{
    const edu_log *log = &of->session->portal->environment.log;
    char line[640];
    (void)snprintf(line, sizeof line, "payment: %s: %s", what, why->message);
    if (log->write)
        log->write(log->context, line);
}

/* ---- what is due ---- */

static edu_status read_visits(edu_tx *tx, void *context, edu_error *error)
{
    job *of = context;
    ei_rows rows;
    bool row = true;
    of->visit_count = 0;
    EI_TRY(sql_payment_intent_due(tx, of->now, of->limit, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row) {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row)
            of->visits[of->visit_count++] = (due_visit){
                ei_column_id(&rows, 0),   ei_column_id(&rows, 1),   ei_column_time(&rows, 2),
                ei_column_time(&rows, 3), ei_column_time(&rows, 4), ei_column_bool(&rows, 5)};
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status read_refunds(edu_tx *tx, void *context, edu_error *error)
{
    job *of = context;
    ei_rows rows;
    bool row = true;
    of->refund_count = 0;
    EI_TRY(sql_payment_refund_due(tx, of->now, of->limit, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row) {
        status = ei_rows_next(&rows, &row, error);
        if (status != EDU_OK || !row)
            continue;
        due_refund *one = &of->refunds[of->refund_count++];
        *one = (due_refund){.person = ei_column_id(&rows, 0),
                            .id = ei_column_id(&rows, 1),
                            .send_at = ei_column_time(&rows, 2),
                            .attempts = ei_column_int(&rows, 3),
                            .amount = ei_column_int(&rows, 6)};
        (void)snprintf(one->payment, sizeof one->payment, "%s", ei_column_text(&rows, 4));
        (void)snprintf(one->currency, sizeof one->currency, "%s", ei_column_text(&rows, 5));
    }
    ei_rows_close(&rows);
    return status;
}

/* ---- leases: what is due is taken by one process, all at once ---- */

static edu_time pause_after(int64_t attempts)
{
    edu_time pause = MINUTE;
    while (attempts-- > 0 && pause < LONGEST_PAUSE)
        pause *= 2;
    return pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE;
}

static edu_status lease_visits(ei_command *command, edu_tx *tx, edu_error *error)
{
    job *of = command->context;
    for (size_t i = 0; i < of->visit_count; i++) {
        due_visit *one = &of->visits[i];
        int64_t changed = 0;
        EI_TRY(sql_payment_intent_lease(tx, &one->person, &one->id, one->ask_at,
                                        of->now + ASK_PAUSE, &changed, error));
        one->is_mine = changed == 1;
    }
    return EDU_OK;
}

static edu_status lease_refunds(ei_command *command, edu_tx *tx, edu_error *error)
{
    job *of = command->context;
    for (size_t i = 0; i < of->refund_count; i++) {
        due_refund *one = &of->refunds[i];
        int64_t changed = 0;
        EI_TRY(sql_payment_refund_lease(tx, &one->person, &one->id, one->send_at,
                                        of->now + pause_after(one->attempts), &changed, error));
        one->is_mine = changed == 1;
    }
    return EDU_OK;
}

static edu_status run_step(const job *of, edu_status (*run)(ei_command *, edu_tx *, edu_error *),
                           void *context, edu_error *error)
{
    ei_command command = {
        .session = of->session, .name = "payment.settle", .run = run, .context = context};
    return ei_command_run(&command, error);
}

/* ---- asking ---- */

/* A failure of the provider, or a report of another shape, is told to the log alone. */
static edu_status take_answer(const job *of, edu_status asked, json_t *report, const edu_error *why,
                              const char *what, edu_error *error)
{
    ei_taken taken = {0};
    edu_error detail = EDU_ERROR_INIT;
    if (asked != EDU_OK) {
        note_failure(of, what, why);
        return EDU_OK;
    }
    edu_status status = ei_report_take(of->session, report, &taken, &detail);
    json_decref(report);
    if (status == EDU_E_INVALID) {
        note_failure(of, what, &detail);
        return EDU_OK;
    }
    if (status != EDU_OK && error)
        *error = detail;
    return status;
}

/* Written after the provider was asked. */
typedef struct visit_end {
    const due_visit *visit;
    bool is_over, is_unwatched;
} visit_end;

static edu_status end_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const visit_end *work = command->context;
    const due_visit *visit = work->visit;
    if (work->is_over)
        EI_TRY(sql_payment_intent_end(tx, &visit->person, &visit->id, "expired", NULL, error));
    return work->is_unwatched
               ? sql_payment_intent_unwatch(tx, &visit->person, &visit->id, NULL, error)
               : EDU_OK;
}

static edu_status ask_about(const job *of, const due_visit *visit, edu_error *error)
{
    char id[EDU_ID_TEXT];
    edu_error why = EDU_ERROR_INIT;
    json_t *report = NULL;
    bool can_ask = of->provider->query != NULL;
    if (!visit->is_mine)
        return EDU_OK;
    edu_id_format(visit->id, id);
    if (can_ask) {
        edu_status asked = of->provider->query(of->provider->context, id, &report, &why);
        EI_TRY(take_answer(of, asked, report, &why, "asking about an order", error));
    }
    ++*of->done;
    visit_end work = {
        .visit = visit,
        .is_over = visit->is_open && visit->expires + ASK_PAUSE / 2 <= of->now,
        .is_unwatched = of->now >= (can_ask ? visit->created + WATCH : visit->expires + ASK_PAUSE)};
    return work.is_over || work.is_unwatched ? run_step(of, end_run, &work, error) : EDU_OK;
}

static edu_status send_refund(const job *of, const due_refund *refund, edu_error *error)
{
    char id[EDU_ID_TEXT];
    edu_error why = EDU_ERROR_INIT;
    json_t *report = NULL;
    if (!refund->is_mine)
        return EDU_OK;
    edu_id_format(refund->id, id);
    const edu_payment_return back = {id, refund->payment, refund->amount, refund->currency};
    edu_status asked = of->provider->refund(of->provider->context, &back, &report, &why);
    ++*of->done;
    return take_answer(of, asked, report, &why, "sending a refund", error);
}

/* ---- days ---- */

typedef struct ended_day {
    int32_t day; /* since 1970-01-01 */
    int64_t last;
    bool found;
    ei_taken taken;
} ended_day;

static edu_status last_run(edu_tx *tx, void *context, edu_error *error)
{
    ended_day *of = context;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_payment_day_last(tx, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    of->found = status == EDU_OK && row && !ei_column_is_null(&rows, 0);
    if (of->found)
        of->last = ei_column_int(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status keep_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const ended_day *of = command->context;
    return sql_payment_day_add(tx, ei_date_from_days(of->day), command->now, of->taken.facts,
                               of->taken.recovered, of->taken.differences, NULL, error);
}

static edu_status compare_day(const job *of, ended_day *day, bool *is_done, edu_error *error)
{
    const edu_payment_provider *provider = of->provider;
    edu_time since = day->day * DAY - of->session->portal->utc_offset_minutes * MINUTE;
    edu_error why = EDU_ERROR_INIT;
    json_t *list = NULL;
    day->taken = (ei_taken){0};
    edu_status status = provider->list(provider->context, since, since + DAY, &list, &why);
    if (status == EDU_OK)
        status = ei_list_take(of->session, list, since, since + DAY, &day->taken, &why);
    json_decref(list);
    *is_done = status == EDU_OK;
    if (!*is_done) {
        note_failure(of, "comparing a day", &why);
        return EDU_OK;
    }
    ei_command command = {
        .session = of->session, .name = "payment.day", .run = keep_run, .context = day};
    return ei_command_run(&command, error);
}

/* Days that are over for an hour, from the one behind the last on. */
static edu_status compare_days(const job *of, edu_error *error)
{
    int hour, minute;
    ended_day day = {0};
    bool is_done = true;
    edu_time before = of->now - 60 * MINUTE;
    int32_t today = ei_date_to_days(
        ei_time_civil(before, of->session->portal->utc_offset_minutes, &hour, &minute));
    EI_TRY(ei_read(of->session, last_run, &day, error));
    day.day = day.found ? (int32_t)day.last + 1 : today - 1;
    if (day.day < today - DAYS_MAX)
        day.day = today - DAYS_MAX;
    for (; day.day < today && is_done; day.day++) {
        EI_TRY(compare_day(of, &day, &is_done, error));
        *of->done += is_done;
    }
    return EDU_OK;
}

/* ---- all ---- */

static edu_status ask_visits(job *of, edu_error *error)
{
    EI_TRY(ei_read(of->session, read_visits, of, error));
    if (of->visit_count > 0)
        EI_TRY(run_step(of, lease_visits, of, error));
    for (size_t i = 0; i < of->visit_count; i++)
        EI_TRY(ask_about(of, &of->visits[i], error));
    return EDU_OK;
}

static edu_status send_refunds(job *of, edu_error *error)
{
    EI_TRY(ei_read(of->session, read_refunds, of, error));
    if (of->refund_count > 0)
        EI_TRY(run_step(of, lease_refunds, of, error));
    for (size_t i = 0; i < of->refund_count; i++)
        EI_TRY(send_refund(of, &of->refunds[i], error));
    return EDU_OK;
}

static edu_status run_job(job *of, edu_error *error)
{
    EI_TRY(ask_visits(of, error));
    if (of->provider->refund)
        EI_TRY(send_refunds(of, error));
    return of->provider->list ? compare_days(of, error) : EDU_OK;
}

edu_status edu_payment_settle(edu_session *session, int32_t limit, int32_t *done, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!done)
        return ei_bad_argument(error, "done");
    *done = 0;
    if (!session->is_operator)
        return ei_fail(error, EDU_E_DENIED, "session.no_role", NULL, "this is for the operator");
    job *of = ei_calloc(1, sizeof *of);
    if (!of)
        return ei_no_memory(error);
    of->session = session;
    of->provider = &session->portal->environment.payment;
    of->now = ei_now(session);
    of->limit = limit < 1 || limit > BATCH ? BATCH : limit;
    of->done = done;
    edu_status status = run_job(of, error);
    ei_free(of);
    return status;
}
