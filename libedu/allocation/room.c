/* Who sits where in one room.
 *
 * Neighbouring desks differ in colour, as on a chessboard, so a school that keeps to one colour has
 * no neighbours. The largest school gets the larger colour F; then come, smallest first, as many
 * others as fill F; the school t that fits no more takes the last a desks of F and the first b of
 * the other colour S; all others get S.
 *
 * Why this never fails in a full rectangle of n desks where no school exceeds ceil(n/2): take empty
 * desks as schools of one, so that the sizes s1 >= s2 >= … add up to n. Every school but t keeps to
 * one colour. If s1 > |S|, then s1 = |F|, and there is no t. Otherwise t is not the largest, nor is
 * it the second: the rest would leave room in F, n - s2 < |F|, so s2 > |S| >= s1. So t is at best
 * third, and a + b <= n/3. A size of 1 cannot be split, so a + b >= 2, n >= 6, and with C <= R for
 * the sides, R >= 3. Number the desks along lines of length C: each pair of desks 2i, 2i+1 has one
 * of either colour (where C is odd the colours alternate throughout), so the first b of S lie below
 * 2b, and the last a of F from n - 2a on. Neighbours differ by at most C, but
 * n - 2a - (2b - 1) >= n - 2n/3 + 1 = RC/3 + 1 > C.
 *
 * Empty desks are better used to keep pupils apart, so it is tried first with all of them in S; and
 * where rooms are odd, with a largest independent set for F. What then remains, or is broken by
 * step-free needs, is mended by exchanges. */
#include "allocation/room.h"

#include <stdlib.h>
#include <string.h>
#include "allocation/lot.h"

/* ---- the desks as a graph ---- */

static int by_place(const void *a, const void *b)
{
    const ei_desk *one = a, *two = b;
    if (one->row != two->row)
        return one->row < two->row ? -1 : 1;
    return (one->column > two->column) - (one->column < two->column);
}

static void link_desk(ei_room *room, uint32_t at)
{
    static const int32_t steps[4][2] = {{0, -1}, {0, 1}, {-1, 0}, {1, 0}};
    ei_desk *desk = &room->desks[at];
    desk->degree = 0;
    for (int i = 0; i < 4; i++) {
        ei_desk key = {.row = desk->row + steps[i][0], .column = desk->column + steps[i][1]};
        const ei_desk *found = bsearch(&key, room->desks, room->count, sizeof key, by_place);
        if (found)
            desk->beside[desk->degree++] = (uint32_t)(found - room->desks);
    }
}

/* A queue over desks, and a number by desk. */
typedef struct walk {
    uint32_t *queue, *number;
    uint32_t *match; /* the neighbour that a desk is paired with */
    size_t length;   /* of the queue */
} walk;

static bool is_black(const ei_desk *desk)
{
    return (desk->row + desk->column) % 2 == 0;
}

/* Visits what hangs together with a desk; returns how many black desks more than white there are.
 */
static int64_t visit_part(const ei_room *room, walk *over, uint32_t from)
{
    int64_t black = 0;
    over->length = 0;
    over->queue[over->length++] = from;
    over->number[from] = from;
    for (size_t head = 0; head < over->length; head++) {
        const ei_desk *desk = &room->desks[over->queue[head]];
        black += is_black(desk) ? 1 : -1;
        for (int i = 0; i < desk->degree; i++)
            if (over->number[desk->beside[i]] == EI_NOBODY) {
                over->number[desk->beside[i]] = from;
                over->queue[over->length++] = desk->beside[i];
            }
    }
    return black;
}

/* Side 0 is the larger one; separate parts are turned so that the sides come close. */
static void choose_sides(ei_room *room, walk *over)
{
    int64_t ahead = 0; /* desks of side 0 more than of side 1 */
    for (size_t i = 0; i < room->count; i++)
        over->number[i] = EI_NOBODY;
    for (uint32_t i = 0; i < room->count; i++) {
        if (over->number[i] != EI_NOBODY)
            continue;
        int64_t black = visit_part(room, over, i);
        bool black_is_first = (black > 0) == (ahead <= 0);
        ahead += black_is_first ? black : -black;
        for (size_t k = 0; k < over->length; k++) {
            ei_desk *desk = &room->desks[over->queue[k]];
            desk->side = is_black(desk) != black_is_first;
        }
    }
    for (size_t i = 0; i < room->count && ahead < 0; i++)
        room->desks[i].side ^= 1;
}

/* Pairs greedily: what is left to the search below is little. */
static void pair_greedily(const ei_room *room, walk *over)
{
    for (uint32_t i = 0; i < room->count; i++)
        over->match[i] = EI_NOBODY;
    for (uint32_t i = 0; i < room->count; i++)
        for (int k = 0; k < room->desks[i].degree && over->match[i] == EI_NOBODY; k++) {
            uint32_t other = room->desks[i].beside[k];
            if (over->match[other] == EI_NOBODY) {
                over->match[other] = i;
                over->match[i] = other;
            }
        }
}

/* Turns round the pairs on the way back from an unpaired desk of side 1. */
static void turn_pairs(walk *over, uint32_t end)
{
    for (uint32_t at = end; at != EI_NOBODY;) {
        uint32_t from = over->number[at], next = over->match[from];
        over->match[at] = from;
        over->match[from] = at;
        at = next;
    }
}

/* Walks from unpaired desks of side 0 over pairs and other neighbours in turn. number: by desk of
 * side 1, whence it was reached. Returns an unpaired desk of side 1, or EI_NOBODY: no more pairs.
 */
static uint32_t find_unpaired(const ei_room *room, walk *over)
{
    size_t head = 0, tail = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        over->number[i] = EI_NOBODY;
        if (room->desks[i].side == 0 && over->match[i] == EI_NOBODY)
            over->queue[tail++] = i;
    }
    while (head < tail) {
        uint32_t at = over->queue[head++];
        for (int i = 0; i < room->desks[at].degree; i++) {
            uint32_t other = room->desks[at].beside[i];
            if (over->number[other] != EI_NOBODY)
                continue;
            over->number[other] = at;
            if (over->match[other] == EI_NOBODY)
                return other;
            over->queue[tail++] = over->match[other];
        }
    }
    /* By König's theorem what side 0 was walked over, and what side 1 was not, are the largest set
     * apart. */
    for (uint32_t i = 0; i < room->count; i++)
        room->desks[i].is_apart = room->desks[i].side == 1 && over->number[i] == EI_NOBODY;
    for (size_t i = 0; i < tail; i++)
        room->desks[over->queue[i]].is_apart = true;
    return EI_NOBODY;
}

static void find_apart(ei_room *room, walk *over)
{
    pair_greedily(room, over);
    for (uint32_t end; (end = find_unpaired(room, over)) != EI_NOBODY;)
        turn_pairs(over, end);
    room->apart = 0;
    for (size_t i = 0; i < room->count; i++)
        room->apart += room->desks[i].is_apart;
}

edu_status ei_room_link(ei_room *room, edu_error *error)
{
    walk over = {.queue = ei_calloc(room->count, sizeof(uint32_t)),
                 .number = ei_calloc(room->count, sizeof(uint32_t)),
                 .match = ei_calloc(room->count, sizeof(uint32_t))};
    bool is_made = over.queue && over.number && over.match;
    room->pairs = room->step_free = 0;
    memset(room->with, 0, sizeof room->with);
    for (uint32_t i = 0; i < room->count; i++) {
        link_desk(room, i);
        room->pairs += room->desks[i].degree;
        room->with[room->desks[i].degree]++;
        room->step_free += room->desks[i].is_step_free;
        room->desks[i].sitter = EI_NOBODY;
    }
    room->pairs /= 2;
    if (is_made) {
        choose_sides(room, &over);
        find_apart(room, &over);
    }
    ei_free(over.queue);
    ei_free(over.number);
    ei_free(over.match);
    return is_made ? EDU_OK : ei_no_memory(error);
}

size_t ei_room_bound(const ei_room *room, size_t pupils)
{
    /* Of a largest matching every pair loses a desk to others, or is a pair of neighbours. */
    size_t bound = pupils > room->apart ? pupils - room->apart : 0;
    /* A desk of others takes away at most the pairs that it is in. */
    size_t others = room->count - pupils, away = 0;
    for (size_t degree = 4; degree > 0; degree--) {
        size_t taken = others < room->with[degree] ? others : room->with[degree];
        away += taken * degree;
        others -= taken;
    }
    size_t left = room->pairs > away ? room->pairs - away : 0;
    return left > bound ? left : bound;
}

/* ---- seating ---- */

typedef struct group {
    size_t first, count; /* sitters of one school */
    size_t on_first;     /* of these, how many on the first side */
} group;

typedef struct seating {
    ei_room *room;
    const ei_sitter *sitters;
    size_t count;
    uint64_t draw;
    group *groups;
    size_t group_count;
    uint32_t *desks[2]; /* of the two sides, along the room */
    size_t desk_count[2];
    uint32_t *people; /* scratch: sitters of a side */
    uint32_t *best;   /* sitter by desk, of the best seating so far */
    uint64_t *banned; /* by desk: not to be exchanged before this step */
    size_t least;     /* neighbours of the best seating */
} seating;

static uint32_t school_of(const ei_sitter *sitters, uint32_t sitter)
{
    return sitter == EI_NOBODY ? EI_NOBODY : sitters[sitter].school;
}

static size_t neighbours_at(const ei_room *room, const ei_sitter *sitters, uint32_t at)
{
    const ei_desk *desk = &room->desks[at];
    uint32_t school = school_of(sitters, desk->sitter);
    size_t count = 0;
    for (int i = 0; school != EI_NOBODY && i < desk->degree; i++)
        count += school_of(sitters, room->desks[desk->beside[i]].sitter) == school;
    return count;
}

size_t ei_room_neighbours(const ei_room *room, const ei_sitter *sitters)
{
    size_t count = 0;
    for (uint32_t i = 0; i < room->count; i++)
        count += neighbours_at(room, sitters, i);
    return count / 2;
}

static void find_groups(seating *in)
{
    for (size_t i = 0; i < in->count; i++) {
        if (i == 0 || in->sitters[i].school != in->sitters[i - 1].school)
            in->groups[in->group_count++] = (group){.first = i};
        in->groups[in->group_count - 1].count++;
    }
}

static int by_column(const void *a, const void *b, void *desks)
{
    const ei_desk *one = (const ei_desk *)desks + *(const uint32_t *)a;
    const ei_desk *two = (const ei_desk *)desks + *(const uint32_t *)b;
    if (one->column != two->column)
        return one->column < two->column ? -1 : 1;
    return (one->row > two->row) - (one->row < two->row);
}

static int by_degree(const void *a, const void *b, void *desks)
{
    const uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
    const ei_desk *all = desks;
    if (all[one].degree != all[two].degree)
        return all[one].degree < all[two].degree ? -1 : 1;
    return (one > two) - (one < two);
}

static bool is_wide(const ei_room *room)
{
    int32_t left = INT32_MAX, right = 0;
    for (size_t i = 0; i < room->count; i++) {
        left = room->desks[i].column < left ? room->desks[i].column : left;
        right = room->desks[i].column > right ? room->desks[i].column : right;
    }
    return right - left > room->desks[room->count - 1].row - room->desks[0].row;
}

/* The sides by colour, or what is apart and the rest; numbered along lines of the shorter length.
 */
static void split_sides(seating *in, bool by_colour)
{
    ei_room *room = in->room;
    bool wide = is_wide(room);
    in->desk_count[0] = in->desk_count[1] = 0;
    for (uint32_t i = 0; i < room->count; i++) {
        int side = by_colour ? room->desks[i].side : !room->desks[i].is_apart;
        in->desks[side][in->desk_count[side]++] = i;
        room->desks[i].sitter = EI_NOBODY;
    }
    for (int side = 0; side < 2 && wide; side++)
        qsort_r(in->desks[side], in->desk_count[side], sizeof(uint32_t), by_column, room->desks);
}

static void share(group *one, size_t *left)
{
    one->on_first = one->count < *left ? one->count : *left;
    *left -= one->on_first;
}

/* How many of each school go on the first side. Returns the school that is on both, or NULL. */
static const group *share_sides(seating *in, bool with_empty)
{
    size_t left = in->desk_count[0], empty = in->room->count - in->count;
    const group *split = NULL;
    share(&in->groups[0], &left);
    if (with_empty)
        left -= empty < left ? empty : left;
    for (size_t i = in->group_count; i-- > 1;)
        share(&in->groups[i], &left);
    for (size_t i = 0; i < in->group_count; i++)
        if (in->groups[i].on_first > 0 && in->groups[i].on_first < in->groups[i].count)
            split = &in->groups[i];
    return split;
}

static void shuffle(uint32_t *items, size_t count, uint64_t *draw)
{
    for (size_t i = count; i > 1; i--) {
        /* The bias of a remainder is below 2^-40. */
        size_t other = (size_t)(ei_lot_next(draw) % i);
        uint32_t held = items[i - 1];
        items[i - 1] = items[other];
        items[other] = held;
    }
}

/* Seats people on as many desks or more; those with needs on step-free ones while there are some.
 */
static void seat_people(seating *in, uint32_t *desks, size_t desk_count, uint32_t *people,
                        size_t people_count)
{
    ei_desk *all = in->room->desks;
    size_t at = 0, left = 0;
    shuffle(desks, desk_count, &in->draw);
    for (size_t i = 0; i < people_count; i++) {
        bool needs = in->sitters[people[i]].needs_step_free;
        while (needs && at < desk_count && !all[desks[at]].is_step_free)
            at++;
        if (needs && at < desk_count)
            all[desks[at++]].sitter = people[i];
        else
            people[left++] = people[i];
    }
    for (size_t i = 0, k = 0; i < left; k++)
        if (all[desks[k]].sitter == EI_NOBODY)
            all[desks[k]].sitter = people[i++];
}

/* People of a side: of the one school that is on both, or of all others. */
static size_t take_people(seating *in, int side, const group *split, bool is_split)
{
    size_t count = 0;
    for (size_t i = 0; i < in->group_count; i++) {
        const group *one = &in->groups[i];
        if ((one == split) != is_split)
            continue;
        size_t from = side ? one->on_first : 0, to = side ? one->count : one->on_first;
        for (size_t k = from; k < to; k++)
            in->people[count++] = (uint32_t)(one->first + k);
    }
    return count;
}

static void seat_sides(seating *in, const group *split)
{
    for (int side = 0; side < 2; side++) {
        size_t both = take_people(in, side, split, true);
        uint32_t *desks = in->desks[side];
        size_t count = in->desk_count[side] - both;
        /* A school that fills the first side has neighbours on the other; there, at the edges, it
         * has fewest. */
        if (side == 1 && split && split->on_first == in->desk_count[0])
            qsort_r(desks, in->desk_count[1], sizeof *desks, by_degree, in->room->desks);
        seat_people(in, side ? desks : desks + count, both, in->people, both);
        size_t others = take_people(in, side, split, false);
        seat_people(in, side ? desks + both : desks, count, in->people, others);
    }
}

/* ---- mending ---- */

static bool may_sit(const seating *in, uint32_t sitter, uint32_t at)
{
    return sitter == EI_NOBODY || !in->sitters[sitter].needs_step_free ||
           in->room->desks[at].is_step_free;
}

static void exchange(ei_room *room, uint32_t a, uint32_t b)
{
    uint32_t held = room->desks[a].sitter;
    room->desks[a].sitter = room->desks[b].sitter;
    room->desks[b].sitter = held;
}

/* By how many pairs of neighbours an exchange makes the room worse. */
static int worse_by(const seating *in, uint32_t a, uint32_t b)
{
    ei_room *room = in->room;
    int before = (int)(neighbours_at(room, in->sitters, a) + neighbours_at(room, in->sitters, b));
    exchange(room, a, b);
    int after = (int)(neighbours_at(room, in->sitters, a) + neighbours_at(room, in->sitters, b));
    exchange(room, a, b);
    return after - before;
}

/* Who needs a step-free desk and has none changes with whom that disturbs least. */
static void mend_needs(seating *in)
{
    ei_room *room = in->room;
    for (uint32_t a = 0; a < room->count; a++) {
        if (may_sit(in, room->desks[a].sitter, a))
            continue;
        uint32_t best = EI_NOBODY;
        int least = 0;
        for (uint32_t b = 0; b < room->count; b++) {
            uint32_t other = room->desks[b].sitter;
            if (!room->desks[b].is_step_free ||
                (other != EI_NOBODY && in->sitters[other].needs_step_free))
                continue;
            int worse = worse_by(in, a, b);
            if (best == EI_NOBODY || worse < least) {
                best = b;
                least = worse;
            }
        }
        exchange(room, a, best);
    }
}

/* The best exchange for a desk; among equals one is drawn. EI_NOBODY where there is none. */
static uint32_t best_exchange(seating *in, uint32_t a, uint64_t step, size_t now, int *least)
{
    const ei_room *room = in->room;
    uint32_t best = EI_NOBODY;
    uint64_t equals = 0;
    for (uint32_t b = 0; b < room->count; b++) {
        uint32_t mine = room->desks[a].sitter, other = room->desks[b].sitter;
        if (b == a || school_of(in->sitters, mine) == school_of(in->sitters, other) ||
            !may_sit(in, mine, b) || !may_sit(in, other, a))
            continue;
        int worse = worse_by(in, a, b);
        bool is_record = (int64_t)now + worse < (int64_t)in->least;
        if (in->banned[b] > step && !is_record)
            continue;
        if (best == EI_NOBODY || worse < *least) {
            best = b;
            *least = worse;
            equals = 1;
        } else if (worse == *least && ei_lot_next(&in->draw) % ++equals == 0) {
            best = b;
        }
    }
    return best;
}

static uint32_t draw_neighbour(seating *in)
{
    uint32_t drawn = EI_NOBODY;
    uint64_t found = 0;
    for (uint32_t i = 0; i < in->room->count; i++)
        if (neighbours_at(in->room, in->sitters, i) > 0 && ei_lot_next(&in->draw) % ++found == 0)
            drawn = i;
    return drawn;
}

static void keep_best(seating *in, size_t neighbours)
{
    in->least = neighbours;
    for (size_t i = 0; i < in->room->count; i++)
        in->best[i] = in->room->desks[i].sitter;
}

static void restore_best(seating *in)
{
    for (size_t i = 0; i < in->room->count; i++)
        in->room->desks[i].sitter = in->best[i];
}

/* Exchanges one neighbour after the other, even for the worse, but not back at once; stops at the
 * bound, or when a number of steps has brought nothing. */
static void mend_neighbours(seating *in, size_t bound)
{
    const uint64_t patience = 300 + 2 * (uint64_t)in->room->count;
    size_t now = in->least;
    memset(in->banned, 0, in->room->count * sizeof *in->banned);
    for (uint64_t step = 1, last = 0; now > bound && step - last <= patience; step++) {
        int worse = 0;
        uint32_t a = draw_neighbour(in), b = best_exchange(in, a, step, now, &worse);
        if (b == EI_NOBODY)
            continue;
        exchange(in->room, a, b);
        now = (size_t)((int64_t)now + worse);
        in->banned[a] = in->banned[b] = step + 3 + ei_lot_next(&in->draw) % 8;
        if (now < in->least) {
            keep_best(in, now);
            last = step;
        }
    }
    restore_best(in);
}

static size_t bound_of(const seating *in)
{
    size_t bound = 0;
    for (size_t i = 0; i < in->group_count; i++)
        bound += ei_room_bound(in->room, in->groups[i].count);
    return bound;
}

static void seat_all(seating *in)
{
    in->least = SIZE_MAX;
    find_groups(in);
    size_t bound = bound_of(in);
    for (int attempt = 0; attempt < 4 && in->least > bound; attempt++) {
        split_sides(in, attempt < 2);
        seat_sides(in, share_sides(in, attempt % 2 == 1));
        mend_needs(in);
        size_t neighbours = ei_room_neighbours(in->room, in->sitters);
        if (neighbours < in->least)
            keep_best(in, neighbours);
    }
    restore_best(in);
    if (in->least > bound)
        mend_neighbours(in, bound);
}

edu_status ei_room_seat(ei_room *room, const ei_sitter *sitters, size_t count, uint64_t draw,
                        edu_error *error)
{
    if (count == 0)
        return EDU_OK;
    seating in = {.room = room, .sitters = sitters, .count = count, .draw = draw};
    in.groups = ei_calloc(count, sizeof *in.groups);
    in.desks[0] = ei_calloc(room->count, sizeof(uint32_t));
    in.desks[1] = ei_calloc(room->count, sizeof(uint32_t));
    in.people = ei_calloc(count, sizeof *in.people);
    in.best = ei_calloc(room->count, sizeof *in.best);
    in.banned = ei_calloc(room->count, sizeof *in.banned);
    bool is_made = in.groups && in.desks[0] && in.desks[1] && in.people && in.best && in.banned;
    if (is_made)
        seat_all(&in);
    ei_free(in.groups);
    ei_free(in.desks[0]);
    ei_free(in.desks[1]);
    ei_free(in.people);
    ei_free(in.best);
    ei_free(in.banned);
    return is_made ? EDU_OK : ei_no_memory(error);
}
