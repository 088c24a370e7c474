/* What is typed, judged by the schema of the service's definition. */
#include "domain/request/request_store.h"

static edu_status take_errors(const json_t *errors, json_t *faults, edu_error *error)
{
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *one = json_array_get(errors, i);
        json_t *fault =
            json_pack("{s:O, s:O, s:O, s:O}", "field", json_object_get(one, "field"), "key",
                      json_object_get(one, "key"), "message", json_object_get(one, "message"),
                      "parameters", json_object_get(one, "parameters"));
        if (!fault || json_array_append_new(faults, fault) != 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

edu_status ei_request_form_check(const ei_request_rules *rules, const json_t *form, json_t *faults,
                                 json_t **pruned, edu_error *error)
{
    json_t *errors = NULL;
    *pruned = NULL;
    if (!rules->form) {
        *pruned = json_object();
        return *pruned ? EDU_OK : ei_no_memory(error);
    }
    json_t *copy = json_deep_copy(form);
    edu_status status =
        copy ? ei_form_accept(rules->form, copy, pruned, &errors, error) : ei_no_memory(error);
    if (status == EDU_OK)
        status = take_errors(errors, faults, error);
    json_decref(errors);
    json_decref(copy);
    return status;
}
