/* Parts of the PostgreSQL driver that its files share. */
#ifndef EI_POSTGRESQL_INTERNAL_H
#define EI_POSTGRESQL_INTERNAL_H

#include <pthread.h>
#include <sys/types.h>
#include <libpq-fe.h>
#include "storage/postgresql/postgresql_driver.h"

/* ---- errors.c ---- */

/* What a failure means for the transaction it happened in. */
typedef enum fate {
    EI_PG_FINE,
    EI_PG_REFUSED, /* the statement failed, and the same would fail again */
    EI_PG_AGAIN,   /* the engine has undone the transaction in favour of another one */
    EI_PG_LOST     /* the connection is gone, and with it the transaction */
} fate;

/* The only place where SQLSTATEs become codes of libedu. Never gives a value of a row away. */
edu_status ei_pg_result_error(const PGresult *result, fate *out, edu_error *error);
/* Of a connection that failed as a whole. */
edu_status ei_pg_lost_error(const PGconn *pg, edu_error *error);

/* ---- value.c: the binary forms of values ---- */

#define EI_PG_PARAMETERS_MAX 64

typedef struct parameters {
    const char *values[EI_PG_PARAMETERS_MAX];
    int lengths[EI_PG_PARAMETERS_MAX];
    int formats[EI_PG_PARAMETERS_MAX];
    uint64_t numbers[EI_PG_PARAMETERS_MAX]; /* big-endian */
} parameters;

void ei_pg_bind(const edu_statement *statement, const edu_value *values, parameters *out);
void ei_pg_types(const edu_statement *statement, Oid out[EI_PG_PARAMETERS_MAX]);
void ei_pg_column(const PGresult *result, int row, int column, edu_value *out);

/* ---- connection.c: one connection and its pipeline ---- */

/* What begins and ends transactions. Parts of a command nest under one name. */
typedef enum control {
    EI_PG_BEGIN_READ,
    EI_PG_BEGIN_WRITE,
    EI_PG_COMMIT,
    EI_PG_ROLLBACK,
    EI_PG_PART,
    EI_PG_RELEASE_PART,
    EI_PG_UNDO_PART,
    EI_PG_CONTROLS
} control;

typedef struct prepared {
    const char *name; /* of the statement; NULL: none yet */
    bool is_there;    /* asked for, and not known to have failed */
} prepared;

#define EI_PG_PENDING_MAX 128

/* Statements are sent without waiting for their answers; a synchronisation ends a row of them and
 * reads the answers in order. After a failure the server skips what follows up to there. */
typedef struct connection {
    PGconn *pg;
    prepared *cache;
    size_t cache_size;
    int pending;                          /* statements sent since the last synchronisation */
    int32_t preparing[EI_PG_PENDING_MAX]; /* of each the place in the cache it fills, or -1 */
    bool is_synchronised;                 /* a synchronisation was sent, and is not read yet */
    bool is_broken;                       /* not to be used again, whatever libpq says of it */
} connection;

edu_status ei_pg_connect(const char *address, size_t cache_size, connection *out, edu_error *error);
void ei_pg_disconnect(connection *on);
/* In a child after fork: leaves the parent's session with the server alone. */
void ei_pg_abandon(connection *on);
bool ei_pg_is_open(const connection *on);

/* Each puts one statement into the pipeline; false where the connection is lost. */
bool ei_pg_send_control(connection *on, control which);
bool ei_pg_send(connection *on, const edu_statement *statement, const edu_value *values);
/* Sends a synchronisation, and what is still unsent, without waiting. */
bool ei_pg_push(connection *on);
/* Waits for all answers. *last: the answer to the last statement, for PQclear; NULL where it is not
 * asked for or failed. *out and error tell of the first failure. */
edu_status ei_pg_wait(connection *on, PGresult **last, fate *out, edu_error *error);
/* Several statements without parameters, outside of the pipeline. */
edu_status ei_pg_execute(connection *on, const char *sql, fate *out, edu_error *error);

/* ---- transaction.c ---- */

typedef struct transaction {
    edu_tx tx; /* first: it is what the port sees */
    connection *on;
    bool is_write, has_begun, has_lock;
    int parts; /* savepoints that are open */
    fate fate;
    edu_error failure; /* the first; what is called after it fails alike */
} transaction;

struct edu_cursor {
    PGresult *result;
    int row; /* -1 before the first */
};

edu_status ei_pg_start(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                       edu_cursor **cursor, edu_error *error);
edu_status ei_pg_run(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                     int64_t *changed, edu_error *error);
edu_status ei_pg_settle(edu_tx *tx, edu_error *error);
edu_status ei_pg_step(edu_cursor *cursor, bool *row, edu_error *error);
void ei_pg_cursor_column(edu_cursor *cursor, int column, edu_value *value);
void ei_pg_finish(edu_cursor *cursor);
edu_status ei_pg_savepoint(edu_tx *tx, edu_error *error);
edu_status ei_pg_release(edu_tx *tx, edu_error *error);
edu_status ei_pg_rollback_to(edu_tx *tx, edu_error *error);
edu_status ei_pg_script(edu_tx *tx, const char *sql, edu_error *error);

typedef enum ending {
    EI_PG_ENDED,  /* for good; the status tells how */
    EI_PG_UNDONE, /* undone through no fault of its own: run it again */
    EI_PG_UNKNOWN /* the connection was lost while the commit was on its way */
} ending;
/* Runs a command once. */
ending ei_pg_attempt(connection *on, bool write, edu_command_fn command, void *context,
                     edu_status *status, edu_error *error);

/* ---- pool.c ---- */

typedef struct slot {
    connection on;
    bool is_busy;
} slot;

typedef struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    const char *address;
    size_t cache_size, count;
    slot *slots;
} pool;

edu_status ei_pg_pool_open(pool *out, const char *address, size_t cache_size, edu_error *error);
/* is_ours: false in a child after fork. */
void ei_pg_pool_close(pool *of, bool is_ours);
/* An idle connection, a new one where there is room, or the first that is given back. */
edu_status ei_pg_pool_take(pool *from, slot **out, edu_error *error);
void ei_pg_pool_give(pool *to, slot *taken);

/* ---- backup.c: by the server's own programs ---- */

edu_status ei_pg_backup(const char *address, const char *target, edu_progress progress,
                        edu_error *error);
edu_status ei_pg_restore(const char *address, const char *source, edu_progress progress,
                         edu_error *error);

#endif
