/* Definitions, and the chain of an application's events. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <edu/application.h>
#include "fixture.h"
#include "parse.h"
#include "workflow/workflow.h"
#include "../tap.h"

/* ---- definitions ---- */

static const char good[] =
    "{'service':'trip','title':{'en':'Trip','az':'Gəzinti'},'summary':{'en':'S','az':'S'},"
    "'rules':[{'en':'R','az':'R'}],"
    "'stages':[{'state':'asked','title':{'en':'T','az':'T'},'text':{'en':'X','az':'X'}}],"
    "'states':{'asked':{'title':{'en':'A','az':'A'}},"
    "'done':{'title':{'en':'D','az':'D'},'is_terminal':true}},"
    "'actions':{'ask':{'title':{'en':'A','az':'A'},'from':[null],'to':'asked',"
    "'by':['self','guardian'],'notify':[{'template':'t','channels':['portal','mail']}]},"
    "'end':{'title':{'en':'E','az':'E'},'from':['asked'],'to':'done','by':['clerk']}},"
    "'templates':{'t':{'title':{'en':'T','az':'T'},'text':{'en':'Hi {who}','az':'Salam {who}'}}}}";

/* The good text with one part replaced. */
static json_t *changed(const char *from, const char *to)
{
    return parse_changed(good, from, to);
}

START_TEST(a_good_definition_answers)
{
    json_t *json = parse(good);
    ei_definition *definition;
    ck_assert_int_eq(ei_definition_make(json, &definition, NULL), EDU_OK);
    json_decref(json);
    ei_action action;
    ck_assert_int_eq(ei_definition_allow(definition, "ask", NULL, "self", &action, NULL), EDU_OK);
    ck_assert_str_eq(action.to, "asked");
    ck_assert(action.creates && !action.ends && action.notices[0].by_mail);
    ck_assert_int_eq(ei_definition_allow(definition, "end", "asked", "clerk", &action, NULL),
                     EDU_OK);
    ck_assert(action.ends);
    ck_assert_int_eq(ei_definition_allow(definition, "ask", NULL, "clerk", &action, NULL),
                     EDU_E_DENIED);
    ck_assert_int_eq(ei_definition_allow(definition, "end", NULL, "clerk", &action, NULL),
                     EDU_E_STATE);
    ck_assert_int_eq(ei_definition_allow(definition, "end", "done", "clerk", &action, NULL),
                     EDU_E_STATE);
    ck_assert_int_eq(ei_definition_allow(definition, "fly", NULL, "self", &action, NULL),
                     EDU_E_STATE);
    ei_definition_free(definition);
}
END_TEST

static const struct {
    const char *from, *to, *pointer;
} faults[] = {
    {"'service':'trip'", "'service':'Trip!'", "/service"},
    {"'service':'trip',", "", "/service"},
    {"'service':'trip'", "'service':'trip','color':1", "/color"},
    {"'title':{'en':'Trip','az':'Gəzinti'}", "'title':{}", "/title"},
    {"'service':'trip'", "'service':'trip','fail':'end'", "/place"},
    {"'service':'trip'", "'service':'trip','is_ranking_public':true", "/place"},
    {"'service':'trip'", "'service':'trip','place':'end'", "/place"},
    {"'by':['clerk']}},", "'by':['system']}},'place':'end',", "/place"},
    {"'service':'trip'", "'service':'trip','slots':{'talk':{}}", "/slots/talk/title"},
    {"'service':'trip'",
     "'service':'trip','slots':{'talk':{'title':{'en':'T','az':'T'},'template':'none'}}",
     "/slots/talk/template"},
    {"'by':['clerk']}},", "'by':['system']}},'place':'end','request':{},", "/place"},
    {"'by':['clerk']}},",
     "'by':['system']}},'place':'end','request':{},'ranking':['submitted'],'fail':'ask',", "/fail"},
    {"'title':{'en':'Trip','az':'Gəzinti'}", "'title':'Trip'", "/title"},
    {"'summary':{'en':'S','az':'S'}", "'summary':{'en':'S'}", "/summary/az"},
    {"'summary':{'en':'S','az':'S'}", "'summary':{'en':'S','az':'S','ru':'S'}", "/summary/ru"},
    {"'summary':{'en':'S','az':'S'}", "'summary':{'en':7,'az':'S'}", "/summary/en"},
    {"'rules':[{'en':'R','az':'R'}]", "'rules':[]", "/rules"},
    {"'rules':[{'en':'R','az':'R'}]", "'rules':[{'en':'','az':'R'}]", "/rules/0/en"},
    {"'state':'asked'", "'state':'gone'", "/stages/0/state"},
    {"'text':{'en':'X','az':'X'}", "'text':{'en':'X'}", "/stages/0/text/az"},
    {"'asked':{'title':{'en':'A','az':'A'}}", "'asked':{}", "/states/asked/title"},
    {"'is_terminal':true", "'is_terminal':'yes'", "/states/done/is_terminal"},
    {"'is_terminal':true", "'final':true", "/states/done/final"},
    {"'is_terminal':true", "'is_terminal':false", "/states/done"},
    {"'asked':{'title'", "'lost':{'title':{'en':'L','az':'L'}},'asked':{'title'", "/states/lost"},
    {"'from':[null]", "'from':[]", "/actions/ask/from"},
    {"'from':['asked']", "'from':['nowhere']", "/actions/end/from/0"},
    {"'from':['asked']", "'from':['done']", "/actions/end/from/0"},
    {"'to':'done'", "'to':'gone'", "/actions/end/to"},
    {"'by':['clerk']", "'by':['king']", "/actions/end/by/0"},
    {"'by':['clerk']", "'by':[]", "/actions/end/by"},
    {"'template':'t'", "'template':'u'", "/actions/ask/notify/0/template"},
    {"'channels':['portal','mail']", "'channels':['mail']", "/actions/ask/notify/0/channels"},
    {"'channels':['portal','mail']", "'channels':['portal','pigeon']",
     "/actions/ask/notify/0/channels"},
    {"Hi {who}", "Hi {who", "/templates/t/text/en"},
    {"Hi {who}", "Hi {}", "/templates/t/text/en"},
    {"Hi {who}", "Hi who}", "/templates/t/text/en"},
    {"'templates':{'t':", "'templates':{'T t':", "/templates/T t"},
};

START_TEST(a_fault_is_named_with_its_place)
{
    json_t *json = changed(faults[_i].from, faults[_i].to);
    ei_definition *definition;
    edu_error error = EDU_ERROR_INIT;
    ck_assert_int_eq(ei_definition_make(json, &definition, &error), EDU_E_INVALID);
    ck_assert_str_eq(error.field, faults[_i].pointer);
    json_decref(json);
}
END_TEST

START_TEST(depth_and_size_are_bounded)
{
    json_t *deep = json_array(), *large = parse(good);
    for (int i = 0; i < 2000; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, deep);
        deep = outer;
    }
    ei_definition *definition;
    edu_error error;
    ck_assert_int_eq(ei_definition_make(deep, &definition, &error), EDU_E_INVALID);
    char *text = calloc(1, 300000);
    memset(text, 'x', 299999);
    json_object_set_new(large, "service", json_string(text));
    ck_assert_int_eq(ei_definition_make(large, &definition, &error), EDU_E_LIMIT);
    free(text);
    json_decref(deep);
    json_decref(large);
}
END_TEST

START_TEST(templates_are_filled)
{
    json_t *data = json_pack("{s:s, s:i}", "who", "Əli {not}", "count", 3);
    ei_buffer out = {0};
    ck_assert_int_eq(ei_template_fill("{who} has {count}{missing}.", data, &out, NULL), EDU_OK);
    ck_assert_str_eq(out.data, "Əli {not} has 3.");
    ei_buffer_free(&out);
    json_decref(data);
}
END_TEST

/* ---- publishing ---- */

START_TEST(the_same_text_is_the_same_version)
{
    json_t *json = parse(good), *other = changed("Hi {who}", "Hello {who}");
    int32_t version;
    edu_error error;
    ck_assert_int_eq(edu_service_publish(fx_operator(), json, NULL, &version, &error), EDU_OK);
    ck_assert_int_eq(version, 1);
    ck_assert_int_eq(edu_service_publish(fx_operator(), json, NULL, &version, &error), EDU_OK);
    ck_assert_int_eq(version, 1);
    ck_assert_int_eq(edu_service_publish(fx_operator(), other, NULL, &version, &error), EDU_OK);
    ck_assert_int_eq(version, 2);
    ck_assert_int_eq(edu_service_publish(fx_session("clerk"), json, NULL, &version, &error),
                     EDU_E_DENIED);
    edu_service *service;
    ck_assert_int_eq(edu_service_get(fx_nobody(), "trip", &service, &error), EDU_OK);
    ck_assert_int_eq(service->version, 2);
    ck_assert_str_eq(json_string_value(json_array_get(service->rules, 0)), "R");
    edu_free(service);
    ck_assert_int_eq(edu_service_get(fx_nobody(), "none", &service, &error), EDU_E_NOT_FOUND);
    json_decref(json);
    json_decref(other);
}
END_TEST

/* ---- the chain ---- */

typedef struct life {
    ei_definition *definition;
    edu_id person, application;
} life;

static ei_step step_of(const life *of, const char *action, const char *kind)
{
    static const char name[] = "who";
    static json_t *data;
    if (!data)
        data = json_pack("{s:s}", name, "x");
    const edu_environment *environment = &fx_portal()->environment;
    return (ei_step){.definition = of->definition,
                     .version = 1,
                     .person = of->person,
                     .application = of->application,
                     .action = action,
                     .actor = of->person,
                     .actor_kind = kind,
                     .data = data,
                     .now = fx_now(),
                     .clock = &environment->clock,
                     .random = &environment->random,
                     .number = "A-2026-000001"};
}

static edu_status live(edu_tx *tx, void *context, edu_error *error)
{
    const life *of = context;
    edu_id subject = {.bytes = {7}};
    ei_step ask = step_of(of, "ask", "self"), end = step_of(of, "end", "clerk");
    ei_application_head head;
    EI_TRY(ei_application_create(tx, &ask, &subject, error));
    EI_TRY(ei_application_head_read(tx, &of->person, &of->application, &head, error));
    EI_TRY(ei_application_act(tx, &end, &head, error));
    /* What was read is stale by now. */
    ck_assert_int_eq(ei_application_act(tx, &end, &head, error), EDU_E_CONFLICT);
    EI_TRY(ei_application_head_read(tx, &of->person, &of->application, &head, error));
    ck_assert_int_eq(ei_application_act(tx, &end, &head, error), EDU_E_STATE);
    return EDU_OK;
}

static life make_life(void)
{
    json_t *json = parse(good);
    int32_t version;
    life of = {.person = fx_person("PUP0001"), .application = {.bytes = {9}}};
    ck_assert_int_eq(edu_service_publish(fx_operator(), json, NULL, &version, NULL), EDU_OK);
    ck_assert_int_eq(ei_definition_make(json, &of.definition, NULL), EDU_OK);
    json_decref(json);
    edu_error error = EDU_ERROR_INIT;
    edu_status status = ei_store_write(fx_portal()->store, live, &of, &error);
    ck_assert_msg(status == EDU_OK, "%s", error.message);
    return of;
}

static edu_status check_chain(const life *of)
{
    return edu_application_check(fx_session("pupil1"), of->person, of->application, NULL);
}

static const char *const forgeries[] = {
    "UPDATE event SET at = at + 1 WHERE sequence = 1",
    "UPDATE event SET data = '{}' WHERE sequence = 2",
    "UPDATE event SET action = 'end' WHERE sequence = 1",
    "UPDATE event SET state = 'asked' WHERE sequence = 2",
    "UPDATE event SET actor_id = NULL WHERE sequence = 1",
    "UPDATE event SET actor_kind = 'system' WHERE sequence = 2",
    "UPDATE event SET hash = x'00' WHERE sequence = 2",
    "DELETE FROM event WHERE sequence = 2",
    "DELETE FROM event WHERE sequence = 1",
    "UPDATE event SET sequence = 3 WHERE sequence = 2",
    "UPDATE application SET version = 1",
    "UPDATE application SET head = (SELECT hash FROM event WHERE sequence = 1)",
    "UPDATE application SET subject_id = x'00000000000000000000000000000001'",
    "DELETE FROM event WHERE sequence = 2",
};

START_TEST(a_chain_notices_what_was_changed)
{
    life of = make_life();
    ck_assert_int_eq(check_chain(&of), EDU_OK);
    fx_run(forgeries[_i]);
    ck_assert_int_eq(check_chain(&of), EDU_E_CORRUPT);
    ei_definition_free(of.definition);
}
END_TEST

START_TEST(the_timeline_is_for_those_whom_it_concerns)
{
    life of = make_life();
    edu_event_page *page;
    edu_error error;
    static const char *const may[] = {"pupil1", "parent1", "school1", "clerk", "clerk.ba"};
    static const char *const may_not[] = {"pupil5", "parent5", "school2", "clerk.gn", "stranger"};
    for (size_t i = 0; i < EI_COUNT(may); i++) {
        ck_assert_int_eq(edu_application_timeline(fx_session(may[i]), of.person, of.application,
                                                  NULL, 10, &page, &error),
                         EDU_OK);
        ck_assert_int_eq(page->count, 2);
        ck_assert_str_eq(page->items[0].action, "ask");
        edu_free(page);
        ck_assert_int_eq(edu_application_timeline(fx_session(may_not[i]), of.person, of.application,
                                                  NULL, 10, &page, &error),
                         EDU_E_NOT_FOUND);
    }
    edu_notification_page *notes;
    ck_assert_int_eq(edu_notification_list(fx_session("parent1"), NULL, 10, &notes, &error),
                     EDU_OK);
    ck_assert_int_eq(notes->count, 1);
    ck_assert(!notes->items[0].is_read);
    ck_assert_int_eq(
        edu_notification_read(fx_session("pupil5"), of.person, notes->items[0].id, &error),
        EDU_E_NOT_FOUND);
    ck_assert_int_eq(
        edu_notification_read(fx_session("parent1"), of.person, notes->items[0].id, &error),
        EDU_OK);
    edu_free(notes);
    ei_definition_free(of.definition);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("workflow");
    TCase *pure = tcase_create("definition");
    tcase_add_test(pure, a_good_definition_answers);
    tcase_add_loop_test(pure, a_fault_is_named_with_its_place, 0, EI_COUNT(faults));
    tcase_add_test(pure, depth_and_size_are_bounded);
    tcase_add_test(pure, templates_are_filled);
    suite_add_tcase(suite, pure);
    TCase *stored = tcase_create("engine");
    tcase_set_timeout(stored, 60);
    tcase_add_checked_fixture(stored, fx_setup, fx_teardown);
    tcase_add_test(stored, the_same_text_is_the_same_version);
    tcase_add_loop_test(stored, a_chain_notices_what_was_changed, 0, EI_COUNT(forgeries));
    tcase_add_test(stored, the_timeline_is_for_those_whom_it_concerns);
    suite_add_tcase(suite, stored);
    return tap_run(suite);
}
