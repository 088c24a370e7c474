/* Appeals of several: who signs besides the applicant. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

#include "appeal_sql.h"

#define NAME_MAX_BYTES 400
#define SIGNERS_MAX 1000

/* ---- what one is invited to sign ---- */

typedef struct invitation {
    edu_session *session;
    edu_id person, id, actor;
    bool is_own;
    edu_appeal_invitation *out;
} invitation;

static edu_status no_more_signing(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "appeal.not_to_sign", NULL,
                   "only an open appeal with a name is signed by others");
}

static edu_status fill_names(const invitation *read, edu_tx *tx, ei_arena *arena, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_names(tx, &read->person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        const char *given = ei_column_text(&rows, 0), *family = ei_column_text(&rows, 1);
        read->out->applicant =
            ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
        status = read->out->applicant ? EDU_OK : ei_no_memory(error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status fill_text(const invitation *read, edu_tx *tx, ei_arena *arena, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_text_first(tx, &read->person, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_unseal_text(read->session, &read->person, ei_column_bytes(&rows, 1),
                                EI_APPEAL_SEALED, ei_column_bytes(&rows, 0), arena,
                                &read->out->text, error);
    ei_rows_close(&rows);
    return status;
}

static edu_status fill_title(const invitation *read, edu_tx *tx, const ei_appeal *appeal,
                             ei_arena *arena, edu_error *error)
{
    const ei_appeal_rules *rules;
    EI_TRY(ei_appeal_rules_load(read->session, tx, appeal->rules_version, &rules, NULL, error));
    json_t *entry = ei_appeal_entry(rules, "categories", appeal->category);
    return ei_copy_text(arena,
                        entry ? ei_localised(read->session, json_object_get(entry, "title"))
                              : appeal->category,
                        &read->out->category_title, error);
}

static edu_status invitation_run(edu_tx *tx, void *context, edu_error *error)
{
    invitation *read = context;
    ei_arena *arena = ei_record_arena(read->out);
    char code[EI_APPEAL_CODE_TEXT];
    ei_appeal appeal;
    ei_rows rows;
    edu_id actor = ei_session_actor(read->session);
    EI_TRY(ei_appeal_load(tx, &read->actor, &read->person, &read->id, ei_now(read->session),
                          &appeal, error));
    if (strcmp(appeal.applicant_as, "self") != 0 && strcmp(appeal.applicant_as, "guardian") != 0)
        return ei_appeal_not_found(error, "appeal");
    if (!appeal.is_open || appeal.is_anonymous)
        return no_more_signing(error);
    ei_appeal_code(read->session->portal, EI_APPEAL_CODE_SIGN, &read->id, code);
    EI_TRY(ei_copy_text(arena, code, &read->out->code, error));
    EI_TRY(ei_copy_text(arena, appeal.number, &read->out->number, error));
    edu_status opened = sql_appeal_has_signed(tx, &read->person, &read->id, &actor, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &read->out->is_signed, NULL, error));
    EI_TRY(fill_title(read, tx, &appeal, arena, error));
    EI_TRY(fill_names(read, tx, arena, error));
    return fill_text(read, tx, arena, error);
}

edu_status edu_appeal_invite(edu_session *session, edu_id person_id, edu_id appeal_id,
                             edu_appeal_invitation **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    invitation read = {.session = session,
                       .person = ei_person_or_self(session, person_id),
                       .id = appeal_id,
                       .actor = ei_session_actor(session)};
    ei_reading reading = ei_reading_of("appeal", read.person, appeal_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, invitation_run, &read, &read.out,
                             error));
    *out = read.out;
    return EDU_OK;
}

edu_status edu_appeal_invited(edu_session *session, const char *number, const char *code,
                              edu_appeal_invitation **out, edu_error *error)
{
    invitation read = {.session = session};
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_appeal_by_code(session, EI_APPEAL_CODE_SIGN, number, code, &read.person, &read.id,
                             error));
    /* Who has the code sees it as the applicant showed it. */
    read.actor = read.person;
    ei_reading reading = ei_reading_of("appeal", read.person, read.id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, invitation_run, &read, &read.out,
                             error));
    *out = read.out;
    return EDU_OK;
}

/* ---- signing ---- */

static edu_status add(const ei_appeal_step *step, edu_tx *tx, const edu_id *signer,
                      edu_bytes sealed_name, edu_time now, edu_error *error)
{
    if (step->appeal.is_anonymous)
        return no_more_signing(error);
    EI_TRY(sql_appeal_signatory_add(tx, &step->person, &step->id, step->appeal.head.version + 1,
                                    signer, sealed_name, now, NULL, error));
    return sql_appeal_signatories_count(tx, &step->person, &step->id, NULL, error);
}

static edu_status count_signers(const ei_appeal_step *step, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    int64_t count = 0;
    edu_status opened = sql_appeal_signatory_count(tx, &step->person, &step->id, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, NULL, &count, error));
    return count < SIGNERS_MAX ? EDU_OK
                               : ei_fail(error, EDU_E_LIMIT, "appeal.signatories", NULL,
                                         "an appeal has at most %d signatories", SIGNERS_MAX);
}

static edu_status change_sign(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    edu_id signer = ei_session_actor(command->session);
    ei_rows rows;
    bool has_signed;
    edu_status opened = sql_appeal_has_signed(tx, &step->person, &step->id, &signer, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &has_signed, NULL, error));
    if (has_signed)
        return ei_fail(error, EDU_E_CONFLICT, "appeal.signed", NULL,
                       "this appeal has your signature already");
    EI_TRY(count_signers(step, tx, error));
    return add(step, tx, &signer, (edu_bytes){NULL, 0}, command->now, error);
}

edu_status edu_appeal_sign(edu_session *session, const char *number, const char *code,
                           const char *key, edu_appeal **out, edu_error *error)
{
    ei_appeal_step step = {
        .session = session, .action = "sign", .is_signing = true, .change = change_sign};
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(ei_appeal_by_code(session, EI_APPEAL_CODE_SIGN, number, code, &step.person, &step.id,
                             error));
    EI_TRY(ei_appeal_do(&step, "appeal.sign", key, NULL, 0, error));
    return edu_appeal_get(session, step.person, step.id, out, error);
}

static edu_status change_sign_for(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  edu_error *error)
{
    const edu_id nobody = {{0}};
    const char *name = step->wanted;
    ei_buffer sealed = {0};
    EI_TRY(count_signers(step, tx, error));
    edu_status status =
        ei_seal_into(step->session, &step->person, ei_appeal_key(&step->appeal),
                     EI_APPEAL_SEALED_NAME, (edu_bytes){name, strlen(name)}, &sealed, error);
    if (status == EDU_OK)
        status = add(step, tx, &nobody, (edu_bytes){sealed.data, sealed.size}, command->now, error);
    ei_buffer_free(&sealed);
    return status;
}

edu_status edu_appeal_sign_for(edu_session *session, edu_id person_id, edu_id appeal_id,
                               const char *name, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_words(name, NAME_MAX_BYTES, "/name", error));
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "sign",
                           .wanted = name,
                           .change = change_sign_for};
    return ei_appeal_do(&step, "appeal.sign_for", key, name, strlen(name), error);
}

static edu_status change_unsign(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                edu_error *error)
{
    edu_id signer = ei_session_actor(command->session);
    int64_t changed = 0;
    EI_TRY(sql_appeal_signatory_end(tx, &step->person, &step->id, &signer, &changed, error));
    if (changed == 0)
        return ei_appeal_not_found(error, "signature");
    return sql_appeal_signatories_count(tx, &step->person, &step->id, NULL, error);
}

edu_status edu_appeal_unsign(edu_session *session, edu_id person_id, edu_id appeal_id,
                             const char *key, edu_error *error)
{
    ei_appeal_step step = {.session = session,
                           .person = person_id,
                           .id = appeal_id,
                           .action = "unsign",
                           .is_applicants = true,
                           .change = change_unsign};
    EI_TRY(ei_session_require(session, error));
    return ei_appeal_do(&step, "appeal.unsign", key, NULL, 0, error);
}

edu_status ei_appeal_tell_signers(ei_appeal_step *step, ei_command *command, edu_tx *tx,
                                  const char *template, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    edu_id *signers = ei_alloc(SIGNERS_MAX * sizeof *signers);
    size_t count = 0;
    if (!signers)
        return ei_no_memory(error);
    edu_status status = sql_appeal_signers(tx, &step->person, &step->id, &rows, error);
    if (status == EDU_OK) {
        while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && count < SIGNERS_MAX)
            signers[count++] = ei_column_id(&rows, 0);
        ei_rows_close(&rows);
    }
    for (size_t i = 0; status == EDU_OK && i < count; i++)
        status = ei_appeal_tell(step, command, tx, &signers[i], template, error);
    ei_free(signers);
    return status;
}

/* ---- lists ---- */

typedef struct signatories {
    edu_session *session;
    edu_id person, id;
    ei_appeal appeal;
} signatories;

static edu_status fill_signatory(ei_rows *rows, int first, ei_arena *arena, void *record,
                                 void *context, edu_error *error)
{
    const signatories *of = context;
    edu_appeal_signatory *out = record;
    edu_bytes sealed = ei_column_bytes(rows, first + 2);
    out->at = ei_column_time(rows, first + 3);
    out->is_typed = sealed.data != NULL;
    if (out->is_typed)
        return ei_unseal_text(of->session, &of->person, ei_appeal_key(&of->appeal),
                              EI_APPEAL_SEALED_NAME, sealed, arena, &out->name, error);
    const char *given = ei_column_text(rows, first), *family = ei_column_text(rows, first + 1);
    out->name = ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
    return out->name ? EDU_OK : ei_no_memory(error);
}

/* Signatories do not see each other's names. */
static edu_status open_signatories(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    signatories *of = list->plan.context;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_appeal_load(tx, &actor, &of->person, &of->id, ei_now(list->session), &of->appeal,
                          error));
    if (strcmp(of->appeal.applicant_as, "signatory") == 0 && !of->appeal.staff_as[0])
        return ei_appeal_not_found(error, "appeal");
    return sql_appeal_signatories(tx, &of->person, &of->id, list->key.integer[0], list->ask, rows,
                                  error);
}

edu_status edu_appeal_signatories(edu_session *session, edu_id person_id, edu_id appeal_id,
                                  const char *cursor, int32_t limit,
                                  edu_appeal_signatory_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    signatories of = {
        .session = session, .person = ei_person_or_self(session, person_id), .id = appeal_id};
    ei_list list = {.session = session,
                    .open = open_signatories,
                    .reading = ei_reading_of("appeal", of.person, appeal_id),
                    .plan = {.shape = "i",
                             .record = "edu_appeal_signatory",
                             .limit = limit,
                             .fill = fill_signatory,
                             .context = &of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status open_signed(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    ei_appeal_filling *with = list->plan.context;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(ei_appeal_filling_begin(with, list, tx, error));
    return sql_appeal_signed(tx, &actor, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_appeal_signed(edu_session *session, const char *cursor, int32_t limit,
                             edu_appeal_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_appeal_filling with = {0};
    ei_list list = {.session = session,
                    .open = open_signed,
                    .plan = {.shape = "U",
                             .record = "edu_appeal",
                             .limit = limit,
                             .fill = ei_appeal_fill,
                             .context = &with}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
