/* Whether a matching is what it should be: stable, and the best of the stable ones for applicants.
 * Shares nothing with how one is made.
 *
 * Stable: every place that an applicant likes better than theirs is full, and holds nobody who
 * comes later than the applicant; of a place with quotas, nobody who could make room.
 *
 * The best: of two stable matchings one that is better for some applicants comes of the other by
 * exchanges round. For who leaves a place it takes one of those who would rather be there, known
 * beforehand: without quotas the first in its order. They leave another, which takes one for them,
 * and so on. Who has no place has none in any stable matching, so for whom such a one would come
 * nobody leaves. So the matching is the best where following from one to the next never comes
 * round. It is enough to look at each alone: where more leave a place, whom it takes for one of
 * them it takes all the more.
 *
 * Quotas. A set of people can sit on the seats of quotas if, and only if, for each set of quotas
 * those who count for no other are not more than its seats. Where they are as many, the set is
 * tight. So one more has room if no tight set has all quotas that they count for; else of the
 * smallest such set anybody within it could make room for them. */
#include <edu/allocation.h>

#include <stdlib.h>
#include "allocation/lot.h"
#include "core/core.h"

#define NOBODY SIZE_MAX
#define SETS_MAX (1 << EDU_MATCH_QUOTAS_MAX)
#define NO_SET UINT32_MAX
#define REPORT_EVERY (1 << 16) /* people */

typedef struct standing {
    int64_t priority;
    uint64_t lot;
    size_t applicant; /* NOBODY: none */
} standing;

/* One who has a place, or would rather have it. */
typedef struct person {
    standing at;
    uint32_t claims;
    bool has_it, is_on_quota;
} person;

/* A set of quotas of the place that is looked at. */
typedef struct quota_set {
    int64_t seats, taken; /* by those who count for no other */
    standing last;        /* of these */
    uint32_t tight;       /* the smallest tight set that has it all; NO_SET: none */
    standing next;        /* the first who comes for whoever leaves of these */
} quota_set;

/* A person, as they are kept by place. */
typedef struct wish {
    uint32_t applicant, choice;
} wish;

typedef struct checking {
    const edu_match_problem *problem;
    const size_t *places; /* by applicant */
    size_t *starts;       /* by place, where in wishes */
    wish *wishes;
    person *people;  /* of the place that is looked at */
    size_t *next;    /* by applicant: who comes for them if they leave */
    size_t *seen;    /* by applicant: from where, counted from 1 */
    size_t told;     /* people looked at, from which on progress is told again */
    size_t unstable; /* the first who is */
    const char *why;
    edu_progress progress;
    quota_set sets[SETS_MAX];
    edu_error *error;
} checking;

static bool is_before(const standing *one, const standing *two)
{
    if (one->priority != two->priority)
        return one->priority < two->priority;
    return one->lot != two->lot ? one->lot < two->lot : one->applicant < two->applicant;
}

static void keep_first(standing *first, const standing *one)
{
    if (one->applicant != NOBODY && (first->applicant == NOBODY || is_before(one, first)))
        *first = *one;
}

static standing standing_of(const checking *in, size_t applicant, const edu_match_choice *choice)
{
    const edu_match_problem *problem = in->problem;
    uint64_t lot = problem->lots ? problem->lots[applicant] : 0;
    if (problem->lots && problem->place_lots)
        lot = ei_lot_mix(lot ^ problem->place_lots[choice->place]);
    return (standing){choice->priority, lot, applicant};
}

static edu_status fail_applicant(const checking *in, const char *key, size_t applicant,
                                 const char *what)
{
    char field[48];
    snprintf(field, sizeof field, "/places/%zu", applicant);
    return ei_fail(in->error, EDU_E_INVALID, key, field, "%s", what);
}

/* ---- who has each place, and who would rather ---- */

/* How many choices of an applicant are theirs or dearer. */
static edu_status count_wanted(const checking *in, size_t applicant, size_t *count)
{
    const edu_match_problem *problem = in->problem;
    size_t from = problem->starts[applicant], to = problem->starts[applicant + 1];
    *count = to - from;
    if (in->places[applicant] == EDU_MATCH_NONE)
        return EDU_OK;
    for (size_t c = from; c < to; c++)
        if (problem->choices[c].place == in->places[applicant]) {
            *count = c + 1 - from;
            return EDU_OK;
        }
    return fail_applicant(in, "match.not_chosen", applicant,
                          "an applicant has a place that they did not choose");
}

/* taken: by place. */
static edu_status count_people(checking *in, int64_t *taken)
{
    const edu_match_problem *problem = in->problem;
    for (size_t i = 0, wanted; i < problem->applicant_count; i++) {
        EI_TRY(count_wanted(in, i, &wanted));
        for (size_t c = 0; c < wanted; c++)
            in->starts[problem->choices[problem->starts[i] + c].place]++;
        size_t place = in->places[i];
        if (place != EDU_MATCH_NONE && ++taken[place] > problem->capacities[place])
            return fail_applicant(in, "match.over_capacity", i,
                                  "a place has more applicants than its capacity");
    }
    return EDU_OK;
}

/* Of those at a place first whom the array has first. */
static edu_status list_people(checking *in)
{
    const edu_match_problem *problem = in->problem;
    size_t most = 0, total = 0;
    for (size_t k = 0; k <= problem->place_count; k++) {
        most = in->starts[k] > most ? in->starts[k] : most;
        total += in->starts[k];
        in->starts[k] = total;
    }
    in->wishes = ei_calloc(total, sizeof *in->wishes);
    in->people = ei_calloc(most, sizeof *in->people);
    if (!in->wishes || !in->people)
        return ei_no_memory(in->error);
    for (size_t i = problem->applicant_count, wanted; i-- > 0;) {
        EI_TRY(count_wanted(in, i, &wanted));
        for (size_t c = problem->starts[i]; c < problem->starts[i] + wanted; c++)
            in->wishes[--in->starts[problem->choices[c].place]] = (wish){(uint32_t)i, (uint32_t)c};
    }
    return EDU_OK;
}

static int by_standing(const void *a, const void *b)
{
    const person *one = a, *two = b;
    return is_before(&two->at, &one->at) - is_before(&one->at, &two->at);
}

static size_t gather(checking *in, size_t place)
{
    const edu_match_problem *problem = in->problem;
    size_t from = in->starts[place], count = in->starts[place + 1] - from;
    for (size_t i = 0; i < count; i++) {
        const wish *of = &in->wishes[from + i];
        in->people[i] =
            (person){.at = standing_of(in, of->applicant, &problem->choices[of->choice]),
                     .claims = problem->claims ? problem->claims[of->choice] : 0,
                     .has_it = in->places[of->applicant] == place};
    }
    qsort(in->people, count, sizeof *in->people, by_standing);
    return count;
}

/* ---- one place ---- */

typedef struct visit {
    size_t index, quotas, count;
    bool keeps;
    int64_t room;   /* seats left, but those of quotas */
    standing last;  /* on such a seat */
    standing first; /* of those who would rather be here */
} visit;

static uint32_t set_count(const visit *at)
{
    return UINT32_C(1) << at->quotas;
}

static void begin_place(checking *in, size_t index, visit *at)
{
    const edu_match_problem *problem = in->problem;
    const size_t *starts = problem->quota_starts;
    const int64_t *quotas = starts ? problem->quotas + starts[index] : NULL;
    *at = (visit){.index = index,
                  .quotas = starts ? starts[index + 1] - starts[index] : 0,
                  .keeps = problem->keeps && problem->keeps[index],
                  .room = problem->capacities[index],
                  .last.applicant = NOBODY,
                  .first.applicant = NOBODY};
    for (uint32_t s = 0; s < set_count(at); s++) {
        in->sets[s] = (quota_set){.last.applicant = NOBODY, .next.applicant = NOBODY};
        for (size_t q = 0; q < at->quotas; q++)
            in->sets[s].seats += s >> q & 1 ? quotas[q] : 0;
    }
    if (at->keeps)
        at->room -= in->sets[set_count(at) - 1].seats;
    at->count = gather(in, index);
}

/* The next set that has all of `within`, none bigger than `all`: 0 at the end. */
static uint32_t next_with(uint32_t set, uint32_t within, uint32_t all)
{
    return set == all ? 0 : ((set + 1) | within);
}

static bool fits(const checking *in, const visit *at, uint32_t claims)
{
    uint32_t all = set_count(at) - 1;
    for (uint32_t s = claims; s != 0; s = next_with(s, claims, all))
        if (in->sets[s].taken == in->sets[s].seats)
            return false;
    return claims != 0;
}

/* People come in the order of the place, so that who comes is the last. */
static void settle(checking *in, visit *at, person *one)
{
    uint32_t all = set_count(at) - 1;
    one->is_on_quota = fits(in, at, one->claims);
    at->room -= !one->is_on_quota || !at->keeps;
    if (!one->is_on_quota)
        at->last = one->at;
    for (uint32_t s = one->is_on_quota ? one->claims : 0; s != 0;
         s = next_with(s, one->claims, all)) {
        in->sets[s].taken++;
        in->sets[s].last = one->at;
    }
}

/* Two tight sets have a tight one in common. */
static void find_tight(checking *in, const visit *at)
{
    for (uint32_t s = 0; s < set_count(at); s++)
        in->sets[s].tight = in->sets[s].taken == in->sets[s].seats ? s : NO_SET;
    for (size_t q = 0; q < at->quotas; q++)
        for (uint32_t s = 0; s < set_count(at); s++)
            if (!(s >> q & 1))
                in->sets[s].tight &= in->sets[s | UINT32_C(1) << q].tight;
}

static bool comes_before(const standing *one, const standing *last)
{
    return last->applicant != NOBODY && is_before(one, last);
}

/* NULL: they would not get it if they asked. */
static const char *why_unstable(const checking *in, const visit *at, const person *one)
{
    uint32_t tight = in->sets[one->claims].tight;
    bool counts = one->claims != 0;
    if (at->room > 0 || (counts && tight == NO_SET))
        return "an applicant would rather have a place that has room";
    if (comes_before(&one->at, &at->last) ||
        (counts && comes_before(&one->at, &in->sets[tight].last)))
        return "an applicant would rather have a place that took one who comes later";
    return NULL;
}

static void check_wanting(checking *in, const visit *at, const person *one)
{
    const char *why = why_unstable(in, at, one);
    if (!why || (in->unstable != NOBODY && in->unstable < one->at.applicant))
        return;
    in->unstable = one->at.applicant;
    in->why = why;
}

/* Who of all not on seats of quotas is the first that can come to one of each set. */
static void find_next(checking *in, visit *at)
{
    for (size_t i = 0; i < at->count; i++) {
        const person *one = &in->people[i];
        if (!one->has_it)
            keep_first(&at->first, &one->at);
        if (!one->is_on_quota && one->claims != 0 && in->sets[one->claims].tight != NO_SET)
            keep_first(&in->sets[in->sets[one->claims].tight].next, &one->at);
    }
    for (size_t q = 0; q < at->quotas; q++)
        for (uint32_t s = 0; s < set_count(at); s++)
            if (!(s >> q & 1))
                keep_first(&in->sets[s].next, &in->sets[s | UINT32_C(1) << q].next);
}

/* Who comes if one leaves: to their seat, or, from another of the place, then to that. */
static size_t next_of(const checking *in, const visit *at, const person *one)
{
    size_t next = one->is_on_quota ? in->sets[one->claims].next.applicant : at->first.applicant;
    if (next == NOBODY)
        return at->keeps ? NOBODY : at->first.applicant;
    return in->places[next] == at->index ? at->first.applicant : next;
}

static edu_status check_place(checking *in, size_t index)
{
    visit at;
    begin_place(in, index, &at);
    for (size_t i = 0; i < at.count; i++)
        if (in->people[i].has_it)
            settle(in, &at, &in->people[i]);
    if (at.room < 0)
        return fail_applicant(in, "match.over_quota", at.last.applicant,
                              "an applicant has a seat that is kept for those of a quota");
    find_tight(in, &at);
    for (size_t i = 0; i < at.count; i++)
        if (!in->people[i].has_it)
            check_wanting(in, &at, &in->people[i]);
    find_next(in, &at);
    for (size_t i = 0; i < at.count; i++)
        if (in->people[i].has_it)
            in->next[in->people[i].at.applicant] = next_of(in, &at, &in->people[i]);
    return EDU_OK;
}

static edu_status check_best(checking *in)
{
    for (size_t from = 0; from < in->problem->applicant_count; from++) {
        size_t one = from;
        while (one != NOBODY && in->seen[one] == 0) {
            in->seen[one] = from + 1;
            one = in->next[one];
        }
        if (one != NOBODY && in->seen[one] == from + 1)
            return fail_applicant(in, "match.not_best", one,
                                  "stable, but another stable matching is better for an applicant");
    }
    return EDU_OK;
}

/* What of the places is done is told when so many people more were looked at. */
static edu_status report(checking *in, size_t place)
{
    size_t total = in->starts[in->problem->place_count];
    if (in->starts[place] < in->told || !in->progress.report)
        return EDU_OK;
    in->told = in->starts[place] + REPORT_EVERY;
    if (in->progress.report(in->progress.context, "checking", (int64_t)in->starts[place],
                            (int64_t)total))
        return EDU_OK;
    return ei_fail(in->error, EDU_E_CANCELLED, "match.cancelled", NULL, "the check was cancelled");
}

static edu_status check_all(checking *in, int64_t *taken)
{
    EI_TRY(count_people(in, taken));
    EI_TRY(list_people(in));
    for (size_t i = 0; i < in->problem->applicant_count; i++)
        in->next[i] = NOBODY;
    for (size_t k = 0; k < in->problem->place_count; k++) {
        EI_TRY(report(in, k));
        EI_TRY(check_place(in, k));
    }
    if (in->unstable != NOBODY)
        return fail_applicant(in, "match.unstable", in->unstable, in->why);
    return check_best(in);
}

static bool is_count(int64_t number)
{
    return number >= 0 && number <= EDU_ALLOCATION_COUNT_MAX;
}

/* What would be read out of bounds, or counted beyond them. */
static edu_status check_quota_shape(const edu_match_problem *problem, edu_error *error)
{
    const size_t *starts = problem->quota_starts;
    size_t count = problem->starts[problem->applicant_count];
    for (size_t k = 0; starts && k < problem->place_count; k++)
        if (starts[k + 1] < starts[k] || starts[k + 1] - starts[k] > EDU_MATCH_QUOTAS_MAX)
            return ei_bad_argument(error, "problem");
    size_t quotas = starts ? starts[problem->place_count] : 0;
    for (size_t q = starts ? starts[0] : 0; q < quotas; q++)
        if (!problem->quotas || !is_count(problem->quotas[q]))
            return ei_bad_argument(error, "problem");
    for (size_t c = 0; problem->claims && c < count; c++) {
        size_t place = problem->choices[c].place;
        if (problem->claims[c] >> (starts ? starts[place + 1] - starts[place] : 0) != 0)
            return ei_bad_argument(error, "problem");
    }
    return EDU_OK;
}

static edu_status check_shape(const edu_match_problem *problem, const size_t *places,
                              edu_error *error)
{
    if (!problem || !problem->starts || (!problem->capacities && problem->place_count > 0))
        return ei_bad_argument(error, "problem");
    size_t count = problem->starts[problem->applicant_count];
    if (count > EDU_MATCH_CHOICES_MAX || problem->applicant_count > EDU_ALLOCATION_COUNT_MAX)
        return ei_bad_argument(error, "problem");
    for (size_t i = 0; i < problem->applicant_count; i++)
        if (problem->starts[i + 1] < problem->starts[i])
            return ei_bad_argument(error, "problem");
    for (size_t c = 0; c < count; c++)
        if (!problem->choices || problem->choices[c].place >= problem->place_count)
            return ei_bad_argument(error, "problem");
    for (size_t k = 0; k < problem->place_count; k++)
        if (!is_count(problem->capacities[k]))
            return ei_bad_argument(error, "problem");
    if (!places && problem->applicant_count > 0)
        return ei_bad_argument(error, "places");
    return check_quota_shape(problem, error);
}

edu_status edu_match_check(const edu_match_problem *problem, const size_t *places,
                           edu_progress progress, edu_error *error)
{
    EI_TRY(check_shape(problem, places, error));
    checking *in = ei_calloc(1, sizeof *in);
    int64_t *taken = ei_calloc(problem->place_count, sizeof *taken);
    edu_status status = in && taken ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK) {
        *in = (checking){.problem = problem,
                         .places = places,
                         .progress = progress,
                         .unstable = NOBODY,
                         .error = error};
        in->starts = ei_calloc(problem->place_count + 1, sizeof *in->starts);
        in->next = ei_calloc(problem->applicant_count, sizeof *in->next);
        in->seen = ei_calloc(problem->applicant_count, sizeof *in->seen);
        status = in->starts && in->next && in->seen ? check_all(in, taken) : ei_no_memory(error);
        ei_free(in->starts);
        ei_free(in->wishes);
        ei_free(in->people);
        ei_free(in->next);
        ei_free(in->seen);
    }
    ei_free(in);
    ei_free(taken);
    return status;
}
