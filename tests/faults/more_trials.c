#include "faults/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "faults/scarce.h"

static const edu_progress silent;

/* ---- made once ---- */

static struct prepared {
    char *keys, *bundle, *transcript_path;
    edu_document *paper; /* a certificate as PDF */
} made;

/* ---- portals and sessions ---- */

static edu_status open_again(const char *folder, bool create, edu_error *error)
{
    edu_portal *portal = NULL;
    fx_paths paths;
    fx_place(folder, &paths);
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = paths.store;
    options.keys = paths.keys;
    options.create = create;
    options.password_operations = 1;
    options.password_memory = 8192;
    edu_status status = edu_portal_open(&options, NULL, &portal, error);
    edu_portal_close(portal);
    return status;
}

static edu_status open_portal(call *c, edu_error *error)
{
    return open_again(stage_folder(), false, error);
}

static edu_status create_portal(call *c, edu_error *error)
{
    char folder[TEST_FOLDER_SIZE];
    test_folder(folder);
    edu_status status = open_again(folder, true, error);
    fx_remove_folder(folder);
    return status;
}

static edu_status restore_portal(call *c, edu_error *error)
{
    char from[128], to[128];
    (void)snprintf(from, sizeof from, "%s/first.db", stage_folder());
    (void)snprintf(to, sizeof to, "sqlite:%s/restored.db", stage_folder());
    edu_status status = edu_portal_restore(to, from, silent, error);
    (void)unlink(to + strlen("sqlite:"));
    return status;
}

/* What is opened is closed again. */
static edu_status closed(edu_status status, edu_session *session)
{
    edu_session_close(session);
    return status;
}

static edu_status open_session(call *c, edu_error *error)
{
    edu_session *session = NULL;
    edu_status status = edu_session_open(stage_portal(), "az", &session, error);
    return closed(status, session);
}

static edu_status sign_in(call *c, edu_error *error)
{
    edu_session *session = NULL;
    edu_status status = edu_session_sign_in(stage_portal(), "clerk", FX_PASSWORD, "192.0.2.1", "en",
                                            &session, error);
    return closed(status, session);
}

static edu_status sign_in_wrongly(call *c, edu_error *error)
{
    edu_session *session = NULL;
    edu_status status = edu_session_sign_in(stage_portal(), "clerk", "not the password", NULL, NULL,
                                            &session, error);
    return closed(status, session);
}

static edu_status resume(call *c, edu_error *error)
{
    edu_session *session = NULL;
    edu_status status =
        edu_session_resume(stage_portal(), edu_session_token(c->session), &session, error);
    return closed(status, session);
}

static edu_status open_operator(call *c, edu_error *error)
{
    edu_session *session = NULL;
    edu_status status = edu_session_operator(stage_portal(), &session, error);
    return closed(status, session);
}

/* ---- what needs no memory: it works where there is none ---- */

static edu_status need_nothing(call *c, edu_error *error)
{
    char text[EDU_ID_TEXT];
    edu_id id;
    edu_allocation_site a = {"a", NULL, 0, 0, 1, 0}, b = {"b", NULL, 3, 4, 1, 0};
    static const uint8_t seed[] = {1};
    edu_id_format(c->target.person, text);
    edu_status status = edu_id_parse(text, &id, error);
    ck_assert_mem_eq(&id, &c->target.person, sizeof id);
    ck_assert_str_eq(edu_status_name(EDU_E_NOMEM), "nomem");
    ck_assert_int_gt(strlen(edu_version()), 0);
    ck_assert_int_eq(edu_allocation_distance(&a, &b), 5);
    ck_assert_uint_eq(edu_allocation_lot(seed, 1, "a", "b"), edu_allocation_lot(seed, 1, "a", "b"));
    return status;
}

/* What is there is given back while there is no memory; what leaks is seen in the end. */
static edu_status close_without_memory(call *c, edu_error *error)
{
    edu_session *session = NULL;
    char *key = NULL;
    scarce_hold(true);
    edu_status status =
        edu_session_resume(stage_portal(), edu_session_token(c->session), &session, error);
    if (status == EDU_OK)
        status = edu_sort_key("az", "Şəki", &key, error);
    scarce_hold(false);
    edu_session_close(session);
    edu_free(key);
    return status;
}

/* ---- allocation ---- */

static const edu_allocation_site places[] = {{"p1", NULL, 0, 0, 5, 0},
                                             {"p2", NULL, 90, 0, 4, 0},
                                             {"p3", NULL, 50, 60, 3, 0},
                                             {"p4", "x", 9, 9, 2, 0}};
static const edu_allocation_site centres[] = {
    {"c1", NULL, 10, 0, 6, 0}, {"c2", NULL, 80, 10, 7, 0}, {"c3", "x", 0, 9, 3, 0}};
static const uint8_t seed[] = {1, 2, 3};
static const edu_allocation_problem problem = {4, 3, places, centres, seed, sizeof seed};
static const char place_file[] = "id,x_m,y_m,pupils,zone\np1,0,0,5,\np2,90,0,4,\np3,50,60,3,\n";
static const char centre_file[] = "id,x_m,y_m,capacity,zone\nc1,10,0,6,\nc2,80,10,7,\n";

static edu_status solve(call *c, edu_error *error)
{
    edu_allocation_result *result = NULL;
    edu_status status = edu_allocation_solve(&problem, silent, &result, error);
    edu_free(result);
    return status;
}

static edu_status explain(call *c, edu_error *error)
{
    edu_allocation_problem short_of = problem;
    edu_allocation_shortages *out = NULL;
    short_of.centre_count = 1;
    edu_status status = edu_allocation_explain(&short_of, &out, error);
    if (status == EDU_OK)
        c->count = (int64_t)out->count;
    edu_free(out);
    return status;
}

static edu_status read_files(call *c, edu_error *error)
{
    edu_allocation_problem *out = NULL;
    edu_status status =
        edu_allocation_read(fx_bytes(place_file), fx_bytes(centre_file), &out, error);
    edu_free(out);
    return status;
}

/* A result, made where nothing fails. */
static edu_allocation_result *solved(void)
{
    edu_allocation_result *result = NULL;
    scarce_hold(true);
    FX_OK(edu_allocation_solve(&problem, silent, &result, error));
    scarce_hold(false);
    return result;
}

static edu_status write_flows(call *c, edu_error *error)
{
    edu_allocation_result *result = solved();
    char *text = NULL;
    edu_status status = edu_allocation_flows_csv(&problem, result, &text, error);
    edu_free(text);
    edu_free(result);
    return status;
}

static edu_status write_transcript(call *c, edu_error *error)
{
    edu_allocation_result *result = solved();
    char *text = NULL;
    edu_status status = edu_allocation_transcript(&problem, result, fx_bytes(place_file),
                                                  fx_bytes(centre_file), &text, error);
    edu_free(text);
    edu_free(result);
    return status;
}

static edu_status open_plan(call *c, edu_error *error)
{
    edu_allocation_result *result = solved();
    edu_allocation_plan *plan = NULL;
    edu_status status = edu_allocation_open(&problem, result, &plan, error);
    edu_allocation_close(plan);
    edu_free(result);
    return status;
}

static edu_allocation_plan *opened(void)
{
    edu_allocation_result *result = solved();
    edu_allocation_plan *plan = NULL;
    scarce_hold(true);
    FX_OK(edu_allocation_open(&problem, result, &plan, error));
    scarce_hold(false);
    edu_free(result);
    return plan;
}

static edu_status add_to_plan(call *c, edu_error *error)
{
    edu_allocation_plan *plan = opened();
    edu_allocation_change *change = NULL;
    edu_allocation_site new = {"p5", NULL, 1, 1, 1, 0};
    edu_status status = edu_allocation_add(plan, &new, 0, &change, error);
    edu_free(change);
    edu_allocation_close(plan);
    return status;
}

static edu_status remove_from_plan(call *c, edu_error *error)
{
    edu_allocation_plan *plan = opened();
    edu_allocation_change *change = NULL;
    edu_status status = edu_allocation_remove(plan, 3, 2, 0, &change, error);
    edu_free(change);
    edu_allocation_close(plan);
    return status;
}

static edu_status read_plan(call *c, edu_error *error)
{
    edu_allocation_plan *plan = opened();
    edu_allocation_problem *now = NULL;
    edu_allocation_result *result = NULL;
    edu_status status = edu_allocation_current(plan, &now, &result, error);
    edu_free(now);
    edu_free(result);
    edu_allocation_close(plan);
    return status;
}

static edu_status seat(call *c, edu_error *error)
{
    enum { SEATS = 24, PUPILS = 15 };
    static const char *const ids[PUPILS] = {"a", "b", "c", "d", "e", "f", "g", "h",
                                            "i", "j", "k", "l", "m", "n", "o"};
    edu_seating_seat seats[SEATS];
    edu_seating_pupil pupils[PUPILS];
    for (int i = 0; i < SEATS; i++)
        seats[i] = (edu_seating_seat){(size_t)i / 12, i % 12 / 4, i % 4, i < 12};
    for (int i = 0; i < PUPILS; i++)
        pupils[i] = (edu_seating_pupil){ids[i], i % 2 ? "S1" : "S2", i == 3};
    edu_seating_problem given = {SEATS, PUPILS, seats, pupils, seed, sizeof seed};
    edu_seating_result *result = NULL;
    edu_status status = edu_seating_solve(&given, &result, error);
    edu_free(result);
    return status;
}

/* ---- matching ---- */

static const size_t starts[] = {0, 2, 4, 5};
static const edu_match_choice choices[] = {{0, 1}, {1, 1}, {0, 2}, {1, 2}, {0, 3}};
static const int64_t capacities[] = {1, 1};
static const edu_match_problem to_match = {3, 2, starts, choices, capacities, NULL, NULL};
static const char applicants_file[] =
    "applicant,choice,place,priority\nx,1,a,1\nx,2,b,1\ny,1,a,2\n";
static const char places_file[] = "place,capacity\na,1\nb,1\n";

static edu_status match_arrays(call *c, edu_error *error)
{
    edu_match_result *result = NULL;
    edu_status status = edu_match_solve(&to_match, silent, &result, error);
    if (status == EDU_OK)
        c->count = result->matched;
    edu_free(result);
    return status;
}

static edu_status check_match(call *c, edu_error *error)
{
    static const size_t right[] = {0, 1, EDU_MATCH_NONE};
    return edu_match_check(&to_match, right, silent, error);
}

static edu_status match_files(call *c, edu_error *error)
{
    edu_match_outcome *out = NULL;
    edu_status status = edu_match(fx_bytes(applicants_file), fx_bytes(places_file), "2a", true,
                                  silent, &out, error);
    if (status == EDU_OK)
        c->count = out->matched;
    edu_free(out);
    return status;
}

static edu_status verify_match(call *c, edu_error *error)
{
    return edu_match_verify(fx_bytes(applicants_file), fx_bytes(places_file), "2a", true,
                            fx_bytes("applicant,place\nx,a\ny,\n"), silent, error);
}

/* ---- documents ---- */

/* The verdict must not be another for want of memory. */
static edu_status judged(call *c, edu_status status, edu_verdict *verdict)
{
    if (status == EDU_OK)
        for (const char *at = verdict->status; *at; at++)
            c->answer = c->answer * 31 + (uint8_t)*at;
    edu_free(verdict);
    return status;
}

static edu_status verify(call *c, edu_error *error)
{
    edu_verdict *verdict = NULL;
    edu_status status = edu_verify(stage_code(), made.keys, &verdict, error);
    return judged(c, status, verdict);
}

static edu_status verify_offline(call *c, edu_error *error)
{
    edu_verdict *verdict = NULL;
    edu_status status =
        edu_verify_offline(stage_code(), made.bundle, made.keys, 86400, fx_now(), &verdict, error);
    return judged(c, status, verdict);
}

static edu_status read_text_of_file(call *c, edu_error *error)
{
    char *text = NULL;
    edu_status status = edu_file_text(made.paper->content, &text, error);
    edu_free(text);
    return status;
}

static edu_status check_transcript(call *c, edu_error *error)
{
    edu_transcript_report *report = NULL;
    edu_status status =
        edu_transcript_check(made.transcript_path, made.keys, NULL, silent, &report, error);
    edu_free(report);
    return status;
}

static edu_status make_canonical(call *c, edu_error *error)
{
    char *text = NULL;
    edu_status status = edu_canonicalize(
        fx_bytes("{\"b\":[1.5,\"\\u00e9\",{\"z\":null,\"a\":true}],\"a\":1e21}"), &text, error);
    edu_free(text);
    return status;
}

static edu_status draw_code(call *c, edu_error *error)
{
    char *text = NULL;
    edu_status status = edu_qr_svg(stage_code(), &text, error);
    edu_free(text);
    return status;
}

static edu_status make_sort_key(call *c, edu_error *error)
{
    char *text = NULL;
    edu_status status = edu_sort_key("az", "İsmayılova Şəhla", &text, error);
    edu_free(text);
    return status;
}

/* ---- forms ---- */

static struct form {
    json_t *schema, *hints, *data, *posted;
} form;

static void prepare_form(void)
{
    json_t *service = fx_example("services", "school_bus"),
           *request = json_object_get(service, "request");
    form.schema = json_incref(json_object_get(request, "form"));
    form.hints = json_incref(json_object_get(request, "hints"));
    form.data = json_pack("{s:i, s:[s], s:s, s:b, s:{s:s, s:s}, s:b}", "grade", 5, "ways", "home",
                          "stop", "market", "needs_help", 0, "contact", "name", "Leyla",
                          "telephone", "+994 50 123 45 67", "consent", 1);
    form.posted = json_pack("{s:s, s:[s], s:s, s:s}", "/grade", "5", "/ways", "home", "/stop",
                            "market", "/contact/name", "Leyla");
    ck_assert(form.schema && form.hints && form.data && form.posted);
    json_decref(service);
}

static edu_status check_form(call *c, edu_error *error)
{
    edu_form_report *report = NULL;
    edu_status status = edu_form_check(fx_bytes("{\"type\":\"object\",\"properties\":{\"a\":"
                                                "{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"},"
                                                "\"b\":{\"$ref\":\"#/$defs/n\"}},\"$defs\":{\"n\":"
                                                "{\"type\":\"integer\",\"minimum\":3}}}"),
                                       fx_bytes("{\"a\":\"XYZ\",\"b\":2}"), false, &report, error);
    if (status == EDU_OK)
        c->count = (int64_t)json_array_size(report->errors);
    edu_free(report);
    return status;
}

static edu_status accept_form(call *c, edu_error *error)
{
    edu_form_report *report = NULL;
    edu_status status = edu_form_accept(form.schema, form.data, &report, error);
    if (status == EDU_OK)
        c->count = (int64_t)json_array_size(report->errors);
    edu_free(report);
    return status;
}

static edu_status check_hints(call *c, edu_error *error)
{
    return edu_form_check_hints(form.schema, form.hints, error);
}

static edu_status viewed(call *c, edu_status status, edu_form_view *view)
{
    if (status == EDU_OK) {
        scarce_hold(true);
        char *text = json_dumps(view->content, JSON_COMPACT);
        c->count = (int64_t)strlen(text);
        scarce_release(text);
        scarce_hold(false);
    }
    edu_free(view);
    return status;
}

static edu_status show_form(call *c, edu_error *error)
{
    edu_form_view *view = NULL;
    edu_status status = edu_form_show(form.schema, form.hints, form.data, "az", &view, error);
    return viewed(c, status, view);
}

static edu_status read_form(call *c, edu_error *error)
{
    edu_form_view *view = NULL;
    edu_status status = edu_form_read(form.schema, form.posted, &view, error);
    return viewed(c, status, view);
}

/* ---- all ---- */

static void prepare_transcript(void)
{
    static char path[128];
    edu_transcript_part_page *page = NULL;
    (void)snprintf(path, sizeof path, "%s/transcript.jsonl", stage_folder());
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    FX_OK(edu_sitting_transcript_parts(stage_session(ACTOR_CLERK), stage_sitting(SITTING_CONFIRMED),
                                       NULL, EDU_PAGE_MAX, &page, error));
    for (size_t i = 0; i < page->count; i++)
        fputs(page->items[i].text, file);
    ck_assert_ptr_null(page->next);
    edu_free(page);
    ck_assert_int_eq(fclose(file), 0);
    made.transcript_path = path;
}

void more_trials_prepare(void)
{
    edu_document *bundle = NULL;
    stage_open();
    FX_OK(edu_portal_public_keys(stage_session(ACTOR_NOBODY), &made.keys, error));
    FX_OK(edu_certificate_bundle(stage_session(ACTOR_NOBODY), &bundle, error));
    made.bundle = strdup(bundle->content.data);
    edu_free(bundle);
    target one = stage_target(ACTOR_CLERK, TARGET_INSTITUTIONS);
    FX_OK(edu_certificate_file(stage_session(ACTOR_CLERK), one.person, one.certificate, "pdf",
                               &made.paper, error));
    prepare_transcript();
    prepare_form();
    stage_close();
}

/* ---- where the matrix has refusals alone ---- */

static target the_pupil(void)
{
    return stage_target(ACTOR_PUPIL, TARGET_OWN);
}

static void allow_finance(void)
{
    FX_OK(edu_account_grant(stage_session(ACTOR_OPERATOR),
                            stage_target(ACTOR_ADMIN, TARGET_OWN).person, "finance", "", "", NULL,
                            error));
}

static void route(void)
{
    target of = the_pupil();
    FX_OK(edu_appeal_route(stage_session(ACTOR_CLERK), of.person, of.appeal, NULL, NULL, "schools",
                           NULL, error));
}

static edu_id executor(void)
{
    return stage_target(ACTOR_STEWARD, TARGET_OWN).person;
}

static void assign(void)
{
    target of = the_pupil();
    route();
    FX_OK(edu_appeal_assign(stage_session(ACTOR_CLERK), of.person, of.appeal, executor(), NULL,
                            error));
}

static void ask(void)
{
    target of = the_pupil();
    assign();
    FX_OK(edu_appeal_ask(stage_session(ACTOR_STEWARD), of.person, of.appeal, "Which class?", NULL,
                         error));
}

static void answer(void)
{
    target of = the_pupil();
    assign();
    FX_OK(edu_appeal_answer(stage_session(ACTOR_STEWARD), of.person, of.appeal, "Mended.", NULL,
                            error));
}

static void approve(void)
{
    target of = the_pupil();
    answer();
    FX_OK(edu_appeal_approve(stage_session(ACTOR_CLERK), of.person, of.appeal, 0, NULL, error));
}

static void send_answer(void)
{
    target of = the_pupil();
    approve();
    FX_OK(edu_appeal_send(stage_session(ACTOR_STEWARD), of.person, of.appeal, 0, NULL, error));
}

static edu_status assign_appeal(call *c, edu_error *error)
{
    return edu_appeal_assign(c->session, c->target.person, c->target.appeal, executor(), c->key,
                             error);
}

#define PURE(name, call)                                                                           \
    {                                                                                              \
#name, call, ACTOR_CLERK, TARGET_INSTITUTIONS                                              \
    }
#define MORE(name, how, call, actor, kind)                                                         \
    {                                                                                              \
#name " (" how ")", call, actor, kind                                                      \
    }

#define DEEP(name, call, actor, prepare)                                                           \
    {                                                                                              \
#name " (deep)", call, actor, TARGET_OWN, prepare                                          \
    }

const trial more_trials[] = {
    PURE(edu_portal_open, open_portal),
    MORE(edu_portal_open, "creates", create_portal, ACTOR_CLERK, TARGET_NOTHING),
    PURE(edu_portal_restore, restore_portal),
    PURE(edu_portal_close, open_portal),
    PURE(edu_session_open, open_session),
    PURE(edu_session_sign_in, sign_in),
    MORE(edu_session_sign_in, "wrongly", sign_in_wrongly, ACTOR_CLERK, TARGET_NOTHING),
    PURE(edu_session_resume, resume),
    PURE(edu_session_operator, open_operator),
    PURE(edu_session_close, close_without_memory),
    PURE(edu_free, close_without_memory),
    PURE(edu_status_name, need_nothing),
    PURE(edu_id_format, need_nothing),
    PURE(edu_id_parse, need_nothing),
    PURE(edu_version, need_nothing),
    PURE(edu_allocation_distance, need_nothing),
    PURE(edu_allocation_lot, need_nothing),
    PURE(edu_allocation_solve, solve),
    PURE(edu_allocation_explain, explain),
    PURE(edu_allocation_read, read_files),
    PURE(edu_allocation_flows_csv, write_flows),
    PURE(edu_allocation_transcript, write_transcript),
    PURE(edu_allocation_open, open_plan),
    PURE(edu_allocation_close, open_plan),
    PURE(edu_allocation_add, add_to_plan),
    PURE(edu_allocation_remove, remove_from_plan),
    PURE(edu_allocation_current, read_plan),
    PURE(edu_seating_solve, seat),
    PURE(edu_match_solve, match_arrays),
    PURE(edu_match_check, check_match),
    PURE(edu_match, match_files),
    PURE(edu_match_verify, verify_match),
    PURE(edu_verify, verify),
    PURE(edu_verify_offline, verify_offline),
    PURE(edu_file_text, read_text_of_file),
    PURE(edu_transcript_check, check_transcript),
    PURE(edu_canonicalize, make_canonical),
    PURE(edu_qr_svg, draw_code),
    PURE(edu_sort_key, make_sort_key),
    PURE(edu_form_check, check_form),
    PURE(edu_form_accept, accept_form),
    PURE(edu_form_check_hints, check_hints),
    PURE(edu_form_show, show_form),
    PURE(edu_form_read, read_form),
    DEEP(edu_payment_invoice, NULL, ACTOR_ADMIN, allow_finance),
    DEEP(edu_payment_waive, NULL, ACTOR_ADMIN, allow_finance),
    DEEP(edu_payment_cancel, NULL, ACTOR_ADMIN, allow_finance),
    DEEP(edu_appeal_assign, assign_appeal, ACTOR_CLERK, route),
    DEEP(edu_appeal_ask, NULL, ACTOR_STEWARD, assign),
    DEEP(edu_appeal_reply, NULL, ACTOR_PUPIL, ask),
    DEEP(edu_appeal_answer, NULL, ACTOR_STEWARD, assign),
    DEEP(edu_appeal_approve, NULL, ACTOR_CLERK, answer),
    DEEP(edu_appeal_return, NULL, ACTOR_CLERK, answer),
    DEEP(edu_appeal_send, NULL, ACTOR_STEWARD, approve),
    DEEP(edu_appeal_rate, NULL, ACTOR_PUPIL, send_answer),
    DEEP(edu_appeal_reopen, NULL, ACTOR_PUPIL, send_answer),
    DEEP(edu_appeal_publish, NULL, ACTOR_CLERK, send_answer),
};
const size_t more_trial_count = EI_COUNT(more_trials);

/* ---- of the matrix ---- */

static int64_t worth(const cell *one)
{
    if (!one->is_there)
        return -1;
    return one->status == EDU_OK ? 1000 + one->count : 0;
}

trial trial_of(const function *f)
{
    trial best = {f->name, f->call, ACTOR_NOBODY, TARGET_NOTHING};
    int64_t most = -1;
    for (enum target_kind kind = 0; kind < TARGETS; kind++)
        for (enum actor actor = 0; actor < ACTORS; actor++)
            if (worth(&f->cells[kind][actor]) > most) {
                most = worth(&f->cells[kind][actor]);
                best.actor = actor;
                best.kind = kind;
            }
    return best;
}
