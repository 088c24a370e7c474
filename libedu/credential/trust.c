/* Whose signatures count, and what is known of revocations: key sets and bundles. */
#include <string.h>
#include "credential/credential.h"

#define SECOND INT64_C(1000000)

/* An instant that may be missing; false where it is there and is none. */
static bool read_time(const json_t *object, const char *name, edu_time *out)
{
    *out = EDU_TIME_NONE;
    return json_object_get(object, name) == NULL || ei_time_parse(ei_json_text(object, name), out);
}

static bool is_kind(const json_t *key)
{
    return strcmp(ei_json_text(key, "kty"), "OKP") == 0 &&
           strcmp(ei_json_text(key, "crv"), "Ed25519") == 0;
}

bool ei_trust_key(const ei_trust *trust, const char *id, ei_key_times *out)
{
    for (size_t i = 0; i < json_array_size(trust->keys); i++) {
        const json_t *key = json_array_get(trust->keys, i);
        if (strcmp(ei_json_text(key, "kid"), id) == 0 && (!trust->is_key_set || is_kind(key)) &&
            ei_key_parse(ei_json_text(key, "x"), out->public_key) &&
            read_time(key, "from", &out->from) && read_time(key, "until", &out->until) &&
            read_time(key, "compromised", &out->compromised))
            return *id != '\0';
    }
    return false;
}

/* EDU_TIME_NONE is before all times: what is dated so has no time of ours. */
bool ei_key_is_good_at(const ei_key_times *key, edu_time issued)
{
    if (issued == EDU_TIME_NONE)
        return key->from == EDU_TIME_NONE && key->until == EDU_TIME_NONE &&
               key->compromised == EDU_TIME_NONE;
    return issued >= key->from && (key->until == EDU_TIME_NONE || issued < key->until) &&
           (key->compromised == EDU_TIME_NONE || issued < key->compromised);
}

/* ---- the bits of a bundle ---- */

static bool has_sorted(const json_t *sorted, int32_t wanted)
{
    size_t low = 0, high = json_array_size(sorted);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        double value = json_number_value(json_array_get(sorted, middle));
        if (value == wanted)
            return true;
        if (value < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

ei_status_bit ei_trust_status(const ei_trust *trust, ei_status_place place)
{
    for (size_t i = 0; i < json_array_size(trust->lists); i++) {
        const json_t *list = json_array_get(trust->lists, i);
        if (json_number_value(json_object_get(list, "list")) == place.list &&
            place.index < json_number_value(json_object_get(list, "size")))
            return has_sorted(json_object_get(list, "revoked"), place.index) ? EI_BIT_SET
                                                                             : EI_BIT_CLEAR;
    }
    return EI_BIT_UNKNOWN;
}

/* ---- a bundle ---- */

static edu_status not_bundle(edu_error *error, const char *field)
{
    return ei_fail(error, EDU_E_INVALID, "credential.bundle", field,
                   "the bundle has not the form of one");
}

static bool is_whole(const json_t *value, double least, double most)
{
    double number = json_number_value(value);
    return json_is_number(value) && number >= least && number <= most &&
           number == (double)(int64_t)number;
}

static bool is_list(const json_t *list)
{
    const json_t *size = json_object_get(list, "size"), *revoked = json_object_get(list, "revoked");
    double before = -1;
    if (!is_whole(json_object_get(list, "list"), 1, INT32_MAX) ||
        !is_whole(size, 1, EI_STATUS_BITS_MOST) || !json_is_array(revoked))
        return false;
    for (size_t i = 0; i < json_array_size(revoked); i++) {
        const json_t *index = json_array_get(revoked, i);
        if (!is_whole(index, before + 1, json_number_value(size) - 1))
            return false;
        before = json_number_value(index);
    }
    return true;
}

static edu_status check_form(const json_t *bundle, edu_time now, ei_trust *out, edu_error *error)
{
    edu_time created;
    const json_t *keys = json_object_get(bundle, "keys"), *lists = json_object_get(bundle, "lists");
    if (strcmp(ei_json_text(bundle, "type"), "VerificationBundle") != 0)
        return not_bundle(error, "/type");
    if (!ei_time_parse(ei_json_text(bundle, "created"), &created))
        return not_bundle(error, "/created");
    if (!json_is_array(keys))
        return not_bundle(error, "/keys");
    if (!json_is_array(lists))
        return not_bundle(error, "/lists");
    for (size_t i = 0; i < json_array_size(lists); i++)
        if (!is_list(json_array_get(lists, i)))
            return not_bundle(error, "/lists");
    /* A clock that is behind makes nothing younger than new. */
    int64_t age = now > created ? (now - created) / SECOND : 0;
    *out = (ei_trust){.keys = keys, .lists = lists, .now = now, .age = age};
    return EDU_OK;
}

/* The key that signed, as `trust` has it, was good when the bundle was made. */
static bool is_good_key(const ei_trust *trust, const char *id, edu_time created, ei_key_times *out)
{
    return ei_trust_key(trust, id, out) && ei_key_is_good_at(out, created);
}

static edu_status check_proof(const json_t *bundle, const ei_trust *own, const ei_trust *before,
                              edu_error *error)
{
    char did[EI_DID_TEXT], id[EI_KEY_ID_TEXT];
    ei_key_times known, told;
    edu_time created = EDU_TIME_NONE;
    bool good = false;
    ei_did_write(ei_json_text(bundle, "host"), did);
    (void)ei_time_parse(ei_json_text(bundle, "created"), &created);
    if (!ei_proof_key_id(bundle, did, id))
        return not_bundle(error, "/proof/verificationMethod");
    if (!is_good_key(before, id, created, &known) || !is_good_key(own, id, created, &told) ||
        memcmp(known.public_key, told.public_key, EI_PUBLIC_KEY) != 0)
        return ei_fail(error, EDU_E_CRYPTO, "credential.bundle_key", "/proof",
                       "the bundle is not signed with a key that was trusted before");
    EI_TRY(ei_integrity_verify(bundle, known.public_key, &good, error));
    return good ? EDU_OK
                : ei_fail(error, EDU_E_CRYPTO, "credential.bundle_signature", "/proof",
                          "the bundle was altered: its signature does not hold");
}

/* A key set, or a bundle that was checked when it was taken up. */
static edu_status read_trusted(const char *text, const char *host, ei_trust *out, json_t **held,
                               edu_error *error)
{
    edu_bytes bytes = {text, strlen(text)};
    EI_TRY(ei_ijson_read_up_to(bytes, EI_BUNDLE_MAX, held, error));
    bool is_bundle = json_object_get(*held, "type") != NULL;
    *out = (ei_trust){.keys = json_object_get(*held, "keys"), .is_key_set = !is_bundle};
    if (!json_is_array(out->keys))
        return ei_fail(error, EDU_E_INVALID, "credential.keys", "/trusted",
                       "what is trusted is neither a JSON Web Key Set nor a bundle");
    if (is_bundle && strcmp(ei_json_text(*held, "host"), host) != 0)
        return ei_fail(error, EDU_E_CRYPTO, "credential.bundle_key", "/host",
                       "the bundle is of another portal than the one trusted before");
    return EDU_OK;
}

edu_status ei_bundle_read(const char *text, const char *trusted, edu_time now, ei_trust *out,
                          json_t **held, edu_error *error)
{
    json_t *before_held = NULL;
    ei_trust before;
    edu_bytes bytes = {text, strlen(text)};
    *held = NULL;
    EI_TRY(ei_ijson_read_up_to(bytes, EI_BUNDLE_MAX, held, error));
    edu_status status = check_form(*held, now, out, error);
    if (status == EDU_OK)
        status = read_trusted(trusted, ei_json_text(*held, "host"), &before, &before_held, error);
    if (status == EDU_OK)
        status = check_proof(*held, out, &before, error);
    json_decref(before_held);
    if (status != EDU_OK) {
        json_decref(*held);
        *held = NULL;
    }
    return status;
}
