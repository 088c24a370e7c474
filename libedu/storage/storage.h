/* The storage port as the domain uses it. SQL stands in .sql files; tools/gen_sql.py makes of each
 * statement a typed function, so that nothing here takes a variable argument list. */
#ifndef EI_STORAGE_H
#define EI_STORAGE_H

#include <edu/sys/storage.h>
#include "core/core.h"

/* Opens "sqlite:PATH" or another registered driver's address. Does not migrate.
 * EDU_E_NOT_FOUND where there is no store and create is false. */
edu_status ei_store_open(const char *address, bool create, edu_store **out, edu_error *error);
void ei_store_close(edu_store *store);
/* The path of a store that is a file; NULL for one on a server. */
edu_status ei_store_file(const char *address, const char **path, edu_error *error);
const edu_driver *ei_store_driver(const edu_store *store);
uint32_t ei_store_capabilities(const edu_store *store);

/* Brings the schema to the newest version: numbered forward steps with checksums, each one write,
 * which looks again whether another process has done it meanwhile. EDU_E_CORRUPT if a done step's
 * checksum differs, EDU_E_UNSUPPORTED if the store is newer than the library. */
edu_status ei_store_migrate(edu_store *store, edu_error *error);
typedef struct ei_migration {
    int version;
    const char *name;
    const char *sql[2]; /* by dialect */
} ei_migration;
edu_status ei_store_migrate_with(edu_store *store, const ei_migration *steps, size_t count,
                                 edu_error *error);

/* One command in one transaction; see edu/sys/storage.h for what a command may do. One begun within
 * another is EDU_E_STATE. */
edu_status ei_store_read(edu_store *store, edu_command_fn command, void *context, edu_error *error);
edu_status ei_store_write(edu_store *store, edu_command_fn command, void *context,
                          edu_error *error);
edu_status ei_store_backup(edu_store *store, const char *path, edu_progress progress,
                           edu_error *error);

/* Puts a backup where no store is. EDU_E_CONFLICT where one is. */
edu_status ei_store_restore(const char *address, const char *path, edu_progress progress,
                            edu_error *error);
edu_status ei_store_check(edu_store *store, edu_error *error); /* the engine's own check */
/* Takes out of the files what was deleted. EDU_E_BUSY where others keep it from that. */
edu_status ei_store_scrub(edu_store *store, edu_error *error);
/* Statements run so far: a test of equal work counts them. */
uint64_t ei_store_statements(const edu_store *store);

/* Within a command: a part that can be undone and leaves the rest. Each savepoint is ended by one
 * release or one rollback_to; they nest. */
edu_status ei_savepoint(edu_tx *tx, edu_error *error);
edu_status ei_release(edu_tx *tx, edu_error *error);
edu_status ei_rollback_to(edu_tx *tx, edu_error *error);

/* Rows of a SELECT. Open by a generated function; close always, also after a failure. */
typedef struct ei_rows {
    edu_tx *tx;
    edu_cursor *cursor; /* NULL when closed */
} ei_rows;
edu_status ei_rows_next(ei_rows *rows, bool *row, edu_error *error);
void ei_rows_close(ei_rows *rows);
bool ei_column_is_null(ei_rows *rows, int column);
int64_t ei_column_int(ei_rows *rows, int column);
bool ei_column_bool(ei_rows *rows, int column);
edu_id ei_column_id(ei_rows *rows, int column);
edu_time ei_column_time(ei_rows *rows, int column); /* EDU_TIME_NONE for NULL */
edu_date ei_column_date(ei_rows *rows, int column);
edu_bytes ei_column_bytes(ei_rows *rows, int column);  /* valid until the next row */
const char *ei_column_text(ei_rows *rows, int column); /* valid until the next row; NULL for NULL */
/* Fills a record from the columns in the order of its fields, from column `first`; texts, bytes and
 * JSON are copied into the arena. */
edu_status ei_rows_record(ei_rows *rows, int first, const ei_record_type *type, ei_arena *arena,
                          void *record, edu_error *error);

/* Failures of statements that were run without asking for their count may come later, with another
 * call of the command or its commit. Whoever answers a failure, such as a conflict, by more than
 * passing it on asks for the count, works in a savepoint, or settles. */
edu_status ei_sql_settle(edu_tx *tx, edu_error *error);

/* What the generated functions call. */
edu_status ei_sql_rows(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                       ei_rows *rows, edu_error *error);
edu_status ei_sql_run(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                      int64_t *changed, edu_error *error);
edu_value ei_value_int(int64_t value);
edu_value ei_value_id(const edu_id *id);   /* none (all zero) or NULL is NULL */
edu_value ei_value_text(const char *text); /* NULL is NULL */
edu_value ei_value_bytes(edu_bytes bytes); /* data NULL is NULL */
edu_value ei_value_time(edu_time time);    /* EDU_TIME_NONE is NULL */
edu_value ei_value_date(edu_date date);    /* none is NULL */

#endif
