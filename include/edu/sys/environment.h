/** @file edu/sys/environment.h
 *  What the library takes from its surroundings: time, randomness, the log, the delivery of
 * messages. Each has a working default; a test or an application puts its own in.
 *  @since 0.1.0 */
#ifndef EDU_SYS_ENVIRONMENT_H
#define EDU_SYS_ENVIRONMENT_H

#include <stddef.h>
#include <edu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Gives the present time. Default: CLOCK_REALTIME. Safe to call from any thread. */
typedef struct edu_clock {
    edu_time (*now)(void *context);
    void *context;
} edu_clock;

/** Fills a buffer with random bytes. Default: libsodium's generator. Safe from any thread. */
typedef struct edu_random {
    void (*fill)(void *context, void *buffer, size_t size);
    void *context;
} edu_random;

/** Takes one line of log without personal data. Default: none. Safe from any thread. */
typedef struct edu_log {
    void (*write)(void *context, const char *line);
    void *context;
} edu_log;

/** One message on its way out. */
typedef struct edu_message {
    const char *channel; /**< "mail" or "sms" */
    const char *address; /**< where it goes */
    const char *subject; /**< NULL for sms */
    const char *text;
    const char *id; /**< the same at every attempt: the receiver's key against doubles */
} edu_message;

/** Delivers messages. Default: one file a message in the portal's outbox folder. */
typedef struct edu_notifier {
    edu_status (*deliver)(void *context, const edu_message *message, edu_error *error);
    void *context;
} edu_notifier;

/** Signs with a key that the library does not hold, such as one within a security module: Ed25519
 *  (RFC 8032) over the bytes as they are. key_id: 16 hexadecimal digits. The library checks every
 *  signature before it uses it. Called within a write, so that others may wait for it; safe from
 * any thread. Default: the command of edu_portal_options, where there is one. */
typedef struct edu_signer {
    edu_status (*sign)(void *context, const char *key_id, const void *data, size_t size,
                       uint8_t signature[64], edu_error *error);
    void *context;
} edu_signer;

/** Looks at a document that somebody gives, before it is stored: for viruses, or whatever the
 *  application refuses. data: the document as it came, of a media type that its content showed.
 * What the call answers other than EDU_OK refuses the document: EDU_E_INVALID is told as
 *  "request.document_refused", another status as it is, for example EDU_E_BUSY where the scanner
 *  does not answer. Called outside every transaction; safe from any thread. Default: the command of
 *  edu_portal_options, where there is one.
 *  @since 0.2.0 */
typedef struct edu_scanner {
    edu_status (*scan)(void *context, const void *data, size_t size, const char *type,
                       edu_error *error);
    void *context;
} edu_scanner;

#ifdef __cplusplus
}
#endif
#endif
