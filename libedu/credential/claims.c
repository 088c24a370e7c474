#include <stdio.h>
#include <string.h>
#include "credential/cbor_items.h"
#include "credential/credential.h"

/* Labels of RFC 8392, and private ones below -65536. In this order they are sorted as deterministic
 * CBOR wants: 1, 4, 6, 7, then the negative ones. */
enum {
    ISSUER = 1,
    EXPIRES = 4,
    ISSUED_AT = 6,
    CWT_ID = 7,
    TYPE = -65537,
    FIELDS = -65538,
    RECORD = -65539,
    STATUS = -65540
};
#define LABELS 5 /* and EXPIRES, RECORD, STATUS, where the document has them */

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
    bool has_place = claims->place.list != 0;
    ei_cbor_map(out, LABELS + (size_t)claims->has_expiry + claims->has_hash + has_place);
    ei_cbor_int(out, ISSUER);
    ei_cbor_text(out, claims->host);
    if (claims->has_expiry) {
        ei_cbor_int(out, EXPIRES);
        ei_cbor_int(out, claims->expires);
    }
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
    if (has_place) {
        ei_cbor_int(out, STATUS);
        ei_cbor_array(out, 2);
        ei_cbor_int(out, claims->place.list);
        ei_cbor_int(out, claims->place.index);
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

/* Whether this label comes next; where it does, it is read. `left`: labels that are still to come.
 */
static bool take_label(ei_cbor_reader *reader, int64_t label, size_t *left)
{
    ei_cbor_reader ahead = *reader;
    if (*left == 0 || ei_cbor_read_int(&ahead) != label || ahead.failed)
        return false;
    *reader = ahead;
    --*left;
    return true;
}

static void read_bytes(ei_cbor_reader *reader, uint8_t *out, size_t size)
{
    edu_bytes bytes = ei_cbor_read_bytes(reader);
    if (reader->failed || bytes.size != size)
        reader->failed = true;
    else
        memcpy(out, bytes.data, size);
}

static int32_t read_count(ei_cbor_reader *reader, int32_t least)
{
    int64_t value = ei_cbor_read_int(reader);
    if (value < least || value > INT32_MAX)
        reader->failed = true;
    return reader->failed ? 0 : (int32_t)value;
}

static void read_place(ei_cbor_reader *reader, ei_claims *out)
{
    if (ei_cbor_read_array(reader) != 2)
        reader->failed = true;
    out->place.list = read_count(reader, 1);
    out->place.index = read_count(reader, 0);
}

static void read_fields(ei_cbor_reader *reader, ei_claims *out, char **room)
{
    size_t texts = ei_cbor_read_array(reader);
    if (reader->failed || texts % 2 != 0 || texts / 2 > EI_CLAIM_FIELDS) {
        reader->failed = true;
        return;
    }
    out->count = texts / 2;
    for (size_t i = 0; i < out->count && !reader->failed; i++) {
        out->fields[i].key = keep(reader, out, room);
        out->fields[i].value = keep(reader, out, room);
        if (is_known(out, i, out->fields[i].key))
            reader->failed = true;
    }
}

bool ei_claims_decode(edu_bytes payload, ei_claims *out)
{
    ei_cbor_reader reader = {payload.data, (const uint8_t *)payload.data + payload.size, false};
    char *room = out->text;
    if (payload.size > EI_CLAIMS_MAX)
        return false;
    size_t labels = ei_cbor_read_map(&reader);
    if (reader.failed || labels < LABELS || labels > LABELS + 3)
        return false;
    size_t more = labels - LABELS;
    out->place = (ei_status_place){0};
    expect_label(&reader, ISSUER);
    out->host = keep(&reader, out, &room);
    out->has_expiry = take_label(&reader, EXPIRES, &more);
    out->expires = out->has_expiry ? ei_cbor_read_int(&reader) : 0;
    expect_label(&reader, ISSUED_AT);
    out->issued = ei_cbor_read_int(&reader);
    expect_label(&reader, CWT_ID);
    read_bytes(&reader, out->number, sizeof out->number);
    expect_label(&reader, TYPE);
    out->type = keep(&reader, out, &room);
    expect_label(&reader, FIELDS);
    read_fields(&reader, out, &room);
    out->has_hash = take_label(&reader, RECORD, &more);
    if (out->has_hash)
        read_bytes(&reader, out->hash, sizeof out->hash);
    if (take_label(&reader, STATUS, &more))
        read_place(&reader, out);
    return !reader.failed && more == 0 && reader.at == reader.end;
}
