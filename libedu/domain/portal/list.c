/* Lists, files and texts as every module gives them out. */
#include "domain/portal/portal.h"

#include <string.h>

/* ---- pages ---- */

static edu_status list_rows(edu_tx *tx, void *context, edu_error *error)
{
    ei_list *list = context;
    edu_free(list->page);
    list->page = NULL;
    ei_rows rows;
    EI_TRY(list->open(list, tx, &rows, error));
    edu_status status = ei_page_read(&rows, &list->plan, &list->page, error);
    ei_rows_close(&rows);
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
    edu_status status = ei_page_key_read(&list->key, list->plan.shape, cursor, error);
    if (status == EDU_OK)
        status = ei_read(list->session, list_rows, list, error);
    ei_page_key_finish(&list->key);
    if (status != EDU_OK)
        edu_free(list->page);
    return status;
}

/* ---- records ---- */

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
    json_t *texts = json_loads(json, 0, NULL);
    const char *text = texts != NULL ? ei_localised(session, texts) : NULL;
    char *copy = ei_arena_strdup(arena, text != NULL ? text : "");
    json_decref(texts);
    return copy;
}
