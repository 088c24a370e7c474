/* The public functions. */
#include <string.h>
#include <edu/form.h>
#include "form/fields.h"

#define ROUNDS_MAX 8 /* of leaving out: each may hide what hung on a field left out */

static edu_status new_report(json_t *errors, json_t *data, edu_form_report **out, edu_error *error)
{
    ei_arena *arena = NULL;
    edu_form_report *made = ei_record_new(sizeof *made, &arena);
    /* Both are taken over, whatever happens. */
    bool owned = made && ei_arena_own_json(arena, errors);
    if (!made)
        json_decref(errors);
    if (data && owned)
        owned = ei_arena_own_json(arena, data);
    else if (data)
        json_decref(data);
    if (!owned) {
        edu_free(made);
        return ei_no_memory(error);
    }
    made->is_valid = json_array_size(errors) == 0;
    made->errors = errors;
    made->data = data;
    *out = made;
    return EDU_OK;
}

/* A form that is not to be judged: the fault becomes the only error of the report. */
static edu_status report_unreadable(const edu_error *fault, edu_form_report **out, edu_error *error)
{
    if (fault->code == EDU_E_NOMEM)
        return ei_no_memory(error);
    json_t *parameters =
        fault->line > 0 ? json_pack("{s:I}", "line", (json_int_t)fault->line) : NULL;
    json_t *errors = json_array();
    if (json_array_append_new(errors,
                              ei_form_error("", fault->key, fault->message, "", parameters)) != 0) {
        json_decref(errors);
        return ei_no_memory(error);
    }
    return new_report(errors, NULL, out, error);
}

static edu_status judge_text(const ei_form *form, ei_arena *arena, edu_bytes data,
                             edu_form_report **out, edu_error *error)
{
    edu_error fault = EDU_ERROR_INIT;
    ei_value *value;
    json_t *errors;
    if (ei_value_read(arena, data, &ei_data_limits, &value, &fault) != EDU_OK)
        return report_unreadable(&fault, out, error);
    EI_TRY(ei_form_judge(form, value, &errors, error));
    return new_report(errors, NULL, out, error);
}

edu_status edu_form_check(edu_bytes schema, edu_bytes data, bool is_strict, edu_form_report **out,
                          edu_error *error)
{
    ei_form *form;
    if (out == NULL || (schema.data == NULL && schema.size > 0) ||
        (data.data == NULL && data.size > 0))
        return ei_bad_argument(error, out == NULL           ? "out"
                                      : schema.data == NULL ? "schema"
                                                            : "data");
    EI_TRY(ei_form_read(schema, is_strict, &form, error));
    ei_arena *arena = ei_arena_new();
    edu_status status = arena ? judge_text(form, arena, data, out, error) : ei_no_memory(error);
    ei_arena_free(arena);
    ei_form_free(form);
    return status;
}

/* One round of leaving out: *data is replaced where something was left out. */
static edu_status prune_once(const ei_form *form, json_t **data, bool *changed, edu_error *error)
{
    ei_value *value;
    ei_arena *arena = ei_arena_new();
    if (!arena)
        return ei_no_memory(error);
    edu_status status = ei_value_of_json(arena, *data, &ei_data_limits, &value, error);
    if (status == EDU_OK)
        status = ei_form_prune(form, value, error);
    json_t *made = status == EDU_OK ? ei_value_to_json(value, true) : NULL;
    ei_arena_free(arena);
    if (!made)
        return status != EDU_OK ? status : ei_no_memory(error);
    *changed = !json_equal(made, *data);
    json_decref(*data);
    *data = made;
    return EDU_OK;
}

static edu_status judge_json(const ei_form *form, const json_t *data, json_t **errors,
                             edu_error *error)
{
    ei_value *value;
    ei_arena *arena = ei_arena_new();
    if (!arena)
        return ei_no_memory(error);
    edu_status status = ei_value_of_json(arena, data, &ei_data_limits, &value, error);
    if (status == EDU_OK)
        status = ei_form_judge(form, value, errors, error);
    ei_arena_free(arena);
    return status;
}

edu_status ei_form_accept(const ei_form *form, json_t *data, json_t **pruned, json_t **errors,
                          edu_error *error)
{
    json_t *held = json_incref(data);
    edu_status status = EDU_OK;
    bool changed = true;
    for (int round = 0; status == EDU_OK && changed && round < ROUNDS_MAX; round++)
        status = prune_once(form, &held, &changed, error);
    if (status == EDU_OK)
        status = judge_json(form, held, errors, error);
    if (status == EDU_OK)
        *pruned = held;
    else
        json_decref(held);
    return status;
}

edu_status edu_form_accept(json_t *schema, json_t *data, edu_form_report **out, edu_error *error)
{
    ei_form *form;
    json_t *pruned, *errors;
    if (out == NULL || schema == NULL || data == NULL)
        return ei_bad_argument(error, out == NULL ? "out" : schema == NULL ? "schema" : "data");
    EI_TRY(ei_form_of_json(schema, true, &form, error));
    edu_status status = ei_form_accept(form, data, &pruned, &errors, error);
    ei_form_free(form);
    return status == EDU_OK ? new_report(errors, pruned, out, error) : status;
}

/* ---- showing and reading ---- */

edu_status edu_form_check_hints(json_t *schema, json_t *hints, edu_error *error)
{
    ei_form *form;
    ei_fields *fields;
    if (schema == NULL || hints == NULL)
        return ei_bad_argument(error, schema == NULL ? "schema" : "hints");
    EI_TRY(ei_form_of_json(schema, true, &form, error));
    edu_status status = ei_fields_find(form->arena, form, &fields, error);
    if (status == EDU_OK)
        status = ei_hints_check(hints, fields, error);
    ei_form_free(form);
    return status;
}

static edu_status new_view(json_t *content, edu_form_view **out, edu_error *error)
{
    ei_arena *arena = NULL;
    edu_form_view *made = ei_record_new(sizeof *made, &arena);
    if (!made)
        json_decref(content);
    if (!made || !ei_arena_own_json(arena, content)) {
        edu_free(made);
        return ei_no_memory(error);
    }
    made->content = content;
    *out = made;
    return EDU_OK;
}

edu_status edu_form_show(json_t *schema, json_t *hints, json_t *data, const char *language,
                         edu_form_view **out, edu_error *error)
{
    ei_form *form;
    json_t *content;
    if (out == NULL || schema == NULL || hints == NULL || data == NULL || language == NULL)
        return ei_bad_argument(error, out == NULL      ? "out"
                                      : schema == NULL ? "schema"
                                      : hints == NULL  ? "hints"
                                      : data == NULL   ? "data"
                                                       : "language");
    EI_TRY(ei_form_of_json(schema, true, &form, error));
    edu_status status = ei_form_show(form, hints, data, language, &content, error);
    ei_form_free(form);
    return status == EDU_OK ? new_view(content, out, error) : status;
}

edu_status edu_form_read(json_t *schema, json_t *posted, edu_form_view **out, edu_error *error)
{
    ei_form *form;
    json_t *content;
    if (out == NULL || schema == NULL || posted == NULL)
        return ei_bad_argument(error, out == NULL ? "out" : schema == NULL ? "schema" : "posted");
    EI_TRY(ei_form_of_json(schema, true, &form, error));
    edu_status status = ei_form_read_posted(form, posted, &content, error);
    ei_form_free(form);
    return status == EDU_OK ? new_view(content, out, error) : status;
}
