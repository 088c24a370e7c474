/* Documents that a vacancy asks for besides its service: added, made stricter, of several at once,
 * and changed when somebody has applied already. */
#include "fixture.h"
#include "../tap.h"

#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/offering.h>
#include <edu/request.h>

#define DAY (24 * 60 * FX_MINUTE)
#define PDF "%PDF-1.7 and what is in it"
#define PNG "\x89PNG\r\n\x1a\n and what is in it"
#define JPEG "\xff\xd8\xff\xe0 and what is in it"
#define TITLE "\"title\":{\"az\":\"Ad\",\"en\":\"Name\",\"ru\":\"Имя\"}"
#define KIND(code, rest) "{\"code\":\"" code "\"," TITLE "," rest "}"
#define PDF_ONLY "\"types\":[\"application/pdf\"]"
#define JPEG_ONLY "\"types\":[\"image/jpeg\"]"

static const edu_id none = {{0}};
static edu_session *clerk, *applicant;
static edu_id competition, welder, cook;

/* ---- offerings ---- */

static edu_status put(const char *code, const char *round, const char *documents, edu_id *id,
                      edu_error *error)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "recruitment";
    input.code = code;
    input.round = round;
    input.title = json_pack("{s:s, s:s}", "az", code, "en", code);
    input.opens = FX_START - DAY;
    input.closes = FX_START + 30 * DAY;
    input.is_published = true;
    input.by_round = true;
    input.places = 1;
    input.documents = documents ? json_loads(documents, 0, NULL) : NULL;
    ck_assert(!documents || input.documents);
    edu_status status = edu_offering_put(clerk, &input, NULL, id, error);
    json_decref(input.title);
    json_decref(input.documents);
    return status;
}

static edu_id offered(const char *code, const char *round, const char *documents)
{
    edu_id id;
    FX_OK(put(code, round, documents, &id, error));
    return id;
}

static void setup(void)
{
    fx_setup();
    clerk = fx_session("clerk");
    applicant = fx_session("parent1");
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "recruitment"));
    competition = offered("autumn", NULL, NULL);
    welder = offered("welder", "autumn", NULL);
    cook = offered("cook", "autumn", NULL);
}

/* ---- applying ---- */

static edu_id drafted(edu_id application, edu_id first, edu_id second)
{
    const edu_id chosen[] = {first, second};
    json_t *choices = json_array(),
           *form = json_pack("{s:s, s:s, s:s, s:i, s:s, s:b}", "phone", "+994 50 123 45 67",
                             "education", "master", "speciality", "Welding", "years_of_work", 3,
                             "exam_region", "BA", "step_free", 0);
    edu_id draft;
    for (size_t i = 0; i < 2; i++) {
        char id[EDU_ID_TEXT];
        edu_id_format(chosen[i], id);
        if (memcmp(&chosen[i], &none, sizeof none) != 0)
            json_array_append_new(choices, json_string(id));
    }
    FX_OK(edu_draft_save(applicant, none, competition, application, form, choices, NULL, &draft,
                         error));
    json_decref(form);
    json_decref(choices);
    return draft;
}

static edu_id attached(edu_id draft, const char *kind, const char *content)
{
    edu_id id;
    FX_OK(edu_draft_attach(applicant, none, draft, kind, "paper", fx_bytes(content), NULL, &id,
                           error));
    return id;
}

static void not_taken(edu_id draft, const char *kind, const char *content, const char *key)
{
    edu_id id;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_ne(edu_draft_attach(applicant, none, draft, kind, "paper", fx_bytes(content),
                                      NULL, &id, &error),
                     EDU_OK);
    ck_assert_str_eq(error.key, key);
}

/* A fault at a document, with the vacancies that object, in order; "" for none. */
static void lacks(edu_id draft, const char *field, const char *key, const char *askers)
{
    edu_draft_report *report = NULL;
    char named[200] = "";
    size_t at;
    json_t *fault, *found = NULL, *title;
    FX_OK(edu_draft_check(applicant, none, draft, &report, error));
    json_array_foreach(report->faults, at,
                       fault) if (strcmp(json_string_value(json_object_get(fault, "field")),
                                         field) == 0) found = fault;
    ck_assert_msg(found != NULL, "%s lacks nothing", field);
    ck_assert_str_eq(json_string_value(json_object_get(found, "key")), key);
    json_array_foreach(json_object_get(json_object_get(found, "parameters"), "offerings"), at,
                       title)
    {
        strcat(named, at ? ", " : "");
        strcat(named, json_string_value(title));
    }
    ck_assert_str_eq(named, askers);
    ck_assert(!*askers || strstr(json_string_value(json_object_get(found, "message")), askers));
    edu_free(report);
}

static edu_id submitted(edu_id draft)
{
    edu_request_receipt *receipt = NULL;
    FX_OK(edu_request_submit(applicant, none, draft, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

/* Codes of what is asked for, in order. */
static void asks(const json_t *asked, const char *codes)
{
    char found[200] = "";
    size_t at;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)asked, at, one)
    {
        strcat(found, at ? "," : "");
        strcat(found, json_string_value(json_object_get(one, "code")));
    }
    ck_assert_str_eq(found, codes);
}

static void draft_asks(edu_id draft, const char *codes)
{
    edu_draft *out = NULL;
    FX_OK(edu_draft_get(applicant, none, draft, &out, error));
    asks(out->asked, codes);
    edu_free(out);
}

static void request_asks(edu_id id, const char *codes)
{
    edu_request *out = NULL;
    FX_OK(edu_request_get(applicant, none, id, &out, error));
    asks(out->asked, codes);
    edu_free(out);
}

static void give_back(edu_id id)
{
    json_t *corrections = json_pack("[{s:s, s:s}]", "field", "/phone", "text", "Which country?");
    FX_OK(
        edu_request_act(clerk, fx_person("GRD0001"), id, "return", NULL, corrections, NULL, error));
    json_decref(corrections);
}

/* ---- tests ---- */

START_TEST(what_a_vacancy_asks_for_is_judged_when_it_is_kept)
{
    static const char *const wrong[][2] = {
        {"{}", "/documents"},
        {"[" KIND("a b", PDF_ONLY) "]", "/documents/0/code"},
        {"[" KIND("a", PDF_ONLY) "," KIND("a", PDF_ONLY) "]", "/documents/1/code"},
        {"[" KIND("a", "\"types\":[\"text/plain\"]") "]", "/documents/0/types/0"},
        {"[" KIND("a", PDF_ONLY ",\"least\":3,\"most\":2") "]", "/documents/0/least"},
        {"[{\"code\":\"a\",\"title\":{\"az\":\"Ad\"}," PDF_ONLY "}]", "/documents/0/title/en"},
        /* The service takes at most three. */
        {"[" KIND("diploma", PDF_ONLY ",\"least\":4,\"most\":4") "]", "/documents/0"},
    };
    edu_offering *out = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        edu_error error = EDU_ERROR_INIT;
        edu_id id;
        ck_assert_int_eq(put("welder", "autumn", wrong[i][0], &id, &error), EDU_E_INVALID);
        ck_assert_str_eq(error.key, "offering.documents");
        ck_assert_str_eq(error.field, wrong[i][1]);
    }
    FX_OK(edu_offering_get(clerk, welder, &out, error));
    ck_assert_uint_eq(json_array_size(out->documents), 0);
    edu_free(out);
}
END_TEST

START_TEST(who_looks_at_a_vacancy_sees_what_is_to_be_brought)
{
    edu_offering *out = NULL;
    edu_offering_page *page = NULL;
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    (void)offered(
        "welder", "autumn",
        "[" KIND("diploma", PDF_ONLY ",\"bytes_max\":1000") "," KIND("licence", PDF_ONLY) "]");
    FX_OK(edu_offering_get(applicant, welder, &out, error));
    asks(out->asked, "diploma,other,licence");
    const json_t *diploma = json_array_get(out->asked, 0);
    ck_assert_int_eq(json_integer_value(json_object_get(diploma, "bytes_max")), 1000);
    ck_assert_uint_eq(json_array_size(json_object_get(diploma, "types")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(diploma, "most")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(diploma, "title")), "Name");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(diploma, "offerings"), 0)),
                     "welder");
    asks(out->documents, "diploma,licence");
    edu_free(out);
    filter.service = "recruitment";
    filter.round_id = competition;
    FX_OK(edu_offering_list(clerk, &filter, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 2);
    ck_assert_ptr_null(page->items[0].asked);
    ck_assert_ptr_null(page->items[0].documents);
    edu_free(page);
}
END_TEST

START_TEST(whatever_a_chosen_vacancy_asks_for_is_to_be_brought)
{
    edu_request_receipt *receipt = NULL;
    (void)offered(
        "welder", "autumn",
        "[" KIND("diploma", PDF_ONLY ",\"bytes_max\":100") "," KIND("licence", PDF_ONLY) "]");
    edu_id draft = drafted(none, cook, none);
    edu_id picture = attached(draft, "diploma", PNG);
    not_taken(draft, "licence", PDF, "request.document_kind");
    draft_asks(draft, "diploma,other");
    /* Another choice asks for more, and for less of what is there. */
    draft = drafted(none, cook, welder);
    draft_asks(draft, "diploma,other,licence");
    lacks(draft, "/documents/licence", "request.document_missing", "welder");
    lacks(draft, "/documents/diploma", "request.document_type", "welder");
    not_taken(draft, "licence", PNG, "request.document_type");
    not_taken(draft, "diploma", PNG, "request.document_type");
    FX_FAILS(EDU_E_INVALID, edu_request_submit(applicant, none, draft, NULL, &receipt, error));
    ck_assert_ptr_nonnull(strstr(fx_last_error.message, "welder"));
    FX_OK(edu_draft_detach(applicant, none, draft, picture, NULL, error));
    /* The service itself asks for one. */
    lacks(draft, "/documents/diploma", "request.document_missing", "");
    (void)attached(draft, "diploma", PDF);
    (void)attached(draft, "licence", PDF);
    request_asks(submitted(draft), "diploma,other,licence");
}
END_TEST

START_TEST(what_is_no_longer_asked_for_is_to_be_taken_out)
{
    (void)offered("welder", "autumn", "[" KIND("licence", PDF_ONLY) "]");
    edu_id draft = drafted(none, welder, none);
    (void)attached(draft, "diploma", PDF);
    (void)attached(draft, "licence", PDF);
    lacks(drafted(none, cook, none), "/documents/licence", "request.document_kind", "");
}
END_TEST

START_TEST(the_strictest_of_several_holds_and_what_nobody_can_give_is_said)
{
    (void)offered("welder", "autumn", "[" KIND("licence", PDF_ONLY ",\"bytes_max\":26") "]");
    (void)offered("cook", "autumn",
                  "[" KIND("licence", "\"types\":[\"application/pdf\",\"image/jpeg\"],\"least\":2,"
                                      "\"most\":3") "]");
    edu_id draft = drafted(none, welder, cook);
    lacks(draft, "/documents/licence", "request.document_clash", "welder, cook");
    (void)offered("welder", "autumn",
                  "[" KIND("licence", PDF_ONLY ",\"bytes_max\":26,\"most\":2") "]");
    lacks(draft, "/documents/licence", "request.document_missing", "welder, cook");
    not_taken(draft, "licence", JPEG, "request.document_type");
    not_taken(draft, "licence", PDF " and more", "request.document_size");
    (void)attached(draft, "licence", PDF);
    lacks(draft, "/documents/licence", "request.document_missing", "cook");
    (void)attached(draft, "licence", PDF);
    not_taken(draft, "licence", PDF, "request.documents");
    (void)attached(draft, "diploma", PDF);
    (void)submitted(draft);
}
END_TEST

START_TEST(what_is_asked_later_harms_nobody_who_has_applied)
{
    (void)offered("welder", "autumn", "[" KIND("licence", PDF_ONLY) "]");
    edu_id draft = drafted(none, welder, none);
    (void)attached(draft, "diploma", PDF);
    (void)attached(draft, "licence", PDF);
    edu_id id = submitted(draft);
    /* Other documents, also of what is chosen only now. */
    (void)offered("welder", "autumn", "[" KIND("health", PDF_ONLY) "]");
    (void)offered("cook", "autumn", "[" KIND("letter", PDF_ONLY) "]");
    request_asks(id, "diploma,other,licence");
    give_back(id);
    draft = drafted(id, welder, none);
    draft_asks(draft, "diploma,other,licence");
    draft = drafted(id, welder, cook);
    draft_asks(draft, "diploma,other,licence,letter");
    lacks(draft, "/documents/letter", "request.document_missing", "cook");
    (void)attached(draft, "letter", PDF);
    (void)submitted(draft);
    /* The second time it stays as it was at the first for one, at the second for the other. */
    (void)offered("cook", "autumn", "[" KIND("health", PDF_ONLY) "]");
    request_asks(id, "diploma,other,licence,letter");
    give_back(id);
    draft = drafted(id, welder, cook);
    draft_asks(draft, "diploma,other,licence,letter");
    (void)submitted(draft);
    /* Who applies anew is asked for what is asked now. */
    applicant = fx_session("pupil1");
    draft_asks(drafted(none, welder, none), "diploma,other,health");
}
END_TEST

START_TEST(of_what_cannot_be_chosen_nothing_is_told)
{
    (void)offered("spring", NULL, NULL);
    edu_id other = offered("smith", "spring", "[" KIND("licence", PDF_ONLY) "]");
    draft_asks(drafted(none, welder, other), "diploma,other");
    fx_run("UPDATE offering SET is_published = 0, documents = (SELECT documents FROM offering "
           "WHERE code = 'smith') WHERE code = 'cook'");
    draft_asks(drafted(none, welder, cook), "diploma,other");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("offering_documents");
    TCase *tests = tcase_create("offering_documents");
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_a_vacancy_asks_for_is_judged_when_it_is_kept);
    tcase_add_test(tests, who_looks_at_a_vacancy_sees_what_is_to_be_brought);
    tcase_add_test(tests, whatever_a_chosen_vacancy_asks_for_is_to_be_brought);
    tcase_add_test(tests, what_is_no_longer_asked_for_is_to_be_taken_out);
    tcase_add_test(tests, the_strictest_of_several_holds_and_what_nobody_can_give_is_said);
    tcase_add_test(tests, what_is_asked_later_harms_nobody_who_has_applied);
    tcase_add_test(tests, of_what_cannot_be_chosen_nothing_is_told);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
