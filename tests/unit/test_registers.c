/* Registers of education: their forms, imports, corrections and history. */
#include "fixture.h"
#include "parse.h"
#include "domain/register/register_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/register.h>
#include "domain/register/register_form.h"
#include "../tap.h"

static json_t *form(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/registers/%s.json", getenv("EDU_ROOT"),
                   name);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_msg(json != NULL, "%s", path);
    return json;
}

static void publish(const char *name)
{
    int32_t version;
    json_t *json = form(name);
    FX_OK(edu_register_publish(fx_operator(), json, NULL, &version, error));
    json_decref(json);
}

static void setup(void)
{
    fx_setup();
    publish("higher_study");
    publish("diagnostic_assessment");
}

#define BORN "2014-01-01"
#define STUDY "number,birth,institution,programme,degree,form,funding,year,since,until,state\n"
#define ROW "PUP0001," BORN ",S1,Riyaziyyat,bachelor,full_time,state,2,2025-09-15,,studying\n"

/* added, changed, unchanged */
static void imported(const char *login, const char *code, const char *csv, int added, int changed,
                     int unchanged)
{
    edu_import_report *report = NULL;
    edu_session *session = login ? fx_session(login) : fx_operator();
    FX_OK(edu_register_import(session, code, fx_bytes(csv), NULL, &report, error));
    ck_assert_int_eq(report->added, added);
    ck_assert_int_eq(report->changed, changed);
    ck_assert_int_eq(report->unchanged, unchanged);
    edu_free(report);
}

static edu_register_record_page *records(const char *login, const char *number)
{
    edu_register_record_page *page = NULL;
    FX_OK(edu_register_records(fx_session(login), fx_person(number), NULL, 0, &page, error));
    return page;
}

START_TEST(an_institution_brings_its_own_and_only_changes_are_kept)
{
    edu_import_report *report = NULL;
    FX_FAILS(EDU_E_INVALID,
             edu_register_import(fx_session("school1"), "higher_study",
                                 fx_bytes(STUDY "PUP0001,2001-02-03,S1,Riyaziyyat,bachelor,"
                                                "full_time,state,2,2025-09-15,,studying\n"),
                                 NULL, &report, error));
    imported("school1", "higher_study", STUDY ROW, 1, 0, 0);
    imported("school1", "higher_study", STUDY ROW, 0, 0, 1);
    imported("school1", "higher_study",
             STUDY "PUP0001," BORN
                   ",S1,Riyaziyyat,bachelor,full_time,state,3,2025-09-15,,studying\n",
             0, 1, 0);
    FX_FAILS(EDU_E_INVALID, edu_register_import(fx_session("school2"), "higher_study",
                                                fx_bytes(STUDY ROW), NULL, &report, error));
    FX_FAILS(EDU_E_DENIED, edu_register_import(fx_session("pupil1"), "higher_study",
                                               fx_bytes(STUDY ROW), NULL, &report, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_register_import(fx_operator(), "nothing", fx_bytes(STUDY ROW),
                                                  NULL, &report, error));
    edu_register_record_page *page = records("pupil1", "PUP0001");
    ck_assert_uint_eq(page->count, 1);
    ck_assert_int_eq(page->items[0].version, 2);
    ck_assert_str_eq(json_string_value(json_object_get(page->items[0].data, "year")), "3");
    edu_free(page);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM register_change"), 2);
}
END_TEST

START_TEST(faults_name_the_line_and_the_column)
{
    static const struct {
        const char *row, *field;
    } bad[] = {
        {"PUP0001," BORN ",S1,,bachelor,full_time,state,2,2025-09-15,,studying", "/programme"},
        {"PUP0001," BORN ",S1,X,king,full_time,state,2,2025-09-15,,studying", "/degree"},
        {"PUP0001," BORN ",S1,X,bachelor,full_time,state,9,2025-09-15,,studying", "/year"},
        {"PUP0001," BORN ",S1,X,bachelor,full_time,state,2,2025-02-30,,studying", "/since"},
        {"PUP0001," BORN ",S77,X,bachelor,full_time,state,2,2025-09-15,,studying", "/institution"},
        {"NOB0001," BORN ",S1,X,bachelor,full_time,state,2,2025-09-15,,studying", "/number"}};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        edu_import_report *report = NULL;
        edu_error error = EDU_ERROR_INIT;
        char csv[512];
        (void)snprintf(csv, sizeof csv, STUDY ROW "%s\n", bad[i].row);
        ck_assert_int_eq(edu_register_import(fx_operator(), "higher_study", fx_bytes(csv), NULL,
                                             &report, &error),
                         EDU_E_INVALID);
        ck_assert_str_eq(error.field, bad[i].field);
        ck_assert_int_eq(error.line, 3);
    }
    edu_import_report *report = NULL;
    FX_FAILS(EDU_E_INVALID, edu_register_import(fx_operator(), "higher_study",
                                                fx_bytes(STUDY ROW ROW), NULL, &report, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM register_record"), 0);
}
END_TEST

/* ---- a whole file of faults ---- */

static edu_import_fault_page *faults(const char *login, const char *csv, const char *cursor,
                                     int32_t limit)
{
    edu_import_fault_page *page = NULL;
    FX_OK(edu_register_faults(fx_session(login), "higher_study", fx_bytes(csv), cursor, limit,
                              &page, error));
    return page;
}

static void fault_is(const edu_import_fault_page *page, size_t at, int64_t line, const char *field)
{
    ck_assert_uint_gt(page->count, at);
    ck_assert_int_eq(page->items[at].line, line);
    if (field)
        ck_assert_str_eq(page->items[at].field, field);
    else
        ck_assert_ptr_null(page->items[at].field);
}

START_TEST(every_fault_of_a_file_is_told_at_once)
{
    static const char bad[] = STUDY ROW                                              /* 2 */
        "PUP0001," BORN ",S1,,king,full_time,state,9,15.09.2025,,studying\n"         /* 3 */
        "PUP0002,2014-01-02,S2,X,bachelor,full_time,state,2,2025-09-15,,studying\n"  /* 4 */
        "PUP0001," BORN ",S1\n"                                                      /* 5 */
        "PUP0001," BORN ",S1,\xff,bachelor,full_time,state,2,2025-09-15,,studying\n" /* 6 */
        ROW                                                                          /* 7 */
        "NOBODY1," BORN ",S1,X,bachelor,full_time,state,2,31.02.2025,,studying\n";   /* 8 */
    edu_import_fault_page *page = faults("school1", bad, NULL, 0);
    static const struct {
        int64_t line;
        const char *field;
    } expected[] = {{3, "/programme"},   {3, "/degree"}, {3, "/year"},
                    {4, "/institution"}, {5, NULL},      {6, NULL},
                    {7, "/number"},      {8, "/since"},  {8, "/number"}};
    for (size_t i = 0; i < EI_COUNT(expected); i++)
        fault_is(page, i, expected[i].line, expected[i].field);
    ck_assert_uint_eq(page->count, EI_COUNT(expected));
    ck_assert_ptr_null(page->next);
    ck_assert_str_eq(page->items[0].key, "register.missing");
    edu_free(page);
    /* Pages have whole lines. */
    page = faults("school1", bad, NULL, 2);
    ck_assert_uint_eq(page->count, 3);
    ck_assert_str_eq(page->next, "3");
    edu_import_fault_page *rest = faults("school1", bad, page->next, 200);
    ck_assert_uint_eq(rest->count, 6);
    fault_is(rest, 0, 4, "/institution");
    edu_free(rest);
    edu_free(page);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM register_record"), 0);
    /* What ends the reading is the last fault. */
    page = faults("school1", STUDY ROW "\"open\n", NULL, 0);
    fault_is(page, 0, 3, NULL);
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    page = faults("school1", "colour\nred\n", NULL, 0);
    fault_is(page, 0, 1, NULL);
    edu_free(page);
    FX_FAILS(EDU_E_DENIED, edu_register_faults(fx_session("pupil1"), "higher_study", fx_bytes(bad),
                                               NULL, 0, &page, error));
    FX_FAILS(EDU_E_INVALID, edu_register_faults(fx_session("school1"), "higher_study",
                                                fx_bytes(bad), "x", 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_register_faults(fx_session("school1"), "nothing", fx_bytes(bad),
                                                  NULL, 0, &page, error));
    /* Nothing of the caller's error is needed. */
    page = NULL;
    ck_assert_int_eq(edu_register_faults(fx_session("school1"), "higher_study", fx_bytes(bad), NULL,
                                         0, &page, NULL),
                     EDU_OK);
    edu_free(page);
}
END_TEST

START_TEST(what_a_spreadsheet_writes_is_read)
{
    imported(
        "school1", "higher_study",
        "\xef\xbb\xbfnumber;birth;institution;programme;degree;form;funding;year;since;until;"
        "state\r\n"
        "PUP0001;01.01.2014;S1;\"Riyaziyyat; statistika\";bachelor;full_time;state;2;15.09.2025;"
        ";studying\r\n",
        1, 0, 0);
    edu_register_record_page *page = records("pupil1", "PUP0001");
    const json_t *data = page->items[0].data;
    ck_assert_str_eq(json_string_value(json_object_get(data, "programme")),
                     "Riyaziyyat; statistika");
    ck_assert_str_eq(json_string_value(json_object_get(data, "since")), "2025-09-15");
    edu_free(page);
    imported(
        "school1", "higher_study",
        "number\tbirth\tinstitution\tprogramme\tdegree\tform\tfunding\tyear\tsince\tuntil\tstate\n"
        "PUP0001\t2014-01-01\tS1\tRiyaziyyat; statistika\tbachelor\tfull_time\tstate\t2\t"
        "2025-09-15\t\tstudying\n",
        0, 0, 1);
    static const char *const others[] = {"\xff\xfen\0", "PK\x03\x04", "\xd0\xcf\x11\xe0"};
    for (size_t i = 0; i < EI_COUNT(others); i++) {
        edu_import_fault_page *told = faults("school1", others[i], NULL, 0);
        ck_assert_str_eq(told->items[0].key, "csv.other_file");
        edu_free(told);
    }
}
END_TEST

START_TEST(records_are_found_by_number_and_birth_date)
{
    edu_register_record_page *page = NULL;
    const edu_date born = {2014, 1, 1}, other = {2014, 1, 2};
    imported("school1", "higher_study", STUDY ROW, 1, 0, 0);
    FX_OK(edu_register_find(fx_session("school1"), "PUP0001", born, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_ptr_nonnull(page->items[0].holder);
    edu_free(page);
    FX_OK(edu_register_find(fx_session("clerk"), "PUP0001", born, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_register_find(fx_session("school1"), "PUP0001", other, NULL, 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_register_find(fx_session("school2"), "PUP0001", born, NULL, 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_register_find(fx_session("school1"), "PUP0999", born, NULL, 0, &page, error));
}
END_TEST

START_TEST(who_brought_what_is_kept)
{
    edu_register_file_page *page = NULL;
    imported("school1", "higher_study", STUDY ROW, 1, 0, 0);
    imported(NULL, "higher_study",
             STUDY ROW "PUP0005,2014-01-05,S2,X,bachelor,full_time,state,2,"
                       "2025-09-15,,studying\n",
             1, 0, 1);
    FX_OK(edu_register_files(fx_session("school1"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].code, "higher_study");
    ck_assert_str_eq(page->items[0].institution, "S1");
    ck_assert_ptr_nonnull(page->items[0].by);
    ck_assert_int_eq(page->items[0].added, 1);
    edu_free(page);
    FX_OK(edu_register_files(fx_session("clerk"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 2);
    ck_assert_ptr_null(page->items[0].institution);
    ck_assert_ptr_null(page->items[0].by);
    ck_assert_int_eq(page->items[0].unchanged, 1);
    edu_free(page);
    FX_OK(edu_register_files(fx_session("school2"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
    FX_FAILS(EDU_E_DENIED, edu_register_files(fx_session("pupil1"), NULL, 0, &page, error));
}
END_TEST

START_TEST(decimals_are_equal_however_they_are_written)
{
    imported(NULL, "diagnostic_assessment",
             "number,year,subject,total,maximum\nPUP0001,2026,Fizika,\"52,5\",60\n", 1, 0, 0);
    imported(NULL, "diagnostic_assessment",
             "number,year,subject,total,maximum\nPUP0001,2026,Fizika,52.50,60.00\n", 0, 0, 1);
    edu_register_record_page *page = records("clerk", "PUP0001");
    ck_assert_str_eq(json_string_value(json_object_get(page->items[0].data, "total")), "52.50");
    ck_assert_ptr_null(page->items[0].institution);
    edu_free(page);
}
END_TEST

/* What is written as a decimal number of two places from 0 to 1000, and what it is read as. */
static const struct {
    const char *given, *read; /* NULL: refused */
} decimals[] = {{"0", "0.00"},          {"7", "7.00"},       {"007,5", "7.50"},
                {"\"7,25\"", "7.25"},   {"1000", "1000.00"}, {"0.01", "0.01"},
                {"1000.00", "1000.00"}, {"-0", "0.00"},      {"1000.01", NULL},
                {"-0.5", NULL},         {"-1", NULL},        {"--0", NULL},
                {"+1", NULL},           {".5", NULL},        {"5.", NULL},
                {"1e2", NULL},          {"1.2.3", NULL},     {"7.125", NULL},
                {"0x10", NULL},         {"1 0", NULL},       {"123456789012345678", NULL}};

START_TEST(decimals_are_read_within_their_bounds)
{
    edu_import_report *report = NULL;
    edu_error error = EDU_ERROR_INIT;
    char csv[200];
    bool is_quoted = strchr(decimals[_i].given, ',') && decimals[_i].given[0] != '"';
    (void)snprintf(csv, sizeof csv,
                   "number,year,subject,total,maximum\nPUP0001,2026,Fizika,%s%s%s,60\n",
                   is_quoted ? "\"" : "", decimals[_i].given, is_quoted ? "\"" : "");
    edu_status status = edu_register_import(fx_operator(), "diagnostic_assessment", fx_bytes(csv),
                                            NULL, &report, &error);
    if (!decimals[_i].read) {
        ck_assert_int_eq(status, EDU_E_INVALID);
        ck_assert_str_eq(error.key, "register.decimal");
        ck_assert_str_eq(error.field, "/total");
        return;
    }
    ck_assert_int_eq(status, EDU_OK);
    edu_free(report);
    edu_register_record_page *page = records("clerk", "PUP0001");
    ck_assert_str_eq(json_string_value(json_object_get(page->items[0].data, "total")),
                     decimals[_i].read);
    edu_free(page);
}
END_TEST

START_TEST(a_correction_keeps_what_was_and_who_did_it)
{
    edu_register_change_page *history = NULL;
    imported(NULL, "higher_study", STUDY ROW, 1, 0, 0);
    edu_register_record_page *page = records("clerk", "PUP0001");
    edu_id person = page->items[0].person_id, id = page->items[0].id;
    edu_free(page);
    json_t *changes = json_pack("{s:s, s:s}", "state", "graduated", "until", "2026-06-30");
    json_t *wrong = json_pack("{s:s}", "state", "flew");
    json_t *unknown = json_pack("{s:s}", "colour", "red");
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_register_correct(fx_session("school2"), person, id, changes, "x", NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_register_correct(fx_session("pupil1"), person, id, changes, "x", NULL, error));
    FX_FAILS(EDU_E_INVALID,
             edu_register_correct(fx_session("school1"), person, id, wrong, "x", NULL, error));
    FX_FAILS(EDU_E_INVALID,
             edu_register_correct(fx_session("school1"), person, id, unknown, "x", NULL, error));
    FX_FAILS(EDU_E_INVALID,
             edu_register_correct(fx_session("school1"), person, id, changes, " ", NULL, error));
    FX_OK(edu_register_correct(fx_session("school1"), person, id, changes, "diploma 17", NULL,
                               error));
    FX_OK(edu_register_history(fx_session("pupil1"), person, id, NULL, 0, &history, error));
    ck_assert_uint_eq(history->count, 2);
    ck_assert_str_eq(history->items[0].how, "correction");
    ck_assert_str_eq(history->items[0].reason, "diploma 17");
    ck_assert_ptr_null(history->items[0].by);
    ck_assert_str_eq(json_string_value(json_object_get(history->items[1].data, "state")),
                     "studying");
    edu_free(history);
    FX_OK(edu_register_history(fx_session("school1"), person, id, NULL, 0, &history, error));
    ck_assert_ptr_nonnull(history->items[0].by);
    edu_free(history);
    FX_OK(edu_register_end(fx_session("clerk"), person, id, "of somebody else", NULL, error));
    FX_FAILS(EDU_E_STATE, edu_register_end(fx_session("clerk"), person, id, "again", NULL, error));
    page = records("pupil1", "PUP0001");
    ck_assert(!page->items[0].is_current);
    edu_free(page);
    json_decref(changes);
    json_decref(wrong);
    json_decref(unknown);
}
END_TEST

START_TEST(two_records_of_one_person_stay_apart)
{
    imported(NULL, "higher_study",
             STUDY ROW "PUP0001," BORN ",S1,Fizika,master,full_time,paid,1,2026-09-15,,studying\n",
             2, 0, 0);
    edu_register_record_page *page = records("clerk", "PUP0001");
    ck_assert_uint_eq(page->count, 2);
    json_t *changes = json_pack("{s:s, s:s}", "programme", "Riyaziyyat", "degree", "bachelor");
    const edu_register_record *physics =
        strcmp(json_string_value(json_object_get(page->items[0].data, "programme")), "Fizika") == 0
            ? &page->items[0]
            : &page->items[1];
    FX_FAILS(EDU_E_CONFLICT, edu_register_correct(fx_session("clerk"), physics->person_id,
                                                  physics->id, changes, "x", NULL, error));
    json_decref(changes);
    edu_free(page);
}
END_TEST

static json_t *without(json_t *json, const char *name)
{
    json_object_del(json, name);
    return json;
}

START_TEST(forms_are_checked_whole)
{
    json_t *two = form("higher_study");
    json_array_append(json_object_get(two, "columns"),
                      json_array_get(json_object_get(two, "columns"), 0));
    json_t *kind = form("higher_study");
    json_object_set_new(json_array_get(json_object_get(kind, "columns"), 0), "kind",
                        json_string("blob"));
    json_t *key = form("higher_study");
    json_array_append_new(json_object_get(key, "key"), json_string("until"));
    const struct {
        json_t *json;
        const char *field;
    } bad[] = {{without(form("higher_study"), "title"), "/title"},
               {without(form("higher_study"), "columns"), "/columns"},
               {two, "/columns/8/name"},
               {kind, "/columns/0/kind"},
               {key, "/key/2"}};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        int32_t version;
        edu_error error = EDU_ERROR_INIT;
        ck_assert_int_eq(edu_register_publish(fx_operator(), bad[i].json, NULL, &version, &error),
                         EDU_E_INVALID);
        ck_assert_str_eq(error.field, bad[i].field);
        json_decref(bad[i].json);
    }
}
END_TEST

#define T "{'az':'T','en':'T','ru':'T'}"
#define COLUMN(more) "{'columns':[{'name':'a','title':" T "," more "}],'key':[]}"

static const spoilt_case spoilt[] = {
    {"registers/higher_study", "{'register':'A B'}", "/register"},
    {"registers/higher_study", "{'register':7}", "/register"},
    {"registers/higher_study", "{'title':null}", "/title"},
    {"registers/higher_study", "{'title':{'az':null,'en':null,'ru':null}}", "/title"},
    {"registers/higher_study", "{'title':7}", "/title"},
    {"registers/higher_study", "{'institutions':7}", "/institutions"},
    {"registers/higher_study", "{'colour':7}", "/colour"},
    {"registers/higher_study", "{'columns':7}", "/columns"},
    {"registers/higher_study", "{'columns':[]}", "/columns"},
    {"registers/higher_study", "{'columns':[7]}", "/columns/0"},
    {"registers/higher_study", "{'key':7}", "/key"},
    {"registers/higher_study", "{'key':[7]}", "/key/0"},
    {"registers/higher_study", "{'key':['none']}", "/key/0"},
    {"registers/higher_study",
     "{'key':['programme','programme','programme','programme','programme']}", "/key"},
    {"registers/higher_study", COLUMN("'kind':7"), "/columns/0/kind"},
    {"registers/higher_study", COLUMN("'kind':'text','optional':7"), "/columns/0/optional"},
    {"registers/higher_study", COLUMN("'kind':'text','choices':[]"), "/columns/0/choices"},
    {"registers/higher_study", COLUMN("'kind':'choice'"), "/columns/0/choices"},
    {"registers/higher_study", COLUMN("'kind':'choice','choices':7"), "/columns/0/choices"},
    {"registers/higher_study", COLUMN("'kind':'choice','choices':[]"), "/columns/0/choices"},
    {"registers/higher_study", COLUMN("'kind':'choice','choices':[7]"), "/columns/0/choices/0"},
    {"registers/higher_study", COLUMN("'kind':'choice','choices':[{'code':'A','title':" T "}]"),
     "/columns/0/choices/0"},
    {"registers/higher_study", COLUMN("'kind':'choice','choices':[{'code':'a','title':7}]"),
     "/columns/0/choices/0/title"},
    {"registers/higher_study",
     COLUMN("'kind':'choice','choices':[{'code':'a','title':" T "},{'code':'a','title':" T "}]"),
     "/columns/0/choices/1"},
    {"registers/higher_study", COLUMN("'kind':'integer','least':'1'"), "/columns/0/least"},
    {"registers/higher_study", COLUMN("'kind':'integer','least':-1000000000"), "/columns/0/least"},
    {"registers/higher_study", COLUMN("'kind':'integer','most':1000000000"), "/columns/0/most"},
    {"registers/higher_study", COLUMN("'kind':'integer','least':5,'most':4"), "/columns/0/most"},
    {"registers/higher_study", COLUMN("'kind':'decimal','places':5"), "/columns/0/places"},
    {"registers/higher_study", COLUMN("'kind':'decimal','places':-1"), "/columns/0/places"},
    {"registers/higher_study", "{'columns':[{'name':'a1','title':" T ",'kind':'text'}]}",
     "/columns/0/name"},
    {"registers/higher_study", "{'columns':[{'name':7,'title':" T ",'kind':'text'}]}",
     "/columns/0/name"},
    {"registers/higher_study", "{'columns':[{'name':'number','title':" T ",'kind':'text'}]}",
     "/columns/0/name"},
    {"registers/higher_study", "{'columns':[{'name':'holder','title':" T ",'kind':'text'}]}",
     "/columns/0/name"},
    {"registers/higher_study", "{'columns':[{'name':'birth','title':" T ",'kind':'text'}]}",
     "/columns/0/name"},
    {"registers/higher_study", "{'columns':[{'name':'document','title':" T ",'kind':'text'}]}",
     "/columns/0/name"},
    {"registers/higher_study", "{'columns':[{'name':'institution','title':" T ",'kind':'text'}]}",
     "/columns/0/name"},
    {"registers/higher_study", "{'columns':[{'name':'a','title':7,'kind':'text'}]}",
     "/columns/0/title"},
};

static edu_status make(json_t *json, edu_error *error)
{
    ei_register_form *made = NULL;
    edu_status status = ei_register_form_make(json, &made, error);
    ei_register_form_free(made);
    return status;
}

START_TEST(a_spoilt_form_is_refused_with_the_place)
{
    check_spoilt(&spoilt[_i], make);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("registers");
    TCase *tests = tcase_create("registers");
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, an_institution_brings_its_own_and_only_changes_are_kept);
    tcase_add_test(tests, faults_name_the_line_and_the_column);
    tcase_add_test(tests, every_fault_of_a_file_is_told_at_once);
    tcase_add_test(tests, what_a_spreadsheet_writes_is_read);
    tcase_add_test(tests, records_are_found_by_number_and_birth_date);
    tcase_add_test(tests, who_brought_what_is_kept);
    tcase_add_test(tests, decimals_are_equal_however_they_are_written);
    tcase_add_test(tests, a_correction_keeps_what_was_and_who_did_it);
    tcase_add_test(tests, two_records_of_one_person_stay_apart);
    tcase_add_test(tests, forms_are_checked_whole);
    tcase_add_loop_test(tests, decimals_are_read_within_their_bounds, 0, EI_COUNT(decimals));
    suite_add_tcase(suite, tests);
    TCase *pure = tcase_create("forms");
    tcase_add_loop_test(pure, a_spoilt_form_is_refused_with_the_place, 0, EI_COUNT(spoilt));
    suite_add_tcase(suite, pure);
    return tap_run(suite);
}
