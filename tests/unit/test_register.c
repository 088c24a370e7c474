/* The registers: imports, and places as metres. */
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/account/geo.h"
#include "../tap.h"

/* ---- places ---- */

static bool parse_degrees(const char *text, int32_t *e7)
{
    return ei_geo_parse(text, 90, 7, "/latitude", e7, NULL) == EDU_OK;
}

START_TEST(degrees_are_read_exactly)
{
    static const struct {
        const char *text;
        int32_t e7;
    } good[] = {{"40.4093", 404093000}, {"0", 0},
                {"-0.0000001", -1},     {"90", 900000000},
                {"-90.0", -900000000},  {"39.1234567", 391234567},
                {"7.5", 75000000}};
    for (size_t i = 0; i < EI_COUNT(good); i++) {
        int32_t e7 = 1;
        ck_assert_msg(parse_degrees(good[i].text, &e7), "%s", good[i].text);
        ck_assert_int_eq(e7, good[i].e7);
    }
    static const char *const bad[] = {
        "",     "x",           "1.",  ".5", "90.0000001", "-91", "1e1",      "4 0",
        "40,4", "40.12345678", "--1", "+1", "12345",      "nan", "40.4093 ", "9999999999"};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        int32_t e7;
        ck_assert_msg(!parse_degrees(bad[i], &e7), "%s", bad[i]);
    }
    int32_t e7;
    FX_FAILS(EDU_E_INVALID, ei_geo_parse("x", 180, 7, "/longitude", &e7, error));
    ck_assert_int_eq(fx_last_error.line, 7);
    ck_assert_str_eq(fx_last_error.field, "/longitude");
}
END_TEST

static ei_geo_point place(double latitude, double longitude)
{
    return (ei_geo_point){(int32_t)lround(latitude * 1e7), (int32_t)lround(longitude * 1e7)};
}

static double radians(int32_t e7)
{
    return e7 / 1e7 * acos(-1) / 180;
}

/* The textbook's formula, in floating point. */
static void stereographic(ei_geo_point p, ei_geo_point r, double *x, double *y)
{
    double f = radians(p.latitude_e7), f0 = radians(r.latitude_e7);
    double l = radians(p.longitude_e7) - radians(r.longitude_e7);
    double k = 2 * 6371009.0 / (1 + sin(f0) * sin(f) + cos(f0) * cos(f) * cos(l));
    *x = k * cos(f) * sin(l);
    *y = k * (cos(f0) * sin(f) - sin(f0) * cos(f) * cos(l));
}

START_TEST(projection_agrees_with_the_textbook)
{
    ei_geo_point reference = place(40.4, 47.9);
    for (int32_t latitude = -40; latitude <= 85; latitude += 5)
        for (int32_t longitude = 0; longitude <= 95; longitude += 5) {
            ei_geo_point p = place(latitude + 0.1234567, longitude + 0.7654321);
            int64_t x, y;
            if (!ei_geo_project(p, reference, &x, &y))
                continue;
            double expected_x, expected_y;
            stereographic(p, reference, &expected_x, &expected_y);
            ck_assert_double_lt(fabs((double)x - expected_x), 0.51);
            ck_assert_double_lt(fabs((double)y - expected_y), 0.51);
        }
}
END_TEST

/* Known so that another machine or compiler that gives others is found out. */
START_TEST(projection_is_the_same_everywhere)
{
    static const struct {
        int32_t latitude, longitude;
        int64_t x, y;
    } known[] = {{404000000, 479000000, 0, 0},
                 {404093000, 498671000, 166545, 2887},
                 {392089000, 454122000, -214362, -129469},
                 {-101234567, 1000000000, 7350362, -4975197}};
    ei_geo_point reference = {404000000, 479000000};
    for (size_t i = 0; i < EI_COUNT(known); i++) {
        int64_t x, y;
        ei_geo_point p = {known[i].latitude, known[i].longitude};
        ck_assert(ei_geo_project(p, reference, &x, &y));
        ck_assert_int_eq(x, known[i].x);
        ck_assert_int_eq(y, known[i].y);
    }
}
END_TEST

START_TEST(distances_are_true_within_a_country)
{
    /* Baku to Nakhchivan by the great circle: 394.9 km */
    ei_geo_point reference = place(40.4, 47.9);
    int64_t x1, y1, x2, y2;
    ck_assert(ei_geo_project(place(40.4093, 49.8671), reference, &x1, &y1));
    ck_assert(ei_geo_project(place(39.2089, 45.4122), reference, &x2, &y2));
    double metres = hypot((double)(x1 - x2), (double)(y1 - y2));
    double a = radians(404093000), b = radians(392089000), l = radians(498671000 - 454122000);
    double circle = 6371009.0 * acos(sin(a) * sin(b) + cos(a) * cos(b) * cos(l));
    ck_assert_double_lt(fabs(metres / circle - 1), 0.002);
}
END_TEST

START_TEST(far_places_are_refused)
{
    ei_geo_point reference = place(40.4, 47.9);
    int64_t x, y;
    ck_assert(!ei_geo_project(place(-40.4, -132.1), reference, &x, &y));
    ck_assert(!ei_geo_project(place(-60, 47.9), reference, &x, &y));
    ck_assert(ei_geo_project(place(40, -180), place(40, 179.9), &x, &y));
    ck_assert_int_lt(x, 10000);
}
END_TEST

/* ---- imports ---- */

typedef struct bad_file {
    fx_import_fn import;
    const char *csv;
    int64_t line;
    const char *key, *field;
} bad_file;

#define PERSONS "number,document,given,family,birth,mail,phone\n"
#define PUPILS "number,institution,grade,step_free\n"
#define SCHOOLS "code,name,kind,region,address,latitude,longitude\n"
#define GUARDIANS "guardian_number,child_number,child_document\n"

static const bad_file bad_files[] = {
    /* regions */
    {edu_account_import_regions, "code,name\nXX,X\nXX,Y\n", 3, "import.duplicate", "/code"},
    {edu_account_import_regions, "code,name\nXX,X\nX Y,Y\n", 3, "import.bad_code", "/code"},
    {edu_account_import_regions, "code,name\nXX,\n", 2, "core.missing", "/name"},
    {edu_account_import_regions, "code,name\nXX,az=\n", 2, "import.bad_name", "/name"},
    {edu_account_import_regions, "code,name\nXX,az=A|B\n", 2, "import.bad_name", "/name"},
    {edu_account_import_regions, "code,nom\nXX,X\n", 1, NULL, NULL},
    {edu_account_import_regions, "code\nXX\n", 1, NULL, NULL},
    {edu_account_import_regions, "code,name\nXX,X\nYY,\xff\xfe\n", 3, NULL, NULL},
    {edu_account_import_regions, "code,name\nXX,X,Z\n", 2, NULL, NULL},
    /* institutions */
    {edu_account_import_institutions, SCHOOLS "N1,N,school,XX,A,40,49\n", 2,
     "import.unknown_region", "/region"},
    {edu_account_import_institutions, SCHOOLS "N1,N,school,BA,A,91,49\n", 2, "import.bad_degrees",
     "/latitude"},
    {edu_account_import_institutions, SCHOOLS "N1,N,school,BA,A,40,181\n", 2, "import.bad_degrees",
     "/longitude"},
    {edu_account_import_institutions, SCHOOLS "N1,N,school,BA,A,-40,-130\n", 2, "import.far_away",
     "/latitude"},
    {edu_account_import_institutions, SCHOOLS "N1,N,school,BA,A,40,49\nN1,N,school,BA,A,40,49\n", 3,
     "import.duplicate", "/code"},
    {edu_account_import_institutions, SCHOOLS "N1,N,,BA,A,40,49\n", 2, "import.bad_code", "/kind"},
    {edu_account_import_institutions, SCHOOLS "N1,N,school,BA,,40,49\n", 2, "core.missing",
     "/address"},
    /* persons */
    {edu_account_import_persons, PERSONS "NEW0001,,A,B,2010-01-01,,\nNEW0001,,A,B,2010-01-01,,\n",
     3, "import.duplicate", "/number"},
    {edu_account_import_persons, PERSONS "NEW0001,D-1,A,B,2010-01-01,,\n,D-1X,A,B,2010-01-01,,\n",
     2, "account.bad_document", "/document"},
    {edu_account_import_persons,
     PERSONS "NEW0001,D-1234,A,B,2010-01-01,,\n,d-1234,A,B,2010-01-01,,\n", 3, "import.duplicate",
     "/number"},
    {edu_account_import_persons, PERSONS "PUP0001,X-1000001,A,B,2010-01-01,,\n", 2,
     "import.two_persons", "/document"},
    {edu_account_import_persons, PERSONS ",,A,B,2010-01-01,,\n", 2, "import.no_number", "/number"},
    {edu_account_import_persons, PERSONS "NEW000I,,A,B,2010-01-01,,\n", 2, "account.bad_number",
     "/number"},
    {edu_account_import_persons, PERSONS "NEW0001,,,B,2010-01-01,,\n", 2, "core.missing", "/given"},
    {edu_account_import_persons, PERSONS "NEW0001,,A,\"B\x01\",2010-01-01,,\n", 2, "core.control",
     "/family"},
    {edu_account_import_persons, PERSONS "NEW0001,,A,B,2010-02-30,,\n", 2, "import.bad_birth",
     "/birth"},
    {edu_account_import_persons, PERSONS "NEW0001,,A,B,2027-01-01,,\n", 2, "import.bad_birth",
     "/birth"},
    {edu_account_import_persons, PERSONS "NEW0001,,A,B,2010-01-01,nobody,\n", 2, "import.bad_mail",
     "/mail"},
    {edu_account_import_persons, PERSONS "NEW0001,,A,B,2010-01-01,,none\n", 2, "import.bad_phone",
     "/phone"},
    /* pupils */
    {edu_account_import_pupils, PUPILS "ZZZ9999,S1,5,\n", 2, "import.unknown_person", "/number"},
    {edu_account_import_pupils, PUPILS "PUP0001,S1,5,\nPUP0002,S9,5,\n", 3,
     "import.unknown_institution", "/institution"},
    {edu_account_import_pupils, PUPILS "PUP0001,S1,13,\n", 2, "import.bad_grade", "/grade"},
    {edu_account_import_pupils, PUPILS "PUP0001,S1,-1,\n", 2, "import.bad_grade", "/grade"},
    {edu_account_import_pupils, PUPILS "PUP0001,S1,5,yes\n", 2, "import.bad_step_free",
     "/step_free"},
    {edu_account_import_pupils, PUPILS "PUP0001,S1,5,\nPUP0001,S1,5,\n", 3, "import.duplicate",
     "/number"},
    {edu_account_import_pupils, PUPILS ",S1,5,\n", 2, "import.no_number", "/number"},
    /* guardians */
    {edu_account_import_guardians, GUARDIANS "ZZZ9999,PUP0001,\n", 2, "import.unknown_person",
     "/guardian_number"},
    {edu_account_import_guardians, GUARDIANS "GRD0001,ZZZ9999,\n", 2, "import.unknown_person",
     "/child_number"},
    {edu_account_import_guardians, GUARDIANS "GRD0001,GRD0001,\n", 2, "import.own_guardian",
     "/child_number"},
    {edu_account_import_guardians, GUARDIANS "GRD0001,,\n", 2, "import.no_number", "/number"},
    {edu_account_import_guardians, GUARDIANS "GRD0005,PUP0006,\nGRD0005,PUP0006,\n", 3,
     "import.duplicate", "/guardian_number"},
};

static int64_t count_rows(void)
{
    return fx_int("SELECT (SELECT COUNT(*) FROM region) + (SELECT COUNT(*) FROM institution) + "
                  "(SELECT COUNT(*) FROM person) + (SELECT COUNT(*) FROM pupil) + (SELECT COUNT(*) "
                  "FROM guardian) + (SELECT COUNT(*) FROM claim) + (SELECT COUNT(*) FROM audit)");
}

START_TEST(bad_files_tell_their_line_and_change_nothing)
{
    int64_t rows = count_rows();
    for (size_t i = 0; i < EI_COUNT(bad_files); i++) {
        const bad_file *bad = &bad_files[i];
        edu_error error = EDU_ERROR_INIT;
        edu_import_report *report = NULL;
        edu_status status = bad->import(fx_operator(), fx_bytes(bad->csv), NULL, &report, &error);
        ck_assert_msg(status == EDU_E_INVALID || status == EDU_E_CONFLICT, "%s: %s", bad->csv,
                      edu_status_name(status));
        ck_assert_ptr_null(report);
        ck_assert_msg(error.line == bad->line, "%s: line %lld: %s", bad->csv, (long long)error.line,
                      error.message);
        ck_assert_msg(!bad->key || strcmp(error.key, bad->key) == 0, "%s: %s", bad->csv, error.key);
        ck_assert_msg(!bad->field || strcmp(error.field, bad->field) == 0, "%s: %s", bad->csv,
                      error.field);
    }
    ck_assert_int_eq(count_rows(), rows);
}
END_TEST

START_TEST(what_stands_before_a_bad_row_is_undone)
{
    int64_t rows = count_rows();
    edu_import_report *report = NULL;
    FX_FAILS(EDU_E_INVALID,
             edu_account_import_persons(fx_operator(),
                                        fx_bytes(PERSONS "NEW0001,,A,B,2010-01-01,,\n"
                                                         "PUP0001,,Other,Name,2014-01-01,,\n"
                                                         "NEW0002,,A,B,never,,\n"),
                                        "k", &report, error));
    ck_assert_int_eq(fx_last_error.line, 4);
    ck_assert_int_eq(count_rows(), rows);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE given = 'Other'"), 0);
    /* The key is free for the corrected file. */
    FX_OK(edu_account_import_persons(fx_operator(), fx_bytes(PERSONS "NEW0001,,A,B,2010-01-01,,\n"),
                                     "k", &report, error));
    edu_free(report);
}
END_TEST

START_TEST(oversized_input_is_refused)
{
    edu_import_report *report = NULL;
    edu_bytes huge = {"", ((size_t)1 << 30) + 1};
    FX_FAILS(EDU_E_LIMIT, edu_account_import_persons(fx_operator(), huge, NULL, &report, error));
    FX_FAILS(EDU_E_INVALID,
             edu_account_import_persons(fx_operator(), (edu_bytes){NULL, 5}, NULL, &report, error));
    FX_FAILS(EDU_E_INVALID,
             edu_account_import_persons(fx_operator(), (edu_bytes){NULL, 0}, NULL, &report, error));
    FX_FAILS(EDU_E_INVALID,
             edu_account_import_persons(fx_operator(), fx_bytes("x"), NULL, NULL, error));
    size_t size = 200000;
    char *line = malloc(size);
    memset(line, 'x', size);
    memcpy(line, "code,name\nXX,", 13);
    FX_FAILS(EDU_E_LIMIT, edu_account_import_regions(fx_operator(), (edu_bytes){line, size}, NULL,
                                                     &report, error));
    ck_assert_int_eq(fx_last_error.line, 2);
    free(line);
}
END_TEST

static void assert_report(edu_import_report report, int64_t read, int64_t added, int64_t changed,
                          int64_t unchanged)
{
    ck_assert_int_eq(report.read, read);
    ck_assert_int_eq(report.added, added);
    ck_assert_int_eq(report.changed, changed);
    ck_assert_int_eq(report.unchanged, unchanged);
}

START_TEST(regions_and_institutions_are_updated)
{
    assert_report(fx_import(edu_account_import_regions,
                            "name,code\naz=Bakı|en=Baku,BA\nGəncə,GN\n\"az=Naxçıvan\",NX\n"),
                  3, 1, 1, 1);
    assert_report(fx_import(edu_account_import_institutions,
                            SCHOOLS "S1,1 nömrəli  məktəb,school,BA,\"Nizami küç. 1, "
                                    "Bakı\",40.4093,49.8671\n"
                                    "S2,2 nömrəli məktəb,school,GN,Təbriz küç. 2,40.45,49.95\n"
                                    "S4,4 nömrəli məktəb,lyceum,NX,Naxçıvan,39.2089,45.4122\n"),
                  3, 1, 1, 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM institution WHERE code = 'S2' AND region = 'GN'"),
                     1);
}
END_TEST

/* The reference is set by the first file, and later ones are measured from there. */
START_TEST(places_become_metres_about_one_reference)
{
    ck_assert_int_eq(fx_int("SELECT json_extract(value, '$.latitude_e7') FROM setting WHERE key = "
                            "'reference_point'"),
                     405000000);
    int64_t x = fx_int("SELECT x_m FROM institution WHERE code = 'S1'");
    int64_t y = fx_int("SELECT y_m FROM institution WHERE code = 'S1'");
    ei_geo_point reference = {
        405000000, (int32_t)fx_int("SELECT json_extract(value, '$.longitude_e7') FROM setting "
                                   "WHERE key = 'reference_point'")};
    int64_t expected_x, expected_y;
    ck_assert(
        ei_geo_project((ei_geo_point){404093000, 498671000}, reference, &expected_x, &expected_y));
    ck_assert_int_eq(x, expected_x);
    ck_assert_int_eq(y, expected_y);
    fx_import(edu_account_import_institutions, SCHOOLS "S9,Far,school,BA,A,10,10\n");
    ck_assert_int_eq(fx_int("SELECT x_m FROM institution WHERE code = 'S1'"), x);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM setting WHERE key = 'reference_point'"), 1);
}
END_TEST

START_TEST(persons_are_updated)
{
    assert_report(fx_import(edu_account_import_persons,
                            "number,document,given,family,birth,mail\n"
                            "pup0001,,Aysel,Məmmədov,2014-01-01,pupil1@mail.example\n"
                            "PUP0002,P-2222222,Elçin,Şıxlı,2014-01-02,new@mail.example\n"
                            ",x-1000001,Olena,Kovalenko,2014-02-01,\n"
                            "NEW0001,,Yeni,Şagird,2015-05-05,\n"),
                  4, 1, 1, 2);
    /* The new name is found, and the document leads to the same person. */
    edu_person_page *page = NULL;
    FX_OK(edu_account_pupils(fx_session("school1"), NULL, "sixli elcin", NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    assert_report(fx_import(edu_account_import_persons, "document,given,family,birth\n"
                                                        "P-2222222,Elçin,Şıxlı,2014-01-02\n"),
                  1, 0, 0, 1);
    /* A corrected number is found by the new one alone. */
    edu_id person = fx_person("PUP0002");
    assert_report(fx_import(edu_account_import_persons,
                            "number,document,given,family,birth\n"
                            "PUP2222,P-2222222,Elçin,Şıxlı,2014-01-02\n"),
                  1, 0, 1, 0);
    ck_assert_int_eq(ei_id_compare(fx_person("PUP2222"), person), 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM claim c JOIN pupil p ON p.person_id = c.owner "
                            "WHERE c.kind = 'fin'"),
                     12);
    /* The mail that a file without that column leaves is there still. */
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE sealed_mail IS NOT NULL"), 22);
}
END_TEST

START_TEST(contacts_are_replaced_and_removed)
{
    assert_report(fx_import(edu_account_import_persons,
                            "number,given,family,patronymic,birth,mail,phone\n"
                            "GRD0005,Tural,Quliyev,,1985-01-01,tural@mail.example,\n"),
                  1, 0, 1, 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE sealed_phone IS NOT NULL"), 0);
    assert_report(fx_import(edu_account_import_persons,
                            "number,given,family,patronymic,birth,mail,phone\n"
                            "GRD0005,Tural,Quliyev,,1985-01-01,tural@mail.example,\n"),
                  1, 0, 0, 1);
}
END_TEST

START_TEST(nothing_personal_stands_plain)
{
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE instr(sealed_number, 'PUP') OR "
                            "instr(sealed_mail, 'mail.example')"),
                     0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM claim WHERE instr(value, 'PUP') OR instr(value, "
                            "'pupil')"),
                     0);
    /* Two with the same value are not seen to be alike. */
    fx_import(edu_account_import_persons, PERSONS "NEW0001,,A,B,2010-01-01,same@mail.example,\n"
                                                  "NEW0002,,A,B,2010-01-01,same@mail.example,\n");
    ck_assert_int_eq(fx_int("SELECT COUNT(DISTINCT sealed_mail) FROM person WHERE given = 'A'"), 2);
}
END_TEST

START_TEST(pupils_are_updated)
{
    assert_report(fx_import(edu_account_import_pupils, "number,institution,grade\n"
                                                       "PUP0001,S1,5\nPUP0004,S1,9\n"),
                  2, 0, 1, 1);
    /* What the file has no column for stays. */
    ck_assert_int_eq(fx_int("SELECT is_step_free FROM pupil WHERE grade = 9"), 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM pupil WHERE grade = 9 AND class_letter = 'A'"),
                     1);
    assert_report(fx_import(edu_account_import_pupils, "document,institution,grade,class,language\n"
                                                       "X-1000001,S2,3,B,en\n"),
                  1, 1, 0, 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM pupil WHERE search_name = 'kovalenko olena'"), 1);
}
END_TEST

START_TEST(moved_pupil_changes_who_decides)
{
    edu_session *parent = fx_session("stranger");
    FX_OK(edu_account_guardian_request(parent, "PUP0002", (edu_date){2014, 1, 2}, NULL, error));
    fx_import(edu_account_import_pupils, "number,institution,grade\nPUP0002,S2,6\n");
    edu_id guardian = fx_person("STR0001"), child = fx_person("PUP0002");
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_guardian_decide(fx_session("school1"), guardian, child,
                                                          true, NULL, error));
    FX_OK(edu_account_guardian_decide(fx_session("school2"), guardian, child, true, NULL, error));
}
END_TEST

START_TEST(guardians_are_updated)
{
    edu_session *parent = fx_session("parent1"), *stranger = fx_session("stranger");
    edu_id guardian = fx_person("GRD0001"), child = fx_person("PUP0001");
    FX_OK(edu_account_guardian_end(parent, guardian, child, NULL, error));
    FX_OK(edu_account_guardian_request(stranger, "PUP0003", (edu_date){2014, 1, 3}, NULL, error));
    assert_report(fx_import(edu_account_import_guardians,
                            "guardian_number,child_number,child_document\n"
                            "GRD0001,PUP0001,\n" /* ended: stays so */
                            "GRD0001,PUP0002,\n" /* active already */
                            "STR0001,PUP0003,\n" /* asked for: now active */
                            "GRD0005,,X-1000001\n" /* new */),
                  4, 1, 1, 2);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM guardian WHERE state = 'active'"), 4);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM guardian WHERE state = 'ended'"), 1);
    edu_person *person = NULL;
    FX_OK(edu_account_person(stranger, fx_person("PUP0003"), &person, error));
    edu_free(person);
}
END_TEST

/* ---- who may ---- */

static edu_status import_as(const char *login, fx_import_fn import, const char *csv,
                            edu_error *error)
{
    edu_import_report *report = NULL;
    edu_session *session = login ? fx_session(login) : fx_nobody();
    edu_status status = import(session, fx_bytes(csv), NULL, &report, error);
    edu_free(report);
    return status;
}

START_TEST(registers_are_the_admins)
{
    static const struct {
        fx_import_fn import;
        const char *csv;
    } files[] = {{edu_account_import_regions, "code,name\nXX,X\n"},
                 {edu_account_import_institutions, SCHOOLS "N1,N,school,BA,A,40,49\n"},
                 {edu_account_import_persons, PERSONS "NEW0001,,A,B,2010-01-01,,\n"},
                 {edu_account_import_pupils, PUPILS "PUP0001,S1,6,\n"},
                 {edu_account_import_guardians, GUARDIANS "GRD0001,PUP0003,\n"}};
    static const char *const refused[] = {"clerk", "clerk.ba", "steward", "pupil1", "parent1"};
    int64_t rows = count_rows();
    for (size_t i = 0; i < EI_COUNT(files); i++) {
        for (size_t j = 0; j < EI_COUNT(refused); j++)
            FX_FAILS(EDU_E_DENIED, import_as(refused[j], files[i].import, files[i].csv, error));
        FX_FAILS(EDU_E_UNAUTHENTICATED, import_as(NULL, files[i].import, files[i].csv, error));
        if (i < 3)
            FX_FAILS(EDU_E_DENIED, import_as("school1", files[i].import, files[i].csv, error));
    }
    ck_assert_int_eq(count_rows(), rows);
    for (size_t i = 0; i < EI_COUNT(files); i++)
        FX_OK(import_as("admin", files[i].import, files[i].csv, error));
}
END_TEST

START_TEST(school_imports_for_its_own)
{
    FX_OK(import_as("school1", edu_account_import_pupils, PUPILS "PUP0001,S1,6,\n", error));
    FX_OK(import_as("school1", edu_account_import_pupils,
                    "document,institution,grade\n"
                    "X-1000001,S1,2\n",
                    error));
    FX_OK(
        import_as("school1", edu_account_import_guardians, GUARDIANS "GRD0005,PUP0003,\n", error));
    /* not into another school, nor out of it */
    FX_FAILS(EDU_E_INVALID,
             import_as("school1", edu_account_import_pupils, PUPILS "PUP0001,S2,6,\n", error));
    FX_FAILS(EDU_E_INVALID,
             import_as("school1", edu_account_import_pupils, PUPILS "PUP0005,S1,6,\n", error));
    ck_assert_str_eq(fx_last_error.key, "import.unknown_person");
    FX_FAILS(EDU_E_INVALID, import_as("school1", edu_account_import_guardians,
                                      GUARDIANS "GRD0001,PUP0005,\n", error));
    ck_assert_str_eq(fx_last_error.key, "import.unknown_person");
    FX_FAILS(EDU_E_INVALID, import_as("school1", edu_account_import_guardians,
                                      GUARDIANS "STF0006,PUP0001,\n", error));
    ck_assert_str_eq(fx_last_error.key, "import.own_link");
}
END_TEST

START_TEST(imports_are_idempotent_and_audited)
{
    const char *csv = PERSONS "NEW0001,,A,B,2010-01-01,,\n";
    int64_t audits = fx_int("SELECT COUNT(*) FROM audit WHERE action = 'account.import_persons'");
    for (int i = 0; i < 2; i++) {
        edu_import_report *report = NULL;
        FX_OK(edu_account_import_persons(fx_operator(), fx_bytes(csv), "key", &report, error));
        assert_report(*report, 1, 1, 0, 0);
        edu_free(report);
    }
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'account.import_persons'"),
                     audits + 1);
    edu_import_report *report = NULL;
    FX_FAILS(EDU_E_CONFLICT,
             edu_account_import_persons(fx_operator(), fx_bytes(PERSONS), "key", &report, error));
    ck_assert_str_eq(fx_last_error.key, "command.key_reused");
    /* Another actor's key is another key. */
    FX_OK(
        edu_account_import_persons(fx_session("admin"), fx_bytes(PERSONS), "key", &report, error));
    edu_free(report);
    char longer[80];
    memset(longer, 'k', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    FX_FAILS(EDU_E_LIMIT,
             edu_account_import_persons(fx_operator(), fx_bytes(PERSONS), longer, &report, error));
    ck_assert_str_eq(fx_last_error.field, "/key");
}
END_TEST

START_TEST(many_persons_at_once)
{
    enum { MANY = 5000 };
    ei_buffer csv = {0};
    ei_buffer_text(&csv, PERSONS);
    for (int i = 0; i < MANY; i++)
        ei_buffer_printf(&csv, "A%06d,,Ad%d,Soyad%d,2012-03-04,a%d@mail.example,\n", i, i, i % 97,
                         i);
    for (int round = 0; round < 2; round++) {
        edu_import_report *report = NULL;
        FX_OK(edu_account_import_persons(fx_operator(), (edu_bytes){csv.data, csv.size}, NULL,
                                         &report, error));
        assert_report(*report, MANY, round ? 0 : MANY, 0, round ? MANY : 0);
        edu_free(report);
    }
    ei_buffer_free(&csv);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person"), MANY);
}
END_TEST

#define ADD(name) tcase_add_test(tests, name)

static TCase *place_tests(void)
{
    TCase *tests = tcase_create("places");
    ADD(degrees_are_read_exactly);
    ADD(projection_agrees_with_the_textbook);
    ADD(projection_is_the_same_everywhere);
    ADD(distances_are_true_within_a_country);
    ADD(far_places_are_refused);
    return tests;
}

static TCase *import_tests(void)
{
    TCase *tests = tcase_create("imports");
    tcase_add_checked_fixture(tests, fx_setup, fx_teardown);
    tcase_set_timeout(tests, 60);
    ADD(bad_files_tell_their_line_and_change_nothing);
    ADD(what_stands_before_a_bad_row_is_undone);
    ADD(oversized_input_is_refused);
    ADD(regions_and_institutions_are_updated);
    ADD(places_become_metres_about_one_reference);
    ADD(persons_are_updated);
    ADD(contacts_are_replaced_and_removed);
    ADD(nothing_personal_stands_plain);
    ADD(pupils_are_updated);
    ADD(moved_pupil_changes_who_decides);
    ADD(guardians_are_updated);
    ADD(registers_are_the_admins);
    ADD(school_imports_for_its_own);
    ADD(imports_are_idempotent_and_audited);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("register");
    suite_add_tcase(suite, place_tests());
    suite_add_tcase(suite, import_tests());
    TCase *tests = tcase_create("many");
    tcase_add_checked_fixture(tests, fx_setup_empty, fx_teardown);
    tcase_set_timeout(tests, 60);
    ADD(many_persons_at_once);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
