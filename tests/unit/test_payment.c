/* Payment: what is owed, paid, taken twice, late or out of order, given back, forged, and compared.
 */
#include "fixture.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/payment.h>
#include "domain/application/application.h"
#include "domain/payment/payment_store.h"
#include "../tap.h"

#define SECRET "the bank's secret of the tests, 32+"
#define DAY (24 * 60 * FX_MINUTE)
#define MANY 32
#define FEE                                                                                        \
    "{\"service\": \"fee\", \"title\": {\"en\": \"Fee\"}, \"summary\": {\"en\": \"A fee\"}, "      \
    "\"rules\": [{\"en\": \"Pay\"}], \"stages\": [{\"state\": \"paid\", \"title\": {\"en\": "      \
    "\"Paid\"}, "                                                                                  \
    "\"text\": {\"en\": \"Paid\"}}], "                                                             \
    "\"states\": {\"waiting\": {\"title\": {\"en\": \"To be paid\"}}, "                            \
    "\"paid\": {\"title\": {\"en\": \"Paid\"}, \"is_terminal\": true}}, "                          \
    "\"actions\": {\"submit\": {\"title\": {\"en\": \"Submitted\"}, \"from\": [null], "            \
    "\"to\": \"waiting\", \"by\": [\"self\"]}, "                                                   \
    "\"paid\": {\"title\": {\"en\": \"Paid\"}, \"from\": [\"waiting\"], \"to\": \"paid\", "        \
    "\"by\": [\"system\"]}}, \"templates\": {}}"

static const edu_id none = {{0}};
static edu_id pupil;

/* ---- the bank: what it took and gave back, as it would list it ---- */

static struct {
    json_t *payments, *refunds;
    bool is_silent, refuses_refunds;
    int asked, sent;
} bank;

static char *time_text(edu_time at)
{
    static char text[32];
    ei_time_format(at, text);
    return text;
}

static json_t *payment_fact(edu_id order, const char *payment, const char *state, int64_t amount)
{
    char id[EDU_ID_TEXT];
    edu_id_format(order, id);
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "order", id, "payment", payment, "state",
                     state, "amount", (json_int_t)amount, "currency", "AZN", "at",
                     time_text(fx_now()));
}

static json_t *all_facts(void)
{
    return json_pack("{s:O, s:O}", "payments", bank.payments, "refunds", bank.refunds);
}

static edu_status answer(json_t **report, edu_error *error)
{
    if (bank.is_silent)
        return ei_fail(error, EDU_E_IO, "test.silent", NULL, "the bank is silent");
    *report = all_facts();
    return EDU_OK;
}

static edu_status bank_query(void *context, const char *order, json_t **report, edu_error *error)
{
    (void)context, (void)order;
    bank.asked++;
    return answer(report, error);
}

/* What happened in that time. */
static json_t *between(const json_t *facts, edu_time since, edu_time until)
{
    json_t *found = json_array();
    for (size_t i = 0; i < json_array_size(facts); i++) {
        json_t *fact = json_array_get(facts, i);
        edu_time at;
        ck_assert(ei_time_parse(json_string_value(json_object_get(fact, "at")), &at));
        if (at >= since && at < until)
            json_array_append(found, fact);
    }
    return found;
}

static edu_status bank_list(void *context, edu_time since, edu_time until, json_t **report,
                            edu_error *error)
{
    (void)context;
    EI_TRY(answer(report, error));
    json_object_set_new(*report, "payments", between(bank.payments, since, until));
    json_object_set_new(*report, "refunds", between(bank.refunds, since, until));
    return EDU_OK;
}

static edu_status bank_refund(void *context, const edu_payment_return *back, json_t **report,
                              edu_error *error)
{
    (void)context;
    bank.sent++;
    json_array_append_new(bank.refunds, json_pack("{s:s, s:s, s:s, s:I, s:s, s:s}", "refund",
                                                  back->id, "payment", back->payment, "state",
                                                  bank.refuses_refunds ? "refused" : "refunded",
                                                  "amount", (json_int_t)back->amount, "currency",
                                                  back->currency, "at", time_text(fx_now())));
    return answer(report, error);
}

static void setup(void)
{
    fx_setup();
    fx_portal()->environment.payment =
        (edu_payment_provider){NULL, bank_query, bank_list, bank_refund, NULL};
    fx_portal()->payment_page = ei_strdup("https://bank.example/pay");
    bank.payments = json_array();
    bank.refunds = json_array();
    FX_OK(edu_account_grant(fx_operator(), fx_person("STF0008"), "finance", "", "", NULL, error));
    FX_OK(edu_payment_key_add(fx_operator(), "k1", "hmac-sha256", fx_bytes(SECRET), NULL, error));
    pupil = fx_person("PUP0001");
}

static void teardown(void)
{
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
    json_decref(bank.payments);
    json_decref(bank.refunds);
    memset(&bank, 0, sizeof bank);
    fx_teardown();
}

static edu_session *finance(void)
{
    return fx_session("steward");
}

/* ---- steps ---- */

static edu_id invoice_for(edu_id subject, int64_t amount)
{
    edu_id id;
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    input.person_id = pupil;
    input.kind = "tuition";
    input.subject_id = subject;
    input.title = json_pack("{s:s, s:s}", "az", "Təhsil haqqı", "en", "Tuition & fees");
    input.amount = amount;
    input.currency = "AZN";
    input.due = (edu_date){2026, 10, 15};
    FX_OK(edu_payment_invoice(finance(), &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

static edu_id invoice_of(int64_t amount)
{
    return invoice_for(none, amount);
}

static edu_id visit(edu_id invoice)
{
    edu_payment_intent *out;
    FX_OK(edu_payment_pay(fx_session("pupil1"), none, invoice, NULL, &out, error));
    edu_id id = out->id;
    ck_assert_str_eq(out->state, "open");
    edu_free(out);
    return id;
}

static edu_status send_with(edu_session *session, const json_t *fact, edu_error *error)
{
    char signature[256];
    char *body = json_dumps(fact, JSON_COMPACT);
    fx_bank_sign(SECRET, body, fx_now() / 1000000, "k1", signature, sizeof signature);
    edu_status status = edu_payment_callback(session, fx_bytes(body), signature, error);
    ei_free(body);
    return status;
}

/* Takes the reference. */
static void callback(json_t *fact)
{
    FX_OK(send_with(fx_nobody(), fact, error));
    json_decref(fact);
}

/* The bank takes the money, whether it says so or not. */
static json_t *captured(edu_id order, const char *payment, int64_t amount)
{
    json_t *fact = payment_fact(order, payment, "captured", amount);
    json_array_append(bank.payments, fact);
    return fact;
}

static int32_t settle(void)
{
    int32_t done;
    FX_OK(edu_payment_settle(fx_operator(), 0, &done, error));
    return done;
}

static edu_invoice invoice_now(edu_id id)
{
    static edu_invoice *kept;
    edu_free(kept);
    FX_OK(edu_payment_get(fx_operator(), pupil, id, &kept, error));
    return *kept;
}

static void expect(edu_id id, const char *state, int64_t paid, int64_t waived, int64_t refunded,
                   int64_t returned)
{
    edu_invoice is = invoice_now(id);
    ck_assert_str_eq(is.state, state);
    ck_assert_int_eq(is.paid, paid);
    ck_assert_int_eq(is.waived, waived);
    ck_assert_int_eq(is.refunded, refunded);
    ck_assert_int_eq(is.returned, returned);
    ck_assert_int_eq(is.remaining, strcmp(state, "open") == 0 ? is.amount - paid - waived : 0);
}

static int64_t balance(const char *account)
{
    edu_payment_balance_page *page;
    int64_t found = 0, all = 0;
    FX_OK(edu_payment_balances(fx_operator(), &page, error));
    for (size_t i = 0; i < page->count; i++) {
        all += page->items[i].balance;
        found += strcmp(page->items[i].account, account) == 0 ? page->items[i].balance : 0;
    }
    ck_assert_int_eq(all, 0);
    edu_free(page);
    return found;
}

/* How many open differences of a kind. */
static int differences(const char *kind)
{
    edu_payment_difference_page *page;
    int count = 0;
    FX_OK(edu_payment_differences(fx_operator(), true, NULL, EDU_PAGE_MAX, &page, error));
    for (size_t i = 0; i < page->count; i++)
        count += strcmp(page->items[i].kind, kind) == 0;
    edu_free(page);
    return count;
}

/* ---- paying ---- */

START_TEST(what_is_paid_is_taken_once)
{
    edu_payment_transfer_page *transfers;
    edu_id invoice = invoice_of(12000), order = visit(invoice);
    ck_assert(invoice_now(invoice).is_awaited);
    json_t *fact = captured(order, "P-1", 12000);
    for (int i = 0; i < 3; i++)
        callback(json_incref(fact));
    json_decref(fact);
    expect(invoice, "settled", 12000, 0, 0, 0);
    ck_assert(!invoice_now(invoice).is_awaited);
    ck_assert_int_eq(balance("provider"), 12000);
    ck_assert_int_eq(balance("receivable"), 0);
    ck_assert_int_eq(balance("income"), -12000);
    FX_OK(edu_payment_transfers(fx_session("parent1"), pupil, invoice, NULL, 0, &transfers, error));
    ck_assert_uint_eq(transfers->count, 2);
    ck_assert_str_eq(transfers->items[0].kind, "invoice");
    ck_assert(transfers->items[0].is_staff);
    ck_assert_str_eq(transfers->items[1].debit, "provider");
    ck_assert_str_eq(transfers->items[1].credit, "receivable");
    ck_assert(!transfers->items[1].is_staff);
    edu_free(transfers);
    ck_assert_int_eq(
        fx_int("SELECT COUNT(*) FROM notification WHERE template = 'payment_received'"), 1);
}
END_TEST

START_TEST(the_page_gets_a_signed_order)
{
    edu_payment_intent *out, *again;
    char id[EDU_ID_TEXT], expected[512], signed_text[512], mac[65];
    uint8_t bytes[32];
    edu_id invoice = invoice_of(12000);
    FX_OK(edu_payment_pay(fx_session("parent1"), pupil, invoice, "one", &out, error));
    FX_OK(edu_payment_pay(fx_session("pupil1"), none, invoice, NULL, &again, error));
    ck_assert_str_eq(again->url, out->url);
    edu_id_format(out->id, id);
    (void)snprintf(signed_text, sizeof signed_text, "%s\n12000\nAZN\n%lld\nen\nTuition & fees", id,
                   (long long)(out->expires / 1000000));
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)SECRET, strlen(SECRET));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)signed_text, strlen(signed_text));
    crypto_auth_hmacsha256_final(&state, bytes);
    ei_hex_format(bytes, sizeof bytes, mac);
    (void)snprintf(expected, sizeof expected,
                   "https://bank.example/pay?order=%s&amount=12000&currency=AZN&expires=%lld&"
                   "language=en&title=Tuition%%20%%26%%20fees&kid=k1&v=%s",
                   id, (long long)(out->expires / 1000000), mac);
    ck_assert_str_eq(out->url, expected);
    edu_free(out);
    edu_free(again);
}
END_TEST

START_TEST(what_comes_twice_goes_back)
{
    edu_payment_refund_record_page *page;
    edu_id invoice = invoice_of(5000), first = visit(invoice);
    fx_clock_add(40 * FX_MINUTE);
    edu_id second = visit(invoice);
    ck_assert(ei_id_compare(first, second) != 0);
    callback(captured(second, "P-2", 5000));
    callback(captured(first, "P-1", 5000)); /* late, and nobody owes it any more */
    expect(invoice, "settled", 5000, 0, 0, 5000);
    ck_assert_int_eq(balance("refunding"), -5000);
    ck_assert_int_eq(balance("credit"), 0);
    ck_assert_int_gt(settle(), 0);
    ck_assert_int_eq(bank.sent, 1);
    ck_assert_int_eq(balance("refunding"), 0);
    ck_assert_int_eq(balance("provider"), 5000);
    FX_OK(edu_payment_refunds(fx_session("pupil1"), none, invoice, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert(page->items[0].is_automatic);
    ck_assert_str_eq(page->items[0].state, "done");
    ck_assert_str_eq(page->items[0].payment, "P-1");
    edu_free(page);
    while (settle() > 0)
        ;
    ck_assert_int_eq(bank.sent, 1);
}
END_TEST

START_TEST(one_order_paid_twice_is_two_payments)
{
    edu_id invoice = invoice_of(5000), order = visit(invoice);
    callback(captured(order, "P-1", 5000));
    callback(captured(order, "P-2", 5000));
    expect(invoice, "settled", 5000, 0, 0, 5000);
    /* The id of a payment is good for one order. */
    edu_id other = invoice_of(7000);
    callback(payment_fact(visit(other), "P-1", "captured", 7000));
    expect(other, "open", 0, 0, 0, 0);
    ck_assert_int_eq(differences("reused_payment"), 1);
}
END_TEST

START_TEST(late_money_pays_what_is_still_owed)
{
    edu_id invoice = invoice_of(5000), order = visit(invoice);
    fx_clock_add(48 * 60 * FX_MINUTE);
    (void)settle();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM payment_intent WHERE state = 'expired'"), 1);
    callback(captured(order, "P-1", 5000));
    expect(invoice, "settled", 5000, 0, 0, 0);
}
END_TEST

START_TEST(order_of_callbacks_does_not_matter)
{
    edu_payment_intent *out = NULL;
    edu_id invoice = invoice_of(5000), order = visit(invoice);
    callback(payment_fact(order, "", "refused", 5000));
    edu_id another = visit(invoice);
    ck_assert(ei_id_compare(order, another) != 0);
    callback(payment_fact(order, "", "pending", 5000));
    callback(captured(order, "P-1", 5000)); /* after all */
    expect(invoice, "settled", 5000, 0, 0, 0);
    callback(payment_fact(order, "", "refused", 5000));
    callback(payment_fact(order, "", "expired", 5000));
    expect(invoice, "settled", 5000, 0, 0, 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM payment_intent WHERE state = 'replaced'"), 1);
    FX_FAILS(EDU_E_STATE, edu_payment_pay(fx_session("pupil1"), none, invoice, NULL, &out, error));
}
END_TEST

START_TEST(a_lost_callback_is_found_by_asking)
{
    edu_id invoice = invoice_of(5000), order = visit(invoice);
    json_decref(captured(order, "P-1", 5000));
    (void)settle();
    ck_assert_int_eq(bank.asked, 0); /* not before 15 minutes */
    fx_clock_add(16 * FX_MINUTE);
    bank.is_silent = true;
    (void)settle();
    expect(invoice, "open", 0, 0, 0, 0);
    bank.is_silent = false;
    (void)settle();
    ck_assert_int_eq(bank.asked, 1);
    fx_clock_add(16 * FX_MINUTE);
    (void)settle();
    expect(invoice, "settled", 5000, 0, 0, 0);
    ck_assert_int_eq(bank.asked, 2);
}
END_TEST

static edu_session *callers[MANY];
static json_t *shared_fact;
static pthread_barrier_t barrier;

static void *call(void *at)
{
    edu_error error = EDU_ERROR_INIT;
    (void)pthread_barrier_wait(&barrier);
    edu_status status = send_with(*(edu_session **)at, shared_fact, &error);
    return (void *)(intptr_t)status;
}

START_TEST(many_callbacks_at_once_are_one_payment)
{
    pthread_t threads[MANY];
    void *status;
    edu_id invoice = invoice_of(5000);
    shared_fact = captured(visit(invoice), "P-1", 5000);
    pthread_barrier_init(&barrier, NULL, MANY);
    for (int i = 0; i < MANY; i++) {
        FX_OK(edu_session_open(fx_portal(), NULL, &callers[i], error));
        fx_keep(callers[i]);
    }
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, call, &callers[i]), 0);
    for (int i = 0; i < MANY; i++) {
        (void)pthread_join(threads[i], &status);
        ck_assert_int_eq((intptr_t)status, EDU_OK);
    }
    json_decref(shared_fact);
    expect(invoice, "settled", 5000, 0, 0, 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM payment_capture"), 1);
}
END_TEST

/* ---- forged ---- */

START_TEST(what_is_not_signed_changes_nothing)
{
    char good[256], other[256];
    edu_id invoice = invoice_of(5000), order = visit(invoice);
    json_t *fact = payment_fact(order, "P-1", "captured", 5000);
    char *body = json_dumps(fact, JSON_COMPACT);
    int64_t now = fx_now() / 1000000;
    fx_bank_sign(SECRET, body, now, "k1", good, sizeof good);
    fx_bank_sign("another secret of the same length..", body, now, "k1", other, sizeof other);
    const struct {
        const char *secret, *kid;
        int64_t seconds;
    } wrong[] = {{"another secret of the same length..", "k1", now},
                 {SECRET, "k2", now},
                 {SECRET, "k1", now - 301},
                 {SECRET, "k1", now + 302}};
    for (size_t i = 0; i < EI_COUNT(wrong); i++) {
        fx_bank_sign(wrong[i].secret, body, wrong[i].seconds, wrong[i].kid, other, sizeof other);
        FX_FAILS(EDU_E_CRYPTO, edu_payment_callback(fx_nobody(), fx_bytes(body), other, error));
        ck_assert_str_eq(fx_last_error.key, "payment.forged");
    }
    static const char *const broken[] = {"", "kid=k1", "kid=k1; t=x; v=00", "kid=k1; t=1; v=zz",
                                         "v=00; t=1"};
    for (size_t i = 0; i < EI_COUNT(broken); i++)
        FX_FAILS(EDU_E_CRYPTO, edu_payment_callback(fx_nobody(), fx_bytes(body), broken[i], error));
    char *at = strstr(body, "5000");
    at[0] = '1';
    FX_FAILS(EDU_E_CRYPTO, edu_payment_callback(fx_nobody(), fx_bytes(body), good, error));
    at[0] = '5';
    expect(invoice, "open", 0, 0, 0, 0);
    FX_OK(edu_payment_key_end(fx_operator(), "k1", EDU_TIME_NONE, NULL, error));
    FX_FAILS(EDU_E_CRYPTO, edu_payment_callback(fx_nobody(), fx_bytes(body), good, error));
    ei_free(body);
    json_decref(fact);
}
END_TEST

START_TEST(a_provider_may_sign_with_ed25519)
{
    uint8_t seed[32] = {7}, public_key[32], secret[64], signature[64];
    char hex[129], header[256];
    edu_id invoice = invoice_of(5000);
    crypto_sign_seed_keypair(public_key, secret, seed);
    FX_OK(edu_payment_key_add(fx_operator(), "e1", "ed25519", (edu_bytes){public_key, 32}, NULL,
                              error));
    json_t *fact = payment_fact(visit(invoice), "P-1", "captured", 5000);
    char *body = json_dumps(fact, JSON_COMPACT);
    ei_buffer text = {0};
    ei_buffer_printf(&text, "%lld.%s", (long long)(fx_now() / 1000000), body);
    crypto_sign_detached(signature, NULL, (const uint8_t *)text.data, text.size, secret);
    ei_hex_format(signature, sizeof signature, hex);
    (void)snprintf(header, sizeof header, "t=%lld;kid=e1;v=%s", (long long)(fx_now() / 1000000),
                   hex);
    FX_OK(edu_payment_callback(fx_nobody(), fx_bytes(body), header, error));
    expect(invoice, "settled", 5000, 0, 0, 0);
    ei_buffer_free(&text);
    ei_free(body);
    json_decref(fact);
}
END_TEST

START_TEST(a_signed_body_of_another_shape_is_refused)
{
    static const char *const bodies[] = {
        "{}",
        "[]",
        "{\"order\":\"x\",\"state\":\"captured\"}",
        "{\"order\":\"00000000-0000-7000-8000-000000000001\",\"state\":\"given\"}",
        "{\"order\":\"00000000-0000-7000-8000-000000000001\",\"state\":\"captured\",\"payment\":"
        "\"P\",\"amount\":-5,\"currency\":\"AZN\",\"at\":\"2026-09-21T08:00:00Z\"}",
        "{\"order\":\"00000000-0000-7000-8000-000000000001\",\"state\":\"captured\",\"payment\":"
        "\"P\",\"amount\":1.5,\"currency\":\"AZN\",\"at\":\"2026-09-21T08:00:00Z\"}",
        "{\"order\":\"00000000-0000-7000-8000-000000000001\",\"state\":\"captured\",\"payment\":"
        "\"P\",\"amount\":5,\"currency\":\"manat\",\"at\":\"2026-09-21T08:00:00Z\"}",
        "{\"order\":\"00000000-0000-7000-8000-000000000001\",\"state\":\"captured\",\"payment\":"
        "\"P\",\"amount\":5,\"currency\":\"AZN\",\"at\":\"yesterday\"}"};
    char signature[256];
    for (size_t i = 0; i < EI_COUNT(bodies); i++) {
        fx_bank_sign(SECRET, bodies[i], fx_now() / 1000000, "k1", signature, sizeof signature);
        FX_FAILS(EDU_E_INVALID,
                 edu_payment_callback(fx_nobody(), fx_bytes(bodies[i]), signature, error));
    }
}
END_TEST

START_TEST(finance_finds_whom_an_invoice_is_for)
{
    edu_person *found = NULL;
    FX_OK(edu_account_find(finance(), "GRD0001", (edu_date){1985, 1, 1}, &found, error));
    edu_free(found);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_find(finance(), "GRD0001", (edu_date){1985, 1, 2}, &found, error));
    FX_FAILS(EDU_E_DENIED, edu_account_find(fx_session("parent1"), "GRD0001",
                                            (edu_date){1985, 1, 1}, &found, error));
}
END_TEST

/* ---- waivers, cancellations, refunds ---- */

START_TEST(a_waiver_lowers_what_is_due)
{
    edu_id invoice = invoice_of(5000), order = visit(invoice);
    FX_OK(edu_payment_waive(finance(), pupil, invoice, 2000, "A decision", "w", error));
    FX_OK(edu_payment_waive(finance(), pupil, invoice, 2000, "A decision", "w", error));
    expect(invoice, "open", 0, 2000, 0, 0);
    FX_FAILS(EDU_E_STATE, edu_payment_waive(finance(), pupil, invoice, 3001, "More", NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_payment_waive(finance(), pupil, invoice, 0, "None", NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_payment_waive(finance(), pupil, invoice, 1, " ", NULL, error));
    edu_id smaller = visit(invoice);
    ck_assert(ei_id_compare(order, smaller) != 0);
    /* The old page was still open somewhere. */
    callback(captured(order, "P-1", 5000));
    expect(invoice, "settled", 3000, 2000, 0, 2000);
    ck_assert_int_eq(balance("waiver"), 2000);
    FX_FAILS(EDU_E_STATE, edu_payment_waive(finance(), pupil, invoice, 1, "Late", NULL, error));
}
END_TEST

START_TEST(a_waiver_of_all_settles)
{
    edu_id invoice = invoice_of(5000);
    FX_OK(edu_payment_waive(finance(), pupil, invoice, 5000, "All of it", NULL, error));
    expect(invoice, "settled", 0, 5000, 0, 0);
    ck_assert_int_eq(balance("receivable"), 0);
}
END_TEST

START_TEST(money_for_a_cancelled_invoice_goes_back)
{
    edu_id subject = {{1}}, invoice = invoice_for(subject, 5000), order = visit(invoice);
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    edu_id twice;
    input.person_id = pupil;
    input.kind = "tuition";
    input.subject_id = subject;
    input.title = json_pack("{s:s}", "en", "Tuition");
    input.amount = 1;
    input.currency = "AZN";
    FX_FAILS(EDU_E_CONFLICT, edu_payment_invoice(finance(), &input, NULL, &twice, error));
    json_decref(input.title);
    FX_OK(edu_payment_cancel(finance(), pupil, invoice, "The wrong programme", NULL, error));
    expect(invoice, "cancelled", 0, 0, 0, 0);
    ck_assert_int_eq(balance("income"), 0);
    callback(captured(order, "P-1", 5000));
    expect(invoice, "cancelled", 0, 0, 0, 5000);
    FX_FAILS(EDU_E_STATE, edu_payment_cancel(finance(), pupil, invoice, "Again", NULL, error));
    edu_id next = invoice_for(subject, 6000);
    expect(next, "open", 0, 0, 0, 0);
    callback(captured(visit(next), "P-2", 1000));
    ck_assert_int_eq(differences("amount"), 1);
    expect(next, "open", 1000, 0, 0, 0);
    FX_FAILS(EDU_E_STATE, edu_payment_cancel(finance(), pupil, next, "Partly", NULL, error));
}
END_TEST

START_TEST(never_more_goes_back_than_came)
{
    edu_id invoice = invoice_of(5000);
    FX_FAILS(EDU_E_STATE, edu_payment_refund(finance(), pupil, invoice, 1, "x", NULL, error));
    callback(captured(visit(invoice), "P-1", 5000));
    FX_OK(edu_payment_refund(finance(), pupil, invoice, 2000, "Left early", "r", error));
    FX_OK(edu_payment_refund(finance(), pupil, invoice, 2000, "Left early", "r", error));
    expect(invoice, "settled", 5000, 0, 2000, 0);
    FX_FAILS(EDU_E_STATE, edu_payment_refund(finance(), pupil, invoice, 3001, "x", NULL, error));
    (void)settle();
    ck_assert_int_eq(balance("provider"), 3000);
    ck_assert_int_eq(balance("income"), -3000);
    FX_OK(edu_payment_refund(finance(), pupil, invoice, 3000, "The rest", NULL, error));
    FX_FAILS(EDU_E_STATE, edu_payment_refund(finance(), pupil, invoice, 1, "x", NULL, error));
    fx_clock_add(FX_MINUTE);
    (void)settle();
    expect(invoice, "settled", 5000, 0, 5000, 0);
    ck_assert_int_eq(balance("provider"), 0);
    ck_assert_int_eq(bank.sent, 2);
}
END_TEST

START_TEST(a_refund_that_fails_is_seen)
{
    edu_payment_difference_page *page;
    edu_id invoice = invoice_of(5000);
    callback(captured(visit(invoice), "P-1", 5000));
    bank.refuses_refunds = true;
    FX_OK(edu_payment_refund(finance(), pupil, invoice, 5000, "Left", NULL, error));
    (void)settle();
    expect(invoice, "settled", 5000, 0, 0, 0);
    ck_assert_int_eq(balance("income"), -5000);
    FX_OK(edu_payment_differences(finance(), true, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].kind, "refund_failed");
    FX_OK(edu_payment_close_difference(finance(), page->items[0].id, "Paid by hand", NULL, error));
    FX_FAILS(EDU_E_STATE,
             edu_payment_close_difference(finance(), page->items[0].id, "Again", NULL, error));
    edu_free(page);
    ck_assert_int_eq(differences("refund_failed"), 0);
    bank.refuses_refunds = false;
    FX_OK(edu_payment_refund(finance(), pupil, invoice, 5000, "Left", NULL, error));
    fx_clock_add(FX_MINUTE);
    (void)settle();
    expect(invoice, "settled", 5000, 0, 5000, 0);
}
END_TEST

START_TEST(a_silent_bank_gets_the_refund_later_and_once)
{
    edu_id invoice = invoice_of(5000);
    callback(captured(visit(invoice), "P-1", 5000));
    FX_OK(edu_payment_refund(finance(), pupil, invoice, 5000, "Left", NULL, error));
    bank.is_silent = true;
    (void)settle(); /* the bank did it, and its answer was lost */
    ck_assert_int_eq(balance("refunding"), -5000);
    bank.is_silent = false;
    (void)settle();
    ck_assert_int_eq(bank.sent, 1); /* not before its pause */
    callback(json_incref(json_array_get(bank.refunds, 0)));
    fx_clock_add(10 * FX_MINUTE);
    (void)settle();
    ck_assert_int_eq(bank.sent, 1);
    ck_assert_int_eq(balance("provider"), 0);
}
END_TEST

/* ---- comparing ---- */

START_TEST(the_list_brings_what_was_lost_and_shows_what_differs)
{
    edu_payment_reconciliation *out;
    edu_id first = invoice_of(5000), second = invoice_of(6000), third = invoice_of(7000);
    edu_time since = fx_now();
    json_decref(captured(visit(first), "P-1", 5000));
    json_decref(captured(visit(second), "P-2", 5999));
    json_decref(captured((edu_id){{9}}, "P-9", 100));
    callback(payment_fact(visit(third), "P-3", "captured", 7000)); /* the list will not have it */
    json_t *list = all_facts();
    for (int i = 0; i < 2; i++) {
        FX_OK(edu_payment_reconcile(finance(), list, since, fx_now() + 1, &out, error));
        ck_assert_int_eq(out->facts, 3);
        ck_assert_int_eq(out->recovered, i == 0 ? 2 : 0);
        ck_assert_int_eq(out->differences, i == 0 ? 3 : 0);
        edu_free(out);
    }
    expect(first, "settled", 5000, 0, 0, 0);
    expect(second, "open", 5999, 0, 0, 0);
    ck_assert_int_eq(differences("amount"), 1);
    ck_assert_int_eq(differences("unknown_order"), 1);
    ck_assert_int_eq(differences("missing_payment"), 1);
    json_object_set_new(json_array_get(bank.payments, 1), "amount", json_integer(0));
    FX_FAILS(EDU_E_INVALID,
             edu_payment_reconcile(finance(), list, EDU_TIME_NONE, EDU_TIME_NONE, &out, error));
    ck_assert_str_eq(fx_last_error.field, "/payments/1/amount");
    json_decref(list);
}
END_TEST

START_TEST(every_day_is_compared_once)
{
    edu_payment_day_page *page;
    edu_id invoice = invoice_of(5000);
    json_decref(captured(visit(invoice), "P-1", 5000));
    while (settle() > 0)
        ;
    FX_OK(edu_payment_days(fx_operator(), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1); /* yesterday */
    edu_free(page);
    expect(invoice, "open", 0, 0, 0, 0);
    fx_clock_add(3 * DAY);
    while (settle() > 0)
        ;
    FX_OK(edu_payment_days(fx_operator(), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 4);
    ck_assert_int_eq(page->items[2].facts, 1);
    edu_free(page);
    expect(invoice, "settled", 5000, 0, 0, 0);
}
END_TEST

/* ---- who ---- */

START_TEST(only_who_owes_and_finance_see_it)
{
    edu_invoice *one;
    edu_invoice_page *page;
    edu_payment_intent *intent;
    edu_id invoice = invoice_of(5000);
    FX_FAILS(EDU_E_NOT_FOUND, edu_payment_get(fx_session("stranger"), pupil, invoice, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_payment_get(fx_session("clerk"), pupil, invoice, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_payment_pay(fx_session("parent5"), pupil, invoice, NULL, &intent, error));
    FX_FAILS(EDU_E_DENIED, edu_payment_pay(finance(), pupil, invoice, NULL, &intent, error));
    FX_FAILS(EDU_E_DENIED,
             edu_payment_worklist(fx_session("clerk"), "open", NULL, 0, &page, error));
    FX_FAILS(EDU_E_DENIED,
             edu_payment_refund(fx_session("admin"), pupil, invoice, 1, "x", NULL, error));
    FX_OK(edu_payment_worklist(finance(), "open", NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    FX_OK(edu_payment_find(finance(), page->items[0].number, &one, error));
    ck_assert(ei_id_compare(one->id, invoice) == 0);
    edu_free(one);
    FX_FAILS(EDU_E_DENIED,
             edu_payment_find(fx_session("pupil1"), page->items[0].number, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_payment_find(finance(), "nothing", &one, error));
    edu_free(page);
}
END_TEST

/* ---- an application that moves on once nothing is due ---- */

typedef struct waiting {
    edu_id application, invoice;
    const char *action;
} waiting;

static edu_status begin_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    waiting *work = command->context;
    const edu_id subject = {{5}};
    work->application = ei_new_id(command->session);
    ei_application_step step = {.person = pupil,
                                .application = work->application,
                                .action = "submit",
                                .actor_kind = "self"};
    EI_TRY(ei_application_begin(command, tx, "fee", &subject, &step, error));
    json_t *title = json_pack("{s:s}", "en", "Fee");
    ei_invoice_plan plan = {.person = pupil,
                            .kind = "fee",
                            .subject = work->application,
                            .title = title,
                            .currency = "AZN",
                            .amount = 5000,
                            .application = work->application,
                            .action = work->action};
    edu_status status = ei_invoice_make(command, tx, &plan, &work->invoice, error);
    json_decref(title);
    return status;
}

/* "waiting" until the library takes the action "paid". */
static void publish_service(void)
{
    int32_t version;
    json_t *service = json_loads(FEE, 0, NULL);
    ck_assert_ptr_nonnull(service);
    FX_OK(edu_service_publish(fx_operator(), service, NULL, &version, error));
    json_decref(service);
}

static waiting begin(const char *action)
{
    publish_service();
    waiting work = {.action = action};
    ei_command command = {
        .session = fx_session("pupil1"), .name = "test", .run = begin_run, .context = &work};
    FX_OK(ei_command_run(&command, error));
    return work;
}

START_TEST(an_application_moves_on_once_nothing_is_due)
{
    waiting good = begin("paid");
    callback(captured(visit(good.invoice), "P-1", 5000));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application WHERE state = 'paid'"), 1);
    FX_OK(edu_application_check(fx_session("pupil1"), pupil, good.application, error));
    ck_assert_int_eq(differences("action"), 0);
}
END_TEST

START_TEST(money_is_taken_though_its_application_cannot_move)
{
    waiting bad = begin("dance");
    callback(captured(visit(bad.invoice), "P-1", 5000));
    expect(bad.invoice, "settled", 5000, 0, 0, 0);
    ck_assert_int_eq(differences("action"), 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application WHERE state = 'waiting'"), 1);
}
END_TEST

/* ---- what the database itself refuses ---- */

static edu_status break_run(edu_tx *tx, void *context, edu_error *error)
{
    const char *const sql = *(const char *const *)context;
    const edu_statement statement = {"test", {sql, sql}, UINT16_MAX, 0, NULL};
    int64_t changed;
    return ei_sql_run(tx, &statement, NULL, &changed, error);
}

START_TEST(the_database_refuses_what_must_never_be)
{
    static const char *never[] = {
        "UPDATE invoice SET paid = paid + 1",         "UPDATE invoice SET state = 'open'",
        "UPDATE invoice SET refunded = 5001",         "UPDATE invoice SET waived = 1",
        "UPDATE payment_capture SET refunded = 5001", "UPDATE payment_capture SET returned = 1",
        "UPDATE ledger_transfer SET amount = 0",      "UPDATE ledger_transfer SET debit = credit",
        "UPDATE ledger_transfer SET debit = 'pocket'"};
    edu_id invoice = invoice_of(5000);
    callback(captured(visit(invoice), "P-1", 5000));
    for (size_t i = 0; i < EI_COUNT(never); i++)
        ck_assert_msg(ei_store_write(fx_portal()->store, break_run, &never[i], NULL) != EDU_OK,
                      "%s", never[i]);
    fx_run("UPDATE ledger_transfer SET amount = 4999 WHERE kind = 'capture'");
    FX_FAILS(EDU_E_CORRUPT, edu_portal_check(fx_operator(), (edu_progress){0}, error));
    fx_run("UPDATE ledger_transfer SET amount = 5000 WHERE kind = 'capture'");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("payment");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_is_paid_is_taken_once);
    tcase_add_test(tests, the_page_gets_a_signed_order);
    tcase_add_test(tests, what_comes_twice_goes_back);
    tcase_add_test(tests, one_order_paid_twice_is_two_payments);
    tcase_add_test(tests, late_money_pays_what_is_still_owed);
    tcase_add_test(tests, order_of_callbacks_does_not_matter);
    tcase_add_test(tests, a_lost_callback_is_found_by_asking);
    tcase_add_test(tests, many_callbacks_at_once_are_one_payment);
    tcase_add_test(tests, what_is_not_signed_changes_nothing);
    tcase_add_test(tests, a_provider_may_sign_with_ed25519);
    tcase_add_test(tests, a_signed_body_of_another_shape_is_refused);
    tcase_add_test(tests, finance_finds_whom_an_invoice_is_for);
    tcase_add_test(tests, a_waiver_lowers_what_is_due);
    tcase_add_test(tests, a_waiver_of_all_settles);
    tcase_add_test(tests, money_for_a_cancelled_invoice_goes_back);
    tcase_add_test(tests, never_more_goes_back_than_came);
    tcase_add_test(tests, a_refund_that_fails_is_seen);
    tcase_add_test(tests, a_silent_bank_gets_the_refund_later_and_once);
    tcase_add_test(tests, the_list_brings_what_was_lost_and_shows_what_differs);
    tcase_add_test(tests, every_day_is_compared_once);
    tcase_add_test(tests, only_who_owes_and_finance_see_it);
    tcase_add_test(tests, an_application_moves_on_once_nothing_is_due);
    tcase_add_test(tests, money_is_taken_though_its_application_cannot_move);
    tcase_add_test(tests, the_database_refuses_what_must_never_be);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
