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
 *  proposing and confirming is neither an admin's nor the operator's. Who is on a panel that scores
 * blind does neither, and sees none of the works but by edu_panel_work_get, whatever their role,
 * until the round is confirmed: EDU_E_DENIED "round.blind".
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
    const char *seed;     /**< hex; NULL until the ranking is proposed, or where nothing is drawn */
    bool is_drawn;        /**< the seed is the portal's; else whoever committed to it has it */
    int64_t candidates;   /**< applications that were judged; 0 until then */
    int64_t ranked;       /**< of them, those that passed */
    int64_t given;        /**< places; 0 until confirmed */
    int64_t moved;        /**< candidates that a confirmation has dealt with so far */
    edu_time proposed;    /**< none before */
    edu_time confirmed;   /**< none before */
    int64_t certificates; /**< that hold now; who keeps the offering only; 0 */
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
    const char *applicant;   /**< name; who judges only; NULL */
    const char *certificate; /**< number of what was issued for it; who judges only; NULL */
    const char *behind;      /**< title of the key that decided against the place above; NULL */
} edu_ranked;
EDU_PAGE(edu_ranked);

/** What became of an application in its round, and why; or its scores alone, which a definition may
 * tell before (`shows_scores` of a state). */
EDU_RECORD
typedef struct edu_round_outcome {
    edu_id person_id;
    edu_id id;
    edu_id offering_id;
    const char *title;   /**< of the offering that was applied for */
    const char *number;  /**< in the public ranking; NULL where it is "scored" */
    const char *outcome; /**< as in ::edu_ranked; "scored": there are its scores, and no more */
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
    json_t *scores;  /**< array of {"sheet", "title", "score", "most", "pass", "criteria",
                        "comments": texts of the panel} */
    const char *lottery;    /**< the person's lottery number; NULL */
    const char *seed;       /**< as in ::edu_round; NULL */
    const char *commitment; /**< as in ::edu_round; NULL */
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

/** A member of a panel. */
EDU_RECORD
typedef struct edu_panel_member {
    edu_id member_id;
    const char *name;
    int64_t works;  /**< that are assigned to them */
    int64_t scored; /**< of them */
} edu_panel_member;
EDU_PAGE(edu_panel_member);

/** What assigning came to. */
EDU_RECORD
typedef struct edu_panel_report {
    int64_t added; /**< sheets that somebody is to fill in */
    int64_t
        lacking;   /**< works that cannot have all their members: too few are without a conflict */
    int64_t least; /**< works of the member who has the fewest */
    int64_t most;  /**< of the one who has the most */
} edu_panel_report;

/** A work that the session's person is to score. Where the sheet is blind, nothing tells whose it
 * is but what was typed into the form. */
EDU_RECORD
typedef struct edu_panel_work {
    edu_id work_id; /**< random; of this member and sheet alone */
    edu_id offering_id;
    const char *title; /**< of the offering */
    const char *sheet; /**< code */
    const char *sheet_title;
    bool is_blind;
    bool is_scored;
    edu_time assigned;
    const char *applicant; /**< name; NULL where it is blind */
    json_t *form;          /**< object; NULL in lists */
    json_t *criteria;      /**< array of {"code", "title", "max", "weight"}; NULL in lists */
    json_t *values;      /**< what was filled in: points by criterion; NULL in lists, or none yet */
    bool takes_comment;  /**< the author is to be told what the members wrote */
    const char *comment; /**< what was written; NULL in lists, or none yet */
    json_t *documents;   /**< array of {"id", "kind", "title", "name", "type", "size"}: those the
                            definition shows to panels; name null where blind; NULL in lists */
} edu_panel_work;
EDU_PAGE(edu_panel_work);

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
 *  criterion; EDU_E_NOT_FOUND "score.sheet"; EDU_E_STATE "round.proposed", "score.not_now" where
 * nothing is scored in the application's state.
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

/** What is wrong in such a file, without taking it: every fault of every line, in their order.
 * Rights as of the import.
 *  @param cursor goes on behind a line; a page has whole lines, so that it may be longer than its
 *  limit.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_score_faults(edu_session *session, edu_id offering_id,
                                                          const char *sheet, edu_bytes csv,
                                                          const char *cursor, int32_t limit,
                                                          edu_import_fault_page **out,
                                                          edu_error *error);

/** What the open applications of an offering have of a sheet, in the order of submission. Whoever
 * keeps the offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_score_list(edu_session *session, edu_id offering_id,
                                                        const char *sheet, const char *cursor,
                                                        int32_t limit, edu_score_page **out,
                                                        edu_error *error);

/** Puts somebody on the panel of an offering, or takes them off. What a former member scored does
 * not count any more, and others are to score it. Whoever keeps the offering.
 *  @param member_id somebody with an account.
 *  @return EDU_E_NOT_FOUND "panel.account"; EDU_E_STATE "round.proposed".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_put(edu_session *session, edu_id offering_id,
                                                       edu_id member_id, bool is_member,
                                                       const char *key, edu_error *error);

/** The panel of an offering, with how much each has and has done. Whoever keeps the offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_list(edu_session *session, edu_id offering_id,
                                                        const char *cursor, int32_t limit,
                                                        edu_panel_member_page **out,
                                                        edu_error *error);

/** Assigns the sheets of the panel: every application to as many members as the sheet needs, none
 * with a conflict of interest, loads as equal as can be, by a draw. What is assigned stays; what
 * came since is added. Nobody scores their own work, a child's, a guardian's, or that of a pupil of
 * their school. Whoever keeps the offering.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_assign(edu_session *session, edu_id offering_id,
                                                          const char *key, edu_panel_report **out,
                                                          edu_error *error);

/** Declares that a member has a conflict of interest with an application. It is taken from them,
 * what they scored of it does not count, and another is to score it. Staff of the application.
 *  @return EDU_E_NOT_FOUND "panel.member" for who is not on the panel.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_conflict(edu_session *session, edu_id person_id,
                                                            edu_id id, edu_id member_id,
                                                            const char *key, edu_error *error);

/** What the session's person is to score, what is not scored first.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_works(edu_session *session, const char *cursor,
                                                         int32_t limit, edu_panel_work_page **out,
                                                         edu_error *error);

/** One work, with what was submitted.
 *  @return EDU_E_NOT_FOUND where it is not assigned to the session's person.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_work_get(edu_session *session, edu_id work_id,
                                                            edu_panel_work **out, edu_error *error);

/** One document of a work, of a kind that the definition shows to panels. Where the sheet is blind
 * it is named after its kind.
 *  @return EDU_E_NOT_FOUND where the work is not assigned to the session's person, or has no such
 * document to show; EDU_E_CORRUPT, EDU_E_IO as edu_request_document.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_document(edu_session *session, edu_id work_id,
                                                            edu_id document_id, edu_document **out,
                                                            edu_error *error);

/** Fills in the sheet of a work, or corrects it until the ranking is proposed.
 *  @param comment for the author, who is not told whose it is; 1 to 2000 bytes; NULL: none.
 *  @return as edu_score_put; EDU_E_INVALID "score.comment" where the sheet takes none.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_score(edu_session *session, edu_id work_id,
                                                         json_t *values, const char *comment,
                                                         const char *key, edu_error *error);

/** Declares a conflict of interest of one's own with a work, as edu_panel_conflict.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_panel_decline(edu_session *session, edu_id work_id,
                                                           const char *key, edu_error *error);

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

/** The whole ranking as CSV: place, number, application, applicant, outcome, given, and each key
 * under its title. Rights as of the ranking; who does not judge has neither application nor name.
 *  @return as edu_round_ranking.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_csv(edu_session *session, edu_id offering_id,
                                                       edu_document **out, edu_error *error);

/** Issues the certificates that the definition gives by place (`certificates`), once the ranking is
 * confirmed; who has one with the same content keeps it. Cut off, the next call goes on. They are
 * listed, checked, printed and revoked as others (edu/certificate.h), the offering being what they
 * are about. Whoever keeps the offering.
 *  @param issued receives how many are new.
 *  @return EDU_E_STATE "round.not_confirmed", "round.no_certificates"; EDU_E_CANCELLED where
 *  progress stopped it.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_issue(edu_session *session, edu_id offering_id,
                                                         edu_progress progress, int64_t *issued,
                                                         edu_error *error);

/** What became of an application, once that is confirmed; before that its scores, where its state
 * shows them. Whoever sees the application.
 *  @return EDU_E_STATE "round.no_result" where there is nothing to tell yet.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_round_result(edu_session *session, edu_id person_id,
                                                          edu_id id, edu_round_outcome **out,
                                                          edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
