/* Writing deterministic CBOR (RFC 8949, 4.2) with libcbor's streaming encoder, and reading it
 * strictly: what is read is written again, and must give the same bytes. */
#ifndef EI_CBOR_ITEMS_H
#define EI_CBOR_ITEMS_H

#include "core/core.h"

void ei_cbor_int(ei_buffer *out, int64_t value);
void ei_cbor_bytes(ei_buffer *out, const void *data, size_t size);
void ei_cbor_text(ei_buffer *out, const char *text);
void ei_cbor_array(ei_buffer *out, size_t count);
void ei_cbor_map(ei_buffer *out, size_t count);
void ei_cbor_tag(ei_buffer *out, uint64_t tag);

/* A reader over bytes; after a failure `failed` stays true and every read gives nothing. Only the
 * definite lengths and shortest integers of the deterministic form are accepted. */
typedef struct ei_cbor_reader {
    const uint8_t *at, *end;
    bool failed;
} ei_cbor_reader;

int64_t ei_cbor_read_int(ei_cbor_reader *reader);
edu_bytes ei_cbor_read_bytes(ei_cbor_reader *reader);
edu_bytes ei_cbor_read_text(ei_cbor_reader *reader);
size_t ei_cbor_read_array(ei_cbor_reader *reader);
size_t ei_cbor_read_map(ei_cbor_reader *reader);
bool ei_cbor_read_tag(ei_cbor_reader *reader, uint64_t tag);

#endif
