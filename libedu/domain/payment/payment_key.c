/* Keys of the provider's signatures, and what is signed with them. */
#include "domain/payment/payment_store.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "payment_sql.h"

#define SECOND INT64_C(1000000)
#define WINDOW (5 * 60 * SECOND)
#define SECRET_MIN 32
#define SECRET_MAX 64
#define ED25519_KEY 32
#define PURPOSE "payment key"
#define SIGNED_PREFIX 24

/* ---- keeping ---- */

typedef struct new_key {
    const char *kid, *algorithm;
    edu_bytes secret;
    edu_time until; /* of one that ends */
} new_key;

static edu_status check_kid(const char *kid, edu_error *error)
{
    EI_TRY(ei_check_text(kid, EI_KID_MAX, false, "/kid", error));
    bool good = kid[0] != '\0';
    for (const char *at = kid; good && *at; at++)
        good = *at > ' ' && *at <= '~' && *at != ';' && *at != '=';
    return good ? EDU_OK
                : ei_payment_bad(error, "/kid",
                                 "a key's name is visible ASCII without space, ; and =");
}

static edu_status check_key(const new_key *work, edu_error *error)
{
    bool is_mac = work->algorithm && strcmp(work->algorithm, "hmac-sha256") == 0;
    EI_TRY(check_kid(work->kid, error));
    if (!is_mac && (!work->algorithm || strcmp(work->algorithm, "ed25519") != 0))
        return ei_payment_bad(error, "/algorithm", "there are hmac-sha256 and ed25519");
    size_t least = is_mac ? SECRET_MIN : ED25519_KEY, most = is_mac ? SECRET_MAX : ED25519_KEY;
    if (!work->secret.data || work->secret.size < least || work->secret.size > most)
        return ei_payment_bad(error, "/secret",
                              is_mac ? "the secret has 32 to 64 bytes"
                                     : "a public key of Ed25519 has 32 bytes");
    return EDU_OK;
}

static edu_status add_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const new_key *work = command->context;
    const edu_portal *portal = command->session->portal;
    uint8_t sealed[SECRET_MAX + EI_SEAL_EXTRA];
    int64_t added = 0;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    ei_secret_seal(portal->keys, &portal->environment.random, PURPOSE, work->kid, work->secret,
                   sealed);
    EI_TRY(sql_payment_key_add(tx, work->kid, work->algorithm,
                               (edu_bytes){sealed, work->secret.size + EI_SEAL_EXTRA}, command->now,
                               &added, error));
    if (!added)
        return ei_fail(error, EDU_E_CONFLICT, "payment.key_known", "/kid",
                       "there was a key of this name; names are not used twice");
    return ei_audit(command, tx, "payment.key_add", NULL, NULL, error);
}

edu_status edu_payment_key_add(edu_session *session, const char *kid, const char *algorithm,
                               edu_bytes secret, const char *key, edu_error *error)
{
    new_key work = {kid, algorithm, secret, 0};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(check_key(&work, error));
    ei_command command = {.session = session,
                          .name = "payment.key_add",
                          .key = key,
                          .run = add_run,
                          .context = &work};
    ei_command_hash_text(&command, kid);
    ei_command_hash_text(&command, algorithm);
    ei_command_hash(&command, secret.data, secret.size);
    return ei_command_run(&command, error);
}

static edu_status end_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const new_key *work = command->context;
    edu_time until = work->until == EDU_TIME_NONE ? command->now : work->until;
    ei_rows rows;
    bool found;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    edu_status opened = sql_payment_key_exists(tx, work->kid, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &found, NULL, error));
    if (!found)
        return ei_fail(error, EDU_E_NOT_FOUND, "payment.no_key", "/kid", "there is no such key");
    if (until < command->now)
        return ei_payment_bad(error, "/until", "a key does not end before now");
    EI_TRY(sql_payment_key_end(tx, work->kid, until, NULL, error));
    return ei_audit(command, tx, "payment.key_end", NULL, NULL, error);
}

edu_status edu_payment_key_end(edu_session *session, const char *kid, edu_time until,
                               const char *key, edu_error *error)
{
    new_key work = {.kid = kid, .until = until};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(check_kid(kid, error));
    ei_command command = {.session = session,
                          .name = "payment.key_end",
                          .key = key,
                          .run = end_run,
                          .context = &work};
    ei_command_hash_text(&command, kid);
    ei_command_hash(&command, &until, sizeof until);
    return ei_command_run(&command, error);
}

static edu_status open_keys(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_require_role(list->session, tx, "admin", error));
    return sql_payment_key_list(tx, list->key.text[0], list->ask, rows, error);
}

edu_status edu_payment_keys(edu_session *session, const char *cursor, int32_t limit,
                            edu_payment_key_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {.session = session,
                    .open = open_keys,
                    .plan = {.shape = "t", .record = "edu_payment_key", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- using ---- */

typedef struct held_key {
    char kid[EI_KID_MAX + 1];
    bool is_mac, is_there;
    uint8_t secret[SECRET_MAX];
    size_t size;
} held_key;

static edu_status open_key(const edu_portal *portal, edu_bytes sealed, held_key *out,
                           edu_error *error)
{
    out->is_there = sealed.size > EI_SEAL_EXTRA && sealed.size <= SECRET_MAX + EI_SEAL_EXTRA &&
                    ei_secret_unseal(portal->keys, PURPOSE, out->kid, sealed, out->secret);
    out->size = sealed.size - EI_SEAL_EXTRA;
    return out->is_there ? EDU_OK
                         : ei_fail(error, EDU_E_CRYPTO, "payment.sealed_key", NULL,
                                   "a key of the payment provider does not open with this keys "
                                   "file");
}

static void compute_mac(const held_key *key, const char *prefix, edu_bytes text, uint8_t out[32])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key->secret, key->size);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)prefix, strlen(prefix));
    crypto_auth_hmacsha256_update(&state, text.data, text.size);
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}

typedef struct newest_key {
    const edu_session *session;
    held_key key;
} newest_key;

static edu_status newest_run(edu_tx *tx, void *context, edu_error *error)
{
    newest_key *of = context;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_payment_key_newest(tx, ei_now(of->session), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        (void)snprintf(of->key.kid, sizeof of->key.kid, "%s", ei_column_text(&rows, 0));
        status = open_key(of->session->portal, ei_column_bytes(&rows, 1), &of->key, error);
    }
    ei_rows_close(&rows);
    return status;
}

edu_status ei_payment_mac(edu_session *session, const char *text, char kid[EI_KID_MAX + 1],
                          char mac[EI_MAC_TEXT], edu_error *error)
{
    uint8_t made[32];
    newest_key of = {.session = session};
    EI_TRY(ei_read(session, newest_run, &of, error));
    if (!of.key.is_there)
        return ei_fail(error, EDU_E_UNSUPPORTED, "payment.no_provider", NULL,
                       "there is no hmac-sha256 key of the payment provider yet: edu payment key");
    compute_mac(&of.key, "", (edu_bytes){text, strlen(text)}, made);
    sodium_memzero(of.key.secret, sizeof of.key.secret);
    memcpy(kid, of.key.kid, sizeof of.key.kid);
    ei_hex_format(made, sizeof made, mac);
    return EDU_OK;
}

/* ---- checking: whatever is wrong, the answer is one ---- */

typedef struct given_signature {
    char kid[EI_KID_MAX + 1], seconds[SIGNED_PREFIX];
    uint8_t value[64];
    int size; /* of the value */
    int64_t at;
} given_signature;

/* The text behind "name=", up to ';', without the spaces around it. */
static bool take_part(const char *text, const char *name, char *out, size_t room)
{
    size_t length = strlen(name);
    while (*text) {
        text += strspn(text, " ;");
        size_t size = strcspn(text, ";");
        if (strncmp(text, name, length) == 0 && text[length] == '=') {
            size_t left = size - length - 1;
            while (left > 0 && text[length + left] == ' ')
                left--;
            if (left == 0 || left >= room)
                return false;
            memcpy(out, text + length + 1, left);
            out[left] = '\0';
            return true;
        }
        text += size;
    }
    return false;
}

static bool parse_signature(const char *text, given_signature *out)
{
    char hex[2 * sizeof out->value + 1];
    if (!take_part(text, "kid", out->kid, sizeof out->kid) ||
        !take_part(text, "t", out->seconds, sizeof out->seconds - 1) ||
        !take_part(text, "v", hex, sizeof hex) ||
        !ei_int_parse(out->seconds, 0, INT64_MAX / SECOND, &out->at))
        return false;
    out->size = ei_hex_parse(hex, out->value, sizeof out->value);
    return out->size > 0;
}

static bool is_mac_good(const held_key *key, const given_signature *given, edu_bytes body)
{
    uint8_t made[32];
    char prefix[SIGNED_PREFIX + 1];
    (void)snprintf(prefix, sizeof prefix, "%s.", given->seconds);
    compute_mac(key, prefix, body, made);
    return given->size == sizeof made && ei_equal(made, given->value, sizeof made);
}

static bool is_signature_good(const held_key *key, const given_signature *given, edu_bytes body)
{
    ei_buffer text = {0};
    ei_buffer_printf(&text, "%s.", given->seconds);
    ei_buffer_add(&text, body.data, body.size);
    bool good = !text.failed && given->size == EI_SIGNATURE && key->size == ED25519_KEY &&
                ei_signature_good(given->value, text.data, text.size, key->secret);
    ei_buffer_free(&text);
    return good;
}

static edu_status find_key(ei_command *command, edu_tx *tx, const char *kid, held_key *out,
                           edu_error *error)
{
    ei_rows rows;
    bool row = false;
    (void)snprintf(out->kid, sizeof out->kid, "%s", kid);
    EI_TRY(sql_payment_key_good(tx, kid, command->now, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->is_mac = strcmp(ei_column_text(&rows, 0), "hmac-sha256") == 0;
        status = open_key(command->session->portal, ei_column_bytes(&rows, 1), out, error);
    }
    ei_rows_close(&rows);
    return status;
}

edu_status ei_payment_signature_check(ei_command *command, edu_tx *tx, edu_bytes body,
                                      const char *signature, edu_error *error)
{
    given_signature given = {0};
    held_key key = {0};
    bool good = false;
    if (signature && parse_signature(signature, &given)) {
        EI_TRY(find_key(command, tx, given.kid, &key, error));
        int64_t away = command->now - given.at * SECOND;
        good =
            key.is_there && away <= WINDOW && away >= -WINDOW &&
            (key.is_mac ? is_mac_good(&key, &given, body) : is_signature_good(&key, &given, body));
        sodium_memzero(key.secret, sizeof key.secret);
    }
    return good ? EDU_OK
                : ei_fail(error, EDU_E_CRYPTO, "payment.forged", NULL,
                          "this callback is not signed by a key that is good now, or its time is "
                          "more than 5 minutes away");
}
