/* Rounds: scores, rankings, places by lottery and by choice, all by two people. The services are
 * the files of the examples. */
#include "fixture.h"
#include "../tap.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/appeal.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/certificate.h>
#include <edu/request.h>
#include <edu/round.h>
#include <edu/slot.h>

#define DAY (24 * 60 * FX_MINUTE)
#define CHILDREN 7

static const edu_id none = {{0}};
static const edu_progress silent;
static edu_session *clerk; /* signed in now */
static edu_time closes;    /* of what is offered */
static const char *const children[CHILDREN] = {"PUP0005", "PUP0006", "PUP0007", "PUP0008",
                                               "PUP0009", "PUP0010", "PUP0011"};

static void publish(const char *service)
{
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", service));
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
    clerk = fx_fresh("clerk");
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
    edu_id draft, paper, person = fx_person(number);
    FX_OK(edu_draft_save(clerk, person, offering, none, form, choices, NULL, &draft, error));
    if (json_object_get(form, "education"))
        FX_OK(edu_draft_attach(clerk, person, draft, "diploma", "diplom.pdf",
                               fx_bytes("%PDF-1.7\n"), NULL, &paper, error));
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
    ck_assert_msg(strcmp(one->state, state) == 0, "%s: %s, not %s", number, one->state, state);
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
    edu_session *one = clerk, *two = fx_fresh("school1");
    FX_FAILS(EDU_E_DENIED, edu_round_propose(fx_fresh("parent1"), group, NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_round_propose(fx_operator(), group, NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_round_propose(fx_fresh("school2"), group, NULL, NULL, error));
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

static void check_csv(edu_session *session, edu_id offering, bool has_names)
{
    edu_document *csv = NULL;
    FX_OK(edu_round_csv(session, offering, &csv, error));
    static const char head[] = "place,number,application,applicant,outcome,given,";
    ck_assert_mem_eq(csv->content.data, head, sizeof head - 1);
    size_t lines = 0;
    for (size_t i = 0; i < csv->content.size; i++)
        lines += ((const char *)csv->content.data)[i] == '\n';
    ck_assert_uint_eq(lines, CHILDREN + 1);
    char id[EDU_ID_TEXT];
    edu_id_format(fx_id("SELECT request_id FROM round_row WHERE position = 1"), id);
    ck_assert_int_eq(memmem(csv->content.data, csv->content.size, id, strlen(id)) != NULL,
                     has_names);
    edu_free(csv);
}

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
    ck_assert_ptr_null(page->items[0].behind);
    ck_assert_ptr_nonnull(page->items[1].behind);
    edu_free(page);
    check_csv(one, group, true);
    FX_FAILS(EDU_E_STATE,
             edu_round_result(fx_fresh("parent5"), fx_person("PUP0005"), ids[0], &own, error));
    FX_OK(edu_round_confirm(fx_fresh("clerk2"), group, silent, NULL, error));
    check_csv(fx_nobody(), group, false);
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
    FX_OK(edu_round_result(fx_fresh("parent5"), fx_person("PUP0005"), ids[0], &own, error));
    /* Of two who got a place, each would tell who the other is. */
    ck_assert_ptr_null(own->cut_off);
    edu_free(own);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_round_result(fx_fresh("parent1"), fx_person("PUP0005"), ids[0], &own, error));
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

/* Taking applications for longer. */
static void check_window(edu_id group, bool by_round, edu_status expected)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    edu_id id;
    input.service = "club";
    input.code = "chess";
    input.title = json_pack("{s:s}", "en", "Chess");
    input.institution = "S1";
    input.opens = FX_START - DAY;
    input.closes = closes + 30 * DAY;
    input.is_published = true;
    input.by_round = by_round;
    input.places = 2;
    FX_FAILS(expected, edu_offering_put(clerk, &input, NULL, &id, error));
    if (expected != EDU_OK)
        ck_assert_str_eq(fx_last_error.key, "offering.ranked");
    else
        ck_assert_mem_eq(&id, &group, sizeof id);
    json_decref(input.title);
}

START_TEST(what_changed_since_it_was_proposed_is_ranked_anew)
{
    edu_id ids[CHILDREN], group = chess(2, ids);
    wait();
    edu_session *one = clerk, *two = fx_fresh("clerk2");
    FX_OK(edu_round_propose(one, group, NULL, NULL, error));
    FX_OK(edu_request_act(one, fx_person(children[3]), ids[3], "dismiss", "Köçüb", NULL, NULL,
                          error));
    FX_FAILS(EDU_E_STATE, edu_round_confirm(two, group, silent, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.changed");
    FX_OK(edu_round_reopen(two, group, NULL, error));
    /* The seed was seen: nobody can come any more. */
    check_window(group, true, EDU_E_STATE);
    check_window(group, false, EDU_E_STATE);
    FX_OK(edu_round_propose(two, group, NULL, NULL, error));
    FX_OK(edu_round_confirm(one, group, silent, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM round_row"), CHILDREN - 1);
    /* What is left may go to who comes first; there is no second draw. */
    check_window(group, true, EDU_E_STATE);
    check_window(group, false, EDU_OK);
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
    FX_OK(edu_round_confirm(fx_fresh("clerk2"), group, silent, NULL, error));
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

/* ---- a blind jury ---- */

#define WORKS 6
#define JURY 6

static const char *const jury[JURY] = {"STF0001", "STR0001", "GRD0001",
                                       "STF0004", "STF0005", "STF0008"};
static const char *const jury_logins[JURY] = {"admin",    "stranger", "parent1",
                                              "clerk.ba", "clerk.gn", "steward"};

static json_t *entry(size_t index)
{
    char title[32];
    (void)snprintf(title, sizeof title, "Work %zu", index);
    return json_pack("{s:s, s:s}", "title", title, "summary",
                     "Something that is long enough to be a summary");
}

/* The contest that is published already. */
static edu_id entered(edu_id ids[WORKS])
{
    edu_id offering = offered("contest", "best", NULL, -1, false, NULL);
    for (size_t i = 0; i < WORKS; i++)
        ids[i] = applied(children[i], offering, entry(i), NULL);
    for (size_t i = 0; i < JURY; i++)
        FX_OK(edu_panel_put(clerk, offering, fx_person(jury[i]), true, NULL, error));
    return offering;
}

static edu_id contest(edu_id ids[WORKS])
{
    publish("contest");
    return entered(ids);
}

static edu_panel_report assigned(edu_id offering)
{
    edu_panel_report *report = NULL;
    FX_OK(edu_panel_assign(clerk, offering, NULL, &report, error));
    edu_panel_report out = *report;
    edu_free(report);
    return out;
}

static json_t *points(int content, int originality, int design)
{
    return json_pack("{s:i, s:i, s:i}", "content", content, "originality", originality, "design",
                     design);
}

/* Which work it is, from the form; a juror learns nothing else. */
static size_t index_of(const edu_panel_work *work)
{
    return (size_t)(json_string_value(json_object_get(work->form, "title"))[5] - '0');
}

/* Everything a member has, scored by `give` of the member and the work. */
static int64_t score_all(size_t member, json_t *(*give)(size_t member, size_t index))
{
    edu_session *session = fx_fresh(jury_logins[member]);
    edu_panel_work_page *page = NULL;
    FX_OK(edu_panel_works(session, NULL, 50, &page, error));
    for (size_t i = 0; i < page->count; i++) {
        edu_panel_work *work = NULL;
        FX_OK(edu_panel_work_get(session, page->items[i].work_id, &work, error));
        ck_assert(work->is_blind);
        ck_assert_ptr_null(work->applicant);
        json_t *values = give(member, index_of(work));
        FX_OK(edu_panel_score(session, work->work_id, values, NULL, NULL, error));
        json_decref(values);
        edu_free(work);
    }
    int64_t count = (int64_t)page->count;
    edu_free(page);
    return count;
}

/* Works 1 and 2 are equal. The jury's extremes do not count. */
static json_t *by_index(size_t member, size_t index)
{
    static const int content[WORKS + 1] = {9, 7, 7, 5, 3, 1, 2};
    return points(member == 0 ? 10 : member == 5 ? 0 : content[index], 5, 5);
}

START_TEST(a_blind_jury_scores_with_equal_load_and_equals_share_their_place)
{
    edu_id ids[WORKS], offering = contest(ids);
    edu_panel_report report = assigned(offering);
    ck_assert_int_eq(report.added, WORKS * 5);
    ck_assert_int_eq(report.least, 5);
    ck_assert_int_eq(report.most, 5);
    ck_assert_int_eq(report.lacking, 0);
    ck_assert_int_eq(assigned(offering).added, 0);
    for (size_t i = 0; i + 1 < JURY; i++)
        ck_assert_int_eq(score_all(i, by_index), 5);
    wait();
    FX_FAILS(EDU_E_STATE, edu_round_propose(clerk, offering, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.unscored");
    edu_score_page *scores = NULL;
    FX_OK(edu_score_list(clerk, offering, "jury", NULL, 10, &scores, error));
    ck_assert_uint_eq(scores->count, WORKS);
    ck_assert_int_eq(scores->items[0].needed, 5);
    edu_free(scores);
    ck_assert_int_eq(score_all(5, by_index), 5);
    FX_OK(edu_round_propose(clerk, offering, NULL, NULL, error));
    edu_session *second = fx_fresh("clerk2");
    FX_OK(edu_round_confirm(second, offering, silent, NULL, error));
    static const int32_t places[WORKS] = {1, 2, 2, 4, 5, 6};
    for (size_t i = 0; i < WORKS; i++) {
        edu_round_outcome *own = NULL;
        FX_OK(edu_round_result(clerk, fx_person(children[i]), ids[i], &own, error));
        ck_assert_int_eq(own->place, places[i]);
        ck_assert_int_eq(own->shared, i == 1 || i == 2 ? 2 : 1);
        ck_assert_str_eq(own->outcome, "ranked");
        ck_assert_ptr_null(own->lottery);
        const json_t *score = json_array_get(own->scores, 0);
        ck_assert_uint_eq(json_array_size(json_object_get(score, "criteria")), 5);
        edu_free(own);
        check_state(children[i], ids[i], "judged", 0);
    }
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM score WHERE is_current = 1"), WORKS * 5);
}
END_TEST

static edu_certificate_page *certificates_of(const char *number)
{
    edu_certificate_page *page = NULL;
    FX_OK(edu_certificate_list(clerk, fx_person(number), NULL, 10, &page, error));
    return page;
}

/* Awarded so; "1" where the place stands on it. */
static void check_certificate(const char *number, const char *award, const char *place)
{
    edu_certificate_page *page = certificates_of(number);
    edu_document *file = NULL;
    edu_verdict *verdict = NULL;
    char text[300];
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].type, "contest.certificate");
    FX_OK(edu_certificate_file(clerk, fx_person(number), page->items[0].number, "json", &file,
                               error));
    FX_OK(edu_certificate_check_file(fx_nobody(), file->content, &verdict, error));
    ck_assert_str_eq(verdict->status, "valid");
    (void)snprintf(text, sizeof text, "\"name\":\"%s\"", award);
    ck_assert_ptr_nonnull(memmem(file->content.data, file->content.size, text, strlen(text)));
    (void)snprintf(text, sizeof text, "\"value\":\"%s\"", place ? place : "");
    ck_assert_int_eq(memmem(file->content.data, file->content.size, text, strlen(text)) != NULL,
                     place != NULL);
    edu_free(verdict);
    edu_free(file);
    edu_free(page);
}

/* Who keeps the contest sees how many there are, and whose is which; others do not. */
static void check_certificates_are_told(edu_id offering)
{
    edu_round *round = NULL;
    edu_ranked_page *page = NULL;
    FX_OK(edu_round_get(clerk, offering, &round, error));
    ck_assert_int_eq(round->certificates, WORKS);
    edu_free(round);
    FX_OK(edu_round_get(fx_nobody(), offering, &round, error));
    ck_assert_int_eq(round->certificates, 0);
    edu_free(round);
    FX_OK(edu_round_ranking(clerk, offering, NULL, 0, &page, error));
    for (size_t i = 0; i < page->count; i++) {
        edu_certificate *certificate = NULL;
        FX_OK(edu_certificate_get(clerk, page->items[i].person_id, page->items[i].certificate,
                                  &certificate, error));
        ck_assert(memcmp(&certificate->source_id, &offering, sizeof offering) == 0);
        edu_free(certificate);
    }
    edu_free(page);
    FX_OK(edu_round_ranking(fx_nobody(), offering, NULL, 0, &page, error));
    for (size_t i = 0; i < page->count; i++)
        ck_assert_ptr_null(page->items[i].certificate);
    edu_free(page);
}

START_TEST(certificates_follow_a_confirmed_ranking_by_place)
{
    edu_id ids[WORKS], offering = contest(ids);
    int64_t issued;
    (void)assigned(offering);
    for (size_t i = 0; i < JURY; i++)
        (void)score_all(i, by_index);
    wait();
    FX_OK(edu_round_propose(clerk, offering, NULL, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_round_issue(clerk, offering, silent, &issued, error));
    ck_assert_str_eq(fx_last_error.key, "round.not_confirmed");
    edu_session *second = fx_fresh("clerk2");
    FX_OK(edu_round_confirm(second, offering, silent, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_round_issue(fx_fresh("school2"), offering, silent, &issued, error));
    FX_FAILS(EDU_E_DENIED, edu_round_issue(fx_fresh("parent5"), offering, silent, &issued, error));
    FX_OK(edu_round_issue(clerk, offering, silent, &issued, error));
    ck_assert_int_eq(issued, WORKS);
    FX_OK(edu_round_issue(second, offering, silent, &issued, error));
    ck_assert_int_eq(issued, 0);
    check_certificates_are_told(offering);
    /* 1 2 2 4 5 6: two share the second, and nobody is third. */
    check_certificate(children[0], "First-degree diploma", "1");
    check_certificate(children[1], "Second-degree diploma", "2");
    check_certificate(children[2], "Second-degree diploma", "2");
    check_certificate(children[3], "Certificate of participation", NULL);
    edu_printout *print = NULL;
    FX_OK(edu_certificate_print(clerk, offering, NULL, none, 0, &print, error));
    ck_assert_int_eq(print->count, WORKS);
    edu_free(print);
    FX_OK(edu_certificate_print_part(clerk, offering, NULL, none, WORKS - 1, &print, error));
    ck_assert_int_eq(print->count, WORKS - 1);
    ck_assert_uint_eq(print->content.size, 0);
    edu_id next = print->next;
    edu_free(print);
    FX_OK(edu_certificate_print_part(clerk, offering, NULL, next, 0, &print, error));
    ck_assert_int_eq(print->count, 1);
    ck_assert(ei_id_is_none(print->next));
    edu_free(print);
}
END_TEST

/* Nobody waits for one person: who does not score is taken off, and another has their works. */
START_TEST(who_never_scores_is_taken_off_and_another_scores)
{
    edu_id ids[WORKS], offering = contest(ids);
    FX_OK(edu_panel_put(clerk, offering, fx_person(jury[JURY - 1]), false, NULL, error));
    ck_assert_int_eq(assigned(offering).added, WORKS * 5);
    for (size_t i = 0; i + 2 < JURY; i++)
        ck_assert_int_eq(score_all(i, by_index), WORKS);
    wait();
    FX_FAILS(EDU_E_STATE, edu_round_propose(clerk, offering, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "round.unscored");
    FX_OK(edu_panel_put(clerk, offering, fx_person(jury[JURY - 2]), false, NULL, error));
    ck_assert_int_eq(score_all(JURY - 2, by_index), 0);
    ck_assert_int_eq(assigned(offering).lacking, WORKS);
    FX_OK(edu_panel_put(clerk, offering, fx_person(jury[JURY - 1]), true, NULL, error));
    edu_panel_report report = assigned(offering);
    ck_assert_int_eq(report.added, WORKS);
    ck_assert_int_eq(report.lacking, 0);
    ck_assert_int_eq(score_all(JURY - 1, by_index), WORKS);
    FX_OK(edu_round_propose(clerk, offering, NULL, NULL, error));
    FX_FAILS(EDU_E_STATE,
             edu_panel_put(clerk, offering, fx_person(jury[JURY - 2]), true, NULL, error));
}
END_TEST

static edu_id appealed_by(const char *login, const char *text)
{
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    edu_appeal_receipt *receipt = NULL;
    input.category = "portal";
    input.text = text;
    FX_OK(edu_appeal_submit(fx_fresh(login), &input, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

/* Nothing of the contest leads on from its result: who disagrees writes an appeal, which is
 * answered and changes no place. */
START_TEST(a_result_is_appealed_as_a_citizen_does)
{
    edu_id ids[WORKS], offering = contest(ids);
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_appeal_rules_publish, fx_example("appeals", "az"));
    (void)assigned(offering);
    for (size_t i = 0; i < JURY; i++)
        (void)score_all(i, by_index);
    wait();
    FX_OK(edu_round_propose(clerk, offering, NULL, NULL, error));
    FX_OK(edu_round_confirm(fx_fresh("clerk2"), offering, silent, NULL, error));
    edu_request_actions *possible = NULL;
    edu_id child = fx_person(children[0]);
    FX_OK(edu_request_possible(fx_fresh("parent5"), child, ids[0], &possible, error));
    ck_assert_uint_eq(json_array_size(possible->actions), 0);
    edu_free(possible);
    edu_id parent = fx_person("GRD0005"), appeal = appealed_by("parent5", "The best work is ours");
    edu_appeal *shown = NULL;
    FX_OK(edu_appeal_get(clerk, parent, appeal, &shown, error));
    ck_assert_str_eq(shown->state, "received");
    edu_free(shown);
    edu_round_outcome *own = NULL;
    FX_OK(edu_round_result(fx_fresh("parent5"), child, ids[0], &own, error));
    ck_assert_int_eq(own->place, 1);
    edu_free(own);
}
END_TEST

START_TEST(the_highest_and_the_lowest_do_not_count)
{
    edu_id ids[WORKS], offering = contest(ids);
    (void)assigned(offering);
    for (size_t i = 0; i < JURY; i++)
        (void)score_all(i, by_index);
    edu_score_page *scores = NULL;
    FX_OK(edu_score_list(clerk, offering, "jury", NULL, 10, &scores, error));
    for (size_t i = 0; i < scores->count; i++) {
        /* By hand: the totals of the five who scored it, without the ends. */
        double totals[8], sum = 0, least = 1e9, most = -1;
        int count = 0;
        char sql[160];
        for (int member = 0; member < 8; member++) {
            char id[EDU_ID_TEXT], hex[33];
            edu_id_format(scores->items[i].id, id);
            ei_hex_format(scores->items[i].id.bytes, 16, hex);
            (void)snprintf(sql, sizeof sql,
                           "SELECT total FROM score WHERE request_id = x'%s' ORDER BY total, "
                           "member_id LIMIT 1 OFFSET %d",
                           hex, member);
            if (member < 5)
                totals[count++] = (double)fx_int(sql) / 10000;
        }
        for (int k = 0; k < count; k++) {
            sum += totals[k];
            least = totals[k] < least ? totals[k] : least;
            most = totals[k] > most ? totals[k] : most;
        }
        ck_assert_double_eq_tol(atof(scores->items[i].score), (sum - least - most) / 3, 0.0001);
    }
    edu_free(scores);
}
END_TEST

static bool has_work(const char *login, size_t index, edu_id *out)
{
    edu_session *session = fx_fresh(login);
    edu_panel_work_page *page = NULL;
    bool found = false;
    FX_OK(edu_panel_works(session, NULL, 50, &page, error));
    for (size_t i = 0; i < page->count; i++) {
        edu_panel_work *work = NULL;
        FX_OK(edu_panel_work_get(session, page->items[i].work_id, &work, error));
        if (index_of(work) == index) {
            found = true;
            *out = work->work_id;
        }
        edu_free(work);
    }
    edu_free(page);
    return found;
}

START_TEST(a_conflict_takes_a_work_away_and_another_gets_it)
{
    edu_id ids[WORKS], work, again, offering = contest(ids);
    edu_panel_work *seen = NULL;
    FX_OK(edu_panel_put(clerk, offering, fx_person("STF0001"), false, NULL, error));
    FX_OK(edu_panel_put(clerk, offering, fx_person("STF0007"), true, NULL, error));
    (void)assigned(offering);
    /* school2 teaches the pupils of S2: of PUP0005 to PUP0008, works 0 to 3. */
    for (size_t i = 0; i < 4; i++)
        ck_assert(!has_work("school2", i, &work));
    size_t member = has_work("stranger", 5, &work) ? 1 : 2;
    ck_assert(has_work(jury_logins[member], 5, &work));
    edu_session *juror = fx_fresh(jury_logins[member]);
    /* What is another's is not found. */
    FX_FAILS(EDU_E_NOT_FOUND, edu_panel_work_get(fx_fresh("steward"), work, &seen, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_panel_decline(fx_fresh("parent5"), work, NULL, error));
    json_t *values = points(5, 5, 5), *high = points(11, 5, 5);
    FX_FAILS(EDU_E_INVALID, edu_panel_score(juror, work, high, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "score.range");
    FX_OK(edu_panel_score(juror, work, values, NULL, NULL, error));
    FX_OK(edu_panel_decline(juror, work, "own", error));
    FX_OK(edu_panel_decline(juror, work, "own", error));
    ck_assert(!has_work(jury_logins[member], 5, &again));
    FX_FAILS(EDU_E_NOT_FOUND, edu_panel_score(juror, work, values, NULL, NULL, error));
    json_decref(values);
    json_decref(high);
    /* What was filled in stays as history, and does not count. */
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM score"), 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM score WHERE is_current = 1"), 0);
    /* Of work 0, neither school2 nor, by the clerk's word, another: four are left. */
    size_t others = 0;
    for (size_t i = 0; i < JURY; i++)
        others += has_work(jury_logins[i], 0, &again);
    ck_assert_uint_eq(others, 5);
    FX_FAILS(EDU_E_NOT_FOUND, edu_panel_conflict(clerk, fx_person(children[0]), ids[0],
                                                 fx_person("STF0006"), NULL, error));
    FX_OK(
        edu_panel_conflict(clerk, fx_person(children[0]), ids[0], fx_person(jury[3]), NULL, error));
    ck_assert(!has_work(jury_logins[3], 0, &again));
    ck_assert_int_eq(assigned(offering).lacking, 1);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_panel_put(clerk, offering, fx_person("PUP0002"), true, NULL, error));
    FX_OK(edu_panel_put(clerk, offering, fx_person("STF0001"), true, NULL, error));
    ck_assert_int_eq(assigned(offering).lacking, 0);
    /* Who leaves the panel leaves their works to the others. */
    FX_OK(edu_panel_put(clerk, offering, fx_person("STF0001"), false, NULL, error));
    edu_panel_member_page *members = NULL;
    FX_OK(edu_panel_list(clerk, offering, NULL, 50, &members, error));
    ck_assert_uint_eq(members->count, JURY);
    edu_free(members);
    ck_assert_int_eq(assigned(offering).lacking, 1);
}
END_TEST

static size_t listed(edu_session *session, const edu_request_filter *filter)
{
    edu_request_page *page = NULL;
    FX_OK(edu_request_worklist(session, filter, NULL, 50, &page, error));
    size_t count = page->count;
    edu_free(page);
    return count;
}

/* Works in all worklists together. */
static size_t seen(edu_session *session, edu_id offering, const char *state)
{
    edu_request_filter filter = EDU_REQUEST_FILTER_INIT;
    filter.service = "contest";
    filter.state = state;
    size_t count = listed(session, &filter);
    filter.region = "BA";
    count += listed(session, &filter);
    filter.region = NULL;
    filter.institution = "S1";
    count += listed(session, &filter);
    filter.institution = NULL;
    filter.offering_id = offering;
    count += listed(session, &filter);
    filter.offering_id = none;
    filter.is_mine = true;
    return count + listed(session, &filter);
}

/* All that would tell whose a work is. */
static void check_blind(edu_session *session, edu_id offering, edu_id person, edu_id id)
{
    edu_request *one = NULL;
    edu_application *application = NULL;
    edu_application_page *applications = NULL;
    edu_request_event_page *events = NULL;
    edu_score_page *scores = NULL;
    edu_ranked_page *ranking = NULL;
    edu_document *document = NULL;
    ck_assert_uint_eq(seen(session, offering, NULL), 0);
    ck_assert_uint_eq(seen(session, offering, "entered"), 0);
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_get(session, person, id, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_timeline(session, person, id, NULL, 50, &events, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_assign(session, person, id, none, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_request_document(session, person, id,
                                  fx_id("SELECT id FROM document ORDER BY id LIMIT 1"), &document,
                                  error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_application_get(session, person, id, &application, error));
    FX_OK(edu_application_list(session, person, NULL, 50, &applications, error));
    ck_assert_uint_eq(applications->count, 0);
    edu_free(applications);
    FX_FAILS(EDU_E_DENIED, edu_score_list(session, offering, "jury", NULL, 50, &scores, error));
    ck_assert_str_eq(fx_last_error.key, "round.blind");
    FX_FAILS(EDU_E_DENIED, edu_round_propose(session, offering, NULL, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_round_ranking(session, offering, NULL, 50, &ranking, error));
}

/* A work of the contest with a file, in a service that its staff see. */
static edu_id with_file(edu_id offering, const char *number)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft, document, person = fx_person(number);
    json_t *form = entry(6);
    FX_OK(edu_draft_save(clerk, person, offering, none, form, NULL, NULL, &draft, error));
    FX_OK(edu_draft_attach(clerk, person, draft, "work", "Aysel.pdf", fx_bytes("%PDF-1.7 slides"),
                           NULL, &document, error));
    FX_OK(edu_draft_attach(clerk, person, draft, "consent", "Aysel.pdf",
                           fx_bytes("%PDF-1.7 signed"), NULL, &document, error));
    FX_OK(edu_request_submit(clerk, person, draft, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    json_decref(form);
    return id;
}

static void publish_open_contest(void)
{
    static const char consent[] =
        "{\"code\":\"consent\",\"title\":{\"az\":\"R\",\"en\":\"Consent\",\"ru\":\"S\"},"
        "\"types\":[\"application/pdf\"],\"least\":0}";
    json_t *service = fx_example("services", "contest");
    json_object_set_new(service, "is_private", json_false());
    json_array_append_new(json_object_get(json_object_get(service, "request"), "documents"),
                          json_loads(consent, 0, NULL));
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, service);
}

START_TEST(who_scores_blind_sees_no_name_whatever_else_they_may_do)
{
    static const size_t staff[] = {0, 3}; /* an admin, and the clerk of the region */
    edu_id ids[WORKS];
    publish_open_contest();
    edu_id offering = entered(ids), filed = with_file(offering, "PUP0004"),
           author = fx_person("PUP0004");
    FX_OK(edu_request_assign(clerk, author, filed, fx_person("STF0004"), NULL, error));
    for (size_t i = 0; i < EI_COUNT(staff); i++) {
        edu_id member = fx_person(jury[staff[i]]);
        edu_session *session = fx_fresh(jury_logins[staff[i]]);
        check_blind(session, offering, author, filed);
        FX_OK(edu_panel_put(clerk, offering, member, false, NULL, error));
        ck_assert_uint_ge(seen(session, offering, NULL), WORKS);
        FX_OK(edu_panel_put(clerk, offering, member, true, NULL, error));
    }
    (void)assigned(offering);
    for (size_t i = 0; i < EI_COUNT(staff); i++)
        check_blind(fx_fresh(jury_logins[staff[i]]), offering, author, filed);
    ck_assert_uint_ge(seen(clerk, offering, NULL), WORKS);
    /* While it is proposed they see no more; once it is confirmed there is nothing to hide. */
    for (size_t i = 0; i < JURY; i++)
        (void)score_all(i, by_index);
    wait();
    FX_OK(edu_round_propose(clerk, offering, NULL, NULL, error));
    check_blind(fx_fresh("clerk.ba"), offering, author, filed);
    edu_ranked_page *ranking = NULL;
    FX_OK(edu_round_confirm(fx_fresh("clerk2"), offering, silent, NULL, error));
    FX_OK(edu_round_ranking(fx_fresh("clerk.ba"), offering, NULL, 50, &ranking, error));
    ck_assert_ptr_nonnull(ranking->items[0].applicant);
    edu_free(ranking);
}
END_TEST

/* The member who has the work with a file, and the work. */
static edu_session *who_has(size_t index, edu_id *work)
{
    for (size_t i = 0; i < JURY; i++)
        if (has_work(jury_logins[i], index, work))
            return fx_fresh(jury_logins[i]);
    return NULL;
}

START_TEST(a_member_opens_what_the_definition_shows_and_writes_to_an_author_unknown)
{
    edu_id ids[WORKS], work, document, hidden;
    publish_open_contest();
    edu_id offering = entered(ids), filed = with_file(offering, "PUP0004");
    (void)assigned(offering);
    edu_session *juror = who_has(6, &work);
    edu_panel_work *seen_work = NULL;
    edu_document *file = NULL;
    FX_OK(edu_panel_work_get(juror, work, &seen_work, error));
    ck_assert_uint_eq(json_array_size(seen_work->documents), 1);
    const json_t *shown = json_array_get(seen_work->documents, 0);
    ck_assert_str_eq(json_string_value(json_object_get(shown, "kind")), "work");
    ck_assert(json_is_null(json_object_get(shown, "name")));
    ck_assert(seen_work->takes_comment);
    ck_assert_ptr_null(seen_work->comment);
    FX_OK(edu_id_parse(json_string_value(json_object_get(shown, "id")), &document, error));
    edu_free(seen_work);
    FX_OK(edu_panel_document(juror, work, document, &file, error));
    ck_assert_str_eq(file->name, "work.pdf");
    ck_assert_mem_eq(file->content.data, "%PDF-1.7 slides", 15);
    edu_free(file);
    hidden = fx_id("SELECT id FROM document WHERE kind = 'consent'");
    FX_FAILS(EDU_E_NOT_FOUND, edu_panel_document(juror, work, hidden, &file, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_panel_document(clerk, work, document, &file, error));
    /* What the members wrote is told to the author once it is confirmed, and to nobody before. */
    for (size_t i = 0; i < JURY; i++)
        (void)score_all(i, by_index);
    json_t *values = points(7, 7, 7);
    FX_OK(edu_panel_score(juror, work, values, "Aydın və maraqlı", NULL, error));
    FX_OK(edu_panel_score(juror, work, values, "Aydın və maraqlı", NULL, error));
    json_decref(values);
    FX_OK(edu_panel_work_get(juror, work, &seen_work, error));
    ck_assert_str_eq(seen_work->comment, "Aydın və maraqlı");
    edu_free(seen_work);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM score WHERE sealed_comment IS NOT NULL"), 1);
    wait();
    FX_OK(edu_round_propose(clerk, offering, NULL, NULL, error));
    FX_OK(edu_round_confirm(fx_fresh("clerk2"), offering, silent, NULL, error));
    edu_round_outcome *own = NULL;
    FX_OK(edu_round_result(clerk, fx_person("PUP0004"), filed, &own, error));
    const json_t *comments = json_object_get(json_array_get(own->scores, 0), "comments");
    ck_assert_uint_eq(json_array_size(comments), 1);
    ck_assert_str_eq(json_string_value(json_array_get(comments, 0)), "Aydın və maraqlı");
    edu_free(own);
}
END_TEST

/* ---- a competition with choices ---- */

#define APPLICANTS 6
#define VACANCIES 3

static const char *const applicants[APPLICANTS] = {"GRD0001", "GRD0005", "STR0001",
                                                   "STF0006", "STF0007", "STF0008"};
/* Of whom the last fails the test. Choices by vacancy, the dearest first; -1: no more. */
static const int tests_of[APPLICANTS] = {70, 95, 80, 75, 65, 40};
static const int choices_of[APPLICANTS][VACANCIES] = {{0, 1, -1}, {0, -1, -1}, {0, 1, 2},
                                                      {1, 0, -1}, {0, 2, -1},  {2, 1, 0}};

typedef struct competition {
    edu_id round, vacancies[VACANCIES], ids[APPLICANTS];
} competition;

static json_t *chosen(const competition *of, size_t applicant)
{
    json_t *choices = json_array();
    for (int i = 0; i < VACANCIES && choices_of[applicant][i] >= 0; i++) {
        char id[EDU_ID_TEXT];
        edu_id_format(of->vacancies[choices_of[applicant][i]], id);
        json_array_append_new(choices, json_string(id));
    }
    return choices;
}

static json_t *candidate(size_t index)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:s}", "phone", "+994 50 123 45 67", "education",
                     "master", "speciality", "Welding", "years_of_work", (int)index, "exam_region",
                     "BA");
}

/* With the test as a slot like any other. */
static void publish_recruitment(void)
{
    json_t *service = fx_example("services", "recruitment"),
           *slots = json_object_get(service, "slots"),
           *test =
               json_pack("{s:O, s:s}", "title",
                         json_object_get(
                             json_object_get(json_object_get(service, "scores"), "test"), "title"),
                         "template", "invited");
    json_object_set_new(slots, "test", test);
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, service);
}

static competition announced(void)
{
    static const char *const codes[VACANCIES] = {"v0", "v1", "v2"};
    competition of;
    publish_recruitment();
    of.round = offered("recruitment", "autumn", NULL, -1, true, NULL);
    for (size_t i = 0; i < VACANCIES; i++)
        of.vacancies[i] = offered("recruitment", codes[i], "autumn", 1, true, NULL);
    for (size_t i = 0; i < APPLICANTS; i++) {
        of.ids[i] = applied(applicants[i], of.round, candidate(i), chosen(&of, i));
        FX_OK(edu_request_act(clerk, fx_person(applicants[i]), of.ids[i], "admit", NULL, NULL, NULL,
                              error));
    }
    return of;
}

static void import_tests(const competition *of, edu_import_report *out)
{
    char csv[512] = "number,points\n";
    for (size_t i = 0; i < APPLICANTS; i++)
        (void)snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "%s,%d\n", applicants[i],
                       tests_of[i]);
    edu_import_report *report = NULL;
    FX_OK(edu_score_import(clerk, of->round, "test", fx_bytes(csv), NULL, &report, error));
    *out = *report;
    edu_free(report);
}

/* The interview: everybody who is asked to gives 60 of 100. */
static void interview(const competition *of)
{
    static const char *const members[] = {"STF0002", "STF0003", "STF0004"};
    static const char *const logins[] = {"clerk", "clerk2", "clerk.ba"};
    json_t *values = json_pack("{s:i, s:i, s:i}", "subject", 25, "teaching", 25, "speech", 10);
    for (size_t i = 0; i < 3; i++)
        FX_OK(edu_panel_put(clerk, of->round, fx_person(members[i]), true, NULL, error));
    (void)assigned(of->round);
    for (size_t i = 0; i < 3; i++) {
        edu_session *session = fx_fresh(logins[i]);
        edu_panel_work_page *page = NULL;
        FX_OK(edu_panel_works(session, NULL, 50, &page, error));
        ck_assert_uint_eq(page->count, APPLICANTS);
        for (size_t k = 0; k < page->count; k++) {
            ck_assert_ptr_nonnull(page->items[k].applicant);
            FX_OK(edu_panel_score(session, page->items[k].work_id, values, NULL, NULL, error));
        }
        edu_free(page);
    }
    json_decref(values);
}

static int outcome(const competition *of, size_t applicant, int32_t *place)
{
    edu_round_outcome *own = NULL;
    int given = -1;
    FX_OK(
        edu_round_result(clerk, fx_person(applicants[applicant]), of->ids[applicant], &own, error));
    for (int i = 0; i < VACANCIES; i++)
        if (memcmp(&own->given_id, &of->vacancies[i], sizeof own->given_id) == 0) {
            given = i;
            ck_assert_int_eq(choices_of[applicant][own->choice - 1], i);
        }
    *place = own->place;
    edu_free(own);
    return given;
}

/* Nobody would rather have what is free, or what somebody behind them has. */
static void check_stable(const competition *of)
{
    int given[APPLICANTS];
    int32_t places[APPLICANTS];
    for (size_t i = 0; i < APPLICANTS; i++)
        given[i] = outcome(of, i, &places[i]);
    for (size_t i = 0; i < APPLICANTS; i++)
        for (int c = 0; places[i] > 0 && c < VACANCIES && choices_of[i][c] >= 0 &&
                        choices_of[i][c] != given[i];
             c++) {
            bool is_held = false;
            for (size_t k = 0; k < APPLICANTS; k++)
                if (given[k] == choices_of[i][c]) {
                    is_held = true;
                    ck_assert_int_lt(places[k], places[i]);
                }
            ck_assert(is_held);
        }
}

static competition confirmed(void)
{
    edu_import_report report;
    competition of = announced();
    import_tests(&of, &report);
    ck_assert_int_eq(report.added, APPLICANTS);
    import_tests(&of, &report);
    ck_assert_int_eq(report.unchanged, APPLICANTS);
    interview(&of);
    wait();
    FX_OK(edu_round_propose(clerk, of.round, NULL, NULL, error));
    FX_OK(edu_round_confirm(fx_fresh("clerk2"), of.round, silent, NULL, error));
    return of;
}

START_TEST(vacancies_go_by_deferred_acceptance_and_the_rest_is_the_reserve)
{
    competition of = confirmed();
    edu_request *one = NULL;
    check_stable(&of);
    /* By the test: GRD0005, STR0001, STF0006, GRD0001, STF0007. */
    check_state("GRD0005", of.ids[1], "offered", 0);
    check_state("STR0001", of.ids[2], "offered", 0);
    check_state("STF0006", of.ids[3], "reserve", 1);
    check_state("GRD0001", of.ids[0], "reserve", 2);
    check_state("STF0007", of.ids[4], "offered", 0);
    check_state("STF0008", of.ids[5], "not_passed", 0);
    FX_OK(edu_request_get(clerk, fx_person("STR0001"), of.ids[2], &one, error));
    ck_assert_mem_eq(&one->offering_id, &of.vacancies[1], sizeof one->offering_id);
    edu_free(one);
    /* Nothing is given by keeping the competition itself. */
    ck_assert_mem_eq(&of.round, (edu_id[]){offered("recruitment", "autumn", NULL, -1, true, NULL)},
                     sizeof of.round);
    check_state("STF0006", of.ids[3], "reserve", 1);
    edu_round_outcome *own = NULL;
    FX_OK(edu_round_result(fx_fresh("steward"), none, of.ids[5], &own, error));
    ck_assert_int_eq(own->place, 0);
    ck_assert_str_eq(own->outcome, "not_passed");
    ck_assert_str_eq(own->failed, "Test");
    edu_free(own);
    FX_OK(edu_round_result(fx_fresh("stranger"), none, of.ids[2], &own, error));
    ck_assert_int_eq(own->place, 2);
    ck_assert_int_eq(own->of, 5);
    ck_assert_int_eq(own->choice, 2);
    ck_assert_str_eq(own->behind, "Test and interview");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(own->keys, 0), "value")),
                     "72");
    edu_free(own);
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

START_TEST(an_offer_that_lapses_goes_to_the_next_who_chose_it)
{
    competition of = confirmed();
    edu_session *stranger = fx_fresh("stranger");
    int32_t done;
    FX_OK(edu_request_act(stranger, none, of.ids[2], "accept", NULL, NULL, NULL, error));
    fx_clock_add(10 * DAY);
    clerk = fx_fresh("clerk");
    while (edu_request_clock(fx_operator(), 200, &done, NULL) == EDU_OK && done > 0)
        ;
    check_state("STR0001", of.ids[2], "accepted", 0);
    /* Of vacancy 0 and 2: the former to STF0006, who chose 1 and 0; nobody waits for the latter. */
    check_state("GRD0005", of.ids[1], "lapsed", 0);
    check_state("STF0007", of.ids[4], "lapsed", 0);
    check_state("STF0006", of.ids[3], "offered", 0);
    check_state("GRD0001", of.ids[0], "reserve", 1);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'v0'"), 1);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'v2'"), 0);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'autumn'"), 1);
    /* What was declined goes on in turn. */
    FX_OK(
        edu_request_act(fx_fresh("stranger"), none, of.ids[2], "decline", NULL, NULL, NULL, error));
    check_state("GRD0001", of.ids[0], "offered", 0);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'autumn'"), 0);
    ck_assert_str_eq(fx_last_template(fx_person("GRD0001")), "offered");
}
END_TEST

START_TEST(scores_are_corrected_until_they_are_ranked_and_a_file_says_where_it_is_wrong)
{
    competition of = announced();
    edu_import_report *report = NULL;
    edu_id person = fx_person("GRD0001");
    json_t *first = json_pack("{s:i}", "points", 71), *second = json_pack("{s:s}", "points", "72"),
           *half = json_pack("{s:s}", "points", "72.5");
    FX_FAILS(EDU_E_DENIED,
             edu_score_put(fx_fresh("parent1"), none, of.ids[0], "test", first, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_score_put(fx_fresh("school2"), person, of.ids[0], "test", first, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_score_put(clerk, person, of.ids[0], "interview", first, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_score_put(clerk, person, of.ids[0], "test", half, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "score.form");
    FX_OK(edu_score_put(clerk, person, of.ids[0], "test", first, NULL, error));
    FX_OK(edu_score_put(clerk, person, of.ids[0], "test", second, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM score"), 2);
    ck_assert_int_eq(fx_int("SELECT total FROM score WHERE is_current = 1"), 720000);
    json_decref(first);
    json_decref(second);
    json_decref(half);
    FX_FAILS(EDU_E_INVALID, edu_score_import(clerk, of.round, "test",
                                             fx_bytes("number,points\nGRD0001,80\nPUP0001,90\n"),
                                             NULL, &report, error));
    ck_assert_int_eq(fx_last_error.line, 3);
    ck_assert_str_eq(fx_last_error.key, "score.unknown_application");
    FX_FAILS(EDU_E_INVALID,
             edu_score_import(clerk, of.round, "test", fx_bytes("number,points\nGRD0001,101\n"),
                              NULL, &report, error));
    ck_assert_str_eq(fx_last_error.key, "score.range");
    ck_assert_int_eq(fx_int("SELECT total FROM score WHERE is_current = 1"), 720000);
    edu_import_fault_page *faults = NULL;
    FX_OK(edu_score_faults(clerk, of.round, "test",
                           fx_bytes("number,points\nGRD0001,101\nGRD0005,77\nPUP0001,90\n"), NULL,
                           50, &faults, error));
    ck_assert_uint_eq(faults->count, 2);
    ck_assert_int_eq(faults->items[0].line, 2);
    ck_assert_str_eq(faults->items[0].key, "score.range");
    ck_assert_int_eq(faults->items[1].line, 4);
    edu_free(faults);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM score"), 2);
    FX_FAILS(EDU_E_DENIED,
             edu_score_import(fx_fresh("school2"), of.round, "test",
                              fx_bytes("number,points\nGRD0001,80\n"), NULL, &report, error));
}
END_TEST

/* ---- slots ---- */

static edu_slot_input slot_at(const competition *of, const char *kind, edu_time starts,
                              int32_t minutes, int32_t places)
{
    edu_slot_input input = EDU_SLOT_INPUT_INIT;
    input.offering_id = of->round;
    input.kind = kind;
    input.starts = starts;
    input.minutes = minutes;
    input.venue = "Bakı, Xətai 49, otaq 3";
    input.places = places;
    return input;
}

static edu_id slot(const competition *of, const char *kind, edu_time starts, int32_t minutes,
                   int32_t places)
{
    edu_slot_input input = slot_at(of, kind, starts, minutes, places);
    edu_id id;
    FX_OK(edu_slot_put(clerk, &input, NULL, &id, error));
    return id;
}

static edu_slot_report filled(const competition *of, const char *kind)
{
    edu_slot_report *report = NULL;
    FX_OK(edu_slot_fill(clerk, of->round, kind, "admitted", NULL, &report, error));
    edu_slot_report out = *report;
    edu_free(report);
    return out;
}

/* What, when and where, by the rules of the format: CR LF, UTC, commas escaped. */
static void check_calendar(const edu_document *entry)
{
    char text[1024];
    ck_assert_str_eq(entry->type, "text/calendar");
    (void)snprintf(text, sizeof text, "%.*s", (int)entry->content.size,
                   (const char *)entry->content.data);
    ck_assert_ptr_nonnull(strstr(text, "\r\nSUMMARY:Interview – autumn\r\n"));
    ck_assert_ptr_nonnull(strstr(text, "\r\nLOCATION:Bakı\\, Xətai 49\\, otaq 3\r\n"));
    const char *starts = strstr(text, "\r\nDTSTART:");
    ck_assert_ptr_nonnull(starts);
    ck_assert_int_eq(starts[2 + 8 + 8], 'T');
    ck_assert_int_eq(starts[2 + 8 + 15], 'Z');
}

START_TEST(everybody_gets_a_slot_and_nobody_two_at_one_time)
{
    const edu_time start = FX_START + 10 * DAY;
    competition of = announced();
    edu_slot_page *own = NULL;
    edu_slot_seat_page *seats = NULL;
    (void)slot(&of, "test", start, 60, 6);
    edu_id during = slot(&of, "interview", start + 30 * FX_MINUTE, 30, 2),
           first = slot(&of, "interview", start + 60 * FX_MINUTE, 30, 3),
           second = slot(&of, "interview", start + 90 * FX_MINUTE, 30, 2);
    ck_assert_int_eq(filled(&of, "test").given, APPLICANTS);
    edu_slot_report report = filled(&of, "interview");
    ck_assert_int_eq(report.given, 5);
    ck_assert_int_eq(report.lacking, 1);
    ck_assert_int_eq(filled(&of, "interview").given, 0);
    FX_OK(edu_slot_seats(clerk, during, NULL, 10, &seats, error));
    ck_assert_uint_eq(seats->count, 0);
    edu_free(seats);
    FX_OK(edu_slot_seats(clerk, first, NULL, 10, &seats, error));
    ck_assert_uint_eq(seats->count, 3);
    edu_free(seats);
    /* Each sees theirs: who came first, the earliest. */
    FX_OK(edu_slot_of(fx_fresh("parent1"), none, of.ids[0], NULL, 10, &own, error));
    ck_assert_uint_eq(own->count, 2);
    ck_assert_str_eq(own->items[0].title, "Test");
    ck_assert_mem_eq(&own->items[1].id, &first, sizeof first);
    ck_assert_int_eq(own->items[1].taken, 0);
    edu_free(own);
    edu_document *entry = NULL;
    FX_OK(edu_slot_calendar(fx_fresh("parent1"), none, of.ids[0], first, &entry, error));
    check_calendar(entry);
    edu_free(entry);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_slot_calendar(fx_fresh("parent1"), none, of.ids[0], during, &entry, error));
    ck_assert_str_eq(fx_last_template(fx_person("STR0001")), "admitted");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'invited'"), 11);
    FX_FAILS(EDU_E_NOT_FOUND, edu_slot_of(fx_fresh("parent5"), fx_person("GRD0001"), of.ids[0],
                                          NULL, 10, &own, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_slot_seats(fx_fresh("parent5"), first, NULL, 10, &seats, error));
    /* By hand: not where all is taken, nor during the test; what was there stays. */
    edu_id person = fx_person("GRD0001");
    FX_FAILS(EDU_E_STATE, edu_slot_give(clerk, person, of.ids[0], second, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "slot.full");
    FX_FAILS(EDU_E_STATE, edu_slot_give(clerk, person, of.ids[0], during, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "slot.clash");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM slot_seat WHERE kind = 'interview'"), 5);
    /* Its time stays where somebody has it; it can get larger. */
    edu_slot_input input = slot_at(&of, "interview", start + 120 * FX_MINUTE, 30, 3);
    edu_id id;
    input.id = second;
    FX_FAILS(EDU_E_STATE, edu_slot_put(clerk, &input, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.key, "slot.taken");
    input.starts = start + 90 * FX_MINUTE;
    FX_OK(edu_slot_put(clerk, &input, NULL, &id, error));
    FX_OK(edu_slot_give(clerk, person, of.ids[0], second, NULL, error));
    /* Who withdraws leaves a place, and who had none gets what is free. */
    FX_OK(
        edu_request_act(fx_fresh("parent1"), none, of.ids[0], "withdraw", NULL, NULL, NULL, error));
    ck_assert_int_eq(filled(&of, "interview").given, 1);
    ck_assert_int_eq(filled(&of, "interview").lacking, 0);
    ck_assert_int_eq(fx_int("SELECT SUM(taken) FROM slot WHERE kind = 'interview'"), 5);
    ck_assert_int_eq(
        fx_int("SELECT COUNT(*) FROM slot_seat a JOIN slot_seat b ON a.person_id = b.person_id AND "
               "a.slot_id <> b.slot_id AND a.starts < b.ends AND b.starts < a.ends"),
        0);
}
END_TEST

/* ---- cut off ---- */

#define MANY 205

static bool stop(void *context, const char *stage, int64_t done, int64_t total)
{
    *(int64_t *)context = done;
    return false;
}

START_TEST(a_confirmation_that_is_cut_off_goes_on_where_it_was)
{
    static char csv[MANY * 64 + 64];
    char number[8];
    int64_t done = 0;
    size_t size = (size_t)snprintf(csv, sizeof csv, "number,given,family,birth\n");
    for (int i = 0; i < MANY; i++)
        size +=
            (size_t)snprintf(csv + size, sizeof csv - size, "CHD%04d,Uşaq,Nömrə,2014-05-05\n", i);
    (void)fx_import(edu_account_import_persons, csv);
    publish("club");
    edu_id group = offered("club", "chess", NULL, 3, true, NULL);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(number, sizeof number, "CHD%04d", i);
        (void)applied(number, group, json_pack("{s:s}", "phone", "+994 50 123 45 67"), NULL);
    }
    wait();
    FX_OK(edu_round_propose(clerk, group, NULL, NULL, error));
    edu_progress stopping = {stop, &done};
    FX_FAILS(EDU_E_CANCELLED,
             edu_round_confirm(fx_fresh("clerk2"), group, stopping, "once", error));
    ck_assert_int_eq(done, 200);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM round_row WHERE is_done = 1"), 200);
    FX_FAILS(EDU_E_STATE, edu_round_reopen(clerk, group, NULL, error));
    /* The decision of two people is made: anybody who judges goes on. */
    FX_OK(edu_round_confirm(clerk, group, silent, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM round_row WHERE is_done = 0"), 0);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess'"), 3);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'chess'"), MANY - 3);
    ck_assert_int_eq(
        fx_int("SELECT COUNT(*) FROM round_row w JOIN request r ON r.person_id = w.person_id AND "
               "r.id = w.request_id WHERE r.is_waiting = 1 AND r.queue = w.position - 3"),
        MANY - 3);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event WHERE action = 'place'"), MANY);
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
    tcase_add_test(tests, a_blind_jury_scores_with_equal_load_and_equals_share_their_place);
    tcase_add_test(tests, certificates_follow_a_confirmed_ranking_by_place);
    tcase_add_test(tests, who_never_scores_is_taken_off_and_another_scores);
    tcase_add_test(tests, a_result_is_appealed_as_a_citizen_does);
    tcase_add_test(tests, the_highest_and_the_lowest_do_not_count);
    tcase_add_test(tests, a_conflict_takes_a_work_away_and_another_gets_it);
    tcase_add_test(tests, who_scores_blind_sees_no_name_whatever_else_they_may_do);
    tcase_add_test(tests, a_member_opens_what_the_definition_shows_and_writes_to_an_author_unknown);
    tcase_add_test(tests, vacancies_go_by_deferred_acceptance_and_the_rest_is_the_reserve);
    tcase_add_test(tests, an_offer_that_lapses_goes_to_the_next_who_chose_it);
    tcase_add_test(tests,
                   scores_are_corrected_until_they_are_ranked_and_a_file_says_where_it_is_wrong);
    tcase_add_test(tests, a_confirmation_that_is_cut_off_goes_on_where_it_was);
    tcase_add_test(tests, everybody_gets_a_slot_and_nobody_two_at_one_time);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
