/* Texts that a camera reads from paper. */
#include "fuzz.h"

#include "credential/credential.h"

/* The key of the example in RFC 8037. */
static const char keys[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\","
                           "\"use\":\"sig\",\"kid\":\"1\","
                           "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

/* There is one text for a message. */
static void write_again(const char *text)
{
    char host[256];
    uint8_t number[10], bytes[EI_CLAIMS_MAX + 128];
    size_t size = sizeof bytes;
    ei_buffer again = {0};
    edu_error error = EDU_ERROR_INIT;
    if (!ei_qr_read(text, host, number, bytes, &size))
        return;
    MUST(size <= sizeof bytes);
    if (ei_qr_link(host, number, (edu_bytes){bytes, size}, &again, &error) == EDU_OK)
        MUST(strcasecmp(again.data, text) == 0);
    ei_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    char *text = fuzz_text(&rest);
    edu_verdict *verdict = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_verify(text, keys, &verdict, &error);
    fuzz_refused(status, &error);
    MUST(status != EDU_OK || strcmp(verdict->status, "valid") != 0);
    write_again(text);
    edu_free(verdict);
    free(text);
    return 0;
}
