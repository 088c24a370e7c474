/* What is kept for how long: the rules, and the job that ends what they no longer keep. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <string.h>
#include <edu/appeal.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/privacy.h>
#include <edu/request.h>

#define DAY (24 * 60 * FX_MINUTE)
#define PDF "%PDF-1.7 and what is in it"

static const edu_id none = {{0}};
static const char *const kinds[] = {"appeal_drafts", "codes",         "commands",      "documents",
                                    "drafts",        "list_readings", "notifications", "readings"};

static edu_id draft_of_bus(const char *number)
{
    edu_id draft, offering = fx_id("SELECT id FROM offering WHERE service = 'school_bus'");
    json_t *form = json_pack("{s:i, s:[s], s:s, s:b, s:{s:s, s:s}, s:b}", "grade", 5, "ways",
                             "home", "stop", "market", "needs_help", 0, "contact", "name",
                             "Leyla Quliyeva", "telephone", "+994 50 123 45 67", "consent", 1);
    FX_OK(edu_draft_save(fx_session("parent1"), fx_person(number), offering, none, form, NULL,
                         number, &draft, error));
    json_decref(form);
    return draft;
}

static void refuse_one(const char *number)
{
    edu_id document, draft = draft_of_bus(number), person = fx_person(number);
    edu_session *parent = fx_session("parent1");
    edu_request_receipt *receipt = NULL;
    FX_OK(edu_draft_attach(parent, person, draft, "help", "note.pdf", fx_bytes(PDF), NULL,
                           &document, error));
    FX_OK(edu_request_submit(parent, person, draft, NULL, &receipt, error));
    FX_OK(edu_request_act(fx_session("clerk"), person, receipt->id, "refuse", "no place", NULL,
                          NULL, error));
    edu_free(receipt);
}

/* One of each kind. */
static void setup(void)
{
    edu_person *seen = NULL;
    edu_person_page *pupils = NULL;
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_service_publish, fx_example("services", "school_bus"));
    fx_publish(edu_appeal_rules_publish, fx_example("appeals", "az"));
    refuse_one("PUP0001");
    (void)draft_of_bus("PUP0002");
    json_t *begun = json_pack("{s:s}", "text", "Hələ bitməyib.");
    FX_OK(edu_appeal_draft_save(fx_session("pupil1"), "new", begun, error));
    json_decref(begun);
    FX_OK(edu_account_recover(fx_nobody(), "pupil1", error));
    FX_OK(edu_account_person(fx_session("clerk"), fx_person("PUP0001"), &seen, error));
    edu_free(seen);
    FX_OK(edu_account_pupils(fx_session("clerk"), NULL, NULL, NULL, 0, &pupils, error));
    edu_free(pupils);
}

static json_t *retained(bool preview)
{
    edu_retained *report = NULL;
    FX_OK(edu_privacy_retain(fx_operator(), preview, &report, error));
    json_t *counts = json_incref(report->counts);
    edu_free(report);
    ck_assert_uint_eq(json_object_size(counts), EI_COUNT(kinds));
    return counts;
}

static json_int_t count_of(const json_t *counts, const char *kind)
{
    return json_integer_value(json_object_get(counts, kind));
}

/* Of all kinds together. */
static json_int_t ended(bool preview)
{
    json_t *counts = retained(preview);
    json_int_t sum = 0;
    for (size_t i = 0; i < EI_COUNT(kinds); i++)
        sum += count_of(counts, kinds[i]);
    json_decref(counts);
    return sum;
}

static void put(const char *text)
{
    json_t *rules = json_loads(text, 0, NULL);
    FX_OK(edu_privacy_retention_put(fx_operator(), rules, NULL, error));
    json_decref(rules);
}

static int64_t kept_for_good(void)
{
    return fx_int("SELECT (SELECT COUNT(*) FROM application) + (SELECT COUNT(*) FROM event) + "
                  "(SELECT COUNT(*) FROM person) + (SELECT COUNT(*) FROM request_form) + "
                  "(SELECT COUNT(*) FROM role_grant)");
}

START_TEST(nothing_ends_before_its_time)
{
    ck_assert_int_eq(ended(true), 0);
    ck_assert_int_eq(ended(false), 0);
    fx_clock_add(364 * DAY);
    json_t *counts = retained(true);
    ck_assert_int_eq(count_of(counts, "codes"), 1);
    ck_assert_int_eq(count_of(counts, "drafts") + count_of(counts, "commands"), 0);
    json_decref(counts);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'privacy.retained'"), 0);
}
END_TEST

START_TEST(each_ends_at_its_time_once)
{
    int64_t kept = kept_for_good();
    fx_clock_add(366 * DAY);
    json_t *foretold = retained(true), *done = retained(false);
    ck_assert_int_eq(json_equal(foretold, done), 1);
    ck_assert_int_eq(count_of(done, "drafts"), 1);
    ck_assert_int_eq(count_of(done, "appeal_drafts"), 1);
    ck_assert_int_ge(count_of(done, "commands"), 2);
    ck_assert_int_eq(count_of(done, "notifications") + count_of(done, "readings"), 0);
    json_decref(foretold);
    json_decref(done);
    ck_assert_int_eq(
        fx_int("SELECT COUNT(*) FROM draft") + fx_int("SELECT COUNT(*) FROM appeal_draft"), 0);
    ck_assert_int_eq(ended(false), 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'privacy.retained'"), 1);
    fx_clock_add(730 * DAY);
    done = retained(false);
    ck_assert_int_ge(count_of(done, "notifications"), 1);
    ck_assert_int_ge(count_of(done, "readings"), 1);
    ck_assert_int_ge(count_of(done, "list_readings"), 1);
    json_decref(done);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification") +
                         fx_int("SELECT COUNT(*) FROM person_reading") +
                         fx_int("SELECT COUNT(*) FROM list_reading"),
                     0);
    ck_assert_int_eq(kept_for_good(), kept);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 1);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){NULL, NULL}, error));
}
END_TEST

START_TEST(documents_end_by_a_rule_for_their_state)
{
    put("{\"documents\": {\"school_bus\": {\"approved\": 30, \"refused\": 100}}}");
    fx_clock_add(99 * DAY);
    json_t *counts = retained(false);
    ck_assert_int_eq(count_of(counts, "documents"), 0);
    json_decref(counts);
    fx_clock_add(2 * DAY);
    counts = retained(false);
    ck_assert_int_eq(count_of(counts, "documents"), 1);
    json_decref(counts);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application WHERE service = 'school_bus'"), 1);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){NULL, NULL}, error));
}
END_TEST

START_TEST(a_service_may_have_a_rule_of_its_own)
{
    put("{\"drafts\": {\"club\": 7}, \"notifications\": 30}");
    fx_clock_add(31 * DAY);
    json_t *counts = retained(false);
    ck_assert_int_eq(count_of(counts, "drafts"), 0);
    ck_assert_int_ge(count_of(counts, "notifications"), 1);
    json_decref(counts);
    put("{\"drafts\": {\"school_bus\": 30}}");
    counts = retained(false);
    ck_assert_int_eq(count_of(counts, "drafts"), 1);
    json_decref(counts);
    /* What is not named has its default again. */
    edu_retention *rules = NULL;
    FX_OK(edu_privacy_retention(fx_operator(), &rules, error));
    ck_assert_int_eq(json_integer_value(json_object_get(rules->rules, "notifications")), 1095);
    const json_t *drafts = json_object_get(rules->rules, "drafts");
    ck_assert_int_eq(json_integer_value(json_object_get(drafts, "")), 365);
    ck_assert_int_eq(json_integer_value(json_object_get(drafts, "school_bus")), 30);
    edu_free(rules);
}
END_TEST

START_TEST(what_is_changed_again_begins_anew)
{
    fx_clock_add(360 * DAY);
    fx_run("UPDATE draft SET changed = changed + 31104000000000"); /* 360 days */
    fx_clock_add(6 * DAY);
    json_t *counts = retained(false);
    ck_assert_int_eq(count_of(counts, "drafts"), 0);
    ck_assert_int_eq(count_of(counts, "appeal_drafts"), 1);
    json_decref(counts);
}
END_TEST

START_TEST(a_clock_that_goes_back_ends_nothing)
{
    fx_clock_add(-3650 * DAY);
    ck_assert_int_eq(ended(false), 0);
}
END_TEST

START_TEST(wrong_rules_are_refused)
{
    static const char *const wrong[] = {"[]",
                                        "{\"certificates\": 30}",
                                        "{\"commands\": 1}",
                                        "{\"commands\": \"30\"}",
                                        "{\"readings\": 30}",
                                        "{\"drafts\": 30}",
                                        "{\"drafts\": {\"club\": 0}}",
                                        "{\"documents\": {\"club\": 30}}",
                                        "{\"notifications\": 99999999}"};
    for (size_t i = 0; i < EI_COUNT(wrong); i++) {
        json_t *rules = json_loads(wrong[i], 0, NULL);
        FX_FAILS(EDU_E_INVALID, edu_privacy_retention_put(fx_operator(), rules, NULL, error));
        ck_assert_str_eq(fx_last_error.key, "privacy.retention");
        json_decref(rules);
    }
    FX_FAILS(EDU_E_INVALID, edu_privacy_retention_put(fx_operator(), NULL, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM setting WHERE key = 'retention'"), 0);
}
END_TEST

START_TEST(it_is_for_admins)
{
    edu_retained *report = NULL;
    edu_retention *rules = NULL;
    json_t *none_put = json_object();
    FX_FAILS(EDU_E_DENIED, edu_privacy_retain(fx_session("clerk"), true, &report, error));
    FX_FAILS(EDU_E_DENIED, edu_privacy_retention(fx_session("clerk"), &rules, error));
    FX_FAILS(EDU_E_DENIED, edu_privacy_retention_put(fx_session("clerk"), none_put, NULL, error));
    FX_OK(edu_privacy_retain(fx_session("admin"), true, &report, error));
    edu_free(report);
    json_decref(none_put);
}
END_TEST

/* More than one transaction ends. */
START_TEST(many_end_by_one_call)
{
    fx_run("DELETE FROM person_reading");
    for (int i = 0; i < 450; i++) {
        char sql[400];
        (void)snprintf(
            sql, sizeof sql,
            "INSERT INTO person_reading (person_id, id, reader_id, day, roles, what, "
            "about, why, since, last, count) SELECT id, x'0190000000007000800000000000"
            "%04x', id, %d, '', 'person', '', '', 1, 1, 1 FROM person WHERE family <> '' "
            "ORDER BY id LIMIT 1",
            i, i);
        fx_run(sql);
    }
    json_t *counts = retained(false);
    ck_assert_int_eq(count_of(counts, "readings"), 450);
    json_decref(counts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("retention");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_test(tests, nothing_ends_before_its_time);
    tcase_add_test(tests, each_ends_at_its_time_once);
    tcase_add_test(tests, documents_end_by_a_rule_for_their_state);
    tcase_add_test(tests, a_service_may_have_a_rule_of_its_own);
    tcase_add_test(tests, what_is_changed_again_begins_anew);
    tcase_add_test(tests, a_clock_that_goes_back_ends_nothing);
    tcase_add_test(tests, wrong_rules_are_refused);
    tcase_add_test(tests, it_is_for_admins);
    tcase_add_test(tests, many_end_by_one_call);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
