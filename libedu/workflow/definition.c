#include <stdio.h>
#include <string.h>
#include "workflow/definition_request.h"
#include "workflow/document.h"
#include "workflow/workflow.h"

#define DEPTH_MAX 16
#define CERTIFICATES_MAX 16

typedef struct action {
    const char *name;
    uint64_t from; /* a bit by state */
    bool creates;
    size_t to;
    bool stays;       /* in the state it came from */
    bool is_internal; /* not for whom the application is of */
    bool submits, is_bulk, asks_reason, asks_corrections;
    ei_deciding concession;
    ei_giving giving;
    int full;    /* state where no place is free; -1: refused then */
    unsigned by; /* a bit by kind of actor */
    size_t notice_count;
    ei_notice *notices;
} action;

struct ei_definition {
    json_t *json;
    size_t state_count, action_count;
    const char *states[EI_DEFINITION_LIST_MAX];
    ei_state_rules rules[EI_DEFINITION_LIST_MAX];
    action actions[EI_DEFINITION_LIST_MAX];
    ei_sheets sheets;
    ei_ranking ranking;
    ei_request_rules *request; /* NULL: a module of its own takes what is applied for */
    ei_tuition_rules tuition;
};

static const char *const actor_kinds[] = {"self",  "guardian", "signatory", "school", "institution",
                                          "clerk", "executor", "head",      "member", "system"};

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

static const action *find_action(const ei_definition *definition, const char *name)
{
    for (size_t i = 0; name && i < definition->action_count; i++)
        if (strcmp(definition->actions[i].name, name) == 0)
            return &definition->actions[i];
    return NULL;
}

static const json_t *languages_of(const ei_definition *definition)
{
    return json_object_get(definition->json, "title");
}

/* {"template", "to"}: who is told of a deadline. */
static edu_status read_tell(const json_t *deadline, const char *name, const ei_place *at,
                            ei_telling *out, edu_error *error)
{
    static const char *const keys[] = {"template", "to", NULL};
    const json_t *tell = json_object_get(deadline, name);
    ei_place here = ei_place_below(at, name), to_at = ei_place_below(&here, "to");
    if (!tell)
        return EDU_OK;
    EI_TRY(ei_document_keys(tell, keys, &here, error));
    const char *to = json_string_value(json_object_get(tell, "to"));
    out->template = json_string_value(json_object_get(tell, "template"));
    out->is_applicants = to && strcmp(to, "applicant") == 0;
    if (!out->template)
        return ei_document_fault(error, &here, "this must name a template");
    return out->is_applicants || (to && strcmp(to, "staff") == 0)
               ? EDU_OK
               : ei_document_fault(error, &to_at, "this must be applicant or staff");
}

static edu_status read_deadline(ei_state_rules *out, const json_t *deadline, const ei_place *at,
                                edu_error *error)
{
    static const char *const keys[] = {"unit",  "count", "?warn_percent", "?then", "?warn",
                                       "?late", NULL};
    ei_place unit = ei_place_below(at, "unit"), count = ei_place_below(at, "count"),
             warn = ei_place_below(at, "warn_percent"), then = ei_place_below(at, "then");
    if (!deadline)
        return EDU_OK;
    EI_TRY(ei_document_keys(deadline, keys, at, error));
    if (!ei_term_unit_find(json_string_value(json_object_get(deadline, "unit")), &out->unit))
        return ei_document_fault(error, &unit,
                                 "this must be working_days, days or working_minutes");
    const json_t *percent = json_object_get(deadline, "warn_percent");
    json_int_t units = json_integer_value(json_object_get(deadline, "count"));
    if (units < 1 || units > EI_TERM_MAX)
        return ei_document_fault(error, &count, "this must be a whole number from 1");
    json_int_t share = percent ? json_integer_value(percent) : 75;
    if (share < 1 || share > 100)
        return ei_document_fault(error, &warn, "this must be a whole number from 1 to 100");
    out->count = (int32_t)units;
    out->warn_percent = (int32_t)share;
    out->then = json_string_value(json_object_get(deadline, "then"));
    if (!out->then && json_object_get(deadline, "then"))
        return ei_document_fault(error, &then, "this must name an action");
    EI_TRY(read_tell(deadline, "warn", at, &out->warn, error));
    return read_tell(deadline, "late", at, &out->late, error);
}

static edu_status read_counts_as(ei_state_rules *out, const json_t *json, const ei_place *at,
                                 edu_error *error)
{
    static const char *const stages[] = {"registered", "paid", "confirmed", "absent"};
    ei_place here = ei_place_below(at, "counts_as");
    const char *name = json_string_value(json);
    for (size_t i = 0; name && i < EI_COUNT(stages); i++)
        if (strcmp(stages[i], name) == 0)
            out->counts_as = stages[i];
    return !json || out->counts_as
               ? EDU_OK
               : ei_document_fault(error, &here,
                                   "this must be registered, paid, confirmed or absent");
}

static edu_status read_state(ei_state_rules *out, const json_t *state, const ei_place *at,
                             edu_error *error)
{
    ei_place deadline = ei_place_below(at, "deadline");
    EI_TRY(ei_document_flag(state, "is_terminal", at, &out->is_terminal, error));
    EI_TRY(ei_document_flag(state, "edits", at, &out->edits, error));
    EI_TRY(ei_document_flag(state, "holds_place", at, &out->holds_place, error));
    EI_TRY(ei_document_flag(state, "waits_for_place", at, &out->waits_for_place, error));
    EI_TRY(ei_document_flag(state, "assesses", at, &out->assesses, error));
    EI_TRY(ei_document_flag(state, "takes_scores", at, &out->takes_scores, error));
    EI_TRY(ei_document_flag(state, "shows_scores", at, &out->shows_scores, error));
    EI_TRY(read_counts_as(out, json_object_get(state, "counts_as"), at, error));
    EI_TRY(ei_document_flag(state, "moves_up", at, &out->moves_up, error));
    if (out->holds_place && out->waits_for_place)
        return ei_document_fault(error, at, "who holds a place does not wait for one");
    return read_deadline(out, json_object_get(state, "deadline"), &deadline, error);
}

static edu_status read_states(ei_definition *definition, edu_error *error)
{
    static const char *const keys[] = {"title",         "?is_terminal",     "?edits",
                                       "?holds_place",  "?waits_for_place", "?moves_up",
                                       "?takes_scores", "?shows_scores",    "?deadline",
                                       "?assesses",     "?counts_as",       NULL};
    json_t *states = json_object_get(definition->json, "states"), *state;
    ei_place at = {"/states"};
    const char *name;
    EI_TRY(check_size(json_object_size(states), &at, error));
    json_object_foreach(states, name, state)
    {
        ei_place here = ei_place_below(&at, name), title = ei_place_below(&here, "title");
        if (!ei_document_code(name))
            return ei_document_fault(error, &here, "a state is named with a-z, 0-9, _ and -");
        EI_TRY(ei_document_keys(state, keys, &here, error));
        EI_TRY(ei_document_texts(json_object_get(state, "title"), languages_of(definition), &title,
                                 error));
        EI_TRY(read_state(&definition->rules[definition->state_count], state, &here, error));
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
        else if (definition->rules[state].is_terminal && !after_end)
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
                                     "this must be self, guardian, signatory, school, institution, "
                                     "clerk, executor, head, member or system");
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

/* What whoever does it has to give. */
static edu_status read_asks(action *made, const json_t *asks, const ei_place *at, edu_error *error)
{
    if (asks && !json_is_array(asks))
        return ei_document_fault(error, at, "this must be a list");
    for (size_t i = 0; i < json_array_size(asks); i++) {
        const char *name = json_string_value(json_array_get(asks, i));
        ei_place here = ei_place_index(at, i);
        if (name && strcmp(name, "reason") == 0)
            made->asks_reason = true;
        else if (name && strcmp(name, "corrections") == 0)
            made->asks_corrections = true;
        else
            return ei_document_fault(error, &here, "this must be reason or corrections");
    }
    return EDU_OK;
}

/* For which offerings an action is, by how they give their places. */
static edu_status read_giving(action *made, const json_t *giving, const ei_place *at,
                              edu_error *error)
{
    const char *name = json_string_value(giving);
    made->giving = EI_GIVING_ANY;
    if (!giving)
        return EDU_OK;
    if (name && strcmp(name, "first_come") == 0)
        made->giving = EI_GIVING_FIRST_COME;
    else if (name && strcmp(name, "round") == 0)
        made->giving = EI_GIVING_ROUND;
    else
        return ei_document_fault(error, at, "this must be first_come or round");
    return EDU_OK;
}

/* What it says of a concession that was claimed. */
static edu_status read_concession(action *made, const json_t *concession, const ei_place *at,
                                  edu_error *error)
{
    const char *name = json_string_value(concession);
    if (!concession)
        return EDU_OK;
    if (name && strcmp(name, "accept") == 0)
        made->concession = EI_DECIDING_ACCEPT;
    else if (name && strcmp(name, "refuse") == 0)
        made->concession = EI_DECIDING_REFUSE;
    else
        return ei_document_fault(error, at, "this must be accept or refuse");
    return EDU_OK;
}

static edu_status read_full(const ei_definition *definition, action *made, const json_t *full,
                            const ei_place *at, edu_error *error)
{
    made->full = full ? find_state(definition, json_string_value(full)) : -1;
    if (full && made->full < 0)
        return ei_document_fault(error, at, "there is no such state");
    if (full && (made->stays || !definition->rules[made->to].holds_place))
        return ei_document_fault(error, at,
                                 "only an action to a state that holds a place has this");
    return EDU_OK;
}

static edu_status read_work(const ei_definition *definition, action *made, const json_t *entry,
                            const ei_place *at, edu_error *error)
{
    ei_place asks = ei_place_below(at, "asks"), full = ei_place_below(at, "full"),
             giving = ei_place_below(at, "giving"), concession = ei_place_below(at, "concession");
    EI_TRY(ei_document_flag(entry, "submits", at, &made->submits, error));
    EI_TRY(ei_document_flag(entry, "is_bulk", at, &made->is_bulk, error));
    EI_TRY(read_asks(made, json_object_get(entry, "asks"), &asks, error));
    EI_TRY(read_giving(made, json_object_get(entry, "giving"), &giving, error));
    EI_TRY(read_concession(made, json_object_get(entry, "concession"), &concession, error));
    return read_full(definition, made, json_object_get(entry, "full"), &full, error);
}

static edu_status read_action(ei_definition *definition, action *made, const json_t *entry,
                              const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {
        "title",        "from",     "to",       "by",          "?notify",
        "?after_end",   "?submits", "?is_bulk", "?asks",       "?full",
        "?is_internal", "?button",  "?giving",  "?concession", NULL};
    ei_place title = ei_place_below(at, "title"), from = ei_place_below(at, "from"),
             to = ei_place_below(at, "to"), by = ei_place_below(at, "by"),
             notify = ei_place_below(at, "notify"), button = ei_place_below(at, "button");
    if (!ei_document_code(made->name))
        return ei_document_fault(error, at, "an action is named with a-z, 0-9, _ and -");
    EI_TRY(ei_document_keys(entry, keys, at, error));
    EI_TRY(ei_document_texts(json_object_get(entry, "title"), languages_of(definition), &title,
                             error));
    const json_t *wording = json_object_get(entry, "button");
    if (wording)
        EI_TRY(ei_document_texts(wording, languages_of(definition), &button, error));
    bool after_end;
    EI_TRY(ei_document_flag(entry, "after_end", at, &after_end, error));
    EI_TRY(ei_document_flag(entry, "is_internal", at, &made->is_internal, error));
    EI_TRY(read_from(definition, made, json_object_get(entry, "from"), after_end, &from, error));
    EI_TRY(read_to(definition, made, json_object_get(entry, "to"), &to, error));
    EI_TRY(read_by(made, json_object_get(entry, "by"), &by, error));
    EI_TRY(read_work(definition, made, entry, at, error));
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
                reached |= UINT64_C(1) << one->to | (one->full < 0 ? 0 : UINT64_C(1) << one->full);
        }
    } while (reached != before);
    ei_place at = {"/states"};
    for (size_t i = 0; i < definition->state_count; i++) {
        ei_place here = ei_place_below(&at, definition->states[i]);
        if (!(reached >> i & 1))
            return ei_document_fault(error, &here, "no action leads to this state");
        if (!definition->rules[i].is_terminal && !(left >> i & 1))
            return ei_document_fault(error, &here,
                                     "nothing follows this state, and it is not terminal");
    }
    return EDU_OK;
}

/* An action that the system does by itself, from this state. */
static bool is_systems(const ei_definition *definition, const char *name, size_t state)
{
    const action *found = find_action(definition, name);
    return found && (found->by >> find_actor_kind("system") & 1) && (found->from >> state & 1);
}

static bool has_template(const ei_definition *definition, const char *name)
{
    return !name || json_object_get(json_object_get(definition->json, "templates"), name);
}

/* The name of a template, where one may be named. */
static bool may_name(const ei_definition *definition, const json_t *template)
{
    return !template ||
           (json_is_string(template) && has_template(definition, json_string_value(template)));
}

static edu_status check_deadlines(const ei_definition *definition, edu_error *error)
{
    const char *code = json_string_value(json_object_get(definition->json, "calendar"));
    ei_place states = {"/states"}, calendar = {"/calendar"};
    if (json_object_get(definition->json, "calendar") && !ei_document_code(code))
        return ei_document_fault(error, &calendar, "this must be the code of a calendar");
    for (size_t i = 0; i < definition->state_count; i++) {
        const ei_state_rules *rules = &definition->rules[i];
        ei_place here = ei_place_below(&states, definition->states[i]),
                 deadline = ei_place_below(&here, "deadline"),
                 then = ei_place_below(&deadline, "then");
        if (rules->count && !code)
            return ei_document_fault(error, &calendar, "deadlines need a calendar");
        if (rules->count && rules->is_terminal)
            return ei_document_fault(error, &deadline, "nothing is due in a terminal state");
        if (!has_template(definition, rules->warn.template) ||
            !has_template(definition, rules->late.template))
            return ei_document_fault(error, &deadline, "there is no such template");
        if (rules->then && !is_systems(definition, rules->then, i))
            return ei_document_fault(error, &then,
                                     "there is no such action of the system from this state");
    }
    return EDU_OK;
}

/* Where some wait for a place, the system gives them one that becomes free. */
static edu_status check_places(const ei_definition *definition, edu_error *error)
{
    const json_t *promote = json_object_get(definition->json, "promote");
    const action *found = find_action(definition, json_string_value(promote));
    ei_place at = {"/promote"}, states = {"/states"};
    bool is_held = false, is_waited_for = false;
    for (size_t i = 0; i < definition->state_count; i++) {
        const ei_state_rules *rules = &definition->rules[i];
        ei_place here = ei_place_below(&states, definition->states[i]);
        is_held = is_held || rules->holds_place;
        is_waited_for = is_waited_for || rules->waits_for_place;
        if (rules->moves_up && !rules->holds_place)
            return ei_document_fault(error, &here, "who moves up holds a place");
        if ((rules->waits_for_place || rules->moves_up) &&
            !is_systems(definition, json_string_value(promote), i))
            return ei_document_fault(
                error, &here,
                "who waits or moves up is given a place by the action of promote, "
                "which the system does from here");
    }
    if (promote && (!found || found->stays || !definition->rules[found->to].holds_place))
        return ei_document_fault(error, &at,
                                 "this must be an action to a state that holds a place");
    if ((is_held || is_waited_for) &&
        !json_is_true(json_object_get(json_object_get(definition->json, "request"), "offerings")))
        return ei_document_fault(error, &states, "places are those of offerings: see request");
    return EDU_OK;
}

static bool is_any(const ei_definition *definition, bool (*fits)(const action *, uint64_t),
                   uint64_t states)
{
    for (size_t i = 0; i < definition->action_count; i++)
        if (fits(&definition->actions[i], states))
            return true;
    return false;
}

static bool accepts(const action *one, uint64_t states)
{
    return one->concession == EI_DECIDING_ACCEPT && (one->from & states);
}

static bool refuses(const action *one, uint64_t states)
{
    return one->concession == EI_DECIDING_REFUSE && (one->from & states);
}

static bool decides(const action *one, uint64_t states)
{
    (void)states;
    return one->concession != EI_DECIDING_NONE;
}

/* The system takes each of its steps from the states that they follow. */
static edu_status check_assessing(const ei_definition *definition, size_t state, edu_error *error)
{
    const ei_tuition_rules *rules = &definition->tuition;
    ei_place tuition = {"/tuition"}, due = ei_place_below(&tuition, "due"),
             paid = ei_place_below(&tuition, "paid"), none = ei_place_below(&tuition, "nothing"),
             claimed = ei_place_below(&tuition, "claimed");
    const action *bill = find_action(definition, rules->due),
                 *claim = find_action(definition, rules->claimed);
    if (!is_systems(definition, rules->due, state))
        return ei_document_fault(error, &due,
                                 "the system must do this from each state that assesses");
    if (!is_systems(definition, rules->nothing, state))
        return ei_document_fault(error, &none,
                                 "the system must do this from each state that assesses");
    if (bill->stays || !is_systems(definition, rules->paid, bill->to))
        return ei_document_fault(error, &paid,
                                 "the system must do this from the state that due leads to");
    if (!ei_tuition_has_concessions(rules))
        return EDU_OK;
    if (!is_systems(definition, rules->claimed, state) || claim->stays)
        return ei_document_fault(error, &claimed,
                                 "the system must do this from each state that assesses");
    uint64_t waiting = UINT64_C(1) << claim->to;
    return is_any(definition, accepts, waiting) && is_any(definition, refuses, waiting)
               ? EDU_OK
               : ei_document_fault(error, &claimed,
                                   "from the state that this leads to, a concession must be "
                                   "accepted by an action, and refused by another");
}

/* Who is admitted has a way to pay, and an application that ends with the admission. */
static edu_status check_admission(const ei_definition *definition, edu_error *error)
{
    ei_place at = {"/request/admission"}, ended_at = ei_place_below(&at, "ended"),
             tuition = {"/tuition"}, states = {"/states"};
    const ei_request_rules *rules = definition->request;
    for (size_t i = 0; i < definition->state_count; i++) {
        ei_place here = ei_place_below(&states, definition->states[i]);
        if (definition->rules[i].counts_as && (!rules || !rules->admission))
            return ei_document_fault(error, &here, "counts_as is of who was admitted");
    }
    if (!rules || !rules->admission)
        return EDU_OK;
    const action *ended = find_action(definition, ei_admission_name(rules, "ended"));
    if (!definition->tuition.json || definition->tuition.funding)
        return ei_document_fault(error, &tuition,
                                 "who was admitted is funded as the list says: this is needed, "
                                 "without funding");
    if (!ended || !(ended->by >> find_actor_kind("system") & 1) || ended->stays ||
        !definition->rules[ended->to].is_terminal)
        return ei_document_fault(error, &ended_at,
                                 "this must be an action of the system to a terminal state");
    return may_name(definition, json_object_get(rules->admission, "told")) &&
                   may_name(definition, json_object_get(rules->admission, "reopened"))
               ? EDU_OK
               : ei_document_fault(error, &at, "there is no such template");
}

static edu_status check_tuition(ei_definition *definition, edu_error *error)
{
    ei_place at = {"/tuition"}, states = {"/states"};
    bool assesses = false;
    EI_TRY(ei_tuition_rules_make(json_object_get(definition->json, "tuition"),
                                 languages_of(definition), definition->request,
                                 &definition->tuition, error));
    for (size_t i = 0; i < definition->state_count; i++) {
        if (!definition->rules[i].assesses)
            continue;
        ei_place here = ei_place_below(&states, definition->states[i]);
        assesses = true;
        if (!definition->tuition.json || definition->rules[i].is_terminal)
            return ei_document_fault(error, &here, "what assesses needs tuition, and goes on");
        EI_TRY(check_assessing(definition, i, error));
    }
    if (definition->tuition.json && !assesses)
        return ei_document_fault(error, &at, "this needs a state that assesses");
    return ei_tuition_has_concessions(&definition->tuition) || !is_any(definition, decides, 0)
               ? EDU_OK
               : ei_document_fault(error, &at, "an action decides on concessions: there are none");
}

static edu_status check_scored(const ei_definition *definition, size_t state, edu_error *error)
{
    const ei_state_rules *rules = &definition->rules[state];
    ei_place states = {"/states"}, here = ei_place_below(&states, definition->states[state]),
             takes = ei_place_below(&here, "takes_scores"),
             shows = ei_place_below(&here, "shows_scores");
    if (definition->sheets.count == 0 && (rules->takes_scores || rules->shows_scores))
        return ei_document_fault(error, rules->takes_scores ? &takes : &shows,
                                 "there are no sheets of scores");
    return rules->takes_scores && rules->is_terminal
               ? ei_document_fault(error, &takes, "nothing is scored in a terminal state")
               : EDU_OK;
}

/* Where no state says that it takes scores, those do from which places are given; where none are
 * given, all. */
static edu_status read_scored(ei_definition *definition, edu_error *error)
{
    const char *place = json_string_value(json_object_get(definition->json, "place"));
    bool is_said = false;
    for (size_t i = 0; i < definition->state_count; i++) {
        EI_TRY(check_scored(definition, i, error));
        is_said = is_said || definition->rules[i].takes_scores;
    }
    for (size_t i = 0; i < definition->state_count && !is_said; i++)
        definition->rules[i].takes_scores =
            place ? is_systems(definition, place, i) : !definition->rules[i].is_terminal;
    return EDU_OK;
}

/* What gives who holds a place one of the offering that follows. */
static edu_status check_carry(const ei_definition *definition, edu_error *error)
{
    static const char *const keys[] = {"action", "?left", NULL};
    const json_t *carry = json_object_get(definition->json, "carry");
    ei_place at = {"/carry"}, name = {"/carry/action"}, left = {"/carry/left"};
    if (!carry)
        return EDU_OK;
    EI_TRY(ei_document_keys(carry, keys, &at, error));
    const action *found =
        find_action(definition, json_string_value(json_object_get(carry, "action")));
    if (!found || !found->creates || !(found->by >> find_actor_kind("system") & 1) ||
        !definition->rules[found->to].holds_place)
        return ei_document_fault(error, &name,
                                 "this must be an action of the system that makes an application "
                                 "in a state that holds a place");
    if (definition->request && definition->request->choices > 0)
        return ei_document_fault(error, &at, "where one chooses among offerings nothing follows");
    return may_name(definition, json_object_get(carry, "left"))
               ? EDU_OK
               : ei_document_fault(error, &left, "there is no such template");
}

/* What a certificate of a place is called, and says. */
static edu_status check_certificate(const ei_definition *definition, const json_t *one,
                                    const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"title", "text", "?until", NULL};
    ei_place title = ei_place_below(at, "title"), text = ei_place_below(at, "text"),
             until = ei_place_below(at, "until");
    EI_TRY(ei_document_keys(one, keys, at, error));
    EI_TRY(
        ei_document_texts(json_object_get(one, "title"), languages_of(definition), &title, error));
    EI_TRY(ei_document_texts(json_object_get(one, "text"), languages_of(definition), &text, error));
    const json_t *last = json_object_get(one, "until");
    return !last || (json_is_integer(last) && json_integer_value(last) >= 1 &&
                     json_integer_value(last) <= 1000000)
               ? EDU_OK
               : ei_document_fault(error, &until, "this must be the last place that gets it");
}

static edu_status check_certificates(const ei_definition *definition, edu_error *error)
{
    const json_t *list = json_object_get(definition->json, "certificates");
    ei_place at = {"/certificates"};
    if (!list)
        return EDU_OK;
    if (!json_is_array(list) || json_array_size(list) > CERTIFICATES_MAX)
        return ei_document_fault(error, &at, "this must be a list of at most 16");
    if (!json_object_get(definition->json, "place"))
        return ei_document_fault(error, &at, "without place nobody is ranked");
    for (size_t i = 0; i < json_array_size(list); i++) {
        ei_place here = ei_place_index(&at, i);
        EI_TRY(check_certificate(definition, json_array_get(list, i), &here, error));
    }
    return EDU_OK;
}

/* Kinds of times and places to which people are asked. */
static edu_status check_slots(const ei_definition *definition, edu_error *error)
{
    static const char *const keys[] = {"title", "?template", NULL};
    json_t *slots = json_object_get(definition->json, "slots"), *one;
    ei_place at = {"/slots"};
    const char *kind;
    if (!slots)
        return EDU_OK;
    EI_TRY(check_size(json_object_size(slots), &at, error));
    json_object_foreach(slots, kind, one)
    {
        ei_place here = ei_place_below(&at, kind), title = ei_place_below(&here, "title"),
                 template = ei_place_below(&here, "template");
        if (!ei_document_code(kind))
            return ei_document_fault(error, &here, "a slot is named with a-z, 0-9, _ and -");
        EI_TRY(ei_document_keys(one, keys, &here, error));
        EI_TRY(ei_document_texts(json_object_get(one, "title"), languages_of(definition), &title,
                                 error));
        if (!may_name(definition, json_object_get(one, "template")))
            return ei_document_fault(error, &template, "there is no such template");
    }
    return EDU_OK;
}

static edu_status check_sitting_pointer(const ei_definition *definition, const json_t *one,
                                        const char *name, const ei_place *at, edu_error *error)
{
    const json_t *pointer = json_object_get(one, name);
    ei_place here = ei_place_below(at, name);
    if (!pointer)
        return EDU_OK;
    return definition->request && definition->request->form &&
                   ei_document_pointer(json_string_value(pointer))
               ? EDU_OK
               : ei_document_fault(error, &here, "this must be a JSON Pointer into the form");
}

/* What becomes of who has a seat, and of who did not take it, is done by the system. */
static edu_status check_sitting(const ei_definition *definition, const json_t *one,
                                const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"title",   "state",      "seat", "?absent",
                                       "?region", "?step_free", NULL};
    ei_place title = ei_place_below(at, "title"), state = ei_place_below(at, "state"),
             seat = ei_place_below(at, "seat"), absent = ei_place_below(at, "absent");
    EI_TRY(ei_document_keys(one, keys, at, error));
    EI_TRY(
        ei_document_texts(json_object_get(one, "title"), languages_of(definition), &title, error));
    int from = find_state(definition, json_string_value(json_object_get(one, "state")));
    if (from < 0 || definition->rules[from].is_terminal)
        return ei_document_fault(error, &state, "this must be a state that is not terminal");
    const char *given = json_string_value(json_object_get(one, "seat"));
    const action *found = find_action(definition, given);
    if (!found || !is_systems(definition, given, (size_t)from))
        return ei_document_fault(error, &seat,
                                 "this must be an action of the system from the state");
    size_t to = found->stays ? (size_t)from : found->to;
    if (json_object_get(one, "absent") &&
        !is_systems(definition, json_string_value(json_object_get(one, "absent")), to))
        return ei_document_fault(error, &absent,
                                 "this must be an action of the system from where seat leads");
    EI_TRY(check_sitting_pointer(definition, one, "region", at, error));
    return check_sitting_pointer(definition, one, "step_free", at, error);
}

static edu_status check_sittings(const ei_definition *definition, edu_error *error)
{
    json_t *sittings = json_object_get(definition->json, "sittings"), *one;
    ei_place at = {"/sittings"};
    const char *kind;
    if (!sittings)
        return EDU_OK;
    if (!definition->request)
        return ei_document_fault(error, &at, "this needs a request");
    EI_TRY(check_size(json_object_size(sittings), &at, error));
    json_object_foreach(sittings, kind, one)
    {
        ei_place here = ei_place_below(&at, kind);
        if (!ei_document_code(kind))
            return ei_document_fault(error, &here, "a sitting is named with a-z, 0-9, _ and -");
        EI_TRY(check_sitting(definition, one, &here, error));
    }
    return EDU_OK;
}

/* Whoever is ranked, and only they, can be moved by what a round does. */
static edu_status check_fail(const ei_definition *definition, const char *place, edu_error *error)
{
    const json_t *fail = json_object_get(definition->json, "fail");
    const action *found = find_action(definition, json_string_value(fail));
    ei_place at = {"/fail"};
    if (!fail)
        return EDU_OK;
    if (!found || found->stays || definition->rules[found->to].holds_place)
        return ei_document_fault(error, &at, "this must be an action to a state without a place");
    for (size_t i = 0; i < definition->state_count; i++)
        if (is_systems(definition, place, i) && !is_systems(definition, found->name, i))
            return ei_document_fault(error, &at,
                                     "the system must do this from each state that place is from");
    return EDU_OK;
}

/* Places go to who is ranked, and no two are equal then; who of several offerings gets none is on
 * the list. */
static edu_status check_placing(const ei_definition *definition, const action *found,
                                edu_error *error)
{
    ei_place at = {"/place"}, ranking = {"/ranking"};
    bool holds = definition->rules[found->to].holds_place;
    if (holds && !ei_ranking_has_lottery(&definition->ranking))
        return ei_document_fault(error, &ranking,
                                 "where places are given, the last key is the lottery, so that no "
                                 "two are equal");
    if (!definition->request || definition->request->choices == 0)
        return EDU_OK;
    return holds && found->full >= 0 && definition->rules[found->full].waits_for_place
               ? EDU_OK
               : ei_document_fault(error, &at,
                                   "where one chooses among offerings, this leads to a state that "
                                   "holds a place, and where it is full to one that waits");
}

static edu_status check_round(const ei_definition *definition, edu_error *error)
{
    const json_t *place = json_object_get(definition->json, "place");
    const action *found = find_action(definition, json_string_value(place));
    ei_place at = {"/place"}, root = {""};
    bool is_public, is_possible = false;
    EI_TRY(ei_document_flag(definition->json, "is_ranking_public", &root, &is_public, error));
    if (!place)
        return is_public || json_object_get(definition->json, "fail")
                   ? ei_document_fault(error, &at, "without this nobody is ranked")
                   : EDU_OK;
    for (size_t i = 0; found && i < definition->state_count; i++)
        is_possible = is_possible || is_systems(definition, found->name, i);
    if (!is_possible || found->stays)
        return ei_document_fault(error, &at, "this must be an action of the system to a state");
    if (definition->ranking.count == 0 || !definition->request)
        return ei_document_fault(error, &at, "this needs a ranking, and a request");
    EI_TRY(check_placing(definition, found, error));
    return check_fail(definition, found->name, error);
}

static edu_status read_scores(ei_definition *definition, edu_error *error)
{
    ei_place scores = {"/scores"}, ranking = {"/ranking"};
    const json_t *languages = languages_of(definition);
    EI_TRY(ei_sheets_make(json_object_get(definition->json, "scores"), languages, &scores,
                          &definition->sheets, error));
    return ei_ranking_make(json_object_get(definition->json, "ranking"), &definition->sheets,
                           languages, &ranking, &definition->ranking, error);
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
    /* One a line, as each kind of service brings its own. */
    /* clang-format off */
    static const char *const keys[] = {
        "service",
        "title",
        "summary",
        "rules",
        "stages",
        "states",
        "actions",
        "templates",
        "?calendar",
        "?request",
        "?is_private",
        "?promote",
        "?carry",
        "?scores",
        "?ranking",
        "?place",
        "?fail",
        "?is_ranking_public",
        "?slots",
        "?certificates",
        "?tuition",
        "?sittings",
        NULL};
    /* clang-format on */
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
    EI_TRY(ei_request_rules_make(json_object_get(definition->json, "request"), titles,
                                 &definition->request, error));
    EI_TRY(read_scores(definition, error));
    EI_TRY(check_deadlines(definition, error));
    EI_TRY(check_places(definition, error));
    EI_TRY(check_carry(definition, error));
    EI_TRY(check_round(definition, error));
    EI_TRY(check_certificates(definition, error));
    EI_TRY(read_scored(definition, error));
    EI_TRY(check_slots(definition, error));
    EI_TRY(check_tuition(definition, error));
    EI_TRY(check_admission(definition, error));
    EI_TRY(check_sittings(definition, error));
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
    ei_request_rules_free(definition->request);
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

const ei_request_rules *ei_definition_request(const ei_definition *definition)
{
    return definition->request;
}

const ei_tuition_rules *ei_definition_tuition(const ei_definition *definition)
{
    return definition->tuition.json ? &definition->tuition : NULL;
}

const char *ei_definition_calendar(const ei_definition *definition)
{
    return json_string_value(json_object_get(definition->json, "calendar"));
}

const char *ei_definition_promote(const ei_definition *definition)
{
    return json_string_value(json_object_get(definition->json, "promote"));
}

const char *ei_definition_carry(const ei_definition *definition, const char *part)
{
    return json_string_value(json_object_get(json_object_get(definition->json, "carry"), part));
}

const json_t *ei_definition_certificates(const ei_definition *definition)
{
    return json_object_get(definition->json, "certificates");
}

const json_t *ei_definition_certificate_for(const ei_definition *definition, int32_t place)
{
    const json_t *list = ei_definition_certificates(definition);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i), *until = json_object_get(one, "until");
        if (!until || place <= json_integer_value(until))
            return one;
    }
    return NULL;
}

const char *ei_definition_place(const ei_definition *definition)
{
    return json_string_value(json_object_get(definition->json, "place"));
}

const char *ei_definition_fail(const ei_definition *definition)
{
    return json_string_value(json_object_get(definition->json, "fail"));
}

bool ei_definition_ranking_is_public(const ei_definition *definition)
{
    return json_is_true(json_object_get(definition->json, "is_ranking_public"));
}

const ei_sheets *ei_definition_sheets(const ei_definition *definition)
{
    return &definition->sheets;
}

const ei_ranking *ei_definition_ranking(const ei_definition *definition)
{
    return &definition->ranking;
}

const ei_state_rules *ei_definition_state(const ei_definition *definition, const char *name)
{
    int state = find_state(definition, name);
    return state < 0 ? NULL : &definition->rules[state];
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

json_t *ei_definition_action_button(const ei_definition *definition, const char *name)
{
    json_t *button = part_of(definition, "actions", name, "button");
    return button ? button : ei_definition_action_title(definition, name);
}

json_t *ei_definition_template(const ei_definition *definition, const char *name, const char *part)
{
    return part_of(definition, "templates", name, part);
}

json_t *ei_definition_slot_title(const ei_definition *definition, const char *kind)
{
    return part_of(definition, "slots", kind, "title");
}

const char *ei_definition_slot_template(const ei_definition *definition, const char *kind)
{
    return json_string_value(part_of(definition, "slots", kind, "template"));
}

bool ei_definition_sitting(const ei_definition *definition, const char *kind, ei_sitting_kind *out)
{
    const json_t *one = json_object_get(json_object_get(definition->json, "sittings"), kind);
    *out = (ei_sitting_kind){.title = json_object_get(one, "title"),
                             .state = json_string_value(json_object_get(one, "state")),
                             .seat = json_string_value(json_object_get(one, "seat")),
                             .absent = json_string_value(json_object_get(one, "absent")),
                             .region = json_string_value(json_object_get(one, "region")),
                             .step_free = json_string_value(json_object_get(one, "step_free"))};
    return one != NULL;
}

static void fill_action(const ei_definition *definition, const action *found, int state,
                        ei_action *out)
{
    size_t to = found->stays ? (size_t)state : found->to;
    *out = (ei_action){.name = found->name,
                       .to = definition->states[to],
                       .full = found->full < 0 ? NULL : definition->states[found->full],
                       .creates = found->creates,
                       .ends = definition->rules[to].is_terminal,
                       .is_internal = found->is_internal,
                       .submits = found->submits,
                       .giving = found->giving,
                       .concession = found->concession,
                       .is_bulk = found->is_bulk,
                       .asks_reason = found->asks_reason,
                       .asks_corrections = found->asks_corrections,
                       .notice_count = found->notice_count,
                       .notices = found->notices};
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
                       "%s is not possible in the state %s", found ? name : "this",
                       from ? from : "of none");
    fill_action(definition, found, state, out);
    return EDU_OK;
}

size_t ei_definition_possible(const ei_definition *definition, const char *from,
                              const char *actor_kind, ei_action out[EI_DEFINITION_LIST_MAX])
{
    int state = find_state(definition, from), kind = find_actor_kind(actor_kind);
    size_t count = 0;
    for (size_t i = 0; kind >= 0 && i < definition->action_count; i++) {
        const action *one = &definition->actions[i];
        bool is_possible = from ? state >= 0 && (one->from >> state & 1) : one->creates;
        if (is_possible && (one->by >> kind & 1))
            fill_action(definition, one, state, &out[count++]);
    }
    return count;
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
