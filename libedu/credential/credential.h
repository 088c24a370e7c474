/* Signed documents: claims, COSE_Sign1, the text of the QR code, and paper. */
#ifndef EI_CREDENTIAL_H
#define EI_CREDENTIAL_H

#include <edu/credential.h>
#include "core/core.h"
#include "security/security.h"

/* ---- claims.c: what is signed, as bytes ---- */

/* A place in the status lists; lists count from 1. */
typedef struct ei_status_place {
    int32_t list, index;
} ei_status_place;

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
    bool has_expiry;
    int64_t expires;       /* seconds since 1970 */
    bool has_hash;         /* the document has a record besides */
    uint8_t hash[32];      /* SHA-256 of the record's canonical form, without its proof */
    ei_status_place place; /* list 0: it cannot be revoked */
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

edu_status ei_cose_sign(const ei_signer *signer, edu_bytes payload, ei_buffer *out,
                        edu_error *error);
/* How long the message of a payload of this size is. */
size_t ei_cose_size(size_t payload);
/* Parts of a message; they point into bytes. False for anything but the one encoding. */
bool ei_cose_read(edu_bytes bytes, ei_cose *out);
bool ei_cose_verify(const ei_cose *message, const uint8_t public_key[EI_PUBLIC_KEY]);

/* ---- qr.c: the text and its picture ---- */

/* The signed claims. The field `elastic` is cut, down to 8 bytes, until the code is at most of
 * version 14; claims->fields[elastic].value is not to be used afterwards. */
edu_status ei_qr_message(const ei_signer *signer, ei_claims *claims, size_t elastic, ei_buffer *out,
                         edu_error *error);
/* The link of a document with its signed message behind the #. */
edu_status ei_qr_link(const char *host, const uint8_t number[10], edu_bytes message, ei_buffer *out,
                      edu_error *error);
/* Both at once. */
edu_status ei_qr_text(const ei_signer *signer, ei_claims *claims, size_t elastic, ei_buffer *out,
                      edu_error *error);
/* Takes a text apart; *number and *host are as the link has them. */
bool ei_qr_read(const char *text, char host[256], uint8_t number[10], uint8_t *bytes, size_t *size);

/* The version at level M of the code of a message; 0 beyond 14. */
int ei_qr_version(const char *host, size_t message);
typedef struct ei_code_bound {
    const char *key;
    size_t bytes; /* the longest value */
} ei_code_bound;
/* Of a holder's name so much stands in a code at least, where a template promises it. */
#define EI_QR_HOLDER 16
/* By how many bytes the message of a document with a record and a place in a status list can be too
 * long for version 14, all its fields being as long as they may be; 0: its codes always fit. */
size_t ei_qr_excess(const char *host, const char *type, bool expires, const ei_code_bound *fields,
                    size_t count);

/* The code as SVG within HTML, modules of 0.5 mm, with this text for those who do not see it. */
edu_status ei_qr_picture(const char *text, const char *alternative, ei_buffer *out,
                         edu_error *error);
/* Modules of a code: width × width, one byte each, 1 is black. Free with ei_free. */
edu_status ei_qr_modules(const char *text, int *width, uint8_t **modules, edu_error *error);

/* ---- jcs.c: canonical JSON, RFC 8785 ---- */

edu_status ei_jcs_write(const json_t *value, ei_buffer *out, edu_error *error);
/* SHA-256 of the canonical form. */
edu_status ei_jcs_hash(const json_t *value, uint8_t out[32], edu_error *error);
/* JSON that has a canonical form, all numbers as doubles; EDU_E_INVALID with the line. */
edu_status ei_ijson_read(edu_bytes text, json_t **out, edu_error *error);
/* With another bound than 4 MiB. */
edu_status ei_ijson_read_up_to(edu_bytes text, size_t max, json_t **out, edu_error *error);

/* ---- multibase.c: base 58, base64url ---- */

#define EI_BASE58_BYTES 80
bool ei_base58_encode(const uint8_t *bytes, size_t size, char *out, size_t room);
bool ei_base58_decode(const char *text, uint8_t *out, size_t room, size_t *size);
/* Without padding; false for any other text, or one that does not fit. */
bool ei_base64url_decode(const char *text, size_t length, uint8_t *out, size_t room, size_t *size);
/* The 32 bytes of a key. */
#define EI_KEY_TEXT 44
void ei_key_format(const uint8_t key[EI_PUBLIC_KEY], char out[EI_KEY_TEXT]);
bool ei_key_parse(const char *text, uint8_t out[EI_PUBLIC_KEY]);

/* ---- integrity.c: W3C Data Integrity, eddsa-jcs-2022 ---- */

#define EI_INTEGRITY_DIGEST 64
/* What is signed: the hash of the proof's configuration, then that of the document without proof.
 */
edu_status ei_integrity_digest(const json_t *document, const json_t *config,
                               uint8_t out[EI_INTEGRITY_DIGEST], edu_error *error);
/* "did:web:HOST" and, for a key, "#" and its id. */
#define EI_DID_TEXT 800
void ei_did_write(const char *host, char out[EI_DID_TEXT]);
/* The other way; false for what is no such text. */
bool ei_did_read(const char *did, char host[256]);
/* The id of the key that the proof of a document of this DID names. */
bool ei_proof_key_id(const json_t *document, const char *did, char out[EI_KEY_ID_TEXT]);
/* Adds the proof. hash: of the canonical document, where it is known. */
edu_status ei_integrity_sign_known(const ei_signer *signer, json_t *document,
                                   const uint8_t hash[32], const char *created, const char *method,
                                   edu_error *error);
edu_status ei_integrity_sign(const ei_signer *signer, json_t *document, const char *created,
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
    edu_time expires;      /* none without a validity */
    ei_status_place place; /* list 0: it cannot be revoked */
    uint8_t hash[32];      /* of the canonical form without the proof */
} ei_record;
/* EDU_E_INVALID or EDU_E_LIMIT for what is no record of this kind; finish always. */
edu_status ei_record_read(const char *text, ei_record *out);
void ei_record_finish(ei_record *record);

/* The text of a member; "" where it is none, or holds a null character. */
const char *ei_json_text(const json_t *object, const char *name);

/* ---- trust.c: whose signatures count, and what they know of revocations ---- */

/* A key and its times; none (EDU_TIME_NONE) where it has none of them. */
typedef struct ei_key_times {
    uint8_t public_key[EI_PUBLIC_KEY];
    edu_time from, until, compromised;
} ei_key_times;

#define EI_AGE_UNKNOWN (-1)
typedef struct ei_trust {
    const json_t *keys;  /* array: of a key set, or of a bundle */
    bool is_key_set;     /* its keys say of what kind they are */
    const json_t *lists; /* of a bundle; NULL: nothing is known of revocations */
    edu_time now;
    int64_t age, max_age; /* of the lists, in seconds */
} ei_trust;

/* False where no key has this id. */
bool ei_trust_key(const ei_trust *trust, const char *id, ei_key_times *out);
/* Whether the key may have signed what is dated so. */
bool ei_key_is_good_at(const ei_key_times *key, edu_time issued);
typedef enum ei_status_bit { EI_BIT_UNKNOWN, EI_BIT_CLEAR, EI_BIT_SET } ei_status_bit;
ei_status_bit ei_trust_status(const ei_trust *trust, ei_status_place place);

#define EI_BUNDLE_MAX ((size_t)16 << 20)
/* A bundle whose proof holds by a key of `trusted` (the text of a key set, or of a bundle checked
 * before). The parts of *out point into *held. EDU_E_INVALID, EDU_E_LIMIT or EDU_E_CRYPTO. */
edu_status ei_bundle_read(const char *text, const char *trusted, edu_time now, ei_trust *out,
                          json_t **held, edu_error *error);

/* ---- verify.c ---- */

edu_status ei_judge(const char *text, const ei_trust *trust, edu_verdict **out, edu_error *error);
/* Another status, with its message. */
void ei_verdict_say(edu_verdict *verdict, const char *status);

/* ---- statuslist.c: W3C Bitstring Status List ---- */

#define EI_STATUS_BITS_LEAST 131072
#define EI_STATUS_BITS_MOST ((size_t)16 << 23) /* 16 MiB */
#define EI_STATUS_PACKED_MOST ((size_t)4 << 20)

/* bits: a multiple of 8; bytes has bits / 8 bytes. Adds "u" and base64url of GZIP. */
edu_status ei_status_pack(const uint8_t *bytes, size_t bits, ei_buffer *out, edu_error *error);
/* *bytes: freed by ei_free. EDU_E_INVALID for what is no such text, or has less than the least
 * size; EDU_E_LIMIT beyond the bounds, without unpacking more than they allow. */
edu_status ei_status_unpack(const char *text, uint8_t **bytes, size_t *bits, edu_error *error);
bool ei_status_get(const uint8_t *bytes, size_t index);
void ei_status_set(uint8_t *bytes, size_t index);
/* The credential of a list, signed; new reference. */
typedef struct ei_status_list {
    const char *host;
    int32_t list;
    const uint8_t *bytes;
    size_t bits;
    edu_time now;
} ei_status_list;
edu_status ei_status_credential(const ei_signer *signer, const ei_status_list *list, json_t **out,
                                edu_error *error);

/* ---- paper: one document in PDF (pdf.c) and HTML (print_html.c) ---- */

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
    const char *details_title; /* heading of the small print */
    const ei_print_field *details;
    size_t detail_count;
    const char *qr;         /* text of the code; NULL: none */
    const char *code_about; /* what the code is, for those who do not see it */
    const char *number;     /* printed beside it */
    const char *note;       /* below that */
    const char *record;     /* the signed JSON, attached to the PDF; NULL: none */
    const char *record_name;
    edu_time made; /* what the file says when it was made; none: now */
} ei_print;

/* A4 pages; the same bytes for the same document. EDU_E_UNSUPPORTED in a build without PDF;
 * EDU_E_LIMIT where the texts are too long. */
edu_status ei_print_pdf(const ei_print *print, ei_buffer *out, edu_error *error);
edu_status ei_print_html(const ei_print *print, ei_buffer *out, edu_error *error);

/* Many documents in one file, which has title, language and date of the first. */
typedef struct ei_printer ei_printer;
edu_status ei_printer_open(const ei_print *first, ei_printer **out, edu_error *error);
edu_status ei_printer_add(ei_printer *printer, const ei_print *print, edu_error *error);
/* Ends the printer in any case; out NULL: without a file. */
edu_status ei_printer_close(ei_printer *printer, ei_buffer *out, edu_error *error);

#define EI_PDF_MAX ((size_t)8 << 20)
/* The record that a PDF of a certificate carries: its one embedded file named *.json. EDU_E_INVALID
 * where there is no such one, EDU_E_LIMIT where it is larger than max or the file than EI_PDF_MAX;
 * EDU_E_UNSUPPORTED in a build without PDF. */
edu_status ei_pdf_record(edu_bytes pdf, size_t max, ei_buffer *out, edu_error *error);

/* print.c: the host of a link in small letters; "" where there is none */
void ei_print_host(const char *link, char host[256]);
/* A number of paper as people read it, in groups of four. */
#define EI_NUMBER_GROUPS 24
void ei_number_groups(const char *number, char out[EI_NUMBER_GROUPS]);
/* Text as it stands in HTML and XML. */
void ei_markup(ei_buffer *out, const char *text);

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
    edu_time
        made; /* the paper says when, and is the same to the byte then; none: the clock's time */
} ei_table;

/* pdf_table.c */
edu_status ei_table_pdf(const ei_table *table, ei_buffer *out, edu_error *error);

#endif
