/* When a state is to be left, and what happens then. */
#include "domain/request/request_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/calendar/calendar_store.h"
#include "request_sql.h"
#include "workflow_sql.h"

static ei_term term_of(const ei_request *request, const ei_state_rules *rules)
{
    return (ei_term){.received = request->entered, .unit = rules->unit, .count = rules->count};
}

/* By the version of the calendar that the request has. */
static edu_status compute(const edu_session *session, edu_tx *tx, const ei_state_rules *rules,
                          ei_request *request, edu_error *error)
{
    const ei_calendar *calendar;
    ei_term term = term_of(request, rules);
    ei_deadline deadline;
    edu_time warning;
    EI_TRY(ei_calendar_load(session, tx, request->calendar, request->calendar_version, &calendar,
                            NULL, error));
    EI_TRY(ei_deadline_compute(calendar, &term, &deadline, error));
    EI_TRY(ei_deadline_share(calendar, &term, rules->warn_percent, &warning, error));
    request->due = deadline.due;
    request->next_at = rules->warn.template && !request->is_warned ? warning : deadline.due;
    return EDU_OK;
}

edu_status ei_request_start_clock(const edu_session *session, edu_tx *tx,
                                  const ei_definition *definition, ei_request *request,
                                  edu_error *error)
{
    const ei_state_rules *rules = ei_definition_state(definition, request->state);
    request->due = request->next_at = EI_REQUEST_NEVER;
    request->is_warned = false;
    request->calendar[0] = '\0';
    request->calendar_version = 0;
    if (rules->count == 0)
        return EDU_OK;
    (void)snprintf(request->calendar, sizeof request->calendar, "%s",
                   ei_definition_calendar(definition));
    EI_TRY(ei_calendar_newest(tx, request->calendar, &request->calendar_version, error));
    return compute(session, tx, rules, request, error);
}

/* ---- telling ---- */

edu_status ei_request_tell(ei_command *command, edu_tx *tx, const ei_request *request,
                           const char *template, const edu_id *person, edu_error *error)
{
    edu_id id = ei_new_id(command->session);
    bool is_own = memcmp(person, &request->person, sizeof *person) == 0;
    return sql_workflow_notification_add(tx, person, &id, command->now, request->service,
                                         request->head.service_version, template, "{}",
                                         is_own ? &request->id : NULL, NULL, error);
}

/* Whom it is assigned to and who stands in for them; where nobody has it, those of its scope. */
static edu_status find_staff(ei_command *command, edu_tx *tx, const ei_request *request,
                             ei_people *out, edu_error *error)
{
    ei_rows rows;
    if (ei_id_is_none(request->assignee))
        return ei_people_take(
            out, sql_request_staff(tx, request->institution, request->region, &rows, error), &rows,
            error);
    ei_people_add(out, &request->assignee);
    return ei_people_stand_in(out, tx, &request->assignee, command->now, error);
}

static edu_status tell_of(ei_command *command, edu_tx *tx, const ei_request *request,
                          const ei_telling *what, edu_error *error)
{
    ei_people people = {0};
    if (!what->template)
        return EDU_OK;
    if (what->is_applicants)
        ei_people_add(&people, &request->person);
    else
        EI_TRY(find_staff(command, tx, request, &people, error));
    for (size_t i = 0; i < people.count; i++)
        EI_TRY(ei_request_tell(command, tx, request, what->template, &people.ids[i], error));
    return EDU_OK;
}

/* ---- what is due ---- */

/* At the deadline: those concerned are told, and what the definition says is done. */
static edu_status end_term(ei_command *command, edu_tx *tx, ei_request *request,
                           const ei_state_rules *rules, edu_error *error)
{
    EI_TRY(tell_of(command, tx, request, &rules->late, error));
    request->next_at = EI_REQUEST_NEVER;
    EI_TRY(ei_request_save(tx, request, error));
    if (!rules->then)
        return EDU_OK;
    ei_request_step step = {.session = command->session,
                            .person = request->person,
                            .id = request->id,
                            .action = rules->then,
                            .is_systems = true};
    return ei_request_step_run(&step, command, tx, error);
}

static edu_status load_one(ei_command *command, edu_tx *tx, const ei_job_item *one,
                           ei_request *request, const ei_state_rules **rules, edu_error *error)
{
    const ei_definition *definition;
    EI_TRY(
        ei_request_load(tx, &ei_operator_id, &one->person, &one->id, command->now, request, error));
    EI_TRY(ei_definition_load(command->session, tx, request->service, request->head.service_version,
                              &definition, NULL, error));
    *rules = ei_definition_state(definition, request->state);
    return EDU_OK;
}

static edu_status clock_run(ei_command *command, edu_tx *tx, const ei_job_item *one, bool *is_done,
                            edu_error *error)
{
    const ei_state_rules *rules;
    ei_request request;
    EI_TRY(load_one(command, tx, one, &request, &rules, error));
    *is_done = request.is_open && request.next_at <= command->now;
    if (!*is_done)
        return EDU_OK;
    if (request.due <= command->now)
        return end_term(command, tx, &request, rules, error);
    EI_TRY(tell_of(command, tx, &request, &rules->warn, error));
    request.is_warned = true;
    request.next_at = request.due;
    return ei_request_save(tx, &request, error);
}

static edu_status open_due(const ei_job *job, edu_tx *tx, int32_t limit, ei_rows *rows,
                           edu_error *error)
{
    return sql_request_due(tx, job->now, job->after.first, &job->after.person, &job->after.id,
                           limit, rows, error);
}

edu_status edu_request_clock(edu_session *session, int32_t limit, int32_t *done, edu_error *error)
{
    ei_job job = {.session = session, .name = "request.clock", .open = open_due, .run = clock_run};
    return ei_job_run(&job, limit, done, error);
}

/* ---- new dates, where the calendar has changed ---- */

static edu_status note_moved(const edu_session *session, edu_tx *tx, const ei_request *request,
                             const ei_request *before, json_t *data, edu_error *error)
{
    ei_calendar_change change = {.code = request->calendar,
                                 .version_before = before->calendar_version,
                                 .version = request->calendar_version,
                                 .from = request->entered,
                                 .until = request->due > before->due ? request->due : before->due};
    char due[32];
    int hour, minute;
    EI_TRY(ei_calendar_load(session, tx, request->calendar, change.version_before, &change.before,
                            NULL, error));
    EI_TRY(ei_calendar_load(session, tx, request->calendar, change.version, &change.after, NULL,
                            error));
    edu_date day =
        ei_time_civil(request->due, ei_calendar_utc_offset(change.after), &hour, &minute);
    (void)snprintf(due, sizeof due, "%02d.%02d.%04d %02d:%02d", day.day, day.month, day.year, hour,
                   minute);
    EI_TRY(ei_calendar_change_note(&change, data, error));
    return json_object_set_new(data, "due", json_string(due)) == 0 ? EDU_OK : ei_no_memory(error);
}

/* By a message of the library's own, whatever the service. */
static edu_status tell_moved(ei_command *command, edu_tx *tx, const ei_request *request,
                             const json_t *data, edu_error *error)
{
    ei_people people = {0};
    ei_people_add(&people, &request->person);
    if (!ei_id_is_none(request->assignee))
        EI_TRY(find_staff(command, tx, request, &people, error));
    char *text = ei_json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    edu_status status = text ? EDU_OK : ei_no_memory(error);
    for (size_t i = 0; i < people.count && status == EDU_OK; i++) {
        edu_id id = ei_new_id(command->session);
        status = sql_workflow_notification_add(tx, &people.ids[i], &id, command->now, "", 0,
                                               "request_moved", text, i == 0 ? &request->id : NULL,
                                               NULL, error);
    }
    ei_free(text);
    return status;
}

static edu_status record_moved(ei_command *command, edu_tx *tx, const ei_request *request,
                               const ei_request *before, edu_error *error)
{
    json_t *data = json_object();
    ei_application_step step = {.person = request->person,
                                .application = request->id,
                                .action = EI_REMARK_MOVED,
                                .actor_kind = "system",
                                .data = data};
    edu_status status =
        data ? note_moved(command->session, tx, request, before, data, error) : ei_no_memory(error);
    if (status == EDU_OK)
        status = ei_application_remark(command, tx, &step, &request->head, error);
    if (status == EDU_OK)
        status = tell_moved(command, tx, request, data, error);
    json_decref(data);
    return status;
}

/* Where no date moves, the version alone is noted, and nobody is told. */
static edu_status recompute_run(ei_command *command, edu_tx *tx, const ei_job_item *one,
                                bool *is_done, edu_error *error)
{
    const ei_state_rules *rules;
    ei_request request, before;
    int32_t newest;
    EI_TRY(load_one(command, tx, one, &request, &rules, error));
    if (!request.is_open || !request.calendar[0])
        return EDU_OK;
    EI_TRY(ei_calendar_newest(tx, request.calendar, &newest, error));
    if (newest == request.calendar_version)
        return EDU_OK;
    before = request;
    request.calendar_version = newest;
    EI_TRY(compute(command->session, tx, rules, &request, error));
    /* What was done at the old date stays done. */
    if (before.next_at == EI_REQUEST_NEVER)
        request.next_at = EI_REQUEST_NEVER;
    *is_done = true;
    if (request.due != before.due)
        EI_TRY(record_moved(command, tx, &request, &before, error));
    return ei_request_save(tx, &request, error);
}

static edu_status open_old(const ei_job *job, edu_tx *tx, int32_t limit, ei_rows *rows,
                           edu_error *error)
{
    return sql_request_calendar_old(tx, job->after.first, &job->after.person, &job->after.id, limit,
                                    rows, error);
}

edu_status edu_request_recompute(edu_session *session, int32_t limit, int32_t *done,
                                 edu_error *error)
{
    ei_job job = {
        .session = session, .name = "request.recompute", .open = open_old, .run = recompute_run};
    return ei_job_run(&job, limit, done, error);
}
