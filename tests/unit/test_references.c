/* References: types, what is issued at once, and what goes to a clerk. */
#include "fixture.h"
#include "parse.h"
#include "domain/reference/reference_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/certificate.h>
#include <edu/reference.h>
#include "domain/reference/reference_form.h"
#include "../tap.h"

static void setup(void)
{
    fx_setup();
    fx_publish(edu_service_publish, fx_example("services", "reference"));
    fx_publish(edu_register_publish, fx_example("registers", "higher_study"));
    fx_publish(edu_reference_publish, fx_example("references", "higher_student"));
    fx_publish(edu_reference_publish, fx_example("references", "higher_graduate"));
}

static void enrol(const char *number, const char *programme, const char *state)
{
    edu_import_report *report = NULL;
    char csv[512];
    (void)snprintf(csv, sizeof csv,
                   "number,institution,programme,degree,form,funding,year,since,until,state\n"
                   "%s,S1,%s,bachelor,full_time,state,2,2025-09-15,,%s\n",
                   number, programme, state);
    FX_OK(edu_register_import(fx_operator(), "higher_study", fx_bytes(csv), NULL, &report, error));
    edu_free(report);
}

static edu_reference *asked(const char *login, const char *number, const char *type, edu_id record)
{
    edu_reference *out = NULL;
    FX_OK(edu_reference_request(fx_session(login), fx_person(number), type, record, NULL, &out,
                                error));
    return out;
}

static const edu_id none = {{0}};

static edu_id record_of(const char *number, const char *type, size_t at, size_t count)
{
    edu_register_record_page *page = NULL;
    FX_OK(edu_reference_matches(fx_session("clerk"), fx_person(number), type, &page, error));
    ck_assert_uint_eq(page->count, count);
    edu_id id = page->items[at].id;
    edu_free(page);
    return id;
}

START_TEST(one_record_is_issued_at_once_and_again_the_same)
{
    edu_verdict *verdict = NULL;
    edu_certificate *certificate = NULL;
    edu_reference_page *page = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *first = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(first->state, "issued");
    FX_OK(edu_certificate_get(fx_session("pupil1"), first->person_id, first->number, &certificate,
                              error));
    ck_assert_str_eq(certificate->type, "reference.higher_student");
    FX_OK(edu_certificate_check(fx_nobody(), certificate->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, "valid");
    ck_assert_str_eq(json_string_value(json_object_get(verdict->fields, "state")), "studies");
    edu_free(verdict);
    edu_free(certificate);
    edu_reference *second = asked("parent1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(second->number, first->number);
    ck_assert(ei_id_compare(second->id, first->id) == 0);
    FX_OK(edu_reference_list(fx_session("pupil1"), first->person_id, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    FX_OK(edu_application_check(fx_session("pupil1"), first->person_id, first->id, error));
    edu_free(first);
    edu_free(second);
}
END_TEST

START_TEST(a_change_of_the_register_makes_a_new_one_and_ends_the_old)
{
    edu_certificate *old = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *first = asked("pupil1", "PUP0001", "higher_student", none);
    enrol("PUP0001", "Riyaziyyat", "leave");
    edu_reference *second = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_ne(first->number, second->number);
    FX_OK(edu_certificate_get(fx_session("pupil1"), first->person_id, first->number, &old, error));
    ck_assert_str_eq(old->state, "revoked");
    ck_assert_str_eq(old->replaced_by, second->number);
    edu_free(old);
    edu_free(first);
    edu_free(second);
}
END_TEST

START_TEST(of_several_records_one_is_chosen)
{
    edu_reference *out = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    enrol("PUP0001", "Fizika", "studying");
    enrol("PUP0001", "Tarix", "graduated");
    FX_FAILS(EDU_E_STATE, edu_reference_request(fx_session("pupil1"), none, "higher_student", none,
                                                NULL, &out, error));
    edu_id chosen = record_of("PUP0001", "higher_student", 1, 2);
    edu_id other = record_of("PUP0001", "higher_graduate", 0, 1);
    FX_FAILS(EDU_E_INVALID, edu_reference_request(fx_session("pupil1"), none, "higher_student",
                                                  other, NULL, &out, error));
    edu_reference *made = asked("pupil1", "PUP0001", "higher_student", chosen);
    ck_assert_str_eq(made->state, "issued");
    edu_free(made);
}
END_TEST

START_TEST(without_a_record_a_clerk_decides)
{
    edu_reference *out = NULL;
    edu_reference_page *page = NULL;
    edu_reference *waiting = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(waiting->state, "waiting");
    ck_assert_ptr_null(waiting->number);
    FX_FAILS(EDU_E_CONFLICT, edu_reference_request(fx_session("pupil1"), none, "higher_student",
                                                   none, NULL, &out, error));
    FX_OK(edu_reference_worklist(fx_session("clerk"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    /* Both sides call it by a number, as people write it. */
    edu_reference *found = NULL;
    char small[40] = "a-";
    (void)snprintf(small + 2, sizeof small - 2, "%s", waiting->request + 2);
    ck_assert_int_eq(strncmp(waiting->request, "A-2026-", 7), 0);
    FX_OK(edu_reference_find(fx_session("clerk"), small, &found, error));
    ck_assert(ei_id_compare(found->id, waiting->id) == 0);
    edu_free(found);
    FX_OK(edu_reference_find(fx_session("parent1"), waiting->request, &found, error));
    edu_free(found);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_reference_find(fx_session("pupil5"), waiting->request, &found, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_reference_find(fx_session("school1"), waiting->request, &found, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_find(fx_session("clerk"), "words", &found, error));
    FX_FAILS(EDU_E_DENIED, edu_reference_worklist(fx_session("pupil1"), NULL, 0, &page, error));
    enrol("PUP0001", "Riyaziyyat", "studying");
    enrol("PUP0002", "Riyaziyyat", "studying");
    edu_id right = record_of("PUP0001", "higher_student", 0, 1);
    edu_id wrong = record_of("PUP0002", "higher_student", 0, 1);
    FX_FAILS(EDU_E_INVALID, edu_reference_issue(fx_session("clerk"), waiting->person_id,
                                                waiting->id, wrong, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_issue(fx_session("school1"), waiting->person_id,
                                                  waiting->id, right, NULL, error));
    FX_OK(edu_reference_issue(fx_session("clerk"), waiting->person_id, waiting->id, right, NULL,
                              error));
    FX_FAILS(EDU_E_STATE, edu_reference_refuse(fx_session("clerk"), waiting->person_id, waiting->id,
                                               "no", NULL, error));
    FX_OK(edu_reference_list(fx_session("pupil1"), waiting->person_id, NULL, 0, &page, error));
    ck_assert_str_eq(page->items[0].state, "issued");
    ck_assert_ptr_nonnull(page->items[0].number);
    edu_free(page);
    edu_free(waiting);
    waiting = asked("pupil1", "PUP0001", "higher_graduate", none);
    FX_OK(edu_reference_refuse(fx_session("clerk"), waiting->person_id, waiting->id,
                               "The institution has no diploma of this name.", NULL, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'refused'"), 1);
    edu_free(waiting);
}
END_TEST

START_TEST(nobody_asks_for_others)
{
    edu_reference *out = NULL;
    edu_register_record_page *page = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_request(fx_session("pupil5"), fx_person("PUP0001"),
                                                    "higher_student", none, NULL, &out, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_request(fx_session("clerk.ba"), fx_person("PUP0001"),
                                                    "higher_student", none, NULL, &out, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_reference_matches(fx_session("school1"), fx_person("PUP0001"),
                                                    "higher_student", &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_reference_request(fx_session("pupil1"), none, "nothing", none, NULL, &out, error));
}
END_TEST

START_TEST(a_clerk_asks_for_somebody_and_it_says_so)
{
    edu_reference *out = NULL;
    edu_reference_page *page = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    FX_OK(edu_reference_request(fx_session("clerk"), fx_person("PUP0001"), "higher_student", none,
                                NULL, &out, error));
    ck_assert_str_eq(out->state, "issued");
    ck_assert_str_eq(out->made_as, "clerk");
    edu_free(out);
    FX_OK(edu_reference_list(fx_session("pupil1"), none, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].made_as, "clerk");
    edu_free(page);
    FX_OK(edu_reference_request(fx_session("parent5"), fx_person("PUP0005"), "higher_student", none,
                                NULL, &out, error));
    ck_assert_str_eq(out->state, "waiting");
    ck_assert_str_eq(out->made_as, "guardian");
    edu_free(out);
}
END_TEST

/* ---- validity ---- */

static void publish_with(const char *name, json_t *validity)
{
    json_t *type = fx_example("references", name);
    json_object_set_new(type, "validity", validity);
    fx_publish(edu_reference_publish, type);
}

static edu_certificate *certificate_of(const edu_reference *one)
{
    edu_certificate *out = NULL;
    FX_OK(edu_certificate_get(fx_session("pupil1"), one->person_id, one->number, &out, error));
    return out;
}

static void is(const edu_reference *one, const char *state)
{
    edu_certificate *certificate = certificate_of(one);
    edu_verdict *verdict = NULL;
    ck_assert_str_eq(certificate->state, state);
    FX_OK(edu_certificate_check(fx_nobody(), certificate->qr, &verdict, error));
    ck_assert_str_eq(verdict->status, state);
    ck_assert_int_eq(verdict->expires, certificate->expires);
    edu_free(verdict);
    edu_free(certificate);
}

#define DAY (24 * 60 * FX_MINUTE)

/* Days later, with everybody still signed in. */
static void pass(int days)
{
    fx_run("UPDATE sign_in SET expires = 4000000000000000");
    fx_clock_add(days * DAY);
}

START_TEST(a_paper_is_good_for_its_term_and_made_anew_near_its_end)
{
    edu_reference_page *page = NULL;
    publish_with("higher_student", json_pack("{s:i}", "days", 40));
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *first = asked("pupil1", "PUP0001", "higher_student", none);
    /* To the last second of the fortieth day after. */
    ck_assert_int_eq(first->expires, INT64_C(1793491199000000)); /* 2026-10-31T23:59:59Z */
    ck_assert_str_eq(first->validity, "valid");
    is(first, "valid");
    pass(28);
    edu_reference *same = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(same->number, first->number);
    pass(4);
    edu_reference *second = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_ne(second->number, first->number);
    ck_assert_int_eq(second->expires, first->expires + 32 * DAY);
    /* Whoever was given the first can still show it. */
    is(first, "valid");
    is(second, "valid");
    edu_reference *again = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(again->number, second->number);
    pass(9);
    is(first, "expired");
    is(second, "valid");
    /* A record that changed ends what is still good, and only that. */
    enrol("PUP0001", "Riyaziyyat", "leave");
    edu_reference *third = asked("pupil1", "PUP0001", "higher_student", none);
    is(first, "expired");
    is(second, "revoked");
    is(third, "valid");
    pass(50);
    edu_reference *fourth = asked("pupil1", "PUP0001", "higher_student", none);
    is(third, "expired");
    is(fourth, "valid");
    FX_OK(edu_reference_list(fx_session("pupil1"), none, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 4);
    ck_assert_str_eq(page->items[0].validity, "valid");
    ck_assert_str_eq(page->items[1].validity, "expired");
    ck_assert_str_eq(page->items[2].validity, "revoked");
    edu_free(page);
    edu_reference *all[] = {first, same, second, again, third, fourth};
    for (size_t i = 0; i < EI_COUNT(all); i++)
        edu_free(all[i]);
}
END_TEST

START_TEST(terms_end_with_a_day)
{
    static const struct {
        const char *validity, *end;
        int16_t year;
        uint8_t month, day;
    } cases[] = {
        {"{\"months\":5}", "2027-02-28", 2026, 9, 30},
        {"{\"months\":12}", "2027-09-21", 2026, 9, 21},
        {"{\"until\":\"09-21\"}", "2026-09-21", 2026, 9, 21},
        {"{\"until\":\"09-15\"}", "2027-09-15", 2026, 9, 21},
        {"{\"days\":1}", "2024-02-29", 2024, 2, 28},
    };
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        json_t *type = fx_example("references", "higher_student");
        json_object_set_new(type, "validity", json_loads(cases[i].validity, 0, NULL));
        ei_reference_form *form = NULL;
        FX_OK(ei_reference_form_make(type, &form, error));
        edu_date day = {cases[i].year, cases[i].month, cases[i].day}, end;
        /* An hour before midnight in Baku, when it is evening by UTC. */
        edu_time now = ei_date_to_days(day) * DAY + (23 - 4) * 60 * FX_MINUTE;
        ck_assert(ei_date_parse(cases[i].end, &end));
        ck_assert_int_eq(ei_reference_expires(form, now, 240),
                         (ei_date_to_days(end) + 1) * DAY - 4 * 60 * FX_MINUTE - 1000000);
        ei_reference_form_free(form);
        json_decref(type);
    }
}
END_TEST

START_TEST(a_withdrawn_key_is_no_reason_to_go_without)
{
    edu_key_page *keys = NULL;
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *first = asked("pupil1", "PUP0001", "higher_student", none);
    pass(1);
    FX_OK(edu_key_list(fx_operator(), NULL, 0, &keys, error));
    FX_OK(edu_key_compromise(fx_operator(), keys->items[0].kid, fx_now() - 2 * DAY, NULL, error));
    edu_free(keys);
    edu_certificate *old = certificate_of(first);
    ck_assert_str_eq(old->state, "withdrawn");
    edu_free(old);
    edu_reference *second = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_ne(second->number, first->number);
    is(second, "valid");
    old = certificate_of(first);
    ck_assert_str_eq(old->state, "revoked");
    ck_assert_str_eq(old->replaced_by, second->number);
    edu_free(old);
    edu_free(first);
    edu_free(second);
}
END_TEST

/* ---- what was wrong ---- */

static size_t revocations_asked(const char *login, const char *reason)
{
    edu_revocation_page *page = NULL;
    size_t open = 0;
    FX_OK(edu_certificate_revocations(fx_session(login), NULL, 0, &page, error));
    for (size_t i = 0; i < page->count; i++)
        open += strcmp(page->items[i].state, "proposed") == 0 && page->items[i].may_confirm &&
                strcmp(page->items[i].reason, reason) == 0;
    edu_free(page);
    return open;
}

START_TEST(what_the_operator_puts_before_them_takes_two_clerks)
{
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *paper = asked("pupil1", "PUP0001", "higher_student", none);
    edu_id record = record_of("PUP0001", "higher_student", 0, 1);
    FX_OK(edu_register_end(fx_operator(), paper->person_id, record, "of another", NULL, error));
    FX_OK(edu_certificate_revoke_decide(fx_session("clerk"), paper->number, true, NULL, error));
    is(paper, "valid");
    FX_FAILS(EDU_E_DENIED,
             edu_certificate_revoke_decide(fx_session("clerk"), paper->number, true, NULL, error));
    FX_OK(edu_certificate_revoke_decide(fx_session("clerk2"), paper->number, true, NULL, error));
    is(paper, "revoked");
    edu_free(paper);
}
END_TEST

START_TEST(what_was_made_of_a_wrong_record_is_put_before_a_second_person)
{
    edu_certificate *paper;
    enrol("PUP0001", "Riyaziyyat", "studying");
    edu_reference *first = asked("pupil1", "PUP0001", "higher_student", none);
    edu_id record = record_of("PUP0001", "higher_student", 0, 1);
    json_t *changes = json_pack("{s:s}", "year", "3");
    FX_OK(edu_register_correct(fx_session("school1"), first->person_id, record, changes,
                               "typed wrongly", NULL, error));
    json_decref(changes);
    is(first, "valid");
    ck_assert_uint_eq(revocations_asked("clerk", "corrected"), 1);
    /* Asking again replaces it at once; the doubt is then about nothing. */
    edu_reference *second = asked("pupil1", "PUP0001", "higher_student", none);
    is(first, "revoked");
    is(second, "valid");
    FX_OK(edu_certificate_revoke_decide(fx_session("clerk"), first->number, true, NULL, error));
    paper = certificate_of(first);
    ck_assert_str_eq(paper->reason, "replaced");
    edu_free(paper);
    FX_OK(
        edu_register_end(fx_session("clerk"), first->person_id, record, "of another", NULL, error));
    ck_assert_uint_eq(revocations_asked("clerk", "ended"), 0);
    ck_assert_uint_eq(revocations_asked("clerk2", "ended"), 1);
    FX_FAILS(EDU_E_DENIED,
             edu_certificate_revoke_decide(fx_session("clerk"), second->number, true, NULL, error));
    is(second, "valid");
    FX_OK(edu_certificate_revoke_decide(fx_session("clerk2"), second->number, true, NULL, error));
    is(second, "revoked");
    edu_free(first);
    edu_free(second);
    /* What an import brings is what came to be, not what was wrong. */
    enrol("PUP0002", "Fizika", "studying");
    edu_reference *third = asked("parent1", "PUP0002", "higher_student", none);
    enrol("PUP0002", "Fizika", "left");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM revocation WHERE is_open = 1"), 0);
    edu_free(third);
}
END_TEST

/* ---- versions of registers and types ---- */

static size_t column_at(const json_t *form, const char *name)
{
    const json_t *columns = json_object_get(form, "columns");
    size_t at = 0;
    while (strcmp(json_string_value(json_object_get(json_array_get(columns, at), "name")), name) !=
           0)
        at++;
    return at;
}

START_TEST(a_register_that_lost_a_column_is_told_and_crashes_nothing)
{
    edu_reference *out = NULL;
    edu_reference *waiting = asked("parent1", "PUP0002", "higher_student", none);
    enrol("PUP0001", "Riyaziyyat", "studying");
    enrol("PUP0002", "Riyaziyyat", "studying");
    json_t *register_form = fx_example("registers", "higher_study");
    (void)json_array_remove(json_object_get(register_form, "columns"),
                            column_at(register_form, "funding"));
    fx_publish(edu_register_publish, register_form);
    FX_FAILS(EDU_E_STATE, edu_reference_request(fx_session("pupil1"), none, "higher_student", none,
                                                NULL, &out, error));
    ck_assert_str_eq(fx_last_error.key, "reference.outdated");
    edu_id record = record_of("PUP0002", "higher_student", 0, 1);
    FX_FAILS(EDU_E_STATE, edu_reference_issue(fx_session("clerk"), waiting->person_id, waiting->id,
                                              record, NULL, error));
    json_t *type = fx_example("references", "higher_student");
    json_t *fields = json_object_get(type, "fields");
    for (size_t i = 0; i < json_array_size(fields); i++)
        if (strcmp(json_string_value(json_array_get(fields, i)), "funding") == 0)
            (void)json_array_remove(fields, i--);
    fx_publish(edu_reference_publish, type);
    /* What waited since before is issued by the type as it is now. */
    FX_OK(edu_reference_issue(fx_session("clerk"), waiting->person_id, waiting->id, record, NULL,
                              error));
    edu_reference *made = asked("pupil1", "PUP0001", "higher_student", none);
    ck_assert_str_eq(made->state, "issued");
    edu_free(made);
    edu_free(waiting);
}
END_TEST

START_TEST(what_waits_is_issued_by_the_type_that_was_asked_for)
{
    edu_reference_page *page = NULL;
    edu_reference *waiting = asked("pupil1", "PUP0001", "higher_student", none);
    publish_with("higher_student", json_pack("{s:i}", "days", 40));
    enrol("PUP0001", "Riyaziyyat", "studying");
    FX_OK(edu_reference_issue(fx_session("clerk"), waiting->person_id, waiting->id,
                              record_of("PUP0001", "higher_student", 0, 1), NULL, error));
    FX_OK(edu_reference_list(fx_session("pupil1"), none, NULL, 0, &page, error));
    ck_assert(page->items[0].expires > fx_now() + 100 * DAY);
    edu_free(page);
    edu_free(waiting);
}
END_TEST

START_TEST(every_type_of_the_examples_is_published)
{
    static const char *const registers[] = {"college_study", "vocational_study", "state_programme",
                                            "teacher_recruitment", "diagnostic_assessment"};
    static const char *const types[] = {"higher_former",
                                        "college_student",
                                        "college_graduate",
                                        "vocational_student",
                                        "vocational_graduate",
                                        "state_programme_student",
                                        "state_programme_graduate",
                                        "teacher_recruitment_result",
                                        "diagnostic_assessment_result"};
    edu_reference_type_page *page = NULL;
    for (size_t i = 0; i < EI_COUNT(registers); i++)
        fx_publish(edu_register_publish, fx_example("registers", registers[i]));
    for (size_t i = 0; i < EI_COUNT(types); i++)
        fx_publish(edu_reference_publish, fx_example("references", types[i]));
    FX_OK(edu_reference_types(fx_nobody(), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 11);
    edu_free(page);
}
END_TEST

static json_t *valid_with(const char *validity)
{
    json_t *type = fx_example("references", "higher_student");
    json_object_set_new(type, "validity", json_loads(validity, 0, NULL));
    return type;
}

static json_t *code_of(const char *code)
{
    json_t *type = fx_example("references", "higher_student");
    json_object_set_new(type, "qr", json_loads(code, JSON_DECODE_ANY, NULL));
    return type;
}

START_TEST(types_are_checked_against_their_register)
{
    json_t *column = fx_example("references", "higher_student");
    json_array_append_new(json_object_get(column, "qr"), json_string("colour"));
    json_array_remove(json_object_get(column, "qr"), 0);
    json_t *value = fx_example("references", "higher_student");
    json_array_set_new(json_object_get(json_object_get(value, "when"), "state"), 0,
                       json_string("flying"));
    json_t *text = fx_example("references", "higher_student");
    json_object_set_new(json_object_get(text, "text"), "en", json_string("{holder} {shoe}"));
    json_t *hole = fx_example("references", "higher_student");
    json_object_set_new(json_object_get(hole, "text"), "en", json_string("{holder} until {until}"));
    const struct {
        json_t *json;
        const char *field;
    } bad[] = {{column, "/qr/1"},
               {code_of("[\"institution\",\"programme\",\"degree\"]"), "/qr"},
               {code_of("[{\"column\":\"institution\",\"bytes\":70}]"), "/qr"},
               {code_of("[{\"column\":\"institution\",\"bytes\":3}]"), "/qr/0/bytes"},
               {code_of("[{\"bytes\":10}]"), "/qr/0/column"},
               {code_of("[{\"column\":1,\"bytes\":10}]"), "/qr/0"},
               {code_of("\"institution\""), "/qr"},
               {value, "/when/state"},
               {text, "/text/en"},
               {hole, "/text/en"},
               {valid_with("{\"days\":0}"), "/validity"},
               {valid_with("{\"days\":1,\"months\":1}"), "/validity"},
               {valid_with("{\"months\":\"6\"}"), "/validity"},
               {valid_with("{\"months\":4294967297}"), "/validity"},
               {valid_with("{\"until\":\"02-29\"}"), "/validity"},
               {valid_with("{\"until\":\"06-31\"}"), "/validity"},
               {valid_with("{\"until\":6}"), "/validity"},
               {valid_with("{}"), "/validity"},
               {valid_with("{\"years\":1}"), "/validity/years"},
               {valid_with("[]"), "/validity"}};
    for (size_t i = 0; i < EI_COUNT(bad); i++) {
        int32_t version;
        edu_error error = EDU_ERROR_INIT;
        ck_assert_int_eq(edu_reference_publish(fx_operator(), bad[i].json, NULL, &version, &error),
                         EDU_E_INVALID);
        ck_assert_msg(strcmp(error.field, bad[i].field) == 0, "%zu: %s instead of %s", i,
                      error.field, bad[i].field);
        json_decref(bad[i].json);
    }
}
END_TEST

static const spoilt_case spoilt[] = {
    {"references/college_graduate", "{'reference':'A'}", "/reference"},
    {"references/college_graduate", "{'reference':7}", "/reference"},
    {"references/college_graduate", "{'register':'A'}", "/register"},
    {"references/college_graduate", "{'register':7}", "/register"},
    {"references/college_graduate", "{'title':7}", "/title"},
    {"references/college_graduate", "{'title':{'az':null,'en':null,'ru':null}}", "/title"},
    {"references/college_graduate", "{'summary':7}", "/summary"},
    {"references/college_graduate", "{'text':7}", "/text"},
    {"references/college_graduate", "{'text':{'az':null}}", "/text/az"},
    {"references/college_graduate", "{'colour':7}", "/colour"},
    {"references/college_graduate", "{'when':7}", "/when"},
    {"references/college_graduate", "{'when':{'state':7}}", "/when/state"},
    {"references/college_graduate", "{'when':{'state':[]}}", "/when/state"},
    {"references/college_graduate", "{'fields':7}", "/fields"},
    {"references/college_graduate", "{'fields':[7]}", "/fields/0"},
    {"references/college_graduate", "{'qr':7}", "/qr"},
    {"references/college_graduate", "{'qr':[7]}", "/qr/0"},
    {"references/college_graduate", "{'qr':[{'column':'until'}]}", "/qr/0/bytes"},
    {"references/college_graduate", "{'qr':[{'column':'until','bytes':3}]}", "/qr/0/bytes"},
    {"references/college_graduate", "{'qr':[{'column':'until','bytes':81}]}", "/qr/0/bytes"},
    {"references/college_graduate", "{'qr':[{'column':7,'bytes':8}]}", "/qr/0"},
    {"references/college_graduate",
     "{'qr':['a','b','c','d','e','f','g','h','i','j','k','l','m','n','o','p','q']}", "/qr"},
    {"references/college_graduate", "{'validity':7}", "/validity"},
    {"references/college_graduate", "{'validity':{}}", "/validity"},
    {"references/college_graduate", "{'validity':{'days':0}}", "/validity"},
    {"references/college_graduate", "{'validity':{'days':3661}}", "/validity"},
    {"references/college_graduate", "{'validity':{'days':'1'}}", "/validity"},
    {"references/college_graduate", "{'validity':{'months':121}}", "/validity"},
    {"references/college_graduate", "{'validity':{'days':1,'months':1}}", "/validity"},
    {"references/college_graduate", "{'validity':{'until':7}}", "/validity"},
    {"references/college_graduate", "{'validity':{'until':'02-29'}}", "/validity"},
    {"references/college_graduate", "{'validity':{'until':'13-01'}}", "/validity"},
    {"references/college_graduate", "{'validity':{'weeks':1}}", "/validity/weeks"},
};

static edu_status make(json_t *json, edu_error *error)
{
    ei_reference_form *made = NULL;
    edu_status status = ei_reference_form_make(json, &made, error);
    ei_reference_form_free(made);
    return status;
}

START_TEST(a_spoilt_type_is_refused_with_the_place)
{
    check_spoilt(&spoilt[_i], make);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("references");
    TCase *tests = tcase_create("references");
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, one_record_is_issued_at_once_and_again_the_same);
    tcase_add_test(tests, a_change_of_the_register_makes_a_new_one_and_ends_the_old);
    tcase_add_test(tests, of_several_records_one_is_chosen);
    tcase_add_test(tests, without_a_record_a_clerk_decides);
    tcase_add_test(tests, nobody_asks_for_others);
    tcase_add_test(tests, a_clerk_asks_for_somebody_and_it_says_so);
    tcase_add_test(tests, a_paper_is_good_for_its_term_and_made_anew_near_its_end);
    tcase_add_test(tests, terms_end_with_a_day);
    tcase_add_test(tests, a_withdrawn_key_is_no_reason_to_go_without);
    tcase_add_test(tests, what_the_operator_puts_before_them_takes_two_clerks);
    tcase_add_test(tests, what_was_made_of_a_wrong_record_is_put_before_a_second_person);
    tcase_add_test(tests, a_register_that_lost_a_column_is_told_and_crashes_nothing);
    tcase_add_test(tests, what_waits_is_issued_by_the_type_that_was_asked_for);
    tcase_add_test(tests, every_type_of_the_examples_is_published);
    tcase_add_test(tests, types_are_checked_against_their_register);
    suite_add_tcase(suite, tests);
    TCase *pure = tcase_create("types");
    tcase_add_loop_test(pure, a_spoilt_type_is_refused_with_the_place, 0, EI_COUNT(spoilt));
    suite_add_tcase(suite, pure);
    return tap_run(suite);
}
