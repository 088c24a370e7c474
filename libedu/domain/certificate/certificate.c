/* Certificates as their holders and those who check them see them. */
#include "domain/certificate/certificate_store.h"

#include <string.h>
#include "certificate_sql.h"
#include "domain/portal/guard.h"

/* ---- the holder's ---- */

static edu_status require_person(edu_session *session, edu_tx *tx, const edu_id *person,
                                 edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row;
    EI_TRY(sql_certificate_person_seen(tx, &actor, person, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_fail(error, EDU_E_NOT_FOUND, "certificate.no_person", NULL,
                       "there is no such person");
    return status;
}

static edu_status list_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const edu_id *person = list->filter;
    edu_id actor = ei_session_actor(list->session);
    EI_TRY(require_person(list->session, tx, person, error));
    return sql_certificate_list(tx, &actor, person, list->key.integer[0], list->key.text[1],
                                list->ask, rows, error);
}

edu_status edu_certificate_list(edu_session *session, edu_id person_id, const char *cursor,
                                int32_t limit, edu_certificate_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    person_id = ei_person_or_self(session, person_id);
    ei_list list = {.session = session,
                    .filter = &person_id,
                    .open = list_open,
                    .reading = ei_reading_of("certificates", person_id, (edu_id){{0}}),
                    .plan = {.shape = "IT",
                             .record = "edu_certificate",
                             .limit = limit,
                             .fill = ei_certificate_fill}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct one_read {
    edu_session *session;
    edu_id person_id;
    char number[EI_PAPER_ID_TEXT];
    edu_certificate *out;
    const char *record; /* in the arena of out */
} one_read;

static edu_status one_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    edu_id actor = ei_session_actor(read->session);
    ei_arena *arena = ei_record_arena(read->out);
    ei_rows rows;
    bool row;
    EI_TRY(sql_certificate_get(tx, &actor, &read->person_id, read->number, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = ei_certificate_fill(&rows, 0, arena, read->out, read->session, error);
    if (status == EDU_OK && row) {
        read->record = ei_arena_strdup(arena, ei_column_text(&rows, 13));
        status = read->record != NULL ? EDU_OK : ei_no_memory(error);
    }
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_certificate_not_found(error) : status;
}

static edu_status one_get(one_read *read, edu_session *session, edu_id person_id,
                          const char *number, edu_error *error)
{
    uint8_t bits[10];
    EI_TRY(ei_session_require(session, error));
    read->session = session;
    read->person_id = ei_person_or_self(session, person_id);
    EI_TRY(ei_certificate_number(number, bits, read->number, error));
    ei_reading reading = ei_reading_of("certificate", read->person_id, (edu_id){{0}});
    ei_reading_about(&reading, "number", read->number);
    return ei_read_record_of(session, &reading, sizeof *read->out, one_run, read, &read->out,
                             error);
}

edu_status edu_certificate_get(edu_session *session, edu_id person_id, const char *number,
                               edu_certificate **out, edu_error *error)
{
    if (out == NULL)
        return ei_bad_argument(error, "out");
    one_read read = {0};
    EI_TRY(one_get(&read, session, person_id, number, error));
    *out = read.out;
    return EDU_OK;
}

edu_status edu_certificate_file(edu_session *session, edu_id person_id, const char *number,
                                const char *format, edu_document **out, edu_error *error)
{
    if (out == NULL || format == NULL)
        return ei_bad_argument(error, out == NULL ? "out" : "format");
    EI_TRY(ei_certificate_format(format, error));
    one_read read = {0};
    EI_TRY(one_get(&read, session, person_id, number, error));
    const ei_certificate_forms forms = {read.out->type, read.out->number, read.record,
                                        read.out->qr};
    edu_status status = ei_certificate_document(session, &forms, format, out, error);
    edu_free(read.out);
    return status;
}

/* ---- anyone's checks ---- */

typedef struct state_read {
    edu_session *session;
    edu_verdict *verdict;
    uint8_t bits[10];
    char number[EI_PAPER_ID_TEXT];
    edu_date birth;
    const char *decoy;
    const char *text;
} state_read;

static edu_status revoke_verdict(edu_verdict *verdict, ei_rows *rows, int revoked, int reason,
                                 edu_error *error)
{
    ei_verdict_say(verdict, "revoked");
    verdict->revoked = ei_column_time(rows, revoked);
    return ei_copy_column(ei_record_arena(verdict), rows, reason, &verdict->reason, error);
}

/* The certificate's row says whether it is revoked; where there is none, as of a store put back
 * from an old copy, that is not known. */
static void known_verdict(edu_verdict *verdict)
{
    verdict->status_age = 0;
    if (strcmp(verdict->status, "status_unknown") == 0)
        ei_verdict_say(verdict, "valid");
}

static bool is_signed_well(const edu_verdict *verdict)
{
    static const char *const good[] = {"valid", "status_unknown", "expired"};
    for (size_t i = 0; i < EI_COUNT(good); i++)
        if (strcmp(verdict->status, good[i]) == 0)
            return true;
    return false;
}

static edu_status row_verdict(edu_verdict *verdict, ei_rows *rows, int is_current, edu_error *error)
{
    if (!is_signed_well(verdict))
        return EDU_OK;
    known_verdict(verdict);
    return ei_column_bool(rows, is_current)
               ? EDU_OK
               : revoke_verdict(verdict, rows, is_current + 1, is_current + 2, error);
}

static edu_status state_run(edu_tx *tx, void *context, edu_error *error)
{
    state_read *read = context;
    ei_rows rows;
    bool row;
    if (!is_signed_well(read->verdict) || !ei_paper_id_parse(read->verdict->number, read->bits))
        return EDU_OK;
    ei_paper_id_format(read->bits, read->number);
    EI_TRY(sql_certificate_state(tx, (edu_bytes){read->bits, sizeof read->bits}, read->number,
                                 &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = row_verdict(read->verdict, &rows, 0, error);
    ei_rows_close(&rows);
    return status;
}

/* With the keys as the store has them now. What an undone run left is let go. */
static edu_status verify_with(state_read *read, const json_t *keys, const char *text,
                              edu_error *error)
{
    const ei_trust trust = {.keys = keys, .is_key_set = true, .now = ei_now(read->session)};
    edu_free(read->verdict);
    read->verdict = NULL;
    return ei_judge(text, &trust, &read->verdict, error);
}

static edu_status check_run(edu_tx *tx, void *context, edu_error *error)
{
    state_read *read = context;
    json_t *keys;
    EI_TRY(ei_signing_keys(tx, &keys, error));
    edu_status status = verify_with(read, keys, read->text, error);
    json_decref(keys);
    return status == EDU_OK ? state_run(tx, context, error) : status;
}

edu_status edu_certificate_check(edu_session *session, const char *text, edu_verdict **out,
                                 edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (text == NULL || out == NULL)
        return ei_bad_argument(error, text == NULL ? "text" : "out");
    state_read read = {.session = session, .text = text};
    edu_status status = ei_read(session, check_run, &read, error);
    if (status != EDU_OK)
        edu_free(read.verdict);
    else
        *out = read.verdict;
    return status;
}

edu_status edu_certificate_check_file(edu_session *session, edu_bytes file, edu_verdict **out,
                                      edu_error *error)
{
    char *text = NULL;
    EI_TRY(ei_session_check(session, error));
    EI_TRY(edu_file_text(file, &text, error));
    edu_status status = edu_certificate_check(session, text, out, error);
    edu_free(text);
    return status;
}

/* ---- by number and birth date ---- */

typedef struct finding {
    ei_hash address, subject;
    edu_status verdict;
} finding;

static edu_status count_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    finding *find = command->context;
    find->verdict = EDU_OK;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_FIND_ADDRESS, &find->address, command->now,
                             &find->verdict, error));
    return ei_throttle_count(tx, EI_THROTTLE_FIND_NUMBER, &find->subject, command->now,
                             &find->verdict, error);
}

typedef struct signer_read {
    const edu_session *session;
    ei_signer signer;
} signer_read;

static edu_status signer_run(edu_tx *tx, void *context, edu_error *error)
{
    signer_read *read = context;
    return ei_signing_current(read->session, tx, &read->signer, error);
}

/* What a miss checks instead, so that it costs what a hit does. */
static edu_status decoy_get(edu_session *session, const char **out, edu_error *error)
{
    edu_portal *portal = session->portal;
    char *known = atomic_load(&portal->decoy), *made = NULL;
    if (known == NULL) {
        signer_read read = {.session = session};
        EI_TRY(ei_read(session, signer_run, &read, error));
        edu_status status = ei_certificate_decoy(session, &read.signer, &made, error);
        ei_signer_wipe(&read.signer);
        EI_TRY(status);
        if (atomic_compare_exchange_strong(&portal->decoy, &known, made))
            known = made;
        else
            ei_free(made);
    }
    *out = known;
    return EDU_OK;
}

static edu_status found_with(edu_tx *tx, state_read *read, const json_t *keys, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_certificate_find(tx, (edu_bytes){read->bits, sizeof read->bits}, read->number,
                                read->birth, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = verify_with(read, keys, row ? ei_column_text(&rows, 0) : read->decoy, error);
    if (status == EDU_OK && row)
        status = row_verdict(read->verdict, &rows, 2, error);
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? ei_fail(error, EDU_E_NOT_FOUND, "certificate.no_match", NULL,
                                              "no certificate has this number and this birth date")
                                    : status;
}

static edu_status found_run(edu_tx *tx, void *context, edu_error *error)
{
    json_t *keys;
    EI_TRY(ei_signing_keys(tx, &keys, error));
    edu_status status = found_with(tx, context, keys, error);
    json_decref(keys);
    return status;
}

static edu_status find_count(edu_session *session, const char *number, const char *address,
                             edu_error *error)
{
    finding find = {
        .address = ei_hash_text(session->portal, "find.address", address != NULL ? address : ""),
        .subject = ei_hash_text(session->portal, "find.number", number)};
    ei_command command = {
        .session = session, .name = "certificate.find", .run = count_run, .context = &find};
    EI_TRY(ei_command_run(&command, error));
    return find.verdict == EDU_OK ? EDU_OK : ei_throttled(error);
}

/* read->verdict is to be freed, whatever the answer. */
static edu_status find(state_read *read, const char *number, const char *address, edu_error *error)
{
    EI_TRY(ei_check_text(number, 64, false, "/number", error));
    EI_TRY(ei_check_text(address, 256, true, "/address", error));
    /* A number that cannot be one costs what any other does. */
    if (!ei_paper_id_parse(number, read->bits))
        memset(read->bits, 0, sizeof read->bits);
    ei_paper_id_format(read->bits, read->number);
    EI_TRY(decoy_get(read->session, &read->decoy, error));
    EI_TRY(find_count(read->session, read->number, address, error));
    return ei_read(read->session, found_run, read, error);
}

edu_status edu_certificate_find(edu_session *session, const char *number, edu_date birth,
                                const char *address, edu_verdict **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    state_read read = {.session = session, .birth = birth};
    edu_status status = find(&read, number, address, error);
    if (status != EDU_OK)
        edu_free(read.verdict);
    else
        *out = read.verdict;
    return status;
}

edu_status edu_certificate_find_file(edu_session *session, const char *number, edu_date birth,
                                     const char *address, const char *format, edu_document **out,
                                     edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (out == NULL || format == NULL)
        return ei_bad_argument(error, out == NULL ? "out" : "format");
    EI_TRY(ei_certificate_format(format, error));
    state_read read = {.session = session, .birth = birth};
    edu_status status = find(&read, number, address, error);
    if (status == EDU_OK)
        status = ei_certificate_paper_of(session, read.verdict, format, out, error);
    edu_free(read.verdict);
    return status;
}
