#include "domain/portal/guard.h"

#include <stdio.h>
#include <string.h>

#include "portal_sql.h"

/* ---- throttles ---- */

static const struct {
    const char *kind;
    int64_t most;
    edu_time window;
} throttles[] = {
    [EI_THROTTLE_LOGIN] = {"login", 10, 15 * EI_MINUTE},
    [EI_THROTTLE_ADDRESS] = {"address", 100, 15 * EI_MINUTE},
    [EI_THROTTLE_PASSWORD] = {"password", 10, 15 * EI_MINUTE},
    [EI_THROTTLE_CODE] = {"code", 10, 15 * EI_MINUTE},
    [EI_THROTTLE_REGISTER] = {"register", 5, 60 * EI_MINUTE},
    [EI_THROTTLE_RECOVER] = {"recover", 5, 60 * EI_MINUTE},
    [EI_THROTTLE_GUARDIAN] = {"guardian", 20, EI_DAY},
    [EI_THROTTLE_FIND_ADDRESS] = {"find_address", 30, 15 * EI_MINUTE},
    [EI_THROTTLE_FIND_NUMBER] = {"find_number", 10, 60 * EI_MINUTE},
    [EI_THROTTLE_APPEAL] = {"appeal", 10, 60 * EI_MINUTE},
};
#define LONGEST_WINDOW EI_DAY

ei_hash ei_hash_text(const edu_portal *portal, const char *purpose, const char *text)
{
    ei_hash hash;
    ei_keyed_hash(portal->keys, purpose, (edu_bytes){text, strlen(text)}, hash.bytes);
    return hash;
}

edu_bytes ei_hash_bytes(const ei_hash *hash)
{
    return (edu_bytes){hash->bytes, sizeof hash->bytes};
}

edu_status ei_throttle_count(edu_tx *tx, ei_throttle throttle, const ei_hash *subject, edu_time now,
                             edu_status *verdict, edu_error *error)
{
    EI_TRY(sql_portal_throttle_sweep(tx, now - LONGEST_WINDOW, NULL, error));
    ei_rows rows;
    EI_TRY(sql_portal_throttle_count(tx, throttles[throttle].kind, ei_hash_bytes(subject), now,
                                     now - throttles[throttle].window, &rows, error));
    bool row = false;
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && ei_column_int(&rows, 0) > throttles[throttle].most)
        *verdict = EDU_E_THROTTLED;
    ei_rows_close(&rows);
    return status;
}

edu_status ei_throttle_take_back(edu_tx *tx, ei_throttle throttle, const ei_hash *subject,
                                 int64_t attempts, edu_error *error)
{
    return sql_portal_throttle_less(tx, throttles[throttle].kind, ei_hash_bytes(subject), attempts,
                                    NULL, error);
}

edu_status ei_throttled(edu_error *error)
{
    edu_status status = ei_fail(error, EDU_E_THROTTLED, "session.throttled", NULL,
                                "too many attempts; wait a while and try again");
    if (error)
        error->retryable = true;
    return status;
}

/* ---- codes ---- */

ei_hash ei_code_hash(const edu_portal *portal, const char *purpose, const ei_hash *scope,
                     const char *code)
{
    char scope_hex[2 * sizeof scope->bytes + 1], text[256];
    ei_hex_format(scope->bytes, sizeof scope->bytes, scope_hex);
    (void)snprintf(text, sizeof text, "%s/%s/%.64s", purpose, scope_hex, code);
    return ei_hash_text(portal, "code", text);
}

static ei_hash person_scope(const edu_id *person)
{
    ei_hash scope = {{0}};
    memcpy(scope.bytes, person->bytes, sizeof person->bytes);
    return scope;
}

edu_status ei_code_send(ei_command *command, edu_tx *tx, const edu_id *person, const char *purpose,
                        const char *template, const char *language, edu_error *error)
{
    const edu_portal *portal = command->session->portal;
    char code[EI_CODE_TEXT];
    ei_digits_make(&portal->environment.random, code);
    ei_hash scope = person_scope(person);
    ei_hash hash = ei_code_hash(portal, purpose, &scope, code);
    EI_TRY(sql_portal_code_put(tx, person, purpose, ei_hash_bytes(&hash),
                               command->now + EI_CODE_LIFE, NULL, error));
    return ei_message_send(command, tx, person, template, language, code, error);
}

static edu_status compare_code(ei_command *command, edu_tx *tx, const edu_id *person,
                               const char *purpose, const ei_hash *given, ei_code_verdict *verdict,
                               edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_portal_code_get(tx, person, purpose, command->now, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    *verdict = EI_CODE_WRONG;
    if (status == EDU_OK && is_there) {
        edu_bytes hash = ei_column_bytes(&rows, 0);
        int64_t attempts = ei_column_int(&rows, 1);
        if (attempts <= EI_CODE_ATTEMPTS && hash.size == sizeof given->bytes &&
            ei_equal(hash.data, given->bytes, hash.size))
            *verdict = EI_CODE_RIGHT;
        else if (attempts >= EI_CODE_ATTEMPTS)
            *verdict = EI_CODE_SPENT;
    }
    ei_rows_close(&rows);
    return status;
}

edu_status ei_code_check(ei_command *command, edu_tx *tx, const edu_id *person, const char *purpose,
                         const char *code, ei_code_verdict *verdict, edu_error *error)
{
    ei_hash scope = person_scope(person);
    ei_hash given = ei_code_hash(command->session->portal, purpose, &scope, code);
    EI_TRY(sql_portal_code_try(tx, person, purpose, NULL, error));
    EI_TRY(compare_code(command, tx, person, purpose, &given, verdict, error));
    return *verdict == EI_CODE_RIGHT ? sql_portal_code_end(tx, person, purpose, NULL, error)
                                     : EDU_OK;
}

/* ---- messages ---- */

static void take_key(edu_bytes stored, ei_person_keys *out)
{
    ei_person_keys keys;
    if (ei_person_keys_take(stored, &keys))
        *out = keys;
}

/* A fresh key stands for that of a person who does not exist. */
static edu_status person_key(ei_command *command, edu_tx *tx, const edu_id *person,
                             ei_person_keys *out, edu_error *error)
{
    const edu_portal *portal = command->session->portal;
    ei_person_key_make(portal->keys, &portal->environment.random, person, out->bytes);
    out->size = EI_WRAPPED_KEY;
    ei_rows rows;
    EI_TRY(sql_portal_person_key(tx, person, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there)
        take_key(ei_column_bytes(&rows, 0), out);
    ei_rows_close(&rows);
    return status;
}

edu_status ei_message_send(ei_command *command, edu_tx *tx, const edu_id *person,
                           const char *template, const char *language, const char *code,
                           edu_error *error)
{
    const edu_portal *portal = command->session->portal;
    ei_person_keys wrapped;
    EI_TRY(person_key(command, tx, person, &wrapped, error));
    char secret[32];
    int size = snprintf(secret, sizeof secret, "{\"code\":\"%s\"}", code ? code : "");
    uint8_t sealed[sizeof secret + EI_SEAL_EXTRA];
    EI_TRY(ei_seal(portal->keys, &portal->environment.random, person,
                   ei_person_keys_bytes(&wrapped), EI_SEALED_MESSAGE,
                   (edu_bytes){secret, (size_t)size}, sealed, error));
    edu_id id = ei_new_id(command->session);
    return sql_portal_outbox_add(tx, &id, person, template, language, "{}",
                                 (edu_bytes){sealed, (size_t)size + EI_SEAL_EXTRA}, command->now,
                                 NULL, error);
}
