#include <stdio.h>
#include <string.h>
#include "credential/cbor_items.h"
#include "credential/credential.h"

/* Labels of RFC 8392, and private ones below -65536. In this order they are sorted as deterministic
 * CBOR wants: 1, 6, 7, then the negative ones. */
enum { ISSUER = 1, ISSUED_AT = 6, CWT_ID = 7, TYPE = -65537, FIELDS = -65538, RECORD = -65539 };
#define LABELS 5 /* and RECORD, where there is a record */

static edu_status too_long(const ei_claims *claims, edu_error *error)
{
    const char *key = "";
    size_t longest = 0;
    for (size_t i = 0; i < claims->count; i++) {
        size_t length = strlen(claims->fields[i].value);
        if (length > longest) {
            longest = length;
            key = claims->fields[i].key;
        }
    }
    char field[64];
    snprintf(field, sizeof field, "/fields/%s", key);
    return ei_fail(
        error, EDU_E_LIMIT, "credential.too_long", field,
        "the fields of the document are too long for a QR code; this one is the longest");
}

edu_status ei_claims_encode(const ei_claims *claims, ei_buffer *out, edu_error *error)
{
    size_t before = out->size;
    ei_cbor_map(out, LABELS + claims->has_hash);
    ei_cbor_int(out, ISSUER);
    ei_cbor_text(out, claims->host);
    ei_cbor_int(out, ISSUED_AT);
    ei_cbor_int(out, claims->issued);
    ei_cbor_int(out, CWT_ID);
    ei_cbor_bytes(out, claims->number, sizeof claims->number);
    ei_cbor_int(out, TYPE);
    ei_cbor_text(out, claims->type);
    ei_cbor_int(out, FIELDS);
    ei_cbor_array(out, 2 * claims->count);
    for (size_t i = 0; i < claims->count; i++) {
        ei_cbor_text(out, claims->fields[i].key);
        ei_cbor_text(out, claims->fields[i].value);
    }
    if (claims->has_hash) {
        ei_cbor_int(out, RECORD);
        ei_cbor_bytes(out, claims->hash, sizeof claims->hash);
    }
    if (out->failed)
        return ei_no_memory(error);
    if (out->size - before > EI_CLAIMS_MAX)
        return too_long(claims, error);
    return EDU_OK;
}

/* Copies a text read to *room, and moves *room on. */
static const char *keep(ei_cbor_reader *reader, ei_claims *claims, char **room)
{
    edu_bytes text = ei_cbor_read_text(reader);
    if (reader->failed || (size_t)(claims->text + sizeof claims->text - *room) <= text.size) {
        reader->failed = true;
        return "";
    }
    char *kept = *room;
    memcpy(kept, text.data, text.size);
    kept[text.size] = 0;
    *room += text.size + 1;
    return kept;
}

static void expect_label(ei_cbor_reader *reader, int64_t label)
{
    if (ei_cbor_read_int(reader) != label)
        reader->failed = true;
}

/* Of two fields with one name, a reader would be shown only one. */
static bool is_known(const ei_claims *claims, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(claims->fields[i].key, key) == 0)
            return true;
    return false;
}

static bool read_hash(ei_cbor_reader *reader, ei_claims *out)
{
    expect_label(reader, RECORD);
    edu_bytes hash = ei_cbor_read_bytes(reader);
    if (reader->failed || hash.size != sizeof out->hash)
        return false;
    memcpy(out->hash, hash.data, sizeof out->hash);
    return true;
}

bool ei_claims_decode(edu_bytes payload, ei_claims *out)
{
    ei_cbor_reader reader = {payload.data, (const uint8_t *)payload.data + payload.size, false};
    char *room = out->text;
    if (payload.size > EI_CLAIMS_MAX)
        return false;
    size_t labels = ei_cbor_read_map(&reader);
    out->has_hash = labels == LABELS + 1;
    if (labels != LABELS && !out->has_hash)
        return false;
    expect_label(&reader, ISSUER);
    out->host = keep(&reader, out, &room);
    expect_label(&reader, ISSUED_AT);
    out->issued = ei_cbor_read_int(&reader);
    expect_label(&reader, CWT_ID);
    edu_bytes number = ei_cbor_read_bytes(&reader);
    expect_label(&reader, TYPE);
    out->type = keep(&reader, out, &room);
    expect_label(&reader, FIELDS);
    size_t texts = ei_cbor_read_array(&reader);
    if (reader.failed || number.size != sizeof out->number || texts % 2 != 0 ||
        texts / 2 > EI_CLAIM_FIELDS)
        return false;
    memcpy(out->number, number.data, sizeof out->number);
    out->count = texts / 2;
    for (size_t i = 0; i < out->count; i++) {
        out->fields[i].key = keep(&reader, out, &room);
        out->fields[i].value = keep(&reader, out, &room);
        if (is_known(out, i, out->fields[i].key))
            return false;
    }
    if (out->has_hash && !read_hash(&reader, out))
        return false;
    return !reader.failed && reader.at == reader.end;
}
