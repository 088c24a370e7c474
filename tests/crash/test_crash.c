/* Four processes at work on one store are killed with -9 at a random instant, on a server now and
 * then the server with them. What they had been told was done lies in journals outside the store,
 * synced before the next step began: all of it is there, nothing is there twice, no seat and no
 * place has been given twice, the ledger and the chains hold. What was on its way is settled by the
 * same call under the same key, and what was cut off is brought to its end.
 *
 *   EDU_SEED    what all but the machine's own timing follows from (drawn, and printed)
 *   EDU_ROUNDS  how many times they are killed (50, on a server 25; 500 with EDU_NIGHTLY=1)
 *   EDU_CRASH_SERVER  folder of a cluster of this test alone, whose server may be killed */
#include "crash/work.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <edu/round.h>
#include "crash/server.h"
#include "../tap.h"

#define MILLISECOND INT64_C(1000000) /* in nanoseconds */
#define BEFORE (10 * MILLISECOND)    /* an acknowledgement so shortly before shows work at hand */
#define SERVER_EVERY 6               /* rounds in which the server is killed too */

static uint64_t seed;
static int rounds_wanted;

struct tried {
    int rounds, at_work, servers, cut_off, acks, settled, repeated;
};
static struct tried *tried; /* by the tests' own processes */

static int64_t monotonic(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 * MILLISECOND + now.tv_nsec;
}

static uint32_t draw_of(uint64_t *state, uint32_t below)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 16) % below;
}

/* ---- what is long, and cut off ---- */

typedef enum long_work { THEME_SMALL, THEME_SEATS, THEME_ROUND, THEME_RESULTS, THEMES } long_work;

/* What hands do besides small steps; those that none is here for have small steps alone. */
static const struct {
    step_kind first, then;
} long_steps[THEMES][HANDS] = {
    [THEME_SEATS] = {{STEP_ALLOCATE, STEP_ALLOCATE},
                     [2] = {STEP_SEAT, STEP_SEAT},
                     [5] = {STEP_UNLIST, STEP_UNLIST},
                     [7] = {STEP_UNLIST, STEP_UNLIST}},
    [THEME_ROUND] = {{STEP_ROUND, STEP_ROUND},
                     [3] = {STEP_DECLINE, STEP_DECLINE},
                     [5] = {STEP_DECLINE, STEP_DECLINE},
                     [7] = {STEP_DECLINE, STEP_DECLINE}},
    [THEME_RESULTS] = {{STEP_APPROVE, STEP_ISSUE}},
};

/* ---- a writer ---- */

#define KEPT 16 /* results of a kind that later steps take up */

typedef struct memory {
    edu_id id[KEPT];
    int what[KEPT], count;
} memory;

typedef struct invoice_chain {
    edu_id invoice, intent;
    int amount, due, state; /* of steps so far */
} invoice_chain;

typedef struct writer_hand {
    hand own;
    pthread_t thread;
    int journal, number, long_done;
    uint64_t draws;
    long_work theme;
    memory registered, enrolled, appeals;
    invoice_chain chain;
} writer_hand;

/* What the supervisor sees of the writers after they are dead. */
static struct shared {
    atomic_int ready, is_going, server_is_down, acks;
    struct {
        atomic_int is_at_work; /* on the step beside it */
        step what;
    } hands[HANDS];
    char failure[1024];
} * shared;

static void remember(memory *of, edu_id id, int what)
{
    if (of->count == KEPT)
        return;
    of->id[of->count] = id;
    of->what[of->count++] = what;
}

/* False where there is none. */
static bool take(memory *of, uint32_t which, step *into)
{
    if (of->count == 0)
        return false;
    int at = (int)(which % (uint32_t)of->count);
    into->of = of->id[at];
    into->what = of->what[at];
    return true;
}

static void forget(memory *of, edu_id id)
{
    for (int i = 0; i < of->count; i++)
        if (memcmp(&of->id[i], &id, sizeof id) == 0) {
            of->count--;
            of->id[i] = of->id[of->count];
            of->what[i] = of->what[of->count];
        }
}

/* An invoice is made, a part of it waived, it is paid, and a part of it given back. */
static void next_of_chain(invoice_chain *chain, step *into)
{
    static const step_kind kinds[] = {STEP_INVOICE, STEP_WAIVE, STEP_PAY, STEP_CALLBACK,
                                      STEP_REFUND};
    into->kind = kinds[chain->state];
    into->of = into->kind == STEP_CALLBACK ? chain->intent : chain->invoice;
    into->what = chain->due;
    if (into->kind == STEP_INVOICE)
        into->what = chain->amount = chain->due = 100 + into->number % 50;
}

static bool choose_small(writer_hand *one, step *into)
{
    uint32_t which = draw_of(&one->draws, 20), more = draw_of(&one->draws, 1 << 20);
    into->what = (int)(more % WORLD_PUPILS);
    if (which < 4) {
        into->kind = STEP_REGISTER;
    } else if (which < 6) {
        into->kind = STEP_WITHDRAW;
        return take(&one->registered, more, into);
    } else if (which < 10) {
        into->kind = STEP_ENROL;
        /* A pupil has one draft for a group, whoever of the staff writes in it: none is shared. */
        into->what = into->what % (WORLD_PUPILS / HANDS) * HANDS + one->own.number;
        into->where = (int)(more / WORLD_PUPILS % GROUPS);
    } else if (which < 11) {
        into->kind = STEP_LEAVE;
        return take(&one->enrolled, more, into);
    } else if (which < 15) {
        next_of_chain(&one->chain, into);
    } else if (which < 16) {
        into->kind = STEP_APPEAL;
    } else if (which < 17) {
        into->kind = STEP_NOTE;
        return take(&one->appeals, more, into);
    } else if (which < 19) {
        /* Of a payer's two hands one, so that what is there last is known. */
        into->kind = which == 17 ? STEP_CORRECT : STEP_REFER;
        return one->own.number % HANDS_PER_WRITER == 0;
    } else {
        into->kind = more % 2 ? STEP_REVOKE : STEP_AGREE;
        into->what = (int)(more / 2 % WORK_CERTIFICATES);
    }
    return true;
}

static bool choose_long(writer_hand *one, step *into)
{
    step_kind first = long_steps[one->theme][one->own.number].first,
              then = long_steps[one->theme][one->own.number].then;
    if (first == STEP_REGISTER || (first != STEP_UNLIST && first != STEP_DECLINE &&
                                   one->long_done >= (first == then ? 1 : 2)))
        return false;
    into->kind = one->long_done == 0 ? first : then;
    into->what = (int)draw_of(&one->draws, first == STEP_DECLINE ? APPLICANTS : WORLD_PUPILS);
    return draw_of(&one->draws, 3) > 0;
}

static void learn(writer_hand *one, const ack *done)
{
    static const step_kind after_invoice[] = {STEP_INVOICE, STEP_WAIVE, STEP_PAY, STEP_CALLBACK,
                                              STEP_REFUND};
    const step *what = &done->what;
    if (what->kind == after_invoice[one->chain.state])
        one->chain.state = (one->chain.state + 1) % (int)EI_COUNT(after_invoice);
    switch (what->kind) {
    case STEP_REGISTER:
        remember(&one->registered, done->made, what->what);
        break;
    case STEP_WITHDRAW:
        forget(&one->registered, what->of);
        break;
    case STEP_ENROL:
        remember(&one->enrolled, done->made, what->what);
        break;
    case STEP_LEAVE:
        forget(&one->enrolled, what->of);
        break;
    case STEP_APPEAL:
        remember(&one->appeals, done->made, what->what);
        break;
    case STEP_INVOICE:
        one->chain.invoice = done->made;
        break;
    case STEP_WAIVE:
        one->chain.due -= WORK_PART;
        break;
    case STEP_PAY:
        one->chain.intent = done->made;
        break;
    default:
        one->long_done += what->kind >= STEP_ALLOCATE;
    }
}

/* On the disk before the next step begins. */
static void write_down(int journal, const ack *done)
{
    if (write(journal, done, sizeof *done) != (ssize_t)sizeof *done || fdatasync(journal) != 0)
        _exit(3);
}

static void give_up(const writer_hand *one, const step *what, edu_status status,
                    const edu_error *error)
{
    if (atomic_load(&shared->server_is_down))
        _exit(0);
    (void)snprintf(shared->failure, sizeof shared->failure, "hand %d, step %d of kind %d: %s %s %s",
                   one->own.number, what->number, (int)what->kind, edu_status_name(status),
                   error->key, error->message);
    _exit(2);
}

static void do_step(writer_hand *one, const step *what)
{
    ack done;
    edu_error error;
    shared->hands[one->own.number].what = *what;
    atomic_store(&shared->hands[one->own.number].is_at_work, 1);
    edu_status status = work_do(&one->own, what, &done, &error);
    if (status == EDU_OK) {
        done.at = monotonic();
        write_down(one->journal, &done);
        atomic_fetch_add(&shared->acks, 1);
        learn(one, &done);
    } else if (!work_is_refusal(status, &error)) {
        give_up(one, what, status, &error);
    }
    atomic_store(&shared->hands[one->own.number].is_at_work, 0);
}

static void *work(void *context)
{
    writer_hand *one = context;
    atomic_fetch_add(&shared->ready, 1);
    while (!atomic_load(&shared->is_going))
        (void)usleep(200);
    for (;;) {
        step what = {.hand = one->own.number, .number = one->number++};
        if (choose_long(one, &what) || choose_small(one, &what))
            do_step(one, &what);
    }
    return NULL;
}

static void journal_path(int number, char out[128])
{
    (void)snprintf(out, 128, "%s/journal.%d", stage_folder(), number);
}

static void run_writer(int writer, int round, long_work theme)
{
    static writer_hand hands[HANDS_PER_WRITER];
    edu_portal *portal = stage_portal_of((edu_random){0});
    for (int i = 0; i < HANDS_PER_WRITER; i++) {
        writer_hand *one = &hands[i];
        char path[128];
        int number = writer * HANDS_PER_WRITER + i;
        *one = (writer_hand){.theme = theme,
                             .draws = seed + (uint64_t)round * 1000 + (uint64_t)number * 17};
        journal_path(number, path);
        one->journal = open(path, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0600);
        work_enter(portal, number, &one->own);
    }
    for (int i = 0; i < HANDS_PER_WRITER; i++)
        if (pthread_create(&hands[i].thread, NULL, work, &hands[i]) != 0)
            _exit(4);
    for (;;)
        (void)pause();
}

/* ---- killing them ---- */

static pid_t start_writers(int round, long_work theme)
{
    pid_t group = 0;
    memset(shared, 0, sizeof *shared);
    for (int i = 0; i < WRITERS; i++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            (void)setpgid(0, group);
            run_writer(i, round, theme);
        }
        group = group == 0 ? child : group;
        (void)setpgid(child, group);
    }
    while (atomic_load(&shared->ready) < HANDS && waitpid(-group, NULL, WNOHANG) == 0)
        (void)usleep(1000);
    ck_assert_msg(atomic_load(&shared->ready) == HANDS, "%s", shared->failure);
    return group;
}

/* Until there are so many acknowledgements, or long enough. */
static void wait_for_acks(int count)
{
    for (int i = 0; i < 30000 && atomic_load(&shared->acks) < count; i++)
        (void)usleep(100);
}

/* Any instant once they are at work; mostly one at which work is known to be at hand, as there has
 * just been an acknowledgement. */
static void wait_for_instant(uint64_t *draws)
{
    atomic_store(&shared->is_going, 1);
    bool is_any = draw_of(draws, 5) == 0;
    int most = fx_is_on_server() ? 30 : 90;
    wait_for_acks(1 + (int)draw_of(draws, is_any ? 2 : (uint32_t)most));
    (void)usleep(draw_of(draws, is_any ? 200000 : 3000));
}

/* Gives the instant. */
static int64_t kill_writers(pid_t group, bool with_server, bool immediately)
{
    const char *folder = getenv("EDU_CRASH_SERVER");
    int64_t now = monotonic();
    if (with_server) {
        atomic_store(&shared->server_is_down, 1);
        server_kill(folder, immediately);
    }
    ck_assert_int_eq(kill(-group, SIGKILL), 0);
    for (int i = 0; i < WRITERS; i++) {
        int code;
        ck_assert_int_gt(waitpid(-group, &code, 0), 0);
        ck_assert_msg(with_server || (WIFSIGNALED(code) && WTERMSIG(code) == SIGKILL), "%s",
                      shared->failure);
    }
    if (with_server)
        server_start(folder);
    return now;
}

/* ---- what they had been told ---- */

typedef struct journal {
    ack *items;
    size_t count;
} journal;

/* A last entry that was cut off was no acknowledgement. */
static void read_journal(int number, journal *all)
{
    char path[128];
    ack one;
    journal_path(number, path);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    while (fread(&one, sizeof one, 1, file) == 1) {
        all->items = realloc(all->items, (all->count + 1) * sizeof one);
        ck_assert_ptr_nonnull(all->items);
        all->items[all->count++] = one;
    }
    (void)fclose(file);
}

static void add(journal *all, const ack *one)
{
    all->items = realloc(all->items, (all->count + 1) * sizeof *one);
    ck_assert_ptr_nonnull(all->items);
    all->items[all->count++] = *one;
}

static bool is_acknowledged_before(const journal *all, int64_t instant)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].at >= instant - BEFORE)
            return true;
    return false;
}

/* Whether `later` takes back, or replaces, what `done` has made. */
static bool takes_back(const step *later, const ack *done)
{
    switch (done->what.kind) {
    case STEP_REGISTER:
        return later->kind == STEP_WITHDRAW &&
               memcmp(&later->of, &done->made, sizeof later->of) == 0;
    case STEP_ENROL:
        return later->kind == STEP_LEAVE && memcmp(&later->of, &done->made, sizeof later->of) == 0;
    case STEP_CORRECT:
        return later->kind == STEP_CORRECT && later->hand == done->what.hand &&
               later->number > done->what.number;
    default:
        return false;
    }
}

static bool is_undone(const journal *all, const ack *done)
{
    for (size_t i = 0; i < all->count; i++)
        if (takes_back(&all->items[i].what, done))
            return true;
    for (int i = 0; i < HANDS; i++)
        if (atomic_load(&shared->hands[i].is_at_work) && takes_back(&shared->hands[i].what, done))
            return true;
    return false;
}

static hand heirs[HANDS]; /* the supervisor's, in place of the dead */

/* How many are not there; which, is told in `names`. */
static int count_lost(const journal *all, char names[512])
{
    int lost = 0;
    size_t at = 0;
    names[0] = '\0';
    for (size_t i = 0; i < all->count; i++) {
        const ack *done = &all->items[i];
        if (work_is_stored(&heirs[done->what.hand], done, is_undone(all, done)))
            continue;
        lost++;
        if (at < 480)
            at += (size_t)snprintf(names + at, 512 - at, " step %d of kind %d of hand %d,",
                                   done->what.number, (int)done->what.kind, done->what.hand);
    }
    return lost;
}

static void check_none_lost(const journal *all)
{
    char names[512];
    int lost = count_lost(all, names);
    ck_assert_msg(lost == 0, "%d of %zu lost:%s", lost, all->count, names);
}

/* ---- what must hold of the rows themselves ---- */

/* Asked of the rows, not of the constraints and counts that should see to it. */
static const char *const wrong_rows[] = {
    "SELECT 1 AS x FROM seat GROUP BY sitting_id, centre, room, desk HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM seat GROUP BY sitting_id, person_id HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM seat x GROUP BY x.sitting_id, x.centre, x.room HAVING COUNT(*) > (SELECT "
    "COUNT(*) FROM desk d WHERE d.centre = x.centre AND d.room = x.room)",
    "SELECT 1 AS x FROM seat x JOIN entry e ON e.application_id = x.application_id WHERE x.slip IS "
    "NOT NULL AND e.is_open = 0",
    "SELECT 1 AS x FROM entry WHERE is_open = 1 GROUP BY person_id, sitting_id HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM application WHERE is_open = 1 AND subject_id IS NOT NULL GROUP BY "
    "person_id, "
    "subject_id HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM offering o WHERE o.taken <> (SELECT COUNT(*) FROM request r WHERE "
    "r.offering_id = o.id AND r.holds_place = 1) OR (o.places >= 0 AND o.taken > o.places)",
    "SELECT 1 AS x FROM request r JOIN offering o ON o.id = r.offering_id WHERE r.holds_place = 1 "
    "AND o.round_id IS NOT NULL GROUP BY r.person_id HAVING COUNT(*) > 1",
    /* What a round does to an application it does once. */
    "SELECT 1 AS x FROM event WHERE action IN ('offer', 'fail') GROUP BY application_id HAVING "
    "COUNT(*) > 1",
    "SELECT 1 AS x FROM round_row w JOIN event e ON e.application_id = w.request_id AND e.action "
    "IN "
    "('offer', 'fail') WHERE w.is_done = 0",
    "SELECT 1 AS x FROM certificate WHERE type = 'olympiad.certificate' GROUP BY person_id, "
    "source_id HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM payment_capture GROUP BY payment HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM payment_capture GROUP BY invoice_id HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM invoice WHERE waived > 10",
    "SELECT 1 AS x FROM revocation GROUP BY number HAVING COUNT(*) > 1",
    "SELECT 1 AS x FROM allocation WHERE is_open = 1 GROUP BY sitting_id HAVING COUNT(*) > 1",
};

static void check_rows(void)
{
    char sql[512];
    for (size_t i = 0; i < EI_COUNT(wrong_rows); i++) {
        (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM (%s) wrong", wrong_rows[i]);
        ck_assert_msg(fx_int(sql) == 0, "%s", wrong_rows[i]);
    }
}

/* As many as were made: under a key of its own nothing is made twice. */
static const struct made_rows {
    step_kind kind;
    const char *sql;
} made_rows[] = {
    {STEP_REGISTER, "SELECT COUNT(*) FROM entry"},
    {STEP_ENROL, "SELECT COUNT(*) FROM request"},
    {STEP_INVOICE, "SELECT COUNT(*) FROM invoice"},
    {STEP_PAY, "SELECT COUNT(*) FROM payment_intent"},
    {STEP_CALLBACK, "SELECT COUNT(*) FROM payment_capture"},
    {STEP_REFUND, "SELECT COUNT(*) FROM payment_refund"},
    {STEP_APPEAL, "SELECT COUNT(*) FROM appeal"},
    {STEP_NOTE, "SELECT COUNT(*) FROM event WHERE action = 'note'"},
    {STEP_CORRECT, "SELECT COUNT(*) FROM register_change WHERE how = 'correction'"},
    {STEP_REFER, "SELECT COUNT(*) FROM reference"},
    {STEP_WITHDRAW, "SELECT COUNT(*) FROM event WHERE action = 'withdraw'"},
    {STEP_DECLINE, "SELECT COUNT(*) FROM event WHERE action = 'decline'"},
};
static int64_t rows_before[EI_COUNT(made_rows)];

static void count_rows(int64_t out[EI_COUNT(made_rows)])
{
    for (size_t i = 0; i < EI_COUNT(made_rows); i++)
        out[i] = fx_int(made_rows[i].sql);
}

static bool is_counted_as(step_kind kind, step_kind as)
{
    return kind == as || (kind == STEP_UNLIST && as == STEP_WITHDRAW);
}

/* A reference is given again while it says the same. */
static bool is_made_before(const journal *all, size_t which)
{
    const ack *one = &all->items[which];
    for (size_t i = 0; i < which && one->what.kind == STEP_REFER; i++)
        if (memcmp(&all->items[i].made, &one->made, sizeof one->made) == 0)
            return true;
    return false;
}

static void check_counts(const journal *all)
{
    int64_t now[EI_COUNT(made_rows)];
    count_rows(now);
    for (size_t i = 0; i < EI_COUNT(made_rows); i++) {
        int64_t expected = rows_before[i];
        for (size_t k = 0; k < all->count; k++)
            expected += is_counted_as(all->items[k].what.kind, made_rows[i].kind) &&
                        !is_made_before(all, k);
        ck_assert_msg(now[i] == expected, "%s: %" PRId64 ", not %" PRId64, made_rows[i].sql, now[i],
                      expected);
    }
}

static void check_ledger(void)
{
    edu_payment_balance_page *page = NULL;
    int64_t sum = 0;
    FX_OK(edu_payment_balances(stage_session(ACTOR_OPERATOR), &page, error));
    for (size_t i = 0; i < page->count; i++)
        sum += page->items[i].balance;
    edu_free(page);
    ck_assert_int_eq(sum, 0);
}

static void check_store(void)
{
    FX_OK(edu_portal_check(stage_session(ACTOR_OPERATOR), (edu_progress){0}, error));
    check_ledger();
    check_rows();
}

/* ---- the same calls again ---- */

/* What was at hand is done now, or had been: both are one. */
static void settle(journal *all)
{
    for (int i = 0; i < HANDS; i++) {
        ack done;
        edu_error error;
        step what = shared->hands[i].what;
        if (!atomic_load(&shared->hands[i].is_at_work))
            continue;
        edu_status status = work_do(&heirs[i], &what, &done, &error);
        ck_assert_msg(status == EDU_OK || work_is_refusal(status, &error),
                      "hand %d, step %d of kind %d again: %s %s %s", i, what.number, (int)what.kind,
                      edu_status_name(status), error.key, error.message);
        tried->settled++;
        atomic_store(&shared->hands[i].is_at_work, 0);
        bool is_known = false;
        for (size_t k = 0; k < all->count; k++)
            is_known |= memcmp(&all->items[k].what, &what, sizeof what) == 0;
        if (status == EDU_OK && !is_known)
            add(all, &done);
    }
}

/* Some of what was acknowledged, once more: the answer is the one that was given. */
static void repeat(const journal *all, uint64_t *draws)
{
    for (size_t i = 0; i < all->count; i++) {
        ack again;
        edu_error error;
        const ack *done = &all->items[i];
        if (done->what.kind >= STEP_ALLOCATE || draw_of(draws, 4) > 0)
            continue;
        edu_status status = work_do(&heirs[done->what.hand], &done->what, &again, &error);
        ck_assert_msg(status == EDU_OK && memcmp(&again.made, &done->made, sizeof again.made) == 0,
                      "hand %d, step %d of kind %d again: %s %s %s", done->what.hand,
                      done->what.number, (int)done->what.kind, edu_status_name(status), error.key,
                      error.message);
        tried->repeated++;
    }
}

/* ---- to the end ---- */

/* What works in several transactions has begun and not ended. */
static const char *const half_done[THEMES] = {
    [THEME_SEATS] = "SELECT COUNT(*) FROM allocation WHERE state IN ('running', 'confirming')",
    [THEME_ROUND] = "SELECT COUNT(*) FROM offering_round WHERE state = 'confirming'",
    [THEME_RESULTS] = "SELECT COUNT(*) FROM marking m WHERE m.season_id = (SELECT id FROM season "
                      "WHERE code = 'won') AND m.state <> 'proposed' AND (SELECT COUNT(*) FROM "
                      "certificate c WHERE c.source_id = m.season_id) < 220",
};
_Static_assert(WINNERS == 220, "as in half_done");

/* Everybody on the list has a seat. */
static void finish_seats(void)
{
    edu_id id;
    edu_error detail = EDU_ERROR_INIT;
    edu_allocation *found = NULL;
    edu_session *clerk = heirs[0].session[WORKER_CLERK], *second = heirs[0].session[WORKER_SECOND];
    /* A run is given up as dead after a minute. */
    fx_clock_add(2 * FX_MINUTE);
    edu_status status =
        edu_sitting_allocate(clerk, ground.sitting, (edu_progress){0}, NULL, &id, &detail);
    ck_assert_msg(status == EDU_OK || status == EDU_E_CONFLICT, "%s", detail.message);
    FX_OK(edu_sitting_allocation(second, ground.sitting, &found, error));
    if (strcmp(found->state, "confirmed") != 0)
        FX_OK(edu_sitting_confirm(found->may_confirm ? second : clerk, found->id, (edu_progress){0},
                                  NULL, error));
    edu_free(found);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM entry e JOIN sitting s ON s.id = e.sitting_id "
                            "JOIN season n ON n.id = s.season_id AND n.code = 'crowd' LEFT JOIN "
                            "seat x ON x.application_id = e.application_id AND x.slip IS NOT NULL "
                            "WHERE e.is_open = 1 AND x.application_id IS NULL"),
                     0);
}

/* Then nobody would rather have a place that is free. */
static void finish_round(void)
{
    edu_round *found = NULL;
    edu_session *second = heirs[0].session[WORKER_SECOND];
    FX_OK(edu_round_get(second, ground.competition, &found, error));
    if (strcmp(found->state, "confirmed") != 0)
        FX_OK(edu_round_confirm(second, ground.competition, (edu_progress){0}, NULL, error));
    edu_free(found);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM round_row WHERE is_done = 0"), 0);
    ck_assert_int_eq(
        fx_int("SELECT COUNT(*) FROM request_choice c JOIN offering o ON o.id = c.offering_id AND "
               "o.taken < o.places JOIN request r ON r.id = c.request_id LEFT JOIN request_choice "
               "h ON h.request_id = r.id AND h.offering_id = r.offering_id WHERE r.state = "
               "'reserve' OR (r.state = 'offered' AND h.choice > c.choice)"),
        0);
}

/* Everybody has one certificate. */
static void finish_results(void)
{
    int64_t issued;
    edu_marking *found = NULL;
    edu_session *clerk = heirs[0].session[WORKER_CLERK];
    FX_OK(edu_result_marking(clerk, ground.won, &found, error));
    if (strcmp(found->state, "published") != 0)
        FX_OK(edu_result_approve(clerk, ground.won, (edu_progress){0}, NULL, error));
    edu_free(found);
    FX_OK(edu_result_issue(clerk, ground.won, (edu_progress){0}, &issued, error));
    FX_OK(edu_result_marking(clerk, ground.won, &found, error));
    ck_assert_int_eq(found->certificates, WINNERS);
    ck_assert_int_eq(found->told, WINNERS);
    edu_free(found);
}

static void finish(long_work theme)
{
    if (theme == THEME_SEATS)
        finish_seats();
    else if (theme == THEME_ROUND)
        finish_round();
    else if (theme == THEME_RESULTS)
        finish_results();
    check_store();
}

/* ---- a round ---- */

static void enter_as_they(void)
{
    fx_look_into(stage_portal());
    for (int i = 0; i < HANDS; i++)
        work_enter(stage_portal(), i, &heirs[i]);
}

static void leave(void)
{
    for (int i = 0; i < HANDS; i++)
        work_leave(&heirs[i]);
    stage_close();
}

static void start_afresh(void)
{
    stage_open();
    fx_look_into(stage_portal());
    count_rows(rows_before);
    stage_close();
}

/* Runs and kills them; what they had been told goes to `all`. */
static void run_and_kill(int round, long_work theme, uint64_t *draws, journal *all)
{
    start_afresh();
    pid_t group = start_writers(round, theme);
    bool with_server = fx_is_on_server() && getenv("EDU_CRASH_SERVER") && round % SERVER_EVERY == 5;
    wait_for_instant(draws);
    int64_t instant = kill_writers(group, with_server, draw_of(draws, 2) == 0);
    for (int i = 0; i < HANDS; i++)
        read_journal(i, all);
    tried->rounds++;
    tried->servers += with_server;
    tried->acks += (int)all->count;
    tried->at_work += is_acknowledged_before(all, instant);
}

START_TEST(killed_writers_lose_nothing_and_leave_nothing_by_halves)
{
    for (int round = 0; round < rounds_wanted; round++) {
        journal all = {NULL, 0};
        long_work theme = round % THEMES;
        uint64_t draws = seed + (uint64_t)round;
        printf("# round %d of EDU_SEED=%" PRIu64 "\n", round, seed);
        run_and_kill(round, theme, &draws, &all);
        stage_reopen();
        enter_as_they();
        tried->cut_off += half_done[theme] && fx_int(half_done[theme]) > 0;
        check_store();
        check_none_lost(&all);
        settle(&all);
        check_none_lost(&all);
        repeat(&all, &draws);
        check_counts(&all);
        finish(theme);
        leave();
        free(all.items);
    }
    ck_assert_int_gt(tried->at_work, rounds_wanted / 4);
    ck_assert(tried->cut_off > 0 || rounds_wanted < 20);
}
END_TEST

/* The test sees what it is there for: of a store that is as it was before, all is lost. */
START_TEST(a_store_that_has_forgotten_is_seen)
{
    journal all = {NULL, 0};
    char names[512];
    uint64_t draws = seed;
    struct tried before = *tried;
    run_and_kill(0, THEME_SMALL, &draws, &all);
    stage_open();
    enter_as_they();
    ck_assert_uint_gt(all.count, 0);
    ck_assert_int_gt(count_lost(&all, names), 0);
    leave();
    free(all.items);
    *tried = before;
}
END_TEST

/* ---- two clerks at once ---- */

static int allocate_alone(worker who)
{
    edu_id id;
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal = stage_portal_of((edu_random){0});
    edu_session *session = ground_enter(portal, who);
    atomic_fetch_add(&shared->ready, 1);
    while (atomic_load(&shared->ready) < 2)
        (void)usleep(100);
    edu_status status =
        edu_sitting_allocate(session, ground.sitting, (edu_progress){0}, NULL, &id, &error);
    return status == EDU_OK ? 0 : status == EDU_E_BUSY || status == EDU_E_CONFLICT ? 1 : 2;
}

START_TEST(two_clerks_allocate_at_once_with_one_outcome)
{
    for (int round = 0; round < 10; round++) {
        int outcomes[3] = {0};
        start_afresh();
        memset(shared, 0, sizeof *shared);
        for (worker who = WORKER_CLERK; who <= WORKER_SECOND; who++)
            if (fork() == 0)
                _exit(allocate_alone(who));
        for (int i = 0; i < 2; i++) {
            int code;
            ck_assert_int_gt(wait(&code), 0);
            ck_assert(WIFEXITED(code) && WEXITSTATUS(code) < 3);
            outcomes[WEXITSTATUS(code)]++;
        }
        ck_assert_int_eq(outcomes[0], 1);
        ck_assert_int_eq(outcomes[1], 1);
        stage_reopen();
        enter_as_they();
        ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM allocation a JOIN sitting s ON s.id = "
                                "a.sitting_id JOIN season n ON n.id = s.season_id AND n.code = "
                                "'crowd' WHERE a.is_open = 1 AND a.state = 'proposed'"),
                         1);
        finish(THEME_SEATS);
        leave();
    }
}
END_TEST

/* ---- all ---- */

static void make(void)
{
    stage_build();
    ground_make();
}

static void tell(void)
{
    printf("# tried the crash on %s: seed %" PRIu64 ", %d rounds of %d writers, %d of them with "
           "acknowledgements in the 10 ms before",
           fx_is_on_server() ? "PostgreSQL" : "SQLite", seed, tried->rounds, WRITERS,
           tried->at_work);
    if (fx_is_on_server())
        printf(", the server with them in %d", tried->servers);
    printf(
        ", long work cut off in %d; %d acknowledged writes, %d on their way settled, %d repeated\n",
        tried->cut_off, tried->acks, tried->settled, tried->repeated);
}

int main(void)
{
    const char *given = getenv("EDU_SEED"), *rounds = getenv("EDU_ROUNDS"),
               *nightly = getenv("EDU_NIGHTLY");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    bool is_nightly = nightly && strcmp(nightly, "1") == 0;
    rounds_wanted = rounds ? atoi(rounds) : is_nightly ? 500 : fx_is_on_server() ? 25 : 50;
    tried = mmap(NULL, sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Suite *suite = suite_create("crash");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 36000);
    tcase_add_unchecked_fixture(tests, make, stage_remove);
    tcase_add_test(tests, killed_writers_lose_nothing_and_leave_nothing_by_halves);
    tcase_add_test(tests, a_store_that_has_forgotten_is_seen);
    tcase_add_test(tests, two_clerks_allocate_at_once_with_one_outcome);
    suite_add_tcase(suite, tests);
    int status = tap_run(suite);
    tell();
    return status;
}
