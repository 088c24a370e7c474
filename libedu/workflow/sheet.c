#include "workflow/sheet.h"

#include <stdlib.h>
#include <string.h>

#define POINT 100 /* hundredths */

/* ---- the keyword ---- */

/* Points of a sheet as hundredths. */
static bool read_points(const json_t *value, int decimals, int64_t *out)
{
    if (!ei_points_read(value, decimals, out))
        return false;
    for (int i = decimals; i < 2; i++)
        *out *= 10;
    return *out <= EI_POINTS_MAX;
}

static bool is_there_already(const ei_sheet *sheet, const char *code)
{
    for (size_t i = 0; i < sheet->criterion_count; i++)
        if (strcmp(sheet->criteria[i].code, code) == 0)
            return true;
    return false;
}

static edu_status read_criterion(ei_sheet *sheet, const json_t *json, const json_t *languages,
                                 const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {"code", "title", "max", "?weight", NULL};
    ei_place code = ei_place_below(at, "code"), title = ei_place_below(at, "title"),
             max = ei_place_below(at, "max"), weight = ei_place_below(at, "weight");
    const json_t *given = json_object_get(json, "weight");
    EI_TRY(ei_document_keys(json, keys, at, error));
    ei_criterion made = {.code = json_string_value(json_object_get(json, "code")),
                         .title = json_object_get(json, "title"),
                         .weight = POINT};
    if (!ei_document_code(made.code))
        return ei_document_fault(error, &code, "a criterion is named with a-z, 0-9, _ and -");
    if (is_there_already(sheet, made.code))
        return ei_document_fault(error, &code, "another criterion has this name");
    EI_TRY(ei_document_texts(made.title, languages, &title, error));
    if (!read_points(json_object_get(json, "max"), sheet->decimals, &made.max) || made.max == 0)
        return ei_document_fault(error, &max,
                                 "this must be points above 0, with the sheet's decimals");
    if (given &&
        (!ei_points_read(given, 2, &made.weight) || made.weight == 0 || made.weight > 100 * POINT))
        return ei_document_fault(error, &weight, "this must be 0.01 to 100, of two decimals");
    sheet->criteria[sheet->criterion_count++] = made;
    sheet->max += made.max * made.weight;
    return EDU_OK;
}

static edu_status read_criteria(ei_sheet *sheet, const json_t *json, const json_t *languages,
                                const ei_place *at, edu_error *error)
{
    ei_place list = ei_place_below(at, "criteria");
    const json_t *criteria = json_object_get(json, "criteria");
    size_t count = json_array_size(criteria);
    if (count == 0 || count > EI_CRITERIA_MAX)
        return ei_document_fault(error, &list, "there must be 1 to 32 of these");
    for (size_t i = 0; i < count; i++) {
        ei_place here = ei_place_index(&list, i);
        EI_TRY(read_criterion(sheet, json_array_get(criteria, i), languages, &here, error));
    }
    return EDU_OK;
}

static edu_status read_aggregate(ei_sheet *sheet, const json_t *json, const ei_place *at,
                                 edu_error *error)
{
    static const char *const names[] = {"mean", "trimmed_mean", "sum", "median"};
    const json_t *given = json_object_get(json, "aggregate"), *trim = json_object_get(json, "trim");
    const char *name = given ? json_string_value(given) : "mean";
    ei_place aggregate = ei_place_below(at, "aggregate"), trim_at = ei_place_below(at, "trim");
    size_t kind = 0;
    while (name && kind < EI_COUNT(names) && strcmp(names[kind], name) != 0)
        kind++;
    if (!name || kind == EI_COUNT(names))
        return ei_document_fault(error, &aggregate,
                                 "this must be mean, trimmed_mean, sum or median");
    sheet->aggregate = (ei_aggregate)kind;
    int64_t dropped = 0;
    if (sheet->aggregate != EI_AGGREGATE_TRIMMED_MEAN)
        return trim ? ei_document_fault(error, &trim_at, "only a trimmed_mean has this") : EDU_OK;
    if (!ei_int_read(trim, 1, ((int64_t)sheet->members - 1) / 2, &dropped))
        return ei_document_fault(
            error, &trim_at,
            "so many go at each end: at least 1, and some must be left of members");
    sheet->trim = (size_t)dropped;
    return EDU_OK;
}

static edu_status read_panel(ei_sheet *sheet, const json_t *json, const ei_place *at,
                             edu_error *error)
{
    ei_place place = ei_place_below(at, "members");
    int64_t members;
    if (!ei_int_read(json_object_get(json, "members"), 1, EI_SHEET_MEMBERS_MAX, &members))
        return ei_document_fault(error, &place, "this must say how many score each: 1 to 32");
    sheet->members = (size_t)members;
    return read_aggregate(sheet, json, at, error);
}

static edu_status read_clerk(ei_sheet *sheet, const json_t *json, const ei_place *at,
                             edu_error *error)
{
    static const char *const of_panels[] = {"members", "aggregate", "trim", "shows_comments"};
    sheet->members = 1;
    for (size_t i = 0; i < EI_COUNT(of_panels); i++) {
        ei_place here = ei_place_below(at, of_panels[i]);
        if (json_object_get(json, of_panels[i]))
            return ei_document_fault(error, &here, "only what a panel scores has this");
    }
    return EDU_OK;
}

static edu_status read_by(ei_sheet *sheet, const json_t *json, const ei_place *at, edu_error *error)
{
    const char *by = json_string_value(json_object_get(json, "by"));
    ei_place place = ei_place_below(at, "by");
    sheet->by_panel = by && strcmp(by, "panel") == 0;
    if (sheet->by_panel)
        return read_panel(sheet, json, at, error);
    if (by && strcmp(by, "clerk") == 0)
        return read_clerk(sheet, json, at, error);
    return ei_document_fault(error, &place, "this must be clerk or panel");
}

/* What the whole can reach, and what must be reached. */
static edu_status read_bounds(ei_sheet *sheet, const json_t *json, const ei_place *at,
                              edu_error *error)
{
    const json_t *given = json_object_get(json, "pass");
    ei_place criteria = ei_place_below(at, "criteria"), pass = ei_place_below(at, "pass");
    int64_t points;
    if (sheet->aggregate == EI_AGGREGATE_SUM)
        sheet->max *= (int64_t)sheet->members;
    if (sheet->max > EI_SCORE_MAX)
        return ei_document_fault(error, &criteria, "together they give more than 1000000 points");
    sheet->pass = EI_SCORE_NONE;
    if (!given)
        return EDU_OK;
    if (!ei_points_read(given, 2, &points) || points == 0 ||
        points * (EI_SCORE_ONE / POINT) > sheet->max)
        return ei_document_fault(error, &pass,
                                 "this must be above 0 and at most what the sheet can give");
    sheet->pass = points * (EI_SCORE_ONE / POINT);
    return EDU_OK;
}

static edu_status read_sheet(ei_sheet *sheet, const json_t *json, const json_t *languages,
                             const ei_place *at, edu_error *error)
{
    static const char *const keys[] = {
        "title", "criteria", "by",        "?members",        "?decimals",       "?aggregate",
        "?trim", "?pass",    "?is_blind", "?shows_criteria", "?shows_comments", NULL};
    ei_place title = ei_place_below(at, "title"), decimals_at = ei_place_below(at, "decimals");
    const json_t *given = json_object_get(json, "decimals");
    int64_t decimals = 0;
    if (!ei_document_code(sheet->code))
        return ei_document_fault(error, at, "a sheet is named with a-z, 0-9, _ and -");
    EI_TRY(ei_document_keys(json, keys, at, error));
    sheet->title = json_object_get(json, "title");
    EI_TRY(ei_document_texts(sheet->title, languages, &title, error));
    if (given && !ei_int_read(given, 0, 2, &decimals))
        return ei_document_fault(error, &decimals_at, "points have 0 to 2 decimals");
    sheet->decimals = (int)decimals;
    EI_TRY(ei_document_flag(json, "is_blind", at, &sheet->is_blind, error));
    EI_TRY(ei_document_flag(json, "shows_criteria", at, &sheet->shows_criteria, error));
    EI_TRY(ei_document_flag(json, "shows_comments", at, &sheet->shows_comments, error));
    EI_TRY(read_criteria(sheet, json, languages, at, error));
    EI_TRY(read_by(sheet, json, at, error));
    return read_bounds(sheet, json, at, error);
}

edu_status ei_sheets_make(const json_t *scores, const json_t *languages, const ei_place *at,
                          ei_sheets *out, edu_error *error)
{
    const char *code;
    json_t *json;
    out->count = 0;
    if (!scores)
        return EDU_OK;
    if (json_object_size(scores) == 0 || json_object_size(scores) > EI_SHEETS_MAX)
        return ei_document_fault(error, at, "this must be an object of 1 to 16 sheets");
    json_object_foreach((json_t *)(uintptr_t)scores, code, json)
    {
        ei_place here = ei_place_below(at, code);
        ei_sheet *sheet = &out->list[out->count++];
        *sheet = (ei_sheet){.code = code};
        EI_TRY(read_sheet(sheet, json, languages, &here, error));
    }
    return EDU_OK;
}

const ei_sheet *ei_sheets_find(const ei_sheets *sheets, const char *code)
{
    for (size_t i = 0; code && i < sheets->count; i++)
        if (strcmp(sheets->list[i].code, code) == 0)
            return &sheets->list[i];
    return NULL;
}

/* ---- one filled sheet ---- */

static edu_status fault(edu_error *error, const char *key, const char *code, const char *what)
{
    ei_place root = {""}, place = ei_place_below(&root, code);
    return ei_fail(error, EDU_E_INVALID, key, place.pointer, "the scoring sheet: %s", what);
}

static edu_status check_points(const ei_sheet *sheet, const ei_criterion *criterion,
                               const json_t *value, int64_t *out, edu_error *error)
{
    bool is_below = json_is_number(value) && json_number_value(value) < 0;
    char most[EI_POINTS_TEXT];
    if (!value || json_is_null(value))
        return fault(error, "score.missing", criterion->code, "this criterion has no points");
    if (!is_below && !read_points(value, sheet->decimals, out))
        return fault(error, "score.form", criterion->code,
                     sheet->decimals == 0   ? "points are whole numbers"
                     : sheet->decimals == 1 ? "points are numbers of at most one decimal"
                                            : "points are numbers of at most two decimals");
    if (!is_below && *out <= criterion->max)
        return EDU_OK;
    ei_points_format(criterion->max, 2, most);
    ei_place root = {""}, place = ei_place_below(&root, criterion->code);
    return ei_fail(error, EDU_E_INVALID, "score.range", place.pointer,
                   "the scoring sheet: points are 0 to %s", most);
}

static edu_status only_known(const ei_sheet *sheet, const json_t *filled, edu_error *error)
{
    const char *code;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)filled, code, value)
    {
        if (!is_there_already(sheet, code))
            return fault(error, "score.unknown", code, "the sheet has no such criterion");
    }
    return EDU_OK;
}

edu_status ei_sheet_check(const ei_sheet *sheet, const json_t *filled, ei_filled *out,
                          edu_error *error)
{
    *out = (ei_filled){0};
    if (!json_is_object(filled))
        return ei_fail(error, EDU_E_INVALID, "score.form", "",
                       "the scoring sheet: this must be an object of points by criterion");
    for (size_t i = 0; i < sheet->criterion_count; i++) {
        const ei_criterion *criterion = &sheet->criteria[i];
        EI_TRY(check_points(sheet, criterion, json_object_get(filled, criterion->code),
                            &out->points[i], error));
        out->total += out->points[i] * criterion->weight;
    }
    return only_known(sheet, filled, error);
}

json_t *ei_filled_json(const ei_sheet *sheet, const ei_filled *filled)
{
    json_t *made = json_object();
    for (size_t i = 0; made && i < sheet->criterion_count; i++) {
        char text[EI_POINTS_TEXT];
        ei_points_format(filled->points[i], 2, text);
        if (json_object_set_new(made, sheet->criteria[i].code, json_string(text)) != 0) {
            json_decref(made);
            made = NULL;
        }
    }
    return made;
}

/* ---- of several, one ---- */

static int compare_scores(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int64_t sum_of(const int64_t *scores, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += scores[i];
    return sum;
}

/* Half up; scores are never negative. */
static int64_t mean_of(const int64_t *scores, size_t count)
{
    int64_t size = (int64_t)count;
    return (2 * sum_of(scores, count) + size) / (2 * size);
}

static int64_t aggregate_of(const ei_sheet *sheet, const int64_t *sorted, size_t count)
{
    switch (sheet->aggregate) {
    case EI_AGGREGATE_SUM:
        return sum_of(sorted, count);
    case EI_AGGREGATE_MEDIAN:
        return mean_of(sorted + (count - 1) / 2, count % 2 == 0 ? 2 : 1);
    case EI_AGGREGATE_TRIMMED_MEAN:
        return mean_of(sorted + sheet->trim, count - 2 * sheet->trim);
    case EI_AGGREGATE_MEAN:
        break;
    }
    return mean_of(sorted, count);
}

bool ei_sheet_aggregate(const ei_sheet *sheet, const int64_t *totals, size_t count, int64_t *out)
{
    int64_t sorted[EI_SHEET_MEMBERS_MAX];
    *out = EI_SCORE_NONE;
    if (count != sheet->members)
        return false;
    memcpy(sorted, totals, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_scores);
    if (sorted[0] < 0)
        return false;
    *out = aggregate_of(sheet, sorted, count);
    return true;
}

bool ei_sheet_passes(const ei_sheet *sheet, int64_t score)
{
    return sheet->pass == EI_SCORE_NONE || score >= sheet->pass;
}

void ei_score_format(int64_t score, char out[EI_POINTS_TEXT])
{
    ei_points_format(score, EI_SCORE_DECIMALS, out);
}
