/** @file edu/olympiad.h
 *  Olympiads, from opening a season to the admission slip.
 *
 *  A season has a subject, grades, a registration window and one or more sittings (date and time,
 *  some or all of the grades). Pupils register for a sitting. When registration has closed the list
 *  is frozen; a clerk allocates: every pupil gets the centre, room and seat such that the total
 *  distance is least; a second clerk confirms; then the admission slips are there.
 *
 *  Roles: "clerk" without scope runs seasons, sittings and allocations; a clerk of a region and a
 *  school see and register their own pupils; a steward sees the lists of a centre.
 *  Titles go in as JSON objects by language, {"az": "…", "en": "…"}, and come out in the session's.
 *  For idempotency keys see edu/account.h.
 *  @since 0.1.0 */
#ifndef EDU_OLYMPIAD_H
#define EDU_OLYMPIAD_H

#include <edu/account.h>
#include <edu/application.h>
#include <edu/sitting.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A season to open. Start from ::EDU_SEASON_NEW_INIT. */
EDU_INPUT
typedef struct edu_season_new {
    size_t struct_size;
    const char *code; /**< unique, such as "2026-math-district"; a-z 0-9 - */
    json_t *title;
    const char *subject; /**< code, such as "mathematics" */
    json_t *subject_title;
    int32_t grade_from; /**< 1 to 12 */
    int32_t grade_to;
    edu_time opens;     /**< registration from this instant on */
    edu_time closes;    /**< until just before this one; judged when the request is received */
    const char *series; /**< what the years of one olympiad have in common, a-z 0-9 -; NULL: the
                             subject */
    int32_t year;       /**< 0: the one in which registration closes */
    bool by_invitation; /**< nobody registers by themselves: see edu_result_invite */
    bool is_archive;    /**< past results without pupils of the register; opens and closes are not
                             looked at, there are no sittings, and year is required */
} edu_season_new;
#define EDU_SEASON_NEW_INIT                                                                        \
    {                                                                                              \
        sizeof(edu_season_new), NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL, 0, false, false          \
    }

/** A sitting to add. Start from ::EDU_SITTING_NEW_INIT. */
EDU_INPUT
typedef struct edu_sitting_new {
    size_t struct_size;
    edu_id season_id;
    const char *code; /**< unique within the season */
    int32_t grade_from;
    int32_t grade_to;
    edu_time starts;
    int32_t minutes;
} edu_sitting_new;
#define EDU_SITTING_NEW_INIT                                                                       \
    {                                                                                              \
        sizeof(edu_sitting_new), {{0}}, NULL, 0, 0, 0, 0                                           \
    }

/** A season. */
EDU_RECORD
typedef struct edu_season {
    edu_id id;
    const char *code;
    const char *title;
    const char *subject;
    const char *subject_title;
    int32_t grade_from;
    int32_t grade_to;
    edu_time opens;
    edu_time closes;
    const char *state; /**< "draft", "announced", "open", "closed": from publication and clock */
    int64_t sittings;
    const char *series;
    int32_t year;
    bool by_invitation;
    bool is_archive;
} edu_season;
EDU_PAGE(edu_season);

/** May this person register? */
EDU_RECORD
typedef struct edu_eligibility {
    bool is_eligible;
    const char *reason;  /**< key: "olympiad.not_a_pupil", "olympiad.wrong_grade",
                              "olympiad.not_yet", "olympiad.closed", "olympiad.already",
                              "olympiad.clash", "olympiad.by_invitation"; NULL where eligible */
    const char *message; /**< in the session's language; NULL where eligible */
    int32_t grade;       /**< from the register */
} edu_eligibility;

/** A line of a report. */
EDU_RECORD
typedef struct edu_report_row {
    const char *code;
    const char *name;
    int64_t registered;
    int64_t allocated;
    int64_t withdrawn;
    int64_t seats; /**< of a centre; 0 for others */
    int64_t mean_m;
    int64_t farthest_m;
} edu_report_row;
EDU_PAGE(edu_report_row);

/** Opens a season, as a draft. Clerk without scope, admin.
 *  @return EDU_E_CONFLICT for a code in use; EDU_E_INVALID with the field.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season_create(edu_session *session,
                                                                    const edu_season_new *season,
                                                                    const char *key, edu_id *out,
                                                                    edu_error *error);

/** Adds a sitting to a draft season. Clerk without scope, admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_sitting_create(edu_session *session,
                                                                     const edu_sitting_new *sitting,
                                                                     const char *key, edu_id *out,
                                                                     edu_error *error);

/** Publishes a season: its sittings no longer change. Clerk without scope, admin.
 *  @return EDU_E_STATE without sittings, or where a grade of the season has none.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season_publish(edu_session *session,
                                                                     edu_id season_id,
                                                                     const char *key,
                                                                     edu_error *error);

/** Moves the registration window of a season whose lists are not frozen. Clerk without scope,
 *  admin.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season_window(edu_session *session,
                                                                    edu_id season_id,
                                                                    edu_time opens, edu_time closes,
                                                                    const char *key,
                                                                    edu_error *error);

/** Seasons, the one that closes last first. Anyone sees published ones; a clerk also drafts.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_seasons(edu_session *session,
                                                              const char *cursor, int32_t limit,
                                                              edu_season_page **out,
                                                              edu_error *error);

/** One season, by id.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_season(edu_session *session, edu_id season_id,
                                                             edu_season **out, edu_error *error);

/** Sittings of a season, by start.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_sittings(edu_session *session,
                                                               edu_id season_id, const char *cursor,
                                                               int32_t limit,
                                                               edu_sitting_page **out,
                                                               edu_error *error);

/** May a person register for a sitting, and if not, why? Those who may register them.
 *  @param person_id none for oneself.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_eligibility(edu_session *session,
                                                                  edu_id sitting_id,
                                                                  edu_id person_id,
                                                                  edu_eligibility **out,
                                                                  edu_error *error);

/** Registers a person for a sitting: oneself, a ward, or a pupil within the scope of a school or
 *  clerk; the event says which.
 *  @param out receives the application's id.
 *  @return EDU_E_STATE with the key of edu_eligibility; EDU_E_CONFLICT where already registered.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_register(edu_session *session,
                                                               edu_id sitting_id, edu_id person_id,
                                                               const char *key, edu_id *out,
                                                               edu_error *error);

/** Answers an invitation to a round: oneself, a guardian, or a school or clerk in scope. Accepted,
 * it is a registration like any other.
 *  @return EDU_E_STATE where none waits, or where one accepts after registration has closed.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_answer(edu_session *session, edu_id person_id,
                                                             edu_id application_id, bool accept,
                                                             const char *key, edu_error *error);

/** Withdraws a registration, until the sitting starts; a seat already given becomes free.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_withdraw(edu_session *session,
                                                               edu_id person_id,
                                                               edu_id application_id,
                                                               const char *key, edu_error *error);

/** Registrations of a sitting within the session's scope, by institution and name; all states.
 *  @param institution code; NULL for all in scope.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_olympiad_entries(edu_session *session, edu_id sitting_id, const char *institution,
                     const char *cursor, int32_t limit, edu_entry_page **out, edu_error *error);

/** Figures of a sitting by "centre", "school" or "region", within the session's scope. Any staff.
 *  @since 0.1.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_olympiad_report(edu_session *session,
                                                             edu_id sitting_id, const char *by,
                                                             const char *cursor, int32_t limit,
                                                             edu_report_row_page **out,
                                                             edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
