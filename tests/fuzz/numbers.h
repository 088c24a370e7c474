/* Numbers out of bytes, for targets whose input is no text: mostly small, some at the bounds, few
 * beyond them. */
#ifndef FUZZ_NUMBERS_H
#define FUZZ_NUMBERS_H

#include <edu/allocation.h>
#include "fuzz.h"

static inline uint8_t fuzz_byte(edu_bytes *rest)
{
    const uint8_t *at = rest->data;
    if (rest->size == 0)
        return 0;
    *rest = (edu_bytes){at + 1, rest->size - 1};
    return *at;
}

static inline int64_t fuzz_coordinate(uint8_t byte)
{
    static const int64_t far[] = {EDU_ALLOCATION_METRES_MAX,
                                  -EDU_ALLOCATION_METRES_MAX,
                                  EDU_ALLOCATION_METRES_MAX - 1,
                                  1 - EDU_ALLOCATION_METRES_MAX,
                                  1000000,
                                  -1000000,
                                  EDU_ALLOCATION_METRES_MAX + 1,
                                  INT64_MIN};
    return byte < 248 ? byte % 16 - 8 : far[byte - 248];
}

static inline int64_t fuzz_count(uint8_t byte)
{
    static const int64_t many[] = {EDU_ALLOCATION_COUNT_MAX,
                                   EDU_ALLOCATION_COUNT_MAX / 2,
                                   EDU_ALLOCATION_COUNT_MAX - 1,
                                   100000000,
                                   1000,
                                   EDU_ALLOCATION_COUNT_MAX + 1,
                                   -1,
                                   INT64_MAX};
    return byte < 248 ? byte % 8 : many[byte - 248];
}

#endif
