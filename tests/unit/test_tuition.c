/* Tuition: fees as data, concessions claimed and decided on, and the invoice that follows. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/payment.h>
#include <edu/tuition.h>

static const edu_id none = {{0}};
#define DAY (24 * 60 * FX_MINUTE)
#define FEE 250001 /* half of it has half a unit */

static edu_id programme;

/* The admission, of which everybody says in the form who pays. */
static json_t *definition(void)
{
    json_t *json = fx_example("services", "admission"), *request = json_object_get(json, "request"),
           *hints = json_object_get(request, "hints");
    const char *name;
    json_t *state;
    json_object_del(request, "admission");
    json_object_foreach(json_object_get(json, "states"), name, state)
        json_object_del(state, "counts_as");
    json_object_set_new(json_object_get(json, "tuition"), "funding", json_string("/funding"));
    json_object_set_new(json_object_get(json_object_get(request, "form"), "properties"), "funding",
                        json_pack("{s:[s,s,s]}", "enum", "state", "paid", "other"));
    json_object_set_new(
        json_object_get(hints, "fields"), "/funding",
        json_loads("{\"title\":{\"az\":\"a\",\"en\":\"b\",\"ru\":\"c\"},\"choices\""
                   ":{\"state\":{\"az\":\"a\",\"en\":\"b\",\"ru\":\"c\"},\"paid\":"
                   "{\"az\":\"a\",\"en\":\"b\",\"ru\":\"c\"},\"other\":{\"az\":\"a\""
                   ",\"en\":\"b\",\"ru\":\"c\"}}}",
                   0, NULL));
    json_array_append_new(
        json_object_get(json_array_get(json_object_get(hints, "sections"), 1), "fields"),
        json_string("/funding"));
    return json;
}

static edu_id offered(const char *login, const char *code, const char *institution)
{
    edu_id id;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "admission";
    input.code = code;
    input.title = json_pack("{s:s, s:s}", "az", "Fizika", "en", "Physics");
    input.institution = institution;
    input.opens = FX_START - DAY;
    input.closes = FX_START + 30 * DAY;
    input.is_published = true;
    FX_OK(edu_offering_put(fx_session(login), &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, definition());
    programme = offered("school1", "physics", "S1");
    FX_OK(edu_tuition_put(fx_session("school1"), programme, "paid", FEE, NULL, error));
    fx_portal()->payment_page = ei_strdup("https://bank.example/pay");
    FX_OK(edu_payment_key_add(fx_operator(), "k1", "hmac-sha256",
                              fx_bytes("the bank's secret of the tests, 32+"), NULL, error));
}

static edu_id drafted(const char *funding, const char *concession)
{
    edu_id draft;
    json_t *form =
        json_pack("{s:s, s:s, s:s, s:b, s:s, s:b, s:s}", "phone", "+994 50 123 45 67", "address",
                  "Bakı, Nizami 1", "education_document", "A 123456", "dormitory", 0, "concession",
                  concession, "consent", 1, "funding", funding);
    FX_OK(edu_draft_save(fx_session("stranger"), none, programme, none, form, NULL, NULL, &draft,
                         error));
    json_decref(form);
    return draft;
}

static void give_evidence(edu_id draft)
{
    edu_id id;
    FX_OK(edu_draft_attach(fx_session("stranger"), none, draft, "evidence", "arayış.pdf",
                           fx_bytes("%PDF-1.7 evidence"), NULL, &id, error));
}

static edu_id applied(const char *funding, const char *concession, const char *state)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft = drafted(funding, concession);
    if (strcmp(concession, "none") != 0)
        give_evidence(draft);
    FX_OK(edu_request_submit(fx_session("stranger"), none, draft, NULL, &receipt, error));
    ck_assert_str_eq(receipt->state, state);
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

static edu_id person(void)
{
    return fx_person("STR0001");
}

static void act(const char *login, edu_id id, const char *action, const char *reason)
{
    FX_OK(edu_request_act(fx_session(login), person(), id, action, reason, NULL, NULL, error));
}

static void check_state(edu_id id, const char *state)
{
    edu_request *one = NULL;
    FX_OK(edu_request_get(fx_operator(), person(), id, &one, error));
    ck_assert_str_eq(one->state, state);
    edu_free(one);
}

static edu_tuition tuition_of(edu_session *session, edu_id id)
{
    static edu_tuition *kept;
    edu_free(kept);
    FX_OK(edu_tuition_get(session, person(), id, &kept, error));
    return *kept;
}

static void check_tuition(edu_id id, const char *decision, int64_t amount, int64_t waived,
                          int64_t paid)
{
    edu_tuition is = tuition_of(fx_operator(), id);
    if (decision)
        ck_assert_str_eq(is.decision, decision);
    else
        ck_assert(is.decision == NULL);
    ck_assert_int_eq(is.amount, amount);
    ck_assert_int_eq(is.waived, waived);
    ck_assert_int_eq(is.paid, paid);
    ck_assert_str_eq(is.currency, "AZN");
}

static void pay(edu_id id)
{
    char order[EDU_ID_TEXT], at[32];
    edu_payment_intent *visit = NULL;
    edu_payment_reconciliation *found = NULL;
    FX_OK(edu_payment_pay(fx_session("stranger"), none,
                          tuition_of(fx_session("stranger"), id).invoice_id, NULL, &visit, error));
    edu_id_format(visit->id, order);
    ei_time_format(fx_now(), at);
    json_t *list = json_pack("{s:[{s:s, s:s, s:s, s:I, s:s, s:s}], s:[]}", "payments", "order",
                             order, "payment", order, "state", "captured", "amount",
                             (json_int_t)visit->amount, "currency", "AZN", "at", at, "refunds");
    FX_OK(edu_payment_reconcile(fx_operator(), list, EDU_TIME_NONE, EDU_TIME_NONE, &found, error));
    json_decref(list);
    edu_free(visit);
    edu_free(found);
}

static void check_ledger(void)
{
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM payment_difference"), 0);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}

START_TEST(whoever_pays_gets_an_invoice_at_once_and_goes_on_when_it_is_paid)
{
    edu_id id = applied("paid", "none", "payable");
    check_tuition(id, NULL, FEE, 0, 0);
    edu_tuition is = tuition_of(fx_session("stranger"), id);
    ck_assert_str_eq(is.funding_title, "Paid by the student");
    ck_assert(is.due.year == 2026 && is.due.month == 10 && is.due.day == 1);
    edu_invoice *invoice = NULL;
    FX_OK(edu_payment_get(fx_session("stranger"), none, is.invoice_id, &invoice, error));
    ck_assert_str_eq(invoice->title, "Tuition fee: Physics");
    edu_free(invoice);
    pay(id);
    check_state(id, "paid");
    check_tuition(id, NULL, FEE, 0, FEE);
    act("school1", id, "confirm", NULL);
    check_state(id, "confirmed");
    check_ledger();
}
END_TEST

START_TEST(whom_the_state_pays_for_has_no_invoice)
{
    edu_id id = applied("state", "none", "paid");
    check_tuition(id, NULL, 0, 0, 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM invoice"), 0);
    check_ledger();
}
END_TEST

START_TEST(a_concession_waives_its_share_once_it_is_accepted)
{
    edu_id id = applied("paid", "low_income", "concession");
    check_tuition(id, "waiting", 0, 0, 0);
    FX_FAILS(EDU_E_INVALID, edu_request_act(fx_session("school1"), person(), id,
                                            "accept_concession", NULL, NULL, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_act(fx_session("school2"), person(), id,
                                              "accept_concession", "a", NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_request_act(fx_session("stranger"), none, id, "accept_concession",
                                           "a", NULL, NULL, error));
    act("school1", id, "accept_concession", "Sənəd düzgündür");
    check_state(id, "payable");
    check_tuition(id, "accepted", FEE, 125001, 0);
    pay(id);
    check_state(id, "paid");
    check_tuition(id, "accepted", FEE, 125001, 125000);
    check_ledger();
}
END_TEST

START_TEST(a_concession_of_all_leaves_nothing_to_pay)
{
    edu_id id = applied("paid", "orphan", "concession");
    act("school1", id, "accept_concession", "Sənəd düzgündür");
    check_state(id, "paid");
    check_tuition(id, "accepted", FEE, FEE, 0);
    edu_tuition *hidden = NULL;
    ck_assert_int_eq(tuition_of(fx_session("school1"), id).waiver_percent, 100);
    FX_FAILS(EDU_E_NOT_FOUND, edu_tuition_get(fx_session("school2"), person(), id, &hidden, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_tuition_get(fx_session("parent1"), person(), id, &hidden, error));
    check_ledger();
}
END_TEST

START_TEST(a_concession_that_is_refused_waives_nothing)
{
    edu_id id = applied("paid", "low_income", "concession");
    act("school1", id, "refuse_concession", "Sənədin vaxtı keçib");
    check_state(id, "payable");
    check_tuition(id, "refused", FEE, 0, 0);
    pay(id);
    check_state(id, "paid");
    check_ledger();
}
END_TEST

START_TEST(a_claim_needs_a_category_that_there_is_and_evidence)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft = drafted("paid", "orphan");
    FX_FAILS(EDU_E_INVALID,
             edu_request_submit(fx_session("stranger"), none, draft, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "tuition.evidence");
    ck_assert_str_eq(fx_last_error.field, "/documents/evidence");
    draft = drafted("other", "none");
    FX_FAILS(EDU_E_INVALID,
             edu_request_submit(fx_session("stranger"), none, draft, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "tuition.funding");
}
END_TEST

START_TEST(who_does_not_pay_in_time_is_taken_off_and_may_be_let_in_again)
{
    int32_t done;
    edu_id id = applied("paid", "low_income", "concession");
    act("school1", id, "accept_concession", "Sənəd düzgündür");
    edu_id first = tuition_of(fx_session("stranger"), id).invoice_id;
    fx_clock_add(9 * DAY);
    FX_OK(edu_request_clock(fx_operator(), 0, &done, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'pay_soon'"), 1);
    fx_clock_add(2 * DAY);
    FX_OK(edu_request_clock(fx_operator(), 0, &done, error));
    check_state(id, "lapsed");
    edu_invoice *invoice = NULL;
    FX_OK(edu_payment_get(fx_operator(), person(), first, &invoice, error));
    ck_assert_str_eq(invoice->state, "cancelled");
    edu_free(invoice);
    check_tuition(id, "accepted", 0, 0, 0);
    FX_OK(edu_request_act(fx_session("clerk"), person(), id, "reopen", "Xəstə olub", NULL, NULL,
                          error));
    check_tuition(id, "accepted", FEE, 125001, 0);
    FX_FAILS(EDU_E_DENIED,
             edu_request_act(fx_session("clerk"), person(), id, "pay", NULL, NULL, NULL, error));
}
END_TEST

START_TEST(what_is_submitted_anew_is_decided_and_assessed_anew)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft, id = applied("paid", "orphan", "concession");
    json_t *corrections =
        json_pack("[{s:s, s:s}]", "field", "/concession", "text", "Sənəd başqadır");
    FX_OK(edu_request_act(fx_session("school1"), person(), id, "return", NULL, corrections, NULL,
                          error));
    json_decref(corrections);
    json_t *form = json_pack("{s:s, s:s, s:s, s:b, s:s, s:b, s:s}", "phone", "+994 50 123 45 67",
                             "address", "Bakı, Nizami 1", "education_document", "A 123456",
                             "dormitory", 0, "concession", "none", "consent", 1, "funding", "paid");
    FX_OK(edu_draft_save(fx_session("stranger"), none, programme, id, form, NULL, NULL, &draft,
                         error));
    json_decref(form);
    FX_OK(edu_request_submit(fx_session("stranger"), none, draft, NULL, &receipt, error));
    edu_free(receipt);
    check_state(id, "payable");
    check_tuition(id, NULL, FEE, 0, 0);
    act("stranger", id, "withdraw", NULL);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM invoice WHERE state = 'cancelled'"), 1);
}
END_TEST

START_TEST(a_fee_is_kept_by_whoever_keeps_the_offering)
{
    edu_tuition_fee_page *page = NULL;
    edu_session *of = fx_session("school1");
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_tuition_put(fx_session("school2"), programme, "paid", 1, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_tuition_put(fx_session("stranger"), programme, "paid", 1, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_tuition_put(of, programme, "gift", 1, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_tuition_put(of, programme, "state", 1, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_tuition_put(of, programme, "paid", -1, NULL, error));
    FX_OK(edu_tuition_put(of, programme, "paid", 300000, NULL, error));
    FX_OK(edu_tuition_fees(fx_nobody(), programme, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].funding, "paid");
    ck_assert_int_eq(page->items[0].amount, 300000);
    edu_free(page);
    /* Nobody is admitted for what nobody has priced. */
    programme = offered("school2", "history", "S2");
    edu_request_receipt *receipt = NULL;
    edu_id draft = drafted("paid", "none");
    FX_FAILS(EDU_E_STATE,
             edu_request_submit(fx_session("stranger"), none, draft, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "tuition.no_fee");
}
END_TEST

START_TEST(fees_come_as_a_file_row_by_row)
{
    static const char file[] = "programme,funding,amount\nphysics,paid,260000\nlaw,paid,100\n"
                               "physics,gift,5\nphysics,paid,x\n";
    edu_import_report *report = NULL;
    edu_import_fault_page *faults = NULL;
    edu_session *of = fx_session("school1");
    FX_OK(edu_tuition_faults(of, "admission", fx_bytes(file), NULL, 0, &faults, error));
    ck_assert_uint_eq(faults->count, 3);
    ck_assert_int_eq(faults->items[0].line, 3);
    ck_assert_str_eq(faults->items[0].key, "tuition.programme");
    ck_assert_int_eq(faults->items[1].line, 4);
    ck_assert_str_eq(faults->items[1].key, "tuition.funding");
    ck_assert_str_eq(faults->items[2].key, "tuition.amount");
    edu_free(faults);
    FX_FAILS(EDU_E_INVALID,
             edu_tuition_import(of, "admission", fx_bytes(file), NULL, &report, error));
    ck_assert_int_eq(fx_last_error.line, 3);
    static const char good[] = "programme,funding,amount\nphysics,paid,260000\n";
    FX_OK(edu_tuition_import(of, "admission", fx_bytes(good), NULL, &report, error));
    ck_assert_int_eq(report->changed, 1);
    edu_free(report);
    FX_OK(edu_tuition_import(of, "admission", fx_bytes(good), NULL, &report, error));
    ck_assert_int_eq(report->unchanged, 1);
    edu_free(report);
    FX_FAILS(EDU_E_INVALID, edu_tuition_import(fx_session("school2"), "admission", fx_bytes(good),
                                               NULL, &report, error));
    FX_FAILS(EDU_E_DENIED, edu_tuition_import(fx_session("stranger"), "admission", fx_bytes(good),
                                              NULL, &report, error));
}
END_TEST

START_TEST(a_definition_whose_money_leads_nowhere_is_refused)
{
    json_t *json = definition();
    json_object_set_new(json_object_get(json, "tuition"), "paid", json_string("confirm"));
    fx_definition_refused(json, "/tuition/paid");
    json = definition();
    json_object_set_new(json_object_get(json, "tuition"), "due", json_string("lapse"));
    fx_definition_refused(json, "/tuition/due");
    json = definition();
    json_object_del(json_object_get(json_object_get(json, "actions"), "refuse_concession"),
                    "concession");
    fx_definition_refused(json, "/tuition/claimed");
    json = definition();
    json_object_del(json_object_get(json_object_get(json, "states"), "submitted"), "assesses");
    fx_definition_refused(json, "/tuition");
    json = definition();
    json_object_set_new(json_object_get(json, "tuition"), "evidence", json_string("photo"));
    fx_definition_refused(json, "/tuition/evidence");
    json = definition();
    json_object_set_new(json_object_get(json, "tuition"), "currency", json_string("manat"));
    fx_definition_refused(json, "/tuition/currency");
    json = definition();
    json_object_set_new(
        json_object_get(json_object_get(json_object_get(json, "tuition"), "concessions"), "orphan"),
        "waiver_percent", json_integer(101));
    fx_definition_refused(json, "/tuition/concessions/orphan/waiver_percent");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tuition");
    TCase *tcase = tcase_create("tuition");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, fx_teardown);
    tcase_add_test(tcase, whoever_pays_gets_an_invoice_at_once_and_goes_on_when_it_is_paid);
    tcase_add_test(tcase, whom_the_state_pays_for_has_no_invoice);
    tcase_add_test(tcase, a_concession_waives_its_share_once_it_is_accepted);
    tcase_add_test(tcase, a_concession_of_all_leaves_nothing_to_pay);
    tcase_add_test(tcase, a_concession_that_is_refused_waives_nothing);
    tcase_add_test(tcase, a_claim_needs_a_category_that_there_is_and_evidence);
    tcase_add_test(tcase, who_does_not_pay_in_time_is_taken_off_and_may_be_let_in_again);
    tcase_add_test(tcase, what_is_submitted_anew_is_decided_and_assessed_anew);
    tcase_add_test(tcase, a_fee_is_kept_by_whoever_keeps_the_offering);
    tcase_add_test(tcase, fees_come_as_a_file_row_by_row);
    tcase_add_test(tcase, a_definition_whose_money_leads_nowhere_is_refused);
    suite_add_tcase(suite, tcase);
    return tap_run(suite);
}
