/* Roles: who may do what, and where. */
#include "domain/account/account_store.h"

#include <stdio.h>
#include <string.h>

#include "account_sql.h"
#include "portal_sql.h"

typedef struct role_work {
    edu_id person_id;
    const char *role, *scope, *code;
} role_work;

/* Which scopes a role may have. */
static edu_status check_role(const role_work *work, edu_error *error)
{
    static const struct {
        const char *role, *scope;
    } known[] = {{"admin", ""},          {"clerk", ""},
                 {"clerk", "region"},    {"school", "institution"},
                 {"steward", "centre"},  {"executor", "department"},
                 {"head", "department"}, {"finance", ""}};
    for (size_t i = 0; i < EI_COUNT(known); i++)
        if (strcmp(work->role, known[i].role) == 0 && strcmp(work->scope, known[i].scope) == 0)
            return (work->scope[0] == 0) == (work->code[0] == 0)
                       ? EDU_OK
                       : ei_fail(error, EDU_E_INVALID, "account.bad_scope", "/code",
                                 "a scope has a code, and everywhere has none");
    return ei_fail(
        error, EDU_E_INVALID, "account.bad_role", "/role",
        "no such role with this scope; there are admin, clerk, clerk of a region, "
        "school of an institution, steward of a centre, executor or head of a department, "
        "finance");
}

static edu_status take_role(edu_session *session, role_work *work, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(work->role, 16, false, "/role", error));
    EI_TRY(ei_check_text(work->scope, 16, true, "/scope", error));
    EI_TRY(ei_check_text(work->code, EI_CODE_MAX, true, "/code", error));
    work->scope = work->scope ? work->scope : "";
    work->code = work->code ? work->code : "";
    return check_role(work, error);
}

static void hash_role(ei_command *command, const role_work *work)
{
    ei_command_hash(command, &work->person_id, sizeof work->person_id);
    ei_command_hash_text(command, work->role);
    ei_command_hash_text(command, work->scope);
    ei_command_hash_text(command, work->code);
}

static edu_status audit_role(ei_command *command, edu_tx *tx, edu_error *error)
{
    const role_work *work = command->context;
    json_t *detail =
        json_pack("{s:s, s:s, s:s}", "role", work->role, "scope", work->scope, "code", work->code);
    char *text = detail ? ei_json_dumps(detail, JSON_COMPACT) : NULL;
    json_decref(detail);
    edu_status status = text ? ei_audit(command, tx, command->name, &work->person_id, text, error)
                             : ei_no_memory(error);
    ei_free(text);
    return status;
}

static edu_status require_target(edu_tx *tx, const role_work *work, edu_error *error)
{
    ei_rows rows;
    bool any = false;
    EI_TRY(sql_account_of(tx, &work->person_id, &rows, error));
    EI_TRY(ei_account_any(&rows, &any, error));
    if (!any)
        return ei_account_not_found(error, "person");
    EI_TRY(sql_account_scope_exists(tx, work->scope, work->code, &rows, error));
    EI_TRY(ei_account_any(&rows, &any, error));
    return any ? EDU_OK : ei_account_not_found(error, work->scope);
}

/* Who becomes staff where staff confirm each sign-in begins with such a sign-in. */
static edu_status end_plain_sign_ins(ei_command *command, edu_tx *tx, edu_error *error)
{
    const role_work *work = command->context;
    if (!command->session->portal->staff_second_factor)
        return EDU_OK;
    ei_rows rows;
    bool was_staff = false;
    EI_TRY(sql_account_is_staff(tx, &work->person_id, &rows, error));
    EI_TRY(ei_account_any(&rows, &was_staff, error));
    return was_staff ? EDU_OK
                     : sql_portal_sign_in_end_others(tx, &work->person_id, (edu_bytes){NULL, 0},
                                                     NULL, error);
}

static edu_status run_grant(ei_command *command, edu_tx *tx, edu_error *error)
{
    const role_work *work = command->context;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(require_target(tx, work, error));
    EI_TRY(end_plain_sign_ins(command, tx, error));
    edu_id actor = ei_session_actor(command->session);
    int64_t added = 0;
    EI_TRY(sql_account_grant_add(tx, &work->person_id, work->role, work->scope, work->code,
                                 command->now, &actor, &added, error));
    return added ? audit_role(command, tx, error) : EDU_OK;
}

edu_status edu_account_grant(edu_session *session, edu_id person_id, const char *role,
                             const char *scope, const char *code, const char *key, edu_error *error)
{
    role_work work = {person_id, role, scope, code};
    EI_TRY(take_role(session, &work, error));
    ei_command command = {.session = session,
                          .name = "account.grant",
                          .key = key,
                          .run = run_grant,
                          .context = &work};
    hash_role(&command, &work);
    return ei_command_run(&command, error);
}

static edu_status run_revoke(ei_command *command, edu_tx *tx, edu_error *error)
{
    const role_work *work = command->context;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    /* The operator is the library's own, so that a store is never without an admin. */
    if (ei_id_compare(work->person_id, ei_operator_id) == 0)
        return ei_account_not_found(error, "role");
    int64_t removed = 0;
    EI_TRY(sql_account_grant_end(tx, &work->person_id, work->role, work->scope, work->code,
                                 &removed, error));
    return removed ? audit_role(command, tx, error) : ei_account_not_found(error, "role");
}

edu_status edu_account_revoke(edu_session *session, edu_id person_id, const char *role,
                              const char *scope, const char *code, const char *key,
                              edu_error *error)
{
    role_work work = {person_id, role, scope, code};
    EI_TRY(take_role(session, &work, error));
    ei_command command = {.session = session,
                          .name = "account.revoke",
                          .key = key,
                          .run = run_revoke,
                          .context = &work};
    hash_role(&command, &work);
    return ei_command_run(&command, error);
}

typedef struct grant_list {
    edu_session *session;
    ei_page_key key;
    int32_t limit;
    void *page;
} grant_list;

static edu_status read_grants(edu_tx *tx, void *context, edu_error *error)
{
    grant_list *list = context;
    EI_TRY(ei_require_role(list->session, tx, "admin", error));
    const ei_page_key *key = &list->key;
    ei_rows rows;
    EI_TRY(sql_account_grants(tx, &key->id[0], key->text[1], key->text[2], key->text[3],
                              ei_page_limit(list->limit) + 1, &rows, error));
    ei_page_plan plan = {"uttt", "edu_grant", list->limit, NULL, NULL};
    edu_status status = ei_page_read(list->session, &rows, &plan, &list->page, error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_account_grants(edu_session *session, const char *cursor, int32_t limit,
                              edu_grant_page **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_session_require(session, error));
    grant_list list = {.session = session, .limit = limit};
    edu_status status = ei_page_key_read(session, &list.key, "uttt", cursor, error);
    ei_reading reading = ei_reading_list("roles");
    if (status == EDU_OK)
        status = ei_read_of(session, &reading, read_grants, &list, error);
    ei_page_key_finish(&list.key);
    if (status == EDU_OK)
        *out = list.page;
    else
        edu_free(list.page);
    return status;
}

/* ---- what they permit ---- */

typedef struct rights_read {
    edu_session *session;
    edu_rights *record;
} rights_read;

static edu_status read_rights(edu_tx *tx, void *context, edu_error *error)
{
    rights_read *read = context;
    const edu_id actor = ei_session_actor(read->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_account_rights(tx, &actor, ei_now(read->session), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_rows_record(&rows, 0, edu_record_type_find("edu_rights"),
                                ei_record_arena(read->record), read->record, error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_account_rights(edu_session *session, edu_rights **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    rights_read read = {.session = session};
    EI_TRY(ei_read_record(session, sizeof **out, read_rights, &read, &read.record, error));
    *out = read.record;
    return EDU_OK;
}
