/* Calendars as people see them. */
#include <stdio.h>
#include <string.h>
#include "domain/calendar/calendar_store.h"
#include "calendar_sql.h"

#define CODE_MAX 64

edu_status edu_calendar_publish(edu_session *session, json_t *calendar, const char *key,
                                int32_t *version, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!calendar || !version)
        return ei_bad_argument(error, calendar ? "version" : "calendar");
    ei_calendar *checked;
    EI_TRY(ei_calendar_make(calendar, &checked, error));
    ei_publication wanted = {.action = "calendar.publish",
                             .code = json_string_value(json_object_get(calendar, "calendar")),
                             .document = calendar,
                             .newest = sql_calendar_newest,
                             .add = sql_calendar_add};
    edu_status status = ei_publish(session, &wanted, key, version, error);
    ei_calendar_free(checked);
    return status;
}

/* ---- reading ---- */

static edu_status make_stored(ei_rows *rows, int column, ei_calendar **out, edu_error *error)
{
    edu_bytes text = ei_column_bytes(rows, column);
    json_t *json;
    EI_TRY(ei_json_read(text.data, text.size, &json, error));
    edu_status status = ei_calendar_make(json, out, error);
    json_decref(json);
    return status;
}

static edu_status not_published(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "calendar.not_found", NULL,
                   "there is no such calendar; publish it first");
}

static void release(void *calendar)
{
    ei_calendar_free(calendar);
}

static edu_status make(json_t *json, void **out, edu_error *error)
{
    ei_calendar *made = NULL;
    edu_status status = ei_calendar_make(json, &made, error);
    *out = made;
    return status;
}

#define DOCUMENT_COLUMN 2

static const ei_kept_plan kept = {.kind = EI_KEPT_CALENDAR,
                                  .newest = sql_calendar_newest,
                                  .get = sql_calendar_get,
                                  .column = DOCUMENT_COLUMN,
                                  .make = make,
                                  .release = release,
                                  .missing = not_published};

edu_status ei_calendar_newest(edu_tx *tx, const char *code, int32_t *version, edu_error *error)
{
    return ei_kept_newest(tx, &kept, code, version, error);
}

edu_status ei_calendar_load(const edu_session *session, edu_tx *tx, const char *code,
                            int32_t version, const ei_calendar **out, int32_t *version_out,
                            edu_error *error)
{
    const void *found = NULL;
    edu_status status = ei_kept_load(session, tx, &kept, code, version, &found, version_out, error);
    *out = found;
    return status;
}

static edu_status fill(edu_calendar *out, ei_arena *arena, const edu_session *session,
                       const ei_calendar *calendar, edu_error *error)
{
    json_t *json = ei_calendar_json(calendar);
    const json_t *years = json_object_get(json, "years");
    out->code = ei_arena_strdup(arena, json_string_value(json_object_get(json, "calendar")));
    out->title = ei_arena_strdup(arena, ei_localised(session, json_object_get(json, "title")));
    out->year_from = (int32_t)json_integer_value(json_object_get(years, "from"));
    out->year_until = (int32_t)json_integer_value(json_object_get(years, "until"));
    const json_t *announced = json_object_get(json, "announced");
    out->announced = announced ? (int32_t)json_integer_value(announced) : out->year_until;
    out->document = json_incref(json);
    bool is_owned = ei_arena_own_json(arena, out->document);
    return is_owned && out->code && out->title ? EDU_OK : ei_no_memory(error);
}

static edu_status fill_row(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                           edu_error *error)
{
    edu_calendar *out = record;
    ei_calendar *calendar;
    EI_TRY(make_stored(rows, first + DOCUMENT_COLUMN, &calendar, error));
    out->version = (int32_t)ei_column_int(rows, first);
    out->published = ei_column_time(rows, first + 1);
    edu_status status = fill(out, arena, context, calendar, error);
    ei_calendar_free(calendar);
    return status;
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_calendar_list(tx, list->key.text[0], list->ask, rows, error);
}

edu_status edu_calendar_list(edu_session *session, const char *cursor, int32_t limit,
                             edu_calendar_page **out, edu_error *error)
{
    ei_list list = {
        .session = session,
        .open = open_list,
        .plan = {.shape = "t", .record = "edu_calendar", .limit = limit, .fill = fill_row}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* What one read of a calendar gives. */
typedef struct one_calendar {
    edu_session *session;
    const char *code;
    int32_t version;
    const ei_calendar *calendar;
} one_calendar;

static edu_status load_run(edu_tx *tx, void *context, edu_error *error)
{
    one_calendar *one = context;
    return ei_calendar_load(one->session, tx, one->code, one->version, &one->calendar,
                            &one->version, error);
}

static edu_status load(one_calendar *one, const void *out, edu_error *error)
{
    EI_TRY(ei_session_check(one->session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_check_text(one->code, CODE_MAX, false, "/code", error));
    return ei_read(one->session, load_run, one, error);
}

typedef struct calendar_read {
    edu_session *session;
    const char *code;
    int32_t version;
    edu_calendar *out;
} calendar_read;

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    calendar_read *read = context;
    ei_rows rows;
    bool row = false;
    int32_t version = read->version;
    if (version == 0)
        EI_TRY(ei_calendar_newest(tx, read->code, &version, error));
    EI_TRY(sql_calendar_get(tx, read->code, version, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status =
            row ? fill_row(&rows, 0, ei_record_arena(read->out), read->out, read->session, error)
                : not_published(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_calendar_get(edu_session *session, const char *code, int32_t calendar_version,
                            edu_calendar **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_check_text(code, CODE_MAX, false, "/code", error));
    calendar_read read = {session, code, calendar_version, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- a year ---- */

static json_t *day_json(const edu_session *session, int32_t number, const ei_day *day)
{
    char date[11], other[11] = "", title[512] = "";
    ei_date_format(ei_date_from_days(number), date);
    if (day->kind >= EI_DAY_SUBSTITUTE || day->kind == EI_DAY_WORKED_REST)
        ei_date_format(ei_date_from_days(day->other), other);
    if (day->titles[0])
        (void)snprintf(title, sizeof title, "%s%s%s", ei_localised(session, day->titles[0]),
                       day->titles[1] ? " / " : "",
                       day->titles[1] ? ei_localised(session, day->titles[1]) : "");
    return json_pack("{s:s, s:s, s:s*, s:s*}", "date", date, "kind", ei_day_kind_name(day->kind),
                     "title", title[0] ? title : NULL, "other", other[0] ? other : NULL);
}

static edu_status beyond(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "calendar.beyond", "/year",
                   "the calendar does not have this year");
}

static edu_status fill_year(edu_calendar_year *out, ei_arena *arena, const edu_session *session,
                            const one_calendar *one, edu_error *error)
{
    int32_t at = ei_date_to_days((edu_date){(int16_t)out->year, 1, 1});
    int32_t end = ei_date_to_days((edu_date){(int16_t)out->year, 12, 31});
    out->code = ei_arena_strdup(arena, one->code);
    out->version = one->version;
    out->days = json_array();
    if (!out->days || !ei_arena_own_json(arena, out->days) || !out->code)
        return ei_no_memory(error);
    for (ei_day day; at <= end; at++) {
        if (!ei_calendar_day(one->calendar, at, &day))
            return beyond(error);
        out->worked += ei_day_is_worked(day.kind);
        json_t *made = day_json(session, at, &day);
        if (!made || json_array_append_new(out->days, made) != 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

edu_status edu_calendar_days(edu_session *session, const char *code, int32_t year,
                             edu_calendar_year **out, edu_error *error)
{
    one_calendar one = {.session = session, .code = code};
    ei_arena *arena;
    if (year < 1 || year > 9999)
        return beyond(error);
    EI_TRY(load(&one, out, error));
    edu_calendar_year *made = ei_record_new(sizeof *made, &arena);
    edu_status status = made ? EDU_OK : ei_no_memory(error);
    if (made) {
        made->year = year;
        status = fill_year(made, arena, session, &one, error);
    }
    if (status != EDU_OK)
        edu_free(made);
    else
        *out = made;
    return status;
}

edu_status edu_calendar_export(edu_session *session, const char *code, int32_t year,
                               edu_document **out, edu_error *error)
{
    one_calendar one = {.session = session, .code = code};
    ei_buffer text = {0};
    char name[CODE_MAX + 16];
    if (year < 1 || year > 9999)
        return beyond(error);
    EI_TRY(load(&one, out, error));
    edu_status status = ei_calendar_ics(one.calendar, year, session->language,
                                        ei_day_kind_words(session->language), &text, error);
    (void)snprintf(name, sizeof name, "%s-%d.ics", code, year);
    if (status == EDU_OK)
        status = ei_document(name, "text/calendar", &text, out, error);
    ei_buffer_free(&text);
    return status;
}
