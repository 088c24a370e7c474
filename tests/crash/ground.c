#include "crash/ground.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/round.h>

#define VACANCIES 60
#define CHOICES 3
/* Behind the sittings of the stage, so that nobody sits two at once. */
#define CROWD_STARTS (WORLD_STARTS + (SITTINGS + 1) * 4 * HOUR)
#define WON_STARTS (WORLD_STARTS + (SITTINGS + 2) * 4 * HOUR)

struct ground ground;
static char tokens[WORKERS][128];

static const edu_id none = {{0}};

/* ---- who works ---- */

static void sign_in(worker who, const char *login)
{
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(stage_portal(), login, FX_PASSWORD, NULL, NULL, &session, error));
    (void)snprintf(tokens[who], sizeof tokens[who], "%s", edu_session_token(session));
    edu_session_close(session);
}

static void make_workers(void)
{
    static const char *const logins[WORKERS] = {"clerk",  "second", "admin", "pupil0",
                                                "pupil1", "pupil2", "parent"};
    static const int payers[PAYERS] = {0, 1, 2, 4};
    for (worker who = 0; who < WORKERS; who++)
        sign_in(who, logins[who]);
    for (int i = 0; i < PAYERS; i++)
        ground.payers[i] = stage_pupil(payers[i]);
    FX_OK(edu_account_grant(stage_session(ACTOR_OPERATOR),
                            stage_target(ACTOR_ADMIN, TARGET_OWN).person, "finance", "", "", NULL,
                            error));
}

edu_session *ground_enter(edu_portal *portal, worker who)
{
    edu_session *session = NULL;
    FX_OK(edu_session_resume(portal, tokens[who], &session, error));
    return session;
}

/* ---- sittings ---- */

/* A season whose list is frozen, of the first so many pupils. */
static void freeze_season(const char *code, edu_time starts, int count, edu_id *season,
                          edu_id *sitting, edu_id *applications)
{
    world w = {.clerk = stage_session(ACTOR_CLERK)};
    world_season(&w, code, starts, season, sitting);
    FX_OK(edu_olympiad_season_window(w.clerk, *season, WORLD_OPENS, WORLD_STARTS, NULL, error));
    for (int i = 0; i < count; i++)
        FX_OK(edu_olympiad_register(w.clerk, *sitting, stage_pupil(i), NULL, &applications[i],
                                    error));
    FX_OK(edu_olympiad_season_window(w.clerk, *season, WORLD_OPENS, fx_now(), NULL, error));
    FX_OK(edu_sitting_freeze(w.clerk, *sitting, NULL, NULL, error));
}

static void give_points(edu_session *clerk, const edu_id *applications)
{
    edu_import_report *report = NULL;
    char *csv = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&csv, &size);
    (void)fputs("number,p1\n", file);
    for (int i = 0; i < WINNERS; i++) {
        edu_seat *seat = NULL;
        FX_OK(edu_sitting_seat(clerk, stage_pupil(i), applications[i], &seat, error));
        (void)fprintf(file, "%s,%d\n", seat->slip, i % 8);
        edu_free(seat);
    }
    ck_assert_int_eq(fclose(file), 0);
    FX_OK(edu_result_import(clerk, ground.won, fx_bytes(csv), NULL, &report, error));
    edu_free(report);
    free(csv);
}

/* Everybody who took part is to get a certificate once a second person approves. */
static void make_results(edu_session *second)
{
    edu_session *clerk = stage_session(ACTOR_CLERK);
    edu_id sitting, allocation, applications[WINNERS];
    freeze_season("won", WON_STARTS, WINNERS, &ground.won, &sitting, applications);
    FX_OK(edu_sitting_allocate(clerk, sitting, (edu_progress){0}, NULL, &allocation, error));
    FX_OK(edu_sitting_confirm(second, allocation, (edu_progress){0}, NULL, error));
    json_t *rules = json_pack("{s:[{s:s, s:i}], s:{s:b}}", "problems", "code", "p1", "max", 7,
                              "certificates", "participants", 1);
    FX_OK(edu_result_rules(clerk, ground.won, rules, NULL, error));
    json_decref(rules);
    give_points(clerk, applications);
    FX_OK(edu_result_propose(second, ground.won, fx_now(), NULL, error));
}

/* ---- offerings ---- */

static edu_id put_offering(const char *service, const char *code, const char *round, int places,
                           bool by_round, edu_time closes)
{
    edu_id id;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = service;
    input.code = code;
    input.round = round;
    input.title = json_pack("{s:s}", "en", code);
    input.institution = "S00";
    input.opens = 1;
    input.closes = closes;
    input.is_published = true;
    input.by_round = by_round;
    input.places = places;
    FX_OK(edu_offering_put(stage_session(ACTOR_CLERK), &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

static void make_groups(void)
{
    for (int i = 0; i < GROUPS; i++) {
        char code[16];
        (void)snprintf(code, sizeof code, "group-%d", i);
        ground.groups[i] =
            put_offering("club", code, NULL, GROUP_PLACES, false, fx_now() + 1000 * HOUR);
    }
}

/* Without papers and interviews; a clerk may decline for somebody. */
static void publish_recruitment(void)
{
    json_t *service = fx_example("services", "recruitment"),
           *request = json_object_get(service, "request"),
           *decline = json_object_get(json_object_get(service, "actions"), "decline");
    int32_t version;
    json_object_set_new(service, "calendar", json_string("staged"));
    json_object_del(request, "documents");
    json_object_del(request, "ages");
    json_object_del(json_object_get(service, "scores"), "interview");
    json_object_set_new(service, "ranking", json_pack("[{s:s}, s]", "score", "test", "lottery"));
    json_array_append_new(json_object_get(decline, "by"), json_string("clerk"));
    FX_OK(edu_service_publish(stage_session(ACTOR_OPERATOR), service, NULL, &version, error));
    json_decref(service);
}

static edu_id apply(int pupil, json_t *choices)
{
    edu_session *clerk = stage_session(ACTOR_CLERK);
    edu_id draft, person = stage_pupil(pupil);
    edu_request_receipt *receipt = NULL;
    json_t *form =
        json_pack("{s:s, s:s, s:s, s:i, s:s}", "phone", "+994 50 123 45 67", "education", "master",
                  "speciality", "Welding", "years_of_work", 1, "exam_region", "BA");
    FX_OK(edu_draft_save(clerk, person, ground.competition, none, form, choices, NULL, &draft,
                         error));
    FX_OK(edu_request_submit(clerk, person, draft, NULL, &receipt, error));
    edu_id id = receipt->id;
    FX_OK(edu_request_act(clerk, person, id, "admit", NULL, NULL, NULL, error));
    edu_free(receipt);
    json_decref(form);
    json_decref(choices);
    return id;
}

/* Some of the vacancies, the same in every run. */
static json_t *choose(const edu_id *vacancies, int pupil)
{
    json_t *choices = json_array();
    for (int i = 0; i < CHOICES; i++) {
        char id[EDU_ID_TEXT];
        edu_id_format(vacancies[(pupil * (i + 1) + i * 17) % VACANCIES / CHOICES * CHOICES + i],
                      id);
        json_array_append_new(choices, json_string(id));
    }
    return choices;
}

static void make_competition(void)
{
    edu_id vacancies[VACANCIES];
    edu_import_report *report = NULL;
    char *csv = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&csv, &size);
    publish_recruitment();
    ground.competition = put_offering("recruitment", "autumn", NULL, -1, true, fx_now() + HOUR);
    for (int i = 0; i < VACANCIES; i++) {
        char code[16];
        (void)snprintf(code, sizeof code, "v%d", i);
        vacancies[i] =
            put_offering("recruitment", code, "autumn", 1 + i % 4, true, fx_now() + HOUR);
    }
    (void)fputs("number,points\n", file);
    for (int i = 0; i < APPLICANTS; i++) {
        ground.applicants[i] = apply(i, choose(vacancies, i));
        (void)fprintf(file, "%s,%d\n", world_number(i), 40 + i * 7 % 60);
    }
    ck_assert_int_eq(fclose(file), 0);
    FX_OK(edu_score_import(stage_session(ACTOR_CLERK), ground.competition, "test", fx_bytes(csv),
                           NULL, &report, error));
    edu_free(report);
    free(csv);
    (void)put_offering("recruitment", "autumn", NULL, -1, true, fx_now());
    FX_OK(edu_round_propose(stage_session(ACTOR_CLERK), ground.competition, NULL, NULL, error));
}

/* ---- the whole ---- */

/* A record of each payer, of which a reference is made. */
static void make_records(void)
{
    for (int i = 0; i < PAYERS; i++) {
        static const int pupils[PAYERS] = {0, 1, 2, 4};
        edu_import_report *report = NULL;
        edu_register_record_page *page = NULL;
        char text[128];
        (void)snprintf(text, sizeof text, "number,institution,subject\n%s,S00,chess\n",
                       world_number(pupils[i]));
        FX_OK(edu_register_import(stage_session(ACTOR_OPERATOR), "lessons", fx_bytes(text), NULL,
                                  &report, error));
        FX_OK(edu_register_records(stage_session(ACTOR_CLERK), ground.payers[i], NULL, 0, &page,
                                   error));
        ground.records[i] = page->items[0].id;
        edu_free(report);
        edu_free(page);
    }
}

void ground_make(void)
{
    stage_open();
    make_workers();
    make_records();
    edu_session *second = ground_enter(stage_portal(), WORKER_SECOND);
    make_results(second);
    edu_session_close(second);
    freeze_season("crowd", CROWD_STARTS, WORLD_PUPILS, &ground.season, &ground.sitting,
                  ground.crowd);
    make_groups();
    make_competition();
    stage_keep();
    stage_close();
}
