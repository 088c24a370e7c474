/* Stands between a program and the server of the tests, and cuts connections between a request and
 * its answer. */
#ifndef CUTTER_H
#define CUTTER_H

#include <stddef.h>

/* Listens in this folder as the server does in its own; a thread serves until the program ends. */
void cutter_start(const char *folder, const char *server_folder);
/* The next request of any connection still reaches the server; its answer is swallowed, and the
 * connection ends. */
void cutter_swallow_next(void);

#endif
