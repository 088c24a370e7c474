/* Checking the document that says how a form is shown: every field has its place and its texts. */
#include <stdio.h>
#include <string.h>
#include "form/fields.h"

#define TEXT_MAX 2000
#define POINTER_MAX 128

typedef struct checker {
    const json_t *hints, *languages;
    ei_fields *fields;
    bool is_placed[EI_FIELDS_MAX];
    edu_error *error;
} checker;

/* A place in the hints. */
typedef struct spot {
    char pointer[POINTER_MAX];
} spot;

static spot below(const spot *at, const char *name)
{
    spot made = *at;
    ei_buffer out = {0};
    ei_buffer_text(&out, at->pointer);
    ei_pointer_add(&out, name, strlen(name));
    if (!out.failed)
        (void)snprintf(made.pointer, sizeof made.pointer, "%s", out.data);
    ei_buffer_free(&out);
    return made;
}

static edu_status fault(checker *in, const spot *at, const char *what)
{
    return ei_fail(in->error, EDU_E_INVALID, "form.hints", at->pointer,
                   "the hints are refused: %s: %s", at->pointer[0] ? at->pointer : "/", what);
}

static edu_status fault_below(checker *in, const spot *at, const char *name, const char *what)
{
    spot here = below(at, name);
    return fault(in, &here, what);
}

static edu_status check_keys(checker *in, const json_t *object, const char *const *known,
                             const spot *at)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object))
        return fault(in, at, "this must be an object");
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        bool found = false;
        for (size_t i = 0; known[i] && !found; i++)
            found = strcmp(known[i], name) == 0;
        if (!found)
            return fault_below(in, at, name, "this keyword is not known");
    }
    return EDU_OK;
}

static edu_status check_texts(checker *in, const json_t *object, const char *name, bool optional,
                              const spot *at)
{
    const json_t *texts = json_object_get(object, name);
    spot here = below(at, name);
    const char *language;
    json_t *text;
    if (!texts && optional)
        return EDU_OK;
    if (!json_is_object(texts) || json_object_size(texts) == 0)
        return fault(in, &here, "this must be an object of texts by language");
    json_object_foreach((json_t *)(uintptr_t)texts, language, text)
    {
        if (!json_is_string(text) || json_string_length(text) == 0 ||
            json_string_length(text) > TEXT_MAX)
            return fault_below(in, &here, language, "this must be a text of 1 to 2000 bytes");
        if (!json_object_get(in->languages, language))
            return fault_below(in, &here, language, "the title does not have this language");
    }
    json_object_foreach((json_t *)(uintptr_t)in->languages, language, text)
    {
        if (!json_object_get(texts, language))
            return fault_below(in, &here, language, "this language is missing");
    }
    return EDU_OK;
}

/* ---- fields ---- */

static bool is_widget(const ei_field_of *field, const char *widget)
{
    static const char *const widgets[][4] = {
        [EI_FIELD_TEXT] = {"text", "long_text"},
        [EI_FIELD_NUMBER] = {"text"},
        [EI_FIELD_DATE] = {"date", "text"},
        [EI_FIELD_YES_NO] = {"radios", "checkbox"},
        [EI_FIELD_CHOICE] = {"radios", "select"},
        [EI_FIELD_CHOICES] = {"checkboxes"},
        [EI_FIELD_LIST] = {"rows"},
    };
    for (size_t i = 0; i < 4 && widgets[field->kind][i]; i++)
        if (strcmp(widgets[field->kind][i], widget) == 0)
            return true;
    return false;
}

static edu_status check_choices(checker *in, const ei_field_of *field, const json_t *hint,
                                const spot *at)
{
    const json_t *titles = json_object_get(hint, "choices");
    bool has_choices = field->kind == EI_FIELD_CHOICE || field->kind == EI_FIELD_CHOICES;
    spot here = below(at, "choices");
    const char *name;
    json_t *value;
    if (!has_choices)
        return titles ? fault(in, &here, "this field has nothing to choose from") : EDU_OK;
    uint32_t count = 0;
    for (const ei_value *one; (one = ei_node_choice(field->node, count)) != NULL; count++) {
        if (one->type == EI_VALUE_ARRAY || one->type == EI_VALUE_OBJECT)
            return fault(in, at, "a choice that is shown is no list and no object");
        if (titles || one->type == EI_VALUE_STRING)
            EI_TRY(check_texts(in, titles, ei_choice_name(one), false, &here));
    }
    json_object_foreach((json_t *)(uintptr_t)titles, name, value)
    {
        bool found = false;
        for (uint32_t i = 0; i < count && !found; i++)
            found = strcmp(ei_choice_name(ei_node_choice(field->node, i)), name) == 0;
        if (!found)
            return fault_below(in, &here, name, "the schema does not have this choice");
    }
    return EDU_OK;
}

static edu_status place_fields(checker *in, const json_t *list, const ei_field_of *within,
                               const spot *at)
{
    size_t index;
    json_t *one;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return fault(in, at, "this must be an array of pointers to fields");
    json_array_foreach(list, index, one)
    {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", index);
        const char *pointer = json_string_value(one);
        ei_field_of *field = pointer ? ei_fields_named(in->fields, pointer) : NULL;
        if (!field)
            return fault_below(in, at, number, "the schema has no such field");
        if (field->list != within)
            return fault_below(in, at, number, "a field of a list stands with its list");
        if (in->is_placed[field - in->fields->items])
            return fault_below(in, at, number, "this field stands here twice");
        in->is_placed[field - in->fields->items] = true;
    }
    return EDU_OK;
}

static bool is_token(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = text ? strlen(text) : 0;
    return length > 0 && length <= 64 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789- ") == length;
}

static edu_status check_field(checker *in, const ei_field_of *field, const json_t *hint,
                              const spot *at)
{
    static const char *const keys[] = {"title",   "help",   "widget", "autocomplete",
                                       "choices", "fields", "add",    NULL};
    EI_TRY(check_keys(in, hint, keys, at));
    EI_TRY(check_texts(in, hint, "title", false, at));
    EI_TRY(check_texts(in, hint, "help", true, at));
    const json_t *widget = json_object_get(hint, "widget");
    if (widget && (!json_is_string(widget) || !is_widget(field, json_string_value(widget))))
        return fault_below(in, at, "widget", "this field cannot be shown so");
    const json_t *autocomplete = json_object_get(hint, "autocomplete");
    if (autocomplete && !is_token(autocomplete))
        return fault_below(in, at, "autocomplete", "this is a word of HTML, such as email");
    EI_TRY(check_choices(in, field, hint, at));
    bool has_rows = field->kind == EI_FIELD_LIST && !field->is_plain;
    if (!has_rows && json_object_get(hint, "fields"))
        return fault_below(in, at, "fields", "this field has no rows");
    EI_TRY(check_texts(in, hint, "add", field->kind != EI_FIELD_LIST, at));
    spot here = below(at, "fields");
    return has_rows ? place_fields(in, json_object_get(hint, "fields"), field, &here) : EDU_OK;
}

static edu_status check_fields(checker *in, const spot *root)
{
    const json_t *hints = json_object_get(in->hints, "fields");
    spot at = below(root, "fields");
    const char *pointer;
    json_t *hint;
    if (!json_is_object(hints))
        return fault(in, &at, "this must be an object of hints by pointer");
    json_object_foreach((json_t *)(uintptr_t)hints, pointer, hint)
    {
        ei_field_of *field = ei_fields_named(in->fields, pointer);
        spot here = below(&at, pointer);
        if (!field)
            return fault(in, &here, "the schema has no such field");
        EI_TRY(check_field(in, field, hint, &here));
    }
    return EDU_OK;
}

/* Each field stands somewhere, and has a title. */
static edu_status check_all_placed(checker *in, const spot *root)
{
    for (size_t i = 0; i < in->fields->count; i++) {
        const ei_field_of *field = &in->fields->items[i];
        bool is_only = field->list && field->list->is_plain;
        spot at = below(root, "fields");
        if (is_only)
            continue;
        if (!json_object_get(json_object_get(in->hints, "fields"), field->pointer))
            return fault_below(in, &at, field->pointer, "this field has no hint");
        if (!in->is_placed[i])
            return fault_below(in, &at, field->pointer, "this field stands in no section");
    }
    return EDU_OK;
}

static edu_status check_sections(checker *in, const spot *root)
{
    static const char *const keys[] = {"title", "text", "fields", NULL};
    const json_t *list = json_object_get(in->hints, "sections");
    spot at = below(root, "sections");
    size_t index;
    json_t *section;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return fault(in, &at, "this must be an array of sections");
    json_array_foreach(list, index, section)
    {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", index);
        spot here = below(&at, number), fields = below(&here, "fields");
        EI_TRY(check_keys(in, section, keys, &here));
        EI_TRY(check_texts(in, section, "title", true, &here));
        EI_TRY(check_texts(in, section, "text", true, &here));
        EI_TRY(place_fields(in, json_object_get(section, "fields"), NULL, &fields));
    }
    return EDU_OK;
}

edu_status ei_hints_check(const json_t *hints, ei_fields *fields, edu_error *error)
{
    static const char *const keys[] = {"title", "text", "sections", "fields", NULL};
    checker in = {.hints = hints, .fields = fields, .error = error};
    spot root = {""};
    EI_TRY(check_keys(&in, hints, keys, &root));
    in.languages = json_object_get(hints, "title");
    EI_TRY(check_texts(&in, hints, "title", false, &root));
    EI_TRY(check_texts(&in, hints, "text", true, &root));
    EI_TRY(check_sections(&in, &root));
    EI_TRY(check_fields(&in, &root));
    return check_all_placed(&in, &root);
}
