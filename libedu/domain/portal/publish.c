/* Publishing versioned documents: service definitions, calendars. */
#include "domain/portal/portal.h"

#include <sodium.h>
#include <string.h>

typedef struct publishing {
    const ei_publication *wanted;
    char *text; /* canonical */
    uint8_t hash[crypto_hash_sha256_BYTES];
} publishing;

static edu_status newest(const publishing *work, edu_tx *tx, int32_t *version, bool *is_same,
                         edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(work->wanted->newest(tx, work->wanted->code, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        edu_bytes hash = ei_column_bytes(&rows, 1);
        *version = (int32_t)ei_column_int(&rows, 0);
        *is_same = hash.size == sizeof work->hash && memcmp(hash.data, work->hash, hash.size) == 0;
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status publish_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const publishing *work = command->context;
    edu_id actor = ei_session_actor(command->session);
    int32_t version = 0;
    bool is_same = false;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(newest(work, tx, &version, &is_same, error));
    if (!is_same) {
        edu_bytes hash = {work->hash, sizeof work->hash};
        EI_TRY(work->wanted->add(tx, work->wanted->code, ++version, work->text, hash, command->now,
                                 &actor, NULL, error));
        if (work->wanted->also)
            EI_TRY(work->wanted->also(command, tx, work->wanted->also_context, error));
        EI_TRY(ei_audit(command, tx, work->wanted->action, NULL, NULL, error));
    }
    memcpy(command->result, &version, sizeof version);
    command->result_size = sizeof version;
    return EDU_OK;
}

edu_status ei_publish(edu_session *session, const ei_publication *wanted, const char *key,
                      int32_t *version, edu_error *error)
{
    publishing work = {wanted, NULL, {0}};
    EI_TRY(ei_json_write(wanted->document, "", &work.text, error));
    crypto_hash_sha256(work.hash, (const uint8_t *)work.text, strlen(work.text));
    ei_command command = {.session = session,
                          .name = wanted->action,
                          .key = key,
                          .run = publish_run,
                          .context = &work};
    ei_command_hash(&command, work.hash, sizeof work.hash);
    edu_status status = ei_command_run(&command, error);
    memcpy(version, command.result, sizeof *version);
    ei_free(work.text);
    return status;
}
