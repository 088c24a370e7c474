/* The peer of matchings: deferred acceptance on plain arrays, checking nothing. */
#include "matching_peer.h"

#include <stdlib.h>
#include "bench.h"

typedef struct one {
    int64_t priority;
    uint64_t lot;
    uint32_t applicant;
} one;

static bool is_later(const one *a, const one *b)
{
    return a->priority != b->priority ? a->priority > b->priority : a->lot > b->lot;
}

static void sift_up(one *heap, size_t at, one value)
{
    for (; at > 0 && is_later(&value, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = value;
}

static void sift_down(one *heap, size_t count, one value)
{
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_later(&heap[child + 1], &heap[child]))
            child++;
        if (!is_later(&heap[child], &value))
            break;
        heap[at] = heap[child];
    }
    heap[at] = value;
}

int64_t matching_peer(const edu_match_problem *problem)
{
    size_t places = problem->place_count, seats = 0;
    size_t *next = malloc(problem->applicant_count * sizeof *next);
    size_t *count = calloc(places, sizeof *count), *first = malloc((places + 1) * sizeof *first);
    for (size_t k = 0; k < places; k++) {
        if (first)
            first[k] = seats;
        seats += (size_t)problem->capacities[k];
    }
    one *heaps = malloc(seats * sizeof *heaps);
    if (!next || !count || !first || !heaps)
        bench_fail("out of memory");
    for (size_t i = 0; i < problem->applicant_count; i++)
        next[i] = problem->starts[i];
    int64_t matched = 0;
    for (size_t i = 0; i < problem->applicant_count; i++) {
        size_t asking = i;
        while (next[asking] < problem->starts[asking + 1]) {
            const edu_match_choice *choice = &problem->choices[next[asking]++];
            size_t k = choice->place;
            one value = {choice->priority, problem->lots[asking], (uint32_t)asking};
            one *heap = heaps + first[k];
            if (count[k] < (size_t)problem->capacities[k]) {
                sift_up(heap, count[k]++, value);
                matched++;
                break;
            }
            if (!is_later(&heap[0], &value))
                continue;
            asking = heap[0].applicant;
            sift_down(heap, count[k], value);
        }
    }
    free(next);
    free(count);
    free(first);
    free(heaps);
    return matched;
}
