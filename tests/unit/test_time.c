/* Time as it really goes: clocks that are ten years ahead or behind and come back, the 29th of
 * February, the end of a year, midnight in Baku, a calendar that is changed while people write. */
#include "fixture.h"
#include "../tap.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <edu/appeal.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/payment.h>
#include <edu/privacy.h>
#include <edu/request.h>
#include <edu/result.h>

#define HOUR (60 * FX_MINUTE)
#define DAY (24 * HOUR)
#define YEARS_10 (3653 * DAY)

typedef struct letter {
    edu_id person, id;
    char number[32];
    edu_time due;
} letter;

static void setup(void)
{
    fx_setup();
    fx_portal()->utc_offset_minutes = 240;
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_service_publish, fx_example("services", "school_bus"));
    fx_publish(edu_appeal_rules_publish, fx_example("appeals", "az"));
}

/* An instant of Baku. */
static edu_time baku(int year, int month, int day, int hour, int minute)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int years = year - 1970, leaps = (year - 1969) / 4;
    int days = 365 * years + leaps + before[month - 1] + day - 1 + (month > 2 && year % 4 == 0);
    return days * DAY + (hour - 4) * HOUR + minute * FX_MINUTE;
}

static edu_session *anew(const char *login)
{
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(fx_portal(), login, FX_PASSWORD, NULL, NULL, &session, error));
    return fx_keep(session);
}

static letter write_letter(edu_session *session, const char *key)
{
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    edu_appeal_receipt *receipt = NULL;
    input.category = "building";
    input.text = "Dam axır.";
    FX_OK(edu_appeal_submit(session, &input, key, &receipt, error));
    letter made = {.person = receipt->person_id, .id = receipt->id, .due = receipt->due};
    (void)snprintf(made.number, sizeof made.number, "%s", receipt->number);
    edu_free(receipt);
    return made;
}

static letter written_at(edu_time when)
{
    fx_clock_set(when);
    return write_letter(anew("pupil1"), NULL);
}

/* Until nothing is left to do; what was done in all. */
static int64_t run_jobs(void)
{
    edu_session *operator= fx_operator();
    int64_t all = 0, told = 0;
    int32_t done = 0;
    edu_retained *report = NULL;
    edu_status (*const jobs[])(edu_session *, int32_t, int32_t *, edu_error *) = {
        edu_appeal_recompute, edu_appeal_escalate, edu_request_recompute,
        edu_request_clock,    edu_payment_settle,  edu_outbox_deliver};
    for (size_t i = 0; i < EI_COUNT(jobs); i++)
        do {
            FX_OK(jobs[i](operator, 100, &done, error));
            all += done;
        } while (done > 0);
    FX_OK(edu_result_deliver(operator,(edu_progress){NULL, NULL}, &told, error));
    FX_OK(edu_request_sweep(operator, & done, error));
    FX_OK(edu_privacy_retain(operator, true, &report, error));
    edu_free(report);
    return all + told + done;
}

static void check_store(void)
{
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){NULL, NULL}, error));
}

/* ---- ten years ---- */

START_TEST(jobs_do_nothing_twice_when_the_clock_comes_back)
{
    letter first = written_at(baku(2026, 9, 21, 10, 0));
    (void)run_jobs();
    ck_assert_int_eq(run_jobs(), 0);
    fx_clock_add(YEARS_10);
    ck_assert_int_gt(run_jobs(), 0); /* it is overdue then */
    int64_t events = fx_int("SELECT COUNT(*) FROM event");
    int64_t notes = fx_int("SELECT COUNT(*) FROM notification");
    check_store();
    fx_clock_set(baku(2026, 9, 21, 11, 0));
    ck_assert_int_eq(run_jobs(), 0);
    fx_clock_add(-YEARS_10);
    ck_assert_int_eq(run_jobs(), 0);
    fx_clock_set(baku(2036, 9, 21, 11, 0));
    (void)run_jobs();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event"), events);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification"), notes);
    check_store();
    edu_appeal *seen = NULL;
    FX_OK(edu_appeal_get(anew("clerk"), first.person, first.id, &seen, error));
    ck_assert(seen->is_open && seen->is_overdue && seen->is_very_late);
    ck_assert_int_eq(seen->due, first.due);
    edu_free(seen);
}
END_TEST

START_TEST(a_key_is_known_whatever_the_clock_says)
{
    letter first = write_letter(anew("pupil1"), "once");
    const edu_time moves[] = {YEARS_10, -2 * YEARS_10, YEARS_10};
    for (size_t i = 0; i < EI_COUNT(moves); i++) {
        fx_clock_add(moves[i]);
        letter again = write_letter(anew("pupil1"), "once");
        ck_assert_int_eq(ei_id_compare(first.id, again.id), 0);
        ck_assert_str_eq(first.number, again.number);
    }
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal"), 1);
}
END_TEST

START_TEST(what_was_written_in_another_time_is_listed_and_checked)
{
    edu_appeal_page *page = NULL;
    letter letters[3];
    edu_time begin = fx_now();
    for (int i = 0; i < 3; i++)
        letters[i] = written_at(begin + (i == 1 ? YEARS_10 : i == 2 ? -YEARS_10 / 2 : 0));
    fx_clock_set(begin + HOUR);
    edu_session *pupil = anew("pupil1");
    FX_OK(edu_appeal_list(pupil, (edu_id){{0}}, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 3);
    edu_free(page);
    for (int i = 0; i < 3; i++) {
        FX_OK(edu_appeal_withdraw(pupil, letters[i].person, letters[i].id, "Artıq yox.", NULL,
                                  error));
        FX_OK(edu_application_check(pupil, letters[i].person, letters[i].id, error));
    }
    ck_assert_str_ne(letters[0].number, letters[2].number);
    check_store();
}
END_TEST

/* A clock that was ahead has dated sign-ins and counts: they are not believed for ten years. */
START_TEST(nothing_of_a_clock_that_was_ahead_lasts)
{
    edu_session *session = NULL;
    char token[64];
    fx_clock_add(YEARS_10);
    FX_OK(edu_account_recover(fx_nobody(), "pupil5", error));
    const char *code = fx_code(fx_person("PUP0005"));
    char kept[16];
    (void)snprintf(kept, sizeof kept, "%s", code);
    (void)snprintf(token, sizeof token, "%s", edu_session_token(anew("pupil1")));
    for (int i = 0; i < 12; i++) {
        edu_error detail;
        ck_assert_int_ne(edu_session_sign_in(fx_portal(), "pupil9", "a wrong password", NULL, NULL,
                                             &session, &detail),
                         EDU_OK);
    }
    FX_FAILS(EDU_E_THROTTLED,
             edu_session_sign_in(fx_portal(), "pupil9", FX_PASSWORD, NULL, NULL, &session, error));
    fx_clock_add(-YEARS_10);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_resume(fx_portal(), token, &session, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_recover_finish(fx_nobody(), "pupil5", kept, "another password", error));
    (void)anew("pupil9");
}
END_TEST

/* A few minutes, as a clock is set, end nobody's sign-in. */
START_TEST(a_clock_that_is_set_ends_no_sign_in)
{
    edu_session *session = NULL;
    char token[64];
    (void)snprintf(token, sizeof token, "%s", edu_session_token(anew("pupil1")));
    fx_clock_add(-10 * FX_MINUTE);
    FX_OK(edu_session_resume(fx_portal(), token, &session, error));
    (void)fx_keep(session);
    fx_clock_add(20 * FX_MINUTE);
    FX_OK(edu_session_resume(fx_portal(), token, &session, error));
    (void)fx_keep(session);
}
END_TEST

/* ---- days and years ---- */

START_TEST(the_29th_of_february_is_a_day_like_others)
{
    /* Monday the 28th; three working days from it are Tuesday the 29th, the 1st and the 2nd of
     * March. */
    letter made = written_at(baku(2028, 2, 28, 10, 0));
    ck_assert_int_eq(made.due, baku(2028, 3, 2, 18, 0));
    made = written_at(baku(2028, 2, 29, 10, 0));
    ck_assert_int_eq(made.due, baku(2028, 3, 3, 18, 0));
    made = written_at(baku(2027, 2, 22, 10, 0)); /* Monday */
    ck_assert_int_eq(made.due, baku(2027, 2, 25, 18, 0));
    check_store();
}
END_TEST

START_TEST(a_number_is_of_the_year_in_baku)
{
    letter last = written_at(baku(2026, 12, 31, 23, 59));
    letter first = written_at(baku(2027, 1, 1, 0, 0));
    ck_assert_int_eq(strncmp(last.number, "M-2026-", 7), 0);
    ck_assert_int_eq(strncmp(first.number, "M-2027-", 7), 0);
    letter back = written_at(baku(2026, 12, 31, 23, 59));
    ck_assert_int_eq(strncmp(back.number, "M-2026-", 7), 0);
    ck_assert_str_ne(back.number, last.number);
}
END_TEST

START_TEST(the_day_of_a_letter_ends_with_the_hours_and_not_in_utc)
{
    /* Tuesday the 22nd of September; after six in the evening it is Wednesday's. */
    edu_time in_time = written_at(baku(2026, 9, 22, 17, 59)).due;
    edu_time late = written_at(baku(2026, 9, 22, 18, 1)).due;
    edu_time before_midnight = written_at(baku(2026, 9, 22, 23, 59)).due;
    edu_time after_midnight = written_at(baku(2026, 9, 23, 0, 1)).due;
    edu_time utc_midnight = written_at(baku(2026, 9, 23, 4, 1)).due;
    ck_assert_int_eq(in_time, baku(2026, 9, 25, 18, 0));
    ck_assert_int_eq(late, baku(2026, 9, 28, 18, 0));
    ck_assert_int_eq(before_midnight, late);
    ck_assert_int_eq(after_midnight, late);
    ck_assert_int_eq(utc_midnight, late);
}
END_TEST

/* ---- a calendar that is changed meanwhile ---- */

#define WRITERS 3
#define LETTERS 12

static const char *const writers[WRITERS] = {"pupil1", "pupil5", "pupil9"};

static void *write_many(void *context)
{
    for (int i = 0; i < LETTERS; i++)
        (void)write_letter(context, NULL);
    return NULL;
}

static void publish_days_off(int count)
{
    json_t *calendar = fx_example("calendars", "az"), *holidays;
    holidays = json_object_get(calendar, "holidays");
    for (int day = 0; day < count; day++) {
        char code[16], date[24];
        (void)snprintf(code, sizeof code, "off_%d", day);
        (void)snprintf(date, sizeof date, "2026-09-%02d", 22 + day);
        json_array_append_new(holidays, json_pack("{s:s, s:{s:s, s:s, s:s}, s:[s], s:s}", "code",
                                                  code, "title", "az", "Gün", "en", "Day", "ru",
                                                  "День", "dates", date, "moves", "nothing"));
    }
    fx_publish(edu_calendar_publish, calendar);
}

START_TEST(dates_are_right_whatever_was_written_while_the_calendar_changed)
{
    pthread_t threads[WRITERS];
    int32_t done = 0;
    fx_clock_set(baku(2026, 9, 21, 10, 0));
    for (int i = 0; i < WRITERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, anew(writers[i])), 0);
    for (int count = 1; count <= 3; count++) {
        publish_days_off(count);
        FX_OK(edu_appeal_recompute(fx_operator(), 5, &done, error));
    }
    for (int i = 0; i < WRITERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    do
        FX_OK(edu_appeal_recompute(fx_operator(), 100, &done, error));
    while (done > 0);
    /* Off are the 22nd to the 24th: three working days are the 25th, the 28th and the 29th. */
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal"), WRITERS * LETTERS);
    ck_assert_int_eq(fx_int("SELECT MIN(due) FROM appeal"), baku(2026, 9, 29, 18, 0));
    ck_assert_int_eq(fx_int("SELECT MAX(due) FROM appeal"), baku(2026, 9, 29, 18, 0));
    ck_assert_int_eq(fx_int("SELECT MIN(calendar_version) FROM appeal"), 4);
    check_store();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("time");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_test(tests, jobs_do_nothing_twice_when_the_clock_comes_back);
    tcase_add_test(tests, a_key_is_known_whatever_the_clock_says);
    tcase_add_test(tests, what_was_written_in_another_time_is_listed_and_checked);
    tcase_add_test(tests, nothing_of_a_clock_that_was_ahead_lasts);
    tcase_add_test(tests, a_clock_that_is_set_ends_no_sign_in);
    tcase_add_test(tests, the_29th_of_february_is_a_day_like_others);
    tcase_add_test(tests, a_number_is_of_the_year_in_baku);
    tcase_add_test(tests, the_day_of_a_letter_ends_with_the_hours_and_not_in_utc);
    tcase_add_test(tests, dates_are_right_whatever_was_written_while_the_calendar_changed);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
