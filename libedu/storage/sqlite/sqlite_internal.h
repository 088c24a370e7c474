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

typedef struct connection {
    sqlite3 *db;
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
    bool is_write;
} transaction;

edu_status ei_sqlite_connect(const char *path, bool is_writer, size_t cache_size, connection *out,
                             edu_error *error);
void ei_sqlite_disconnect(connection *on);
/* The last failure of a connection; the only place where codes of SQLite become codes of libedu.
 * Never gives a value of a row away. */
edu_status ei_sqlite_error(connection *on, edu_error *error);
edu_status ei_sqlite_execute(connection *on, const char *sql, edu_error *error);

edu_status ei_sqlite_start(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                           edu_cursor **cursor, edu_error *error);
edu_status ei_sqlite_step(edu_cursor *cursor, bool *row, edu_error *error);
void ei_sqlite_column(edu_cursor *cursor, int column, edu_value *value);
int64_t ei_sqlite_changed(edu_cursor *cursor);
void ei_sqlite_finish(edu_cursor *cursor);

/* ---- lock.c: turns between processes ---- */

edu_status ei_sqlite_lock_open(const char *path, int *file, edu_error *error);
/* Waits for this process's turn to write; fair among processes. */
edu_status ei_sqlite_lock(int file, edu_error *error);
void ei_sqlite_unlock(int file);

/* ---- group.c: writes ---- */

typedef struct request request;

typedef struct writers {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    request *first, **last;
    bool has_leader;
    connection on;
    int lock_file;
    int wal_pages; /* as the engine last said */
} writers;

edu_status ei_sqlite_writers_open(writers *group, const char *path, size_t cache_size,
                                  edu_error *error);
void ei_sqlite_writers_close(writers *group);
edu_status ei_sqlite_write(writers *group, edu_command_fn command, void *context, edu_error *error);

/* ---- backup.c ---- */

edu_status ei_sqlite_backup(const char *path, const char *target, edu_progress progress,
                            edu_error *error);
edu_status ei_sqlite_check(connection *on, edu_error *error);

#endif
