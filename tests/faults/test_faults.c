/* A command of a pupil with something failing at each step of it: the store is as before or as
 * after, the caller gets a stated error or none, and nothing is done twice. On a server also:
 * connections ended at each step, answers swallowed, its time run out. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "conformance/faulty.h"
#include "faults/cutter.h"
#include "olympiad_world.h"
#include "postgresql/databases.h"
#include "../tap.h"

static world w;

static void through_faulty(char *address, size_t room)
{
    char inner[256];
    (void)snprintf(inner, sizeof inner, "%s", address);
    (void)snprintf(address, room, "faulty:%s", inner);
}

/* The driver within is the one that the address behind "faulty:" names. */
static void make(void)
{
    edu_store *store = NULL;
    static bool is_known;
    fx_change_addresses(NULL);
    if (!is_known) {
        char path[TEST_FOLDER_SIZE];
        fx_paths paths;
        test_folder(path);
        fx_place(path, &paths);
        FX_OK(ei_store_open(paths.store, true, &store, error));
        FX_OK(faulty_register(ei_store_driver(store), error));
        ei_store_close(store);
        fx_remove_folder(path);
        is_known = true;
    }
    fx_change_addresses(through_faulty);
    world_make(&w);
}

/* Everything a registration writes. */
static int64_t count_all(void)
{
    static const char *const tables[] = {"application", "event",        "entry",    "claim",
                                         "command",     "notification", "throttle", "audit"};
    int64_t count = 0;
    for (size_t i = 0; i < EI_COUNT(tables); i++) {
        char sql[80];
        (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", tables[i]);
        count = count * 1000 + fx_int(sql);
    }
    return count;
}

static edu_status register_pupil(int pupil, const char *key, edu_id *out, edu_error *error)
{
    return edu_olympiad_register(w.clerk, w.sitting, w.pupils[pupil], key, out, error);
}

/* ---- failing statements ---- */

START_TEST(any_operation_may_fail)
{
    bool has_come = true;
    int failed = 0;
    for (int n = 1; has_come; n++) {
        edu_id id;
        edu_error found = EDU_ERROR_INIT;
        int64_t before = count_all();
        faulty_arm(n, faulty_disk, NULL);
        edu_status status = register_pupil(0, "once", &id, &found);
        has_come = faulty_disarm();
        if (has_come) {
            ck_assert_int_eq(status, EDU_E_STORAGE);
            ck_assert_str_eq(found.key, "storage.io");
            ck_assert_int_eq(count_all(), before);
            failed++;
        } else {
            ck_assert_int_eq(status, EDU_OK);
        }
    }
    ck_assert_int_gt(failed, 8);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application"), 1);
    FX_OK(edu_portal_check(w.operator_, (edu_progress){0}, error));
}
END_TEST

/* ---- ended connections ---- */

static edu_status end_connections(void *context, edu_error *error)
{
    (void)context;
    (void)error;
    db_end_connections(fx_server_store());
    return EDU_OK;
}

/* Ends all connections before operation n of pupil n's registration; the pupil notices nothing. */
START_TEST(a_lost_connection_is_not_noticed)
{
    bool has_come = true;
    int n = 0;
    if (!fx_is_on_server())
        return;
    for (; has_come; n++) {
        char key[24];
        edu_id id, again;
        (void)snprintf(key, sizeof key, "pupil-%d", n);
        faulty_arm(n + 1, end_connections, NULL);
        FX_OK(register_pupil(n, key, &id, error));
        has_come = faulty_disarm();
        FX_OK(register_pupil(n, key, &again, error));
        ck_assert_mem_eq(&id, &again, sizeof id);
    }
    ck_assert_int_gt(n, 8);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application"), n);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event"), n);
    FX_OK(edu_portal_check(w.operator_, (edu_progress){0}, error));
}
END_TEST

static edu_status swallow_next(void *context, edu_error *error)
{
    (void)context;
    (void)error;
    cutter_arm(1, CUT_ANSWER);
    return EDU_OK;
}

static void through_cutter(char *address, size_t room)
{
    char plain[256];
    (void)snprintf(plain, sizeof plain, "%s", address);
    const char *host = strstr(plain, "host="), *end = host + strcspn(host, "&");
    (void)snprintf(address, room, "faulty:%.*s%s%s", (int)(host + 5 - plain), plain, fx_folder(),
                   end);
}

/* The world, with the server behind the cutter. */
static edu_portal *open_behind_cutter(edu_session **clerk)
{
    cutter_stand_between(fx_folder());
    fx_change_addresses(through_cutter);
    edu_portal *portal = world_open();
    FX_OK(edu_session_sign_in(portal, "clerk", FX_PASSWORD, NULL, NULL, clerk, error));
    return portal;
}

/* The answer to operation n's request, and to the commit's, never comes. */
START_TEST(an_answer_that_never_comes_does_nothing_twice)
{
    edu_session *clerk;
    bool has_come = true;
    int n = 0;
    if (!fx_is_on_server())
        return;
    edu_portal *portal = open_behind_cutter(&clerk);
    for (; has_come; n++) {
        char key[24];
        edu_id id;
        (void)snprintf(key, sizeof key, "pupil-%d", n);
        faulty_arm(n + 1, swallow_next, NULL);
        FX_OK(edu_olympiad_register(clerk, w.sitting, w.pupils[n], key, &id, error));
        has_come = faulty_disarm();
    }
    ck_assert_int_gt(n, 8);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application"), n);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event"), n);
    edu_session_close(clerk);
    edu_portal_close(portal);
}
END_TEST

/* Without a key nothing tells whether it was done: that is said, and the store holds it once. */
START_TEST(without_a_key_an_unknown_end_is_told)
{
    edu_session *clerk;
    int unknown = 0;
    if (!fx_is_on_server())
        return;
    edu_portal *portal = open_behind_cutter(&clerk);
    bool has_come = true;
    int n = 0;
    for (; has_come; n++) {
        edu_id id;
        edu_error found = EDU_ERROR_INIT;
        faulty_arm(n + 1, swallow_next, NULL);
        edu_status status = edu_olympiad_register(clerk, w.sitting, w.pupils[n], NULL, &id, &found);
        has_come = faulty_disarm();
        if (status != EDU_OK) {
            ck_assert_str_eq(found.key, "storage.unknown");
            unknown++;
        }
    }
    ck_assert_int_ge(unknown, 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application"), n);
    edu_session_close(clerk);
    edu_portal_close(portal);
}
END_TEST

/* ---- waiting too long ---- */

static void with_short_time(char *address, size_t room)
{
    size_t length = strlen(address);
    (void)snprintf(address + length, room - length, "&options=-cstatement_timeout%%3D300ms");
}

START_TEST(a_statement_has_its_time)
{
    edu_session *clerk;
    edu_id id;
    if (!fx_is_on_server())
        return;
    fx_change_addresses(with_short_time);
    edu_portal *portal = world_open();
    FX_OK(edu_session_sign_in(portal, "clerk", FX_PASSWORD, NULL, NULL, &clerk, error));
    db_lock *lock = db_lock_table(fx_server_store(), "entry");
    FX_FAILS_WITH(EDU_E_BUSY, "storage.timeout",
                  edu_olympiad_register(clerk, w.sitting, w.pupils[0], "key", &id, error));
    ck_assert(fx_last_error.retryable);
    db_unlock(lock);
    FX_OK(edu_olympiad_register(clerk, w.sitting, w.pupils[0], "key", &id, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application"), 1);
    edu_session_close(clerk);
    edu_portal_close(portal);
}
END_TEST

/* ---- ends under load ---- */

#define WRITERS 4
#define PUPILS_EACH 30

typedef struct writer {
    pthread_t thread;
    edu_session *clerk;
    int number, failed;
    edu_error error; /* the last one */
} writer;

static void *write_all(void *context)
{
    writer *one = context;
    for (int i = 0; i < PUPILS_EACH; i++) {
        char key[32];
        edu_id id;
        int pupil = one->number * PUPILS_EACH + i;
        (void)snprintf(key, sizeof key, "load-%d", pupil);
        one->failed += edu_olympiad_register(one->clerk, w.sitting, w.pupils[pupil], key, &id,
                                             &one->error) != EDU_OK;
    }
    return NULL;
}

START_TEST(connections_end_under_load)
{
    writer writers[WRITERS];
    if (!fx_is_on_server())
        return;
    fx_change_addresses(NULL);
    edu_portal *portal = world_open();
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){.number = i, .error = EDU_ERROR_INIT};
        FX_OK(edu_session_sign_in(portal, "clerk", FX_PASSWORD, NULL, NULL, &writers[i].clerk,
                                  error));
    }
    for (int i = 0; i < WRITERS; i++)
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_all, &writers[i]), 0);
    for (int i = 0; i < 20; i++) {
        usleep(20000);
        db_end_connections(fx_server_store());
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
        ck_assert_msg(writers[i].failed == 0, "%d failed: %s: %s", writers[i].failed,
                      writers[i].error.key, writers[i].error.message);
        edu_session_close(writers[i].clerk);
    }
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application"), WRITERS * PUPILS_EACH);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event"), WRITERS * PUPILS_EACH);
    edu_portal_close(portal);
    FX_OK(edu_portal_check(w.operator_, (edu_progress){0}, error));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("faults");
    TCase *tests = tcase_create("command");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, make, fx_teardown);
    tcase_add_test(tests, any_operation_may_fail);
    tcase_add_test(tests, a_lost_connection_is_not_noticed);
    tcase_add_test(tests, an_answer_that_never_comes_does_nothing_twice);
    tcase_add_test(tests, without_a_key_an_unknown_end_is_told);
    tcase_add_test(tests, a_statement_has_its_time);
    tcase_add_test(tests, connections_end_under_load);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
