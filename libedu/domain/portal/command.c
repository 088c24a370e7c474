/* How every read and write of the domain runs: by a session whose sign-in still holds, in one
 * transaction, a write idempotent under its key. */
#include "domain/portal/portal.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "portal_sql.h"

#define KEY_MAX 64
#define ATTEMPTS_MAX 64 /* to learn whether a commit came through, however often it is cut off */

void ei_command_hash(ei_command *command, const void *data, size_t size)
{
    /* Each argument is hashed under the hash of those before it: no two lists run together. */
    uint8_t is_given = data != NULL;
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, command->request, sizeof command->request,
                                  sizeof command->request);
    (void)crypto_generichash_update(&state, &is_given, 1);
    if (data)
        (void)crypto_generichash_update(&state, data, size);
    (void)crypto_generichash_final(&state, command->request, sizeof command->request);
}

void ei_command_hash_text(ei_command *command, const char *text)
{
    ei_command_hash(command, text, text ? strlen(text) : 0);
}

edu_id ei_session_actor(const edu_session *session)
{
    if (session->is_operator)
        return ei_operator_id;
    return session->needs_code ? (edu_id){{0}} : session->person_id;
}

edu_id ei_person_or_self(const edu_session *session, edu_id person)
{
    return ei_id_is_none(person) ? ei_session_actor(session) : person;
}

/* Every call begins here, so that a command that is run knows whether it was made while memory was
 * short. */
edu_status ei_session_check(const edu_session *session, edu_error *error)
{
    (void)ei_memory_was_short();
    return session ? EDU_OK : ei_bad_argument(error, "session");
}

edu_status ei_session_require(edu_session *session, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (session->needs_code)
        return ei_fail(error, EDU_E_UNAUTHENTICATED, "session.needs_code", NULL,
                       "this sign-in waits for its code; confirm it first");
    if (ei_id_is_none(ei_session_actor(session)))
        return ei_fail(error, EDU_E_UNAUTHENTICATED, "session.nobody", NULL, "sign in first");
    return EDU_OK;
}

edu_time ei_now(const edu_session *session)
{
    const edu_clock *clock = &session->portal->environment.clock;
    return clock->now(clock->context);
}

edu_id ei_new_id(const edu_session *session)
{
    const edu_environment *environment = &session->portal->environment;
    return ei_id_new(&environment->clock, &environment->random);
}

const char *ei_localised(const edu_session *session, json_t *texts)
{
    const char *text = json_string_value(json_object_get(texts, session->language));
    if (!text)
        text = json_string_value(json_object_get(texts, session->portal->language));
    if (!text)
        text = json_string_value(json_object_iter_value(json_object_iter(texts)));
    return text;
}

edu_status ei_json_read(const char *text, size_t size, json_t **out, edu_error *error)
{
    *out = ei_json_load(text, size, JSON_REJECT_DUPLICATES, NULL);
    if (*out)
        return EDU_OK;
    if (ei_memory_was_short())
        return ei_no_memory(error);
    return ei_fail(error, EDU_E_CORRUPT, "storage.bad_json", NULL,
                   "the store is damaged: what should be JSON is none; restore a backup");
}

static bool has_null(const char *json)
{
    for (; *json; json++)
        if (*json == '\\' && strncmp(++json, "u0000", 5) == 0)
            return true;
    return false;
}

edu_status ei_json_write(const json_t *given, const char *field, char **out, edu_error *error)
{
    *out = ei_json_dumps(given, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    if (!*out)
        return ei_no_memory(error);
    if (!has_null(*out))
        return EDU_OK;
    ei_free(*out);
    *out = NULL;
    return ei_fail(error, EDU_E_INVALID, "core.null_character", field,
                   "a text in it has a null character");
}

/* ---- one transaction ---- */

static edu_status ended(edu_error *error)
{
    return ei_fail(error, EDU_E_UNAUTHENTICATED, "session.ended", NULL,
                   "this sign-in has ended; sign in again");
}

/* Within the transaction, so that ending a sign-in counts from the next call of any session. */
static edu_status check_sign_in(const edu_session *session, edu_tx *tx, edu_time now,
                                edu_error *error)
{
    if (!session->token)
        return EDU_OK;
    edu_bytes hash = {session->token_hash, sizeof session->token_hash};
    ei_rows rows;
    EI_TRY(sql_portal_sign_in_live(tx, hash, now, &rows, error));
    bool is_live = false;
    edu_status status = ei_rows_next(&rows, &is_live, error);
    ei_rows_close(&rows);
    return status == EDU_OK && !is_live ? ended(error) : status;
}

typedef struct command_run {
    ei_command *command;
    edu_id actor;
    char key[KEY_MAX + 1];
    uint8_t request[32];
} command_run;

/* Keys of nobody are everybody's to choose, so each is good only for its own arguments: a visitor's
 * key neither answers nor blocks another's. */
static void own_key(command_run *run, const char *key)
{
    uint8_t mixed[32];
    (void)crypto_generichash(mixed, sizeof mixed, (const unsigned char *)key, strlen(key),
                             run->request, sizeof run->request);
    ei_hex_format(mixed, sizeof mixed, run->key);
}

/* The request's hash is kept under a secret key: arguments such as numbers and passwords could be
 * guessed from a plain one. */
static edu_status prepare(command_run *run, edu_error *error)
{
    ei_command *command = run->command;
    edu_session *session = command->session;
    EI_TRY(ei_session_check(session, error));
    EI_TRY(ei_check_text(command->key, KEY_MAX, true, "/key", error));
    command->now = ei_now(session);
    run->actor = ei_session_actor(session);
    if (!command->key)
        return EDU_OK;
    ei_command named = *command;
    ei_command_hash_text(&named, command->name);
    ei_keyed_hash(session->portal->keys, "command", (edu_bytes){named.request, 32}, run->request);
    if (ei_id_is_none(run->actor)) {
        run->actor = ei_nobody_id;
        own_key(run, command->key);
    } else {
        (void)snprintf(run->key, sizeof run->key, "%s", command->key);
    }
    return EDU_OK;
}

static edu_status take_answer(command_run *run, ei_rows *rows, edu_error *error)
{
    edu_bytes request = ei_column_bytes(rows, 0);
    edu_bytes result = ei_column_bytes(rows, 1);
    ei_command *command = run->command;
    if (request.size != sizeof run->request ||
        memcmp(request.data, run->request, request.size) != 0)
        return ei_fail(error, EDU_E_CONFLICT, "command.key_reused", "/key",
                       "this idempotency key was used for another request; take a new one");
    if (result.size > sizeof command->result)
        return ei_fail(error, EDU_E_CORRUPT, "command.bad_result", NULL,
                       "a stored answer is longer than any answer");
    if (result.size)
        memcpy(command->result, result.data, result.size);
    command->result_size = result.size;
    command->was_repeated = true;
    return EDU_OK;
}

static edu_status find_answer(command_run *run, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_portal_command_find(tx, &run->actor, run->key, &rows, error));
    bool is_found = false;
    edu_status status = ei_rows_next(&rows, &is_found, error);
    if (status == EDU_OK && is_found)
        status = take_answer(run, &rows, error);
    ei_rows_close(&rows);
    return status;
}

/* The key is taken first and not looked for: of two that look where neither has written, a server
 * must undo one, though their keys differ. */
static edu_status take_key(command_run *run, edu_tx *tx, edu_error *error)
{
    edu_bytes request = {run->request, sizeof run->request};
    int64_t taken = 0;
    EI_TRY(sql_portal_command_take(tx, &run->actor, run->key, request, run->command->now, &taken,
                                   error));
    return taken ? EDU_OK : find_answer(run, tx, error);
}

/* A refusal is written, but a later command under its key may do better. */
static edu_status keep_answer(const command_run *run, edu_tx *tx, edu_error *error)
{
    const ei_command *command = run->command;
    edu_bytes result = {command->result, command->result_size};
    if (command->is_refusal)
        return sql_portal_command_drop(tx, &run->actor, run->key, NULL, error);
    if (command->result_size == 0)
        return EDU_OK;
    return sql_portal_command_keep(tx, &run->actor, run->key, result, NULL, error);
}

static edu_status run_command(edu_tx *tx, void *context, edu_error *error)
{
    command_run *run = context;
    ei_command *command = run->command;
    command->result_size = 0;
    command->was_repeated = false;
    command->is_refusal = false;
    command->is_serial_taken = false;
    ei_loads_give_back(command);
    EI_TRY(check_sign_in(command->session, tx, command->now, error));
    if (command->key)
        EI_TRY(take_key(run, tx, error));
    if (!command->was_repeated) {
        EI_TRY(command->run(command, tx, error));
        if (command->key)
            EI_TRY(keep_answer(run, tx, error));
    }
    return command->tell && !command->is_refusal ? command->tell(tx, command->told, error) : EDU_OK;
}

/* Whether a commit came through is not known: under a key the command can be asked again, and is
 * answered if it did. */
static edu_status write_surely(edu_store *store, command_run *run, edu_error *error)
{
    edu_error detail = EDU_ERROR_INIT;
    edu_status status = EDU_E_STORAGE;
    bool is_unknown = true;
    for (int i = 0; is_unknown && i < ATTEMPTS_MAX; i++) {
        status = ei_store_write(store, run_command, run, &detail);
        is_unknown = status == EDU_E_STORAGE && run->command->key != NULL &&
                     strcmp(detail.key, "storage.unknown") == 0;
    }
    if (status != EDU_OK && error)
        *error = detail;
    return status;
}

edu_status ei_command_run(ei_command *command, edu_error *error)
{
    command_run run = {.command = command};
    if (ei_memory_was_short()) /* something may be missing in the hash of its arguments */
        return ei_no_memory(error);
    EI_TRY(prepare(&run, error));
    if (command->takes_serial)
        EI_TRY(ei_serial_reserve(command, error));
    edu_status status = write_surely(command->session->portal->store, &run, error);
    if (status != EDU_OK || command->is_refusal)
        ei_loads_give_back(command);
    ei_free(command->loads);
    command->loads = NULL;
    command->load_count = command->load_room = 0;
    return status;
}

edu_status ei_command_run_record(ei_command *command, size_t size, void *slot, edu_error *error)
{
    void *record = ei_record_new(size, NULL);
    if (!record)
        return ei_no_memory(error);
    memcpy(slot, &record, sizeof record);
    edu_status status = ei_command_run(command, error);
    if (status != EDU_OK)
        edu_free(record);
    return status;
}

edu_status ei_write(edu_session *session, const char *name,
                    edu_status (*run)(ei_command *, edu_tx *, edu_error *), void *context,
                    edu_error *error)
{
    ei_command command = {.session = session, .name = name, .run = run, .context = context};
    return ei_command_run(&command, error);
}

typedef struct read_run {
    const edu_session *session;
    edu_time now;
    edu_command_fn read;
    void *context;
} read_run;

static edu_status run_read(edu_tx *tx, void *context, edu_error *error)
{
    const read_run *run = context;
    EI_TRY(check_sign_in(run->session, tx, run->now, error));
    return run->read(tx, run->context, error);
}

edu_status ei_read(edu_session *session, edu_command_fn read, void *context, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    read_run run = {session, ei_now(session), read, context};
    return ei_store_read(session->portal->store, run_read, &run, error);
}

/* ---- rights and traces ---- */

edu_status ei_require_role(edu_session *session, edu_tx *tx, const char *role, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    EI_TRY(sql_portal_has_role_everywhere(tx, &actor, role, &rows, error));
    bool is_held = false;
    edu_status status = ei_rows_next(&rows, &is_held, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !is_held)
        return ei_fail(error, EDU_E_DENIED, "session.no_role", NULL,
                       "this needs the role \"%s\" without scope", role);
    return status;
}

edu_status ei_require_row(edu_session *session, edu_tx *tx, ei_right_fn open, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool is_held = false;
    EI_TRY(open(tx, &actor, &rows, error));
    edu_status status = ei_rows_next(&rows, &is_held, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !is_held)
        return ei_fail(error, EDU_E_DENIED, "session.denied", "",
                       "no role of this session permits this");
    return status;
}

edu_status ei_require_clerk(edu_session *session, edu_tx *tx, edu_error *error)
{
    return ei_require_row(session, tx, sql_portal_is_clerk, error);
}

edu_status ei_require_staff(edu_session *session, edu_tx *tx, edu_error *error)
{
    return ei_require_row(session, tx, sql_portal_is_staff, error);
}

edu_status ei_audit(ei_command *command, edu_tx *tx, const char *action, const edu_id *person,
                    const char *detail_json, edu_error *error)
{
    edu_id id = ei_new_id(command->session);
    edu_id actor = ei_session_actor(command->session);
    return sql_portal_audit_add(tx, &id, command->now, &actor, action, person,
                                detail_json ? detail_json : "{}", NULL, error);
}

edu_status ei_audit_count(ei_command *command, edu_tx *tx, const char *action, edu_id subject,
                          int64_t count, edu_error *error)
{
    char detail[128], id[EDU_ID_TEXT];
    edu_id_format(subject, id);
    (void)snprintf(detail, sizeof detail, "{\"count\":%" PRId64 ",\"subject\":\"%s\"}", count, id);
    return ei_audit(command, tx, action, NULL, detail, error);
}
