/* An application of a service that runs on its definition, as its statements and steps see it. */
#ifndef EI_REQUEST_STORE_H
#define EI_REQUEST_STORE_H

#include <edu/request.h>
#include "domain/application/application.h"
#include "domain/portal/portal.h"

#define EI_REQUEST_CODE 65
#define EI_REQUEST_NEVER INT64_C(253402300799000000) /* the end of the year 9999 */
#define EI_REQUEST_REASON_MAX 4000
#define EI_REQUEST_SEALED_FORM "request.form" /* names of sealed fields */
#define EI_REQUEST_SEALED_TEXT "request.text"
#define EI_REQUEST_SEALED_DRAFT "draft"

/* How a place is given. */
typedef enum ei_place_by {
    EI_PLACE_BY_TURN, /* to who comes first; nobody overtakes who waits */
    EI_PLACE_BY_RANK, /* to who is next in a ranking */
    EI_PLACE_NONE     /* not at all: as if all were full */
} ei_place_by;

typedef struct ei_request {
    edu_id person, id, offering;
    edu_id wanted; /* the offering of which a place is taken; none: its own */
    ei_place_by by;
    char service[EI_REQUEST_CODE], institution[EI_REQUEST_CODE], region[EI_REQUEST_CODE],
        state[EI_REQUEST_CODE]; /* "" for none */
    bool is_open, holds_place, is_waiting, may_move, is_warned, is_late;
    edu_time entered, submitted, due, next_at;
    edu_time decided; /* none: not yet, or given up by the applicant */
    int32_t revision;
    edu_id assignee;
    char number[EI_NUMBER_TEXT];
    int64_t queue; /* 0: none */
    char calendar[EI_REQUEST_CODE];
    int32_t calendar_version;

    ei_application_head head;
    ei_person_keys wrapped;
    /* As whom the session acts. */
    char applicant_as[16]; /* "" where not on that side */
    bool is_clerk, is_institution, is_assignee;
} ei_request;

edu_status ei_request_not_found(edu_error *error);
edu_status ei_request_already(edu_error *error);
/* EDU_E_NOT_FOUND where there is none or the session may not see it. actor: of the session, or the
 * operator's for the work of the system. */
edu_status ei_request_load(edu_tx *tx, const edu_id *actor, const edu_id *person, const edu_id *id,
                           edu_time now, ei_request *out, edu_error *error);
edu_status ei_request_save(edu_tx *tx, const ei_request *request, edu_error *error);
edu_bytes ei_request_key(const ei_request *request);
bool ei_request_is_staff(const ei_request *request);
/* As whom the session may act, in the order in which a definition is asked: how many. */
#define EI_REQUEST_KINDS 4
size_t ei_request_kinds(const ei_request *request, const char *out[EI_REQUEST_KINDS]);

/* Whether the person has a weekly place at the times of an offering, but for that of the
 * application `but`. */
edu_status ei_place_clashes(edu_tx *tx, const edu_id *person, const edu_id *but,
                            const edu_id *offering, bool *clashes, edu_error *error);

/* Notes when it was decided, as it enters its state: a place is given, or it ends otherwise than by
 * the applicant. What is opened again is open. */
void ei_request_note_decision(const ei_state_rules *state, const char *actor_kind, edu_time now,
                              ei_request *request);

/* A JSON object sealed under the person's key, and back; NULL where nothing is sealed. */
edu_status ei_request_seal(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                           const char *field, const json_t *json, ei_buffer *out, edu_error *error);
edu_status ei_request_unseal(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                             const char *field, edu_bytes sealed, json_t **out, edu_error *error);

/* ---- request_list.c ---- */

/* What was submitted last; an object, a new reference. */
edu_status ei_request_form_read(const edu_session *session, edu_tx *tx, const ei_request *request,
                                json_t **out, edu_error *error);

/* What is to be corrected, as the last step that the applicant sees says; NULL: nothing. */
edu_status ei_request_corrections(const edu_session *session, edu_tx *tx, const ei_request *request,
                                  ei_arena *arena, json_t **out, edu_error *error);

/* ---- request_clock.c: when a state is to be left ---- */

/* Of the state that the request has now entered. */
edu_status ei_request_start_clock(const edu_session *session, edu_tx *tx,
                                  const ei_definition *definition, ei_request *request,
                                  edu_error *error);

/* A message about it in somebody's cabinet, by a template of the definition. */
edu_status ei_request_tell(ei_command *command, edu_tx *tx, const ei_request *request,
                           const char *template, const edu_id *person, edu_error *error);

/* ---- request_place.c ---- */

/* Takes, gives back or queues for a place as the move from the request's state to that of the
 * action means, and notes it in the request. *is_full: the action's state for that is entered.
 * Refused are EDU_E_STATE "offering.full" and "request.clash". *freed: the offering of which a
 * place became free, which is to be promoted; none. */
edu_status ei_request_move_place(edu_tx *tx, const ei_definition *definition, ei_request *request,
                                 const ei_action *action, bool *is_full, edu_id *freed,
                                 edu_error *error);
/* Gives the offering's free places to those who wait, in the order of the list; of an offering that
 * is chosen in a round, to those who chose it and wait or may move up, in the order of the ranking.
 * Places that they leave are given in turn. left_by: who left the place, and may now take another
 * that is free and that they wait for; NULL: nobody in particular. */
edu_status ei_request_promote(ei_command *command, edu_tx *tx, const edu_id *offering,
                              const edu_id *left_by, edu_error *error);
/* Who comes to the end of a list may be the first who can take a place that is free. */
edu_status ei_request_take_free(ei_command *command, edu_tx *tx, const ei_request *made,
                                edu_error *error);

/* ---- request_step.c: every change of an application that exists ---- */

typedef struct ei_request_step ei_request_step;
struct ei_request_step {
    edu_session *session;
    edu_id person, id;
    const char *action; /* of the definition */
    const char *reason; /* NULL: none */
    json_t *corrections;
    bool is_systems;
    bool is_promotion; /* what it frees is promoted by who called it */
    edu_id offering;   /* of which a place is taken; none: the request's */
    ei_place_by by;
    const void *wanted;
    /* Changes the request besides its state; NULL: nothing else changes. */
    edu_status (*change)(ei_request_step *step, ei_command *command, edu_tx *tx, edu_error *error);
    /* Filled for `change` */
    ei_request request; /* its state is the one behind the action already */
    const ei_definition *definition;
    ei_action allowed;
    const char *actor_kind;
    json_t *data; /* of the event */
    edu_id freed; /* the offering of which a place became free; none */
    edu_status verdict;
    edu_error refusal;
};

/* Within a command: loads, checks, changes, stores. What the state refuses is a verdict, recorded
 * in the audit trail where it is not the system's. */
edu_status ei_request_step_run(ei_request_step *step, ei_command *command, edu_tx *tx,
                               edu_error *error);

/* What else follows from the state that a request has come to: what is to be paid, how far who was
 * admitted is. */
edu_status ei_request_entered(ei_command *command, edu_tx *tx, const ei_definition *definition,
                              const ei_request *request, edu_error *error);
/* An action of the system, whoever's command it follows from. EDU_E_STATE where the state does not
 * permit it. */
edu_status ei_request_by_system(ei_command *command, edu_tx *tx, const edu_id *person,
                                const edu_id *id, const char *action, edu_error *error);
/* Whether a definition alone runs this application. */
edu_status ei_request_is(edu_tx *tx, const edu_id *person, const edu_id *id, bool *out,
                         edu_error *error);

/* ---- draft.c ---- */

/* Who wants to apply for what. */
typedef struct ei_request_facts {
    char service[EI_REQUEST_CODE], institution[EI_REQUEST_CODE], region[EI_REQUEST_CODE];
    edu_time opens, closes;
    bool is_published, by_round;
    int32_t age_from, age_until, grade_from, grade_to;
    edu_date begins; /* of the offering */
    char acting_as[16];
    edu_date birth;
    int32_t grade; /* 0: no pupil */
    char admission[16],
        funding[EI_REQUEST_CODE]; /* progress; "" where they were not admitted to it */
    edu_time until;               /* of the admission; NONE */
    char sort_name[400];
    ei_person_keys wrapped;
} ei_request_facts;

/* EDU_E_NOT_FOUND where the actor may not act for the person, or there is no such offering. */
edu_status ei_request_facts_read(const edu_session *session, edu_tx *tx, const edu_id *actor,
                                 const edu_id *person, const edu_id *offering,
                                 ei_request_facts *out, edu_error *error);
/* EDU_E_STATE where the person is not of the age or grade. */
edu_status ei_request_judge_person(const edu_session *session, const ei_request_rules *rules,
                                   const ei_request_facts *facts, edu_time now, edu_error *error);
/* EDU_E_STATE where the person may not apply now. */
edu_status ei_request_judge(const edu_session *session, const ei_request_rules *rules,
                            const ei_request_facts *facts, edu_time now, edu_error *error);

/* ---- request_asked.c: the documents that are asked for ---- */

/* An offering that asks. */
typedef struct ei_asked_by {
    json_t *one; /* {"id", "code", "title", "documents"} */
    ei_document_kinds kinds;
} ei_asked_by;

/* What the service asks for, made stricter and more by what offerings ask for. */
typedef struct ei_asked {
    const ei_document_kinds *services;
    size_t count, by_count;
    ei_document_kind *kinds;
    ei_asked_by *by;
} ei_asked;

typedef struct ei_draft {
    edu_id person, id, offering, application;
    char service[EI_REQUEST_CODE];
    json_t *typed;          /* {"form", "choices"} */
    const json_t *form;     /* of it */
    const json_t *choices;  /* of it */
    ei_request_facts facts; /* of a new application */
    ei_request request;     /* what it corrects, where there is one */
    const ei_definition *definition;
    int32_t version;
    ei_asked asked;
} ei_draft;

/* A draft of the session's, with all that decides whether it may be submitted. Finish always. */
edu_status ei_draft_load(const edu_session *session, edu_tx *tx, const edu_id *person,
                         const edu_id *id, edu_time now, ei_draft *out, edu_error *error);
void ei_draft_finish(ei_draft *draft);
/* Adds to faults what it lacks; *pruned is the form to be stored. */
edu_status ei_draft_faults(const edu_session *session, edu_tx *tx, const ei_draft *draft,
                           json_t *faults, json_t **pruned, edu_error *error);

/* By the service alone; ei_asked_add adds an offering {"id", "code", "title", "documents"}, which
 * it takes. Finish always. */
edu_status ei_asked_begin(ei_asked *asked, const ei_request_rules *rules, edu_error *error);
edu_status ei_asked_add(ei_asked *asked, json_t *one, edu_error *error);
/* By what the draft is for and what it chooses. What was asked of the application that it corrects
 * stays as it was. */
edu_status ei_asked_of_draft(edu_tx *tx, const ei_draft *draft, ei_asked *asked, edu_error *error);
/* As it was when the application was submitted last. */
edu_status ei_asked_of_request(edu_tx *tx, const edu_id *person, const edu_id *id,
                               const ei_definition *definition, ei_asked *asked, edu_error *error);
void ei_asked_finish(ei_asked *asked);
/* NULL where it is not asked for. */
const ei_document_kind *ei_asked_find(const ei_asked *asked, const char *code);
/* Those that ask for it exclude each other. */
bool ei_asked_clash(const ei_document_kind *kind);
/* What is stored with what was submitted; freed by ei_free, NULL where no offering is applied for.
 */
edu_status ei_asked_captured(const ei_asked *asked, char **out, edu_error *error);
/* As edu_draft shows it; NULL for no memory. */
json_t *ei_asked_show(const edu_session *session, const ei_asked *asked);
/* Adds a fault that names the offerings which object. */
edu_status ei_asked_judge_count(const edu_session *session, const ei_asked *asked,
                                const ei_document_kind *kind, int32_t count, json_t *faults,
                                edu_error *error);
edu_status ei_asked_judge_document(const edu_session *session, const ei_asked *asked,
                                   const char *code, ei_media type, int64_t size, json_t *faults,
                                   edu_error *error);

/* ---- request_submit.c ---- */

/* An application to be made. */
typedef struct ei_request_making {
    edu_id person, offering;
    const ei_request_facts *facts;
    const ei_definition *definition; /* the newest */
    const ei_action *action;
    const char *actor_kind;
    ei_place_by by;
    json_t *data; /* of the event */
} ei_request_making;

/* Makes it, with its place and its clock, without what is typed. */
edu_status ei_request_make(ei_command *command, edu_tx *tx, const ei_request_making *how,
                           ei_request *out, edu_error *error);
/* EDU_E_CONFLICT where the person has an open one for the offering. */
edu_status ei_request_check_once(edu_tx *tx, const edu_id *person, const char *service,
                                 const edu_id *offering, edu_error *error);
/* What was submitted is in the chain by its hash, whatever becomes of the row. */
edu_status ei_request_note(json_t *data, const json_t *form, const json_t *choices,
                           edu_error *error);
/* With what was asked for. */
edu_status ei_request_form_store(ei_command *command, edu_tx *tx, const ei_request *request,
                                 const json_t *form, const ei_asked *asked, edu_error *error);

/* ---- request_form.c ---- */

/* Everything that the draft lacks: a new array of {"field", "key", "message"}. *pruned receives
 * the form without what no active branch speaks of. */
edu_status ei_request_form_check(const ei_request_rules *rules, const json_t *form, json_t *faults,
                                 json_t **pruned, edu_error *error);
edu_status ei_request_fault(json_t *faults, const char *pointer, const char *key,
                            const char *message, edu_error *error);

#endif
