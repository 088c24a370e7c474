/* Applications as people see them: one, worklists, the timeline. */
#include <stdio.h>
#include <string.h>

#include "domain/offering/offering_store.h"
#include "domain/portal/texts.h"
#include "domain/request/request_document.h"
#include "request_sql.h"

typedef struct filling {
    edu_session *session;
    edu_tx *tx;
    edu_time now;
    bool is_staff;
} filling;

/* ---- one row of request_shown ---- */

static edu_status fill_state(const filling *with, ei_arena *arena, edu_request *out,
                             edu_error *error)
{
    const ei_definition *definition;
    EI_TRY(ei_definition_load(with->session, with->tx, out->service, out->service_version,
                              &definition, NULL, error));
    return ei_copy_text(
        arena, ei_localised(with->session, ei_definition_state_title(definition, out->state)),
        &out->state_title, error);
}

static edu_status fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                       edu_error *error)
{
    const filling *with = context;
    edu_request *out = record;
    edu_time due = ei_column_time(rows, at + 17);
    out->person_id = ei_column_id(rows, at);
    out->id = ei_column_id(rows, at + 1);
    EI_TRY(ei_copy_column(arena, rows, at + 18, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, at + 2, &out->service, error));
    EI_TRY(ei_copy_column(arena, rows, at + 19, &out->made_as, error));
    out->service_version = (int32_t)ei_column_int(rows, at + 3);
    out->offering_id = ei_column_id(rows, at + 4);
    out->offering = ei_localised_text(arena, with->session, ei_column_text(rows, at + 5));
    if (!out->offering)
        return ei_no_memory(error);
    EI_TRY(ei_copy_column(arena, rows, at + 6, &out->institution, error));
    EI_TRY(ei_copy_column(arena, rows, at + 7, &out->region, error));
    EI_TRY(ei_copy_name(arena, rows, at + 8, &out->applicant, error));
    EI_TRY(ei_copy_column(arena, rows, at + 10, &out->state, error));
    out->is_open = ei_column_bool(rows, at + 11);
    out->entered = ei_column_time(rows, at + 12);
    out->submitted = ei_column_time(rows, at + 13);
    out->due = due == EI_REQUEST_NEVER ? EDU_TIME_NONE : due;
    out->is_overdue = out->is_open && due <= with->now;
    if (with->is_staff) {
        out->assignee_id = ei_column_id(rows, at + 14);
        EI_TRY(ei_copy_name(arena, rows, at + 15, &out->assignee, error));
        EI_TRY(ei_copy_name(arena, rows, at + 20, &out->made_by, error));
    }
    return fill_state(with, arena, out, error);
}

/* ---- worklists ---- */

typedef struct worklist {
    edu_request_filter filter;
    ei_kept_at where;
    filling with;
} worklist;

/* Who works for one region or institution alone and names none means that. */
static edu_status choose_scope(ei_list *list, edu_tx *tx, worklist *work, edu_error *error)
{
    edu_request_filter *filter = &work->filter;
    edu_id actor = ei_session_actor(list->session);
    if (filter->institution || filter->region || !ei_id_is_none(filter->offering_id))
        return EDU_OK;
    EI_TRY(ei_offering_kept_at(tx, &actor, &work->where, error));
    if (ei_kept_at_one(&work->where, "region"))
        filter->region = work->where.code;
    else if (ei_kept_at_one(&work->where, "institution"))
        filter->institution = work->where.code;
    return EDU_OK;
}

static edu_status open_closed(ei_list *list, edu_tx *tx, const worklist *work, edu_time until,
                              ei_rows *rows, edu_error *error)
{
    const edu_request_filter *f = &work->filter;
    const ei_page_key *key = &list->key;
    edu_id actor = ei_session_actor(list->session);
    if (!ei_id_is_none(f->offering_id))
        return sql_request_in_state_of_offering(tx, &actor, &f->offering_id, f->state, until,
                                                key->integer[0], &key->id[1], &key->id[2],
                                                list->ask, rows, error);
    return sql_request_in_state(tx, &actor, f->service, f->state, until, key->integer[0],
                                &key->id[1], &key->id[2], list->ask, rows, error);
}

static edu_status open_scope(ei_list *list, edu_tx *tx, const worklist *work, edu_time until,
                             ei_rows *rows, edu_error *error)
{
    const edu_request_filter *f = &work->filter;
    const ei_page_key *key = &list->key;
    edu_id actor = ei_session_actor(list->session);
    if (!ei_id_is_none(f->offering_id))
        return sql_request_open_of_offering(tx, &actor, &f->offering_id, f->state, until,
                                            key->integer[0], &key->id[1], &key->id[2], list->ask,
                                            rows, error);
    if (f->institution)
        return sql_request_open_of_institution(tx, &actor, f->institution, f->service, f->state,
                                               until, key->integer[0], &key->id[1], &key->id[2],
                                               list->ask, rows, error);
    if (f->region)
        return sql_request_open_of_region(tx, &actor, f->region, f->service, f->state, until,
                                          key->integer[0], &key->id[1], &key->id[2], list->ask,
                                          rows, error);
    return sql_request_open_of_service(tx, &actor, f->service, f->state, until, key->integer[0],
                                       &key->id[1], &key->id[2], list->ask, rows, error);
}

static edu_status is_terminal(ei_list *list, edu_tx *tx, const edu_request_filter *filter,
                              bool *out, edu_error *error)
{
    const ei_definition *definition;
    *out = false;
    if (!filter->state || !filter->service)
        return EDU_OK;
    EI_TRY(ei_definition_load(list->session, tx, filter->service, 0, &definition, NULL, error));
    const ei_state_rules *rules = ei_definition_state(definition, filter->state);
    *out = rules && rules->is_terminal;
    return EDU_OK;
}

/* One row, and nothing behind it. */
static edu_status open_number(ei_list *list, edu_tx *tx, const worklist *work, ei_rows *rows,
                              edu_error *error)
{
    int64_t serial;
    char number[EI_NUMBER_TEXT] = "";
    edu_id actor = ei_session_actor(list->session);
    if (ei_number_parse(work->filter.number, &serial))
        ei_number_format(EI_APPLICATION_PREFIX, serial, number);
    return sql_request_by_number(tx, &actor, work->with.now, number, rows, error);
}

static edu_status open_worklist(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    worklist *work = (worklist *)(uintptr_t)list->filter;
    const ei_page_key *key = &list->key;
    edu_id actor = ei_session_actor(list->session);
    work->with = (filling){list->session, tx, ei_now(list->session), true};
    list->plan.context = &work->with;
    edu_time until = work->filter.is_overdue ? work->with.now : INT64_MAX;
    if (work->filter.number)
        return open_number(list, tx, work, rows, error);
    if (work->filter.is_mine)
        return sql_request_of_assignee(tx, &actor, work->with.now, work->filter.service,
                                       work->filter.state, until, key->integer[0], &key->id[1],
                                       &key->id[2], list->ask, rows, error);
    bool is_closed;
    EI_TRY(is_terminal(list, tx, &work->filter, &is_closed, error));
    if (is_closed)
        return open_closed(list, tx, work, until, rows, error);
    EI_TRY(choose_scope(list, tx, work, error));
    return open_scope(list, tx, work, until, rows, error);
}

edu_status edu_request_worklist(edu_session *session, const edu_request_filter *filter,
                                const char *cursor, int32_t limit, edu_request_page **out,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!filter || filter->struct_size != sizeof *filter)
        return ei_bad_argument(error, "filter");
    EI_TRY(
        ei_check_text(filter->service, 64, filter->is_mine || filter->number, "/service", error));
    EI_TRY(ei_check_text(filter->number, EI_NUMBER_TEXT, true, "/number", error));
    EI_TRY(ei_check_text(filter->state, 64, true, "/state", error));
    EI_TRY(ei_check_text(filter->institution, 64, true, "/institution", error));
    EI_TRY(ei_check_text(filter->region, 64, true, "/region", error));
    worklist work = {.filter = *filter};
    ei_list list = {
        .session = session,
        .filter = &work,
        .open = open_worklist,
        .reading = ei_reading_list("applications"),
        .plan = {.shape = "iuu", .record = "edu_request", .limit = limit, .fill = fill}};
    ei_reading_about(&list.reading, "service", filter->service);
    ei_reading_about_id(&list.reading, "offering", filter->offering_id);
    ei_reading_about(&list.reading, "institution", filter->institution);
    ei_reading_about(&list.reading, "region", filter->region);
    ei_reading_about(&list.reading, "state", filter->state);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- one ---- */

typedef struct one_read {
    edu_session *session;
    edu_id person, id;
    void *out;
} one_read;

edu_status ei_request_corrections(const edu_session *session, edu_tx *tx, const ei_request *request,
                                  ei_arena *arena, json_t **out, edu_error *error)
{
    json_t *text = NULL;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_request_text_last(tx, &request->person, &request->id, request->state, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_request_unseal(session, &request->person, ei_request_key(request),
                                   EI_REQUEST_SEALED_TEXT, ei_column_bytes(&rows, 0), &text, error);
    ei_rows_close(&rows);
    json_t *corrections = json_object_get(text, "corrections");
    if (status == EDU_OK && corrections)
        status = ei_own_json(arena, json_incref(corrections), out, error);
    json_decref(text);
    return status;
}

edu_status ei_request_form_read(const edu_session *session, edu_tx *tx, const ei_request *request,
                                json_t **out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    *out = NULL;
    EI_TRY(
        sql_request_form_get(tx, &request->person, &request->id, request->revision, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_request_unseal(session, &request->person, ei_request_key(request),
                                   EI_REQUEST_SEALED_FORM, ei_column_bytes(&rows, 0), out, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !*out && !(*out = json_object()))
        status = ei_no_memory(error);
    return status;
}

static edu_status fill_form(const one_read *read, edu_tx *tx, const ei_request *request,
                            edu_request *out, edu_error *error)
{
    json_t *form;
    EI_TRY(ei_request_form_read(read->session, tx, request, &form, error));
    return ei_own_json(ei_record_arena(out), form, &out->form, error);
}

static edu_status fill_documents(const one_read *read, edu_tx *tx, const ei_request *request,
                                 edu_request *out, edu_error *error)
{
    ei_rows rows;
    edu_status opened =
        sql_request_documents(tx, &request->person, &request->id, request->revision, &rows, error);
    return ei_documents_read(read->session, &request->person, ei_request_key(request), opened,
                             &rows, ei_record_arena(out), &out->documents, error);
}

static edu_status fill_asked(const one_read *read, edu_tx *tx, const ei_request *request,
                             edu_request *out, edu_error *error)
{
    const ei_definition *definition;
    ei_asked asked;
    EI_TRY(ei_definition_load(read->session, tx, request->service, request->head.service_version,
                              &definition, NULL, error));
    edu_status status =
        ei_asked_of_request(tx, &request->person, &request->id, definition, &asked, error);
    if (status == EDU_OK)
        status = ei_own_json(ei_record_arena(out), ei_asked_show(read->session, &asked),
                             &out->asked, error);
    ei_asked_finish(&asked);
    return status;
}

static edu_status add_choice(const one_read *read, ei_rows *rows, json_t *choices, edu_error *error)
{
    char id[EDU_ID_TEXT];
    json_t *title;
    edu_bytes text = ei_column_bytes(rows, 1);
    edu_id_format(ei_column_id(rows, 0), id);
    EI_TRY(ei_json_read(text.data, text.size, &title, error));
    json_t *choice = json_pack("{s:s, s:s}", "id", id, "title", ei_localised(read->session, title));
    json_decref(title);
    return choice && json_array_append_new(choices, choice) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status fill_choices(const one_read *read, edu_tx *tx, edu_request *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(ei_own_json(ei_record_arena(out), json_array(), &out->choices, error));
    EI_TRY(sql_request_choices(tx, &read->person, &read->id, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = add_choice(read, &rows, out->choices, error)) == EDU_OK)
        ;
    ei_rows_close(&rows);
    return status;
}

static edu_status fill_position(edu_tx *tx, const ei_request *request, edu_request *out,
                                edu_error *error)
{
    ei_rows rows;
    if (!request->is_waiting)
        return EDU_OK;
    edu_status opened = sql_request_position(tx, &request->offering, request->queue, &rows, error);
    return ei_rows_integer(opened, &rows, NULL, &out->position, error);
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    edu_request *out = read->out;
    ei_request request;
    ei_rows rows;
    bool row = false;
    edu_time now = ei_now(read->session);
    EI_TRY(ei_request_load(tx, &actor, &read->person, &read->id, now, &request, error));
    filling with = {read->session, tx, now, ei_request_is_staff(&request)};
    EI_TRY(sql_request_get(tx, &read->person, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? fill(&rows, 0, ei_record_arena(out), out, &with, error)
                     : ei_request_not_found(error);
    ei_rows_close(&rows);
    EI_TRY(status);
    EI_TRY(fill_form(read, tx, &request, out, error));
    EI_TRY(fill_documents(read, tx, &request, out, error));
    EI_TRY(fill_asked(read, tx, &request, out, error));
    EI_TRY(fill_choices(read, tx, out, error));
    EI_TRY(fill_position(tx, &request, out, error));
    return ei_request_corrections(read->session, tx, &request, ei_record_arena(out),
                                  &out->corrections, error);
}

edu_status edu_request_get(edu_session *session, edu_id person_id, edu_id id, edu_request **out,
                           edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, ei_person_or_self(session, person_id), id, NULL};
    ei_reading reading = ei_reading_of("application", read.person, id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- what may be done ---- */

static json_t *asks_of(const ei_action *action)
{
    json_t *asks = json_array();
    if (asks && action->asks_reason)
        json_array_append_new(asks, json_string("reason"));
    if (asks && action->asks_corrections)
        json_array_append_new(asks, json_string("corrections"));
    return asks;
}

static bool is_listed(const json_t *actions, const char *name)
{
    for (size_t i = 0; i < json_array_size(actions); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(actions, i), "action")),
                   name) == 0)
            return true;
    return false;
}

static edu_status add_actions(const one_read *read, const ei_definition *definition,
                              const char *state, const char *kind, json_t *actions,
                              edu_error *error)
{
    ei_action possible[EI_DEFINITION_LIST_MAX];
    size_t count = ei_definition_possible(definition, state, kind, possible);
    for (size_t i = 0; i < count; i++) {
        const ei_action *one = &possible[i];
        if (is_listed(actions, one->name))
            continue;
        json_t *made = json_pack(
            "{s:s, s:s, s:s, s:o, s:b, s:b, s:s, s:b}", "action", one->name, "title",
            ei_localised(read->session, ei_definition_action_button(definition, one->name)), "as",
            kind, "asks", asks_of(one), "submits", one->submits, "is_bulk", one->is_bulk, "to",
            one->to, "ends", one->ends);
        if (!made || json_array_append_new(actions, made) != 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

static edu_status possible_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_request_actions *out = read->out;
    edu_id actor = ei_session_actor(read->session);
    const ei_definition *definition;
    const char *kinds[EI_REQUEST_KINDS];
    ei_request request;
    EI_TRY(ei_own_json(ei_record_arena(out), json_array(), &out->actions, error));
    EI_TRY(ei_request_load(tx, &actor, &read->person, &read->id, ei_now(read->session), &request,
                           error));
    EI_TRY(ei_definition_load(read->session, tx, request.service, request.head.service_version,
                              &definition, NULL, error));
    size_t count = ei_request_kinds(&request, kinds);
    for (size_t i = 0; i < count; i++)
        EI_TRY(add_actions(read, definition, request.state, kinds[i], out->actions, error));
    return EDU_OK;
}

edu_status edu_request_possible(edu_session *session, edu_id person_id, edu_id id,
                                edu_request_actions **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, ei_person_or_self(session, person_id), id, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, possible_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- the timeline ---- */

typedef struct timeline {
    edu_id person, id;
    edu_session *session;
    ei_request request;
    const ei_definition *definition;
} timeline;

static edu_status fill_text(const timeline *of, ei_rows *rows, int column, ei_arena *arena,
                            edu_request_event *out, edu_error *error)
{
    json_t *text;
    EI_TRY(ei_request_unseal(of->session, &of->person, ei_request_key(&of->request),
                             EI_REQUEST_SEALED_TEXT, ei_column_bytes(rows, column), &text, error));
    edu_status status =
        ei_copy_text(arena, json_string_value(json_object_get(text, "text")), &out->text, error);
    json_decref(text);
    return status;
}

/* Remarks are no actions of the definition; what they are called is the library's. */
static const char *title_of(const timeline *of, const char *action)
{
    json_t *titles = ei_definition_action_title(of->definition, action);
    if (titles)
        return ei_localised(of->session, titles);
    const ei_message_text *text = ei_message_text_find(action, of->session->language);
    return text ? text->subject : action;
}

/* What a remark says of its data, where it says anything. */
static edu_status fill_remark(const timeline *of, ei_arena *arena, edu_request_event *out,
                              edu_error *error)
{
    const ei_message_text *text =
        out->action[0] == '.' ? ei_message_text_find(out->action, of->session->language) : NULL;
    ei_buffer words = {0};
    if (!text || !*text->text)
        return EDU_OK;
    edu_status status = ei_template_fill(text->text, out->data, &words, error);
    if (status == EDU_OK)
        status = ei_copy_text(arena, words.data, &out->text, error);
    ei_buffer_free(&words);
    return status;
}

static edu_status fill_event(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                             edu_error *error)
{
    const timeline *of = context;
    edu_request_event *out = record;
    out->sequence = ei_column_int(rows, 0);
    out->at = ei_column_time(rows, at);
    EI_TRY(ei_copy_column(arena, rows, at + 1, &out->action, error));
    EI_TRY(ei_copy_column(arena, rows, at + 2, &out->state, error));
    EI_TRY(ei_copy_column(arena, rows, at + 3, &out->actor, error));
    EI_TRY(ei_copy_name(arena, rows, at + 4, &out->name, error));
    out->is_internal = ei_column_bool(rows, at + 6);
    EI_TRY(fill_text(of, rows, at + 7, arena, out, error));
    EI_TRY(ei_copy_json(arena, rows, at + 8, &out->data, error));
    EI_TRY(fill_remark(of, arena, out, error));
    return ei_copy_text(arena, title_of(of, out->action), &out->title, error);
}

static edu_status open_timeline(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    timeline *of = (timeline *)(uintptr_t)list->filter;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_request_load(tx, &actor, &of->person, &of->id, ei_now(list->session), &of->request,
                           error));
    EI_TRY(ei_definition_load(list->session, tx, of->request.service,
                              of->request.head.service_version, &of->definition, NULL, error));
    return sql_request_timeline(tx, &of->person, &of->id, ei_request_is_staff(&of->request),
                                list->key.integer[0], list->ask, rows, error);
}

edu_status edu_request_timeline(edu_session *session, edu_id person_id, edu_id id,
                                const char *cursor, int32_t limit, edu_request_event_page **out,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    timeline of = {.person = ei_person_or_self(session, person_id), .id = id, .session = session};
    ei_list list = {.session = session,
                    .filter = &of,
                    .open = open_timeline,
                    .reading = ei_reading_of("application", of.person, id),
                    .plan = {.shape = "i",
                             .record = "edu_request_event",
                             .limit = limit,
                             .fill = fill_event,
                             .context = &of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
