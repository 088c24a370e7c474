/* Keys, passwords, sealed fields, keyed hashes and tokens. */
#ifndef EI_SECURITY_H
#define EI_SECURITY_H

#include "core/core.h"

/* Once in a process, before anything else here. */
edu_status ei_security_init(edu_error *error);
edu_random ei_random_default(void);

/* ---- keys.c: the portal's secret keys, in a file of mode 0600 ---- */

typedef struct ei_keys ei_keys;

#define EI_KEY_ID_TEXT 17 /* 16 hex digits and a NUL */
#define EI_PUBLIC_KEY 32
#define EI_SIGNATURE 64

/* Loads the file; with create, makes it where it is missing. EDU_E_CRYPTO where it is missing,
 * readable by others, or not a keys file. */
edu_status ei_keys_load(const char *path, const edu_random *random, edu_time now, bool create,
                        ei_keys **out, edu_error *error);
void ei_keys_free(ei_keys *keys);

/* The key of the file that signs. */
const char *ei_keys_signing_id(const ei_keys *keys);
void ei_keys_sign(const ei_keys *keys, const void *data, size_t size,
                  uint8_t signature[EI_SIGNATURE]);
/* Ed25519, as strict as libsodium: no small-order keys, no signature in a second form. */
bool ei_signature_good(const uint8_t signature[EI_SIGNATURE], const void *data, size_t size,
                       const uint8_t public_key[EI_PUBLIC_KEY]);
/* All public keys, past ones too, as a JSON Web Key Set; new reference. */
json_t *ei_keys_public(const ei_keys *keys);
/* Which store the keys belong to: a hash of the lookup key, kept in the store. */
void ei_keys_fingerprint(const ei_keys *keys, uint8_t out[32]);

/* ---- signer.c: one key at work ---- */

#define EI_SEED 32
#define EI_SEALED_SECRET (24 + 64 + 16)

/* A key that signs: the library's own, or one behind a port. */
typedef struct ei_signer {
    char key_id[EI_KEY_ID_TEXT];
    uint8_t public_key[EI_PUBLIC_KEY];
    uint8_t secret[64];     /* where port is NULL */
    const edu_signer *port; /* not owned */
    edu_time from;          /* what it signs is not dated before */
} ei_signer;

/* From the file's last key. */
ei_signer ei_keys_signer(const ei_keys *keys);
/* The keys of the file, the last one signs: how many, and one of them with its time in `from`. */
size_t ei_keys_signing_count(const ei_keys *keys);
ei_signer ei_keys_signer_at(const ei_keys *keys, size_t index);
ei_signer ei_signer_of_seed(const uint8_t seed[EI_SEED]);
void ei_signer_make(const edu_random *random, ei_signer *out);
ei_signer ei_signer_of_port(const uint8_t public_key[EI_PUBLIC_KEY], const edu_signer *port);
/* EDU_E_CRYPTO where the port's signature is none of this key. */
edu_status ei_sign(const ei_signer *signer, const void *data, size_t size,
                   uint8_t signature[EI_SIGNATURE], edu_error *error);
void ei_signer_wipe(ei_signer *signer);
void ei_key_id(const uint8_t public_key[EI_PUBLIC_KEY], char out[EI_KEY_ID_TEXT]);

/* The library's own key, sealed under the portal's and bound to the key's id. */
void ei_signer_seal(const ei_keys *keys, const edu_random *random, const ei_signer *signer,
                    uint8_t out[EI_SEALED_SECRET]);
edu_status ei_signer_unseal(const ei_keys *keys, const char *key_id, edu_bytes sealed,
                            ei_signer *out, edu_error *error);

/* A stock port: /bin/sh runs the command, $1 is the key's id; the bytes go to its standard input,
 * and 64 bytes come from its standard output. It has 20 seconds. The context is the command. */
edu_status ei_command_sign(void *context, const char *key_id, const void *data, size_t size,
                           uint8_t signature[EI_SIGNATURE], edu_error *error);

/* Keyed hash for looking things up; purpose separates one use from another. */
void ei_keyed_hash(const ei_keys *keys, const char *purpose, edu_bytes data, uint8_t out[32]);
/* Keyed hashes computed so far: a test of equal work counts them. */
uint64_t ei_keyed_hash_runs(void);
uint64_t ei_signature_checks(void); /* likewise */

/* ---- seal.c: fields sealed under a key of the person's, which the portal's key wraps ---- */

#define EI_WRAPPED_KEY (24 + 32 + 16)
#define EI_SEAL_EXTRA (24 + 16) /* bytes by which a sealed value is longer */

/* A person's keys as the store has them: their own, by which all is sealed, and behind it, each
 * with the id it was made for, those of whoever was merged into them. What was sealed for those
 * opens as it is: no byte of it changes, and hashes of it stand. */
#define EI_MERGED_MAX 8
#define EI_MERGED_KEY (16 + EI_WRAPPED_KEY)
typedef struct ei_person_keys {
    uint8_t bytes[EI_WRAPPED_KEY + EI_MERGED_MAX * EI_MERGED_KEY];
    size_t size;
} ei_person_keys;
/* False where there are none, as of who was erased, or what is stored has not their form. */
bool ei_person_keys_take(edu_bytes stored, ei_person_keys *out);
edu_bytes ei_person_keys_bytes(const ei_person_keys *keys);
/* Adds those of a person who is merged; false where they are too many. */
bool ei_person_keys_add(ei_person_keys *to, const edu_id *merged, const ei_person_keys *theirs);

/* Makes a person's key, wrapped. */
void ei_person_key_make(const ei_keys *keys, const edu_random *random, const edu_id *person,
                        uint8_t wrapped[EI_WRAPPED_KEY]);
/* out has data.size + EI_SEAL_EXTRA bytes. EDU_E_CRYPTO where the wrapped key does not open. The
 * person and the field's name are bound in: a sealed value does not open elsewhere. */
edu_status ei_seal(const ei_keys *keys, const edu_random *random, const edu_id *person,
                   edu_bytes wrapped, const char *field, edu_bytes data, uint8_t *out,
                   edu_error *error);
/* *out is NUL-terminated besides its size; free its data with ei_free. Empty where wrapped is, as
 * that of a person who was erased. */
edu_status ei_unseal(const ei_keys *keys, const edu_id *person, edu_bytes wrapped,
                     const char *field, edu_bytes sealed, edu_bytes *out, edu_error *error);

/* A secret of the portal itself, sealed under the portal's key; a seal of one purpose and name does
 * not open as another's. out has secret.size + EI_SEAL_EXTRA bytes, the other out so many less. */
void ei_secret_seal(const ei_keys *keys, const edu_random *random, const char *purpose,
                    const char *name, edu_bytes secret, uint8_t *out);
bool ei_secret_unseal(const ei_keys *keys, const char *purpose, const char *name, edu_bytes sealed,
                      uint8_t *out);

/* ---- password.c ---- */

typedef struct ei_password_cost {
    uint64_t operations; /* 0: 2 */
    size_t memory;       /* bytes; 0: 64 MiB */
} ei_password_cost;

#define EI_PASSWORD_TEXT 160

/* 10 to 200 characters in NFC, which is what is hashed; not the login. */
edu_status ei_password_check(const char *password, const char *login, edu_error *error);
/* Argon2id, encoded with its parameters. At most a few run at once; others wait. */
edu_status ei_password_hash(const ei_password_cost *cost, const edu_random *random,
                            const char *password, char text[EI_PASSWORD_TEXT], edu_error *error);
/* The same work whether stored is a hash or NULL (nobody), for which it is never good. */
edu_status ei_password_verify(const ei_password_cost *cost, const char *stored,
                              const char *password, bool *good, edu_error *error);
/* Hashes computed so far: a test of equal work counts them. */
uint64_t ei_password_runs(void);

/* ---- token.c ---- */

#define EI_TOKEN_TEXT 44 /* 43 of base64url and a NUL */

void ei_token_make(const edu_random *random, char text[EI_TOKEN_TEXT]);
void ei_token_hash(const char *text, uint8_t out[32]); /* what is stored */
/* Eight digits, each equally likely, and a NUL. */
void ei_digits_make(const edu_random *random, char text[9]);
bool ei_equal(const void *a, const void *b, size_t size); /* in constant time */

/* Personal identification number: 7 of A–Z without I and O, and 0–9. Lower case is accepted;
 * out[8] is upper case. */
edu_status ei_fin_normalise(const char *text, char out[8], edu_error *error);
/* Any other document number: letters, digits, dash and slash; out is upper case. */
#define EI_DOCUMENT_TEXT 33
edu_status ei_document_normalise(const char *text, char out[EI_DOCUMENT_TEXT], edu_error *error);

#endif
