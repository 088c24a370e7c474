/** @file edu/admission.h
 *  The admitted: lists of an examination body, and how far each person on them has come
 * (docs/admission.md).
 *
 *  A service whose definition has `admission` is applied for (edu/request.h) by who is on such a
 * list only, each for the programme (an offering) they were admitted to; what is to be paid follows
 * (edu/tuition.h).
 *
 *  **Who**: the person and who acts for them see their admissions. Clerks, everywhere or of the
 * institution's region, and the staff of the institution work on them. Clerks without scope and
 * admins bring lists. What is not yours is not found.
 *  @since 0.2.0 */
#ifndef EDU_ADMISSION_H
#define EDU_ADMISSION_H

#include <edu/account.h>
#include <edu/tuition.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A person's admission to a programme. */
EDU_RECORD
typedef struct edu_admission {
    edu_id person_id;
    edu_id id;
    const char *service;
    const char *list; /**< code of the list */
    int32_t year;
    edu_id offering_id;    /**< the programme */
    const char *code;      /**< of it */
    const char *programme; /**< title, in the session's language */
    const char *institution;
    const char *institution_name;
    const char *level;       /**< code, of the definition */
    const char *level_title; /**< in the session's language */
    const char *funding;     /**< code, of the definition */
    const char *funding_title;
    int32_t score;        /**< hundredths; -1: none */
    int64_t fee;          /**< a year, minor units; -1 while nobody has set it */
    const char *currency; /**< of the fee */
    edu_time opens;       /**< of the registration */
    edu_time closes;      /**< for this person: later where it was reopened */
    const char
        *progress;      /**< "admitted", "registered", "paid", "confirmed", "absent", "withdrawn" */
    bool can_register;  /**< they may apply now */
    edu_id request_id;  /**< the latest application; none */
    const char *holder; /**< name of the person */
    edu_time changed;
} edu_admission;
EDU_PAGE(edu_admission);

/** A version of an admission. */
EDU_RECORD
typedef struct edu_admission_change {
    int32_t version;
    edu_time at;
    const char *how;    /**< "import", "absent" or "reopen" */
    const char *reason; /**< NULL */
    const char *by;     /**< name of who did it; NULL for who is not staff */
    json_t *data; /**< {"programme", "level", "funding", "score", "progress"} as it was then */
} edu_admission_change;
EDU_PAGE(edu_admission_change);

/** How many of a programme have come how far. */
EDU_RECORD
typedef struct edu_admission_figure {
    const char *institution;
    const char *institution_name;
    edu_id offering_id;
    const char *code;
    const char *programme; /**< title, in the session's language */
    int64_t admitted;      /**< without who is withdrawn from the list */
    int64_t registered;    /**< of them, with an application that runs or is done */
    int64_t paid;          /**< of them, with nothing to pay any more */
    int64_t confirmed;
    int64_t absent; /**< noted as not having come */
    int64_t withdrawn;
} edu_admission_figure;
EDU_PAGE(edu_admission_figure);

/** What a worklist shows. Start from ::EDU_ADMISSION_FILTER_INIT. */
EDU_INPUT
typedef struct edu_admission_filter {
    size_t struct_size;
    const char *service;     /**< needed */
    int32_t year;            /**< needed unless there is an offering */
    const char *institution; /**< code; NULL: all, for clerks without scope and admins */
    edu_id offering_id;      /**< none: any */
    const char *progress;    /**< NULL: any */
} edu_admission_filter;
#define EDU_ADMISSION_FILTER_INIT                                                                  \
    {                                                                                              \
        sizeof(edu_admission_filter), NULL, 0, NULL, {{0}}, NULL                                   \
    }

/** Brings a list of the admitted, whole or in part. Columns: number? or document? and birth? of the
 * person, institution, programme (code of the offering), level, funding, year, score? (decimal),
 * status? (admitted, where it is not there, or withdrawn). A person is known again by list and
 * year; what differs becomes a new version, others are left alone. Where the programme or the
 * funding changes, or the admission is withdrawn, an application that runs is ended. Clerk, admin.
 *  @param list code of the list, such as "bachelor".
 *  @return EDU_E_INVALID with the line and the column; EDU_E_STATE "admission.none" for a service
 * without admission.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_import(edu_session *session,
                                                              const char *service, const char *list,
                                                              edu_bytes csv, const char *key,
                                                              edu_import_report **out,
                                                              edu_error *error);

/** What is wrong in a list, without importing it: every fault of every line. Rights as of the
 * import.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_faults(
    edu_session *session, const char *service, const char *list, edu_bytes csv, const char *cursor,
    int32_t limit, edu_import_fault_page **out, edu_error *error);

/** Admissions of a person, the newest first. Oneself or a ward; who works on them those in scope.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_list(edu_session *session, edu_id person_id,
                                                            const char *cursor, int32_t limit,
                                                            edu_admission_page **out,
                                                            edu_error *error);

/** One admission. Oneself or a ward; who works on it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_get(edu_session *session, edu_id person_id,
                                                           edu_id admission_id, edu_admission **out,
                                                           edu_error *error);

/** Its versions, the latest first. Oneself or a ward; who works on it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_history(
    edu_session *session, edu_id person_id, edu_id admission_id, const char *cursor, int32_t limit,
    edu_admission_change_page **out, edu_error *error);

/** The admitted, by name. Who works on them; without an institution and an offering clerks without
 * scope and admins only.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_worklist(edu_session *session,
                                                                const edu_admission_filter *filter,
                                                                const char *cursor, int32_t limit,
                                                                edu_admission_page **out,
                                                                edu_error *error);

/** Figures of each programme in the session's scope, by institution and code. Staff.
 *  @param institution code; NULL: all in scope.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_figures(
    edu_session *session, const char *service, int32_t year, const char *institution,
    const char *cursor, int32_t limit, edu_admission_figure_page **out, edu_error *error);

/** Notes that somebody has not come, once their time is over; from then on they cannot apply. Who
 * works on it.
 *  @param reason shown to the person; 1 to 400 bytes.
 *  @return EDU_E_STATE "admission.in_time" while they may still apply, "admission.came" where their
 * application runs or is done, or the admission is withdrawn.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_absent(edu_session *session,
                                                              edu_id person_id, edu_id admission_id,
                                                              const char *reason, const char *key,
                                                              edu_error *error);

/** Notes all of a programme who have not come and whose time is over, 500 at once. Who works on it.
 *  @param reason shown to each; 1 to 400 bytes.
 *  @param done how many; call again while it is not 0.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_close(edu_session *session,
                                                             edu_id offering_id, const char *reason,
                                                             const char *key, int32_t *done,
                                                             edu_error *error);

/** Gives somebody who has not come more time to apply. Who works on it.
 *  @param until ahead.
 *  @param reason shown to the person; 1 to 400 bytes.
 *  @return EDU_E_STATE "admission.came" as of edu_admission_absent; EDU_E_INVALID
 * "admission.until".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_admission_reopen(edu_session *session,
                                                              edu_id person_id, edu_id admission_id,
                                                              edu_time until, const char *reason,
                                                              const char *key, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
