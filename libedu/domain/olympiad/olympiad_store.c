/* Rights, pages and rows that the parts of the olympiad module share. */
#include "domain/olympiad/olympiad_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "olympiad_sql.h"

/* ---- rights ---- */

typedef edu_status (*right_open)(edu_tx *tx, const edu_id *actor, ei_rows *rows, edu_error *error);

static edu_status require(edu_session *session, edu_tx *tx, right_open open, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    EI_TRY(open(tx, &actor, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_fail(error, EDU_E_DENIED, "session.denied", "",
                       "no role of this session permits this");
    return status;
}

edu_status ei_olympiad_require_staff(edu_session *session, edu_tx *tx, edu_error *error)
{
    return require(session, tx, sql_olympiad_is_staff, error);
}

edu_status ei_olympiad_require_any_clerk(edu_session *session, edu_tx *tx, edu_error *error)
{
    return require(session, tx, sql_olympiad_is_clerk, error);
}

edu_status ei_olympiad_require_centre_staff(edu_session *session, edu_tx *tx, edu_error *error)
{
    return require(session, tx, sql_olympiad_is_centre_staff, error);
}

edu_status ei_olympiad_not_found(edu_error *error, const char *what)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "olympiad.not_found", "", "there is no such %s", what);
}

edu_status ei_olympiad_check_code(const char *code, const char *field, edu_error *error)
{
    size_t length = code != NULL ? strnlen(code, EI_OLYMPIAD_CODE_MAX + 1) : 0;
    if (length == 0 || length > EI_OLYMPIAD_CODE_MAX ||
        strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return ei_fail(error, EDU_E_INVALID, "olympiad.code", field,
                       "a code is 1 to %d of a-z 0-9 -", EI_OLYMPIAD_CODE_MAX);
    return EDU_OK;
}

edu_status ei_olympiad_require_sitting(edu_session *session, edu_tx *tx, edu_id sitting_id,
                                       edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_sitting(tx, &actor, &sitting_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_olympiad_not_found(error, "sitting");
    return status;
}

edu_status ei_olympiad_audit(ei_command *command, edu_tx *tx, const char *action, edu_id subject,
                             int64_t count, edu_error *error)
{
    char detail[128], id[EDU_ID_TEXT];
    edu_id_format(subject, id);
    snprintf(detail, sizeof detail, "{\"count\":%" PRId64 ",\"subject\":\"%s\"}", count, id);
    return ei_audit(command, tx, action, NULL, detail, error);
}

edu_status ei_olympiad_write(edu_session *session, const char *name,
                             edu_status (*run)(ei_command *, edu_tx *, edu_error *), void *context,
                             edu_error *error)
{
    ei_command command = {.session = session, .name = name, .run = run, .context = context};
    return ei_command_run(&command, error);
}

/* ---- rows to records ---- */

static edu_status copy_text(ei_arena *arena, const char *text, const char **out, edu_error *error)
{
    *out = text != NULL ? ei_arena_strdup(arena, text) : NULL;
    return text == NULL || *out != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status copy_localised(ei_arena *arena, const edu_session *session, const char *json,
                                 const char **out, edu_error *error)
{
    *out = ei_localised_text(arena, session, json);
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status copy_hex(ei_arena *arena, edu_bytes bytes, const char **out, edu_error *error)
{
    *out = NULL;
    if (bytes.data == NULL)
        return EDU_OK;
    char *text = ei_arena_alloc(arena, bytes.size * 2 + 1);
    if (text == NULL)
        return ei_no_memory(error);
    ei_hex_format(bytes.data, bytes.size, text);
    *out = text;
    return EDU_OK;
}

static const char *window_state(bool is_published, edu_time opens, edu_time closes, edu_time now)
{
    if (!is_published)
        return "draft";
    if (now < opens)
        return "announced";
    return now < closes ? "open" : "closed";
}

edu_status ei_olympiad_fill_season(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error)
{
    edu_season *season = record;
    const edu_session *session = context;
    season->id = ei_column_id(rows, first);
    EI_TRY(copy_text(arena, ei_column_text(rows, first + 1), &season->code, error));
    EI_TRY(copy_localised(arena, session, ei_column_text(rows, first + 2), &season->title, error));
    EI_TRY(copy_text(arena, ei_column_text(rows, first + 3), &season->subject, error));
    EI_TRY(copy_localised(arena, session, ei_column_text(rows, first + 4), &season->subject_title,
                          error));
    season->grade_from = (int32_t)ei_column_int(rows, first + 5);
    season->grade_to = (int32_t)ei_column_int(rows, first + 6);
    season->opens = ei_column_time(rows, first + 7);
    season->closes = ei_column_time(rows, first + 8);
    season->state = window_state(ei_column_bool(rows, first + 9), season->opens, season->closes,
                                 ei_now(session));
    season->sittings = ei_column_int(rows, first + 10);
    season->year = (int32_t)ei_column_int(rows, first + 12);
    season->by_invitation = ei_column_bool(rows, first + 13);
    season->is_archive = ei_column_bool(rows, first + 14);
    return copy_text(arena, ei_column_text(rows, first + 11), &season->series, error);
}

edu_status ei_olympiad_fill_sitting(ei_rows *rows, int first, ei_arena *arena, void *record,
                                    void *context, edu_error *error)
{
    edu_sitting *sitting = record;
    const edu_session *session = context;
    sitting->id = ei_column_id(rows, first);
    sitting->season_id = ei_column_id(rows, first + 1);
    EI_TRY(copy_text(arena, ei_column_text(rows, first + 2), &sitting->code, error));
    EI_TRY(copy_localised(arena, session, ei_column_text(rows, first + 3), &sitting->title, error));
    EI_TRY(copy_localised(arena, session, ei_column_text(rows, first + 4), &sitting->subject_title,
                          error));
    sitting->grade_from = (int32_t)ei_column_int(rows, first + 5);
    sitting->grade_to = (int32_t)ei_column_int(rows, first + 6);
    sitting->opens = ei_column_time(rows, first + 7);
    sitting->closes = ei_column_time(rows, first + 8);
    sitting->starts = ei_column_time(rows, first + 9);
    sitting->minutes = (int32_t)ei_column_int(rows, first + 10);
    if (strcmp(ei_column_text(rows, first + 11), "open") == 0)
        sitting->state = window_state(ei_column_bool(rows, first + 12), sitting->opens,
                                      sitting->closes, ei_now(session));
    else
        EI_TRY(copy_text(arena, ei_column_text(rows, first + 11), &sitting->state, error));
    EI_TRY(copy_hex(arena, ei_column_bytes(rows, first + 13), &sitting->frozen_hash, error));
    return copy_hex(arena, ei_column_bytes(rows, first + 14), &sitting->seed, error);
}

edu_status ei_olympiad_fill_entry(ei_rows *rows, int first, ei_arena *arena, void *record,
                                  void *context, edu_error *error)
{
    const edu_record_type *type = edu_record_type_find("edu_entry");
    edu_entry *entry = record;
    int desk = first + (int)type->count;
    EI_TRY(ei_rows_record(rows, first, type, arena, entry, error));
    if (ei_column_is_null(rows, desk))
        return EDU_OK;
    char text[EI_SEAT_TEXT];
    ei_seat_format(ei_column_int(rows, desk), text);
    return copy_text(arena, text, &entry->seat, error);
}

void ei_seat_format(int64_t desk, char text[EI_SEAT_TEXT])
{
    snprintf(text, EI_SEAT_TEXT, "%c%d", (char)('A' + (desk / 100 - 1) % 26), (int)(desk % 100));
}

int32_t ei_seat_parse(const char *text, size_t length, int32_t rows, int32_t columns)
{
    char digits[3] = {0};
    int64_t column;
    if (length < 2 || length > 3)
        return 0;
    int32_t row = text[0] >= 'a' ? text[0] - 'a' + 1 : text[0] - 'A' + 1;
    memcpy(digits, text + 1, length - 1);
    if (row < 1 || row > rows || !ei_int_parse(digits, 1, columns, &column))
        return 0;
    return row * 100 + (int32_t)column;
}
