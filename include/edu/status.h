/** @file edu/status.h
 *  Status codes and error detail.
 *
 *  A function that can fail returns an ::edu_status: zero, or a negative code. What went wrong, where
 *  and what to do goes into the caller's ::edu_error, always the last argument; NULL is allowed.
 *  Messages never contain personal data.
 *  @since 0.1.0 */
#ifndef EDU_STATUS_H
#define EDU_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define EDU_MUST_CHECK __attribute__((warn_unused_result))
#define EDU_API __attribute__((visibility("default")))
#else
#define EDU_MUST_CHECK
#define EDU_API
#endif

/** Marks a function that may wait for disk, network or long computation: a binding releases its
 *  interpreter's lock around it. */
#define EDU_IO

typedef enum edu_status {
    EDU_OK = 0,
    EDU_E_INVALID = -1,         /**< an argument or the input is wrong; see field and line */
    EDU_E_NOT_FOUND = -2,       /**< no such thing, or not yours: the two are never told apart */
    EDU_E_CONFLICT = -3,        /**< it exists already, or somebody changed it meanwhile */
    EDU_E_DENIED = -4,          /**< no role of this session permits this function at all */
    EDU_E_UNAUTHENTICATED = -5, /**< sign in first, or the credentials are wrong */
    EDU_E_STATE = -6,           /**< not possible in the present state, such as a closed window */
    EDU_E_FULL = -7,            /**< no place left */
    EDU_E_INFEASIBLE = -8,      /**< no solution exists; the message names the constraint */
    EDU_E_LIMIT = -9,           /**< larger, longer or more than permitted */
    EDU_E_THROTTLED = -10,      /**< too many attempts; try again later */
    EDU_E_NOMEM = -11,          /**< out of memory; nothing was changed */
    EDU_E_STORAGE = -12,        /**< the storage engine failed; see sqlstate */
    EDU_E_BUSY = -13,           /**< somebody else is at it; retry */
    EDU_E_IO = -14,             /**< a file could not be read or written */
    EDU_E_CORRUPT = -15,        /**< stored data fails its own check */
    EDU_E_CRYPTO = -16,         /**< a key is missing, or a signature or seal does not hold */
    EDU_E_UNSUPPORTED = -17,    /**< this build or engine cannot do that */
    EDU_E_CANCELLED = -18       /**< the caller's progress function asked to stop */
} edu_status;

/** Detail of a failure, owned by the caller, filled on failure only. */
typedef struct edu_error {
    edu_status code;
    bool retryable;    /**< the same call may succeed later, unchanged */
    int64_t line;      /**< line of the input file, from 1; 0 where that has no meaning */
    char sqlstate[6];  /**< the engine's SQLSTATE; empty where there is none */
    char key[64];      /**< stable key for translation, such as "olympiad.window_closed" */
    char field[128];   /**< JSON Pointer to the argument or form field; empty for the whole */
    char message[512]; /**< English, for people; UTF-8 */
} edu_error;

/** Initial value of an ::edu_error. */
#define EDU_ERROR_INIT {EDU_OK, false, 0, "", "", "", ""}

/** Name of a status, such as "not_found"; "unknown" for anything else. Static.
 *  @since 0.1.0 */
EDU_API const char *edu_status_name(edu_status status);

#ifdef __cplusplus
}
#endif
#endif
