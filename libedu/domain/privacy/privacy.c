/* Erasing a person: what says who they were is deleted, and the key destroyed under which the rest
 * is sealed. */
#include <edu/privacy.h>

#include <string.h>

#include "domain/account/account_store.h"
#include "domain/person/person_store.h"
#include "domain/request/request_document.h"
#include "privacy_sql.h"

#define REASON_MAX 500
#define REPLAY_BYTES_MAX ((size_t)64 << 20)

static edu_status not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "privacy.not_found", NULL, "there is no such person");
}

typedef struct erasing {
    edu_id person, by;
    edu_time at;
    const char *reason;
    bool with_open;
    bool is_again; /* after a restore: whatever stands in the way */
    bool is_done;
    ei_buffer files; /* names, each with its NUL */
} erasing;

/* ---- may it be? ---- */

static edu_status hindered(edu_error *error, const char *key, const char *message)
{
    return ei_fail(error, EDU_E_STATE, key, NULL, "%s", message);
}

static edu_status judge(const edu_session *session, const erasing *work, ei_rows *rows,
                        edu_error *error)
{
    edu_id own = ei_session_actor(session);
    if (ei_id_compare(own, work->person) == 0)
        return hindered(error, "privacy.own", "nobody erases themselves; another admin does it");
    if (ei_column_bool(rows, 0))
        return hindered(error, "privacy.erased", "this person is erased already");
    if (ei_column_bool(rows, 1))
        return hindered(error, "privacy.has_role",
                        "this person has a role still; take it back first");
    if (ei_column_bool(rows, 2) && !work->with_open)
        return hindered(
            error, "privacy.has_open",
            "an application of this person is open; bring it to its end first, or erase "
            "them with what is open");
    if (ei_column_bool(rows, 3))
        return hindered(error, "privacy.owes",
                        "an invoice of this person is open, or money is on its way; settle it "
                        "first");
    return EDU_OK;
}

/* *goes_on: false, where a replay finds nothing to do. */
static edu_status look(const edu_session *session, edu_tx *tx, const erasing *work, bool *goes_on,
                       edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_privacy_hindrances(tx, &work->person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && work->is_again)
        *goes_on = row && !ei_column_bool(&rows, 0);
    else if (status == EDU_OK)
        status = row ? judge(session, work, &rows, error) : not_found(error);
    ei_rows_close(&rows);
    return status;
}

/* ---- what is looked up by ---- */

typedef struct identifiers {
    const char *number, *document, *login;
} identifiers;

static edu_status take_identifiers(const edu_session *session, const edu_id *person, ei_rows *rows,
                                   ei_arena *arena, identifiers *out, edu_error *error)
{
    edu_bytes wrapped = ei_column_bytes(rows, 0);
    EI_TRY(ei_copy_column(arena, rows, 3, &out->login, error));
    EI_TRY(ei_unseal_text(session, person, wrapped, "number", ei_column_bytes(rows, 1), arena,
                          &out->number, error));
    return ei_unseal_text(session, person, wrapped, "document", ei_column_bytes(rows, 2), arena,
                          &out->document, error);
}

static edu_status end_claim(edu_tx *tx, const erasing *work, const ei_identifier *claim,
                            edu_error *error)
{
    return sql_privacy_claim_end(tx, claim->kind, ei_hash_bytes(&claim->hash), &work->person, NULL,
                                 error);
}

static edu_status end_claims(const edu_portal *portal, edu_tx *tx, const erasing *work,
                             const identifiers *of, edu_error *error)
{
    ei_identifier claim;
    if (of->number) {
        EI_TRY(ei_identify_number(portal, of->number, &claim, error));
        EI_TRY(end_claim(tx, work, &claim, error));
    }
    if (of->document) {
        EI_TRY(ei_identify_document(portal, of->document, &claim, error));
        EI_TRY(end_claim(tx, work, &claim, error));
    }
    if (of->login) {
        claim.kind = "login";
        claim.hash = ei_login_hash(portal, of->login);
        EI_TRY(end_claim(tx, work, &claim, error));
    }
    return EDU_OK;
}

static edu_status unseal_and_end_claims(const edu_session *session, edu_tx *tx, const erasing *work,
                                        const edu_id *person, ei_arena *arena, edu_error *error)
{
    identifiers of = {NULL, NULL, NULL};
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_privacy_identifiers(tx, person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = take_identifiers(session, person, &rows, arena, &of, error);
    ei_rows_close(&rows);
    return status == EDU_OK ? end_claims(session->portal, tx, work, &of, error) : status;
}

static edu_status erase_claims(const edu_session *session, edu_tx *tx, const erasing *work,
                               const edu_id *person, edu_error *error)
{
    ei_arena *arena = ei_arena_new();
    if (!arena)
        return ei_no_memory(error);
    edu_status status = unseal_and_end_claims(session, tx, work, person, arena, error);
    ei_arena_free(arena);
    return status;
}

/* ---- rows ---- */

static edu_status add_file(void *context, ei_rows *rows, edu_error *error)
{
    ei_buffer *files = context;
    const char *name = ei_column_text(rows, 0);
    ei_buffer_add(files, name, strlen(name) + 1);
    return files->failed ? ei_no_memory(error) : EDU_OK;
}

/* Children before their parents. */
static edu_status erase_rows(edu_tx *tx, const edu_id *person, edu_error *error)
{
    static edu_status (*const statements[])(edu_tx *, const edu_id *, int64_t *, edu_error *) = {
        sql_privacy_erase_words,
        sql_privacy_erase_band,
        sql_privacy_erase_namesake,
        sql_privacy_erase_pupil,
        sql_privacy_erase_guardian,
        sql_privacy_erase_reading,
        sql_privacy_erase_account,
        sql_privacy_erase_enrolment,
        sql_privacy_erase_code,
        sql_privacy_erase_sign_in,
        sql_privacy_erase_command,
        sql_privacy_erase_notification,
        sql_privacy_erase_outbox,
        sql_privacy_erase_draft_document,
        sql_privacy_erase_draft,
        sql_privacy_erase_appeal_draft,
        sql_privacy_erase_seen,
        sql_privacy_erase_entry,
        sql_privacy_erase_request,
        sql_privacy_erase_admission,
        sql_privacy_erase_admission_change,
        sql_privacy_erase_result_change,
        sql_privacy_erase_correction,
        sql_privacy_erase_reference,
        sql_privacy_erase_register_change,
        sql_privacy_erase_register_record,
        sql_privacy_erase_revocation,
        sql_privacy_erase_refund,
        sql_privacy_erase_transfer,
    };
    const edu_bytes nothing = {"", 0};
    for (size_t i = 0; i < EI_COUNT(statements); i++)
        EI_TRY(statements[i](tx, person, NULL, error));
    EI_TRY(sql_privacy_words_anew(tx, NULL, error));
    EI_TRY(sql_privacy_erase_certificate(tx, person, nothing, NULL, error));
    return sql_privacy_erase_person(tx, person, nothing, NULL, error);
}

static edu_status erase_one(ei_command *command, edu_tx *tx, const edu_id *person, edu_error *error)
{
    const erasing *work = command->context;
    EI_TRY(erase_claims(command->session, tx, work, person, error));
    EI_TRY(erase_rows(tx, person, error));
    return sql_privacy_erasure_add(tx, person, work->at == EDU_TIME_NONE ? command->now : work->at,
                                   &work->by, work->reason, NULL, error);
}

/* They are on the list too: a backup from before the merger has them apart. */
static edu_status erase_merged(ei_command *command, edu_tx *tx, edu_error *error)
{
    const erasing *work = command->context;
    ei_buffer ids = {0};
    ei_rows rows;
    edu_status status =
        ei_rows_ids(sql_privacy_merged(tx, &work->person, &rows, error), &rows, &ids, error);
    for (size_t at = 0; status == EDU_OK && at < ids.size; at += sizeof(edu_id)) {
        edu_id id;
        memcpy(&id, ids.data + at, sizeof id);
        status = erase_one(command, tx, &id, error);
    }
    ei_buffer_free(&ids);
    return status;
}

/* Who was merged is erased with whom they are, where a list says so once more. */
static edu_status find_kept(edu_tx *tx, erasing *work, edu_error *error)
{
    bool was_merged = false;
    EI_TRY(ei_person_kept(tx, &work->person, &was_merged, error));
    return was_merged && !work->is_again
               ? hindered(error, "privacy.merged",
                          "this person is merged into another; erase that one")
               : EDU_OK;
}

static edu_status erase_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    erasing *work = command->context;
    bool goes_on = true;
    ei_rows rows;
    work->files.size = 0;
    work->is_done = false;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(find_kept(tx, work, error));
    EI_TRY(look(command->session, tx, work, &goes_on, error));
    if (!goes_on)
        return EDU_OK;
    EI_TRY(ei_rows_each(sql_privacy_files(tx, &work->person, &rows, error), &rows, add_file,
                        &work->files, error));
    EI_TRY(erase_merged(command, tx, error));
    EI_TRY(erase_one(command, tx, &work->person, error));
    work->is_done = true;
    return ei_audit(command, tx, command->name, &work->person, NULL, error);
}

/* ---- files ---- */

static void drop_files(const edu_session *session, const ei_buffer *files)
{
    for (size_t at = 0; at < files->size; at += strlen(files->data + at) + 1)
        ei_document_file_drop(session, files->data + at);
}

static edu_status clear_files(const edu_session *session, edu_error *error)
{
    edu_status status = ei_store_scrub(session->portal->store, error);
    return status == EDU_E_BUSY
               ? ei_fail(error, EDU_E_BUSY, "privacy.files", NULL,
                         "they are erased, but somebody reads the store for long, and its files "
                         "cannot be cleared of what was deleted; call again with the same key")
               : status;
}

static edu_status erase(edu_session *session, erasing *work, const char *key, edu_error *error)
{
    ei_command command = {
        .session = session, .name = "privacy.erase", .key = key, .run = erase_run, .context = work};
    ei_command_hash(&command, &work->person, sizeof work->person);
    ei_command_hash_text(&command, work->reason);
    ei_command_hash(&command, &work->with_open, sizeof work->with_open);
    edu_status status = ei_command_run(&command, error);
    if (status == EDU_OK)
        drop_files(session, &work->files);
    ei_buffer_free(&work->files);
    return status;
}

edu_status edu_privacy_erase(edu_session *session, edu_id person_id, const char *reason,
                             bool with_open, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(reason, REASON_MAX, "/reason", error));
    erasing work = {.person = person_id,
                    .by = ei_session_actor(session),
                    .at = EDU_TIME_NONE,
                    .reason = reason,
                    .with_open = with_open};
    EI_TRY(erase(session, &work, key, error));
    return clear_files(session, error);
}

/* ---- the list ---- */

static edu_status add_erasure(void *context, ei_rows *rows, edu_error *error)
{
    ei_buffer *out = context;
    char person[EDU_ID_TEXT], by[EDU_ID_TEXT], at[32];
    edu_id_format(ei_column_id(rows, 0), person);
    ei_time_format(ei_column_time(rows, 1), at);
    edu_id_format(ei_column_id(rows, 2), by);
    ei_csv_write(out, person, false);
    ei_csv_write(out, at, false);
    ei_csv_write(out, by, false);
    ei_csv_write(out, ei_column_text(rows, 3), true);
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

typedef struct listing {
    edu_session *session;
    ei_buffer text;
} listing;

static edu_status list_run(edu_tx *tx, void *context, edu_error *error)
{
    listing *work = context;
    ei_rows rows;
    EI_TRY(ei_require_role(work->session, tx, "admin", error));
    ei_buffer_free(&work->text);
    ei_buffer_text(&work->text, "person,at,by,reason\r\n");
    return ei_rows_each(sql_privacy_erasures(tx, &rows, error), &rows, add_erasure, &work->text,
                        error);
}

edu_status edu_privacy_erasures(edu_session *session, edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    listing work = {session, {0}};
    edu_status status = ei_read(session, list_run, &work, error);
    if (status == EDU_OK)
        status = ei_document("erasures.csv", "text/csv; charset=utf-8", &work.text, out, error);
    ei_buffer_free(&work.text);
    return status;
}

/* ---- once more ---- */

static edu_status bad_line(const ei_csv *csv, const char *column, edu_error *error)
{
    return ei_fail_line(error, EDU_E_INVALID, "privacy.erasures", ei_csv_line(csv), column,
                        "%s is not as the list of erasures has it", column + 1);
}

static edu_status read_line(const ei_csv *csv, const char *const *fields, erasing *out,
                            edu_error *error)
{
    if (edu_id_parse(fields[0], &out->person, NULL) != EDU_OK)
        return bad_line(csv, "/person", error);
    if (!ei_time_parse(fields[1], &out->at))
        return bad_line(csv, "/at", error);
    if (edu_id_parse(fields[2], &out->by, NULL) != EDU_OK)
        return bad_line(csv, "/by", error);
    out->reason = fields[3];
    return ei_check_words(out->reason, REASON_MAX + 1, "/reason", error);
}

static edu_status require_admin(edu_tx *tx, void *context, edu_error *error)
{
    return ei_require_role(context, tx, "admin", error);
}

static edu_status replay_lines(edu_session *session, ei_csv *csv, int32_t *done, edu_error *error)
{
    const char *const *fields = NULL;
    bool more = true;
    for (;;) {
        erasing work = {.is_again = true};
        EI_TRY(ei_csv_next(csv, &fields, &more, error));
        if (!more)
            return EDU_OK;
        EI_TRY(read_line(csv, fields, &work, error));
        EI_TRY(erase(session, &work, NULL, error));
        *done += work.is_done;
    }
}

edu_status edu_privacy_replay(edu_session *session, edu_bytes csv, int32_t *done, edu_error *error)
{
    static const char *const columns[] = {"person", "at", "by", "reason", NULL};
    ei_csv *lines = NULL;
    EI_TRY(ei_session_require(session, error));
    if (!done)
        return ei_bad_argument(error, "done");
    if (!csv.data)
        return ei_bad_argument(error, "csv");
    if (csv.size > REPLAY_BYTES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "privacy.erasures_size", "/csv",
                       "a list of erasures has at most 64 MiB");
    EI_TRY(ei_read(session, require_admin, session, error));
    *done = 0;
    EI_TRY(ei_csv_open(csv, columns, &lines, error));
    edu_status status = replay_lines(session, lines, done, error);
    ei_csv_close(lines);
    return status == EDU_OK ? clear_files(session, error) : status;
}
