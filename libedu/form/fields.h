/* The fields of a form, found in its schema: what one fills in, and when it is asked for. */
#ifndef EI_FORM_FIELDS_H
#define EI_FORM_FIELDS_H

#include "form/form.h"

#define EI_FIELDS_MAX 400
#define EI_ROWS_MAX 100 /* of a list that is shown */

typedef enum ei_field_kind {
    EI_FIELD_TEXT,
    EI_FIELD_NUMBER,
    EI_FIELD_DATE,
    EI_FIELD_YES_NO,
    EI_FIELD_CHOICE,
    EI_FIELD_CHOICES, /* several of them */
    EI_FIELD_LIST     /* of rows, each with fields of its own */
} ei_field_kind;

/* Under which answers something holds; all of the chain. */
typedef struct ei_condition ei_condition;
struct ei_condition {
    const ei_condition *outer;
    const ei_node *node; /* whether this holds at the place; NULL: whether `name` is there */
    const char *name;
    const char *place;            /* pointer to the object that is asked; * for each row */
    const ei_node_list *variants; /* of which `node` is one: where none holds, all are open */
    bool wanted;
};

/* One way to come to a field, or to need it. */
typedef struct ei_occurrence {
    struct ei_occurrence *next;
    const ei_condition *condition; /* NULL: always */
} ei_occurrence;

typedef struct ei_field_of {
    const char *pointer; /* with * for each row of a list */
    ei_field_kind kind;
    bool is_whole;                   /* of numbers */
    bool is_plain;                   /* a list of texts or numbers, without fields within */
    const ei_node *node;             /* that describes it, or an item of it */
    const ei_node *list_node;        /* of a list, and of several choices */
    struct ei_field_of *list;        /* within whose rows it is */
    ei_occurrence *shown, *required; /* always at least one of shown */
} ei_field_of;

typedef struct ei_fields {
    ei_arena *arena;
    size_t count;
    ei_field_of items[EI_FIELDS_MAX];
} ei_fields;

/* EDU_E_INVALID "form.schema_shown" where the schema has what no page can ask for. */
edu_status ei_fields_find(ei_arena *arena, const ei_form *form, ei_fields **out, edu_error *error);
ei_field_of *ei_fields_named(ei_fields *fields, const char *pointer);

/* What the node, or those laid over it, say first. */
const ei_value *ei_node_keyword(const ei_node *node, const char *keyword);
bool ei_node_is_object(const ei_node *node);
/* Values that one chooses from: of enum, or of oneOf with const. NULL at the end. */
const ei_value *ei_node_choice(const ei_node *node, uint32_t index);

/* What a choice is called: the text itself, or the value as JSON. */
const char *ei_choice_name(const ei_value *choice);

/* The pointer with the row's number in place of *. */
char *ei_pointer_of_row(ei_arena *arena, const char *pointer, uint32_t row);
/* Where a pointer leads; NULL where there is nothing. */
ei_value *ei_value_at(ei_value *root, const char *pointer);

/* ---- hints.c ---- */

/* EDU_E_INVALID "form.hints" with the place. */
edu_status ei_hints_check(const json_t *hints, ei_fields *fields, edu_error *error);

/* ---- view.c ---- */

edu_status ei_form_show(const ei_form *form, const json_t *hints, const json_t *data,
                        const char *language, json_t **out, edu_error *error);

/* ---- read.c ---- */

edu_status ei_form_read_posted(const ei_form *form, const json_t *posted, json_t **out,
                               edu_error *error);

#endif
