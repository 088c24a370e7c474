/* Who else reads what is held on a person is recorded, and told to them. */
#include "fixture.h"
#include "../tap.h"

#include <string.h>
#include <edu/application.h>
#include <edu/privacy.h>

/* The portal is in Baku: its day ends at 20:00 UTC. */
#define EVENING (FX_START + 12 * 60 * FX_MINUTE - FX_MINUTE)

static edu_id pupil;

static void setup(void)
{
    fx_setup();
    fx_run("DELETE FROM person_reading");
    fx_run("DELETE FROM list_reading");
    fx_portal()->utc_offset_minutes = 240;
    pupil = fx_person("PUP0001");
}

static void look_by(edu_session *session)
{
    edu_person *seen = NULL;
    FX_OK(edu_account_person(session, pupil, &seen, error));
    edu_free(seen);
}

static void look(const char *login)
{
    look_by(fx_session(login));
}

static edu_reading_page *told_to(const char *login)
{
    edu_reading_page *page = NULL;
    FX_OK(edu_privacy_reads(fx_session(login), pupil, NULL, 0, &page, error));
    return page;
}

static int64_t readings(void)
{
    return fx_int("SELECT COUNT(*) FROM person_reading");
}

START_TEST(others_are_recorded_and_oneself_is_not)
{
    look("pupil1");
    ck_assert_int_eq(readings(), 0);
    look("school1");
    edu_reading_page *page = told_to("pupil1");
    ck_assert_uint_eq(page->count, 1);
    const edu_reading *one = &page->items[0];
    edu_id school = fx_id("SELECT person_id FROM account WHERE login = 'school1'");
    ck_assert_int_eq(ei_id_compare(one->reader_id, school), 0);
    ck_assert_ptr_nonnull(one->reader);
    ck_assert_str_eq(one->roles, "school");
    ck_assert_str_eq(one->what, "person");
    ck_assert_str_eq(one->about, "");
    ck_assert_str_eq(one->why, "");
    ck_assert_int_eq(one->count, 1);
    ck_assert_int_ge(one->since, FX_START);
    ck_assert_int_eq(one->since, one->last);
    edu_free(page);
}
END_TEST

START_TEST(a_guardian_is_named)
{
    look("parent1");
    edu_reading_page *page = told_to("pupil1");
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].roles, "guardian");
    ck_assert(strstr(page->items[0].reader, " ") != NULL);
    edu_free(page);
    /* A guardian sees who read, and that is recorded too. */
    edu_free(told_to("parent1"));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person_reading WHERE what = 'readings'"), 1);
}
END_TEST

START_TEST(what_is_read_again_is_one_row_with_a_count)
{
    look("school1");
    fx_clock_add(14 * FX_MINUTE);
    look("school1");
    ck_assert_int_eq(fx_int("SELECT count FROM person_reading"), 1);
    fx_clock_add(2 * FX_MINUTE);
    look("school1");
    ck_assert_int_eq(readings(), 1);
    ck_assert_int_eq(fx_int("SELECT count FROM person_reading"), 2);
    ck_assert_int_gt(fx_int("SELECT last - since FROM person_reading"), 15 * FX_MINUTE);
    look("clerk");
    ck_assert_int_eq(readings(), 2);
}
END_TEST

START_TEST(days_are_those_of_the_portal)
{
    fx_clock_set(EVENING);
    look("school1");
    fx_clock_add(2 * FX_MINUTE); /* midnight in Baku, not in UTC */
    look("school1");
    ck_assert_int_eq(readings(), 2);
    ck_assert_int_eq(fx_int("SELECT MAX(day) - MIN(day) FROM person_reading"), 1);
    ck_assert_int_eq(fx_int("SELECT MAX(count) FROM person_reading"), 1);
}
END_TEST

START_TEST(a_clock_that_goes_back_hides_nobody)
{
    look_by(fx_operator());
    fx_clock_add(-10 * 366 * 24 * 60 * FX_MINUTE);
    look_by(fx_operator());
    ck_assert_int_eq(readings(), 2);
    fx_clock_set(FX_START + FX_MINUTE);
    fx_clock_add(-30 * FX_MINUTE);
    look_by(fx_operator());
    ck_assert_int_eq(fx_int("SELECT MAX(count) FROM person_reading"), 2);
}
END_TEST

START_TEST(who_asks_in_vain_is_not_recorded)
{
    edu_person *seen = NULL;
    edu_application_page *page = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_person(fx_session("school2"), pupil, &seen, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_person(fx_session("stranger"), pupil, &seen, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_find(fx_session("clerk"), "PUP0001",
                                               (edu_date){2013, 1, 1}, &seen, error));
    FX_OK(edu_application_list(fx_session("school1"), pupil, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
    ck_assert_int_eq(readings(), 0);
}
END_TEST

START_TEST(who_is_found_by_number_is_told)
{
    edu_person *seen = NULL;
    FX_OK(edu_account_find(fx_session("clerk"), "PUP0001", (edu_date){2014, 1, 1}, &seen, error));
    ck_assert_int_eq(ei_id_compare(seen->id, pupil), 0);
    edu_free(seen);
    edu_reading_page *page = told_to("pupil1");
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].roles, "clerk");
    edu_free(page);
}
END_TEST

START_TEST(a_list_is_one_row_and_of_nobody)
{
    edu_person_page *pupils = NULL;
    edu_reading_page *lists = NULL;
    for (int i = 0; i < 2; i++) {
        FX_OK(edu_account_pupils(fx_session("school1"), "S1", NULL, NULL, 2, &pupils, error));
        ck_assert_uint_eq(pupils->count, 2);
        edu_free(pupils);
    }
    /* What was looked for may be a name. */
    FX_OK(edu_account_pupils(fx_session("school1"), "S1", "ali", NULL, 2, &pupils, error));
    edu_free(pupils);
    ck_assert_int_eq(readings(), 0);
    FX_FAILS(EDU_E_DENIED, edu_privacy_list_reads(fx_session("clerk"), NULL, 0, &lists, error));
    FX_OK(edu_privacy_list_reads(fx_session("admin"), NULL, 0, &lists, error));
    ck_assert_uint_eq(lists->count, 2);
    ck_assert_str_eq(lists->items[1].what, "pupils");
    ck_assert_str_eq(lists->items[1].about, "institution S1");
    ck_assert_str_eq(lists->items[0].about, "institution S1, by words");
    ck_assert_str_eq(lists->items[0].roles, "school");
    edu_free(lists);
}
END_TEST

START_TEST(why_is_told)
{
    edu_session *clerk = fx_session("clerk");
    FX_FAILS(EDU_E_INVALID, edu_session_why(clerk, " ", error));
    FX_OK(edu_session_why(clerk, "a call of the school", error));
    look("clerk");
    FX_OK(edu_session_why(clerk, NULL, error));
    look("clerk");
    edu_reading_page *page = told_to("pupil1");
    ck_assert_uint_eq(page->count, 2);
    ck_assert_str_eq(page->items[1].why, "a call of the school");
    ck_assert_str_eq(page->items[0].why, "");
    edu_free(page);
}
END_TEST

START_TEST(what_cannot_be_recorded_is_not_given)
{
    edu_person *seen = NULL;
    edu_person_page *pupils = NULL;
    /* Both engines refuse the write then, and go on reading. */
    fx_run("DROP INDEX person_reading_of_day");
    fx_run("DROP INDEX list_reading_of_day");
    FX_FAILS(EDU_E_STORAGE, edu_account_person(fx_session("school1"), pupil, &seen, error));
    ck_assert_ptr_null(seen);
    ck_assert(strstr(fx_last_error.message, "cannot be recorded who read it") != NULL);
    FX_FAILS(EDU_E_STORAGE,
             edu_account_pupils(fx_session("school1"), NULL, NULL, NULL, 0, &pupils, error));
    ck_assert_ptr_null(pupils);
    look("pupil1");
    ck_assert_int_eq(readings(), 0);
    /* A store on a server is the next test's too. */
    fx_run("CREATE UNIQUE INDEX person_reading_of_day ON person_reading (person_id, day, "
           "reader_id, what, about, why)");
    fx_run("CREATE UNIQUE INDEX list_reading_of_day ON list_reading (day, reader_id, what, about, "
           "why)");
}
END_TEST

START_TEST(others_are_not_told)
{
    edu_reading_page *page = NULL;
    look("school1");
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_privacy_reads(fx_session("pupil5"), pupil, NULL, 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_privacy_reads(fx_session("school1"), pupil, NULL, 0, &page, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_privacy_reads(fx_nobody(), pupil, NULL, 0, &page, error));
    ck_assert_ptr_null(page);
}
END_TEST

START_TEST(the_list_goes_on)
{
    edu_reading_page *page = NULL;
    char cursor[512] = "";
    for (int day = 0; day < 5; day++) {
        look_by(fx_operator());
        fx_clock_add(24 * 60 * FX_MINUTE);
    }
    int count = 0;
    edu_time before = fx_now();
    do {
        FX_OK(edu_privacy_reads(fx_session("pupil1"), pupil, *cursor ? cursor : NULL, 2, &page,
                                error));
        for (size_t i = 0; i < page->count; i++, count++) {
            ck_assert_int_lt(page->items[i].since, before);
            before = page->items[i].since;
        }
        (void)snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
    } while (*cursor);
    ck_assert_int_eq(count, 5);
}
END_TEST

/* Who judges works is not named to whose they are. */
START_TEST(panels_are_not_named)
{
    look("clerk");
    fx_run("UPDATE person_reading SET what = 'work', roles = ''");
    edu_reading_page *page = told_to("pupil1");
    ck_assert(ei_id_is_none(page->items[0].reader_id));
    ck_assert_ptr_null(page->items[0].reader);
    edu_free(page);
    page = told_to("admin");
    ck_assert(!ei_id_is_none(page->items[0].reader_id));
    edu_free(page);
    edu_personal_data *data = NULL;
    FX_OK(edu_privacy_export(fx_session("pupil1"), pupil, &data, error));
    const json_t *given = json_object_get(data->content, "readings");
    ck_assert_uint_eq(json_array_size(given), 2);
    ck_assert(json_is_null(json_object_get(json_array_get(given, 0), "reader_id")));
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(given, 1), "what")),
                     "readings");
    edu_free(data);
}
END_TEST

START_TEST(taking_all_of_it_is_a_reading)
{
    edu_personal_data *data = NULL;
    FX_OK(edu_privacy_export(fx_session("admin"), pupil, &data, error));
    edu_free(data);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person_reading WHERE what = 'everything'"), 1);
    FX_OK(edu_privacy_export(fx_session("pupil1"), pupil, &data, error));
    edu_free(data);
    ck_assert_int_eq(readings(), 1);
}
END_TEST

START_TEST(who_is_erased_has_no_readings)
{
    edu_id stranger = fx_person("STR0001");
    edu_person *seen = NULL;
    FX_OK(edu_account_person(fx_session("admin"), stranger, &seen, error));
    edu_free(seen);
    look("school1");
    FX_OK(edu_privacy_erase(fx_session("admin"), stranger, "their wish", false, NULL, error));
    ck_assert_int_eq(readings(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("readings");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_test(tests, others_are_recorded_and_oneself_is_not);
    tcase_add_test(tests, a_guardian_is_named);
    tcase_add_test(tests, what_is_read_again_is_one_row_with_a_count);
    tcase_add_test(tests, days_are_those_of_the_portal);
    tcase_add_test(tests, a_clock_that_goes_back_hides_nobody);
    tcase_add_test(tests, who_asks_in_vain_is_not_recorded);
    tcase_add_test(tests, who_is_found_by_number_is_told);
    tcase_add_test(tests, a_list_is_one_row_and_of_nobody);
    tcase_add_test(tests, why_is_told);
    tcase_add_test(tests, what_cannot_be_recorded_is_not_given);
    tcase_add_test(tests, others_are_not_told);
    tcase_add_test(tests, the_list_goes_on);
    tcase_add_test(tests, panels_are_not_named);
    tcase_add_test(tests, taking_all_of_it_is_a_reading);
    tcase_add_test(tests, who_is_erased_has_no_readings);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
