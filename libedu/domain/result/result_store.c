/* A round with its rules, and points as they are stored and shown. */
#include "domain/result/result_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "result_sql.h"

/* ---- the round ---- */

static ei_marking_state state_of(const char *stored, edu_time publish_at, edu_time now)
{
    if (stored == NULL)
        return EI_MARKING_NONE;
    if (strcmp(stored, "approved") == 0)
        return publish_at <= now ? EI_MARKING_PUBLISHED : EI_MARKING_APPROVED;
    return strcmp(stored, "proposed") == 0 ? EI_MARKING_PROPOSED : EI_MARKING_OPEN;
}

static edu_status rules_take(ei_round *round, const char *text, edu_error *error)
{
    json_t *json;
    if (text == NULL)
        return EDU_OK;
    EI_TRY(ei_json_read(text, strlen(text), &json, error));
    edu_status status = ei_rules_read(json, &round->rules, error);
    json_decref(json);
    return status;
}

static edu_status round_take(ei_round *round, ei_rows *rows, edu_time now, edu_error *error)
{
    round->season_id = ei_column_id(rows, 0);
    (void)snprintf(round->code, sizeof round->code, "%s", ei_column_text(rows, 1));
    round->title = ei_strdup(ei_column_text(rows, 2));
    round->subject_title = ei_strdup(ei_column_text(rows, 3));
    if (round->title == NULL || round->subject_title == NULL)
        return ei_no_memory(error);
    round->year = (int32_t)ei_column_int(rows, 4);
    round->is_archive = ei_column_bool(rows, 5);
    round->publish_at = ei_column_time(rows, 9);
    round->appeals_close = ei_column_time(rows, 10);
    round->by = ei_column_id(rows, 11);
    round->confirmed_by = ei_column_id(rows, 12);
    round->ranked = ei_column_time(rows, 13);
    round->results = ei_column_int(rows, 14);
    round->state = state_of(ei_column_text(rows, 8), round->publish_at, now);
    return rules_take(round, ei_column_text(rows, 7), error);
}

edu_status ei_round_read(edu_session *session, edu_tx *tx, edu_id season_id, edu_time now,
                         ei_round *out, edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    *out = (ei_round){0};
    EI_TRY(sql_result_season(tx, &actor, &season_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = round_take(out, &rows, now, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_olympiad_not_found(error, "season");
    return status;
}

void ei_round_finish(ei_round *round)
{
    ei_free(round->title);
    ei_free(round->subject_title);
    ei_rules_finish(&round->rules);
    *round = (ei_round){0};
}

edu_status ei_round_require(const ei_round *round, ei_marking_state state, edu_error *error)
{
    static const struct {
        const char *key, *message;
    } instead[] = {
        [EI_MARKING_NONE] = {"result.no_rules", "the round has no rules yet; set them first"},
        [EI_MARKING_OPEN] = {"result.not_proposed", "its publication is not proposed"},
        [EI_MARKING_PROPOSED] = {"result.proposed", "its publication is proposed; take that back "
                                                    "first"},
        [EI_MARKING_APPROVED] = {"result.approved", "its publication is approved, and its time has "
                                                    "not come"},
        [EI_MARKING_PUBLISHED] = {"result.published", "its results are published"},
    };
    if (round->state == state)
        return EDU_OK;
    if (state == EI_MARKING_PUBLISHED && round->state == EI_MARKING_OPEN)
        return ei_fail(error, EDU_E_STATE, "result.not_published", "",
                       "its results are not published yet");
    return ei_fail(error, EDU_E_STATE, instead[round->state].key, "", "%s",
                   instead[round->state].message);
}

/* ---- points ---- */

void ei_marks_format(const ei_rules *rules, const ei_marks *marks, char out[EI_MARKS_TEXT])
{
    size_t at = 0;
    out[at++] = '[';
    for (size_t i = 0; i < rules->problem_count; i++) {
        const char *comma = i == 0 ? "" : ",";
        int written = marks->points[i] == EI_POINTS_NONE
                          ? snprintf(out + at, EI_MARKS_TEXT - at, "%snull", comma)
                          : snprintf(out + at, EI_MARKS_TEXT - at, "%s%lld", comma,
                                     (long long)marks->points[i]);
        at += (size_t)written;
    }
    (void)snprintf(out + at, EI_MARKS_TEXT - at, "]");
}

bool ei_marks_parse(const char *text, const ei_rules *rules, ei_marks *out)
{
    if (*text++ != '[')
        return false;
    for (size_t i = 0; i < rules->problem_count; i++) {
        text += strspn(text, ", ");
        char *end;
        if (strncmp(text, "null", 4) == 0) {
            out->points[i] = EI_POINTS_NONE;
            text += 4;
            continue;
        }
        out->points[i] = strtoll(text, &end, 10);
        if (end == text || out->points[i] < 0)
            return false;
        text = end;
    }
    return *text == ']';
}

char *ei_points_text(ei_arena *arena, int64_t points, int decimals)
{
    char text[EI_POINTS_TEXT];
    ei_points_format(points, decimals, text);
    return ei_arena_strdup(arena, text);
}

json_t *ei_marks_json(ei_arena *arena, const char *stored, int decimals)
{
    char text[EI_POINTS_TEXT];
    json_t *numbers = ei_json_loads(stored), *list = json_array();
    for (size_t i = 0; i < json_array_size(numbers); i++) {
        const json_t *points = json_array_get(numbers, i);
        ei_points_format(json_integer_value(points), decimals, text);
        json_array_append_new(list, json_is_null(points) ? json_null() : json_string(text));
    }
    json_decref(numbers);
    return ei_arena_own_json(arena, list) ? list : NULL;
}

static edu_status mark_given(const ei_problem_rule *problem, int decimals, const json_t *value,
                             int32_t grade, int64_t *out, edu_error *error)
{
    char number[32], field[64];
    bool applies = ei_problem_applies(problem, grade);
    (void)snprintf(field, sizeof field, "/points/%.40s", problem->code);
    *out = EI_POINTS_NONE;
    if (value == NULL || json_is_null(value))
        return !applies ? EDU_OK
                        : ei_fail(error, EDU_E_INVALID, "result.points_missing", field,
                                  "points of a problem are missing");
    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    const char *text = json_is_integer(value) ? number : json_string_value(value);
    if (!applies || !ei_points_parse(text, decimals, out) || *out > problem->maximum)
        return ei_fail(error, EDU_E_INVALID, "result.points", field,
                       "points are a number from 0 to the problem's maximum, such as 6 or 6.5");
    return EDU_OK;
}

edu_status ei_marks_given(const ei_rules *rules, const json_t *points, int32_t grade, ei_marks *out,
                          edu_error *error)
{
    if (points == NULL || json_is_null(points)) {
        for (size_t i = 0; i < rules->problem_count; i++)
            out->points[i] = EI_POINTS_NONE;
        return EDU_OK;
    }
    if (!json_is_array(points) || json_array_size(points) != rules->problem_count)
        return ei_fail(error, EDU_E_INVALID, "result.points", "/points",
                       "a list of %zu is expected, one entry a problem", rules->problem_count);
    for (size_t i = 0; i < rules->problem_count; i++)
        EI_TRY(mark_given(&rules->problems[i], rules->decimals, json_array_get(points, i), grade,
                          &out->points[i], error));
    return EDU_OK;
}
