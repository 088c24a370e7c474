#include "olympiad_world.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

edu_time world_now;

static edu_time world_clock(void *context)
{
    (void)context;
    return world_now;
}

/* ---- files ---- */

static char *number_of(int person)
{
    static char number[8];
    static const char digits[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    int value = person + 34;
    for (int i = 6; i >= 0; i--) {
        number[i] = digits[value % 34];
        value /= 34;
    }
    return number;
}

typedef edu_status (*import_fn)(edu_session *, edu_bytes, const char *, edu_import_report **,
                                edu_error *);

static void import_text(edu_session *session, import_fn import, const char *text)
{
    edu_import_report *report = NULL;
    ok(import(session, (edu_bytes){text, strlen(text)}, NULL, &report, error));
    ck_assert_int_gt(report->added, 0);
    edu_free(report);
}

typedef void (*lines_fn)(FILE *file);

static void import_lines(edu_session *session, import_fn import, lines_fn lines)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(file);
    lines(file);
    fclose(file);
    import_text(session, import, text);
    free(text);
}

static const char regions[] = "code,name\n"
                              "baku,az=Bakı|en=Baku\n"
                              "sheki,az=Şəki|en=Sheki\n"
                              "nakh,az=Naxçıvan|en=Nakhchivan\n";

static void school_lines(FILE *file)
{
    fputs("code,name,kind,region,address,latitude,longitude,zone\n", file);
    for (int i = 0; i < WORLD_SCHOOLS; i++) {
        const char *region = i < 8 ? "baku" : i < 10 ? "sheki" : "nakh";
        double latitude = i < 8 ? 40.35 + 0.013 * i : i < 10 ? 41.19 + 0.02 * i : 39.05 + 0.02 * i;
        double longitude = i < 8 ? 49.75 + 0.021 * i : i < 10 ? 47.17 : 45.41;
        fprintf(file, "S%02d,%d nömrəli məktəb,school,%s,Küçə %d,%.4f,%.4f,%s\n", i, i, region, i,
                latitude, longitude, i < 10 ? "" : "nx");
    }
}

static const char centres[] = "code,name,address,region,latitude,longitude,zone,active\n"
                              "C1,Mərkəz bir,Nizami 1,baku,40.37,49.83,,1\n"
                              "C2,Mərkəz iki,Nizami 2,baku,40.42,49.90,,1\n"
                              "C3,Mərkəz üç,Nizami 3,sheki,41.20,47.17,,1\n"
                              "N1,Naxçıvan mərkəzi,Nizami 4,nakh,39.21,45.41,nx,1\n";

/* 304 desks of the main zone for 250 pupils, 64 of the exclave for 50. */
static const char rooms[] = "centre,room,rows,columns,missing,step_free\n"
                            "C1,101,8,7,A1 H7,A2 A3 A4\n"
                            "C1,102,10,8,,\n"
                            "C2,1,9,10,,*\n"
                            "C3,1,8,10,,A1\n"
                            "N1,1,8,8,,A1 A2\n";

static void person_lines(FILE *file)
{
    fputs("number,given,family,patronymic,birth,mail,phone\n", file);
    for (int i = 0; i < WORLD_PUPILS; i++)
        fprintf(file, "%s,Ad%d,Ələkbərov%d,,2012-03-%02d,p%d@example.org,\n", number_of(i), i, i,
                i % 28 + 1, i);
    for (int i = 1000; i < 1008; i++)
        fprintf(file, "%s,İşçi%d,Şəxs%d,,1980-01-02,s%d@example.org,\n", number_of(i), i, i, i);
}

static void pupil_lines(FILE *file)
{
    fputs("number,institution,grade,class,language,step_free\n", file);
    for (int i = 0; i < WORLD_PUPILS; i++)
        fprintf(file, "%s,S%02d,%d,a,az,%d\n", number_of(i), i / WORLD_PER_SCHOOL, 7 + i % 3,
                i % 60 == 7);
}

static void guardian_lines(FILE *file)
{
    fputs("guardian_number,child_number\n", file);
    fprintf(file, "%s,", number_of(1006));
    fprintf(file, "%s\n", number_of(4));
}

/* ---- people ---- */

static edu_id find_person(world *w, int number, edu_date birth)
{
    edu_person *person = NULL;
    ok(edu_account_find(w->operator_, number_of(number), birth, &person, error));
    edu_id id = person->id;
    edu_free(person);
    return id;
}

static edu_session *enter(world *w, edu_id person, const char *login)
{
    edu_session *session = NULL;
    ok(edu_account_create(w->operator_, person, login, "correct horse battery", NULL, error));
    ok(edu_session_sign_in(w->portal, login, "correct horse battery", NULL, "en", &session, error));
    return session;
}

static edu_session *staff(world *w, int number, const char *login, const char *role,
                          const char *scope, const char *code)
{
    edu_id person = find_person(w, number, (edu_date){1980, 1, 2});
    if (role != NULL)
        ok(edu_account_grant(w->operator_, person, role, scope, code, NULL, error));
    return enter(w, person, login);
}

static void make_people(world *w)
{
    w->clerk = staff(w, 1000, "clerk", "clerk", "", "");
    w->second = staff(w, 1001, "second", "clerk", "", "");
    w->regional = staff(w, 1002, "regional", "clerk", "region", "baku");
    w->school = staff(w, 1003, "school", "school", "institution", "S00");
    w->steward = staff(w, 1004, "steward", "steward", "centre", "C1");
    w->stranger = staff(w, 1005, "stranger", NULL, NULL, NULL);
    w->parent = staff(w, 1006, "parent", NULL, NULL, NULL);
    for (int i = 0; i < WORLD_PUPILS; i++)
        w->pupils[i] = find_person(w, i, (edu_date){2012, 3, (uint8_t)(i % 28 + 1)});
    const char *const logins[] = {"pupil0", "pupil1", "pupil2"};
    for (int i = 0; i < 3; i++)
        w->pupil[i] = enter(w, w->pupils[i], logins[i]);
}

/* ---- the service ---- */

static const char service[] =
    "{\"service\":\"olympiad\",\"title\":{\"en\":\"Olympiads\"},"
    "\"summary\":{\"en\":\"Olympiads\"},\"rules\":[{\"en\":\"Be a pupil.\"}],"
    "\"stages\":[{\"state\":\"registered\",\"title\":{\"en\":\"r\"},\"text\":{\"en\":\"r\"}}],"
    "\"states\":{\"registered\":{\"title\":{\"en\":\"Registered\"}},"
    "\"allocated\":{\"title\":{\"en\":\"Seat given\"}},"
    "\"withdrawn\":{\"title\":{\"en\":\"Withdrawn\"},\"is_terminal\":true}},"
    "\"actions\":{"
    "\"register\":{\"title\":{\"en\":\"Registered\"},\"from\":[null],\"to\":\"registered\","
    "\"by\":[\"self\",\"guardian\",\"school\",\"clerk\"]},"
    "\"allocate\":{\"title\":{\"en\":\"Seat given\"},\"from\":[\"registered\"],"
    "\"to\":\"allocated\",\"by\":[\"clerk\"],"
    "\"notify\":[{\"template\":\"allocated\",\"channels\":[\"portal\",\"mail\"]}]},"
    "\"withdraw\":{\"title\":{\"en\":\"Withdrawn\"},\"from\":[\"registered\",\"allocated\"],"
    "\"to\":\"withdrawn\",\"by\":[\"self\",\"guardian\",\"school\",\"clerk\"]}},"
    "\"templates\":{\"allocated\":{\"title\":{\"en\":\"Your seat\"},"
    "\"text\":{\"en\":\"{centre_name}, room {room}, seat {seat}\"}}}}";

static void publish_service(world *w)
{
    json_t *definition = json_loads(service, 0, NULL);
    int32_t version;
    ok(edu_service_publish(w->operator_, definition, NULL, &version, error));
    json_decref(definition);
}

/* ---- the whole ---- */

edu_portal *world_open(const world *w)
{
    char store[128];
    snprintf(store, sizeof store, "sqlite:%s/store", w->folder);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = store;
    options.host = "portal.example";
    options.name = "Təhsil portalı";
    options.language = "en";
    options.utc_offset_minutes = 240;
    options.create = true;
    options.staff_second_factor = false;
    options.password_operations = 1;
    options.password_memory = 8192;
    edu_environment environment = {.clock = {world_clock, NULL}};
    edu_portal *portal = NULL;
    ok(edu_portal_open(&options, &environment, &portal, error));
    return portal;
}

static void open_portal(world *w)
{
    snprintf(w->folder, sizeof w->folder, "/tmp/edu-olympiad-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(w->folder));
    w->portal = world_open(w);
    ok(edu_session_operator(w->portal, &w->operator_, error));
    ok(edu_session_open(w->portal, "en", &w->nobody, error));
}

void world_season(world *w, const char *code, edu_time starts, edu_id *season, edu_id *sitting)
{
    edu_season_new new_season = EDU_SEASON_NEW_INIT;
    new_season.code = code;
    new_season.title = json_pack("{s:s,s:s}", "az", "Riyaziyyat olimpiadası", "en", "Mathematics");
    new_season.subject = "mathematics";
    new_season.subject_title = json_pack("{s:s,s:s}", "az", "Riyaziyyat", "en", "Mathematics");
    new_season.grade_from = 7;
    new_season.grade_to = 9;
    new_season.opens = WORLD_OPENS;
    new_season.closes = WORLD_CLOSES;
    ok(edu_olympiad_season_create(w->clerk, &new_season, NULL, season, error));
    json_decref(new_season.title);
    json_decref(new_season.subject_title);
    edu_sitting_new new_sitting = EDU_SITTING_NEW_INIT;
    new_sitting.season_id = *season;
    new_sitting.code = "main";
    new_sitting.grade_from = 7;
    new_sitting.grade_to = 9;
    new_sitting.starts = starts;
    new_sitting.minutes = 180;
    ok(edu_olympiad_sitting_create(w->clerk, &new_sitting, NULL, sitting, error));
    ok(edu_olympiad_season_publish(w->clerk, *season, NULL, error));
}

void world_register(world *w, int from, int to, edu_id *applications)
{
    for (int i = from; i < to; i++)
        ok(edu_olympiad_register(w->clerk, w->sitting, w->pupils[i], NULL, &applications[i],
                                 error));
}

void world_make(world *w)
{
    *w = (world){0};
    world_now = WORLD_OPENS;
    open_portal(w);
    import_text(w->operator_, edu_account_import_regions, regions);
    import_lines(w->operator_, edu_account_import_institutions, school_lines);
    import_lines(w->operator_, edu_account_import_persons, person_lines);
    import_lines(w->operator_, edu_account_import_pupils, pupil_lines);
    import_lines(w->operator_, edu_account_import_guardians, guardian_lines);
    import_text(w->operator_, edu_olympiad_import_centres, centres);
    import_text(w->operator_, edu_olympiad_import_rooms, rooms);
    make_people(w);
    publish_service(w);
    world_season(w, "2026-math", WORLD_STARTS, &w->season, &w->sitting);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void world_end(world *w)
{
    edu_session *const sessions[] = {w->operator_, w->clerk,    w->second,   w->regional,
                                     w->school,    w->steward,  w->parent,   w->stranger,
                                     w->nobody,    w->pupil[0], w->pupil[1], w->pupil[2]};
    for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++)
        edu_session_close(sessions[i]);
    edu_portal_close(w->portal);
    nftw(w->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
