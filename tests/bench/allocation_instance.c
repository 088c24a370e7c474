#include "allocation_instance.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define WIDTH 1000000
#define HEIGHT 600000
#define PUPILS 1000000
#define TOWNS 70

static uint64_t state;

static uint64_t next(void)
{
    uint64_t x = state += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static int64_t below(int64_t limit)
{
    return (int64_t)(next() % (uint64_t)limit);
}

/* About a normal distribution, of standard deviation 0.7. */
static double bell(void)
{
    double sum = 0;
    for (int i = 0; i < 6; i++)
        sum += (double)below(1000) / 1000 - 0.5;
    return sum;
}

typedef struct town {
    int64_t x, y;
    double people; /* share of all, added up */
    double radius;
} town;

static void make_towns(town *towns)
{
    double sum = 0;
    for (int i = 0; i < TOWNS; i++)
        sum += 1 / (1 + 0.6 * i);
    double part = 0;
    for (int i = 0; i < TOWNS; i++) {
        part += 1 / (1 + 0.6 * i) / sum;
        towns[i] = (town){below(WIDTH), below(HEIGHT), part, 3000 + 25000 / (1 + 0.6 * i)};
    }
}

static int64_t within(double value, int64_t limit)
{
    return value < 0 ? 0 : value >= (double)limit ? limit - 1 : (int64_t)value;
}

/* Four of five live in a town or near it. */
static void settle(const town *towns, instance_site *site)
{
    double where = (double)below(1000000) / 1e6;
    int t = 0;
    while (t < TOWNS - 1 && where > towns[t].people)
        t++;
    double x = bell() * towns[t].radius, y = bell() * towns[t].radius;
    if (below(5) == 0) {
        site->x = below(WIDTH);
        site->y = below(HEIGHT);
    } else {
        site->x = within((double)towns[t].x + x, WIDTH);
        site->y = within((double)towns[t].y + y, HEIGHT);
    }
}

/* Shares out so many by weights that differ as sizes of schools do; nobody is left over. */
static void share_out(instance_site *sites, size_t count, int64_t all, double spread)
{
    double *weights = malloc(count * sizeof *weights), sum = 0;
    int64_t left = all;
    if (!weights)
        abort();
    for (size_t i = 0; i < count; i++)
        sum += weights[i] = exp(bell() * spread);
    for (size_t i = 0; i < count; i++)
        left -= sites[i].count = (int64_t)((double)all * (weights[i] / sum));
    for (size_t i = 0; left > 0; i = (i + 1) % count, left--)
        sites[i].count++;
    free(weights);
}

/* Where distances tie: all at one point, with the centres or without them; on a line; on a grid so
 * coarse that most are equal. */
static void tie(const char *kind, instance *of)
{
    int is_same = strcmp(kind, "same") == 0, is_point = is_same || strcmp(kind, "point") == 0;
    int is_line = strcmp(kind, "line") == 0, is_coarse = strcmp(kind, "coarse") == 0;
    size_t all = of->place_count + of->centre_count;
    for (size_t i = 0; i < all; i++) {
        int is_place = i < of->place_count;
        instance_site *site = is_place ? &of->places[i] : &of->centres[i - of->place_count];
        if (is_point && (is_place || is_same))
            site->x = site->y = 1000;
        if (is_line)
            site->y = 0;
        if (is_coarse) {
            site->x -= site->x % 200000;
            site->y -= site->y % 200000;
        }
    }
}

/* The east is a zone of its own; where a zone has too few seats, one of its centres gets them. */
static void part(instance *of)
{
    int64_t missing[2] = {0, 0};
    instance_site *some[2] = {NULL, NULL};
    for (size_t i = 0; i < of->place_count + of->centre_count; i++) {
        int is_place = i < of->place_count;
        instance_site *site = is_place ? &of->places[i] : &of->centres[i - of->place_count];
        site->zone = site->x > WIDTH * 7 / 10;
        missing[site->zone] += is_place ? site->count : -site->count;
        some[site->zone] = site;
    }
    for (int zone = 0; zone < 2; zone++)
        some[zone]->count += missing[zone] > 0 ? missing[zone] : 0;
}

void instance_make(const char *name, instance *out)
{
    town towns[TOWNS];
    char kind[16];
    if (sscanf(name, "%15[a-z]_%zux%zu", kind, &out->place_count, &out->centre_count) != 3) {
        fprintf(stderr, "no instance: %s\n", name);
        exit(1);
    }
    out->places = calloc(out->place_count, sizeof *out->places);
    out->centres = calloc(out->centre_count, sizeof *out->centres);
    if (!out->places || !out->centres)
        abort();
    state = 1;
    make_towns(towns);
    int is_homes = strcmp(kind, "homes") == 0;
    int is_parted = strcmp(kind, "zones") == 0;
    int is_scarce = !is_homes && !is_parted && strcmp(kind, "groups") != 0;
    int64_t pupils = is_homes ? (int64_t)out->place_count : PUPILS;
    for (size_t i = 0; i < out->place_count; i++) {
        settle(towns, &out->places[i]);
        out->places[i].count = 1;
    }
    if (!is_homes)
        share_out(out->places, out->place_count, pupils, 1.2);
    for (size_t k = 0; k < out->centre_count; k++) {
        const instance_site *near = &out->places[below((int64_t)out->place_count)];
        out->centres[k].x =
            is_scarce ? below(WIDTH) : within((double)near->x + bell() * 3000, WIDTH);
        out->centres[k].y =
            is_scarce ? below(HEIGHT) : within((double)near->y + bell() * 3000, HEIGHT);
    }
    share_out(out->centres, out->centre_count, is_scarce ? pupils : pupils + pupils / 10, 1);
    tie(kind, out);
    if (is_parted)
        part(out);
}

void instance_free(instance *in)
{
    free(in->places);
    free(in->centres);
}

double instance_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void instance_print(int64_t cost, double seconds)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%" PRId64 " %.9f %ld\n", cost, seconds, used.ru_maxrss);
}
