/* Works to the members of a panel, against a search through all assignments and a check of the
 * chains of exchanges that knows nothing of how it is done. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/panel.h"
#include "fail_later.h"
#include "../tap.h"

#define WORKS 20000
#define MEMBERS 200
#define PAIRS 400000

static const uint8_t seed[] = "seed of the tests";

static edu_id works[WORKS], members[MEMBERS];
static ei_panel_pair conflicts[PAIRS], kept[PAIRS];
static ei_panel_problem given;
static ei_panel_result found;

/* ---- building problems ---- */

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % below);
}

static edu_id id_of(uint32_t kind, uint32_t number)
{
    return (edu_id){{[0] = (uint8_t)kind,
                     [13] = (uint8_t)(number >> 16),
                     [14] = (uint8_t)(number >> 8),
                     [15] = (uint8_t)number}};
}

static void begin(size_t work_count, size_t member_count, size_t needed)
{
    for (uint32_t i = 0; i < work_count; i++)
        works[i] = id_of(1, i);
    for (uint32_t i = 0; i < member_count; i++)
        members[i] = id_of(2, i);
    given = (ei_panel_problem){.works = works,
                               .members = members,
                               .work_count = work_count,
                               .member_count = member_count,
                               .needed = needed,
                               .conflicts = conflicts,
                               .kept = kept,
                               .seed = seed,
                               .seed_size = sizeof seed};
}

static void conflict(uint32_t work, uint32_t member)
{
    conflicts[given.conflict_count++] = (ei_panel_pair){work, member};
}

static bool has_pair(const ei_panel_pair *pairs, size_t count, uint32_t work, uint32_t member)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].work == work && pairs[i].member == member)
            return true;
    return false;
}

/* ---- the checker ---- */

static bool conflicting[WORKS][MEMBERS], assigned[WORKS][MEMBERS], movable[WORKS][MEMBERS];
static uint32_t loads[MEMBERS];

static void mark(const ei_panel_pair *pairs, size_t count, bool (*at)[MEMBERS])
{
    for (size_t i = 0; i < count; i++)
        at[pairs[i].work][pairs[i].member] = true;
}

static void lay_out(void)
{
    for (size_t w = 0; w < given.work_count; w++) {
        memset(conflicting[w], 0, sizeof *conflicting);
        memset(assigned[w], 0, sizeof *assigned);
        memset(movable[w], 0, sizeof *movable);
    }
    mark(given.conflicts, given.conflict_count, conflicting);
    mark(given.kept, given.kept_count, assigned);
}

static const ei_panel_short *short_of(uint32_t work)
{
    for (size_t i = 0; i < found.short_count; i++)
        if (found.shorts[i].work == work)
            return &found.shorts[i];
    return NULL;
}

static void check_work(uint32_t work)
{
    size_t has = 0, had = 0, against = 0;
    for (size_t m = 0; m < given.member_count; m++) {
        against += conflicting[work][m];
        has += assigned[work][m];
        had += assigned[work][m] && !movable[work][m];
        loads[m] += assigned[work][m];
    }
    const ei_panel_short *is_short = short_of(work);
    if (given.member_count - against < given.needed) {
        ck_assert_ptr_nonnull(is_short);
        ck_assert_uint_eq(is_short->possible, given.member_count - against);
        ck_assert_uint_eq(is_short->conflicts, against);
        ck_assert_uint_eq(has, had);
    } else {
        ck_assert_ptr_null(is_short);
        ck_assert_uint_eq(has, had > given.needed ? had : given.needed);
    }
}

/* Every work has its members, none in conflict, none twice; the loads are true. */
static void check_all(void)
{
    lay_out();
    for (size_t i = 0; i < found.added_count; i++) {
        const ei_panel_pair *pair = &found.added[i];
        ck_assert(!conflicting[pair->work][pair->member] && !assigned[pair->work][pair->member]);
        assigned[pair->work][pair->member] = movable[pair->work][pair->member] = true;
        ck_assert(i == 0 || pair[-1].work < pair->work ||
                  (pair[-1].work == pair->work && pair[-1].member < pair->member));
    }
    memset(loads, 0, sizeof loads);
    for (uint32_t w = 0; w < given.work_count; w++)
        check_work(w);
    for (size_t m = 0; m < given.member_count; m++)
        ck_assert_uint_eq(found.loads[m], loads[m]);
}

static uint32_t spread(void)
{
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t m = 0; m < given.member_count; m++) {
        least = found.loads[m] < least ? found.loads[m] : least;
        most = found.loads[m] > most ? found.loads[m] : most;
    }
    return most - least;
}

/* Nobody can be relieved to the benefit of one with two works less: the ways from everybody to
 * everybody, by Warshall. */
static void check_no_exchange(void)
{
    static bool way[MEMBERS][MEMBERS];
    memset(way, 0, sizeof way);
    for (size_t w = 0; w < given.work_count; w++)
        for (size_t a = 0; a < given.member_count; a++)
            for (size_t b = 0; movable[w][a] && b < given.member_count; b++)
                way[a][b] |= !conflicting[w][b] && !assigned[w][b];
    for (size_t k = 0; k < given.member_count; k++)
        for (size_t a = 0; a < given.member_count; a++)
            for (size_t b = 0; way[a][k] && b < given.member_count; b++)
                way[a][b] |= way[k][b];
    for (size_t a = 0; a < given.member_count; a++)
        for (size_t b = 0; b < given.member_count; b++)
            ck_assert(!way[a][b] || loads[a] < loads[b] + 2);
}

static void solve(void)
{
    edu_error error = {0};
    ei_panel_finish(&found);
    edu_status status = ei_panel_solve(&given, &found, &error);
    ck_assert_msg(status == EDU_OK, "%s", error.message);
    check_all();
}

/* ---- all assignments ---- */

static uint32_t tried[MEMBERS], best[MEMBERS];
static bool is_first;

static int compare_loads(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    return (one < two) - (one > two);
}

/* Is the greatest load less, or equal and the next one less, and so on? */
static void take_if_fairer(void)
{
    uint32_t sorted[MEMBERS];
    size_t i = 0, count = given.member_count;
    memcpy(sorted, tried, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_loads);
    while (i < count && sorted[i] == best[i])
        i++;
    if (is_first || (i < count && sorted[i] < best[i]))
        memcpy(best, sorted, sizeof sorted);
    is_first = false;
}

static void try_all(uint32_t work, uint32_t member, size_t missing)
{
    while (missing == 0) {
        if (++work >= given.work_count) {
            take_if_fairer();
            return;
        }
        size_t has = 0, possible = 0;
        for (size_t m = 0; m < given.member_count; m++) {
            has += assigned[work][m];
            possible += !conflicting[work][m];
        }
        missing = possible < given.needed || has >= given.needed ? 0 : given.needed - has;
        member = 0;
    }
    for (; member < given.member_count; member++)
        if (!conflicting[work][member] && !assigned[work][member]) {
            tried[member]++;
            try_all(work, member + 1, missing - 1);
            tried[member]--;
        }
}

static void random_small(void)
{
    begin(1 + draw(5), 1 + draw(5), draw(4));
    uint32_t density = draw(70);
    for (uint32_t w = 0; w < given.work_count; w++)
        for (uint32_t m = 0; m < given.member_count; m++) {
            if (draw(100) < density)
                conflict(w, m);
            else if (draw(100) < 20)
                kept[given.kept_count++] = (ei_panel_pair){w, m};
        }
}

START_TEST(small_panels_are_as_fair_as_any)
{
    state = (uint64_t)_i;
    for (int round = 0; round < 20; round++) {
        random_small();
        solve();
        check_no_exchange();
        lay_out();
        memset(tried, 0, sizeof tried);
        for (size_t i = 0; i < given.kept_count; i++)
            tried[given.kept[i].member]++;
        is_first = true;
        /* Before the first work nothing is missing. */
        try_all(UINT32_MAX, 0, 0);
        uint32_t sorted[MEMBERS];
        memcpy(sorted, found.loads, given.member_count * sizeof *sorted);
        qsort(sorted, given.member_count, sizeof *sorted, compare_loads);
        ck_assert_mem_eq(sorted, best, given.member_count * sizeof *sorted);
    }
}
END_TEST

/* ---- larger ones ---- */

START_TEST(loads_differ_by_one_at_most)
{
    state = 7;
    begin(WORKS, MEMBERS, 5);
    /* Institutions: nobody scores the works of their own. */
    for (uint32_t w = 0; w < WORKS; w++) {
        uint32_t institution = draw(50);
        for (uint32_t m = institution; m < MEMBERS; m += 50)
            conflict(w, m);
    }
    solve();
    ck_assert_uint_eq(found.added_count, 5 * WORKS);
    ck_assert_uint_le(spread(), 1);
}
END_TEST

/* Where members of one speciality are few and works of it many, nothing is even; but it is as fair
 * as can be. */
START_TEST(crowded_specialities_are_as_fair_as_can_be)
{
    state = (uint64_t)_i;
    begin(1500, 40, 3);
    for (uint32_t w = 0; w < 1500; w++) {
        uint32_t from = draw(3) * 8, to = from + 6 + draw(4) * 7;
        for (uint32_t m = 0; m < 40; m++)
            if (m < from || m >= to || draw(10) == 0)
                conflict(w, m);
    }
    solve();
    check_no_exchange();
    ck_assert_uint_gt(spread(), 1);
}
END_TEST

/* Work w can have the members of its own step and of the next only: relief comes over many hands.
 */
START_TEST(long_chains_of_exchanges_are_found)
{
    begin(1000, MEMBERS, 1);
    for (uint32_t w = 0; w < 1000; w++) {
        uint32_t step = w < 500 ? 0 : w % (MEMBERS - 1);
        for (uint32_t m = 0; m < MEMBERS; m++)
            if (m != step && m != step + 1)
                conflict(w, m);
    }
    solve();
    check_no_exchange();
}
END_TEST

/* ---- what was assigned before ---- */

static void keep_all_but(uint32_t gone)
{
    given.kept_count = 0;
    for (size_t i = 0; i < found.added_count; i++)
        if (found.added[i].member != gone)
            kept[given.kept_count++] = found.added[i];
}

START_TEST(what_was_assigned_stays)
{
    state = 3;
    begin(300, 12, 3);
    for (uint32_t w = 0; w < 300; w++)
        conflict(w, draw(12));
    solve();
    ck_assert_uint_le(spread(), 1);
    size_t before = found.added_count;
    /* Ten more works: three new pairs each, and even again. */
    keep_all_but(UINT32_MAX);
    for (uint32_t w = 300; w < 310; w++)
        works[w] = id_of(1, w);
    given.work_count = 310;
    solve();
    ck_assert_uint_eq(found.added_count, 30);
    ck_assert_uint_eq(given.kept_count, before);
    ck_assert_uint_le(spread(), 1);
    for (size_t i = 0; i < found.added_count; i++)
        ck_assert_uint_ge(found.added[i].work, 300);
}
END_TEST

START_TEST(who_has_gone_is_replaced)
{
    state = 4;
    begin(200, 10, 3);
    solve();
    uint32_t had = found.loads[9];
    keep_all_but(9);
    members[9] = id_of(2, 99);
    solve();
    /* As many as the one who has gone had, and all to the one who comes. */
    ck_assert_uint_eq(found.added_count, had);
    ck_assert_uint_eq(found.loads[9], had);
    keep_all_but(UINT32_MAX);
}
END_TEST

START_TEST(a_work_that_cannot_be_scored_is_named)
{
    begin(3, 4, 3);
    conflict(1, 0);
    conflict(1, 0); /* twice is once */
    conflict(1, 3);
    conflict(2, 2);
    kept[given.kept_count++] = (ei_panel_pair){1, 1};
    solve();
    ck_assert_uint_eq(found.short_count, 1);
    ck_assert_uint_eq(found.shorts[0].work, 1);
    ck_assert_uint_eq(found.shorts[0].possible, 2);
    ck_assert_uint_eq(found.shorts[0].conflicts, 2);
    ck_assert_uint_eq(found.added_count, 6);
    given.needed = 5;
    solve();
    ck_assert_uint_eq(found.short_count, 3);
    ck_assert_uint_eq(found.shorts[0].conflicts, 0);
    ck_assert_uint_eq(found.added_count, 0);
    begin(0, 0, 3);
    solve();
    ck_assert_uint_eq(found.added_count + found.short_count, 0);
    begin(2, 0, 1);
    solve();
    ck_assert_uint_eq(found.short_count, 2);
}
END_TEST

/* ---- one seed, one answer ---- */

static void reverse(void *list, size_t count, size_t size)
{
    char *bytes = list, swap[sizeof(edu_id)];
    for (size_t i = 0; i < count / 2; i++) {
        memcpy(swap, bytes + i * size, size);
        memcpy(bytes + i * size, bytes + (count - 1 - i) * size, size);
        memcpy(bytes + (count - 1 - i) * size, swap, size);
    }
}

static void turn_pairs(ei_panel_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pairs[i] = (ei_panel_pair){(uint32_t)given.work_count - 1 - pairs[i].work,
                                   (uint32_t)given.member_count - 1 - pairs[i].member};
    reverse(pairs, count, sizeof *pairs);
}

START_TEST(the_order_of_lists_does_not_matter)
{
    for (state = 0; state < 30; state += 3) {
        uint64_t now = state;
        begin(120, 9, 2);
        for (uint32_t i = 0; i < 300; i++)
            conflict(draw(60), draw(5));
        for (uint32_t w = 0; w < 20; w++)
            kept[given.kept_count++] = (ei_panel_pair){w, 6 + draw(3)};
        solve();
        ei_panel_result first = found;
        found = (ei_panel_result){0};
        reverse(works, given.work_count, sizeof *works);
        reverse(members, given.member_count, sizeof *members);
        turn_pairs(conflicts, given.conflict_count);
        turn_pairs(kept, given.kept_count);
        solve();
        turn_pairs(found.added, found.added_count);
        ck_assert_uint_eq(found.added_count, first.added_count);
        ck_assert_mem_eq(found.added, first.added, first.added_count * sizeof *first.added);
        ei_panel_finish(&first);
        state = now;
    }
}
END_TEST

START_TEST(another_seed_another_panel)
{
    begin(50, 10, 2);
    solve();
    size_t same = 0;
    ei_panel_result first = found;
    found = (ei_panel_result){0};
    given.seed = (const uint8_t *)"another";
    given.seed_size = 7;
    solve();
    for (size_t i = 0; i < first.added_count; i++)
        same +=
            has_pair(found.added, found.added_count, first.added[i].work, first.added[i].member);
    ck_assert_uint_lt(same, first.added_count / 2);
    ei_panel_finish(&first);
}
END_TEST

/* ---- what is refused ---- */

static void refused(edu_status status, const char *field)
{
    edu_error error = {0};
    ei_panel_finish(&found);
    ck_assert_int_eq(ei_panel_solve(&given, &found, &error), status);
    ck_assert_str_eq(error.field, field);
    ck_assert_ptr_null(found.added);
}

START_TEST(bad_input)
{
    begin(4, 3, 1);
    works[3] = works[0];
    ei_panel_finish(&found);
    ck_assert_int_eq(ei_panel_solve(&given, &found, NULL), EDU_E_INVALID);
    begin(4, 3, 1);
    members[2] = members[1];
    ck_assert_int_eq(ei_panel_solve(&given, &found, NULL), EDU_E_INVALID);
    begin(4, 3, 1);
    conflict(0, 1);
    conflict(4, 1);
    refused(EDU_E_INVALID, "/conflicts/1");
    begin(4, 3, 1);
    conflict(0, 3);
    refused(EDU_E_INVALID, "/conflicts/0");
    begin(4, 3, 1);
    kept[given.kept_count++] = (ei_panel_pair){0, 3};
    refused(EDU_E_INVALID, "/kept/0");
    kept[0] = kept[1] = (ei_panel_pair){0, 2};
    given.kept_count = 2;
    refused(EDU_E_INVALID, "/kept/1");
    given.kept_count = 1;
    conflict(0, 2);
    refused(EDU_E_INVALID, "/kept/0");
    begin(4, 3, 1);
    given.seed_size = 0;
    refused(EDU_E_INVALID, "/seed");
    begin(4, 3, 1);
    given.work_count = EI_PANEL_WORKS_MAX + 1;
    refused(EDU_E_LIMIT, "");
}
END_TEST

START_TEST(out_of_memory)
{
    begin(20, 6, 2);
    for (uint32_t w = 0; w < 20; w++) {
        conflict(w, 0);
        conflict(w, 1);
        conflict(w, 2 + w % 2);
    }
    ei_panel_finish(&found);
    edu_allocator_set(&failing);
    for (int64_t count = 0;; count++) {
        allocations_left = count;
        edu_status status = ei_panel_solve(&given, &found, NULL);
        ei_panel_finish(&found);
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
    Suite *suite = suite_create("panel");
    TCase *cases = tcase_create("all");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, small_panels_are_as_fair_as_any, 0, 20);
    tcase_add_test(cases, loads_differ_by_one_at_most);
    tcase_add_loop_test(cases, crowded_specialities_are_as_fair_as_can_be, 0, 5);
    tcase_add_test(cases, long_chains_of_exchanges_are_found);
    tcase_add_test(cases, what_was_assigned_stays);
    tcase_add_test(cases, who_has_gone_is_replaced);
    tcase_add_test(cases, a_work_that_cannot_be_scored_is_named);
    tcase_add_test(cases, the_order_of_lists_does_not_matter);
    tcase_add_test(cases, another_seed_another_panel);
    tcase_add_test(cases, bad_input);
    tcase_add_test(cases, out_of_memory);
    suite_add_tcase(suite, cases);
    return tap_run(suite);
}
