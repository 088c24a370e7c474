/* Problems of allocation made from numbers, and their costs as the header says, written once
 * more. */
#ifndef ALLOCATION_WORLD_H
#define ALLOCATION_WORLD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <edu/allocation.h>

#define PLACES 100000
#define CENTRES 400

static const uint8_t seed[] = {1, 2, 3};
static edu_allocation_site places[PLACES], centres[CENTRES];
static char place_ids[PLACES][16], centre_ids[CENTRES][16];
static size_t place_count, centre_count;

static inline bool is_nightly(void)
{
    const char *given = getenv("EDU_NIGHTLY");
    return given && strcmp(given, "1") == 0;
}

static uint64_t state;

static inline uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

/* ---- building problems ---- */

static inline void clear(void)
{
    place_count = centre_count = 0;
}

static inline void add_place(int64_t x, int64_t y, int64_t pupils, const char *zone)
{
    snprintf(place_ids[place_count], sizeof place_ids[0], "p%zu", place_count);
    places[place_count] = (edu_allocation_site){place_ids[place_count], zone, x, y, pupils, 0};
    place_count++;
}

static inline void add_centre(int64_t x, int64_t y, int64_t seats, const char *zone)
{
    snprintf(centre_ids[centre_count], sizeof centre_ids[0], "c%zu", centre_count);
    centres[centre_count] = (edu_allocation_site){centre_ids[centre_count], zone, x, y, seats, 0};
    centre_count++;
}

static inline edu_allocation_problem problem(void)
{
    return (edu_allocation_problem){place_count, centre_count, places, centres, seed, sizeof seed};
}

/* Wide: anywhere; narrow: many distances tie; one point; one line. */
enum { WIDE, NARROW, POINT, LINE, SHAPES };

static inline int64_t coordinate(int shape, bool is_y)
{
    if (shape == POINT || (shape == LINE && is_y))
        return 7;
    return shape == WIDE ? (int64_t)draw(2000000) - 1000000 : (int64_t)draw(shape == LINE ? 40 : 4);
}

/* Seats are those needed and `more`, thrown over the centres at random: some have none. */
static inline void make_random(size_t how_many, size_t centre_total, uint32_t most, uint32_t more)
{
    int shape = (int)draw(SHAPES);
    int64_t seats = draw(more + 1);
    clear();
    for (size_t i = 0; i < how_many; i++) {
        add_place(coordinate(shape, false), coordinate(shape, true), draw(most + 1), NULL);
        seats += places[i].count;
    }
    for (size_t k = 0; k < centre_total; k++)
        add_centre(coordinate(shape, false), coordinate(shape, true), 0, "");
    for (; seats > 0; seats--)
        centres[draw((uint32_t)centre_total)].count++;
}

static inline edu_allocation_result *solve(void)
{
    edu_allocation_problem given = problem();
    edu_allocation_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_allocation_solve(&given, (edu_progress){0}, &result, &error);
    ck_assert_msg(status == EDU_OK, "%s", error.message);
    return result;
}

/* ---- costs as the header says, written once more ---- */

typedef __int128 cost;
#define METRE ((cost)1 << 80)

static inline uint64_t mixed(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    x ^= x >> 31;
    return x;
}

static inline cost cost_of(size_t place, size_t centre)
{
    int64_t dx = places[place].x_m - centres[centre].x_m;
    int64_t dy = places[place].y_m - centres[centre].y_m;
    int64_t low = 0, high = INT64_C(1) << 32;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if ((cost)middle * middle <= (cost)dx * dx + (cost)dy * dy)
            low = middle;
        else
            high = middle;
    }
    uint64_t lot = edu_allocation_lot(seed, sizeof seed, "place", places[place].id) ^
                   mixed(edu_allocation_lot(seed, sizeof seed, "centre", centres[centre].id));
    return low * METRE + (cost)(mixed(lot) >> 16);
}

static inline int64_t metres_of(cost whole)
{
    return (int64_t)(whole / METRE);
}

#endif
