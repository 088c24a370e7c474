/* Places in the status lists, and what the portal publishes of revocations. */
#include "domain/certificate/certificate_store.h"

#include <string.h>
#include "certificate_sql.h"

#define ATTEMPTS_MAX 64
/* Places in a row that were taken, before it is counted how many are: seldom where few are. */
#define UNLUCKY 3
#define MINUTE (60 * INT64_C(1000000))

typedef struct open_list {
    int32_t list;
    int64_t size; /* bits */
} open_list;

/* ---- giving places ---- */

static edu_status list_read(edu_tx *tx, open_list *out, bool *found, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_certificate_list_open(tx, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    if (status == EDU_OK && *found)
        *out = (open_list){(int32_t)ei_column_int(&rows, 0), ei_column_int(&rows, 1)};
    ei_rows_close(&rows);
    return status;
}

/* The next list, of the size of the one before where none is given. */
static edu_status list_next(edu_tx *tx, int64_t size, open_list *out, edu_error *error)
{
    open_list old = {0, EI_STATUS_BITS_LEAST};
    bool found;
    EI_TRY(list_read(tx, &old, &found, error));
    if (found)
        EI_TRY(sql_certificate_list_close(tx, old.list, NULL, error));
    *out = (open_list){old.list + 1, size != 0 ? size : old.size};
    return sql_certificate_list_add(tx, out->list, out->size, NULL, error);
}

static void write_value(int32_t list, uint32_t index, uint8_t out[8])
{
    for (int i = 0; i < 4; i++) {
        out[i] = (uint8_t)((uint32_t)list >> (24 - 8 * i));
        out[4 + i] = (uint8_t)(index >> (24 - 8 * i));
    }
}

/* Each index is equally likely: what is beyond the last full multiple is drawn again. */
static int32_t draw(const edu_random *random, int64_t size)
{
    uint32_t value, limit = (uint32_t)(UINT32_MAX - UINT32_MAX % (uint32_t)size);
    do
        random->fill(random->context, &value, sizeof value);
    while (value >= limit);
    return (int32_t)(value % (uint32_t)size);
}

static edu_status is_half_full(edu_tx *tx, const open_list *list, bool *out, edu_error *error)
{
    uint8_t first[8], behind[8];
    int64_t taken = 0;
    ei_rows rows;
    write_value(list->list, 0, first);
    write_value(list->list + 1, 0, behind);
    EI_TRY(ei_rows_integer(sql_certificate_places_taken(tx, (edu_bytes){first, sizeof first},
                                                        (edu_bytes){behind, sizeof behind}, &rows,
                                                        error),
                           &rows, NULL, &taken, error));
    *out = taken >= list->size / 2;
    return EDU_OK;
}

static edu_status try_place(const ei_command *command, edu_tx *tx, const edu_id *person,
                            const open_list *list, ei_status_place *place, bool *taken,
                            edu_error *error)
{
    uint8_t value[8];
    int64_t added;
    int32_t index = draw(&command->session->portal->environment.random, list->size);
    write_value(list->list, (uint32_t)index, value);
    EI_TRY(
        sql_certificate_place_claim(tx, (edu_bytes){value, sizeof value}, person, &added, error));
    *taken = added != 0;
    *place = (ei_status_place){list->list, index};
    return EDU_OK;
}

edu_status ei_certificate_place(const ei_command *command, edu_tx *tx, const edu_id *person,
                                ei_status_place *place, edu_error *error)
{
    open_list list;
    bool found, taken = false, is_half = false;
    EI_TRY(list_read(tx, &list, &found, error));
    if (!found)
        EI_TRY(list_next(tx, 0, &list, error));
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        EI_TRY(try_place(command, tx, person, &list, place, &taken, error));
        if (taken)
            return EDU_OK;
        if (attempt % UNLUCKY == 0)
            EI_TRY(is_half_full(tx, &list, &is_half, error));
        if (is_half)
            EI_TRY(list_next(tx, 0, &list, error));
        is_half = false;
    }
    return ei_fail(error, EDU_E_FULL, "certificate.no_place", NULL,
                   "no free place was found in the status list");
}

/* ---- another list ---- */

typedef struct opening {
    int32_t size;
    open_list made;
} opening;

static edu_status open_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    opening *wanted = command->context;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(list_next(tx, wanted->size, &wanted->made, error));
    command->result_size = sizeof wanted->made.list;
    memcpy(command->result, &wanted->made.list, command->result_size);
    return ei_audit(command, tx, command->name, NULL, NULL, error);
}

edu_status edu_certificate_open_list(edu_session *session, int32_t size, const char *key,
                                     int32_t *opened, edu_error *error)
{
    opening wanted = {.size = size};
    EI_TRY(ei_session_require(session, error));
    if (opened == NULL)
        return ei_bad_argument(error, "opened");
    if (size != 0 &&
        (size < EI_STATUS_BITS_LEAST || size % 8 != 0 || (size_t)size > EI_STATUS_BITS_MOST))
        return ei_fail(error, EDU_E_INVALID, "certificate.list_size", "/size",
                       "a status list has 131,072 to 134,217,728 bits, a multiple of 8");
    ei_command command = {.session = session,
                          .name = "certificate.open_list",
                          .key = key,
                          .run = open_run,
                          .context = &wanted};
    ei_command_hash(&command, &size, sizeof size);
    EI_TRY(ei_command_run(&command, error));
    memcpy(opened, command.result, sizeof *opened);
    return EDU_OK;
}

/* ---- publishing ---- */

typedef struct publishing {
    edu_session *session;
    edu_time now;
    ei_made_key key; /* list 0: the bundle */
    ei_signer signer;
    int64_t size;
    uint8_t *bits;
    json_t *keys, *lists;
    char *text; /* what is kept, or was made */
} publishing;

static edu_status places(edu_tx *tx, int32_t list, json_t *numbers, uint8_t *bits, int64_t size,
                         edu_error *error)
{
    ei_rows rows;
    bool row = true;
    EI_TRY(sql_certificate_revoked_places(tx, list, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row) {
        status = ei_rows_next(&rows, &row, error);
        int64_t index = status == EDU_OK && row ? ei_column_int(&rows, 0) : 0;
        if (status != EDU_OK || !row || index < 0 || index >= size)
            continue;
        if (bits != NULL)
            ei_status_set(bits, (size_t)index);
        else if (json_array_append_new(numbers, json_integer(index)) != 0)
            status = ei_no_memory(error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status list_run(edu_tx *tx, void *context, edu_error *error)
{
    publishing *work = context;
    ei_rows rows;
    bool found;
    int32_t list = work->key.list;
    EI_TRY(ei_rows_integer(sql_certificate_list_size(tx, list, &rows, error), &rows, &found,
                           &work->size, error));
    if (!found)
        return ei_fail(error, EDU_E_NOT_FOUND, "certificate.no_list", "/list",
                       "there is no such status list");
    EI_TRY(ei_rows_integer(sql_certificate_revoked_count(tx, list, &rows, error), &rows, NULL,
                           &work->key.version, error));
    EI_TRY(ei_signing_current(work->session, tx, &work->signer, error));
    memcpy(work->key.key_id, work->signer.key_id, sizeof work->key.key_id);
    ei_free(work->text); /* of a run that the engine undid */
    work->text = ei_made_find(work->session->portal, &work->key, work->now, 5 * MINUTE);
    if (work->text != NULL)
        return EDU_OK;
    ei_free(work->bits);
    work->bits = ei_calloc((size_t)work->size / 8, 1);
    return work->bits != NULL ? places(tx, list, NULL, work->bits, work->size, error)
                              : ei_no_memory(error);
}

static edu_status keep(publishing *work, json_t *document, edu_error *error)
{
    ei_buffer text = {0};
    EI_TRY(ei_jcs_write(document, &text, error));
    work->text = text.data;
    ei_made_keep(work->session->portal, &work->key, work->now, work->text);
    return EDU_OK;
}

static edu_status list_make(publishing *work, edu_error *error)
{
    json_t *document = NULL;
    const ei_status_list list = {work->session->portal->host, work->key.list, work->bits,
                                 (size_t)work->size, ei_signing_time(&work->signer, work->now)};
    EI_TRY(ei_status_credential(&work->signer, &list, &document, error));
    edu_status status = keep(work, document, error);
    json_decref(document);
    return status;
}

static edu_status give(publishing *work, edu_status status, const char *name, const char *type,
                       edu_document **out, edu_error *error)
{
    if (status == EDU_OK) {
        const ei_buffer content = {.data = work->text, .size = strlen(work->text)};
        status = ei_document(name, type, &content, out, error);
    }
    ei_signer_wipe(&work->signer);
    ei_free(work->text);
    ei_free(work->bits);
    json_decref(work->keys);
    json_decref(work->lists);
    return status;
}

edu_status edu_certificate_status_list(edu_session *session, int32_t list, edu_document **out,
                                       edu_error *error)
{
    char name[40];
    EI_TRY(ei_session_check(session, error));
    if (out == NULL || list < 1)
        return ei_bad_argument(error, out == NULL ? "out" : "list");
    publishing work = {.session = session, .now = ei_now(session), .key = {.list = list}};
    edu_status status = ei_read(session, list_run, &work, error);
    if (status == EDU_OK && work.text == NULL)
        status = list_make(&work, error);
    (void)snprintf(name, sizeof name, "status-%d.json", (int)list);
    return give(&work, status, name, "application/vc+json", out, error);
}

/* ---- the bundle ---- */

static edu_status lists_read(edu_tx *tx, json_t *lists, edu_error *error)
{
    ei_rows rows;
    bool row = true;
    EI_TRY(sql_certificate_lists(tx, &rows, error));
    edu_status status = EDU_OK;
    while (status == EDU_OK && row) {
        status = ei_rows_next(&rows, &row, error);
        if (status == EDU_OK && row &&
            json_array_append_new(
                lists, json_pack("{s:I,s:I,s:[]}", "list", (json_int_t)ei_column_int(&rows, 0),
                                 "size", (json_int_t)ei_column_int(&rows, 1), "revoked")) != 0)
            status = ei_no_memory(error);
    }
    ei_rows_close(&rows);
    for (size_t i = 0; status == EDU_OK && i < json_array_size(lists); i++) {
        json_t *list = json_array_get(lists, i);
        status = places(tx, (int32_t)json_integer_value(json_object_get(list, "list")),
                        json_object_get(list, "revoked"), NULL,
                        json_integer_value(json_object_get(list, "size")), error);
    }
    return status;
}

/* What a key set says of the kind of a key is understood here. */
static void shorten(json_t *keys)
{
    static const char *const said[] = {"kty", "crv", "use", "alg"};
    for (size_t i = 0; i < json_array_size(keys); i++)
        for (size_t j = 0; j < EI_COUNT(said); j++)
            (void)json_object_del(json_array_get(keys, i), said[j]);
}

static edu_status bundle_run(edu_tx *tx, void *context, edu_error *error)
{
    publishing *work = context;
    ei_rows rows;
    EI_TRY(ei_rows_integer(sql_certificate_revoked_all(tx, &rows, error), &rows, NULL,
                           &work->key.version, error));
    EI_TRY(ei_signing_current(work->session, tx, &work->signer, error));
    memcpy(work->key.key_id, work->signer.key_id, sizeof work->key.key_id);
    ei_free(work->text); /* of a run that the engine undid */
    work->text = ei_made_find(work->session->portal, &work->key, work->now, MINUTE);
    if (work->text != NULL)
        return EDU_OK;
    json_decref(work->keys);
    json_decref(work->lists);
    work->lists = json_array();
    EI_TRY(ei_signing_keys(tx, &work->keys, error));
    shorten(work->keys);
    return work->lists != NULL ? lists_read(tx, work->lists, error) : ei_no_memory(error);
}

static edu_status bundle_make(publishing *work, edu_error *error)
{
    char did[EI_DID_TEXT], method[EI_DID_TEXT + EI_KEY_ID_TEXT], created[32];
    const char *host = work->session->portal->host;
    ei_did_write(host, did);
    (void)snprintf(method, sizeof method, "%s#%s", did, work->signer.key_id);
    ei_time_format(ei_signing_time(&work->signer, work->now), created);
    json_t *bundle = json_pack("{s:s,s:s,s:s,s:O,s:O}", "type", "VerificationBundle", "host", host,
                               "created", created, "keys", work->keys, "lists", work->lists);
    edu_status status = bundle != NULL
                            ? ei_integrity_sign(&work->signer, bundle, created, method, error)
                            : ei_no_memory(error);
    if (status == EDU_OK)
        status = keep(work, bundle, error);
    json_decref(bundle);
    return status;
}

edu_status edu_certificate_bundle(edu_session *session, edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    publishing work = {.session = session, .now = ei_now(session)};
    edu_status status = ei_read(session, bundle_run, &work, error);
    if (status == EDU_OK && work.text == NULL)
        status = bundle_make(&work, error);
    return give(&work, status, "bundle.json", "application/json", out, error);
}
