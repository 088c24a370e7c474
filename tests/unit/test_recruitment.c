/* Recruitment, from the announcement to the appointment, with everything that goes wrong on the
 * way. The service is the file of the examples. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/request.h>
#include <edu/round.h>
#include <edu/sitting.h>
#include <edu/slot.h>

#define HOUR (60 * FX_MINUTE)
#define DAY (24 * HOUR)
#define APPLICANTS 12
#define VACANCIES 4

enum {
    FIRST,
    DECLINES,
    LAPSES,
    MOVES_UP,
    NEXT,
    CORRECTS,
    APPEALS,
    WITHDRAWS,
    MISSES_TEST,
    MISSES_INTERVIEW,
    FOLLOWS,
    COMES_LATE
};

static const edu_id none = {{0}};
static const edu_progress silent;
static edu_session *clerk, *clerk2; /* signed in now */
static edu_id competition, vacancies[VACANCIES], ids[APPLICANTS];

/* Vacancies that are wanted, the dearest first; -1: no more. */
static const int wanted[APPLICANTS][2] = {[FIRST] = {0, -1},       [DECLINES] = {1, 0},
                                          [LAPSES] = {2, -1},      [MOVES_UP] = {1, 3},
                                          [NEXT] = {2, -1},        [CORRECTS] = {0, -1},
                                          [APPEALS] = {0, -1},     [WITHDRAWS] = {0, -1},
                                          [MISSES_TEST] = {0, -1}, [MISSES_INTERVIEW] = {0, -1},
                                          [FOLLOWS] = {3, -1},     [COMES_LATE] = {0, -1}};
/* Points of the test; -1: did not sit it. */
static const int points[APPLICANTS] = {
    [FIRST] = 95,       [DECLINES] = 90,         [LAPSES] = 85,  [MOVES_UP] = 80,
    [NEXT] = 75,        [CORRECTS] = 59,         [APPEALS] = 65, [WITHDRAWS] = -1,
    [MISSES_TEST] = -1, [MISSES_INTERVIEW] = 99, [FOLLOWS] = 70, [COMES_LATE] = -1};

static const char *number_of(int applicant)
{
    static char number[16];
    (void)snprintf(number, sizeof number, "CAN%04d", applicant);
    return number;
}

static edu_id person(int applicant)
{
    return fx_person(number_of(applicant));
}

static edu_session *as(int applicant)
{
    char login[16];
    (void)snprintf(login, sizeof login, "can%d", applicant);
    return fx_fresh(login);
}

static void wait(edu_time time)
{
    fx_clock_add(time);
    clerk = fx_fresh("clerk");
    clerk2 = fx_fresh("clerk2");
}

static void make_people(void)
{
    char csv[2048] = "number,given,family,birth\n", login[16];
    for (int i = 0; i < APPLICANTS; i++)
        (void)snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "%s,Ad%d,Namizəd,1990-05-05\n",
                       number_of(i), i);
    (void)fx_import(edu_account_import_persons, csv);
    for (int i = 0; i < APPLICANTS; i++) {
        (void)snprintf(login, sizeof login, "can%d", i);
        FX_OK(edu_account_create(fx_operator(), person(i), login, FX_PASSWORD, NULL, error));
    }
}

/* Two cities with a centre of six seats each, two of them step-free. */
static void make_centres(void)
{
    (void)fx_import(edu_account_import_regions, "code,name\nGA,az=Gəncə|en=Ganja\n");
    (void)fx_import(edu_sitting_import_centres,
                    "code,name,address,region,latitude,longitude\n"
                    "C1,Mərkəz 1,Bakı,BA,40.4,49.85\nC7,Mərkəz 7,Gəncə,GA,40.68,46.36\n");
    (void)fx_import(edu_sitting_import_rooms,
                    "centre,room,rows,columns,step_free\nC1,r1,2,3,A1 A2\nC7,r7,2,3,A1 A2\n");
}

static edu_id offered(const char *code, const char *round, int32_t places, const char *institution)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    edu_id id;
    input.service = "recruitment";
    input.code = code;
    input.round = round;
    input.title = json_pack("{s:s, s:s}", "az", "Ad", "en", code);
    input.institution = institution;
    input.opens = FX_START - DAY;
    input.closes = FX_START + 30 * DAY;
    input.is_published = true;
    input.by_round = true;
    input.places = places;
    FX_OK(edu_offering_put(clerk, &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

static void setup(void)
{
    static const char *const codes[VACANCIES] = {"v0", "v1", "v2", "v3"};
    fx_setup();
    clerk = fx_session("clerk");
    clerk2 = fx_session("clerk2");
    make_people();
    make_centres();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "recruitment"));
    competition = offered("autumn", NULL, -1, NULL);
    for (size_t i = 0; i < VACANCIES; i++)
        vacancies[i] = offered(codes[i], "autumn", 1, i == 0 ? "S1" : "S2");
}

/* ---- applying ---- */

static json_t *form_of(int applicant, const char *phone)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:b}", "phone", phone, "education", "master",
                     "speciality", "Welding", "years_of_work", applicant, "exam_region",
                     applicant % 2 ? "GA" : "BA", "step_free", applicant == FOLLOWS);
}

static edu_id drafted(edu_session *session, int applicant, edu_id application, const char *phone)
{
    json_t *form = form_of(applicant, phone), *choices = json_array();
    edu_id draft;
    for (int i = 0; i < 2 && wanted[applicant][i] >= 0; i++) {
        char id[EDU_ID_TEXT];
        edu_id_format(vacancies[wanted[applicant][i]], id);
        json_array_append_new(choices, json_string(id));
    }
    FX_OK(edu_draft_save(session, none, competition, application, form, choices, NULL, &draft,
                         error));
    json_decref(form);
    json_decref(choices);
    return draft;
}

static void attached(edu_session *session, edu_id draft)
{
    edu_id paper;
    FX_OK(edu_draft_attach(session, none, draft, "diploma", "diplom.pdf", fx_bytes("%PDF-1.7\n"),
                           NULL, &paper, error));
}

static void apply(int applicant)
{
    edu_session *session = as(applicant);
    edu_request_receipt *receipt = NULL;
    edu_id draft = drafted(session, applicant, none, "+994 50 123 45 67");
    attached(session, draft);
    FX_OK(edu_request_submit(session, none, draft, NULL, &receipt, error));
    ids[applicant] = receipt->id;
    edu_free(receipt);
}

/* Who applies twice, or late. */
static void refused_to(int applicant, edu_status expected)
{
    edu_session *session = as(applicant);
    edu_request_receipt *receipt = NULL;
    edu_id draft = drafted(session, applicant, none, "+994 50 123 45 67");
    attached(session, draft);
    FX_FAILS(expected, edu_request_submit(session, none, draft, NULL, &receipt, error));
}

static void act(edu_session *session, int applicant, const char *action, const char *reason)
{
    FX_OK(edu_request_act(session, person(applicant), ids[applicant], action, reason, NULL, NULL,
                          error));
}

static void is_in(int applicant, const char *state)
{
    edu_request *one = NULL;
    FX_OK(edu_request_get(clerk, person(applicant), ids[applicant], &one, error));
    ck_assert_msg(strcmp(one->state, state) == 0, "%d: %s, not %s", applicant, one->state, state);
    edu_free(one);
}

static void holds(int applicant, int vacancy)
{
    edu_request *one = NULL;
    FX_OK(edu_request_get(clerk, person(applicant), ids[applicant], &one, error));
    ck_assert_mem_eq(&one->offering_id, &vacancies[vacancy], sizeof one->offering_id);
    edu_free(one);
}

/* ---- sittings ---- */

static edu_id sitting_at(edu_time starts)
{
    edu_sitting_input input = EDU_SITTING_INPUT_INIT;
    edu_id id;
    input.offering_id = competition;
    input.kind = "test";
    input.starts = starts;
    input.minutes = 90;
    FX_OK(edu_sitting_put(clerk, &input, NULL, &id, error));
    return id;
}

static edu_id proposed(edu_id sitting)
{
    edu_id allocation;
    FX_OK(edu_sitting_freeze(clerk, sitting, NULL, NULL, error));
    FX_OK(edu_sitting_allocate(clerk, sitting, silent, NULL, &allocation, error));
    return allocation;
}

static int64_t waiting_for(edu_id sitting)
{
    edu_sitting *one = NULL;
    FX_OK(edu_sitting_get(clerk, sitting, &one, error));
    int64_t waiting = one->waiting;
    edu_free(one);
    return waiting;
}

static void state_is(edu_id sitting, const char *state)
{
    edu_sitting *one = NULL;
    FX_OK(edu_sitting_get(clerk, sitting, &one, error));
    ck_assert_str_eq(one->state, state);
    edu_free(one);
}

static void seated(int applicant, edu_id sitting, const char *centre)
{
    edu_seat *seat = NULL;
    edu_document *slip = NULL;
    edu_session *session = as(applicant);
    FX_OK(edu_sitting_seat(session, none, ids[applicant], &seat, error));
    ck_assert_mem_eq(&seat->sitting_id, &sitting, sizeof sitting);
    ck_assert_str_eq(seat->centre, centre);
    ck_assert_str_eq(seat->title, "autumn");
    ck_assert_str_eq(seat->subject_title, "Test");
    edu_free(seat);
    FX_OK(edu_sitting_slip(session, none, ids[applicant], &slip, error));
    ck_assert_int_gt(slip->content.size, 1000);
    ck_assert_mem_eq(slip->content.data, "%PDF", 4);
    edu_free(slip);
}

static void everybody_applies(void)
{
    for (int i = 0; i < COMES_LATE; i++)
        apply(i);
}

static void everybody_is_admitted(void)
{
    everybody_applies();
    for (int i = 0; i < COMES_LATE; i++)
        act(clerk, i, "admit", NULL);
}

/* ---- judging ---- */

static void import_points(void)
{
    char csv[1024] = "number,points\n";
    edu_import_report *report = NULL;
    for (int i = 0; i < APPLICANTS; i++)
        if (points[i] >= 0)
            (void)snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "%s,%d\n", number_of(i),
                           points[i]);
    FX_OK(edu_score_import(clerk, competition, "test", fx_bytes(csv), NULL, &report, error));
    edu_free(report);
}

static void interview_all(void)
{
    static const char *const members[] = {"STF0006", "STF0007", "STF0008"}, *const logins[] = {
                                                                                "school1",
                                                                                "school2",
                                                                                "steward"};
    json_t *values = json_pack("{s:i, s:i, s:i}", "subject", 25, "teaching", 25, "speech", 10);
    edu_panel_report *report = NULL;
    for (size_t i = 0; i < 3; i++)
        FX_OK(edu_panel_put(clerk, competition, fx_person(members[i]), true, NULL, error));
    FX_OK(edu_panel_assign(clerk, competition, NULL, &report, error));
    edu_free(report);
    for (size_t i = 0; i < 3; i++) {
        edu_session *session = fx_fresh(logins[i]);
        edu_panel_work_page *page = NULL;
        FX_OK(edu_panel_works(session, NULL, 50, &page, error));
        for (size_t k = 0; k < page->count; k++)
            FX_OK(edu_panel_score(session, page->items[k].work_id, values, NULL, NULL, error));
        edu_free(page);
    }
    json_decref(values);
}

static void let_clock_run(void)
{
    int32_t done;
    while (edu_request_clock(fx_operator(), 200, &done, NULL) == EDU_OK && done > 0)
        ;
}

/* ---- the whole way ---- */

static void screen(void)
{
    edu_session *late = as(CORRECTS);
    edu_request_receipt *receipt = NULL;
    json_t *corrections = json_pack("[{s:s, s:s}]", "field", "/phone", "text", "One digit lacks");
    /* Without a diploma nothing is submitted, and what is not what it says is not taken. */
    edu_id draft = drafted(as(FIRST), FIRST, none, "+994 50 123 45 67"), paper;
    FX_FAILS(EDU_E_INVALID, edu_request_submit(as(FIRST), none, draft, NULL, &receipt, error));
    FX_FAILS(EDU_E_INVALID, edu_draft_attach(as(FIRST), none, draft, "diploma", "diplom.pdf",
                                             fx_bytes("GIF89a"), NULL, &paper, error));
    ck_assert_str_eq(fx_last_error.key, "request.document_type");
    everybody_applies();
    /* Twice. */
    refused_to(FIRST, EDU_E_CONFLICT);
    FX_OK(edu_request_act(clerk, person(CORRECTS), ids[CORRECTS], "return", NULL, corrections, NULL,
                          error));
    json_decref(corrections);
    edu_request *told = NULL;
    FX_OK(edu_request_get(late, none, ids[CORRECTS], &told, error));
    ck_assert_str_eq(told->state, "returned");
    ck_assert_str_eq(
        json_string_value(json_object_get(json_array_get(told->corrections, 0), "field")),
        "/phone");
    edu_free(told);
    draft = drafted(late, CORRECTS, ids[CORRECTS], "+994 50 123 45 68");
    FX_OK(edu_request_submit(late, none, draft, NULL, &receipt, error));
    edu_free(receipt);
    act(clerk, APPEALS, "refuse", "No diploma of this speciality");
    for (int i = 0; i < COMES_LATE; i++)
        if (i != APPEALS)
            act(clerk, i, "admit", NULL);
}

static edu_id first_sitting(void)
{
    edu_id sitting = sitting_at(fx_now() + 5 * DAY), allocation;
    edu_seat *seat = NULL;
    ck_assert_int_eq(waiting_for(sitting), COMES_LATE - 1);
    allocation = proposed(sitting);
    ck_assert_int_eq(waiting_for(sitting), 0);
    /* Who withdraws meanwhile has no seat; two people decide. */
    act(as(WITHDRAWS), WITHDRAWS, "withdraw", NULL);
    FX_FAILS(EDU_E_DENIED, edu_sitting_confirm(clerk, allocation, silent, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.same_person");
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(as(FIRST), none, ids[FIRST], &seat, error));
    FX_OK(edu_sitting_confirm(clerk2, allocation, silent, NULL, error));
    for (int i = 0; i < COMES_LATE; i++)
        if (i != APPEALS && i != WITHDRAWS)
            seated(i, sitting, i % 2 ? "C7" : "C1");
    ck_assert_str_eq(fx_last_template(person(FIRST)), "seated");
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(as(WITHDRAWS), none, ids[WITHDRAWS], &seat, error));
    return sitting;
}

static void held(edu_id sitting, int absent)
{
    edu_session *steward = NULL;
    wait(5 * DAY);
    steward = fx_fresh("steward");
    if (absent >= 0)
        FX_OK(edu_sitting_attend(steward, sitting, person(absent), false, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_sitting_close(clerk, sitting, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.not_over");
    wait(2 * HOUR);
    FX_OK(edu_sitting_close(clerk, sitting, NULL, error));
    state_is(sitting, "held");
}

START_TEST(from_the_announcement_to_the_appointment)
{
    edu_id sitting, second;
    edu_seat *seat = NULL;
    screen();
    wait(31 * DAY);
    /* Late. */
    refused_to(COMES_LATE, EDU_E_STATE);
    sitting = first_sitting();
    held(sitting, MISSES_TEST);
    is_in(MISSES_TEST, "absent");
    ck_assert_str_eq(fx_last_template(person(MISSES_TEST)), "absent");
    /* Appealed: one is let in, to another day; the other is not. */
    act(as(APPEALS), APPEALS, "ask_review", "My diploma says so on its second page");
    act(as(MISSES_TEST), MISSES_TEST, "ask_review", "I forgot");
    is_in(APPEALS, "review");
    act(clerk, APPEALS, "let_in", "It does");
    act(clerk, MISSES_TEST, "uphold", "No good reason");
    is_in(MISSES_TEST, "not_admitted");
    second = sitting_at(fx_now() + 5 * DAY);
    ck_assert_int_eq(waiting_for(second), 1);
    edu_id allocation = proposed(second);
    FX_OK(edu_sitting_confirm(clerk2, allocation, silent, NULL, error));
    seated(APPEALS, second, "C1");
    held(second, -1);
    import_points();
    act(clerk, MISSES_INTERVIEW, "no_show", NULL);
    interview_all();
    FX_OK(edu_round_propose(clerk, competition, NULL, NULL, error));
    FX_OK(edu_round_confirm(clerk2, competition, silent, NULL, error));
    is_in(CORRECTS, "not_passed");
    is_in(MISSES_INTERVIEW, "absent");
    is_in(MOVES_UP, "offered");
    holds(MOVES_UP, 3);
    is_in(NEXT, "reserve");
    is_in(FOLLOWS, "reserve");
    /* A declined offer moves up who wanted it more, and their place goes on. */
    act(as(DECLINES), DECLINES, "decline", NULL);
    is_in(MOVES_UP, "offered");
    holds(MOVES_UP, 1);
    is_in(FOLLOWS, "offered");
    holds(FOLLOWS, 3);
    act(as(FIRST), FIRST, "accept", NULL);
    act(as(MOVES_UP), MOVES_UP, "accept", NULL);
    act(as(FOLLOWS), FOLLOWS, "accept", NULL);
    wait(10 * DAY);
    let_clock_run();
    is_in(LAPSES, "lapsed");
    is_in(NEXT, "offered");
    holds(NEXT, 2);
    FX_FAILS(EDU_E_STATE,
             edu_request_act(as(LAPSES), none, ids[LAPSES], "accept", NULL, NULL, NULL, error));
    act(as(NEXT), NEXT, "accept", NULL);
    act(fx_fresh("school1"), FIRST, "appoint", NULL);
    act(clerk, MOVES_UP, "appoint", NULL);
    is_in(FIRST, "appointed");
    is_in(APPEALS, "reserve");
    act(clerk, APPEALS, "close", NULL);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM offering WHERE round_id IS NOT NULL AND "
                            "taken = places"),
                     VACANCIES);
    ck_assert_int_eq(fx_int("SELECT waiting FROM offering WHERE code = 'autumn'"), 0);
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(as(NEXT), person(FIRST), ids[FIRST], &seat, error));
    FX_OK(edu_portal_check(fx_operator(), silent, error));
}
END_TEST

/* ---- sittings, one by one ---- */

START_TEST(a_sitting_is_kept_until_its_list_is_frozen)
{
    edu_sitting_input input = EDU_SITTING_INPUT_INIT;
    edu_sitting_page *page = NULL;
    edu_sitting *one = NULL;
    edu_id id, sitting = sitting_at(FX_START + 10 * DAY);
    input.offering_id = competition;
    input.kind = "test";
    input.starts = FX_START + 9 * DAY;
    input.minutes = 60;
    FX_FAILS(EDU_E_DENIED, edu_sitting_put(fx_session("parent1"), &input, NULL, &id, error));
    input.kind = "oral";
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_put(clerk, &input, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.kind");
    input.kind = "test";
    input.minutes = 0;
    FX_FAILS(EDU_E_INVALID, edu_sitting_put(clerk, &input, NULL, &id, error));
    input.minutes = 60;
    input.id = sitting;
    FX_OK(edu_sitting_put(clerk, &input, NULL, &id, error));
    ck_assert_mem_eq(&id, &sitting, sizeof id);
    FX_FAILS(EDU_E_STATE, edu_sitting_freeze(clerk, sitting, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.nobody");
    everybody_is_admitted();
    FX_FAILS(EDU_E_DENIED, edu_sitting_freeze(fx_session("clerk.ba"), sitting, NULL, NULL, error));
    FX_OK(edu_sitting_freeze(clerk, sitting, NULL, NULL, error));
    FX_FAILS(EDU_E_STATE, edu_sitting_put(clerk, &input, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.frozen");
    FX_OK(edu_sitting_list(clerk, competition, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_int_eq(page->items[0].starts, FX_START + 9 * DAY);
    ck_assert_str_eq(page->items[0].kind, "test");
    edu_free(page);
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_get(fx_session("parent1"), sitting, &one, error));
    FX_FAILS(EDU_E_DENIED,
             edu_sitting_list(fx_session("parent1"), competition, NULL, 10, &page, error));
}
END_TEST

START_TEST(two_sittings_at_one_time_share_no_room)
{
    edu_id first = sitting_at(FX_START + 10 * DAY), second, allocation;
    everybody_is_admitted();
    allocation = proposed(first);
    FX_OK(edu_sitting_confirm(clerk2, allocation, silent, NULL, error));
    /* The mean of a region's institutions is the same metre on every engine. */
    ck_assert_int_eq(fx_int("SELECT cost_m FROM allocation"), 615234);
    /* Another competition at the same hour: both rooms are taken; an hour and a half later they are
     * free. */
    edu_id other = offered("spring", NULL, -1, NULL);
    edu_sitting_input input = EDU_SITTING_INPUT_INIT;
    edu_session *late = as(COMES_LATE);
    edu_request_receipt *receipt = NULL;
    char vacancy[EDU_ID_TEXT];
    edu_id place = offered("w0", "spring", 1, "S1"), draft;
    edu_id_format(place, vacancy);
    json_t *form = form_of(COMES_LATE, "+994 50 123 45 67"), *choices = json_pack("[s]", vacancy);
    FX_OK(edu_draft_save(late, none, other, none, form, choices, NULL, &draft, error));
    json_decref(form);
    json_decref(choices);
    attached(late, draft);
    FX_OK(edu_request_submit(late, none, draft, NULL, &receipt, error));
    ids[COMES_LATE] = receipt->id;
    edu_free(receipt);
    act(clerk, COMES_LATE, "admit", NULL);
    input.offering_id = other;
    input.kind = "test";
    input.starts = FX_START + 10 * DAY + HOUR;
    input.minutes = 60;
    FX_OK(edu_sitting_put(clerk, &input, NULL, &second, error));
    FX_OK(edu_sitting_freeze(clerk, second, NULL, NULL, error));
    FX_FAILS(EDU_E_INFEASIBLE,
             edu_sitting_allocate(clerk, second, silent, NULL, &allocation, error));
    fx_run("UPDATE sitting SET starts = starts + 1800000000 WHERE state = 'frozen'");
    FX_OK(edu_sitting_allocate(clerk, second, silent, NULL, &allocation, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM seat"), COMES_LATE + 1);
}
END_TEST

START_TEST(who_came_is_noted_by_the_steward_of_the_centre)
{
    edu_id sitting = sitting_at(FX_START + HOUR), allocation;
    edu_entry_page *page = NULL;
    edu_document *paper = NULL;
    everybody_is_admitted();
    allocation = proposed(sitting);
    FX_OK(edu_sitting_confirm(clerk2, allocation, silent, NULL, error));
    edu_session *steward = fx_session("steward");
    edu_sitting *seen = NULL;
    edu_sitting_page *served = NULL;
    FX_OK(edu_sitting_get(steward, sitting, &seen, error));
    ck_assert_str_eq(seen->kind, "test");
    edu_free(seen);
    FX_OK(edu_sitting_list(steward, none, NULL, 10, &served, error));
    ck_assert_uint_eq(served->count, 1);
    edu_free(served);
    FX_OK(edu_sitting_list(fx_session("pupil1"), none, NULL, 10, &served, error));
    ck_assert_uint_eq(served->count, 0);
    edu_free(served);
    FX_FAILS(EDU_E_STATE, edu_sitting_attend(steward, sitting, person(FIRST), true, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.not_begun");
    fx_clock_add(HOUR + FX_MINUTE);
    /* Of another centre, or not on the list. */
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_attend(steward, sitting, person(DECLINES), true, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_attend(steward, sitting, person(COMES_LATE), true, NULL, error));
    FX_FAILS(EDU_E_DENIED,
             edu_sitting_attend(fx_session("parent1"), sitting, person(FIRST), true, NULL, error));
    FX_OK(edu_sitting_attend(steward, sitting, person(FIRST), false, "a", error));
    FX_OK(edu_sitting_attend(steward, sitting, person(FIRST), false, "a", error));
    FX_OK(edu_sitting_attend(steward, sitting, person(LAPSES), false, NULL, error));
    FX_OK(edu_sitting_attend(steward, sitting, person(LAPSES), true, NULL, error));
    FX_OK(edu_sitting_attendance(steward, sitting, "C1", NULL, 50, &page, error));
    ck_assert_uint_eq(page->count, 6);
    size_t absent = 0, present = 0;
    for (size_t i = 0; i < page->count; i++) {
        const char *attendance = page->items[i].attendance;
        ck_assert_ptr_null(page->items[i].institution);
        ck_assert_str_eq(page->items[i].region, "BA");
        absent += attendance && strcmp(attendance, "absent") == 0;
        present += attendance && strcmp(attendance, "present") == 0;
    }
    ck_assert_uint_eq(absent, 1);
    ck_assert_uint_eq(present, 1);
    edu_free(page);
    FX_OK(edu_sitting_attendance_pdf(steward, sitting, "C1", &paper, error));
    ck_assert_mem_eq(paper->content.data, "%PDF", 4);
    edu_free(paper);
    wait(2 * HOUR);
    FX_FAILS(EDU_E_DENIED, edu_sitting_close(fx_fresh("steward"), sitting, NULL, error));
    FX_OK(edu_sitting_close(clerk, sitting, "c", error));
    FX_OK(edu_sitting_close(clerk, sitting, "c", error));
    FX_FAILS(EDU_E_STATE, edu_sitting_close(clerk2, sitting, NULL, error));
    is_in(FIRST, "absent");
    is_in(LAPSES, "admitted");
    FX_FAILS(EDU_E_STATE,
             edu_sitting_attend(fx_fresh("steward"), sitting, person(LAPSES), false, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.closed");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event WHERE action = 'no_show'"), 1);
}
END_TEST

START_TEST(who_has_something_else_at_that_time_is_not_on_the_list)
{
    edu_slot_input input = EDU_SLOT_INPUT_INIT;
    edu_slot_report *report = NULL;
    edu_id slot, sitting = sitting_at(FX_START + 10 * DAY);
    apply(FIRST);
    act(clerk, FIRST, "admit", NULL);
    input.offering_id = competition;
    input.kind = "interview";
    input.starts = FX_START + 10 * DAY + HOUR;
    input.minutes = 30;
    input.venue = "Bakı";
    input.places = 9;
    FX_OK(edu_slot_put(clerk, &input, NULL, &slot, error));
    FX_OK(edu_slot_fill(clerk, competition, "interview", "admitted", NULL, &report, error));
    ck_assert_int_eq(report->given, 1);
    edu_free(report);
    FX_FAILS(EDU_E_STATE, edu_sitting_freeze(clerk, sitting, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.nobody");
    apply(LAPSES);
    act(clerk, LAPSES, "admit", NULL);
    FX_OK(edu_sitting_freeze(clerk, sitting, NULL, NULL, error));
    ck_assert_int_eq(waiting_for(sitting), 1);
    /* Nor the other way round. */
    FX_OK(edu_slot_fill(clerk, competition, "interview", "admitted", NULL, &report, error));
    ck_assert_int_eq(report->given, 0);
    ck_assert_int_eq(report->lacking, 1);
    edu_free(report);
}
END_TEST

START_TEST(a_region_without_a_place_is_refused_with_how_many_it_concerns)
{
    edu_id sitting = sitting_at(FX_START + 10 * DAY);
    apply(FIRST);
    act(clerk, FIRST, "admit", NULL);
    fx_run("UPDATE centre SET region = 'GN' WHERE code = 'C7'");
    apply(DECLINES);
    act(clerk, DECLINES, "admit", NULL);
    FX_FAILS(EDU_E_STATE, edu_sitting_freeze(clerk, sitting, NULL, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "sitting.region");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM entry"), 0);
}
END_TEST

/* ---- definitions ---- */

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

START_TEST(sittings_and_moves_that_cannot_work_are_not_published)
{
    static const char *const mutations[][3] = {
        {"sittings/test/title", "{}", "/sittings/test/title"},
        {"sittings/test/state", "\"nowhere\"", "/sittings/test/state"},
        {"sittings/test/state", "\"appointed\"", "/sittings/test/state"},
        {"sittings/test/seat", "\"admit\"", "/sittings/test/seat"},
        {"sittings/test/absent", "\"withdraw\"", "/sittings/test/absent"},
        {"sittings/test/region", "\"exam_region\"", "/sittings/test/region"},
        {"sittings/test/seats", "1", "/sittings/test/seats"},
        {"states/submitted/moves_up", "true", "/states/submitted"},
        {"states/accepted/moves_up", "true", "/states/accepted"}};
    int32_t version;
    for (size_t i = 0; i < EI_COUNT(mutations); i++) {
        json_t *json = fx_example("services", "recruitment");
        put(json, mutations[i][0], json_loads(mutations[i][1], JSON_DECODE_ANY, NULL));
        FX_FAILS(EDU_E_INVALID, edu_service_publish(fx_operator(), json, NULL, &version, error));
        ck_assert_msg(strncmp(fx_last_error.field, mutations[i][2], strlen(mutations[i][2])) == 0,
                      "%s: %s: %s", mutations[i][0], fx_last_error.field, fx_last_error.message);
        json_decref(json);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recruitment");
    TCase *tests = tcase_create("recruitment");
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, from_the_announcement_to_the_appointment);
    tcase_add_test(tests, a_sitting_is_kept_until_its_list_is_frozen);
    tcase_add_test(tests, two_sittings_at_one_time_share_no_room);
    tcase_add_test(tests, who_came_is_noted_by_the_steward_of_the_centre);
    tcase_add_test(tests, who_has_something_else_at_that_time_is_not_on_the_list);
    tcase_add_test(tests, a_region_without_a_place_is_refused_with_how_many_it_concerns);
    tcase_add_test(tests, sittings_and_moves_that_cannot_work_are_not_published);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
