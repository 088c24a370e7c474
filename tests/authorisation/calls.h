/* A call of every public function that takes a session, about any target, and what matrix.csv says
 * each actor gets by it. The build fails where a public function has no row, or no call. */
#ifndef CALLS_H
#define CALLS_H

#include "authorisation/stage.h"

/* One call of a function. */
typedef struct call {
    edu_session *session;
    enum actor actor;
    target target;
    const char *key; /* NULL, unless the test gives one */
    int64_t count;   /* items of a list; -1 where there is none */
    bool is_written; /* the store may differ afterwards */
    bool is_counted; /* refusals too leave a count, for throttling */
    uint64_t answer; /* a digest of what was given; 0 where there is none */
} call;

typedef edu_status call_fn(call *c, edu_error *error);

typedef struct cell {
    bool is_there;
    edu_status status;
    int64_t count; /* -1 for what is no list */
} cell;

typedef struct function {
    const char *name;
    call_fn *call;
    bool takes_key;
    cell cells[TARGETS][ACTORS];
} function;

/* Arguments of calls are made between true and false: of a test whose memory fails. */
extern void (*calls_hold)(bool holds);

extern const char *const actor_names[ACTORS], *const target_names[TARGETS];
extern const function functions[];
extern const size_t function_count;
/* Those that take no session: they are called elsewhere. */
extern const char *const pure_functions[];
extern const size_t pure_function_count;

#endif
