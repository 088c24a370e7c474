/* Thousands of payments while the process is killed and the provider's callbacks are lost, doubled
 * and reordered: at the end the ledger has what the bank has, to the minor unit, and nothing twice.
 *
 *   EDU_SEED            what all follows from (drawn, and printed)
 *   EDU_LEDGER_PAYMENTS how many (2,000; on a server 600; 100,000 with EDU_NIGHTLY=1)
 *
 * The program runs itself as the process that is killed: `ledger work STORE KEYS BANK`. */
#include "fixture.h"
#include "../tap.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <edu/payment.h>

#define THREADS 12
#define PAYERS 12
#define AMOUNT 5000
#define PART 1000 /* waived or refunded of it */
#define PAID_MOST 2
#define WAITING 16 /* callbacks on their way, of a thread */
#define SECRET "the bank's secret of the tests, 32+"
#define SETTLE_EVERY 200

/* ---- the bank: it never dies ---- */

typedef struct bank_payment {
    edu_time at;
    int64_t amount;
} bank_payment;

/* Of one invoice; written by the thread whose it is. */
typedef struct bank_order {
    edu_id invoice, order;
    atomic_int payments; /* how many of `paid` are good */
    atomic_int is_refused;
    bank_payment paid[PAID_MOST];
} bank_order;

typedef struct bank_refund {
    atomic_int is_good;
    char id[EDU_ID_TEXT], payment[32];
    int64_t amount;
    edu_time at;
} bank_refund;

typedef struct bank {
    uint64_t seed;
    int64_t count;
    atomic_llong now;
    atomic_int refunds, is_done[THREADS];
    atomic_llong next[THREADS], progress;
    atomic_long sent, lost, doubled;
    char failure[1024];
    bank_order orders[];
} bank;

static bank *shared;
static bank_refund *refunds; /* behind the orders, one for each */

static size_t bank_size(int64_t count)
{
    return sizeof *shared + (size_t)count * (sizeof(bank_order) + sizeof(bank_refund));
}

static void map_bank(const char *path, int64_t count)
{
    int file = open(path, O_RDWR | O_CREAT, 0600);
    if (count > 0 && ftruncate(file, (off_t)bank_size(count)) != 0)
        abort();
    off_t size = lseek(file, 0, SEEK_END);
    shared = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED)
        abort();
    close(file);
    if (count > 0)
        shared->count = count;
    refunds = (bank_refund *)(void *)&shared->orders[shared->count];
}

static edu_time bank_clock(void *context)
{
    (void)context;
    return atomic_fetch_add(&shared->now, 1);
}

/* What follows for an invoice from the seed. */
static uint32_t lot(int64_t invoice, uint32_t use, uint32_t below)
{
    uint64_t z = shared->seed + UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(invoice * 16 + use + 1);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 16) % below;
}

static void payment_name(int64_t invoice, int number, char out[32])
{
    (void)snprintf(out, 32, "P-%lld-%d", (long long)invoice, number);
}

static json_t *payment_fact(int64_t invoice, int number)
{
    char id[EDU_ID_TEXT], payment[32], at[32];
    const bank_order *order = &shared->orders[invoice];
    edu_id_format(order->order, id);
    payment_name(invoice, number, payment);
    ei_time_format(order->paid[number].at, at);
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "order", id, "payment", payment, "state",
                     "captured", "amount", (json_int_t)order->paid[number].amount, "currency",
                     "AZN", "at", at);
}

static json_t *refusal_fact(int64_t invoice)
{
    char id[EDU_ID_TEXT];
    edu_id_format(shared->orders[invoice].order, id);
    return json_pack("{s:s, s:s}", "order", id, "state", "refused");
}

static void add_order_facts(json_t *to, int64_t invoice)
{
    int count = atomic_load(&shared->orders[invoice].payments);
    for (int k = 0; k < count; k++)
        json_array_append_new(to, payment_fact(invoice, k));
    if (count == 0 && atomic_load(&shared->orders[invoice].is_refused))
        json_array_append_new(to, refusal_fact(invoice));
}

static json_t *refund_fact(const bank_refund *one)
{
    char at[32];
    ei_time_format(one->at, at);
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "refund", one->id, "payment", one->payment,
                     "state", "refunded", "amount", (json_int_t)one->amount, "currency", "AZN",
                     "at", at);
}

static edu_status bank_query(void *context, const char *order, json_t **report, edu_error *error)
{
    (void)context, (void)error;
    edu_id id;
    json_t *facts = json_array();
    if (edu_id_parse(order, &id, NULL) != EDU_OK)
        abort();
    /* They are asked about nearly in the order in which they were made. */
    static atomic_llong last;
    for (int64_t k = 0, from = atomic_load(&last); k < shared->count; k++) {
        int64_t i = (from + k) % shared->count;
        if (memcmp(&shared->orders[i].order, &id, sizeof id) == 0) {
            add_order_facts(facts, i);
            atomic_store(&last, i);
            break;
        }
    }
    *report = json_pack("{s:o}", "payments", facts);
    return EDU_OK;
}

static json_t *whole_list(void)
{
    json_t *payments = json_array(), *back = json_array();
    for (int64_t i = 0; i < shared->count; i++)
        if (atomic_load(&shared->orders[i].payments) > 0)
            add_order_facts(payments, i);
    for (int i = 0; i < atomic_load(&shared->refunds); i++)
        if (atomic_load(&refunds[i].is_good))
            json_array_append_new(back, refund_fact(&refunds[i]));
    return json_pack("{s:o, s:o}", "payments", payments, "refunds", back);
}

static const bank_refund *find_refund(const char *id)
{
    for (int i = 0; i < atomic_load(&shared->refunds); i++)
        if (atomic_load(&refunds[i].is_good) && strcmp(refunds[i].id, id) == 0)
            return &refunds[i];
    return NULL;
}

/* Asked by one thread at a time. Of ten answers one is lost. */
static edu_status bank_refunds(void *context, const edu_payment_return *back, json_t **report,
                               edu_error *error)
{
    (void)context;
    const bank_refund *found = find_refund(back->id);
    if (!found) {
        int at = atomic_fetch_add(&shared->refunds, 1);
        (void)snprintf(refunds[at].id, EDU_ID_TEXT, "%s", back->id);
        (void)snprintf(refunds[at].payment, sizeof refunds[at].payment, "%s", back->payment);
        refunds[at].amount = back->amount;
        refunds[at].at = bank_clock(NULL);
        atomic_store(&refunds[at].is_good, 1);
        found = &refunds[at];
        if (at % 10 == 0)
            return ei_fail(error, EDU_E_IO, "test.lost", NULL, "the answer is lost");
    }
    *report = json_pack("{s:[o]}", "refunds", refund_fact(found));
    return EDU_OK;
}

static const edu_payment_provider provider = {NULL, bank_query, NULL, bank_refunds, NULL};

/* ---- the process that is killed ---- */

typedef struct call_on_its_way {
    int64_t invoice;
    int number; /* -1: the refusal */
} call_on_its_way;

typedef struct hand {
    pthread_t thread;
    int number;
    edu_portal *portal;
    edu_session *nobody, *finance, *operator_, *payers[PAYERS];
    call_on_its_way waiting[WAITING + 8];
    int waiting_count;
    uint32_t draws;
} hand;

/* The first is kept for whoever looks; the run is over then. */
static void give_up(const char *what, edu_status status, const edu_error *error)
{
    if (!shared->failure[0])
        (void)snprintf(shared->failure, sizeof shared->failure, "%s: %s %s: %s", what,
                       edu_status_name(status), error->key, error->message);
    _exit(1);
}

#define DO(call)                                                                                   \
    do {                                                                                           \
        edu_error detail = EDU_ERROR_INIT, *error = &detail;                                       \
        edu_status got = (call);                                                                   \
        if (got != EDU_OK)                                                                         \
            give_up(#call, got, error);                                                            \
    } while (0)

static void deliver(hand *one, const call_on_its_way *what)
{
    char signature[256];
    json_t *fact =
        what->number < 0 ? refusal_fact(what->invoice) : payment_fact(what->invoice, what->number);
    char *body = json_dumps(fact, JSON_COMPACT);
    fx_bank_sign(SECRET, body, atomic_load(&shared->now) / 1000000, "k1", signature,
                 sizeof signature);
    DO(edu_payment_callback(one->nobody, (edu_bytes){body, strlen(body)}, signature, error));
    atomic_fetch_add(&shared->sent, 1);
    ei_free(body);
    json_decref(fact);
}

/* Any of those that wait, so that they overtake one another. */
static void deliver_until(hand *one, int left)
{
    while (one->waiting_count > left) {
        uint32_t at = lot(one->number, one->draws++, (uint32_t)one->waiting_count);
        call_on_its_way what = one->waiting[at];
        one->waiting[at] = one->waiting[--one->waiting_count];
        deliver(one, &what);
    }
}

/* Lost, once, twice or three times. */
static void send_callback(hand *one, int64_t invoice, int number)
{
    static const int times[] = {0, 1, 1, 1, 1, 1, 2, 2, 3, 1};
    int count = times[lot(invoice, 4 + (uint32_t)(number + 1), 10)];
    atomic_fetch_add(&shared->lost, count == 0);
    atomic_fetch_add(&shared->doubled, count > 1);
    for (int i = 0; i < count; i++)
        one->waiting[one->waiting_count++] = (call_on_its_way){invoice, number};
}

static edu_id make_invoice(hand *one, int64_t i, edu_id person)
{
    char key[32];
    edu_id id;
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    (void)snprintf(key, sizeof key, "invoice %lld", (long long)i);
    input.person_id = person;
    input.kind = "test";
    input.title = json_pack("{s:s}", "en", "Test");
    input.amount = AMOUNT;
    input.currency = "AZN";
    DO(edu_payment_invoice(one->finance, &input, key, &id, error));
    json_decref(input.title);
    return id;
}

/* At the bank's page: money moves there, whatever becomes of us. */
static void visit_bank(bank_order *order, int64_t i, edu_id intent, int64_t amount)
{
    uint32_t what = lot(i, 0, 100);
    int payments = what < 86 ? 1 : what < 90 ? 2 : 0; /* 90: refused, 94: walked away */
    order->order = intent;
    for (int k = 0; k < payments; k++)
        order->paid[k] = (bank_payment){bank_clock(NULL), amount};
    if (what >= 90 && what < 94)
        atomic_store(&order->is_refused, 1);
    atomic_store(&order->payments, payments);
}

static edu_status staff_step(hand *one, int64_t i, edu_id person, edu_id invoice, bool waives,
                             edu_error *error)
{
    char key[32];
    (void)snprintf(key, sizeof key, "%s %lld", waives ? "waive" : "refund", (long long)i);
    return waives ? edu_payment_waive(one->finance, person, invoice, PART, "test", key, error)
                  : edu_payment_refund(one->finance, person, invoice, PART, "test", key, error);
}

static void pay(hand *one, int64_t i, edu_session *payer, edu_id person, edu_id invoice)
{
    bank_order *order = &shared->orders[i];
    edu_payment_intent *intent = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_payment_pay(payer, (edu_id){{0}}, invoice, NULL, &intent, &error);
    if (status == EDU_E_STATE)
        return; /* it was settled before the process died */
    if (status != EDU_OK)
        give_up("pay", status, &error);
    /* Some get a waiver while they are at the page. */
    if (lot(i, 1, 100) < 3) {
        status = staff_step(one, i, person, invoice, true, &error);
        if (status != EDU_OK)
            give_up("waive", status, &error);
    }
    if (ei_id_is_none(order->order))
        visit_bank(order, i, intent->id, intent->amount);
    edu_free(intent);
}

static void run_payment(hand *one, int64_t i)
{
    edu_error error = EDU_ERROR_INIT;
    edu_session *payer = one->payers[i % PAYERS];
    edu_id person = payer->person_id;
    edu_id invoice = make_invoice(one, i, person);
    shared->orders[i].invoice = invoice;
    pay(one, i, payer, person, invoice);
    int payments = atomic_load(&shared->orders[i].payments);
    for (int k = 0; k < payments; k++)
        send_callback(one, i, k);
    if (payments == 0 && atomic_load(&shared->orders[i].is_refused))
        send_callback(one, i, -1);
    deliver_until(one, WAITING / 2);
    if (lot(i, 2, 100) < 5) {
        edu_status status = staff_step(one, i, person, invoice, false, &error);
        if (status != EDU_OK && status != EDU_E_STATE) /* its callback has not come */
            give_up("refund", status, &error);
    }
}

static void *work_thread(void *at)
{
    hand *one = at;
    int32_t done;
    for (int64_t i; (i = atomic_load(&shared->next[one->number])) < shared->count;) {
        run_payment(one, i);
        atomic_store(&shared->next[one->number], i + THREADS);
        atomic_fetch_add(&shared->progress, 1);
        atomic_fetch_add(&shared->now, 100000);
        if (one->number == 0 && i / THREADS % SETTLE_EVERY == 0)
            DO(edu_payment_settle(one->operator_, 0, &done, error));
    }
    deliver_until(one, 0);
    atomic_store(&shared->is_done[one->number], 1);
    return NULL;
}

static const char *payer_login(int number, char out[16])
{
    /* Three of the fixture's pupils have an account already. */
    (void)snprintf(out, 16, number % 4 == 0 ? "pupil%d" : "payer%d", number + 1);
    return out;
}

static void enter(hand *one)
{
    char login[16];
    DO(edu_session_open(one->portal, NULL, &one->nobody, error));
    DO(edu_session_operator(one->portal, &one->operator_, error));
    DO(edu_session_sign_in(one->portal, "steward", FX_PASSWORD, NULL, NULL, &one->finance, error));
    for (int i = 0; i < PAYERS; i++)
        if (i % THREADS == one->number)
            DO(edu_session_sign_in(one->portal, payer_login(i, login), FX_PASSWORD, NULL, NULL,
                                   &one->payers[i], error));
}

static int work(const char *store, const char *keys, const char *path)
{
    static hand hands[THREADS];
    edu_portal *portal;
    map_bank(path, 0);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = store;
    options.keys = keys;
    options.staff_second_factor = false;
    options.password_operations = 1;
    options.password_memory = 8192;
    options.payment_page = "https://bank.example/pay";
    edu_environment environment = {.clock = {bank_clock, NULL}, .payment = provider};
    DO(edu_portal_open(&options, &environment, &portal, error));
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (hand){.number = i, .portal = portal};
        enter(&hands[i]);
    }
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&hands[i].thread, NULL, work_thread, &hands[i]) != 0)
            abort();
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(hands[i].thread, NULL);
    return 0;
}

/* ---- the judge ---- */

static pid_t start_worker(const fx_paths *paths, const char *path)
{
    const char *const arguments[] = {"ledger", "work", paths->store, paths->keys, path, NULL};
    pid_t child;
    ck_assert_int_eq(
        posix_spawn(&child, "/proc/self/exe", NULL, NULL, (char **)(uintptr_t)arguments, environ),
        0);
    return child;
}

static void pause_us(long us)
{
    const struct timespec pause = {us / 1000000, us % 1000000 * 1000};
    (void)nanosleep(&pause, NULL);
}

/* Lets it work until so much is done, and kills it somewhat later; true where it ended by itself.
 */
static bool run_until(const fx_paths *paths, const char *path, int64_t progress, long later_us)
{
    int state;
    pid_t child = start_worker(paths, path);
    while (waitpid(child, &state, WNOHANG) == 0) {
        if (atomic_load(&shared->progress) < progress) {
            pause_us(2000);
            continue;
        }
        pause_us(later_us);
        (void)kill(child, SIGKILL);
        (void)waitpid(child, &state, 0);
        break;
    }
    ck_assert_msg(shared->failure[0] == '\0', "%s", shared->failure);
    ck_assert_msg(!WIFSIGNALED(state) || WTERMSIG(state) == SIGKILL, "it died of signal %d",
                  WTERMSIG(state));
    return WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

static int run_and_kill(const fx_paths *paths, const char *path, int kills)
{
    int killed = 0;
    for (int i = 0; i < kills; i++) {
        int64_t part = shared->count / (kills + 1);
        int64_t at = part * i + lot(-100 - i, 1, (uint32_t)part + 1);
        killed += !run_until(paths, path, at, (long)lot(-100 - i, 2, 60000));
    }
    ck_assert(run_until(paths, path, INT64_MAX, 0));
    return killed;
}

static int64_t configured(void)
{
    const char *given = getenv("EDU_LEDGER_PAYMENTS"), *nightly = getenv("EDU_NIGHTLY");
    if (given)
        return atoll(given);
    if (nightly && strcmp(nightly, "1") == 0)
        return 100000;
    return fx_is_on_server() ? 600 : 2000;
}

static void prepare(const char *path)
{
    const char *seed = getenv("EDU_SEED");
    char login[16], number[16];
    map_bank(path, configured());
    shared->seed = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) * 1000003u;
    FX_OK(edu_account_grant(fx_operator(), fx_person("STF0008"), "finance", "", "", NULL, error));
    FX_OK(edu_payment_key_add(fx_operator(), "k1", "hmac-sha256", fx_bytes(SECRET), NULL, error));
    for (int i = 0; i < PAYERS; i++) {
        (void)snprintf(number, sizeof number, "PUP%04d", i + 1);
        if (i % 4 != 0)
            FX_OK(edu_account_create(fx_operator(), fx_person(number), payer_login(i, login),
                                     FX_PASSWORD, NULL, error));
    }
    for (int i = 0; i < THREADS; i++)
        atomic_store(&shared->next[i], i);
    atomic_store(&shared->now, fx_now());
}

static void settle_all(void)
{
    int32_t done;
    do
        FX_OK(edu_payment_settle(fx_operator(), 0, &done, error));
    while (done > 0);
}

/* As the job would within the hours that follow: open visits are asked about, the list of all the
 * time is compared, and what pays nothing goes back. */
static void catch_up(void)
{
    edu_payment_reconciliation *out;
    fx_clock_set(atomic_load(&shared->now) + 20 * FX_MINUTE);
    settle_all();
    json_t *list = whole_list();
    FX_OK(edu_payment_reconcile(fx_operator(), list, FX_START, fx_now(), &out, error));
    printf("# the list: %" PRId64 " facts, %" PRId64 " not known before, %" PRId64 " differences\n",
           out->facts, out->recovered, out->differences);
    ck_assert_int_eq(out->differences, 0);
    edu_free(out);
    json_decref(list);
    for (int i = 0; i < 8;
         i++) { /* refunds whose answers were lost have longer and longer pauses */
        fx_clock_add(60 * FX_MINUTE);
        atomic_store(&shared->now, fx_now());
        settle_all();
    }
}

typedef struct sums {
    int64_t taken, given, remaining, invoices;
} sums;

static int by_invoice(const void *a, const void *b)
{
    const bank_order *one = *(const bank_order *const *)a, *two = *(const bank_order *const *)b;
    return ei_id_compare(one->invoice, two->invoice);
}

static void judge_invoice(const edu_invoice *invoice, const bank_order *order, sums *all)
{
    int64_t taken = 0;
    for (int k = 0; k < atomic_load(&order->payments); k++)
        taken += order->paid[k].amount;
    ck_assert_int_eq(invoice->paid + invoice->returned, taken);
    ck_assert_int_eq(invoice->paid, taken > 0 ? invoice->amount - invoice->waived : 0);
    ck_assert_str_eq(invoice->state, taken > 0 ? "settled" : "open");
    all->given += invoice->refunded + invoice->returned;
    all->taken += taken;
    all->remaining += invoice->remaining;
    all->invoices++;
}

static const bank_order *find_order(const bank_order **sorted, edu_id invoice)
{
    const bank_order key = {.invoice = invoice}, *wanted = &key;
    const bank_order **found =
        bsearch(&wanted, sorted, (size_t)shared->count, sizeof *sorted, by_invoice);
    ck_assert_ptr_nonnull(found);
    return *found;
}

static void judge_person(edu_id person, const bank_order **sorted, sums *all)
{
    char *cursor = NULL;
    do {
        edu_invoice_page *page;
        FX_OK(edu_payment_invoices(fx_operator(), person, cursor, EDU_PAGE_MAX, &page, error));
        for (size_t i = 0; i < page->count; i++)
            judge_invoice(&page->items[i], find_order(sorted, page->items[i].id), all);
        free(cursor);
        cursor = page->next ? strdup(page->next) : NULL;
        edu_free(page);
    } while (cursor);
}

static int64_t balance(const char *account)
{
    edu_payment_balance_page *page;
    int64_t found = 0;
    FX_OK(edu_payment_balances(fx_operator(), &page, error));
    for (size_t i = 0; i < page->count; i++)
        found += strcmp(page->items[i].account, account) == 0 ? page->items[i].balance : 0;
    edu_free(page);
    return found;
}

static void judge(void)
{
    char number[16];
    sums all = {0};
    int64_t back = 0;
    const bank_order **sorted = calloc((size_t)shared->count, sizeof *sorted);
    for (int64_t i = 0; i < shared->count; i++)
        sorted[i] = &shared->orders[i];
    qsort(sorted, (size_t)shared->count, sizeof *sorted, by_invoice);
    for (int i = 0; i < PAYERS; i++) {
        (void)snprintf(number, sizeof number, "PUP%04d", i + 1);
        judge_person(fx_person(number), sorted, &all);
    }
    free(sorted);
    for (int i = 0; i < atomic_load(&shared->refunds); i++)
        back += atomic_load(&refunds[i].is_good) ? refunds[i].amount : 0;
    ck_assert_int_eq(all.invoices, shared->count);
    ck_assert_int_eq(back, all.given);
    ck_assert_int_eq(balance("provider"), all.taken - back);
    ck_assert_int_eq(balance("receivable"), all.remaining);
    ck_assert_int_eq(balance("credit"), 0);
    ck_assert_int_eq(balance("refunding"), 0);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
    printf("# taken %" PRId64 ", given back %" PRId64 ", still due %" PRId64 "\n", all.taken, back,
           all.remaining);
}

START_TEST(the_ledger_is_what_the_bank_has)
{
    char path[128];
    fx_paths paths;
    (void)snprintf(path, sizeof path, "%s/bank", fx_folder());
    fx_place(fx_folder(), &paths);
    prepare(path);
    printf("# EDU_SEED=%" PRIu64 ", %" PRId64 " payments\n", shared->seed, shared->count);
    fx_portal()->environment.payment = provider;
    int killed = run_and_kill(&paths, path, shared->count >= 10000 ? 40 : 8);
    printf("# killed %d times; callbacks: %ld sent, %ld lost, %ld doubled\n", killed,
           atomic_load(&shared->sent), atomic_load(&shared->lost), atomic_load(&shared->doubled));
    ck_assert_int_gt(killed, 3);
    catch_up();
    judge();
}
END_TEST

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "work") == 0)
        return work(argv[2], argv[3], argv[4]);
    Suite *suite = suite_create("ledger");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 7200);
    tcase_add_checked_fixture(tests, fx_setup, fx_teardown);
    tcase_add_test(tests, the_ledger_is_what_the_bank_has);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
