/* Submitting: a draft becomes an application, or takes the place of what was submitted before. */
#include <stdio.h>
#include <string.h>

#include "domain/request/request_document.h"
#include "domain/tuition/tuition_store.h"
#include "request_sql.h"

typedef struct submission {
    edu_id person, draft_id;
    ei_draft draft;
    json_t *form; /* what is stored of it */
    edu_status verdict;
    edu_error refusal;
} submission;

/* ---- what is stored of it ---- */

edu_status ei_request_form_store(ei_command *command, edu_tx *tx, const ei_request *request,
                                 const json_t *form, const ei_asked *asked, edu_error *error)
{
    ei_buffer sealed = {0};
    char *captured;
    EI_TRY(ei_asked_captured(asked, &captured, error));
    edu_status status = ei_request_seal(command->session, &request->person, ei_request_key(request),
                                        EI_REQUEST_SEALED_FORM, form, &sealed, error);
    if (status == EDU_OK)
        status = sql_request_form_add(tx, &request->person, &request->id, request->revision,
                                      (edu_bytes){sealed.data, sealed.size}, captured, NULL, error);
    ei_buffer_free(&sealed);
    ei_free(captured);
    return status;
}

static edu_status store_choices(edu_tx *tx, const submission *work, const edu_id *id,
                                edu_error *error)
{
    const json_t *choices = work->draft.choices;
    EI_TRY(sql_request_choices_drop(tx, &work->person, id, NULL, error));
    for (size_t i = 0; i < json_array_size(choices); i++) {
        edu_id offering;
        EI_TRY(edu_id_parse(json_string_value(json_array_get(choices, i)), &offering, error));
        EI_TRY(
            sql_request_choice_add(tx, &work->person, id, (int64_t)i + 1, &offering, NULL, error));
    }
    return EDU_OK;
}

static edu_status store_rest(ei_command *command, edu_tx *tx, const submission *work,
                             const ei_request *request, edu_error *error)
{
    EI_TRY(ei_request_form_store(command, tx, request, work->form, &work->draft.asked, error));
    EI_TRY(store_choices(tx, work, &request->id, error));
    EI_TRY(ei_tuition_claim(tx, work->draft.definition, request, work->form,
                            work->draft.facts.funding, error));
    EI_TRY(sql_request_documents_submit(tx, &work->person, &request->id, request->revision,
                                        &work->draft_id, NULL, error));
    EI_TRY(ei_draft_drop(tx, &work->person, &work->draft_id, error));
    memcpy(command->result, &request->id, sizeof request->id);
    command->result_size = sizeof request->id;
    return EDU_OK;
}

edu_status ei_request_note(json_t *data, const json_t *form, const json_t *choices,
                           edu_error *error)
{
    json_t *all = json_pack("{s:O, s:O}", "form", form, "choices", choices);
    char *text = all ? ei_json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(all);
    ei_buffer canonical = {.data = text, .size = text ? strlen(text) : 0};
    edu_status status = text ? ei_sealed_note(data, &canonical, error) : ei_no_memory(error);
    ei_free(text);
    return status;
}

static edu_status note_submitted(edu_tx *tx, const submission *work, json_t *data, edu_error *error)
{
    EI_TRY(ei_request_note(data, work->form, work->draft.choices, error));
    return ei_draft_documents_note(tx, &work->draft, data, error);
}

/* ---- a new application ---- */

/* A correction is for every offering. */
static bool fits(const submission *work, const ei_action *action)
{
    ei_giving giving = work->draft.facts.by_round ? EI_GIVING_ROUND : EI_GIVING_FIRST_COME;
    return action->submits &&
           (!action->creates || action->giving == EI_GIVING_ANY || action->giving == giving);
}

static edu_status find_action(const submission *work, const char *from, const char *kind,
                              ei_action *out, edu_error *error)
{
    ei_action possible[EI_DEFINITION_LIST_MAX];
    size_t count = ei_definition_possible(work->draft.definition, from, kind, possible);
    for (size_t i = 0; i < count; i++)
        if (fits(work, &possible[i])) {
            *out = possible[i];
            return EDU_OK;
        }
    return ei_fail(error, EDU_E_DENIED, "workflow.not_by_you", NULL,
                   "applying for this is not for %s", kind);
}

edu_status ei_request_check_once(edu_tx *tx, const edu_id *person, const char *service,
                                 const edu_id *offering, edu_error *error)
{
    ei_rows rows;
    bool found = false;
    EI_TRY(ei_rows_integer(sql_request_has_open(tx, person, service, offering, &rows, error), &rows,
                           &found, NULL, error));
    return found ? ei_request_already(error) : EDU_OK;
}

static void begin_request(const ei_request_making *how, const ei_command *command, ei_request *out)
{
    const ei_request_facts *facts = how->facts;
    *out = (ei_request){.person = how->person,
                        .id = ei_new_id(command->session),
                        .offering = how->offering,
                        .by = how->by,
                        .entered = command->now,
                        .submitted = command->now,
                        .decided = EDU_TIME_NONE,
                        .revision = 1};
    memcpy(out->service, facts->service, sizeof out->service);
    memcpy(out->institution, facts->institution, sizeof out->institution);
    memcpy(out->region, facts->region, sizeof out->region);
    out->wrapped = facts->wrapped;
}

static edu_status add_rows(ei_command *command, edu_tx *tx, const ei_request_making *how,
                           const ei_request *r, bool is_full, edu_error *error)
{
    ei_application_step step = {.person = r->person,
                                .application = r->id,
                                .action = how->action->name,
                                .actor_kind = how->actor_kind,
                                .data = how->data,
                                .is_full = is_full};
    EI_TRY(ei_application_begin(command, tx, r->service, &r->offering, &step, error));
    return sql_request_add(
        tx, &r->person, &r->id, r->service, &r->offering, r->institution[0] ? r->institution : NULL,
        r->region[0] ? r->region : NULL, r->state, r->is_open, command->now, how->facts->sort_name,
        r->holds_place, r->is_waiting, r->queue, r->calendar[0] ? r->calendar : NULL,
        r->calendar_version, r->due, r->next_at, r->decided, NULL, error);
}

edu_status ei_request_make(ei_command *command, edu_tx *tx, const ei_request_making *how,
                           ei_request *out, edu_error *error)
{
    const ei_action *action = how->action;
    bool is_full;
    edu_id freed;
    EI_TRY(ei_request_check_once(tx, &how->person, how->facts->service, &how->offering, error));
    begin_request(how, command, out);
    EI_TRY(ei_request_move_place(tx, how->definition, out, action, &is_full, &freed, error));
    (void)snprintf(out->state, sizeof out->state, "%s", is_full ? action->full : action->to);
    const ei_state_rules *entered = ei_definition_state(how->definition, out->state);
    out->is_open = !entered->is_terminal;
    ei_request_note_decision(entered, how->actor_kind, command->now, out);
    EI_TRY(ei_request_start_clock(command->session, tx, how->definition, out, error));
    return add_rows(command, tx, how, out, is_full, error);
}

static edu_status make_noted(ei_command *command, edu_tx *tx, const submission *work,
                             const ei_action *action, json_t *data, edu_error *error)
{
    ei_request request;
    ei_request_making how = {.person = work->person,
                             .offering = work->draft.offering,
                             .facts = &work->draft.facts,
                             .definition = work->draft.definition,
                             .action = action,
                             .actor_kind = work->draft.facts.acting_as,
                             .data = data};
    EI_TRY(note_submitted(tx, work, data, error));
    EI_TRY(ei_request_make(command, tx, &how, &request, error));
    EI_TRY(store_rest(command, tx, work, &request, error));
    EI_TRY(ei_request_entered(command, tx, work->draft.definition, &request, error));
    return ei_request_take_free(command, tx, &request, error);
}

static edu_status submit_new(ei_command *command, edu_tx *tx, submission *work, edu_error *error)
{
    ei_action action;
    EI_TRY(find_action(work, NULL, work->draft.facts.acting_as, &action, error));
    json_t *data = json_object();
    edu_status status =
        data ? make_noted(command, tx, work, &action, data, error) : ei_no_memory(error);
    json_decref(data);
    return status;
}

/* ---- once more ---- */

static edu_status change_again(ei_request_step *step, ei_command *command, edu_tx *tx,
                               edu_error *error)
{
    const submission *work = step->wanted;
    step->request.revision++;
    EI_TRY(note_submitted(tx, work, step->data, error));
    return store_rest(command, tx, work, &step->request, error);
}

static edu_status submit_again(ei_command *command, edu_tx *tx, submission *work, edu_error *error)
{
    const char *kinds[EI_REQUEST_KINDS];
    size_t count = ei_request_kinds(&work->draft.request, kinds);
    ei_action action = {0};
    edu_status status = EDU_E_DENIED;
    for (size_t i = 0; i < count && status == EDU_E_DENIED; i++)
        status = find_action(work, work->draft.request.state, kinds[i], &action, error);
    if (status == EDU_E_DENIED)
        return ei_fail(error, EDU_E_STATE, "request.not_editable", NULL,
                       "this application cannot be corrected now");
    EI_TRY(status);
    ei_request_step step = {.session = command->session,
                            .person = work->person,
                            .id = work->draft.application,
                            .action = action.name,
                            .wanted = work,
                            .change = change_again};
    EI_TRY(ei_request_step_run(&step, command, tx, error));
    work->verdict = step.verdict;
    work->refusal = step.refusal;
    return EDU_OK;
}

/* ---- the command ---- */

/* The first of the faults is the answer; edu_draft_check tells all. */
static edu_status check_faults(ei_command *command, edu_tx *tx, submission *work, edu_error *error)
{
    json_t *faults = json_array();
    edu_status status =
        faults ? ei_draft_faults(command->session, tx, &work->draft, faults, &work->form, error)
               : ei_no_memory(error);
    if (status == EDU_OK && json_array_size(faults) > 0) {
        const json_t *first = json_array_get(faults, 0);
        status = ei_fail(error, EDU_E_INVALID, json_string_value(json_object_get(first, "key")),
                         json_string_value(json_object_get(first, "field")), "%s",
                         json_string_value(json_object_get(first, "message")));
    }
    json_decref(faults);
    return status;
}

static edu_status submit_loaded(ei_command *command, edu_tx *tx, submission *work, edu_error *error)
{
    bool is_new = ei_id_is_none(work->draft.application);
    /* Who may not apply is told that before any fault of what is typed. */
    if (is_new)
        EI_TRY(ei_request_judge(command->session, ei_definition_request(work->draft.definition),
                                &work->draft.facts, command->now, error));
    EI_TRY(check_faults(command, tx, work, error));
    return is_new ? submit_new(command, tx, work, error) : submit_again(command, tx, work, error);
}

static edu_status submit_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    submission *work = command->context;
    work->verdict = EDU_OK;
    work->form = NULL;
    edu_status status = ei_draft_load(command->session, tx, &work->person, &work->draft_id,
                                      command->now, &work->draft, error);
    if (status == EDU_OK)
        status = submit_loaded(command, tx, work, error);
    ei_draft_finish(&work->draft);
    json_decref(work->form);
    return status;
}

/* ---- the receipt ---- */

typedef struct receipt_read {
    edu_session *session;
    const ei_command *command;
    edu_id person, id;
    edu_request_receipt *out;
} receipt_read;

static edu_status receipt_run(edu_tx *tx, void *context, edu_error *error)
{
    receipt_read *read = context;
    edu_request_receipt *out = read->out;
    memcpy(&read->id, read->command->result, sizeof read->id);
    ei_arena *arena = ei_record_arena(out);
    edu_id actor = ei_session_actor(read->session);
    const ei_definition *definition;
    ei_request request;
    EI_TRY(ei_request_load(tx, &actor, &read->person, &read->id, ei_now(read->session), &request,
                           error));
    EI_TRY(ei_definition_load(read->session, tx, request.service, request.head.service_version,
                              &definition, NULL, error));
    out->person_id = read->person;
    out->id = read->id;
    EI_TRY(ei_copy_text(arena, request.number, &out->number, error));
    out->submitted = request.submitted;
    char *hash = ei_arena_alloc(arena, 2 * EI_HASH + 1);
    if (!hash)
        return ei_no_memory(error);
    ei_hex_format(request.head.hash, EI_HASH, hash);
    out->hash = hash;
    EI_TRY(ei_copy_text(arena, request.state, &out->state, error));
    return ei_copy_text(
        arena, ei_localised(read->session, ei_definition_state_title(definition, request.state)),
        &out->state_title, error);
}

edu_status edu_request_submit(edu_session *session, edu_id person_id, edu_id draft_id,
                              const char *key, edu_request_receipt **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    submission work = {.person = ei_person_or_self(session, person_id), .draft_id = draft_id};
    receipt_read read = {.session = session, .person = work.person};
    ei_command command = {.session = session,
                          .name = "request.submit",
                          .key = key,
                          .run = submit_run,
                          .context = &work,
                          .takes_serial = true,
                          .tell = receipt_run,
                          .told = &read};
    read.command = &command;
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &draft_id, sizeof draft_id);
    EI_TRY(ei_command_run_record(&command, sizeof **out, &read.out, error));
    if (work.verdict != EDU_OK) {
        if (error)
            *error = work.refusal;
        edu_free(read.out);
        return work.verdict;
    }
    *out = read.out;
    return EDU_OK;
}
