/* What appeals come to: counted in one scan of a period, given as a record and as a file. */
#include "domain/appeal/appeal_store.h"

#include <string.h>

#include "appeal_sql.h"
#include "domain/calendar/calendar_store.h"
#include "domain/portal/tally.h"

enum outcome { IN_TIME = 1, TOO_LATE, WITHDRAWN, OPEN, OVERDUE };
enum dimension { ALL, CHANNEL, CATEGORY, REGION, DEPARTMENT, MONTH, DIMENSIONS };

static const char *const dimension_names[DIMENSIONS] = {"all",    "channel",    "category",
                                                        "region", "department", "month"};

typedef struct figures {
    edu_session *session;
    edu_time now, since, until;
    const ei_appeal_rules *rules;
    json_t *regions; /* names by code */
    ei_tallies tallies;
} figures;

/* ---- counting ---- */

static edu_status add(figures *work, enum dimension dimension, const char *code,
                      enum outcome outcome, int64_t days, int64_t count, edu_error *error)
{
    ei_tally *to = ei_tally_at(&work->tallies, dimension, code, "");
    if (!to)
        return ei_no_memory(error);
    to->sums[outcome] += count;
    return outcome == IN_TIME || outcome == TOO_LATE ? ei_tally_took(to, days, count, error)
                                                     : EDU_OK;
}

static edu_status add_row(figures *work, ei_rows *rows, edu_error *error)
{
    char month[16];
    int64_t number = ei_column_int(rows, 0), days = ei_column_int(rows, 6);
    enum outcome outcome = (enum outcome)ei_column_int(rows, 5);
    int64_t count = ei_column_int(rows, 7);
    (void)snprintf(month, sizeof month, "%04d-%02d", (int)(number / 100 % 10000),
                   (int)(number % 100));
    EI_TRY(add(work, ALL, "", outcome, days, count, error));
    for (int i = CHANNEL; i <= DEPARTMENT; i++)
        EI_TRY(add(work, (enum dimension)i, ei_column_text(rows, i), outcome, days, count, error));
    return add(work, MONTH, month, outcome, days, count, error);
}

static void forget(figures *work)
{
    json_decref(work->regions);
    work->regions = NULL;
    ei_tallies_finish(&work->tallies);
}

static edu_status count_run(edu_tx *tx, void *context, edu_error *error)
{
    figures *work = context;
    ei_rows rows;
    bool row;
    forget(work);
    EI_TRY(ei_appeal_rules_load(work->session, tx, 0, &work->rules, NULL, error));
    EI_TRY(ei_appeal_regions(tx, &work->regions, error));
    EI_TRY(sql_appeal_figures(tx, work->now, work->since, work->until, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = add_row(work, &rows, error)) == EDU_OK)
        continue;
    ei_rows_close(&rows);
    return status;
}

/* ---- what follows from the counts ---- */

static int64_t received(const ei_tally *of)
{
    int64_t sum = 0;
    for (int i = IN_TIME; i <= OVERDUE; i++)
        sum += of->sums[i];
    return sum;
}

static int64_t answered(const ei_tally *of)
{
    return of->sums[IN_TIME] + of->sums[TOO_LATE];
}

static const ei_tally *find(const figures *work, enum dimension dimension, const char *code)
{
    return ei_tally_find(&work->tallies, dimension, code, "");
}

/* How many times as fast as paper, in hundredths; -1 where one of them has no answers, or none that
 * took a day. */
static int64_t paper_to_electronic(const figures *work)
{
    const ei_tally *paper = find(work, CHANNEL, "paper"),
                   *other = find(work, CHANNEL, "electronic");
    int64_t slow = paper ? ei_tally_mean(paper) : -1, fast = other ? ei_tally_mean(other) : -1;
    return slow < 0 || fast <= 0 ? -1 : (slow * 200 + fast) / (2 * fast);
}

static int64_t electronic_to_paper(const figures *work)
{
    const ei_tally *paper = find(work, CHANNEL, "paper"),
                   *other = find(work, CHANNEL, "electronic");
    int64_t papers = paper ? received(paper) : 0, others = other ? received(other) : 0;
    return papers > 0 ? (others * 200 + papers) / (2 * papers) : -1;
}

/* ---- as JSON ---- */

static const char *title_of(const figures *work, const ei_tally *of)
{
    json_t *region = of->dimension == REGION ? json_object_get(work->regions, of->code) : NULL;
    const char *list = of->dimension == CATEGORY     ? "categories"
                       : of->dimension == DEPARTMENT ? "departments"
                                                     : NULL;
    json_t *entry = list ? ei_appeal_entry(work->rules, list, of->code) : NULL;
    if (region)
        return ei_localised(work->session, region);
    return entry ? ei_localised(work->session, json_object_get(entry, "title")) : of->code;
}

static json_t *number_or_null(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static json_t *tally_json(const figures *work, const ei_tally *of)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "code", of->code,
                     "title", title_of(work, of), "received", (json_int_t)received(of), "answered",
                     (json_int_t)answered(of), "in_norm", (json_int_t)of->sums[IN_TIME], "open",
                     (json_int_t)of->sums[OPEN] + (json_int_t)of->sums[OVERDUE], "overdue",
                     (json_int_t)of->sums[OVERDUE], "withdrawn", (json_int_t)of->sums[WITHDRAWN],
                     "median", number_or_null(ei_tally_percentile(of, 50)), "percentile_90",
                     number_or_null(ei_tally_percentile(of, 90)), "mean_hundredths",
                     number_or_null(ei_tally_mean(of)));
}

static int by_code(const void *a, const void *b)
{
    const ei_tally *const *left = a, *const *right = b;
    if ((*left)->dimension != (*right)->dimension)
        return (*left)->dimension < (*right)->dimension ? -1 : 1;
    return strcmp((*left)->code, (*right)->code);
}

static edu_status groups_json(figures *work, json_t **out, edu_error *error)
{
    json_t *groups = json_object();
    bool failed = !groups;
    for (int i = CHANNEL; !failed && i < DIMENSIONS; i++)
        failed = json_object_set_new(groups, dimension_names[i], json_array()) != 0;
    for (size_t i = 0; !failed && i < work->tallies.count; i++) {
        const ei_tally *of = work->tallies.items[i];
        if (of->dimension != ALL)
            failed = json_array_append_new(json_object_get(groups, dimension_names[of->dimension]),
                                           tally_json(work, of)) != 0;
    }
    *out = groups;
    return failed ? ei_no_memory(error) : EDU_OK;
}

static edu_status fill(figures *work, edu_appeal_figures *out, edu_error *error)
{
    static const ei_tally none;
    const ei_tally *all = find(work, ALL, "");
    all = all ? all : &none;
    ei_tallies_sort(&work->tallies, by_code);
    out->since = work->since;
    out->until = work->until;
    out->received = received(all);
    out->answered = answered(all);
    out->in_norm = all->sums[IN_TIME];
    out->open = all->sums[OPEN] + all->sums[OVERDUE];
    out->overdue = all->sums[OVERDUE];
    out->withdrawn = all->sums[WITHDRAWN];
    out->median = ei_tally_percentile(all, 50);
    out->percentile_90 = ei_tally_percentile(all, 90);
    out->mean_hundredths = ei_tally_mean(all);
    out->paper_to_electronic = paper_to_electronic(work);
    out->electronic_to_paper = electronic_to_paper(work);
    json_t *groups = NULL;
    edu_status status = groups_json(work, &groups, error);
    out->groups = groups;
    if (groups && !ei_arena_own_json(ei_record_arena(out), groups))
        return ei_no_memory(error);
    return status;
}

static edu_status count(figures *work, edu_error *error)
{
    EI_TRY(ei_session_check(work->session, error));
    if (work->since == EDU_TIME_NONE || work->until == EDU_TIME_NONE || work->since >= work->until)
        return ei_fail(error, EDU_E_INVALID, "appeal.period", "/until",
                       "a period begins, and ends behind that");
    work->now = ei_now(work->session);
    return ei_read(work->session, count_run, work, error);
}

edu_status edu_appeal_statistics(edu_session *session, edu_time since, edu_time until,
                                 edu_appeal_figures **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    figures *work = ei_calloc(1, sizeof *work);
    edu_appeal_figures *made = ei_record_new(sizeof *made, NULL);
    edu_status status = work && made ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK) {
        work->session = session;
        work->since = since;
        work->until = until;
        status = count(work, error);
    }
    if (status == EDU_OK)
        status = fill(work, made, error);
    if (work)
        forget(work);
    ei_free(work);
    if (status != EDU_OK)
        edu_free(made);
    else
        *out = made;
    return status;
}

/* ---- as a file ---- */

static void write_number(ei_buffer *out, int64_t value, bool last)
{
    char text[24] = "";
    if (value >= 0)
        (void)snprintf(text, sizeof text, "%lld", (long long)value);
    ei_csv_write(out, text, last);
}

static void write_tally(const figures *work, const ei_tally *of, ei_buffer *out)
{
    ei_csv_write(out, dimension_names[of->dimension], false);
    ei_csv_write(out, of->code, false);
    ei_csv_write(out, title_of(work, of), false);
    write_number(out, received(of), false);
    write_number(out, answered(of), false);
    write_number(out, of->sums[IN_TIME], false);
    write_number(out, of->sums[OPEN] + of->sums[OVERDUE], false);
    write_number(out, of->sums[OVERDUE], false);
    write_number(out, of->sums[WITHDRAWN], false);
    write_number(out, ei_tally_percentile(of, 50), false);
    write_number(out, ei_tally_percentile(of, 90), false);
    write_number(out, ei_tally_mean(of), true);
}

static edu_status write_file(figures *work, edu_document **out, edu_error *error)
{
    ei_buffer text = {0};
    ei_tallies_sort(&work->tallies, by_code);
    ei_buffer_text(&text, "group,code,title,received,answered,in_norm,open,overdue,withdrawn,"
                          "median_days,percentile_90_days,mean_days_hundredths\n");
    for (size_t i = 0; i < work->tallies.count; i++)
        write_tally(work, work->tallies.items[i], &text);
    edu_status status = text.failed ? ei_no_memory(error)
                                    : ei_document("appeals.csv", "text/csv", &text, out, error);
    ei_buffer_free(&text);
    return status;
}

edu_status edu_appeal_statistics_csv(edu_session *session, edu_time since, edu_time until,
                                     edu_document **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    figures *work = ei_calloc(1, sizeof *work);
    if (!work)
        return ei_no_memory(error);
    work->session = session;
    work->since = since;
    work->until = until;
    edu_status status = count(work, error);
    if (status == EDU_OK)
        status = write_file(work, out, error);
    forget(work);
    ei_free(work);
    return status;
}
