/* Rows that the parts of the olympiad module share. */
#include "domain/olympiad/olympiad_store.h"

#include <string.h>

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

edu_status ei_olympiad_fill_season(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error)
{
    edu_season *season = record;
    const edu_session *session = context;
    season->id = ei_column_id(rows, first);
    EI_TRY(ei_copy_text(arena, ei_column_text(rows, first + 1), &season->code, error));
    EI_TRY(ei_sitting_localise(arena, session, ei_column_text(rows, first + 2), &season->title,
                               error));
    EI_TRY(ei_copy_text(arena, ei_column_text(rows, first + 3), &season->subject, error));
    EI_TRY(ei_sitting_localise(arena, session, ei_column_text(rows, first + 4),
                               &season->subject_title, error));
    season->grade_from = (int32_t)ei_column_int(rows, first + 5);
    season->grade_to = (int32_t)ei_column_int(rows, first + 6);
    season->opens = ei_column_time(rows, first + 7);
    season->closes = ei_column_time(rows, first + 8);
    season->state = ei_sitting_window(ei_column_bool(rows, first + 9), season->opens,
                                      season->closes, ei_now(session));
    season->sittings = ei_column_int(rows, first + 10);
    season->year = (int32_t)ei_column_int(rows, first + 12);
    season->by_invitation = ei_column_bool(rows, first + 13);
    season->is_archive = ei_column_bool(rows, first + 14);
    return ei_copy_text(arena, ei_column_text(rows, first + 11), &season->series, error);
}
