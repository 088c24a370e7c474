/* The published rules of appeals: categories, departments, terms, routes, the ladder of escalation,
 * templates of answers. The form is in docs/appeals.md. */
#ifndef EI_APPEAL_RULES_H
#define EI_APPEAL_RULES_H

#include "workflow/calendar.h"

#define EI_APPEAL_LIST_MAX 256 /* categories, departments, terms, routes, templates: each */
#define EI_APPEAL_LADDER_MAX 16

/* What a template may name in braces. */
#define EI_APPEAL_PLACEHOLDERS 6
extern const char *const ei_appeal_placeholders[EI_APPEAL_PLACEHOLDERS];

typedef struct ei_appeal_category {
    const char *code;
    json_t *title;
    bool may_be_anonymous;
    bool needs_approval;         /* before an answer is sent */
    int32_t extensions;          /* how often the term may be extended */
    int32_t extension_units_max; /* at once */
} ei_appeal_category;

typedef struct ei_appeal_term {
    const char *category, *level, *state, *department; /* what it is for; NULL: any */
    ei_term_unit unit;
    int32_t count;
    int32_t warn_percent;
    int32_t very_late; /* units behind the term */
} ei_appeal_term;

typedef struct ei_appeal_route {
    const char *category, *region; /* NULL: any */
    json_t *departments;           /* codes; the one with the fewest open appeals takes it */
} ei_appeal_route;

typedef enum ei_appeal_recipient {
    EI_TO_SUBSTITUTE, /* who stands in for the executor */
    EI_TO_EXECUTOR,   /* and who stands in for them, as of all below */
    EI_TO_HEAD,
    EI_TO_CLERK,
    EI_TO_PERSON
} ei_appeal_recipient;

#define EI_RUNG_WARNING (-1)

typedef struct ei_appeal_rung {
    int32_t
        percent;  /* of the term; 100 and more is the end of it; EI_RUNG_WARNING: its own share */
    int32_t late; /* units behind the end */
    ei_appeal_recipient to;
    const char *login; /* of EI_TO_PERSON */
} ei_appeal_rung;

typedef struct ei_appeal_rules {
    json_t *json;
    const char *calendar, *prefix;
    int32_t reopen_days, duplicate_days;
    size_t category_count, term_count, route_count, rung_count;
    ei_appeal_category categories[EI_APPEAL_LIST_MAX];
    ei_appeal_term terms[EI_APPEAL_LIST_MAX];
    ei_appeal_route routes[EI_APPEAL_LIST_MAX];
    ei_appeal_rung ladder[EI_APPEAL_LADDER_MAX];
} ei_appeal_rules;

/* EDU_E_INVALID with the JSON Pointer of the first fault. The JSON is copied. */
edu_status ei_appeal_rules_make(const json_t *json, ei_appeal_rules **out, edu_error *error);
void ei_appeal_rules_free(ei_appeal_rules *rules);

/* NULL where there is none. */
const ei_appeal_category *ei_appeal_category_find(const ei_appeal_rules *rules, const char *code);
/* An entry of "levels", "departments" or "templates" by its code. */
json_t *ei_appeal_entry(const ei_appeal_rules *rules, const char *list, const char *code);

/* The term of an appeal: that of its department, of category and level, of its category, of its
 * state, or of the service, in this order. *source is the column `rule`. */
const ei_appeal_term *ei_appeal_term_choose(const ei_appeal_rules *rules, const char *department,
                                            const char *category, const char *level,
                                            const char *state, const char **source);
/* The first that fits; there is always one. */
const ei_appeal_route *ei_appeal_route_choose(const ei_appeal_rules *rules, const char *category,
                                              const char *region);

#endif
