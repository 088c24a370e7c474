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

#define STAFF_MAX 20

static edu_status take_people(edu_status opened, ei_rows *rows, edu_id out[STAFF_MAX],
                              size_t *count, edu_error *error)
{
    bool row;
    edu_status status;
    EI_TRY(opened);
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row && *count < STAFF_MAX)
        out[(*count)++] = ei_column_id(rows, 0);
    ei_rows_close(rows);
    return status;
}

/* Whom it is assigned to and who stands in for them; where nobody has it, those of its scope. */
static edu_status find_staff(ei_command *command, edu_tx *tx, const ei_request *request,
                             edu_id out[STAFF_MAX], size_t *count, edu_error *error)
{
    ei_rows rows;
    *count = 0;
    if (ei_id_is_none(request->assignee))
        return take_people(
            sql_request_staff(tx, request->institution, request->region, &rows, error), &rows, out,
            count, error);
    out[(*count)++] = request->assignee;
    return take_people(sql_request_stand_in(tx, &request->assignee, command->now, &rows, error),
                       &rows, out, count, error);
}

static edu_status tell_of(ei_command *command, edu_tx *tx, const ei_request *request,
                          const ei_telling *what, edu_error *error)
{
    edu_id people[STAFF_MAX];
    size_t count;
    if (!what->template)
        return EDU_OK;
    if (what->is_applicants)
        return ei_request_tell(command, tx, request, what->template, &request->person, error);
    EI_TRY(find_staff(command, tx, request, people, &count, error));
    for (size_t i = 0; i < count; i++)
        EI_TRY(ei_request_tell(command, tx, request, what->template, &people[i], error));
    return EDU_OK;
}

/* ---- the job ---- */

#define BATCH 200

typedef struct item {
    int64_t next_at;
    edu_id person, id;
} item;

typedef struct batch {
    edu_session *session;
    edu_time now;
    item after;
    size_t count;
    item items[BATCH];
} batch;

static edu_status find_due(edu_tx *tx, void *context, edu_error *error)
{
    batch *work = context;
    ei_rows rows;
    bool row;
    edu_status status;
    EI_TRY(ei_require_role(work->session, tx, "admin", error));
    EI_TRY(sql_request_due(tx, work->now, work->after.next_at, &work->after.person, &work->after.id,
                           BATCH, &rows, error));
    work->count = 0;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && work->count < BATCH)
        work->items[work->count++] =
            (item){ei_column_int(&rows, 0), ei_column_id(&rows, 1), ei_column_id(&rows, 2)};
    ei_rows_close(&rows);
    return status;
}

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

static edu_status clock_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const item *one = command->context;
    const ei_definition *definition;
    ei_request request;
    command->result_size = 0;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(ei_request_load(tx, &ei_operator_id, &one->person, &one->id, command->now, &request,
                           error));
    if (!request.is_open || request.next_at > command->now)
        return EDU_OK;
    EI_TRY(ei_definition_load(command->session, tx, request.service, request.head.service_version,
                              &definition, NULL, error));
    const ei_state_rules *rules = ei_definition_state(definition, request.state);
    command->result[0] = 1;
    command->result_size = 1;
    if (request.due <= command->now)
        return end_term(command, tx, &request, rules, error);
    EI_TRY(tell_of(command, tx, &request, &rules->warn, error));
    request.is_warned = true;
    request.next_at = request.due;
    return ei_request_save(tx, &request, error);
}

/* Each in a transaction of its own, so that what is done stays done. */
static edu_status run_each(batch *work, int32_t limit, int32_t *done, edu_error *error)
{
    for (size_t i = 0; i < work->count && *done < limit; i++) {
        ei_command command = {.session = work->session,
                              .name = "request.clock",
                              .run = clock_run,
                              .context = &work->items[i]};
        EI_TRY(ei_command_run(&command, error));
        *done += command.result_size > 0;
    }
    return EDU_OK;
}

edu_status edu_request_clock(edu_session *session, int32_t limit, int32_t *done, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!done)
        return ei_bad_argument(error, "done");
    batch work = {.session = session, .now = ei_now(session), .after = {.next_at = INT64_MIN + 1}};
    work.after.person.bytes[15] = work.after.id.bytes[15] = 1;
    *done = 0;
    if (limit <= 0 || limit > BATCH)
        limit = BATCH;
    do {
        EI_TRY(ei_read(session, find_due, &work, error));
        EI_TRY(run_each(&work, limit, done, error));
        if (work.count > 0)
            work.after = work.items[work.count - 1];
    } while (work.count == BATCH && *done < limit);
    return EDU_OK;
}
