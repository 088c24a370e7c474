/* Freezing a list. Its hash is the SHA-256 of one line a registration that is open then, in
 * ascending order of application id:
 *
 *     <application id, 36 characters>,<institution code>,<grade>,<1 where step-free is needed, else
 * 0>\n
 *
 * so that whoever holds the list can show that it is the one, and nobody is named. */
#include "domain/olympiad/olympiad_store.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include "olympiad_sql.h"

typedef struct freezing {
    edu_id sitting_id;
    uint8_t seed[EI_SEED_MAX];
    size_t seed_size;
} freezing;

static edu_status hash_list(edu_tx *tx, const edu_id *sitting_id, uint8_t hash[32], int64_t *count,
                            edu_error *error)
{
    crypto_hash_sha256_state state;
    ei_buffer line = {0};
    ei_rows rows;
    bool row = true;
    *count = 0;
    crypto_hash_sha256_init(&state);
    EI_TRY(sql_olympiad_freeze_list(tx, sitting_id, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && !line.failed) {
        char id[EDU_ID_TEXT];
        edu_id_format(ei_column_id(&rows, 0), id);
        line.size = 0;
        ei_buffer_printf(&line, "%s,%s,%" PRId64 ",%d\n", id, ei_column_text(&rows, 1),
                         ei_column_int(&rows, 2), ei_column_bool(&rows, 3));
        if (!line.failed)
            crypto_hash_sha256_update(&state, (const uint8_t *)line.data, line.size);
        ++*count;
    }
    ei_rows_close(&rows);
    if (line.failed && status == EDU_OK)
        status = ei_no_memory(error);
    ei_buffer_free(&line);
    crypto_hash_sha256_final(&state, hash);
    return status;
}

static edu_status may_freeze(edu_tx *tx, const edu_id *sitting_id, edu_time now, edu_error *error)
{
    ei_rows rows;
    bool row, is_open = false, is_closed = false;
    EI_TRY(sql_olympiad_sitting_facts(tx, sitting_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        is_open = strcmp(ei_column_text(&rows, 0), "open") == 0;
        is_closed = ei_column_bool(&rows, 1) && now >= ei_column_time(&rows, 2);
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    if (!row)
        return ei_olympiad_not_found(error, "sitting");
    if (!is_open)
        return ei_fail(error, EDU_E_STATE, "olympiad.frozen", "", "the list is frozen already");
    if (!is_closed)
        return ei_fail(error, EDU_E_STATE, "olympiad.not_closed", "",
                       "a list is frozen after its registration has closed");
    return EDU_OK;
}

static edu_status freeze_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const freezing *freeze = command->context;
    uint8_t hash[32];
    int64_t count, changed;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(may_freeze(tx, &freeze->sitting_id, command->now, error));
    EI_TRY(hash_list(tx, &freeze->sitting_id, hash, &count, error));
    edu_bytes hash_bytes = {hash, sizeof hash}, seed = {freeze->seed, freeze->seed_size};
    EI_TRY(sql_olympiad_freeze(tx, &freeze->sitting_id, hash_bytes, seed, &changed, error));
    if (changed != 1)
        return ei_fail(error, EDU_E_STATE, "olympiad.frozen", "", "the list is frozen already");
    return ei_olympiad_audit(command, tx, "olympiad.freeze", freeze->sitting_id, count, error);
}

static edu_status seed_take(edu_session *session, const char *seed, freezing *freeze,
                            edu_error *error)
{
    if (seed == NULL) {
        const edu_random *random = &session->portal->environment.random;
        freeze->seed_size = 32;
        random->fill(random->context, freeze->seed, freeze->seed_size);
        return EDU_OK;
    }
    int size = strnlen(seed, 2 * EI_SEED_MAX + 1) <= 2 * EI_SEED_MAX
                   ? ei_hex_parse(seed, freeze->seed, EI_SEED_MAX)
                   : -1;
    if (size < 1)
        return ei_fail(error, EDU_E_INVALID, "olympiad.seed", "/seed",
                       "a seed is 1 to %d bytes of hex", EI_SEED_MAX);
    freeze->seed_size = (size_t)size;
    return EDU_OK;
}

edu_status edu_olympiad_freeze(edu_session *session, edu_id sitting_id, const char *seed,
                               const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    freezing freeze = {.sitting_id = sitting_id};
    EI_TRY(seed_take(session, seed, &freeze, error));
    ei_command command = {.session = session,
                          .name = "olympiad.freeze",
                          .key = key,
                          .run = freeze_run,
                          .context = &freeze};
    ei_command_hash(&command, &sitting_id, sizeof sitting_id);
    ei_command_hash_text(&command, seed);
    return ei_command_run(&command, error);
}
