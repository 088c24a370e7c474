/* Records as institutions and clerks bring them. */
#include "domain/account/import.h"
#include "domain/register/register_store.h"

#include <string.h>

#include "register_sql.h"

enum { NUMBER, DOCUMENT, BIRTH, INSTITUTION, COLUMNS };

typedef struct importing {
    const char *code;
    const ei_register_form *form;
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

static edu_status read_values(const importing *of, const char *const *fields, row *made,
                              edu_error *error)
{
    made->data = json_object();
    if (!made->data)
        return ei_no_memory(error);
    for (size_t i = 0; i < of->form->column_count; i++) {
        const ei_register_column *column = &of->form->columns[i];
        json_t *value;
        EI_TRY(ei_register_value(column, fields[COLUMNS + i], &value, error));
        if (value && json_object_set_new(made->data, column->name, value) != 0)
            return ei_no_memory(error);
    }
    made->text = json_dumps(made->data, JSON_COMPACT | JSON_SORT_KEYS);
    return made->text ? ei_register_key(of->form, made->institution, made->data, &made->key, error)
                      : ei_no_memory(error);
}

static edu_status read_institution(ei_import *import, const char *code, row *made, edu_error *error)
{
    const importing *of = import->context;
    if (of->form->has_institutions) {
        made->institution = code;
        return ei_import_institution(import, code, error);
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
    if (fields[BIRTH][0] ? !ei_date_parse(fields[BIRTH], &birth) : !import->is_admin)
        return ei_import_wrong(error, "import.bad_birth", "/birth",
                               "the birth date is needed, written YYYY-MM-DD");
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

static edu_status take(ei_import *import, const char *const *fields, row *made, edu_error *error)
{
    EI_TRY(read_institution(import, fields[INSTITUTION], made, error));
    EI_TRY(read_values(import->context, fields, made, error));
    EI_TRY(find_person(import, fields, made, error));
    EI_TRY(once(import, made, error));
    return put(import, made, error);
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
    EI_TRY(ei_register_load(import->session, import->tx, of->code, 0, &of->form, NULL, error));
    import->columns = of->form->csv;
    return EDU_OK;
}

edu_status edu_register_import(edu_session *session, const char *code, edu_bytes csv,
                               const char *key, edu_import_report **out, edu_error *error)
{
    importing of = {.code = code};
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(code, EI_CODE_MAX, false, "/code", error));
    ei_import import = {.session = session,
                        .name = "register.import",
                        .csv = csv,
                        .rights = EI_IMPORT_SCHOOL,
                        .code = code,
                        .begin = begin,
                        .row = record,
                        .context = &of};
    return ei_import_run(&import, key, out, error);
}
