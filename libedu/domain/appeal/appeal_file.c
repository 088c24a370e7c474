/* Files of appeals: what kind they are is told by their content. */
#include "domain/appeal/appeal_store.h"

#include <sodium.h>
#include <string.h>

#include "appeal_sql.h"

#define FILE_MAX (5 << 20)
#define FILES_MAX 20
#define FILES_UNNAMED_MAX 3 /* of an appeal without a name, by who follows it */

typedef struct attaching {
    const char *name, *type;
    edu_bytes content;
} attaching;

static edu_status check_file(attaching *file, edu_error *error)
{
    EI_TRY(ei_check_file_name(file->name, "appeal.file_name", error));
    if (file->content.size > FILE_MAX)
        return ei_fail(error, EDU_E_LIMIT, "appeal.file_size", "/content",
                       "a file has at most %d bytes", FILE_MAX);
    file->type = ei_media_name(ei_media_of(file->content));
    return file->type ? EDU_OK
                      : ei_fail(error, EDU_E_INVALID, "appeal.file_type", "/content",
                                "the content is no PDF, JPEG or PNG");
}

static edu_status check_count(const ei_appeal_step *step, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    int64_t count = 0;
    edu_status opened = sql_appeal_file_count(tx, &step->person, &step->id, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, NULL, &count, error));
    int most = step->is_followers ? FILES_UNNAMED_MAX : FILES_MAX;
    return count < most ? EDU_OK
                        : ei_fail(error, EDU_E_LIMIT, "appeal.files", NULL,
                                  "this appeal may have %d files", most);
}

static edu_status note_file(ei_appeal_step *step, const attaching *file, const ei_buffer *sealed,
                            edu_error *error)
{
    EI_TRY(ei_sealed_note(step->data, sealed, error));
    return json_object_set_new(step->data, "type", json_string(file->type)) == 0
               ? EDU_OK
               : ei_no_memory(error);
}

static edu_status change_attach(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                edu_error *error)
{
    const attaching *file = step->wanted;
    (void)command;
    ei_buffer name = {0}, content = {0};
    EI_TRY(check_count(step, tx, error));
    edu_bytes wrapped = ei_appeal_key(&step->appeal);
    edu_status status = ei_seal_into(step->session, &step->person, wrapped, EI_APPEAL_SEALED_NAME,
                                     (edu_bytes){file->name, strlen(file->name)}, &name, error);
    if (status == EDU_OK)
        status = ei_seal_into(step->session, &step->person, wrapped, EI_APPEAL_SEALED_FILE,
                              file->content, &content, error);
    if (status == EDU_OK)
        status = note_file(step, file, &content, error);
    if (status == EDU_OK)
        status = sql_appeal_file_add(tx, &step->person, &step->id, step->appeal.head.version + 1,
                                     (edu_bytes){name.data, name.size}, file->type,
                                     (int64_t)file->content.size,
                                     (edu_bytes){content.data, content.size}, NULL, error);
    ei_buffer_free(&name);
    ei_buffer_free(&content);
    return status;
}

static edu_status attach(ei_appeal_step *step, const attaching *file, const char *key,
                         edu_error *error)
{
    uint8_t hash[crypto_generichash_BYTES];
    size_t size = strlen(file->name);
    step->wanted = file;
    step->change = change_attach;
    (void)crypto_generichash(hash, sizeof hash, file->content.data, file->content.size,
                             (const unsigned char *)file->name, size < 64 ? size : 64);
    return ei_appeal_do(step, "appeal.attach", key, hash, sizeof hash, error);
}

edu_status edu_appeal_attach(edu_session *session, edu_id person_id, edu_id appeal_id,
                             const char *name, edu_bytes content, bool with_answer, const char *key,
                             edu_error *error)
{
    attaching file = {.name = name, .content = content};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(check_file(&file, error));
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = with_answer ? "enclose" : "attach",
                           .is_applicants = !with_answer};
    return attach(&step, &file, key, error);
}

edu_status edu_appeal_follow_attach(edu_session *session, const char *number, const char *code,
                                    const char *name, edu_bytes content, const char *key,
                                    edu_error *error)
{
    attaching file = {.name = name, .content = content};
    ei_appeal_step step = {
        .session = session, .action = "attach", .is_applicants = true, .is_followers = true};
    EI_TRY(ei_session_check(session, error));
    EI_TRY(check_file(&file, error));
    EI_TRY(ei_appeal_by_code(session, EI_APPEAL_CODE_FOLLOW, number, code, &step.person, &step.id,
                             error));
    return attach(&step, &file, key, error);
}

/* ---- reading ---- */

typedef struct file_read {
    edu_session *session;
    edu_id person, id, actor;
    int64_t sequence;
    edu_document *out;
} file_read;

static edu_status unseal_into(const file_read *read, const ei_appeal *appeal, ei_rows *rows,
                              edu_document *out, edu_error *error)
{
    ei_arena *arena = ei_record_arena(out);
    edu_bytes wrapped = ei_appeal_key(appeal), plain;
    EI_TRY(ei_unseal_text(read->session, &read->person, wrapped, EI_APPEAL_SEALED_NAME,
                          ei_column_bytes(rows, 0), arena, &out->name, error));
    EI_TRY(ei_unseal(read->session->portal->keys, &read->person, wrapped, EI_APPEAL_SEALED_FILE,
                     ei_column_bytes(rows, 2), &plain, error));
    char *copy = ei_arena_strndup(arena, plain.data, plain.size);
    out->content = (edu_bytes){copy, plain.size};
    ei_free((void *)(uintptr_t)plain.data);
    out->type = ei_arena_strdup(arena, ei_column_text(rows, 1));
    return copy && out->type ? EDU_OK : ei_no_memory(error);
}

static edu_status file_run(edu_tx *tx, void *context, edu_error *error)
{
    file_read *read = context;
    ei_appeal appeal;
    ei_rows rows;
    bool row = false;
    EI_TRY(ei_appeal_load(tx, &read->actor, &read->person, &read->id, ei_now(read->session),
                          &appeal, error));
    EI_TRY(sql_appeal_file_get(tx, &read->person, &read->id, read->sequence,
                               appeal.staff_as[0] != '\0', appeal.answered != EDU_TIME_NONE, &rows,
                               error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? unseal_into(read, &appeal, &rows, read->out, error)
                     : ei_appeal_not_found(error, "file");
    ei_rows_close(&rows);
    return status;
}

edu_status edu_appeal_file(edu_session *session, edu_id person_id, edu_id appeal_id,
                           int32_t sequence, edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    file_read read = {.session = session,
                      .person = ei_person_or_self(session, person_id),
                      .id = appeal_id,
                      .actor = ei_session_actor(session),
                      .sequence = sequence};
    ei_reading reading = ei_reading_of("appeal", read.person, appeal_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, file_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

edu_status edu_appeal_follow_file(edu_session *session, const char *number, const char *code,
                                  int32_t sequence, edu_document **out, edu_error *error)
{
    file_read read = {.session = session, .sequence = sequence};
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_appeal_by_code(session, EI_APPEAL_CODE_FOLLOW, number, code, &read.person, &read.id,
                             error));
    read.actor = read.person;
    EI_TRY(ei_read_record(session, sizeof **out, file_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}
