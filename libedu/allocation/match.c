/* Deferred acceptance, applicants proposing: on plain arrays, in time near to linear. */
#include <edu/allocation.h>

#include <stdio.h>
#include <stdlib.h>
#include "allocation/lot.h"
#include "allocation/match.h"
#include "allocation/reserve.h"
#include "core/core.h"

#define AHEAD 12               /* applicants */
#define REPORT_EVERY (1 << 16) /* choices asked for */

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
static edu_status check_choices(const edu_match_problem *problem, uint32_t *seen, edu_error *error)
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
            seen[place] = (uint32_t)i + 1;
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
    if (problem->applicant_count > EDU_ALLOCATION_COUNT_MAX)
        return ei_fail(error, EDU_E_LIMIT, "match.too_many", "/starts", "more than %d applicants",
                       EDU_ALLOCATION_COUNT_MAX);
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

static edu_status check_quota_starts(const edu_match_problem *problem, edu_error *error)
{
    const size_t *starts = problem->quota_starts;
    for (size_t k = 0; k < problem->place_count; k++)
        if (starts[k + 1] < starts[k] || starts[k + 1] - starts[k] > EDU_MATCH_QUOTAS_MAX)
            return fail_at(error, EDU_E_INVALID, "match.quota_starts", "quota_starts", k + 1, "",
                           "a place has 0 to 10 quotas");
    if (starts[0] != 0)
        return fail_at(error, EDU_E_INVALID, "match.quota_starts", "quota_starts", 0, "",
                       "the first start is not 0");
    if (starts[problem->place_count] > EDU_MATCH_PLACES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "match.too_many", "/quotas", "more than %d quotas",
                       EDU_MATCH_PLACES_MAX);
    if (!problem->quotas && starts[problem->place_count] > 0)
        return ei_bad_argument(error, "quotas");
    return EDU_OK;
}

/* The seats that quotas reserve are some of the place's. */
static edu_status check_quotas(const edu_match_problem *problem, edu_error *error)
{
    EI_TRY(check_quota_starts(problem, error));
    for (size_t k = 0; k < problem->place_count; k++) {
        int64_t left = problem->capacities[k];
        for (size_t q = problem->quota_starts[k]; q < problem->quota_starts[k + 1]; q++) {
            if (problem->quotas[q] < 0 || problem->quotas[q] > left)
                return fail_at(error, EDU_E_INVALID, "match.quota", "quotas", q, "",
                               "the quota is negative, or quotas of the place are more than its "
                               "capacity");
            left -= problem->quotas[q];
        }
    }
    return EDU_OK;
}

static edu_status check_claims(const edu_match_problem *problem, edu_error *error)
{
    size_t count = problem->starts[problem->applicant_count];
    const size_t *starts = problem->quota_starts;
    for (size_t c = 0; problem->claims && c < count; c++) {
        size_t place = problem->choices[c].place;
        size_t quotas = starts ? starts[place + 1] - starts[place] : 0;
        if ((uint64_t)problem->claims[c] >> quotas != 0)
            return fail_at(error, EDU_E_INVALID, "match.claim", "claims", c, "",
                           "the place has no such quota");
    }
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
    if (problem->quota_starts)
        EI_TRY(check_quotas(problem, error));
    uint32_t *seen = ei_calloc(problem->place_count + 1, sizeof *seen);
    if (!seen)
        return ei_no_memory(error);
    edu_status status = check_choices(problem, seen, error);
    ei_free(seen);
    if (status == EDU_OK)
        status = check_claims(problem, error);
    return status == EDU_OK && !problem->lots ? check_priorities(problem, count, error) : status;
}

/* ---- places: whom each holds, the one to go first on top ---- */

typedef struct place {
    ei_held *heap;       /* once it is full, no child is later than its parent */
    size_t count, room;  /* of the seats that are not held for a quota */
    ei_reserve *reserve; /* NULL: it has no quotas */
} place;

/* What is needed of an applicant to ask for them, in one line of the cache. */
typedef struct asker {
    uint64_t lot;
    uint32_t next, end; /* of their choices, that to ask for next; next is NOTHING after the last */
} asker;

#define NOTHING UINT32_MAX

typedef struct matching {
    const edu_match_problem *problem;
    edu_progress progress;
    place *places;
    ei_held *all; /* what the heaps point into */
    asker *askers;
    uint32_t *queue; /* applicants who have to ask */
    size_t asked;
} matching;

/* Nobody asks who is last while there is room: the order is made when there is none any more. */
static void order_when_full(place *at)
{
    for (size_t i = at->count == at->room ? at->count / 2 : 0; i-- > 0;)
        ei_held_put_down(at->heap, at->count, i, at->heap[i]);
}

/* Asks a place for one; gives who has to ask elsewhere, EDU_MATCH_NONE if nobody. */
static inline size_t ask(place *at, const ei_held *one)
{
    if (at->count < at->room) {
        at->heap[at->count++] = *one;
        order_when_full(at);
        return EDU_MATCH_NONE;
    }
    if (at->room == 0 || ei_held_is_later(one, &at->heap[0]))
        return one->applicant;
    size_t refused = at->heap[0].applicant;
    ei_held_put_down(at->heap, at->count, 0, *one);
    return refused;
}

/* One seat less that is not held for a quota; gives who has to ask elsewhere. */
static size_t give_up_room(place *at)
{
    at->room--;
    if (at->count <= at->room) {
        order_when_full(at);
        return EDU_MATCH_NONE;
    }
    size_t refused = at->heap[0].applicant;
    at->count--;
    if (at->count > 0)
        ei_held_put_down(at->heap, at->count, 0, at->heap[at->count]);
    return refused;
}

/* Asks a place with quotas. Whoever gets no seat of these, or none any more, asks for one of the
 * others, which are as many fewer as are held of these where these do not stay empty. */
static edu_status ask_with_quotas(place *at, bool keeps, ei_held one, size_t *refused,
                                  edu_error *error)
{
    bool is_refused = true;
    if (one.claims != 0)
        EI_TRY(ei_reserve_ask(at->reserve, one, &one, &is_refused, error));
    if (is_refused)
        *refused = ask(at, &one);
    else
        *refused = keeps ? EDU_MATCH_NONE : give_up_room(at);
    return EDU_OK;
}

/* Asks for the next choice of somebody; gives who has to ask elsewhere. */
static edu_status ask_next(matching *of, size_t applicant, size_t *refused, edu_error *error)
{
    const edu_match_problem *problem = of->problem;
    size_t c = of->askers[applicant].next++, k = problem->choices[c].place;
    uint64_t lot = of->askers[applicant].lot;
    if (problem->place_lots && problem->lots)
        lot = ei_lot_mix(lot ^ problem->place_lots[k]);
    const ei_held one = {problem->choices[c].priority, lot, (uint32_t)applicant,
                         problem->claims ? problem->claims[c] : 0};
    if (of->places[k].reserve)
        return ask_with_quotas(&of->places[k], problem->keeps && problem->keeps[k], one, refused,
                               error);
    *refused = ask(&of->places[k], &one);
    return EDU_OK;
}

static edu_status report(matching *of, edu_error *error)
{
    int64_t total = (int64_t)of->problem->starts[of->problem->applicant_count];
    if (of->asked % REPORT_EVERY != 0 || !of->progress.report ||
        of->progress.report(of->progress.context, "matching", (int64_t)of->asked, total))
        return EDU_OK;
    return ei_fail(error, EDU_E_CANCELLED, "match.cancelled", NULL, "the matching was cancelled");
}

/* What is asked in a while is on its way from memory by then: first of whom, then for what. */
static void fetch_ahead(const matching *of, size_t at, size_t count)
{
    if (at + 2 * AHEAD < count)
        __builtin_prefetch(&of->askers[of->queue[at + 2 * AHEAD]]);
    if (at + AHEAD < count) {
        const asker *next = &of->askers[of->queue[at + AHEAD]];
        __builtin_prefetch(&of->problem->choices[next->next]);
    }
}

/* Everybody in the queue asks once, and who is refused for that waits for the next turn. The order
 * of asking makes no difference to who gets what, nor to how much is asked. */
static edu_status take_turn(matching *of, size_t *count, edu_error *error)
{
    size_t waiting = 0, refused;
    for (size_t i = 0; i < *count; i++) {
        asker *asking = &of->askers[of->queue[i]];
        fetch_ahead(of, i, *count);
        if (asking->next == asking->end) {
            asking->next = NOTHING;
            continue;
        }
        EI_TRY(report(of, error));
        of->asked++;
        EI_TRY(ask_next(of, of->queue[i], &refused, error));
        if (refused != EDU_MATCH_NONE)
            of->queue[waiting++] = (uint32_t)refused;
    }
    *count = waiting;
    return EDU_OK;
}

static edu_status propose(matching *of, edu_error *error)
{
    const edu_match_problem *problem = of->problem;
    size_t count = problem->applicant_count;
    for (size_t i = 0; i < count; i++) {
        of->askers[i] = (asker){problem->lots ? problem->lots[i] : 0, (uint32_t)problem->starts[i],
                                (uint32_t)problem->starts[i + 1]};
        of->queue[i] = (uint32_t)i;
    }
    while (count > 0)
        EI_TRY(take_turn(of, &count, error));
    return EDU_OK;
}

/* A place needs room for no more than ask for it, who are counted only where capacities are more
 * than that. */
static bool make_room(matching *of)
{
    const edu_match_problem *problem = of->problem;
    size_t count = problem->starts[problem->applicant_count], seats = 0, from = 0;
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

/* Seats of quotas that stay empty are no room for others. */
static bool open_reserves(matching *of)
{
    const edu_match_problem *problem = of->problem;
    for (size_t k = 0; problem->quota_starts && k < problem->place_count; k++) {
        const int64_t *seats = problem->quotas + problem->quota_starts[k];
        size_t count = problem->quota_starts[k + 1] - problem->quota_starts[k];
        int64_t others = problem->capacities[k];
        if (count == 0)
            continue;
        for (size_t q = 0; q < count; q++)
            others -= seats[q];
        if (problem->keeps && problem->keeps[k] && of->places[k].room > (size_t)others)
            of->places[k].room = (size_t)others;
        of->places[k].reserve = ei_reserve_open(seats, count);
        if (!of->places[k].reserve)
            return false;
    }
    return true;
}

/* Who was not refused their last wish has it. */
static void take_result(const matching *of, edu_match_result *result, size_t *places)
{
    const edu_match_problem *problem = of->problem;
    for (size_t i = 0; i < problem->applicant_count; i++) {
        size_t next = of->askers[i].next;
        places[i] = next == NOTHING ? EDU_MATCH_NONE : problem->choices[next - 1].place;
        result->matched += next != NOTHING;
        result->first += next == problem->starts[i] + 1;
    }
    for (size_t k = 0; problem->quota_starts && k < problem->place_count; k++)
        if (of->places[k].reserve)
            result->reserved += (int64_t)ei_reserve_count(of->places[k].reserve);
    result->places = places;
}

static void free_places(matching *of)
{
    for (size_t k = 0; of->places && k < of->problem->place_count; k++)
        ei_reserve_close(of->places[k].reserve);
    ei_free(of->places);
    ei_free(of->all);
}

static edu_status match(const edu_match_problem *problem, edu_progress progress,
                        edu_match_result *result, ei_arena *arena, edu_error *error)
{
    matching of = {.problem = problem,
                   .progress = progress,
                   .places = ei_calloc(problem->place_count, sizeof *of.places),
                   .askers = ei_calloc(problem->applicant_count, sizeof *of.askers),
                   .queue = ei_calloc(problem->applicant_count, sizeof *of.queue)};
    size_t *places = ei_arena_alloc(arena, problem->applicant_count * sizeof *places);
    edu_status status = EDU_OK;
    if (!of.places || !of.askers || !of.queue || !places || !make_room(&of) || !open_reserves(&of))
        status = ei_no_memory(error);
    if (status == EDU_OK)
        status = propose(&of, error);
    if (status == EDU_OK)
        take_result(&of, result, places);
    free_places(&of);
    ei_free(of.askers);
    ei_free(of.queue);
    return status;
}

edu_status edu_match_solve(const edu_match_problem *problem, edu_progress progress,
                           edu_match_result **out, edu_error *error)
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
    edu_status status = match(problem, progress, result, arena, error);
    if (status != EDU_OK)
        edu_free(result);
    else
        *out = result;
    return status;
}
