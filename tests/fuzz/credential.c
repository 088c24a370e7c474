/* A document, keys or a bundle to check it by, and whose word counts for the bundle, with null
 * characters between. */
#include "fuzz.h"

#include "credential/credential.h"

#define NOW INT64_C(1795514400000000) /* 2026-11-24T10:00:00Z */

static void verify(const char *text, const char *keys, const char *trusted)
{
    edu_verdict *verdict = NULL;
    edu_error error = EDU_ERROR_INIT;
    fuzz_refused(edu_verify(text, keys, &verdict, &error), &error);
    edu_free(verdict);
    verdict = NULL;
    fuzz_refused(edu_verify_offline(text, keys, trusted, 0, NOW, &verdict, &error), &error);
    edu_free(verdict);
}

/* Canonical JSON is what it is made of, and stays as it is. */
static void canonicalize(const char *text)
{
    char *once = NULL, *again = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_canonicalize(fuzz_bytes_of(text), &once, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        MUST(edu_canonicalize(fuzz_bytes_of(once), &again, &error) == EDU_OK &&
             strcmp(once, again) == 0);
    edu_free(once);
    edu_free(again);
}

static void unpack(const char *text)
{
    uint8_t *bytes = NULL;
    size_t bits = 0;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = ei_status_unpack(text, &bytes, &bits, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        MUST(bits >= EI_STATUS_BITS_LEAST && bits <= EI_STATUS_BITS_MOST);
    ei_free(bytes);
}

static void read_record(const char *text)
{
    ei_record record;
    if (ei_record_read(text, &record) == EDU_OK)
        MUST(json_object_size(record.fields) <= EI_RECORD_LEAVES && record.host[0] != '\0');
    ei_record_finish(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    edu_bytes rest = {data, size};
    char *text = fuzz_text(&rest), *keys = fuzz_text(&rest), *trusted = fuzz_text(&rest);
    verify(text, keys, trusted);
    canonicalize(text);
    read_record(text);
    unpack(text);
    free(text);
    free(keys);
    free(trusted);
    return 0;
}
