/* An allocator that fails from the Nth allocation on. */
#ifndef TEST_FAIL_LATER_H
#define TEST_FAIL_LATER_H

#include <stdint.h>
#include <stdlib.h>
#include <edu/sys/memory.h>

static int64_t allocations_left;

static void *fail_later(size_t size)
{
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void *fail_later_again(void *block, size_t size)
{
    return allocations_left-- > 0 ? realloc(block, size) : NULL;
}

static const edu_allocator failing = {fail_later, fail_later_again, free};

#endif
