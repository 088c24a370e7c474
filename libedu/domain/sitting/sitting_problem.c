#include "domain/sitting/sitting_problem.h"

#include <stdlib.h>
#include <string.h>
#include "sitting_sql.h"

#define PUPILS_MAX 4000000
#define DESKS_MAX 8000000

void ei_problem_finish(ei_problem *problem)
{
    ei_arena_free(problem->arena);
    ei_free(problem->schools);
    ei_free(problem->pupils);
    ei_free(problem->centres);
    ei_free(problem->rooms);
    ei_free(problem->desks);
    *problem = (ei_problem){0};
}

typedef struct problem_read {
    edu_session *session;
    edu_id sitting_id;
    ei_problem *problem;
} problem_read;

typedef edu_status (*row_take)(ei_problem *problem, ei_rows *rows, edu_error *error);

static edu_status take_all(ei_problem *problem, ei_rows *rows, row_take take, edu_error *error)
{
    edu_status status;
    bool row = true;
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row) {
        status = take(problem, rows, error);
        if (status != EDU_OK)
            break;
    }
    ei_rows_close(rows);
    return status;
}

static edu_status school_take(ei_problem *problem, ei_rows *rows, edu_error *error)
{
    ei_problem_school *schools = ei_with_room(problem->schools, problem->school_count,
                                              &problem->school_space, sizeof *schools);
    if (schools == NULL)
        return ei_no_memory(error);
    problem->schools = schools;
    ei_problem_school *school = &schools[problem->school_count++];
    *school = (ei_problem_school){0};
    school->code = ei_arena_strdup(problem->arena, ei_column_text(rows, 0));
    school->zone = ei_arena_strdup(problem->arena, ei_column_text(rows, 1));
    school->x_m = ei_column_int(rows, 2);
    school->y_m = ei_column_int(rows, 3);
    return school->code != NULL && school->zone != NULL ? EDU_OK : ei_no_memory(error);
}

/* Pupils come by school in the schools' order. */
static edu_status pupil_take(ei_problem *problem, ei_rows *rows, edu_error *error)
{
    if (problem->pupil_count == PUPILS_MAX)
        return ei_fail(error, EDU_E_LIMIT, "sitting.pupils", "", "more than %d pupils", PUPILS_MAX);
    size_t school = problem->pupil_count > 0 ? problem->pupils[problem->pupil_count - 1].school : 0;
    const char *code = ei_column_text(rows, 2);
    while (school < problem->school_count && strcmp(problem->schools[school].code, code) != 0)
        school++;
    if (school == problem->school_count)
        return ei_fail(error, EDU_E_CORRUPT, "sitting.school", "",
                       "a registration names a school that is not there");
    ei_problem_pupil *pupils =
        ei_with_room(problem->pupils, problem->pupil_count, &problem->pupil_space, sizeof *pupils);
    if (pupils == NULL)
        return ei_no_memory(error);
    problem->pupils = pupils;
    ei_problem_pupil *pupil = &pupils[problem->pupil_count++];
    *pupil = (ei_problem_pupil){0};
    pupil->person_id = ei_column_id(rows, 0);
    pupil->application_id = ei_column_id(rows, 1);
    pupil->is_step_free = ei_column_bool(rows, 3);
    pupil->school = (uint32_t)school;
    if (problem->schools[school].pupils++ == 0)
        problem->schools[school].first_pupil = problem->pupil_count - 1;
    problem->schools[school].step_free += pupil->is_step_free;
    return EDU_OK;
}

static edu_status centre_take(ei_problem *problem, ei_rows *rows, edu_error *error)
{
    ei_problem_centre *centres = ei_with_room(problem->centres, problem->centre_count,
                                              &problem->centre_space, sizeof *centres);
    if (centres == NULL)
        return ei_no_memory(error);
    problem->centres = centres;
    ei_problem_centre *centre = &centres[problem->centre_count++];
    *centre = (ei_problem_centre){0};
    centre->code = ei_arena_strdup(problem->arena, ei_column_text(rows, 0));
    centre->zone = ei_arena_strdup(problem->arena, ei_column_text(rows, 1));
    centre->x_m = ei_column_int(rows, 2);
    centre->y_m = ei_column_int(rows, 3);
    return centre->code != NULL && centre->zone != NULL ? EDU_OK : ei_no_memory(error);
}

/* The room that a desk's row names: the last one, or a new one. */
static edu_status room_of_desk(ei_problem *problem, ei_problem_centre *centre, ei_rows *rows,
                               ei_problem_room **out, edu_error *error)
{
    const char *code = ei_column_text(rows, 1);
    if (centre->rooms > 0) {
        *out = &problem->rooms[problem->room_count - 1];
        if (strcmp((*out)->code, code) == 0)
            return EDU_OK;
    }
    ei_problem_room *rooms =
        ei_with_room(problem->rooms, problem->room_count, &problem->room_space, sizeof *rooms);
    if (rooms == NULL)
        return ei_no_memory(error);
    problem->rooms = rooms;
    ei_problem_room *room = &rooms[problem->room_count++];
    *room = (ei_problem_room){0};
    *room = (ei_problem_room){.code = ei_arena_strdup(problem->arena, code),
                              .rows = (int32_t)ei_column_int(rows, 2),
                              .columns = (int32_t)ei_column_int(rows, 3),
                              .first_desk = problem->desk_count};
    if (centre->rooms++ == 0)
        centre->first_room = problem->room_count - 1;
    *out = room;
    return room->code != NULL ? EDU_OK : ei_no_memory(error);
}

static int centre_find_order(const void *code, const void *centre)
{
    return strcmp(code, ((const ei_problem_centre *)centre)->code);
}

static edu_status desk_take(ei_problem *problem, ei_rows *rows, edu_error *error)
{
    if (problem->desk_count == DESKS_MAX)
        return ei_fail(error, EDU_E_LIMIT, "sitting.desks", "", "more than %d seats", DESKS_MAX);
    ei_problem_centre *centre =
        bsearch(ei_column_text(rows, 0), problem->centres, problem->centre_count,
                sizeof *problem->centres, centre_find_order);
    if (centre == NULL)
        return ei_fail(error, EDU_E_CORRUPT, "sitting.centre", "",
                       "a room names a centre that is not there");
    ei_problem_room *room = NULL;
    EI_TRY(room_of_desk(problem, centre, rows, &room, error));
    ei_problem_desk *desks =
        ei_with_room(problem->desks, problem->desk_count, &problem->desk_space, sizeof *desks);
    if (desks == NULL)
        return ei_no_memory(error);
    problem->desks = desks;
    ei_problem_desk *desk = &desks[problem->desk_count++];
    *desk = (ei_problem_desk){0};
    desk->number = (int32_t)ei_column_int(rows, 4);
    desk->is_step_free = ei_column_bool(rows, 5);
    room->desks++;
    centre->desks++;
    centre->step_free += desk->is_step_free;
    return EDU_OK;
}

static edu_status problem_run(edu_tx *tx, void *context, edu_error *error)
{
    problem_read *read = context;
    ei_problem *problem = read->problem;
    ei_rows rows;
    ei_problem_finish(problem);
    problem->arena = ei_arena_new();
    if (problem->arena == NULL)
        return ei_no_memory(error);
    EI_TRY(sql_sitting_problem_places(tx, &read->sitting_id, &rows, error));
    EI_TRY(take_all(problem, &rows, school_take, error));
    EI_TRY(sql_sitting_problem_pupils(tx, &read->sitting_id, &rows, error));
    EI_TRY(take_all(problem, &rows, pupil_take, error));
    EI_TRY(sql_sitting_problem_centres(tx, &rows, error));
    EI_TRY(take_all(problem, &rows, centre_take, error));
    EI_TRY(sql_sitting_problem_desks(tx, &read->sitting_id, &rows, error));
    return take_all(problem, &rows, desk_take, error);
}

static int pupil_order(const void *a, const void *b)
{
    const ei_problem_pupil *x = a, *y = b;
    if (x->school != y->school)
        return x->school < y->school ? -1 : 1;
    if (x->is_step_free != y->is_step_free)
        return x->is_step_free ? 1 : -1;
    return ei_id_compare(x->person_id, y->person_id);
}

edu_status ei_problem_read(edu_session *session, edu_id sitting_id, ei_problem *out,
                           edu_error *error)
{
    problem_read read = {session, sitting_id, out};
    EI_TRY(ei_read(session, problem_run, &read, error));
    if (out->pupil_count > 0)
        qsort(out->pupils, out->pupil_count, sizeof *out->pupils, pupil_order);
    return EDU_OK;
}
