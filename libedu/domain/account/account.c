/* Accounts: asked for, activated, recovered. */
#include "domain/account/account_store.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "account_sql.h"
#include "portal_sql.h"

#define CODE_TEXT_MAX 64
#define ENROLMENT_LIFE (30 * EI_DAY)

/* ---- who this session is ---- */

typedef struct identity_work {
    edu_session *session;
    edu_identity *identity;
    ei_arena *arena;
} identity_work;

static edu_status read_roles(identity_work *work, edu_tx *tx, const edu_id *actor, edu_error *error)
{
    json_t *roles = json_array();
    if (!roles || !ei_arena_own_json(work->arena, roles))
        return ei_no_memory(error);
    work->identity->roles = roles;
    ei_rows rows;
    EI_TRY(sql_account_roles(tx, actor, &rows, error));
    edu_status status = EDU_OK;
    for (bool more = true; status == EDU_OK;) {
        status = ei_rows_next(&rows, &more, error);
        if (status != EDU_OK || !more)
            break;
        json_t *role = json_pack("{s:s, s:s, s:s}", "role", ei_column_text(&rows, 0), "scope",
                                 ei_column_text(&rows, 1), "code", ei_column_text(&rows, 2));
        if (json_array_append_new(roles, role) != 0)
            status = ei_no_memory(error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status take_identity(identity_work *work, ei_rows *rows, edu_error *error)
{
    edu_identity *identity = work->identity;
    bool is_there = false;
    EI_TRY(ei_rows_next(rows, &is_there, error));
    if (!is_there)
        return EDU_OK;
    const char *login = ei_column_text(rows, 0);
    identity->login = login ? ei_arena_strdup(work->arena, login) : NULL;
    identity->given = ei_arena_strdup(work->arena, ei_column_text(rows, 1));
    identity->family = ei_arena_strdup(work->arena, ei_column_text(rows, 2));
    identity->wards = ei_column_int(rows, 3);
    identity->unread = ei_column_int(rows, 4);
    bool is_whole = identity->given && identity->family && (!login || identity->login);
    return is_whole ? EDU_OK : ei_no_memory(error);
}

static edu_status read_identity(edu_tx *tx, void *context, edu_error *error)
{
    identity_work *work = context;
    edu_id actor = ei_session_actor(work->session);
    EI_TRY(read_roles(work, tx, &actor, error));
    if (ei_id_is_none(actor) || work->session->is_operator)
        return EDU_OK;
    work->identity->person_id = actor;
    ei_rows rows;
    EI_TRY(sql_account_identity(tx, &actor, &rows, error));
    edu_status status = take_identity(work, &rows, error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_account_identity(edu_session *session, edu_identity **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_session_check(session, error));
    identity_work work = {.session = session};
    edu_identity *identity = ei_record_new(sizeof *identity, &work.arena);
    if (!identity)
        return ei_no_memory(error);
    work.identity = identity;
    identity->is_operator = session->is_operator;
    identity->needs_code = session->needs_code;
    identity->language = ei_arena_strdup(work.arena, session->language);
    edu_status status =
        identity->language ? ei_read(session, read_identity, &work, error) : ei_no_memory(error);
    if (status != EDU_OK)
        edu_free(identity);
    else
        *out = identity;
    return status;
}

/* ---- making an account ---- */

static edu_status check_login(const char *login, edu_error *error)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-@";
    size_t length = login ? strnlen(login, EI_LOGIN_MAX + 1) : 0;
    if (length < 3 || length > EI_LOGIN_MAX || strspn(login, letters) != length)
        return ei_fail(error, EDU_E_INVALID, "account.bad_login", "/login",
                       "a login has 3 to %d of a-z 0-9 . _ - @", EI_LOGIN_MAX);
    return EDU_OK;
}

static edu_status login_taken(edu_error *error)
{
    return ei_fail(error, EDU_E_CONFLICT, "account.login_taken", "/login",
                   "this login is taken; choose another");
}

typedef struct new_account {
    edu_id person_id;
    char login[EI_LOGIN_MAX + 1];
    ei_hash login_hash;
    char password[EI_PASSWORD_TEXT];
    char language[9];
} new_account;

static edu_status is_claimed(edu_tx *tx, const ei_hash *login, bool *taken, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_account_claimed(tx, "login", ei_hash_bytes(login), &rows, error));
    return ei_account_any(&rows, taken, error);
}

static edu_status add_account(ei_command *command, edu_tx *tx, const new_account *account,
                              edu_error *error)
{
    bool taken = false;
    EI_TRY(is_claimed(tx, &account->login_hash, &taken, error));
    if (taken)
        return login_taken(error);
    EI_TRY(sql_account_claim(tx, "login", ei_hash_bytes(&account->login_hash), &account->person_id,
                             NULL, error));
    EI_TRY(sql_account_add(tx, &account->person_id, account->login, account->password,
                           account->language, command->now, NULL, error));
    return sql_account_enrolment_end(tx, &account->person_id, NULL, error);
}

/* ---- asking for one ---- */

typedef struct registration {
    const char *login;
    edu_date birth;
    ei_hash login_hash;
    ei_identifier identifier;
    ei_hash requester; /* who asks, known to the register or not */
    char password[EI_PASSWORD_TEXT];
    edu_status verdict;
} registration;

typedef struct requester {
    edu_id person_id; /* nobody's where the register has none such */
    bool has_account;
} requester;

static edu_status find_requester(const registration *r, edu_tx *tx, requester *out,
                                 edu_error *error)
{
    *out = (requester){ei_nobody_id, false};
    ei_rows rows;
    EI_TRY(sql_account_requester(tx, r->identifier.kind, ei_hash_bytes(&r->identifier.hash),
                                 r->birth, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there)
        *out = (requester){ei_column_id(&rows, 0), ei_column_bool(&rows, 1)};
    ei_rows_close(&rows);
    return status;
}

/* The same statements whether the register knows the requester or not. */
static edu_status enrol(ei_command *command, edu_tx *tx, const registration *r, edu_error *error)
{
    const edu_portal *portal = command->session->portal;
    const char *language = command->session->language;
    requester who;
    EI_TRY(find_requester(r, tx, &who, error));
    bool may_enrol = !who.has_account && ei_id_compare(who.person_id, ei_nobody_id) != 0;
    char code[EI_CODE_TEXT];
    ei_digits_make(&portal->environment.random, code);
    ei_hash code_hash = ei_code_hash(portal, "activate", &r->login_hash, code);
    EI_TRY(sql_account_enrolment_sweep(tx, command->now - ENROLMENT_LIFE, NULL, error));
    EI_TRY(sql_account_enrol(tx, ei_hash_bytes(&r->login_hash), ei_hash_bytes(&r->requester),
                             may_enrol ? &who.person_id : NULL, r->login, r->password, language,
                             ei_hash_bytes(&code_hash), command->now + EI_CODE_LIFE, command->now,
                             NULL, error));
    return ei_message_send(command, tx, &who.person_id,
                           who.has_account ? "account_exists" : "activate_code", language, code,
                           error);
}

static edu_status run_register(ei_command *command, edu_tx *tx, edu_error *error)
{
    registration *r = command->context;
    r->verdict = EDU_OK;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_REGISTER, &r->identifier.hash, command->now,
                             &r->verdict, error));
    bool taken = false;
    EI_TRY(is_claimed(tx, &r->login_hash, &taken, error));
    if (r->verdict == EDU_OK && taken)
        r->verdict = EDU_E_CONFLICT;
    command->is_refusal = r->verdict != EDU_OK;
    return command->is_refusal ? EDU_OK : enrol(command, tx, r, error);
}

static edu_status prepare_registration(const edu_portal *portal, const edu_account_request *request,
                                       registration *r, edu_error *error)
{
    EI_TRY(check_login(request->login, error));
    EI_TRY(ei_password_check(request->password, request->login, error));
    if (request->number)
        EI_TRY(ei_identify_number(portal, request->number, &r->identifier, error));
    else if (request->document)
        EI_TRY(ei_identify_document(portal, request->document, &r->identifier, error));
    else
        return ei_fail(error, EDU_E_INVALID, "account.no_number", "/number",
                       "give a personal number, or a document by those who have none");
    EI_TRY(ei_check_birth(request->birth, "/birth", error));
    r->login = request->login;
    r->birth = request->birth;
    r->login_hash = ei_login_hash(portal, request->login);
    char text[sizeof r->identifier.text + 32];
    (void)snprintf(text, sizeof text, "%s/%s/%d", r->identifier.kind, r->identifier.text,
                   ei_date_to_days(request->birth));
    r->requester = ei_hash_text(portal, "requester", text);
    return ei_password_hash(&portal->password_cost, &portal->environment.random, request->password,
                            r->password, error);
}

edu_status edu_account_register(edu_session *session, const edu_account_request *request,
                                const char *key, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!request || request->struct_size < sizeof *request)
        return ei_bad_argument(error, "request");
    registration r = {0};
    EI_TRY(prepare_registration(session->portal, request, &r, error));
    ei_command command = {.session = session,
                          .name = "account.register",
                          .key = key,
                          .run = run_register,
                          .context = &r};
    ei_command_hash_text(&command, request->login);
    ei_command_hash_text(&command, request->password);
    ei_command_hash(&command, &r.requester, sizeof r.requester);
    EI_TRY(ei_command_run(&command, error));
    if (r.verdict == EDU_E_THROTTLED)
        return ei_throttled(error);
    return r.verdict == EDU_OK ? EDU_OK : login_taken(error);
}

/* ---- activating ---- */

static edu_status bad_code(edu_error *error)
{
    return ei_fail(error, EDU_E_UNAUTHENTICATED, "account.bad_code", "/code",
                   "the code is wrong, used or too old");
}

static edu_status answer(edu_status verdict, edu_error *error)
{
    if (verdict == EDU_E_THROTTLED)
        return ei_throttled(error);
    return verdict == EDU_OK ? EDU_OK : bad_code(error);
}

static void copy_text(char *out, size_t room, const char *text)
{
    (void)snprintf(out, room, "%s", text ? text : "");
}

/* From the columns of the enrolment's statements; *is_there tells whether there is one. */
static edu_status take_enrolment(ei_rows *rows, new_account *out, bool *is_there, edu_error *error)
{
    edu_status status = ei_rows_next(rows, is_there, error);
    if (status == EDU_OK && *is_there) {
        edu_bytes hash = ei_column_bytes(rows, 2);
        out->person_id = ei_column_id(rows, 0);
        copy_text(out->login, sizeof out->login, ei_column_text(rows, 1));
        copy_text(out->password, sizeof out->password, ei_column_text(rows, 3));
        copy_text(out->language, sizeof out->language, ei_column_text(rows, 4));
        if (hash.size == sizeof out->login_hash.bytes)
            memcpy(out->login_hash.bytes, hash.data, hash.size);
    }
    ei_rows_close(rows);
    return status;
}

typedef struct activation {
    ei_hash login, code;
    edu_status verdict;
} activation;

static edu_status run_activate(ei_command *command, edu_tx *tx, edu_error *error)
{
    activation *a = command->context;
    a->verdict = EDU_OK;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_CODE, &a->login, command->now, &a->verdict, error));
    EI_TRY(sql_account_enrolment_try(tx, ei_hash_bytes(&a->login), NULL, error));
    ei_rows rows;
    EI_TRY(sql_account_enrolment_match(tx, ei_hash_bytes(&a->login), ei_hash_bytes(&a->code),
                                       command->now, EI_CODE_ATTEMPTS, &rows, error));
    new_account account = {0};
    bool is_right = false;
    EI_TRY(take_enrolment(&rows, &account, &is_right, error));
    if (a->verdict != EDU_OK)
        return EDU_OK;
    if (!is_right) {
        a->verdict = EDU_E_UNAUTHENTICATED;
        return EDU_OK;
    }
    EI_TRY(ei_throttle_take_back(tx, EI_THROTTLE_CODE, &a->login, INT32_MAX, error));
    return add_account(command, tx, &account, error);
}

static edu_status check_login_and_code(const char *login, const char *code, edu_error *error)
{
    EI_TRY(ei_check_text(login, EI_LOGIN_MAX, false, "/login", error));
    return ei_check_text(code, CODE_TEXT_MAX, false, "/code", error);
}

edu_status edu_account_activate(edu_session *session, const char *login, const char *code,
                                edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(check_login_and_code(login, code, error));
    activation a = {.login = ei_login_hash(session->portal, login)};
    a.code = ei_code_hash(session->portal, "activate", &a.login, code);
    ei_command command = {
        .session = session, .name = "account.activate", .run = run_activate, .context = &a};
    EI_TRY(ei_command_run(&command, error));
    return answer(a.verdict, error);
}

static edu_status run_desk(ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_id *person_id = command->context;
    edu_session *session = command->session;
    EI_TRY(ei_account_require_staff(session, tx, error));
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    EI_TRY(sql_account_enrolment_at_desk(tx, &actor, person_id, &rows, error));
    new_account account = {0};
    bool is_there = false;
    EI_TRY(take_enrolment(&rows, &account, &is_there, error));
    if (!is_there)
        return ei_account_not_found(error, "account that waits");
    EI_TRY(add_account(command, tx, &account, error));
    return ei_audit(command, tx, "account.activate_at_desk", person_id, NULL, error);
}

edu_status edu_account_activate_at_desk(edu_session *session, edu_id person_id, const char *key,
                                        edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_command command = {.session = session,
                          .name = "account.activate_at_desk",
                          .key = key,
                          .run = run_desk,
                          .context = &person_id};
    ei_command_hash(&command, &person_id, sizeof person_id);
    return ei_command_run(&command, error);
}

static edu_status check_admin(edu_tx *tx, void *context, edu_error *error)
{
    return ei_require_role(context, tx, "admin", error);
}

static edu_status run_create(ei_command *command, edu_tx *tx, edu_error *error)
{
    const new_account *account = command->context;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    ei_rows rows;
    EI_TRY(sql_account_of(tx, &account->person_id, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    bool has_account = status == EDU_OK && is_there && !ei_column_is_null(&rows, 1);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!is_there)
        return ei_account_not_found(error, "person");
    if (has_account)
        return ei_fail(error, EDU_E_CONFLICT, "account.exists", "/person_id",
                       "this person has an account");
    EI_TRY(add_account(command, tx, account, error));
    return ei_audit(command, tx, "account.create", &account->person_id, NULL, error);
}

edu_status edu_account_create(edu_session *session, edu_id person_id, const char *login,
                              const char *password, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(check_login(login, error));
    EI_TRY(ei_password_check(password, login, error));
    EI_TRY(ei_read(session, check_admin, session, error));
    const edu_portal *portal = session->portal;
    new_account account = {.person_id = person_id, .login_hash = ei_login_hash(portal, login)};
    copy_text(account.login, sizeof account.login, login);
    copy_text(account.language, sizeof account.language, portal->language);
    EI_TRY(ei_password_hash(&portal->password_cost, &portal->environment.random, password,
                            account.password, error));
    ei_command command = {.session = session,
                          .name = "account.create",
                          .key = key,
                          .run = run_create,
                          .context = &account};
    ei_command_hash(&command, &person_id, sizeof person_id);
    ei_command_hash_text(&command, login);
    ei_command_hash_text(&command, password);
    return ei_command_run(&command, error);
}

/* ---- recovering ---- */

typedef struct recovery {
    ei_hash login;
    const char *code;
    char password[EI_PASSWORD_TEXT];
    edu_status verdict;
} recovery;

static edu_status find_by_login(edu_tx *tx, const ei_hash *login, edu_id *person_id,
                                char language[9], edu_error *error)
{
    *person_id = ei_nobody_id;
    language[0] = 0;
    ei_rows rows;
    EI_TRY(sql_portal_account_by_login(tx, ei_hash_bytes(login), &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there) {
        *person_id = ei_column_id(&rows, 0);
        copy_text(language, sizeof((new_account *)0)->language, ei_column_text(&rows, 2));
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status run_recover(ei_command *command, edu_tx *tx, edu_error *error)
{
    recovery *r = command->context;
    r->verdict = EDU_OK;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_RECOVER, &r->login, command->now, &r->verdict, error));
    if (r->verdict != EDU_OK)
        return EDU_OK;
    edu_id person_id;
    char language[9];
    EI_TRY(find_by_login(tx, &r->login, &person_id, language, error));
    return ei_code_send(command, tx, &person_id, "recover", "recover_code",
                        language[0] ? language : command->session->language, error);
}

edu_status edu_account_recover(edu_session *session, const char *login, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(login, EI_LOGIN_MAX, false, "/login", error));
    recovery r = {.login = ei_login_hash(session->portal, login)};
    ei_command command = {
        .session = session, .name = "account.recover", .run = run_recover, .context = &r};
    EI_TRY(ei_command_run(&command, error));
    return answer(r.verdict, error);
}

static edu_status set_password(ei_command *command, edu_tx *tx, const edu_id *person_id,
                               edu_error *error)
{
    const recovery *r = command->context;
    EI_TRY(sql_account_set_password(tx, person_id, r->password, NULL, error));
    EI_TRY(sql_portal_sign_in_end_others(tx, person_id, (edu_bytes){NULL, 0}, NULL, error));
    EI_TRY(ei_throttle_take_back(tx, EI_THROTTLE_CODE, &r->login, INT32_MAX, error));
    EI_TRY(ei_throttle_take_back(tx, EI_THROTTLE_LOGIN, &r->login, INT32_MAX, error));
    return ei_audit(command, tx, "account.recover", person_id, NULL, error);
}

static edu_status run_recover_finish(ei_command *command, edu_tx *tx, edu_error *error)
{
    recovery *r = command->context;
    r->verdict = EDU_OK;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_CODE, &r->login, command->now, &r->verdict, error));
    if (r->verdict != EDU_OK)
        return EDU_OK;
    edu_id person_id;
    char language[9];
    ei_code_verdict code;
    EI_TRY(find_by_login(tx, &r->login, &person_id, language, error));
    EI_TRY(ei_code_check(command, tx, &person_id, "recover", r->code, &code, error));
    if (code == EI_CODE_RIGHT)
        return set_password(command, tx, &person_id, error);
    r->verdict = EDU_E_UNAUTHENTICATED;
    return EDU_OK;
}

edu_status edu_account_recover_finish(edu_session *session, const char *login, const char *code,
                                      const char *password, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    EI_TRY(check_login_and_code(login, code, error));
    EI_TRY(ei_password_check(password, login, error));
    const edu_portal *portal = session->portal;
    recovery r = {.login = ei_login_hash(portal, login), .code = code};
    EI_TRY(ei_password_hash(&portal->password_cost, &portal->environment.random, password,
                            r.password, error));
    ei_command command = {.session = session,
                          .name = "account.recover_finish",
                          .run = run_recover_finish,
                          .context = &r};
    EI_TRY(ei_command_run(&command, error));
    return answer(r.verdict, error);
}

/* ---- changing one's own password ---- */

typedef struct password_change {
    ei_hash subject;
    char login[EI_LOGIN_MAX + 1];
    char stored[EI_PASSWORD_TEXT];
    char replacement[EI_PASSWORD_TEXT];
    edu_status verdict;
} password_change;

static edu_status count_change(ei_command *command, edu_tx *tx, edu_error *error)
{
    password_change *p = command->context;
    p->verdict = EDU_OK;
    EI_TRY(
        ei_throttle_count(tx, EI_THROTTLE_PASSWORD, &p->subject, command->now, &p->verdict, error));
    ei_rows rows;
    EI_TRY(sql_account_of(tx, &command->session->person_id, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there) {
        copy_text(p->stored, sizeof p->stored, ei_column_text(&rows, 1));
        copy_text(p->login, sizeof p->login, ei_column_text(&rows, 2));
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status change_password(ei_command *command, edu_tx *tx, edu_error *error)
{
    const password_change *p = command->context;
    const edu_session *session = command->session;
    int64_t changed = 0;
    EI_TRY(sql_account_change_password(tx, &session->person_id, p->replacement, p->stored, &changed,
                                       error));
    if (changed == 0)
        return ei_fail(error, EDU_E_CONFLICT, "account.password_changed", NULL,
                       "the password was changed meanwhile");
    edu_bytes own = {session->token_hash, sizeof session->token_hash};
    EI_TRY(sql_portal_sign_in_end_others(tx, &session->person_id, own, NULL, error));
    EI_TRY(ei_throttle_take_back(tx, EI_THROTTLE_PASSWORD, &p->subject, INT32_MAX, error));
    return ei_audit(command, tx, "account.password", &session->person_id, NULL, error);
}

static edu_status try_change(edu_session *session, password_change *p, const char *old_password,
                             const char *new_password, edu_error *error)
{
    const edu_portal *portal = session->portal;
    ei_command count = {
        .session = session, .name = "account.count", .run = count_change, .context = p};
    EI_TRY(ei_command_run(&count, error));
    if (p->verdict != EDU_OK)
        return ei_throttled(error);
    EI_TRY(ei_password_check(new_password, p->login, error));
    bool is_right = false;
    EI_TRY(ei_password_verify(&portal->password_cost, p->stored, old_password, &is_right, error));
    if (!is_right)
        return ei_fail(error, EDU_E_UNAUTHENTICATED, "account.bad_password", "/old_password",
                       "the old password is wrong");
    EI_TRY(ei_password_hash(&portal->password_cost, &portal->environment.random, new_password,
                            p->replacement, error));
    ei_command change = {
        .session = session, .name = "account.password", .run = change_password, .context = p};
    return ei_command_run(&change, error);
}

edu_status edu_account_password(edu_session *session, const char *old_password,
                                const char *new_password, edu_error *error)
{
    EI_TRY(ei_account_require_person(session, error));
    EI_TRY(ei_check_text(old_password, 1000, false, "/old_password", error));
    password_change p = {{{0}}, "", "", "", EDU_OK};
    char person[EDU_ID_TEXT];
    edu_id_format(session->person_id, person);
    p.subject = ei_hash_text(session->portal, "person", person);
    edu_status status = try_change(session, &p, old_password, new_password, error);
    sodium_memzero(&p, sizeof p);
    return status;
}
