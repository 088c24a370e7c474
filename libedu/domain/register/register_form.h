/* The published form of a register: its columns and its key. The form is in docs/registers.md. */
#ifndef EI_REGISTER_FORM_H
#define EI_REGISTER_FORM_H

#include "workflow/document.h"

#define EI_REGISTER_COLUMNS 32
#define EI_REGISTER_KEYS 4
#define EI_REGISTER_VALUE_MAX 400 /* bytes */

typedef enum ei_column_kind {
    EI_COLUMN_TEXT,
    EI_COLUMN_INTEGER,
    EI_COLUMN_DECIMAL,
    EI_COLUMN_DATE,
    EI_COLUMN_CHOICE
} ei_column_kind;

typedef struct ei_register_column {
    const char *name;
    json_t *title;
    ei_column_kind kind;
    bool is_optional;
    int64_t least, most; /* of integers, and of the whole part of decimals */
    int32_t places;      /* of decimals */
    json_t *choices;     /* [{"code", "title"}] */
} ei_register_column;

typedef struct ei_register_form {
    json_t *json;
    const char *code;
    bool has_institutions;
    size_t column_count, key_count;
    ei_register_column columns[EI_REGISTER_COLUMNS];
    size_t keys[EI_REGISTER_KEYS];
    /* As a file has them: number?, document?, birth?, institution?, columns; NULL at the end. */
    char csv_names[EI_REGISTER_COLUMNS][EI_CODE_MAX + 2];
    const char *csv[EI_REGISTER_COLUMNS + 5];
} ei_register_form;

/* EDU_E_INVALID with the JSON Pointer of the fault. The JSON is kept. */
edu_status ei_register_form_make(json_t *json, ei_register_form **out, edu_error *error);
void ei_register_form_free(ei_register_form *form);

/* NULL where there is none. */
const ei_register_column *ei_register_column_find(const ei_register_form *form, const char *name);

/* A value in its normal form, as a JSON text; NULL for an empty one. EDU_E_INVALID "register.missing",
 * ".integer", ".decimal", ".date" or ".choice" with the column's name as the field. */
edu_status ei_register_value(const ei_register_column *column, const char *text, json_t **out,
                             edu_error *error);
/* Of a choice its title by language; else NULL. */
json_t *ei_register_choice(const ei_register_column *column, const char *code);

#endif
