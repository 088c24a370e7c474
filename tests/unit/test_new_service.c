/* A service that the build has never seen: the one of docs/writing-a-service.md, put together from
 * the parts on that page into a file in a folder made at run time, and run to its end. */
#include "fixture.h"
#include "../tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include <edu/calendar.h>
#include <edu/request.h>

#define DAY (24 * 60 * FX_MINUTE)

static const edu_id none = {{0}};
static edu_id bus;

/* ---- the page ---- */

static char *page_text(void)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/docs/writing-a-service.md", getenv("EDU_ROOT"));
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    char *text = calloc(1, 65536);
    ck_assert_uint_gt(fread(text, 1, 65535, file), 1000);
    (void)fclose(file);
    return text;
}

/* The parts between fences, commas between them. */
static void write_service(const char *path)
{
    char *text = page_text();
    const char *at = text;
    int parts = 0;
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    (void)fputs("{", file);
    while ((at = strstr(at, "```json\n")) != NULL) {
        const char *end = strstr(at += strlen("```json\n"), "```");
        ck_assert_ptr_nonnull(end);
        (void)fprintf(file, "%s%.*s", parts++ ? "," : "", (int)(end - at), at);
        at = end + 3;
    }
    (void)fputs("}\n", file);
    (void)fclose(file);
    free(text);
    ck_assert_int_eq(parts, 5);
}

static void setup(void)
{
    char path[512];
    int32_t version;
    fx_setup();
    (void)snprintf(path, sizeof path, "%s/school_bus.json", fx_folder());
    write_service(path);
    json_error_t fault;
    json_t *service = json_load_file(path, JSON_REJECT_DUPLICATES, &fault);
    ck_assert_msg(service != NULL, "line %d: %s", fault.line, fault.text);
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    FX_OK(edu_service_publish(fx_operator(), service, NULL, &version, error));
    ck_assert_int_eq(version, 1);
    json_decref(service);
    bus = fx_id("SELECT id FROM offering WHERE service = 'school_bus'");
}

/* ---- the way ---- */

static edu_status send(const char *number, edu_id application, json_t *form, edu_id *out,
                       edu_error *error)
{
    edu_session *parent = fx_fresh("parent1");
    edu_request_receipt *receipt = NULL;
    edu_id draft, person = fx_person(number);
    edu_status status =
        edu_draft_save(parent, person, bus, application, form, NULL, NULL, &draft, error);
    json_decref(form);
    if (status == EDU_OK)
        status = edu_request_submit(parent, person, draft, NULL, &receipt, error);
    if (status == EDU_OK)
        *out = receipt->id;
    edu_free(receipt);
    return status;
}

static json_t *filled(const char *phone)
{
    return json_pack("{s:s, s:s}", "stop", "market", "phone", phone);
}

static edu_status act(const char *login, edu_id id, const char *action, const char *reason,
                      json_t *corrections, edu_error *error)
{
    edu_status status = edu_request_act(fx_fresh(login), fx_person("PUP0001"), id, action, reason,
                                        corrections, NULL, error);
    json_decref(corrections);
    return status;
}

static void check_state(edu_id id, const char *state)
{
    edu_request *one = NULL;
    FX_OK(edu_request_get(fx_fresh("parent1"), fx_person("PUP0001"), id, &one, error));
    ck_assert_str_eq(one->state, state);
    edu_free(one);
}

START_TEST(it_runs_to_its_end)
{
    edu_id id, again;
    FX_FAILS(EDU_E_INVALID, send("PUP0001", none, filled("no number"), &id, error));
    FX_OK(send("PUP0001", none, filled("+994 50 123 45 67"), &id, error));
    FX_FAILS(EDU_E_CONFLICT, send("PUP0001", none, filled("+994 50 123 45 67"), &again, error));
    check_state(id, "submitted");
    FX_FAILS(EDU_E_NOT_FOUND, act("clerk.gn", id, "approve", NULL, NULL, error));
    FX_FAILS(EDU_E_NOT_FOUND, act("school1", id, "approve", NULL, NULL, error));
    FX_FAILS(EDU_E_DENIED, act("parent1", id, "approve", NULL, NULL, error));
    FX_OK(act("clerk.ba", id, "return", NULL,
              json_pack("[{s:s, s:s}]", "field", "/phone", "text", "Cavab vermir"), error));
    FX_OK(send("PUP0001", id, filled("+994 55 765 43 21"), &again, error));
    ck_assert_mem_eq(&again, &id, sizeof id);
    FX_OK(act("clerk.ba", id, "approve", NULL, NULL, error));
    check_state(id, "approved");
    ck_assert_str_eq(fx_last_template(fx_person("PUP0001")), "approved");
    FX_FAILS(EDU_E_STATE, act("clerk.ba", id, "refuse", "Gec", NULL, error));
    FX_FAILS(EDU_E_STATE, act("parent1", id, "withdraw", NULL, NULL, error));
    FX_OK(edu_portal_check(fx_operator(), (edu_progress){0}, error));
}
END_TEST

START_TEST(it_is_refused_withdrawn_and_lapses)
{
    edu_id id;
    int32_t done;
    FX_OK(send("PUP0001", none, filled("+994 50 123 45 67"), &id, error));
    FX_FAILS(EDU_E_INVALID, act("clerk.ba", id, "refuse", NULL, NULL, error));
    FX_OK(act("clerk.ba", id, "refuse", "Ev yaxındır", NULL, error));
    check_state(id, "refused");
    FX_OK(send("PUP0001", none, filled("+994 50 123 45 67"), &id, error));
    FX_OK(act("parent1", id, "withdraw", NULL, NULL, error));
    check_state(id, "withdrawn");
    FX_OK(send("PUP0001", none, filled("+994 50 123 45 67"), &id, error));
    FX_OK(act("clerk.ba", id, "return", NULL,
              json_pack("[{s:s, s:s}]", "field", "/stop", "text", "Başqa dayanacaq"), error));
    fx_clock_add(20 * DAY);
    FX_OK(edu_request_clock(fx_operator(), 100, &done, error));
    check_state(id, "lapsed");
    ck_assert_str_eq(fx_last_template(fx_person("PUP0001")), "lapsed");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("new_service");
    TCase *tests = tcase_create("new_service");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_test(tests, it_runs_to_its_end);
    tcase_add_test(tests, it_is_refused_withdrawn_and_lapses);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
