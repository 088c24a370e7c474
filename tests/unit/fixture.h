/* A portal in a folder of its own with a small world in it, for tests of the domain: a clock that
 * moves only when told (but for a microsecond a reading, so that ids sort), seeded randomness,
 * cheap passwords.
 *
 *   regions  BA, GN          schools  S1 S2 (BA), S3 (GN)
 *   pupils   PUP0001…PUP0012, four a school, in grades 5 to 8, born 2014-01-01…12; PUP0004 needs a
 *            step-free seat
 *   guardians GRD0001 of PUP0001 and PUP0002, GRD0005 of PUP0005; born 1985-01-01
 *   staff    STF0001…STF0008, born 1980-01-01
 *   document only: X-1000001, born 2014-02-01, no pupil
 *   logins, all with FX_PASSWORD: admin, clerk, clerk2 (both everywhere), clerk.ba, clerk.gn (their
 *            region), school1, school2 (their school), steward (centre C1), pupil1, pupil5, pupil9,
 *            parent1, parent5, stranger (STR0001, who has no links; born 1990-01-01) */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <check.h>
#include <edu/account.h>
#include "domain/portal/portal.h"
#include "../folder.h"

#define FX_PASSWORD "a long enough password"
#define FX_START INT64_C(1789977600000000) /* 2026-09-21T08:00:00Z */
#define FX_MINUTE (60 * INT64_C(1000000))

/* For tcase_add_checked_fixture. fx_setup opens the portal with the world in it, fx_setup_empty one
 * with nothing but its operator, fx_setup_second_factor one whose staff need codes. */
void fx_setup(void);
void fx_setup_empty(void);
void fx_setup_second_factor(void);
void fx_teardown(void);

/* The engine of this run: EDU_TEST_ENGINE=postgresql puts all stores on the tests' server. */
bool fx_is_on_server(void);
/* Where the store of a folder is, and its keys. */
typedef struct fx_paths {
    char store[256], keys[128];
} fx_paths;
void fx_place(const char *folder, fx_paths *out);
/* From now on addresses of stores are changed in place by this; NULL: no more. */
typedef void (*fx_change_fn)(char *address, size_t room);
void fx_change_addresses(fx_change_fn change);
/* The address on the server before that; "" on SQLite. */
const char *fx_server_store(void);

edu_portal *fx_portal(void);
const char *fx_folder(void);
/* With what is in it. */
void fx_remove_folder(const char *path);
void fx_copy_file(const char *from, const char *to);
/* Sessions are closed by the teardown. fx_session signs in once a login. */
edu_session *fx_session(const char *login);
/* Signed in now, in English: a sign-in ends after some hours. */
edu_session *fx_fresh(const char *login);
edu_session *fx_operator(void);
edu_session *fx_nobody(void);
/* Keeps a session for the teardown to close; returns it. */
edu_session *fx_keep(edu_session *session);

void fx_clock_set(edu_time now);
void fx_clock_add(edu_time microseconds);
edu_time fx_now(void);
/* Randomness of which every byte follows from the start. */
edu_random fx_random(void);
void fx_random_set(uint64_t start);

/* Work done so far, which must be the same on hit and miss. */
typedef struct fx_work {
    uint64_t statements, password_runs, random_bytes;
} fx_work;
fx_work fx_work_now(void);
/* Fails the test unless as much was done from `start` to `middle` as from there until now. */
void fx_assert_equal_work(fx_work start, fx_work middle);

/* The person with this number, such as "PUP0001". */
edu_id fx_person(const char *number);
/* The code last sent to a person; takes the person's messages out of the outbox. */
const char *fx_code(edu_id person);
/* The template of the message last sent to a person; "" where there is none. */
const char *fx_last_template(edu_id person);

/* examples/data/FOLDER/NAME.json, to be released. */
json_t *fx_example(const char *folder, const char *name);
/* Publishes by the operator and releases the document; fails the test where that fails. */
void fx_publish(edu_status (*publish)(edu_session *, json_t *, const char *, int32_t *,
                                      edu_error *),
                json_t *document);
/* Of a service, because of that field; takes the reference. */
void fx_definition_refused(json_t *definition, const char *field);

/* What stands with a callback of the bank, as its key signs it (docs/payment.md). */
void fx_bank_sign(const char *secret, const char *body, int64_t seconds, const char *kid, char *out,
                  size_t room);

/* Imports by the operator; fails the test where that fails. */
typedef edu_status (*fx_import_fn)(edu_session *session, edu_bytes csv, const char *key,
                                   edu_import_report **out, edu_error *error);
edu_import_report fx_import(fx_import_fn import, const char *csv);
edu_bytes fx_bytes(const char *text);

/* Looks into the store: first column of the first row, 0 where there is none. That of the fixture,
 * or from now on that of another portal. */
void fx_look_into(edu_portal *portal);
int64_t fx_int(const char *sql);
edu_id fx_id(const char *sql);
void fx_run(const char *sql);

/* The call succeeds; else its error is shown. */
#define FX_OK(call)                                                                                \
    do {                                                                                           \
        edu_error fx_error = EDU_ERROR_INIT;                                                       \
        edu_error *error = &fx_error;                                                              \
        edu_status fx_status = (call);                                                             \
        ck_assert_msg(fx_status == EDU_OK, "%s: %s %s %s (line %lld)", #call,                      \
                      edu_status_name(fx_status), fx_error.key, fx_error.message,                  \
                      (long long)fx_error.line);                                                   \
        (void)error;                                                                               \
    } while (0)
/* The call fails so; `error` in it is the error to fill, and fx_last_error afterwards. */
extern edu_error fx_last_error;
#define FX_FAILS(expected, call)                                                                   \
    do {                                                                                           \
        fx_last_error = (edu_error)EDU_ERROR_INIT;                                                 \
        edu_error *error = &fx_last_error;                                                         \
        edu_status fx_status = (call);                                                             \
        ck_assert_msg(fx_status == (expected), "%s: %s instead of %s: %s %s", #call,               \
                      edu_status_name(fx_status), edu_status_name(expected), fx_last_error.key,    \
                      fx_last_error.message);                                                      \
        (void)error;                                                                               \
    } while (0)

#endif
