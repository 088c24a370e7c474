/* Whether a matching is what it should be: stable, and the best of the stable ones for applicants.
 * Shares nothing with how one is made.
 *
 * Stable: every place that an applicant likes better than theirs is full, and holds nobody who
 * comes later than the applicant.
 *
 * The best: of two stable matchings one that is better for some applicants comes of the other by
 * exchanges round: of who would rather be at a place the first in its order goes there, for whom
 * its last leaves, who goes on to where they are the first that would rather be there. Who has no
 * place has none in any stable matching, so a place that such a one heads the list of gives nobody
 * up. So the matching is the best where following from place to place never comes round. */
#include <edu/allocation.h>

#include "allocation/lot.h"
#include "core/core.h"

#define NOBODY SIZE_MAX

typedef struct standing {
    int64_t priority;
    uint64_t lot;
    size_t applicant; /* NOBODY: none */
} standing;

typedef struct checking {
    const edu_match_problem *problem;
    const size_t *places; /* by applicant */
    int64_t *taken;
    standing *last, *first; /* by place: of who is there, and of who would rather be */
    size_t *seen;           /* by place: from where, counted from 1 */
    edu_error *error;
} checking;

static bool is_before(const standing *one, const standing *two)
{
    if (one->priority != two->priority)
        return one->priority < two->priority;
    return one->lot != two->lot ? one->lot < two->lot : one->applicant < two->applicant;
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

/* The applicant's choice of the place they have; NULL where they chose no such. */
static const edu_match_choice *chosen(const checking *in, size_t applicant)
{
    const edu_match_problem *problem = in->problem;
    for (size_t c = problem->starts[applicant]; c < problem->starts[applicant + 1]; c++)
        if (problem->choices[c].place == in->places[applicant])
            return &problem->choices[c];
    return NULL;
}

static edu_status seat_all(checking *in)
{
    for (size_t i = 0; i < in->problem->applicant_count; i++) {
        size_t place = in->places[i];
        if (place == EDU_MATCH_NONE)
            continue;
        const edu_match_choice *choice = chosen(in, i);
        if (!choice)
            return fail_applicant(in, "match.not_chosen", i,
                                  "an applicant has a place that they did not choose");
        if (++in->taken[place] > in->problem->capacities[place])
            return fail_applicant(in, "match.over_capacity", i,
                                  "a place has more applicants than its capacity");
        standing one = standing_of(in, i, choice);
        if (in->last[place].applicant == NOBODY || is_before(&in->last[place], &one))
            in->last[place] = one;
    }
    return EDU_OK;
}

/* Of the choices dearer than what the applicant has. */
static edu_status check_dearer(checking *in, size_t applicant)
{
    const edu_match_problem *problem = in->problem;
    for (size_t c = problem->starts[applicant]; c < problem->starts[applicant + 1]; c++) {
        const edu_match_choice *choice = &problem->choices[c];
        size_t place = choice->place;
        standing one = standing_of(in, applicant, choice);
        if (place == in->places[applicant])
            return EDU_OK;
        if (in->taken[place] < problem->capacities[place])
            return fail_applicant(in, "match.unstable", applicant,
                                  "an applicant would rather have a place that has room");
        if (in->last[place].applicant != NOBODY && is_before(&one, &in->last[place]))
            return fail_applicant(in, "match.unstable", applicant,
                                  "an applicant would rather have a place that took one who comes "
                                  "later");
        if (in->first[place].applicant == NOBODY || is_before(&one, &in->first[place]))
            in->first[place] = one;
    }
    return EDU_OK;
}

/* Where the first who would rather be here is now. */
static size_t follow(const checking *in, size_t place)
{
    size_t first = in->first[place].applicant;
    return first == NOBODY ? EDU_MATCH_NONE : in->places[first];
}

static edu_status check_best(checking *in)
{
    for (size_t from = 0; from < in->problem->place_count; from++) {
        size_t place = from;
        while (place != EDU_MATCH_NONE && in->seen[place] == 0) {
            in->seen[place] = from + 1;
            place = follow(in, place);
        }
        if (place != EDU_MATCH_NONE && in->seen[place] == from + 1)
            return fail_applicant(in, "match.not_best", in->first[place].applicant,
                                  "stable, but another stable matching is better for an applicant");
    }
    return EDU_OK;
}

static edu_status check_all(checking *in)
{
    for (size_t k = 0; k < in->problem->place_count; k++)
        in->last[k].applicant = in->first[k].applicant = NOBODY;
    EI_TRY(seat_all(in));
    for (size_t i = 0; i < in->problem->applicant_count; i++)
        EI_TRY(check_dearer(in, i));
    return check_best(in);
}

/* What would be read out of bounds. */
static edu_status check_shape(const edu_match_problem *problem, const size_t *places,
                              edu_error *error)
{
    if (!problem || !problem->starts || (!problem->capacities && problem->place_count > 0))
        return ei_bad_argument(error, "problem");
    size_t count = problem->starts[problem->applicant_count];
    for (size_t i = 0; i < problem->applicant_count; i++)
        if (problem->starts[i + 1] < problem->starts[i])
            return ei_bad_argument(error, "problem");
    for (size_t c = 0; c < count; c++)
        if (!problem->choices || problem->choices[c].place >= problem->place_count)
            return ei_bad_argument(error, "problem");
    return places || problem->applicant_count == 0 ? EDU_OK : ei_bad_argument(error, "places");
}

edu_status edu_match_check(const edu_match_problem *problem, const size_t *places, edu_error *error)
{
    EI_TRY(check_shape(problem, places, error));
    checking in = {.problem = problem,
                   .places = places,
                   .taken = ei_calloc(problem->place_count, sizeof *in.taken),
                   .last = ei_calloc(problem->place_count, sizeof *in.last),
                   .first = ei_calloc(problem->place_count, sizeof *in.first),
                   .seen = ei_calloc(problem->place_count, sizeof *in.seen),
                   .error = error};
    edu_status status =
        in.taken && in.last && in.first && in.seen ? check_all(&in) : ei_no_memory(error);
    ei_free(in.taken);
    ei_free(in.last);
    ei_free(in.first);
    ei_free(in.seen);
    return status;
}
