/* Results of a round: rules and ranking by themselves, then the way from the file to the
 * certificate and the next round. */
#include "olympiad_world.h"
#include "parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "domain/portal/portal.h"
#include "domain/result/rules.h"
#include "storage/storage.h"
#include "../tap.h"

#define PUPILS 100
#define DAY (24 * HOUR)

static world w;
static edu_id applications[WORLD_PUPILS];
static char slips[PUPILS][EI_PAPER_ID_TEXT];
static const edu_progress silent;

static const char rules_text[] =
    "{\"problems\":[{\"code\":\"p1\",\"max\":7},{\"code\":\"p2\",\"max\":7},"
    "{\"code\":\"p3\",\"max\":7}],\"ties\":[\"problem:p3\"],"
    "\"awards\":[{\"code\":\"gold\",\"title\":{\"en\":\"Gold medal\",\"az\":\"Qızıl medal\"},"
    "\"cut\":{\"places\":5,\"ties\":\"out\"}},"
    "{\"code\":\"silver\",\"title\":{\"en\":\"Silver medal\"},\"cut\":{\"points\":10}}],"
    "\"advance\":{\"season\":\"next\",\"cut\":{\"places\":11,\"ties\":\"out\"}},"
    "\"certificates\":{\"fields\":[\"total\"]},\"appeal_days\":3}";

/* ---- rules and ranking ---- */

static ei_rules rules_of(const char *text)
{
    ei_rules rules;
    json_t *json = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(json);
    FX_OK(ei_rules_read(json, &rules, error));
    json_decref(json);
    return rules;
}

static void refused(const char *text, const char *field)
{
    ei_rules rules;
    json_t *json = json_loads(text, 0, NULL);
    ck_assert_msg(json != NULL, "%s", text);
    FX_FAILS_WITH(EDU_E_INVALID, "result.rules", ei_rules_read(json, &rules, error));
    ck_assert_msg(strcmp(fx_last_error.field, field) == 0, "%s: %s", text, fx_last_error.field);
    ei_rules_finish(&rules);
    json_decref(json);
}

START_TEST(rules_are_checked_whole)
{
    refused("{}", "/problems");
    refused("{\"problems\":[]}", "/problems");
    refused("{\"problems\":[{\"code\":\"1\"}]}", "/problems/0");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7},{\"code\":\"1\",\"max\":7}]}",
            "/problems/1");
    refused("{\"problems\":[{\"code\":\"total\",\"max\":7}]}", "/problems/0");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7,\"grades\":[9,8]}]}", "/problems/0");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"best\":2}", "/best");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"ties\":[\"problem:2\"]}", "/ties");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"ranks\":\"odd\"}", "/ranks");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"divisions\":[\"age\"]}", "/divisions");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"awards\":[{\"code\":\"g\","
            "\"title\":{\"en\":\"G\"},\"cut\":{\"places\":1,\"points\":2}}]}",
            "/awards/0");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"advance\":{\"cut\":{\"places\":1}}}",
            "/advance/season");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"appeal_days\":-1}", "/appeal_days");
    refused("{\"problems\":[{\"code\":\"1\",\"max\":7}],\"colour\":1}", "");
}
END_TEST

#define ONE "{'problems':[{'code':'1','max':7}],"
#define AWARD ONE "'awards':[{'code':'g','title':{'en':'G'},"
#define MANY(one) one "," one "," one "," one "," one "," one "," one "," one "," one

/* With ' for ". */
static const struct {
    const char *text, *field;
} faults[] = {
    {"[]", ""},
    {"{'problems':7}", "/problems"},
    {"{'problems':[7]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':7,'weight':2}]}", "/problems/0"},
    {"{'problems':[{'max':7}]}", "/problems/0"},
    {"{'problems':[{'code':'','max':7}]}", "/problems/0"},
    {"{'problems':[{'code':'a b','max':7}]}", "/problems/0"},
    {"{'problems':[{'code':'a23456789012345678901234567890123','max':7}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':0}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':1.5}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':7,'title':7}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':7,'title':{}}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':7,'grades':[8]}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':7,'grades':[0,8]}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':7,'grades':[8,13]}]}", "/problems/0"},
    {"{'problems':[{'code':'1','max':7,'grades':['8',9]}]}", "/problems/0"},
    {"{'decimals':3,'problems':[{'code':'1','max':7}]}", "/decimals"},
    {"{'decimals':'1','problems':[{'code':'1','max':7}]}", "/decimals"},
    {ONE "'best':0}", "/best"},
    {ONE "'ties':'solved'}", "/ties"},
    {ONE "'ties':[" MANY("'solved'") "]}", "/ties"},
    {ONE "'ties':[7]}", "/ties"},
    {ONE "'ties':['age']}", "/ties"},
    {ONE "'ranks':7}", "/ranks"},
    {ONE "'divisions':'grade'}", "/divisions"},
    {ONE "'divisions':[7]}", "/divisions"},
    {ONE "'divisions':['grade','region','grade']}", "/divisions"},
    {ONE "'awards':{}}", "/awards"},
    {ONE "'awards':[" MANY("7") "," MANY("7") "]}", "/awards"},
    {ONE "'awards':[7]}", "/awards/0"},
    {ONE "'awards':[{'code':7,'title':{'en':'G'}}]}", "/awards/0"},
    {ONE "'awards':[{'code':'g'}]}", "/awards/0"},
    {AWARD "'cut':7}]}", "/awards/0"},
    {AWARD "'cut':{}}]}", "/awards/0"},
    {AWARD "'cut':{'medians':1}}]}", "/awards/0"},
    {AWARD "'cut':{'points':1.5}}]}", "/awards/0"},
    {AWARD "'cut':{'permille':0}}]}", "/awards/0"},
    {AWARD "'cut':{'permille':1001}}]}", "/awards/0"},
    {AWARD "'cut':{'places':0}}]}", "/awards/0"},
    {AWARD "'cut':{'solved':2}}]}", "/awards/0"},
    {AWARD "'cut':{'solved':1,'permille':5}}]}", "/awards/0"},
    {AWARD "'cut':{'places':1,'least':-1}}]}", "/awards/0"},
    {AWARD "'cut':{'places':1,'ties':'half'}}]}", "/awards/0"},
    {AWARD "'cut':{'places':1,'ties':7}}]}", "/awards/0"},
    {AWARD "'certificate':7}]}", "/awards/0"},
    {AWARD "'cut':{'places':1}},{'code':'g','title':{'en':'G'}}]}", "/awards/1"},
    {ONE "'advance':7}", "/advance"},
    {ONE "'advance':{'season':7}}", "/advance/season"},
    {ONE "'advance':{'season':'n'}}", "/advance/cut"},
    {ONE "'advance':{'season':'a234567890123456789012345678901234567890123456789012345678901234"
         "5','cut':{'places':1}}}",
     "/advance/season"},
    {ONE "'certificates':7}", "/certificates"},
    {ONE "'certificates':{'colour':7}}", "/certificates"},
    {ONE "'certificates':{'participants':7}}", "/certificates/participants"},
    {ONE "'certificates':{'fields':'total'}}", "/certificates/fields"},
    {ONE "'certificates':{'fields':[7]}}", "/certificates/fields"},
    {ONE "'certificates':{'fields':['total','award']}}", "/certificates/fields"},
    {ONE "'appeal_days':61}", "/appeal_days"},
    {ONE "'appeal_days':'3'}", "/appeal_days"},
    {ONE "'blind':7}", "/blind"},
};

START_TEST(a_fault_of_the_rules_is_told_with_its_place)
{
    json_t *json = parse(faults[_i].text);
    char *text = json_dumps(json, 0);
    refused(text, faults[_i].field);
    free(text);
    json_decref(json);
}
END_TEST

START_TEST(what_rules_say_is_kept)
{
    ei_rules rules = rules_of(
        "{\"problems\":[{\"code\":\"1\",\"max\":7,\"title\":{\"en\":\"One\"},\"grades\":[5,8]},"
        "{\"code\":\"2\",\"max\":3}],\"divisions\":[\"grade\",\"region\"],\"blind\":true,"
        "\"awards\":[{\"code\":\"a\",\"title\":{\"en\":\"A\"},\"certificate\":false},"
        "{\"code\":\"b\",\"title\":{\"en\":\"B\"},\"certificate\":true}],"
        "\"certificates\":{\"participants\":true,\"fields\":[\"rank\"]}}");
    ck_assert(rules.by_grade && rules.by_region && rules.is_blind);
    ck_assert(rules.certifies_participants && rules.certifies_rank && !rules.certifies_total);
    ck_assert(!rules.awards[0].has_certificate && rules.awards[1].has_certificate);
    ck_assert(!ei_problem_applies(&rules.problems[0], 4) &&
              ei_problem_applies(&rules.problems[0], 5));
    ck_assert(ei_problem_applies(&rules.problems[0], 8) &&
              !ei_problem_applies(&rules.problems[0], 9));
    ck_assert(ei_problem_applies(&rules.problems[1], 0));
    ck_assert_ptr_null(ei_rules_award(&rules, "c"));
    ck_assert_ptr_null(ei_rules_award(&rules, NULL));
    ei_rules_finish(&rules);
}
END_TEST

/* Ranks rows of totals (one problem), a division each by region. */
typedef struct ranked_line {
    const char *region;
    int64_t total;
    int32_t grade;
    int32_t place;
    const char *award; /* NULL: none */
    bool advances, is_out;
} ranked_line;

static void ranks_are(const char *text, const ranked_line *lines, size_t count)
{
    ei_rules rules = rules_of(text);
    ei_ranked rows[32] = {0};
    /* In another order than the lines': ranks must not depend on it. */
    for (size_t i = 0; i < count; i++) {
        const ranked_line *from = &lines[(i * 7) % count];
        rows[i] = (ei_ranked){.region = from->region,
                              .grade = from->grade,
                              .takes_part = !from->is_out,
                              .has_marks = true,
                              .total = from->total};
        rows[i].marks.points[0] = from->total;
    }
    FX_OK(ei_rank(&rules, rows, count, error));
    for (size_t i = 0; i < count; i++) {
        const ranked_line *from = &lines[(i * 7) % count];
        ck_assert_msg(rows[i].place == from->place, "total %d: place %d, not %d", (int)from->total,
                      rows[i].place, from->place);
        const char *award = rows[i].award != NULL ? rows[i].award->code : "";
        ck_assert_msg(strcmp(award, from->award != NULL ? from->award : "") == 0,
                      "total %d: award \"%s\"", (int)from->total, award);
        ck_assert_msg(rows[i].advances == from->advances, "total %d advances %d", (int)from->total,
                      rows[i].advances);
    }
    ei_rules_finish(&rules);
}

#define ONE_PROBLEM "\"problems\":[{\"code\":\"1\",\"max\":100}]"

START_TEST(shared_and_dense_ranks)
{
    static const ranked_line shared[] = {{"a", 9, 0, 1},
                                         {"a", 7, 0, 2},
                                         {"a", 7, 0, 2},
                                         {"a", 5, 0, 4},
                                         {"a", 8, 0, 0, NULL, false, true}};
    ranks_are("{" ONE_PROBLEM "}", shared, EI_COUNT(shared));
    static const ranked_line dense[] = {
        {"a", 9, 0, 1}, {"a", 7, 0, 2}, {"a", 7, 0, 2}, {"a", 5, 0, 3}};
    ranks_are("{" ONE_PROBLEM ",\"ranks\":\"dense\"}", dense, EI_COUNT(dense));
    static const ranked_line broken[] = {
        {"a", 9, 9, 1}, {"a", 7, 8, 2}, {"a", 7, 9, 3}, {"a", 5, 7, 4}};
    ranks_are("{" ONE_PROBLEM ",\"ties\":[\"lower_grade\"]}", broken, EI_COUNT(broken));
}
END_TEST

START_TEST(ties_at_a_quota)
{
    static const ranked_line in[] = {{"a", 9, 0, 1, "g"},
                                     {"a", 8, 0, 2, "g"},
                                     {"a", 8, 0, 2, "g"},
                                     {"a", 7, 0, 4, "s"},
                                     {"a", 6, 0, 5}};
    ranks_are("{" ONE_PROBLEM ",\"awards\":["
              "{\"code\":\"g\",\"title\":{\"en\":\"G\"},\"cut\":{\"places\":2}},"
              "{\"code\":\"s\",\"title\":{\"en\":\"S\"},\"cut\":{\"places\":2}}]}",
              in, EI_COUNT(in));
    static const ranked_line out[] = {{"a", 9, 0, 1, "g"},
                                      {"a", 8, 0, 2, "s"},
                                      {"a", 8, 0, 2, "s"},
                                      {"a", 7, 0, 4, "s"},
                                      {"a", 6, 0, 5}};
    ranks_are("{" ONE_PROBLEM ",\"awards\":["
              "{\"code\":\"g\",\"title\":{\"en\":\"G\"},\"cut\":{\"places\":2,\"ties\":\"out\"}},"
              "{\"code\":\"s\",\"title\":{\"en\":\"S\"},\"cut\":{\"places\":2,\"ties\":\"out\"}}]}",
              out, EI_COUNT(out));
}
END_TEST

START_TEST(shares_divisions_and_least_points)
{
    /* A quarter of four is one; b has two, of which a quarter is none. */
    static const ranked_line lines[] = {{"a", 9, 0, 1, "g", true},
                                        {"a", 8, 0, 2, NULL, true},
                                        {"a", 3, 0, 3},
                                        {"a", 2, 0, 4},
                                        {"b", 7, 0, 1, NULL, true},
                                        {"b", 1, 0, 2}};
    ranks_are("{" ONE_PROBLEM ",\"divisions\":[\"region\"],\"awards\":["
              "{\"code\":\"g\",\"title\":{\"en\":\"G\"},\"cut\":{\"permille\":250}}],"
              "\"advance\":{\"season\":\"n\",\"cut\":{\"places\":3,\"least\":4}}}",
              lines, EI_COUNT(lines));
}
END_TEST

START_TEST(best_of_and_full_marks)
{
    ei_rules rules = rules_of("{\"decimals\":1,\"best\":2,\"problems\":[{\"code\":\"1\",\"max\":7},"
                              "{\"code\":\"2\",\"max\":\"7.5\"},{\"code\":\"3\",\"max\":7}],"
                              "\"awards\":[{\"code\":\"h\",\"title\":{\"en\":\"H\"},"
                              "\"cut\":{\"solved\":1}}]}");
    ei_ranked rows[3] = {{.region = "", .takes_part = true, .has_marks = true},
                         {.region = "", .takes_part = true, .has_marks = true},
                         {.region = "", .takes_part = true, .total = 75}};
    memcpy(rows[0].marks.points, (int64_t[]){10, 75, EI_POINTS_NONE}, 3 * sizeof(int64_t));
    memcpy(rows[1].marks.points, (int64_t[]){60, 55, 65}, 3 * sizeof(int64_t));
    ck_assert_int_eq(ei_marks_total(&rules, &rows[0].marks), 85);
    ck_assert_int_eq(ei_marks_total(&rules, &rows[1].marks), 125);
    rows[0].total = 85;
    rows[1].total = 125;
    FX_OK(ei_rank(&rules, rows, 3, error));
    ck_assert_str_eq(rows[0].award->code, "h");
    ck_assert_ptr_null(rows[1].award);
    ck_assert_ptr_null(rows[2].award);
    ck_assert_int_eq(rows[1].place, 1);
    ei_rules_finish(&rules);
}
END_TEST

/* ---- a round ---- */

static void set_rules(edu_id season, const char *text)
{
    json_t *json = json_loads(text, 0, NULL);
    FX_OK(edu_result_rules(w.clerk, season, json, NULL, error));
    json_decref(json);
}

START_TEST(titles_that_no_code_holds_are_refused)
{
    json_t *json =
        json_loads("{" ONE_PROBLEM ",\"awards\":[{\"code\":\"g\",\"cut\":{\"places\":1},"
                   "\"title\":{\"en\":\"A gold medal of the first class with a ribbon and"
                   " the thanks of all\"}}]}",
                   0, NULL);
    edu_error found = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_result_rules(w.clerk, w.season, json, NULL, &found), EDU_E_INVALID);
    ck_assert_str_eq(found.key, "result.code_too_long");
    ck_assert_str_eq(found.field, "/awards/0/title");
    json_decref(json);
}
END_TEST

static void read_slips(void)
{
    for (int i = 0; i < PUPILS; i++) {
        edu_seat *seat = NULL;
        FX_OK(edu_sitting_seat(w.clerk, w.pupils[i], applications[i], &seat, error));
        (void)snprintf(slips[i], sizeof slips[i], "%s", seat->slip);
        edu_free(seat);
    }
}

/* Everybody has a seat, the sitting is over. */
static void make(void)
{
    edu_id allocation;
    world_make(&w);
    world_register(&w, 0, PUPILS, applications);
    fx_clock_set(WORLD_CLOSES + 1);
    FX_OK(edu_sitting_freeze(w.clerk, w.sitting, NULL, NULL, error));
    FX_OK(edu_sitting_allocate(w.clerk, w.sitting, silent, NULL, &allocation, error));
    FX_OK(edu_sitting_confirm(w.second, allocation, silent, NULL, error));
    read_slips();
    fx_clock_set(WORLD_STARTS + 5 * HOUR);
    set_rules(w.season, rules_text);
}

/* Pupil i has p1 = i / 8 up to 7, p2 = i % 8, p3 = 0; 99 was absent. */
static void points_of(int i, int64_t out[3])
{
    out[0] = i / 8 < 7 ? i / 8 : 7;
    out[1] = i % 8;
    out[2] = 0;
}

static edu_status import(const char *csv)
{
    edu_import_report *report = NULL;
    edu_status status =
        edu_result_import(w.clerk, w.season, fx_bytes(csv), NULL, &report, &fx_last_error);
    edu_free(report);
    return status;
}

static char *results_csv(int from, int to)
{
    ei_buffer csv = {0};
    int64_t p[3];
    ei_buffer_text(&csv, "number,p1,p2,p3,absent\n");
    for (int i = from; i < to; i++) {
        points_of(i, p);
        if (i == 99)
            ei_buffer_printf(&csv, "%s,,,,1\n", slips[i]);
        else
            ei_buffer_printf(&csv, "%s,%d,%d,%d,\n", slips[i], (int)p[0], (int)p[1], (int)p[2]);
    }
    return csv.data;
}

static void import_all(void)
{
    char *csv = results_csv(0, PUPILS);
    ck_assert_int_eq(import(csv), EDU_OK);
    ei_free(csv);
}

static edu_marking *marking(void)
{
    edu_marking *out = NULL;
    FX_OK(edu_result_marking(w.clerk, w.season, &out, error));
    return out;
}

static void publish(void)
{
    import_all();
    FX_OK(edu_result_propose(w.clerk, w.season, fx_now(), NULL, error));
    FX_OK(edu_result_approve(w.second, w.season, silent, NULL, error));
}

/* The pupil's own result. */
static edu_result_page *result_of(edu_session *session, int pupil)
{
    edu_result_page *page = NULL;
    FX_OK(edu_result_of(session, w.pupils[pupil], NULL, 0, &page, error));
    return page;
}

START_TEST(a_file_is_taken_whole_or_not)
{
    static const struct {
        const char *csv, *key;
        int64_t line;
    } bad[] = {
        {"number,p1,p2\n", "csv.missing_column", 1},
        {"number,p1,p2,p3\n00000000000000000,1,1,1\n", "import.unknown_number", 2},
        {"number,p1,p2,p3\n%s,8,1,1\n", "import.bad_points", 2},
        {"number,p1,p2,p3\n%s,1.5,1,1\n", "import.bad_points", 2},
        {"number,p1,p2,p3\n%s,-1,1,1\n", "import.bad_points", 2},
        {"number,p1,p2,p3\n%s,,1,1\n", "import.points_missing", 2},
        {"number,p1,p2,p3,absent\n%s,1,,,1\n", "import.absent_points", 2},
        {"number,p1,p2,p3,absent\n%s,1,1,1,x\n", "import.bad_bool", 2},
        {"number,p1,p2,p3\n%s,1,1,1\n%s,1,1,1\n", "import.duplicate", 3},
    };
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        char csv[300];
        (void)snprintf(csv, sizeof csv, bad[i].csv, slips[0], slips[0]);
        ck_assert_int_eq(import(csv), EDU_E_INVALID);
        ck_assert_msg(fx_last_error.line == bad[i].line && fx_last_error.key[0] != '\0',
                      "%zu: line %d, %s", i, (int)fx_last_error.line, fx_last_error.key);
        if (i > 0)
            ck_assert_str_eq(fx_last_error.key, bad[i].key);
    }
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM result"), 0);
}
END_TEST

START_TEST(importing_again_keeps_what_was)
{
    import_all();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM result"), PUPILS);
    import_all();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM result_change"), 0);
    char csv[200];
    (void)snprintf(csv, sizeof csv, "number,p1,p2,p3\n%s,7,7,7\n", slips[3]);
    ck_assert_int_eq(import(csv), EDU_OK);
    edu_result_change_page *page = NULL;
    FX_OK(edu_result_history(w.clerk, w.pupils[3], w.season, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].total, "3");
    ck_assert_str_eq(page->items[0].reason, "import");
    edu_free(page);
}
END_TEST

START_TEST(publishing_needs_two_and_everybody)
{
    char *csv = results_csv(0, 60);
    ck_assert_int_eq(import(csv), EDU_OK);
    ei_free(csv);
    FX_FAILS_WITH(EDU_E_STATE, "result.missing",
                  edu_result_propose(w.clerk, w.season, fx_now(), NULL, error));
    ck_assert_ptr_nonnull(strstr(fx_last_error.message, "40"));
    edu_marking *m = marking();
    ck_assert_int_eq(m->missing, 40);
    ck_assert_int_eq(m->scored, 60);
    edu_free(m);
    import_all();
    FX_OK(edu_result_propose(w.clerk, w.season, fx_now() + HOUR, NULL, error));
    FX_FAILS_WITH(EDU_E_DENIED, "result.same_person",
                  edu_result_approve(w.clerk, w.season, silent, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_result_approve(w.operator_, w.season, silent, NULL, error));
    ck_assert_int_eq(import("number,p1,p2,p3\n"), EDU_E_STATE);
    FX_OK(edu_result_approve(w.second, w.season, silent, NULL, error));
}
END_TEST

START_TEST(seen_from_the_stated_time_on)
{
    int64_t told = 0;
    import_all();
    FX_OK(edu_result_propose(w.clerk, w.season, fx_now() + HOUR, NULL, error));
    FX_OK(edu_result_approve(w.second, w.season, silent, NULL, error));
    edu_result_page *page = result_of(w.pupil[0], 0);
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
    FX_OK(edu_result_deliver(w.operator_, silent, &told, error));
    ck_assert_int_eq(told, 0);
    fx_clock_set(fx_now() + HOUR);
    page = result_of(w.pupil[0], 0);
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].total, "0");
    edu_free(page);
    FX_OK(edu_result_deliver(w.operator_, silent, &told, error));
    ck_assert_int_eq(told, PUPILS);
    FX_OK(edu_result_deliver(w.operator_, silent, &told, error));
    ck_assert_int_eq(told, 0);
    edu_application *application = NULL;
    FX_OK(edu_application_get(w.pupil[0], w.pupils[0], applications[0], &application, error));
    ck_assert_str_eq(application->state, "scored");
    edu_free(application);
    FX_OK(edu_application_get(w.clerk, w.pupils[99], applications[99], &application, error));
    ck_assert_str_eq(application->state, "absent");
    edu_free(application);
    FX_OK(edu_portal_check(w.operator_, silent, error));
}
END_TEST

START_TEST(a_proposal_is_taken_back)
{
    import_all();
    FX_FAILS(EDU_E_STATE, edu_result_reopen(w.clerk, w.season, NULL, error));
    FX_OK(edu_result_propose(w.clerk, w.season, fx_now(), NULL, error));
    FX_OK(edu_result_reopen(w.second, w.season, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_result_approve(w.second, w.season, silent, NULL, error));
    publish();
    FX_FAILS(EDU_E_STATE, edu_result_reopen(w.clerk, w.season, NULL, error));
}
END_TEST

START_TEST(lists_have_their_scope)
{
    publish();
    edu_result_page *page = NULL;
    FX_OK(edu_result_list(w.school, w.season, NULL, NULL, NULL, 200, &page, error));
    ck_assert_uint_eq(page->count, WORLD_PER_SCHOOL);
    for (size_t i = 0; i < page->count; i++)
        ck_assert_str_eq(page->items[i].institution, "S00");
    edu_free(page);
    FX_OK(edu_result_list(w.clerk, w.season, NULL, "S01", NULL, 200, &page, error));
    ck_assert_uint_eq(page->count, WORLD_PER_SCHOOL);
    edu_free(page);
    FX_OK(edu_result_list(w.school, w.season, NULL, "S01", NULL, 200, &page, error));
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
    FX_FAILS(EDU_E_DENIED,
             edu_result_list(w.pupil[0], w.season, NULL, NULL, NULL, 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_result_of(w.pupil[0], w.pupils[1], NULL, 0, &page, error));
    /* All of them, page by page, by place. */
    char cursor[500] = "";
    size_t count = 0;
    int32_t place = 0;
    do {
        FX_OK(edu_result_list(w.clerk, w.season, NULL, NULL, cursor[0] ? cursor : NULL, 7, &page,
                              error));
        for (size_t i = 0; i < page->count; i++, count++) {
            int32_t next = page->items[i].rank != 0 ? page->items[i].rank : INT32_MAX;
            ck_assert_int_ge(next, place);
            place = next;
        }
        (void)snprintf(cursor, sizeof cursor, "%s", page->next != NULL ? page->next : "");
        edu_free(page);
    } while (cursor[0] != '\0');
    ck_assert_uint_eq(count, PUPILS);
}
END_TEST

/* ---- certificates ---- */

static edu_certificate *certificate_of(int pupil)
{
    edu_certificate_page *page = NULL;
    edu_certificate *out = NULL;
    FX_OK(edu_certificate_list(w.clerk, w.pupils[pupil], NULL, 0, &page, error));
    for (size_t i = 0; i < page->count && out == NULL; i++)
        if (strcmp(page->items[i].state, "valid") == 0)
            FX_OK(
                edu_certificate_get(w.clerk, w.pupils[pupil], page->items[i].number, &out, error));
    edu_free(page);
    return out;
}

static int64_t issue(void)
{
    int64_t issued = 0;
    FX_OK(edu_result_issue(w.clerk, w.season, silent, &issued, error));
    return issued;
}

static const char *check(const char *text)
{
    static char status[32];
    edu_verdict *verdict = NULL;
    FX_OK(edu_certificate_check(w.nobody, text, &verdict, error));
    (void)snprintf(status, sizeof status, "%s", verdict->status);
    edu_free(verdict);
    return status;
}

START_TEST(a_certificate_in_three_forms)
{
    publish();
    int64_t awarded = fx_int("SELECT COUNT(*) FROM result WHERE award IS NOT NULL");
    ck_assert_int_gt(awarded, 5);
    ck_assert_int_eq(issue(), awarded);
    ck_assert_int_eq(issue(), 0);
    int best = 63; /* 7 + 7 */
    edu_certificate *c = certificate_of(best);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(check(c->qr), "valid");
    edu_document *json = NULL, *again = NULL, *pdf = NULL;
    FX_OK(edu_certificate_file(w.clerk, w.pupils[best], c->number, "json", &json, error));
    FX_OK(edu_certificate_file(w.clerk, w.pupils[best], c->number, "json", &again, error));
    ck_assert_uint_eq(json->content.size, again->content.size);
    ck_assert_mem_eq(json->content.data, again->content.data, json->content.size);
    ck_assert_str_eq(check(json->content.data), "valid");
    edu_verdict *of_code = NULL, *of_file = NULL;
    FX_OK(edu_certificate_check(w.nobody, c->qr, &of_code, error));
    FX_OK(edu_certificate_check(w.nobody, json->content.data, &of_file, error));
    ck_assert_str_eq(of_code->record_hash, of_file->record_hash);
    ck_assert_str_eq(of_code->number, of_file->number);
    ck_assert_int_eq(of_code->issued, of_file->issued);
    ck_assert_str_eq(json_string_value(json_object_get(of_code->fields, "total")), "14");
    ck_assert_str_eq(
        json_string_value(json_object_get(of_file->fields, "credentialSubject.result.0.value")),
        "14");
    edu_free(of_code);
    edu_free(of_file);
    FX_OK(edu_certificate_file(w.clerk, w.pupils[best], c->number, "pdf", &pdf, error));
    ck_assert_mem_eq(pdf->content.data, "%PDF", 4);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_certificate_get(w.pupil[0], w.pupils[best], c->number, &c, error));
    edu_free(c);
    edu_free(pdf);
    edu_free(json);
    edu_free(again);
}
END_TEST

static uint64_t hash_calls(void)
{
    return ei_keyed_hash_runs() + ei_signature_checks();
}

START_TEST(found_by_number_and_birth_date_alike)
{
    publish();
    (void)issue();
    edu_certificate *c = certificate_of(63);
    edu_date birth = {2012, 3, 63 % 28 + 1}, other = {2012, 3, 1};
    edu_verdict *verdict = NULL;
    edu_store *store = fx_portal()->store;
    /* Whoever looks first in a process makes what misses check, whether they find or not. */
    FX_OK(edu_certificate_find(w.nobody, c->number, birth, "10.0.0.1", &verdict, error));
    edu_free(verdict);
    uint64_t before = ei_store_statements(store), hashes = hash_calls();
    FX_OK(edu_certificate_find(w.nobody, c->number, birth, "10.0.0.1", &verdict, error));
    uint64_t hit = ei_store_statements(store) - before, hit_hashes = hash_calls() - hashes;
    ck_assert_str_eq(verdict->status, "valid");
    edu_free(verdict);
    const struct {
        const char *number;
        edu_date birth;
    } misses[] = {{c->number, other}, {"00000000000000000", birth}, {"no number", birth}};
    char message[512] = "";
    for (size_t i = 0; i < EI_COUNT(misses); i++) {
        before = ei_store_statements(store);
        hashes = hash_calls();
        FX_FAILS_WITH(EDU_E_NOT_FOUND, "certificate.no_match",
                      edu_certificate_find(w.nobody, misses[i].number, misses[i].birth, "10.0.0.1",
                                           &verdict, error));
        ck_assert_uint_eq(ei_store_statements(store) - before, hit);
        ck_assert_uint_eq(hash_calls() - hashes, hit_hashes);
        if (i > 0)
            ck_assert_str_eq(fx_last_error.message, message);
        (void)snprintf(message, sizeof message, "%s", fx_last_error.message);
    }
    edu_free(c);
}
END_TEST

START_TEST(looking_up_is_throttled_checking_never)
{
    publish();
    (void)issue();
    edu_certificate *c = certificate_of(63);
    edu_date birth = {2012, 3, 63 % 28 + 1};
    edu_verdict *verdict = NULL;
    edu_status status = EDU_OK;
    int tries = 0;
    for (; tries < 200 && status != EDU_E_THROTTLED; tries++) {
        char number[EI_PAPER_ID_TEXT];
        ei_paper_id_format((uint8_t[10]){1, (uint8_t)tries}, number);
        status = edu_certificate_find(w.nobody, number, birth, "10.0.0.2", &verdict, NULL);
    }
    ck_assert_int_eq(tries, 31);
    FX_OK(edu_certificate_find(w.nobody, c->number, birth, "10.0.0.3", &verdict, error));
    edu_free(verdict);
    for (int i = 0; i < 200; i++)
        ck_assert_str_eq(check(c->qr), "valid");
    fx_clock_set(fx_now() + 16 * FX_MINUTE);
    FX_OK(edu_certificate_find(w.nobody, c->number, birth, "10.0.0.2", &verdict, error));
    edu_free(verdict);
    edu_free(c);
}
END_TEST

START_TEST(revoking_takes_two)
{
    publish();
    (void)issue();
    edu_certificate *c = certificate_of(63);
    FX_FAILS(EDU_E_DENIED, edu_certificate_revoke(w.school, c->number, "error", true, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_certificate_revoke(w.clerk, "00000000000000000", "error", true, NULL, error));
    FX_OK(edu_certificate_revoke(w.clerk, c->number, "name misspelt", true, NULL, error));
    FX_FAILS_WITH(EDU_E_STATE, "certificate.asked",
                  edu_certificate_revoke(w.second, c->number, "again", true, NULL, error));
    FX_FAILS_WITH(EDU_E_DENIED, "certificate.same_person",
                  edu_certificate_revoke_decide(w.clerk, c->number, true, NULL, error));
    ck_assert_str_eq(check(c->qr), "valid");
    edu_revocation_page *page = NULL;
    FX_OK(edu_certificate_revocations(w.second, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert(page->items[0].may_confirm);
    edu_free(page);
    FX_OK(edu_certificate_revoke_decide(w.second, c->number, true, NULL, error));
    edu_verdict *verdict = NULL;
    FX_OK(edu_certificate_check(w.nobody, c->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "revoked");
    ck_assert_str_eq(verdict->reason, "name misspelt");
    ck_assert_int_le(fx_now() - verdict->revoked, SECOND);
    edu_free(verdict);
    FX_FAILS_WITH(EDU_E_STATE, "certificate.revoked",
                  edu_certificate_revoke(w.clerk, c->number, "error", true, NULL, error));
    edu_free(c);
}
END_TEST

/* ---- after publication ---- */

static void next_season(void)
{
    edu_id season, sitting;
    edu_season_new new_season = EDU_SEASON_NEW_INIT;
    new_season.code = "next";
    new_season.title = json_pack("{s:s}", "en", "Final");
    new_season.subject = "mathematics";
    new_season.subject_title = json_pack("{s:s}", "en", "Mathematics");
    new_season.grade_from = 7;
    new_season.grade_to = 9;
    new_season.opens = fx_now();
    new_season.closes = fx_now() + 5 * DAY;
    new_season.by_invitation = true;
    FX_OK(edu_olympiad_season_create(w.clerk, &new_season, NULL, &season, error));
    json_decref(new_season.title);
    json_decref(new_season.subject_title);
    edu_sitting_new new_sitting = EDU_SITTING_NEW_INIT;
    new_sitting.season_id = season;
    new_sitting.code = "main";
    new_sitting.grade_from = 7;
    new_sitting.grade_to = 9;
    new_sitting.starts = fx_now() + 9 * DAY;
    new_sitting.minutes = 180;
    FX_OK(edu_olympiad_sitting_create(w.clerk, &new_sitting, NULL, &sitting, error));
    FX_OK(edu_olympiad_season_publish(w.clerk, season, NULL, error));
}

static edu_id invitation_of(int pupil)
{
    edu_application_page *page = NULL;
    edu_id out = {{0}};
    FX_OK(edu_application_list(w.clerk, w.pupils[pupil], NULL, 0, &page, error));
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->items[i].state, "invited") == 0)
            out = page->items[i].id;
    edu_free(page);
    return out;
}

static int64_t notes_of(int pupil, const char *template)
{
    char sql[200], id[33];
    ei_hex_format(w.pupils[pupil].bytes, sizeof(edu_id), id);
    (void)snprintf(sql, sizeof sql,
                   "SELECT COUNT(*) FROM notification WHERE person_id = x'%s' AND template = '%s'",
                   id, template);
    return fx_int(sql);
}

START_TEST(the_next_round_is_accepted)
{
    int64_t invited = 0;
    publish();
    FX_FAILS_WITH(EDU_E_STATE, "result.no_next",
                  edu_result_invite(w.clerk, w.season, silent, &invited, error));
    next_season();
    FX_OK(edu_result_invite(w.clerk, w.season, silent, &invited, error));
    int64_t advancing = fx_int("SELECT COUNT(*) FROM result WHERE advances = 1");
    ck_assert_int_eq(advancing, 11);
    ck_assert_int_eq(invited, advancing);
    FX_OK(edu_result_invite(w.clerk, w.season, silent, &invited, error));
    ck_assert_int_eq(invited, 0);
    edu_marking *m = marking();
    ck_assert_int_eq(m->invited, advancing);
    edu_free(m);
    edu_id application = invitation_of(63);
    ck_assert(!ei_id_is_none(application));
    FX_OK(edu_olympiad_answer(w.clerk, w.pupils[63], application, true, NULL, error));
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.answered",
                  edu_olympiad_answer(w.clerk, w.pupils[63], application, false, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM entry e JOIN season s ON s.id = e.season_id "
                            "WHERE s.code = 'next' AND e.is_open = 1"),
                     1);
    /* Nobody comes in by themselves. */
    edu_id sitting = fx_id("SELECT t.id FROM sitting t JOIN season s ON s.id = t.season_id "
                           "WHERE s.code = 'next'");
    FX_FAILS_WITH(
        EDU_E_STATE, "olympiad.by_invitation",
        edu_olympiad_register(w.pupil[0], sitting, w.pupils[0], NULL, &application, error));
}
END_TEST

/* Award, next round and certificate of each pupil. */
typedef struct standing {
    char award[16], certificate[EI_PAPER_ID_TEXT];
    int32_t rank;
    bool advances, is_invited;
    int64_t told;
} standing;

static void standings_read(standing out[PUPILS])
{
    memset(out, 0, PUPILS * sizeof *out);
    for (int i = 0; i < PUPILS; i++) {
        edu_result_page *page = result_of(w.clerk, i);
        const edu_result *result = &page->items[0];
        (void)snprintf(out[i].award, sizeof out[i].award, "%s", result->award ? result->award : "");
        (void)snprintf(out[i].certificate, sizeof out[i].certificate, "%s",
                       result->certificate ? result->certificate : "");
        out[i].rank = result->rank;
        out[i].advances = result->advances;
        edu_free(page);
        out[i].is_invited = !ei_id_is_none(invitation_of(i));
        out[i].told = notes_of(i, "changed");
    }
}

/* Five have 14, six have 13. Gold goes to
 * five and eleven go on, ties out. One who had 9 gets 7 more and is first of all. */
START_TEST(a_remark_at_the_cut_off_moves_exactly_the_right)
{
    static standing before[PUPILS], after[PUPILS];
    int64_t invited;
    int remarked = 44; /* 5 + 4 */
    publish();
    (void)issue();
    next_season();
    FX_OK(edu_result_invite(w.clerk, w.season, silent, &invited, error));
    standings_read(before);
    ck_assert_str_eq(before[remarked].award, "");
    json_t *points = json_pack("[i,i,i]", 5, 4, 7);
    edu_id correction;
    FX_OK(edu_result_correct(w.clerk, w.season, slips[remarked], points, "page overlooked", NULL,
                             &correction, error));
    json_decref(points);
    FX_FAILS_WITH(EDU_E_DENIED, "result.same_person",
                  edu_result_correction_decide(w.clerk, correction, true, NULL, error));
    standings_read(after);
    ck_assert_mem_eq(before, after, sizeof before);
    FX_OK(edu_result_correction_decide(w.second, correction, true, NULL, error));
    standings_read(after);
    ck_assert_str_eq(after[remarked].award, "gold");
    ck_assert_int_eq(after[remarked].rank, 1);
    ck_assert(after[remarked].advances);
    int awards = 0, rounds = 0;
    int64_t p[3], totals[PUPILS];
    for (int i = 0; i < PUPILS; i++) {
        points_of(i, p);
        totals[i] = i == 99 ? -1 : i == remarked ? 16 : p[0] + p[1];
    }
    for (int i = 0; i < PUPILS; i++) {
        /* The rules once more, by counting: place, gold for five, the next round for eleven.
         */
        int better = 0, level = 0;
        bool was_first = i == remarked;
        for (int j = 0; j < PUPILS; j++) {
            better += totals[j] > totals[i];
            level += totals[j] == totals[i];
        }
        bool is_there = totals[i] >= 0;
        const char *award = !is_there             ? ""
                            : better + level <= 5 ? "gold"
                            : totals[i] >= 10     ? "silver"
                                                  : "";
        ck_assert_msg(strcmp(after[i].award, award) == 0, "pupil %d: \"%s\"", i, after[i].award);
        ck_assert_int_eq(after[i].rank, is_there ? better + 1 : 0);
        ck_assert_int_eq(after[i].advances, is_there && better + level <= 11);
        ck_assert_int_eq(after[i].is_invited, after[i].advances);
        bool new_award = strcmp(before[i].award, after[i].award) != 0;
        bool new_round = before[i].advances != after[i].advances;
        bool new_certificate = strcmp(before[i].certificate, after[i].certificate) != 0;
        ck_assert_msg(new_certificate == (new_award || was_first), "pupil %d: certificate", i);
        ck_assert_int_eq(after[i].certificate[0] != '\0', award[0] != '\0');
        ck_assert_int_eq(after[i].told, new_award || new_round || was_first);
        awards += new_award;
        rounds += new_round;
    }
    ck_assert_int_eq(awards, 6);
    ck_assert_int_eq(rounds, 7);
    FX_OK(edu_portal_check(w.operator_, silent, error));
}
END_TEST

START_TEST(an_appeal_is_marked_by_two)
{
    publish();
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_result_appeal_make(w.pupil[0], w.pupils[1], w.season, "Baxın.", NULL, error));
    FX_OK(edu_result_appeal_make(w.pupil[0], w.pupils[0], w.season, "Üçüncü məsələyə baxın.", NULL,
                                 error));
    FX_FAILS_WITH(EDU_E_CONFLICT, "result.appealed",
                  edu_result_appeal_make(w.pupil[0], w.pupils[0], w.season, "Yenə.", NULL, error));
    edu_result_appeal_page *page = NULL;
    FX_OK(edu_result_appeals(w.clerk, w.season, "open", NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].text, "Üçüncü məsələyə baxın.");
    edu_free(page);
    json_t *points = json_pack("[i,i,i]", 0, 0, 4);
    FX_OK(edu_result_appeal_decide(w.clerk, w.pupils[0], w.season, points, "Dörd bal verildi.",
                                   NULL, error));
    FX_FAILS_WITH(
        EDU_E_STATE, "result.appeal_decided",
        edu_result_appeal_decide(w.clerk, w.pupils[0], w.season, points, "Dörd.", NULL, error));
    json_decref(points);
    edu_correction_page *corrections = NULL;
    FX_OK(edu_result_corrections(w.second, w.season, NULL, 0, &corrections, error));
    ck_assert_uint_eq(corrections->count, 1);
    ck_assert(corrections->items[0].is_appeal && corrections->items[0].may_confirm);
    FX_OK(edu_result_correction_decide(w.second, corrections->items[0].id, true, NULL, error));
    edu_free(corrections);
    edu_result_appeal *appeal = NULL;
    FX_OK(edu_result_appeal_get(w.pupil[0], w.pupils[0], w.season, &appeal, error));
    ck_assert_str_eq(appeal->state, "upheld");
    ck_assert_str_eq(appeal->answer, "Dörd bal verildi.");
    ck_assert_str_eq(json_string_value(json_array_get(appeal->points, 2)), "4");
    edu_free(appeal);
    ck_assert_int_eq(notes_of(0, "upheld"), 1);
    ck_assert_int_eq(notes_of(0, "changed"), 0);
}
END_TEST

static edu_session *enter_again(const char *login)
{
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(fx_portal(), login, FX_PASSWORD, NULL, NULL, &session, error));
    return fx_keep(session);
}

START_TEST(an_appeal_in_time_and_rejected)
{
    publish();
    fx_clock_set(fx_now() + 3 * DAY - FX_MINUTE);
    /* Sign-ins are over by now. */
    edu_session *parent = enter_again("parent"), *clerk = enter_again("clerk");
    FX_OK(edu_result_appeal_make(parent, w.pupils[4], w.season, "Zəhmət olmasa.", NULL, error));
    FX_OK(edu_result_appeal_decide(clerk, w.pupils[4], w.season, NULL, "Bal düzgündür.", NULL,
                                   error));
    ck_assert_int_eq(notes_of(4, "rejected"), 1);
    fx_clock_set(fx_now() + FX_MINUTE);
    FX_FAILS_WITH(
        EDU_E_STATE, "result.appeals_closed",
        edu_result_appeal_make(enter_again("pupil1"), w.pupils[1], w.season, "Gec.", NULL, error));
}
END_TEST

START_TEST(blind_codes_stand_for_slips)
{
    set_rules(w.season, "{\"problems\":[{\"code\":\"p1\",\"max\":7}],\"blind\":true}");
    edu_document *codes = NULL, *again = NULL;
    FX_OK(edu_result_codes(w.clerk, w.season, &codes, error));
    FX_OK(edu_result_codes(w.clerk, w.season, &again, error));
    ck_assert_mem_eq(codes->content.data, again->content.data, codes->content.size);
    const char *line = strchr(codes->content.data, '\n') + 1;
    char slip[18] = "", code[9] = "", csv[100];
    ck_assert_int_eq(sscanf(line, "%17[^,],%8s", slip, code), 2);
    (void)snprintf(csv, sizeof csv, "number,p1\n%s,5\n", slip);
    ck_assert_int_eq(import(csv), EDU_E_INVALID);
    (void)snprintf(csv, sizeof csv, "number,p1\n%s,5\n", code);
    ck_assert_int_eq(import(csv), EDU_OK);
    (void)snprintf(csv, sizeof csv, "SELECT total FROM result WHERE number = '%s'", slip);
    ck_assert_int_eq(fx_int(csv), 5);
    edu_free(codes);
    edu_free(again);
}
END_TEST

START_TEST(figures_count_what_is_there)
{
    publish();
    edu_figure_page *page = NULL;
    FX_OK(edu_result_figures(w.nobody, w.season, "all", NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_int_eq(page->items[0].participants, PUPILS - 1);
    ck_assert_int_eq(page->items[0].absent, 1);
    ck_assert_str_eq(page->items[0].maximum, "21");
    ck_assert_str_eq(page->items[0].best, "14");
    int64_t sum = 0, p[3], solved = 0;
    for (int i = 0; i < PUPILS - 1; i++) {
        points_of(i, p);
        sum += p[0] + p[1];
        solved += p[0] == 7;
    }
    char mean[32];
    ei_points_format((sum * 100 + 49) / 99, 2, mean);
    ck_assert_str_eq(page->items[0].mean, mean);
    edu_free(page);
    FX_OK(edu_result_figures(w.nobody, w.season, "problem", NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 3);
    ck_assert_str_eq(page->items[0].name, "p1");
    ck_assert_int_eq(page->items[0].solved, solved * 1000 / 99);
    /* p3 has no points at all: there is nothing that it could go with. */
    ck_assert_int_eq(page->items[2].difficulty, 0);
    ck_assert_int_eq(page->items[2].discrimination, -1001);
    edu_free(page);
    FX_OK(edu_result_figures(w.nobody, w.season, "school", NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 4);
    edu_free(page);
    FX_FAILS(EDU_E_INVALID, edu_result_figures(w.nobody, w.season, "moon", NULL, 0, &page, error));
    edu_document *csv = NULL;
    FX_OK(edu_result_csv(w.nobody, w.season, "problem", &csv, error));
    ck_assert_ptr_nonnull(strstr(csv->content.data, "01,p1,99,0,"));
    edu_free(csv);
    FX_FAILS(EDU_E_DENIED, edu_result_csv(w.pupil[0], w.season, "results", &csv, error));
}
END_TEST

/* ---- an archive ---- */

static edu_id archive(int32_t year)
{
    edu_id id;
    char code[32];
    (void)snprintf(code, sizeof code, "old-%d", (int)year);
    edu_season_new season = EDU_SEASON_NEW_INIT;
    season.code = code;
    season.title = season.subject_title = json_pack("{s:s}", "en", "Old");
    season.subject = "mathematics";
    season.series = "old";
    season.grade_from = 1;
    season.grade_to = 12;
    season.year = year;
    season.is_archive = true;
    FX_OK(edu_olympiad_season_create(w.clerk, &season, NULL, &id, error));
    json_decref(season.title);
    FX_OK(edu_olympiad_season_publish(w.clerk, id, NULL, error));
    set_rules(id, "{\"problems\":[{\"code\":\"p1\",\"max\":7},{\"code\":\"p2\",\"max\":7}],"
                  "\"awards\":[{\"code\":\"gold\",\"title\":{\"en\":\"Gold\"}}]}");
    return id;
}

static void archive_publish(edu_id season, const char *csv)
{
    edu_import_report *report = NULL;
    FX_OK(edu_result_import(w.clerk, season, fx_bytes(csv), NULL, &report, error));
    edu_free(report);
    FX_OK(edu_result_propose(w.clerk, season, fx_now(), NULL, error));
    FX_OK(edu_result_approve(w.second, season, silent, NULL, error));
}

START_TEST(an_archive_has_no_names)
{
    edu_id first = archive(1959), second = archive(1960);
    archive_publish(first, "number,region,p1,p2,total,award,counted\n"
                           "a-1,baku,7,7,14,gold,1\na-2,baku,7,0,,,1\nb-1,sheki,,,9,,1\n"
                           "b-2,sheki,7,7,14,,0\n");
    archive_publish(second, "number,region,p1,p2\na-1,baku,7,1\n");
    edu_result_page *page = NULL;
    FX_OK(edu_result_list(w.nobody, first, NULL, NULL, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 4);
    static const struct {
        const char *number;
        int32_t rank;
    } wanted[] = {{"a-1", 1}, {"b-1", 2}, {"a-2", 3}, {"b-2", 0}};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(page->items[i].number, wanted[i].number);
        ck_assert_int_eq(page->items[i].rank, wanted[i].rank);
        ck_assert_ptr_null(page->items[i].family);
    }
    ck_assert_str_eq(page->items[0].award, "gold");
    edu_free(page);
    edu_figure_page *figures = NULL;
    FX_OK(edu_result_years(w.nobody, "old", "region", "baku", NULL, 0, &figures, error));
    ck_assert_uint_eq(figures->count, 2);
    ck_assert_int_eq(figures->items[0].year, 1960);
    ck_assert_int_eq(figures->items[1].participants, 2);
    edu_free(figures);
    FX_OK(edu_result_subjects(w.nobody, 1960, "region", "baku", NULL, 0, &figures, error));
    ck_assert_uint_eq(figures->count, 1);
    ck_assert_str_eq(figures->items[0].subject, "mathematics");
    ck_assert_str_eq(figures->items[0].subject_title, "Old");
    edu_free(figures);
    FX_OK(edu_result_subjects(w.nobody, 1961, "all", "all", NULL, 0, &figures, error));
    ck_assert_uint_eq(figures->count, 0);
    edu_free(figures);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM result r WHERE r.is_told = 0"), 0);
}
END_TEST

/* ---- the archive of the International Mathematical Olympiad ---- */

typedef struct imo_row {
    int year, rank, contestant;
    char country[64], region[16];
    char cells[8][8]; /* p1 to p7, total */
} imo_row;

static size_t imo_read(imo_row *rows, size_t room)
{
    char path[512], line[256];
    (void)snprintf(path, sizeof path, "%s/data/imo-results.csv", getenv("EDU_SHARED"));
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "the real data is not beside the project: %s", path);
    size_t count = 0;
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        ck_assert_uint_lt(count, room);
        imo_row *row = &rows[count++];
        char *at = line, *cell;
        for (int column = 0; column < 13 && (cell = strsep(&at, ",\r\n")) != NULL; column++) {
            if (column == 0)
                row->year = atoi(cell);
            else if (column == 1)
                (void)snprintf(row->country, sizeof row->country, "%s", cell);
            else if (column == 2)
                row->contestant = atoi(cell);
            else if (column <= 10)
                (void)snprintf(row->cells[column - 3], sizeof row->cells[0], "%s", cell);
            else if (column == 11)
                row->rank = atoi(cell);
        }
    }
    (void)fclose(file);
    return count;
}

static void imo_regions(imo_row *rows, size_t count)
{
    ei_buffer csv = {0};
    size_t known = 0;
    ei_buffer_text(&csv, "code,name\n");
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < i && strcmp(rows[j].country, rows[i].country) != 0)
            j++;
        if (j < i) {
            memcpy(rows[i].region, rows[j].region, sizeof rows[i].region);
            continue;
        }
        (void)snprintf(rows[i].region, sizeof rows[i].region, "imo-%03zu", ++known);
        ei_buffer_printf(&csv, "%s,\"en=%s\"\n", rows[i].region, rows[i].country);
    }
    fx_import(edu_account_import_regions, csv.data);
    ei_buffer_free(&csv);
}

#define IMO_PROBLEMS                                                                               \
    "{\"problems\":[{\"code\":\"p1\",\"max\":9},{\"code\":\"p2\",\"max\":9},"                      \
    "{\"code\":\"p3\",\"max\":9},{\"code\":\"p4\",\"max\":9},{\"code\":\"p5\",\"max\":9},"         \
    "{\"code\":\"p6\",\"max\":12},{\"code\":\"p7\",\"max\":9}]}"

static const char *imo_csv(const imo_row *rows, size_t count, ei_buffer *csv)
{
    ei_buffer_text(csv, "number,region,p1,p2,p3,p4,p5,p6,p7,total,counted\n");
    for (size_t i = 0; i < count; i++) {
        const imo_row *row = &rows[i];
        ei_buffer_printf(csv, "%s-%d,%s", row->region, row->contestant, row->region);
        for (int c = 0; c < 8; c++)
            ei_buffer_printf(csv, ",%s", row->cells[c]);
        /* The unofficial teams of 1992 have no rank; that is how the file tells them. */
        ei_buffer_printf(csv, ",%d\n", row->year != 1992 || row->rank != 0);
    }
    return csv->data;
}

/* How many of a year's ranks are not the published ones. */
static int imo_year(const imo_row *rows, size_t count)
{
    ei_buffer csv = {0};
    edu_import_report *report = NULL;
    edu_id season = archive(rows[0].year);
    int wrong = 0;
    set_rules(season, IMO_PROBLEMS);
    FX_OK(edu_result_import(w.clerk, season, fx_bytes(imo_csv(rows, count, &csv)), NULL, &report,
                            error));
    ck_assert_int_eq(report->added, (int64_t)count);
    edu_free(report);
    ei_buffer_free(&csv);
    FX_OK(edu_result_rank(w.clerk, season, NULL, error));
    for (size_t i = 0; i < count; i++) {
        char sql[300], id[33];
        ei_hex_format(season.bytes, sizeof season, id);
        (void)snprintf(sql, sizeof sql,
                       "SELECT CASE WHEN place = 1000000000 THEN 0 ELSE place END FROM result "
                       "WHERE season_id = x'%s' AND number = '%s-%d'",
                       id, rows[i].region, rows[i].contestant);
        wrong += fx_int(sql) != rows[i].rank;
    }
    return wrong;
}

START_TEST(imo_ranks_are_the_published_ones)
{
    static const int contradicts[] = {1959, 1969, 1976, 1981, 1984, 1987, 1990, 1992,
                                      1994, 1995, 1999, 2004, 2008, 2012, 2014};
    static imo_row rows[22000];
    size_t count = imo_read(rows, EI_COUNT(rows));
    ck_assert_uint_eq(count, 21707);
    imo_regions(rows, count);
    int years = 0, good_years = 0, wrong_rows = 0;
    for (size_t first = 0, end; first < count; first = end, years++) {
        for (end = first; end < count && rows[end].year == rows[first].year;)
            end++;
        int wrong = imo_year(&rows[first], end - first);
        bool is_listed = false;
        for (size_t i = 0; i < EI_COUNT(contradicts); i++)
            is_listed |= contradicts[i] == rows[first].year;
        ck_assert_msg(is_listed || wrong == 0, "%d: %d ranks differ", rows[first].year, wrong);
        good_years += !is_listed;
        wrong_rows += wrong;
    }
    ck_assert_int_eq(years, 65);
    ck_assert_int_eq(good_years, 50);
    ck_assert_int_eq(wrong_rows, 284);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM result WHERE total IS NOT NULL AND "
                            "REPLACE(REPLACE(points, 'null', ''), ',', '') = '[]'"),
                     1093);
    ck_assert_int_gt(fx_int("SELECT COUNT(*) FROM result WHERE is_counted = 0"), 0);
}
END_TEST

static void make_world(void)
{
    world_make(&w);
}

static Suite *result_suite(void)
{
    Suite *suite = suite_create("result");
    TCase *pure = tcase_create("rules");
    tcase_add_test(pure, rules_are_checked_whole);
    tcase_add_loop_test(pure, a_fault_of_the_rules_is_told_with_its_place, 0, EI_COUNT(faults));
    tcase_add_test(pure, what_rules_say_is_kept);
    tcase_add_test(pure, shared_and_dense_ranks);
    tcase_add_test(pure, ties_at_a_quota);
    tcase_add_test(pure, shares_divisions_and_least_points);
    tcase_add_test(pure, best_of_and_full_marks);
    suite_add_tcase(suite, pure);
    TCase *round = tcase_create("round");
    tcase_add_checked_fixture(round, make, fx_teardown);
    tcase_set_timeout(round, 120);
    tcase_add_test(round, a_file_is_taken_whole_or_not);
    tcase_add_test(round, titles_that_no_code_holds_are_refused);
    tcase_add_test(round, importing_again_keeps_what_was);
    tcase_add_test(round, publishing_needs_two_and_everybody);
    tcase_add_test(round, seen_from_the_stated_time_on);
    tcase_add_test(round, a_proposal_is_taken_back);
    tcase_add_test(round, lists_have_their_scope);
    tcase_add_test(round, a_certificate_in_three_forms);
    tcase_add_test(round, found_by_number_and_birth_date_alike);
    tcase_add_test(round, looking_up_is_throttled_checking_never);
    tcase_add_test(round, revoking_takes_two);
    tcase_add_test(round, the_next_round_is_accepted);
    tcase_add_test(round, a_remark_at_the_cut_off_moves_exactly_the_right);
    tcase_add_test(round, an_appeal_is_marked_by_two);
    tcase_add_test(round, an_appeal_in_time_and_rejected);
    tcase_add_test(round, blind_codes_stand_for_slips);
    tcase_add_test(round, figures_count_what_is_there);
    suite_add_tcase(suite, round);
    TCase *archives = tcase_create("archive");
    tcase_add_checked_fixture(archives, make_world, fx_teardown);
    tcase_set_timeout(archives, 240);
    tcase_add_test(archives, an_archive_has_no_names);
    tcase_add_test(archives, imo_ranks_are_the_published_ones);
    suite_add_tcase(suite, archives);
    return suite;
}

int main(void)
{
    return tap_run(result_suite());
}
