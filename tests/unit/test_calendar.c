/* Working days and deadlines: against published days, a table of cases with their reasoning, and a
 * slow reference on random calendars. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "workflow/calendar.h"
#include "../tap.h"

#define MINUTE INT64_C(60000000)
#define DAY_MINUTES 1440

static edu_bytes file(const char *folder, const char *name)
{
    char path[512];
    edu_bytes out;
    (void)snprintf(path, sizeof path, "%s/%s", getenv(folder), name);
    FX_OK(ei_file_read(path, 1 << 22, &out, error));
    return out;
}

static json_t *az_json(void)
{
    edu_bytes text = file("EDU_ROOT", "examples/data/calendars/az.json");
    json_t *json = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    ei_free((void *)(uintptr_t)text.data);
    return json;
}

static ei_calendar *made(json_t *json)
{
    ei_calendar *calendar = NULL;
    FX_OK(ei_calendar_make(json, &calendar, error));
    json_decref(json);
    return calendar;
}

static int32_t day(const char *text)
{
    edu_date date;
    ck_assert_msg(ei_date_parse(text, &date), "%s", text);
    return ei_date_to_days(date);
}

/* ---- the days ---- */

static bool is_kind(ei_day_kind kind, const char *published)
{
    static const char *const names[] = {"",        "worked_weekend", "",
                                        "holiday", "substitute",     "moved_rest_day"};
    return strcmp(names[kind], published) == 0;
}

/* Every day of the published years, and no other, is what was published of it. */
START_TEST(days_are_as_published)
{
    static const char *const columns[] = {"date", "day", "kind", "name_az", "name_en", NULL};
    ei_calendar *calendar = made(az_json());
    edu_bytes text = file("EDU_SHARED", "data/az-calendar.csv");
    const char *const *fields;
    int counts[6] = {0};
    bool more;
    ei_csv *csv;
    int32_t next = day("2020-01-01");
    FX_OK(ei_csv_open(text, columns, &csv, error));
    do {
        FX_OK(ei_csv_next(csv, &fields, &more, error));
        int32_t until = more ? day(fields[0]) : day("2025-01-01");
        for (ei_day one; next < until; next++) {
            ck_assert(ei_calendar_day(calendar, next, &one));
            ck_assert_msg(one.kind == EI_DAY_WORKING || one.kind == EI_DAY_WEEKEND, "day %d: %s",
                          next, ei_day_kind_name(one.kind));
        }
        ei_day one;
        if (more) {
            ck_assert(ei_calendar_day(calendar, next++, &one));
            ck_assert_msg(is_kind(one.kind, fields[2]), "%s: %s instead of %s", fields[0],
                          ei_day_kind_name(one.kind), fields[2]);
            counts[one.kind]++;
        }
    } while (more);
    ck_assert_int_eq(counts[EI_DAY_HOLIDAY], 100);
    ck_assert_int_eq(counts[EI_DAY_SUBSTITUTE], 28);
    ei_csv_close(csv);
    ei_free((void *)(uintptr_t)text.data);
    ei_calendar_free(calendar);
}
END_TEST

/* Novruz of 2026 with the feast of Ramadan on its first two days: Saturday and Sunday give a day
 * each, and so does each day on which the two meet. */
START_TEST(feasts_that_meet_give_another_day)
{
    static const char *const free_days[] = {"2026-03-25", "2026-03-26", "2026-03-27", "2026-03-30"};
    static const char *const stand_for[] = {"2026-03-21", "2026-03-20", "2026-03-21", "2026-03-22"};
    json_t *json = az_json();
    size_t i;
    json_t *holiday;
    json_array_foreach(
        json_object_get(json, "holidays"), i,
        holiday) if (strcmp(json_string_value(json_object_get(holiday, "code")), "ramadan") == 0)
        json_array_append_new(json_object_get(holiday, "dates"), json_string("2026-03-20"));
    ei_calendar *calendar = made(json);
    int stands[4] = {0};
    for (i = 0; i < EI_COUNT(free_days); i++) {
        ei_day one;
        ck_assert(ei_calendar_day(calendar, day(free_days[i]), &one));
        ck_assert_int_eq(one.kind, EI_DAY_SUBSTITUTE);
        for (size_t j = 0; j < EI_COUNT(stand_for); j++)
            stands[j] += one.other == day(stand_for[j]);
    }
    ck_assert_int_eq(stands[0], 2);
    ck_assert_int_eq(stands[1], 1);
    ck_assert_int_eq(stands[3], 1);
    ei_day after;
    ck_assert(ei_calendar_day(calendar, day("2026-03-31"), &after));
    ck_assert_int_eq(after.kind, EI_DAY_WORKING);
    ei_calendar_free(calendar);
}
END_TEST

typedef struct faulty {
    const char *change, *field;
} faulty;

static const faulty faults[] = {
    {"{\"weekend\": [1, 8]}", "/weekend/1"},
    {"{\"hours\": []}", "/hours"},
    {"{\"hours\": [[\"09:00\", \"08:00\"]]}", "/hours/0"},
    {"{\"hours\": [[\"9:00\", \"18:00\"]]}", "/hours/0"},
    {"{\"hours\": [[\" 9:00\", \"18:00\"]]}", "/hours/0"},
    {"{\"hours\": [[\"+9:00\", \"18:00\"]]}", "/hours/0"},
    {"{\"hours\": [[\"09:+5\", \"18:00\"]]}", "/hours/0"},
    {"{\"hours\": [[\"09:60\", \"18:00\"]]}", "/hours/0"},
    {"{\"hours\": [[\"09:00\", \"24:01\"]]}", "/hours/0"},
    {"{\"hours\": [[9, \"18:00\"]]}", "/hours/0"},
    {"{\"hours\": [[\"09:00\", \"13:00\"], [\"12:00\", \"18:00\"]]}", "/hours/1"},
    {"{\"years\": {\"from\": 2030, \"until\": 2020}}", "/years"},
    {"{\"years\": {\"from\": 1900, \"until\": 2200}}", "/years"},
    {"{\"utc_offset\": 4000}", "/utc_offset"},
    {"{\"announced\": 2061}", "/announced"},
    {"{\"eve_minutes\": 240}", "/eve_minutes"},
    {"{\"received_late\": \"never\"}", "/received_late"},
    {"{\"due\": 1}", "/due"},
    {"{\"colour\": \"red\"}", "/colour"},
    {"{\"calendar\": \"A Z\"}", "/calendar"},
    {"{\"title\": {}}", "/title"},
    {"{\"holidays\": {}}", "/holidays"},
    {"{\"holidays\": [{\"code\": \"x\", \"title\": {\"az\": \"x\", \"en\": \"x\", \"ru\": \"x\"},"
     " \"moves\": \"nothing\", \"month\": 2, \"day\": 30}]}",
     "/holidays/0"},
    {"{\"holidays\": [{\"code\": \"x\", \"title\": {\"az\": \"x\", \"en\": \"x\", \"ru\": \"x\"},"
     " \"moves\": \"nothing\", \"dates\": [\"2024-02-30\"]}]}",
     "/holidays/0/dates/0"},
    {"{\"holidays\": [{\"code\": \"x\", \"title\": {\"az\": \"x\"}, \"moves\": \"nothing\"}]}",
     "/holidays/0/title/en"},
    {"{\"moved_days\": [{\"rest\": \"2024-03-08\", \"worked\": \"2024-03-09\"}]}",
     "/moved_days/0/rest"},
    {"{\"moved_days\": [{\"rest\": \"2024-03-06\", \"worked\": \"2024-03-07\"}]}",
     "/moved_days/0/worked"},
    {"{\"moved_days\": [{\"rest\": \"1999-03-06\", \"worked\": \"2024-03-07\"}]}",
     "/moved_days/0/rest"},
    {"{\"moved_days\": [{\"rest\": \"2024-03-06\"}]}", "/moved_days/0/worked"},
    {"{\"weekend\": 6}", "/weekend"},
    {"{\"weekend\": [1,2,3,4,5,6,7]}", "/weekend"},
    {"{\"weekend\": [0]}", "/weekend/0"},
    {"{\"weekend\": [\"6\"]}", "/weekend/0"},
    {"{\"hours\": 9}", "/hours"},
    {"{\"hours\": [[\"09:00\"]]}", "/hours/0"},
    {"{\"hours\": "
     "[[\"08:00\",\"09:00\"],[\"09:00\",\"10:00\"],[\"10:00\",\"11:00\"],[\"11:00\",\"12:00\"],["
     "\"12:00\",\"13:00\"]]}",
     "/hours"},
    {"{\"years\": 7}", "/years"},
    {"{\"years\": {\"from\": \"2019\", \"until\": 2060}}", "/years/from"},
    {"{\"years\": {\"from\": 1899, \"until\": 2060}}", "/years/from"},
    {"{\"years\": {\"from\": 2019, \"until\": 2201}}", "/years/until"},
    {"{\"announced\": \"2024\"}", "/announced"},
    {"{\"eve_minutes\": -1}", "/eve_minutes"},
    {"{\"received_late\": 7}", "/received_late"},
    {"{\"calendar\": 7}", "/calendar"},
    {"{\"title\": 7}", "/title"},
    {"{\"holidays\": [7]}", "/holidays/0"},
    {"{\"holidays\": [{\"code\": \"X\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}}]}",
     "/holidays/0/code"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"all\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}}]}",
     "/holidays/0/moves"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": 7, \"title\": {\"az\": \"x\", \"en\": \"x\", "
     "\"ru\": \"x\"}}]}",
     "/holidays/0/moves"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}}]}",
     "/holidays/0"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"month\": 1}]}",
     "/holidays/0"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"day\": 1}]}",
     "/holidays/0"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"month\": 13, \"day\": 1}]}",
     "/holidays/0/month"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"month\": 1, \"day\": 0}]}",
     "/holidays/0/day"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"month\": 1, \"day\": 1, \"days\": 32}]}",
     "/holidays/0/days"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"month\": 1, \"day\": 1, \"since\": \"now\"}]}",
     "/holidays/0/since"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"month\": 1, \"day\": 1, \"until\": 10000}]}",
     "/holidays/0/until"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"month\": 1, \"dates\": [\"2024-01-01\"]}]}",
     "/holidays/0"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"day\": 1, \"dates\": [\"2024-01-01\"]}]}",
     "/holidays/0"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"dates\": 7}]}",
     "/holidays/0/dates"},
    {"{\"holidays\": [{\"code\": \"x\", \"moves\": \"nothing\", \"title\": {\"az\": \"x\", \"en\": "
     "\"x\", \"ru\": \"x\"}, \"dates\": [7]}]}",
     "/holidays/0/dates/0"},
    {"{\"moved_days\": 7}", "/moved_days"},
    {"{\"moved_days\": [7]}", "/moved_days/0"},
    {"{\"moved_days\": [{\"rest\": 7, \"worked\": \"2024-03-09\"}]}", "/moved_days/0/rest"},
    {"{\"moved_days\": [{\"rest\": \"2024-03-06\", \"worked\": \"2061-01-01\"}]}",
     "/moved_days/0/worked"},
};

START_TEST(faults_are_told_with_their_place)
{
    const faulty *one = &faults[_i];
    json_t *json = az_json(), *change = json_loads(one->change, 0, NULL);
    ei_calendar *calendar = NULL;
    edu_error told = EDU_ERROR_INIT;
    ck_assert_int_eq(json_object_update(json, change), 0);
    ck_assert_int_eq(ei_calendar_make(json, &calendar, &told), EDU_E_INVALID);
    ck_assert_str_eq(told.field, one->field);
    ck_assert_ptr_null(calendar);
    json_decref(json);
    json_decref(change);
}
END_TEST

/* ---- the table of cases ---- */

static edu_time local(const char *text)
{
    char zoned[40];
    edu_time time;
    (void)snprintf(zoned, sizeof zoned, "%.19s+04:00", text);
    ck_assert_msg(ei_time_parse(zoned, &time), "%s", zoned);
    return time;
}

static ei_calendar *with_rules(const char *rules, const char *added)
{
    json_t *json = az_json();
    if (strstr(rules, "same_day"))
        json_object_set_new(json, "received_late", json_string("same_day"));
    if (strstr(rules, "midnight"))
        json_object_set_new(json, "due", json_string("midnight"));
    json_t *dates = json_array();
    for (; *added; added += strcspn(added, " "), added += *added == ' ')
        json_array_append_new(dates, json_stringn(added, 10));
    json_t *holiday =
        json_pack("{s:s, s:{s:s, s:s, s:s}, s:s, s:o}", "code", "added", "title", "az", "Əlavə",
                  "en", "Added", "ru", "Добавлен", "moves", "rest_day", "dates", dates);
    json_array_append_new(json_object_get(json, "holidays"), holiday);
    return made(json);
}

static size_t read_pauses(const char *text, ei_pause *out)
{
    size_t count = 0;
    for (; *text; text += *text == ' ') {
        ei_pause *pause = &out[count++];
        const char *until = strchr(text, '/') + 1;
        *pause = (ei_pause){local(text), EDU_TIME_NONE};
        if (*until && *until != ' ')
            pause->until = local(until);
        text = until + strcspn(until, " ");
    }
    return count;
}

static ei_term_unit unit_of(const char *name)
{
    return strcmp(name, "days") == 0           ? EI_TERM_DAYS
           : strcmp(name, "working_days") == 0 ? EI_TERM_WORKING_DAYS
                                               : EI_TERM_WORKING_MINUTES;
}

/* The trace ends with the day that was computed, and counts as far as the term is long. */
static void explanation_fits(const ei_calendar *calendar, const ei_term *term,
                             const ei_deadline *deadline)
{
    json_t *trace = NULL, *step;
    int32_t counted = 0;
    size_t i;
    FX_OK(ei_deadline_explain(calendar, term, &trace, error));
    json_array_foreach(trace, i, step) if (json_is_integer(json_object_get(step, "counted")))
        ck_assert_int_eq(json_integer_value(json_object_get(step, "counted")), ++counted);
    const json_t *last = json_array_get(trace, json_array_size(trace) - 1);
    const char *role = json_string_value(json_object_get(last, "role"));
    if (deadline->day != INT32_MIN && deadline->day != deadline->day_zero)
        ck_assert_str_eq(role, "due");
    if (deadline->day != INT32_MIN)
        ck_assert_int_eq(day(json_string_value(json_object_get(last, "date"))), deadline->day);
    if (term->unit == EI_TERM_WORKING_DAYS)
        ck_assert_int_eq(counted, term->count + term->extra - deadline->left);
    json_decref(trace);
}

START_TEST(cases_hold)
{
    static const char *const columns[] = {"group", "received",  "unit",  "count",
                                          "extra", "pauses",    "rules", "added",
                                          "due",   "reasoning", NULL};
    edu_bytes text = file("EDU_ROOT", "tests/unit/deadline_cases.csv");
    const char *const *fields;
    bool more;
    int count = 0;
    ei_csv *csv;
    FX_OK(ei_csv_open(text, columns, &csv, error));
    for (;; count++) {
        ei_pause pauses[8];
        ei_deadline deadline;
        FX_OK(ei_csv_next(csv, &fields, &more, error));
        if (!more)
            break;
        ei_calendar *calendar = with_rules(fields[6], fields[7]);
        ei_term term = {.received = local(fields[1]),
                        .unit = unit_of(fields[2]),
                        .count = atoi(fields[3]),
                        .extra = atoi(fields[4]),
                        .pause_count = read_pauses(fields[5], pauses),
                        .pauses = pauses};
        FX_OK(ei_deadline_compute(calendar, &term, &deadline, error));
        if (strncmp(fields[8], "paused ", 7) == 0) {
            ck_assert_msg(deadline.due == EDU_TIME_NONE && deadline.left == atoi(fields[8] + 7),
                          "line %ld: %d left: %s", (long)ei_csv_line(csv), deadline.left,
                          fields[9]);
        } else {
            char found[32];
            ei_time_format(deadline.due + 240 * MINUTE, found);
            ck_assert_msg(deadline.due == local(fields[8]), "line %ld: %s instead of %s: %s",
                          (long)ei_csv_line(csv), found, fields[8], fields[9]);
        }
        explanation_fits(calendar, &term, &deadline);
        ei_calendar_free(calendar);
    }
    ck_assert_int_ge(count, 200);
    ei_csv_close(csv);
    ei_free((void *)(uintptr_t)text.data);
}
END_TEST

START_TEST(a_share_of_the_term_begins_with_work)
{
    static const struct {
        int count, percent;
        const char *begins;
    } cases[] = {{3, 75, "2024-02-29T09:00:00"},  {10, 75, "2024-03-07T09:00:00"},
                 {1, 75, "2024-02-27T09:00:00"},  {4, 50, "2024-02-29T09:00:00"},
                 {3, 100, "2024-02-29T09:00:00"}, {0, 75, "2024-02-26T10:00:00"}};
    ei_calendar *calendar = made(az_json());
    for (size_t i = 0; i < EI_COUNT(cases); i++) {
        ei_term term = {.received = local("2024-02-26T10:00:00"), .count = cases[i].count};
        edu_time at;
        FX_OK(ei_deadline_share(calendar, &term, cases[i].percent, &at, error));
        ck_assert_msg(at == local(cases[i].begins), "case %zu", i);
    }
    ei_calendar_free(calendar);
}
END_TEST

START_TEST(terms_have_bounds)
{
    ei_calendar *calendar = made(az_json());
    ei_pause backwards = {local("2024-02-27T10:00:00"), local("2024-02-26T10:00:00")};
    ei_deadline deadline;
    ei_term term = {.received = local("2024-02-26T10:00:00"), .count = -1};
    FX_FAILS(EDU_E_INVALID, ei_deadline_compute(calendar, &term, &deadline, error));
    term.count = EI_TERM_MAX;
    FX_FAILS(EDU_E_INVALID, ei_deadline_compute(calendar, &term, &deadline, error));
    term = (ei_term){.received = term.received, .pause_count = 1, .pauses = &backwards};
    FX_FAILS(EDU_E_INVALID, ei_deadline_compute(calendar, &term, &deadline, error));
    term = (ei_term){.received = local("2061-01-01T10:00:00")};
    FX_FAILS(EDU_E_INVALID, ei_deadline_compute(calendar, &term, &deadline, error));
    term = (ei_term){.received = local("2018-12-31T10:00:00")};
    FX_FAILS(EDU_E_INVALID, ei_deadline_compute(calendar, &term, &deadline, error));
    ei_calendar_free(calendar);
}
END_TEST

START_TEST(the_calendar_is_exported)
{
    ei_calendar *calendar = made(az_json());
    ei_buffer text = {0};
    static const char *const kinds[] = {"", "worked; really", "", "", "instead", "moved"};
    FX_OK(ei_calendar_ics(calendar, 2024, "az", kinds, &text, error));
    int events = 0;
    for (const char *at = text.data; (at = strstr(at, "BEGIN:VEVENT\r\n")) != NULL; at++)
        events++;
    ck_assert_int_eq(events, 39);
    ck_assert_ptr_nonnull(strstr(text.data, "DTSTART;VALUE=DATE:20240320\r\n"
                                            "DTEND;VALUE=DATE:20240321\r\n"
                                            "SUMMARY:Novruz bayramı\r\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "SUMMARY:worked\\; really: 2024-04-12\r\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "SUMMARY:instead: Novruz bayramı\\, 2024-03-23\r\n"));
    for (const char *line = text.data; *line; line = strstr(line, "\r\n") + 2)
        ck_assert_uint_le(strcspn(line, "\r"), 75);
    FX_FAILS(EDU_E_INVALID, ei_calendar_ics(calendar, 2061, "az", kinds, &text, error));
    ei_buffer_free(&text);
    ei_calendar_free(calendar);
}
END_TEST

/* ---- random calendars, day by day ---- */

#define RANDOM_CALENDARS TAP_MANY(100000)
#define SPAN 731
#define FIRST_YEAR 2023 /* and the leap year after it */

static uint64_t seed;

static uint32_t roll(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

/* What the reference knows: a rule book of its own, asked afresh for each day. */
typedef struct reference {
    int32_t first;
    bool weekend[7], is_late_next, is_midnight;
    int eve;
    int holidays;
    struct {
        int month, day, length, moves;
    } holiday[6];
    bool worked[SPAN];
    int movers[SPAN];
} reference;

static const edu_date *date_of(const reference *book, int32_t at)
{
    static edu_date dates[SPAN + 8];
    if (dates[0].year == 0)
        for (int i = 0; i < SPAN + 8; i++)
            dates[i] = ei_date_from_days(book->first - 8 + i);
    return &dates[at - book->first + 8];
}

static int movers_of(const reference *book, int32_t at, bool *meets, bool *is_holiday)
{
    int movers = 0;
    *meets = *is_holiday = false;
    for (int i = 0; i < book->holidays; i++)
        for (int back = 0; back < book->holiday[i].length; back++) {
            const edu_date *date = date_of(book, at - back);
            if (date->month != book->holiday[i].month || date->day != book->holiday[i].day)
                continue;
            *is_holiday = true;
            movers += book->holiday[i].moves > 0;
            *meets |= book->holiday[i].moves == 2;
            break;
        }
    return movers;
}

static void fill_days(reference *book)
{
    int owed = 0;
    for (int i = 0; i < SPAN; i++) {
        bool meets, is_holiday;
        bool is_weekend = book->weekend[(book->first + i + 3) % 7];
        book->movers[i] = movers_of(book, book->first + i, &meets, &is_holiday);
        book->worked[i] = !is_weekend && !is_holiday;
        if (book->worked[i] && owed > 0) {
            book->worked[i] = false;
            owed--;
        }
        owed += is_holiday && is_weekend && book->movers[i] > 0;
        owed += meets && book->movers[i] > 1;
    }
}

static json_t *texts(void)
{
    return json_pack("{s:s}", "en", "x");
}

static json_t *random_calendar(reference *book)
{
    static const char *const moves[] = {"nothing", "rest_day", "meeting_too"};
    json_t *weekend = json_array(), *holidays = json_array(), *moved = json_array();
    *book = (reference){.first = ei_date_to_days((edu_date){FIRST_YEAR, 1, 1}),
                        .is_late_next = roll(2),
                        .is_midnight = roll(2),
                        .eve = roll(2) ? 60 : 0,
                        .holidays = (int)roll(7)};
    for (int i = 0; i < 7; i++)
        if ((book->weekend[i] = roll(4) == 0) && json_array_size(weekend) < 6)
            json_array_append_new(weekend, json_integer(i + 1));
        else
            book->weekend[i] = false;
    for (int i = 0; i < book->holidays; i++) {
        book->holiday[i].month = (int)roll(12) + 1;
        book->holiday[i].day = (int)roll(28) + 1;
        book->holiday[i].length = (int)roll(5) + 1;
        book->holiday[i].moves = (int)roll(3);
        json_array_append_new(holidays,
                              json_pack("{s:s, s:o, s:s, s:i, s:i, s:i}", "code", "x", "title",
                                        texts(), "moves", moves[book->holiday[i].moves], "month",
                                        book->holiday[i].month, "day", book->holiday[i].day, "days",
                                        book->holiday[i].length));
    }
    fill_days(book);
    for (int i = 0; i < 5; i++) {
        int rest = (int)roll(SPAN), worked = (int)roll(SPAN);
        char days[2][11];
        bool meets, is_holiday;
        (void)movers_of(book, book->first + worked, &meets, &is_holiday);
        if (!book->worked[rest] || book->weekend[(book->first + rest + 3) % 7] ||
            book->worked[worked] || is_holiday || !book->weekend[(book->first + worked + 3) % 7])
            continue;
        book->worked[rest] = false;
        book->worked[worked] = true;
        ei_date_format(ei_date_from_days(book->first + rest), days[0]);
        ei_date_format(ei_date_from_days(book->first + worked), days[1]);
        json_array_append_new(moved, json_pack("{s:s, s:s}", "rest", days[0], "worked", days[1]));
    }
    return json_pack(
        "{s:s, s:o, s:{s:i, s:i}, s:i, s:o, s:[[s, s], [s, s]], s:i, s:s, s:s, s:o, s:o}",
        "calendar", "x", "title", texts(), "years", "from", FIRST_YEAR, "until", FIRST_YEAR + 1,
        "utc_offset", 240, "weekend", weekend, "hours", "09:00", "13:00", "14:00", "18:00",
        "eve_minutes", book->eve, "received_late",
        book->is_late_next ? "next_working_day" : "same_day", "due",
        book->is_midnight ? "midnight" : "closing", "holidays", holidays, "moved_days", moved);
}

static int closing(const reference *book, int at)
{
    return at + 1 < SPAN && book->movers[at + 1] > 0 ? 18 * 60 - book->eve : 18 * 60;
}

/* The day as which a minute counts; SPAN beyond the end. */
static int day_of(const reference *book, int64_t minute)
{
    int at = (int)(minute / DAY_MINUTES);
    if (!book->is_late_next)
        return at;
    if (book->worked[at] && minute % DAY_MINUTES < closing(book, at))
        return at;
    do
        at++;
    while (at < SPAN && !book->worked[at]);
    return at;
}

typedef struct answer {
    bool is_beyond, is_paused;
    int64_t due; /* minutes from the first day */
    int left;
} answer;

typedef struct question {
    int64_t received, from[3], until[3]; /* minutes; until: -1 while it lasts */
    int pauses, count;
    ei_term_unit unit;
} question;

static bool is_at_work(const reference *book, int64_t minute)
{
    int at = (int)(minute / DAY_MINUTES), of_day = (int)(minute % DAY_MINUTES);
    return book->worked[at] &&
           ((of_day >= 540 && of_day < 780) || (of_day >= 840 && of_day < closing(book, at)));
}

static answer slow_minutes(const reference *book, const question *asked)
{
    int left = asked->count;
    int64_t minute = asked->received;
    for (; minute < (int64_t)SPAN * DAY_MINUTES; minute++) {
        bool is_out = false;
        if (!is_at_work(book, minute))
            continue;
        for (int i = 0; i < asked->pauses; i++) {
            bool has_begun = asked->from[i] <= minute;
            if (has_begun && asked->until[i] < 0)
                return (answer){.is_paused = true, .left = left};
            is_out |= has_begun && minute < asked->until[i];
        }
        if (!is_out && --left == 0)
            return (answer){.due = minute + 1};
    }
    return (answer){.is_beyond = true};
}

static answer slow_days(const reference *book, const question *asked)
{
    int zero = day_of(book, asked->received), ends[3], at = zero, left = asked->count;
    if (zero >= SPAN)
        return (answer){.is_beyond = true};
    for (int i = 0; i < asked->pauses; i++) {
        ends[i] = asked->until[i] < 0 ? INT32_MAX : day_of(book, asked->until[i]);
        if (ends[i] == SPAN)
            return (answer){.is_beyond = true};
    }
    while (left > 0) {
        bool is_out = false;
        at++;
        for (int i = 0; i < asked->pauses; i++) {
            bool has_begun = at > asked->from[i] / DAY_MINUTES;
            if (has_begun && ends[i] == INT32_MAX)
                return (answer){.is_paused = true, .left = left};
            is_out |= has_begun && at <= ends[i];
        }
        if (at >= SPAN)
            return (answer){.is_beyond = true};
        left -= !is_out && (asked->unit == EI_TERM_DAYS || book->worked[at]);
    }
    while (asked->unit == EI_TERM_DAYS && at < SPAN && !book->worked[at])
        at++;
    if (at >= SPAN)
        return (answer){.is_beyond = true};
    bool is_whole = book->is_midnight || !book->worked[at];
    return (answer){.due =
                        (int64_t)at * DAY_MINUTES + (is_whole ? DAY_MINUTES : closing(book, at))};
}

static question random_question(void)
{
    question asked = {.received = (int64_t)roll(500) * DAY_MINUTES + roll(DAY_MINUTES),
                      .pauses = (int)roll(4),
                      .unit = (ei_term_unit)roll(3)};
    asked.count = (int)roll(asked.unit == EI_TERM_WORKING_MINUTES ? 3000 : 40) + 1;
    for (int i = 0; i < asked.pauses; i++) {
        asked.from[i] = asked.received + roll(20 * DAY_MINUTES);
        asked.until[i] = roll(6) == 0 ? -1 : asked.from[i] + roll(12 * DAY_MINUTES);
    }
    return asked;
}

static void agrees(const reference *book, const ei_calendar *calendar, const question *asked)
{
    ei_pause pauses[3];
    ei_deadline deadline;
    edu_error told = EDU_ERROR_INIT;
    edu_time origin = ei_calendar_instant(calendar, book->first, 0);
    ei_term term = {.received = origin + asked->received * MINUTE,
                    .unit = asked->unit,
                    .count = asked->count,
                    .pause_count = (size_t)asked->pauses,
                    .pauses = pauses};
    for (int i = 0; i < asked->pauses; i++)
        pauses[i] =
            (ei_pause){origin + asked->from[i] * MINUTE,
                       asked->until[i] < 0 ? EDU_TIME_NONE : origin + asked->until[i] * MINUTE};
    answer wanted =
        asked->unit == EI_TERM_WORKING_MINUTES ? slow_minutes(book, asked) : slow_days(book, asked);
    edu_status status = ei_deadline_compute(calendar, &term, &deadline, &told);
    if (wanted.is_beyond) {
        ck_assert_msg(status == EDU_E_INVALID && strcmp(told.key, "calendar.beyond") == 0,
                      "seed %llu", (unsigned long long)seed);
        return;
    }
    ck_assert_msg(status == EDU_OK, "seed %llu: %s", (unsigned long long)seed, told.message);
    if (wanted.is_paused)
        ck_assert_msg(deadline.due == EDU_TIME_NONE && deadline.left == wanted.left,
                      "seed %llu: %d left instead of %d", (unsigned long long)seed, deadline.left,
                      wanted.left);
    else
        ck_assert_msg(deadline.due == origin + wanted.due * MINUTE,
                      "seed %llu: minute %lld instead of %lld", (unsigned long long)seed,
                      (long long)((deadline.due - origin) / MINUTE), (long long)wanted.due);
}

START_TEST(random_calendars_agree_with_counting)
{
    seed = 20261124;
    for (int i = 0; i < RANDOM_CALENDARS; i++) {
        reference book;
        ei_calendar *calendar = made(random_calendar(&book));
        for (int at = 0; at < SPAN; at++) {
            ei_day one;
            if (!ei_calendar_day(calendar, book.first + at, &one) ||
                ei_day_is_worked(one.kind) != book.worked[at])
                ck_abort_msg("seed %llu: day %d", (unsigned long long)seed, at);
        }
        question asked = random_question();
        agrees(&book, calendar, &asked);
        ei_calendar_free(calendar);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calendar");
    TCase *tests = tcase_create("calendar");
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, days_are_as_published);
    tcase_add_test(tests, feasts_that_meet_give_another_day);
    tcase_add_loop_test(tests, faults_are_told_with_their_place, 0, (int)EI_COUNT(faults));
    tcase_add_test(tests, cases_hold);
    tcase_add_test(tests, a_share_of_the_term_begins_with_work);
    tcase_add_test(tests, terms_have_bounds);
    tcase_add_test(tests, the_calendar_is_exported);
    tcase_add_test(tests, random_calendars_agree_with_counting);
    suite_add_tcase(suite, tests);
    return tap_run(suite);
}
