/* Which fields a schema has: each property that one fills in, with the conditions under which a
 * branch speaks of it. */
#include <stdio.h>
#include <string.h>
#include "form/fields.h"

typedef struct finder {
    ei_fields *fields;
    edu_error *error;
    int64_t steps;
} finder;

typedef struct place {
    const char *pointer;
    ei_field_of *list;
    const ei_condition *condition;
    int depth;
} place;

static edu_status gather(finder *in, const ei_node *node, place at);

static edu_status cannot_show(finder *in, const ei_node *node, const char *what)
{
    return ei_form_fault(in->error, EDU_E_INVALID, "form.schema_shown", node->value, NULL, "%s",
                         what);
}

/* ---- what a node says ---- */

static const ei_value *find_keyword(const ei_node *node, const char *keyword, int depth)
{
    const ei_value *found = ei_value_member(node->value, keyword, strlen(keyword));
    if (found || depth > EI_FORM_CHAIN_MAX)
        return found;
    if (node->ref)
        found = find_keyword(node->ref, keyword, depth + 1);
    for (uint32_t i = 0; !found && i < node->all_of.count; i++)
        found = find_keyword(node->all_of.items[i], keyword, depth + 1);
    return found;
}

const ei_value *ei_node_keyword(const ei_node *node, const char *keyword)
{
    return find_keyword(node, keyword, 0);
}

const ei_value *ei_node_choice(const ei_node *node, uint32_t index)
{
    const ei_value *list = ei_node_keyword(node, "enum");
    if (list)
        return index < list->count ? list->items[index] : NULL;
    list = ei_node_keyword(node, "oneOf");
    if (list && index < list->count)
        return EI_MEMBER(list->items[index], "const");
    return NULL;
}

const char *ei_choice_name(const ei_value *choice)
{
    return choice->type == EI_VALUE_BOOL   ? (choice->truth ? "true" : "false")
           : choice->type == EI_VALUE_NULL ? "null"
           : choice->text                  ? choice->text
                                           : "";
}

/* The nodes that describe one value, as keywords are found: any of them has this? */
static bool says(const ei_node *node, const char *keyword)
{
    return ei_node_keyword(node, keyword) != NULL;
}

static const ei_node *find_items(const ei_node *node)
{
    const ei_value *items = ei_node_keyword(node, "items");
    return items ? items->node : NULL;
}

/* A type among several, null left aside. */
static bool has_type(const ei_node *node, const char *name)
{
    const ei_value *type = ei_node_keyword(node, "type");
    if (!type)
        return false;
    for (uint32_t i = 0; type->type == EI_VALUE_ARRAY && i < type->count; i++)
        if (ei_value_is_text(type->items[i], name))
            return true;
    return ei_value_is_text(type, name);
}

bool ei_node_is_object(const ei_node *node)
{
    return has_type(node, "object") || says(node, "properties");
}

/* ---- keeping what is found ---- */

static bool add_occurrence(finder *in, ei_occurrence **list, const ei_condition *condition)
{
    ei_occurrence *made = ei_arena_alloc(in->fields->arena, sizeof *made);
    if (!made)
        return false;
    made->condition = condition;
    made->next = *list;
    *list = made;
    return true;
}

static ei_condition *new_condition(finder *in, const place *at, const ei_node *node,
                                   const char *name, bool wanted)
{
    ei_condition *made = ei_arena_alloc(in->fields->arena, sizeof *made);
    if (made)
        *made = (ei_condition){.outer = at->condition,
                               .node = node,
                               .name = name,
                               .place = at->pointer,
                               .wanted = wanted};
    return made;
}

static char *pointer_below(finder *in, const char *pointer, const char *name, size_t length)
{
    ei_buffer out = {0};
    ei_buffer_text(&out, pointer);
    ei_pointer_add(&out, name, length);
    char *made = out.failed ? NULL : ei_arena_strndup(in->fields->arena, out.data, out.size);
    ei_buffer_free(&out);
    return made;
}

ei_field_of *ei_fields_named(ei_fields *fields, const char *pointer)
{
    for (size_t i = 0; i < fields->count; i++)
        if (strcmp(fields->items[i].pointer, pointer) == 0)
            return &fields->items[i];
    return NULL;
}

static edu_status take_field(finder *in, const ei_node *node, const place *at, ei_field_of **out)
{
    ei_field_of *found = ei_fields_named(in->fields, at->pointer);
    if (!found) {
        if (in->fields->count == EI_FIELDS_MAX)
            return ei_form_fault(in->error, EDU_E_LIMIT, "form.schema_shown", node->value, NULL,
                                 "a form that is shown has at most %d fields", EI_FIELDS_MAX);
        found = &in->fields->items[in->fields->count++];
        *found = (ei_field_of){.pointer = at->pointer, .node = node, .list = at->list};
    }
    *out = found;
    return add_occurrence(in, &found->shown, at->condition) ? EDU_OK : ei_no_memory(in->error);
}

/* ---- kinds ---- */

static edu_status set_leaf(finder *in, const ei_node *node, ei_field_of *field)
{
    bool is_whole = has_type(node, "integer");
    if (ei_node_choice(node, 0))
        field->kind = EI_FIELD_CHOICE;
    else if (has_type(node, "boolean"))
        field->kind = EI_FIELD_YES_NO;
    else if (is_whole || has_type(node, "number"))
        field->kind = EI_FIELD_NUMBER;
    else if (ei_value_is_text(ei_node_keyword(node, "format"), "date"))
        field->kind = EI_FIELD_DATE;
    else if (has_type(node, "string") || says(node, "format") || says(node, "pattern"))
        field->kind = EI_FIELD_TEXT;
    else
        return cannot_show(in, node, "a page cannot ask for this: it needs a type");
    field->is_whole = is_whole;
    return EDU_OK;
}

static edu_status gather_list(finder *in, const ei_node *node, place at)
{
    const ei_node *items = find_items(node);
    ei_field_of *field;
    if (!items)
        return cannot_show(in, node, "a list that is shown has items");
    if (at.list)
        return cannot_show(in, node, "a list within a list cannot be shown");
    EI_TRY(take_field(in, items, &at, &field));
    field->list_node = node;
    field->kind = ei_node_choice(items, 0) ? EI_FIELD_CHOICES : EI_FIELD_LIST;
    if (field->kind == EI_FIELD_CHOICES)
        return EDU_OK;
    at.pointer = ei_arena_printf(in->fields->arena, "%s/*", at.pointer);
    at.list = field;
    if (!at.pointer)
        return ei_no_memory(in->error);
    field->is_plain = !ei_node_is_object(items);
    if (!field->is_plain)
        return gather(in, items, at);
    EI_TRY(take_field(in, items, &at, &field));
    return set_leaf(in, items, field);
}

/* A property, as one schema has it. */
static edu_status gather_property(finder *in, const ei_node *node, place at, const char *name,
                                  size_t length)
{
    ei_field_of *known;
    at.pointer = pointer_below(in, at.pointer, name, length);
    if (!at.pointer)
        return ei_no_memory(in->error);
    at.depth++;
    bool says_nothing = !says(node, "type") && !says(node, "enum") && !says(node, "oneOf") &&
                        !says(node, "properties") && !says(node, "format") &&
                        !says(node, "pattern") && !says(node, "items");
    known = ei_fields_named(in->fields, at.pointer);
    /* Such as {"const": 1} in a branch: of a field that another schema describes. */
    if (known || says_nothing)
        return known && !says_nothing
                   ? (add_occurrence(in, &known->shown, at.condition) ? EDU_OK
                                                                      : ei_no_memory(in->error))
                   : EDU_OK;
    if (ei_node_is_object(node))
        return gather(in, node, at);
    if (has_type(node, "array") || says(node, "items"))
        return gather_list(in, node, at);
    EI_TRY(take_field(in, node, &at, &known));
    return set_leaf(in, node, known);
}

/* ---- schemas of one object ---- */

static edu_status gather_properties(finder *in, const ei_node *node, place at)
{
    const ei_value *list = EI_MEMBER(node->value, "properties");
    for (uint32_t i = 0; list && i < list->count; i++) {
        const ei_node *below = list->items[i]->node;
        if (!below->never && below->value->type == EI_VALUE_OBJECT)
            EI_TRY(
                gather_property(in, below, at, list->items[i]->name, list->items[i]->name_length));
    }
    return EDU_OK;
}

static edu_status gather_then(finder *in, const ei_node *node, place at)
{
    const ei_condition *outer = at.condition;
    for (int wanted = 1; wanted >= 0; wanted--) {
        const ei_node *branch = wanted ? node->then : node->otherwise;
        at.condition = outer;
        const ei_condition *made = new_condition(in, &at, node->if_, NULL, wanted);
        if (!made)
            return ei_no_memory(in->error);
        at.condition = made;
        if (branch)
            EI_TRY(gather(in, branch, at));
    }
    return EDU_OK;
}

/* A variant is active where it holds. */
static edu_status gather_variants(finder *in, const ei_node_list *list, place at)
{
    const ei_condition *outer = at.condition;
    for (uint32_t i = 0; i < list->count; i++) {
        at.condition = outer;
        ei_condition *made = new_condition(in, &at, list->items[i], NULL, true);
        if (!made)
            return ei_no_memory(in->error);
        made->variants = list;
        at.condition = made;
        EI_TRY(gather(in, list->items[i], at));
    }
    return EDU_OK;
}

static edu_status gather_dependent(finder *in, const ei_node *node, place at)
{
    const ei_condition *outer = at.condition;
    for (uint32_t i = 0; i < node->dependent_schemas.count; i++) {
        const ei_named_node *one = &node->dependent_schemas.items[i];
        at.condition = outer;
        const ei_condition *made = new_condition(in, &at, NULL, one->name, true);
        if (!made)
            return ei_no_memory(in->error);
        at.condition = made;
        EI_TRY(gather(in, one->node, at));
    }
    return EDU_OK;
}

static edu_status gather(finder *in, const ei_node *node, place at)
{
    if (--in->steps < 0 || at.depth > 16)
        return cannot_show(in, node, "the schema is too entangled to be shown");
    if (node->ref && node->ref->is_bundled)
        return cannot_show(in, node, "a schema cannot be filled in as a form");
    EI_TRY(gather_properties(in, node, at));
    if (node->ref)
        EI_TRY(gather(in, node->ref, at));
    for (uint32_t i = 0; i < node->all_of.count; i++)
        EI_TRY(gather(in, node->all_of.items[i], at));
    if (node->if_)
        EI_TRY(gather_then(in, node, at));
    EI_TRY(gather_variants(in, &node->any_of, at));
    EI_TRY(gather_variants(in, &node->one_of, at));
    return gather_dependent(in, node, at);
}

/* ---- what is required, once all fields are known ---- */

static edu_status require(finder *in, const ei_node *node, place at);

static edu_status require_names(finder *in, const ei_value *names, const place *at)
{
    for (uint32_t i = 0; names && i < names->count; i++) {
        const ei_value *name = names->items[i];
        char *pointer = pointer_below(in, at->pointer, name->text, name->length);
        ei_field_of *field = pointer ? ei_fields_named(in->fields, pointer) : NULL;
        if (!pointer || (field && !add_occurrence(in, &field->required, at->condition)))
            return ei_no_memory(in->error);
    }
    return EDU_OK;
}

static edu_status require_dependent(finder *in, const ei_node *node, place at)
{
    const ei_value *list = node->dependent_required;
    const ei_condition *outer = at.condition;
    for (uint32_t i = 0; list && i < list->count; i++) {
        at.condition = outer;
        const ei_condition *made = new_condition(in, &at, NULL, list->items[i]->name, true);
        if (!made)
            return ei_no_memory(in->error);
        at.condition = made;
        EI_TRY(require_names(in, list->items[i], &at));
    }
    return EDU_OK;
}

static edu_status require_branches(finder *in, const ei_node *node, place at)
{
    const ei_condition *outer = at.condition;
    for (int wanted = 1; node->if_ && wanted >= 0; wanted--) {
        const ei_node *branch = wanted ? node->then : node->otherwise;
        at.condition = outer;
        if (!branch)
            continue;
        if (!(at.condition = new_condition(in, &at, node->if_, NULL, wanted)))
            return ei_no_memory(in->error);
        EI_TRY(require(in, branch, at));
    }
    return EDU_OK;
}

static edu_status require_below(finder *in, const ei_node *node, place at)
{
    for (uint32_t i = 0; i < node->properties.count; i++) {
        const ei_named_node *one = &node->properties.items[i];
        place below = at;
        below.pointer = pointer_below(in, at.pointer, one->name, one->length);
        below.depth++;
        if (!below.pointer)
            return ei_no_memory(in->error);
        const ei_node *items = find_items(one->node);
        if (ei_node_is_object(one->node))
            EI_TRY(require(in, one->node, below));
        else if (items && ei_node_is_object(items)) {
            below.pointer = ei_arena_printf(in->fields->arena, "%s/*", below.pointer);
            if (!below.pointer)
                return ei_no_memory(in->error);
            EI_TRY(require(in, items, below));
        }
    }
    return EDU_OK;
}

static edu_status require(finder *in, const ei_node *node, place at)
{
    if (--in->steps < 0 || at.depth > 16)
        return cannot_show(in, node, "the schema is too entangled to be shown");
    EI_TRY(require_names(in, node->required, &at));
    EI_TRY(require_dependent(in, node, at));
    EI_TRY(require_branches(in, node, at));
    if (node->ref)
        EI_TRY(require(in, node->ref, at));
    for (uint32_t i = 0; i < node->all_of.count; i++)
        EI_TRY(require(in, node->all_of.items[i], at));
    return require_below(in, node, at);
}

edu_status ei_fields_find(ei_arena *arena, const ei_form *form, ei_fields **out, edu_error *error)
{
    ei_fields *made = ei_arena_alloc(arena, sizeof *made);
    finder in = {.fields = made, .error = error, .steps = 20000};
    place root = {.pointer = ""};
    if (!made)
        return ei_no_memory(error);
    made->arena = arena;
    EI_TRY(gather(&in, form->root, root));
    if (made->count == 0)
        return cannot_show(&in, form->root, "the schema has no fields to be shown");
    EI_TRY(require(&in, form->root, root));
    *out = made;
    return EDU_OK;
}

/* ---- pointers ---- */

char *ei_pointer_of_row(ei_arena *arena, const char *pointer, uint32_t row)
{
    const char *star = strstr(pointer, "/*");
    return star ? ei_arena_printf(arena, "%.*s/%u%s", (int)(star - pointer), pointer, row, star + 2)
                : ei_arena_strdup(arena, pointer);
}

ei_value *ei_value_at(ei_value *root, const char *pointer)
{
    char token[EI_FORM_NAME_MAX + 1];
    while (root && *pointer == '/') {
        size_t length = 0;
        for (pointer++; *pointer && *pointer != '/' && length < EI_FORM_NAME_MAX; pointer++) {
            bool is_escape = *pointer == '~' && (pointer[1] == '0' || pointer[1] == '1');
            token[length++] = is_escape ? (*++pointer == '0' ? '~' : '/') : *pointer;
        }
        root = ei_value_step(root, token, length);
    }
    return root;
}
