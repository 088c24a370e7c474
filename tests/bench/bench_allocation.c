/* The allocation against LEMON's network simplex, on the same problems, each run in a process of
 * its own, so that its memory is its own. Made ready before the clock runs: the sites in memory. */
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocation_rows.h"

#define ROUNDS 3
/* Of the peer, above so many seconds, one round. */
#define LONG 8
#define ID_BYTES 12
#define LATE 1000
#define LATE_INSTANCE "groups_45000x1000"

static const char *const names[] = {"groups_4500x200",   "groups_4500x1000", "scarce_4500x1000",
                                    "groups_45000x1000", "homes_100000x200", "homes_100000x1000"};

/* Harder to get right than to solve: only by their names, or as "allocation.harder". */
static const char *const harder[] = {"point_4500x200",  "same_4500x200",   "line_4500x200",
                                     "line_4500x1000",  "coarse_4500x200", "coarse_20000x300",
                                     "scarce_300x1000", "groups_4500x1",   "zones_4500x200"};

typedef struct measured {
    int64_t cost;
    double seconds, kilobytes;
} measured;

/* ---- one run of the library ---- */

static edu_allocation_site *take_sites(const instance_site *from, size_t count, char letter)
{
    edu_allocation_site *made = calloc(count, sizeof *made);
    char *ids = malloc(count * ID_BYTES);
    if (!made || !ids)
        bench_fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        char *id = ids + i * ID_BYTES;
        snprintf(id, ID_BYTES, "%c%07zu", letter, i % 10000000);
        made[i] = (edu_allocation_site){
            id, from[i].zone ? "east" : "", from[i].x, from[i].y, from[i].count, 0};
    }
    return made;
}

edu_allocation_problem allocation_problem(const char *name)
{
    static const uint8_t seed[] = "bench";
    instance in;
    instance_make(name, &in);
    return (edu_allocation_problem){.place_count = in.place_count,
                                    .centre_count = in.centre_count,
                                    .places = take_sites(in.places, in.place_count, 'p'),
                                    .centres = take_sites(in.centres, in.centre_count, 'c'),
                                    .seed = seed,
                                    .seed_size = sizeof seed};
}

static edu_allocation_result *solve(const edu_allocation_problem *problem, double *seconds)
{
    edu_allocation_result *result;
    edu_error error = EDU_ERROR_INIT;
    double from = instance_seconds();
    bench_check(edu_allocation_solve(problem, (edu_progress){NULL, NULL}, &result, &error), &error,
                "an allocation");
    *seconds = instance_seconds() - from;
    return result;
}

static int run_ours(const char *name)
{
    edu_allocation_problem problem = allocation_problem(name);
    double seconds;
    edu_allocation_result *result = solve(&problem, &seconds);
    instance_print(result->cost_m, seconds);
    edu_free(result);
    return 0;
}

/* ---- pupils who come late ---- */

/* Each from a home of their own beside some school, others moved as far as that pays. */
static double add_late(edu_allocation_plan *plan, const edu_allocation_problem *problem, size_t n)
{
    char id[ID_BYTES];
    const edu_allocation_site *near = &problem->places[n * 7919 % problem->place_count];
    edu_allocation_site late = {id, "", near->x_m + (int64_t)(n % 997), near->y_m, 0, 0};
    edu_error error = EDU_ERROR_INIT;
    snprintf(id, sizeof id, "late%zu", n % 100000);
    double from = bench_seconds();
    bench_check(edu_allocation_add(plan, &late, 0, NULL, &error), &error, "a late pupil");
    return bench_seconds() - from;
}

/* All those who came late, solved anew with the others, come to the same. */
static void check_late(edu_allocation_plan *plan, double *seconds)
{
    edu_allocation_problem *problem;
    edu_allocation_result *result;
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_allocation_current(plan, &problem, &result, &error), &error, "the plan");
    edu_allocation_result *fresh = solve(problem, seconds);
    if (fresh->cost_m != result->cost_m)
        bench_fail("late: %" PRId64 " m, solved anew %" PRId64 " m", result->cost_m, fresh->cost_m);
    edu_free(fresh);
    edu_free(result);
    edu_free(problem);
}

static void compare_late(void)
{
    static double taken[LATE];
    edu_allocation_problem problem = allocation_problem(LATE_INSTANCE);
    double seconds;
    edu_allocation_result *result = solve(&problem, &seconds);
    edu_allocation_plan *plan;
    edu_error error = EDU_ERROR_INIT;
    bench_check(edu_allocation_open(&problem, result, &plan, &error), &error, "a plan");
    edu_free(result);
    for (size_t n = 0; n < LATE; n++)
        taken[n] = add_late(plan, &problem, n);
    check_late(plan, &seconds);
    edu_allocation_close(plan);
    double median = bench_median(taken, LATE);
    printf(
        "{\"bench\":\"allocation.late\",\"value\":%.4f,\"unit\":\"milliseconds\",\"peer\":\"a full "
        "solve\",\"peer_value\":%.4f,\"ratio\":%.0f}\n",
        median * 1000, seconds * 1000, seconds / median);
    fflush(stdout);
}

/* ---- the comparison ---- */

static measured run_program(const char *program, const char *name)
{
    char command[4096];
    measured out;
    snprintf(command, sizeof command, "%s %s", program, name);
    FILE *pipe = popen(command, "r");
    if (!pipe ||
        fscanf(pipe, "%" SCNd64 " %lf %lf", &out.cost, &out.seconds, &out.kilobytes) != 3 ||
        pclose(pipe) != 0)
        bench_fail("%s failed", command);
    return out;
}

static void print_row(const char *name, const char *what, const char *unit, double ours,
                      double peer)
{
    printf(
        "{\"bench\":\"allocation.%s.%s\",\"value\":%.4f,\"unit\":\"%s\",\"peer\":\"LEMON's network "
        "simplex\",\"peer_value\":%.4f,\"ratio\":%.2f}\n",
        name, what, ours, unit, peer, peer / ours);
    fflush(stdout);
}

static void compare(const char *self, const char *lemon, const char *name)
{
    double ours[ROUNDS], peer[ROUNDS], our_memory = 0, peer_memory = 0;
    size_t rounds = 0;
    do {
        measured a = run_program(self, name), b = run_program(lemon, name);
        if (a.cost != b.cost)
            bench_fail("%s: %" PRId64 " m here, %" PRId64 " m there", name, a.cost, b.cost);
        ours[rounds] = a.seconds;
        peer[rounds] = b.seconds;
        our_memory = a.kilobytes > our_memory ? a.kilobytes : our_memory;
        peer_memory = b.kilobytes > peer_memory ? b.kilobytes : peer_memory;
        rounds++;
    } while (rounds < ROUNDS && peer[0] < LONG);
    print_row(name, "time", "seconds of processor time", bench_median(ours, rounds),
              bench_median(peer, rounds));
    print_row(name, "memory", "megabytes", our_memory / 1024, peer_memory / 1024);
}

static bool is_wanted(int argc, char **argv, const char *name)
{
    char row[64];
    snprintf(row, sizeof row, "allocation.%s", name);
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "allocation") == 0 || strncmp(argv[i], row, strlen(row)) == 0)
            return true;
    return argc == 0;
}

static bool is_named(int argc, char **argv, const char *name)
{
    char row[64];
    snprintf(row, sizeof row, "allocation.%s", name);
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], row) == 0)
            return true;
    return false;
}

/* Of one part, in a process of its own; -1: that is not asked for. */
static int run_part(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    if (strcmp(what, "--solve") == 0)
        return run_ours(argv[2]);
    if (argc == 4 && strcmp(what, "--transcript-write") == 0)
        return transcript_write(argv[2], argv[3]);
    if (argc == 4 && strcmp(what, "--transcript-check") == 0)
        return transcript_check(argv[3]);
    if (argc == 4 && strcmp(what, "--transcript-hash") == 0)
        return transcript_hash(argv[3]);
    return -1;
}

/*   bench_allocation FOLDER SERVICE [NAME…] */
int main(int argc, char **argv)
{
    int code = run_part(argc, argv);
    if (code >= 0)
        return code;
    if (argc < 3)
        bench_fail("wanted: FOLDER SERVICE [NAME…]");
    char self[2048], lemon[2048], folder[1024];
    snprintf(folder, sizeof folder, "%s", argv[0]);
    snprintf(self, sizeof self, "%s --solve", argv[0]);
    snprintf(lemon, sizeof lemon, "%s/allocation_lemon", dirname(folder));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_wanted(argc - 3, argv + 3, names[i]))
            compare(self, lemon, names[i]);
    for (size_t i = 0; i < sizeof harder / sizeof *harder; i++)
        if (is_named(argc - 3, argv + 3, harder[i]) || is_named(argc - 3, argv + 3, "harder"))
            compare(self, lemon, harder[i]);
    if (is_wanted(argc - 3, argv + 3, "late"))
        compare_late();
    if (is_wanted(argc - 3, argv + 3, "transcript"))
        transcript_compare(argv[0], argv[1]);
    if (is_wanted(argc - 3, argv + 3, "national"))
        national_compare(argv[1], argv[2]);
    return 0;
}
