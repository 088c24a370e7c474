/* The documents that are asked for: by the service, and by each offering that one applies for. */
#include "domain/request/request_store.h"

#include <stdio.h>
#include <string.h>

#include "request_sql.h"

/* ---- several that ask ---- */

/* The strictest holds. What the service itself asks for, it alone shows to a panel. */
static void narrow(ei_document_kind *to, const ei_document_kind *by, bool is_services)
{
    to->types &= by->types;
    to->bytes_max = by->bytes_max < to->bytes_max ? by->bytes_max : to->bytes_max;
    to->least = by->least > to->least ? by->least : to->least;
    to->most = by->most < to->most ? by->most : to->most;
    to->for_panel = to->for_panel && (is_services || by->for_panel);
}

static ei_document_kind *find(const ei_asked *asked, const char *code)
{
    for (size_t i = 0; code && i < asked->count; i++)
        if (strcmp(asked->kinds[i].code, code) == 0)
            return &asked->kinds[i];
    return NULL;
}

const ei_document_kind *ei_asked_find(const ei_asked *asked, const char *code)
{
    return find(asked, code);
}

bool ei_asked_clash(const ei_document_kind *kind)
{
    return kind->types == 0 || kind->least > kind->most;
}

static edu_status merge(ei_asked *asked, const ei_document_kinds *kinds, edu_error *error)
{
    ei_document_kind *grown =
        ei_realloc_array(asked->kinds, asked->count + kinds->count + 1, sizeof *grown);
    if (!grown)
        return ei_no_memory(error);
    asked->kinds = grown;
    for (size_t i = 0; i < kinds->count; i++) {
        const ei_document_kind *one = &kinds->list[i];
        const ei_document_kind *services =
            asked->services ? ei_document_kind_find(asked->services, one->code) : NULL;
        ei_document_kind *there = find(asked, one->code);
        if (!there) {
            asked->kinds[asked->count++] = *one;
            continue;
        }
        /* The first offering that asks says best what it is. */
        if (services && there->title == services->title)
            there->title = one->title;
        narrow(there, one, services != NULL);
    }
    return EDU_OK;
}

edu_status ei_asked_begin(ei_asked *asked, const ei_request_rules *rules, edu_error *error)
{
    *asked = (ei_asked){0};
    if (!rules)
        return EDU_OK;
    EI_TRY(merge(asked, &rules->documents, error));
    asked->services = &rules->documents;
    return EDU_OK;
}

void ei_asked_finish(ei_asked *asked)
{
    for (size_t i = 0; i < asked->by_count; i++)
        json_decref(asked->by[i].one);
    ei_free(asked->by);
    ei_free(asked->kinds);
    *asked = (ei_asked){0};
}

static const char *id_of(const ei_asked_by *by)
{
    return json_string_value(json_object_get(by->one, "id"));
}

/* Takes `one`: {"id", "code", "title", "documents"}. */
edu_status ei_asked_add(ei_asked *asked, json_t *one, edu_error *error)
{
    ei_asked_by *grown =
        one ? ei_realloc_array(asked->by, asked->by_count + 1, sizeof *grown) : NULL;
    if (!grown) {
        json_decref(one);
        return ei_no_memory(error);
    }
    asked->by = grown;
    ei_asked_by *by = &grown[asked->by_count++];
    by->one = one;
    EI_TRY(ei_document_kinds_read(json_object_get(one, "documents"), NULL, "/documents", &by->kinds,
                                  error));
    return merge(asked, &by->kinds, error);
}

/* ---- of an offering, a draft, an application ---- */

static edu_status take_offering(ei_asked *asked, const char *id, ei_rows *rows, edu_error *error)
{
    edu_bytes title = ei_column_bytes(rows, 1), documents = ei_column_bytes(rows, 2);
    json_t *texts = NULL, *list = NULL;
    edu_status status = ei_json_read(title.data, title.size, &texts, error);
    if (status == EDU_OK)
        status = ei_json_read(documents.data, documents.size, &list, error);
    if (status != EDU_OK) {
        json_decref(texts);
        return status;
    }
    return ei_asked_add(asked,
                        json_pack("{s:s, s:s, s:o, s:o}", "id", id, "code", ei_column_text(rows, 0),
                                  "title", texts, "documents", list),
                        error);
}

/* Of what lies in no round that is applied for, nothing is told. */
static edu_status add_offering(edu_tx *tx, ei_asked *asked, const edu_id *offering,
                               const edu_id *applied_for, edu_error *error)
{
    char id[EDU_ID_TEXT];
    ei_rows rows;
    bool row = false;
    edu_id_format(*offering, id);
    EI_TRY(sql_offering_asks(tx, offering, applied_for, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = take_offering(asked, id, &rows, error);
    ei_rows_close(&rows);
    return status;
}

/* What was asked when it was submitted last, and what it was for. */
static edu_status read_captured(edu_tx *tx, const edu_id *person, const edu_id *id,
                                edu_id *applied_for, json_t **out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    *out = NULL;
    EI_TRY(sql_request_asked(tx, person, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        edu_bytes text = ei_column_bytes(&rows, 1);
        *applied_for = ei_column_id(&rows, 0);
        if (text.data)
            status = ei_json_read(text.data, text.size, out, error);
    }
    ei_rows_close(&rows);
    return status;
}

static json_t *captured_of(const json_t *captured, const char *id)
{
    for (size_t i = 0; id && i < json_array_size(captured); i++) {
        json_t *one = json_array_get(captured, i);
        const char *its = json_string_value(json_object_get(one, "id"));
        if (its && strcmp(its, id) == 0)
            return one;
    }
    return NULL;
}

static bool is_added(const ei_asked *asked, const char *id)
{
    for (size_t i = 0; i < asked->by_count; i++)
        if (strcmp(id_of(&asked->by[i]), id) == 0)
            return true;
    return false;
}

/* What an offering asked of an application before, it asks of it again. */
static edu_status add_one(edu_tx *tx, ei_asked *asked, const json_t *captured, const char *id,
                          const edu_id *applied_for, edu_error *error)
{
    edu_id offering;
    json_t *before = captured_of(captured, id);
    if (!id || edu_id_parse(id, &offering, NULL) != EDU_OK || is_added(asked, id))
        return EDU_OK;
    return before ? ei_asked_add(asked, json_incref(before), error)
                  : add_offering(tx, asked, &offering, applied_for, error);
}

edu_status ei_asked_of_draft(edu_tx *tx, const ei_draft *draft, ei_asked *asked, edu_error *error)
{
    const ei_request_rules *rules = ei_definition_request(draft->definition);
    edu_id applied_for = draft->offering;
    char id[EDU_ID_TEXT];
    json_t *captured = NULL;
    EI_TRY(ei_asked_begin(asked, rules, error));
    if (!rules || !rules->has_offerings)
        return EDU_OK;
    if (!ei_id_is_none(draft->application))
        EI_TRY(
            read_captured(tx, &draft->person, &draft->application, &applied_for, &captured, error));
    edu_id_format(applied_for, id);
    edu_status status = add_one(tx, asked, captured, id, &applied_for, error);
    for (size_t i = 0; status == EDU_OK && i < json_array_size(draft->choices); i++)
        status = add_one(tx, asked, captured, json_string_value(json_array_get(draft->choices, i)),
                         &applied_for, error);
    json_decref(captured);
    return status;
}

edu_status ei_asked_of_request(edu_tx *tx, const edu_id *person, const edu_id *id,
                               const ei_definition *definition, ei_asked *asked, edu_error *error)
{
    edu_id applied_for;
    json_t *captured = NULL;
    EI_TRY(ei_asked_begin(asked, ei_definition_request(definition), error));
    edu_status status = read_captured(tx, person, id, &applied_for, &captured, error);
    for (size_t i = 0; status == EDU_OK && i < json_array_size(captured); i++)
        status = ei_asked_add(asked, json_incref(json_array_get(captured, i)), error);
    json_decref(captured);
    return status;
}

edu_status ei_asked_captured(const ei_asked *asked, char **out, edu_error *error)
{
    *out = NULL;
    if (asked->by_count == 0)
        return EDU_OK;
    json_t *all = json_array();
    for (size_t i = 0; i < asked->by_count; i++)
        json_array_append(all, asked->by[i].one);
    *out = all ? ei_json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(all);
    return *out ? EDU_OK : ei_no_memory(error);
}

/* ---- to be shown ---- */

static json_t *askers(const edu_session *session, const ei_asked *asked, const char *code)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < asked->by_count; i++)
        if (ei_document_kind_find(&asked->by[i].kinds, code))
            json_array_append_new(made, json_string(ei_localised(
                                            session, json_object_get(asked->by[i].one, "title"))));
    return made;
}

json_t *ei_asked_show(const edu_session *session, const ei_asked *asked)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < asked->count; i++) {
        json_t *one = ei_document_kind_show(session, &asked->kinds[i]);
        if (one)
            json_object_set_new(one, "offerings", askers(session, asked, asked->kinds[i].code));
        json_array_append_new(made, one);
    }
    return made;
}

/* ---- what is wrong ---- */

/* How many there are of a kind, or what one of them is. */
typedef struct finding {
    int32_t count;
    unsigned type; /* 0: it is the count that is judged */
    int64_t size;
} finding;

static bool objects(const ei_document_kind *kind, const finding *found)
{
    return found->type ? !(kind->types & found->type) || found->size > kind->bytes_max
                       : found->count < kind->least || found->count > kind->most;
}

/* Those that object, by title for who reads it and by code for who logs it; nobody where the
 * service itself does. */
static edu_status name_askers(const edu_session *session, const ei_asked *asked, const char *code,
                              const finding *found, json_t *titles, ei_buffer *codes,
                              edu_error *error)
{
    const ei_document_kind *own =
        asked->services ? ei_document_kind_find(asked->services, code) : NULL;
    if (own && found && objects(own, found))
        return EDU_OK;
    for (size_t i = 0; i < asked->by_count; i++) {
        const ei_document_kind *kind = ei_document_kind_find(&asked->by[i].kinds, code);
        if (!kind || (found && !objects(kind, found)))
            continue;
        json_t *one = asked->by[i].one;
        ei_buffer_printf(codes, "%s%s", codes->size ? ", " : ": ",
                         json_string_value(json_object_get(one, "code")));
        if (json_array_append_new(
                titles, json_string(ei_localised(session, json_object_get(one, "title")))) != 0)
            return ei_no_memory(error);
    }
    return codes->failed ? ei_no_memory(error) : EDU_OK;
}

static edu_status fault_of(const edu_session *session, const ei_asked *asked, const char *code,
                           const finding *found, const char *key, const char *message,
                           json_t *faults, edu_error *error)
{
    char pointer[EI_REQUEST_CODE + 16];
    ei_buffer codes = {0}, text = {0};
    json_t *titles = json_array();
    (void)snprintf(pointer, sizeof pointer, "/documents/%s", code);
    edu_status status = titles ? name_askers(session, asked, code, found, titles, &codes, error)
                               : ei_no_memory(error);
    ei_buffer_printf(&text, "%s%s", message, codes.size ? codes.data : "");
    json_t *fault = status == EDU_OK && !text.failed
                        ? json_pack("{s:s, s:s, s:s, s:{s:O}}", "field", pointer, "key", key,
                                    "message", text.data, "parameters", "offerings", titles)
                        : NULL;
    if (status == EDU_OK && (!fault || json_array_append_new(faults, fault) != 0))
        status = ei_no_memory(error);
    json_decref(titles);
    ei_buffer_free(&codes);
    ei_buffer_free(&text);
    return status;
}

edu_status ei_asked_judge_count(const edu_session *session, const ei_asked *asked,
                                const ei_document_kind *kind, int32_t count, json_t *faults,
                                edu_error *error)
{
    finding found = {.count = count};
    if (ei_asked_clash(kind))
        return fault_of(session, asked, kind->code, NULL, "request.document_clash",
                        "no document can be what all that ask for it want; choose fewer", faults,
                        error);
    if (count < kind->least)
        return fault_of(session, asked, kind->code, &found, "request.document_missing",
                        "this document is missing", faults, error);
    return count <= kind->most
               ? EDU_OK
               : fault_of(session, asked, kind->code, &found, "request.documents",
                          "there are more of this document than may be given", faults, error);
}

edu_status ei_asked_judge_document(const edu_session *session, const ei_asked *asked,
                                   const char *code, ei_media type, int64_t size, json_t *faults,
                                   edu_error *error)
{
    const ei_document_kind *kind = ei_asked_find(asked, code);
    finding found = {.type = (unsigned)type, .size = size};
    if (!kind)
        return fault_of(session, asked, code, &found, "request.document_kind",
                        "this document is not asked for; take it out", faults, error);
    return ei_asked_clash(kind) || !objects(kind, &found)
               ? EDU_OK
               : fault_of(session, asked, code, &found, "request.document_type",
                          "this document is too large, or of a type that is not asked for", faults,
                          error);
}
