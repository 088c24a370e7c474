/* A folder for what a test writes. */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <check.h>

#define TEST_FOLDER_SIZE 64

static inline const char *test_folders(void)
{
    const char *given = getenv("TMPDIR");
    return given ? given : "/tmp";
}

/* Makes one of its own. */
static inline void test_folder(char path[TEST_FOLDER_SIZE])
{
    int size = snprintf(path, TEST_FOLDER_SIZE, "%s/edu-test-XXXXXX", test_folders());
    ck_assert_int_lt(size, TEST_FOLDER_SIZE);
    ck_assert_ptr_nonnull(mkdtemp(path));
}

#endif
