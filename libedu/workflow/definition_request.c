#include "workflow/definition_request.h"

#include <stdio.h>
#include <string.h>
#include "form/fields.h"
#include "workflow/document.h"

#define AGE_MAX 150
#define GRADE_MAX 12
#define TITLES_MAX 20

/* A whole number; `usual` where it is not there. */
static edu_status read_number(const json_t *object, const char *name, int32_t least, int32_t most,
                              int32_t usual, const ei_place *at, int32_t *out, edu_error *error)
{
    const json_t *value = json_object_get(object, name);
    ei_place here = ei_place_below(at, name);
    json_int_t number = json_integer_value(value);
    *out = value ? (int32_t)number : usual;
    return !value || (json_is_integer(value) && number >= least && number <= most)
               ? EDU_OK
               : ei_document_fault(error, &here, "this must be a whole number within its bounds");
}

/* {"from", "until"} */
static edu_status read_span(const json_t *json, const char *name, int32_t most, const ei_place *at,
                            int32_t *from, int32_t *until, edu_error *error)
{
    static const char *const keys[] = {"?from", "?until", NULL};
    const json_t *span = json_object_get(json, name);
    ei_place here = ei_place_below(at, name);
    *from = *until = 0;
    if (!span)
        return EDU_OK;
    EI_TRY(ei_document_keys(span, keys, &here, error));
    EI_TRY(read_number(span, "from", 0, most, 0, &here, from, error));
    EI_TRY(read_number(span, "until", 1, most, most, &here, until, error));
    return *from <= *until ? EDU_OK : ei_document_fault(error, &here, "it ends before it begins");
}

static edu_status read_types(ei_document_kind *kind, const json_t *types, const ei_place *at,
                             edu_error *error)
{
    for (size_t i = 0; i < json_array_size(types); i++) {
        ei_media media = ei_media_named(json_string_value(json_array_get(types, i)));
        ei_place here = ei_place_index(at, i);
        if (media == EI_MEDIA_NONE)
            return ei_document_fault(error, &here,
                                     "this must be application/pdf, image/jpeg or image/png");
        kind->types |= (unsigned)media;
    }
    return kind->types ? EDU_OK : ei_document_fault(error, at, "this must be a list of types");
}

static edu_status read_counts(ei_document_kind *kind, const json_t *json, const ei_place *at,
                              edu_error *error)
{
    ei_place least = ei_place_below(at, "least");
    EI_TRY(read_number(json, "bytes_max", 1, EI_DOCUMENT_BYTES_MAX, 5 << 20, at, &kind->bytes_max,
                       error));
    EI_TRY(read_number(json, "least", 0, EI_DOCUMENT_COPIES_MAX, 1, at, &kind->least, error));
    EI_TRY(read_number(json, "most", 1, EI_DOCUMENT_COPIES_MAX, kind->least ? kind->least : 1, at,
                       &kind->most, error));
    return kind->least <= kind->most
               ? EDU_OK
               : ei_document_fault(error, &least, "more are needed than may be given");
}

static edu_status read_document(ei_document_kinds *kinds, const json_t *json,
                                const json_t *languages, const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"code",   "title", "types",      "?bytes_max",
                                       "?least", "?most", "?for_panel", NULL};
    ei_document_kind *kind = &kinds->list[kinds->count];
    ei_place code = ei_place_below(at, "code"), title = ei_place_below(at, "title"),
             types = ei_place_below(at, "types");
    EI_TRY(ei_document_keys(json, keys, at, error));
    kind->code = json_string_value(json_object_get(json, "code"));
    kind->title = json_object_get(json, "title");
    if (!ei_document_code(kind->code))
        return ei_document_fault(error, &code, "a document is named with a-z, 0-9, _ and -");
    if (ei_document_kind_find(kinds, kind->code))
        return ei_document_fault(error, &code, "there is one of this code already");
    if (languages)
        EI_TRY(ei_document_texts(kind->title, languages, &title, error));
    EI_TRY(read_types(kind, json_object_get(json, "types"), &types, error));
    EI_TRY(read_counts(kind, json, at, error));
    EI_TRY(ei_document_flag(json, "for_panel", at, &kind->for_panel, error));
    kinds->count++;
    return EDU_OK;
}

edu_status ei_document_kinds_read(const json_t *json, const json_t *languages, const char *at,
                                  ei_document_kinds *out, edu_error *error)
{
    ei_place place;
    (void)snprintf(place.pointer, sizeof place.pointer, "%s", at);
    *out = (ei_document_kinds){0};
    if (json && !json_is_array(json))
        return ei_document_fault(error, &place, "this must be a list");
    if (json_array_size(json) > EI_DOCUMENT_KINDS_MAX)
        return ei_document_fault(error, &place, "there must be at most 20 of these");
    for (size_t i = 0; i < json_array_size(json); i++) {
        ei_place here = ei_place_index(&place, i);
        EI_TRY(read_document(out, json_array_get(json, i), languages, &here, error));
    }
    return EDU_OK;
}

const ei_document_kind *ei_document_kind_find(const ei_document_kinds *kinds, const char *code)
{
    for (size_t i = 0; code && i < kinds->count; i++)
        if (strcmp(kinds->list[i].code, code) == 0)
            return &kinds->list[i];
    return NULL;
}

static edu_status read_window(ei_request_rules *rules, const json_t *window, edu_error *error)
{
    static const char *const keys[] = {"opens", "closes", NULL};
    ei_place at = {"/request/window"};
    rules->opens = rules->closes = EDU_TIME_NONE;
    if (!window)
        return EDU_OK;
    EI_TRY(ei_document_keys(window, keys, &at, error));
    const char *opens = json_string_value(json_object_get(window, "opens")),
               *closes = json_string_value(json_object_get(window, "closes"));
    if (!opens || !ei_time_parse(opens, &rules->opens) || !closes ||
        !ei_time_parse(closes, &rules->closes) || rules->opens >= rules->closes)
        return ei_document_fault(error, &at,
                                 "this must be two times as 2026-09-01T09:00:00+04:00, in order");
    return rules->has_offerings
               ? ei_document_fault(error, &at, "where there are offerings, each has its own window")
               : EDU_OK;
}

/* A fault in the form is told where it stands in the definition. */
static edu_status form_fault(const edu_error *fault, const ei_place *at, edu_error *error)
{
    ei_place here;
    if (snprintf(here.pointer, sizeof here.pointer, "%s%s", at->pointer, fault->field) >=
        (int)sizeof here.pointer)
        here = *at;
    return ei_fail(error, fault->code, fault->key, here.pointer,
                   "the form of the definition cannot be published: %s", fault->message);
}

/* Every field has its place and its texts. */
static edu_status check_hints(const ei_request_rules *rules, const ei_place *at, edu_error *error)
{
    edu_error fault = EDU_ERROR_INIT;
    ei_fields *fields;
    edu_status status = ei_fields_find(rules->form->arena, rules->form, &fields, &fault);
    if (status == EDU_OK)
        status = ei_hints_check(rules->hints, fields, &fault);
    return status == EDU_OK ? EDU_OK : form_fault(&fault, at, error);
}

static edu_status read_schema(ei_request_rules *rules, const ei_place *at, edu_error *error)
{
    edu_error fault = EDU_ERROR_INIT;
    edu_status status = ei_form_of_json(rules->form_json, true, &rules->form, &fault);
    return status == EDU_OK ? EDU_OK : form_fault(&fault, at, error);
}

static edu_status read_form(ei_request_rules *rules, const json_t *json, edu_error *error)
{
    ei_place form = {"/request/form"}, hints = {"/request/hints"};
    rules->form_json = json_object_get(json, "form");
    rules->hints = json_object_get(json, "hints");
    if (rules->form_json)
        EI_TRY(read_schema(rules, &form, error));
    if (!rules->form != !rules->hints)
        return ei_document_fault(error, &hints, "a form has hints, and hints have a form");
    return rules->form ? check_hints(rules, &hints, error) : EDU_OK;
}

/* An object of titles by code. */
static edu_status read_titles(const json_t *json, const json_t *languages, const ei_place *at,
                              edu_error *error)
{
    const char *code;
    json_t *title;
    if (json_object_size(json) == 0 || json_object_size(json) > TITLES_MAX)
        return ei_document_fault(error, at, "there must be 1 to 20 of these");
    json_object_foreach((json_t *)(uintptr_t)json, code, title)
    {
        ei_place here = ei_place_below(at, code);
        if (!ei_document_code(code))
            return ei_document_fault(error, &here, "each is named with a-z, 0-9, _ and -");
        EI_TRY(ei_document_texts(title, languages, &here, error));
    }
    return EDU_OK;
}

/* Only who is on a list of the admitted applies, each for what they were admitted to. */
static edu_status read_admission(ei_request_rules *rules, const json_t *json,
                                 const json_t *languages, edu_error *error)
{
    static const char *const keys[] = {"levels", "ended", "?told", "?reopened", NULL};
    ei_place at = {"/request/admission"}, levels_at = {"/request/admission/levels"};
    if (!json)
        return EDU_OK;
    EI_TRY(ei_document_keys(json, keys, &at, error));
    if (!rules->has_offerings || rules->choices)
        return ei_document_fault(error, &at, "one is admitted to one of several offerings");
    EI_TRY(read_titles(json_object_get(json, "levels"), languages, &levels_at, error));
    rules->admission = json;
    return EDU_OK;
}

json_t *ei_admission_level_title(const ei_request_rules *rules, const char *level)
{
    return level ? json_object_get(json_object_get(rules->admission, "levels"), level) : NULL;
}

const char *ei_admission_name(const ei_request_rules *rules, const char *what)
{
    return json_string_value(json_object_get(rules->admission, what));
}

/* What offerings are parted by, so that one finds them. */
static edu_status read_directions(ei_request_rules *rules, const json_t *json,
                                  const json_t *languages, edu_error *error)
{
    ei_place at = {"/request/directions"};
    if (!json)
        return EDU_OK;
    rules->directions = json;
    return read_titles(json, languages, &at, error);
}

static edu_status read_all(ei_request_rules *rules, const json_t *json, const json_t *languages,
                           edu_error *error)
{
    static const char *const keys[] = {"?form",    "?hints",     "?documents",  "?offerings",
                                       "?choices", "?ages",      "?grades",     "?alone_from",
                                       "?window",  "?admission", "?directions", NULL};
    ei_place at = {"/request"}, choices = {"/request/choices"};
    EI_TRY(ei_document_keys(json, keys, &at, error));
    EI_TRY(read_form(rules, json, error));
    EI_TRY(ei_document_kinds_read(json_object_get(json, "documents"), languages,
                                  "/request/documents", &rules->documents, error));
    EI_TRY(ei_document_flag(json, "offerings", &at, &rules->has_offerings, error));
    EI_TRY(read_number(json, "choices", 1, EI_CHOICES_MAX, 0, &at, &rules->choices, error));
    if (rules->choices && !rules->has_offerings)
        return ei_document_fault(error, &choices, "one chooses among offerings");
    EI_TRY(read_directions(rules, json_object_get(json, "directions"), languages, error));
    EI_TRY(read_admission(rules, json_object_get(json, "admission"), languages, error));
    EI_TRY(read_span(json, "ages", AGE_MAX, &at, &rules->age_from, &rules->age_until, error));
    EI_TRY(read_span(json, "grades", GRADE_MAX, &at, &rules->grade_from, &rules->grade_to, error));
    EI_TRY(read_number(json, "alone_from", 0, AGE_MAX, 0, &at, &rules->alone_from, error));
    return read_window(rules, json_object_get(json, "window"), error);
}

edu_status ei_request_rules_make(const json_t *json, const json_t *languages,
                                 ei_request_rules **out, edu_error *error)
{
    *out = NULL;
    if (!json)
        return EDU_OK;
    ei_request_rules *rules = ei_calloc(1, sizeof *rules);
    if (!rules)
        return ei_no_memory(error);
    edu_status status = read_all(rules, json, languages, error);
    if (status != EDU_OK)
        ei_request_rules_free(rules);
    else
        *out = rules;
    return status;
}

void ei_request_rules_free(ei_request_rules *rules)
{
    if (rules)
        ei_form_free(rules->form);
    ei_free(rules);
}
