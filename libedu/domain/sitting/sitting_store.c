/* Rights and rows that the parts of the module share. */
#include "domain/sitting/sitting_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/round/round_store.h"
#include "sitting_sql.h"

/* ---- rights ---- */

edu_status ei_sitting_require_any_clerk(edu_session *session, edu_tx *tx, edu_error *error)
{
    return ei_require_row(session, tx, sql_sitting_is_clerk, error);
}

edu_status ei_sitting_require_centre_staff(edu_session *session, edu_tx *tx, edu_error *error)
{
    return ei_require_row(session, tx, sql_sitting_is_centre_staff, error);
}

edu_status ei_sitting_not_found(edu_error *error, const char *what)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "sitting.not_found", "", "there is no such %s", what);
}

edu_status ei_sitting_require(edu_session *session, edu_tx *tx, edu_id sitting_id, edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_sitting_get(tx, &actor, &sitting_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_sitting_not_found(error, "sitting");
    return status;
}

/* ---- one ---- */

static edu_status take_facts(ei_rows *rows, ei_sitting_facts *out, edu_error *error)
{
    edu_bytes seed = ei_column_bytes(rows, 5);
    ei_take_text(rows, 0, out->state, sizeof out->state);
    out->is_published = ei_column_bool(rows, 1);
    out->closes = ei_column_time(rows, 2);
    out->starts = ei_column_time(rows, 3);
    out->ends = out->starts + ei_column_int(rows, 4) * 60000000;
    out->offering = ei_column_id(rows, 6);
    ei_take_text(rows, 7, out->kind, sizeof out->kind);
    ei_take_text(rows, 8, out->commitment, sizeof out->commitment);
    out->is_drawn = ei_column_bool(rows, 9);
    if (seed.size > EI_SEED_BYTES)
        return ei_fail(error, EDU_E_CORRUPT, "sitting.hash", "", "a stored seed is too long");
    if (seed.size > 0)
        memcpy(out->seed, seed.data, seed.size);
    out->seed_size = seed.size;
    return EDU_OK;
}

edu_status ei_sitting_facts_read(edu_tx *tx, const edu_id *id, ei_sitting_facts *out,
                                 edu_error *error)
{
    ei_rows rows;
    bool row = false;
    *out = (ei_sitting_facts){.id = *id};
    EI_TRY(sql_sitting_facts(tx, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_facts(&rows, out, error) : ei_sitting_not_found(error, "sitting");
    ei_rows_close(&rows);
    return status;
}

void ei_sitting_commitment(const edu_session *session, const edu_id *id,
                           char out[EI_COMMITMENT_TEXT])
{
    char seed[EI_SEED_TEXT];
    ei_seed_drawn(session, EI_SITTING_SEED, id, seed);
    ei_seed_commitment(seed, out);
}

bool ei_sitting_is_of_offering(const ei_sitting_facts *facts)
{
    return !ei_id_is_none(facts->offering);
}

edu_status ei_sitting_no_kind(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "sitting.kind", "/kind",
                   "the definition has no such sittings");
}

edu_status ei_sitting_rules(const edu_session *session, edu_tx *tx, const ei_sitting_facts *facts,
                            ei_sitting_kind *out, edu_error *error)
{
    ei_judging judging;
    EI_TRY(ei_judging_load(session, tx, &facts->offering, &judging, error));
    return ei_definition_sitting(judging.definition, facts->kind, out) ? EDU_OK
                                                                       : ei_sitting_no_kind(error);
}

/* ---- rows to records ---- */

edu_status ei_sitting_localise(ei_arena *arena, const edu_session *session, const char *json,
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

const char *ei_sitting_window(bool is_published, edu_time opens, edu_time closes, edu_time now)
{
    if (!is_published)
        return "draft";
    if (now < opens)
        return "announced";
    return now < closes ? "open" : "closed";
}

edu_status ei_sitting_fill(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                           edu_error *error)
{
    edu_sitting *sitting = record;
    const edu_session *session = context;
    sitting->id = ei_column_id(rows, first);
    sitting->season_id = ei_column_id(rows, first + 1);
    EI_TRY(ei_copy_text(arena, ei_column_text(rows, first + 2), &sitting->code, error));
    EI_TRY(ei_sitting_localise(arena, session, ei_column_text(rows, first + 3), &sitting->title,
                               error));
    EI_TRY(ei_sitting_localise(arena, session, ei_column_text(rows, first + 4),
                               &sitting->subject_title, error));
    sitting->grade_from = (int32_t)ei_column_int(rows, first + 5);
    sitting->grade_to = (int32_t)ei_column_int(rows, first + 6);
    sitting->opens = ei_column_time(rows, first + 7);
    sitting->closes = ei_column_time(rows, first + 8);
    sitting->starts = ei_column_time(rows, first + 9);
    sitting->minutes = (int32_t)ei_column_int(rows, first + 10);
    if (strcmp(ei_column_text(rows, first + 11), "open") == 0)
        sitting->state = ei_sitting_window(ei_column_bool(rows, first + 12), sitting->opens,
                                           sitting->closes, ei_now(session));
    else
        EI_TRY(ei_copy_text(arena, ei_column_text(rows, first + 11), &sitting->state, error));
    EI_TRY(copy_hex(arena, ei_column_bytes(rows, first + 13), &sitting->frozen_hash, error));
    EI_TRY(copy_hex(arena, ei_column_bytes(rows, first + 14), &sitting->seed, error));
    sitting->offering_id = ei_column_id(rows, first + 15);
    sitting->waiting = ei_column_int(rows, first + 17);
    EI_TRY(ei_copy_text(arena, ei_column_text(rows, first + 18), &sitting->commitment, error));
    sitting->is_drawn = ei_column_bool(rows, first + 19);
    return ei_copy_text(arena, ei_column_text(rows, first + 16), &sitting->kind, error);
}

edu_status ei_sitting_fill_entry(ei_rows *rows, int first, ei_arena *arena, void *record,
                                 void *context, edu_error *error)
{
    const edu_record_type *type = edu_record_type_find("edu_entry");
    edu_entry *entry = record;
    int desk = first + (int)type->count;
    EI_TRY(ei_rows_record(rows, first, type, arena, entry, error));
    if (!ei_column_is_null(rows, desk + 1))
        entry->attendance = ei_column_bool(rows, desk + 1) ? "present" : "absent";
    if (ei_column_is_null(rows, desk))
        return EDU_OK;
    char text[EI_SEAT_TEXT];
    ei_seat_format(ei_column_int(rows, desk), text);
    return ei_copy_text(arena, text, &entry->seat, error);
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
