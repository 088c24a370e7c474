/* The keys that sign documents: one at a time, all kept, in the store that all processes share. */
#include "domain/portal/portal.h"

#include <stdio.h>
#include <string.h>

#include "credential/credential.h"
#include "portal_sql.h"

#define SECOND INT64_C(1000000)
/* A key that was replaced is good for so long beyond: machines' clocks differ, and what one of them
 * signed just before must stay good. */
#define LENIENCE (60 * SECOND)

static edu_time whole(edu_time time)
{
    return time - time % SECOND;
}

edu_time ei_signing_time(const ei_signer *signer, edu_time now)
{
    return now < signer->from ? signer->from : whole(now);
}

/* ---- in the store ---- */

static edu_status add(const edu_portal *portal, edu_tx *tx, const ei_signer *signer, edu_time since,
                      edu_time until, edu_error *error)
{
    uint8_t sealed[EI_SEALED_SECRET];
    edu_bytes seed = {NULL, 0};
    int64_t added;
    if (signer->port == NULL) {
        ei_signer_seal(portal->keys, &portal->environment.random, signer, sealed);
        seed = (edu_bytes){sealed, sizeof sealed};
    }
    EI_TRY(sql_portal_key_add(tx, signer->key_id, (edu_bytes){signer->public_key, EI_PUBLIC_KEY},
                              seed, whole(since), until, until == EDU_TIME_NONE, &added, error));
    return added != 0 ? EDU_OK
                      : ei_fail(error, EDU_E_CONFLICT, "key.known", "/public_key",
                                "this key was used before");
}

edu_status ei_signing_found(const edu_portal *portal, edu_tx *tx, edu_error *error)
{
    size_t count = ei_keys_signing_count(portal->keys);
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < count; i++) {
        ei_signer signer = ei_keys_signer_at(portal->keys, i);
        edu_time until = EDU_TIME_NONE;
        if (i + 1 < count) {
            ei_signer next = ei_keys_signer_at(portal->keys, i + 1);
            until = whole(next.from) + LENIENCE;
            ei_signer_wipe(&next);
        }
        status = add(portal, tx, &signer, signer.from, until, error);
        ei_signer_wipe(&signer);
    }
    return status;
}

static edu_status current_fill(const edu_portal *portal, ei_rows *rows, ei_signer *out,
                               edu_error *error)
{
    edu_bytes public_key = ei_column_bytes(rows, 1);
    const edu_signer *port = &portal->environment.signer;
    if (!ei_column_is_null(rows, 2))
        EI_TRY(ei_signer_unseal(portal->keys, ei_column_text(rows, 0), ei_column_bytes(rows, 2),
                                out, error));
    else if (port->sign == NULL || public_key.size != EI_PUBLIC_KEY)
        return ei_fail(error, EDU_E_CRYPTO, "key.no_signer", "/signer",
                       "the key that signs is elsewhere, and this portal was opened without what "
                       "signs with it");
    else
        *out = ei_signer_of_port(public_key.data, port);
    out->from = ei_column_time(rows, 3);
    return EDU_OK;
}

edu_status ei_signing_current(const edu_session *session, edu_tx *tx, ei_signer *out,
                              edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_portal_key_current(tx, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && !row)
        status = ei_fail(error, EDU_E_CORRUPT, "key.none", NULL, "the store has no key that signs");
    if (status == EDU_OK)
        status = current_fill(session->portal, &rows, out, error);
    ei_rows_close(&rows);
    return status;
}

/* ---- what is public ---- */

static bool set_time(json_t *key, const char *name, edu_time time)
{
    char text[32];
    if (time == EDU_TIME_NONE)
        return true;
    ei_time_format(time, text);
    return json_object_set_new(key, name, json_string(text)) == 0;
}

static json_t *key_json(ei_rows *rows)
{
    char x[EI_KEY_TEXT];
    edu_bytes public_key = ei_column_bytes(rows, 1);
    if (public_key.size != EI_PUBLIC_KEY)
        return NULL;
    ei_key_format(public_key.data, x);
    json_t *key = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "kty", "OKP", "crv", "Ed25519", "use",
                            "sig", "alg", "EdDSA", "kid", ei_column_text(rows, 0), "x", x);
    bool good = key != NULL && set_time(key, "from", ei_column_time(rows, 2)) &&
                set_time(key, "until", ei_column_time(rows, 3)) &&
                set_time(key, "compromised", ei_column_time(rows, 4));
    if (!good) {
        json_decref(key);
        return NULL;
    }
    return key;
}

edu_status ei_signing_keys(edu_tx *tx, json_t **out, edu_error *error)
{
    ei_rows rows;
    bool row = true;
    *out = NULL;
    EI_TRY(sql_portal_keys(tx, &rows, error));
    json_t *keys = json_array();
    edu_status status = keys != NULL ? EDU_OK : ei_no_memory(error);
    while (status == EDU_OK && row) {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row && json_array_append_new(keys, key_json(&rows)) != 0)
            status = ei_no_memory(error);
    }
    ei_rows_close(&rows);
    if (status == EDU_OK)
        *out = keys;
    else
        json_decref(keys);
    return status;
}

static edu_status keys_run(edu_tx *tx, void *context, edu_error *error)
{
    return ei_signing_keys(tx, context, error);
}

/* Gives the text of JSON, which is let go, as a record. What jansson had no memory for it may have
 * left out. */
static edu_status give(json_t *value, char **out, edu_error *error)
{
    bool was_short = ei_memory_was_short();
    char *text = value != NULL ? ei_json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    size_t size = text != NULL ? strlen(text) + 1 : 0;
    json_decref(value);
    *out = text != NULL && !was_short ? ei_record_new(size, NULL) : NULL;
    if (*out != NULL)
        memcpy(*out, text, size);
    ei_free(text);
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

edu_status edu_portal_public_keys(edu_session *session, char **out, edu_error *error)
{
    json_t *keys = NULL;
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_read(session, keys_run, &keys, error));
    return give(json_pack("{s:o}", "keys", keys), out, error);
}

/* Multikey: the two bytes that say Ed25519, and the key, in base 58. */
static json_t *method_json(const char *did, const json_t *key)
{
    uint8_t bytes[2 + EI_PUBLIC_KEY] = {0xed, 0x01};
    char text[80] = "z";
    const char *compromised = json_string_value(json_object_get(key, "compromised"));
    if (!ei_key_parse(ei_json_text(key, "x"), bytes + 2) ||
        !ei_base58_encode(bytes, sizeof bytes, text + 1, sizeof text - 1))
        return NULL;
    return json_pack("{s:s++,s:s,s:s,s:s,s:s*}", "id", did, "#", ei_json_text(key, "kid"), "type",
                     "Multikey", "controller", did, "publicKeyMultibase", text, "revoked",
                     compromised);
}

static json_t *did_json(const char *did, const json_t *keys)
{
    json_t *methods = json_array(), *uses = json_array();
    bool good = methods != NULL && uses != NULL;
    for (size_t i = 0; good && i < json_array_size(keys); i++) {
        const json_t *key = json_array_get(keys, i);
        json_t *method = method_json(did, key);
        json_t *id = json_object_get(method, "id");
        good = json_array_append_new(methods, method) == 0 &&
               (json_object_get(key, "compromised") != NULL || json_array_append(uses, id) == 0);
    }
    if (good)
        return json_pack("{s:[s,s],s:s,s:o,s:o}", "@context", "https://www.w3.org/ns/did/v1",
                         "https://w3id.org/security/multikey/v1", "id", did, "verificationMethod",
                         methods, "assertionMethod", uses);
    json_decref(methods);
    json_decref(uses);
    return NULL;
}

edu_status edu_portal_did(edu_session *session, char **out, edu_error *error)
{
    json_t *keys = NULL;
    char did[EI_DID_TEXT];
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_read(session, keys_run, &keys, error));
    ei_did_write(session->portal->host, did);
    json_t *document = did_json(did, keys);
    json_decref(keys);
    return give(document, out, error);
}

/* ---- what an admin does ---- */

static edu_status list_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_require_role(list->session, tx, "admin", error));
    return sql_portal_key_list(tx, list->key.integer[0], list->key.text[1], list->ask, rows, error);
}

edu_status edu_key_list(edu_session *session, const char *cursor, int32_t limit, edu_key_page **out,
                        edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {.session = session,
                    .open = list_open,
                    .plan = {.shape = "IT", .record = "edu_key", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct changing {
    ei_signer next;
    char kid[EI_KEY_ID_TEXT];
    edu_time since;
} changing;

static edu_status note(ei_command *command, edu_tx *tx, const char *kid, edu_error *error)
{
    char detail[64];
    (void)snprintf(detail, sizeof detail, "{\"kid\":\"%s\"}", kid);
    return ei_audit(command, tx, command->name, NULL, detail, error);
}

static edu_status replace(ei_command *command, edu_tx *tx, const ei_signer *next, edu_error *error)
{
    EI_TRY(sql_portal_key_end(tx, whole(command->now) + LENIENCE, NULL, error));
    return add(command->session->portal, tx, next, command->now, EDU_TIME_NONE, error);
}

static edu_status rotate_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const changing *change = command->context;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(replace(command, tx, &change->next, error));
    return note(command, tx, change->next.key_id, error);
}

static edu_status require_run(edu_tx *tx, void *context, edu_error *error)
{
    return ei_require_role(context, tx, "admin", error);
}

/* The key behind the port, once it has shown that it signs. */
static edu_status elsewhere(edu_session *session, const char *public_key, ei_signer *out,
                            edu_error *error)
{
    static const char probe[] = "libedu asks whether this key signs";
    const edu_signer *port = &session->portal->environment.signer;
    uint8_t bytes[EI_PUBLIC_KEY], signature[EI_SIGNATURE];
    EI_TRY(ei_check_text(public_key, 64, false, "/public_key", error));
    if (!ei_key_parse(public_key, bytes))
        return ei_fail(error, EDU_E_INVALID, "key.public", "/public_key",
                       "a public key is 32 bytes in base64url");
    /* Nobody else makes the command run. */
    EI_TRY(ei_read(session, require_run, session, error));
    if (port->sign == NULL)
        return ei_fail(error, EDU_E_CRYPTO, "key.no_signer", "/signer",
                       "this portal was opened without what signs with keys that are elsewhere");
    *out = ei_signer_of_port(bytes, port);
    return ei_sign(out, probe, sizeof probe - 1, signature, error);
}

edu_status edu_key_rotate(edu_session *session, const char *public_key, const char *key,
                          edu_error *error)
{
    changing change = {0};
    EI_TRY(ei_session_require(session, error));
    if (public_key != NULL)
        EI_TRY(elsewhere(session, public_key, &change.next, error));
    else
        ei_signer_make(&session->portal->environment.random, &change.next);
    ei_command command = {.session = session,
                          .name = "key.rotate",
                          .key = key,
                          .run = rotate_run,
                          .context = &change};
    ei_command_hash_text(&command, public_key);
    edu_status status = ei_command_run(&command, error);
    ei_signer_wipe(&change.next);
    return status;
}

static edu_status is_current(edu_tx *tx, const char *kid, bool *current, edu_error *error)
{
    ei_rows rows;
    bool found;
    int64_t value = 0;
    EI_TRY(ei_rows_integer(sql_portal_key_is_current(tx, kid, &rows, error), &rows, &found, &value,
                           error));
    *current = value != 0;
    return found ? EDU_OK
                 : ei_fail(error, EDU_E_NOT_FOUND, "key.not_found", "/kid", "there is no such key");
}

static edu_status compromise_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const changing *change = command->context;
    bool current;
    int64_t changed;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(is_current(tx, change->kid, &current, error));
    edu_time since = change->since != EDU_TIME_NONE ? change->since : command->now;
    EI_TRY(sql_portal_key_compromise(tx, change->kid, whole(since), &changed, error));
    if (changed == 0)
        return ei_fail(error, EDU_E_STATE, "key.withdrawn", "/kid",
                       "the key is withdrawn from then or earlier already");
    if (current)
        EI_TRY(replace(command, tx, &change->next, error));
    return note(command, tx, change->kid, error);
}

edu_status edu_key_compromise(edu_session *session, const char *kid, edu_time since,
                              const char *key, edu_error *error)
{
    changing change = {.since = since};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(kid, 64, false, "/kid", error));
    if (since != EDU_TIME_NONE && since > ei_now(session))
        return ei_fail(error, EDU_E_INVALID, "key.future", "/since", "this is in the future");
    (void)snprintf(change.kid, sizeof change.kid, "%s", kid);
    ei_signer_make(&session->portal->environment.random, &change.next);
    ei_command command = {.session = session,
                          .name = "key.compromise",
                          .key = key,
                          .run = compromise_run,
                          .context = &change};
    ei_command_hash_text(&command, kid);
    ei_command_hash(&command, &since, sizeof since);
    edu_status status = ei_command_run(&command, error);
    ei_signer_wipe(&change.next);
    return status;
}
