/* Olympiads from the season to the slip, and the ways in which they are refused. */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "olympiad_world.h"
#include "../tap.h"

static world w;

static void make(void)
{
    world_make(&w);
}

static const edu_id self = {{0}};

static const char *season_state(edu_session *session)
{
    static char state[16];
    edu_season *season = NULL;
    FX_OK(edu_olympiad_season(session, w.season, &season, error));
    snprintf(state, sizeof state, "%s", season->state);
    edu_free(season);
    return state;
}

/* ---- seasons ---- */

static edu_season_new new_season(const char *code)
{
    edu_season_new season = EDU_SEASON_NEW_INIT;
    season.code = code;
    season.title = json_pack("{s:s}", "az", "Fizika");
    season.subject = "physics";
    season.subject_title = json_pack("{s:s}", "az", "Fizika");
    season.grade_from = 7;
    season.grade_to = 8;
    season.opens = WORLD_OPENS;
    season.closes = WORLD_CLOSES;
    return season;
}

static void drop_season(edu_season_new *season)
{
    json_decref(season->title);
    json_decref(season->subject_title);
}

START_TEST(season_states_follow_publication_and_clock)
{
    fx_clock_set(WORLD_OPENS - SECOND);
    ck_assert_str_eq(season_state(w.nobody), "announced");
    fx_clock_set(WORLD_OPENS);
    ck_assert_str_eq(season_state(w.nobody), "open");
    fx_clock_set(WORLD_CLOSES - SECOND);
    ck_assert_str_eq(season_state(w.nobody), "open");
    fx_clock_set(WORLD_CLOSES);
    ck_assert_str_eq(season_state(w.nobody), "closed");
}
END_TEST

START_TEST(drafts_are_for_clerks)
{
    edu_season_new season = new_season("2026-physics");
    edu_id id;
    FX_OK(edu_olympiad_season_create(w.clerk, &season, NULL, &id, error));
    edu_season *read = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_season(w.nobody, id, &read, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_season(w.pupil[0], id, &read, error));
    FX_OK(edu_olympiad_season(w.regional, id, &read, error));
    ck_assert_str_eq(read->state, "draft");
    edu_free(read);
    edu_season_page *page = NULL;
    FX_OK(edu_olympiad_seasons(w.pupil[0], NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    FX_OK(edu_olympiad_seasons(w.clerk, NULL, 1, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_ptr_nonnull(page->next);
    edu_season_page *rest = NULL;
    FX_OK(edu_olympiad_seasons(w.clerk, page->next, 1, &rest, error));
    ck_assert_uint_eq(rest->count, 1);
    ck_assert_ptr_null(rest->next);
    ck_assert_mem_ne(&rest->items[0].id, &page->items[0].id, sizeof(edu_id));
    edu_free(rest);
    edu_free(page);
    drop_season(&season);
}
END_TEST

START_TEST(season_is_checked)
{
    edu_season_new season = new_season("2026-math");
    edu_id id;
    FX_FAILS_WITH(EDU_E_CONFLICT, "olympiad.code_taken",
                  edu_olympiad_season_create(w.clerk, &season, NULL, &id, error));
    season.code = "Big";
    FX_FAILS(EDU_E_INVALID, edu_olympiad_season_create(w.clerk, &season, NULL, &id, error));
    season.code = "good";
    FX_FAILS(EDU_E_DENIED, edu_olympiad_season_create(w.regional, &season, NULL, &id, error));
    FX_FAILS(EDU_E_DENIED, edu_olympiad_season_create(w.pupil[0], &season, NULL, &id, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_olympiad_season_create(w.nobody, &season, NULL, &id, error));
    season.closes = season.opens;
    FX_FAILS(EDU_E_INVALID, edu_olympiad_season_create(w.clerk, &season, NULL, &id, error));
    season.closes = WORLD_CLOSES;
    season.grade_to = 13;
    FX_FAILS(EDU_E_INVALID, edu_olympiad_season_create(w.clerk, &season, NULL, &id, error));
    drop_season(&season);
}
END_TEST

START_TEST(every_grade_has_a_sitting)
{
    edu_season_new season = new_season("2026-physics");
    edu_id id, again, sitting_id;
    FX_OK(edu_olympiad_season_create(w.operator_, &season, "one", &id, error));
    FX_OK(edu_olympiad_season_create(w.operator_, &season, "one", &again, error));
    ck_assert_mem_eq(&id, &again, sizeof id);
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.no_sittings",
                  edu_olympiad_season_publish(w.clerk, id, NULL, error));
    edu_sitting_new sitting = EDU_SITTING_NEW_INIT;
    sitting.season_id = id;
    sitting.code = "seven";
    sitting.grade_from = sitting.grade_to = 7;
    sitting.starts = WORLD_STARTS;
    sitting.minutes = 60;
    FX_OK(edu_olympiad_sitting_create(w.clerk, &sitting, NULL, &sitting_id, error));
    FX_FAILS_WITH(EDU_E_CONFLICT, "olympiad.code_taken",
                  edu_olympiad_sitting_create(w.clerk, &sitting, NULL, &sitting_id, error));
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.grade_without_sitting",
                  edu_olympiad_season_publish(w.clerk, id, NULL, error));
    sitting.code = "eight";
    sitting.grade_from = sitting.grade_to = 9;
    FX_FAILS(EDU_E_INVALID,
             edu_olympiad_sitting_create(w.clerk, &sitting, NULL, &sitting_id, error));
    sitting.grade_from = sitting.grade_to = 8;
    sitting.starts = WORLD_CLOSES - 1;
    FX_FAILS(EDU_E_INVALID,
             edu_olympiad_sitting_create(w.clerk, &sitting, NULL, &sitting_id, error));
    sitting.starts = WORLD_CLOSES;
    FX_OK(edu_olympiad_sitting_create(w.clerk, &sitting, NULL, &sitting_id, error));
    FX_OK(edu_olympiad_season_publish(w.clerk, id, NULL, error));
    sitting.code = "late";
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.published",
                  edu_olympiad_sitting_create(w.clerk, &sitting, NULL, &sitting_id, error));
    edu_sitting_page *page = NULL;
    FX_OK(edu_olympiad_sittings(w.nobody, id, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 2);
    ck_assert_str_eq(page->items[0].code, "eight");
    ck_assert_str_eq(page->items[0].title, "Fizika");
    edu_free(page);
    drop_season(&season);
}
END_TEST

START_TEST(window_moves_until_the_freeze)
{
    FX_OK(edu_olympiad_season_window(w.clerk, w.season, WORLD_OPENS, WORLD_CLOSES + HOUR, NULL,
                                     error));
    fx_clock_set(WORLD_CLOSES + HOUR - SECOND);
    ck_assert_str_eq(season_state(w.nobody), "open");
    FX_FAILS(EDU_E_INVALID, edu_olympiad_season_window(w.clerk, w.season, WORLD_OPENS,
                                                       WORLD_STARTS + 1, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_olympiad_season_window(w.school, w.season, WORLD_OPENS, WORLD_CLOSES,
                                                      NULL, error));
    fx_clock_set(WORLD_CLOSES + HOUR);
    FX_OK(edu_sitting_freeze(w.clerk, w.sitting, NULL, NULL, error));
    FX_FAILS_WITH(
        EDU_E_STATE, "sitting.frozen",
        edu_olympiad_season_window(w.clerk, w.season, WORLD_OPENS, WORLD_CLOSES, NULL, error));
}
END_TEST

/* ---- registering ---- */

static void is_reason(edu_session *session, edu_id person, const char *reason)
{
    edu_eligibility *eligibility = NULL;
    FX_OK(edu_olympiad_eligibility(session, w.sitting, person, &eligibility, error));
    if (reason == NULL) {
        ck_assert(eligibility->is_eligible);
        ck_assert_ptr_null(eligibility->reason);
    } else {
        ck_assert(!eligibility->is_eligible);
        ck_assert_str_eq(eligibility->reason, reason);
        ck_assert_uint_gt(strlen(eligibility->message), 10);
    }
    edu_free(eligibility);
}

static const char *first_actor(edu_session *session, edu_id person, edu_id application)
{
    static char actor[16];
    edu_event_page *page = NULL;
    FX_OK(edu_application_timeline(session, person, application, NULL, 0, &page, error));
    ck_assert_uint_ge(page->count, 1);
    snprintf(actor, sizeof actor, "%s", page->items[0].actor);
    edu_free(page);
    return actor;
}

START_TEST(each_registers_their_own)
{
    edu_id id;
    is_reason(w.pupil[0], self, NULL);
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &id, error));
    ck_assert_str_eq(first_actor(w.pupil[0], self, id), "self");
    FX_OK(edu_olympiad_register(w.parent, w.sitting, w.pupils[4], NULL, &id, error));
    ck_assert_str_eq(first_actor(w.parent, w.pupils[4], id), "guardian");
    FX_OK(edu_olympiad_register(w.school, w.sitting, w.pupils[5], NULL, &id, error));
    ck_assert_str_eq(first_actor(w.school, w.pupils[5], id), "school");
    FX_OK(edu_olympiad_register(w.regional, w.sitting, w.pupils[6], NULL, &id, error));
    ck_assert_str_eq(first_actor(w.regional, w.pupils[6], id), "clerk");
    FX_OK(edu_application_check(w.clerk, w.pupils[6], id, error));
}
END_TEST

START_TEST(not_yours_is_not_found)
{
    edu_id id;
    edu_eligibility *eligibility = NULL;
    edu_session *const strangers[] = {w.pupil[1], w.parent, w.stranger, w.steward};
    for (size_t i = 0; i < 4; i++) {
        FX_FAILS(EDU_E_NOT_FOUND,
                 edu_olympiad_register(strangers[i], w.sitting, w.pupils[0], NULL, &id, error));
        FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_eligibility(strangers[i], w.sitting, w.pupils[0],
                                                           &eligibility, error));
    }
    /* Another school's, another region's. */
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_olympiad_register(w.school, w.sitting, w.pupils[30], NULL, &id, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_olympiad_register(w.regional, w.sitting, w.pupils[220], NULL, &id, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_olympiad_register(w.nobody, w.sitting, w.pupils[0], NULL, &id, error));
    edu_id unknown = {{1, 2, 3}};
    FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_register(w.clerk, w.sitting, unknown, NULL, &id, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_register(w.pupil[0], unknown, self, NULL, &id, error));
}
END_TEST

START_TEST(window_is_judged_to_the_microsecond)
{
    edu_id id;
    fx_clock_set(WORLD_OPENS - 1);
    is_reason(w.pupil[0], self, "olympiad.not_yet");
    fx_clock_set(WORLD_OPENS - 1);
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.not_yet",
                  edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &id, error));
    fx_clock_set(WORLD_CLOSES);
    is_reason(w.pupil[0], self, "olympiad.closed");
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.closed",
                  edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &id, error));
    fx_clock_set(WORLD_CLOSES - 1);
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &id, error));
    fx_clock_set(WORLD_OPENS);
    FX_OK(edu_olympiad_register(w.pupil[1], w.sitting, self, NULL, &id, error));
}
END_TEST

START_TEST(who_may_take_part)
{
    edu_id id;
    is_reason(w.stranger, self, "olympiad.not_a_pupil");
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.not_a_pupil",
                  edu_olympiad_register(w.stranger, w.sitting, self, NULL, &id, error));
    edu_season_new season = new_season("2026-physics");
    edu_id season_id, other;
    season.grade_from = season.grade_to = 11;
    FX_OK(edu_olympiad_season_create(w.clerk, &season, NULL, &season_id, error));
    drop_season(&season);
    edu_sitting_new sitting = EDU_SITTING_NEW_INIT;
    sitting.season_id = season_id;
    sitting.code = "main";
    sitting.grade_from = sitting.grade_to = 11;
    sitting.starts = WORLD_STARTS;
    sitting.minutes = 60;
    FX_OK(edu_olympiad_sitting_create(w.clerk, &sitting, NULL, &other, error));
    /* Not published: as if it were not there. */
    FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_register(w.pupil[0], other, self, NULL, &id, error));
    FX_OK(edu_olympiad_season_publish(w.clerk, season_id, NULL, error));
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.wrong_grade",
                  edu_olympiad_register(w.pupil[0], other, self, NULL, &id, error));
}
END_TEST

START_TEST(twice_is_once)
{
    edu_id first, again, other;
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, "key", &first, error));
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, "key", &again, error));
    ck_assert_mem_eq(&first, &again, sizeof first);
    is_reason(w.pupil[0], self, "olympiad.already");
    FX_FAILS_WITH(EDU_E_CONFLICT, "olympiad.already",
                  edu_olympiad_register(w.pupil[0], w.sitting, self, "other", &other, error));
    FX_FAILS_WITH(EDU_E_CONFLICT, "olympiad.already",
                  edu_olympiad_register(w.school, w.sitting, w.pupils[0], NULL, &other, error));
    FX_FAILS(EDU_E_CONFLICT,
             edu_olympiad_register(w.pupil[0], w.season, self, "key", &other, error));
}
END_TEST

START_TEST(sittings_that_overlap_clash)
{
    edu_id season, touching, overlapping, id;
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &id, error));
    world_season(&w, "overlapping", WORLD_STARTS + 180 * 60 * SECOND - 1, &season, &overlapping);
    world_season(&w, "touching", WORLD_STARTS + 180 * 60 * SECOND, &season, &touching);
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.clash",
                  edu_olympiad_register(w.pupil[0], overlapping, self, NULL, &id, error));
    FX_OK(edu_olympiad_register(w.pupil[0], touching, self, NULL, &id, error));
    FX_OK(edu_olympiad_register(w.pupil[1], overlapping, self, NULL, &id, error));
}
END_TEST

START_TEST(withdrawal_before_the_freeze)
{
    edu_id id, again;
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &id, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_withdraw(w.pupil[1], w.pupils[0], id, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_olympiad_withdraw(w.pupil[1], self, id, NULL, error));
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, id, "k", error));
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, id, "k", error));
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.withdrawn",
                  edu_olympiad_withdraw(w.pupil[0], self, id, NULL, error));
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &again, error));
    ck_assert_mem_ne(&id, &again, sizeof id);
    fx_clock_set(WORLD_STARTS);
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.started",
                  edu_olympiad_withdraw(w.pupil[0], self, again, NULL, error));
    fx_clock_set(WORLD_STARTS - 1);
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, again, NULL, error));
}
END_TEST

/* ---- imports ---- */

static void bad_line(edu_status expected, int64_t line, const char *field, edu_status given,
                     const edu_error *error)
{
    ck_assert_msg(given == expected, "%s: %s", edu_status_name(given), error->message);
    ck_assert_int_eq(error->line, line);
    if (field != NULL)
        ck_assert_str_eq(error->field, field);
}

static void bad_rooms(edu_status expected, int64_t line, const char *field, const char *text)
{
    edu_error error = EDU_ERROR_INIT;
    edu_import_report *report = NULL;
    edu_status status = edu_sitting_import_rooms(w.clerk, fx_bytes(text), NULL, &report, &error);
    bad_line(expected, line, field, status, &error);
}

static void bad_centres(int64_t line, const char *field, const char *text)
{
    edu_error error = EDU_ERROR_INIT;
    edu_import_report *report = NULL;
    edu_status status = edu_sitting_import_centres(w.clerk, fx_bytes(text), NULL, &report, &error);
    bad_line(EDU_E_INVALID, line, field, status, &error);
}

static int64_t centre_count(void)
{
    edu_centre_page *page = NULL;
    FX_OK(edu_sitting_centres(w.steward, NULL, 0, &page, error));
    int64_t count = (int64_t)page->count;
    edu_free(page);
    return count;
}

START_TEST(bad_files_change_nothing)
{
#define CENTRES "code,name,address,region,latitude,longitude\n"
    bad_centres(1, NULL, "code,name,address,region,latitude,longitud\n");
    bad_centres(2, "/region", CENTRES "X,n,a,mars,40.1,49.1\n");
    bad_centres(3, "/code", CENTRES "X,n,a,baku,40.1,49.1\nX,n,a,baku,40.1,49.1\n");
    bad_centres(3, "/code", CENTRES "X,n,a,baku,40.1,49.1\nA/sf,n,a,baku,40.1,49.1\n");
    bad_centres(2, "/latitude", CENTRES "X,n,a,baku,140.1,49.1\n");
    bad_centres(3, NULL, CENTRES "X,n,a,baku,40.1,49.1\nY,\xff,a,baku,40.1,49.1\n");
    ck_assert_int_eq(centre_count(), 4);
#define ROOMS "centre,room,rows,columns,missing,step_free\n"
    bad_rooms(EDU_E_INVALID, 2, "/centre", ROOMS "C9,1,2,2,,\n");
    bad_rooms(EDU_E_INVALID, 2, "/rows", ROOMS "C1,1,27,2,,\n");
    bad_rooms(EDU_E_INVALID, 2, "/columns", ROOMS "C1,1,2,-1,,\n");
    bad_rooms(EDU_E_INVALID, 2, "/missing", ROOMS "C1,1,2,2,A3,\n");
    bad_rooms(EDU_E_INVALID, 2, "/missing", ROOMS "C1,1,1,2,A1 A2,\n");
    bad_rooms(EDU_E_INVALID, 2, "/step_free", ROOMS "C1,1,2,2,A1,A1\n");
    bad_rooms(EDU_E_INVALID, 3, "/room", ROOMS "C1,1,2,2,,\nC1,1,2,2,,\n");
    edu_room_page *page = NULL;
    FX_OK(edu_sitting_rooms(w.clerk, "C1", NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 2);
    ck_assert_str_eq(page->items[0].code, "101");
    ck_assert_int_eq(page->items[0].seats, 54);
    ck_assert_int_eq(page->items[0].step_free_seats, 3);
    edu_free(page);
    edu_import_report *report = NULL;
    FX_FAILS(EDU_E_DENIED,
             edu_sitting_import_rooms(w.regional, fx_bytes(ROOMS), NULL, &report, error));
    FX_FAILS(EDU_E_DENIED,
             edu_sitting_centres(w.pupil[0], NULL, 0, (edu_centre_page **)&page, error));
}
END_TEST

START_TEST(files_say_what_they_changed)
{
    edu_import_report *report = NULL;
    FX_OK(edu_sitting_import_rooms(w.clerk,
                                   fx_bytes(ROOMS "C1,102,10,8,,\nC2,1,9,10,A1,*\nC3,new,1,1,,\n"),
                                   NULL, &report, error));
    ck_assert_int_eq(report->read, 3);
    ck_assert_int_eq(report->unchanged, 1);
    ck_assert_int_eq(report->changed, 1);
    ck_assert_int_eq(report->added, 1);
    edu_free(report);
    edu_centre_page *page = NULL;
    FX_OK(edu_sitting_centres(w.clerk, NULL, 0, &page, error));
    ck_assert_int_eq(page->items[1].seats, 89);
    ck_assert_int_eq(page->items[2].rooms, 2);
    ck_assert_str_eq(page->items[3].zone, "nx");
    edu_free(page);
}
END_TEST

/* ---- from the freeze to the slip ---- */

static void hash_of(const char *text, char hex[65])
{
    uint8_t hash[32];
    crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
    sodium_bin2hex(hex, 65, hash, sizeof hash);
}

static edu_id applications[WORLD_PUPILS];

static edu_id allocate(edu_session *session)
{
    edu_id id;
    FX_OK(edu_sitting_allocate(session, w.sitting, (edu_progress){NULL, NULL}, NULL, &id, error));
    return id;
}

static void confirm(edu_session *session, edu_id allocation)
{
    FX_OK(edu_sitting_confirm(session, allocation, (edu_progress){NULL, NULL}, NULL, error));
}

static void commit_to(const char *seed)
{
    char hex[65];
    hash_of(seed, hex);
    FX_OK(edu_sitting_commit(w.clerk, w.sitting, hex, NULL, error));
}

static void register_and_freeze(void)
{
    world_register(&w, 0, WORLD_PUPILS, applications);
    commit_to("c0ffee");
    fx_clock_set(WORLD_CLOSES);
    FX_OK(edu_sitting_freeze(w.clerk, w.sitting, "c0ffee", NULL, error));
}

static void is_state(const char *expected)
{
    edu_sitting *sitting = NULL;
    FX_OK(edu_sitting_get(w.nobody, w.sitting, &sitting, error));
    ck_assert_str_eq(sitting->state, expected);
    edu_free(sitting);
}

static edu_allocation *newest(edu_session *session)
{
    edu_allocation *allocation = NULL;
    FX_OK(edu_sitting_allocation(session, w.sitting, &allocation, error));
    return allocation;
}

/* A pupil's line of the list, in fields of fixed size. */
typedef struct placed {
    edu_id application;
    char school[8], centre[8], room[8], seat[8], variant[4], state[16];
    bool needs_step_free;
    int pupil; /* index */
} placed;

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text != NULL ? text : "");
}

static int pupil_index(edu_id person)
{
    for (int i = 0; i < WORLD_PUPILS; i++)
        if (memcmp(&w.pupils[i], &person, sizeof person) == 0)
            return i;
    return -1;
}

static size_t read_list(edu_session *session, placed *out, size_t room)
{
    size_t count = 0;
    char *cursor = NULL;
    do {
        edu_entry_page *page = NULL;
        FX_OK(edu_olympiad_entries(session, w.sitting, NULL, cursor, 70, &page, error));
        for (size_t i = 0; i < page->count; i++, count++) {
            const edu_entry *entry = &page->items[i];
            placed *one = &out[count];
            ck_assert_uint_lt(count, room);
            *one = (placed){.application = entry->application_id,
                            .needs_step_free = entry->needs_step_free,
                            .pupil = pupil_index(entry->person_id)};
            copy_text(one->school, sizeof one->school, entry->institution);
            copy_text(one->centre, sizeof one->centre, entry->centre);
            copy_text(one->room, sizeof one->room, entry->room);
            copy_text(one->seat, sizeof one->seat, entry->seat);
            copy_text(one->variant, sizeof one->variant, entry->variant);
            copy_text(one->state, sizeof one->state, entry->state);
        }
        free(cursor);
        cursor = page->next != NULL ? strdup(page->next) : NULL;
        edu_free(page);
    } while (cursor != NULL);
    return count;
}

static bool same_room(const placed *a, const placed *b)
{
    return strcmp(a->centre, b->centre) == 0 && strcmp(a->room, b->room) == 0;
}

/* Beside or behind one another. */
static bool are_neighbours(const placed *a, const placed *b)
{
    int rows = abs(a->seat[0] - b->seat[0]), columns = abs(atoi(a->seat + 1) - atoi(b->seat + 1));
    return same_room(a, b) && rows + columns == 1;
}

static bool is_desk(const placed *one)
{
    static const struct {
        const char *centre, *room, *missing;
        int rows, columns;
    } rooms[] = {{"C1", "101", "A1 H7", 8, 7},
                 {"C1", "102", "", 10, 8},
                 {"C2", "1", "", 9, 10},
                 {"C3", "1", "", 8, 10},
                 {"N1", "1", "", 8, 8}};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        if (strcmp(rooms[i].centre, one->centre) == 0 && strcmp(rooms[i].room, one->room) == 0)
            return one->seat[0] >= 'A' && one->seat[0] < 'A' + rooms[i].rows &&
                   atoi(one->seat + 1) >= 1 && atoi(one->seat + 1) <= rooms[i].columns &&
                   strstr(rooms[i].missing, one->seat) == NULL;
    return false;
}

static bool is_step_free_desk(const placed *one)
{
    char seat[32];
    snprintf(seat, sizeof seat, "%s/%s %s;", one->centre, one->room, one->seat);
    return strcmp(one->centre, "C2") == 0 ||
           strstr("C1/101 A2;C1/101 A3;C1/101 A4;C3/1 A1;N1/1 A1;N1/1 A2;", seat) != NULL;
}

/* The rules of seating, looked at anew; returns the pairs of one school that are neighbours. */
static int64_t check_seats(const placed *list, size_t count)
{
    int64_t pairs = 0;
    for (size_t i = 0; i < count; i++) {
        const placed *a = &list[i];
        ck_assert_msg(is_desk(a), "%s %s %s is no desk", a->centre, a->room, a->seat);
        ck_assert(!a->needs_step_free || is_step_free_desk(a));
        ck_assert_int_eq(strcmp(a->centre, "N1") == 0, a->school[1] == '1');
        for (size_t j = i + 1; j < count; j++) {
            const placed *b = &list[j];
            ck_assert(!same_room(a, b) || strcmp(a->seat, b->seat) != 0);
            if (!are_neighbours(a, b))
                continue;
            ck_assert_str_ne(a->variant, b->variant);
            pairs += strcmp(a->school, b->school) == 0;
        }
    }
    return pairs;
}

START_TEST(a_seed_is_committed_to_before_the_list_is_known)
{
    char drawn[65], hex[65];
    edu_sitting *sitting = NULL;
    FX_OK(edu_sitting_get(w.nobody, w.sitting, &sitting, error));
    ck_assert_ptr_null(sitting->seed);
    snprintf(drawn, sizeof drawn, "%s", sitting->commitment);
    edu_free(sitting);
    hash_of("c0ffee", hex);
    FX_FAILS(EDU_E_DENIED, edu_sitting_commit(w.regional, w.sitting, hex, NULL, error));
    FX_FAILS_WITH(EDU_E_INVALID, "sitting.commitment",
                  edu_sitting_commit(w.clerk, w.sitting, "c0ffee", NULL, error));
    fx_clock_set(WORLD_CLOSES);
    FX_FAILS_WITH(EDU_E_STATE, "sitting.commit_late",
                  edu_sitting_commit(w.clerk, w.sitting, hex, NULL, error));
    fx_clock_set(WORLD_CLOSES - 1000000);
    FX_OK(edu_sitting_commit(w.clerk, w.sitting, hex, "k", error));
    FX_OK(edu_sitting_commit(w.clerk, w.sitting, hex, "k", error));
    FX_FAILS_WITH(EDU_E_STATE, "sitting.committed",
                  edu_sitting_commit(w.second, w.sitting, drawn, NULL, error));
    fx_clock_set(WORLD_CLOSES);
    FX_FAILS_WITH(EDU_E_INVALID, "sitting.other_seed",
                  edu_sitting_freeze(w.clerk, w.sitting, NULL, NULL, error));
    FX_FAILS_WITH(EDU_E_INVALID, "sitting.other_seed",
                  edu_sitting_freeze(w.clerk, w.sitting, "c0ffef", NULL, error));
    FX_OK(edu_sitting_freeze(w.clerk, w.sitting, "c0ffee", NULL, error));
    FX_OK(edu_sitting_get(w.nobody, w.sitting, &sitting, error));
    ck_assert_str_eq(sitting->seed, "c0ffee");
    ck_assert_str_eq(sitting->commitment, hex);
    ck_assert(!sitting->is_drawn && strcmp(drawn, hex) != 0);
    edu_free(sitting);
}
END_TEST

START_TEST(freeze_keeps_the_hash_of_the_list)
{
    world_register(&w, 0, WORLD_PUPILS, applications);
    FX_FAILS_WITH(EDU_E_STATE, "sitting.not_closed",
                  edu_sitting_freeze(w.clerk, w.sitting, NULL, NULL, error));
    fx_clock_set(WORLD_CLOSES);
    FX_FAILS(EDU_E_DENIED, edu_sitting_freeze(w.regional, w.sitting, NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_sitting_freeze(w.operator_, w.sitting, NULL, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_sitting_freeze(w.clerk, w.sitting, "xyz", NULL, error));
    FX_FAILS_WITH(EDU_E_INVALID, "sitting.other_seed",
                  edu_sitting_freeze(w.clerk, w.sitting, "c0ffee", NULL, error));
    FX_OK(edu_sitting_freeze(w.clerk, w.sitting, NULL, "k", error));
    FX_OK(edu_sitting_freeze(w.clerk, w.sitting, NULL, "k", error));
    FX_FAILS_WITH(EDU_E_STATE, "sitting.frozen",
                  edu_sitting_freeze(w.second, w.sitting, NULL, NULL, error));
    char commitment[65];
    edu_sitting *sitting = NULL;
    FX_OK(edu_sitting_get(w.nobody, w.sitting, &sitting, error));
    ck_assert_uint_eq(strlen(sitting->frozen_hash), 64);
    hash_of(sitting->seed, commitment); /* what was shown before anybody had registered */
    ck_assert_str_eq(commitment, sitting->commitment);
    ck_assert(sitting->is_drawn);
    ck_assert_str_eq(sitting->state, "frozen");
    edu_free(sitting);
    edu_id id;
    fx_clock_set(WORLD_CLOSES - 1);
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, applications[0], NULL, error));
    FX_FAILS_WITH(EDU_E_STATE, "olympiad.closed",
                  edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &id, error));
}
END_TEST

START_TEST(proposal_is_for_clerks)
{
    edu_id id;
    edu_progress quiet = {NULL, NULL};
    FX_FAILS_WITH(EDU_E_STATE, "sitting.not_frozen",
                  edu_sitting_allocate(w.clerk, w.sitting, quiet, NULL, &id, error));
    edu_allocation *none = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_allocation(w.clerk, w.sitting, &none, error));
    register_and_freeze();
    FX_FAILS(EDU_E_DENIED, edu_sitting_allocate(w.operator_, w.sitting, quiet, NULL, &id, error));
    FX_FAILS(EDU_E_DENIED, edu_sitting_allocate(w.regional, w.sitting, quiet, NULL, &id, error));
    FX_FAILS(EDU_E_DENIED, edu_sitting_allocate(w.pupil[0], w.sitting, quiet, NULL, &id, error));
    edu_id again;
    FX_OK(edu_sitting_allocate(w.clerk, w.sitting, quiet, "k", &id, error));
    FX_OK(edu_sitting_allocate(w.clerk, w.sitting, quiet, "k", &again, error));
    ck_assert_mem_eq(&id, &again, sizeof id);
    FX_FAILS_WITH(EDU_E_CONFLICT, "sitting.allocated",
                  edu_sitting_allocate(w.second, w.sitting, quiet, NULL, &again, error));
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_str_eq(allocation->state, "proposed");
    ck_assert_int_eq(allocation->pupils, WORLD_PUPILS);
    ck_assert_int_eq(allocation->seats, 368);
    ck_assert_int_eq(allocation->mean_m, allocation->cost_m / WORLD_PUPILS);
    ck_assert(!allocation->may_confirm);
    edu_free(allocation);
    allocation = newest(w.second);
    ck_assert(allocation->may_confirm);
    edu_free(allocation);
    allocation = newest(w.regional);
    ck_assert(!allocation->may_confirm);
    edu_free(allocation);
    FX_FAILS(EDU_E_DENIED, edu_sitting_allocation(w.school, w.sitting, &none, error));
    edu_seat *seat = NULL;
    edu_document *slip = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(w.pupil[0], self, applications[0], &seat, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_slip(w.pupil[0], self, applications[0], &slip, error));
    static placed list[WORLD_PUPILS];
    ck_assert_uint_eq(read_list(w.school, list, WORLD_PUPILS), WORLD_PER_SCHOOL);
    ck_assert_str_eq(list[0].centre, "");
    ck_assert_uint_eq(read_list(w.clerk, list, WORLD_PUPILS), WORLD_PUPILS);
    ck_assert_str_ne(list[0].centre, "");
    ck_assert_uint_eq(read_list(w.steward, list, WORLD_PUPILS), 0);
}
END_TEST

START_TEST(two_people_confirm)
{
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    edu_progress quiet = {NULL, NULL};
    FX_FAILS_WITH(EDU_E_DENIED, "sitting.same_person",
                  edu_sitting_confirm(w.clerk, id, quiet, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_sitting_confirm(w.operator_, id, quiet, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_sitting_confirm(w.regional, id, quiet, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_confirm(w.second, w.sitting, quiet, NULL, error));
    is_state("proposed");
    FX_OK(edu_sitting_confirm(w.second, id, quiet, "k", error));
    FX_OK(edu_sitting_confirm(w.second, id, quiet, "k", error));
    FX_FAILS_WITH(EDU_E_STATE, "sitting.nothing_proposed",
                  edu_sitting_confirm(w.second, id, quiet, NULL, error));
    FX_FAILS_WITH(EDU_E_STATE, "sitting.nothing_proposed",
                  edu_sitting_discard(w.second, id, NULL, error));
    is_state("allocated");
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_str_eq(allocation->state, "confirmed");
    ck_assert_mem_ne(&allocation->by, &allocation->confirmed_by, sizeof(edu_id));
    edu_free(allocation);
}
END_TEST

START_TEST(seats_follow_the_rules)
{
    static placed list[WORLD_PUPILS];
    register_and_freeze();
    confirm(w.second, allocate(w.clerk));
    size_t count = read_list(w.clerk, list, WORLD_PUPILS);
    ck_assert_uint_eq(count, WORLD_PUPILS);
    int64_t pairs = check_seats(list, count), metres = 0, farthest = 0;
    for (size_t i = 0; i < count; i++) {
        edu_seat *seat = NULL;
        ck_assert_str_eq(list[i].state, "allocated");
        FX_OK(
            edu_sitting_seat(w.clerk, w.pupils[list[i].pupil], list[i].application, &seat, error));
        ck_assert_str_eq(seat->seat, list[i].seat);
        metres += seat->distance_m;
        farthest = seat->distance_m > farthest ? seat->distance_m : farthest;
        edu_free(seat);
    }
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_int_eq(allocation->neighbours, pairs);
    ck_assert_int_le(allocation->neighbours_bound, pairs);
    ck_assert_int_eq(allocation->cost_m, metres);
    ck_assert_int_eq(allocation->farthest_m, farthest);
    edu_free(allocation);
}
END_TEST

START_TEST(slips_are_signed_and_private)
{
    register_and_freeze();
    confirm(w.second, allocate(w.clerk));
    edu_seat *seat = NULL, *again = NULL;
    FX_OK(edu_sitting_seat(w.pupil[0], self, applications[0], &seat, error));
    ck_assert_str_eq(seat->title, "Mathematics");
    ck_assert_int_eq(seat->starts, WORLD_STARTS);
    ck_assert_uint_eq(strlen(seat->slip), 17);
    fx_clock_add(HOUR);
    FX_OK(edu_sitting_seat(w.pupil[0], w.pupils[0], applications[0], &again, error));
    ck_assert_str_eq(seat->qr, again->qr);
    char *keys = NULL;
    edu_verdict *verdict = NULL;
    FX_OK(edu_portal_public_keys(w.nobody, &keys, error));
    FX_OK(edu_verify(seat->qr, keys, &verdict, error));
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_str_eq(verdict->type, "olympiad.slip");
    ck_assert_str_eq(verdict->number, seat->slip);
    ck_assert_str_eq(json_string_value(json_object_get(verdict->fields, "pupil")),
                     "Ad0 Ələkbərov0");
    ck_assert_str_eq(json_string_value(json_object_get(verdict->fields, "starts")),
                     "2026-12-01 10:00");
    ck_assert_str_eq(json_string_value(json_object_get(verdict->fields, "seat")), seat->seat);
    edu_free(verdict);
    edu_free(keys);
    edu_free(again);
    edu_free(seat);
    edu_session *const strangers[] = {w.pupil[1], w.parent, w.stranger, w.steward};
    for (size_t i = 0; i < 4; i++) {
        edu_document *slip = NULL;
        FX_FAILS(EDU_E_NOT_FOUND,
                 edu_sitting_seat(strangers[i], w.pupils[0], applications[0], &seat, error));
        FX_FAILS(EDU_E_NOT_FOUND,
                 edu_sitting_slip(strangers[i], w.pupils[0], applications[0], &slip, error));
    }
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(w.pupil[1], self, applications[0], &seat, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_seat(w.school, w.pupils[30], applications[30], &seat, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_sitting_seat(w.nobody, w.pupils[0], applications[0], &seat, error));
    FX_OK(edu_sitting_seat(w.parent, w.pupils[4], applications[4], &seat, error));
    edu_free(seat);
    FX_OK(edu_sitting_seat(w.school, w.pupils[0], applications[0], &seat, error));
    edu_free(seat);
}
END_TEST

START_TEST(paper_in_three_languages)
{
    register_and_freeze();
    confirm(w.second, allocate(w.clerk));
    static const char *const languages[] = {"az", "en", "ru"};
    for (size_t i = 0; i < 3; i++) {
        edu_document *slip = NULL, *list = NULL;
        FX_OK(edu_session_set_language(w.pupil[0], languages[i], error));
        FX_OK(edu_session_set_language(w.steward, languages[i], error));
        FX_OK(edu_sitting_slip(w.pupil[0], self, applications[0], &slip, error));
        ck_assert_str_eq(slip->type, "application/pdf");
        ck_assert_uint_gt(slip->content.size, 2000);
        ck_assert_mem_eq(slip->content.data, "%PDF", 4);
        FX_OK(edu_sitting_attendance_pdf(w.steward, w.sitting, "C1", &list, error));
        ck_assert_mem_eq(list->content.data, "%PDF", 4);
        edu_free(slip);
        edu_free(list);
    }
    edu_document *list = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_attendance_pdf(w.steward, w.sitting, "C2", &list, error));
    FX_FAILS(EDU_E_DENIED, edu_sitting_attendance_pdf(w.pupil[0], w.sitting, "C1", &list, error));
}
END_TEST

static int64_t attendance(edu_session *session, const char *centre)
{
    int64_t count = 0;
    char *cursor = NULL, last[32] = "";
    do {
        edu_entry_page *page = NULL;
        FX_OK(edu_sitting_attendance(session, w.sitting, centre, cursor, 17, &page, error));
        for (size_t i = 0; i < page->count; i++, count++) {
            char here[32];
            ck_assert_str_eq(page->items[i].centre, centre);
            snprintf(here, sizeof here, "%s %c%02d", page->items[i].room, page->items[i].seat[0],
                     atoi(page->items[i].seat + 1));
            ck_assert_msg(strcmp(last, here) < 0, "%s before %s", last, here);
            memcpy(last, here, sizeof last);
        }
        free(cursor);
        cursor = page->next != NULL ? strdup(page->next) : NULL;
        edu_free(page);
    } while (cursor != NULL);
    return count;
}

typedef struct sums {
    size_t rows;
    int64_t registered, allocated, withdrawn, seats;
} sums;

static sums report(edu_session *session, const char *by)
{
    sums sum = {0};
    edu_report_row_page *page = NULL;
    FX_OK(edu_olympiad_report(session, w.sitting, by, NULL, 0, &page, error));
    sum.rows = page->count;
    for (size_t i = 0; i < page->count; i++) {
        sum.registered += page->items[i].registered;
        sum.allocated += page->items[i].allocated;
        sum.withdrawn += page->items[i].withdrawn;
        sum.seats += page->items[i].seats;
        ck_assert_int_le(page->items[i].mean_m, page->items[i].farthest_m);
    }
    edu_free(page);
    return sum;
}

START_TEST(figures_have_their_scope)
{
    register_and_freeze();
    ck_assert_int_eq(report(w.clerk, "school").allocated, 0);
    confirm(w.second, allocate(w.clerk));
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, applications[0], NULL, error));
    sums all = report(w.clerk, "school");
    ck_assert_uint_eq(all.rows, WORLD_SCHOOLS);
    ck_assert_int_eq(all.registered, WORLD_PUPILS - 1);
    ck_assert_int_eq(all.allocated, WORLD_PUPILS - 1);
    ck_assert_int_eq(all.withdrawn, 1);
    ck_assert_int_eq(report(w.clerk, "region").allocated, WORLD_PUPILS - 1);
    ck_assert_uint_eq(report(w.clerk, "region").rows, 3);
    ck_assert_int_eq(report(w.clerk, "centre").allocated, WORLD_PUPILS - 1);
    ck_assert_int_eq(report(w.clerk, "centre").seats, 368);
    ck_assert_uint_eq(report(w.school, "school").rows, 1);
    ck_assert_uint_eq(report(w.regional, "region").rows, 1);
    ck_assert_int_eq(report(w.regional, "school").registered, 8 * WORLD_PER_SCHOOL - 1);
    ck_assert_uint_eq(report(w.regional, "centre").rows, 2);
    ck_assert_uint_eq(report(w.steward, "centre").rows, 1);
    ck_assert_uint_eq(report(w.steward, "school").rows, 0);
    edu_report_row_page *page = NULL;
    FX_FAILS(EDU_E_DENIED,
             edu_olympiad_report(w.pupil[0], w.sitting, "school", NULL, 0, &page, error));
    FX_FAILS(EDU_E_INVALID, edu_olympiad_report(w.clerk, w.sitting, "age", NULL, 0, &page, error));
    int64_t seated = 0;
    const char *const codes[] = {"C1", "C2", "C3", "N1"};
    for (size_t i = 0; i < 4; i++)
        seated += attendance(w.clerk, codes[i]);
    ck_assert_int_eq(seated, WORLD_PUPILS - 1);
    ck_assert_int_eq(attendance(w.steward, "C1"), attendance(w.regional, "C1"));
    edu_entry_page *list = NULL;
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_attendance(w.steward, w.sitting, "C2", NULL, 0, &list, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_attendance(w.regional, w.sitting, "N1", NULL, 0, &list, error));
    FX_FAILS(EDU_E_DENIED,
             edu_sitting_attendance(w.school, w.sitting, "C1", NULL, 0, &list, error));
}
END_TEST

/* ---- the transcript ---- */

static char *transcript_file(edu_id allocation, const char *name)
{
    edu_document *document = NULL;
    FX_OK(edu_sitting_transcript(w.regional, allocation, name, &document, error));
    ck_assert_str_eq(document->name, name);
    char *text = strndup(document->content.data, document->content.size);
    edu_free(document);
    return text;
}

/* Cost by the rents alone: what no allocation goes below. */
static int64_t dual_cost(const edu_allocation_problem *problem, const json_t *rents)
{
    int64_t cost = 0;
    for (size_t i = 0; i < problem->place_count; i++) {
        const edu_allocation_site *place = &problem->places[i];
        int64_t least = INT64_MAX;
        for (size_t j = 0; j < problem->centre_count; j++) {
            const edu_allocation_site *centre = &problem->centres[j];
            double dx = (double)(place->x_m - centre->x_m), dy = (double)(place->y_m - centre->y_m);
            int64_t price = (int64_t)floor(sqrt(dx * dx + dy * dy)) +
                            json_integer_value(json_object_get(rents, centre->id));
            if (strcmp(place->zone, centre->zone) == 0 && price < least)
                least = price;
        }
        cost += place->count * least;
    }
    for (size_t j = 0; j < problem->centre_count; j++)
        cost -= problem->centres[j].count *
                json_integer_value(json_object_get(rents, problem->centres[j].id));
    return cost;
}

START_TEST(transcript_proves_the_optimum)
{
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    char *places = transcript_file(id, "places.csv"), *centres = transcript_file(id, "centres.csv");
    char *flows = transcript_file(id, "flows.csv"), *json = transcript_file(id, "transcript.json");
    json_t *transcript = json_loads(json, 0, NULL);
    ck_assert_ptr_nonnull(transcript);
    edu_allocation_problem *problem = NULL;
    FX_OK(edu_allocation_read(fx_bytes(places), fx_bytes(centres), &problem, error));
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_int_eq(json_integer_value(json_object_get(transcript, "cost_m")), allocation->cost_m);
    ck_assert_int_eq(dual_cost(problem, json_object_get(transcript, "rents")), allocation->cost_m);
    ck_assert_str_eq(json_string_value(json_object_get(transcript, "seed")), "c0ffee");
    ck_assert_str_eq(json_string_value(json_object_get(transcript, "input_sha256")),
                     allocation->input_hash);
    crypto_hash_sha256_state state;
    uint8_t hash[32];
    char hex[65];
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)places, strlen(places));
    crypto_hash_sha256_update(&state, (const uint8_t *)centres, strlen(centres));
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    ck_assert_str_eq(allocation->input_hash, hex);
    /* A solver that knows nothing of us gives the same flows. */
    const uint8_t seed[] = {0xc0, 0xff, 0xee};
    edu_allocation_result *result = NULL;
    char *expected = NULL;
    problem->seed = seed;
    problem->seed_size = sizeof seed;
    FX_OK(edu_allocation_solve(problem, (edu_progress){NULL, NULL}, &result, error));
    FX_OK(edu_allocation_flows_csv(problem, result, &expected, error));
    ck_assert_str_eq(flows, expected);
    edu_document *document = NULL;
    FX_FAILS(EDU_E_INVALID, edu_sitting_transcript(w.clerk, id, "../x", &document, error));
    FX_FAILS(EDU_E_DENIED, edu_sitting_transcript(w.school, id, "places.csv", &document, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_transcript(w.clerk, w.sitting, "places.csv", &document, error));
    edu_free(expected);
    edu_free(result);
    edu_free(problem);
    edu_free(allocation);
    json_decref(transcript);
    free(places);
    free(centres);
    free(flows);
    free(json);
}
END_TEST

/* ---- the signed transcript ---- */

/* All of it, a few lines at a time. */
static char *signed_transcript(edu_session *session)
{
    char *text = NULL, *cursor = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    do {
        edu_transcript_part_page *page = NULL;
        FX_OK(edu_sitting_transcript_parts(session, w.sitting, cursor, 3, &page, error));
        for (size_t i = 0; i < page->count; i++)
            fputs(page->items[i].text, file);
        free(cursor);
        cursor = page->next ? strdup(page->next) : NULL;
        edu_free(page);
    } while (cursor);
    fclose(file);
    return text;
}

static edu_transcript_report *check_transcript(const char *text, const char *pupil)
{
    char path[TEST_FOLDER_SIZE + 16], *keys = NULL;
    edu_transcript_report *report = NULL;
    (void)snprintf(path, sizeof path, "%s/transcript", fx_folder());
    FILE *file = fopen(path, "w");
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    FX_OK(edu_portal_public_keys(w.nobody, &keys, error));
    FX_OK(edu_transcript_check(path, keys, pupil, (edu_progress){NULL, NULL}, &report, error));
    edu_free(keys);
    return report;
}

/* A pupil as the list has them, told by what the pupil is told. */
typedef struct listed {
    char place[16], line[41];
    uint64_t lot;
} listed;

static int by_place_and_lot(const void *a, const void *b)
{
    const listed *x = a, *y = b;
    int order = strcmp(x->place, y->place);
    return order ? order : (x->lot > y->lot) - (x->lot < y->lot);
}

static listed listed_of(const edu_seat *seat, int pupil, const uint8_t *seed, size_t seed_size)
{
    listed one;
    char id[EDU_ID_TEXT], text[128], hex[65];
    snprintf(one.place, sizeof one.place, "S%02d%s", pupil / WORLD_PER_SCHOOL,
             pupil % 60 == 7 ? "/sf" : "");
    ck_assert_str_eq(seat->place, one.place);
    edu_id_format(seat->application_id, id);
    snprintf(text, sizeof text, "%s\t%s\t%s", id, one.place, seat->salt);
    hash_of(text, hex);
    snprintf(one.line, sizeof one.line, "%.40s", hex);
    ck_assert_str_eq(seat->line, one.line);
    one.lot = edu_allocation_lot(seed, seed_size, "pupil", one.line);
    return one;
}

static void hash_listed(listed *all, char hex[65])
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    qsort(all, WORLD_PUPILS, sizeof *all, by_place_and_lot);
    for (int i = 0; i < WORLD_PUPILS; i++)
        fprintf(file, "%s\t%s\n", all[i].line, all[i].place);
    fclose(file);
    hash_of(text, hex);
    free(text);
}

START_TEST(the_signed_transcript_is_of_the_frozen_list_and_everybody_finds_their_line)
{
    static listed all[WORLD_PUPILS];
    const uint8_t seed[] = {0xc0, 0xff, 0xee};
    char hex[65], commitment[65], *text;
    edu_sitting *sitting = NULL;
    edu_transcript_part_page *page = NULL;
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_transcript_parts(w.clerk, w.sitting, NULL, 0, &page, error));
    confirm(w.second, id);
    FX_OK(edu_sitting_get(w.nobody, w.sitting, &sitting, error));
    text = signed_transcript(w.nobody);
    for (int i = 0; i < WORLD_PUPILS; i++) {
        edu_seat *seat = NULL;
        FX_OK(edu_sitting_seat(w.clerk, w.pupils[i], applications[i], &seat, error));
        all[i] = listed_of(seat, i, seed, sizeof seed);
        if (i % 50 == 7 || i < 3) {
            edu_transcript_report *report = check_transcript(text, seat->line);
            ck_assert_ptr_nonnull(report->centre);
            ck_assert_str_eq(report->place, seat->place);
            ck_assert_int_eq(strncmp(report->centre, seat->centre, strlen(seat->centre)), 0);
            edu_free(report);
        }
        edu_free(seat);
    }
    hash_listed(all, hex);
    ck_assert_str_eq(sitting->frozen_hash, hex);
    edu_transcript_report *report = check_transcript(text, NULL);
    hash_of("c0ffee", commitment);
    ck_assert_str_eq(report->list_hash, sitting->frozen_hash);
    ck_assert_str_eq(report->commitment, commitment);
    ck_assert_str_eq(report->commitment, sitting->commitment);
    ck_assert_int_eq(report->pupils, WORLD_PUPILS);
    edu_id subject;
    FX_OK(edu_id_parse(report->subject, &subject, error));
    ck_assert_int_eq(memcmp(&subject, &w.sitting, sizeof subject), 0);
    edu_free(report);
    edu_free(sitting);
    free(text);
}
END_TEST

/* Who withdraws gives up the seat; what was published stays what it was. */
START_TEST(a_withdrawal_leaves_the_signed_transcript_as_it_was)
{
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, applications[0], NULL, error));
    confirm(w.second, id);
    char *before = signed_transcript(w.nobody);
    FX_OK(edu_olympiad_withdraw(w.pupil[1], self, applications[1], NULL, error));
    char *after = signed_transcript(w.pupil[1]);
    ck_assert_str_eq(before, after);
    edu_transcript_report *report = check_transcript(after, NULL);
    ck_assert_int_eq(report->pupils, WORLD_PUPILS);
    edu_free(report);
    free(before);
    free(after);
}
END_TEST

START_TEST(loads_add_up)
{
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    edu_centre_load_page *page = NULL;
    int64_t pupils = 0;
    FX_OK(edu_sitting_loads(w.second, id, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 4);
    for (size_t i = 0; i < page->count; i++) {
        pupils += page->items[i].pupils;
        ck_assert_int_le(page->items[i].pupils, page->items[i].seats);
        ck_assert_int_le(page->items[i].mean_m, page->items[i].farthest_m);
        ck_assert_int_gt(page->items[i].latitude_e7, 390000000);
    }
    ck_assert_int_eq(pupils, WORLD_PUPILS);
    edu_free(page);
    FX_FAILS(EDU_E_DENIED, edu_sitting_loads(w.steward, id, NULL, 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_loads(w.clerk, w.season, NULL, 0, &page, error));
}
END_TEST

/* ---- withdrawing later ---- */

START_TEST(withdrawal_frees_the_seat)
{
    register_and_freeze();
    confirm(w.second, allocate(w.clerk));
    edu_seat *seat = NULL;
    FX_OK(edu_sitting_seat(w.pupil[0], self, applications[0], &seat, error));
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, applications[0], NULL, error));
    edu_event_page *page = NULL;
    FX_OK(edu_application_timeline(w.pupil[0], self, applications[0], NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 3);
    ck_assert_str_eq(page->items[2].action, "withdraw");
    ck_assert_str_eq(json_string_value(json_object_get(page->items[2].data, "seat")), seat->seat);
    edu_free(page);
    edu_free(seat);
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(w.pupil[0], self, applications[0], &seat, error));
    FX_OK(edu_application_check(w.pupil[0], self, applications[0], error));
}
END_TEST

/* Two of the pupil's applications: the steps of both, newest first, a page at a time. */
START_TEST(everything_that_happened_newest_first)
{
    edu_id first, second;
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &first, error));
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, first, NULL, error));
    FX_OK(edu_olympiad_register(w.pupil[0], w.sitting, self, NULL, &second, error));
    static const char *const wanted[] = {"register", "withdraw", "register"};
    const edu_id *of[] = {&second, &first, &first};
    char cursor[256] = "";
    for (size_t i = 0; i < EI_COUNT(wanted); i++) {
        edu_happening_page *page = NULL;
        FX_OK(edu_application_history(w.pupil[0], self, i ? cursor : NULL, 1, &page, error));
        ck_assert_uint_eq(page->count, 1);
        ck_assert_str_eq(page->items[0].action, wanted[i]);
        ck_assert_mem_eq(&page->items[0].application_id, of[i], sizeof(edu_id));
        ck_assert_str_eq(page->items[0].service, "olympiad");
        ck_assert_ptr_nonnull(page->items[0].subject);
        ck_assert_str_ne(page->items[0].title, "");
        ck_assert_int_eq(page->next != NULL, i + 1 < EI_COUNT(wanted));
        snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
    }
    edu_happening_page *page = NULL;
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_application_history(w.pupil[1], w.pupils[0], NULL, 0, &page, error));
    FX_FAILS(EDU_E_INVALID, edu_application_history(w.pupil[0], self, "x", 0, &page, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_application_history(fx_nobody(), self, NULL, 0, &page, error));
}
END_TEST

START_TEST(withdrawal_before_the_confirmation)
{
    register_and_freeze();
    FX_OK(edu_olympiad_withdraw(w.pupil[1], self, applications[1], NULL, error));
    edu_id id = allocate(w.clerk);
    FX_OK(edu_olympiad_withdraw(w.pupil[0], self, applications[0], NULL, error));
    confirm(w.second, id);
    edu_seat *seat = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(w.pupil[0], self, applications[0], &seat, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_sitting_seat(w.pupil[1], self, applications[1], &seat, error));
    ck_assert_int_eq(report(w.clerk, "school").allocated, WORLD_PUPILS - 2);
    is_state("allocated");
}
END_TEST

/* ---- discarding, failing, being cut off ---- */

START_TEST(same_seed_same_seats)
{
    static placed first[WORLD_PUPILS], second[WORLD_PUPILS];
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    read_list(w.clerk, first, WORLD_PUPILS);
    FX_FAILS(EDU_E_DENIED, edu_sitting_discard(w.regional, id, NULL, error));
    FX_OK(edu_sitting_discard(w.second, id, "k", error));
    FX_OK(edu_sitting_discard(w.second, id, "k", error));
    is_state("frozen");
    read_list(w.clerk, second, WORLD_PUPILS);
    ck_assert_str_eq(second[0].centre, "");
    edu_id next = allocate(w.second);
    ck_assert_mem_ne(&id, &next, sizeof id);
    read_list(w.clerk, second, WORLD_PUPILS);
    ck_assert_mem_eq(first, second, sizeof first);
    confirm(w.clerk, next);
}
END_TEST

START_TEST(rooms_in_use_keep_their_seats)
{
    edu_import_report *changes = NULL;
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    bad_rooms(EDU_E_STATE, 3, "/room", ROOMS "C1,102,10,8,,\nC1,101,8,7,A1 H7,A2 A3\n");
    FX_OK(edu_sitting_import_rooms(w.clerk, fx_bytes(ROOMS "C1,102,10,8,,\nC1,9,1,1,,\n"), NULL,
                                   &changes, error));
    ck_assert_int_eq(changes->added, 1);
    edu_free(changes);
    FX_OK(edu_sitting_discard(w.clerk, id, NULL, error));
    FX_OK(edu_sitting_import_rooms(w.clerk, fx_bytes(ROOMS "C1,101,8,7,A1 H7,A2 A3\n"), NULL,
                                   &changes, error));
    ck_assert_int_eq(changes->changed, 1);
    edu_free(changes);
}
END_TEST

static void switch_off(const char *lines)
{
    char text[512];
    edu_import_report *changes = NULL;
    snprintf(text, sizeof text, "code,name,address,region,latitude,longitude,zone,active\n%s",
             lines);
    FX_OK(edu_sitting_import_centres(w.clerk, fx_bytes(text), NULL, &changes, error));
    edu_free(changes);
}

static void is_infeasible(const char *named)
{
    edu_id id;
    edu_error error = EDU_ERROR_INIT;
    edu_status status =
        edu_sitting_allocate(w.clerk, w.sitting, (edu_progress){NULL, NULL}, NULL, &id, &error);
    ck_assert_msg(status == EDU_E_INFEASIBLE, "%s: %s", edu_status_name(status), error.message);
    ck_assert_msg(strstr(error.message, named) != NULL, "%s", error.message);
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_str_eq(allocation->state, "failed");
    ck_assert_str_eq(allocation->failure, error.message);
    edu_free(allocation);
    is_state("frozen");
}

static edu_shortage_page *shortages(const char *cursor, int32_t limit)
{
    edu_shortage_page *page;
    FX_OK(edu_sitting_shortages(w.clerk, w.sitting, cursor, limit, &page, error));
    return page;
}

/* All its places, read two at a time: they are left over what the zone is short of, and those that
 * are the reason are too many, but not without any one of them. */
static void places_bear(const edu_shortage *zone)
{
    edu_left_over_page *page;
    char cursor[512] = "", last[16] = "";
    int64_t places = 0, left_over = 0, reason = 0, least = INT64_MAX, reasons = 0;
    do {
        FX_OK(edu_sitting_left_over(w.clerk, w.sitting, zone->zone, zone->is_step_free,
                                    cursor[0] ? cursor : NULL, 2, &page, error));
        for (size_t i = 0; i < page->count; i++) {
            const edu_left_over *one = &page->items[i];
            ck_assert_int_gt(strcmp(one->place, last), 0);
            ck_assert_ptr_nonnull(strstr(one->name, "məktəb"));
            ck_assert_int_le(one->left_over, one->pupils);
            snprintf(last, sizeof last, "%s", one->place);
            places++;
            left_over += one->left_over;
            reasons += one->is_reason;
            reason += one->is_reason ? one->pupils : 0;
            if (one->is_reason && one->pupils < least)
                least = one->pupils;
        }
        snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
    } while (cursor[0]);
    ck_assert_int_eq(places, zone->places);
    ck_assert_int_eq(reasons, zone->reasons);
    ck_assert_int_eq(left_over, zone->pupils - zone->seats);
    ck_assert_int_gt(reason, zone->seats);
    ck_assert_int_le(reason - least, zone->seats);
}

static void is_short(const edu_shortage *zone, const char *name, bool is_step_free, int64_t centres,
                     int64_t missing)
{
    ck_assert_str_eq(zone->zone, name);
    ck_assert_int_eq(zone->is_step_free, is_step_free);
    ck_assert_int_eq(zone->centres, centres);
    ck_assert_int_eq(zone->pupils - zone->seats, missing);
    places_bear(zone);
}

static void only_is_short(const char *name, bool is_step_free, int64_t centres, int64_t missing)
{
    edu_shortage_page *page = shortages(NULL, 0);
    ck_assert_uint_eq(page->count, 1);
    is_short(&page->items[0], name, is_step_free, centres, missing);
    edu_free(page);
}

static void is_not_short(void)
{
    edu_shortage_page *page = shortages(NULL, 0);
    ck_assert_uint_eq(page->count, 0);
    ck_assert_ptr_null(page->next);
    edu_free(page);
    edu_left_over_page *places;
    FX_OK(edu_sitting_left_over(w.clerk, w.sitting, NULL, false, NULL, 0, &places, error));
    ck_assert_uint_eq(places->count, 0);
    edu_free(places);
}

/* In parts of one: the main zone comes first. */
static void both_zones_are_short(void)
{
    edu_shortage_page *first = shortages(NULL, 1), *second = shortages(first->next, 1);
    is_short(&first->items[0], "", false, 2, 26);
    is_short(&second->items[0], "nx", false, 0, 50);
    ck_assert_ptr_null(second->next);
    edu_free(first);
    edu_free(second);
}

START_TEST(infeasible_is_an_answer)
{
    register_and_freeze();
    is_not_short();
    switch_off("C3,Mərkəz üç,Nizami 3,sheki,41.20,47.17,,0\n");
    is_infeasible("245");
    only_is_short("", false, 2, 26);
    switch_off("N1,Naxçıvan mərkəzi,Nizami 4,nakh,39.21,45.41,nx,0\n");
    both_zones_are_short();
    switch_off("C3,Mərkəz üç,Nizami 3,sheki,41.20,47.17,,1\n"
               "N1,Naxçıvan mərkəzi,Nizami 4,nakh,39.21,45.41,nx,0\n");
    is_infeasible("nx");
    only_is_short("nx", false, 0, 50);
    switch_off("N1,Naxçıvan mərkəzi,Nizami 4,nakh,39.21,45.41,nx,1\n");
    edu_import_report *changes = NULL;
    FX_OK(edu_sitting_import_rooms(w.clerk,
                                   fx_bytes(ROOMS "C1,101,8,7,A1 H7,\nC2,1,9,10,,\nC3,1,8,10,,\n"),
                                   NULL, &changes, error));
    edu_free(changes);
    is_infeasible("step-free");
    only_is_short("", true, 0, 5);
    FX_OK(
        edu_sitting_import_rooms(w.clerk, fx_bytes(ROOMS "C2,1,9,10,,*\n"), NULL, &changes, error));
    edu_free(changes);
    is_not_short();
    allocate(w.clerk);
    is_state("proposed");
}
END_TEST

static bool stop_storing(void *context, const char *stage, int64_t done, int64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return strcmp(stage, "storing") != 0;
}

START_TEST(a_run_can_be_stopped)
{
    register_and_freeze();
    edu_id id;
    FX_FAILS_WITH(EDU_E_CANCELLED, "sitting.cancelled",
                  edu_sitting_allocate(w.clerk, w.sitting, (edu_progress){stop_storing, NULL}, "k",
                                       &id, error));
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_str_eq(allocation->state, "failed");
    edu_free(allocation);
    FX_OK(edu_sitting_allocate(w.clerk, w.sitting, (edu_progress){NULL, NULL}, "k", &id, error));
    is_state("proposed");
}
END_TEST

typedef struct stopping {
    int calls, stop_at;
} stopping;

static bool stop_there(void *context, const char *stage, int64_t done, int64_t total)
{
    stopping *over = context;
    ck_assert(stage[0] && done >= 0 && done <= total);
    return ++over->calls != over->stop_at;
}

static void nothing_is_written(void)
{
    static const char *const tables[] = {"seat", "allocation_pupils", "allocation_place",
                                         "allocation_flow", "allocation_centre"};
    char sql[80];
    for (size_t i = 0; i < EI_COUNT(tables); i++) {
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", tables[i]);
        ck_assert_msg(fx_int(sql) == 0, "%s", tables[i]);
    }
}

/* At each point at which it tells how far it is, until one goes through. */
START_TEST(a_run_can_be_stopped_wherever_it_tells_of_itself)
{
    register_and_freeze();
    edu_status status = EDU_E_CANCELLED;
    edu_error error = EDU_ERROR_INIT;
    stopping over = {0};
    for (int at = 1; status == EDU_E_CANCELLED; at++) {
        edu_id id;
        over = (stopping){.stop_at = at};
        status = edu_sitting_allocate(w.clerk, w.sitting, (edu_progress){stop_there, &over}, "k",
                                      &id, &error);
        if (status != EDU_E_CANCELLED)
            break;
        ck_assert_int_eq(over.calls, at);
        edu_allocation *allocation = newest(w.clerk);
        ck_assert_str_eq(allocation->state, "failed");
        edu_free(allocation);
        nothing_is_written();
        is_state("frozen");
    }
    ck_assert_msg(status == EDU_OK, "%s", error.message);
    ck_assert_int_gt(over.calls, 6);
    is_state("proposed");
}
END_TEST

/* Another clerk, in the midst of the first one's run. */
typedef struct rival {
    edu_time later; /* how long the first has been silent by then */
    edu_status expected;
    int calls;
    edu_id id;
} rival;

static bool try_too(void *context, const char *stage, int64_t done, int64_t total)
{
    rival *other = context;
    if (strcmp(stage, "storing") != 0 || other->calls++ != 0)
        return true;
    fx_clock_add(other->later);
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_sitting_allocate(w.second, w.sitting, (edu_progress){NULL, NULL}, NULL,
                                             &other->id, &error);
    ck_assert_msg(status == other->expected, "%s: %s", edu_status_name(status), error.message);
    return true;
}

START_TEST(two_clerks_one_outcome)
{
    register_and_freeze();
    edu_id id;
    rival other = {.later = 59 * SECOND, .expected = EDU_E_BUSY};
    FX_OK(edu_sitting_allocate(w.clerk, w.sitting, (edu_progress){try_too, &other}, NULL, &id,
                               error));
    ck_assert_int_gt(other.calls, 0);
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_mem_eq(&allocation->id, &id, sizeof id);
    ck_assert_str_eq(allocation->state, "proposed");
    edu_free(allocation);
}
END_TEST

START_TEST(a_silent_run_is_taken_over)
{
    register_and_freeze();
    edu_id id;
    rival other = {.later = 61 * SECOND, .expected = EDU_OK};
    FX_FAILS_WITH(EDU_E_CONFLICT, "sitting.taken_over",
                  edu_sitting_allocate(w.clerk, w.sitting, (edu_progress){try_too, &other}, NULL,
                                       &id, error));
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_mem_eq(&allocation->id, &other.id, sizeof id);
    ck_assert_str_eq(allocation->state, "proposed");
    edu_free(allocation);
    static placed list[WORLD_PUPILS];
    ck_assert_uint_eq(read_list(w.clerk, list, WORLD_PUPILS), WORLD_PUPILS);
    check_seats(list, WORLD_PUPILS);
    confirm(w.clerk, other.id);
}
END_TEST

static bool die_storing(void *context, const char *stage, int64_t done, int64_t total)
{
    (void)context;
    (void)done;
    if (strcmp(stage, "storing") == 0 && total > 1)
        _exit(9);
    return true;
}

START_TEST(a_run_cut_off_is_run_again)
{
    register_and_freeze();
    pid_t child = fork();
    if (child == 0) {
        edu_id id;
        edu_session *clerk = NULL;
        edu_portal *portal = world_open();
        edu_status status =
            edu_session_sign_in(portal, "clerk", FX_PASSWORD, NULL, "en", &clerk, NULL);
        if (status == EDU_OK)
            status = edu_sitting_allocate(clerk, w.sitting, (edu_progress){die_storing, NULL}, "k",
                                          &id, NULL);
        _exit(status == EDU_OK ? 1 : 2);
    }
    int how = 0;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_int_eq(WEXITSTATUS(how), 9);
    edu_id id;
    edu_progress quiet = {NULL, NULL};
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_str_eq(allocation->state, "running");
    edu_free(allocation);
    FX_FAILS_WITH(EDU_E_BUSY, "sitting.running",
                  edu_sitting_allocate(w.clerk, w.sitting, quiet, "k", &id, error));
    fx_clock_add(61 * SECOND);
    FX_OK(edu_sitting_allocate(w.clerk, w.sitting, quiet, "k", &id, error));
    confirm(w.second, id);
    is_state("allocated");
}
END_TEST

static bool once(void *context, const char *stage, int64_t done, int64_t total)
{
    (void)context;
    (void)stage;
    (void)total;
    return done == 0;
}

START_TEST(a_confirmation_cut_off_goes_on)
{
    register_and_freeze();
    edu_id id = allocate(w.clerk);
    FX_FAILS_WITH(EDU_E_CANCELLED, "sitting.cancelled",
                  edu_sitting_confirm(w.second, id, (edu_progress){once, NULL}, NULL, error));
    is_state("confirming");
    edu_allocation *allocation = newest(w.clerk);
    ck_assert_str_eq(allocation->state, "confirming");
    ck_assert(allocation->may_confirm);
    ck_assert_int_gt(allocation->permille, 0);
    ck_assert_int_lt(allocation->permille, 1000);
    edu_free(allocation);
    static char slips[WORLD_PUPILS][20];
    int told = 0;
    for (int i = 0; i < WORLD_PUPILS; i++) {
        edu_seat *seat = NULL;
        slips[i][0] = 0;
        if (edu_sitting_seat(w.clerk, w.pupils[i], applications[i], &seat, NULL) == EDU_OK) {
            snprintf(slips[i], sizeof slips[i], "%s", seat->slip);
            told++;
        }
        edu_free(seat);
    }
    ck_assert_int_eq(told, 200);
    FX_FAILS_WITH(EDU_E_STATE, "sitting.nothing_proposed",
                  edu_sitting_discard(w.clerk, id, NULL, error));
    confirm(w.clerk, id);
    is_state("allocated");
    for (int i = 0; i < WORLD_PUPILS; i++) {
        edu_seat *seat = NULL;
        FX_OK(edu_sitting_seat(w.clerk, w.pupils[i], applications[i], &seat, error));
        ck_assert(slips[i][0] == 0 || strcmp(slips[i], seat->slip) == 0);
        edu_free(seat);
    }
}
END_TEST

static bool stands_against_merging(const char *key)
{
    edu_merge *found = NULL;
    size_t i;
    json_t *one;
    bool is_there = false;
    FX_OK(edu_person_merge_preview(w.clerk, w.pupils[0], w.pupils[1], &found, error));
    json_array_foreach(found->against, i, one) is_there =
        is_there || strcmp(json_string_value(json_object_get(one, "key")), key) == 0;
    edu_free(found);
    return is_there;
}

START_TEST(two_who_sit_an_examination_are_not_one)
{
    ck_assert(!stands_against_merging("person.both_in_season"));
    register_and_freeze();
    ck_assert(stands_against_merging("person.both_in_season"));
    ck_assert(stands_against_merging("person.two_places"));
    ck_assert(stands_against_merging("person.being_placed"));
    ck_assert(!stands_against_merging("person.both_seated"));
    confirm(w.second, allocate(w.clerk));
    ck_assert(stands_against_merging("person.both_seated"));
    ck_assert(!stands_against_merging("person.being_placed"));
}
END_TEST

/* Registers tell of pupil 0 once more, by a document. */
static edu_id pupil_0_again(void)
{
    char csv[256], day[11];
    edu_person *known = NULL;
    FX_OK(edu_account_person(w.clerk, w.pupils[0], &known, error));
    ei_date_format(known->birth, day);
    (void)snprintf(csv, sizeof csv, "document,given,family,birth\nY-7000001,%s,TƏKRAR,%s\n",
                   known->given, day);
    edu_free(known);
    fx_import(edu_account_import_persons, csv);
    return fx_id("SELECT id FROM person WHERE family = 'TƏKRAR'");
}

START_TEST(a_seat_stays_whose_it_is_when_they_are_merged)
{
    edu_seat *before = NULL, *after = NULL, *gone = NULL;
    edu_merge *out = NULL;
    register_and_freeze();
    confirm(w.second, allocate(w.clerk));
    FX_OK(edu_sitting_seat(w.clerk, w.pupils[0], applications[0], &before, error));
    edu_id again = pupil_0_again();
    FX_OK(edu_person_merge(w.clerk, again, w.pupils[0], NULL, &out, error));
    ck_assert_int_eq(json_integer_value(json_object_get(out->moved, "seats")), 1);
    FX_OK(edu_sitting_seat(w.clerk, again, applications[0], &after, error));
    ck_assert_str_eq(after->centre, before->centre);
    ck_assert_str_eq(after->slip, before->slip);
    ck_assert_str_eq(after->salt, before->salt);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_seat(w.clerk, w.pupils[0], applications[0], &gone, error));
    FX_OK(edu_application_check(w.clerk, again, applications[0], error));
    FX_OK(edu_portal_check(w.operator_, (edu_progress){NULL, NULL}, error));
    edu_free(before);
    edu_free(after);
    edu_free(out);
}
END_TEST

START_TEST(pupils_are_told)
{
    register_and_freeze();
    confirm(w.second, allocate(w.clerk));
    edu_notification_page *page = NULL;
    FX_OK(edu_notification_list(w.parent, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 2);
    ck_assert_mem_eq(&page->items[0].person_id, &w.pupils[4], sizeof(edu_id));
    ck_assert_str_eq(page->items[0].title, "Your seat is given");
    ck_assert_str_eq(page->items[1].title, "Registration received");
    edu_free(page);
    edu_application *application = NULL;
    FX_OK(edu_application_get(w.pupil[0], self, applications[0], &application, error));
    ck_assert_str_eq(application->state, "allocated");
    ck_assert_str_eq(application->subject, "Mathematics");
    edu_free(application);
    FX_OK(edu_portal_check(w.operator_, (edu_progress){NULL, NULL}, error));
}
END_TEST

/* ---- why here ---- */

typedef struct near_one {
    const edu_allocation_site *centre;
    int64_t distance, rent;
} near_one;

static int by_distance(const void *a, const void *b)
{
    const near_one *x = a, *y = b;
    return (x->distance > y->distance) - (x->distance < y->distance);
}

static const edu_allocation_site *place_of(const edu_allocation_problem *problem, int pupil)
{
    char id[32];
    snprintf(id, sizeof id, "S%02d%s", pupil / WORLD_PER_SCHOOL, pupil % 60 == 7 ? "/sf" : "");
    for (size_t i = 0; i < problem->place_count; i++)
        if (strcmp(problem->places[i].id, id) == 0)
            return &problem->places[i];
    ck_abort_msg("no place %s", id);
}

/* Of the published problem: the centres nearer than the one somebody got. */
static size_t find_nearer(const edu_allocation_problem *problem, const json_t *rents, int pupil,
                          int64_t distance, near_one *out)
{
    const edu_allocation_site *place = place_of(problem, pupil);
    size_t count = 0;
    for (size_t k = 0; k < problem->centre_count; k++) {
        const edu_allocation_site *centre = &problem->centres[k];
        int64_t way = edu_allocation_distance(place, centre);
        if (strcmp(place->zone, centre->zone) == 0 && way < distance)
            out[count++] =
                (near_one){centre, way, json_integer_value(json_object_get(rents, centre->id))};
    }
    qsort(out, count, sizeof *out, by_distance);
    return count;
}

/* Two at the door of the first schools that hold few: most of those who live near go farther. */
static const char small_centres[] = "code,name,address,region,latitude,longitude,zone,active\n"
                                    "D1,Kiçik,Nizami 5,baku,40.35,49.75,,1\n"
                                    "D2,Daha kiçik,Nizami 6,baku,40.363,49.771,,1\n";
static const char small_rooms[] =
    "centre,room,rows,columns,missing,step_free\nD1,1,3,3,,A1\nD2,1,2,2,,\n";

START_TEST(everybody_sees_which_nearer_centres_were_full)
{
    fx_import(edu_sitting_import_centres, small_centres);
    fx_import(edu_sitting_import_rooms, small_rooms);
    register_and_freeze();
    edu_id allocation = allocate(w.clerk);
    edu_nearer_centre_page *page = NULL;
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_sitting_nearer(w.pupil[0], self, applications[0], NULL, 50, &page, error));
    confirm(w.second, allocation);
    char *place_text = transcript_file(allocation, "places.csv");
    char *centre_text = transcript_file(allocation, "centres.csv");
    char *transcript_text = transcript_file(allocation, "transcript.json");
    edu_allocation_problem *problem = NULL;
    FX_OK(edu_allocation_read(fx_bytes(place_text), fx_bytes(centre_text), &problem, error));
    json_t *transcript = json_loads(transcript_text, 0, NULL);
    size_t farther = 0;
    for (int i = 0; i < WORLD_PUPILS; i++) {
        edu_seat *seat = NULL;
        near_one expected[64];
        FX_OK(edu_sitting_seat(w.clerk, w.pupils[i], applications[i], &seat, error));
        size_t count = find_nearer(problem, json_object_get(transcript, "rents"), i,
                                   seat->distance_m, expected);
        FX_OK(edu_sitting_nearer(w.clerk, w.pupils[i], applications[i], NULL, 50, &page, error));
        ck_assert_uint_eq(page->count, count);
        for (size_t k = 0; k < count; k++) {
            const edu_nearer_centre *one = &page->items[k];
            ck_assert_int_eq(one->distance_m, expected[k].distance);
            ck_assert(strncmp(one->code, expected[k].centre->id, strlen(one->code)) == 0);
            ck_assert_int_eq(one->rent_m, expected[k].rent);
            ck_assert_int_eq(one->seats, expected[k].centre->count);
            ck_assert_int_ge(one->rent_m, seat->distance_m - one->distance_m);
        }
        farther += count > 0;
        edu_free(page);
        edu_free(seat);
    }
    ck_assert_uint_gt(farther, 20);
    json_decref(transcript);
    edu_free(problem);
    free(place_text);
    free(centre_text);
    free(transcript_text);
}
END_TEST

static Suite *olympiad_suite(void)
{
    Suite *suite = suite_create("olympiad");
    TCase *seasons = tcase_create("seasons");
    tcase_add_checked_fixture(seasons, make, fx_teardown);
    tcase_set_timeout(seasons, 60);
    tcase_add_test(seasons, season_states_follow_publication_and_clock);
    tcase_add_test(seasons, drafts_are_for_clerks);
    tcase_add_test(seasons, season_is_checked);
    tcase_add_test(seasons, every_grade_has_a_sitting);
    tcase_add_test(seasons, window_moves_until_the_freeze);
    suite_add_tcase(suite, seasons);
    TCase *registering = tcase_create("registering");
    tcase_add_checked_fixture(registering, make, fx_teardown);
    tcase_set_timeout(registering, 60);
    tcase_add_test(registering, each_registers_their_own);
    tcase_add_test(registering, not_yours_is_not_found);
    tcase_add_test(registering, window_is_judged_to_the_microsecond);
    tcase_add_test(registering, who_may_take_part);
    tcase_add_test(registering, twice_is_once);
    tcase_add_test(registering, sittings_that_overlap_clash);
    tcase_add_test(registering, withdrawal_before_the_freeze);
    suite_add_tcase(suite, registering);
    TCase *imports = tcase_create("imports");
    tcase_add_checked_fixture(imports, make, fx_teardown);
    tcase_set_timeout(imports, 60);
    tcase_add_test(imports, bad_files_change_nothing);
    tcase_add_test(imports, files_say_what_they_changed);
    suite_add_tcase(suite, imports);
    TCase *allocating = tcase_create("allocating");
    tcase_add_checked_fixture(allocating, make, fx_teardown);
    tcase_set_timeout(allocating, 120);
    tcase_add_test(allocating, a_seed_is_committed_to_before_the_list_is_known);
    tcase_add_test(allocating, freeze_keeps_the_hash_of_the_list);
    tcase_add_test(allocating, everybody_sees_which_nearer_centres_were_full);
    tcase_add_test(allocating, proposal_is_for_clerks);
    tcase_add_test(allocating, two_people_confirm);
    tcase_add_test(allocating, seats_follow_the_rules);
    tcase_add_test(allocating, slips_are_signed_and_private);
    tcase_add_test(allocating, paper_in_three_languages);
    tcase_add_test(allocating, figures_have_their_scope);
    tcase_add_test(allocating, transcript_proves_the_optimum);
    tcase_add_test(allocating,
                   the_signed_transcript_is_of_the_frozen_list_and_everybody_finds_their_line);
    tcase_add_test(allocating, a_withdrawal_leaves_the_signed_transcript_as_it_was);
    tcase_add_test(allocating, loads_add_up);
    tcase_add_test(allocating, withdrawal_frees_the_seat);
    tcase_add_test(allocating, everything_that_happened_newest_first);
    tcase_add_test(allocating, withdrawal_before_the_confirmation);
    tcase_add_test(allocating, same_seed_same_seats);
    tcase_add_test(allocating, rooms_in_use_keep_their_seats);
    tcase_add_test(allocating, infeasible_is_an_answer);
    tcase_add_test(allocating, a_run_can_be_stopped);
    tcase_add_test(allocating, a_run_can_be_stopped_wherever_it_tells_of_itself);
    tcase_add_test(allocating, two_clerks_one_outcome);
    tcase_add_test(allocating, a_silent_run_is_taken_over);
    tcase_add_test(allocating, a_run_cut_off_is_run_again);
    tcase_add_test(allocating, a_confirmation_cut_off_goes_on);
    tcase_add_test(allocating, pupils_are_told);
    tcase_add_test(allocating, a_seat_stays_whose_it_is_when_they_are_merged);
    tcase_add_test(allocating, two_who_sit_an_examination_are_not_one);
    suite_add_tcase(suite, allocating);
    return suite;
}

int main(void)
{
    return tap_run(olympiad_suite());
}
