/* Announcements: who keeps them, when they are told, and whom they concern. */
#include "fixture.h"
#include "../tap.h"

#include <string.h>
#include <edu/announcement.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/request.h>

#define DAY (24 * 60 * FX_MINUTE)

static const edu_id none = {{0}};
static edu_id group; /* of S1, for the young */

static edu_id offered(const char *code, const char *institution, bool is_published)
{
    edu_id id;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "club";
    input.code = code;
    input.title = json_pack("{s:s, s:s}", "az", "Şahmat", "en", "Chess");
    input.institution = institution;
    input.opens = FX_START - DAY;
    input.closes = FX_START + 10 * DAY;
    input.is_published = is_published;
    input.age_until = 17;
    FX_OK(edu_offering_put(fx_session("clerk"), &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "club"));
    fx_publish(edu_service_publish, fx_example("services", "school_bus"));
    group = offered("chess", "S1", true);
}

typedef struct wish {
    edu_id id, offering;
    const char *service, *title;
    edu_time published, until;
    const char *key;
} wish;

static edu_status put(edu_session *session, const wish *one, edu_id *out, edu_error *error)
{
    edu_announcement_input input = EDU_ANNOUNCEMENT_INPUT_INIT;
    input.id = one->id;
    input.service = one->service ? one->service : "club";
    input.offering_id = one->offering;
    input.title = json_pack("{s:s, s:s}", "az", "Elan", "en", one->title);
    input.text = json_pack("{s:s, s:s}", "az", "Mətn", "en", "Text\n\nMore");
    input.published = one->published ? one->published : EDU_TIME_NONE;
    input.until = one->until ? one->until : EDU_TIME_NONE;
    edu_status status = edu_announcement_put(session, &input, one->key, out, error);
    json_decref(input.title);
    json_decref(input.text);
    return status;
}

static edu_id kept(const char *login, wish one)
{
    edu_id id;
    FX_OK(put(fx_session(login), &one, &id, error));
    return id;
}

static void check(edu_announcement_page *page, const char *titles)
{
    char found[512] = "";
    for (size_t i = 0; i < page->count; i++) {
        strcat(found, i ? " " : "");
        strcat(found, page->items[i].title);
        strcat(found, page->items[i].is_seen ? "*" : "");
    }
    ck_assert_str_eq(found, titles);
    edu_free(page);
}

static void check_public(const char *service, const char *titles)
{
    edu_announcement_page *page = NULL;
    FX_OK(edu_announcement_list(fx_nobody(), service, NULL, 0, &page, error));
    check(page, titles);
}

static void check_own(const char *login, const char *titles)
{
    edu_announcement_page *page = NULL;
    FX_OK(edu_announcement_own(fx_session(login), NULL, 0, &page, error));
    check(page, titles);
}

static void check_kept(const char *login, const char *titles)
{
    edu_announcement_page *page = NULL;
    FX_OK(edu_announcement_kept(fx_session(login), "club", NULL, 0, &page, error));
    check(page, titles);
}

START_TEST(they_are_told_from_their_time_until_another)
{
    edu_announcement *one = NULL;
    edu_time start = fx_now();
    edu_id first = kept("clerk", (wish){.title = "first", .until = start + 2 * DAY / 24});
    edu_id later = kept("clerk", (wish){.title = "later", .published = start + DAY / 24});
    kept("clerk", (wish){.title = "bus", .service = "school_bus"});
    check_public(NULL, "bus first");
    check_public("club", "first");
    check_kept("clerk", "later first");
    FX_FAILS(EDU_E_NOT_FOUND, edu_announcement_get(fx_nobody(), later, &one, error));
    FX_OK(edu_announcement_get(fx_session("clerk"), later, &one, error));
    ck_assert_str_eq(json_string_value(json_object_get(one->texts, "az")), "Mətn");
    edu_free(one);
    fx_clock_set(start + DAY / 24 + FX_MINUTE);
    check_public("club", "later first");
    fx_clock_set(start + 2 * DAY / 24 + FX_MINUTE);
    check_public("club", "later");
    /* What is over stays readable by its address. */
    FX_OK(edu_announcement_get(fx_nobody(), first, &one, error));
    ck_assert_str_eq(one->text, "Text\n\nMore");
    ck_assert_ptr_null(one->titles);
    edu_free(one);
}
END_TEST

START_TEST(a_list_is_paged_by_key)
{
    edu_announcement_page *page = NULL, *next = NULL;
    kept("clerk", (wish){.title = "one"});
    kept("clerk", (wish){.title = "two"});
    kept("clerk", (wish){.title = "three"});
    FX_OK(edu_announcement_list(fx_nobody(), NULL, NULL, 2, &page, error));
    FX_OK(edu_announcement_list(fx_nobody(), NULL, page->next, 2, &next, error));
    check(page, "three two");
    ck_assert_ptr_null(next->next);
    check(next, "one");
}
END_TEST

START_TEST(who_keeps_an_offering_keeps_its_announcements)
{
    edu_id id, hidden = offered("hidden", "S3", false);
    edu_announcement_page *page = NULL;
    wish one = {.title = "group", .offering = group}, whole = {.title = "whole"};
    edu_id own = kept("school1", one);
    kept("clerk.ba", (wish){.title = "region", .offering = group});
    kept("clerk", (wish){.title = "hidden", .offering = hidden});
    FX_FAILS(EDU_E_DENIED, put(fx_session("school2"), &one, &id, error));
    FX_FAILS(EDU_E_DENIED, put(fx_session("clerk.gn"), &one, &id, error));
    FX_FAILS(EDU_E_DENIED, put(fx_session("school1"), &whole, &id, error));
    FX_FAILS(EDU_E_DENIED, put(fx_session("parent1"), &whole, &id, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, put(fx_nobody(), &whole, &id, error));
    one.offering = hidden;
    FX_FAILS(EDU_E_NOT_FOUND, put(fx_session("school1"), &one, &id, error));
    one.offering = group;
    one.service = "school_bus";
    FX_FAILS(EDU_E_NOT_FOUND, put(fx_session("clerk"), &one, &id, error));
    FX_FAILS(EDU_E_DENIED, edu_announcement_withdraw(fx_session("school2"), own, NULL, error));
    check_kept("school1", "region group");
    check_kept("school2", "");
    FX_FAILS(EDU_E_DENIED,
             edu_announcement_kept(fx_session("parent1"), "club", NULL, 0, &page, error));
    check_public(NULL, "region group");
}
END_TEST

START_TEST(a_change_keeps_its_time_and_is_unseen_again)
{
    edu_id id = kept("clerk", (wish){.title = "one"});
    kept("clerk", (wish){.title = "two"});
    FX_OK(edu_announcement_see(fx_session("parent1"), id, error));
    FX_OK(edu_announcement_see(fx_session("parent1"), id, error));
    check_own("parent1", "two one*");
    kept("clerk", (wish){.id = id, .title = "new"});
    check_own("parent1", "two new");
    FX_OK(edu_announcement_see(fx_session("parent1"), id, error));
    check_own("parent1", "two new*");
    FX_OK(edu_announcement_withdraw(fx_session("clerk"), id, "k", error));
    FX_OK(edu_announcement_withdraw(fx_session("clerk"), id, "k", error));
    FX_OK(edu_announcement_withdraw(fx_session("clerk"), id, NULL, error));
    check_own("parent1", "two");
    check_kept("clerk", "two new");
    FX_FAILS(EDU_E_NOT_FOUND, edu_announcement_see(fx_session("parent1"), id, error));
    wish again = {.id = id, .title = "again"};
    FX_FAILS(EDU_E_STATE, put(fx_session("clerk"), &again, &id, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'announcement.put'"), 3);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'announcement.put' "
                            "AND CAST(detail AS TEXT) LIKE '%\"new\"%'"),
                     1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'announcement.withdraw'"),
                     1);
}
END_TEST

static edu_id applied(const char *number)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft, person = fx_person(number);
    json_t *form = json_pack("{s:s}", "phone", "+994 50 123 45 67");
    FX_OK(
        edu_draft_save(fx_session("clerk"), person, group, none, form, NULL, NULL, &draft, error));
    FX_OK(edu_request_submit(fx_session("clerk"), person, draft, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    json_decref(form);
    return id;
}

START_TEST(the_cabinet_has_those_that_concern_one)
{
    edu_announcement_page *page = NULL;
    edu_id other = offered("go", "S2", true);
    kept("clerk", (wish){.title = "all"});
    kept("clerk", (wish){.title = "group", .offering = group});
    kept("clerk", (wish){.title = "other", .offering = other});
    applied("PUP0001");
    /* The clerk is too old for the clubs and applied for nothing; a pupil may apply. */
    check_own("clerk2", "");
    check_own("pupil5", "other group all");
    check_own("parent1", "other group all");
    /* Nothing is open: what one applied for stays, for who acts for them too. */
    fx_run("UPDATE offering SET closes = opens + 1");
    check_own("pupil5", "");
    check_own("pupil1", "group all");
    check_own("parent1", "group all");
    fx_run("DELETE FROM guardian");
    check_own("parent1", "");
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_announcement_own(fx_nobody(), NULL, 0, &page, error));
}
END_TEST

START_TEST(the_same_key_writes_once)
{
    edu_id other;
    wish one = {.title = "one", .key = "k"};
    edu_id first = kept("clerk", one), again = kept("clerk", one);
    ck_assert_mem_eq(&first, &again, sizeof first);
    one.title = "two";
    FX_FAILS(EDU_E_CONFLICT, put(fx_session("clerk"), &one, &other, error));
    check_public(NULL, "one");
}
END_TEST

static void refuse(json_t *title, json_t *text, edu_status expected, const char *field)
{
    edu_id id;
    edu_announcement_input input = EDU_ANNOUNCEMENT_INPUT_INIT;
    input.service = "club";
    input.title = title;
    input.text = text;
    FX_FAILS(expected, edu_announcement_put(fx_session("clerk"), &input, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.field, field);
    json_decref(title);
    json_decref(text);
}

START_TEST(texts_are_in_languages_of_the_service_and_bounded)
{
    edu_id id;
    char longer[302];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    refuse(json_object(), json_object(), EDU_E_INVALID, "/title");
    refuse(json_pack("{s:s}", "az", longer), json_pack("{s:s}", "az", "x"), EDU_E_LIMIT, "/title");
    refuse(json_pack("{s:s}", "az", "x"), json_pack("{s:s}", "az", " "), EDU_E_INVALID, "/text");
    refuse(json_pack("{s:s}", "az", "x"), json_pack("{s:s}", "en", "x"), EDU_E_INVALID, "/text");
    refuse(json_pack("{s:s}", "az", "x"), json_pack("{s:s, s:s}", "az", "x", "en", "x"),
           EDU_E_INVALID, "/title");
    refuse(json_pack("{s:s}", "az", "x"), NULL, EDU_E_INVALID, "/text");
    refuse(json_pack("{s:s}", "de", "x"), json_pack("{s:s}", "de", "x"), EDU_E_INVALID, "/title");
    wish one = {.title = "one", .published = FX_START, .until = FX_START};
    FX_FAILS(EDU_E_INVALID, put(fx_session("clerk"), &one, &id, error));
    ck_assert_str_eq(fx_last_error.field, "/until");
    one = (wish){.title = "one", .service = "nothing"};
    FX_FAILS(EDU_E_NOT_FOUND, put(fx_session("clerk"), &one, &id, error));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("announcement");
    TCase *all = tcase_create("announcements");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, setup, fx_teardown);
    tcase_add_test(all, they_are_told_from_their_time_until_another);
    tcase_add_test(all, a_list_is_paged_by_key);
    tcase_add_test(all, who_keeps_an_offering_keeps_its_announcements);
    tcase_add_test(all, a_change_keeps_its_time_and_is_unseen_again);
    tcase_add_test(all, the_cabinet_has_those_that_concern_one);
    tcase_add_test(all, the_same_key_writes_once);
    tcase_add_test(all, texts_are_in_languages_of_the_service_and_bounded);
    suite_add_tcase(suite, all);
    return tap_run(suite);
}
