/* Lists of the admitted, as an examination body brings them. */
#include <stdio.h>
#include <string.h>

#include "admission_sql.h"
#include "domain/account/import.h"
#include "domain/admission/admission_store.h"
#include "domain/tuition/tuition_store.h"
#include "register_sql.h"

#define SCORE_MAX 10000000 /* hundredths */

enum { NUMBER, DOCUMENT, BIRTH, INSTITUTION, PROGRAMME, LEVEL, FUNDING, YEAR, SCORE, STATUS };
static const char *const columns[] = {"number?",   "document?", "birth?",  "institution",
                                      "programme", "level",     "funding", "year",
                                      "score?",    "status?",   NULL};

typedef struct importing {
    const char *service, *list;
    const ei_definition *definition;
    int32_t version; /* of it */
} importing;

typedef struct row {
    ei_admission one;
    int64_t year;
    char *sort_name;
    /* what is there */
    ei_admission before;
} row;

/* ---- a row ---- */

/* "512", "512.5" or "512.50", in hundredths. */
static bool read_score(const char *text, int32_t *out)
{
    const char *point = strpbrk(text, ".,");
    char whole[16], part[3] = "00";
    int64_t units, rest;
    size_t length = point ? (size_t)(point - text) : strlen(text);
    if (length >= sizeof whole || (point && (strlen(point + 1) < 1 || strlen(point + 1) > 2)))
        return false;
    memcpy(whole, text, length);
    whole[length] = '\0';
    if (point)
        memcpy(part, point + 1, strlen(point + 1));
    if (!ei_int_parse(whole, 0, SCORE_MAX / 100 - 1, &units) || !ei_int_parse(part, 0, 99, &rest))
        return false;
    *out = (int32_t)(units * 100 + rest);
    return true;
}

static edu_status read_words(ei_import *import, const char *const *fields, row *made,
                             edu_error *error)
{
    const importing *of = import->context;
    const char *status = fields[STATUS];
    ei_admission *one = &made->one;
    if (!ei_admission_level_title(ei_definition_request(of->definition), fields[LEVEL]))
        EI_TRY(ei_import_note(import,
                              ei_import_wrong(error, "admission.level", "/level",
                                              "the definition of the service has no such level"),
                              error));
    if (!ei_tuition_funding_title(ei_definition_tuition(of->definition), fields[FUNDING]))
        EI_TRY(ei_import_note(import,
                              ei_import_wrong(error, "admission.funding", "/funding",
                                              "the definition of the service has no such funding"),
                              error));
    if (!ei_int_parse(fields[YEAR], 1990, 2200, &made->year))
        EI_TRY(ei_import_note(
            import, ei_import_wrong(error, "admission.year", "/year", "a year is written 2026"),
            error));
    one->score = -1;
    if (*fields[SCORE] && !read_score(fields[SCORE], &one->score))
        EI_TRY(ei_import_note(import,
                              ei_import_wrong(error, "admission.score", "/score",
                                              "a score is a number with at most two decimals"),
                              error));
    bool is_withdrawn = strcmp(status, "withdrawn") == 0;
    if (!is_withdrawn && *status && strcmp(status, "admitted") != 0)
        EI_TRY(ei_import_note(import,
                              ei_import_wrong(error, "admission.status", "/status",
                                              "the status is admitted or withdrawn"),
                              error));
    (void)snprintf(one->progress, sizeof one->progress, "%s",
                   is_withdrawn ? "withdrawn" : "admitted");
    (void)snprintf(one->level, sizeof one->level, "%s", fields[LEVEL]);
    (void)snprintf(one->funding, sizeof one->funding, "%s", fields[FUNDING]);
    return EDU_OK;
}

static edu_status find_programme(ei_import *import, const char *const *fields, row *made,
                                 edu_error *error)
{
    const importing *of = import->context;
    ei_admission *one = &made->one;
    ei_rows rows;
    bool found = false;
    EI_TRY(sql_admission_programme(import->tx, of->service, fields[PROGRAMME], &rows, error));
    edu_status status = ei_rows_next(&rows, &found, error);
    if (status == EDU_OK && found) {
        one->offering = ei_column_id(&rows, 0);
        ei_take_text(&rows, 1, one->institution, sizeof one->institution);
        found = strcmp(one->institution, fields[INSTITUTION]) == 0;
    }
    ei_rows_close(&rows);
    (void)snprintf(one->programme, sizeof one->programme, "%s", fields[PROGRAMME]);
    return status != EDU_OK || found
               ? status
               : ei_import_wrong(error, "admission.programme", "/programme",
                                 "this institution has no programme of this code");
}

/* Who is admitted for money can be told how much: else nobody of them could register. */
static edu_status check_fee(ei_import *import, const row *made, edu_error *error)
{
    const importing *of = import->context;
    int64_t amount;
    edu_status status = ei_tuition_fee(import->tx, ei_definition_tuition(of->definition),
                                       &made->one.offering, made->one.funding, &amount, error);
    return status == EDU_E_STATE
               ? ei_import_wrong(error, "admission.no_fee", "/programme",
                                 "this programme has no fee for this funding yet; set it first")
               : status;
}

static edu_status take_person(const edu_portal *portal, ei_rows *rows, row *made, edu_date *birth,
                              edu_error *error)
{
    made->one.person = ei_column_id(rows, 0);
    *birth = ei_column_date(rows, 1);
    return ei_person_sort_name(portal, ei_column_text(rows, 3), ei_column_text(rows, 2),
                               &made->sort_name, error);
}

static edu_status find_person(ei_import *import, const char *const *fields, row *made,
                              edu_error *error)
{
    ei_identifier identifier;
    edu_date birth = {0}, known = {0};
    bool found = false;
    ei_rows rows;
    if (*fields[BIRTH] && !ei_date_read(fields[BIRTH], &birth))
        return ei_import_wrong(error, "import.bad_birth", "/birth",
                               "a birth date is written YYYY-MM-DD or DD.MM.YYYY");
    EI_TRY(ei_import_identify(import, fields[NUMBER], fields[DOCUMENT], &identifier, error));
    EI_TRY(sql_admission_person(import->tx, identifier.kind, ei_hash_bytes(&identifier.hash), &rows,
                                error));
    edu_status status = ei_rows_next(&rows, &found, error);
    if (status == EDU_OK && found)
        status = take_person(import->session->portal, &rows, made, &known, error);
    ei_rows_close(&rows);
    EI_TRY(status);
    made->one.sort_name = made->sort_name;
    bool fits = !*fields[BIRTH] || memcmp(&birth, &known, sizeof birth) == 0;
    return found && fits ? EDU_OK : ei_import_unknown_person(error, "/number");
}

static edu_status once(ei_import *import, const row *made, edu_error *error)
{
    char person[EDU_ID_TEXT], key[EDU_ID_TEXT + 24];
    edu_id_format(made->one.person, person);
    (void)snprintf(key, sizeof key, "%s %lld", person, (long long)made->year);
    return ei_import_once_text(import, key, "/number", "person and year", error);
}

/* ---- what it changes ---- */

static edu_status find_before(ei_import *import, row *made, edu_error *error)
{
    const importing *of = import->context;
    ei_admission *before = &made->before;
    ei_rows rows;
    bool found = false;
    EI_TRY(sql_admission_find(import->tx, &made->one.person, of->service, of->list, made->year,
                              &rows, error));
    edu_status status = ei_rows_next(&rows, &found, error);
    if (status == EDU_OK && found) {
        before->id = ei_column_id(&rows, 0);
        before->version = (int32_t)ei_column_int(&rows, 1);
        before->offering = ei_column_id(&rows, 2);
        ei_take_text(&rows, 3, before->level, sizeof before->level);
        ei_take_text(&rows, 4, before->funding, sizeof before->funding);
        before->score = ei_column_is_null(&rows, 5) ? -1 : (int32_t)ei_column_int(&rows, 5);
        ei_take_text(&rows, 6, before->progress, sizeof before->progress);
        before->request = ei_column_id(&rows, 7);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status check_other(ei_import *import, const row *made, edu_error *error)
{
    ei_rows rows;
    bool found = false;
    if (strcmp(made->one.progress, "withdrawn") == 0)
        return EDU_OK;
    EI_TRY(ei_rows_integer(sql_admission_other(import->tx, &made->one.person, &made->one.offering,
                                               &made->before.id, &rows, error),
                           &rows, &found, NULL, error));
    return found ? ei_import_wrong(error, "admission.twice", "/programme",
                                   "another list, or another year of it, admits this person to "
                                   "this programme already")
                 : EDU_OK;
}

/* Another programme or funding, or none any more: what was begun is over. */
static bool begins_anew(const row *made)
{
    const ei_admission *one = &made->one, *before = &made->before;
    bool was_live = strcmp(before->progress, "withdrawn") != 0,
         is_live = strcmp(one->progress, "withdrawn") != 0;
    return was_live != is_live || ei_id_compare(one->offering, before->offering) != 0 ||
           strcmp(one->funding, before->funding) != 0;
}

static edu_status end_request(ei_import *import, const row *made, edu_error *error)
{
    const importing *of = import->context;
    edu_error why = EDU_ERROR_INIT;
    if (ei_id_is_none(made->before.request))
        return EDU_OK;
    edu_status status = ei_request_by_system(
        import->command, import->tx, &made->one.person, &made->before.request,
        ei_admission_name(ei_definition_request(of->definition), "ended"), &why);
    if (status == EDU_OK || status == EDU_E_STATE) /* it may be over already */
        return EDU_OK;
    if (error)
        *error = why;
    return status;
}

static edu_status change(ei_import *import, row *made, edu_error *error)
{
    ei_admission *one = &made->one;
    const ei_admission *before = &made->before;
    bool anew = begins_anew(made);
    one->id = before->id;
    one->version = before->version;
    if (!anew && one->score == before->score && strcmp(one->level, before->level) == 0) {
        import->report.unchanged++;
        return EDU_OK;
    }
    import->report.changed++;
    if (!anew)
        memcpy(one->progress, before->progress, sizeof one->progress);
    one->request = before->request;
    EI_TRY(ei_admission_save(import->command, import->tx, one, "import", NULL, error));
    return anew ? end_request(import, made, error) : EDU_OK;
}

static edu_status add(ei_import *import, row *made, edu_error *error)
{
    const importing *of = import->context;
    ei_admission *one = &made->one;
    bool is_live = strcmp(one->progress, "withdrawn") != 0;
    import->report.added++;
    one->id = ei_new_id(import->session);
    EI_TRY(sql_admission_add(import->tx, &one->person, &one->id, of->service, of->list, made->year,
                             &one->offering, one->institution, one->level, one->funding, one->score,
                             one->progress, is_live, one->sort_name, import->command->now, NULL,
                             error));
    one->version = 0;
    return ei_admission_note(import->command, import->tx, one, "import", NULL, error);
}

static edu_status put(ei_import *import, row *made, edu_error *error)
{
    const importing *of = import->context;
    bool is_new = made->before.version == 0;
    EI_TRY(is_new ? add(import, made, error) : change(import, made, error));
    bool is_told = strcmp(made->one.progress, "admitted") == 0 && (is_new || begins_anew(made));
    return is_told ? ei_admission_tell(import->command, import->tx, of->definition, of->version,
                                       &made->one.person, "told", error)
                   : EDU_OK;
}

static edu_status take(ei_import *import, const char *const *fields, row *made, edu_error *error)
{
    EI_TRY(
        ei_import_note(import, ei_import_institution(import, fields[INSTITUTION], error), error));
    EI_TRY(read_words(import, fields, made, error));
    if (!import->is_faulty)
        EI_TRY(ei_import_note(import, find_programme(import, fields, made, error), error));
    if (!import->is_faulty)
        EI_TRY(ei_import_note(import, check_fee(import, made, error), error));
    EI_TRY(ei_import_note(import, find_person(import, fields, made, error), error));
    if (import->is_faulty)
        return EDU_OK;
    EI_TRY(once(import, made, error));
    EI_TRY(find_before(import, made, error));
    EI_TRY(check_other(import, made, error));
    return import->faults ? EDU_OK : put(import, made, error);
}

static edu_status record(ei_import *import, const char *const *fields, edu_error *error)
{
    row made = {0};
    edu_status status = take(import, fields, &made, error);
    ei_free(made.sort_name);
    return status;
}

/* ---- the file ---- */

static edu_status begin(ei_import *import, edu_error *error)
{
    importing *of = import->context;
    return ei_admission_rules(import->session, import->tx, of->service, &of->definition,
                              &of->version, error);
}

/* Who brought it, and when, beside the files of registers. */
static edu_status end(ei_import *import, edu_error *error)
{
    const importing *of = import->context;
    const edu_import_report *report = &import->report;
    const edu_id id = ei_new_id(import->session);
    char code[2 * EI_CODE_MAX + 2];
    (void)snprintf(code, sizeof code, "%s/%s", of->service, of->list);
    return sql_register_file_add(import->tx, &id, code, NULL, import->command->now, &import->actor,
                                 report->read, report->added, report->changed, report->unchanged,
                                 NULL, error);
}

static edu_status prepare(edu_session *session, const char *service, const char *list,
                          edu_bytes csv, importing *of, char code[2 * EI_CODE_MAX + 2],
                          ei_import *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(service, EI_CODE_MAX, false, "/service", error));
    EI_TRY(ei_check_text(list, EI_CODE_MAX, false, "/list", error));
    EI_TRY(ei_import_check_code(list, "/list", error));
    (void)snprintf(code, 2 * EI_CODE_MAX + 2, "%s/%s", service, list);
    *of = (importing){.service = service, .list = list};
    *out = (ei_import){.session = session,
                       .name = "admission.import",
                       .csv = csv,
                       .columns = columns,
                       .rights = EI_IMPORT_CLERK,
                       .code = code,
                       .begin = begin,
                       .row = record,
                       .end = end,
                       .context = of};
    return EDU_OK;
}

edu_status edu_admission_import(edu_session *session, const char *service, const char *list,
                                edu_bytes csv, const char *key, edu_import_report **out,
                                edu_error *error)
{
    importing of;
    ei_import import;
    char code[2 * EI_CODE_MAX + 2];
    EI_TRY(prepare(session, service, list, csv, &of, code, &import, error));
    return ei_import_run(&import, key, out, error);
}

edu_status edu_admission_faults(edu_session *session, const char *service, const char *list,
                                edu_bytes csv, const char *cursor, int32_t limit,
                                edu_import_fault_page **out, edu_error *error)
{
    importing of;
    ei_import import;
    char code[2 * EI_CODE_MAX + 2];
    EI_TRY(prepare(session, service, list, csv, &of, code, &import, error));
    return ei_import_faults(&import, cursor, limit, out, error);
}
