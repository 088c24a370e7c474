/* What a round's results say together: counted when it is ranked, read as lists and as files. */
#include "domain/result/result_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "result_sql.h"

#define NOT_DEFINED (-1001)
#define PROBLEM_TEXT 4

/* ---- counting ---- */

/* The results of one region, school, grade or score, as places in the order by group and total. */
typedef struct member {
    const char *group;
    size_t row;
    int64_t total;
    bool takes_part;
} member;

typedef struct counting {
    edu_tx *tx;
    const ei_round *round;
    const ei_placed_row *rows;
    const ei_ranked *ranked;
    size_t count;
    char (*names)[EI_POINTS_TEXT]; /* of grades and scores */
    member *members;
} counting;

static int compare_members(const void *a, const void *b)
{
    const member *left = a, *right = b;
    int groups = strcmp(left->group, right->group);
    if (groups != 0)
        return groups;
    if (left->takes_part != right->takes_part)
        return left->takes_part ? -1 : 1;
    return (left->total > right->total) - (left->total < right->total);
}

static int64_t highest_total(const ei_rules *rules)
{
    ei_marks full;
    for (size_t i = 0; i < rules->problem_count; i++)
        full.points[i] = rules->problems[i].maximum;
    return ei_marks_total(rules, &full);
}

static char *awards_text(const counting *work, const member *members, size_t count)
{
    const ei_rules *rules = &work->round->rules;
    json_t *awards = json_object();
    for (size_t a = 0; a < rules->award_count; a++) {
        int64_t number = 0;
        for (size_t i = 0; i < count; i++) {
            const ei_ranked *ranked = &work->ranked[members[i].row];
            number += work->round->is_archive
                          ? strcmp(work->rows[members[i].row].old_award, rules->awards[a].code) == 0
                          : ranked->award == &rules->awards[a];
        }
        json_object_set_new(awards, rules->awards[a].code, json_integer(number));
    }
    char *text = ei_json_dumps(awards, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(awards);
    return text;
}

/* Totals of the members are sorted, those who took part first. */
static edu_status group_store(const counting *work, const char *kind, const member *members,
                              size_t count, edu_error *error)
{
    size_t present = 0;
    int64_t sum = 0, absent = 0;
    while (present < count && members[present].takes_part)
        sum += members[present++].total;
    for (size_t i = 0; i < count; i++)
        absent += work->rows[members[i].row].is_absent;
    int64_t mean = -1, median = -1, best = -1;
    if (present > 0) {
        mean = (sum * 100 + (int64_t)present / 2) / (int64_t)present;
        median = (members[(present - 1) / 2].total + members[present / 2].total + 1) / 2;
        best = members[present - 1].total;
    }
    char *awards = awards_text(work, members, count);
    if (awards == NULL)
        return ei_no_memory(error);
    edu_status status = sql_result_figure_add(
        work->tx, &work->round->season_id, kind, members[0].group, (int64_t)present, absent, mean,
        median, best, highest_total(&work->round->rules), awards, 0, 0, 0, NULL, error);
    ei_free(awards);
    return status;
}

static edu_status groups_store(counting *work, const char *kind, size_t count, edu_error *error)
{
    qsort(work->members, count, sizeof *work->members, compare_members);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1;
             end < count && strcmp(work->members[first].group, work->members[end].group) == 0;)
            end++;
        EI_TRY(group_store(work, kind, &work->members[first], end - first, error));
    }
    return EDU_OK;
}

typedef const char *(*group_fn)(const counting *work, size_t row);

static const char *group_all(const counting *work, size_t row)
{
    (void)work, (void)row;
    return "all";
}

static const char *group_region(const counting *work, size_t row)
{
    return work->rows[row].region;
}

static const char *group_school(const counting *work, size_t row)
{
    return work->rows[row].institution[0] != '\0' ? work->rows[row].institution : NULL;
}

static const char *group_grade(const counting *work, size_t row)
{
    if (work->ranked[row].grade == 0)
        return NULL;
    (void)snprintf(work->names[row], EI_POINTS_TEXT, "%02d", (int)work->ranked[row].grade % 100);
    return work->names[row];
}

/* In the smallest unit and of one length, so that codes sort as numbers do. */
static const char *group_score(const counting *work, size_t row)
{
    if (!work->ranked[row].takes_part)
        return NULL;
    (void)snprintf(work->names[row], EI_POINTS_TEXT, "%010lld", (long long)work->ranked[row].total);
    return work->names[row];
}

static edu_status kind_store(counting *work, const char *kind, group_fn group, edu_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < work->count; i++) {
        const char *name = group(work, i);
        if (name != NULL)
            work->members[count++] =
                (member){name, i, work->ranked[i].total, work->ranked[i].takes_part};
    }
    return groups_store(work, kind, count, error);
}

/* ---- problems ---- */

typedef struct sums {
    double n, x, y, xx, yy, xy;
} sums;

/* How a problem goes with the rest of the points: its correlation with them. */
static int64_t correlation(const sums *s)
{
    double x = s->n * s->xx - s->x * s->x, y = s->n * s->yy - s->y * s->y;
    if (s->n < 3 || x <= 0 || y <= 0)
        return NOT_DEFINED;
    return (int64_t)lround(1000 * (s->n * s->xy - s->x * s->y) / sqrt(x * y));
}

static void sums_add(sums *to, double x, double y)
{
    to->n++;
    to->x += x;
    to->y += y;
    to->xx += x * x;
    to->yy += y * y;
    to->xy += x * y;
}

/* Points of all other problems; false where one is not known. */
static bool rest_of(const ei_rules *rules, const ei_ranked *row, size_t problem, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < rules->problem_count; i++) {
        if (row->marks.points[i] == EI_POINTS_NONE) {
            if (ei_problem_applies(&rules->problems[i], row->grade) && row->grade != 0)
                return false;
            continue;
        }
        if (i != problem)
            *out += row->marks.points[i];
    }
    return true;
}

static edu_status problem_store(const counting *work, size_t problem, edu_error *error)
{
    const ei_problem_rule *rule = &work->round->rules.problems[problem];
    char code[PROBLEM_TEXT];
    int64_t sum = 0, present = 0, solved = 0, best = -1, rest;
    sums with = {0};
    for (size_t i = 0; i < work->count; i++) {
        const ei_ranked *row = &work->ranked[i];
        int64_t points = row->marks.points[problem];
        if (!row->takes_part || points == EI_POINTS_NONE)
            continue;
        present++;
        sum += points;
        solved += points == rule->maximum;
        best = points > best ? points : best;
        if (rest_of(&work->round->rules, row, problem, &rest))
            sums_add(&with, (double)points, (double)rest);
    }
    int64_t mean = present > 0 ? (sum * 100 + present / 2) / present : -1;
    int64_t difficulty = present > 0 ? (sum * 1000) / (present * rule->maximum) : 0;
    (void)snprintf(code, sizeof code, "%02u", (unsigned)(problem + 1) % 100);
    return sql_result_figure_add(work->tx, &work->round->season_id, "problem", code, present, 0,
                                 mean, -1, best, rule->maximum, "{}", difficulty,
                                 present > 0 ? solved * 1000 / present : 0, correlation(&with),
                                 NULL, error);
}

static edu_status count_all(counting *work, edu_error *error)
{
    EI_TRY(kind_store(work, "all", group_all, error));
    EI_TRY(kind_store(work, "region", group_region, error));
    EI_TRY(kind_store(work, "school", group_school, error));
    EI_TRY(kind_store(work, "grade", group_grade, error));
    EI_TRY(kind_store(work, "score", group_score, error));
    for (size_t i = 0; i < work->round->rules.problem_count; i++)
        EI_TRY(problem_store(work, i, error));
    return EDU_OK;
}

edu_status ei_figures_store(edu_tx *tx, const ei_round *round, const ei_placed_row *rows,
                            const ei_ranked *ranked, size_t count, edu_error *error)
{
    counting work = {.tx = tx, .round = round, .rows = rows, .ranked = ranked, .count = count};
    EI_TRY(sql_result_figures_clear(tx, &round->season_id, NULL, error));
    if (count == 0)
        return EDU_OK;
    work.names = ei_calloc(count, sizeof *work.names);
    work.members = ei_calloc(count, sizeof *work.members);
    edu_status status =
        work.names != NULL && work.members != NULL ? count_all(&work, error) : ei_no_memory(error);
    ei_free(work.names);
    ei_free(work.members);
    return status;
}

/* ---- reading ---- */

typedef struct figure_filter {
    edu_id season_id;
    const char *series, *by, *code;
    int32_t year;
    edu_time now;
} figure_filter;

static const char *points_or_null(ei_rows *rows, int column, ei_arena *arena, int decimals)
{
    return ei_column_is_null(rows, column)
               ? NULL
               : ei_points_text(arena, ei_column_int(rows, column), decimals);
}

/* The name of a line: a region's or school's own, a problem's code, a grade or score as people
 * write it. */
static const char *name_of(ei_rows *rows, int first, ei_arena *arena, const edu_session *session,
                           const ei_rules *rules, const edu_figure *figure)
{
    int64_t number = 0;
    if (!ei_column_is_null(rows, first + 6))
        return ei_arena_strdup(arena, ei_column_text(rows, first + 6));
    if (!ei_column_is_null(rows, first + 7))
        return ei_localised_text(arena, session, ei_column_text(rows, first + 7));
    if (!ei_int_parse(figure->code, 0, INT64_MAX, &number))
        return ei_arena_strdup(arena, "");
    if (strcmp(figure->by, "problem") == 0 && number >= 1 &&
        number <= (int64_t)rules->problem_count)
        return ei_arena_strdup(arena, rules->problems[number - 1].code);
    if (strcmp(figure->by, "score") == 0)
        return ei_points_text(arena, number, rules->decimals);
    return ei_arena_printf(arena, "%lld", (long long)number);
}

static edu_status numbers_fill(ei_rows *rows, int first, ei_arena *arena, const ei_rules *rules,
                               edu_figure *out, edu_error *error)
{
    out->participants = ei_column_int(rows, first + 8);
    out->absent = ei_column_int(rows, first + 9);
    bool is_of_people = strcmp(out->by, "problem") != 0 && strcmp(out->by, "score") != 0;
    out->is_hidden =
        is_of_people && out->participants < EI_FEW && !ei_column_bool(rows, first + 19);
    out->maximum = points_or_null(rows, first + 13, arena, rules->decimals);
    out->difficulty = (int32_t)ei_column_int(rows, first + 15);
    out->solved = (int32_t)ei_column_int(rows, first + 16);
    out->discrimination = (int32_t)ei_column_int(rows, first + 17);
    json_t *awards = NULL;
    if (!out->is_hidden) {
        /* The mean is in hundredths of the unit. */
        out->mean = points_or_null(rows, first + 10, arena, rules->decimals + 2);
        out->median = points_or_null(rows, first + 11, arena, rules->decimals);
        out->best = points_or_null(rows, first + 12, arena, rules->decimals);
        const char *text = ei_column_text(rows, first + 14);
        EI_TRY(ei_json_read(text, strlen(text), &awards, error));
    } else {
        awards = json_object();
    }
    if (!ei_arena_own_json(arena, awards))
        return ei_no_memory(error);
    out->awards = awards;
    return EDU_OK;
}

static edu_status figure_fill_with(ei_rows *rows, int first, ei_arena *arena, edu_figure *out,
                                   const edu_session *session, const ei_rules *rules,
                                   edu_error *error)
{
    out->season_id = ei_column_id(rows, first);
    out->season = ei_arena_strdup(arena, ei_column_text(rows, first + 1));
    out->title = ei_localised_text(arena, session, ei_column_text(rows, first + 2));
    out->year = (int32_t)ei_column_int(rows, first + 3);
    out->subject = ei_arena_strdup(arena, ei_column_text(rows, first + 20));
    out->subject_title = ei_localised_text(arena, session, ei_column_text(rows, first + 21));
    out->by = ei_arena_strdup(arena, ei_column_text(rows, first + 4));
    out->code = ei_arena_strdup(arena, ei_column_text(rows, first + 5));
    if (out->season == NULL || out->title == NULL || out->by == NULL || out->code == NULL ||
        out->subject == NULL || out->subject_title == NULL)
        return ei_no_memory(error);
    out->name = name_of(rows, first, arena, session, rules, out);
    if (out->name == NULL)
        return ei_no_memory(error);
    return numbers_fill(rows, first, arena, rules, out, error);
}

static edu_status figure_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    ei_rules rules;
    json_t *json;
    const char *text = ei_column_text(rows, first + 18);
    EI_TRY(ei_json_read(text, strlen(text), &json, error));
    edu_status status = ei_rules_read(json, &rules, error);
    json_decref(json);
    if (status == EDU_OK)
        status = figure_fill_with(rows, first, arena, record, context, &rules, error);
    ei_rules_finish(&rules);
    return status;
}

static edu_status check_by(const char *by, edu_error *error)
{
    static const char *const known[] = {"all", "region", "school", "grade", "problem", "score"};
    for (size_t i = 0; by != NULL && i < EI_COUNT(known); i++)
        if (strcmp(by, known[i]) == 0)
            return EDU_OK;
    return ei_fail(error, EDU_E_INVALID, "result.figures", "/by",
                   "figures are by all, region, school, grade, problem or score");
}

static edu_status figures_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const figure_filter *filter = list->filter;
    edu_id actor = ei_session_actor(list->session);
    ei_round round;
    edu_status status =
        ei_round_read(list->session, tx, filter->season_id, filter->now, &round, error);
    ei_round_finish(&round);
    EI_TRY(status);
    return sql_result_figures(tx, &actor, &filter->season_id, filter->by, filter->now,
                              list->key.text[0], list->ask, rows, error);
}

edu_status edu_result_figures(edu_session *session, edu_id season_id, const char *by,
                              const char *cursor, int32_t limit, edu_figure_page **out,
                              edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(check_by(by, error));
    figure_filter filter = {.season_id = season_id, .by = by, .now = ei_now(session)};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = figures_open,
        .plan = {.shape = "t", .record = "edu_figure", .limit = limit, .fill = figure_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status years_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const figure_filter *filter = list->filter;
    return sql_result_years(tx, filter->series, filter->by, filter->code, filter->now,
                            list->key.integer[0], &list->key.id[1], list->ask, rows, error);
}

edu_status edu_result_years(edu_session *session, const char *series, const char *by,
                            const char *code, const char *cursor, int32_t limit,
                            edu_figure_page **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_olympiad_check_code(series, "/series", error));
    EI_TRY(check_by(by, error));
    EI_TRY(ei_check_text(code, EI_OLYMPIAD_CODE_MAX, false, "/code", error));
    figure_filter filter = {.series = series, .by = by, .code = code, .now = ei_now(session)};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = years_open,
        .plan = {.shape = "IU", .record = "edu_figure", .limit = limit, .fill = figure_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status subjects_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const figure_filter *filter = list->filter;
    return sql_result_subjects(tx, filter->year, filter->by, filter->code, filter->now,
                               list->key.text[0], &list->key.id[1], list->ask, rows, error);
}

edu_status edu_result_subjects(edu_session *session, int32_t year, const char *by, const char *code,
                               const char *cursor, int32_t limit, edu_figure_page **out,
                               edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(check_by(by, error));
    EI_TRY(ei_check_text(code, EI_OLYMPIAD_CODE_MAX, false, "/code", error));
    figure_filter filter = {.year = year, .by = by, .code = code, .now = ei_now(session)};
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = subjects_open,
        .plan = {.shape = "tu", .record = "edu_figure", .limit = limit, .fill = figure_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
