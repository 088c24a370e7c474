/* What is special to the driver for SQLite: its files, groups and commits, a full disk, fair turns,
 * the length of the log, memory that ends. The port itself is tested by tests/conformance. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <edu/sys/memory.h>
#include "conformance/sample.h"
#include "../tap.h"

static void address(const char *folder, const char *name, char *out, size_t room)
{
    snprintf(out, room, "sqlite:%s/%s.db", folder, name);
}
static const cf_driver sqlite = {.name = "sqlite", .address = address};

/* ---- files ---- */

static int mode_of(const char *name)
{
    struct stat about;
    ck_assert_msg(stat(cf_path(name), &about) == 0, "%s", name);
    return (int)about.st_mode & 07777;
}

START_TEST(only_the_owner_reads_the_files)
{
    static const char *const names[] = {"new.db", "new.db-wal", "new.db-shm", "new.db.lock"};
    mode_t before = umask(0);
    edu_store *store = cf_open(cf_address("new"), true);
    CF_OK(ei_store_migrate_with(store, cf_steps, 1, error));
    for (size_t i = 0; i < EI_COUNT(names); i++)
        ck_assert_int_eq(mode_of(names[i]), 0600);
    CF_OK(ei_store_backup(store, cf_path("copy.db"), (edu_progress){NULL, NULL}, error));
    ck_assert_int_eq(mode_of("copy.db"), 0600);
    umask(before);
    ei_store_close(store);
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
    edu_store *store = NULL;
    CF_FAILS(EDU_E_IO, "storage.no_folder",
             ei_store_open(cf_address("missing/new"), true, &store, error));
    ck_assert_ptr_nonnull(strstr(cf_last_error.message, "missing/new.db"));
    CF_FAILS(EDU_E_INVALID, "storage.address", ei_store_open("sqlite:", true, &store, error));
    ck_assert_ptr_null(store);
}
END_TEST

static void write_file(const char *name, const char *content, off_t at)
{
    int file = open(cf_path(name), O_CREAT | O_WRONLY, 0600);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(pwrite(file, content, strlen(content), at), (ssize_t)strlen(content));
    close(file);
}

START_TEST(another_file_is_no_store)
{
    edu_store *store = NULL;
    write_file("letter.db", "Dear Sir or Madam, this is a letter and surely no database.", 0);
    CF_FAILS(EDU_E_CORRUPT, "storage.corrupt",
             ei_store_open(cf_address("letter"), false, &store, error));
}
END_TEST

START_TEST(a_folder_is_no_store)
{
    edu_store *store = NULL;
    ck_assert_int_eq(mkdir(cf_path("folder.db"), 0700), 0);
    CF_FAILS(EDU_E_STORAGE, "storage.open",
             ei_store_open(cf_address("folder"), true, &store, error));
}
END_TEST

static edu_status fill(edu_tx *tx, void *context, edu_error *error)
{
    const int64_t *writer = context;
    char note[1001] = "";
    memset(note, 'x', sizeof note - 1);
    for (int64_t nr = 0; nr < 200; nr++)
        EI_TRY(cf_entry_add(tx, *writer, nr, 1, note, error));
    return EDU_OK;
}

START_TEST(damage_is_found)
{
    int64_t writer = 1;
    edu_store *store = cf_open(cf_address("damaged"), true);
    CF_OK(ei_store_migrate_with(store, cf_steps, 1, error));
    CF_OK(ei_store_write(store, fill, &writer, error));
    CF_OK(ei_store_check(store, error));
    ei_store_close(store);
    char garbage[2048];
    memset(garbage, 'G', sizeof garbage - 1);
    garbage[sizeof garbage - 1] = 0;
    write_file("damaged.db", garbage, 20 * 4096);
    store = cf_open(cf_address("damaged"), false);
    CF_FAILS(EDU_E_CORRUPT, "storage.corrupt", ei_store_check(store, error));
    CF_FAILS(EDU_E_CORRUPT, "storage.corrupt",
             ei_store_backup(store, cf_path("copy.db"), (edu_progress){NULL, NULL}, error));
    ck_assert_int_ne(access(cf_path("copy.db"), F_OK), 0);
    ei_store_close(store);
}
END_TEST

/* Reading connections are opened when first needed: the process may stand elsewhere by then. */
START_TEST(the_process_may_change_its_folder)
{
    char before[CF_PATH];
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(cf_folder()), 0);
    edu_store *store = cf_open("sqlite:relative.db", true);
    edu_store *strange = cf_open("sqlite::memory:", true);
    ck_assert_int_eq(chdir("/"), 0);
    CF_OK(ei_store_migrate_with(store, cf_steps, 1, error));
    ck_assert_int_eq(cf_count(store), 0);
    ck_assert_int_eq(mode_of(":memory:"), 0600);
    ei_store_close(strange);
    ei_store_close(store);
    ck_assert_int_eq(chdir(before), 0);
}
END_TEST

START_TEST(a_link_leads_to_the_same_lock)
{
    ck_assert_int_eq(symlink("store.db", cf_path("link.db")), 0);
    edu_store *store = cf_open(cf_address("link"), false);
    cf_entry entry = {.writer = 1, .nr = 1};
    CF_OK(ei_store_write(store, cf_write_entry, &entry, error));
    ei_store_close(store);
    ck_assert_int_ne(access(cf_path("link.db.lock"), F_OK), 0);
    ck_assert_int_eq(cf_count(cf_store()), 1);
}
END_TEST

/* ---- groups ---- */

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Commits in the log: frames whose header tells the size of the database after a commit. */
static int count_commits(void)
{
    edu_bytes log;
    CF_OK(ei_file_read(cf_path("store.db-wal"), 1 << 30, &log, error));
    uint8_t *bytes = malloc(log.size);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, log.data, log.size);
    size_t frame = 24 + read_u32(bytes + 8);
    int commits = 0;
    for (size_t at = 32; at + frame <= log.size; at += frame)
        commits += read_u32(bytes + at + 4) != 0;
    free(bytes);
    union {
        const void *read;
        void *owned;
    } data = {log.data};
    ei_free(data.owned);
    return commits;
}

enum { GROUP = 32 };

typedef struct group {
    cf_entry entries[GROUP];
    edu_status statuses[GROUP];
    edu_error errors[GROUP];
} group;

static void write_group(group *all)
{
    cf_write_together(cf_store(), all->entries, GROUP, all->statuses, all->errors);
}

static int count_good(const group *all)
{
    int good = 0;
    for (int i = 0; i < GROUP; i++)
        good += all->statuses[i] == EDU_OK;
    return good;
}

START_TEST(a_group_is_one_commit)
{
    group all = {0};
    for (int i = 0; i < GROUP; i++)
        all.entries[i] = (cf_entry){.writer = 1, .nr = i, .is_refused = i % 4 == 0};
    int before = count_commits();
    write_group(&all);
    /* one of the blocker, one of the group; a slow machine may make two of it */
    ck_assert_int_le(count_commits() - before, 4);
    ck_assert_int_eq(count_good(&all), GROUP * 3 / 4);
    ck_assert_int_eq(cf_count(cf_store()), GROUP * 3 / 4);
}
END_TEST

/* ---- groups with and without savepoints ---- */

typedef struct watched {
    cf_entry entry;
    int runs, savepoints; /* how often it ran, and how often with one */
    edu_status status;
    edu_error error;
    pthread_t thread;
} watched;

/* Going back to the savepoint of the command changes nothing at its beginning; where there is none,
 * the engine says so. */
static edu_status run_watched(edu_tx *tx, void *context, edu_error *error)
{
    static const edu_statement undo = {"cf_undo_command", {"ROLLBACK TO command", ""}, 10, 0, NULL};
    watched *one = context;
    one->runs++;
    one->savepoints += ei_sql_run(tx, &undo, NULL, NULL, NULL) == EDU_OK;
    return cf_write_entry(tx, &one->entry, error);
}

static void *write_watched(void *context)
{
    watched *one = context;
    one->status = ei_store_write(cf_store(), run_watched, one, &one->error);
    return NULL;
}

/* All wait for a turn that another process has, so that they come together. */
static void watch_group(watched *all, int count, int64_t writer, int milliseconds)
{
    edu_store *other = cf_open(cf_address("store"), false);
    cf_blocker *blocker = cf_block(other);
    for (int i = 0; i < count; i++) {
        all[i].entry.writer = writer;
        all[i].entry.nr = i;
        ck_assert_int_eq(pthread_create(&all[i].thread, NULL, write_watched, &all[i]), 0);
    }
    cf_sleep(milliseconds);
    cf_unblock(blocker);
    for (int i = 0; i < count; i++)
        pthread_join(all[i].thread, NULL);
    ei_store_close(other);
}

static int count_savepoints(const watched *all, int count)
{
    int savepoints = 0;
    for (int i = 0; i < count; i++)
        savepoints += all[i].savepoints;
    return savepoints;
}

START_TEST(a_group_of_which_nobody_is_refused_runs_once_and_without_savepoints)
{
    static watched all[GROUP];
    watch_group(all, GROUP, 1, 300);
    for (int i = 0; i < GROUP; i++) {
        ck_assert_int_eq(all[i].status, EDU_OK);
        ck_assert_int_eq(all[i].runs, 1);
    }
    ck_assert_int_eq(count_savepoints(all, GROUP), 0);
    ck_assert_int_eq(cf_count(cf_store()), GROUP);
}
END_TEST

START_TEST(who_is_refused_without_a_savepoint_undoes_the_group_which_runs_once_more)
{
    static watched all[GROUP];
    int runs = 0;
    for (int i = 0; i < GROUP; i++)
        all[i].entry.is_refused = i % 8 == 5;
    watch_group(all, GROUP, 1, 300);
    for (int i = 0; i < GROUP; i++) {
        ck_assert_int_eq(all[i].status, i % 8 == 5 ? EDU_E_DENIED : EDU_OK);
        /* Of an earlier run nothing is told: who is not refused in the end has no error. */
        ck_assert_int_eq(all[i].error.code, all[i].status);
        ck_assert_int_le(all[i].runs, 2);
        runs += all[i].runs;
    }
    ck_assert_int_gt(runs, GROUP);
    ck_assert_int_gt(count_savepoints(all, GROUP), 0);
    ck_assert_int_eq(cf_count(cf_store()), GROUP - GROUP / 8);
    CF_OK(ei_store_check(cf_store(), error));
}
END_TEST

START_TEST(after_a_refusal_groups_have_savepoints_for_a_while)
{
    enum { FEW = 8, CAREFUL = 32, ROUNDS = 400 };
    watched all[FEW] = {0};
    all[FEW - 1].entry.is_refused = all[FEW - 2].entry.is_refused = true;
    watch_group(all, FEW, 0, 100);
    int rounds = 0;
    do {
        memset(all, 0, sizeof all);
        watch_group(all, FEW, ++rounds, 30);
        for (int i = 0; i < FEW; i++)
            ck_assert_int_eq(all[i].runs, 1);
    } while (rounds < ROUNDS && count_savepoints(all, FEW) > 0);
    ck_assert_int_lt(rounds, ROUNDS);
    /* A group has at least two; who is alone has no need of one, and is not counted. */
    ck_assert_int_ge(rounds, CAREFUL / (FEW / 2));
}
END_TEST

/* ---- a full disk ---- */

static edu_status bound_pages(edu_tx *tx, void *context, edu_error *error)
{
    static const edu_statement sizes[] = {
        {"cf_pages_free", {"PRAGMA max_page_count = 1073741823", ""}, 8, 0, NULL},
        {"cf_pages_bound", {"PRAGMA max_page_count = 1", ""}, 9, 0, NULL},
    };
    ei_rows rows;
    bool row;
    EI_TRY(ei_sql_rows(tx, &sizes[*(const bool *)context], NULL, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    return status;
}

/* The database may grow no further; the limit is the write connection's. */
static void set_full(bool is_full)
{
    CF_OK(ei_store_write(cf_store(), bound_pages, &is_full, error));
}

START_TEST(a_full_disk_refuses_only_what_does_not_fit)
{
    static char large[100001];
    memset(large, 'x', sizeof large - 1);
    group all = {0};
    for (int i = 0; i < GROUP; i++)
        all.entries[i] = (cf_entry){.writer = 1, .nr = i, .note = i % 4 == 1 ? large : NULL};
    set_full(true);
    write_group(&all);
    for (int i = 0; i < GROUP; i++) {
        if (i % 4 != 1) {
            ck_assert_int_eq(all.statuses[i], EDU_OK);
            continue;
        }
        ck_assert_int_eq(all.statuses[i], EDU_E_STORAGE);
        ck_assert_str_eq(all.errors[i].key, "storage.full");
        ck_assert_str_eq(all.errors[i].sqlstate, "53100");
    }
    ck_assert_int_eq(cf_count(cf_store()), GROUP * 3 / 4);
    set_full(false);
    CF_OK(ei_store_check(cf_store(), error));
    cf_entry entry = {.writer = 2, .nr = 1, .note = large};
    CF_OK(ei_store_write(cf_store(), cf_write_entry, &entry, error));
}
END_TEST

/* Goes on after the engine has undone the transaction, as no command should. */
static edu_status ignore_failure(edu_tx *tx, void *context, edu_error *error)
{
    (void)error;
    EI_TRY(cf_entry_add(tx, 1, 1, 1, "", NULL));
    edu_status first = cf_entry_add(tx, 1, 2, 1, context, NULL);
    ck_assert_int_ne(first, EDU_OK);
    ck_assert_int_ne(cf_entry_add(tx, 1, 3, 1, "", NULL), EDU_OK);
    ck_assert_int_ne(ei_savepoint(tx, NULL), EDU_OK);
    ck_assert_int_ne(cf_entry_add(tx, 1, 4, 1, "", NULL), EDU_OK);
    return EDU_OK;
}

START_TEST(what_follows_a_rollback_is_not_committed_by_itself)
{
    static char large[100001];
    memset(large, 'x', sizeof large - 1);
    set_full(true);
    CF_FAILS(EDU_E_STORAGE, "storage.rolled_back",
             ei_store_write(cf_store(), ignore_failure, large, error));
    ck_assert_int_eq(cf_count(cf_store()), 0);
}
END_TEST

/* ---- turns ---- */

typedef struct crowd {
    edu_store *store;
    int64_t writer;
    atomic_int_least64_t next;
    atomic_bool is_over;
    atomic_bool has_failed;
} crowd;

static void *write_without_pause(void *context)
{
    crowd *all = context;
    while (!atomic_load(&all->is_over)) {
        cf_entry entry = {.writer = all->writer, .nr = atomic_fetch_add(&all->next, 1)};
        if (ei_store_write(all->store, cf_write_entry, &entry, NULL) != EDU_OK)
            atomic_store(&all->has_failed, true);
    }
    return NULL;
}

/* Writes with some threads for a while; returns how many commands went through, -1 on failure. */
static int64_t write_in_crowd(edu_store *store, int64_t writer, int milliseconds)
{
    pthread_t threads[4];
    crowd all = {.store = store, .writer = writer};
    for (size_t i = 0; i < EI_COUNT(threads); i++)
        if (pthread_create(&threads[i], NULL, write_without_pause, &all) != 0)
            return -1;
    cf_sleep(milliseconds);
    atomic_store(&all.is_over, true);
    for (size_t i = 0; i < EI_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    return atomic_load(&all.has_failed) ? -1 : atomic_load(&all.next);
}

START_TEST(processes_take_fair_turns)
{
    enum { PROCESSES = 4 };
    int start[2], pipes[PROCESSES][2];
    ck_assert_int_eq(pipe(start), 0);
    for (int i = 0; i < PROCESSES; i++) {
        ck_assert_int_eq(pipe(pipes[i]), 0);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            edu_store *own = NULL;
            char go;
            close(start[1]);
            int64_t count = -1;
            if (ei_store_open(cf_address("store"), false, &own, NULL) == EDU_OK &&
                read(start[0], &go, 1) == 0)
                count = write_in_crowd(own, i, 1500);
            ei_store_close(own);
            _exit(write(pipes[i][1], &count, sizeof count) == sizeof count ? 0 : 1);
        }
    }
    cf_sleep(200);
    close(start[1]);
    int64_t least = INT64_MAX, most = 0, sum = 0;
    for (int i = 0; i < PROCESSES; i++) {
        int64_t count = -1;
        ck_assert_int_eq(read(pipes[i][0], &count, sizeof count), sizeof count);
        ck_assert_int_gt(count, 0);
        least = count < least ? count : least;
        most = count > most ? count : most;
        sum += count;
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
    for (int i = 0; i < PROCESSES; i++)
        ck_assert_int_eq(waitpid(-1, NULL, 0) > 0, 1);
    close(start[0]);
    ck_assert_int_eq(cf_count(cf_store()), sum);
    ck_assert_msg(least * 2 >= most, "from %lld to %lld", (long long)least, (long long)most);
}
END_TEST

START_TEST(a_killed_process_leaves_the_turn_to_others)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        edu_store *own = NULL;
        if (ei_store_open(cf_address("store"), false, &own, NULL) != EDU_OK)
            _exit(1);
        cf_block(own);
        kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(cf_wait(child), -1);
    cf_entry entry = {.writer = 1, .nr = 1};
    CF_OK(ei_store_write(cf_store(), cf_write_entry, &entry, error));
    ck_assert_int_eq(cf_count(cf_store()), 1);
}
END_TEST

/* ---- the log ---- */

static int64_t log_pages(void)
{
    struct stat about;
    ck_assert_int_eq(stat(cf_path("store.db-wal"), &about), 0);
    return about.st_size / (4096 + 24);
}

static edu_status write_many(edu_tx *tx, void *context, edu_error *error)
{
    int64_t *nr = context;
    char note[3001];
    memset(note, 'x', sizeof note - 1);
    note[sizeof note - 1] = 0;
    for (int i = 0; i < 2000; i++)
        EI_TRY(cf_entry_add(tx, 1, *nr + i, 1, note, error));
    return EDU_OK;
}

static void write_pages(int64_t *nr, int commands)
{
    for (int i = 0; i < commands; i++, *nr += 2000)
        CF_OK(ei_store_write(cf_store(), write_many, nr, error));
}

START_TEST(the_log_stays_short)
{
    int64_t nr = 0;
    write_pages(&nr, 20);
    ck_assert_int_le(log_pages(), 16000);
}
END_TEST

typedef struct long_look {
    pthread_t thread;
    atomic_bool has_begun, may_end;
} long_look;

static edu_status look_long(edu_tx *tx, void *context, edu_error *error)
{
    long_look *look = context;
    int64_t count;
    EI_TRY(cf_entry_count(tx, &count, error));
    atomic_store(&look->has_begun, true);
    while (!atomic_load(&look->may_end))
        cf_sleep(1);
    return EDU_OK;
}

static void *begin_long_look(void *context)
{
    ck_assert_int_eq(ei_store_read(cf_store(), look_long, context, NULL), EDU_OK);
    return NULL;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* A reader that stays makes the log grow, but must not make every commit wait for it. */
START_TEST(a_long_reader_slows_nobody_and_the_log_shrinks_after_it)
{
    int64_t nr = 0;
    long_look look = {.has_begun = false};
    write_pages(&nr, 1);
    ck_assert_int_eq(pthread_create(&look.thread, NULL, begin_long_look, &look), 0);
    while (!atomic_load(&look.has_begun))
        cf_sleep(1);
    write_pages(&nr, 24); /* beyond the size at which the log is to be started anew */
    ck_assert_int_gt(log_pages(), 40000);
    double before = seconds();
    for (int64_t i = 0; i < 20; i++) {
        cf_entry entry = {.writer = 2, .nr = i};
        CF_OK(ei_store_write(cf_store(), cf_write_entry, &entry, error));
    }
    ck_assert_msg(seconds() - before < 2.0, "%.1f s", seconds() - before);
    atomic_store(&look.may_end, true);
    pthread_join(look.thread, NULL);
    write_pages(&nr, 12);
    ck_assert_int_lt(log_pages(), 40000);
}
END_TEST

/* ---- memory ---- */

static atomic_int allocations_left;

static bool may_allocate(void)
{
    return atomic_fetch_sub(&allocations_left, 1) > 0;
}

static void *scarce_allocate(size_t size)
{
    return may_allocate() ? malloc(size) : NULL;
}

static void *scarce_reallocate(void *block, size_t size)
{
    return may_allocate() ? realloc(block, size) : NULL;
}

static const edu_allocator scarce = {scarce_allocate, scarce_reallocate, free};

static edu_status open_and_use(edu_error *error)
{
    edu_store *store = NULL;
    cf_entry entry = {.writer = 1, .nr = 1};
    EI_TRY(ei_store_open(cf_address("scarce"), true, &store, error));
    edu_status status = ei_store_migrate_with(store, cf_steps, 2, error);
    if (status == EDU_OK)
        status = ei_store_write(store, cf_write_entry, &entry, error);
    if (status == EDU_OK && cf_count(store) != 1)
        status = EDU_E_NOMEM;
    ei_store_close(store);
    return status;
}

/* The first, the second … allocation fails, and all after it, until none does. */
START_TEST(memory_that_ends_is_told_and_harms_nothing)
{
    edu_status status = EDU_E_NOMEM;
    int fault = 0;
    for (; status != EDU_OK && fault < 1000; fault++) {
        edu_error error = EDU_ERROR_INIT;
        atomic_store(&allocations_left, fault);
        edu_allocator_set(&scarce);
        status = open_and_use(&error);
        edu_allocator_set(NULL);
        /* Where the row is in, and only the count failed, the next one finds it there. */
        ck_assert_msg(status == EDU_OK || status == EDU_E_NOMEM || status == EDU_E_CONFLICT,
                      "allocation %d: %s %s", fault, error.key, error.message);
        if (status == EDU_E_CONFLICT)
            break;
    }
    ck_assert_int_gt(fault, 5);
    ck_assert_int_lt(fault, 1000);
    edu_store *store = cf_open(cf_address("scarce"), false);
    ck_assert_int_eq(cf_count(store), 1);
    CF_OK(ei_store_check(store, error));
    ei_store_close(store);
}
END_TEST

int main(void)
{
    cf_use(&sqlite);
    Suite *suite = suite_create("storage");
    TCase *tests = tcase_create("sqlite");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, cf_setup, cf_teardown);
    tcase_add_test(tests, only_the_owner_reads_the_files);
    tcase_add_test(tests, a_missing_folder_is_named);
    tcase_add_test(tests, another_file_is_no_store);
    tcase_add_test(tests, a_folder_is_no_store);
    tcase_add_test(tests, damage_is_found);
    tcase_add_test(tests, the_process_may_change_its_folder);
    tcase_add_test(tests, a_link_leads_to_the_same_lock);
    tcase_add_test(tests, a_full_disk_refuses_only_what_does_not_fit);
    tcase_add_test(tests, what_follows_a_rollback_is_not_committed_by_itself);
    tcase_add_test(tests, a_killed_process_leaves_the_turn_to_others);
    tcase_add_test(tests, the_log_stays_short);
    tcase_add_test(tests, a_long_reader_slows_nobody_and_the_log_shrinks_after_it);
    tcase_add_test(tests, memory_that_ends_is_told_and_harms_nothing);
    suite_add_tcase(suite, tests);
    TCase *threads = tcase_create("threads");
    tcase_set_timeout(threads, 120);
    tcase_add_checked_fixture(threads, cf_setup, cf_teardown);
    tcase_add_test(threads, a_group_is_one_commit);
    tcase_add_test(threads, a_group_of_which_nobody_is_refused_runs_once_and_without_savepoints);
    tcase_add_test(threads,
                   who_is_refused_without_a_savepoint_undoes_the_group_which_runs_once_more);
    tcase_add_test(threads, after_a_refusal_groups_have_savepoints_for_a_while);
    tcase_add_test(threads, processes_take_fair_turns);
    suite_add_tcase(suite, threads);
    return tap_run(suite);
}
