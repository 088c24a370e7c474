/* The signed transcript of an allocation, as lines out of the store.
 *
 * Its rows are made when the allocation is, and name nobody: so it stays what it was when somebody
 * withdraws or is erased. It is hashed when it is stored, and signed when it is confirmed. */
#include "domain/sitting/sitting_lines.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "domain/portal/guard.h"
#include "sitting_sql.h"

#define BATCH 1000
#define SHAPE "itti"

/* Sections of the file; the head's and the end's row say only that it is there. */
enum { HEAD, CENTRES, PUPILS, END };

/* ---- a pupil's line ---- */

void ei_sitting_salt(const edu_session *session, const edu_id *sitting, const edu_id *application,
                     char out[EI_SALT_TEXT])
{
    char text[2 * EDU_ID_TEXT];
    edu_id_format(*sitting, text);
    text[EDU_ID_TEXT - 1] = ' ';
    edu_id_format(*application, text + EDU_ID_TEXT);
    ei_hash hash = ei_hash_text(session->portal, "sitting.line", text);
    ei_hex_format(hash.bytes, (EI_SALT_TEXT - 1) / 2, out);
}

void ei_sitting_line(const edu_session *session, const edu_id *sitting, const edu_id *application,
                     const char *place, uint8_t out[EI_TRANSCRIPT_ID])
{
    char id[EDU_ID_TEXT], salt[EI_SALT_TEXT];
    edu_id_format(*application, id);
    ei_sitting_salt(session, sitting, application, salt);
    ei_transcript_pupil_id(id, place, salt, out);
}

/* ---- rows to lines ---- */

typedef struct lines {
    const edu_session *session;
    edu_id sitting, allocation;
    ei_transcript_head head; /* counts are set where the head is wanted */
    char commitment[EI_COMMITMENT_TEXT], seed[EI_SEED_TEXT], subject[EDU_ID_TEXT];
    uint8_t list[32], hash[32], signature[64];
    char key_id[20], issuer[256];
    edu_time signed_at;
    crypto_hash_sha256_state *listed; /* NULL: the list is not hashed */
    ei_buffer out;
} lines;

static edu_allocation_site site_of(ei_rows *rows, int first, const char *id)
{
    return (edu_allocation_site){.id = id,
                                 .zone = ei_column_text(rows, first),
                                 .x_m = ei_column_int(rows, first + 1),
                                 .y_m = ei_column_int(rows, first + 2),
                                 .count = ei_column_int(rows, first + 3)};
}

static void pupil_write(lines *of, const uint8_t *id, const char *place, const char *centre)
{
    char digits[EI_TRANSCRIPT_ID_TEXT];
    ei_hex_format(id, EI_TRANSCRIPT_ID, digits);
    ei_transcript_pupil_write(&of->out, digits, centre);
    if (of->listed)
        ei_transcript_list_update(of->listed, digits, place);
}

static edu_status roll_write(lines *of, ei_rows *rows, edu_error *error)
{
    const char *place = ei_column_text(rows, 2), *centre = ei_column_text(rows, 4);
    edu_bytes ids = ei_column_bytes(rows, 5);
    if (ids.size % EI_TRANSCRIPT_ID != 0)
        return ei_fail(error, EDU_E_CORRUPT, "sitting.transcript", NULL,
                       "a stored part of a transcript is cut off");
    if (ei_column_int(rows, 3) == 0) {
        edu_allocation_site site = site_of(rows, 6, place);
        ei_transcript_place_write(&of->out, &site);
    }
    for (size_t at = 0; at < ids.size; at += EI_TRANSCRIPT_ID)
        pupil_write(of, (const uint8_t *)ids.data + at, place, centre);
    return EDU_OK;
}

static void end_write(lines *of)
{
    char text[EI_TRANSCRIPT_SIGNED];
    ei_transcript_list_write(&of->out, of->list);
    ei_transcript_signed(of->hash, of->signed_at, of->key_id, text);
    ei_transcript_end_write(&of->out, text, of->signature);
}

/* The lines of a row, behind what is in of->out. */
static edu_status row_write(lines *of, ei_rows *rows, edu_error *error)
{
    switch (ei_column_int(rows, 0)) {
    case HEAD:
        ei_transcript_head_write(&of->out, &of->head);
        break;
    case CENTRES: {
        edu_allocation_site centre = site_of(rows, 6, ei_column_text(rows, 1));
        ei_transcript_centre_write(&of->out, &centre, ei_column_int(rows, 10),
                                   ei_column_int(rows, 11));
        break;
    }
    case PUPILS:
        EI_TRY(roll_write(of, rows, error));
        break;
    default:
        end_write(of);
    }
    return of->out.failed ? ei_no_memory(error) : EDU_OK;
}

/* ---- what stands in the head and at the end ---- */

static edu_status take_head(void *context, ei_rows *rows, edu_error *error)
{
    lines *of = context;
    edu_bytes seed = ei_column_bytes(rows, 2);
    (void)error;
    of->sitting = ei_column_id(rows, 0);
    edu_id_format(of->sitting, of->subject);
    snprintf(of->commitment, sizeof of->commitment, "%s", ei_column_text(rows, 1));
    ei_hex_format(seed.data, seed.size <= EI_SEED_BYTES ? seed.size : 0, of->seed);
    of->head = (ei_transcript_head){.issuer = of->issuer,
                                    .subject = of->subject,
                                    .commitment = of->commitment,
                                    .seed = of->seed,
                                    .cost_m = ei_column_int(rows, 3),
                                    .centres = ei_column_int(rows, 4),
                                    .places = ei_column_int(rows, 5),
                                    .pupils = ei_column_int(rows, 6)};
    return EDU_OK;
}

static edu_status head_read(lines *of, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    return ei_rows_each(sql_sitting_transcript_head(tx, &of->allocation, &rows, error), &rows,
                        take_head, of, error);
}

static bool take_blob(ei_rows *rows, int column, void *out, size_t size)
{
    edu_bytes blob = ei_column_bytes(rows, column);
    bool fits = blob.size == size;
    if (fits)
        memcpy(out, blob.data, size);
    return fits;
}

static edu_status take_end(void *context, ei_rows *rows, edu_error *error)
{
    lines *of = context;
    of->allocation = ei_column_id(rows, 0);
    bool fits = take_blob(rows, 1, of->list, sizeof of->list) &&
                take_blob(rows, 2, of->hash, sizeof of->hash) &&
                take_blob(rows, 4, of->signature, sizeof of->signature);
    snprintf(of->key_id, sizeof of->key_id, "%s", ei_column_text(rows, 3));
    of->signed_at = ei_column_time(rows, 5);
    snprintf(of->issuer, sizeof of->issuer, "%s", ei_column_text(rows, 6));
    return fits ? EDU_OK
                : ei_fail(error, EDU_E_CORRUPT, "sitting.transcript", NULL,
                          "the stored signature of a transcript is none");
}

/* ---- hashing, at the end of a run ---- */

typedef struct hashing {
    lines of;
    crypto_hash_sha256_state list, hash;
    /* of the row before */
    int64_t section, number;
    char *load, *place;
    size_t count; /* rows of the batch */
} hashing;

static void keep_text(char **to, const char *text, bool *good)
{
    ei_free(*to);
    *to = ei_strdup(text);
    *good = *good && *to;
}

static edu_status hash_row(void *context, ei_rows *rows, edu_error *error)
{
    hashing *to = context;
    bool good = true;
    to->count++;
    to->section = ei_column_int(rows, 0);
    to->number = ei_column_int(rows, 3);
    keep_text(&to->load, ei_column_text(rows, 1), &good);
    keep_text(&to->place, ei_column_text(rows, 2), &good);
    if (!good)
        return ei_no_memory(error);
    if (to->section == END)
        return EDU_OK;
    to->of.out.size = 0;
    EI_TRY(row_write(&to->of, rows, error));
    crypto_hash_sha256_update(&to->hash, (const uint8_t *)to->of.out.data, to->of.out.size);
    return EDU_OK;
}

static edu_status hash_rows(hashing *to, edu_tx *tx, edu_error *error)
{
    do {
        ei_rows rows;
        to->count = 0;
        EI_TRY(
            ei_rows_each(sql_sitting_transcript_lines(tx, &to->of.allocation, to->section, to->load,
                                                      to->place, to->number, BATCH, &rows, error),
                         &rows, hash_row, to, error));
    } while (to->count > 0);
    return EDU_OK;
}

static void hashing_finish(hashing *to)
{
    ei_free(to->load);
    ei_free(to->place);
    to->load = to->place = NULL;
    ei_buffer_free(&to->of.out);
}

static edu_status hash_run(edu_tx *tx, void *context, edu_error *error)
{
    hashing *to = context;
    bool good = true;
    snprintf(to->of.issuer, sizeof to->of.issuer, "%s", to->of.session->portal->host);
    to->section = -1;
    to->number = 0;
    keep_text(&to->load, "", &good);
    keep_text(&to->place, "", &good);
    if (!good)
        return ei_no_memory(error);
    crypto_hash_sha256_init(&to->list);
    crypto_hash_sha256_init(&to->hash);
    to->of.listed = &to->list;
    EI_TRY(head_read(&to->of, tx, error));
    return hash_rows(to, tx, error);
}

edu_status ei_transcript_hash(edu_session *session, const edu_id *allocation, uint8_t list[32],
                              uint8_t hash[32], edu_error *error)
{
    hashing to = {.of = {.session = session, .allocation = *allocation}};
    edu_status status = ei_read(session, hash_run, &to, error);
    if (status == EDU_OK) {
        crypto_hash_sha256_final(&to.list, list);
        to.of.out.size = 0;
        ei_transcript_list_write(&to.of.out, list);
        status = to.of.out.failed ? ei_no_memory(error) : EDU_OK;
    }
    if (status == EDU_OK) {
        crypto_hash_sha256_update(&to.hash, (const uint8_t *)to.of.out.data, to.of.out.size);
        crypto_hash_sha256_final(&to.hash, hash);
    }
    hashing_finish(&to);
    return status;
}

/* ---- signing, when it is confirmed ---- */

static edu_status take_hash(void *context, ei_rows *rows, edu_error *error)
{
    return take_blob(rows, 0, context, 32)
               ? EDU_OK
               : ei_fail(error, EDU_E_CORRUPT, "sitting.transcript", NULL,
                         "the stored hash of a transcript is none");
}

edu_status ei_transcript_sign(ei_command *command, edu_tx *tx, const edu_id *allocation,
                              edu_error *error)
{
    uint8_t hash[32] = {0}, signature[EI_SIGNATURE];
    char text[EI_TRANSCRIPT_SIGNED];
    ei_rows rows;
    ei_signer signer;
    EI_TRY(ei_rows_each(sql_sitting_transcript_hash(tx, allocation, &rows, error), &rows, take_hash,
                        hash, error));
    EI_TRY(ei_signing_current(command->session, tx, &signer, error));
    edu_time at = ei_signing_time(&signer, command->now);
    ei_transcript_signed(hash, at, signer.key_id, text);
    edu_status status = ei_sign(&signer, text, strlen(text), signature, error);
    if (status == EDU_OK)
        status =
            sql_sitting_transcript_sign(tx, allocation, signer.key_id,
                                        (edu_bytes){signature, sizeof signature}, at, NULL, error);
    ei_signer_wipe(&signer);
    return status;
}

/* ---- pages ---- */

typedef struct page_read {
    edu_id sitting;
    lines of;
} page_read;

static edu_status open_lines(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    page_read *read = list->plan.context;
    const ei_page_key *key = &list->key;
    read->of.allocation = (edu_id){{0}};
    EI_TRY(ei_rows_each(sql_sitting_transcript_end(tx, &read->sitting, rows, error), rows, take_end,
                        &read->of, error));
    if (ei_id_is_none(read->of.allocation))
        return ei_sitting_not_found(error, "transcript");
    if (key->integer[0] < HEAD)
        EI_TRY(head_read(&read->of, tx, error));
    return sql_sitting_transcript_lines(tx, &read->of.allocation, key->integer[0], key->text[1],
                                        key->text[2], key->integer[3], list->ask, rows, error);
}

static edu_status fill_part(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                            edu_error *error)
{
    page_read *read = context;
    edu_transcript_part *part = record;
    (void)first;
    read->of.out.size = 0;
    EI_TRY(row_write(&read->of, rows, error));
    part->text = ei_arena_strndup(arena, read->of.out.data, read->of.out.size);
    return part->text ? EDU_OK : ei_no_memory(error);
}

edu_status edu_sitting_transcript_parts(edu_session *session, edu_id sitting_id, const char *cursor,
                                        int32_t limit, edu_transcript_part_page **out,
                                        edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    page_read read = {.sitting = sitting_id, .of = {.session = session}};
    ei_list list = {.session = session,
                    .open = open_lines,
                    .plan = {.shape = SHAPE,
                             .record = "edu_transcript_part",
                             .limit = limit,
                             .fill = fill_part,
                             .context = &read}};
    edu_status status = ei_list_read(&list, cursor, out, error);
    ei_buffer_free(&read.of.out);
    if (status == EDU_OK)
        *out = list.page;
    return status;
}
