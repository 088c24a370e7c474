#include "faults/scarce.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <edu/sys/memory.h>

static atomic_llong live, counted[SCARCE_KINDS], failed, armed_at;
static atomic_int armed_whose;
static atomic_bool is_armed, is_for_good, is_held;

static bool fails(int whose)
{
    if (!atomic_load(&is_armed) || atomic_load(&is_held))
        return false;
    bool has_ended = atomic_load(&is_for_good) && atomic_load(&failed) > 0;
    int64_t number = atomic_fetch_add(&counted[whose], 1) + 1;
    if (whose == atomic_load(&armed_whose))
        has_ended |= number == atomic_load(&armed_at);
    if (has_ended)
        atomic_fetch_add(&failed, 1);
    return has_ended;
}

/* A new block is one more; one that only grew is not. */
static void *note(void *made, bool is_new)
{
    if (made != NULL && is_new)
        atomic_fetch_add(&live, 1);
    return made;
}

/* ---- libedu and jansson ---- */

static void *take(size_t size)
{
    return fails(SCARCE_LIBRARY) ? NULL : note(malloc(size), true);
}

static void *take_again(void *block, size_t size)
{
    return fails(SCARCE_LIBRARY) ? NULL : note(realloc(block, size), block == NULL);
}

static void give_back(void *block)
{
    if (block != NULL)
        atomic_fetch_sub(&live, 1);
    free(block);
}

/* ---- SQLite ---- */

static sqlite3_mem_methods plain;

static void *engine_take(int size)
{
    return fails(SCARCE_ENGINE) ? NULL : note(plain.xMalloc(size), true);
}

static void *engine_take_again(void *block, int size)
{
    return fails(SCARCE_ENGINE) ? NULL : note(plain.xRealloc(block, size), block == NULL);
}

static void engine_give_back(void *block)
{
    if (block != NULL)
        atomic_fetch_sub(&live, 1);
    plain.xFree(block);
}

/* Without the engine's own small pools each of its needs is an allocation. */
static void install_in_engine(void)
{
    sqlite3_mem_methods scarce;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
        abort();
    scarce = plain;
    scarce.xMalloc = engine_take;
    scarce.xRealloc = engine_take_again;
    scarce.xFree = engine_give_back;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &scarce) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        abort();
}

void scarce_install(void)
{
    static const edu_allocator scarce = {take, take_again, give_back};
    edu_allocator_set(&scarce);
    install_in_engine();
}

/* ---- the disk ---- */

/* It is not what fails here: nothing waits for it. */
int fsync(int file)
{
    return file < 0 ? -1 : 0;
}

int fdatasync(int file)
{
    return fsync(file);
}

/* ---- faults ---- */

void scarce_arm(int64_t number, bool for_good, int whose)
{
    atomic_store(&counted[SCARCE_LIBRARY], 0);
    atomic_store(&counted[SCARCE_ENGINE], 0);
    atomic_store(&failed, 0);
    atomic_store(&armed_at, number);
    atomic_store(&is_for_good, for_good);
    atomic_store(&armed_whose, whose);
    atomic_store(&is_armed, true);
}

int64_t scarce_disarm(void)
{
    atomic_store(&is_armed, false);
    return atomic_load(&failed);
}

int64_t scarce_counted(int whose)
{
    return atomic_load(&counted[whose]);
}

void scarce_hold(bool holds)
{
    atomic_store(&is_held, holds);
}

void scarce_release(void *block)
{
    give_back(block);
}

int64_t scarce_live(void)
{
    return atomic_load(&live);
}
