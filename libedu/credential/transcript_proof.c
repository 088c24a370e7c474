/* The proof within a transcript, as it goes by.
 *
 * Optimal: rents q >= 0, positive only at full centres, and everybody where distance + q is least.
 * Then no allocation costs less than the sum over pupils of min(d + q) less the sum of seats · q,
 * and this one costs that.
 *
 * Where somebody at one centre would do as well at another there is an arc; these are kept, the one
 * of least draw for each pair of centres. All optima differ by moves over arcs. The rents are the
 * smallest if each positive one is at the end of a path of arcs from a centre whose rent is 0. The
 * allocation is the one drawn if no cycle of arcs has a negative draw, where an empty seat may
 * change places with a seat at any centre whose rent is 0. */
#include "credential/transcript.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#define BLOCK 32 /* centres looked at together */
#define FAR_AWAY 1e18
#define MARGIN (1 + 1e-9)
/* Squared, more than the square of any distance. */
#define BEYOND INT64_C(3037000500)
#define ARCS_AT_FIRST 1024
#define ARC_MOST (INT64_C(1) << 48)

static ei_proof_fault fault(const char *key, const char *what)
{
    return (ei_proof_fault){key, what};
}

static const ei_proof_fault none;
static const ei_proof_fault no_memory = {EI_PROOF_NO_MEMORY, "out of memory"};

/* ---- centres and zones ---- */

static size_t find_zone(const ei_proof *of, const char *name, bool *found)
{
    size_t low = 0, high = of->zone_count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, of->zones[middle].name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool add_zone(ei_proof *of, const char *name, size_t *at)
{
    bool is_there;
    *at = find_zone(of, name, &is_there);
    if (is_there)
        return true;
    ei_proof_zone *zones = ei_with_room(of->zones, of->zone_count, &of->zone_space, sizeof *zones);
    char *own = zones ? ei_strdup(name) : NULL;
    if (zones)
        of->zones = zones;
    if (!own)
        return false;
    memmove(zones + *at + 1, zones + *at, (of->zone_count - *at) * sizeof *zones);
    zones[*at] = (ei_proof_zone){.name = own};
    of->zone_count++;
    for (size_t k = 0; k < of->centre_count; k++)
        of->centres[k].zone += of->centres[k].zone >= *at;
    return true;
}

bool ei_proof_add_centre(ei_proof *of, const ei_proof_centre *centre, const char *zone)
{
    size_t at;
    ei_proof_centre *centres =
        ei_with_room(of->centres, of->centre_count, &of->centre_space, sizeof *centres);
    if (!centres)
        return false;
    of->centres = centres;
    if (!add_zone(of, zone, &at))
        return false;
    ei_proof_centre *made = &centres[of->centre_count];
    *made = *centre;
    made->zone = at;
    made->load = 0;
    made->id = ei_strdup(centre->id);
    of->centre_count += made->id != NULL;
    return made->id != NULL;
}

static size_t place_slots(ei_proof *of)
{
    size_t slots = 0;
    for (size_t k = 0; k < of->centre_count; k++)
        of->zones[of->centres[k].zone].slots++;
    for (size_t z = 0; z < of->zone_count; z++) {
        of->zones[z].first = slots;
        slots += (of->zones[z].slots + BLOCK - 1) / BLOCK * BLOCK;
        of->zones[z].slots = 0;
    }
    return slots;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

uint64_t ei_proof_lot(const ei_proof *of, const char *kind, const char *id)
{
    uint8_t hash[8];
    uint64_t lot = 0;
    crypto_generichash_state state;
    crypto_generichash_init(&state, of->key, sizeof of->key, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, (const uint8_t *)id, strlen(id));
    crypto_generichash_final(&state, hash, sizeof hash);
    for (size_t i = 0; i < sizeof hash; i++)
        lot |= (uint64_t)hash[i] << (8 * i);
    return lot;
}

static void fill_slots(ei_proof *of, size_t slots)
{
    for (size_t s = 0; s < slots; s++)
        of->x[s] = of->y[s] = FAR_AWAY;
    for (size_t k = 0; k < of->centre_count; k++) {
        ei_proof_centre *centre = &of->centres[k];
        ei_proof_zone *zone = &of->zones[centre->zone];
        size_t slot = zone->first + zone->slots++;
        of->slots[slot] = (uint32_t)k;
        of->x[slot] = (double)centre->x;
        of->y[slot] = (double)centre->y;
        of->rent[slot] = (double)centre->rent;
        centre->lot = mix(ei_proof_lot(of, "centre", centre->id));
    }
}

bool ei_proof_begin(ei_proof *of, const uint8_t *seed, size_t seed_size)
{
    size_t slots = place_slots(of);
    crypto_generichash(of->key, sizeof of->key, seed, seed_size, NULL, 0);
    of->x = ei_calloc(slots, sizeof *of->x);
    of->y = ei_calloc(slots, sizeof *of->y);
    of->rent = ei_calloc(slots, sizeof *of->rent);
    of->slots = ei_calloc(slots, sizeof *of->slots);
    of->choices = ei_calloc(of->centre_count, sizeof *of->choices);
    of->arc_room = ARCS_AT_FIRST;
    of->arcs = ei_calloc(of->arc_room, sizeof *of->arcs);
    if (!of->x || !of->y || !of->rent || !of->slots || !of->choices || !of->arcs)
        return false;
    fill_slots(of, slots);
    return true;
}

void ei_proof_finish(ei_proof *of)
{
    for (size_t k = 0; k < of->centre_count; k++)
        ei_free(of->centres[k].id);
    for (size_t z = 0; z < of->zone_count; z++)
        ei_free(of->zones[z].name);
    ei_free(of->centres);
    ei_free(of->zones);
    ei_free(of->x);
    ei_free(of->y);
    ei_free(of->rent);
    ei_free(of->slots);
    ei_free(of->choices);
    ei_free(of->arcs);
    *of = (ei_proof){0};
}

/* ---- the place at hand ---- */

/* floor(sqrt(square)) */
static int64_t root_of(uint64_t square)
{
    uint64_t root = (uint64_t)sqrt((double)square);
    while (root * root > square)
        root--;
    while ((root + 1) * (root + 1) <= square)
        root++;
    return (int64_t)root;
}

static uint64_t square_to(const ei_proof *of, const ei_proof_centre *centre)
{
    int64_t dx = centre->x - of->place_x, dy = centre->y - of->place_y;
    return (uint64_t)(dx * dx) + (uint64_t)(dy * dy);
}

/* Whether the centre is as good as those found so far, or better. */
static void consider(ei_proof *of, uint32_t k)
{
    const ei_proof_centre *centre = &of->centres[k];
    int64_t left = of->least - centre->rent;
    uint64_t square = square_to(of, centre);
    if (left < 0)
        return;
    uint64_t bound = (uint64_t)(left < BEYOND ? left + 1 : BEYOND);
    if (square >= bound * bound)
        return;
    int64_t distance = root_of(square);
    if (distance < left) {
        of->least = distance + centre->rent;
        of->choice_count = 0;
    }
    of->choices[of->choice_count++] = (ei_proof_choice){k, (uint32_t)distance};
}

/* Whether any of a block may be as good: by floating point, with more than its error to spare. */
static bool is_block_near(const ei_proof *of, size_t first)
{
    const double *x = of->x + first, *y = of->y + first, *rent = of->rent + first;
    double at_x = (double)of->place_x, at_y = (double)of->place_y, limit = (double)of->least + 1;
    int near = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        double dx = x[i] - at_x, dy = y[i] - at_y, left = limit - rent[i];
        near |= dx * dx + dy * dy <= left * fabs(left) * MARGIN;
    }
    return near != 0;
}

/* All centres of least distance + rent. */
static void find_choices(ei_proof *of, uint32_t start)
{
    const ei_proof_zone *zone = of->zone;
    const ei_proof_centre *first = &of->centres[start];
    of->least = root_of(square_to(of, first)) + first->rent;
    of->choice_count = 0;
    for (size_t block = 0; block < zone->slots; block += BLOCK) {
        if (!is_block_near(of, zone->first + block))
            continue;
        size_t end = block + BLOCK < zone->slots ? block + BLOCK : zone->slots;
        for (size_t i = block; i < end; i++)
            consider(of, of->slots[zone->first + i]);
    }
}

ei_proof_fault ei_proof_place(ei_proof *of, const char *id, const char *zone, int64_t x, int64_t y)
{
    const ei_proof_zone *before = of->zone;
    uint32_t start;
    if (!before || strcmp(before->name, zone) != 0) {
        bool is_there;
        size_t at = find_zone(of, zone, &is_there);
        if (!is_there)
            return fault("zone", "the zone of the place has no centre");
        of->zone = &of->zones[at];
        start = of->slots[of->zone->first];
    } else {
        start = of->choices[0].centre;
    }
    of->lot = ei_proof_lot(of, "place", id);
    of->place_x = x;
    of->place_y = y;
    of->taken = NULL;
    find_choices(of, start);
    return none;
}

/* ---- arcs ---- */

static ei_proof_arc *find_arc(ei_proof_arc *arcs, size_t room, uint32_t from, uint32_t to)
{
    size_t at = mix((uint64_t)from << 32 | to) & (room - 1);
    while (arcs[at].from != arcs[at].to && (arcs[at].from != from || arcs[at].to != to))
        at = (at + 1) & (room - 1);
    return &arcs[at];
}

static bool grow_arcs(ei_proof *of)
{
    size_t room = of->arc_room * 2;
    ei_proof_arc *grown = ei_calloc(room, sizeof *grown);
    if (!grown)
        return false;
    for (size_t i = 0; i < of->arc_room; i++)
        if (of->arcs[i].from != of->arcs[i].to)
            *find_arc(grown, room, of->arcs[i].from, of->arcs[i].to) = of->arcs[i];
    ei_free(of->arcs);
    of->arcs = grown;
    of->arc_room = room;
    return true;
}

static bool keep_arc(ei_proof *of, uint32_t from, uint32_t to, int64_t draw)
{
    if (of->arc_count * 2 >= of->arc_room && !grow_arcs(of))
        return false;
    ei_proof_arc *arc = find_arc(of->arcs, of->arc_room, from, to);
    bool is_new = arc->from == arc->to;
    if (is_new || draw < arc->draw)
        *arc = (ei_proof_arc){from, to, draw};
    of->arc_count += is_new;
    return true;
}

static int64_t draw_at(const ei_proof *of, uint32_t centre)
{
    return (int64_t)(mix(of->lot ^ of->centres[centre].lot) >> 16);
}

/* ---- pupils ---- */

static ei_proof_fault choose(ei_proof *of, const char *id)
{
    const char *before = of->taken ? of->centres[of->taken->centre].id : NULL;
    const ei_proof_choice *chosen = NULL;
    if (before && strcmp(id, before) <= 0)
        return fault("order", "a place's pupils go to its centres in the order of their ids");
    for (size_t i = 0; i < of->choice_count && !chosen; i++)
        if (strcmp(of->centres[of->choices[i].centre].id, id) == 0)
            chosen = &of->choices[i];
    if (!chosen)
        return fault("not_optimal", "by distance and rent another centre of the zone is better");
    of->taken = chosen;
    for (size_t i = 0; i < of->choice_count; i++) {
        uint32_t other = of->choices[i].centre;
        if (other != chosen->centre &&
            !keep_arc(of, chosen->centre, other, draw_at(of, other) - draw_at(of, chosen->centre)))
            return no_memory;
    }
    return none;
}

ei_proof_fault ei_proof_pupil(ei_proof *of, const char *centre)
{
    if (!of->taken || strcmp(of->centres[of->taken->centre].id, centre) != 0) {
        ei_proof_fault wrong = choose(of, centre);
        if (wrong.key)
            return wrong;
    }
    ei_proof_centre *at = &of->centres[of->taken->centre];
    of->cost += of->taken->distance;
    of->bound += of->least;
    if (++at->load > at->capacity)
        return fault("capacity", "the centre has more pupils than seats");
    return none;
}

ei_proof_fault ei_proof_sums(ei_proof *of, int64_t cost)
{
    for (size_t k = 0; k < of->centre_count; k++) {
        const ei_proof_centre *at = &of->centres[k];
        if (at->load != at->pupils)
            return fault("count", "a centre has other pupils than its line says");
        if (at->rent > 0 && at->load < at->capacity)
            return fault("rent", "a centre has a rent and is not full");
        of->bound -= (__int128)at->rent * at->capacity;
    }
    if (of->cost != cost)
        return fault("cost", "the distances do not add up to the cost");
    return of->bound == of->cost ? none : fault("cost", "the rents do not prove the cost");
}

/* ---- the smallest rents, and the draw ---- */

static int by_from(const void *a, const void *b)
{
    const ei_proof_arc *one = a, *two = b;
    if (one->from != two->from)
        return one->from < two->from ? -1 : 1;
    return (one->to > two->to) - (one->to < two->to);
}

/* The table becomes a list by where arcs begin. */
static void list_arcs(ei_proof *of)
{
    size_t count = 0;
    for (size_t i = 0; i < of->arc_room; i++)
        if (of->arcs[i].from != of->arcs[i].to)
            of->arcs[count++] = of->arcs[i];
    qsort(of->arcs, count, sizeof *of->arcs, by_from);
}

static size_t first_arc(const ei_proof *of, uint32_t from)
{
    size_t low = 0, high = of->arc_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (of->arcs[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void hold_all(const ei_proof *of, bool *is_held, uint32_t *queue)
{
    size_t tail = 0;
    for (size_t k = 0; k < of->centre_count; k++)
        if (of->centres[k].rent == 0) {
            is_held[k] = true;
            queue[tail++] = (uint32_t)k;
        }
    for (size_t head = 0; head < tail; head++) {
        uint32_t by = queue[head];
        for (size_t i = first_arc(of, by); i < of->arc_count && of->arcs[i].from == by; i++)
            if (!is_held[of->arcs[i].to]) {
                is_held[of->arcs[i].to] = true;
                queue[tail++] = of->arcs[i].to;
            }
    }
}

static ei_proof_fault check_smallest(const ei_proof *of)
{
    bool *is_held = ei_calloc(of->centre_count, sizeof *is_held);
    uint32_t *queue = ei_calloc(of->centre_count, sizeof *queue);
    ei_proof_fault found = is_held && queue ? none : no_memory;
    if (!found.key)
        hold_all(of, is_held, queue);
    for (size_t k = 0; !found.key && k < of->centre_count; k++)
        if (!is_held[k])
            found = fault("rent", "a rent could be smaller");
    ei_free(is_held);
    ei_free(queue);
    return found;
}

static bool lower(int64_t *to, int64_t value)
{
    bool is_lower = value < *to;
    if (is_lower)
        *to = value;
    return is_lower;
}

/* Empty seats lead to a node of the zone, and that to whatever centre has no rent. */
static bool relax_idle(const ei_proof *of, int64_t *ways)
{
    bool changed = false;
    for (size_t k = 0; k < of->centre_count; k++) {
        const ei_proof_centre *at = &of->centres[k];
        if (at->load < at->capacity)
            changed |= lower(&ways[of->centre_count + at->zone], ways[k]);
    }
    for (size_t k = 0; k < of->centre_count; k++) {
        const ei_proof_centre *at = &of->centres[k];
        if (at->rent == 0 && of->zones[at->zone].idle > 0)
            changed |= lower(&ways[k], ways[of->centre_count + at->zone]);
    }
    return changed;
}

/* Bellman and Ford: without a negative cycle the ways settle in as many rounds as there are nodes,
 * and none is lower than so many of the lowest arcs. */
static bool has_negative_cycle(const ei_proof *of, int64_t *ways)
{
    int64_t nodes = (int64_t)(of->centre_count + of->zone_count), least = -(nodes + 1) * ARC_MOST;
    bool changed = true;
    for (int64_t round = 0; changed && round <= nodes; round++) {
        changed = relax_idle(of, ways);
        for (size_t i = 0; i < of->arc_count; i++) {
            int64_t *to = &ways[of->arcs[i].to];
            changed |= lower(to, ways[of->arcs[i].from] + of->arcs[i].draw);
            if (*to < least)
                return true;
        }
    }
    return changed;
}

static void count_idle(ei_proof *of)
{
    for (size_t k = 0; k < of->centre_count; k++)
        of->zones[of->centres[k].zone].idle += of->centres[k].load < of->centres[k].capacity;
}

ei_proof_fault ei_proof_draw(ei_proof *of)
{
    list_arcs(of);
    count_idle(of);
    ei_proof_fault found = check_smallest(of);
    if (found.key)
        return found;
    int64_t *ways = ei_calloc(of->centre_count + of->zone_count, sizeof *ways);
    if (!ways)
        return no_memory;
    if (has_negative_cycle(of, ways))
        found = fault("not_drawn", "as good as any, but not the one that the seed draws");
    ei_free(ways);
    return found;
}
