/* Allocators: one that fails from the Nth allocation on, one that counts. */
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

/* One that knows how many blocks there are. */
static int64_t blocks_held;

static inline void *counted(size_t size)
{
    void *block = malloc(size);
    blocks_held += block != NULL;
    return block;
}

static inline void *counted_again(void *old, size_t size)
{
    void *block = realloc(old, size);
    blocks_held += !old && block;
    return block;
}

static inline void count_free(void *block)
{
    blocks_held -= block != NULL;
    free(block);
}

#endif
