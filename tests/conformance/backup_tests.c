/* Copies of a store at work, where the quirks say that there are any. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include "conformance/sample.h"

static const edu_progress no_progress = {NULL, NULL};

static bool has_backup(void)
{
    return cf_quirks_of()->capabilities & EDU_CAP_ONLINE_BACKUP;
}

/* Each command adds two rows: a copy holds both or none. */
static edu_status add_pair(edu_tx *tx, void *context, edu_error *error)
{
    int64_t *nr = context;
    static const char note[1024] = "";
    EI_TRY(cf_entry_add(tx, 1, *nr, 1, note, error));
    return cf_entry_add(tx, 2, *nr, 1, note, error);
}

typedef struct busy {
    pthread_t thread;
    atomic_bool is_over;
    int64_t pairs;
    bool good;
} busy;

static void *keep_writing(void *context)
{
    busy *one = context;
    one->good = true;
    while (one->good && !atomic_load(&one->is_over)) {
        one->good = ei_store_write(cf_store(), add_pair, &one->pairs, NULL) == EDU_OK;
        one->pairs++;
    }
    return NULL;
}

static edu_status fill(edu_tx *tx, void *context, edu_error *error)
{
    char note[2001];
    memset(note, 'x', sizeof note - 1);
    note[sizeof note - 1] = 0;
    for (int64_t nr = 0; nr < *(const int64_t *)context; nr++)
        EI_TRY(cf_entry_add(tx, 7, nr, 1, note, error));
    return EDU_OK;
}

typedef struct watched {
    int64_t last, total;
    int calls, cancel_at;
} watched;

static bool watch(void *context, const char *stage, int64_t done, int64_t total)
{
    watched *one = context;
    ck_assert_ptr_nonnull(stage);
    ck_assert_int_ge(done, 0);
    ck_assert_int_le(done, total);
    one->last = done;
    one->total = total;
    return ++one->calls != one->cancel_at;
}

START_TEST(a_copy_made_under_writes_is_whole)
{
    if (!has_backup())
        return;
    int64_t filling = 20000; /* some forty megabytes: writes happen between the copy's steps */
    busy writer = {.is_over = false};
    watched seen = {0};
    CF_OK(ei_store_write(cf_store(), fill, &filling, error));
    ck_assert_int_eq(pthread_create(&writer.thread, NULL, keep_writing, &writer), 0);
    edu_progress progress = {watch, &seen};
    CF_OK(ei_store_backup(cf_store(), cf_path("backup"), progress, error));
    atomic_store(&writer.is_over, true);
    pthread_join(writer.thread, NULL);
    ck_assert(writer.good);
    ck_assert_int_gt(seen.total, 0);
    ck_assert_int_eq(seen.last, seen.total);
    CF_OK(ei_store_restore(cf_address("copy"), cf_path("backup"), no_progress, error));
    edu_store *copy = cf_open(cf_address("copy"), false);
    int64_t count = cf_count(copy);
    ck_assert_int_ge(count, filling);
    ck_assert_int_eq((count - filling) % 2, 0);
    CF_OK(ei_store_check(copy, error));
    CF_OK(ei_store_migrate_with(copy, cf_steps, 2, error));
    ei_store_close(copy);
}
END_TEST

START_TEST(a_copy_replaces_nothing)
{
    if (!has_backup())
        return;
    int file = open(cf_path("taken"), O_CREAT | O_WRONLY, 0600);
    ck_assert_int_eq(write(file, "precious", 8), 8);
    close(file);
    CF_FAILS(EDU_E_CONFLICT, "storage.backup_file",
             ei_store_backup(cf_store(), cf_path("taken"), no_progress, error));
    edu_bytes content;
    CF_OK(ei_file_read(cf_path("taken"), 100, &content, error));
    ck_assert_str_eq(content.data, "precious");
    union {
        const void *read;
        void *owned;
    } data = {content.data};
    ei_free(data.owned);
}
END_TEST

START_TEST(a_copy_into_no_folder_is_refused)
{
    if (!has_backup())
        return;
    CF_FAILS(EDU_E_IO, "storage.backup_file",
             ei_store_backup(cf_store(), cf_path("missing/copy"), no_progress, error));
}
END_TEST

static int count_files(void)
{
    char command[CF_PATH * 2];
    int count = -1;
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", cf_folder());
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_eq(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

START_TEST(a_cancelled_copy_leaves_no_file)
{
    if (!has_backup())
        return;
    int64_t filling = 10000;
    CF_OK(ei_store_write(cf_store(), fill, &filling, error));
    ck_assert_int_eq(cf_count(cf_store()), filling);
    int before = count_files();
    watched seen = {.cancel_at = 2};
    edu_progress progress = {watch, &seen};
    CF_FAILS(EDU_E_CANCELLED, "core.cancelled",
             ei_store_backup(cf_store(), cf_path("copy"), progress, error));
    ck_assert_int_eq(seen.calls, 2);
    ck_assert_int_eq(count_files(), before);
    CF_OK(ei_store_backup(cf_store(), cf_path("copy"), no_progress, error));
    ck_assert_int_eq(count_files(), before + 1);
}
END_TEST

TCase *cf_backup_tests(void)
{
    TCase *tests = tcase_create("backup");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, cf_setup, cf_teardown);
    tcase_add_test(tests, a_copy_made_under_writes_is_whole);
    tcase_add_test(tests, a_copy_replaces_nothing);
    tcase_add_test(tests, a_copy_into_no_folder_is_refused);
    tcase_add_test(tests, a_cancelled_copy_leaves_no_file);
    return tests;
}
