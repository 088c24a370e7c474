/* Rules of appeals, and registering one. */
#include "domain/appeal/appeal_store.h"

#include <stdio.h>
#include <string.h>

#include "account_sql.h"
#include "appeal_sql.h"
#include "domain/calendar/calendar_store.h"
#include "domain/account/account_store.h"
#include "domain/portal/guard.h"

#define DAY (INT64_C(86400) * 1000000)
#define BACKDATED_MAX (366 * DAY)
#define SENT_AGO (INT64_C(86400) * 1000000) /* the same form in another window */
#define NAME_MAX 200
#define CONTACT_MAX 254

/* ---- rules ---- */

static edu_status add_rules(edu_tx *tx, const char *code, int64_t version, const char *text,
                            edu_bytes hash, edu_time now, const edu_id *actor, int64_t *changed,
                            edu_error *error)
{
    json_t *rules, *entry;
    size_t i;
    EI_TRY(ei_json_read(text, strlen(text), &rules, error));
    edu_status status =
        sql_appeal_rules_add(tx, code, version, text, hash, now, actor, changed, error);
    json_array_foreach(json_object_get(rules, "departments"), i, entry)
    {
        char *title = ei_json_dumps(json_object_get(entry, "title"), JSON_COMPACT);
        if (status == EDU_OK)
            status = title ? sql_appeal_department_put(
                                 tx, json_string_value(json_object_get(entry, "code")), title, NULL,
                                 error)
                           : ei_no_memory(error);
        ei_free(title);
    }
    json_decref(rules);
    return status;
}

edu_status edu_appeal_rules_publish(edu_session *session, json_t *rules, const char *key,
                                    int32_t *version, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!rules || !version)
        return ei_bad_argument(error, rules ? "version" : "rules");
    ei_appeal_rules *checked;
    EI_TRY(ei_appeal_rules_make(rules, &checked, error));
    ei_appeal_rules_free(checked);
    ei_publication wanted = {.action = "appeal.rules_publish",
                             .code = EI_APPEAL_SERVICE,
                             .document = rules,
                             .newest = sql_appeal_rules_newest,
                             .add = add_rules};
    return ei_publish(session, &wanted, key, version, error);
}

typedef struct rules_read {
    edu_session *session;
    edu_appeal_rules *out;
    ei_arena *arena;
} rules_read;

/* {"code", "title", …} with texts in the session's language. */
static json_t *localised_entries(const rules_read *read, const char *name, const json_t *rules)
{
    json_t *made = json_array();
    const json_t *list = json_object_get(rules, name);
    for (size_t i = 0; made && i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i), *text = json_object_get(entry, "text");
        json_t *one = json_pack("{s:O, s:s}", "code", json_object_get(entry, "code"), "title",
                                ei_localised(read->session, json_object_get(entry, "title")));
        if (text)
            (void)json_object_set_new(one, "text", json_string(ei_localised(read->session, text)));
        (void)json_array_append_new(made, one);
    }
    return made;
}

static json_t *region_entries(const rules_read *read, json_t *names)
{
    json_t *made = json_array();
    for (void *at = json_object_iter(names); made && at; at = json_object_iter_next(names, at))
        (void)json_array_append_new(
            made, json_pack("{s:s, s:s}", "code", json_object_iter_key(at), "title",
                            ei_localised(read->session, json_object_iter_value(at))));
    return made;
}

static edu_status fill_regions(const rules_read *read, edu_tx *tx, edu_error *error)
{
    json_t *names;
    EI_TRY(ei_appeal_regions(tx, &names, error));
    json_t *made = region_entries(read, names);
    json_decref(names);
    return ei_own_json(ei_record_arena(read->out), made, &read->out->regions, error);
}

static json_t *category_entries(const rules_read *read, const ei_appeal_rules *rules)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < rules->category_count; i++) {
        const ei_appeal_category *one = &rules->categories[i];
        (void)json_array_append_new(
            made, json_pack("{s:s, s:s, s:b, s:b, s:i}", "code", one->code, "title",
                            ei_localised(read->session, one->title), "may_be_anonymous",
                            one->may_be_anonymous, "needs_approval", one->needs_approval,
                            "extensions", one->extensions));
    }
    return made;
}

static edu_status fill_rules(rules_read *read, const ei_appeal_rules *rules, edu_error *error)
{
    edu_appeal_rules *out = read->out;
    ei_arena *arena = ei_record_arena(out);
    out->title =
        ei_arena_strdup(arena, ei_localised(read->session, json_object_get(rules->json, "title")));
    EI_TRY(ei_own_json(arena, localised_entries(read, "levels", rules->json), &out->levels, error));
    EI_TRY(ei_own_json(arena, localised_entries(read, "departments", rules->json),
                       &out->departments, error));
    EI_TRY(ei_own_json(arena, localised_entries(read, "templates", rules->json), &out->templates,
                       error));
    EI_TRY(ei_own_json(arena, category_entries(read, rules), &out->categories, error));
    EI_TRY(ei_own_json(arena, json_deep_copy(rules->json), &out->document, error));
    return out->title ? EDU_OK : ei_no_memory(error);
}

static edu_status rules_run(edu_tx *tx, void *context, edu_error *error)
{
    rules_read *read = context;
    const ei_appeal_rules *rules;
    ei_rows rows;
    bool row = false;
    EI_TRY(ei_appeal_rules_load(read->session, tx, 0, &rules, &read->out->version, error));
    EI_TRY(sql_appeal_rules_get(tx, EI_APPEAL_SERVICE, read->out->version, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        read->out->published = ei_column_time(&rows, 1);
    ei_rows_close(&rows);
    EI_TRY(status);
    EI_TRY(fill_regions(read, tx, error));
    return fill_rules(read, rules, error);
}

edu_status edu_appeal_rules_get(edu_session *session, edu_appeal_rules **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    rules_read read = {.session = session};
    EI_TRY(ei_read_record(session, sizeof **out, rules_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- registering ---- */

/* What is remembered under the key of the command. */
typedef struct receipt {
    edu_id person, id;
    int64_t serial;
    edu_time received, due;
    int64_t was_sent;
} receipt;
_Static_assert(sizeof(receipt) <= sizeof(((ei_command *)0)->result), "it is kept under the key");

typedef struct intake {
    const edu_session *session;
    const edu_appeal_input *given;
    int64_t serial;
    ei_appeal appeal;
    char actor_kind[16];
    bool is_staff, is_new_person;
    char names[2 * NAME_MAX + 2];
    const ei_appeal_rules *rules;
    const ei_calendar *calendar;
    edu_status verdict;
} intake;

static edu_status denied(edu_error *error, const char *field)
{
    return ei_fail(error, EDU_E_DENIED, "appeal.only_staff", field,
                   "only staff may give this for somebody");
}

static edu_status wrong(edu_error *error, const char *field, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "appeal.intake", field, "%s", what);
}

static bool wants_staff(const edu_appeal_input *given)
{
    return given->number || given->given || given->family || given->mail || given->phone ||
           given->level || given->received != EDU_TIME_NONE ||
           (given->channel && strcmp(given->channel, "electronic") != 0);
}

static edu_status check_input(const edu_session *session, const edu_appeal_input *given,
                              edu_error *error)
{
    static const char *const channels[] = {"electronic", "paper", "hotline"};
    bool is_known = !given->channel;
    EI_TRY(ei_check_text(given->channel, 16, true, "/channel", error));
    for (size_t i = 0; !is_known && i < EI_COUNT(channels); i++)
        is_known = strcmp(given->channel, channels[i]) == 0;
    if (!is_known)
        return wrong(error, "/channel", "the channel is electronic, paper or hotline");
    EI_TRY(ei_check_text(given->number, 16, true, "/number", error));
    EI_TRY(ei_check_text(given->given, NAME_MAX, true, "/given", error));
    EI_TRY(ei_check_text(given->family, NAME_MAX, true, "/family", error));
    EI_TRY(ei_check_text(given->mail, CONTACT_MAX, true, "/mail", error));
    EI_TRY(ei_check_text(given->phone, CONTACT_MAX, true, "/phone", error));
    EI_TRY(ei_check_text(given->category, 64, false, "/category", error));
    EI_TRY(ei_check_text(given->level, 64, true, "/level", error));
    EI_TRY(ei_check_text(given->region, 64, true, "/region", error));
    EI_TRY(ei_check_words(given->text, EI_APPEAL_TEXT_MAX, "/text", error));
    EI_TRY(ei_check_text(given->form, 64, true, "/form", error));
    bool is_named =
        !ei_id_is_none(given->person_id) || given->number || given->given || given->family;
    if (given->is_anonymous && is_named)
        return wrong(error, "/is_anonymous", "an appeal without a name gives none");
    if (ei_id_is_none(ei_session_actor(session)) && !given->is_anonymous)
        return ei_session_require((edu_session *)(uintptr_t)session, error);
    if ((given->given || given->family) && (!given->given || !given->family))
        return wrong(error, given->given ? "/family" : "/given", "both names are needed");
    return EDU_OK;
}

/* Who is in the register is found by the number. */
static edu_status find_person(intake *work, ei_command *command, edu_tx *tx, edu_id *out,
                              edu_error *error)
{
    const edu_appeal_input *given = work->given;
    ei_identifier identifier;
    ei_rows rows;
    bool row = false;
    *out = given->person_id;
    if (!given->number) {
        bool is_own = ei_id_is_none(*out) && !given->is_anonymous && !given->given;
        if (is_own)
            *out = ei_session_actor(command->session);
        return EDU_OK;
    }
    EI_TRY(ei_identify_number(command->session->portal, given->number, &identifier, error));
    EI_TRY(sql_account_claimed(tx, "fin", ei_hash_bytes(&identifier.hash), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *out = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_fail(error, EDU_E_NOT_FOUND, "appeal.not_in_register", "/number",
                       "nobody in the register has this number; give the names instead");
    return status;
}

static edu_status take_facts(intake *work, ei_rows *rows, edu_error *error)
{
    ei_appeal *appeal = &work->appeal;
    const char *as = ei_column_text(rows, 0), *region = ei_column_text(rows, 5);
    edu_bytes key = ei_column_bytes(rows, 2);
    const char *names[2] = {ei_column_text(rows, 3), ei_column_text(rows, 4)};
    (void)snprintf(work->names, sizeof work->names, "%.*s %.*s", NAME_MAX,
                   names[0]             ? names[0]
                   : work->given->given ? work->given->given
                                        : "",
                   NAME_MAX,
                   names[1]              ? names[1]
                   : work->given->family ? work->given->family
                                         : "");
    work->is_staff = ei_column_bool(rows, 1);
    (void)snprintf(work->actor_kind, sizeof work->actor_kind, "%s",
                   as && !wants_staff(work->given) ? as : "clerk");
    if (work->given->is_anonymous && !work->is_staff)
        (void)snprintf(work->actor_kind, sizeof work->actor_kind, "self");
    else if (!work->is_staff && wants_staff(work->given))
        return denied(error, "/channel");
    else if (!as && !work->is_staff)
        return ei_appeal_not_found(error, "person");
    if (!work->given->region && region)
        (void)snprintf(appeal->region, sizeof appeal->region, "%s", region);
    work->is_new_person = !ei_person_keys_take(key, &appeal->wrapped);
    bool is_named = work->given->is_anonymous || work->given->given;
    return work->is_new_person && !is_named ? ei_appeal_not_found(error, "person") : EDU_OK;
}

static edu_status read_facts(intake *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_appeal_intake(tx, &actor, &work->appeal.person, work->given->region, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        status = take_facts(work, &rows, error);
    ei_rows_close(&rows);
    return status;
}

static edu_status check_region(const intake *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    if (!work->given->region)
        return EDU_OK;
    EI_TRY(sql_appeal_region_exists(tx, work->given->region, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    return status == EDU_OK && !row ? wrong(error, "/region", "there is no such region") : status;
}

static edu_status choose(intake *work, edu_error *error)
{
    const edu_appeal_input *given = work->given;
    ei_appeal *appeal = &work->appeal;
    const ei_appeal_category *category = ei_appeal_category_find(work->rules, given->category);
    const char *level =
        given->level
            ? given->level
            : json_string_value(json_object_get(
                  json_array_get(json_object_get(work->rules->json, "levels"), 0), "code"));
    if (!category)
        return wrong(error, "/category", "the rules have no such category");
    if (given->is_anonymous && !category->may_be_anonymous)
        return ei_fail(error, EDU_E_INVALID, "appeal.needs_name", "/is_anonymous",
                       "appeals of this category are made with a name");
    if (!ei_appeal_entry(work->rules, "levels", level))
        return wrong(error, "/level", "the rules have no such level");
    (void)snprintf(appeal->category, sizeof appeal->category, "%s", given->category);
    (void)snprintf(appeal->level, sizeof appeal->level, "%s", level);
    if (given->region)
        (void)snprintf(appeal->region, sizeof appeal->region, "%s", given->region);
    (void)snprintf(appeal->channel, sizeof appeal->channel, "%s",
                   given->channel ? given->channel : "electronic");
    appeal->is_anonymous = given->is_anonymous;
    return EDU_OK;
}

static edu_status check_received(intake *work, edu_time now, edu_error *error)
{
    edu_time received = work->given->received;
    if (received == EDU_TIME_NONE)
        received = now;
    if (received > now || received < now - BACKDATED_MAX)
        return wrong(error, "/received", "the receipt lies in the last 366 days, and not ahead");
    work->appeal.received = work->appeal.clock_from = received;
    return EDU_OK;
}

/* ---- an applicant who is in no register ---- */

static edu_status seal_contact(const intake *work, const char *field, const char *text,
                               const edu_session *session, ei_buffer *out, edu_error *error)
{
    if (!text || !*text)
        return EDU_OK;
    return ei_seal_into(session, &work->appeal.person, ei_appeal_key(&work->appeal), field,
                        (edu_bytes){text, strlen(text)}, out, error);
}

static edu_status add_person(intake *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_session *session = command->session;
    const edu_portal *portal = session->portal;
    const edu_appeal_input *given = work->given;
    const edu_bytes none = {NULL, 0};
    ei_buffer mail = {0}, phone = {0};
    work->appeal.person = ei_new_id(session);
    ei_person_key_make(portal->keys, &portal->environment.random, &work->appeal.person,
                       work->appeal.wrapped.bytes);
    work->appeal.wrapped.size = EI_WRAPPED_KEY;
    edu_status status = seal_contact(work, "mail", given->mail, session, &mail, error);
    if (status == EDU_OK)
        status = seal_contact(work, "phone", given->phone, session, &phone, error);
    if (status == EDU_OK)
        status = sql_account_person_add(
            tx, &work->appeal.person, given->given ? given->given : "",
            given->family ? given->family : "", NULL, (edu_date){0}, ei_appeal_key(&work->appeal),
            none, none, (edu_bytes){mail.data, mail.size}, (edu_bytes){phone.data, phone.size},
            command->now, NULL, NULL, error);
    ei_buffer_free(&mail);
    ei_buffer_free(&phone);
    return status;
}

/* ---- its rows ---- */

static int32_t local_month(const ei_calendar *calendar, edu_time at)
{
    int hour, minute;
    edu_date date = ei_time_civil(at, ei_calendar_utc_offset(calendar), &hour, &minute);
    return date.year * 100 + date.month;
}

static edu_status start_clock(intake *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_appeal *appeal = &work->appeal;
    (void)snprintf(appeal->calendar, sizeof appeal->calendar, "%s", work->rules->calendar);
    EI_TRY(ei_calendar_newest(tx, appeal->calendar, &appeal->calendar_version, error));
    EI_TRY(ei_calendar_load(command->session, tx, appeal->calendar, appeal->calendar_version,
                            &work->calendar, NULL, error));
    (void)snprintf(appeal->state, sizeof appeal->state, "received");
    appeal->is_open = true;
    return ei_appeal_clock(work->rules, work->calendar, appeal, error);
}

static edu_status add_row(const intake *work, edu_tx *tx, edu_error *error)
{
    const ei_appeal *a = &work->appeal;
    return sql_appeal_add(tx, &a->person, &a->id, a->serial, a->number, a->channel, a->is_anonymous,
                          a->category, a->level, a->region[0] ? a->region : NULL, a->state,
                          a->received, local_month(work->calendar, a->received), a->calendar,
                          a->calendar_version, a->rules_version, a->rule,
                          ei_term_unit_name(a->unit), a->term, a->due, a->very_late, a->next_at,
                          NULL, error);
}

/* Under the names and the words of the appeal it is found. */
static edu_status add_found_by(const intake *work, edu_tx *tx, const char *names, const char *words,
                               edu_error *error)
{
    const ei_appeal *appeal = &work->appeal;
    ei_buffer all = {0};
    edu_status status = ei_appeal_words_unordered(names, words, &all, error);
    if (status == EDU_OK && *all.data)
        status = sql_appeal_words_add(tx, appeal->serial, all.data, NULL, error);
    ei_buffer_free(&all);
    EI_TRY(status);
    return ei_appeal_bands_add(work->session, tx, &appeal->person, &appeal->id, words, error);
}

/* By the words of the name and the text, and by what is nearly the same text. */
static edu_status add_words(const intake *work, edu_tx *tx, edu_error *error)
{
    char *names = ei_text_words(work->names, error);
    char *words = names ? ei_text_words(work->given->text, error) : NULL;
    edu_status status = words ? add_found_by(work, tx, names, words, error) : EDU_E_NOMEM;
    ei_free(names);
    ei_free(words);
    return status;
}

static edu_status add_event(intake *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    char date[EI_APPEAL_DATE];
    ei_appeal *appeal = &work->appeal;
    ei_appeal_date(work->calendar, appeal->due, date);
    ei_appeal_step texts = {.session = command->session,
                            .person = appeal->person,
                            .id = appeal->id,
                            .text = work->given->text,
                            .appeal = *appeal,
                            .data = json_pack("{s:s, s:s, s:s, s:s}", "number", appeal->number,
                                              "due_date", date, "channel", appeal->channel, "rule",
                                              appeal->rule)};
    if (!texts.data)
        return ei_no_memory(error);
    ei_application_step step = {.person = appeal->person,
                                .application = appeal->id,
                                .action = "register",
                                .actor_kind = work->actor_kind,
                                .data = texts.data,
                                .number = appeal->number};
    /* The row of the appeal refers to the application, the text to the appeal. */
    edu_status status = ei_appeal_seal_text(&texts, error);
    if (status == EDU_OK)
        status = ei_application_begin(command, tx, EI_APPEAL_SERVICE, &appeal->id, &step, error);
    if (status == EDU_OK)
        status = add_row(work, tx, error);
    if (status == EDU_OK)
        status = ei_appeal_put_text(&texts, tx, error);
    if (status == EDU_OK)
        status = add_words(work, tx, error);
    ei_buffer_free(&texts.sealed);
    json_decref(texts.data);
    return status;
}

/* What nobody signs for is bounded by where it comes from. */
static edu_status count_address(intake *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    const edu_appeal_input *given = work->given;
    work->verdict = EDU_OK;
    if (!given->address || !ei_id_is_none(ei_session_actor(command->session)))
        return EDU_OK;
    ei_hash address = ei_hash_text(command->session->portal, "address", given->address);
    EI_TRY(
        ei_throttle_count(tx, EI_THROTTLE_APPEAL, &address, command->now, &work->verdict, error));
    command->is_refusal = work->verdict != EDU_OK;
    return EDU_OK;
}

/* ---- a form that is open in two windows ---- */

static edu_status compare_sent(const intake *work, ei_rows *rows, bool *found, edu_error *error)
{
    const ei_appeal *appeal = &work->appeal;
    edu_bytes plain = {NULL, 0};
    EI_TRY(ei_unseal(work->session->portal->keys, &appeal->person, ei_appeal_key(appeal),
                     EI_APPEAL_SEALED, ei_column_bytes(rows, 4), &plain, error));
    *found = plain.size == strlen(work->given->text) &&
             memcmp(plain.data, work->given->text, plain.size) == 0;
    ei_free((void *)(uintptr_t)plain.data);
    return EDU_OK;
}

static edu_status find_sent(const intake *work, edu_tx *tx, edu_time now, receipt *out, bool *found,
                            edu_error *error)
{
    const ei_appeal *a = &work->appeal;
    edu_id since = ei_id_first(now - SENT_AGO);
    ei_rows rows;
    bool row;
    edu_status status;
    *found = false;
    EI_TRY(sql_appeal_sent(tx, &a->person, &since, a->category, a->region, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row &&
           (status = compare_sent(work, &rows, found, error)) == EDU_OK && !*found)
        continue;
    if (status == EDU_OK && *found)
        *out = (receipt){.person = a->person,
                         .id = ei_column_id(&rows, 0),
                         .serial = ei_column_int(&rows, 1),
                         .received = ei_column_time(&rows, 2),
                         .due = ei_column_time(&rows, 3),
                         .was_sent = 1};
    ei_rows_close(&rows);
    return status;
}

/* Staff write for many, in the same words at times. */
static edu_status end_form(const intake *work, ei_command *command, edu_tx *tx, receipt *out,
                           bool *was_sent, edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    bool is_own = strcmp(work->actor_kind, "clerk") != 0 && !work->given->is_anonymous;
    *was_sent = false;
    if (!work->given->form || ei_id_is_none(actor))
        return EDU_OK;
    EI_TRY(sql_appeal_draft_end(tx, &actor, work->given->form, NULL, error));
    return is_own ? find_sent(work, tx, command->now, out, was_sent, error) : EDU_OK;
}

static edu_status register_new(intake *work, ei_command *command, edu_tx *tx, receipt *out,
                               edu_error *error)
{
    ei_appeal *appeal = &work->appeal;
    if (work->is_new_person)
        EI_TRY(add_person(work, command, tx, error));
    EI_TRY(ei_serial_next(command, tx, &appeal->serial, error));
    ei_number_format(work->rules->prefix, appeal->serial, appeal->number);
    EI_TRY(start_clock(work, command, tx, error));
    EI_TRY(add_event(work, command, tx, error));
    *out = (receipt){.person = appeal->person,
                     .id = appeal->id,
                     .serial = appeal->serial,
                     .received = appeal->received,
                     .due = appeal->due};
    return EDU_OK;
}

static edu_status submit_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    intake *work = command->context;
    ei_appeal *appeal = &work->appeal;
    receipt made;
    bool was_sent;
    *appeal = (ei_appeal){.id = ei_new_id(command->session)};
    EI_TRY(
        ei_appeal_rules_load(command->session, tx, 0, &work->rules, &appeal->rules_version, error));
    EI_TRY(count_address(work, command, tx, error));
    if (work->verdict != EDU_OK)
        return EDU_OK;
    EI_TRY(find_person(work, command, tx, &appeal->person, error));
    EI_TRY(read_facts(work, command, tx, error));
    EI_TRY(choose(work, error));
    EI_TRY(check_region(work, tx, error));
    EI_TRY(check_received(work, command->now, error));
    EI_TRY(end_form(work, command, tx, &made, &was_sent, error));
    if (!was_sent)
        EI_TRY(register_new(work, command, tx, &made, error));
    memcpy(command->result, &made, sizeof made);
    command->result_size = sizeof made;
    return EDU_OK;
}

/* ---- the receipt ---- */

typedef struct receipt_read {
    edu_session *session;
    edu_appeal_receipt *out;
    receipt made;
    char prefix[16];
} receipt_read;

static edu_status prefix_run(edu_tx *tx, void *context, edu_error *error)
{
    receipt_read *read = context;
    const ei_appeal_rules *rules;
    EI_TRY(ei_appeal_rules_load(read->session, tx, 0, &rules, NULL, error));
    (void)snprintf(read->prefix, sizeof read->prefix, "%s", rules->prefix);
    return EDU_OK;
}

/* The record was made before: it has room for these texts. */
static edu_status fill_receipt(receipt_read *read, bool is_anonymous, edu_error *error)
{
    edu_appeal_receipt *made = read->out;
    ei_arena *arena = ei_record_arena(made);
    char number[EI_NUMBER_TEXT], code[EI_APPEAL_CODE_TEXT];
    /* Known, unless the answer is that of an earlier call. */
    if (!read->prefix[0])
        EI_TRY(ei_read(read->session, prefix_run, read, error));
    ei_number_format(read->prefix, read->made.serial, number);
    ei_appeal_code(read->session->portal, EI_APPEAL_CODE_FOLLOW, &read->made.id, code);
    made->person_id = read->made.person;
    made->id = read->made.id;
    made->received = read->made.received;
    made->due = read->made.due;
    made->was_sent = read->made.was_sent != 0;
    made->number = ei_arena_strdup(arena, number);
    made->code = is_anonymous ? ei_arena_strdup(arena, code) : NULL;
    return made->number && (made->code || !is_anonymous) ? EDU_OK : ei_no_memory(error);
}

static void hash_input(ei_command *command, const edu_appeal_input *given)
{
    ei_command_hash_text(command, given->channel);
    ei_command_hash(command, &given->person_id, sizeof given->person_id);
    ei_command_hash_text(command, given->number);
    ei_command_hash_text(command, given->given);
    ei_command_hash_text(command, given->family);
    ei_command_hash_text(command, given->mail);
    ei_command_hash_text(command, given->phone);
    ei_command_hash(command, &given->is_anonymous, sizeof given->is_anonymous);
    ei_command_hash_text(command, given->category);
    ei_command_hash_text(command, given->level);
    ei_command_hash_text(command, given->region);
    ei_command_hash_text(command, given->text);
    ei_command_hash(command, &given->received, sizeof given->received);
    ei_command_hash_text(command, given->form);
}

edu_status edu_appeal_submit(edu_session *session, const edu_appeal_input *appeal, const char *key,
                             edu_appeal_receipt **out, edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!appeal || !out)
        return ei_bad_argument(error, appeal ? "out" : "appeal");
    if (appeal->struct_size != sizeof *appeal)
        return ei_bad_argument(error, "appeal");
    EI_TRY(check_input(session, appeal, error));
    intake *work = ei_calloc(1, sizeof *work);
    if (!work)
        return ei_no_memory(error);
    work->session = session;
    work->given = appeal;
    ei_command command = {.session = session,
                          .name = "appeal.submit",
                          .key = key,
                          .run = submit_run,
                          .context = work,
                          .takes_serial = true};
    hash_input(&command, appeal);
    receipt_read read = {.session = session};
    edu_status status = ei_command_run_record(&command, sizeof *read.out, &read.out, error);
    bool is_throttled = status == EDU_OK && work->verdict == EDU_E_THROTTLED;
    if (status == EDU_OK && !is_throttled && !command.was_repeated)
        (void)snprintf(read.prefix, sizeof read.prefix, "%s", work->rules->prefix);
    ei_free(work);
    EI_TRY(status);
    memcpy(&read.made, command.result, sizeof read.made);
    status = is_throttled ? ei_throttled(error) : fill_receipt(&read, appeal->is_anonymous, error);
    if (status != EDU_OK)
        edu_free(read.out);
    else
        *out = read.out;
    return status;
}
