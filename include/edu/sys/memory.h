/** @file edu/sys/memory.h
 *  The allocator. Process-wide, as those of SQLite and jansson are, because a record must be freed
 *  by the allocator that made it whoever frees it.
 *  @since 0.1.0 */
#ifndef EDU_SYS_MEMORY_H
#define EDU_SYS_MEMORY_H

#include <stddef.h>
#include <edu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct edu_allocator {
    void *(*allocate)(size_t size);
    void *(*reallocate)(void *block, size_t size);
    void (*release)(void *block);
} edu_allocator;

/** Replaces the allocator; NULL restores malloc. Call before anything else of the library, or when
 *  nothing made by it is left. Not safe against other threads.
 *  @since 0.1.0 */
EDU_API void edu_allocator_set(const edu_allocator *allocator);

#ifdef __cplusplus
}
#endif
#endif
