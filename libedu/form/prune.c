/* Leaving out what no active branch speaks of: fields that were filled in, and then hidden by
 * another answer. What is required anyway (allOf, $ref, then, else) is active even where it does
 * not hold: a form is pruned before it is complete. */
#include "form/form.h"

static void visit(ei_check *check, const ei_node *node, ei_value *value);

static bool holds(ei_check *check, const ei_node *node, const ei_value *value)
{
    check->quiet++;
    bool good = ei_check_value(check, node, value, NULL);
    check->quiet--;
    return good;
}

/* Of variants those that hold; all where none does, so that nothing is lost by a slip. */
static void visit_variants(ei_check *check, const ei_node_list *list, ei_value *value)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (holds(check, list->items[i], value)) {
            visit(check, list->items[i], value);
            found++;
        }
    for (uint32_t i = 0; found == 0 && i < list->count; i++)
        visit(check, list->items[i], value);
}

static void visit_if(ei_check *check, const ei_node *node, ei_value *value)
{
    bool is_so = holds(check, node->if_, value);
    const ei_node *branch = is_so ? node->then : node->otherwise;
    if (is_so)
        visit(check, node->if_, value);
    if (branch)
        visit(check, branch, value);
}

static void visit_within(ei_check *check, const ei_node *node, ei_value *value)
{
    if (node->ref)
        visit(check, node->ref, value);
    for (uint32_t i = 0; i < node->all_of.count; i++)
        visit(check, node->all_of.items[i], value);
    visit_variants(check, &node->any_of, value);
    visit_variants(check, &node->one_of, value);
    if (node->if_)
        visit_if(check, node, value);
    for (uint32_t i = 0; i < node->dependent_schemas.count; i++) {
        const ei_named_node *one = &node->dependent_schemas.items[i];
        if (ei_value_member(value, one->name, one->length))
            visit(check, one->node, value);
    }
}

static void keep(ei_check *check, const ei_node *node, ei_value *member)
{
    member->is_kept = true;
    visit(check, node, member);
}

static void visit_member(ei_check *check, const ei_node *node, ei_value *member)
{
    const ei_named_node *named = ei_node_named(&node->properties, member);
    bool is_known = named != NULL;
    if (named)
        keep(check, named->node, member);
    for (uint32_t i = 0; i < node->pattern_properties.count; i++) {
        const ei_named_node *one = &node->pattern_properties.items[i];
        if (ei_pattern_matches(one->pattern, member->name, member->name_length, &check->steps)) {
            keep(check, one->node, member);
            is_known = true;
        }
    }
    if (!is_known && node->additional && !node->additional->never)
        keep(check, node->additional, member);
}

static void visit_object(ei_check *check, const ei_node *node, ei_value *value)
{
    value->is_described = value->is_described || node->has_members;
    for (uint32_t i = 0; node->has_members && i < value->count && check->steps >= 0; i++)
        visit_member(check, node, value->items[i]);
}

static void visit_array(ei_check *check, const ei_node *node, ei_value *value)
{
    for (uint32_t i = 0; i < value->count; i++) {
        if (i < node->prefix.count)
            visit(check, node->prefix.items[i], value->items[i]);
        else if (node->items)
            visit(check, node->items, value->items[i]);
        if (node->contains && holds(check, node->contains, value->items[i]))
            visit(check, node->contains, value->items[i]);
    }
}

/* What the keyword for the rest allows, of members and items that nobody else has spoken of. */
static void visit_rest(ei_check *check, const ei_node *node, ei_value *value)
{
    bool is_object = value->type == EI_VALUE_OBJECT;
    const ei_node *below = is_object ? node->unevaluated : node->unevaluated_items;
    if (!below || below->never)
        return;
    for (uint32_t i = 0; i < value->count; i++)
        if (!is_object || !value->items[i]->is_kept)
            keep(check, below, value->items[i]);
}

static void visit(ei_check *check, const ei_node *node, ei_value *value)
{
    if (--check->steps < 0)
        return;
    if (++check->nest > EI_FORM_NEST_MAX)
        check->steps = -1;
    else if (value->type == EI_VALUE_OBJECT || value->type == EI_VALUE_ARRAY) {
        if (value->type == EI_VALUE_OBJECT)
            visit_object(check, node, value);
        else
            visit_array(check, node, value);
        visit_within(check, node, value);
        visit_rest(check, node, value);
    }
    check->nest--;
}

edu_status ei_form_prune(const ei_form *form, ei_value *data, edu_error *error)
{
    ei_check check = {.form = form, .steps = EI_FORM_STEPS};
    visit(&check, form->root, data);
    if (ei_check_is_out_of_memory(&check))
        return ei_no_memory(error);
    if (ei_check_is_exhausted(&check))
        return ei_fail(error, EDU_E_LIMIT, "form.too_complex", NULL,
                       "judging this form by its schema takes too many steps");
    return EDU_OK;
}
