/* Results from files, and the blind codes by which scripts are known while they are marked. */
#include "domain/result/result_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/account/import.h"
#include "result_sql.h"

/* The columns before those of the problems: of pupils the first two, of an archive all. */
enum { NUMBER, ABSENT, OF_PUPILS, TOTAL = OF_PUPILS, COUNTED, AWARD, REGION, OF_ARCHIVE };
#define COLUMN_BYTES 40
#define BLIND_BYTES 5
#define BLIND_TEXT 9
#define BLIND_CLAIM (16 + BLIND_BYTES)
#define CODES_BATCH 500

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

typedef struct file {
    edu_id season_id;
    ei_round round;
    char names[EI_PROBLEMS_MAX][COLUMN_BYTES];
    const char *columns[OF_ARCHIVE + EI_PROBLEMS_MAX + 1];
    size_t first_problem;
} file;

/* A script as it stands in the store. */
typedef struct script {
    edu_id person_id, application_id;
    char number[65], institution[65], region[65];
    int32_t grade;
    bool has_result, is_absent, is_counted;
    char points[EI_MARKS_TEXT], award[40];
    int64_t total; /* -1: none */
} script;

/* What a record says of it. */
typedef struct given {
    bool is_absent, is_counted;
    ei_marks marks;
    int64_t total;
    const char *award;
} given;

/* ---- codes ---- */

/* 40 bits as 8 letters and digits that are not taken for one another. */
static void code_format(const uint8_t code[BLIND_BYTES], char out[BLIND_TEXT])
{
    uint64_t value = 0;
    for (size_t i = 0; i < BLIND_BYTES; i++)
        value = value << 8 | code[i];
    for (int i = 7; i >= 0; i--, value >>= 5)
        out[i] = base32[value & 31];
    out[8] = '\0';
}

static bool code_parse(const char *text, uint8_t code[BLIND_BYTES])
{
    uint64_t value = 0;
    if (strlen(text) != BLIND_TEXT - 1)
        return false;
    for (; *text != '\0'; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
        const char *at = strchr(base32, c);
        if (at == NULL)
            return false;
        value = value << 5 | (uint64_t)(at - base32);
    }
    for (size_t i = 0; i < BLIND_BYTES; i++)
        code[i] = (uint8_t)(value >> (8 * (BLIND_BYTES - 1 - i)));
    return true;
}

static void code_claim(const edu_id *season, const uint8_t code[BLIND_BYTES],
                       uint8_t out[BLIND_CLAIM])
{
    memcpy(out, season->bytes, sizeof season->bytes);
    memcpy(out + sizeof season->bytes, code, BLIND_BYTES);
}

/* ---- finding a script ---- */

static edu_status script_take(script *out, ei_rows *rows, edu_error *error)
{
    const char *institution = ei_column_text(rows, 3), *award = ei_column_text(rows, 11);
    edu_bytes slip = ei_column_bytes(rows, 2);
    out->person_id = ei_column_id(rows, 0);
    out->application_id = ei_column_id(rows, 1);
    if (slip.size == 10)
        ei_paper_id_format(slip.data, out->number);
    (void)snprintf(out->institution, sizeof out->institution, "%s",
                   institution != NULL ? institution : "");
    (void)snprintf(out->region, sizeof out->region, "%s", ei_column_text(rows, 4));
    out->grade = (int32_t)ei_column_int(rows, 5);
    out->has_result = !ei_column_is_null(rows, 6);
    if (!out->has_result)
        return EDU_OK;
    out->is_absent = ei_column_bool(rows, 7);
    const char *points = ei_column_text(rows, 8);
    if (strlen(points) >= sizeof out->points)
        return ei_fail(error, EDU_E_CORRUPT, "result.points", "", "stored points are too long");
    memcpy(out->points, points, strlen(points) + 1);
    out->total = ei_column_is_null(rows, 9) ? -1 : ei_column_int(rows, 9);
    out->is_counted = ei_column_bool(rows, 10);
    (void)snprintf(out->award, sizeof out->award, "%s", award != NULL ? award : "");
    return EDU_OK;
}

static edu_status script_one(ei_rows *rows, script *out, bool *found, edu_error *error)
{
    edu_status status = ei_rows_next(rows, found, error);
    if (status == EDU_OK && *found)
        status = script_take(out, rows, error);
    ei_rows_close(rows);
    return status;
}

static edu_status script_find(ei_import *import, const file *in, const char *number, script *out,
                              edu_error *error)
{
    uint8_t slip[10], code[BLIND_BYTES], claim[BLIND_CLAIM];
    bool is_blind = in->round.rules.is_blind, found = false;
    ei_rows rows;
    if (is_blind ? code_parse(number, code) : ei_paper_id_parse(number, slip)) {
        code_claim(&in->season_id, code, claim);
        edu_bytes value = is_blind ? (edu_bytes){claim, sizeof claim} : (edu_bytes){slip, 10};
        EI_TRY(sql_result_script(import->tx, is_blind ? "blind" : "document", value, &in->season_id,
                                 &rows, error));
        EI_TRY(script_one(&rows, out, &found, error));
    }
    if (!found)
        return ei_import_wrong(error, "import.unknown_number", "/number",
                               is_blind ? "no script of this round has this code"
                                        : "no admission slip of this round has this number");
    return EDU_OK;
}

/* A contestant of an archive: known by the number, else a new one. */
static edu_status contestant_find(ei_import *import, const file *in, const char *number,
                                  const char *region, script *out, edu_error *error)
{
    ei_rows rows;
    bool found;
    EI_TRY(ei_import_check_code(number, "/number", error));
    EI_TRY(ei_import_require_region(import, region, error));
    EI_TRY(sql_result_by_number(import->tx, &in->season_id, number, &rows, error));
    EI_TRY(script_one(&rows, out, &found, error));
    if (found && strcmp(out->region, region) != 0)
        return ei_import_wrong(error, "import.other_region", "/region",
                               "this contestant was imported with another region");
    if (!found)
        out->person_id = ei_new_id(import->session);
    (void)snprintf(out->number, sizeof out->number, "%s", number);
    (void)snprintf(out->region, sizeof out->region, "%s", region);
    return EDU_OK;
}

/* ---- reading a record ---- */

static edu_status read_flag(const char *text, bool otherwise, const char *field, bool *out,
                            edu_error *error)
{
    *out = text[0] == '\0' ? otherwise : text[0] == '1';
    return strcmp(text, "0") == 0 || strcmp(text, "1") == 0 || text[0] == '\0'
               ? EDU_OK
               : ei_fail(error, EDU_E_INVALID, "import.bad_bool", field, "0 or 1 is expected");
}

static edu_status bad_points(const ei_rules *rules, const ei_problem_rule *problem,
                             edu_error *error)
{
    char field[64], most[EI_POINTS_TEXT];
    (void)snprintf(field, sizeof field, "/%.40s", problem->code);
    ei_points_format(problem->maximum, rules->decimals, most);
    return ei_fail(error, EDU_E_INVALID, "import.bad_points", field,
                   "a number of points from 0 to %s is expected, with at most %d decimals", most,
                   rules->decimals);
}

static edu_status read_mark(const file *in, size_t problem, const char *text, const script *of,
                            given *out, edu_error *error)
{
    const ei_problem_rule *rule = &in->round.rules.problems[problem];
    int64_t *points = &out->marks.points[problem];
    char field[64];
    *points = EI_POINTS_NONE;
    (void)snprintf(field, sizeof field, "/%.40s", rule->code);
    if (text[0] != '\0' && out->is_absent)
        return ei_import_wrong(error, "import.absent_points", field,
                               "who was absent has no points");
    if (text[0] != '\0' && !ei_problem_applies(rule, of->grade))
        return ei_import_wrong(error, "import.not_for_grade", field,
                               "this problem is not for the pupil's grade");
    if (text[0] == '\0') {
        bool is_missing =
            !in->round.is_archive && !out->is_absent && ei_problem_applies(rule, of->grade);
        return is_missing ? ei_import_wrong(error, "import.points_missing", field,
                                            "points are missing; write 0 for none, or absent 1")
                          : EDU_OK;
    }
    if (!ei_points_parse(text, in->round.rules.decimals, points) || *points > rule->maximum)
        return bad_points(&in->round.rules, rule, error);
    return EDU_OK;
}

static bool has_all(const ei_rules *rules, const given *of)
{
    for (size_t i = 0; i < rules->problem_count; i++)
        if (of->marks.points[i] == EI_POINTS_NONE)
            return false;
    return true;
}

/* Archives contradict themselves here and there: the total they give is the one that counts. */
static edu_status archive_total(const file *in, const char *text, given *out, edu_error *error)
{
    if (out->is_absent)
        return EDU_OK;
    if (text[0] != '\0' && !ei_points_parse(text, in->round.rules.decimals, &out->total))
        return ei_import_wrong(error, "import.bad_number", "/total", "a number is expected");
    if (text[0] == '\0' && !has_all(&in->round.rules, out))
        return ei_import_wrong(error, "import.points_missing", "/total",
                               "a total is needed where points are missing");
    if (text[0] == '\0')
        out->total = ei_marks_total(&in->round.rules, &out->marks);
    return EDU_OK;
}

static edu_status read_award(const file *in, const char *text, given *out, edu_error *error)
{
    if (text[0] == '\0')
        return EDU_OK;
    const ei_award_rule *award = ei_rules_award(&in->round.rules, text);
    if (award == NULL)
        return ei_import_wrong(error, "import.unknown_award", "/award",
                               "the rules have no award of this code");
    out->award = award->code;
    return EDU_OK;
}

static edu_status read_archived(const file *in, const char *const *fields, given *out,
                                edu_error *error)
{
    EI_TRY(read_flag(fields[COUNTED], true, "/counted", &out->is_counted, error));
    EI_TRY(read_award(in, fields[AWARD], out, error));
    return archive_total(in, fields[TOTAL], out, error);
}

static edu_status read_marks(const file *in, const char *const *fields, const script *of,
                             given *out, edu_error *error)
{
    const ei_rules *rules = &in->round.rules;
    out->total = -1;
    EI_TRY(read_flag(fields[ABSENT], false, "/absent", &out->is_absent, error));
    for (size_t i = 0; i < rules->problem_count; i++)
        EI_TRY(read_mark(in, i, fields[in->first_problem + i], of, out, error));
    if (in->round.is_archive)
        return read_archived(in, fields, out, error);
    out->is_counted = true;
    if (!out->is_absent)
        out->total = ei_marks_total(rules, &out->marks);
    return EDU_OK;
}

/* ---- storing ---- */

static edu_status result_put(ei_import *import, const file *in, const script *of, const given *now,
                             edu_error *error)
{
    char points[EI_MARKS_TEXT];
    edu_tx *tx = import->tx;
    const edu_id *season = &in->season_id;
    ei_marks_format(&in->round.rules, &now->marks, points);
    if (!of->has_result) {
        import->report.added++;
        return sql_result_add(tx, &of->person_id, season, &of->application_id, of->number,
                              of->institution[0] != '\0' ? of->institution : NULL, of->region,
                              of->grade, now->is_absent, now->is_counted, points, now->total,
                              now->award, import->command->now, NULL, error);
    }
    bool is_same = of->is_absent == now->is_absent && of->is_counted == now->is_counted &&
                   strcmp(of->points, points) == 0 && of->total == now->total;
    /* Awards of pupils come from ranking, those of an archive from its file. */
    const char *award = in->round.is_archive ? now->award : of->award[0] ? of->award : NULL;
    if (in->round.is_archive)
        is_same = is_same && strcmp(of->award, now->award != NULL ? now->award : "") == 0;
    if (is_same) {
        import->report.unchanged++;
        return EDU_OK;
    }
    import->report.changed++;
    EI_TRY(sql_result_keep_change(tx, &of->person_id, season, import->command->now, &import->actor,
                                  NULL, "import", NULL, error));
    return sql_result_change(tx, &of->person_id, season, now->is_absent, now->is_counted, points,
                             now->total, award, import->command->now, NULL, error);
}

static edu_status result_row(ei_import *import, const char *const *fields, edu_error *error)
{
    file *in = import->context;
    script of = {.total = -1};
    given now = {0};
    if (in->round.is_archive)
        EI_TRY(contestant_find(import, in, fields[NUMBER], fields[REGION], &of, error));
    else
        EI_TRY(script_find(import, in, fields[NUMBER], &of, error));
    EI_TRY(ei_import_once_text(import, of.number, "/number", "number", error));
    EI_TRY(read_marks(in, fields, &of, &now, error));
    return result_put(import, in, &of, &now, error);
}

static void name_columns(file *in)
{
    static const char *const fixed[OF_ARCHIVE] = {"number",   "absent?", "total?",
                                                  "counted?", "award?",  "region"};
    bool is_archive = in->round.is_archive;
    in->first_problem = is_archive ? OF_ARCHIVE : OF_PUPILS;
    memcpy(in->columns, fixed, in->first_problem * sizeof *fixed);
    const char **of_problems = in->columns + in->first_problem;
    for (size_t i = 0; i < in->round.rules.problem_count; i++) {
        (void)snprintf(in->names[i], COLUMN_BYTES, "%s%s", in->round.rules.problems[i].code,
                       is_archive ? "?" : "");
        of_problems[i] = in->names[i];
    }
    of_problems[in->round.rules.problem_count] = NULL;
}

static edu_status begin_results(ei_import *import, edu_error *error)
{
    file *in = import->context;
    ei_round_finish(&in->round);
    EI_TRY(ei_round_read(import->session, import->tx, in->season_id, import->command->now,
                         &in->round, error));
    EI_TRY(ei_round_require(&in->round, EI_MARKING_OPEN, error));
    name_columns(in);
    return EDU_OK;
}

edu_status edu_result_import(edu_session *session, edu_id season_id, edu_bytes csv, const char *key,
                             edu_import_report **out, edu_error *error)
{
    file in = {.season_id = season_id};
    ei_import import = {.session = session,
                        .name = "result.import",
                        .csv = csv,
                        .columns = in.columns,
                        .rights = EI_IMPORT_CLERK,
                        .subject = &season_id,
                        .begin = begin_results,
                        .row = result_row,
                        .context = &in};
    edu_status status = ei_import_run(&import, key, out, error);
    ei_round_finish(&in.round);
    return status;
}

/* ---- giving codes ---- */

typedef struct coding {
    edu_id season_id;
    bool is_done;
} coding;

typedef struct uncoded {
    edu_id person_id, sitting_id;
} uncoded;

static edu_status uncoded_read(edu_tx *tx, const edu_id *season, uncoded *out, size_t *count,
                               edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_result_uncoded(tx, season, CODES_BATCH, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && *count < CODES_BATCH)
        out[(*count)++] = (uncoded){ei_column_id(&rows, 0), ei_column_id(&rows, 1)};
    ei_rows_close(&rows);
    return status;
}

static edu_status code_give(ei_command *command, edu_tx *tx, const edu_id *season,
                            const uncoded *to, edu_error *error)
{
    const edu_random *random = &command->session->portal->environment.random;
    uint8_t code[BLIND_BYTES], claim[BLIND_CLAIM];
    int64_t claimed = 0;
    while (claimed == 0) {
        random->fill(random->context, code, sizeof code);
        code_claim(season, code, claim);
        EI_TRY(sql_result_code_claim(tx, (edu_bytes){claim, sizeof claim}, &to->person_id, &claimed,
                                     error));
    }
    return sql_result_code_set(tx, &to->person_id, &to->sitting_id, (edu_bytes){code, sizeof code},
                               NULL, error);
}

static edu_status codes_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    coding *work = command->context;
    ei_round round;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    edu_status status =
        ei_round_read(command->session, tx, work->season_id, command->now, &round, error);
    if (status == EDU_OK && !round.rules.is_blind)
        status = ei_fail(error, EDU_E_STATE, "result.not_blind", "",
                         "the rules of this round are not blind");
    ei_round_finish(&round);
    EI_TRY(status);
    uncoded *waiting = ei_calloc(CODES_BATCH, sizeof *waiting);
    if (waiting == NULL)
        return ei_no_memory(error);
    size_t count = 0;
    status = uncoded_read(tx, &work->season_id, waiting, &count, error);
    for (size_t i = 0; status == EDU_OK && i < count; i++)
        status = code_give(command, tx, &work->season_id, &waiting[i], error);
    ei_free(waiting);
    work->is_done = count < CODES_BATCH;
    return status;
}

typedef struct codes_read {
    edu_id season_id;
    ei_buffer csv;
} codes_read;

static edu_status codes_list(edu_tx *tx, void *context, edu_error *error)
{
    codes_read *read = context;
    ei_rows rows;
    bool row;
    ei_buffer_free(&read->csv);
    ei_buffer_text(&read->csv, "slip,code\r\n");
    EI_TRY(sql_result_codes(tx, &read->season_id, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        char slip[EI_PAPER_ID_TEXT], code[BLIND_TEXT];
        ei_paper_id_format(ei_column_bytes(&rows, 0).data, slip);
        code_format(ei_column_bytes(&rows, 1).data, code);
        ei_buffer_printf(&read->csv, "%s,%s\r\n", slip, code);
    }
    ei_rows_close(&rows);
    return status == EDU_OK && read->csv.failed ? ei_no_memory(error) : status;
}

edu_status edu_result_codes(edu_session *session, edu_id season_id, edu_document **out,
                            edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    coding work = {.season_id = season_id};
    while (!work.is_done)
        EI_TRY(ei_write(session, "result.codes", codes_run, &work, error));
    codes_read read = {.season_id = season_id};
    edu_status status = ei_read(session, codes_list, &read, error);
    if (status == EDU_OK)
        status = ei_document("codes.csv", "text/csv", &read.csv, out, error);
    ei_buffer_free(&read.csv);
    return status;
}
