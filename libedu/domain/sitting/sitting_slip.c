/* A pupil's seat and admission slip. */
#include "domain/sitting/sitting_store.h"

#include <stdio.h>
#include <string.h>
#include "credential/credential.h"
#include "domain/sitting/sitting_lines.h"
#include "domain/sitting/sitting_texts.h"
#include "domain/portal/words.h"
#include "sitting_sql.h"

#define OLYMPIAD_SLIP "olympiad.slip" /* types of what is signed */
#define SITTING_SLIP "sitting.slip"
/* Bytes of each signed text, so that the code stays one that telephones read well. */
#define EXAM_BYTES 24
#define PLACE_BYTES 20

/* A seat with what only paper and the signed claims need besides. */
typedef struct seat_read {
    edu_session *session;
    edu_id person_id, application_id;
    edu_seat *record;
    const char *family, *given, *school, *season; /* school: NULL of an offering */
    const char *region;                           /* of an offering */
    int32_t grade;
    uint8_t number[10];
    edu_time confirmed;
    ei_signer signer;
} seat_read;

/* ---- the row ---- */

static edu_status copy(ei_arena *arena, ei_rows *rows, int column, const char **out,
                       edu_error *error)
{
    const char *text = ei_column_text(rows, column);
    *out = ei_arena_strdup(arena, text != NULL ? text : "");
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status localise(ei_arena *arena, const edu_session *session, ei_rows *rows, int column,
                           const char **out, edu_error *error)
{
    *out = ei_localised_text(arena, session, ei_column_text(rows, column));
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status seat_place(ei_arena *arena, ei_rows *rows, edu_seat *seat, edu_error *error)
{
    char desk[EI_SEAT_TEXT];
    EI_TRY(copy(arena, rows, 7, &seat->centre, error));
    EI_TRY(copy(arena, rows, 8, &seat->centre_name, error));
    EI_TRY(copy(arena, rows, 9, &seat->address, error));
    EI_TRY(copy(arena, rows, 12, &seat->room, error));
    EI_TRY(copy(arena, rows, 14, &seat->variant, error));
    ei_seat_format(ei_column_int(rows, 13), desk);
    seat->seat = ei_arena_strdup(arena, desk);
    seat->latitude_e7 = (int32_t)ei_column_int(rows, 10);
    seat->longitude_e7 = (int32_t)ei_column_int(rows, 11);
    seat->distance_m = ei_column_int(rows, 15);
    return seat->seat != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status seat_number(seat_read *read, ei_arena *arena, edu_bytes slip, edu_error *error)
{
    char text[EI_PAPER_ID_TEXT];
    if (slip.size != sizeof read->number)
        return ei_fail(error, EDU_E_CORRUPT, "olympiad.slip", "", "a stored slip has no number");
    memcpy(read->number, slip.data, sizeof read->number);
    ei_paper_id_format(read->number, text);
    read->record->slip = ei_arena_strdup(arena, text);
    return read->record->slip != NULL ? EDU_OK : ei_no_memory(error);
}

/* Where somebody stands in the transcript, and what shows that it is they. */
static edu_status seat_line(const edu_session *session, ei_arena *arena, edu_seat *seat,
                            edu_error *error)
{
    uint8_t id[EI_TRANSCRIPT_ID];
    char salt[EI_SALT_TEXT], line[EI_TRANSCRIPT_ID_TEXT];
    ei_sitting_salt(session, &seat->sitting_id, &seat->application_id, salt);
    ei_sitting_line(session, &seat->sitting_id, &seat->application_id, seat->place, id);
    ei_hex_format(id, sizeof id, line);
    seat->line = ei_arena_strdup(arena, line);
    seat->salt = ei_arena_strdup(arena, salt);
    return seat->line && seat->salt ? EDU_OK : ei_no_memory(error);
}

static edu_status seat_fill(seat_read *read, ei_rows *rows, edu_error *error)
{
    edu_seat *seat = read->record;
    ei_arena *arena = ei_record_arena(seat);
    seat->person_id = ei_column_id(rows, 0);
    seat->application_id = ei_column_id(rows, 1);
    seat->sitting_id = ei_column_id(rows, 2);
    EI_TRY(localise(arena, read->session, rows, 3, &seat->title, error));
    EI_TRY(localise(arena, read->session, rows, 4, &seat->subject_title, error));
    seat->starts = ei_column_time(rows, 5);
    seat->minutes = (int32_t)ei_column_int(rows, 6);
    EI_TRY(seat_place(arena, rows, seat, error));
    EI_TRY(seat_number(read, arena, ei_column_bytes(rows, 16), error));
    read->confirmed = ei_column_time(rows, 17);
    EI_TRY(copy(arena, rows, 18, &read->family, error));
    EI_TRY(copy(arena, rows, 19, &read->given, error));
    read->grade = (int32_t)ei_column_int(rows, 20);
    EI_TRY(ei_copy_column(arena, rows, 21, &read->school, error));
    EI_TRY(copy(arena, rows, 22, &read->season, error));
    if (!ei_column_is_null(rows, 23))
        EI_TRY(localise(arena, read->session, rows, 23, &read->region, error));
    EI_TRY(copy(arena, rows, 25, &seat->place, error));
    return seat_line(read->session, arena, seat, error);
}

static edu_status seat_run(edu_tx *tx, void *context, edu_error *error)
{
    seat_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_sitting_seat(tx, &actor, &read->person_id, &read->application_id,
                            ei_now(read->session), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = seat_fill(read, &rows, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_sitting_not_found(error, "seat");
    return status == EDU_OK ? ei_signing_current(read->session, tx, &read->signer, error) : status;
}

/* ---- the signed text: made on demand, the same each time ---- */

/* The text, cut at a character where it is longer than max bytes. */
static const char *cut(ei_arena *arena, const char *text, size_t max)
{
    size_t length = strlen(text);
    if (length > max) {
        length = max;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    return ei_arena_strndup(arena, text, length);
}

static char *civil_text(const edu_session *session, ei_arena *arena, edu_time time)
{
    int hour, minute;
    char date[11];
    ei_date_format(ei_time_civil(time, session->portal->utc_offset_minutes, &hour, &minute), date);
    return ei_arena_printf(arena, "%s %02d:%02d", date, hour, minute);
}

static edu_status qr_make(const seat_read *read, ei_buffer *out, edu_error *error)
{
    const edu_seat *seat = read->record;
    const edu_portal *portal = read->session->portal;
    ei_arena *arena = ei_record_arena(read->record);
    const char *name = ei_arena_printf(arena, "%s %s", read->given, read->family);
    if (name == NULL)
        return ei_no_memory(error);
    ei_claims claims = {.host = portal->host,
                        .type = read->school ? OLYMPIAD_SLIP : SITTING_SLIP,
                        .issued = ei_signing_time(&read->signer, read->confirmed) / 1000000,
                        .count = 7,
                        .fields = {{"pupil", name},
                                   {"exam", cut(arena, read->season, EXAM_BYTES)},
                                   {"starts", civil_text(read->session, arena, seat->starts)},
                                   {"centre", cut(arena, seat->centre, PLACE_BYTES)},
                                   {"room", cut(arena, seat->room, PLACE_BYTES)},
                                   {"seat", seat->seat},
                                   {"variant", seat->variant}}};
    memcpy(claims.number, read->number, sizeof claims.number);
    for (size_t i = 0; i < claims.count; i++)
        if (claims.fields[i].value == NULL)
            return ei_no_memory(error);
    return ei_qr_text(&read->signer, &claims, 0, out, error);
}

static edu_status qr_text(const seat_read *read, edu_error *error)
{
    ei_buffer text = {0};
    edu_status status = qr_make(read, &text, error);
    if (status == EDU_OK) {
        read->record->qr = ei_arena_strdup(ei_record_arena(read->record), text.data);
        status = read->record->qr != NULL ? EDU_OK : ei_no_memory(error);
    }
    ei_buffer_free(&text);
    return status;
}

static edu_status seat_get(seat_read *read, edu_error *error)
{
    EI_TRY(ei_session_require(read->session, error));
    read->person_id = ei_person_or_self(read->session, read->person_id);
    ei_reading reading = ei_reading_of("seat", read->person_id, read->application_id);
    EI_TRY(ei_read_record_of(read->session, &reading, sizeof *read->record, seat_run, read,
                             &read->record, error));
    edu_status status = qr_text(read, error);
    ei_signer_wipe(&read->signer);
    if (status != EDU_OK)
        edu_free(read->record);
    return status;
}

edu_status edu_sitting_seat(edu_session *session, edu_id person_id, edu_id application_id,
                            edu_seat **out, edu_error *error)
{
    if (out == NULL)
        return ei_bad_argument(error, "out");
    seat_read read = {.session = session, .person_id = person_id, .application_id = application_id};
    EI_TRY(seat_get(&read, error));
    *out = read.record;
    return EDU_OK;
}

/* ---- paper ---- */

static const char *date_of(const edu_session *session, ei_arena *arena, edu_time time)
{
    int hour, minute;
    char words[EI_DATE_WORDS];
    edu_date date = ei_time_civil(time, session->portal->utc_offset_minutes, &hour, &minute);
    ei_date_words(session->language, date, words);
    return ei_arena_strdup(arena, words);
}

static const char *hour_of(const edu_session *session, ei_arena *arena, edu_time time)
{
    int hour, minute;
    (void)ei_time_civil(time, session->portal->utc_offset_minutes, &hour, &minute);
    return ei_arena_printf(arena, "%02d:%02d", hour, minute);
}

static const char *minutes_of(const edu_session *session, ei_arena *arena, int32_t minutes)
{
    return ei_arena_printf(arena, "%d %s", minutes,
                           ei_sitting_text_get(session->language, EI_TEXT_MINUTES));
}

static const char *distance_of(const edu_session *session, ei_arena *arena, int64_t metres)
{
    char words[EI_DATE_WORDS];
    ei_distance_words(session->language, metres, words);
    return ei_arena_strdup(arena, words);
}

/* In groups of four digits. */
static const char *line_of(ei_arena *arena, const char *line)
{
    char *out = ei_arena_alloc(arena, 2 * EI_TRANSCRIPT_ID_TEXT), *at = out;
    for (size_t i = 0; out && line[i]; i++) {
        if (i > 0 && i % 4 == 0)
            *at++ = ' ';
        *at++ = line[i];
    }
    return out;
}

static edu_status slip_print(const seat_read *read, ei_buffer *out, edu_error *error)
{
    const edu_session *session = read->session;
    const edu_seat *seat = read->record;
    const char *language = session->language;
    ei_arena *arena = ei_record_arena(read->record);
    bool is_pupils = read->school != NULL;
    const struct {
        ei_sitting_text label;
        const char *value;
        bool is_large, is_left_out;
    } lines[] = {
        {EI_TEXT_DATE, date_of(session, arena, seat->starts), true, false},
        {EI_TEXT_TIME, hour_of(session, arena, seat->starts), true, false},
        {EI_TEXT_ROOM, seat->room, true, false},
        {EI_TEXT_SEAT, seat->seat, true, false},
        {is_pupils ? EI_TEXT_PUPIL : EI_TEXT_NAME,
         ei_arena_printf(arena, "%s %s", read->given, read->family), false, false},
        {EI_TEXT_SCHOOL, read->school, false, !is_pupils},
        {EI_TEXT_GRADE, ei_arena_printf(arena, "%d", read->grade), false, !is_pupils},
        {is_pupils ? EI_TEXT_SUBJECT : EI_TEXT_EXAM, seat->subject_title, false, false},
        {EI_TEXT_DURATION, minutes_of(session, arena, seat->minutes), false, false},
        {EI_TEXT_VARIANT, seat->variant, false, false},
        {EI_TEXT_CENTRE, ei_arena_printf(arena, "%s (%s)", seat->centre_name, seat->centre), false,
         false},
        {EI_TEXT_ADDRESS, seat->address, false, false},
        {EI_TEXT_REGION, read->region, false, is_pupils},
        {is_pupils ? EI_TEXT_DISTANCE : EI_TEXT_FROM_REGION,
         distance_of(session, arena, seat->distance_m), false, false},
        {EI_TEXT_LINE, line_of(arena, seat->line), false, false},
    };
    ei_print_field fields[EI_COUNT(lines)];
    size_t count = 0;
    for (size_t i = 0; i < EI_COUNT(lines); i++) {
        if (lines[i].is_left_out)
            continue;
        if (lines[i].value == NULL)
            return ei_no_memory(error);
        fields[count++] = (ei_print_field){ei_sitting_text_get(language, lines[i].label),
                                           lines[i].value, lines[i].is_large};
    }
    const char *note =
        ei_arena_printf(arena, "%s\n%s", ei_sitting_text_get(language, EI_TEXT_BRING),
                        ei_sitting_text_get(language, EI_TEXT_WHY));
    if (note == NULL)
        return ei_no_memory(error);
    ei_print page = {.language = language,
                     .issuer = session->portal->name,
                     .title = ei_sitting_text_get(language, EI_TEXT_SLIP),
                     .subtitle = seat->title,
                     .fields = fields,
                     .count = count,
                     .qr = seat->qr,
                     .number = seat->slip,
                     .note = note};
    return ei_print_pdf(&page, out, error);
}

edu_status edu_sitting_slip(edu_session *session, edu_id person_id, edu_id application_id,
                            edu_document **out, edu_error *error)
{
    if (out == NULL)
        return ei_bad_argument(error, "out");
    seat_read read = {.session = session, .person_id = person_id, .application_id = application_id};
    EI_TRY(seat_get(&read, error));
    ei_buffer pdf = {0};
    edu_status status = slip_print(&read, &pdf, error);
    if (status == EDU_OK)
        status = ei_document("admission-slip.pdf", "application/pdf", &pdf, out, error);
    ei_buffer_free(&pdf);
    edu_free(read.record);
    return status;
}
