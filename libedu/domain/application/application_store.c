#include <string.h>
#include "domain/application/application_store.h"
#include "domain/portal/texts.h"

static edu_status copy_title(const ei_fill_context *with, ei_arena *arena, json_t *texts,
                             const char **out, edu_error *error)
{
    return ei_copy_text(arena, texts ? ei_localised(with->session, texts) : NULL, out, error);
}

/* A list of texts by language, as a list of texts. */
static json_t *localised_list(const edu_session *session, const json_t *list)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < json_array_size(list); i++)
        json_array_append_new(made, json_string(ei_localised(session, json_array_get(list, i))));
    return made;
}

static json_t *localised_stages(const edu_session *session, const json_t *stages)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < json_array_size(stages); i++) {
        json_t *stage = json_array_get(stages, i);
        json_array_append_new(
            made, json_pack("{s:O, s:s, s:s}", "state", json_object_get(stage, "state"), "title",
                            ei_localised(session, json_object_get(stage, "title")), "text",
                            ei_localised(session, json_object_get(stage, "text"))));
    }
    return made;
}

static json_t *localised_states(const edu_session *session, json_t *states)
{
    json_t *made = json_array();
    for (void *at = json_object_iter(states); made && at; at = json_object_iter_next(states, at))
        json_array_append_new(
            made,
            json_pack("{s:s, s:s}", "state", json_object_iter_key(at), "title",
                      ei_localised(session, json_object_get(json_object_iter_value(at), "title"))));
    return made;
}

static json_t *media_names(unsigned types)
{
    json_t *made = json_array();
    for (unsigned media = 1; made && media <= types; media <<= 1)
        if (types & media)
            json_array_append_new(made, json_string(ei_media_name((ei_media)media)));
    return made;
}

json_t *ei_document_kind_show(const edu_session *session, const ei_document_kind *kind)
{
    return json_pack("{s:s, s:s, s:o, s:i, s:i, s:i}", "code", kind->code, "title",
                     ei_localised(session, kind->title), "types", media_names(kind->types),
                     "bytes_max", kind->bytes_max, "least", kind->least, "most", kind->most);
}

static json_t *document_kinds(const edu_session *session, const ei_document_kinds *kinds)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < kinds->count; i++)
        json_array_append_new(made, ei_document_kind_show(session, &kinds->list[i]));
    return made;
}

/* What staff may do to many at once. */
static json_t *bulk_actions(const edu_session *session, const ei_definition *definition)
{
    json_t *made = json_array(), *action;
    const char *name;
    json_object_foreach(json_object_get(ei_definition_json(definition), "actions"), name, action)
    {
        if (made && json_is_true(json_object_get(action, "is_bulk")))
            json_array_append_new(
                made,
                json_pack("{s:s, s:s}", "action", name, "title",
                          ei_localised(session, ei_definition_action_button(definition, name))));
    }
    return made;
}

/* By whom it may be paid; null where nothing is. */
static json_t *tuition_of(const edu_session *session, const ei_definition *definition)
{
    const ei_tuition_rules *rules = ei_definition_tuition(definition);
    if (!rules)
        return json_null();
    json_t *made = json_array(), *funding;
    const char *code;
    json_object_foreach(json_object_get(rules->json, "fundings"), code, funding)
    {
        if (made)
            json_array_append_new(
                made, json_pack("{s:s, s:s, s:b}", "code", code, "title",
                                ei_localised(session, json_object_get(funding, "title")), "is_free",
                                ei_tuition_is_free(rules, code)));
    }
    return json_pack("{s:s, s:o}", "currency", rules->currency, "fundings", made);
}

/* What a front end needs to ask for it. */
static json_t *directions_of(const edu_session *session, const ei_request_rules *rules)
{
    const char *code;
    json_t *title, *made = json_array();
    json_object_foreach((json_t *)(uintptr_t)rules->directions, code, title)
    {
        if (made)
            json_array_append_new(
                made, json_pack("{s:s, s:s}", "code", code, "title", ei_localised(session, title)));
    }
    return made;
}

static edu_status fill_request(const ei_fill_context *with, const ei_definition *definition,
                               ei_arena *arena, edu_service *out, edu_error *error)
{
    const ei_request_rules *rules = ei_definition_request(definition);
    if (!rules)
        return EDU_OK;
    json_t *made = json_pack(
        "{s:O?, s:O?, s:o, s:b, s:i, s:o, s:b, s:o, s:b, s:o}", "form", rules->form_json, "hints",
        rules->hints, "documents", document_kinds(with->session, &rules->documents), "offerings",
        rules->has_offerings, "choices", rules->choices, "bulk",
        bulk_actions(with->session, definition), "admission", rules->admission != NULL, "tuition",
        tuition_of(with->session, definition), "carries",
        ei_definition_carry(definition, "action") != NULL, "directions",
        directions_of(with->session, rules));
    return ei_own_json(arena, made, &out->request, error);
}

static json_t *criteria_of(const edu_session *session, const ei_sheet *sheet)
{
    char max[EI_POINTS_TEXT];
    json_t *made = json_array();
    for (size_t i = 0; made && i < sheet->criterion_count; i++) {
        const ei_criterion *one = &sheet->criteria[i];
        ei_points_format(one->max, 2, max);
        json_array_append_new(
            made, json_pack("{s:s, s:s, s:s}", "code", one->code, "title",
                            ei_localised(session, (json_t *)(uintptr_t)one->title), "max", max));
    }
    return made;
}

static json_t *sheets_of(const edu_session *session, const ei_definition *definition)
{
    const ei_sheets *sheets = ei_definition_sheets(definition);
    char pass[EI_POINTS_TEXT];
    json_t *made = json_array();
    for (size_t i = 0; made && i < sheets->count; i++) {
        const ei_sheet *one = &sheets->list[i];
        ei_score_format(one->pass == EI_SCORE_NONE ? 0 : one->pass, pass);
        json_array_append_new(
            made, json_pack("{s:s, s:s, s:s, s:i, s:b, s:o, s:o}", "code", one->code, "title",
                            ei_localised(session, (json_t *)(uintptr_t)one->title), "by",
                            one->by_panel ? "panel" : "clerk", "members", (int)one->members,
                            "is_blind", one->is_blind, "pass",
                            one->pass == EI_SCORE_NONE ? json_null() : json_string(pass),
                            "criteria", criteria_of(session, one)));
    }
    return made;
}

/* Times to which people are asked, or examinations: by what they are called. */
static json_t *kinds_of(const edu_session *session, const ei_definition *definition,
                        const char *keyword)
{
    json_t *made = json_array(), *slot;
    const char *kind;
    json_object_foreach(json_object_get(ei_definition_json(definition), keyword), kind, slot)
    {
        if (made)
            json_array_append_new(made,
                                  json_pack("{s:s, s:s}", "kind", kind, "title",
                                            ei_localised(session, json_object_get(slot, "title"))));
    }
    return made;
}

static edu_status add_kinds(json_t *kinds, const json_t *by, edu_error *error)
{
    size_t i, k;
    json_t *kind, *known;
    json_array_foreach(by, i, kind)
    {
        bool is_there = strcmp(json_string_value(kind), "system") == 0;
        json_array_foreach(kinds, k, known) is_there = is_there || json_equal(kind, known);
        if (!is_there && json_array_append(kinds, kind) < 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

/* Of the actions that make an application. */
static edu_status fill_applicants(const ei_definition *definition, ei_arena *arena,
                                  edu_service *out, edu_error *error)
{
    const char *name;
    json_t *action, *state;
    size_t i;
    EI_TRY(ei_own_json(arena, json_array(), &out->applicants, error));
    json_object_foreach(json_object_get(ei_definition_json(definition), "actions"), name, action)
    {
        json_array_foreach(json_object_get(action, "from"), i, state)
        {
            if (json_is_null(state))
                EI_TRY(add_kinds(out->applicants, json_object_get(action, "by"), error));
        }
    }
    return EDU_OK;
}

/* What a front end needs to judge it. */
static edu_status fill_round(const ei_fill_context *with, const ei_definition *definition,
                             ei_arena *arena, edu_service *out, edu_error *error)
{
    if (!ei_definition_request(definition))
        return EDU_OK;
    json_t *made = json_pack("{s:o, s:o, s:o, s:b, s:b, s:b, s:b}", "sheets",
                             sheets_of(with->session, definition), "slots",
                             kinds_of(with->session, definition, "slots"), "sittings",
                             kinds_of(with->session, definition, "sittings"), "has_places",
                             ei_definition_place(definition) != NULL, "has_lottery",
                             ei_ranking_has_lottery(ei_definition_ranking(definition)), "is_public",
                             ei_definition_ranking_is_public(definition), "has_certificates",
                             json_array_size(ei_definition_certificates(definition)) > 0);
    return ei_own_json(arena, made, &out->round, error);
}

edu_status ei_fill_service(ei_fill_context *with, const char *code, int32_t version,
                           edu_time published, ei_arena *arena, edu_service *out, edu_error *error)
{
    const ei_definition *definition;
    EI_TRY(ei_definition_load(with->session, with->tx, code, version, &definition, NULL, error));
    const json_t *json = ei_definition_json(definition);
    out->version = version;
    out->published = published;
    EI_TRY(ei_copy_text(arena, code, &out->code, error));
    EI_TRY(copy_title(with, arena, json_object_get(json, "title"), &out->title, error));
    EI_TRY(copy_title(with, arena, json_object_get(json, "summary"), &out->summary, error));
    EI_TRY(ei_own_json(arena, localised_list(with->session, json_object_get(json, "rules")),
                       &out->rules, error));
    EI_TRY(ei_own_json(arena, localised_states(with->session, json_object_get(json, "states")),
                       &out->states, error));
    EI_TRY(ei_own_json(arena, localised_stages(with->session, json_object_get(json, "stages")),
                       &out->stages, error));
    EI_TRY(fill_applicants(definition, arena, out, error));
    EI_TRY(fill_request(with, definition, arena, out, error));
    return fill_round(with, definition, arena, out, error);
}

edu_status ei_fill_service_of_list(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error)
{
    /* The sort key is the code. */
    return ei_fill_service(context, ei_column_text(rows, 0), (int32_t)ei_column_int(rows, first),
                           ei_column_time(rows, first + 1), arena, record, error);
}

/* Of what an application is for; none for what has no subject. */
static edu_status subject_title(const ei_fill_context *with, ei_rows *rows, int column,
                                ei_arena *arena, const char **out, edu_error *error)
{
    const char *texts = ei_column_text(rows, column);
    *out = texts ? ei_localised_text(arena, with->session, texts) : NULL;
    return texts && !*out ? ei_no_memory(error) : EDU_OK;
}

edu_status ei_fill_application(ei_rows *rows, int first, ei_arena *arena, void *record,
                               void *context, edu_error *error)
{
    ei_fill_context *with = context;
    edu_application *out = record;
    const ei_definition *definition;
    out->person_id = with->person;
    out->id = ei_column_id(rows, first - 1);
    EI_TRY(ei_copy_column(arena, rows, first, &out->service, error));
    out->service_version = (int32_t)ei_column_int(rows, first + 1);
    out->subject_id = ei_column_id(rows, first + 2);
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->state, error));
    out->is_open = ei_column_bool(rows, first + 4);
    out->version = ei_column_int(rows, first + 5);
    out->created = ei_column_time(rows, first + 6);
    out->changed = ei_column_time(rows, first + 7);
    out->person_name = ei_arena_printf(arena, "%s %s", ei_column_text(rows, first + 8),
                                       ei_column_text(rows, first + 9));
    if (!out->person_name)
        return ei_no_memory(error);
    EI_TRY(ei_definition_load(with->session, with->tx, out->service, out->service_version,
                              &definition, NULL, error));
    EI_TRY(copy_title(with, arena, ei_definition_state_title(definition, out->state),
                      &out->state_title, error));
    EI_TRY(ei_copy_column(arena, rows, first + 11, &out->number, error));
    return subject_title(with, rows, first + 10, arena, &out->subject, error);
}

/* A remark is no action of the definition. */
static edu_status copy_action_title(const ei_fill_context *with, const ei_definition *definition,
                                    ei_arena *arena, const char *action, const char **out,
                                    edu_error *error)
{
    if (action[0] != '.')
        return copy_title(with, arena, ei_definition_action_title(definition, action), out, error);
    const ei_message_text *text = ei_message_text_find(action, with->session->language);
    return ei_copy_text(arena, text ? text->subject : action, out, error);
}

edu_status ei_fill_event(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                         edu_error *error)
{
    ei_fill_context *with = context;
    edu_event *out = record;
    out->sequence = ei_column_int(rows, 0); /* the sort key */
    out->at = ei_column_time(rows, first);
    EI_TRY(ei_copy_column(arena, rows, first + 1, &out->action, error));
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->state, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->actor, error));
    edu_bytes data = ei_column_bytes(rows, first + 4);
    EI_TRY(ei_own_json(arena, ei_json_load(data.data, data.size, 0, NULL), &out->data, error));
    edu_bytes hash = ei_column_bytes(rows, first + 5);
    char *hex = ei_arena_alloc(arena, 2 * hash.size + 1);
    if (!hex)
        return ei_no_memory(error);
    ei_hex_format(hash.data, hash.size, hex);
    out->hash = hex;
    return copy_action_title(with, with->definition, arena, out->action, &out->title, error);
}

edu_status ei_fill_happening(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                             edu_error *error)
{
    ei_fill_context *with = context;
    edu_happening *out = record;
    const ei_definition *definition;
    out->person_id = with->person;
    out->at = ei_column_time(rows, 0); /* the sort key */
    out->application_id = ei_column_id(rows, 1);
    out->sequence = ei_column_int(rows, 2);
    EI_TRY(ei_copy_column(arena, rows, first, &out->service, error));
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->action, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->actor, error));
    EI_TRY(ei_definition_load(with->session, with->tx, out->service,
                              (int32_t)ei_column_int(rows, first + 1), &definition, NULL, error));
    EI_TRY(copy_action_title(with, definition, arena, out->action, &out->title, error));
    return subject_title(with, rows, first + 4, arena, &out->subject, error);
}

/* ---- messages ---- */

static const char *in_language(const edu_session *session, json_t *texts, const char *language)
{
    const char *text = json_string_value(json_object_get(texts, language));
    return text ? text : ei_localised(session, texts);
}

static edu_status fill(const char *template, const json_t *data, char **out, edu_error *error)
{
    ei_buffer text = {0};
    edu_status status = ei_template_fill(template ? template : "", data, &text, error);
    if (status != EDU_OK)
        ei_buffer_free(&text);
    *out = text.data;
    return status;
}

edu_status ei_message_render(const edu_session *session, edu_tx *tx, const char *service,
                             int32_t version, const char *template, const char *language,
                             const json_t *data, char **title, char **text, edu_error *error)
{
    const char *title_template = NULL, *text_template = NULL;
    if (service[0] == '\0') {
        const ei_message_text *found = ei_message_text_find(template, language);
        title_template = found ? found->subject : NULL;
        text_template = found ? found->text : NULL;
    } else {
        const ei_definition *definition;
        EI_TRY(ei_definition_load(session, tx, service, version, &definition, NULL, error));
        title_template =
            in_language(session, ei_definition_template(definition, template, "title"), language);
        text_template =
            in_language(session, ei_definition_template(definition, template, "text"), language);
    }
    EI_TRY(fill(title_template, data, title, error));
    edu_status status = fill(text_template, data, text, error);
    if (status != EDU_OK)
        ei_free(*title);
    return status;
}

static edu_status render_into(ei_fill_context *with, const char *service, int32_t version,
                              const char *template, const json_t *data, ei_arena *arena,
                              edu_notification *out, edu_error *error)
{
    char *title, *text;
    EI_TRY(ei_message_render(with->session, with->tx, service, version, template,
                             with->session->language, data, &title, &text, error));
    edu_status status = ei_copy_text(arena, title, &out->title, error);
    if (status == EDU_OK)
        status = ei_copy_text(arena, text, &out->text, error);
    ei_free(title);
    ei_free(text);
    return status;
}

static bool set_text(json_t *data, const char *name, const char *text)
{
    return !text || json_object_set_new(data, name, json_string(text)) == 0;
}

edu_status ei_fill_notification(ei_rows *rows, int first, ei_arena *arena, void *record,
                                void *context, edu_error *error)
{
    ei_fill_context *with = context;
    edu_notification *out = record;
    const char *subject = NULL, *service = ei_column_text(rows, first + 1);
    out->id = ei_column_id(rows, 0); /* the sort key */
    out->at = ei_column_time(rows, first);
    out->person_id = ei_column_id(rows, first + 5);
    out->application_id = ei_column_id(rows, first + 6);
    out->is_read = ei_column_bool(rows, first + 7);
    EI_TRY(subject_title(with, rows, first + 8, arena, &subject, error));
    EI_TRY(ei_copy_column(arena, rows, first + 9, &out->number, error));
    edu_bytes bytes = ei_column_bytes(rows, first + 4);
    json_t *data = ei_json_load(bytes.data, bytes.size, 0, NULL);
    if (!data || !set_text(data, "subject", subject) || !set_text(data, "number", out->number)) {
        json_decref(data);
        return ei_no_memory(error);
    }
    edu_status status = render_into(with, service, (int32_t)ei_column_int(rows, first + 2),
                                    ei_column_text(rows, first + 3), data, arena, out, error);
    json_decref(data);
    return status;
}
