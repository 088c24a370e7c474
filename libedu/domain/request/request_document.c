/* Documents that are given with an application: into a draft, out of it, submitted, read. */
#include "domain/request/request_document.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "request_sql.h"

#define SEALED_CONTENT "document" /* name of a sealed field */

static edu_status no_document(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "request.no_document", NULL,
                   "there is no such document, or it is not yours to see");
}

static edu_bytes key_of(const ei_draft *draft)
{
    return ei_person_keys_bytes(ei_id_is_none(draft->application) ? &draft->facts.wrapped
                                                                  : &draft->request.wrapped);
}

/* ---- attaching ---- */

typedef struct attaching {
    edu_session *session;
    edu_id person, draft;
    const char *kind, *name;
    edu_bytes content;
    ei_media media;
    ei_person_keys wrapped;
    ei_buffer sealed_name, sealed;
    char hash[EI_SEALED_HASH];
} attaching;

static edu_status check_arguments(const attaching *work, edu_error *error)
{
    EI_TRY(ei_check_text(work->kind, EI_REQUEST_CODE - 1, false, "/kind", error));
    EI_TRY(ei_check_file_name(work->name, "request.document_name", error));
    if (work->content.size > EI_DOCUMENT_BYTES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "request.document_size", "/content",
                       "a document has at most %d bytes", EI_DOCUMENT_BYTES_MAX);
    return EDU_OK;
}

/* By what the draft is asked for. */
static edu_status check_kind(const attaching *work, const ei_draft *draft,
                             const ei_document_kind **out, edu_error *error)
{
    const ei_document_kind *kind = *out = ei_asked_find(&draft->asked, work->kind);
    if (!kind)
        return ei_fail(error, EDU_E_INVALID, "request.document_kind", "/kind",
                       "no such document is asked for");
    if (work->content.size > (size_t)kind->bytes_max)
        return ei_fail(error, EDU_E_LIMIT, "request.document_size", "/content",
                       "this document has at most %d bytes", kind->bytes_max);
    return kind->types & (unsigned)work->media
               ? EDU_OK
               : ei_fail(error, EDU_E_INVALID, "request.document_type", "/content",
                         "by its content this is no document of a type that is asked for");
}

static edu_status look_run(edu_tx *tx, void *context, edu_error *error)
{
    attaching *work = context;
    const ei_document_kind *kind;
    ei_draft draft;
    edu_status status = ei_draft_load(work->session, tx, &work->person, &work->draft,
                                      ei_now(work->session), &draft, error);
    if (status == EDU_OK)
        status = check_kind(work, &draft, &kind, error);
    if (status == EDU_OK)
        (void)ei_person_keys_take(key_of(&draft), &work->wrapped);
    ei_draft_finish(&draft);
    return status;
}

static edu_status scan(const attaching *work, edu_error *error)
{
    const edu_scanner *scanner = &work->session->portal->environment.scanner;
    if (!scanner->scan)
        return EDU_OK;
    edu_status status = scanner->scan(scanner->context, work->content.data, work->content.size,
                                      ei_media_name(work->media), error);
    return status == EDU_E_INVALID ? ei_fail(error, EDU_E_INVALID, "request.document_refused",
                                             "/content", "this document is not accepted")
                                   : status;
}

static edu_status seal(attaching *work, edu_error *error)
{
    edu_bytes wrapped = ei_person_keys_bytes(&work->wrapped);
    edu_bytes name = {work->name, strlen(work->name)};
    EI_TRY(ei_seal_into(work->session, &work->person, wrapped, EI_DOCUMENT_SEALED_NAME, name,
                        &work->sealed_name, error));
    EI_TRY(ei_seal_into(work->session, &work->person, wrapped, SEALED_CONTENT, work->content,
                        &work->sealed, error));
    edu_bytes sealed = {work->sealed.data, work->sealed.size};
    ei_sealed_hash(sealed, work->hash);
    return work->session->portal->documents
               ? ei_document_file_write(work->session, work->hash, sealed, error)
               : EDU_OK;
}

static edu_status check_count(const attaching *work, edu_tx *tx, const ei_document_kind *kind,
                              edu_error *error)
{
    ei_rows rows;
    int64_t count = 0;
    edu_status opened =
        sql_draft_document_count(tx, &work->person, &work->draft, kind->code, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, NULL, &count, error));
    return count < kind->most
               ? EDU_OK
               : ei_fail(error, EDU_E_LIMIT, "request.documents", "/kind",
                         "of this document there may be %d; take one out first", kind->most);
}

static edu_status add(const attaching *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    edu_id id = ei_new_id(command->session);
    edu_bytes sealed = {work->sealed.data, work->sealed.size};
    if (command->session->portal->documents)
        sealed = (edu_bytes){0};
    EI_TRY(sql_document_add(tx, &work->person, &id, work->kind,
                            (edu_bytes){work->sealed_name.data, work->sealed_name.size},
                            ei_media_name(work->media), (int64_t)work->content.size, work->hash,
                            command->now, sealed, NULL, error));
    EI_TRY(sql_draft_document_add(tx, &work->person, &work->draft, &id, NULL, error));
    memcpy(command->result, &id, sizeof id);
    command->result_size = sizeof id;
    return EDU_OK;
}

static edu_status attach_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    attaching *work = command->context;
    const ei_document_kind *kind;
    ei_draft draft;
    edu_status status = ei_draft_load(command->session, tx, &work->person, &work->draft,
                                      command->now, &draft, error);
    if (status == EDU_OK && !work->sealed.data) /* it was not there when it was looked at */
        status = ei_request_not_found(error);
    if (status == EDU_OK)
        status = check_kind(work, &draft, &kind, error);
    if (status == EDU_OK)
        status = check_count(work, tx, kind, error);
    ei_draft_finish(&draft);
    return status == EDU_OK ? add(work, command, tx, error) : status;
}

/* The draft is looked at first, so that nobody has anything scanned for what is not theirs. What
 * was submitted meanwhile is no draft any more, but a key of before still has its answer. */
static edu_status prepare(attaching *work, edu_error *error)
{
    edu_error why = EDU_ERROR_INIT;
    edu_status status = ei_read(work->session, look_run, work, &why);
    if (status == EDU_E_NOT_FOUND)
        return EDU_OK;
    if (status != EDU_OK && error)
        *error = why;
    EI_TRY(status);
    EI_TRY(scan(work, error));
    return seal(work, error);
}

static edu_status attach(attaching *work, const char *key, edu_id *out, edu_error *error)
{
    uint8_t hash[crypto_generichash_BYTES];
    ei_command command = {.session = work->session,
                          .name = "draft.attach",
                          .key = key,
                          .run = attach_run,
                          .context = work};
    (void)crypto_generichash(hash, sizeof hash, work->content.data, work->content.size, NULL, 0);
    ei_command_hash(&command, &work->person, sizeof work->person);
    ei_command_hash(&command, &work->draft, sizeof work->draft);
    ei_command_hash_text(&command, work->kind);
    ei_command_hash_text(&command, work->name);
    ei_command_hash(&command, hash, sizeof hash);
    edu_status status = prepare(work, error);
    if (status == EDU_OK)
        status = ei_command_run(&command, error);
    bool is_kept = status == EDU_OK ? !command.was_repeated : status == EDU_E_STORAGE;
    if (work->sealed.data && work->session->portal->documents && !is_kept)
        ei_document_file_drop(work->session, work->hash);
    if (status == EDU_OK)
        memcpy(out, command.result, sizeof *out);
    return status;
}

edu_status edu_draft_attach(edu_session *session, edu_id person_id, edu_id draft_id,
                            const char *kind, const char *name, edu_bytes content, const char *key,
                            edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    attaching work = {.session = session,
                      .person = ei_person_or_self(session, person_id),
                      .draft = draft_id,
                      .kind = kind,
                      .name = name,
                      .content = content,
                      .media = ei_media_of(content)};
    EI_TRY(check_arguments(&work, error));
    edu_status status = attach(&work, key, out, error);
    ei_buffer_free(&work.sealed_name);
    ei_buffer_free(&work.sealed);
    return status;
}

/* ---- taking out ---- */

typedef struct naming {
    edu_session *session;
    edu_id person, id, document;
    edu_document *out;
} naming;

static edu_status detach_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const naming *which = command->context;
    int64_t dropped = 0;
    ei_draft draft;
    edu_status status = ei_draft_load(command->session, tx, &which->person, &which->id,
                                      command->now, &draft, error);
    ei_draft_finish(&draft);
    EI_TRY(status);
    EI_TRY(
        sql_draft_document_drop(tx, &which->person, &which->id, &which->document, &dropped, error));
    return dropped ? sql_documents_tidy(tx, &which->person, NULL, error) : no_document(error);
}

edu_status edu_draft_detach(edu_session *session, edu_id person_id, edu_id draft_id,
                            edu_id document_id, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    naming which = {session, ei_person_or_self(session, person_id), draft_id, document_id, NULL};
    ei_command command = {.session = session,
                          .name = "draft.detach",
                          .key = key,
                          .run = detach_run,
                          .context = &which};
    ei_command_hash(&command, &which.person, sizeof which.person);
    ei_command_hash(&command, &draft_id, sizeof draft_id);
    ei_command_hash(&command, &document_id, sizeof document_id);
    return ei_command_run(&command, error);
}

edu_status ei_draft_documents_begin(edu_tx *tx, const edu_id *person, const edu_id *draft,
                                    const ei_request *request, edu_error *error)
{
    EI_TRY(sql_draft_documents_drop(tx, person, draft, NULL, error));
    if (request->revision)
        EI_TRY(sql_draft_documents_begin(tx, person, draft, &request->id, request->revision, NULL,
                                         error));
    return sql_documents_tidy(tx, person, NULL, error);
}

edu_status ei_draft_drop(edu_tx *tx, const edu_id *person, const edu_id *id, edu_error *error)
{
    EI_TRY(sql_draft_documents_drop(tx, person, id, NULL, error));
    EI_TRY(sql_draft_drop(tx, person, id, NULL, error));
    return sql_documents_tidy(tx, person, NULL, error);
}

/* ---- submitting ---- */

/* What was given before the service was published anew, or something else was chosen, is judged by
 * what is asked now. */
static edu_status count_one(const edu_session *session, const ei_asked *asked, ei_rows *rows,
                            int32_t *counts, json_t *faults, edu_error *error)
{
    const char *code = ei_column_text(rows, 1);
    const ei_document_kind *kind = ei_asked_find(asked, code);
    if (kind)
        counts[kind - asked->kinds]++;
    return ei_asked_judge_document(session, asked, code, ei_media_named(ei_column_text(rows, 3)),
                                   ei_column_int(rows, 4), faults, error);
}

static edu_status count_all(const edu_session *session, edu_tx *tx, const ei_draft *draft,
                            int32_t *counts, json_t *faults, edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    EI_TRY(sql_draft_documents(tx, &draft->person, &draft->id, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = count_one(session, &draft->asked, &rows, counts, faults, error)) == EDU_OK)
        ;
    ei_rows_close(&rows);
    return status;
}

edu_status ei_draft_document_faults(const edu_session *session, edu_tx *tx, const ei_draft *draft,
                                    json_t *faults, edu_error *error)
{
    const ei_asked *asked = &draft->asked;
    int32_t *counts = ei_calloc(asked->count + 1, sizeof *counts);
    if (!counts)
        return ei_no_memory(error);
    edu_status status = count_all(session, tx, draft, counts, faults, error);
    for (size_t i = 0; status == EDU_OK && i < asked->count; i++)
        status = ei_asked_judge_count(session, asked, &asked->kinds[i], counts[i], faults, error);
    ei_free(counts);
    return status;
}

static edu_status note_one(ei_rows *rows, json_t *notes, edu_error *error)
{
    char id[EDU_ID_TEXT];
    edu_id_format(ei_column_id(rows, 0), id);
    json_t *note = json_pack("{s:s, s:s, s:s}", "id", id, "kind", ei_column_text(rows, 1), "sealed",
                             ei_column_text(rows, 5));
    return note && json_array_append_new(notes, note) == 0 ? EDU_OK : ei_no_memory(error);
}

edu_status ei_draft_documents_note(edu_tx *tx, const ei_draft *draft, json_t *data,
                                   edu_error *error)
{
    ei_rows rows;
    bool row;
    json_t *notes = json_array();
    if (!notes)
        return ei_no_memory(error);
    edu_status status = sql_draft_documents(tx, &draft->person, &draft->id, &rows, error);
    if (status == EDU_OK) {
        while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
               (status = note_one(&rows, notes, error)) == EDU_OK)
            ;
        ei_rows_close(&rows);
    }
    if (status == EDU_OK && json_array_size(notes) > 0 &&
        json_object_set(data, "documents", notes) != 0)
        status = ei_no_memory(error);
    json_decref(notes);
    return status;
}

/* ---- reading ---- */

typedef struct listing {
    const edu_session *session;
    const edu_id *person;
    edu_bytes wrapped;
    ei_arena *arena;
    json_t *list;
} listing;

static edu_status list_one(const listing *with, ei_rows *rows, edu_error *error)
{
    char id[EDU_ID_TEXT];
    const char *name;
    edu_id_format(ei_column_id(rows, 0), id);
    EI_TRY(ei_unseal_text(with->session, with->person, with->wrapped, EI_DOCUMENT_SEALED_NAME,
                          ei_column_bytes(rows, 2), with->arena, &name, error));
    json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:I}", "id", id, "kind", ei_column_text(rows, 1),
                            "name", name, "type", ei_column_text(rows, 3), "size",
                            (json_int_t)ei_column_int(rows, 4));
    return one && json_array_append_new(with->list, one) == 0 ? EDU_OK : ei_no_memory(error);
}

edu_status ei_documents_read(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                             edu_status opened, ei_rows *rows, ei_arena *arena, json_t **out,
                             edu_error *error)
{
    bool row;
    EI_TRY(opened);
    edu_status status = ei_own_json(arena, json_array(), out, error);
    listing with = {session, person, wrapped, arena, *out};
    while (status == EDU_OK && (status = ei_rows_next(rows, &row, error)) == EDU_OK && row)
        status = list_one(&with, rows, error);
    ei_rows_close(rows);
    return status;
}

static edu_status open_content(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                               edu_bytes sealed, edu_document *out, edu_error *error)
{
    edu_bytes plain;
    EI_TRY(
        ei_unseal(session->portal->keys, person, wrapped, SEALED_CONTENT, sealed, &plain, error));
    char *copy = ei_arena_strndup(ei_record_arena(out), plain.data, plain.size);
    out->content = (edu_bytes){copy, plain.size};
    ei_free((void *)(uintptr_t)plain.data);
    return copy ? EDU_OK : ei_no_memory(error);
}

edu_status ei_document_fill(const edu_session *session, const edu_id *person, ei_rows *rows,
                            edu_document *out, edu_error *error)
{
    ei_arena *arena = ei_record_arena(out);
    edu_bytes sealed = ei_column_bytes(rows, 3), wrapped = ei_column_bytes(rows, 4);
    edu_bytes file = {0};
    EI_TRY(ei_copy_column(arena, rows, 1, &out->type, error));
    EI_TRY(ei_unseal_text(session, person, wrapped, EI_DOCUMENT_SEALED_NAME,
                          ei_column_bytes(rows, 0), arena, &out->name, error));
    if (!sealed.data) {
        EI_TRY(ei_document_file_read(session, ei_column_text(rows, 2), &file, error));
        sealed = file;
    }
    edu_status status = open_content(session, person, wrapped, sealed, out, error);
    ei_free((void *)(uintptr_t)file.data);
    return status;
}

static edu_status document_run(edu_tx *tx, void *context, edu_error *error)
{
    const naming *which = context;
    edu_id actor = ei_session_actor(which->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_document_get(tx, &actor, &which->person, &which->id, &which->document,
                            ei_now(which->session), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? ei_document_fill(which->session, &which->person, &rows, which->out, error)
                     : no_document(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_request_document(edu_session *session, edu_id person_id, edu_id id,
                                edu_id document_id, edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    naming which = {session, ei_person_or_self(session, person_id), id, document_id, NULL};
    ei_reading reading = ei_reading_of("document", which.person, document_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, document_run, &which, &which.out,
                             error));
    *out = which.out;
    return EDU_OK;
}
