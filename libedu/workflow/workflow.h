/* Service definitions, and the engine that moves applications through their states. */
#ifndef EI_WORKFLOW_H
#define EI_WORKFLOW_H

#include "core/core.h"
#include "storage/storage.h"
#include "workflow/calendar.h"
#include "workflow/definition_request.h"
#include "workflow/definition_tuition.h"
#include "workflow/ranking.h"
#include "workflow/sheet.h"

/* ---- definition.c: a checked definition; never changed once made ---- */

#define EI_DEFINITION_BYTES_MAX 262144
#define EI_DEFINITION_LIST_MAX 64 /* states, actions, templates, rules, stages: each */

typedef struct ei_definition ei_definition;

/* Checks the whole definition; EDU_E_INVALID with the JSON Pointer of the first fault. The JSON is
 * copied. */
edu_status ei_definition_make(const json_t *json, ei_definition **out, edu_error *error);
void ei_definition_free(ei_definition *definition);

const char *ei_definition_service(const ei_definition *definition);
/* Seen by whom an application is of, and by others only as the service's module says. */
bool ei_definition_is_private(const ei_definition *definition);
json_t *ei_definition_json(const ei_definition *definition); /* borrowed */
/* Texts by language, as {"az": "…"}; NULL where there is no such state, action or template. */
json_t *ei_definition_state_title(const ei_definition *definition, const char *state);
json_t *ei_definition_action_title(const ei_definition *definition, const char *action);
/* What stands on its button: the title, which tells of it afterwards, where nothing else is given.
 */
json_t *ei_definition_action_button(const ei_definition *definition, const char *action);
json_t *ei_definition_template(const ei_definition *definition, const char *name,
                               const char *part /* "title" or "text" */);

/* One thing an action does once it has happened. */
typedef struct ei_notice {
    const char *template;
    bool by_mail; /* besides the portal */
} ei_notice;

/* How an offering gives its places. */
typedef enum ei_giving {
    EI_GIVING_ANY,
    EI_GIVING_FIRST_COME,
    EI_GIVING_ROUND /* all at once, when it has closed */
} ei_giving;

typedef struct ei_action {
    const char *name;
    const char *to;
    const char *full; /* state in place of `to` where no place is free; NULL: refused then */
    bool creates;     /* it makes the application */
    bool ends;        /* its state is terminal */
    bool is_internal;
    bool submits; /* takes what the draft holds */
    ei_giving giving;
    ei_deciding concession;
    bool is_bulk; /* may be done to many at once */
    bool asks_reason, asks_corrections;
    size_t notice_count;
    const ei_notice *notices;
} ei_action;

/* The action, where this kind of actor may do it from this state (NULL: makes the application).
 * EDU_E_STATE or EDU_E_DENIED where not. */
edu_status ei_definition_allow(const ei_definition *definition, const char *action,
                               const char *from, const char *actor_kind, ei_action *out,
                               edu_error *error);

/* All that this kind of actor may do from this state (NULL: to make the application): how many. */
size_t ei_definition_possible(const ei_definition *definition, const char *from,
                              const char *actor_kind, ei_action out[EI_DEFINITION_LIST_MAX]);

/* Who is told of a deadline. */
typedef struct ei_telling {
    const char *template; /* NULL: nobody */
    bool is_applicants;   /* else those who work on it */
} ei_telling;

/* What a state means besides its name. */
typedef struct ei_state_rules {
    bool is_terminal;
    bool edits;            /* the applicant may change what was submitted, and submit it again */
    bool holds_place;      /* takes one of the offering's places */
    bool waits_for_place;  /* is on the offering's list */
    bool assesses;         /* what is to be paid is found out, and the system goes on from here */
    bool takes_scores;     /* sheets are filled in here */
    bool shows_scores;     /* whose it is sees what the sheets say; all are filled in by then */
    bool moves_up;         /* holds a place, and gets one chosen before it that becomes free */
    const char *counts_as; /* how far who was admitted has come; NULL: not at all */
    ei_term_unit unit;     /* of the deadline for leaving it */
    int32_t count;         /* 0: there is none */
    int32_t warn_percent;
    ei_telling warn, late;
    const char *then; /* what the system does at the deadline; NULL: nothing */
} ei_state_rules;
/* NULL where there is no such state. */
const ei_state_rules *ei_definition_state(const ei_definition *definition, const char *name);
const ei_sheets *ei_definition_sheets(const ei_definition *definition);
const ei_ranking *ei_definition_ranking(const ei_definition *definition);
/* NULL where a module of its own takes what is applied for. */
const ei_request_rules *ei_definition_request(const ei_definition *definition);
/* NULL where nothing is paid for. */
const ei_tuition_rules *ei_definition_tuition(const ei_definition *definition);
const char *ei_definition_calendar(const ei_definition *definition); /* code; NULL */
const char *ei_definition_promote(const ei_definition *definition);  /* action; NULL */
/* Of a round: the list of certificates, NULL for none; and the one for a place, which is the first
 * that fits. */
const json_t *ei_definition_certificates(const ei_definition *definition);
const json_t *ei_definition_certificate_for(const ei_definition *definition, int32_t place);
/* What gives places of an offering that follows another: "action", and "left", the template for
 * whom it does not; NULL. */
const char *ei_definition_carry(const ei_definition *definition, const char *part);
/* Of a round: what the system does to who is ranked, and to who did not pass; NULL. */
const char *ei_definition_place(const ei_definition *definition);
const char *ei_definition_fail(const ei_definition *definition);
bool ei_definition_ranking_is_public(const ei_definition *definition);
/* Of a kind of slots; NULL where there is no such kind, or nobody is told. */
json_t *ei_definition_slot_title(const ei_definition *definition, const char *kind);
const char *ei_definition_slot_template(const ei_definition *definition, const char *kind);

/* A kind of examination that is sat in centres. */
typedef struct ei_sitting_kind {
    json_t *title;         /* texts by language */
    const char *state;     /* whose applications sit it */
    const char *seat;      /* action of the system: a seat is given */
    const char *absent;    /* action of the system: somebody did not come; NULL */
    const char *region;    /* JSON Pointer to the code of the region that one comes from; NULL */
    const char *step_free; /* JSON Pointer to whether a step-free seat is needed; NULL */
} ei_sitting_kind;
/* False where there is no such kind. */
bool ei_definition_sitting(const ei_definition *definition, const char *kind, ei_sitting_kind *out);

/* A template's text with {name} replaced from data; what data lacks is left out. */
edu_status ei_template_fill(const char *text, const json_t *data, ei_buffer *out, edu_error *error);

/* ---- engine.c: one application, inside the caller's transaction ---- */

#define EI_HASH 32

typedef struct ei_step {
    const ei_definition *definition;
    int32_t version; /* of the definition */
    edu_id person, application;
    const char *action;
    edu_id actor;           /* none: the system */
    const char *actor_kind; /* as in a definition's "by" */
    const json_t *data;     /* object; NULL: empty. No personal data that is not needed. */
    edu_time now;
    const edu_clock *clock; /* for the ids of messages */
    const edu_random *random;
    bool is_full;       /* no place is free: the action's state for that is taken */
    const char *number; /* of what is made */
} ei_step;

/* Makes an application with its first event. EDU_E_CONFLICT "application.already" where the person
 * has an open one for this subject. */
edu_status ei_application_create(edu_tx *tx, const ei_step *step, const edu_id *subject,
                                 edu_error *error);

/* Where an application stands. */
typedef struct ei_application_head {
    char service[65];
    int32_t service_version;
    char state[65];
    int64_t version;
    bool is_open;
    uint8_t hash[EI_HASH];
} ei_application_head;

/* EDU_E_NOT_FOUND where there is none; who may see it is the caller's to decide. */
edu_status ei_application_head_read(edu_tx *tx, const edu_id *person, const edu_id *application,
                                    ei_application_head *out, edu_error *error);
/* One more event. The definition must be the one of head's service and version. EDU_E_CONFLICT
 * where the application has changed since head was read. */
edu_status ei_application_act(edu_tx *tx, const ei_step *step, const ei_application_head *head,
                              edu_error *error);

/* An event of no action of the definition, which changes no state: `action` is one of these. Only
 * staff see the first two. */
#define EI_REMARK_NOTE ".note"
#define EI_REMARK_ASSIGN ".assign"
#define EI_REMARK_MOVED ".moved"   /* the deadline, as the calendar has changed */
#define EI_REMARK_MERGED ".merged" /* it was of a person who is merged into this one */
edu_status ei_application_remark_add(edu_tx *tx, const ei_step *step,
                                     const ei_application_head *head, edu_error *error);

/* Computes the chain again: EDU_E_CORRUPT naming the first event that does not hold. */
edu_status ei_chain_check(edu_tx *tx, const edu_id *person, const edu_id *application,
                          edu_error *error);

#endif
