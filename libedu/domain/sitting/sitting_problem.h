/* The problem of an allocation as it is read from the store: pupils by school, desks by centre. */
#ifndef EI_SITTING_PROBLEM_H
#define EI_SITTING_PROBLEM_H

#include "allocation/transcript.h"
#include "domain/sitting/sitting_store.h"

/* A school or a centre. Pupils and desks that need or give no step lie apart in the problem: as the
 * place or centre "<code>/sf" of the zone "<zone>/sf". */
#define EI_STEP_FREE_SUFFIX "/sf"

typedef struct ei_problem_school {
    const char *code, *zone;
    int64_t x_m, y_m;
    size_t first_pupil, pupils; /* plain ones first, then those who need a step-free desk */
    size_t step_free;
} ei_problem_school;

typedef struct ei_problem_pupil {
    edu_id person_id, application_id;
    bool is_step_free;
    /* what the run finds */
    uint8_t line[EI_TRANSCRIPT_ID]; /* the id in the transcript */
    uint32_t school, centre, room;
    int32_t desk;
    int32_t distance_m;
    char variant;
} ei_problem_pupil;

typedef struct ei_problem_centre {
    const char *code, *zone;
    int64_t x_m, y_m;
    size_t first_room, rooms;
    int64_t desks, step_free;
} ei_problem_centre;

typedef struct ei_problem_room {
    const char *code;
    int32_t rows, columns;
    size_t first_desk, desks;
} ei_problem_room;

typedef struct ei_problem_desk {
    int32_t number;
    bool is_step_free;
} ei_problem_desk;

typedef struct ei_problem {
    ei_arena *arena;
    ei_problem_school *schools;
    ei_problem_pupil *pupils;
    ei_problem_centre *centres;
    ei_problem_room *rooms;
    ei_problem_desk *desks;
    size_t school_count, pupil_count, centre_count, room_count, desk_count;
    size_t school_space, pupil_space, centre_space, room_space, desk_space;
} ei_problem;

/* In one snapshot; sorted by code, pupils by id. Finish always. */
edu_status ei_problem_read(edu_session *session, edu_id sitting_id, ei_problem *out,
                           edu_error *error);
void ei_problem_finish(ei_problem *problem);

#endif
