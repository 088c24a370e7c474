/* Files that somebody wants checked: a PDF with a record in it, or a text. */
#include "fuzz.h"

#include <edu/credential.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_file_text((edu_bytes){data, size}, &text, &error);
    fuzz_refused(status, &error);
    MUST(status != EDU_OK || ei_utf8_valid(text, strlen(text)));
    edu_free(text);
    return 0;
}
