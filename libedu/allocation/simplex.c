/* The network simplex, on a tree of centres.
 *
 * Seats are arcs from a centre to the root, one for those that there are, and one, dearer than
 * anything, for those that there are not. A place that goes to one centre is a leaf: it need not be
 * in the tree at all. A place that is split joins its centres. So the tree has at most twice as
 * many nodes as there are centres, however many places there are.
 *
 * A pivot takes the pupils of a place to a centre that would be cheaper for them, round the cycle
 * that the tree closes. Which arc leaves the tree follows from Cunningham's rule: of those that
 * block, the last one round the cycle from its apex; so every arc without flow points to the root,
 * and no sequence of pivots comes back to where it began.
 *
 * Only centres within reach of a place are looked at. When none of these is cheaper, the limits of
 * what was left out are compared with what each place pays, and reaches grow where a limit is
 * lower. When none is, no pair of all is cheaper: this is the optimum. */
#include "allocation/simplex.h"

#include <string.h>

#define NONE UINT32_MAX
/* Of a seat that there is not: more than any path of moves costs. */
#define DEAR ((ei_cost)1 << 120)
#define REPORT_EVERY 4096

/* A centre, the root, or a place that is split. Its arc goes to the parent. */
typedef struct node {
    uint32_t parent, child, next, before;
    uint32_t depth;
    uint32_t place; /* NONE for a centre */
    int64_t flow;   /* between place and centre; for a centre below the root see seats */
    ei_cost price;  /* a place's cost + rent, a centre's rent */
} node;

typedef struct seats {
    int64_t taken; /* of those that there are */
    int64_t over;  /* of those that there are not */
    bool is_over;  /* which of the two arcs is in the tree, if one is */
} seats;

/* Where the pupils of a place are: a centre, or a node if the place is split. */
typedef struct whereabouts {
    uint32_t centre, distance;
    uint32_t node; /* NONE: all are at the centre */
    bool is_movable;
} whereabouts;

typedef struct simplex {
    ei_reaches *reaches;
    const ei_site *places, *sites;
    size_t place_count, count;
    ei_cost width;
    const ei_parcel *coarse;
    size_t coarse_count;
    seats *seats;
    whereabouts *where;
    node *nodes; /* centres, the root, places */
    size_t node_count, node_room;
    uint32_t spare;       /* first of the unused nodes, by next */
    int64_t *whole_rents; /* metres, rounded down */
    ei_cost *rents;       /* the caller's, as the tree's prices */
    ei_cost *known_rents; /* those under which the limits hold */
    uint32_t *movable;    /* places that have another centre within reach */
    size_t movable_count;
    size_t cursor; /* of movable places, then centres */
    size_t block;  /* arcs */
} simplex;

/* An arc that would save: of a place to a centre, or, with place NONE, of a centre's seats. */
typedef struct entering {
    uint32_t place, centre;
    ei_cost reduced;
} entering;

/* ---- the tree ---- */

static uint32_t root_of_tree(const simplex *in)
{
    return (uint32_t)in->count;
}

static void link_child(simplex *in, uint32_t child, uint32_t parent)
{
    node *one = &in->nodes[child], *above = &in->nodes[parent];
    one->parent = parent;
    one->before = NONE;
    one->next = above->child;
    if (above->child != NONE)
        in->nodes[above->child].before = child;
    above->child = child;
}

static void unlink_child(simplex *in, uint32_t child)
{
    node *one = &in->nodes[child];
    if (one->before != NONE)
        in->nodes[one->before].next = one->next;
    else
        in->nodes[one->parent].child = one->next;
    if (one->next != NONE)
        in->nodes[one->next].before = one->before;
}

static ei_cost cost_of(const simplex *in, uint32_t place, uint32_t centre, uint32_t distance)
{
    return ei_site_cost(&in->places[place], &in->sites[centre], distance);
}

static ei_cost price_of(const simplex *in, uint32_t place)
{
    const whereabouts *at = &in->where[place];
    if (at->node != NONE)
        return in->nodes[at->node].price;
    return cost_of(in, place, at->centre, at->distance) + in->rents[at->centre];
}

/* A leaf comes into the tree; NONE when out of memory. */
static uint32_t make_node(simplex *in, uint32_t place)
{
    if (in->spare == NONE && in->node_count == in->node_room) {
        size_t room = in->node_room + in->node_room / 2;
        node *grown = ei_realloc_array(in->nodes, room, sizeof *grown);
        if (!grown)
            return NONE;
        in->nodes = grown;
        in->node_room = room;
    }
    uint32_t made = in->spare;
    if (made != NONE)
        in->spare = in->nodes[made].next;
    else
        made = (uint32_t)in->node_count++;
    whereabouts *at = &in->where[place];
    in->nodes[made] = (node){.child = NONE,
                             .depth = in->nodes[at->centre].depth + 1,
                             .place = place,
                             .flow = in->places[place].count,
                             .price = price_of(in, place)};
    link_child(in, made, at->centre);
    at->node = made;
    return made;
}

/* A place that has but one centre left is a leaf again. */
static void drop_leaf(simplex *in, uint32_t which)
{
    node *one = &in->nodes[which];
    if (one->place == NONE || one->child != NONE)
        return;
    whereabouts *at = &in->where[one->place];
    at->node = NONE;
    at->centre = one->parent;
    at->distance = ei_site_distance(&in->places[one->place], &in->sites[one->parent]);
    unlink_child(in, which);
    one->next = in->spare;
    in->spare = which;
}

static void set_price(simplex *in, uint32_t which, ei_cost price)
{
    in->nodes[which].price = price;
    if (which < in->count) {
        in->rents[which] = price;
        in->whole_rents[which] = ei_cost_metres(price);
    }
}

/* The next node of the subtree of top, parents first; NONE at its end. */
static uint32_t next_below(const simplex *in, uint32_t top, uint32_t at)
{
    if (in->nodes[at].child != NONE)
        return in->nodes[at].child;
    while (at != top && in->nodes[at].next == NONE)
        at = in->nodes[at].parent;
    return at == top ? NONE : in->nodes[at].next;
}

static void shift_below(simplex *in, uint32_t top, ei_cost by)
{
    for (uint32_t at = top; at != NONE; at = next_below(in, top, at)) {
        in->nodes[at].depth = in->nodes[in->nodes[at].parent].depth + 1;
        set_price(in, at, in->nodes[at].price + by);
    }
}

/* The subtree of `below`, in which `top` lies, is hung up by `top` under a new parent. */
static void hang_anew(simplex *in, uint32_t below, uint32_t top, uint32_t parent, int64_t flow)
{
    uint32_t at = top;
    for (;;) {
        uint32_t above = in->nodes[at].parent;
        int64_t carried = in->nodes[at].flow;
        unlink_child(in, at);
        in->nodes[at].flow = flow;
        link_child(in, at, parent);
        if (at == below)
            return;
        parent = at;
        at = above;
        flow = carried;
    }
}

/* ---- flow on the tree ---- */

/* How many more can go from a node to its parent. */
static int64_t room_up(const simplex *in, uint32_t which)
{
    const node *one = &in->nodes[which];
    if (one->place != NONE)
        return INT64_MAX;
    if (one->parent != root_of_tree(in))
        return one->flow;
    return in->seats[which].is_over ? INT64_MAX : in->sites[which].count - in->seats[which].taken;
}

static int64_t room_down(const simplex *in, uint32_t which)
{
    const node *one = &in->nodes[which];
    if (one->place != NONE)
        return one->flow;
    if (one->parent != root_of_tree(in))
        return INT64_MAX;
    return in->seats[which].is_over ? in->seats[which].over : in->seats[which].taken;
}

/* pupils: up, or, negative, down. */
static void push(simplex *in, uint32_t which, int64_t pupils)
{
    node *one = &in->nodes[which];
    if (one->place != NONE)
        one->flow += pupils;
    else if (one->parent != root_of_tree(in))
        one->flow -= pupils;
    else if (in->seats[which].is_over)
        in->seats[which].over += pupils;
    else
        in->seats[which].taken += pupils;
}

/* The cycle that an arc from one node to another closes: down from the apex to `from`, and up from
 * `to`. */
typedef struct cycle {
    uint32_t from, to, apex;
    int64_t pupils;   /* that can go round */
    uint32_t leaving; /* the node whose arc to its parent blocks; NONE: the entering one does */
    bool is_below_to;
} cycle;

static uint32_t apex_of(const simplex *in, uint32_t a, uint32_t b)
{
    while (a != b) {
        if (in->nodes[a].depth >= in->nodes[b].depth)
            a = in->nodes[a].parent;
        else
            b = in->nodes[b].parent;
    }
    return a;
}

static void find_leaving(const simplex *in, cycle *round)
{
    round->apex = apex_of(in, round->from, round->to);
    for (uint32_t at = round->from; at != round->apex; at = in->nodes[at].parent)
        if (room_down(in, at) < round->pupils) {
            round->pupils = room_down(in, at);
            round->leaving = at;
        }
    for (uint32_t at = round->to; at != round->apex; at = in->nodes[at].parent)
        if (room_up(in, at) <= round->pupils && room_up(in, at) != INT64_MAX) {
            round->pupils = room_up(in, at);
            round->leaving = at;
            round->is_below_to = true;
        }
}

static void push_round(simplex *in, const cycle *round)
{
    if (round->pupils == 0)
        return;
    for (uint32_t at = round->from; at != round->apex; at = in->nodes[at].parent)
        push(in, at, -round->pupils);
    for (uint32_t at = round->to; at != round->apex; at = in->nodes[at].parent)
        push(in, at, round->pupils);
}

/* ---- pivots ---- */

/* The entering arc takes the place of the leaving one, with the flow that it now has. */
static void exchange(simplex *in, const cycle *round, ei_cost reduced, int64_t flow)
{
    uint32_t left = in->nodes[round->leaving].parent;
    uint32_t top = round->is_below_to ? round->to : round->from;
    hang_anew(in, round->leaving, top, round->is_below_to ? round->from : round->to, flow);
    shift_below(in, top, round->is_below_to ? -reduced : reduced);
    drop_leaf(in, round->leaving);
    if (left != root_of_tree(in))
        drop_leaf(in, left);
}

static bool pivot_place(simplex *in, const entering *arc)
{
    uint32_t from = in->where[arc->place].node;
    if (from == NONE && (from = make_node(in, arc->place)) == NONE)
        return false;
    cycle round = {.from = from, .to = arc->centre, .pupils = INT64_MAX, .leaving = NONE};
    find_leaving(in, &round);
    push_round(in, &round);
    exchange(in, &round, arc->reduced, round.pupils);
    return true;
}

/* Seats of a centre come into the tree: full ones to be left, or empty ones to be taken. */
static void pivot_seats(simplex *in, const entering *arc)
{
    uint32_t centre = arc->centre;
    seats *at = &in->seats[centre];
    bool is_left = at->taken > 0;
    uint32_t root = root_of_tree(in);
    cycle round = {.from = is_left ? root : centre,
                   .to = is_left ? centre : root,
                   .pupils = in->sites[centre].count,
                   .leaving = NONE};
    find_leaving(in, &round);
    push_round(in, &round);
    at->taken += is_left ? -round.pupils : round.pupils;
    if (round.leaving == NONE)
        return;
    exchange(in, &round, arc->reduced, 0);
    at->is_over = false;
}

/* ---- pricing ---- */

/* Both give how many arcs were looked at. */
static size_t price_place(const simplex *in, uint32_t place, entering *best)
{
    const ei_reach *reach = &in->reaches->items[place];
    ei_cost price = price_of(in, place);
    int64_t whole = ei_cost_metres(price);
    for (uint32_t i = 0; i < reach->count; i++) {
        const ei_reached *to = &in->reaches->reached[reach->first + i];
        if (in->whole_rents[to->centre] + to->distance > whole)
            continue;
        ei_cost reduced =
            cost_of(in, place, to->centre, to->distance) + in->rents[to->centre] - price;
        if (reduced < best->reduced)
            *best = (entering){place, to->centre, reduced};
    }
    return reach->count;
}

static size_t price_seats(const simplex *in, uint32_t centre, entering *best)
{
    const node *one = &in->nodes[centre];
    if (one->parent == root_of_tree(in))
        return 1;
    bool is_left = in->seats[centre].taken > 0;
    ei_cost reduced = is_left ? one->price : -one->price;
    if (in->sites[centre].count > 0 && reduced < best->reduced)
        *best = (entering){NONE, centre, reduced};
    return 1;
}

/* The one that saves most of the next block in which there is one. */
static bool find_entering(simplex *in, entering *best)
{
    size_t all = in->movable_count + in->count;
    *best = (entering){.reduced = 0};
    for (size_t looked = 0; looked < all;) {
        for (size_t arcs = 0; arcs < in->block && looked < all; looked++) {
            if (in->cursor >= all)
                in->cursor = 0;
            if (in->cursor < in->movable_count)
                arcs += price_place(in, in->movable[in->cursor], best);
            else
                arcs += price_seats(in, (uint32_t)(in->cursor - in->movable_count), best);
            in->cursor++;
        }
        if (best->reduced < 0)
            return true;
    }
    return false;
}

/* ---- who was left out ---- */

/* A limit holds under the rents it was found with. */
static void lower_limit(simplex *in, uint32_t place, ei_cost limit)
{
    ei_cost *kept = &in->reaches->items[place].limit;
    if (*kept != EI_FAR && limit < *kept)
        *kept = limit;
}

/* A centre that was too dear for anybody is new to all. */
static void offer_to_all(simplex *in, uint32_t centre)
{
    for (uint32_t i = 0; i < in->place_count; i++) {
        uint64_t square = ei_site_square(&in->places[i], &in->sites[centre]);
        ei_cost left = in->reaches->items[i].limit - in->rents[centre];
        if (ei_is_nearer(square, ei_cost_metres(left) + 1))
            lower_limit(in, i, cost_of(in, i, centre, ei_root(square)) + in->rents[centre]);
    }
}

/* A rent that fell takes the limits along. */
static void lower_limits(simplex *in)
{
    ei_cost fall = 0;
    for (uint32_t k = 0; k < in->count; k++) {
        bool was_dear = in->known_rents[k] > DEAR / 2 && in->rents[k] < DEAR / 2;
        if (was_dear)
            offer_to_all(in, k);
        else if (in->known_rents[k] - in->rents[k] > fall)
            fall = in->known_rents[k] - in->rents[k];
        in->known_rents[k] = in->rents[k];
    }
    for (uint32_t i = 0; i < in->place_count; i++)
        lower_limit(in, i, in->reaches->items[i].limit - fall);
}

static void note_movable(simplex *in, uint32_t place)
{
    if (in->where[place].is_movable || in->reaches->items[place].count < 2)
        return;
    in->where[place].is_movable = true;
    in->movable[in->movable_count++] = place;
}

/* Where a limit is lower than what the place pays, the place looks farther. */
static bool grow_reaches(simplex *in, bool *has_grown)
{
    *has_grown = false;
    lower_limits(in);
    ei_near_refresh(&in->reaches->near);
    for (uint32_t i = 0; i < in->place_count; i++) {
        ei_cost price = price_of(in, i);
        if (in->reaches->items[i].limit >= price)
            continue;
        if (!ei_reach_grow(in->reaches, i, price + in->width))
            return false;
        note_movable(in, i);
        *has_grown = true;
    }
    return true;
}

/* ---- the start ---- */

/* Where four went as one, each may have to go: without that there might be no seat within reach. */
static bool add_coarse(simplex *in, uint32_t place, size_t *next)
{
    while (*next < in->coarse_count && in->coarse[*next].place < place / 4)
        (*next)++;
    for (size_t i = *next; i < in->coarse_count && in->coarse[i].place == place / 4; i++)
        if (!ei_reach_add(in->reaches, place, in->coarse[i].centre))
            return false;
    return true;
}

static bool place_pupils(simplex *in)
{
    uint32_t hint = 0;
    size_t coarse = 0;
    for (uint32_t i = 0; i < in->place_count; i++) {
        const ei_site *place = &in->places[i];
        uint32_t distance = ei_site_distance(place, &in->sites[hint]);
        ei_cost known = cost_of(in, i, hint, distance) + in->rents[hint];
        if (!ei_reach_find(in->reaches, i, known + in->width, in->width, EI_REACH_FIRST))
            return false;
        if (!add_coarse(in, i, &coarse))
            return false;
        const ei_candidate *best = &in->reaches->query.found[0];
        hint = best->centre;
        in->where[i] = (whereabouts){hint, best->distance, NONE, false};
        in->seats[hint].taken += place->count;
        note_movable(in, i);
    }
    return true;
}

/* All centres hang from the root, by the arc that still has room. */
static void plant(simplex *in)
{
    uint32_t root = root_of_tree(in);
    in->nodes[root] = (node){NONE, NONE, NONE, NONE, .place = NONE};
    for (uint32_t k = 0; k < in->count; k++) {
        seats *at = &in->seats[k];
        in->known_rents[k] = in->rents[k];
        at->is_over = at->taken >= in->sites[k].count;
        if (at->is_over) {
            at->over = at->taken - in->sites[k].count;
            at->taken = in->sites[k].count;
        }
        in->nodes[k] = (node){.child = NONE, .depth = 1, .place = NONE};
        link_child(in, k, root);
        set_price(in, k, at->is_over ? DEAR : 0);
    }
    in->node_count = in->count + 1;
    in->spare = NONE;
}

static bool make(simplex *in)
{
    in->node_room = 2 * in->count + 16;
    in->seats = ei_calloc(in->count, sizeof *in->seats);
    in->where = ei_calloc(in->place_count, sizeof *in->where);
    in->nodes = ei_calloc(in->node_room, sizeof *in->nodes);
    in->whole_rents = ei_calloc(in->count, sizeof *in->whole_rents);
    in->known_rents = ei_calloc(in->count, sizeof *in->known_rents);
    in->movable = ei_calloc(in->place_count, sizeof *in->movable);
    if (!in->seats || !in->where || !in->nodes || !in->whole_rents || !in->known_rents ||
        !in->movable || !place_pupils(in))
        return false;
    plant(in);
    in->block = (ei_root(in->movable_count + in->count) / 8 + 4) * EI_REACH_FIRST / 2;
    return true;
}

static void finish(simplex *in)
{
    ei_free(in->seats);
    ei_free(in->where);
    ei_free(in->nodes);
    ei_free(in->whole_rents);
    ei_free(in->known_rents);
    ei_free(in->movable);
}

/* ---- results ---- */

static int64_t count_unplaced(const simplex *in)
{
    int64_t sum = 0;
    for (size_t k = 0; k < in->count; k++)
        sum += in->seats[k].over;
    return sum;
}

static void take_rent(simplex *in, uint32_t centre, ei_cost rent)
{
    in->rents[centre] = rent;
    for (uint32_t i = 0; i < in->place_count; i++) {
        uint32_t distance = ei_site_distance(&in->places[i], &in->sites[centre]);
        ei_cost value = cost_of(in, i, centre, distance) + rent;
        ei_cost *limit = &in->reaches->items[i].limit;
        *limit = value < *limit && *limit != EI_FAR ? value : *limit;
    }
}

/* A centre without seats was kept too dear for anybody. What the first to come there would save is
 * its rent. */
static void price_without_seats(simplex *in, uint32_t centre)
{
    ei_cost rent = 0;
    for (uint32_t i = 0; i < in->place_count; i++) {
        uint32_t distance = ei_site_distance(&in->places[i], &in->sites[centre]);
        ei_cost saved = price_of(in, i) - cost_of(in, i, centre, distance);
        rent = saved > rent ? saved : rent;
    }
    take_rent(in, centre, rent);
}

static ei_cost least_rent(const simplex *in)
{
    ei_cost least = in->rents[0];
    for (size_t k = 1; k < in->count; k++)
        least = in->rents[k] < least ? in->rents[k] : least;
    return least;
}

/* Nobody is at a centre whose price is below nothing: any rent keeps them away. If all are too
 * dear, seats are as many as pupils, and the rents count from the least. */
static void settle_rents(simplex *in)
{
    for (uint32_t k = 0; k < in->count; k++)
        if (in->sites[k].count == 0)
            price_without_seats(in, k);
    ei_cost least = least_rent(in) > 0 ? least_rent(in) : 0;
    for (size_t k = 0; k < in->count; k++)
        in->rents[k] = in->rents[k] > least ? in->rents[k] - least : 0;
    for (size_t i = 0; i < in->place_count; i++)
        if (in->reaches->items[i].limit != EI_FAR)
            in->reaches->items[i].limit -= least;
    ei_near_refresh(&in->reaches->near);
}

static bool take_parcels(const simplex *in, ei_parcel **out, size_t *out_count)
{
    size_t count = 0, all = in->place_count + in->node_count;
    ei_parcel *made = ei_calloc(all, sizeof *made);
    if (!made)
        return false;
    for (uint32_t i = 0; i < in->place_count; i++)
        if (in->where[i].node == NONE)
            made[count++] = (ei_parcel){i, in->where[i].centre, in->places[i].count};
    for (uint32_t i = 0; i < in->place_count; i++) {
        uint32_t at = in->where[i].node;
        if (at == NONE)
            continue;
        if (in->nodes[at].flow > 0)
            made[count++] = (ei_parcel){i, in->nodes[at].parent, in->nodes[at].flow};
        for (uint32_t k = in->nodes[at].child; k != NONE; k = in->nodes[k].next)
            if (in->nodes[k].flow > 0)
                made[count++] = (ei_parcel){i, k, in->nodes[k].flow};
    }
    *out = made;
    *out_count = count;
    return true;
}

/* ---- the whole ---- */

static edu_status pivot_while_it_saves(simplex *in, bool (*report)(void *, int64_t), void *context,
                                       edu_error *error)
{
    entering arc;
    for (uint64_t n = 0; find_entering(in, &arc); n++) {
        if (n % REPORT_EVERY == 0 && report && !report(context, count_unplaced(in)))
            return ei_fail(error, EDU_E_CANCELLED, "allocation.cancelled", NULL,
                           "the allocation was cancelled");
        if (arc.place == NONE)
            pivot_seats(in, &arc);
        else if (!pivot_place(in, &arc))
            return ei_no_memory(error);
    }
    return EDU_OK;
}

static edu_status solve(simplex *in, bool (*report)(void *, int64_t), void *context,
                        edu_error *error)
{
    for (bool has_grown = true; has_grown;) {
        EI_TRY(pivot_while_it_saves(in, report, context, error));
        if (!grow_reaches(in, &has_grown))
            return ei_no_memory(error);
    }
    if (count_unplaced(in) > 0)
        return ei_fail(error, EDU_E_INFEASIBLE, "allocation.infeasible", NULL,
                       "there are more pupils than seats");
    settle_rents(in);
    return EDU_OK;
}

edu_status ei_simplex_solve(ei_reaches *reaches, ei_cost *rents, ei_cost width,
                            const ei_parcel *coarse, size_t coarse_count,
                            bool (*report)(void *context, int64_t unplaced), void *context,
                            ei_parcel **parcels, size_t *parcel_count, edu_error *error)
{
    simplex in = {.reaches = reaches,
                  .places = reaches->places,
                  .sites = reaches->sites,
                  .place_count = reaches->place_count,
                  .count = reaches->count,
                  .width = width,
                  .coarse = coarse,
                  .coarse_count = coarse_count,
                  .rents = rents};
    edu_status status = make(&in) ? solve(&in, report, context, error) : ei_no_memory(error);
    if (status == EDU_OK && !take_parcels(&in, parcels, parcel_count))
        status = ei_no_memory(error);
    finish(&in);
    return status;
}
