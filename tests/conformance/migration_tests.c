/* The migrator on a synthetic second version: repeated, killed, raced, changed, too new. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "conformance/sample.h"

static edu_status use_second_version(edu_tx *tx, void *context, edu_error *error)
{
    static const edu_statement added = {"cf_added",
                                        {"SELECT count(*) FROM entry WHERE added = 0",
                                         "SELECT count(*) FROM entry WHERE added = 0"},
                                        7,
                                        0,
                                        NULL};
    (void)context;
    ei_rows rows;
    bool row = false;
    edu_status status = ei_sql_rows(tx, &added, NULL, &rows, error);
    if (status == EDU_OK)
        status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    return status;
}

static bool has_second_version(edu_store *store)
{
    return ei_store_read(store, use_second_version, NULL, NULL) == EDU_OK;
}

START_TEST(steps_are_made_once)
{
    ck_assert(!has_second_version(cf_store()));
    for (int i = 0; i < 3; i++) {
        CF_OK(ei_store_migrate_with(cf_store(), cf_steps, 2, error));
        ck_assert(has_second_version(cf_store()));
    }
}
END_TEST

START_TEST(rows_outlive_a_step)
{
    cf_entry entry = {.writer = 1, .nr = 1};
    CF_OK(ei_store_write(cf_store(), cf_write_entry, &entry, error));
    CF_OK(ei_store_migrate_with(cf_store(), cf_steps, 2, error));
    ck_assert_int_eq(cf_count(cf_store()), 1);
}
END_TEST

START_TEST(all_steps_are_made_at_once_on_a_new_store)
{
    edu_store *fresh = cf_open(cf_address("fresh"), true);
    CF_OK(ei_store_migrate_with(fresh, cf_steps, 2, error));
    ck_assert(has_second_version(fresh));
    ei_store_close(fresh);
}
END_TEST

START_TEST(a_changed_step_is_refused)
{
    ei_migration changed[2] = {cf_steps[0], cf_steps[1]};
    changed[0].sql[0] = changed[0].sql[1] = "CREATE TABLE other (id integer)";
    CF_FAILS(EDU_E_CORRUPT, "storage.migration_changed",
             ei_store_migrate_with(cf_store(), changed, 2, error));
    ck_assert(!has_second_version(cf_store()));
}
END_TEST

START_TEST(a_store_newer_than_the_library_is_refused)
{
    CF_OK(ei_store_migrate_with(cf_store(), cf_steps, 2, error));
    CF_FAILS(EDU_E_UNSUPPORTED, "storage.too_new",
             ei_store_migrate_with(cf_store(), cf_steps, 1, error));
}
END_TEST

START_TEST(a_failing_step_leaves_nothing_half_done)
{
    ei_migration failing[2] = {cf_steps[0], cf_steps[1]};
    failing[1].sql[0] = failing[1].sql[1] = "ALTER TABLE entry ADD COLUMN added integer DEFAULT 0;"
                                            "CREATE INDEX nothing ON missing (id);";
    ck_assert_int_ne(ei_store_migrate_with(cf_store(), failing, 2, NULL), EDU_OK);
    ck_assert(!has_second_version(cf_store()));
    CF_OK(ei_store_migrate_with(cf_store(), cf_steps, 2, error));
    ck_assert(has_second_version(cf_store()));
}
END_TEST

/* ---- killed ---- */

static edu_status (*true_script)(edu_tx *tx, const char *sql, edu_error *error);

/* Runs the second step and dies before it can be committed. */
static edu_status script_and_die(edu_tx *tx, const char *sql, edu_error *error)
{
    edu_status status = true_script(tx, sql, error);
    if (strcmp(sql, cf_steps[1].sql[0]) == 0 || strcmp(sql, cf_steps[1].sql[1]) == 0)
        kill(getpid(), SIGKILL);
    return status;
}

/* The same driver under another scheme, dying in the middle of a migration. */
static edu_store *open_dying(void)
{
    static edu_driver dying;
    char address[CF_PATH * 2] = "dying";
    dying = *ei_store_driver(cf_store());
    true_script = dying.script;
    dying.script = script_and_die;
    const char *rest = strchr(cf_address("store"), ':');
    strncat(address, rest, sizeof address - strlen(address) - 1);
    dying.scheme = "dying";
    edu_store *store = NULL;
    if (edu_driver_register(&dying, NULL) != EDU_OK ||
        ei_store_open(address, false, &store, NULL) != EDU_OK)
        _exit(2);
    return store;
}

START_TEST(a_step_killed_halfway_is_made_anew)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        edu_status status = ei_store_migrate_with(open_dying(), cf_steps, 2, NULL);
        _exit(status == EDU_OK ? 0 : 1);
    }
    ck_assert_int_eq(cf_wait(child), -1);
    ck_assert(!has_second_version(cf_store()));
    CF_OK(ei_store_check(cf_store(), error));
    CF_OK(ei_store_migrate_with(cf_store(), cf_steps, 2, error));
    ck_assert(has_second_version(cf_store()));
}
END_TEST

START_TEST(processes_migrate_at_once)
{
    pid_t children[4];
    (void)cf_address("fresh"); /* where stores are databases, it makes one */
    for (size_t i = 0; i < EI_COUNT(children); i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0) {
            edu_store *own = NULL;
            bool good = ei_store_open(cf_address("fresh"), true, &own, NULL) == EDU_OK &&
                        ei_store_migrate_with(own, cf_steps, 2, NULL) == EDU_OK &&
                        has_second_version(own);
            ei_store_close(own);
            _exit(good ? 0 : 1);
        }
    }
    for (size_t i = 0; i < EI_COUNT(children); i++)
        ck_assert_int_eq(cf_wait(children[i]), 0);
}
END_TEST

START_TEST(the_library_has_its_own_schema)
{
    edu_store *fresh = cf_open(cf_address("fresh"), true);
    for (int i = 0; i < 2; i++)
        CF_OK(ei_store_migrate(fresh, error));
    CF_OK(ei_store_check(fresh, error));
    ei_store_close(fresh);
}
END_TEST

TCase *cf_migration_tests(void)
{
    TCase *tests = tcase_create("migrations");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, cf_setup, cf_teardown);
    tcase_add_test(tests, steps_are_made_once);
    tcase_add_test(tests, rows_outlive_a_step);
    tcase_add_test(tests, all_steps_are_made_at_once_on_a_new_store);
    tcase_add_test(tests, a_changed_step_is_refused);
    tcase_add_test(tests, a_store_newer_than_the_library_is_refused);
    tcase_add_test(tests, a_failing_step_leaves_nothing_half_done);
    tcase_add_test(tests, a_step_killed_halfway_is_made_anew);
    tcase_add_test(tests, processes_migrate_at_once);
    tcase_add_test(tests, the_library_has_its_own_schema);
    return tests;
}
