/* Memory that runs out where a test wants it: libedu's allocations, jansson's and SQLite's. What
 * cairo, pango and the C library take for themselves is not counted. */
#ifndef SCARCE_H
#define SCARCE_H

#include <stdbool.h>
#include <stdint.h>

/* Whose allocations are counted and may fail. */
enum { SCARCE_LIBRARY, SCARCE_ENGINE, SCARCE_KINDS };

/* Before anything else of libedu or SQLite. */
void scarce_install(void);

/* Of the allocations of these, counted from now, that of this number (from 1) fails; for good: and
 * all behind it, whosever they are. 0: they are only counted. */
void scarce_arm(int64_t number, bool for_good, int whose);
/* Ends that; how many failed. */
int64_t scarce_disarm(void);
/* Counted since scarce_arm. */
int64_t scarce_counted(int whose);
/* While it holds nothing is counted and nothing fails: a call prepares itself. */
void scarce_hold(bool holds);
/* Gives back what jansson gave to the test. */
void scarce_release(void *block);
/* Blocks that are not given back yet. */
int64_t scarce_live(void);

#endif
