/* Rounds: scores, rankings, places by lottery and by choice, all by two people. The services are
 * the files of the examples. */
#include "fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/request.h>
#include <edu/round.h>

#define DAY (24 * 60 * FX_MINUTE)
#define CHILDREN 7

static const edu_id none = {{0}};
static const edu_progress silent;
static edu_session *clerk; /* signed in now */
static edu_time closes;    /* of what is offered */
static const char *const children[CHILDREN] = {"PUP0005", "PUP0006", "PUP0007", "PUP0008",
                                               "PUP0009", "PUP0010", "PUP0011"};

static json_t *document(const char *folder, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/%s/%s.json", getenv("EDU_ROOT"), folder,
                   name);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_msg(json != NULL, "%s", path);
    return json;
}

static void publish(const char *service)
{
    int32_t version;
    json_t *calendar = document("calendars", "az"), *json = document("services", service);
    FX_OK(edu_calendar_publish(fx_operator(), calendar, NULL, &version, error));
    FX_OK(edu_service_publish(fx_operator(), json, NULL, &version, error));
    json_decref(calendar);
    json_decref(json);
}

/* Signed in now: a sign-in ends after some hours. */
static edu_session *fresh(const char *login)
{
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(fx_portal(), login, FX_PASSWORD, NULL, "en", &session, error));
    return fx_keep(session);
}

static void setup(void)
{
    fx_setup();
    clerk = fx_session("clerk");
    closes = FX_START + 30 * DAY;
}

/* Until what is offered has closed. */
static void wait(void)
{
    fx_clock_add(31 * DAY);
    clerk = fresh("clerk");
}

static edu_id offered(const char *service, const char *code, const char *round, int32_t places,
                      bool by_round, const char *times)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    edu_id id;
    input.service = service;
    input.code = code;
    input.round = round;
    input.title = json_pack("{s:s, s:s}", "az", "Ad", "en", code);
    input.institution = "S1";
    input.opens = FX_START - DAY;
    input.closes = closes;
    input.is_published = true;
    input.by_round = by_round;
    input.places = places;
    input.times = times ? json_loads(times, 0, NULL) : NULL;
    FX_OK(edu_offering_put(clerk, &input, NULL, &id, error));
    json_decref(input.title);
    json_decref(input.times);
    return id;
}

static edu_id applied(const char *number, edu_id offering, json_t *form, json_t *choices)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft, person = fx_person(number);
    FX_OK(edu_draft_save(clerk, person, offering, none, form, choices, NULL, &draft, error));
    FX_OK(edu_request_submit(clerk, person, draft, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    json_decref(form);
    json_decref(choices);
    return id;
}

static void check_state(const char *number, edu_id id, const char *state, int64_t position)
{
    edu_request *one = NULL;
    FX_OK(edu_request_get(clerk, fx_person(number), id, &one, error));
    ck_assert_str_eq(one->state, state);
    ck_assert_int_eq(one->position, position);
    edu_free(one);
}

/* ---- a lottery ---- */

typedef struct ticket {
    size_t child;
    char number[16];
} ticket;

static int by_number(const void *a, const void *b)
{
    return strcmp(((const ticket *)a)->number, ((const ticket *)b)->number);
}

/* The order of the draw, from nothing but the seed and the ids: what anybody can do. */
static void drawn(const char *seed, ticket out[CHILDREN])
{
    for (size_t i = 0; i < CHILDREN; i++) {
        char text[256], id[EDU_ID_TEXT], hex[65];
        uint8_t hash[32];
        edu_id_format(fx_person(children[i]), id);
        int size = snprintf(text, sizeof text, "%s:%s", seed, id);
        crypto_hash_sha256(hash, (const uint8_t *)text, (size_t)size);
        (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
        out[i].child = i;
        (void)snprintf(out[i].number, sizeof out[i].number, "%.15s", hex);
    }
    qsort(out, CHILDREN, sizeof *out, by_number);
}

static void check_commitment(const char *seed, const char *commitment)
{
    uint8_t hash[32];
    char hex[65];
    crypto_hash_sha256(hash, (const uint8_t *)seed, strlen(seed));
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    ck_assert_str_eq(hex, commitment);
}

static edu_id chess(int32_t places, edu_id ids[CHILDREN])
{
    publish("club");
    edu_id group = offered("club", "chess", NULL, places, true, NULL);
    for (size_t i = 0; i < CHILDREN; i++)
        ids[i] =
            applied(children[i], group, json_pack("{s:s}", "phone", "+994 50 123 45 67"), NULL);
    check_state(children[0], ids[0], "applied", 0);
    return group;
}

static void seed_of(edu_id offering, char out[130])
{
    edu_round *round = NULL;
    FX_OK(edu_round_get(fx_nobody(), offering, &round, error));
    check_commitment(round->seed, round->commitment);
    (void)snprintf(out, 130, "%s", round->seed);
    edu_free(round);
}

START_TEST(a_lottery_is_drawn_by_two_people_and_anybody_can_draw_it_again)
{
    edu_id ids[CHILDREN], group = chess(5, ids);
    edu_round *round = NULL;
    ticket order[CHILDREN];
    char seed[130], commitment[65];
    FX_OK(edu_round_get(fx_nobody(), group, &round, error));
    ck_assert_str_eq(round->state, "open");
    ck_assert_ptr_null(round->seed);
    (void)snprintf(commitment, sizeof commitment, "%s", round->commitment);
    edu_free(round);
    FX_FAILS(EDU_E_STATE, edu_round_propose(fx_session("clerk"), group, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.not_closed");
    wait();
    edu_session *one = clerk, *two = fresh("school1");
    FX_FAILS(EDU_E_DENIED, edu_round_propose(fresh("parent1"), group, NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_round_propose(fx_operator(), group, NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_round_propose(fresh("school2"), group, NULL, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_round_confirm(one, group, silent, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.not_proposed");
    FX_OK(edu_round_propose(one, group, NULL, "draw", error));
    FX_OK(edu_round_propose(one, group, NULL, "draw", error));
    FX_FAILS(EDU_E_STATE, edu_round_propose(one, group, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.proposed");
    FX_FAILS(EDU_E_DENIED, edu_round_confirm(one, group, silent, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.same_person");
    FX_OK(edu_round_confirm(two, group, silent, "give", error));
    FX_OK(edu_round_confirm(two, group, silent, "give", error));
    seed_of(group, seed);
    check_commitment(seed, commitment);
    drawn(seed, order);
    for (size_t i = 0; i < CHILDREN; i++) {
        edu_round_outcome *own = NULL;
        const char *number = children[order[i].child];
        edu_request *request = NULL;
        FX_OK(edu_request_get(one, fx_person(number), ids[order[i].child], &request, error));
        ck_assert_str_eq(request->state, i < 5 ? "enrolled" : "waiting");
        ck_assert_int_eq(request->position, i < 5 ? 0 : (int)i - 4);
        edu_free(request);
        FX_OK(edu_round_result(one, fx_person(number), ids[order[i].child], &own, error));
        ck_assert_int_eq(own->place, (int)i + 1);
        ck_assert_int_eq(own->of, CHILDREN);
        ck_assert_str_eq(own->lottery, order[i].number);
        ck_assert_str_eq(own->outcome, i < 5 ? "given" : "waiting");
        ck_assert_str_eq(i == 0 ? own->ahead : own->behind, "Lottery number");
        ck_assert_str_eq(
            json_string_value(json_object_get(json_array_get(own->cut_off, 0), "value")),
            order[4].number);
        edu_free(own);
    }
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess'"), 5);
    ck_assert_str_eq(fx_last_template(fx_person(children[0])), "drawn");
    /* Who leaves makes place for the first of the list. */
    FX_OK(edu_request_act(one, fx_person(children[order[1].child]), ids[order[1].child], "dismiss",
                          "Köçüb", NULL, NULL, error));
    edu_request *next = NULL;
    FX_OK(edu_request_get(one, fx_person(children[order[5].child]), ids[order[5].child], &next,
                          error));
    ck_assert_str_eq(next->state, "enrolled");
    edu_free(next);
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

START_TEST(the_ranking_is_public_without_names_and_a_result_is_ones_own)
{
    edu_id ids[CHILDREN], group = chess(2, ids);
    edu_ranked_page *page = NULL;
    edu_round_outcome *own = NULL;
    wait();
    edu_session *one = clerk;
    FX_OK(edu_round_propose(one, group, NULL, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_round_ranking(fx_nobody(), group, NULL, 10, &page, error));
    ck_assert_str_eq(fx_last_error.key, "round.no_ranking");
    FX_OK(edu_round_ranking(one, group, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, CHILDREN);
    ck_assert_ptr_nonnull(page->items[0].applicant);
    edu_free(page);
    FX_FAILS(EDU_E_STATE,
             edu_round_result(fresh("parent5"), fx_person("PUP0005"), ids[0], &own, error));
    FX_OK(edu_round_confirm(fresh("clerk2"), group, silent, NULL, error));
    FX_OK(edu_round_ranking(fx_nobody(), group, NULL, 5, &page, error));
    ck_assert_uint_eq(page->count, 5);
    ck_assert_ptr_null(page->items[0].applicant);
    ck_assert_mem_eq(&page->items[0].person_id, &none, sizeof none);
    ck_assert_str_eq(page->items[1].outcome, "given");
    ck_assert_str_eq(page->items[2].outcome, "waiting");
    edu_ranked_page *rest = NULL;
    FX_OK(edu_round_ranking(fx_nobody(), group, page->next, 5, &rest, error));
    ck_assert_uint_eq(rest->count, 2);
    edu_free(rest);
    edu_free(page);
    FX_OK(edu_round_result(fresh("parent5"), fx_person("PUP0005"), ids[0], &own, error));
    /* Of two who got a place, each would tell who the other is. */
    ck_assert_ptr_null(own->cut_off);
    edu_free(own);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_round_result(fresh("parent1"), fx_person("PUP0005"), ids[0], &own, error));
}
END_TEST

START_TEST(a_seed_of_ones_own_is_committed_to_before_the_list_is_frozen)
{
    edu_id ids[CHILDREN], group = chess(2, ids);
    const char *seed = "0a1b2c3d", *other = "0a1b2c3e";
    uint8_t hash[32];
    char hex[65], seen[130];
    crypto_hash_sha256(hash, (const uint8_t *)seed, strlen(seed));
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    FX_FAILS(EDU_E_INVALID, edu_round_commit(fx_session("school1"), group, seed, NULL, error));
    FX_OK(edu_round_commit(fx_session("school1"), group, hex, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_round_commit(fx_session("clerk"), group, hex, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.committed");
    wait();
    edu_session *one = clerk;
    FX_FAILS(EDU_E_INVALID, edu_round_propose(one, group, NULL, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_round_propose(one, group, other, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.seed");
    FX_OK(edu_round_propose(one, group, seed, NULL, error));
    seed_of(group, seen);
    ck_assert_str_eq(seen, seed);
}
END_TEST

START_TEST(what_changed_since_it_was_proposed_is_ranked_anew)
{
    edu_id ids[CHILDREN], group = chess(2, ids);
    wait();
    edu_session *one = clerk, *two = fresh("clerk2");
    FX_OK(edu_round_propose(one, group, NULL, NULL, error));
    FX_OK(edu_request_act(one, fx_person(children[3]), ids[3], "dismiss", "Köçüb", NULL, NULL,
                          error));
    FX_FAILS(EDU_E_STATE, edu_round_confirm(two, group, silent, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.changed");
    FX_OK(edu_round_reopen(two, group, NULL, error));
    FX_OK(edu_round_propose(two, group, NULL, NULL, error));
    FX_OK(edu_round_confirm(one, group, silent, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM round_row"), CHILDREN - 1);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess'"), 2);
}
END_TEST

/* Who has a place elsewhere at the time waits, and the place goes to the next. */
START_TEST(a_clash_of_times_leaves_the_place_to_the_next)
{
    const char *monday = "[{\"day\":1,\"from\":\"16:00\",\"until\":\"17:00\"}]";
    edu_id ids[3], first, group;
    publish("club");
    group = offered("club", "chess", NULL, 1, true, monday);
    closes = FX_START + 60 * DAY;
    first = offered("club", "swim", NULL, 3, false, monday);
    for (size_t i = 0; i < 3; i++)
        ids[i] = applied(children[i], group, json_pack("{s:s}", "phone", "+994 50 1234567"), NULL);
    wait();
    edu_session *one = clerk;
    edu_ranked_page *page = NULL;
    FX_OK(edu_round_propose(one, group, NULL, NULL, error));
    FX_OK(edu_round_ranking(one, group, NULL, 10, &page, error));
    edu_id winner = page->items[0].person_id, second = page->items[1].person_id;
    edu_free(page);
    /* The winner gets a place in swimming before it is confirmed. */
    size_t index = 0;
    for (size_t i = 0; i < 3; i++) {
        edu_id child = fx_person(children[i]);
        if (memcmp(&child, &winner, sizeof child) == 0)
            index = i;
    }
    (void)applied(children[index], first, json_pack("{s:s}", "phone", "+994 50 1234567"), NULL);
    FX_OK(edu_round_confirm(fresh("clerk2"), group, silent, NULL, error));
    edu_request *request = NULL;
    FX_OK(edu_request_get(one, winner, ids[index], &request, error));
    ck_assert_str_eq(request->state, "waiting");
    edu_free(request);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess'"), 1);
    FX_OK(edu_round_ranking(one, group, NULL, 10, &page, error));
    ck_assert_str_eq(page->items[0].outcome, "waiting");
    ck_assert_str_eq(page->items[1].outcome, "given");
    ck_assert_mem_eq(&page->items[1].person_id, &second, sizeof second);
    edu_free(page);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("round");
    TCase *tests = tcase_create("round");
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_lottery_is_drawn_by_two_people_and_anybody_can_draw_it_again);
    tcase_add_test(tests, the_ranking_is_public_without_names_and_a_result_is_ones_own);
    tcase_add_test(tests, a_seed_of_ones_own_is_committed_to_before_the_list_is_frozen);
    tcase_add_test(tests, what_changed_since_it_was_proposed_is_ranked_anew);
    tcase_add_test(tests, a_clash_of_times_leaves_the_place_to_the_next);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
