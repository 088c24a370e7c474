/* The parts of the benchmark on PostgreSQL. */
#ifndef SERVER_H
#define SERVER_H

#include <libpq-fe.h>
#include "bench.h"

/* ---- server_store.c ---- */

/* Runs SQL without an answer, or fails. */
void server_run(const char *address, const char *sql);
int64_t server_count(const char *address, const char *table);
/* Puts all rows of a SQLite store into a database that has the library's tables. */
void server_fill(const char *address, const char *sqlite_path);
/* The address of another database of the same server. */
void server_database(const char *address, const char *name, char *out, size_t room);

/* ---- server_peer.c: the library's own statements in bare libpq, each operation in one go ---- */

typedef struct server_peer server_peer;

/* One connection. session: 32 bytes under which a sign-in of the clerk is stored. */
server_peer *server_peer_open(const char *address, const bench_facts *facts, const void *session);
void server_peer_close(server_peer *peer);
void server_peer_submit(server_peer *peer, const edu_id *person, const edu_id *sitting);
int server_peer_cabinet(server_peer *peer, const edu_id *person);
int server_peer_worklist(server_peer *peer, const edu_id *sitting);

#endif
