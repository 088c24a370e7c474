/* What happens to appeals by themselves: escalation by the ladder, and new dates where the calendar
 * has changed. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

#include "account_sql.h"
#include "appeal_sql.h"
#include "domain/calendar/calendar_store.h"
#include "domain/portal/guard.h"

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

static edu_status find_executor(const ei_appeal *appeal, edu_tx *tx, edu_time now, ei_people *out,
                                edu_error *error)
{
    ei_people_add(out, &appeal->executor);
    return ei_people_with_stand_ins(out, tx, now, error);
}

static edu_status find_heads(const ei_appeal *appeal, edu_tx *tx, edu_time now, ei_people *out,
                             edu_error *error)
{
    ei_rows rows;
    EI_TRY(
        ei_people_take(out, sql_appeal_heads(tx, appeal->department, &rows, error), &rows, error));
    return ei_people_with_stand_ins(out, tx, now, error);
}

static edu_status find_named(const ei_appeal_step *step, edu_tx *tx, edu_time now,
                             const char *login, ei_people *out, edu_error *error)
{
    ei_rows rows;
    ei_hash hash = ei_login_hash(step->session->portal, login);
    EI_TRY(ei_people_take(out, sql_account_claimed(tx, "login", ei_hash_bytes(&hash), &rows, error),
                          &rows, error));
    return ei_people_with_stand_ins(out, tx, now, error);
}

/* Where nobody is there, who is above them: an appeal that no executor has yet concerns the head,
 * one without a department the clerks, and so does what a login that nobody has should get. */
static edu_status find_people(const ei_appeal_step *step, edu_tx *tx, edu_time now,
                              const ei_appeal_rung *rung, ei_people *out, bool *has_named,
                              edu_error *error)
{
    ei_rows rows;
    const ei_appeal *appeal = &step->appeal;
    *out = (ei_people){0};
    if (rung->to == EI_TO_PERSON)
        EI_TRY(find_named(step, tx, now, rung->login, out, error));
    *has_named = out->count > 0;
    if (rung->to == EI_TO_SUBSTITUTE)
        EI_TRY(ei_people_stand_in(out, tx, &appeal->executor, now, error));
    if (rung->to == EI_TO_EXECUTOR)
        EI_TRY(find_executor(appeal, tx, now, out, error));
    if (rung->to <= EI_TO_HEAD && out->count == 0)
        EI_TRY(find_heads(appeal, tx, now, out, error));
    return out->count > 0 ? EDU_OK
                          : ei_people_take(out, sql_appeal_clerks(tx, appeal->region, &rows, error),
                                           &rows, error);
}

static edu_status change_escalate(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  edu_error *error)
{
    static const char *const names[] = {"substitute", "executor", "head", "clerk", "person"};
    ei_appeal *appeal = &step->appeal;
    const ei_appeal_rung *rung = &step->rules->ladder[appeal->rung];
    const char *template = rung->percent < 100 ? "warning_staff" : "late_staff";
    ei_people found;
    bool has_named; /* the first is whom the rung names by login */
    EI_TRY(find_people(step, tx, command->now, rung, &found, &has_named, error));
    for (size_t i = 0; i < found.count; i++)
        EI_TRY(ei_appeal_tell(step, command, tx, &found.ids[i], template, error));
    if (has_named)
        appeal->raised_to = found.ids[0];
    appeal->rung++;
    if (json_object_set_new(step->data, "rung", json_integer(appeal->rung)) != 0 ||
        json_object_set_new(step->data, "to", json_string(names[rung->to])) != 0)
        return ei_no_memory(error);
    return EDU_OK;
}

/* One rung of one appeal; nothing where another job or an answer was faster. */
static edu_status escalate_run(ei_command *command, edu_tx *tx, const ei_job_item *one,
                               bool *is_done, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    ei_appeal_step step = {.session = command->session,
                           .person = one->person,
                           .id = one->id,
                           .action = "escalate",
                           .is_systems = true,
                           .change = change_escalate};
    EI_TRY(ei_appeal_load(tx, &actor, &one->person, &one->id, command->now, &step.appeal, error));
    bool is_due = step.appeal.is_open && step.appeal.next_at <= command->now;
    if (is_due)
        EI_TRY(is_permitted(&step, tx, &is_due, error));
    *is_done = is_due;
    return is_due ? ei_appeal_step_run(&step, command, tx, error) : EDU_OK;
}

static edu_status open_due(const ei_job *job, edu_tx *tx, int32_t limit, ei_rows *rows,
                           edu_error *error)
{
    return sql_appeal_ladder_due(tx, job->now, job->after.first, &job->after.person, &job->after.id,
                                 limit, rows, error);
}

edu_status edu_appeal_escalate(edu_session *session, int32_t limit, int32_t *done, edu_error *error)
{
    ei_job job = {
        .session = session, .name = "appeal.escalate", .open = open_due, .run = escalate_run};
    return ei_job_run(&job, limit, done, error);
}

/* ---- new dates ---- */

static edu_status tell_moved(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                             edu_error *error)
{
    ei_people found = {0};
    EI_TRY(find_executor(&step->appeal, tx, command->now, &found, error));
    for (size_t i = 0; i < found.count; i++)
        EI_TRY(ei_appeal_tell(step, command, tx, &found.ids[i], "moved_staff", error));
    return ei_appeal_tell_signers(step, command, tx, "moved_signed", error);
}

/* The days from receipt to the later of both dates matter. */
static edu_status note_changed_days(ei_appeal_step *step, ei_calendar_change *change,
                                    edu_time due_before, edu_error *error)
{
    edu_time due = step->appeal.due, last = due > due_before ? due : due_before;
    if (last == EI_APPEAL_NEVER)
        last = due < due_before ? due : due_before;
    if (last == EI_APPEAL_NEVER)
        last = step->appeal.clock_from;
    change->from = step->appeal.clock_from;
    change->until = last;
    return ei_calendar_change_note(change, step->data, error);
}

static edu_status change_recompute(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                   edu_error *error)
{
    const int32_t *newest = step->wanted;
    ei_calendar_change change = {.code = step->appeal.calendar,
                                 .version_before = step->appeal.calendar_version,
                                 .version = *newest,
                                 .before = step->calendar};
    edu_time due_before = step->appeal.due;
    step->appeal.calendar_version = *newest;
    EI_TRY(ei_calendar_load(step->session, tx, step->appeal.calendar, *newest, &step->calendar,
                            NULL, error));
    change.after = step->calendar;
    EI_TRY(ei_appeal_clock(step->rules, step->calendar, &step->appeal, error));
    EI_TRY(note_changed_days(step, &change, due_before, error));
    return tell_moved(step, command, tx, error);
}

/* Where nothing moves for the appeal, only its version is noted and nobody is told; it counts, as
 * whoever repeats the job until nothing is done has others behind it. */
static edu_status recompute_run(ei_command *command, edu_tx *tx, const ei_job_item *one,
                                bool *is_done, edu_error *error)
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
    *is_done = true;
    if (step.appeal.due == due) {
        step.appeal.calendar_version = newest;
        return ei_appeal_save(tx, &step.appeal, error);
    }
    EI_TRY(is_permitted(&step, tx, is_done, error));
    return *is_done ? ei_appeal_step_run(&step, command, tx, error) : EDU_OK;
}

static edu_status open_old(const ei_job *job, edu_tx *tx, int32_t limit, ei_rows *rows,
                           edu_error *error)
{
    return sql_appeal_calendar_old(tx, job->after.first, &job->after.person, &job->after.id, limit,
                                   rows, error);
}

edu_status edu_appeal_recompute(edu_session *session, int32_t limit, int32_t *done,
                                edu_error *error)
{
    ei_job job = {
        .session = session, .name = "appeal.recompute", .open = open_old, .run = recompute_run};
    return ei_job_run(&job, limit, done, error);
}
