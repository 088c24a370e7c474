#include "domain/portal/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- by group ---- */

static uint64_t hash_of(int dimension, const char *code, const char *currency)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)dimension;
    for (const char *at = code; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    for (const char *at = currency; *at; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

/* The slot of a group, or the empty one where it belongs. */
static size_t slot_of(const ei_tallies *all, int dimension, const char *code, const char *currency)
{
    size_t at = hash_of(dimension, code, currency) & (all->slot_count - 1);
    for (const ei_tally *one; (one = all->slots[at]) != NULL; at = (at + 1) & (all->slot_count - 1))
        if (one->dimension == dimension && strcmp(one->code, code) == 0 &&
            strcmp(one->currency, currency) == 0)
            break;
    return at;
}

/* A quarter of the slots stays empty. */
static bool make_room(ei_tallies *all)
{
    if (4 * (all->count + 1) <= 3 * all->slot_count)
        return true;
    size_t wanted = all->slot_count ? 2 * all->slot_count : 64;
    ei_tally **slots = ei_calloc(wanted, sizeof *slots);
    if (!slots)
        return false;
    ei_free(all->slots);
    all->slots = slots;
    all->slot_count = wanted;
    for (size_t i = 0; i < all->count; i++) {
        ei_tally *one = all->items[i];
        slots[slot_of(all, one->dimension, one->code, one->currency)] = one;
    }
    return true;
}

static ei_tally *add(ei_tallies *all, int dimension, const char *code, const char *currency)
{
    ei_tally **items = ei_with_room(all->items, all->count, &all->space, sizeof(ei_tally *));
    if (!items)
        return NULL;
    all->items = items;
    ei_tally *made = ei_calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->dimension = dimension;
    (void)snprintf(made->code, sizeof made->code, "%s", code);
    (void)snprintf(made->currency, sizeof made->currency, "%s", currency);
    return items[all->count++] = made;
}

ei_tally *ei_tally_at(ei_tallies *all, int dimension, const char *code, const char *currency)
{
    code = code ? code : "";
    if (!make_room(all))
        return NULL;
    size_t at = slot_of(all, dimension, code, currency);
    if (!all->slots[at])
        all->slots[at] = add(all, dimension, code, currency);
    return all->slots[at];
}

const ei_tally *ei_tally_find(const ei_tallies *all, int dimension, const char *code,
                              const char *currency)
{
    return all->slot_count ? all->slots[slot_of(all, dimension, code, currency)] : NULL;
}

void ei_tallies_sort(ei_tallies *all, int (*compare)(const void *, const void *))
{
    if (all->count)
        qsort(all->items, all->count, sizeof(ei_tally *), compare);
}

void ei_tallies_finish(ei_tallies *all)
{
    for (size_t i = 0; i < all->count; i++) {
        ei_free(all->items[i]->days);
        ei_free(all->items[i]);
    }
    ei_free(all->items);
    ei_free(all->slots);
    *all = (ei_tallies){0};
}

/* ---- days ---- */

edu_status ei_tally_took(ei_tally *tally, int64_t days, int64_t count, edu_error *error)
{
    size_t day = days < 0 ? 0 : days > EI_TALLY_DAYS_MAX ? EI_TALLY_DAYS_MAX : (size_t)days;
    if (day >= tally->day_space) {
        size_t space = tally->day_space ? tally->day_space : 8;
        while (space <= day)
            space *= 2;
        int64_t *grown = ei_realloc_array(tally->days, space, sizeof *grown);
        if (!grown)
            return ei_no_memory(error);
        memset(grown + tally->day_space, 0, (space - tally->day_space) * sizeof *grown);
        tally->days = grown;
        tally->day_space = space;
    }
    tally->days[day] += count;
    return EDU_OK;
}

edu_status ei_tally_merge(ei_tally *into, const ei_tally *from, edu_error *error)
{
    for (size_t i = 0; i < EI_TALLY_SUMS; i++)
        into->sums[i] += from->sums[i];
    into->lines++;
    for (size_t day = 0; day < from->day_space; day++)
        if (from->days[day] > 0)
            EI_TRY(ei_tally_took(into, (int64_t)day, from->days[day], error));
    return EDU_OK;
}

static int64_t timed(const ei_tally *tally)
{
    int64_t sum = 0;
    for (size_t day = 0; day < tally->day_space; day++)
        sum += tally->days[day];
    return sum;
}

int32_t ei_tally_percentile(const ei_tally *tally, int percent)
{
    int64_t total = timed(tally), seen = 0, wanted = (total * percent + 99) / 100;
    for (size_t day = 0; total > 0 && day < tally->day_space; day++)
        if ((seen += tally->days[day]) >= (wanted > 0 ? wanted : 1))
            return (int32_t)day;
    return -1;
}

int64_t ei_tally_mean(const ei_tally *tally)
{
    int64_t total = timed(tally), sum = 0;
    for (size_t day = 0; day < tally->day_space; day++)
        sum += (int64_t)day * tally->days[day];
    return total > 0 ? (sum * 200 + total) / (2 * total) : -1;
}
