#include "allocation/reach.h"

ei_cost ei_spacing(const ei_site *centres, size_t count)
{
    ei_site low = centres[0], high = low;
    for (size_t k = 1; k < count; k++) {
        const ei_site *at = &centres[k];
        low.x = at->x < low.x ? at->x : low.x;
        low.y = at->y < low.y ? at->y : low.y;
        high.x = at->x > high.x ? at->x : high.x;
        high.y = at->y > high.y ? at->y : high.y;
    }
    return (ei_site_distance(&low, &high) / ei_root(count) + 1) * EI_METRE;
}

bool ei_reaches_make(ei_reaches *out, const ei_site *places, size_t place_count,
                     const ei_site *sites, size_t count, const ei_cost *rents)
{
    *out = (ei_reaches){.places = places,
                        .sites = sites,
                        .rents = rents,
                        .place_count = place_count,
                        .count = count,
                        .item_room = place_count,
                        .items = ei_calloc(place_count, sizeof *out->items)};
    return ei_near_make(&out->near, sites, count, rents) && out->items;
}

void ei_reaches_finish(ei_reaches *in)
{
    ei_near_finish(&in->near);
    ei_free(in->items);
    ei_free(in->reached);
    ei_free(in->query.found);
}

static bool ensure_reached(ei_reaches *in, size_t more)
{
    if (in->reached_count + more <= in->reached_room)
        return true;
    size_t room = in->reached_room + in->reached_room / 2 + more + 1024;
    ei_reached *grown = ei_realloc_array(in->reached, room, sizeof *grown);
    if (!grown)
        return false;
    in->reached = grown;
    in->reached_room = room;
    return true;
}

static bool keep(ei_reaches *in, uint32_t place)
{
    const ei_near_query *query = &in->query;
    ei_reach *reach = &in->items[place];
    bool is_same_place = query->count <= reach->count && reach->count > 1;
    if (!is_same_place && !ensure_reached(in, query->count))
        return false;
    reach->limit = query->count == in->count ? EI_FAR : query->limit;
    if (query->count > 1 && !is_same_place) {
        reach->first = in->reached_count;
        in->reached_count += query->count;
    }
    reach->count = (uint32_t)query->count;
    for (size_t i = 0; query->count > 1 && i < query->count; i++)
        in->reached[reach->first + i] =
            (ei_reached){query->found[i].centre, query->found[i].distance};
    return true;
}

static bool ensure_found(ei_reaches *in, size_t most)
{
    if (most + 1 <= in->found_room)
        return true;
    ei_candidate *grown = ei_realloc_array(in->query.found, most + 1, sizeof *grown);
    if (!grown)
        return false;
    in->query.found = grown;
    in->found_room = most + 1;
    return true;
}

bool ei_reach_find(ei_reaches *in, uint32_t place, ei_cost limit, ei_cost width, size_t most)
{
    most = most < in->count ? most : in->count;
    if (!ensure_found(in, most))
        return false;
    in->query.place = &in->places[place];
    in->query.limit = limit;
    in->query.width = width;
    in->query.most = most;
    ei_near_find(&in->near, &in->query);
    return keep(in, place);
}

static ei_reached reached_at(const ei_reaches *in, uint32_t place, uint32_t centre)
{
    return (ei_reached){centre, ei_site_distance(&in->places[place], &in->sites[centre])};
}

bool ei_reach_add(ei_reaches *in, uint32_t place, uint32_t centre)
{
    ei_reach *reach = &in->items[place];
    if (reach->count == 1 && in->query.found[0].centre == centre)
        return true;
    for (uint32_t i = 0; reach->count > 1 && i < reach->count; i++)
        if (in->reached[reach->first + i].centre == centre)
            return true;
    if (!ensure_reached(in, 2))
        return false;
    if (reach->count == 1) {
        reach->first = in->reached_count;
        in->reached[in->reached_count++] = reached_at(in, place, in->query.found[0].centre);
    }
    in->reached[in->reached_count++] = reached_at(in, place, centre);
    reach->count++;
    return true;
}

/* Of those that tie where the search has to stop none is found: then it has to look for more. */
bool ei_reach_grow(ei_reaches *in, uint32_t place, ei_cost limit)
{
    const ei_reach *reach = &in->items[place];
    size_t before = reach->count, most = before > EI_REACH_FIRST / 2 ? 2 * before : EI_REACH_FIRST;
    for (;; most *= 2) {
        if (!ei_reach_find(in, place, limit, EI_FAR, most))
            return false;
        if (reach->count > before || reach->limit >= limit)
            return true;
    }
}

bool ei_reaches_extend(ei_reaches *in, const ei_site *places, size_t place_count)
{
    if (place_count > in->item_room) {
        size_t room = place_count + place_count / 2;
        ei_reach *items = ei_realloc_array(in->items, room, sizeof *items);
        if (!items)
            return false;
        in->items = items;
        in->item_room = room;
    }
    for (size_t i = in->place_count; i < place_count; i++)
        in->items[i] = (ei_reach){0};
    in->places = places;
    in->place_count = place_count;
    return true;
}
