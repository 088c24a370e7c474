/* The server of a cluster of one's own (tests/postgresql/cluster) that dies at once, as by kill -9
 * of all of its processes. */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>

/* All processes of the server in this folder end before any of them can do anything about it;
 * immediately: by the signal that has them leave everything as it lies, which is the server's own
 * way. */
void server_kill(const char *folder, bool immediately);
/* Starts it again: it goes through its log. */
void server_start(const char *folder);

#endif
