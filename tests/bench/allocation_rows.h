/* The rows of the allocation that need more than a problem in memory. */
#ifndef ALLOCATION_ROWS_H
#define ALLOCATION_ROWS_H

#include "allocation_instance.h"
#include "bench.h"

/* By the id of its number, as the library sorts them. */
edu_allocation_problem allocation_problem(const char *name);

/* Transcripts: one that is written, and a check of it. Each in a process of its own. */
int transcript_write(const char *name, const char *path);
int transcript_check(const char *path);
int transcript_hash(const char *path);
/* self: this program. folder: for the files. */
void transcript_compare(const char *self, const char *folder);

/* A nation's examination in a store. service: file of the olympiad's definition. */
void national_compare(const char *folder, const char *service);

#endif
