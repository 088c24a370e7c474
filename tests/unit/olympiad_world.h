/* A small country for the tests of olympiads, made by code in the fixture's portal: 12 schools, 4
 * centres (two schools and one centre in an exclave), 300 pupils, and the people who run it. */
#ifndef OLYMPIAD_WORLD_H
#define OLYMPIAD_WORLD_H

#include <edu.h>
#include "fixture.h"

#define WORLD_SCHOOLS 12
#define WORLD_PUPILS 300
#define WORLD_PER_SCHOOL (WORLD_PUPILS / WORLD_SCHOOLS)

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
/* 2026-12-01T06:00:00Z: registration opens. */
#define WORLD_OPENS INT64_C(1796104800000000)
#define WORLD_CLOSES (WORLD_OPENS + 2 * HOUR)
#define WORLD_STARTS (WORLD_OPENS + 4 * HOUR)

typedef struct world {
    edu_session *operator_, *nobody;
    edu_session *clerk, *second, *regional, *school, *steward, *parent, *stranger;
    edu_session *pupil[3]; /* of pupils 0, 1 and 2 */
    edu_id pupils[WORLD_PUPILS];
    edu_id season, sitting;
} world;

/* Everything up to a published season with one sitting; the clock stands at its opening. End it by
 * fx_teardown. */
void world_make(world *w);
/* The store once more, as another process would open it. */
edu_portal *world_open(void);

/* As FX_FAILS, with the error's key. */
#define FX_FAILS_WITH(expected, expected_key, call)                                                \
    do {                                                                                           \
        FX_FAILS(expected, call);                                                                  \
        ck_assert_str_eq(fx_last_error.key, expected_key);                                         \
    } while (0)

/* A season of grades 7 to 9 with one sitting, published. */
void world_season(world *w, const char *code, edu_time starts, edu_id *season, edu_id *sitting);
/* The number of pupil 0 to 299, or of staff 1000 to 1007 (1006: the parent of pupil 4); valid until
 * the next call. */
char *world_number(int person);
/* Registers pupils [from, to) by the clerk. */
void world_register(world *w, int from, int to, edu_id *applications);

#endif
