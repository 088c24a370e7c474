/* Making a certificate: the record, its proof, the message of its QR code. */
#include "domain/certificate/certificate_store.h"

#include <string.h>
#include "certificate_sql.h"

#define HASH 32

/* A document's identifier and its instants, apart from what it says. */
typedef struct making {
    const ei_command *command;
    const ei_certificate_spec *spec;
    uint8_t bits[10];
    char number[EI_PAPER_ID_TEXT];
    ei_signer signer;
    edu_time time;         /* of issue */
    char issued[32];       /* whole seconds, as in the QR code */
    char did[EI_DID_TEXT]; /* of the portal */
    ei_status_place place;
    json_t *subject, *document;
    ei_buffer record, code;
    uint8_t content[HASH];
} making;

/* ---- what it says ---- */

static json_t *results_json(const ei_certificate_spec *spec)
{
    json_t *list = json_array();
    for (size_t i = 0; i < spec->result_count; i++)
        json_array_append_new(list,
                              json_pack("{s:[s],s:s+,s:s}", "type", "Result", "resultDescription",
                                        "#", spec->results[i].id, "value", spec->results[i].value));
    return list;
}

static json_t *descriptions_json(const ei_certificate_spec *spec)
{
    json_t *list = json_array();
    for (size_t i = 0; i < spec->result_count; i++)
        json_array_append_new(list,
                              json_pack("{s:s+,s:[s],s:s,s:s}", "id", "#", spec->results[i].id,
                                        "type", "ResultDescription", "name", spec->results[i].name,
                                        "resultType", spec->results[i].kind));
    return list;
}

static json_t *achievement_json(const ei_certificate_spec *spec, const char *host)
{
    json_t *achievement =
        json_pack("{s:s+++++,s:[s],s:s,s:s,s:{s:s}}", "id", "https://", host, "/achievements/",
                  spec->type, "/", spec->source, "type", "Achievement", "name", spec->name,
                  "description", spec->description, "criteria", "narrative", spec->criteria);
    if (achievement != NULL && spec->result_count > 0)
        json_object_set_new(achievement, "resultDescription", descriptions_json(spec));
    return achievement;
}

/* The subject: everything that makes one certificate differ from another of the same holder. */
static json_t *subject_json(const ei_certificate_spec *spec, const char *host)
{
    json_t *subject =
        json_pack("{s:[s],s:[{s:s,s:b,s:s,s:s}],s:o}", "type", "AchievementSubject", "identifier",
                  "type", "IdentityObject", "hashed", 0, "identityType", "name", "identityHash",
                  spec->holder, "achievement", achievement_json(spec, host));
    if (subject != NULL && spec->result_count > 0)
        json_object_set_new(subject, "result", results_json(spec));
    return subject;
}

/* Where it can be looked up whether the certificate was revoked. */
static json_t *status_json(const making *m)
{
    char list[16], index[16];
    const char *host = m->command->session->portal->host;
    (void)snprintf(list, sizeof list, "%d", (int)m->place.list);
    (void)snprintf(index, sizeof index, "%d", (int)m->place.index);
    return json_pack("{s:s+++++,s:s,s:s,s:s,s:s+++}", "id", "https://", host, "/status/", list, "#",
                     index, "type", "BitstringStatusListEntry", "statusPurpose", "revocation",
                     "statusListIndex", index, "statusListCredential", "https://", host, "/status/",
                     list);
}

static json_t *document_json(const making *m)
{
    const edu_portal *portal = m->command->session->portal;
    json_t *document = json_pack(
        "{s:[s,s],s:s+++,s:[s,s],s:{s:s,s:[s],s:s},s:s,s:s,s:o}", "@context",
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "id", "https://",
        portal->host, "/V/", m->number, "type", "VerifiableCredential", "OpenBadgeCredential",
        "issuer", "id", m->did, "type", "Profile", "name", portal->name, "validFrom", m->issued,
        "name", m->spec->name, "credentialSubject", json_incref(m->subject));
    char until[32];
    if (document != NULL && m->place.list != 0)
        json_object_set_new(document, "credentialStatus", status_json(m));
    if (document != NULL && m->spec->expires != 0) {
        ei_time_format(m->spec->expires, until);
        json_object_set_new(document, "validUntil", json_string(until));
    }
    return document;
}

/* ---- signing ---- */

static edu_status sign_code(making *m, const uint8_t record_hash[HASH], edu_error *error)
{
    const edu_portal *portal = m->command->session->portal;
    ei_claims claims = {.host = portal->host,
                        .type = m->spec->type,
                        .issued = m->time / 1000000,
                        .has_expiry = m->spec->expires != 0,
                        .expires = m->spec->expires / 1000000,
                        .place = m->place,
                        .count = m->spec->claim_count,
                        .has_hash = true};
    memcpy(claims.number, m->bits, sizeof claims.number);
    memcpy(claims.hash, record_hash, sizeof claims.hash);
    memcpy(claims.fields, m->spec->claims, m->spec->claim_count * sizeof *claims.fields);
    return ei_qr_message(&m->signer, &claims, 0, &m->code, error);
}

static edu_status sign(making *m, edu_error *error)
{
    uint8_t record_hash[HASH];
    char method[EI_DID_TEXT + EI_KEY_ID_TEXT];
    m->document = document_json(m);
    if (m->document == NULL)
        return ei_no_memory(error);
    EI_TRY(ei_jcs_hash(m->document, record_hash, error));
    EI_TRY(sign_code(m, record_hash, error));
    (void)snprintf(method, sizeof method, "%s#%s", m->did, m->signer.key_id);
    EI_TRY(ei_integrity_sign_known(&m->signer, m->document, record_hash, m->issued, method, error));
    return ei_jcs_write(m->document, &m->record, error);
}

static void make_number(making *m)
{
    const edu_portal *portal = m->command->session->portal;
    portal->environment.random.fill(portal->environment.random.context, m->bits, sizeof m->bits);
    ei_paper_id_format(m->bits, m->number);
    m->time = ei_signing_time(&m->signer, m->command->now);
    ei_time_format(m->time, m->issued);
    ei_did_write(portal->host, m->did);
}

static void making_finish(making *m)
{
    json_decref(m->document);
    json_decref(m->subject);
    ei_buffer_free(&m->record);
    ei_buffer_free(&m->code);
    ei_signer_wipe(&m->signer);
}

static edu_status store(const making *m, edu_tx *tx, edu_error *error)
{
    const ei_certificate_spec *spec = m->spec;
    EI_TRY(sql_certificate_claim(tx, (edu_bytes){m->bits, sizeof m->bits}, &spec->person_id, NULL,
                                 error));
    return sql_certificate_add(tx, &spec->person_id, m->number, spec->type, &spec->source_id,
                               spec->title, (edu_bytes){m->content, HASH}, m->record.data,
                               (edu_bytes){m->code.data, m->code.size}, m->signer.key_id,
                               m->command->now, spec->expires != 0 ? spec->expires : EDU_TIME_NONE,
                               m->place.list, m->place.index, NULL, error);
}

/* ---- what is there ---- */

typedef struct latest {
    bool is_there, is_same;
    bool is_withdrawn; /* its key is: nobody believes it */
    edu_time expires;
    char number[EI_PAPER_ID_TEXT];
} latest;

static edu_status latest_read(edu_tx *tx, const edu_id *person, const char *type,
                              const edu_id *source, const uint8_t content[HASH], latest *out,
                              edu_error *error)
{
    ei_rows rows;
    *out = (latest){0};
    EI_TRY(sql_certificate_latest(tx, person, type, source, &rows, error));
    edu_status status = ei_rows_next(&rows, &out->is_there, error);
    if (status == EDU_OK && out->is_there) {
        edu_bytes hash = ei_column_bytes(&rows, 1);
        (void)snprintf(out->number, sizeof out->number, "%s", ei_column_text(&rows, 0));
        out->is_same =
            content != NULL && hash.size == HASH && memcmp(hash.data, content, HASH) == 0;
        out->expires = ei_column_time(&rows, 3);
        out->is_withdrawn = ei_column_bool(&rows, 4);
    }
    ei_rows_close(&rows);
    return status;
}

/* The hash of all that the spec says: subject and claims, without number and date. */
static edu_status content_hash(making *m, edu_error *error)
{
    json_t *claims = json_array();
    for (size_t i = 0; i < m->spec->claim_count; i++)
        json_array_append_new(claims,
                              json_pack("[s,s]", m->spec->claims[i].key, m->spec->claims[i].value));
    json_t *content = json_pack("{s:O,s:o}", "subject", m->subject, "claims", claims);
    edu_status status =
        content != NULL ? ei_jcs_hash(content, m->content, error) : ei_no_memory(error);
    json_decref(content);
    return status;
}

static bool is_over(const latest *old, edu_time now)
{
    return old->expires != EDU_TIME_NONE && old->expires <= now;
}

/* Near its end: less than a quarter of what a new one has. */
static bool is_due(const making *m, const latest *old)
{
    edu_time now = m->command->now, end = m->spec->expires != 0 ? m->spec->expires : INT64_MAX;
    return old->expires != EDU_TIME_NONE && end > old->expires &&
           old->expires - now < (end - now) / 4;
}

/* What somebody was given stays good to its end where the new one says the same. */
static edu_status put_behind(const making *m, edu_tx *tx, const latest *old, edu_error *error)
{
    const ei_certificate_spec *spec = m->spec;
    edu_time now = m->command->now;
    if ((old->is_same && !old->is_withdrawn) || is_over(old, now))
        return sql_certificate_renewed(tx, &spec->person_id, old->number, NULL, error);
    return sql_certificate_end_all(tx, &spec->person_id, spec->type, &spec->source_id, now,
                                   "replaced", m->number, NULL, error);
}

static edu_status issue(making *m, edu_tx *tx, bool *issued, edu_error *error)
{
    const ei_certificate_spec *spec = m->spec;
    latest old;
    m->subject = subject_json(spec, m->command->session->portal->host);
    if (m->subject == NULL)
        return ei_no_memory(error);
    EI_TRY(content_hash(m, error));
    EI_TRY(
        latest_read(tx, &spec->person_id, spec->type, &spec->source_id, m->content, &old, error));
    if (old.is_same && !old.is_withdrawn && !is_over(&old, m->command->now) && !is_due(m, &old))
        return EDU_OK;
    EI_TRY(ei_signing_current(m->command->session, tx, &m->signer, error));
    EI_TRY(ei_certificate_place(m->command, tx, &spec->person_id, &m->place, error));
    make_number(m);
    EI_TRY(sign(m, error));
    if (old.is_there)
        EI_TRY(put_behind(m, tx, &old, error));
    *issued = true;
    return store(m, tx, error);
}

edu_status ei_certificate_issue(const ei_command *command, edu_tx *tx,
                                const ei_certificate_spec *spec, bool *issued, edu_error *error)
{
    making m = {.command = command, .spec = spec};
    *issued = false;
    edu_status status = issue(&m, tx, issued, error);
    making_finish(&m);
    return status;
}

edu_status ei_certificate_end(const ei_command *command, edu_tx *tx, const edu_id *person,
                              const char *type, const edu_id *source, const char *reason,
                              bool *ended, edu_error *error)
{
    int64_t changed = 0;
    edu_status status = sql_certificate_end_all(tx, person, type, source, command->now, reason,
                                                NULL, &changed, error);
    *ended = changed > 0;
    return status;
}

/* Its place is in no list; the work of checking it is the same. */
edu_status ei_certificate_decoy(const edu_session *session, const ei_signer *signer, char **out,
                                edu_error *error)
{
    const ei_certificate_spec spec = {.type = "decoy",
                                      .source = "decoy",
                                      .holder = "decoy",
                                      .name = "decoy",
                                      .description = "decoy",
                                      .criteria = "decoy",
                                      .claim_count = 1,
                                      .claims = {{"holder", "decoy"}}};
    const ei_command command = {.session = (edu_session *)(uintptr_t)session,
                                .now = ei_now(session)};
    making m = {.command = &command, .spec = &spec, .signer = *signer, .place = {1, 0}};
    m.subject = subject_json(&spec, session->portal->host);
    make_number(&m);
    edu_status status = m.subject != NULL ? sign(&m, error) : ei_no_memory(error);
    if (status == EDU_OK)
        *out = ei_strdup(m.record.data);
    making_finish(&m);
    return status == EDU_OK && *out == NULL ? ei_no_memory(error) : status;
}
