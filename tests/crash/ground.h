/* What the crash test's writers are at work on, beside what the stage has: a list that waits for
 * its seats, groups with few places, a competition whose ranking and results whose publication wait
 * for the second of two people. */
#ifndef GROUND_H
#define GROUND_H

#include "authorisation/stage.h"
#include "olympiad_world.h"

#define GROUPS 24
#define GROUP_PLACES 3
#define APPLICANTS 220 /* of the competition; more than are dealt with in one transaction */
#define WINNERS 220
#define PAYERS 4

/* Who works beside the actors of the stage. */
typedef enum worker {
    WORKER_CLERK,
    WORKER_SECOND, /* another clerk */
    WORKER_FINANCE,
    WORKER_PAYER, /* the first of PAYERS */
    WORKERS = WORKER_PAYER + PAYERS
} worker;

struct ground {
    edu_id season, sitting;     /* frozen: everybody is on its list */
    edu_id crowd[WORLD_PUPILS]; /* their applications */
    edu_id groups[GROUPS];
    edu_id competition, applicants[APPLICANTS];
    edu_id won; /* the season whose results are proposed */
    edu_id payers[PAYERS], records[PAYERS];
};
extern struct ground ground;

/* Makes it on the stage, and has the stage keep it. */
void ground_make(void);
/* Takes up the sign-in of a worker in a portal. */
edu_session *ground_enter(edu_portal *portal, worker who);

#endif
