/* Rows of appeals, and the rules they are under. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

#include "appeal_sql.h"

edu_status ei_appeal_not_found(edu_error *error, const char *what)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "appeal.not_found", NULL,
                   "there is no such %s, or it is not yours to see", what);
}

/* ---- rules ---- */

static void release(void *rules)
{
    ei_appeal_rules_free(rules);
}

static edu_status make(json_t *json, void **out, edu_error *error)
{
    ei_appeal_rules *made = NULL;
    edu_status status = ei_appeal_rules_make(json, &made, error);
    *out = made;
    return status;
}

static edu_status no_rules(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "appeal.no_rules", NULL,
                   "no rules of appeals are published yet");
}

edu_status ei_appeal_rules_load(const edu_session *session, edu_tx *tx, int32_t version,
                                const ei_appeal_rules **out, int32_t *version_out, edu_error *error)
{
    static const ei_kept_plan plan = {.kind = EI_KEPT_APPEAL_RULES,
                                      .newest = sql_appeal_rules_newest,
                                      .get = sql_appeal_rules_get,
                                      .make = make,
                                      .release = release,
                                      .missing = no_rules};
    const void *found = NULL;
    edu_status status =
        ei_kept_load(session, tx, &plan, EI_APPEAL_SERVICE, version, &found, version_out, error);
    *out = found;
    return status;
}

edu_status ei_appeal_regions(edu_tx *tx, json_t **out, edu_error *error)
{
    ei_rows rows;
    bool row;
    *out = json_object();
    if (!*out)
        return ei_no_memory(error);
    edu_status status = sql_appeal_regions(tx, &rows, error);
    if (status == EDU_OK) {
        while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
            edu_bytes name = ei_column_bytes(&rows, 1);
            (void)json_object_set_new(*out, ei_column_text(&rows, 0),
                                      ei_json_load(name.data, name.size, 0, NULL));
        }
        ei_rows_close(&rows);
    }
    if (status != EDU_OK) {
        json_decref(*out);
        *out = NULL;
    }
    return status;
}

/* ---- rows ---- */

static void take_place(ei_appeal *out, ei_rows *rows)
{
    out->serial = ei_column_int(rows, 0);
    ei_take_text(rows, 1, out->number, sizeof out->number);
    ei_take_text(rows, 2, out->channel, sizeof out->channel);
    out->is_anonymous = ei_column_bool(rows, 3);
    ei_take_text(rows, 4, out->category, sizeof out->category);
    ei_take_text(rows, 5, out->level, sizeof out->level);
    ei_take_text(rows, 6, out->region, sizeof out->region);
    ei_take_text(rows, 7, out->department, sizeof out->department);
    out->executor = ei_column_id(rows, 8);
    ei_take_text(rows, 9, out->state, sizeof out->state);
    out->is_open = ei_column_bool(rows, 10);
}

static edu_status take_clock(ei_appeal *out, ei_rows *rows, edu_error *error)
{
    out->received = ei_column_time(rows, 11);
    out->clock_from = ei_column_time(rows, 12);
    ei_take_text(rows, 13, out->calendar, sizeof out->calendar);
    out->calendar_version = (int32_t)ei_column_int(rows, 14);
    out->rules_version = (int32_t)ei_column_int(rows, 15);
    ei_take_text(rows, 16, out->rule, sizeof out->rule);
    (void)ei_term_unit_find(ei_column_text(rows, 17), &out->unit);
    out->term = (int32_t)ei_column_int(rows, 18);
    out->extra = (int32_t)ei_column_int(rows, 19);
    out->extensions = (int32_t)ei_column_int(rows, 20);
    EI_TRY(ei_appeal_pauses_read(out, ei_column_text(rows, 21), error));
    out->due = ei_column_time(rows, 22);
    out->very_late = ei_column_time(rows, 23);
    out->next_at = ei_column_time(rows, 24);
    out->rung = (int32_t)ei_column_int(rows, 25);
    return EDU_OK;
}

static void take_end(ei_appeal *out, ei_rows *rows)
{
    out->drafted_by = ei_column_id(rows, 26);
    out->approved_by = ei_column_id(rows, 27);
    out->answered = ei_column_time(rows, 28);
    out->worked_days = ei_column_is_null(rows, 29) ? -1 : (int32_t)ei_column_int(rows, 29);
    out->reopened = (int32_t)ei_column_int(rows, 30);
    out->rating = (int32_t)ei_column_int(rows, 31);
    out->into_person = ei_column_id(rows, 32);
    out->into = ei_column_id(rows, 33);
    out->raised_to = ei_column_id(rows, 34);
}

static edu_status take_head(ei_appeal *out, ei_rows *rows, edu_error *error)
{
    edu_bytes head = ei_column_bytes(rows, 39), key = ei_column_bytes(rows, 40);
    ei_take_text(rows, 35, out->head.service, sizeof out->head.service);
    out->head.service_version = (int32_t)ei_column_int(rows, 36);
    memcpy(out->head.state, out->state, sizeof out->head.state);
    out->head.version = ei_column_int(rows, 37);
    out->head.is_open = ei_column_bool(rows, 38);
    if (head.size != sizeof out->head.hash || !ei_person_keys_take(key, &out->wrapped))
        return ei_fail(error, EDU_E_CORRUPT, "appeal.row", NULL,
                       "an appeal has no key or no end of its chain");
    memcpy(out->head.hash, head.data, head.size);
    out->newest_rules = (int32_t)ei_column_int(rows, 41);
    ei_take_text(rows, 42, out->applicant_as, sizeof out->applicant_as);
    ei_take_text(rows, 43, out->staff_as, sizeof out->staff_as);
    return EDU_OK;
}

/* What save compares with. */
static void note_stored(ei_appeal *appeal)
{
    ei_appeal_stored *of = &appeal->stored;
    memcpy(of->category, appeal->category, sizeof of->category);
    memcpy(of->department, appeal->department, sizeof of->department);
    of->executor = appeal->executor;
    of->into = appeal->into;
    of->raised_to = appeal->raised_to;
    of->due = appeal->due;
    of->very_late = appeal->very_late;
    of->next_at = appeal->next_at;
    of->answered = appeal->answered;
    of->is_open = appeal->is_open;
    of->calendar_version = appeal->calendar_version;
}

static edu_status take_row(ei_appeal *out, ei_rows *rows, edu_error *error)
{
    take_place(out, rows);
    EI_TRY(take_clock(out, rows, error));
    take_end(out, rows);
    note_stored(out);
    return take_head(out, rows, error);
}

edu_status ei_appeal_load(edu_tx *tx, const edu_id *actor, const edu_id *person, const edu_id *id,
                          edu_time now, ei_appeal *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_load(tx, actor, person, id, now, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    *out = (ei_appeal){.person = *person, .id = *id};
    if (status == EDU_OK)
        status = row ? take_row(out, &rows, error) : ei_appeal_not_found(error, "appeal");
    ei_rows_close(&rows);
    return status;
}

static const char *or_null(const char *text)
{
    return text[0] ? text : NULL;
}

/* ---- saving ---- */

static bool has_ended_or_begun(const ei_appeal *a)
{
    const ei_appeal_stored *was = &a->stored;
    return a->is_open != was->is_open || a->calendar_version != was->calendar_version ||
           a->answered != was->answered || ei_id_compare(a->into, was->into) != 0;
}

static bool has_moved(const ei_appeal *a)
{
    const ei_appeal_stored *was = &a->stored;
    return strcmp(a->category, was->category) != 0 || strcmp(a->department, was->department) != 0 ||
           ei_id_compare(a->executor, was->executor) != 0 || a->due != was->due ||
           a->very_late != was->very_late || a->next_at != was->next_at ||
           ei_id_compare(a->raised_to, was->raised_to) != 0;
}

static edu_status save_with(edu_tx *tx, const ei_appeal *a, const char *pauses, edu_error *error)
{
    const char *unit = ei_term_unit_name(a->unit), *department = or_null(a->department);
    if (has_ended_or_begun(a))
        return sql_appeal_save(
            tx, &a->person, &a->id, a->level, a->state, a->clock_from, a->rules_version, a->rule,
            unit, a->term, a->extra, a->extensions, pauses, a->rung, &a->drafted_by,
            &a->approved_by, a->reopened, a->rating, a->category, department, &a->executor, a->due,
            a->very_late, a->next_at, &a->raised_to, a->is_open, a->calendar_version, a->answered,
            a->worked_days, &a->into_person, &a->into, NULL, error);
    if (has_moved(a))
        return sql_appeal_save_place(
            tx, &a->person, &a->id, a->level, a->state, a->clock_from, a->rules_version, a->rule,
            unit, a->term, a->extra, a->extensions, pauses, a->rung, &a->drafted_by,
            &a->approved_by, a->reopened, a->rating, a->category, department, &a->executor, a->due,
            a->very_late, a->next_at, &a->raised_to, NULL, error);
    return sql_appeal_save_step(tx, &a->person, &a->id, a->level, a->state, a->clock_from,
                                a->rules_version, a->rule, unit, a->term, a->extra, a->extensions,
                                pauses, a->rung, &a->drafted_by, &a->approved_by, a->reopened,
                                a->rating, NULL, error);
}

edu_status ei_appeal_save(edu_tx *tx, const ei_appeal *appeal, edu_error *error)
{
    ei_buffer pauses = {0};
    ei_appeal_pauses_write(appeal, &pauses);
    edu_status status =
        pauses.failed ? ei_no_memory(error) : save_with(tx, appeal, pauses.data, error);
    ei_buffer_free(&pauses);
    return status;
}

/* ---- texts ---- */

edu_bytes ei_appeal_key(const ei_appeal *appeal)
{
    return ei_person_keys_bytes(&appeal->wrapped);
}
