#include <string.h>
#include <strings.h>
#include <sodium.h>
#include "credential/credential.h"

#define COSE_MAX (EI_CLAIMS_MAX + 128)

/* A key set with the key of this id; *found tells whether it is there. */
static edu_status find_key(const json_t *set, const char *id, uint8_t public_key[EI_PUBLIC_KEY],
                           bool *found, edu_error *error)
{
    const json_t *list = json_object_get(set, "keys");
    *found = false;
    if (!json_is_array(list))
        return ei_fail(error, EDU_E_INVALID, "credential.keys", "/keys",
                       "the public keys are not a JSON Web Key Set");
    for (size_t i = 0; i < json_array_size(list) && !*found; i++) {
        const json_t *key = json_array_get(list, i);
        const char *kid = json_string_value(json_object_get(key, "kid"));
        const char *x = json_string_value(json_object_get(key, "x"));
        const char *type = json_string_value(json_object_get(key, "kty"));
        const char *curve = json_string_value(json_object_get(key, "crv"));
        size_t size = 0;
        *found = kid && x && type && curve && strcmp(kid, id) == 0 && strcmp(type, "OKP") == 0 &&
                 strcmp(curve, "Ed25519") == 0 &&
                 sodium_base642bin(public_key, EI_PUBLIC_KEY, x, strlen(x), NULL, &size, NULL,
                                   sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
                 size == EI_PUBLIC_KEY;
    }
    return EDU_OK;
}

static json_t *fields_object(const ei_claims *claims)
{
    json_t *fields = json_object();
    for (size_t i = 0; i < claims->count; i++)
        if (json_object_set_new(fields, claims->fields[i].key,
                                json_string(claims->fields[i].value)) != 0) {
            json_decref(fields);
            return NULL;
        }
    return fields;
}

static bool fill_claims(edu_verdict *verdict, ei_arena *arena, const ei_claims *claims,
                        const char *key_id)
{
    char number[EI_PAPER_ID_TEXT];
    ei_paper_id_format(claims->number, number);
    verdict->type = ei_arena_strdup(arena, claims->type);
    verdict->host = ei_arena_strdup(arena, claims->host);
    verdict->number = ei_arena_strdup(arena, number);
    verdict->key_id = ei_arena_strdup(arena, key_id);
    /* Seconds beyond this have no microseconds in 64 bits. */
    if (claims->issued > -8000000000000 && claims->issued < 8000000000000)
        verdict->issued = claims->issued * 1000000;
    json_t *fields = fields_object(claims);
    if (!fields || !ei_arena_own_json(arena, fields))
        return false;
    verdict->fields = fields;
    return verdict->type && verdict->host && verdict->number && verdict->key_id;
}

typedef struct parsed {
    char host[256];
    uint8_t number[10];
    uint8_t bytes[COSE_MAX];
    ei_cose message;
    ei_claims claims;
} parsed;

/* The whole text, down to the claims. */
static bool parse(const char *text, parsed *out)
{
    size_t size;
    return ei_qr_read(text, out->host, out->number, out->bytes, &size) &&
           ei_cose_read((edu_bytes){out->bytes, size}, &out->message) &&
           ei_claims_decode(out->message.payload, &out->claims);
}

/* The link shows the host in capitals, as QR codes like it. */
static bool same_host(const char *link, const char *claimed)
{
    for (; *link && *claimed; link++, claimed++)
        if (*link != (*claimed >= 'a' && *claimed <= 'z' ? *claimed - 'a' + 'A' : *claimed))
            return false;
    return *link == *claimed;
}

static bool same_link(const parsed *work)
{
    return memcmp(work->number, work->claims.number, sizeof work->number) == 0 &&
           same_host(work->host, work->claims.host);
}

static void say(edu_verdict *verdict, const char *status)
{
    static const struct {
        const char *status, *message;
    } words[] = {
        {"valid", "signed by the portal and unaltered"},
        {"bad_signature", "the signature does not hold: the document was altered or forged"},
        {"unknown_key", "signed with a key that is not among the portal's"},
        {"unreadable", "this is neither the text of a document's QR code nor its JSON file, or it "
                       "is damaged"},
    };
    for (size_t i = 0; i < EI_COUNT(words); i++)
        if (strcmp(words[i].status, status) == 0) {
            verdict->status = words[i].status;
            verdict->message = words[i].message;
        }
}

static bool fill_hash(edu_verdict *verdict, ei_arena *arena, const uint8_t hash[32])
{
    char text[65];
    ei_hex_format(hash, 32, text);
    verdict->record_hash = ei_arena_strdup(arena, text);
    return verdict->record_hash != NULL;
}

/* ---- the text of a QR code ---- */

static edu_status judge_code(const char *text, const json_t *keys, parsed *work,
                             edu_verdict *verdict, ei_arena *arena, edu_error *error)
{
    bool found;
    uint8_t public_key[EI_PUBLIC_KEY];
    if (!parse(text, work)) {
        say(verdict, "unreadable");
        return find_key(keys, "", public_key, &found, error);
    }
    EI_TRY(find_key(keys, work->message.key_id, public_key, &found, error));
    if (!fill_claims(verdict, arena, &work->claims, work->message.key_id) ||
        (work->claims.has_hash && !fill_hash(verdict, arena, work->claims.hash)))
        return ei_no_memory(error);
    bool good = found && ei_cose_verify(&work->message, public_key) && same_link(work);
    say(verdict, !found ? "unknown_key" : good ? "valid" : "bad_signature");
    return EDU_OK;
}

/* ---- the JSON file ---- */

static edu_status fill_record(edu_verdict *verdict, ei_arena *arena, const ei_record *record,
                              edu_error *error)
{
    verdict->type = "certificate";
    verdict->host = ei_arena_strdup(arena, record->host);
    verdict->number = ei_arena_strdup(arena, record->number);
    verdict->key_id = ei_arena_strdup(arena, record->key_id);
    verdict->issued = record->issued;
    if (!ei_arena_own_json(arena, json_incref(record->fields)))
        return ei_no_memory(error);
    verdict->fields = record->fields;
    bool good = verdict->host && verdict->number && verdict->key_id &&
                fill_hash(verdict, arena, record->hash);
    return good ? EDU_OK : ei_no_memory(error);
}

static edu_status judge_read(const ei_record *record, const json_t *keys, edu_verdict *verdict,
                             ei_arena *arena, edu_error *error)
{
    bool found, good = false;
    uint8_t public_key[EI_PUBLIC_KEY];
    EI_TRY(find_key(keys, record->key_id, public_key, &found, error));
    EI_TRY(fill_record(verdict, arena, record, error));
    if (found)
        EI_TRY(ei_integrity_verify(record->document, public_key, &good, error));
    say(verdict, !found ? "unknown_key" : good ? "valid" : "bad_signature");
    return EDU_OK;
}

static edu_status judge_record(const char *text, const json_t *keys, edu_verdict *verdict,
                               ei_arena *arena, edu_error *error)
{
    ei_record record;
    bool found;
    uint8_t public_key[EI_PUBLIC_KEY];
    edu_status status = ei_record_read(text, &record);
    if (status == EDU_OK) {
        status = judge_read(&record, keys, verdict, arena, error);
    } else if (status == EDU_E_NOMEM) {
        status = ei_no_memory(error);
    } else {
        say(verdict, "unreadable");
        status = find_key(keys, "", public_key, &found, error);
    }
    ei_record_finish(&record);
    return status;
}

static edu_status judge(const char *text, const json_t *keys, parsed *work, edu_verdict *verdict,
                        ei_arena *arena, edu_error *error)
{
    verdict->issued = verdict->revoked = EDU_TIME_NONE;
    return text[strspn(text, " \t\r\n")] == '{'
               ? judge_record(text, keys, verdict, arena, error)
               : judge_code(text, keys, work, verdict, arena, error);
}

edu_status edu_verify(const char *text, const char *keys, edu_verdict **out, edu_error *error)
{
    if (!text || !keys || !out)
        return ei_bad_argument(error, !text ? "text" : !keys ? "keys" : "out");
    ei_arena *arena;
    edu_verdict *verdict = ei_record_new(sizeof *verdict, &arena);
    parsed *work = ei_alloc(sizeof *work);
    json_t *set = json_loads(keys, 0, NULL);
    edu_status status = verdict && work ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK)
        status = ei_security_init(error);
    if (status == EDU_OK)
        status = judge(text, set, work, verdict, arena, error);
    json_decref(set);
    ei_free(work);
    if (status != EDU_OK)
        edu_free(verdict);
    else
        *out = verdict;
    return status;
}
