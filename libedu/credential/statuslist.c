/* W3C Bitstring Status List: which certificates are revoked, a bit each. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include "credential/credential.h"

#define GZIP_WINDOW (15 + 16) /* zlib's sign for the header of GZIP */

bool ei_status_get(const uint8_t *bytes, size_t index)
{
    return bytes[index / 8] >> (7 - index % 8) & 1;
}

void ei_status_set(uint8_t *bytes, size_t index)
{
    bytes[index / 8] |= (uint8_t)(1 << (7 - index % 8));
}

/* ---- packing ---- */

static void *zip_alloc(void *context, uInt count, uInt size)
{
    (void)context;
    return ei_calloc(count, size);
}

static void zip_free(void *context, void *block)
{
    (void)context;
    ei_free(block);
}

static edu_status deflate_all(const uint8_t *bytes, size_t size, ei_buffer *packed,
                              edu_error *error)
{
    z_stream stream = {.zalloc = zip_alloc, .zfree = zip_free};
    uint8_t part[4096];
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return ei_no_memory(error);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)size;
    int state;
    do {
        stream.next_out = part;
        stream.avail_out = sizeof part;
        state = deflate(&stream, Z_FINISH);
        ei_buffer_add(packed, part, sizeof part - stream.avail_out);
    } while (state == Z_OK);
    (void)deflateEnd(&stream);
    return state == Z_STREAM_END && !packed->failed ? EDU_OK : ei_no_memory(error);
}

edu_status ei_status_pack(const uint8_t *bytes, size_t bits, ei_buffer *out, edu_error *error)
{
    ei_buffer packed = {0};
    char *text = NULL;
    edu_status status = deflate_all(bytes, bits / 8, &packed, error);
    if (status == EDU_OK) {
        size_t room =
            sodium_base64_ENCODED_LEN(packed.size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        text = ei_alloc(room);
        if (text != NULL)
            sodium_bin2base64(text, room, (const uint8_t *)packed.data, packed.size,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING);
        ei_buffer_text(out, "u");
        ei_buffer_text(out, text != NULL ? text : "");
        status = text != NULL && !out->failed ? EDU_OK : ei_no_memory(error);
    }
    ei_free(text);
    ei_buffer_free(&packed);
    return status;
}

/* ---- unpacking ---- */

static edu_status bad_list(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "credential.status_list", "/encodedList",
                   "this is not the text of a status list");
}

static edu_status too_large(edu_error *error)
{
    return ei_fail(error, EDU_E_LIMIT, "credential.status_list_large", "/encodedList",
                   "the status list is larger than is read");
}

/* One member of GZIP, to its end; never more room than the bound and a part. */
static edu_status inflate_all(const uint8_t *packed, size_t size, ei_buffer *out, edu_error *error)
{
    z_stream stream = {.zalloc = zip_alloc, .zfree = zip_free};
    uint8_t part[16384];
    int state = inflateInit2(&stream, GZIP_WINDOW);
    if (state != Z_OK)
        return ei_no_memory(error);
    stream.next_in = (Bytef *)(uintptr_t)packed;
    stream.avail_in = (uInt)size;
    do {
        stream.next_out = part;
        stream.avail_out = sizeof part;
        state = inflate(&stream, Z_NO_FLUSH);
        ei_buffer_add(out, part, sizeof part - stream.avail_out);
    } while (state == Z_OK && out->size <= EI_STATUS_BITS_MOST / 8);
    bool is_whole = state == Z_STREAM_END && stream.avail_in == 0;
    (void)inflateEnd(&stream);
    if (out->size > EI_STATUS_BITS_MOST / 8)
        return too_large(error);
    if (out->failed || state == Z_MEM_ERROR)
        return ei_no_memory(error);
    return is_whole && out->size >= EI_STATUS_BITS_LEAST / 8 ? EDU_OK : bad_list(error);
}

edu_status ei_status_unpack(const char *text, uint8_t **bytes, size_t *bits, edu_error *error)
{
    size_t length = strnlen(text, EI_STATUS_PACKED_MOST / 3 * 4 + 8), size = 0;
    if (text[0] != 'u')
        return bad_list(error);
    if (length > EI_STATUS_PACKED_MOST / 3 * 4 + 4)
        return too_large(error);
    uint8_t *packed = ei_alloc(length);
    if (packed == NULL)
        return ei_no_memory(error);
    ei_buffer out = {0};
    edu_status status = ei_base64url_decode(text + 1, length - 1, packed, length, &size)
                            ? inflate_all(packed, size, &out, error)
                            : bad_list(error);
    ei_free(packed);
    if (status != EDU_OK) {
        ei_buffer_free(&out);
        return status;
    }
    *bytes = (uint8_t *)out.data;
    *bits = out.size * 8;
    return EDU_OK;
}

/* ---- the credential ---- */

static json_t *document_make(const ei_status_list *list, const char *did, const char *created,
                             const char *encoded)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%d", (int)list->list);
    json_t *document =
        json_pack("{s:[s],s:s++++,s:[s,s],s:s,s:s,s:{s:s++++,s:s,s:s,s:s}}", "@context",
                  "https://www.w3.org/ns/credentials/v2", "id", "https://", list->host, "/status/",
                  number, "", "type", "VerifiableCredential", "BitstringStatusListCredential",
                  "issuer", did, "validFrom", created, "credentialSubject", "id", "https://",
                  list->host, "/status/", number, "#list", "type", "BitstringStatusList",
                  "statusPurpose", "revocation", "encodedList", encoded);
    return document;
}

edu_status ei_status_credential(const ei_signer *signer, const ei_status_list *list, json_t **out,
                                edu_error *error)
{
    char did[EI_DID_TEXT], method[EI_DID_TEXT + EI_KEY_ID_TEXT], created[32];
    ei_buffer encoded = {0};
    ei_did_write(list->host, did);
    (void)snprintf(method, sizeof method, "%s#%s", did, signer->key_id);
    ei_time_format(list->now - list->now % 1000000, created);
    edu_status status = ei_status_pack(list->bytes, list->bits, &encoded, error);
    *out = NULL;
    if (status == EDU_OK) {
        *out = document_make(list, did, created, encoded.data);
        status = *out != NULL ? ei_integrity_sign(signer, *out, created, method, error)
                              : ei_no_memory(error);
    }
    ei_buffer_free(&encoded);
    if (status != EDU_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}
