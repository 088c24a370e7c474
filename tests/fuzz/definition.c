/* Definitions of services, and the text of a template with its data behind a null character. */
#include "fuzz.h"

#include "workflow/workflow.h"

static const char *const actors[] = {"self", "guardian", "signatory", "school", "clerk", "system"};

static void ask_state(const ei_definition *definition, const char *state)
{
    ei_action actions[EI_DEFINITION_LIST_MAX];
    for (size_t i = 0; i < EI_COUNT(actors); i++) {
        size_t count = ei_definition_possible(definition, state, actors[i], actions);
        MUST(count <= EI_DEFINITION_LIST_MAX);
        for (size_t a = 0; a < count; a++) {
            ei_action same;
            edu_error error = EDU_ERROR_INIT;
            MUST(ei_definition_allow(definition, actions[a].name, state, actors[i], &same,
                                     &error) == EDU_OK);
            MUST(ei_definition_state(definition, same.to) != NULL);
            MUST(same.full == NULL || ei_definition_state(definition, same.full) != NULL);
            MUST(ei_definition_action_title(definition, same.name) != NULL);
        }
    }
}

static void ask(const ei_definition *definition)
{
    const char *name;
    json_t *value;
    MUST(ei_definition_service(definition) != NULL);
    ask_state(definition, NULL);
    json_object_foreach(json_object_get(ei_definition_json(definition), "states"), name, value)
    {
        const ei_state_rules *state = ei_definition_state(definition, name);
        MUST(state != NULL && ei_definition_state_title(definition, name) != NULL);
        MUST(state->then == NULL || state->count > 0);
        ask_state(definition, name);
    }
    (void)ei_definition_certificate_for(definition, 1);
    (void)ei_definition_carry(definition, "action");
}

static void make(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    ei_definition *definition = NULL;
    edu_error error = EDU_ERROR_INIT;
    if (json == NULL)
        return;
    edu_status status = ei_definition_make(json, &definition, &error);
    json_decref(json);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        ask(definition);
    ei_definition_free(definition);
}

static void fill(const char *text, const char *data)
{
    json_t *json = json_loads(data, 0, NULL);
    ei_buffer out = {0};
    edu_error error = EDU_ERROR_INIT;
    if (json != NULL)
        fuzz_refused(ei_template_fill(text, json, &out, &error), &error);
    ei_buffer_free(&out);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    char *first = fuzz_text(&rest), *second = fuzz_text(&rest);
    make(first);
    fill(first, second);
    free(first);
    free(second);
    return 0;
}
