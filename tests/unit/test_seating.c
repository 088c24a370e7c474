/* Rooms and seats, against a checker and an exhaustive search that know nothing of how it is done.
 */
#include <stdlib.h>
#include <string.h>
#include <check.h>
#include <edu/allocation.h>
#include "fail_later.h"
#include "../tap.h"

#define SEATS 4096
#define PUPILS 4096

static const uint8_t seed[] = "seed of the tests";

static edu_seating_seat seats[SEATS];
static edu_seating_pupil pupils[PUPILS];
static char ids[PUPILS][16], schools[PUPILS][16];
static size_t seat_count, pupil_count, school_count;

/* ---- random numbers of the test's own ---- */

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

/* ---- building problems ---- */

static void clear(void)
{
    seat_count = pupil_count = school_count = 0;
}

static void add_room(size_t room, int rows, int columns, bool is_step_free)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            seats[seat_count++] = (edu_seating_seat){room, r, c, is_step_free};
}

static void add_school(size_t count, size_t needs)
{
    for (size_t i = 0; i < count; i++, pupil_count++) {
        snprintf(ids[pupil_count], sizeof ids[0], "p%zu", pupil_count);
        snprintf(schools[pupil_count], sizeof schools[0], "s%zu", school_count);
        pupils[pupil_count] =
            (edu_seating_pupil){ids[pupil_count], schools[pupil_count], i < needs};
    }
    school_count++;
}

static edu_seating_problem problem(void)
{
    return (edu_seating_problem){seat_count, pupil_count, seats, pupils, seed, sizeof seed};
}

/* ---- the checker ---- */

static bool is_beside(const edu_seating_seat *a, const edu_seating_seat *b)
{
    return a->room == b->room && abs(a->row - b->row) + abs(a->column - b->column) == 1;
}

/* Everybody has a seat of their own that meets their needs; the figures are true. */
static void check(const edu_seating_result *result)
{
    static bool taken[SEATS];
    int64_t neighbours = 0, seated = 0, in_rooms = 0, bounds = 0;
    memset(taken, 0, sizeof taken);
    for (size_t i = 0; i < pupil_count; i++) {
        size_t seat = result->seats[i];
        ck_assert_uint_lt(seat, seat_count);
        ck_assert(!taken[seat]);
        taken[seat] = true;
        ck_assert(!pupils[i].needs_step_free || seats[seat].is_step_free);
        ck_assert(result->variants[i] == 'A' || result->variants[i] == 'B');
        for (size_t k = 0; k < i; k++)
            if (is_beside(&seats[seat], &seats[result->seats[k]])) {
                neighbours += strcmp(pupils[i].school, pupils[k].school) == 0;
                ck_assert(result->variants[i] != result->variants[k]);
            }
    }
    ck_assert_int_eq(neighbours, result->neighbours);
    ck_assert_int_ge(neighbours, result->neighbours_bound);
    for (size_t i = 0; i < result->room_count; i++) {
        ck_assert_int_le(result->rooms[i].neighbours_bound, result->rooms[i].neighbours);
        seated += result->rooms[i].pupils;
        in_rooms += result->rooms[i].neighbours;
        bounds += result->rooms[i].neighbours_bound;
    }
    ck_assert_int_eq(seated, (int64_t)pupil_count);
    ck_assert_int_eq(in_rooms, neighbours);
    ck_assert_int_le(result->neighbours_bound, bounds);
}

static edu_seating_result *solve(void)
{
    edu_seating_problem given = problem();
    edu_seating_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_msg(edu_seating_solve(&given, &result, &error) == EDU_OK, "%s", error.message);
    check(result);
    return result;
}

static void expect_none(void)
{
    edu_seating_result *result = solve();
    ck_assert_int_eq(result->neighbours, 0);
    ck_assert_int_eq(result->neighbours_bound, 0);
    edu_free(result);
}

/* ---- full rectangles: what is proven ---- */

/* All ways to fill up to `left` seats with schools of at most `most`. */
static void try_partitions(int rows, int columns, int left, int most, int *sizes, int count)
{
    clear();
    add_room(1, rows, columns, false);
    for (int i = 0; i < count; i++)
        add_school((size_t)sizes[i], 0);
    expect_none();
    for (int size = 1; size <= most && size <= left; size++) {
        sizes[count] = size;
        try_partitions(rows, columns, left - size, size, sizes, count + 1);
    }
}

START_TEST(every_small_rectangle)
{
    int sizes[16];
    for (int rows = 1; rows <= 12; rows++)
        for (int columns = 1; rows * columns <= 12; columns++)
            try_partitions(rows, columns, rows * columns, (rows * columns + 1) / 2, sizes, 0);
    for (int side = 13; side <= 16; side++) /* and some a little larger */
        if (side % 4 == 0)
            try_partitions(4, side / 4, side, side / 2, sizes, 0);
    try_partitions(3, 5, 15, 8, sizes, 0);
}
END_TEST

/* Fills a room of so many seats with schools up to half of it, so that few are free. */
static void add_schools(int seats_left, int most)
{
    while (seats_left > 0) {
        int largest = most < seats_left ? most : seats_left;
        int size = draw(4) == 0 ? largest : 1 + (int)draw((uint32_t)largest);
        add_school((size_t)size, 0);
        seats_left -= size;
    }
}

START_TEST(large_rectangles)
{
    for (int turn = 0; turn < 600; turn++) {
        state = (uint64_t)turn;
        int rows = 1 + (int)draw(20), columns = 1 + (int)draw(20), count = rows * columns;
        clear();
        add_room(7, rows, columns, draw(2));
        add_schools(draw(2) ? count : 1 + (int)draw((uint32_t)count), (count + 1) / 2);
        expect_none();
    }
}
END_TEST

START_TEST(free_seats_keep_pupils_apart)
{
    clear();
    add_room(1, 6, 5, false);
    for (int i = 0; i < 15; i++)
        add_school(1, 0);
    edu_seating_result *result = solve();
    for (size_t i = 0; i < pupil_count; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert(!is_beside(&seats[result->seats[i]], &seats[result->seats[k]]));
    edu_free(result);
}
END_TEST

/* ---- odd rooms: against all seatings ---- */

typedef struct search {
    int school[12]; /* by seat; -1: free */
    int left[13];   /* pupils by school; the last: free seats */
    int least;
} search;

static void try_seatings(search *over, size_t at, int neighbours)
{
    if (neighbours >= over->least)
        return;
    if (at == seat_count) {
        over->least = neighbours;
        return;
    }
    for (int s = 0; s <= (int)school_count; s++) {
        if (over->left[s] == 0)
            continue;
        int more = 0;
        for (size_t k = 0; k < at && s < (int)school_count; k++)
            more += over->school[k] == s && is_beside(&seats[at], &seats[k]);
        over->left[s]--;
        over->school[at] = s < (int)school_count ? s : -1;
        try_seatings(over, at + 1, neighbours + more);
        over->left[s]++;
    }
}

static int least_neighbours(const int *sizes)
{
    search over = {.least = 1000};
    int pupils_left = 0;
    for (size_t s = 0; s < school_count; s++)
        pupils_left += over.left[s] = sizes[s];
    over.left[school_count] = (int)seat_count - pupils_left;
    try_seatings(&over, 0, 0);
    return over.least;
}

static void add_odd_room(int rows, int columns, size_t at_most)
{
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < columns; c++)
            if (seat_count < at_most && draw(5) > 0)
                seats[seat_count++] = (edu_seating_seat){1, r, c, false};
}

START_TEST(odd_rooms_against_all_seatings)
{
    int best = 0, unavoidable = 0;
    for (int turn = 0; turn < 1500; turn++) {
        int sizes[12];
        state = (uint64_t)turn;
        clear();
        while (seat_count == 0)
            add_odd_room(1 + (int)draw(4), 1 + (int)draw(4), 9);
        for (int left = 1 + (int)draw((uint32_t)seat_count); left > 0;) {
            sizes[school_count] = 1 + (int)draw((uint32_t)left);
            left -= sizes[school_count];
            add_school((size_t)sizes[school_count], 0);
        }
        int least = least_neighbours(sizes);
        edu_seating_result *result = solve();
        ck_assert_int_le(result->neighbours_bound, least);
        ck_assert_int_ge(result->neighbours, least);
        best += result->neighbours == least;
        unavoidable += least > 0;
        edu_free(result);
    }
    /* So small a room is always seated as well as can be, though that is not promised. */
    ck_assert_int_eq(best, 1500);
    ck_assert_int_gt(unavoidable, 100);
}
END_TEST

START_TEST(a_school_too_large)
{
    clear();
    add_room(1, 2, 2, false);
    add_school(3, 0);
    add_school(1, 0);
    edu_seating_result *result = solve();
    ck_assert_int_eq(result->neighbours, 2);
    ck_assert_int_eq(result->neighbours_bound, 2);
    ck_assert_int_eq(result->rooms[0].largest, 3);
    ck_assert_int_eq(result->rooms[0].independent, 2);
    edu_free(result);

    clear();
    add_room(1, 5, 6, false);
    add_school(30, 0);
    result = solve();
    ck_assert_int_eq(result->neighbours, 49);
    ck_assert_int_eq(result->neighbours_bound, 49);
    edu_free(result);
}
END_TEST

/* ---- several rooms ---- */

/* Can every pupil sit such that no school has more in a room than the room takes apart? A flow by
 * plain search, school by school and pupil by pupil. */
typedef struct oracle {
    size_t rooms, apart[8], free[8];
    size_t given[64][8];
    bool seen[64];
} oracle;

static bool find_room(oracle *over, size_t school)
{
    if (over->seen[school])
        return false;
    over->seen[school] = true;
    for (size_t r = 0; r < over->rooms; r++) {
        if (over->given[school][r] == over->apart[r])
            continue;
        if (over->free[r] > 0) {
            over->free[r]--;
            over->given[school][r]++;
            return true;
        }
        for (size_t other = 0; other < school_count; other++)
            if (over->given[other][r] > 0 && find_room(over, other)) {
                over->given[other][r]--;
                over->given[school][r]++;
                return true;
            }
    }
    return false;
}

static bool is_possible(oracle *over, const size_t *sizes)
{
    memset(over->given, 0, sizeof over->given);
    for (size_t s = 0; s < school_count; s++)
        for (size_t i = 0; i < sizes[s]; i++) {
            memset(over->seen, 0, sizeof over->seen);
            if (!find_room(over, s))
                return false;
        }
    return true;
}

START_TEST(schools_are_spread_where_that_is_possible)
{
    int possible = 0, impossible = 0;
    for (int turn = 0; turn < 2000; turn++) {
        oracle over = {0};
        size_t sizes[64] = {0};
        state = (uint64_t)turn;
        clear();
        over.rooms = 1 + draw(5);
        for (size_t r = 0; r < over.rooms; r++) {
            int rows = 1 + (int)draw(5), columns = 1 + (int)draw(5);
            add_room(r * 3, rows, columns, false);
            over.free[r] = (size_t)(rows * columns);
            over.apart[r] = (over.free[r] + 1) / 2;
        }
        for (size_t left = seat_count - draw(3) % seat_count; left > 0;) {
            size_t size = 1 + draw((uint32_t)left);
            if (school_count == 0 && draw(2))
                size = (seat_count + draw(3)) / 2;
            size = size < left && school_count < 62 ? size : left;
            sizes[school_count] = size;
            add_school(size, 0);
            left -= size;
        }
        edu_seating_result *result = solve();
        bool can = is_possible(&over, sizes);
        if (can)
            ck_assert_int_eq(result->neighbours, 0);
        possible += can;
        impossible += !can;
        edu_free(result);
    }
    ck_assert_int_gt(possible, 500);
    ck_assert_int_gt(impossible, 100);
}
END_TEST

START_TEST(few_rooms_are_opened)
{
    clear();
    add_room(1, 4, 5, false);
    add_room(2, 5, 6, false);
    add_room(3, 2, 2, false);
    for (int i = 0; i < 9; i++)
        add_school(3, 0);
    edu_seating_result *result = solve();
    ck_assert_uint_eq(result->room_count, 3);
    ck_assert_int_eq(result->rooms[0].pupils, 0);
    ck_assert_int_eq(result->rooms[1].pupils, 27);
    ck_assert_int_eq(result->rooms[2].pupils, 0);
    edu_free(result);

    clear();
    add_room(1, 4, 5, false);
    add_room(2, 5, 6, false);
    add_school(20, 0);
    add_school(4, 0);
    result = solve();
    ck_assert_int_gt(result->rooms[0].pupils, 0); /* one room could not keep the school apart */
    ck_assert_int_eq(result->neighbours, 0);
    edu_free(result);
}
END_TEST

/* ---- step-free seats ---- */

START_TEST(step_free_needs_are_met)
{
    int none = 0;
    for (int turn = 0; turn < 1500; turn++) {
        state = (uint64_t)turn;
        clear();
        size_t rooms = 1 + draw(4), step_free = 0;
        for (size_t r = 0; r < rooms; r++)
            add_room(r, 2 + (int)draw(5), 2 + (int)draw(5), false);
        for (size_t i = 0; i < seat_count; i++)
            step_free += seats[i].is_step_free = draw(4) == 0 || seats[i].row == 0;
        for (size_t left = seat_count - draw(4); left > 0;) {
            size_t size = 1 + draw(5), needs = draw(3);
            size = size < left ? size : left;
            needs = needs < size ? needs : size;
            needs = needs < step_free ? needs : step_free;
            step_free -= needs;
            add_school(size, needs);
            left -= size;
        }
        edu_seating_result *result = solve();
        none += result->neighbours == 0;
        edu_free(result);
    }
    ck_assert_int_gt(none, 1400);
}
END_TEST

START_TEST(all_step_free_seats_are_used)
{
    clear();
    add_room(1, 3, 3, false);
    add_room(2, 3, 3, false);
    seats[0].is_step_free = seats[17].is_step_free = true;
    add_school(2, 2);
    add_school(7, 0);
    add_school(7, 0);
    expect_none();
    pupils[5].needs_step_free = true;
    edu_seating_problem given = problem();
    edu_seating_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_seating_solve(&given, &result, &error), EDU_E_INFEASIBLE);
    ck_assert_str_eq(error.message,
                     "3 pupils need a step-free seat, but there are 2: 1 cannot be seated");
}
END_TEST

/* ---- order, seed, errors ---- */

static void shuffle_problem(size_t *seat_was, size_t *pupil_was)
{
    for (size_t i = 0; i < seat_count; i++)
        seat_was[i] = i;
    for (size_t i = 0; i < pupil_count; i++)
        pupil_was[i] = i;
    for (size_t i = seat_count; i > 1; i--) {
        size_t k = draw((uint32_t)i), held = seat_was[k];
        edu_seating_seat seat = seats[k];
        seats[k] = seats[i - 1];
        seats[i - 1] = seat;
        seat_was[k] = seat_was[i - 1];
        seat_was[i - 1] = held;
    }
    for (size_t i = pupil_count; i > 1; i--) {
        size_t k = draw((uint32_t)i), held = pupil_was[k];
        edu_seating_pupil pupil = pupils[k];
        pupils[k] = pupils[i - 1];
        pupils[i - 1] = pupil;
        pupil_was[k] = pupil_was[i - 1];
        pupil_was[i - 1] = held;
    }
}

START_TEST(the_order_of_rows_does_not_matter)
{
    static size_t seat_was[SEATS], pupil_was[PUPILS];
    for (int turn = 0; turn < 100; turn++) {
        state = (uint64_t)turn;
        clear();
        add_room(4, 5, 6, true);
        add_room(2, 5, 6, false);
        add_room(9, 3, 4, false);
        for (size_t i = 0; i < 10; i++)
            add_school(4 + draw(4), draw(3));
        add_school(1, 0);
        edu_seating_result *before = solve();
        shuffle_problem(seat_was, pupil_was);
        edu_seating_result *after = solve();
        for (size_t i = 0; i < pupil_count; i++) {
            ck_assert_uint_eq(seat_was[after->seats[i]], before->seats[pupil_was[i]]);
            ck_assert_int_eq(after->variants[i], before->variants[pupil_was[i]]);
        }
        edu_free(before);
        edu_free(after);
    }
}
END_TEST

START_TEST(another_seed_another_seating)
{
    clear();
    add_room(1, 5, 6, false);
    for (int i = 0; i < 10; i++)
        add_school(3, 0);
    edu_seating_problem other = problem();
    other.seed_size--;
    edu_seating_result *one = solve(), *two = NULL;
    ck_assert_int_eq(edu_seating_solve(&other, &two, NULL), EDU_OK);
    check(two);
    ck_assert(memcmp(one->seats, two->seats, pupil_count * sizeof *one->seats) != 0);
    edu_free(one);
    edu_free(two);
}
END_TEST

static void expect(edu_seating_problem given, edu_status status, const char *field)
{
    edu_seating_result *result = NULL;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_seating_solve(&given, &result, &error), status);
    ck_assert_ptr_null(result);
    ck_assert_str_eq(error.field, field);
}

START_TEST(bad_input)
{
    clear();
    add_room(1, 2, 2, false);
    add_school(3, 0);
    edu_seating_problem given = problem();
    given.seed_size = 0;
    expect(given, EDU_E_INVALID, "/seed");
    given.seed_size = 65;
    expect(given, EDU_E_INVALID, "/seed");
    given = problem();
    given.seats = NULL;
    expect(given, EDU_E_INVALID, "/seats");
    given = problem();
    given.pupils = NULL;
    expect(given, EDU_E_INVALID, "/pupils");
    seats[3] = seats[1];
    expect(problem(), EDU_E_INVALID, "/seats/3");
    seats[3].row = -1;
    expect(problem(), EDU_E_INVALID, "/seats/3");
    seats[3].row = 1000;
    expect(problem(), EDU_E_INVALID, "/seats/3");
    seats[3].row = 1;
    pupils[1].id = pupils[2].id;
    ck_assert_int_eq(edu_seating_solve(&(edu_seating_problem){4, 3, seats, pupils, seed, 1},
                                       &(edu_seating_result *){NULL}, NULL),
                     EDU_E_INVALID);
    pupils[1].id = NULL;
    expect(problem(), EDU_E_INVALID, "/pupils/1");
    pupils[1].id = "x";
    pupil_count = 0;
    expect_none();
    pupil_count = 3;
    seat_count = 2;
    edu_error error = EDU_ERROR_INIT;
    edu_seating_result *result;
    given = problem();
    ck_assert_int_eq(edu_seating_solve(&given, &result, &error), EDU_E_INFEASIBLE);
    ck_assert_str_eq(error.message, "3 pupils, but 2 seats: 1 cannot be seated");
    ck_assert_int_eq(edu_seating_solve(NULL, &result, &error), EDU_E_INVALID);
    ck_assert_int_eq(edu_seating_solve(&given, NULL, &error), EDU_E_INVALID);
}
END_TEST

START_TEST(out_of_memory)
{
    clear();
    add_room(1, 4, 4, false);
    add_room(2, 3, 3, true);
    for (int i = 0; i < 5; i++)
        add_school(4, 1);
    edu_seating_problem given = problem();
    edu_allocator_set(&failing);
    for (int64_t count = 0;; count++) {
        edu_seating_result *result = NULL;
        allocations_left = count;
        edu_status status = edu_seating_solve(&given, &result, NULL);
        edu_free(result);
        if (status == EDU_OK)
            break;
        ck_assert_int_eq(status, EDU_E_NOMEM);
        ck_assert_int_lt(count, 1000);
    }
    edu_allocator_set(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("seating");
    TCase *cases = tcase_create("all");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, every_small_rectangle);
    tcase_add_test(cases, large_rectangles);
    tcase_add_test(cases, free_seats_keep_pupils_apart);
    tcase_add_test(cases, odd_rooms_against_all_seatings);
    tcase_add_test(cases, a_school_too_large);
    tcase_add_test(cases, schools_are_spread_where_that_is_possible);
    tcase_add_test(cases, few_rooms_are_opened);
    tcase_add_test(cases, step_free_needs_are_met);
    tcase_add_test(cases, all_step_free_seats_are_used);
    tcase_add_test(cases, the_order_of_rows_does_not_matter);
    tcase_add_test(cases, another_seed_another_seating);
    tcase_add_test(cases, bad_input);
    tcase_add_test(cases, out_of_memory);
    suite_add_tcase(suite, cases);
    return tap_run(suite);
}
