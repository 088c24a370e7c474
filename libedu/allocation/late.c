/* One more pupil is a shortest path over the centres, one pupil less too.
 *
 * On the path from centre j to k somebody of j goes to k: whoever does so most cheaply, which each
 * centre keeps for each other that its places reach, and the price of a move is added. The rents
 * are prices under which no such switch saves anything: q of j is at most the switch and q of k;
 * nothing where a seat is idle; never below nothing where somebody is. By them a way costs never
 * less than nothing, so that a search settles the nearest centre first and ends at the first that
 * is as good as any. Then all rents within that distance follow: they rise for who comes and fall
 * for who leaves, and hold for the allocation that came of it.
 *
 * So after a change nothing saves more than its price, if nothing did before; and of all
 * allocations of these pupils this one is the cheapest with its moves paid: any other differs from
 * the one before by a path and cycles of switches, of which this path is the cheapest and no cycle
 * saves. As the draw is part of the cost, the cheapest is but one: at a price of nothing the very
 * allocation that solving anew would give.
 *
 * Only centres within reach of a place are looked at, as in the solver; what it left out is an
 * event of the search, at which the reach grows. Limits are known under the floors, which rents go
 * below seldom; then all limits fall together.
 *
 * Under a lower price than before, switches may save: those are found as cycles by Bellman and
 * Ford, and done first. Who has moved then may go back for the price that is saved, or go on for
 * nothing: so until the change is done, those who were elsewhere before are told apart. */
#include "allocation/late.h"

#include <string.h>
#include "allocation/rents.h"

static ei_cost price_of(const ei_late *in)
{
    return in->price * EI_METRE;
}

/* ---- who is where ---- */

static ei_held *find_held(const ei_late *in, uint32_t place, uint32_t before, uint32_t centre)
{
    const ei_centre_state *at = &in->at[centre];
    for (size_t i = 0; i < at->count; i++)
        if (at->list[i].place == place && at->list[i].before == before)
            return &at->list[i];
    return NULL;
}

bool ei_late_has(const ei_late *in, uint32_t place, uint32_t centre)
{
    return find_held(in, place, centre, centre) != NULL;
}

static bool put_first(ei_late *in, uint32_t place, uint32_t before, uint32_t centre, int64_t pupils)
{
    ei_centre_state *at = &in->at[centre];
    ei_held *list = ei_with_room(at->list, at->count, &at->room, sizeof *list);
    if (!list)
        return false;
    at->list = list;
    list[at->count++] = (ei_held){place, ei_site_distance(&in->places[place], &in->centres[centre]),
                                  before, pupils};
    at->idle -= pupils;
    at->taken += pupils;
    return true;
}

static bool put(ei_late *in, uint32_t place, uint32_t before, uint32_t centre, int64_t pupils)
{
    ei_held *held = find_held(in, place, before, centre);
    if (!held)
        return put_first(in, place, before, centre, pupils);
    held->pupils += pupils;
    in->at[centre].idle -= pupils;
    in->at[centre].taken += pupils;
    return true;
}

static void take(ei_late *in, uint32_t place, uint32_t before, uint32_t centre, int64_t pupils)
{
    ei_centre_state *at = &in->at[centre];
    ei_held *held = find_held(in, place, before, centre);
    held->pupils -= pupils;
    if (held->pupils == 0)
        *held = at->list[--at->count];
    at->idle += pupils;
    at->taken -= pupils;
}

/* Who came here is here, and was not elsewhere. */
static void forget_before(ei_late *in, uint32_t centre)
{
    ei_centre_state *at = &in->at[centre];
    for (size_t i = 0; i < at->count;) {
        ei_held one = at->list[i];
        ei_held *own = one.before == centre ? NULL : find_held(in, one.place, centre, centre);
        if (own) {
            own->pupils += one.pupils;
            at->list[i] = at->list[--at->count];
            continue;
        }
        at->list[i++].before = centre;
    }
}

static ei_cost cost_of(const ei_late *in, uint32_t place, uint32_t centre, uint32_t distance)
{
    return ei_site_cost(&in->places[place], &in->centres[centre], distance);
}

/* ---- switches ---- */

/* What a move of theirs costs beyond the price of one. */
static ei_cost allowance(const ei_late *in, const ei_held *held, uint32_t centre, uint32_t to)
{
    if (held->before == centre)
        return 0;
    return -(1 + (to == held->before)) * price_of(in);
}

static void offer_switches(ei_late *in, uint32_t centre, const ei_held *held)
{
    const ei_reach *reach = &in->reaches.items[held->place];
    ei_cost here = cost_of(in, held->place, centre, held->distance);
    for (uint32_t r = 0; in->count > 1 && r < reach->count; r++) {
        const ei_reached *to = &in->reaches.reached[reach->first + r];
        ei_cost cost = cost_of(in, held->place, to->centre, to->distance) - here +
                       allowance(in, held, centre, to->centre);
        if (to->centre != centre && cost < in->cheapest[to->centre].cost)
            in->cheapest[to->centre] = (ei_switch){to->centre, held->place, held->before, cost};
    }
    ei_cost slack = reach->limit == EI_FAR
                        ? EI_FAR
                        : reach->limit - here + allowance(in, held, centre, held->before);
    in->at[centre].slack = slack < in->at[centre].slack ? slack : in->at[centre].slack;
}

static bool note_source(ei_late *in, uint32_t from, uint32_t to)
{
    size_t bit = from * in->count + to;
    ei_centre_state *at = &in->at[to];
    if (in->is_source[bit / 8] & 1 << bit % 8)
        return true;
    uint32_t *sources =
        ei_with_room(at->sources, at->source_count, &at->source_room, sizeof *sources);
    if (!sources)
        return false;
    at->sources = sources;
    sources[at->source_count++] = from;
    in->is_source[bit / 8] |= (uint8_t)(1 << bit % 8);
    return true;
}

static bool take_switches(ei_late *in, uint32_t centre)
{
    ei_centre_state *at = &in->at[centre];
    at->switch_count = 0;
    for (uint32_t k = 0; k < in->count; k++) {
        if (in->cheapest[k].cost == EI_FAR)
            continue;
        ei_switch *made =
            ei_with_room(at->switches, at->switch_count, &at->switch_room, sizeof *made);
        if (!made)
            return false;
        at->switches = made;
        made[at->switch_count++] = in->cheapest[k];
        if (!note_source(in, centre, k))
            return false;
    }
    return true;
}

static bool find_switches(ei_late *in, uint32_t centre)
{
    ei_centre_state *at = &in->at[centre];
    for (uint32_t k = 0; k < in->count; k++)
        in->cheapest[k].cost = EI_FAR;
    at->slack = EI_FAR;
    for (size_t i = 0; i < at->count; i++)
        offer_switches(in, centre, &at->list[i]);
    return take_switches(in, centre);
}

static const ei_switch *find_switch(const ei_late *in, uint32_t from, uint32_t to)
{
    const ei_centre_state *at = &in->at[from];
    size_t low = 0, high = at->switch_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at->switches[middle].to < to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < at->switch_count && at->switches[low].to == to ? &at->switches[low] : NULL;
}

/* ---- reaches ---- */

/* No switch from here to a centre that is in nobody's reach costs less, by the rents. */
static ei_cost left_out(const ei_late *in, uint32_t centre)
{
    ei_cost slack = in->at[centre].slack;
    return slack == EI_FAR ? EI_FAR : slack - in->fall - in->rents[centre] + price_of(in);
}

static bool reach_farther(ei_late *in, uint32_t place, ei_cost limit)
{
    if (!ei_reach_grow(&in->reaches, place, limit))
        return false;
    if (in->reaches.items[place].limit != EI_FAR)
        in->reaches.items[place].limit += in->fall;
    return true;
}

/* Those at a centre whose reach ends first look farther. */
static bool grow(ei_late *in, uint32_t centre)
{
    ei_centre_state *at = &in->at[centre];
    ei_cost bound = at->slack + at->step;
    at->step *= 2;
    for (size_t i = 0; i < at->count; i++) {
        const ei_held *held = &at->list[i];
        ei_cost here = cost_of(in, held->place, centre, held->distance) -
                       allowance(in, held, centre, held->before);
        if (in->reaches.items[held->place].limit != EI_FAR &&
            in->reaches.items[held->place].limit - here < bound &&
            !reach_farther(in, held->place, here + bound - in->fall))
            return false;
    }
    return find_switches(in, centre);
}

/* Rents have fallen: limits that are known under the floors follow. */
static void lower_floors(ei_late *in)
{
    ei_cost fall = 0;
    for (size_t k = 0; k < in->count; k++) {
        if (in->floors[k] - in->rents[k] > fall)
            fall = in->floors[k] - in->rents[k];
        in->floors[k] = in->rents[k] < in->floors[k] ? in->rents[k] : in->floors[k];
    }
    in->fall += fall;
    if (fall > 0)
        ei_near_refresh(&in->reaches.near);
}

/* ---- moving ---- */

static bool note_move(ei_late *in, const ei_switch *by, uint32_t from, uint32_t to, int64_t pupils)
{
    ei_moved *moves = ei_with_room(in->moves, in->move_count, &in->move_room, sizeof *moves);
    if (!moves)
        return false;
    in->moves = moves;
    moves[in->move_count++] = (ei_moved){by->place, from, to, pupils};
    if (from != EI_NOWHERE)
        take(in, by->place, by->before, from, pupils);
    return to == EI_NOWHERE || put(in, by->place, by->before, to, pupils);
}

/* Of the centres at which something changed since a move. */
static bool refresh_since(ei_late *in, size_t first)
{
    memset(in->is_done, 0, in->count * sizeof *in->is_done);
    for (size_t i = first; i < in->move_count; i++) {
        const uint32_t ends[] = {in->moves[i].from, in->moves[i].to};
        for (size_t e = 0; e < 2; e++) {
            if (ends[e] == EI_NOWHERE || in->is_done[ends[e]])
                continue;
            in->is_done[ends[e]] = true;
            if (!find_switches(in, ends[e]))
                return false;
        }
    }
    return true;
}

/* The change is done: who is where, is there. */
static bool conclude(ei_late *in)
{
    for (size_t i = 0; i < in->move_count; i++)
        if (in->moves[i].to != EI_NOWHERE)
            forget_before(in, in->moves[i].to);
    return refresh_since(in, 0);
}

/* ---- settling under a lower price ---- */

/* Labels only fall; root is the label of who needs no seat. */
typedef struct labels {
    ei_late *in;
    uint32_t root; /* its index: behind the centres */
    ei_cost at_root;
    uint32_t next_of_root;
    bool has_changed;
} labels;

static void lower_label(labels *of, uint32_t centre, ei_cost label, uint32_t next,
                        const ei_switch *by)
{
    ei_late *in = of->in;
    if (label >= in->rents[centre])
        return;
    in->rents[centre] = label;
    in->next[centre] = next;
    if (by)
        in->by[centre] = *by;
    of->has_changed = true;
}

static void lower_all(labels *of)
{
    ei_late *in = of->in;
    of->has_changed = false;
    for (uint32_t k = 0; k < in->count; k++) {
        const ei_centre_state *at = &in->at[k];
        if (at->idle > 0)
            lower_label(of, k, of->at_root, of->root, NULL);
        for (size_t s = 0; s < at->switch_count; s++) {
            const ei_switch *to = &at->switches[s];
            lower_label(of, k, in->rents[to->to] + to->cost + price_of(in), to->to, to);
        }
        if (at->taken > 0 && in->rents[k] < of->at_root) {
            of->at_root = in->rents[k];
            of->next_of_root = k;
            of->has_changed = true;
        }
    }
}

static uint32_t after(const labels *of, uint32_t node)
{
    return node == of->root ? of->next_of_root : of->in->next[node];
}

/* A node of a cycle of what labels come from, which saves; or EI_NOWHERE. */
static uint32_t find_cycle(const labels *of)
{
    uint32_t *seen = of->in->seen; /* from where, counted from 1 */
    memset(seen, 0, (of->in->count + 1) * sizeof *seen);
    for (uint32_t from = 0; from < of->in->count; from++) {
        uint32_t node = from;
        while (node != EI_NOWHERE && seen[node] == 0) {
            seen[node] = from + 1;
            node = after(of, node);
        }
        if (node != EI_NOWHERE && seen[node] == from + 1)
            return node;
    }
    return EI_NOWHERE;
}

static void forget_nexts(labels *of)
{
    of->next_of_root = EI_NOWHERE;
    for (size_t k = 0; k < of->in->count; k++)
        of->in->next[k] = EI_NOWHERE;
}

/* As many as can go round at once. */
static int64_t cycle_pupils(const labels *of, uint32_t first)
{
    const ei_late *in = of->in;
    int64_t least = INT64_MAX;
    uint32_t node = first;
    do {
        uint32_t to = after(of, node);
        int64_t pupils = INT64_MAX;
        if (to == of->root)
            pupils = in->at[node].idle;
        else if (node != of->root)
            pupils = find_held(in, in->by[node].place, in->by[node].before, node)->pupils;
        least = pupils < least ? pupils : least;
        node = to;
    } while (node != first);
    return least;
}

static bool go_round(labels *of, uint32_t first)
{
    ei_late *in = of->in;
    int64_t pupils = cycle_pupils(of, first);
    size_t moves = in->move_count;
    uint32_t node = first;
    do {
        uint32_t to = after(of, node);
        if (node != of->root && to != of->root && !note_move(in, &in->by[node], node, to, pupils))
            return false;
        node = to;
    } while (node != first);
    forget_nexts(of);
    return refresh_since(in, moves);
}

static bool lower_until_it_rests(labels *of)
{
    forget_nexts(of);
    for (of->has_changed = true; of->has_changed;) {
        lower_all(of);
        uint32_t cycle = of->has_changed ? find_cycle(of) : EI_NOWHERE;
        if (cycle != EI_NOWHERE && !go_round(of, cycle))
            return false;
    }
    return true;
}

/* Labels count from the root's; and where nobody is, nobody minds a rent of nothing. */
static void take_labels(labels *of)
{
    ei_late *in = of->in;
    for (size_t k = 0; k < in->count; k++) {
        in->rents[k] -= of->at_root;
        if (in->rents[k] < 0)
            in->rents[k] = 0;
    }
    of->at_root = 0;
    lower_floors(in);
}

static bool grow_where_needed(ei_late *in, bool *has_grown)
{
    *has_grown = false;
    for (uint32_t k = 0; k < in->count; k++) {
        while (left_out(in, k) < 0) {
            if (!grow(in, k))
                return false;
            *has_grown = true;
        }
    }
    return true;
}

static bool is_to_settle(const ei_late *in, int64_t price)
{
    return !in->is_settled || price < in->price;
}

static bool settle(ei_late *in, int64_t price)
{
    labels of = {.in = in, .root = (uint32_t)in->count};
    in->price = price;
    for (bool again = true; again;) {
        if (!lower_until_it_rests(&of))
            return false;
        take_labels(&of);
        if (!grow_where_needed(in, &again))
            return false;
    }
    in->is_settled = true;
    return true;
}

/* ---- the search for who comes ---- */

typedef struct search {
    ei_late *in;
    ei_cost best; /* of the ways that end */
    uint32_t end;
} search;

static void begin(search *of)
{
    ei_late *in = of->in;
    in->queue.count = 0;
    of->best = EI_FAR;
    of->end = EI_NOWHERE;
    for (size_t k = 0; k < in->count; k++) {
        in->ways[k] = EI_FAR;
        in->next[k] = EI_NOWHERE;
        in->is_done[k] = false;
    }
}

static void end_at(search *of, uint32_t centre, ei_cost way)
{
    if (way < of->best) {
        of->best = way;
        of->end = centre;
    }
}

static bool come_to(search *of, uint32_t centre, ei_cost way, uint32_t next, const ei_switch *by)
{
    ei_late *in = of->in;
    if (way >= in->ways[centre])
        return true;
    in->ways[centre] = way;
    in->next[centre] = next;
    if (by)
        in->by[centre] = *by;
    return way >= of->best || ei_queue_push(&in->queue, way, centre);
}

static bool look_farther_at(search *of, uint32_t centre, ei_cost at)
{
    return at >= of->best || ei_queue_push(&of->in->queue, at, centre | EI_GROW);
}

static bool arrive(search *of, uint32_t centre, ei_cost way, uint32_t from, const ei_switch *by)
{
    if (of->in->at[centre].idle > 0)
        end_at(of, centre, way);
    return come_to(of, centre, way, from, by);
}

static bool go_on(search *of, uint32_t from)
{
    ei_late *in = of->in;
    const ei_centre_state *at = &in->at[from];
    ei_cost base = in->ways[from] - in->rents[from] + price_of(in);
    for (size_t s = 0; s < at->switch_count; s++) {
        const ei_switch *to = &at->switches[s];
        if (!arrive(of, to->to, base + to->cost + in->rents[to->to], from, to))
            return false;
    }
    ei_cost beyond = left_out(in, from);
    return beyond == EI_FAR || look_farther_at(of, from, in->ways[from] + beyond);
}

static bool start_from(search *of, const ei_site *who)
{
    ei_late *in = of->in;
    for (uint32_t k = 0; k < in->count; k++) {
        uint32_t distance = ei_site_distance(who, &in->centres[k]);
        in->ways[k] = ei_site_cost(who, &in->centres[k], distance) + in->rents[k];
        if (in->at[k].idle > 0)
            end_at(of, k, in->ways[k]);
    }
    for (uint32_t k = 0; k < in->count; k++)
        if (in->ways[k] < of->best && !ei_queue_push(&in->queue, in->ways[k], k))
            return false;
    return true;
}

static bool search_seat(search *of, const ei_site *who)
{
    ei_late *in = of->in;
    begin(of);
    if (!start_from(of, who))
        return false;
    while (in->queue.count > 0 && in->queue.items[0].at < of->best) {
        uint32_t what = ei_queue_pop(&in->queue).what, centre = what & ~EI_GROW;
        if (what & EI_GROW) {
            if (!grow(in, centre))
                return false;
        } else if (in->is_done[centre]) {
            continue;
        }
        in->is_done[centre] = true;
        if (!go_on(of, centre))
            return false;
    }
    return true;
}

static bool move_for(search *of, uint32_t place)
{
    ei_late *in = of->in;
    uint32_t to = of->end;
    for (; in->next[to] != EI_NOWHERE; to = in->next[to])
        if (!note_move(in, &in->by[to], in->next[to], to, 1))
            return false;
    const ei_switch comes = {.place = place, .before = to};
    return note_move(in, &comes, EI_NOWHERE, to, 1);
}

edu_status ei_late_add(ei_late *in, uint32_t place, int64_t price, edu_error *error)
{
    search of = {.in = in};
    in->move_count = 0;
    if (is_to_settle(in, price) && !settle(in, price))
        return ei_no_memory(error);
    in->price = price;
    if (!search_seat(&of, &in->places[place]))
        return ei_no_memory(error);
    if (of.end == EI_NOWHERE)
        return ei_fail(error, EDU_E_INFEASIBLE, "allocation.full", NULL,
                       "no centre of this zone has a seat left");
    for (size_t k = 0; k < in->count; k++)
        if (in->ways[k] < of.best)
            in->rents[k] += of.best - in->ways[k];
    return move_for(&of, place) && conclude(in) ? EDU_OK : ei_no_memory(error);
}

/* ---- the search for who takes the place of who leaves ---- */

static bool come_from(search *of, const ei_switch *by, uint32_t from)
{
    ei_late *in = of->in;
    ei_cost way = in->ways[by->to] + by->cost + price_of(in) + in->rents[by->to] - in->rents[from];
    end_at(of, from, way + in->rents[from]);
    return come_to(of, from, way, by->to, by);
}

static bool go_back(search *of, uint32_t to)
{
    const ei_centre_state *at = &of->in->at[to];
    for (size_t i = 0; i < at->source_count; i++) {
        uint32_t from = at->sources[i];
        const ei_switch *by = of->in->is_done[from] ? NULL : find_switch(of->in, from, to);
        if (by && !come_from(of, by, from))
            return false;
    }
    return true;
}

static bool look_farther_back(search *of, uint32_t centre)
{
    ei_late *in = of->in;
    if (!grow(in, centre))
        return false;
    for (size_t s = 0; s < in->at[centre].switch_count; s++) {
        const ei_switch *by = &in->at[centre].switches[s];
        if (in->is_done[by->to] && !come_from(of, by, centre))
            return false;
    }
    return look_farther_at(of, centre, left_out(in, centre));
}

static bool search_successor(search *of, uint32_t left)
{
    ei_late *in = of->in;
    begin(of);
    end_at(of, left, in->rents[left]);
    if (!come_to(of, left, 0, EI_NOWHERE, NULL))
        return false;
    for (uint32_t k = 0; k < in->count; k++)
        if (k != left && !look_farther_at(of, k, left_out(in, k)))
            return false;
    while (in->queue.count > 0 && in->queue.items[0].at < of->best) {
        uint32_t what = ei_queue_pop(&in->queue).what, centre = what & ~EI_GROW;
        if (in->is_done[centre])
            continue;
        in->is_done[centre] = !(what & EI_GROW);
        if (!(what & EI_GROW ? look_farther_back(of, centre) : go_back(of, centre)))
            return false;
    }
    return true;
}

static bool move_up(search *of)
{
    ei_late *in = of->in;
    for (uint32_t from = of->end; in->next[from] != EI_NOWHERE; from = in->next[from])
        if (!note_move(in, &in->by[from], from, in->next[from], 1))
            return false;
    return true;
}

edu_status ei_late_remove(ei_late *in, uint32_t place, uint32_t centre, int64_t price,
                          edu_error *error)
{
    search of = {.in = in};
    in->move_count = 0;
    const ei_switch leaves = {.place = place, .before = centre};
    if (!note_move(in, &leaves, centre, EI_NOWHERE, 1) || !refresh_since(in, 0))
        return ei_no_memory(error);
    if (is_to_settle(in, price)) /* the seat that is idle now is seen there */
        return settle(in, price) && conclude(in) ? EDU_OK : ei_no_memory(error);
    in->price = price;
    if (!search_successor(&of, centre))
        return ei_no_memory(error);
    for (size_t k = 0; k < in->count; k++)
        if (in->ways[k] < of.best)
            in->rents[k] -= of.best - in->ways[k];
    lower_floors(in);
    return move_up(&of) && conclude(in) ? EDU_OK : ei_no_memory(error);
}

/* ---- rents ---- */

/* Limits as they are now, so that others may use them. */
static void forget_fall(ei_late *in)
{
    for (size_t i = 0; i < in->place_count; i++)
        if (in->reaches.items[i].limit != EI_FAR)
            in->reaches.items[i].limit -= in->fall;
    for (size_t k = 0; k < in->count; k++)
        if (in->at[k].slack != EI_FAR)
            in->at[k].slack -= in->fall;
    in->fall = 0;
}

edu_status ei_late_parcels(const ei_late *in, ei_parcel **out, size_t *out_count, edu_error *error)
{
    size_t count = 0;
    for (size_t k = 0; k < in->count; k++)
        count += in->at[k].count;
    ei_parcel *made = ei_calloc(count, sizeof *made), *next = made;
    if (!made)
        return ei_no_memory(error);
    for (uint32_t k = 0; k < in->count; k++)
        for (size_t i = 0; i < in->at[k].count; i++)
            *next++ = (ei_parcel){in->at[k].list[i].place, k, in->at[k].list[i].pupils};
    *out = made;
    *out_count = count;
    return EDU_OK;
}

edu_status ei_late_rents(ei_late *in, int64_t *out, edu_error *error)
{
    ei_parcel *parcels;
    size_t count;
    EI_TRY(ei_late_parcels(in, &parcels, &count, error));
    forget_fall(in);
    edu_status status =
        ei_rents_find(&in->reaches, in->rents, in->width, parcels, count, out, error);
    ei_free(parcels);
    return status;
}

/* ---- from beginning to end ---- */

static bool reach_first(ei_late *in, uint32_t place)
{
    if (!ei_reach_find(&in->reaches, place, EI_FAR, EI_FAR, EI_REACH_FIRST))
        return false;
    if (in->reaches.items[place].limit != EI_FAR)
        in->reaches.items[place].limit += in->fall;
    return true;
}

edu_status ei_late_place(ei_late *in, const ei_site *place, edu_error *error)
{
    ei_site *places = ei_with_room(in->places, in->place_count, &in->place_room, sizeof *places);
    if (!places)
        return ei_no_memory(error);
    in->places = places;
    places[in->place_count] = *place;
    if (!ei_reaches_extend(&in->reaches, places, in->place_count + 1) ||
        !reach_first(in, (uint32_t)in->place_count))
        return ei_no_memory(error);
    in->place_count++;
    return EDU_OK;
}

static bool make_arrays(ei_late *in)
{
    size_t count = in->count;
    in->place_room = in->place_count;
    in->places = ei_calloc(in->place_count, sizeof *in->places);
    in->rents = ei_calloc(count, sizeof *in->rents);
    in->floors = ei_calloc(count, sizeof *in->floors);
    in->at = ei_calloc(count, sizeof *in->at);
    in->is_source = ei_calloc(count * count / 8 + 1, 1);
    in->ways = ei_calloc(count, sizeof *in->ways);
    in->next = ei_calloc(count, sizeof *in->next);
    in->by = ei_calloc(count, sizeof *in->by);
    in->is_done = ei_calloc(count, sizeof *in->is_done);
    in->cheapest = ei_calloc(count, sizeof *in->cheapest);
    in->seen = ei_calloc(count + 1, sizeof *in->seen);
    return in->places && in->rents && in->floors && in->at && in->is_source && in->ways &&
           in->next && in->by && in->is_done && in->cheapest && in->seen;
}

static bool fill(ei_late *in, const int64_t *rents, const ei_parcel *parcels, size_t count)
{
    for (size_t k = 0; k < in->count; k++) {
        in->rents[k] = in->floors[k] = rents ? rents[k] * EI_METRE : 0;
        in->at[k].idle = in->centres[k].count;
        in->at[k].step = in->width;
    }
    for (size_t i = 0; i < count; i++)
        if (!put_first(in, parcels[i].place, parcels[i].centre, parcels[i].centre,
                       parcels[i].pupils))
            return false;
    if (!ei_reaches_make(&in->reaches, in->places, in->place_count, in->centres, in->count,
                         in->floors))
        return false;
    for (uint32_t i = 0; i < in->place_count; i++)
        if (!reach_first(in, i))
            return false;
    for (uint32_t k = 0; k < in->count; k++)
        if (!find_switches(in, k))
            return false;
    return true;
}

edu_status ei_late_make(ei_late *out, const ei_site *places, size_t place_count,
                        const ei_site *centres, size_t count, const int64_t *rents,
                        const ei_parcel *parcels, size_t parcel_count, edu_error *error)
{
    *out = (ei_late){.place_count = place_count,
                     .centres = centres,
                     .count = count,
                     .width = ei_spacing(centres, count)};
    if (!make_arrays(out))
        return ei_no_memory(error);
    if (place_count > 0)
        memcpy(out->places, places, place_count * sizeof *places);
    return fill(out, rents, parcels, parcel_count) ? EDU_OK : ei_no_memory(error);
}

void ei_late_finish(ei_late *in)
{
    for (size_t k = 0; in->at && k < in->count; k++) {
        ei_free(in->at[k].list);
        ei_free(in->at[k].switches);
        ei_free(in->at[k].sources);
    }
    ei_reaches_finish(&in->reaches);
    ei_free(in->places);
    ei_free(in->rents);
    ei_free(in->floors);
    ei_free(in->at);
    ei_free(in->is_source);
    ei_free(in->ways);
    ei_free(in->next);
    ei_free(in->by);
    ei_free(in->is_done);
    ei_free(in->queue.items);
    ei_free(in->cheapest);
    ei_free(in->seen);
    ei_free(in->moves);
}
