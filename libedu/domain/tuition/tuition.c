/* Fees as data, and what an application has to pay, as people see it. */
#include <string.h>

#include "domain/account/import.h"
#include "domain/offering/offering_store.h"
#include "domain/payment/payment_store.h"
#include "domain/tuition/tuition_store.h"
#include "tuition_sql.h"

/* ---- rules ---- */

static edu_status load_rules(const edu_session *session, edu_tx *tx, const char *service,
                             const ei_tuition_rules **out, edu_error *error)
{
    const ei_definition *definition;
    EI_TRY(ei_definition_load(session, tx, service, 0, &definition, NULL, error));
    *out = ei_definition_tuition(definition);
    return *out ? EDU_OK
                : ei_fail(error, EDU_E_STATE, "tuition.none", NULL, "this service has no tuition");
}

static edu_status check_funding(const ei_tuition_rules *rules, const char *funding,
                                edu_error *error)
{
    if (!ei_tuition_funding_title(rules, funding))
        return ei_fail(error, EDU_E_INVALID, "tuition.funding", "/funding",
                       "the definition of the service names no such way to pay");
    return ei_tuition_is_free(rules, funding)
               ? ei_fail(error, EDU_E_INVALID, "tuition.free", "/funding",
                         "who is funded so pays nothing: there is no fee for it")
               : EDU_OK;
}

/* *is_same: nothing was to be written. */
static edu_status put_fee(const ei_command *command, edu_tx *tx, const edu_id *offering,
                          const char *funding, int64_t amount, bool *is_there, bool *is_same,
                          edu_error *error)
{
    const edu_id actor = ei_session_actor(command->session);
    int64_t before = 0;
    ei_rows rows;
    EI_TRY(ei_rows_integer(sql_tuition_fee_get(tx, offering, funding, &rows, error), &rows,
                           is_there, &before, error));
    *is_same = *is_there && before == amount;
    if (*is_same)
        return EDU_OK;
    return *is_there ? sql_tuition_fee_change(tx, offering, funding, amount, command->now, &actor,
                                              NULL, error)
                     : sql_tuition_fee_add(tx, offering, funding, amount, command->now, &actor,
                                           NULL, error);
}

/* ---- one fee ---- */

typedef struct fee {
    edu_id offering;
    const char *funding;
    int64_t amount;
    char service[EI_CODE_MAX + 1];
    bool keeps;
} fee;

static edu_status find_offering(const edu_session *session, edu_tx *tx, fee *of, edu_error *error)
{
    const edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_tuition_offering(tx, &actor, &of->offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        ei_take_text(&rows, 0, of->service, sizeof of->service);
        of->keeps = ei_column_bool(&rows, 1);
    }
    ei_rows_close(&rows);
    return status != EDU_OK || row ? status : ei_offering_not_found(error);
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    fee *of = command->context;
    const ei_tuition_rules *rules;
    bool is_there, is_same;
    EI_TRY(find_offering(command->session, tx, of, error));
    if (!of->keeps)
        return ei_offering_not_found(error);
    EI_TRY(load_rules(command->session, tx, of->service, &rules, error));
    EI_TRY(check_funding(rules, of->funding, error));
    EI_TRY(
        put_fee(command, tx, &of->offering, of->funding, of->amount, &is_there, &is_same, error));
    return is_same ? EDU_OK : ei_audit(command, tx, "tuition.put", NULL, NULL, error);
}

edu_status edu_tuition_put(edu_session *session, edu_id offering_id, const char *funding,
                           int64_t amount, const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(funding, EI_CODE_MAX, false, "/funding", error));
    if (amount < 0 || amount > EDU_PAYMENT_AMOUNT_MAX)
        return ei_fail(error, EDU_E_INVALID, "tuition.amount", "/amount",
                       "a fee is 0 to 1000000000000 minor units");
    fee of = {.offering = offering_id, .funding = funding, .amount = amount};
    ei_command command = {
        .session = session, .name = "tuition.put", .key = key, .run = put_run, .context = &of};
    ei_command_hash(&command, &offering_id, sizeof offering_id);
    ei_command_hash_text(&command, funding);
    ei_command_hash(&command, &amount, sizeof amount);
    return ei_command_run(&command, error);
}

typedef struct fee_list {
    fee of;
    edu_session *session;
    const ei_tuition_rules *rules;
} fee_list;

static edu_status fill_fee(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                           edu_error *error)
{
    const fee_list *with = context;
    edu_tuition_fee *out = record;
    EI_TRY(ei_copy_column(arena, rows, at, &out->funding, error));
    out->amount = ei_column_int(rows, at + 1);
    out->changed = ei_column_time(rows, at + 2);
    EI_TRY(ei_copy_text(arena, with->rules->currency, &out->currency, error));
    json_t *title = ei_tuition_funding_title(with->rules, out->funding);
    return ei_copy_text(arena, title ? ei_localised(with->session, title) : out->funding,
                        &out->title, error);
}

static edu_status open_fees(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    fee_list *with = list->plan.context;
    EI_TRY(find_offering(list->session, tx, &with->of, error));
    EI_TRY(load_rules(list->session, tx, with->of.service, &with->rules, error));
    return sql_tuition_fees(tx, &with->of.offering, list->key.text[0], list->ask, rows, error);
}

edu_status edu_tuition_fees(edu_session *session, edu_id offering_id, const char *cursor,
                            int32_t limit, edu_tuition_fee_page **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    fee_list with = {.of = {.offering = offering_id}, .session = session};
    ei_list list = {.session = session,
                    .open = open_fees,
                    .plan = {.shape = "t",
                             .record = "edu_tuition_fee",
                             .limit = limit,
                             .fill = fill_fee,
                             .context = &with}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- a file of fees ---- */

enum { PROGRAMME, FUNDING, AMOUNT };
static const char *const columns[] = {"programme", "funding", "amount", NULL};

typedef struct importing {
    const char *service;
    const ei_tuition_rules *rules;
} importing;

static edu_status find_programme(ei_import *import, const char *code, edu_id *out, edu_error *error)
{
    const importing *of = import->context;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_tuition_programme(import->tx, &import->actor, of->service, code, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *out = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status != EDU_OK || row
               ? status
               : ei_import_wrong(error, "tuition.programme", "/programme",
                                 "there is no programme of this code that you may keep");
}

static edu_status read_fee(ei_import *import, const char *const *fields, fee *made,
                           edu_error *error)
{
    const importing *of = import->context;
    made->funding = fields[FUNDING];
    EI_TRY(ei_import_note(import, find_programme(import, fields[PROGRAMME], &made->offering, error),
                          error));
    EI_TRY(ei_import_note(import, check_funding(of->rules, made->funding, error), error));
    return ei_int_parse(fields[AMOUNT], 0, EDU_PAYMENT_AMOUNT_MAX, &made->amount)
               ? EDU_OK
               : ei_import_note(import,
                                ei_import_wrong(error, "tuition.amount", "/amount",
                                                "a fee is 0 to 1000000000000 minor units"),
                                error);
}

static edu_status once(ei_import *import, const char *const *fields, edu_error *error)
{
    ei_buffer key = {0};
    ei_buffer_printf(&key, "%s\n%s", fields[PROGRAMME], fields[FUNDING]);
    edu_status status = key.failed ? ei_no_memory(error)
                                   : ei_import_once_text(import, key.data, "/programme",
                                                         "programme and funding", error);
    ei_buffer_free(&key);
    return status;
}

static edu_status take_fee(ei_import *import, const char *const *fields, edu_error *error)
{
    fee made = {0};
    bool is_there, is_same;
    EI_TRY(read_fee(import, fields, &made, error));
    if (import->is_faulty)
        return EDU_OK;
    EI_TRY(once(import, fields, error));
    if (import->faults)
        return EDU_OK;
    EI_TRY(put_fee(import->command, import->tx, &made.offering, made.funding, made.amount,
                   &is_there, &is_same, error));
    int64_t *count = is_same    ? &import->report.unchanged
                     : is_there ? &import->report.changed
                                : &import->report.added;
    ++*count;
    return EDU_OK;
}

static edu_status begin(ei_import *import, edu_error *error)
{
    importing *of = import->context;
    ei_rows rows;
    bool is_staff = false;
    EI_TRY(ei_rows_integer(sql_tuition_is_staff(import->tx, &import->actor, &rows, error), &rows,
                           &is_staff, NULL, error));
    if (!is_staff)
        return ei_fail(error, EDU_E_DENIED, "session.no_role", NULL,
                       "this needs the role admin, clerk or school");
    return load_rules(import->session, import->tx, of->service, &of->rules, error);
}

static edu_status prepare(edu_session *session, const char *service, edu_bytes csv, importing *of,
                          ei_import *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(service, EI_CODE_MAX, false, "/service", error));
    *of = (importing){.service = service};
    *out = (ei_import){.session = session,
                       .name = "tuition.import",
                       .csv = csv,
                       .columns = columns,
                       .rights = EI_IMPORT_OWN,
                       .code = service,
                       .begin = begin,
                       .row = take_fee,
                       .context = of};
    return EDU_OK;
}

edu_status edu_tuition_import(edu_session *session, const char *service, edu_bytes csv,
                              const char *key, edu_import_report **out, edu_error *error)
{
    importing of;
    ei_import import;
    EI_TRY(prepare(session, service, csv, &of, &import, error));
    return ei_import_run(&import, key, out, error);
}

edu_status edu_tuition_faults(edu_session *session, const char *service, edu_bytes csv,
                              const char *cursor, int32_t limit, edu_import_fault_page **out,
                              edu_error *error)
{
    importing of;
    ei_import import;
    EI_TRY(prepare(session, service, csv, &of, &import, error));
    return ei_import_faults(&import, cursor, limit, out, error);
}

/* ---- of an application ---- */

typedef struct one_read {
    edu_session *session;
    edu_id person, id;
    edu_tuition *out;
} one_read;

static edu_status fill_texts(const one_read *read, const ei_tuition_rules *rules, ei_rows *rows,
                             edu_error *error)
{
    edu_tuition *out = read->out;
    ei_arena *arena = ei_record_arena(out);
    const char *decision = ei_column_text(rows, 2);
    EI_TRY(ei_copy_column(arena, rows, 0, &out->funding, error));
    EI_TRY(ei_copy_column(arena, rows, 1, &out->concession, error));
    EI_TRY(ei_copy_text(arena, rules->currency, &out->currency, error));
    if (out->funding)
        EI_TRY(ei_copy_text(
            arena, ei_localised(read->session, ei_tuition_funding_title(rules, out->funding)),
            &out->funding_title, error));
    if (!out->concession)
        return EDU_OK;
    out->waiver_percent = ei_tuition_waiver_percent(rules, out->concession);
    EI_TRY(ei_copy_text(arena, decision ? decision : "waiting", &out->decision, error));
    return ei_copy_text(
        arena, ei_localised(read->session, ei_tuition_concession_title(rules, out->concession)),
        &out->concession_title, error);
}

static edu_status fill_one(const one_read *read, edu_tx *tx, const ei_tuition_rules *rules,
                           edu_error *error)
{
    edu_tuition *out = read->out;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_tuition_get(tx, &read->person, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        out->person_id = read->person;
        out->request_id = read->id;
        out->decided = ei_column_time(&rows, 3);
        out->invoice_id = ei_column_id(&rows, 4);
        out->amount = ei_column_int(&rows, 5);
        out->waived = ei_column_int(&rows, 6);
        out->paid = ei_column_int(&rows, 7);
        out->due = ei_column_date(&rows, 8);
        status = fill_texts(read, rules, &rows, error);
    }
    ei_rows_close(&rows);
    return status != EDU_OK || row ? status : ei_request_not_found(error);
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    const one_read *read = context;
    const edu_id actor = ei_session_actor(read->session);
    const ei_definition *definition;
    ei_request request;
    EI_TRY(ei_request_load(tx, &actor, &read->person, &read->id, ei_now(read->session), &request,
                           error));
    EI_TRY(ei_definition_load(read->session, tx, request.service, request.head.service_version,
                              &definition, NULL, error));
    const ei_tuition_rules *rules = ei_definition_tuition(definition);
    return rules ? fill_one(read, tx, rules, error) : ei_request_not_found(error);
}

edu_status edu_tuition_get(edu_session *session, edu_id person_id, edu_id request_id,
                           edu_tuition **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, ei_person_or_self(session, person_id), request_id, NULL};
    ei_reading reading = ei_reading_of("application", read.person, request_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}
