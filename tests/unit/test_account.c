/* Sessions, accounts, guardians and roles. */
#include <edu/application.h>
#include "fixture.h"
#include "../tap.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRONG "not the right password"

static edu_date date_of(int year, int month, int day)
{
    return (edu_date){(int16_t)year, (uint8_t)month, (uint8_t)day};
}

static edu_status sign_in(const char *login, const char *password, const char *address,
                          edu_session **out, edu_error *error)
{
    return edu_session_sign_in(fx_portal(), login, password, address, NULL, out, error);
}

static void assert_key(const char *key)
{
    ck_assert_str_eq(fx_last_error.key, key);
}

/* ---- the portal ---- */

START_TEST(portal_refuses_bad_options)
{
    edu_portal *portal = NULL;
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    FX_FAILS(EDU_E_INVALID, edu_portal_open(NULL, NULL, &portal, error));
    FX_FAILS(EDU_E_INVALID, edu_portal_open(&options, NULL, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_portal_open(&options, NULL, &portal, error));
    ck_assert_str_eq(fx_last_error.field, "/store");
    options.store = "nothing:here";
    FX_FAILS(EDU_E_INVALID, edu_portal_open(&options, NULL, &portal, error));
    options.store = "sqlite:/nowhere/at/all.db";
    FX_FAILS(EDU_E_NOT_FOUND, edu_portal_open(&options, NULL, &portal, error));
    options.language = "not a language";
    FX_FAILS(EDU_E_INVALID, edu_portal_open(&options, NULL, &portal, error));
    ck_assert_ptr_null(portal);
}
END_TEST

static edu_status open_again(const char *keys, edu_portal **out, edu_error *error)
{
    fx_paths paths;
    fx_place(fx_folder(), &paths);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = paths.store;
    options.keys = keys ? keys : paths.keys;
    options.create = true;
    return edu_portal_open(&options, NULL, out, error);
}

START_TEST(keys_belong_to_the_store)
{
    char keys[128], other[128];
    (void)snprintf(keys, sizeof keys, "%s/portal.db.keys", fx_folder());
    (void)snprintf(other, sizeof other, "%s/other.keys", fx_folder());
    edu_portal *portal = NULL;
    FX_OK(open_again(NULL, &portal, error));
    edu_portal_close(portal);

    struct stat about;
    ck_assert_int_eq(stat(keys, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0600);

    /* A store that has keys gets no new ones, even with create. */
    FX_FAILS(EDU_E_CRYPTO, open_again(other, &portal, error));
    ck_assert_int_ne(access(other, F_OK), 0);

    ei_keys *strange = NULL;
    const edu_random *random = &fx_portal()->environment.random;
    FX_OK(ei_keys_load(other, random, FX_START, true, &strange, error));
    ei_keys_free(strange);
    FX_FAILS(EDU_E_CRYPTO, open_again(other, &portal, error));
    assert_key("portal.other_keys");

    ck_assert_int_eq(chmod(keys, 0644), 0);
    FX_FAILS(EDU_E_CRYPTO, open_again(NULL, &portal, error));
}
END_TEST

START_TEST(public_keys_are_for_anyone)
{
    char *text = NULL;
    FX_OK(edu_portal_public_keys(fx_nobody(), &text, error));
    json_t *set = json_loads(text, 0, NULL);
    ck_assert_uint_eq(json_array_size(json_object_get(set, "keys")), 1);
    ck_assert_ptr_null(strstr(text, "\"d\""));
    json_decref(set);
    edu_free(text);
}
END_TEST

START_TEST(backup_and_check_are_the_operators)
{
    char path[128];
    edu_progress progress = {NULL, NULL};
    (void)snprintf(path, sizeof path, "%s/copy.db", fx_folder());
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_portal_backup(fx_nobody(), path, progress, error));
    FX_FAILS(EDU_E_DENIED, edu_portal_backup(fx_session("clerk"), path, progress, error));
    ck_assert_int_ne(access(path, F_OK), 0);
    FX_OK(edu_portal_backup(fx_operator(), path, progress, error));
    FX_FAILS(EDU_E_CONFLICT, edu_portal_backup(fx_operator(), path, progress, error));
    FX_FAILS(EDU_E_DENIED, edu_portal_check(fx_session("clerk"), progress, error));
    FX_OK(edu_portal_check(fx_operator(), progress, error));
}
END_TEST

/* ---- signing in ---- */

START_TEST(signs_in_and_resumes)
{
    edu_session *session = NULL, *again = NULL;
    edu_identity *me = NULL;
    FX_OK(sign_in("PUPIL1", FX_PASSWORD, "192.0.2.1", &session, error));
    const char *token = edu_session_token(fx_keep(session));
    ck_assert_uint_eq(strlen(token), 43);
    FX_OK(edu_account_identity(session, &me, error));
    ck_assert_str_eq(me->login, "pupil1");
    ck_assert_str_eq(me->given, "Aysel");
    ck_assert(!me->needs_code && !me->is_operator);
    edu_free(me);

    FX_OK(edu_session_resume(fx_portal(), token, &again, error));
    fx_keep(again);
    FX_OK(edu_account_identity(again, &me, error));
    ck_assert_int_eq(ei_id_compare(me->person_id, fx_person("PUP0001")), 0);
    edu_free(me);
    /* What is stored is not the token. */
    uint8_t hash[32];
    char hex[65], sql[160];
    ei_token_hash(token, hash);
    ei_hex_format(hash, sizeof hash, hex);
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM sign_in WHERE token_hash = x'%s'", hex);
    ck_assert_int_eq(fx_int(sql), 1);
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM sign_in WHERE instr(token_hash, '%s')",
                   token);
    ck_assert_int_eq(fx_int(sql), 0);
}
END_TEST

START_TEST(ended_sign_in_is_worth_nothing)
{
    edu_session *session = NULL, *other = NULL, *late = NULL;
    FX_OK(sign_in("pupil1", FX_PASSWORD, NULL, &session, error));
    fx_keep(session);
    char token[64];
    (void)snprintf(token, sizeof token, "%s", edu_session_token(session));
    FX_OK(edu_session_resume(fx_portal(), token, &other, error));
    fx_keep(other);
    FX_OK(edu_session_sign_out(session, error));
    ck_assert_ptr_null(edu_session_token(session));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_resume(fx_portal(), token, &late, error));
    ck_assert_ptr_null(late);
    /* An open session of the same sign-in ends with it. */
    edu_person *me = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(other, (edu_id){{0}}, &me, error));
    assert_key("session.ended");
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_sign_out(session, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_sign_out(fx_nobody(), error));
}
END_TEST

START_TEST(sign_in_is_over_after_half_a_day)
{
    edu_session *session = fx_session("pupil1"), *late = NULL;
    edu_person *me = NULL;
    fx_clock_add(12 * 60 * FX_MINUTE - FX_MINUTE);
    FX_OK(edu_account_person(session, (edu_id){{0}}, &me, error));
    edu_free(me);
    fx_clock_add(2 * FX_MINUTE);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(session, (edu_id){{0}}, &me, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_session_resume(fx_portal(), edu_session_token(session), &late, error));
    /* The next sign-in sweeps what is over. */
    FX_OK(sign_in("pupil5", FX_PASSWORD, NULL, &late, error));
    fx_keep(late);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM sign_in"), 1);
}
END_TEST

START_TEST(refusals_are_alike)
{
    static const char *const logins[] = {"pupil1", "nobody.here"};
    char messages[2][512];
    fx_work before[2];
    for (int i = 0; i < 2; i++) {
        edu_session *session = NULL;
        before[i] = fx_work_now();
        FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in(logins[i], WRONG, "192.0.2.1", &session, error));
        (void)snprintf(messages[i], sizeof messages[i], "%s", fx_last_error.message);
        ck_assert_ptr_null(session);
    }
    fx_assert_equal_work(before[0], before[1]);
    ck_assert_uint_eq(before[1].password_runs - before[0].password_runs, 1);
    ck_assert_str_eq(messages[0], messages[1]);
}
END_TEST

START_TEST(closed_account_is_like_a_wrong_password)
{
    fx_run("UPDATE account SET state = 'closed' WHERE login = 'pupil1'");
    edu_session *session = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in("pupil1", FX_PASSWORD, NULL, &session, error));
    assert_key("session.refused");
}
END_TEST

START_TEST(malformed_arguments_of_sign_in)
{
    edu_session *session = NULL;
    char longer[1200];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    FX_FAILS(EDU_E_INVALID, sign_in(NULL, FX_PASSWORD, NULL, &session, error));
    FX_FAILS(EDU_E_INVALID, sign_in("pupil1", NULL, NULL, &session, error));
    FX_FAILS(EDU_E_INVALID, sign_in("pupil1", FX_PASSWORD, NULL, NULL, error));
    FX_FAILS(EDU_E_LIMIT, sign_in("pupil1", longer, NULL, &session, error));
    FX_FAILS(EDU_E_INVALID, sign_in("pu\xffpil", FX_PASSWORD, NULL, &session, error));
    FX_FAILS(EDU_E_INVALID, edu_session_sign_in(fx_portal(), "pupil1", FX_PASSWORD, NULL,
                                                "english please", &session, error));
    FX_FAILS(EDU_E_INVALID,
             edu_session_sign_in(NULL, "pupil1", FX_PASSWORD, NULL, NULL, &session, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_resume(fx_portal(), "no token", &session, error));
    FX_FAILS(EDU_E_INVALID, edu_session_resume(fx_portal(), NULL, &session, error));
    FX_FAILS(EDU_E_INVALID, edu_session_set_language(NULL, "az", error));
    FX_FAILS(EDU_E_INVALID, edu_session_set_language(fx_nobody(), "", error));
    FX_OK(edu_session_set_language(fx_nobody(), "az", error));
    edu_session_close(NULL);
    edu_portal_close(NULL);
}
END_TEST

START_TEST(login_is_throttled)
{
    edu_session *session = NULL;
    for (int i = 0; i < 10; i++)
        FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in("pupil1", WRONG, NULL, &session, error));
    FX_FAILS(EDU_E_THROTTLED, sign_in("pupil1", FX_PASSWORD, NULL, &session, error));
    ck_assert(fx_last_error.retryable);
    /* Another login is free, and this one again after the window. */
    FX_OK(sign_in("pupil5", FX_PASSWORD, NULL, &session, error));
    fx_keep(session);
    fx_clock_add(16 * FX_MINUTE);
    FX_OK(sign_in("pupil1", FX_PASSWORD, NULL, &session, error));
    fx_keep(session);
    /* A sign-in takes the failures before it back. */
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 9; i++)
            FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in("pupil9", WRONG, NULL, &session, error));
        FX_OK(sign_in("pupil9", FX_PASSWORD, NULL, &session, error));
        fx_keep(session);
    }
}
END_TEST

START_TEST(unknown_login_is_throttled_too)
{
    edu_session *session = NULL;
    for (int i = 0; i < 10; i++)
        FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in("nobody.here", WRONG, NULL, &session, error));
    FX_FAILS(EDU_E_THROTTLED, sign_in("nobody.here", WRONG, NULL, &session, error));
}
END_TEST

START_TEST(address_is_throttled)
{
    edu_session *session = NULL;
    char login[16];
    for (int i = 0; i < 100; i++) {
        (void)snprintf(login, sizeof login, "guess%d", i);
        FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in(login, WRONG, "192.0.2.7", &session, error));
    }
    FX_FAILS(EDU_E_THROTTLED, sign_in("pupil1", FX_PASSWORD, "192.0.2.7", &session, error));
    FX_OK(sign_in("pupil1", FX_PASSWORD, "192.0.2.8", &session, error));
    fx_keep(session);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM throttle WHERE instr(subject, '192.0.2.7')"), 0);
}
END_TEST

START_TEST(good_sign_ins_do_not_fill_an_address)
{
    edu_session *session = NULL;
    for (int i = 0; i < 120; i++) {
        FX_OK(sign_in("pupil1", FX_PASSWORD, "192.0.2.9", &session, error));
        edu_session_close(session);
    }
}
END_TEST

/* ---- the second factor ---- */

START_TEST(staff_confirm_by_code)
{
    edu_session *clerk = NULL;
    edu_identity *me = NULL;
    edu_person_page *page = NULL;
    FX_OK(sign_in("clerk", FX_PASSWORD, NULL, &clerk, error));
    fx_keep(clerk);
    FX_OK(edu_account_identity(clerk, &me, error));
    ck_assert(me->needs_code);
    ck_assert(ei_id_is_none(me->person_id));
    ck_assert_uint_eq(json_array_size(me->roles), 0);
    edu_free(me);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_pupils(clerk, NULL, NULL, NULL, 0, &page, error));
    assert_key("session.needs_code");

    edu_id person = fx_person("STF0002");
    ck_assert_str_eq(fx_last_template(person), "confirm_code");
    char code[16];
    (void)snprintf(code, sizeof code, "%s", fx_code(person));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_confirm(clerk, "00000000", error));
    FX_OK(edu_session_confirm(clerk, code, error));
    FX_FAILS(EDU_E_STATE, edu_session_confirm(clerk, code, error));
    FX_OK(edu_account_pupils(clerk, NULL, NULL, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 12);
    edu_free(page);
    /* The token is confirmed too, and citizens need no code. */
    edu_session *again = NULL;
    FX_OK(edu_session_resume(fx_portal(), edu_session_token(clerk), &again, error));
    ck_assert(!fx_keep(again)->needs_code);
    ck_assert(!fx_session("pupil1")->needs_code);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_confirm(fx_nobody(), code, error));
}
END_TEST

START_TEST(five_wrong_codes_end_the_sign_in)
{
    edu_session *clerk = NULL, *again = NULL;
    FX_OK(sign_in("clerk", FX_PASSWORD, NULL, &clerk, error));
    fx_keep(clerk);
    char token[64], code[16];
    (void)snprintf(token, sizeof token, "%s", edu_session_token(clerk));
    (void)snprintf(code, sizeof code, "%s", fx_code(fx_person("STF0002")));
    for (int i = 0; i < 5; i++)
        FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_confirm(clerk, "00000000", error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_confirm(clerk, code, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_resume(fx_portal(), token, &again, error));
}
END_TEST

START_TEST(code_grows_old)
{
    edu_session *clerk = NULL;
    FX_OK(sign_in("clerk", FX_PASSWORD, NULL, &clerk, error));
    fx_keep(clerk);
    char code[16];
    (void)snprintf(code, sizeof code, "%s", fx_code(fx_person("STF0002")));
    fx_clock_add(31 * FX_MINUTE);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_confirm(clerk, code, error));
}
END_TEST

/* Whoever has the password cannot try codes without end. */
START_TEST(sign_ins_without_a_code_are_throttled)
{
    edu_session *clerk = NULL;
    for (int i = 0; i < 10; i++) {
        FX_OK(sign_in("clerk", FX_PASSWORD, NULL, &clerk, error));
        edu_session_close(clerk);
    }
    FX_FAILS(EDU_E_THROTTLED, sign_in("clerk", FX_PASSWORD, NULL, &clerk, error));
}
END_TEST

START_TEST(new_staff_begin_with_a_code)
{
    edu_session *session = fx_session("stranger");
    edu_id person = fx_person("STR0001");
    FX_OK(edu_account_grant(fx_operator(), person, "clerk", "", "", NULL, error));
    edu_person *me = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(session, (edu_id){{0}}, &me, error));
    FX_OK(sign_in("stranger", FX_PASSWORD, NULL, &session, error));
    ck_assert(fx_keep(session)->needs_code);
}
END_TEST

/* ---- registering ---- */

static edu_status register_as(const char *login, const char *number, edu_date birth,
                              const char *key, edu_error *error)
{
    edu_account_request request = EDU_ACCOUNT_REQUEST_INIT;
    request.login = login;
    request.password = FX_PASSWORD;
    request.number = number;
    request.birth = birth;
    return edu_account_register(fx_nobody(), &request, key, error);
}

START_TEST(registers_activates_and_signs_in)
{
    edu_id person = fx_person("PUP0002");
    FX_OK(register_as("elchin", "pup0002", date_of(2014, 1, 2), "k1", error));
    ck_assert_str_eq(fx_last_template(person), "activate_code");
    edu_session *session = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in("elchin", FX_PASSWORD, NULL, &session, error));
    char code[16];
    (void)snprintf(code, sizeof code, "%s", fx_code(person));
    ck_assert_uint_eq(strlen(code), 8);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "elchin", "1", error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "other", code, error));
    FX_OK(edu_account_activate(fx_nobody(), "elchin", code, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "elchin", code, error));
    FX_OK(sign_in("elchin", FX_PASSWORD, NULL, &session, error));
    fx_keep(session);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM enrolment"), 0);
    /* Nothing of it can be read in the store. */
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM person WHERE instr(sealed_number, 'PUP0002')"),
                     0);
}
END_TEST

START_TEST(registers_by_a_document)
{
    fx_import(edu_account_import_persons, "document,given,family,birth,mail\n"
                                          "X-1000001,Olena,Kovalenko,2014-02-01,o@mail.example\n");
    edu_account_request request = EDU_ACCOUNT_REQUEST_INIT;
    request.login = "olena";
    request.password = FX_PASSWORD;
    request.document = "x-1000001";
    request.birth = date_of(2014, 2, 1);
    FX_OK(edu_account_register(fx_nobody(), &request, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM outbox WHERE template = 'activate_code'"), 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM outbox WHERE channel = 'mail'"), 1);
}
END_TEST

START_TEST(register_tells_nothing_of_the_register)
{
    static const char *const numbers[] = {"PUP0002", "PUP0003", "ZZZ9999", "PUP0001"};
    fx_work before[4];
    for (int i = 0; i < 4; i++) {
        char login[16];
        (void)snprintf(login, sizeof login, "login%d", i);
        /* known; known with another birth date; unknown; known with an account */
        edu_date birth = i == 0 ? date_of(2014, 1, 2) : date_of(2014, 1, i == 3 ? 1 : 30);
        before[i] = fx_work_now();
        FX_OK(register_as(login, numbers[i], birth, NULL, error));
        if (i > 0)
            fx_assert_equal_work(before[i - 1], before[i]);
    }
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM enrolment"), 4);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM enrolment WHERE person_id IS NOT NULL"), 1);
    ck_assert_str_eq(fx_last_template(fx_person("PUP0001")), "account_exists");
    ck_assert_str_eq(fx_last_template(fx_person("PUP0003")), "");
    /* Nor does asking for the login again: it is not taken until somebody is let in. */
    FX_OK(register_as("login0", "PUP0003", date_of(2014, 1, 3), NULL, error));
    FX_OK(register_as("login2", "PUP0003", date_of(2014, 1, 3), NULL, error));
}
END_TEST

START_TEST(register_refuses_what_is_malformed)
{
    edu_date birth = date_of(2014, 1, 2);
    FX_FAILS(EDU_E_CONFLICT, register_as("pupil1", "PUP0002", birth, NULL, error));
    assert_key("account.login_taken");
    static const char *const logins[] = {NULL, "", "ab", "Capital", "with space", "ə.ə.ə"};
    for (size_t i = 0; i < EI_COUNT(logins); i++) {
        FX_FAILS(EDU_E_INVALID, register_as(logins[i], "PUP0002", birth, NULL, error));
        ck_assert_str_eq(fx_last_error.field, "/login");
    }
    static const char *const numbers[] = {NULL, "", "PUP000", "PUP00022", "PUPO002", "PUP 002"};
    for (size_t i = 0; i < EI_COUNT(numbers); i++) {
        FX_FAILS(EDU_E_INVALID, register_as("somebody", numbers[i], birth, NULL, error));
        ck_assert_str_eq(fx_last_error.field, "/number");
    }
    FX_FAILS(EDU_E_INVALID, register_as("somebody", "PUP0002", date_of(2014, 2, 30), NULL, error));
    ck_assert_str_eq(fx_last_error.field, "/birth");
    edu_account_request request = EDU_ACCOUNT_REQUEST_INIT;
    request.login = "somebody";
    request.number = "PUP0002";
    request.birth = birth;
    request.password = "short";
    FX_FAILS(EDU_E_INVALID, edu_account_register(fx_nobody(), &request, NULL, error));
    ck_assert_str_eq(fx_last_error.field, "/password");
    request.struct_size = 8;
    FX_FAILS(EDU_E_INVALID, edu_account_register(fx_nobody(), &request, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_account_register(fx_nobody(), NULL, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_account_register(NULL, &request, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM enrolment"), 0);
}
END_TEST

START_TEST(register_is_throttled_by_number)
{
    char login[16];
    for (int i = 0; i < 5; i++) {
        (void)snprintf(login, sizeof login, "try%d.x", i);
        FX_OK(register_as(login, "PUP0002", date_of(2014, 1, 20 + i), NULL, error));
    }
    FX_FAILS(EDU_E_THROTTLED, register_as("try9.x", "PUP0002", date_of(2014, 1, 2), "k", error));
    FX_OK(register_as("try9.x", "PUP0003", date_of(2014, 1, 3), NULL, error));
    fx_clock_add(61 * FX_MINUTE);
    /* The refusal did not use the key up. */
    FX_OK(register_as("try9.x", "PUP0002", date_of(2014, 1, 2), "k", error));
    ck_assert_str_eq(fx_last_template(fx_person("PUP0002")), "activate_code");
}
END_TEST

START_TEST(keys_of_nobody_are_each_visitors_own)
{
    FX_OK(register_as("first.one", "PUP0002", date_of(2014, 1, 2), "same", error));
    FX_OK(register_as("second.one", "PUP0003", date_of(2014, 1, 3), "same", error));
    FX_OK(register_as("first.one", "PUP0002", date_of(2014, 1, 2), "same", error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM enrolment"), 2);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM outbox"), 2);
}
END_TEST

START_TEST(activation_codes_wear_out)
{
    edu_id person = fx_person("PUP0002");
    char code[16];
    FX_OK(register_as("elchin", "PUP0002", date_of(2014, 1, 2), NULL, error));
    (void)snprintf(code, sizeof code, "%s", fx_code(person));
    for (int i = 0; i < 5; i++)
        FX_FAILS(EDU_E_UNAUTHENTICATED,
                 edu_account_activate(fx_nobody(), "elchin", "00000000", error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "elchin", code, error));
    /* A new one is good for half an hour. */
    FX_OK(register_as("elchin", "PUP0002", date_of(2014, 1, 2), NULL, error));
    (void)snprintf(code, sizeof code, "%s", fx_code(person));
    fx_clock_add(31 * FX_MINUTE);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "elchin", code, error));
    FX_OK(register_as("elchin", "PUP0002", date_of(2014, 1, 2), NULL, error));
    FX_OK(edu_account_activate(fx_nobody(), "elchin", fx_code(person), error));
}
END_TEST

START_TEST(activation_is_throttled_and_alike)
{
    FX_OK(register_as("elchin", "PUP0002", date_of(2014, 1, 2), NULL, error));
    fx_work start = fx_work_now();
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "elchin", "1", error));
    fx_work middle = fx_work_now();
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "unknown", "1", error));
    fx_assert_equal_work(start, middle);
    for (int i = 0; i < 9; i++)
        FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate(fx_nobody(), "unknown", "1", error));
    FX_FAILS(EDU_E_THROTTLED, edu_account_activate(fx_nobody(), "unknown", "1", error));
}
END_TEST

START_TEST(two_ask_for_one_login)
{
    edu_id first = fx_person("PUP0002"), second = fx_person("PUP0003");
    char code1[16], code2[16];
    FX_OK(register_as("wanted", "PUP0002", date_of(2014, 1, 2), NULL, error));
    FX_OK(register_as("wanted", "PUP0003", date_of(2014, 1, 3), NULL, error));
    (void)snprintf(code1, sizeof code1, "%s", fx_code(first));
    (void)snprintf(code2, sizeof code2, "%s", fx_code(second));
    FX_OK(edu_account_activate(fx_nobody(), "wanted", code2, error));
    FX_FAILS(EDU_E_CONFLICT, edu_account_activate(fx_nobody(), "wanted", code1, error));
    edu_session *session = NULL;
    FX_OK(sign_in("wanted", FX_PASSWORD, NULL, &session, error));
    ck_assert_int_eq(ei_id_compare(fx_keep(session)->person_id, second), 0);
}
END_TEST

START_TEST(desk_activates_within_its_scope)
{
    edu_id pupil = fx_person("PUP0002"), parent = fx_person("GRD0005");
    FX_OK(register_as("elchin", "PUP0002", date_of(2014, 1, 2), NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_activate_at_desk(fx_session("school2"), pupil, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_activate_at_desk(fx_session("clerk.gn"), pupil, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_account_activate_at_desk(fx_session("parent1"), pupil, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_account_activate_at_desk(fx_session("steward"), pupil, NULL, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_activate_at_desk(fx_nobody(), pupil, NULL, error));
    FX_OK(edu_account_activate_at_desk(fx_session("school1"), pupil, "d1", error));
    FX_OK(edu_account_activate_at_desk(fx_session("school1"), pupil, "d1", error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_activate_at_desk(fx_session("school1"), pupil, NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = "
                            "'account.activate_at_desk' AND person_id IS NOT NULL"),
                     1);
    fx_run(
        "DELETE FROM claim WHERE kind = 'login' AND owner = (SELECT person_id FROM account WHERE "
        "login = 'parent5')");
    fx_run("DELETE FROM account WHERE login = 'parent5'");
    FX_OK(register_as("parent.five", "GRD0005", date_of(1985, 1, 1), NULL, error));
    /* the school of a child that they act for */
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_activate_at_desk(fx_session("school1"), parent, NULL, error));
    FX_OK(edu_account_activate_at_desk(fx_session("school2"), parent, NULL, error));
}
END_TEST

START_TEST(admin_creates_accounts)
{
    edu_id person = fx_person("PUP0002"), missing = {{1}};
    edu_session *admin = fx_session("admin");
    FX_FAILS(EDU_E_DENIED,
             edu_account_create(fx_session("clerk"), person, "elchin", FX_PASSWORD, NULL, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_create(fx_nobody(), person, "elchin", FX_PASSWORD, NULL, error));
    FX_FAILS(EDU_E_CONFLICT, edu_account_create(admin, person, "pupil1", FX_PASSWORD, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_create(admin, missing, "elchin", FX_PASSWORD, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_account_create(admin, person, "elchin", "weak", NULL, error));
    FX_OK(edu_account_create(admin, person, "elchin", FX_PASSWORD, "k", error));
    FX_OK(edu_account_create(admin, person, "elchin", FX_PASSWORD, "k", error));
    FX_FAILS(EDU_E_CONFLICT,
             edu_account_create(admin, person, "elchin", "another password", "k", error));
    assert_key("command.key_reused");
    FX_FAILS(EDU_E_CONFLICT,
             edu_account_create(admin, person, "elchin2", FX_PASSWORD, NULL, error));
    assert_key("account.exists");
    fx_session("elchin");
}
END_TEST

/* ---- recovering ---- */

START_TEST(recovers_a_password)
{
    edu_id person = fx_person("PUP0001");
    edu_session *old = fx_session("pupil1"), *session = NULL;
    FX_OK(edu_account_recover(fx_nobody(), "pupil1", error));
    ck_assert_str_eq(fx_last_template(person), "recover_code");
    char code[16];
    (void)snprintf(code, sizeof code, "%s", fx_code(person));
    FX_FAILS(EDU_E_INVALID, edu_account_recover_finish(fx_nobody(), "pupil1", code, "weak", error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_recover_finish(fx_nobody(), "pupil1", "12345678",
                                                               "quite another one", error));
    FX_OK(edu_account_recover_finish(fx_nobody(), "pupil1", code, "quite another one", error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_recover_finish(fx_nobody(), "pupil1", code, "quite another one", error));
    edu_person *me = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(old, (edu_id){{0}}, &me, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, sign_in("pupil1", FX_PASSWORD, NULL, &session, error));
    FX_OK(sign_in("pupil1", "quite another one", NULL, &session, error));
    fx_keep(session);
}
END_TEST

START_TEST(recovery_tells_nothing)
{
    fx_work start = fx_work_now();
    FX_OK(edu_account_recover(fx_nobody(), "pupil1", error));
    fx_work middle = fx_work_now();
    FX_OK(edu_account_recover(fx_nobody(), "unknown.one", error));
    fx_assert_equal_work(start, middle);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM outbox"), 1);

    start = fx_work_now();
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_recover_finish(fx_nobody(), "pupil1", "1", FX_PASSWORD, error));
    middle = fx_work_now();
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_recover_finish(fx_nobody(), "unknown.one", "1", FX_PASSWORD, error));
    fx_assert_equal_work(start, middle);
}
END_TEST

START_TEST(recovery_is_throttled)
{
    for (int i = 0; i < 5; i++)
        FX_OK(edu_account_recover(fx_nobody(), "pupil1", error));
    FX_FAILS(EDU_E_THROTTLED, edu_account_recover(fx_nobody(), "pupil1", error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM outbox"), 5);
    char code[16];
    (void)snprintf(code, sizeof code, "%s", fx_code(fx_person("PUP0001")));
    for (int i = 0; i < 5; i++)
        FX_FAILS(EDU_E_UNAUTHENTICATED,
                 edu_account_recover_finish(fx_nobody(), "pupil1", "1", FX_PASSWORD, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_recover_finish(fx_nobody(), "pupil1", code, FX_PASSWORD, error));
}
END_TEST

START_TEST(changes_the_own_password)
{
    edu_session *other = NULL, *mine = fx_session("pupil1");
    FX_OK(sign_in("pupil1", FX_PASSWORD, NULL, &other, error));
    fx_keep(other);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_password(mine, WRONG, "another password", error));
    ck_assert_str_eq(fx_last_error.field, "/old_password");
    FX_FAILS(EDU_E_INVALID, edu_account_password(mine, FX_PASSWORD, "weak", error));
    FX_OK(edu_account_password(mine, FX_PASSWORD, "another password", error));
    edu_person *me = NULL;
    FX_OK(edu_account_person(mine, (edu_id){{0}}, &me, error));
    edu_free(me);
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(other, (edu_id){{0}}, &me, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_password(fx_nobody(), FX_PASSWORD, FX_PASSWORD, error));
    FX_FAILS(EDU_E_DENIED, edu_account_password(fx_operator(), FX_PASSWORD, FX_PASSWORD, error));
    for (int i = 0; i < 10; i++)
        FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_password(mine, WRONG, FX_PASSWORD, error));
    FX_FAILS(EDU_E_THROTTLED, edu_account_password(mine, "another password", FX_PASSWORD, error));
}
END_TEST

/* ---- persons ---- */

START_TEST(sees_only_whom_one_may)
{
    static const struct {
        const char *login, *number, *relation; /* NULL: not found */
    } cases[] = {
        {"pupil1", "PUP0001", "self"},  {"pupil1", "PUP0002", NULL},
        {"parent1", "PUP0001", "ward"}, {"parent1", "PUP0005", NULL},
        {"parent1", "GRD0001", "self"}, {"school1", "PUP0001", "staff"},
        {"school1", "PUP0005", NULL},   {"school1", "GRD0001", "staff"},
        {"school1", "GRD0005", NULL},   {"clerk.ba", "PUP0005", "staff"},
        {"clerk.ba", "PUP0009", NULL},  {"clerk", "PUP0009", "staff"},
        {"admin", "STR0001", "staff"},  {"steward", "PUP0001", NULL},
        {"stranger", "PUP0001", NULL},  {"stranger", "STF0001", NULL},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        edu_person *person = NULL;
        edu_session *session = fx_session(cases[i].login);
        edu_id id = fx_person(cases[i].number);
        edu_status status = edu_account_person(session, id, &person, NULL);
        ck_assert_msg(status == (cases[i].relation ? EDU_OK : EDU_E_NOT_FOUND), "%s of %s: %s",
                      cases[i].login, cases[i].number, edu_status_name(status));
        if (cases[i].relation)
            ck_assert_str_eq(person->relation, cases[i].relation);
        edu_free(person);
    }
    edu_person *person = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(fx_nobody(), (edu_id){{0}}, &person, error));
    FX_FAILS(EDU_E_INVALID, edu_account_person(fx_session("pupil1"), (edu_id){{0}}, NULL, error));
}
END_TEST

START_TEST(person_tells_what_the_register_knows)
{
    edu_person *p = NULL;
    FX_OK(edu_account_person(fx_session("clerk"), fx_person("PUP0004"), &p, error));
    ck_assert_str_eq(p->given, "İlqar");
    ck_assert_str_eq(p->family, "Məmmədov");
    ck_assert_ptr_null(p->patronymic);
    ck_assert_int_eq(p->birth.year, 2014);
    ck_assert_int_eq(p->birth.day, 4);
    ck_assert_str_eq(p->institution, "S1");
    ck_assert_str_eq(p->institution_name, "1 nömrəli məktəb");
    ck_assert_str_eq(p->region, "BA");
    ck_assert_int_eq(p->grade, 8);
    ck_assert_str_eq(p->class_letter, "A");
    ck_assert_str_eq(p->language, "az");
    ck_assert(p->needs_step_free && !p->has_account);
    edu_free(p);
    FX_OK(edu_account_person(fx_session("parent1"), (edu_id){{0}}, &p, error));
    ck_assert_ptr_null(p->institution);
    ck_assert_str_eq(p->patronymic, "Vaqif");
    ck_assert_int_eq(p->grade, 0);
    ck_assert(p->has_account);
    edu_free(p);
}
END_TEST

START_TEST(finds_by_number_and_birth)
{
    edu_person *p = NULL;
    edu_date birth = date_of(2014, 1, 5);
    FX_OK(edu_account_find(fx_session("school2"), "pup0005", birth, &p, error));
    ck_assert_int_eq(ei_id_compare(p->id, fx_person("PUP0005")), 0);
    edu_free(p);
    FX_OK(edu_account_find(fx_operator(), "STR0001", date_of(1990, 1, 1), &p, error));
    edu_free(p);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_find(fx_session("school2"), "PUP0005", date_of(2014, 1, 6), &p, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_find(fx_session("school1"), "PUP0005", birth, &p, error));
    FX_FAILS(EDU_E_DENIED, edu_account_find(fx_session("parent5"), "PUP0005", birth, &p, error));
    FX_FAILS(EDU_E_INVALID, edu_account_find(fx_session("school1"), "nothing", birth, &p, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_find(fx_nobody(), "PUP0005", birth, &p, error));
}
END_TEST

START_TEST(family_is_oneself_and_wards)
{
    edu_person_page *page = NULL;
    FX_OK(edu_account_family(fx_session("parent1"), &page, error));
    ck_assert_uint_eq(page->count, 3);
    ck_assert_str_eq(page->items[0].relation, "self");
    ck_assert_str_eq(page->items[1].relation, "ward");
    ck_assert_str_eq(page->items[1].given, "Aysel");
    ck_assert_ptr_null(page->next);
    edu_free(page);
    FX_FAILS(EDU_E_DENIED, edu_account_family(fx_operator(), &page, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_family(fx_nobody(), &page, error));
}
END_TEST

static size_t count_pupils(const char *login, const char *institution, const char *words)
{
    size_t count = 0;
    char cursor[512] = "";
    for (;;) {
        edu_person_page *page = NULL;
        FX_OK(edu_account_pupils(fx_session(login), institution, words, cursor[0] ? cursor : NULL,
                                 3, &page, error));
        ck_assert_uint_le(page->count, 3);
        count += page->count;
        (void)snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
        if (!cursor[0])
            return count;
    }
}

START_TEST(pupils_in_scope_page_by_page)
{
    ck_assert_uint_eq(count_pupils("admin", NULL, NULL), 12);
    ck_assert_uint_eq(count_pupils("clerk", NULL, NULL), 12);
    ck_assert_uint_eq(count_pupils("clerk.ba", NULL, NULL), 8);
    ck_assert_uint_eq(count_pupils("school1", NULL, NULL), 4);
    ck_assert_uint_eq(count_pupils("school1", "S1", NULL), 4);
    ck_assert_uint_eq(count_pupils("school1", "S2", NULL), 0);
    ck_assert_uint_eq(count_pupils("clerk", "S3", NULL), 4);
    ck_assert_uint_eq(count_pupils("clerk", "S9", NULL), 0);
    /* Məmmədov, as people type it */
    ck_assert_uint_eq(count_pupils("clerk", NULL, "mem"), 4);
    ck_assert_uint_eq(count_pupils("clerk", NULL, "MƏMMƏDOV  aysel"), 1);
    ck_assert_uint_eq(count_pupils("clerk", "S1", "Məmmədov"), 2);
    ck_assert_uint_eq(count_pupils("clerk.gn", NULL, "sixli"), 2);
    ck_assert_uint_eq(count_pupils("school2", NULL, "mem"), 1);
    ck_assert_uint_eq(count_pupils("clerk", NULL, "xyz"), 0);
    ck_assert_uint_eq(count_pupils("clerk", NULL, "%"), 0);
}
END_TEST

START_TEST(pupils_come_in_order_once_each)
{
    char last[64] = "", cursor[512] = "";
    for (;;) {
        edu_person_page *page = NULL;
        FX_OK(edu_account_pupils(fx_session("clerk"), NULL, NULL, cursor[0] ? cursor : NULL, 5,
                                 &page, error));
        for (size_t i = 0; i < page->count; i++) {
            char now[64];
            (void)snprintf(now, sizeof now, "%s/%02d", page->items[i].institution,
                           page->items[i].grade);
            ck_assert_str_lt(last, now);
            (void)snprintf(last, sizeof last, "%s", now);
        }
        (void)snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
        if (!cursor[0])
            break;
    }
    ck_assert_str_eq(last, "S3/08");
}
END_TEST

/* It stands in addresses, and pupils come by their names. */
START_TEST(a_cursor_tells_nothing)
{
    edu_person_page *page = NULL, *again = NULL;
    unsigned char bytes[512];
    size_t size = 0;
    FX_OK(edu_account_pupils(fx_session("clerk"), NULL, NULL, NULL, 1, &page, error));
    FX_OK(edu_account_pupils(fx_session("admin"), NULL, NULL, NULL, 1, &again, error));
    ck_assert_str_eq(page->next, again->next);
    ck_assert_int_eq(sodium_base642bin(bytes, sizeof bytes, page->next, strlen(page->next), NULL,
                                       &size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                     0);
    ck_assert_ptr_null(
        memmem(bytes, size, page->items[0].institution, strlen(page->items[0].institution)));
    edu_free(again);
    /* Of another list it opens nothing. */
    edu_guardianship_page *links = NULL;
    FX_FAILS(EDU_E_INVALID,
             edu_account_guardianships(fx_session("clerk"), NULL, page->next, 0, &links, error));
    edu_free(page);
}
END_TEST

START_TEST(pupils_come_in_the_order_of_the_portals_alphabet)
{
    fx_import(edu_account_import_persons,
              "number,given,family,birth\nNAM0001,Ali,Xəlilov,2008-02-01\n"
              "NAM0002,Ali,Əliyev,2008-02-01\nNAM0003,Ali,Eyvazov,2008-02-01\n"
              "NAM0004,Ali,İbrahimov,2008-02-01\nNAM0005,Ali,ILQAROV,2008-02-01\n"
              "NAM0006,Ali,Çələbi,2008-02-01\n");
    fx_import(edu_account_import_pupils,
              "number,institution,grade\nNAM0001,S1,12\nNAM0002,S1,12\nNAM0003,S1,12\n"
              "NAM0004,S1,12\nNAM0005,S1,12\nNAM0006,S1,12\n");
    /* The portal's language is English, where X is behind I. */
    static const char *const wanted[] = {"Çələbi",    "Eyvazov", "Əliyev",
                                         "İbrahimov", "ILQAROV", "Xəlilov"};
    edu_person_page *page = NULL;
    FX_OK(edu_account_pupils(fx_session("school1"), "S1", NULL, NULL, 50, &page, error));
    ck_assert_uint_eq(page->count, 4 + EI_COUNT(wanted));
    for (size_t i = 0; i < EI_COUNT(wanted); i++)
        ck_assert_str_eq(page->items[4 + i].family, wanted[i]);
    edu_free(page);
    /* As people type it, in either case. */
    ck_assert_uint_eq(count_pupils("school1", NULL, "ibrahim"), 1);
    ck_assert_uint_eq(count_pupils("school1", NULL, "İBRAHİM"), 1);
    ck_assert_uint_eq(count_pupils("school1", NULL, "ılqarov"), 1);
    ck_assert_uint_eq(count_pupils("school1", "S1", "celeb"), 1);
}
END_TEST

START_TEST(pupils_refuses)
{
    edu_person_page *page = NULL;
    FX_FAILS(EDU_E_DENIED,
             edu_account_pupils(fx_session("pupil1"), NULL, NULL, NULL, 0, &page, error));
    FX_FAILS(EDU_E_DENIED,
             edu_account_pupils(fx_session("steward"), NULL, NULL, NULL, 0, &page, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_pupils(fx_nobody(), NULL, NULL, NULL, 0, &page, error));
    static const char *const cursors[] = {"", "!", "bm9uc2Vuc2U", "WyJhIl0", "WzEsMiwzLDRd"};
    for (size_t i = 0; i < EI_COUNT(cursors); i++)
        FX_FAILS(EDU_E_INVALID,
                 edu_account_pupils(fx_session("clerk"), NULL, NULL, cursors[i], 0, &page, error));
    ck_assert_ptr_null(page);
}
END_TEST

/* ---- guardians ---- */

static const char *link_state(edu_session *session, const char *state, size_t at)
{
    static char text[64];
    edu_guardianship_page *page = NULL;
    FX_OK(edu_account_guardianships(session, state, NULL, 0, &page, error));
    (void)snprintf(text, sizeof text, "%s", at < page->count ? page->items[at].state : "");
    edu_free(page);
    return text;
}

static const char *own_state(edu_session *session, size_t at)
{
    static char text[64];
    edu_guardianship_page *page = NULL;
    FX_OK(edu_account_own_guardianships(session, NULL, 0, &page, error));
    (void)snprintf(text, sizeof text, "%s", at < page->count ? page->items[at].state : "");
    edu_free(page);
    return text;
}

START_TEST(school_decides_about_a_request)
{
    edu_session *parent = fx_session("stranger");
    edu_id guardian = fx_person("STR0001"), child = fx_person("PUP0002");
    edu_date birth = date_of(2014, 1, 2);
    FX_OK(edu_account_guardian_request(parent, "PUP0002", birth, "g1", error));
    FX_OK(edu_account_guardian_request(parent, "PUP0002", birth, "g1", error));
    edu_person *person = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_person(parent, child, &person, error));
    ck_assert_str_eq(link_state(fx_session("school1"), "requested", 0), "requested");
    ck_assert_str_eq(link_state(fx_session("school2"), "requested", 0), "");
    ck_assert_str_eq(own_state(parent, 0), "requested");
    ck_assert_str_eq(own_state(parent, 1), "");

    edu_session *others[] = {fx_session("school2"), fx_session("clerk.gn")};
    for (size_t i = 0; i < EI_COUNT(others); i++)
        FX_FAILS(EDU_E_NOT_FOUND,
                 edu_account_guardian_decide(others[i], guardian, child, true, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_account_guardian_decide(parent, guardian, child, true, NULL, error));
    FX_OK(edu_account_guardian_decide(fx_session("school1"), guardian, child, true, "d", error));
    FX_OK(edu_account_guardian_decide(fx_session("school1"), guardian, child, true, "d", error));
    FX_FAILS(EDU_E_CONFLICT, edu_account_guardian_decide(fx_session("school1"), guardian, child,
                                                         false, "d", error));
    FX_FAILS(EDU_E_STATE, edu_account_guardian_decide(fx_session("school1"), guardian, child, true,
                                                      NULL, error));
    FX_OK(edu_account_person(parent, child, &person, error));
    edu_free(person);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'guardian_active'"),
                     1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'account.guardian_decide'"),
                     1);
    edu_identity *me = NULL;
    FX_OK(edu_account_identity(parent, &me, error));
    ck_assert_int_eq(me->wards, 1);
    ck_assert_int_eq(me->unread, 1);
    edu_free(me);
}
END_TEST

START_TEST(refused_and_ended_links_may_be_asked_for_again)
{
    edu_session *parent = fx_session("stranger"), *school = fx_session("school1");
    edu_id guardian = fx_person("STR0001"), child = fx_person("PUP0002");
    edu_date birth = date_of(2014, 1, 2);
    FX_OK(edu_account_guardian_request(parent, "PUP0002", birth, NULL, error));
    FX_OK(edu_account_guardian_decide(school, guardian, child, false, NULL, error));
    ck_assert_str_eq(own_state(parent, 0), "refused");
    FX_FAILS(EDU_E_STATE, edu_account_guardian_end(parent, guardian, child, NULL, error));
    FX_OK(edu_account_guardian_request(parent, "PUP0002", birth, NULL, error));
    FX_OK(edu_account_guardian_decide(school, guardian, child, true, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_guardian_end(fx_session("school2"), guardian, child, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_guardian_end(fx_session("parent1"), guardian, child, NULL, error));
    FX_OK(edu_account_guardian_end(parent, guardian, child, "e", error));
    FX_OK(edu_account_guardian_end(parent, guardian, child, "e", error));
    edu_person *person = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_person(parent, child, &person, error));
    FX_OK(edu_account_guardian_request(parent, "PUP0002", birth, NULL, error));
    ck_assert_str_eq(link_state(school, "requested", 0), "requested");
}
END_TEST

START_TEST(request_tells_nothing_of_the_child)
{
    edu_session *parent = fx_session("stranger");
    static const char *const numbers[] = {"PUP0002", "PUP0002", "ZZZ9999"};
    fx_work before[3];
    for (int i = 0; i < 3; i++) {
        before[i] = fx_work_now();
        FX_OK(edu_account_guardian_request(parent, numbers[i], date_of(2014, 1, i == 0 ? 2 : 9),
                                           NULL, error));
        if (i > 0)
            fx_assert_equal_work(before[i - 1], before[i]);
    }
    /* A link that the register has answers alike, and stays. */
    FX_OK(edu_account_guardian_request(fx_session("parent1"), "PUP0001", date_of(2014, 1, 1), NULL,
                                       error));
    ck_assert_str_eq(own_state(fx_session("parent1"), 1), "active");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM guardian"), 4);
}
END_TEST

START_TEST(request_refuses)
{
    edu_session *pupil = fx_session("pupil1");
    edu_date birth = date_of(2014, 1, 1);
    FX_FAILS(EDU_E_INVALID, edu_account_guardian_request(pupil, "PUP0001", birth, NULL, error));
    FX_FAILS(EDU_E_INVALID, edu_account_guardian_request(pupil, "bad", birth, NULL, error));
    FX_FAILS(EDU_E_DENIED,
             edu_account_guardian_request(fx_operator(), "PUP0001", birth, NULL, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_guardian_request(fx_nobody(), "PUP0001", birth, NULL, error));
    for (int i = 0; i < 20; i++)
        FX_OK(edu_account_guardian_request(pupil, "PUP0002", date_of(2014, 3, i + 1), NULL, error));
    FX_FAILS(EDU_E_THROTTLED,
             edu_account_guardian_request(pupil, "PUP0002", date_of(2014, 1, 2), NULL, error));
}
END_TEST

START_TEST(nobody_decides_their_own_request)
{
    FX_OK(edu_account_guardian_request(fx_session("school1"), "PUP0002", date_of(2014, 1, 2), NULL,
                                       error));
    FX_FAILS(EDU_E_DENIED, edu_account_guardian_decide(fx_session("school1"), fx_person("STF0006"),
                                                       fx_person("PUP0002"), true, NULL, error));
}
END_TEST

START_TEST(links_page_by_page)
{
    char cursor[512] = "";
    size_t count = 0;
    for (;;) {
        edu_guardianship_page *page = NULL;
        FX_OK(edu_account_guardianships(fx_session("clerk"), NULL, cursor[0] ? cursor : NULL, 1,
                                        &page, error));
        count += page->count;
        if (count == 1) {
            ck_assert_str_eq(page->items[0].guardian_name, "Məmmədova Rəna");
            ck_assert_str_eq(page->items[0].source, "register");
        }
        (void)snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
        if (!cursor[0])
            break;
    }
    ck_assert_uint_eq(count, 3);
    edu_guardianship_page *page = NULL;
    FX_FAILS(EDU_E_INVALID,
             edu_account_guardianships(fx_session("clerk"), "what", NULL, 0, &page, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_guardianships(fx_nobody(), NULL, NULL, 0, &page, error));
    FX_FAILS(EDU_E_DENIED,
             edu_account_guardianships(fx_session("pupil9"), NULL, NULL, 0, &page, error));
    /* One's own are few, whatever one may see of others. */
    FX_OK(edu_account_own_guardianships(fx_session("clerk"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
}
END_TEST

/* ---- roles ---- */

START_TEST(grants_take_effect_at_once)
{
    edu_session *session = fx_session("stranger"), *admin = fx_session("admin");
    edu_id person = fx_person("STR0001");
    edu_person_page *page = NULL;
    FX_FAILS(EDU_E_DENIED, edu_account_pupils(session, NULL, NULL, NULL, 0, &page, error));
    FX_OK(edu_account_grant(admin, person, "school", "institution", "S2", "k", error));
    FX_OK(edu_account_grant(admin, person, "school", "institution", "S2", "k", error));
    FX_OK(edu_account_pupils(session, NULL, NULL, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 4);
    edu_free(page);
    FX_OK(edu_account_grant(admin, person, "clerk", "region", "GN", NULL, error));
    FX_OK(edu_account_pupils(session, NULL, NULL, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 8);
    edu_free(page);
    edu_identity *me = NULL;
    FX_OK(edu_account_identity(session, &me, error));
    ck_assert_uint_eq(json_array_size(me->roles), 2);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(me->roles, 0), "code")),
                     "GN");
    edu_free(me);
    FX_OK(edu_account_revoke(admin, person, "clerk", "region", "GN", NULL, error));
    FX_OK(edu_account_revoke(admin, person, "school", "institution", "S2", NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_account_pupils(session, NULL, NULL, NULL, 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_revoke(admin, person, "school", "institution", "S2", NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE person_id = (SELECT person_id FROM "
                            "account WHERE login = 'stranger') AND action LIKE 'account.%ke'"),
                     2);
}
END_TEST

START_TEST(grants_refuse)
{
    edu_session *admin = fx_session("admin");
    edu_id person = fx_person("STR0001"), missing = {{9}};
    static const struct {
        const char *role, *scope, *code;
        edu_status expected;
    } cases[] = {
        {"king", "", "", EDU_E_INVALID},
        {"school", "", "", EDU_E_INVALID},
        {"admin", "region", "BA", EDU_E_INVALID},
        {"clerk", "region", "", EDU_E_INVALID},
        {"clerk", "", "BA", EDU_E_INVALID},
        {"clerk", "region", "XX", EDU_E_NOT_FOUND},
        {"school", "institution", "S9", EDU_E_NOT_FOUND},
        {"steward", "centre", "C9", EDU_E_NOT_FOUND},
        {NULL, "", "", EDU_E_INVALID},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++)
        FX_FAILS(cases[i].expected, edu_account_grant(admin, person, cases[i].role, cases[i].scope,
                                                      cases[i].code, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_account_grant(admin, missing, "clerk", "", "", NULL, error));
    FX_FAILS(EDU_E_DENIED,
             edu_account_grant(fx_session("clerk"), person, "clerk", "", "", NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_account_revoke(fx_session("clerk"), fx_person("STF0001"), "admin",
                                              "", "", NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_account_revoke(admin, ei_operator_id, "admin", "", "", NULL, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_grant(fx_nobody(), person, "clerk", "", "", NULL, error));
}
END_TEST

START_TEST(grants_page_by_page)
{
    size_t count = 0;
    char cursor[512] = "";
    for (;;) {
        edu_grant_page *page = NULL;
        FX_OK(edu_account_grants(fx_operator(), cursor[0] ? cursor : NULL, 3, &page, error));
        count += page->count;
        (void)snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
        if (!cursor[0])
            break;
    }
    ck_assert_uint_eq(count, 8);
    edu_grant_page *page = NULL;
    FX_FAILS(EDU_E_DENIED, edu_account_grants(fx_session("clerk"), NULL, 0, &page, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_grants(fx_nobody(), NULL, 0, &page, error));
}
END_TEST

START_TEST(identity_of_everybody)
{
    edu_identity *me = NULL;
    FX_OK(edu_account_identity(fx_nobody(), &me, error));
    ck_assert(ei_id_is_none(me->person_id) && !me->is_operator && !me->login);
    ck_assert_str_eq(me->language, "en");
    edu_free(me);
    FX_OK(edu_account_identity(fx_operator(), &me, error));
    ck_assert(ei_id_is_none(me->person_id) && me->is_operator);
    edu_free(me);
    FX_FAILS(EDU_E_INVALID, edu_account_identity(NULL, &me, error));
    FX_FAILS(EDU_E_INVALID, edu_account_identity(fx_nobody(), NULL, error));
}
END_TEST

/* A child keeps its parent alive. */
START_TEST(session_outlives_the_portals_owner)
{
    edu_portal *portal = NULL;
    edu_session *session = NULL;
    FX_OK(open_again(NULL, &portal, error));
    FX_OK(edu_session_open(portal, "az", &session, error));
    edu_portal_close(portal);
    edu_identity *me = NULL;
    FX_OK(edu_account_identity(session, &me, error));
    ck_assert_str_eq(me->language, "az");
    edu_free(me);
    edu_session_close(session);
}
END_TEST

/* ---- programs ---- */

#define HOUR (60 * FX_MINUTE)

static edu_status make_token(edu_session *session, const char *title, edu_time expires, char *token,
                             edu_error *error)
{
    char *made = NULL;
    edu_status status = edu_access_make(session, title, expires, &made, error);
    ck_assert_ptr_eq(status == EDU_OK ? NULL : made, NULL);
    if (made)
        (void)snprintf(token, 64, "%s", made);
    edu_free(made);
    return status;
}

START_TEST(a_program_is_who_made_its_token)
{
    edu_session *own = fx_session("school1"), *program = NULL;
    edu_access_page *page = NULL;
    edu_person_page *pupils = NULL;
    char token[64], again[64];
    edu_time expires = fx_now() + 30 * 24 * HOUR;
    FX_OK(make_token(own, "School's system", expires, token, error));
    FX_OK(make_token(own, "Another", expires - HOUR, again, error));
    ck_assert_str_ne(token, again);
    FX_OK(edu_access_list(own, NULL, 1, &page, error));
    ck_assert_str_eq(page->items[0].title, "Another");
    ck_assert_int_eq(page->items[0].expires, expires - HOUR);
    ck_assert_ptr_nonnull(page->next);
    edu_free(page);
    FX_OK(edu_session_resume(fx_portal(), token, &program, error));
    fx_keep(program);
    FX_OK(edu_account_pupils(program, NULL, NULL, NULL, 0, &pupils, error));
    ck_assert_uint_gt(pupils->count, 0);
    edu_free(pupils);
    /* It does not make itself another, nor end one. */
    FX_FAILS(EDU_E_DENIED, make_token(program, "More", expires, again, error));
    FX_FAILS(EDU_E_DENIED, edu_access_end(program, "Another", error));
    FX_OK(edu_access_list(program, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 2);
    edu_free(page);
    /* It is good beyond any sign-in, until it expires. */
    fx_clock_add(20 * 24 * HOUR);
    FX_OK(edu_account_pupils(program, NULL, NULL, NULL, 0, &pupils, error));
    edu_free(pupils);
    fx_clock_add(10 * 24 * HOUR);
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_account_pupils(program, NULL, NULL, NULL, 0, &pupils, error));
    assert_key("session.ended");
}
END_TEST

START_TEST(tokens_end)
{
    edu_session *own = fx_session("pupil1"), *other = fx_session("pupil5"), *program = NULL;
    char token[64];
    edu_time expires = fx_now() + HOUR;
    FX_OK(make_token(own, "A", expires, token, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_access_end(other, "A", error));
    FX_OK(edu_session_resume(fx_portal(), token, &program, error));
    fx_keep(program);
    FX_OK(edu_access_end(own, "A", error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_access_end(own, "A", error));
    edu_person *me = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_account_person(program, (edu_id){{0}}, &me, error));
    /* A new password ends them too: whoever knew the old one may have made it. */
    FX_OK(make_token(own, "A", expires, token, error));
    FX_OK(edu_account_password(own, FX_PASSWORD, "quite another password", error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_resume(fx_portal(), token, &program, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action LIKE 'access.%'"), 3);
}
END_TEST

START_TEST(tokens_refuse)
{
    edu_session *own = fx_session("pupil1");
    char token[64], title[62], *made = NULL;
    edu_time now = fx_now();
    memset(title, 'x', sizeof title - 1);
    title[sizeof title - 1] = 0;
    FX_FAILS(EDU_E_UNAUTHENTICATED, make_token(fx_nobody(), "A", now + HOUR, token, error));
    FX_FAILS(EDU_E_DENIED, make_token(fx_operator(), "A", now + HOUR, token, error));
    FX_FAILS(EDU_E_INVALID, make_token(own, "", now + HOUR, token, error));
    FX_FAILS(EDU_E_LIMIT, make_token(own, title, now + HOUR, token, error));
    FX_FAILS(EDU_E_INVALID, make_token(own, "A", now, token, error));
    assert_key("access.expires");
    FX_FAILS(EDU_E_INVALID, make_token(own, "A", now + 367 * 24 * HOUR, token, error));
    FX_FAILS(EDU_E_INVALID, edu_access_make(own, "A", now + HOUR, NULL, error));
    FX_OK(make_token(own, "A", now + HOUR, token, error));
    FX_FAILS(EDU_E_CONFLICT, make_token(own, "A", now + HOUR, token, error));
    for (int i = 1; i < 20; i++) {
        (void)snprintf(title, sizeof title, "%d", i);
        FX_OK(make_token(own, title, now + HOUR, token, error));
    }
    FX_FAILS(EDU_E_LIMIT, edu_access_make(own, "One more", now + HOUR, &made, error));
    ck_assert_ptr_null(made);
    /* Those that have expired are in nobody's way. */
    fx_clock_add(2 * HOUR);
    FX_OK(make_token(own, "A", fx_now() + HOUR, token, error));
}
END_TEST

START_TEST(what_waits_is_counted)
{
    edu_queues *queues = NULL;
    int32_t delivered;
    FX_FAILS(EDU_E_DENIED, edu_portal_queues(fx_session("clerk"), &queues, error));
    FX_OK(edu_outbox_deliver(fx_operator(), 100, &delivered, error));
    FX_OK(edu_portal_queues(fx_operator(), &queues, error));
    ck_assert_int_eq(queues->messages, 0);
    ck_assert_int_eq(queues->oldest, EDU_TIME_NONE);
    edu_free(queues);
    edu_time due = fx_now();
    FX_OK(edu_account_recover(fx_nobody(), "pupil1", error));
    fx_clock_add(HOUR);
    FX_OK(edu_portal_queues(fx_operator(), &queues, error));
    ck_assert_int_eq(queues->messages, 1);
    ck_assert_int_eq(queues->oldest, due);
    ck_assert_int_eq(queues->escalations + queues->deadlines + queues->payments + queues->refunds,
                     0);
    edu_free(queues);
}
END_TEST

#define ADD(name) tcase_add_test(tests, name)

static TCase *world_tests(void)
{
    TCase *tests = tcase_create("world");
    tcase_add_checked_fixture(tests, fx_setup, fx_teardown);
    tcase_set_timeout(tests, 60);
    ADD(keys_belong_to_the_store);
    ADD(public_keys_are_for_anyone);
    ADD(backup_and_check_are_the_operators);
    ADD(signs_in_and_resumes);
    ADD(ended_sign_in_is_worth_nothing);
    ADD(sign_in_is_over_after_half_a_day);
    ADD(refusals_are_alike);
    ADD(closed_account_is_like_a_wrong_password);
    ADD(malformed_arguments_of_sign_in);
    ADD(login_is_throttled);
    ADD(unknown_login_is_throttled_too);
    ADD(address_is_throttled);
    ADD(good_sign_ins_do_not_fill_an_address);
    ADD(registers_activates_and_signs_in);
    ADD(registers_by_a_document);
    ADD(register_tells_nothing_of_the_register);
    ADD(register_refuses_what_is_malformed);
    ADD(register_is_throttled_by_number);
    ADD(keys_of_nobody_are_each_visitors_own);
    ADD(activation_codes_wear_out);
    ADD(activation_is_throttled_and_alike);
    ADD(two_ask_for_one_login);
    ADD(desk_activates_within_its_scope);
    ADD(admin_creates_accounts);
    ADD(recovers_a_password);
    ADD(recovery_tells_nothing);
    ADD(recovery_is_throttled);
    ADD(changes_the_own_password);
    ADD(sees_only_whom_one_may);
    ADD(person_tells_what_the_register_knows);
    ADD(finds_by_number_and_birth);
    ADD(family_is_oneself_and_wards);
    ADD(pupils_in_scope_page_by_page);
    ADD(pupils_come_in_order_once_each);
    ADD(a_cursor_tells_nothing);
    ADD(pupils_come_in_the_order_of_the_portals_alphabet);
    ADD(pupils_refuses);
    ADD(school_decides_about_a_request);
    ADD(refused_and_ended_links_may_be_asked_for_again);
    ADD(request_tells_nothing_of_the_child);
    ADD(request_refuses);
    ADD(nobody_decides_their_own_request);
    ADD(links_page_by_page);
    ADD(grants_take_effect_at_once);
    ADD(grants_refuse);
    ADD(grants_page_by_page);
    ADD(identity_of_everybody);
    ADD(session_outlives_the_portals_owner);
    ADD(a_program_is_who_made_its_token);
    ADD(tokens_end);
    ADD(tokens_refuse);
    ADD(what_waits_is_counted);
    return tests;
}

static TCase *second_factor_tests(void)
{
    TCase *tests = tcase_create("second factor");
    tcase_add_checked_fixture(tests, fx_setup_second_factor, fx_teardown);
    tcase_set_timeout(tests, 60);
    ADD(staff_confirm_by_code);
    ADD(five_wrong_codes_end_the_sign_in);
    ADD(code_grows_old);
    ADD(sign_ins_without_a_code_are_throttled);
    ADD(new_staff_begin_with_a_code);
    return tests;
}

int main(void)
{
    Suite *suite = suite_create("account");
    TCase *tests = tcase_create("options");
    ADD(portal_refuses_bad_options);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, world_tests());
    suite_add_tcase(suite, second_factor_tests());
    return tap_run(suite);
}
