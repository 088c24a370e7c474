#include <stdatomic.h>
#include <string.h>
#include "storage/storage.h"
#ifdef EI_POSTGRESQL
#include "storage/postgresql/postgresql_driver.h"
#endif
#include "storage/sqlite/sqlite_driver.h"
#include "schema.h"

struct edu_store {
    const edu_driver *driver;
    void *state;
    atomic_uint_fast64_t statements;
};

/* ---- drivers ---- */

#define DRIVERS_MAX 8

/* Registered before portals are opened, so that looking one up takes no lock. */
static const edu_driver *registered[DRIVERS_MAX] = {
    &ei_sqlite_driver,
#ifdef EI_POSTGRESQL
    &ei_postgresql_driver,
#endif
};
#ifdef EI_POSTGRESQL
static atomic_size_t registered_count = 2;
#else
static atomic_size_t registered_count = 1;
#endif

edu_status edu_driver_register(const edu_driver *driver, edu_error *error)
{
    if (!driver || !driver->scheme)
        return ei_bad_argument(error, "driver");
    if (driver->abi != EDU_DRIVER_ABI)
        return ei_fail(error, EDU_E_UNSUPPORTED, "storage.driver_abi", NULL,
                       "driver %s was made for another version of the library", driver->scheme);
    size_t at = atomic_fetch_add(&registered_count, 1);
    if (at >= DRIVERS_MAX) {
        atomic_fetch_sub(&registered_count, 1);
        return ei_fail(error, EDU_E_LIMIT, "storage.drivers", NULL, "there are too many drivers");
    }
    registered[at] = driver;
    return EDU_OK;
}

static const edu_driver *find_driver(const char *address)
{
    const char *colon = strchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : 0;
    for (size_t i = atomic_load(&registered_count); i-- > 0;)
        if (strlen(registered[i]->scheme) == length &&
            memcmp(registered[i]->scheme, address, length) == 0)
            return registered[i];
    return NULL;
}

static edu_status get_driver(const char *address, const edu_driver **out, edu_error *error)
{
    *out = find_driver(address);
    return *out ? EDU_OK
                : ei_fail(error, EDU_E_INVALID, "storage.address", "/store",
                          "no storage engine has this address; give one such as sqlite:PATH or "
                          "postgresql://HOST/DATABASE");
}

edu_status ei_store_file(const char *address, const char **path, edu_error *error)
{
    const edu_driver *driver;
    EI_TRY(get_driver(address, &driver, error));
    bool is_file = driver->capabilities & EDU_CAP_FILE;
    *path = is_file ? address + strlen(driver->scheme) + 1 : NULL;
    return EDU_OK;
}

/* ---- the store ---- */

edu_status ei_store_open(const char *address, bool create, edu_store **out, edu_error *error)
{
    const edu_driver *driver;
    EI_TRY(get_driver(address, &driver, error));
    edu_store *store = ei_calloc(1, sizeof *store);
    if (!store)
        return ei_no_memory(error);
    store->driver = driver;
    edu_status status = driver->open(address + strlen(driver->scheme) + 1, create, EI_STATEMENTS,
                                     &store->state, error);
    if (status != EDU_OK)
        ei_free(store);
    else
        *out = store;
    return status;
}

void ei_store_close(edu_store *store)
{
    if (!store)
        return;
    store->driver->close(store->state);
    ei_free(store);
}

const edu_driver *ei_store_driver(const edu_store *store)
{
    return store->driver;
}

uint32_t ei_store_capabilities(const edu_store *store)
{
    return store->driver->capabilities;
}

uint64_t ei_store_statements(const edu_store *store)
{
    return atomic_load(&store->statements);
}

/* Whether this thread is within a command: another one begun there could wait for itself. */
static _Thread_local bool in_command;

/* Gives the transaction its store before the command sees it. A command that was short of memory
 * has failed, whatever it has made of that. */
typedef struct framed {
    edu_store *store;
    edu_command_fn command;
    void *context;
} framed;

static edu_status run_framed(edu_tx *tx, void *context, edu_error *error)
{
    const framed *frame = context;
    tx->store = frame->store;
    in_command = true;
    (void)ei_memory_was_short();
    edu_status status = frame->command(tx, frame->context, error);
    in_command = false;
    return ei_memory_was_short() ? ei_no_memory(error) : status;
}

static edu_status run(edu_store *store, bool write, edu_command_fn command, void *context,
                      edu_error *error)
{
    framed frame = {store, command, context};
    if (in_command)
        return ei_fail(error, EDU_E_STATE, "storage.nested", NULL,
                       "a command was begun within another one");
    return store->driver->run(store->state, write, run_framed, &frame, error);
}

edu_status ei_store_read(edu_store *store, edu_command_fn command, void *context, edu_error *error)
{
    return run(store, false, command, context, error);
}

edu_status ei_store_write(edu_store *store, edu_command_fn command, void *context, edu_error *error)
{
    return run(store, true, command, context, error);
}

edu_status ei_store_backup(edu_store *store, const char *path, edu_progress progress,
                           edu_error *error)
{
    return store->driver->backup(store->state, path, progress, error);
}

edu_status ei_store_restore(const char *address, const char *path, edu_progress progress,
                            edu_error *error)
{
    const edu_driver *driver;
    EI_TRY(get_driver(address, &driver, error));
    return driver->restore(address + strlen(driver->scheme) + 1, path, progress, error);
}

edu_status ei_store_check(edu_store *store, edu_error *error)
{
    return store->driver->check(store->state, error);
}

edu_status ei_store_scrub(edu_store *store, edu_error *error)
{
    return store->driver->scrub(store->state, error);
}

edu_status ei_savepoint(edu_tx *tx, edu_error *error)
{
    return tx->store->driver->savepoint(tx, error);
}

edu_status ei_release(edu_tx *tx, edu_error *error)
{
    return tx->store->driver->release(tx, error);
}

edu_status ei_rollback_to(edu_tx *tx, edu_error *error)
{
    return tx->store->driver->rollback_to(tx, error);
}

/* ---- statements ---- */

static edu_status check_values(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                               edu_error *error)
{
    atomic_fetch_add_explicit(&tx->store->statements, 1, memory_order_relaxed);
    for (int i = 0; i < statement->parameters; i++) {
        bool is_text = statement->types[i] == EDU_SQL_TEXT || statement->types[i] == EDU_SQL_JSON;
        if (is_text && !values[i].is_null &&
            !ei_utf8_valid(values[i].bytes.data, values[i].bytes.size))
            return ei_fail(error, EDU_E_INVALID, "storage.not_utf8", NULL,
                           "parameter %d of %s is not UTF-8 or holds a null byte", i + 1,
                           statement->name);
    }
    return EDU_OK;
}

edu_status ei_sql_rows(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                       ei_rows *rows, edu_error *error)
{
    rows->tx = tx;
    rows->cursor = NULL;
    EI_TRY(check_values(tx, statement, values, error));
    return tx->store->driver->start(tx, statement, values, &rows->cursor, error);
}

edu_status ei_sql_run(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                      int64_t *changed, edu_error *error)
{
    EI_TRY(check_values(tx, statement, values, error));
    return tx->store->driver->execute(tx, statement, values, changed, error);
}

edu_status ei_sql_settle(edu_tx *tx, edu_error *error)
{
    return tx->store->driver->settle(tx, error);
}

edu_status ei_rows_next(ei_rows *rows, bool *row, edu_error *error)
{
    return rows->tx->store->driver->step(rows->cursor, row, error);
}

void ei_rows_close(ei_rows *rows)
{
    if (rows->cursor)
        rows->tx->store->driver->finish(rows->cursor);
    rows->cursor = NULL;
}

static edu_value column(ei_rows *rows, int at)
{
    edu_value value;
    rows->tx->store->driver->column(rows->cursor, at, &value);
    return value;
}

bool ei_column_is_null(ei_rows *rows, int at)
{
    return column(rows, at).is_null;
}

int64_t ei_column_int(ei_rows *rows, int at)
{
    return column(rows, at).integer;
}

bool ei_column_bool(ei_rows *rows, int at)
{
    return column(rows, at).integer != 0;
}

edu_id ei_column_id(ei_rows *rows, int at)
{
    edu_value value = column(rows, at);
    edu_id id = {{0}};
    if (!value.is_null && value.bytes.size == sizeof id.bytes)
        memcpy(id.bytes, value.bytes.data, sizeof id.bytes);
    return id;
}

edu_time ei_column_time(ei_rows *rows, int at)
{
    edu_value value = column(rows, at);
    return value.is_null ? EDU_TIME_NONE : value.integer;
}

edu_date ei_column_date(ei_rows *rows, int at)
{
    edu_value value = column(rows, at);
    return value.is_null ? (edu_date){0, 0, 0} : ei_date_from_days((int32_t)value.integer);
}

edu_bytes ei_column_bytes(ei_rows *rows, int at)
{
    return column(rows, at).bytes;
}

const char *ei_column_text(ei_rows *rows, int at)
{
    edu_value value = column(rows, at);
    return value.is_null ? NULL : value.bytes.data;
}

static edu_status read_bytes(ei_rows *rows, int at, ei_arena *arena, edu_bytes *out,
                             edu_error *error)
{
    edu_bytes bytes = ei_column_bytes(rows, at);
    if (bytes.data) {
        out->data = ei_arena_strndup(arena, bytes.data, bytes.size);
        out->size = bytes.size;
        if (!out->data)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

static edu_status read_json(ei_rows *rows, int at, ei_arena *arena, json_t **out, edu_error *error)
{
    edu_bytes bytes = ei_column_bytes(rows, at);
    if (!bytes.data)
        return EDU_OK;
    json_t *value = ei_json_load(bytes.data, bytes.size, JSON_DECODE_ANY, NULL);
    if (!value)
        return ei_fail(error, EDU_E_CORRUPT, "storage.json", NULL,
                       "the store is damaged: what should be JSON is none; restore a backup");
    if (!ei_arena_own_json(arena, value))
        return ei_no_memory(error);
    *out = value;
    return EDU_OK;
}

static edu_status read_field(ei_rows *rows, int at, edu_kind kind, ei_arena *arena, void *field,
                             edu_error *error)
{
    switch (kind) {
    case EDU_KIND_BOOL:
        *(bool *)field = ei_column_bool(rows, at);
        return EDU_OK;
    case EDU_KIND_INT32:
        *(int32_t *)field = (int32_t)ei_column_int(rows, at);
        return EDU_OK;
    case EDU_KIND_INT64:
        *(int64_t *)field = ei_column_int(rows, at);
        return EDU_OK;
    case EDU_KIND_ID:
        *(edu_id *)field = ei_column_id(rows, at);
        return EDU_OK;
    case EDU_KIND_TIME:
        *(edu_time *)field = ei_column_time(rows, at);
        return EDU_OK;
    case EDU_KIND_DATE:
        *(edu_date *)field = ei_column_date(rows, at);
        return EDU_OK;
    case EDU_KIND_BYTES:
        return read_bytes(rows, at, arena, field, error);
    case EDU_KIND_TEXT: {
        edu_bytes bytes = {NULL, 0};
        EI_TRY(read_bytes(rows, at, arena, &bytes, error));
        *(const char **)field = bytes.data;
        return EDU_OK;
    }
    case EDU_KIND_JSON:
        return read_json(rows, at, arena, field, error);
    }
    return EDU_OK;
}

edu_status ei_rows_record(ei_rows *rows, int first, const edu_record_type *type, ei_arena *arena,
                          void *record, edu_error *error)
{
    for (size_t i = 0; i < type->count; i++)
        EI_TRY(read_field(rows, first + (int)i, type->fields[i].kind, arena,
                          (char *)record + type->fields[i].offset, error));
    return EDU_OK;
}

/* ---- values ---- */

edu_value ei_value_int(int64_t value)
{
    return (edu_value){false, value, {NULL, 0}};
}

edu_value ei_value_bytes(edu_bytes bytes)
{
    return (edu_value){bytes.data == NULL, 0, bytes};
}

edu_value ei_value_id(const edu_id *id)
{
    if (!id || ei_id_is_none(*id))
        return (edu_value){true, 0, {NULL, 0}};
    return (edu_value){false, 0, {id->bytes, sizeof id->bytes}};
}

edu_value ei_value_text(const char *text)
{
    return (edu_value){text == NULL, 0, {text, text ? strlen(text) : 0}};
}

edu_value ei_value_time(edu_time time)
{
    return (edu_value){time == EDU_TIME_NONE, time, {NULL, 0}};
}

edu_value ei_value_date(edu_date date)
{
    return (edu_value){date.year == 0, ei_date_to_days(date), {NULL, 0}};
}
