/* Access tokens: sign-ins of programs, made by whom they act for. */
#include "domain/account/account_store.h"

#include "account_sql.h"
#include "portal_sql.h"

#define TITLE_MAX 60
#define LIFE_MAX (366 * EI_DAY)
#define TOKENS_MAX 20

typedef struct token_work {
    const char *title;
    edu_time expires;
    const char *token;
} token_work;

/* A program does not prolong itself, and does not lock others out. */
static edu_status require_oneself(edu_session *session, edu_error *error)
{
    EI_TRY(ei_account_require_person(session, error));
    return session->is_programs ? ei_fail(error, EDU_E_DENIED, "access.by_program", NULL,
                                          "tokens are kept by who signs in, not by a program")
                                : EDU_OK;
}

static edu_status check_room(edu_tx *tx, const ei_command *command, edu_error *error)
{
    ei_rows rows;
    int64_t count = 0;
    edu_status opened =
        sql_account_tokens_live(tx, &command->session->person_id, command->now, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, NULL, &count, error));
    return count < TOKENS_MAX ? EDU_OK
                              : ei_fail(error, EDU_E_LIMIT, "access.most", NULL,
                                        "a person has at most %d tokens; end one", TOKENS_MAX);
}

static edu_status make_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const token_work *work = command->context;
    const edu_session *session = command->session;
    const edu_id *person = &session->person_id;
    uint8_t hash[32];
    int64_t added = 0;
    if (work->expires <= command->now || work->expires > command->now + LIFE_MAX)
        return ei_fail(error, EDU_E_INVALID, "access.expires", "/expires",
                       "a token ends within 366 days from now");
    ei_token_hash(work->token, hash);
    EI_TRY(sql_account_token_expired(tx, person, work->title, command->now, NULL, error));
    EI_TRY(check_room(tx, command, error));
    EI_TRY(sql_account_token_add(tx, (edu_bytes){hash, sizeof hash}, person, session->language,
                                 command->now, work->expires, work->title, &added, error));
    if (!added)
        return ei_fail(error, EDU_E_CONFLICT, "access.title", "/title",
                       "there is a token of this title already");
    return ei_audit(command, tx, command->name, person, NULL, error);
}

edu_status edu_access_make(edu_session *session, const char *title, edu_time expires, char **out,
                           edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(require_oneself(session, error));
    EI_TRY(ei_check_text(title, TITLE_MAX, false, "/title", error));
    char *token = ei_record_new(EI_TOKEN_TEXT, NULL);
    if (!token)
        return ei_no_memory(error);
    ei_token_make(&session->portal->environment.random, token);
    token_work work = {title, expires, token};
    ei_command command = {
        .session = session, .name = "access.make", .run = make_run, .context = &work};
    edu_status status = ei_command_run(&command, error);
    if (status == EDU_OK)
        *out = token;
    else
        edu_free(token);
    return status;
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id person = ei_session_actor(list->session);
    return sql_account_tokens(tx, &person, list->key.text[0], ei_now(list->session), list->ask,
                              rows, error);
}

edu_status edu_access_list(edu_session *session, const char *cursor, int32_t limit,
                           edu_access_page **out, edu_error *error)
{
    EI_TRY(ei_account_require_person(session, error));
    ei_list list = {.session = session,
                    .open = open_list,
                    .plan = {.shape = "t", .record = "edu_access", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status end_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const token_work *work = command->context;
    const edu_id *person = &command->session->person_id;
    int64_t ended = 0;
    EI_TRY(sql_account_token_end(tx, person, work->title, command->now, &ended, error));
    return ended ? ei_audit(command, tx, command->name, person, NULL, error)
                 : ei_fail(error, EDU_E_NOT_FOUND, "access.not_found", NULL,
                           "there is no token of this title");
}

edu_status edu_access_end(edu_session *session, const char *title, edu_error *error)
{
    EI_TRY(require_oneself(session, error));
    EI_TRY(ei_check_text(title, TITLE_MAX, false, "/title", error));
    token_work work = {.title = title};
    ei_command command = {
        .session = session, .name = "access.end", .run = end_run, .context = &work};
    return ei_command_run(&command, error);
}
