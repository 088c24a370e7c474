#include <string.h>
#include <strings.h>
#include <sodium.h>
#include "credential/credential.h"

#define COSE_MAX (EI_CLAIMS_MAX + 128)

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

/* Seconds beyond what microseconds have in 64 bits are before or after all times. */
static edu_time instant(int64_t seconds)
{
    const int64_t most = 8000000000000;
    return (seconds < -most ? -most : seconds > most ? most : seconds) * 1000000;
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
    if (claims->has_expiry)
        verdict->expires = instant(claims->expires);
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

void ei_verdict_say(edu_verdict *verdict, const char *status)
{
    static const struct {
        const char *status, *message;
    } words[] = {
        {"valid", "signed by the portal and unaltered"},
        {"revoked", "signed by the portal, and revoked since"},
        {"expired", "signed by the portal and unaltered, but its validity is over"},
        {"status_unknown",
         "signed by the portal and unaltered; whether it was revoked since is not "
         "known here"},
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

/* What is known of a document besides its fields. */
typedef struct findings {
    bool is_known; /* its key */
    bool is_good;  /* its signature */
    ei_key_times key;
    ei_status_place place;
} findings;

/* The signature has been checked in any case: what was withdrawn costs what a good key does. */
static const char *status_of(const findings *found, const ei_trust *trust, edu_verdict *verdict)
{
    if (!found->is_known || !ei_key_is_good_at(&found->key, verdict->issued))
        return "unknown_key";
    if (!found->is_good)
        return "bad_signature";
    ei_status_bit bit =
        found->place.list != 0 ? ei_trust_status(trust, found->place) : EI_BIT_UNKNOWN;
    if (found->place.list != 0 && trust->lists != NULL)
        verdict->status_age = trust->age;
    if (bit == EI_BIT_SET)
        return "revoked";
    if (verdict->expires != EDU_TIME_NONE && trust->now >= verdict->expires)
        return "expired";
    if (found->place.list != 0 && (bit == EI_BIT_UNKNOWN || trust->age > trust->max_age))
        return "status_unknown";
    return "valid";
}

static void conclude(const findings *found, const ei_trust *trust, edu_verdict *verdict)
{
    ei_verdict_say(verdict, status_of(found, trust, verdict));
    if (found->is_known && strcmp(verdict->status, "unknown_key") == 0)
        verdict->message =
            "the key was withdrawn, or was not yet in use, when the document says it "
            "was issued";
}

static bool fill_hash(edu_verdict *verdict, ei_arena *arena, const uint8_t hash[32])
{
    char text[65];
    ei_hex_format(hash, 32, text);
    verdict->record_hash = ei_arena_strdup(arena, text);
    return verdict->record_hash != NULL;
}

/* ---- the text of a QR code ---- */

static edu_status judge_code(const char *text, const ei_trust *trust, parsed *work,
                             edu_verdict *verdict, ei_arena *arena, edu_error *error)
{
    findings found = {0};
    if (!parse(text, work)) {
        ei_verdict_say(verdict, "unreadable");
        return EDU_OK;
    }
    if (!fill_claims(verdict, arena, &work->claims, work->message.key_id) ||
        (work->claims.has_hash && !fill_hash(verdict, arena, work->claims.hash)))
        return ei_no_memory(error);
    found.place = work->claims.place;
    found.is_known = ei_trust_key(trust, work->message.key_id, &found.key);
    found.is_good =
        found.is_known && ei_cose_verify(&work->message, found.key.public_key) && same_link(work);
    conclude(&found, trust, verdict);
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
    verdict->expires = record->expires;
    if (!ei_arena_own_json(arena, json_incref(record->fields)))
        return ei_no_memory(error);
    verdict->fields = record->fields;
    bool good = verdict->host && verdict->number && verdict->key_id &&
                fill_hash(verdict, arena, record->hash);
    return good ? EDU_OK : ei_no_memory(error);
}

static edu_status judge_read(const ei_record *record, const ei_trust *trust, edu_verdict *verdict,
                             ei_arena *arena, edu_error *error)
{
    findings found = {.place = record->place};
    EI_TRY(fill_record(verdict, arena, record, error));
    found.is_known = ei_trust_key(trust, record->key_id, &found.key);
    if (found.is_known)
        EI_TRY(ei_integrity_verify(record->document, found.key.public_key, &found.is_good, error));
    conclude(&found, trust, verdict);
    return EDU_OK;
}

static edu_status judge_record(const char *text, const ei_trust *trust, edu_verdict *verdict,
                               ei_arena *arena, edu_error *error)
{
    ei_record record;
    edu_status status = ei_record_read(text, &record);
    if (status == EDU_OK) {
        status = judge_read(&record, trust, verdict, arena, error);
    } else if (status == EDU_E_NOMEM) {
        status = ei_no_memory(error);
    } else {
        ei_verdict_say(verdict, "unreadable");
        status = EDU_OK;
    }
    ei_record_finish(&record);
    return status;
}

edu_status ei_judge(const char *text, const ei_trust *trust, edu_verdict **out, edu_error *error)
{
    ei_arena *arena;
    edu_verdict *verdict = ei_record_new(sizeof *verdict, &arena);
    parsed *work = ei_alloc(sizeof *work);
    edu_status status = verdict && work ? EDU_OK : ei_no_memory(error);
    (void)ei_memory_was_short();
    if (status == EDU_OK) {
        verdict->issued = verdict->revoked = verdict->expires = EDU_TIME_NONE;
        verdict->status_age = EI_AGE_UNKNOWN;
        status = text[strspn(text, " \t\r\n")] == '{'
                     ? judge_record(text, trust, verdict, arena, error)
                     : judge_code(text, trust, work, verdict, arena, error);
        if (ei_memory_was_short()) /* it may have been taken for a bad document */
            status = ei_no_memory(error);
    }
    ei_free(work);
    if (status != EDU_OK)
        edu_free(verdict);
    else
        *out = verdict;
    return status;
}

/* ---- files ---- */

#define FILE_TEXT_MAX ((size_t)4 << 20)

/* As readers of PDF do: the mark may have something in front. */
static bool is_pdf(edu_bytes file)
{
    static const char mark[] = "%PDF-";
    size_t looked = file.size < 1024 ? file.size : 1024;
    return looked > 0 && memmem(file.data, looked, mark, sizeof mark - 1) != NULL;
}

static edu_status check_file_text(edu_bytes file, edu_error *error)
{
    if (file.size > FILE_TEXT_MAX)
        return ei_fail(error, EDU_E_LIMIT, "credential.file_too_large", NULL,
                       "the file is larger than %zu MiB", FILE_TEXT_MAX >> 20);
    if (!ei_utf8_valid(file.data, file.size))
        return ei_fail(error, EDU_E_INVALID, "credential.not_text", NULL,
                       "the file is neither a JSON file, nor the text of a code, nor a PDF");
    return EDU_OK;
}

static edu_status give_text(edu_bytes text, char **out, edu_error *error)
{
    const char *data = text.data;
    while (text.size > 0 && (data[text.size - 1] == '\n' || data[text.size - 1] == '\r'))
        text.size--;
    *out = ei_record_new(text.size + 1, NULL);
    if (*out == NULL)
        return ei_no_memory(error);
    if (text.size > 0)
        memcpy(*out, data, text.size);
    return EDU_OK;
}

edu_status edu_file_text(edu_bytes file, char **out, edu_error *error)
{
    ei_buffer record = {0};
    edu_status status = EDU_OK;
    if (out == NULL || (file.data == NULL && file.size > 0))
        return ei_bad_argument(error, out == NULL ? "out" : "file");
    if (is_pdf(file)) {
        status = ei_pdf_record(file, FILE_TEXT_MAX, &record, error);
        file = (edu_bytes){record.data, record.size};
    }
    if (status == EDU_OK)
        status = check_file_text(file, error);
    if (status == EDU_OK)
        status = give_text(file, out, error);
    ei_buffer_free(&record);
    return status;
}

/* ---- for everybody ---- */

static edu_time present(edu_time given)
{
    edu_clock clock = ei_clock_default();
    return given != EDU_TIME_NONE ? given : clock.now(clock.context);
}

edu_status edu_verify(const char *text, const char *keys, edu_verdict **out, edu_error *error)
{
    if (!text || !keys || !out)
        return ei_bad_argument(error, !text ? "text" : !keys ? "keys" : "out");
    EI_TRY(ei_security_init(error));
    json_t *set = NULL;
    EI_TRY(ei_ijson_read_up_to((edu_bytes){keys, strlen(keys)}, EI_BUNDLE_MAX, &set, error));
    ei_trust trust = {
        .keys = json_object_get(set, "keys"), .is_key_set = true, .now = present(EDU_TIME_NONE)};
    edu_status status = json_is_array(trust.keys)
                            ? ei_judge(text, &trust, out, error)
                            : ei_fail(error, EDU_E_INVALID, "credential.keys", "/keys",
                                      "the public keys are not a JSON Web Key Set");
    json_decref(set);
    return status;
}

edu_status edu_verify_offline(const char *text, const char *bundle, const char *trusted,
                              int32_t max_age_seconds, edu_time now, edu_verdict **out,
                              edu_error *error)
{
    if (!text || !bundle || !trusted || !out)
        return ei_bad_argument(error, !text     ? "text"
                                      : !bundle ? "bundle"
                                      : !out    ? "out"
                                                : "trusted");
    if (max_age_seconds < 0)
        return ei_bad_argument(error, "max_age_seconds");
    EI_TRY(ei_security_init(error));
    json_t *held;
    ei_trust trust;
    EI_TRY(ei_bundle_read(bundle, trusted, present(now), &trust, &held, error));
    trust.max_age = max_age_seconds;
    edu_status status = ei_judge(text, &trust, out, error);
    json_decref(held);
    return status;
}
