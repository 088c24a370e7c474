/** @file edu/sys/storage.h
 *  The storage port: what a driver implements and what the domain sees of an engine.
 *
 *  Work is given as a **command**: a function that runs inside one transaction and may run again
 * from the start, in another thread, because a driver commits the commands of several sessions
 * together, and repeats them where one of them was refused or the engine rolled the whole group
 * back. A command therefore touches nothing but the transaction and its own context, and sets its
 * results anew at each run. A write returns only after its commit is on disk. Where the engine
 * cannot say whether a commit came through, the write fails with the key "storage.unknown", and
 * nothing else does.
 *  @since 0.1.0 */
#ifndef EDU_SYS_STORAGE_H
#define EDU_SYS_STORAGE_H

#include <stddef.h>
#include <edu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct edu_store edu_store;   /**< an open store: driver state and pool */
typedef struct edu_tx edu_tx;         /**< a running transaction */
typedef struct edu_cursor edu_cursor; /**< a statement being stepped; all the driver's own */

/** Type of a parameter or column. */
typedef enum edu_sql_type {
    EDU_SQL_INT, /**< 64-bit integer; also TIME and DATE */
    EDU_SQL_BOOL,
    EDU_SQL_TEXT, /**< UTF-8 without NUL */
    EDU_SQL_BLOB,
    EDU_SQL_ID,  /**< 16 bytes */
    EDU_SQL_JSON /**< JSON text */
} edu_sql_type;

/** A named statement, generated at build time from a .sql file. */
typedef struct edu_statement {
    const char *name;
    const char *sql[2]; /**< by dialect: 0 SQLite (?1), 1 PostgreSQL ($1) */
    uint16_t index;     /**< dense, for a cache of prepared statements */
    uint8_t parameters;
    const uint8_t *types; /**< edu_sql_type of each parameter */
} edu_statement;

/** A parameter value; which member counts is told by the statement's types. */
typedef struct edu_value {
    bool is_null;
    int64_t integer; /**< INT, BOOL */
    edu_bytes bytes; /**< TEXT, BLOB, ID, JSON */
} edu_value;

/** A command: runs inside a transaction, returns EDU_OK to commit, anything else to undo its work.
 */
typedef edu_status (*edu_command_fn)(edu_tx *tx, void *context, edu_error *error);

enum {
    EDU_CAP_GROUP_COMMIT = 1 << 0, /**< many commands share one commit */
    EDU_CAP_MANY_WRITERS = 1 << 1, /**< writers on different rows run at the same time */
    EDU_CAP_ONLINE_BACKUP = 1 << 2,
    EDU_CAP_FILE = 1 << 3 /**< the address is a path; what belongs to the store lies beside it */
};

/** A driver's transaction begins with this; the port fills it. */
struct edu_tx {
    edu_store *store;
};

/** What a driver is. All functions are called with valid arguments. */
typedef struct edu_driver {
    uint32_t abi;       /**< EDU_DRIVER_ABI */
    const char *scheme; /**< "sqlite" of "sqlite:PATH" */
    int dialect;        /**< index into edu_statement.sql */
    uint32_t capabilities;

    /** Opens what stands behind "scheme:". Statements have indexes below statement_count.
     *  @return EDU_E_NOT_FOUND where there is none and create is false. */
    edu_status (*open)(const char *address, bool create, size_t statement_count, void **state,
                       edu_error *error);
    void (*close)(void *state);
    /** Runs a command; a read sees one snapshot. Any thread. */
    edu_status (*run)(void *state, bool write, edu_command_fn command, void *context,
                      edu_error *error);
    edu_status (*start)(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                        edu_cursor **cursor, edu_error *error);
    /** *row tells whether there is one. */
    edu_status (*step)(edu_cursor *cursor, bool *row, edu_error *error);
    void (*column)(edu_cursor *cursor, int column, edu_value *value); /**< valid until next step */
    void (*finish)(edu_cursor *cursor);
    /** Runs a statement that gives no rows. Outside of savepoints, and where changed (the rows it
     *  touched) is NULL, the driver need not wait for the engine: its failure is then told by a
     *  later call of the same command, at the latest by its commit. */
    edu_status (*execute)(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                          int64_t *changed, edu_error *error);
    /** Waits for what execute has not waited for. */
    edu_status (*settle)(edu_tx *tx, edu_error *error);
    edu_status (*savepoint)(edu_tx *tx, edu_error *error);
    edu_status (*release)(edu_tx *tx, edu_error *error);
    edu_status (*rollback_to)(edu_tx *tx, edu_error *error);
    /** Runs statements of a migration: several, without parameters. */
    edu_status (*script)(edu_tx *tx, const char *sql, edu_error *error);
    edu_status (*backup)(void *state, const char *path, edu_progress progress, edu_error *error);
    /** Puts a backup where no store is; address as for open.
     *  @return EDU_E_CONFLICT where one is. */
    edu_status (*restore)(const char *address, const char *path, edu_progress progress,
                          edu_error *error);
    /** The engine's own check of what it stores. */
    edu_status (*check)(void *state, edu_error *error);
    /** Takes out of the store's files what was deleted, as far as the engine can at work.
     *  @return EDU_E_BUSY where others keep it from that. */
    edu_status (*scrub)(void *state, edu_error *error);
} edu_driver;

#define EDU_DRIVER_ABI 3

/** Makes a driver known under its scheme; later ones of the same scheme win.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_driver_register(const edu_driver *driver, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
