/* Problems of allocation, made from a seed: the same for the library and for its peer. */
#ifndef ALLOCATION_INSTANCE_H
#define ALLOCATION_INSTANCE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct instance_site {
    int64_t x, y, count; /* metres; pupils or seats */
    int zone;            /* 0, but for zones */
} instance_site;

typedef struct instance {
    size_t place_count, centre_count;
    instance_site *places, *centres;
} instance;

/* KIND_PLACESxCENTRES. groups: a million pupils of schools, seats near them, a tenth more than
 * pupils. scarce: seats anywhere, as many as pupils. homes: one pupil a place, else as groups. As
 * scarce, but that distances tie: point, all pupils at one; same, the centres there too; line;
 * coarse, on a grid of 200 km. zones: as groups, but that who lives in the east stays there. */
void instance_make(const char *name, instance *out);
void instance_free(instance *in);

/* What was measured, for the program that compares: written to standard output. */
void instance_print(int64_t cost, double seconds);
double instance_seconds(void);

#ifdef __cplusplus
}
#endif
#endif
