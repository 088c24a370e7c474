/* A certificate's JSON file, read as strictly as its signature is checked. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "credential/credential.h"

#define PATH_MAX_BYTES 400

const char *ei_json_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);
    /* A text that goes on behind a null byte is not what one sees of it. */
    return text != NULL && strlen(text) == json_string_length(value) ? text : "";
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

/* ---- the place in the status lists ---- */

static bool read_count(const char *text, int32_t *out)
{
    int64_t value;
    char again[16];
    if (!ei_int_parse(text, 0, INT32_MAX, &value))
        return false;
    (void)snprintf(again, sizeof again, "%d", (int)value);
    *out = (int32_t)value;
    return strcmp(again, text) == 0;
}

/* The list is told by the end of its address. */
static bool read_place(const json_t *status, const char *host, ei_status_place *out)
{
    char list[300], id[320];
    int length = snprintf(list, sizeof list, "https://%s/status/", host);
    const char *address = ei_json_text(status, "statusListCredential");
    const char *index = ei_json_text(status, "statusListIndex");
    (void)snprintf(id, sizeof id, "%s#%s", address, index);
    return json_object_size(status) == 5 && strncmp(address, list, (size_t)length) == 0 &&
           read_count(address + length, &out->list) && out->list > 0 &&
           read_count(index, &out->index) && strcmp(ei_json_text(status, "id"), id) == 0 &&
           strcmp(ei_json_text(status, "type"), "BitstringStatusListEntry") == 0 &&
           strcmp(ei_json_text(status, "statusPurpose"), "revocation") == 0;
}

/* What a record may have or lack. */
static bool read_optional(ei_record *out)
{
    const json_t *status = json_object_get(out->document, "credentialStatus");
    out->expires = EDU_TIME_NONE;
    if (json_object_get(out->document, "validUntil") != NULL &&
        !ei_time_parse(ei_json_text(out->document, "validUntil"), &out->expires))
        return false;
    return status == NULL || read_place(status, out->host, &out->place);
}

/* ---- fields ---- */

static edu_status add_leaves(const json_t *value, const char *path, json_t *fields);

static edu_status add_member(const json_t *value, const char *path, const char *name,
                             json_t *fields)
{
    char inner[PATH_MAX_BYTES];
    int length = snprintf(inner, sizeof inner, "%s%s%s", path, *path != '\0' ? "." : "", name);
    if (length < 0 || (size_t)length >= sizeof inner)
        return EDU_E_LIMIT;
    return add_leaves(value, inner, fields);
}

static edu_status add_leaf(const json_t *value, const char *path, json_t *fields)
{
    ei_buffer text = {0};
    if (json_object_size(fields) >= EI_RECORD_LEAVES)
        return EDU_E_LIMIT;
    /* Of two leaves with one path, a reader would be shown only one. */
    if (json_object_get(fields, path) != NULL)
        return EDU_E_INVALID;
    if (json_is_string(value))
        return json_object_set(fields, path, (json_t *)(uintptr_t)value) == 0 ? EDU_OK
                                                                              : EDU_E_NOMEM;
    edu_status status = ei_jcs_write(value, &text, NULL);
    if (status == EDU_OK &&
        json_object_set_new(fields, path, json_stringn(text.data, text.size)) != 0)
        status = EDU_E_NOMEM;
    ei_buffer_free(&text);
    return status;
}

static edu_status add_leaves(const json_t *value, const char *path, json_t *fields)
{
    const char *name;
    json_t *member;
    /* An empty list is said, too. */
    if (json_object_size(value) + json_array_size(value) == 0)
        return add_leaf(value, path, fields);
    for (size_t i = 0; i < json_array_size(value); i++) {
        char index[24];
        (void)snprintf(index, sizeof index, "%zu", i);
        EI_TRY(add_member(json_array_get(value, i), path, index, fields));
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
        EI_TRY(add_member(member, path, name, fields));
    return EDU_OK;
}

/* ---- the whole ---- */

static edu_status hash_record(const json_t *without, uint8_t out[32])
{
    ei_buffer text = {0};
    edu_status status = ei_jcs_write(without, &text, NULL);
    if (status == EDU_OK)
        crypto_hash_sha256(out, (const uint8_t *)text.data, text.size);
    ei_buffer_free(&text);
    return status;
}

static edu_status read_signed(ei_record *out)
{
    json_t *without = ei_json_without(out->document, "proof");
    out->fields = json_object();
    bool is_ready = without != NULL && out->fields != NULL;
    edu_status status = is_ready ? hash_record(without, out->hash) : EDU_E_NOMEM;
    if (status == EDU_OK)
        status = add_leaves(without, "", out->fields);
    json_decref(without);
    return status;
}

edu_status ei_record_read(const char *text, ei_record *out)
{
    *out = (ei_record){0};
    EI_TRY(ei_ijson_read((edu_bytes){text, strlen(text)}, &out->document, NULL));
    const char *did = ei_json_text(json_object_get(out->document, "issuer"), "id");
    if (!ei_did_read(did, out->host) || !ei_proof_key_id(out->document, did, out->key_id) ||
        !read_number(ei_json_text(out->document, "id"), out->host, out->number) ||
        !ei_time_parse(ei_json_text(out->document, "validFrom"), &out->issued) ||
        !read_optional(out))
        return EDU_E_INVALID;
    return read_signed(out);
}

void ei_record_finish(ei_record *record)
{
    json_decref(record->document);
    json_decref(record->fields);
    *record = (ei_record){0};
}
