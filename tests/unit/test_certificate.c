/* Places in status lists, keys that are replaced and withdrawn, bundles: with a portal. */
#include "fixture.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <edu/certificate.h>
#include "credential/credential.h"
#include "domain/certificate/certificate_store.h"
#include "../tap.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define BIG ((int32_t)1 << 28)

/* ---- a certificate of a pupil, without a season ---- */

typedef struct issuing {
    ei_certificate_spec spec;
    bool issued;
} issuing;

static edu_status issue_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    issuing *work = command->context;
    return ei_certificate_issue(command, tx, &work->spec, &work->issued, error);
}

/* A certificate of this name; of another name it replaces the one before. */
static edu_certificate *issue_until(const char *pupil, const char *name, edu_time expires)
{
    edu_id person = fx_person(pupil);
    issuing work = {.spec = {.person_id = person,
                             .source_id = person,
                             .type = "reference",
                             .title = "{\"en\":\"Reference\"}",
                             .source = "x",
                             .holder = "A pupil",
                             .name = name,
                             .description = "d",
                             .criteria = "c",
                             .expires = expires,
                             .claim_count = 1,
                             .claims = {{"holder", "A pupil"}}}};
    ei_command command = {
        .session = fx_operator(), .name = "test.issue", .run = issue_run, .context = &work};
    FX_OK(ei_command_run(&command, error));
    ck_assert(work.issued);
    edu_certificate_page *page = NULL;
    edu_certificate *out = NULL;
    FX_OK(edu_certificate_list(fx_session("clerk"), person, NULL, 0, &page, error));
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->items[i].state, "valid") == 0)
            FX_OK(edu_certificate_get(fx_session("clerk"), person, page->items[i].number, &out,
                                      error));
    edu_free(page);
    ck_assert_ptr_nonnull(out);
    return out;
}

static edu_certificate *issue(const char *pupil, const char *name)
{
    return issue_until(pupil, name, 0);
}

static edu_document *file_of(const edu_certificate *c)
{
    edu_document *file = NULL;
    FX_OK(edu_certificate_file(fx_session("clerk"), c->person_id, c->number, "json", &file, error));
    return file;
}

static void check_is(const char *text, const char *expected)
{
    edu_verdict *verdict = NULL;
    FX_OK(edu_certificate_check(fx_nobody(), text, &verdict, error));
    ck_assert_msg(strcmp(verdict->status, expected) == 0, "%s (%s) instead of %s", verdict->status,
                  verdict->message, expected);
    edu_free(verdict);
}

static char *public_keys(void)
{
    char *keys = NULL;
    FX_OK(edu_portal_public_keys(fx_nobody(), &keys, error));
    return keys;
}

static edu_document *bundle(void)
{
    edu_document *out = NULL;
    FX_OK(edu_certificate_bundle(fx_nobody(), &out, error));
    return out;
}

static void offline_is(const char *text, const char *bundle_text, const char *keys, int32_t age,
                       const char *expected)
{
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify_offline(text, bundle_text, keys, age, fx_now(), &verdict, error));
    ck_assert_msg(strcmp(verdict->status, expected) == 0, "%s (%s) instead of %s", verdict->status,
                  verdict->message, expected);
    edu_free(verdict);
}

static void revoke_it(const char *number)
{
    FX_OK(edu_certificate_revoke(fx_session("clerk"), number, "an error", true, NULL, error));
    FX_OK(edu_certificate_revoke_decide(fx_session("clerk2"), number, true, NULL, error));
}

/* The place that the record tells. */
static ei_status_place place_of(const edu_document *file)
{
    json_t *record = json_loads(file->content.data, 0, NULL);
    const json_t *status = json_object_get(record, "credentialStatus");
    const char *list = strrchr(ei_json_text(status, "statusListCredential"), '/');
    ck_assert_ptr_nonnull(list);
    ei_status_place place = {atoi(list + 1), atoi(ei_json_text(status, "statusListIndex"))};
    json_decref(record);
    return place;
}

/* Whether the published list has this bit. */
static bool bit_of(ei_status_place place)
{
    edu_document *list = NULL;
    uint8_t *bytes = NULL;
    size_t bits = 0;
    bool good = false;
    FX_OK(edu_certificate_status_list(fx_nobody(), place.list, &list, error));
    json_t *document = json_loads(list->content.data, 0, NULL);
    char *keys = public_keys(), id[EI_KEY_ID_TEXT];
    json_t *set = json_loads(keys, 0, NULL);
    const ei_trust trust = {.keys = json_object_get(set, "keys"), .is_key_set = true};
    ei_key_times key;
    ck_assert(ei_proof_key_id(document, "did:web:portal.example", id));
    ck_assert(ei_trust_key(&trust, id, &key));
    FX_OK(ei_integrity_verify(document, key.public_key, &good, error));
    ck_assert(good);
    FX_OK(ei_status_unpack(
        ei_json_text(json_object_get(document, "credentialSubject"), "encodedList"), &bytes, &bits,
        error));
    ck_assert_uint_lt((size_t)place.index, bits);
    bool set_bit = ei_status_get(bytes, (size_t)place.index);
    ei_free(bytes);
    edu_free(keys);
    edu_free(list);
    json_decref(set);
    json_decref(document);
    return set_bit;
}

/* ---- status ---- */

START_TEST(a_revoked_certificate_has_its_bit_set)
{
    edu_certificate *one = issue("PUP0001", "one"), *two = issue("PUP0002", "two");
    edu_document *file = file_of(one), *other = file_of(two);
    ei_status_place place = place_of(file), place_two = place_of(other);
    ck_assert_int_eq(place.list, 1);
    ck_assert_int_ne(place.index, place_two.index);
    ck_assert(!bit_of(place) && !bit_of(place_two));
    check_is(one->qr, "valid");
    char *keys = public_keys();
    edu_document *before = bundle();
    offline_is(one->qr, before->content.data, keys, 0, "valid");
    offline_is(file->content.data, before->content.data, keys, 0, "valid");
    revoke_it(one->number);
    check_is(one->qr, "revoked");
    check_is(file->content.data, "revoked");
    ck_assert(bit_of(place) && !bit_of(place_two));
    edu_document *after = bundle();
    offline_is(one->qr, after->content.data, keys, 0, "revoked");
    offline_is(file->content.data, after->content.data, keys, 0, "revoked");
    offline_is(two->qr, after->content.data, keys, 0, "valid");
    fx_clock_add(2 * HOUR);
    offline_is(two->qr, after->content.data, keys, 3600, "status_unknown");
    offline_is(one->qr, after->content.data, keys, 3600, "revoked");
    /* What another replaced is revoked, too. */
    edu_certificate *three = issue("PUP0002", "three");
    ck_assert(bit_of(place_two));
    check_is(two->qr, "revoked");
    check_is(three->qr, "valid");
    edu_free(three);
    edu_free(before);
    edu_free(after);
    edu_free(keys);
    edu_free(file);
    edu_free(other);
    edu_free(one);
    edu_free(two);
}
END_TEST

START_TEST(a_reason_that_is_not_public_stays_inside)
{
    edu_certificate *one = issue("PUP0001", "one"), *seen = NULL;
    edu_verdict *verdict = NULL;
    edu_revocation_page *page = NULL;
    FX_FAILS(EDU_E_DENIED,
             edu_certificate_revoke(fx_operator(), one->number, "why", true, NULL, error));
    FX_OK(edu_certificate_revoke(fx_session("clerk"), one->number, "a forged diploma", false, NULL,
                                 error));
    FX_FAILS(EDU_E_DENIED,
             edu_certificate_revoke_decide(fx_session("clerk"), one->number, true, NULL, error));
    FX_FAILS(EDU_E_DENIED,
             edu_certificate_revoke_decide(fx_operator(), one->number, true, NULL, error));
    FX_OK(edu_certificate_revocations(fx_session("clerk2"), NULL, 0, &page, error));
    ck_assert(!page->items[0].is_public && page->items[0].may_confirm);
    ck_assert_str_eq(page->items[0].reason, "a forged diploma");
    edu_free(page);
    FX_OK(edu_certificate_revoke_decide(fx_session("clerk2"), one->number, true, NULL, error));
    FX_OK(edu_certificate_check(fx_nobody(), one->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "revoked");
    ck_assert_ptr_null(verdict->reason);
    edu_free(verdict);
    FX_OK(edu_certificate_find(fx_nobody(), one->number, (edu_date){2014, 1, 1}, NULL, &verdict,
                               error));
    ck_assert_ptr_null(verdict->reason);
    edu_free(verdict);
    FX_OK(edu_certificate_get(fx_session("pupil1"), one->person_id, one->number, &seen, error));
    ck_assert_str_eq(seen->reason, "a forged diploma");
    edu_free(seen);
    edu_free(one);
    edu_certificate *two = issue("PUP0002", "two");
    revoke_it(two->number);
    FX_OK(edu_certificate_check(fx_nobody(), two->qr, &verdict, error));
    ck_assert_str_eq(verdict->reason, "an error");
    edu_free(verdict);
    edu_free(two);
}
END_TEST

START_TEST(what_the_store_does_not_know_has_no_status)
{
    edu_certificate *one = issue("PUP0001", "one");
    fx_run("DELETE FROM certificate");
    check_is(one->qr, "status_unknown");
    edu_free(one);
}
END_TEST

START_TEST(validity_ends)
{
    edu_time end = fx_now() / SECOND * SECOND + HOUR;
    edu_certificate *one = issue_until("PUP0001", "one", end);
    edu_document *file = file_of(one);
    edu_verdict *verdict = NULL;
    FX_OK(edu_certificate_check(fx_nobody(), one->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_int_eq(verdict->expires, end);
    ck_assert_int_eq(verdict->status_age, 0);
    edu_free(verdict);
    FX_OK(edu_certificate_find(fx_nobody(), one->number, (edu_date){2014, 1, 1}, NULL, &verdict,
                               error));
    ck_assert_str_eq(verdict->status, "valid");
    edu_free(verdict);
    fx_clock_set(end + 1);
    check_is(one->qr, "expired");
    check_is(file->content.data, "expired");
    FX_OK(edu_certificate_find(fx_nobody(), one->number, (edu_date){2014, 1, 1}, NULL, &verdict,
                               error));
    ck_assert_str_eq(verdict->status, "expired");
    edu_free(verdict);
    revoke_it(one->number);
    check_is(one->qr, "revoked");
    edu_free(file);
    edu_free(one);
}
END_TEST

/* The first three quarters of list 1: chance meets a taken place soon. */
static void take_places(void)
{
    if (fx_is_on_server()) {
        fx_run("INSERT INTO claim (kind, value, owner) SELECT 'status', int4send(1) ||"
               " int4send(i), '00000000-0000-0000-0000-000000000001'"
               " FROM generate_series(0, 98303) i ON CONFLICT DO NOTHING");
        return;
    }
    char sql[1024], all[513];
    for (unsigned i = 0; i < 256; i++)
        (void)snprintf(all + (size_t)2 * i, 3, "%02x", i);
    (void)snprintf(sql, sizeof sql,
                   "WITH RECURSIVE b (b) AS (SELECT x'%s'), n (i) AS (SELECT 0 UNION ALL SELECT i +"
                   " 1 FROM n WHERE i < 98303) INSERT OR IGNORE INTO claim (kind, value, owner)"
                   " SELECT 'status', CAST(x'0000000100' || substr(b, 1 + i / 65536, 1) ||"
                   " substr(b, 1 + i / 256 %% 256, 1) || substr(b, 1 + i %% 256, 1) AS BLOB),"
                   " zeroblob(16) FROM n, b",
                   all);
    fx_run(sql);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM claim WHERE kind = 'status' AND"
                            " LENGTH(value) = 8"),
                     98304 + (fx_int("SELECT COUNT(*) FROM certificate WHERE status_index >="
                                     " 98304")));
}

START_TEST(a_list_that_is_half_full_is_followed_by_another)
{
    edu_certificate *one = issue("PUP0001", "one");
    int32_t list = 0;
    take_places();
    char name[16];
    for (int i = 0; i < 60 && list != 2; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        edu_certificate *more = issue("PUP0002", name);
        edu_document *file = file_of(more);
        list = place_of(file).list;
        ck_assert_int_ge(place_of(file).index, list == 1 ? 98304 : 0);
        edu_free(file);
        edu_free(more);
    }
    ck_assert_int_eq(list, 2);
    /* By hand, of another size. */
    FX_FAILS(EDU_E_INVALID, edu_certificate_open_list(fx_operator(), 131064, NULL, &list, error));
    FX_FAILS(EDU_E_INVALID, edu_certificate_open_list(fx_operator(), 131073, NULL, &list, error));
    FX_FAILS(EDU_E_INVALID, edu_certificate_open_list(fx_operator(), BIG, NULL, &list, error));
    FX_OK(edu_certificate_open_list(fx_operator(), 262144, "k", &list, error));
    ck_assert_int_eq(list, 3);
    FX_OK(edu_certificate_open_list(fx_operator(), 262144, "k", &list, error));
    ck_assert_int_eq(list, 3);
    edu_certificate *last = issue("PUP0003", "last");
    edu_document *file = file_of(last), *all = bundle();
    ck_assert_int_eq(place_of(file).list, 3);
    json_t *document = json_loads(all->content.data, 0, NULL);
    const json_t *lists = json_object_get(document, "lists");
    ck_assert_uint_eq(json_array_size(lists), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(lists, 2), "size")), 262144);
    json_decref(document);
    FX_FAILS(EDU_E_NOT_FOUND, edu_certificate_status_list(fx_nobody(), 4, &all, error));
    edu_free(all);
    edu_free(file);
    edu_free(last);
    edu_free(one);
}
END_TEST

START_TEST(what_is_published_is_kept_a_while)
{
    edu_certificate *one = issue("PUP0001", "one");
    edu_document *first = bundle();
    fx_clock_add(10 * SECOND);
    edu_document *again = bundle();
    ck_assert_str_eq(again->content.data, first->content.data);
    fx_clock_add(60 * SECOND);
    edu_document *later = bundle();
    ck_assert_str_ne(later->content.data, first->content.data);
    revoke_it(one->number);
    edu_document *at_once = bundle();
    ck_assert_ptr_null(strstr(at_once->content.data, "\"revoked\":[]"));
    edu_free(first);
    edu_free(again);
    edu_free(later);
    edu_free(at_once);
    edu_free(one);
}
END_TEST

/* ---- keys ---- */

static edu_key_page *keys_now(void)
{
    edu_key_page *page = NULL;
    FX_OK(edu_key_list(fx_operator(), NULL, 0, &page, error));
    return page;
}

START_TEST(keys_are_replaced_and_kept)
{
    edu_certificate *old = issue("PUP0001", "old");
    edu_document *before = bundle();
    char *pinned = public_keys();
    fx_clock_add(HOUR);
    FX_FAILS(EDU_E_DENIED, edu_key_rotate(fx_session("clerk"), NULL, NULL, error));
    FX_OK(edu_key_rotate(fx_session("admin"), NULL, "r", error));
    FX_OK(edu_key_rotate(fx_session("admin"), NULL, "r", error));
    edu_key_page *page = keys_now();
    ck_assert_uint_eq(page->count, 2);
    ck_assert_str_eq(page->items[0].state, "current");
    ck_assert_str_eq(page->items[1].state, "past");
    ck_assert(page->items[0].until == EDU_TIME_NONE && page->items[1].until > fx_now());
    ck_assert(!page->items[0].is_elsewhere);
    edu_certificate *new = issue("PUP0002", "new");
    check_is(old->qr, "valid");
    check_is(new->qr, "valid");
    /* Who knew only the old key does not know the new one, and takes no bundle of it. */
    edu_verdict *verdict = NULL;
    FX_OK(edu_verify(new->qr, pinned, &verdict, error));
    ck_assert_str_eq(verdict->status, "unknown_key");
    ck_assert_str_eq(verdict->key_id, page->items[0].kid);
    edu_free(verdict);
    edu_document *after = bundle();
    FX_FAILS(EDU_E_CRYPTO, edu_verify_offline(new->qr, after->content.data, pinned, 0, fx_now(),
                                              &verdict, error));
    char *keys = public_keys();
    offline_is(new->qr, after->content.data, keys, 0, "valid");
    offline_is(old->qr, after->content.data, keys, 0, "valid");
    edu_free(keys);
    edu_free(after);
    edu_free(page);
    edu_free(pinned);
    edu_free(before);
    edu_free(old);
    edu_free(new);
}
END_TEST

START_TEST(another_process_signs_with_the_new_key)
{
    /* Another portal on the same store. */
    fx_paths paths;
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    edu_portal *other = NULL;
    edu_session *session = NULL;
    char *theirs = NULL;
    fx_place(fx_folder(), &paths);
    options.store = fx_is_on_server() ? fx_server_store() : paths.store;
    options.keys = paths.keys;
    options.host = "portal.example";
    FX_OK(edu_portal_open(&options, NULL, &other, error));
    FX_OK(edu_session_open(other, NULL, &session, error));
    fx_clock_add(SECOND);
    FX_OK(edu_key_rotate(fx_operator(), NULL, NULL, error));
    FX_OK(edu_portal_public_keys(session, &theirs, error));
    char *mine = public_keys();
    ck_assert_str_eq(mine, theirs);
    edu_document *made = NULL;
    FX_OK(edu_certificate_bundle(session, &made, error));
    edu_key_page *page = keys_now();
    const char *method = strstr(made->content.data, "portal.example#");
    ck_assert_ptr_nonnull(method);
    ck_assert_mem_eq(method + strlen("portal.example#"), page->items[0].kid, 16);
    edu_free(page);
    edu_free(made);
    edu_free(mine);
    edu_free(theirs);
    edu_session_close(session);
    edu_portal_close(other);
}
END_TEST

START_TEST(what_a_withdrawn_key_signed_is_not_believed)
{
    edu_certificate *early = issue("PUP0001", "early");
    edu_key_page *page = keys_now();
    fx_clock_add(HOUR);
    edu_time since = fx_now() / SECOND * SECOND;
    fx_clock_add(HOUR);
    edu_certificate *late = issue("PUP0002", "late");
    FX_FAILS(EDU_E_DENIED,
             edu_key_compromise(fx_session("clerk"), page->items[0].kid, since, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_key_compromise(fx_operator(), "x", since, NULL, error));
    FX_FAILS(EDU_E_INVALID,
             edu_key_compromise(fx_operator(), page->items[0].kid, fx_now() + HOUR, NULL, error));
    FX_OK(edu_key_compromise(fx_operator(), page->items[0].kid, since, NULL, error));
    FX_FAILS(EDU_E_STATE,
             edu_key_compromise(fx_operator(), page->items[0].kid, EDU_TIME_NONE, NULL, error));
    check_is(early->qr, "valid");
    edu_verdict *verdict = NULL;
    FX_OK(edu_certificate_check(fx_nobody(), late->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "unknown_key");
    ck_assert_ptr_nonnull(strstr(verdict->message, "withdrawn"));
    edu_free(verdict);
    edu_certificate *next = issue("PUP0003", "next");
    check_is(next->qr, "valid");
    char *keys = public_keys(), *did = NULL;
    edu_document *all = bundle();
    offline_is(late->qr, all->content.data, keys, 0, "unknown_key");
    offline_is(early->qr, all->content.data, keys, 0, "valid");
    FX_OK(edu_portal_did(fx_nobody(), &did, error));
    json_t *document = json_loads(did, 0, NULL);
    ck_assert_str_eq(ei_json_text(document, "id"), "did:web:portal.example");
    ck_assert_uint_eq(json_array_size(json_object_get(document, "verificationMethod")), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "assertionMethod")), 1);
    ck_assert_ptr_nonnull(strstr(did, "\"publicKeyMultibase\":\"z6Mk"));
    ck_assert_ptr_nonnull(strstr(did, "\"revoked\""));
    json_decref(document);
    edu_free(did);
    edu_free(all);
    edu_free(keys);
    edu_free(page);
    edu_free(early);
    edu_free(late);
    edu_free(next);
}
END_TEST

/* ---- what goes wrong around it ---- */

START_TEST(a_clock_that_was_wrong_is_told_and_mended)
{
    edu_verdict *verdict = NULL;
    /* Behind the key: dated with the key. */
    edu_time right = fx_now();
    fx_clock_set(right - 48 * HOUR);
    edu_certificate *early = issue("PUP0001", "early");
    fx_clock_set(right + HOUR);
    FX_OK(edu_certificate_check(fx_nobody(), early->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_int_ge(verdict->issued, right - HOUR);
    edu_free(verdict);
    /* Ahead: good, until the key is replaced before that date comes; then it is made anew. */
    fx_run("UPDATE sign_in SET expires = 4000000000000000");
    fx_clock_set(right + 9000 * HOUR);
    edu_certificate *ahead = issue("PUP0002", "ahead");
    fx_clock_set(right + 2 * HOUR);
    check_is(ahead->qr, "valid");
    FX_OK(edu_key_rotate(fx_operator(), NULL, NULL, error));
    FX_OK(edu_certificate_check(fx_nobody(), ahead->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "unknown_key");
    edu_free(verdict);
    edu_certificate *seen = NULL;
    FX_OK(edu_certificate_get(fx_session("clerk"), ahead->person_id, ahead->number, &seen, error));
    ck_assert_str_eq(seen->state, "withdrawn");
    edu_free(seen);
    edu_certificate *again = issue("PUP0002", "ahead");
    check_is(again->qr, "valid");
    check_is(early->qr, "valid");
    /* Who checks with a clock that is behind believes what is signed, and makes nothing younger. */
    char *keys = public_keys();
    edu_document *all = bundle();
    FX_OK(edu_verify_offline(again->qr, all->content.data, keys, 0, right - 9000 * HOUR, &verdict,
                             error));
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_int_eq(verdict->status_age, 0);
    edu_free(verdict);
    edu_free(all);
    edu_free(keys);
    edu_free(early);
    edu_free(ahead);
    edu_free(again);
}
END_TEST

static edu_status bound_pages(edu_tx *tx, void *context, edu_error *error)
{
    static const edu_statement sizes[] = {
        {"fx_pages_free", {"PRAGMA max_page_count = 1073741823", ""}, 8, 0, NULL},
        {"fx_pages_bound", {"PRAGMA max_page_count = 1", ""}, 9, 0, NULL},
    };
    ei_rows rows;
    bool row;
    EI_TRY(ei_sql_rows(tx, &sizes[*(const bool *)context], NULL, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    return status;
}

static void set_full(bool is_full)
{
    FX_OK(ei_store_write(fx_portal()->store, bound_pages, &is_full, error));
}

static int64_t issued_rows(void)
{
    int64_t rows = fx_int("SELECT COUNT(*) FROM certificate");
    ck_assert_int_eq(
        fx_int("SELECT COUNT(*) FROM claim WHERE kind = 'document' AND LENGTH(value) = 10"), rows);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM claim WHERE kind = 'status'"), rows);
    return rows;
}

/* Of a server's full disk tests/server/test_server.py tells. */
START_TEST(a_full_disk_issues_all_of_a_paper_or_nothing)
{
    char name[16];
    edu_status status = EDU_OK;
    edu_error error = EDU_ERROR_INIT;
    if (fx_is_on_server())
        return;
    edu_certificate *one = issue("PUP0001", "one");
    edu_id person = fx_person("PUP0002");
    set_full(true);
    int64_t before = issued_rows();
    for (int i = 0; i < 200 && status == EDU_OK; i++) {
        (void)snprintf(name, sizeof name, "n%d", i);
        issuing work = {.spec = {.person_id = person,
                                 .source_id = person,
                                 .type = "reference",
                                 .title = "{\"en\":\"Reference\"}",
                                 .source = "x",
                                 .holder = "A pupil",
                                 .name = name,
                                 .description = "d",
                                 .criteria = "c",
                                 .claim_count = 1,
                                 .claims = {{"holder", "A pupil"}}}};
        ei_command command = {
            .session = fx_operator(), .name = "test.issue", .run = issue_run, .context = &work};
        status = ei_command_run(&command, &error);
        before += status == EDU_OK;
    }
    ck_assert_int_eq(status, EDU_E_STORAGE);
    ck_assert_str_eq(error.key, "storage.full");
    ck_assert_int_eq(issued_rows(), before);
    check_is(one->qr, "valid");
    set_full(false);
    edu_certificate *two = issue("PUP0002", "two");
    check_is(two->qr, "valid");
    edu_free(one);
    edu_free(two);
}
END_TEST

START_TEST(a_keys_file_that_is_gone_or_another_is_refused)
{
    fx_paths paths;
    char other[256];
    edu_portal *portal = NULL;
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    fx_place(fx_folder(), &paths);
    options.store = fx_is_on_server() ? fx_server_store() : paths.store;
    (void)snprintf(other, sizeof other, "%s.missing", paths.keys);
    options.keys = other;
    FX_FAILS(EDU_E_CRYPTO, edu_portal_open(&options, NULL, &portal, error));
    ck_assert_str_eq(fx_last_error.key, "security.keys_file");
    ck_assert_ptr_nonnull(strstr(fx_last_error.message, other));
    ck_assert_int_eq(chmod(paths.keys, 0640), 0);
    options.keys = paths.keys;
    FX_FAILS(EDU_E_CRYPTO, edu_portal_open(&options, NULL, &portal, error));
    ck_assert_ptr_nonnull(strstr(fx_last_error.message, "0600"));
    ck_assert_int_eq(chmod(paths.keys, 0600), 0);
    /* What is open goes on: the file is read once. */
    edu_certificate *one = issue("PUP0001", "one");
    check_is(one->qr, "valid");
    edu_free(one);
}
END_TEST

/* ---- a key elsewhere ---- */

static ei_signer module; /* stands for a security module */
static bool is_lying;

static edu_status module_sign(void *context, const char *key_id, const void *data, size_t size,
                              uint8_t signature[64], edu_error *error)
{
    (void)context;
    if (strcmp(key_id, module.key_id) != 0)
        return EDU_E_NOT_FOUND;
    EI_TRY(ei_sign(&module, data, size, signature, error));
    signature[5] ^= is_lying;
    return EDU_OK;
}

START_TEST(a_key_elsewhere_signs)
{
    uint8_t seed[EI_SEED] = {7};
    char x[EI_KEY_TEXT];
    module = ei_signer_of_seed(seed);
    ei_key_format(module.public_key, x);
    FX_FAILS(EDU_E_CRYPTO, edu_key_rotate(fx_operator(), x, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_key_rotate(fx_operator(), "x", NULL, error));
    fx_portal()->environment.signer = (edu_signer){module_sign, NULL};
    is_lying = true;
    FX_FAILS(EDU_E_CRYPTO, edu_key_rotate(fx_operator(), x, NULL, error));
    is_lying = false;
    fx_clock_add(SECOND);
    FX_OK(edu_key_rotate(fx_operator(), x, NULL, error));
    FX_FAILS(EDU_E_CONFLICT, edu_key_rotate(fx_operator(), x, NULL, error));
    edu_key_page *page = keys_now();
    ck_assert_uint_eq(page->count, 2);
    ck_assert_str_eq(page->items[0].kid, module.key_id);
    ck_assert(page->items[0].is_elsewhere);
    edu_free(page);
    edu_certificate *one = issue("PUP0001", "one");
    check_is(one->qr, "valid");
    edu_verdict *verdict = NULL;
    FX_OK(edu_certificate_check(fx_nobody(), one->qr, &verdict, error));
    ck_assert_str_eq(verdict->key_id, module.key_id);
    edu_free(verdict);
    /* Nothing is issued with a bad signature, or without what signs. */
    edu_document *made = NULL;
    is_lying = true;
    FX_FAILS(EDU_E_CRYPTO, edu_certificate_bundle(fx_nobody(), &made, error));
    fx_portal()->environment.signer = (edu_signer){NULL, NULL};
    FX_FAILS(EDU_E_CRYPTO, edu_certificate_bundle(fx_nobody(), &made, error));
    ck_assert_ptr_null(made);
    check_is(one->qr, "valid");
    edu_free(one);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("certificate");
    TCase *tests = tcase_create("certificate");
    tcase_set_timeout(tests, 240);
    tcase_add_checked_fixture(tests, fx_setup, fx_teardown);
    tcase_add_test(tests, a_revoked_certificate_has_its_bit_set);
    tcase_add_test(tests, a_reason_that_is_not_public_stays_inside);
    tcase_add_test(tests, what_the_store_does_not_know_has_no_status);
    tcase_add_test(tests, validity_ends);
    tcase_add_test(tests, a_list_that_is_half_full_is_followed_by_another);
    tcase_add_test(tests, what_is_published_is_kept_a_while);
    tcase_add_test(tests, keys_are_replaced_and_kept);
    tcase_add_test(tests, another_process_signs_with_the_new_key);
    tcase_add_test(tests, what_a_withdrawn_key_signed_is_not_believed);
    tcase_add_test(tests, a_clock_that_was_wrong_is_told_and_mended);
    tcase_add_test(tests, a_full_disk_issues_all_of_a_paper_or_nothing);
    tcase_add_test(tests, a_keys_file_that_is_gone_or_another_is_refused);
    tcase_add_test(tests, a_key_elsewhere_signs);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
