/* The parts of the benchmark. Any failure ends it, with the reason: there is nothing to go on with.
 */
#ifndef BENCH_H
#define BENCH_H

#include <sqlite3.h>
#include <edu.h>

#define BENCH_PERSONS 250000
#define BENCH_EACH 4 /* applications a person */
#define BENCH_CLERK "clerk"
#define BENCH_PASSWORD "a long enough password"
#define BENCH_SESSIONS 32

/* Sittings that nobody has registered for yet, one a row of the benchmark. */
enum { BENCH_ONE, BENCH_MANY, BENCH_SITTINGS };

/* What the store holds, for those who make new applications in it. */
typedef struct bench_facts {
    edu_id persons[BENCH_PERSONS]; /* in an order that is not the store's */
    edu_id clerk, sittings[BENCH_SITTINGS];
} bench_facts;

_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void bench_check(edu_status status, const edu_error *error, const char *what);
edu_time bench_now(void);
edu_id bench_id(edu_time now);
double bench_seconds(void);
double bench_median(double *values, size_t count); /* sorts them */
/* A store with its keys; leaves nothing of an earlier copy. */
void bench_store_copy(const char *from, const char *to);

/* ---- store.c ---- */

/* Makes a store with four applications for each of so many persons at path, unless one is there.
 * service: the file of the olympiad's definition. */
void bench_store_make(const char *path, const char *service, int persons);
void bench_facts_read(const char *path, bench_facts *out);
/* With cheap passwords and no code for staff. */
edu_portal *bench_portal_open(const char *path, bool create);
edu_portal *bench_portal_at(const char *store, const char *keys, bool create);
/* One that is there, with another clock. */
edu_portal *bench_portal_with(const char *path, const edu_environment *environment);

/* ---- peer.c: the floor, bare SQLite with the same rows and the same durability ---- */

typedef struct bench_peer bench_peer;

bench_peer *bench_peer_open(const char *path, const bench_facts *facts);
void bench_peer_close(bench_peer *peer);
/* One registration, on the disk when it returns; by one thread at a time. */
void bench_peer_submit(bench_peer *peer, const edu_id *person, const edu_id *sitting);
/* The same by many threads: those that wait are committed together. */
void bench_peer_submit_grouped(bench_peer *peer, const edu_id *person, const edu_id *sitting);
/* A cabinet's page, copied out; returns how many applications it has. */
int bench_peer_cabinet(bench_peer *peer, const edu_id *person);

/* With the settings of the library's driver. */
sqlite3 *bench_open(const char *path);
/* Prepares, or fails. */
sqlite3_stmt *bench_prepare(sqlite3 *db, const char *sql);
void bench_execute(sqlite3 *db, const char *sql);
void bench_bind_id(sqlite3_stmt *statement, int at, const edu_id *id);
/* Runs a statement that gives no rows, and makes it ready for the next time. */
void bench_run(sqlite3 *db, sqlite3_stmt *statement);

#endif
