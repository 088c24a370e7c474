/* Figures: everything that they say is counted again here, of what the test itself did. */
#include "olympiad_world.h"
#include "../tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY (24 * 60 * FX_MINUTE)
#define BAKU (4 * 60 * FX_MINUTE)
#define END (FX_START + 700 * DAY)

static const edu_id none = {{0}};

static void setup(void)
{
    fx_setup();
    fx_portal()->utc_offset_minutes = (int32_t)(BAKU / FX_MINUTE);
    fx_publish(edu_calendar_publish, fx_example("calendars", "az"));
    fx_publish(edu_service_publish, fx_example("services", "club"));
    fx_publish(edu_service_publish, fx_example("services", "school_bus"));
    fx_publish(edu_service_publish, fx_example("services", "appeal"));
    fx_publish(edu_service_publish, fx_example("services", "reference"));
}

/* ---- what is told ---- */

static edu_statistics *of_service(edu_session *session, const char *service)
{
    edu_statistics *out = NULL;
    FX_OK(edu_statistics_applications(session, service, FX_START - DAY, END, &out, error));
    return out;
}

static json_t *line(const edu_statistics *figures, const char *group, const char *code)
{
    json_t *one;
    size_t at;
    json_array_foreach(json_object_get(figures->groups, group), at, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "code")), code) == 0)
            return one;
    }
    return NULL;
}

/* -1 for null. */
static int64_t value(const edu_statistics *figures, const char *group, const char *code,
                     const char *measure)
{
    json_t *of = line(figures, group, code), *found = json_object_get(of, measure);
    ck_assert_msg(found != NULL, "no %s of %s %s", measure, group, code);
    return json_is_null(found) ? -1 : json_integer_value(found);
}

static size_t lines(const edu_statistics *figures, const char *group)
{
    return json_array_size(json_object_get(figures->groups, group));
}

/* ---- many applications, at random ---- */

#define CHILDREN 12
#define STEPS 500
#define MOST STEPS

/* What the test knows of an application. */
typedef struct known {
    int child;
    edu_id id;
    edu_time submitted, decided; /* decided: 0 where it is not */
    edu_time due;                /* 0: none */
    const char *state;
    bool is_open, is_late;
} known;

static known all[MOST];
static size_t known_count;
static known *open_of[CHILDREN];
static uint32_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static const char *number_of(int child)
{
    static char number[16];
    (void)snprintf(number, sizeof number, "PUP%04d", child + 1);
    return number;
}

static json_t *bus_form(void)
{
    return json_pack("{s:i, s:[s], s:s, s:b, s:{s:s, s:s}, s:b}", "grade", 5, "ways", "home",
                     "stop", "market", "needs_help", false, "contact", "name", "Ana", "telephone",
                     "+994501234567", "consent", true);
}

static void look(known *one)
{
    edu_request *request = NULL;
    FX_OK(
        edu_request_get(fx_operator(), fx_person(number_of(one->child)), one->id, &request, error));
    ck_assert_str_eq(request->state, one->state);
    one->due = request->due == EDU_TIME_NONE ? 0 : request->due;
    edu_free(request);
}

static void submit(int child, edu_id bus, known *one)
{
    edu_id draft, person = fx_person(number_of(child));
    edu_request_receipt *receipt = NULL;
    json_t *form = bus_form();
    FX_OK(edu_draft_save(fx_operator(), person, bus, one ? one->id : none, form, NULL, NULL, &draft,
                         error));
    json_decref(form);
    FX_OK(edu_request_submit(fx_operator(), person, draft, NULL, &receipt, error));
    if (!one) {
        one = open_of[child] = &all[known_count++];
        *one = (known){
            .child = child, .id = receipt->id, .submitted = receipt->submitted, .is_open = true};
    }
    one->state = "submitted";
    edu_free(receipt);
    look(one);
}

static void end(known *one, const char *state, bool by_applicant)
{
    one->state = state;
    one->is_open = false;
    if (!by_applicant)
        one->decided = fx_now();
    open_of[one->child] = NULL;
    look(one);
}

static void act(edu_session *session, known *one, const char *action, json_t *corrections)
{
    const char *reason = strcmp(action, "refuse") == 0 ? "Yer yoxdur" : NULL;
    FX_OK(edu_request_act(session, fx_person(number_of(one->child)), one->id, action, reason,
                          corrections, NULL, error));
    json_decref(corrections);
}

static const char *login_of(int child)
{
    return child == 0 ? "pupil1" : child == 4 ? "pupil5" : child == 8 ? "pupil9" : NULL;
}

static void decide(known *one)
{
    uint32_t what = draw(4);
    one->is_late |= what < 3 && one->due <= fx_now();
    if (what == 0) {
        act(fx_operator(), one, "approve", NULL);
        end(one, "approved", false);
    } else if (what == 1) {
        act(fx_operator(), one, "refuse", NULL);
        end(one, "refused", false);
    } else if (what == 2) {
        act(fx_operator(), one, "return",
            json_pack("[{s:s, s:s}]", "field", "/contact/telephone", "text", "Nömrəni yazın"));
        one->state = "returned";
        look(one);
    }
}

/* The system drops who does not answer. */
static void let_time_pass(void)
{
    int32_t done;
    FX_OK(edu_request_clock(fx_operator(), 200, &done, error));
    for (int child = 0; child < CHILDREN; child++)
        if (open_of[child] && strcmp(open_of[child]->state, "returned") == 0 &&
            open_of[child]->due <= fx_now())
            end(open_of[child], "lapsed", false);
}

static void one_step(edu_id bus)
{
    int child = (int)draw(CHILDREN);
    known *one = open_of[child];
    fx_clock_add((edu_time)draw(30 * 60) * FX_MINUTE + 17000011);
    let_time_pass();
    one = open_of[child];
    if (!one) {
        submit(child, bus, NULL);
    } else if (login_of(child) && draw(3) == 0) {
        one->is_late |= strcmp(one->state, "submitted") == 0 && one->due <= fx_now();
        act(fx_fresh(login_of(child)), one, "withdraw", NULL);
        end(one, "withdrawn", true);
    } else if (strcmp(one->state, "submitted") == 0) {
        decide(one);
    } else if (draw(2) == 0) {
        submit(child, bus, one);
    }
}

/* ---- counted again ---- */

static const char *region_of(const known *one)
{
    return one->child < 8 ? "BA" : "GN";
}

static edu_date day_of(edu_time at)
{
    return ei_date_from_days((int32_t)((at + BAKU) / DAY));
}

static bool is_in(const known *one, const char *group, const char *code)
{
    char day[11];
    edu_date date = day_of(one->submitted);
    ei_date_format(date, day);
    if (strcmp(group, "state") == 0)
        return strcmp(one->state, code) == 0;
    if (strcmp(group, "region") == 0)
        return strcmp(region_of(one), code) == 0;
    if (strcmp(group, "month") == 0)
        return strncmp(day, code, 7) == 0;
    if (strcmp(group, "week") == 0) {
        edu_date monday;
        ck_assert(ei_date_parse(code, &monday));
        int32_t behind = ei_date_to_days(date) - ei_date_to_days(monday);
        return behind >= 0 && behind < 7;
    }
    return strcmp(group, "all") == 0;
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

typedef struct counted {
    int64_t received, open, overdue, decided, in_time, withdrawn, median, most;
} counted;

static counted recount(const char *group, const char *code, const char *region)
{
    counted sum = {0};
    int64_t days[MOST];
    for (size_t i = 0; i < known_count; i++) {
        const known *one = &all[i];
        if (!is_in(one, group, code) || (region && strcmp(region_of(one), region) != 0))
            continue;
        bool is_late = one->is_late || (one->due && one->due <= fx_now());
        sum.received++;
        sum.open += one->is_open;
        sum.overdue += one->is_open && is_late;
        sum.in_time += one->decided && !is_late;
        sum.withdrawn += !one->is_open && !one->decided;
        if (one->decided)
            days[sum.decided++] = (one->decided - one->submitted) / DAY;
    }
    qsort(days, (size_t)sum.decided, sizeof *days, by_size);
    sum.median = sum.decided ? days[(sum.decided + 1) / 2 - 1] : -1;
    sum.most = sum.decided ? days[(sum.decided * 9 + 9) / 10 - 1] : -1;
    return sum;
}

static void compare_line(const edu_statistics *figures, const char *group, const char *code,
                         const char *region)
{
    counted sum = recount(group, code, region);
    bool is_hidden = sum.received > 0 && sum.received < 5;
    const struct {
        const char *measure;
        int64_t value;
    } expected[] = {{"open", sum.open},           {"overdue", sum.overdue},
                    {"decided", sum.decided},     {"in_time", sum.in_time},
                    {"withdrawn", sum.withdrawn}, {"median", sum.median},
                    {"percentile_90", sum.most}};
    ck_assert_int_eq(value(figures, group, code, "received"), sum.received);
    ck_assert_int_eq(json_is_true(json_object_get(line(figures, group, code), "is_hidden")),
                     is_hidden);
    for (size_t i = 0; i < EI_COUNT(expected); i++)
        ck_assert_msg(value(figures, group, code, expected[i].measure) ==
                          (is_hidden ? -1 : expected[i].value),
                      "%s of %s %s: %lld instead of %lld", expected[i].measure, group, code,
                      (long long)value(figures, group, code, expected[i].measure),
                      (long long)expected[i].value);
}

static void compare(edu_session *session, const char *region)
{
    static const char *const groups[] = {"all", "state", "region", "month", "week"};
    edu_statistics *figures = of_service(session, "school_bus");
    for (size_t i = 0; i < EI_COUNT(groups); i++) {
        json_t *one;
        size_t at;
        int64_t sum = 0;
        json_array_foreach(json_object_get(figures->groups, groups[i]), at, one)
        {
            const char *code = json_string_value(json_object_get(one, "code"));
            compare_line(figures, groups[i], code, region);
            sum += json_integer_value(json_object_get(one, "received"));
        }
        ck_assert_int_eq(sum, recount("all", "", region).received);
    }
    edu_free(figures);
}

START_TEST(figures_are_what_was_done)
{
    edu_document *file = NULL;
    known_count = 0;
    memset(open_of, 0, sizeof open_of);
    seed = (uint32_t)_i * 7919 + 1;
    edu_id bus = fx_id("SELECT id FROM offering WHERE service = 'school_bus'");
    for (int i = 0; i < STEPS; i++)
        one_step(bus);
    ck_assert(known_count > 100);
    ck_assert(recount("all", "", NULL).overdue > 0 && recount("all", "", NULL).withdrawn > 0);
    ck_assert(recount("all", "", NULL).in_time < recount("all", "", NULL).decided);
    compare(fx_operator(), NULL);
    compare(fx_fresh("clerk.gn"), "GN");
    FX_OK(edu_statistics_applications_csv(fx_operator(), "school_bus", FX_START - DAY, END, &file,
                                          error));
    counted sum = recount("all", "", NULL);
    char expected[256];
    (void)snprintf(expected, sizeof expected,
                   "group,code,title,received,open,overdue,decided,in_time,withdrawn,median_days,"
                   "percentile_90_days\r\nall,,,%d,%d,%d,%d,%d,%d,%d,%d\r\n",
                   (int)sum.received, (int)sum.open, (int)sum.overdue, (int)sum.decided,
                   (int)sum.in_time, (int)sum.withdrawn, (int)sum.median, (int)sum.most);
    ck_assert_msg(strncmp(file->content.data, expected, strlen(expected)) == 0, "%.300s\n%s",
                  (const char *)file->content.data, expected);
    edu_free(file);
}
END_TEST

/* ---- places, and who sees what ---- */

static edu_id group_of(const char *institution, const char *code, int32_t places)
{
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    edu_id id;
    input.service = "club";
    input.code = code;
    input.title = json_pack("{s:s, s:s}", "az", institution, "en", institution);
    input.institution = institution;
    input.opens = FX_START - DAY;
    input.closes = FX_START + 30 * DAY;
    input.is_published = true;
    input.places = places;
    FX_OK(edu_offering_put(fx_operator(), &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

static edu_id apply(int child, edu_id group)
{
    edu_id draft, person = fx_person(number_of(child));
    edu_request_receipt *receipt = NULL;
    json_t *form = json_pack("{s:s}", "phone", "+994 50 123 45 67");
    FX_OK(edu_draft_save(fx_operator(), person, group, none, form, NULL, NULL, &draft, error));
    FX_OK(edu_request_submit(fx_operator(), person, draft, NULL, &receipt, error));
    json_decref(form);
    edu_id id = receipt->id;
    edu_free(receipt);
    return id;
}

START_TEST(a_place_is_a_decision_and_staff_count_what_is_theirs)
{
    edu_id s1 = group_of("S1", "one", 5), s3 = group_of("S3", "three", -1), first = none;
    for (int child = 0; child < 7; child++) {
        edu_id id = apply(child, s1);
        first = child == 0 ? id : first;
    }
    for (int child = 8; child < 11; child++)
        (void)apply(child, s3);
    fx_clock_add(6 * DAY + FX_MINUTE);
    /* Who gives up a place was decided on, and the next of the list is now. */
    FX_OK(edu_request_act(fx_fresh("pupil1"), fx_person("PUP0001"), first, "withdraw", NULL, NULL,
                          NULL, error));

    edu_statistics *figures = of_service(fx_fresh("clerk"), "club");
    ck_assert_int_eq(value(figures, "all", "", "received"), 10);
    ck_assert_int_eq(value(figures, "all", "", "decided"), 9);
    ck_assert_int_eq(value(figures, "all", "", "open"), 1);
    ck_assert_int_eq(value(figures, "all", "", "withdrawn"), 0);
    ck_assert_int_eq(value(figures, "all", "", "median"), 0);
    ck_assert_int_eq(value(figures, "all", "", "percentile_90"), 6);
    ck_assert_ptr_null(json_object_get(line(figures, "all", ""), "in_time"));
    ck_assert_int_eq(value(figures, "institution", "S1", "decided"), 6);
    ck_assert_int_eq(value(figures, "institution", "S3", "received"), 3);
    ck_assert_int_eq(value(figures, "institution", "S3", "decided"), -1);
    ck_assert_int_eq(value(figures, "state", "waiting", "stage"), 2);
    ck_assert_int_eq(value(figures, "state", "withdrawn", "stage"), -1);
    json_t *states = json_object_get(figures->groups, "state");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(states, 0), "code")),
                     "waiting");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(states, 2), "code")),
                     "withdrawn");
    /* The larger first. */
    json_t *what = json_array_get(json_object_get(figures->groups, "what"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(what, "title")), "S1");
    ck_assert_int_eq(json_integer_value(json_object_get(what, "count")), 1);
    edu_free(figures);

    figures = of_service(fx_fresh("school1"), "club");
    ck_assert_int_eq(value(figures, "all", "", "received"), 7);
    ck_assert_uint_eq(lines(figures, "institution"), 1);
    ck_assert_uint_eq(lines(figures, "region"), 1);
    edu_free(figures);
    figures = of_service(fx_fresh("school2"), "club");
    ck_assert_int_eq(value(figures, "all", "", "received"), 0);
    ck_assert_uint_eq(lines(figures, "what"), 0);
    edu_free(figures);
    figures = of_service(fx_fresh("clerk.gn"), "club");
    ck_assert_int_eq(value(figures, "all", "", "received"), 3);
    ck_assert_int_eq(value(figures, "institution", "S3", "received"), 3);
    ck_assert_ptr_null(line(figures, "institution", "S1"));
    edu_free(figures);
}
END_TEST

START_TEST(periods_and_services_are_judged)
{
    edu_statistics *out = NULL;
    edu_document *file = NULL;
    edu_session *clerk = fx_session("clerk");
    FX_FAILS_WITH(EDU_E_INVALID, "statistics.period",
                  edu_statistics_applications(clerk, "club", FX_START, FX_START, &out, error));
    FX_FAILS_WITH(EDU_E_INVALID, "statistics.period",
                  edu_statistics_applications(clerk, "club", FX_START, FX_START + 21 * 366 * DAY,
                                              &out, error));
    FX_FAILS_WITH(EDU_E_INVALID, "statistics.period",
                  edu_statistics_payments(fx_operator(), EDU_TIME_NONE, FX_START, &out, error));
    FX_FAILS_WITH(EDU_E_UNSUPPORTED, "statistics.service",
                  edu_statistics_applications(clerk, "appeal", FX_START, END, &out, error));
    FX_FAILS(EDU_E_NOT_FOUND,
             edu_statistics_applications(clerk, "nothing", FX_START, END, &out, error));
    FX_FAILS(EDU_E_DENIED, edu_statistics_applications(fx_session("steward"), "nothing", FX_START,
                                                       END, &out, error));
    FX_FAILS(EDU_E_DENIED, edu_statistics_applications(fx_session("school1"), "reference", FX_START,
                                                       END, &out, error));
    FX_FAILS(EDU_E_DENIED, edu_statistics_payments_csv(clerk, FX_START, END, &file, error));
    FX_FAILS(EDU_E_UNAUTHENTICATED,
             edu_statistics_certificates(fx_nobody(), FX_START, END, &out, error));
    out = of_service(clerk, "club");
    ck_assert_int_eq(value(out, "all", "", "received"), 0);
    ck_assert_int_eq(value(out, "all", "", "median"), -1);
    ck_assert_uint_eq(lines(out, "month"), 0);
    ck_assert_ptr_null(json_object_get(out->groups, "day"));
    edu_free(out);
}
END_TEST

/* ---- a day ends at midnight of the portal; days without any are shown ---- */

START_TEST(days_are_those_of_the_portal)
{
    edu_statistics *out = NULL;
    edu_id s1 = group_of("S1", "one", -1);
    /* 23:59 in Baku, and two minutes later. */
    fx_clock_set(FX_START + 11 * 60 * FX_MINUTE + 59 * FX_MINUTE);
    (void)apply(0, s1);
    fx_clock_add(2 * FX_MINUTE);
    (void)apply(1, s1);
    fx_clock_add(3 * DAY);
    (void)apply(2, s1);
    FX_OK(edu_statistics_applications(fx_operator(), "club", FX_START, FX_START + 30 * DAY, &out,
                                      error));
    static const int64_t expected[] = {1, 1, 0, 0, 1};
    ck_assert_uint_eq(lines(out, "day"), EI_COUNT(expected));
    for (int i = 0; i < 5; i++) {
        char day[11];
        ei_date_format((edu_date){2026, 9, (int8_t)(21 + i)}, day);
        ck_assert_int_eq(value(out, "day", day, "received"), expected[i]);
    }
    ck_assert_int_eq(value(out, "week", "2026-09-21", "received"), 3);
    ck_assert_int_eq(value(out, "month", "2026-09", "received"), 3);
    edu_free(out);
    /* Only what lies in the period. */
    FX_OK(edu_statistics_applications(fx_operator(), "club", FX_START + DAY, FX_START + 30 * DAY,
                                      &out, error));
    ck_assert_int_eq(value(out, "all", "", "received"), 1);
    edu_free(out);
}
END_TEST

/* ---- more lines than are told ---- */

START_TEST(the_smallest_are_told_together)
{
    edu_statistics *out = NULL;
    edu_document *file = NULL;
    edu_id group = group_of("S1", "one", -1);
    for (int child = 0; child < 6; child++)
        (void)apply(child, group);
    for (int i = 0; i < EDU_STATISTICS_LINES + 4; i++) {
        char code[8];
        (void)snprintf(code, sizeof code, "g%03d", i);
        edu_offering_input input = EDU_OFFERING_INPUT_INIT;
        edu_id id;
        input.service = "club";
        input.code = code;
        input.title = json_pack("{s:s, s:s}", "az", code, "en", code);
        input.institution = "S2";
        input.opens = FX_START - DAY;
        input.closes = FX_START + 30 * DAY;
        input.is_published = true;
        FX_OK(edu_offering_put(fx_operator(), &input, NULL, &id, error));
        json_decref(input.title);
        (void)apply(0, id);
    }
    out = of_service(fx_operator(), "club");
    ck_assert_uint_eq(lines(out, "what"), EDU_STATISTICS_LINES + 1);
    ck_assert_int_eq(value(out, "what", "*", "count"), 5);
    ck_assert_int_eq(value(out, "what", "*", "received"), 5);
    ck_assert_int_eq(value(out, "what", "*", "decided"), 5);
    edu_free(out);
    FX_OK(
        edu_statistics_applications_csv(fx_operator(), "club", FX_START - DAY, END, &file, error));
    size_t found = 0;
    for (const char *at = file->content.data; (at = strstr(at, "\nwhat,")) != NULL; at++)
        found++;
    ck_assert_uint_eq(found, EDU_STATISTICS_LINES + 5);
    edu_free(file);
}
END_TEST

/* ---- references and certificates ---- */

static void enrol(const char *number)
{
    edu_import_report *report = NULL;
    char csv[512];
    (void)snprintf(csv, sizeof csv,
                   "number,institution,programme,degree,form,funding,year,since,until,state\n"
                   "%s,S1,Riyaziyyat,bachelor,full_time,state,2,2025-09-15,,studying\n",
                   number);
    FX_OK(edu_register_import(fx_operator(), "higher_study", fx_bytes(csv), NULL, &report, error));
    edu_free(report);
}

static void ask(const char *login, const char *number, const char *type, const char *state,
                edu_id *out)
{
    edu_reference *one = NULL;
    FX_OK(
        edu_reference_request(fx_session(login), fx_person(number), type, none, NULL, &one, error));
    ck_assert_str_eq(one->state, state);
    *out = one->id;
    edu_free(one);
}

START_TEST(references_and_what_was_issued)
{
    edu_statistics *out = NULL;
    edu_document *file = NULL;
    edu_id refused;
    fx_publish(edu_register_publish, fx_example("registers", "higher_study"));
    fx_publish(edu_reference_publish, fx_example("references", "higher_student"));
    fx_publish(edu_reference_publish, fx_example("references", "higher_graduate"));
    static const struct {
        const char *login, *number;
    } whose[] = {{"pupil1", "PUP0001"},
                 {"parent1", "PUP0002"},
                 {"pupil5", "PUP0005"},
                 {"pupil9", "PUP0009"},
                 {"stranger", "STR0001"}};
    for (size_t i = 0; i < EI_COUNT(whose); i++) {
        enrol(whose[i].number);
        ask(whose[i].login, whose[i].number, "higher_student", "issued", &refused);
    }
    ask("pupil5", "PUP0005", "higher_graduate", "waiting", &refused);
    ask("pupil1", "PUP0001", "higher_graduate", "waiting", &refused);
    fx_clock_add(9 * DAY);
    FX_OK(edu_reference_refuse(fx_fresh("clerk"), fx_person("PUP0001"), refused, "Yoxdur", NULL,
                               error));
    out = of_service(fx_fresh("clerk"), "reference");
    ck_assert_int_eq(value(out, "all", "", "received"), 7);
    ck_assert_int_eq(value(out, "all", "", "decided"), 6);
    ck_assert_int_eq(value(out, "all", "", "open"), 1);
    ck_assert_int_eq(value(out, "all", "", "median"), 0);
    ck_assert_int_eq(value(out, "all", "", "percentile_90"), 9);
    ck_assert_int_eq(value(out, "state", "issued", "received"), 5);
    ck_assert_int_eq(value(out, "state", "refused", "received"), 1);
    ck_assert_ptr_null(json_object_get(out->groups, "region"));
    ck_assert_str_ne(
        json_string_value(json_object_get(line(out, "what", "higher_student"), "title")),
        "higher_student");
    edu_free(out);

    FX_OK(edu_statistics_certificates(fx_fresh("clerk"), FX_START - DAY, END, &out, error));
    ck_assert_int_eq(value(out, "all", "", "issued"), 5);
    ck_assert_int_eq(value(out, "all", "", "revoked"), 0);
    ck_assert_str_ne(
        json_string_value(json_object_get(line(out, "what", "reference.higher_student"), "title")),
        "reference.higher_student");
    edu_free(out);
    fx_run("UPDATE certificate SET is_current = 0, is_latest = 0 WHERE number = "
           "(SELECT MIN(number) FROM certificate)");
    FX_OK(edu_statistics_certificates_csv(fx_fresh("clerk"), FX_START - DAY, END, &file, error));
    ck_assert_msg(
        strncmp(file->content.data, "group,code,title,issued,revoked\r\nall,,,5,1\r\n", 44) == 0,
        "%.200s", (const char *)file->content.data);
    edu_free(file);
}
END_TEST

/* ---- olympiads ---- */

START_TEST(registrations_of_an_olympiad)
{
    world w;
    edu_statistics *out = NULL;
    edu_id applications[60];
    world_make(&w);
    world_register(&w, 0, 60, applications);
    for (int i = 0; i < 7; i++)
        FX_OK(edu_olympiad_withdraw(w.clerk, w.pupils[i], applications[i], NULL, error));
    FX_OK(edu_statistics_applications(w.clerk, "olympiad", WORLD_OPENS - DAY, WORLD_OPENS + DAY,
                                      &out, error));
    ck_assert_int_eq(value(out, "all", "", "received"), 60);
    ck_assert_int_eq(value(out, "all", "", "withdrawn"), 7);
    ck_assert_int_eq(value(out, "all", "", "open"), 53);
    ck_assert_int_eq(value(out, "all", "", "median"), -1);
    ck_assert_int_eq(value(out, "state", "registered", "received"), 53);
    ck_assert_uint_eq(lines(out, "what"), 1);
    size_t at;
    json_t *one;
    json_array_foreach(json_object_get(out->groups, "institution"), at, one)
    {
        char sql[256];
        (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM entry WHERE institution = '%s'",
                       json_string_value(json_object_get(one, "code")));
        ck_assert_int_eq(json_integer_value(json_object_get(one, "received")), fx_int(sql));
    }
    ck_assert_uint_gt(at, 1);
    edu_free(out);
    FX_OK(edu_statistics_applications(w.school, "olympiad", WORLD_OPENS - DAY, WORLD_OPENS + DAY,
                                      &out, error));
    ck_assert_uint_eq(lines(out, "institution"), 1);
    edu_free(out);
}
END_TEST

/* ---- money ---- */

#define INVOICES 40

static edu_session *finance(void)
{
    return fx_fresh("steward"); /* STF0008 */
}

static edu_id invoice(int number, const char *currency, int64_t amount, edu_date due)
{
    edu_id id;
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    input.person_id = fx_person(number_of(number % CHILDREN));
    input.kind = number % 3 ? "tuition" : "diploma";
    input.title = json_pack("{s:s, s:s}", "az", "Haqq", "en", "Fee");
    input.amount = amount;
    input.currency = currency;
    input.due = due;
    FX_OK(edu_payment_invoice(finance(), &input, NULL, &id, error));
    json_decref(input.title);
    return id;
}

typedef struct sums {
    int64_t invoices, invoiced, waived, cancelled, outstanding, overdue;
} sums;

static void compare_sums(const edu_statistics *figures, const char *group, const char *code,
                         const char *currency, const sums *expected)
{
    json_t *one, *found = NULL;
    size_t at;
    json_array_foreach(json_object_get(figures->groups, group), at, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "code")), code) == 0 &&
            strcmp(json_string_value(json_object_get(one, "currency")), currency) == 0)
            found = one;
    }
    ck_assert_ptr_nonnull(found);
    const struct {
        const char *measure;
        int64_t value;
    } all_sums[] = {{"invoices", expected->invoices},
                    {"invoiced", expected->invoiced},
                    {"waived", expected->waived},
                    {"cancelled", expected->cancelled},
                    {"outstanding", expected->outstanding},
                    {"overdue", expected->overdue},
                    {"paid", 0},
                    {"refunded", 0}};
    for (size_t i = 0; i < EI_COUNT(all_sums); i++)
        ck_assert_msg(json_integer_value(json_object_get(found, all_sums[i].measure)) ==
                          all_sums[i].value,
                      "%s of %s %s %s", all_sums[i].measure, group, code, currency);
}

START_TEST(what_was_invoiced_is_waived_cancelled_paid_or_outstanding)
{
    edu_statistics *out = NULL;
    edu_document *file = NULL;
    static const char *const currencies[] = {"AZN", "EUR"};
    sums by_currency[2] = {{0}}, by_kind[2][2] = {{{0}}};
    seed = 5;
    FX_OK(edu_account_grant(fx_operator(), fx_person("STF0008"), "finance", "", "", NULL, error));
    for (int i = 0; i < INVOICES; i++) {
        int currency = i % 4 == 3, what = (int)draw(4);
        int64_t amount = 1000 + draw(100000), waived = what == 1 ? 1 + draw(900) : 0;
        bool is_due = draw(2), is_cancelled = what == 2;
        edu_id id = invoice(i, currencies[currency], amount,
                            is_due ? (edu_date){2026, 9, 22} : (edu_date){2027, 9, 22});
        edu_id person = fx_person(number_of(i % CHILDREN));
        if (waived)
            FX_OK(edu_payment_waive(finance(), person, id, waived, "Güzəşt", NULL, error));
        if (is_cancelled)
            FX_OK(edu_payment_cancel(finance(), person, id, "Səhv", NULL, error));
        sums *const into[] = {&by_currency[currency], &by_kind[i % 3 != 0][currency]};
        for (size_t k = 0; k < 2; k++) {
            int64_t rest = amount - waived;
            into[k]->invoices++;
            into[k]->invoiced += amount;
            into[k]->waived += waived;
            into[k]->cancelled += is_cancelled ? rest : 0;
            into[k]->outstanding += is_cancelled ? 0 : rest;
            into[k]->overdue += is_cancelled || !is_due ? 0 : rest;
        }
    }
    fx_clock_add(5 * DAY);
    FX_OK(edu_statistics_payments(fx_operator(), FX_START - DAY, END, &out, error));
    ck_assert_uint_eq(lines(out, "all"), 2);
    for (int i = 0; i < 2; i++) {
        compare_sums(out, "all", "", currencies[i], &by_currency[i]);
        compare_sums(out, "month", "2026-09", currencies[i], &by_currency[i]);
        compare_sums(out, "what", "", currencies[i], &by_currency[i]);
        compare_sums(out, "kind", "diploma", currencies[i], &by_kind[0][i]);
        compare_sums(out, "kind", "tuition", currencies[i], &by_kind[1][i]);
    }
    edu_free(out);
    /* Paid is what the invoice took. */
    fx_run("UPDATE invoice SET waived = 0, paid = amount, refunded = 1, state = 'settled' "
           "WHERE state = 'open'");
    FX_OK(edu_statistics_payments_csv(fx_operator(), FX_START - DAY, END, &file, error));
    char expected[256];
    int64_t paid = fx_int("SELECT CAST(SUM(paid) AS BIGINT) FROM invoice WHERE currency = 'AZN'"),
            paid_ones = fx_int("SELECT COUNT(*) FROM invoice WHERE currency = 'AZN' AND paid > 0");
    (void)snprintf(expected, sizeof expected,
                   "group,code,title,currency,invoices,invoiced_minor,waived_minor,cancelled_minor,"
                   "paid_minor,refunded_minor,outstanding_minor,overdue_minor\r\n"
                   "all,,,AZN,%lld,%lld,0,%lld,%lld,%lld,0,0\r\n",
                   (long long)by_currency[0].invoices, (long long)by_currency[0].invoiced,
                   (long long)by_currency[0].cancelled, (long long)paid, (long long)paid_ones);
    ck_assert_msg(strncmp(file->content.data, expected, strlen(expected)) == 0, "%.400s\n%s",
                  (const char *)file->content.data, expected);
    edu_free(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statistics");
    TCase *tests = tcase_create("applications"), *rounds = tcase_create("olympiads");
    tcase_set_timeout(tests, 240);
    tcase_set_timeout(rounds, 240);
    tcase_add_checked_fixture(tests, setup, fx_teardown);
    tcase_add_checked_fixture(rounds, NULL, fx_teardown);
    tcase_add_loop_test(tests, figures_are_what_was_done, 0, 2);
    tcase_add_test(tests, a_place_is_a_decision_and_staff_count_what_is_theirs);
    tcase_add_test(tests, periods_and_services_are_judged);
    tcase_add_test(tests, days_are_those_of_the_portal);
    tcase_add_test(tests, the_smallest_are_told_together);
    tcase_add_test(tests, references_and_what_was_issued);
    tcase_add_test(tests, what_was_invoiced_is_waived_cancelled_paid_or_outstanding);
    tcase_add_test(rounds, registrations_of_an_olympiad);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, rounds);
    return tap_run(suite);
}
