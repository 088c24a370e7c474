/* The JSON file: a Verifiable Credential with a proof of eddsa-jcs-2022. */
#include "verify.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- hashes of canonical forms ---- */

static void hash_part(void *context, const char *bytes, size_t size)
{
    (void)crypto_hash_sha256_update(context, (const unsigned char *)bytes, size);
}

static void hash_without(const json *object, const char *without, unsigned char out[32])
{
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    json_write(object, without, (json_sink){hash_part, &state});
    (void)crypto_hash_sha256_final(&state, out);
}

static bool is_same(const json *a, const json *b)
{
    unsigned char left[32], right[32];
    if (a == NULL || b == NULL)
        return false;
    hash_without(a, NULL, left);
    hash_without(b, NULL, right);
    return memcmp(left, right, sizeof left) == 0;
}

/* ---- the proof ---- */

/* A proof with members that nobody knows is none. */
static bool is_proof(const json *document, const json *proof)
{
    const json *context = json_get(proof, "@context");
    int64_t created;
    return proof != NULL && proof->kind == JSON_OBJECT &&
           proof->size == (context != NULL ? 7u : 6u) &&
           strcmp(json_text(proof, "type"), "DataIntegrityProof") == 0 &&
           strcmp(json_text(proof, "cryptosuite"), "eddsa-jcs-2022") == 0 &&
           strcmp(json_text(proof, "proofPurpose"), "assertionMethod") == 0 &&
           time_read(json_text(proof, "created"), &created) &&
           json_text(proof, "verificationMethod")[0] != '\0' &&
           (context == NULL || is_same(context, json_get(document, "@context")));
}

bool proof_is_good(const json *document, const unsigned char key[PUBLIC_KEY])
{
    const json *proof = json_get(document, "proof");
    unsigned char digest[64], signature[SIGNATURE];
    if (!is_proof(document, proof) || !signature_read(json_text(proof, "proofValue"), signature))
        return false;
    hash_without(proof, "proofValue", digest);
    hash_without(document, "proof", digest + 32);
    return crypto_sign_verify_detached(signature, digest, sizeof digest, key) == 0;
}

bool proof_key(const json *document, const char *did, char out[KEY_ID_TEXT])
{
    const char *method = json_text(json_get(document, "proof"), "verificationMethod");
    size_t length = strlen(did);
    if (strncmp(method, did, length) != 0 || method[length] != '#' ||
        strlen(method + length + 1) != KEY_ID_TEXT - 1)
        return false;
    memcpy(out, method + length + 1, KEY_ID_TEXT);
    return true;
}

/* ---- what a record says of itself ---- */

/* What follows the beginning of a text; NULL where it begins otherwise. */
static const char *behind(const char *text, const char *begin)
{
    size_t length = strlen(begin);
    return strncmp(text, begin, length) == 0 ? text + length : NULL;
}

static bool read_number(const json *document, claims *out)
{
    char begin[HOST_MAX + 16];
    unsigned char bits[10];
    (void)snprintf(begin, sizeof begin, "https://%.255s/V/", out->host);
    const char *number = behind(json_text(document, "id"), begin);
    if (number == NULL || !number_read(number, bits))
        return false;
    number_write(bits, out->number);
    return true;
}

static bool read_place(const json *status, claims *out)
{
    char begin[HOST_MAX + 16], id[HOST_MAX + 48];
    (void)snprintf(begin, sizeof begin, "https://%.255s/status/", out->host);
    const char *list = behind(json_text(status, "statusListCredential"), begin);
    const char *index = json_text(status, "statusListIndex");
    if (status->kind != JSON_OBJECT || status->size != 5 || list == NULL ||
        !count_read(list, &out->place.list) || out->place.list == 0 ||
        !count_read(index, &out->place.index))
        return false;
    (void)snprintf(id, sizeof id, "%s%s#%s", begin, list, index);
    return strcmp(json_text(status, "id"), id) == 0 &&
           strcmp(json_text(status, "type"), "BitstringStatusListEntry") == 0 &&
           strcmp(json_text(status, "statusPurpose"), "revocation") == 0;
}

static bool read_members(const json *document, claims *out)
{
    const char *did = json_text(json_get(document, "issuer"), "id");
    const json *status = json_get(document, "credentialStatus");
    bool has_end = json_get(document, "validUntil") != NULL;
    return did_read(did, out->host) && proof_key(document, did, out->key_id) &&
           read_number(document, out) &&
           time_read(json_text(document, "validFrom"), &out->issued) &&
           (!has_end || time_read(json_text(document, "validUntil"), &out->expires)) &&
           (status == NULL || read_place(status, out));
}

/* ---- fields ---- */

typedef struct leaves {
    claims *out;
    char *room; /* as much as every path and number can take */
} leaves;

static bool add_leaves(leaves *to, const json *value, const char *path);

static void keep_part(void *context, const char *bytes, size_t size)
{
    leaves *to = context;
    memcpy(to->room, bytes, size);
    to->room += size;
}

static bool add_leaf(leaves *to, const json *value, const char *path)
{
    claims *out = to->out;
    if (out->count == FIELDS_MAX)
        return false;
    for (size_t i = 0; i < out->count; i++)
        if (strcmp(out->fields[i].name, path) == 0)
            return false;
    field *at = &out->fields[out->count++];
    at->name = to->room;
    to->room += (size_t)snprintf(to->room, PATH_TEXT, "%s", path) + 1;
    *at = (field){at->name, value->as.text, value->size};
    if (value->kind == JSON_STRING)
        return true;
    at->text = to->room;
    json_write(value, NULL, (json_sink){keep_part, to});
    at->size = (size_t)(to->room - at->text);
    *to->room++ = '\0';
    return true;
}

static bool add_leaves(leaves *to, const json *value, const char *path)
{
    bool is_whole = value->kind < JSON_ARRAY || value->size == 0;
    if (is_whole)
        return add_leaf(to, value, path);
    size_t index = 0;
    for (const json *item = value->as.first; item != NULL; item = item->next, index++) {
        char inner[PATH_TEXT], number[24];
        (void)snprintf(number, sizeof number, "%zu", index);
        const char *name = value->kind == JSON_ARRAY ? number : item->key;
        int length =
            snprintf(inner, sizeof inner, "%s%s%s", path, path[0] != '\0' ? "." : "", name);
        if (length >= PATH_TEXT || !add_leaves(to, item, inner))
            return false;
    }
    return true;
}

/* Every signed leaf, the proof's left out. */
static bool read_fields(record *work, claims *out)
{
    work->texts = malloc(FIELDS_MAX * (PATH_TEXT + JSON_NUMBER_TEXT + 1));
    leaves to = {out, work->texts};
    const json *member = work->document.root->as.first;
    for (; member != NULL && work->texts != NULL; member = member->next)
        if (strcmp(member->key, "proof") != 0 &&
            (strlen(member->key) >= PATH_TEXT || !add_leaves(&to, member, member->key)))
            return false;
    return work->texts != NULL;
}

bool record_read(const char *text, size_t size, record *work, claims *out)
{
    *work = (record){0};
    if (size > DOCUMENT_MAX || !json_read(text, size, &work->document) ||
        !read_members(work->document.root, out) || !read_fields(work, out))
        return false;
    (void)snprintf(out->type, sizeof out->type, "certificate");
    hash_without(work->document.root, "proof", out->hash);
    out->has_hash = true;
    return true;
}

void record_free(record *work)
{
    free(work->texts);
    json_free(&work->document);
    *work = (record){0};
}
