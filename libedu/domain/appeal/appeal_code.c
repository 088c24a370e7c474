/* The codes that with a number open one. */
#include "domain/appeal/appeal_store.h"
#include "domain/portal/guard.h"

#include <stdio.h>
#include <string.h>

#include "appeal_sql.h"

void ei_appeal_code(const edu_portal *portal, const char *purpose, const edu_id *id,
                    char out[EI_APPEAL_CODE_TEXT])
{
    uint8_t hash[32];
    ei_keyed_hash(portal->keys, purpose, (edu_bytes){id->bytes, sizeof id->bytes}, hash);
    ei_paper_id_format(hash, out);
}

typedef struct looking {
    edu_session *session;
    const char *purpose, *code;
    bool is_anonymous;
    int64_t serial;
    ei_hash number;
    edu_id person, id;
    edu_status verdict;
} looking;

static edu_status find_serial(looking *work, edu_tx *tx, bool *found, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_appeal_by_serial(tx, work->serial, work->is_anonymous, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    work->person = *found ? ei_column_id(&rows, 0) : (edu_id){{0}};
    work->id = *found ? ei_column_id(&rows, 1) : (edu_id){{0}};
    ei_rows_close(&rows);
    return status;
}

/* A wrong number and a wrong code are one answer; tries of a number are counted either way. */
static edu_status look_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    looking *work = command->context;
    char code[EI_APPEAL_CODE_TEXT];
    bool found = false;
    work->verdict = EDU_E_NOT_FOUND;
    command->is_refusal = true;
    EI_TRY(ei_throttle_count(tx, EI_THROTTLE_FIND_NUMBER, &work->number, command->now,
                             &work->verdict, error));
    if (work->verdict == EDU_E_THROTTLED)
        return EDU_OK;
    EI_TRY(find_serial(work, tx, &found, error));
    ei_appeal_code(work->session->portal, work->purpose, &work->id, code);
    bool is_right = ei_equal(code, work->code, strlen(code)) && found;
    if (is_right)
        EI_TRY(ei_throttle_take_back(tx, EI_THROTTLE_FIND_NUMBER, &work->number, 1, error));
    work->verdict = is_right ? EDU_OK : EDU_E_NOT_FOUND;
    return EDU_OK;
}

edu_status ei_appeal_by_code(edu_session *session, const char *purpose, const char *number,
                             const char *code, edu_id *person, edu_id *id, edu_error *error)
{
    uint8_t bits[10];
    char normal[EI_PAPER_ID_TEXT], serial[24];
    looking work = {.session = session,
                    .purpose = purpose,
                    .code = normal,
                    .is_anonymous = strcmp(purpose, EI_APPEAL_CODE_FOLLOW) == 0};
    ei_command command = {
        .session = session, .name = "appeal.look", .run = look_run, .context = &work};
    EI_TRY(ei_check_text(number, 40, false, "/number", error));
    EI_TRY(ei_check_text(code, 40, false, "/code", error));
    if (!ei_number_parse(number, &work.serial) || !ei_paper_id_parse(code, bits))
        return ei_appeal_not_found(error, "appeal");
    ei_paper_id_format(bits, normal);
    /* However the number was written. */
    (void)snprintf(serial, sizeof serial, "%lld", (long long)work.serial);
    work.number = ei_hash_text(session->portal, "appeal.number", serial);
    EI_TRY(ei_command_run(&command, error));
    *person = work.person;
    *id = work.id;
    if (work.verdict == EDU_E_THROTTLED)
        return ei_throttled(error);
    return work.verdict == EDU_OK ? EDU_OK : ei_appeal_not_found(error, "appeal");
}
