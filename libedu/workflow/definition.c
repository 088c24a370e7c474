#include <stdio.h>
#include <string.h>
#include "workflow/document.h"
#include "workflow/workflow.h"

#define DEPTH_MAX 16

typedef struct action {
    const char *name;
    uint64_t from; /* a bit by state */
    bool creates;
    size_t to;
    bool stays;       /* in the state it came from */
    bool is_internal; /* not for whom the application is of */
    unsigned by;      /* a bit by kind of actor */
    size_t notice_count;
    ei_notice *notices;
} action;

struct ei_definition {
    json_t *json;
    size_t state_count, action_count;
    const char *states[EI_DEFINITION_LIST_MAX];
    bool is_terminal[EI_DEFINITION_LIST_MAX];
    action actions[EI_DEFINITION_LIST_MAX];
};

static const char *const actor_kinds[] = {"self",     "guardian", "signatory", "school", "clerk",
                                          "executor", "head",     "member",    "system"};

/* ---- shapes ---- */

static edu_status check_size(size_t count, const ei_place *at, edu_error *error)
{
    if (count == 0 || count > EI_DEFINITION_LIST_MAX)
        return ei_document_fault(error, at, "there must be 1 to 64 of these");
    return EDU_OK;
}

/* ---- parts ---- */

static int find_state(const ei_definition *definition, const char *name)
{
    for (size_t i = 0; name && i < definition->state_count; i++)
        if (strcmp(definition->states[i], name) == 0)
            return (int)i;
    return -1;
}

static const json_t *languages_of(const ei_definition *definition)
{
    return json_object_get(definition->json, "title");
}

static edu_status read_states(ei_definition *definition, edu_error *error)
{
    static const char *const keys[] = {"title", "?is_terminal", NULL};
    json_t *states = json_object_get(definition->json, "states"), *state;
    ei_place at = {"/states"};
    const char *name;
    EI_TRY(check_size(json_object_size(states), &at, error));
    json_object_foreach(states, name, state)
    {
        ei_place here = ei_place_below(&at, name), title = ei_place_below(&here, "title"),
                 end = ei_place_below(&here, "is_terminal");
        if (!ei_document_code(name))
            return ei_document_fault(error, &here, "a state is named with a-z, 0-9, _ and -");
        EI_TRY(ei_document_keys(state, keys, &here, error));
        EI_TRY(ei_document_texts(json_object_get(state, "title"), languages_of(definition), &title,
                                 error));
        const json_t *terminal = json_object_get(state, "is_terminal");
        if (terminal && !json_is_boolean(terminal))
            return ei_document_fault(error, &end, "this must be true or false");
        definition->is_terminal[definition->state_count] = json_is_true(terminal);
        definition->states[definition->state_count++] = name;
    }
    return EDU_OK;
}

static edu_status read_from(ei_definition *definition, action *made, const json_t *from,
                            bool after_end, const ei_place *at, edu_error *error)
{
    if (json_array_size(from) == 0)
        return ei_document_fault(error, at,
                                 "this must be a list of states; null makes the application");
    for (size_t i = 0; i < json_array_size(from); i++) {
        const json_t *entry = json_array_get(from, i);
        ei_place here = ei_place_index(at, i);
        int state = find_state(definition, json_string_value(entry));
        if (json_is_null(entry))
            made->creates = true;
        else if (state < 0)
            return ei_document_fault(error, &here, "there is no such state");
        else if (definition->is_terminal[state] && !after_end)
            return ei_document_fault(error, &here,
                                     "nothing follows a terminal state but an action after_end");
        else
            made->from |= UINT64_C(1) << state;
    }
    return EDU_OK;
}

static int find_actor_kind(const char *name)
{
    for (size_t i = 0; name && i < EI_COUNT(actor_kinds); i++)
        if (strcmp(actor_kinds[i], name) == 0)
            return (int)i;
    return -1;
}

static edu_status read_by(action *made, const json_t *by, const ei_place *at, edu_error *error)
{
    if (json_array_size(by) == 0)
        return ei_document_fault(error, at, "this must list who may do it");
    for (size_t i = 0; i < json_array_size(by); i++) {
        int kind = find_actor_kind(json_string_value(json_array_get(by, i)));
        ei_place here = ei_place_index(at, i);
        if (kind < 0)
            return ei_document_fault(error, &here,
                                     "this must be self, guardian, school, clerk, executor, head, "
                                     "member or system");
        made->by |= 1u << kind;
    }
    return EDU_OK;
}

static edu_status read_channels(ei_notice *notice, const json_t *channels, const ei_place *at,
                                edu_error *error)
{
    bool in_portal = false;
    for (size_t i = 0; i < json_array_size(channels); i++) {
        const char *channel = json_string_value(json_array_get(channels, i));
        if (channel && strcmp(channel, "portal") == 0)
            in_portal = true;
        else if (channel && strcmp(channel, "mail") == 0)
            notice->by_mail = true;
        else
            in_portal = false, i = json_array_size(channels);
    }
    return in_portal
               ? EDU_OK
               : ei_document_fault(error, at, "this must list \"portal\", and \"mail\" if wanted");
}

static edu_status read_notify(const ei_definition *definition, action *made, const json_t *notify,
                              const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"template", "channels", NULL};
    size_t count = json_array_size(notify);
    if (notify && (!json_is_array(notify) || count > EI_DEFINITION_LIST_MAX))
        return ei_document_fault(error, at, "this must be a list of messages");
    made->notices = ei_calloc(count, sizeof *made->notices);
    if (!made->notices)
        return ei_no_memory(error);
    made->notice_count = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(notify, i);
        ei_place here = ei_place_index(at, i), channels = ei_place_below(&here, "channels"),
                 template = ei_place_below(&here, "template");
        EI_TRY(ei_document_keys(entry, keys, &here, error));
        const char *name = json_string_value(json_object_get(entry, "template"));
        if (!name || !json_object_get(json_object_get(definition->json, "templates"), name))
            return ei_document_fault(error, &template, "there is no such template");
        made->notices[i].template = name;
        EI_TRY(
            read_channels(&made->notices[i], json_object_get(entry, "channels"), &channels, error));
    }
    return EDU_OK;
}

/* null: the state stays what it is. */
static edu_status read_to(const ei_definition *definition, action *made, const json_t *to,
                          const ei_place *at, edu_error *error)
{
    int state = find_state(definition, json_string_value(to));
    made->stays = json_is_null(to) && !made->creates;
    if (state < 0 && !made->stays)
        return ei_document_fault(error, at, "there is no such state");
    made->to = state < 0 ? 0 : (size_t)state;
    return EDU_OK;
}

static edu_status read_action(ei_definition *definition, action *made, const json_t *entry,
                              const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"title",   "from",       "to",           "by",
                                       "?notify", "?after_end", "?is_internal", NULL};
    ei_place title = ei_place_below(at, "title"), from = ei_place_below(at, "from"),
             to = ei_place_below(at, "to"), by = ei_place_below(at, "by"),
             notify = ei_place_below(at, "notify");
    if (!ei_document_code(made->name))
        return ei_document_fault(error, at, "an action is named with a-z, 0-9, _ and -");
    EI_TRY(ei_document_keys(entry, keys, at, error));
    EI_TRY(ei_document_texts(json_object_get(entry, "title"), languages_of(definition), &title,
                             error));
    bool after_end;
    EI_TRY(ei_document_flag(entry, "after_end", at, &after_end, error));
    EI_TRY(ei_document_flag(entry, "is_internal", at, &made->is_internal, error));
    EI_TRY(read_from(definition, made, json_object_get(entry, "from"), after_end, &from, error));
    EI_TRY(read_to(definition, made, json_object_get(entry, "to"), &to, error));
    EI_TRY(read_by(made, json_object_get(entry, "by"), &by, error));
    return read_notify(definition, made, json_object_get(entry, "notify"), &notify, error);
}

static edu_status read_actions(ei_definition *definition, edu_error *error)
{
    json_t *actions = json_object_get(definition->json, "actions"), *entry;
    ei_place at = {"/actions"};
    const char *name;
    EI_TRY(check_size(json_object_size(actions), &at, error));
    json_object_foreach(actions, name, entry)
    {
        ei_place here = ei_place_below(&at, name);
        action *made = &definition->actions[definition->action_count++];
        made->name = name;
        EI_TRY(read_action(definition, made, entry, &here, error));
    }
    return EDU_OK;
}

static edu_status check_templates(const ei_definition *definition, edu_error *error)
{
    static const char *const keys[] = {"title", "text", NULL};
    json_t *templates = json_object_get(definition->json, "templates"), *entry;
    ei_place at = {"/templates"};
    const char *name;
    if (!json_is_object(templates) || json_object_size(templates) > EI_DEFINITION_LIST_MAX)
        return ei_document_fault(error, &at, "this must be an object of up to 64 templates");
    json_object_foreach(templates, name, entry)
    {
        ei_place here = ei_place_below(&at, name), title = ei_place_below(&here, "title"),
                 text = ei_place_below(&here, "text");
        if (!ei_document_code(name))
            return ei_document_fault(error, &here, "a template is named with a-z, 0-9, _ and -");
        EI_TRY(ei_document_keys(entry, keys, &here, error));
        EI_TRY(ei_document_texts(json_object_get(entry, "title"), languages_of(definition), &title,
                                 error));
        EI_TRY(ei_document_texts(json_object_get(entry, "text"), languages_of(definition), &text,
                                 error));
    }
    return EDU_OK;
}

static edu_status check_pages(const ei_definition *definition, edu_error *error)
{
    static const char *const keys[] = {"state", "title", "text", NULL};
    ei_place summary = {"/summary"}, rules_at = {"/rules"}, stages_at = {"/stages"};
    const json_t *rules = json_object_get(definition->json, "rules");
    const json_t *stages = json_object_get(definition->json, "stages");
    const json_t *languages = languages_of(definition);
    EI_TRY(ei_document_texts(json_object_get(definition->json, "summary"), languages, &summary,
                             error));
    EI_TRY(check_size(json_array_size(rules), &rules_at, error));
    for (size_t i = 0; i < json_array_size(rules); i++) {
        ei_place here = ei_place_index(&rules_at, i);
        EI_TRY(ei_document_texts(json_array_get(rules, i), languages, &here, error));
    }
    EI_TRY(check_size(json_array_size(stages), &stages_at, error));
    for (size_t i = 0; i < json_array_size(stages); i++) {
        const json_t *stage = json_array_get(stages, i);
        ei_place here = ei_place_index(&stages_at, i), state = ei_place_below(&here, "state"),
                 title = ei_place_below(&here, "title"), text = ei_place_below(&here, "text");
        EI_TRY(ei_document_keys(stage, keys, &here, error));
        if (find_state(definition, json_string_value(json_object_get(stage, "state"))) < 0)
            return ei_document_fault(error, &state, "there is no such state");
        EI_TRY(ei_document_texts(json_object_get(stage, "title"), languages, &title, error));
        EI_TRY(ei_document_texts(json_object_get(stage, "text"), languages, &text, error));
    }
    return EDU_OK;
}

/* Every state can be reached; every state that is not terminal can be left. */
static edu_status check_ways(const ei_definition *definition, edu_error *error)
{
    uint64_t reached = 0, left = 0, before;
    do {
        before = reached;
        for (size_t i = 0; i < definition->action_count; i++) {
            const action *one = &definition->actions[i];
            if (one->stays)
                continue;
            left |= one->from;
            if (one->creates || (one->from & reached))
                reached |= UINT64_C(1) << one->to;
        }
    } while (reached != before);
    ei_place at = {"/states"};
    for (size_t i = 0; i < definition->state_count; i++) {
        ei_place here = ei_place_below(&at, definition->states[i]);
        if (!(reached >> i & 1))
            return ei_document_fault(error, &here, "no action leads to this state");
        if (!definition->is_terminal[i] && !(left >> i & 1))
            return ei_document_fault(error, &here,
                                     "nothing follows this state, and it is not terminal");
    }
    return EDU_OK;
}

static int depth_of(const json_t *value, int limit)
{
    int deepest = 0;
    if (limit == 0)
        return 1;
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        int depth = depth_of(member, limit - 1);
        deepest = depth > deepest ? depth : deepest;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        int depth = depth_of(json_array_get(value, i), limit - 1);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static edu_status read_definition(ei_definition *definition, edu_error *error)
{
    static const char *const keys[] = {"service", "title",   "summary",   "rules",       "stages",
                                       "states",  "actions", "templates", "?is_private", NULL};
    ei_place root = {""}, service = {"/service"}, title = {"/title"};
    EI_TRY(ei_document_keys(definition->json, keys, &root, error));
    if (!ei_document_code(json_string_value(json_object_get(definition->json, "service"))))
        return ei_document_fault(error, &service, "a service is named with a-z, 0-9, _ and -");
    const json_t *titles = json_object_get(definition->json, "title");
    if (json_object_size(titles) == 0)
        return ei_document_fault(error, &title, "there must be a text in at least one language");
    EI_TRY(ei_document_texts(titles, titles, &title, error));
    bool is_private;
    EI_TRY(ei_document_flag(definition->json, "is_private", &root, &is_private, error));
    EI_TRY(read_states(definition, error));
    EI_TRY(check_templates(definition, error));
    EI_TRY(read_actions(definition, error));
    EI_TRY(check_pages(definition, error));
    return check_ways(definition, error);
}

static edu_status check_bounds(const json_t *json, edu_error *error)
{
    ei_place root = {""};
    if (depth_of(json, DEPTH_MAX) > DEPTH_MAX)
        return ei_document_fault(error, &root, "it is nested too deeply");
    size_t size = json_dumpb(json, NULL, 0, JSON_COMPACT);
    if (size > EI_DEFINITION_BYTES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "workflow.definition", NULL,
                       "the definition is longer than %d bytes", EI_DEFINITION_BYTES_MAX);
    return EDU_OK;
}

edu_status ei_definition_make(const json_t *json, ei_definition **out, edu_error *error)
{
    EI_TRY(check_bounds(json, error));
    ei_definition *definition = ei_calloc(1, sizeof *definition);
    if (!definition)
        return ei_no_memory(error);
    definition->json = json_deep_copy(json);
    edu_status status = definition->json ? read_definition(definition, error) : ei_no_memory(error);
    if (status != EDU_OK)
        ei_definition_free(definition);
    else
        *out = definition;
    return status;
}

void ei_definition_free(ei_definition *definition)
{
    if (!definition)
        return;
    for (size_t i = 0; i < definition->action_count; i++)
        ei_free(definition->actions[i].notices);
    json_decref(definition->json);
    ei_free(definition);
}

/* ---- asking ---- */

const char *ei_definition_service(const ei_definition *definition)
{
    return json_string_value(json_object_get(definition->json, "service"));
}

bool ei_definition_is_private(const ei_definition *definition)
{
    return json_is_true(json_object_get(definition->json, "is_private"));
}

json_t *ei_definition_json(const ei_definition *definition)
{
    return definition->json;
}

static json_t *part_of(const ei_definition *definition, const char *list, const char *name,
                       const char *part)
{
    return json_object_get(json_object_get(json_object_get(definition->json, list), name), part);
}

json_t *ei_definition_state_title(const ei_definition *definition, const char *state)
{
    return part_of(definition, "states", state, "title");
}

json_t *ei_definition_action_title(const ei_definition *definition, const char *name)
{
    return part_of(definition, "actions", name, "title");
}

json_t *ei_definition_template(const ei_definition *definition, const char *name, const char *part)
{
    return part_of(definition, "templates", name, part);
}

static const action *find_action(const ei_definition *definition, const char *name)
{
    for (size_t i = 0; i < definition->action_count; i++)
        if (strcmp(definition->actions[i].name, name) == 0)
            return &definition->actions[i];
    return NULL;
}

edu_status ei_definition_allow(const ei_definition *definition, const char *name, const char *from,
                               const char *actor_kind, ei_action *out, edu_error *error)
{
    const action *found = find_action(definition, name);
    int state = find_state(definition, from), kind = find_actor_kind(actor_kind);
    if (found && (kind < 0 || !(found->by >> kind & 1)))
        return ei_fail(error, EDU_E_DENIED, "workflow.not_by_you", NULL, "%s is not for %s", name,
                       actor_kind);
    if (!found || (from ? state < 0 || !(found->from >> state & 1) : !found->creates))
        return ei_fail(error, EDU_E_STATE, "workflow.not_from_here", NULL,
                       "%s is not possible in the state %s", name, from ? from : "of none");
    size_t to = found->stays ? (size_t)state : found->to;
    *out = (ei_action){.name = found->name,
                       .to = definition->states[to],
                       .creates = found->creates,
                       .ends = definition->is_terminal[to],
                       .is_internal = found->is_internal,
                       .notice_count = found->notice_count,
                       .notices = found->notices};
    return EDU_OK;
}

/* ---- templates ---- */

static void add_value(ei_buffer *out, const json_t *value)
{
    if (json_is_string(value))
        ei_buffer_add(out, json_string_value(value), json_string_length(value));
    else if (json_is_integer(value))
        ei_buffer_printf(out, "%lld", (long long)json_integer_value(value));
}

edu_status ei_template_fill(const char *text, const json_t *data, ei_buffer *out, edu_error *error)
{
    for (const char *brace; (brace = strchr(text, '{')) != NULL; text = brace) {
        ei_buffer_add(out, text, (size_t)(brace - text));
        size_t length = strcspn(++brace, "}");
        char name[EI_CODE_MAX + 1];
        snprintf(name, sizeof name, "%.*s", (int)length, brace);
        add_value(out, json_object_get(data, name));
        brace += length + (brace[length] == '}');
    }
    ei_buffer_text(out, text);
    return out->failed ? ei_no_memory(error) : EDU_OK;
}
