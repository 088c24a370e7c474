/* A small country for the tests of olympiads: 12 schools, 4 centres (one pair of schools and one
 * centre in an exclave), 300 pupils, and the people who run it. Made by code, on a store of its own
 * in a temporary folder, under a clock that the test sets. */
#ifndef OLYMPIAD_WORLD_H
#define OLYMPIAD_WORLD_H

#include <edu.h>

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
    char folder[64];
    edu_portal *portal;
    edu_session *operator_;
    edu_session *clerk, *second, *regional, *school, *steward, *parent, *stranger, *nobody;
    edu_session *pupil[3]; /* of pupils 0, 1 and 2 */
    edu_id pupils[WORLD_PUPILS];
    edu_id season, sitting;
} world;

extern edu_time world_now;

/* Everything up to a published season with one sitting; the clock stands at its opening. */
void world_make(world *w);
void world_end(world *w);
/* The store once more, as another process would open it. */
edu_portal *world_open(const world *w);

/* Fails the test with the error's text unless OK. */
#define ok(call)                                                                                   \
    do {                                                                                           \
        edu_error ok_error = EDU_ERROR_INIT;                                                       \
        edu_error *error = &ok_error;                                                              \
        edu_status ok_status = (call);                                                             \
        ck_assert_msg(ok_status == EDU_OK, "%s: %s (%s)", #call, ok_error.message,                 \
                      edu_status_name(ok_status));                                                 \
    } while (0)

/* Fails the test unless the call is refused with this status, and a message. */
#define refused(expected, call)                                                                    \
    do {                                                                                           \
        edu_error refused_error = EDU_ERROR_INIT;                                                  \
        edu_error *error = &refused_error;                                                         \
        edu_status refused_status = (call);                                                        \
        ck_assert_msg(refused_status == (expected), "%s gave %s: %s", #call,                       \
                      edu_status_name(refused_status), refused_error.message);                     \
        ck_assert_msg(refused_error.message[0] != 0, "%s: no message", #call);                     \
    } while (0)

/* The same, with the key. */
#define refused_key(expected, expected_key, call)                                                  \
    do {                                                                                           \
        edu_error refused_error = EDU_ERROR_INIT;                                                  \
        edu_error *error = &refused_error;                                                         \
        edu_status refused_status = (call);                                                        \
        ck_assert_msg(refused_status == (expected), "%s gave %s: %s", #call,                       \
                      edu_status_name(refused_status), refused_error.message);                     \
        ck_assert_str_eq(refused_error.key, expected_key);                                         \
    } while (0)

/* A season of grades 7 to 9 with one sitting, published. */
void world_season(world *w, const char *code, edu_time starts, edu_id *season, edu_id *sitting);
/* Registers pupils [from, to) by the clerk. */
void world_register(world *w, int from, int to, edu_id *applications);

#endif
