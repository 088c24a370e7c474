#include <string.h>
#include "storage/sqlite/sqlite_internal.h"

/* ---- errors ---- */

typedef struct mapping {
    int code; /* extended, or primary where no extended one stands here */
    edu_status status;
    const char *sqlstate;
    const char *key;
    const char *message;
} mapping;

static const mapping mappings[] = {
    {SQLITE_CONSTRAINT_PRIMARYKEY, EDU_E_CONFLICT, "23505", "storage.unique",
     "this exists already"},
    {SQLITE_CONSTRAINT_UNIQUE, EDU_E_CONFLICT, "23505", "storage.unique", "this exists already"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, EDU_E_CONFLICT, "23503", "storage.foreign_key",
     "what this refers to does not exist, or is still referred to"},
    {SQLITE_CONSTRAINT_NOTNULL, EDU_E_INVALID, "23502", "storage.not_null", "a value is missing"},
    {SQLITE_CONSTRAINT, EDU_E_CONFLICT, "23514", "storage.check",
     "a rule of the store forbids this"},
    {SQLITE_BUSY, EDU_E_BUSY, "55P03", "storage.busy", "the store is in use; try again"},
    {SQLITE_LOCKED, EDU_E_BUSY, "55P03", "storage.busy", "the store is in use; try again"},
    {SQLITE_FULL, EDU_E_STORAGE, "53100", "storage.full", "the disk is full; nothing was changed"},
    {SQLITE_IOERR, EDU_E_STORAGE, "58030", "storage.io",
     "the disk failed to read or write; nothing was changed"},
    {SQLITE_READONLY, EDU_E_STORAGE, "25006", "storage.read_only",
     "the store cannot be written: look at the rights of its file and folder"},
    {SQLITE_CANTOPEN, EDU_E_STORAGE, "58030", "storage.open",
     "the store cannot be opened: look at its path and rights"},
    {SQLITE_CORRUPT, EDU_E_CORRUPT, "XX001", "storage.corrupt",
     "the store is damaged: restore a backup"},
    {SQLITE_NOTADB, EDU_E_CORRUPT, "XX001", "storage.corrupt",
     "this file is no SQLite database, or is damaged: restore a backup"},
    {SQLITE_TOOBIG, EDU_E_LIMIT, "54000", "storage.too_big", "a value is too large"},
    {SQLITE_NOMEM, EDU_E_NOMEM, "53200", "core.no_memory", "out of memory; nothing was changed"},
};

static const mapping *find_mapping(int code)
{
    for (size_t i = 0; i < EI_COUNT(mappings); i++)
        if (mappings[i].code == code)
            return &mappings[i];
    return NULL;
}

edu_status ei_sqlite_error(connection *on, edu_error *error)
{
    return ei_sqlite_error_of(on, on->db ? sqlite3_extended_errcode(on->db) : SQLITE_NOMEM, error);
}

edu_status ei_sqlite_error_of(connection *on, int extended, edu_error *error)
{
    const mapping *found = find_mapping(extended);
    if (!found)
        found = find_mapping(extended & 0xff);
    if (!found) {
        /* What is left are mistakes in a statement: its text holds no data. */
        ei_error_fill(error, EDU_E_STORAGE, "storage.engine", NULL, "the storage engine says: %s",
                      sqlite3_errmsg(on->db));
        return EDU_E_STORAGE;
    }
    /* Of a constraint the engine names table and column, never a value. */
    bool is_constraint = (extended & 0xff) == SQLITE_CONSTRAINT;
    const char *detail = is_constraint ? strchr(sqlite3_errmsg(on->db), ':') : NULL;
    ei_error_fill(error, found->status, found->key, NULL, "%s%s", found->message,
                  detail ? detail : "");
    if (error)
        memcpy(error->sqlstate, found->sqlstate, sizeof error->sqlstate);
    return found->status;
}

/* ---- opening ---- */

#define VALUE_MAX (256 * 1024 * 1024) /* bytes of one value or row */

static const char settings[] = "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA temp_store = MEMORY;";
/* The leader keeps the log short by itself. What is erased is overwritten. */
static const char writer_settings[] = "PRAGMA wal_autocheckpoint = 0;"
                                      "PRAGMA secure_delete = ON;"
                                      "PRAGMA cache_size = -65536;";
/* With memory mapped, each page is looked for in the log each time it is read, though the cache has
 * it: good for readers, whose caches are small and lost with each write, not for the writer. */
static const char reader_settings[] = "PRAGMA query_only = ON;"
                                      "PRAGMA mmap_size = 1073741824;"
                                      "PRAGMA cache_size = -8192;";

static const char *const control_texts[EI_SQLITE_CONTROLS] = {
    [EI_SQLITE_BEGIN_READ] = "BEGIN",
    [EI_SQLITE_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [EI_SQLITE_COMMIT] = "COMMIT",
    [EI_SQLITE_ROLLBACK] = "ROLLBACK",
    [EI_SQLITE_COMMAND] = "SAVEPOINT command",
    [EI_SQLITE_RELEASE_COMMAND] = "RELEASE command",
    [EI_SQLITE_UNDO_COMMAND] = "ROLLBACK TO command",
    [EI_SQLITE_PART] = "SAVEPOINT part",
    [EI_SQLITE_RELEASE_PART] = "RELEASE part",
    [EI_SQLITE_UNDO_PART] = "ROLLBACK TO part",
};

edu_status ei_sqlite_execute(connection *on, const char *sql, edu_error *error)
{
    return sqlite3_exec(on->db, sql, NULL, NULL, NULL) == SQLITE_OK ? EDU_OK
                                                                    : ei_sqlite_error(on, error);
}

edu_status ei_sqlite_control(connection *on, control which, edu_error *error)
{
    int code = sqlite3_step(on->controls[which]);
    edu_status status = code == SQLITE_DONE ? EDU_OK : ei_sqlite_error(on, error);
    sqlite3_reset(on->controls[which]);
    return status;
}

edu_status ei_sqlite_in_transaction(connection *on, edu_error *error)
{
    if (!sqlite3_get_autocommit(on->db))
        return EDU_OK;
    return ei_fail(error, EDU_E_STORAGE, "storage.rolled_back", NULL,
                   "the engine has undone the command after a failure; nothing was changed");
}

void ei_sqlite_roll_back(connection *on)
{
    if (!sqlite3_get_autocommit(on->db))
        (void)ei_sqlite_control(on, EI_SQLITE_ROLLBACK, NULL);
}

/* The engine answers with the mode it has got, which on some file systems is not the one asked. */
static edu_status use_write_ahead(connection *on, edu_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(on->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL) != SQLITE_OK)
        return ei_sqlite_error(on, error);
    edu_status status = EDU_OK;
    if (sqlite3_step(statement) != SQLITE_ROW)
        status = ei_sqlite_error(on, error);
    else if (strcmp((const char *)sqlite3_column_text(statement, 0), "wal") != 0)
        status = ei_fail(error, EDU_E_UNSUPPORTED, "storage.no_wal", "/store",
                         "the file system of the store cannot share memory: use a local disk");
    sqlite3_finalize(statement);
    return status;
}

static edu_status prepare_controls(connection *on, edu_error *error)
{
    for (int i = 0; i < EI_SQLITE_CONTROLS; i++)
        if (sqlite3_prepare_v3(on->db, control_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &on->controls[i], NULL) != SQLITE_OK)
            return ei_sqlite_error(on, error);
    return EDU_OK;
}

static edu_status configure(connection *on, purpose use, edu_error *error)
{
    sqlite3_extended_result_codes(on->db, 1);
    sqlite3_busy_timeout(on->db, EI_SQLITE_WAIT_MS);
    sqlite3_limit(on->db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
    sqlite3_limit(on->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(on->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(on->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(on->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (use == EI_SQLITE_WRITER)
        EI_TRY(use_write_ahead(on, error));
    EI_TRY(ei_sqlite_execute(on, settings, error));
    if (use != EI_SQLITE_COPY)
        EI_TRY(ei_sqlite_execute(on, use == EI_SQLITE_WRITER ? writer_settings : reader_settings,
                                 error));
    return prepare_controls(on, error);
}

edu_status ei_sqlite_connect(const char *path, purpose use, size_t cache_size, connection *out,
                             edu_error *error)
{
    *out = (connection){.cache = ei_calloc(cache_size, sizeof(cached)), .cache_size = cache_size};
    if (!out->cache)
        return ei_no_memory(error);
    edu_status status = EDU_OK;
    if (sqlite3_open_v2(path, &out->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        status = ei_sqlite_error(out, error);
    if (status == EDU_OK)
        status = configure(out, use, error);
    if (status != EDU_OK)
        ei_sqlite_disconnect(out);
    return status;
}

void ei_sqlite_disconnect(connection *on)
{
    for (size_t i = 0; on->cache && i < on->cache_size; i++)
        sqlite3_finalize(on->cache[i].statement);
    for (int i = 0; i < EI_SQLITE_CONTROLS; i++)
        sqlite3_finalize(on->controls[i]);
    ei_free(on->cache);
    sqlite3_close(on->db);
    *on = (connection){0};
}

/* ---- statements ---- */

static edu_status prepare(connection *on, const edu_statement *statement, unsigned flags,
                          sqlite3_stmt **out, edu_error *error)
{
    if (sqlite3_prepare_v3(on->db, statement->sql[0], -1, flags, out, NULL) != SQLITE_OK)
        return ei_sqlite_error(on, error);
    return EDU_OK;
}

/* The cached statement, unless it is at work already or its place holds another. */
static cached *find_cached(connection *on, const edu_statement *statement)
{
    if (statement->index >= on->cache_size)
        return NULL;
    cached *slot = &on->cache[statement->index];
    if (slot->is_used || (slot->statement && strcmp(slot->name, statement->name) != 0))
        return NULL;
    return slot;
}

static int bind(sqlite3_stmt *statement, int at, edu_sql_type type, const edu_value *value)
{
    if (value->is_null)
        return sqlite3_bind_null(statement, at);
    switch (type) {
    case EDU_SQL_INT:
    case EDU_SQL_BOOL:
        return sqlite3_bind_int64(statement, at, value->integer);
    case EDU_SQL_TEXT:
    case EDU_SQL_JSON:
        return sqlite3_bind_text64(statement, at, value->bytes.data, value->bytes.size,
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    case EDU_SQL_BLOB:
    case EDU_SQL_ID:
        if (value->bytes.size == 0)
            return sqlite3_bind_zeroblob(statement, at, 0);
        return sqlite3_bind_blob64(statement, at, value->bytes.data, value->bytes.size,
                                   SQLITE_TRANSIENT);
    }
    return SQLITE_MISUSE;
}

edu_status ei_sqlite_start(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                           edu_cursor **out, edu_error *error)
{
    connection *on = ((transaction *)tx)->on;
    EI_TRY(ei_sqlite_in_transaction(on, error));
    edu_cursor *cursor = ei_calloc(1, sizeof *cursor);
    if (!cursor)
        return ei_no_memory(error);
    cursor->on = on;
    cursor->slot = find_cached(on, statement);
    edu_status status = EDU_OK;
    if (!cursor->slot) {
        status = prepare(on, statement, 0, &cursor->statement, error);
    } else if (!cursor->slot->statement) {
        status = prepare(on, statement, SQLITE_PREPARE_PERSISTENT, &cursor->slot->statement, error);
        cursor->slot->name = statement->name;
    }
    if (cursor->slot) {
        cursor->statement = cursor->slot->statement;
        cursor->slot->is_used = true;
    }
    for (int i = 0; status == EDU_OK && i < statement->parameters; i++)
        if (bind(cursor->statement, i + 1, statement->types[i], &values[i]) != SQLITE_OK)
            status = ei_sqlite_error(on, error);
    if (status != EDU_OK) {
        ei_sqlite_finish(cursor);
        return status;
    }
    *out = cursor;
    return EDU_OK;
}

/* Fetching a text or blob may need memory, and ei_sqlite_column has no way to say that there is
 * none: so it is fetched here, and stays. */
static bool fetch_columns(sqlite3_stmt *statement)
{
    for (int i = 0, count = sqlite3_column_count(statement); i < count; i++) {
        int type = sqlite3_column_type(statement, i);
        if (type == SQLITE_TEXT && !sqlite3_column_text(statement, i))
            return false;
        if (type == SQLITE_BLOB && !sqlite3_column_blob(statement, i) &&
            sqlite3_column_bytes(statement, i) != 0)
            return false;
    }
    return true;
}

edu_status ei_sqlite_step(edu_cursor *cursor, bool *row, edu_error *error)
{
    int code = sqlite3_step(cursor->statement);
    *row = code == SQLITE_ROW;
    if (*row && !fetch_columns(cursor->statement))
        return ei_no_memory(error);
    return code == SQLITE_ROW || code == SQLITE_DONE ? EDU_OK : ei_sqlite_error(cursor->on, error);
}

void ei_sqlite_column(edu_cursor *cursor, int column, edu_value *value)
{
    sqlite3_stmt *statement = cursor->statement;
    *value = (edu_value){false, 0, {NULL, 0}};
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        value->is_null = true;
        break;
    case SQLITE_TEXT:
        value->bytes.data = sqlite3_column_text(statement, column);
        value->bytes.size = (size_t)sqlite3_column_bytes(statement, column);
        break;
    case SQLITE_BLOB:
        value->bytes.size = (size_t)sqlite3_column_bytes(statement, column);
        value->bytes.data = value->bytes.size ? sqlite3_column_blob(statement, column) : "";
        break;
    default:
        value->integer = sqlite3_column_int64(statement, column);
    }
}

void ei_sqlite_finish(edu_cursor *cursor)
{
    if (!cursor->slot) {
        sqlite3_finalize(cursor->statement);
    } else {
        cursor->slot->is_used = false;
        if (cursor->statement) { /* else it could not be prepared */
            sqlite3_reset(cursor->statement);
            sqlite3_clear_bindings(cursor->statement);
        }
    }
    ei_free(cursor);
}

edu_status ei_sqlite_run(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                         int64_t *changed, edu_error *error)
{
    edu_cursor *cursor;
    bool row;
    EI_TRY(ei_sqlite_start(tx, statement, values, &cursor, error));
    edu_status status = ei_sqlite_step(cursor, &row, error);
    if (status == EDU_OK && changed)
        *changed = sqlite3_changes64(cursor->on->db);
    ei_sqlite_finish(cursor);
    return status;
}
