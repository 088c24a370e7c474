/* Signed messages and claims: what is read has one encoding, which is the one that was read. */
#include "fuzz.h"

#include "credential/cbor_items.h"
#include "credential/credential.h"

static void read_claims(edu_bytes payload)
{
    static ei_claims claims;
    ei_buffer again = {0};
    edu_error error = EDU_ERROR_INIT;
    if (!ei_claims_decode(payload, &claims))
        return;
    MUST(ei_claims_encode(&claims, &again, &error) == EDU_OK);
    MUST(again.size == payload.size && memcmp(again.data, payload.data, again.size) == 0);
    ei_buffer_free(&again);
}

static void read_items(edu_bytes bytes)
{
    const uint8_t *data = bytes.data;
    ei_cbor_reader reader = {data, data + bytes.size, false};
    while (!reader.failed && reader.at < reader.end) {
        switch (*reader.at >> 5) {
        case 0:
        case 1:
            (void)ei_cbor_read_int(&reader);
            break;
        case 2:
            MUST(ei_cbor_read_bytes(&reader).size <= bytes.size);
            break;
        case 3:
            MUST(ei_cbor_read_text(&reader).size <= bytes.size);
            break;
        case 4:
            (void)ei_cbor_read_array(&reader);
            break;
        case 5:
            (void)ei_cbor_read_map(&reader);
            break;
        default:
            (void)ei_cbor_read_tag(&reader, 18);
        }
        MUST(reader.at <= reader.end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes bytes = {data, size};
    ei_cose message;
    if (size == 0)
        return 0;
    read_items(bytes);
    read_claims(bytes);
    if (ei_cose_read(bytes, &message)) {
        static const uint8_t public_key[EI_PUBLIC_KEY] = {1};
        MUST(!ei_cose_verify(&message, public_key));
        read_claims(message.payload);
    }
    return 0;
}
