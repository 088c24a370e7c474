/* References: types, what is issued at once, and what goes to a clerk. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/certificate.h>
#include <edu/reference.h>

static json_t *document(const char *folder, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/%s/%s.json", getenv("EDU_ROOT"), folder,
                   name);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_msg(json != NULL, "%s", path);
    return json;
}

static void publish(edu_status (*fn)(edu_session *, json_t *, const char *, int32_t *, edu_error *),
                    json_t *json)
{
    int32_t version;
    FX_OK(fn(fx_operator(), json, NULL, &version, error));
    json_decref(json);
}

static void setup(void)
{
    fx_setup();
    publish(edu_service_publish, document("services", "reference"));
    publish(edu_register_publish, document("registers", "higher_study"));
    publish(edu_reference_publish, document("references", "higher_student"));
    publish(edu_reference_publish, document("references", "higher_graduate"));
}

static void enrol(const char *number, const char *programme, const char *state)
{
    edu_import_report *report = NULL;
    char csv[512];
    (void)snprintf(csv, sizeof csv,
                   "number,institution,programme,degree,form,funding,year,since,until,state\n"
                   "%s,S1,%s,bachelor,full_time,state,2,2025-09-15,,%s\n",
                   number, programme, state);
    FX_OK(edu_register_import(fx_operator(), "higher_study", fx_bytes(csv), NULL, &report, error));
    edu_free(report);
}

static edu_reference *asked(const char *login, const char *number, const char *type, edu_id record)
{
    edu_reference *out = NULL;
    FX_OK(edu_reference_request(fx_session(login), fx_person(number), type, record, NULL, &out,
                                error));
    return out;
}

static const edu_id none = {{0}};

static edu_id record_of(const char *number, const char *type, size_t at, size_t count)
{
    edu_register_record_page *page = NULL;
    FX_OK(edu_reference_matches(fx_session("clerk"), fx_person(number), type, &page, error));
    ck_assert_uint_eq(page->count, count);
    edu_id id = page->items[at].id;
    edu_free(page);
    return id;
}

START_TEST(one_record_is_issued_at_once_and_again_the_same)
{
    edu_verdict *verdict = NULL;
    edu_certificate *certificate = NULL;
    edu_reference_page *page = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *first = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(first->state, "issued");
    FX_OK(edu_certificate_get(fx_session("pupil1"), first->person_id, first->number, &certificate,
                              error));
    ck_assert_str_eq(certificate->type, "reference.higher_student");
    FX_OK(edu_certificate_check(fx_nobody(), certificate->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_str_eq(json_string_value(json_object_get(verdict->fields, "programme")),
                     "Riyaziyyat");
    edu_free(verdict);
    edu_free(certificate);
    edu_reference *second = asked("parent1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(second->number, first->number);
    ck_assert(ei_id_compare(second->id, first->id) == 0);
    FX_OK(edu_reference_list(fx_session("pupil1"), first->person_id, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    FX_OK(edu_application_check(fx_session("pupil1"), first->person_id, first->id, error));
    edu_free(first);
    edu_free(second);
}
END_TEST

START_TEST(a_change_of_the_register_makes_a_new_one_and_ends_the_old)
{
    edu_certificate *old = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *first = asked("pupil1", "PUP0001", "higher_student", none);
    enrol("PUP0001", "Riyaziyyat", "leave");
    edu_reference *second = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_ne(first->number, second->number);
    FX_OK(edu_certificate_get(fx_session("pupil1"), first->person_id, first->number, &old, error));
    ck_assert_str_eq(old->state, "revoked");
    ck_assert_str_eq(old->replaced_by, second->number);
    edu_free(old);
    edu_free(first);
    edu_free(second);
}
END_TEST

START_TEST(of_several_records_one_is_chosen)
{
    edu_reference *out = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    enrol("PUP0001", "Fizika", "studying");
    enrol("PUP0001", "Tarix", "graduated");
    FX_FAILS(EDU_E_STATE, edu_reference_request(fx_session("pupil1"), none, "higher_student", none,
                                                NULL, &out, error));
    edu_id chosen = record_of("PUP0001", "higher_student", 1, 2);
    edu_id other = record_of("PUP0001", "higher_graduate", 0, 1);
    FX_FAILS(EDU_E_INVALID, edu_reference_request(fx_session("pupil1"), none, "higher_student",
                                                  other, NULL, &out, error));
    edu_reference *made = asked("pupil1", "PUP0001", "higher_student", chosen);
    ck_assert_str_eq(made->state, "issued");
    edu_free(made);
}
END_TEST

START_TEST(without_a_record_a_clerk_decides)
{
    edu_reference *out = NULL;
    edu_reference_page *page = NULL;
    edu_reference *waiting = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(waiting->state, "waiting");
    ck_assert_ptr_null(waiting->number);
    FX_FAILS(EDU_E_CONFLICT, edu_reference_request(fx_session("pupil1"), none, "higher_student",
                                                   none, NULL, &out, error));
    FX_OK(edu_reference_worklist(fx_session("clerk"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    FX_FAILS(EDU_E_DENIED, edu_reference_worklist(fx_session("pupil1"), NULL, 0, &page, error));
    enrol("PUP0001", "Riyaziyyat", "studying");
    enrol("PUP0002", "Riyaziyyat", "studying");
    edu_id right = record_of("PUP0001", "higher_student", 0, 1);
    edu_id wrong = record_of("PUP0002", "higher_student", 0, 1);
    FX_FAILS(EDU_E_INVALID, edu_reference_issue(fx_session("clerk"), waiting->person_id,
                                                waiting->id, wrong, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_issue(fx_session("school1"), waiting->person_id,
                                                  waiting->id, right, NULL, error));
    FX_OK(edu_reference_issue(fx_session("clerk"), waiting->person_id, waiting->id, right, NULL,
                              error));
    FX_FAILS(EDU_E_STATE, edu_reference_refuse(fx_session("clerk"), waiting->person_id, waiting->id,
                                               "no", NULL, error));
    FX_OK(edu_reference_list(fx_session("pupil1"), waiting->person_id, NULL, 0, &page, error));
    ck_assert_str_eq(page->items[0].state, "issued");
    ck_assert_ptr_nonnull(page->items[0].number);
    edu_free(page);
    edu_free(waiting);
    waiting = asked("pupil1", "PUP0001", "higher_graduate", none);
    FX_OK(edu_reference_refuse(fx_session("clerk"), waiting->person_id, waiting->id,
                               "The institution has no diploma of this name.", NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'refused'"), 1);
    edu_free(waiting);
}
END_TEST

START_TEST(nobody_asks_for_others)
{
    edu_reference *out = NULL;
    edu_register_record_page *page = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_request(fx_session("pupil5"), fx_person("PUP0001"),
                                                    "higher_student", none, NULL, &out, error));
    FX_FAILS(EDU_E_DENIED, edu_reference_request(fx_session("clerk"), fx_person("PUP0001"),
                                                 "higher_student", none, NULL, &out, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_matches(fx_session("school1"), fx_person("PUP0001"),
                                                    "higher_student", &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_reference_request(fx_session("pupil1"), none, "nothing", none, NULL, &out, error));
}
END_TEST

START_TEST(every_type_of_the_examples_is_published)
{
    static const char *const registers[] = {"college_study", "vocational_study", "state_programme",
                                            "teacher_recruitment", "diagnostic_assessment"};
    static const char *const types[] = {
        "college_student",          "vocational_student",         "state_programme_student",
        "state_programme_graduate", "teacher_recruitment_result", "diagnostic_assessment_result"};
    edu_reference_type_page *page = NULL;
    for (size_t i = 0; i < EI_COUNT(registers); i++)
        publish(edu_register_publish, document("registers", registers[i]));
    for (size_t i = 0; i < EI_COUNT(types); i++)
        publish(edu_reference_publish, document("references", types[i]));
    FX_OK(edu_reference_types(fx_nobody(), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 8);
    edu_free(page);
}
END_TEST

START_TEST(types_are_checked_against_their_register)
{
    json_t *column = document("references", "higher_student");
    json_array_append_new(json_object_get(column, "qr"), json_string("colour"));
    json_array_remove(json_object_get(column, "qr"), 0);
    json_t *value = document("references", "higher_student");
    json_array_set_new(json_object_get(json_object_get(value, "when"), "state"), 0,
                       json_string("flying"));
    json_t *text = document("references", "higher_student");
    json_object_set_new(json_object_get(text, "text"), "en", json_string("{holder} {shoe}"));
    const struct {
        json_t *json;
        const char *field;
    } bad[] = {{column, "/qr/2"}, {value, "/when/state"}, {text, "/text/en"}};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        int32_t version;
        edu_error error = EDU_ERROR_INIT;
        ck_assert_int_eq(edu_reference_publish(fx_operator(), bad[i].json, NULL, &version, &error),
                         EDU_E_INVALID);
        ck_assert_str_eq(error.field, bad[i].field);
        json_decref(bad[i].json);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("references");
    TCase *tests = tcase_create("references");
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, one_record_is_issued_at_once_and_again_the_same);
    tcase_add_test(tests, a_change_of_the_register_makes_a_new_one_and_ends_the_old);
    tcase_add_test(tests, of_several_records_one_is_chosen);
    tcase_add_test(tests, without_a_record_a_clerk_decides);
    tcase_add_test(tests, nobody_asks_for_others);
    tcase_add_test(tests, every_type_of_the_examples_is_published);
    tcase_add_test(tests, types_are_checked_against_their_register);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
