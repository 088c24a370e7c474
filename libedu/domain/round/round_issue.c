/* Certificates of a round that is confirmed, as the definition gives them by place. */
#include "domain/round/round_store.h"

#include <stdio.h>
#include <string.h>

#include "domain/certificate/certificate_store.h"
#include "domain/portal/words.h"
#include "round_sql.h"

#define BATCH 200
#define NAME_BYTES 300
#define PLACE_BYTES 7

static const char *const place_title[EI_LANGUAGES] = {"Place", "Yer", "Место"};

typedef struct winner {
    edu_id person;
    int64_t position;
    int32_t place;
    char name[NAME_BYTES];
} winner;

typedef struct issuing {
    edu_session *session;
    edu_id offering;
    int64_t after, issued;
    ei_judging judging;
    char code[EI_REQUEST_CODE];
    char *title; /* of the offering, by language */
    size_t count;
    winner items[BATCH];
} issuing;

/* Papers are in the portal's language, whoever issues them. */
static const char *in_portal_language(const edu_session *session, const json_t *texts)
{
    const edu_session portal_speaks = {.portal = session->portal, .language = ""};
    return ei_localised(&portal_speaks, (json_t *)(uintptr_t)texts);
}

void ei_round_certificate_type(const char *service, char out[EI_CERTIFICATE_TYPE])
{
    (void)snprintf(out, EI_CERTIFICATE_TYPE, "%.*s.certificate", EI_CODE_MAX, service);
}

edu_status ei_round_check_codes(const edu_session *session, const ei_definition *definition,
                                edu_error *error)
{
    const json_t *list = ei_definition_certificates(definition);
    char type[EI_CERTIFICATE_TYPE], field[64];
    ei_round_certificate_type(ei_definition_service(definition), type);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *title = json_object_get(json_array_get(list, i), "title");
        const ei_code_bound fields[] = {{"holder", EI_QR_HOLDER},
                                        {"award", strlen(in_portal_language(session, title))},
                                        {"place", PLACE_BYTES}};
        size_t excess = ei_qr_excess(session->portal->host, type, false, fields, EI_COUNT(fields));
        (void)snprintf(field, sizeof field, "/certificates/%zu/title", i);
        if (excess > 0)
            return ei_fail(error, EDU_E_INVALID, "result.code_too_long", field,
                           "with this title the QR code of a certificate could get %zu bytes too "
                           "long to be read well: shorten it",
                           excess);
    }
    return EDU_OK;
}

/* ---- one ---- */

static edu_status describe(const issuing *work, const winner *one, const json_t *entry,
                           ei_buffer *out, edu_error *error)
{
    json_t *title = ei_json_loads(work->title);
    json_t *data = json_pack("{s:s, s:i, s:s}", "subject", in_portal_language(work->session, title),
                             "place", (int)one->place, "holder", one->name);
    edu_status status =
        data ? ei_template_fill(in_portal_language(work->session, json_object_get(entry, "text")),
                                data, out, error)
             : ei_no_memory(error);
    json_decref(data);
    json_decref(title);
    return status;
}

static edu_status issue_described(const issuing *work, ei_command *command, edu_tx *tx,
                                  const winner *one, const json_t *entry, const char *description,
                                  bool *issued, edu_error *error)
{
    const edu_session *session = work->session;
    const json_t *service = ei_definition_json(work->judging.definition);
    const char *name = in_portal_language(session, json_object_get(entry, "title"));
    char place[16], type[EI_CERTIFICATE_TYPE];
    (void)snprintf(place, sizeof place, "%d", (int)one->place);
    ei_round_certificate_type(work->judging.service, type);
    ei_certificate_spec spec = {
        .person_id = one->person,
        .source_id = work->offering,
        .type = type,
        .title = work->title,
        .source = work->code,
        .holder = one->name,
        .name = name,
        .description = description,
        .criteria = in_portal_language(session, json_object_get(service, "summary")),
        .claim_count = 2,
        .claims = {{"holder", one->name}, {"award", name}}};
    /* Who is given the same as everybody need not show the place. */
    if (json_object_get(entry, "until")) {
        spec.results[spec.result_count++] = (ei_certificate_result){
            "place", place_title[ei_language_index(session->portal->language)], place, "Result"};
        spec.claims[spec.claim_count++] = (ei_claim){"place", place};
    }
    return ei_certificate_issue(command, tx, &spec, issued, error);
}

static edu_status issue_one(issuing *work, ei_command *command, edu_tx *tx, const winner *one,
                            edu_error *error)
{
    const json_t *entry = ei_definition_certificate_for(work->judging.definition, one->place);
    ei_buffer description = {0};
    bool issued = false;
    if (!entry)
        return EDU_OK;
    edu_status status = describe(work, one, entry, &description, error);
    if (status == EDU_OK)
        status = issue_described(work, command, tx, one, entry, description.data, &issued, error);
    ei_buffer_free(&description);
    work->issued += issued;
    return status;
}

/* ---- a batch ---- */

static edu_status take_winner(void *context, ei_rows *rows, edu_error *error)
{
    issuing *work = context;
    winner *one = &work->items[work->count++];
    (void)error;
    one->position = ei_column_int(rows, 0);
    one->place = (int32_t)ei_column_int(rows, 1);
    one->person = ei_column_id(rows, 2);
    (void)snprintf(one->name, sizeof one->name, "%s %s", ei_column_text(rows, 3),
                   ei_column_text(rows, 4));
    return EDU_OK;
}

static edu_status read_offering(issuing *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_round_named(tx, &work->offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        ei_take_text(&rows, 0, work->code, sizeof work->code);
        ei_free(work->title);
        work->title = ei_strdup(ei_column_text(&rows, 1));
        if (!work->title)
            status = ei_no_memory(error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status check(issuing *work, edu_tx *tx, edu_error *error)
{
    EI_TRY(ei_judging_kept(work->session, tx, &work->offering, &work->judging, error));
    if (work->judging.state != EI_JUDGING_CONFIRMED)
        return ei_fail(error, EDU_E_STATE, "round.not_confirmed", NULL,
                       "there are certificates once another person has confirmed the ranking");
    if (json_array_size(ei_definition_certificates(work->judging.definition)) == 0)
        return ei_fail(error, EDU_E_STATE, "round.no_certificates", NULL,
                       "this service gives no certificates");
    return read_offering(work, tx, error);
}

static edu_status batch_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    issuing *work = command->context;
    ei_rows rows;
    work->count = 0;
    work->issued = 0;
    EI_TRY(check(work, tx, error));
    EI_TRY(ei_rows_each(sql_round_winners(tx, &work->offering, work->after, BATCH, &rows, error),
                        &rows, take_winner, work, error));
    for (size_t i = 0; i < work->count; i++)
        EI_TRY(issue_one(work, command, tx, &work->items[i], error));
    return ei_audit(command, tx, "round.issue", NULL, NULL, error);
}

static edu_status issue_batches(issuing *work, edu_progress progress, int64_t *issued,
                                edu_error *error)
{
    int64_t done = 0;
    do {
        ei_command command = {
            .session = work->session, .name = "round.issue", .run = batch_run, .context = work};
        EI_TRY(ei_command_run(&command, error));
        *issued += work->issued;
        done += (int64_t)work->count;
        if (work->count > 0)
            work->after = work->items[work->count - 1].position;
        if (progress.report &&
            !progress.report(progress.context, "issuing", done, work->judging.ranked))
            return ei_fail(error, EDU_E_CANCELLED, "round.cancelled", NULL,
                           "issuing was stopped; calling it again goes on");
    } while (work->count == BATCH);
    return EDU_OK;
}

edu_status edu_round_issue(edu_session *session, edu_id offering_id, edu_progress progress,
                           int64_t *issued, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!issued)
        return ei_bad_argument(error, "issued");
    issuing *work = ei_calloc(1, sizeof *work);
    if (!work)
        return ei_no_memory(error);
    work->session = session;
    work->offering = offering_id;
    *issued = 0;
    edu_status status = issue_batches(work, progress, issued, error);
    ei_free(work->title);
    ei_free(work);
    return status;
}
