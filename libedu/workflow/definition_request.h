/* What a service asks of whom applies: its form, documents, who may, and for what. */
#ifndef EI_DEFINITION_REQUEST_H
#define EI_DEFINITION_REQUEST_H

#include "core/core.h"
#include "form/form.h"

#define EI_CHOICES_MAX 20
#define EI_DOCUMENT_KINDS_MAX 20
#define EI_DOCUMENT_BYTES_MAX (10 << 20)
#define EI_DOCUMENT_COPIES_MAX 20

/* A kind of document that is asked for. */
typedef struct ei_document_kind {
    const char *code;
    json_t *title;  /* by language; borrowed */
    unsigned types; /* a bit by ei_media */
    int32_t bytes_max, least, most;
    bool for_panel; /* who judges in a panel may open it */
} ei_document_kind;

typedef struct ei_document_kinds {
    size_t count;
    ei_document_kind list[EI_DOCUMENT_KINDS_MAX];
} ei_document_kinds;

/* A list of kinds: of a definition, or of an offering. `languages`: those that every title has;
 * NULL: they were checked before. The kinds borrow from json. EDU_E_INVALID with the place. */
edu_status ei_document_kinds_read(const json_t *json, const json_t *languages, const char *at,
                                  ei_document_kinds *out, edu_error *error);
/* NULL where there is none of that code. */
const ei_document_kind *ei_document_kind_find(const ei_document_kinds *kinds, const char *code);

typedef struct ei_request_rules {
    ei_form *form;                   /* NULL: nothing is asked */
    const json_t *form_json, *hints; /* borrowed */
    ei_document_kinds documents;
    const json_t *admission;      /* {"levels", …}; NULL: whoever it is may apply */
    const json_t *directions;     /* titles by code; NULL: offerings have none */
    bool has_offerings;           /* one applies for an offering, and not for the service alone */
    int32_t choices;              /* offerings of a round that one may name; 0: one for itself */
    int32_t age_from, age_until;  /* whole years on the day of submission; until: 0 for no end */
    int32_t grade_from, grade_to; /* 0: pupils or not */
    int32_t alone_from;           /* age from which a child acts for itself */
    edu_time opens, closes;       /* of the service where it has no offerings; NONE: always open */
} ei_request_rules;

/* Checks the keyword `request` of a definition; NULL gives NULL. `languages`: the definition's
 * title. The rules borrow from json. */
edu_status ei_request_rules_make(const json_t *json, const json_t *languages,
                                 ei_request_rules **out, edu_error *error);
/* Of who is on a list of the admitted; NULL where there is no such level. */
json_t *ei_admission_level_title(const ei_request_rules *rules, const char *level);
/* "ended": what the system does where an admission ends; "told", "reopened": templates; NULL. */
const char *ei_admission_name(const ei_request_rules *rules, const char *what);
void ei_request_rules_free(ei_request_rules *rules);

#endif
