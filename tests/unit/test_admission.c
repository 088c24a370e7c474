/* Registration of the admitted: from the list of an examination body to the confirmation, and the
 * ways that end before. The service is the file of the examples. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <string.h>
#include <edu/admission.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/payment.h>
#include <edu/register.h>

static const edu_id none = {{0}};
#define DAY (24 * 60 * FX_MINUTE)
#define FEE 250000
#define HEAD "number,document,birth,institution,programme,level,funding,year,score,status\n"
#define STRANGER "STR0001,,1990-01-01,S1,physics,masters,paid,2026,512.5,\n"
#define PUPIL "PUP0001,,,S1,physics,secondary_specialised,state,2026,,\n"

static edu_id physics, history;

static edu_id offered(const char *code, const char *institution)
{
    edu_id id;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "admission";
    input.code = code;
    input.title = json_pack("{s:s, s:s}", "az", code, "en", code);
    input.institution = institution;
    input.opens = FX_START - DAY;
    input.closes = FX_START + 5 * DAY;
    input.is_published = true;
    FX_OK(edu_offering_put(fx_operator(), &input, NULL, &id, error));
    json_decref(input.title);
    FX_OK(edu_tuition_put(fx_operator(), id, "paid", FEE, NULL, error));
    return id;
}

static edu_import_report brought(const char *rows)
{
    char file[4096];
    edu_import_report *report = NULL, is;
    (void)snprintf(file, sizeof file, HEAD "%s", rows);
    FX_OK(edu_admission_import(fx_operator(), "admission", "exam", fx_bytes(file), NULL, &report,
                               error));
    is = *report;
    edu_free(report);
    return is;
}

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "admission"));
    physics = offered("physics", "S1");
    history = offered("history", "S2");
    fx_portal()->payment_page = ei_strdup("https://bank.example/pay");
    FX_OK(edu_payment_key_add(fx_operator(), "k1", "hmac-sha256",
                              fx_bytes("the bank's secret of the tests, 32+"), NULL, error));
}

/* ---- people ---- */

/* Sign-ins end while the clock goes on. */
static edu_session *signed_in(const char *login)
{
    edu_session *session = NULL;
    FX_OK(edu_session_sign_in(fx_portal(), login, FX_PASSWORD, NULL, "en", &session, error));
    return fx_keep(session);
}

static edu_admission of_person(const char *number)
{
    static edu_admission_page *page;
    edu_free(page);
    FX_OK(edu_admission_list(fx_operator(), fx_person(number), NULL, 0, &page, error));
    return page->items[0];
}

static edu_admission own(const char *login)
{
    static edu_admission_page *page;
    edu_free(page);
    FX_OK(edu_admission_list(signed_in(login), none, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    return page->items[0];
}

static edu_status draft(const char *login, const char *number, edu_id offering,
                        const char *concession, edu_id *out, edu_error *error)
{
    json_t *form = json_pack("{s:s, s:s, s:s, s:b, s:s, s:b}", "phone", "+994 50 123 45 67",
                             "address", "Bakı, Nizami 1", "education_document", "A 123456",
                             "dormitory", 0, "concession", concession, "consent", 1);
    edu_status status = edu_draft_save(signed_in(login), fx_person(number), offering, none, form,
                                       NULL, NULL, out, error);
    json_decref(form);
    return status;
}

static edu_status registers(const char *login, const char *number, edu_id offering,
                            const char *concession, edu_id *out, edu_error *error)
{
    edu_request_receipt *receipt = NULL;
    edu_id made, evidence;
    EI_TRY(draft(login, number, offering, concession, &made, error));
    if (strcmp(concession, "none") != 0)
        EI_TRY(edu_draft_attach(signed_in(login), fx_person(number), made, "evidence", "a.pdf",
                                fx_bytes("%PDF-1.7 evidence"), NULL, &evidence, error));
    EI_TRY(edu_request_submit(signed_in(login), fx_person(number), made, NULL, &receipt, error));
    *out = receipt->id;
    edu_free(receipt);
    return EDU_OK;
}

static edu_id registered(const char *login, const char *number, edu_id offering)
{
    edu_id id;
    FX_OK(registers(login, number, offering, "none", &id, error));
    return id;
}

static void act(const char *login, const char *number, edu_id id, const char *action)
{
    FX_OK(edu_request_act(signed_in(login), fx_person(number), id, action, "səbəb", NULL, NULL,
                          error));
}

static void check(const char *number, const char *progress, const char *state)
{
    edu_request *request = NULL;
    edu_admission is = *(edu_admission[]){of_person(number)};
    ck_assert_str_eq(is.progress, progress);
    FX_OK(edu_request_get(fx_operator(), fx_person(number), is.request_id, &request, error));
    ck_assert_str_eq(request->state, state);
    edu_free(request);
}

static void pay(const char *login, const char *number, edu_id id)
{
    char order[EDU_ID_TEXT], at[32];
    edu_payment_intent *visit = NULL;
    edu_payment_reconciliation *found = NULL;
    edu_tuition *owed = NULL;
    FX_OK(edu_tuition_get(signed_in(login), fx_person(number), id, &owed, error));
    FX_OK(edu_payment_pay(signed_in(login), fx_person(number), owed->invoice_id, NULL, &visit,
                          error));
    edu_id_format(visit->id, order);
    ei_time_format(fx_now(), at);
    json_t *list = json_pack("{s:[{s:s, s:s, s:s, s:I, s:s, s:s}], s:[]}", "payments", "order",
                             order, "payment", order, "state", "captured", "amount",
                             (json_int_t)visit->amount, "currency", "AZN", "at", at, "refunds");
    FX_OK(edu_payment_reconcile(fx_operator(), list, EDU_TIME_NONE, EDU_TIME_NONE, &found, error));
    json_decref(list);
    edu_free(owed);
    edu_free(visit);
    edu_free(found);
}

static void run_clock(void)
{
    int32_t done;
    FX_OK(edu_request_clock(fx_operator(), 0, &done, error));
}

/* ---- the list ---- */

START_TEST(a_list_says_of_each_row_what_is_wrong_with_it)
{
    static const char *const faults[][3] = {
        {"STR0001,,1990-01-02,S1,physics,masters,paid,2026,,", "import.unknown_person", "/number"},
        {"STR0009,,,S1,physics,masters,paid,2026,,", "import.unknown_person", "/number"},
        {"STR0001,,,S9,physics,masters,paid,2026,,", "import.unknown_institution", "/institution"},
        {"STR0001,,,S2,physics,masters,paid,2026,,", "admission.programme", "/programme"},
        {"STR0001,,,S1,law,masters,paid,2026,,", "admission.programme", "/programme"},
        {"STR0001,,,S1,physics,kindergarten,paid,2026,,", "admission.level", "/level"},
        {"STR0001,,,S1,physics,masters,gift,2026,,", "admission.funding", "/funding"},
        {"STR0001,,,S1,physics,masters,paid,26,,", "admission.year", "/year"},
        {"STR0001,,,S1,physics,masters,paid,2026,1.234,", "admission.score", "/score"},
        {"STR0001,,,S1,physics,masters,paid,2026,,gone", "admission.status", "/status"}};
    char file[4096] = HEAD;
    edu_import_fault_page *page = NULL;
    edu_import_report *report = NULL;
    for (size_t i = 0; i < EI_COUNT(faults); i++) {
        strcat(file, faults[i][0]);
        strcat(file, "\n");
    }
    strcat(file, STRANGER STRANGER);
    FX_OK(edu_admission_faults(fx_operator(), "admission", "exam", fx_bytes(file), NULL, 0, &page,
                               error));
    ck_assert_uint_eq(page->count, EI_COUNT(faults) + 1);
    for (size_t i = 0; i < EI_COUNT(faults); i++) {
        ck_assert_int_eq(page->items[i].line, (int64_t)i + 2);
        ck_assert_str_eq(page->items[i].key, faults[i][1]);
        ck_assert_str_eq(page->items[i].field, faults[i][2]);
    }
    ck_assert_str_eq(page->items[EI_COUNT(faults)].key, "import.duplicate");
    edu_free(page);
    FX_FAILS(EDU_E_INVALID, edu_admission_import(fx_operator(), "admission", "exam", fx_bytes(file),
                                                 NULL, &report, error));
    ck_assert_int_eq(fx_last_error.line, 2);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM admission"), 0);
    FX_FAILS(EDU_E_DENIED, edu_admission_import(fx_session("school1"), "admission", "exam",
                                                fx_bytes(HEAD STRANGER), NULL, &report, error));
    fx_publish(edu_service_publish, fx_example("services", "club"));
    FX_FAILS(EDU_E_STATE, edu_admission_import(fx_operator(), "club", "exam",
                                               fx_bytes(HEAD STRANGER), NULL, &report, error));
}
END_TEST

START_TEST(a_list_comes_in_parts_and_again_and_keeps_what_it_said_before)
{
    edu_admission_change_page *versions = NULL;
    edu_register_file_page *files = NULL;
    ck_assert_int_eq(brought(STRANGER).added, 1);
    edu_import_report again = brought(STRANGER PUPIL);
    ck_assert_int_eq(again.added, 1);
    ck_assert_int_eq(again.unchanged, 1);
    ck_assert_int_eq(brought("STR0001,,,S1,physics,masters,paid,2026,600,\n").changed, 1);
    edu_admission is = of_person("STR0001");
    ck_assert_int_eq(is.score, 60000);
    ck_assert_str_eq(is.level_title, "Master's");
    ck_assert_int_eq(is.fee, FEE);
    FX_OK(edu_admission_history(fx_session("school1"), fx_person("STR0001"), is.id, NULL, 0,
                                &versions, error));
    ck_assert_uint_eq(versions->count, 2);
    ck_assert_int_eq(versions->items[0].version, 2);
    ck_assert_str_eq(json_string_value(json_object_get(versions->items[1].data, "score")),
                     "512.50");
    edu_free(versions);
    FX_OK(edu_register_files(fx_operator(), NULL, 0, &files, error));
    ck_assert_uint_eq(files->count, 3);
    ck_assert_str_eq(files->items[0].code, "admission/exam");
    ck_assert_int_eq(files->items[0].changed, 1);
    edu_free(files);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'admitted'"), 2);
    /* Another list does not admit to the same once more. */
    edu_import_report *report = NULL;
    FX_FAILS(EDU_E_INVALID, edu_admission_import(fx_operator(), "admission", "other",
                                                 fx_bytes(HEAD STRANGER), NULL, &report, error));
    ck_assert_str_eq(fx_last_error.key, "admission.twice");
}
END_TEST

/* ---- whose it is ---- */

START_TEST(an_admission_is_found_by_whose_it_is_and_registered_by_nobody_else)
{
    edu_id id;
    edu_admission *one = NULL;
    edu_admission_page *page = NULL;
    brought(STRANGER PUPIL);
    edu_admission is = own("stranger");
    ck_assert_str_eq(is.programme, "physics");
    ck_assert(is.can_register);
    edu_id strangers = is.id;
    FX_OK(edu_admission_get(fx_session("school1"), fx_person("STR0001"), strangers, &one, error));
    edu_free(one);
    FX_FAILS(EDU_E_NOT_FOUND, edu_admission_get(fx_session("school2"), fx_person("STR0001"),
                                                strangers, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_admission_get(fx_session("parent1"), fx_person("STR0001"),
                                                strangers, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_admission_get(fx_session("parent1"), none, strangers, &one, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_admission_list(fx_session("parent1"), fx_person("STR0001"), NULL,
                                                 0, &page, error));
    /* A guardian finds the child's. */
    FX_OK(edu_admission_list(fx_session("parent1"), fx_person("PUP0001"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    /* Neither somebody else's programme, nor another, nor for somebody else. */
    FX_FAILS(EDU_E_NOT_FOUND, draft("parent5", "GRD0005", physics, "none", &id, error));
    FX_FAILS(EDU_E_NOT_FOUND, draft("stranger", "STR0001", history, "none", &id, error));
    FX_FAILS(EDU_E_NOT_FOUND, draft("parent5", "STR0001", physics, "none", &id, error));
    FX_FAILS(EDU_E_NOT_FOUND, draft("clerk", "GRD0005", physics, "none", &id, error));
}
END_TEST

/* ---- the whole way ---- */

START_TEST(who_is_admitted_registers_pays_and_is_confirmed)
{
    edu_id second;
    edu_admission_figure_page *figures = NULL;
    brought(STRANGER PUPIL "GRD0005,,,S2,history,higher,state,2026,,\n");
    edu_id id = registered("stranger", "STR0001", physics);
    check("STR0001", "registered", "payable");
    FX_FAILS(EDU_E_CONFLICT, registers("stranger", "STR0001", physics, "none", &second, error));
    pay("stranger", "STR0001", id);
    check("STR0001", "paid", "paid");
    /* Whom the state pays for has nothing to pay, a guardian registers the child. */
    (void)registered("parent1", "PUP0001", physics);
    check("PUP0001", "paid", "paid");
    FX_FAILS(EDU_E_NOT_FOUND, edu_request_act(fx_session("school2"), fx_person("STR0001"), id,
                                              "confirm", NULL, NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED,
             edu_request_act(fx_session("stranger"), none, id, "confirm", NULL, NULL, NULL, error));
    act("school1", "STR0001", id, "confirm");
    check("STR0001", "confirmed", "confirmed");
    FX_OK(edu_admission_figures(fx_session("clerk"), "admission", 2026, NULL, NULL, 0, &figures,
                                error));
    ck_assert_uint_eq(figures->count, 2);
    ck_assert_int_eq(figures->items[0].admitted, 2);
    ck_assert_int_eq(figures->items[0].registered, 2);
    ck_assert_int_eq(figures->items[0].paid, 2);
    ck_assert_int_eq(figures->items[0].confirmed, 1);
    ck_assert_int_eq(figures->items[1].admitted, 1);
    ck_assert_int_eq(figures->items[1].registered, 0);
    edu_free(figures);
    FX_OK(edu_admission_figures(fx_session("school2"), "admission", 2026, NULL, NULL, 0, &figures,
                                error));
    ck_assert_uint_eq(figures->count, 1);
    ck_assert_str_eq(figures->items[0].code, "history");
    edu_free(figures);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

START_TEST(a_concession_that_is_refused_is_paid_in_full)
{
    edu_id id;
    edu_tuition *owed = NULL;
    brought(STRANGER);
    FX_OK(registers("stranger", "STR0001", physics, "low_income", &id, error));
    check("STR0001", "registered", "concession");
    act("school1", "STR0001", id, "refuse_concession");
    check("STR0001", "registered", "payable");
    FX_OK(edu_tuition_get(fx_operator(), fx_person("STR0001"), id, &owed, error));
    ck_assert_int_eq(owed->amount, FEE);
    ck_assert_int_eq(owed->waived, 0);
    edu_free(owed);
}
END_TEST

START_TEST(what_the_state_of_an_application_counts_as_is_how_far_one_has_come)
{
    brought(STRANGER);
    edu_id id = registered("stranger", "STR0001", physics);
    act("stranger", "STR0001", id, "withdraw");
    check("STR0001", "admitted", "withdrawn");
    /* Who withdrew may come after all. */
    id = registered("stranger", "STR0001", physics);
    /* Nobody paid: taken off, and let in again by the institution. */
    fx_clock_add(11 * DAY);
    run_clock();
    check("STR0001", "admitted", "lapsed");
    act("school1", "STR0001", id, "reopen");
    check("STR0001", "registered", "payable");
    pay("stranger", "STR0001", id);
    act("school1", "STR0001", id, "mark_absent");
    check("STR0001", "absent", "absent");
    act("clerk", "STR0001", id, "reopen");
    check("STR0001", "paid", "paid");
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

/* ---- late ---- */

START_TEST(who_is_late_is_refused_noted_and_given_more_time)
{
    edu_id id;
    int32_t done;
    brought(STRANGER PUPIL);
    edu_id strangers = own("stranger").id, pupils = of_person("PUP0001").id;
    edu_session *of = fx_session("school1");
    FX_FAILS(EDU_E_STATE,
             edu_admission_absent(of, fx_person("STR0001"), strangers, "a", NULL, error));
    ck_assert_str_eq(fx_last_error.key, "admission.in_time");
    fx_clock_set(FX_START + 5 * DAY);
    FX_FAILS(EDU_E_STATE, registers("stranger", "STR0001", physics, "none", &id, error));
    ck_assert_str_eq(fx_last_error.key, "request.closed");
    of = signed_in("school1");
    FX_OK(edu_admission_reopen(of, fx_person("PUP0001"), pupils, fx_now() + 2 * DAY, "Xəstə idi",
                               NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'more_time'"), 1);
    FX_OK(edu_admission_close(of, physics, "Vaxtında gəlməyib", NULL, &done, error));
    ck_assert_int_eq(done, 1);
    FX_OK(edu_admission_close(of, physics, "Vaxtında gəlməyib", NULL, &done, error));
    ck_assert_int_eq(done, 0);
    ck_assert_str_eq(of_person("STR0001").progress, "absent");
    ck_assert(!own("stranger").can_register);
    FX_FAILS(EDU_E_STATE, registers("stranger", "STR0001", physics, "none", &id, error));
    ck_assert_str_eq(fx_last_error.key, "admission.absent");
    (void)registered("parent1", "PUP0001", physics);
    FX_FAILS(EDU_E_STATE, edu_admission_absent(of, fx_person("PUP0001"), pupils, "a", NULL, error));
    ck_assert_str_eq(fx_last_error.key, "admission.came");
    FX_FAILS(EDU_E_INVALID,
             edu_admission_reopen(of, fx_person("STR0001"), strangers, fx_now(), "a", NULL, error));
    FX_OK(edu_admission_reopen(of, fx_person("STR0001"), strangers, fx_now() + DAY, "Yolda idi",
                               NULL, error));
    ck_assert(own("stranger").can_register);
    (void)registered("stranger", "STR0001", physics);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_admission_close(signed_in("school2"), physics, "a", NULL, &done, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_admission_reopen(signed_in("stranger"), fx_person("STR0001"),
                                                   strangers, fx_now() + DAY, "a", NULL, error));
}
END_TEST

/* ---- what the examination body takes back ---- */

START_TEST(who_is_withdrawn_from_the_list_registers_no_more)
{
    edu_id id, again;
    brought(STRANGER);
    id = registered("stranger", "STR0001", physics);
    ck_assert_int_eq(brought("STR0001,,,S1,physics,masters,paid,2026,512.5,withdrawn\n").changed,
                     1);
    check("STR0001", "withdrawn", "annulled");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM invoice WHERE state = 'cancelled'"), 1);
    FX_FAILS(EDU_E_NOT_FOUND, draft("stranger", "STR0001", physics, "none", &again, error));
    FX_FAILS(EDU_E_STATE, edu_admission_absent(fx_session("school1"), fx_person("STR0001"),
                                               own("stranger").id, "a", NULL, error));
    ck_assert_int_eq(brought(STRANGER).changed, 1);
    ck_assert_str_eq(of_person("STR0001").progress, "admitted");
    again = registered("stranger", "STR0001", physics);
    ck_assert(ei_id_compare(id, again) != 0);
    check("STR0001", "registered", "payable");
}
END_TEST

START_TEST(another_programme_or_funding_begins_anew)
{
    brought(STRANGER);
    edu_id id = registered("stranger", "STR0001", physics);
    pay("stranger", "STR0001", id);
    act("school1", "STR0001", id, "confirm");
    brought("STR0001,,,S1,physics,masters,state,2026,512.5,\n");
    check("STR0001", "admitted", "annulled");
    id = registered("stranger", "STR0001", physics);
    check("STR0001", "paid", "paid");
    brought("STR0001,,,S2,history,masters,state,2026,512.5,\n");
    edu_admission is = own("stranger");
    ck_assert_str_eq(is.code, "history");
    ck_assert_str_eq(is.institution, "S2");
    ck_assert_str_eq(is.progress, "admitted");
    (void)registered("stranger", "STR0001", history);
    check("STR0001", "paid", "paid");
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

/* ---- worklists ---- */

static size_t listed(edu_session *session, edu_admission_filter filter, const char *first)
{
    edu_admission_page *page = NULL;
    filter.service = "admission";
    FX_OK(edu_admission_worklist(session, &filter, NULL, 0, &page, error));
    size_t count = page->count;
    if (first)
        ck_assert_str_eq(page->items[0].code, first);
    edu_free(page);
    return count;
}

START_TEST(a_worklist_is_paged_by_name_within_its_scope)
{
    edu_admission_page *page = NULL, *next = NULL;
    edu_admission_filter filter = EDU_ADMISSION_FILTER_INIT;
    brought(STRANGER PUPIL "PUP0002,,,S1,physics,higher,state,2026,,\n"
                           "GRD0005,,,S2,history,higher,state,2026,,\n"
                           ",X-1000001,2014-02-01,S2,history,higher,state,2025,,\n");
    (void)registered("stranger", "STR0001", physics);
    edu_session *of = fx_session("school1");
    filter.year = 2026;
    filter.institution = "S1";
    ck_assert_uint_eq(listed(of, filter, "physics"), 3);
    filter.progress = "admitted";
    ck_assert_uint_eq(listed(of, filter, NULL), 2);
    filter.progress = "registered";
    ck_assert_uint_eq(listed(of, filter, NULL), 1);
    filter.institution = "S2";
    ck_assert_uint_eq(listed(of, filter, NULL), 0);
    filter.progress = NULL;
    ck_assert_uint_eq(listed(of, filter, NULL), 0);
    ck_assert_uint_eq(listed(fx_session("clerk"), filter, "history"), 1);
    filter.institution = NULL;
    ck_assert_uint_eq(listed(fx_session("clerk"), filter, NULL), 4);
    filter.progress = "admitted";
    ck_assert_uint_eq(listed(fx_session("clerk"), filter, NULL), 3);
    filter.service = "admission";
    FX_FAILS(EDU_E_DENIED, edu_admission_worklist(of, &filter, NULL, 0, &page, error));
    FX_FAILS(EDU_E_DENIED,
             edu_admission_worklist(fx_session("stranger"), &filter, NULL, 0, &page, error));
    filter.offering_id = physics;
    ck_assert_uint_eq(listed(of, filter, NULL), 2);
    ck_assert_uint_eq(listed(fx_session("school2"), filter, NULL), 0);
    filter.progress = NULL;
    FX_OK(edu_admission_worklist(of, &filter, NULL, 2, &page, error));
    ck_assert_uint_eq(page->count, 2);
    FX_OK(edu_admission_worklist(of, &filter, page->next, 2, &next, error));
    ck_assert_uint_eq(next->count, 1);
    ck_assert(next->next == NULL);
    edu_free(page);
    edu_free(next);
}
END_TEST

START_TEST(a_definition_that_leaves_the_admitted_nowhere_is_refused)
{
    json_t *json = fx_example("services", "admission");
    json_object_del(json, "tuition");
    json_object_del(json_object_get(json_object_get(json, "states"), "submitted"), "assesses");
    json_object_del(json_object_get(json_object_get(json, "actions"), "accept_concession"),
                    "concession");
    json_object_del(json_object_get(json_object_get(json, "actions"), "refuse_concession"),
                    "concession");
    fx_definition_refused(json, "/tuition");
    json = fx_example("services", "admission");
    json_object_set_new(json_object_get(json_object_get(json, "request"), "admission"), "ended",
                        json_string("bill"));
    fx_definition_refused(json, "/request/admission/ended");
    json = fx_example("services", "admission");
    json_object_del(json_object_get(json, "request"), "admission");
    fx_definition_refused(json, "/states/concession");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admission");
    TCase *tcase = tcase_create("admission");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, fx_teardown);
    tcase_add_test(tcase, a_list_says_of_each_row_what_is_wrong_with_it);
    tcase_add_test(tcase, a_list_comes_in_parts_and_again_and_keeps_what_it_said_before);
    tcase_add_test(tcase, an_admission_is_found_by_whose_it_is_and_registered_by_nobody_else);
    tcase_add_test(tcase, who_is_admitted_registers_pays_and_is_confirmed);
    tcase_add_test(tcase, a_concession_that_is_refused_is_paid_in_full);
    tcase_add_test(tcase, what_the_state_of_an_application_counts_as_is_how_far_one_has_come);
    tcase_add_test(tcase, who_is_late_is_refused_noted_and_given_more_time);
    tcase_add_test(tcase, who_is_withdrawn_from_the_list_registers_no_more);
    tcase_add_test(tcase, another_programme_or_funding_begins_anew);
    tcase_add_test(tcase, a_worklist_is_paged_by_name_within_its_scope);
    tcase_add_test(tcase, a_definition_that_leaves_the_admitted_nowhere_is_refused);
    suite_add_tcase(suite, tcase);
    return tap_run(suite);
}
