/* Appeals of citizens: receipt, terms, work, escalation, new dates, merging, and races. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/appeal.h>
#include <edu/application.h>
#include "domain/appeal/appeal_rules.h"
#include "domain/application/application.h"
#include "../tap.h"

#define HOUR (60 * FX_MINUTE)
#define DAY (24 * HOUR)
#define BAKU (4 * HOUR)

/* ---- the world ---- */

/* Signed in for as long as a test lasts: these move the clock by weeks. */
static edu_session *as(const char *login)
{
    edu_session *session = fx_session(login);
    fx_run("UPDATE sign_in SET created = 0, expires = 4102444800000000");
    return session;
}

static json_t *file(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/examples/data/%s", getenv("EDU_ROOT"), name);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_msg(json != NULL, "%s", path);
    return json;
}

static void publish(edu_status (*fn)(edu_session *, json_t *, const char *, int32_t *, edu_error *),
                    json_t *json)
{
    int32_t version;
    FX_OK(fn(fx_operator(), json, NULL, &version, error));
    json_decref(json);
}

static void grant(const char *number, const char *role, const char *department)
{
    FX_OK(edu_account_grant(fx_operator(), fx_person(number), role, "department", department, NULL,
                            error));
}

/* Executors of schools: stranger, parent5; its head: steward. Of the reception: school2's account.
 */
static void setup(void)
{
    fx_setup();
    publish(edu_calendar_publish, file("calendars/az.json"));
    publish(edu_service_publish, file("services/appeal.json"));
    publish(edu_appeal_rules_publish, file("appeals/az.json"));
    grant("STR0001", "executor", "schools");
    grant("GRD0005", "executor", "schools");
    grant("GRD0001", "head", "schools");
    grant("STF0006", "executor", "reception");
}

typedef struct one {
    edu_id person, id;
    edu_time due;
    char number[40], code[32];
} one;

static edu_appeal_input input(const char *category)
{
    edu_appeal_input made = EDU_APPEAL_INPUT_INIT;
    made.category = category;
    made.text = "Məktəbin damı axır, sinifdə su var.";
    return made;
}

static one keep(edu_appeal_receipt *receipt)
{
    one made = {receipt->person_id, receipt->id, receipt->due, "", ""};
    (void)snprintf(made.number, sizeof made.number, "%s", receipt->number);
    (void)snprintf(made.code, sizeof made.code, "%s", receipt->code ? receipt->code : "");
    edu_free(receipt);
    return made;
}

static one submit(const char *login, const char *category)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input(category);
    FX_OK(edu_appeal_submit(as(login), &given, NULL, &receipt, error));
    return keep(receipt);
}

static edu_appeal seen(const char *login, one which)
{
    edu_appeal *found = NULL;
    FX_OK(edu_appeal_get(as(login), which.person, which.id, &found, error));
    edu_appeal copy = *found;
    static char state[65], department[65], rule[32];
    (void)snprintf(state, sizeof state, "%s", found->state);
    (void)snprintf(department, sizeof department, "%s", found->department ? found->department : "");
    (void)snprintf(rule, sizeof rule, "%s", found->rule);
    copy.state = state;
    copy.department = department;
    copy.rule = rule;
    edu_free(found);
    return copy;
}

/* The last step with this action as this login sees it; false where there is none. */
static bool has_event(const char *login, one which, const char *action, char text[256])
{
    edu_appeal_event_page *page = NULL;
    bool is_found = false;
    FX_OK(edu_appeal_timeline(as(login), which.person, which.id, NULL, 200, &page, error));
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->items[i].action, action) == 0) {
            is_found = true;
            if (text)
                (void)snprintf(text, 256, "%s", page->items[i].text ? page->items[i].text : "");
        }
    edu_free(page);
    return is_found;
}

/* 2026-09-21 is a Monday; what comes at noon in Baku counts as of that day. */
static edu_time at(int day_of_september, int hour)
{
    return INT64_C(1789948800000000) + (day_of_september - 21) * DAY + hour * HOUR - BAKU;
}

static one assigned(const char *login, const char *category)
{
    one made = submit(login, category);
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, NULL, "schools", NULL, error));
    FX_OK(edu_appeal_assign(as("clerk"), made.person, made.id, fx_person("STR0001"), NULL, error));
    return made;
}

static void check_chains(void)
{
    FX_OK(ei_application_check_all(fx_operator(), (edu_progress){0}, error));
}

/* ---- rules ---- */

typedef struct faulty {
    const char *change, *field;
} faulty;

static const faulty faults[] = {
    {"{\"calendar\": \"A B\"}", "/calendar"},
    {"{\"prefix\": \"M-1\"}", "/prefix"},
    {"{\"reopen_days\": -1}", "/reopen_days"},
    {"{\"levels\": []}", "/levels"},
    {"{\"departments\": [{\"code\": \"X\", \"title\": {}}]}", "/departments/0/code"},
    {"{\"categories\": []}", "/categories"},
    {"{\"terms\": []}", "/terms"},
    {"{\"terms\": [{\"unit\": \"weeks\", \"count\": 1}]}", "/terms/0/unit"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"category\": \"portal\"}]}", "/terms"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"category\": \"none\"}]}",
     "/terms/0/category"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"level\": \"urgent\"}]}", "/terms/0"},
    {"{\"routes\": [{\"departments\": [\"none\"]}]}", "/routes/0/departments/0"},
    {"{\"ladder\": [{\"percent\": 100, \"to\": \"head\"}, {\"percent\": 50, \"to\": \"head\"}]}",
     "/ladder/1"},
    {"{\"ladder\": [{\"to\": \"person\"}]}", "/ladder/0/login"},
    {"{\"ladder\": [{\"warning\": true, \"percent\": 50, \"to\": \"head\"}]}", "/ladder/0"},
    {"{\"ladder\": [{\"to\": \"head\"}, {\"warning\": true, \"to\": \"head\"}]}", "/ladder/1"},
    {"{\"colour\": \"red\"}", "/colour"},
    {"{\"service\": \"A\"}", "/service"},
    {"{\"service\": 7}", "/service"},
    {"{\"title\": 7}", "/title"},
    {"{\"title\": {}}", "/title"},
    {"{\"calendar\": 7}", "/calendar"},
    {"{\"prefix\": 7}", "/prefix"},
    {"{\"prefix\": \"MMMMMMMMM\"}", "/prefix"},
    {"{\"prefix\": \"M M\"}", "/prefix"},
    {"{\"reopen_days\": \"1\"}", "/reopen_days"},
    {"{\"reopen_days\": 3661}", "/reopen_days"},
    {"{\"duplicate_days\": -1}", "/duplicate_days"},
    {"{\"levels\": 7}", "/levels"},
    {"{\"levels\": [7]}", "/levels/0"},
    {"{\"departments\": [{\"code\": 7, \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": \"T\"}}]}",
     "/departments/0/code"},
    {"{\"departments\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": "
     "\"T\"}}, {\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": \"T\"}}]}",
     "/departments/1/code"},
    {"{\"departments\": [{\"code\": \"a\", \"title\": 7}]}", "/departments/0/title"},
    {"{\"categories\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": "
     "\"T\"}, \"may_be_anonymous\": 7}]}",
     "/categories/0/may_be_anonymous"},
    {"{\"categories\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": "
     "\"T\"}, \"needs_approval\": 7}]}",
     "/categories/0/needs_approval"},
    {"{\"categories\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": "
     "\"T\"}, \"extension\": 7}]}",
     "/categories/0/extension"},
    {"{\"categories\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": "
     "\"T\"}, \"extension\": {\"times\": 0, \"count\": 1}}]}",
     "/categories/0/extension/times"},
    {"{\"categories\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": "
     "\"T\"}, \"extension\": {\"times\": 1, \"count\": \"1\"}}]}",
     "/categories/0/extension/count"},
    {"{\"terms\": [7]}", "/terms/0"},
    {"{\"terms\": [{\"unit\": 7, \"count\": 1}]}", "/terms/0/unit"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": -1}]}", "/terms/0/count"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"warn_percent\": 101}]}",
     "/terms/0/warn_percent"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"very_late\": -1}]}", "/terms/0/very_late"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"level\": 7}]}", "/terms/0/level"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"state\": \"A B\"}]}", "/terms/0/state"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"department\": \"none\"}]}",
     "/terms/0/department"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"department\": \"schools\", \"state\": "
     "\"queued\"}]}",
     "/terms/0"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"department\": \"schools\", \"category\": "
     "\"portal\"}]}",
     "/terms/0"},
    {"{\"terms\": [{\"unit\": \"days\", \"count\": 1, \"state\": \"queued\", \"category\": "
     "\"portal\"}]}",
     "/terms/0"},
    {"{\"routes\": [7]}", "/routes/0"},
    {"{\"routes\": [{\"departments\": []}]}", "/routes/0/departments"},
    {"{\"routes\": [{\"departments\": [7]}]}", "/routes/0/departments/0"},
    {"{\"routes\": [{\"departments\": [\"schools\"], \"category\": \"none\"}]}",
     "/routes/0/category"},
    {"{\"routes\": [{\"departments\": [\"schools\"], \"region\": 7}]}", "/routes/0/region"},
    {"{\"routes\": [{\"departments\": [\"schools\"], \"region\": \"\"}]}", "/routes/0/region"},
    {"{\"routes\": [{\"departments\": [\"schools\"], \"region\": \"BA\"}]}", "/routes"},
    {"{\"routes\": [{\"departments\": [\"schools\"], \"category\": \"portal\"}]}", "/routes"},
    {"{\"ladder\": 7}", "/ladder"},
    {"{\"ladder\": [7]}", "/ladder/0"},
    {"{\"ladder\": [{\"to\": \"king\"}]}", "/ladder/0/to"},
    {"{\"ladder\": [{\"to\": 7}]}", "/ladder/0/to"},
    {"{\"ladder\": [{\"to\": \"head\", \"login\": \"clerk\"}]}", "/ladder/0/login"},
    {"{\"ladder\": [{\"to\": \"head\", \"login\": 7}]}", "/ladder/0/login"},
    {"{\"ladder\": [{\"to\": \"head\", \"percent\": 101}]}", "/ladder/0/percent"},
    {"{\"ladder\": [{\"to\": \"head\", \"late\": -1}]}", "/ladder/0/late"},
    {"{\"ladder\": [{\"to\": \"head\", \"warning\": 7}]}", "/ladder/0/warning"},
    {"{\"ladder\": [{\"to\": \"person\", \"login\": \"clerk\", \"warning\": true, \"late\": 1}]}",
     "/ladder/0"},
    {"{\"ladder\": [{\"to\": \"head\", \"late\": 2}, {\"to\": \"head\", \"late\": 1}]}",
     "/ladder/1"},
    {"{\"ladder\": [{\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": "
     "\"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, "
     "{\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": "
     "\"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}, {\"to\": \"head\"}]}",
     "/ladder"},
    {"{\"templates\": 7}", "/templates"},
    {"{\"templates\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": \"T\"}, "
     "\"text\": 7}]}",
     "/templates/0/text"},
    {"{\"templates\": [{\"code\": \"a\", \"title\": {\"az\": \"T\", \"en\": \"T\", \"ru\": \"T\"}, "
     "\"text\": {\"az\": \"{who}\", \"en\": \"T\", \"ru\": \"T\"}}]}",
     "/templates/0/text/az"},
};

START_TEST(faulty_rules_are_refused_with_the_place)
{
    json_t *json = file("appeals/az.json"), *change = json_loads(faults[_i].change, 0, NULL);
    ei_appeal_rules *rules = NULL;
    ck_assert_ptr_nonnull(change);
    ck_assert_int_eq(json_object_update(json, change), 0);
    FX_FAILS(EDU_E_INVALID, ei_appeal_rules_make(json, &rules, error));
    ck_assert_str_eq(fx_last_error.field, faults[_i].field);
    json_decref(change);
    json_decref(json);
}
END_TEST

typedef struct precedence {
    const char *department, *category, *level, *state, *source;
    int32_t count;
} precedence;

static const precedence precedences[] = {
    {"", "teaching", "ordinary", "received", "service", 3},
    {"", "teaching", "urgent", "received", "service", 3},
    {"", "teaching", "ordinary", "queued", "state", 7},
    {"", "corruption", "ordinary", "queued", "category", 10},
    {"", "corruption", "urgent", "queued", "category", 10},
    {"", "school_admission", "urgent", "queued", "category_level", 480},
    {"", "school_admission", "ordinary", "queued", "state", 7},
    {"exam_body", "school_admission", "urgent", "queued", "department", 15},
};

START_TEST(the_term_is_that_of_the_first_rule_that_fits)
{
    json_t *json = file("appeals/az.json");
    const precedence *wanted = &precedences[_i];
    const char *source;
    ei_appeal_rules *rules = NULL;
    json_array_append_new(
        json_object_get(json, "terms"),
        json_pack("{s:s, s:i, s:s}", "unit", "working_days", "count", 7, "state", "queued"));
    FX_OK(ei_appeal_rules_make(json, &rules, error));
    const ei_appeal_term *term = ei_appeal_term_choose(rules, wanted->department, wanted->category,
                                                       wanted->level, wanted->state, &source);
    ck_assert_str_eq(source, wanted->source);
    ck_assert_int_eq(term->count, wanted->count);
    ei_appeal_rules_free(rules);
    json_decref(json);
}
END_TEST

/* ---- receipt ---- */

START_TEST(an_appeal_gets_a_number_and_a_date_at_once)
{
    fx_clock_set(at(21, 12));
    one made = submit("pupil1", "building");
    ck_assert_str_eq(made.number, "M-2026-000001");
    ck_assert_str_eq(made.code, "");
    ck_assert_int_eq(made.due, at(24, 18));
    edu_appeal found = seen("pupil1", made);
    ck_assert_str_eq(found.state, "received");
    ck_assert_str_eq(found.rule, "service");
    ck_assert(found.is_open && !found.is_overdue && !found.is_paused);
    char text[256];
    ck_assert(has_event("pupil1", made, "register", text));
    ck_assert_str_eq(text, "Məktəbin damı axır, sinifdə su var.");
    ck_assert_str_eq(submit("pupil1", "portal").number, "M-2026-000002");
    check_chains();
}
END_TEST

START_TEST(it_is_registered_once_under_its_key)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("building");
    FX_OK(edu_appeal_submit(as("pupil1"), &given, "k1", &receipt, error));
    one first = keep(receipt);
    FX_OK(edu_appeal_submit(as("pupil1"), &given, "k1", &receipt, error));
    one second = keep(receipt);
    ck_assert_mem_eq(&first.id, &second.id, sizeof first.id);
    ck_assert_str_eq(first.number, second.number);
    given.text = "something else";
    FX_FAILS(EDU_E_CONFLICT, edu_appeal_submit(as("pupil1"), &given, "k1", &receipt, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal"), 1);
}
END_TEST

static one sent(const char *login, const char *text, const char *key, bool was_sent)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("building");
    given.form = "electronic";
    given.text = text;
    FX_OK(edu_appeal_submit(as(login), &given, key, &receipt, error));
    ck_assert_int_eq(receipt->was_sent, was_sent);
    return keep(receipt);
}

START_TEST(a_form_that_is_sent_from_two_windows_is_one_appeal)
{
    json_t *begun = json_pack("{s:s}", "text", "Dam");
    edu_appeal_draft *draft = NULL;
    FX_OK(edu_appeal_draft_save(as("pupil1"), "electronic", begun, error));
    one first = sent("pupil1", "Dam axır.", "k1", false),
        second = sent("pupil1", "Dam axır.", "k2", true);
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_draft_get(as("pupil1"), "electronic", &draft, error));
    ck_assert_mem_eq(&first.id, &second.id, sizeof first.id);
    ck_assert_str_eq(first.number, second.number);
    ck_assert_int_eq(first.due, second.due);
    /* The answer to a key stays what it was. */
    (void)sent("pupil1", "Dam axır.", "k1", false);
    /* Other words, and another person's, are other appeals. */
    one other = sent("pupil1", "Dam axır!", "k3", false);
    (void)sent("pupil5", "Dam axır.", "k4", false);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal"), 3);
    /* So is what comes when the first is over, or a day later. */
    FX_OK(edu_appeal_withdraw(as("pupil1"), other.person, other.id, "Artıq yox.", NULL, error));
    (void)sent("pupil1", "Dam axır!", "k5", false);
    fx_clock_add(DAY + HOUR);
    (void)sent("pupil1", "Dam axır.", "k6", false);
    /* Without a form each call is one. */
    (void)submit("pupil1", "building");
    (void)submit("pupil1", "building");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal"), 7);
    json_decref(begun);
}
END_TEST

START_TEST(who_it_does_not_concern_does_not_find_it)
{
    static const char *const others[] = {"pupil5", "parent5", "school1", "clerk.gn", "steward"};
    one made = submit("pupil1", "building");
    for (size_t i = 0; i < EI_COUNT(others); i++) {
        edu_appeal *found = NULL;
        edu_application_page *page = NULL;
        FX_FAILS(EDU_E_NOT_FOUND,
                 edu_appeal_get(as(others[i]), made.person, made.id, &found, error));
        FX_FAILS(EDU_E_NOT_FOUND,
                 edu_application_check(as(others[i]), made.person, made.id, error));
        edu_status status = edu_application_list(as(others[i]), made.person, NULL, 10, &page, NULL);
        ck_assert(status == EDU_E_NOT_FOUND || (status == EDU_OK && page->count == 0));
        edu_free(page);
    }
    seen("parent1", made);
    seen("clerk", made);
    seen("clerk.ba", made);
}
END_TEST

START_TEST(a_clerk_registers_what_comes_on_paper)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("documents");
    fx_clock_set(at(23, 12));
    given.channel = "paper";
    given.given = "Elmira";
    given.family = "Quliyeva";
    given.mail = "elmira@example.org";
    given.received = at(21, 15);
    given.region = "BA";
    FX_FAILS(EDU_E_DENIED, edu_appeal_submit(as("pupil1"), &given, NULL, &receipt, error));
    FX_FAILS(EDU_E_DENIED, edu_appeal_submit(as("clerk.gn"), &given, NULL, &receipt, error));
    FX_OK(edu_appeal_submit(as("clerk.ba"), &given, NULL, &receipt, error));
    one made = keep(receipt);
    ck_assert_int_eq(made.due, at(24, 18));
    edu_appeal *found = NULL;
    FX_OK(edu_appeal_get(as("clerk"), made.person, made.id, &found, error));
    ck_assert_str_eq(found->applicant, "Elmira Quliyeva");
    ck_assert_str_eq(found->channel, "paper");
    edu_free(found);
    given.received = at(23, 13);
    FX_FAILS(EDU_E_INVALID, edu_appeal_submit(as("clerk"), &given, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.field, "/received");
}
END_TEST

START_TEST(by_telephone_a_caller_is_found_by_number)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("portal");
    given.channel = "hotline";
    given.number = "pup0009";
    FX_OK(edu_appeal_submit(as("clerk"), &given, NULL, &receipt, error));
    one made = keep(receipt);
    edu_id person = fx_person("PUP0009");
    ck_assert_mem_eq(&made.person, &person, sizeof person);
    seen("pupil9", made);
    given.number = "ZZZ9999";
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_submit(as("clerk"), &given, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "appeal.not_in_register");
}
END_TEST

START_TEST(nobody_may_write_without_a_name_where_the_category_permits)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("corruption");
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, error));
    given.is_anonymous = true;
    FX_OK(edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, error));
    one made = keep(receipt);
    ck_assert_uint_eq(strlen(made.code), 17);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event WHERE actor_id IS NOT NULL"), 0);
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, NULL, "schools", NULL, error));
    FX_OK(edu_appeal_assign(as("clerk"), made.person, made.id, fx_person("STR0001"), NULL, error));
    FX_FAILS(EDU_E_STATE,
             edu_appeal_ask(as("stranger"), made.person, made.id, "Harada?", NULL, error));
    ck_assert_str_eq(fx_last_error.key, "appeal.anonymous");
    given.category = "documents";
    FX_FAILS(EDU_E_INVALID, edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, error));
    ck_assert_str_eq(fx_last_error.key, "appeal.needs_name");
}
END_TEST

/* ---- work ---- */

START_TEST(a_whole_life)
{
    char text[256];
    fx_clock_set(at(21, 12));
    one made = submit("pupil1", "teaching");
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, NULL, NULL, NULL, error));
    ck_assert_str_eq(seen("clerk", made).department, "schools");
    FX_OK(
        edu_appeal_assign(as("stranger"), made.person, made.id, fx_person("STR0001"), NULL, error));
    fx_clock_set(at(22, 12));
    FX_OK(edu_appeal_ask(as("stranger"), made.person, made.id, "Hansı sinif?", NULL, error));
    ck_assert(seen("pupil1", made).is_paused);
    ck_assert_int_eq(seen("pupil1", made).due, EDU_TIME_NONE);
    fx_clock_set(at(25, 12));
    FX_OK(edu_appeal_reply(as("parent1"), made.person, made.id, "5a", NULL, error));
    /* The 22nd was counted; the answer's day is not, so two days of work are left behind it. */
    ck_assert_int_eq(seen("pupil1", made).due, at(29, 18));
    FX_OK(edu_appeal_note(as("stranger"), made.person, made.id, "zəng etdim", NULL, error));
    ck_assert(!has_event("pupil1", made, "note", NULL));
    ck_assert(has_event("clerk", made, "note", text));
    ck_assert_str_eq(text, "zəng etdim");
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Düzəldildi.", NULL, error));
    ck_assert(!has_event("pupil1", made, "answer", NULL));
    FX_FAILS(EDU_E_STATE, edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "appeal.needs_approval");
    FX_FAILS(EDU_E_DENIED,
             edu_appeal_approve(as("stranger"), made.person, made.id, 0, NULL, error));
    FX_OK(edu_appeal_approve(as("parent1"), made.person, made.id, 0, NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    ck_assert(has_event("pupil1", made, "send", text));
    ck_assert_str_eq(text, "Düzəldildi.");
    edu_appeal done = seen("pupil1", made);
    ck_assert(!done.is_open && !done.is_overdue);
    ck_assert(done.answered >= at(25, 12) && done.answered < at(25, 13));
    ck_assert_int_eq(done.worked_days, 4);
    FX_OK(edu_appeal_rate(as("pupil1"), made.person, made.id, 5, "sağ olun", NULL, error));
    ck_assert_int_eq(seen("clerk", made).rating, 5);
    FX_FAILS(EDU_E_STATE,
             edu_appeal_withdraw(as("pupil1"), made.person, made.id, "x", NULL, error));
    check_chains();
}
END_TEST

START_TEST(a_term_is_extended_as_the_category_permits)
{
    fx_clock_set(at(21, 12));
    one made = assigned("pupil1", "building");
    FX_FAILS(EDU_E_INVALID, edu_appeal_extend(as("stranger"), made.person, made.id, 11,
                                              "usta gəlir", NULL, error));
    FX_OK(edu_appeal_extend(as("stranger"), made.person, made.id, 2, "usta gəlir", NULL, error));
    ck_assert_int_eq(seen("pupil1", made).due, at(28, 18));
    ck_assert(has_event("pupil1", made, "extend", NULL));
    FX_FAILS(EDU_E_STATE,
             edu_appeal_extend(as("stranger"), made.person, made.id, 2, "yenə", NULL, error));
    one other = assigned("pupil1", "documents");
    FX_FAILS(EDU_E_STATE,
             edu_appeal_extend(as("stranger"), other.person, other.id, 1, "x", NULL, error));
    ck_assert_str_eq(fx_last_error.key, "appeal.no_extension");
}
END_TEST

START_TEST(another_body_has_a_clock_of_its_own)
{
    fx_clock_set(at(21, 12));
    one made = assigned("pupil1", "documents");
    fx_clock_set(at(23, 12));
    FX_FAILS(EDU_E_DENIED, edu_appeal_transfer(as("stranger"), made.person, made.id, "exam_body",
                                               "sizindir", NULL, error));
    FX_OK(edu_appeal_transfer(as("parent1"), made.person, made.id, "exam_body", "sizindir", NULL,
                              error));
    edu_appeal found = seen("pupil1", made);
    ck_assert_str_eq(found.rule, "department");
    ck_assert_int_eq(found.due, at(23 + 21, 18)); /* 15 days of work later, 14 October */
    /* It left the scope of the department, and of its people. */
    edu_appeal *gone = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_get(as("stranger"), made.person, made.id, &gone, error));
    FX_OK(edu_appeal_transfer(as("clerk"), made.person, made.id, "reception", "geri", NULL, error));
    ck_assert_str_eq(seen("pupil1", made).rule, "service");
}
END_TEST

START_TEST(an_answer_can_be_given_back_and_an_appeal_reopened)
{
    fx_clock_set(at(21, 12));
    one made = assigned("pupil1", "teaching");
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Yox.", NULL, error));
    FX_OK(edu_appeal_return(as("parent1"), made.person, made.id, "izah edin", NULL, error));
    ck_assert_str_eq(seen("clerk", made).state, "assigned");
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "İzah.", NULL, error));
    FX_OK(edu_appeal_approve(as("clerk"), made.person, made.id, 0, NULL, error));
    FX_OK(edu_appeal_send(as("clerk"), made.person, made.id, 0, NULL, error));
    fx_clock_set(at(28, 12));
    FX_OK(edu_appeal_reopen(as("pupil1"), made.person, made.id, "həll olunmayıb", NULL, error));
    edu_appeal found = seen("pupil1", made);
    ck_assert(found.is_open);
    ck_assert_int_eq(found.reopened, 1);
    ck_assert_int_eq(found.due, at(31, 18)); /* 1 October */
    FX_OK(edu_appeal_withdraw(as("pupil1"), made.person, made.id, "lazım deyil", NULL, error));
    ck_assert(!seen("pupil1", made).is_open);
    check_chains();
}
END_TEST

static void publish_day_off(const char *date);

/* No job looks at what is closed: the clock that begins anew knows what has changed meanwhile. */
START_TEST(what_is_reopened_has_the_newest_rules_and_calendar)
{
    fx_clock_set(at(21, 12));
    one made = assigned("pupil1", "building");
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    publish_day_off("2026-09-29");
    json_t *rules = file("appeals/az.json");
    json_object_set_new(rules, "terms",
                        json_pack("[{s:s, s:i}]", "unit", "working_days", "count", 4));
    publish(edu_appeal_rules_publish, rules);
    fx_clock_set(at(28, 12));
    FX_OK(edu_appeal_reopen(as("pupil1"), made.person, made.id, "həll olunmayıb", NULL, error));
    /* 30 September, 1, 2 and 5 October. */
    ck_assert_int_eq(seen("pupil1", made).due, at(35, 18));
    check_chains();
}
END_TEST

START_TEST(it_is_too_late_to_reopen_after_the_days_of_the_rules)
{
    one made = assigned("pupil1", "building");
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    fx_clock_add(31 * DAY);
    FX_FAILS(EDU_E_STATE, edu_appeal_reopen(as("pupil1"), made.person, made.id, "x", NULL, error));
    ck_assert_str_eq(fx_last_error.key, "appeal.too_late");
}
END_TEST

static size_t queue(const char *login, const char *name, const char *code)
{
    edu_appeal_filter filter = EDU_APPEAL_FILTER_INIT;
    edu_appeal_page *page = NULL;
    filter.queue = name;
    filter.code = code;
    FX_OK(edu_appeal_worklist(as(login), &filter, NULL, 200, &page, error));
    for (size_t i = 1; i < page->count; i++)
        ck_assert(page->items[i - 1].due == EDU_TIME_NONE || page->items[i].due == EDU_TIME_NONE ||
                  page->items[i - 1].due <= page->items[i].due);
    size_t count = page->count;
    edu_free(page);
    return count;
}

START_TEST(queues_show_what_is_in_scope)
{
    assigned("pupil1", "building");
    assigned("pupil9", "portal");
    submit("pupil1", "portal");
    ck_assert_uint_eq(queue("stranger", "mine", NULL), 2);
    ck_assert_uint_eq(queue("parent5", "mine", NULL), 0);
    ck_assert_uint_eq(queue("parent5", "department", "schools"), 2);
    ck_assert_uint_eq(queue("pupil5", "department", "schools"), 0);
    ck_assert_uint_eq(queue("clerk.ba", "region", "BA"), 2);
    ck_assert_uint_eq(queue("clerk.ba", "region", "GN"), 0);
    ck_assert_uint_eq(queue("clerk", "all", NULL), 3);
    ck_assert_uint_eq(queue("clerk.ba", "all", NULL), 0);
}
END_TEST

START_TEST(who_stands_in_does_the_work)
{
    one made = assigned("pupil1", "building");
    edu_time now = fx_now();
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_substitute(as("pupil1"), fx_person("STR0001"), fx_person("STF0006"), now,
                                   now + DAY, NULL, error));
    FX_OK(edu_appeal_substitute(as("parent1"), fx_person("STR0001"), fx_person("STF0006"), now,
                                now + DAY, NULL, error));
    FX_OK(edu_appeal_answer(as("school1"), made.person, made.id, "Bəli.", NULL, error));
    fx_clock_add(DAY);
    one next = submit("pupil1", "teaching");
    FX_OK(edu_appeal_route(as("clerk"), next.person, next.id, NULL, NULL, "schools", NULL, error));
    FX_OK(edu_appeal_substitute(as("stranger"), (edu_id){{0}}, fx_person("STF0006"), fx_now(),
                                fx_now() + DAY, NULL, error));
    FX_OK(edu_appeal_assign(as("clerk"), next.person, next.id, (edu_id){{0}}, NULL, error));
    edu_id other = fx_person("GRD0005"), chosen = seen("clerk", next).executor_id;
    ck_assert_mem_eq(&chosen, &other, sizeof other);
}
END_TEST

/* By whom the library chooses: 0 stranger, 1 parent5. */
static int given_to(one which)
{
    edu_id chosen, stranger = fx_person("STR0001"), parent = fx_person("GRD0005");
    FX_OK(
        edu_appeal_route(as("clerk"), which.person, which.id, NULL, NULL, "schools", NULL, error));
    FX_OK(edu_appeal_assign(as("clerk"), which.person, which.id, (edu_id){{0}}, NULL, error));
    chosen = seen("clerk", which).executor_id;
    ck_assert(memcmp(&chosen, &stranger, sizeof chosen) == 0 ||
              memcmp(&chosen, &parent, sizeof chosen) == 0);
    return memcmp(&chosen, &parent, sizeof chosen) == 0;
}

/* ---- who has the fewest ---- */

typedef struct taking {
    edu_status status; /* of the first run */
    bool is_refusal;
    size_t runs, chosen;
} taking;

static edu_status take_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    static const char *const keys[] = {"one", "two", "three"};
    taking *work = command->context;
    (void)tx;
    work->chosen = ei_loads_take(command, keys, 3);
    command->is_refusal = work->is_refusal;
    return work->runs++ == 0 && work->status != EDU_OK
               ? ei_fail(error, work->status, "storage.unknown", NULL,
                         "as where a commit is cut off")
               : EDU_OK;
}

static size_t taken(taking work, const char *key, edu_status expected)
{
    ei_command command = {.session = fx_operator(),
                          .name = "test.take",
                          .key = key,
                          .run = take_run,
                          .context = &work};
    ck_assert_int_eq(ei_command_run(&command, NULL), expected);
    return work.chosen;
}

START_TEST(what_does_not_commit_counts_for_nobody)
{
    /* It is refused by the store, or by itself: the first still has the fewest. */
    ck_assert_uint_eq(taken((taking){EDU_E_DENIED}, NULL, EDU_E_DENIED), 0);
    ck_assert_uint_eq(taken((taking){EDU_E_STORAGE}, NULL, EDU_E_STORAGE), 0);
    ck_assert_uint_eq(taken((taking){.is_refusal = true}, NULL, EDU_OK), 0);
    /* A run that is done again counts once. */
    ck_assert_uint_eq(taken((taking){EDU_E_STORAGE}, "again", EDU_OK), 0);
    ck_assert_uint_eq(taken((taking){EDU_OK}, "second", EDU_OK), 1);
    ck_assert_uint_eq(taken((taking){EDU_OK}, NULL, EDU_OK), 2);
    /* What is answered from before does not run. */
    ck_assert_uint_eq(taken((taking){EDU_OK}, "second", EDU_OK), 0);
    ck_assert_uint_eq(taken((taking){EDU_OK}, NULL, EDU_OK), 0);
    ck_assert_uint_eq(taken((taking){EDU_OK}, NULL, EDU_OK), 1);
}
END_TEST

START_TEST(what_comes_goes_to_who_has_the_fewest)
{
    one made[4];
    int counts[2] = {0, 0}, to[4];
    /* Nobody has any; what was given out is counted along. */
    for (int i = 0; i < 4; i++) {
        made[i] = submit("pupil1", "teaching");
        to[i] = given_to(made[i]);
        counts[to[i]]++;
    }
    ck_assert_int_eq(counts[0], 2);
    ck_assert_int_eq(counts[1], 2);
    /* What ended is seen at the next count. */
    for (int i = 0; i < 4; i++)
        if (to[i] == 1)
            FX_OK(edu_appeal_withdraw(as("pupil1"), made[i].person, made[i].id,
                                      "Artıq lazım deyil.", NULL, error));
    fx_clock_add(HOUR);
    ck_assert_int_eq(given_to(submit("pupil1", "teaching")), 1);
    ck_assert_int_eq(given_to(submit("pupil1", "teaching")), 1);
}
END_TEST

/* ---- many ---- */

static json_t *items_of(const one *of, size_t count)
{
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++) {
        char person[EDU_ID_TEXT], id[EDU_ID_TEXT];
        edu_id_format(of[i].person, person);
        edu_id_format(of[i].id, id);
        json_array_append_new(items, json_pack("{s:s, s:s}", "person_id", person, "id", id));
    }
    return items;
}

typedef struct bulk_call {
    const char *action, *department, *reason;
    edu_id executor;
    bool preview;
    const char *key;
} bulk_call;

static edu_bulk_report *many(const char *login, json_t *items, bulk_call of)
{
    edu_bulk_report *report = NULL;
    FX_OK(edu_appeal_bulk(as(login), items, of.action, of.department, of.executor, of.reason,
                          of.preview, of.key, &report, error));
    return report;
}

static const char *text_at(const json_t *list, size_t at, const char *name)
{
    const char *text = json_string_value(json_object_get(json_array_get(list, at), name));
    return text ? text : "";
}

static void check_refused(edu_bulk_report *report, int32_t done, int index, const char *key)
{
    ck_assert_int_eq(report->done, done);
    ck_assert_uint_eq(json_array_size(report->refused), 1);
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_array_get(report->refused, 0), "index")), index);
    ck_assert_str_eq(text_at(report->refused, 0, "key"), key);
    edu_free(report);
}

START_TEST(many_are_sent_to_a_department_and_a_preview_changes_nothing)
{
    one made[3] = {submit("pupil1", "portal"), submit("pupil5", "portal"),
                   submit("pupil9", "portal")};
    json_t *items = items_of(made, 3);
    bulk_call route = {.action = "route", .department = "schools", .preview = true};
    FX_OK(edu_appeal_withdraw(as("pupil5"), made[1].person, made[1].id, "Artıq yox.", NULL, error));
    edu_bulk_report *report = many("clerk", items, route);
    ck_assert_str_eq(text_at(report->outcomes, 0, "state"), "With the department");
    ck_assert_str_eq(text_at(report->outcomes, 1, "department"), "Department of general education");
    ck_assert_str_eq(text_at(report->outcomes, 1, "executor"), "");
    check_refused(report, 2, 1, "workflow.not_from_here");
    ck_assert_str_eq(seen("clerk", made[0]).state, "received");
    route.preview = false;
    route.key = "monday";
    check_refused(many("clerk", items, route), 2, 1, "workflow.not_from_here");
    ck_assert_str_eq(seen("clerk", made[2]).department, "schools");
    /* The same again is answered and not done; its events are as they were. */
    int64_t events = fx_int("SELECT COUNT(*) FROM event");
    report = many("clerk", items, route);
    ck_assert_uint_eq(json_array_size(report->outcomes), 0);
    check_refused(report, 2, 1, "bulk.refused");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event"), events);
    json_decref(items);
    check_chains();
}
END_TEST

START_TEST(many_are_spread_over_executors_or_taken_by_one)
{
    one made[5];
    edu_id stranger = fx_person("STR0001");
    int counts[2] = {0, 0};
    for (int i = 0; i < 5; i++) {
        made[i] = submit("pupil9", "teaching");
        if (i < 4)
            FX_OK(edu_appeal_route(as("clerk"), made[i].person, made[i].id, NULL, NULL, "schools",
                                   NULL, error));
    }
    json_t *items = items_of(made, 5);
    bulk_call assign = {.action = "assign", .preview = true};
    edu_bulk_report *report = many("parent1", items, assign);
    ck_assert_str_ne(text_at(report->outcomes, 0, "executor"),
                     text_at(report->outcomes, 1, "executor"));
    /* The fifth is in no department of the head's. */
    check_refused(report, 4, 4, "appeal.not_found");
    assign.preview = false;
    check_refused(many("parent1", items, assign), 4, 4, "appeal.not_found");
    for (int i = 0; i < 4; i++) {
        edu_id given = seen("clerk", made[i]).executor_id;
        counts[memcmp(&given, &stranger, sizeof given) == 0]++;
    }
    ck_assert_int_eq(counts[0], 2);
    ck_assert_int_eq(counts[1], 2);
    /* To one: what is not in their department is refused, and stays. */
    assign.executor = stranger;
    check_refused(many("clerk", items, assign), 4, 4, "workflow.not_from_here");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal WHERE is_open = 1"), 5);
    json_decref(items);
}
END_TEST

START_TEST(what_is_done_to_many_has_bounds)
{
    one made = assigned("pupil1", "building");
    edu_bulk_report *report = NULL;
    json_t *items = items_of(&made, 1), *none = json_array(), *many_more = json_array();
    for (int i = 0; i < 201; i++)
        json_array_append(many_more, json_array_get(items, 0));
    edu_id nobody = {{0}};
    FX_FAILS(EDU_E_INVALID, edu_appeal_bulk(as("clerk"), items, "send", NULL, nobody, NULL, false,
                                            NULL, &report, error));
    FX_FAILS(EDU_E_INVALID, edu_appeal_bulk(as("clerk"), items, "transfer", "digital", nobody, NULL,
                                            false, NULL, &report, error));
    FX_FAILS(EDU_E_INVALID, edu_appeal_bulk(as("clerk"), none, "assign", NULL, nobody, NULL, false,
                                            NULL, &report, error));
    FX_FAILS(EDU_E_INVALID, edu_appeal_bulk(as("clerk"), many_more, "assign", NULL, nobody, NULL,
                                            false, NULL, &report, error));
    /* Of the same twice the second is with the department already. */
    json_array_append(items, json_array_get(items, 0));
    bulk_call transfer = {.action = "transfer", .department = "digital", .reason = "Onlarındır."};
    check_refused(many("clerk", items, transfer), 1, 1, "appeal.same_department");
    ck_assert_str_eq(seen("clerk", made).department, "digital");
    /* Whose it is may not. */
    bulk_call route = {.action = "route", .preview = true};
    json_array_remove(items, 1);
    check_refused(many("pupil1", items, route), 0, 0, "workflow.not_by_you");
    json_decref(items);
    json_decref(none);
    json_decref(many_more);
}
END_TEST

/* ---- jobs ---- */

static int32_t escalate(void)
{
    int32_t done = -1;
    FX_OK(edu_appeal_escalate(fx_operator(), 100, &done, error));
    return done;
}

START_TEST(each_rung_of_the_ladder_is_done_once)
{
    fx_clock_set(at(21, 12));
    one made = assigned("pupil1", "building");
    one answered = assigned("pupil1", "portal");
    FX_OK(edu_appeal_answer(as("stranger"), answered.person, answered.id, "Bəli.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), answered.person, answered.id, 0, NULL, error));
    edu_queues *queues = NULL;
    ck_assert_int_eq(escalate(), 0);
    fx_clock_set(at(24, 12)); /* 75 % of three days: the third has begun */
    FX_OK(edu_portal_queues(fx_operator(), &queues, error));
    ck_assert_int_eq(queues->escalations, 1);
    edu_free(queues);
    ck_assert_int_eq(escalate(), 1);
    ck_assert_str_eq(fx_last_template(fx_person("STR0001")), "");
    ck_assert_int_eq(escalate(), 0);
    fx_clock_set(at(24, 18));
    ck_assert(seen("pupil1", made).is_overdue);
    ck_assert_int_eq(escalate(), 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'late_staff'"), 1);
    fx_clock_set(at(28, 18));
    ck_assert_int_eq(escalate(), 1);
    fx_clock_add(30 * DAY);
    ck_assert_int_eq(escalate(), 0);
    ck_assert(seen("pupil1", made).is_very_late);
    ck_assert_int_eq(fx_int("SELECT rung FROM appeal WHERE is_open = 1"), 3);
    ck_assert(!has_event("pupil1", made, "escalate", NULL));
    ck_assert(has_event("clerk", made, "escalate", NULL));
    check_chains();
}
END_TEST

/* A definition may have left the action out: nothing goes on for ever. */
START_TEST(a_rung_that_is_not_permitted_is_not_counted)
{
    json_t *definition = file("services/appeal.json");
    json_t *escalation = json_object_get(json_object_get(definition, "actions"), "escalate");
    json_object_set_new(escalation, "from", json_pack("[s]", "assigned"));
    publish(edu_service_publish, definition);
    fx_clock_set(at(21, 12));
    submit("pupil1", "building");
    fx_clock_set(at(25, 12));
    ck_assert_int_eq(escalate(), 0);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM audit WHERE action = 'appeal.refused'"), 0);
}
END_TEST

static void publish_day_off(const char *date)
{
    json_t *calendar = file("calendars/az.json");
    json_array_append_new(json_object_get(calendar, "holidays"),
                          json_pack("{s:s, s:{s:s, s:s, s:s}, s:[s], s:s}", "code", "day_off",
                                    "title", "az", "Gün", "en", "Day", "ru", "День", "dates", date,
                                    "moves", "nothing"));
    publish(edu_calendar_publish, calendar);
}

START_TEST(a_holiday_added_later_moves_open_dates_and_says_why)
{
    int32_t done = -1;
    fx_clock_set(at(21, 12));
    one moved = assigned("pupil1", "building");
    one stays = submit("pupil1", "suggestion");
    edu_appeal_invitation *invitation = NULL;
    edu_appeal *signed_one = NULL;
    FX_OK(edu_appeal_invite(as("pupil1"), moved.person, moved.id, &invitation, error));
    FX_OK(edu_appeal_sign(as("pupil5"), invitation->number, invitation->code, NULL, &signed_one,
                          error));
    edu_free(invitation);
    edu_free(signed_one);
    publish_day_off("2026-09-23");
    FX_OK(edu_appeal_recompute(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 2);
    ck_assert_int_eq(seen("pupil1", moved).due, at(25, 18));
    ck_assert(has_event("pupil1", moved, "recompute", NULL));
    ck_assert(has_event("pupil1", stays, "recompute", NULL));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'moved'"), 2);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'moved_staff'"), 1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'moved_signed'"),
                     1);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM event WHERE action = 'recompute'"
                            " AND CAST(data AS TEXT) LIKE '%\"days\":\"23.09.2026\"%'"),
                     2);
    FX_OK(edu_appeal_recompute(fx_operator(), 100, &done, error));
    ck_assert_int_eq(done, 0);
    edu_deadline *why = NULL;
    FX_OK(edu_appeal_explain(as("pupil1"), moved.person, moved.id, &why, error));
    ck_assert_ptr_nonnull(strstr(why->text, "23"));
    ck_assert_int_eq(why->due, at(25, 18));
    ck_assert_int_eq(why->version, 2);
    edu_free(why);
    check_chains();
}
END_TEST

/* ---- merging ---- */

START_TEST(what_is_merged_is_answered_together)
{
    char text[256];
    one main = assigned("pupil1", "portal"), other = submit("pupil9", "portal");
    FX_FAILS(EDU_E_INVALID, edu_appeal_merge(as("clerk"), main.person, main.id, main.person,
                                             main.id, NULL, error));
    FX_OK(edu_appeal_merge(as("clerk"), other.person, other.id, main.person, main.id, NULL, error));
    ck_assert(!seen("pupil9", other).is_open);
    ck_assert(has_event("clerk", main, "absorb", NULL));
    FX_FAILS(EDU_E_STATE, edu_appeal_merge(as("clerk"), main.person, main.id, other.person,
                                           other.id, NULL, error));
    FX_OK(edu_appeal_answer(as("stranger"), main.person, main.id, "Hamıya.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), main.person, main.id, 0, NULL, error));
    ck_assert(has_event("pupil9", other, "share", text));
    ck_assert_str_eq(text, "Hamıya.");
    ck_assert(has_event("pupil9", other, "register", text));
    ck_assert_str_eq(seen("pupil9", other).state, "answered");
    check_chains();
}
END_TEST

static size_t alike(one which, edu_appeal_duplicate *first)
{
    edu_appeal_duplicate_page *page = NULL;
    FX_OK(edu_appeal_duplicates(as("clerk"), which.person, which.id, &page, error));
    size_t count = page->count;
    if (count > 0)
        *first = page->items[0];
    edu_free(page);
    return count;
}

static one say(const char *login, const char *text)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("building");
    given.text = text;
    FX_OK(edu_appeal_submit(as(login), &given, NULL, &receipt, error));
    return keep(receipt);
}

START_TEST(duplicates_are_suggested)
{
    edu_appeal_duplicate first = {.percent = -1};
    one made = say("pupil1", "Məktəbin idman zalının damı axır, yağışda dərs keçmək olmur");
    one same = say("pupil9", "MEKTEBIN idman zalinin dami axir, yagisda ders kecmek olmur!");
    one near = say("pupil5", "Məktəbin idman zalının damı axır, yağış olanda dərs keçmək olmur");
    one other = say("pupil9", "Həyətdə işıq yoxdur");
    ck_assert_uint_eq(alike(made, &first), 2);
    ck_assert_mem_eq(&first.id, &same.id, sizeof first.id);
    ck_assert_int_eq(first.percent, 100);
    ck_assert(!first.is_same_person);
    ck_assert_uint_eq(alike(near, &first), 2);
    /* Of the same person, whatever it says. */
    ck_assert_uint_eq(alike(other, &first), 1);
    ck_assert(first.is_same_person && first.percent < 20);
    fx_clock_add(91 * DAY);
    ck_assert_uint_eq(alike(say("pupil1", "Məktəbin idman zalının damı axır"), &first), 0);
    edu_appeal_duplicate_page *page = NULL;
    FX_FAILS(EDU_E_DENIED, edu_appeal_duplicates(as("pupil1"), made.person, made.id, &page, error));
}
END_TEST

START_TEST(what_is_published_tells_nobody)
{
    edu_appeal_redaction *proposed = NULL;
    edu_appeal_published_page *page = NULL;
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("portal");
    given.channel = "hotline";
    given.given = "İsmayıl";
    given.family = "Əliyev";
    given.text = "Mən, ismayıl Əliyevin oğluyam: FİN 5ABCD7E, tel. 050-123-45-67, a@b.az, 3 uşaq";
    FX_OK(edu_appeal_submit(as("clerk"), &given, NULL, &receipt, error));
    one made = keep(receipt);
    FX_FAILS(EDU_E_STATE,
             edu_appeal_publish(as("clerk"), made.person, made.id, "a", "b", NULL, error));
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, NULL, "schools", NULL, error));
    FX_OK(edu_appeal_assign(as("clerk"), made.person, made.id, fx_person("STR0001"), NULL, error));
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Hörmətli Əliyev, bəli.", NULL,
                            error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    FX_OK(edu_appeal_redact(as("clerk"), made.person, made.id, &proposed, error));
    ck_assert_str_eq(proposed->question, "Mən, ▇▇▇ ▇▇▇ oğluyam: FİN ▇▇▇ tel. ▇▇▇ ▇▇▇ 3 uşaq");
    ck_assert_str_eq(proposed->answer, "Hörmətli ▇▇▇ bəli.");
    FX_OK(edu_appeal_publish(as("clerk"), made.person, made.id, proposed->question,
                             proposed->answer, NULL, error));
    FX_OK(edu_appeal_publish(as("clerk"), made.person, made.id, "Sual", "Cavab", NULL, error));
    edu_free(proposed);
    FX_OK(edu_appeal_answers(fx_nobody(), "portal", NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].question, "Sual");
    edu_free(page);
    FX_OK(edu_appeal_publish(as("clerk"), made.person, made.id, NULL, NULL, NULL, error));
    FX_OK(edu_appeal_answers(fx_nobody(), NULL, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
    check_chains();
}
END_TEST

/* ---- files ---- */

static edu_status get_file(const char *login, one which, int32_t sequence)
{
    edu_document *found_file = NULL;
    edu_status status =
        edu_appeal_file(as(login), which.person, which.id, sequence, &found_file, NULL);
    if (status == EDU_OK) {
        ck_assert_str_eq(found_file->type, "application/pdf");
        ck_assert_uint_eq(found_file->content.size, 9);
    }
    edu_free(found_file);
    return status;
}

START_TEST(files_are_what_their_content_says)
{
    const edu_bytes pdf = {"%PDF-1.7\n", 9}, text = {"hello", 5}, long_one = {"%PDF-", 6 << 20};
    one made = assigned("pupil1", "portal");
    FX_OK(
        edu_appeal_attach(as("pupil1"), made.person, made.id, "şəkil.pdf", pdf, false, "k", error));
    FX_OK(
        edu_appeal_attach(as("pupil1"), made.person, made.id, "şəkil.pdf", pdf, false, "k", error));
    FX_FAILS(EDU_E_INVALID, edu_appeal_attach(as("pupil1"), made.person, made.id, "a.pdf", text,
                                              false, NULL, error));
    ck_assert_str_eq(fx_last_error.key, "appeal.file_type");
    FX_FAILS(EDU_E_INVALID, edu_appeal_attach(as("pupil1"), made.person, made.id, "../a.pdf", pdf,
                                              false, NULL, error));
    FX_FAILS(EDU_E_LIMIT, edu_appeal_attach(as("pupil1"), made.person, made.id, "a.pdf", long_one,
                                            false, NULL, error));
    FX_FAILS(EDU_E_DENIED, edu_appeal_attach(as("pupil1"), made.person, made.id, "a.pdf", pdf, true,
                                             NULL, error));
    FX_OK(edu_appeal_attach(as("stranger"), made.person, made.id, "cavab.pdf", pdf, true, NULL,
                            error));
    ck_assert_int_eq(get_file("pupil1", made, 4), EDU_OK);
    ck_assert_int_eq(get_file("stranger", made, 4), EDU_OK);
    ck_assert_int_eq(get_file("pupil9", made, 4), EDU_E_NOT_FOUND);
    /* What goes with the answer is seen with it. */
    ck_assert_int_eq(get_file("stranger", made, 5), EDU_OK);
    ck_assert_int_eq(get_file("pupil1", made, 5), EDU_E_NOT_FOUND);
    ck_assert(!has_event("pupil1", made, "enclose", NULL));
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Baxın.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    ck_assert_int_eq(get_file("pupil1", made, 5), EDU_OK);
    ck_assert(has_event("pupil1", made, "enclose", NULL));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal_file"), 2);
    check_chains();
}
END_TEST

START_TEST(who_has_number_and_code_follows_an_appeal_without_a_name)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_event_page *page = NULL;
    edu_appeal_input given = input("corruption");
    given.is_anonymous = true;
    FX_OK(edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, error));
    one made = keep(receipt);
    FX_OK(edu_appeal_follow(fx_nobody(), made.number, made.code, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].text, given.text);
    edu_free(page);
    one named = submit("pupil1", "portal");
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_follow(fx_nobody(), named.number, made.code, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_follow(fx_nobody(), made.number, "00000000000000000", &page, error));
    edu_status status = EDU_OK;
    for (int i = 0; i < 40 && status != EDU_E_THROTTLED; i++)
        status = edu_appeal_follow(fx_nobody(), made.number, "00000000000000000", &page, NULL);
    ck_assert_int_eq(status, EDU_E_THROTTLED);
}
END_TEST

/* ---- templates, absences, what nobody signs for ---- */

START_TEST(a_template_is_filled_in_for_the_appeal)
{
    one made = assigned("pupil1", "portal");
    char *text = NULL;
    FX_OK(edu_appeal_template(as("stranger"), made.person, made.id, "thanks", &text, error));
    ck_assert_msg(strstr(text, made.number) != NULL && strstr(text, "Aysel Məmmədov") != NULL &&
                      strchr(text, '{') == NULL,
                  "%s", text);
    edu_free(text);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_template(as("stranger"), made.person, made.id, "nothing", &text, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_template(as("pupil1"), made.person, made.id, "thanks", &text, error));
    json_t *rules = file("appeals/az.json");
    json_t *texts = json_object_get(json_array_get(json_object_get(rules, "templates"), 0), "text");
    json_object_set_new(texts, "en", json_string("Dear {darling}"));
    edu_error error = EDU_ERROR_INIT;
    int32_t version;
    ck_assert_int_eq(edu_appeal_rules_publish(fx_operator(), rules, NULL, &version, &error),
                     EDU_E_INVALID);
    ck_assert_str_eq(error.field, "/templates/0/text/en");
    json_decref(rules);
}
END_TEST

START_TEST(absences_are_listed_and_taken_back)
{
    edu_absence_page *page = NULL;
    edu_colleague_page *colleagues = NULL;
    edu_id executor = fx_person("STR0001"), other = fx_person("GRD0005");
    edu_time since = fx_now() + DAY, until = since + 7 * DAY;
    FX_OK(edu_appeal_colleagues(as("stranger"), NULL, 0, &colleagues, error));
    ck_assert_uint_eq(colleagues->count, 2);
    edu_free(colleagues);
    FX_OK(edu_appeal_substitute(as("stranger"), executor, other, since, until, NULL, error));
    FX_OK(edu_appeal_absences(as("stranger"), executor, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert(page->items[0].since == since && page->items[0].until == until);
    ck_assert_str_eq(page->items[0].substitute, "Tural Quliyev");
    edu_free(page);
    FX_OK(edu_appeal_absences(as("parent1"), executor, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    edu_free(page);
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_absences(as("parent5"), executor, NULL, 0, &page, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_absence_end(as("parent5"), executor, other, since, NULL, error));
    FX_OK(edu_appeal_absence_end(as("stranger"), executor, other, since, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_absence_end(as("stranger"), executor, other, since, NULL, error));
}
END_TEST

START_TEST(appeals_without_a_name_are_bounded_by_address)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input("corruption");
    edu_status status = EDU_OK;
    int taken = 0;
    given.is_anonymous = true;
    given.address = "192.0.2.1";
    for (int i = 0; i < 30 && status == EDU_OK; i++) {
        status = edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, NULL);
        taken += status == EDU_OK;
        if (status == EDU_OK)
            edu_free(receipt);
    }
    ck_assert_int_eq(status, EDU_E_THROTTLED);
    ck_assert_int_eq(taken, 10);
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal"), 10);
    given.address = "192.0.2.2";
    FX_OK(edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, error));
    edu_free(receipt);
    given.channel = "hotline";
    given.address = "192.0.2.1";
    FX_OK(edu_appeal_submit(as("clerk"), &given, NULL, &receipt, error));
    edu_free(receipt);
}
END_TEST

/* Whoever is not to be moved does not stand in the way of others. */
START_TEST(a_denied_step_stops_no_job)
{
    int32_t done, version;
    one made = assigned("pupil1", "portal");
    json_t *service = file("services/appeal.json");
    json_t *by =
        json_object_get(json_object_get(json_object_get(service, "actions"), "escalate"), "by");
    json_array_set_new(by, 0, json_string("clerk"));
    FX_OK(edu_service_publish(fx_operator(), service, NULL, &version, error));
    json_decref(service);
    one denied = assigned("pupil1", "portal");
    fx_clock_set(fx_now() + 40 * DAY);
    FX_OK(edu_appeal_escalate(fx_operator(), 1, &done, error));
    ck_assert_int_eq(done, 1);
    while (done > 0)
        FX_OK(edu_appeal_escalate(fx_operator(), 1, &done, error));
    ck_assert(has_event("clerk", made, "escalate", NULL));
    ck_assert(!has_event("clerk", denied, "escalate", NULL));
}
END_TEST

/* ---- several signatories ---- */

static one invitation(const char *login, one which)
{
    edu_appeal_invitation *found = NULL;
    FX_OK(edu_appeal_invite(as(login), which.person, which.id, &found, error));
    one made = which;
    (void)snprintf(made.code, sizeof made.code, "%s", found->code);
    ck_assert_str_eq(found->number, which.number);
    edu_free(found);
    return made;
}

static void sign(const char *login, one which)
{
    edu_appeal *appeal = NULL;
    FX_OK(edu_appeal_sign(as(login), which.number, which.code, NULL, &appeal, error));
    ck_assert(ei_id_compare(appeal->id, which.id) == 0);
    edu_free(appeal);
}

START_TEST(others_sign_with_number_and_code_and_are_told_of_the_answer)
{
    edu_appeal_invitation *shown = NULL;
    edu_appeal *appeal = NULL;
    edu_appeal_page *page = NULL;
    one made = invitation("pupil1", assigned("pupil1", "portal"));
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_get(as("pupil5"), made.person, made.id, &appeal, error));
    FX_OK(edu_appeal_invited(as("pupil5"), made.number, made.code, &shown, error));
    ck_assert_str_eq(shown->text, input("portal").text);
    ck_assert(!shown->is_signed && shown->applicant[0]);
    edu_free(shown);
    sign("pupil5", made);
    FX_FAILS(EDU_E_CONFLICT,
             edu_appeal_sign(as("pupil5"), made.number, made.code, NULL, &appeal, error));
    FX_FAILS(EDU_E_CONFLICT,
             edu_appeal_sign(as("pupil1"), made.number, made.code, NULL, &appeal, error));
    FX_OK(edu_appeal_signed(as("pupil5"), NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_int_eq(page->items[0].signatories, 1);
    edu_free(page);
    FX_FAILS(EDU_E_DENIED,
             edu_appeal_withdraw(as("pupil5"), made.person, made.id, "no", NULL, error));
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "It is mended.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    char text[256];
    ck_assert(has_event("pupil5", made, "send", text));
    ck_assert_str_eq(text, "It is mended.");
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM notification WHERE template = 'answered_signed'"),
                     1);
    FX_FAILS(EDU_E_STATE, edu_appeal_invite(as("pupil1"), made.person, made.id, &shown, error));
    check_chains();
}
END_TEST

START_TEST(signatories_do_not_see_each_other_and_may_step_back)
{
    edu_appeal_signatory_page *page = NULL;
    edu_appeal *appeal = NULL;
    one made = invitation("pupil1", submit("pupil1", "portal"));
    sign("pupil5", made);
    sign("stranger", made);
    FX_OK(edu_appeal_sign_for(as("clerk"), made.person, made.id, "Şəhla Quliyeva", NULL, error));
    FX_FAILS(EDU_E_INVALID,
             edu_appeal_sign_for(as("clerk"), made.person, made.id, "  ", NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_signatories(as("pupil5"), made.person, made.id, NULL, 0, &page, error));
    FX_OK(edu_appeal_signatories(as("pupil1"), made.person, made.id, NULL, 0, &page, error));
    ck_assert_uint_eq(page->count, 3);
    ck_assert(!page->items[0].is_typed && page->items[2].is_typed);
    ck_assert_str_eq(page->items[2].name, "Şəhla Quliyeva");
    edu_free(page);
    FX_OK(edu_appeal_unsign(as("pupil5"), made.person, made.id, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_get(as("pupil5"), made.person, made.id, &appeal, error));
    ck_assert_int_eq(seen("pupil1", made).signatories, 2);
    check_chains();
}
END_TEST

START_TEST(codes_of_signatories_are_not_guessed_nor_those_of_followers)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_invitation *shown = NULL;
    edu_appeal_input given = input("corruption");
    given.is_anonymous = true;
    FX_OK(edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, error));
    one unnamed = keep(receipt);
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_invited(as("pupil5"), unnamed.number, unnamed.code, &shown, error));
    one made = submit("pupil1", "portal");
    edu_status status = EDU_OK;
    for (int i = 0; i < 40 && status != EDU_E_THROTTLED; i++)
        status = edu_appeal_invited(as("pupil5"), made.number, "00000000000000000", &shown, NULL);
    ck_assert_int_eq(status, EDU_E_THROTTLED);
}
END_TEST

/* ---- search ---- */

static size_t found(const char *login, const char *text, const char *state)
{
    edu_appeal_query query = EDU_APPEAL_QUERY_INIT;
    edu_appeal_page *page = NULL;
    query.text = text;
    query.state = state;
    FX_OK(edu_appeal_search(as(login), &query, NULL, 200, &page, error));
    size_t count = page->count;
    edu_free(page);
    return count;
}

static void submit_for(const char *given, const char *family, const char *text)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input by_phone = input("building");
    by_phone.channel = "hotline";
    by_phone.given = given;
    by_phone.family = family;
    by_phone.text = text;
    FX_OK(edu_appeal_submit(as("clerk"), &by_phone, NULL, &receipt, error));
    edu_free(receipt);
}

START_TEST(it_is_found_as_people_type_it)
{
    static const char *const words[] = {"eliyev", "Əliyev",      "ELİYEV",   "ismayil", "İsmayıl",
                                        "seki",   "Şəki məktəb", "əli şəki", "mekteb",  "dam"};
    submit_for("İsmayıl", "Əliyev", "Şəki şəhərində 3 nömrəli məktəbin damı axır");
    submit_for("Ирина", "Фёдорова", "Ремонт школы");
    for (size_t i = 0; i < EI_COUNT(words); i++)
        ck_assert_msg(found("clerk", words[i], NULL) == 1, "%s", words[i]);
    ck_assert_uint_eq(found("clerk", "фед", NULL), 1);
    ck_assert_uint_eq(found("clerk", "eliyev ремонт", NULL), 0);
    ck_assert_uint_eq(found("clerk", NULL, NULL), 2);
    ck_assert_uint_eq(found("clerk", NULL, "answered"), 0);
    ck_assert_uint_eq(found("clerk", "M-2026-000001", NULL), 1);
    ck_assert_uint_eq(found("clerk", "M-2026-000003", NULL), 0);
    ck_assert_uint_eq(found("clerk", "\"a* OR b", NULL), 0);
    ck_assert_uint_eq(found("clerk.ba", "eliyev", NULL), 0);
    ck_assert_uint_eq(found("pupil1", "eliyev", NULL), 0);
    edu_appeal_query query = EDU_APPEAL_QUERY_INIT;
    edu_appeal_page *page = NULL;
    query.text = "*** !";
    FX_FAILS(EDU_E_INVALID, edu_appeal_search(as("clerk"), &query, NULL, 10, &page, error));
}
END_TEST

/* ---- routes ---- */

static void check_route(const char *category, const char *region, const char *department)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input(category);
    given.channel = "paper";
    given.given = "Günel";
    given.family = "Şəkili";
    given.region = region;
    FX_OK(edu_appeal_submit(as("clerk"), &given, NULL, &receipt, error));
    one made = keep(receipt);
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, NULL, NULL, NULL, error));
    ck_assert_str_eq(seen("clerk", made).department, department);
}

/* Both say more than the category, and that more than the region. */
START_TEST(routes_go_by_category_and_region)
{
    json_t *rules = file("appeals/az.json");
    json_object_set_new(rules, "routes",
                        json_loads("[{\"departments\": [\"reception\"]},"
                                   " {\"region\": \"GN\", \"departments\": [\"schools\"]},"
                                   " {\"category\": \"teaching\", \"departments\": [\"higher\"]},"
                                   " {\"category\": \"teaching\", \"region\": \"GN\","
                                   "  \"departments\": [\"vocational\"]}]",
                                   0, NULL));
    publish(edu_appeal_rules_publish, rules);
    check_route("building", "BA", "reception");
    check_route("building", NULL, "reception");
    check_route("building", "GN", "schools");
    check_route("teaching", "BA", "higher");
    check_route("teaching", "GN", "vocational");
}
END_TEST

/* ---- the ladder: to whom ---- */

static void publish_ladder(const char *ladder)
{
    json_t *rules = file("appeals/az.json");
    json_object_set_new(rules, "ladder", json_loads(ladder, 0, NULL));
    publish(edu_appeal_rules_publish, rules);
}

static int64_t told(const char *number, const char *template)
{
    char sql[256], hex[33];
    edu_id person = fx_person(number);
    for (size_t i = 0; i < sizeof person.bytes; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", person.bytes[i]);
    (void)snprintf(sql, sizeof sql,
                   "SELECT COUNT(*) FROM notification WHERE template = '%s' AND person_id = x'%s'",
                   template, hex);
    return fx_int(sql);
}

START_TEST(the_ladder_reaches_substitutes_and_persons_who_can_act)
{
    publish_ladder("[{\"warning\": true, \"to\": \"substitute\"}, {\"to\": \"head\"},"
                   " {\"late\": 1, \"to\": \"person\", \"login\": \"pupil9\"},"
                   " {\"late\": 2, \"to\": \"person\", \"login\": \"nobody.at.all\"}]");
    fx_clock_set(at(21, 12));
    one made = assigned("pupil1", "building");
    edu_appeal *page = NULL;
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_get(as("pupil9"), made.person, made.id, &page, error));
    FX_OK(edu_appeal_substitute(as("stranger"), (edu_id){{0}}, fx_person("GRD0005"), fx_now(),
                                fx_now() + 30 * DAY, NULL, error));
    FX_OK(edu_appeal_substitute(as("parent1"), (edu_id){{0}}, fx_person("STF0006"), fx_now(),
                                fx_now() + 30 * DAY, NULL, error));
    fx_clock_set(at(24, 12));
    ck_assert_int_eq(escalate(), 1);
    ck_assert_int_eq(told("GRD0005", "warning_staff"), 1);
    ck_assert_int_eq(told("STR0001", "warning_staff"), 0);
    fx_clock_set(at(24, 18));
    ck_assert_int_eq(escalate(), 1);
    ck_assert_int_eq(told("GRD0001", "late_staff"), 1);
    ck_assert_int_eq(told("STF0006", "late_staff"), 1); /* stands in for the head */
    ck_assert_uint_eq(queue("pupil9", "raised", NULL), 0);
    fx_clock_set(at(25, 18));
    ck_assert_int_eq(escalate(), 1);
    ck_assert_uint_eq(queue("pupil9", "raised", NULL), 1);
    ck_assert_uint_eq(queue("pupil1", "raised", NULL), 0);
    FX_OK(edu_appeal_note(as("pupil9"), made.person, made.id, "Baxıram.", NULL, error));
    fx_clock_set(at(28, 18));
    ck_assert_int_eq(escalate(), 1); /* nobody has that login: the clerks */
    ck_assert_int_eq(told("STF0002", "late_staff"), 1);
    FX_OK(
        edu_appeal_transfer(as("pupil9"), made.person, made.id, "reception", "sizin", NULL, error));
    /* The clock of another body begins anew, and the ladder with it. */
    FX_OK(edu_appeal_transfer(as("clerk"), made.person, made.id, "exam_body", "onların", NULL,
                              error));
    ck_assert_uint_eq(queue("pupil9", "raised", NULL), 0);
    check_chains();
}
END_TEST

/* The share of the term at which to warn is the term's own. */
START_TEST(a_warning_comes_at_the_share_that_the_term_has)
{
    fx_clock_set(at(21, 9));
    one made = submit("pupil1", "school_admission");
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, "urgent", NULL, NULL, error));
    edu_deadline *why = NULL;
    FX_OK(edu_appeal_explain(as("pupil1"), made.person, made.id, &why, error));
    ck_assert_int_eq(why->warn_at, fx_int("SELECT next_at FROM appeal"));
    edu_free(why);
}
END_TEST

/* ---- the queues of each ---- */

static int64_t listed(edu_session *session, const char *name, const char *code, bool is_overdue)
{
    edu_appeal_filter filter = EDU_APPEAL_FILTER_INIT;
    edu_appeal_page *page = NULL;
    filter.queue = name;
    filter.code = code;
    filter.is_overdue = is_overdue;
    FX_OK(edu_appeal_worklist(session, &filter, NULL, 200, &page, error));
    int64_t count = (int64_t)page->count;
    edu_free(page);
    return count;
}

/* Each that is given is counted as the worklist has it; in `given` they stand one after another. */
static void collect_queues(edu_session *session, char given[2048])
{
    char cursor[256] = "";
    size_t size = 0;
    given[0] = '\0';
    do {
        edu_appeal_queue_page *page = NULL;
        FX_OK(edu_appeal_queues(session, *cursor ? cursor : NULL, 2, &page, error));
        for (size_t i = 0; i < page->count; i++) {
            const edu_appeal_queue *shown = &page->items[i];
            ck_assert_int_eq(shown->open, listed(session, shown->queue, shown->code, false));
            ck_assert_int_eq(shown->overdue, listed(session, shown->queue, shown->code, true));
            ck_assert((shown->code == NULL) == (shown->title == NULL));
            size += (size_t)snprintf(given + size, 2048 - size, "%s%s%s %d/%d;", shown->queue,
                                     shown->code ? ":" : "", shown->code ? shown->code : "",
                                     (int)shown->open, (int)shown->overdue);
        }
        (void)snprintf(cursor, sizeof cursor, "%s", page->next ? page->next : "");
        edu_free(page);
    } while (*cursor);
}

static bool is_given(const char *given, const char *name, const char *code)
{
    char start[96];
    (void)snprintf(start, sizeof start, "%s%s%s ", name, code ? ":" : "", code ? code : "");
    const char *found = strstr(given, start);
    return found != NULL && (found == given || found[-1] == ';');
}

/* What is not given is empty. */
static void check_others(edu_session *session, const char *given, const char *name,
                         const char *const *codes)
{
    for (; *codes; codes++)
        if (!is_given(given, name, *codes))
            ck_assert_msg(listed(session, name, *codes, false) == 0, "%s %s", name, *codes);
}

static void check_queues(edu_session *session, const char *wanted)
{
    static const char *const departments[] = {"schools", "reception", "digital", "exam_body", NULL};
    static const char *const regions[] = {"BA", "GN", NULL};
    char given[2048];
    collect_queues(session, given);
    ck_assert_str_eq(given, wanted);
    check_others(session, given, "department", departments);
    check_others(session, given, "region", regions);
    ck_assert(is_given(given, "raised", NULL) || listed(session, "raised", NULL, false) == 0);
    ck_assert(is_given(given, "all", NULL) || listed(session, "all", NULL, false) == 0);
}

/* Whether they may, of any of these. */
static bool may_any(edu_session *session, const one *made, size_t count, bool is_to_lead)
{
    bool may = false;
    for (size_t i = 0; i < count; i++) {
        edu_error error = EDU_ERROR_INIT;
        const char *department = seen("clerk", made[i]).department;
        edu_status status = is_to_lead ? edu_appeal_transfer(session, made[i].person, made[i].id,
                                                             *department ? department : "schools",
                                                             "x", NULL, &error)
                                       : edu_appeal_sign_for(session, made[i].person, made[i].id,
                                                             "Elçin Əliyev", NULL, &error);
        may |= status != EDU_E_DENIED && status != EDU_E_NOT_FOUND;
    }
    return may;
}

static void check_rights(edu_session *session, const one *made, size_t count)
{
    edu_rights *rights = NULL;
    FX_OK(edu_account_rights(session, &rights, error));
    ck_assert_int_eq(rights->registers_appeals, may_any(session, made, count, false));
    ck_assert_int_eq(rights->leads_appeals, may_any(session, made, count, true));
    edu_free(rights);
}

START_TEST(each_has_the_queues_that_the_worklist_answers)
{
    static const char *const logins[] = {"clerk",   "clerk.ba", "stranger", "parent5", "parent1",
                                         "school1", "pupil1",   "pupil5",   "pupil9"};
    publish_ladder("[{\"late\": 1, \"to\": \"person\", \"login\": \"pupil9\"}]");
    fx_clock_set(at(21, 12));
    one made[] = {
        assigned("pupil1", "building"), {{{0}}, {{0}}, 0, "", ""}, {{{0}}, {{0}}, 0, "", ""}};
    fx_clock_set(at(28, 12));
    made[1] = assigned("pupil9", "portal");
    made[2] = submit("pupil1", "teaching");
    FX_OK(edu_appeal_route(as("clerk"), made[2].person, made[2].id, NULL, NULL, "reception", NULL,
                           error));
    ck_assert_int_eq(escalate(), 1);
    check_queues(fx_operator(), "mine 0/0;department:reception 1/0;department:schools 2/1;"
                                "region:BA 2/1;region:GN 1/0;all 3/1;");
    check_queues(as("clerk"), "mine 0/0;department:reception 1/0;department:schools 2/1;"
                              "region:BA 2/1;region:GN 1/0;all 3/1;");
    check_queues(as("clerk.ba"), "mine 0/0;region:BA 2/1;");
    check_queues(as("stranger"), "mine 2/1;department:schools 2/1;");
    check_queues(as("parent5"), "mine 0/0;department:schools 2/1;");
    check_queues(as("parent1"), "mine 0/0;department:schools 2/1;");
    check_queues(as("school1"), "mine 0/0;department:reception 1/0;");
    check_queues(as("pupil1"), "mine 0/0;");
    check_queues(as("pupil9"), "mine 0/0;raised 1/1;");
    for (size_t i = 0; i < EI_COUNT(logins); i++)
        check_rights(as(logins[i]), made, EI_COUNT(made));
    /* Who stands in for the head has the queue of the department; for who it was raised to, that.
     */
    FX_OK(edu_appeal_substitute(as("parent1"), (edu_id){{0}}, fx_person("STF0006"), fx_now(),
                                fx_now() + DAY, NULL, error));
    FX_OK(edu_appeal_substitute(as("stranger"), (edu_id){{0}}, fx_person("GRD0005"), fx_now(),
                                fx_now() + DAY, NULL, error));
    check_queues(as("school1"), "mine 0/0;department:reception 1/0;department:schools 2/1;");
    check_queues(as("parent5"), "mine 2/1;department:schools 2/1;");
    for (size_t i = 0; i < EI_COUNT(logins); i++)
        check_rights(as(logins[i]), made, EI_COUNT(made));
}
END_TEST

START_TEST(a_queue_of_its_own_is_there_with_nothing_in_it)
{
    edu_appeal_queue_page *page = NULL;
    check_queues(as("parent1"), "mine 0/0;department:schools 0/0;");
    check_queues(as("clerk.ba"), "mine 0/0;region:BA 0/0;");
    check_queues(as("clerk"), "mine 0/0;all 0/0;");
    FX_OK(edu_appeal_queues(as("parent1"), NULL, 0, &page, error));
    ck_assert_str_eq(page->items[1].title, "Department of general education");
    edu_free(page);
    edu_session *nobody = NULL;
    FX_OK(edu_session_open(fx_portal(), "az", &nobody, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED, edu_appeal_queues(nobody, NULL, 0, &page, error));
    edu_session_close(nobody);
}
END_TEST

START_TEST(who_stands_in_for_a_head_approves)
{
    one made = assigned("pupil1", "building");
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_approve(as("school1"), made.person, made.id, 0, NULL, error));
    FX_OK(edu_appeal_substitute(as("parent1"), (edu_id){{0}}, fx_person("STF0006"), fx_now(),
                                fx_now() + DAY, NULL, error));
    ck_assert_uint_eq(queue("school1", "department", "schools"), 1);
    FX_OK(edu_appeal_approve(as("school1"), made.person, made.id, 0, NULL, error));
    fx_clock_add(2 * DAY);
    ck_assert_uint_eq(queue("school1", "department", "schools"), 0);
}
END_TEST

static int32_t last_answer(one which)
{
    edu_appeal_event_page *page = NULL;
    int64_t sequence = 0;
    FX_OK(edu_appeal_timeline(as("clerk"), which.person, which.id, NULL, 200, &page, error));
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->items[i].action, "answer") == 0)
            sequence = page->items[i].sequence;
    edu_free(page);
    return (int32_t)sequence;
}

START_TEST(what_is_approved_and_sent_is_what_was_read)
{
    one made = assigned("pupil1", "teaching");
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
    int32_t read = last_answer(made);
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Xeyr!", NULL, error));
    FX_FAILS(EDU_E_CONFLICT,
             edu_appeal_approve(as("parent1"), made.person, made.id, read, NULL, error));
    FX_OK(edu_appeal_approve(as("parent1"), made.person, made.id, last_answer(made), NULL, error));
    FX_FAILS(EDU_E_CONFLICT,
             edu_appeal_send(as("stranger"), made.person, made.id, read, NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, last_answer(made), NULL, error));
    check_chains();
}
END_TEST

START_TEST(who_could_do_it_is_listed_with_what_they_have)
{
    edu_appeal_executor_page *page = NULL;
    edu_id busy = fx_person("STR0001"), away = fx_person("GRD0005");
    one made = assigned("pupil1", "building");
    FX_OK(edu_appeal_substitute(as("parent5"), (edu_id){{0}}, busy, fx_now(), fx_now() + DAY, NULL,
                                error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_executors(as("pupil1"), made.person, made.id, NULL, 50, &page, error));
    FX_OK(edu_appeal_executors(as("parent1"), made.person, made.id, NULL, 50, &page, error));
    ck_assert_uint_eq(page->count, 3); /* and the head */
    for (size_t i = 0; i < page->count; i++) {
        const edu_appeal_executor *one_of = &page->items[i];
        ck_assert_int_eq(one_of->open, memcmp(&one_of->person_id, &busy, sizeof busy) == 0);
        ck_assert(one_of->is_absent == (memcmp(&one_of->person_id, &away, sizeof away) == 0));
    }
    edu_free(page);
}
END_TEST

START_TEST(a_begun_form_is_kept_for_its_writer_alone)
{
    edu_appeal_draft *draft = NULL;
    json_t *values = json_pack("{s:s, s:s}", "text", "Zəng edən deyir ki…", "family", "Əliyev");
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_draft_get(as("clerk"), "hotline", &draft, error));
    FX_OK(edu_appeal_draft_save(as("clerk"), "hotline", values, error));
    FX_OK(edu_appeal_draft_save(as("clerk"), "hotline", values, error));
    FX_OK(edu_appeal_draft_get(as("clerk"), "hotline", &draft, error));
    ck_assert(json_equal(draft->content, values));
    edu_free(draft);
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_draft_get(as("clerk"), "paper", &draft, error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_draft_get(as("clerk.ba"), "hotline", &draft, error));
    ck_assert_int_eq(fx_int("SELECT COUNT(*) FROM appeal_draft WHERE instr(sealed, 'yev')"), 0);
    FX_OK(edu_appeal_draft_forget(as("clerk"), "hotline", error));
    FX_OK(edu_appeal_draft_forget(as("clerk"), "hotline", error));
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_draft_get(as("clerk"), "hotline", &draft, error));
    char *great = malloc(70000);
    memset(great, 'a', 69999);
    great[69999] = '\0';
    json_object_set_new(values, "text", json_string(great));
    FX_FAILS(EDU_E_LIMIT, edu_appeal_draft_save(as("clerk"), "hotline", values, error));
    free(great);
    json_decref(values);
}
END_TEST

START_TEST(who_follows_without_a_name_adds_and_reads_files)
{
    edu_appeal_receipt *receipt = NULL;
    edu_document *document = NULL;
    edu_appeal_input given = input("portal");
    given.is_anonymous = true;
    FX_OK(edu_appeal_submit(fx_nobody(), &given, NULL, &receipt, error));
    one made = keep(receipt);
    edu_bytes paper = fx_bytes("%PDF-1.7 sübut");
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_appeal_follow_attach(fx_nobody(), made.number, "00000000000000000", "a.pdf", paper,
                                      NULL, error));
    for (int i = 0; i < 3; i++)
        FX_OK(edu_appeal_follow_attach(fx_nobody(), made.number, made.code, "sübut.pdf", paper,
                                       NULL, error));
    FX_FAILS(EDU_E_LIMIT, edu_appeal_follow_attach(fx_nobody(), made.number, made.code, "a.pdf",
                                                   paper, NULL, error));
    FX_OK(edu_appeal_follow_file(fx_nobody(), made.number, made.code, 2, &document, error));
    ck_assert_uint_eq(document->content.size, paper.size);
    ck_assert_mem_eq(document->content.data, paper.data, paper.size);
    edu_free(document);
    FX_OK(edu_appeal_file(as("clerk"), made.person, made.id, 2, &document, error));
    edu_free(document);
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, NULL, "schools", NULL, error));
    FX_OK(edu_appeal_assign(as("clerk"), made.person, made.id, fx_person("STR0001"), NULL, error));
    FX_OK(edu_appeal_attach(as("stranger"), made.person, made.id, "cavab.pdf", paper, true, NULL,
                            error));
    int32_t enclosed = (int32_t)fx_int("SELECT MAX(sequence) FROM appeal_file");
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_follow_file(fx_nobody(), made.number, made.code, enclosed,
                                                     &document, error));
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
    FX_OK(edu_appeal_follow_file(fx_nobody(), made.number, made.code, enclosed, &document, error));
    edu_free(document);
    one named = submit("pupil1", "portal");
    FX_FAILS(EDU_E_NOT_FOUND, edu_appeal_follow_attach(fx_nobody(), named.number, made.code,
                                                       "a.pdf", paper, NULL, error));
    check_chains();
}
END_TEST

START_TEST(a_person_is_searched_by_number)
{
    edu_appeal_query query = EDU_APPEAL_QUERY_INIT;
    edu_appeal_page *page = NULL;
    one made = submit("pupil1", "portal");
    submit("pupil9", "portal");
    query.person = "PUP0001";
    FX_OK(edu_appeal_search(as("clerk"), &query, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 1);
    ck_assert_str_eq(page->items[0].number, made.number);
    edu_free(page);
    FX_OK(edu_appeal_search(as("pupil9"), &query, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
    query.person = "ZZZ9999";
    FX_OK(edu_appeal_search(as("clerk"), &query, NULL, 10, &page, error));
    ck_assert_uint_eq(page->count, 0);
    edu_free(page);
    query.person = "?";
    FX_FAILS(EDU_E_INVALID, edu_appeal_search(as("clerk"), &query, NULL, 10, &page, error));
    query.person = "PUP0001";
    query.text = "dam";
    FX_FAILS(EDU_E_INVALID, edu_appeal_search(as("clerk"), &query, NULL, 10, &page, error));
}
END_TEST

/* ---- figures: the newspaper's page ---- */

/* 1,118 received, 939 answered: invented, but for these totals. Every fourth comes on paper and
 * takes seven days of work, the others three or two. */
static int64_t day_of_answer(int number)
{
    return number % 4 == 0 ? 7 : number % 2 == 0 ? 3 : 2;
}

static void replay(int number)
{
    static const char *const categories[] = {"portal", "documents", "suggestion"};
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input given = input(categories[number % 3]);
    fx_clock_set(at(21, 12) + number * FX_MINUTE / 60);
    given.channel = number % 4 == 0 ? "paper" : number % 8 == 1 ? "hotline" : "electronic";
    given.person_id = fx_person("PUP0001");
    edu_session *session = as(strcmp(given.channel, "electronic") == 0 ? "pupil1" : "clerk");
    FX_OK(edu_appeal_submit(session, &given, NULL, &receipt, error));
    one made = keep(receipt);
    if (number % 1118 >= 939)
        return;
    FX_OK(edu_appeal_route(as("clerk"), made.person, made.id, NULL, NULL, "schools", NULL, error));
    FX_OK(edu_appeal_assign(as("clerk"), made.person, made.id, fx_person("STR0001"), NULL, error));
    fx_clock_set(at(21 + (int)day_of_answer(number) + (day_of_answer(number) > 4 ? 2 : 0), 11));
    FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
    FX_OK(edu_appeal_send(as("stranger"), made.person, made.id, 0, NULL, error));
}

static int64_t group(const edu_appeal_figures *figures, const char *name, const char *code,
                     const char *field)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(figures->groups, name), i,
                       entry) if (strcmp(json_string_value(json_object_get(entry, "code")), code) ==
                                  0) return json_integer_value(json_object_get(entry, field));
    return 0;
}

/* For tests of the page: a copy of the store and its keys. */
static void keep_copy(const char *folder)
{
    char path[512], command[1200];
    (void)snprintf(path, sizeof path, "%s/portal.db", folder);
    FX_OK(edu_portal_backup(fx_operator(), path, (edu_progress){0}, error));
    (void)snprintf(command, sizeof command, "cp %s/portal.db.keys %s.keys", fx_folder(), path);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(the_newspapers_page_comes_out)
{
    edu_appeal_figures *figures = NULL;
    edu_document *file_of = NULL;
    for (int i = 0; i < 1118; i++)
        replay(i);
    fx_clock_set(at(30, 12));
    if (getenv("EDU_TEST_KEEP"))
        keep_copy(getenv("EDU_TEST_KEEP"));
    FX_OK(edu_appeal_statistics(fx_nobody(), at(21, 0), at(31, 0), &figures, error));
    ck_assert_int_eq(figures->received, 1118);
    ck_assert_int_eq(figures->answered, 939);
    ck_assert_int_eq(figures->open, 179);
    ck_assert_int_eq(figures->withdrawn, 0);
    /* Of 939: 235 on paper in 7 days, 235 in 3, 469 in 2. Fifteen days are given for suggestions.
     */
    ck_assert_int_eq(figures->in_norm, 939 - 235 + 78);
    ck_assert_int_eq(figures->median, 3);
    ck_assert_int_eq(figures->percentile_90, 7);
    ck_assert_int_eq(figures->mean_hundredths, (235 * 7 + 235 * 3 + 469 * 2) * 100 / 939);
    ck_assert_int_eq(group(figures, "channel", "paper", "answered"), 235);
    ck_assert_int_eq(group(figures, "channel", "paper", "median"), 7);
    ck_assert_int_eq(group(figures, "channel", "electronic", "median"), 2);
    ck_assert_int_eq(group(figures, "channel", "hotline", "median"), 2);
    ck_assert_int_eq(group(figures, "region", "BA", "received"), 1118);
    ck_assert_int_eq(group(figures, "department", "schools", "answered"), 939);
    ck_assert_int_eq(group(figures, "month", "2026-09", "open"), 179);
    ck_assert_int_eq(figures->electronic_to_paper,
                     (group(figures, "channel", "electronic", "received") * 200 + 280) / 560);
    ck_assert_msg(figures->paper_to_electronic > 200, "%lld",
                  (long long)figures->paper_to_electronic);
    edu_free(figures);
    FX_OK(edu_appeal_statistics_csv(fx_nobody(), at(21, 0), at(31, 0), &file_of, error));
    ck_assert_ptr_nonnull(strstr(file_of->content.data, "\nall,,,1118,939,782,179,"));
    edu_free(file_of);
    FX_OK(edu_appeal_statistics(fx_nobody(), at(1, 0), at(2, 0), &figures, error));
    ck_assert_int_eq(figures->received, 0);
    ck_assert_int_eq(figures->median, -1);
    edu_free(figures);
}
END_TEST

/* ---- races: one outcome, and both are recorded ---- */

typedef struct racer {
    edu_session *session;
    one which, into;
    int what;
    edu_time since;
    edu_error error;
    edu_status status;
} racer;

static void *race(void *context)
{
    racer *r = context;
    int32_t done;
    if (r->what == 0)
        r->status = edu_appeal_send(r->session, r->which.person, r->which.id, 0, NULL, &r->error);
    else if (r->what == 1)
        r->status = edu_appeal_merge(r->session, r->which.person, r->which.id, r->into.person,
                                     r->into.id, NULL, &r->error);
    else if (r->what == 2)
        r->status = edu_appeal_transfer(r->session, r->which.person, r->which.id, "reception",
                                        "sizin", NULL, &r->error);
    else if (r->what == 3)
        r->status = edu_appeal_escalate(r->session, 10, &done, &r->error);
    else if (r->what == 4)
        r->status =
            edu_appeal_answer(r->session, r->which.person, r->which.id, "Yox.", NULL, &r->error);
    else
        r->status = edu_appeal_absence_end(r->session, fx_person("STR0001"), fx_person("STF0006"),
                                           r->since, NULL, &r->error);
    return NULL;
}

static void run_both(racer *a, racer *b)
{
    pthread_t threads[2];
    ck_assert_int_eq(pthread_create(&threads[0], NULL, race, a), 0);
    ck_assert_int_eq(pthread_create(&threads[1], NULL, race, b), 0);
    ck_assert_int_eq(pthread_join(threads[0], NULL), 0);
    ck_assert_int_eq(pthread_join(threads[1], NULL), 0);
}

static int64_t count_events(one which, const char *action)
{
    edu_appeal_event_page *page = NULL;
    int64_t count = 0;
    FX_OK(edu_appeal_timeline(as("clerk"), which.person, which.id, NULL, 200, &page, error));
    for (size_t i = 0; i < page->count; i++)
        count += strcmp(page->items[i].action, action) == 0;
    edu_free(page);
    return count;
}

static int64_t refusals(void)
{
    return fx_int("SELECT COUNT(*) FROM audit WHERE action = 'appeal.refused'");
}

/* 1 merge, 2 transfer, 3 escalation, 4 another answer by who stands in */
START_TEST(races_with_an_answer_have_one_outcome)
{
    static const char *const actions[] = {"", "merge", "transfer", "escalate", "answer"};
    edu_time now = fx_now();
    FX_OK(edu_appeal_substitute(fx_operator(), fx_person("STR0001"), fx_person("STF0006"), now,
                                now + 400 * DAY, NULL, error));
    for (int round = 0; round < 8; round++) {
        one made = assigned("pupil1", "portal"), into = assigned("pupil9", "portal");
        FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
        if (_i == 3)
            fx_clock_add(4 * DAY);
        int64_t before = refusals();
        racer answer = {as("stranger"), made, into, 0, 0, EDU_ERROR_INIT, EDU_OK};
        racer rival = {
            as(_i == 4 ? "school1" : "clerk"), made, into, _i, 0, EDU_ERROR_INIT, EDU_OK};
        if (_i == 3)
            rival.session = fx_operator();
        run_both(&answer, &rival);
        bool was_sent = has_event("clerk", made, "send", NULL);
        bool was_rival = has_event("clerk", made, actions[_i], NULL);
        ck_assert(was_sent == (answer.status == EDU_OK));
        if (_i == 3) {
            ck_assert(was_sent);
            ck_assert_int_eq(rival.status, EDU_OK);
        } else if (_i == 4) {
            ck_assert_msg(was_sent, "%s", answer.error.key);
            ck_assert_int_eq(refusals() - before, rival.status == EDU_OK ? 0 : 1);
        } else {
            ck_assert_msg(was_sent != was_rival, "sent %d, %s %d", was_sent, actions[_i],
                          was_rival);
            bool is_seen = answer.status != EDU_E_NOT_FOUND;
            ck_assert_msg(refusals() - before == (is_seen ? 1 : 0), "%s, %s", answer.error.key,
                          rival.error.key);
        }
        check_chains();
        if (_i == 3) {
            FX_OK(edu_appeal_answer(as("stranger"), into.person, into.id, "Bəli.", NULL, error));
            FX_OK(edu_appeal_send(as("stranger"), into.person, into.id, 0, NULL, error));
        }
    }
}
END_TEST

/* Executor and substitute send at once: one answer goes out, and that the other tried is recorded.
 */
START_TEST(a_substitute_and_the_executor_send_once)
{
    FX_OK(edu_appeal_substitute(fx_operator(), fx_person("STR0001"), fx_person("STF0006"), fx_now(),
                                fx_now() + 400 * DAY, NULL, error));
    for (int round = 0; round < 8; round++) {
        one made = assigned("pupil1", "portal");
        FX_OK(edu_appeal_answer(as("stranger"), made.person, made.id, "Bəli.", NULL, error));
        int64_t before = refusals();
        racer own = {as("stranger"), made, made, 0, 0, EDU_ERROR_INIT, EDU_OK};
        racer other = {as("school1"), made, made, 0, 0, EDU_ERROR_INIT, EDU_OK};
        run_both(&own, &other);
        ck_assert((own.status == EDU_OK) != (other.status == EDU_OK));
        ck_assert_int_eq(own.status == EDU_OK ? other.status : own.status, EDU_E_STATE);
        ck_assert_int_eq(count_events(made, "send"), 1);
        ck_assert_int_eq(refusals() - before, 1);
        check_chains();
    }
}
END_TEST

/* The absence ends while the substitute answers: it was written before the end, or not at all. */
START_TEST(an_answer_of_a_substitute_races_with_the_end_of_the_absence)
{
    for (int round = 0; round < 8; round++) {
        edu_time since = fx_now();
        FX_OK(edu_appeal_substitute(fx_operator(), fx_person("STR0001"), fx_person("STF0006"),
                                    since, since + 400 * DAY, NULL, error));
        one made = assigned("pupil1", "portal");
        int64_t ended = fx_int("SELECT COUNT(*) FROM audit WHERE action = 'appeal.absence_end'");
        racer answer = {as("school1"), made, made, 4, 0, EDU_ERROR_INIT, EDU_OK};
        racer end = {as("clerk"), made, made, 5, since, EDU_ERROR_INIT, EDU_OK};
        run_both(&answer, &end);
        ck_assert_int_eq(end.status, EDU_OK);
        ck_assert(answer.status == EDU_OK || answer.status == EDU_E_NOT_FOUND);
        ck_assert_int_eq(count_events(made, "answer"), answer.status == EDU_OK);
        ck_assert_int_eq(
            fx_int("SELECT COUNT(*) FROM audit WHERE action = 'appeal.absence_end'") - ended, 1);
        FX_FAILS(EDU_E_NOT_FOUND,
                 edu_appeal_send(as("school1"), made.person, made.id, 0, NULL, error));
        check_chains();
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("appeal");
    TCase *tests = tcase_create("appeal");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_loop_test(tests, the_term_is_that_of_the_first_rule_that_fits, 0,
                        (int)EI_COUNT(precedences));
    tcase_add_test(tests, an_appeal_gets_a_number_and_a_date_at_once);
    tcase_add_test(tests, it_is_registered_once_under_its_key);
    tcase_add_test(tests, a_form_that_is_sent_from_two_windows_is_one_appeal);
    tcase_add_test(tests, who_it_does_not_concern_does_not_find_it);
    tcase_add_test(tests, a_clerk_registers_what_comes_on_paper);
    tcase_add_test(tests, by_telephone_a_caller_is_found_by_number);
    tcase_add_test(tests, nobody_may_write_without_a_name_where_the_category_permits);
    tcase_add_test(tests, a_whole_life);
    tcase_add_test(tests, a_term_is_extended_as_the_category_permits);
    tcase_add_test(tests, another_body_has_a_clock_of_its_own);
    tcase_add_test(tests, an_answer_can_be_given_back_and_an_appeal_reopened);
    tcase_add_test(tests, what_is_reopened_has_the_newest_rules_and_calendar);
    tcase_add_test(tests, it_is_too_late_to_reopen_after_the_days_of_the_rules);
    tcase_add_test(tests, queues_show_what_is_in_scope);
    tcase_add_test(tests, who_stands_in_does_the_work);
    tcase_add_test(tests, what_does_not_commit_counts_for_nobody);
    tcase_add_test(tests, what_comes_goes_to_who_has_the_fewest);
    tcase_add_test(tests, many_are_sent_to_a_department_and_a_preview_changes_nothing);
    tcase_add_test(tests, many_are_spread_over_executors_or_taken_by_one);
    tcase_add_test(tests, what_is_done_to_many_has_bounds);
    tcase_add_test(tests, each_rung_of_the_ladder_is_done_once);
    tcase_add_test(tests, a_rung_that_is_not_permitted_is_not_counted);
    tcase_add_test(tests, a_holiday_added_later_moves_open_dates_and_says_why);
    tcase_add_test(tests, what_is_merged_is_answered_together);
    tcase_add_test(tests, duplicates_are_suggested);
    tcase_add_test(tests, what_is_published_tells_nobody);
    tcase_add_test(tests, files_are_what_their_content_says);
    tcase_add_test(tests, who_has_number_and_code_follows_an_appeal_without_a_name);
    tcase_add_test(tests, a_template_is_filled_in_for_the_appeal);
    tcase_add_test(tests, absences_are_listed_and_taken_back);
    tcase_add_test(tests, appeals_without_a_name_are_bounded_by_address);
    tcase_add_test(tests, a_denied_step_stops_no_job);
    tcase_add_test(tests, others_sign_with_number_and_code_and_are_told_of_the_answer);
    tcase_add_test(tests, signatories_do_not_see_each_other_and_may_step_back);
    tcase_add_test(tests, codes_of_signatories_are_not_guessed_nor_those_of_followers);
    tcase_add_test(tests, it_is_found_as_people_type_it);
    tcase_add_test(tests, routes_go_by_category_and_region);
    tcase_add_test(tests, a_person_is_searched_by_number);
    tcase_add_test(tests, the_ladder_reaches_substitutes_and_persons_who_can_act);
    tcase_add_test(tests, a_warning_comes_at_the_share_that_the_term_has);
    tcase_add_test(tests, each_has_the_queues_that_the_worklist_answers);
    tcase_add_test(tests, a_queue_of_its_own_is_there_with_nothing_in_it);
    tcase_add_test(tests, who_stands_in_for_a_head_approves);
    tcase_add_test(tests, what_is_approved_and_sent_is_what_was_read);
    tcase_add_test(tests, who_could_do_it_is_listed_with_what_they_have);
    tcase_add_test(tests, a_begun_form_is_kept_for_its_writer_alone);
    tcase_add_test(tests, who_follows_without_a_name_adds_and_reads_files);
    suite_add_tcase(suite, tests);
    TCase *races = tcase_create("races"); /* run alone under the thread sanitizer */
    tcase_set_timeout(races, 120);
    tcase_add_checked_fixture(races, setup, fx_teardown);
    tcase_add_loop_test(races, races_with_an_answer_have_one_outcome, 1, 5);
    tcase_add_test(races, a_substitute_and_the_executor_send_once);
    tcase_add_test(races, an_answer_of_a_substitute_races_with_the_end_of_the_absence);
    suite_add_tcase(suite, races);
    TCase *newspaper = tcase_create("newspaper"); /* tests of the page run it alone */
    tcase_set_timeout(newspaper, 240);
    tcase_add_checked_fixture(newspaper, setup, fx_teardown);
    tcase_add_test(newspaper, the_newspapers_page_comes_out);
    suite_add_tcase(suite, newspaper);
    TCase *pure = tcase_create("rules");
    tcase_add_loop_test(pure, faulty_rules_are_refused_with_the_place, 0, (int)EI_COUNT(faults));
    suite_add_tcase(suite, pure);
    return tap_run(suite);
}
