/* What is held on a person is given to them, and erased: from every row and every byte of the
 * files. */
#include "fixture.h"
#include "../tap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/appeal.h>
#include <edu/application.h>
#include <edu/privacy.h>

/* Words that nothing else in the store has. */
#define NUMBER "7ZQ4KXW"
#define GIVEN "Zümrüdxanım"
#define FAMILY "Qızılgülova"
#define MAIL "zumrudxanim@mail.example"
#define LOGIN "zumrudxanim.q"
#define TEXT "Kitabxananın vitrajı çatlayıb."
#define FILE_NAME "vitrajın şəkli.pdf"
#define DRAFT "hələ yazılmamış kəlağayı"

/* As they may stand in a file: in clear, or folded for search and order. */
static const char *const planted[] = {
    NUMBER,   GIVEN,    FAMILY,     "zumrudxanim", "qizilgulova", MAIL,       LOGIN,
    "vitraj", "Vitraj", "kəlağayı", "kelagayi",    "kitabxana",   "çatlayıb", "catlayib"};

static edu_id person, appeal;

static void plant(void)
{
    fx_import(edu_account_import_persons,
              "number,document,given,family,birth,mail,phone\n" NUMBER ",X-7654321," GIVEN
              "," FAMILY ",2013-05-06," MAIL ",+994507654321\n");
    fx_import(edu_account_import_pupils, "number,institution,grade\n" NUMBER ",S1,7\n");
    fx_import(edu_account_import_guardians, "guardian_number,child_number\nGRD0001," NUMBER "\n");
    person = fx_person(NUMBER);
    FX_OK(edu_account_create(fx_operator(), person, LOGIN, FX_PASSWORD, NULL, error));
}

static void write_an_appeal(void)
{
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    edu_appeal_receipt *receipt = NULL;
    edu_session *own = fx_session(LOGIN);
    input.category = "building";
    input.text = TEXT;
    FX_OK(edu_appeal_submit(own, &input, NULL, &receipt, error));
    appeal = receipt->id;
    edu_free(receipt);
    FX_OK(edu_appeal_attach(own, person, appeal, FILE_NAME, fx_bytes("%PDF-1.7 vitraj"), false,
                            NULL, error));
    json_t *draft = json_pack("{s:s}", "text", DRAFT);
    FX_OK(edu_appeal_draft_save(own, "new", draft, error));
    json_decref(draft);
}

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_appeal_rules_publish, fx_example("appeals", "az"));
    plant();
    write_an_appeal();
}

/* ---- given ---- */

static json_t *given_to(edu_session *session, edu_id of)
{
    edu_personal_data *data = NULL;
    FX_OK(edu_privacy_export(session, of, &data, error));
    json_t *content = json_incref(data->content);
    edu_free(data);
    return content;
}

static const char *text_of(const json_t *content, const char *part, size_t row, const char *name)
{
    const json_t *of = json_object_get(content, part);
    of = json_is_array(of) ? json_array_get(of, row) : of;
    const char *text = json_string_value(json_object_get(of, name));
    return text ? text : "";
}

START_TEST(all_that_is_held_is_given)
{
    json_t *own = given_to(fx_session(LOGIN), person);
    ck_assert_str_eq(text_of(own, "person", 0, "given"), GIVEN);
    ck_assert_str_eq(text_of(own, "person", 0, "number"), NUMBER);
    ck_assert_str_eq(text_of(own, "person", 0, "mail"), MAIL);
    ck_assert_str_eq(text_of(own, "person", 0, "birth"), "2013-05-06");
    ck_assert_str_eq(text_of(own, "pupil", 0, "institution"), "S1");
    ck_assert_str_eq(text_of(own, "account", 0, "login"), LOGIN);
    ck_assert_str_eq(text_of(own, "appeal_texts", 0, "text"), TEXT);
    ck_assert_str_eq(text_of(own, "appeal_files", 0, "name"), FILE_NAME);
    ck_assert(strstr(text_of(own, "appeal_drafts", 0, "text"), DRAFT) != NULL);
    ck_assert_str_eq(text_of(own, "applications", 0, "service"), "appeal");
    ck_assert_uint_eq(json_array_size(json_object_get(own, "guardians")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(own, "sign_ins")), 1);
    ck_assert_uint_ge(json_array_size(json_object_get(own, "events")), 2);
    json_t *guardians = given_to(fx_session("parent1"), person);
    ck_assert_int_eq(json_equal(json_object_get(own, "appeal_texts"),
                                json_object_get(guardians, "appeal_texts")),
                     1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'privacy.export'"), 2);
    json_decref(guardians);
    json_decref(own);
}
END_TEST

START_TEST(others_get_nothing)
{
    edu_personal_data *data = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_privacy_export(fx_session("pupil1"), person, &data, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_privacy_export(fx_session("clerk"), person, &data, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_privacy_export(fx_nobody(), person, &data, error));
    ck_assert_ptr_null(data);
}
END_TEST

/* ---- erased ---- */

static void end_the_appeal(void)
{
    FX_OK(edu_appeal_withdraw(fx_session(LOGIN), person, appeal, "Artıq yox.", NULL, error));
}

static void erase(void)
{
    end_the_appeal();
    fx_clock_add(FX_MINUTE);
    FX_OK(edu_privacy_erase(fx_session("admin"), person, "their wish", false, "e1", error));
}

START_TEST(what_stands_in_the_way_is_told)
{
    edu_session *admin = fx_session("admin");
    FX_FAILS(EDU_E_STATE, edu_privacy_erase(admin, person, "their wish", false, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "privacy.has_open");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM erasure"), 0);
    FX_FAILS(EDU_E_STATE,
             edu_privacy_erase(admin, fx_person("STF0002"), "their wish", false, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "privacy.has_role");
    FX_FAILS(EDU_E_STATE,
             edu_privacy_erase(admin, fx_person("STF0001"), "their wish", false, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "privacy.own");
    FX_FAILS(EDU_E_INVALID, edu_privacy_erase(admin, person, " ", false, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_privacy_erase(fx_session("clerk"), person, "x", false, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM erasure"), 0);
}
END_TEST

START_TEST(what_is_open_stays_of_nobody)
{
    edu_appeal *found = NULL;
    FX_OK(edu_privacy_erase(fx_session("admin"), person, "their wish", true, NULL, error));
    FX_OK(edu_appeal_get(fx_session("clerk"), person, appeal, &found, error));
    edu_free(found);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM application WHERE is_open = 1"), 1);
}
END_TEST

START_TEST(who_was_erased_is_nobody)
{
    edu_session *session = NULL, *admin = fx_session("admin");
    edu_appeal *found = NULL;
    erase();
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_session_sign_in(fx_portal(), LOGIN, FX_PASSWORD, NULL, NULL, &session, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM pupil WHERE grade = 7 AND institution = 'S1'"),
                     1);
    FX_OK(edu_privacy_erase(admin, person, "their wish", false, "e1", error));
    FX_FAILS(EDU_E_STATE, edu_privacy_erase(admin, person, "their wish", false, "e2", error));
    ck_assert_str_eq(fx_last_error.key, "privacy.erased");
    json_t *left = given_to(admin, person);
    ck_assert_str_eq(text_of(left, "person", 0, "given"), "");
    ck_assert_str_eq(text_of(left, "appeal_texts", 0, "text"), "");
    json_decref(left);
    FX_OK(edu_appeal_get(fx_session("clerk"), person, appeal, &found, error));
    edu_free(found);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){NULL, NULL}, error));
    plant();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE given = '" GIVEN "'"), 1);
}
END_TEST

/* How many of what was planted stand in the files of a folder. */
static int count_in_file(const char *path)
{
    edu_bytes bytes;
    int count = 0;
    FX_OK(ei_file_read(path, 1 << 28, &bytes, error));
    for (size_t i = 0; i < EI_COUNT(planted); i++)
        count += memmem(bytes.data, bytes.size, planted[i], strlen(planted[i])) != NULL;
    ei_free((void *)(uintptr_t)bytes.data);
    return count;
}

static int count_in_files(void)
{
    DIR *folder = opendir(fx_folder());
    int count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", fx_folder(), entry->d_name);
        if (entry->d_type == DT_REG && strstr(entry->d_name, ".lock") == NULL)
            count += count_in_file(path);
    }
    closedir(folder);
    return count;
}

START_TEST(nothing_is_left_in_the_files)
{
    if (fx_is_on_server())
        return;
    ck_assert_int_ge(count_in_files(), 4);
    erase();
    ck_assert_int_eq(count_in_files(), 0);
}
END_TEST

/* ---- after a restore ---- */

START_TEST(what_a_backup_brings_back_is_erased_again)
{
    edu_session *operator= fx_operator();
    edu_document *list = NULL;
    int32_t done = -1;
    char csv[512];
    erase();
    FX_OK(edu_privacy_erasures(operator, & list, error));
    ck_assert_uint_lt(list->content.size, sizeof csv);
    (void)snprintf(csv, sizeof csv, "%.*s", (int)list->content.size,
                   (const char *)list->content.data);
    edu_free(list);
    FX_OK(edu_privacy_replay(operator, fx_bytes(csv), &done, error));
    ck_assert_int_eq(done, 0);
    /* As the backup had it: the person is there, and what they have is open. */
    fx_run("DELETE FROM erasure");
    fx_run("UPDATE person SET family = '" FAMILY "' WHERE family = ''");
    fx_run("UPDATE application SET is_open = 1");
    FX_OK(edu_privacy_replay(operator, fx_bytes(csv), &done, error));
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE family = '" FAMILY "'"), 0);
    FX_OK(edu_privacy_erasures(operator, & list, error));
    ck_assert_mem_eq(list->content.data, csv, list->content.size);
    edu_free(list);
}
END_TEST

START_TEST(a_faulty_list_is_refused_with_its_line)
{
    static const struct {
        const char *line, *field;
    } cases[] = {{"x,2026-01-01T00:00:00Z,0190a0b0-1234-7abc-8def-0123456789ab,r", "/person"},
                 {"0190a0b0-1234-7abc-8def-0123456789ab,yesterday,x,r", "/at"},
                 {"0190a0b0-1234-7abc-8def-0123456789ab,2026-01-01T00:00:00Z,x,r", "/by"}};
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        char csv[256];
        int32_t done;
        (void)snprintf(csv, sizeof csv, "person,at,by,reason\n%s\n", cases[i].line);
        FX_FAILS(EDU_E_INVALID, edu_privacy_replay(fx_operator(), fx_bytes(csv), &done, error));
        ck_assert_str_eq(fx_last_error.field, cases[i].field);
        ck_assert_int_eq(fx_last_error.line, 2);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("privacy");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_test(tests, all_that_is_held_is_given);
    tcase_add_test(tests, others_get_nothing);
    tcase_add_test(tests, what_stands_in_the_way_is_told);
    tcase_add_test(tests, what_is_open_stays_of_nobody);
    tcase_add_test(tests, who_was_erased_is_nobody);
    tcase_add_test(tests, nothing_is_left_in_the_files);
    tcase_add_test(tests, what_a_backup_brings_back_is_erased_again);
    tcase_add_test(tests, a_faulty_list_is_refused_with_its_line);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
