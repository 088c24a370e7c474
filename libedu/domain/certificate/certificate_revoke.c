/* Revoking takes two clerks. */
#include "domain/certificate/certificate_store.h"

#include <stdio.h>
#include <string.h>
#include "certificate_sql.h"

#define REASON_MAX 400

typedef struct revoking {
    const char *reason;
    bool is_public, accept;
    uint8_t bits[10];
    char number[EI_PAPER_ID_TEXT];
} revoking;

/* ---- asking ---- */

static edu_status revocable(edu_tx *tx, const revoking *wanted, edu_id *person, edu_error *error)
{
    ei_rows rows;
    bool row, is_current = false, is_asked = false;
    EI_TRY(sql_certificate_to_revoke(tx, (edu_bytes){wanted->bits, sizeof wanted->bits},
                                     wanted->number, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        *person = ei_column_id(&rows, 0);
        is_current = ei_column_bool(&rows, 1);
        is_asked = ei_column_bool(&rows, 2);
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return ei_certificate_not_found(error);
    if (!is_current)
        return ei_fail(error, EDU_E_STATE, "certificate.revoked", NULL,
                       "the certificate is revoked already");
    if (is_asked)
        return ei_fail(error, EDU_E_STATE, "certificate.asked", NULL,
                       "its revocation waits for a second clerk already");
    return EDU_OK;
}

static edu_status revoke_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const revoking *wanted = command->context;
    edu_id actor = ei_session_actor(command->session), id = ei_new_id(command->session), person;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    if (command->session->is_operator)
        return ei_fail(error, EDU_E_DENIED, "certificate.operator", NULL,
                       "revoking takes two people who are known; sign in to ask for it");
    EI_TRY(revocable(tx, wanted, &person, error));
    EI_TRY(sql_certificate_revocation_add(tx, &id, &person, wanted->number, wanted->reason,
                                          wanted->is_public, &actor, command->now, NULL, error));
    return ei_audit(command, tx, "certificate.revoke", &person, NULL, error);
}

edu_status edu_certificate_revoke(edu_session *session, const char *number, const char *reason,
                                  bool is_public, const char *key, edu_error *error)
{
    revoking wanted = {.reason = reason, .is_public = is_public};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(reason, REASON_MAX, false, "/reason", error));
    if (*reason == '\0')
        return ei_fail(error, EDU_E_INVALID, "core.missing", "/reason", "say why");
    EI_TRY(ei_certificate_number(number, wanted.bits, wanted.number, error));
    ei_command command = {.session = session,
                          .name = "certificate.revoke",
                          .key = key,
                          .run = revoke_run,
                          .context = &wanted};
    ei_command_hash_text(&command, wanted.number);
    ei_command_hash_text(&command, reason);
    ei_command_hash(&command, &is_public, sizeof is_public);
    return ei_command_run(&command, error);
}

/* ---- doubts ---- */

#define DOUBTS_MAX 64 /* a source has a paper a type, and few that were renewed */

typedef struct doubtful {
    size_t count;
    char numbers[DOUBTS_MAX][EI_PAPER_ID_TEXT];
} doubtful;

static edu_status doubtful_read(const ei_command *command, edu_tx *tx, const edu_id *person,
                                const edu_id *source, doubtful *out, edu_error *error)
{
    ei_rows rows;
    bool row = true;
    EI_TRY(sql_certificate_doubtful(tx, person, source, command->now, DOUBTS_MAX, &rows, error));
    edu_status status = EDU_OK;
    for (out->count = 0; status == EDU_OK && row && out->count < DOUBTS_MAX; out->count += row) {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row)
            (void)snprintf(out->numbers[out->count], EI_PAPER_ID_TEXT, "%s",
                           ei_column_text(&rows, 0));
    }
    ei_rows_close(&rows);
    return status;
}

edu_status ei_certificate_doubt(const ei_command *command, edu_tx *tx, const edu_id *person,
                                const edu_id *source, const char *reason, edu_error *error)
{
    doubtful found;
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(doubtful_read(command, tx, person, source, &found, error));
    for (size_t i = 0; i < found.count; i++) {
        edu_id id = ei_new_id(command->session);
        EI_TRY(sql_certificate_revocation_add(tx, &id, person, found.numbers[i], reason, true,
                                              &actor, command->now, NULL, error));
    }
    return EDU_OK;
}

/* ---- deciding ---- */

typedef struct asked {
    edu_id id, person, by;
    char reason[REASON_MAX + 1];
    bool is_public;
} asked;

static edu_status asked_read(edu_tx *tx, const char *number, asked *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_certificate_revocation(tx, number, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->id = ei_column_id(&rows, 0);
        out->person = ei_column_id(&rows, 1);
        (void)snprintf(out->reason, sizeof out->reason, "%s", ei_column_text(&rows, 2));
        out->by = ei_column_id(&rows, 3);
        out->is_public = ei_column_bool(&rows, 4);
    }
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_certificate_not_found(error) : status;
}

static edu_status decide_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const revoking *wanted = command->context;
    edu_id actor = ei_session_actor(command->session);
    asked found = {0};
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(asked_read(tx, wanted->number, &found, error));
    if (ei_id_compare(found.by, actor) == 0)
        return ei_fail(error, EDU_E_DENIED, "certificate.same_person", NULL,
                       "who asked for it does not confirm it: another clerk has to");
    if (wanted->accept && ei_id_compare(found.by, ei_operator_id) == 0) {
        EI_TRY(sql_certificate_revocation_adopt(tx, &found.id, &actor, NULL, error));
        return ei_audit(command, tx, "certificate.revoke", &found.person, NULL, error);
    }
    EI_TRY(sql_certificate_revocation_decide(tx, &found.id, wanted->accept ? "done" : "refused",
                                             &actor, NULL, error));
    if (wanted->accept)
        EI_TRY(sql_certificate_end(tx, &found.person, wanted->number, command->now, found.reason,
                                   found.is_public, NULL, error));
    return ei_audit(command, tx, "certificate.revoke_decide", &found.person, NULL, error);
}

edu_status edu_certificate_revoke_decide(edu_session *session, const char *number, bool accept,
                                         const char *key, edu_error *error)
{
    revoking wanted = {.accept = accept};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_certificate_number(number, wanted.bits, wanted.number, error));
    ei_command command = {.session = session,
                          .name = "certificate.revoke_decide",
                          .key = key,
                          .run = decide_run,
                          .context = &wanted};
    ei_command_hash_text(&command, wanted.number);
    ei_command_hash(&command, &accept, sizeof accept);
    return ei_command_run(&command, error);
}

/* ---- the list ---- */

static edu_status revocation_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                                  void *context, edu_error *error)
{
    edu_revocation *out = record;
    EI_TRY(ei_copy_column(arena, rows, first, &out->number, error));
    out->title = ei_localised_text(arena, context, ei_column_text(rows, first + 1));
    if (out->title == NULL)
        return ei_no_memory(error);
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->state, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->reason, error));
    out->is_public = ei_column_bool(rows, first + 4);
    out->created = ei_column_time(rows, first + 5);
    out->may_confirm = ei_column_bool(rows, first + 6);
    return EDU_OK;
}

static edu_status revocations_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_require_role(list->session, tx, "clerk", error));
    return sql_certificate_revocations(tx, &actor, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_certificate_revocations(edu_session *session, const char *cursor, int32_t limit,
                                       edu_revocation_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {
        .session = session,
        .open = revocations_open,
        .reading = ei_reading_list("revocations"),
        .plan = {
            .shape = "U", .record = "edu_revocation", .limit = limit, .fill = revocation_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
