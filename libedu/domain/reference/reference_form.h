/* The published form of a type of reference. The form is in docs/references.md. */
#ifndef EI_REFERENCE_FORM_H
#define EI_REFERENCE_FORM_H

#include "domain/register/register_form.h"

#define EI_REFERENCE_FIELDS 8 /* as many as a certificate has results */
#define EI_REFERENCE_CODE_FIELDS 3
#define EI_REFERENCE_CODE_BYTES 80

/* How long a paper is good: to the end of the last day. */
typedef struct ei_validity {
    int32_t days, months;       /* both 0: another, or none */
    int32_t end_month, end_day; /* the next such day; 0: none */
} ei_validity;

typedef struct ei_reference_form {
    json_t *json;
    const char *code, *register_code;
    json_t *title, *text, *when; /* when: NULL, or by column the values that it is about */
    ei_validity validity;
    size_t field_count, code_count;
    const char *fields[EI_REFERENCE_FIELDS];           /* columns, or "institution" */
    const char *code_fields[EI_REFERENCE_CODE_FIELDS]; /* in the QR code */
    size_t code_bytes[EI_REFERENCE_CODE_FIELDS];       /* each is cut there */
} ei_reference_form;

/* EDU_E_INVALID with the JSON Pointer of the fault. The JSON is kept. */
edu_status ei_reference_form_make(json_t *json, ei_reference_form **out, edu_error *error);
void ei_reference_form_free(ei_reference_form *form);
/* Whether the register has what the form names. */
edu_status ei_reference_form_check(const ei_reference_form *form, const ei_register_form *held,
                                   edu_error *error);
/* Whether every QR code of the type can be read well, whatever the register says. */
edu_status ei_reference_code_check(const ei_reference_form *form, const ei_register_form *held,
                                   const char *host, edu_error *error);
/* When what is made now ends, in whole seconds; 0: never. */
edu_time ei_reference_expires(const ei_reference_form *form, edu_time now,
                              int32_t utc_offset_minutes);
bool ei_reference_is_about(const ei_reference_form *form, const json_t *data);

#endif
