/* Calls to be tried with something failing in them. */
#ifndef TRIAL_H
#define TRIAL_H

#include "authorisation/calls.h"

typedef struct trial {
    const char *name; /* of the function; of several calls of one function, " (how)" behind it */
    call_fn *call;    /* NULL: that of the matrix */
    enum actor actor;
    enum target_kind kind;
    void (*prepare)(void); /* brings the store to where the call is not refused; about the pupil */
} trial;

/* Of the functions that take no session, and further ones of the others: where the call of the
 * matrix ends early. */
extern const trial more_trials[];
extern const size_t more_trial_count;
/* Made once, when the stage is there. */
void more_trials_prepare(void);

/* How a function of the matrix is called: by who gets most from it. */
trial trial_of(const function *f);

#endif
