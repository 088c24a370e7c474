/* Ranking against a comparator that knows nothing of how it is done, and the lottery. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/types.h>
#include "parse.h"
#include "workflow/ranking.h"
#include "../tap.h"

static const ei_place scores_at = {"/scores"}, at = {"/ranking"};

#define TEXT(word) "{'en':'" word "','az':'" word "'}"
#define SHEET(code, rest)                                                                          \
    "'" code "':{'title':" TEXT(code) ",'by':'clerk','criteria':[{'code':'c','title':" TEXT(       \
        "C") ",'max':100}]" rest "}"

static const char scores[] =
    "{" SHEET("test", ",'pass':50") "," SHEET("talk", "") "," SHEET("screen", ",'pass':10") "}";
static const char good[] =
    "[{'sum':[{'score':'test','weight':0.6},{'score':'talk','weight':'0.4'}],'title':" TEXT(
        "Sum") "},"
               "{'score':'test'},{'field':'/a~1b/0/mark','order':'descending','title':" TEXT(
                   "Mark") "},"
                           "{'field':'/born','order':'ascending','title':" TEXT(
                               "Age") "},"
                                      "{'field':'/"
                                      "kind','order':['orphan','many',true,3],'title':" TEXT(
                                          "Kind") "},"
                                                  "'submitted','lottery']";

static json_t *scores_json, *languages, *ranking_json;
static ei_sheets sheets;
static ei_ranking ranking;

static void begin(void)
{
    scores_json = parse(scores);
    languages = parse(TEXT("T"));
    ck_assert_int_eq(ei_sheets_make(scores_json, languages, &scores_at, &sheets, NULL), EDU_OK);
}

static void end(void)
{
    json_decref(scores_json);
    json_decref(languages);
    json_decref(ranking_json);
    ranking_json = NULL;
}

static edu_status make(json_t *json, edu_error *error)
{
    json_decref(ranking_json);
    ranking_json = json;
    return ei_ranking_make(json, &sheets, languages, &at, &ranking, error);
}

/* ---- the keyword ---- */

START_TEST(a_good_keyword_answers)
{
    ck_assert_int_eq(make(parse(good), NULL), EDU_OK);
    ck_assert_uint_eq(ranking.count, 7);
    ck_assert(ei_ranking_has_lottery(&ranking));
    ck_assert_uint_eq(ranking.keys[0].part_count, 2);
    ck_assert_int_eq(ranking.keys[0].parts[1].weight, 40);
    ck_assert_int_eq(ranking.keys[1].parts[0].weight, 100);
    const json_t *title = ei_rank_title(&ranking.keys[1], &sheets);
    ck_assert_str_eq(json_string_value(json_object_get(title, "en")), "test");
    title = ei_rank_title(&ranking.keys[0], &sheets);
    ck_assert_str_eq(json_string_value(json_object_get(title, "en")), "Sum");
    ck_assert_ptr_null(ei_rank_title(&ranking.keys[6], &sheets));
    ck_assert_str_eq(ei_rank_kind_name(ranking.keys[5].kind), "submitted");
    ck_assert_int_eq(make(NULL, NULL), EDU_OK);
    ck_assert_uint_eq(ranking.count, 0);
    ck_assert(!ei_ranking_has_lottery(&ranking));
}
END_TEST

START_TEST(every_fault_is_told_with_its_place)
{
    static const fault_case cases[] = {
        {"{'score':'test'}", "{'score':'none'}", "/ranking/1/score"},
        {"{'score':'test'}", "{'score':7}", "/ranking/1/score"},
        {"{'score':'test'}", "{'score':'test','weight':2}", "/ranking/1/weight"},
        {"{'score':'test'}", "{'score':'test','title':{'en':'T'}}", "/ranking/1/title/az"},
        {"{'score':'test'}", "{}", "/ranking/1"},
        {"{'score':'test'}", "'age'", "/ranking/1"},
        {"{'score':'test'}", "'lottery'", "/ranking/2"},
        {"{'score':'test'}", "'submitted'", "/ranking/5"},
        {"'score':'talk'", "'score':'test'", "/ranking/0/sum/1/score"},
        {"'score':'talk','weight':'0.4'", "'weight':'0.4'", "/ranking/0/sum/1/score"},
        {"'weight':0.6", "'weight':0", "/ranking/0/sum/0/weight"},
        {"'weight':0.6", "'weight':101", "/ranking/0/sum/0/weight"},
        {"'weight':0.6", "'weight':0.625", "/ranking/0/sum/0/weight"},
        {"'weight':0.6", "'order':'ascending'", "/ranking/0/sum/0/order"},
        {",'title':{'en':'Sum','az':'Sum'}", "", "/ranking/0/title"},
        {",'title':{'en':'Age','az':'Age'}", "", "/ranking/3/title"},
        {"'/born'", "'born'", "/ranking/3/field"},
        {"'/born'", "'/bo~rn'", "/ranking/3/field"},
        {"'/born'", "'/born~'", "/ranking/3/field"},
        {"'/born'", "7", "/ranking/3/field"},
        {"'ascending'", "'upwards'", "/ranking/3/order"},
        {"'order':'ascending',", "", "/ranking/3/order"},
        {"['orphan','many',true,3]", "[]", "/ranking/4/order"},
        {"['orphan','many',true,3]", "['orphan','orphan']", "/ranking/4/order/1"},
        {"['orphan','many',true,3]", "['orphan',1.5]", "/ranking/4/order/1"},
    };
    check_faults(good, cases, EI_COUNT(cases), make);
    static const char *const whole[] = {"[]", "{}", "'lottery'"};
    for (size_t i = 0; i < EI_COUNT(whole); i++) {
        edu_error error = {0};
        ck_assert_int_eq(make(parse(whole[i]), &error), EDU_E_INVALID);
        ck_assert_str_eq(error.field, "/ranking");
    }
}
END_TEST

/* ---- one case after another ---- */

#define NONE EI_SCORE_NONE
#define POINTS(points) ((points)*EI_SCORE_ONE)

static edu_id id_of(uint8_t number)
{
    return (edu_id){{[15] = number}};
}

typedef struct expected {
    int64_t scores[3];
    const char *form;
    edu_time submitted;
    int64_t lottery;
    int place, position, shared;
    size_t above, below;
    ei_rank_answer answer;
    size_t sheet;
} expected;

static const expected rows_of_all[] = {
    /* the sum is 60 % of the test and 40 % of the talk: 86, as the next's, but for the test */
    {{POINTS(90), POINTS(80), POINTS(10)}, NULL, 9, 9, 1, 1, 1, 7, 1, EI_RANKED, 3},
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4.25}]}",
     9,
     9,
     2,
     2,
     1,
     1,
     2,
     EI_RANKED,
     3},
    /* the mark */
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4}],'born':'2001-02-03'}",
     9,
     9,
     3,
     3,
     1,
     2,
     3,
     EI_RANKED,
     3},
    /* the age */
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4.0}],'born':'2001-02-04','kind':'orphan'}",
     9,
     9,
     4,
     4,
     1,
     3,
     4,
     EI_RANKED,
     3},
    /* the kind */
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4}],'born':'2001-02-04','kind':3}",
     8,
     9,
     5,
     5,
     1,
     4,
     5,
     EI_RANKED,
     3},
    /* the time */
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4}],'born':'2001-02-04','kind':3}",
     9,
     7,
     6,
     6,
     1,
     5,
     6,
     EI_RANKED,
     3},
    /* the lottery; and who is equal in all of it shares the place */
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4}],'born':'2001-02-04','kind':3}",
     9,
     8,
     7,
     7,
     2,
     6,
     4,
     EI_RANKED,
     3},
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4}],'born':'2001-02-04','kind':3}",
     9,
     8,
     7,
     8,
     2,
     6,
     4,
     EI_RANKED,
     3},
    /* a value that is not in the list is behind those that are */
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4}],'born':'2001-02-04','kind':'x'}",
     1,
     1,
     9,
     9,
     1,
     4,
     3,
     EI_RANKED,
     3},
    /* what is not known is behind what is, in whichever order */
    {{POINTS(80), POINTS(95), POINTS(10)},
     "{'a/b':[{'mark':4}],'born':null}",
     1,
     1,
     10,
     10,
     1,
     3,
     7,
     EI_RANKED,
     3},
    {{POINTS(49), POINTS(100), POINTS(10)}, NULL, 1, 1, 0, 0, 0, 7, 7, EI_RANK_BELOW_PASS, 0},
    {{POINTS(49), NONE, NONE}, NULL, 1, 1, 0, 0, 0, 7, 7, EI_RANK_BELOW_PASS, 0},
    {{POINTS(99), NONE, POINTS(9)}, NULL, 1, 1, 0, 0, 0, 7, 7, EI_RANK_BELOW_PASS, 2},
    {{POINTS(99), NONE, POINTS(10)}, NULL, 1, 1, 0, 0, 0, 7, 7, EI_RANK_UNSCORED, 1},
    {{POINTS(99), POINTS(99), NONE}, NULL, 1, 1, 0, 0, 0, 7, 7, EI_RANK_UNSCORED, 2},
    {{NONE, NONE, NONE}, NULL, 1, 1, 0, 0, 0, 7, 7, EI_RANK_UNSCORED, 0},
};
#define ALL EI_COUNT(rows_of_all)

static void check_row(const ei_rank_row *row, const expected *want, size_t number)
{
    ck_assert_msg(
        row->place == want->place && row->position == want->position &&
            row->shared == want->shared && row->above == want->above && row->below == want->below &&
            row->answer == want->answer && row->sheet == want->sheet,
        "row %zu: place %d, position %d, shared %d, above %zu, below %zu, answer %d of %zu", number,
        row->place, row->position, row->shared, row->above, row->below, row->answer, row->sheet);
}

START_TEST(every_place_has_its_reason)
{
    ei_rank_row rows[ALL];
    json_t *forms[ALL];
    ck_assert_int_eq(make(parse(good), NULL), EDU_OK);
    for (size_t i = 0; i < ALL; i++)
        forms[i] = rows_of_all[i].form ? parse(rows_of_all[i].form) : NULL;
    /* From every one on, and so round: the order does not matter. */
    for (size_t turn = 0; turn < ALL; turn++) {
        for (size_t i = 0; i < ALL; i++) {
            size_t k = (i + turn) % ALL;
            const expected *from = &rows_of_all[k];
            rows[i] = (ei_rank_row){.id = id_of((uint8_t)k),
                                    .scores = from->scores,
                                    .form = forms[k],
                                    .submitted = from->submitted,
                                    .lottery = from->lottery};
        }
        ck_assert_int_eq(ei_ranking_apply(&ranking, &sheets, rows, ALL, NULL), EDU_OK);
        for (size_t i = 0; i < ALL; i++)
            check_row(&rows[i], &rows_of_all[(i + turn) % ALL], (i + turn) % ALL);
    }
    char text[EI_RANK_TEXT];
    rows[0] = (ei_rank_row){.scores = (int64_t[]){73333, POINTS(80), NONE}, .lottery = 10};
    ei_rank_value(&ranking, 0, &rows[0], text);
    ck_assert_str_eq(text, "36.39998");
    ei_rank_value(&ranking, 1, &rows[0], text);
    ck_assert_str_eq(text, "7.3333");
    ei_rank_value(&ranking, 3, &rows[0], text);
    ck_assert_str_eq(text, "");
    ei_rank_value(&ranking, 5, &rows[0], text);
    ck_assert_str_eq(text, "1970-01-01T00:00:00Z");
    ei_rank_value(&ranking, 6, &rows[0], text);
    ck_assert_str_eq(text, "00000000000000a");
    for (size_t i = 0; i < ALL; i++)
        json_decref(forms[i]);
    ck_assert_int_eq(ei_ranking_apply(&ranking, &sheets, NULL, 0, NULL), EDU_OK);
}
END_TEST

START_TEST(values_of_a_form_are_compared_as_what_they_are)
{
    /* From the best on, where less is better; then what has no order. */
    static const char *const turns[][4] = {
        {"-2", "-1.5", "0", "3"},
        {"0.1", "0.100001", "1000000000000", "2e12"},
        {"'1999-12-31'", "'2000-01-01'", "'2010-05-05'", "'soon'"},
        {"'2026-01-01T10:00:00+04:00'", "'2026-01-01T07:00:00Z'", "'2026-01-02T00:00:00Z'", "'12'"},
        {"false", "true", "null", NULL},
        {"1", "[1]", NULL, NULL},
    };
    ck_assert_int_eq(
        make(parse("[{'field':'/v','order':'ascending','title':" TEXT("V") "}]"), NULL), EDU_OK);
    for (size_t t = 0; t < EI_COUNT(turns); t++)
        for (size_t i = 0; i + 1 < 4 && turns[t][i + 1]; i++) {
            json_t *first = json_object(), *second = json_object();
            json_object_set_new(first, "v", parse(turns[t][i]));
            json_object_set_new(second, "v", parse(turns[t][i + 1]));
            int64_t enough[] = {POINTS(50), NONE, POINTS(10)};
            ei_rank_row rows[] = {{.id = id_of(1), .scores = enough, .form = second},
                                  {.id = id_of(2), .scores = enough, .form = first}};
            ck_assert_int_eq(ei_ranking_apply(&ranking, &sheets, rows, 2, NULL), EDU_OK);
            ck_assert_msg(rows[1].place == 1 && rows[0].place == 2, "%s before %s", turns[t][i],
                          turns[t][i + 1]);
            json_decref(first);
            json_decref(second);
        }
}
END_TEST

/* ---- against a comparator that is slow and plain ---- */

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

#define MANY 60

typedef struct random_row {
    int64_t scores[3];
    edu_time submitted;
    int64_t lottery;
} random_row;

/* 1: a before b, -1: b before a, 0: equal; *key: by which. */
static int before(const random_row *a, const random_row *b, size_t *key)
{
    int64_t by[][2] = {
        {60 * a->scores[0] + 40 * a->scores[1], 60 * b->scores[0] + 40 * b->scores[1]},
        {a->scores[0], b->scores[0]},
        {b->submitted, a->submitted},
        {b->lottery, a->lottery},
    };
    for (*key = 0; *key < EI_COUNT(by); ++*key)
        if (by[*key][0] != by[*key][1])
            return by[*key][0] > by[*key][1] ? 1 : -1;
    return 0;
}

static bool is_ranked(const random_row *row)
{
    return row->scores[0] >= POINTS(50) && row->scores[1] != NONE && row->scores[2] >= POINTS(10);
}

static void fill(random_row *row)
{
    row->scores[0] = POINTS(48 + draw(6));
    row->scores[1] = draw(12) == 0 ? NONE : POINTS(50 + draw(5));
    row->scores[2] = draw(12) == 0 ? NONE : POINTS(9 + draw(12));
    row->submitted = draw(3);
    row->lottery = draw(4);
}

/* By counting: who is before me, who of them is the nearest. */
static void check_by_counting(const ei_rank_row *rows, const random_row *given, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int better = 0, level = 0;
        size_t above = 4, below = 4, key;
        ck_assert_int_eq(rows[i].place > 0, is_ranked(&given[i]));
        for (size_t k = 0; k < count && is_ranked(&given[i]); k++) {
            if (!is_ranked(&given[k]))
                continue;
            int turn = before(&given[k], &given[i], &key);
            better += turn > 0;
            level += turn == 0;
            /* The nearest differs last. */
            if (turn > 0 && (above == 4 || key > above))
                above = key;
            if (turn < 0 && (below == 4 || key > below))
                below = key;
        }
        if (!is_ranked(&given[i]))
            continue;
        ck_assert_int_eq(rows[i].place, better + 1);
        ck_assert_int_eq(rows[i].shared, level);
        ck_assert_uint_eq(rows[i].above, above);
        ck_assert_uint_eq(rows[i].below, below);
        ck_assert_int_ge(rows[i].position, rows[i].place);
        ck_assert_int_lt(rows[i].position, rows[i].place + level);
    }
}

START_TEST(places_are_those_of_counting_whatever_the_order)
{
    state = (uint64_t)_i;
    ck_assert_int_eq(
        make(parse("[{'sum':[{'score':'test','weight':0.6},{'score':'talk','weight':0.4}],'title'"
                   ":" TEXT("S") "},{'score':'test'},'submitted','lottery']"),
             NULL),
        EDU_OK);
    random_row given[MANY];
    ei_rank_row rows[MANY], turned[MANY];
    size_t count = 1 + draw(MANY);
    for (size_t i = 0; i < count; i++) {
        fill(&given[i]);
        rows[i] = (ei_rank_row){.id = id_of((uint8_t)i),
                                .scores = given[i].scores,
                                .submitted = given[i].submitted,
                                .lottery = given[i].lottery};
    }
    for (size_t i = 0; i < count; i++)
        turned[i] = rows[count - 1 - i];
    ck_assert_int_eq(ei_ranking_apply(&ranking, &sheets, rows, count, NULL), EDU_OK);
    ck_assert_int_eq(ei_ranking_apply(&ranking, &sheets, turned, count, NULL), EDU_OK);
    check_by_counting(rows, given, count);
    for (size_t i = 0; i < count; i++) {
        const ei_rank_row *other = &turned[count - 1 - i];
        ck_assert(rows[i].place == other->place && rows[i].position == other->position &&
                  rows[i].above == other->above && rows[i].below == other->below);
    }
}
END_TEST

/* ---- the core ---- */

START_TEST(divisions_are_ranked_by_themselves)
{
    ei_keyed rows[] = {
        {.division = "b", .keys = {5}, .id = id_of(1)},
        {.division = "a", .keys = {3}, .id = id_of(2)},
        {.division = "b", .keys = {7}, .id = id_of(3)},
        {.division = "b", .keys = {5}, .id = id_of(4)},
        {.division = "b", .keys = {EI_KEY_NONE}, .id = id_of(5)},
    };
    static const struct {
        uint8_t id;
        int place, dense;
        size_t first, end, size;
    } want[] = {{2, 1, 1, 0, 1, 1},
                {3, 1, 1, 0, 1, 4},
                {1, 2, 2, 1, 3, 4},
                {4, 2, 2, 1, 3, 4},
                {5, 4, 3, 3, 4, 4}};
    ei_keyed_rank(rows, EI_COUNT(rows));
    for (size_t i = 0; i < EI_COUNT(want); i++) {
        ck_assert_uint_eq(rows[i].id.bytes[15], want[i].id);
        ck_assert_int_eq(rows[i].place, want[i].place);
        ck_assert_int_eq(rows[i].dense, want[i].dense);
        ck_assert_uint_eq(rows[i].first, want[i].first);
        ck_assert_uint_eq(rows[i].end, want[i].end);
        ck_assert_uint_eq(rows[i].size, want[i].size);
    }
}
END_TEST

/* ---- the lottery ---- */

/* Computed by sha256sum, as docs/formats.md says. */
START_TEST(a_lottery_number_is_what_anyone_computes)
{
    static const struct {
        const char *seed, *person, *digits;
    } cases[] = {
        {"00", "00000000-0000-0000-0000-000000000000", "41709216ad80010"},
        {"a1b2c3", "01970000-0000-7000-8000-00000000000a", "c2795231ad0c90e"},
        {"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
         "fffffffffffffffffffffffffffffffffffffff",
         "01970000-0000-7000-8000-00000000000b", "fca33eec940c64e"},
        {"a1b2c3", "01970000-0000-7000-8000-0000000000ff", "942e63c59e1d19f"},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        uint8_t seed[64];
        edu_id person;
        char digits[EI_LOTTERY_TEXT];
        int size = ei_hex_parse(cases[i].seed, seed, sizeof seed);
        ck_assert_int_eq(edu_id_parse(cases[i].person, &person, NULL), EDU_OK);
        ei_lottery_format(ei_lottery_number(seed, (size_t)size, person), digits);
        ck_assert_str_eq(digits, cases[i].digits);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ranking");
    TCase *cases = tcase_create("all");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, a_good_keyword_answers);
    tcase_add_test(cases, every_fault_is_told_with_its_place);
    tcase_add_test(cases, every_place_has_its_reason);
    tcase_add_test(cases, values_of_a_form_are_compared_as_what_they_are);
    tcase_add_loop_test(cases, places_are_those_of_counting_whatever_the_order, 0, 50);
    tcase_add_test(cases, divisions_are_ranked_by_themselves);
    tcase_add_test(cases, a_lottery_number_is_what_anyone_computes);
    suite_add_tcase(suite, cases);
    return tap_run(suite);
}
