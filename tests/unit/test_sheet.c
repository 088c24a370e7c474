/* Scoring sheets: what is published, what is filled in, what several give together. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <edu/types.h>
#include "parse.h"
#include "workflow/sheet.h"
#include "../tap.h"

static const ei_place at = {"/scores"};

static const char good[] =
    "{'test':{'title':{'en':'Test','az':'Test'},'by':'clerk','pass':50,"
    "'criteria':[{'code':'points','title':{'en':'P','az':'X'},'max':100}]},"
    "'jury':{'title':{'en':'Jury','az':'M'},'by':'panel','members':5,'decimals':1,'is_blind':true,"
    "'aggregate':'trimmed_mean','trim':1,'pass':6.25,'criteria':["
    "{'code':'idea','title':{'en':'I','az':'F'},'max':10,'weight':0.25},"
    "{'code':'craft','title':{'en':'C','az':'S'},'max':'7.5','weight':'0.75'},"
    "{'code':'talk','title':{'en':'T','az':'D'},'max':3}]}}";

static ei_sheets sheets;
static json_t *kept;

static edu_status make(json_t *json, edu_error *error)
{
    json_t *languages = parse("{'en':'E','az':'A'}");
    json_decref(kept);
    kept = json;
    edu_status status = ei_sheets_make(json, languages, &at, &sheets, error);
    json_decref(languages);
    return status;
}

static const ei_sheet *jury(void)
{
    ck_assert_int_eq(make(parse(good), NULL), EDU_OK);
    return ei_sheets_find(&sheets, "jury");
}

START_TEST(a_good_keyword_answers)
{
    const ei_sheet *panel = jury(), *test = ei_sheets_find(&sheets, "test");
    ck_assert_ptr_null(ei_sheets_find(&sheets, "none"));
    ck_assert_ptr_null(ei_sheets_find(&sheets, NULL));
    ck_assert(!test->by_panel && !test->is_blind && test->members == 1 && test->decimals == 0);
    ck_assert_int_eq(test->max, 100 * EI_SCORE_ONE);
    ck_assert_int_eq(test->pass, 50 * EI_SCORE_ONE);
    ck_assert(panel->by_panel && panel->is_blind && panel->members == 5 && panel->trim == 1);
    ck_assert_int_eq(panel->aggregate, EI_AGGREGATE_TRIMMED_MEAN);
    ck_assert_uint_eq(panel->criterion_count, 3);
    ck_assert_int_eq(panel->criteria[1].max, 750);
    ck_assert_int_eq(panel->criteria[1].weight, 75);
    ck_assert_int_eq(panel->criteria[2].weight, 100);
    /* 10 · 0.25 + 7.5 · 0.75 + 3 */
    ck_assert_int_eq(panel->max, 111250);
    ck_assert_int_eq(panel->pass, 62500);
    ck_assert_int_eq(make(NULL, NULL), EDU_OK);
    ck_assert_uint_eq(sheets.count, 0);
}
END_TEST

START_TEST(every_fault_is_told_with_its_place)
{
    static const fault_case cases[] = {
        {"'jury':", "'Jury':", "/scores/Jury"},
        {"{'title':{'en':'Jury','az':'M'},", "{", "/scores/jury/title"},
        {"'en':'Jury','az':'M'", "'en':'Jury'", "/scores/jury/title/az"},
        {"'by':'clerk'", "'by':'king'", "/scores/test/by"},
        {"'by':'clerk',", "", "/scores/test/by"},
        {"'by':'clerk'", "'by':'clerk','members':2", "/scores/test/members"},
        {"'by':'clerk'", "'by':'clerk','aggregate':'mean'", "/scores/test/aggregate"},
        {"'by':'clerk'", "'by':'clerk','trim':1", "/scores/test/trim"},
        {"'by':'clerk'", "'by':'clerk','color':1", "/scores/test/color"},
        {"'members':5,", "", "/scores/jury/members"},
        {"'members':5", "'members':0", "/scores/jury/members"},
        {"'members':5", "'members':33", "/scores/jury/members"},
        {"'members':5", "'members':2", "/scores/jury/trim"},
        {"'trim':1", "'trim':0", "/scores/jury/trim"},
        {"'trim':1", "'trim':3", "/scores/jury/trim"},
        {"'trim':1,", "", "/scores/jury/trim"},
        {"'trimmed_mean'", "'mean'", "/scores/jury/trim"},
        {"'trimmed_mean'", "'mode'", "/scores/jury/aggregate"},
        {"'trimmed_mean'", "1", "/scores/jury/aggregate"},
        {"'decimals':1", "'decimals':3", "/scores/jury/decimals"},
        {"'decimals':1", "'decimals':0", "/scores/jury/criteria/1/max"},
        {"'is_blind':true", "'is_blind':'yes'", "/scores/jury/is_blind"},
        {"'pass':6.25", "'pass':11.13", "/scores/jury/pass"},
        {"'pass':6.25", "'pass':6.255", "/scores/jury/pass"},
        {"'pass':6.25", "'pass':0", "/scores/jury/pass"},
        {"'max':10,", "", "/scores/jury/criteria/0/max"},
        {"'max':10,", "'max':0,", "/scores/jury/criteria/0/max"},
        {"'max':10,", "'max':-1,", "/scores/jury/criteria/0/max"},
        {"'max':100}", "'max':1000001}", "/scores/test/criteria/0/max"},
        {"'max':100}", "'max':1000000,'weight':2}", "/scores/test/criteria"},
        {"'weight':0.25", "'weight':0", "/scores/jury/criteria/0/weight"},
        {"'weight':0.25", "'weight':0.255", "/scores/jury/criteria/0/weight"},
        {"'weight':0.25", "'weight':100.01", "/scores/jury/criteria/0/weight"},
        {"'weight':0.25", "'heavy':true", "/scores/jury/criteria/0/heavy"},
        {"'code':'craft'", "'code':'idea'", "/scores/jury/criteria/1/code"},
        {"'code':'craft'", "'code':'Craft'", "/scores/jury/criteria/1/code"},
        {"'en':'C','az':'S'", "'en':'C'", "/scores/jury/criteria/1/title/az"},
        {"'criteria':[{'code':'points','title':{'en':'P','az':'X'},'max':100}]", "'criteria':[]",
         "/scores/test/criteria"},
        {"'criteria':[{'code':'points','title':{'en':'P','az':'X'},'max':100}]", "'criteria':{}",
         "/scores/test/criteria"},
    };
    check_faults(good, cases, EI_COUNT(cases), make);
    edu_error error = {0};
    ck_assert_int_eq(make(parse("{}"), &error), EDU_E_INVALID);
    ck_assert_str_eq(error.field, "/scores");
    ck_assert_int_eq(make(parse("[]"), &error), EDU_E_INVALID);
}
END_TEST

/* ---- one filled sheet ---- */

START_TEST(a_filled_sheet_has_its_total)
{
    static const struct {
        const char *filled;
        int64_t total;
        const char *stored;
    } cases[] = {
        {"{'idea':10,'craft':7.5,'talk':3}", 111250,
         "{\"idea\":\"10\",\"craft\":\"7.5\",\"talk\":\"3\"}"},
        {"{'talk':'0','craft':0,'idea':0.0}", 0, "{\"idea\":\"0\",\"craft\":\"0\",\"talk\":\"0\"}"},
        /* 7.1 · 0.25 + 0.1 · 0.75 + 2.9, exact */
        {"{'idea':7.1,'craft':'0.1','talk':2.9}", 47500,
         "{\"idea\":\"7.1\",\"craft\":\"0.1\",\"talk\":\"2.9\"}"},
    };
    const ei_sheet *sheet = jury();
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        json_t *filled = parse(cases[i].filled);
        ei_filled out;
        ck_assert_int_eq(ei_sheet_check(sheet, filled, &out, NULL), EDU_OK);
        ck_assert_int_eq(out.total, cases[i].total);
        json_t *stored = ei_filled_json(sheet, &out);
        char *text = json_dumps(stored, JSON_COMPACT);
        ck_assert_str_eq(text, cases[i].stored);
        /* What is stored reads back as the same. */
        ei_filled again;
        ck_assert_int_eq(ei_sheet_check(sheet, stored, &again, NULL), EDU_OK);
        ck_assert_mem_eq(&again, &out, sizeof out);
        free(text);
        json_decref(stored);
        json_decref(filled);
    }
}
END_TEST

START_TEST(a_wrong_sheet_is_refused_at_its_criterion)
{
    static const struct {
        const char *filled, *key, *field;
    } cases[] = {
        {"{'idea':10,'craft':7.5}", "score.missing", "/talk"},
        {"{'idea':null,'craft':7.5,'talk':1}", "score.missing", "/idea"},
        {"{}", "score.missing", "/idea"},
        {"[]", "score.form", ""},
        {"{'idea':10.1,'craft':7.5,'talk':1}", "score.range", "/idea"},
        {"{'idea':11,'craft':7.5,'talk':1}", "score.range", "/idea"},
        {"{'idea':-1,'craft':7.5,'talk':1}", "score.range", "/idea"},
        {"{'idea':-0.5,'craft':7.5,'talk':1}", "score.range", "/idea"},
        {"{'idea':'ten','craft':7.5,'talk':1}", "score.form", "/idea"},
        {"{'idea':1,'craft':7.55,'talk':1}", "score.form", "/craft"},
        {"{'idea':true,'craft':7.5,'talk':1}", "score.form", "/idea"},
        {"{'idea':'','craft':7.5,'talk':1}", "score.form", "/idea"},
        {"{'idea':1,'craft':7.5,'talk':1,'looks':3}", "score.unknown", "/looks"},
    };
    const ei_sheet *sheet = jury();
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        json_t *filled = parse(cases[i].filled);
        ei_filled out;
        edu_error error = {0};
        ck_assert_int_eq(ei_sheet_check(sheet, filled, &out, &error), EDU_E_INVALID);
        ck_assert_msg(strcmp(error.key, cases[i].key) == 0 &&
                          strcmp(error.field, cases[i].field) == 0,
                      "%s: %s at %s", cases[i].filled, error.key, error.field);
        json_decref(filled);
    }
    edu_error error = {0};
    ei_filled out;
    json_t *filled = parse("{'idea':11,'craft':7.5,'talk':1}");
    ck_assert_int_eq(ei_sheet_check(sheet, filled, &out, &error), EDU_E_INVALID);
    ck_assert_ptr_nonnull(strstr(error.message, "0 to 10"));
    json_decref(filled);
}
END_TEST

/* ---- of several, one ---- */

typedef struct together {
    ei_aggregate aggregate;
    size_t members, trim, count;
    int64_t totals[6];
    int64_t score; /* EI_SCORE_NONE: not complete */
} together;

static const together aggregates[] = {
    {EI_AGGREGATE_MEAN, 1, 0, 1, {85000}, 85000},
    {EI_AGGREGATE_MEAN, 3, 0, 3, {70000, 70000, 80000}, 73333}, /* 7.33333… */
    {EI_AGGREGATE_MEAN, 3, 0, 3, {70000, 80000, 80000}, 76667}, /* 7.66666… */
    {EI_AGGREGATE_MEAN, 2, 0, 2, {0, 1}, 1},                    /* half up */
    {EI_AGGREGATE_MEAN, 4, 0, 4, {0, 0, 0, 1}, 0},              /* a quarter down */
    {EI_AGGREGATE_MEAN, 4, 0, 4, {0, 0, 1, 1}, 1},
    {EI_AGGREGATE_MEAN, 3, 0, 2, {70000, 70000}, EI_SCORE_NONE},
    {EI_AGGREGATE_MEAN, 3, 0, 0, {0}, EI_SCORE_NONE},
    {EI_AGGREGATE_MEAN, 3, 0, 4, {1, 1, 1, 1}, EI_SCORE_NONE}, /* one too many is no score */
    {EI_AGGREGATE_MEAN, 2, 0, 2, {70000, EI_SCORE_NONE}, EI_SCORE_NONE},
    {EI_AGGREGATE_SUM, 3, 0, 3, {70000, 70000, 80001}, 220001},
    {EI_AGGREGATE_MEDIAN, 3, 0, 3, {90000, 10000, 70000}, 70000},
    {EI_AGGREGATE_MEDIAN, 4, 0, 4, {90000, 10000, 70000, 60001}, 65001}, /* 65000.5, half up */
    {EI_AGGREGATE_MEDIAN, 2, 0, 2, {30000, 50000}, 40000},
    {EI_AGGREGATE_MEDIAN, 1, 0, 1, {30000}, 30000},
    {EI_AGGREGATE_TRIMMED_MEAN, 5, 1, 5, {0, 70000, 100000, 80000, 60000}, 70000},
    {EI_AGGREGATE_TRIMMED_MEAN, 5, 2, 5, {0, 70000, 100000, 80000, 60000}, 70000},
    {EI_AGGREGATE_TRIMMED_MEAN, 6, 2, 6, {0, 70000, 100000, 80001, 60000, 10000}, 65000},
    {EI_AGGREGATE_TRIMMED_MEAN, 5, 1, 5, {90000, 90000, 90000, 10000, 10000}, 63333},
    {EI_AGGREGATE_TRIMMED_MEAN, 5, 1, 4, {0, 70000, 100000, 80000}, EI_SCORE_NONE},
};

START_TEST(several_give_one)
{
    const together *one = &aggregates[_i];
    ei_sheet sheet = {.members = one->members, .aggregate = one->aggregate, .trim = one->trim};
    int64_t score = 1;
    ck_assert_int_eq(ei_sheet_aggregate(&sheet, one->totals, one->count, &score),
                     one->score != EI_SCORE_NONE);
    ck_assert_int_eq(score, one->score);
    /* The other way round it is the same. */
    int64_t turned[6];
    for (size_t i = 0; i < one->count; i++)
        turned[i] = one->totals[one->count - 1 - i];
    (void)ei_sheet_aggregate(&sheet, turned, one->count, &score);
    ck_assert_int_eq(score, one->score);
}
END_TEST

START_TEST(a_mark_is_passed_from_the_mark_on)
{
    const ei_sheet *sheet = jury();
    ck_assert(ei_sheet_passes(sheet, 62500));
    ck_assert(!ei_sheet_passes(sheet, 62499));
    ck_assert(!ei_sheet_passes(sheet, EI_SCORE_NONE));
    ei_sheet free_of_marks = {.pass = EI_SCORE_NONE};
    ck_assert(ei_sheet_passes(&free_of_marks, 0));
    char text[EI_POINTS_TEXT];
    ei_score_format(73333, text);
    ck_assert_str_eq(text, "7.3333");
    ei_score_format(80000, text);
    ck_assert_str_eq(text, "8");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sheet");
    TCase *cases = tcase_create("all");
    tcase_add_test(cases, a_good_keyword_answers);
    tcase_add_test(cases, every_fault_is_told_with_its_place);
    tcase_add_test(cases, a_filled_sheet_has_its_total);
    tcase_add_test(cases, a_wrong_sheet_is_refused_at_its_criterion);
    tcase_add_loop_test(cases, several_give_one, 0, EI_COUNT(aggregates));
    tcase_add_test(cases, a_mark_is_passed_from_the_mark_on);
    suite_add_tcase(suite, cases);
    return tap_run(suite);
}
