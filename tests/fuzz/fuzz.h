/* What the fuzz targets share. Each is a program of its own: libFuzzer calls it with bytes, and it
 * stops where something does not hold that must. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/core.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Holds whatever the bytes are. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A refusal says what is wrong, and for translation by which key. */
static inline void fuzz_refused(edu_status status, const edu_error *error)
{
    MUST(status != EDU_E_CORRUPT && status != EDU_E_NOMEM);
    MUST(status == EDU_OK || (error->message[0] != '\0' && error->key[0] != '\0'));
    MUST(ei_utf8_valid(error->message, strlen(error->message)));
    MUST(ei_utf8_valid(error->field, strlen(error->field)));
}

/* The bytes up to the next null character, as a text in memory of its own, so that a read beyond
 * its end is seen; what is taken is cut off. Free with free. */
static inline char *fuzz_text(edu_bytes *rest)
{
    const char *bytes = rest->data;
    size_t size = strnlen(bytes != NULL ? bytes : "", rest->size);
    char *text = malloc(size + 1);
    MUST(text != NULL);
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = '\0';
    size += size < rest->size;
    *rest = (edu_bytes){size > 0 ? bytes + size : bytes, rest->size - size};
    return text;
}

static inline edu_bytes fuzz_bytes_of(const char *text)
{
    return (edu_bytes){text, strlen(text)};
}

#endif
