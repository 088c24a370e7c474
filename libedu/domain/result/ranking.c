#include "domain/result/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "workflow/ranking.h"

/* ---- what the points give ---- */

static int compare_points(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left < right) - (left > right);
}

int64_t ei_marks_total(const ei_rules *rules, const ei_marks *marks)
{
    int64_t sorted[EI_PROBLEMS_MAX], total = 0;
    memcpy(sorted, marks->points, rules->problem_count * sizeof *sorted);
    qsort(sorted, rules->problem_count, sizeof *sorted, compare_points);
    size_t count = rules->best != 0 ? rules->best : rules->problem_count;
    for (size_t i = 0; i < count && sorted[i] > 0; i++)
        total += sorted[i];
    return total;
}

static int64_t solved(const ei_rules *rules, const ei_ranked *row)
{
    int64_t count = 0;
    for (size_t i = 0; row->has_marks && i < rules->problem_count; i++)
        count += row->marks.points[i] == rules->problems[i].maximum;
    return count;
}

/* ---- order ---- */

static int64_t tie_key(const ei_rules *rules, const ei_tie_rule *tie, const ei_ranked *row)
{
    switch (tie->kind) {
    case EI_TIE_PROBLEM:
        return row->has_marks ? row->marks.points[tie->problem] : EI_POINTS_NONE;
    case EI_TIE_SOLVED:
        return solved(rules, row);
    case EI_TIE_GRADE:
        return -row->grade;
    }
    return 0;
}

/* ---- cuts ---- */

/* The division of a row, and the group of those who are level with it: [first, end) from the best.
 */
typedef struct standing {
    const ei_rules *rules;
    size_t first, end, size; /* size: who took part in the division */
} standing;

/* before: places that cuts of the same kind above have taken. */
static bool passes(const standing *at, const ei_ranked *row, const ei_cut *cut, size_t before)
{
    size_t limit = before;
    if (row->total < cut->least)
        return false;
    switch (cut->kind) {
    case EI_CUT_POINTS:
        return row->total >= cut->value;
    case EI_CUT_SOLVED:
        return solved(at->rules, row) >= cut->value;
    case EI_CUT_PERMILLE:
        limit += at->size * (size_t)cut->value / 1000;
        break;
    case EI_CUT_NONE:
        return false;
    case EI_CUT_PLACES:
        limit += (size_t)cut->value;
        break;
    }
    return cut->ties_in ? at->first < limit : at->end <= limit;
}

static size_t places_of(const standing *at, const ei_cut *cut)
{
    if (cut->kind == EI_CUT_PERMILLE)
        return at->size * (size_t)cut->value / 1000;
    return cut->kind == EI_CUT_PLACES ? (size_t)cut->value : 0;
}

static const ei_award_rule *award_of(const standing *at, const ei_ranked *row)
{
    size_t before = 0;
    for (size_t i = 0; i < at->rules->award_count; i++) {
        const ei_award_rule *award = &at->rules->awards[i];
        if (passes(at, row, &award->cut, before))
            return award;
        before += places_of(at, &award->cut);
    }
    return NULL;
}

/* ---- ranks ---- */

_Static_assert(1 + EI_TIES_MAX <= EI_KEYS_MAX, "the total, then what breaks ties");

static int32_t place_of(const ei_rules *rules, const ei_keyed *row)
{
    return rules->is_dense ? row->dense : row->place;
}

static void rank_overall(const ei_rules *rules, ei_keyed *order, size_t count)
{
    ei_keyed_rank(order, count);
    for (size_t i = 0; i < count; i++)
        ((ei_ranked *)order[i].row)->overall = place_of(rules, &order[i]);
}

static void rank_divisions(const ei_rules *rules, ei_keyed *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i].division = ((ei_ranked *)order[i].row)->division;
    ei_keyed_rank(order, count);
    for (size_t i = 0; i < count; i++) {
        standing at = {rules, order[i].first, order[i].end, order[i].size};
        ei_ranked *row = order[i].row;
        row->place = place_of(rules, &order[i]);
        row->award = award_of(&at, row);
        row->advances = rules->next != NULL && passes(&at, row, &rules->advance, 0);
    }
}

static void name_division(const ei_rules *rules, ei_ranked *row)
{
    char grade[8] = "";
    if (rules->by_grade)
        (void)snprintf(grade, sizeof grade, "%02d", (int)row->grade % 100);
    (void)snprintf(row->division, sizeof row->division, "%s%s%.64s", grade,
                   rules->by_grade && rules->by_region ? "/" : "",
                   rules->by_region ? row->region : "");
}

static size_t take(const ei_rules *rules, ei_ranked *rows, size_t count, ei_keyed *out)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        ei_ranked *row = &rows[i];
        row->place = row->overall = 0;
        row->award = NULL;
        row->advances = false;
        name_division(rules, row);
        if (!row->takes_part)
            continue;
        ei_keyed *to = &out[taken++];
        *to = (ei_keyed){.division = "", .keys = {row->total}, .row = row};
        for (size_t t = 0; t < rules->tie_count; t++)
            to->keys[t + 1] = tie_key(rules, &rules->ties[t], row);
    }
    return taken;
}

edu_status ei_rank(const ei_rules *rules, ei_ranked *rows, size_t count, edu_error *error)
{
    ei_keyed *order = ei_calloc(count + 1, sizeof *order);
    if (order == NULL)
        return ei_no_memory(error);
    size_t taken = take(rules, rows, count, order);
    rank_overall(rules, order, taken);
    rank_divisions(rules, order, taken);
    ei_free(order);
    return EDU_OK;
}
