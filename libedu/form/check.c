/* Judging a value by a schema. All faults are told, up to a bound, with the place in the form and
 * in the schema; work is counted, so that no schema and no form can make it long. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "form/form.h"

#define SMALL 64        /* members or items whose marks need no memory of their own */
#define SHOWN_DIGITS 64 /* of a limit in an error's parameters */
#define CHECK_STEPS 4   /* what one schema at one value counts, beside what its keywords do */
#define MESSAGE_BYTES 256

/* ---- faults ---- */

json_t *ei_form_error(const char *field, const char *key, const char *message, const char *schema,
                      json_t *parameters)
{
    json_t *made =
        json_pack("{s:s, s:s, s:s, s:s, s:o}", "field", field, "key", key, "message", message,
                  "schema", schema, "parameters", parameters ? parameters : json_object());
    return made;
}

/* One fault being told: of which keyword, at which value. */
typedef struct fault {
    const ei_node *node;
    const char *keyword;
    const ei_value *value;
    const char *more; /* name of a member that the value has not */
    uint32_t more_length;
    const char *key;
    json_t *parameters; /* taken over */
    bool has_failed;    /* they could not be made */
} fault;

static void schema_place(const fault *about, ei_buffer *out)
{
    if (about->node->is_bundled)
        ei_buffer_printf(out, "%s#", about->node->base);
    ei_value_pointer(about->node->value, about->keyword,
                     about->keyword ? strlen(about->keyword) : 0, out);
}

static bool add_error(ei_check *check, const fault *about, const char *message)
{
    ei_buffer field = {0}, schema = {0};
    ei_value_pointer(about->value, about->more, about->more_length, &field);
    schema_place(about, &schema);
    json_t *made = field.failed || schema.failed
                       ? NULL
                       : ei_form_error(field.data, about->key, message, schema.data,
                                       json_incref(about->parameters));
    bool added = made && json_array_append_new(check->errors, made) == 0;
    ei_buffer_free(&field);
    ei_buffer_free(&schema);
    return added;
}

/* Always false, for the caller to return. */
static bool tell(ei_check *check, fault about, const char *format, ...) EI_PRINTF(3, 4);

static bool tell(ei_check *check, fault about, const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (!about.parameters && !about.has_failed)
        about.parameters = json_object();
    if (json_array_size(check->errors) >= EI_FORM_ERRORS_MAX)
        check->has_too_many = true;
    else if (!about.parameters || !add_error(check, &about, message))
        check->is_out_of_memory = true;
    json_decref(about.parameters);
    return false;
}

#define FAULT(name, what)                                                                          \
    (fault)                                                                                        \
    {                                                                                              \
        .node = node, .value = value, .keyword = (name), .key = (what)                             \
    }

static fault with_limit(fault about, int64_t limit)
{
    about.parameters = json_pack("{s:I}", "limit", (json_int_t)limit);
    about.has_failed = !about.parameters;
    return about;
}

static fault with_text(fault about, const char *name, const char *text, size_t length)
{
    about.parameters = json_pack("{s:s%}", name, text, length);
    about.has_failed = !about.parameters;
    return about;
}

static fault with_number(fault about, const ei_value *limit)
{
    return limit->length <= SHOWN_DIGITS ? with_text(about, "limit", limit->text, limit->length)
                                         : about;
}

bool ei_check_is_exhausted(const ei_check *check)
{
    return check->steps < 0;
}

bool ei_check_is_out_of_memory(const ei_check *check)
{
    return check->is_out_of_memory || check->steps < EI_FORM_NO_MEMORY / 2;
}

/* ---- types and values ---- */

static const char *type_name(const ei_node *node, int type)
{
    static const char *const names[] = {"null", "boolean", "number", "string", "array", "object"};
    return type == EI_VALUE_NUMBER && node->only_whole ? "integer" : names[type];
}

static bool tell_type(ei_check *check, const ei_node *node, const ei_value *value)
{
    fault about = FAULT("type", "form.type");
    json_t *expected = json_array();
    char words[MESSAGE_BYTES] = "";
    for (int i = EI_VALUE_NULL; i <= EI_VALUE_OBJECT; i++)
        if (node->types >> i & 1) {
            const char *name = type_name(node, i);
            if (json_array_append_new(expected, json_string(name)) != 0)
                check->is_out_of_memory = true;
            size_t used = strlen(words);
            (void)snprintf(words + used, sizeof words - used, "%s%s", used ? ", " : "", name);
        }
    about.parameters = json_pack("{s:o}", "expected", expected);
    about.has_failed = !about.parameters;
    return tell(check, about, "another type is expected: %s", words);
}

static bool has_type(const ei_node *node, const ei_value *value)
{
    return node->types == 0 || ((node->types >> value->type & 1) &&
                                !(value->type == EI_VALUE_NUMBER && node->only_whole &&
                                  !ei_decimal_is_whole(&value->number)));
}

static bool is_listed(ei_check *check, const ei_value *choices, const ei_value *value)
{
    for (uint32_t i = 0; i < choices->count && check->steps >= 0; i++)
        if (ei_value_compare(choices->items[i], value, &check->steps) == 0)
            return true;
    return false;
}

static bool check_choice(ei_check *check, const ei_node *node, const ei_value *value)
{
    if (node->constant && ei_value_compare(node->constant, value, &check->steps) != 0)
        return check->quiet
                   ? false
                   : tell(check, FAULT("const", "form.not_value"), "another value is expected");
    if (node->choices && !is_listed(check, node->choices, value))
        return check->quiet ? false
                            : tell(check, FAULT("enum", "form.not_listed"),
                                   "this is none of the values that are possible");
    return true;
}

/* ---- numbers ---- */

typedef struct bound {
    const ei_value *limit;
    const char *keyword, *key, *message;
    int wrong_from, wrong_to; /* orders of (value, limit) that are wrong */
} bound;

static bool check_bound(ei_check *check, const ei_node *node, const ei_value *value,
                        const bound *one)
{
    if (!one->limit)
        return true;
    int order = ei_decimal_compare(&value->number, &one->limit->number);
    if (order < one->wrong_from || order > one->wrong_to)
        return true;
    return check->quiet
               ? false
               : tell(check, with_number(FAULT(one->keyword, one->key), one->limit), one->message,
                      one->limit->length > SHOWN_DIGITS ? "the limit of the schema"
                                                        : one->limit->text);
}

static bool check_number(ei_check *check, const ei_node *node, const ei_value *value)
{
    bool good = true;
    check->steps -= value->length / 16;
    const bound bounds[] = {
        {node->minimum, "minimum", "form.too_small", "the number must be at least %s", -1, -1},
        {node->maximum, "maximum", "form.too_large", "the number must be at most %s", 1, 1},
        {node->above, "exclusiveMinimum", "form.not_above", "the number must be above %s", -1, 0},
        {node->below, "exclusiveMaximum", "form.not_below", "the number must be below %s", 0, 1},
    };
    for (size_t i = 0; i < EI_COUNT(bounds); i++)
        good = check_bound(check, node, value, &bounds[i]) && good;
    if (node->multiple_of && !ei_decimal_is_multiple(&value->number, &node->multiple_of->number))
        good = check->quiet
                   ? false
                   : tell(check,
                          with_number(FAULT("multipleOf", "form.not_multiple"), node->multiple_of),
                          "the number is not a multiple of what is asked for");
    return good;
}

/* ---- texts ---- */

static bool has_format(ei_check *check, const ei_node *node, const ei_value *value)
{
    const ei_pattern *pattern = check->form->formats[node->format];
    check->steps -= value->length / 8;
    if (pattern && !ei_pattern_matches(pattern, value->text, value->length, &check->steps))
        return false;
    return check->steps >= 0 && ei_format_holds(node->format, value->text, value->length);
}

static bool check_length(ei_check *check, const ei_node *node, const ei_value *value)
{
    if (node->min_length < 0 && node->max_length < 0)
        return true;
    check->steps -= value->length / 16;
    int64_t length = (int64_t)ei_value_characters(value);
    if (length < node->min_length)
        return check->quiet
                   ? false
                   : tell(check, with_limit(FAULT("minLength", "form.too_short"), node->min_length),
                          "the text needs at least %lld characters", (long long)node->min_length);
    if (node->max_length >= 0 && length > node->max_length)
        return check->quiet
                   ? false
                   : tell(check, with_limit(FAULT("maxLength", "form.too_long"), node->max_length),
                          "the text has at most %lld characters", (long long)node->max_length);
    return true;
}

static bool check_text(ei_check *check, const ei_node *node, const ei_value *value)
{
    bool good = check_length(check, node, value);
    if (node->pattern &&
        !ei_pattern_matches(node->pattern, value->text, value->length, &check->steps))
        good = check->quiet ? false
                            : tell(check, FAULT("pattern", "form.pattern"),
                                   "the text is not of the form that is asked for");
    if (node->format >= 0 && good && !has_format(check, node, value)) {
        const ei_value *format = EI_MEMBER(node->value, "format");
        good = check->quiet ? false
                            : tell(check,
                                   with_text(FAULT("format", "form.format"), "format", format->text,
                                             format->length),
                                   "the text is not of the format %s", format->text);
    }
    return good;
}

/* ---- counts ---- */

typedef struct counted {
    int64_t min, max;
    const char *min_keyword, *max_keyword, *few, *many, *what;
} counted;

static bool check_count(ei_check *check, const ei_node *node, const ei_value *value,
                        const counted *by, int64_t count)
{
    if (count < by->min)
        return check->quiet ? false
                            : tell(check, with_limit(FAULT(by->min_keyword, by->few), by->min),
                                   "at least %lld %s are needed", (long long)by->min, by->what);
    if (by->max >= 0 && count > by->max)
        return check->quiet ? false
                            : tell(check, with_limit(FAULT(by->max_keyword, by->many), by->max),
                                   "at most %lld %s are possible", (long long)by->max, by->what);
    return true;
}

/* ---- arrays ---- */

/* Subschemas of items and members leave no marks here: theirs are of their own values. */
static bool check_below(ei_check *check, const ei_node *node, const ei_value *value)
{
    return ei_check_value(check, node, value, NULL);
}

static bool check_items(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    bool good = true;
    uint32_t prefix = node->prefix.count < value->count ? node->prefix.count : value->count;
    for (uint32_t i = 0; i < prefix && (good || !check->quiet); i++)
        good = check_below(check, node->prefix.items[i], value->items[i]) && good;
    if (seen)
        memset(seen, 1, prefix);
    if (!node->items)
        return good;
    for (uint32_t i = prefix; i < value->count && (good || !check->quiet); i++)
        good = check_below(check, node->items, value->items[i]) && good;
    if (seen)
        memset(seen, 1, value->count);
    return good;
}

static bool check_contains(ei_check *check, const ei_node *node, const ei_value *value,
                           uint8_t *seen)
{
    int64_t count = 0;
    check->quiet++;
    for (uint32_t i = 0; i < value->count && check->steps >= 0; i++)
        if (check_below(check, node->contains, value->items[i])) {
            count++;
            if (seen)
                seen[i] = 1;
        }
    check->quiet--;
    const counted by = {.min = node->min_contains < 0 ? 1 : node->min_contains,
                        .max = node->max_contains,
                        .min_keyword = node->min_contains < 0 ? "contains" : "minContains",
                        .max_keyword = "maxContains",
                        .few = "form.too_few_matching",
                        .many = "form.too_many_matching",
                        .what = "matching items"};
    return check_count(check, node, value, &by, count);
}

static int by_value(const void *a, const void *b, void *steps)
{
    const ei_value *left = *(const ei_value *const *)a, *right = *(const ei_value *const *)b;
    int order = ei_value_compare(left, right, steps);
    return order ? order : (left->index > right->index) - (left->index < right->index);
}

/* The first item that stands here a second time. */
static const ei_value *find_double(ei_check *check, const ei_value *value)
{
    const ei_value *found = NULL, **sorted = ei_calloc(value->count, sizeof *sorted);
    if (!sorted) {
        check->is_out_of_memory = true;
        return NULL;
    }
    memcpy(sorted, value->items, value->count * sizeof *sorted);
    qsort_r(sorted, value->count, sizeof *sorted, by_value, &check->steps);
    for (uint32_t i = 1; i < value->count && check->steps >= 0; i++)
        if (ei_value_compare(sorted[i - 1], sorted[i], &check->steps) == 0 &&
            (!found || sorted[i]->index < found->index))
            found = sorted[i];
    ei_free(sorted);
    return found;
}

static bool check_array(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    const counted by = {.min = node->min_items,
                        .max = node->max_items,
                        .min_keyword = "minItems",
                        .max_keyword = "maxItems",
                        .few = "form.too_few_items",
                        .many = "form.too_many_items",
                        .what = "items"};
    bool good = check_count(check, node, value, &by, value->count);
    if (check->quiet && !good)
        return false;
    good = check_items(check, node, value, seen) && good;
    if (node->contains)
        good = check_contains(check, node, value, seen) && good;
    const ei_value *again =
        node->unique_items && value->count > 1 ? find_double(check, value) : NULL;
    if (again) {
        fault about = FAULT("uniqueItems", "form.double_item");
        about.value = again;
        good = check->quiet ? false : tell(check, about, "this stands here twice");
    }
    return good;
}

/* ---- objects ---- */

/* A member that must not be there: the fault names it as a whole. */
static bool check_extra(ei_check *check, const ei_node *node, const ei_node *below,
                        const char *keyword, const ei_value *value)
{
    if (!below->never)
        return check_below(check, below, value);
    return check->quiet
               ? false
               : tell(check, FAULT(keyword, "form.unexpected"), "there is no such field here");
}

static bool check_member(ei_check *check, const ei_node *node, const ei_value *member, bool *seen)
{
    bool good = true;
    const ei_named_node *named = ei_node_named(&node->properties, member);
    --check->steps;
    if (named) {
        good = check_below(check, named->node, member);
        *seen = true;
    }
    for (uint32_t i = 0; i < node->pattern_properties.count && check->steps >= 0; i++) {
        const ei_named_node *one = &node->pattern_properties.items[i];
        if (!ei_pattern_matches(one->pattern, member->name, member->name_length, &check->steps))
            continue;
        good = check_below(check, one->node, member) && good;
        *seen = true;
    }
    if (*seen || !node->additional)
        return good;
    *seen = true;
    return check_extra(check, node, node->additional, "additionalProperties", member);
}

static bool check_members(ei_check *check, const ei_node *node, const ei_value *value,
                          uint8_t *seen)
{
    bool good = true;
    if (node->properties.count == 0 && node->pattern_properties.count == 0 && !node->additional)
        return true;
    for (uint32_t i = 0; i < value->count && (good || !check->quiet); i++) {
        bool is_seen = false;
        good = check_member(check, node, value->items[i], &is_seen) && good;
        if (seen && is_seen)
            seen[i] = 1;
    }
    return good;
}

static bool check_name(ei_check *check, const ei_node *node, const ei_value *member)
{
    ei_value name = {.type = EI_VALUE_STRING, .text = member->name, .length = member->name_length};
    const ei_value *value = member;
    check->quiet++;
    bool good = check_below(check, node->names, &name);
    check->quiet--;
    return good || check->quiet ? good
                                : tell(check, FAULT("propertyNames", "form.property_name"),
                                       "a field cannot have this name");
}

static bool check_required(ei_check *check, const ei_node *node, const ei_value *value,
                           const ei_value *names, const ei_value *because)
{
    bool good = true;
    for (uint32_t i = 0; i < names->count && (good || !check->quiet); i++) {
        const ei_value *name = names->items[i];
        --check->steps;
        if (ei_value_member(value, name->text, name->length))
            continue;
        good = false;
        if (check->quiet)
            break;
        fault about = because ? with_text(FAULT("dependentRequired", "form.required_with"), "with",
                                          because->name, because->name_length)
                              : FAULT("required", "form.required");
        about.more = name->text;
        about.more_length = name->length;
        tell(check, about, "this is missing");
    }
    return good;
}

static bool check_dependent(ei_check *check, const ei_node *node, const ei_value *value)
{
    bool good = true;
    const ei_value *list = node->dependent_required;
    for (uint32_t i = 0; list && i < list->count && (good || !check->quiet); i++) {
        const ei_value *one = list->items[i];
        if (ei_value_member(value, one->name, one->name_length))
            good = check_required(check, node, value, one, one) && good;
    }
    return good;
}

static bool check_object(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    const counted by = {.min = node->min_properties,
                        .max = node->max_properties,
                        .min_keyword = "minProperties",
                        .max_keyword = "maxProperties",
                        .few = "form.too_few_properties",
                        .many = "form.too_many_properties",
                        .what = "fields"};
    bool good = check_count(check, node, value, &by, value->count);
    if (node->required && (good || !check->quiet))
        good = check_required(check, node, value, node->required, NULL) && good;
    if (good || !check->quiet)
        good = check_dependent(check, node, value) && good;
    if (good || !check->quiet)
        good = check_members(check, node, value, seen) && good;
    for (uint32_t i = 0; node->names && i < value->count && (good || !check->quiet); i++)
        good = check_name(check, node, value->items[i]) && good;
    return good;
}

/* ---- subschemas of the same value ---- */

static bool holds(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    check->quiet++;
    bool good = ei_check_value(check, node, value, seen);
    check->quiet--;
    return good;
}

static bool check_any(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    bool found = false;
    for (uint32_t i = 0; i < node->any_of.count && (!found || seen) && check->steps >= 0; i++)
        found = holds(check, node->any_of.items[i], value, seen) || found;
    return found || check->quiet ? found
                                 : tell(check, FAULT("anyOf", "form.no_variant"),
                                        "this fits none of the variants that are possible");
}

static bool check_one(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < node->one_of.count && found < 2 && check->steps >= 0; i++)
        found += holds(check, node->one_of.items[i], value, seen);
    if (found == 1 || check->quiet)
        return found == 1;
    return found == 0 ? tell(check, FAULT("oneOf", "form.no_variant"),
                             "this fits none of the variants that are possible")
                      : tell(check, FAULT("oneOf", "form.several_variants"),
                             "this fits several variants, of which only one may fit");
}

static bool check_if(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    bool is_so = holds(check, node->if_, value, seen);
    const ei_node *branch = is_so ? node->then : node->otherwise;
    return !branch || ei_check_value(check, branch, value, seen);
}

/* The metaschema's dynamic anchor is that of the document of it that was entered first. */
static bool check_reference(ei_check *check, const ei_node *to, const ei_value *value,
                            uint8_t *seen)
{
    const ei_node *before = check->meta;
    if (to->is_bundled && !check->meta)
        check->meta = to->resource;
    bool good = ei_check_value(check, to, value, seen);
    check->meta = before;
    return good;
}

static bool check_references(ei_check *check, const ei_node *node, const ei_value *value,
                             uint8_t *seen)
{
    bool good = !node->ref || check_reference(check, node->ref, value, seen);
    if (node->is_dynamic && (good || !check->quiet))
        good =
            check_reference(check, check->meta ? check->meta : node->resource, value, seen) && good;
    for (uint32_t i = 0; i < node->all_of.count && (good || !check->quiet); i++)
        good = ei_check_value(check, node->all_of.items[i], value, seen) && good;
    return good;
}

static bool check_dependent_schemas(ei_check *check, const ei_node *node, const ei_value *value,
                                    uint8_t *seen)
{
    bool good = true;
    for (uint32_t i = 0; i < node->dependent_schemas.count && (good || !check->quiet); i++) {
        const ei_named_node *one = &node->dependent_schemas.items[i];
        if (ei_value_member(value, one->name, one->length))
            good = ei_check_value(check, one->node, value, seen) && good;
    }
    return good;
}

static bool check_within(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    bool good = check_references(check, node, value, seen);
    if (node->any_of.count > 0 && (good || !check->quiet))
        good = check_any(check, node, value, seen) && good;
    if (node->one_of.count > 0 && (good || !check->quiet))
        good = check_one(check, node, value, seen) && good;
    if (node->if_ && (good || !check->quiet))
        good = check_if(check, node, value, seen) && good;
    if (good || !check->quiet)
        good = check_dependent_schemas(check, node, value, seen) && good;
    if (node->not_ && (good || !check->quiet) && holds(check, node->not_, value, NULL))
        good = check->quiet ? false
                            : tell(check, FAULT("not", "form.excluded"), "this is excluded here");
    return good;
}

/* ---- what nobody has spoken of ---- */

static bool check_rest(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    bool is_object = value->type == EI_VALUE_OBJECT, good = true;
    const ei_node *below = is_object ? node->unevaluated : node->unevaluated_items;
    if (!below)
        return true;
    for (uint32_t i = 0; i < value->count && (good || !check->quiet); i++)
        if (!seen[i])
            good = check_extra(check, node, below,
                               is_object ? "unevaluatedProperties" : "unevaluatedItems",
                               value->items[i]) &&
                   good;
    memset(seen, 1, value->count);
    return good;
}

static bool check_all(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *seen)
{
    if (node->never)
        return check->quiet
                   ? false
                   : tell(check, FAULT(NULL, "form.not_allowed"), "this is not possible here");
    if (!has_type(node, value))
        return check->quiet ? false : tell_type(check, node, value);
    bool good = check_choice(check, node, value);
    if (check->quiet && !good)
        return false;
    if (value->type == EI_VALUE_NUMBER)
        good = check_number(check, node, value) && good;
    else if (value->type == EI_VALUE_STRING)
        good = check_text(check, node, value) && good;
    else if (value->type == EI_VALUE_ARRAY)
        good = check_array(check, node, value, seen) && good;
    else if (value->type == EI_VALUE_OBJECT)
        good = check_object(check, node, value, seen) && good;
    if (check->quiet && !good)
        return false;
    good = check_within(check, node, value, seen) && good;
    if (seen && (good || !check->quiet))
        good = check_rest(check, node, value, seen) && good;
    return good;
}

/* With marks of its own: only what holds leaves them with the caller. */
static bool check_marked(ei_check *check, const ei_node *node, const ei_value *value,
                         uint8_t *marks)
{
    uint8_t small[SMALL] = {0}, *seen = small;
    check->steps -= value->count / 16;
    if (value->count > SMALL && !(seen = ei_calloc(value->count, 1))) {
        check->is_out_of_memory = true;
        return false;
    }
    bool good = check_all(check, node, value, seen);
    /* Where faults are told, marks of what fails spare the reader faults that follow from them. */
    for (uint32_t i = 0; marks && (good || !check->quiet) && i < value->count; i++)
        marks[i] |= seen[i];
    if (seen != small)
        ei_free(seen);
    return good;
}

bool ei_check_value(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *marks)
{
    bool good = false;
    check->steps -= CHECK_STEPS;
    if (check->steps < 0 || check->is_out_of_memory)
        return false;
    if (++check->nest > EI_FORM_NEST_MAX)
        check->steps = -1;
    else if (marks || (value->type == EI_VALUE_OBJECT ? node->unevaluated != NULL
                                                      : node->unevaluated_items != NULL))
        good = check_marked(check, node, value, marks);
    else
        good = check_all(check, node, value, NULL);
    check->nest--;
    return good;
}

/* ---- the whole ---- */

edu_status ei_form_judge(const ei_form *form, const ei_value *data, json_t **errors,
                         edu_error *error)
{
    ei_check check = {.form = form, .steps = EI_FORM_STEPS, .errors = json_array()};
    if (!check.errors)
        return ei_no_memory(error);
    bool good = ei_check_value(&check, form->root, data, NULL);
    if (ei_check_is_exhausted(&check) && !ei_check_is_out_of_memory(&check)) {
        json_array_clear(check.errors);
        good = false;
        tell(&check, (fault){.node = form->root, .value = data, .key = "form.too_complex"},
             "judging this form by its schema takes too many steps");
    }
    if (ei_check_is_out_of_memory(&check) || (!good && json_array_size(check.errors) == 0)) {
        json_decref(check.errors);
        return ei_no_memory(error);
    }
    *errors = check.errors;
    return EDU_OK;
}
