/* Plans: what comes of pupils who come and leave, against every allocation there is, and against
 * solving anew. */
#include <stdlib.h>
#include <string.h>
#include "allocation_world.h"
#include "fail_later.h"
#include "../tap.h"

#define NEVER ((int64_t)1 << 40) /* of the search: a price that nothing is worth */

static edu_allocation_plan *plan;
static int64_t now[64][16]; /* pupils, by place and centre, as the changes told */

static void open_plan(void)
{
    edu_allocation_problem given = problem();
    edu_allocation_result *result = solve();
    ck_assert_int_eq(edu_allocation_open(&given, result, &plan, NULL), EDU_OK);
    memset(now, 0, sizeof now);
    for (size_t i = 0; place_count <= 32 && i < result->flow_count; i++)
        now[result->flows[i].place][result->flows[i].centre] = result->flows[i].pupils;
    edu_free(result);
}

/* ---- every allocation ---- */

typedef struct search {
    size_t pupils, place[12], at[12];
    int64_t before[64][16], best[64][16], free[16];
    int64_t price;
    cost least;
} search;

static void judge(search *of, cost so_far)
{
    int64_t after[64][16] = {0};
    for (size_t p = 0; p < of->pupils; p++)
        after[of->place[p]][of->at[p]]++;
    for (size_t i = 0; i < place_count; i++)
        for (size_t k = 0; k < centre_count; k++)
            if (after[i][k] < of->before[i][k])
                so_far += (cost)of->price * METRE * (of->before[i][k] - after[i][k]);
    if (so_far < of->least) {
        of->least = so_far;
        memcpy(of->best, after, sizeof after);
    }
}

static void try_all(search *of, size_t pupil, cost so_far)
{
    if (pupil == of->pupils) {
        judge(of, so_far);
        return;
    }
    /* Pupils of a place are alike: they go in order. */
    bool is_alike = pupil > 0 && of->place[pupil] == of->place[pupil - 1];
    for (size_t k = is_alike ? of->at[pupil - 1] : 0; k < centre_count; k++) {
        if (of->free[k] == 0)
            continue;
        of->free[k]--;
        of->at[pupil] = k;
        try_all(of, pupil + 1, so_far + cost_of(of->place[pupil], k));
        of->free[k]++;
    }
}

/* From what is now, to which a pupil of the place comes, unless it is nowhere. */
static void search_all(search *of, size_t place, int64_t price)
{
    *of = (search){.least = (cost)1 << 126, .price = price};
    memcpy(of->before, now, sizeof now);
    for (size_t k = 0; k < centre_count; k++)
        of->free[k] = centres[k].count;
    for (size_t i = 0; i < place_count; i++) {
        int64_t pupils = i == place;
        for (size_t k = 0; k < centre_count; k++)
            pupils += now[i][k];
        for (; pupils > 0; pupils--)
            of->place[of->pupils++] = i;
    }
    try_all(of, 0, 0);
}

/* ---- changes ---- */

/* What the change tells is done to what was known, and adds up. */
static void follow(const edu_allocation_change *change)
{
    int64_t moved = 0, added = 0;
    for (size_t i = 0; i < change->move_count; i++) {
        const edu_allocation_move *move = &change->moves[i];
        bool comes = move->from == EDU_ALLOCATION_NOWHERE;
        bool leaves = move->to == EDU_ALLOCATION_NOWHERE;
        ck_assert(move->pupils > 0 && move->from != move->to);
        if (comes || leaves)
            ck_assert(move->place == change->place && move->pupils == 1 &&
                      change->centre == (comes ? move->to : move->from));
        if (!comes) {
            now[move->place][move->from] -= move->pupils;
            ck_assert_int_ge(now[move->place][move->from], 0);
            added -= move->pupils * metres_of(cost_of(move->place, move->from));
        }
        if (!leaves) {
            now[move->place][move->to] += move->pupils;
            added += move->pupils * metres_of(cost_of(move->place, move->to));
        }
        moved += comes || leaves ? 0 : move->pupils;
    }
    ck_assert_int_eq(change->moved, moved);
    ck_assert_int_eq(change->added_m, added);
    int64_t total = 0;
    for (size_t i = 0; i < place_count; i++)
        for (size_t k = 0; k < centre_count; k++)
            total += now[i][k] * metres_of(cost_of(i, k));
    ck_assert_int_eq(change->cost_m, total);
}

static int64_t price_drawn(void)
{
    static const int64_t prices[] = {0, 0, 1, 2, 5, 30, 1000, 300000};
    uint32_t which = draw(9);
    return which == 8 ? EDU_ALLOCATION_NO_MOVES : prices[which];
}

static edu_allocation_change *add(size_t place, int64_t price)
{
    edu_allocation_change *change;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_allocation_add(plan, &places[place], price, &change, &error);
    ck_assert_msg(status == EDU_OK, "%s", error.message);
    ck_assert_uint_eq(change->place, place);
    return change;
}

static bool has_idle_seat(void)
{
    for (size_t k = 0; k < centre_count; k++) {
        int64_t taken = 0;
        for (size_t i = 0; i < place_count; i++)
            taken += now[i][k];
        if (taken < centres[k].count)
            return true;
    }
    return false;
}

/* Somebody who is there; false where nobody is. */
static bool somebody(size_t *place, size_t *centre)
{
    size_t from = draw((uint32_t)(place_count * centre_count));
    for (size_t n = 0; n < place_count * centre_count; n++) {
        size_t at = (from + n) % (place_count * centre_count);
        *place = at / centre_count;
        *centre = at % centre_count;
        if (now[*place][*centre] > 0)
            return true;
    }
    return false;
}

/* One change drawn; with all, compared with every allocation. False where none is possible. */
static bool change_once(int64_t price, search *all)
{
    size_t place, centre;
    edu_allocation_change *change;
    if (draw(3) > 0 && has_idle_seat()) {
        place = draw((uint32_t)place_count);
        if (place_count < 6 && draw(4) == 0) { /* one that is new */
            place = place_count;
            add_place((int64_t)draw(40), (int64_t)draw(4), 0, "");
        }
        if (all)
            search_all(all, place, price == EDU_ALLOCATION_NO_MOVES ? NEVER : price);
        change = add(place, price);
    } else {
        if (!somebody(&place, &centre))
            return false;
        ck_assert_int_eq(edu_allocation_remove(plan, place, centre, price, &change, NULL), EDU_OK);
        if (all) {
            now[place][centre]--;
            search_all(all, SIZE_MAX, price == EDU_ALLOCATION_NO_MOVES ? NEVER : price);
            now[place][centre]++;
        }
    }
    if (price == EDU_ALLOCATION_NO_MOVES)
        ck_assert_int_eq(change->moved, 0);
    follow(change);
    edu_free(change);
    return true;
}

static void expect_now(int64_t (*expected)[16])
{
    for (size_t i = 0; i < place_count; i++)
        for (size_t k = 0; k < centre_count; k++)
            ck_assert_int_eq(now[i][k], expected[i][k]);
}

START_TEST(each_is_the_cheapest_with_its_moves_paid)
{
    static search all;
    for (int turn = 0; turn < (is_nightly() ? 20000 : TAP_MANY(1500)); turn++) {
        state = (uint64_t)turn;
        make_random(1 + draw(3), 1 + draw(4), 2, 5);
        open_plan();
        for (int n = 0; n < 5 && change_once(price_drawn(), &all); n++)
            expect_now(all.best);
        edu_allocation_close(plan);
    }
}
END_TEST

/* ---- solving anew ---- */

/* What the plan says it is, solved anew, is the same. */
static void expect_fresh(bool has_rents)
{
    edu_allocation_problem *given;
    edu_allocation_result *is, *fresh;
    char *one, *two;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(edu_allocation_current(plan, &given, &is, &error), EDU_OK);
    ck_assert_msg(edu_allocation_solve(given, (edu_progress){0}, &fresh, &error) == EDU_OK, "%s",
                  error.message);
    ck_assert_int_eq(edu_allocation_flows_csv(given, is, &one, NULL), EDU_OK);
    ck_assert_int_eq(edu_allocation_flows_csv(given, fresh, &two, NULL), EDU_OK);
    ck_assert_str_eq(one, two);
    ck_assert_int_eq(is->cost_m, fresh->cost_m);
    ck_assert_int_eq(is->pupils, fresh->pupils);
    ck_assert(has_rents == (is->rents != NULL));
    for (size_t k = 0; has_rents && k < given->centre_count; k++)
        ck_assert_int_eq(is->rents[k], fresh->rents[k]);
    edu_free(one);
    edu_free(two);
    edu_free(fresh);
    edu_free(is);
    edu_free(given);
}

START_TEST(without_a_price_it_is_what_solving_anew_gives)
{
    for (int turn = 0; turn < (is_nightly() ? 20000 : TAP_MANY(2000)); turn++) {
        state = (uint64_t)turn + 1000000;
        make_random(1 + draw(12), 1 + draw(6), 4, draw(2) ? 3 : 30);
        open_plan();
        for (int n = 0; n < 6 && change_once(0, NULL); n++)
            expect_fresh(true);
        edu_allocation_close(plan);
    }
}
END_TEST

START_TEST(whatever_the_prices_were_none_makes_it_the_optimum_again)
{
    for (int turn = 0; turn < (is_nightly() ? 20000 : TAP_MANY(2000)); turn++) {
        state = (uint64_t)turn + 2000000;
        make_random(1 + draw(12), 1 + draw(6), 4, draw(2) ? 3 : 30);
        open_plan();
        for (int n = 0; n < 6 && change_once(price_drawn(), NULL); n++)
            ;
        if (change_once(0, NULL))
            expect_fresh(true);
        edu_allocation_close(plan);
    }
}
END_TEST

/* What is not the optimum to begin with stays as it is, or becomes it, as the price has it. */
START_TEST(any_allocation_may_be_the_start)
{
    static search all;
    for (int turn = 0; turn < 1000; turn++) {
        edu_allocation_flow flows[64];
        size_t count = 0;
        state = (uint64_t)turn + 3000000;
        make_random(1 + draw(3), 1 + draw(4), 2, 5);
        memset(now, 0, sizeof now);
        for (size_t i = 0; i < place_count; i++)
            for (int64_t pupils = places[i].count; pupils > 0;) {
                size_t k = draw((uint32_t)centre_count);
                int64_t taken = 0;
                for (size_t p = 0; p < place_count; p++)
                    taken += now[p][k];
                if (taken < centres[k].count) {
                    now[i][k]++;
                    pupils--;
                }
            }
        for (size_t i = 0; i < place_count; i++)
            for (size_t k = 0; k < centre_count; k++)
                if (now[i][k] > 0)
                    flows[count++] = (edu_allocation_flow){i, k, now[i][k]};
        edu_allocation_problem given = problem();
        edu_allocation_result start = {.flow_count = count, .flows = flows};
        ck_assert_int_eq(edu_allocation_open(&given, &start, &plan, NULL), EDU_OK);
        if (change_once(price_drawn(), &all))
            expect_now(all.best);
        edu_allocation_close(plan);
    }
}
END_TEST

START_TEST(many_places_and_zones)
{
    for (int turn = 0; turn < 6; turn++) {
        static const char *const zones[] = {"", "north"};
        state = (uint64_t)turn + 4000000;
        make_random(3000, 60, 3, turn % 2 ? 20 : 900);
        for (size_t i = 0; i < place_count; i++)
            places[i].zone = zones[i % 2];
        for (size_t k = 0; k < centre_count; k++) { /* enough in each */
            centres[k].zone = zones[k % 2];
            centres[k].count += 60;
        }
        open_plan();
        size_t first = place_count;
        for (int n = 0; n < 150; n++) {
            edu_allocation_change *change;
            if (n % 3 == 0)
                add_place((int64_t)draw(2000000) - 1000000, (int64_t)draw(2000000) - 1000000, 0,
                          zones[n % 2]);
            size_t place = n % 3 == 0 ? place_count - 1 : draw((uint32_t)first);
            int64_t price = n < 100 ? 0 : price_drawn();
            ck_assert_int_eq(edu_allocation_add(plan, &places[place], price, &change, NULL),
                             EDU_OK);
            if (n % 2)
                ck_assert_int_eq(
                    edu_allocation_remove(plan, place, change->centre, price, NULL, NULL), EDU_OK);
            edu_free(change);
            if (n % 50 == 49 && n < 100)
                expect_fresh(true);
        }
        for (size_t i = first; i < first + 2; i++) { /* a change without price in each zone */
            edu_allocation_change *change;
            ck_assert_int_eq(edu_allocation_add(plan, &places[i], 0, &change, NULL), EDU_OK);
            edu_free(change);
        }
        expect_fresh(true);
        edu_allocation_close(plan);
    }
}
END_TEST

/* ---- what is refused ---- */

START_TEST(what_cannot_be_is_refused)
{
    edu_error error = EDU_ERROR_INIT;
    edu_allocation_change *change;
    edu_allocation_result *result;
    clear();
    add_place(0, 0, 1, "");
    add_place(5, 5, 0, "south");
    add_centre(0, 1, 2, "");
    open_plan();
    ck_assert_int_eq(edu_allocation_current(plan, NULL, &result, NULL), EDU_OK);
    ck_assert_ptr_null(result->rents); /* nobody has asked for the optimum yet */
    edu_free(result);
    edu_free(add(0, 0));
    ck_assert_int_eq(edu_allocation_add(plan, &places[0], 0, &change, &error), EDU_E_INFEASIBLE);
    ck_assert_str_eq(error.key, "allocation.full");
    ck_assert_int_eq(edu_allocation_add(plan, &places[1], 0, &change, &error), EDU_E_INFEASIBLE);
    ck_assert_ptr_nonnull(strstr(error.message, "south"));
    places[0].x_m = 9;
    ck_assert_int_eq(edu_allocation_remove(plan, 0, 0, 0, NULL, &error), EDU_OK);
    ck_assert_int_eq(edu_allocation_add(plan, &places[0], 0, &change, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.key, "allocation.place");
    places[0].x_m = 0;
    ck_assert_int_eq(edu_allocation_add(plan, &places[0], -1, &change, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.key, "allocation.price");
    places[0].x_m = INT64_MAX;
    ck_assert_int_eq(edu_allocation_add(plan, &places[0], 0, &change, &error), EDU_E_LIMIT);
    places[0].x_m = 0;
    ck_assert_int_eq(edu_allocation_add(plan, NULL, 0, &change, &error), EDU_E_INVALID);
    ck_assert_int_eq(edu_allocation_add(NULL, &places[0], 0, &change, &error), EDU_E_INVALID);
    ck_assert_int_eq(edu_allocation_remove(plan, 7, 0, 0, NULL, &error), EDU_E_INVALID);
    ck_assert_int_eq(edu_allocation_remove(plan, 0, 7, 0, NULL, &error), EDU_E_INVALID);
    ck_assert_int_eq(edu_allocation_remove(plan, 0, 0, 0, NULL, &error), EDU_OK);
    ck_assert_int_eq(edu_allocation_remove(plan, 0, 0, 0, NULL, &error), EDU_E_NOT_FOUND);
    expect_fresh(true);
    edu_allocation_close(plan);
    edu_allocation_close(NULL);
}
END_TEST

static void expect_no_plan(edu_allocation_flow *flows, size_t count)
{
    edu_error error = EDU_ERROR_INIT;
    edu_allocation_problem given = problem();
    edu_allocation_result result = {.flow_count = count, .flows = flows};
    ck_assert_int_eq(edu_allocation_open(&given, &result, &plan, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.key, "allocation.result");
}

START_TEST(there_may_not_be_more_pupils_than_a_problem_has)
{
    edu_error error = EDU_ERROR_INIT;
    clear();
    add_place(0, 0, EDU_ALLOCATION_COUNT_MAX, "");
    add_centre(EDU_ALLOCATION_METRES_MAX, 0, EDU_ALLOCATION_COUNT_MAX, "");
    add_centre(-EDU_ALLOCATION_METRES_MAX, 1000000, EDU_ALLOCATION_COUNT_MAX, "");
    edu_allocation_problem given = problem();
    edu_allocation_result *result = solve();
    ck_assert_int_eq(edu_allocation_open(&given, result, &plan, &error), EDU_OK);
    for (int turn = 0; turn < 2; turn++) {
        ck_assert_int_eq(edu_allocation_add(plan, &places[0], 0, NULL, &error), EDU_E_LIMIT);
        ck_assert_str_eq(error.key, "allocation.too_many");
        ck_assert_int_eq(edu_allocation_remove(plan, 0, 0, 0, NULL, &error), EDU_OK);
        ck_assert_int_eq(edu_allocation_add(plan, &places[0], 0, NULL, &error), EDU_OK);
    }
    edu_allocation_close(plan);
    edu_free(result);
}
END_TEST

START_TEST(a_result_of_another_problem_is_refused)
{
    clear();
    add_place(0, 0, 2, "");
    add_place(0, 0, 1, "south");
    add_centre(0, 0, 3, "");
    add_centre(0, 0, 1, "");
    add_centre(0, 0, 3, "south");
    expect_no_plan(NULL, 0);
    expect_no_plan((edu_allocation_flow[]){{0, 0, 1}, {1, 2, 1}}, 2);
    expect_no_plan((edu_allocation_flow[]){{0, 0, 3}, {1, 2, 1}}, 2);
    expect_no_plan((edu_allocation_flow[]){{0, 1, 2}, {1, 2, 1}}, 2);
    expect_no_plan((edu_allocation_flow[]){{0, 0, 1}, {0, 0, 1}, {1, 2, 1}}, 3);
    expect_no_plan((edu_allocation_flow[]){{0, 0, 2}, {1, 0, 1}}, 2);
    expect_no_plan((edu_allocation_flow[]){{0, 0, 2}, {2, 2, 1}}, 2);
    expect_no_plan((edu_allocation_flow[]){{0, 0, 2}, {1, 3, 1}}, 2);
    expect_no_plan((edu_allocation_flow[]){{0, 0, 2}, {0, 1, 0}, {1, 2, 1}}, 3);
    ck_assert_int_eq(edu_allocation_open(NULL, NULL, &plan, NULL), EDU_E_INVALID);
}
END_TEST

static edu_status open_and_change(const edu_allocation_result *result)
{
    edu_allocation_problem given = problem();
    edu_allocation_problem *is = NULL;
    edu_allocation_result *made = NULL;
    edu_allocation_change *change = NULL, *other = NULL;
    const edu_allocation_site late = {"late", "", 5, 5, 0, 0};
    edu_allocation_plan *opened = NULL;
    edu_status status = edu_allocation_open(&given, result, &opened, NULL);
    if (status == EDU_OK)
        status = edu_allocation_remove(opened, result->flows[0].place, result->flows[0].centre, 0,
                                       &other, NULL);
    if (status == EDU_OK)
        status = edu_allocation_add(opened, &late, 3, &change, NULL);
    if (status == EDU_OK)
        status = edu_allocation_current(opened, &is, &made, NULL);
    edu_free(change);
    edu_free(other);
    edu_free(is);
    edu_free(made);
    edu_allocation_close(opened);
    return status;
}

START_TEST(out_of_memory)
{
    state = 5;
    make_random(20, 6, 4, 20);
    edu_allocation_result *result = solve();
    int64_t count = 0;
    edu_allocator_set(&failing);
    for (;; count++) {
        allocations_left = count;
        edu_status status = open_and_change(result);
        if (status == EDU_OK)
            break;
        ck_assert_int_eq(status, EDU_E_NOMEM);
        ck_assert_int_lt(count, 5000);
    }
    edu_allocator_set(NULL);
    ck_assert_int_gt(count, 30);
    edu_free(result);
}
END_TEST

#define ADD(name) tcase_add_test(cases, name)

int main(void)
{
    Suite *suite = suite_create("plan");
    TCase *cases = tcase_create("all");
    tcase_set_timeout(cases, 300);
    ADD(each_is_the_cheapest_with_its_moves_paid);
    ADD(without_a_price_it_is_what_solving_anew_gives);
    ADD(whatever_the_prices_were_none_makes_it_the_optimum_again);
    ADD(any_allocation_may_be_the_start);
    ADD(many_places_and_zones);
    ADD(what_cannot_be_is_refused);
    ADD(there_may_not_be_more_pupils_than_a_problem_has);
    ADD(a_result_of_another_problem_is_refused);
    ADD(out_of_memory);
    suite_add_tcase(suite, cases);
    return tap_run(suite);
}
