/* Stands between a program and the server of the tests, and cuts connections between a request and
 * its answer. */
#ifndef CUTTER_H
#define CUTTER_H

#include <stdbool.h>

/* Listens in this folder as the tests' server does in its own, and has all stores that are opened
 * from now on behind it; a thread serves until the program ends. */
void cutter_stand_between(const char *folder);
typedef enum cut {
    CUT_REQUEST, /* it does not reach the server */
    CUT_ANSWER   /* the request does, and the server has done it; its answer is swallowed */
} cut;

/* At the request of this number (from 1) of all connections, counted from now, its connection
 * ends. */
void cutter_arm(int number, cut what);
/* Whether that came; takes it back if not. */
bool cutter_disarm(void);

#endif
