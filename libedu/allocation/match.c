/* Deferred acceptance, applicants proposing: on plain arrays, in time near to linear. */
#include <edu/allocation.h>

#include <stdio.h>
#include <stdlib.h>
#include "allocation/lot.h"
#include "core/core.h"

/* ---- checks ---- */

static edu_status fail_at(edu_error *error, edu_status code, const char *key, const char *list,
                          size_t index, const char *name, const char *what)
{
    char field[96];
    snprintf(field, sizeof field, "/%s/%zu%s%s", list, index, name[0] ? "/" : "", name);
    return ei_fail(error, code, key, field, "%s", what);
}

static edu_status check_capacities(const edu_match_problem *problem, edu_error *error)
{
    for (size_t k = 0; k < problem->place_count; k++)
        if (problem->capacities[k] < 0 || problem->capacities[k] > EDU_ALLOCATION_COUNT_MAX)
            return fail_at(error, EDU_E_INVALID, "match.capacity", "capacities", k, "",
                           "the capacity is not one from 0 to 1000000000");
    return EDU_OK;
}

/* seen: a number for each place, 0 at first. */
static edu_status check_choices(const edu_match_problem *problem, size_t *seen, edu_error *error)
{
    for (size_t i = 0; i < problem->applicant_count; i++)
        for (size_t c = problem->starts[i]; c < problem->starts[i + 1]; c++) {
            size_t place = problem->choices[c].place;
            if (place >= problem->place_count)
                return fail_at(error, EDU_E_INVALID, "match.unknown_place", "choices", c, "place",
                               "there is no such place");
            if (seen[place] == i + 1)
                return fail_at(error, EDU_E_INVALID, "match.double_place", "choices", c, "place",
                               "the applicant chose this place before");
            seen[place] = i + 1;
        }
    return EDU_OK;
}

/* A choice and where it stood, to be sorted by place and priority. */
typedef struct ranked {
    edu_match_choice choice;
    size_t index;
} ranked;

static int by_priority(const void *a, const void *b)
{
    const ranked *one = a, *two = b;
    if (one->choice.place != two->choice.place)
        return one->choice.place < two->choice.place ? -1 : 1;
    if (one->choice.priority != two->choice.priority)
        return one->choice.priority < two->choice.priority ? -1 : 1;
    return (one->index > two->index) - (one->index < two->index);
}

static edu_status check_priorities(const edu_match_problem *problem, size_t count, edu_error *error)
{
    ranked *all = ei_calloc(count, sizeof *all);
    size_t tied = SIZE_MAX;
    if (!all)
        return ei_no_memory(error);
    for (size_t c = 0; c < count; c++)
        all[c] = (ranked){problem->choices[c], c};
    qsort(all, count, sizeof *all, by_priority);
    for (size_t c = 1; c < count; c++)
        if (all[c].choice.place == all[c - 1].choice.place &&
            all[c].choice.priority == all[c - 1].choice.priority && all[c].index < tied)
            tied = all[c].index;
    ei_free(all);
    if (tied == SIZE_MAX)
        return EDU_OK;
    return fail_at(error, EDU_E_INVALID, "match.equal_priority", "choices", tied, "priority",
                   "another applicant has the same priority at this place; give each their own");
}

static edu_status check_starts(const edu_match_problem *problem, edu_error *error)
{
    for (size_t i = 0; i < problem->applicant_count; i++)
        if (problem->starts[i + 1] < problem->starts[i])
            return fail_at(error, EDU_E_INVALID, "match.starts", "starts", i + 1, "",
                           "the starts do not grow");
    if (problem->starts[0] != 0)
        return fail_at(error, EDU_E_INVALID, "match.starts", "starts", 0, "",
                       "the first start is not 0");
    if (problem->starts[problem->applicant_count] > EDU_MATCH_CHOICES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "match.too_many", "/choices", "more than %d choices",
                       EDU_MATCH_CHOICES_MAX);
    return EDU_OK;
}

static edu_status check_problem(const edu_match_problem *problem, edu_error *error)
{
    if (!problem->starts)
        return ei_bad_argument(error, "starts");
    if (problem->place_count > EDU_MATCH_PLACES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "match.too_many", "/capacities", "more than %d places",
                       EDU_MATCH_PLACES_MAX);
    EI_TRY(check_starts(problem, error));
    size_t count = problem->starts[problem->applicant_count];
    if (!problem->choices && count > 0)
        return ei_bad_argument(error, "choices");
    if (!problem->capacities && problem->place_count > 0)
        return ei_bad_argument(error, "capacities");
    EI_TRY(check_capacities(problem, error));
    size_t *seen = ei_calloc(problem->place_count + 1, sizeof *seen);
    if (!seen)
        return ei_no_memory(error);
    edu_status status = check_choices(problem, seen, error);
    ei_free(seen);
    return status == EDU_OK && !problem->lots ? check_priorities(problem, count, error) : status;
}

/* ---- places: whom each holds, the one to go first on top ---- */

typedef struct held {
    int64_t priority;
    uint64_t lot;
    size_t applicant;
} held;

static bool is_later(const held *one, const held *two)
{
    if (one->priority != two->priority)
        return one->priority > two->priority;
    if (one->lot != two->lot)
        return one->lot > two->lot;
    return one->applicant > two->applicant;
}

typedef struct place {
    held *heap; /* once it is full, no child is later than its parent */
    size_t count, room;
} place;

typedef struct matching {
    const edu_match_problem *problem;
    place *places;
    held *all;    /* what the heaps point into */
    size_t *next; /* by applicant: index of the choice to ask for next */
} matching;

/* Puts one at i, or below it. */
static void put_down(place *at, size_t i, held one)
{
    for (size_t child; (child = 2 * i + 1) < at->count; i = child) {
        if (child + 1 < at->count && is_later(&at->heap[child + 1], &at->heap[child]))
            child++;
        if (!is_later(&at->heap[child], &one))
            break;
        at->heap[i] = at->heap[child];
    }
    at->heap[i] = one;
}

/* Nobody asks who is last while there is room: the order is made when there is none any more. */
static void take(place *at, held one)
{
    at->heap[at->count++] = one;
    for (size_t i = at->count == at->room ? at->count / 2 : 0; i-- > 0;)
        put_down(at, i, at->heap[i]);
}

/* Asks a place for one; gives who has to ask elsewhere, EDU_MATCH_NONE if nobody. */
static size_t ask(place *at, held one)
{
    if (at->count < at->room) {
        take(at, one);
        return EDU_MATCH_NONE;
    }
    if (at->room == 0 || is_later(&one, &at->heap[0]))
        return one.applicant;
    size_t refused = at->heap[0].applicant;
    put_down(at, 0, one);
    return refused;
}

/* Of an applicant, at a place: the same everywhere, or drawn there anew. */
static uint64_t lot_of(const edu_match_problem *problem, size_t applicant, size_t at)
{
    if (!problem->lots)
        return 0;
    uint64_t lot = problem->lots[applicant];
    return problem->place_lots ? ei_lot_mix(lot ^ problem->place_lots[at]) : lot;
}

static void propose(matching *of)
{
    const edu_match_problem *problem = of->problem;
    for (size_t i = 0; i < problem->applicant_count; i++)
        for (size_t asking = i; asking != EDU_MATCH_NONE;) {
            if (of->next[asking] == problem->starts[asking + 1])
                break;
            const edu_match_choice *choice = &problem->choices[of->next[asking]++];
            const held one = {choice->priority, lot_of(problem, asking, choice->place), asking};
            asking = ask(&of->places[choice->place], one);
        }
}

/* A place needs room for no more than ask for it, who are counted only where capacities are more
 * than that. */
static bool make_room(matching *of, size_t count)
{
    const edu_match_problem *problem = of->problem;
    size_t seats = 0, from = 0;
    for (size_t k = 0; k < problem->place_count; k++) {
        of->places[k].room = (size_t)problem->capacities[k];
        seats += seats <= count ? of->places[k].room : 0;
    }
    for (size_t k = 0; seats > count && k < problem->place_count; k++)
        of->places[k].room = 0;
    for (size_t c = 0; seats > count && c < count; c++) {
        place *at = &of->places[problem->choices[c].place];
        at->room += at->room < (size_t)problem->capacities[problem->choices[c].place];
    }
    of->all = ei_calloc(seats < count ? seats : count, sizeof *of->all);
    for (size_t k = 0; of->all && k < problem->place_count; k++) {
        of->places[k].heap = of->all + from;
        from += of->places[k].room;
    }
    return of->all != NULL;
}

static void take_result(const matching *of, edu_match_result *result, size_t *places)
{
    const edu_match_problem *problem = of->problem;
    for (size_t i = 0; i < problem->applicant_count; i++)
        places[i] = EDU_MATCH_NONE;
    for (size_t k = 0; k < problem->place_count; k++)
        for (size_t h = 0; h < of->places[k].count; h++) {
            size_t applicant = of->places[k].heap[h].applicant;
            places[applicant] = k;
            result->matched++;
            result->first += of->next[applicant] == problem->starts[applicant] + 1;
        }
    result->places = places;
}

static edu_status match(const edu_match_problem *problem, edu_match_result *result, ei_arena *arena,
                        edu_error *error)
{
    size_t count = problem->starts[problem->applicant_count];
    matching of = {.problem = problem,
                   .places = ei_calloc(problem->place_count, sizeof *of.places),
                   .next = ei_calloc(problem->applicant_count, sizeof *of.next)};
    size_t *places = ei_arena_alloc(arena, problem->applicant_count * sizeof *places);
    bool good = of.places && of.next && places && make_room(&of, count);
    if (good) {
        for (size_t i = 0; i < problem->applicant_count; i++)
            of.next[i] = problem->starts[i];
        propose(&of);
        take_result(&of, result, places);
    }
    ei_free(of.places);
    ei_free(of.all);
    ei_free(of.next);
    return good ? EDU_OK : ei_no_memory(error);
}

edu_status edu_match_solve(const edu_match_problem *problem, edu_match_result **out,
                           edu_error *error)
{
    if (!problem)
        return ei_bad_argument(error, "problem");
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(check_problem(problem, error));
    ei_arena *arena;
    edu_match_result *result = ei_record_new(sizeof *result, &arena);
    if (!result)
        return ei_no_memory(error);
    edu_status status = match(problem, result, arena, error);
    if (status != EDU_OK)
        edu_free(result);
    else
        *out = result;
    return status;
}
