/* From what a page posts, texts by name, to the form: numbers, truths, lists, objects. What is not
 * of its kind stays the text it is, so that it can be judged, told of, and shown again. */
#include <stdio.h>
#include <string.h>
#include "form/fields.h"

#define NUMBER_MAX 64

typedef struct poster {
    ei_arena *arena;
    ei_fields *fields;
    const json_t *posted;
    json_t *data;
    bool *failed; /* out of memory: a value may be missing */
} poster;

/* ---- what was posted ---- */

/* The index-th text under a name; NULL where there is none. */
static const char *text_at(const poster *in, const char *name, size_t index)
{
    const json_t *found = json_object_get(in->posted, name);
    if (json_is_array(found))
        return json_string_value(json_array_get(found, index));
    return index == 0 ? json_string_value(found) : NULL;
}

/* What must not be NULL, unless memory is out. */
static void *made_of(const poster *in, void *value)
{
    if (!value)
        *in->failed = true;
    return value;
}

static const char *part_of(const poster *in, const char *pointer, const char *part)
{
    char *name = made_of(in, ei_arena_printf(in->arena, "%s#%s", pointer, part));
    const char *text = name ? text_at(in, name, 0) : NULL;
    return text ? text + strspn(text, " ") : "";
}

/* Without white space around; line ends become one \n. NULL for a blank one. */
static json_t *clean_text(const poster *in, const char *text)
{
    ei_buffer out = {0};
    text += strspn(text, " \t\r\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\r')
            ei_buffer_add(&out, text + i, 1);
    json_t *made = out.size > 0 ? made_of(in, json_stringn(out.data, out.size)) : NULL;
    if (out.failed)
        *in->failed = true;
    ei_buffer_free(&out);
    return made;
}

/* ---- kinds ---- */

/* "1 250,5" is how people write 1250.5. */
static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    text += *text == '-';
    size_t whole = strspn(text, digits), behind = 0;
    bool has_point = text[whole] == '.';
    if (has_point)
        behind = strspn(text + whole + 1, digits);
    return whole > 0 && (!has_point || behind > 0) && text[whole + has_point + behind] == 0;
}

static json_t *number_of(const poster *in, const char *text)
{
    char plain[NUMBER_MAX] = "";
    size_t length = 0;
    for (const char *at = text; *at && length < sizeof plain - 1; at++) {
        bool is_space = *at == ' ' || strncmp(at, "\xc2\xa0", 2) == 0;
        if (is_space)
            at += *at != ' ';
        else
            plain[length++] = *at == ',' ? '.' : *at;
    }
    plain[length] = 0;
    bool is_negative = plain[0] == '-';
    const char *from = plain + is_negative;
    while (from[0] == '0' && from[1] >= '0' && from[1] <= '9')
        from++;
    char number[NUMBER_MAX + 1];
    (void)snprintf(number, sizeof number, "%s%s", is_negative ? "-" : "", from);
    if (!is_number(number))
        return clean_text(in, text);
    int64_t whole;
    if (ei_int_parse(number, INT64_MIN, INT64_MAX, &whole))
        return made_of(in, json_integer(whole));
    return made_of(
        in, ei_json_load(number, strlen(number), JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL));
}

/* A whole number, blanks behind it allowed; -1 for anything else. */
static int digits_of(const char *text)
{
    int value = 0;
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > 4 || text[length + strspn(text + length, " ")] != 0)
        return -1;
    for (size_t i = 0; i < length; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

static json_t *date_of(const poster *in, const char *pointer)
{
    const char *day = part_of(in, pointer, "day"), *month = part_of(in, pointer, "month");
    const char *year = part_of(in, pointer, "year"), *whole = text_at(in, pointer, 0);
    char text[64];
    if (!*day && !*month && !*year)
        return whole ? clean_text(in, whole) : NULL;
    int d = digits_of(day), m = digits_of(month), y = digits_of(year);
    if (d >= 0 && d < 100 && m >= 0 && m < 100 && y >= 0)
        (void)snprintf(text, sizeof text, "%04d-%02d-%02d", y, m, d);
    else
        (void)snprintf(text, sizeof text, "%.8s-%.8s-%.8s", year, month, day);
    return made_of(in, json_string(text));
}

static json_t *choice_of(const poster *in, const ei_field_of *field, const char *text)
{
    const ei_value *one;
    for (uint32_t i = 0; (one = ei_node_choice(field->node, i)) != NULL; i++)
        if (strcmp(ei_choice_name(one), text) == 0)
            return made_of(in, ei_value_to_json(one, false));
    return clean_text(in, text);
}

static json_t *choices_of(const poster *in, const ei_field_of *field, const char *pointer)
{
    json_t *list = made_of(in, json_array());
    const char *text;
    for (size_t i = 0; i < EI_ROWS_MAX && (text = text_at(in, pointer, i)) != NULL; i++) {
        json_t *one = *text ? choice_of(in, field, text) : NULL;
        if (one && json_array_append_new(list, one) != 0)
            *in->failed = true;
    }
    if (json_array_size(list) > 0)
        return list;
    json_decref(list);
    return NULL;
}

/* The value of a field; NULL where it was left blank. */
static json_t *value_of(const poster *in, const ei_field_of *field, const char *pointer)
{
    if (field->kind == EI_FIELD_DATE)
        return date_of(in, pointer);
    if (field->kind == EI_FIELD_CHOICES)
        return choices_of(in, field, pointer);
    const char *text = text_at(in, pointer, 0);
    if (!text || text[strspn(text, " \t\r\n")] == 0)
        return NULL;
    switch (field->kind) {
    case EI_FIELD_NUMBER:
        return number_of(in, text);
    case EI_FIELD_CHOICE:
        return choice_of(in, field, text);
    case EI_FIELD_YES_NO:
        return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ? json_boolean(*text == 't')
                                                                       : clean_text(in, text);
    default:
        return clean_text(in, text);
    }
}

/* ---- laying it together ---- */

/* Sets what a pointer leads to, below an object; objects on the way are made. Takes value over. */
static bool set_at(json_t *object, const char *pointer, json_t *value)
{
    char token[EI_FORM_NAME_MAX + 1];
    size_t length = 0;
    for (pointer++; *pointer && *pointer != '/' && length < EI_FORM_NAME_MAX; pointer++) {
        bool is_escape = *pointer == '~' && (pointer[1] == '0' || pointer[1] == '1');
        token[length++] = is_escape ? (*++pointer == '0' ? '~' : '/') : *pointer;
    }
    token[length] = 0;
    if (!*pointer)
        return json_object_set_new(object, token, value) == 0;
    if (!json_is_object(json_object_get(object, token)))
        json_object_set_new(object, token, json_object());
    return set_at(json_object_get(object, token), pointer, value);
}

static bool is_blank_row(const json_t *row)
{
    return !row || json_is_null(row) || (json_is_object(row) && json_object_size(row) == 0);
}

/* One row: the only value of a plain list, else an object. */
static json_t *row_of(const poster *in, const ei_field_of *list, uint32_t row)
{
    char *base = made_of(in, ei_arena_printf(in->arena, "%s/%u", list->pointer, row));
    json_t *made = list->is_plain ? NULL : made_of(in, json_object());
    for (size_t i = 0; base && i < in->fields->count; i++) {
        const ei_field_of *field = &in->fields->items[i];
        if (field->list != list)
            continue;
        char *pointer = made_of(in, ei_pointer_of_row(in->arena, field->pointer, row));
        json_t *value = pointer ? value_of(in, field, pointer) : NULL;
        if (list->is_plain)
            made = value;
        else if (value && !set_at(made, pointer + strlen(base), value))
            *in->failed = true;
    }
    return made;
}

/* The number of rows of which something was posted. */
static uint32_t count_rows(const poster *in, const ei_field_of *list)
{
    size_t length = strlen(list->pointer);
    uint32_t count = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)in->posted, name, value)
    {
        if (strncmp(name, list->pointer, length) != 0 || name[length] != '/')
            continue;
        uint32_t row = 0;
        for (const char *at = name + length + 1; *at >= '0' && *at <= '9' && row < EI_ROWS_MAX;
             at++)
            row = row * 10 + (uint32_t)(*at - '0');
        if (row < EI_ROWS_MAX && row >= count)
            count = row + 1;
    }
    return count;
}

static json_t *list_of(const poster *in, const ei_field_of *list)
{
    json_t *out = made_of(in, json_array());
    const char *add = text_at(in, "add", 0), *remove = text_at(in, "remove", 0);
    uint32_t count = count_rows(in, list);
    for (uint32_t i = 0; i < count; i++) {
        char *base = made_of(in, ei_arena_printf(in->arena, "%s/%u", list->pointer, i));
        json_t *row = row_of(in, list, i);
        bool is_removed = base && remove && strcmp(base, remove) == 0;
        /* Where a row is added, those that are still blank stay. */
        if (is_removed || (is_blank_row(row) && !(add && strcmp(add, list->pointer) == 0)))
            json_decref(row);
        else if (json_array_append_new(out, row ? row : json_string("")) != 0)
            *in->failed = true;
    }
    if (add && strcmp(add, list->pointer) == 0 && json_array_size(out) < EI_ROWS_MAX)
        if (json_array_append_new(out, list->is_plain ? json_string("") : json_object()) != 0)
            *in->failed = true;
    if (json_array_size(out) > 0)
        return out;
    json_decref(out);
    return NULL;
}

static edu_status read_fields(poster *in, edu_error *error)
{
    for (size_t i = 0; i < in->fields->count; i++) {
        const ei_field_of *field = &in->fields->items[i];
        if (field->list)
            continue;
        json_t *value =
            field->kind == EI_FIELD_LIST ? list_of(in, field) : value_of(in, field, field->pointer);
        if (value && !set_at(in->data, field->pointer, value))
            return ei_no_memory(error);
    }
    return *in->failed ? ei_no_memory(error) : EDU_OK;
}

/* An object that must be there is there, so that what is missing in it is told of field by field.
 */
static bool add_required_objects(const ei_node *node, json_t *data, int depth)
{
    bool good = depth < EI_FORM_DEPTH_MAX;
    for (uint32_t i = 0; good && node->required && i < node->required->count; i++) {
        const ei_value *name = node->required->items[i];
        const ei_named_node *one = ei_node_named_text(&node->properties, name->text, name->length);
        if (!one || !ei_node_is_object(one->node))
            continue;
        json_t *below = json_object_get(data, name->text);
        if (!below && json_object_set_new(data, name->text, below = json_object()) != 0)
            return false;
        good = add_required_objects(one->node, below, depth + 1);
    }
    if (good && node->ref)
        good = add_required_objects(node->ref, data, depth + 1);
    for (uint32_t i = 0; good && i < node->all_of.count; i++)
        good = add_required_objects(node->all_of.items[i], data, depth + 1);
    return good;
}

edu_status ei_form_read_posted(const ei_form *form, const json_t *posted, json_t **out,
                               edu_error *error)
{
    bool failed = false;
    poster in = {
        .arena = ei_arena_new(), .posted = posted, .data = json_object(), .failed = &failed};
    edu_status status = in.arena && in.data ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK && !json_is_object(posted))
        status = ei_bad_argument(error, "posted");
    if (status == EDU_OK)
        status = ei_fields_find(in.arena, form, &in.fields, error);
    if (status == EDU_OK)
        status = read_fields(&in, error);
    if (status == EDU_OK && !add_required_objects(form->root, in.data, 0))
        status = ei_no_memory(error);
    ei_arena_free(in.arena);
    if (status == EDU_OK)
        *out = in.data;
    else
        json_decref(in.data);
    return status;
}
