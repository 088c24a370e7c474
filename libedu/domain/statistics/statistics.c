/* Figures of a period: counted by a plan, added up by time, put in order, told as a record or a
 * file. */
#include "domain/statistics/statistics_store.h"

#include <stdio.h>
#include <string.h>

#define DAY (24 * 3600 * INT64_C(1000000))
#define PERIOD_MAX (20 * 366 * DAY)
#define DAYS_SHOWN (93 * DAY)
#define WEEKS_SHOWN (733 * DAY)
#define PART (31 * DAY) /* of a period that is read at once */
#define OTHERS "*"

static const char *const dimension_names[EI_DIMENSIONS] = {
    "all", "state", "what", "kind", "region", "institution", "month", "week", "day"};

/* ---- counting ---- */

edu_status ei_statistics_add(ei_statistics *work, ei_dimension dimension, const char *code,
                             const char *currency, ei_tally **tally, edu_error *error)
{
    *tally = ei_tally_at(&work->tallies, dimension, code, currency);
    return *tally ? EDU_OK : ei_no_memory(error);
}

const char *ei_statistics_day(ei_statistics *work, int64_t day)
{
    if (!work->day_text[0] || day != work->day)
        ei_date_format(ei_date_from_days((int32_t)day), work->day_text);
    work->day = day;
    return work->day_text;
}

static void forget(ei_statistics *work)
{
    ei_tallies_finish(&work->tallies);
    for (size_t i = 0; i < EI_DIMENSIONS; i++) {
        json_decref(work->names[i]);
        work->names[i] = NULL;
    }
}

static edu_status count_run(edu_tx *tx, void *context, edu_error *error)
{
    ei_statistics *work = context;
    edu_time end = work->until <= work->now ? work->until : work->now + 1;
    forget(work);
    EI_TRY(work->plan->begin(work, tx, error));
    for (edu_time from = work->since; from < end; from += PART)
        EI_TRY(work->plan->count(work, tx, from, from + PART < end ? from + PART : end, error));
    return work->plan->name(work, tx, error);
}

/* ---- by month and week, and all ---- */

static int32_t day_number(const char *text)
{
    edu_date date;
    return ei_date_parse(text, &date) ? ei_date_to_days(date) : 0;
}

/* The code of the month or week that a day lies in. */
static void code_of(ei_dimension dimension, int32_t day, char out[11])
{
    /* 1970-01-01 was a Thursday. */
    int32_t monday = day - (day + 3) % 7;
    ei_date_format(ei_date_from_days(dimension == EI_BY_WEEK ? monday : day), out);
    if (dimension == EI_BY_MONTH)
        out[7] = '\0';
    if (dimension == EI_BY_ALL)
        out[0] = '\0';
}

static edu_status add_up_day(ei_statistics *work, const ei_tally *day, edu_error *error)
{
    static const ei_dimension longer[] = {EI_BY_ALL, EI_BY_MONTH, EI_BY_WEEK};
    char code[11];
    for (size_t i = 0; i < EI_COUNT(longer); i++) {
        ei_tally *into;
        code_of(longer[i], day_number(day->code), code);
        EI_TRY(ei_statistics_add(work, longer[i], code, day->currency, &into, error));
        EI_TRY(ei_tally_merge(into, day, error));
    }
    return EDU_OK;
}

/* Days on which nothing came are shown too. */
static edu_status fill_gaps(ei_statistics *work, const char *currency, int32_t first, int32_t last,
                            edu_error *error)
{
    char code[11];
    ei_tally *made;
    for (int32_t day = first; day <= last; day++)
        for (ei_dimension i = EI_BY_MONTH; i <= EI_BY_DAY; i++) {
            code_of(i, day, code);
            EI_TRY(ei_statistics_add(work, i, code, currency, &made, error));
        }
    return EDU_OK;
}

static edu_status fill_gaps_of(ei_statistics *work, const ei_tally *all, edu_error *error)
{
    int32_t first = INT32_MAX, last = INT32_MIN;
    for (size_t i = 0; i < work->tallies.count; i++) {
        const ei_tally *one = work->tallies.items[i];
        if (one->dimension != EI_BY_DAY || strcmp(one->currency, all->currency) != 0)
            continue;
        int32_t day = day_number(one->code);
        first = day < first ? day : first;
        last = day > last ? day : last;
    }
    return fill_gaps(work, all->currency, first, last, error);
}

static edu_status add_up(ei_statistics *work, edu_error *error)
{
    size_t counted = work->tallies.count;
    ei_tally *all;
    for (size_t i = 0; i < counted; i++)
        if (work->tallies.items[i]->dimension == EI_BY_DAY)
            EI_TRY(add_up_day(work, work->tallies.items[i], error));
    for (size_t i = 0; i < work->tallies.count; i++)
        if (work->tallies.items[i]->dimension == EI_BY_ALL)
            EI_TRY(fill_gaps_of(work, work->tallies.items[i], error));
    return work->plan->has_money ? EDU_OK : ei_statistics_add(work, EI_BY_ALL, "", "", &all, error);
}

/* ---- order ---- */

/* Its place among the stages, from 1; 0: none. */
static json_int_t stage_of(const ei_statistics *work, const char *state)
{
    const json_t *stages = json_object_get(ei_definition_json(work->definition), "stages");
    for (size_t i = 0; i < json_array_size(stages); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(stages, i), "state")), state) ==
            0)
            return (json_int_t)i + 1;
    return 0;
}

static bool is_by_size(int dimension)
{
    return dimension == EI_BY_WHAT || dimension == EI_BY_KIND || dimension == EI_BY_INSTITUTION;
}

static int in_order(const void *a, const void *b)
{
    const ei_tally *const *left = a, *const *right = b;
    if ((*left)->dimension != (*right)->dimension)
        return (*left)->dimension < (*right)->dimension ? -1 : 1;
    if ((*left)->rank != (*right)->rank)
        return (*left)->rank < (*right)->rank ? -1 : 1;
    int codes = strcmp((*left)->code, (*right)->code);
    return codes != 0 ? codes : strcmp((*left)->currency, (*right)->currency);
}

static void put_in_order(ei_statistics *work)
{
    for (size_t i = 0; i < work->tallies.count; i++) {
        ei_tally *one = work->tallies.items[i];
        if (one->dimension == EI_BY_STATE)
            one->rank = stage_of(work, one->code) ? stage_of(work, one->code) : INT64_MAX;
        else if (is_by_size(one->dimension))
            one->rank = -work->plan->measures[0].value(one);
    }
    ei_tallies_sort(&work->tallies, in_order);
}

/* ---- names ---- */

typedef struct names_take {
    ei_statistics *work;
    json_t *names;
    ei_naming how;
    bool by_id;
} names_take;

static edu_status take_name(void *context, ei_rows *rows, edu_error *error)
{
    const names_take *with = context;
    char id[EDU_ID_TEXT];
    const char *code = ei_column_text(rows, 0), *text = ei_column_text(rows, 1);
    json_t *found = NULL;
    if (with->by_id) {
        edu_id_format(ei_column_id(rows, 0), id);
        code = id;
    }
    if (with->how != EI_NAMED_PLAINLY) {
        EI_TRY(ei_json_read(text, strlen(text), &found, error));
        text = ei_localised(with->work->session, with->how == EI_NAMED_IN_DOCUMENT
                                                     ? json_object_get(found, "title")
                                                     : found);
    }
    int failed = json_object_set_new(with->names, code, json_string(text));
    json_decref(found);
    return failed ? ei_no_memory(error) : EDU_OK;
}

edu_status ei_statistics_name(ei_statistics *work, ei_dimension dimension, ei_naming how,
                              bool by_id, edu_status opened, ei_rows *rows, edu_error *error)
{
    names_take with = {work, work->names[dimension], how, by_id};
    if (!with.names)
        with.names = work->names[dimension] = json_object();
    edu_status status = ei_rows_each(opened, rows, take_name, &with, error);
    return status == EDU_OK && !with.names ? ei_no_memory(error) : status;
}

static const char *title_of(const ei_statistics *work, const ei_tally *of)
{
    json_t *name = json_object_get(work->names[of->dimension], of->code);
    json_t *state =
        of->dimension == EI_BY_STATE ? ei_definition_state_title(work->definition, of->code) : NULL;
    if (state)
        return ei_localised(work->session, state);
    return name ? json_string_value(name) : of->code;
}

/* ---- lines ---- */

static bool is_shown(const ei_statistics *work, int dimension)
{
    edu_time period = work->until - work->since;
    if (dimension == EI_BY_DAY)
        return period <= DAYS_SHOWN;
    if (dimension == EI_BY_WEEK)
        return period <= WEEKS_SHOWN;
    return dimension == EI_BY_ALL || dimension == EI_BY_MONTH ||
           (work->plan->dimensions & 1U << dimension) != 0;
}

static bool is_told(const ei_statistics *work, const ei_measure *measure)
{
    return !measure->of_terms || work->has_terms;
}

/* How many there were is told of every line. */
static bool is_hidden(const ei_statistics *work, const ei_tally *of)
{
    int64_t count = work->plan->measures[0].value(of);
    return work->plan->hides_few && count > 0 && count < EI_FEW;
}

static int64_t value_of(const ei_statistics *work, const ei_tally *of, size_t measure)
{
    return measure > 0 && is_hidden(work, of) ? -1 : work->plan->measures[measure].value(of);
}

static json_t *line_json(const ei_statistics *work, const ei_tally *of)
{
    bool is_others = strcmp(of->code, OTHERS) == 0;
    json_t *line = json_pack("{s:s, s:s, s:s?, s:I, s:b}", "code", of->code, "title",
                             title_of(work, of), "currency", of->currency[0] ? of->currency : NULL,
                             "count", is_others ? (json_int_t)of->lines : (json_int_t)1,
                             "is_hidden", is_hidden(work, of));
    bool failed = !line;
    for (size_t i = 0; !failed && i < work->plan->measure_count; i++) {
        int64_t value = value_of(work, of, i);
        if (is_told(work, &work->plan->measures[i]))
            failed = json_object_set_new(line, work->plan->measures[i].code,
                                         value < 0 ? json_null() : json_integer(value)) != 0;
    }
    if (!failed && of->dimension == EI_BY_STATE) {
        json_int_t stage = stage_of(work, of->code);
        failed = json_object_set_new(line, "stage", stage ? json_integer(stage) : json_null()) != 0;
    }
    if (failed)
        json_decref(line);
    return failed ? NULL : line;
}

/* The lines of one dimension, behind each other in the order; those behind the greatest together.
 */
static edu_status lines_json(const ei_statistics *work, size_t first, size_t end, json_t *lines,
                             edu_error *error)
{
    ei_tallies others = {0};
    edu_status status = EDU_OK;
    for (size_t i = first; i < end && status == EDU_OK; i++) {
        const ei_tally *of = work->tallies.items[i];
        ei_tally *rest = NULL;
        if (!is_by_size(of->dimension) || i - first < EDU_STATISTICS_LINES)
            status =
                json_array_append_new(lines, line_json(work, of)) ? ei_no_memory(error) : EDU_OK;
        else if (!(rest = ei_tally_at(&others, of->dimension, OTHERS, of->currency)))
            status = ei_no_memory(error);
        else
            status = ei_tally_merge(rest, of, error);
    }
    for (size_t i = 0; i < others.count && status == EDU_OK; i++)
        if (json_array_append_new(lines, line_json(work, others.items[i])))
            status = ei_no_memory(error);
    ei_tallies_finish(&others);
    return status;
}

static edu_status groups_json(const ei_statistics *work, json_t *groups, edu_error *error)
{
    size_t first = 0;
    for (int dimension = 0; dimension < EI_DIMENSIONS; dimension++) {
        size_t end = first;
        while (end < work->tallies.count && work->tallies.items[end]->dimension == dimension)
            end++;
        json_t *lines = is_shown(work, dimension) ? json_array() : NULL;
        if (lines && json_object_set(groups, dimension_names[dimension], lines) == 0) {
            edu_status status = lines_json(work, first, end, lines, error);
            json_decref(lines);
            EI_TRY(status);
        } else if (is_shown(work, dimension)) {
            json_decref(lines);
            return ei_no_memory(error);
        }
        first = end;
    }
    return EDU_OK;
}

static json_t *measures_json(const ei_statistics *work)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < work->plan->measure_count; i++)
        if (is_told(work, &work->plan->measures[i]))
            json_array_append_new(made,
                                  json_pack("{s:s, s:s}", "code", work->plan->measures[i].code,
                                            "unit", work->plan->measures[i].unit));
    return made;
}

static edu_status fill(const ei_statistics *work, edu_statistics *out, edu_error *error)
{
    ei_arena *arena = ei_record_arena(out);
    json_t *groups = json_object();
    out->since = work->since;
    out->until = work->until;
    EI_TRY(ei_own_json(arena, groups, &out->groups, error));
    EI_TRY(ei_own_json(arena, measures_json(work), &out->measures, error));
    EI_TRY(groups_json(work, groups, error));
    return ei_memory_was_short() ? ei_no_memory(error) : EDU_OK;
}

/* ---- as a file ---- */

/* The last measure that is told ends the line. */
static size_t last_measure(const ei_statistics *work)
{
    size_t last = work->plan->measure_count - 1;
    while (!is_told(work, &work->plan->measures[last]))
        last--;
    return last;
}

static void write_head(const ei_statistics *work, ei_buffer *out)
{
    const ei_statistics_plan *plan = work->plan;
    size_t last = last_measure(work);
    ei_buffer_text(out, plan->has_money ? "group,code,title,currency," : "group,code,title,");
    for (size_t i = 0; i <= last; i++) {
        const char *unit = plan->measures[i].unit, *of = "";
        char column[64];
        if (!is_told(work, &plan->measures[i]))
            continue;
        if (strcmp(unit, "count") != 0)
            of = strcmp(unit, "days") == 0 ? "_days" : "_minor";
        (void)snprintf(column, sizeof column, "%s%s", plan->measures[i].code, of);
        ei_csv_write(out, column, i == last);
    }
}

static void write_line(const ei_statistics *work, const ei_tally *of, ei_buffer *out)
{
    const ei_statistics_plan *plan = work->plan;
    ei_csv_write(out, dimension_names[of->dimension], false);
    ei_csv_write(out, of->code, false);
    ei_csv_write(out, title_of(work, of), false);
    if (plan->has_money)
        ei_csv_write(out, of->currency, false);
    size_t last = last_measure(work);
    for (size_t i = 0; i <= last; i++) {
        char text[24] = "";
        int64_t value = value_of(work, of, i);
        if (value >= 0)
            (void)snprintf(text, sizeof text, "%lld", (long long)value);
        if (is_told(work, &plan->measures[i]))
            ei_csv_write(out, text, i == last);
    }
}

static edu_status write_file(const ei_statistics *work, edu_document **out, edu_error *error)
{
    ei_buffer text = {0};
    write_head(work, &text);
    for (size_t i = 0; i < work->tallies.count; i++)
        if (is_shown(work, work->tallies.items[i]->dimension))
            write_line(work, work->tallies.items[i], &text);
    edu_status status = text.failed ? ei_no_memory(error)
                                    : ei_document(work->plan->file, "text/csv", &text, out, error);
    ei_buffer_free(&text);
    return status;
}

/* ---- the functions ---- */

static edu_status make(ei_statistics *work, edu_error *error)
{
    EI_TRY(ei_session_require(work->session, error));
    if (work->since == EDU_TIME_NONE || work->until == EDU_TIME_NONE ||
        work->since >= work->until || work->since < 0 || work->until - work->since > PERIOD_MAX)
        return ei_fail(error, EDU_E_INVALID, "statistics.period", "/until",
                       "a period begins, and ends behind that within twenty years");
    work->now = ei_now(work->session);
    work->shift = work->session->portal->utc_offset_minutes * INT64_C(60000000);
    EI_TRY(ei_read(work->session, count_run, work, error));
    EI_TRY(add_up(work, error));
    put_in_order(work);
    return EDU_OK;
}

edu_status ei_statistics_read(edu_session *session, const ei_statistics_plan *plan,
                              const char *service, edu_time since, edu_time until,
                              edu_statistics **out, edu_error *error)
{
    ei_statistics work = {
        .session = session, .plan = plan, .service = service, .since = since, .until = until};
    if (!out)
        return ei_bad_argument(error, "out");
    edu_statistics *made = ei_record_new(sizeof *made, NULL);
    edu_status status = made ? make(&work, error) : ei_no_memory(error);
    if (status == EDU_OK)
        status = fill(&work, made, error);
    forget(&work);
    if (status != EDU_OK)
        edu_free(made);
    else
        *out = made;
    return status;
}

edu_status ei_statistics_file(edu_session *session, const ei_statistics_plan *plan,
                              const char *service, edu_time since, edu_time until,
                              edu_document **out, edu_error *error)
{
    ei_statistics work = {
        .session = session, .plan = plan, .service = service, .since = since, .until = until};
    if (!out)
        return ei_bad_argument(error, "out");
    edu_status status = make(&work, error);
    if (status == EDU_OK)
        status = write_file(&work, out, error);
    forget(&work);
    return status;
}
