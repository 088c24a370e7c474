/** @file edu/round.h
 *  Judging the applications for an offering, and giving its places all at once: scores by the
 * sheets of the service's definition, ranking by its keys, places in that order, or by choices
 *  (docs/rounds.md).
 *
 *  A round is of the offering that was applied for: a group, a contest, a competition whose
 * vacancies were ranked by choice. It is open until its ranking is proposed; another person
 * confirms that, and each application moves as the definition says.
 *
 *  Who judges: clerks, everywhere or of the offering's region, and the staff of its institution;
 *  proposing and confirming is neither an admin's nor the operator's.
 *  @since 0.2.0 */
#ifndef EDU_ROUND_H
#define EDU_ROUND_H

#include <edu/account.h>
#include <edu/offering.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where a round stands. */
EDU_RECORD
typedef struct edu_round {
    edu_id offering_id;
    const char *title;      /**< of the offering, in the session's language */
    const char *state;      /**< "open", "proposed", "confirming" or "confirmed" */
    edu_time closes;        /**< when the last application can come */
    const char *commitment; /**< hex: SHA-256 of the seed's hexadecimal digits */
    const char *seed;   /**< hex; NULL until the ranking is proposed, or where nothing is drawn */
    bool is_drawn;      /**< the seed is the portal's; else whoever committed to it has it */
    int64_t candidates; /**< applications that were judged; 0 until then */
    int64_t ranked;     /**< of them, those that passed */
    int64_t given;      /**< places; 0 until confirmed */
    edu_time proposed;
    edu_time confirmed;
    bool is_mine_to_judge; /**< the session may propose, or confirm what another proposed */
} edu_round;

/** An application in the ranking. */
EDU_RECORD
typedef struct edu_ranked {
    int64_t position;    /**< 1, 2, 3, 4 */
    int32_t place;       /**< 1, 2, 2, 4; 0: not ranked */
    const char *number;  /**< by which whose it is knows it */
    const char *outcome; /**< "given", "waiting", "ranked", "not_passed", "gone"; while it is
                            proposed, what is to become of it */
    const char *given;   /**< title of the offering whose place it got; NULL */
    json_t *keys;     /**< array of {"title", "value"}, in turn; value null where it is not told */
    edu_id person_id; /**< who judges only; none */
    edu_id id;        /**< of the application; who judges only; none */
    const char *applicant; /**< name; who judges only; NULL */
} edu_ranked;
EDU_PAGE(edu_ranked);

/** What became of an application in its round, and why. */
EDU_RECORD
typedef struct edu_round_outcome {
    edu_id person_id;
    edu_id id;
    edu_id offering_id;
    const char *title;   /**< of the offering that was applied for */
    const char *number;  /**< in the public ranking */
    const char *outcome; /**< as in ::edu_ranked */
    int32_t place;       /**< 0: not ranked */
    int32_t shared;      /**< applications with this place */
    int64_t of;          /**< applications that are ranked */
    edu_id given_id;     /**< the offering whose place it got; none */
    const char *given;   /**< its title; NULL */
    int32_t choice;      /**< which choice that was, from 1; 0: there were none */
    json_t *keys;        /**< as in ::edu_ranked */
    const char *behind;  /**< title of the key that decided against the place above; NULL */
    const char *ahead;   /**< of the key that decided for it over the place below; NULL */
    const char *failed;  /**< title of the sheet that was not passed; NULL */
    json_t *cut_off; /**< keys of the last who got a place, as `keys`; NULL where fewer than five
                        did, or nobody waits */
    json_t *scores;  /**< array of {"sheet", "title", "score", "most", "pass", "criteria"} */
    const char *lottery;    /**< the person's lottery number; NULL */
    const char *seed;       /**< as in ::edu_round */
    const char *commitment; /**< as in ::edu_round */
} edu_round_outcome;

/** What an application has of a sheet. */
EDU_RECORD
typedef struct edu_score {
    edu_id person_id;
    edu_id id;
    const char *applicant; /**< name */
    const char *state;     /**< code */
    int64_t filled;        /**< sheets filled in */
    int64_t needed;
    const char *score; /**< as decimal text; NULL while sheets are missing */
    json_t *values;    /**< of a clerk's sheet: points by criterion; NULL */
} edu_score;
EDU_PAGE(edu_score);

/** The round of an offering. Whoever sees the offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_get(edu_session *session, edu_id offering_id,
                                                       edu_round **out, edu_error *error);

/** Commits to a seed of one's own for the lottery, before the offering closes; else the portal has
 * drawn one when the offering was made. Who judges.
 *  @param commitment hex: SHA-256 of the seed's hexadecimal digits in small letters.
 *  @return EDU_E_STATE "round.closed"; "round.committed" where somebody did already.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_commit(edu_session *session, edu_id offering_id,
                                                          const char *commitment, const char *key,
                                                          edu_error *error);

/** Fills in a clerk's sheet of an application, or corrects it until the ranking is proposed; what
 * it said before is kept. Staff of the application.
 *  @param values object: points by criterion, as numbers or decimal text.
 *  @return EDU_E_INVALID "score.missing", "score.unknown", "score.form", "score.range" with the
 *  criterion; EDU_E_NOT_FOUND "score.sheet"; EDU_E_STATE "round.proposed".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_score_put(edu_session *session, edu_id person_id,
                                                       edu_id id, const char *sheet, json_t *values,
                                                       const char *key, edu_error *error);

/** Fills in a clerk's sheet from a file. Columns: application? (id), number? (the person's),
 * document?, and one a criterion. Whoever keeps the offering.
 *  @return as edu_score_put, with the line.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_score_import(edu_session *session, edu_id offering_id,
                                                          const char *sheet, edu_bytes csv,
                                                          const char *key, edu_import_report **out,
                                                          edu_error *error);

/** What the open applications of an offering have of a sheet, in the order of submission. Whoever
 * keeps the offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_score_list(edu_session *session, edu_id offering_id,
                                                        const char *sheet, const char *cursor,
                                                        int32_t limit, edu_score_page **out,
                                                        edu_error *error);

/** Ranks the applications, and says who is to get which place. Who judges, once the offering has
 * closed.
 *  @param seed of edu_round_commit, hex; NULL where the portal has drawn it.
 *  @return EDU_E_STATE "round.not_closed"; "round.nobody"; "round.unscored" where sheets are
 * missing; "round.unready" where open applications are in a state that cannot be judged;
 * "round.proposed"; "round.first_come" where places went to who came first. EDU_E_INVALID
 * "round.seed" for a seed that does not fit the commitment.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_propose(edu_session *session, edu_id offering_id,
                                                           const char *seed, const char *key,
                                                           edu_error *error);

/** Takes a proposal back, so that scores can be corrected. Who judges.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_reopen(edu_session *session, edu_id offering_id,
                                                          const char *key, edu_error *error);

/** Confirms a proposal: every application moves, places are given, who gets none is on the list in
 * the order of the ranking. In parts that are whole each: where it was cut off, the next call goes
 * on. Who judges, but not who proposed it.
 *  @return EDU_E_DENIED "round.same_person"; EDU_E_STATE "round.not_proposed"; "round.changed"
 * where applications have changed since it was proposed: take it back and propose anew;
 *  EDU_E_CANCELLED where progress stopped it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_confirm(edu_session *session, edu_id offering_id,
                                                           edu_progress progress, const char *key,
                                                           edu_error *error);

/** The ranking, from the first place on. Who judges, once it is proposed; anybody, without names,
 * once it is confirmed, where the definition says so and at least five are in it.
 *  @return EDU_E_STATE "round.no_ranking" where there is none to see.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_ranking(edu_session *session, edu_id offering_id,
                                                           const char *cursor, int32_t limit,
                                                           edu_ranked_page **out, edu_error *error);

/** What became of an application, once that is confirmed. Whoever sees the application.
 *  @return EDU_E_STATE "round.no_result" before.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_result(edu_session *session, edu_id person_id,
                                                          edu_id id, edu_round_outcome **out,
                                                          edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
