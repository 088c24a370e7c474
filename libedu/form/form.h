/* Forms: JSON Schema 2020-12 over values that keep the digits of their numbers. Pure: no storage,
 * no clock. Everything is bounded: bytes, values, depth, patterns, and the steps of one judgement.
 */
#ifndef EI_FORM_H
#define EI_FORM_H

#include "core/core.h"

#define EI_FORM_SCHEMA_BYTES_MAX ((size_t)1 << 20)
#define EI_FORM_DATA_BYTES_MAX ((size_t)4 << 20)
#define EI_FORM_VALUES_MAX 200000 /* in one document */
#define EI_FORM_NAME_MAX 1024     /* bytes of a property's name */
#define EI_FORM_DEPTH_MAX 128
#define EI_FORM_NODES_MAX 20000 /* subschemas of a schema */
#define EI_FORM_CHAIN_MAX 200   /* subschemas that judge one place, each within the other */
#define EI_FORM_NEST_MAX 1000   /* the same over all places from the root down */
#define EI_FORM_ERRORS_MAX 100  /* told of one judgement */
#define EI_FORM_STEPS INT64_C(200000000)
#define EI_FORM_NO_MEMORY (INT64_MIN / 2) /* steps left, where there was no memory to go on */

/* ---- decimal.c: numbers as they are written ---- */

/* digits × 10^exponent; digits have no zero in front or behind, and zero has none. */
typedef struct ei_decimal {
    const char *digits;
    uint32_t count;
    bool is_negative;
    int64_t exponent;
} ei_decimal;

/* text is a number of JSON. false: an exponent beyond a thousand million, or no memory. */
bool ei_decimal_read(ei_arena *arena, const char *text, size_t length, ei_decimal *out);
int ei_decimal_compare(const ei_decimal *a, const ei_decimal *b);
bool ei_decimal_is_whole(const ei_decimal *value);
/* step is above zero and has at most EI_DECIMAL_STEP_DIGITS digits. */
#define EI_DECIMAL_STEP_DIGITS 18
bool ei_decimal_is_multiple(const ei_decimal *value, const ei_decimal *step);
/* The value, where it is whole and within [0, max]; else -1. */
int64_t ei_decimal_count(const ei_decimal *value, int64_t max);
/* ---- value.c: a document, from text or from json_t ---- */

typedef enum ei_value_type {
    EI_VALUE_NULL,
    EI_VALUE_BOOL,
    EI_VALUE_NUMBER,
    EI_VALUE_STRING,
    EI_VALUE_ARRAY,
    EI_VALUE_OBJECT
} ei_value_type;

typedef struct ei_value ei_value;
struct ei_value {
    const ei_value *parent; /* NULL for the root */
    const char *name;       /* within an object; may hold null characters */
    const char *text;       /* of a string, or the digits of a number as written; NUL-terminated */
    uint32_t name_length, length; /* bytes */
    uint32_t index;               /* place in the parent, from 0 */
    uint32_t count;               /* of items */
    ei_value_type type;
    bool truth;
    bool is_kept, is_described; /* prune.c */
    ei_decimal number;
    ei_value **items;  /* in the order of the document */
    ei_value **sorted; /* an object's, by name */
    void *node;        /* schema.c */
};

/* What a document may be; every failure is told with its line where it has one. */
typedef struct ei_value_limits {
    size_t bytes;
    const char *what; /* "schema" or "form", for messages */
} ei_value_limits;
extern const ei_value_limits ei_schema_limits, ei_data_limits;

/* EDU_E_INVALID "form.not_json", EDU_E_LIMIT "form.too_deep", "form.too_big". The value and what it
 * points to lie in the arena. */
edu_status ei_value_read(ei_arena *arena, edu_bytes text, const ei_value_limits *limits,
                         ei_value **out, edu_error *error);
edu_status ei_value_of_json(ei_arena *arena, const json_t *json, const ei_value_limits *limits,
                            ei_value **out, edu_error *error);
/* only_kept: leaves out members that are not kept. NULL: no memory. */
json_t *ei_value_to_json(const ei_value *value, bool only_kept);
ei_value *ei_value_member(const ei_value *object, const char *name, size_t length);
#define EI_MEMBER(object, name) ei_value_member(object, name, sizeof(name) - 1)
bool ei_value_is_text(const ei_value *value, const char *text);
int ei_names_compare(const char *a, size_t a_length, const char *b, size_t b_length);
/* A total order of values; equal as JSON Schema has it. steps is counted down, and below zero the
 * answer means nothing. */
int ei_value_compare(const ei_value *a, const ei_value *b, int64_t *steps);
/* "/a/0": the place of the value below its root, with what is added. */
void ei_value_pointer(const ei_value *value, const char *more, size_t more_length, ei_buffer *out);
size_t ei_value_characters(const ei_value *string);
/* One step of a JSON Pointer into a value; NULL where there is nothing. */
ei_value *ei_value_step(const ei_value *value, const char *token, size_t length);
void ei_pointer_add(ei_buffer *out, const char *token, size_t length);

/* ---- pattern.c: regular expressions in time linear in the text ---- */

typedef struct ei_pattern ei_pattern;
typedef enum ei_pattern_fault {
    EI_PATTERN_FINE,
    EI_PATTERN_WRONG,       /* no regular expression */
    EI_PATTERN_UNSUPPORTED, /* one of ECMA-262 that needs more than linear time */
    EI_PATTERN_TOO_LARGE,
    EI_PATTERN_NO_MEMORY
} ei_pattern_fault;
/* *what says what is wrong, *at the byte where. Lies in the arena. */
ei_pattern_fault ei_pattern_make(ei_arena *arena, const char *text, size_t length,
                                 const ei_pattern **out, const char **what, size_t *at);
/* Instructions of its program. */
int32_t ei_pattern_size(const ei_pattern *pattern);
/* Is there a match somewhere? steps is counted down; below zero the answer means nothing. */
bool ei_pattern_matches(const ei_pattern *pattern, const char *text, size_t length, int64_t *steps);

/* ---- format.c ---- */

#define EI_FORMATS 19
/* Index of a format, or -1. */
int ei_format_find(const char *name, size_t length);
/* The pattern that stands for most of a format; NULL for one without. */
const char *ei_format_pattern(int format);
/* What the pattern does not say. */
bool ei_format_holds(int format, const char *text, size_t length);

/* ---- uri.c ---- */

/* RFC 3986, section 5.2: the reference within base; both without need to be valid. NULL: no
 * memory. */
char *ei_uri_resolve(ei_arena *arena, const char *base, const char *reference);
/* Cuts the fragment off, in place, and gives it decoded ("" for none); NULL: a wrong escape. */
char *ei_uri_cut_fragment(char *uri);

/* ---- metaschema.c, made by tools/embed_json.py ---- */

typedef struct ei_metaschema {
    const char *text;
    size_t size;
} ei_metaschema;
extern const ei_metaschema ei_metaschemas[];
extern const size_t ei_metaschema_count;

/* ---- schema.c: a checked schema; never changed once made ---- */

typedef struct ei_node ei_node;

typedef struct ei_node_list {
    uint32_t count;
    ei_node **items;
} ei_node_list;

typedef struct ei_named_node {
    const char *name;
    uint32_t length;
    const ei_pattern *pattern; /* of patternProperties */
    ei_node *node;
} ei_named_node;

typedef struct ei_named_list {
    uint32_t count;
    ei_named_node *items; /* properties and dependentSchemas are sorted by name */
} ei_named_list;

struct ei_node {
    const ei_value *value; /* where it stands */
    ei_node *resource;     /* root of the document, or of the embedded one */
    const char *base;      /* its URI */
    bool is_bundled;       /* of the metaschema */
    bool never;            /* false */
    uint8_t colour;        /* schema.c: has it been walked, and how long is the chain below */
    uint16_t height;
    bool is_dynamic; /* $dynamicRef, of the metaschema only */
    bool unique_items;
    bool has_members; /* it speaks of an object's members */
    uint8_t types;    /* of 1 << ei_value_type; 0: any */
    bool only_whole;
    int format; /* -1: none, or not asserted */
    int64_t min_length, max_length, min_items, max_items, min_properties, max_properties;
    int64_t min_contains, max_contains; /* -1 where not given: all of these */
    const ei_pattern *pattern;
    const ei_value *constant, *choices, *required, *dependent_required;
    const ei_value *minimum, *maximum, *above, *below, *multiple_of;
    ei_node *ref, *not_, *if_, *then, *otherwise, *additional, *unevaluated, *names, *items,
        *contains, *unevaluated_items;
    ei_node_list all_of, any_of, one_of, prefix;
    ei_named_list properties, pattern_properties, dependent_schemas;
};

/* A property or dependent schema by the member's name; NULL where there is none. */
const ei_named_node *ei_node_named(const ei_named_list *list, const ei_value *member);
const ei_named_node *ei_node_named_text(const ei_named_list *list, const char *name, size_t length);

typedef struct ei_form {
    ei_arena *arena;
    ei_value *value;
    ei_node *root;
    bool is_strict;
    const ei_pattern *formats[EI_FORMATS];
} ei_form;

/* strict: as a service is published: keywords and formats that are not known are refused, formats
 * asserted. EDU_E_INVALID, EDU_E_LIMIT with a key "form.schema…" and the JSON Pointer. */
edu_status ei_form_read(edu_bytes schema, bool strict, ei_form **out, edu_error *error);
edu_status ei_form_of_json(const json_t *schema, bool strict, ei_form **out, edu_error *error);
void ei_form_free(ei_form *form);
void ei_form_fault_fill(edu_error *error, edu_status status, const char *key, const ei_value *at,
                        const char *keyword, const char *format, ...) EI_PRINTF(6, 7);
#define ei_form_fault(error, status, ...)                                                          \
    (ei_form_fault_fill(error, status, __VA_ARGS__), (edu_status)(status))

/* ---- check.c ---- */

/* One judgement. */
typedef struct ei_check {
    const ei_form *form;
    const ei_node *meta; /* the metaschema within which we are */
    int64_t steps;
    int nest;
    int quiet;      /* above zero: only whether it holds */
    json_t *errors; /* array; NULL: only whether it holds */
    bool has_too_many, is_out_of_memory;
} ei_check;

/* Does the value hold? */
bool ei_check_value(ei_check *check, const ei_node *node, const ei_value *value, uint8_t *marks);
bool ei_check_is_exhausted(const ei_check *check);
bool ei_check_is_out_of_memory(const ei_check *check);
/* Judges the root; *errors receives an array, empty where it holds. EDU_E_NOMEM. */
edu_status ei_form_judge(const ei_form *form, const ei_value *data, json_t **errors,
                         edu_error *error);
/* One fault in the form of those: of a document that is not to be judged at all. */
json_t *ei_form_error(const char *field, const char *key, const char *message, const char *schema,
                      json_t *parameters);

/* ---- prune.c ---- */

/* Marks what active branches speak of; ei_value_to_json then leaves the rest out. EDU_E_LIMIT where
 * it takes too many steps. */
edu_status ei_form_prune(const ei_form *form, ei_value *data, edu_error *error);
/* ---- form.c ---- */

/* Leaves out what no active branch speaks of, and judges the rest: as edu_form_accept, with a
 * schema that is kept. The caller owns *pruned and *errors. */
edu_status ei_form_accept(const ei_form *form, json_t *data, json_t **pruned, json_t **errors,
                          edu_error *error);

#endif
