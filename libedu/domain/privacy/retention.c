/* How long what is kept: rules in the store, and the job that ends what they no longer keep. */
#include <edu/privacy.h>

#include <stdio.h>
#include <string.h>

#include "domain/portal/guard.h"
#include "domain/portal/portal.h"
#include "domain/request/request_document.h"
#include "privacy_sql.h"
#include "request_sql.h"

#define SETTING "retention"
#define DAYS_MAX 36500
#define AT_ONCE 200
#define RUN_MAX 10000
#define PREVIEW_MAX 1000000

/* ---- rules ---- */

/* A kind of what is kept. by_service: the rule is an object of days by service, "" for all others;
 * by_state: of objects of days by state, and what is not named is kept. */
typedef struct kind {
    const char *name;
    int days, least; /* by default; fewer are refused */
    bool by_service, by_state;
} kind;

enum { DRAFTS, APPEAL_DRAFTS, NOTIFICATIONS, COMMANDS, CODES, READINGS, LISTS, DOCUMENTS, KINDS };

static const kind kinds[KINDS] = {
    [DRAFTS] = {"drafts", 365, 7, true, false},
    [APPEAL_DRAFTS] = {"appeal_drafts", 365, 7, false, false},
    [NOTIFICATIONS] = {"notifications", 1095, 30, false, false},
    [COMMANDS] = {"commands", 365, 30, false, false},
    [CODES] = {"codes", 1, 1, false, false},
    [READINGS] = {"readings", 1095, 365, false, false},
    [LISTS] = {"list_readings", 1095, 365, false, false},
    [DOCUMENTS] = {"documents", 0, 30, false, true},
};

static edu_status bad_rule(edu_error *error, const char *name, const char *what)
{
    char field[128];
    (void)snprintf(field, sizeof field, "/%.100s", name);
    return ei_fail(error, EDU_E_INVALID, "privacy.retention", field, "%s", what);
}

static edu_status check_days(const kind *of, const json_t *days, edu_error *error)
{
    json_int_t count = json_integer_value(days);
    return json_is_integer(days) && count >= of->least && count <= DAYS_MAX
               ? EDU_OK
               : bad_rule(error, of->name,
                          "a rule is a number of days, not fewer than this is kept at least");
}

static edu_status check_each(const kind *of, json_t *by, bool of_states, edu_error *error)
{
    const char *name;
    json_t *one;
    if (!json_is_object(by))
        return bad_rule(error, of->name, "this rule is an object of rules");
    json_object_foreach(by, name, one)
    {
        EI_TRY(ei_check_text(name, 64, true, "/rules", error));
        EI_TRY(of_states ? check_each(of, one, false, error) : check_days(of, one, error));
    }
    return EDU_OK;
}

static const kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static edu_status check_rules(json_t *rules, edu_error *error)
{
    const char *name;
    json_t *one;
    if (!json_is_object(rules))
        return bad_rule(error, "", "rules are an object");
    json_object_foreach(rules, name, one)
    {
        const kind *of = find_kind(name);
        if (!of)
            return bad_rule(error, "", "there is no such kind of what is kept");
        EI_TRY(of->by_service || of->by_state ? check_each(of, one, of->by_state, error)
                                              : check_days(of, one, error));
    }
    return EDU_OK;
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const char *rules = command->context;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(sql_privacy_rules_change(tx, SETTING, rules, NULL, error));
    return ei_audit(command, tx, command->name, NULL, rules, error);
}

edu_status edu_privacy_retention_put(edu_session *session, json_t *rules, const char *key,
                                     edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(check_rules(rules, error));
    char *text;
    EI_TRY(ei_json_write(rules, "/rules", &text, error));
    ei_command command = {.session = session,
                          .name = "privacy.retention",
                          .key = key,
                          .run = put_run,
                          .context = text};
    ei_command_hash_text(&command, text);
    edu_status status = ei_command_run(&command, error);
    ei_free(text);
    return status;
}

/* The defaults, and over them what was put. */
static edu_status default_rules(json_t **out, edu_error *error)
{
    json_t *rules = json_object();
    bool made = rules != NULL;
    for (size_t i = 0; made && i < KINDS; i++) {
        json_t *one = kinds[i].by_state     ? json_object()
                      : kinds[i].by_service ? json_pack("{s:i}", "", kinds[i].days)
                                            : json_integer(kinds[i].days);
        made = json_object_set_new(rules, kinds[i].name, one) == 0;
    }
    if (!made) {
        json_decref(rules);
        return ei_no_memory(error);
    }
    *out = rules;
    return EDU_OK;
}

static edu_status lay_over(json_t *rules, const json_t *put, edu_error *error)
{
    const char *name;
    json_t *one;
    json_object_foreach((json_t *)(uintptr_t)put, name, one)
    {
        json_t *there = json_object_get(rules, name);
        if ((json_is_object(there) ? json_object_update(there, one)
                                   : json_object_set(rules, name, one)) != 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

static edu_status load_rules(edu_tx *tx, json_t **out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    json_t *put = NULL;
    EI_TRY(sql_privacy_rules(tx, SETTING, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        edu_bytes text = ei_column_bytes(&rows, 0);
        status = ei_json_read(text.data, text.size, &put, error);
    }
    ei_rows_close(&rows);
    if (status == EDU_OK)
        status = default_rules(out, error);
    if (status == EDU_OK && put && (status = lay_over(*out, put, error)) != EDU_OK)
        json_decref(*out);
    json_decref(put);
    return status;
}

typedef struct rules_read {
    edu_session *session;
    edu_retention *out;
} rules_read;

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    rules_read *read = context;
    json_t *rules = NULL;
    EI_TRY(ei_require_role(read->session, tx, "admin", error));
    EI_TRY(load_rules(tx, &rules, error));
    return ei_own_json(ei_record_arena(read->out), rules, &read->out->rules, error);
}

edu_status edu_privacy_retention(edu_session *session, edu_retention **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    rules_read read = {session, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- one rule carried out ---- */

typedef struct item {
    edu_id person, id;
} item;

typedef struct keeping {
    edu_session *session;
    int kind;
    const char *service, *state; /* where the rule has them; service "": all that have no rule */
    const char *others;          /* services with a rule, as JSON */
    edu_time before;
    int64_t limit; /* rows looked for */
    int64_t count; /* rows found, or ended by the last transaction */
    bool is_counted;
    size_t found;
    item items[AT_ONCE];
} keeping;

static edu_status open_due(const keeping *of, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    switch (of->kind) {
    case DRAFTS:
        return *of->service
                   ? sql_retention_drafts_of(tx, of->before, of->service, of->limit, rows, error)
                   : sql_retention_drafts(tx, of->before, of->others, of->limit, rows, error);
    case APPEAL_DRAFTS:
        return sql_retention_appeal_drafts(tx, of->before, of->limit, rows, error);
    case NOTIFICATIONS:
        return sql_retention_notifications(tx, of->before, of->limit, rows, error);
    case COMMANDS:
        return sql_retention_commands(tx, of->before, of->limit, rows, error);
    case CODES:
        return sql_retention_codes(tx, of->before, of->limit, rows, error);
    case READINGS:
        return sql_retention_readings(tx, of->before, of->limit, rows, error);
    case LISTS:
        return sql_retention_lists(tx, of->before, of->limit, rows, error);
    default:
        return sql_retention_documents(tx, of->before, of->service, of->state, of->limit, rows,
                                       error);
    }
}

/* What was changed meanwhile is no longer due, and stays. */
static edu_status end_one(const keeping *of, edu_tx *tx, const item *one, int64_t *ended,
                          edu_error *error)
{
    switch (of->kind) {
    case DRAFTS: {
        bool is_due = false;
        ei_rows rows;
        EI_TRY(ei_rows_integer(
            sql_retention_draft_due(tx, &one->person, &one->id, of->before, &rows, error), &rows,
            &is_due, NULL, error));
        *ended = is_due;
        return is_due ? ei_draft_drop(tx, &one->person, &one->id, error) : EDU_OK;
    }
    case APPEAL_DRAFTS:
        return sql_retention_appeal_drafts_end(tx, &one->person, of->before, ended, error);
    case NOTIFICATIONS:
        return sql_retention_notifications_end(tx, &one->person, of->before, ended, error);
    case COMMANDS:
        return sql_retention_commands_end(tx, &one->person, of->before, ended, error);
    case CODES:
        return sql_retention_codes_end(tx, &one->person, of->before, ended, error);
    case READINGS:
        return sql_retention_reading_end(tx, &one->person, &one->id, of->before, ended, error);
    case LISTS:
        return sql_retention_list_end(tx, &one->id, of->before, ended, error);
    default:
        EI_TRY(sql_retention_documents_end(tx, &one->person, &one->id, of->before, ended, error));
        return sql_documents_tidy(tx, &one->person, NULL, error);
    }
}

static edu_status take_due(void *context, ei_rows *rows, edu_error *error)
{
    keeping *of = context;
    (void)error;
    if (of->found < AT_ONCE)
        of->items[of->found++] = (item){ei_column_id(rows, 0), ei_column_id(rows, 1)};
    of->count += ei_column_int(rows, 2);
    return EDU_OK;
}

static edu_status find_run(edu_tx *tx, void *context, edu_error *error)
{
    keeping *of = context;
    ei_rows rows;
    of->found = 0;
    of->count = 0;
    return ei_rows_each(open_due(of, tx, &rows, error), &rows, take_due, of, error);
}

static edu_status end_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    keeping *of = command->context;
    of->count = 0;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    for (size_t i = 0; i < of->found; i++) {
        int64_t ended = 0;
        EI_TRY(end_one(of, tx, &of->items[i], &ended, error));
        of->count += ended;
    }
    return EDU_OK;
}

/* Found in a snapshot and ended by key: whoever writes beside it is not in its way. */
static edu_status carry_out(keeping *of, int64_t *total, edu_error *error)
{
    of->limit = of->is_counted ? PREVIEW_MAX : AT_ONCE;
    do {
        EI_TRY(ei_read(of->session, find_run, of, error));
        if (!of->is_counted && of->found > 0)
            EI_TRY(ei_write(of->session, "privacy.retain", end_run, of, error));
        *total += of->count;
    } while (!of->is_counted && of->found == AT_ONCE && of->count > 0 && *total < RUN_MAX);
    return EDU_OK;
}

/* ---- all of them ---- */

typedef struct retaining {
    edu_session *session;
    edu_time now;
    json_t *rules, *counts;
    keeping of;
} retaining;

static edu_status rules_run(edu_tx *tx, void *context, edu_error *error)
{
    retaining *work = context;
    json_decref(work->rules);
    work->rules = NULL;
    EI_TRY(ei_require_role(work->session, tx, "admin", error));
    return load_rules(tx, &work->rules, error);
}

static edu_status retain(retaining *work, int which, const char *service, const char *state,
                         const json_t *days, int64_t *total, edu_error *error)
{
    work->of.kind = which;
    work->of.service = service;
    work->of.state = state;
    work->of.before = work->now - json_integer_value(days) * EI_DAY;
    return carry_out(&work->of, total, error);
}

static edu_status retain_each(retaining *work, int which, json_t *by, int64_t *total,
                              edu_error *error)
{
    const char *service, *state;
    json_t *one, *days;
    char *others = ei_json_dumps(by, JSON_COMPACT);
    if (!others)
        return ei_no_memory(error);
    work->of.others = others;
    edu_status status = EDU_OK;
    json_object_foreach(by, service, one)
    {
        if (status == EDU_OK && !kinds[which].by_state)
            status = retain(work, which, service, NULL, one, total, error);
        json_object_foreach(one, state, days) if (status == EDU_OK) status =
            retain(work, which, service, state, days, total, error);
    }
    ei_free(others);
    return status;
}

static edu_status retain_all(retaining *work, edu_error *error)
{
    EI_TRY(ei_read(work->session, rules_run, work, error));
    for (int which = 0; which < KINDS; which++) {
        json_t *rule = json_object_get(work->rules, kinds[which].name);
        int64_t total = 0;
        EI_TRY(json_is_object(rule) ? retain_each(work, which, rule, &total, error)
                                    : retain(work, which, "", NULL, rule, &total, error));
        if (json_object_set_new(work->counts, kinds[which].name, json_integer(total)) != 0)
            return ei_no_memory(error);
    }
    return EDU_OK;
}

static edu_status note_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return ei_audit(command, tx, command->name, NULL, command->context, error);
}

static bool is_any(const json_t *counts)
{
    const char *name;
    json_t *count;
    json_object_foreach((json_t *)(uintptr_t)counts, name,
                        count) if (json_integer_value(count) > 0) return true;
    return false;
}

static edu_status note(retaining *work, edu_error *error)
{
    if (work->of.is_counted || !is_any(work->counts))
        return EDU_OK;
    char *text = ei_json_dumps(work->counts, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return ei_no_memory(error);
    edu_status status = ei_write(work->session, "privacy.retained", note_run, text, error);
    ei_free(text);
    return status;
}

edu_status edu_privacy_retain(edu_session *session, bool preview, edu_retained **out,
                              edu_error *error)
{
    ei_arena *arena;
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    edu_retained *made = ei_record_new(sizeof *made, &arena);
    retaining *work = ei_calloc(1, sizeof *work);
    edu_status status = made && work ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK)
        status = ei_own_json(arena, json_object(), &made->counts, error);
    if (status == EDU_OK) {
        work->session = session;
        work->now = ei_now(session);
        work->counts = made->counts;
        work->of.session = session;
        work->of.is_counted = preview;
        status = retain_all(work, error);
        if (status == EDU_OK)
            status = note(work, error);
        json_decref(work->rules);
    }
    ei_free(work);
    if (status == EDU_OK)
        *out = made;
    else
        edu_free(made);
    return status;
}
