/* A folder for what a test writes. */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <check.h>

#define TEST_FOLDER_SIZE 64

/* Makes one of its own in TMPDIR. */
static inline void test_folder(char path[TEST_FOLDER_SIZE])
{
    const char *within = getenv("TMPDIR");
    int size = snprintf(path, TEST_FOLDER_SIZE, "%s/edu-test-XXXXXX", within ? within : "/tmp");
    ck_assert_int_lt(size, TEST_FOLDER_SIZE);
    ck_assert_ptr_nonnull(mkdtemp(path));
}

#endif
