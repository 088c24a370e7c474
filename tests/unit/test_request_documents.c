/* Documents of applications: what they are is told by their content, how many there are by the
 * definition, and what was submitted stays. In the store and in a folder alike. */
#include "fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utime.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/request.h>
#include "domain/request/request_document.h"
#include "../tap.h"

#define DAY (24 * 60 * FX_MINUTE)
#define PNG "\x89PNG\r\n\x1a\n and what is in it"
#define PDF "%PDF-1.7 and what is in it"
#define JPEG "\xff\xd8\xff\xe0 and what is in it"

static const edu_id none = {{0}};

/* The bus, for which one gives a photograph and up to two certificates. */
static void publish(const char *documents)
{
    json_t *json = fx_example("services", "school_bus");
    json_t *list = json_loads(documents, 0, NULL);
    ck_assert(list != NULL);
    json_object_set_new(json_object_get(json, "request"), "documents", list);
    fx_publish(edu_service_publish, json);
}

#define PHOTO                                                                                       \
    "{\"code\":\"photo\",\"title\":{\"az\":\"Şəkil\",\"en\":\"Photograph\",\"ru\":\"Фото\"}," \
    "\"types\":[\"image/jpeg\",\"image/png\"],\"bytes_max\":1000}"
#define PROOF                                                                                               \
    "{\"code\":\"proof\",\"title\":{\"az\":\"Arayış\",\"en\":\"Certificate\",\"ru\":\"Справка\"}," \
    "\"types\":[\"application/pdf\"],\"least\":0,\"most\":2}"

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    publish("[" PHOTO "," PROOF "]");
}

static const char *folder(void)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/documents", fx_folder());
    return path;
}

static void setup_folder(void)
{
    setup();
    fx_portal()->documents = ei_strdup(folder());
}

static void teardown(void)
{
    fx_remove_folder(folder());
    fx_teardown();
}

static edu_id bus(void)
{
    return fx_id("SELECT id FROM offering WHERE service = 'school_bus'");
}

static edu_id saved(const char *login, edu_id application)
{
    edu_id draft;
    json_t *form = json_pack("{s:i, s:[s], s:s, s:b, s:{s:s, s:s}, s:b}", "grade", 5, "ways",
                             "home", "stop", "market", "needs_help", 0, "contact", "name",
                             "Leyla Quliyeva", "telephone", "+994 50 123 45 67", "consent", 1);
    FX_OK(edu_draft_save(fx_session(login), fx_person("PUP0001"), bus(), application, form, NULL,
                         NULL, &draft, error));
    json_decref(form);
    return draft;
}

static edu_status attach(const char *login, edu_id draft, const char *kind, const char *name,
                         const char *content, const char *key, edu_id *out, edu_error *error)
{
    return edu_draft_attach(fx_session(login), fx_person("PUP0001"), draft, kind, name,
                            fx_bytes(content), key, out, error);
}

static edu_id attached(const char *login, edu_id draft, const char *kind, const char *name,
                       const char *content)
{
    edu_id id;
    FX_OK(attach(login, draft, kind, name, content, NULL, &id, error));
    return id;
}

static edu_id submitted(const char *login, edu_id draft)
{
    edu_request_receipt *receipt = NULL;
    FX_OK(
        edu_request_submit(fx_session(login), fx_person("PUP0001"), draft, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

static void check_content(const char *login, edu_id of, edu_id id, const char *name,
                          const char *type, const char *content)
{
    edu_document *out = NULL;
    FX_OK(edu_request_document(fx_session(login), fx_person("PUP0001"), of, id, &out, error));
    ck_assert_str_eq(out->name, name);
    ck_assert_str_eq(out->type, type);
    ck_assert_uint_eq(out->content.size, strlen(content));
    ck_assert_mem_eq(out->content.data, content, strlen(content));
    edu_free(out);
}

static void check_hidden(const char *login, edu_id of, edu_id id)
{
    edu_document *out = NULL;
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_request_document(fx_session(login), fx_person("PUP0001"), of, id, &out, error));
}

static void check_listed(const json_t *list, size_t index, edu_id id, const char *kind,
                         const char *name, const char *type, int size)
{
    char text[EDU_ID_TEXT];
    const json_t *one = json_array_get(list, index);
    edu_id_format(id, text);
    ck_assert_str_eq(json_string_value(json_object_get(one, "id")), text);
    ck_assert_str_eq(json_string_value(json_object_get(one, "kind")), kind);
    ck_assert_str_eq(json_string_value(json_object_get(one, "name")), name);
    ck_assert_str_eq(json_string_value(json_object_get(one, "type")), type);
    ck_assert_int_eq(json_integer_value(json_object_get(one, "size")), size);
}

/* Files in the folder; 0 where there is none. */
static int files(void)
{
    int count = 0;
    DIR *open = opendir(folder());
    for (const struct dirent *one; open && (one = readdir(open)) != NULL;)
        count += one->d_name[0] != '.';
    if (open)
        closedir(open);
    return count;
}

static int32_t swept(void)
{
    int32_t done;
    FX_OK(edu_request_sweep(fx_operator(), &done, error));
    return done;
}

static void give_back(edu_id id)
{
    json_t *corrections =
        json_loads("[{\"field\":\"/documents/photo\",\"text\":\"Üz görünmür\"}]", 0, NULL);
    FX_OK(edu_request_act(fx_session("clerk.ba"), fx_person("PUP0001"), id, "return", NULL,
                          corrections, NULL, error));
    json_decref(corrections);
}

START_TEST(documents_go_with_the_application_and_come_back_with_its_correction)
{
    edu_draft *draft = NULL;
    edu_request *one = NULL;
    edu_id first = saved("parent1", none);
    edu_id photo = attached("parent1", first, "photo", "mən.png", PNG);
    edu_id proof = attached("parent1", first, "proof", "arayış.pdf", PDF);
    FX_OK(edu_draft_get(fx_session("parent1"), fx_person("PUP0001"), first, &draft, error));
    ck_assert_uint_eq(json_array_size(draft->documents), 2);
    check_listed(draft->documents, 0, photo, "photo", "mən.png", "image/png", sizeof PNG - 1);
    check_listed(draft->documents, 1, proof, "proof", "arayış.pdf", "application/pdf",
                 sizeof PDF - 1);
    edu_free(draft);
    check_content("parent1", first, photo, "mən.png", "image/png", PNG);
    check_hidden("clerk.ba", first, photo);
    edu_id id = submitted("parent1", first);
    check_hidden("parent1", first, photo);
    check_content("parent1", id, photo, "mən.png", "image/png", PNG);
    check_content("clerk.ba", id, proof, "arayış.pdf", "application/pdf", PDF);
    check_hidden("clerk.gn", id, photo);
    check_hidden("stranger", id, photo);
    check_hidden("parent5", id, photo);

    give_back(id);
    edu_id again = saved("parent1", id);
    FX_OK(edu_draft_get(fx_session("parent1"), fx_person("PUP0001"), again, &draft, error));
    ck_assert_uint_eq(json_array_size(draft->documents), 2);
    edu_free(draft);
    FX_OK(edu_draft_detach(fx_session("parent1"), fx_person("PUP0001"), again, photo, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_draft_detach(fx_session("parent1"), fx_person("PUP0001"), again,
                                               photo, NULL, error));
    edu_id better = attached("parent1", again, "photo", "mən2.jpg", JPEG);
    /* Until it is submitted, the application is as it was. */
    FX_OK(edu_request_get(fx_session("clerk.ba"), fx_person("PUP0001"), id, &one, error));
    check_listed(one->documents, 0, photo, "photo", "mən.png", "image/png", sizeof PNG - 1);
    edu_free(one);
    check_hidden("clerk.ba", id, better);
    (void)submitted("parent1", again);
    FX_OK(edu_request_get(fx_session("clerk.ba"), fx_person("PUP0001"), id, &one, error));
    ck_assert_uint_eq(json_array_size(one->documents), 2);
    check_listed(one->documents, 0, proof, "proof", "arayış.pdf", "application/pdf",
                 sizeof PDF - 1);
    check_listed(one->documents, 1, better, "photo", "mən2.jpg", "image/jpeg", sizeof JPEG - 1);
    edu_free(one);
    check_content("clerk.ba", id, photo, "mən.png", "image/png", PNG);
    FX_OK(edu_application_check(fx_session("parent1"), fx_person("PUP0001"), id, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 3);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM draft_document"), 0);
}
END_TEST

START_TEST(what_was_submitted_is_in_the_chain_by_its_hash)
{
    edu_request_event_page *page = NULL;
    char sql[256];
    edu_id draft = saved("parent1", none);
    edu_id photo = attached("parent1", draft, "photo", "mən.png", PNG);
    edu_id id = submitted("parent1", draft);
    FX_OK(edu_request_timeline(fx_session("parent1"), fx_person("PUP0001"), id, NULL, 5, &page,
                               error));
    const json_t *notes = json_object_get(page->items[0].data, "documents");
    ck_assert_uint_eq(json_array_size(notes), 1);
    char text[EDU_ID_TEXT];
    edu_id_format(photo, text);
    const json_t *note = json_array_get(notes, 0);
    ck_assert_str_eq(json_string_value(json_object_get(note, "id")), text);
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM document WHERE hash = '%s'",
                   json_string_value(json_object_get(note, "sealed")));
    ck_assert_int_eq(fx_int(sql), 1);
    edu_free(page);
}
END_TEST

START_TEST(what_is_given_is_judged_by_its_content)
{
    edu_id id, draft = saved("parent1", none);
    static char large[1001] = JPEG;
    memset(large + 4, 'x', sizeof large - 5);
    large[1000] = '\0';
    attached("parent1", draft, "photo", "arayış.pdf", large);
    static const struct {
        const char *kind, *name, *content, *key;
        edu_status status;
    } cases[] = {
        {"photo", "a.png", PDF, "request.document_type", EDU_E_INVALID},
        {"proof", "a.pdf", PNG, "request.document_type", EDU_E_INVALID},
        {"proof", "a.pdf", "MZ a program", "request.document_type", EDU_E_INVALID},
        {"proof", "a.pdf", "", "request.document_type", EDU_E_INVALID},
        {"proof", "../a.pdf", PDF, "request.document_name", EDU_E_INVALID},
        {"proof", "", PDF, "core.missing", EDU_E_INVALID},
        {"other", "a.pdf", PDF, "request.document_kind", EDU_E_INVALID},
        {"photo", "a.png", PNG, "request.documents", EDU_E_LIMIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FX_FAILS(cases[i].status, attach("parent1", draft, cases[i].kind, cases[i].name,
                                         cases[i].content, NULL, &id, error));
        ck_assert_str_eq(fx_last_error.key, cases[i].key);
    }
    edu_bytes longer = {large, sizeof large};
    FX_FAILS(EDU_E_LIMIT, edu_draft_attach(fx_session("parent1"), fx_person("PUP0001"), draft,
                                           "photo", "a.jpg", longer, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.key, "request.document_size");
    FX_FAILS(EDU_E_NOT_FOUND, attach("parent5", draft, "proof", "a.pdf", PDF, NULL, &id, error));
    FX_FAILS(EDU_E_NOT_FOUND, attach("clerk.ba", draft, "proof", "a.pdf", PDF, NULL, &id, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 1);
    ck_assert_int_eq(files(), fx_portal()->documents ? 1 : 0);
}
END_TEST

static void check_fault(edu_id draft, const char *field, const char *key)
{
    edu_draft_report *report = NULL;
    edu_request_receipt *receipt = NULL;
    FX_OK(edu_draft_check(fx_session("parent1"), fx_person("PUP0001"), draft, &report, error));
    ck_assert(!report->is_complete);
    ck_assert_uint_eq(json_array_size(report->faults), 1);
    const json_t *fault = json_array_get(report->faults, 0);
    ck_assert_str_eq(json_string_value(json_object_get(fault, "field")), field);
    ck_assert_str_eq(json_string_value(json_object_get(fault, "key")), key);
    edu_free(report);
    FX_FAILS(EDU_E_INVALID, edu_request_submit(fx_session("parent1"), fx_person("PUP0001"), draft,
                                               NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.field, field);
    ck_assert_str_eq(fx_last_error.key, key);
}

START_TEST(what_lacks_a_document_is_not_submitted)
{
    edu_id draft = saved("parent1", none);
    check_fault(draft, "/documents/photo", "request.document_missing");
    edu_id photo = attached("parent1", draft, "photo", "a.png", PNG);
    attached("parent1", draft, "proof", "1.pdf", PDF);
    edu_id proof = attached("parent1", draft, "proof", "2.pdf", PDF);
    /* The service is published anew while the draft waits. */
    publish("[" PHOTO ",{\"code\":\"proof\",\"title\":{\"az\":\"A\",\"en\":\"A\",\"ru\":\"A\"},"
            "\"types\":[\"application/pdf\"]}]");
    check_fault(draft, "/documents/proof", "request.documents");
    FX_OK(edu_draft_detach(fx_session("parent1"), fx_person("PUP0001"), draft, proof, NULL, error));
    publish("[{\"code\":\"proof\",\"title\":{\"az\":\"A\",\"en\":\"A\",\"ru\":\"A\"},"
            "\"types\":[\"application/pdf\"]}]");
    check_fault(draft, "/documents/photo", "request.document_kind");
    FX_OK(edu_draft_detach(fx_session("parent1"), fx_person("PUP0001"), draft, photo, NULL, error));
    (void)submitted("parent1", draft);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 1);
}
END_TEST

START_TEST(a_key_attaches_once_and_takes_out_once)
{
    edu_id again, first, draft = saved("parent1", none);
    FX_OK(attach("parent1", draft, "proof", "a.pdf", PDF, "one", &first, error));
    FX_OK(attach("parent1", draft, "proof", "a.pdf", PDF, "one", &again, error));
    ck_assert_mem_eq(&first, &again, sizeof first);
    FX_FAILS(EDU_E_CONFLICT, attach("parent1", draft, "proof", "b.pdf", PDF, "one", &again, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 1);
    ck_assert_int_eq(files(), fx_portal()->documents ? 1 : 0);
    attached("parent1", draft, "photo", "a.png", PNG);
    (void)submitted("parent1", draft);
    FX_OK(attach("parent1", draft, "proof", "a.pdf", PDF, "one", &again, error));
    ck_assert_mem_eq(&first, &again, sizeof first);
    FX_FAILS(EDU_E_NOT_FOUND,
             attach("parent1", draft, "proof", "a.pdf", PDF, "two", &again, error));
    draft = saved("clerk", none);
    edu_id third;
    FX_OK(attach("clerk", draft, "proof", "a.pdf", PDF, NULL, &third, error));
    for (int i = 0; i < 2; i++)
        FX_OK(edu_draft_detach(fx_session("clerk"), fx_person("PUP0001"), draft, third, "out",
                               error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 2);
}
END_TEST

static const char *scanned;
static edu_status answer;

static edu_status scan(void *context, const void *data, size_t size, const char *type,
                       edu_error *error)
{
    scanned = type;
    ck_assert_uint_eq(size, sizeof PDF - 1);
    ck_assert_mem_eq(data, PDF, size);
    /* Outside every transaction: another may write meanwhile. */
    edu_id draft = saved("clerk", none);
    ck_assert(!ei_id_is_none(draft));
    return answer == EDU_OK ? EDU_OK : ei_fail(error, answer, "scanner", NULL, "no");
}

START_TEST(what_the_scanner_refuses_is_not_stored)
{
    edu_id id, draft = saved("parent1", none);
    fx_portal()->environment.scanner = (edu_scanner){scan, NULL};
    scanned = NULL;
    answer = EDU_E_INVALID;
    FX_FAILS(EDU_E_INVALID, attach("parent1", draft, "proof", "a.pdf", PDF, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.key, "request.document_refused");
    ck_assert_str_eq(scanned, "application/pdf");
    answer = EDU_E_BUSY;
    FX_FAILS(EDU_E_BUSY, attach("parent1", draft, "proof", "a.pdf", PDF, NULL, &id, error));
    ck_assert_str_eq(fx_last_error.key, "scanner");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 0);
    ck_assert_int_eq(files(), 0);
    /* Nobody has anything scanned for what is not theirs. */
    scanned = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, attach("parent5", draft, "proof", "a.pdf", PDF, NULL, &id, error));
    ck_assert_ptr_null(scanned);
    answer = EDU_OK;
    attached("parent1", draft, "proof", "a.pdf", PDF);
}
END_TEST

typedef struct scanner_case {
    const char *command;
    edu_status status;
    const char *key;
} scanner_case;

static char refuses[] = "grep -c 'what is' >/dev/null; [ $? = 1 ]",
            knows_type[] = "cat >/dev/null; [ \"$1\" = application/pdf ]",
            fails[] = "cat >/dev/null; exit 2",
            is_not_there[] = "cat >/dev/null; there-is-no-such-scanner 2>/dev/null",
            is_killed[] = "cat >/dev/null; kill -9 $$",
            talks_much[] = "cat >/dev/null; head -c 100000 /dev/zero";

static const scanner_case scanner_cases[] = {
    {refuses, EDU_E_INVALID, "request.document_refused"},
    {fails, EDU_E_BUSY, "request.document_unscanned"},
    {is_not_there, EDU_E_BUSY, "request.document_unscanned"},
    {is_killed, EDU_E_BUSY, "request.document_unscanned"},
    {talks_much, EDU_E_BUSY, "request.document_unscanned"},
};

START_TEST(a_command_looks_at_documents_too)
{
    edu_id id, draft = saved("parent1", none);
    for (size_t i = 0; i < sizeof scanner_cases / sizeof *scanner_cases; i++) {
        const scanner_case *one = &scanner_cases[i];
        fx_portal()->environment.scanner =
            (edu_scanner){ei_command_scan, (char *)(uintptr_t)one->command};
        FX_FAILS(one->status, attach("parent1", draft, "proof", "a.pdf", PDF, NULL, &id, error));
        ck_assert_str_eq(fx_last_error.key, one->key);
    }
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document"), 0);
    fx_portal()->environment.scanner = (edu_scanner){ei_command_scan, knows_type};
    attached("parent1", draft, "proof", "a.pdf", PDF);
    FX_FAILS(EDU_E_INVALID, attach("parent1", draft, "photo", "a.png", PNG, NULL, &id, error));
    fx_portal()->environment.scanner = (edu_scanner){ei_command_scan, refuses};
    attached("parent1", draft, "proof", "b.pdf", "%PDF-1.7 nothing in it");
}
END_TEST

static void make_old(void)
{
    char path[600];
    struct utimbuf then = {(time_t)((fx_now() - 2 * DAY) / 1000000),
                           (time_t)((fx_now() - 2 * DAY) / 1000000)};
    DIR *open = opendir(folder());
    ck_assert(open != NULL);
    for (const struct dirent *one; (one = readdir(open)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%s", folder(), one->d_name);
        ck_assert(one->d_name[0] == '.' || utime(path, &then) == 0);
    }
    closedir(open);
}

START_TEST(files_that_nothing_names_are_swept)
{
    int32_t done;
    edu_id draft = saved("parent1", none);
    edu_id photo = attached("parent1", draft, "photo", "a.png", PNG);
    edu_id proof = attached("parent1", draft, "proof", "a.pdf", PDF);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM document WHERE sealed IS NULL"), 2);
    ck_assert_int_eq(files(), 2);
    FX_OK(edu_draft_detach(fx_session("parent1"), fx_person("PUP0001"), draft, proof, NULL, error));
    ck_assert_int_eq(swept(), 0);
    make_old();
    ck_assert_int_eq(swept(), 1);
    ck_assert_int_eq(files(), 1);
    check_content("parent1", draft, photo, "a.png", "image/png", PNG);
    FX_OK(edu_draft_discard(fx_session("parent1"), fx_person("PUP0001"), draft, NULL, error));
    make_old();
    ck_assert_int_eq(swept(), 1);
    ck_assert_int_eq(files(), 0);
    FX_FAILS(EDU_E_DENIED, edu_request_sweep(fx_session("clerk"), &done, error));
}
END_TEST

static void spoil(void)
{
    char path[600];
    DIR *open = opendir(folder());
    for (const struct dirent *one; (one = readdir(open)) != NULL;) {
        (void)snprintf(path, sizeof path, "%s/%s", folder(), one->d_name);
        FILE *file = one->d_name[0] == '.' ? NULL : fopen(path, "r+");
        if (file) {
            fputs("X", file);
            fclose(file);
        }
    }
    closedir(open);
}

START_TEST(a_file_that_is_changed_is_not_given_out_and_one_in_the_store_is_read_beside_it)
{
    edu_document *out = NULL;
    edu_id draft = saved("parent1", none);
    edu_id photo = attached("parent1", draft, "photo", "a.png", PNG);
    char *path = fx_portal()->documents;
    fx_portal()->documents = NULL;
    edu_id proof = attached("parent1", draft, "proof", "a.pdf", PDF);
    FX_FAILS(EDU_E_IO, edu_request_document(fx_session("parent1"), fx_person("PUP0001"), draft,
                                            photo, &out, error));
    ck_assert_str_eq(fx_last_error.key, "request.no_folder");
    fx_portal()->documents = path;
    check_content("parent1", draft, proof, "a.pdf", "application/pdf", PDF);
    spoil();
    FX_FAILS(EDU_E_CORRUPT, edu_request_document(fx_session("parent1"), fx_person("PUP0001"), draft,
                                                 photo, &out, error));
    ck_assert_str_eq(fx_last_error.key, "request.document_file");
}
END_TEST

static TCase *in_both(const char *name, void (*begin)(void))
{
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, begin, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, documents_go_with_the_application_and_come_back_with_its_correction);
    tcase_add_test(tests, what_was_submitted_is_in_the_chain_by_its_hash);
    tcase_add_test(tests, what_is_given_is_judged_by_its_content);
    tcase_add_test(tests, what_lacks_a_document_is_not_submitted);
    tcase_add_test(tests, a_key_attaches_once_and_takes_out_once);
    tcase_add_test(tests, what_the_scanner_refuses_is_not_stored);
    tcase_add_test(tests, a_command_looks_at_documents_too);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("request_documents");
    TCase *folder_tests = in_both("folder", setup_folder);
    suite_add_tcase(suite, in_both("store", setup));
    tcase_add_test(folder_tests, files_that_nothing_names_are_swept);
    tcase_add_test(folder_tests,
                   a_file_that_is_changed_is_not_given_out_and_one_in_the_store_is_read_beside_it);
    suite_add_tcase(suite, folder_tests);
    return tap_run(suite);
}
