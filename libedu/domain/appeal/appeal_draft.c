/* What somebody has begun to write, kept until it is sent. */
#include "domain/appeal/appeal_store.h"

#include <string.h>

#include "appeal_sql.h"
#include "portal_sql.h"

#define DRAFT_MAX 65536
#define DRAFTS_MAX 20

typedef struct draft {
    edu_session *session;
    const char *form, *text;
    edu_appeal_draft *out;
} draft;

static edu_status no_draft(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "appeal.no_draft", NULL, "nothing is kept of this form");
}

static edu_status check_form(edu_session *session, const char *form, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    return ei_check_text(form, 64, false, "/form", error);
}

/* ---- keeping ---- */

static edu_status seal(const draft *wanted, edu_tx *tx, const edu_id *person, ei_buffer *out,
                       edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_portal_person_key(tx, person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? ei_seal_into(wanted->session, person, ei_column_bytes(&rows, 0),
                                    EI_APPEAL_SEALED_DRAFT,
                                    (edu_bytes){wanted->text, strlen(wanted->text)}, out, error)
                     : ei_appeal_not_found(error, "person");
    ei_rows_close(&rows);
    return status;
}

static edu_status check_room(edu_tx *tx, const edu_id *person, edu_error *error)
{
    ei_rows rows;
    int64_t count = 0;
    EI_TRY(ei_rows_integer(sql_appeal_draft_count(tx, person, &rows, error), &rows, NULL, &count,
                           error));
    return count <= DRAFTS_MAX
               ? EDU_OK
               : ei_fail(error, EDU_E_LIMIT, "appeal.drafts", NULL,
                         "there are %d begun forms already; send or forget some", DRAFTS_MAX);
}

static edu_status save_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const draft *wanted = command->context;
    edu_id person = ei_session_actor(command->session);
    ei_buffer sealed = {0};
    edu_status status = seal(wanted, tx, &person, &sealed, error);
    if (status == EDU_OK)
        status =
            sql_appeal_draft_put(tx, &person, wanted->form, (edu_bytes){sealed.data, sealed.size},
                                 command->now, NULL, error);
    ei_buffer_free(&sealed);
    return status == EDU_OK ? check_room(tx, &person, error) : status;
}

edu_status edu_appeal_draft_save(edu_session *session, const char *form, json_t *content,
                                 edu_error *error)
{
    EI_TRY(check_form(session, form, error));
    if (!json_is_object(content))
        return ei_bad_argument(error, "content");
    if (json_dumpb(content, NULL, 0, JSON_COMPACT) > DRAFT_MAX)
        return ei_fail(error, EDU_E_LIMIT, "appeal.draft_size", "/content",
                       "what is kept of a form has at most %d bytes", DRAFT_MAX);
    char *text;
    EI_TRY(ei_json_write(content, "/content", &text, error));
    draft wanted = {.session = session, .form = form, .text = text};
    ei_command command = {
        .session = session, .name = "appeal.draft_save", .run = save_run, .context = &wanted};
    edu_status status = ei_command_run(&command, error);
    ei_free(text);
    return status;
}

static edu_status forget_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    edu_id person = ei_session_actor(command->session);
    return sql_appeal_draft_end(tx, &person, command->context, NULL, error);
}

edu_status edu_appeal_draft_forget(edu_session *session, const char *form, edu_error *error)
{
    EI_TRY(check_form(session, form, error));
    ei_command command = {.session = session,
                          .name = "appeal.draft_forget",
                          .run = forget_run,
                          .context = (void *)(uintptr_t)form};
    return ei_command_run(&command, error);
}

/* ---- going on ---- */

static edu_status take_draft(const draft *read, const edu_id *person, ei_rows *rows,
                             edu_error *error)
{
    const char *text;
    ei_arena *arena = ei_record_arena(read->out);
    json_t *content;
    EI_TRY(ei_unseal_text(read->session, person, ei_column_bytes(rows, 2), EI_APPEAL_SEALED_DRAFT,
                          ei_column_bytes(rows, 0), arena, &text, error));
    read->out->changed = ei_column_time(rows, 1);
    EI_TRY(ei_json_read(text, strlen(text), &content, error));
    return ei_own_json(arena, content, &read->out->content, error);
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    const draft *read = context;
    edu_id person = ei_session_actor(read->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_draft_get(tx, &person, read->form, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_draft(read, &person, &rows, error) : no_draft(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_appeal_draft_get(edu_session *session, const char *form, edu_appeal_draft **out,
                                edu_error *error)
{
    EI_TRY(check_form(session, form, error));
    if (!out)
        return ei_bad_argument(error, "out");
    draft read = {.session = session, .form = form};
    EI_TRY(ei_read_record(session, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}
