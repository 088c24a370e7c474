#include "postgresql/databases.h"
#include "stage.h"
#include "domain/payment/payment_store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "olympiad_world.h"

#define NO_ONE (-1)
#define TOKEN_MAX 128

const edu_id stage_made_up = {{0x01, 0x90, [6] = 0x70, [8] = 0x80, [15] = 0x77}};

/* The pupils who take part: of S00, S01 and S08. */
enum { PUPIL = 0, WARD = 4, TAUGHT = 5, OTHER = 6, NEAR = 30, FAR_PUPIL = 200, FAR = 205, FARTHER };
static const int taking_part[] = {PUPIL, WARD, TAUGHT, OTHER, NEAR, FAR_PUPIL, FAR, FARTHER};

static struct stage {
    world world;
    edu_id season[SITTINGS], sitting[SITTINGS], allocation[SITTINGS];
    edu_id staff[ACTORS]; /* the actors' own persons, where they are no pupils */
    char staff_number[ACTORS][8];
    edu_id stranger;
    edu_id appeal[WORLD_PUPILS];
    edu_id record[WORLD_PUPILS];
    edu_id invoice[WORLD_PUPILS];
    char invoice_number[WORLD_PUPILS][EI_PAPER_ID_TEXT];
    edu_id request[WORLD_PUPILS], draft[WORLD_PUPILS];
    edu_id given[WORLD_PUPILS], kept[WORLD_PUPILS];
    edu_id group, bus, work, work_document, slot, programme, announcement;
    edu_id admission[WORLD_PUPILS];
    edu_id application[WORLD_PUPILS], notification[WORLD_PUPILS], invitation[WORLD_PUPILS];
    char number[WORLD_PUPILS][8];
    char certificate[WORLD_PUPILS][EI_PAPER_ID_TEXT], asked[WORLD_PUPILS][EI_PAPER_ID_TEXT];
    char slip[EI_PAPER_ID_TEXT], corrected[EI_PAPER_ID_TEXT], code[1024];
    edu_id correction;
    char tokens[ACTORS][TOKEN_MAX];
    char folder[TEST_FOLDER_SIZE];
    edu_portal *portal;
    edu_session *sessions[ACTORS];
} stage;

/* ---- making ---- */

static edu_date pupil_birth(int pupil)
{
    return (edu_date){2012, 3, (uint8_t)(pupil % 28 + 1)};
}

static const edu_date staff_birth = {1980, 1, 2};

static void remember(enum actor actor, edu_session *session, const char *number)
{
    (void)snprintf(stage.tokens[actor], TOKEN_MAX, "%s", edu_session_token(session));
    if (number == NULL)
        return;
    (void)snprintf(stage.staff_number[actor], sizeof stage.staff_number[actor], "%s", number);
    stage.staff[actor] = fx_person(number);
}

static edu_session *enter(edu_id person, const char *login)
{
    FX_OK(edu_account_create(fx_operator(), person, login, FX_PASSWORD, NULL, error));
    return fx_session(login);
}

static void make_actors(void)
{
    const world *w = &stage.world;
    fx_import(edu_account_import_persons, "number,given,family,patronymic,birth,mail,phone\n"
                                          "ADM0001,Aygün,Şəxs,,1980-01-02,admin@example.org,\n"
                                          "SCH0008,Elnur,Şəxs,,1980-01-02,school8@example.org,\n"
                                          "HLP0001,Samir,Şəxs,,1980-01-02,helper@example.org,\n");
    enter(fx_person("HLP0001"), "helper");
    edu_id admin = fx_person("ADM0001"), school = fx_person("SCH0008");
    FX_OK(edu_account_grant(fx_operator(), admin, "admin", "", "", NULL, error));
    FX_OK(edu_account_grant(fx_operator(), school, "school", "institution", "S08", NULL, error));
    stage.stranger = fx_person(world_number(1005));
    remember(ACTOR_PUPIL, w->pupil[0], NULL);
    remember(ACTOR_GUARDIAN, w->parent, world_number(1006));
    remember(ACTOR_SCHOOL, w->school, world_number(1003));
    remember(ACTOR_CLERK_REGION, w->regional, world_number(1002));
    remember(ACTOR_CLERK, w->clerk, world_number(1000));
    remember(ACTOR_STEWARD, w->steward, world_number(1004));
    remember(ACTOR_ADMIN, enter(admin, "admin"), "ADM0001");
    remember(ACTOR_OTHER_SCHOOL, enter(school, "school8"), "SCH0008");
    remember(ACTOR_OTHER_PUPIL, enter(w->pupils[FAR_PUPIL], "pupil200"), NULL);
}

static void make_unconfirmed(void)
{
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(fx_portal(), "clerk", FX_PASSWORD, NULL, NULL, &session, error));
    char hash[65], sql[160];
    ei_hex_format(session->token_hash, sizeof session->token_hash, hash);
    (void)snprintf(sql, sizeof sql, "UPDATE sign_in SET is_confirmed = 0 WHERE token_hash = x'%s'",
                   hash);
    fx_run(sql);
    remember(ACTOR_UNCONFIRMED, fx_keep(session), NULL);
}

/* Requests of a stranger to act for the pupils, and accounts that wait for their activation. */
static void make_requests(void)
{
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        int pupil = taking_part[i];
        if (pupil != WARD)
            FX_OK(edu_account_guardian_request(stage.world.stranger, stage.number[pupil],
                                               pupil_birth(pupil), NULL, error));
        if (pupil == PUPIL || pupil == FAR_PUPIL)
            continue;
        char login[32];
        (void)snprintf(login, sizeof login, "waiting%d", pupil);
        edu_account_request request = EDU_ACCOUNT_REQUEST_INIT;
        request.login = login;
        request.password = FX_PASSWORD;
        request.number = stage.number[pupil];
        request.birth = pupil_birth(pupil);
        FX_OK(edu_account_register(fx_nobody(), &request, NULL, error));
    }
}

static void make_sittings(void)
{
    static const char *const codes[SITTINGS] = {
        "open",  "closed", "frozen", "proposed", "own",      "confirmed", "draft",
        "blind", "marked", "ranked", "results",  "appealed", "next"};
    world *w = &stage.world;
    for (int kind = 0; kind < SITTINGS; kind++) {
        world_season(w, codes[kind], WORLD_STARTS + kind * 4 * HOUR, &stage.season[kind],
                     &stage.sitting[kind]);
        if (kind == SITTING_OPEN || kind == SITTING_DRAFT || kind == SITTING_NEXT)
            continue;
        for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
            edu_id application;
            FX_OK(edu_olympiad_register(w->clerk, stage.sitting[kind], w->pupils[taking_part[i]],
                                        NULL, &application, error));
            if (kind == SITTING_CONFIRMED)
                stage.application[taking_part[i]] = application;
        }
    }
    FX_OK(edu_olympiad_season_window(w->clerk, stage.season[SITTING_OPEN], WORLD_OPENS,
                                     WORLD_STARTS, NULL, error));
    FX_OK(edu_olympiad_season_window(w->clerk, stage.season[SITTING_NEXT], WORLD_OPENS,
                                     WORLD_STARTS, NULL, error));
    fx_run("UPDATE season SET is_published = 0 WHERE code = 'draft'");
}

static void allocate(enum sitting_kind kind, edu_session *clerk)
{
    FX_OK(edu_sitting_allocate(clerk, stage.sitting[kind], (edu_progress){0}, NULL,
                               &stage.allocation[kind], error));
}

static bool has_results(enum sitting_kind kind)
{
    return kind >= SITTING_BLIND && kind <= SITTING_APPEALED;
}

static void make_allocations(void)
{
    const world *w = &stage.world;
    for (enum sitting_kind kind = 0; kind < SITTINGS; kind++)
        if ((kind >= SITTING_FROZEN && kind <= SITTING_CONFIRMED) || has_results(kind))
            FX_OK(edu_sitting_freeze(w->clerk, stage.sitting[kind], NULL, NULL, error));
    for (enum sitting_kind kind = SITTING_BLIND; kind <= SITTING_APPEALED; kind++) {
        allocate(kind, w->clerk);
        FX_OK(
            edu_sitting_confirm(w->second, stage.allocation[kind], (edu_progress){0}, NULL, error));
    }
    allocate(SITTING_PROPOSED, w->second);
    allocate(SITTING_OWN, w->clerk);
    allocate(SITTING_CONFIRMED, w->clerk);
    FX_OK(edu_sitting_confirm(w->second, stage.allocation[SITTING_CONFIRMED], (edu_progress){0},
                              NULL, error));
}

/* ---- results ---- */

static void set_rules(enum sitting_kind kind, const char *more)
{
    char text[300];
    (void)snprintf(text, sizeof text,
                   "{\"problems\":[{\"code\":\"p1\",\"max\":7}],"
                   "\"certificates\":{\"participants\":true}%s}",
                   more);
    json_t *rules = json_loads(text, 0, NULL);
    FX_OK(edu_result_rules(stage.world.clerk, stage.season[kind], rules, NULL, error));
    json_decref(rules);
}

static edu_id application_in(int pupil, enum sitting_kind kind)
{
    char person[33], season[33], sql[300];
    ei_hex_format(stage.world.pupils[pupil].bytes, sizeof(edu_id), person);
    ei_hex_format(stage.season[kind].bytes, sizeof(edu_id), season);
    (void)snprintf(sql, sizeof sql,
                   "SELECT application_id FROM entry WHERE person_id = x'%s' AND season_id = x'%s'",
                   person, season);
    return fx_id(sql);
}

static void enter_results(enum sitting_kind kind)
{
    char csv[1000] = "number,p1\n";
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        edu_seat *seat = NULL;
        FX_OK(edu_sitting_seat(stage.world.clerk, stage.world.pupils[taking_part[i]],
                               application_in(taking_part[i], kind), &seat, error));
        size_t at = strlen(csv);
        (void)snprintf(csv + at, sizeof csv - at, "%s,%d\n", seat->slip, (int)i % 8);
        if (kind == SITTING_RESULTS && taking_part[i] == NEAR)
            (void)snprintf(stage.slip, sizeof stage.slip, "%s", seat->slip);
        if (kind == SITTING_RESULTS && taking_part[i] == FARTHER)
            (void)snprintf(stage.corrected, sizeof stage.corrected, "%s", seat->slip);
        edu_free(seat);
    }
    edu_import_report *report = NULL;
    FX_OK(edu_result_import(stage.world.clerk, stage.season[kind], fx_bytes(csv), NULL, &report,
                            error));
    edu_free(report);
}

static void publish_results(enum sitting_kind kind)
{
    const world *w = &stage.world;
    int64_t issued;
    FX_OK(edu_result_propose(w->clerk, stage.season[kind], fx_now(), NULL, error));
    FX_OK(edu_result_approve(w->second, stage.season[kind], (edu_progress){0}, NULL, error));
    FX_OK(edu_result_issue(w->clerk, stage.season[kind], (edu_progress){0}, &issued, error));
}

static void certificate_number(int pupil, enum sitting_kind kind, char out[EI_PAPER_ID_TEXT])
{
    edu_certificate_page *page = NULL;
    FX_OK(
        edu_certificate_list(stage.world.clerk, stage.world.pupils[pupil], NULL, 0, &page, error));
    for (size_t i = 0; i < page->count; i++)
        if (memcmp(&page->items[i].source_id, &stage.season[kind], sizeof(edu_id)) == 0) {
            (void)snprintf(out, EI_PAPER_ID_TEXT, "%s", page->items[i].number);
            (void)snprintf(stage.code, sizeof stage.code, "%s", page->items[i].qr);
        }
    edu_free(page);
}

static void make_results(void)
{
    const world *w = &stage.world;
    int64_t invited;
    set_rules(SITTING_BLIND, ",\"blind\":true");
    for (enum sitting_kind kind = SITTING_MARKED; kind <= SITTING_APPEALED; kind++) {
        set_rules(kind, ",\"appeal_days\":3,\"advance\":{\"season\":\"next\","
                        "\"cut\":{\"points\":0}}");
        enter_results(kind);
    }
    FX_OK(edu_result_propose(w->second, stage.season[SITTING_RANKED], fx_now(), NULL, error));
    publish_results(SITTING_RESULTS);
    publish_results(SITTING_APPEALED);
    FX_OK(edu_result_invite(w->clerk, stage.season[SITTING_APPEALED], (edu_progress){0}, &invited,
                            error));
    json_t *points = json_pack("[i]", 6);
    FX_OK(edu_result_correct(w->second, stage.season[SITTING_RESULTS], stage.corrected, points,
                             "page overlooked", NULL, &stage.correction, error));
    json_decref(points);
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        int pupil = taking_part[i];
        certificate_number(pupil, SITTING_RESULTS, stage.certificate[pupil]);
        certificate_number(pupil, SITTING_APPEALED, stage.asked[pupil]);
        stage.invitation[pupil] = application_in(pupil, SITTING_NEXT);
        FX_OK(edu_certificate_revoke(w->second, stage.asked[pupil], "error", true, NULL, error));
    }
}

/* Appeals are the pupils' own; theirs are written by the guardian and by others who sign in. */
static void make_appeals(void)
{
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        int pupil = taking_part[i];
        char person[33], season[33], sql[400];
        ei_hex_format(stage.world.pupils[pupil].bytes, sizeof(edu_id), person);
        ei_hex_format(stage.season[SITTING_APPEALED].bytes, sizeof(edu_id), season);
        if (pupil == PUPIL)
            FX_OK(edu_result_appeal_make(stage.world.pupil[0], stage.world.pupils[pupil],
                                         stage.season[SITTING_APPEALED], "Look.", NULL, error));
        else if (pupil == WARD)
            FX_OK(edu_result_appeal_make(stage.world.parent, stage.world.pupils[pupil],
                                         stage.season[SITTING_APPEALED], "Look.", NULL, error));
        else {
            (void)snprintf(sql, sizeof sql,
                           "INSERT INTO guardian (guardian_id, child_id, state, source, since) "
                           "SELECT id, x'%s', 'active', 'register', 0 FROM person WHERE id = "
                           "(SELECT person_id FROM account WHERE login = 'helper')",
                           person);
            fx_run(sql);
            FX_OK(edu_result_appeal_make(fx_session("helper"), stage.world.pupils[pupil],
                                         stage.season[SITTING_APPEALED], "Look.", NULL, error));
            (void)snprintf(sql, sizeof sql,
                           "DELETE FROM guardian WHERE child_id = x'%s' AND source = 'register'",
                           person);
            fx_run(sql);
        }
    }
}

static void find_notifications(void)
{
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        int pupil = taking_part[i];
        char id[33], sql[160];
        ei_hex_format(stage.world.pupils[pupil].bytes, sizeof(edu_id), id);
        (void)snprintf(sql, sizeof sql, "SELECT id FROM notification WHERE person_id = x'%s'", id);
        stage.notification[pupil] = fx_id(sql);
        ck_assert(!ei_id_is_none(stage.notification[pupil]));
    }
}

static void copy_file(const char *from, const char *name)
{
    char to[128];
    (void)snprintf(to, sizeof to, "%s/%s", stage.folder, name);
    fx_copy_file(from, to);
}

/* What the store holds now is what copies are made of. */
static void keep_store(edu_session *operator_)
{
    char path[128];
    if (fx_is_on_server()) {
        db_keep(fx_server_store());
        return;
    }
    (void)snprintf(path, sizeof path, "%s/first.db", stage.folder);
    (void)unlink(path);
    FX_OK(edu_portal_backup(operator_, path, (edu_progress){0}, error));
}

static void keep_copy(void)
{
    fx_paths paths;
    test_folder(stage.folder);
    keep_store(fx_operator());
    fx_place(fx_folder(), &paths);
    copy_file(paths.keys, "portal.db.keys");
}

void stage_keep(void)
{
    keep_store(stage.sessions[ACTOR_OPERATOR]);
}

/* As fast as the engine can. */
static void put_copy(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[128];
    if (fx_is_on_server()) {
        db_put_back(fx_server_store());
        return;
    }
    for (size_t i = 0; i < EI_COUNT(ends); i++) {
        (void)snprintf(path, sizeof path, "%s/portal.db%s", stage.folder, ends[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/first.db", stage.folder);
    copy_file(path, "portal.db");
}

json_t *stage_calendar(const char *code)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/calendars/az.json", getenv("EDU_ROOT"));
    json_t *calendar = json_load_file(path, 0, NULL);
    ck_assert_msg(calendar != NULL, "%s", path);
    json_object_set_new(calendar, "calendar", json_string(code));
    return calendar;
}

static void publish_calendar(void)
{
    int32_t version;
    json_t *calendar = stage_calendar("staged");
    FX_OK(edu_calendar_publish(fx_operator(), calendar, NULL, &version, error));
    json_decref(calendar);
}

static void publish_reference_service(void)
{
    int32_t version;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/services/reference.json",
                   getenv("EDU_ROOT"));
    json_t *service = json_load_file(path, 0, NULL);
    FX_OK(edu_service_publish(fx_operator(), service, NULL, &version, error));
    json_decref(service);
}

static void publish_appeals(void)
{
    int32_t version;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/services/appeal.json", getenv("EDU_ROOT"));
    json_t *service = json_load_file(path, 0, NULL), *rules = stage_appeal_rules();
    publish_reference_service();
    FX_OK(edu_service_publish(fx_operator(), service, NULL, &version, error));
    FX_OK(edu_appeal_rules_publish(fx_operator(), rules, NULL, &version, error));
    json_decref(service);
    json_decref(rules);
}

json_t *stage_appeal_rules(void)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/appeals/az.json", getenv("EDU_ROOT"));
    json_t *rules = json_load_file(path, 0, NULL);
    ck_assert_msg(rules != NULL, "%s", path);
    json_object_set_new(rules, "calendar", json_string("staged"));
    return rules;
}

/* An appeal of each, with a file; the steward is also the head of a department that has one of
 * them. */
static void make_citizens_appeals(void)
{
    publish_appeals();
    FX_OK(edu_account_grant(fx_operator(), stage.staff[ACTOR_STEWARD], "head", "department",
                            "schools", NULL, error));
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        int pupil = taking_part[i];
        edu_appeal_receipt *receipt = NULL;
        edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
        input.channel = "hotline";
        input.person_id = stage.world.pupils[pupil];
        input.category = "building";
        input.text = "words";
        FX_OK(edu_appeal_submit(stage.world.clerk, &input, NULL, &receipt, error));
        stage.appeal[pupil] = receipt->id;
        FX_OK(edu_appeal_attach(stage.world.clerk, receipt->person_id, receipt->id, "scan.pdf",
                                fx_bytes("%PDF-1.7 "), false, NULL, error));
        edu_free(receipt);
    }
    FX_OK(edu_appeal_route(stage.world.clerk, stage.world.pupils[TAUGHT], stage.appeal[TAUGHT],
                           NULL, NULL, "schools", NULL, error));
}

static const char *school_of(int pupil)
{
    static const char *const schools[] = {"S00", "S01", [8] = "S08"};
    return schools[pupil / WORLD_PER_SCHOOL];
}

json_t *stage_reference(const char *code)
{
    return json_pack("{s:s, s:{s:s}, s:{s:s}, s:s, s:{s:s}, s:[s], s:[s]}", "reference", code,
                     "title", "en", "Lesson", "summary", "en", "A lesson", "register", "lessons",
                     "text", "en", "{holder}: {subject}", "fields", "subject", "qr", "subject");
}

/* A record of each in a register of their schools. */
static void make_records(void)
{
    int32_t version;
    json_t *form = json_pack("{s:s, s:{s:s}, s:b, s:[{s:s, s:{s:s}, s:s}], s:[]}", "register",
                             "lessons", "title", "en", "Lessons", "institutions", 1, "columns",
                             "name", "subject", "title", "en", "Subject", "kind", "text", "key");
    FX_OK(edu_register_publish(fx_operator(), form, NULL, &version, error));
    json_decref(form);
    json_t *type = stage_reference("lesson");
    FX_OK(edu_reference_publish(fx_operator(), type, NULL, &version, error));
    json_decref(type);
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        int pupil = taking_part[i];
        edu_import_report *report = NULL;
        edu_register_record_page *page = NULL;
        char text[256];
        (void)snprintf(text, sizeof text, "number,institution,subject\n%s,%s,chess\n",
                       stage.number[pupil], school_of(pupil));
        FX_OK(edu_register_import(fx_operator(), "lessons", fx_bytes(text), NULL, &report, error));
        edu_free(report);
        FX_OK(edu_register_records(stage.world.clerk, stage.world.pupils[pupil], NULL, 0, &page,
                                   error));
        stage.record[pupil] = page->items[0].id;
        edu_free(page);
    }
}

typedef struct owing {
    int pupil;
    edu_id made;
} owing;

static edu_status owe_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    owing *work = command->context;
    json_t *title = json_pack("{s:s}", "en", "Lessons");
    ei_invoice_plan plan = {.person = stage.world.pupils[work->pupil],
                            .kind = "lessons",
                            .title = title,
                            .currency = "AZN",
                            .amount = 100};
    edu_status status = ei_invoice_make(command, tx, &plan, &work->made, error);
    json_decref(title);
    return status;
}

/* An invoice of each, and a key of the bank where they would pay. */
static void make_invoices(void)
{
    FX_OK(edu_payment_key_add(fx_operator(), "staged", "hmac-sha256",
                              fx_bytes("a secret of the bank, 32 bytes..."), NULL, error));
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        owing work = {.pupil = taking_part[i]};
        edu_invoice *made = NULL;
        ei_command command = {
            .session = fx_operator(), .name = "stage", .run = owe_run, .context = &work};
        FX_OK(ei_command_run(&command, error));
        FX_OK(edu_payment_get(fx_operator(), stage.world.pupils[work.pupil], work.made, &made,
                              error));
        stage.invoice[work.pupil] = made->id;
        (void)snprintf(stage.invoice_number[work.pupil], EI_PAPER_ID_TEXT, "%s", made->number);
        edu_free(made);
    }
}

static json_t *in_all_languages(const char *text)
{
    return json_pack("{s:s, s:s, s:s}", "az", text, "en", text, "ru", text);
}

static json_t *sheet_by(const char *by, const char *criterion)
{
    json_t *sheet =
        json_pack("{s:o, s:s, s:[{s:s, s:o, s:i}]}", "title", in_all_languages("Need"), "by", by,
                  "criteria", "code", criterion, "title", in_all_languages("Distance"), "max", 10);
    if (strcmp(by, "panel") == 0)
        json_object_set_new(sheet, "members", json_integer(1));
    return sheet;
}

/* How far the way is, scored by a clerk and by a panel of one. */
static void add_scores(json_t *service)
{
    json_t *approve = json_object_get(json_object_get(service, "actions"), "approve");
    json_array_append_new(json_object_get(approve, "by"), json_string("system"));
    json_object_set_new(service, "scores",
                        json_pack("{s:o, s:o}", "need", sheet_by("clerk", "distance"), "visit",
                                  sheet_by("panel", "way")));
    json_object_set_new(service, "ranking", json_pack("[{s:s}]", "score", "need"));
    json_object_set_new(service, "place", json_string("approve"));
    json_object_set_new(service, "slots",
                        json_pack("{s:{s:o}}", "visit", "title", in_all_languages("Visit")));
    json_object_set_new(service, "sittings",
                        json_pack("{s:{s:o, s:s, s:s}}", "way", "title", in_all_languages("Way"),
                                  "state", "submitted", "seat", "approve"));
}

/* A clerk may have found out what is to be paid. */
static void add_tuition(json_t *service)
{
    json_t *states = json_object_get(service, "states"),
           *actions = json_object_get(service, "actions");
    json_object_set_new(
        states, "billing",
        json_pack("{s:o, s:b}", "title", in_all_languages("Billing"), "assesses", 1));
    json_object_set_new(states, "billed", json_pack("{s:o}", "title", in_all_languages("Billed")));
    static const char *const steps[][4] = {{"assess", "submitted", "billing", "clerk"},
                                           {"bill", "billing", "billed", "system"},
                                           {"free", "billing", "submitted", "system"},
                                           {"pay", "billed", "submitted", "system"}};
    for (size_t i = 0; i < EI_COUNT(steps); i++)
        json_object_set_new(actions, steps[i][0],
                            json_pack("{s:o, s:[s], s:s, s:[s]}", "title",
                                      in_all_languages(steps[i][0]), "from", steps[i][1], "to",
                                      steps[i][2], "by", steps[i][3]));
    json_object_set_new(service, "tuition",
                        json_pack("{s:o, s:s, s:{s:{s:o}}, s:s, s:s, s:s}", "title",
                                  in_all_languages("Tuition"), "currency", "AZN", "fundings",
                                  "paid", "title", in_all_languages("Paid"), "due", "bill", "paid",
                                  "pay", "nothing", "free"));
}

static void make_panel(void)
{
    edu_panel_report *report = NULL;
    FX_OK(
        edu_panel_put(stage.world.clerk, stage.bus, stage.staff[ACTOR_STEWARD], true, NULL, error));
    FX_OK(edu_panel_assign(stage.world.clerk, stage.bus, NULL, &report, error));
    edu_free(report);
    stage.work = fx_id("SELECT work_id FROM panel_task ORDER BY work_id LIMIT 1");
    stage.work_document =
        fx_id("SELECT l.document_id FROM panel_task t JOIN request_document l ON l.person_id = "
              "t.person_id AND l.request_id = t.request_id ORDER BY t.work_id LIMIT 1");
}

static void make_sitting(void)
{
    edu_sitting_input input = EDU_SITTING_INPUT_INIT;
    edu_id id;
    input.offering_id = stage.bus;
    input.kind = "way";
    input.starts = fx_now() + FX_MINUTE;
    input.minutes = 10;
    FX_OK(edu_sitting_put(stage.world.clerk, &input, NULL, &id, error));
}

static void make_slot(void)
{
    edu_slot_report *report = NULL;
    edu_slot_input input = EDU_SLOT_INPUT_INIT;
    input.offering_id = stage.bus;
    input.kind = "visit";
    input.starts = fx_now() + FX_MINUTE;
    input.minutes = 10;
    input.venue = "Room 1";
    input.places = 100;
    FX_OK(edu_slot_put(stage.world.clerk, &input, NULL, &stage.slot, error));
    FX_OK(edu_slot_fill(stage.world.clerk, stage.bus, "visit", "submitted", NULL, &report, error));
    edu_free(report);
}

static void make_announcement(void)
{
    edu_announcement_input input = EDU_ANNOUNCEMENT_INPUT_INIT;
    input.service = "club";
    input.offering_id = stage.group;
    input.title = json_pack("{s:s}", "en", "A free lesson");
    input.text = json_pack("{s:s}", "en", "On Sunday.");
    FX_OK(edu_announcement_put(stage.world.clerk, &input, NULL, &stage.announcement, error));
    json_decref(input.title);
    json_decref(input.text);
}

/* Whoever applies may give a certificate. */
static void add_documents(json_t *service)
{
    json_t *title = json_object_get(service, "title");
    json_t *kinds = json_pack("[{s:s, s:O, s:[s], s:i, s:i, s:b}]", "code", "proof", "title", title,
                              "types", "application/pdf", "least", 0, "most", 3, "for_panel", 1);
    json_object_set_new(json_object_get(service, "request"), "documents", kinds);
}

static edu_id attached(int pupil, edu_id draft)
{
    edu_id id;
    FX_OK(edu_draft_attach(stage.world.clerk, stage.world.pupils[pupil], draft, "proof", "a.pdf",
                           fx_bytes("%PDF-1.7 x"), NULL, &id, error));
    return id;
}

static void publish_ordinary(const char *name)
{
    int32_t version;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/services/%s.json", getenv("EDU_ROOT"),
                   name);
    json_t *service = json_load_file(path, 0, NULL);
    json_object_set_new(service, "calendar", json_string("staged"));
    if (strcmp(name, "school_bus") == 0) {
        add_scores(service);
        add_tuition(service);
    }
    add_documents(service);
    FX_OK(edu_service_publish(fx_operator(), service, NULL, &version, error));
    json_decref(service);
}

static edu_id saved(int pupil, edu_id offering, json_t *form)
{
    edu_id draft;
    FX_OK(edu_draft_save(stage.world.clerk, stage.world.pupils[pupil], offering, (edu_id){{0}},
                         form, NULL, NULL, &draft, error));
    json_decref(form);
    return draft;
}

/* A request for the bus of each, and a draft of their own for a group of S00. */
static void make_bus_requests(void)
{
    publish_ordinary("school_bus");
    publish_ordinary("club");
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "club";
    input.code = "staged";
    input.title = json_pack("{s:s}", "en", "Chess");
    input.institution = "S00";
    input.opens = 1;
    input.closes = FX_START + 1000000 * FX_MINUTE;
    input.is_published = true;
    FX_OK(edu_offering_put(stage.world.clerk, &input, NULL, &stage.group, error));
    json_decref(input.title);
    edu_id bus = stage.bus = fx_id("SELECT id FROM offering WHERE service = 'school_bus'");
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        int pupil = taking_part[i];
        edu_request_receipt *receipt = NULL;
        edu_id draft =
            saved(pupil, bus,
                  json_pack("{s:i, s:[s], s:s, s:b, s:{s:s, s:s}, s:b}", "grade", 5, "ways", "home",
                            "stop", "market", "needs_help", 0, "contact", "name", "Leyla Quliyeva",
                            "telephone", "+994 50 123 45 67", "consent", 1));
        stage.given[pupil] = attached(pupil, draft);
        FX_OK(edu_request_submit(stage.world.clerk, stage.world.pupils[pupil], draft, NULL,
                                 &receipt, error));
        stage.request[pupil] = receipt->id;
        edu_free(receipt);
        stage.draft[pupil] =
            saved(pupil, stage.group, json_pack("{s:s}", "phone", "+994501234567"));
        stage.kept[pupil] = attached(pupil, stage.draft[pupil]);
    }
    fx_run("UPDATE draft SET is_staffs = 0");
    make_panel();
    make_slot();
    make_sitting();
    make_announcement();
    FX_OK(edu_tuition_put(stage.world.clerk, bus, "paid", 100, NULL, error));
}

static void publish_admission(void)
{
    int32_t version;
    json_t *service = fx_example("services", "admission");
    json_object_set_new(service, "calendar", json_string("staged"));
    FX_OK(edu_service_publish(fx_operator(), service, NULL, &version, error));
    json_decref(service);
}

/* A programme of each school; its registration is over. */
static edu_id programme_of(const char *institution)
{
    edu_id id;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    char code[16] = "p-";
    for (size_t i = 0; institution[i]; i++)
        code[i + 2] = (char)(institution[i] | 0x20);
    input.service = "admission";
    input.code = code;
    input.title = json_pack("{s:s}", "en", "Physics");
    input.institution = institution;
    input.opens = 1;
    input.closes = 2;
    input.is_published = true;
    FX_OK(edu_offering_put(stage.world.clerk, &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

static void make_admissions(void)
{
    edu_import_report *report = NULL;
    char text[4096] = "number,institution,programme,level,funding,year\n";
    publish_admission();
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        const char *school = school_of(taking_part[i]);
        edu_id programme = programme_of(school);
        if (strcmp(school, "S00") == 0)
            stage.programme = programme;
        size_t end = strlen(text);
        (void)snprintf(text + end, sizeof text - end, "%s,%s,p-s%s,higher,state,2026\n",
                       stage.number[taking_part[i]], school, school + 1);
    }
    FX_OK(edu_admission_import(fx_operator(), "admission", "exam", fx_bytes(text), NULL, &report,
                               error));
    edu_free(report);
    for (size_t i = 0; i < EI_COUNT(taking_part); i++) {
        edu_admission_page *page = NULL;
        edu_id person = stage.world.pupils[taking_part[i]];
        FX_OK(edu_admission_list(fx_operator(), person, NULL, 0, &page, error));
        stage.admission[taking_part[i]] = page->items[0].id;
        edu_free(page);
    }
}

edu_id stage_group(void)
{
    return stage.group;
}

edu_id stage_programme(void)
{
    return stage.programme;
}

edu_id stage_announcement(void)
{
    return stage.announcement;
}

edu_id stage_slot(void)
{
    return stage.slot;
}

edu_id stage_work(void)
{
    return stage.work;
}

edu_id stage_work_document(void)
{
    return stage.work_document;
}

edu_id stage_bus(void)
{
    return stage.bus;
}

void stage_build(void)
{
    world_make(&stage.world);
    for (int i = 0; i < WORLD_PUPILS; i++)
        (void)snprintf(stage.number[i], sizeof stage.number[i], "%s", world_number(i));
    make_actors();
    make_unconfirmed();
    make_requests();
    make_sittings();
    fx_clock_set(WORLD_CLOSES + 1);
    make_allocations();
    make_results();
    make_appeals();
    publish_calendar();
    make_citizens_appeals();
    make_records();
    make_invoices();
    make_bus_requests();
    make_admissions();
    find_notifications();
    fx_run("DELETE FROM person_reading"); /* of those who made it */
    fx_run("DELETE FROM list_reading");
    keep_copy();
    fx_teardown();
}

void stage_remove(void)
{
    fx_remove_folder(stage.folder);
}

/* ---- a copy at work ---- */

static edu_time fixed_clock(void *context)
{
    return fx_now();
}

static edu_status take_message(void *context, const edu_message *message, edu_error *error)
{
    return EDU_OK;
}

void stage_close(void)
{
    for (int actor = 0; actor < ACTORS; actor++)
        edu_session_close(stage.sessions[actor]);
    edu_portal_close(stage.portal);
    memset(stage.sessions, 0, sizeof stage.sessions);
    stage.portal = NULL;
}

/* A block of numbers is leased and the rules are read, so that no call does it. */
static void warm_up(void)
{
    edu_appeal_rules *rules = NULL;
    ei_command command = {.session = stage.sessions[ACTOR_NOBODY]};
    FX_OK(ei_serial_reserve(&command, error));
    FX_OK(edu_appeal_rules_get(stage.sessions[ACTOR_NOBODY], &rules, error));
    edu_free(rules);
}

edu_portal *stage_portal_of(edu_random random)
{
    fx_paths paths;
    edu_portal *portal = NULL;
    fx_place(stage.folder, &paths);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = paths.store;
    options.keys = paths.keys;
    options.staff_second_factor = false;
    options.password_operations = 1;
    options.password_memory = 8192;
    options.payment_page = "https://bank.example/pay";
    edu_environment environment = {
        .clock = {fixed_clock, NULL}, .random = random, .notifier = {take_message, NULL}};
    FX_OK(edu_portal_open(&options, &environment, &portal, error));
    return portal;
}

void stage_reopen(void)
{
    stage_close();
    stage.portal = stage_portal_of(fx_random());
    for (int actor = 0; actor < ACTORS; actor++) {
        edu_session **session = &stage.sessions[actor];
        if (actor == ACTOR_NOBODY)
            FX_OK(edu_session_open(stage.portal, NULL, session, error));
        else if (actor == ACTOR_OPERATOR)
            FX_OK(edu_session_operator(stage.portal, session, error));
        else
            FX_OK(edu_session_resume(stage.portal, stage.tokens[actor], session, error));
    }
    warm_up();
}

void stage_open(void)
{
    stage_close();
    put_copy();
    stage_reopen();
}

edu_session *stage_session(enum actor actor)
{
    return stage.sessions[actor];
}

edu_portal *stage_portal(void)
{
    return stage.portal;
}

const char *stage_folder(void)
{
    return stage.folder;
}

edu_id stage_pupil(int pupil)
{
    return stage.world.pupils[pupil];
}

edu_id stage_season(enum sitting_kind kind)
{
    return stage.season[kind];
}

edu_id stage_sitting(enum sitting_kind kind)
{
    return stage.sitting[kind];
}

edu_id stage_allocation(enum sitting_kind kind)
{
    return stage.allocation[kind];
}

const char *stage_slip(void)
{
    return stage.slip;
}

edu_id stage_correction(void)
{
    return stage.correction;
}

const char *stage_code(void)
{
    return stage.code;
}

/* ---- targets ---- */

static const struct {
    int own, institutions, others;
} pupils_of[ACTORS] = {
    [ACTOR_NOBODY] = {NO_ONE, NO_ONE, OTHER},
    [ACTOR_PUPIL] = {PUPIL, NO_ONE, OTHER},
    [ACTOR_GUARDIAN] = {NO_ONE, NO_ONE, OTHER},
    [ACTOR_SCHOOL] = {NO_ONE, TAUGHT, NEAR},
    [ACTOR_CLERK_REGION] = {NO_ONE, NEAR, FARTHER},
    [ACTOR_CLERK] = {NO_ONE, NEAR, FARTHER},
    [ACTOR_STEWARD] = {NO_ONE, TAUGHT, FARTHER}, /* the former sits in the steward's centre */
    [ACTOR_ADMIN] = {NO_ONE, NEAR, FARTHER},
    [ACTOR_OPERATOR] = {NO_ONE, NEAR, FARTHER},
    [ACTOR_OTHER_SCHOOL] = {NO_ONE, FAR, OTHER},
    [ACTOR_OTHER_PUPIL] = {FAR_PUPIL, NO_ONE, OTHER},
    [ACTOR_UNCONFIRMED] = {NO_ONE, NO_ONE, OTHER},
};

static target pupil_target(int pupil)
{
    return (target){.person = stage.world.pupils[pupil],
                    .application = stage.application[pupil],
                    .appeal = stage.appeal[pupil],
                    .record = stage.record[pupil],
                    .invoice = stage.invoice[pupil],
                    .invoice_number = stage.invoice_number[pupil],
                    .request = stage.request[pupil],
                    .draft = stage.draft[pupil],
                    .given = stage.given[pupil],
                    .kept = stage.kept[pupil],
                    .notification = stage.notification[pupil],
                    .guardian = pupil == WARD ? stage.staff[ACTOR_GUARDIAN] : stage.stranger,
                    .invitation = stage.invitation[pupil],
                    .number = stage.number[pupil],
                    .certificate = stage.certificate[pupil],
                    .asked = stage.asked[pupil],
                    .birth = pupil_birth(pupil),
                    .institution = school_of(pupil),
                    .admission = stage.admission[pupil]};
}

/* Somebody who is no pupil, or nobody at all: what would belong to them is made up. */
static target adult_target(edu_id person, const char *number)
{
    return (target){.person = person,
                    .application = stage_made_up,
                    .appeal = stage_made_up,
                    .record = stage_made_up,
                    .admission = stage_made_up,
                    .invoice = stage_made_up,
                    .invoice_number = "00000000000000000",
                    .request = stage_made_up,
                    .draft = stage_made_up,
                    .given = stage_made_up,
                    .kept = stage_made_up,
                    .notification = stage_made_up,
                    .invitation = stage_made_up,
                    .guardian = stage.stranger,
                    .number = number,
                    .certificate = "00000000000000000",
                    .asked = "00000000000000000",
                    .birth = staff_birth,
                    .institution = "S99"};
}

static target pupil_or_self(enum actor actor, int pupil)
{
    if (pupil != NO_ONE)
        return pupil_target(pupil);
    return adult_target(stage.staff[actor], stage.staff_number[actor]);
}

/* The person whom the actor may see best. */
static target seen_target(enum actor actor)
{
    if (actor == ACTOR_GUARDIAN)
        return pupil_target(WARD);
    if (pupils_of[actor].institutions != NO_ONE)
        return pupil_target(pupils_of[actor].institutions);
    return pupil_target(pupils_of[actor].own != NO_ONE ? pupils_of[actor].own : PUPIL);
}

static target mixed_target(enum actor actor)
{
    target made = seen_target(actor), other = pupil_target(pupils_of[actor].others);
    made.application = other.application;
    made.appeal = other.appeal;
    made.record = other.record;
    made.admission = other.admission;
    made.invoice = other.invoice;
    made.request = other.request;
    made.draft = other.draft;
    made.given = other.given;
    made.kept = other.kept;
    made.notification = other.notification;
    made.invitation = other.invitation;
    return made;
}

static target find_target(enum actor actor, enum target_kind kind)
{
    switch (kind) {
    case TARGET_OWN:
        return pupil_or_self(actor, pupils_of[actor].own);
    case TARGET_WARDS:
        return pupil_target(WARD);
    case TARGET_INSTITUTIONS:
        return pupil_or_self(actor, pupils_of[actor].institutions);
    case TARGET_OTHERS:
        return pupil_target(pupils_of[actor].others);
    case TARGET_MIXED:
        return mixed_target(actor);
    default:
        return adult_target(stage_made_up, STAGE_MADE_UP_NUMBER);
    }
}

target stage_target(enum actor actor, enum target_kind kind)
{
    target made = find_target(actor, kind);
    made.kind = kind;
    return made;
}
