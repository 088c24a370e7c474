/* The parts of the benchmark of appeals: its store, and a life of an appeal on a bare engine. */
#ifndef APPEAL_BENCH_H
#define APPEAL_BENCH_H

#include "bench.h"

#define APPEAL_STEPS 8 /* register, route, assign, ask, answer, approve, send, rate */
#define APPEAL_APPLICANTS 2000
#define APPEAL_DEPARTMENTS 2
#define APPEAL_EXECUTORS 8 /* of a department */
#define APPEAL_TEXT 256

/* Who works in the store. */
typedef struct appeal_facts {
    edu_id clerk, executors[APPEAL_DEPARTMENTS][APPEAL_EXECUTORS], applicants[APPEAL_APPLICANTS];
} appeal_facts;

extern const char *const appeal_departments[APPEAL_DEPARTMENTS]; /* of the category "teaching" */

/* ---- appeal_store.c ---- */

/* Makes a store with so many appeals at path, unless one is there. data: the folder of the
 * calendar, the service and the rules. */
void appeal_store_make(const char *path, const char *data, int appeals);
void appeal_facts_read(const char *path, appeal_facts *out);
/* Words of an appeal; folded, and as people write them, are the same. */
void appeal_words_make(uint64_t number, char out[APPEAL_TEXT]);
void appeal_login_applicant(int number, char out[32]);
void appeal_login_executor(int department, int number, char out[32]);

/* ---- appeal_life.c: what the library sends to its engine for a life, sent by hand ---- */

/* Texts of statements, as tools/gen_sql.py writes them. */
#define PARAMETERS_MAX 32
typedef struct peer_statement {
    const char *name, *sql;
    int count;
    unsigned types[PARAMETERS_MAX]; /* PostgreSQL's */
} peer_statement;

#define LIFE_STATEMENTS(X)                                                                         \
    X(portal_sign_in_live)                                                                         \
    X(portal_command_take)                                                                         \
    X(portal_command_keep)                                                                         \
    X(appeal_rules_newest)                                                                         \
    X(appeal_intake)                                                                               \
    X(appeal_region_exists)                                                                        \
    X(calendar_newest)                                                                             \
    X(application_service_newest)                                                                  \
    X(workflow_application_add)                                                                    \
    X(workflow_application_move)                                                                   \
    X(workflow_application_turn)                                                                   \
    X(workflow_event_add)                                                                          \
    X(workflow_notification_add)                                                                   \
    X(workflow_outbox_add)                                                                         \
    X(appeal_add)                                                                                  \
    X(appeal_text_add)                                                                             \
    X(appeal_words_add)                                                                            \
    X(appeal_band_add)                                                                             \
    X(appeal_load)                                                                                 \
    X(appeal_save)                                                                                 \
    X(appeal_save_place)                                                                           \
    X(appeal_save_step)                                                                            \
    X(appeal_executors)                                                                            \
    X(appeal_text_last)                                                                            \
    X(appeal_merged_list)                                                                          \
    X(appeal_get)
#define LIFE_NAME(name) LIFE_##name,
enum { LIFE_STATEMENTS(LIFE_NAME) LIFE_COUNT };

typedef struct life_values {
    int count;
    struct life_value {
        const void *data; /* NULL with size 0: a number, or NULL */
        size_t size;
        int64_t number;
        bool is_null;
    } of[PARAMETERS_MAX];
} life_values;

/* Where statements go. */
typedef struct life_engine {
    void (*run)(void *on, int statement, const life_values *values);
    void *on;
} life_engine;

/* One appeal. */
typedef struct life {
    const appeal_facts *facts;
    const edu_id *applicant, *executor;
    edu_id id;
    int64_t serial;
    char number[32], words[APPEAL_TEXT];
    const char *department;
} life;

void life_begin(life *one, const appeal_facts *facts, int number);
/* The statements of a step, from 0, without those that begin and end the transaction. */
void life_step(const life *one, int step, const life_engine *to);
/* What an executor reads before the answer. */
void life_read(const life *one, const life_engine *to);
/* Under this hash of its token somebody is signed in with the peer. */
void life_token(const edu_id *person, unsigned char out[32]);

/* ---- appeal_on_sqlite.c ---- */

typedef struct sqlite_lives sqlite_lives;
sqlite_lives *sqlite_lives_open(const char *path, int threads);
void sqlite_lives_close(sqlite_lives *on);
/* On the disk when it returns; those that wait are committed together. */
void sqlite_lives_step(sqlite_lives *on, const life *one, int step);
void sqlite_lives_read(sqlite_lives *on, int thread, const life *one);

/* ---- appeal_on_server.c: a connection, by one thread ---- */

typedef struct server_lives server_lives;
server_lives *server_lives_open(const char *address);
void server_lives_close(server_lives *on);
void server_lives_step(server_lives *on, const life *one, int step);
void server_lives_read(server_lives *on, const life *one);

#endif
