/** @file edu/result.h
 *  Results of a round: rules, marks, ranks, awards, publication, appeals, the next round, figures.
 *
 *  A season is one round of an olympiad. Its **rules** are data (docs/results.md): the problems,
 * how points add up, what breaks ties, divisions, awards, who goes on, how long one may appeal.
 * Results are imported by the number of the admission slip, or by a blind code. A clerk proposes to
 * publish them at a time, a second one approves; from that time on pupils see theirs. Afterwards a
 *  correction needs two clerks; it ranks anew, and tells those whose points, award or next round
 *  changed.
 *
 *  An **archive** is a season without pupils of the register: contestants without names, regions.
 *
 *  Roles: "clerk" without scope (and admin, where no second person is asked for) enters, ranks and
 *  publishes; clerks of a region and schools see the results of their own pupils; anyone sees
 *  archives and published figures.
 *  Points are decimal text such as "7" or "6.5". For idempotency keys see edu/account.h.
 *  @since 0.2.0 */
#ifndef EDU_RESULT_H
#define EDU_RESULT_H

#include <edu/olympiad.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where the marking of a season stands. */
EDU_RECORD
typedef struct edu_marking {
    edu_id season_id;
    const char *state;   /**< "none": without rules; "open", "proposed", "approved": until its time;
                              "published" */
    json_t *rules;       /**< object; NULL without rules */
    edu_time publish_at; /**< none while open */
    edu_time appeals_close; /**< none where there are no appeals or before the approval */
    edu_id by;              /**< who proposed */
    edu_id confirmed_by;    /**< none before */
    int64_t expected; /**< pupils with a seat; for an archive its contestants. For staff; else 0 */
    int64_t scored;
    int64_t absent;
    int64_t missing;      /**< neither points nor an absence yet */
    int64_t told;         /**< pupils told of their result */
    int64_t certificates; /**< valid ones */
    int64_t advancing;
    int64_t invited;     /**< to the next round */
    int64_t appeals;     /**< not decided */
    int64_t corrections; /**< not confirmed */
    edu_time ranked;     /**< when ranks were last computed; none before */
    bool may_confirm;    /**< the proposal, by this session, now */
} edu_marking;

/** A result. */
EDU_RECORD
typedef struct edu_result {
    edu_id person_id; /**< of an archive: of the contestant, in no register */
    edu_id season_id;
    edu_id application_id; /**< none in an archive */
    const char *season;    /**< code */
    const char *title;
    const char *subject_title;
    int32_t year;
    const char *number;           /**< of the slip; in an archive as imported */
    const char *family;           /**< NULL in an archive */
    const char *given;            /**< NULL in an archive */
    const char *institution;      /**< NULL in an archive without */
    const char *institution_name; /**< NULL likewise */
    const char *region;
    const char *region_name;
    int32_t grade;           /**< 0 where not known */
    const char *state;       /**< "scored" or "absent" */
    bool is_counted;         /**< false: shown, not ranked */
    json_t *points;          /**< array, problem by problem as in the rules: text or null */
    const char *total;       /**< NULL where absent */
    const char *division;    /**< "" where there is one for all */
    int32_t rank;            /**< in the division; 0: none */
    int32_t overall;         /**< rank over all divisions; 0: none */
    const char *award;       /**< code; NULL */
    const char *award_title; /**< NULL likewise */
    bool advances;           /**< to the next round */
    int32_t version;         /**< 1; more after corrections */
    edu_time changed;
    edu_time appeals_close;  /**< none where one cannot appeal */
    const char *appeal;      /**< state of the appeal, see edu_result_appeal; NULL */
    const char *certificate; /**< number of the valid one; NULL */
} edu_result;
EDU_PAGE(edu_result);

/** What a result was before it changed. */
EDU_RECORD
typedef struct edu_result_change {
    int32_t version; /**< the one that was replaced */
    edu_time at;
    const char *reason;
    const char *state;
    json_t *points;
    const char *total;
} edu_result_change;
EDU_PAGE(edu_result_change);

/** A correction after publication. */
EDU_RECORD
typedef struct edu_correction {
    edu_id id;
    edu_id person_id;
    const char *number;
    const char *state; /**< "proposed", "applied", "refused" */
    const char *reason;
    bool is_absent;
    json_t *points;     /**< proposed ones */
    json_t *old_points; /**< present ones while proposed; NULL afterwards */
    bool is_appeal;     /**< it answers an appeal */
    edu_time created;
    bool may_confirm; /**< by this session, now */
} edu_correction;
EDU_PAGE(edu_correction);

/** A pupil's appeal on a result. */
EDU_RECORD
typedef struct edu_result_appeal {
    edu_id person_id;
    edu_id season_id;
    const char *number;
    const char *state;  /**< "open", "marked": waits for the second clerk, "upheld", "rejected" */
    const char *text;   /**< what the pupil wrote */
    const char *answer; /**< NULL while open */
    json_t *points;     /**< present ones */
    edu_time created;
    edu_time decided; /**< none while open */
} edu_result_appeal;
EDU_PAGE(edu_result_appeal);

/** A line of the figures of a season. */
EDU_RECORD
typedef struct edu_figure {
    edu_id season_id;
    const char *season; /**< code */
    const char *title;
    const char *subject; /**< code */
    const char *subject_title;
    int32_t year;
    const char *by;   /**< "all", "region", "school", "grade", "problem", "score" */
    const char *code; /**< of the region, school, grade or problem; of "score": the total */
    const char *name;
    int64_t participants; /**< present and counted */
    int64_t absent;
    bool is_hidden;     /**< so few that the rest would tell about a person: it is left out */
    const char *mean;   /**< points, two decimals; NULL where hidden or nobody */
    const char *median; /**< NULL likewise */
    const char *best;
    const char *maximum;    /**< what could be reached */
    json_t *awards;         /**< object: award code to number; empty for problems */
    int32_t difficulty;     /**< of a problem: permille of the points that were reached */
    int32_t solved;         /**< of a problem: permille who reached all points */
    int32_t discrimination; /**< of a problem: correlation with the other problems, permille; -1001
                                 where not defined */
} edu_figure;
EDU_PAGE(edu_figure);

/** Sets the rules of a round; checked whole. Clerk without scope, admin.
 *  @return EDU_E_INVALID with the place in the rules; EDU_E_STATE once publication is proposed, and
 *  where results are there and the problems would change.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_rules(edu_session *session, edu_id season_id,
                                                          json_t *rules, const char *key,
                                                          edu_error *error);

/** Where the marking stands, and its rules. Whoever sees the season; numbers are for staff.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_marking(edu_session *session, edu_id season_id,
                                                            edu_marking **out, edu_error *error);

/** The blind codes of a round as CSV (slip, code), to label scripts with; made where they are
 *  missing. Clerk without scope, admin.
 *  @return EDU_E_STATE where the rules are not blind.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_codes(edu_session *session, edu_id season_id,
                                                          edu_document **out, edu_error *error);

/** Imports results; one transaction. Columns: number (of the slip; the blind code under blind
 *  rules), a column a problem, absent? (0 or 1). Of an archive: number, region, a column a
 * problem?, total?, counted? (0 or 1), award?. A result that is there is replaced, with history,
 * while publication is not proposed. Clerk without scope, admin.
 *  @return EDU_E_INVALID with line and column; EDU_E_STATE without rules or once proposed.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_import(edu_session *session, edu_id season_id,
                                                           edu_bytes csv, const char *key,
                                                           edu_import_report **out,
                                                           edu_error *error);

/** Computes ranks, awards and figures from what is there, as a preview. Clerk without scope, admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_rank(edu_session *session, edu_id season_id,
                                                         const char *key, edu_error *error);

/** Proposes to publish from a time on; ranks first. Clerk without scope.
 *  @return EDU_E_STATE where results are missing, with how many.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_propose(edu_session *session, edu_id season_id,
                                                            edu_time publish_at, const char *key,
                                                            edu_error *error);

/** Approves a proposal; another clerk without scope than the one who proposed. If the time has come
 *  everybody is told at once, else by edu_result_deliver.
 *  @return EDU_E_DENIED for the one who proposed.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_approve(edu_session *session, edu_id season_id,
                                                            edu_progress progress, const char *key,
                                                            edu_error *error);

/** Takes a proposal back, or an approval whose time has not come. Clerk without scope.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_reopen(edu_session *session, edu_id season_id,
                                                           const char *key, edu_error *error);

/** Tells pupils of results whose time has come. For a job; cut off, the next call goes on.
 *  Operator.
 *  @param told how many were told.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_deliver(edu_session *session,
                                                            edu_progress progress, int64_t *told,
                                                            edu_error *error);

/** Results of a season by division and rank. Staff, within their scope; of an archive anyone.
 *  @param region code; NULL for all.
 *  @param institution code; NULL for all.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_list(edu_session *session, edu_id season_id,
                                                         const char *region,
                                                         const char *institution,
                                                         const char *cursor, int32_t limit,
                                                         edu_result_page **out, edu_error *error);

/** A person's published results, the latest first: oneself, a ward, a pupil in scope.
 *  @param person_id none for oneself.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_of(edu_session *session, edu_id person_id,
                                                       const char *cursor, int32_t limit,
                                                       edu_result_page **out, edu_error *error);

/** What a result was before, the latest change first. Whoever sees the result.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_history(edu_session *session, edu_id person_id,
                                                            edu_id season_id, const char *cursor,
                                                            int32_t limit,
                                                            edu_result_change_page **out,
                                                            edu_error *error);

/** Corrects a result. Before publication is proposed it counts at once; afterwards a second clerk
 *  confirms it. Clerk without scope.
 *  @param number of the slip; in an archive as imported.
 *  @param points array, problem by problem, of text or null; NULL or null for an absence.
 *  @param out the correction; none where it counted at once.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_correct(edu_session *session, edu_id season_id,
                                                            const char *number, json_t *points,
                                                            const char *reason, const char *key,
                                                            edu_id *out, edu_error *error);

/** Corrections of a season, the latest first. Clerk without scope, admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_corrections(edu_session *session,
                                                                edu_id season_id,
                                                                const char *cursor, int32_t limit,
                                                                edu_correction_page **out,
                                                                edu_error *error);

/** Confirms or refuses a correction; another clerk without scope than the one who made it. Ranks
 *  anew, replaces certificates whose content changed, makes and takes back invitations, and tells
 *  those concerned.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_correction_decide(edu_session *session,
                                                                      edu_id correction_id,
                                                                      bool accept, const char *key,
                                                                      edu_error *error);

/** Appeals on a published result: the pupil or a guardian, once, while the window is open.
 *  @param text 1 to 2000 bytes.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_appeal_make(edu_session *session,
                                                                edu_id person_id, edu_id season_id,
                                                                const char *text, const char *key,
                                                                edu_error *error);

/** Appeals of a season, the oldest first. Clerk without scope, admin.
 *  @param state NULL for all.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_appeals(edu_session *session, edu_id season_id,
                                                            const char *state, const char *cursor,
                                                            int32_t limit,
                                                            edu_result_appeal_page **out,
                                                            edu_error *error);

/** The appeal on a result. The pupil, a guardian, clerk without scope, admin.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_appeal_get(edu_session *session,
                                                               edu_id person_id, edu_id season_id,
                                                               edu_result_appeal **out,
                                                               edu_error *error);

/** Decides an appeal: rejected at once, or marked anew, which a second clerk confirms as a
 *  correction. Clerk without scope.
 *  @param points as in edu_result_correct; NULL or null rejects.
 *  @param answer what the pupil is told, 1 to 2000 bytes.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status
edu_result_appeal_decide(edu_session *session, edu_id person_id, edu_id season_id, json_t *points,
                         const char *answer, const char *key, edu_error *error);

/** Makes the registrations of those who go on to the next round, for them to accept; cut off, the
 *  next call goes on. Clerk without scope, admin.
 *  @return EDU_E_STATE before publication, without a rule, and where the next round is not
 *  published.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_invite(edu_session *session, edu_id season_id,
                                                           edu_progress progress, int64_t *invited,
                                                           edu_error *error);

/** Issues the certificates that the rules give; who has one with the same content keeps it. Cut
 * off, the next call goes on. Clerk without scope, admin.
 *  @return EDU_E_STATE before publication.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_issue(edu_session *session, edu_id season_id,
                                                          edu_progress progress, int64_t *issued,
                                                          edu_error *error);

/** Figures of a season. Anyone once published; before, clerks without scope and admins.
 *  @param by as in edu_figure.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_figures(edu_session *session, edu_id season_id,
                                                            const char *by, const char *cursor,
                                                            int32_t limit, edu_figure_page **out,
                                                            edu_error *error);

/** One line of the figures through the years of a series, the latest first. Anyone.
 *  @param series as in edu_season. @param by as in edu_figure; @param code "all" with "all".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_years(edu_session *session, const char *series,
                                                          const char *by, const char *code,
                                                          const char *cursor, int32_t limit,
                                                          edu_figure_page **out, edu_error *error);

/** One line of the figures in every round of a year, by subject. Anyone.
 *  @param year as in edu_season. @param by @param code as in edu_result_years.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_subjects(edu_session *session, int32_t year,
                                                             const char *by, const char *code,
                                                             const char *cursor, int32_t limit,
                                                             edu_figure_page **out,
                                                             edu_error *error);

/** Results or figures as CSV. Rights as of the lists.
 *  @param what "results", or as `by` of edu_result_figures.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_result_csv(edu_session *session, edu_id season_id,
                                                        const char *what, edu_document **out,
                                                        edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
