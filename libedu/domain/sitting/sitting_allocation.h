/* What running, confirming and showing an allocation share. */
#ifndef EI_SITTING_ALLOCATION_H
#define EI_SITTING_ALLOCATION_H

#include "domain/sitting/sitting_store.h"

typedef struct ei_allocation_facts {
    edu_id sitting_id, by;
    char state[16];
    edu_time changed;
    int64_t pupils;
} ei_allocation_facts;

/* EDU_E_NOT_FOUND where there is none. */
edu_status ei_allocation_facts_read(edu_tx *tx, const edu_id *id, ei_allocation_facts *out,
                                    edu_error *error);

/* Removes, in short writes, the seats that failed and discarded allocations of a sitting left. */
edu_status ei_sitting_seats_clear(edu_session *session, edu_id sitting_id, edu_error *error);

#endif
