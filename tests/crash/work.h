/* The steps of the crash test's writers: each is one call of the library, or a draft and its
 * submission, under a key of its own, and can be looked for in the store. */
#ifndef WORK_H
#define WORK_H

#include "crash/ground.h"

typedef enum step_kind {
    STEP_REGISTER, /* for the sitting that is open */
    STEP_WITHDRAW,
    STEP_ENROL, /* in a group */
    STEP_LEAVE,
    STEP_INVOICE,
    STEP_PAY,
    STEP_CALLBACK, /* of the bank: it has been paid */
    STEP_WAIVE,
    STEP_REFUND,
    STEP_APPEAL,
    STEP_NOTE,
    STEP_CORRECT, /* the payer's record of a register */
    STEP_REFER,   /* the payer has a reference of it */
    STEP_REVOKE,  /* a certificate; a second person has to agree */
    STEP_AGREE,
    STEP_UNLIST, /* off the list that waits for its seats */
    STEP_DECLINE,
    STEP_ALLOCATE,
    STEP_SEAT,    /* a second person confirms the allocation */
    STEP_ROUND,   /* a second person confirms the competition's ranking */
    STEP_APPROVE, /* a second person approves the results */
    STEP_ISSUE,   /* their certificates */
    STEP_KINDS
} step_kind;

#define STEP_PAPER 24
#define WORK_CERTIFICATES 5
#define WORK_PART 10 /* of an invoice, waived or refunded */

typedef struct step {
    step_kind kind;
    int hand, number; /* its key follows from these */
    int what;         /* a pupil, an amount, or a place in a list */
    int where;        /* a group */
    edu_id of;        /* what an earlier step made */
} step;

/* What was said to be done. */
typedef struct ack {
    int64_t at; /* CLOCK_MONOTONIC, nanoseconds, when the call had returned */
    step what;
    edu_id made;            /* zero where the step makes nothing of its own */
    char paper[STEP_PAPER]; /* number of what was issued; "" */
} ack;

#define HANDS_PER_WRITER 2
#define WRITERS 4
#define HANDS (WRITERS * HANDS_PER_WRITER)

/* The sessions of a hand of a writer. */
typedef struct hand {
    int number;
    edu_session *session[WORKER_PAYER + 1], *nobody; /* the last is the payer */
} hand;

void work_enter(edu_portal *portal, int number, hand *out);
void work_leave(hand *one);

/* Fills what was made. The same step again is done once. */
edu_status work_do(const hand *one, const step *what, ack *out, edu_error *error);
/* A refusal that such a step may meet, as others were faster. */
bool work_is_refusal(edu_status status, const edu_error *error);
/* Whether what was acknowledged is there, as it was given. undone: a later step may have taken it
 * back. */
bool work_is_stored(const hand *one, const ack *done, bool undone);

#endif
