/* Many threads, many processes, groups in which some are refused, and fork. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include "conformance/sample.h"

#define WORKERS 8
#define ROUNDS 40

/* Moves one from account 1 to 2 and leaves an entry of it. */
typedef struct transfer {
    int64_t writer, nr;
} transfer;

static edu_status run_transfer(edu_tx *tx, void *context, edu_error *error)
{
    const transfer *one = context;
    EI_TRY(cf_amount_add(tx, 1, -1, NULL, error));
    EI_TRY(cf_amount_add(tx, 2, 1, NULL, error));
    return cf_entry_add(tx, one->writer, one->nr, 1, "", error);
}

typedef struct amounts {
    int64_t first, second, entries;
} amounts;

static edu_status read_amounts(edu_tx *tx, void *context, edu_error *error)
{
    amounts *all = context;
    EI_TRY(cf_amount(tx, 1, &all->first, error));
    EI_TRY(cf_entry_count(tx, &all->entries, error));
    return cf_amount(tx, 2, &all->second, error);
}

static bool is_whole(const amounts *all)
{
    return all->first + all->entries == CF_AMOUNT && all->second - all->entries == CF_AMOUNT;
}

static bool transfer_all(edu_store *store, int64_t writer)
{
    for (int64_t nr = 0; nr < ROUNDS; nr++) {
        transfer one = {writer, nr};
        if (ei_store_write(store, run_transfer, &one, NULL) != EDU_OK)
            return false;
    }
    return true;
}

static void check_all_transferred(void)
{
    amounts all = {0, 0, 0};
    CF_OK(ei_store_read(cf_store(), read_amounts, &all, error));
    ck_assert_int_eq(all.entries, WORKERS * ROUNDS);
    ck_assert(is_whole(&all));
}

typedef struct worker {
    pthread_t thread;
    edu_store *store;
    int64_t number;
    atomic_bool *is_over;
    bool good;
} worker;

static void *transfer_in_thread(void *context)
{
    worker *one = context;
    one->good = transfer_all(one->store, one->number);
    return NULL;
}

/* Looks without pause; each look must see whole commands only, and never fewer than before. */
static void *look_on(void *context)
{
    worker *one = context;
    int64_t seen = 0;
    one->good = true;
    while (one->good && !atomic_load(one->is_over)) {
        amounts all = {0, 0, 0};
        one->good = ei_store_read(one->store, read_amounts, &all, NULL) == EDU_OK &&
                    is_whole(&all) && all.entries >= seen;
        seen = all.entries;
    }
    return NULL;
}

START_TEST(threads_add_up_and_readers_see_whole_commands)
{
    worker writers[WORKERS], readers[WORKERS + 2]; /* more than there are connections */
    atomic_bool is_over = false;
    for (int i = 0; i < WORKERS; i++) {
        writers[i] = (worker){.store = cf_store(), .number = i};
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, transfer_in_thread, &writers[i]),
                         0);
    }
    for (size_t i = 0; i < EI_COUNT(readers); i++) {
        readers[i] = (worker){.store = cf_store(), .is_over = &is_over};
        ck_assert_int_eq(pthread_create(&readers[i].thread, NULL, look_on, &readers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++)
        pthread_join(writers[i].thread, NULL);
    atomic_store(&is_over, true);
    for (size_t i = 0; i < EI_COUNT(readers); i++)
        pthread_join(readers[i].thread, NULL);
    for (int i = 0; i < WORKERS; i++)
        ck_assert(writers[i].good);
    for (size_t i = 0; i < EI_COUNT(readers); i++)
        ck_assert(readers[i].good);
    check_all_transferred();
}
END_TEST

START_TEST(processes_add_up)
{
    pid_t children[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        children[i] = fork();
        ck_assert_int_ge(children[i], 0);
        if (children[i] == 0) {
            edu_store *own = NULL;
            bool good = ei_store_open(cf_address("store"), false, &own, NULL) == EDU_OK &&
                        transfer_all(own, i);
            ei_store_close(own);
            _exit(good ? 0 : 1);
        }
    }
    for (int i = 0; i < WORKERS; i++)
        ck_assert_int_eq(cf_wait(children[i]), 0);
    check_all_transferred();
}
END_TEST

typedef struct two_looks {
    edu_store *store;
    int64_t before, after;
} two_looks;

static void *add_one_entry(void *context)
{
    cf_entry entry = {.writer = 1, .nr = 1};
    edu_status status = ei_store_write(context, cf_write_entry, &entry, NULL);
    return status == EDU_OK ? context : NULL;
}

static edu_status look_twice(edu_tx *tx, void *context, edu_error *error)
{
    two_looks *looks = context;
    pthread_t thread;
    void *added = NULL;
    EI_TRY(cf_entry_count(tx, &looks->before, error));
    ck_assert_int_eq(pthread_create(&thread, NULL, add_one_entry, looks->store), 0);
    pthread_join(thread, &added);
    ck_assert_ptr_nonnull(added);
    return cf_entry_count(tx, &looks->after, error);
}

START_TEST(a_read_sees_one_snapshot)
{
    two_looks looks = {cf_store(), -1, -1};
    CF_OK(ei_store_read(cf_store(), look_twice, &looks, error));
    ck_assert_int_eq(looks.before, 0);
    ck_assert_int_eq(looks.after, 0);
    ck_assert_int_eq(cf_count(cf_store()), 1);
}
END_TEST

START_TEST(who_is_refused_in_a_group_harms_nobody)
{
    enum { COUNT = 40 };
    cf_entry entries[COUNT];
    edu_status statuses[COUNT];
    edu_error errors[COUNT];
    for (int i = 0; i < COUNT; i++)
        /* a third is refused by its command; of the rest, a few want the same row */
        entries[i] = (cf_entry){.writer = 1, .nr = i % 10 == 9 ? 999 : i, .is_refused = i % 3 == 0};
    cf_write_together(cf_store(), entries, COUNT, statuses, errors);
    int good = 0, doubles = 0;
    for (int i = 0; i < COUNT; i++) {
        if (statuses[i] == EDU_E_CONFLICT) {
            ck_assert_int_eq(entries[i].nr, 999);
            ck_assert_str_eq(errors[i].key, "storage.unique");
            doubles++;
        } else if (entries[i].is_refused) {
            ck_assert_int_eq(statuses[i], EDU_E_DENIED);
            ck_assert_str_eq(errors[i].key, "test.refused");
        } else {
            ck_assert_int_eq(statuses[i], EDU_OK);
            ck_assert_int_eq(errors[i].code, EDU_OK);
            good++;
        }
    }
    ck_assert_int_ge(doubles, 1);
    ck_assert_int_eq(cf_count(cf_store()), good);
}
END_TEST

/* ---- fork ---- */

static bool is_refused_after_fork(edu_store *store)
{
    edu_error error = EDU_ERROR_INIT;
    cf_entry entry = {.writer = 1, .nr = 1};
    int64_t count;
    return ei_store_read(store, read_amounts, &count, &error) == EDU_E_STATE &&
           strcmp(error.key, "storage.forked") == 0 &&
           ei_store_write(store, cf_write_entry, &entry, NULL) == EDU_E_STATE &&
           ei_store_backup(store, cf_path("copy"), (edu_progress){NULL, NULL}, NULL) ==
               EDU_E_STATE &&
           ei_store_check(store, NULL) == EDU_E_STATE;
}

static bool writes_by_a_store_of_its_own(int64_t nr)
{
    edu_store *own = NULL;
    cf_entry entry = {.writer = 2, .nr = nr};
    bool good = ei_store_open(cf_address("store"), false, &own, NULL) == EDU_OK &&
                ei_store_write(own, cf_write_entry, &entry, NULL) == EDU_OK;
    ei_store_close(own);
    return good;
}

START_TEST(a_handle_is_refused_after_fork_and_the_parent_goes_on)
{
    for (int64_t nr = 0; nr < 3; nr++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            bool good = is_refused_after_fork(cf_store()) && writes_by_a_store_of_its_own(nr);
            ei_store_close(cf_store());
            _exit(good ? 0 : 1);
        }
        cf_entry entry = {.writer = 1, .nr = nr};
        CF_OK(ei_store_write(cf_store(), cf_write_entry, &entry, error));
        ck_assert_int_eq(cf_wait(child), 0);
    }
    ck_assert_int_eq(cf_count(cf_store()), 6);
}
END_TEST

static edu_status close_in_child(edu_tx *tx, void *context, edu_error *error)
{
    EI_TRY(cf_entry_add(tx, 1, 1, 1, "", error));
    pid_t child = fork();
    if (child == 0) {
        ei_store_close(context);
        _exit(0);
    }
    if (cf_wait(child) != 0)
        return EDU_E_IO;
    /* The child's close has taken nothing from this transaction: nobody else gets in. */
    return cf_entry_add(tx, 1, 2, 1, "", error);
}

START_TEST(closing_in_a_child_leaves_the_transaction_of_the_parent)
{
    CF_OK(ei_store_write(cf_store(), close_in_child, cf_store(), error));
    ck_assert_int_eq(cf_count(cf_store()), 2);
}
END_TEST

TCase *cf_concurrency_tests(void)
{
    TCase *tests = tcase_create("concurrency");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, cf_setup, cf_teardown);
    tcase_add_test(tests, threads_add_up_and_readers_see_whole_commands);
    tcase_add_test(tests, processes_add_up);
    tcase_add_test(tests, a_read_sees_one_snapshot);
    tcase_add_test(tests, who_is_refused_in_a_group_harms_nobody);
    tcase_add_test(tests, a_handle_is_refused_after_fork_and_the_parent_goes_on);
    tcase_add_test(tests, closing_in_a_child_leaves_the_transaction_of_the_parent);
    return tests;
}
