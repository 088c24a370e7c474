/** @file edu/credential.h
 *  Documents that anyone can check: the text of their QR code, and the verdict on it. Nothing here
 *  needs a portal, a store or a network.
 *
 *  The text is `HTTPS://HOST/V/<ID>#<digits>`: a link that every telephone opens, whose part behind
 *  the # holds the signed claims (COSE_Sign1 over a CWT, Ed25519). docs/formats.md has the bytes.
 *  @since 0.1.0 */
#ifndef EDU_CREDENTIAL_H
#define EDU_CREDENTIAL_H

#include <edu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a check found. */
EDU_RECORD
typedef struct edu_verdict {
    const char *status;  /**< "valid", "revoked", "expired", "status_unknown" (it can be revoked,
                              and no list is at hand, or one too old), "bad_signature",
                              "unknown_key" or "unreadable" */
    const char *message; /**< English, for people */
    const char *type;    /**< such as "olympiad.slip", "certificate" for a JSON file; this and the
                              rest NULL where unreadable */
    const char *number;  /**< of the document, as printed; NULL likewise */
    const char *host;    /**< of the portal that signed; NULL likewise */
    const char *key_id;  /**< NULL likewise */
    edu_time issued;     /**< none likewise */
    json_t *fields; /**< object: every signed field, in the order of the document; NULL likewise */
    const char
        *record_hash;   /**< hex SHA-256 of the canonical record; NULL for a document without */
    edu_time revoked;   /**< none unless revoked, and where it is not told when */
    const char *reason; /**< of the revocation; NULL where it is not told */
    edu_time expires;   /**< end of the validity; none without one */
    int64_t status_age; /**< seconds since it was known whether it is revoked; -1 where that is not
                             known */
} edu_verdict;

/** Checks the text of a QR code, or of the JSON file of a certificate, against public keys. A bad
 * text is a verdict, not a failure. Fields are given for a bad signature too, so that one sees what
 * was altered: trust them only if valid. Keys may have times (docs/formats.md); a certificate,
 * which can be revoked, is at best "status_unknown": use edu_verify_offline, or
 * edu_certificate_check.
 *  @param keys JSON Web Key Set, as edu_portal_public_keys makes it.
 *  @param out freed by edu_free.
 *  @return EDU_E_INVALID where keys is no key set.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_verify(const char *text, const char *keys, edu_verdict **out,
                                             edu_error *error);

/** Checks a text as edu_verify does, and whether it was revoked, by a bundle of edu_bundle. Needs
 * no portal, no store and no network.
 *  @param bundle at most 16 MiB.
 *  @param trusted whose signature on the bundle counts: a JSON Web Key Set that came by another
 * way, or the bundle before, checked when it was taken up.
 *  @param max_age_seconds from 0; of an older bundle "status_unknown" is told, unless it says
 *  "revoked".
 *  @param now none for the clock of the machine.
 *  @param out freed by edu_free.
 *  @return EDU_E_INVALID, EDU_E_LIMIT where bundle or trusted have not their form; EDU_E_CRYPTO
 * where the bundle is not signed by a key of trusted, or was altered.
 *  @since 0.2.0 */
EDU_API EDU_MUST_CHECK edu_status edu_verify_offline(const char *text, const char *bundle,
                                                     const char *trusted, int32_t max_age_seconds,
                                                     edu_time now, edu_verdict **out,
                                                     edu_error *error);

/** What a file says that edu_verify and its like read: the text of a QR code, or the JSON of a
 * certificate; of a PDF the one JSON file that it carries. Line breaks at the end are dropped.
 *  @param file a PDF at most 8 MiB, of which no more than 4 MiB are unpacked; a text 4 MiB.
 *  @param out freed by edu_free.
 *  @return EDU_E_INVALID for a PDF without such a file or with several, and for what is no text;
 * EDU_E_LIMIT; EDU_E_UNSUPPORTED for a PDF in a build without PDF.
 *  @since 0.2.0 */
EDU_API EDU_MUST_CHECK edu_status edu_file_text(edu_bytes file, char **out, edu_error *error);

/** What the transcript of an allocation says (docs/allocation.md). */
EDU_RECORD
typedef struct edu_transcript_report {
    const char *issuer;     /**< host of the portal that signed */
    const char *subject;    /**< id of the sitting */
    const char *commitment; /**< hex: SHA-256 of the seed's digits */
    const char *seed;       /**< hex */
    const char *list_hash;  /**< hex SHA-256 of who was on the list, as it was told when it was
                                 frozen */
    const char *key_id;
    edu_time signed_at;
    int64_t pupils;
    int64_t places;
    int64_t centres;
    int64_t cost_m;     /**< total distance, metres */
    const char *place;  /**< of the pupil who was asked for; NULL where nobody was, or it is not
                             there */
    const char *centre; /**< likewise */
} edu_transcript_report;

/** Checks the transcript of an allocation: that it is signed and has its one form, everybody is
 * placed once, no centre is over its capacity or out of its zone, no allocation costs less, the
 * rents are the smallest that prove it, and the draw is that of the seed, which is the one that was
 * committed to. In one pass; memory goes by centres, not by pupils. Shares nothing with what
 * solves.
 *  @param path of the file; "/dev/stdin" for standard input.
 *  @param keys JSON Web Key Set, as edu_portal_public_keys makes it.
 *  @param pupil the id of a pupil's line, to find it: 40 hexadecimal digits in small letters; NULL:
 * none is looked for.
 *  @param progress told bytes read, of all; may be empty.
 *  @param out freed by edu_free. What it says of issuer, subject, commitment and list is to be
 * compared with what was published before.
 *  @return EDU_E_INVALID with the line, "transcript.form", "transcript.order", "transcript.count",
 * "transcript.seed", "transcript.zone", "transcript.capacity", "transcript.not_optimal",
 * "transcript.rent", "transcript.cost", "transcript.list", "transcript.altered" or
 * "transcript.not_drawn"; EDU_E_CRYPTO "transcript.key" or "transcript.signature"; EDU_E_CANCELLED;
 * EDU_E_IO where the file cannot be read; EDU_E_INVALID where keys is no key set.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_transcript_check(const char *path, const char *keys,
                                                              const char *pupil,
                                                              edu_progress progress,
                                                              edu_transcript_report **out,
                                                              edu_error *error);

/** The canonical form of JSON (RFC 8785): what signatures are computed over.
 *  @param out freed by edu_free.
 *  @return EDU_E_INVALID with the line for what has no canonical form: no JSON, not UTF-8, a
 * doubled key, half a surrogate pair, a null character in a key, a number too large for a double;
 * EDU_E_LIMIT beyond 4 MiB or 64 levels.
 *  @since 0.2.0 */
EDU_API EDU_MUST_CHECK edu_status edu_canonicalize(edu_bytes json, char **out, edu_error *error);

/** A QR code as an SVG picture, black on transparent, with its quiet zone; level M.
 *  @param out freed by edu_free.
 *  @return EDU_E_LIMIT for a text beyond version 14; EDU_E_UNSUPPORTED in a build without QR codes.
 *  @since 0.1.0 */
EDU_API EDU_MUST_CHECK edu_status edu_qr_svg(const char *text, char **out, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
