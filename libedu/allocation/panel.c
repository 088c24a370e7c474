/* A start that gives each work, the one with the fewest choices first, to the members who have the
 * least; then exchanges. A member can hand a work to another who has none of the two reasons
 * against it: a conflict, or the work itself. A chain of such hand-overs from one member to another
 * who has at least two works less makes the loads fairer and leaves those between as they were; it
 * is a path over the members alone, however many the works. Where there is no such chain, no
 * assignment is fairer: in terms of flows, no cycle of negative cost is left, whatever convex
 * function of the loads is the cost. */
#include "allocation/panel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/lot.h"

#define NONE UINT32_MAX

typedef struct drawn {
    uint32_t index; /* in the problem's list */
    uint64_t lot;
    edu_id id;
} drawn;

/* Works and members are numbered by lot, so that the order of the lists has no influence. */
typedef struct panel {
    const ei_panel_problem *problem;
    uint32_t work_count, member_count, needed;
    drawn *works, *members;
    uint32_t *work_numbers, *member_numbers; /* by index in the lists */
    /* by work and member, a bit: a conflict, or the member has the work */
    uint64_t *barred;
    size_t words; /* of 64 bits, a work */
    /* by work */
    uint32_t *possible, *had;
    uint32_t *slots; /* where its slots begin; one more at the end */
    /* by slot: one place of a work that is to be filled */
    uint32_t *slot_work, *slot_member, *next, *previous;
    /* by member */
    uint32_t *first; /* slot; NONE */
    uint32_t *loads;
    uint32_t *moves; /* by two members: works of the one that the other could take */
    /* of a search */
    uint32_t *queue, *before;
    bool *is_seen;
} panel;

/* ---- bits ---- */

static bool is_barred(const panel *in, uint32_t work, uint32_t member)
{
    return in->barred[work * in->words + member / 64] >> member % 64 & 1;
}

static void bar(panel *in, uint32_t work, uint32_t member)
{
    in->barred[work * in->words + member / 64] |= UINT64_C(1) << member % 64;
}

static void unbar(panel *in, uint32_t work, uint32_t member)
{
    in->barred[work * in->words + member / 64] &= ~(UINT64_C(1) << member % 64);
}

/* ---- what is given ---- */

static edu_status wrong(edu_error *error, const char *list, size_t index, const char *what)
{
    char field[48];
    (void)snprintf(field, sizeof field, "/%s/%zu", list, index);
    return ei_fail(error, EDU_E_INVALID, "allocation.panel", field, "%s: %s", field, what);
}

static int by_lot(const void *a, const void *b)
{
    const drawn *one = a, *two = b;
    if (one->lot != two->lot)
        return one->lot < two->lot ? -1 : 1;
    return ei_id_compare(one->id, two->id);
}

static edu_status draw(const ei_lot_key *key, const char *list, const edu_id *ids, uint32_t count,
                       drawn *out, uint32_t *numbers, edu_error *error)
{
    char text[EDU_ID_TEXT];
    for (uint32_t i = 0; i < count; i++) {
        edu_id_format(ids[i], text);
        out[i] = (drawn){i, ei_lot(key, list, text), ids[i]};
    }
    qsort(out, count, sizeof *out, by_lot);
    for (uint32_t i = 0; i < count; i++) {
        numbers[out[i].index] = i;
        if (i > 0 && by_lot(&out[i - 1], &out[i]) == 0)
            return wrong(error, list, out[i].index, "this id stands in the list twice");
    }
    return EDU_OK;
}

static bool is_inside(const panel *in, const ei_panel_pair *pair)
{
    return pair->work < in->work_count && pair->member < in->member_count;
}

static edu_status take_conflicts(panel *in, edu_error *error)
{
    for (uint32_t w = 0; w < in->work_count; w++)
        in->possible[w] = in->member_count;
    for (size_t i = 0; i < in->problem->conflict_count; i++) {
        const ei_panel_pair *pair = &in->problem->conflicts[i];
        if (!is_inside(in, pair))
            return wrong(error, "conflicts", i, "there is no such work or member");
        uint32_t work = in->work_numbers[pair->work], member = in->member_numbers[pair->member];
        in->possible[work] -= !is_barred(in, work, member);
        bar(in, work, member);
    }
    return EDU_OK;
}

static bool is_conflict(const ei_panel_problem *problem, const ei_panel_pair *pair)
{
    for (size_t i = 0; i < problem->conflict_count; i++)
        if (problem->conflicts[i].work == pair->work &&
            problem->conflicts[i].member == pair->member)
            return true;
    return false;
}

static edu_status take_kept(panel *in, edu_error *error)
{
    for (size_t i = 0; i < in->problem->kept_count; i++) {
        const ei_panel_pair *pair = &in->problem->kept[i];
        if (!is_inside(in, pair))
            return wrong(error, "kept", i, "there is no such work or member");
        uint32_t work = in->work_numbers[pair->work], member = in->member_numbers[pair->member];
        if (is_barred(in, work, member))
            return wrong(error, "kept", i,
                         is_conflict(in->problem, pair)
                             ? "this pair is kept, but it has a conflict of interest"
                             : "this pair stands in the list twice");
        bar(in, work, member);
        in->had[work]++;
        in->loads[member]++;
    }
    return EDU_OK;
}

/* ---- slots ---- */

static uint32_t missing_of(const panel *in, uint32_t work)
{
    return in->possible[work] < in->needed || in->had[work] >= in->needed
               ? 0
               : in->needed - in->had[work];
}

static edu_status make_slots(panel *in, edu_error *error)
{
    for (uint32_t w = 0; w < in->work_count; w++)
        in->slots[w + 1] = in->slots[w] + missing_of(in, w);
    size_t count = in->slots[in->work_count];
    in->slot_work = ei_calloc(count, sizeof *in->slot_work);
    in->slot_member = ei_calloc(count, sizeof *in->slot_member);
    in->next = ei_calloc(count, sizeof *in->next);
    in->previous = ei_calloc(count, sizeof *in->previous);
    if (!in->slot_work || !in->slot_member || !in->next || !in->previous)
        return ei_no_memory(error);
    for (uint32_t w = 0; w < in->work_count; w++)
        for (uint32_t s = in->slots[w]; s < in->slots[w + 1]; s++)
            in->slot_work[s] = w;
    return EDU_OK;
}

static void put(panel *in, uint32_t slot, uint32_t member)
{
    in->slot_member[slot] = member;
    in->previous[slot] = NONE;
    in->next[slot] = in->first[member];
    if (in->first[member] != NONE)
        in->previous[in->first[member]] = slot;
    in->first[member] = slot;
    in->loads[member]++;
    bar(in, in->slot_work[slot], member);
}

static void take_away(panel *in, uint32_t slot)
{
    uint32_t member = in->slot_member[slot], before = in->previous[slot], after = in->next[slot];
    if (before == NONE)
        in->first[member] = after;
    else
        in->next[before] = after;
    if (after != NONE)
        in->previous[after] = before;
    in->loads[member]--;
    unbar(in, in->slot_work[slot], member);
}

/* ---- the start ---- */

static uint32_t least_loaded(const panel *in, uint32_t work)
{
    uint32_t best = NONE;
    uint64_t best_lot = 0;
    for (uint32_t m = 0; m < in->member_count; m++) {
        if (is_barred(in, work, m) || (best != NONE && in->loads[m] > in->loads[best]))
            continue;
        uint64_t lot = ei_lot_mix(in->works[work].lot ^ ei_lot_mix(in->members[m].lot));
        if (best == NONE || in->loads[m] < in->loads[best] || lot < best_lot) {
            best = m;
            best_lot = lot;
        }
    }
    return best;
}

/* Works by the number of members they can have, the fewest first; out has room for all. */
static edu_status order_works(const panel *in, uint32_t *out, edu_error *error)
{
    uint32_t *starts = ei_calloc((size_t)in->member_count + 2, sizeof *starts);
    if (!starts)
        return ei_no_memory(error);
    for (uint32_t w = 0; w < in->work_count; w++)
        starts[in->possible[w] + 1]++;
    for (uint32_t i = 0; i < in->member_count; i++)
        starts[i + 1] += starts[i];
    for (uint32_t w = 0; w < in->work_count; w++)
        out[starts[in->possible[w]]++] = w;
    ei_free(starts);
    return EDU_OK;
}

static edu_status start(panel *in, edu_error *error)
{
    uint32_t *order = ei_calloc(in->work_count, sizeof *order);
    edu_status status = order ? order_works(in, order, error) : ei_no_memory(error);
    for (uint32_t i = 0; status == EDU_OK && i < in->work_count; i++)
        for (uint32_t s = in->slots[order[i]]; s < in->slots[order[i] + 1]; s++)
            put(in, s, least_loaded(in, order[i]));
    ei_free(order);
    return status;
}

/* ---- exchanges ---- */

/* Adds or removes what whoever holds the work in a slot could hand over. */
static void count_moves(panel *in, uint32_t work, int change)
{
    for (uint32_t s = in->slots[work]; s < in->slots[work + 1]; s++) {
        uint32_t *to = in->moves + (size_t)in->slot_member[s] * in->member_count;
        for (uint32_t m = 0; m < in->member_count; m++)
            if (!is_barred(in, work, m))
                to[m] += (uint32_t)change;
    }
}

static void hand_over(panel *in, uint32_t from, uint32_t to)
{
    uint32_t slot = in->first[from];
    while (is_barred(in, in->slot_work[slot], to))
        slot = in->next[slot];
    count_moves(in, in->slot_work[slot], -1);
    take_away(in, slot);
    put(in, slot, to);
    count_moves(in, in->slot_work[slot], 1);
}

/* The least loaded member of those who can be reached, the first of equals; those seen before are
 * known to lead to nobody with much less. */
static uint32_t search(panel *in, uint32_t from)
{
    uint32_t end = 0, best = from;
    in->queue[end++] = from;
    in->is_seen[from] = true;
    for (uint32_t i = 0; i < end; i++) {
        const uint32_t *moves = in->moves + (size_t)in->queue[i] * in->member_count;
        for (uint32_t m = 0; m < in->member_count; m++) {
            if (in->is_seen[m] || moves[m] == 0)
                continue;
            in->is_seen[m] = true;
            in->before[m] = in->queue[i];
            in->queue[end++] = m;
            if (in->loads[m] < in->loads[best])
                best = m;
        }
    }
    return best;
}

static uint32_t most_loaded_unseen(const panel *in)
{
    uint32_t most = NONE;
    for (uint32_t m = 0; m < in->member_count; m++)
        if (!in->is_seen[m] && (most == NONE || in->loads[m] > in->loads[most]))
            most = m;
    return most;
}

/* Relieves somebody; false where nobody can be. */
static bool improve(panel *in)
{
    memset(in->is_seen, 0, in->member_count * sizeof *in->is_seen);
    for (uint32_t from; (from = most_loaded_unseen(in)) != NONE;) {
        uint32_t to = search(in, from);
        if (in->loads[to] + 2 > in->loads[from])
            continue;
        for (; to != from; to = in->before[to])
            hand_over(in, in->before[to], to);
        return true;
    }
    return false;
}

static bool is_even(const panel *in)
{
    uint32_t least = NONE, most = 0;
    for (uint32_t m = 0; m < in->member_count; m++) {
        least = in->loads[m] < least ? in->loads[m] : least;
        most = in->loads[m] > most ? in->loads[m] : most;
    }
    return most < 2 || least >= most - 1;
}

static edu_status even_out(panel *in, edu_error *error)
{
    size_t count = in->member_count;
    if (is_even(in))
        return EDU_OK;
    in->moves = ei_calloc(count * count, sizeof *in->moves);
    if (!in->moves)
        return ei_no_memory(error);
    for (uint32_t w = 0; w < in->work_count; w++)
        count_moves(in, w, 1);
    while (improve(in))
        ;
    return EDU_OK;
}

/* ---- the answer ---- */

static int by_pair(const void *a, const void *b)
{
    const ei_panel_pair *one = a, *two = b;
    if (one->work != two->work)
        return one->work < two->work ? -1 : 1;
    return (one->member > two->member) - (one->member < two->member);
}

static edu_status take_added(const panel *in, ei_panel_result *out, edu_error *error)
{
    size_t count = in->slots[in->work_count];
    out->added = ei_calloc(count, sizeof *out->added);
    if (!out->added)
        return ei_no_memory(error);
    for (size_t s = 0; s < count; s++)
        out->added[s] = (ei_panel_pair){in->works[in->slot_work[s]].index,
                                        in->members[in->slot_member[s]].index};
    out->added_count = count;
    qsort(out->added, count, sizeof *out->added, by_pair);
    return EDU_OK;
}

static edu_status take_shorts(const panel *in, ei_panel_result *out, edu_error *error)
{
    size_t count = 0;
    for (uint32_t w = 0; w < in->work_count; w++)
        count += in->possible[w] < in->needed;
    out->shorts = ei_calloc(count, sizeof *out->shorts);
    if (!out->shorts)
        return ei_no_memory(error);
    for (uint32_t i = 0; i < in->work_count; i++) {
        uint32_t possible = in->possible[in->work_numbers[i]];
        if (possible < in->needed)
            out->shorts[out->short_count++] =
                (ei_panel_short){i, possible, in->member_count - possible};
    }
    return EDU_OK;
}

static edu_status take_answer(const panel *in, ei_panel_result *out, edu_error *error)
{
    EI_TRY(take_added(in, out, error));
    EI_TRY(take_shorts(in, out, error));
    out->loads = ei_calloc(in->member_count, sizeof *out->loads);
    if (!out->loads)
        return ei_no_memory(error);
    for (uint32_t m = 0; m < in->member_count; m++)
        out->loads[in->members[m].index] = in->loads[m];
    return EDU_OK;
}

/* ---- the whole ---- */

static bool make_panel(panel *in)
{
    size_t works = in->work_count, members = in->member_count;
    in->works = ei_calloc(works, sizeof *in->works);
    in->members = ei_calloc(members, sizeof *in->members);
    in->work_numbers = ei_calloc(works, sizeof *in->work_numbers);
    in->member_numbers = ei_calloc(members, sizeof *in->member_numbers);
    in->barred = ei_calloc(works * in->words, sizeof *in->barred);
    in->possible = ei_calloc(works, sizeof *in->possible);
    in->had = ei_calloc(works, sizeof *in->had);
    in->slots = ei_calloc(works + 1, sizeof *in->slots);
    in->first = ei_calloc(members, sizeof *in->first);
    in->loads = ei_calloc(members, sizeof *in->loads);
    in->queue = ei_calloc(members, sizeof *in->queue);
    in->before = ei_calloc(members, sizeof *in->before);
    in->is_seen = ei_calloc(members, sizeof *in->is_seen);
    for (size_t m = 0; in->first && m < members; m++)
        in->first[m] = NONE;
    return in->works && in->members && in->work_numbers && in->member_numbers && in->barred &&
           in->possible && in->had && in->slots && in->first && in->loads && in->queue &&
           in->before && in->is_seen;
}

static void finish_panel(panel *in)
{
    void *const blocks[] = {
        in->works, in->members, in->work_numbers, in->member_numbers, in->barred, in->possible,
        in->had,   in->slots,   in->slot_work,    in->slot_member,    in->next,   in->previous,
        in->first, in->loads,   in->moves,        in->queue,          in->before, in->is_seen};
    for (size_t i = 0; i < EI_COUNT(blocks); i++)
        ei_free(blocks[i]);
}

static edu_status solve(panel *in, ei_panel_result *out, edu_error *error)
{
    const ei_panel_problem *problem = in->problem;
    ei_lot_key key;
    if (!make_panel(in))
        return ei_no_memory(error);
    ei_lot_key_make(problem->seed, problem->seed_size, &key);
    EI_TRY(draw(&key, "works", problem->works, in->work_count, in->works, in->work_numbers, error));
    EI_TRY(draw(&key, "members", problem->members, in->member_count, in->members,
                in->member_numbers, error));
    EI_TRY(take_conflicts(in, error));
    EI_TRY(take_kept(in, error));
    EI_TRY(make_slots(in, error));
    EI_TRY(start(in, error));
    EI_TRY(even_out(in, error));
    return take_answer(in, out, error);
}

edu_status ei_panel_solve(const ei_panel_problem *problem, ei_panel_result *out, edu_error *error)
{
    *out = (ei_panel_result){0};
    if (problem->work_count > EI_PANEL_WORKS_MAX || problem->member_count > EI_PANEL_MEMBERS_MAX)
        return ei_fail(error, EDU_E_LIMIT, "allocation.panel", NULL,
                       "at most %d works and %d members are assigned at once", EI_PANEL_WORKS_MAX,
                       EI_PANEL_MEMBERS_MAX);
    if (!problem->seed || problem->seed_size == 0)
        return ei_bad_argument(error, "seed");
    panel in = {.problem = problem,
                .work_count = (uint32_t)problem->work_count,
                .member_count = (uint32_t)problem->member_count,
                .needed = problem->needed < NONE ? (uint32_t)problem->needed : NONE,
                .words = (problem->member_count + 63) / 64};
    edu_status status = solve(&in, out, error);
    finish_panel(&in);
    if (status != EDU_OK)
        ei_panel_finish(out);
    return status;
}

void ei_panel_finish(ei_panel_result *result)
{
    ei_free(result->added);
    ei_free(result->shorts);
    ei_free(result->loads);
    *result = (ei_panel_result){0};
}
