/* Documents looked at by a command, such as that of a virus scanner. */
#include "domain/request/request_document.h"

#define PATIENCE_MS 60000
#define ANSWER_MAX 65536 /* bytes of what it says of its work, which nobody reads */

static edu_status unscanned(edu_error *error)
{
    edu_status status = ei_fail(error, EDU_E_BUSY, "request.document_unscanned", "/content",
                                "documents cannot be looked at just now; try again later");
    if (error)
        error->retryable = true;
    return status;
}

/* Whoever cannot say what a document is has not found it good. */
edu_status ei_command_scan(void *context, const void *data, size_t size, const char *type,
                           edu_error *error)
{
    ei_buffer answer = {0};
    int code = 0;
    const char *why = ei_process_run(context, type, (edu_bytes){data, size}, ANSWER_MAX,
                                     PATIENCE_MS, &answer, &code);
    ei_buffer_free(&answer);
    if (why || code > 1)
        return unscanned(error);
    return code == 0 ? EDU_OK
                     : ei_fail(error, EDU_E_INVALID, "request.document_refused", "/content",
                               "this document is not accepted");
}
