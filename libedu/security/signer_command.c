/* Signing by a command, such as the tool of a hardware security module. */
#include <string.h>
#include "security/security.h"

#define PATIENCE_MS 20000

edu_status ei_command_sign(void *context, const char *key_id, const void *data, size_t size,
                           uint8_t signature[EI_SIGNATURE], edu_error *error)
{
    ei_buffer answer = {0};
    const char *why = ei_process_talk(context, key_id, (edu_bytes){data, size}, EI_SIGNATURE,
                                      PATIENCE_MS, &answer);
    if (!why && answer.failed)
        why = "cannot be read: out of memory";
    if (!why && answer.size != EI_SIGNATURE)
        why = "did not write the 64 bytes of a signature";
    if (!why)
        memcpy(signature, answer.data, EI_SIGNATURE);
    ei_buffer_free(&answer);
    return why ? ei_fail(error, EDU_E_CRYPTO, "security.signer_command", NULL,
                         "the command that signs %s", why)
               : EDU_OK;
}
