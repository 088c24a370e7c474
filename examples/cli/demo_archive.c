/* The archive of the International Mathematical Olympiad: the file's rows as the library's import
 * takes them, country by country as regions. */
#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 13
#define PROBLEMS 7
enum { YEAR, COUNTRY, CONTESTANT, FIRST_PROBLEM, TOTAL = FIRST_PROBLEM + PROBLEMS, RANK, AWARD };

typedef struct row {
    int year;
    char *fields[COLUMNS];
    char region[65];
} row;

typedef struct archive {
    char *text;
    row *rows;
    size_t count, space;
} archive;

static edu_status failed(edu_error *error, const char *what)
{
    error->code = EDU_E_IO;
    snprintf(error->message, sizeof error->message, "%s", what);
    return EDU_E_IO;
}

/* ---- reading ---- */

/* Splits a line in place; a field in quotes may hold commas. */
static bool split(char *line, char *fields[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        bool is_quoted = *line == '"';
        fields[i] = line += is_quoted;
        line += strcspn(line, is_quoted ? "\"" : ",");
        if (is_quoted && *line == '"')
            *line++ = '\0';
        if (i + 1 < COLUMNS && *line != ',')
            return false;
        if (*line == ',')
            *line++ = '\0';
    }
    return true;
}

/* "imo.bosnia-and-herzegovina" */
static void name_region(const char *country, char out[65])
{
    size_t at = (size_t)snprintf(out, 65, "imo.");
    for (; *country != '\0' && at < 64; country++) {
        char c = *country >= 'A' && *country <= 'Z' ? (char)(*country - 'A' + 'a') : *country;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[at++] = c;
        else if (strncmp(country, "ü", 2) == 0)
            out[at++] = 'u';
        else if (c == ' ' && out[at - 1] != '-')
            out[at++] = '-';
    }
    out[at] = '\0';
}

static edu_status add_row(archive *in, char *line, edu_error *error)
{
    if (in->count == in->space) {
        in->space = in->space != 0 ? in->space * 2 : 4096;
        row *grown = realloc(in->rows, in->space * sizeof *grown);
        if (grown == NULL)
            return failed(error, "out of memory");
        in->rows = grown;
    }
    row *made = &in->rows[in->count++];
    if (!split(line, made->fields))
        return failed(error, "the archive's file is not of its form");
    made->year = atoi(made->fields[YEAR]);
    name_region(made->fields[COUNTRY], made->region);
    return EDU_OK;
}

static edu_status read_rows(archive *in, const char *path, edu_error *error)
{
    FILE *file = fopen(path, "rb");
    long size = file != NULL && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size >= 0) {
        rewind(file);
        in->text = calloc(1, (size_t)size + 1);
    }
    bool good = in->text != NULL && fread(in->text, 1, (size_t)size, file) == (size_t)size;
    if (file != NULL)
        fclose(file);
    if (!good)
        return failed(error, "the archive's file cannot be read");
    char *rest = in->text;
    (void)strsep(&rest, "\n");
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        line[strcspn(line, "\r")] = '\0';
        if (*line != '\0') {
            edu_status status = add_row(in, line, error);
            if (status != EDU_OK)
                return status;
        }
    }
    return EDU_OK;
}

/* ---- countries ---- */

static int compare_regions(const void *a, const void *b)
{
    return strcmp((*(const row *const *)a)->region, (*(const row *const *)b)->region);
}

static edu_status import_text(edu_session *session, char *text, size_t size, edu_error *error)
{
    edu_import_report *report = NULL;
    edu_status status =
        edu_account_import_regions(session, (edu_bytes){text, size}, NULL, &report, error);
    edu_free(report);
    return status;
}

static edu_status import_countries(edu_session *operator_, const archive *in, edu_error *error)
{
    const row **sorted = calloc(in->count, sizeof *sorted);
    char *text = NULL;
    size_t size = 0;
    FILE *csv = open_memstream(&text, &size);
    if (sorted == NULL || csv == NULL)
        return failed(error, "out of memory");
    for (size_t i = 0; i < in->count; i++)
        sorted[i] = &in->rows[i];
    qsort(sorted, in->count, sizeof *sorted, compare_regions);
    fputs("code,name\n", csv);
    for (size_t i = 0; i < in->count; i++)
        if (i == 0 || strcmp(sorted[i]->region, sorted[i - 1]->region) != 0)
            fprintf(csv, "%s,\"en=%s\"\n", sorted[i]->region, sorted[i]->fields[COUNTRY]);
    fclose(csv);
    edu_status status = import_text(operator_, text, size, error);
    free(text);
    free(sorted);
    return status;
}

/* ---- a year ---- */

static const struct {
    const char *in_file, *code, *en, *az, *ru;
} awards[] = {
    {"Gold medal", "gold", "Gold medal", "Qızıl medal", "Золотая медаль"},
    {"Silver medal", "silver", "Silver medal", "Gümüş medal", "Серебряная медаль"},
    {"Bronze medal", "bronze", "Bronze medal", "Bürünc medal", "Бронзовая медаль"},
    {"Honourable mention", "honourable", "Honourable mention", "Fəxri fərman",
     "Похвальная грамота"},
    {"Special prize", "special", "Special prize", "Xüsusi mükafat", "Специальный приз"},
};

static const char *award_of(const char *text)
{
    for (size_t i = 0; i < sizeof awards / sizeof *awards; i++)
        if (strncmp(text, awards[i].in_file, strlen(awards[i].in_file)) == 0)
            return awards[i].code;
    return "";
}

/* What the year's problems were worth is not in the file: at least what somebody reached, and the
 * seven points of today's. */
static json_t *rules_of(const row *rows, size_t count)
{
    json_t *problems = json_array(), *list = json_array();
    for (int p = 0; p < PROBLEMS; p++) {
        int most = 0;
        bool is_there = p < PROBLEMS - 1;
        for (size_t i = 0; i < count; i++) {
            const char *points = rows[i].fields[FIRST_PROBLEM + p];
            is_there |= *points != '\0';
            if (atoi(points) > most)
                most = atoi(points);
        }
        char code[8];
        snprintf(code, sizeof code, "p%d", p + 1);
        if (is_there)
            json_array_append_new(problems,
                                  json_pack("{s:s,s:i}", "code", code, "max", most > 7 ? most : 7));
    }
    for (size_t i = 0; i < sizeof awards / sizeof *awards; i++)
        json_array_append_new(list, json_pack("{s:s,s:{s:s,s:s,s:s}}", "code", awards[i].code,
                                              "title", "az", awards[i].az, "en", awards[i].en, "ru",
                                              awards[i].ru));
    return json_pack("{s:o,s:o}", "problems", problems, "awards", list);
}

static edu_status open_year(edu_session *operator_, int year, edu_id *out, edu_error *error)
{
    char code[16], az[64], en[64], ru[96];
    snprintf(code, sizeof code, "imo-%d", year);
    snprintf(az, sizeof az, "Beynəlxalq Riyaziyyat Olimpiadası %d", year);
    snprintf(en, sizeof en, "International Mathematical Olympiad %d", year);
    snprintf(ru, sizeof ru, "Международная математическая олимпиада %d", year);
    edu_season_new season = EDU_SEASON_NEW_INIT;
    season.code = code;
    season.title = json_pack("{s:s,s:s,s:s}", "az", az, "en", en, "ru", ru);
    season.subject = "mathematics";
    season.subject_title =
        json_pack("{s:s,s:s,s:s}", "az", "Riyaziyyat", "en", "Mathematics", "ru", "Математика");
    season.grade_from = 1;
    season.grade_to = 12;
    season.series = "imo";
    season.year = year;
    season.is_archive = true;
    edu_status status = edu_olympiad_season_create(operator_, &season, NULL, out, error);
    if (status == EDU_OK)
        status = edu_olympiad_season_publish(operator_, *out, NULL, error);
    json_decref(season.title);
    json_decref(season.subject_title);
    return status;
}

static void write_year(FILE *csv, const row *rows, size_t count, size_t problems)
{
    fputs("number,region,total,award,counted", csv);
    for (size_t p = 0; p < problems; p++)
        fprintf(csv, ",p%zu", p + 1);
    for (size_t i = 0; i < count; i++) {
        char *const *fields = rows[i].fields;
        /* Teams out of competition, in 1992, have no rank. */
        fprintf(csv, "\n%s-%s,%s,%s,%s,%d", rows[i].region + 4, fields[CONTESTANT], rows[i].region,
                fields[TOTAL], award_of(fields[AWARD]), *fields[RANK] != '\0');
        for (size_t p = 0; p < problems; p++)
            fprintf(csv, ",%s", fields[FIRST_PROBLEM + p]);
    }
    fputs("\n", csv);
}

static edu_status import_year(edu_session *operator_, edu_id season, const row *rows, size_t count,
                              size_t problems, edu_error *error)
{
    char *text = NULL;
    size_t size = 0;
    edu_import_report *report = NULL;
    FILE *csv = open_memstream(&text, &size);
    if (csv == NULL)
        return failed(error, "out of memory");
    write_year(csv, rows, count, problems);
    fclose(csv);
    edu_status status =
        edu_result_import(operator_, season, (edu_bytes){text, size}, NULL, &report, error);
    edu_free(report);
    free(text);
    return status;
}

static edu_status make_year(edu_session *operator_, edu_session *clerk, edu_session *second,
                            const row *rows, size_t count, edu_time now, edu_error *error)
{
    edu_id season;
    json_t *rules = rules_of(rows, count);
    size_t problems = json_array_size(json_object_get(rules, "problems"));
    edu_status status = open_year(operator_, rows->year, &season, error);
    if (status == EDU_OK)
        status = edu_result_rules(operator_, season, rules, NULL, error);
    json_decref(rules);
    if (status == EDU_OK)
        status = import_year(operator_, season, rows, count, problems, error);
    if (status == EDU_OK)
        status = edu_result_propose(clerk, season, now, NULL, error);
    if (status == EDU_OK)
        status = edu_result_approve(second, season, (edu_progress){0}, NULL, error);
    return status;
}

edu_status demo_archive(edu_session *operator_, edu_session *clerk, edu_session *second,
                        const char *path, edu_time now, edu_error *error)
{
    archive in = {0};
    edu_status status = read_rows(&in, path, error);
    if (status == EDU_OK)
        status = import_countries(operator_, &in, error);
    for (size_t first = 0, end; status == EDU_OK && first < in.count; first = end) {
        for (end = first + 1; end < in.count && in.rows[end].year == in.rows[first].year;)
            end++;
        status = make_year(operator_, clerk, second, &in.rows[first], end - first, now, error);
    }
    if (status == EDU_OK)
        printf("  %-18s %7zu results\n", "imo", in.count);
    free(in.rows);
    free(in.text);
    return status;
}
