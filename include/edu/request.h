/** @file edu/request.h
 *  Applications of services that run on their definition alone: drafts, submitting, correcting, the
 *  work of staff, places and waiting lists, terms.
 *
 *  What is asked of whom applies (a form, documents, choices), who may do what from which state,
 * what a state means for places and terms, and what is told to whom stands in the definition
 *  (docs/workflow.md). An application is seen as any other (edu/application.h); what is here is
 * what the engine knows besides. Forms and texts are sealed under the key of the person whom they
 * are of.
 *
 *  Whose an application is: the person, guardians, and a school that submitted for its pupil, and
 *  where the service is not private the school of a pupil. Staff: clerks, everywhere or of its region; the staff of the
 *  offering's institution; whom it is assigned to, and who stands in for them. What is neither
 * one's own nor in one's scope is not found.
 *  @since 0.2.0 */
#ifndef EDU_REQUEST_H
#define EDU_REQUEST_H

#include <edu/offering.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is not submitted yet. */
EDU_RECORD
typedef struct edu_draft {
    edu_id person_id;
    edu_id id;
    const char *service;
    int32_t service_version;
    edu_id offering_id;
    const char *title;     /**< of the offering, in the session's language */
    edu_id application_id; /**< what it corrects; none */
    json_t *form;          /**< object; NULL in lists */
    json_t *choices;       /**< ids of offerings, the best liked first */
    json_t *corrections;   /**< array of {"field", "text"}; NULL in lists */
    edu_time changed;
    json_t *documents; /**< array of {"id", "kind": code, "name", "type", "size": bytes}; NULL in
                            lists */
    json_t *asked;     /**< documents that are to be given, by what is chosen so far: array as the
                            "documents" of edu_service, each with "offerings": titles of those that ask
                            for it besides the service; NULL in lists */
} edu_draft;
EDU_PAGE(edu_draft);

/** What a draft lacks before it can be submitted. */
EDU_RECORD
typedef struct edu_draft_report {
    bool is_complete;
    json_t *faults; /**< array of {"field", "key", "message", "parameters"}, as of a form */
} edu_draft_report;

/** What whoever submitted takes away. */
EDU_RECORD
typedef struct edu_request_receipt {
    edu_id person_id;
    edu_id id;          /**< of the application */
    const char *number; /**< how people call it, such as "A-2026-000123" */
    const char *state;
    const char *state_title; /**< in the session's language */
    edu_time submitted;
    const char *hash; /**< hex, end of the application's chain: proof of what was submitted when */
} edu_request_receipt;

/** An application as lists and pages show it. */
EDU_RECORD
typedef struct edu_request {
    edu_id person_id;
    edu_id id;
    const char *number; /**< how people call it, such as "A-2026-000123" */
    const char *service;
    int32_t service_version;
    edu_id offering_id;
    const char *offering;    /**< title, in the session's language */
    const char *institution; /**< code; NULL */
    const char *region;      /**< code; NULL */
    const char *applicant;   /**< name */
    const char *state;
    const char *state_title; /**< in the session's language */
    bool is_open;
    edu_time entered;     /**< into this state */
    edu_time submitted;   /**< for the first time */
    edu_id assignee_id;   /**< staff only; none */
    const char *assignee; /**< name; NULL likewise */
    int64_t position;     /**< on the waiting list, from 1; 0 in lists */
    edu_time due;         /**< when this state is to be left; none */
    bool is_overdue;
    const char
        *made_as; /**< as whom it was made: "self", "guardian", "school", "clerk", "system" */
    const char *made_by; /**< name of who made it for somebody by their work; staff only; NULL */
    json_t *form;        /**< object; NULL in lists */
    json_t *choices;     /**< array of {"id", "title"}; NULL in lists */
    json_t *corrections; /**< as in ::edu_draft; NULL in lists */
    json_t *documents;   /**< what was submitted last, as in ::edu_draft; NULL in lists */
    json_t *asked;       /**< what was asked for then, likewise; NULL in lists */
} edu_request;
EDU_PAGE(edu_request);

/** What a session may do with an application, or with an offering, now. */
EDU_RECORD
typedef struct edu_request_actions {
    json_t *actions; /**< array of {"action", "title", "as", "asks": list of "reason" and
                          "corrections", "submits", "is_bulk", "to",
                          "ends": it leads to a terminal state} */
} edu_request_actions;

/** A step of an application. */
EDU_RECORD
typedef struct edu_request_event {
    int64_t sequence;
    edu_time at;
    const char *action;
    const char *title; /**< in the session's language */
    const char *state; /**< state after it */
    const char *actor; /**< as in ::edu_event */
    const char *name;  /**< of the actor; NULL for who is not staff */
    bool is_internal;  /**< not shown to the applicant */
    const char *text;  /**< the reason, or the note; NULL */
    json_t *data;
} edu_request_event;
EDU_PAGE(edu_request_event);

/** What a worklist shows. Start from ::EDU_REQUEST_FILTER_INIT. */
EDU_INPUT
typedef struct edu_request_filter {
    size_t struct_size;
    const char *service;     /**< NULL only where is_mine, or with a number */
    const char *state;       /**< NULL: those that are open */
    edu_id offering_id;      /**< none: any */
    const char *institution; /**< code; NULL: any */
    const char *region;      /**< code; NULL: any */
    bool is_mine;            /**< assigned to the session's person, or to whom they stand in for */
    bool is_overdue;         /**< only those */
    const char *number;      /**< of one application, as people write it; then nothing else is asked
                                  for. NULL: any */
} edu_request_filter;
#define EDU_REQUEST_FILTER_INIT                                                                    \
    {                                                                                              \
        sizeof(edu_request_filter), NULL, NULL, {{0}}, NULL, NULL, false, false, NULL              \
    }

/** Who goes on from an offering to the one that follows it. */
EDU_RECORD
typedef struct edu_request_carry_report {
    int32_t carried; /**< have a place, or, in a preview, would */
    int32_t waiting; /**< are on the list, as no place was free */
    json_t *left; /**< array of {"person_id", "id", "applicant": name, "key", "message"}: why not */
    bool is_more; /**< a preview looks at the first 200 alone */
} edu_request_carry_report;

/** Saves what is typed so far; whoever comes back finds it. One draft an offering: a later one
 * takes its place. Oneself, a ward, a pupil of one's school, anybody for a clerk; what staff save
 * for somebody only they see.
 *  @param person_id none for oneself.
 *  @param application_id what is to be corrected; none for a new application.
 *  @param form object; NULL: empty. At most 256 KiB.
 *  @param choices array of ids of offerings in the round, the best liked first; NULL: none.
 *  @param out receives the draft's id.
 *  @return EDU_E_NOT_FOUND for a person one may not act for, or an offering that is not there;
 *  EDU_E_STATE where the application cannot be corrected now; EDU_E_LIMIT "request.drafts" beyond
 *  100 drafts of a person, or of a person by one of staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_draft_save(edu_session *session, edu_id person_id,
                                                        edu_id offering_id, edu_id application_id,
                                                        json_t *form, json_t *choices,
                                                        const char *key, edu_id *out,
                                                        edu_error *error);

/** One draft.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_draft_get(edu_session *session, edu_id person_id,
                                                       edu_id draft_id, edu_draft **out,
                                                       edu_error *error);

/** Drafts of a person, newest first.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_draft_list(edu_session *session, edu_id person_id,
                                                        const char *cursor, int32_t limit,
                                                        edu_draft_page **out, edu_error *error);

/** What the draft lacks: fields, documents, choices, and whether the person may apply at all.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_draft_check(edu_session *session, edu_id person_id,
                                                         edu_id draft_id, edu_draft_report **out,
                                                         edu_error *error);

/** Adds a document to a draft. What it is, is told by its content: a PDF, JPEG or PNG where the
 * kind permits it. It is scanned where the portal has a scanner (edu/sys/environment.h), and sealed
 * under the person's key. A draft that corrects an application has the application's documents when
 * it is begun.
 *  @param kind code of a document that the service asks for.
 *  @param name of the file, for whoever reads it; 1 to 200 bytes without slashes, quotes and line
 *  breaks.
 *  @param out receives the document's id.
 *  @return EDU_E_INVALID "request.document_kind", "request.document_name", "request.document_type",
 *  "request.document_refused"; EDU_E_BUSY "request.document_unscanned" where the scanner's command
 * cannot say what it is; EDU_E_LIMIT "request.document_size", "request.documents" where there
 *  are as many of the kind as there may be; EDU_E_NOT_FOUND for a draft of others.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_draft_attach(edu_session *session, edu_id person_id,
                                                          edu_id draft_id, const char *kind,
                                                          const char *name, edu_bytes content,
                                                          const char *key, edu_id *out,
                                                          edu_error *error);

/** Takes a document out of a draft. What was submitted before stays with the application.
 *  @return EDU_E_NOT_FOUND where it is not in the draft.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_draft_detach(edu_session *session, edu_id person_id,
                                                          edu_id draft_id, edu_id document_id,
                                                          const char *key, edu_error *error);

/** Throws a draft away.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_draft_discard(edu_session *session, edu_id person_id,
                                                           edu_id draft_id, const char *key,
                                                           edu_error *error);

/** Submits a draft: a new application, or what it corrects once more. Whether it is in time is
 * judged by when this call came. A place is taken where the definition gives them first come, first
 * served.
 *  @return EDU_E_INVALID with the first fault of edu_draft_check; EDU_E_STATE "request.not_yet",
 *  "request.closed", "request.age", "request.grade", "request.not_alone", "request.clash",
 *  "offering.full"; EDU_E_CONFLICT "application.already".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_submit(edu_session *session, edu_id person_id,
                                                            edu_id draft_id, const char *key,
                                                            edu_request_receipt **out,
                                                            edu_error *error);

/** One application, with what was submitted.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_get(edu_session *session, edu_id person_id,
                                                         edu_id id, edu_request **out,
                                                         edu_error *error);

/** One document of an application, also one that a correction took out, or of a draft of one's own.
 *  @param id of the application, or of the draft.
 *  @return EDU_E_CORRUPT where its file is not what was stored; EDU_E_IO where it cannot be read.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_document(edu_session *session,
                                                              edu_id person_id, edu_id id,
                                                              edu_id document_id,
                                                              edu_document **out, edu_error *error);

/** A signed receipt: what was submitted last, and when (docs/formats.md, "Receipts"). A file that
 * anybody can check as any certificate, without the portal too. Whoever sees the application.
 *  @param out the JSON file; the same bytes each time, while the key that signs is the same.
 *  @return EDU_E_STATE "request.no_receipt" for what nobody has submitted.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_receipt_file(edu_session *session,
                                                                  edu_id person_id, edu_id id,
                                                                  edu_document **out,
                                                                  edu_error *error);

/** What happened to it, oldest first; internal steps for staff only.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_timeline(edu_session *session,
                                                              edu_id person_id, edu_id id,
                                                              const char *cursor, int32_t limit,
                                                              edu_request_event_page **out,
                                                              edu_error *error);

/** What the session may do with it now.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_possible(edu_session *session,
                                                              edu_id person_id, edu_id id,
                                                              edu_request_actions **out,
                                                              edu_error *error);

/** Does an action of the definition. What submits is done by edu_request_submit.
 *  @param reason told to the applicant, unless the action is internal; needed where the action asks
 *  for it; up to 4000 bytes; NULL: none.
 *  @param corrections where the action asks for them: array of {"field": field of the form, or
 *  "/documents/CODE", "text"}, at least one; NULL: none.
 *  @return EDU_E_STATE where the state does not permit it, or "offering.full"; EDU_E_DENIED where
 * it is not for whom the session acts as; EDU_E_INVALID with the field.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_act(edu_session *session, edu_id person_id,
                                                         edu_id id, const char *action,
                                                         const char *reason, json_t *corrections,
                                                         const char *key, edu_error *error);

/** Does an action to many, each as edu_request_act would, in one call; what is refused does not
 * stop the others, such as "request.not_bulk" where the definition does not permit it for many.
 *  @param items array of {"person_id", "id"}, at most 200.
 *  @param reason as in edu_request_act; NULL: none.
 *  @param preview true: nothing is changed, and the report tells what would be.
 *  @param key a repeat under it does nothing, and is told what was done and what was refused.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_bulk(edu_session *session, json_t *items,
                                                          const char *action, const char *reason,
                                                          bool preview, const char *key,
                                                          edu_bulk_report **out, edu_error *error);

/** Gives everybody who holds a place of an offering one of the offering that follows it, who came
 * first first: makes an application by the definition's `carry`, with what was submitted last.
 * Ages, grades and the form are judged anew; whom it does not fit is told, once. Calling it again
 * carries who could not be before. Who keeps both offerings.
 *  @param offering_id the one that follows (edu_offering_put).
 *  @param preview true: nothing is changed, and the report tells what would be.
 *  @return EDU_E_STATE "carry.follows" where it follows none, "carry.none" where the service does
 * not say how, "carry.unpublished", "request.closed"; EDU_E_NOT_FOUND where they are not yours to
 *  keep.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_carry(edu_session *session, edu_id offering_id,
                                                           bool preview,
                                                           edu_request_carry_report **out,
                                                           edu_error *error);

/** Applications in the session's scope, those longest in their state first. Staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_worklist(edu_session *session,
                                                              const edu_request_filter *filter,
                                                              const char *cursor, int32_t limit,
                                                              edu_request_page **out,
                                                              edu_error *error);

/** Gives an application to somebody to work on; who is absent has it done by who stands in. Staff
 * of the application.
 *  @param assignee_id a person with a role; none: nobody any more.
 *  @return EDU_E_NOT_FOUND "request.assignee" for who has no role.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_assign(edu_session *session, edu_id person_id,
                                                            edu_id id, edu_id assignee_id,
                                                            const char *key, edu_error *error);

/** Writes an internal note. Staff of the application.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_note(edu_session *session, edu_id person_id,
                                                          edu_id id, const char *text,
                                                          const char *key, edu_error *error);

/** Does what is due: warns whom it concerns, and does what the definition says at a deadline. For a
 *  job. Admin.
 *  @param limit most applications; more are done by the next call.
 *  @param done receives how many.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_clock(edu_session *session, int32_t limit,
                                                           int32_t *done, edu_error *error);

/** Computes deadlines again where their calendar has got a newer version. Where a date moves, the
 * timeline says by which days, and the applicant and who works on it are told. For a job. Admin.
 *  @param limit most applications; more are done by the next call.
 *  @param done receives how many.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_recompute(edu_session *session, int32_t limit,
                                                               int32_t *done, edu_error *error);

/** Removes from the folder of documents what no draft and no application has any more, and is a day
 *  old. For a job, once a day; does nothing where documents lie in the store. Admin.
 *  @param done receives how many files.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_request_sweep(edu_session *session, int32_t *done,
                                                           edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
