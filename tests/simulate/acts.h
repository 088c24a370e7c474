/* What happens in the simulated portal: one act is one thing that somebody does, or tries to. */
#ifndef ACTS_H
#define ACTS_H

#include "simulate/life.h"

typedef enum act_kind {
    ACT_LINK_ASK,
    ACT_LINK_DECIDE,
    ACT_LINK_END,
    ACT_GROUP_OPEN,
    ACT_GROUP_PLACES,
    ACT_APPLY,
    ACT_LEAVE,
    ACT_DISMISS,
    ACT_SEE_REQUEST,
    ACT_SEASON_OPEN,
    ACT_REGISTER,
    ACT_WITHDRAW,
    ACT_SEATS, /* two clerks freeze, allocate and confirm */
    ACT_INVOICE,
    ACT_WAIVE,
    ACT_CANCEL,
    ACT_REFUND,
    ACT_PAY,
    ACT_CAPTURED, /* the bank's callback, also of what it has told before */
    ACT_NOT_PAID, /* the bank's callback: refused */
    ACT_SETTLE,
    ACT_SEE_INVOICE,
    ACT_APPEAL,
    ACT_APPEAL_STEP,
    ACT_SEE_APPEAL,
    ACT_CORRECT, /* the record of a pupil */
    ACT_REFER,   /* a reference is made of it, or given again */
    ACT_REVOKE,
    ACT_AGREE,
    ACT_HOLIDAY, /* announced late: terms are computed again */
    ACT_KINDS
} act_kind;

typedef struct act {
    act_kind kind;
    int64_t number; /* its key follows from it */
    int64_t now;
    actor by;
    int adult, pupil;
    int which; /* of the kind of thing that it is about */
    int64_t amount;
    bool flag; /* accept */
    appeal_step step;
    department to;
    enum category category;
    struct group group;
    struct season season;
} act;

/* What an act has come to. */
typedef struct result {
    edu_id id;      /* of what was made */
    char paper[24]; /* number of what was issued */
    int64_t detail; /* a state or an instant, to be compared with the model's */
} result;

/* What many are at, at the same time. */
typedef struct rush {
    act_kind kind;   /* ACT_APPLY or ACT_REGISTER */
    int which, left; /* acts */
} rush;

/* Draws what happens next, of what there is; in a rush mostly what the rush is for. */
act acts_draw(model *m, uint64_t *draws, int64_t number, int64_t now, const rush *at);
verdict acts_predict(const model *m, const act *what);
edu_status acts_do(const act *what, result *out, edu_error *error);
/* The model follows; gives what the result's detail must have been. */
int64_t acts_follow(model *m, const act *what, const result *came);
/* Whether the act has a key, under which it may be said again. */
bool acts_has_key(act_kind kind);
const char *acts_name(act_kind kind);

/* All that the portal lists of some things, against the model; NULL, or what differs. */
const char *acts_compare(const model *m, uint64_t *draws);
const char *acts_compare_ledger(const model *m);
/* What was made so far is forgotten; the model is the one that follows. */
void acts_begin(model *m);

uint32_t draw_of(uint64_t *draws, uint32_t below);

#endif
