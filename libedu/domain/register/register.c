/* Registers, and their records as people see and correct them. */
#include "domain/account/account_store.h"
#include "domain/certificate/certificate_store.h"
#include "domain/register/register_store.h"

#include <stdio.h>
#include <string.h>

#include "register_sql.h"

#define REASON_MAX 400
#define DOCUMENT_COLUMN 2

/* ---- registers ---- */

static void release(void *form)
{
    ei_register_form_free(form);
}

static edu_status make(json_t *json, void **out, edu_error *error)
{
    ei_register_form *made = NULL;
    edu_status status = ei_register_form_make(json, &made, error);
    *out = made;
    return status;
}

static edu_status no_register(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "register.not_found", NULL, "there is no such register");
}

static edu_status no_record(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "register.no_record", NULL,
                   "there is no such record, or it is not yours to see");
}

edu_status ei_register_load(const edu_session *session, edu_tx *tx, const char *code,
                            int32_t version, const ei_register_form **out, int32_t *version_out,
                            edu_error *error)
{
    static const ei_kept_plan plan = {.kind = EI_KEPT_REGISTER,
                                      .newest = sql_register_newest,
                                      .get = sql_register_get,
                                      .make = make,
                                      .release = release,
                                      .missing = no_register};
    const void *found = NULL;
    edu_status status = ei_kept_load(session, tx, &plan, code, version, &found, version_out, error);
    *out = found;
    return status;
}

edu_status edu_register_publish(edu_session *session, json_t *document, const char *key,
                                int32_t *version, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!document || !version)
        return ei_bad_argument(error, document ? "version" : "document");
    ei_register_form *checked;
    EI_TRY(ei_register_form_make(document, &checked, error));
    ei_publication wanted = {.action = "register.publish",
                             .code = checked->code,
                             .document = document,
                             .newest = sql_register_newest,
                             .add = sql_register_add};
    edu_status status = ei_publish(session, &wanted, key, version, error);
    ei_register_form_free(checked);
    return status;
}

static edu_status fill_register(ei_rows *rows, int first, ei_arena *arena, void *record,
                                void *context, edu_error *error)
{
    edu_register *out = record;
    edu_bytes text = ei_column_bytes(rows, first + DOCUMENT_COLUMN);
    json_t *json;
    out->version = (int32_t)ei_column_int(rows, first);
    out->published = ei_column_time(rows, first + 1);
    EI_TRY(ei_json_read(text.data, text.size, &json, error));
    EI_TRY(ei_own_json(arena, json, &out->document, error));
    EI_TRY(ei_copy_text(arena, json_string_value(json_object_get(json, "register")), &out->code,
                        error));
    return ei_copy_text(arena, ei_localised(context, json_object_get(json, "title")), &out->title,
                        error);
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    return sql_register_list(tx, list->key.text[0], list->ask, rows, error);
}

edu_status edu_register_list(edu_session *session, const char *cursor, int32_t limit,
                             edu_register_page **out, edu_error *error)
{
    ei_list list = {
        .session = session,
        .open = open_list,
        .plan = {.shape = "t", .record = "edu_register", .limit = limit, .fill = fill_register}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- records ---- */

edu_status ei_register_key(const ei_register_form *form, const char *institution,
                           const json_t *data, ei_buffer *out, edu_error *error)
{
    ei_buffer_text(out, institution ? institution : "");
    for (size_t i = 0; i < form->key_count; i++) {
        const char *name = form->columns[form->keys[i]].name;
        const char *value = json_string_value(json_object_get(data, name));
        /* No value has a line break: a text in normal form has spaces only. */
        ei_buffer_printf(out, "\n%s", value ? value : "");
    }
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

const char *ei_register_shown(const edu_session *session, const ei_register_column *column,
                              const char *value)
{
    json_t *title = column->kind == EI_COLUMN_CHOICE ? ei_register_choice(column, value) : NULL;
    return title ? ei_localised(session, title) : value;
}

typedef struct record_list {
    ei_register_filling with;
    edu_id person;
} record_list;

/* Columns that the register does not have any more are not shown; the data keep them. */
static json_t *shown_json(const edu_session *session, const ei_register_form *form,
                          const json_t *data)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < form->column_count; i++) {
        const ei_register_column *column = &form->columns[i];
        const char *value = json_string_value(json_object_get(data, column->name));
        if (value)
            (void)json_array_append_new(list,
                                        json_pack("{s:s, s:s, s:s}", "name", column->name, "title",
                                                  ei_localised(session, column->title), "value",
                                                  ei_register_shown(session, column, value)));
    }
    return list;
}

edu_status ei_register_record_fill(ei_rows *rows, int first, ei_arena *arena, void *record,
                                   void *context, edu_error *error)
{
    const ei_register_filling *of = context;
    edu_register_record *out = record;
    const ei_register_form *form;
    json_t *data;
    out->person_id = ei_column_id(rows, first);
    out->id = ei_column_id(rows, first + 1);
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->code, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->institution, error));
    EI_TRY(ei_copy_column(arena, rows, first + 4, &out->institution_name, error));
    out->version = (int32_t)ei_column_int(rows, first + 5);
    out->since = ei_column_time(rows, first + 6);
    out->is_current = ei_column_bool(rows, first + 7);
    const char *given = ei_column_text(rows, first + 9), *family = ei_column_text(rows, first + 10);
    out->holder = ei_arena_printf(arena, "%s %s", given ? given : "", family ? family : "");
    if (!out->holder)
        return ei_no_memory(error);
    edu_bytes text = ei_column_bytes(rows, first + 8);
    EI_TRY(ei_json_read(text.data, text.size, &data, error));
    EI_TRY(ei_own_json(arena, data, &out->data, error));
    EI_TRY(ei_register_load(of->session, of->tx, out->code, 0, &form, NULL, error));
    EI_TRY(ei_copy_text(arena, ei_localised(of->session, json_object_get(form->json, "title")),
                        &out->title, error));
    return ei_own_json(arena, shown_json(of->session, form, data), &out->shown, error);
}

static edu_status open_records(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    record_list *of = list->plan.context;
    edu_id actor = ei_session_actor(list->session);
    bool found;
    of->with.tx = tx;
    edu_status opened = sql_register_person_seen(tx, &actor, &of->person, rows, error);
    EI_TRY(ei_rows_integer(opened, rows, &found, NULL, error));
    if (!found)
        return no_record(error);
    return sql_register_records(tx, &actor, &of->person, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_register_records(edu_session *session, edu_id person_id, const char *cursor,
                                int32_t limit, edu_register_record_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    record_list of = {.with.session = session, .person = ei_person_or_self(session, person_id)};
    ei_list list = {.session = session,
                    .open = open_records,
                    .reading = ei_reading_of("register", of.person, (edu_id){{0}}),
                    .plan = {.shape = "U",
                             .record = "edu_register_record",
                             .limit = limit,
                             .fill = ei_register_record_fill,
                             .context = &of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

typedef struct finding {
    record_list list; /* first: the list's context */
    const char *number;
    edu_date birth;
} finding;

/* Who is not there, or has another birth date, is nobody from here on: the same work is done. */
static edu_status find_person(finding *of, edu_tx *tx, edu_error *error)
{
    ei_identifier identifier;
    ei_rows rows;
    bool row = false;
    of->list.person = (edu_id){{0}};
    EI_TRY(ei_identify_number(of->list.with.session->portal, of->number, &identifier, error));
    EI_TRY(sql_register_person(tx, identifier.kind, ei_hash_bytes(&identifier.hash), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        edu_date known = ei_column_date(&rows, 1);
        if (memcmp(&known, &of->birth, sizeof known) == 0)
            of->list.person = ei_column_id(&rows, 0);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status open_found(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    finding *of = list->plan.context;
    EI_TRY(find_person(of, tx, error));
    list->reading = ei_reading_of("register", of->list.person, (edu_id){{0}});
    return open_records(list, tx, rows, error);
}

edu_status edu_register_find(edu_session *session, const char *number, edu_date birth,
                             const char *cursor, int32_t limit, edu_register_record_page **out,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(number, EI_CODE_MAX, false, "/number", error));
    finding of = {.list.with.session = session, .number = number, .birth = birth};
    ei_list list = {.session = session,
                    .open = open_found,
                    .plan = {.shape = "U",
                             .record = "edu_register_record",
                             .limit = limit,
                             .fill = ei_register_record_fill,
                             .context = &of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- changing one ---- */

typedef struct change {
    edu_id person, id;
    const json_t *changes; /* NULL: the record ends */
    const char *reason;
    /* what is there */
    char code[EI_CODE_MAX + 1], institution[EI_CODE_MAX + 1];
    bool has_institution, is_current;
    int32_t version;
    json_t *data;
    ei_buffer old_key;
} change;

static edu_status take_record(change *work, ei_rows *rows, edu_error *error)
{
    const char *institution = ei_column_text(rows, 1);
    edu_bytes data = ei_column_bytes(rows, 3);
    (void)snprintf(work->code, sizeof work->code, "%s", ei_column_text(rows, 0));
    work->has_institution = institution != NULL;
    (void)snprintf(work->institution, sizeof work->institution, "%s",
                   institution ? institution : "");
    ei_buffer_text(&work->old_key, ei_column_text(rows, 2));
    work->version = (int32_t)ei_column_int(rows, 4);
    work->is_current = ei_column_bool(rows, 5);
    EI_TRY(ei_json_read(data.data, data.size, &work->data, error));
    return work->old_key.failed ? ei_no_memory(error) : EDU_OK;
}

static edu_status read_record(change *work, edu_tx *tx, const edu_id *actor, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_register_record_get(tx, actor, &work->person, &work->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_record(work, &rows, error) : no_record(error);
    ei_rows_close(&rows);
    return status;
}

static edu_status apply(change *work, const ei_register_form *form, edu_error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)work->changes, name, value)
    {
        const ei_register_column *column = ei_register_column_find(form, name);
        json_t *made;
        if (!column || !(json_is_string(value) || json_is_null(value)))
            return ei_fail(error, EDU_E_INVALID, "register.column", "/changes",
                           "a change is a text, or null, of a column that the register has");
        EI_TRY(ei_register_value(column, json_string_value(value), &made, error));
        if (made ? json_object_set_new(work->data, name, made) != 0 : false)
            return ei_no_memory(error);
        if (!made)
            (void)json_object_del(work->data, name);
    }
    return EDU_OK;
}

static edu_status require_free_key(const change *work, edu_tx *tx, const char *record_key,
                                   edu_error *error)
{
    ei_rows rows;
    bool taken = false;
    if (strcmp(record_key, work->old_key.data) == 0)
        return EDU_OK;
    edu_status opened =
        sql_register_record_find(tx, &work->person, work->code, record_key, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &taken, NULL, error));
    return taken ? ei_fail(error, EDU_E_CONFLICT, "register.same", "/changes",
                           "another record of this person says the same")
                 : EDU_OK;
}

static edu_status store_change(const change *work, ei_command *command, edu_tx *tx,
                               const char *record_key, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    int64_t changed = 0;
    char *text = ei_json_dumps(work->data, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return ei_no_memory(error);
    edu_status status = sql_register_record_change(tx, &work->person, &work->id, record_key, text,
                                                   work->version + 1, command->now,
                                                   work->changes != NULL, &changed, error);
    if (status == EDU_OK && changed == 0)
        status = no_record(error);
    if (status == EDU_OK)
        status = sql_register_change_add(tx, &work->person, &work->id, work->version + 1, text,
                                         command->now, &actor, work->changes ? "correction" : "end",
                                         work->reason, NULL, error);
    ei_free(text);
    return status;
}

static edu_status change_record(change *work, ei_command *command, edu_tx *tx, ei_buffer *key,
                                edu_error *error)
{
    const ei_register_form *form;
    edu_id actor = ei_session_actor(command->session);
    EI_TRY(read_record(work, tx, &actor, error));
    if (!work->is_current)
        return ei_fail(error, EDU_E_STATE, "register.ended", NULL, "the record was taken out");
    EI_TRY(ei_register_load(command->session, tx, work->code, 0, &form, NULL, error));
    if (work->changes)
        EI_TRY(apply(work, form, error));
    EI_TRY(ei_register_key(form, work->has_institution ? work->institution : NULL, work->data, key,
                           error));
    EI_TRY(require_free_key(work, tx, key->data, error));
    EI_TRY(store_change(work, command, tx, key->data, error));
    /* What was made of it says what was wrong; the second of the two who revoke it looks at each.
     */
    EI_TRY(ei_certificate_doubt(command, tx, &work->person, &work->id,
                                work->changes ? "corrected" : "ended", error));
    return ei_audit(command, tx, command->name, &work->person, "{}", error);
}

static edu_status change_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    change work = *(const change *)command->context;
    ei_buffer key = {0};
    edu_status status = change_record(&work, command, tx, &key, error);
    json_decref(work.data);
    ei_buffer_free(&work.old_key);
    ei_buffer_free(&key);
    return status;
}

static edu_status run_change(edu_session *session, const char *name, change *work, const char *key,
                             edu_error *error)
{
    ei_command command = {
        .session = session, .name = name, .key = key, .run = change_run, .context = work};
    EI_TRY(ei_check_words(work->reason, REASON_MAX, "/reason", error));
    ei_command_hash(&command, &work->person, sizeof work->person);
    ei_command_hash(&command, &work->id, sizeof work->id);
    ei_command_hash_text(&command, work->reason);
    if (!work->changes)
        return ei_command_run(&command, error);
    char *text;
    EI_TRY(ei_json_write(work->changes, "/changes", &text, error));
    ei_command_hash_text(&command, text);
    ei_free(text);
    return ei_command_run(&command, error);
}

edu_status edu_register_correct(edu_session *session, edu_id person_id, edu_id record_id,
                                json_t *changes, const char *reason, const char *key,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!json_is_object(changes) || json_object_size(changes) == 0)
        return ei_fail(error, EDU_E_INVALID, "register.column", "/changes",
                       "there is nothing to change");
    change work = {.person = ei_person_or_self(session, person_id),
                   .id = record_id,
                   .changes = changes,
                   .reason = reason};
    return run_change(session, "register.correct", &work, key, error);
}

edu_status edu_register_end(edu_session *session, edu_id person_id, edu_id record_id,
                            const char *reason, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    change work = {
        .person = ei_person_or_self(session, person_id), .id = record_id, .reason = reason};
    return run_change(session, "register.end", &work, key, error);
}

/* ---- history ---- */

typedef struct one_record {
    edu_id person, id;
} one_record;

static edu_status fill_change(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    edu_register_change *out = record;
    const char *given = ei_column_text(rows, first + 4), *family = ei_column_text(rows, first + 5);
    edu_bytes text = ei_column_bytes(rows, first + 6);
    json_t *data;
    (void)context;
    out->version = (int32_t)ei_column_int(rows, first);
    out->at = ei_column_time(rows, first + 1);
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->how, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->reason, error));
    if (given && !(out->by = ei_arena_printf(arena, "%s %s", given, family ? family : "")))
        return ei_no_memory(error);
    EI_TRY(ei_json_read(text.data, text.size, &data, error));
    return ei_own_json(arena, data, &out->data, error);
}

static edu_status open_history(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const one_record *of = list->filter;
    edu_id actor = ei_session_actor(list->session);
    bool found;
    int64_t is_staff = 0;
    edu_status opened = sql_register_record_seen(tx, &actor, &of->person, &of->id, rows, error);
    EI_TRY(ei_rows_integer(opened, rows, &found, &is_staff, error));
    if (!found)
        return no_record(error);
    return sql_register_history(tx, &of->person, &of->id, is_staff != 0, list->key.integer[0],
                                list->ask, rows, error);
}

edu_status edu_register_history(edu_session *session, edu_id person_id, edu_id record_id,
                                const char *cursor, int32_t limit, edu_register_change_page **out,
                                edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    one_record of = {ei_person_or_self(session, person_id), record_id};
    ei_list list = {
        .session = session,
        .filter = &of,
        .open = open_history,
        .reading = ei_reading_of("register", of.person, record_id),
        .plan = {
            .shape = "I", .record = "edu_register_change", .limit = limit, .fill = fill_change}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
