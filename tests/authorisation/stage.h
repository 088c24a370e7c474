/* The world of the authorisation matrix: sittings in every state, made once and copied for each
 * function, with the actors signed in and their targets at hand.
 *
 * pupil is pupil 0 of school S00; guardian acts for pupil 4; school is S00, other_school S08;
 * clerk_region is of Baku, where S00 to S07 are; steward is of centre C1; other_pupil is of S08.
 * unconfirmed is a sign-in of the clerk that still needs its code.
 * Another person has asked to act for every pupil here but the guardian's. */
#ifndef STAGE_H
#define STAGE_H

#include <edu.h>
#include "fixture.h"

enum actor {
    ACTOR_NOBODY,
    ACTOR_PUPIL,
    ACTOR_GUARDIAN,
    ACTOR_SCHOOL,
    ACTOR_CLERK_REGION,
    ACTOR_CLERK,
    ACTOR_STEWARD,
    ACTOR_ADMIN,
    ACTOR_OPERATOR,
    ACTOR_OTHER_SCHOOL,
    ACTOR_OTHER_PUPIL,
    ACTOR_UNCONFIRMED,
    ACTORS
};

enum sitting_kind {
    SITTING_OPEN, /* nobody has registered */
    SITTING_CLOSED,
    SITTING_FROZEN,
    SITTING_PROPOSED, /* by another clerk */
    SITTING_OWN,      /* proposed by the clerk among the actors */
    SITTING_CONFIRMED,
    SITTING_DRAFT,    /* of a season that is not published */
    SITTING_BLIND,    /* seats given, rules with blind codes, no results */
    SITTING_MARKED,   /* results there, nothing proposed */
    SITTING_RANKED,   /* publication proposed by another clerk */
    SITTING_RESULTS,  /* published, with certificates and corrections that wait */
    SITTING_APPEALED, /* published, with appeals, and revocations that wait */
    SITTING_NEXT,     /* those of SITTING_APPEALED are invited */
    SITTINGS
};

enum target_kind {
    TARGET_NOTHING,
    TARGET_OWN,
    TARGET_WARDS,
    TARGET_INSTITUTIONS,
    TARGET_OTHERS,
    TARGET_NONE,  /* made-up ids */
    TARGET_MIXED, /* a person one may see, with what belongs to another */
    TARGETS
};

typedef struct target {
    enum target_kind kind;
    edu_id person, application, notification, invitation;
    edu_id appeal; /* of a citizen; that of the steward's target is in the steward's department */
    edu_id record; /* of a register, by the pupil's school */
    edu_id invoice;
    const char *invoice_number;
    edu_id request, draft; /* of a bus, and of the person's own for a group of S00 */
    edu_id given, kept;    /* documents of these */
    edu_id guardian;       /* who acts for the person or has asked to */
    const char *number;
    const char *certificate, *asked; /* numbers; of the second, a revocation waits */
    edu_date birth;
    const char *institution; /* of a pupil */
    edu_id admission;        /* to a programme of the pupil's school; they have not come in time */
} target;

/* Makes the world, then its copy in a folder. */
void stage_build(void);
/* The calendar of examples under another code; the stage has "staged". */
json_t *stage_calendar(const char *code);
/* Those of examples with that calendar; the stage has them. */
json_t *stage_appeal_rules(void);
json_t *stage_reference(const char *code);
void stage_remove(void);

/* A portal on a fresh copy, with everybody signed in; the one before is closed. */
void stage_open(void);
void stage_close(void);
/* From now on copies are made of what the portal at work holds. */
void stage_keep(void);
/* The store as it is, as by who comes after a process that died. */
void stage_reopen(void);
/* The same store once more, as another process would have it; randomness of its own. */
edu_portal *stage_portal_of(edu_random random);

edu_session *stage_session(enum actor actor);
edu_portal *stage_portal(void);
const char *stage_folder(void);
edu_id stage_pupil(int pupil); /* of the world */
target stage_target(enum actor actor, enum target_kind kind);
edu_id stage_season(enum sitting_kind kind);
edu_id stage_sitting(enum sitting_kind kind);
edu_id stage_allocation(enum sitting_kind kind);
const char *stage_slip(void);    /* of SITTING_RESULTS */
edu_id stage_group(void);        /* of S00 */
edu_id stage_bus(void);          /* what a request is for; a clerk scores its sheet "need" */
edu_id stage_slot(void);         /* of the bus; everybody has it */
edu_id stage_announcement(void); /* of the group */
edu_id stage_programme(void);    /* of S00 */
edu_id stage_work(void);         /* one of the steward, who is the panel of the bus */
edu_id stage_work_document(void);
edu_id stage_correction(void); /* by another clerk */
const char *stage_code(void);  /* the text of a certificate's QR code */
extern const edu_id stage_made_up;
#define STAGE_MADE_UP_NUMBER "ZZZ9999"

#endif
