/* What somebody does ten thousand times: guessing, asking, filling the store. It is bounded by a
 * stated number, costs no more than that, and leaves its count. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <string.h>
#include <edu/appeal.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/certificate.h>
#include <edu/offering.h>
#include <edu/privacy.h>
#include <edu/request.h>

#define MANY 10000
#define SOME 300 /* of what costs a commit each */

static const edu_id none = {{0}};

static void setup(void)
{
    fx_setup();
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_service_publish, fx_example("services", "club"));
    fx_publish(edu_appeal_rules_publish, fx_example("appeals", "az"));
}

/* ---- drafts ---- */

#define GROUPS 103
#define DRAFTS_MOST 100

static edu_id groups[GROUPS];

static void make_groups(void)
{
    for (int i = 0; i < GROUPS; i++) {
        edu_offering_input input = EDU_OFFERING_INPUT_INIT;
        char code[16];
        (void)snprintf(code, sizeof code, "g%d", i);
        json_t *title = json_pack("{s:s, s:s}", "az", code, "en", code);
        input.service = "club";
        input.code = code;
        input.title = title;
        input.places = -1;
        input.opens = FX_START - FX_MINUTE;
        input.closes = FX_START + 100000 * FX_MINUTE;
        input.is_published = true;
        FX_OK(edu_offering_put(fx_session("clerk"), &input, NULL, &groups[i], error));
        json_decref(title);
    }
}

static edu_status begin_form(edu_session *session, edu_id offering, edu_id *out, edu_error *error)
{
    return edu_draft_save(session, fx_person("PUP0001"), offering, none, NULL, NULL, NULL, out,
                          error);
}

static int64_t drafts(void)
{
    return fx_int("SELECT COUNT(*) FROM draft");
}

START_TEST(ten_thousand_drafts_are_a_hundred)
{
    edu_session *parent = fx_session("parent1");
    edu_id first, draft;
    make_groups();
    FX_OK(begin_form(parent, groups[0], &first, error));
    for (int i = 1; i < DRAFTS_MOST; i++)
        FX_OK(begin_form(parent, groups[i], &draft, error));
    for (int i = 0; i < MANY - DRAFTS_MOST; i++) {
        edu_error detail = EDU_ERROR_INIT;
        ck_assert_int_eq(begin_form(parent, groups[DRAFTS_MOST + i % 3], &draft, &detail),
                         EDU_E_LIMIT);
        ck_assert_str_eq(detail.key, "request.drafts");
    }
    ck_assert_int_eq(drafts(), DRAFTS_MOST);
    /* What is begun goes on, others are not in the way, and who discards one has room. */
    FX_OK(begin_form(parent, groups[0], &draft, error));
    ck_assert_int_eq(ei_id_compare(first, draft), 0);
    FX_OK(begin_form(fx_session("school1"), groups[0], &draft, error));
    FX_OK(edu_draft_discard(parent, fx_person("PUP0001"), first, NULL, error));
    FX_OK(begin_form(parent, groups[DRAFTS_MOST], &draft, error));
    ck_assert_int_eq(drafts(), DRAFTS_MOST + 1);
}
END_TEST

START_TEST(ten_thousand_begun_letters_are_twenty)
{
    edu_session *pupil = fx_session("pupil1");
    json_t *content = json_pack("{s:s}", "text", "Hələ.");
    int taken = 0;
    for (int i = 0; i < MANY; i++) {
        char form[32];
        edu_error detail = EDU_ERROR_INIT;
        (void)snprintf(form, sizeof form, "form-%d", i);
        edu_status status = edu_appeal_draft_save(pupil, form, content, &detail);
        taken += status == EDU_OK;
        ck_assert(status == EDU_OK || strcmp(detail.key, "appeal.drafts") == 0);
    }
    ck_assert_int_eq(taken, 20);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal_draft"), 20);
    FX_OK(edu_appeal_draft_save(pupil, "form-0", content, error));
    FX_OK(edu_appeal_draft_forget(pupil, "form-1", error));
    FX_OK(edu_appeal_draft_save(pupil, "another", content, error));
    json_decref(content);
}
END_TEST

/* ---- guessing ---- */

static edu_status sign_in(const char *login, const char *password, const char *address,
                          edu_error *error)
{
    edu_session *session = NULL;
    edu_status status =
        edu_session_sign_in(fx_portal(), login, password, address, NULL, &session, error);
    if (status == EDU_OK)
        (void)fx_keep(session);
    return status;
}

/* Of three hundred guesses ten are looked at, and no more passwords are hashed; the right one is
 * no better in that time. */
START_TEST(guesses_of_a_password_cost_ten_runs)
{
    fx_work before = fx_work_now();
    int looked_at = 0;
    for (int i = 0; i < SOME; i++) {
        edu_error detail = EDU_ERROR_INIT;
        edu_status status = sign_in("pupil1", "a wrong password", NULL, &detail);
        looked_at += status == EDU_E_UNAUTHENTICATED;
        ck_assert(status == EDU_E_UNAUTHENTICATED || status == EDU_E_THROTTLED);
    }
    ck_assert_int_eq(looked_at, 10);
    ck_assert_uint_eq(fx_work_now().password_runs - before.password_runs, 10);
    FX_FAILS(EDU_E_THROTTLED, sign_in("pupil1", FX_PASSWORD, NULL, error));
    ck_assert_int_ge(fx_int("SELECT MAX(count) FROM throttle WHERE kind = 'login'"), 10);
    fx_clock_add(16 * FX_MINUTE);
    FX_OK(sign_in("pupil1", FX_PASSWORD, NULL, error));
}
END_TEST

/* One password for many logins, from one address. */
START_TEST(guesses_of_many_logins_end_by_their_address)
{
    fx_work before = fx_work_now();
    int looked_at = 0;
    for (int i = 0; i < SOME; i++) {
        char login[32];
        (void)snprintf(login, sizeof login, "guessed.%d", i);
        looked_at += sign_in(login, FX_PASSWORD, "198.51.100.7", NULL) == EDU_E_UNAUTHENTICATED;
    }
    ck_assert_int_eq(looked_at, 100);
    ck_assert_uint_eq(fx_work_now().password_runs - before.password_runs, 100);
    FX_OK(sign_in("pupil1", FX_PASSWORD, "198.51.100.8", error));
}
END_TEST

START_TEST(guesses_of_codes_and_children_end)
{
    int codes = 0, children = 0;
    FX_OK(edu_account_recover(fx_nobody(), "pupil1", error));
    for (int i = 0; i < SOME; i++) {
        char code[16], number[16];
        (void)snprintf(code, sizeof code, "%08d", i);
        (void)snprintf(number, sizeof number, "QZX%04d", i);
        codes += edu_account_recover_finish(fx_nobody(), "pupil1", code, "another long password",
                                            NULL) != EDU_E_THROTTLED;
        children +=
            edu_account_guardian_request(fx_session("stranger"), number, (edu_date){2014, 1, 1},
                                         NULL, NULL) != EDU_E_THROTTLED;
    }
    ck_assert_int_eq(codes, 10);
    ck_assert_int_eq(children, 20);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM guardian WHERE state = 'requested'"), 0);
    FX_OK(sign_in("pupil1", FX_PASSWORD, NULL, error));
}
END_TEST

START_TEST(numbers_of_certificates_are_not_tried_in_turn)
{
    int looked_at = 0;
    for (int i = 0; i < SOME; i++) {
        char number[32];
        edu_verdict *verdict = NULL;
        (void)snprintf(number, sizeof number, "0000-0000-0000-%04d", i);
        edu_status status = edu_certificate_find(fx_nobody(), number, (edu_date){2014, 1, 1},
                                                 "198.51.100.7", &verdict, NULL);
        looked_at += status != EDU_E_THROTTLED;
        edu_free(verdict);
    }
    ck_assert_int_le(looked_at, 30);
    ck_assert_int_ge(looked_at, 10);
}
END_TEST

START_TEST(letters_without_a_name_end_by_their_address)
{
    int taken = 0;
    for (int i = 0; i < SOME; i++) {
        edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
        edu_appeal_receipt *receipt = NULL;
        input.category = "building";
        input.is_anonymous = true;
        input.text = "Dam axır.";
        input.address = "198.51.100.7";
        edu_error detail = EDU_ERROR_INIT;
        edu_status status = edu_appeal_submit(fx_nobody(), &input, NULL, &receipt, &detail);
        if (status != EDU_OK)
            ck_assert_msg(status == EDU_E_THROTTLED, "%s", detail.key);
        taken += status == EDU_OK;
        if (status == EDU_OK)
            edu_free(receipt);
    }
    ck_assert_int_eq(taken, 10);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal"), 10);
}
END_TEST

/* ---- tokens ---- */

START_TEST(a_token_that_somebody_chose_is_nobodys)
{
    static const char chosen[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    edu_session *session = NULL, *first = NULL, *second = NULL;
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_resume(fx_portal(), chosen, &session, error));
    ck_assert_ptr_null(edu_session_token(fx_nobody()));
    FX_OK(edu_session_sign_in(fx_portal(), "pupil1", FX_PASSWORD, NULL, NULL, &first, error));
    FX_OK(edu_session_sign_in(fx_portal(), "pupil1", FX_PASSWORD, NULL, NULL, &second, error));
    (void)fx_keep(first);
    (void)fx_keep(second);
    ck_assert_str_ne(edu_session_token(first), edu_session_token(second));
    /* Another password ends what somebody else may have. */
    char kept[64];
    (void)snprintf(kept, sizeof kept, "%s", edu_session_token(first));
    FX_OK(edu_account_password(second, FX_PASSWORD, "quite another password", error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_session_resume(fx_portal(), kept, &session, error));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("abuse");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_test(tests, ten_thousand_drafts_are_a_hundred);
    tcase_add_test(tests, ten_thousand_begun_letters_are_twenty);
    tcase_add_test(tests, guesses_of_a_password_cost_ten_runs);
    tcase_add_test(tests, guesses_of_many_logins_end_by_their_address);
    tcase_add_test(tests, guesses_of_codes_and_children_end);
    tcase_add_test(tests, numbers_of_certificates_are_not_tried_in_turn);
    tcase_add_test(tests, letters_without_a_name_end_by_their_address);
    tcase_add_test(tests, a_token_that_somebody_chose_is_nobodys);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
