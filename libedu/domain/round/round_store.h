/* The judging of what was applied for, as its statements and steps see it. */
#ifndef EI_ROUND_STORE_H
#define EI_ROUND_STORE_H

#include <edu/round.h>
#include "domain/portal/seed.h"
#include "domain/request/request_store.h"

#define EI_ROUND_NUMBER_TEXT 13
#define EI_CERTIFICATE_TYPE (EI_CODE_MAX + 16)
#define EI_SCORE_COMMENT "score.comment" /* name of a sealed field */

typedef enum ei_judging_state {
    EI_JUDGING_OPEN,
    EI_JUDGING_PROPOSED,
    EI_JUDGING_CONFIRMING,
    EI_JUDGING_CONFIRMED
} ei_judging_state;

/* The round of an offering. */
typedef struct ei_judging {
    edu_id offering;
    char service[EI_REQUEST_CODE];
    edu_time closes, proposed, confirmed;
    bool is_published, by_round, is_drawn, keeps, judges;
    bool scores_blind; /* the actor does: then neither keeps nor judges until it is confirmed */
    ei_judging_state state;
    char commitment[EI_COMMITMENT_TEXT], seed[EI_SEED_TEXT]; /* "" for none */
    int32_t version;                                         /* of the definition */
    int64_t candidates, ranked, given, moved;
    edu_id proposed_by;
    const ei_definition *definition;
} ei_judging;

/* Of an offering that was made just now. */
edu_status ei_judging_begin(ei_command *command, edu_tx *tx, const edu_id *offering,
                            edu_error *error);
/* EDU_E_STATE where its window must not change any more: the seed is known, or the round is over.
 */
edu_status ei_judging_check_window(edu_tx *tx, const edu_id *offering, edu_time closes,
                                   bool by_round, edu_error *error);
/* EDU_E_NOT_FOUND where there is none. Who may see it is not asked. */
edu_status ei_judging_load(const edu_session *session, edu_tx *tx, const edu_id *offering,
                           ei_judging *out, edu_error *error);
/* The same for those who keep it, or who judge; EDU_E_DENIED for others who see it. */
edu_status ei_judging_kept(const edu_session *session, edu_tx *tx, const edu_id *offering,
                           ei_judging *out, edu_error *error);
edu_status ei_judging_judged(const edu_session *session, edu_tx *tx, const edu_id *offering,
                             ei_judging *out, edu_error *error);
/* The offering that an application was made for, whatever it holds a place of now. */
edu_status ei_judging_of(edu_tx *tx, const edu_id *person, const edu_id *id, edu_id *offering,
                         edu_error *error);
/* EDU_E_STATE where the ranking is proposed already. */
edu_status ei_judging_require_open(const ei_judging *judging, edu_error *error);
/* Whether a panel scores without knowing whose the works are. */
bool ei_judging_is_blind(const ei_judging *judging);
const char *ei_judging_state_name(ei_judging_state state);

/* Of the certificates that a service gives by place. */
void ei_round_certificate_type(const char *service, char out[EI_CERTIFICATE_TYPE]);

/* Title of an offering, in the session's language. */
edu_status ei_judging_title(const edu_session *session, edu_tx *tx, const edu_id *offering,
                            ei_arena *arena, const char **out, edu_error *error);
/* Whether the system may do the definition's action of `place` from this state. */
bool ei_is_candidate(const ei_definition *definition, const char *state);
/* Whether sheets are filled in in this state. */
bool ei_takes_scores(const ei_judging *judging, const char *state);

/* ---- round_score.c ---- */

typedef struct ei_scored {
    edu_id person, request, member; /* nobody's id where a clerk did it */
    const ei_sheet *sheet;
    const char *comment; /* NULL: none */
    edu_bytes wrapped;   /* key of the person, where there is a comment */
} ei_scored;

/* A clerk's sheet, or a panel's; EDU_E_NOT_FOUND where there is none of this kind. */
edu_status ei_sheet_of(const ei_judging *judging, const char *code, bool by_panel,
                       const ei_sheet **out, edu_error *error);
/* Stores what was filled in; *is_new, *is_changed may be NULL. */
edu_status ei_score_store(ei_command *command, edu_tx *tx, const ei_scored *scored,
                          const ei_filled *filled, bool *is_new, bool *is_changed,
                          edu_error *error);

/* EDU_E_STATE where the ranking is proposed, or nothing is scored in this state. */
edu_status ei_score_require(const ei_judging *judging, const char *state, edu_error *error);
edu_status ei_score_hash(ei_command *command, json_t *values, edu_error *error);

/* ---- round_assign.c ---- */

/* Assigns what no member has yet, of every panel's sheet. *out may be NULL. */
edu_status ei_panel_assign(ei_command *command, edu_tx *tx, const ei_judging *judging,
                           edu_panel_report *out, edu_error *error);
/* Takes a sheet from a member, with what they filled in. */
edu_status ei_panel_take_away(edu_tx *tx, const edu_id *person, const edu_id *request,
                              const char *sheet, const edu_id *member, edu_error *error);

/* ---- round_issue.c ---- */

/* EDU_E_INVALID where the QR code of a certificate could get too long. */
edu_status ei_round_check_codes(const edu_session *session, const ei_definition *definition,
                                edu_error *error);

/* ---- round_rank.c ---- */

/* Ranks and writes the rows of the round. */
edu_status ei_round_rank_all(ei_command *command, edu_tx *tx, ei_judging *judging,
                             edu_error *error);

#endif
