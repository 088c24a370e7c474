/** @file edu/appeal.h
 *  Appeals of citizens: received electronically, on paper or by telephone, answered within a term.
 *
 *  What is to happen is published as rules (categories, departments, terms, routes, the ladder of
 *  escalation, templates; see docs/appeals.md) and as the definition of the service "appeal". An
 *  appeal is an application of that service: it has a timeline whose events form a chain. Texts are
 *  sealed under the key of whom the appeal is of.
 *
 *  Whose it is: the applicant and who acts for them. Staff: clerks (everywhere, or of the appeal's
 *  region), heads and executors of its department, the executor it is assigned to, who stands in
 *  for them, and whom the ladder has raised it to. An appeal that is neither one's own nor in one's
 * scope is not found.
 *  @since 0.2.0 */
#ifndef EDU_APPEAL_H
#define EDU_APPEAL_H

#include <edu/calendar.h>
#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The rules that are in force, in the session's language. */
EDU_RECORD
typedef struct edu_appeal_rules {
    int32_t version;
    edu_time published;
    const char *title;
    json_t *levels;      /**< array of {"code", "title"} */
    json_t *departments; /**< array of {"code", "title"} */
    json_t *categories;  /**< array of {"code", "title", "may_be_anonymous", "needs_approval",
                              "extensions"} */
    json_t *regions;     /**< array of {"code", "title"}: where something may have happened, as the
                              register of regions has them */
    json_t *templates;   /**< array of {"code", "title", "text"}, with {number}, {due_date} and
                              {applicant} to be replaced */
    json_t *document;    /**< as published */
} edu_appeal_rules;

/** An appeal to register. Start from ::EDU_APPEAL_INPUT_INIT. */
EDU_INPUT
typedef struct edu_appeal_input {
    size_t struct_size;
    const char *channel; /**< "electronic", "paper" or "hotline"; NULL: electronic */
    edu_id person_id;    /**< whose it is; none for oneself, or for who is named below */
    const char *number;  /**< staff: personal number of the applicant, who is in the register */
    const char *given;   /**< staff: names of an applicant who is in no register */
    const char *family;
    const char *mail; /**< where to write to them; NULL */
    const char *phone;
    bool is_anonymous;    /**< nobody is named; by a session of nobody or by staff, where the
                               category permits it */
    const char *category; /**< of the rules */
    const char *level;    /**< of the rules; NULL: the first. Staff only */
    const char *region;   /**< code; NULL: that of the applicant's school, or none */
    const char *text;     /**< up to 32768 bytes */
    edu_time received;    /**< staff: when it came, where that was before now; none for now */
    const char *address;  /**< where the request comes from, as in edu_session_sign_in; NULL. Ten
                               appeals without a name come from one in an hour */
    const char *form;     /**< that it was written in, as in edu_appeal_draft_save; NULL. What is
                               kept of the form is forgotten; what an applicant or who acts for them
                               has sent from a form in the last day, in the same words, and what is
                               open still, is not registered again */
} edu_appeal_input;
#define EDU_APPEAL_INPUT_INIT                                                                      \
    {                                                                                              \
        sizeof(edu_appeal_input), NULL, {{0}}, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL,    \
            NULL, NULL, EDU_TIME_NONE, NULL, NULL                                                  \
    }

/** What somebody has begun to write in a form of appeals. */
EDU_RECORD
typedef struct edu_appeal_draft {
    edu_time changed;
    json_t *content; /**< as it was kept; an object */
} edu_appeal_draft;

/** What the applicant takes away. */
EDU_RECORD
typedef struct edu_appeal_receipt {
    edu_id person_id; /**< whose it is: with id, how the other functions call it */
    edu_id id;
    const char *number; /**< such as "M-2026-000123" */
    const char *code; /**< with the number, shows the way of an anonymous appeal; NULL of others */
    edu_time received;
    edu_time due;  /**< the instant after the last one that is in time */
    bool was_sent; /**< it was registered before, when the same form was sent in another window */
} edu_appeal_receipt;

/** An appeal as lists and pages show it. What is only for staff is missing for the applicant. */
EDU_RECORD
typedef struct edu_appeal {
    edu_id person_id;
    edu_id id;
    const char *number;
    const char *channel;
    bool is_anonymous;
    const char *applicant; /**< name; NULL where nobody is named */
    const char *category;
    const char *category_title; /**< in the session's language, as are the other titles */
    const char *level;
    const char *region;           /**< code; NULL */
    const char *department;       /**< code; NULL before it has one */
    const char *department_title; /**< NULL likewise */
    edu_id executor_id;           /**< staff only; none before it has one */
    const char *executor;         /**< staff only: name; NULL as executor_id */
    const char *state;
    const char *state_title;
    bool is_open; /**< staff have work with it */
    edu_time received;
    edu_time due;   /**< the instant after the last one in time; none while paused */
    bool is_paused; /**< waits for the applicant */
    bool is_overdue;
    bool is_very_late;
    const char *rule; /**< what the term follows from: "department", "category_level",
                           "category", "state" or "service" */
    int32_t extensions;
    int32_t reopened;
    edu_time answered;     /**< none before it is */
    int32_t worked_days;   /**< from receipt to answer; 0 before it is answered */
    int32_t rating;        /**< 1 to 5; 0: none */
    edu_id into_person_id; /**< staff only: with into_id the appeal that it was merged into; none */
    edu_id into_id;        /**< none likewise */
    int32_t signatories;   /**< who signed besides the applicant */
} edu_appeal;
EDU_PAGE(edu_appeal);

/** A step of an appeal. */
EDU_RECORD
typedef struct edu_appeal_event {
    int64_t sequence; /**< from 1; those that are internal leave gaps for the applicant */
    edu_time at;
    const char *action;
    const char *title; /**< in plain words, in the session's language */
    const char *state; /**< state after it */
    const char *actor; /**< "self", "guardian", "signatory", "clerk", "executor", "head", "member",
                            "system" */
    const char *name;  /**< of the actor; NULL for who is not staff */
    bool is_internal;  /**< not shown to the applicant */
    const char *text;  /**< what was written; NULL where there is none */
    json_t *data;      /**< what belongs to the step; an object */
    const char *file_name; /**< of a file; NULL where the step has none */
    const char *file_type; /**< media type, by its content; NULL likewise */
    int64_t file_size;     /**< bytes */
} edu_appeal_event;
EDU_PAGE(edu_appeal_event);

/** What the applicant shows to others, so that they sign too. */
EDU_RECORD
typedef struct edu_appeal_invitation {
    const char *number;
    const char *code; /**< with the number, opens it to whoever is to sign */
    const char *applicant;
    const char *category_title; /**< in the session's language */
    const char *text;
    bool is_signed; /**< by the session's person */
} edu_appeal_invitation;

/** Who signed besides the applicant. */
EDU_RECORD
typedef struct edu_appeal_signatory {
    const char *name;
    edu_time at;
    bool is_typed; /**< by a clerk, from paper */
} edu_appeal_signatory;
EDU_PAGE(edu_appeal_signatory);

/** What a worklist shows. Start from ::EDU_APPEAL_FILTER_INIT. */
EDU_INPUT
typedef struct edu_appeal_filter {
    size_t struct_size;
    const char *queue;    /**< "mine" and "raised" to one by the ladder (each also of those whom one
                               stands in for), "department", "region" or "all"; NULL: mine */
    const char *code;     /**< of the department or region */
    const char *state;    /**< NULL: any */
    const char *category; /**< NULL: any */
    bool is_overdue;      /**< only those */
} edu_appeal_filter;
#define EDU_APPEAL_FILTER_INIT                                                                     \
    {                                                                                              \
        sizeof(edu_appeal_filter), NULL, NULL, NULL, NULL, false                                   \
    }

/** A queue that a worklist shows, as ::edu_appeal_filter has it. */
EDU_RECORD
typedef struct edu_appeal_queue {
    const char *queue; /**< "mine", "raised", "department", "region" or "all" */
    const char *code;  /**< of the department or region; NULL of others */
    const char *title; /**< of the department or region, in the session's language; NULL likewise */
    int64_t open;      /**< appeals that are in it */
    int64_t overdue;   /**< of those */
} edu_appeal_queue;
EDU_PAGE(edu_appeal_queue);

/** An appeal that another may repeat. */
EDU_RECORD
typedef struct edu_appeal_duplicate {
    edu_id person_id;
    edu_id id;
    const char *number;
    const char *state;
    edu_time received;
    bool is_open;
    bool is_same_person;
    int32_t percent; /**< words that both have, of those that either has */
} edu_appeal_duplicate;
EDU_PAGE(edu_appeal_duplicate);

/** Somebody who could stand in. */
EDU_RECORD
typedef struct edu_colleague {
    edu_id person_id;
    const char *name;
} edu_colleague;
EDU_PAGE(edu_colleague);

/** Somebody who could execute an appeal. */
EDU_RECORD
typedef struct edu_appeal_executor {
    edu_id person_id;
    const char *name;
    int64_t open;   /**< appeals that they have to do */
    bool is_absent; /**< somebody stands in for them now */
} edu_appeal_executor;
EDU_PAGE(edu_appeal_executor);

/** A time in which somebody stands in for another. */
EDU_RECORD
typedef struct edu_absence {
    edu_id substitute_id;
    const char *substitute; /**< name */
    edu_time since;
    edu_time until;
} edu_absence;
EDU_PAGE(edu_absence);

/** What could be published of an appeal, without what may tell whose it is. */
EDU_RECORD
typedef struct edu_appeal_redaction {
    const char *question;
    const char *answer;
} edu_appeal_redaction;

/** A question and its answer for everybody. */
EDU_RECORD
typedef struct edu_appeal_published {
    edu_time published;
    const char *category;
    const char *category_title; /**< in the session's language */
    const char *question;
    const char *answer;
} edu_appeal_published;
EDU_PAGE(edu_appeal_published);

/** What to look for. Start from ::EDU_APPEAL_QUERY_INIT. */
EDU_INPUT
typedef struct edu_appeal_query {
    size_t struct_size;
    const char *text;   /**< a number such as "M-2026-000123", or words of the appeal and of the
                             applicant's name, as people type them ("eliyev" finds Əliyev); a word
                             finds those that it begins; NULL: all */
    const char *state;  /**< NULL: any */
    edu_time since;     /**< received then or later; none: any time */
    edu_time until;     /**< received before then; none: any time */
    const char *person; /**< personal number of the applicant, in place of text; NULL: any */
} edu_appeal_query;
#define EDU_APPEAL_QUERY_INIT                                                                      \
    {                                                                                              \
        sizeof(edu_appeal_query), NULL, NULL, EDU_TIME_NONE, EDU_TIME_NONE, NULL                   \
    }

/** What the appeals received in a period have come to. Days are days of work from receipt to
 * answer; -1 where there are no answers. */
EDU_RECORD
typedef struct edu_appeal_figures {
    edu_time since;
    edu_time until;
    int64_t received;
    int64_t answered;
    int64_t in_norm; /**< answered in time */
    int64_t open;
    int64_t overdue; /**< of those open */
    int64_t withdrawn;
    int32_t median;              /**< days */
    int32_t percentile_90;       /**< days */
    int64_t mean_hundredths;     /**< hundredths of a day */
    int64_t paper_to_electronic; /**< mean days on paper to those of electronic appeals, in
                                      hundredths; -1 where one of them has no answers */
    int64_t electronic_to_paper; /**< electronic appeals received for each on paper, in hundredths;
                                      -1 where none came on paper */
    json_t *groups; /**< {"channel", "category", "region", "department", "month"}, each an array of
                         {"code", "title", "received", "answered", "in_norm", "open", "overdue",
                         "withdrawn", "median", "percentile_90", "mean_hundredths"} */
} edu_appeal_figures;

/** Publishes rules; the document is checked whole first. Its calendar must be there. Publishing the
 *  same again changes nothing. Admin.
 *  @param version receives the version, from 1.
 *  @return EDU_E_INVALID with the JSON Pointer of the fault.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_rules_publish(edu_session *session,
                                                                  json_t *rules, const char *key,
                                                                  int32_t *version,
                                                                  edu_error *error);

/** The rules in force. Anyone.
 *  @return EDU_E_NOT_FOUND "appeal.no_rules" before some are published.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_rules_get(edu_session *session,
                                                              edu_appeal_rules **out,
                                                              edu_error *error);

/** Registers an appeal: one's own or a ward's; anybody's by staff; without a name by nobody. Its
 *  term begins with the receipt.
 *  @return EDU_E_INVALID with the field; EDU_E_NOT_FOUND for a person one may not act for, or who
 * is not in the register; EDU_E_DENIED for what only staff may give; EDU_E_THROTTLED for too many
 * without a name from one address.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_submit(edu_session *session,
                                                           const edu_appeal_input *appeal,
                                                           const char *key,
                                                           edu_appeal_receipt **out,
                                                           edu_error *error);

/** Keeps what the session's person has begun to write in a form, in place of what was kept of it,
 * so that nothing is lost where a connection or a machine fails. Nobody else can read it.
 *  @param form any name, such as "hotline"; up to 64 bytes.
 *  @param content an object of at most 64 KiB.
 *  @return EDU_E_LIMIT "appeal.drafts" beyond 20 forms.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_draft_save(edu_session *session,
                                                               const char *form, json_t *content,
                                                               edu_error *error);

/** What is kept of a form of the session's person.
 *  @return EDU_E_NOT_FOUND "appeal.no_draft" where nothing is.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_draft_get(edu_session *session,
                                                              const char *form,
                                                              edu_appeal_draft **out,
                                                              edu_error *error);

/** Forgets what is kept of a form of the session's person; it is sent, or not wanted any more.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_draft_forget(edu_session *session,
                                                                 const char *form,
                                                                 edu_error *error);

/** Appeals of a person, newest first: one's own or a ward's.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_list(edu_session *session, edu_id person_id,
                                                         const char *cursor, int32_t limit,
                                                         edu_appeal_page **out, edu_error *error);

/** Open appeals of a queue within the session's scope, those due first at the beginning.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_worklist(edu_session *session,
                                                             const edu_appeal_filter *filter,
                                                             const char *cursor, int32_t limit,
                                                             edu_appeal_page **out,
                                                             edu_error *error);

/** The queues that edu_appeal_worklist answers for the session: "mine"; "raised" where there is
 *  anything; departments and regions, each by their codes, those of the session's roles and of whom
 *  it stands in for, and to who has all, those in which there is anything; "all". What is not here,
 *  is empty for the session. Anyone who is signed in.
 *  @return as edu_appeal_worklist.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_queues(edu_session *session, const char *cursor,
                                                           int32_t limit,
                                                           edu_appeal_queue_page **out,
                                                           edu_error *error);

/** Appeals in the session's scope, newest first. Staff.
 *  @return EDU_E_INVALID where the text has no word.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_search(edu_session *session,
                                                           const edu_appeal_query *query,
                                                           const char *cursor, int32_t limit,
                                                           edu_appeal_page **out, edu_error *error);

/** Figures of a period. Anyone.
 *  @param since,until received from then on, and before then.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_statistics(edu_session *session, edu_time since,
                                                               edu_time until,
                                                               edu_appeal_figures **out,
                                                               edu_error *error);

/** The same as a table in CSV. Anyone.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_statistics_csv(edu_session *session,
                                                                   edu_time since, edu_time until,
                                                                   edu_document **out,
                                                                   edu_error *error);

/** One appeal.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_get(edu_session *session, edu_id person_id,
                                                        edu_id appeal_id, edu_appeal **out,
                                                        edu_error *error);

/** What happened to an appeal, oldest first; to the applicant without what is internal.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_timeline(edu_session *session, edu_id person_id,
                                                             edu_id appeal_id, const char *cursor,
                                                             int32_t limit,
                                                             edu_appeal_event_page **out,
                                                             edu_error *error);

/** Puts a file to an appeal: a PDF, or a picture as JPEG or PNG, by its content. From staff it goes
 *  with the answer, and the applicant sees it with that; from the applicant, or a clerk who scans
 *  what came on paper, at once.
 *  @param with_answer staff: it is enclosed with the answer.
 *  @param content up to 5 MiB; an appeal has at most 20 files.
 *  @return EDU_E_INVALID "appeal.file_type"; EDU_E_LIMIT.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_attach(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, const char *name,
                                                           edu_bytes content, bool with_answer,
                                                           const char *key, edu_error *error);

/** A file of an appeal.
 *  @param sequence of the step that has it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_file(edu_session *session, edu_id person_id,
                                                         edu_id appeal_id, int32_t sequence,
                                                         edu_document **out, edu_error *error);

/** The way of an appeal without a name, for who has its number and its code. Anyone.
 *  @return EDU_E_NOT_FOUND where they do not belong together; EDU_E_THROTTLED after too many tries
 *  of a number.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_follow(edu_session *session, const char *number,
                                                           const char *code,
                                                           edu_appeal_event_page **out,
                                                           edu_error *error);

/** A file of an appeal without a name, for who has its number and its code. Anyone.
 *  @param sequence of the step that has it.
 *  @return as edu_appeal_follow.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_follow_file(edu_session *session,
                                                                const char *number,
                                                                const char *code, int32_t sequence,
                                                                edu_document **out,
                                                                edu_error *error);

/** Adds a file to an appeal without a name, as edu_appeal_attach; at most three. Who has its number
 *  and its code.
 *  @return as edu_appeal_follow and edu_appeal_attach.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_appeal_follow_attach(edu_session *session, const char *number, const char *code,
                         const char *name, edu_bytes content, const char *key, edu_error *error);

/** What to give to others who are to sign one's appeal: its number and a code. The applicant.
 *  @return EDU_E_STATE "appeal.not_to_sign" for one that is closed, or has no name.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_invite(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id,
                                                           edu_appeal_invitation **out,
                                                           edu_error *error);

/** What one is invited to sign. Who is signed in and has its number and code.
 *  @return EDU_E_NOT_FOUND where they do not belong together; EDU_E_THROTTLED after too many tries
 *  of a number; EDU_E_STATE "appeal.not_to_sign".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_invited(edu_session *session,
                                                            const char *number, const char *code,
                                                            edu_appeal_invitation **out,
                                                            edu_error *error);

/** Signs an appeal of somebody else. From then on the signatory sees its way and its answer, as the
 *  applicant does, and is told of the answer.
 *  @param out the appeal.
 *  @return as edu_appeal_invited; EDU_E_CONFLICT "appeal.signed" for who signed it already or whose
 *  it is; EDU_E_LIMIT beyond 1,000 signatories.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_sign(edu_session *session, const char *number,
                                                         const char *code, const char *key,
                                                         edu_appeal **out, edu_error *error);

/** Types the name of somebody who signed on paper. Clerk.
 *  @param name at most 400 bytes.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_sign_for(edu_session *session, edu_id person_id,
                                                             edu_id appeal_id, const char *name,
                                                             const char *key, edu_error *error);

/** Takes one's signature back, while the appeal is open. Signatory.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_unsign(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, const char *key,
                                                           edu_error *error);

/** Who signed, in their order. The applicant and staff; signatories do not see each other.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_signatories(edu_session *session,
                                                                edu_id person_id, edu_id appeal_id,
                                                                const char *cursor, int32_t limit,
                                                                edu_appeal_signatory_page **out,
                                                                edu_error *error);

/** Appeals of others that one signed, newest first.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_signed(edu_session *session, const char *cursor,
                                                           int32_t limit, edu_appeal_page **out,
                                                           edu_error *error);

/** Why the appeal is due when it is due.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_explain(edu_session *session, edu_id person_id,
                                                            edu_id appeal_id, edu_deadline **out,
                                                            edu_error *error);

/** The text of a template of the rules, filled in for this appeal, in the session's language.
 * Staff.
 *  @param out freed by edu_free.
 *  @return EDU_E_NOT_FOUND "appeal.template" where the rules have none of this code.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_template(edu_session *session, edu_id person_id,
                                                             edu_id appeal_id, const char *code,
                                                             char **out, edu_error *error);

/** Who could execute an appeal: those of its department, with what they have to do. Staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_executors(edu_session *session,
                                                              edu_id person_id, edu_id appeal_id,
                                                              const char *cursor, int32_t limit,
                                                              edu_appeal_executor_page **out,
                                                              edu_error *error);

/** Who works in the session's departments; to a clerk, the other clerks.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_colleagues(edu_session *session,
                                                               const char *cursor, int32_t limit,
                                                               edu_colleague_page **out,
                                                               edu_error *error);

/** Who stands in for somebody, now and later, in the order of time. Oneself, the head of the
 *  department, clerks and admins.
 *  @param person_id who is absent; none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_absences(edu_session *session, edu_id person_id,
                                                             const char *cursor, int32_t limit,
                                                             edu_absence_page **out,
                                                             edu_error *error);

/** Ends or takes back an absence. Rights as of the list.
 *  @param since as the list has it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_absence_end(edu_session *session,
                                                                edu_id person_id,
                                                                edu_id substitute_id,
                                                                edu_time since, const char *key,
                                                                edu_error *error);

/** Sends an appeal to a department. Clerk or head.
 *  @param category,level those that are right; NULL: as they are.
 *  @param department NULL: by the routes of the rules, to the one with the fewest open appeals,
 *  as counted in the last seconds.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_route(edu_session *session, edu_id person_id,
                                                          edu_id appeal_id, const char *category,
                                                          const char *level, const char *department,
                                                          const char *key, edu_error *error);

/** Gives an appeal to an executor of its department. Clerk or head; an executor of the department
 *  may take one.
 *  @param executor_id none: the one with the fewest open appeals, as counted in the last seconds,
 * among those who are there.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_assign(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, edu_id executor_id,
                                                           const char *key, edu_error *error);

/** Does one thing with many appeals, each as edu_appeal_route, edu_appeal_assign or
 *  edu_appeal_transfer would, in one call; what is refused does not stop the others.
 *  @param items array of {"person_id", "id"}, at most 200.
 *  @param action "route", "assign" or "transfer".
 *  @param department of route and transfer; NULL for assign, and for route where it goes by the
 *  rules.
 *  @param executor_id of assign; none: each to who has the fewest open appeals then.
 *  @param reason of transfer, told to each applicant; else NULL.
 *  @param preview true: nothing is changed, and the report tells what would be.
 *  @param key a repeat under it does nothing, and is told what was done and what was refused.
 *  @return EDU_E_INVALID with the field: "appeal.action" for another action, "bulk.items".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_bulk(edu_session *session, json_t *items,
                                                         const char *action, const char *department,
                                                         edu_id executor_id, const char *reason,
                                                         bool preview, const char *key,
                                                         edu_bulk_report **out, edu_error *error);

/** Asks the applicant; the term is paused until the answer. Executor, head or clerk.
 *  @return EDU_E_STATE "appeal.anonymous" where there is nobody to ask.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_ask(edu_session *session, edu_id person_id,
                                                        edu_id appeal_id, const char *text,
                                                        const char *key, edu_error *error);

/** Answers a question. The applicant, or a clerk who writes down what they say.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_reply(edu_session *session, edu_id person_id,
                                                          edu_id appeal_id, const char *text,
                                                          const char *key, edu_error *error);

/** Writes an internal note. Staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_note(edu_session *session, edu_id person_id,
                                                         edu_id appeal_id, const char *text,
                                                         const char *key, edu_error *error);

/** Lengthens the term, as the category permits. Executor, head or clerk.
 *  @param count in the units of the term.
 *  @param reason told to the applicant.
 *  @return EDU_E_STATE "appeal.no_extension" where it may not be extended, or not again.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_extend(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, int32_t count,
                                                           const char *reason, const char *key,
                                                           edu_error *error);

/** Hands an appeal over to another department or body; where the rules have a term for it, the
 * clock begins anew. Head or clerk.
 *  @param reason told to the applicant.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_transfer(edu_session *session, edu_id person_id,
                                                             edu_id appeal_id,
                                                             const char *department,
                                                             const char *reason, const char *key,
                                                             edu_error *error);

/** Writes the answer; it is not sent yet. An open question is closed by it. Executor, head or
 * clerk.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_answer(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, const char *text,
                                                           const char *key, edu_error *error);

/** Approves the answer. Head or clerk, other than who wrote it.
 *  @param answer sequence of the step with the answer that was read, as the timeline has it: where
 *  it was written anew since, nothing is approved; 0: whichever is the last.
 *  @return EDU_E_CONFLICT "appeal.answer_changed" for an answer that is not the last any more.
 *  @return EDU_E_DENIED "appeal.own_answer" for who wrote it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_approve(edu_session *session, edu_id person_id,
                                                            edu_id appeal_id, int32_t answer,
                                                            const char *key, edu_error *error);

/** Gives the answer back to the executor. Head or clerk.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_return(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, const char *reason,
                                                           const char *key, edu_error *error);

/** Sends the answer to the applicant, and to those of appeals merged into this one. Executor, head
 *  or clerk.
 *  @param answer as of edu_appeal_approve.
 *  @return EDU_E_STATE "appeal.needs_approval" where the category wants it approved first.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_send(edu_session *session, edu_id person_id,
                                                         edu_id appeal_id, int32_t answer,
                                                         const char *key, edu_error *error);

/** Rates the answer. The applicant.
 *  @param rating 1 (bad) to 5 (good).
 *  @param text NULL: none.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_rate(edu_session *session, edu_id person_id,
                                                         edu_id appeal_id, int32_t rating,
                                                         const char *text, const char *key,
                                                         edu_error *error);

/** Reopens an appeal that the answer did not settle; the clock begins anew. The applicant, or a
 *  clerk for them.
 *  @return EDU_E_STATE "appeal.too_late" behind the days that the rules give.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_reopen(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, const char *reason,
                                                           const char *key, edu_error *error);

/** Withdraws an appeal that is not answered. The applicant.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_withdraw(edu_session *session, edu_id person_id,
                                                             edu_id appeal_id, const char *reason,
                                                             const char *key, edu_error *error);

/** Appeals that this one may repeat: of the same person, and those whose words are at least half
 * the same, received in the days that the rules give. At most 20, the most alike first. Staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_duplicates(edu_session *session,
                                                               edu_id person_id, edu_id appeal_id,
                                                               edu_appeal_duplicate_page **out,
                                                               edu_error *error);

/** Merges an appeal into another that it repeats: it is answered with that one. Both keep what they
 *  have; the applicant sees that it is answered together with another, and not which. Clerk or
 *  head, for both.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_merge(edu_session *session, edu_id person_id,
                                                          edu_id appeal_id, edu_id into_person_id,
                                                          edu_id into_id, const char *key,
                                                          edu_error *error);

/** Appeals that were merged into this one, each with a text and a timeline of its own. Staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_merged(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id, const char *cursor,
                                                           int32_t limit, edu_appeal_page **out,
                                                           edu_error *error);

/** Proposes what to publish of an appeal: words that look like the applicant's names, like a
 * personal number, a telephone number or a mail address are left out. Somebody must read it. Staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_redact(edu_session *session, edu_id person_id,
                                                           edu_id appeal_id,
                                                           edu_appeal_redaction **out,
                                                           edu_error *error);

/** Publishes an answered appeal in these words, in place of those published before. Clerk or head.
 *  @param question,answer NULL both: what is published of it is taken back.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_publish(edu_session *session, edu_id person_id,
                                                            edu_id appeal_id, const char *question,
                                                            const char *answer, const char *key,
                                                            edu_error *error);

/** What is published, newest first. Anyone.
 *  @param category NULL: all.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_answers(edu_session *session,
                                                            const char *category,
                                                            const char *cursor, int32_t limit,
                                                            edu_appeal_published_page **out,
                                                            edu_error *error);

/** Lets somebody do a person's work for a time. Admin and clerk; a head for executors of their
 *  department; anybody with work for themselves.
 *  @param person_id who is absent; none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_substitute(edu_session *session,
                                                               edu_id person_id,
                                                               edu_id substitute_id, edu_time since,
                                                               edu_time until, const char *key,
                                                               edu_error *error);

/** Tells those whom the ladder of the rules names of appeals that are due or late. For a job; each
 *  rung of an appeal is done once. Admin.
 *  @param limit most appeals; more are done by the next call.
 *  @param done receives how many rungs.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_escalate(edu_session *session, int32_t limit,
                                                             int32_t *done, edu_error *error);

/** Computes the terms of open appeals again where their calendar has a newer version; whose date
 *  moves is told why, as is the executor. For a job, after publishing a calendar. Admin.
 *  @param limit most appeals; more are done by the next call.
 *  @param done receives how many were brought up to date; 0 where nothing is left.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_appeal_recompute(edu_session *session, int32_t limit,
                                                              int32_t *done, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
