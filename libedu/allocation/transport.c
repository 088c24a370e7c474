/* The optimum, found from coarse to fine.
 *
 * Good rents to begin with come from the same problem made coarser: four neighbouring places become
 * one, and again. What each level needs to look at beyond the best centre of a place follows from
 * how far the level before it had to move.
 *
 * The cost is a distance and, far below it in the same number, the draw. The optimum of the sum is
 * the least distance and among those the least draw; and it is unique but for two sums of 48-bit
 * hashes being equal. */
#include "allocation/transport.h"

#include <stdlib.h>
#include <string.h>
#include "allocation/rents.h"
#include "allocation/simplex.h"

/* Below so many places a problem is solved as it is. */
#define COARSEST 512

/* ---- levels ---- */

typedef struct levels {
    ei_transport *problem;
    ei_cost *rents, *before; /* by centre; before: of the level before */
    ei_cost width;
    ei_parcel *parcels; /* of the level before, by place */
    size_t parcel_count;
    int64_t pupils;
    bool is_last; /* the level of the problem itself */
} levels;

static bool report(void *context, int64_t unplaced)
{
    const levels *over = context;
    int64_t done = over->is_last && unplaced < over->pupils ? over->pupils - unplaced : 0;
    return over->problem->report(over->problem->context, done);
}

/* How far the rents were from right, a centre. */
static ei_cost mean_error(const ei_cost *before, const ei_cost *after, size_t count)
{
    ei_cost sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += before[k] < after[k] ? after[k] - before[k] : before[k] - after[k];
    return sum / (ei_cost)count + 1;
}

static int by_place(const void *a, const void *b)
{
    const ei_parcel *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* The parcels of the last level are the result; those of another help the next. */
static edu_status finish_level(levels *over, ei_reaches *reaches, edu_error *error)
{
    ei_transport *problem = over->problem;
    over->width = mean_error(over->before, over->rents, problem->centre_count);
    if (!over->is_last) {
        qsort(over->parcels, over->parcel_count, sizeof *over->parcels, by_place);
        return EDU_OK;
    }
    EI_TRY(ei_rents_find(reaches, over->rents, over->width, over->parcels, over->parcel_count,
                         problem->rents, error));
    problem->parcels = over->parcels;
    problem->parcel_count = over->parcel_count;
    over->parcels = NULL;
    return EDU_OK;
}

/* Solves over the given places; rents go in as a start and come out. */
static edu_status solve_level(levels *over, const ei_site *places, size_t count, edu_error *error)
{
    const ei_transport *problem = over->problem;
    ei_parcel *parcels = NULL;
    size_t parcel_count = 0;
    ei_reaches reaches;
    edu_status status = EDU_OK;
    memcpy(over->before, over->rents, problem->centre_count * sizeof *over->before);
    if (!ei_reaches_make(&reaches, places, count, problem->centres, problem->centre_count,
                         over->rents))
        status = ei_no_memory(error);
    if (status == EDU_OK)
        status =
            ei_simplex_solve(&reaches, over->rents, over->width, over->parcels, over->parcel_count,
                             problem->report ? report : NULL, over, &parcels, &parcel_count, error);
    ei_free(over->parcels);
    over->parcels = parcels;
    over->parcel_count = parcel_count;
    if (status == EDU_OK)
        status = finish_level(over, &reaches, error);
    ei_reaches_finish(&reaches);
    return status;
}

/* Four places that follow one another become one, where one of them is. */
static size_t make_coarser(const ei_site *places, size_t count, ei_site *out)
{
    size_t made = 0;
    for (size_t i = 0; i < count; i += 4) {
        size_t end = i + 4 < count ? i + 4 : count;
        out[made] = places[i + (end - i) / 2];
        out[made].count = 0;
        for (size_t k = i; k < end; k++)
            out[made].count += places[k].count;
        made++;
    }
    return made;
}

static edu_status solve_coarse_first(levels *over, const ei_site *places, size_t count,
                                     edu_error *error)
{
    if (count <= COARSEST)
        return solve_level(over, places, count, error);
    ei_site *coarser = ei_calloc((count + 3) / 4, sizeof *coarser);
    if (!coarser)
        return ei_no_memory(error);
    size_t made = make_coarser(places, count, coarser);
    edu_status status = solve_coarse_first(over, coarser, made, error);
    ei_free(coarser);
    EI_TRY(status);
    over->is_last = count == over->problem->place_count;
    return solve_level(over, places, count, error);
}

/* ---- neighbouring places side by side ---- */

typedef struct ordered {
    uint64_t curve; /* place on Morton's curve */
    uint32_t place;
    uint64_t lot;
} ordered;

static uint64_t spread_bits(uint32_t value)
{
    uint64_t x = value;
    x = (x | x << 16) & UINT64_C(0x0000FFFF0000FFFF);
    x = (x | x << 8) & UINT64_C(0x00FF00FF00FF00FF);
    x = (x | x << 4) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    x = (x | x << 2) & UINT64_C(0x3333333333333333);
    return (x | x << 1) & UINT64_C(0x5555555555555555);
}

static int by_curve(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    if (x->curve != y->curve)
        return x->curve < y->curve ? -1 : 1;
    if (x->lot != y->lot)
        return x->lot < y->lot ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static void order_places(const ei_transport *problem, ordered *order, ei_site *places)
{
    const uint32_t middle = UINT32_C(1) << 31;
    for (size_t i = 0; i < problem->place_count; i++) {
        const ei_site *place = &problem->places[i];
        order[i] = (ordered){spread_bits((uint32_t)place->x + middle) |
                                 spread_bits((uint32_t)place->y + middle) << 1,
                             (uint32_t)i, place->lot};
    }
    qsort(order, problem->place_count, sizeof *order, by_curve);
    for (size_t i = 0; i < problem->place_count; i++)
        places[i] = problem->places[order[i].place];
}

static edu_status solve_ordered(ei_transport *problem, ordered *order, ei_site *places,
                                edu_error *error)
{
    size_t count = problem->place_count;
    levels over = {.problem = problem,
                   .rents = ei_calloc(problem->centre_count, sizeof(ei_cost)),
                   .before = ei_calloc(problem->centre_count, sizeof(ei_cost)),
                   .width = ei_spacing(problem->centres, problem->centre_count),
                   .is_last = count <= COARSEST};
    order_places(problem, order, places);
    for (size_t i = 0; i < count; i++)
        over.pupils += places[i].count;
    edu_status status = over.rents && over.before ? solve_coarse_first(&over, places, count, error)
                                                  : ei_no_memory(error);
    for (size_t i = 0; status == EDU_OK && i < problem->parcel_count; i++)
        problem->parcels[i].place = order[problem->parcels[i].place].place;
    ei_free(over.rents);
    ei_free(over.before);
    ei_free(over.parcels);
    return status;
}

edu_status ei_transport_solve(ei_transport *problem, edu_error *error)
{
    size_t count = problem->place_count;
    ordered *order = ei_calloc(count, sizeof *order);
    ei_site *places = ei_calloc(count, sizeof *places);
    edu_status status =
        order && places ? solve_ordered(problem, order, places, error) : ei_no_memory(error);
    ei_free(order);
    ei_free(places);
    return status;
}
