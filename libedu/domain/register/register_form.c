/* Checking the form of a register, and values by it. */
#include "domain/register/register_form.h"

#include <stdio.h>
#include <string.h>

#define INTEGER_MAX INT64_C(999999999)
#define PLACES_MAX 4
#define DIGITS "0123456789"

static const char *const kinds[] = {"text", "integer", "decimal", "date", "choice"};

/* ---- the document ---- */

static edu_status read_kind(const json_t *entry, const ei_place *at, ei_column_kind *out,
                            edu_error *error)
{
    const char *name = json_string_value(json_object_get(entry, "kind"));
    ei_place here = ei_place_below(at, "kind");
    for (size_t i = 0; name && i < EI_COUNT(kinds); i++)
        if (strcmp(kinds[i], name) == 0) {
            *out = (ei_column_kind)i;
            return EDU_OK;
        }
    return ei_document_fault(error, &here, "this must be text, integer, decimal, date or choice");
}

static edu_status read_integer(const json_t *entry, const char *name, int64_t otherwise,
                               int64_t least, int64_t most, const ei_place *at, int64_t *out,
                               edu_error *error)
{
    const json_t *value = json_object_get(entry, name);
    ei_place here = ei_place_below(at, name);
    *out = value ? json_integer_value(value) : otherwise;
    return !value || (json_is_integer(value) && *out >= least && *out <= most)
               ? EDU_OK
               : ei_document_fault(error, &here, "this must be a whole number within its bounds");
}

static edu_status check_choices(const ei_register_form *form, const json_t *choices,
                                const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"code", "title", NULL};
    if (!json_is_array(choices) || json_array_size(choices) == 0 || json_array_size(choices) > 200)
        return ei_document_fault(error, at, "this must be a list of 1 to 200 choices");
    for (size_t i = 0; i < json_array_size(choices); i++) {
        const json_t *entry = json_array_get(choices, i);
        ei_place here = ei_place_index(at, i), title = ei_place_below(&here, "title");
        EI_TRY(ei_document_keys(entry, keys, &here, error));
        const char *code = json_string_value(json_object_get(entry, "code"));
        if (!ei_document_code(code))
            return ei_document_fault(error, &here, "a code has 1 to 64 of a-z 0-9 _ -");
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_object_get(json_array_get(choices, j), "code"),
                           json_object_get(entry, "code")))
                return ei_document_fault(error, &here, "this code stands here twice");
        EI_TRY(ei_document_texts(json_object_get(entry, "title"),
                                 json_object_get(form->json, "title"), &title, error));
    }
    return EDU_OK;
}

static bool is_reserved(const char *name)
{
    return strcmp(name, "number") == 0 || strcmp(name, "document") == 0 ||
           strcmp(name, "institution") == 0 || strcmp(name, "birth") == 0 ||
           strcmp(name, "holder") == 0;
}

static edu_status read_name(ei_register_form *form, const json_t *entry, const ei_place *at,
                            const char **out, edu_error *error)
{
    const char *name = json_string_value(json_object_get(entry, "name"));
    ei_place here = ei_place_below(at, "name");
    if (!ei_document_code(name) || strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name))
        return ei_document_fault(error, &here, "a column's name has 1 to 64 of a-z _");
    if (is_reserved(name) || ei_register_column_find(form, name))
        return ei_document_fault(error, &here, "there is a column of this name");
    *out = name;
    return EDU_OK;
}

static edu_status read_column(ei_register_form *form, const json_t *entry, const ei_place *at,
                              edu_error *error)
{
    static const char *const keys[] = {"name",  "title",   "kind",     "?optional", "?least",
                                       "?most", "?places", "?choices", NULL};
    ei_register_column made = {0};
    ei_place title = ei_place_below(at, "title"), choices = ei_place_below(at, "choices");
    int64_t places;
    EI_TRY(ei_document_keys(entry, keys, at, error));
    EI_TRY(read_name(form, entry, at, &made.name, error));
    made.title = json_object_get(entry, "title");
    EI_TRY(ei_document_texts(made.title, json_object_get(form->json, "title"), &title, error));
    EI_TRY(read_kind(entry, at, &made.kind, error));
    EI_TRY(ei_document_flag(entry, "optional", at, &made.is_optional, error));
    EI_TRY(read_integer(entry, "least", 0, -INTEGER_MAX, INTEGER_MAX, at, &made.least, error));
    EI_TRY(
        read_integer(entry, "most", INTEGER_MAX, made.least, INTEGER_MAX, at, &made.most, error));
    EI_TRY(read_integer(entry, "places", 2, 0, PLACES_MAX, at, &places, error));
    made.places = (int32_t)places;
    made.choices = json_object_get(entry, "choices");
    if ((made.kind == EI_COLUMN_CHOICE) != (made.choices != NULL))
        return ei_document_fault(error, &choices, "a choice, and nothing else, has choices");
    if (made.choices)
        EI_TRY(check_choices(form, made.choices, &choices, error));
    form->columns[form->column_count++] = made;
    return EDU_OK;
}

static edu_status read_columns(ei_register_form *form, edu_error *error)
{
    ei_place at = {"/columns"};
    const json_t *list = json_object_get(form->json, "columns");
    if (!json_is_array(list) || json_array_size(list) == 0 ||
        json_array_size(list) > EI_REGISTER_COLUMNS)
        return ei_document_fault(error, &at, "this must be a list of 1 to 32 columns");
    for (size_t i = 0; i < json_array_size(list); i++) {
        ei_place here = ei_place_index(&at, i);
        EI_TRY(read_column(form, json_array_get(list, i), &here, error));
    }
    return EDU_OK;
}

static edu_status read_key(ei_register_form *form, edu_error *error)
{
    ei_place at = {"/key"};
    const json_t *list = json_object_get(form->json, "key");
    if (!json_is_array(list) || json_array_size(list) > EI_REGISTER_KEYS)
        return ei_document_fault(error, &at, "this must be a list of up to 4 columns");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        const ei_register_column *column = name ? ei_register_column_find(form, name) : NULL;
        ei_place here = ei_place_index(&at, i);
        if (!column || column->is_optional)
            return ei_document_fault(error, &here,
                                     "there is no such column that always has a value");
        form->keys[form->key_count++] = (size_t)(column - form->columns);
    }
    return EDU_OK;
}

static void list_csv(ei_register_form *form)
{
    size_t count = 0;
    form->csv[count++] = "number?";
    form->csv[count++] = "document?";
    form->csv[count++] = "birth?";
    form->csv[count++] = form->has_institutions ? "institution" : "institution?";
    for (size_t i = 0; i < form->column_count; i++) {
        const ei_register_column *column = &form->columns[i];
        (void)snprintf(form->csv_names[i], sizeof form->csv_names[i], "%s%s", column->name,
                       column->is_optional ? "?" : "");
        form->csv[count++] = form->csv_names[i];
    }
    form->csv[count] = NULL;
}

static edu_status check(ei_register_form *form, edu_error *error)
{
    static const char *const keys[] = {"register", "title", "?institutions",
                                       "columns",  "key",   NULL};
    ei_place root = {""}, code = ei_place_below(&root, "register"),
             title = ei_place_below(&root, "title");
    EI_TRY(ei_document_keys(form->json, keys, &root, error));
    form->code = json_string_value(json_object_get(form->json, "register"));
    if (!ei_document_code(form->code))
        return ei_document_fault(error, &code, "a code has 1 to 64 of a-z 0-9 _ -");
    const json_t *languages = json_object_get(form->json, "title");
    if (json_object_size(languages) == 0)
        return ei_document_fault(error, &title, "this must be an object of texts by language");
    EI_TRY(ei_document_texts(languages, languages, &title, error));
    EI_TRY(ei_document_flag(form->json, "institutions", &root, &form->has_institutions, error));
    EI_TRY(read_columns(form, error));
    EI_TRY(read_key(form, error));
    list_csv(form);
    return EDU_OK;
}

edu_status ei_register_form_make(json_t *json, ei_register_form **out, edu_error *error)
{
    ei_register_form *form = ei_calloc(1, sizeof *form);
    if (!form)
        return ei_no_memory(error);
    form->json = json_incref(json);
    edu_status status = check(form, error);
    if (status != EDU_OK)
        ei_register_form_free(form);
    else
        *out = form;
    return status;
}

void ei_register_form_free(ei_register_form *form)
{
    if (!form)
        return;
    json_decref(form->json);
    ei_free(form);
}

const ei_register_column *ei_register_column_find(const ei_register_form *form, const char *name)
{
    for (size_t i = 0; i < form->column_count; i++)
        if (strcmp(form->columns[i].name, name) == 0)
            return &form->columns[i];
    return NULL;
}

json_t *ei_register_choice(const ei_register_column *column, const char *code)
{
    for (size_t i = 0; i < json_array_size(column->choices); i++) {
        const json_t *entry = json_array_get(column->choices, i);
        if (strcmp(json_string_value(json_object_get(entry, "code")), code) == 0)
            return json_object_get(entry, "title");
    }
    return NULL;
}

/* ---- values ---- */

static edu_status wrong(const ei_register_column *column, edu_error *error, const char *key,
                        const char *what)
{
    char field[EI_CODE_MAX + 2];
    (void)snprintf(field, sizeof field, "/%s", column->name);
    return ei_fail(error, EDU_E_INVALID, key, field, "%s: %s", column->name, what);
}

static edu_status integer_value(const ei_register_column *column, const char *text, char out[32],
                                edu_error *error)
{
    int64_t number;
    if (!ei_int_parse(text, column->least, column->most, &number))
        return wrong(column, error, "register.integer",
                     "this is no whole number within the bounds");
    (void)snprintf(out, 32, "%lld", (long long)number);
    return EDU_OK;
}

/* With the column's decimal places, so that equal values are equal texts. */
static edu_status decimal_value(const ei_register_column *column, const char *text, char out[32],
                                edu_error *error)
{
    static const int64_t scales[] = {1, 10, 100, 1000, 10000};
    bool is_negative = *text == '-';
    const char *whole = text + is_negative;
    size_t length = strspn(whole, DIGITS), places = (size_t)column->places;
    bool has_point = whole[length] == '.' || whole[length] == ',';
    const char *behind = whole + length + has_point;
    size_t given = strspn(behind, DIGITS);
    char digits[24];
    int64_t number, scale = scales[places];
    (void)snprintf(digits, sizeof digits, "%.*s%s%.*s", length < 15 ? (int)length : 15, whole,
                   behind, given < places ? (int)(places - given) : 0, "0000");
    if (length == 0 || length >= 15 || behind[given] || has_point != (given > 0) ||
        given > places || !ei_int_parse(digits, 0, INTEGER_MAX * scale, &number) ||
        (is_negative ? -number : number) < column->least * scale ||
        (is_negative ? -number : number) > column->most * scale)
        return wrong(column, error, "register.decimal",
                     "this is no decimal number within the bounds");
    (void)snprintf(out, 32, "%s%lld%s%.*s", is_negative && number ? "-" : "",
                   (long long)(number / scale), places ? "." : "", (int)places,
                   digits + strlen(digits) - places);
    return EDU_OK;
}

static edu_status normal(const ei_register_column *column, const char *text, char out[32],
                         edu_error *error)
{
    edu_date date;
    switch (column->kind) {
    case EI_COLUMN_INTEGER:
        return integer_value(column, text, out, error);
    case EI_COLUMN_DECIMAL:
        return decimal_value(column, text, out, error);
    case EI_COLUMN_DATE:
        if (!ei_date_read(text, &date))
            return wrong(column, error, "register.date",
                         "a date is written YYYY-MM-DD or DD.MM.YYYY");
        ei_date_format(date, out);
        return EDU_OK;
    case EI_COLUMN_CHOICE:
        return ei_register_choice(column, text)
                   ? EDU_OK
                   : wrong(column, error, "register.choice", "there is no such choice");
    default:
        return EDU_OK;
    }
}

edu_status ei_register_value(const ei_register_column *column, const char *text, json_t **out,
                             edu_error *error)
{
    char made[32] = "", field[EI_CODE_MAX + 2];
    (void)snprintf(field, sizeof field, "/%s", column->name);
    *out = NULL;
    EI_TRY(ei_check_text(text, EI_REGISTER_VALUE_MAX, true, field, error));
    char *clean = ei_text_normal(text ? text : "", error);
    if (!clean)
        return EDU_E_NOMEM;
    edu_status status = EDU_OK;
    if (!*clean)
        status = column->is_optional
                     ? EDU_OK
                     : wrong(column, error, "register.missing", "a value is missing");
    else if ((status = normal(column, clean, made, error)) == EDU_OK) {
        *out = json_string(made[0] ? made : clean);
        status = *out ? EDU_OK : ei_no_memory(error);
    }
    ei_free(clean);
    return status;
}
