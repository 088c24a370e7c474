/* Papers for those who are not the holder: who has checked a certificate, and who prints many. */
#include "domain/certificate/certificate_store.h"

#include <stdio.h>
#include <string.h>
#include "certificate_sql.h"
#include "domain/portal/guard.h"

#define PART 200
#define PART_MAX 1000

/* ---- who has checked it ---- */

typedef struct forms_read {
    edu_session *session;
    const char *given; /* number */
    char number[EI_PAPER_ID_TEXT];
    ei_arena *arena;
    ei_certificate_forms forms;
} forms_read;

static edu_status copy_code(ei_arena *arena, const edu_session *session,
                            ei_certificate_forms *forms, edu_bytes message, edu_error *error)
{
    edu_certificate found = {.number = forms->number};
    EI_TRY(ei_certificate_code(arena, session, &found, message, error));
    forms->qr = found.qr;
    return EDU_OK;
}

static edu_status copy_forms(forms_read *read, ei_rows *rows, edu_error *error)
{
    ei_certificate_forms *forms = &read->forms;
    forms->number = read->number;
    EI_TRY(ei_copy_column(read->arena, rows, 0, &forms->type, error));
    EI_TRY(ei_copy_column(read->arena, rows, 1, &forms->record, error));
    return copy_code(read->arena, read->session, forms, ei_column_bytes(rows, 2), error);
}

static edu_status forms_run(edu_tx *tx, void *context, edu_error *error)
{
    forms_read *read = context;
    uint8_t bits[10];
    ei_rows rows;
    bool row = false;
    EI_TRY(ei_certificate_number(read->given, bits, read->number, error));
    EI_TRY(sql_certificate_forms(tx, (edu_bytes){bits, sizeof bits}, read->number, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? copy_forms(read, &rows, error) : ei_certificate_not_found(error);
    ei_rows_close(&rows);
    return status;
}

/* What was revoked is not printed again; what has ended is, and says so. */
static edu_status require_genuine(const edu_verdict *verdict, edu_error *error)
{
    if (strcmp(verdict->status, "revoked") == 0)
        return ei_fail(error, EDU_E_STATE, "certificate.no_paper", NULL,
                       "this certificate was revoked: there is no paper of it any more");
    if (strcmp(verdict->status, "valid") == 0 || strcmp(verdict->status, "expired") == 0)
        return EDU_OK;
    return ei_fail(error, EDU_E_INVALID, "certificate.not_genuine", "/text",
                   "this is no genuine certificate of this portal");
}

edu_status ei_certificate_paper_of(edu_session *session, const edu_verdict *verdict,
                                   const char *format, edu_document **out, edu_error *error)
{
    EI_TRY(require_genuine(verdict, error));
    forms_read read = {.session = session, .given = verdict->number, .arena = ei_arena_new()};
    if (read.arena == NULL)
        return ei_no_memory(error);
    edu_status status = ei_read(session, forms_run, &read, error);
    if (status == EDU_OK)
        status = ei_certificate_document(session, &read.forms, format, out, error);
    ei_arena_free(read.arena);
    return status;
}

edu_status edu_certificate_paper(edu_session *session, const char *text, const char *format,
                                 edu_document **out, edu_error *error)
{
    edu_verdict *verdict = NULL;
    if (out == NULL)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_certificate_format(format, error));
    EI_TRY(edu_certificate_check(session, text, &verdict, error));
    edu_status status = ei_certificate_paper_of(session, verdict, format, out, error);
    edu_free(verdict);
    return status;
}

/* ---- many ---- */

typedef struct many {
    edu_session *session;
    edu_id source, after;
    const char *institution;
    bool is_drawn;        /* else only counted */
    int32_t limit, count; /* count may be one more than limit: there is another part then */
    ei_arena *arena;      /* of this run */
    ei_certificate_forms *forms;
    edu_id *persons;
} many;

static edu_status many_row(many *read, ei_rows *rows, edu_error *error)
{
    ei_certificate_forms *forms = &read->forms[read->count];
    read->persons[read->count++] = ei_column_id(rows, 0);
    EI_TRY(ei_copy_column(read->arena, rows, 1, &forms->number, error));
    EI_TRY(ei_copy_column(read->arena, rows, 2, &forms->type, error));
    EI_TRY(ei_copy_column(read->arena, rows, 3, &forms->record, error));
    return copy_code(read->arena, read->session, forms, ei_column_bytes(rows, 4), error);
}

static edu_status many_room(many *read, edu_error *error)
{
    size_t room = (size_t)read->limit + 1;
    ei_arena_free(read->arena);
    read->count = 0;
    read->arena = ei_arena_new();
    if (read->arena == NULL)
        return ei_no_memory(error);
    read->forms = ei_arena_alloc(read->arena, room * sizeof *read->forms);
    read->persons = ei_arena_alloc(read->arena, room * sizeof *read->persons);
    return read->forms != NULL && read->persons != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status many_run(edu_tx *tx, void *context, edu_error *error)
{
    many *read = context;
    ei_rows rows;
    bool row = true;
    EI_TRY(ei_require_role(read->session, tx, "clerk", error));
    EI_TRY(many_room(read, error));
    EI_TRY(sql_certificate_to_print(tx, ei_now(read->session), &read->source, read->institution,
                                    &read->after, read->limit + 1, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row) {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row)
            status = many_row(read, &rows, error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status many_draw(const many *read, int32_t count, ei_buffer *out, edu_error *error)
{
    ei_printer *printer = NULL;
    edu_status status = EDU_OK;
    for (int32_t i = 0; status == EDU_OK && i < count; i++)
        status = ei_certificate_print_add(read->session, &read->forms[i], &printer, error);
    if (printer == NULL)
        return status;
    edu_status closed =
        ei_printer_close(printer, status == EDU_OK ? out : NULL, status == EDU_OK ? error : NULL);
    return status != EDU_OK ? status : closed;
}

static edu_status many_file(const many *read, edu_printout *made, ei_arena *arena, edu_error *error)
{
    ei_buffer pdf = {0};
    edu_status status = many_draw(read, made->count, &pdf, error);
    char *bytes = status == EDU_OK ? ei_arena_alloc(arena, pdf.size + 1) : NULL;
    if (status == EDU_OK && bytes == NULL)
        status = ei_no_memory(error);
    if (bytes != NULL && pdf.size > 0)
        memcpy(bytes, pdf.data, pdf.size);
    made->content = (edu_bytes){bytes, pdf.size};
    ei_buffer_free(&pdf);
    return status;
}

static edu_status many_give(const many *read, edu_printout **out, edu_error *error)
{
    bool goes_on = read->count > read->limit;
    ei_arena *arena;
    edu_printout *made = ei_record_new(sizeof *made, &arena);
    if (made == NULL)
        return ei_no_memory(error);
    made->count = goes_on ? read->limit : read->count;
    if (goes_on)
        made->next = read->persons[made->count - 1];
    made->name = ei_arena_strdup(arena, "certificates.pdf");
    edu_status status = made->name != NULL ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK && read->is_drawn)
        status = many_file(read, made, arena, error);
    if (status == EDU_OK)
        *out = made;
    else
        edu_free(made);
    return status;
}

static edu_status print_many(many *read, edu_printout **out, edu_error *error)
{
    EI_TRY(ei_session_require(read->session, error));
    EI_TRY(ei_check_text(read->institution, 64, true, "/institution", error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    if (read->institution == NULL)
        read->institution = "";
    read->limit = read->limit <= 0 ? PART : read->limit > PART_MAX ? PART_MAX : read->limit;
    /* None is a NULL to the engines, and nothing is behind that. */
    if (ei_id_is_none(read->after))
        read->after = (edu_id){{[15] = 1}};
    ei_reading reading = ei_reading_list(read->is_drawn ? "certificates" : NULL);
    ei_reading_about_id(&reading, "of", read->source);
    ei_reading_about(&reading, "institution", read->institution);
    edu_status status = ei_read_of(read->session, &reading, many_run, read, error);
    if (status == EDU_OK)
        status = many_give(read, out, error);
    ei_arena_free(read->arena);
    return status;
}

edu_status edu_certificate_print(edu_session *session, edu_id source_id, const char *institution,
                                 edu_id after, int32_t limit, edu_printout **out, edu_error *error)
{
    many read = {.session = session,
                 .source = source_id,
                 .after = after,
                 .institution = institution,
                 .limit = limit,
                 .is_drawn = true};
    return print_many(&read, out, error);
}

edu_status edu_certificate_print_part(edu_session *session, edu_id source_id,
                                      const char *institution, edu_id after, int32_t limit,
                                      edu_printout **out, edu_error *error)
{
    many read = {.session = session,
                 .source = source_id,
                 .after = after,
                 .institution = institution,
                 .limit = limit};
    return print_many(&read, out, error);
}
