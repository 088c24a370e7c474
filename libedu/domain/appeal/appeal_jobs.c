/* What happens to appeals by themselves: escalation by the ladder, and new dates where the calendar
 * has changed. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

#include "account_sql.h"
#include "appeal_sql.h"
#include "domain/calendar/calendar_store.h"
#include "domain/portal/guard.h"

#define BATCH 200
#define RECIPIENTS_MAX 20

typedef struct pair {
    int64_t first; /* what the list is sorted by, before the ids */
    edu_id person, id;
} pair;

typedef struct batch {
    edu_session *session;
    edu_time now;
    pair after; /* whoever is not to be moved now does not stand in others' way */
    size_t count;
    pair items[BATCH];
} batch;

static edu_status take_pairs(edu_status opened, ei_rows *rows, batch *work, edu_error *error)
{
    bool row;
    edu_status status;
    EI_TRY(opened);
    work->count = 0;
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row && work->count < BATCH)
        work->items[work->count++] =
            (pair){ei_column_int(rows, 0), ei_column_id(rows, 1), ei_column_id(rows, 2)};
    ei_rows_close(rows);
    return status;
}

/* A definition may deny a job its step; that is no fault of the job. */
static edu_status is_permitted(const ei_appeal_step *step, edu_tx *tx, bool *out, edu_error *error)
{
    const ei_definition *definition;
    ei_action action;
    EI_TRY(ei_definition_load(step->session, tx, step->appeal.head.service,
                              step->appeal.head.service_version, &definition, NULL, error));
    *out = ei_definition_allow(definition, step->action, step->appeal.state, "system", &action,
                               NULL) == EDU_OK;
    return EDU_OK;
}

/* ---- the ladder ---- */

typedef struct people {
    size_t count;
    edu_id ids[RECIPIENTS_MAX];
    bool has_named; /* the first is whom a rung names by login */
} people;

static edu_status take_people(edu_status opened, ei_rows *rows, people *out, edu_error *error)
{
    bool row;
    edu_status status;
    EI_TRY(opened);
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row &&
           out->count < RECIPIENTS_MAX)
        out->ids[out->count++] = ei_column_id(rows, 0);
    ei_rows_close(rows);
    return status;
}

/* Who does the work of these people now, behind them. */
static edu_status add_stand_ins(edu_tx *tx, edu_time now, people *out, edu_error *error)
{
    ei_rows rows;
    for (size_t i = 0, count = out->count; i < count; i++)
        EI_TRY(take_people(sql_appeal_stand_in(tx, &out->ids[i], now, &rows, error), &rows, out,
                           error));
    return EDU_OK;
}

static edu_status find_executor(const ei_appeal *appeal, edu_tx *tx, edu_time now, people *out,
                                edu_error *error)
{
    if (ei_id_is_none(appeal->executor))
        return EDU_OK;
    out->ids[out->count++] = appeal->executor;
    return add_stand_ins(tx, now, out, error);
}

static edu_status find_substitute(const ei_appeal *appeal, edu_tx *tx, edu_time now, people *out,
                                  edu_error *error)
{
    ei_rows rows;
    return take_people(sql_appeal_stand_in(tx, &appeal->executor, now, &rows, error), &rows, out,
                       error);
}

static edu_status find_login(const ei_appeal_step *step, edu_tx *tx, const char *login, people *out,
                             edu_error *error)
{
    ei_rows rows;
    ei_hash hash = ei_login_hash(step->session->portal, login);
    return take_people(sql_account_claimed(tx, "login", ei_hash_bytes(&hash), &rows, error), &rows,
                       out, error);
}

static edu_status find_heads(const ei_appeal *appeal, edu_tx *tx, edu_time now, people *out,
                             edu_error *error)
{
    ei_rows rows;
    EI_TRY(take_people(sql_appeal_heads(tx, appeal->department, &rows, error), &rows, out, error));
    return add_stand_ins(tx, now, out, error);
}

static edu_status find_named(const ei_appeal_step *step, edu_tx *tx, edu_time now,
                             const char *login, people *out, edu_error *error)
{
    EI_TRY(find_login(step, tx, login, out, error));
    out->has_named = out->count > 0;
    return add_stand_ins(tx, now, out, error);
}

/* Where nobody is there, who is above them: an appeal that no executor has yet concerns the head,
 * one without a department the clerks, and so does what a login that nobody has should get. */
static edu_status find_people(const ei_appeal_step *step, edu_tx *tx, edu_time now,
                              const ei_appeal_rung *rung, people *out, edu_error *error)
{
    ei_rows rows;
    const ei_appeal *appeal = &step->appeal;
    *out = (people){0};
    if (rung->to == EI_TO_PERSON)
        EI_TRY(find_named(step, tx, now, rung->login, out, error));
    if (rung->to == EI_TO_SUBSTITUTE)
        EI_TRY(find_substitute(appeal, tx, now, out, error));
    if (rung->to == EI_TO_EXECUTOR)
        EI_TRY(find_executor(appeal, tx, now, out, error));
    if (rung->to <= EI_TO_HEAD && out->count == 0)
        EI_TRY(find_heads(appeal, tx, now, out, error));
    if (out->count == 0)
        EI_TRY(take_people(sql_appeal_clerks(tx, appeal->region, &rows, error), &rows, out, error));
    return EDU_OK;
}

static edu_status change_escalate(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  edu_error *error)
{
    static const char *const names[] = {"substitute", "executor", "head", "clerk", "person"};
    ei_appeal *appeal = &step->appeal;
    const ei_appeal_rung *rung = &step->rules->ladder[appeal->rung];
    const char *template = rung->percent < 100 ? "warning_staff" : "late_staff";
    people found;
    EI_TRY(find_people(step, tx, command->now, rung, &found, error));
    for (size_t i = 0; i < found.count; i++)
        EI_TRY(ei_appeal_tell(step, command, tx, &found.ids[i], template, error));
    if (found.has_named)
        appeal->raised_to = found.ids[0];
    appeal->rung++;
    if (json_object_set_new(step->data, "rung", json_integer(appeal->rung)) != 0 ||
        json_object_set_new(step->data, "to", json_string(names[rung->to])) != 0)
        return ei_no_memory(error);
    return EDU_OK;
}

static void note_done(ei_command *command)
{
    command->result[0] = 1;
    command->result_size = 1;
}

/* One rung of one appeal; nothing where another job or an answer was faster. */
static edu_status escalate_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const pair *one = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_appeal_step step = {.session = command->session,
                           .person = one->person,
                           .id = one->id,
                           .action = "escalate",
                           .is_systems = true,
                           .change = change_escalate};
    command->result_size = 0;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(ei_appeal_load(tx, &actor, &one->person, &one->id, command->now, &step.appeal, error));
    bool is_due = step.appeal.is_open && step.appeal.next_at <= command->now;
    if (is_due)
        EI_TRY(is_permitted(&step, tx, &is_due, error));
    if (!is_due)
        return EDU_OK;
    EI_TRY(ei_appeal_step_run(&step, command, tx, error));
    note_done(command);
    return EDU_OK;
}

static edu_status ladder_due(edu_tx *tx, void *context, edu_error *error)
{
    batch *work = context;
    ei_rows rows;
    EI_TRY(ei_require_role(work->session, tx, "admin", error));
    return take_pairs(sql_appeal_ladder_due(tx, work->now, work->after.first, &work->after.person,
                                            &work->after.id, BATCH, &rows, error),
                      &rows, work, error);
}

/* Each in a transaction of its own, so that what is done stays done. */
static edu_status run_each(batch *work, const char *name,
                           edu_status (*run)(ei_command *, edu_tx *, edu_error *), int32_t limit,
                           int32_t *done, edu_error *error)
{
    for (size_t i = 0; i < work->count && *done < limit; i++) {
        ei_command command = {
            .session = work->session, .name = name, .run = run, .context = &work->items[i]};
        EI_TRY(ei_command_run(&command, error));
        *done += command.result_size > 0;
    }
    return EDU_OK;
}

static edu_status run_all(edu_session *session, edu_command_fn find, const char *name,
                          edu_status (*run)(ei_command *, edu_tx *, edu_error *), int32_t limit,
                          int32_t *done, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!done)
        return ei_bad_argument(error, "done");
    batch work = {.session = session, .now = ei_now(session), .after = {.first = INT64_MIN + 1}};
    work.after.person.bytes[15] = work.after.id.bytes[15] = 1;
    *done = 0;
    if (limit <= 0 || limit > BATCH)
        limit = BATCH;
    do {
        EI_TRY(ei_read(session, find, &work, error));
        EI_TRY(run_each(&work, name, run, limit, done, error));
        if (work.count > 0)
            work.after = work.items[work.count - 1];
    } while (work.count == BATCH && *done < limit);
    return EDU_OK;
}

edu_status edu_appeal_escalate(edu_session *session, int32_t limit, int32_t *done, edu_error *error)
{
    return run_all(session, ladder_due, "appeal.escalate", escalate_run, limit, done, error);
}

/* ---- new dates ---- */

static edu_status tell_moved(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                             edu_error *error)
{
    people found = {0};
    EI_TRY(find_executor(&step->appeal, tx, command->now, &found, error));
    for (size_t i = 0; i < found.count; i++)
        EI_TRY(ei_appeal_tell(step, command, tx, &found.ids[i], "moved_staff", error));
    return ei_appeal_tell_signers(step, command, tx, "moved_signed", error);
}

/* "23.09.2026, 24.09.2026": the days from receipt to the later of both dates that are worked under
 * one version and free under the other. */
static void write_changed_days(const ei_calendar *before, const ei_calendar *after,
                               const ei_appeal *appeal, edu_time last, ei_buffer *out)
{
    enum { MOST = 5 };
    int hour, minute, count = 0;
    int32_t offset = ei_calendar_utc_offset(after);
    int32_t day = ei_date_to_days(ei_time_civil(appeal->clock_from, offset, &hour, &minute));
    int32_t end = ei_date_to_days(ei_time_civil(last, offset, &hour, &minute));
    for (; day <= end && count <= MOST; day++) {
        ei_day one, other;
        if (!ei_calendar_day(before, day, &one) || !ei_calendar_day(after, day, &other) ||
            ei_day_is_worked(one.kind) == ei_day_is_worked(other.kind))
            continue;
        edu_date date = ei_date_from_days(day);
        if (count++ == MOST)
            ei_buffer_text(out, ", …");
        else
            ei_buffer_printf(out, "%s%02d.%02d.%04d", count > 1 ? ", " : "", date.day, date.month,
                             date.year);
    }
    if (count == 0)
        ei_buffer_text(out, "–");
}

static edu_status note_changed_days(ei_appeal_step *step, const ei_calendar *before,
                                    edu_time due_before, edu_error *error)
{
    ei_buffer days = {0};
    edu_time due = step->appeal.due, last = due > due_before ? due : due_before;
    if (last == EI_APPEAL_NEVER)
        last = due < due_before ? due : due_before;
    if (last == EI_APPEAL_NEVER)
        last = step->appeal.clock_from;
    write_changed_days(before, step->calendar, &step->appeal, last, &days);
    bool is_noted =
        !days.failed && json_object_set_new(step->data, "days", json_string(days.data)) == 0;
    ei_buffer_free(&days);
    return is_noted ? EDU_OK : ei_no_memory(error);
}

static edu_status change_recompute(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                   edu_error *error)
{
    const int32_t *newest = step->wanted;
    int32_t before = step->appeal.calendar_version;
    const ei_calendar *old = step->calendar;
    edu_time due_before = step->appeal.due;
    step->appeal.calendar_version = *newest;
    EI_TRY(ei_calendar_load(step->session, tx, step->appeal.calendar, *newest, &step->calendar,
                            NULL, error));
    if (json_object_set_new(step->data, "calendar", json_string(step->appeal.calendar)) != 0 ||
        json_object_set_new(step->data, "calendar_version", json_integer(*newest)) != 0 ||
        json_object_set_new(step->data, "calendar_version_before", json_integer(before)) != 0)
        return ei_no_memory(error);
    EI_TRY(ei_appeal_clock(step->rules, step->calendar, &step->appeal, error));
    EI_TRY(note_changed_days(step, old, due_before, error));
    return tell_moved(step, command, tx, error);
}

/* Where nothing moves for the appeal, only its version is noted and nobody is told; it counts, as
 * whoever repeats the job until nothing is done has others behind it. */
static edu_status note_version(ei_command *command, ei_appeal *appeal, edu_tx *tx, int32_t newest,
                               edu_error *error)
{
    appeal->calendar_version = newest;
    note_done(command);
    return ei_appeal_save(tx, appeal, error);
}

static edu_status recompute_one(ei_command *command, edu_tx *tx, const pair *one, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    const ei_appeal_rules *rules;
    const ei_calendar *calendar;
    int32_t newest;
    ei_appeal_step step = {.session = command->session,
                           .person = one->person,
                           .id = one->id,
                           .action = "recompute",
                           .is_systems = true,
                           .wanted = &newest,
                           .change = change_recompute};
    EI_TRY(ei_appeal_load(tx, &actor, &one->person, &one->id, command->now, &step.appeal, error));
    EI_TRY(ei_calendar_newest(tx, step.appeal.calendar, &newest, error));
    if (!step.appeal.is_open || step.appeal.calendar_version == newest)
        return EDU_OK;
    EI_TRY(
        ei_appeal_rules_load(command->session, tx, step.appeal.rules_version, &rules, NULL, error));
    EI_TRY(ei_calendar_load(command->session, tx, step.appeal.calendar, newest, &calendar, NULL,
                            error));
    edu_time due = step.appeal.due;
    EI_TRY(ei_appeal_clock(rules, calendar, &step.appeal, error));
    if (step.appeal.due == due)
        return note_version(command, &step.appeal, tx, newest, error);
    bool may;
    EI_TRY(is_permitted(&step, tx, &may, error));
    if (!may)
        return EDU_OK;
    EI_TRY(ei_appeal_step_run(&step, command, tx, error));
    note_done(command);
    return EDU_OK;
}

static edu_status recompute_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    return recompute_one(command, tx, command->context, error);
}

static edu_status calendars_old(edu_tx *tx, void *context, edu_error *error)
{
    batch *work = context;
    ei_rows rows;
    EI_TRY(ei_require_role(work->session, tx, "admin", error));
    return take_pairs(sql_appeal_calendar_old(tx, work->after.first, &work->after.person,
                                              &work->after.id, BATCH, &rows, error),
                      &rows, work, error);
}

edu_status edu_appeal_recompute(edu_session *session, int32_t limit, int32_t *done,
                                edu_error *error)
{
    return run_all(session, calendars_old, "appeal.recompute", recompute_run, limit, done, error);
}
