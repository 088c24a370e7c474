/* Ranking a round in its store. */
#include "domain/result/result_store.h"

#include <stdio.h>
#include <string.h>
#include "result_sql.h"

typedef struct ranking {
    const ei_round *round;
    ei_placed_row *rows;
    ei_ranked *ranked;
    size_t count, space, ranked_space;
} ranking;

static void copy_text(char *out, size_t size, const char *text)
{
    (void)snprintf(out, size, "%s", text != NULL ? text : "");
}

static bool make_room(ranking *work)
{
    ei_placed_row *rows = ei_with_room(work->rows, work->count, &work->space, sizeof *rows);
    if (rows != NULL)
        work->rows = rows;
    ei_ranked *ranked =
        ei_with_room(work->ranked, work->count, &work->ranked_space, sizeof *ranked);
    if (ranked != NULL)
        work->ranked = ranked;
    return rows != NULL && ranked != NULL;
}

static edu_status row_take(ranking *work, ei_rows *rows, edu_error *error)
{
    if (!make_room(work))
        return ei_no_memory(error);
    ei_placed_row *row = &work->rows[work->count];
    ei_ranked *ranked = &work->ranked[work->count++];
    *row = (ei_placed_row){.person_id = ei_column_id(rows, 0),
                           .is_absent = ei_column_bool(rows, 4),
                           .is_counted = ei_column_bool(rows, 5),
                           .old_place = (int32_t)ei_column_int(rows, 9),
                           .old_overall = (int32_t)ei_column_int(rows, 10),
                           .old_advances = ei_column_bool(rows, 12),
                           .application_id = ei_column_id(rows, 13)};
    copy_text(row->region, sizeof row->region, ei_column_text(rows, 1));
    copy_text(row->institution, sizeof row->institution, ei_column_text(rows, 2));
    copy_text(row->old_division, sizeof row->old_division, ei_column_text(rows, 8));
    copy_text(row->old_award, sizeof row->old_award, ei_column_text(rows, 11));
    *ranked = (ei_ranked){.grade = (int32_t)ei_column_int(rows, 3),
                          .takes_part = !row->is_absent && row->is_counted,
                          .total = ei_column_is_null(rows, 7) ? 0 : ei_column_int(rows, 7)};
    if (!ei_marks_parse(ei_column_text(rows, 6), &work->round->rules, &ranked->marks))
        return ei_fail(error, EDU_E_CORRUPT, "result.points", "", "stored points are no list");
    for (size_t i = 0; i < work->round->rules.problem_count; i++)
        ranked->has_marks |= ranked->marks.points[i] != EI_POINTS_NONE;
    return EDU_OK;
}

static edu_status rows_read(edu_tx *tx, ranking *work, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_rank_rows(tx, &work->round->season_id, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        status = row_take(work, &rows, error);
        if (status != EDU_OK)
            break;
    }
    ei_rows_close(&rows);
    /* The rows no longer move: what is ranked may point into them. */
    for (size_t i = 0; i < work->count; i++)
        work->ranked[i].region = work->rows[i].region;
    return status;
}

static edu_status move_note(ei_moves *moves, const ei_placed_row *row, bool award, bool advance,
                            edu_error *error)
{
    if (moves == NULL)
        return EDU_OK;
    ei_moved *items = ei_with_room(moves->items, moves->count, &moves->space, sizeof *items);
    if (items == NULL)
        return ei_no_memory(error);
    moves->items = items;
    items[moves->count++] = (ei_moved){row->person_id, row->application_id, award, advance};
    return EDU_OK;
}

static edu_status row_store(edu_tx *tx, const ei_round *round, const ei_placed_row *row,
                            const ei_ranked *ranked, ei_moves *moves, edu_error *error)
{
    int32_t place = ranked->place != 0 ? ranked->place : EI_UNRANKED;
    /* What an archive says of its awards stands. */
    const char *award = round->is_archive       ? row->old_award
                        : ranked->award != NULL ? ranked->award->code
                                                : "";
    bool new_award = strcmp(award, row->old_award) != 0;
    bool new_advance = ranked->advances != row->old_advances;
    bool new_place = place != row->old_place || ranked->overall != row->old_overall ||
                     strcmp(ranked->division, row->old_division) != 0;
    if (!new_award && !new_advance && !new_place)
        return EDU_OK;
    EI_TRY(sql_result_rank_set(tx, &row->person_id, &round->season_id, ranked->division, place,
                               ranked->overall, award[0] != '\0' ? award : NULL, ranked->advances,
                               NULL, error));
    return move_note(moves, row, new_award, new_advance, error);
}

static edu_status rank(ei_command *command, edu_tx *tx, ranking *work, ei_moves *moves,
                       edu_error *error)
{
    const ei_round *round = work->round;
    EI_TRY(rows_read(tx, work, error));
    EI_TRY(ei_rank(&round->rules, work->ranked, work->count, error));
    for (size_t i = 0; i < work->count; i++)
        EI_TRY(row_store(tx, round, &work->rows[i], &work->ranked[i], moves, error));
    EI_TRY(ei_figures_store(tx, round, work->rows, work->ranked, work->count, error));
    return sql_result_ranked(tx, &round->season_id, command->now, NULL, error);
}

edu_status ei_round_rank(ei_command *command, edu_tx *tx, const ei_round *round, ei_moves *moves,
                         edu_error *error)
{
    ranking work = {.round = round};
    edu_status status = rank(command, tx, &work, moves, error);
    ei_free(work.rows);
    ei_free(work.ranked);
    return status;
}

/* ---- as a preview ---- */

static edu_status rank_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_id *season_id = command->context;
    ei_round round;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    edu_status status =
        ei_round_read(command->session, tx, *season_id, command->now, &round, error);
    if (status == EDU_OK)
        status = ei_round_require(&round, EI_MARKING_OPEN, error);
    if (status == EDU_OK)
        status = ei_round_rank(command, tx, &round, NULL, error);
    ei_round_finish(&round);
    return status;
}

edu_status edu_result_rank(edu_session *session, edu_id season_id, const char *key,
                           edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_command command = {.session = session,
                          .name = "result.rank",
                          .key = key,
                          .run = rank_run,
                          .context = &season_id};
    ei_command_hash(&command, &season_id, sizeof season_id);
    return ei_command_run(&command, error);
}
