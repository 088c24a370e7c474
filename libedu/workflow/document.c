#include "workflow/document.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX 4000

ei_place ei_place_below(const ei_place *at, const char *name)
{
    ei_place made;
    if (snprintf(made.pointer, sizeof made.pointer, "%s/%s", at->pointer, name) >=
        (int)sizeof made.pointer)
        made.pointer[sizeof made.pointer - 2] = '+';
    return made;
}

ei_place ei_place_index(const ei_place *at, size_t index)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", index);
    return ei_place_below(at, number);
}

edu_status ei_document_fault(edu_error *error, const ei_place *at, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "workflow.definition", at->pointer,
                   "the definition cannot be published: %s: %s", at->pointer[0] ? at->pointer : "/",
                   what);
}

edu_status ei_document_keys(const json_t *object, const char *const *keys, const ei_place *at,
                            edu_error *error)
{
    if (!json_is_object(object))
        return ei_document_fault(error, at, "this must be an object");
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        bool known = strcmp(name, "$comment") == 0;
        for (size_t i = 0; keys[i] && !known; i++)
            known = strcmp(keys[i] + (keys[i][0] == '?'), name) == 0;
        ei_place here = ei_place_below(at, name);
        if (!known)
            return ei_document_fault(error, &here, "this keyword is not known");
    }
    for (size_t i = 0; keys[i]; i++) {
        ei_place here = ei_place_below(at, keys[i]);
        if (keys[i][0] != '?' && !json_object_get(object, keys[i]))
            return ei_document_fault(error, &here, "this is missing");
    }
    return EDU_OK;
}

edu_status ei_document_flag(const json_t *object, const char *name, const ei_place *at, bool *out,
                            edu_error *error)
{
    const json_t *value = json_object_get(object, name);
    ei_place here = ei_place_below(at, name);
    *out = json_is_true(value);
    return !value || json_is_boolean(value)
               ? EDU_OK
               : ei_document_fault(error, &here, "this must be true or false");
}

bool ei_document_code(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return length >= 1 && length <= EI_CODE_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

/* {name} in braces; a brace is never anything else. */
static bool placeholders_hold(const char *text)
{
    for (const char *at = text; (at = strpbrk(at, "{}")) != NULL; at++) {
        size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
        if (*at == '}' || length == 0 || at[1 + length] != '}')
            return false;
        at += length + 1;
    }
    return true;
}

edu_status ei_document_texts(const json_t *texts, const json_t *languages, const ei_place *at,
                             edu_error *error)
{
    if (!json_is_object(texts))
        return ei_document_fault(error, at, "this must be an object of texts by language");
    const char *language;
    json_t *text;
    json_object_foreach((json_t *)(uintptr_t)texts, language, text)
    {
        ei_place here = ei_place_below(at, language);
        const char *value = json_string_value(text);
        size_t length = value ? strlen(value) : 0;
        if (length == 0 || length > TEXT_MAX)
            return ei_document_fault(error, &here, "this must be a text of 1 to 4000 bytes");
        if (!placeholders_hold(value))
            return ei_document_fault(error, &here, "a brace stands only around a name: {name}");
        if (!json_object_get(languages, language))
            return ei_document_fault(error, &here, "the title does not have this language");
    }
    json_object_foreach((json_t *)(uintptr_t)languages, language, text)
    {
        ei_place here = ei_place_below(at, language);
        if (!json_object_get(texts, language))
            return ei_document_fault(error, &here, "this language is missing");
    }
    return EDU_OK;
}

bool ei_document_pointer(const char *text)
{
    if (!text || *text != '/' || strlen(text) > 200)
        return false;
    for (const char *at = text; (at = strchr(at, '~')) != NULL; at++)
        if (at[1] != '0' && at[1] != '1')
            return false;
    return true;
}

/* One step of a JSON Pointer; *at moves behind it. */
static const json_t *step_into(const json_t *value, const char **at)
{
    char name[201];
    size_t length = 0;
    int64_t index;
    for (++*at; **at && **at != '/'; ++*at)
        name[length++] = **at == '~' ? (*++*at == '0' ? '~' : '/') : **at;
    name[length] = '\0';
    if (!json_is_array(value))
        return json_object_get(value, name);
    return ei_int_parse(name, 0, INT32_MAX, &index) ? json_array_get(value, (size_t)index) : NULL;
}

const json_t *ei_document_value(const json_t *form, const char *pointer)
{
    while (form && *pointer)
        form = step_into(form, &pointer);
    return form;
}
