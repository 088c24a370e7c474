/* Base 58 as in multibase, for small values; base64url of keys. */
#include <sodium.h>
#include <string.h>
#include "credential/credential.h"

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

bool ei_base58_encode(const uint8_t *bytes, size_t size, char *out, size_t room)
{
    uint8_t digits[EI_BASE58_BYTES * 2];
    size_t count = 0, zeros = 0;
    if (size > EI_BASE58_BYTES)
        return false;
    for (; zeros < size && bytes[zeros] == 0; zeros++)
        ;
    for (size_t i = zeros; i < size; i++) {
        unsigned carry = bytes[i];
        for (size_t j = 0; j < count || carry != 0; j++) {
            carry += j < count ? (unsigned)digits[j] << 8 : 0;
            digits[j] = (uint8_t)(carry % 58);
            carry /= 58;
            if (j >= count)
                count = j + 1;
        }
    }
    if (zeros + count + 1 > room)
        return false;
    memset(out, '1', zeros);
    for (size_t i = 0; i < count; i++)
        out[zeros + i] = alphabet[digits[count - 1 - i]];
    out[zeros + count] = '\0';
    return true;
}

bool ei_base58_decode(const char *text, uint8_t *out, size_t room, size_t *size)
{
    uint8_t bytes[EI_BASE58_BYTES];
    size_t count = 0, zeros = 0;
    for (; text[zeros] == '1'; zeros++)
        ;
    for (const char *at = text + zeros; *at != '\0'; at++) {
        const char *found = strchr(alphabet, *at);
        if (found == NULL)
            return false;
        unsigned carry = (unsigned)(found - alphabet);
        for (size_t j = 0; j < count || carry != 0; j++) {
            if (j == sizeof bytes)
                return false;
            carry += j < count ? (unsigned)bytes[j] * 58 : 0;
            bytes[j] = (uint8_t)carry;
            carry >>= 8;
            if (j >= count)
                count = j + 1;
        }
    }
    if (zeros + count > room)
        return false;
    memset(out, 0, zeros);
    for (size_t i = 0; i < count; i++)
        out[zeros + i] = bytes[count - 1 - i];
    *size = zeros + count;
    return true;
}

void ei_key_format(const uint8_t key[EI_PUBLIC_KEY], char out[EI_KEY_TEXT])
{
    sodium_bin2base64(out, EI_KEY_TEXT, key, EI_PUBLIC_KEY,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool ei_base64url_decode(const char *text, size_t length, uint8_t *out, size_t room, size_t *size)
{
    /* libsodium takes bytes beyond ASCII for some of the digits. */
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] > 127)
            return false;
    return sodium_base642bin(out, room, text, length, NULL, size, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

bool ei_key_parse(const char *text, uint8_t out[EI_PUBLIC_KEY])
{
    size_t size = 0;
    return ei_base64url_decode(text, strlen(text), out, EI_PUBLIC_KEY, &size) &&
           size == EI_PUBLIC_KEY;
}
