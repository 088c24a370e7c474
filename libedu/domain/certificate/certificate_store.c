/* Rows of certificates to records. */
#include "domain/certificate/certificate_store.h"

#include <string.h>

edu_status ei_certificate_not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "certificate.not_found", NULL,
                   "there is no such certificate");
}

edu_status ei_certificate_number(const char *text, uint8_t bits[10], char out[EI_PAPER_ID_TEXT],
                                 edu_error *error)
{
    EI_TRY(ei_check_text(text, 64, false, "/number", error));
    if (!ei_paper_id_parse(text, bits))
        return ei_certificate_not_found(error);
    ei_paper_id_format(bits, out);
    return EDU_OK;
}

edu_status ei_certificate_code(ei_arena *arena, const edu_session *session, edu_certificate *out,
                               edu_bytes message, edu_error *error)
{
    ei_buffer text = {0};
    uint8_t bits[10];
    if (!ei_paper_id_parse(out->number, bits))
        return ei_fail(error, EDU_E_CORRUPT, "certificate.number", NULL,
                       "a stored certificate has no number");
    edu_status status = ei_qr_link(session->portal->host, bits, message, &text, error);
    if (status == EDU_OK)
        status = ei_copy_text(arena, text.data, &out->qr, error);
    ei_buffer_free(&text);
    return status;
}

const char *ei_certificate_state(ei_rows *rows, int first, edu_time now)
{
    edu_time expires = ei_column_time(rows, first + 1);
    if (!ei_column_bool(rows, first))
        return "revoked";
    if (ei_column_bool(rows, first + 2))
        return "withdrawn";
    return expires != EDU_TIME_NONE && expires <= now ? "expired" : "valid";
}

edu_status ei_certificate_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                               void *context, edu_error *error)
{
    edu_certificate *out = record;
    const edu_session *session = context;
    out->person_id = ei_column_id(rows, first);
    EI_TRY(ei_copy_column(arena, rows, first + 1, &out->number, error));
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->type, error));
    out->source_id = ei_column_id(rows, first + 3);
    out->title = ei_localised_text(arena, session, ei_column_text(rows, first + 4));
    if (out->title == NULL)
        return ei_no_memory(error);
    out->state = ei_certificate_state(rows, first + 5, ei_now(session));
    out->expires = ei_column_time(rows, first + 6);
    out->issued = ei_column_time(rows, first + 8);
    out->revoked = ei_column_time(rows, first + 9);
    EI_TRY(ei_copy_column(arena, rows, first + 10, &out->reason, error));
    EI_TRY(ei_copy_column(arena, rows, first + 11, &out->replaced_by, error));
    return ei_certificate_code(arena, session, out, ei_column_bytes(rows, first + 12), error);
}
