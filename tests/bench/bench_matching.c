/* Deferred acceptance against the same on plain arrays in C. Made ready before the clock runs: the
 * choices in memory. Nine of ten can have a place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocation_instance.h"
#include "bench.h"
#include "matching_peer.h"

#define ROUNDS 5

typedef struct size {
    const char *name;
    size_t applicants, places, choices;
} size;

static const size sizes[] = {{"matching.100000x1000x10", 100000, 1000, 10},
                             {"matching.1000000x4500x10", 1000000, 4500, 10}};

static uint64_t state;

static uint64_t next(void)
{
    uint64_t x = state += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

/* Some places are dearer to all than others; none is chosen twice. */
static size_t draw_place(const edu_match_choice *before, size_t count, size_t places)
{
    for (;;) {
        uint64_t one = next() % places, two = next() % places;
        size_t drawn = (size_t)(one < two ? one : two);
        size_t i = 0;
        while (i < count && before[i].place != drawn)
            i++;
        if (i == count)
            return drawn;
    }
}

/* Priorities of ten kinds, such as points; a draw decides among equal ones. */
static edu_match_problem make(const size *of)
{
    size_t *starts = malloc((of->applicants + 1) * sizeof *starts);
    edu_match_choice *choices = malloc(of->applicants * of->choices * sizeof *choices);
    int64_t *capacities = malloc(of->places * sizeof *capacities);
    uint64_t *lots = malloc(of->applicants * sizeof *lots);
    if (!starts || !choices || !capacities || !lots)
        bench_fail("out of memory");
    state = 7;
    for (size_t k = 0; k < of->places; k++)
        capacities[k] = (int64_t)(of->applicants * 9 / 10 / of->places);
    for (size_t i = 0; i <= of->applicants; i++)
        starts[i] = i * of->choices;
    for (size_t i = 0; i < of->applicants; i++) {
        lots[i] = next();
        for (size_t c = 0; c < of->choices; c++) {
            edu_match_choice *mine = choices + starts[i];
            mine[c] = (edu_match_choice){draw_place(mine, c, of->places), (int64_t)(next() % 10)};
        }
    }
    return (edu_match_problem){.applicant_count = of->applicants,
                               .place_count = of->places,
                               .starts = starts,
                               .choices = choices,
                               .capacities = capacities,
                               .lots = lots};
}

static double run_ours(const edu_match_problem *problem, int64_t expected)
{
    edu_match_result *result;
    edu_error error = EDU_ERROR_INIT;
    double from = instance_seconds();
    bench_check(edu_match_solve(problem, (edu_progress){0}, &result, &error), &error, "a matching");
    double taken = instance_seconds() - from;
    if (result->matched != expected)
        bench_fail("another matching");
    bench_check(edu_match_check(problem, result->places, (edu_progress){0}, &error), &error,
                "its check");
    edu_free(result);
    return taken;
}

static void compare(const size *of)
{
    double ours[ROUNDS], peer[ROUNDS];
    edu_match_problem problem = make(of);
    for (size_t round = 0; round < ROUNDS; round++) {
        double from = instance_seconds();
        int64_t matched = matching_peer(&problem);
        peer[round] = instance_seconds() - from;
        ours[round] = run_ours(&problem, matched);
    }
    double mine = bench_median(ours, ROUNDS), theirs = bench_median(peer, ROUNDS);
    printf(
        "{\"bench\":\"%s\",\"value\":%.4f,\"unit\":\"seconds of processor time\",\"peer\":\"plain "
        "arrays\",\"peer_value\":%.4f,\"ratio\":%.2f}\n",
        of->name, mine, theirs, theirs / mine);
    fflush(stdout);
    free((void *)(uintptr_t)problem.starts);
    free((void *)(uintptr_t)problem.choices);
    free((void *)(uintptr_t)problem.capacities);
    free((void *)(uintptr_t)problem.lots);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bool is_wanted = argc == 1;
        for (int k = 1; k < argc; k++)
            is_wanted = is_wanted || strncmp(sizes[i].name, argv[k], strlen(argv[k])) == 0;
        if (is_wanted)
            compare(&sizes[i]);
    }
    return 0;
}
