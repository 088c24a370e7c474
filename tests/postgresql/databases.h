/* Databases for tests, in the cluster whose address is in EDU_TEST_POSTGRESQL. */
#ifndef DATABASES_H
#define DATABASES_H

#include <stddef.h>

/* The address of the database that belongs to this name within this folder; made unless it is
 * there. Ends the program where it cannot. */
void db_address(const char *folder, const char *name, char *out, size_t room);
/* For tests that begin with a store without rows: much faster than a database each. db_empty
 * removes all rows but the migrator's; db_keep keeps a copy of all rows, and db_put_back has them
 * again. */
void db_empty(const char *address);
void db_keep(const char *address);
void db_put_back(const char *address);
/* How many rows each table has, as text; for free. */
char *db_counts(const char *address);
/* Removes the folder's databases, and ends who is still at work in them. */
void db_drop(const char *folder);
/* Ends all connections to a database, as an administrator would. */
void db_end_connections(const char *address);
/* What the server does on its own now and then: gathers statistics, and notes which pages everybody
 * sees whole. */
void db_vacuum(const char *address);
/* Holds a table so that nobody else can write to it. */
typedef struct pg_conn db_lock;
db_lock *db_lock_table(const char *address, const char *table);
void db_unlock(db_lock *lock);
/* Runs SQL in the cluster's first database; the first value of its answer goes to out, if given. */
void db_run(const char *sql, char *out, size_t room);

#endif
