/* How every change of an application runs: seen, permitted, its place and its clock moved, told. */
#include "domain/request/request_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/admission/admission_store.h"
#include "domain/tuition/tuition_store.h"
#include "request_sql.h"

/* Somebody else was faster, or the state does not permit it: that it was tried is recorded too. */
static edu_status refuse(ei_request_step *step, ei_command *command, edu_tx *tx, edu_error *error)
{
    if (step->is_systems)
        return EDU_OK;
    json_t *detail =
        json_pack("{s:s, s:s}", "action", step->action, "state", step->request.head.state);
    char *text = detail ? ei_json_dumps(detail, JSON_COMPACT) : NULL;
    json_decref(detail);
    command->is_refusal = true;
    edu_status status = text ? ei_audit(command, tx, "request.refused", &step->person, text, error)
                             : ei_no_memory(error);
    ei_free(text);
    return status;
}

/* As the first of what the session is that may do it; the answer is of who comes nearest. */
static edu_status allow(ei_request_step *step)
{
    const char *kinds[EI_REQUEST_KINDS] = {"system"};
    size_t count = step->is_systems ? 1 : ei_request_kinds(&step->request, kinds);
    edu_status best = EDU_E_DENIED;
    for (size_t i = 0; i < count; i++) {
        edu_error why = EDU_ERROR_INIT;
        edu_status status =
            ei_definition_allow(step->definition, step->action, step->request.head.state, kinds[i],
                                &step->allowed, &why);
        if (i == 0 || status == EDU_OK || (best == EDU_E_DENIED && status != EDU_E_DENIED)) {
            best = status;
            step->refusal = why;
            step->actor_kind = kinds[i];
        }
        if (status == EDU_OK)
            break;
    }
    return best;
}

/* ---- what is written with a step ---- */

static edu_status check_corrections(const json_t *corrections, edu_error *error)
{
    if (json_array_size(corrections) == 0 || json_array_size(corrections) > 100)
        return ei_fail(error, EDU_E_INVALID, "request.corrections", "/corrections",
                       "say what is to be corrected: 1 to 100 fields");
    for (size_t i = 0; i < json_array_size(corrections); i++) {
        const json_t *one = json_array_get(corrections, i);
        const char *pointer = json_string_value(json_object_get(one, "field"));
        if (json_object_size(one) != 2 || !pointer || pointer[0] != '/')
            return ei_fail(error, EDU_E_INVALID, "request.corrections", "/corrections",
                           "a correction has a field such as /phone, and a text");
        EI_TRY(ei_check_text(pointer, 400, false, "/corrections/field", error));
        EI_TRY(ei_check_words(json_string_value(json_object_get(one, "text")),
                              EI_REQUEST_REASON_MAX, "/corrections/text", error));
    }
    return EDU_OK;
}

static edu_status check_given(const ei_request_step *step, edu_error *error)
{
    if (step->allowed.asks_reason && !step->reason)
        return ei_fail(error, EDU_E_INVALID, "request.reason", "/reason", "say why");
    if (step->reason)
        EI_TRY(ei_check_words(step->reason, EI_REQUEST_REASON_MAX, "/reason", error));
    if (!step->allowed.asks_corrections && step->corrections)
        return ei_fail(error, EDU_E_INVALID, "request.corrections", "/corrections",
                       "this action asks for no corrections");
    return step->allowed.asks_corrections ? check_corrections(step->corrections, error) : EDU_OK;
}

static edu_status store_text(const ei_request_step *step, edu_tx *tx, const ei_buffer *sealed,
                             edu_error *error)
{
    return sealed->size
               ? sql_request_text_add(tx, &step->person, &step->id, step->request.head.version + 1,
                                      (edu_bytes){sealed->data, sealed->size}, NULL, error)
               : EDU_OK;
}

static edu_status seal_text(ei_request_step *step, ei_buffer *out, edu_error *error)
{
    if (!step->reason && !step->corrections)
        return EDU_OK;
    json_t *json = json_object();
    bool is_made = json != NULL;
    if (is_made && step->reason)
        is_made = json_object_set_new(json, "text", json_string(step->reason)) == 0;
    if (is_made && step->corrections)
        is_made = json_object_set(json, "corrections", step->corrections) == 0;
    edu_status status =
        is_made ? ei_request_seal(step->session, &step->person, ei_request_key(&step->request),
                                  EI_REQUEST_SEALED_TEXT, json, out, error)
                : ei_no_memory(error);
    json_decref(json);
    return status == EDU_OK ? ei_sealed_note(step->data, out, error) : status;
}

/* ---- the step ---- */

/* What is to be paid last, as the system goes on from there. */
edu_status ei_request_entered(ei_command *command, edu_tx *tx, const ei_definition *definition,
                              const ei_request *request, edu_error *error)
{
    EI_TRY(ei_admission_entered(command, tx, definition, request, error));
    return ei_tuition_entered(command, tx, definition, request, error);
}

static edu_status store(ei_request_step *step, ei_command *command, edu_tx *tx, bool is_full,
                        edu_error *error)
{
    ei_buffer sealed = {0};
    ei_application_step given = {.person = step->person,
                                 .application = step->id,
                                 .action = step->action,
                                 .actor_kind = step->actor_kind,
                                 .data = step->data,
                                 .is_full = is_full};
    edu_status status = seal_text(step, &sealed, error);
    if (status == EDU_OK)
        status = ei_application_advance_from(command, tx, &given, &step->request.head, error);
    if (status == EDU_OK)
        status = ei_request_save(tx, &step->request, error);
    if (status == EDU_OK)
        status = store_text(step, tx, &sealed, error);
    ei_buffer_free(&sealed);
    return status;
}

/* Whether the state was left behind its deadline; where something happens by itself then, nobody
 * was late. */
static bool is_left_late(const ei_request_step *step, edu_time now)
{
    const ei_state_rules *left = ei_definition_state(step->definition, step->request.state);
    return step->request.due <= now && left && !left->then;
}

/* A place elsewhere is a new offer, with a term of its own. */
static edu_status change(ei_request_step *step, ei_command *command, edu_tx *tx, bool is_full,
                         bool is_elsewhere, edu_error *error)
{
    ei_request *request = &step->request;
    const char *to = is_full ? step->allowed.full : step->allowed.to;
    bool moves = is_elsewhere || strcmp(to, request->state) != 0;
    const ei_state_rules *entered = ei_definition_state(step->definition, to);
    request->is_late |= moves && is_left_late(step, command->now);
    (void)snprintf(request->state, sizeof request->state, "%s", to);
    request->is_open = !entered->is_terminal;
    request->may_move = entered->moves_up;
    ei_request_note_decision(entered, step->actor_kind, command->now, request);
    if (moves) {
        request->entered = command->now;
        EI_TRY(ei_request_start_clock(step->session, tx, step->definition, request, error));
    }
    if (step->change)
        EI_TRY(step->change(step, command, tx, error));
    EI_TRY(ei_tuition_decide(command, tx, request, step->allowed.concession, error));
    EI_TRY(store(step, command, tx, is_full, error));
    return moves ? ei_request_entered(command, tx, step->definition, request, error) : EDU_OK;
}

/* One application for a thing is open at a time, also where one that has ended is opened again. */
static edu_status check_once(const ei_request_step *step, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool found = false;
    if (step->request.is_open || step->allowed.ends)
        return EDU_OK;
    EI_TRY(ei_rows_integer(sql_request_has_other(tx, &step->person, &step->id, &rows, error), &rows,
                           &found, NULL, error));
    return found ? ei_request_already(error) : EDU_OK;
}

/* ---- scores that are told ---- */

typedef struct filled_sheets {
    const ei_sheets *of;
    size_t complete;
} filled_sheets;

static edu_status take_filled(void *context, ei_rows *rows, edu_error *error)
{
    (void)error;
    filled_sheets *sheets = context;
    const ei_sheet *sheet = ei_sheets_find(sheets->of, ei_column_text(rows, 0));
    sheets->complete += sheet && ei_column_int(rows, 1) >= (int64_t)sheet->members;
    return EDU_OK;
}

/* Nobody is told half of their scores. */
static edu_status check_scored(const ei_request_step *step, edu_tx *tx, edu_error *error)
{
    const ei_definition *definition = step->definition;
    const ei_state_rules *from = ei_definition_state(definition, step->request.state),
                         *to = ei_definition_state(definition, step->allowed.to);
    filled_sheets sheets = {ei_definition_sheets(definition), 0};
    ei_rows rows;
    if (!to->shows_scores || (from && from->shows_scores))
        return EDU_OK;
    EI_TRY(ei_rows_each(sql_request_sheets(tx, &step->person, &step->id, &rows, error), &rows,
                        take_filled, &sheets, error));
    return sheets.complete == sheets.of->count
               ? EDU_OK
               : ei_fail(error, EDU_E_STATE, "round.unscored", NULL,
                         "scores are told when every sheet is filled in");
}

static edu_status run_allowed(ei_request_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    const edu_id offering = step->request.offering;
    bool is_full;
    EI_TRY(check_given(step, error));
    EI_TRY(check_once(step, tx, error));
    step->verdict = check_scored(step, tx, &step->refusal);
    if (step->verdict == EDU_OK)
        step->verdict = ei_request_move_place(tx, step->definition, &step->request, &step->allowed,
                                              &is_full, &step->freed, &step->refusal);
    if (step->verdict == EDU_E_STATE)
        return refuse(step, command, tx, error);
    if (step->verdict != EDU_OK) {
        if (error)
            *error = step->refusal;
        return step->verdict;
    }
    step->data = json_object();
    if (!step->data)
        return ei_no_memory(error);
    bool is_elsewhere = ei_id_compare(offering, step->request.offering) != 0;
    edu_status status = change(step, command, tx, is_full, is_elsewhere, error);
    json_decref(step->data);
    step->data = NULL;
    return status == EDU_OK && !step->is_promotion && !ei_id_is_none(step->freed)
               ? ei_request_promote(command, tx, &step->freed, &step->person, error)
               : status;
}

edu_status ei_request_step_run(ei_request_step *step, ei_command *command, edu_tx *tx,
                               edu_error *error)
{
    edu_id actor = step->is_systems ? ei_operator_id : ei_session_actor(command->session);
    step->refusal = (edu_error)EDU_ERROR_INIT;
    EI_TRY(
        ei_request_load(tx, &actor, &step->person, &step->id, command->now, &step->request, error));
    EI_TRY(ei_definition_load(step->session, tx, step->request.service,
                              step->request.head.service_version, &step->definition, NULL, error));
    step->request.wanted = step->offering;
    step->request.by = step->by;
    step->verdict = allow(step);
    if (step->verdict == EDU_E_STATE)
        return refuse(step, command, tx, error);
    if (step->verdict == EDU_OK)
        return run_allowed(step, command, tx, error);
    if (error)
        *error = step->refusal;
    return step->verdict;
}

edu_status ei_request_by_system(ei_command *command, edu_tx *tx, const edu_id *person,
                                const edu_id *id, const char *action, edu_error *error)
{
    ei_request_step step = {.session = command->session,
                            .person = *person,
                            .id = *id,
                            .action = action,
                            .is_systems = true};
    EI_TRY(ei_request_step_run(&step, command, tx, error));
    if (step.verdict != EDU_OK && error)
        *error = step.refusal;
    return step.verdict;
}

edu_status ei_request_is(edu_tx *tx, const edu_id *person, const edu_id *id, bool *out,
                         edu_error *error)
{
    ei_rows rows;
    return ei_rows_integer(sql_request_is(tx, person, id, &rows, error), &rows, out, NULL, error);
}
