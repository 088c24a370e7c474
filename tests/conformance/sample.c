#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <sodium.h>
#include "conformance/sample.h"
#include "folder.h"

static const cf_driver *used;
static char folder[TEST_FOLDER_SIZE];
static edu_store *store;
edu_error cf_last_error;

const ei_migration cf_steps[2] = {
    {1,
     "first",
     {"CREATE TABLE sample (id BLOB NOT NULL PRIMARY KEY, number INTEGER, flag INTEGER,"
      " words TEXT, bytes BLOB, moment INTEGER, day INTEGER, document TEXT) STRICT, WITHOUT ROWID;"
      "CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY,"
      " amount INTEGER NOT NULL CHECK (amount >= 0)) STRICT;"
      "CREATE TABLE entry (writer INTEGER NOT NULL, nr INTEGER NOT NULL,"
      " account INTEGER NOT NULL REFERENCES account (id), note TEXT NOT NULL,"
      " PRIMARY KEY (writer, nr)) STRICT, WITHOUT ROWID;"
      "INSERT INTO account (id, amount) VALUES (1, 1000), (2, 1000);",
      "CREATE TABLE sample (id uuid NOT NULL PRIMARY KEY, number bigint, flag smallint,"
      " words text COLLATE \"C\", bytes bytea, moment bigint, day integer, document json);"
      "CREATE TABLE account (id bigint NOT NULL PRIMARY KEY,"
      " amount bigint NOT NULL CHECK (amount >= 0));"
      "CREATE TABLE entry (writer bigint NOT NULL, nr bigint NOT NULL,"
      " account bigint NOT NULL REFERENCES account (id), note text NOT NULL,"
      " PRIMARY KEY (writer, nr));"
      "INSERT INTO account (id, amount) VALUES (1, 1000), (2, 1000);"}},
    {2,
     "second",
     {"ALTER TABLE entry ADD COLUMN added INTEGER NOT NULL DEFAULT 0;"
      "CREATE INDEX entry_by_added ON entry (added);",
      "ALTER TABLE entry ADD COLUMN added bigint NOT NULL DEFAULT 0;"
      "CREATE INDEX entry_by_added ON entry (added);"}},
};

/* ---- the fixture ---- */

const cf_quirks *cf_quirks_of(void)
{
    return &used->quirks;
}

void cf_use(const cf_driver *driver)
{
    used = driver;
}

void cf_setup_empty(void)
{
    ck_assert_int_ge(sodium_init(), 0);
    test_folder(folder);
    store = NULL;
}

void cf_setup(void)
{
    cf_setup_empty();
    store = cf_open(cf_address("store"), true);
    CF_OK(ei_store_migrate_with(store, cf_steps, 1, error));
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

void cf_teardown(void)
{
    ei_store_close(store);
    if (used->drop)
        used->drop(folder);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

edu_store *cf_store(void)
{
    return store;
}

const char *cf_folder(void)
{
    return folder;
}

const char *cf_path(const char *name)
{
    static char path[CF_PATH * 2];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *cf_address(const char *name)
{
    static char address[CF_PATH * 2];
    used->address(folder, name, address, sizeof address);
    return address;
}

edu_store *cf_open(const char *address, bool create)
{
    edu_store *opened = NULL;
    CF_OK(ei_store_open(address, create, &opened, error));
    return opened;
}

/* ---- statements ---- */

static const uint8_t sample_types[] = {EDU_SQL_ID,   EDU_SQL_INT, EDU_SQL_BOOL, EDU_SQL_TEXT,
                                       EDU_SQL_BLOB, EDU_SQL_INT, EDU_SQL_INT,  EDU_SQL_JSON};
static const uint8_t entry_types[] = {EDU_SQL_INT, EDU_SQL_INT, EDU_SQL_INT, EDU_SQL_TEXT};
static const uint8_t two_numbers[] = {EDU_SQL_INT, EDU_SQL_INT};

const edu_statement cf_sample_add = {"cf_sample_add",
                                     {"INSERT INTO sample VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                      "INSERT INTO sample VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
                                     0,
                                     8,
                                     sample_types};
const edu_statement cf_samples = {
    "cf_samples",
    {"SELECT number, flag, words, bytes, moment, day, document FROM sample ORDER BY id",
     "SELECT number, flag, words, bytes, moment, day, document FROM sample ORDER BY id"},
    1,
    0,
    NULL};
const edu_statement cf_entries = {"cf_entries",
                                  {"SELECT writer, nr, note FROM entry ORDER BY writer, nr",
                                   "SELECT writer, nr, note FROM entry ORDER BY writer, nr"},
                                  2,
                                  0,
                                  NULL};
static const edu_statement entry_add = {"cf_entry_add",
                                        {"INSERT INTO entry (writer, nr, account, note)"
                                         " VALUES (?1, ?2, ?3, ?4)",
                                         "INSERT INTO entry (writer, nr, account, note)"
                                         " VALUES ($1, $2, $3, $4)"},
                                        3,
                                        4,
                                        entry_types};
static const edu_statement amount_add = {"cf_amount_add",
                                         {"UPDATE account SET amount = amount + ?2 WHERE id = ?1",
                                          "UPDATE account SET amount = amount + $2 WHERE id = $1"},
                                         4,
                                         2,
                                         two_numbers};
static const edu_statement amount_of = {
    "cf_amount",
    {"SELECT amount FROM account WHERE id = ?1", "SELECT amount FROM account WHERE id = $1"},
    5,
    1,
    two_numbers};
static const edu_statement entry_count = {
    "cf_entry_count", {"SELECT count(*) FROM entry", "SELECT count(*) FROM entry"}, 6, 0, NULL};

edu_status cf_entry_add(edu_tx *tx, int64_t writer, int64_t nr, int64_t account, const char *note,
                        edu_error *error)
{
    edu_value values[] = {ei_value_int(writer), ei_value_int(nr), ei_value_int(account),
                          ei_value_text(note)};
    return ei_sql_run(tx, &entry_add, values, NULL, error);
}

edu_status cf_amount_add(edu_tx *tx, int64_t account, int64_t delta, int64_t *changed,
                         edu_error *error)
{
    edu_value values[] = {ei_value_int(account), ei_value_int(delta)};
    return ei_sql_run(tx, &amount_add, values, changed, error);
}

static edu_status one_number(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                             int64_t *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    edu_status status = ei_sql_rows(tx, statement, values, &rows, error);
    if (status == EDU_OK)
        status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *out = ei_column_int(&rows, 0);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_fail(error, EDU_E_NOT_FOUND, "test.no_row", NULL, "no row");
    return status;
}

edu_status cf_amount(edu_tx *tx, int64_t account, int64_t *out, edu_error *error)
{
    edu_value value = ei_value_int(account);
    return one_number(tx, &amount_of, &value, out, error);
}

edu_status cf_entry_count(edu_tx *tx, int64_t *out, edu_error *error)
{
    return one_number(tx, &entry_count, NULL, out, error);
}

/* ---- whole commands ---- */

edu_status cf_write_entry(edu_tx *tx, void *context, edu_error *error)
{
    const cf_entry *entry = context;
    EI_TRY(cf_entry_add(tx, entry->writer, entry->nr, 1, entry->note ? entry->note : "", error));
    if (entry->is_refused)
        return ei_fail(error, EDU_E_DENIED, "test.refused", NULL, "refused");
    return EDU_OK;
}

static edu_status read_count(edu_tx *tx, void *context, edu_error *error)
{
    return cf_entry_count(tx, context, error);
}

int64_t cf_count(edu_store *of)
{
    int64_t count = -1;
    edu_error error = EDU_ERROR_INIT;
    return ei_store_read(of, read_count, &count, &error) == EDU_OK ? count : -1;
}

struct cf_blocker {
    edu_store *store;
    pthread_t thread;
    atomic_bool is_at_work, may_end;
    edu_status status;
};

static edu_status hold_turn(edu_tx *tx, void *context, edu_error *error)
{
    cf_blocker *blocker = context;
    EI_TRY(cf_amount_add(tx, 2, 0, NULL, error));
    atomic_store(&blocker->is_at_work, true);
    while (!atomic_load(&blocker->may_end))
        cf_sleep(1);
    return EDU_OK;
}

static void *block(void *context)
{
    cf_blocker *blocker = context;
    blocker->status = ei_store_write(blocker->store, hold_turn, blocker, NULL);
    return NULL;
}

cf_blocker *cf_block(edu_store *on)
{
    cf_blocker *blocker = calloc(1, sizeof *blocker);
    ck_assert_ptr_nonnull(blocker);
    blocker->store = on;
    ck_assert_int_eq(pthread_create(&blocker->thread, NULL, block, blocker), 0);
    while (!atomic_load(&blocker->is_at_work))
        cf_sleep(1);
    return blocker;
}

void cf_unblock(cf_blocker *blocker)
{
    atomic_store(&blocker->may_end, true);
    pthread_join(blocker->thread, NULL);
    ck_assert_int_eq(blocker->status, EDU_OK);
    free(blocker);
}

typedef struct writer {
    edu_store *store;
    cf_entry entry;
    edu_status status;
    edu_error error;
    pthread_t thread;
} writer;

static void *write_one(void *context)
{
    writer *one = context;
    one->status = ei_store_write(one->store, cf_write_entry, &one->entry, &one->error);
    return NULL;
}

void cf_write_together(edu_store *on, const cf_entry *entries, size_t count, edu_status *statuses,
                       edu_error *errors)
{
    edu_store *other = cf_open(cf_address("store"), false);
    cf_blocker *blocker = cf_block(other);
    writer *writers = calloc(count, sizeof *writers);
    ck_assert_ptr_nonnull(writers);
    for (size_t i = 0; i < count; i++) {
        writers[i].store = on;
        writers[i].entry = entries[i];
        ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_one, &writers[i]), 0);
    }
    cf_sleep(300); /* all of them wait by now; a slow machine only makes smaller groups */
    cf_unblock(blocker);
    for (size_t i = 0; i < count; i++) {
        pthread_join(writers[i].thread, NULL);
        statuses[i] = writers[i].status;
        errors[i] = writers[i].error;
    }
    free(writers);
    ei_store_close(other);
}

void cf_sleep(int milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

int cf_wait(pid_t child)
{
    int state;
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}
