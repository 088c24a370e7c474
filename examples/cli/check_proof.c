/* The proof that check-allocation makes.
 *
 * Optimal: rents q >= 0 that are positive only at full centres, and every pupil where distance + q
 * is least. Then no allocation costs less than sum of pupils · min(d + q) - sum of seats · q, and
 * this one costs that.
 *
 * Smallest: the rents cannot be lowered if each positive one is held up by another, down to a zero:
 * centre k holds somebody's rent at j up where a pupil of j would do as well at k. Were some rents
 * held up by no chain from a zero, all of them could be lowered by one together.
 *
 * Drawn: among all optima, which use the same pairs "as good as any" and keep the centres of
 * positive rent full, the sum of draws is least if no cycle of exchanges over these pairs lowers
 * it. */
#include "checker.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#define BEYOND INT64_C(3037000500) /* squared, more than the square of any distance */
#define REPORT_EVERY 4096
#define NO_ARC INT64_MAX

typedef struct proof {
    const check_claim *claim;
    int64_t *least; /* by place: min of distance + rent */
    int64_t *load;  /* by centre */
    size_t *first;  /* by centre: its flows; one more behind */
    check_progress progress;
    void *context;
    check_fault *fault;
} proof;

/* ---- distances ---- */

static uint64_t square_of(const check_site *a, const check_site *b)
{
    int64_t dx = a->x - b->x, dy = a->y - b->y;
    return (uint64_t)(dx * dx) + (uint64_t)(dy * dy);
}

static int64_t distance_of(const check_site *a, const check_site *b)
{
    uint64_t square = square_of(a, b), root = (uint64_t)sqrt((double)square);
    while (root * root > square)
        root--;
    while ((root + 1) * (root + 1) <= square)
        root++;
    return (int64_t)root;
}

/* floor(sqrt(square)) < limit */
static bool is_nearer(uint64_t square, int64_t limit)
{
    if (limit <= 0)
        return false;
    uint64_t bounded = (uint64_t)(limit < BEYOND ? limit : BEYOND);
    return square < bounded * bounded;
}

/* Is the pair as good as any for the place? */
static bool is_tight(const proof *in, size_t place, size_t centre)
{
    const check_site *from = &in->claim->places.items[place];
    const check_site *to = &in->claim->centres.items[centre];
    int64_t left = in->least[place] - in->claim->rents[centre];
    uint64_t square = square_of(from, to);
    return from->zone_number == to->zone_number && !is_nearer(square, left) &&
           is_nearer(square, left + 1);
}

/* ---- the input ---- */

static bool check_input(const proof *in, check_bytes places, check_bytes centres)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, places.data, places.size);
    crypto_hash_sha256_update(&state, centres.data, centres.size);
    crypto_hash_sha256_final(&state, hash);
    return memcmp(hash, in->claim->input_hash, sizeof hash) == 0 ||
           check_fail(in->fault, "this is another input: its hash is not the transcript's");
}

/* ---- feasible ---- */

static bool check_sent(const proof *in)
{
    const check_claim *claim = in->claim;
    int64_t *sent = calloc(claim->places.count + 1, sizeof *sent);
    if (!sent)
        return check_fail(in->fault, "out of memory");
    for (size_t i = 0; i < claim->flow_count; i++)
        sent[claim->flows[i].place] += claim->flows[i].pupils;
    bool good = true;
    for (size_t i = 0; good && i < claim->places.count; i++)
        if (sent[i] != claim->places.items[i].count)
            good = check_fail(in->fault,
                              "place \"%.100s\" has %" PRId64 " pupils, but %" PRId64 " are placed",
                              claim->places.items[i].id, claim->places.items[i].count, sent[i]);
    free(sent);
    return good;
}

static bool check_feasible(proof *in)
{
    const check_claim *claim = in->claim;
    for (size_t i = 0; i < claim->flow_count; i++) {
        const check_flow *flow = &claim->flows[i];
        const check_site *place = &claim->places.items[flow->place];
        const check_site *centre = &claim->centres.items[flow->centre];
        if (place->zone_number != centre->zone_number)
            return check_fail(in->fault, "place \"%.100s\" and centre \"%.100s\" differ in zone",
                              place->id, centre->id);
        in->load[flow->centre] += flow->pupils;
        in->first[flow->centre + 1]++;
    }
    for (size_t k = 0; k < claim->centres.count; k++) {
        in->first[k + 1] += in->first[k];
        if (in->load[k] > claim->centres.items[k].count)
            return check_fail(
                in->fault, "centre \"%.100s\" has %" PRId64 " seats, but %" PRId64 " pupils",
                claim->centres.items[k].id, claim->centres.items[k].count, in->load[k]);
    }
    return check_sent(in);
}

/* ---- optimal ---- */

static int64_t least_of(const check_claim *claim, size_t place)
{
    const check_site *from = &claim->places.items[place];
    int64_t least = INT64_MAX;
    for (size_t k = 0; k < claim->centres.count; k++) {
        const check_site *to = &claim->centres.items[k];
        if (from->zone_number == to->zone_number && claim->rents[k] < least &&
            is_nearer(square_of(from, to), least - claim->rents[k]))
            least = distance_of(from, to) + claim->rents[k];
    }
    return least;
}

static bool find_least(const proof *in)
{
    const check_claim *claim = in->claim;
    for (size_t i = 0; i < claim->places.count; i++) {
        in->least[i] = least_of(claim, i);
        if (i % REPORT_EVERY == 0 && in->progress &&
            !in->progress(in->context, "checking", (int64_t)i, (int64_t)claim->places.count))
            return check_fail(in->fault, "cancelled");
    }
    return true;
}

static bool check_rents(const proof *in)
{
    const check_claim *claim = in->claim;
    for (size_t k = 0; k < claim->centres.count; k++) {
        /* A rent is a saving along a chain of moves, one a centre. */
        if (claim->rents[k] < 0 || claim->rents[k] > BEYOND * (int64_t)(claim->centres.count + 1))
            return check_fail(in->fault, "the rent of centre \"%.100s\" is out of range",
                              claim->centres.items[k].id);
        if (claim->rents[k] > 0 && in->load[k] != claim->centres.items[k].count)
            return check_fail(in->fault, "centre \"%.100s\" has a rent and is not full",
                              claim->centres.items[k].id);
    }
    return true;
}

static bool check_optimal(const proof *in)
{
    const check_claim *claim = in->claim;
    __int128 cost = 0, bound = 0;
    if (!check_rents(in) || !find_least(in))
        return false;
    for (size_t i = 0; i < claim->flow_count; i++) {
        const check_flow *flow = &claim->flows[i];
        int64_t distance =
            distance_of(&claim->places.items[flow->place], &claim->centres.items[flow->centre]);
        cost += (__int128)distance * flow->pupils;
        if (distance + claim->rents[flow->centre] != in->least[flow->place])
            return check_fail(in->fault,
                              "not optimal: for place \"%.100s\" another centre is better than "
                              "\"%.100s\" by the rents",
                              claim->places.items[flow->place].id,
                              claim->centres.items[flow->centre].id);
    }
    for (size_t i = 0; i < claim->places.count; i++)
        if (claim->places.items[i].count > 0)
            bound += (__int128)in->least[i] * claim->places.items[i].count;
    for (size_t k = 0; k < claim->centres.count; k++)
        bound -= (__int128)claim->rents[k] * claim->centres.items[k].count;
    if (cost != claim->cost)
        return check_fail(in->fault, "the flows do not cost the %" PRId64 " m that are claimed",
                          claim->cost);
    return bound == cost || check_fail(in->fault, "not optimal: the rents do not prove the cost");
}

/* ---- smallest rents ---- */

/* What is held up by this centre is held up from now on. */
static void hold_up(const proof *in, size_t by, bool *is_held, size_t *queue, size_t *tail)
{
    const check_claim *claim = in->claim;
    for (size_t k = 0; k < claim->centres.count; k++) {
        if (is_held[k] ||
            claim->centres.items[k].zone_number != claim->centres.items[by].zone_number)
            continue;
        for (size_t i = in->first[by]; i < in->first[by + 1] && !is_held[k]; i++)
            if (is_tight(in, claim->flows[i].place, k)) {
                is_held[k] = true;
                queue[(*tail)++] = k;
            }
    }
}

static bool check_smallest(const proof *in)
{
    const check_claim *claim = in->claim;
    size_t count = claim->centres.count, tail = 0;
    bool *is_held = calloc(count + 1, sizeof *is_held);
    size_t *queue = calloc(count + 1, sizeof *queue);
    bool good = is_held && queue;
    if (!good)
        check_fail(in->fault, "out of memory");
    for (size_t k = 0; good && k < count; k++)
        if (claim->rents[k] == 0) {
            is_held[k] = true;
            queue[tail++] = k;
        }
    for (size_t head = 0; good && head < tail; head++)
        hold_up(in, queue[head], is_held, queue, &tail);
    for (size_t k = 0; good && k < count; k++)
        if (!is_held[k])
            good = check_fail(in->fault, "the rent of centre \"%.100s\" could be smaller",
                              claim->centres.items[k].id);
    free(is_held);
    free(queue);
    return good;
}

/* ---- the draw ---- */

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static uint64_t lot_of(const uint8_t key[32], const char *kind, const char *id)
{
    uint8_t hash[8];
    uint64_t lot = 0;
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, 32, sizeof hash);
    crypto_generichash_update(&state, (const uint8_t *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, (const uint8_t *)id, strlen(id));
    crypto_generichash_final(&state, hash, sizeof hash);
    for (size_t i = 0; i < sizeof hash; i++)
        lot |= (uint64_t)hash[i] << (8 * i);
    return lot;
}

typedef struct arc {
    size_t from, to;
    int64_t draw;
} arc;

typedef struct drawing {
    const proof *in;
    uint8_t key[32];
    uint64_t *centre_lots;
    const size_t *members; /* centres of the zone */
    size_t count;
    int64_t *least; /* count × count */
    arc *arcs;
    size_t arc_count;
    int64_t *distance;
} drawing;

/* The least draw of a move between two centres of the zone, over pupils that are as good there. */
static void find_arcs(drawing *of, size_t from)
{
    const proof *in = of->in;
    const check_claim *claim = in->claim;
    size_t centre = of->members[from];
    bool has_idle = in->load[centre] < claim->centres.items[centre].count;
    int64_t *least = of->least + from * of->count;
    for (size_t k = 0; k < of->count; k++)
        least[k] = has_idle && claim->rents[of->members[k]] == 0 ? 0 : NO_ARC;
    for (size_t i = in->first[centre]; i < in->first[centre + 1]; i++) {
        size_t place = claim->flows[i].place;
        uint64_t lot = lot_of(of->key, "place", claim->places.items[place].id);
        int64_t here = (int64_t)(mix(lot ^ of->centre_lots[centre]) >> 16);
        for (size_t k = 0; k < of->count; k++) {
            if (k == from || !is_tight(in, place, of->members[k]))
                continue;
            int64_t there = (int64_t)(mix(lot ^ of->centre_lots[of->members[k]]) >> 16);
            if (there - here < least[k])
                least[k] = there - here;
        }
    }
}

static void list_arcs(drawing *of)
{
    of->arc_count = 0;
    for (size_t j = 0; j < of->count; j++)
        for (size_t k = 0; k < of->count; k++)
            if (j != k && of->least[j * of->count + k] != NO_ARC)
                of->arcs[of->arc_count++] = (arc){j, k, of->least[j * of->count + k]};
}

/* Bellman and Ford: without a negative cycle, distances settle in as many rounds as centres. */
static bool has_negative_cycle(drawing *of)
{
    bool changed = true;
    memset(of->distance, 0, of->count * sizeof *of->distance);
    for (size_t round = 0; round <= of->count && changed; round++) {
        changed = false;
        for (size_t i = 0; i < of->arc_count; i++) {
            const arc *one = &of->arcs[i];
            if (of->distance[one->from] + one->draw < of->distance[one->to]) {
                of->distance[one->to] = of->distance[one->from] + one->draw;
                changed = true;
            }
        }
    }
    return changed;
}

static bool check_zone(drawing *of)
{
    size_t pairs = of->count * of->count;
    of->least = calloc(pairs + 1, sizeof *of->least);
    of->arcs = calloc(pairs + 1, sizeof *of->arcs);
    of->distance = calloc(of->count + 1, sizeof *of->distance);
    bool good = of->least && of->arcs && of->distance;
    if (!good)
        check_fail(of->in->fault, "out of memory");
    for (size_t k = 0; good && k < of->count; k++)
        find_arcs(of, k);
    if (good) {
        list_arcs(of);
        if (has_negative_cycle(of))
            good = check_fail(of->in->fault, "as good as any, but not the one that the seed draws");
    }
    free(of->least);
    free(of->arcs);
    free(of->distance);
    return good;
}

static bool check_draw(const proof *in)
{
    const check_claim *claim = in->claim;
    size_t count = claim->centres.count;
    size_t *members = calloc(count + 1, sizeof *members);
    drawing of = {
        .in = in, .members = members, .centre_lots = calloc(count + 1, sizeof *of.centre_lots)};
    bool good = members && of.centre_lots;
    if (!good)
        check_fail(in->fault, "out of memory");
    crypto_generichash(of.key, sizeof of.key, claim->seed, claim->seed_size, NULL, 0);
    for (size_t k = 0; good && k < count; k++)
        of.centre_lots[k] = mix(lot_of(of.key, "centre", claim->centres.items[k].id));
    for (size_t k = 0; good && k < count; k++) {
        size_t zone = claim->centres.items[k].zone_number;
        bool is_first = true;
        of.count = 0;
        for (size_t i = 0; i < count; i++)
            if (claim->centres.items[i].zone_number == zone) {
                is_first = is_first && i >= k;
                members[of.count++] = i;
            }
        if (is_first)
            good = check_zone(&of);
    }
    free(members);
    free(of.centre_lots);
    return good;
}

/* ---- all ---- */

bool check_proof(const check_claim *claim, check_bytes places, check_bytes centres,
                 check_progress progress, void *context, check_fault *fault)
{
    proof in = {.claim = claim,
                .least = calloc(claim->places.count + 1, sizeof(int64_t)),
                .load = calloc(claim->centres.count + 1, sizeof(int64_t)),
                .first = calloc(claim->centres.count + 2, sizeof(size_t)),
                .progress = progress,
                .context = context,
                .fault = fault};
    bool good = in.least && in.load && in.first;
    if (!good)
        check_fail(fault, "out of memory");
    good = good && check_input(&in, places, centres) && check_feasible(&in) && check_optimal(&in) &&
           check_smallest(&in) && check_draw(&in);
    free(in.least);
    free(in.load);
    free(in.first);
    return good;
}
