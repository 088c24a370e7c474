/* Scoring sheets of a definition: what is scored, by whom, and how the scores of several become
 * one. Pure: nothing is stored. docs/workflow.md describes the keyword "scores".
 *
 * All is computed by integers. Points have at most two decimals and are held in hundredths, weights
 * too; so the total of a filled sheet is exact in ten-thousandths, and that is the unit of every
 * score. A mean, a trimmed mean and a median are rounded half up to the ten-thousandth, there and
 * nowhere else. */
#ifndef EI_SHEET_H
#define EI_SHEET_H

#include "workflow/document.h"

#define EI_SHEETS_MAX 16
#define EI_CRITERIA_MAX 32
#define EI_SHEET_MEMBERS_MAX 32

#define EI_SCORE_DECIMALS 4
#define EI_SCORE_ONE INT64_C(10000)
#define EI_SCORE_NONE (-1) /* not scored yet */
/* The most that a sheet can give: a million points. */
#define EI_SCORE_MAX (INT64_C(1000000) * EI_SCORE_ONE)

typedef enum ei_aggregate {
    EI_AGGREGATE_MEAN,
    EI_AGGREGATE_TRIMMED_MEAN, /* without the `trim` highest and the `trim` lowest */
    EI_AGGREGATE_SUM,
    EI_AGGREGATE_MEDIAN /* of an even number: the mean of the two in the middle */
} ei_aggregate;

typedef struct ei_criterion {
    const char *code;
    const json_t *title;
    int64_t max;    /* hundredths of a point */
    int64_t weight; /* hundredths; 100 where none is stated */
} ei_criterion;

typedef struct ei_sheet {
    const char *code;
    const json_t *title; /* texts by language */
    int decimals;        /* of the points that are typed: 0 to 2 */
    size_t criterion_count;
    ei_criterion criteria[EI_CRITERIA_MAX];
    bool by_panel;       /* else by a clerk */
    bool is_blind;       /* who scores does not see whose it is */
    bool shows_criteria; /* to whose it is; else the score alone */
    bool shows_comments; /* to whose it is; else nobody writes any */
    size_t members;      /* so many score each; 1 where a clerk does */
    ei_aggregate aggregate;
    size_t trim;
    int64_t max;  /* the most it can give, as a score */
    int64_t pass; /* the least that is enough, as a score; EI_SCORE_NONE: anything is */
} ei_sheet;

/* The texts are borrowed from the definition's JSON, which must outlive this. */
typedef struct ei_sheets {
    size_t count;
    ei_sheet list[EI_SHEETS_MAX];
} ei_sheets;

/* Checks the whole keyword; `scores` NULL: there are none. EDU_E_INVALID with the JSON Pointer of
 * the first fault. `at` is where the keyword stands, such as {"/scores"}. */
edu_status ei_sheets_make(const json_t *scores, const json_t *languages, const ei_place *at,
                          ei_sheets *out, edu_error *error);
/* NULL where there is no such sheet. */
const ei_sheet *ei_sheets_find(const ei_sheets *sheets, const char *code);

/* ---- one filled sheet ---- */

typedef struct ei_filled {
    int64_t points[EI_CRITERIA_MAX]; /* hundredths, in the order of the sheet's criteria */
    int64_t total;                   /* a score */
} ei_filled;

/* An object criterion → points, as a number or as decimal text ("6.5"). EDU_E_INVALID with the
 * pointer of the criterion ("/originality"): "score.missing", "score.unknown", "score.form" (no
 * number, or more decimals than the sheet allows), "score.range" (below 0 or above the max). */
edu_status ei_sheet_check(const ei_sheet *sheet, const json_t *filled, ei_filled *out,
                          edu_error *error);
/* The one form in which a filled sheet is stored and hashed: points as decimal text, in the order
 * of the criteria. A new reference; NULL when out of memory. */
json_t *ei_filled_json(const ei_sheet *sheet, const ei_filled *filled);

/* ---- of several, one ---- */

/* What the totals of the members give together. False where they are not as many as the sheet needs
 * (`members`): then there is no score yet, and *out is EI_SCORE_NONE. The order of the totals
 * does not matter. */
bool ei_sheet_aggregate(const ei_sheet *sheet, const int64_t *totals, size_t count, int64_t *out);
/* True where there is no mark to pass. Not scored is not passed. */
bool ei_sheet_passes(const ei_sheet *sheet, int64_t score);
/* "7.3333", "8", with no needless zero. */
void ei_score_format(int64_t score, char out[EI_POINTS_TEXT]);

#endif
