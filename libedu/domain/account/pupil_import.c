/* The registers of pupils and of guardians: what rests on the persons' register. */
#include "domain/account/import.h"

#include <string.h>

#include "account_sql.h"

#define CLASS_BYTES 16
#define LANGUAGE_BYTES 16

/* ---- pupils ---- */

enum {
    PUPIL_NUMBER,
    PUPIL_DOCUMENT,
    PUPIL_INSTITUTION,
    PUPIL_GRADE,
    PUPIL_CLASS,
    PUPIL_LANGUAGE,
    PUPIL_STEP_FREE
};
static const char *const pupil_columns[] = {"number?", "document?", "institution", "grade",
                                            "class?",  "language?", "step_free?",  NULL};

typedef struct pupil_row {
    edu_id id;
    const char *institution;
    int64_t grade;
    char *class_letter, *language;
    bool is_step_free;
    char *sort_name, *search_name;
    /* what the register has */
    bool is_pupil, is_same, is_moved;
    char old_institution[EI_CODE_MAX + 1];
} pupil_row;

static edu_status read_pupil(ei_import *import, const char *const *fields, pupil_row *row,
                             edu_error *error)
{
    const char *step_free = fields[PUPIL_STEP_FREE];
    row->institution = fields[PUPIL_INSTITUTION];
    EI_TRY(ei_import_institution(import, row->institution, error));
    if (!ei_int_parse(fields[PUPIL_GRADE], 1, 12, &row->grade))
        return ei_import_wrong(error, "import.bad_grade", "/grade", "a grade is 1 to 12");
    if (strcmp(step_free, "") != 0 && strcmp(step_free, "0") != 0 && strcmp(step_free, "1") != 0)
        return ei_import_wrong(error, "import.bad_step_free", "/step_free", "step_free is 0 or 1");
    row->is_step_free = strcmp(step_free, "1") == 0;
    EI_TRY(ei_import_text(fields[PUPIL_CLASS], CLASS_BYTES, true, "/class", &row->class_letter,
                          error));
    return ei_import_text(fields[PUPIL_LANGUAGE], LANGUAGE_BYTES, true, "/language", &row->language,
                          error);
}

static edu_status keep_text(char **text, bool is_in_file, const char *stored, edu_error *error)
{
    if (is_in_file || !stored)
        return EDU_OK;
    *text = ei_strdup(stored);
    return *text ? EDU_OK : ei_no_memory(error);
}

/* A column that the file does not have leaves what is there. */
static edu_status compare_pupil(ei_import *import, pupil_row *row, ei_rows *rows, edu_error *error)
{
    const char *institution = ei_column_text(rows, 3);
    row->is_pupil = institution != NULL;
    if (!row->is_pupil)
        return EDU_OK;
    memcpy(row->old_institution, institution, strnlen(institution, EI_CODE_MAX));
    EI_TRY(keep_text(&row->class_letter, ei_csv_has(import->reader, PUPIL_CLASS),
                     ei_column_text(rows, 5), error));
    EI_TRY(keep_text(&row->language, ei_csv_has(import->reader, PUPIL_LANGUAGE),
                     ei_column_text(rows, 6), error));
    if (!ei_csv_has(import->reader, PUPIL_STEP_FREE))
        row->is_step_free = ei_column_bool(rows, 7);
    row->is_moved = strcmp(institution, row->institution) != 0;
    row->is_same = !row->is_moved && ei_column_int(rows, 4) == row->grade &&
                   ei_same_text(ei_column_text(rows, 5), row->class_letter) &&
                   ei_same_text(ei_column_text(rows, 6), row->language) &&
                   ei_column_bool(rows, 7) == row->is_step_free;
    return EDU_OK;
}

static edu_status take_pupil(ei_import *import, pupil_row *row, ei_rows *rows, edu_error *error)
{
    bool is_there = false;
    EI_TRY(ei_rows_next(rows, &is_there, error));
    if (!is_there)
        return EDU_OK;
    row->id = ei_column_id(rows, 0);
    const char *given = ei_column_text(rows, 1), *family = ei_column_text(rows, 2);
    EI_TRY(ei_person_sort_name(import->session->portal, family, given, &row->sort_name, error));
    EI_TRY(ei_person_search_name(family, given, &row->search_name, error));
    return compare_pupil(import, row, rows, error);
}

static edu_status find_pupil(ei_import *import, const char *const *fields, pupil_row *row,
                             edu_error *error)
{
    ei_identifier identifier;
    EI_TRY(ei_import_identify(import, fields[PUPIL_NUMBER], fields[PUPIL_DOCUMENT], &identifier,
                              error));
    ei_rows rows;
    EI_TRY(sql_account_register_pupil(import->tx, identifier.kind, ei_hash_bytes(&identifier.hash),
                                      &rows, error));
    edu_status status = take_pupil(import, row, &rows, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    /* A school does not take another school's pupil; it costs as much to refuse as nobody does. */
    bool is_covered = false;
    EI_TRY(ei_import_covers(import, row->old_institution, &is_covered, error));
    if (ei_id_is_none(row->id) || (row->is_pupil && !is_covered))
        return ei_import_unknown_person(error, "/number");
    return ei_import_once(import, row->id, "/number", "person", error);
}

static edu_status put_pupil(ei_import *import, const char *const *fields, pupil_row *row,
                            edu_error *error)
{
    EI_TRY(read_pupil(import, fields, row, error));
    EI_TRY(find_pupil(import, fields, row, error));
    if (row->is_same) {
        import->report.unchanged++;
        return EDU_OK;
    }
    *(row->is_pupil ? &import->report.changed : &import->report.added) += 1;
    if (row->is_pupil)
        EI_TRY(sql_account_pupil_change(import->tx, &row->id, row->institution, row->grade,
                                        row->class_letter, row->language, row->is_step_free, NULL,
                                        error));
    else
        EI_TRY(sql_account_pupil_add(import->tx, &row->id, row->institution, row->grade,
                                     row->class_letter, row->language, row->is_step_free,
                                     row->sort_name, row->search_name, import->command->now, NULL,
                                     error));
    if (row->is_pupil && !row->is_moved)
        return EDU_OK;
    return sql_account_guardian_moves(import->tx, &row->id, row->institution, NULL, error);
}

static edu_status pupil_record(ei_import *import, const char *const *fields, edu_error *error)
{
    pupil_row row = {0};
    edu_status status = put_pupil(import, fields, &row, error);
    ei_free(row.class_letter);
    ei_free(row.language);
    ei_free(row.sort_name);
    ei_free(row.search_name);
    return status;
}

edu_status edu_account_import_pupils(edu_session *session, edu_bytes csv, const char *key,
                                     edu_import_report **out, edu_error *error)
{
    ei_import import = {.session = session,
                        .name = "account.import_pupils",
                        .csv = csv,
                        .columns = pupil_columns,
                        .rights = EI_IMPORT_SCHOOL,
                        .row = pupil_record};
    return ei_import_run(&import, key, out, error);
}

/* ---- guardians ---- */

enum { GUARDIAN_NUMBER, CHILD_NUMBER, CHILD_DOCUMENT };
static const char *const guardian_columns[] = {"guardian_number", "child_number?",
                                               "child_document?", NULL};

typedef struct register_person {
    edu_id id;
    char institution[EI_CODE_MAX + 1]; /* empty for no pupil */
} register_person;

/* Leaves the id none where there is no such person. */
static edu_status find_registered(ei_import *import, const ei_identifier *identifier,
                                  register_person *out, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_account_register_pupil(import->tx, identifier->kind,
                                      ei_hash_bytes(&identifier->hash), &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    if (status == EDU_OK && is_there) {
        const char *institution = ei_column_text(&rows, 3);
        out->id = ei_column_id(&rows, 0);
        if (institution)
            memcpy(out->institution, institution, strnlen(institution, EI_CODE_MAX));
    }
    ei_rows_close(&rows);
    return status;
}

/* A school imports for its own pupils, and nobody for themselves. */
static edu_status check_link(ei_import *import, const register_person *guardian,
                             const register_person *child, edu_error *error)
{
    if (ei_id_is_none(guardian->id))
        return ei_import_unknown_person(error, "/guardian_number");
    if (ei_id_compare(guardian->id, child->id) == 0)
        return ei_import_wrong(error, "import.own_guardian", "/child_number",
                               "nobody is their own guardian");
    bool is_covered = false;
    EI_TRY(ei_import_covers(import, child->institution, &is_covered, error));
    if (ei_id_is_none(child->id) || !is_covered)
        return ei_import_unknown_person(error, "/child_number");
    if (!import->is_admin && ei_id_compare(guardian->id, import->actor) == 0)
        return ei_import_wrong(error, "import.own_link", "/guardian_number",
                               "nobody imports a link of their own");
    return EDU_OK;
}

typedef enum link_change { LINK_NEW, LINK_SAME, LINK_OTHER } link_change;

/* A link that was ended stays so: who ended it knew more than the file. */
static edu_status compare_link(ei_import *import, const edu_id *guardian, const edu_id *child,
                               link_change *change, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_account_guardian(import->tx, guardian, child, &rows, error));
    bool is_there = false;
    edu_status status = ei_rows_next(&rows, &is_there, error);
    *change = LINK_NEW;
    if (status == EDU_OK && is_there) {
        const char *state = ei_column_text(&rows, 0), *source = ei_column_text(&rows, 1);
        bool is_active = strcmp(state, "active") == 0 && strcmp(source, "register") == 0;
        *change = is_active || strcmp(state, "ended") == 0 ? LINK_SAME : LINK_OTHER;
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status once(ei_import *import, const edu_id *guardian, const edu_id *child,
                       edu_error *error)
{
    char pair[2 * EDU_ID_TEXT];
    edu_id_format(*guardian, pair);
    edu_id_format(*child, pair + EDU_ID_TEXT - 1);
    return ei_import_once_text(import, pair, "/guardian_number", "link", error);
}

static edu_status guardian_record(ei_import *import, const char *const *fields, edu_error *error)
{
    ei_identifier guardian_number, child_number;
    EI_TRY(ei_import_identify(import, fields[GUARDIAN_NUMBER], "", &guardian_number, error));
    EI_TRY(ei_import_identify(import, fields[CHILD_NUMBER], fields[CHILD_DOCUMENT], &child_number,
                              error));
    register_person guardian = {0}, child = {0};
    EI_TRY(find_registered(import, &guardian_number, &guardian, error));
    EI_TRY(find_registered(import, &child_number, &child, error));
    EI_TRY(check_link(import, &guardian, &child, error));
    EI_TRY(once(import, &guardian.id, &child.id, error));
    link_change change;
    EI_TRY(compare_link(import, &guardian.id, &child.id, &change, error));
    if (change == LINK_SAME) {
        import->report.unchanged++;
        return EDU_OK;
    }
    *(change == LINK_NEW ? &import->report.added : &import->report.changed) += 1;
    return sql_account_guardian_register(import->tx, &guardian.id, &child.id, import->command->now,
                                         NULL, error);
}

edu_status edu_account_import_guardians(edu_session *session, edu_bytes csv, const char *key,
                                        edu_import_report **out, edu_error *error)
{
    ei_import import = {.session = session,
                        .name = "account.import_guardians",
                        .csv = csv,
                        .columns = guardian_columns,
                        .rights = EI_IMPORT_SCHOOL,
                        .row = guardian_record};
    return ei_import_run(&import, key, out, error);
}
