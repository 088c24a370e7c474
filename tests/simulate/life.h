/* The portal that the simulation lives in: people with their sign-ins, by numbers; a clock that the
 * simulation moves; storage that fails where it says so. */
#ifndef LIFE_H
#define LIFE_H

#include <edu.h>
#include "simulate/model.h"

/* A world anew, of which everything follows from the seed; the model gets what it begins with. */
void life_begin(uint64_t seed, model *m);
void life_end(void);
/* As where a process ends and another begins. */
void life_restart(void);

edu_portal *life_portal(void);
/* Signed in for some hours yet. */
edu_session *life_session(actor a);
edu_session *life_nobody(void);
edu_session *life_operator(void);

edu_id life_pupil(int pupil);
edu_id life_adult(int adult);
edu_id life_executor(void);
edu_id life_record(int pupil);      /* of a register of lessons */
const char *life_number(int pupil); /* valid until the next call */
edu_date life_birth(int pupil);
const char *life_school(int school);

/* The calendar with these days off besides weekends. */
json_t *life_calendar(const model *m);
/* Of the bank: a fact as a callback, signed. */
edu_status life_callback(const char *fact, edu_error *error);

/* From now on storage fails once, at the operation or request of this number, in one of its ways.
 */
void life_fault_arm(int number, uint32_t way);
/* How many failed. */
int life_fault_disarm(void);

#endif
