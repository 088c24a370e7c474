/* Services that run on their definition: drafts, submitting, correcting, places, waiting lists,
 * terms. The services are the files of the examples; the library knows none of them. */
#include "fixture.h"
#include "../tap.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/certificate.h>
#include <edu/request.h>

static const edu_id none = {{0}};
#define DAY (24 * 60 * FX_MINUTE)

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "club"));
    fx_publish(edu_service_publish, fx_example("services", "school_bus"));
}

/* ---- groups ---- */

typedef struct group_input {
    const char *code, *institution;
    int32_t places;
    bool by_round;
    const char *times; /* JSON */
} group_input;

static edu_offering_input input_of(const group_input *one)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "club";
    input.code = one->code;
    input.title = json_pack("{s:s, s:s}", "az", "Şahmat", "en", "Chess");
    input.institution = one->institution;
    input.opens = FX_START - DAY;
    input.closes = FX_START + 30 * DAY;
    input.is_published = true;
    input.by_round = one->by_round;
    input.places = one->places;
    input.age_from = 10;
    input.age_until = 15;
    input.times = one->times ? json_loads(one->times, 0, NULL) : NULL;
    return input;
}

static void drop(edu_offering_input *input)
{
    json_decref(input->title);
    json_decref(input->times);
}

static edu_id kept(const char *login, const group_input *one)
{
    edu_offering_input input = input_of(one);
    edu_id id;
    FX_OK(edu_offering_put(fx_session(login), &input, NULL, &id, error));
    drop(&input);
    return id;
}

static edu_id chess(int32_t places)
{
    return kept("school1", &(group_input){"chess", "S1", places, false, NULL});
}

static json_t *phone(void)
{
    return json_pack("{s:s}", "phone", "+994 50 123 45 67");
}

static edu_id drafted(const char *login, const char *number, edu_id offering, json_t *form)
{
    edu_id draft;
    FX_OK(edu_draft_save(fx_session(login), fx_person(number), offering, none, form, NULL, NULL,
                         &draft, error));
    json_decref(form);
    return draft;
}

static edu_id applied(const char *login, const char *number, edu_id offering, const char *state)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft = drafted(login, number, offering, phone());
    FX_OK(edu_request_submit(fx_session(login), fx_person(number), draft, NULL, &receipt, error));
    ck_assert_str_eq(receipt->state, state);
    ck_assert_uint_eq(strlen(receipt->hash), 64);
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

/* By a clerk, for a pupil whose parents have no account here. */
static edu_id applied_by_clerk(const char *number, edu_id offering, const char *state)
{
    return applied("clerk", number, offering, state);
}

static void check_state(const char *login, const char *number, edu_id id, const char *state,
                        int64_t position)
{
    edu_request *one = NULL;
    FX_OK(edu_request_get(fx_session(login), fx_person(number), id, &one, error));
    ck_assert_str_eq(one->state, state);
    ck_assert_int_eq(one->position, position);
    edu_free(one);
}

static void act(const char *login, const char *number, edu_id id, const char *action,
                const char *reason)
{
    FX_OK(edu_request_act(fx_session(login), fx_person(number), id, action, reason, NULL, NULL,
                          error));
}

START_TEST(a_place_goes_to_who_comes_first_and_then_along_the_list)
{
    edu_id group = chess(2), ids[5];
    const char *const numbers[] = {"PUP0005", "PUP0006", "PUP0007", "PUP0008", "PUP0009"};
    for (size_t i = 0; i < 5; i++)
        ids[i] = applied_by_clerk(numbers[i], group, i < 2 ? "enrolled" : "waiting");
    check_state("clerk", numbers[2], ids[2], "waiting", 1);
    check_state("clerk", numbers[4], ids[4], "waiting", 3);
    act("parent5", numbers[0], ids[0], "withdraw", NULL);
    check_state("clerk", numbers[2], ids[2], "enrolled", 0);
    check_state("clerk", numbers[3], ids[3], "waiting", 1);
    check_state("clerk", numbers[4], ids[4], "waiting", 2);
    ck_assert_str_eq(fx_last_template(fx_person(numbers[2])), "promoted");
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess'"), 2);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'chess'"), 2);
    /* Who leaves the list leaves no gap for whom they stood before. */
    act("clerk", numbers[3], ids[3], "dismiss", "Ailə köçüb");
    check_state("clerk", numbers[4], ids[4], "waiting", 1);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

START_TEST(more_places_are_given_to_who_waits_and_never_fewer_than_are_held)
{
    group_input one = {"chess", "S1", 1, false, NULL};
    edu_id id, group = kept("school1", &one);
    edu_id first = applied_by_clerk("PUP0005", group, "enrolled"),
           second = applied_by_clerk("PUP0006", group, "waiting"),
           third = applied_by_clerk("PUP0007", group, "waiting");
    one.places = 2;
    kept("school1", &one);
    check_state("clerk", "PUP0006", second, "enrolled", 0);
    check_state("clerk", "PUP0007", third, "waiting", 1);
    one.places = 1;
    edu_offering_input input = input_of(&one);
    FX_FAILS(EDU_E_STATE, edu_offering_put(fx_session("school1"), &input, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.key, "offering.places");
    drop(&input);
    check_state("clerk", "PUP0005", first, "enrolled", 0);
}
END_TEST

START_TEST(times_that_overlap_are_refused_and_who_waits_keeps_their_place_on_the_list)
{
    edu_id swim = kept("school1",
                       &(group_input){"swim", "S1", 1, false,
                                      "[{\"day\":1,\"from\":\"16:00\",\"until\":\"17:00\"}]"}),
           chess_group = kept(
               "school1", &(group_input){"chess", "S1", 1, false,
                                         "[{\"day\":1,\"from\":\"16:30\",\"until\":\"18:00\"}]"}),
           late = kept("school1",
                       &(group_input){"late", "S1", 9, false,
                                      "[{\"day\":1,\"from\":\"17:00\",\"until\":\"18:00\"}]"});
    edu_request_receipt *receipt = NULL;
    edu_id held = applied_by_clerk("PUP0005", chess_group, "enrolled"),
           waits = applied_by_clerk("PUP0006", chess_group, "waiting"),
           behind = applied_by_clerk("PUP0007", chess_group, "waiting");
    (void)applied_by_clerk("PUP0006", swim, "enrolled");
    edu_id draft = drafted("clerk", "PUP0005", swim, phone());
    FX_FAILS(EDU_E_STATE, edu_request_submit(fx_session("clerk"), fx_person("PUP0005"), draft, NULL,
                                             &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "request.clash");
    (void)applied_by_clerk("PUP0006", late, "enrolled");
    act("clerk", "PUP0005", held, "dismiss", "Yer boşaldıldı");
    check_state("clerk", "PUP0006", waits, "waiting", 1);
    check_state("clerk", "PUP0007", behind, "enrolled", 0);
}
END_TEST

START_TEST(who_may_not_apply_is_told_why)
{
    edu_id group = chess(5), id;
    edu_request_receipt *receipt = NULL;
    /* A child of twelve does not act alone in this service. */
    edu_id draft = drafted("pupil1", "PUP0001", group, phone());
    FX_FAILS(EDU_E_STATE,
             edu_request_submit(fx_session("pupil1"), none, draft, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "request.not_alone");
    /* The parent goes on with the same draft. */
    FX_OK(edu_request_submit(fx_session("parent1"), fx_person("PUP0001"), draft, NULL, &receipt,
                             error));
    edu_free(receipt);
    draft = drafted("parent1", "PUP0001", group, phone());
    FX_FAILS(EDU_E_CONFLICT, edu_request_submit(fx_session("parent1"), fx_person("PUP0001"), draft,
                                                NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "application.already");
    /* An adult is too old for the group. */
    draft = drafted("parent5", "GRD0005", group, phone());
    FX_FAILS(EDU_E_STATE,
             edu_request_submit(fx_session("parent5"), none, draft, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "request.age");
    FX_FAILS(EDU_E_NOT_FOUND, edu_draft_save(fx_session("parent5"), fx_person("PUP0001"), group,
                                             none, NULL, NULL, NULL, &id, error));
    fx_clock_add(31 * DAY);
    draft = drafted("clerk", "PUP0002", group, phone());
    FX_FAILS(EDU_E_STATE, edu_request_submit(fx_session("clerk"), fx_person("PUP0002"), draft, NULL,
                                             &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "request.closed");
}
END_TEST

START_TEST(a_draft_is_found_again_and_says_what_it_lacks)
{
    edu_draft *draft = NULL;
    edu_draft_page *page = NULL;
    edu_draft_report *report = NULL;
    edu_id group = chess(1);
    edu_id id = drafted("parent1", "PUP0001", group, json_pack("{s:s}", "health", "Sağlam"));
    FX_OK(edu_draft_get(fx_session("pupil1"), none, id, &draft, error));
    ck_assert_str_eq(json_string_value(json_object_get(draft->form, "health")), "Sağlam");
    edu_free(draft);
    FX_OK(edu_draft_check(fx_session("parent1"), fx_person("PUP0001"), id, &report, error));
    ck_assert(!report->is_complete);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(report->faults, 0), "field")),
                     "/phone");
    edu_free(report);
    /* One draft an offering. */
    edu_id again = drafted("parent1", "PUP0001", group, phone());
    ck_assert_mem_eq(&id, &again, sizeof id);
    FX_OK(edu_draft_check(fx_session("parent1"), fx_person("PUP0001"), id, &report, error));
    ck_assert(report->is_complete);
    edu_free(report);
    /* What a clerk types for somebody, they do not see; nor does another clerk. */
    edu_id clerks = drafted("clerk", "PUP0001", group, phone());
    ck_assert_mem_ne(&clerks, &id, sizeof id);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_draft_get(fx_session("clerk2"), fx_person("PUP0001"), clerks, &draft, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_draft_get(fx_session("clerk"), fx_person("PUP0001"), id, &draft, error));
    FX_OK(edu_draft_list(fx_session("parent1"), fx_person("PUP0001"), NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    FX_OK(edu_draft_discard(fx_session("parent1"), fx_person("PUP0001"), id, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_draft_get(fx_session("parent1"), fx_person("PUP0001"), id, &draft, error));
}
END_TEST

/* ---- the school bus ---- */

static edu_id bus(void)
{
    edu_offering_page *page = NULL;
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    filter.service = "school_bus";
    FX_OK(edu_offering_list(fx_nobody(), &filter, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_id id = page->items[0].id;
    edu_free(page);
    return id;
}

static json_t *ride(void)
{
    return json_pack("{s:i, s:[s], s:s, s:s, s:b, s:{s:s, s:s}, s:b}", "grade", 5, "ways", "home",
                     "stop", "other", "address", "Bakı, Xətai 12", "needs_help", 0, "contact",
                     "name", "Leyla Quliyeva", "telephone", "+994 50 123 45 67", "consent", 1);
}

static edu_id asked(void)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft = drafted("parent1", "PUP0001", bus(), ride());
    FX_OK(edu_request_submit(fx_session("parent1"), fx_person("PUP0001"), draft, "bus", &receipt,
                             error));
    ck_assert_str_eq(receipt->state, "submitted");
    edu_id id = receipt->id;
    edu_free(receipt);
    /* The same key, the same answer. */
    FX_OK(edu_request_submit(fx_session("parent1"), fx_person("PUP0001"), draft, "bus", &receipt,
                             error));
    ck_assert_mem_eq(&receipt->id, &id, sizeof id);
    edu_free(receipt);
    return id;
}

static void give_back(edu_id id)
{
    edu_session *clerk = fx_fresh("clerk.ba");
    json_t *corrections =
        json_pack("[{s:s, s:s}]", "field", "/address", "text", "Mənzil nömrəsi yoxdur");
    FX_FAILS(EDU_E_INVALID,
             edu_request_act(clerk, fx_person("PUP0001"), id, "return", NULL, NULL, NULL, error));
    FX_OK(
        edu_request_act(clerk, fx_person("PUP0001"), id, "return", NULL, corrections, NULL, error));
    json_decref(corrections);
}

START_TEST(a_request_is_given_back_corrected_and_approved)
{
    edu_id id = asked(), draft;
    edu_request *one = NULL;
    edu_request_receipt *receipt = NULL;
    edu_request_event_page *page = NULL;
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_request_get(fx_session("clerk.gn"), fx_person("PUP0001"), id, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_request_get(fx_session("school1"), fx_person("PUP0001"), id, &one, error));
    FX_FAILS(EDU_E_STATE, edu_draft_save(fx_session("parent1"), fx_person("PUP0001"), bus(), id,
                                         NULL, NULL, NULL, &draft, error));
    give_back(id);
    FX_OK(edu_request_get(fx_session("parent1"), fx_person("PUP0001"), id, &one, error));
    ck_assert_str_eq(one->state, "returned");
    ck_assert_str_eq(
        json_string_value(json_object_get(json_array_get(one->corrections, 0), "field")),
        "/address");
    json_t *form = json_deep_copy(one->form);
    edu_free(one);
    json_object_set_new(form, "address", json_string("Bakı, Xətai 12, mənzil 4"));
    FX_OK(edu_draft_save(fx_session("parent1"), fx_person("PUP0001"), bus(), id, form, NULL, NULL,
                         &draft, error));
    json_decref(form);
    FX_OK(edu_request_submit(fx_session("parent1"), fx_person("PUP0001"), draft, NULL, &receipt,
                             error));
    ck_assert_mem_eq(&receipt->id, &id, sizeof id);
    edu_free(receipt);
    FX_OK(edu_request_note(fx_session("clerk.ba"), fx_person("PUP0001"), id, "Ünvan yoxlanıldı",
                           NULL, error));
    FX_OK(edu_request_get(fx_session("clerk.ba"), fx_person("PUP0001"), id, &one, error));
    ck_assert_str_eq(json_string_value(json_object_get(one->form, "address")),
                     "Bakı, Xətai 12, mənzil 4");
    edu_free(one);
    act("clerk.ba", "PUP0001", id, "approve", NULL);
    FX_FAILS(EDU_E_STATE, edu_request_act(fx_session("clerk.ba"), fx_person("PUP0001"), id,
                                          "refuse", "Gec", NULL, NULL, error));
    FX_OK(edu_request_timeline(fx_session("parent1"), fx_person("PUP0001"), id, NULL, 20, &page,
                               error));
    ck_assert_uint_eq(page->count, 4);
    edu_free(page);
    FX_OK(edu_request_timeline(fx_session("clerk.ba"), fx_person("PUP0001"), id, NULL, 20, &page,
                               error));
    ck_assert_uint_eq(page->count, 5);
    ck_assert_str_eq(page->items[3].text, "Ünvan yoxlanıldı");
    ck_assert(page->items[3].is_internal);
    edu_free(page);
    FX_OK(edu_application_check(fx_session("parent1"), fx_person("PUP0001"), id, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'request.refused'"), 1);
}
END_TEST

START_TEST(a_term_that_passes_warns_and_ends_what_it_is_to_end)
{
    edu_id id = asked();
    edu_request *one = NULL;
    int32_t done;
    FX_OK(edu_request_get(fx_session("clerk.ba"), fx_person("PUP0001"), id, &one, error));
    edu_time due = one->due;
    ck_assert(due != EDU_TIME_NONE && !one->is_overdue);
    edu_free(one);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 0);
    fx_clock_set(due - 60 * FX_MINUTE);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification n JOIN role_grant g ON g.person_id ="
                            " n.person_id WHERE n.template = 'decide' AND g.code = 'BA'"),
                     1);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 0);
    fx_clock_set(due);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 1);
    give_back(id);
    fx_clock_add(40 * DAY);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 1);
    FX_OK(edu_request_get(fx_fresh("parent1"), fx_person("PUP0001"), id, &one, error));
    ck_assert_str_eq(one->state, "lapsed");
    edu_free(one);
    ck_assert_str_eq(fx_last_template(fx_person("PUP0001")), "lapsed");
}
END_TEST

/* ---- work ---- */

static size_t listed(const char *login, edu_request_filter filter)
{
    edu_request_page *page = NULL;
    FX_OK(edu_request_worklist(fx_session(login), &filter, NULL, 100, &page, error));
    size_t count = page->count;
    edu_free(page);
    return count;
}

static char *receipt_of(edu_id id)
{
    edu_document *file = NULL;
    FX_OK(edu_request_receipt_file(fx_session("parent1"), fx_person("PUP0001"), id, &file, error));
    char *text = strndup(file->content.data, file->content.size);
    edu_free(file);
    return text;
}

static void check_verdict(const char *text, const char *status)
{
    edu_verdict *verdict = NULL;
    FX_OK(edu_certificate_check(fx_nobody(), text, &verdict, error));
    ck_assert_str_eq(verdict->status, status);
    edu_free(verdict);
}

/* What was submitted, hashed again by nothing but the form that the applicant has. */
static void check_hash(const char *text, edu_id id)
{
    edu_request *one = NULL;
    char hex[65];
    uint8_t hash[32];
    FX_OK(edu_request_get(fx_session("parent1"), fx_person("PUP0001"), id, &one, error));
    json_t *all = json_pack("{s:O, s:[]}", "form", one->form, "choices");
    char *canonical = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    crypto_hash_sha256(hash, (const uint8_t *)canonical, strlen(canonical));
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    ck_assert_msg(strstr(text, hex) != NULL, "%s is not in %s", hex, text);
    json_decref(all);
    free(canonical);
    edu_free(one);
}

START_TEST(a_receipt_is_signed_and_proves_what_was_submitted)
{
    edu_id id = asked();
    edu_document *file = NULL;
    char *first = receipt_of(id), *again = receipt_of(id);
    ck_assert_str_eq(first, again);
    check_verdict(first, "valid");
    check_hash(first, id);
    free(again);
    char *hash = strstr(first, "\"submitted\":\"");
    ck_assert_ptr_nonnull(hash);
    hash[13] = hash[13] == '0' ? '1' : '0';
    check_verdict(first, "bad_signature");
    free(first);
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_receipt_file(fx_session("parent5"), fx_person("PUP0001"),
                                                       id, &file, error));
    /* What was sent again has a receipt of its own. */
    first = receipt_of(id);
    give_back(id);
    again = receipt_of(id);
    ck_assert_str_eq(first, again);
    free(again);
    free(first);
}
END_TEST

static void publish_day_off(const char *date)
{
    json_t *calendar = fx_example("calendars", "az");
    json_array_append_new(json_object_get(calendar, "holidays"),
                          json_pack("{s:s, s:{s:s, s:s, s:s}, s:[s], s:s}", "code", "day_off",
                                    "title", "az", "Gün", "en", "Day", "ru", "День", "dates", date,
                                    "moves", "nothing"));
    fx_publish(edu_calendar_publish, calendar);
}

START_TEST(a_holiday_that_is_added_moves_open_deadlines_and_says_why)
{
    edu_id id = asked(), group = chess(1), child;
    edu_request *one = NULL;
    edu_request_event_page *page = NULL;
    edu_event_page *plain = NULL;
    int32_t done;
    child = applied_by_clerk("PUP0005", group, "enrolled"); /* without a deadline */
    FX_OK(edu_request_get(fx_session("clerk"), fx_person("PUP0001"), id, &one, error));
    edu_time due = one->due;
    edu_free(one);
    FX_OK(edu_request_assign(fx_session("clerk"), fx_person("PUP0001"), id, fx_person("STF0002"),
                             NULL, error));
    FX_OK(edu_request_recompute(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 0);
    FX_FAILS(EDU_E_DENIED, edu_request_recompute(fx_session("clerk"), 100, &done, error));
    publish_day_off("2030-01-15"); /* far from any deadline: only the version is noted */
    FX_OK(edu_request_recompute(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'request_moved'"),
                     0);
    publish_day_off("2026-09-23");
    FX_OK(edu_request_recompute(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 1);
    FX_OK(edu_request_recompute(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 0);
    FX_OK(edu_request_get(fx_session("parent1"), fx_person("PUP0001"), id, &one, error));
    ck_assert_int_gt(one->due, due);
    ck_assert_str_eq(one->state, "submitted");
    edu_free(one);
    FX_OK(edu_request_timeline(fx_session("parent1"), fx_person("PUP0001"), id, NULL, 20, &page,
                               error));
    ck_assert_uint_eq(page->count, 2);
    ck_assert_str_eq(page->items[1].action, ".moved");
    ck_assert_str_eq(page->items[1].title, "The deadline is computed anew");
    ck_assert_ptr_nonnull(strstr(page->items[1].text, "23.09.2026"));
    edu_free(page);
    FX_OK(edu_application_timeline(fx_session("parent1"), fx_person("PUP0001"), id, NULL, 20,
                                   &plain, error));
    ck_assert_str_eq(plain->items[plain->count - 1].title, "The deadline is computed anew");
    edu_free(plain);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'request_moved'"),
                     2);
    check_state("clerk", "PUP0005", child, "enrolled", 0);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

START_TEST(each_application_has_a_number_of_its_own)
{
    edu_id group = chess(3), one = applied_by_clerk("PUP0005", group, "enrolled");
    edu_request *request = NULL;
    edu_application *application = NULL;
    edu_notification_page *page = NULL;
    (void)applied_by_clerk("PUP0006", group, "enrolled");
    FX_OK(edu_request_get(fx_session("clerk"), fx_person("PUP0005"), one, &request, error));
    FX_OK(
        edu_application_get(fx_session("parent5"), fx_person("PUP0005"), one, &application, error));
    ck_assert_str_eq(request->number, application->number);
    ck_assert_int_eq(strncmp(request->number, "A-2026-", 7), 0);
    FX_OK(edu_notification_list(fx_session("parent5"), NULL, 10, &page, error));
    ck_assert_str_eq(page->items[0].number, request->number);
    ck_assert_int_eq(fx_int("SELECT COUNT(DISTINCT number) FROM application"), 2);
    edu_free(page);
    edu_free(application);
    edu_free(request);
}
END_TEST

START_TEST(a_worklist_shows_what_is_in_scope)
{
    edu_id group = chess(2), id = applied_by_clerk("PUP0005", group, "enrolled");
    (void)applied_by_clerk("PUP0009", group, "enrolled");
    edu_request_filter clubs = EDU_REQUEST_FILTER_INIT, mine = EDU_REQUEST_FILTER_INIT,
                       offering = EDU_REQUEST_FILTER_INIT;
    clubs.service = "club";
    mine.is_mine = true;
    offering.service = "club";
    offering.offering_id = group;
    ck_assert_uint_eq(listed("clerk", clubs), 2);
    ck_assert_uint_eq(listed("clerk.ba", clubs), 2); /* the group's institution is theirs */
    ck_assert_uint_eq(listed("clerk.gn", clubs), 0);
    ck_assert_uint_eq(listed("school1", clubs), 2);
    ck_assert_uint_eq(listed("school2", clubs), 0);
    ck_assert_uint_eq(listed("school2", offering), 0);
    ck_assert_uint_eq(listed("parent1", clubs), 0);
    /* By the number that the applicant reads, for whoever has it in scope. */
    edu_request *shown = NULL;
    FX_OK(edu_request_get(fx_session("parent5"), fx_person("PUP0005"), id, &shown, error));
    edu_request_filter number = EDU_REQUEST_FILTER_INIT;
    number.number = shown->number;
    ck_assert_uint_eq(listed("clerk", number), 1);
    ck_assert_uint_eq(listed("school1", number), 1);
    ck_assert_uint_eq(listed("school2", number), 0);
    ck_assert_uint_eq(listed("parent5", number), 0);
    number.number = "A-2026-999999";
    ck_assert_uint_eq(listed("clerk", number), 0);
    number.number = "chess";
    ck_assert_uint_eq(listed("clerk", number), 0);
    edu_free(shown);
    clubs.region = "GN";
    ck_assert_uint_eq(listed("clerk.ba", clubs), 0);
    ck_assert_uint_eq(listed("clerk.ba", mine), 0);
    FX_OK(edu_request_assign(fx_session("school1"), fx_person("PUP0005"), id,
                             fx_id("SELECT person_id FROM role_grant WHERE role = 'steward'"), NULL,
                             error));
    ck_assert_uint_eq(listed("steward", mine), 1);
    offering.state = "enrolled";
    ck_assert_uint_eq(listed("school1", offering), 2);
    act("school1", "PUP0005", id, "finish", NULL);
    ck_assert_uint_eq(listed("school1", offering), 1);
    offering.state = "finished";
    ck_assert_uint_eq(listed("school1", offering), 1);
}
END_TEST

START_TEST(whoever_works_for_several_places_has_what_is_in_all_of_them)
{
    edu_id group = chess(2), id = applied_by_clerk("PUP0005", group, "enrolled");
    (void)applied_by_clerk("PUP0009", group, "enrolled");
    edu_request_filter clubs = EDU_REQUEST_FILTER_INIT;
    clubs.service = "club";
    ck_assert_uint_eq(listed("clerk.gn", clubs), 0);
    FX_OK(edu_account_grant(fx_operator(), ei_session_actor(fx_session("clerk.gn")), "clerk",
                            "region", "BA", NULL, error));
    ck_assert_uint_eq(listed("clerk.gn", clubs), 2);
    act("school1", "PUP0005", id, "finish", NULL);
    ck_assert_uint_eq(listed("clerk.gn", clubs), 1);
    /* What is closed too, of one's places alone. */
    clubs.state = "finished";
    ck_assert_uint_eq(listed("clerk.gn", clubs), 1);
    ck_assert_uint_eq(listed("school1", clubs), 1);
    ck_assert_uint_eq(listed("school2", clubs), 0);
    ck_assert_uint_eq(listed("parent1", clubs), 0);
}
END_TEST

START_TEST(many_are_done_at_once_and_a_preview_changes_nothing)
{
    edu_id group = chess(3), ids[3];
    const char *const numbers[] = {"PUP0005", "PUP0006", "PUP0007"};
    edu_bulk_report *report = NULL;
    json_t *items = json_array();
    for (size_t i = 0; i < 3; i++) {
        char person[EDU_ID_TEXT], id[EDU_ID_TEXT];
        ids[i] = applied_by_clerk(numbers[i], group, "enrolled");
        edu_id_format(fx_person(numbers[i]), person);
        edu_id_format(ids[i], id);
        json_array_append_new(items, json_pack("{s:s, s:s}", "person_id", person, "id", id));
    }
    act("clerk", numbers[1], ids[1], "dismiss", "Köçüb");
    FX_OK(
        edu_request_bulk(fx_session("school1"), items, "finish", NULL, true, NULL, &report, error));
    ck_assert_int_eq(report->done, 2);
    ck_assert_uint_eq(json_array_size(report->refused), 1);
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_array_get(report->refused, 0), "index")), 1);
    edu_free(report);
    check_state("school1", numbers[0], ids[0], "enrolled", 0);
    FX_OK(edu_request_bulk(fx_session("school1"), items, "finish", NULL, false, "year", &report,
                           error));
    ck_assert_int_eq(report->done, 2);
    edu_free(report);
    check_state("school1", numbers[0], ids[0], "finished", 0);
    check_state("school1", numbers[1], ids[1], "dismissed", 0);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess'"), 0);
    /* What has ended is open nowhere: one may apply once more. */
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application WHERE is_open = 1"), 0);
    (void)applied_by_clerk(numbers[1], group, "enrolled");
    json_decref(items);
}
END_TEST

/* ---- sixty-four at once ---- */

#define CLAIMANTS 64

typedef struct claimant {
    edu_session *session;
    edu_id person, draft, id;
    char state[32];
    edu_status status;
} claimant;

static void *claim(void *context)
{
    claimant *one = context;
    edu_request_receipt *receipt = NULL;
    one->status = edu_request_submit(one->session, one->person, one->draft, NULL, &receipt, NULL);
    if (one->status == EDU_OK) {
        (void)snprintf(one->state, sizeof one->state, "%s", receipt->state);
        one->id = receipt->id;
    }
    edu_free(receipt);
    return NULL;
}

static void import_children(void)
{
    char csv[16384] = "number,given,family,birth,mail\n";
    size_t size = strlen(csv);
    for (int i = 0; i < CLAIMANTS; i++)
        size += (size_t)snprintf(csv + size, sizeof csv - size,
                                 "CHD%04d,Uşaq,Nömrə%02d,2014-05-05,c%d@example.com\n", i, i, i);
    (void)fx_import(edu_account_import_persons, csv);
}

START_TEST(of_sixty_four_at_once_one_gets_the_place_and_the_others_are_on_the_list_in_order)
{
    static claimant claimants[CLAIMANTS];
    pthread_t threads[CLAIMANTS];
    edu_id group = chess(1);
    int enrolled = 0;
    size_t holder = 0;
    import_children();
    for (int i = 0; i < CLAIMANTS; i++) {
        char number[8];
        edu_session *session = NULL;
        (void)snprintf(number, sizeof number, "CHD%04d", i);
        FX_OK(edu_session_sign_in(fx_portal(), "clerk", FX_PASSWORD, NULL, "en", &session, error));
        claimants[i] = (claimant){.session = session, .person = fx_person(number)};
        claimants[i].draft = drafted("clerk", number, group, phone());
    }
    for (int i = 0; i < CLAIMANTS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, claim, &claimants[i]), 0);
    for (int i = 0; i < CLAIMANTS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < CLAIMANTS; i++)
        edu_session_close(claimants[i].session);
    bool seen[CLAIMANTS + 1] = {false};
    for (size_t i = 0; i < CLAIMANTS; i++) {
        edu_request *one = NULL;
        ck_assert_int_eq(claimants[i].status, EDU_OK);
        FX_OK(edu_request_get(fx_session("clerk"), claimants[i].person, claimants[i].id, &one,
                              error));
        if (strcmp(claimants[i].state, "enrolled") == 0)
            enrolled++, holder = i;
        else
            ck_assert(one->position >= 1 && one->position < CLAIMANTS && !seen[one->position]);
        seen[one->position] = true;
        edu_free(one);
    }
    ck_assert_int_eq(enrolled, 1);
    FX_OK(edu_request_act(fx_session("clerk"), claimants[holder].person, claimants[holder].id,
                          "dismiss", "Köçüb", NULL, NULL, error));
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'chess'"), 1);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'chess'"), CLAIMANTS - 2);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM request WHERE holds_place = 1"), 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event WHERE action = 'promote'"), 1);
}
END_TEST

/* ---- definitions ---- */

typedef struct mutation {
    const char *path, *value, *field; /* of the definition; JSON; where the fault is told */
} mutation;

static void put(json_t *root, const char *path, json_t *value)
{
    char copy[128], *rest = copy;
    (void)snprintf(copy, sizeof copy, "%s", path);
    for (char *slash; (slash = strchr(rest, '/')) != NULL; rest = slash + 1) {
        *slash = '\0';
        root = json_object_get(root, rest);
    }
    ck_assert(json_object_set_new(root, rest, value) == 0);
}

START_TEST(what_cannot_work_is_not_published)
{
    static const mutation mutations[] = {
        {"request/form/properties/phone/patern", "\"x\"", "/request/form/properties/phone/patern"},
        {"request/form/properties/phone/pattern", "\"(a\"",
         "/request/form/properties/phone/pattern"},
        {"request/hints/sections", "[]", "/request/hints"},
        {"request/ages", "{\"from\":9,\"until\":3}", "/request/ages"},
        {"request/documents", "[{\"code\":\"a\"}]", "/request/documents/0/title"},
        {"request/offerings", "false", "/states"},
        {"promote", "\"withdraw\"", "/states/waiting"},
        {"actions/withdraw/full", "\"waiting\"", "/actions/withdraw/full"},
        {"states/waiting/holds_place", "true", "/states/waiting"},
        {"states/waiting/takes_scores", "true", "/states/waiting/takes_scores"},
        {"states/waiting/shows_scores", "true", "/states/waiting/shows_scores"},
        {"states/waiting/deadline", "{\"unit\":\"days\",\"count\":3,\"then\":\"withdraw\"}",
         "/states/waiting/deadline/then"},
        {"scores", "{\"test\":{}}", "/scores/test"},
        {"ranking", "[{\"score\":\"test\"}]", "/ranking/0"}};
    int32_t version;
    for (size_t i = 0; i < sizeof mutations / sizeof *mutations; i++) {
        const mutation *one = &mutations[i];
        json_t *json = fx_example("services", "club");
        put(json, one->path, json_loads(one->value, JSON_DECODE_ANY, NULL));
        FX_FAILS(EDU_E_INVALID, edu_service_publish(fx_operator(), json, NULL, &version, error));
        ck_assert_msg(strncmp(fx_last_error.field, one->field, strlen(one->field)) == 0,
                      "%s: %s: %s", one->path, fx_last_error.field, fx_last_error.message);
        json_decref(json);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("request");
    TCase *tests = tcase_create("request");
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_place_goes_to_who_comes_first_and_then_along_the_list);
    tcase_add_test(tests, more_places_are_given_to_who_waits_and_never_fewer_than_are_held);
    tcase_add_test(tests,
                   times_that_overlap_are_refused_and_who_waits_keeps_their_place_on_the_list);
    tcase_add_test(tests, who_may_not_apply_is_told_why);
    tcase_add_test(tests, a_draft_is_found_again_and_says_what_it_lacks);
    tcase_add_test(tests, a_request_is_given_back_corrected_and_approved);
    tcase_add_test(tests, a_term_that_passes_warns_and_ends_what_it_is_to_end);
    tcase_add_test(tests, a_receipt_is_signed_and_proves_what_was_submitted);
    tcase_add_test(tests, a_holiday_that_is_added_moves_open_deadlines_and_says_why);
    tcase_add_test(tests, each_application_has_a_number_of_its_own);
    tcase_add_test(tests, a_worklist_shows_what_is_in_scope);
    tcase_add_test(tests, whoever_works_for_several_places_has_what_is_in_all_of_them);
    tcase_add_test(tests, many_are_done_at_once_and_a_preview_changes_nothing);
    tcase_add_test(
        tests, of_sixty_four_at_once_one_gets_the_place_and_the_others_are_on_the_list_in_order);
    tcase_add_test(tests, what_cannot_work_is_not_published);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
