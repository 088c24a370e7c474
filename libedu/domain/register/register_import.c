/* Records as institutions and clerks bring them. */
#include "domain/account/import.h"
#include "domain/register/register_store.h"

#include <stdio.h>
#include <string.h>

#include "register_sql.h"

enum { NUMBER, DOCUMENT, BIRTH, INSTITUTION, COLUMNS };

typedef struct importing {
    const char *code;
    const ei_register_form *form;
    char checked[EI_CODE_MAX + 1]; /* an institution that the actor may import for */
    char institution[EI_CODE_MAX + 1];
    bool has_rows, is_mixed;
} importing;

typedef struct row {
    edu_id person;
    const char *institution; /* NULL in a register without them */
    json_t *data;
    char *text; /* the data, canonical */
    ei_buffer key;
    /* what is there */
    edu_id id;
    int32_t version;
    bool is_there, is_same;
} row;

static edu_status read_values(ei_import *import, const char *const *fields, row *made,
                              edu_error *error)
{
    const importing *of = import->context;
    made->data = json_object();
    if (!made->data)
        return ei_no_memory(error);
    for (size_t i = 0; i < of->form->column_count; i++) {
        const ei_register_column *column = &of->form->columns[i];
        json_t *value = NULL;
        EI_TRY(ei_import_note(import, ei_register_value(column, fields[COLUMNS + i], &value, error),
                              error));
        if (value && json_object_set_new(made->data, column->name, value) != 0)
            return ei_no_memory(error);
    }
    made->text = ei_json_dumps(made->data, JSON_COMPACT | JSON_SORT_KEYS);
    return made->text ? ei_register_key(of->form, made->institution, made->data, &made->key, error)
                      : ei_no_memory(error);
}

static edu_status read_institution(ei_import *import, const char *code, row *made, edu_error *error)
{
    importing *of = import->context;
    if (of->form->has_institutions) {
        made->institution = code;
        /* Most files are of one. */
        if (of->checked[0] && strcmp(of->checked, code) == 0)
            return EDU_OK;
        EI_TRY(ei_import_institution(import, code, error));
        (void)snprintf(of->checked, sizeof of->checked, "%s", code);
        return EDU_OK;
    }
    if (*code)
        return ei_import_wrong(error, "import.no_institutions", "/institution",
                               "this register has no institutions");
    return import->is_admin
               ? EDU_OK
               : ei_fail(error, EDU_E_DENIED, "session.no_role", NULL, "this needs the role admin");
}

/* The order of keys in a stored text is that of its engine, so values are compared. */
static edu_status compare(const row *made, edu_bytes stored, bool *is_same, edu_error *error)
{
    json_t *data;
    EI_TRY(ei_json_read(stored.data, stored.size, &data, error));
    *is_same = json_equal(data, made->data);
    json_decref(data);
    return EDU_OK;
}

static edu_status find(ei_import *import, row *made, edu_error *error)
{
    const importing *of = import->context;
    ei_rows rows;
    EI_TRY(sql_register_record_find(import->tx, &made->person, of->code, made->key.data, &rows,
                                    error));
    edu_status status = ei_rows_next(&rows, &made->is_there, error);
    if (status == EDU_OK && made->is_there) {
        made->id = ei_column_id(&rows, 0);
        made->version = (int32_t)ei_column_int(&rows, 1);
        bool is_current = ei_column_bool(&rows, 2);
        status = compare(made, ei_column_bytes(&rows, 3), &made->is_same, error);
        made->is_same = made->is_same && is_current;
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status put(ei_import *import, row *made, edu_error *error)
{
    const importing *of = import->context;
    edu_time now = import->command->now;
    EI_TRY(find(import, made, error));
    if (made->is_same) {
        import->report.unchanged++;
        return EDU_OK;
    }
    if (made->is_there) {
        import->report.changed++;
        EI_TRY(sql_register_record_change(import->tx, &made->person, &made->id, made->key.data,
                                          made->text, made->version + 1, now, true, NULL, error));
    } else {
        import->report.added++;
        made->id = ei_new_id(import->session);
        EI_TRY(sql_register_record_add(import->tx, &made->person, &made->id, of->code,
                                       made->institution, made->key.data, made->text, now, NULL,
                                       error));
    }
    return sql_register_change_add(import->tx, &made->person, &made->id, made->version + 1,
                                   made->text, now, &import->actor, "import", NULL, NULL, error);
}

static edu_status once(ei_import *import, const row *made, edu_error *error)
{
    ei_buffer whole = {0};
    char person[EDU_ID_TEXT];
    edu_id_format(made->person, person);
    ei_buffer_printf(&whole, "%s\n%s", person, made->key.data);
    edu_status status = whole.failed
                            ? ei_no_memory(error)
                            : ei_import_once_text(import, whole.data, "/number", "record", error);
    ei_buffer_free(&whole);
    return status;
}

/* Who only guesses a number does not learn whether there is such a person. */
static edu_status find_person(ei_import *import, const char *const *fields, row *made,
                              edu_error *error)
{
    ei_identifier identifier;
    ei_rows rows;
    edu_date birth = {0}, known = {0};
    bool is_there = false;
    if (fields[BIRTH][0] ? !ei_date_read(fields[BIRTH], &birth) : !import->is_admin)
        return ei_import_wrong(error, "import.bad_birth", "/birth",
                               "the birth date is needed, written YYYY-MM-DD or DD.MM.YYYY");
    EI_TRY(ei_import_identify(import, fields[NUMBER], fields[DOCUMENT], &identifier, error));
    EI_TRY(sql_register_person(import->tx, identifier.kind, ei_hash_bytes(&identifier.hash), &rows,
                               error));
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there) {
        made->person = ei_column_id(&rows, 0);
        known = ei_column_date(&rows, 1);
    }
    ei_rows_close(&rows);
    EI_TRY(status);
    bool fits = !fields[BIRTH][0] || memcmp(&birth, &known, sizeof birth) == 0;
    return is_there && fits ? EDU_OK : ei_import_unknown_person(error, "/number");
}

/* The one of all records, if it is one. */
static void note_institution(importing *of, const row *made)
{
    const char *code = made->institution ? made->institution : "";
    of->is_mixed = of->is_mixed || (of->has_rows && strcmp(of->institution, code) != 0);
    if (!of->has_rows)
        (void)snprintf(of->institution, sizeof of->institution, "%s", code);
    of->has_rows = true;
}

static edu_status take(ei_import *import, const char *const *fields, row *made, edu_error *error)
{
    EI_TRY(
        ei_import_note(import, read_institution(import, fields[INSTITUTION], made, error), error));
    EI_TRY(read_values(import, fields, made, error));
    EI_TRY(ei_import_note(import, find_person(import, fields, made, error), error));
    if (import->is_faulty)
        return EDU_OK;
    EI_TRY(once(import, made, error));
    note_institution(import->context, made);
    return import->faults ? EDU_OK : put(import, made, error);
}

static edu_status record(ei_import *import, const char *const *fields, edu_error *error)
{
    row made = {0};
    edu_status status = take(import, fields, &made, error);
    json_decref(made.data);
    ei_free(made.text);
    ei_buffer_free(&made.key);
    return status;
}

static edu_status begin(ei_import *import, edu_error *error)
{
    importing *of = import->context;
    of->has_rows = of->is_mixed = false;
    of->checked[0] = '\0';
    EI_TRY(ei_register_load(import->session, import->tx, of->code, 0, &of->form, NULL, error));
    import->columns = of->form->csv;
    return EDU_OK;
}

/* Who brought it, and when. */
static edu_status end(ei_import *import, edu_error *error)
{
    const importing *of = import->context;
    const edu_import_report *report = &import->report;
    edu_id id = ei_new_id(import->session);
    bool is_one = of->has_rows && !of->is_mixed && of->institution[0];
    return sql_register_file_add(import->tx, &id, of->code, is_one ? of->institution : NULL,
                                 import->command->now, &import->actor, report->read, report->added,
                                 report->changed, report->unchanged, NULL, error);
}

static edu_status prepare(edu_session *session, const char *code, edu_bytes csv, importing *of,
                          ei_import *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(code, EI_CODE_MAX, false, "/code", error));
    *of = (importing){.code = code};
    *out = (ei_import){.session = session,
                       .name = "register.import",
                       .csv = csv,
                       .rights = EI_IMPORT_SCHOOL,
                       .code = code,
                       .begin = begin,
                       .row = record,
                       .end = end,
                       .context = of};
    return EDU_OK;
}

edu_status edu_register_import(edu_session *session, const char *code, edu_bytes csv,
                               const char *key, edu_import_report **out, edu_error *error)
{
    importing of;
    ei_import import;
    EI_TRY(prepare(session, code, csv, &of, &import, error));
    return ei_import_run(&import, key, out, error);
}

edu_status edu_register_faults(edu_session *session, const char *code, edu_bytes csv,
                               const char *cursor, int32_t limit, edu_import_fault_page **out,
                               edu_error *error)
{
    importing of;
    ei_import import;
    EI_TRY(prepare(session, code, csv, &of, &import, error));
    return ei_import_faults(&import, cursor, limit, out, error);
}

/* ---- what was brought ---- */

static edu_status fill_file(ei_rows *rows, int first, ei_arena *arena, void *record, void *context,
                            edu_error *error)
{
    edu_register_file *out = record;
    const char *given = ei_column_text(rows, first + 5), *family = ei_column_text(rows, first + 6);
    (void)context;
    out->id = ei_column_id(rows, first);
    EI_TRY(ei_copy_column(arena, rows, first + 1, &out->code, error));
    EI_TRY(ei_copy_column(arena, rows, first + 2, &out->institution, error));
    EI_TRY(ei_copy_column(arena, rows, first + 3, &out->institution_name, error));
    out->at = ei_column_time(rows, first + 4);
    if (given && !(out->by = ei_arena_printf(arena, "%s %s", given, family ? family : "")))
        return ei_no_memory(error);
    out->read = ei_column_int(rows, first + 7);
    out->added = ei_column_int(rows, first + 8);
    out->changed = ei_column_int(rows, first + 9);
    out->unchanged = ei_column_int(rows, first + 10);
    return EDU_OK;
}

static edu_status open_files(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    edu_id actor = ei_session_actor(list->session);
    bool is_staff = false;
    EI_TRY(ei_rows_integer(sql_register_may_import(tx, &actor, rows, error), rows, &is_staff, NULL,
                           error));
    if (!is_staff)
        return ei_fail(error, EDU_E_DENIED, "session.no_role", NULL,
                       "this needs the role admin, clerk or school");
    return sql_register_files(tx, &actor, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_register_files(edu_session *session, const char *cursor, int32_t limit,
                              edu_register_file_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    ei_list list = {
        .session = session,
        .open = open_files,
        .plan = {.shape = "U", .record = "edu_register_file", .limit = limit, .fill = fill_file}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
