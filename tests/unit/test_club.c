/* Clubs from year to year: who is enrolled is offered a place of next year's group. The service is
 * the file of the examples. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/request.h>
#include <edu/round.h>

#define DAY (24 * 60 * FX_MINUTE)
#define TUESDAY "[{\"day\": 2, \"from\": \"16:00\", \"until\": \"17:30\"}]"

static const edu_id none = {{0}};
static const edu_date next_autumn = {2027, 9, 15}, next_summer = {2028, 5, 31};

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "club"));
}

typedef struct group_input {
    const char *code, *follows;
    int32_t places, age_until;
    const char *times;
    edu_date begins, ends;
    edu_time opens;
} group_input;

static edu_status put(edu_session *session, const group_input *one, edu_id *out, edu_error *error)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "club";
    input.code = one->code;
    input.title = json_pack("{s:s, s:s}", "az", "Şahmat", "en", "Chess");
    input.institution = "S1";
    input.follows = one->follows;
    input.begins = one->begins;
    input.ends = one->ends;
    input.opens = one->opens ? one->opens : FX_START - DAY;
    input.closes = FX_START + 400 * DAY;
    input.is_published = true;
    input.places = one->places;
    input.age_until = one->age_until;
    input.times = one->times ? json_loads(one->times, 0, NULL) : NULL;
    edu_status status = edu_offering_put(session, &input, NULL, out, error);
    json_decref(input.title);
    json_decref(input.times);
    return status;
}

static edu_id kept(const group_input *one)
{
    edu_id id;
    FX_OK(put(fx_fresh("school1"), one, &id, error));
    return id;
}

/* This year's, and next year's, of so many places. */
static edu_id this_year(int32_t places)
{
    return kept(&(group_input){"chess-26", NULL, places, 0, TUESDAY, {0}, {2027, 5, 31}, 0});
}

static edu_id next_year(int32_t places, int32_t age_until)
{
    return kept(&(group_input){"chess-27", "chess-26", places, age_until, TUESDAY, next_autumn,
                               next_summer, FX_START + 300 * DAY});
}

static edu_id applied(const char *number, edu_id group, const char *state)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft, person = fx_person(number);
    edu_session *clerk = fx_fresh("clerk");
    json_t *form = json_pack("{s:s}", "phone", "+994 50 123 45 67");
    FX_OK(edu_draft_save(clerk, person, group, none, form, NULL, NULL, &draft, error));
    FX_OK(edu_request_submit(clerk, person, draft, NULL, &receipt, error));
    ck_assert_str_eq(receipt->state, state);
    edu_id id = receipt->id;
    edu_free(receipt);
    json_decref(form);
    return id;
}

/* The open application of a child for a group. */
static edu_request *open_of(const char *number, edu_id group)
{
    edu_request_filter filter = EDU_REQUEST_FILTER_INIT;
    edu_request_page *page = NULL;
    edu_request *one = NULL;
    edu_session *clerk = fx_fresh("clerk");
    edu_id person = fx_person(number);
    filter.service = "club";
    filter.offering_id = group;
    FX_OK(edu_request_worklist(clerk, &filter, NULL, 50, &page, error));
    for (size_t i = 0; i < page->count; i++)
        if (memcmp(&page->items[i].person_id, &person, sizeof person) == 0)
            FX_OK(edu_request_get(clerk, person, page->items[i].id, &one, error));
    edu_free(page);
    return one;
}

static edu_id check_open(const char *number, edu_id group, const char *state)
{
    edu_request *one = open_of(number, group);
    ck_assert_msg(one != NULL, "%s has no open application", number);
    ck_assert_str_eq(one->state, state);
    edu_id id = one->id;
    edu_free(one);
    return id;
}

typedef struct outcome {
    int32_t carried, waiting, left;
    const char *key; /* of the first who is left; NULL */
} outcome;

static void check_carried(edu_id group, bool preview, outcome expected)
{
    edu_request_carry_report *report = NULL;
    FX_OK(edu_request_carry(fx_fresh("school1"), group, preview, &report, error));
    ck_assert_int_eq(report->carried, expected.carried);
    ck_assert_int_eq(report->waiting, expected.waiting);
    ck_assert_int_eq((int)json_array_size(report->left), expected.left);
    if (expected.key)
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(report->left, 0), "key")),
                         expected.key);
    edu_free(report);
}

START_TEST(who_is_enrolled_is_offered_a_place_of_the_next_year)
{
    edu_id group = this_year(3), ids[4];
    const char *const numbers[] = {"PUP0005", "PUP0006", "PUP0007", "PUP0008"};
    for (size_t i = 0; i < 4; i++)
        ids[i] = applied(numbers[i], group, i < 3 ? "enrolled" : "waiting");
    fx_clock_add(250 * DAY);
    edu_id next = next_year(10, 0);
    check_carried(next, true, (outcome){3, 0, 0, NULL});
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM carried"), 0);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess-27'"), 0);
    check_carried(next, false, (outcome){3, 0, 0, NULL});
    /* Once more changes nothing. */
    check_carried(next, false, (outcome){0, 0, 0, NULL});
    ck_assert_str_eq(fx_last_template(fx_person("PUP0006")), "offered");
    edu_request *one = open_of("PUP0005", next);
    ck_assert_str_eq(one->state, "offered");
    ck_assert_str_eq(json_string_value(json_object_get(one->form, "phone")), "+994 50 123 45 67");
    ck_assert_int_eq(one->due > fx_now() + 14 * DAY && one->due < fx_now() + 20 * DAY, 1);
    edu_free(one);
    /* This year goes on; who waits has no place to go on with. */
    edu_id second = check_open("PUP0006", next, "offered");
    ck_assert_ptr_null(open_of("PUP0008", next));
    FX_OK(edu_request_act(fx_fresh("parent5"), fx_person("PUP0005"),
                          check_open("PUP0005", next, "offered"), "accept", NULL, NULL, "yes",
                          error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_act(fx_fresh("parent5"), fx_person("PUP0006"), second,
                                              "accept", NULL, NULL, NULL, error));
    FX_OK(edu_request_act(fx_fresh("clerk"), fx_person("PUP0006"), second, "decline", NULL, NULL,
                          NULL, error));
    check_open("PUP0005", next, "enrolled");
    /* Who declined is not asked again. */
    check_carried(next, false, (outcome){0, 0, 0, NULL});
    edu_request *old = NULL;
    FX_OK(edu_request_get(fx_fresh("clerk"), fx_person("PUP0005"), ids[0], &old, error));
    ck_assert_str_eq(old->state, "enrolled");
    edu_free(old);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

START_TEST(who_does_not_answer_loses_the_place_to_who_waits)
{
    edu_id group = this_year(2);
    applied("PUP0005", group, "enrolled");
    applied("PUP0006", group, "enrolled");
    fx_clock_add(298 * DAY);
    edu_id next = next_year(2, 0);
    check_carried(next, false, (outcome){2, 0, 0, NULL});
    fx_clock_add(3 * DAY);
    edu_id waiting = applied("PUP0007", next, "waiting");
    FX_OK(edu_request_act(fx_fresh("clerk"), fx_person("PUP0006"),
                          check_open("PUP0006", next, "offered"), "accept", NULL, NULL, NULL,
                          error));
    int32_t done;
    fx_clock_add(14 * DAY);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    fx_clock_add(2 * DAY);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    ck_assert_ptr_null(open_of("PUP0005", next));
    ck_assert_str_eq(fx_last_template(fx_person("PUP0005")), "lapsed");
    edu_request *one = NULL;
    FX_OK(edu_request_get(fx_fresh("clerk"), fx_person("PUP0007"), waiting, &one, error));
    ck_assert_str_eq(one->state, "enrolled");
    edu_free(one);
    check_open("PUP0006", next, "enrolled");
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess-27'"), 2);
}
END_TEST

/* Born on 2014-01-05 and -06: 13 when the next year begins. */
START_TEST(ages_and_places_are_judged_anew_on_the_day_it_begins)
{
    edu_id group = this_year(3);
    applied("PUP0005", group, "enrolled");
    applied("PUP0006", group, "enrolled");
    fx_clock_add(100 * DAY); /* they are twelve still */
    edu_id next = next_year(1, 12);
    check_carried(next, false, (outcome){0, 0, 2, "request.age"});
    /* Told once; and carried where it fits after all. */
    check_carried(next, false, (outcome){0, 0, 2, "request.age"});
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'not_carried'"), 2);
    next_year(1, 13);
    check_carried(next, true, (outcome){1, 1, 0, NULL});
    check_carried(next, false, (outcome){1, 1, 0, NULL});
    check_open("PUP0005", next, "offered");
    check_open("PUP0006", next, "waiting");
}
END_TEST

/* The reason stands in their cabinet; a place comes by a new application, as for everybody. */
START_TEST(who_is_dismissed_may_come_again_behind_who_waits)
{
    edu_id group = this_year(1), first = applied("PUP0005", group, "enrolled");
    edu_id second = applied("PUP0006", group, "waiting");
    FX_FAILS(EDU_E_INVALID, edu_request_act(fx_fresh("school1"), fx_person("PUP0005"), first,
                                            "dismiss", NULL, NULL, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_act(fx_fresh("school2"), fx_person("PUP0005"), first,
                                              "dismiss", "Never came", NULL, NULL, error));
    FX_OK(edu_request_act(fx_fresh("school1"), fx_person("PUP0005"), first, "dismiss", "Never came",
                          NULL, NULL, error));
    check_open("PUP0006", group, "enrolled");
    ck_assert_ptr_null(open_of("PUP0005", group));
    FX_FAILS(EDU_E_STATE, edu_request_act(fx_fresh("school1"), fx_person("PUP0005"), first,
                                          "dismiss", "Again", NULL, NULL, error));
    applied("PUP0007", group, "waiting");
    applied("PUP0005", group, "waiting");
    FX_OK(edu_request_act(fx_fresh("school1"), fx_person("PUP0006"), second, "dismiss", "Moved",
                          NULL, NULL, error));
    check_open("PUP0007", group, "enrolled");
    check_open("PUP0005", group, "waiting");
}
END_TEST

START_TEST(years_do_not_clash_with_each_other)
{
    edu_id group = this_year(3);
    applied("PUP0005", group, "enrolled");
    fx_clock_add(200 * DAY);
    edu_id same = kept(&(group_input){"go-26", NULL, 5, 0, TUESDAY, {0}, {2027, 5, 31}, 0});
    edu_id later = kept(&(group_input){"go-27", NULL, 5, 0, TUESDAY, next_autumn, {0}, 0});
    edu_id draft;
    edu_session *clerk = fx_fresh("clerk");
    json_t *form = json_pack("{s:s}", "phone", "+994 50 123 45 67");
    FX_OK(edu_draft_save(clerk, fx_person("PUP0005"), same, none, form, NULL, NULL, &draft, error));
    json_decref(form);
    edu_request_receipt *receipt = NULL;
    FX_FAILS(EDU_E_STATE,
             edu_request_submit(clerk, fx_person("PUP0005"), draft, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "request.clash");
    applied("PUP0005", later, "enrolled");
    /* What follows would, as the child has something else then. */
    check_carried(next_year(5, 0), false, (outcome){0, 0, 1, "request.clash"});
    check_open("PUP0005", group, "enrolled");
}
END_TEST

START_TEST(what_cannot_be_carried_is_told)
{
    edu_id group = this_year(3), id;
    edu_request_carry_report *report = NULL;
    FX_FAILS(EDU_E_STATE, edu_request_carry(fx_fresh("school1"), group, true, &report, error));
    ck_assert_str_eq(fx_last_error.key, "carry.follows");
    group_input next = {"n", "chess-26", 3, 0, NULL, {0}, {0}, FX_START + DAY};
    next.follows = "unknown";
    FX_FAILS(EDU_E_NOT_FOUND, put(fx_fresh("school1"), &next, &id, error));
    ck_assert_str_eq(fx_last_error.field, "/follows");
    next.follows = "chess-26";
    next.opens = FX_START - 2 * DAY;
    FX_FAILS(EDU_E_INVALID, put(fx_fresh("school1"), &next, &id, error));
    next.opens = 0;
    FX_FAILS(EDU_E_INVALID, put(fx_fresh("school1"), &next, &id, error));
    next.opens = FX_START + DAY;
    next.begins = (edu_date){2027, 2, 30};
    FX_FAILS(EDU_E_INVALID, put(fx_fresh("school1"), &next, &id, error));
    ck_assert_str_eq(fx_last_error.field, "/begins");
    next.begins = next_summer;
    next.ends = next_autumn;
    FX_FAILS(EDU_E_INVALID, put(fx_fresh("school1"), &next, &id, error));
    next.ends = (edu_date){0};
    edu_id first = kept(&next);
    next.code = "m";
    FX_FAILS(EDU_E_CONFLICT, put(fx_fresh("school1"), &next, &id, error));
    ck_assert_str_eq(fx_last_error.key, "offering.followed");
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_carry(fx_fresh("school2"), first, true, &report, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_carry(fx_fresh("parent1"), first, true, &report, error));
    fx_clock_add(401 * DAY);
    FX_FAILS(EDU_E_STATE, edu_request_carry(fx_fresh("school1"), first, true, &report, error));
    ck_assert_str_eq(fx_last_error.key, "request.closed");
}
END_TEST

static void dismissed(const char *number, edu_id id)
{
    FX_OK(edu_request_act(fx_fresh("clerk"), fx_person(number), id, "dismiss", "Köçüb", NULL, NULL,
                          error));
}

/* A place of the one is free, and its first in the list has something else at that time. */
typedef struct clash {
    edu_id group, elsewhere; /* and the application for the other group */
} clash;

static clash clashing(void)
{
    edu_id chess = this_year(1);
    edu_id dance = kept(&(group_input){"dance", NULL, 5, 0, TUESDAY, {0}, {2027, 5, 31}, 0});
    edu_id first = applied("PUP0005", chess, "enrolled");
    applied("PUP0006", chess, "waiting");
    edu_id elsewhere = applied("PUP0006", dance, "enrolled");
    dismissed("PUP0005", first);
    return (clash){chess, elsewhere};
}

/* Who has something else at that time keeps no place from others, and gets one when that is over.
 */
START_TEST(no_place_is_free_while_somebody_waits_who_can_take_it)
{
    clash at = clashing();
    check_open("PUP0006", at.group, "waiting");
    edu_id second = applied("PUP0007", at.group, "enrolled");
    applied("PUP0008", at.group, "waiting");
    check_open("PUP0006", at.group, "waiting");
    /* Still the first of the list, where it can be. */
    dismissed("PUP0006", at.elsewhere);
    dismissed("PUP0007", second);
    check_open("PUP0006", at.group, "enrolled");
    check_open("PUP0008", at.group, "waiting");
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

START_TEST(who_leaves_what_clashed_gets_the_place_that_is_free)
{
    clash at = clashing();
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess-26'"), 0);
    dismissed("PUP0006", at.elsewhere);
    check_open("PUP0006", at.group, "enrolled");
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess-26'"), 1);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'chess-26'"), 0);
}
END_TEST

/* ---- found ---- */

static const char *put_in(const char *code, const char *direction, int32_t from, int32_t until,
                          const char *times)
{
    edu_id id;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "club";
    input.code = code;
    input.title = json_pack("{s:s}", "az", code);
    input.institution = "S1";
    input.opens = FX_START - DAY;
    input.closes = FX_START + 400 * DAY;
    input.is_published = true;
    input.age_from = from;
    input.age_until = until;
    input.direction = direction;
    input.times = json_loads(times, 0, NULL);
    edu_error fault = EDU_ERROR_INIT;
    edu_status status = edu_offering_put(fx_session("school1"), &input, NULL, &id, &fault);
    json_decref(input.title);
    json_decref(input.times);
    static char key[sizeof fault.key];
    memcpy(key, fault.key, sizeof key);
    return status == EDU_OK ? "" : key;
}

/* The codes of what is found, in the order of their codes. */
static void finds(const char *direction, int32_t age, int32_t day, const char *expected)
{
    static const char *const codes[] = {"choir", "judo", "swim"};
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    edu_offering_page *page = NULL;
    char seen[64] = "";
    filter.service = "club";
    filter.institution = day == 6 ? "S1" : NULL; /* by another index */
    filter.direction = direction;
    filter.age = age;
    filter.day = day;
    FX_OK(edu_offering_list(fx_nobody(), &filter, NULL, 0, &page, error));
    for (size_t k = 0; k < EI_COUNT(codes); k++)
        for (size_t i = 0; i < page->count; i++)
            if (strcmp(page->items[i].code, codes[k]) == 0)
                strncat(seen, codes[k], 1);
    ck_assert_str_eq(seen, expected);
    edu_free(page);
}

static void put_at(const char *institution, bool is_published)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    edu_id id;
    input.service = "club";
    input.code = institution[1] == '1' ? "one" : institution[1] == '2' ? "two" : "three";
    input.title = json_pack("{s:s}", "az", institution);
    input.institution = institution;
    input.opens = FX_START - DAY;
    input.closes = FX_START + 400 * DAY;
    input.is_published = is_published;
    FX_OK(edu_offering_put(fx_session("clerk"), &input, NULL, &id, error));
    json_decref(input.title);
}

/* The first letters of those that somebody keeps, page by page: o, t and h. */
static void keeps(edu_session *session, const char *institution, const char *region,
                  const char *expected)
{
    static const char *const codes[] = {"one", "two", "three"};
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    char cursor[256] = "", seen[8] = "";
    bool is_kept[3] = {false};
    filter.service = "club";
    filter.only_kept = true;
    filter.institution = institution;
    filter.region = region;
    do {
        edu_offering_page *page = NULL;
        FX_OK(edu_offering_list(session, &filter, *cursor ? cursor : NULL, 1, &page, error));
        for (size_t i = 0; i < page->count; i++)
            for (size_t k = 0; k < EI_COUNT(codes); k++)
                is_kept[k] |= strcmp(page->items[i].code, codes[k]) == 0;
        (void)snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
    } while (*cursor);
    for (size_t k = 0; k < EI_COUNT(codes); k++)
        strncat(seen, is_kept[k] ? &"o\0t\0h"[2 * k] : "", 1);
    ck_assert_str_eq(seen, expected);
}

START_TEST(who_keeps_groups_finds_those_of_all_their_places)
{
    put_at("S1", false);
    put_at("S2", true);
    put_at("S3", true);
    keeps(fx_session("clerk"), NULL, NULL, "oth");
    keeps(fx_session("clerk"), "S2", NULL, "t");
    keeps(fx_session("clerk.ba"), NULL, NULL, "ot");
    keeps(fx_session("clerk.ba"), "S3", NULL, "");
    keeps(fx_session("clerk.ba"), NULL, "GN", "");
    keeps(fx_session("clerk.gn"), NULL, NULL, "h");
    keeps(fx_session("school1"), NULL, NULL, "o");
    keeps(fx_session("school1"), NULL, "BA", "o");
    keeps(fx_session("parent1"), NULL, NULL, "");
    keeps(fx_nobody(), NULL, NULL, "");
    /* Of two schools; of two regions. */
    FX_OK(edu_account_grant(fx_operator(), fx_person("STF0006"), "school", "institution", "S3",
                            NULL, error));
    FX_OK(edu_account_grant(fx_operator(), fx_person("STF0005"), "clerk", "region", "BA", NULL,
                            error));
    keeps(fx_session("school1"), NULL, NULL, "oh");
    keeps(fx_session("clerk.gn"), NULL, NULL, "oth");
}
END_TEST

#define ON(day) "{\"day\": " #day ", \"from\": \"10:00\", \"until\": \"11:00\"}"

START_TEST(a_group_is_found_by_direction_age_and_day)
{
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    edu_offering_page *page = NULL;
    ck_assert_str_eq(put_in("judo", "sport", 6, 9, "[" ON(1) ", " ON(6) "]"), "");
    ck_assert_str_eq(put_in("swim", "sport", 10, 0, "[" ON(2) "]"), "");
    ck_assert_str_eq(put_in("choir", "creative", 0, 0, "[" ON(6) "]"), "");
    ck_assert_str_eq(put_in("odd", "astrology", 0, 0, "[]"), "offering.direction");
    finds(NULL, 0, 0, "cjs");
    finds("sport", 0, 0, "js");
    finds("creative", 0, 0, "c");
    finds("languages", 0, 0, "");
    finds(NULL, 9, 0, "cj");
    finds(NULL, 10, 0, "cs");
    finds("sport", 40, 0, "s");
    finds(NULL, 0, 6, "cj");
    finds(NULL, 0, 2, "s");
    finds(NULL, 0, 7, "");
    finds("sport", 7, 6, "j");
    /* What it is changed to counts. */
    ck_assert_str_eq(put_in("judo", "sport", 6, 9, "[" ON(7) "]"), "");
    finds(NULL, 0, 6, "c");
    finds(NULL, 0, 7, "j");
    filter.service = "club";
    filter.day = 8;
    FX_FAILS(EDU_E_INVALID, edu_offering_list(fx_nobody(), &filter, NULL, 0, &page, error));
    ck_assert_str_eq(fx_last_error.key, "offering.day");
    filter.day = 0;
    filter.age = -1;
    FX_FAILS(EDU_E_INVALID, edu_offering_list(fx_nobody(), &filter, NULL, 0, &page, error));
    ck_assert_str_eq(fx_last_error.field, "/age");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("club");
    TCase *years = tcase_create("years");
    tcase_set_timeout(years, 120);
    tcase_add_checked_fixture(years, setup, fx_teardown);
    tcase_add_test(years, who_is_enrolled_is_offered_a_place_of_the_next_year);
    tcase_add_test(years, a_group_is_found_by_direction_age_and_day);
    tcase_add_test(years, who_keeps_groups_finds_those_of_all_their_places);
    tcase_add_test(years, who_does_not_answer_loses_the_place_to_who_waits);
    tcase_add_test(years, ages_and_places_are_judged_anew_on_the_day_it_begins);
    tcase_add_test(years, no_place_is_free_while_somebody_waits_who_can_take_it);
    tcase_add_test(years, who_leaves_what_clashed_gets_the_place_that_is_free);
    tcase_add_test(years, who_is_dismissed_may_come_again_behind_who_waits);
    tcase_add_test(years, years_do_not_clash_with_each_other);
    tcase_add_test(years, what_cannot_be_carried_is_told);
    suite_add_tcase(suite, years);
    return tap_run(suite);
}
