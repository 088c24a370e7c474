/* Rounds of offerings: rows to structs, who may do what with them, seeds. */
#include "domain/round/round_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/offering/offering_store.h"
#include "domain/portal/guard.h"
#include "round_sql.h"

static const char *const states[] = {"open", "proposed", "confirming", "confirmed"};

const char *ei_judging_state_name(ei_judging_state state)
{
    return states[state];
}

/* ---- seeds ---- */

edu_status ei_judging_begin(ei_command *command, edu_tx *tx, const edu_id *offering,
                            edu_error *error)
{
    char seed[EI_SEED_TEXT], commitment[EI_COMMITMENT_TEXT];
    ei_seed_drawn(command->session, "round.seed", offering, seed);
    ei_seed_commitment(seed, commitment);
    return sql_round_begin(tx, offering, commitment, NULL, error);
}

/* Whoever knows the seed knows who would win: nobody can come then. Once all is given, places that
 * are left may go to who comes first. */
edu_status ei_judging_check_window(edu_tx *tx, const edu_id *offering, edu_time closes,
                                   bool by_round, edu_error *error)
{
    ei_rows rows;
    bool found = false;
    EI_TRY(ei_rows_integer(sql_round_frozen(tx, offering, closes, by_round, &rows, error), &rows,
                           &found, NULL, error));
    return found ? ei_fail(error, EDU_E_STATE, "offering.ranked", "/closes",
                           "it is ranked already; places that are left can go to who comes first "
                           "once that is confirmed")
                 : EDU_OK;
}

/* ---- loading ---- */

static edu_status take_row(ei_judging *out, ei_rows *rows, edu_error *error)
{
    const char *state = ei_column_text(rows, 4);
    size_t found = 0;
    while (found < EI_COUNT(states) && strcmp(states[found], state) != 0)
        found++;
    if (found == EI_COUNT(states))
        return ei_fail(error, EDU_E_CORRUPT, "round.row", NULL, "a round has no state");
    out->state = (ei_judging_state)found;
    ei_take_text(rows, 0, out->service, sizeof out->service);
    out->closes = ei_column_time(rows, 1);
    out->is_published = ei_column_bool(rows, 2);
    out->by_round = ei_column_bool(rows, 3);
    ei_take_text(rows, 5, out->commitment, sizeof out->commitment);
    out->is_drawn = ei_column_bool(rows, 6);
    ei_take_text(rows, 7, out->seed, sizeof out->seed);
    out->version = (int32_t)ei_column_int(rows, 8);
    out->candidates = ei_column_int(rows, 9);
    out->ranked = ei_column_int(rows, 10);
    out->given = ei_column_int(rows, 11);
    out->proposed_by = ei_column_id(rows, 12);
    out->proposed = ei_column_time(rows, 13);
    out->confirmed = ei_column_time(rows, 14);
    out->scores_blind = ei_column_bool(rows, 17);
    out->moved = ei_column_int(rows, 18);
    out->keeps = ei_column_bool(rows, 15) && !out->scores_blind;
    out->judges = ei_column_bool(rows, 16) && !out->scores_blind;
    return EDU_OK;
}

edu_status ei_judging_load(const edu_session *session, edu_tx *tx, const edu_id *offering,
                           ei_judging *out, edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row = false;
    *out = (ei_judging){.offering = *offering};
    EI_TRY(sql_round_load(tx, &actor, offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_row(out, &rows, error) : ei_offering_not_found(error);
    ei_rows_close(&rows);
    EI_TRY(status);
    return ei_definition_load(session, tx, out->service, out->version, &out->definition,
                              &out->version, error);
}

static edu_status require(const ei_judging *judging, bool may, edu_error *error)
{
    if (may)
        return EDU_OK;
    if (judging->is_published && judging->scores_blind)
        return ei_fail(error, EDU_E_DENIED, "round.blind", NULL,
                       "you score works here without knowing whose they are: others keep the round "
                       "until it is confirmed");
    return judging->is_published
               ? ei_fail(error, EDU_E_DENIED, "round.not_yours", NULL,
                         "this is for clerks and for the staff of the institution")
               : ei_offering_not_found(error);
}

edu_status ei_judging_kept(const edu_session *session, edu_tx *tx, const edu_id *offering,
                           ei_judging *out, edu_error *error)
{
    EI_TRY(ei_judging_load(session, tx, offering, out, error));
    return require(out, out->keeps, error);
}

edu_status ei_judging_judged(const edu_session *session, edu_tx *tx, const edu_id *offering,
                             ei_judging *out, edu_error *error)
{
    EI_TRY(ei_judging_load(session, tx, offering, out, error));
    return require(out, out->judges, error);
}

edu_status ei_judging_of(edu_tx *tx, const edu_id *person, const edu_id *id, edu_id *offering,
                         edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_round_of(tx, person, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *offering = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status != EDU_OK || row ? status : ei_request_not_found(error);
}

edu_status ei_judging_require_open(const ei_judging *judging, edu_error *error)
{
    return judging->state == EI_JUDGING_OPEN
               ? EDU_OK
               : ei_fail(error, EDU_E_STATE, "round.proposed", NULL,
                         "the ranking is proposed; only while it is taken back can it change");
}

bool ei_judging_is_blind(const ei_judging *judging)
{
    const ei_sheets *sheets = ei_definition_sheets(judging->definition);
    for (size_t i = 0; i < sheets->count; i++)
        if (sheets->list[i].by_panel && sheets->list[i].is_blind)
            return true;
    return false;
}

bool ei_is_candidate(const ei_definition *definition, const char *state)
{
    ei_action action;
    const char *place = ei_definition_place(definition);
    return place &&
           ei_definition_allow(definition, place, state, "system", &action, NULL) == EDU_OK;
}

bool ei_takes_scores(const ei_judging *judging, const char *state)
{
    const ei_state_rules *rules = ei_definition_state(judging->definition, state);
    return rules && rules->takes_scores;
}

edu_status ei_judging_title(const edu_session *session, edu_tx *tx, const edu_id *offering,
                            ei_arena *arena, const char **out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_round_title(tx, offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        *out = ei_localised_text(arena, session, ei_column_text(&rows, 0));
        status = *out ? EDU_OK : ei_no_memory(error);
    }
    ei_rows_close(&rows);
    return status;
}
