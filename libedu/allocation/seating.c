/* Pupils of a centre to rooms and desks. */
#include <edu/allocation.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/lot.h"
#include "allocation/rooms.h"

typedef struct hall {
    const edu_seating_problem *problem;
    ei_lot_key key;
    ei_desk *desks;
    ei_room *rooms;
    size_t room_count;
    ei_sitter *sitters; /* by school; those with needs last; then by lot */
    ei_school *schools;
    size_t school_count;
    uint32_t *matrix; /* of the spread */
    size_t *taken;    /* by school: pupils of it seated so far; behind it, those with needs */
    ei_sitter *in_room;
    size_t bound;
} hall;

/* ---- checks ---- */

static edu_status fail_item(edu_error *error, edu_status code, const char *key, const char *list,
                            size_t index, const char *what)
{
    char field[64];
    snprintf(field, sizeof field, "/%s/%zu", list, index);
    return ei_fail(error, code, key, field, "%s", what);
}

static edu_status check_problem(const edu_seating_problem *problem, edu_error *error)
{
    if (!problem)
        return ei_bad_argument(error, "problem");
    if (!problem->seats && problem->seat_count > 0)
        return ei_bad_argument(error, "seats");
    if (!problem->pupils && problem->pupil_count > 0)
        return ei_bad_argument(error, "pupils");
    if (!problem->seed || problem->seed_size < 1 || problem->seed_size > EDU_ALLOCATION_SEED_MAX)
        return ei_fail(error, EDU_E_INVALID, "seating.seed", "/seed", "the seed has 1 to %d bytes",
                       EDU_ALLOCATION_SEED_MAX);
    if (problem->seat_count >= EI_NOBODY || problem->pupil_count >= EI_NOBODY)
        return ei_fail(error, EDU_E_LIMIT, "seating.too_many", NULL, "too many seats or pupils");
    for (size_t i = 0; i < problem->seat_count; i++) {
        const edu_seating_seat *seat = &problem->seats[i];
        if (seat->row < 0 || seat->row >= EDU_SEATING_SIDE_MAX || seat->column < 0 ||
            seat->column >= EDU_SEATING_SIDE_MAX)
            return fail_item(error, EDU_E_INVALID, "seating.seat", "seats", i,
                             "row and column of a seat are 0 to 199");
    }
    for (size_t i = 0; i < problem->pupil_count; i++)
        if (!problem->pupils[i].id || !problem->pupils[i].school)
            return fail_item(error, EDU_E_INVALID, "seating.pupil", "pupils", i,
                             "a pupil has an id and a school");
    return EDU_OK;
}

static edu_status check_enough(const edu_seating_problem *problem, edu_error *error)
{
    size_t needs = 0, step_free = 0;
    for (size_t i = 0; i < problem->pupil_count; i++)
        needs += problem->pupils[i].needs_step_free;
    for (size_t i = 0; i < problem->seat_count; i++)
        step_free += problem->seats[i].is_step_free;
    if (problem->pupil_count > problem->seat_count)
        return ei_fail(error, EDU_E_INFEASIBLE, "seating.too_many", NULL,
                       "%zu pupils, but %zu seats: %zu cannot be seated", problem->pupil_count,
                       problem->seat_count, problem->pupil_count - problem->seat_count);
    if (needs > step_free)
        return ei_fail(error, EDU_E_INFEASIBLE, "seating.step_free", NULL,
                       "%zu pupils need a step-free seat, but there are %zu: %zu cannot be seated",
                       needs, step_free, needs - step_free);
    return EDU_OK;
}

/* ---- rooms ---- */

static int by_room(const void *a, const void *b, void *seats)
{
    const edu_seating_seat *one = (const edu_seating_seat *)seats + ((const ei_desk *)a)->index;
    const edu_seating_seat *two = (const edu_seating_seat *)seats + ((const ei_desk *)b)->index;
    if (one->room != two->room)
        return one->room < two->room ? -1 : 1;
    if (one->row != two->row)
        return one->row < two->row ? -1 : 1;
    return (one->column > two->column) - (one->column < two->column);
}

static edu_status take_seats(hall *in, edu_error *error)
{
    const edu_seating_seat *seats = in->problem->seats;
    size_t count = in->problem->seat_count;
    void *context = (void *)(uintptr_t)seats;
    for (size_t i = 0; i < count; i++)
        in->desks[i] = (ei_desk){.row = seats[i].row,
                                 .column = seats[i].column,
                                 .is_step_free = seats[i].is_step_free,
                                 .index = i};
    qsort_r(in->desks, count, sizeof *in->desks, by_room, context);
    for (size_t i = 0; i < count; i++) {
        size_t number = seats[in->desks[i].index].room;
        if (i > 0 && by_room(&in->desks[i - 1], &in->desks[i], context) == 0)
            return fail_item(error, EDU_E_INVALID, "seating.double_seat", "seats",
                             in->desks[i].index, "this seat stands in the list twice");
        if (in->room_count == 0 || in->rooms[in->room_count - 1].number != number)
            in->rooms[in->room_count++] = (ei_room){.number = number, .desks = &in->desks[i]};
        in->rooms[in->room_count - 1].count++;
    }
    for (size_t i = 0; i < in->room_count; i++)
        EI_TRY(ei_room_link(&in->rooms[i], error));
    return EDU_OK;
}

/* ---- schools ---- */

static int by_id(const void *a, const void *b)
{
    return strcmp(((const ei_sitter *)a)->id, ((const ei_sitter *)b)->id);
}

static int by_code(const void *a, const void *b, void *pupils)
{
    const edu_seating_pupil *all = pupils;
    return strcmp(all[((const ei_sitter *)a)->index].school,
                  all[((const ei_sitter *)b)->index].school);
}

static int by_school(const void *a, const void *b)
{
    const ei_sitter *one = a, *two = b;
    if (one->school != two->school)
        return one->school < two->school ? -1 : 1;
    if (one->needs_step_free != two->needs_step_free)
        return one->needs_step_free ? 1 : -1;
    if (one->lot != two->lot)
        return one->lot < two->lot ? -1 : 1;
    return by_id(a, b);
}

typedef struct ranked {
    size_t first, count;
    uint64_t lot;
    const char *code;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *one = a, *two = b;
    if (one->count != two->count)
        return one->count > two->count ? -1 : 1;
    if (one->lot != two->lot)
        return one->lot < two->lot ? -1 : 1;
    return strcmp(one->code, two->code);
}

/* Numbers the schools, the largest first; equals by lot. The sitters are sorted by code. */
static void number_schools(hall *in, ranked *schools)
{
    size_t count = 0;
    void *pupils = (void *)(uintptr_t)in->problem->pupils;
    for (size_t i = 0; i < in->problem->pupil_count; i++) {
        if (i == 0 || by_code(&in->sitters[i - 1], &in->sitters[i], pupils) != 0) {
            const char *code = in->problem->pupils[in->sitters[i].index].school;
            schools[count++] =
                (ranked){.first = i, .lot = ei_lot(&in->key, "school", code), .code = code};
        }
        schools[count - 1].count++;
    }
    qsort(schools, count, sizeof *schools, by_size);
    for (size_t s = 0, first = 0; s < count; first += schools[s++].count) {
        for (size_t i = 0; i < schools[s].count; i++)
            in->sitters[schools[s].first + i].school = (uint32_t)s;
        in->schools[s] = (ei_school){.first = first, .count = schools[s].count};
    }
    in->school_count = count;
}

static edu_status check_ids(const hall *in, edu_error *error)
{
    qsort(in->sitters, in->problem->pupil_count, sizeof *in->sitters, by_id);
    for (size_t i = 1; i < in->problem->pupil_count; i++)
        if (by_id(&in->sitters[i - 1], &in->sitters[i]) == 0)
            return fail_item(error, EDU_E_INVALID, "seating.double_pupil", "pupils",
                             in->sitters[i].index, "this pupil stands in the list twice");
    return EDU_OK;
}

static edu_status take_pupils(hall *in, edu_error *error)
{
    size_t count = in->problem->pupil_count;
    for (size_t i = 0; i < count; i++) {
        const edu_seating_pupil *pupil = &in->problem->pupils[i];
        in->sitters[i] = (ei_sitter){.id = pupil->id,
                                     .index = i,
                                     .needs_step_free = pupil->needs_step_free,
                                     .lot = ei_lot(&in->key, "seat", pupil->id)};
    }
    EI_TRY(check_ids(in, error));
    ranked *schools = ei_calloc(count, sizeof *schools);
    if (!schools)
        return ei_no_memory(error);
    qsort_r(in->sitters, count, sizeof *in->sitters, by_code,
            (void *)(uintptr_t)in->problem->pupils);
    number_schools(in, schools);
    ei_free(schools);
    qsort(in->sitters, count, sizeof *in->sitters, by_school);
    for (size_t i = 0; i < count; i++)
        in->schools[in->sitters[i].school].needs += in->sitters[i].needs_step_free;
    return EDU_OK;
}

/* ---- seating ---- */

typedef struct part {
    uint32_t school, pupils, needs;
} part;

static int by_pupils(const void *a, const void *b)
{
    const part *one = a, *two = b;
    if (one->pupils != two->pupils)
        return one->pupils > two->pupils ? -1 : 1;
    return (one->school > two->school) - (one->school < two->school);
}

/* The next of a school's sitters, by lot, go into the room. */
static size_t take_part(hall *in, const part *from, size_t at)
{
    const ei_school *school = &in->schools[from->school];
    size_t *plain = &in->taken[from->school], *needs = plain + in->school_count;
    const ei_sitter *first = &in->sitters[school->first];
    for (uint32_t i = from->needs; i < from->pupils; i++)
        in->in_room[at++] = first[(*plain)++];
    for (uint32_t i = 0; i < from->needs; i++)
        in->in_room[at++] = first[school->count - school->needs + (*needs)++];
    return at;
}

static size_t fill_room(hall *in, const ei_spread *spread, size_t room, part *parts)
{
    size_t count = 0, at = 0;
    for (size_t s = 0; s < in->school_count; s++) {
        size_t cell = s * in->room_count + room;
        if (spread->pupils[cell] > 0)
            parts[count++] = (part){(uint32_t)s, spread->pupils[cell], spread->needs[cell]};
    }
    qsort(parts, count, sizeof *parts, by_pupils);
    for (size_t i = 0; i < count; i++)
        at = take_part(in, &parts[i], at);
    return at;
}

typedef struct outcome {
    edu_seating_result *result;
    size_t *seats; /* by pupil of the problem */
    char *variants;
    edu_seating_room *rooms;
} outcome;

static void take_outcome(hall *in, size_t index, size_t pupils, outcome *out)
{
    const ei_room *room = &in->rooms[index];
    edu_seating_room *made = &out->rooms[index];
    *made = (edu_seating_room){.room = room->number,
                               .seats = (int64_t)room->count,
                               .pupils = (int64_t)pupils,
                               .independent = (int64_t)room->apart,
                               .neighbours = (int64_t)ei_room_neighbours(room, in->in_room)};
    for (size_t i = 0, end; i < pupils; i = end) {
        for (end = i; end < pupils && in->in_room[end].school == in->in_room[i].school; end++)
            continue;
        if ((int64_t)(end - i) > made->largest)
            made->largest = (int64_t)(end - i);
        made->neighbours_bound += (int64_t)ei_room_bound(room, end - i);
    }
    for (size_t i = 0; i < room->count; i++) {
        const ei_desk *desk = &room->desks[i];
        if (desk->sitter == EI_NOBODY)
            continue;
        size_t pupil = in->in_room[desk->sitter].index;
        out->seats[pupil] = desk->index;
        out->variants[pupil] = (desk->row + desk->column) % 2 == 0 ? 'A' : 'B';
    }
    out->result->neighbours += made->neighbours;
}

static edu_status seat_rooms(hall *in, const ei_spread *spread, outcome *out, edu_error *error)
{
    part *parts = ei_calloc(in->school_count, sizeof *parts);
    edu_status status = parts ? EDU_OK : ei_no_memory(error);
    for (size_t i = 0; status == EDU_OK && i < in->room_count; i++) {
        char number[24];
        size_t pupils = fill_room(in, spread, i, parts);
        snprintf(number, sizeof number, "%zu", in->rooms[i].number);
        status = ei_room_seat(&in->rooms[i], in->in_room, pupils, ei_lot(&in->key, "room", number),
                              error);
        if (status == EDU_OK)
            take_outcome(in, i, pupils, out);
    }
    ei_free(parts);
    return status;
}

static edu_status spread_and_seat(hall *in, outcome *out, edu_error *error)
{
    size_t cells;
    if (__builtin_mul_overflow(in->school_count, in->room_count, &cells))
        return ei_no_memory(error);
    in->matrix = ei_calloc(2 * cells, sizeof *in->matrix);
    in->taken = ei_calloc(2 * in->school_count, sizeof *in->taken);
    if (!in->matrix || !in->taken)
        return ei_no_memory(error);
    ei_spread spread = {.rooms = in->rooms,
                        .room_count = in->room_count,
                        .schools = in->schools,
                        .school_count = in->school_count,
                        .pupils = in->matrix,
                        .needs = in->matrix + cells};
    EI_TRY(ei_rooms_bound(&spread, &in->bound, error));
    EI_TRY(ei_rooms_spread(&spread, error));
    return seat_rooms(in, &spread, out, error);
}

static edu_status make_outcome(const hall *in, outcome *out, edu_error *error)
{
    ei_arena *arena;
    size_t count = in->problem->pupil_count;
    out->result = ei_record_new(sizeof *out->result, &arena);
    if (!out->result)
        return ei_no_memory(error);
    out->seats = ei_arena_alloc(arena, count * sizeof *out->seats);
    out->variants = ei_arena_alloc(arena, count + 1);
    out->rooms = ei_arena_alloc(arena, in->room_count * sizeof *out->rooms);
    if (!out->seats || !out->variants || !out->rooms)
        return ei_no_memory(error);
    out->result->seats = out->seats;
    out->result->variants = out->variants;
    out->result->rooms = out->rooms;
    out->result->room_count = in->room_count;
    return EDU_OK;
}

static bool make_hall(hall *in)
{
    size_t seats = in->problem->seat_count, pupils = in->problem->pupil_count;
    in->desks = ei_calloc(seats, sizeof *in->desks);
    in->rooms = ei_calloc(seats, sizeof *in->rooms);
    in->sitters = ei_calloc(pupils, sizeof *in->sitters);
    in->schools = ei_calloc(pupils, sizeof *in->schools);
    in->in_room = ei_calloc(pupils, sizeof *in->in_room);
    return in->desks && in->rooms && in->sitters && in->schools && in->in_room;
}

static void finish_hall(hall *in)
{
    ei_free(in->desks);
    ei_free(in->rooms);
    ei_free(in->sitters);
    ei_free(in->schools);
    ei_free(in->in_room);
    ei_free(in->matrix);
    ei_free(in->taken);
}

static edu_status solve(hall *in, outcome *out, edu_error *error)
{
    if (!make_hall(in))
        return ei_no_memory(error);
    ei_lot_key_make(in->problem->seed, in->problem->seed_size, &in->key);
    EI_TRY(take_seats(in, error));
    EI_TRY(take_pupils(in, error));
    EI_TRY(make_outcome(in, out, error));
    if (in->problem->pupil_count == 0)
        return seat_rooms(in, &(ei_spread){0}, out, error);
    EI_TRY(spread_and_seat(in, out, error));
    out->result->neighbours_bound = (int64_t)in->bound;
    return EDU_OK;
}

edu_status edu_seating_solve(const edu_seating_problem *problem, edu_seating_result **out,
                             edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(check_problem(problem, error));
    EI_TRY(check_enough(problem, error));
    hall in = {.problem = problem};
    outcome made = {0};
    edu_status status = solve(&in, &made, error);
    finish_hall(&in);
    if (status != EDU_OK) {
        edu_free(made.result);
        return status;
    }
    *out = made.result;
    return EDU_OK;
}
