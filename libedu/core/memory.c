#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/core.h"

static edu_allocator current = {malloc, realloc, free};
static _Thread_local bool was_short;

static void *noted(void *block)
{
    was_short |= block == NULL;
    return block;
}

bool ei_memory_was_short(void)
{
    bool answer = was_short;
    was_short = false;
    return answer;
}

static void *json_take(size_t size)
{
    return noted(current.allocate(size));
}

static void json_give_back(void *block)
{
    current.release(block);
}

/* Unless the application has put its own in. */
__attribute__((constructor)) static void note_shortage_in_json(void)
{
    json_malloc_t take;
    json_free_t give_back;
    json_get_alloc_funcs(&take, &give_back);
    if (take == malloc && give_back == free)
        json_set_alloc_funcs(json_take, json_give_back);
}

void edu_allocator_set(const edu_allocator *allocator)
{
    current = allocator ? *allocator : (edu_allocator){malloc, realloc, free};
    json_set_alloc_funcs(json_take, json_give_back);
}

void *ei_alloc(size_t size)
{
    return noted(current.allocate(size ? size : 1));
}

void *ei_calloc(size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    void *block = ei_alloc(total);
    if (block)
        memset(block, 0, total);
    return block;
}

void *ei_realloc(void *block, size_t size)
{
    return noted(current.reallocate(block, size ? size : 1));
}

void *ei_realloc_array(void *block, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return ei_realloc(block, total);
}

void *ei_with_room(void *items, size_t count, size_t *space, size_t size)
{
    if (count < *space)
        return items;
    size_t larger = *space != 0 ? *space * 2 : 8;
    void *moved = ei_realloc_array(items, larger, size);
    if (moved != NULL)
        *space = larger;
    return moved;
}

void ei_free(void *block)
{
    if (block)
        current.release(block);
}

char *ei_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = ei_alloc(size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

/* ---- JSON ---- */

json_t *ei_json_load(const char *text, size_t size, size_t flags, json_error_t *detail)
{
    bool was_before = ei_memory_was_short();
    json_t *value = json_loadb(text, size, flags, detail);
    if (was_short) {
        json_decref(value);
        value = NULL;
    }
    was_short |= was_before;
    return value;
}

json_t *ei_json_loads(const char *text)
{
    return text ? ei_json_load(text, strlen(text), 0, NULL) : NULL;
}

char *ei_json_dumps(const json_t *value, size_t flags)
{
    bool was_before = ei_memory_was_short();
    char *text = json_dumps(value, flags);
    if (was_short) {
        ei_free(text);
        text = NULL;
    }
    was_short |= was_before;
    return text;
}

/* ---- arena ---- */

#define ALIGNMENT 16
#define FIRST_CHUNK 2048

typedef struct chunk {
    struct chunk *next;
    size_t used, room;
    _Alignas(ALIGNMENT) unsigned char bytes[];
} chunk;

typedef struct owned_json {
    struct owned_json *next;
    json_t *value;
} owned_json;

struct ei_arena {
    chunk *chunks;
    owned_json *json;
};

/* Stands right before a record, so that edu_free finds the arena. */
typedef struct record_head {
    uint64_t magic;
    ei_arena *arena;
} record_head;

#define RECORD_MAGIC UINT64_C(0x6564755265636f72)
_Static_assert(sizeof(record_head) == ALIGNMENT, "a record keeps the alignment of its arena");

static chunk *chunk_new(size_t room)
{
    size_t size;
    if (__builtin_add_overflow(room, sizeof(chunk), &size))
        return NULL;
    chunk *made = ei_alloc(size);
    if (made) {
        made->next = NULL;
        made->used = 0;
        made->room = room;
    }
    return made;
}

ei_arena *ei_arena_new(void)
{
    return ei_calloc(1, sizeof(ei_arena));
}

void ei_arena_free(ei_arena *arena)
{
    if (!arena)
        return;
    for (owned_json *owned = arena->json; owned; owned = owned->next)
        json_decref(owned->value);
    while (arena->chunks) {
        chunk *next = arena->chunks->next;
        ei_free(arena->chunks);
        arena->chunks = next;
    }
    ei_free(arena);
}

void *ei_arena_alloc(ei_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    chunk *top = arena->chunks;
    if (!top || top->room - top->used < size) {
        size_t room = top ? top->room * 2 : FIRST_CHUNK;
        if (room < size)
            room = size;
        chunk *made = chunk_new(room);
        if (!made)
            return NULL;
        made->next = top;
        arena->chunks = top = made;
    }
    void *block = top->bytes + top->used;
    top->used += size;
    memset(block, 0, size);
    return block;
}

char *ei_arena_strndup(ei_arena *arena, const char *text, size_t length)
{
    char *copy = ei_arena_alloc(arena, length + 1);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

char *ei_arena_strdup(ei_arena *arena, const char *text)
{
    return ei_arena_strndup(arena, text, strlen(text));
}

char *ei_arena_printf(ei_arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : ei_arena_alloc(arena, (size_t)length + 1);
    if (text)
        (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

bool ei_arena_own_json(ei_arena *arena, json_t *value)
{
    owned_json *owned = ei_arena_alloc(arena, sizeof *owned);
    if (!owned) {
        json_decref(value);
        return false;
    }
    owned->value = value;
    owned->next = arena->json;
    arena->json = owned;
    return true;
}

void *ei_record_new(size_t size, ei_arena **arena)
{
    ei_arena *made = ei_arena_new();
    record_head *head = made ? ei_arena_alloc(made, sizeof *head + size) : NULL;
    if (!head) {
        ei_arena_free(made);
        return NULL;
    }
    head->magic = RECORD_MAGIC;
    head->arena = made;
    if (arena)
        *arena = made;
    return head + 1;
}

ei_arena *ei_record_arena(void *record)
{
    record_head *head = (record_head *)record - 1;
    assert(head->magic == RECORD_MAGIC);
    return head->arena;
}

void edu_free(void *record)
{
    if (record)
        ei_arena_free(ei_record_arena(record));
}

/* ---- buffer ---- */

static bool buffer_reserve(ei_buffer *buffer, size_t more)
{
    size_t need;
    if (buffer->failed || __builtin_add_overflow(buffer->size, more + 1, &need)) {
        buffer->failed = true;
        return false;
    }
    if (need <= buffer->room)
        return true;
    size_t room = buffer->room < 128 ? 256 : buffer->room * 2;
    if (room < need)
        room = need;
    char *grown = ei_realloc(buffer->data, room);
    if (!grown) {
        buffer->failed = true;
        return false;
    }
    buffer->data = grown;
    buffer->room = room;
    return true;
}

void ei_buffer_add(ei_buffer *buffer, const void *data, size_t size)
{
    if (!buffer_reserve(buffer, size))
        return;
    if (size)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    buffer->data[buffer->size] = 0;
}

void ei_buffer_text(ei_buffer *buffer, const char *text)
{
    ei_buffer_add(buffer, text, strlen(text));
}

void ei_buffer_printf(ei_buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        buffer->failed = true;
    else if (buffer_reserve(buffer, (size_t)length)) {
        (void)vsnprintf(buffer->data + buffer->size, (size_t)length + 1, format, again);
        buffer->size += (size_t)length;
    }
    va_end(again);
}

void ei_buffer_free(ei_buffer *buffer)
{
    ei_free(buffer->data);
    *buffer = (ei_buffer){0};
}
