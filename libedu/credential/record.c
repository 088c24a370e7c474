/* A certificate's JSON file, read as strictly as its signature is checked. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "credential/credential.h"

#define PATH_MAX_BYTES 400
#define DID "did:web:"

static const char *text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);
    /* A text that goes on behind a null byte is not what one sees of it. */
    return text != NULL && strlen(text) == json_string_length(value) ? text : "";
}

/* "did:web:HOST" with %3A before a port. */
static bool read_host(const char *did, char host[256])
{
    size_t length = 0;
    if (strncmp(did, DID, sizeof DID - 1) != 0)
        return false;
    for (did += sizeof DID - 1; *did != '\0' && length < 255; length++) {
        bool is_colon = strncmp(did, "%3A", 3) == 0;
        host[length] = is_colon ? ':' : *did;
        did += is_colon ? 3 : 1;
    }
    host[length] = '\0';
    return *did == '\0' && length > 0;
}

static bool read_key_id(const json_t *document, const char *did, char out[EI_KEY_ID_TEXT])
{
    const char *method = text_of(json_object_get(document, "proof"), "verificationMethod");
    size_t length = strlen(did);
    if (strncmp(method, did, length) != 0 || method[length] != '#' ||
        strlen(method + length + 1) != EI_KEY_ID_TEXT - 1)
        return false;
    memcpy(out, method + length + 1, EI_KEY_ID_TEXT);
    return true;
}

/* "https://HOST/V/<number>", the number in its one form. */
static bool read_number(const char *id, const char *host, char out[EI_PAPER_ID_TEXT])
{
    char before[300];
    uint8_t bits[10];
    size_t length = (size_t)snprintf(before, sizeof before, "https://%s/V/", host);
    if (strncmp(id, before, length) != 0 || !ei_paper_id_parse(id + length, bits))
        return false;
    ei_paper_id_format(bits, out);
    return strcmp(out, id + length) == 0;
}

static bool hash_record(const json_t *document, uint8_t out[32])
{
    ei_buffer text = {0};
    json_t *without = json_copy((json_t *)(uintptr_t)document);
    bool good = without != NULL && json_object_del(without, "proof") == 0 &&
                ei_jcs_write(without, &text, NULL) == EDU_OK;
    if (good)
        crypto_hash_sha256(out, (const uint8_t *)text.data, text.size);
    json_decref(without);
    ei_buffer_free(&text);
    return good;
}

bool ei_record_read(const char *text, ei_record *out)
{
    *out = (ei_record){0};
    if (ei_ijson_read((edu_bytes){text, strlen(text)}, &out->document, NULL) != EDU_OK)
        return false;
    const char *did = text_of(json_object_get(out->document, "issuer"), "id");
    if (!read_host(did, out->host) || !read_key_id(out->document, did, out->key_id) ||
        !read_number(text_of(out->document, "id"), out->host, out->number) ||
        !ei_time_parse(text_of(out->document, "validFrom"), &out->issued))
        return false;
    json_t *fields = ei_record_fields(out);
    bool good = fields != NULL && hash_record(out->document, out->hash);
    json_decref(fields);
    return good;
}

void ei_record_finish(ei_record *record)
{
    json_decref(record->document);
    record->document = NULL;
}

/* ---- fields ---- */

static bool add_leaves(const json_t *value, const char *path, json_t *fields);

static bool add_member(const json_t *value, const char *path, const char *name, json_t *fields)
{
    char inner[PATH_MAX_BYTES];
    int length = snprintf(inner, sizeof inner, "%s%s%s", path, *path != '\0' ? "." : "", name);
    return length >= 0 && (size_t)length < sizeof inner && add_leaves(value, inner, fields);
}

static bool add_leaf(const json_t *value, const char *path, json_t *fields)
{
    ei_buffer text = {0};
    /* Of two leaves with one path, a reader would be shown only one. */
    if (json_object_size(fields) >= EI_RECORD_LEAVES || json_object_get(fields, path) != NULL)
        return false;
    json_t *leaf = json_is_string(value) ? json_incref((json_t *)(uintptr_t)value) : NULL;
    if (leaf == NULL && ei_jcs_write(value, &text, NULL) == EDU_OK)
        leaf = json_stringn(text.data, text.size);
    ei_buffer_free(&text);
    return leaf != NULL && json_object_set_new(fields, path, leaf) == 0;
}

static bool add_leaves(const json_t *value, const char *path, json_t *fields)
{
    bool good = true;
    if (json_is_object(value)) {
        const char *name;
        json_t *member;
        json_object_foreach((json_t *)(uintptr_t)value, name, member) good =
            good && ((*path == '\0' && strcmp(name, "proof") == 0) ||
                     add_member(member, path, name, fields));
        return good;
    }
    for (size_t i = 0; json_is_array(value) && good && i < json_array_size(value); i++) {
        char index[24];
        (void)snprintf(index, sizeof index, "%zu", i);
        good = add_member(json_array_get(value, i), path, index, fields);
    }
    return json_is_array(value) ? good : add_leaf(value, path, fields);
}

json_t *ei_record_fields(const ei_record *record)
{
    json_t *fields = json_object();
    if (fields != NULL && !add_leaves(record->document, "", fields)) {
        json_decref(fields);
        return NULL;
    }
    return fields;
}
