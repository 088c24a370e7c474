/* From a document to a checked schema: keywords, identifiers, references. What is wrong is told
 * with its place, before any form is judged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "form/form.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"
#define BUNDLED "https://json-schema.org/draft/2020-12/"
#define PROGRAMS_MAX 262144 /* instructions of all patterns of a schema */
#define COUNT_MAX (INT64_C(1) << 53)

typedef struct entry {
    const char *uri; /* of a resource, or with an anchor behind # */
    ei_node *node;
} entry;

typedef struct compiler {
    ei_form *form;
    edu_error *error;
    entry *entries;
    ei_node **nodes;
    size_t entry_count, entry_room, node_count, node_room, resolved;
    int64_t program;
    bool is_bundled, is_sorted, has_bundle;
} compiler;

typedef enum kind {
    IGNORED,
    TEXT,
    FLAG,
    LIST_OF_ANY,
    SCHEMA,
    SCHEMAS,
    NAMED,
    PATTERNS,
    COUNT,
    NUMBER,
    STEP,
    UNIQUE,
    CHOICES,
    CONSTANT,
    NAMES,
    DEPENDENT,
    TYPE,
    PATTERN,
    FORMAT,
    ID,
    DIALECT_OF,
    REFERENCE,
    ANCHOR,
    DYNAMIC
} kind;

typedef struct keyword {
    const char *name;
    kind kind;
    size_t offset; /* of the node's member that it fills */
} keyword;

#define AT(member) offsetof(ei_node, member)
static const keyword keywords[] = {
    {"$anchor", ANCHOR, 0},
    {"$comment", TEXT, 0},
    {"$defs", NAMED, 0},
    {"$dynamicAnchor", DYNAMIC, 0},
    {"$dynamicRef", DYNAMIC, 0},
    {"$id", ID, 0},
    {"$ref", REFERENCE, 0},
    {"$schema", DIALECT_OF, 0},
    {"$vocabulary", DYNAMIC, 0},
    {"additionalProperties", SCHEMA, AT(additional)},
    {"allOf", SCHEMAS, AT(all_of)},
    {"anyOf", SCHEMAS, AT(any_of)},
    {"const", CONSTANT, AT(constant)},
    {"contains", SCHEMA, AT(contains)},
    {"contentEncoding", TEXT, 0},
    {"contentMediaType", TEXT, 0},
    {"contentSchema", SCHEMA, 0},
    {"default", IGNORED, 0},
    {"dependentRequired", DEPENDENT, AT(dependent_required)},
    {"dependentSchemas", NAMED, AT(dependent_schemas)},
    {"deprecated", FLAG, 0},
    {"description", TEXT, 0},
    {"else", SCHEMA, AT(otherwise)},
    {"enum", CHOICES, AT(choices)},
    {"examples", LIST_OF_ANY, 0},
    {"exclusiveMaximum", NUMBER, AT(below)},
    {"exclusiveMinimum", NUMBER, AT(above)},
    {"format", FORMAT, 0},
    {"if", SCHEMA, AT(if_)},
    {"items", SCHEMA, AT(items)},
    {"maxContains", COUNT, AT(max_contains)},
    {"maxItems", COUNT, AT(max_items)},
    {"maxLength", COUNT, AT(max_length)},
    {"maxProperties", COUNT, AT(max_properties)},
    {"maximum", NUMBER, AT(maximum)},
    {"minContains", COUNT, AT(min_contains)},
    {"minItems", COUNT, AT(min_items)},
    {"minLength", COUNT, AT(min_length)},
    {"minProperties", COUNT, AT(min_properties)},
    {"minimum", NUMBER, AT(minimum)},
    {"multipleOf", STEP, AT(multiple_of)},
    {"not", SCHEMA, AT(not_)},
    {"oneOf", SCHEMAS, AT(one_of)},
    {"pattern", PATTERN, 0},
    {"patternProperties", PATTERNS, AT(pattern_properties)},
    {"prefixItems", SCHEMAS, AT(prefix)},
    {"properties", NAMED, AT(properties)},
    {"propertyNames", SCHEMA, AT(names)},
    {"readOnly", FLAG, 0},
    {"required", NAMES, AT(required)},
    {"then", SCHEMA, AT(then)},
    {"title", TEXT, 0},
    {"type", TYPE, 0},
    {"unevaluatedItems", SCHEMA, AT(unevaluated_items)},
    {"unevaluatedProperties", SCHEMA, AT(unevaluated)},
    {"uniqueItems", UNIQUE, 0},
    {"writeOnly", FLAG, 0},
};

static int compare_keyword(const void *name, const void *one)
{
    return strcmp(name, ((const keyword *)one)->name);
}

static const keyword *find_keyword(const ei_value *member)
{
    if (strlen(member->name) != member->name_length)
        return NULL;
    return bsearch(member->name, keywords, EI_COUNT(keywords), sizeof *keywords, compare_keyword);
}

const ei_named_node *ei_node_named(const ei_named_list *list, const ei_value *member)
{
    return ei_node_named_text(list, member->name, member->name_length);
}

const ei_named_node *ei_node_named_text(const ei_named_list *list, const char *name, size_t length)
{
    uint32_t low = 0, high = list->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const ei_named_node *one = &list->items[middle];
        int order = ei_names_compare(name, length, one->name, one->length);
        if (order == 0)
            return one;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* ---- failures ---- */

void ei_form_fault_fill(edu_error *error, edu_status status, const char *key, const ei_value *at,
                        const char *name, const char *format, ...)
{
    ei_buffer pointer = {0};
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    ei_value_pointer(at, name, name ? strlen(name) : 0, &pointer);
    const char *place = pointer.data ? pointer.data : "";
    ei_error_fill(error, status, key, place, "the schema is refused: %.200s: %s",
                  *place ? place : "/", message);
    ei_buffer_free(&pointer);
}

static edu_status wrong(compiler *c, const ei_value *at, const char *what)
{
    return ei_form_fault(c->error, EDU_E_INVALID, "form.schema", at, NULL, "%s", what);
}

static edu_status limit(compiler *c, const ei_value *at, const char *what)
{
    return ei_form_fault(c->error, EDU_E_LIMIT, "form.schema_limit", at, NULL, "%s", what);
}

/* ---- keeping nodes and identifiers ---- */

static bool grow(void **list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    size_t wanted = *room ? *room * 2 : 64;
    void *grown = ei_realloc_array(*list, wanted, size);
    if (!grown)
        return false;
    *list = grown;
    *room = wanted;
    return true;
}

static edu_status add_entry(compiler *c, const char *uri, ei_node *node)
{
    if (!uri || !grow((void **)&c->entries, c->entry_count, &c->entry_room, sizeof *c->entries))
        return ei_no_memory(c->error);
    c->entries[c->entry_count++] = (entry){uri, node};
    c->is_sorted = false;
    return EDU_OK;
}

static int by_uri(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->uri, ((const entry *)b)->uri);
}

static edu_status sort_entries(compiler *c)
{
    if (c->is_sorted)
        return EDU_OK;
    qsort(c->entries, c->entry_count, sizeof *c->entries, by_uri);
    c->is_sorted = true;
    for (size_t i = 1; i < c->entry_count; i++)
        if (by_uri(&c->entries[i - 1], &c->entries[i]) == 0)
            return wrong(c, c->entries[i].node->value,
                         "another schema has the same $id or $anchor");
    return EDU_OK;
}

static ei_node *find_entry(const compiler *c, const char *uri)
{
    entry wanted = {uri, NULL};
    const entry *found = bsearch(&wanted, c->entries, c->entry_count, sizeof *c->entries, by_uri);
    return found ? found->node : NULL;
}

static edu_status new_node(compiler *c, const ei_value *value, ei_node **out)
{
    if (c->node_count >= EI_FORM_NODES_MAX)
        return limit(c, value, "a schema has at most 20000 subschemas");
    ei_node *made = ei_arena_alloc(c->form->arena, sizeof *made);
    if (!made || !grow((void **)&c->nodes, c->node_count, &c->node_room, sizeof *c->nodes))
        return ei_no_memory(c->error);
    made->value = value;
    made->is_bundled = c->is_bundled;
    made->format = -1;
    made->min_length = made->max_length = made->min_items = made->max_items = -1;
    made->min_properties = made->max_properties = made->min_contains = made->max_contains = -1;
    c->nodes[c->node_count++] = made;
    *out = made;
    return EDU_OK;
}

/* ---- keywords with subschemas ---- */

static edu_status make_node(compiler *c, ei_value *value, const ei_node *within, ei_node **out);

static edu_status read_schemas(compiler *c, ei_node *node, const ei_value *value, ei_node_list *out)
{
    if (value->type != EI_VALUE_ARRAY || value->count == 0)
        return wrong(c, value, "this must be an array of schemas, not empty");
    out->items = ei_arena_alloc(c->form->arena, value->count * sizeof *out->items);
    if (!out->items)
        return ei_no_memory(c->error);
    out->count = value->count;
    for (uint32_t i = 0; i < value->count; i++)
        EI_TRY(make_node(c, value->items[i], node, &out->items[i]));
    return EDU_OK;
}

static edu_status read_named(compiler *c, ei_node *node, const ei_value *value, ei_named_list *out)
{
    if (value->type != EI_VALUE_OBJECT)
        return wrong(c, value, "this must be an object of schemas");
    out->items = ei_arena_alloc(c->form->arena, value->count * sizeof *out->items);
    if (!out->items)
        return ei_no_memory(c->error);
    out->count = value->count;
    for (uint32_t i = 0; i < value->count; i++) {
        ei_named_node *made = &out->items[i];
        made->name = value->sorted[i]->name;
        made->length = value->sorted[i]->name_length;
        EI_TRY(make_node(c, value->sorted[i], node, &made->node));
    }
    return EDU_OK;
}

static edu_status make_pattern(compiler *c, const ei_value *at, const char *text, size_t length,
                               const ei_pattern **out)
{
    const char *what;
    size_t where;
    ei_pattern_fault fault = ei_pattern_make(c->form->arena, text, length, out, &what, &where);
    if (fault == EI_PATTERN_NO_MEMORY)
        return ei_no_memory(c->error);
    if (fault != EI_PATTERN_FINE)
        return ei_form_fault(c->error, fault == EI_PATTERN_TOO_LARGE ? EDU_E_LIMIT : EDU_E_INVALID,
                             "form.schema_pattern", at, NULL, "the pattern, at byte %zu: %s", where,
                             what);
    c->program += ei_pattern_size(*out);
    return c->program <= PROGRAMS_MAX
               ? EDU_OK
               : limit(c, at, "the patterns of the schema are together too large");
}

static edu_status read_patterns(compiler *c, ei_node *node, const ei_value *value,
                                ei_named_list *out)
{
    EI_TRY(read_named(c, node, value, out));
    for (uint32_t i = 0; i < out->count; i++)
        EI_TRY(make_pattern(c, value->sorted[i], out->items[i].name, out->items[i].length,
                            &out->items[i].pattern));
    return EDU_OK;
}

/* ---- keywords with values ---- */

static edu_status check_names(compiler *c, const ei_value *value)
{
    int64_t steps = EI_FORM_STEPS;
    if (value->type != EI_VALUE_ARRAY)
        return wrong(c, value, "this must be an array of names");
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->items[i]->type != EI_VALUE_STRING)
            return wrong(c, value->items[i], "a name is a text");
        for (uint32_t j = 0; j < i && value->count <= 1000; j++)
            if (ei_value_compare(value->items[i], value->items[j], &steps) == 0)
                return wrong(c, value->items[i], "this name stands here twice");
    }
    return EDU_OK;
}

static edu_status check_dependent(compiler *c, const ei_value *value)
{
    if (value->type != EI_VALUE_OBJECT)
        return wrong(c, value, "this must be an object of arrays of names");
    for (uint32_t i = 0; i < value->count; i++)
        EI_TRY(check_names(c, value->items[i]));
    return EDU_OK;
}

static edu_status add_type(compiler *c, ei_node *node, const ei_value *value)
{
    static const char *const names[] = {"null", "boolean", "number", "string", "array", "object"};
    if (ei_value_is_text(value, "integer")) {
        node->only_whole = !(node->types & 1 << EI_VALUE_NUMBER);
        node->types |= 1 << EI_VALUE_NUMBER;
        return EDU_OK;
    }
    for (size_t i = 0; i < EI_COUNT(names); i++)
        if (ei_value_is_text(value, names[i])) {
            if (i == EI_VALUE_NUMBER)
                node->only_whole = false;
            node->types |= (uint8_t)(1 << i);
            return EDU_OK;
        }
    return wrong(c, value, "a type is null, boolean, number, integer, string, array or object");
}

static edu_status read_type(compiler *c, ei_node *node, const ei_value *value)
{
    if (value->type != EI_VALUE_ARRAY)
        return add_type(c, node, value);
    if (value->count == 0)
        return wrong(c, value, "this must be a type, or an array of types, not empty");
    EI_TRY(check_names(c, value));
    for (uint32_t i = 0; i < value->count; i++)
        EI_TRY(add_type(c, node, value->items[i]));
    return EDU_OK;
}

static edu_status read_count(compiler *c, const ei_value *value, int64_t *out)
{
    if (value->type == EI_VALUE_NUMBER)
        *out = ei_decimal_count(&value->number, COUNT_MAX);
    return value->type == EI_VALUE_NUMBER && *out >= 0
               ? EDU_OK
               : wrong(c, value, "this must be a whole number from 0 to 2^53");
}

static edu_status check_step(compiler *c, const ei_value *value)
{
    if (value->type != EI_VALUE_NUMBER || value->number.is_negative || value->number.count == 0)
        return wrong(c, value, "this must be a number above 0");
    if (value->number.count > EI_DECIMAL_STEP_DIGITS)
        return limit(c, value, "multipleOf has at most 18 digits");
    return EDU_OK;
}

static edu_status read_format(compiler *c, ei_node *node, const ei_value *value)
{
    if (value->type != EI_VALUE_STRING)
        return wrong(c, value, "this must be a text");
    if (!c->form->is_strict || c->is_bundled)
        return EDU_OK;
    int format = ei_format_find(value->text, value->length);
    if (format < 0)
        return ei_form_fault(c->error, EDU_E_INVALID, "form.schema_format", value, NULL,
                             "this format is not known");
    node->format = format;
    const char *pattern = ei_format_pattern(format);
    if (pattern && !c->form->formats[format])
        return make_pattern(c, value, pattern, strlen(pattern), &c->form->formats[format]);
    return EDU_OK;
}

/* ---- identifiers ---- */

static bool is_uri_text(const ei_value *value)
{
    return value->type == EI_VALUE_STRING && memchr(value->text, 0, value->length) == NULL;
}

static edu_status read_id(compiler *c, ei_node *node, const ei_value *value)
{
    if (!is_uri_text(value))
        return wrong(c, value, "this must be a URI");
    const char *hash = strchr(value->text, '#');
    if (hash && hash[1])
        return wrong(c, value, "an $id has no fragment; use $anchor");
    char *uri = ei_uri_resolve(c->form->arena, node->base, value->text);
    if (!uri)
        return ei_no_memory(c->error);
    (void)ei_uri_cut_fragment(uri);
    node->base = uri;
    node->resource = node;
    return add_entry(c, uri, node);
}

static edu_status read_anchor(compiler *c, ei_node *node, const ei_value *value)
{
    static const char first[] = "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    bool good = is_uri_text(value) && value->length > 0 && strchr(first, value->text[0]);
    for (uint32_t i = 1; good && i < value->length; i++)
        good = strchr(first, value->text[i]) || strchr("-.0123456789", value->text[i]);
    if (!good)
        return wrong(c, value, "an anchor is a letter or _, then letters, digits, - _ and .");
    return add_entry(c, ei_arena_printf(c->form->arena, "%s#%s", node->base, value->text), node);
}

/* Only the metaschema has dynamic references; there is one anchor in it, of each root. */
static edu_status read_dynamic(compiler *c, ei_node *node, const ei_value *value)
{
    bool is_reference = strcmp(value->name, "$dynamicRef") == 0;
    if (c->is_bundled) {
        node->is_dynamic = node->is_dynamic || is_reference;
        return EDU_OK;
    }
    if (is_reference || c->form->is_strict)
        return wrong(c, value, "dynamic references and vocabularies are not supported");
    return strcmp(value->name, "$dynamicAnchor") == 0 ? read_anchor(c, node, value) : EDU_OK;
}

static edu_status check_dialect(compiler *c, const ei_value *value)
{
    if (ei_value_is_text(value, DIALECT) || ei_value_is_text(value, DIALECT "#"))
        return EDU_OK;
    return ei_form_fault(c->error, EDU_E_INVALID, "form.schema_dialect", value, NULL,
                         "only JSON Schema 2020-12 is known: " DIALECT);
}

/* ---- a node ---- */

static edu_status expect(compiler *c, const ei_value *value, bool good, const char *what)
{
    return good ? EDU_OK : wrong(c, value, what);
}

static edu_status read_keyword(compiler *c, ei_node *node, const keyword *known, ei_value *value)
{
    ei_node *unused;
    ei_named_list unused_list;
    void *member = (char *)node + known->offset;
    const ei_value **as_value = member;
    switch (known->kind) {
    case IGNORED:
    case ID:
        return EDU_OK;
    case TEXT:
        return expect(c, value, value->type == EI_VALUE_STRING, "this must be a text");
    case FLAG:
        return expect(c, value, value->type == EI_VALUE_BOOL, "this must be true or false");
    case UNIQUE:
        node->unique_items = value->truth;
        return expect(c, value, value->type == EI_VALUE_BOOL, "this must be true or false");
    case LIST_OF_ANY:
        return expect(c, value, value->type == EI_VALUE_ARRAY, "this must be an array");
    case SCHEMA:
        return make_node(c, value, node, known->offset ? (ei_node **)member : &unused);
    case SCHEMAS:
        return read_schemas(c, node, value, member);
    case NAMED:
        return read_named(c, node, value, known->offset ? (ei_named_list *)member : &unused_list);
    case PATTERNS:
        return read_patterns(c, node, value, member);
    case COUNT:
        return read_count(c, value, member);
    case NUMBER:
        *as_value = value;
        return expect(c, value, value->type == EI_VALUE_NUMBER, "this must be a number");
    case STEP:
        *as_value = value;
        return check_step(c, value);
    case CHOICES:
        *as_value = value;
        return expect(c, value, value->type == EI_VALUE_ARRAY, "this must be an array");
    case CONSTANT:
        *as_value = value;
        return EDU_OK;
    case NAMES:
        *as_value = value;
        return check_names(c, value);
    case DEPENDENT:
        *as_value = value;
        return check_dependent(c, value);
    case TYPE:
        return read_type(c, node, value);
    case PATTERN:
        EI_TRY(expect(c, value, value->type == EI_VALUE_STRING, "this must be a text"));
        return make_pattern(c, value, value->text, value->length, &node->pattern);
    case FORMAT:
        return read_format(c, node, value);
    case DIALECT_OF:
        return check_dialect(c, value);
    case REFERENCE:
        return expect(c, value, is_uri_text(value), "this must be a URI");
    case ANCHOR:
        return read_anchor(c, node, value);
    case DYNAMIC:
        return read_dynamic(c, node, value);
    }
    return EDU_OK;
}

static edu_status read_keywords(compiler *c, ei_node *node, const ei_value *value)
{
    const ei_value *id = EI_MEMBER(value, "$id");
    if (id)
        EI_TRY(read_id(c, node, id));
    for (uint32_t i = 0; i < value->count; i++) {
        const keyword *known = find_keyword(value->items[i]);
        if (known)
            EI_TRY(read_keyword(c, node, known, value->items[i]));
        else if (c->form->is_strict && !c->is_bundled)
            return ei_form_fault(c->error, EDU_E_INVALID, "form.schema_keyword", value->items[i],
                                 NULL, "this keyword is not known");
    }
    node->has_members = node->properties.count > 0 || node->pattern_properties.count > 0 ||
                        node->additional || node->unevaluated;
    return EDU_OK;
}

static edu_status make_node(compiler *c, ei_value *value, const ei_node *within, ei_node **out)
{
    EI_TRY(new_node(c, value, out));
    ei_node *node = *out;
    node->base = within ? within->base : "";
    node->resource = within ? within->resource : node;
    value->node = node;
    if (value->type == EI_VALUE_BOOL) {
        node->never = !value->truth;
        return EDU_OK;
    }
    if (value->type != EI_VALUE_OBJECT)
        return wrong(c, value, "a schema is an object, true or false");
    return read_keywords(c, node, value);
}

/* ---- references ---- */

static edu_status load_bundle(compiler *c)
{
    c->has_bundle = c->is_bundled = true;
    for (size_t i = 0; i < ei_metaschema_count; i++) {
        ei_value *value;
        ei_node *unused;
        edu_bytes text = {ei_metaschemas[i].text, ei_metaschemas[i].size};
        EI_TRY(ei_value_read(c->form->arena, text, &ei_schema_limits, &value, c->error));
        EI_TRY(make_node(c, value, NULL, &unused));
    }
    c->is_bundled = false;
    return sort_entries(c);
}

static edu_status no_target(compiler *c, const ei_value *at)
{
    return ei_form_fault(c->error, EDU_E_INVALID, "form.schema_reference", at, NULL,
                         "this refers to a schema that is not in this document");
}

/* The value that a pointer, decoded from its URI, leads to; *within becomes the innermost schema
 * on the way. */
static ei_value *follow(const ei_node *root, char *pointer, const ei_node **within)
{
    ei_value *value = (ei_value *)(uintptr_t)root->value;
    while (value && *pointer == '/') {
        char *from = ++pointer, *to = from;
        for (; *pointer && *pointer != '/'; pointer++) {
            bool is_escape = *pointer == '~' && (pointer[1] == '0' || pointer[1] == '1');
            if (*pointer == '~' && !is_escape)
                return NULL;
            *to++ = is_escape ? (*++pointer == '0' ? '~' : '/') : *pointer;
        }
        value = ei_value_step(value, from, (size_t)(to - from));
        if (value && value->node)
            *within = value->node;
    }
    return value;
}

static edu_status resolve_pointer(compiler *c, ei_node *node, const ei_value *at, ei_node *root,
                                  char *pointer)
{
    const ei_node *within = root;
    ei_value *value = follow(root, pointer, &within);
    if (!value || (!value->node && c->form->is_strict))
        return no_target(c, at);
    if (!value->node)
        EI_TRY(make_node(c, value, within, &node->ref));
    node->ref = value->node;
    return EDU_OK;
}

static edu_status resolve(compiler *c, ei_node *node, const ei_value *at)
{
    char *uri = ei_uri_resolve(c->form->arena, node->base, at->text);
    if (!uri)
        return ei_no_memory(c->error);
    char *fragment = ei_uri_cut_fragment(uri);
    if (!fragment)
        return wrong(c, at, "this has a wrong escape in its fragment");
    EI_TRY(sort_entries(c));
    ei_node *root = find_entry(c, uri);
    if (!root && !c->has_bundle && strncmp(uri, BUNDLED, strlen(BUNDLED)) == 0) {
        EI_TRY(load_bundle(c));
        root = find_entry(c, uri);
    }
    if (!root)
        return no_target(c, at);
    if (*fragment == '/')
        return resolve_pointer(c, node, at, root, fragment);
    node->ref = root;
    if (*fragment) {
        char *anchor = ei_arena_printf(c->form->arena, "%s#%s", uri, fragment);
        if (!anchor)
            return ei_no_memory(c->error);
        node->ref = find_entry(c, anchor);
    }
    return node->ref ? EDU_OK : no_target(c, at);
}

/* Resolving may add nodes: of the metaschema, and of places that no keyword had shown. */
static edu_status resolve_all(compiler *c)
{
    for (; c->resolved < c->node_count; c->resolved++) {
        ei_node *node = c->nodes[c->resolved];
        const ei_value *at = EI_MEMBER(node->value, "$ref");
        if (at)
            EI_TRY(resolve(c, node, at));
    }
    return sort_entries(c);
}

/* ---- circles ---- */

static edu_status walk(compiler *c, ei_node *node, int depth);

static edu_status walk_below(compiler *c, ei_node *node, ei_node *below, int depth)
{
    if (!below)
        return EDU_OK;
    EI_TRY(walk(c, below, depth + 1));
    if (below->height >= node->height)
        node->height = (uint16_t)(below->height + 1);
    return EDU_OK;
}

static edu_status walk_list(compiler *c, ei_node *node, const ei_node_list *list, int depth)
{
    for (uint32_t i = 0; i < list->count; i++)
        EI_TRY(walk_below(c, node, list->items[i], depth));
    return EDU_OK;
}

/* All subschemas that judge the same value: a circle of them would never end. */
static edu_status walk(compiler *c, ei_node *node, int depth)
{
    if (node->colour == 1)
        return ei_form_fault(c->error, EDU_E_INVALID, "form.schema_circle", node->value, NULL,
                             "this leads back to itself without going into the value");
    if (node->colour == 2 && depth + node->height <= EI_FORM_CHAIN_MAX)
        return EDU_OK;
    if (depth + node->height > EI_FORM_CHAIN_MAX)
        return limit(c, node->value, "too many schemas are laid within each other");
    node->colour = 1;
    EI_TRY(walk_below(c, node, node->ref, depth));
    EI_TRY(walk_below(c, node, node->not_, depth));
    EI_TRY(walk_below(c, node, node->if_, depth));
    EI_TRY(walk_below(c, node, node->then, depth));
    EI_TRY(walk_below(c, node, node->otherwise, depth));
    EI_TRY(walk_list(c, node, &node->all_of, depth));
    EI_TRY(walk_list(c, node, &node->any_of, depth));
    EI_TRY(walk_list(c, node, &node->one_of, depth));
    for (uint32_t i = 0; i < node->dependent_schemas.count; i++)
        EI_TRY(walk_below(c, node, node->dependent_schemas.items[i].node, depth));
    node->colour = 2;
    return EDU_OK;
}

static edu_status compile(ei_form *form, edu_error *error)
{
    compiler c = {.form = form, .error = error};
    edu_status status = make_node(&c, form->value, NULL, &form->root);
    if (status == EDU_OK && form->root->base[0] == 0)
        status = add_entry(&c, "", form->root);
    if (status == EDU_OK)
        status = resolve_all(&c);
    for (size_t i = 0; status == EDU_OK && i < c.node_count; i++)
        if (c.nodes[i]->colour == 0)
            status = walk(&c, c.nodes[i], 0);
    ei_free(c.entries);
    ei_free(c.nodes);
    return status;
}

static edu_status new_form(bool strict, ei_form **out, edu_error *error)
{
    ei_arena *arena = ei_arena_new();
    *out = arena ? ei_arena_alloc(arena, sizeof **out) : NULL;
    if (!*out) {
        ei_arena_free(arena);
        return ei_no_memory(error);
    }
    (*out)->arena = arena;
    (*out)->is_strict = strict;
    return EDU_OK;
}

static edu_status finish(ei_form **form, edu_status status, edu_error *error)
{
    if (status == EDU_OK)
        status = compile(*form, error);
    if (status != EDU_OK) {
        ei_form_free(*form);
        *form = NULL;
    }
    return status;
}

edu_status ei_form_read(edu_bytes schema, bool strict, ei_form **out, edu_error *error)
{
    EI_TRY(new_form(strict, out, error));
    return finish(
        out, ei_value_read((*out)->arena, schema, &ei_schema_limits, &(*out)->value, error), error);
}

edu_status ei_form_of_json(const json_t *schema, bool strict, ei_form **out, edu_error *error)
{
    EI_TRY(new_form(strict, out, error));
    return finish(out,
                  ei_value_of_json((*out)->arena, schema, &ei_schema_limits, &(*out)->value, error),
                  error);
}

void ei_form_free(ei_form *form)
{
    if (form)
        ei_arena_free(form->arena);
}
