/* A small schema, its statements and what tests of stores need around them.
 *
 *   sample   one column of each type, all but the id may be NULL
 *   account  accounts 1 and 2 with an amount of 1000 each, never below 0
 *   entry    rows that writers add: (writer, nr) is unique, the account must exist */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <check.h>
#include "conformance/conformance.h"
#include "storage/storage.h"

#define CF_AMOUNT 1000
#define CF_PATH 512

void cf_use(const cf_driver *driver);
const cf_quirks *cf_quirks_of(void); /* of the driver in use */
/* The schema's steps: the first makes the tables; the second, a column `added` of entry. */
extern const ei_migration cf_steps[2];

/* A fixture: an open store with the first step made, in a folder of its own. cf_setup_empty makes
 * only the folder. */
void cf_setup(void);
void cf_setup_empty(void);
void cf_teardown(void);
edu_store *cf_store(void);
const char *cf_folder(void);
const char *cf_path(const char *name); /* in the folder; static, until the next call */
const char *cf_address(const char *name);
/* The store's address of the fixture is cf_address("store"). */
edu_store *cf_open(const char *address, bool create);

/* ---- statements, within commands ---- */

extern const edu_statement cf_sample_add; /* id and the seven columns */
extern const edu_statement cf_samples;    /* ordered by id: the seven columns */
extern const edu_statement cf_entries;    /* writer, nr, note, ordered */

edu_status cf_entry_add(edu_tx *tx, int64_t writer, int64_t nr, int64_t account, const char *note,
                        edu_error *error);
edu_status cf_amount_add(edu_tx *tx, int64_t account, int64_t delta, int64_t *changed,
                         edu_error *error);
edu_status cf_amount(edu_tx *tx, int64_t account, int64_t *out, edu_error *error);
edu_status cf_entry_count(edu_tx *tx, int64_t *out, edu_error *error);

/* ---- whole commands ---- */

typedef struct cf_entry {
    int64_t writer, nr;
    const char *note; /* NULL: none */
    bool is_refused;  /* the command adds the row and then fails with EDU_E_DENIED "test.refused" */
} cf_entry;
edu_status cf_write_entry(edu_tx *tx, void *entry, edu_error *error);
int64_t cf_count(edu_store *store); /* of entries; -1 where that fails */

/* A write command that holds its transaction open until told to end. */
typedef struct cf_blocker cf_blocker;
cf_blocker *cf_block(edu_store *store); /* returns when the command is at work */
void cf_unblock(cf_blocker *blocker);

/* Runs all entries, a thread each, so that they wait together for their turn, and gives the status
 * and error of each. */
void cf_write_together(edu_store *store, const cf_entry *entries, size_t count,
                       edu_status *statuses, edu_error *errors);

void cf_sleep(int milliseconds);
/* Waits for a child and returns its exit code, or -1 where a signal ended it. */
int cf_wait(pid_t child);

#define CF_OK(call)                                                                                \
    do {                                                                                           \
        edu_error cf_error = EDU_ERROR_INIT;                                                       \
        edu_error *error = &cf_error;                                                              \
        edu_status cf_status = (call);                                                             \
        ck_assert_msg(cf_status == EDU_OK, "%s: %s %s %s", #call, edu_status_name(cf_status),      \
                      cf_error.key, cf_error.message);                                             \
        (void)error;                                                                               \
    } while (0)

/* The call fails with this status and key, and says so in the error too. */
#define CF_FAILS(expected, wanted_key, call)                                                       \
    do {                                                                                           \
        cf_last_error = (edu_error)EDU_ERROR_INIT;                                                 \
        edu_error *error = &cf_last_error;                                                         \
        edu_status cf_status = (call);                                                             \
        ck_assert_msg(cf_status == (expected), "%s: %s instead of %s: %s", #call,                  \
                      edu_status_name(cf_status), edu_status_name(expected),                       \
                      cf_last_error.message);                                                      \
        ck_assert_int_eq(cf_last_error.code, cf_status);                                           \
        ck_assert_str_eq(cf_last_error.key, (wanted_key));                                         \
        (void)error;                                                                               \
    } while (0)
extern edu_error cf_last_error;

#endif
