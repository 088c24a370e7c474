#include "domain/account/account_store.h"

#include <string.h>

#include "account_sql.h"

edu_status ei_account_any(ei_rows *rows, bool *any, edu_error *error)
{
    edu_status status = ei_rows_next(rows, any, error);
    ei_rows_close(rows);
    return status;
}

edu_status ei_account_require_staff(edu_session *session, edu_tx *tx, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    EI_TRY(sql_account_serves(tx, &actor, &rows, error));
    bool serves = false;
    EI_TRY(ei_account_any(&rows, &serves, error));
    if (!serves)
        return ei_fail(error, EDU_E_DENIED, "session.no_role", NULL,
                       "this needs a role: admin, clerk or school");
    return EDU_OK;
}

edu_status ei_account_require_person(edu_session *session, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (session->is_operator)
        return ei_fail(error, EDU_E_DENIED, "session.operator", NULL,
                       "the operator is no person; sign in as one");
    return EDU_OK;
}

edu_status ei_account_not_found(edu_error *error, const char *what)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "account.not_found", NULL,
                   "there is no such %s, or it is not yours to see", what);
}

static edu_status fill_one(ei_rows *rows, const edu_record_type *type, const char *what, void **out,
                           edu_error *error)
{
    bool is_there = false;
    EI_TRY(ei_rows_next(rows, &is_there, error));
    if (!is_there)
        return ei_account_not_found(error, what);
    ei_arena *arena = NULL;
    void *record = ei_record_new(type->size, &arena);
    if (!record)
        return ei_no_memory(error);
    edu_status status = ei_rows_record(rows, 0, type, arena, record, error);
    if (status != EDU_OK)
        edu_free(record);
    else
        *out = record;
    return status;
}

edu_status ei_account_one(ei_rows *rows, const char *record, const char *what, void *out,
                          edu_error *error)
{
    void *made = NULL;
    edu_status status = fill_one(rows, edu_record_type_find(record), what, &made, error);
    ei_rows_close(rows);
    memcpy(out, &made, sizeof made);
    return status;
}

edu_status ei_identify_number(const edu_portal *portal, const char *number, ei_identifier *out,
                              edu_error *error)
{
    out->kind = "fin";
    EI_TRY(ei_fin_normalise(number, out->text, error));
    out->hash = ei_hash_text(portal, "fin", out->text);
    return EDU_OK;
}

edu_status ei_identify_document(const edu_portal *portal, const char *document, ei_identifier *out,
                                edu_error *error)
{
    out->kind = "document";
    EI_TRY(ei_document_normalise(document, out->text, error));
    out->hash = ei_hash_text(portal, "document", out->text);
    return EDU_OK;
}

edu_status ei_check_birth(edu_date birth, const char *field, edu_error *error)
{
    if (!ei_date_valid(birth))
        return ei_fail(error, EDU_E_INVALID, "account.bad_birth", field,
                       "not a date of the calendar");
    return EDU_OK;
}
