/* Signed documents: claims, COSE_Sign1, the text of the QR code, and paper. */
#ifndef EI_CREDENTIAL_H
#define EI_CREDENTIAL_H

#include <edu/credential.h>
#include "core/core.h"
#include "security/security.h"

/* ---- claims.c: what is signed, as bytes ---- */

#define EI_CLAIM_FIELDS 16
#define EI_CLAIMS_MAX 400 /* bytes, signature and all */

typedef struct ei_claim {
    const char *key, *value;
} ei_claim;

/* Claims of a document. When read, the texts point into `text`. */
typedef struct ei_claims {
    const char *host;
    const char *type;
    uint8_t number[10];
    int64_t issued; /* seconds since 1970 */
    size_t count;
    ei_claim fields[EI_CLAIM_FIELDS];
    bool has_hash;    /* the document has a record besides */
    uint8_t hash[32]; /* SHA-256 of the record's canonical form, without its proof */
    char text[EI_CLAIMS_MAX + 64];
} ei_claims;

/* The payload: a CWT claims set in deterministic CBOR. EDU_E_LIMIT where it does not fit. */
edu_status ei_claims_encode(const ei_claims *claims, ei_buffer *out, edu_error *error);
/* False for anything but the one encoding of some claims. */
bool ei_claims_decode(edu_bytes payload, ei_claims *out);

/* ---- cose.c: COSE_Sign1, EdDSA, RFC 9052 ---- */

typedef struct ei_cose {
    edu_bytes protected_header, payload;
    char key_id[EI_KEY_ID_TEXT];
    const uint8_t *signature;
} ei_cose;

edu_status ei_cose_sign(const ei_keys *keys, edu_bytes payload, ei_buffer *out, edu_error *error);
/* Parts of a message; they point into bytes. False for anything but the one encoding. */
bool ei_cose_read(edu_bytes bytes, ei_cose *out);
bool ei_cose_verify(const ei_cose *message, const uint8_t public_key[EI_PUBLIC_KEY]);

/* ---- qr.c: the text and its picture ---- */

/* The signed claims. The field `elastic` is cut, down to 8 bytes, until the code is at most of
 * version 14; claims->fields[elastic].value is not to be used afterwards. */
edu_status ei_qr_message(const ei_keys *keys, ei_claims *claims, size_t elastic, ei_buffer *out,
                         edu_error *error);
/* The link of a document with its signed message behind the #. */
edu_status ei_qr_link(const char *host, const uint8_t number[10], edu_bytes message, ei_buffer *out,
                      edu_error *error);
/* Both at once. */
edu_status ei_qr_text(const ei_keys *keys, ei_claims *claims, size_t elastic, ei_buffer *out,
                      edu_error *error);
/* Takes a text apart; *number and *host are as the link has them. */
bool ei_qr_read(const char *text, char host[256], uint8_t number[10], uint8_t *bytes, size_t *size);

/* Modules of a code: width × width, one byte each, 1 is black. Free with ei_free. */
edu_status ei_qr_modules(const char *text, int *width, uint8_t **modules, edu_error *error);

/* ---- number.c, jcs.c: canonical JSON, RFC 8785 ---- */

#define EI_DOUBLE_TEXT 32
/* The shortest digits that read back as the same value, as ECMAScript writes them. Finite only. */
void ei_double_format(double value, char out[EI_DOUBLE_TEXT]);
edu_status ei_jcs_write(const json_t *value, ei_buffer *out, edu_error *error);
/* JSON that has a canonical form, all numbers as doubles; EDU_E_INVALID with the line. */
edu_status ei_ijson_read(edu_bytes text, json_t **out, edu_error *error);

/* ---- multibase.c: base 58 ---- */

#define EI_BASE58_BYTES 80
bool ei_base58_encode(const uint8_t *bytes, size_t size, char *out, size_t room);
bool ei_base58_decode(const char *text, uint8_t *out, size_t room, size_t *size);

/* ---- integrity.c: W3C Data Integrity, eddsa-jcs-2022 ---- */

#define EI_INTEGRITY_DIGEST 64
/* What is signed: the hash of the proof's configuration, then that of the document without proof.
 */
edu_status ei_integrity_digest(const json_t *document, const json_t *config,
                               uint8_t out[EI_INTEGRITY_DIGEST], edu_error *error);
/* Adds the proof. */
edu_status ei_integrity_sign(const ei_keys *keys, json_t *document, const char *created,
                             const char *method, edu_error *error);
/* A copy without this member, which the object has; NULL where memory is short. */
json_t *ei_json_without(const json_t *object, const char *name);
/* Whether the document's proof is one of this suite by this key. */
edu_status ei_integrity_verify(const json_t *document, const uint8_t public_key[EI_PUBLIC_KEY],
                               bool *good, edu_error *error);

/* ---- record.c: a Verifiable Credential as verdicts see it ---- */

#define EI_RECORD_LEAVES 256
typedef struct ei_record {
    json_t *document; /* owned, as are the fields */
    json_t *fields;   /* every signed leaf by its path, "credentialSubject.achievement.name" */
    char host[256], number[EI_PAPER_ID_TEXT], key_id[EI_KEY_ID_TEXT];
    edu_time issued;
    uint8_t hash[32]; /* of the canonical form without the proof */
} ei_record;
/* EDU_E_INVALID or EDU_E_LIMIT for what is no record of this kind; finish always. */
edu_status ei_record_read(const char *text, ei_record *out);
void ei_record_finish(ei_record *record);

/* ---- pdf.c: paper ---- */

typedef struct ei_print_field {
    const char *label, *value;
    bool is_large; /* what one looks for first: shown large, two to a line */
} ei_print_field;

typedef struct ei_print {
    const char *language; /* of the texts */
    const char *issuer;   /* name of the portal */
    const char *title, *subtitle;
    const ei_print_field *fields;
    size_t count;
    const char *qr;     /* text of the code; NULL: none */
    const char *number; /* printed below it */
    const char *note;   /* below everything */
} ei_print;

/* One A4 page. EDU_E_UNSUPPORTED in a build without PDF. */
edu_status ei_print_pdf(const ei_print *page, ei_buffer *out, edu_error *error);

typedef struct ei_table_column {
    const char *title;
    double share; /* of the width; all add up to 1 */
} ei_table_column;

/* A section begins on a new page. */
typedef struct ei_table_section {
    const char *title;
    const char *const *cells; /* rows × columns; NULL is an empty cell */
    size_t rows;
} ei_table_section;

typedef struct ei_table {
    const char *language, *title, *subtitle;
    const ei_table_column *columns;
    size_t column_count;
    const ei_table_section *sections;
    size_t section_count;
} ei_table;

edu_status ei_table_pdf(const ei_table *table, ei_buffer *out, edu_error *error);

#endif
