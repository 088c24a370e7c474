#include "olympiad_world.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- files ---- */

char *world_number(int person)
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

typedef void (*lines_fn)(FILE *file);

static void import_lines(fx_import_fn import, lines_fn lines)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(file);
    lines(file);
    fclose(file);
    fx_import(import, text);
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
        fprintf(file, "%s,Ad%d,Ələkbərov%d,,2012-03-%02d,p%d@example.org,\n", world_number(i), i, i,
                i % 28 + 1, i);
    for (int i = 1000; i < 1008; i++)
        fprintf(file, "%s,İşçi%d,Şəxs%d,,1980-01-02,s%d@example.org,\n", world_number(i), i, i, i);
}

static void pupil_lines(FILE *file)
{
    fputs("number,institution,grade,class,language,step_free\n", file);
    for (int i = 0; i < WORLD_PUPILS; i++)
        fprintf(file, "%s,S%02d,%d,a,az,%d\n", world_number(i), i / WORLD_PER_SCHOOL, 7 + i % 3,
                i % 60 == 7);
}

static void guardian_lines(FILE *file)
{
    fputs("guardian_number,child_number\n", file);
    fprintf(file, "%s,", world_number(1006));
    fprintf(file, "%s\n", world_number(4));
}

/* ---- people ---- */

static edu_session *enter(edu_id person, const char *login)
{
    FX_OK(edu_account_create(fx_operator(), person, login, FX_PASSWORD, NULL, error));
    return fx_session(login);
}

static edu_session *staff(int number, const char *login, const char *role, const char *scope,
                          const char *code)
{
    edu_id person = fx_person(world_number(number));
    if (role != NULL)
        FX_OK(edu_account_grant(fx_operator(), person, role, scope, code, NULL, error));
    return enter(person, login);
}

static void make_people(world *w)
{
    w->operator_ = fx_operator();
    w->nobody = fx_nobody();
    w->clerk = staff(1000, "clerk", "clerk", "", "");
    w->second = staff(1001, "second", "clerk", "", "");
    w->regional = staff(1002, "regional", "clerk", "region", "baku");
    w->school = staff(1003, "school", "school", "institution", "S00");
    w->steward = staff(1004, "steward", "steward", "centre", "C1");
    w->stranger = staff(1005, "stranger", NULL, NULL, NULL);
    w->parent = staff(1006, "parent", NULL, NULL, NULL);
    for (int i = 0; i < WORLD_PUPILS; i++)
        w->pupils[i] = fx_person(world_number(i));
    const char *const logins[] = {"pupil0", "pupil1", "pupil2"};
    for (int i = 0; i < 3; i++)
        w->pupil[i] = enter(w->pupils[i], logins[i]);
}

/* ---- the service ---- */

static void publish_service(world *w)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/services/olympiad.json",
                   getenv("EDU_ROOT"));
    json_t *definition = json_load_file(path, 0, NULL);
    int32_t version;
    FX_OK(edu_service_publish(w->operator_, definition, NULL, &version, error));
    json_decref(definition);
}

/* ---- the whole ---- */

static edu_time fixed_clock(void *context)
{
    return fx_now();
}

edu_portal *world_open(void)
{
    fx_paths paths;
    fx_place(fx_folder(), &paths);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = paths.store;
    options.keys = paths.keys;
    options.staff_second_factor = false;
    edu_environment environment = {.clock = {fixed_clock, NULL}};
    edu_portal *portal = NULL;
    FX_OK(edu_portal_open(&options, &environment, &portal, error));
    return portal;
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
    FX_OK(edu_olympiad_season_create(w->clerk, &new_season, NULL, season, error));
    json_decref(new_season.title);
    json_decref(new_season.subject_title);
    edu_sitting_new new_sitting = EDU_SITTING_NEW_INIT;
    new_sitting.season_id = *season;
    new_sitting.code = "main";
    new_sitting.grade_from = 7;
    new_sitting.grade_to = 9;
    new_sitting.starts = starts;
    new_sitting.minutes = 180;
    FX_OK(edu_olympiad_sitting_create(w->clerk, &new_sitting, NULL, sitting, error));
    FX_OK(edu_olympiad_season_publish(w->clerk, *season, NULL, error));
}

void world_register(world *w, int from, int to, edu_id *applications)
{
    for (int i = from; i < to; i++)
        FX_OK(edu_olympiad_register(w->clerk, w->sitting, w->pupils[i], NULL, &applications[i],
                                    error));
}

void world_make(world *w)
{
    *w = (world){0};
    fx_setup_empty();
    fx_clock_set(WORLD_OPENS);
    fx_import(edu_account_import_regions, regions);
    import_lines(edu_account_import_institutions, school_lines);
    import_lines(edu_account_import_persons, person_lines);
    import_lines(edu_account_import_pupils, pupil_lines);
    import_lines(edu_account_import_guardians, guardian_lines);
    fx_import(edu_sitting_import_centres, centres);
    fx_import(edu_sitting_import_rooms, rooms);
    make_people(w);
    publish_service(w);
    world_season(w, "2026-math", WORLD_STARTS, &w->season, &w->sitting);
}
