/* Ten thousand commands and reads, drawn from a seed, by clerks, schools, families and pupils
 * mixed, on the engine of this run; prints what each was answered, as a line. The clock moves and
 * randomness flows by what is done, so that two engines that do the same print the same.
 *
 *   trace COMMANDS SEED */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/sys/record.h>
#include "olympiad_world.h"

#define APPLICATIONS_MAX 4096
#define ACTORS 9

static world w;
static uint64_t state;
static edu_session *actors[ACTORS];
static edu_id sittings[2], seasons[2];
static struct application {
    edu_id person, id;
} applications[APPLICATIONS_MAX];
static size_t application_count;
static edu_error found;
static uint64_t digest;

/* ---- drawing ---- */

static uint32_t draw(uint32_t below)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) % below);
}

static edu_session *actor(void)
{
    return actors[draw(ACTORS)];
}

static edu_id person(void)
{
    static const edu_id self = {{0}};
    return draw(8) == 0 ? self : w.pupils[draw(WORLD_PUPILS)];
}

static edu_id sitting(void)
{
    return sittings[draw(2)];
}

static struct application application(void)
{
    return application_count > 0 ? applications[draw((uint32_t)application_count)]
                                 : (struct application){0};
}

/* A few keys, so that some are used again. */
static const char *key(void)
{
    static char text[16];
    (void)snprintf(text, sizeof text, "key-%u", draw(2000));
    return draw(2) ? text : NULL;
}

/* ---- what was answered ---- */

static void mix(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(1099511628211);
}

static void mix_text(const char *text)
{
    mix(text != NULL ? text : "\1", text != NULL ? strlen(text) + 1 : 1);
}

static void mix_json(const json_t *json)
{
    char *text = json != NULL ? json_dumps(json, JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
    mix_text(text);
    free(text);
}

static void mix_field(const void *field, edu_kind kind)
{
    static const size_t sizes[] = {[EDU_KIND_BOOL] = sizeof(bool),
                                   [EDU_KIND_INT32] = 4,
                                   [EDU_KIND_INT64] = 8,
                                   [EDU_KIND_ID] = 16,
                                   [EDU_KIND_TIME] = 8,
                                   [EDU_KIND_DATE] = sizeof(edu_date)};
    if (kind == EDU_KIND_TEXT)
        mix_text(*(const char *const *)field);
    else if (kind == EDU_KIND_JSON)
        mix_json(*(json_t *const *)field);
    else if (kind == EDU_KIND_BYTES)
        mix(((const edu_bytes *)field)->data, ((const edu_bytes *)field)->size);
    else
        mix(field, sizes[kind]);
}

static void mix_record(const edu_record_type *type, const void *record)
{
    for (size_t i = 0; i < type->count; i++)
        mix_field((const char *)record + type->fields[i].offset, type->fields[i].kind);
}

static void take_record(edu_status status, const char *type, void *record)
{
    if (status != EDU_OK)
        return;
    mix_record(edu_record_type_find(type), record);
    edu_free(record);
}

static void take_page(edu_status status, const char *type_name, void *opaque)
{
    const edu_record_type *type = edu_record_type_find(type_name);
    const edu_page *page = opaque;
    if (status != EDU_OK)
        return;
    mix(&page->count, sizeof page->count);
    for (size_t i = 0; i < page->count; i++)
        mix_record(type, (const char *)page->items + i * type->size);
    mix_text(page->next);
    edu_free(opaque);
}

/* ---- the commands ---- */

#define PAGE(type, call)                                                                           \
    do {                                                                                           \
        type##_page *page = NULL;                                                                  \
        edu_error *error = &found;                                                                 \
        edu_status status = call;                                                                  \
        take_page(status, #type, page);                                                            \
        return status;                                                                             \
    } while (0)
#define RECORD(type, call)                                                                         \
    do {                                                                                           \
        type *record = NULL;                                                                       \
        edu_error *error = &found;                                                                 \
        edu_status status = call;                                                                  \
        take_record(status, #type, record);                                                        \
        return status;                                                                             \
    } while (0)

static edu_status do_register(void)
{
    edu_session *by = actor();
    edu_id whom = person(), id = {{0}};
    edu_status status = edu_olympiad_register(by, sitting(), whom, key(), &id, &found);
    if (ei_id_is_none(whom))
        whom = ei_session_actor(by);
    mix(&id, sizeof id);
    if (status == EDU_OK && application_count < APPLICATIONS_MAX)
        applications[application_count++] = (struct application){whom, id};
    return status;
}

static edu_status do_withdraw(void)
{
    struct application one = application();
    return edu_olympiad_withdraw(actor(), one.person, one.id, key(), &found);
}

static edu_status do_cabinet(void)
{
    PAGE(edu_application, edu_application_list(actor(), person(), NULL, 10, &page, error));
}

static edu_status do_timeline(void)
{
    struct application one = application();
    PAGE(edu_event, edu_application_timeline(actor(), one.person, one.id, NULL, 10, &page, error));
}

static edu_status do_application(void)
{
    struct application one = application();
    RECORD(edu_application, edu_application_get(actor(), one.person, one.id, &record, error));
}

static edu_status do_notifications(void)
{
    PAGE(edu_notification, edu_notification_list(actor(), NULL, 10, &page, error));
}

static edu_status do_entries(void)
{
    PAGE(edu_entry,
         edu_olympiad_entries(actor(), sitting(), draw(2) ? "S00" : NULL, NULL, 50, &page, error));
}

static edu_status do_pupils(void)
{
    static const char *const words[] = {NULL, "əl", "ALEKBEROV1", "ələkbərov2 ad", "x"};
    PAGE(edu_person, edu_account_pupils(actor(), draw(2) ? "S01" : NULL, words[draw(5)], NULL, 20,
                                        &page, error));
}

static edu_status do_person(void)
{
    RECORD(edu_person, edu_account_person(actor(), person(), &record, error));
}

static edu_status do_find(void)
{
    RECORD(edu_person,
           edu_account_find(actor(), world_number((int)draw(WORLD_PUPILS)),
                            (edu_date){2012, 3, (int8_t)(draw(28) + 1)}, &record, error));
}

static edu_status do_family(void)
{
    PAGE(edu_person, edu_account_family(actor(), &page, error));
}

static edu_status do_eligibility(void)
{
    RECORD(edu_eligibility, edu_olympiad_eligibility(actor(), sitting(), person(), &record, error));
}

static edu_status do_seasons(void)
{
    PAGE(edu_season, edu_olympiad_seasons(actor(), NULL, 10, &page, error));
}

static edu_status do_report(void)
{
    static const char *const by[] = {"region", "school", "centre", "moon"};
    PAGE(edu_report_row,
         edu_olympiad_report(actor(), sitting(), by[draw(4)], NULL, 50, &page, error));
}

static edu_status do_seat(void)
{
    struct application one = application();
    RECORD(edu_seat, edu_sitting_seat(actor(), one.person, one.id, &record, error));
}

static edu_status do_request(void)
{
    return edu_account_guardian_request(actor(), world_number((int)draw(WORLD_PUPILS)),
                                        (edu_date){2012, 3, (int8_t)(draw(28) + 1)}, key(), &found);
}

static edu_status do_guardianships(void)
{
    PAGE(edu_guardianship,
         edu_account_guardianships(actor(), draw(2) ? "requested" : NULL, NULL, 10, &page, error));
}

static edu_status do_import(void)
{
    char csv[256];
    int pupil = (int)draw(WORLD_PUPILS), grade = 6 + (int)draw(5);
    (void)snprintf(csv, sizeof csv,
                   "number,institution,grade,class,language,step_free\n%s,S%02u,%d,b,az,0\n%s",
                   world_number(pupil), draw(WORLD_SCHOOLS + 1), grade,
                   draw(6) == 0 ? "nobody,S00,7,a,az,0\n" : "");
    RECORD(edu_import_report,
           edu_account_import_pupils(draw(2) ? w.operator_ : actor(), (edu_bytes){csv, strlen(csv)},
                                     key(), &record, error));
}

static edu_status do_grant(void)
{
    static const char *const roles[] = {"clerk", "school", "king"};
    edu_session *by = draw(2) ? w.operator_ : actor();
    const char *role = roles[draw(3)];
    edu_id whom = w.pupils[200 + draw(5)];
    return draw(2) ? edu_account_grant(by, whom, role, "region", "baku", key(), &found)
                   : edu_account_revoke(by, whom, role, "region", "baku", key(), &found);
}

static edu_status do_grants(void)
{
    PAGE(edu_grant, edu_account_grants(draw(2) ? w.operator_ : actor(), NULL, 20, &page, error));
}

static edu_status do_sign_in(void)
{
    static const char *const logins[] = {"clerk", "pupil0", "nobody-at-all", "Parent"};
    char address[16];
    edu_session *made = NULL;
    (void)snprintf(address, sizeof address, "10.0.%u.1", draw(200));
    edu_status status =
        edu_session_sign_in(fx_portal(), logins[draw(4)], draw(3) ? FX_PASSWORD : "wrong password",
                            address, "az", &made, &found);
    edu_session_close(made);
    return status;
}

static edu_status do_check(void)
{
    struct application one = application();
    return edu_application_check(actor(), one.person, one.id, &found);
}

static edu_status do_deliver(void)
{
    int32_t sent = 0;
    edu_status status = edu_outbox_deliver(w.operator_, 3, &sent, &found);
    mix(&sent, sizeof sent);
    return status;
}

static edu_status do_result(void)
{
    PAGE(edu_result,
         edu_result_list(actor(), seasons[draw(2)], NULL, NULL, NULL, 20, &page, error));
}

static edu_status do_figures(void)
{
    static const char *const by[] = {"all", "region", "school", "problem", "score"};
    PAGE(edu_figure,
         edu_result_figures(actor(), seasons[draw(2)], by[draw(5)], NULL, 20, &page, error));
}

static const struct op {
    const char *name;
    edu_status (*run)(void);
    int weight;
} ops[] = {{"register", do_register, 20},
           {"withdraw", do_withdraw, 8},
           {"cabinet", do_cabinet, 8},
           {"timeline", do_timeline, 5},
           {"application", do_application, 5},
           {"notifications", do_notifications, 4},
           {"entries", do_entries, 4},
           {"pupils", do_pupils, 4},
           {"person", do_person, 4},
           {"find", do_find, 4},
           {"family", do_family, 2},
           {"eligibility", do_eligibility, 5},
           {"seasons", do_seasons, 2},
           {"report", do_report, 3},
           {"seat", do_seat, 4},
           {"request", do_request, 3},
           {"guardianships", do_guardianships, 3},
           {"import", do_import, 4},
           {"grant", do_grant, 3},
           {"grants", do_grants, 1},
           {"sign-in", do_sign_in, 2},
           {"check", do_check, 3},
           {"deliver", do_deliver, 1},
           {"result", do_result, 2},
           {"figures", do_figures, 2}};

static const struct op *draw_op(void)
{
    int total = 0;
    for (size_t i = 0; i < EI_COUNT(ops); i++)
        total += ops[i].weight;
    int at = (int)draw((uint32_t)total);
    const struct op *op = ops;
    for (; at >= op->weight; op++)
        at -= op->weight;
    return op;
}

static void answer(long number, const char *name, edu_status status)
{
    printf("%ld %s %s %s %s %" PRId64 " %016" PRIx64 " %" PRId64 "\n", number, name,
           edu_status_name(status), status == EDU_OK ? "" : found.key,
           status == EDU_OK ? "" : found.field, status == EDU_OK ? 0 : found.line, digest,
           fx_now() - WORLD_OPENS);
}

static void run_one(long number)
{
    const struct op *op = draw_op();
    digest = UINT64_C(14695981039346656037);
    found = (edu_error)EDU_ERROR_INIT;
    answer(number, op->name, op->run());
}

/* ---- the days of the olympiad ---- */

static void allocate(void)
{
    static const char hash_of_2a[] =
        "b2239ae33d9bc5614aeb2e439e5032b1fe77c32f7080d3211c1d03f1b17ffcf6";
    edu_id id;
    FX_OK(edu_sitting_commit(w.clerk, sittings[0], hash_of_2a, NULL, error));
    fx_clock_set(WORLD_CLOSES + 1);
    FX_OK(edu_sitting_freeze(w.clerk, sittings[0], "2a", NULL, error));
    FX_OK(edu_sitting_allocate(w.clerk, sittings[0], (edu_progress){0}, NULL, &id, error));
    FX_OK(edu_sitting_confirm(w.second, id, (edu_progress){0}, NULL, error));
}

static void write_results(FILE *csv)
{
    fputs("number,p1,p2\n", csv);
    for (size_t i = 0; i < application_count; i++) {
        edu_seat *seat = NULL;
        edu_id whom = applications[i].person;
        if (edu_sitting_seat(w.clerk, whom, applications[i].id, &seat, NULL) == EDU_OK)
            fprintf(csv, "%s,%u,%u\n", seat->slip, draw(8), draw(8));
        edu_free(seat);
    }
}

static void publish(void)
{
    char *text = NULL;
    size_t size = 0;
    edu_import_report *report = NULL;
    FILE *csv = open_memstream(&text, &size);
    fx_clock_set(WORLD_STARTS + 4 * HOUR);
    write_results(csv);
    fclose(csv);
    json_t *rules = json_loads("{\"problems\":[{\"code\":\"p1\",\"max\":7},{\"code\":\"p2\","
                               "\"max\":7}],\"awards\":[{\"code\":\"gold\",\"title\":{\"az\":"
                               "\"Qızıl\"},\"cut\":{\"permille\":100}}]}",
                               0, NULL);
    FX_OK(edu_result_rules(w.clerk, seasons[0], rules, NULL, error));
    json_decref(rules);
    FX_OK(edu_result_import(w.clerk, seasons[0], (edu_bytes){text, size}, NULL, &report, error));
    edu_free(report);
    free(text);
    FX_OK(edu_result_propose(w.clerk, seasons[0], fx_now(), NULL, error));
    FX_OK(edu_result_approve(w.second, seasons[0], (edu_progress){0}, NULL, error));
}

static void make(void)
{
    world_make(&w);
    seasons[0] = w.season;
    sittings[0] = w.sitting;
    world_season(&w, "2026-second", WORLD_STARTS + 24 * HOUR, &seasons[1], &sittings[1]);
    edu_session *all[ACTORS] = {w.clerk,  w.second,   w.regional, w.school,  w.steward,
                                w.parent, w.pupil[0], w.pupil[1], w.stranger};
    memcpy(actors, all, sizeof actors);
}

static long wanted;

START_TEST(trace)
{
    make();
    for (long i = 0; i < wanted; i++) {
        if (i == wanted * 6 / 10)
            allocate();
        if (i == wanted * 8 / 10)
            publish();
        run_one(i);
    }
    FX_OK(edu_portal_check(w.operator_, (edu_progress){0}, error));
    fx_teardown();
}
END_TEST

/* The fixture belongs to a test of check, so this is one. */
int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: trace COMMANDS SEED\n", stderr);
        return 2;
    }
    wanted = strtol(argv[1], NULL, 10);
    state = strtoull(argv[2], NULL, 10);
    Suite *suite = suite_create("trace");
    TCase *tests = tcase_create("trace");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, trace);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_set_log(runner, "/dev/stderr");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
