/* All that a store in a file holds, told in a number: two stores of one digest hold the same rows.
 * Reads by a connection of its own, so that nothing of the library is in the way. */
#ifndef DIGEST_H
#define DIGEST_H

#include <sqlite3.h>
#include <stdint.h>

typedef struct digest {
    uint64_t rows;   /* of all rows of all tables, their order within a table left aside */
    uint64_t counts; /* of the number of rows of each table */
} digest;

/* The file as it is for a reader; closed by sqlite3_close. */
sqlite3 *digest_open(const char *path);
digest digest_of(sqlite3 *db);
uint64_t digest_of_table(sqlite3 *db, const char *name);
/* Differs from the last one where another connection has committed since. */
int64_t digest_version(sqlite3 *db);

#endif
