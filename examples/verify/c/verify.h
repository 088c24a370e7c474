/* What docs/formats.md says, in C with libsodium and nothing else. */
#ifndef VERIFY_H
#define VERIFY_H

#include "json.h"

#define MICROS INT64_C(1000000)
#define NO_TIME INT64_MIN
#define DOCUMENT_MAX ((size_t)4 << 20)
#define BUNDLE_MAX ((size_t)16 << 20)
#define HOST_MAX 256
#define NUMBER_TEXT 18
#define KEY_ID_TEXT 17
#define FIELDS_MAX 256
#define PATH_TEXT 400
#define PUBLIC_KEY 32
#define SIGNATURE 64

/* A place in the status lists; list 0 is none. */
typedef struct place {
    int32_t list, index;
} place;

typedef struct field {
    const char *name, *text;
    size_t size; /* of the text, which may hold null characters */
} field;

/* A document taken apart, before it is known whose it is. */
typedef struct claims {
    char host[512], type[512], number[NUMBER_TEXT], key_id[KEY_ID_TEXT];
    int64_t issued, expires; /* microseconds since 1970; NO_TIME */
    place place;
    bool has_hash;
    unsigned char hash[32];
    field fields[FIELDS_MAX];
    size_t count;
} claims;

/* ---- text.c ---- */

/* Sixteen letters for 80 bits, and the one that checks them. */
void number_write(const unsigned char bits[10], char out[NUMBER_TEXT]);
/* Only the text that number_write gives. */
bool number_read(const char *text, unsigned char bits[10]);
bool time_read(const char *text, int64_t *out);
bool count_read(const char *text, int32_t *out);
/* The 64 bytes of a signature behind its "z". */
bool signature_read(const char *text, unsigned char out[SIGNATURE]);
void hex_write(const unsigned char *bytes, size_t size, char *out);
/* "did:web:HOST"; false for what is no such text. */
bool did_read(const char *did, char host[HOST_MAX]);

/* ---- code.c ---- */

typedef struct code {
    unsigned char bytes[528], signed_bytes[600];
    size_t signed_size;
    const unsigned char *signature;
    char texts[1024]; /* of the fields */
    bool is_same_link;
} code;

bool code_read(const char *text, size_t size, code *work, claims *out);
bool code_is_signed(const code *work, const unsigned char key[PUBLIC_KEY]);

/* ---- record.c ---- */

typedef struct record {
    json_document document;
    char *texts; /* of paths, and of values that are no texts */
} record;

bool record_read(const char *text, size_t size, record *work, claims *out);
void record_free(record *work);
/* Whether the proof is one of eddsa-jcs-2022, by this key. */
bool proof_is_good(const json *document, const unsigned char key[PUBLIC_KEY]);
/* The id of the key that the proof of a document of this DID names. */
bool proof_key(const json *document, const char *did, char out[KEY_ID_TEXT]);

/* ---- trust.c ---- */

typedef struct trust {
    json_document own, before; /* the bundle, and what it was believed by */
    const json *keys;
    bool is_key_set;
    const json *lists; /* NULL without a bundle */
    int64_t created;
} trust;

typedef enum trust_status { TRUST_GOOD, TRUST_BAD_FORM, TRUST_REFUSED } trust_status;

/* keys: a key set. bundle: checked by a key set or a bundle before; NULL for none. */
trust_status trust_read(const char *keys, size_t keys_size, const char *bundle, size_t bundle_size,
                        trust *out);
void trust_free(trust *out);

/* The verdict, one of the words of docs/formats.md. age: of the bundle, in seconds; -1 where
 * nothing is known of revocations. */
const char *judge(const char *text, size_t size, const trust *by, int64_t now, int64_t max_age,
                  claims *out, int64_t *age, code *as_code, record *as_record);

#endif
