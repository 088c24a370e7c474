/* The signed receipt of what was submitted. It is made when it is asked for, of what the chain says
 * since the submission: so that submitting waits for no signature. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "credential/credential.h"
#include "domain/portal/words.h"
#include "domain/request/request_store.h"
#include "request_sql.h"

static const char *const titles[EI_LANGUAGES] = {"Receipt of an application", "Müraciətin qəbzi",
                                                 "Расписка о заявлении"};

typedef struct receipt {
    edu_session *session;
    edu_id person, id;
    ei_request request;
    const ei_definition *definition;
    /* the last step that submitted */
    int64_t sequence;
    edu_time at;
    char chain[65];
    json_t *data;
    ei_signer signer;
    ei_buffer record;
    char number[EI_PAPER_ID_TEXT];
} receipt;

/* ---- what was submitted last ---- */

static bool submits(const receipt *of, const char *action)
{
    return json_is_true(json_object_get(
        json_object_get(json_object_get(ei_definition_json(of->definition), "actions"), action),
        "submits"));
}

static edu_status take_step(receipt *of, ei_rows *rows, edu_error *error)
{
    edu_bytes data = ei_column_bytes(rows, 3), hash = ei_column_bytes(rows, 4);
    of->sequence = ei_column_int(rows, 0);
    of->at = ei_column_time(rows, 1);
    if (hash.size != EI_HASH)
        return ei_fail(error, EDU_E_CORRUPT, "request.row", NULL, "a step has no hash");
    ei_hex_format(hash.data, EI_HASH, of->chain);
    return ei_json_read(data.data, data.size, &of->data, error);
}

static edu_status find_step(receipt *of, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    EI_TRY(sql_request_steps(tx, &of->person, &of->id, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && !of->data)
        if (submits(of, ei_column_text(&rows, 2)) &&
            (status = take_step(of, &rows, error)) != EDU_OK)
            break;
    ei_rows_close(&rows);
    EI_TRY(status);
    return of->data ? EDU_OK
                    : ei_fail(error, EDU_E_STATE, "request.no_receipt", NULL,
                              "nobody has submitted this application");
}

/* ---- the record ---- */

/* The same for a submission each time, and of no other document. */
static void make_number(receipt *of)
{
    static const char purpose[] = "libedu receipt 1";
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)purpose, sizeof purpose);
    crypto_hash_sha256_update(&state, (const uint8_t *)of->chain, strlen(of->chain));
    crypto_hash_sha256_final(&state, hash);
    ei_paper_id_format(hash, of->number);
}

/* The hashes of the documents as they are stored, in the order of the chain's. */
static edu_status add_documents(const receipt *of, json_t *subject, edu_error *error)
{
    const json_t *documents = json_object_get(of->data, "documents");
    ei_buffer hashes = {0};
    for (size_t i = 0; i < json_array_size(documents); i++)
        ei_buffer_printf(&hashes, "%s%s", i ? " " : "",
                         ei_json_text(json_array_get(documents, i), "sealed"));
    bool is_made = !hashes.failed;
    if (is_made && hashes.size > 0)
        is_made = json_object_set_new(subject, "documents", json_string(hashes.data)) == 0;
    ei_buffer_free(&hashes);
    return is_made ? EDU_OK : ei_no_memory(error);
}

static edu_status make_subject(const receipt *of, json_t **out, edu_error *error)
{
    char id[EDU_ID_TEXT], received[32];
    edu_id_format(of->id, id);
    ei_time_format(of->at, received);
    *out = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s, s:s}", "type", "Submission", "application", id,
                     "service", of->request.service, "serviceVersion",
                     (int)of->request.head.service_version, "received", received, "submitted",
                     ei_json_text(of->data, "sealed"), "chain", of->chain);
    return *out ? add_documents(of, *out, error) : ei_no_memory(error);
}

static json_t *make_document(const receipt *of, const char *did, const char *issued,
                             json_t *subject)
{
    const edu_portal *portal = of->session->portal;
    return json_pack("{s:[s], s:s+++, s:[s,s], s:{s:s, s:s}, s:s, s:s, s:O}", "@context",
                     "https://www.w3.org/ns/credentials/v2", "id", "https://", portal->host, "/V/",
                     of->number, "type", "VerifiableCredential", "SubmissionReceipt", "issuer",
                     "id", did, "name", portal->name, "validFrom", issued, "name",
                     titles[ei_language_index(portal->language)], "credentialSubject", subject);
}

static edu_status sign(receipt *of, json_t *subject, edu_error *error)
{
    char did[EI_DID_TEXT], method[EI_DID_TEXT + EI_KEY_ID_TEXT], issued[32];
    ei_did_write(of->session->portal->host, did);
    (void)snprintf(method, sizeof method, "%s#%s", did, of->signer.key_id);
    /* That of the submission, so that each call gives the same bytes. */
    ei_time_format(ei_signing_time(&of->signer, of->at), issued);
    json_t *document = make_document(of, did, issued, subject);
    edu_status status = document ? ei_integrity_sign(&of->signer, document, issued, method, error)
                                 : ei_no_memory(error);
    if (status == EDU_OK)
        status = ei_jcs_write(document, &of->record, error);
    json_decref(document);
    return status;
}

static edu_status make_record(receipt *of, edu_error *error)
{
    json_t *subject = NULL;
    make_number(of);
    edu_status status = make_subject(of, &subject, error);
    if (status == EDU_OK)
        status = sign(of, subject, error);
    json_decref(subject);
    return status;
}

/* ---- for who sees the application ---- */

static void clear(receipt *of)
{
    json_decref(of->data);
    ei_buffer_free(&of->record);
    ei_signer_wipe(&of->signer);
    of->data = NULL;
    of->record = (ei_buffer){0};
}

static edu_status receipt_run(edu_tx *tx, void *context, edu_error *error)
{
    receipt *of = context;
    edu_id actor = ei_session_actor(of->session);
    clear(of);
    EI_TRY(ei_request_load(tx, &actor, &of->person, &of->id, ei_now(of->session), &of->request,
                           error));
    EI_TRY(ei_definition_load(of->session, tx, of->request.service,
                              of->request.head.service_version, &of->definition, NULL, error));
    EI_TRY(find_step(of, tx, error));
    EI_TRY(ei_signing_current(of->session, tx, &of->signer, error));
    return make_record(of, error);
}

edu_status edu_request_receipt_file(edu_session *session, edu_id person_id, edu_id id,
                                    edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    receipt of = {.session = session, .person = ei_person_or_self(session, person_id), .id = id};
    char name[EI_PAPER_ID_TEXT + 16];
    ei_reading reading = ei_reading_of("application", of.person, id);
    edu_status status = ei_read_of(session, &reading, receipt_run, &of, error);
    (void)snprintf(name, sizeof name, "receipt-%s.json", of.number);
    if (status == EDU_OK)
        status = ei_document(name, "application/json", &of.record, out, error);
    clear(&of);
    return status;
}
