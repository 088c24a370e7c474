/* The rules of the portal once more, as its documents have them and in the plainest way: arrays and
 * ifs, nothing of the library. It says of each operation what must come of it, and keeps what must
 * be stored then. Times are microseconds; people and things are numbers. */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define PUPILS 40
#define ADULTS 12
#define MODEL_SCHOOLS 2
#define PUPILS_OF_FIRST 25 /* the others are of the second school */
#define ALONE_FROM 16      /* who is younger has somebody else apply for a struct group */
#define MINUTE (60 * INT64_C(1000000))
#define DAY (24 * 60 * MINUTE)

typedef enum who {
    WHO_PUPIL,
    WHO_ADULT,
    WHO_SCHOOL, /* staff of a school; its number */
    WHO_CLERK,
    WHO_SECOND, /* another clerk */
    WHO_EXECUTOR,
    WHO_FINANCE,
    WHOS
} who;

typedef struct actor {
    who who;
    int number;
} actor;

/* What must come of an operation: that it is done, or one of these refusals. */
typedef enum outcome { DONE, NOT_FOUND, DENIED, REFUSED } outcome;

#define KEYS_MAX 6
typedef struct verdict {
    outcome outcome;
    const char *keys[KEYS_MAX]; /* REFUSED: any of them */
    int count;
} verdict;

/* ---- guardians ---- */

typedef enum bond { LINK_NONE, LINK_ASKED, LINK_ACTIVE, LINK_REFUSED, LINK_ENDED } bond;

/* ---- groups ---- */

#define GROUPS_MAX 1200
#define REQUESTS_MAX 30000

struct group {
    int places, age_from, age_until, slot; /* of the week; -1: at no certain time */
    int school, queued;
    int64_t opens, closes;
};

typedef enum request_state { WAITING, ENROLLED, WITHDRAWN, DISMISSED } request_state;

struct request {
    int pupil, group, queue;
    bool is_schools; /* the pupil's school made it, and sees it */
    request_state state;
};

/* ---- olympiads ---- */

#define SEASONS_MAX 400
#define ENTRIES_MAX 20000

struct season {
    int64_t opens, closes, starts;
    int grade_from, grade_to;
    bool is_confirmed; /* everybody has a seat */
};

struct entry {
    int pupil, season;
    bool is_open;
};

/* ---- invoices ---- */

#define INVOICES_MAX 20000
#define INTENTS_MAX 30000

typedef enum invoice_state { OPEN, SETTLED, CANCELLED } invoice_state;

struct invoice {
    int pupil;
    int64_t amount, waived, paid, refunded, returned;
    invoice_state state;
    int intent; /* open one; -1 */
};

struct intent {
    int invoice;
    int64_t amount, expires, paid; /* the last: 0 until money has come by it */
};

/* ---- appeals ---- */

#define APPEALS_MAX 20000
#define PAUSES_MAX 40
#define CALENDAR_DAYS 1500 /* from 2026-01-01 */

typedef enum appeal_state {
    RECEIVED,
    QUEUED,
    ASSIGNED,
    ASKED,
    DRAFTED,
    APPROVED,
    ANSWERED,
    TAKEN_BACK
} appeal_state;

/* The last is a body with a term of its own. */
typedef enum department { NO_DEPARTMENT, RECEPTION, SCHOOLS, EXAM_BODY, DEPARTMENTS } department;

enum category { DOCUMENTS, BUILDING, TEACHING, SUGGESTION, CATEGORIES };

struct appeal {
    int pupil;
    enum category category;
    appeal_state state;
    department department;
    bool is_assigned; /* to the executor of the schools' department */
    actor drafted_by;
    int64_t clock, due, answered; /* when the clock began; the other two: 0 for none */
    int extended, extensions, pauses;
    int64_t asked[PAUSES_MAX], replied[PAUSES_MAX];
};

/* ---- references ---- */

struct paper {
    int64_t subject; /* what the register has of the pupil: another after each correction */
    int64_t said;    /* the subject of the latest that was issued */
    int64_t ends;    /* of the latest; 0: there is none */
    bool is_revoked, is_asked;
    actor asked_by;
};

/* ---- all ---- */

typedef struct model {
    bond links[ADULTS][PUPILS];
    int64_t births[PUPILS]; /* yyyymmdd */
    int grades[PUPILS];
    struct group groups[GROUPS_MAX];
    int group_count;
    struct request requests[REQUESTS_MAX];
    int request_count;
    struct season seasons[SEASONS_MAX];
    int season_count;
    struct entry entries[ENTRIES_MAX];
    int entry_count;
    struct invoice invoices[INVOICES_MAX];
    int invoice_count;
    struct intent intents[INTENTS_MAX];
    int intent_count;
    int64_t captured;
    struct appeal appeals[APPEALS_MAX];
    int appeal_count;
    bool is_holiday[CALENDAR_DAYS];
    struct paper papers[PUPILS];
} model;

int model_school_of(int pupil);
/* Acts in the name of the pupil, as themselves or as a guardian. */
bool model_acts_for(const model *m, actor a, int pupil);

void model_link_asked(model *m, int adult, int pupil);
verdict model_link_decide(const model *m, actor a, int adult, int pupil);
void model_link_decided(model *m, int adult, int pupil, bool accept);
verdict model_link_end(const model *m, actor a, int adult, int pupil);
void model_link_ended(model *m, int adult, int pupil);

int model_group_made(model *m, struct group made);
verdict model_apply(const model *m, actor a, int pupil, int group, int64_t now);
int model_applied(model *m, actor a, int pupil, int group);
verdict model_leave(const model *m, actor a, int request, bool dismisses);
void model_left(model *m, int request, bool dismisses);
verdict model_places(const model *m, actor a, int group, int places);
void model_places_set(model *m, int group, int places);
bool model_sees_request(const model *m, actor a, int request);
int model_taken(const model *m, int group);
int model_position(const model *m, int request); /* on the list; 0: not on it */

verdict model_register(const model *m, actor a, int pupil, int season, int64_t now);
int model_registered(model *m, int pupil, int season);
verdict model_seats(const model *m, int season);
verdict model_withdraw(const model *m, actor a, int entry, int64_t now);

verdict model_waive(const model *m, actor a, int invoice, int64_t amount);
void model_waived(model *m, int invoice, int64_t amount);
verdict model_cancel(const model *m, actor a, int invoice);
void model_cancelled(model *m, int invoice);
verdict model_refund(const model *m, actor a, int invoice, int64_t amount);
void model_refunded(model *m, int invoice, int64_t amount);
verdict model_pay(const model *m, actor a, int invoice);
/* The visit that the payer is sent to: the one that is open, or a new one. */
int model_paying(model *m, int invoice, int64_t now);
/* Money has come by this visit; more, or again, than is due goes back. */
void model_captured(model *m, int intent, int64_t amount);
void model_not_paid(model *m, int intent);
int64_t model_due(const struct invoice *one);
bool model_sees_invoice(const model *m, actor a, int invoice);

typedef enum appeal_step {
    ROUTE,
    TRANSFER,
    ASSIGN,
    ASK,
    REPLY,
    EXTEND,
    ANSWER,
    APPROVE,
    RETURN,
    SEND,
    TAKE_BACK,
    REOPEN,
    APPEAL_STEPS
} appeal_step;
verdict model_appeal(const model *m, actor a, int pupil);
int model_appealed(model *m, int pupil, enum category category, int64_t now);
/* extend: by how many days; to: where ROUTE and TRANSFER lead. */
verdict model_appeal_step(const model *m, actor a, int appeal, appeal_step step, int extend,
                          department to, int64_t now);
void model_appeal_stepped(model *m, actor a, int appeal, appeal_step step, int extend,
                          department to, int64_t now);
bool model_sees_appeal(const model *m, actor a, int appeal);
/* After the calendar has changed. */
void model_recompute(model *m);
bool model_is_working_day(const model *m, int day);
/* A holiday of the kind before which work ends an hour earlier. */
bool model_has_eve(const model *m, int day);
/* The day of an instant, of those from 2026-01-01 on. */
int model_day(int64_t now);

verdict model_refer(const model *m, actor a, int pupil);
/* Whether it is a new one. */
bool model_referred(model *m, int pupil, int64_t now);
verdict model_correct(const model *m, actor a, int pupil);
/* What was issued of it is put before the clerks. */
void model_corrected(model *m, actor a, int pupil, int64_t subject, int64_t now);
verdict model_revoke(const model *m, actor a, int pupil);
void model_revoke_asked(model *m, actor a, int pupil);
verdict model_agree(const model *m, actor a, int pupil);
void model_agreed(model *m, int pupil, bool accept);

#endif
