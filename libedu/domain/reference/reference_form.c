/* Checking a type of reference. */
#include "domain/reference/reference_form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "credential/credential.h"

#define DAYS_MAX 3660
#define MONTHS_MAX 120
#define CODE_BYTES 40 /* of a value in the QR code, where the type does not say */
#define DAY_SECONDS INT64_C(86400)

static edu_status read_fields(const json_t *list, const ei_place *at, size_t most, const char **out,
                              size_t *count, edu_error *error)
{
    if (!json_is_array(list) || json_array_size(list) > most)
        return ei_document_fault(error, at, "this must be a list of columns, and not too long");
    for (size_t i = 0; i < json_array_size(list); i++) {
        ei_place here = ei_place_index(at, i);
        out[i] = json_string_value(json_array_get(list, i));
        if (!out[i])
            return ei_document_fault(error, &here, "this must be the name of a column");
    }
    *count = json_array_size(list);
    return EDU_OK;
}

/* A column, or {"column": …, "bytes": …}. */
static edu_status read_code_fields(ei_reference_form *form, edu_error *error)
{
    static const char *const keys[] = {"column", "bytes", NULL};
    ei_place root = {""}, at = ei_place_below(&root, "qr");
    json_t *list = json_object_get(form->json, "qr"), *columns = json_array(), *item;
    size_t i;
    edu_status status = columns ? EDU_OK : ei_no_memory(error);
    json_array_foreach(list, i, item)
    {
        ei_place here = ei_place_index(&at, i), bytes = ei_place_below(&here, "bytes");
        json_int_t given = CODE_BYTES;
        if (status == EDU_OK && json_is_object(item)) {
            status = ei_document_keys(item, keys, &here, error);
            given = json_integer_value(json_object_get(item, "bytes"));
            item = json_object_get(item, "column");
        }
        if (status == EDU_OK && (given < 4 || given > EI_REFERENCE_CODE_BYTES))
            status = ei_document_fault(error, &bytes, "this must be a number from 4 to 80");
        if (i < EI_REFERENCE_CODE_FIELDS)
            form->code_bytes[i] = (size_t)given;
        json_array_append(columns, item);
    }
    if (status == EDU_OK)
        status = read_fields(json_is_array(list) ? columns : list, &at, EI_REFERENCE_CODE_FIELDS,
                             form->code_fields, &form->code_count, error);
    json_decref(columns);
    return status;
}

static edu_status read_texts(const ei_reference_form *form, const char *name, edu_error *error)
{
    ei_place root = {""}, at = ei_place_below(&root, name);
    return ei_document_texts(json_object_get(form->json, name), form->title, &at, error);
}

static edu_status read_when(ei_reference_form *form, edu_error *error)
{
    ei_place at = {"/when"};
    const char *name;
    json_t *values;
    form->when = json_object_get(form->json, "when");
    if (form->when && !json_is_object(form->when))
        return ei_document_fault(error, &at, "this must be an object of lists by column");
    json_object_foreach(form->when, name, values)
    {
        ei_place here = ei_place_below(&at, name);
        if (!json_is_array(values) || json_array_size(values) == 0)
            return ei_document_fault(error, &here, "this must be a list of values");
    }
    return EDU_OK;
}

static bool read_span(const json_t *validity, const char *name, int32_t most, int32_t *out)
{
    const json_t *value = json_object_get(validity, name);
    if (!value)
        return true;
    *out = (int32_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 1 &&
           json_integer_value(value) <= most;
}

/* "MM-DD", a day that every year has. */
static bool read_end(const json_t *validity, ei_validity *out)
{
    const json_t *value = json_object_get(validity, "until");
    char text[32];
    edu_date day;
    if (!value)
        return true;
    (void)snprintf(text, sizeof text, "2001-%.20s",
                   json_is_string(value) ? json_string_value(value) : "");
    if (!ei_date_parse(text, &day))
        return false;
    out->end_month = day.month;
    out->end_day = day.day;
    return true;
}

static edu_status read_validity(ei_reference_form *form, edu_error *error)
{
    static const char *const keys[] = {"?days", "?months", "?until", NULL};
    ei_place at = {"/validity"};
    const json_t *validity = json_object_get(form->json, "validity");
    if (!validity)
        return EDU_OK;
    EI_TRY(ei_document_keys(validity, keys, &at, error));
    bool good = json_object_size(validity) == 1 &&
                read_span(validity, "days", DAYS_MAX, &form->validity.days) &&
                read_span(validity, "months", MONTHS_MAX, &form->validity.months) &&
                read_end(validity, &form->validity);
    return good ? EDU_OK
                : ei_document_fault(error, &at,
                                    "a validity is one of \"days\" (1 to 3660), \"months\" (1 to "
                                    "120) and \"until\" (a day of each year, MM-DD)");
}

static edu_status check(ei_reference_form *form, edu_error *error)
{
    static const char *const keys[] = {"reference", "title", "summary", "register", "?when",
                                       "?validity", "text",  "fields",  "qr",       NULL};
    ei_place root = {""}, code = ei_place_below(&root, "reference"),
             held = ei_place_below(&root, "register"), title = ei_place_below(&root, "title");
    EI_TRY(ei_document_keys(form->json, keys, &root, error));
    form->code = json_string_value(json_object_get(form->json, "reference"));
    form->register_code = json_string_value(json_object_get(form->json, "register"));
    form->title = json_object_get(form->json, "title");
    form->text = json_object_get(form->json, "text");
    if (!ei_document_code(form->code))
        return ei_document_fault(error, &code, "a code has 1 to 64 of a-z 0-9 _ -");
    if (!ei_document_code(form->register_code))
        return ei_document_fault(error, &held, "this must be the code of a register");
    if (json_object_size(form->title) == 0)
        return ei_document_fault(error, &title, "this must be an object of texts by language");
    EI_TRY(read_texts(form, "title", error));
    EI_TRY(read_texts(form, "summary", error));
    EI_TRY(read_texts(form, "text", error));
    EI_TRY(read_when(form, error));
    EI_TRY(read_validity(form, error));
    ei_place fields = ei_place_below(&root, "fields");
    EI_TRY(read_fields(json_object_get(form->json, "fields"), &fields, EI_REFERENCE_FIELDS,
                       form->fields, &form->field_count, error));
    return read_code_fields(form, error);
}

edu_status ei_reference_form_make(json_t *json, ei_reference_form **out, edu_error *error)
{
    ei_reference_form *form = ei_calloc(1, sizeof *form);
    if (!form)
        return ei_no_memory(error);
    form->json = json_incref(json);
    edu_status status = check(form, error);
    if (status != EDU_OK)
        ei_reference_form_free(form);
    else
        *out = form;
    return status;
}

void ei_reference_form_free(ei_reference_form *form)
{
    if (!form)
        return;
    json_decref(form->json);
    ei_free(form);
}

static bool is_name(const char *name, size_t length, const char *wanted)
{
    return length == strlen(wanted) && strncmp(name, wanted, length) == 0;
}

static bool is_known(const ei_register_form *held, const char *name, size_t length)
{
    if (is_name(name, length, "institution"))
        return held->has_institutions;
    for (size_t i = 0; i < held->column_count; i++)
        if (is_name(name, length, held->columns[i].name))
            return true;
    return false;
}

/* In a sentence, where a value that may be missing would leave a hole. */
static bool is_always_there(const ei_register_form *held, const char *name, size_t length)
{
    for (size_t i = 0; i < held->column_count; i++)
        if (is_name(name, length, held->columns[i].name))
            return !held->columns[i].is_optional;
    return is_name(name, length, "holder") ||
           (is_name(name, length, "institution") && held->has_institutions);
}

static edu_status check_columns(const ei_register_form *held, const char *name,
                                const char *const *columns, size_t count, edu_error *error)
{
    ei_place root = {""}, at = ei_place_below(&root, name);
    for (size_t i = 0; i < count; i++) {
        ei_place here = ei_place_index(&at, i);
        if (!is_known(held, columns[i], strlen(columns[i])))
            return ei_document_fault(error, &here, "the register has no such column");
    }
    return EDU_OK;
}

/* That braces come in pairs is checked. */
static edu_status check_text(const ei_reference_form *form, const ei_register_form *held,
                             edu_error *error)
{
    ei_place at = {"/text"};
    const char *language;
    json_t *text;
    json_object_foreach(form->text, language, text)
    {
        ei_place here = ei_place_below(&at, language);
        for (const char *brace = json_string_value(text); (brace = strchr(brace, '{')); brace++) {
            size_t length = strcspn(brace + 1, "}");
            if (!is_always_there(held, brace + 1, length))
                return ei_document_fault(error, &here,
                                         "a text names the holder, the institution and columns of "
                                         "the register that always have a value");
        }
    }
    return EDU_OK;
}

edu_status ei_reference_form_check(const ei_reference_form *form, const ei_register_form *held,
                                   edu_error *error)
{
    ei_place at = {"/when"};
    const char *name;
    json_t *values;
    EI_TRY(check_columns(held, "fields", form->fields, form->field_count, error));
    EI_TRY(check_columns(held, "qr", form->code_fields, form->code_count, error));
    json_object_foreach(form->when, name, values)
    {
        ei_place here = ei_place_below(&at, name);
        const ei_register_column *column = ei_register_column_find(held, name);
        if (!column)
            return ei_document_fault(error, &here, "the register has no such column");
        for (size_t i = 0; i < json_array_size(values); i++) {
            const char *value = json_string_value(json_array_get(values, i));
            if (!value || (column->choices && !ei_register_choice(column, value)))
                return ei_document_fault(error, &here, "the column has no such value");
        }
    }
    return check_text(form, held, error);
}

/* Bytes of the longest value that the column can show. */
static size_t longest_shown(const ei_register_column *column)
{
    char least[32], most[32];
    size_t longest = 0, i;
    json_t *choice, *title;
    const char *language;
    switch (column->kind) {
    case EI_COLUMN_TEXT:
        return EI_REGISTER_VALUE_MAX;
    case EI_COLUMN_DATE:
        return strlen("2026-11-24");
    case EI_COLUMN_INTEGER:
    case EI_COLUMN_DECIMAL:
        (void)snprintf(least, sizeof least, "%" PRId64, column->least);
        (void)snprintf(most, sizeof most, "%" PRId64, column->most);
        longest = strlen(least) > strlen(most) ? strlen(least) : strlen(most);
        return longest + (column->places > 0 ? 2 + (size_t)column->places : 0);
    case EI_COLUMN_CHOICE:
        break;
    }
    json_array_foreach(column->choices, i, choice) json_object_foreach(
        json_object_get(choice, "title"), language, title) if (json_string_length(title) > longest)
        longest = json_string_length(title);
    return longest;
}

edu_status ei_reference_code_check(const ei_reference_form *form, const ei_register_form *held,
                                   const char *host, edu_error *error)
{
    ei_code_bound fields[1 + EI_REFERENCE_CODE_FIELDS] = {{"holder", EI_QR_HOLDER}};
    ei_place at = {"/qr"};
    char type[EI_CODE_MAX + 16], what[200];
    (void)snprintf(type, sizeof type, "reference.%s", form->code);
    for (size_t i = 0; i < form->code_count; i++) {
        const ei_register_column *column = ei_register_column_find(held, form->code_fields[i]);
        size_t bytes = column ? longest_shown(column) : EI_REGISTER_VALUE_MAX;
        if (bytes > form->code_bytes[i])
            bytes = form->code_bytes[i];
        fields[1 + i] = (ei_code_bound){form->code_fields[i], bytes};
    }
    size_t excess = ei_qr_excess(
        host, type, form->validity.days + form->validity.months + form->validity.end_month > 0,
        fields, 1 + form->code_count);
    if (excess == 0)
        return EDU_OK;
    (void)snprintf(what, sizeof what,
                   "the code could get %zu bytes too long to be read well; leave a column out, or "
                   "say {\"column\": …, \"bytes\": …} of one that is long",
                   excess);
    return ei_document_fault(error, &at, what);
}

/* The same day of a later month, or the last one of a shorter month. */
static edu_date add_months(edu_date day, int32_t months)
{
    int32_t month = day.month - 1 + months;
    edu_date out = {(int16_t)(day.year + month / 12), (uint8_t)(month % 12 + 1), day.day};
    while (!ei_date_valid(out))
        out.day--;
    return out;
}

edu_time ei_reference_expires(const ei_reference_form *form, edu_time now,
                              int32_t utc_offset_minutes)
{
    const ei_validity *valid = &form->validity;
    int hour, minute;
    edu_date today = ei_time_civil(now, utc_offset_minutes, &hour, &minute);
    int32_t last = ei_date_to_days(today);
    if (valid->days > 0) {
        last += valid->days;
    } else if (valid->months > 0) {
        last = ei_date_to_days(add_months(today, valid->months));
    } else if (valid->end_month > 0) {
        edu_date end = {today.year, (uint8_t)valid->end_month, (uint8_t)valid->end_day};
        if (ei_date_to_days(end) < last)
            end.year++;
        last = ei_date_to_days(end);
    } else {
        return 0;
    }
    return ((last + 1) * DAY_SECONDS - 1 - utc_offset_minutes * INT64_C(60)) * 1000000;
}

bool ei_reference_is_about(const ei_reference_form *form, const json_t *data)
{
    const char *name;
    json_t *values;
    json_object_foreach(form->when, name, values)
    {
        const json_t *value = json_object_get(data, name);
        size_t i = 0;
        while (i < json_array_size(values) && !json_equal(json_array_get(values, i), value))
            i++;
        if (i == json_array_size(values))
            return false;
    }
    return true;
}
