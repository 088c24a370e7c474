/* What the parts of the result module share. */
#ifndef EI_RESULT_STORE_H
#define EI_RESULT_STORE_H

#include <edu/result.h>
#include "domain/olympiad/olympiad_store.h"
#include "domain/portal/portal.h"
#include "domain/result/rules.h"

#define EI_CERTIFICATE_TYPE "olympiad.certificate"
#define EI_RESULT_APPEAL_SEALED_TEXT "result_appeal.text" /* names of sealed fields */
#define EI_RESULT_APPEAL_SEALED_ANSWER "result_appeal.answer"
/* As result.place is stored where there is no rank. */
#define EI_UNRANKED 1000000000

typedef enum ei_marking_state {
    EI_MARKING_NONE, /* without rules */
    EI_MARKING_OPEN,
    EI_MARKING_PROPOSED,
    EI_MARKING_APPROVED, /* its time has not come */
    EI_MARKING_PUBLISHED
} ei_marking_state;

/* A season with its marking. The rules are read where there are any. */
typedef struct ei_round {
    edu_id season_id;
    char code[EI_OLYMPIAD_CODE_MAX + 1];
    char *title, *subject_title; /* JSON by language */
    int32_t year;
    bool is_archive;
    ei_marking_state state;
    ei_rules rules;
    edu_time publish_at, appeals_close, ranked;
    edu_id by, confirmed_by;
    int64_t results;
} ei_round;

/* EDU_E_NOT_FOUND where the session does not see the season. Finish always. */
edu_status ei_round_read(edu_session *session, edu_tx *tx, edu_id season_id, edu_time now,
                         ei_round *out, edu_error *error);
void ei_round_finish(ei_round *round);
/* EDU_E_STATE unless it is the one. */
edu_status ei_round_require(const ei_round *round, ei_marking_state state, edu_error *error);

/* "[7,null]", as result.points is stored. */
#define EI_MARKS_TEXT (EI_PROBLEMS_MAX * 12 + 3)
void ei_marks_format(const ei_rules *rules, const ei_marks *marks, char out[EI_MARKS_TEXT]);
bool ei_marks_parse(const char *text, const ei_rules *rules, ei_marks *out);
/* As records have them: decimal text or null, problem by problem; in the arena. */
json_t *ei_marks_json(ei_arena *arena, const char *stored, int decimals);
char *ei_points_text(ei_arena *arena, int64_t points, int decimals);

/* Points as a front end gives them, checked against the rules for a pupil of this grade. NULL: an
 * absence. */
edu_status ei_marks_given(const ei_rules *rules, const json_t *points, int32_t grade, ei_marks *out,
                          edu_error *error);

/* ---- ranking ---- */

typedef struct ei_moved {
    edu_id person_id, application_id;
    bool award, advance; /* what became another */
} ei_moved;

typedef struct ei_moves {
    ei_moved *items;
    size_t count, space;
} ei_moves;

/* Ranks a round within a command, stores what changed and counts the figures. moves (may be NULL)
 * receives those whose place, award or next round changed; free its items with ei_free. */
edu_status ei_round_rank(ei_command *command, edu_tx *tx, const ei_round *round, ei_moves *moves,
                         edu_error *error);

/* A row as ranking and figures see it. */
typedef struct ei_placed_row {
    edu_id person_id, application_id;
    char institution[65], region[65];
    bool is_absent, is_counted;
    char old_division[72], old_award[33];
    int32_t old_place, old_overall;
    bool old_advances;
} ei_placed_row;

edu_status ei_figures_store(edu_tx *tx, const ei_round *round, const ei_placed_row *rows,
                            const ei_ranked *ranked, size_t count, edu_error *error);

/* ---- after publication ---- */

/* Whether the QR code of every certificate by these rules can be read well. */
edu_status ei_round_check_code(const edu_session *session, const ei_round *round,
                               const ei_rules *rules, edu_error *error);
/* Issues, replaces or takes back one person's certificate as the rules say. */
edu_status ei_round_certify(ei_command *command, edu_tx *tx, const ei_round *round,
                            edu_id person_id, bool *issued, edu_error *error);
/* Whether certificates were issued, and invitations made, at all. */
edu_status ei_round_is_certified(edu_tx *tx, const ei_round *round, bool *out, edu_error *error);
edu_status ei_round_is_invited(edu_tx *tx, const ei_round *round, bool *out, edu_error *error);
/* Makes an invitation where the person goes on and has none; takes it back where they do not. */
edu_status ei_round_invite(ei_command *command, edu_tx *tx, const ei_round *round, edu_id person_id,
                           bool advances, bool *changed, edu_error *error);

/* What follows from a changed result: ranks, certificates, invitations, messages. is_told: the
 * person whose result it is gets a message of the change; others do where it concerns them. */
edu_status ei_round_follow(ei_command *command, edu_tx *tx, const ei_round *round, edu_id person_id,
                           bool is_told, edu_error *error);

/* ---- corrections ---- */

typedef struct ei_correction {
    edu_id season_id, person_id;
    bool is_absent, is_appeal;
    ei_marks marks;
    const char *reason;
} ei_correction;

/* Writes down a correction that waits for a second clerk. EDU_E_CONFLICT where one waits already.
 */
edu_status ei_correction_add(ei_command *command, edu_tx *tx, const ei_round *round,
                             const ei_correction *correction, edu_id *out, edu_error *error);

#define EI_RESULT_APPEAL_MAX 2000
/* The appeal that a decided correction answers: upheld and told, or open again. */
edu_status ei_appeal_settle(ei_command *command, edu_tx *tx, const edu_id *person,
                            const edu_id *season, bool is_upheld, edu_error *error);

#endif
