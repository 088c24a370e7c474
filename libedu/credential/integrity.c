/* W3C Data Integrity with the cryptosuite eddsa-jcs-2022. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "credential/credential.h"

#define SIGNATURE_TEXT 100
#define DID "did:web:"

void ei_did_write(const char *host, char out[EI_DID_TEXT])
{
    size_t length = sizeof DID - 1;
    memcpy(out, DID, sizeof DID);
    for (; *host != '\0' && length + 4 < EI_DID_TEXT; host++)
        length += (size_t)snprintf(out + length, EI_DID_TEXT - length, *host == ':' ? "%%3A" : "%c",
                                   *host);
}

/* "did:web:HOST" with %3A before a port; a bare colon would begin a path. */
bool ei_did_read(const char *did, char host[256])
{
    size_t length = 0;
    if (strncmp(did, DID, sizeof DID - 1) != 0)
        return false;
    for (did += sizeof DID - 1; *did != '\0' && length < 255; length++) {
        bool is_colon = strncmp(did, "%3A", 3) == 0;
        if (!is_colon && strchr(":%/?#", *did) != NULL)
            return false;
        host[length] = is_colon ? ':' : *did;
        did += is_colon ? 3 : 1;
    }
    host[length] = '\0';
    return *did == '\0' && length > 0;
}

bool ei_proof_key_id(const json_t *document, const char *did, char out[EI_KEY_ID_TEXT])
{
    const char *method = ei_json_text(json_object_get(document, "proof"), "verificationMethod");
    size_t length = strlen(did);
    if (strncmp(method, did, length) != 0 || method[length] != '#' ||
        strlen(method + length + 1) != EI_KEY_ID_TEXT - 1)
        return false;
    memcpy(out, method + length + 1, EI_KEY_ID_TEXT);
    return true;
}

edu_status ei_integrity_digest(const json_t *document, const json_t *config,
                               uint8_t out[EI_INTEGRITY_DIGEST], edu_error *error)
{
    EI_TRY(ei_jcs_hash(config, out, error));
    return ei_jcs_hash(document, out + 32, error);
}

static json_t *config_make(const json_t *document, const char *created, const char *method)
{
    json_t *config = json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", "DataIntegrityProof", "cryptosuite",
                               "eddsa-jcs-2022", "created", created, "verificationMethod", method,
                               "proofPurpose", "assertionMethod");
    json_t *context = json_object_get(document, "@context");
    if (config != NULL && context != NULL && json_object_set(config, "@context", context) != 0) {
        json_decref(config);
        return NULL;
    }
    return config;
}

edu_status ei_integrity_sign_known(const ei_signer *signer, json_t *document,
                                   const uint8_t hash[32], const char *created, const char *method,
                                   edu_error *error)
{
    uint8_t digest[EI_INTEGRITY_DIGEST], signature[EI_SIGNATURE];
    char value[SIGNATURE_TEXT] = "z";
    json_t *config = config_make(document, created, method);
    edu_status status = config != NULL ? ei_jcs_hash(config, digest, error) : ei_no_memory(error);
    memcpy(digest + 32, hash, 32);
    if (status == EDU_OK)
        status = ei_sign(signer, digest, sizeof digest, signature, error);
    if (status == EDU_OK) {
        (void)ei_base58_encode(signature, sizeof signature, value + 1, sizeof value - 1);
        bool is_set = json_object_set_new(config, "proofValue", json_string(value)) == 0 &&
                      json_object_set(document, "proof", config) == 0;
        status = is_set ? EDU_OK : ei_no_memory(error);
    }
    json_decref(config);
    return status;
}

edu_status ei_integrity_sign(const ei_signer *signer, json_t *document, const char *created,
                             const char *method, edu_error *error)
{
    uint8_t hash[32];
    EI_TRY(ei_jcs_hash(document, hash, error));
    return ei_integrity_sign_known(signer, document, hash, created, method, error);
}

static bool member_is(const json_t *proof, const char *name, const char *wanted)
{
    return strcmp(ei_json_text(proof, name), wanted) == 0;
}

/* Exactly the members that are hashed or signed: another would be believed by nobody's signature.
 */
static bool is_proof(const json_t *document, const json_t *proof)
{
    const json_t *context = json_object_get(proof, "@context");
    size_t members = 6 + (context != NULL);
    edu_time instant;
    return json_object_size(proof) == members && member_is(proof, "type", "DataIntegrityProof") &&
           member_is(proof, "cryptosuite", "eddsa-jcs-2022") &&
           member_is(proof, "proofPurpose", "assertionMethod") &&
           ei_time_parse(ei_json_text(proof, "created"), &instant) &&
           json_is_string(json_object_get(proof, "verificationMethod")) &&
           json_is_string(json_object_get(proof, "proofValue")) &&
           (context == NULL || json_equal(context, json_object_get(document, "@context")));
}

/* Another text of the same signature would be another document that verifies. */
static bool read_signature(const json_t *proof, uint8_t out[EI_SIGNATURE])
{
    const char *text = json_string_value(json_object_get(proof, "proofValue"));
    char again[SIGNATURE_TEXT];
    size_t size;
    return text[0] == 'z' && strlen(text) < SIGNATURE_TEXT &&
           json_string_length(json_object_get(proof, "proofValue")) == strlen(text) &&
           ei_base58_decode(text + 1, out, EI_SIGNATURE, &size) && size == EI_SIGNATURE &&
           ei_base58_encode(out, size, again, sizeof again) && strcmp(again, text + 1) == 0;
}

json_t *ei_json_without(const json_t *object, const char *name)
{
    json_t *copy = json_copy((json_t *)(uintptr_t)object);
    /* Where memory is short, the copy may lack members, and nobody says so. */
    if (copy != NULL && json_object_size(copy) == json_object_size(object) &&
        json_object_del(copy, name) == 0)
        return copy;
    json_decref(copy);
    return NULL;
}

edu_status ei_integrity_verify(const json_t *document, const uint8_t public_key[EI_PUBLIC_KEY],
                               bool *good, edu_error *error)
{
    uint8_t digest[EI_INTEGRITY_DIGEST], signature[EI_SIGNATURE];
    json_t *proof = json_object_get(document, "proof");
    *good = false;
    if (!is_proof(document, proof) || !read_signature(proof, signature))
        return EDU_OK;
    json_t *unsigned_document = ei_json_without(document, "proof");
    json_t *config = ei_json_without(proof, "proofValue");
    edu_status status = unsigned_document != NULL && config != NULL ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK)
        status = ei_integrity_digest(unsigned_document, config, digest, error);
    json_decref(unsigned_document);
    json_decref(config);
    if (status == EDU_OK)
        *good = ei_signature_good(signature, digest, sizeof digest, public_key);
    return status;
}
