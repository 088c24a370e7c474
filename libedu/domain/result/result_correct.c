/* Corrections: at once before publication, by two clerks afterwards. */
#include "domain/result/result_store.h"

#include <stdio.h>
#include <string.h>
#include "result_sql.h"

#define REASON_MAX 400

typedef struct correcting {
    edu_id season_id;
    const char *number, *reason;
    json_t *points;
} correcting;

/* The result that is to be corrected. */
typedef struct corrected {
    edu_id person_id;
    int32_t grade;
    bool is_counted;
    char award[40];
} corrected;

static edu_status corrected_read(edu_tx *tx, const edu_id *season, const char *number,
                                 corrected *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_by_number(tx, season, number, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        const char *award = ei_column_text(&rows, 11);
        out->person_id = ei_column_id(&rows, 0);
        out->grade = (int32_t)ei_column_int(&rows, 5);
        out->is_counted = ei_column_bool(&rows, 10);
        (void)snprintf(out->award, sizeof out->award, "%s", award != NULL ? award : "");
    }
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_olympiad_not_found(error, "result") : status;
}

static edu_status apply(ei_command *command, edu_tx *tx, const ei_round *round, const corrected *of,
                        const ei_correction *to, const edu_id *by, const edu_id *confirmed_by,
                        edu_error *error)
{
    char points[EI_MARKS_TEXT];
    ei_marks_format(&round->rules, &to->marks, points);
    EI_TRY(sql_result_keep_change(tx, &of->person_id, &round->season_id, command->now, by,
                                  confirmed_by, to->reason, NULL, error));
    return sql_result_change(tx, &of->person_id, &round->season_id, to->is_absent, of->is_counted,
                             points, to->is_absent ? -1 : ei_marks_total(&round->rules, &to->marks),
                             of->award[0] != '\0' ? of->award : NULL, command->now, NULL, error);
}

edu_status ei_correction_add(ei_command *command, edu_tx *tx, const ei_round *round,
                             const ei_correction *correction, edu_id *out, edu_error *error)
{
    char points[EI_MARKS_TEXT];
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool is_open;
    EI_TRY(sql_result_correction_open(tx, &correction->person_id, &correction->season_id, &rows,
                                      error));
    edu_status status = ei_rows_next(&rows, &is_open, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (is_open)
        return ei_fail(error, EDU_E_CONFLICT, "result.correction_waits", "",
                       "a correction of this result waits for a second clerk already");
    *out = ei_new_id(command->session);
    ei_marks_format(&round->rules, &correction->marks, points);
    return sql_result_correction_add(tx, out, &correction->season_id, &correction->person_id,
                                     correction->is_absent, correction->is_appeal, points,
                                     correction->reason, &actor, command->now, NULL, error);
}

/* ---- correcting ---- */

static edu_status correct(ei_command *command, edu_tx *tx, const ei_round *round, edu_error *error)
{
    const correcting *wanted = command->context;
    edu_id actor = ei_session_actor(command->session), id = {{0}};
    corrected of = {0};
    ei_correction to = {.season_id = wanted->season_id,
                        .is_absent = wanted->points == NULL || json_is_null(wanted->points),
                        .reason = wanted->reason};
    EI_TRY(corrected_read(tx, &wanted->season_id, wanted->number, &of, error));
    EI_TRY(ei_marks_given(&round->rules, wanted->points, of.grade, &to.marks, error));
    to.person_id = of.person_id;
    if (round->state == EI_MARKING_OPEN)
        EI_TRY(apply(command, tx, round, &of, &to, &actor, NULL, error));
    else if (round->state == EI_MARKING_PUBLISHED)
        EI_TRY(ei_correction_add(command, tx, round, &to, &id, error));
    else
        return ei_round_require(round, EI_MARKING_OPEN, error);
    memcpy(command->result, &id, sizeof id);
    command->result_size = sizeof id;
    return ei_audit_count(command, tx, "result.correct", wanted->season_id, 1, error);
}

static edu_status correct_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const correcting *wanted = command->context;
    ei_round round;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    edu_status status =
        ei_round_read(command->session, tx, wanted->season_id, command->now, &round, error);
    if (status == EDU_OK)
        status = correct(command, tx, &round, error);
    ei_round_finish(&round);
    return status;
}

/* A slip's number is stored in its one form, that of an archive as it is. */
static const char *stored_number(const char *number, char out[EI_PAPER_ID_TEXT])
{
    uint8_t bits[10];
    if (!ei_paper_id_parse(number, bits))
        return number;
    ei_paper_id_format(bits, out);
    return out;
}

edu_status edu_result_correct(edu_session *session, edu_id season_id, const char *number,
                              json_t *points, const char *reason, const char *key, edu_id *out,
                              edu_error *error)
{
    char stored[EI_PAPER_ID_TEXT];
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_check_text(number, EI_OLYMPIAD_CODE_MAX, false, "/number", error));
    EI_TRY(ei_check_text(reason, REASON_MAX, false, "/reason", error));
    if (*reason == '\0')
        return ei_fail(error, EDU_E_INVALID, "core.missing", "/reason", "say why");
    correcting wanted = {season_id, stored_number(number, stored), reason, points};
    char *text = NULL;
    if (points != NULL)
        EI_TRY(ei_json_write(points, "/points", &text, error));
    ei_command command = {.session = session,
                          .name = "result.correct",
                          .key = key,
                          .run = correct_run,
                          .context = &wanted};
    ei_command_hash(&command, &season_id, sizeof season_id);
    ei_command_hash_text(&command, wanted.number);
    ei_command_hash_text(&command, text);
    ei_command_hash_text(&command, reason);
    ei_free(text);
    EI_TRY(ei_command_run(&command, error));
    memcpy(out, command.result, sizeof *out);
    return EDU_OK;
}

/* ---- deciding ---- */

typedef struct deciding {
    edu_id id;
    bool accept;
} deciding;

typedef struct waiting {
    ei_correction correction;
    edu_id by;
    bool is_open;
    char points[EI_MARKS_TEXT], reason[REASON_MAX + 1];
} waiting;

static edu_status waiting_read(edu_tx *tx, const edu_id *id, waiting *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    *out = (waiting){0};
    EI_TRY(sql_result_correction(tx, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->correction.season_id = ei_column_id(&rows, 0);
        out->correction.person_id = ei_column_id(&rows, 1);
        out->is_open = strcmp(ei_column_text(&rows, 2), "proposed") == 0;
        out->correction.is_absent = ei_column_bool(&rows, 3);
        out->correction.is_appeal = ei_column_bool(&rows, 4);
        (void)snprintf(out->points, sizeof out->points, "%s", ei_column_text(&rows, 5));
        (void)snprintf(out->reason, sizeof out->reason, "%s", ei_column_text(&rows, 6));
        out->by = ei_column_id(&rows, 7);
        out->correction.reason = out->reason;
    }
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_olympiad_not_found(error, "correction") : status;
}

static edu_status require_second(const waiting *found, const edu_id *actor, edu_error *error)
{
    if (!found->is_open)
        return ei_fail(error, EDU_E_STATE, "result.decided", "", "this correction is decided");
    if (ei_id_compare(found->by, *actor) == 0)
        return ei_fail(error, EDU_E_DENIED, "result.same_person", "",
                       "who made the correction does not confirm it: another clerk has to");
    return EDU_OK;
}

/* Award and whether it is counted, which no correction changes. */
static edu_status kept_read(edu_tx *tx, const ei_correction *of, corrected *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    *out = (corrected){.person_id = of->person_id};
    EI_TRY(sql_result_person(tx, &of->person_id, &of->season_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        const char *award = ei_column_text(&rows, 5);
        out->is_counted = ei_column_bool(&rows, 4);
        (void)snprintf(out->award, sizeof out->award, "%s", award != NULL ? award : "");
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status accept(ei_command *command, edu_tx *tx, const ei_round *round, waiting *found,
                         const edu_id *actor, edu_error *error)
{
    ei_correction *to = &found->correction;
    corrected of;
    if (!ei_marks_parse(found->points, &round->rules, &to->marks))
        return ei_fail(error, EDU_E_CORRUPT, "result.points", "", "stored points are no list");
    EI_TRY(kept_read(tx, to, &of, error));
    EI_TRY(apply(command, tx, round, &of, to, &found->by, actor, error));
    if (to->is_appeal)
        EI_TRY(ei_appeal_settle(command, tx, &to->person_id, &to->season_id, true, error));
    return ei_round_follow(command, tx, round, to->person_id, !to->is_appeal, error);
}

static edu_status decide(ei_command *command, edu_tx *tx, waiting *found, edu_error *error)
{
    const deciding *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    const ei_correction *of = &found->correction;
    ei_round round;
    EI_TRY(require_second(found, &actor, error));
    EI_TRY(sql_result_correction_decide(tx, &wanted->id, wanted->accept ? "applied" : "refused",
                                        &actor, command->now, NULL, error));
    if (!wanted->accept)
        return of->is_appeal
                   ? ei_appeal_settle(command, tx, &of->person_id, &of->season_id, false, error)
                   : EDU_OK;
    edu_status status =
        ei_round_read(command->session, tx, of->season_id, command->now, &round, error);
    if (status == EDU_OK)
        status = accept(command, tx, &round, found, &actor, error);
    ei_round_finish(&round);
    return status;
}

static edu_status decide_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const deciding *wanted = command->context;
    waiting found;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(waiting_read(tx, &wanted->id, &found, error));
    EI_TRY(decide(command, tx, &found, error));
    return ei_audit(command, tx, "result.correction_decide", &found.correction.person_id, NULL,
                    error);
}

edu_status edu_result_correction_decide(edu_session *session, edu_id correction_id, bool accept,
                                        const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    deciding wanted = {correction_id, accept};
    ei_command command = {.session = session,
                          .name = "result.correction_decide",
                          .key = key,
                          .run = decide_run,
                          .context = &wanted};
    ei_command_hash(&command, &correction_id, sizeof correction_id);
    ei_command_hash(&command, &accept, sizeof accept);
    return ei_command_run(&command, error);
}

/* ---- the list ---- */

static int decimals_of(const char *rules)
{
    json_t *json = ei_json_loads(rules);
    int decimals = (int)json_integer_value(json_object_get(json, "decimals"));
    json_decref(json);
    return decimals;
}

static edu_status correction_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                                  void *context, edu_error *error)
{
    edu_correction *out = record;
    int decimals = decimals_of(ei_column_text(rows, first + 11));
    (void)context;
    out->id = ei_column_id(rows, first);
    out->person_id = ei_column_id(rows, first + 1);
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->state, error));
    EI_TRY(ei_copy_column(arena, rows, first + 4, &out->reason, error));
    out->is_absent = ei_column_bool(rows, first + 5);
    out->points = ei_marks_json(arena, ei_column_text(rows, first + 6), decimals);
    if (strcmp(out->state, "proposed") == 0)
        out->old_points = ei_marks_json(arena, ei_column_text(rows, first + 7), decimals);
    out->is_appeal = ei_column_bool(rows, first + 8);
    out->created = ei_column_time(rows, first + 9);
    out->may_confirm = ei_column_bool(rows, first + 10);
    return out->points != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status corrections_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id *season = list->filter;
    edu_id actor = ei_session_actor(list->session);
    ei_round round;
    EI_TRY(ei_require_role(list->session, tx, "clerk", error));
    edu_status status =
        ei_round_read(list->session, tx, *season, ei_now(list->session), &round, error);
    ei_round_finish(&round);
    EI_TRY(status);
    return sql_result_corrections(tx, &actor, season, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_result_corrections(edu_session *session, edu_id season_id, const char *cursor,
                                  int32_t limit, edu_correction_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {
        .session = session,
        .filter = &season_id,
        .open = corrections_open,
        .reading = ei_reading_list("corrections"),
        .plan = {
            .shape = "U", .record = "edu_correction", .limit = limit, .fill = correction_fill}};
    ei_reading_about_id(&list.reading, "season", season_id);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
