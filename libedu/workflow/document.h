/* Checking what an administrator publishes: every fault is told with its place. */
#ifndef EI_DOCUMENT_H
#define EI_DOCUMENT_H

#include "core/core.h"

#define EI_CODE_MAX 64

/* A place in the document: the JSON Pointer grows as the check goes down. */
typedef struct ei_place {
    char pointer[128];
} ei_place;

ei_place ei_place_below(const ei_place *at, const char *name);
ei_place ei_place_index(const ei_place *at, size_t index);

/* EDU_E_INVALID "workflow.definition" */
edu_status ei_document_fault(edu_error *error, const ei_place *at, const char *what);
/* An object with these keys and "$comment" only; those without '?' must be there. The list ends
 * with NULL. */
edu_status ei_document_keys(const json_t *object, const char *const *keys, const ei_place *at,
                            edu_error *error);
/* Texts by language; every one has the languages of the title. */
edu_status ei_document_texts(const json_t *texts, const json_t *languages, const ei_place *at,
                             edu_error *error);
/* true or false; what is not there is false. */
edu_status ei_document_flag(const json_t *object, const char *name, const ei_place *at, bool *out,
                            edu_error *error);
bool ei_document_code(const char *text); /* a-z, 0-9, _ and -, at most EI_CODE_MAX */

/* A JSON Pointer of RFC 6901, "/a/b", ~ only as ~0 and ~1; and what stands there, or NULL. */
bool ei_document_pointer(const char *text);
const json_t *ei_document_value(const json_t *form, const char *pointer);

#endif
