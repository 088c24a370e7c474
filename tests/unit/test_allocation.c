/* The solver, against exhaustive search, against a plain solver that shares nothing with it,
 * against proven optima, and against the checker of `edu check-allocation`. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <jansson.h>
#include <edu/allocation.h>
#include "../../examples/cli/checker.h"
#include "allocation_world.h"
#include "fail_later.h"
#include "../tap.h"

/* ---- a plain solver: pupil by pupil, by Bellman and Ford over the pairs ---- */

#define SMALL 40
#define FAR ((cost)1 << 125)

typedef struct plain {
    cost costs[SMALL][SMALL];
    int64_t flow[SMALL][SMALL], left[SMALL], free[SMALL];
    cost to_place[SMALL], to_centre[SMALL];
    size_t place_before[SMALL], centre_before[SMALL];
    cost total;
} plain;

static void relax_all(plain *of, size_t from)
{
    for (size_t i = 0; i < place_count; i++)
        of->to_place[i] = i == from ? 0 : FAR;
    for (size_t k = 0; k < centre_count; k++)
        of->to_centre[k] = FAR;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < place_count; i++)
            for (size_t k = 0; k < centre_count; k++) {
                if (of->to_place[i] < FAR && of->to_place[i] + of->costs[i][k] < of->to_centre[k]) {
                    of->to_centre[k] = of->to_place[i] + of->costs[i][k];
                    of->centre_before[k] = i;
                    changed = true;
                }
                if (of->flow[i][k] > 0 && of->to_centre[k] < FAR &&
                    of->to_centre[k] - of->costs[i][k] < of->to_place[i]) {
                    of->to_place[i] = of->to_centre[k] - of->costs[i][k];
                    of->place_before[i] = k;
                    changed = true;
                }
            }
    }
}

static void add_one(plain *of, size_t from)
{
    size_t best = SIZE_MAX;
    relax_all(of, from);
    for (size_t k = 0; k < centre_count; k++)
        if (of->free[k] > 0 && (best == SIZE_MAX || of->to_centre[k] < of->to_centre[best]))
            best = k;
    ck_assert_uint_ne(best, SIZE_MAX);
    of->free[best]--;
    of->total += of->to_centre[best];
    for (size_t k = best;;) {
        size_t i = of->centre_before[k];
        of->flow[i][k]++;
        if (i == from)
            break;
        k = of->place_before[i];
        of->flow[i][k]--;
    }
}

static void solve_plainly(plain *of, size_t with_seat_more)
{
    *of = (plain){0};
    for (size_t i = 0; i < place_count; i++)
        for (size_t k = 0; k < centre_count; k++)
            of->costs[i][k] = cost_of(i, k);
    for (size_t k = 0; k < centre_count; k++)
        of->free[k] = centres[k].count + (k == with_seat_more);
    for (size_t i = 0; i < place_count; i++)
        for (int64_t p = 0; p < places[i].count; p++)
            add_one(of, i);
}

/* Cost, flows and rents are those of the plain solver; a rent is what a seat more saves. */
static void compare_with_plain(void)
{
    static plain first, other;
    size_t flows = 0;
    solve_plainly(&first, SIZE_MAX);
    edu_allocation_result *result = solve();
    ck_assert_int_eq(result->cost_m, metres_of(first.total));
    for (size_t i = 0; i < place_count; i++)
        for (size_t k = 0; k < centre_count; k++)
            flows += first.flow[i][k] > 0;
    ck_assert_uint_eq(result->flow_count, flows);
    for (size_t i = 0; i < result->flow_count; i++) {
        const edu_allocation_flow *flow = &result->flows[i];
        ck_assert_int_eq(flow->pupils, first.flow[flow->place][flow->centre]);
    }
    for (size_t k = 0; k < centre_count; k++) {
        solve_plainly(&other, k);
        ck_assert_int_eq(result->rents[k], metres_of(first.total) - metres_of(other.total));
    }
    edu_free(result);
}

START_TEST(small_ones_against_a_plain_solver)
{
    for (int turn = 0; turn < (is_nightly() ? 10000 : TAP_MANY(400)); turn++) {
        state = (uint64_t)turn;
        make_random(1 + draw(12), 1 + draw(6), 4, draw(2) ? 0 : 12);
        compare_with_plain();
    }
}
END_TEST

/* ---- every allocation of very few pupils ---- */

typedef struct search {
    size_t pupils, place[8];
    size_t at[8], best_at[8]; /* centre by pupil */
    int64_t free[8];
    cost least;
} search;

static void try_all(search *of, size_t pupil, cost so_far)
{
    if (pupil == of->pupils) {
        if (so_far < of->least) {
            of->least = so_far;
            memcpy(of->best_at, of->at, sizeof of->at);
        }
        return;
    }
    for (size_t k = 0; k < centre_count; k++) {
        if (of->free[k] == 0)
            continue;
        of->free[k]--;
        of->at[pupil] = k;
        try_all(of, pupil + 1, so_far + cost_of(of->place[pupil], k));
        of->free[k]++;
    }
}

static void search_all(search *of, size_t with_seat_more)
{
    *of = (search){.least = FAR};
    for (size_t k = 0; k < centre_count; k++)
        of->free[k] = centres[k].count + (k == with_seat_more);
    for (size_t i = 0; i < place_count; i++)
        for (int64_t p = 0; p < places[i].count; p++)
            of->place[of->pupils++] = i;
    try_all(of, 0, 0);
}

START_TEST(tiny_ones_against_exhaustive_search)
{
    for (int turn = 0; turn < (is_nightly() ? 100000 : TAP_MANY(3000)); turn++) {
        search all, more;
        state = (uint64_t)turn;
        make_random(1 + draw(3), 1 + draw(4), 2, draw(4));
        edu_allocation_result *result = solve();
        search_all(&all, SIZE_MAX);
        ck_assert_int_eq(result->cost_m, metres_of(all.least));
        int64_t found = 0;
        for (size_t i = 0; i < result->flow_count; i++) {
            const edu_allocation_flow *flow = &result->flows[i];
            int64_t expected = 0;
            for (size_t p = 0; p < all.pupils; p++)
                expected += all.place[p] == flow->place && all.best_at[p] == flow->centre;
            ck_assert_int_eq(flow->pupils, expected);
            found += expected;
        }
        ck_assert_int_eq(found, (int64_t)all.pupils);
        for (size_t k = 0; k < centre_count; k++) {
            search_all(&more, k);
            ck_assert_int_eq(result->rents[k], metres_of(all.least) - metres_of(more.least));
        }
        edu_free(result);
    }
}
END_TEST

/* ---- the checker ---- */

typedef struct files {
    char *places, *centres, *flows, *transcript;
} files;

static char *write_sites(const edu_allocation_site *sites, size_t count, const char *header)
{
    char *text = malloc(count * 80 + 100), *at = text;
    at += sprintf(at, "id,x_m,y_m,%s,zone\n", header);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%s\n", sites[i].id, sites[i].x_m,
                      sites[i].y_m, sites[i].count, sites[i].zone ? sites[i].zone : "");
    return text;
}

static edu_bytes edu_text(const char *text)
{
    return (edu_bytes){text, strlen(text)};
}

static check_bytes text_of(const char *text)
{
    return (check_bytes){text, strlen(text)};
}

static files write_files(const edu_allocation_result *result)
{
    edu_allocation_problem given = problem();
    files made = {.places = write_sites(places, place_count, "pupils"),
                  .centres = write_sites(centres, centre_count, "capacity")};
    ck_assert_int_eq(edu_allocation_flows_csv(&given, result, &made.flows, NULL), EDU_OK);
    ck_assert_int_eq(edu_allocation_transcript(&given, result, edu_text(made.places),
                                               edu_text(made.centres), &made.transcript, NULL),
                     EDU_OK);
    return made;
}

static void free_files(files *made)
{
    free(made->places);
    free(made->centres);
    edu_free(made->flows);
    edu_free(made->transcript);
}

static bool is_accepted(const files *given, const char *flows, const char *transcript,
                        check_fault *fault)
{
    check_claim claim;
    bool good =
        check_read(text_of(given->places), text_of(given->centres), text_of(flows),
                   text_of(transcript), &claim, fault) &&
        check_proof(&claim, text_of(given->places), text_of(given->centres), NULL, NULL, fault);
    check_free(&claim);
    return good;
}

static void expect_accepted(const files *given)
{
    check_fault fault = {""};
    ck_assert_msg(is_accepted(given, given->flows, given->transcript, &fault), "%s", fault.text);
}

static void check_solution(void)
{
    edu_allocation_result *result = solve();
    files made = write_files(result);
    expect_accepted(&made);
    free_files(&made);
    edu_free(result);
}

START_TEST(checker_accepts_what_is_right)
{
    for (int turn = 0; turn < 400; turn++) {
        state = (uint64_t)turn + 1000000;
        make_random(1 + draw(200), 1 + draw(30), 9, draw(3) ? 50 : 0);
        check_solution();
    }
    for (int turn = 0; turn < 8; turn++) { /* with coarser levels */
        state = (uint64_t)turn + 2000000;
        make_random(4000, 1 + draw(40), 3, draw(2) ? 600 : 0);
        check_solution();
    }
}
END_TEST

/* One pupil of a flow goes elsewhere; the rest as it was. */
static char *move_one(const edu_allocation_result *result, size_t index, size_t to)
{
    char *text = malloc((result->flow_count + 2) * 64), *at = text;
    bool merged = false;
    size_t place = result->flows[index].place;
    at += sprintf(at, "place,centre,pupils\n");
    for (size_t i = 0; i < result->flow_count; i++) {
        const edu_allocation_flow *flow = &result->flows[i];
        bool joins = flow->place == place && flow->centre == to;
        int64_t pupils = flow->pupils - (i == index) + joins;
        merged = merged || joins;
        if (pupils > 0)
            at += sprintf(at, "%s,%s,%" PRId64 "\n", places[flow->place].id,
                          centres[flow->centre].id, pupils);
    }
    if (!merged)
        sprintf(at, "%s,%s,1\n", places[place].id, centres[to].id);
    return text;
}

static char *change_rent(const char *transcript, size_t centre, int64_t by)
{
    json_t *root = json_loads(transcript, 0, NULL);
    json_t *rent = json_object_get(json_object_get(root, "rents"), centres[centre].id);
    json_integer_set(rent, json_integer_value(rent) + by);
    char *text = json_dumps(root, 0);
    json_decref(root);
    return text;
}

START_TEST(checker_refuses_every_change)
{
    check_fault fault;
    for (int turn = 0; turn < 60; turn++) {
        state = (uint64_t)turn + 3000000;
        make_random(10 + draw(20), 2 + draw(8), 4, draw(10));
        edu_allocation_result *result = solve();
        files made = write_files(result);
        expect_accepted(&made);
        for (size_t i = 0; i < result->flow_count; i++)
            for (size_t k = 0; k < centre_count; k++) {
                if (k == result->flows[i].centre)
                    continue;
                char *flows = move_one(result, i, k);
                ck_assert(!is_accepted(&made, flows, made.transcript, &fault));
                free(flows);
            }
        for (size_t k = 0; k < centre_count; k++)
            for (int64_t by = -1; by <= 1; by += 2) {
                char *transcript = change_rent(made.transcript, k, by);
                ck_assert(!is_accepted(&made, made.flows, transcript, &fault));
                free(transcript);
            }
        free_files(&made);
        edu_free(result);
    }
}
END_TEST

/* Another digit in the place of one of a text's; false where it has none behind `from`. */
static bool change_digit(char *text, size_t from)
{
    size_t length = strlen(text);
    for (size_t n = 0; n < length - from; n++) {
        char *at = text + from + (n + draw((uint32_t)(length - from))) % (length - from);
        if (*at < '0' || *at > '9')
            continue;
        *at = (char)('0' + (*at - '0' + 1 + (int)draw(9)) % 10);
        return true;
    }
    return false;
}

/* A row gone, or there twice, or another's centre in it; rows begin behind the header. */
static char *change_rows(const char *text)
{
    size_t length = strlen(text);
    char *made = malloc(2 * length + 2);
    const char *first = strchr(text, '\n') + 1;
    const char *row = first + draw((uint32_t)(length - (size_t)(first - text)));
    while (row > first && row[-1] != '\n')
        row--;
    const char *end = strchr(row, '\n') + 1;
    int times = draw(2) ? 0 : 2;
    size_t size = (size_t)(row - text);
    memcpy(made, text, size);
    for (; times > 0; times--, size += (size_t)(end - row))
        memcpy(made + size, row, (size_t)(end - row));
    strcpy(made + size, end);
    return made;
}

/* One change of a kind of what was written; NULL where it would have been none. */
static char *mutated(const char *text, uint32_t kind)
{
    if (kind == 0)
        return change_rows(text);
    char *made = malloc(strlen(text) + 1);
    strcpy(made, text);
    const char *rows = strchr(text, '\n') + 1;
    if (change_digit(made, (size_t)(rows - text)) && strcmp(made, text) != 0)
        return made;
    free(made);
    return NULL;
}

static char *mutated_transcript(const char *text)
{
    static const char *const parts[] = {"\"cost_m\": ", "\"input_sha256\": \"", "\"rents\": {"};
    const char *part = parts[draw(3)], *from = strstr(text, part) + strlen(part);
    const char *end = strchr(from, *part == '"' && part[1] == 'r' ? '}' : '\n');
    char *made = malloc(strlen(text) + 1);
    strcpy(made, text);
    for (int tries = 0; tries < 1000; tries++) {
        const char *at = from + draw((uint32_t)(end - from));
        if (*at < '0' || *at > '9' || at[-1] == 'c' || at[-2] == 'c')
            continue; /* ids of centres are another matter */
        made[at - text] = (char)('0' + (*at - '0' + 1 + (int)draw(9)) % 10);
        return made;
    }
    free(made);
    return NULL;
}

/* What was written, but for one change, is never taken for an allocation. */
START_TEST(no_mutation_is_accepted)
{
    int wanted = is_nightly() ? 10000 : TAP_MANY(600), made = 0;
    for (uint64_t turn = 0; made < wanted; turn++) {
        state = turn + 6000000;
        make_random(5 + draw(30), 2 + draw(6), 4, draw(10));
        edu_allocation_result *result = solve();
        files given = write_files(result);
        if (result->flow_count > 0)
            expect_accepted(&given);
        for (int n = 0; n < 50 && result->flow_count > 0; n++) {
            check_fault fault;
            uint32_t kind = draw(5);
            const char *old = kind < 2 ? given.flows : kind == 2 ? given.places : given.centres;
            char *text = kind == 4 ? mutated_transcript(given.transcript) : mutated(old, kind);
            if (!text)
                continue;
            files changed = given;
            changed.places = kind == 2 ? text : given.places;
            changed.centres = kind == 3 ? text : given.centres;
            ck_assert_msg(!is_accepted(&changed, kind < 2 ? text : given.flows,
                                       kind == 4 ? text : given.transcript, &fault),
                          "turn %d, kind %u: accepted:\n%s", (int)turn, kind, text);
            made++;
            free(text);
        }
        free_files(&given);
        edu_free(result);
    }
}
END_TEST

START_TEST(checker_refuses_another_input_and_seed)
{
    check_fault fault;
    state = 5;
    clear();
    for (int i = 0; i < 20; i++)
        add_place(0, 0, 3, "");
    for (int k = 0; k < 4; k++)
        add_centre(0, 0, 15, "");
    edu_allocation_result *result = solve();
    files made = write_files(result);
    expect_accepted(&made);
    char *input = strstr(made.places, ",3,");
    input[1] = '4';
    ck_assert(!is_accepted(&made, made.flows, made.transcript, &fault));
    input[1] = '3';
    expect_accepted(&made);
    char *said = strstr(made.transcript, "\"seed\": \"010203\"");
    ck_assert_ptr_nonnull(said);
    said[9] = '1'; /* all is equally near: another seed draws another allocation */
    ck_assert(!is_accepted(&made, made.flows, made.transcript, &fault));
    ck_assert_ptr_nonnull(strstr(fault.text, "seed"));
    free_files(&made);
    edu_free(result);
}
END_TEST

/* ---- proven optima ---- */

static FILE *open_shared(const char *name)
{
    char path[1024];
    const char *shared = getenv("EDU_SHARED"), *root = getenv("EDU_ROOT");
    if (shared)
        snprintf(path, sizeof path, "%s/allocation/%s", shared, name);
    else
        snprintf(path, sizeof path, "%s/../shared/allocation/%s", root ? root : ".", name);
    FILE *file = fopen(path, "r");
    if (!file)
        printf("# %s is not there: skipped\n", path);
    return file;
}

static int64_t next_number(FILE *file)
{
    int64_t value;
    ck_assert_int_eq(fscanf(file, "%" SCNd64, &value), 1);
    return value;
}

static bool read_instance(const char *name)
{
    FILE *file = open_shared(name);
    if (!file)
        return false;
    int64_t place_total = next_number(file), centre_total = next_number(file);
    next_number(file);
    clear();
    for (int64_t i = 0; i < place_total + centre_total; i++) {
        int64_t x = next_number(file), y = next_number(file), count = next_number(file);
        if (i < place_total)
            add_place(x, y, count, "");
        else
            add_centre(x, y, count, "");
    }
    fclose(file);
    return true;
}

static void expect_optimum(const char *name, int64_t optimum, const char *rents)
{
    if (!read_instance(name))
        return;
    edu_allocation_result *result = solve();
    ck_assert_int_eq(result->cost_m, optimum);
    files made = write_files(result);
    expect_accepted(&made);
    free_files(&made);
    FILE *file = rents ? open_shared(rents) : NULL;
    for (size_t k = 0; file && k < centre_count; k++)
        ck_assert_int_le(result->rents[k], next_number(file)); /* any proof has larger ones */
    if (file)
        fclose(file);
    edu_free(result);
}

START_TEST(instances_with_proven_optima)
{
    expect_optimum("nat_900x200_20000.txt", 385033927, "nat_900x200_20000.rents");
    expect_optimum("nat_4500x200_1000000.txt", 19895886942, "nat_4500x200_1000000.rents");
    expect_optimum("home_100000x200.txt", 1998250761, NULL);
}
END_TEST

/* ---- order of rows ---- */

static void shuffle(edu_allocation_site *sites, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = draw((uint32_t)i);
        edu_allocation_site held = sites[k];
        sites[k] = sites[i - 1];
        sites[i - 1] = held;
    }
}

START_TEST(the_order_of_rows_does_not_matter)
{
    for (int turn = 0; turn < 60; turn++) {
        edu_allocation_problem given;
        char *before, *after;
        state = (uint64_t)turn + 4000000;
        make_random(turn < 50 ? 80 : 2000, 12, 5, 40);
        given = problem();
        edu_allocation_result *one = solve();
        ck_assert_int_eq(edu_allocation_flows_csv(&given, one, &before, NULL), EDU_OK);
        shuffle(places, place_count);
        shuffle(centres, centre_count);
        edu_allocation_result *two = solve();
        ck_assert_int_eq(edu_allocation_flows_csv(&given, two, &after, NULL), EDU_OK);
        ck_assert_str_eq(before, after);
        edu_free(before);
        edu_free(after);
        edu_free(one);
        edu_free(two);
    }
}
END_TEST

/* ---- zones and what cannot be ---- */

START_TEST(zones_are_apart)
{
    clear();
    add_place(0, 0, 5, "");
    add_place(0, 0, 5, "exclave");
    add_place(100, 0, 0, "empty");
    add_centre(0, 1000, 9, "");
    add_centre(0, 1, 5, "exclave");
    edu_allocation_result *result = solve();
    ck_assert_int_eq(result->cost_m, 5 * 1000 + 5 * 1);
    ck_assert_uint_eq(result->flow_count, 2);
    edu_free(result);
    check_solution();
}
END_TEST

START_TEST(who_cannot_be_placed_is_named)
{
    edu_error error = EDU_ERROR_INIT;
    edu_allocation_result *result = NULL;
    edu_allocation_shortages *shortages;
    clear();
    add_place(0, 0, 5, "");
    add_place(0, 0, 120, "north");
    add_place(0, 0, 1, "south");
    add_place(0, 0, 3, "north");
    add_centre(0, 0, 60, "north");
    add_centre(0, 0, 40, "north");
    add_centre(0, 0, 5, "");
    edu_allocation_problem given = problem();
    ck_assert_int_eq(edu_allocation_solve(&given, (edu_progress){0}, &result, &error),
                     EDU_E_INFEASIBLE);
    ck_assert_ptr_null(result);
    ck_assert_str_eq(error.message,
                     "zone \"north\": 123 pupils, 100 seats in 2 centres, 23 cannot be placed; "
                     "zone \"south\": 1 pupils, 0 seats in 0 centres, 1 cannot be placed");
    ck_assert_int_eq(edu_allocation_explain(&given, &shortages, &error), EDU_OK);
    ck_assert_uint_eq(shortages->count, 2);
    ck_assert_str_eq(shortages->items[0].zone, "north");
    ck_assert_uint_eq(shortages->items[0].place_count, 2);
    ck_assert_uint_eq(shortages->items[0].places[0], 1);
    ck_assert_uint_eq(shortages->items[0].places[1], 3);
    ck_assert_int_eq(shortages->items[1].pupils - shortages->items[1].seats, 1);
    edu_free(shortages);
    for (int zone = 0; zone < 30; zone++) /* more than a message holds */
        add_place(0, 0, 1, centre_ids[zone]);
    for (int zone = 0; zone < 30; zone++)
        snprintf(centre_ids[zone], sizeof centre_ids[0], "z%u", (unsigned char)zone);
    given = problem();
    given.centre_count = 0;
    ck_assert_int_eq(edu_allocation_solve(&given, (edu_progress){0}, &result, &error),
                     EDU_E_INFEASIBLE);
    ck_assert_ptr_nonnull(strstr(error.message, " more zones"));
}
END_TEST

/* How many zones are short of what these places and centres are. */
static size_t count_short(const edu_allocation_site *of_places, size_t some,
                          const edu_allocation_site *of_centres, size_t others)
{
    const edu_allocation_problem given = {
        .place_count = some, .centre_count = others, .places = of_places, .centres = of_centres};
    edu_allocation_shortages *shortages;
    ck_assert_int_eq(edu_allocation_explain(&given, &shortages, NULL), EDU_OK);
    size_t count = shortages->count;
    edu_free(shortages);
    return count;
}

/* The reason is one, and without any one part of it there is room. */
static void expect_irreducible(const edu_allocation_shortage *zone)
{
    edu_allocation_site some[64], others[64], kept;
    for (size_t i = 0; i < zone->conflict_count; i++)
        some[i] = places[zone->conflict[i]];
    for (size_t k = 0; k < zone->centre_count; k++)
        others[k] = centres[zone->centres[k]];
    ck_assert_uint_eq(count_short(some, zone->conflict_count, others, zone->centre_count), 1);
    for (size_t i = 0; i < zone->conflict_count; i++) {
        kept = some[i];
        some[i].count = 0;
        ck_assert_uint_eq(count_short(some, zone->conflict_count, others, zone->centre_count), 0);
        some[i] = kept;
    }
    for (size_t k = 0; k < zone->centre_count; k++) {
        kept = others[k];
        others[k].count = EDU_ALLOCATION_COUNT_MAX;
        ck_assert_uint_eq(count_short(some, zone->conflict_count, others, zone->centre_count), 0);
        others[k] = kept;
    }
    others[zone->centre_count] =
        (edu_allocation_site){"elsewhere", "elsewhere", 0, 0, EDU_ALLOCATION_COUNT_MAX, 0};
    for (size_t i = 0; i < zone->conflict_count; i++)
        some[i].zone = "elsewhere";
    ck_assert_uint_eq(count_short(some, zone->conflict_count, others, zone->centre_count + 1), 0);
}

static void expect_shares(const edu_allocation_shortage *zone)
{
    int64_t missing = zone->pupils - zone->seats, left = 0;
    for (size_t i = 0; i < zone->place_count; i++) {
        int64_t exact = places[zone->places[i]].count * missing;
        left += zone->left_over[i];
        ck_assert_int_ge(zone->left_over[i], exact / zone->pupils);
        ck_assert_int_le(zone->left_over[i], exact / zone->pupils + 1);
        ck_assert_int_le(zone->left_over[i], places[zone->places[i]].count);
    }
    ck_assert_int_eq(left, missing);
}

START_TEST(of_the_reason_nothing_can_be_left_out)
{
    static const char *const zones[] = {"", "north", "south"};
    size_t found = 0;
    for (uint64_t turn = 0; turn < 1000; turn++) {
        state = turn + 7000000;
        clear();
        for (size_t n = 1 + draw(12); n > 0; n--)
            add_place(0, 0, draw(30), zones[draw(3)]);
        for (size_t n = draw(8); n > 0; n--)
            add_centre(0, 0, draw(40), zones[draw(3)]);
        edu_allocation_problem given = problem();
        edu_allocation_shortages *shortages;
        ck_assert_int_eq(edu_allocation_explain(&given, &shortages, NULL), EDU_OK);
        for (size_t i = 0; i < shortages->count; i++) {
            expect_irreducible(&shortages->items[i]);
            expect_shares(&shortages->items[i]);
            found++;
        }
        edu_free(shortages);
    }
    ck_assert_uint_gt(found, 500);
}
END_TEST

START_TEST(nobody_and_nothing)
{
    clear();
    check_solution();
    add_centre(1, 1, 0, "");
    check_solution();
    add_place(1, 1, 0, "");
    check_solution();
}
END_TEST

/* ---- distances ---- */

START_TEST(distances_are_exact)
{
    const int64_t far = EDU_ALLOCATION_METRES_MAX;
    edu_allocation_site a = {"a", "", -far, -far, 0, 0}, b = {"b", "", far, far, 0, 0};
    ck_assert_int_eq(edu_allocation_distance(&a, &b), 3037000499);
    for (int64_t r = 1; r < 2000000000; r += 1 + r / 7) {
        a = (edu_allocation_site){"a", "", -(r / 2), 3, 0, 0};
        b = (edu_allocation_site){"b", "", r - r / 2, 3, 0, 0};
        ck_assert_int_eq(edu_allocation_distance(&a, &b), r);
        b.y_m++; /* the root of a square and one */
        ck_assert_int_eq(edu_allocation_distance(&a, &b), r);
    }
    for (int turn = 0; turn < 20000; turn++) {
        a = (edu_allocation_site){.x_m = draw(1u << 30), .y_m = draw(1u << 30)};
        b = (edu_allocation_site){.x_m = -(int64_t)draw(1u << 30), .y_m = draw(1u << 30)};
        cost square =
            (cost)(a.x_m - b.x_m) * (a.x_m - b.x_m) + (cost)(a.y_m - b.y_m) * (a.y_m - b.y_m);
        cost root = edu_allocation_distance(&a, &b);
        ck_assert(root * root <= square && square < (root + 1) * (root + 1));
    }
}
END_TEST

START_TEST(far_corners_and_many_pupils)
{
    const int64_t far = EDU_ALLOCATION_METRES_MAX;
    clear();
    add_place(-far, -far, 400000000, "");
    add_place(far, far, 600000000, "");
    add_centre(far, far, 400000000, "");
    add_centre(-far, -far, 600000000, "");
    check_solution();
    edu_allocation_result *result = solve();
    ck_assert_int_eq(result->cost_m, 200000000 * INT64_C(3037000499));
    ck_assert_int_eq(result->rents[0], 3037000499);
    ck_assert_int_eq(result->rents[1], 0);
    edu_free(result);
}
END_TEST

START_TEST(lots_are_as_documented)
{
    static const uint8_t zeros[64];
    ck_assert_uint_eq(edu_allocation_lot((const uint8_t *)"seed", 4, "place", "p1"),
                      UINT64_C(0xe59bf190aa093f35));
    ck_assert_uint_eq(edu_allocation_lot(zeros, sizeof zeros, "", ""), UINT64_C(0x265d03ad62f78d0));
}
END_TEST

/* ---- input ---- */

static void expect_read(const char *place_text, const char *centre_text, edu_status status,
                        int64_t line, const char *field, const char *word)
{
    edu_allocation_problem *read = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(
        edu_allocation_read(edu_text(place_text), edu_text(centre_text), &read, &error), status);
    ck_assert_ptr_null(read);
    ck_assert_int_eq(error.line, line);
    ck_assert_str_eq(error.field, field);
    ck_assert_msg(strstr(error.message, word), "%s", error.message);
}

#define P "id,x_m,y_m,pupils\n"
#define C "id,x_m,y_m,capacity\n"

START_TEST(bad_files_are_refused_with_their_line)
{
    expect_read("id,x_m,y_m,children\n", C, EDU_E_INVALID, 1, "/places", "pupils");
    expect_read("id,x_m,pupils\n", C, EDU_E_INVALID, 1, "/places", "y_m");
    expect_read(P, P, EDU_E_INVALID, 1, "/centres", "capacity");
    expect_read("", C, EDU_E_INVALID, 1, "/places", "");
    expect_read(P "a,0,0,1\nb,0,0,1\na,0,0,1\na,1,1,1\n", C, EDU_E_INVALID, 4, "/places/id",
                "\"a\"");
    expect_read(P, C "a,0,0,-1\n", EDU_E_INVALID, 2, "/centres/capacity", "negative");
    expect_read(P "a,0,0,1.5\n", C, EDU_E_INVALID, 2, "/places/pupils", "whole number");
    expect_read(P "a,,0,1\n", C, EDU_E_INVALID, 2, "/places/x_m", "whole number");
    expect_read(P "a,0,1073741825,1\n", C, EDU_E_LIMIT, 2, "/places/y_m", "beyond");
    expect_read(P "a,0,-1073741825,1\n", C, EDU_E_LIMIT, 2, "/places/y_m", "beyond");
    expect_read(P "a,0,0,1\n\"b\nc\",0,0,1\n,0,0,1\n", C, EDU_E_INVALID, 5, "/places/id",
                "missing");
    expect_read(P "a,0,0,99999999999999999999\n", C, EDU_E_INVALID, 2, "/places/pupils", "");
    expect_read(P "a,0,0,1000000001\n", C, EDU_E_LIMIT, 2, "/places/pupils", "1000000000");
    expect_read(P "a,0,0,600000000\nb,0,0,600000000\n", C, EDU_E_LIMIT, 3, "/places/pupils",
                "1000000000");
    expect_read(P "a,0,0\n", C, EDU_E_INVALID, 2, "/places", "3 fields");
    expect_read(P "a\xff,0,0,1\n", C, EDU_E_INVALID, 2, "/places", "UTF-8");
    ck_assert_int_eq(edu_allocation_read(edu_text(P), edu_text(C), NULL, NULL), EDU_E_INVALID);
    char *long_line = malloc(10000000);
    memset(long_line, 'x', 10000000);
    long_line[9999999] = '\0';
    memcpy(long_line, P "a,0,0,1\n", sizeof P + 7);
    expect_read(long_line, C, EDU_E_LIMIT, 3, "/places", "longer");
    free(long_line);
}
END_TEST

START_TEST(good_files_are_read)
{
    edu_allocation_problem *read;
    const char *place_text = "\xef\xbb\xbf"
                             "zone,pupils,id,y_m,x_m\r\n"
                             "\"a,\"\"b\"\"\",3,Şəki 1,-4,5\r\n\r\n,0,p2,0,0";
    ck_assert_int_eq(edu_allocation_read(edu_text(place_text), edu_text(C), &read, NULL), EDU_OK);
    ck_assert_uint_eq(read->place_count, 2);
    ck_assert_uint_eq(read->centre_count, 0);
    ck_assert_str_eq(read->places[0].id, "Şəki 1");
    ck_assert_str_eq(read->places[0].zone, "a,\"b\"");
    ck_assert_int_eq(read->places[0].x_m, 5);
    ck_assert_int_eq(read->places[0].y_m, -4);
    ck_assert_int_eq(read->places[0].count, 3);
    ck_assert_int_eq(read->places[1].line, 4);
    edu_free(read);
}
END_TEST

START_TEST(ids_come_out_as_they_went_in)
{
    clear();
    add_place(0, 0, 1, "z,1");
    add_centre(0, 0, 1, "z,1");
    places[0].id = "=1+\"x\",y";
    centres[0].id = "Gəncə\nmərkəz";
    edu_allocation_problem given = problem();
    edu_allocation_result *result = solve();
    char *text;
    ck_assert_int_eq(edu_allocation_flows_csv(&given, result, &text, NULL), EDU_OK);
    ck_assert_str_eq(text, "place,centre,pupils\n\"=1+\"\"x\"\",y\",\"Gəncə\nmərkəz\",1\n");
    edu_free(text);
    edu_free(result);
}
END_TEST

static void expect_solve(edu_allocation_problem given, edu_status status, const char *field)
{
    edu_allocation_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_allocation_solve(&given, (edu_progress){0}, &result, &error), status);
    ck_assert_ptr_null(result);
    ck_assert_str_eq(error.field, field);
}

START_TEST(bad_problems_are_refused)
{
    edu_allocation_result *result;
    static char long_id[300];
    clear();
    add_place(0, 0, 1, "");
    add_place(0, 0, 1, "");
    add_centre(0, 0, 2, "");
    edu_allocation_problem given = problem();
    ck_assert_int_eq(edu_allocation_solve(NULL, (edu_progress){0}, &result, NULL), EDU_E_INVALID);
    ck_assert_int_eq(edu_allocation_solve(&given, (edu_progress){0}, NULL, NULL), EDU_E_INVALID);
    given.seed_size = 0;
    expect_solve(given, EDU_E_INVALID, "/seed");
    given.seed_size = 65;
    expect_solve(given, EDU_E_INVALID, "/seed");
    given = problem();
    given.centres = NULL;
    expect_solve(given, EDU_E_INVALID, "/centres");
    given = problem();
    given.place_count = EDU_ALLOCATION_PLACES_MAX + 1;
    expect_solve(given, EDU_E_LIMIT, "/places");
    places[1].id = places[0].id;
    expect_solve(problem(), EDU_E_INVALID, "/places/1/id");
    places[1].id = NULL;
    expect_solve(problem(), EDU_E_INVALID, "/places/1/id");
    memset(long_id, 'x', sizeof long_id - 1);
    places[1].id = long_id;
    expect_solve(problem(), EDU_E_LIMIT, "/places/1/id");
    places[1].id = "\xc0\x80";
    expect_solve(problem(), EDU_E_INVALID, "/places/1/id");
    places[1].id = "b";
    centres[0].count = -1;
    expect_solve(problem(), EDU_E_INVALID, "/centres/0/capacity");
    centres[0].count = 2;
    centres[0].x_m = INT64_MIN;
    expect_solve(problem(), EDU_E_LIMIT, "/centres/0/x_m");
}
END_TEST

/* ---- transcript ---- */

START_TEST(transcript_says_what_was_solved)
{
    clear();
    add_place(3, 0, 2, "");
    add_place(3, 0, 1, "far");
    add_centre(0, 4, 1, "");
    add_centre(0, 0, 4, "");
    add_centre(3, 1, 1, "far");
    edu_allocation_problem given = problem();
    edu_allocation_result *result = solve();
    char *text;
    ck_assert_int_eq(
        edu_allocation_transcript(&given, result, edu_text("ab"), edu_text("c"), &text, NULL),
        EDU_OK);
    json_t *root = json_loads(text, 0, NULL);
    int64_t version, cost_m, pupils, capacity, rent, other_rent, zone_seats;
    const char *seed_text, *hash;
    ck_assert_int_eq(json_unpack(root, "{s:I, s:I, s:I, s:I, s:s, s:s, s:{s:I, s:I}, s:{s:{s:I}}}",
                                 "version", &version, "cost_m", &cost_m, "pupils", &pupils,
                                 "capacity", &capacity, "seed", &seed_text, "input_sha256", &hash,
                                 "rents", "c0", &rent, "c1", &other_rent, "zones", "far",
                                 "capacity", &zone_seats),
                     0);
    ck_assert_int_eq(version, 1);
    ck_assert_int_eq(cost_m, 3 + 3 + 1);
    ck_assert_int_eq(pupils, 3);
    ck_assert_int_eq(capacity, 6);
    ck_assert_int_eq(zone_seats, 1);
    ck_assert_int_eq(rent, 0);
    ck_assert_int_eq(other_rent, 0);
    ck_assert_str_eq(seed_text, "010203");
    ck_assert_str_eq(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    json_decref(root);
    edu_free(text);
    edu_free(result);
}
END_TEST

/* What a seat there would save somebody is the rent of each of them, so that for them all tie with
 * the centre that they have. */
START_TEST(many_centres_without_seats_near_one_place_tie)
{
    for (int shape = 0; shape < 2; shape++) {
        clear();
        add_place(0, 0, 1, "");
        add_place(9, 9, shape * 5, "");
        for (int k = 0; k < 40; k++)
            add_centre(shape * k, 1, 0, "");
        add_centre(100, 0, 6, "");
        edu_allocation_result *result = solve();
        for (int k = 0; k < 40; k++)
            ck_assert_int_eq(result->rents[k],
                             100 - edu_allocation_distance(&places[0], &centres[k]));
        edu_free(result);
    }
}
END_TEST

/* ---- progress and memory ---- */

typedef struct watch {
    int calls, stop_at;
    int64_t last;
} watch;

static bool report(void *context, const char *stage, int64_t done, int64_t total)
{
    watch *over = context;
    ck_assert_str_eq(stage, "solving");
    ck_assert_int_ge(done, over->last);
    ck_assert_int_le(done, total);
    over->last = done;
    return ++over->calls != over->stop_at;
}

START_TEST(progress_is_told_and_may_cancel)
{
    watch over = {0};
    edu_allocation_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    clear();
    for (int i = 0; i < 3000; i++)
        add_place(i % 50, i / 50, 1, "");
    for (int k = 0; k < 30; k++)
        add_centre(k % 5, k / 5, 100, "");
    edu_allocation_problem given = problem();
    ck_assert_int_eq(edu_allocation_solve(&given, (edu_progress){report, &over}, &result, &error),
                     EDU_OK);
    ck_assert_int_gt(over.calls, 5);
    edu_free(result);
    result = NULL;
    over = (watch){.stop_at = 3};
    ck_assert_int_eq(edu_allocation_solve(&given, (edu_progress){report, &over}, &result, &error),
                     EDU_E_CANCELLED);
    ck_assert_int_eq(over.calls, 3);
    ck_assert_ptr_null(result);
}
END_TEST

/* Zones of one centre and of several, and levels. At each point: no answer, and nothing left. */
START_TEST(it_can_be_stopped_wherever_it_tells_of_itself)
{
    const edu_allocator counting = {counted, counted_again, count_free};
    watch whole = {0};
    clear();
    for (int i = 0; i < 3000; i++)
        add_place(i % 50, i / 50, 1, i % 3 ? "" : "alone");
    for (int k = 0; k < 30; k++)
        add_centre(k % 5, k / 5, 1000, k ? "" : "alone");
    edu_allocation_problem given = problem();
    edu_allocator_set(&counting);
    for (int at = 0; at <= whole.calls; at++) {
        watch over = {.stop_at = at};
        edu_allocation_result *result = NULL;
        edu_error error = EDU_ERROR_INIT;
        blocks_held = 0;
        edu_status status =
            edu_allocation_solve(&given, (edu_progress){report, &over}, &result, &error);
        ck_assert_int_eq(status, at ? EDU_E_CANCELLED : EDU_OK);
        ck_assert(at ? result == NULL : result != NULL);
        edu_free(result);
        ck_assert_int_eq(blocks_held, 0);
        whole = at ? whole : over;
    }
    edu_allocator_set(NULL);
    ck_assert_int_gt(whole.calls, 3);
}
END_TEST

static edu_status read_and_solve(void)
{
    edu_allocation_problem *read = NULL;
    edu_allocation_result *result = NULL;
    edu_allocation_shortages *shortages = NULL;
    char *flows = NULL, *transcript = NULL;
    edu_bytes place_text = edu_text(P "a,0,0,2\nb,1,0,2\nc,2,2,3\n");
    edu_bytes centre_text = edu_text(C "x,0,0,2\ny,9,9,2\nz,0,5,4\n");
    edu_status status = edu_allocation_read(place_text, centre_text, &read, NULL);
    if (status == EDU_OK) {
        read->seed = seed;
        read->seed_size = sizeof seed;
        status = edu_allocation_explain(read, &shortages, NULL);
    }
    if (status == EDU_OK)
        status = edu_allocation_solve(read, (edu_progress){0}, &result, NULL);
    if (status == EDU_OK)
        status = edu_allocation_flows_csv(read, result, &flows, NULL);
    if (status == EDU_OK)
        status =
            edu_allocation_transcript(read, result, place_text, centre_text, &transcript, NULL);
    edu_free(transcript);
    edu_free(flows);
    edu_free(result);
    edu_free(shortages);
    edu_free(read);
    return status;
}

START_TEST(out_of_memory)
{
    edu_allocator_set(&failing);
    for (int64_t count = 0;; count++) {
        allocations_left = count;
        edu_status status = read_and_solve();
        if (status == EDU_OK)
            break;
        ck_assert_int_eq(status, EDU_E_NOMEM);
        ck_assert_int_lt(count, 2000);
    }
    edu_allocator_set(NULL);
}
END_TEST

#define ADD(name) tcase_add_test(cases, name)

int main(void)
{
    Suite *suite = suite_create("allocation");
    TCase *cases = tcase_create("all");
    tcase_set_timeout(cases, 300);
    ADD(tiny_ones_against_exhaustive_search);
    ADD(small_ones_against_a_plain_solver);
    ADD(checker_accepts_what_is_right);
    ADD(checker_refuses_every_change);
    ADD(no_mutation_is_accepted);
    ADD(checker_refuses_another_input_and_seed);
    ADD(instances_with_proven_optima);
    ADD(the_order_of_rows_does_not_matter);
    ADD(zones_are_apart);
    ADD(who_cannot_be_placed_is_named);
    ADD(of_the_reason_nothing_can_be_left_out);
    ADD(nobody_and_nothing);
    ADD(distances_are_exact);
    ADD(far_corners_and_many_pupils);
    ADD(lots_are_as_documented);
    ADD(bad_files_are_refused_with_their_line);
    ADD(good_files_are_read);
    ADD(ids_come_out_as_they_went_in);
    ADD(bad_problems_are_refused);
    ADD(transcript_says_what_was_solved);
    ADD(many_centres_without_seats_near_one_place_tie);
    ADD(progress_is_told_and_may_cancel);
    ADD(it_can_be_stopped_wherever_it_tells_of_itself);
    ADD(out_of_memory);
    suite_add_tcase(suite, cases);
    return tap_run(suite);
}
