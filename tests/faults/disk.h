/* A disk under SQLite that fails where a test wants it, and that loses power: a file system (VFS)
 * of SQLite around the usual one. It is counted in operations: reads, writes, cuts, syncs,
 * openings, locks, maps of shared memory. One thread at a time. */
#ifndef DISK_H
#define DISK_H

#include <stdbool.h>
#include <stdint.h>

/* As the usual one of SQLite, before anything of it is used. Memory is not mapped: every page comes
 * by a read. */
void disk_install(void);

/* ---- faults ---- */

typedef enum disk_fault {
    DISK_FAILS,     /* an operation of any kind */
    DISK_TEARS,     /* a write of which only the first half comes through */
    DISK_FULL,      /* a write */
    DISK_READ_ONLY, /* a write, a cut, an opening for writing */
    DISK_FAULTS
} disk_fault;

/* Of the operations that can fail so, counted from now, that of this number (from 1); for good: and
 * all behind it. 0: they are only counted. */
void disk_arm(int64_t number, bool for_good, disk_fault fault);
int64_t disk_disarm(void);              /* how many failed */
int64_t disk_counted(disk_fault fault); /* that can fail so */

/* ---- the power ---- */

/* From now on it is known of the files of this folder, which nobody has open, what is on the disk
 * and what is only on its way there. */
void disk_track(const char *folder);
void disk_forget(void);
/* Called before each change of such a file: a write, a cut, a sync, a removal. */
void disk_watch(void (*watch)(void));
/* Bytes that are on their way, of all files. */
int64_t disk_waiting(void);
/* Makes the files in this folder as the power might leave them if it went now: of what is on its
 * way some is there and some is not, whatever came first, and a write may be torn. All follows from
 * the seed. */
void disk_lose_power(const char *into, uint64_t seed);
/* A disk that says that it has synced, and has not. */
void disk_lie(bool lies);

#endif
