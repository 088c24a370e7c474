#include <string.h>
#include <sodium.h>
#include "credential/cbor_items.h"
#include "credential/credential.h"

#define COSE_SIGN1_TAG 18
enum { HEADER_ALGORITHM = 1, HEADER_KEY_ID = 4, ALGORITHM_EDDSA = -8 };

static void write_protected(ei_buffer *out, const char *key_id)
{
    ei_cbor_map(out, 2);
    ei_cbor_int(out, HEADER_ALGORITHM);
    ei_cbor_int(out, ALGORITHM_EDDSA);
    ei_cbor_int(out, HEADER_KEY_ID);
    ei_cbor_bytes(out, key_id, strlen(key_id));
}

/* The Sig_structure of RFC 9052, 4.4, without external data. */
static void write_signed(ei_buffer *out, edu_bytes protected_header, edu_bytes payload)
{
    ei_cbor_array(out, 4);
    ei_cbor_text(out, "Signature1");
    ei_cbor_bytes(out, protected_header.data, protected_header.size);
    ei_cbor_bytes(out, "", 0);
    ei_cbor_bytes(out, payload.data, payload.size);
}

edu_status ei_cose_sign(const ei_signer *signer, edu_bytes payload, ei_buffer *out,
                        edu_error *error)
{
    ei_buffer header = {0}, to_sign = {0};
    uint8_t signature[EI_SIGNATURE];
    write_protected(&header, signer->key_id);
    edu_bytes protected_header = {header.data, header.size};
    write_signed(&to_sign, protected_header, payload);
    edu_status status = header.failed || to_sign.failed
                            ? ei_no_memory(error)
                            : ei_sign(signer, to_sign.data, to_sign.size, signature, error);
    if (status == EDU_OK) {
        ei_cbor_tag(out, COSE_SIGN1_TAG);
        ei_cbor_array(out, 4);
        ei_cbor_bytes(out, header.data, header.size);
        ei_cbor_map(out, 0);
        ei_cbor_bytes(out, payload.data, payload.size);
        ei_cbor_bytes(out, signature, sizeof signature);
    }
    ei_buffer_free(&header);
    ei_buffer_free(&to_sign);
    return status == EDU_OK && out->failed ? ei_no_memory(error) : status;
}

size_t ei_cose_size(size_t payload)
{
    /* A tag, an array, the protected header with its key's id, an empty map, the signature. */
    const size_t around = 2 + 1 + 5 + (EI_KEY_ID_TEXT - 1) + 1 + 2 + EI_SIGNATURE;
    return around + (payload < 24 ? 1 : payload < 256 ? 2 : 3) + payload;
}

static bool read_protected(edu_bytes bytes, char key_id[EI_KEY_ID_TEXT])
{
    ei_cbor_reader reader = {bytes.data, (const uint8_t *)bytes.data + bytes.size, false};
    if (ei_cbor_read_map(&reader) != 2 || ei_cbor_read_int(&reader) != HEADER_ALGORITHM ||
        ei_cbor_read_int(&reader) != ALGORITHM_EDDSA || ei_cbor_read_int(&reader) != HEADER_KEY_ID)
        return false;
    edu_bytes id = ei_cbor_read_bytes(&reader);
    if (reader.failed || reader.at != reader.end || id.size >= EI_KEY_ID_TEXT ||
        !ei_utf8_valid(id.data, id.size))
        return false;
    memcpy(key_id, id.data, id.size);
    key_id[id.size] = 0;
    return true;
}

bool ei_cose_read(edu_bytes bytes, ei_cose *out)
{
    ei_cbor_reader reader = {bytes.data, (const uint8_t *)bytes.data + bytes.size, false};
    if (!ei_cbor_read_tag(&reader, COSE_SIGN1_TAG) || ei_cbor_read_array(&reader) != 4)
        return false;
    out->protected_header = ei_cbor_read_bytes(&reader);
    if (ei_cbor_read_map(&reader) != 0)
        return false;
    out->payload = ei_cbor_read_bytes(&reader);
    edu_bytes signature = ei_cbor_read_bytes(&reader);
    out->signature = signature.data;
    return !reader.failed && reader.at == reader.end && signature.size == EI_SIGNATURE &&
           read_protected(out->protected_header, out->key_id);
}

bool ei_cose_verify(const ei_cose *message, const uint8_t public_key[EI_PUBLIC_KEY])
{
    ei_buffer to_sign = {0};
    write_signed(&to_sign, message->protected_header, message->payload);
    bool good = !to_sign.failed &&
                ei_signature_good(message->signature, to_sign.data, to_sign.size, public_key);
    ei_buffer_free(&to_sign);
    return good;
}
