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
    {SQLITE_NOTADB, EDU_E_CORRUPT, "XX001", "storage.corrupt", "this file is no SQLite database"},
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
    int extended = on->db ? sqlite3_extended_errcode(on->db) : SQLITE_NOMEM;
    const mapping *found = find_mapping(extended);
    if (!found)
        found = find_mapping(extended & 0xff);
    if (!found) {
        /* What is left are mistakes in a statement: its text holds no data. */
        ei_fail(error, EDU_E_STORAGE, "storage.engine", NULL, "the storage engine says: %s",
                sqlite3_errmsg(on->db));
        return EDU_E_STORAGE;
    }
    /* Of a constraint the engine names table and column, never a value. */
    bool is_constraint = (extended & 0xff) == SQLITE_CONSTRAINT;
    const char *detail = is_constraint ? strchr(sqlite3_errmsg(on->db), ':') : NULL;
    ei_fail(error, found->status, found->key, NULL, "%s%s", found->message, detail ? detail : "");
    if (error)
        memcpy(error->sqlstate, found->sqlstate, sizeof error->sqlstate);
    return found->status;
}

/* ---- opening ---- */

static const char writer_settings[] = "PRAGMA journal_mode = WAL;"
                                      "PRAGMA wal_autocheckpoint = 0;";
static const char settings[] = "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA trusted_schema = OFF;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA cache_size = -65536;"
                               "PRAGMA mmap_size = 1073741824;";

edu_status ei_sqlite_execute(connection *on, const char *sql, edu_error *error)
{
    return sqlite3_exec(on->db, sql, NULL, NULL, NULL) == SQLITE_OK ? EDU_OK
                                                                    : ei_sqlite_error(on, error);
}

static edu_status configure(connection *on, bool is_writer, edu_error *error)
{
    sqlite3_extended_result_codes(on->db, 1);
    sqlite3_busy_timeout(on->db, 10000);
    sqlite3_db_config(on->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(on->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(on->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (is_writer)
        EI_TRY(ei_sqlite_execute(on, writer_settings, error));
    return ei_sqlite_execute(on, settings, error);
}

edu_status ei_sqlite_connect(const char *path, bool is_writer, size_t cache_size, connection *out,
                             edu_error *error)
{
    *out = (connection){NULL, ei_calloc(cache_size, sizeof(cached)), cache_size};
    if (!out->cache)
        return ei_no_memory(error);
    edu_status status = EDU_OK;
    if (sqlite3_open_v2(path, &out->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        status = ei_sqlite_error(out, error);
    if (status == EDU_OK)
        status = configure(out, is_writer, error);
    if (status != EDU_OK)
        ei_sqlite_disconnect(out);
    return status;
}

void ei_sqlite_disconnect(connection *on)
{
    for (size_t i = 0; on->cache && i < on->cache_size; i++)
        sqlite3_finalize(on->cache[i].statement);
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

edu_status ei_sqlite_step(edu_cursor *cursor, bool *row, edu_error *error)
{
    int code = sqlite3_step(cursor->statement);
    *row = code == SQLITE_ROW;
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

int64_t ei_sqlite_changed(edu_cursor *cursor)
{
    return sqlite3_changes64(cursor->on->db);
}

void ei_sqlite_finish(edu_cursor *cursor)
{
    if (cursor->slot) {
        sqlite3_reset(cursor->slot->statement);
        sqlite3_clear_bindings(cursor->slot->statement);
        cursor->slot->is_used = false;
    } else {
        sqlite3_finalize(cursor->statement);
    }
    ei_free(cursor);
}
