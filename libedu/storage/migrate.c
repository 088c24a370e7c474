#include <string.h>
#include <sodium.h>
#include "storage/storage.h"
#include "schema.h"
#include "storage_sql.h"

typedef struct migration {
    const ei_migration *steps;
    size_t count;
    int dialect;
    edu_status (*script)(edu_tx *tx, const char *sql, edu_error *error);
    int done;    /* newest version in the store */
    bool worked; /* a step was made by this run */
} migration;

static void checksum(const ei_migration *step, int dialect, char hex[65])
{
    uint8_t hash[32];
    crypto_hash_sha256(hash, (const uint8_t *)step->sql[dialect], strlen(step->sql[dialect]));
    ei_hex_format(hash, sizeof hash, hex);
}

static edu_status check_done(const migration *job, ei_rows *rows, edu_error *error)
{
    int version = (int)ei_column_int(rows, 0);
    for (size_t i = 0; i < job->count; i++) {
        if (job->steps[i].version != version)
            continue;
        char hex[65];
        checksum(&job->steps[i], job->dialect, hex);
        if (strcmp(hex, ei_column_text(rows, 2)) == 0)
            return EDU_OK;
        return ei_fail(error, EDU_E_CORRUPT, "storage.migration_changed", NULL,
                       "step %d of the schema was made from another text than this library's",
                       version);
    }
    return ei_fail(error, EDU_E_UNSUPPORTED, "storage.too_new", NULL,
                   "the store has schema version %d, newer than this library: update the library",
                   version);
}

static edu_status read_versions(migration *job, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    job->done = 0;
    edu_status status = sql_storage_versions(tx, &rows, error);
    bool row = false;
    while (status == EDU_OK && (status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        status = check_done(job, &rows, error);
        job->done = (int)ei_column_int(&rows, 0);
    }
    ei_rows_close(&rows);
    return status;
}

/* One step, in one transaction that first looks again how far the store is: another process may
 * have been faster. */
static edu_status make_step(edu_tx *tx, void *context, edu_error *error)
{
    migration *job = context;
    job->worked = false;
    EI_TRY(job->script(tx,
                       "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, "
                       "name text NOT NULL, checksum text NOT NULL);",
                       error));
    EI_TRY(read_versions(job, tx, error));
    for (size_t i = 0; i < job->count; i++) {
        const ei_migration *step = &job->steps[i];
        if (step->version <= job->done)
            continue;
        char hex[65];
        checksum(step, job->dialect, hex);
        EI_TRY(job->script(tx, step->sql[job->dialect], error));
        job->worked = true;
        return sql_storage_version_add(tx, step->version, step->name, hex, NULL, error);
    }
    return EDU_OK;
}

edu_status ei_store_migrate_with(edu_store *store, const ei_migration *steps, size_t count,
                                 edu_error *error)
{
    const edu_driver *driver = ei_store_driver(store);
    migration job = {steps, count, driver->dialect, driver->script, 0, true};
    while (job.worked)
        EI_TRY(ei_store_write(store, make_step, &job, error));
    return EDU_OK;
}

edu_status ei_store_migrate(edu_store *store, edu_error *error)
{
    return ei_store_migrate_with(store, ei_migrations, ei_migration_count, error);
}
