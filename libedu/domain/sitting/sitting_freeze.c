/* Freezing a list. Its hash is the SHA-256 of one line a registration that is open then:
 *
 *     <id of its line in the transcript, 40 digits>\t<its place there>\n
 *
 * in the order of the transcript: by place, then by lot. So everybody sees that it is this list
 * that was allocated, and nobody is named. */
#include "domain/sitting/sitting_store.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include "allocation/lot.h"
#include "domain/request/request_store.h"
#include "domain/sitting/sitting_lines.h"
#include "workflow/document.h"
#include "sitting_sql.h"

#define LIST_MAX 200000 /* of an offering */

/* A seed, or a commitment to one, for a sitting. */
typedef struct drawing {
    edu_id sitting_id;
    const char *text; /* NULL: the portal's seed */
} drawing;

typedef struct hashed {
    uint64_t lot;
    char line[EI_TRANSCRIPT_ID_TEXT];
} hashed;

typedef struct hashing {
    const edu_session *session;
    const edu_id *sitting;
    ei_lot_key key;
    crypto_hash_sha256_state state;
    char *place; /* of those at hand */
    hashed *items;
    size_t count, room;
    int64_t total;
} hashing;

static int hashed_order(const void *a, const void *b)
{
    const hashed *x = a, *y = b;
    if (x->lot != y->lot)
        return x->lot < y->lot ? -1 : 1;
    return strcmp(x->line, y->line);
}

static void hash_place(hashing *to)
{
    if (to->count > 0)
        qsort(to->items, to->count, sizeof *to->items, hashed_order);
    for (size_t i = 0; i < to->count; i++)
        ei_transcript_list_update(&to->state, to->items[i].line, to->place);
    to->total += (int64_t)to->count;
    to->count = 0;
}

static edu_status take_hashed(void *context, ei_rows *rows, edu_error *error)
{
    hashing *to = context;
    const char *place = ei_column_text(rows, 1);
    edu_id application = ei_column_id(rows, 0);
    uint8_t id[EI_TRANSCRIPT_ID];
    if (!to->place || strcmp(place, to->place) != 0) {
        hash_place(to);
        ei_free(to->place);
        to->place = ei_strdup(place);
    }
    if (!to->place)
        return ei_no_memory(error);
    hashed *items = ei_with_room(to->items, to->count, &to->room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    to->items = items;
    hashed *one = &items[to->count++];
    ei_sitting_line(to->session, to->sitting, &application, place, id);
    ei_hex_format(id, sizeof id, one->line);
    one->lot = ei_lot(&to->key, "pupil", one->line);
    return EDU_OK;
}

static edu_status hash_list(const edu_session *session, edu_tx *tx, const edu_id *sitting_id,
                            edu_bytes seed, uint8_t hash[32], int64_t *count, edu_error *error)
{
    hashing to = {.session = session, .sitting = sitting_id};
    ei_rows rows;
    ei_lot_key_make(seed.data, seed.size, &to.key);
    crypto_hash_sha256_init(&to.state);
    edu_status status = ei_rows_each(sql_sitting_freeze_list(tx, sitting_id, &rows, error), &rows,
                                     take_hashed, &to, error);
    if (status == EDU_OK)
        hash_place(&to);
    *count = to.total;
    crypto_hash_sha256_final(&to.state, hash);
    ei_free(to.place);
    ei_free(to.items);
    return status;
}

static edu_status may_freeze(const ei_sitting_facts *facts, edu_time now, edu_error *error)
{
    if (strcmp(facts->state, "open") != 0)
        return ei_fail(error, EDU_E_STATE, "sitting.frozen", "", "the list is frozen already");
    if (ei_sitting_is_of_offering(facts))
        return now < facts->starts ? EDU_OK
                                   : ei_fail(error, EDU_E_STATE, "sitting.started", "",
                                             "this sitting has begun; make another");
    if (!facts->is_published || now < facts->closes)
        return ei_fail(error, EDU_E_STATE, "sitting.not_closed", "",
                       "a list is frozen after its registration has closed");
    return EDU_OK;
}

/* ---- who sits a sitting of an offering ---- */

typedef struct listed {
    edu_id person, application;
    const char *region, *sort_name; /* region: NULL where they did not say */
    bool is_step_free;
} listed;

typedef struct listing {
    edu_session *session;
    ei_sitting_kind kind;
    ei_arena *arena;
    listed *items;
    size_t count, room;
} listing;

static edu_status take_answers(const listing *list, const json_t *form, listed *one,
                               edu_error *error)
{
    const json_t *region = list->kind.region ? ei_document_value(form, list->kind.region) : NULL;
    const json_t *step_free =
        list->kind.step_free ? ei_document_value(form, list->kind.step_free) : NULL;
    one->is_step_free = json_is_true(step_free);
    if (!json_is_string(region))
        return EDU_OK;
    one->region = ei_arena_strdup(list->arena, json_string_value(region));
    return one->region ? EDU_OK : ei_no_memory(error);
}

static edu_status take_candidate(void *context, ei_rows *rows, edu_error *error)
{
    listing *list = context;
    json_t *form = NULL;
    if (list->count == LIST_MAX)
        return ei_fail(error, EDU_E_LIMIT, "sitting.pupils", "", "more than %d applications",
                       LIST_MAX);
    listed *items = ei_with_room(list->items, list->count, &list->room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    list->items = items;
    listed *one = &items[list->count++];
    *one = (listed){.person = ei_column_id(rows, 0), .application = ei_column_id(rows, 1)};
    EI_TRY(ei_copy_column(list->arena, rows, 4, &one->region, error));
    EI_TRY(ei_copy_column(list->arena, rows, 5, &one->sort_name, error));
    if (!list->kind.region && !list->kind.step_free)
        return EDU_OK;
    EI_TRY(ei_request_unseal(list->session, &one->person, ei_column_bytes(rows, 2),
                             EI_REQUEST_SEALED_FORM, ei_column_bytes(rows, 3), &form, error));
    edu_status status = take_answers(list, form, one, error);
    json_decref(form);
    return status;
}

static edu_status store_list(edu_tx *tx, const listing *list, const edu_id *sitting, edu_time now,
                             edu_error *error)
{
    size_t lost = 0;
    for (size_t i = 0; i < list->count; i++) {
        const listed *one = &list->items[i];
        int64_t changed = 0;
        EI_TRY(sql_sitting_entry_add(tx, &one->person, &one->application, sitting, one->region,
                                     one->is_step_free, one->sort_name, now, &changed, error));
        lost += changed == 0;
    }
    if (list->count == 0)
        return ei_fail(error, EDU_E_STATE, "sitting.nobody", NULL, "nobody is to sit this");
    return lost == 0 ? EDU_OK
                     : ei_fail(error, EDU_E_STATE, "sitting.region", NULL,
                               "%zu applications come from no region in which an institution or "
                               "a centre is",
                               lost);
}

static edu_status list_made(edu_tx *tx, listing *list, const ei_sitting_facts *facts, edu_time now,
                            edu_error *error)
{
    ei_rows rows;
    EI_TRY(ei_rows_each(sql_sitting_candidates(tx, &facts->id, &rows, error), &rows, take_candidate,
                        list, error));
    return store_list(tx, list, &facts->id, now, error);
}

static edu_status list_of_offering(ei_command *command, edu_tx *tx, const ei_sitting_facts *facts,
                                   edu_error *error)
{
    listing list = {.session = command->session, .arena = ei_arena_new()};
    if (!list.arena)
        return ei_no_memory(error);
    edu_status status = ei_sitting_rules(command->session, tx, facts, &list.kind, error);
    if (status == EDU_OK)
        status = list_made(tx, &list, facts, command->now, error);
    ei_free(list.items);
    ei_arena_free(list.arena);
    return status;
}

/* ---- the seed ---- */

static edu_status take_seed(const edu_session *session, const drawing *freeze,
                            const ei_sitting_facts *facts, uint8_t *out, size_t *size,
                            edu_error *error)
{
    char digits[EI_SEED_TEXT];
    if (!ei_seed_reveal(session, EI_SITTING_SEED, &facts->id, facts->is_drawn, facts->commitment,
                        freeze->text, digits))
        return ei_fail(error, EDU_E_INVALID, "sitting.other_seed", "/seed",
                       "this is not the seed that was committed to");
    *size = (size_t)ei_hex_parse(digits, out, EI_SEED_BYTES);
    return EDU_OK;
}

static edu_status run_drawing(edu_session *session, const char *name, const drawing *draw,
                              const char *key,
                              edu_status (*run)(ei_command *, edu_tx *, edu_error *),
                              edu_error *error)
{
    ei_command command = {.session = session,
                          .name = name,
                          .key = key,
                          .run = run,
                          .context = (void *)(uintptr_t)draw};
    ei_command_hash(&command, &draw->sitting_id, sizeof draw->sitting_id);
    ei_command_hash_text(&command, draw->text);
    return ei_command_run(&command, error);
}

static edu_status commit_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const drawing *commit = command->context;
    ei_sitting_facts facts;
    int64_t changed;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(ei_sitting_facts_read(tx, &commit->sitting_id, &facts, error));
    if (facts.closes <= command->now)
        return ei_fail(error, EDU_E_STATE, "sitting.commit_late", NULL,
                       "a seed is committed to before it is known who will be on the list: until "
                       "applications are over");
    EI_TRY(sql_sitting_commit(tx, &commit->sitting_id, commit->text, &changed, error));
    if (changed == 0)
        return ei_fail(error, EDU_E_STATE, "sitting.committed", NULL,
                       "somebody has committed to a seed already");
    return ei_audit_count(command, tx, "sitting.commit", commit->sitting_id, 1, error);
}

edu_status edu_sitting_commit(edu_session *session, edu_id sitting_id, const char *commitment,
                              const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(commitment, EI_COMMITMENT_TEXT - 1, false, "/commitment", error));
    if (!ei_seed_is_commitment(commitment))
        return ei_fail(error, EDU_E_INVALID, "sitting.commitment", "/commitment",
                       "a commitment is 64 hexadecimal digits in small letters");
    drawing commit = {sitting_id, commitment};
    return run_drawing(session, "sitting.commit", &commit, key, commit_run, error);
}

/* ---- freezing ---- */

static edu_status freeze_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const drawing *freeze = command->context;
    ei_sitting_facts facts;
    uint8_t hash[32], seed_bytes[EI_SEED_BYTES];
    edu_bytes hash_is = {hash, sizeof hash}, seed = {seed_bytes, 0};
    int64_t count, changed;
    EI_TRY(ei_require_clerk(command->session, tx, error));
    EI_TRY(ei_sitting_facts_read(tx, &freeze->sitting_id, &facts, error));
    EI_TRY(may_freeze(&facts, command->now, error));
    EI_TRY(take_seed(command->session, freeze, &facts, seed_bytes, &seed.size, error));
    if (ei_sitting_is_of_offering(&facts))
        EI_TRY(list_of_offering(command, tx, &facts, error));
    EI_TRY(hash_list(command->session, tx, &freeze->sitting_id, seed, hash, &count, error));
    EI_TRY(sql_sitting_freeze(tx, &freeze->sitting_id, hash_is, seed, &changed, error));
    if (changed != 1)
        return ei_fail(error, EDU_E_STATE, "sitting.frozen", "", "the list is frozen already");
    return ei_audit_count(command, tx, "sitting.freeze", freeze->sitting_id, count, error);
}

edu_status edu_sitting_freeze(edu_session *session, edu_id sitting_id, const char *seed,
                              const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (seed != NULL && (strnlen(seed, EI_SEED_TEXT) == EI_SEED_TEXT || !ei_seed_is_good(seed)))
        return ei_fail(error, EDU_E_INVALID, "sitting.seed", "/seed",
                       "a seed is 1 to %d bytes as hexadecimal digits in small letters",
                       EI_SEED_BYTES);
    drawing freeze = {sitting_id, seed};
    return run_drawing(session, "sitting.freeze", &freeze, key, freeze_run, error);
}
