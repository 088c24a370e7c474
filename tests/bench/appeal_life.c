/* The life of an appeal as statements: those of the library, one after another, with values of the
 * same size. Their answers are not looked at, but the rows are the same.
 */
#include "appeal_bench.h"

#include <stdio.h>
#include <string.h>
#include <sodium.h>

#define DAY (24 * 3600 * INT64_C(1000000))
#define NEVER INT64_C(253402300799000000)
#define SEALED_EXTRA 40 /* nonce and tag */

static const unsigned char noise[APPEAL_TEXT + SEALED_EXTRA];

/* ---- values ---- */

static void put(life_values *to, const void *data, size_t size)
{
    to->of[to->count++] = (struct life_value){.data = data, .size = size, .is_null = data == NULL};
}

static void put_id(life_values *to, const edu_id *id)
{
    put(to, id, id ? sizeof *id : 0);
}

static void put_text(life_values *to, const char *text)
{
    put(to, text, text ? strlen(text) : 0);
}

static void put_int(life_values *to, int64_t number)
{
    to->of[to->count++] = (struct life_value){.number = number};
}

/* ---- what the steps are ---- */

typedef struct step_plan {
    const char *action, *state, *kind, *notice; /* to the applicant */
    const char *staff;                          /* to the executor */
    bool by_mail, has_text, is_internal, is_paused;
    bool moves, ends; /* what lists find it by changes; it is open no more */
} step_plan;

static const step_plan plans[APPEAL_STEPS] = {
    {"register", "received", "self", "received", NULL, true, true, false, false, false, false},
    {"route", "queued", "clerk", "routed", NULL, false, false, false, false, true, false},
    {"assign", "assigned", "clerk", "assigned", "assigned_staff", 0, 0, 0, 0, true, false},
    {"ask", "asked", "executor", "asked", NULL, true, true, false, true, true, false},
    {"answer", "drafted", "executor", NULL, NULL, false, true, true, false, true, false},
    {"approve", "approved", "clerk", NULL, "approved_staff", 0, 0, true, false, false, false},
    {"send", "answered", "clerk", "answered", NULL, true, true, false, false, false, true},
    {"rate", "answered", "self", NULL, NULL, false, false, false, false, false, false}};

static const char data_plain[] = "{\"due_date\":\"27.11.2026\",\"number\":\"M-2026-001234\"}";
static const char data_sealed[] =
    "{\"due_date\":\"27.11.2026\",\"number\":\"M-2026-001234\",\"sealed\":"
    "\"0123456789012345678901234567890123456789012345678901234567890123\"}";

static const edu_id *actor_of(const life *one, int step)
{
    return strcmp(plans[step].kind, "self") == 0    ? one->applicant
           : strcmp(plans[step].kind, "clerk") == 0 ? &one->facts->clerk
                                                    : one->executor;
}

void life_token(const edu_id *person, unsigned char out[32])
{
    memset(out, 0x5a, 32);
    memcpy(out, person->bytes, sizeof person->bytes);
}

void life_begin(life *one, const appeal_facts *facts, int number)
{
    int department = number % APPEAL_DEPARTMENTS;
    *one = (life){.facts = facts,
                  .applicant = &facts->applicants[number % APPEAL_APPLICANTS],
                  .executor = &facts->executors[department][number / 2 % APPEAL_EXECUTORS],
                  .id = bench_id(bench_now()),
                  .serial = INT64_C(2026500000000) + number,
                  .department = appeal_departments[department]};
    (void)snprintf(one->number, sizeof one->number, "M-2026-5%08d", number);
    appeal_words_make((uint64_t)number, one->words);
}

/* ---- statements that all steps have ---- */

static void send(const life_engine *to, int statement, const life_values *values)
{
    to->run(to->on, statement, values);
}

static void send_sign_in(const life_engine *to, const edu_id *actor, edu_time now)
{
    unsigned char token[32];
    life_values v = {.count = 0};
    life_token(actor, token);
    put(&v, token, sizeof token), put_int(&v, now);
    send(to, LIFE_portal_sign_in_live, &v);
}

static void send_take(const life_engine *to, const edu_id *actor, const char *key,
                      const unsigned char hash[32], edu_time now)
{
    life_values v = {.count = 0};
    put_id(&v, actor), put_text(&v, key), put(&v, hash, 32), put_int(&v, now);
    send(to, LIFE_portal_command_take, &v);
}

static void send_load(const life *one, const edu_id *actor, edu_time now, const life_engine *to)
{
    life_values v = {.count = 0};
    put_id(&v, actor), put_id(&v, one->applicant), put_id(&v, &one->id), put_int(&v, now);
    send(to, LIFE_appeal_load, &v);
}

static void send_event(const life *one, int step, const edu_id *actor, edu_time now,
                       const unsigned char hash[32], const life_engine *to)
{
    const step_plan *plan = &plans[step];
    life_values v = {.count = 0};
    put_id(&v, one->applicant), put_id(&v, &one->id), put_int(&v, step + 1), put_int(&v, now);
    put_text(&v, plan->action), put_text(&v, plan->state), put_id(&v, actor);
    put_text(&v, plan->kind), put_text(&v, plan->has_text ? data_sealed : data_plain);
    put(&v, hash, 32), put_int(&v, plan->is_internal);
    send(to, LIFE_workflow_event_add, &v);
}

static void send_notice(const edu_id *person, const char *template, const edu_id *application,
                        const char *data, edu_time now, const life_engine *to)
{
    edu_id id = bench_id(now);
    life_values v = {.count = 0};
    put_id(&v, person), put_id(&v, &id), put_int(&v, now), put_text(&v, "appeal"), put_int(&v, 1);
    put_text(&v, template), put_text(&v, data), put_id(&v, application);
    send(to, LIFE_workflow_notification_add, &v);
}

static void send_notices(const life *one, int step, edu_time now, const life_engine *to)
{
    const step_plan *plan = &plans[step];
    const char *data = plan->has_text ? data_sealed : data_plain;
    if (plan->notice)
        send_notice(one->applicant, plan->notice, &one->id, data, now, to);
    if (plan->by_mail) {
        edu_id id = bench_id(now);
        life_values v = {.count = 0};
        put_id(&v, &id), put_id(&v, one->applicant), put_text(&v, "appeal"), put_int(&v, 1);
        put_text(&v, plan->notice), put_text(&v, data), put_int(&v, now);
        send(to, LIFE_workflow_outbox_add, &v);
    }
}

static void send_text(const life *one, int step, const life_engine *to)
{
    life_values v = {.count = 0};
    put_id(&v, one->applicant), put_id(&v, &one->id), put_int(&v, step + 1);
    put(&v, noise, strlen(one->words) + SEALED_EXTRA);
    if (plans[step].has_text)
        send(to, LIFE_appeal_text_add, &v);
}

/* ---- the first step ---- */

static void send_intake(const life *one, const life_engine *to)
{
    life_values rules = {.count = 0}, intake = {.count = 0}, region = {.count = 0},
                calendar = {.count = 0}, service = {.count = 0};
    put_text(&rules, "appeal");
    send(to, LIFE_appeal_rules_newest, &rules);
    put_id(&intake, one->applicant), put_id(&intake, one->applicant), put_text(&intake, "BA");
    send(to, LIFE_appeal_intake, &intake);
    put_text(&region, "BA");
    send(to, LIFE_appeal_region_exists, &region);
    put_text(&calendar, "az");
    send(to, LIFE_calendar_newest, &calendar);
    put_text(&service, "appeal");
    send(to, LIFE_application_service_newest, &service);
}

static void send_application(const life *one, edu_time now, const unsigned char hash[32],
                             const life_engine *to)
{
    life_values v = {.count = 0};
    put_id(&v, one->applicant), put_id(&v, &one->id), put_text(&v, "appeal"), put_int(&v, 1);
    put_id(&v, &one->id), put_text(&v, "received"), put_int(&v, true), put_int(&v, now);
    put(&v, hash, 32), put_int(&v, true), put_text(&v, one->number);
    send(to, LIFE_workflow_application_add, &v);
}

static void send_appeal(const life *one, edu_time now, const life_engine *to)
{
    life_values v = {.count = 0};
    put_id(&v, one->applicant), put_id(&v, &one->id), put_int(&v, one->serial);
    put_text(&v, one->number), put_text(&v, "electronic"), put_int(&v, false);
    put_text(&v, "teaching"), put_text(&v, "ordinary"), put_text(&v, "BA");
    put_text(&v, "received"), put_int(&v, now), put_int(&v, 202611), put_text(&v, "az");
    put_int(&v, 1), put_int(&v, 1), put_text(&v, "service"), put_text(&v, "working_days");
    put_int(&v, 3), put_int(&v, now + 3 * DAY), put_int(&v, now + 6 * DAY);
    put_int(&v, now + 2 * DAY);
    send(to, LIFE_appeal_add, &v);
}

static void send_found_by(const life *one, const life_engine *to)
{
    char all[APPEAL_TEXT + 32];
    life_values words = {.count = 0};
    (void)snprintf(all, sizeof all, "given family %s", one->words);
    put_int(&words, one->serial), put_text(&words, all);
    send(to, LIFE_appeal_words_add, &words);
    for (int i = 0; i < 4; i++) {
        int64_t band;
        life_values v = {.count = 0};
        randombytes_buf(&band, sizeof band);
        put_int(&v, band), put_id(&v, &one->id), put_id(&v, one->applicant);
        send(to, LIFE_appeal_band_add, &v);
    }
}

static void send_keep(const edu_id *actor, const char *key, const life_engine *to)
{
    life_values v = {.count = 0};
    put_id(&v, actor), put_text(&v, key), put(&v, noise, 56);
    send(to, LIFE_portal_command_keep, &v);
}

/* ---- the other steps ---- */

static void send_assigning(const life *one, edu_time now, const life_engine *to)
{
    life_values v = {.count = 0};
    put_text(&v, one->department), put_int(&v, now), put_int(&v, 1000);
    send(to, LIFE_appeal_executors, &v);
}

static void send_sending(const life *one, const life_engine *to)
{
    life_values text = {.count = 0}, merged = {.count = 0};
    put_id(&text, one->applicant), put_id(&text, &one->id), put_text(&text, "answer");
    send(to, LIFE_appeal_text_last, &text);
    put_id(&merged, one->applicant), put_id(&merged, &one->id);
    send(to, LIFE_appeal_merged_list, &merged);
}

static void send_move(const life *one, int step, edu_time now, const unsigned char hash[32],
                      const life_engine *to)
{
    bool ends = plans[step].ends;
    life_values v = {.count = 0};
    put_id(&v, one->applicant), put_id(&v, &one->id), put_int(&v, step);
    put_text(&v, plans[step].state), put_int(&v, now), put(&v, hash, 32);
    if (ends)
        put_int(&v, false);
    send(to, ends ? LIFE_workflow_application_turn : LIFE_workflow_application_move, &v);
}

static void put_step(const life *one, int step, edu_time now, life_values *v)
{
    put_id(v, one->applicant), put_id(v, &one->id), put_text(v, "ordinary");
    put_text(v, plans[step].state), put_int(v, now), put_int(v, 1), put_text(v, "service");
    put_text(v, "working_days"), put_int(v, 3), put_int(v, 0), put_int(v, 0);
    put_text(v, step < 3                ? "[]"
                : plans[step].is_paused ? "[[1764000000000000,null]]"
                                        : "[[1764000000000000,1764000000000001]]");
    put_int(v, 0), put_id(v, step >= 4 ? one->executor : NULL);
    put_id(v, step >= 5 ? &one->facts->clerk : NULL), put_int(v, 0);
    put_int(v, step == 7 ? 5 : 0);
}

static void put_place(const life *one, int step, edu_time now, life_values *v)
{
    bool has_no_rung = plans[step].is_paused || plans[step].ends;
    put_text(v, "teaching"), put_text(v, one->department);
    put_id(v, step >= 2 ? one->executor : NULL);
    put_int(v, now + 3 * DAY), put_int(v, now + 6 * DAY);
    put_int(v, has_no_rung ? NEVER : now + 2 * DAY), put_id(v, NULL);
}

static void send_save(const life *one, int step, edu_time now, const life_engine *to)
{
    const step_plan *plan = &plans[step];
    life_values v = {.count = 0};
    put_step(one, step, now, &v);
    if (plan->moves || plan->ends)
        put_place(one, step, now, &v);
    if (plan->ends) {
        put_int(&v, false), put_int(&v, 1), put_int(&v, now), put_int(&v, 0);
        put_id(&v, NULL), put_id(&v, NULL);
    }
    send(to,
         plan->ends    ? LIFE_appeal_save
         : plan->moves ? LIFE_appeal_save_place
                       : LIFE_appeal_save_step,
         &v);
}

static void send_first(const life *one, edu_time now, const unsigned char hash[32],
                       const life_engine *to)
{
    send_intake(one, to);
    send_application(one, now, hash, to);
    send_event(one, 0, one->applicant, now, hash, to);
    send_notices(one, 0, now, to);
    send_appeal(one, now, to);
    send_text(one, 0, to);
    send_found_by(one, to);
}

static void send_next(const life *one, int step, edu_time now, const unsigned char hash[32],
                      const life_engine *to)
{
    const edu_id *actor = actor_of(one, step);
    send_load(one, actor, now, to);
    if (step == 2)
        send_assigning(one, now, to);
    else if (step == 6)
        send_sending(one, to);
    if (plans[step].staff)
        send_notice(one->executor, plans[step].staff, NULL, data_plain, now, to);
    send_move(one, step, now, hash, to);
    send_event(one, step, actor, now, hash, to);
    send_notices(one, step, now, to);
    send_save(one, step, now, to);
    send_text(one, step, to);
}

/* ---- all ---- */

/* As long as what the library hashes. */
static void chain_hash(const life *one, unsigned char hash[32])
{
    unsigned char text[256] = {0};
    memcpy(text, one->id.bytes, sizeof one->id.bytes);
    crypto_hash_sha256(hash, text, sizeof text);
}

void life_step(const life *one, int step, const life_engine *to)
{
    unsigned char hash[32];
    char key[EDU_ID_TEXT];
    const edu_id *actor = actor_of(one, step);
    edu_time now = bench_now();
    edu_id key_id = bench_id(now);
    chain_hash(one, hash);
    edu_id_format(key_id, key);
    send_sign_in(to, actor, now);
    send_take(to, actor, key, hash, now);
    if (step == 0) {
        send_first(one, now, hash, to);
        send_keep(actor, key, to);
    } else {
        send_next(one, step, now, hash, to);
    }
}

void life_read(const life *one, const life_engine *to)
{
    edu_time now = bench_now();
    life_values rules = {.count = 0}, v = {.count = 0};
    send_sign_in(to, one->executor, now);
    put_text(&rules, "appeal");
    send(to, LIFE_appeal_rules_newest, &rules);
    put_id(&v, one->executor), put_id(&v, one->applicant), put_id(&v, &one->id), put_int(&v, now);
    send(to, LIFE_appeal_get, &v);
}
