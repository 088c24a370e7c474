/* The text of a QR code: link, digits, COSE_Sign1, claims. */
#include "verify.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PAYLOAD_MAX 400
#define TEXT_MAX 4095
#define CLAIM_FIELDS 16

/* ---- the link ---- */

static int bytes_of_digits(size_t digits)
{
    static const size_t digits_of[] = {0, 3, 5, 8, 10, 13, 15, 17};
    for (int count = 1; count <= 7; count++)
        if (digits_of[count] == digits)
            return count;
    return 0;
}

static bool read_group(const char *text, size_t digits, unsigned char *out, int count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    for (int i = count; i-- > 0; value >>= 8)
        out[i] = (unsigned char)value;
    return value == 0;
}

static bool read_digits(const char *text, size_t left, code *work, size_t *size)
{
    for (*size = 0; left > 0;) {
        size_t digits = left < 17 ? left : 17;
        int count = bytes_of_digits(digits);
        if (count == 0 || *size + (size_t)count > sizeof work->bytes ||
            !read_group(text, digits, work->bytes + *size, count))
            return false;
        *size += (size_t)count;
        text += digits;
        left -= digits;
    }
    return *size > 0;
}

/* "HTTPS://HOST/V/<number>#<digits>" */
static bool read_link(const char *text, size_t left, code *work, size_t *size, char host[HOST_MAX],
                      unsigned char number[10])
{
    char given[NUMBER_TEXT];
    if (left > TEXT_MAX || left < 8 || memcmp(text, "HTTPS://", 8) != 0)
        return false;
    text += 8;
    left -= 8;
    const char *slash = memchr(text, '/', left);
    size_t length = slash != NULL ? (size_t)(slash - text) : 0;
    if (length == 0 || length >= HOST_MAX || left - length < 21 || memcmp(slash, "/V/", 3) != 0 ||
        slash[20] != '#')
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    memcpy(given, slash + 3, NUMBER_TEXT - 1);
    given[NUMBER_TEXT - 1] = '\0';
    return number_read(given, number) && read_digits(slash + 21, left - length - 21, work, size);
}

/* ---- CBOR: definite lengths and shortest heads only ---- */

enum { UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG };

typedef struct cbor {
    const unsigned char *at, *end;
    bool failed;
} cbor;

/* The value in the head of an item of this kind. */
static uint64_t head(cbor *in, int kind)
{
    if (in->failed || in->at == in->end || *in->at >> 5 != kind) {
        in->failed = true;
        return 0;
    }
    int low = *in->at++ & 31;
    if (low < 24)
        return (uint64_t)low;
    size_t count = low < 28 ? (size_t)1 << (low - 24) : SIZE_MAX;
    if ((size_t)(in->end - in->at) < count) {
        in->failed = true;
        return 0;
    }
    uint64_t value = 0, least = count == 1 ? 24 : UINT64_C(1) << 4 * count;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | *in->at++;
    in->failed = value < least;
    return value;
}

static int64_t read_int(cbor *in)
{
    int kind = in->at < in->end && *in->at >> 5 == NEGATIVE ? NEGATIVE : UNSIGNED;
    uint64_t value = head(in, kind);
    in->failed |= value > INT64_MAX;
    if (in->failed)
        return 0;
    return kind == UNSIGNED ? (int64_t)value : -1 - (int64_t)value;
}

static const unsigned char *read_bytes(cbor *in, int kind, size_t *size)
{
    uint64_t wanted = head(in, kind);
    if (in->failed || wanted > (uint64_t)(in->end - in->at)) {
        in->failed = true;
        *size = 0;
        return in->end;
    }
    const unsigned char *found = in->at;
    in->at += wanted;
    *size = (size_t)wanted;
    return found;
}

static void expect(cbor *in, int64_t value)
{
    if (read_int(in) != value)
        in->failed = true;
}

/* A text without null characters, copied. */
static void read_text(cbor *in, char *out, size_t room)
{
    size_t size;
    const char *found = (const char *)read_bytes(in, TEXT, &size);
    if (in->failed || size >= room || !utf8_is_valid(found, size) || memchr(found, 0, size)) {
        in->failed = true;
        size = 0;
    }
    memcpy(out, found, size);
    out[size] = '\0';
}

/* ---- COSE_Sign1 ---- */

static bool read_protected(const unsigned char *bytes, size_t size, char key_id[KEY_ID_TEXT])
{
    cbor in = {bytes, bytes + size, false};
    if (head(&in, MAP) != 2)
        return false;
    expect(&in, 1);
    expect(&in, -8);
    expect(&in, 4);
    size_t length;
    const char *id = (const char *)read_bytes(&in, BYTES, &length);
    if (in.failed || in.at != in.end || length >= KEY_ID_TEXT || !utf8_is_valid(id, length) ||
        memchr(id, 0, length))
        return false;
    memcpy(key_id, id, length);
    key_id[length] = '\0';
    return true;
}

static size_t write_bytes(unsigned char *out, const unsigned char *bytes, size_t size)
{
    size_t length = 0;
    if (size < 24) {
        out[length++] = (unsigned char)(0x40 | size);
    } else if (size < 256) {
        out[length++] = 0x58;
        out[length++] = (unsigned char)size;
    } else {
        out[length++] = 0x59;
        out[length++] = (unsigned char)(size >> 8);
        out[length++] = (unsigned char)size;
    }
    memcpy(out + length, bytes, size);
    return length + size;
}

/* Sig_structure: ["Signature1", protected header, no external data, payload]. */
static void write_signed(code *work, const unsigned char *header, size_t header_size,
                         const unsigned char *payload, size_t payload_size)
{
    static const unsigned char begin[] = "\x84\x6aSignature1";
    size_t size = sizeof begin - 1;
    memcpy(work->signed_bytes, begin, size);
    size += write_bytes(work->signed_bytes + size, header, header_size);
    size += write_bytes(work->signed_bytes + size, begin, 0);
    size += write_bytes(work->signed_bytes + size, payload, payload_size);
    work->signed_size = size;
}

/* Parts of the message; the payload is in *payload. */
static bool read_message(code *work, size_t size, cbor *payload, char key_id[KEY_ID_TEXT])
{
    cbor in = {work->bytes, work->bytes + size, false};
    size_t header_size, payload_size, signature_size;
    if (head(&in, TAG) != 18 || head(&in, ARRAY) != 4)
        return false;
    const unsigned char *header = read_bytes(&in, BYTES, &header_size);
    in.failed |= head(&in, MAP) != 0;
    const unsigned char *claims_set = read_bytes(&in, BYTES, &payload_size);
    work->signature = read_bytes(&in, BYTES, &signature_size);
    if (in.failed || in.at != in.end || signature_size != SIGNATURE || payload_size > PAYLOAD_MAX ||
        !read_protected(header, header_size, key_id))
        return false;
    write_signed(work, header, header_size, claims_set, payload_size);
    *payload = (cbor){claims_set, claims_set + payload_size, false};
    return true;
}

bool code_is_signed(const code *work, const unsigned char key[PUBLIC_KEY])
{
    return work->is_same_link && crypto_sign_verify_detached(work->signature, work->signed_bytes,
                                                             work->signed_size, key) == 0;
}

/* ---- claims ---- */

#define SECONDS_MOST INT64_C(8000000000000)

static int64_t micros_of(int64_t seconds)
{
    int64_t bounded = seconds < -SECONDS_MOST  ? -SECONDS_MOST
                      : seconds > SECONDS_MOST ? SECONDS_MOST
                                               : seconds;
    return bounded * MICROS;
}

/* Whether this label comes next. */
static bool take(cbor *in, int64_t label, uint64_t *more)
{
    cbor ahead = *in;
    if (*more == 0 || read_int(&ahead) != label || ahead.failed)
        return false;
    *in = ahead;
    --*more;
    return true;
}

static void read_exactly(cbor *in, unsigned char *out, size_t wanted)
{
    size_t size;
    const unsigned char *found = read_bytes(in, BYTES, &size);
    if (in->failed || size != wanted)
        in->failed = true;
    else
        memcpy(out, found, size);
}

static int32_t read_count(cbor *in, int32_t least)
{
    int64_t value = read_int(in);
    in->failed |= value < least || value > INT32_MAX;
    return in->failed ? 0 : (int32_t)value;
}

static bool has_field(const claims *of, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(of->fields[i].name, name) == 0)
            return true;
    return false;
}

static void read_fields(cbor *in, code *work, claims *out)
{
    char *room = work->texts, *end = work->texts + sizeof work->texts;
    uint64_t texts = head(in, ARRAY);
    in->failed |= texts % 2 != 0 || texts > 2 * CLAIM_FIELDS;
    for (uint64_t i = 0; i < texts && !in->failed; i++) {
        read_text(in, room, (size_t)(end - room));
        field *at = &out->fields[i / 2];
        if (i % 2 == 0) {
            in->failed |= has_field(out, i / 2, room);
            at->name = room;
        } else {
            *at = (field){at->name, room, strlen(room)};
            out->count++;
        }
        room += strlen(room) + 1;
    }
}

static bool read_claims(cbor *in, code *work, claims *out, unsigned char number[10])
{
    uint64_t more = head(in, MAP) - 5;
    if (in->failed || more > 3)
        return false;
    expect(in, 1);
    read_text(in, out->host, sizeof out->host);
    if (take(in, 4, &more))
        out->expires = micros_of(read_int(in));
    expect(in, 6);
    int64_t issued = read_int(in);
    out->issued = issued > -SECONDS_MOST && issued < SECONDS_MOST ? issued * MICROS : NO_TIME;
    expect(in, 7);
    read_exactly(in, number, 10);
    expect(in, -65537);
    read_text(in, out->type, sizeof out->type);
    expect(in, -65538);
    read_fields(in, work, out);
    out->has_hash = take(in, -65539, &more);
    if (out->has_hash)
        read_exactly(in, out->hash, sizeof out->hash);
    if (take(in, -65540, &more)) {
        in->failed |= head(in, ARRAY) != 2;
        out->place.list = read_count(in, 1);
        out->place.index = read_count(in, 0);
    }
    return !in->failed && more == 0 && in->at == in->end;
}

/* The link has the host with its small letters as capitals. */
static bool is_host_of(const char *link, const char *host)
{
    for (; *host != '\0'; link++, host++)
        if (*link != (*host >= 'a' && *host <= 'z' ? *host - 'a' + 'A' : *host))
            return false;
    return *link == '\0';
}

bool code_read(const char *text, size_t size, code *work, claims *out)
{
    char host[HOST_MAX];
    unsigned char on_link[10], number[10];
    size_t message;
    cbor payload;
    if (!read_link(text, size, work, &message, host, on_link) ||
        !read_message(work, message, &payload, out->key_id) ||
        !read_claims(&payload, work, out, number))
        return false;
    number_write(number, out->number);
    work->is_same_link = memcmp(number, on_link, 10) == 0 && is_host_of(host, out->host);
    return true;
}
