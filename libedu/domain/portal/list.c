/* Lists, files and texts as every module gives them out. */
#include "domain/portal/portal.h"

#include <stdio.h>
#include <string.h>

/* ---- pages ---- */

static edu_status list_rows(edu_tx *tx, void *context, edu_error *error)
{
    ei_list *list = context;
    edu_free(list->page);
    list->page = NULL;
    ei_rows rows;
    EI_TRY(list->open(list, tx, &rows, error));
    edu_status status = ei_page_read(list->session, &rows, &list->plan, &list->page, error);
    ei_rows_close(&rows);
    if (status == EDU_OK)
        list->reading.is_nothing = ((const edu_page *)list->page)->count == 0;
    return status;
}

edu_status ei_list_read(ei_list *list, const char *cursor, const void *out, edu_error *error)
{
    if (list->session == NULL)
        return ei_bad_argument(error, "session");
    if (out == NULL)
        return ei_bad_argument(error, "out");
    list->ask = ei_page_limit(list->plan.limit) + 1;
    if (list->plan.context == NULL)
        list->plan.context = list->session;
    edu_status status =
        ei_page_key_read(list->session, &list->key, list->plan.shape, cursor, error);
    if (status == EDU_OK)
        status = ei_read_of(list->session, &list->reading, list_rows, list, error);
    ei_page_key_finish(&list->key);
    if (status != EDU_OK)
        edu_free(list->page);
    return status;
}

/* ---- records ---- */

edu_status ei_read_record(edu_session *session, size_t size, edu_command_fn run, void *context,
                          void *slot, edu_error *error)
{
    ei_reading nobodys = {NULL};
    return ei_read_record_of(session, &nobodys, size, run, context, slot, error);
}

edu_status ei_read_record_of(edu_session *session, ei_reading *of, size_t size, edu_command_fn run,
                             void *context, void *slot, edu_error *error)
{
    void *record = ei_record_new(size, NULL);
    if (record == NULL)
        return ei_no_memory(error);
    memcpy(slot, &record, sizeof record);
    edu_status status = ei_read_of(session, of, run, context, error);
    if (status != EDU_OK)
        edu_free(record);
    return status;
}

edu_status ei_rows_each(edu_status opened, ei_rows *rows, ei_take_fn take, void *context,
                        edu_error *error)
{
    bool row;
    edu_status status;
    EI_TRY(opened);
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row &&
           (status = take(context, rows, error)) == EDU_OK)
        ;
    ei_rows_close(rows);
    return status;
}

static edu_status add_id(void *context, ei_rows *rows, edu_error *error)
{
    ei_buffer *ids = context;
    edu_id id = ei_column_id(rows, 0);
    ei_buffer_add(ids, &id, sizeof id);
    return ids->failed ? ei_no_memory(error) : EDU_OK;
}

edu_status ei_rows_ids(edu_status opened, ei_rows *rows, ei_buffer *ids, edu_error *error)
{
    return ei_rows_each(opened, rows, add_id, ids, error);
}

edu_status ei_rows_integer(edu_status opened, ei_rows *rows, bool *found, int64_t *out,
                           edu_error *error)
{
    bool row = false;
    EI_TRY(opened);
    edu_status status = ei_rows_next(rows, &row, error);
    if (row && out != NULL)
        *out = ei_column_int(rows, 0);
    if (found != NULL)
        *found = row;
    ei_rows_close(rows);
    return status;
}

edu_status ei_copy_text(ei_arena *arena, const char *text, const char **out, edu_error *error)
{
    *out = text != NULL ? ei_arena_strdup(arena, text) : NULL;
    return text == NULL || *out != NULL ? EDU_OK : ei_no_memory(error);
}

edu_status ei_copy_column(ei_arena *arena, ei_rows *rows, int column, const char **out,
                          edu_error *error)
{
    return ei_copy_text(arena, ei_column_text(rows, column), out, error);
}

edu_status ei_copy_name(ei_arena *arena, ei_rows *rows, int column, const char **out,
                        edu_error *error)
{
    const char *given = ei_column_text(rows, column), *family = ei_column_text(rows, column + 1);
    if (!given || !*given)
        return EDU_OK;
    *out = ei_arena_printf(arena, "%s %s", given, family ? family : "");
    return *out ? EDU_OK : ei_no_memory(error);
}

edu_status ei_copy_json(ei_arena *arena, ei_rows *rows, int column, json_t **out, edu_error *error)
{
    edu_bytes text = ei_column_bytes(rows, column);
    json_t *json;
    EI_TRY(ei_json_read(text.data, text.size, &json, error));
    return ei_own_json(arena, json, out, error);
}

void ei_take_text(ei_rows *rows, int column, char *out, size_t room)
{
    const char *text = ei_column_text(rows, column);
    (void)snprintf(out, room, "%s", text ? text : "");
}

edu_status ei_own_json(ei_arena *arena, json_t *value, json_t **out, edu_error *error)
{
    *out = value;
    return value != NULL && ei_arena_own_json(arena, value) ? EDU_OK : ei_no_memory(error);
}

edu_status ei_document(const char *name, const char *type, const ei_buffer *content,
                       edu_document **out, edu_error *error)
{
    ei_arena *arena;
    edu_document *document = ei_record_new(sizeof *document, &arena);
    if (document == NULL)
        return ei_no_memory(error);
    char *bytes = ei_arena_alloc(arena, content->size + 1);
    document->name = ei_arena_strdup(arena, name);
    document->type = ei_arena_strdup(arena, type);
    if (bytes == NULL || document->name == NULL || document->type == NULL) {
        edu_free(document);
        return ei_no_memory(error);
    }
    if (content->size > 0)
        memcpy(bytes, content->data, content->size);
    document->content = (edu_bytes){bytes, content->size};
    *out = document;
    return EDU_OK;
}

char *ei_localised_text(ei_arena *arena, const edu_session *session, const char *json)
{
    json_t *texts = ei_json_loads(json);
    const char *text = texts != NULL ? ei_localised(session, texts) : NULL;
    char *copy = ei_arena_strdup(arena, text != NULL ? text : "");
    json_decref(texts);
    return copy;
}
