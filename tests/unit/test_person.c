/* One person who is there twice: found, told apart, merged, and what stands against it. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/appeal.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/certificate.h>
#include <edu/payment.h>
#include <edu/person.h>
#include <edu/privacy.h>
#include <edu/reference.h>
#include <edu/register.h>
#include <edu/request.h>

#define DAY (24 * 60 * FX_MINUTE)
#define NUMBER "7KEPT21"
#define DOCUMENT "X-2000002"
#define BIRTH "2014-03-03"
#define LOGIN "leman.q"
#define TEXT "Məktəbin həyətində işıq yoxdur."
#define CLOSED_TEXT "Pəncərə sınıb."
#define FILE_TEXT "%PDF-1.7 qarderob"
#define DRAFT "hələ yazılmayıb"
#define TUESDAY "[{\"day\": 2, \"from\": \"16:00\", \"until\": \"17:30\"}]"
#define TUESDAY_LATER "[{\"day\": 2, \"from\": \"17:00\", \"until\": \"18:00\"}]"

static const edu_id none = {{0}};
static edu_id keeps, twice; /* who is kept, who is merged */

/* Of one who came with a passport, and had a number some weeks later. */
static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_appeal_rules_publish, fx_example("appeals", "az"));
    fx_publish(edu_service_publish, fx_example("services", "club"));
    fx_publish(edu_service_publish, fx_example("services", "reference"));
    fx_publish(edu_register_publish, fx_example("registers", "higher_study"));
    fx_publish(edu_reference_publish, fx_example("references", "higher_student"));
    fx_import(edu_account_import_persons,
              "number,document,given,family,birth,mail,phone\n"
              "," DOCUMENT ",Ləman,QASIMOVA," BIRTH ",leman@mail.example,+994501112233\n");
    twice = fx_id("SELECT id FROM person WHERE family = 'QASIMOVA'");
    fx_import(edu_account_import_pupils, "number,document,institution,grade\n," DOCUMENT ",S1,6\n");
    fx_clock_add(FX_MINUTE);
    fx_import(edu_account_import_persons,
              "number,given,family,birth\n" NUMBER ",Ləman,Qasımova," BIRTH "\n");
    keeps = fx_person(NUMBER);
    FX_OK(edu_account_create(fx_operator(), twice, LOGIN, FX_PASSWORD, NULL, error));
}

static bool is_same(edu_id a, edu_id b)
{
    return ei_id_compare(a, b) == 0;
}

static edu_merge *previewed(edu_id kept, edu_id merged)
{
    edu_merge *out = NULL;
    FX_OK(edu_person_merge_preview(fx_session("clerk"), kept, merged, &out, error));
    return out;
}

static bool stands_against(edu_id kept, edu_id merged, const char *key)
{
    edu_merge *found = previewed(kept, merged);
    bool is_there = false;
    size_t i;
    json_t *one;
    json_array_foreach(found->against, i, one)
    {
        const char *this = json_string_value(json_object_get(one, "key"));
        is_there = is_there || strcmp(this, key) == 0;
        ck_assert_str_ne(json_string_value(json_object_get(one, "message")), "");
    }
    edu_free(found);
    return is_there;
}

/* Is refused so, and the preview said it. */
static void refused(edu_id kept, edu_id merged, const char *key)
{
    edu_merge *out = NULL;
    ck_assert_msg(stands_against(kept, merged, key), "%s is not told", key);
    FX_FAILS(EDU_E_STATE, edu_person_merge(fx_session("clerk"), kept, merged, NULL, &out, error));
    ck_assert_str_eq(fx_last_error.key, key);
    ck_assert_ptr_null(out);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM merger"), 0);
}

static void merge(void)
{
    edu_merge *out = NULL;
    FX_OK(edu_person_merge(fx_session("clerk"), keeps, twice, NULL, &out, error));
    edu_free(out);
}

static int64_t moved(const edu_merge *of, const char *name)
{
    return json_integer_value(json_object_get(of->moved, name));
}

/* ---- found ---- */

static edu_duplicate_page *pairs(const char *login)
{
    edu_duplicate_page *page = NULL;
    FX_OK(edu_person_duplicates(fx_session(login), NULL, 0, &page, error));
    return page;
}

static size_t pair_count(const char *login)
{
    edu_duplicate_page *page = pairs(login);
    size_t count = page->count;
    edu_free(page);
    return count;
}

START_TEST(likely_duplicates_are_found_as_registers_tell_of_them)
{
    edu_duplicate_page *page = pairs("clerk");
    ck_assert_uint_eq(page->count, 1);
    const edu_duplicate *one = &page->items[0];
    ck_assert(is_same(one->person_id, twice) || is_same(one->person_id, keeps));
    bool is_twice = is_same(one->person_id, twice);
    ck_assert_str_eq(is_twice ? one->family : one->other_family, "QASIMOVA");
    ck_assert_str_eq(is_twice ? one->other_family : one->family, "Qasımova");
    ck_assert(is_twice ? one->has_account : one->other_has_account);
    ck_assert(is_twice ? !one->other_has_account : !one->has_account);
    ck_assert_str_eq(is_twice ? one->institution_name : one->other_institution_name,
                     "1 nömrəli məktəb");
    ck_assert_int_eq(one->birth.day, 3);
    edu_free(page);
    fx_import(edu_account_import_persons,
              "number,given,family,birth\n" NUMBER ",Ləman,Qasımzadə," BIRTH "\n");
    ck_assert_uint_eq(pair_count("clerk"), 0);
    fx_import(edu_account_import_persons,
              "number,given,family,birth\n" NUMBER ",ləman,qasımova," BIRTH "\n");
    ck_assert_uint_eq(pair_count("clerk"), 1);
    fx_import(edu_account_import_persons,
              "number,given,family,birth\n" NUMBER ",Ləman,Qasımova,2014-03-04\n");
    ck_assert_uint_eq(pair_count("clerk"), 0);
}
END_TEST

/* A clerk of a region, where both are its. */
START_TEST(a_pair_is_seen_by_who_covers_both)
{
    ck_assert_uint_eq(pair_count("admin"), 1);
    ck_assert_uint_eq(pair_count("clerk.ba"), 0);
    edu_merge *out = NULL;
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_person_merge_preview(fx_session("clerk.ba"), keeps, twice, &out, error));
    fx_import(edu_account_import_pupils, "number,institution,grade\n" NUMBER ",S2,6\n");
    ck_assert_uint_eq(pair_count("clerk.ba"), 1);
    ck_assert_uint_eq(pair_count("clerk.gn"), 0);
    FX_OK(edu_person_merge_preview(fx_session("clerk.ba"), keeps, twice, &out, error));
    edu_free(out);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_person_merge(fx_session("clerk.gn"), keeps, twice, NULL, &out, error));
    FX_FAILS(EDU_E_DENIED,
             edu_person_merge(fx_session("school1"), keeps, twice, NULL, &out, error));
    FX_OK(edu_person_merge(fx_session("clerk.ba"), keeps, twice, NULL, &out, error));
    edu_free(out);
}
END_TEST

START_TEST(two_people_are_told_apart_for_good)
{
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_person_distinct(fx_session("clerk"), keeps, fx_person("PUP0001"), NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_person_distinct(fx_session("clerk.gn"), keeps, twice, NULL, error));
    FX_OK(edu_person_distinct(fx_session("clerk"), keeps, twice, "d", error));
    FX_OK(edu_person_distinct(fx_session("clerk"), keeps, twice, "d", error));
    ck_assert_uint_eq(pair_count("clerk"), 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'person.distinct'"), 2);
    fx_import(edu_account_import_persons,
              "number,given,family,birth\n" NUMBER ",ləman,QASIMOVA," BIRTH "\n");
    ck_assert_uint_eq(pair_count("clerk"), 0);
}
END_TEST

/* ---- merged ---- */

static edu_id group(const char *code, const char *times)
{
    edu_id id;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "club";
    input.code = code;
    input.title = json_pack("{s:s}", "az", "Şahmat");
    input.institution = "S1";
    input.opens = FX_START - DAY;
    input.closes = FX_START + 40 * DAY;
    input.is_published = true;
    input.places = 5;
    input.times = json_loads(times, 0, NULL);
    FX_OK(edu_offering_put(fx_session("school1"), &input, NULL, &id, error));
    json_decref(input.title);
    json_decref(input.times);
    return id;
}

static edu_id draft_of(edu_session *session, edu_id of, edu_id offering)
{
    edu_id draft;
    json_t *form = json_pack("{s:s}", "phone", "+994 50 123 45 67");
    FX_OK(edu_draft_save(session, of, offering, none, form, NULL, NULL, &draft, error));
    json_decref(form);
    return draft;
}

static edu_id enrolled(edu_session *session, edu_id of, edu_id offering)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft = draft_of(session, of, offering);
    FX_OK(edu_request_submit(session, of, draft, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

static edu_id appealed(edu_session *own, const char *text)
{
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    edu_appeal_receipt *receipt = NULL;
    input.category = "building";
    input.text = text;
    FX_OK(edu_appeal_submit(own, &input, NULL, &receipt, error));
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

static void tell_registers(const char *number, const char *document)
{
    edu_import_report *report = NULL;
    char csv[512];
    (void)snprintf(
        csv, sizeof csv,
        "number,document,institution,programme,degree,form,funding,year,since,until,state\n"
        "%s,%s,S1,Riyaziyyat,bachelor,full_time,state,2,2025-09-15,,studying\n",
        number, document);
    FX_OK(edu_register_import(fx_operator(), "higher_study", fx_bytes(csv), NULL, &report, error));
    edu_free(report);
}

static edu_id invoiced(edu_id whom, edu_id subject)
{
    edu_id id;
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    FX_OK(edu_account_grant(fx_operator(), fx_person("STF0008"), "finance", "", "", NULL, error));
    input.person_id = whom;
    input.kind = "tuition";
    input.subject_id = subject;
    input.title = json_pack("{s:s}", "en", "Tuition");
    input.amount = 5000;
    input.currency = "AZN";
    FX_OK(edu_payment_invoice(fx_session("steward"), &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

/* What the merged person has. */
static struct {
    edu_id appeal, closed, club, invoice, draft, chess;
    char number[64]; /* of the certificate */
    char qr[1024];
} had;

static void live_a_life(void)
{
    edu_session *own = fx_session(LOGIN);
    edu_reference *paper = NULL;
    edu_certificate *certificate = NULL;
    fx_import(edu_account_import_guardians,
              "guardian_number,child_number,child_document\nGRD0001,," DOCUMENT "\n");
    had.appeal = appealed(own, TEXT);
    FX_OK(edu_appeal_attach(own, twice, had.appeal, "şəkil.pdf", fx_bytes(FILE_TEXT), false, NULL,
                            error));
    had.closed = appealed(own, CLOSED_TEXT);
    FX_OK(edu_appeal_withdraw(own, twice, had.closed, "Artıq yox.", NULL, error));
    json_t *draft = json_pack("{s:s}", "text", DRAFT);
    FX_OK(edu_appeal_draft_save(own, "new", draft, error));
    json_decref(draft);
    had.chess = group("chess", TUESDAY);
    had.club = enrolled(fx_session("parent1"), twice, had.chess);
    had.draft = draft_of(own, twice, group("drawing", "[]"));
    tell_registers("", DOCUMENT);
    FX_OK(edu_reference_request(own, twice, "higher_student", none, NULL, &paper, error));
    ck_assert_str_eq(paper->state, "issued");
    (void)snprintf(had.number, sizeof had.number, "%s", paper->number);
    edu_free(paper);
    FX_OK(edu_certificate_get(own, twice, had.number, &certificate, error));
    (void)snprintf(had.qr, sizeof had.qr, "%s", certificate->qr);
    edu_free(certificate);
    had.invoice = invoiced(twice, none);
}

static char *id_hex(edu_id id)
{
    static char hex[33];
    ei_hex_format(id.bytes, sizeof id.bytes, hex);
    return hex;
}

/* Who did something is told as it was. */
static bool stays(const char *table, const char *column)
{
    static const char *const kept[] = {"person.id",
                                       "merger.person_id",
                                       "audit.person_id",
                                       "audit.actor_id",
                                       "event.actor_id",
                                       "person_reading.reader_id",
                                       "list_reading.reader_id",
                                       "application.began_as"};
    char name[80];
    (void)snprintf(name, sizeof name, "%s.%s", table, column);
    for (size_t i = 0; i < EI_COUNT(kept); i++)
        if (strcmp(name, kept[i]) == 0)
            return true;
    size_t length = strlen(column);
    return length >= 5 && strcmp(column + length - 5, "by_id") == 0;
}

/* In no column of the schema that has ids, whatever its name. */
static int check_columns(edu_id gone)
{
    char path[512], line[512], table[64] = "", column[64], type[64], sql[256];
    int checked = 0;
    (void)snprintf(path, sizeof path, "%s/libedu/storage/schema/0001_first.sql",
                   getenv("EDU_ROOT"));
    FILE *schema = fopen(path, "r");
    ck_assert_ptr_nonnull(schema);
    while (fgets(line, sizeof line, schema)) {
        (void)sscanf(line, "CREATE TABLE %63s (", table);
        if (sscanf(line, " %63s %63s", column, type) != 2 || line[0] != ' ' ||
            strncmp(type, "ID", 2) != 0 || strlen(type) > 3 || stays(table, column))
            continue;
        (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s WHERE %s = x'%s'", table, column,
                       id_hex(gone));
        ck_assert_msg(fx_int(sql) == 0, "%s.%s has the merged person's id still", table, column);
        checked++;
    }
    (void)fclose(schema);
    return checked;
}

static void check_chains(edu_session *session)
{
    edu_application_page *page = NULL;
    FX_OK(edu_application_list(session, keeps, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 4);
    for (size_t i = 0; i < page->count; i++)
        FX_OK(edu_application_check(session, keeps, page->items[i].id, error));
    edu_free(page);
}

static bool says_so(edu_session *session, edu_id application)
{
    edu_event_page *page = NULL;
    FX_OK(edu_application_timeline(session, keeps, application, NULL, 0, &page, error));
    const edu_event *last = &page->items[page->count - 1];
    bool is_so = strcmp(last->action, ".merged") == 0 && strcmp(last->actor, "clerk") == 0 &&
                 strstr(last->title, "second record") != NULL;
    edu_free(page);
    return is_so;
}

START_TEST(all_that_was_the_merged_persons_is_the_kept_ones)
{
    live_a_life();
    edu_merge *before = previewed(keeps, twice), *out = NULL, *again = NULL;
    ck_assert_uint_eq(json_array_size(before->against), 0);
    FX_OK(edu_person_merge(fx_session("clerk"), keeps, twice, "m", &out, error));
    ck_assert(json_equal(before->moved, out->moved));
    ck_assert_int_eq(moved(out, "applications"), 4);
    ck_assert_int_eq(moved(out, "certificates"), 1);
    ck_assert_int_eq(moved(out, "invoices"), 1);
    ck_assert_int_eq(moved(out, "guardianships"), 1);
    ck_assert_int_eq(moved(out, "schools"), 1);
    ck_assert_str_eq(out->account, "merged");
    ck_assert_str_eq(json_string_value(json_object_get(out->identifiers, "number")), "kept");
    ck_assert_str_eq(json_string_value(json_object_get(out->identifiers, "document")), "merged");
    FX_OK(edu_person_merge(fx_session("clerk"), keeps, twice, "m", &again, error));
    ck_assert(json_equal(again->moved, out->moved) &&
              json_equal(again->identifiers, out->identifiers));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM merger"), 1);
    ck_assert_int_ge(check_columns(twice), 60);
    edu_session *own = fx_fresh(LOGIN);
    check_chains(own);
    ck_assert(says_so(own, had.club));
    ck_assert(says_so(own, had.closed));
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){NULL, NULL}, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'person.merge'"), 2);
    edu_free(before);
    edu_free(out);
    edu_free(again);
}
END_TEST

static const json_t *part(const edu_personal_data *data, const char *name, size_t row)
{
    return json_array_get(json_object_get(data->content, name), row);
}

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));
    return text ? text : "";
}

START_TEST(what_was_sealed_for_them_opens_and_is_given_as_theirs)
{
    edu_personal_data *data = NULL;
    edu_document *file = NULL;
    live_a_life();
    merge();
    edu_session *own = fx_fresh(LOGIN);
    FX_OK(edu_privacy_export(own, none, &data, error));
    const json_t *whom = json_object_get(data->content, "person");
    ck_assert(is_same(data->person_id, keeps));
    ck_assert_str_eq(text_of(whom, "number"), NUMBER);
    ck_assert_str_eq(text_of(whom, "document"), "X-2000002");
    ck_assert_str_eq(text_of(whom, "mail"), "leman@mail.example");
    ck_assert_str_eq(text_of(part(data, "appeal_texts", 0), "text"), TEXT);
    ck_assert(strstr(text_of(part(data, "appeal_drafts", 0), "text"), DRAFT) != NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(data->content, "request_forms")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(data->content, "drafts")), 1);
    ck_assert_str_eq(text_of(part(data, "certificates", 0), "number"), had.number);
    edu_free(data);
    /* By the old id too. */
    FX_OK(edu_privacy_export(fx_session("admin"), twice, &data, error));
    ck_assert(is_same(data->person_id, keeps));
    edu_free(data);
    FX_OK(edu_appeal_file(own, keeps, had.appeal, 2, &file, error));
    ck_assert_uint_eq(file->content.size, strlen(FILE_TEXT));
    ck_assert_int_eq(memcmp(file->content.data, FILE_TEXT, file->content.size), 0);
    edu_free(file);
    /* And what is sealed from now on by their own. */
    edu_id newer = appealed(own, "Yenisi.");
    edu_appeal_event_page *said = NULL;
    FX_OK(edu_appeal_timeline(fx_session("parent1"), keeps, newer, NULL, 0, &said, error));
    ck_assert_str_eq(said->items[0].text, "Yenisi.");
    edu_free(said);
}
END_TEST

START_TEST(old_identifiers_lead_to_who_is_kept)
{
    edu_person *found = NULL;
    edu_application *application = NULL;
    edu_verdict *verdict = NULL;
    live_a_life();
    merge();
    edu_session *clerk = fx_session("clerk");
    FX_OK(edu_account_person(clerk, twice, &found, error));
    ck_assert(is_same(found->id, keeps));
    ck_assert_str_eq(found->institution, "S1");
    ck_assert_str_eq(found->family, "Qasımova");
    edu_free(found);
    FX_OK(edu_account_person(fx_session("parent1"), twice, &found, error));
    ck_assert_str_eq(found->relation, "ward");
    edu_free(found);
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_person(fx_session("parent5"), twice, &found, error));
    edu_session *parent = fx_session("parent1");
    FX_FAILS(EDU_E_NOT_FOUND, edu_application_get(parent, twice, had.club, &application, error));
    FX_OK(edu_application_get(parent, keeps, had.club, &application, error));
    edu_free(application);
    /* A register that knows the document still. */
    edu_import_report again = fx_import(edu_account_import_pupils,
                                        "number,document,institution,grade\n," DOCUMENT ",S2,7\n");
    ck_assert_int_eq(again.changed, 1);
    FX_OK(edu_account_find(clerk, NUMBER, (edu_date){2014, 3, 3}, &found, error));
    ck_assert_str_eq(found->institution, "S2");
    edu_free(found);
    /* The paper that was given out. */
    FX_OK(edu_certificate_check(fx_nobody(), had.qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "valid");
    edu_free(verdict);
    FX_OK(edu_certificate_find(fx_nobody(), had.number, (edu_date){2014, 3, 3}, NULL, &verdict,
                               error));
    ck_assert_str_eq(verdict->status, "valid");
    edu_free(verdict);
}
END_TEST

START_TEST(a_merged_person_is_nobody_any_more)
{
    edu_merge *out = NULL;
    merge();
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_create(fx_operator(), twice, "again", FX_PASSWORD, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_grant(fx_operator(), twice, "admin", "", "", NULL, error));
    edu_id other = fx_person("PUP0001");
    ck_assert(stands_against(other, twice, "person.merged"));
    ck_assert(stands_against(twice, other, "person.merged"));
    FX_FAILS(EDU_E_STATE, edu_person_merge(fx_session("clerk"), twice, keeps, NULL, &out, error));
    ck_assert_str_eq(fx_last_error.key, "person.merged");
    ck_assert_uint_eq(pair_count("clerk"), 0);
    FX_FAILS(EDU_E_STATE,
             edu_privacy_erase(fx_session("admin"), twice, "their wish", false, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "privacy.merged");
}
END_TEST

/* B into A, A into C: all is C's, and what was B's first opens still. */
START_TEST(merging_on_keeps_what_was_merged_before)
{
    edu_merge *out = NULL;
    edu_person *found = NULL;
    edu_appeal_event_page *said = NULL;
    live_a_life();
    fx_import(edu_account_import_persons, "number,document,given,family,birth\n"
                                          ",X-2000003,Ləman,Qasımova," BIRTH "\n");
    edu_id third = fx_id("SELECT id FROM person p WHERE NOT EXISTS (SELECT 1 FROM claim c WHERE "
                         "c.owner = p.id AND c.kind = 'fin') AND p.family = 'Qasımova'");
    ck_assert_uint_eq(pair_count("clerk"), 3);
    FX_OK(edu_person_merge(fx_session("clerk"), third, twice, NULL, &out, error));
    ck_assert_str_eq(json_string_value(json_object_get(out->identifiers, "document")), "both");
    edu_free(out);
    FX_OK(edu_person_merge(fx_session("clerk"), keeps, third, NULL, &out, error));
    edu_free(out);
    ck_assert_int_ge(check_columns(twice), 60);
    ck_assert_int_ge(check_columns(third), 60);
    FX_OK(edu_account_person(fx_session("clerk"), twice, &found, error));
    ck_assert(is_same(found->id, keeps));
    edu_free(found);
    edu_session *own = fx_fresh(LOGIN);
    check_chains(own);
    FX_OK(edu_appeal_timeline(own, keeps, had.appeal, NULL, 0, &said, error));
    ck_assert_str_eq(said->items[0].text, TEXT);
    edu_free(said);
    /* Both documents are theirs. */
    edu_import_report again = fx_import(edu_account_import_pupils,
                                        "number,document,institution,grade\n," DOCUMENT ",S1,6\n");
    ck_assert_int_eq(again.unchanged, 1);
    again = fx_import(edu_account_import_persons, "number,document,given,family,birth\n" NUMBER
                                                  "," DOCUMENT ",Ləman,Qasımova," BIRTH "\n");
    ck_assert_int_eq(again.changed, 1);
}
END_TEST

/* The one that the clerk keeps goes on; the other's login is free. */
START_TEST(of_two_accounts_that_of_who_is_kept_goes_on)
{
    edu_session *session = NULL, *theirs = fx_session(LOGIN);
    edu_merge *out = NULL;
    FX_OK(edu_account_create(fx_operator(), keeps, "qasimova", FX_PASSWORD, NULL, error));
    FX_OK(edu_person_merge(fx_session("clerk"), keeps, twice, NULL, &out, error));
    ck_assert_str_eq(out->account, "both");
    edu_free(out);
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_session_sign_in(fx_portal(), LOGIN, FX_PASSWORD, NULL, "en", &session, error));
    edu_person *found = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(theirs, none, &found, error));
    ck_assert_str_eq(fx_last_error.key, "session.ended");
    (void)fx_fresh("qasimova");
    FX_OK(edu_account_create(fx_operator(), fx_person("PUP0002"), LOGIN, FX_PASSWORD, NULL, error));
    ck_assert_str_eq(fx_last_template(keeps), "person_merged");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'person_merged'"),
                     1);
}
END_TEST

/* ---- what stands against it ---- */

START_TEST(two_lives_are_not_made_one)
{
    edu_id other = fx_person("PUP0001"), born = none;
    edu_merge *out = NULL;
    FX_FAILS(EDU_E_INVALID,
             edu_person_merge_preview(fx_session("clerk"), keeps, keeps, &out, error));
    ck_assert_str_eq(fx_last_error.key, "person.same");
    refused(keeps, other, "person.births");
    ck_assert(stands_against(keeps, other, "person.numbers"));
    fx_import(edu_account_import_persons,
              "number,given,family,birth\n7KEPT22,Ləman,Qasımova," BIRTH "\n");
    born = fx_person("7KEPT22");
    refused(keeps, born, "person.numbers");
    refused(born, keeps, "person.numbers");
    refused(fx_person("STF0002"), twice, "person.own");
}
END_TEST

START_TEST(who_has_a_role_is_not_merged_away)
{
    edu_merge *out = NULL;
    FX_OK(edu_account_grant(fx_operator(), twice, "school", "institution", "S1", NULL, error));
    refused(keeps, twice, "person.has_role");
    FX_OK(edu_account_revoke(fx_operator(), twice, "school", "institution", "S1", NULL, error));
    /* Else the merged one's sign-in would be that of staff. */
    FX_OK(edu_account_grant(fx_operator(), keeps, "school", "institution", "S1", NULL, error));
    refused(keeps, twice, "person.staff");
    FX_OK(edu_person_merge(fx_session("admin"), keeps, twice, NULL, &out, error));
    edu_free(out);
}
END_TEST

START_TEST(nobody_acts_for_themselves)
{
    fx_import(edu_account_import_guardians,
              "guardian_number,child_number,child_document\n" NUMBER ",," DOCUMENT "\n");
    refused(keeps, twice, "person.own_guardian");
    FX_OK(edu_account_guardian_end(fx_session("clerk"), keeps, twice, NULL, error));
    merge();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM guardian WHERE guardian_id = child_id"), 0);
}
END_TEST

START_TEST(of_two_links_the_one_decided_last_stands)
{
    fx_import(edu_account_import_guardians,
              "guardian_number,child_number,child_document\nGRD0001,," DOCUMENT
              "\nGRD0005,," DOCUMENT "\nGRD0001," NUMBER ",\nGRD0005," NUMBER ",\n");
    fx_import(edu_account_import_pupils, "number,institution,grade\n" NUMBER ",S1,6\n");
    fx_clock_add(FX_MINUTE);
    edu_session *school = fx_session("school1");
    FX_OK(edu_account_guardian_end(school, fx_person("GRD0001"), keeps, NULL, error));
    FX_OK(edu_account_guardian_end(school, fx_person("GRD0005"), twice, NULL, error));
    merge();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM guardian g JOIN person p ON p.id = g.child_id "
                            "WHERE p.family = 'Qasımova' AND g.state = 'ended' AND g.institution "
                            "= 'S1'"),
                     2);
}
END_TEST

START_TEST(a_link_that_is_good_outlives_one_that_is_asked_for)
{
    edu_person *found = NULL;
    fx_import(edu_account_import_guardians,
              "guardian_number,child_number,child_document\nGRD0001,," DOCUMENT "\n");
    fx_import(edu_account_import_pupils, "number,institution,grade\n" NUMBER ",S1,6\n");
    fx_clock_add(FX_MINUTE);
    FX_OK(edu_account_guardian_request(fx_session("parent1"), NUMBER, (edu_date){2014, 3, 3}, NULL,
                                       error));
    merge();
    FX_OK(edu_account_person(fx_session("parent1"), keeps, &found, error));
    edu_free(found);
}
END_TEST

START_TEST(nobody_is_in_one_group_twice_or_in_two_at_once)
{
    edu_session *clerk = fx_session("clerk");
    fx_import(edu_account_import_pupils, "number,institution,grade\n" NUMBER ",S1,6\n");
    edu_id chess = group("chess", TUESDAY), dance = group("dance", TUESDAY_LATER);
    edu_id first = enrolled(clerk, twice, chess), second = enrolled(clerk, keeps, chess);
    ck_assert(stands_against(keeps, twice, "person.both_enrolled"));
    FX_OK(edu_request_act(clerk, keeps, second, "dismiss", "Səhv", NULL, NULL, error));
    edu_id third = enrolled(clerk, keeps, dance);
    refused(keeps, twice, "person.clash");
    FX_OK(edu_request_act(clerk, keeps, third, "dismiss", "Səhv", NULL, NULL, error));
    merge();
    FX_OK(edu_application_check(fx_fresh(LOGIN), keeps, first, error));
}
END_TEST

START_TEST(one_thing_is_owed_once)
{
    (void)invoiced(twice, had.chess);
    fx_run("UPDATE invoice SET kind = 'tuition'");
    edu_id subject = group("paid", "[]");
    (void)invoiced(twice, subject);
    (void)invoiced(keeps, subject);
    refused(keeps, twice, "person.both_owe");
}
END_TEST

/* A record that a register has of both is one from now on, and the paper names it still. */
START_TEST(what_a_register_says_twice_it_says_once)
{
    edu_reference *paper = NULL;
    tell_registers("", DOCUMENT);
    FX_OK(edu_reference_request(fx_session(LOGIN), twice, "higher_student", none, NULL, &paper,
                                error));
    edu_free(paper);
    tell_registers(NUMBER, "");
    merge();
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM register_record"), 2);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM register_record WHERE is_current = 1"), 1);
    tell_registers("", DOCUMENT);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM register_record"), 2);
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){NULL, NULL}, error));
}
END_TEST

/* Of nine, the last has no room for its keys. */
START_TEST(a_ring_of_keys_has_an_end)
{
    edu_merge *out = NULL;
    for (int i = 0; i < 9; i++) {
        char csv[256], sql[128];
        (void)snprintf(csv, sizeof csv,
                       "number,document,given,family,birth\n,Z-100000%d,Ləman,Qasım%d," BIRTH "\n",
                       i, i);
        fx_import(edu_account_import_persons, csv);
        (void)snprintf(sql, sizeof sql, "SELECT id FROM person WHERE family = 'Qasım%d'", i);
        edu_id one = fx_id(sql);
        if (i == 8)
            FX_FAILS(EDU_E_STATE,
                     edu_person_merge(fx_session("clerk"), keeps, one, NULL, &out, error));
        else
            FX_OK(edu_person_merge(fx_session("clerk"), keeps, one, NULL, &out, error));
        edu_free(i == 8 ? NULL : out);
    }
    ck_assert_str_eq(fx_last_error.key, "person.merged_often");
}
END_TEST

/* ---- erased ---- */

START_TEST(erasing_who_is_kept_erases_who_was_merged)
{
    edu_session *admin = fx_session("admin");
    edu_document *list = NULL;
    edu_personal_data *data = NULL;
    FX_OK(edu_account_create(fx_operator(), keeps, "qasimova", FX_PASSWORD, NULL, error));
    fx_import(edu_account_import_persons, "number,document,given,family,birth\n" NUMBER
                                          ",X-2000009,Ləman,Qasımova," BIRTH "\n");
    had.appeal = appealed(fx_session(LOGIN), TEXT);
    merge();
    FX_OK(edu_privacy_erase(admin, keeps, "their wish", true, NULL, error));
    ck_assert_int_eq(
        fx_int("SELECT COUNT(*) FROM person WHERE family LIKE 'Q%s%' OR family LIKE 'QAS%'"), 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM erasure"), 2);
    FX_OK(edu_privacy_export(admin, keeps, &data, error));
    ck_assert_str_eq(text_of(part(data, "appeal_texts", 0), "text"), "");
    edu_free(data);
    /* Neither document leads anywhere: who brings it is somebody new. */
    edu_import_report fresh_one =
        fx_import(edu_account_import_persons, "number,document,given,family,birth\n," DOCUMENT
                                              ",Yeni,Adam,1990-01-01\n,X-2000009,Yeni,Dam,"
                                              "1990-01-01\n");
    ck_assert_int_eq(fresh_one.added, 2);
    FX_OK(edu_privacy_erasures(admin, &list, error));
    char *csv = malloc(list->content.size + 1);
    memcpy(csv, list->content.data, list->content.size);
    csv[list->content.size] = 0;
    char id[EDU_ID_TEXT];
    edu_id_format(twice, id);
    ck_assert(strstr(csv, id) != NULL);
    edu_id_format(keeps, id);
    ck_assert(strstr(csv, id) != NULL);
    free(csv);
    edu_free(list);
}
END_TEST

/* A backup from after the merger has both rows: its list erases the one by the other's id. */
START_TEST(a_list_of_erasures_finds_whom_the_merged_one_is)
{
    char csv[256], id[EDU_ID_TEXT];
    int32_t done = 0;
    live_a_life();
    merge();
    edu_id_format(twice, id);
    (void)snprintf(csv, sizeof csv, "person,at,by,reason\n%s,2026-09-22T08:00:00Z,%s,wish\n", id,
                   id);
    FX_OK(edu_privacy_replay(fx_operator(), fx_bytes(csv), &done, error));
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM erasure"), 2);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE family = 'Qasımova'"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("person");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_test(tests, likely_duplicates_are_found_as_registers_tell_of_them);
    tcase_add_test(tests, a_pair_is_seen_by_who_covers_both);
    tcase_add_test(tests, two_people_are_told_apart_for_good);
    tcase_add_test(tests, all_that_was_the_merged_persons_is_the_kept_ones);
    tcase_add_test(tests, what_was_sealed_for_them_opens_and_is_given_as_theirs);
    tcase_add_test(tests, old_identifiers_lead_to_who_is_kept);
    tcase_add_test(tests, a_merged_person_is_nobody_any_more);
    tcase_add_test(tests, merging_on_keeps_what_was_merged_before);
    tcase_add_test(tests, of_two_accounts_that_of_who_is_kept_goes_on);
    tcase_add_test(tests, two_lives_are_not_made_one);
    tcase_add_test(tests, who_has_a_role_is_not_merged_away);
    tcase_add_test(tests, nobody_acts_for_themselves);
    tcase_add_test(tests, of_two_links_the_one_decided_last_stands);
    tcase_add_test(tests, a_link_that_is_good_outlives_one_that_is_asked_for);
    tcase_add_test(tests, nobody_is_in_one_group_twice_or_in_two_at_once);
    tcase_add_test(tests, one_thing_is_owed_once);
    tcase_add_test(tests, what_a_register_says_twice_it_says_once);
    tcase_add_test(tests, a_ring_of_keys_has_an_end);
    tcase_add_test(tests, erasing_who_is_kept_erases_who_was_merged);
    tcase_add_test(tests, a_list_of_erasures_finds_whom_the_merged_one_is);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
