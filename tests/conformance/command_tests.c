/* Commands and their transactions, parts that are undone, conflicts, cursors. */
#include <string.h>
#include "conformance/sample.h"

#define SECRET "a-name-that-nobody-may-read"

static edu_status add_two_and(edu_tx *tx, edu_status end, edu_error *error)
{
    EI_TRY(cf_entry_add(tx, 1, 1, 1, "", error));
    EI_TRY(cf_entry_add(tx, 1, 2, 1, "", error));
    return end == EDU_OK ? EDU_OK
                         : ei_fail(error, end, "test.own", "/field", "a refusal of its own");
}

static edu_status add_two(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    return add_two_and(tx, EDU_OK, error);
}

static edu_status add_two_and_refuse(edu_tx *tx, void *context, edu_error *error)
{
    return add_two_and(tx, *(const edu_status *)context, error);
}

START_TEST(success_is_kept_and_failure_undone)
{
    edu_status refusals[] = {EDU_E_FULL, EDU_E_STATE, EDU_E_CORRUPT};
    for (size_t i = 0; i < EI_COUNT(refusals); i++) {
        CF_FAILS(refusals[i], "test.own",
                 ei_store_write(cf_store(), add_two_and_refuse, &refusals[i], error));
        ck_assert_str_eq(cf_last_error.field, "/field");
        ck_assert_int_eq(cf_count(cf_store()), 0);
    }
    CF_OK(ei_store_write(cf_store(), add_two, NULL, error));
    ck_assert_int_eq(cf_count(cf_store()), 2);
    edu_store *other = cf_open(cf_address("store"), false);
    ck_assert_int_eq(cf_count(other), 2);
    ei_store_close(other);
}
END_TEST

static edu_status see_own_writes(edu_tx *tx, void *context, edu_error *error)
{
    EI_TRY(add_two_and(tx, EDU_OK, error));
    return cf_entry_count(tx, context, error);
}

START_TEST(a_command_sees_its_own_writes)
{
    int64_t count = 0;
    CF_OK(ei_store_write(cf_store(), see_own_writes, &count, error));
    ck_assert_int_eq(count, 2);
}
END_TEST

START_TEST(a_read_cannot_write)
{
    ck_assert_int_ne(ei_store_read(cf_store(), add_two, NULL, NULL), EDU_OK);
    ck_assert_int_eq(cf_count(cf_store()), 0);
    CF_OK(ei_store_write(cf_store(), add_two, NULL, error));
}
END_TEST

static edu_status begin_another(edu_tx *tx, void *context, edu_error *error)
{
    bool *write = context;
    return *write ? ei_store_write(tx->store, add_two, NULL, error)
                  : ei_store_read(tx->store, add_two, NULL, error);
}

START_TEST(a_command_within_a_command_is_refused)
{
    bool kinds[] = {false, true};
    for (size_t i = 0; i < EI_COUNT(kinds); i++) {
        CF_FAILS(EDU_E_STATE, "storage.nested",
                 ei_store_write(cf_store(), begin_another, &kinds[i], error));
        CF_FAILS(EDU_E_STATE, "storage.nested",
                 ei_store_read(cf_store(), begin_another, &kinds[i], error));
    }
    CF_OK(ei_store_write(cf_store(), add_two, NULL, error));
}
END_TEST

static edu_status count_changed(edu_tx *tx, void *context, edu_error *error)
{
    int64_t *changed = context;
    EI_TRY(cf_amount_add(tx, 1, 5, &changed[0], error));
    return cf_amount_add(tx, 77, 5, &changed[1], error);
}

START_TEST(touched_rows_are_counted)
{
    int64_t changed[2] = {-1, -1};
    CF_OK(ei_store_write(cf_store(), count_changed, changed, error));
    ck_assert_int_eq(changed[0], 1);
    ck_assert_int_eq(changed[1], 0);
}
END_TEST

/* ---- parts ---- */

static edu_status keep_and_undo(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    EI_TRY(cf_entry_add(tx, 1, 1, 1, "kept", error));
    EI_TRY(ei_savepoint(tx, error));
    EI_TRY(cf_entry_add(tx, 1, 2, 1, "kept", error));
    EI_TRY(ei_savepoint(tx, error));
    EI_TRY(cf_entry_add(tx, 1, 3, 1, "undone", error));
    EI_TRY(ei_rollback_to(tx, error));
    EI_TRY(cf_entry_add(tx, 1, 4, 1, "kept", error));
    EI_TRY(ei_release(tx, error));
    EI_TRY(ei_savepoint(tx, error));
    EI_TRY(cf_entry_add(tx, 1, 5, 1, "undone", error));
    EI_TRY(ei_savepoint(tx, error));
    EI_TRY(cf_entry_add(tx, 1, 6, 1, "undone", error));
    EI_TRY(ei_release(tx, error));
    EI_TRY(ei_rollback_to(tx, error));
    return cf_entry_add(tx, 1, 7, 1, "kept", error);
}

static edu_status check_all_kept(edu_tx *tx, void *context, edu_error *error)
{
    int *count = context;
    ei_rows rows;
    bool row = false;
    edu_status status = ei_sql_rows(tx, &cf_entries, NULL, &rows, error);
    while (status == EDU_OK && (status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        ck_assert_str_eq(ei_column_text(&rows, 2), "kept");
        ++*count;
    }
    ei_rows_close(&rows);
    return status;
}

START_TEST(parts_are_kept_or_undone)
{
    int count = 0;
    CF_OK(ei_store_write(cf_store(), keep_and_undo, NULL, error));
    CF_OK(ei_store_read(cf_store(), check_all_kept, &count, error));
    ck_assert_int_eq(count, 4);
}
END_TEST

static edu_status leave_parts_open(edu_tx *tx, void *context, edu_error *error)
{
    EI_TRY(cf_entry_add(tx, 9, 1, 1, "", error));
    EI_TRY(ei_savepoint(tx, error));
    EI_TRY(cf_entry_add(tx, 9, 2, 1, "", error));
    EI_TRY(ei_savepoint(tx, error));
    EI_TRY(cf_entry_add(tx, 9, 3, 1, "", error));
    return *(const edu_status *)context;
}

START_TEST(open_parts_end_with_their_command)
{
    edu_status refused = EDU_E_FULL, good = EDU_OK;
    ck_assert_int_eq(ei_store_write(cf_store(), leave_parts_open, &refused, NULL), EDU_E_FULL);
    ck_assert_int_eq(cf_count(cf_store()), 0);
    CF_OK(ei_store_write(cf_store(), leave_parts_open, &good, error));
    ck_assert_int_eq(cf_count(cf_store()), 3);
}
END_TEST

static edu_status recover_from_conflict(edu_tx *tx, void *context, edu_error *error)
{
    edu_status *inner = context;
    EI_TRY(cf_entry_add(tx, 1, 1, 1, "kept", error));
    EI_TRY(ei_savepoint(tx, error));
    *inner = cf_entry_add(tx, 1, 1, 1, "double", error);
    EI_TRY(ei_rollback_to(tx, error));
    return cf_entry_add(tx, 1, 2, 1, "kept", error);
}

START_TEST(a_conflict_within_a_part_leaves_the_rest)
{
    edu_status inner = EDU_OK;
    int count = 0;
    CF_OK(ei_store_write(cf_store(), recover_from_conflict, &inner, error));
    ck_assert_int_eq(inner, EDU_E_CONFLICT);
    CF_OK(ei_store_read(cf_store(), check_all_kept, &count, error));
    ck_assert_int_eq(count, 2);
}
END_TEST

/* ---- conflicts ---- */

static edu_status break_unique(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    EI_TRY(cf_entry_add(tx, 1, 1, 1, "", error));
    return cf_entry_add(tx, 1, 1, 1, SECRET, error);
}

static edu_status break_reference(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    return cf_entry_add(tx, 1, 1, 424242, SECRET, error);
}

static edu_status break_check(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    return cf_amount_add(tx, 1, -CF_AMOUNT - 424242, NULL, error);
}

static edu_status break_not_null(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    return cf_entry_add(tx, 1, 1, 1, NULL, error);
}

static void check_conflict(edu_command_fn command, edu_status status, const char *key,
                           const char *sqlstate, const char *named)
{
    CF_FAILS(status, key, ei_store_write(cf_store(), command, NULL, error));
    ck_assert_str_eq(cf_last_error.sqlstate, sqlstate);
    ck_assert(!cf_last_error.retryable);
    ck_assert_msg(strstr(cf_last_error.message, named), "%s", cf_last_error.message);
    ck_assert_ptr_null(strstr(cf_last_error.message, SECRET));
    ck_assert_ptr_null(strstr(cf_last_error.message, "424242"));
    ck_assert_int_eq(cf_count(cf_store()), 0);
}

START_TEST(conflicts_are_told_without_values)
{
    check_conflict(break_unique, EDU_E_CONFLICT, "storage.unique", "23505", "entry");
    check_conflict(break_reference, EDU_E_CONFLICT, "storage.foreign_key", "23503", "");
    check_conflict(break_check, EDU_E_CONFLICT, "storage.check", "23514", "amount");
    check_conflict(break_not_null, EDU_E_INVALID, "storage.not_null", "23502", "note");
}
END_TEST

/* ---- statements and cursors ---- */

static edu_status count_pairs(edu_tx *tx, void *context, edu_error *error)
{
    int *pairs = context;
    ei_rows outer, inner;
    bool more_outer = true, more_inner;
    EI_TRY(ei_sql_rows(tx, &cf_entries, NULL, &outer, error));
    while (true) {
        EI_TRY(ei_rows_next(&outer, &more_outer, error));
        if (!more_outer)
            break;
        EI_TRY(ei_sql_rows(tx, &cf_entries, NULL, &inner, error));
        do {
            EI_TRY(ei_rows_next(&inner, &more_inner, error));
            *pairs += more_inner;
        } while (more_inner);
        ei_rows_close(&inner);
    }
    ei_rows_close(&outer);
    return EDU_OK;
}

START_TEST(one_statement_can_be_at_work_twice)
{
    int pairs = 0;
    CF_OK(ei_store_write(cf_store(), keep_and_undo, NULL, error));
    CF_OK(ei_store_read(cf_store(), count_pairs, &pairs, error));
    ck_assert_int_eq(pairs, 16);
}
END_TEST

static edu_status read_one_row_and_write(edu_tx *tx, void *context, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(ei_sql_rows(tx, &cf_entries, NULL, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    ei_rows_close(&rows); /* twice is no mistake */
    (void)context;
    return status == EDU_OK ? cf_entry_add(tx, 5, 5, 1, "", error) : status;
}

START_TEST(a_cursor_may_be_closed_early)
{
    CF_OK(ei_store_write(cf_store(), add_two, NULL, error));
    CF_OK(ei_store_write(cf_store(), read_one_row_and_write, NULL, error));
    ck_assert_int_eq(cf_count(cf_store()), 3);
}
END_TEST

static edu_status use_unknown_table(edu_tx *tx, void *context, edu_error *error)
{
    static const edu_statement unknown = {
        "cf_unknown", {"SELECT 1 FROM missing", "SELECT 1 FROM missing"}, 7, 0, NULL};
    (void)context;
    ei_rows rows;
    edu_status status = ei_sql_rows(tx, &unknown, NULL, &rows, error);
    bool row = false;
    if (status == EDU_OK)
        status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    return status;
}

START_TEST(a_statement_that_cannot_run_is_an_error)
{
    for (int i = 0; i < 2; i++) {
        CF_FAILS(EDU_E_STORAGE, "storage.engine",
                 ei_store_read(cf_store(), use_unknown_table, NULL, error));
        CF_FAILS(EDU_E_STORAGE, "storage.engine",
                 ei_store_write(cf_store(), use_unknown_table, NULL, error));
    }
    CF_OK(ei_store_write(cf_store(), add_two, NULL, error));
}
END_TEST

START_TEST(statements_are_counted)
{
    uint64_t before = ei_store_statements(cf_store());
    CF_OK(ei_store_write(cf_store(), add_two, NULL, error));
    ck_assert_uint_eq(ei_store_statements(cf_store()) - before, 2);
}
END_TEST

/* ---- addresses ---- */

START_TEST(addresses_are_checked)
{
    edu_store *none = NULL;
    static const char *const bad[] = {"", "nothing", ":x", "nosuchengine:x"};
    for (size_t i = 0; i < EI_COUNT(bad); i++)
        CF_FAILS(EDU_E_INVALID, "storage.address", ei_store_open(bad[i], true, &none, error));
    CF_FAILS(EDU_E_NOT_FOUND, "storage.no_store",
             ei_store_open(cf_address("other"), false, &none, error));
    ck_assert_ptr_null(none);
    ei_store_close(NULL);
}
END_TEST

START_TEST(capabilities_are_those_of_the_record)
{
    ck_assert_uint_eq(ei_store_capabilities(cf_store()), cf_quirks_of()->capabilities);
}
END_TEST

static edu_status fail_and_go_on(edu_tx *tx, void *context, edu_error *error)
{
    bool *goes_on = context;
    int64_t changed = 0, count = 0;
    /* No amount is below nothing. */
    edu_status status = cf_amount_add(tx, 1, -2 * CF_AMOUNT, &changed, NULL);
    ck_assert_int_ne(status, EDU_OK);
    *goes_on = cf_entry_count(tx, &count, NULL) == EDU_OK;
    return ei_fail(error, EDU_E_DENIED, "test.refused", NULL, "the test has seen enough");
}

START_TEST(a_failed_statement_does_what_the_record_says)
{
    bool goes_on = false;
    CF_FAILS(EDU_E_DENIED, "test.refused",
             ei_store_write(cf_store(), fail_and_go_on, &goes_on, error));
    ck_assert_int_eq(goes_on, !cf_quirks_of()->failure_ends_transaction);
    CF_OK(ei_store_write(cf_store(), add_two, NULL, error));
}
END_TEST

START_TEST(drivers_are_checked)
{
    edu_driver strange = *ei_store_driver(cf_store());
    strange.abi = EDU_DRIVER_ABI + 1;
    CF_FAILS(EDU_E_UNSUPPORTED, "storage.driver_abi", edu_driver_register(&strange, error));
    ck_assert_int_eq(edu_driver_register(NULL, NULL), EDU_E_INVALID);
}
END_TEST

TCase *cf_command_tests(void)
{
    TCase *tests = tcase_create("commands");
    tcase_add_checked_fixture(tests, cf_setup, cf_teardown);
    tcase_add_test(tests, success_is_kept_and_failure_undone);
    tcase_add_test(tests, a_command_sees_its_own_writes);
    tcase_add_test(tests, a_read_cannot_write);
    tcase_add_test(tests, a_command_within_a_command_is_refused);
    tcase_add_test(tests, touched_rows_are_counted);
    tcase_add_test(tests, parts_are_kept_or_undone);
    tcase_add_test(tests, open_parts_end_with_their_command);
    tcase_add_test(tests, a_conflict_within_a_part_leaves_the_rest);
    tcase_add_test(tests, conflicts_are_told_without_values);
    tcase_add_test(tests, one_statement_can_be_at_work_twice);
    tcase_add_test(tests, a_cursor_may_be_closed_early);
    tcase_add_test(tests, a_statement_that_cannot_run_is_an_error);
    tcase_add_test(tests, statements_are_counted);
    tcase_add_test(tests, addresses_are_checked);
    tcase_add_test(tests, capabilities_are_those_of_the_record);
    tcase_add_test(tests, a_failed_statement_does_what_the_record_says);
    tcase_add_test(tests, drivers_are_checked);
    return tests;
}
