/* Keyset pages: the cursor is the sort key of the last row shown. It is sealed, as it stands in
 * addresses, and a sort key may be a name. */
#include "domain/portal/portal.h"

#include <ctype.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>
#include "credential/credential.h"

#define PAGE_DEFAULT 50
#define CURSOR_MAX 4096
/* Behind every text that a column holds. */
#define LAST_TEXT "\xf4\x8f\xbf\xbf"

int32_t ei_page_limit(int32_t wanted)
{
    if (wanted <= 0)
        return PAGE_DEFAULT;
    return wanted > EDU_PAGE_MAX ? EDU_PAGE_MAX : wanted;
}

static edu_status bad_cursor(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "page.bad_cursor", "/cursor",
                   "cursor is not one that this list gave; start from the first page");
}

/* A none id would be bound as NULL, so the first is 1. */
static edu_id edge_id(bool descending)
{
    edu_id id;
    memset(id.bytes, descending ? 0xff : 0, sizeof id.bytes);
    if (!descending)
        id.bytes[15] = 1;
    return id;
}

static void set_edges(ei_page_key *key, const char *shape)
{
    for (size_t part = 0; shape[part]; part++) {
        bool descending = isupper((unsigned char)shape[part]) != 0;
        key->text[part] = descending ? LAST_TEXT : "";
        key->integer[part] = descending ? INT64_MAX : INT64_MIN + 1;
        key->id[part] = edge_id(descending);
    }
}

static bool take_part(ei_page_key *key, size_t part, char kind, const json_t *value)
{
    switch (tolower((unsigned char)kind)) {
    case 't':
        key->text[part] = json_string_value(value);
        return key->text[part] != NULL;
    case 'i':
        key->integer[part] = json_integer_value(value);
        return json_is_integer(value);
    default:
        return json_is_string(value) &&
               edu_id_parse(json_string_value(value), &key->id[part], NULL) == EDU_OK &&
               !ei_id_is_none(key->id[part]);
    }
}

static edu_status decode(const edu_session *session, const char *shape, const char *cursor,
                         json_t **out, edu_error *error)
{
    size_t length = strnlen(cursor, CURSOR_MAX + 1);
    unsigned char sealed[CURSOR_MAX], text[CURSOR_MAX];
    size_t size = 0;
    if (length > CURSOR_MAX || !ei_base64url_decode(cursor, length, sealed, sizeof sealed, &size) ||
        size <= EI_SEAL_EXTRA ||
        !ei_secret_unseal(session->portal->keys, "cursor", shape, (edu_bytes){sealed, size}, text))
        return bad_cursor(error);
    edu_status status = ei_json_read((const char *)text, size - EI_SEAL_EXTRA, out, error);
    return status == EDU_E_CORRUPT ? bad_cursor(error) : status;
}

edu_status ei_page_key_read(const edu_session *session, ei_page_key *key, const char *shape,
                            const char *cursor, edu_error *error)
{
    *key = (ei_page_key){0};
    set_edges(key, shape);
    if (!cursor)
        return EDU_OK;
    EI_TRY(decode(session, shape, cursor, &key->held, error));
    size_t parts = strlen(shape);
    bool fits = json_is_array(key->held) && json_array_size(key->held) == parts;
    for (size_t part = 0; fits && part < parts; part++)
        fits = take_part(key, part, shape[part], json_array_get(key->held, part));
    return fits ? EDU_OK : bad_cursor(error);
}

void ei_page_key_finish(ei_page_key *key)
{
    json_decref(key->held);
    key->held = NULL;
}

static json_t *part_value(ei_rows *rows, int column, char kind)
{
    switch (tolower((unsigned char)kind)) {
    case 't':
        return json_string(ei_column_text(rows, column));
    case 'i':
        return json_integer(ei_column_int(rows, column));
    default: {
        char text[EDU_ID_TEXT];
        edu_id_format(ei_column_id(rows, column), text);
        return json_string(text);
    }
    }
}

/* The same page gives the same cursor, so that its answer is the same: the nonce is a keyed hash of
 * what is sealed. */
static void fill_nonce(void *context, void *buffer, size_t size)
{
    memcpy(buffer, context, size);
}

static char *seal(const edu_session *session, const char *shape, ei_arena *arena, edu_bytes key)
{
    uint8_t nonce[32];
    const ei_keys *keys = session->portal->keys;
    edu_random random = {fill_nonce, nonce};
    size_t size = key.size + EI_SEAL_EXTRA;
    size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    uint8_t *sealed = ei_alloc(size);
    char *cursor = sealed ? ei_arena_alloc(arena, room) : NULL;
    if (cursor) {
        ei_keyed_hash(keys, "cursor", key, nonce);
        ei_secret_seal(keys, &random, "cursor", shape, key, sealed);
        sodium_bin2base64(cursor, room, sealed, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    }
    ei_free(sealed);
    return cursor;
}

char *ei_page_cursor(const edu_session *session, const char *shape, ei_arena *arena,
                     const json_t *key)
{
    char *text = ei_json_dumps(key, JSON_COMPACT);
    char *cursor = text ? seal(session, shape, arena, (edu_bytes){text, strlen(text)}) : NULL;
    ei_free(text);
    return cursor;
}

static edu_status write_cursor(const edu_session *session, ei_rows *rows, const char *shape,
                               ei_arena *arena, const char **cursor, edu_error *error)
{
    json_t *key = json_array();
    bool made = key != NULL;
    for (int part = 0; made && shape[part]; part++)
        made = json_array_append_new(key, part_value(rows, part, shape[part])) == 0;
    if (made)
        *cursor = ei_page_cursor(session, shape, arena, key);
    json_decref(key);
    return made && *cursor ? EDU_OK : ei_no_memory(error);
}

static edu_status fill_row(ei_rows *rows, const ei_page_plan *plan, const edu_record_type *type,
                           ei_arena *arena, void *record, edu_error *error)
{
    int first = (int)strlen(plan->shape);
    if (plan->fill)
        return plan->fill(rows, first, arena, record, plan->context, error);
    return ei_rows_record(rows, first, type, arena, record, error);
}

static edu_status read_rows(const edu_session *session, ei_rows *rows, const ei_page_plan *plan,
                            edu_page *page, ei_arena *arena, edu_error *error)
{
    const edu_record_type *type = edu_record_type_find(plan->record);
    size_t limit = (size_t)ei_page_limit(plan->limit);
    char *items = ei_arena_alloc(arena, limit * type->size);
    if (!items)
        return ei_no_memory(error);
    page->items = items;
    /* The cursor of a row that turns out to be the page's last is kept while looking for another.
     */
    const char *cursor = NULL;
    for (bool more = true;;) {
        EI_TRY(ei_rows_next(rows, &more, error));
        if (!more)
            return EDU_OK;
        if (page->count == limit) {
            page->next = cursor;
            return EDU_OK;
        }
        EI_TRY(fill_row(rows, plan, type, arena, items + page->count * type->size, error));
        if (++page->count == limit)
            EI_TRY(write_cursor(session, rows, plan->shape, arena, &cursor, error));
    }
}

edu_status ei_page_read(const edu_session *session, ei_rows *rows, const ei_page_plan *plan,
                        void **out, edu_error *error)
{
    ei_arena *arena = NULL;
    edu_page *page = ei_record_new(sizeof *page, &arena);
    if (!page)
        return ei_no_memory(error);
    edu_status status = read_rows(session, rows, plan, page, arena, error);
    if (status != EDU_OK) {
        edu_free(page);
        return status;
    }
    *out = page;
    return EDU_OK;
}
