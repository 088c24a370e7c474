/* A form as a page shows it: sections of fields with their texts in one language, values, and
 * whether what was answered so far makes them active. A front end only draws it. */
#include <stdio.h>
#include <string.h>
#include "form/fields.h"

typedef struct viewer {
    const ei_form *form;
    ei_arena *arena;
    ei_fields *fields;
    const json_t *hints;
    ei_value *data;
    ei_value nothing; /* an object that is not there */
    const char *language;
    ei_check check;
} viewer;

/* What must not be NULL, unless memory is out. */
static void *made_of(viewer *view, void *value)
{
    if (!value)
        view->check.is_out_of_memory = true;
    return value;
}

static void append(viewer *view, json_t *list, json_t *value)
{
    if (json_array_append_new(list, value) != 0)
        view->check.is_out_of_memory = true;
}

/* ---- conditions ---- */

static bool holds(viewer *view, const ei_node *node, const ei_value *value)
{
    return ei_check_value(&view->check, node, value, NULL);
}

static bool variant_is_open(viewer *view, const ei_condition *one, const ei_value *value)
{
    if (holds(view, one->node, value))
        return true;
    for (uint32_t i = 0; i < one->variants->count; i++)
        if (holds(view, one->variants->items[i], value))
            return false;
    return true;
}

static bool condition_holds(viewer *view, const ei_condition *one, uint32_t row)
{
    for (; one; one = one->outer) {
        char *place = made_of(view, ei_pointer_of_row(view->arena, one->place, row));
        const ei_value *value = place ? ei_value_at(view->data, place) : NULL;
        if (!value)
            value = &view->nothing;
        bool is_so = one->variants ? variant_is_open(view, one, value)
                     : one->node   ? holds(view, one->node, value)
                                   : ei_value_member(value, one->name, strlen(one->name)) != NULL;
        if (is_so != one->wanted)
            return false;
    }
    return true;
}

static bool any_holds(viewer *view, const ei_occurrence *list, uint32_t row)
{
    for (; list; list = list->next)
        if (condition_holds(view, list->condition, row))
            return true;
    return false;
}

/* The one property that a condition asks of, and the values it wants: NULL where it asks more. */
static const ei_value *simple_condition(const ei_condition *one)
{
    if (!one || one->outer || !one->node || one->variants || !one->wanted)
        return NULL;
    const ei_value *properties = EI_MEMBER(one->node->value, "properties");
    if (!properties || properties->type != EI_VALUE_OBJECT || properties->count != 1)
        return NULL;
    const ei_value *asked = properties->items[0];
    return EI_MEMBER(asked, "const") || EI_MEMBER(asked, "enum") ? asked : NULL;
}

static void add_wanted(viewer *view, const ei_value *asked, json_t *values)
{
    const ei_value *list = EI_MEMBER(asked, "enum"), *one = EI_MEMBER(asked, "const");
    if (one)
        append(view, values, json_string(ei_choice_name(one)));
    for (uint32_t i = 0; !one && i < list->count; i++)
        append(view, values, json_string(ei_choice_name(list->items[i])));
}

/* {"field", "values"} where all ways to the field hang on the answers of one other; else null. */
static json_t *shown_if(viewer *view, const ei_field_of *field, uint32_t row)
{
    const ei_value *first = simple_condition(field->shown->condition);
    json_t *values = made_of(view, json_array());
    for (const ei_occurrence *one = field->shown; one; one = one->next) {
        const ei_value *asked = simple_condition(one->condition);
        bool is_same =
            first && asked && values &&
            strcmp(one->condition->place, field->shown->condition->place) == 0 &&
            ei_names_compare(asked->name, asked->name_length, first->name, first->name_length) == 0;
        if (!is_same) {
            json_decref(values);
            return json_null();
        }
        add_wanted(view, asked, values);
    }
    ei_buffer pointer = {0};
    char *place =
        made_of(view, ei_pointer_of_row(view->arena, field->shown->condition->place, row));
    ei_buffer_text(&pointer, place ? place : "");
    ei_pointer_add(&pointer, first->name, first->name_length);
    json_t *made =
        pointer.failed ? NULL : json_pack("{s:s, s:O}", "field", pointer.data, "values", values);
    ei_buffer_free(&pointer);
    json_decref(values);
    return made;
}

/* ---- texts ---- */

static json_t *text_in(const viewer *view, const json_t *texts)
{
    json_t *found = json_object_get(texts, view->language);
    if (!found && json_object_size(texts) > 0)
        found = json_object_iter_value(json_object_iter((json_t *)(uintptr_t)texts));
    return found ? json_incref(found) : json_null();
}

static json_t *choices_of(viewer *view, const ei_field_of *field, const json_t *hint)
{
    json_t *out = json_array();
    const ei_value *one;
    for (uint32_t i = 0; (one = ei_node_choice(field->node, i)) != NULL; i++) {
        const char *name = ei_choice_name(one);
        const json_t *titles = json_object_get(json_object_get(hint, "choices"), name);
        append(view, out,
               json_pack("{s:s, s:o}", "value", name, "title",
                         titles ? text_in(view, titles) : json_string(name)));
    }
    return out;
}

static json_t *limits_of(viewer *view, const ei_node *node)
{
    static const char *const names[] = {"minLength", "maxLength",        "minimum",
                                        "maximum",   "exclusiveMinimum", "exclusiveMaximum"};
    json_t *out = json_object();
    for (size_t i = 0; i < EI_COUNT(names); i++) {
        const ei_value *found = ei_node_keyword(node, names[i]);
        if (found && json_object_set_new(out, names[i], ei_value_to_json(found, false)) != 0)
            view->check.is_out_of_memory = true;
    }
    return out;
}

static const char *kind_name(const ei_field_of *field)
{
    static const char *const names[] = {"text",   "number",  "date", "yes_no",
                                        "choice", "choices", "list"};
    return names[field->kind];
}

static const char *widget_of(const ei_field_of *field, const json_t *hint)
{
    static const char *const names[] = {"text",   "text",       "date", "radios",
                                        "radios", "checkboxes", "rows"};
    const json_t *wish = json_object_get(hint, "widget");
    return wish ? json_string_value(wish) : names[field->kind];
}

/* ---- fields ---- */

static json_t *field_of(viewer *view, ei_field_of *field, uint32_t row);

static json_t *fields_of(viewer *view, const json_t *pointers, uint32_t row)
{
    json_t *out = json_array(), *one;
    size_t index;
    json_array_foreach(pointers, index, one)
    {
        ei_field_of *field = ei_fields_named(view->fields, json_string_value(one));
        if (json_array_append_new(out, field_of(view, field, row)) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

static json_t *row_of(viewer *view, const ei_field_of *list, const json_t *hint, uint32_t row)
{
    char *pointer = made_of(view, ei_arena_printf(view->arena, "%s/%u", list->pointer, row));
    json_t *fields;
    if (list->is_plain) {
        char *below = made_of(view, ei_arena_printf(view->arena, "%s/*", list->pointer));
        ei_field_of *only = below ? ei_fields_named(view->fields, below) : NULL;
        fields = only ? json_pack("[o]", field_of(view, only, row)) : NULL;
    } else {
        fields = fields_of(view, json_object_get(hint, "fields"), row);
    }
    return json_pack("{s:s, s:o}", "pointer", pointer ? pointer : "", "fields", fields);
}

/* As many as are filled in, as must be, or one to begin with. */
static json_t *rows_of(viewer *view, const ei_field_of *list, const json_t *hint)
{
    const ei_value *value = ei_value_at(view->data, list->pointer);
    uint32_t count = value && value->type == EI_VALUE_ARRAY ? value->count : 0;
    int64_t least = list->list_node->min_items > 1 ? list->list_node->min_items : 1;
    json_t *out = json_array();
    if (count < least)
        count = least < EI_ROWS_MAX ? (uint32_t)least : EI_ROWS_MAX;
    for (uint32_t i = 0; i < count && i < EI_ROWS_MAX; i++)
        append(view, out, row_of(view, list, hint, i));
    return out;
}

static bool add_more(viewer *view, ei_field_of *field, const json_t *hint, json_t *out)
{
    const ei_value *format = ei_node_keyword(field->node, "format");
    bool good = json_object_set_new(out, "limits", limits_of(view, field->node)) == 0;
    if (format && format->type == EI_VALUE_STRING)
        good = json_object_set_new(out, "format", json_string(format->text)) == 0 && good;
    if (json_object_get(hint, "autocomplete"))
        good = json_object_set(out, "autocomplete", json_object_get(hint, "autocomplete")) == 0 &&
               good;
    if (field->kind == EI_FIELD_CHOICE || field->kind == EI_FIELD_CHOICES)
        good = json_object_set_new(out, "choices", choices_of(view, field, hint)) == 0 && good;
    if (field->kind == EI_FIELD_LIST) {
        good = json_object_set_new(out, "rows", rows_of(view, field, hint)) == 0 && good;
        good = json_object_set_new(out, "add", text_in(view, json_object_get(hint, "add"))) == 0 &&
               good;
    }
    return good;
}

static json_t *field_of(viewer *view, ei_field_of *field, uint32_t row)
{
    const json_t *hint = json_object_get(json_object_get(view->hints, "fields"), field->pointer);
    char *pointer = made_of(view, ei_pointer_of_row(view->arena, field->pointer, row));
    const ei_value *value = pointer ? ei_value_at(view->data, pointer) : NULL;
    json_t *out = json_pack(
        "{s:s, s:s, s:s, s:b, s:b, s:b, s:o, s:o, s:o, s:o}", "pointer", pointer ? pointer : "",
        "kind", kind_name(field), "widget", widget_of(field, hint), "is_whole", field->is_whole,
        "is_active", any_holds(view, field->shown, row), "is_required",
        any_holds(view, field->required, row), "title",
        text_in(view, json_object_get(hint, "title")), "help",
        text_in(view, json_object_get(hint, "help")), "value",
        value && field->kind != EI_FIELD_LIST ? ei_value_to_json(value, false) : json_null(),
        "shown_if", shown_if(view, field, row));
    if (out && !add_more(view, field, hint, out)) {
        json_decref(out);
        return NULL;
    }
    return out;
}

static json_t *sections_of(viewer *view)
{
    json_t *out = json_array(), *section;
    size_t index;
    json_array_foreach(json_object_get(view->hints, "sections"), index, section)
    {
        append(view, out,
               json_pack("{s:o, s:o, s:o}", "title",
                         text_in(view, json_object_get(section, "title")), "text",
                         text_in(view, json_object_get(section, "text")), "fields",
                         fields_of(view, json_object_get(section, "fields"), 0)));
    }
    return out;
}

static edu_status show(viewer *view, json_t **out, edu_error *error)
{
    *out = json_pack(
        "{s:o, s:o, s:o}", "title", text_in(view, json_object_get(view->hints, "title")), "text",
        text_in(view, json_object_get(view->hints, "text")), "sections", sections_of(view));
    if (*out && !ei_check_is_exhausted(&view->check) && !ei_check_is_out_of_memory(&view->check))
        return EDU_OK;
    json_decref(*out);
    *out = NULL;
    return ei_check_is_exhausted(&view->check) && !ei_check_is_out_of_memory(&view->check)
               ? ei_fail(error, EDU_E_LIMIT, "form.too_complex", NULL,
                         "judging this form by its schema takes too many steps")
               : ei_no_memory(error);
}

edu_status ei_form_show(const ei_form *form, const json_t *hints, const json_t *data,
                        const char *language, json_t **out, edu_error *error)
{
    viewer view = {.form = form,
                   .arena = ei_arena_new(),
                   .hints = hints,
                   .nothing = {.type = EI_VALUE_OBJECT},
                   .language = language,
                   .check = {.form = form, .steps = EI_FORM_STEPS, .quiet = 1}};
    if (!view.arena)
        return ei_no_memory(error);
    edu_status status = ei_fields_find(view.arena, form, &view.fields, error);
    if (status == EDU_OK)
        status = ei_hints_check(hints, view.fields, error);
    if (status == EDU_OK)
        status = ei_value_of_json(view.arena, data, &ei_data_limits, &view.data, error);
    if (status == EDU_OK)
        status = show(&view, out, error);
    ei_arena_free(view.arena);
    return status;
}
