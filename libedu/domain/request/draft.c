/* What is typed and not submitted yet, and what it lacks. */
#include <stdio.h>
#include <string.h>

#include "domain/request/request_document.h"
#include "domain/tuition/tuition_store.h"
#include "request_sql.h"

#define FORM_BYTES_MAX 262144
#define DRAFTS_MAX 100 /* of a person, and of a person by one of staff */

static edu_status no_draft(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "request.no_draft", NULL,
                   "there is no such draft, or it is not yours");
}

static void put_text(char *out, size_t room, const char *text)
{
    (void)snprintf(out, room, "%s", text ? text : "");
}

/* ---- who applies for what ---- */

static edu_status take_facts(const edu_portal *portal, ei_request_facts *out, ei_rows *rows,
                             edu_error *error)
{
    put_text(out->service, sizeof out->service, ei_column_text(rows, 0));
    out->opens = ei_column_time(rows, 1);
    out->closes = ei_column_time(rows, 2);
    out->is_published = ei_column_bool(rows, 3);
    put_text(out->institution, sizeof out->institution, ei_column_text(rows, 4));
    put_text(out->region, sizeof out->region, ei_column_text(rows, 5));
    out->age_from = (int32_t)ei_column_int(rows, 6);
    out->age_until = (int32_t)ei_column_int(rows, 7);
    out->grade_from = (int32_t)ei_column_int(rows, 8);
    out->grade_to = (int32_t)ei_column_int(rows, 9);
    put_text(out->acting_as, sizeof out->acting_as, ei_column_text(rows, 10));
    out->birth = ei_column_date(rows, 11);
    edu_bytes key = ei_column_bytes(rows, 12);
    out->grade = (int32_t)ei_column_int(rows, 13);
    out->by_round = ei_column_bool(rows, 16);
    ei_take_text(rows, 17, out->admission, sizeof out->admission);
    ei_take_text(rows, 18, out->funding, sizeof out->funding);
    out->until = ei_column_time(rows, 19);
    out->begins = ei_column_date(rows, 20);
    if (!ei_person_keys_take(key, &out->wrapped))
        return ei_fail(error, EDU_E_CORRUPT, "request.row", NULL, "a person has no key");
    char name[sizeof out->sort_name];
    (void)snprintf(name, sizeof name, "%s %s", ei_column_text(rows, 15), ei_column_text(rows, 14));
    char *sort_key;
    EI_TRY(ei_text_sort_key(portal->language, name, &sort_key, error));
    put_text(out->sort_name, sizeof out->sort_name, sort_key);
    ei_free(sort_key);
    return EDU_OK;
}

edu_status ei_request_facts_read(const edu_session *session, edu_tx *tx, const edu_id *actor,
                                 const edu_id *person, const edu_id *offering,
                                 ei_request_facts *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_request_facts(tx, actor, person, offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_facts(session->portal, out, &rows, error) : ei_request_not_found(error);
    ei_rows_close(&rows);
    return status;
}

/* Whole years on a day. */
static int32_t age_on(edu_date birth, edu_date day)
{
    bool had_birthday =
        day.month > birth.month || (day.month == birth.month && day.day >= birth.day);
    return day.year - birth.year - (had_birthday ? 0 : 1);
}

static bool is_within(int32_t value, int32_t from, int32_t until)
{
    return value >= from && (until == 0 || value <= until);
}

/* The day on which ages count: that of submission, or the later one on which it begins. */
static edu_date day_of_age(const edu_session *session, const ei_request_facts *facts, edu_time now)
{
    int hour, minute;
    edu_date today = ei_time_civil(now, session->portal->utc_offset_minutes, &hour, &minute);
    bool is_later = facts->begins.year && ei_date_to_days(facts->begins) > ei_date_to_days(today);
    return is_later ? facts->begins : today;
}

edu_status ei_request_judge_person(const edu_session *session, const ei_request_rules *rules,
                                   const ei_request_facts *facts, edu_time now, edu_error *error)
{
    bool has_birth = facts->birth.year != 0;
    int32_t age = has_birth ? age_on(facts->birth, day_of_age(session, facts, now)) : 0;
    bool asks_age = rules->age_from || rules->age_until || facts->age_from || facts->age_until;
    bool asks_grade = rules->grade_to || facts->grade_to;
    if (asks_age && (!has_birth || !is_within(age, rules->age_from, rules->age_until) ||
                     !is_within(age, facts->age_from, facts->age_until)))
        return ei_fail(error, EDU_E_STATE, "request.age", NULL, "this is for another age");
    if (asks_grade &&
        (!facts->grade || !is_within(facts->grade, rules->grade_from, rules->grade_to) ||
         !is_within(facts->grade, facts->grade_from, facts->grade_to)))
        return ei_fail(error, EDU_E_STATE, "request.grade", NULL, "this is for other grades");
    return EDU_OK;
}

static bool is_too_young_alone(const edu_session *session, const ei_request_rules *rules,
                               const ei_request_facts *facts, edu_time now)
{
    int hour, minute;
    edu_date today = ei_time_civil(now, session->portal->utc_offset_minutes, &hour, &minute);
    return rules->alone_from && strcmp(facts->acting_as, "self") == 0 && facts->birth.year != 0 &&
           age_on(facts->birth, today) < rules->alone_from;
}

edu_status ei_request_judge(const edu_session *session, const ei_request_rules *rules,
                            const ei_request_facts *facts, edu_time now, edu_error *error)
{
    edu_time closes = facts->until > facts->closes ? facts->until : facts->closes;
    if (!facts->is_published || (rules->admission && !facts->admission[0]))
        return ei_request_not_found(error);
    if (strcmp(facts->admission, "absent") == 0)
        return ei_fail(error, EDU_E_STATE, "admission.absent", NULL,
                       "who has not come in time asks the institution first");
    if (now < facts->opens)
        return ei_fail(error, EDU_E_STATE, "request.not_yet", NULL,
                       "applications are not taken yet");
    if (now >= closes)
        return ei_fail(error, EDU_E_STATE, "request.closed", NULL,
                       "applications are not taken any more");
    EI_TRY(ei_request_judge_person(session, rules, facts, now, error));
    return is_too_young_alone(session, rules, facts, now)
               ? ei_fail(error, EDU_E_STATE, "request.not_alone", NULL,
                         "at this age a parent or guardian applies")
               : EDU_OK;
}

/* ---- loading ---- */

static edu_status take_draft(const edu_session *session, ei_rows *rows, ei_draft *out,
                             edu_error *error)
{
    put_text(out->service, sizeof out->service, ei_column_text(rows, 0));
    out->offering = ei_column_id(rows, 2);
    out->application = ei_column_id(rows, 4);
    EI_TRY(ei_request_unseal(session, &out->person, ei_column_bytes(rows, 7),
                             EI_REQUEST_SEALED_DRAFT, ei_column_bytes(rows, 6), &out->typed,
                             error));
    out->form = json_object_get(out->typed, "form");
    out->choices = json_object_get(out->typed, "choices");
    return EDU_OK;
}

static edu_status read_draft(const edu_session *session, edu_tx *tx, ei_draft *out,
                             edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_draft_get(tx, &actor, &out->person, &out->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_draft(session, &rows, out, error) : no_draft(error);
    ei_rows_close(&rows);
    return status;
}

static edu_status read_purpose(const edu_session *session, edu_tx *tx, edu_time now, ei_draft *out,
                               edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    if (ei_id_is_none(out->application)) {
        EI_TRY(ei_definition_load(session, tx, out->service, 0, &out->definition, &out->version,
                                  error));
        return ei_request_facts_read(session, tx, &actor, &out->person, &out->offering, &out->facts,
                                     error);
    }
    EI_TRY(ei_request_load(tx, &actor, &out->person, &out->application, now, &out->request, error));
    out->version = out->request.head.service_version;
    return ei_definition_load(session, tx, out->service, out->version, &out->definition, NULL,
                              error);
}

edu_status ei_draft_load(const edu_session *session, edu_tx *tx, const edu_id *person,
                         const edu_id *id, edu_time now, ei_draft *out, edu_error *error)
{
    *out = (ei_draft){.person = *person, .id = *id};
    EI_TRY(read_draft(session, tx, out, error));
    EI_TRY(read_purpose(session, tx, now, out, error));
    return ei_asked_of_draft(tx, out, &out->asked, error);
}

void ei_draft_finish(ei_draft *draft)
{
    ei_asked_finish(&draft->asked);
    json_decref(draft->typed);
    draft->typed = NULL;
}

/* ---- what it lacks ---- */

edu_status ei_request_fault(json_t *faults, const char *pointer, const char *key,
                            const char *message, edu_error *error)
{
    json_t *fault = json_pack("{s:s, s:s, s:s, s:{}}", "field", pointer, "key", key, "message",
                              message, "parameters");
    return fault && json_array_append_new(faults, fault) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status check_choice(edu_tx *tx, const ei_draft *draft, size_t index, json_t *faults,
                               edu_error *error)
{
    char pointer[32];
    edu_id id;
    ei_rows rows;
    bool fits = false;
    (void)snprintf(pointer, sizeof pointer, "/choices/%zu", index);
    const json_t *choice = json_array_get(draft->choices, index);
    for (size_t i = 0; i < index; i++)
        if (json_equal(json_array_get(draft->choices, i), choice))
            return ei_request_fault(faults, pointer, "request.choice_twice",
                                    "this is chosen already", error);
    if (edu_id_parse(json_string_value(choice), &id, NULL) == EDU_OK) {
        edu_status opened = sql_request_choice_fits(tx, &draft->offering, &id, &rows, error);
        EI_TRY(ei_rows_integer(opened, &rows, &fits, NULL, error));
    }
    return fits ? EDU_OK
                : ei_request_fault(faults, pointer, "request.choice", "this cannot be chosen here",
                                   error);
}

static edu_status check_choices(edu_tx *tx, const ei_draft *draft, const ei_request_rules *rules,
                                json_t *faults, edu_error *error)
{
    size_t count = json_array_size(draft->choices);
    if (rules->choices == 0)
        return count == 0 ? EDU_OK
                          : ei_request_fault(faults, "/choices", "request.choices",
                                             "there is nothing to choose", error);
    if (count == 0 || count > (size_t)rules->choices)
        return ei_request_fault(faults, "/choices", "request.choices",
                                count ? "these are too many choices" : "choose at least one",
                                error);
    for (size_t i = 0; i < count; i++)
        EI_TRY(check_choice(tx, draft, i, faults, error));
    return EDU_OK;
}

edu_status ei_draft_faults(const edu_session *session, edu_tx *tx, const ei_draft *draft,
                           json_t *faults, json_t **pruned, edu_error *error)
{
    const ei_request_rules *rules = ei_definition_request(draft->definition);
    *pruned = NULL;
    if (!rules)
        return ei_request_not_found(error);
    EI_TRY(ei_request_form_check(rules, draft->form, faults, pruned, error));
    EI_TRY(check_choices(tx, draft, rules, faults, error));
    EI_TRY(ei_draft_document_faults(session, tx, draft, faults, error));
    return ei_tuition_faults(tx, draft, faults, error);
}

typedef struct draft_read {
    edu_session *session;
    edu_id person, id;
    void *out;
} draft_read;

static edu_status judge_into(const draft_read *read, const ei_draft *draft, edu_time now,
                             json_t *faults, edu_error *error)
{
    edu_error why = EDU_ERROR_INIT;
    if (!ei_id_is_none(draft->application))
        return EDU_OK;
    edu_status status = ei_request_judge(read->session, ei_definition_request(draft->definition),
                                         &draft->facts, now, &why);
    return status == EDU_OK ? EDU_OK : ei_request_fault(faults, "", why.key, why.message, error);
}

static edu_status check_run(edu_tx *tx, void *context, edu_error *error)
{
    draft_read *read = context;
    edu_draft_report *out = read->out;
    ei_draft draft;
    json_t *pruned = NULL;
    EI_TRY(ei_own_json(ei_record_arena(out), json_array(), &out->faults, error));
    edu_time now = ei_now(read->session);
    edu_status status =
        ei_draft_load(read->session, tx, &read->person, &read->id, now, &draft, error);
    if (status == EDU_OK)
        status = ei_draft_faults(read->session, tx, &draft, out->faults, &pruned, error);
    if (status == EDU_OK)
        status = judge_into(read, &draft, now, out->faults, error);
    json_decref(pruned);
    ei_draft_finish(&draft);
    out->is_complete = status == EDU_OK && json_array_size(out->faults) == 0;
    return status;
}

edu_status edu_draft_check(edu_session *session, edu_id person_id, edu_id draft_id,
                           edu_draft_report **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    draft_read read = {session, ei_person_or_self(session, person_id), draft_id, NULL};
    ei_reading reading = ei_reading_of("draft", read.person, draft_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, check_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- saving ---- */

typedef struct saving {
    edu_id person, offering, application;
    json_t *typed;
    ei_request request; /* what it corrects */
} saving;

static bool is_staffs(const char *acting_as)
{
    return strcmp(acting_as, "school") == 0 || strcmp(acting_as, "clerk") == 0;
}

static edu_status find_own(edu_tx *tx, const saving *work, bool staffs, const edu_id *actor,
                           edu_id *out, edu_id *corrects, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_draft_own(tx, &work->person, &work->offering, staffs, actor, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    row = status == EDU_OK && row;
    *out = row ? ei_column_id(&rows, 0) : (edu_id){{0}};
    *corrects = row ? ei_column_id(&rows, 1) : (edu_id){{0}};
    ei_rows_close(&rows);
    return status;
}

/* A draft that corrects an application is of one that may be edited now. */
static edu_status check_application(ei_command *command, edu_tx *tx, saving *work, int32_t *version,
                                    edu_error *error)
{
    edu_id actor = ei_session_actor(command->session);
    const ei_definition *definition;
    ei_request *request = &work->request;
    *request = (ei_request){0};
    if (ei_id_is_none(work->application))
        return EDU_OK;
    EI_TRY(ei_request_load(tx, &actor, &work->person, &work->application, command->now, request,
                           error));
    EI_TRY(ei_definition_load(command->session, tx, request->service, request->head.service_version,
                              &definition, NULL, error));
    *version = request->head.service_version;
    if (memcmp(&request->offering, &work->offering, sizeof request->offering) != 0)
        return ei_request_not_found(error);
    return ei_definition_state(definition, request->state)->edits
               ? EDU_OK
               : ei_fail(error, EDU_E_STATE, "request.not_editable", NULL,
                         "this application cannot be corrected now");
}

/* So that nobody fills the store with forms that are never sent. */
static edu_status check_room(edu_tx *tx, const saving *work, bool staffs, const edu_id *actor,
                             edu_error *error)
{
    ei_rows rows;
    int64_t count = 0;
    EI_TRY(ei_rows_integer(sql_draft_count(tx, &work->person, staffs, actor, &rows, error), &rows,
                           NULL, &count, error));
    return count < DRAFTS_MAX
               ? EDU_OK
               : ei_fail(error, EDU_E_LIMIT, "request.drafts", NULL,
                         "there are %d begun forms already; send or discard some", DRAFTS_MAX);
}

static edu_status store_draft(ei_command *command, edu_tx *tx, const saving *work,
                              const ei_request_facts *facts, int32_t version, edu_bytes sealed,
                              edu_error *error)
{
    edu_id actor = ei_session_actor(command->session), id, corrects;
    bool staffs = is_staffs(facts->acting_as);
    EI_TRY(find_own(tx, work, staffs, &actor, &id, &corrects, error));
    bool is_new = ei_id_is_none(id);
    bool is_other = memcmp(&corrects, &work->application, sizeof corrects) != 0;
    if (is_new) {
        EI_TRY(check_room(tx, work, staffs, &actor, error));
        id = ei_new_id(command->session);
    }
    memcpy(command->result, &id, sizeof id);
    command->result_size = sizeof id;
    EI_TRY(is_new ? sql_draft_add(tx, &work->person, &id, facts->service, version, &work->offering,
                                  &work->application, &actor, staffs, sealed, command->now, NULL,
                                  error)
                  : sql_draft_change(tx, &work->person, &id, version, &work->application, sealed,
                                     command->now, NULL, error));
    return is_other ? ei_draft_documents_begin(tx, &work->person, &id, &work->request, error)
                    : EDU_OK;
}

static edu_status save_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    saving *work = command->context;
    const ei_definition *definition;
    ei_request_facts facts = {0};
    edu_id actor = ei_session_actor(command->session);
    ei_buffer sealed = {0};
    int32_t version, own = 0;
    EI_TRY(check_application(command, tx, work, &own, error));
    EI_TRY(ei_request_facts_read(command->session, tx, &actor, &work->person, &work->offering,
                                 &facts, error));
    EI_TRY(
        ei_definition_load(command->session, tx, facts.service, 0, &definition, &version, error));
    const ei_request_rules *rules = ei_definition_request(definition);
    if (!facts.is_published || !rules || (rules->admission && !facts.admission[0]))
        return ei_request_not_found(error);
    if (own)
        version = own;
    edu_status status =
        ei_request_seal(command->session, &work->person, ei_person_keys_bytes(&facts.wrapped),
                        EI_REQUEST_SEALED_DRAFT, work->typed, &sealed, error);
    if (status == EDU_OK)
        status = store_draft(command, tx, work, &facts, version,
                             (edu_bytes){sealed.data, sealed.size}, error);
    ei_buffer_free(&sealed);
    return status;
}

static edu_status check_typed(json_t *form, json_t *choices, edu_error *error)
{
    if (form && !json_is_object(form))
        return ei_fail(error, EDU_E_INVALID, "request.form", "/form", "the form is an object");
    if (form && json_dumpb(form, NULL, 0, JSON_COMPACT) > FORM_BYTES_MAX)
        return ei_fail(error, EDU_E_LIMIT, "request.form_size", "/form",
                       "what is typed has at most %d bytes", FORM_BYTES_MAX);
    if (choices && (!json_is_array(choices) || json_array_size(choices) > EI_CHOICES_MAX))
        return ei_fail(error, EDU_E_INVALID, "request.choices", "/choices",
                       "the choices are a list of at most %d", EI_CHOICES_MAX);
    return EDU_OK;
}

/* Copies, as the caller's may change while a command that failed runs again. */
static json_t *make_typed(json_t *form, json_t *choices)
{
    json_t *typed = json_pack("{s:o, s:o}", "form", form ? json_deep_copy(form) : json_object(),
                              "choices", choices ? json_deep_copy(choices) : json_array());
    return typed;
}

edu_status edu_draft_save(edu_session *session, edu_id person_id, edu_id offering_id,
                          edu_id application_id, json_t *form, json_t *choices, const char *key,
                          edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    form = ei_json_given(form);
    choices = ei_json_given(choices);
    EI_TRY(check_typed(form, choices, error));
    saving work = {.person = ei_person_or_self(session, person_id),
                   .offering = offering_id,
                   .application = application_id,
                   .typed = make_typed(form, choices)};
    char *text = NULL;
    edu_status status =
        work.typed ? ei_json_write(work.typed, "/form", &text, error) : ei_no_memory(error);
    ei_command command = {
        .session = session, .name = "draft.save", .key = key, .run = save_run, .context = &work};
    ei_command_hash(&command, &work.person, sizeof work.person);
    ei_command_hash(&command, &offering_id, sizeof offering_id);
    ei_command_hash(&command, &application_id, sizeof application_id);
    ei_command_hash_text(&command, text);
    if (status == EDU_OK)
        status = ei_command_run(&command, error);
    json_decref(work.typed);
    ei_free(text);
    if (status == EDU_OK)
        memcpy(out, command.result, sizeof *out);
    return status;
}

/* ---- discarding ---- */

static edu_status discard_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const draft_read *wanted = command->context;
    ei_draft draft = {.person = wanted->person, .id = wanted->id};
    edu_status status = read_draft(command->session, tx, &draft, error);
    ei_draft_finish(&draft);
    return status == EDU_OK ? ei_draft_drop(tx, &wanted->person, &wanted->id, error) : status;
}

edu_status edu_draft_discard(edu_session *session, edu_id person_id, edu_id draft_id,
                             const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    draft_read wanted = {session, ei_person_or_self(session, person_id), draft_id, NULL};
    ei_command command = {.session = session,
                          .name = "draft.discard",
                          .key = key,
                          .run = discard_run,
                          .context = &wanted};
    ei_command_hash(&command, &wanted.person, sizeof wanted.person);
    ei_command_hash(&command, &draft_id, sizeof draft_id);
    return ei_command_run(&command, error);
}

/* ---- reading ---- */

static edu_status fill_head(const edu_session *session, ei_rows *rows, int at, ei_arena *arena,
                            edu_draft *out, edu_error *error)
{
    EI_TRY(ei_copy_column(arena, rows, at, &out->service, error));
    out->service_version = (int32_t)ei_column_int(rows, at + 1);
    out->offering_id = ei_column_id(rows, at + 2);
    out->title = ei_localised_text(arena, session, ei_column_text(rows, at + 3));
    out->application_id = ei_column_id(rows, at + 4);
    out->changed = ei_column_time(rows, at + 5);
    return out->title ? EDU_OK : ei_no_memory(error);
}

/* What is to be corrected stands with the step that gave it back. */
static edu_status fill_corrections(edu_session *session, edu_tx *tx, edu_draft *out,
                                   edu_error *error)
{
    edu_id actor = ei_session_actor(session);
    ei_request request;
    if (ei_id_is_none(out->application_id))
        return EDU_OK;
    EI_TRY(ei_request_load(tx, &actor, &out->person_id, &out->application_id, ei_now(session),
                           &request, error));
    return ei_request_corrections(session, tx, &request, ei_record_arena(out), &out->corrections,
                                  error);
}

static edu_status fill_typed(const draft_read *read, ei_rows *rows, edu_draft *out,
                             edu_error *error)
{
    ei_arena *arena = ei_record_arena(out);
    json_t *typed = NULL;
    EI_TRY(ei_request_unseal(read->session, &read->person, ei_column_bytes(rows, 7),
                             EI_REQUEST_SEALED_DRAFT, ei_column_bytes(rows, 6), &typed, error));
    edu_status status =
        ei_own_json(arena, json_incref(json_object_get(typed, "form")), &out->form, error);
    if (status == EDU_OK)
        status = ei_own_json(arena, json_incref(json_object_get(typed, "choices")), &out->choices,
                             error);
    json_decref(typed);
    return status;
}

static edu_status fill_documents(const draft_read *read, edu_tx *tx, const ei_person_keys *wrapped,
                                 edu_draft *out, edu_error *error)
{
    ei_rows rows;
    edu_status opened = sql_draft_documents(tx, &read->person, &read->id, &rows, error);
    return ei_documents_read(read->session, &read->person, ei_person_keys_bytes(wrapped), opened,
                             &rows, ei_record_arena(out), &out->documents, error);
}

/* By the definition that will judge it: that of the application, or the newest. */
static edu_status fill_asked(const draft_read *read, edu_tx *tx, edu_draft *out, edu_error *error)
{
    ei_draft draft = {.person = read->person,
                      .id = read->id,
                      .offering = out->offering_id,
                      .application = out->application_id,
                      .choices = out->choices};
    int32_t version = ei_id_is_none(out->application_id) ? 0 : out->service_version;
    EI_TRY(ei_definition_load(read->session, tx, out->service, version, &draft.definition, NULL,
                              error));
    edu_status status = ei_asked_of_draft(tx, &draft, &draft.asked, error);
    if (status == EDU_OK)
        status = ei_own_json(ei_record_arena(out), ei_asked_show(read->session, &draft.asked),
                             &out->asked, error);
    ei_draft_finish(&draft);
    return status;
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    draft_read *read = context;
    edu_draft *out = read->out;
    edu_id actor = ei_session_actor(read->session);
    ei_person_keys wrapped = {.size = 0};
    ei_rows rows;
    bool row = false;
    out->person_id = read->person;
    out->id = read->id;
    EI_TRY(sql_draft_get(tx, &actor, &read->person, &read->id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && !row)
        status = no_draft(error);
    if (status == EDU_OK)
        status = fill_head(read->session, &rows, 0, ei_record_arena(out), out, error);
    if (status == EDU_OK)
        status = fill_typed(read, &rows, out, error);
    if (status == EDU_OK)
        (void)ei_person_keys_take(ei_column_bytes(&rows, 7), &wrapped);
    ei_rows_close(&rows);
    EI_TRY(status);
    EI_TRY(fill_documents(read, tx, &wrapped, out, error));
    EI_TRY(fill_asked(read, tx, out, error));
    return fill_corrections(read->session, tx, out, error);
}

edu_status edu_draft_get(edu_session *session, edu_id person_id, edu_id draft_id, edu_draft **out,
                         edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    draft_read read = {session, ei_person_or_self(session, person_id), draft_id, NULL};
    ei_reading reading = ei_reading_of("draft", read.person, draft_id);
    EI_TRY(ei_read_record_of(session, &reading, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

static edu_status fill_listed(ei_rows *rows, int first, ei_arena *arena, void *record,
                              void *context, edu_error *error)
{
    const draft_read *read = context;
    edu_draft *out = record;
    out->person_id = read->person;
    out->id = ei_column_id(rows, 0);
    return fill_head(read->session, rows, first, arena, out, error);
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const draft_read *read = list->filter;
    edu_id actor = ei_session_actor(list->session);
    return sql_draft_list(tx, &actor, &read->person, &list->key.id[0], list->ask, rows, error);
}

edu_status edu_draft_list(edu_session *session, edu_id person_id, const char *cursor, int32_t limit,
                          edu_draft_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    draft_read read = {session, ei_person_or_self(session, person_id), {{0}}, NULL};
    ei_list list = {.session = session,
                    .filter = &read,
                    .open = open_list,
                    .reading = ei_reading_of("draft", read.person, (edu_id){{0}}),
                    .plan = {.shape = "U",
                             .record = "edu_draft",
                             .limit = limit,
                             .fill = fill_listed,
                             .context = &read}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
