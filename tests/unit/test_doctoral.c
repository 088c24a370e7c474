/* Doctoral admission from publication to the end: the service is the file of the examples. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/payment.h>
#include <edu/request.h>
#include <edu/round.h>
#include <edu/slot.h>
#include <edu/tuition.h>

#define DAY (24 * 60 * FX_MINUTE)
#define PDF "%PDF-1.7 and what is in it"
#define APPLICANTS 5
#define FEE 450000

static const edu_id none = {{0}};
static const edu_progress silent;
/* From the best on; the last does not pass. */
static const char *const logins[APPLICANTS] = {"stranger", "parent1", "parent5", "steward",
                                               "school2"};
static const char *const numbers[APPLICANTS] = {"STR0001", "GRD0001", "GRD0005", "STF0008",
                                                "STF0007"};
static const int language_of[APPLICANTS] = {90, 80, 70, 60, 40};
static edu_id physics, funded, paid, ids[APPLICANTS];
static const char *claimed; /* what the second claims */

/* A session for one call. */
#define AS(login, call)                                                                            \
    do {                                                                                           \
        edu_session *session = NULL;                                                               \
        FX_OK(edu_session_sign_in(fx_portal(), login, FX_PASSWORD, NULL, "en", &session, error));  \
        call;                                                                                      \
        edu_session_close(session);                                                                \
    } while (0)

static edu_id offered(const char *code, const char *round, int32_t places)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    edu_id id;
    input.service = "doctoral";
    input.code = code;
    input.round = round;
    input.title = json_pack("{s:s, s:s}", "az", "Fizika", "en", code);
    input.institution = "S1";
    input.opens = FX_START - DAY;
    input.closes = FX_START + 30 * DAY;
    input.is_published = true;
    input.by_round = true;
    input.places = places;
    AS("school1", FX_OK(edu_offering_put(session, &input, NULL, &id, error)));
    json_decref(input.title);
    return id;
}

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "doctoral"));
    physics = offered("physics", NULL, -1);
    funded = offered("funded", "physics", 1);
    paid = offered("paid", "physics", 1);
    claimed = "none";
    fx_portal()->payment_page = ei_strdup("https://bank.example/pay");
    FX_OK(edu_payment_key_add(fx_operator(), "k1", "hmac-sha256",
                              fx_bytes("the bank's secret of the tests, 32+"), NULL, error));
}

static void put_fees(void)
{
    AS("school1", FX_OK(edu_tuition_put(session, funded, "year", 0, NULL, error)));
    AS("school1", FX_OK(edu_tuition_put(session, paid, "year", FEE, NULL, error)));
}

/* ---- applying ---- */

static void attach(edu_session *session, edu_id draft, const char *kind)
{
    edu_id id;
    FX_OK(
        edu_draft_attach(session, none, draft, kind, "file.pdf", fx_bytes(PDF), NULL, &id, error));
}

static json_t *choices(void)
{
    char first[EDU_ID_TEXT], second[EDU_ID_TEXT];
    edu_id_format(funded, first);
    edu_id_format(paid, second);
    return json_pack("[s, s]", first, second);
}

static edu_id drafted_claiming(edu_session *session, edu_id application, const char *concession)
{
    json_t *form = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "phone", "+994 50 123 45 67",
                             "degree", "master", "diploma_year", 2024, "language", "en", "topic",
                             "Light in thin films", "concession", concession);
    json_t *chosen = choices();
    edu_id draft;
    FX_OK(edu_draft_save(session, none, physics, application, form, chosen, NULL, &draft, error));
    json_decref(form);
    json_decref(chosen);
    return draft;
}

static edu_id drafted(edu_session *session, edu_id application)
{
    return drafted_claiming(session, application, "none");
}

static edu_status sent(edu_session *session, edu_id draft, edu_id *out, edu_error *error)
{
    edu_request_receipt *receipt = NULL;
    edu_status status = edu_request_submit(session, none, draft, NULL, &receipt, error);
    if (status == EDU_OK)
        *out = receipt->id;
    edu_free(receipt);
    return status;
}

static edu_id drafted_with_documents(edu_session *session, const char *concession)
{
    edu_id draft = drafted_claiming(session, none, concession);
    attach(session, draft, "identity");
    attach(session, draft, "diploma");
    attach(session, draft, "proposal");
    return draft;
}

static edu_id drafted_whole(edu_session *session)
{
    return drafted_with_documents(session, "none");
}

static edu_id applied(const char *login)
{
    edu_id id, draft;
    const char *concession = strcmp(login, logins[1]) == 0 ? claimed : "none";
    edu_session *session = fx_fresh(login);
    draft = drafted_with_documents(session, concession);
    if (strcmp(concession, "none") != 0) {
        FX_FAILS(EDU_E_INVALID, sent(session, draft, &id, error));
        ck_assert_str_eq(fx_last_error.key, "tuition.evidence");
        attach(session, draft, "evidence");
    }
    FX_OK(sent(session, draft, &id, error));
    return id;
}

static void act(const char *login, const char *number, edu_id id, const char *action,
                const char *reason)
{
    AS(login,
       FX_OK(edu_request_act(session, fx_person(number), id, action, reason, NULL, NULL, error)));
}

static void cannot(edu_status expected, const char *key, const char *login, const char *number,
                   edu_id id, const char *action, const char *reason)
{
    AS(login, FX_FAILS(expected, edu_request_act(session, fx_person(number), id, action, reason,
                                                 NULL, NULL, error)));
    ck_assert_str_eq(fx_last_error.key, key);
}

static void check_state(const char *number, edu_id id, const char *state, int64_t position)
{
    edu_request *one = NULL;
    AS("clerk", FX_OK(edu_request_get(session, fx_person(number), id, &one, error)));
    ck_assert_msg(strcmp(one->state, state) == 0, "%s: %s, not %s", number, one->state, state);
    ck_assert_int_eq(one->position, position);
    edu_free(one);
}

static void run_clock(void)
{
    int32_t done;
    do
        FX_OK(edu_request_clock(fx_operator(), 200, &done, error));
    while (done > 0);
}

START_TEST(documents_are_asked_for_returned_and_what_is_refused_is_opened_again)
{
    edu_session *own = fx_fresh("stranger");
    edu_id draft = drafted(own, none), id, second;
    FX_FAILS(EDU_E_INVALID, sent(own, draft, &id, error));
    ck_assert_str_eq(fx_last_error.field, "/documents/identity");
    id = applied("stranger");
    FX_FAILS(EDU_E_CONFLICT, sent(own, drafted_whole(own), &second, error));
    ck_assert_str_eq(fx_last_error.key, "application.already");
    json_t *wrong = json_pack("[{s:s, s:s}]", "field", "/documents/diploma", "text", "Unreadable");
    AS("school1", FX_OK(edu_request_act(session, fx_person("STR0001"), id, "return", NULL, wrong,
                                        NULL, error)));
    json_decref(wrong);
    check_state("STR0001", id, "returned", 0);
    draft = drafted(own, id);
    FX_OK(sent(own, draft, &second, error));
    check_state("STR0001", id, "submitted", 0);
    cannot(EDU_E_NOT_FOUND, "request.not_found", "school2", "STR0001", id, "admit", NULL);
    cannot(EDU_E_DENIED, "workflow.not_by_you", "stranger", "STR0001", id, "admit", NULL);
    cannot(EDU_E_INVALID, "request.reason", "clerk", "STR0001", id, "refuse", NULL);
    act("clerk", "STR0001", id, "refuse", "No diploma of a university");
    act("clerk", "STR0001", id, "reopen", "It was on the second page");
    check_state("STR0001", id, "submitted", 0);
    ck_assert_str_eq(fx_last_template(fx_person("STR0001")), "reopened");
}
END_TEST

START_TEST(what_is_opened_again_is_not_beside_another)
{
    edu_id first = applied("stranger");
    act("clerk", "STR0001", first, "refuse", "No diploma");
    edu_id second = applied("stranger");
    cannot(EDU_E_CONFLICT, "application.already", "clerk", "STR0001", first, "reopen",
           "It was there");
    check_state("STR0001", first, "not_admitted", 0);
    act("stranger", "STR0001", second, "withdraw", NULL);
    act("clerk", "STR0001", first, "reopen", "It was there");
    check_state("STR0001", first, "submitted", 0);
}
END_TEST

START_TEST(who_is_late_is_told_so_and_what_nobody_corrects_lapses)
{
    edu_id id = applied("stranger");
    json_t *wrong = json_pack("[{s:s, s:s}]", "field", "/topic", "text", "Too short");
    AS("clerk", FX_OK(edu_request_act(session, fx_person("STR0001"), id, "return", NULL, wrong,
                                      NULL, error)));
    json_decref(wrong);
    edu_session *late = fx_fresh("parent1");
    edu_id draft = drafted_whole(late);
    fx_clock_add(31 * DAY);
    late = fx_fresh("parent1");
    FX_FAILS(EDU_E_STATE, sent(late, draft, &id, error));
    ck_assert_str_eq(fx_last_error.key, "request.closed");
    run_clock();
    check_state("STR0001", fx_id("SELECT id FROM request"), "lapsed", 0);
    ck_assert_str_eq(fx_last_template(fx_person("STR0001")), "dropped");
}
END_TEST

/* ---- examinations ---- */

static void admit_all(void)
{
    for (size_t i = 0; i < APPLICANTS; i++) {
        ids[i] = applied(logins[i]);
        act("school1", numbers[i], ids[i], "admit", NULL);
    }
}

static edu_id slot_at(const char *kind, edu_time starts, int32_t places)
{
    edu_slot_input input = EDU_SLOT_INPUT_INIT;
    edu_id id;
    input.offering_id = physics;
    input.kind = kind;
    input.starts = starts;
    input.minutes = 120;
    input.venue = "Hall 1";
    input.places = places;
    AS("school1", FX_OK(edu_slot_put(session, &input, NULL, &id, error)));
    return id;
}

static void fill(const char *kind, int64_t given, int64_t lacking)
{
    edu_slot_report *report = NULL;
    AS("school1", FX_OK(edu_slot_fill(session, physics, kind, "admitted", NULL, &report, error)));
    ck_assert_int_eq(report->given, given);
    ck_assert_int_eq(report->lacking, lacking);
    edu_free(report);
}

static void put_score(size_t of, const char *sheet, int points)
{
    json_t *values = json_pack("{s:i}", "points", points);
    AS("school1",
       FX_OK(edu_score_put(session, fx_person(numbers[of]), ids[of], sheet, values, NULL, error)));
    json_decref(values);
}

static void seat_panel(void)
{
    static const char *const members[] = {"STF0002", "STF0003", "STF0004"};
    edu_panel_report *report = NULL;
    for (size_t i = 0; i < 3; i++)
        AS("school1",
           FX_OK(edu_panel_put(session, physics, fx_person(members[i]), true, NULL, error)));
    AS("school1", FX_OK(edu_panel_assign(session, physics, NULL, &report, error)));
    ck_assert_int_eq(report->lacking, 0);
    edu_free(report);
}

/* Everybody who was there answers alike. */
static void examine_in_speciality(void)
{
    static const char *const members[] = {"clerk", "clerk2", "clerk.ba"};
    json_t *values = json_pack("{s:i, s:i}", "questions", 40, "proposal", 25);
    for (size_t i = 0; i < 3; i++) {
        edu_session *session = fx_fresh(members[i]);
        edu_panel_work_page *page = NULL;
        FX_OK(edu_panel_works(session, NULL, 50, &page, error));
        for (size_t k = 0; k < page->count; k++)
            FX_OK(edu_panel_score(session, page->items[k].work_id, values, NULL, NULL, error));
        edu_free(page);
    }
    json_decref(values);
}

static void examine(void)
{
    for (size_t i = 0; i < APPLICANTS; i++) {
        put_score(i, "language", language_of[i]);
        put_score(i, "philosophy", 60);
    }
    seat_panel();
    examine_in_speciality();
}

START_TEST(everybody_is_told_when_to_come_and_who_does_not_may_be_excused)
{
    const edu_time start = FX_START + 40 * DAY;
    edu_slot_page *own = NULL;
    admit_all();
    slot_at("language", start, 5);
    slot_at("philosophy", start, 2); /* at the same time: for nobody */
    slot_at("philosophy", start + DAY, 4);
    fill("language", 5, 0);
    fill("philosophy", 4, 1);
    slot_at("philosophy", start + 2 * DAY, 1);
    fill("philosophy", 1, 0);
    AS("stranger", FX_OK(edu_slot_of(session, none, ids[0], NULL, 10, &own, error)));
    ck_assert_uint_eq(own->count, 2);
    ck_assert_str_eq(own->items[0].title, "Examination in the foreign language");
    ck_assert_str_eq(own->items[1].venue, "Hall 1");
    ck_assert_int_eq(own->items[1].starts, start + DAY);
    edu_free(own);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'invited'"), 10);
    put_score(0, "language", 90);
    cannot(EDU_E_STATE, "round.unscored", "school1", "STR0001", ids[0], "announce", NULL);
    act("school1", "STR0001", ids[0], "miss", NULL);
    check_state("STR0001", ids[0], "absent", 0);
    ck_assert_str_eq(fx_last_template(fx_person("STR0001")), "absent");
    cannot(EDU_E_DENIED, "workflow.not_by_you", "stranger", "STR0001", ids[0], "excuse", "Ill");
    act("clerk", "STR0001", ids[0], "excuse", "In hospital that day");
    check_state("STR0001", ids[0], "admitted", 0);
    edu_id later = slot_at("philosophy", start + 9 * DAY, 1);
    AS("school1", FX_OK(edu_slot_give(session, fx_person("STR0001"), ids[0], later, NULL, error)));
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

/* ---- results ---- */

static const char *outcome_of(size_t of, const char *language)
{
    static char text[32];
    edu_round_outcome *own = NULL;
    AS(logins[of], FX_OK(edu_round_result(session, none, ids[of], &own, error)));
    (void)snprintf(text, sizeof text, "%s", own->outcome);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(own->scores, 0), "score")),
                     language);
    edu_free(own);
    return text;
}

static void announce_all(void)
{
    for (size_t i = 0; i < APPLICANTS; i++)
        act("school1", numbers[i], ids[i], "announce", NULL);
}

START_TEST(results_are_told_whole_and_an_appeal_may_correct_them)
{
    edu_round_outcome *own = NULL;
    json_t *values = json_pack("{s:i}", "points", 99);
    admit_all();
    examine();
    AS("stranger", FX_FAILS(EDU_E_STATE, edu_round_result(session, none, ids[0], &own, error)));
    announce_all();
    ck_assert_str_eq(outcome_of(0, "90"), "scored");
    AS("stranger", FX_OK(edu_round_result(session, none, ids[0], &own, error)));
    ck_assert_int_eq(own->place, 0);
    ck_assert_ptr_null(own->number);
    ck_assert_ptr_null(own->keys);
    ck_assert_ptr_null(own->seed);
    ck_assert_uint_eq(json_array_size(json_object_get(json_array_get(own->scores, 2), "criteria")),
                      3);
    edu_free(own);
    /* Of somebody else it is not found. */
    AS("parent1", FX_FAILS(EDU_E_NOT_FOUND,
                           edu_round_result(session, fx_person("STR0001"), ids[0], &own, error)));
    cannot(EDU_E_INVALID, "request.reason", "school2", "STF0007", ids[4], "appeal", NULL);
    act("school2", "STF0007", ids[4], "appeal", "Question 7 has two right answers");
    ck_assert_str_eq(outcome_of(4, "40"), "scored");
    put_score(4, "language", 55);
    act("school1", "STF0007", ids[4], "decide", "Right: five answers count");
    AS("school1", FX_FAILS(EDU_E_STATE, edu_score_put(session, fx_person(numbers[4]), ids[4],
                                                      "language", values, NULL, error)));
    ck_assert_str_eq(fx_last_error.key, "score.not_now");
    ck_assert_str_eq(outcome_of(4, "55"), "scored");
    cannot(EDU_E_STATE, "workflow.not_from_here", "school2", "STF0007", ids[4], "appeal", "Again");
    fx_clock_add(10 * DAY);
    run_clock();
    check_state("STR0001", ids[0], "judged", 0);
    cannot(EDU_E_STATE, "workflow.not_from_here", "stranger", "STR0001", ids[0], "appeal", "Late");
    json_decref(values);
}
END_TEST

/* ---- places ---- */

/* The best has the state-funded place, the second the paid one, two wait, the last did not pass. */
static void place_all(void)
{
    put_fees();
    admit_all();
    examine();
    announce_all();
    AS("school1", FX_FAILS(EDU_E_STATE, edu_round_propose(session, physics, NULL, NULL, error)));
    ck_assert_str_eq(fx_last_error.key, "round.not_closed");
    fx_clock_add(31 * DAY);
    AS("school1", FX_FAILS(EDU_E_STATE, edu_round_propose(session, physics, NULL, NULL, error)));
    ck_assert_str_eq(fx_last_error.key, "round.unready");
    run_clock();
    AS("school1", FX_OK(edu_round_propose(session, physics, NULL, NULL, error)));
    AS("school1", FX_FAILS(EDU_E_DENIED, edu_round_confirm(session, physics, silent, NULL, error)));
    AS("clerk", FX_OK(edu_round_confirm(session, physics, silent, NULL, error)));
}

START_TEST(places_go_by_the_ranking_and_what_is_declined_goes_on)
{
    place_all();
    check_state("STR0001", ids[0], "offered", 0);
    check_state("GRD0001", ids[1], "offered", 0);
    check_state("GRD0005", ids[2], "reserve", 1);
    check_state("STF0008", ids[3], "reserve", 2);
    check_state("STF0007", ids[4], "not_passed", 0);
    ck_assert_str_eq(outcome_of(0, "90"), "given");
    ck_assert_str_eq(outcome_of(2, "70"), "waiting");
    ck_assert_str_eq(outcome_of(4, "40"), "not_passed");
    act("stranger", "STR0001", ids[0], "accept", NULL);
    check_state("STR0001", ids[0], "enrolled", 0);
    /* The second declines: the third gets the paid place, and lets it lapse. */
    act("parent1", "GRD0001", ids[1], "decline", NULL);
    check_state("GRD0005", ids[2], "offered", 0);
    check_state("STF0008", ids[3], "reserve", 1);
    fx_clock_add(12 * DAY);
    run_clock();
    check_state("GRD0005", ids[2], "lapsed", 0);
    check_state("STF0008", ids[3], "offered", 0);
    ck_assert_str_eq(fx_last_template(fx_person("STF0008")), "offered");
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'physics'"), 0);
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

/* ---- the fee ---- */

static edu_tuition tuition_of(size_t of)
{
    static edu_tuition *kept;
    edu_free(kept);
    kept = NULL;
    AS(logins[of], FX_OK(edu_tuition_get(session, none, ids[of], &kept, error)));
    return *kept;
}

/* The provider's list tells of it. */
static void pay(size_t of)
{
    char order[EDU_ID_TEXT], at[32];
    edu_payment_intent *visit = NULL;
    edu_payment_reconciliation *found = NULL;
    edu_id invoice = tuition_of(of).invoice_id;
    AS(logins[of], FX_OK(edu_payment_pay(session, none, invoice, NULL, &visit, error)));
    edu_id_format(visit->id, order);
    ei_time_format(fx_now(), at);
    json_t *list = json_pack("{s:[{s:s, s:s, s:s, s:I, s:s, s:s}], s:[]}", "payments", "order",
                             order, "payment", order, "state", "captured", "amount",
                             (json_int_t)visit->amount, "currency", "AZN", "at", at, "refunds");
    FX_OK(edu_payment_reconcile(fx_operator(), list, EDU_TIME_NONE, EDU_TIME_NONE, &found, error));
    json_decref(list);
    edu_free(visit);
    edu_free(found);
}

START_TEST(who_has_a_paid_place_is_enrolled_when_it_is_paid)
{
    edu_invoice *invoice = NULL;
    place_all();
    act("stranger", "STR0001", ids[0], "accept", NULL);
    check_state("STR0001", ids[0], "enrolled", 0);
    edu_id id = tuition_of(0).invoice_id;
    ck_assert_mem_eq(&id, &none, sizeof id);
    act("parent1", "GRD0001", ids[1], "accept", NULL);
    check_state("GRD0001", ids[1], "to_pay", 0);
    ck_assert_int_eq(tuition_of(1).amount, FEE);
    cannot(EDU_E_DENIED, "workflow.not_by_you", "school1", "GRD0001", ids[1], "pay", NULL);
    pay(1);
    check_state("GRD0001", ids[1], "enrolled", 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'enrolled'"), 2);
    id = tuition_of(1).invoice_id;
    AS("parent1", FX_OK(edu_payment_get(session, none, id, &invoice, error)));
    ck_assert_str_eq(invoice->state, "settled");
    edu_free(invoice);
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

START_TEST(who_does_not_pay_loses_the_place_to_the_next)
{
    edu_invoice *invoice = NULL;
    place_all();
    act("parent1", "GRD0001", ids[1], "accept", NULL);
    edu_id id = tuition_of(1).invoice_id;
    fx_clock_add(20 * DAY);
    run_clock();
    check_state("GRD0001", ids[1], "lapsed", 0);
    AS("parent1", FX_OK(edu_payment_get(session, none, id, &invoice, error)));
    ck_assert_str_eq(invoice->state, "cancelled");
    edu_free(invoice);
    /* The funded place lapsed too, unanswered: both go to those who waited. */
    check_state("STR0001", ids[0], "lapsed", 0);
    check_state("GRD0005", ids[2], "offered", 0);
    check_state("STF0008", ids[3], "offered", 0);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'funded'"), 1);
    ck_assert_int_eq(fx_int("SELECT taken FROM offering WHERE code = 'paid'"), 1);
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

START_TEST(a_concession_is_decided_on_before_anything_is_asked_for)
{
    claimed = "orphan";
    place_all();
    act("parent1", "GRD0001", ids[1], "accept", NULL);
    check_state("GRD0001", ids[1], "concession", 0);
    cannot(EDU_E_NOT_FOUND, "request.not_found", "clerk.gn", "GRD0001", ids[1], "accept_concession",
           "Yes");
    act("school1", "GRD0001", ids[1], "accept_concession", "The document is right");
    check_state("GRD0001", ids[1], "enrolled", 0);
    ck_assert_int_eq(tuition_of(1).waived, FEE);
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

START_TEST(a_concession_that_is_refused_leaves_the_whole_fee)
{
    claimed = "disability";
    place_all();
    act("parent1", "GRD0001", ids[1], "accept", NULL);
    act("school1", "GRD0001", ids[1], "refuse_concession", "The document has expired");
    check_state("GRD0001", ids[1], "to_pay", 0);
    ck_assert_int_eq(tuition_of(1).waived, 0);
    act("parent1", "GRD0001", ids[1], "decline", NULL);
    check_state("GRD0005", ids[2], "offered", 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM invoice WHERE state = 'cancelled'"), 1);
}
END_TEST

START_TEST(who_waits_may_leave_the_list_and_what_is_left_is_closed)
{
    place_all();
    act("parent5", "GRD0005", ids[2], "withdraw", NULL);
    check_state("STF0008", ids[3], "reserve", 1);
    act("clerk", "STF0008", ids[3], "close", NULL);
    check_state("STF0008", ids[3], "closed", 0);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'physics'"), 0);
}
END_TEST

START_TEST(nothing_is_scored_after_the_end)
{
    json_t *json = fx_example("services", "doctoral");
    int32_t version;
    json_object_set_new(json_object_get(json_object_get(json, "states"), "absent"), "takes_scores",
                        json_true());
    FX_FAILS(EDU_E_INVALID, edu_service_publish(fx_operator(), json, NULL, &version, error));
    ck_assert_str_eq(fx_last_error.field, "/states/absent/takes_scores");
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("doctoral");
    TCase *test = tcase_create("doctoral");
    tcase_add_checked_fixture(test, setup, fx_teardown);
    tcase_set_timeout(test, 120);
    tcase_add_test(test, documents_are_asked_for_returned_and_what_is_refused_is_opened_again);
    tcase_add_test(test, what_is_opened_again_is_not_beside_another);
    tcase_add_test(test, who_is_late_is_told_so_and_what_nobody_corrects_lapses);
    tcase_add_test(test, everybody_is_told_when_to_come_and_who_does_not_may_be_excused);
    tcase_add_test(test, results_are_told_whole_and_an_appeal_may_correct_them);
    tcase_add_test(test, places_go_by_the_ranking_and_what_is_declined_goes_on);
    tcase_add_test(test, who_waits_may_leave_the_list_and_what_is_left_is_closed);
    tcase_add_test(test, nothing_is_scored_after_the_end);
    tcase_add_test(test, who_has_a_paid_place_is_enrolled_when_it_is_paid);
    tcase_add_test(test, who_does_not_pay_loses_the_place_to_the_next);
    tcase_add_test(test, a_concession_is_decided_on_before_anything_is_asked_for);
    tcase_add_test(test, a_concession_that_is_refused_leaves_the_whole_fee);
    suite_add_tcase(suite, test);
    return tap_run(suite);
}
