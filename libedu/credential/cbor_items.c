#include <cbor.h>
#include <string.h>
#include "credential/cbor_items.h"

#define HEAD_MAX 9

typedef size_t (*head_encoder)(uint64_t value, unsigned char *buffer, size_t size);

static size_t encode_map(uint64_t value, unsigned char *buffer, size_t size)
{
    return cbor_encode_map_start(value, buffer, size);
}

static size_t encode_array(uint64_t value, unsigned char *buffer, size_t size)
{
    return cbor_encode_array_start(value, buffer, size);
}

static size_t encode_bytes(uint64_t value, unsigned char *buffer, size_t size)
{
    return cbor_encode_bytestring_start(value, buffer, size);
}

static size_t encode_text(uint64_t value, unsigned char *buffer, size_t size)
{
    return cbor_encode_string_start(value, buffer, size);
}

/* By major type, RFC 8949 3.1. */
static const head_encoder encoders[] = {cbor_encode_uint, cbor_encode_negint, encode_bytes,
                                        encode_text,      encode_array,       encode_map,
                                        cbor_encode_tag};

enum { UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG };

static void head(ei_buffer *out, int type, uint64_t value)
{
    unsigned char bytes[HEAD_MAX];
    ei_buffer_add(out, bytes, encoders[type](value, bytes, sizeof bytes));
}

void ei_cbor_int(ei_buffer *out, int64_t value)
{
    if (value >= 0)
        head(out, UNSIGNED, (uint64_t)value);
    else
        head(out, NEGATIVE, (uint64_t)(-1 - value));
}

void ei_cbor_bytes(ei_buffer *out, const void *data, size_t size)
{
    head(out, BYTES, size);
    ei_buffer_add(out, data, size);
}

void ei_cbor_text(ei_buffer *out, const char *text)
{
    head(out, TEXT, strlen(text));
    ei_buffer_text(out, text);
}

void ei_cbor_array(ei_buffer *out, size_t count)
{
    head(out, ARRAY, count);
}

void ei_cbor_map(ei_buffer *out, size_t count)
{
    head(out, MAP, count);
}

void ei_cbor_tag(ei_buffer *out, uint64_t tag)
{
    head(out, TAG, tag);
}

/* Reads the head of an item, and refuses one that would be written otherwise. */
static bool read_head(ei_cbor_reader *reader, int *type, uint64_t *value)
{
    if (reader->failed || reader->at == reader->end) {
        reader->failed = true;
        return false;
    }
    int low = *reader->at & 31;
    size_t length = low < 24 ? 0 : low < 28 ? (size_t)1 << (low - 24) : SIZE_MAX;
    *type = *reader->at >> 5;
    *value = (uint64_t)low;
    if (*type > TAG || (size_t)(reader->end - reader->at) - 1 < length) {
        reader->failed = true;
        return false;
    }
    for (size_t i = 0; i < length; i++)
        *value = (i ? *value << 8 : 0) | reader->at[1 + i];
    unsigned char again[HEAD_MAX];
    size_t size = encoders[*type](*value, again, sizeof again);
    if (size != 1 + length || memcmp(again, reader->at, size) != 0) {
        reader->failed = true;
        return false;
    }
    reader->at += size;
    return true;
}

static uint64_t read_of_type(ei_cbor_reader *reader, int wanted)
{
    int type;
    uint64_t value;
    if (!read_head(reader, &type, &value) || type != wanted) {
        reader->failed = true;
        return 0;
    }
    return value;
}

int64_t ei_cbor_read_int(ei_cbor_reader *reader)
{
    int type;
    uint64_t value;
    if (!read_head(reader, &type, &value) || type > NEGATIVE || value > INT64_MAX) {
        reader->failed = true;
        return 0;
    }
    return type == UNSIGNED ? (int64_t)value : -1 - (int64_t)value;
}

static edu_bytes read_string(ei_cbor_reader *reader, int type)
{
    uint64_t size = read_of_type(reader, type);
    if (reader->failed || size > (uint64_t)(reader->end - reader->at)) {
        reader->failed = true;
        return (edu_bytes){"", 0};
    }
    edu_bytes found = {reader->at, size};
    reader->at += size;
    return found;
}

edu_bytes ei_cbor_read_bytes(ei_cbor_reader *reader)
{
    return read_string(reader, BYTES);
}

edu_bytes ei_cbor_read_text(ei_cbor_reader *reader)
{
    edu_bytes found = read_string(reader, TEXT);
    if (!ei_utf8_valid(found.data, found.size))
        reader->failed = true;
    return found;
}

size_t ei_cbor_read_array(ei_cbor_reader *reader)
{
    return read_of_type(reader, ARRAY);
}

size_t ei_cbor_read_map(ei_cbor_reader *reader)
{
    return read_of_type(reader, MAP);
}

bool ei_cbor_read_tag(ei_cbor_reader *reader, uint64_t tag)
{
    return read_of_type(reader, TAG) == tag && !reader->failed;
}
