/* Parts of the SQLite driver that its files share. */
#ifndef EI_SQLITE_INTERNAL_H
#define EI_SQLITE_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>
#include <sys/types.h>
#include "storage/sqlite/sqlite_driver.h"

#define READERS_MAX 8

/* ---- connection.c: one connection and its prepared statements ---- */

typedef struct cached {
    sqlite3_stmt *statement;
    const char *name;
    bool is_used;
} cached;

/* What begins and ends transactions is prepared when a connection opens, so that a rollback needs
 * no memory. A command within a batch has a savepoint, and may make savepoints (parts) of its own,
 * which nest; two names, so that undoing a command undoes the parts it left open. */
typedef enum control {
    EI_SQLITE_BEGIN_READ,
    EI_SQLITE_BEGIN_WRITE,
    EI_SQLITE_COMMIT,
    EI_SQLITE_ROLLBACK,
    EI_SQLITE_COMMAND,
    EI_SQLITE_RELEASE_COMMAND,
    EI_SQLITE_UNDO_COMMAND,
    EI_SQLITE_PART,
    EI_SQLITE_RELEASE_PART,
    EI_SQLITE_UNDO_PART,
    EI_SQLITE_CONTROLS
} control;

typedef struct connection {
    sqlite3 *db;
    sqlite3_stmt *controls[EI_SQLITE_CONTROLS];
    cached *cache;
    size_t cache_size;
} connection;

struct edu_cursor {
    connection *on;
    sqlite3_stmt *statement;
    cached *slot; /* NULL where the statement is not a cached one */
};

typedef struct transaction {
    edu_tx tx; /* first: it is what the port sees */
    connection *on;
} transaction;

#define EI_SQLITE_WAIT_MS 10000 /* for locks of programs that know nothing of the lock file */

typedef enum purpose {
    EI_SQLITE_READER,
    EI_SQLITE_WRITER,
    EI_SQLITE_COPY /* the target of a backup: outside of write-ahead mode */
} purpose;

edu_status ei_sqlite_connect(const char *path, purpose use, size_t cache_size, connection *out,
                             edu_error *error);
void ei_sqlite_disconnect(connection *on);
/* The last failure of a connection; the only place where codes of SQLite become codes of libedu.
 * Never gives a value of a row away. */
edu_status ei_sqlite_error(connection *on, edu_error *error);
/* The same for a code that the engine has told otherwise. */
edu_status ei_sqlite_error_of(connection *on, int extended, edu_error *error);
edu_status ei_sqlite_execute(connection *on, const char *sql, edu_error *error);
edu_status ei_sqlite_control(connection *on, control which, edu_error *error);
/* Some failures, such as a full disk, make the engine end the transaction: whatever a command still
 * tried would then commit by itself. Fails where there is no transaction any more. */
edu_status ei_sqlite_in_transaction(connection *on, edu_error *error);
void ei_sqlite_roll_back(connection *on); /* where there is something to roll back */

edu_status ei_sqlite_start(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                           edu_cursor **cursor, edu_error *error);
edu_status ei_sqlite_step(edu_cursor *cursor, bool *row, edu_error *error);
void ei_sqlite_column(edu_cursor *cursor, int column, edu_value *value);
void ei_sqlite_finish(edu_cursor *cursor);
edu_status ei_sqlite_run(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                         int64_t *changed, edu_error *error);

/* ---- lock.c: turns between processes ---- */

edu_status ei_sqlite_lock_open(const char *path, int *file, edu_error *error);
/* Waits for this process's turn to write; fair among processes. */
edu_status ei_sqlite_lock(int file, edu_error *error);
void ei_sqlite_unlock(int file);

/* ---- group.c: writes ---- */

typedef struct request request;

typedef struct writers {
    pthread_mutex_t mutex; /* over the queue */
    request *first, **last;
    bool has_leader;
    /* The leader's: */
    connection on;
    int lock_file;
    int wal_pages;     /* as the engine last said */
    int checkpoint_at; /* pages at which the next one is due */
    int careful;       /* batches in which each command still has a savepoint */
} writers;

edu_status ei_sqlite_writers_open(writers *group, const char *path, size_t cache_size,
                                  edu_error *error);
void ei_sqlite_writers_close(writers *group);
edu_status ei_sqlite_write(writers *group, edu_command_fn command, void *context, edu_error *error);

/* ---- backup.c ---- */

edu_status ei_sqlite_backup(const char *path, const char *target, edu_progress progress,
                            edu_error *error);
edu_status ei_sqlite_restore(const char *path, const char *source, edu_progress progress,
                             edu_error *error);
edu_status ei_sqlite_check(connection *on, edu_error *error);

#endif
