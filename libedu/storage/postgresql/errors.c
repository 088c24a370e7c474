#include <stdio.h>
#include <string.h>
#include "storage/postgresql/postgresql_internal.h"

typedef struct mapping {
    const char *sqlstate; /* five characters, or two for a whole class */
    edu_status status;
    fate fate;
    const char *key;
    const char *message;
} mapping;

#define BUSY "somebody else is changing the same; try again"

static const mapping mappings[] = {
    {"23505", EDU_E_CONFLICT, EI_PG_REFUSED, "storage.unique", "this exists already"},
    {"23503", EDU_E_CONFLICT, EI_PG_REFUSED, "storage.foreign_key",
     "what this refers to does not exist, or is still referred to"},
    {"23502", EDU_E_INVALID, EI_PG_REFUSED, "storage.not_null", "a value is missing"},
    {"23514", EDU_E_CONFLICT, EI_PG_REFUSED, "storage.check", "a rule of the store forbids this"},
    {"40001", EDU_E_BUSY, EI_PG_AGAIN, "storage.busy", BUSY},
    {"40P01", EDU_E_BUSY, EI_PG_AGAIN, "storage.busy", BUSY},
    {"55P03", EDU_E_BUSY, EI_PG_AGAIN, "storage.busy", BUSY},
    {"25006", EDU_E_STORAGE, EI_PG_LOST, "storage.read_only",
     "the server does not take writes: it may have become a standby"},
    {"57014", EDU_E_BUSY, EI_PG_REFUSED, "storage.timeout",
     "the server took longer than it may; nothing was changed"},
    {"57P", EDU_E_STORAGE, EI_PG_LOST, "storage.lost",
     "the server ended the connection; nothing was changed"},
    {"25P", EDU_E_STORAGE, EI_PG_LOST, "storage.lost",
     "the server ended the transaction; nothing was changed"},
    {"53300", EDU_E_BUSY, EI_PG_LOST, "storage.connections",
     "the server has no connection left; try again"},
    {"53100", EDU_E_STORAGE, EI_PG_REFUSED, "storage.full",
     "the server's disk is full; nothing was changed"},
    /* Mostly the room for the locks of SERIALIZABLE, which long transactions of others fill. */
    {"53200", EDU_E_STORAGE, EI_PG_AGAIN, "storage.memory",
     "the server is out of memory; nothing was changed"},
    {"58030", EDU_E_STORAGE, EI_PG_REFUSED, "storage.io",
     "the server's disk failed to read or write; nothing was changed"},
    {"54", EDU_E_LIMIT, EI_PG_REFUSED, "storage.too_big", "a value is too large"},
    {"42501", EDU_E_STORAGE, EI_PG_REFUSED, "storage.rights",
     "the database user may not do this: look at its rights"},
    {"XX001", EDU_E_CORRUPT, EI_PG_REFUSED, "storage.corrupt",
     "the store is damaged: restore a backup"},
    {"XX002", EDU_E_CORRUPT, EI_PG_REFUSED, "storage.corrupt",
     "the store is damaged: restore a backup"},
};

static const mapping *find_mapping(const char *sqlstate)
{
    for (size_t i = 0; i < EI_COUNT(mappings); i++)
        if (strncmp(mappings[i].sqlstate, sqlstate, strlen(mappings[i].sqlstate)) == 0)
            return &mappings[i];
    return NULL;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Table, and column or constraint: names of the schema, never a value. */
static void place_of(const PGresult *result, char *out, size_t size)
{
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
    const char *inside = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
    if (inside == NULL)
        inside = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    out[0] = '\0';
    if (table != NULL)
        (void)snprintf(out, size, ": %.64s.%.64s", table, or_empty(inside));
}

edu_status ei_pg_result_error(const PGresult *result, fate *out, edu_error *error)
{
    const char *sqlstate = or_empty(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    const mapping *found = find_mapping(sqlstate);
    char place[160];
    place_of(result, place, sizeof place);
    *out = found != NULL ? found->fate : EI_PG_REFUSED;
    edu_status status = found != NULL ? found->status : EDU_E_STORAGE;
    if (found != NULL)
        ei_error_fill(error, status, found->key, NULL, "%s%s", found->message, place);
    else
        /* What is left are mistakes in a statement; their detail could hold data, so only the code
         * is told. */
        ei_error_fill(error, status, "storage.engine", NULL,
                      "the storage engine answers with SQLSTATE %s%s", sqlstate, place);
    if (error != NULL) {
        (void)snprintf(error->sqlstate, sizeof error->sqlstate, "%.5s", sqlstate);
        error->retryable = status == EDU_E_BUSY || *out == EI_PG_LOST;
    }
    return status;
}

edu_status ei_pg_lost_error(const PGconn *pg, edu_error *error)
{
    const char *reason = pg != NULL ? PQerrorMessage(pg) : "";
    ei_error_fill(error, EDU_E_STORAGE, "storage.lost", NULL, "no connection to the server: %.*s",
                  (int)strcspn(reason, "\n"), reason);
    if (error != NULL) {
        memcpy(error->sqlstate, "08006", sizeof error->sqlstate);
        error->retryable = true;
    }
    return EDU_E_STORAGE;
}
