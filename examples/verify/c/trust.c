/* Whose signatures count, what is known of revocations, and the verdict. */
#include "verify.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define LIST_BITS_MOST 134217728

/* ---- keys ---- */

typedef struct key {
    unsigned char bytes[PUBLIC_KEY];
    int64_t from, until, compromised; /* NO_TIME without */
} key;

static bool read_bytes(const char *text, unsigned char out[PUBLIC_KEY])
{
    size_t size;
    /* libsodium takes bytes beyond ASCII for some of the digits. */
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c > 127)
            return false;
    return sodium_base642bin(out, PUBLIC_KEY, text, strlen(text), NULL, &size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           size == PUBLIC_KEY;
}

static bool read_time(const json *of, const char *name, int64_t *out)
{
    *out = NO_TIME;
    return json_get(of, name) == NULL || time_read(json_text(of, name), out);
}

/* The first of the id that has the form of a key. */
static bool find_key(const json *keys, bool is_key_set, const char *id, key *out)
{
    for (const json *at = keys->as.first; at != NULL; at = at->next) {
        bool is_kind = !is_key_set || (strcmp(json_text(at, "kty"), "OKP") == 0 &&
                                       strcmp(json_text(at, "crv"), "Ed25519") == 0);
        if (*id != '\0' && strcmp(json_text(at, "kid"), id) == 0 && is_kind &&
            read_bytes(json_text(at, "x"), out->bytes) && read_time(at, "from", &out->from) &&
            read_time(at, "until", &out->until) && read_time(at, "compromised", &out->compromised))
            return true;
    }
    return false;
}

/* A document without a time is signed only by a key without times. */
static bool is_good_at(const key *by, int64_t time)
{
    if (time == NO_TIME)
        return by->from == NO_TIME && by->until == NO_TIME && by->compromised == NO_TIME;
    return time >= by->from && (by->until == NO_TIME || time < by->until) &&
           (by->compromised == NO_TIME || time < by->compromised);
}

/* ---- the bundle ---- */

static bool is_whole(const json *value, double least, double most)
{
    return value != NULL && value->kind == JSON_NUMBER && value->as.number >= least &&
           value->as.number <= most && value->as.number == (double)(int64_t)value->as.number;
}

static bool is_array(const json *value)
{
    return value != NULL && value->kind == JSON_ARRAY;
}

static bool is_list(const json *list)
{
    const json *size = json_get(list, "size"), *revoked = json_get(list, "revoked");
    double before = -1;
    if (!is_whole(json_get(list, "list"), 1, INT32_MAX) || !is_whole(size, 1, LIST_BITS_MOST) ||
        !is_array(revoked))
        return false;
    for (const json *index = revoked->as.first; index != NULL; index = index->next) {
        if (!is_whole(index, before + 1, size->as.number - 1))
            return false;
        before = index->as.number;
    }
    return true;
}

static bool has_form(trust *of)
{
    const json *bundle = of->own.root;
    of->lists = json_get(bundle, "lists");
    of->keys = json_get(bundle, "keys");
    if (strcmp(json_text(bundle, "type"), "VerificationBundle") != 0 ||
        !time_read(json_text(bundle, "created"), &of->created) || !is_array(of->keys) ||
        !is_array(of->lists))
        return false;
    for (const json *list = of->lists->as.first; list != NULL; list = list->next)
        if (!is_list(list))
            return false;
    return true;
}

/* "did:web:" and the host, a port's colon as %3A. */
static bool is_did_of(const char *did, const char *host)
{
    char named[HOST_MAX];
    return did_read(did, named) && strcmp(named, host) == 0;
}

static bool read_method(const json *bundle, char did[1024], char id[KEY_ID_TEXT])
{
    const char *method = json_text(json_get(bundle, "proof"), "verificationMethod");
    const char *hash = strchr(method, '#');
    if (hash == NULL || hash - method >= 1024)
        return false;
    memcpy(did, method, (size_t)(hash - method));
    did[hash - method] = '\0';
    return is_did_of(did, json_text(bundle, "host")) && proof_key(bundle, did, id);
}

/* The bundle is signed by a key that was trusted before, and that it names itself. */
static trust_status check_bundle(trust *out)
{
    char did[1024], id[KEY_ID_TEXT];
    const json *before = out->before.root, *known = json_get(before, "keys");
    bool is_bundle = json_get(before, "type") != NULL;
    key by, own;
    if (!is_array(known))
        return TRUST_BAD_FORM;
    if (is_bundle && strcmp(json_text(before, "host"), json_text(out->own.root, "host")) != 0)
        return TRUST_REFUSED;
    if (!read_method(out->own.root, did, id))
        return TRUST_BAD_FORM;
    bool is_trusted = find_key(known, !is_bundle, id, &by) && is_good_at(&by, out->created) &&
                      find_key(out->keys, false, id, &own) && is_good_at(&own, out->created) &&
                      memcmp(by.bytes, own.bytes, PUBLIC_KEY) == 0 &&
                      proof_is_good(out->own.root, by.bytes);
    return is_trusted ? TRUST_GOOD : TRUST_REFUSED;
}

trust_status trust_read(const char *keys, size_t keys_size, const char *bundle, size_t bundle_size,
                        trust *out)
{
    trust_status status = TRUST_GOOD;
    *out = (trust){.is_key_set = bundle == NULL};
    if (bundle != NULL &&
        (bundle_size > BUNDLE_MAX || !json_read(bundle, bundle_size, &out->own) || !has_form(out)))
        status = TRUST_BAD_FORM;
    else if (keys_size > BUNDLE_MAX || !json_read(keys, keys_size, &out->before))
        status = TRUST_BAD_FORM;
    else if (bundle != NULL)
        status = check_bundle(out);
    else
        out->keys = json_get(out->before.root, "keys");
    if (status == TRUST_GOOD && !is_array(out->keys))
        status = TRUST_BAD_FORM;
    if (status != TRUST_GOOD)
        trust_free(out);
    return status;
}

void trust_free(trust *out)
{
    json_free(&out->own);
    json_free(&out->before);
}

/* ---- the verdict ---- */

typedef enum bit { BIT_UNKNOWN, BIT_CLEAR, BIT_SET } bit;

static bit find_bit(const json *lists, place at)
{
    for (const json *list = lists != NULL ? lists->as.first : NULL; list != NULL;
         list = list->next) {
        if (json_get(list, "list")->as.number != at.list ||
            at.index >= json_get(list, "size")->as.number)
            continue;
        const json *index = json_get(list, "revoked")->as.first;
        while (index != NULL && index->as.number < at.index)
            index = index->next;
        return index != NULL && index->as.number == at.index ? BIT_SET : BIT_CLEAR;
    }
    return BIT_UNKNOWN;
}

static const char *conclude(const claims *of, const trust *by, bool is_known, bool is_good,
                            int64_t now, int64_t max_age, int64_t *age)
{
    if (!is_known)
        return "unknown_key";
    if (!is_good)
        return "bad_signature";
    bit revoked = of->place.list != 0 ? find_bit(by->lists, of->place) : BIT_UNKNOWN;
    if (of->place.list != 0 && by->lists != NULL)
        *age = now > by->created ? (now - by->created) / MICROS : 0;
    if (revoked == BIT_SET)
        return "revoked";
    if (of->expires != NO_TIME && now >= of->expires)
        return "expired";
    if (of->place.list != 0 && (revoked == BIT_UNKNOWN || *age > max_age))
        return "status_unknown";
    return "valid";
}

const char *judge(const char *text, size_t size, const trust *by, int64_t now, int64_t max_age,
                  claims *out, int64_t *age, code *as_code, record *as_record)
{
    size_t blank = 0;
    key signer;
    *age = -1;
    *as_record = (record){0};
    out->host[0] = out->type[0] = out->number[0] = out->key_id[0] = '\0';
    out->issued = out->expires = NO_TIME;
    out->place = (place){0};
    out->has_hash = false;
    out->count = 0;
    while (blank < size && memchr(" \t\r\n", text[blank], 4) != NULL)
        blank++;
    bool is_record = blank < size && text[blank] == '{';
    if (memchr(text, 0, size) != NULL || !(is_record ? record_read(text, size, as_record, out)
                                                     : code_read(text, size, as_code, out)))
        return "unreadable";
    bool is_known = find_key(by->keys, by->is_key_set, out->key_id, &signer) &&
                    is_good_at(&signer, out->issued);
    bool is_good = is_known && (is_record ? proof_is_good(as_record->document.root, signer.bytes)
                                          : code_is_signed(as_code, signer.bytes));
    return conclude(out, by, is_known, is_good, now, max_age, age);
}
