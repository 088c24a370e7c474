/* Rows of applications of services that run on their definition. */
#include "domain/request/request_store.h"

#include <stdio.h>
#include <string.h>

#include "request_sql.h"

edu_status ei_request_already(edu_error *error)
{
    return ei_fail(error, EDU_E_CONFLICT, "application.already", NULL,
                   "there is an open application for this already");
}

edu_status ei_request_not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "request.not_found", NULL,
                   "there is no such application, or it is not yours to see");
}

static void take_row(ei_request *out, ei_rows *rows)
{
    ei_take_text(rows, 0, out->service, sizeof out->service);
    out->offering = ei_column_id(rows, 1);
    ei_take_text(rows, 2, out->institution, sizeof out->institution);
    ei_take_text(rows, 3, out->region, sizeof out->region);
    ei_take_text(rows, 4, out->state, sizeof out->state);
    out->is_open = ei_column_bool(rows, 5);
    out->entered = ei_column_time(rows, 6);
    out->submitted = ei_column_time(rows, 7);
    out->revision = (int32_t)ei_column_int(rows, 8);
    out->assignee = ei_column_id(rows, 9);
    out->holds_place = ei_column_bool(rows, 10);
    out->is_waiting = ei_column_bool(rows, 11);
    out->queue = ei_column_int(rows, 12);
    ei_take_text(rows, 13, out->calendar, sizeof out->calendar);
    out->calendar_version = (int32_t)ei_column_int(rows, 14);
    out->due = ei_column_time(rows, 15);
    out->next_at = ei_column_time(rows, 16);
    out->is_warned = ei_column_bool(rows, 17);
}

static edu_status take_head(ei_request *out, ei_rows *rows, edu_error *error)
{
    edu_bytes head = ei_column_bytes(rows, 20), key = ei_column_bytes(rows, 21);
    memcpy(out->head.service, out->service, sizeof out->head.service);
    memcpy(out->head.state, out->state, sizeof out->head.state);
    out->head.service_version = (int32_t)ei_column_int(rows, 18);
    out->head.version = ei_column_int(rows, 19);
    out->head.is_open = out->is_open;
    if (head.size != sizeof out->head.hash || !ei_person_keys_take(key, &out->wrapped))
        return ei_fail(error, EDU_E_CORRUPT, "request.row", NULL,
                       "an application has no key or no end of its chain");
    memcpy(out->head.hash, head.data, head.size);
    ei_take_text(rows, 22, out->applicant_as, sizeof out->applicant_as);
    out->is_clerk = ei_column_bool(rows, 23);
    out->is_institution = ei_column_bool(rows, 24);
    out->is_assignee = ei_column_bool(rows, 25);
    out->may_move = ei_column_bool(rows, 26);
    out->decided = ei_column_time(rows, 27);
    out->is_late = ei_column_bool(rows, 28);
    ei_take_text(rows, 29, out->number, sizeof out->number);
    return EDU_OK;
}

edu_status ei_request_load(edu_tx *tx, const edu_id *actor, const edu_id *person, const edu_id *id,
                           edu_time now, ei_request *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    *out = (ei_request){.person = *person, .id = *id};
    EI_TRY(sql_request_load(tx, actor, person, id, now, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && !row)
        status = ei_request_not_found(error);
    if (status == EDU_OK) {
        take_row(out, &rows);
        status = take_head(out, &rows, error);
    }
    ei_rows_close(&rows);
    return status;
}

edu_status ei_request_save(edu_tx *tx, const ei_request *r, edu_error *error)
{
    return sql_request_save(
        tx, &r->person, &r->id, r->state, r->is_open, r->entered, r->revision, &r->assignee,
        r->holds_place, r->is_waiting, r->queue, r->calendar[0] ? r->calendar : NULL,
        r->calendar_version, r->due, r->next_at, r->is_warned, &r->offering,
        r->institution[0] ? r->institution : NULL, r->region[0] ? r->region : NULL, r->may_move,
        r->decided, r->is_late, NULL, error);
}

void ei_request_note_decision(const ei_state_rules *state, const char *actor_kind, edu_time now,
                              ei_request *request)
{
    bool is_applicants = strcmp(actor_kind, "self") == 0 || strcmp(actor_kind, "guardian") == 0;
    if (!state->is_terminal && !state->holds_place)
        request->decided = EDU_TIME_NONE;
    else if (request->decided == EDU_TIME_NONE && (state->holds_place || !is_applicants))
        request->decided = now;
}

edu_bytes ei_request_key(const ei_request *request)
{
    return ei_person_keys_bytes(&request->wrapped);
}

bool ei_request_is_staff(const ei_request *request)
{
    return request->is_clerk || request->is_institution || request->is_assignee;
}

size_t ei_request_kinds(const ei_request *request, const char *out[EI_REQUEST_KINDS])
{
    size_t count = 0;
    if (request->applicant_as[0])
        out[count++] = request->applicant_as;
    if (request->is_clerk)
        out[count++] = "clerk";
    if (request->is_institution)
        out[count++] = "institution";
    if (request->is_assignee)
        out[count++] = "executor";
    return count;
}

edu_status ei_request_seal(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                           const char *field, const json_t *json, ei_buffer *out, edu_error *error)
{
    char *text = ei_json_dumps(json, JSON_COMPACT);
    if (!text)
        return ei_no_memory(error);
    edu_status status =
        ei_seal_into(session, person, wrapped, field, (edu_bytes){text, strlen(text)}, out, error);
    ei_free(text);
    return status;
}

edu_status ei_request_unseal(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                             const char *field, edu_bytes sealed, json_t **out, edu_error *error)
{
    edu_bytes plain;
    *out = NULL;
    if (!sealed.data)
        return EDU_OK;
    EI_TRY(ei_unseal(session->portal->keys, person, wrapped, field, sealed, &plain, error));
    /* Nothing is left of what an erased person wrote. */
    edu_bytes text = plain.size > 0 ? plain : (edu_bytes){"{}", 2};
    edu_status status = ei_json_read(text.data, text.size, out, error);
    ei_free((void *)(uintptr_t)plain.data);
    return status;
}
