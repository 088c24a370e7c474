/* Who sits where: the list of a centre, on the screen and on paper. */
#include "domain/sitting/sitting_store.h"

#include <stdio.h>
#include <string.h>
#include "credential/credential.h"
#include "domain/sitting/sitting_texts.h"
#include "domain/portal/words.h"
#include "sitting_sql.h"

#define SEATS_MAX 50000
#define COLUMNS 6

typedef struct attendance_filter {
    edu_id sitting_id;
    const char *centre;
} attendance_filter;

/* EDU_E_NOT_FOUND unless the actor is a steward of the centre or a clerk whose scope holds it. */
static edu_status covered_open(edu_session *session, edu_tx *tx, const attendance_filter *filter,
                               ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    bool row;
    EI_TRY(ei_sitting_require_centre_staff(session, tx, error));
    EI_TRY(
        sql_sitting_centre_covered(tx, &actor, filter->centre, &filter->sitting_id, rows, error));
    edu_status status = ei_rows_next(rows, &row, error);
    if (status == EDU_OK && !row)
        status = ei_sitting_not_found(error, "centre");
    if (status != EDU_OK)
        ei_rows_close(rows);
    return status;
}

static edu_status attendance_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const attendance_filter *filter = list->filter;
    edu_id actor = ei_session_actor(list->session);
    ei_rows covered;
    EI_TRY(covered_open(list->session, tx, filter, &covered, error));
    ei_rows_close(&covered);
    return sql_sitting_attendance(tx, &actor, &filter->sitting_id, filter->centre,
                                  list->key.text[0], list->key.integer[1], list->ask, rows, error);
}

static edu_status filter_check(edu_session *session, const attendance_filter *filter,
                               edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    return ei_check_text(filter->centre, EI_SITTING_CODE_MAX, false, "/centre", error);
}

edu_status edu_sitting_attendance(edu_session *session, edu_id sitting_id, const char *centre,
                                  const char *cursor, int32_t limit, edu_entry_page **out,
                                  edu_error *error)
{
    attendance_filter filter = {sitting_id, centre};
    EI_TRY(filter_check(session, &filter, error));
    ei_list list = {
        .session = session,
        .filter = &filter,
        .open = attendance_open,
        .reading = ei_reading_list("attendance"),
        .plan = {
            .shape = "ti", .record = "edu_entry", .limit = limit, .fill = ei_sitting_fill_entry}};
    ei_reading_about_id(&list.reading, "sitting", sitting_id);
    ei_reading_about(&list.reading, "centre", centre);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- on paper, one part a room ---- */

typedef struct paper {
    edu_session *session;
    attendance_filter filter;
    ei_arena *arena;
    const char *title, *subtitle;
    const char **cells; /* of all rooms, one behind the other */
    size_t seats, space;
    ei_table_section *sections;
    size_t rooms;
    bool is_pupils; /* of an olympiad: with school and grade */
} paper;

static size_t columns_of(const paper *sheet)
{
    return sheet->is_pupils ? COLUMNS : COLUMNS - 1;
}

static void paper_finish(paper *sheet)
{
    ei_arena_free(sheet->arena);
    ei_free(sheet->cells);
    ei_free(sheet->sections);
    sheet->arena = NULL;
    sheet->cells = NULL;
    sheet->sections = NULL;
    sheet->seats = sheet->space = sheet->rooms = 0;
}

static edu_status paper_head(paper *sheet, ei_rows *rows, edu_error *error)
{
    edu_session *session = sheet->session;
    const char *language = session->language;
    char date[EI_DATE_WORDS];
    int hour, minute;
    edu_date day =
        ei_time_civil(ei_column_time(rows, 4), session->portal->utc_offset_minutes, &hour, &minute);
    ei_date_words(language, day, date);
    sheet->is_pupils = ei_column_is_null(rows, 5);
    const char *season = ei_localised_text(sheet->arena, session, ei_column_text(rows, 2));
    if (season == NULL)
        return ei_no_memory(error);
    sheet->title = ei_arena_printf(sheet->arena, "%s: %s (%s)",
                                   ei_sitting_text_get(language, EI_TEXT_ATTENDANCE),
                                   ei_column_text(rows, 0), sheet->filter.centre);
    sheet->subtitle =
        ei_arena_printf(sheet->arena, "%s, %s, %02d:%02d", season, date, hour, minute);
    return sheet->title != NULL && sheet->subtitle != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status paper_grow(paper *sheet, edu_error *error)
{
    if (sheet->seats < sheet->space)
        return EDU_OK;
    if (sheet->seats == SEATS_MAX)
        return ei_fail(error, EDU_E_LIMIT, "sitting.attendance", "", "more than %d seats",
                       SEATS_MAX);
    size_t space = sheet->space != 0 ? sheet->space * 2 : 256;
    const char **cells = ei_realloc_array(sheet->cells, space * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return ei_no_memory(error);
    sheet->cells = cells;
    ei_table_section *sections = ei_realloc_array(sheet->sections, space, sizeof *sections);
    if (sections == NULL)
        return ei_no_memory(error);
    sheet->sections = sections;
    sheet->space = space;
    return EDU_OK;
}

static edu_status paper_room(paper *sheet, const char *room, edu_error *error)
{
    const char *title = ei_arena_printf(
        sheet->arena, "%s %s", ei_sitting_text_get(sheet->session->language, EI_TEXT_ROOM), room);
    if (title == NULL)
        return ei_no_memory(error);
    if (sheet->rooms == 0 || strcmp(sheet->sections[sheet->rooms - 1].title, title) != 0)
        sheet->sections[sheet->rooms++] = (ei_table_section){.title = title};
    sheet->sections[sheet->rooms - 1].rows++;
    return EDU_OK;
}

static edu_status paper_seat(paper *sheet, const edu_entry *entry, edu_error *error)
{
    EI_TRY(paper_grow(sheet, error));
    EI_TRY(paper_room(sheet, entry->room, error));
    const char **cells = sheet->cells + sheet->seats * columns_of(sheet);
    cells[0] = entry->seat;
    cells[1] = ei_arena_printf(sheet->arena, "%s %s", entry->family, entry->given);
    cells[2] = sheet->is_pupils ? entry->institution_name : entry->region;
    size_t next = 3;
    if (sheet->is_pupils)
        cells[next++] = ei_arena_printf(sheet->arena, "%d", entry->grade);
    cells[next++] = entry->variant;
    cells[next] = NULL;
    sheet->seats++;
    return cells[1] != NULL && cells[3] != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status paper_seats(paper *sheet, ei_rows *rows, edu_error *error)
{
    edu_status status;
    bool row = true;
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row) {
        edu_entry entry = {{{0}}};
        status = ei_sitting_fill_entry(rows, 2, sheet->arena, &entry, sheet->session, error);
        if (status == EDU_OK)
            status = paper_seat(sheet, &entry, error);
        if (status != EDU_OK)
            return status;
    }
    return status;
}

static edu_status paper_run(edu_tx *tx, void *context, edu_error *error)
{
    paper *sheet = context;
    edu_id actor = ei_session_actor(sheet->session);
    ei_rows rows;
    paper_finish(sheet);
    sheet->arena = ei_arena_new();
    if (sheet->arena == NULL)
        return ei_no_memory(error);
    EI_TRY(covered_open(sheet->session, tx, &sheet->filter, &rows, error));
    edu_status status = paper_head(sheet, &rows, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    EI_TRY(sql_sitting_attendance(tx, &actor, &sheet->filter.sitting_id, sheet->filter.centre, "",
                                  0, SEATS_MAX + 1, &rows, error));
    status = paper_seats(sheet, &rows, error);
    ei_rows_close(&rows);
    return status;
}

static edu_status paper_print(paper *sheet, ei_buffer *out, edu_error *error)
{
    const char *language = sheet->session->language;
    const ei_table_column pupils[] = {{ei_sitting_text_get(language, EI_TEXT_SEAT), 0.08},
                                      {ei_sitting_text_get(language, EI_TEXT_PUPIL), 0.28},
                                      {ei_sitting_text_get(language, EI_TEXT_SCHOOL), 0.30},
                                      {ei_sitting_text_get(language, EI_TEXT_GRADE), 0.07},
                                      {ei_sitting_text_get(language, EI_TEXT_VARIANT), 0.09},
                                      {ei_sitting_text_get(language, EI_TEXT_SIGNATURE), 0.18}};
    const ei_table_column others[] = {{ei_sitting_text_get(language, EI_TEXT_SEAT), 0.08},
                                      {ei_sitting_text_get(language, EI_TEXT_NAME), 0.43},
                                      {ei_sitting_text_get(language, EI_TEXT_HOME), 0.16},
                                      {ei_sitting_text_get(language, EI_TEXT_VARIANT), 0.09},
                                      {ei_sitting_text_get(language, EI_TEXT_SIGNATURE), 0.24}};
    size_t done = 0;
    for (size_t i = 0; i < sheet->rooms; i++) {
        sheet->sections[i].cells = sheet->cells + done * columns_of(sheet);
        done += sheet->sections[i].rows;
    }
    ei_table table = {.language = language,
                      .title = sheet->title,
                      .subtitle = sheet->subtitle,
                      .columns = sheet->is_pupils ? pupils : others,
                      .column_count = columns_of(sheet),
                      .sections = sheet->sections,
                      .section_count = sheet->rooms,
                      .made = ei_now(sheet->session)};
    return ei_table_pdf(&table, out, error);
}

edu_status edu_sitting_attendance_pdf(edu_session *session, edu_id sitting_id, const char *centre,
                                      edu_document **out, edu_error *error)
{
    if (out == NULL)
        return ei_bad_argument(error, "out");
    paper sheet = {.session = session, .filter = {sitting_id, centre}};
    EI_TRY(filter_check(session, &sheet.filter, error));
    ei_buffer pdf = {0};
    ei_reading reading = ei_reading_list("attendance");
    ei_reading_about_id(&reading, "sitting", sitting_id);
    ei_reading_about(&reading, "centre", centre);
    edu_status status = ei_read_of(session, &reading, paper_run, &sheet, error);
    if (status == EDU_OK)
        status = paper_print(&sheet, &pdf, error);
    if (status == EDU_OK)
        status = ei_document("attendance.pdf", "application/pdf", &pdf, out, error);
    ei_buffer_free(&pdf);
    paper_finish(&sheet);
    return status;
}
