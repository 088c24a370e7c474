/* Sessions: opening, signing in, confirming, taking up again, ending. */
#include "domain/portal/guard.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "portal_sql.h"

/* A sign-in is over after half a day, whatever is done with it. */
#define SIGN_IN_LIFE (12 * 60 * EI_MINUTE)
#define LOGIN_MAX 64
#define PASSWORD_MAX 800 /* 200 characters in UTF-8 */
#define ADDRESS_MAX 256
#define CODE_MAX 64

const edu_id ei_operator_id = {{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}};
const edu_id ei_nobody_id = {{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 2}};

/* ---- opening and closing ---- */

static bool is_language(const char *language)
{
    size_t length = strnlen(language, sizeof((edu_session *)0)->language);
    if (length < 2 || length >= sizeof((edu_session *)0)->language)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = language[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c == '-' && i >= 2))
            return false;
    }
    return true;
}

edu_status ei_check_language(const char *language, edu_error *error)
{
    if (language && !is_language(language))
        return ei_fail(error, EDU_E_INVALID, "session.bad_language", "/language",
                       "not a language such as \"az\"");
    return EDU_OK;
}

static void set_language(edu_session *session, const char *language)
{
    (void)snprintf(session->language, sizeof session->language, "%s", language);
}

static edu_status new_session(edu_portal *portal, const char *language, edu_session **out,
                              edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    (void)ei_memory_was_short();
    if (!portal)
        return ei_bad_argument(error, "portal");
    EI_TRY(ei_check_language(language, error));
    edu_session *session = ei_calloc(1, sizeof *session);
    if (!session)
        return ei_no_memory(error);
    ei_portal_hold(portal);
    session->portal = portal;
    set_language(session, language ? language : portal->language);
    *out = session;
    return EDU_OK;
}

static void forget_sign_in(edu_session *session)
{
    if (session->token)
        sodium_memzero(session->token, strlen(session->token));
    ei_free(session->token);
    session->token = NULL;
    session->person_id = (edu_id){{0}};
    session->needs_code = session->is_programs = false;
    sodium_memzero(session->token_hash, sizeof session->token_hash);
}

void edu_session_close(edu_session *session)
{
    if (!session)
        return;
    forget_sign_in(session);
    edu_portal_close(session->portal);
    ei_free(session);
}

edu_status edu_session_open(edu_portal *portal, const char *language, edu_session **out,
                            edu_error *error)
{
    return new_session(portal, language, out, error);
}

edu_status edu_session_operator(edu_portal *portal, edu_session **out, edu_error *error)
{
    EI_TRY(new_session(portal, NULL, out, error));
    (*out)->is_operator = true;
    return EDU_OK;
}

/* Opens a session and closes it again where what makes it one of somebody fails. */
static edu_status settle(edu_status status, edu_session *session, edu_session **out)
{
    if (status == EDU_OK) {
        *out = session;
        return EDU_OK;
    }
    *out = NULL;
    edu_session_close(session);
    return status;
}

/* A token to be the session's; ei_free. */
static edu_status copy_token(const char *token, char **out, edu_error *error)
{
    *out = ei_strdup(token);
    return *out ? EDU_OK : ei_no_memory(error);
}

static void take_token(edu_session *session, char *token)
{
    session->token = token;
    ei_token_hash(token, session->token_hash);
}

/* ---- signing in ---- */

typedef struct attempt {
    edu_session *session;
    const char *wanted_language;
    ei_hash login, address;
    bool has_address;
    /* the account; nobody's id where there is none */
    edu_id person_id;
    char password[EI_PASSWORD_TEXT];
    char language[9];
    bool is_staff;
    edu_status verdict;
    char token[EI_TOKEN_TEXT];
} attempt;

static edu_status refused(edu_error *error)
{
    return ei_fail(error, EDU_E_UNAUTHENTICATED, "session.refused", NULL,
                   "the login or the password is wrong, or the account is not active");
}

static void no_account(attempt *a)
{
    a->person_id = ei_nobody_id;
    a->is_staff = false;
    a->language[0] = 0;
    a->password[0] = 0;
}

static edu_status find_account(attempt *a, edu_tx *tx, edu_error *error)
{
    no_account(a);
    ei_rows rows;
    EI_TRY(sql_portal_account_by_login(tx, ei_hash_bytes(&a->login), &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there) {
        const char *language = ei_column_text(&rows, 2);
        a->person_id = ei_column_id(&rows, 0);
        (void)snprintf(a->password, sizeof a->password, "%s", ei_column_text(&rows, 1));
        (void)snprintf(a->language, sizeof a->language, "%s", language ? language : "");
        a->is_staff = ei_column_bool(&rows, 3);
    }
    ei_rows_close(&rows);
    return status;
}

/* The attempt is counted before the password is looked at: many at once gain nothing, and a wrong
 * one needs no second write by which it could be told apart. */
static edu_status count_attempt(ei_command *command, edu_tx *tx, edu_error *error)
{
    attempt *a = command->context;
    a->verdict = EDU_OK;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_LOGIN, &a->login, command->now, &a->verdict, error));
    if (a->has_address)
        EI_TRY(ei_throttle_count(tx, EI_THROTTLE_ADDRESS, &a->address, command->now, &a->verdict,
                                 error));
    return find_account(a, tx, error);
}

static edu_status check_unchanged(const attempt *a, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_portal_account_unchanged(tx, &a->person_id, a->password, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    ei_rows_close(&rows);
    return status == EDU_OK && !is_there ? refused(error) : status;
}

static edu_status add_sign_in(ei_command *command, edu_tx *tx, edu_error *error)
{
    attempt *a = command->context;
    edu_session *session = a->session;
    bool needs_code = a->is_staff && session->portal->staff_second_factor;
    EI_TRY(check_unchanged(a, tx, error));
    EI_TRY(sql_portal_sign_in_sweep(tx, command->now, NULL, error));
    uint8_t hash[32];
    ei_token_hash(a->token, hash);
    EI_TRY(sql_portal_sign_in_add(tx, (edu_bytes){hash, sizeof hash}, &a->person_id, !needs_code,
                                  a->language, command->now, command->now + SIGN_IN_LIFE, NULL,
                                  error));
    if (a->has_address)
        EI_TRY(ei_throttle_take_back(tx, EI_THROTTLE_ADDRESS, &a->address, 1, error));
    /* With a code to come, the login's attempts are taken back when it has come: whoever has the
     * password shall not try codes for ever. */
    if (needs_code)
        return ei_code_send(command, tx, &a->person_id, "confirm", "confirm_code", a->language,
                            error);
    return ei_throttle_take_back(tx, EI_THROTTLE_LOGIN, &a->login, INT32_MAX, error);
}

static edu_status run_plain(attempt *a, const char *name,
                            edu_status (*run)(ei_command *, edu_tx *, edu_error *),
                            edu_error *error)
{
    ei_command command = {.session = a->session, .name = name, .run = run, .context = a};
    return ei_command_run(&command, error);
}

static void choose_language(attempt *a)
{
    const char *language = a->wanted_language;
    if (!language)
        language = a->language[0] ? a->language : a->session->portal->language;
    set_language(a->session, language);
    (void)snprintf(a->language, sizeof a->language, "%s", a->session->language);
}

static edu_status try_sign_in(attempt *a, const char *password, edu_error *error)
{
    edu_portal *portal = a->session->portal;
    EI_TRY(run_plain(a, "session.count", count_attempt, error));
    if (a->verdict != EDU_OK)
        return ei_throttled(error);
    bool is_right = false;
    EI_TRY(ei_password_verify(&portal->password_cost, a->password, password, &is_right, error));
    if (!is_right)
        return refused(error);
    choose_language(a);
    ei_token_make(&portal->environment.random, a->token);
    char *token;
    EI_TRY(copy_token(a->token, &token, error));
    edu_status status = run_plain(a, "session.sign_in", add_sign_in, error);
    if (status != EDU_OK) {
        ei_free(token);
        return status;
    }
    take_token(a->session, token);
    a->session->person_id = a->person_id;
    a->session->needs_code = a->is_staff && portal->staff_second_factor;
    return EDU_OK;
}

/* A login is of a-z: what people type in capitals means the same. */
ei_hash ei_login_hash(const edu_portal *portal, const char *login)
{
    char lower[LOGIN_MAX + 1];
    size_t length = strnlen(login, LOGIN_MAX);
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)(login[i] >= 'A' && login[i] <= 'Z' ? login[i] - 'A' + 'a' : login[i]);
    lower[length] = 0;
    return ei_hash_text(portal, "login", lower);
}

edu_status edu_session_sign_in(edu_portal *portal, const char *login, const char *password,
                               const char *address, const char *language, edu_session **out,
                               edu_error *error)
{
    edu_session *session = NULL;
    EI_TRY(new_session(portal, language, out ? &session : NULL, error));
    edu_status status = ei_check_text(login, LOGIN_MAX, false, "/login", error);
    if (status == EDU_OK)
        status = ei_check_text(password, PASSWORD_MAX, false, "/password", error);
    if (status == EDU_OK)
        status = ei_check_text(address, ADDRESS_MAX, true, "/address", error);
    if (status == EDU_OK) {
        attempt a = {.session = session,
                     .wanted_language = language,
                     .login = ei_login_hash(portal, login),
                     .has_address = address != NULL};
        if (address)
            a.address = ei_hash_text(portal, "address", address);
        status = try_sign_in(&a, password, error);
        sodium_memzero(&a, sizeof a);
    }
    return settle(status, session, out);
}

/* ---- confirming ---- */

typedef struct confirmation {
    const char *code;
    ei_code_verdict verdict;
} confirmation;

static edu_status login_of(ei_command *command, edu_tx *tx, ei_hash *login, edu_error *error)
{
    const edu_session *session = command->session;
    ei_rows rows;
    EI_TRY(sql_portal_account_login(tx, &session->person_id, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    *login = ei_login_hash(session->portal,
                           status == EDU_OK && is_there ? ei_column_text(&rows, 0) : "");
    ei_rows_close(&rows);
    return status;
}

static edu_status confirm(ei_command *command, edu_tx *tx, edu_error *error)
{
    confirmation *c = command->context;
    const edu_session *session = command->session;
    edu_bytes token_hash = {session->token_hash, sizeof session->token_hash};
    EI_TRY(ei_code_check(command, tx, &session->person_id, "confirm", c->code, &c->verdict, error));
    if (c->verdict == EI_CODE_SPENT)
        return sql_portal_sign_in_end(tx, token_hash, NULL, error);
    if (c->verdict == EI_CODE_WRONG)
        return EDU_OK;
    ei_hash login;
    EI_TRY(login_of(command, tx, &login, error));
    EI_TRY(ei_throttle_take_back(tx, EI_THROTTLE_LOGIN, &login, INT32_MAX, error));
    return sql_portal_sign_in_confirm(tx, token_hash, NULL, error);
}

edu_status edu_session_confirm(edu_session *session, const char *code, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(code, CODE_MAX, false, "/code", error));
    if (!session->token)
        return ei_fail(error, EDU_E_UNAUTHENTICATED, "session.nobody", NULL, "sign in first");
    if (!session->needs_code)
        return ei_fail(error, EDU_E_STATE, "session.is_confirmed", NULL,
                       "this sign-in waits for no code");
    confirmation c = {code, EI_CODE_WRONG};
    ei_command command = {
        .session = session, .name = "session.confirm", .run = confirm, .context = &c};
    EI_TRY(ei_command_run(&command, error));
    if (c.verdict == EI_CODE_SPENT)
        forget_sign_in(session);
    if (c.verdict != EI_CODE_RIGHT)
        return ei_fail(error, EDU_E_UNAUTHENTICATED, "session.bad_code", "/code",
                       "the code is wrong, used or too old");
    session->needs_code = false;
    return EDU_OK;
}

/* ---- taking up and ending ---- */

typedef struct resumption {
    edu_session *session;
    edu_time now;
} resumption;

static edu_status read_sign_in(edu_tx *tx, void *context, edu_error *error)
{
    const resumption *r = context;
    edu_session *session = r->session;
    edu_bytes hash = {session->token_hash, sizeof session->token_hash};
    ei_rows rows;
    EI_TRY(sql_portal_sign_in_resume(tx, hash, r->now, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there) {
        session->person_id = ei_column_id(&rows, 0);
        set_language(session, ei_column_text(&rows, 1));
        session->needs_code = !ei_column_bool(&rows, 2);
        session->is_programs = ei_column_bool(&rows, 3);
    } else if (status == EDU_OK) {
        status = ei_fail(error, EDU_E_UNAUTHENTICATED, "session.ended", NULL,
                         "this sign-in is unknown or has ended; sign in again");
    }
    ei_rows_close(&rows);
    return status;
}

edu_status edu_session_resume(edu_portal *portal, const char *token, edu_session **out,
                              edu_error *error)
{
    edu_session *session = NULL;
    EI_TRY(new_session(portal, NULL, out ? &session : NULL, error));
    edu_status status = ei_check_text(token, EI_TOKEN_TEXT, false, "/token", error);
    char *copy;
    if (status == EDU_OK)
        status = copy_token(token, &copy, error);
    if (status == EDU_OK) {
        take_token(session, copy);
        resumption r = {session, ei_now(session)};
        status = ei_store_read(portal->store, read_sign_in, &r, error);
    }
    return settle(status, session, out);
}

const char *edu_session_token(const edu_session *session)
{
    return session ? session->token : NULL;
}

edu_status edu_session_why(edu_session *session, const char *why, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (why)
        EI_TRY(ei_check_words(why, EI_WHY_MAX, "/why", error));
    (void)snprintf(session->why, sizeof session->why, "%s", why ? why : "");
    return EDU_OK;
}

edu_status edu_session_set_language(edu_session *session, const char *language, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!language)
        return ei_bad_argument(error, "language");
    EI_TRY(ei_check_language(language, error));
    set_language(session, language);
    return EDU_OK;
}

static edu_status end_sign_in(ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_session *session = command->session;
    return sql_portal_sign_in_end(tx, (edu_bytes){session->token_hash, sizeof session->token_hash},
                                  NULL, error);
}

edu_status edu_session_sign_out(edu_session *session, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!session->token)
        return ei_fail(error, EDU_E_UNAUTHENTICATED, "session.nobody", NULL,
                       "there is no sign-in to end");
    ei_command command = {.session = session, .name = "session.sign_out", .run = end_sign_in};
    EI_TRY(ei_command_run(&command, error));
    forget_sign_in(session);
    return EDU_OK;
}
