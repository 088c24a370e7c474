/* The work of staff and the steps of applicants: actions of the definition, one or many at once. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "domain/request/request_store.h"
#include "request_sql.h"

#define ACTION_MAX 64

/* ---- one ---- */

static edu_status do_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return ei_request_step_run(command->context, command, tx, error);
}

static edu_status do_step(ei_request_step *step, const char *name, const char *key,
                          const void *more, size_t size, edu_error *error)
{
    ei_command command = {
        .session = step->session, .name = name, .key = key, .run = do_run, .context = step};
    step->person = ei_person_or_self(step->session, step->person);
    char *corrections = NULL;
    if (step->corrections)
        EI_TRY(ei_json_write(step->corrections, "/corrections", &corrections, error));
    ei_command_hash(&command, &step->person, sizeof step->person);
    ei_command_hash(&command, &step->id, sizeof step->id);
    ei_command_hash_text(&command, step->action);
    ei_command_hash_text(&command, step->reason);
    ei_command_hash_text(&command, corrections);
    ei_command_hash(&command, more, size);
    ei_free(corrections);
    EI_TRY(ei_command_run(&command, error));
    if (step->verdict != EDU_OK && error)
        *error = step->refusal;
    return step->verdict;
}

/* What takes a draft is not done without one. */
static edu_status change_plain(ei_request_step *step, ei_command *command, edu_tx *tx,
                               edu_error *error)
{
    (void)command;
    (void)tx;
    return step->allowed.submits ? ei_fail(error, EDU_E_INVALID, "request.submits", "/action",
                                           "this is done by submitting a draft")
                                 : EDU_OK;
}

edu_status edu_request_act(edu_session *session, edu_id person_id, edu_id id, const char *action,
                           const char *reason, json_t *corrections, const char *key,
                           edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(action, ACTION_MAX, false, "/action", error));
    EI_TRY(ei_check_text(reason, EI_REQUEST_REASON_MAX, true, "/reason", error));
    if (reason && !*reason)
        reason = NULL;
    json_t *copy = json_deep_copy(ei_json_given(corrections));
    if (ei_json_given(corrections) && !copy)
        return ei_no_memory(error);
    ei_request_step step = {.session = session,
                            .person = person_id,
                            .id = id,
                            .action = action,
                            .reason = reason,
                            .corrections = copy,
                            .change = change_plain};
    edu_status status = do_step(&step, "request.act", key, NULL, 0, error);
    json_decref(copy);
    return status;
}

/* ---- notes and assignment: steps of every definition that has them not itself ---- */

typedef struct working {
    edu_session *session;
    edu_id person, id, assignee;
    const char *text;
} working;

static edu_status load_for_staff(ei_command *command, edu_tx *tx, const working *work,
                                 ei_request *out, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(ei_request_load(tx, &actor, &work->person, &work->id, command->now, out, error));
    return ei_request_is_staff(out) ? EDU_OK
                                    : ei_fail(error, EDU_E_DENIED, "request.not_staff", NULL,
                                              "this is for those who work on the application");
}

/* An event beside the definition's actions: it stays in its state, and only staff see it. */
static edu_status add_event(ei_command *command, edu_tx *tx, ei_request *request,
                            const char *action, json_t *data, edu_error *error)
{
    const char *kind = request->is_clerk         ? "clerk"
                       : request->is_institution ? "institution"
                                                 : "executor";
    ei_application_step step = {.person = request->person,
                                .application = request->id,
                                .action = action,
                                .actor_kind = kind,
                                .data = data};
    return ei_application_remark(command, tx, &step, &request->head, error);
}

static edu_status note_with(ei_command *command, edu_tx *tx, ei_request *request, const char *text,
                            json_t *data, edu_error *error)
{
    ei_buffer sealed = {0};
    json_t *json = json_pack("{s:s}", "text", text);
    edu_status status =
        json ? ei_request_seal(command->session, &request->person, ei_request_key(request),
                               EI_REQUEST_SEALED_TEXT, json, &sealed, error)
             : ei_no_memory(error);
    json_decref(json);
    if (status == EDU_OK)
        status = ei_sealed_note(data, &sealed, error);
    if (status == EDU_OK)
        status = add_event(command, tx, request, EI_REMARK_NOTE, data, error);
    if (status == EDU_OK)
        status = sql_request_text_add(tx, &request->person, &request->id, request->head.version + 1,
                                      (edu_bytes){sealed.data, sealed.size}, NULL, error);
    ei_buffer_free(&sealed);
    return status;
}

static edu_status note_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const working *work = command->context;
    ei_request request;
    EI_TRY(load_for_staff(command, tx, work, &request, error));
    json_t *data = json_object();
    edu_status status =
        data ? note_with(command, tx, &request, work->text, data, error) : ei_no_memory(error);
    json_decref(data);
    return status;
}

edu_status edu_request_note(edu_session *session, edu_id person_id, edu_id id, const char *text,
                            const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(text, EI_REQUEST_REASON_MAX, "/text", error));
    working work = {session, ei_person_or_self(session, person_id), id, {{0}}, text};
    ei_command command = {
        .session = session, .name = "request.note", .key = key, .run = note_run, .context = &work};
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &id, sizeof id);
    ei_command_hash_text(&command, text);
    return ei_command_run(&command, error);
}

static edu_status check_assignee(edu_tx *tx, const edu_id *assignee, edu_error *error)
{
    ei_rows rows;
    bool found = false;
    if (ei_id_is_none(*assignee))
        return EDU_OK;
    EI_TRY(ei_rows_integer(sql_request_has_role(tx, assignee, &rows, error), &rows, &found, NULL,
                           error));
    return found ? EDU_OK
                 : ei_fail(error, EDU_E_NOT_FOUND, "request.assignee", "/assignee_id",
                           "there is nobody with a role of this id");
}

static edu_status assign_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const working *work = command->context;
    char text[EDU_ID_TEXT] = "";
    ei_request request;
    EI_TRY(load_for_staff(command, tx, work, &request, error));
    EI_TRY(check_assignee(tx, &work->assignee, error));
    if (!ei_id_is_none(work->assignee))
        edu_id_format(work->assignee, text);
    json_t *data = json_pack("{s:s}", "assignee", text);
    edu_status status = data ? add_event(command, tx, &request, EI_REMARK_ASSIGN, data, error)
                             : ei_no_memory(error);
    json_decref(data);
    EI_TRY(status);
    request.assignee = work->assignee;
    return ei_request_save(tx, &request, error);
}

edu_status edu_request_assign(edu_session *session, edu_id person_id, edu_id id, edu_id assignee_id,
                              const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    working work = {session, ei_person_or_self(session, person_id), id, assignee_id, NULL};
    ei_command command = {.session = session,
                          .name = "request.assign",
                          .key = key,
                          .run = assign_run,
                          .context = &work};
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &id, sizeof id);
    ei_command_hash(&command, &assignee_id, sizeof assignee_id);
    return ei_command_run(&command, error);
}

/* ---- many ---- */

typedef struct many {
    edu_session *session;
    const char *action, *reason;
} many;

static edu_status change_bulk(ei_request_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    EI_TRY(change_plain(step, command, tx, error));
    return step->allowed.is_bulk ? EDU_OK
                                 : ei_fail(error, EDU_E_INVALID, "request.not_bulk", "/action",
                                           "this action is done to one application at a time");
}

static edu_status do_item(ei_bulk *work, size_t index, ei_command *command, edu_tx *tx,
                          json_t *outcome, edu_error *error)
{
    const many *of = work->context;
    ei_request_step step = {.session = of->session,
                            .person = work->items[index].person,
                            .id = work->items[index].id,
                            .action = of->action,
                            .reason = of->reason,
                            .change = change_bulk};
    EI_TRY(ei_request_step_run(&step, command, tx, error));
    if (step.verdict != EDU_OK && error)
        *error = step.refusal;
    EI_TRY(step.verdict);
    return ei_bulk_note(
        outcome, "state",
        ei_localised(of->session, ei_definition_state_title(step.definition, step.request.state)),
        error);
}

edu_status edu_request_bulk(edu_session *session, json_t *items, const char *action,
                            const char *reason, bool preview, const char *key,
                            edu_bulk_report **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(action, ACTION_MAX, false, "/action", error));
    EI_TRY(ei_check_text(reason, EI_REQUEST_REASON_MAX, true, "/reason", error));
    many of = {session, action, reason && *reason ? reason : NULL};
    ei_bulk work = {.name = "request.bulk", .preview = preview, .run = do_item, .context = &of};
    ei_command command = {.session = session, .key = key};
    ei_command_hash_text(&command, of.action);
    ei_command_hash_text(&command, of.reason);
    return ei_bulk_run(&work, &command, items, out, error);
}
