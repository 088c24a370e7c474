/* A document in memory: bounded, with numbers as written, each value knowing its place. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "form/form.h"

const ei_value_limits ei_schema_limits = {EI_FORM_SCHEMA_BYTES_MAX, "schema"};
const ei_value_limits ei_data_limits = {EI_FORM_DATA_BYTES_MAX, "form"};

typedef struct reader {
    ei_arena *arena;
    const ei_value_limits *limits;
    const char *start, *at, *end;
    size_t values, bytes;
    ei_value **stack; /* items of containers not yet closed */
    size_t stacked, room;
    edu_error *error;
} reader;

/* ---- failures ---- */

static int line_of(const reader *in)
{
    int line = 1;
    for (const char *at = in->start; at && at < in->at; at++)
        line += *at == '\n';
    return in->start ? line : 0;
}

static edu_status refuse(const reader *in, const char *what)
{
    return ei_fail_line(in->error, EDU_E_INVALID, "form.not_json", line_of(in), NULL,
                        "the %s is not JSON: %s", in->limits->what, what);
}

static edu_status too_big(const reader *in, const char *what)
{
    return ei_fail_line(in->error, EDU_E_LIMIT, "form.too_big", line_of(in), NULL,
                        "the %s is too large: %s", in->limits->what, what);
}

static edu_status check_depth(const reader *in, int depth)
{
    if (depth <= EI_FORM_DEPTH_MAX)
        return EDU_OK;
    return ei_fail_line(in->error, EDU_E_LIMIT, "form.too_deep", line_of(in), NULL,
                        "the %s is nested deeper than %d levels", in->limits->what,
                        EI_FORM_DEPTH_MAX);
}

static edu_status check_size(const reader *in, size_t size)
{
    if (size <= in->limits->bytes)
        return EDU_OK;
    return ei_fail(in->error, EDU_E_LIMIT, "form.too_big", NULL, "the %s is larger than %zu MiB",
                   in->limits->what, in->limits->bytes >> 20);
}

/* ---- making values ---- */

static edu_status new_value(reader *in, ei_value_type type, ei_value **out)
{
    if (++in->values > EI_FORM_VALUES_MAX)
        return too_big(in, "it has more than 200000 values");
    *out = ei_arena_alloc(in->arena, sizeof **out);
    if (!*out)
        return ei_no_memory(in->error);
    (*out)->type = type;
    return EDU_OK;
}

static edu_status push(reader *in, ei_value *value)
{
    if (in->stacked == in->room) {
        size_t room = in->room ? in->room * 2 : 64;
        ei_value **grown = ei_realloc_array(in->stack, room, sizeof *grown);
        if (!grown)
            return ei_no_memory(in->error);
        in->stack = grown;
        in->room = room;
    }
    in->stack[in->stacked++] = value;
    return EDU_OK;
}

int ei_names_compare(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int by_name(const void *a, const void *b)
{
    const ei_value *left = *(ei_value *const *)a, *right = *(ei_value *const *)b;
    return ei_names_compare(left->name, left->name_length, right->name, right->name_length);
}

static edu_status sort_members(reader *in, ei_value *object)
{
    object->sorted = ei_arena_alloc(in->arena, object->count * sizeof *object->sorted);
    if (!object->sorted)
        return ei_no_memory(in->error);
    if (object->count > 0)
        memcpy(object->sorted, object->items, object->count * sizeof *object->sorted);
    qsort(object->sorted, object->count, sizeof *object->sorted, by_name);
    for (uint32_t i = 1; i < object->count; i++)
        if (by_name(&object->sorted[i - 1], &object->sorted[i]) == 0)
            return refuse(in, "an object has a name twice");
    return EDU_OK;
}

/* Takes what was pushed since `first` as the items of the container. */
static edu_status close_container(reader *in, ei_value *made, size_t first)
{
    made->count = (uint32_t)(in->stacked - first);
    made->items = ei_arena_alloc(in->arena, made->count * sizeof *made->items);
    if (!made->items)
        return ei_no_memory(in->error);
    for (uint32_t i = 0; i < made->count; i++) {
        made->items[i] = in->stack[first + i];
        made->items[i]->parent = made;
        made->items[i]->index = i;
    }
    in->stacked = first;
    return made->type == EI_VALUE_OBJECT ? sort_members(in, made) : EDU_OK;
}

static edu_status set_number(reader *in, ei_value *made, const char *text, size_t length)
{
    made->text = ei_arena_strndup(in->arena, text, length);
    made->length = (uint32_t)length;
    if (!made->text)
        return ei_no_memory(in->error);
    if (!ei_decimal_read(in->arena, made->text, length, &made->number))
        return too_big(in, "a number has an exponent beyond a thousand million");
    return EDU_OK;
}

/* ---- from text ---- */

static void skip_space(reader *in)
{
    while (in->at < in->end && strchr(" \t\n\r", *in->at) && *in->at)
        in->at++;
}

static bool take(reader *in, char wanted)
{
    if (in->at == in->end || *in->at != wanted)
        return false;
    in->at++;
    return true;
}

static int hex4(reader *in)
{
    uint8_t bytes[2];
    char text[5];
    if (in->end - in->at < 4)
        return -1;
    memcpy(text, in->at, 4);
    text[4] = 0;
    if (ei_hex_parse(text, bytes, sizeof bytes) != 2)
        return -1;
    in->at += 4;
    return bytes[0] << 8 | bytes[1];
}

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

/* What stands behind a backslash. NULL: wrong. */
static char *read_escape(reader *in, char *out)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char name = in->at < in->end ? *in->at++ : 0;
    const char *known = name ? strchr(names, name) : NULL;
    if (known) {
        *out++ = values[known - names];
        return out;
    }
    int unit = name == 'u' ? hex4(in) : -1;
    if (unit < 0 || (unit >= 0xdc00 && unit < 0xe000))
        return NULL;
    if (unit < 0xd800 || unit >= 0xe000)
        return put_utf8(out, (uint32_t)unit);
    int low = take(in, '\\') && take(in, 'u') ? hex4(in) : -1;
    if (low < 0xdc00 || low >= 0xe000)
        return NULL;
    return put_utf8(out, 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
}

/* Bytes up to the closing quote; an upper bound of the decoded length. */
static size_t raw_length(const reader *in)
{
    const char *at = in->at;
    while (at < in->end && *at != '"')
        at += *at == '\\' && at + 1 < in->end ? 2 : 1;
    return (size_t)(at - in->at);
}

static edu_status read_string(reader *in, const char **text, uint32_t *length)
{
    char *made = ei_arena_alloc(in->arena, raw_length(in) + 1), *out = made;
    if (!made)
        return ei_no_memory(in->error);
    while (in->at < in->end && *in->at != '"') {
        unsigned char c = (unsigned char)*in->at++;
        if (c < 0x20)
            return refuse(in, "a control character in a string");
        if (c != '\\')
            *out++ = (char)c;
        else if (!(out = read_escape(in, out)))
            return refuse(in, "a wrong escape in a string, or half a surrogate pair");
    }
    if (!take(in, '"'))
        return refuse(in, "a string does not end");
    *text = made;
    *length = (uint32_t)(out - made);
    return EDU_OK;
}

static bool take_digits(reader *in)
{
    const char *from = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
        in->at++;
    return in->at > from;
}

static edu_status read_number(reader *in, ei_value *made)
{
    const char *from = in->at;
    take(in, '-');
    bool good = take(in, '0') || take_digits(in);
    if (good && take(in, '.'))
        good = take_digits(in);
    if (good && (take(in, 'e') || take(in, 'E'))) {
        if (!take(in, '-'))
            take(in, '+');
        good = take_digits(in);
    }
    if (!good)
        return refuse(in, "a number is not of its form");
    return set_number(in, made, from, (size_t)(in->at - from));
}

static edu_status read_value(reader *in, int depth, ei_value **out);

static edu_status read_member(reader *in, int depth, ei_value **out)
{
    const char *name;
    uint32_t length;
    skip_space(in);
    if (!take(in, '"'))
        return refuse(in, "a name in quotes was expected");
    EI_TRY(read_string(in, &name, &length));
    if (length > EI_FORM_NAME_MAX)
        return too_big(in, "the name of a property is longer than 1024 bytes");
    skip_space(in);
    if (!take(in, ':'))
        return refuse(in, "a colon was expected");
    EI_TRY(read_value(in, depth, out));
    (*out)->name = name;
    (*out)->name_length = length;
    return EDU_OK;
}

static edu_status read_container(reader *in, int depth, ei_value *made)
{
    size_t first = in->stacked;
    char close = made->type == EI_VALUE_OBJECT ? '}' : ']';
    EI_TRY(check_depth(in, depth));
    skip_space(in);
    if (take(in, close))
        return close_container(in, made, first);
    do {
        ei_value *item;
        EI_TRY(made->type == EI_VALUE_OBJECT ? read_member(in, depth, &item)
                                             : read_value(in, depth, &item));
        EI_TRY(push(in, item));
        skip_space(in);
    } while (take(in, ','));
    if (!take(in, close))
        return refuse(in, close == '}' ? "a comma or } was expected" : "a comma or ] was expected");
    return close_container(in, made, first);
}

static bool take_word(reader *in, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
        return false;
    in->at += length;
    return true;
}

static edu_status read_value(reader *in, int depth, ei_value **out)
{
    skip_space(in);
    if (in->at == in->end)
        return refuse(in, "it ends too early");
    char c = *in->at;
    if (c == '{' || c == '[') {
        in->at++;
        EI_TRY(new_value(in, c == '{' ? EI_VALUE_OBJECT : EI_VALUE_ARRAY, out));
        return read_container(in, depth + 1, *out);
    }
    if (c == '"') {
        in->at++;
        EI_TRY(new_value(in, EI_VALUE_STRING, out));
        return read_string(in, &(*out)->text, &(*out)->length);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        EI_TRY(new_value(in, EI_VALUE_NUMBER, out));
        return read_number(in, *out);
    }
    bool is_true = take_word(in, "true");
    if (is_true || take_word(in, "false")) {
        EI_TRY(new_value(in, EI_VALUE_BOOL, out));
        (*out)->truth = is_true;
        return EDU_OK;
    }
    return take_word(in, "null") ? new_value(in, EI_VALUE_NULL, out)
                                 : refuse(in, "a value was expected");
}

edu_status ei_value_read(ei_arena *arena, edu_bytes text, const ei_value_limits *limits,
                         ei_value **out, edu_error *error)
{
    reader in = {.arena = arena, .limits = limits, .error = error};
    EI_TRY(check_size(&in, text.size));
    in.start = in.at = text.data ? text.data : "";
    in.end = in.start + text.size;
    if (!ei_utf8_valid(in.start, text.size))
        return refuse(&in, "it is not UTF-8, or holds a null byte");
    edu_status status = read_value(&in, 0, out);
    skip_space(&in);
    if (status == EDU_OK && in.at != in.end)
        status = refuse(&in, "it goes on behind its end");
    ei_free(in.stack);
    return status;
}

/* ---- from json_t ---- */

static edu_status of_json(reader *in, const json_t *json, int depth, ei_value **out);

static edu_status copy_text(reader *in, const char *text, size_t length, const char **out,
                            uint32_t *out_length)
{
    in->bytes += length;
    EI_TRY(check_size(in, in->bytes));
    if (memchr(text, 0, length) == NULL && !ei_utf8_valid(text, length))
        return refuse(in, "a text is not UTF-8");
    *out = ei_arena_strndup(in->arena, text, length);
    *out_length = (uint32_t)length;
    return *out ? EDU_OK : ei_no_memory(in->error);
}

static edu_status members_of_json(reader *in, const json_t *json, int depth)
{
    const char *name;
    json_t *item;
    json_object_foreach((json_t *)(uintptr_t)json, name, item)
    {
        ei_value *made = NULL;
        if (strlen(name) > EI_FORM_NAME_MAX)
            return too_big(in, "the name of a property is longer than 1024 bytes");
        EI_TRY(of_json(in, item, depth, &made));
        EI_TRY(copy_text(in, name, strlen(name), &made->name, &made->name_length));
        EI_TRY(push(in, made));
    }
    return EDU_OK;
}

static edu_status container_of_json(reader *in, const json_t *json, int depth, ei_value *made)
{
    size_t first = in->stacked;
    EI_TRY(check_depth(in, depth));
    if (json_is_object(json))
        EI_TRY(members_of_json(in, json, depth));
    for (size_t i = 0; i < json_array_size(json); i++) {
        ei_value *item = NULL;
        EI_TRY(of_json(in, json_array_get(json, i), depth, &item));
        EI_TRY(push(in, item));
    }
    return close_container(in, made, first);
}

static edu_status number_of_json(reader *in, const json_t *json, ei_value *made)
{
    char text[EI_DOUBLE_TEXT];
    if (json_is_integer(json))
        (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(json));
    else if (!isfinite(json_real_value(json)))
        return refuse(in, "a number is not finite");
    else
        ei_double_format(json_real_value(json), text);
    return set_number(in, made, text, strlen(text));
}

static edu_status of_json(reader *in, const json_t *json, int depth, ei_value **out)
{
    static const ei_value_type types[] = {
        [JSON_OBJECT] = EI_VALUE_OBJECT, [JSON_ARRAY] = EI_VALUE_ARRAY,
        [JSON_STRING] = EI_VALUE_STRING, [JSON_INTEGER] = EI_VALUE_NUMBER,
        [JSON_REAL] = EI_VALUE_NUMBER,   [JSON_TRUE] = EI_VALUE_BOOL,
        [JSON_FALSE] = EI_VALUE_BOOL,    [JSON_NULL] = EI_VALUE_NULL,
    };
    EI_TRY(new_value(in, types[json_typeof(json)], out));
    (*out)->truth = json_is_true(json);
    if (json_is_number(json))
        return number_of_json(in, json, *out);
    if (json_is_string(json))
        return copy_text(in, json_string_value(json), json_string_length(json), &(*out)->text,
                         &(*out)->length);
    return json_is_object(json) || json_is_array(json)
               ? container_of_json(in, json, depth + 1, *out)
               : EDU_OK;
}

edu_status ei_value_of_json(ei_arena *arena, const json_t *json, const ei_value_limits *limits,
                            ei_value **out, edu_error *error)
{
    reader in = {.arena = arena, .limits = limits, .error = error};
    edu_status status = of_json(&in, json, 0, out);
    ei_free(in.stack);
    return status;
}

/* ---- to json_t ---- */

static json_t *number_to_json(const ei_value *value)
{
    const char *text = value->text;
    if (!strpbrk(text, ".eE")) {
        int64_t whole;
        if (ei_int_parse(text, INT64_MIN, INT64_MAX, &whole))
            return json_integer(whole);
    }
    return ei_json_load(text, value->length, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
}

static bool add_items(const ei_value *value, bool only_kept, json_t *out)
{
    for (uint32_t i = 0; i < value->count; i++) {
        const ei_value *item = value->items[i];
        if (value->type == EI_VALUE_OBJECT && only_kept && value->is_described && !item->is_kept)
            continue;
        json_t *made = ei_value_to_json(item, only_kept);
        bool added = value->type == EI_VALUE_ARRAY
                         ? json_array_append_new(out, made) == 0
                         : json_object_set_new_nocheck(out, item->name, made) == 0;
        if (!added)
            return false;
    }
    return true;
}

json_t *ei_value_to_json(const ei_value *value, bool only_kept)
{
    switch (value->type) {
    case EI_VALUE_NULL:
        return json_null();
    case EI_VALUE_BOOL:
        return json_boolean(value->truth);
    case EI_VALUE_NUMBER:
        return number_to_json(value);
    case EI_VALUE_STRING:
        return json_stringn_nocheck(value->text, value->length);
    case EI_VALUE_ARRAY:
    case EI_VALUE_OBJECT:
        break;
    }
    json_t *out = value->type == EI_VALUE_ARRAY ? json_array() : json_object();
    if (out && !add_items(value, only_kept, out)) {
        json_decref(out);
        return NULL;
    }
    return out;
}

/* ---- looking at values ---- */

ei_value *ei_value_member(const ei_value *object, const char *name, size_t length)
{
    uint32_t low = 0, high = object->type == EI_VALUE_OBJECT ? object->count : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        ei_value *found = object->sorted[middle];
        int order = ei_names_compare(name, length, found->name, found->name_length);
        if (order == 0)
            return found;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool ei_value_is_text(const ei_value *value, const char *text)
{
    return value && value->type == EI_VALUE_STRING && value->length == strlen(text) &&
           memcmp(value->text, text, value->length) == 0;
}

static int compare_items(const ei_value *a, const ei_value *b, int64_t *steps)
{
    bool is_object = a->type == EI_VALUE_OBJECT;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (uint32_t i = 0; i < a->count; i++) {
        const ei_value *left = is_object ? a->sorted[i] : a->items[i];
        const ei_value *right = is_object ? b->sorted[i] : b->items[i];
        int order = is_object ? ei_names_compare(left->name, left->name_length, right->name,
                                                 right->name_length)
                              : 0;
        if (order == 0)
            order = ei_value_compare(left, right, steps);
        if (order != 0)
            return order;
    }
    return 0;
}

int ei_value_compare(const ei_value *a, const ei_value *b, int64_t *steps)
{
    *steps -= 2 + (a->length < b->length ? a->length : b->length) / 64;
    if (*steps < 0)
        return 0;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    switch (a->type) {
    case EI_VALUE_NULL:
        return 0;
    case EI_VALUE_BOOL:
        return a->truth - b->truth;
    case EI_VALUE_NUMBER:
        return ei_decimal_compare(&a->number, &b->number);
    case EI_VALUE_STRING:
        return ei_names_compare(a->text, a->length, b->text, b->length);
    case EI_VALUE_ARRAY:
    case EI_VALUE_OBJECT:
        return compare_items(a, b, steps);
    }
    return 0;
}

void ei_pointer_add(ei_buffer *out, const char *token, size_t length)
{
    ei_buffer_text(out, "/");
    for (size_t i = 0, plain; i < length; i += plain) {
        for (plain = 0; i + plain < length && token[i + plain] != '~' && token[i + plain] != '/';)
            plain++;
        ei_buffer_add(out, token + i, plain);
        if (i + plain < length)
            ei_buffer_text(out, token[i + plain++] == '~' ? "~0" : "~1");
    }
}

static void add_token(ei_buffer *out, const ei_value *value)
{
    if (value->parent->type == EI_VALUE_ARRAY)
        ei_buffer_printf(out, "/%u", value->index);
    else
        ei_pointer_add(out, value->name, value->name_length);
}

void ei_value_pointer(const ei_value *value, const char *more, size_t more_length, ei_buffer *out)
{
    const ei_value *path[EI_FORM_DEPTH_MAX + 2];
    size_t depth = 0;
    ei_buffer_text(out, "");
    for (; value && value->parent && depth < EI_COUNT(path); value = value->parent)
        path[depth++] = value;
    while (depth > 0)
        add_token(out, path[--depth]);
    if (more)
        ei_pointer_add(out, more, more_length);
}

size_t ei_value_characters(const ei_value *string)
{
    size_t count = 0;
    for (uint32_t i = 0; i < string->length; i++)
        count += ((unsigned char)string->text[i] & 0xc0) != 0x80;
    return count;
}

ei_value *ei_value_step(const ei_value *value, const char *token, size_t length)
{
    int64_t index;
    char text[24];
    if (value->type == EI_VALUE_OBJECT)
        return ei_value_member(value, token, length);
    if (value->type != EI_VALUE_ARRAY || length == 0 || length >= sizeof text ||
        (token[0] == '0' && length > 1) || token[0] == '-' || token[0] == '+')
        return NULL;
    memcpy(text, token, length);
    text[length] = 0;
    return ei_int_parse(text, 0, (int64_t)value->count - 1, &index) ? value->items[index] : NULL;
}
