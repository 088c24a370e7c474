#include "authorisation/calls.h"
#include <edu/sys/record.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT 512

#include "matrix.h"

/* ---- arguments ---- */

static void hold_nothing(bool holds)
{
    (void)holds;
}

void (*calls_hold)(bool holds) = hold_nothing;

static json_t *packed(const char *format, ...)
{
    va_list values;
    calls_hold(true);
    va_start(values, format);
    json_t *made = json_vpack_ex(NULL, 0, format, values);
    va_end(values);
    calls_hold(false);
    ck_assert_ptr_nonnull(made);
    return made;
}

static json_t *loaded(const char *text)
{
    calls_hold(true);
    json_t *made = json_loads(text, 0, NULL);
    calls_hold(false);
    ck_assert_ptr_nonnull(made);
    return made;
}

/* ---- answers ---- */

static uint64_t with_bytes(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash ^ size;
}

static uint64_t with_json(uint64_t hash, const json_t *value)
{
    json_malloc_t take;
    json_free_t give_back;
    calls_hold(true);
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    ck_assert_ptr_nonnull(text);
    hash = with_bytes(hash, text, strlen(text));
    json_get_alloc_funcs(&take, &give_back);
    give_back(text);
    calls_hold(false);
    return hash;
}

static uint64_t with_field(uint64_t hash, edu_kind kind, const void *field)
{
    static const size_t sizes[] = {
        [EDU_KIND_BOOL] = sizeof(bool),     [EDU_KIND_INT32] = sizeof(int32_t),
        [EDU_KIND_INT64] = sizeof(int64_t), [EDU_KIND_ID] = sizeof(edu_id),
        [EDU_KIND_TIME] = sizeof(edu_time), [EDU_KIND_DATE] = sizeof(edu_date)};
    const edu_bytes *bytes = field;
    const char *const *text = field;
    const json_t *const *json = field;
    switch (kind) {
    case EDU_KIND_BYTES:
        return with_bytes(hash, bytes->data, bytes->size);
    case EDU_KIND_TEXT:
        return *text ? with_bytes(hash, *text, strlen(*text)) : with_bytes(hash, "none", 5);
    case EDU_KIND_JSON:
        return *json ? with_json(hash, *json) : with_bytes(hash, "none", 5);
    default:
        return with_bytes(hash, field, sizes[kind]);
    }
}

static uint64_t with_record(uint64_t hash, const edu_record_type *type, const void *record)
{
    for (size_t i = 0; i < type->count; i++)
        hash =
            with_field(hash, type->fields[i].kind, (const char *)record + type->fields[i].offset);
    return hash;
}

/* A text, a record of this type, or a page of them. */
static void note_answer(call *c, const char *name, const void *out)
{
    char item[64];
    size_t length = strlen(name), ending = strlen("_page");
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    const edu_record_type *type = edu_record_type_find(name);
    (void)snprintf(item, sizeof item, "%.*s", length > ending ? (int)(length - ending) : 0, name);
    if (out == NULL)
        return;
    if (strcmp(name, "char") == 0)
        hash = with_bytes(hash, out, strlen(out));
    else if (type != NULL)
        hash = with_record(hash, type, out);
    else if ((type = edu_record_type_find(item)) != NULL)
        for (size_t i = 0; i < ((const edu_page *)out)->count; i++)
            hash = with_record(hash, type,
                               (const char *)((const edu_page *)out)->items + i * type->size);
    else
        hash = 0;
    c->answer = hash;
}

/* ---- forms of calls ---- */

/* clang-format off */
#define READ(function, type, ...)                                                                  \
    static edu_status call_##function(call *c, edu_error *error)                                   \
    {                                                                                              \
        type *out = NULL;                                                                          \
        edu_status status = function(c->session, __VA_ARGS__ __VA_OPT__(,) &out, error);           \
        note_answer(c, #type, out);                                                                \
        edu_free(out);                                                                             \
        return status;                                                                             \
    }
#define LIST(function, type, ...)                                                                  \
    static edu_status call_##function(call *c, edu_error *error)                                   \
    {                                                                                              \
        type *out = NULL;                                                                          \
        edu_status status =                                                                        \
            function(c->session, __VA_ARGS__ __VA_OPT__(,) NULL, EDU_PAGE_MAX, &out, error);       \
        if (status == EDU_OK)                                                                      \
            c->count = (int64_t)out->count;                                                        \
        note_answer(c, #type, out);                                                                \
        edu_free(out);                                                                             \
        return status;                                                                             \
    }
#define WRITE(function, ...)                                                                       \
    static edu_status call_##function(call *c, edu_error *error)                                   \
    {                                                                                              \
        c->is_written = true;                                                                      \
        return function(c->session, __VA_ARGS__ __VA_OPT__(,) error);                              \
    }
#define IMPORT(function, ...)                                                                      \
    static edu_status call_##function(call *c, edu_error *error)                                   \
    {                                                                                              \
        edu_import_report *out = NULL;                                                             \
        char csv[MAX_TEXT];                                                                        \
        (void)snprintf(csv, sizeof csv, __VA_ARGS__);                                              \
        c->is_written = true;                                                                      \
        edu_status status = function(c->session, fx_bytes(csv), c->key, &out, error);              \
        edu_free(out);                                                                             \
        return status;                                                                             \
    }
/* clang-format on */

static const edu_progress silent;

/* What is usual for the function, what is not published, or what is not there. */
static edu_id season(const call *c, enum sitting_kind usual)
{
    if (c->target.kind == TARGET_NONE)
        return stage_made_up;
    return stage_season(c->target.kind == TARGET_OTHERS ? SITTING_DRAFT : usual);
}

static edu_id sitting(const call *c, enum sitting_kind usual)
{
    if (c->target.kind == TARGET_NONE)
        return stage_made_up;
    return stage_sitting(c->target.kind == TARGET_OTHERS ? SITTING_DRAFT : usual);
}

static edu_id allocation(const call *c, enum sitting_kind usual)
{
    if (c->target.kind == TARGET_NONE)
        return stage_made_up;
    return stage_allocation(c->target.kind == TARGET_OWN ? SITTING_OWN : usual);
}

/* The steward's centre, another, or none. */
static const char *centre(const call *c)
{
    if (c->target.kind == TARGET_NONE)
        return "C99";
    return c->target.kind == TARGET_OTHERS ? "C3" : "C1";
}

/* ---- the portal and its sessions ---- */

static edu_status call_edu_portal_backup(call *c, edu_error *error)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/backup.db", stage_folder());
    edu_status status = edu_portal_backup(c->session, path, silent, error);
    (void)remove(path);
    return status;
}

static edu_status call_edu_portal_check(call *c, edu_error *error)
{
    return edu_portal_check(c->session, silent, error);
}

READ(edu_portal_queues, edu_queues)
READ(edu_portal_public_keys, char)
READ(edu_portal_did, char)
LIST(edu_key_list, edu_key_page)
WRITE(edu_key_rotate, NULL, c->key)
WRITE(edu_key_compromise, "0000000000000000", EDU_TIME_NONE, c->key)
READ(edu_certificate_bundle, edu_document)
READ(edu_certificate_status_list, edu_document, 1)

static edu_status call_edu_certificate_open_list(call *c, edu_error *error)
{
    int32_t list;
    c->is_written = true;
    return edu_certificate_open_list(c->session, 0, c->key, &list, error);
}

static edu_status call_edu_session_confirm(call *c, edu_error *error)
{
    return edu_session_confirm(c->session, "00000000", error);
}

static edu_status call_edu_session_token(call *c, edu_error *error)
{
    c->count = edu_session_token(c->session) != NULL;
    return EDU_OK;
}

static edu_status call_edu_session_why(call *c, edu_error *error)
{
    return edu_session_why(c->session, "by a request of theirs", error);
}

static edu_status call_edu_session_set_language(call *c, edu_error *error)
{
    return edu_session_set_language(c->session, "en", error);
}

WRITE(edu_session_sign_out)

/* ---- accounts ---- */

READ(edu_account_identity, edu_identity)
READ(edu_account_rights, edu_rights)
LIST(edu_account_own_guardianships, edu_guardianship_page)

static edu_status call_edu_account_register(call *c, edu_error *error)
{
    edu_account_request request = EDU_ACCOUNT_REQUEST_INIT;
    request.login = "newcomer";
    request.password = FX_PASSWORD;
    request.number = STAGE_MADE_UP_NUMBER;
    request.birth = (edu_date){2012, 3, 1};
    c->is_written = true;
    return edu_account_register(c->session, &request, c->key, error);
}

WRITE(edu_account_activate, "nobody.at.all", "00000000")
WRITE(edu_account_activate_at_desk, c->target.person, c->key)
WRITE(edu_account_create, c->target.person, "created", FX_PASSWORD, c->key)
WRITE(edu_account_recover, "nobody.at.all")
WRITE(edu_account_recover_finish, "nobody.at.all", "00000000", FX_PASSWORD)
WRITE(edu_account_password, FX_PASSWORD, "another long password")
READ(edu_account_person, edu_person, c->target.person)
READ(edu_account_find, edu_person, c->target.number, c->target.birth)

static edu_status call_edu_account_family(call *c, edu_error *error)
{
    edu_person_page *out = NULL;
    edu_status status = edu_account_family(c->session, &out, error);
    if (status == EDU_OK)
        c->count = (int64_t)out->count;
    edu_free(out);
    return status;
}

/* Whom a list by school gives: all in scope, or those of another's school, or of one made up. */
static const char *school_asked_for(const call *c)
{
    return c->target.kind == TARGET_INSTITUTIONS ? NULL : c->target.institution;
}

LIST(edu_account_pupils, edu_person_page, school_asked_for(c), NULL)
WRITE(edu_account_guardian_request, c->target.number, c->target.birth, c->key)
WRITE(edu_account_guardian_decide, c->target.guardian, c->target.person, true, c->key)
WRITE(edu_account_guardian_end, c->target.guardian, c->target.person, c->key)
LIST(edu_account_guardianships, edu_guardianship_page, NULL)
WRITE(edu_account_grant, c->target.person, "steward", "centre", "C1", c->key)
WRITE(edu_account_revoke, c->target.person, "steward", "centre", "C1", c->key)
LIST(edu_account_grants, edu_grant_page)

static edu_status call_edu_access_make(call *c, edu_error *error)
{
    char *token = NULL;
    c->is_written = true;
    edu_status status =
        edu_access_make(c->session, "a program", fx_now() + FX_MINUTE, &token, error);
    edu_free(token);
    return status;
}

LIST(edu_access_list, edu_access_page)
WRITE(edu_access_end, "a program")
IMPORT(edu_account_import_regions, "code,name\nnew,New\n")
IMPORT(edu_account_import_institutions, "code,name,kind,region,address,latitude,longitude\n"
                                        "S98,New,school,baku,Street 1,40.4,49.8\n")
IMPORT(edu_account_import_persons, "number,given,family,birth\nNEW0001,New,Person,2012-01-01\n")

/* The target is put into the actor's own school. */
IMPORT(edu_account_import_pupils, "number,institution,grade\n%s,%s,8\n", c->target.number,
       stage_target(c->actor, TARGET_INSTITUTIONS).institution)
IMPORT(edu_account_import_guardians, "guardian_number,child_number\nADM0001,%s\n", c->target.number)

/* ---- applications ---- */

static edu_status call_edu_service_publish(call *c, edu_error *error)
{
    int32_t version;
    json_t *definition = loaded(
        "{\"service\":\"small\",\"title\":{\"en\":\"T\"},\"summary\":{\"en\":\"S\"},"
        "\"rules\":[{\"en\":\"R\"}],\"stages\":[{\"state\":\"made\",\"title\":{\"en\":\"M\"},"
        "\"text\":{\"en\":\"M\"}}],\"states\":{\"made\":{\"title\":{\"en\":\"M\"},\"is_terminal\":"
        "true}},"
        "\"actions\":{\"make\":{\"title\":{\"en\":\"M\"},\"from\":[null],\"to\":\"made\","
        "\"by\":[\"self\"]}},\"templates\":{}}");
    c->is_written = true;
    edu_status status = edu_service_publish(c->session, definition, c->key, &version, error);
    json_decref(definition);
    return status;
}

LIST(edu_service_list, edu_service_page)
READ(edu_service_get, edu_service, "olympiad")
static edu_status call_edu_calendar_publish(call *c, edu_error *error)
{
    int32_t version;
    calls_hold(true);
    json_t *calendar = stage_calendar("another");
    calls_hold(false);
    c->is_written = true;
    edu_status status = edu_calendar_publish(c->session, calendar, c->key, &version, error);
    json_decref(calendar);
    return status;
}

LIST(edu_calendar_list, edu_calendar_page)
READ(edu_calendar_get, edu_calendar, "staged", 0)
READ(edu_calendar_days, edu_calendar_year, "staged", 2026)
READ(edu_calendar_export, edu_document, "staged", 2026)

static edu_status call_edu_deadline_explain(call *c, edu_error *error)
{
    edu_term term = EDU_TERM_INIT;
    edu_deadline *out = NULL;
    term.calendar = "staged";
    term.received = FX_START;
    term.count = 3;
    edu_status status = edu_deadline_explain(c->session, &term, &out, error);
    edu_free(out);
    return status;
}

LIST(edu_application_list, edu_application_page, c->target.person)
READ(edu_application_get, edu_application, c->target.person, c->target.application)
LIST(edu_application_history, edu_happening_page, c->target.person)
LIST(edu_application_timeline, edu_event_page, c->target.person, c->target.application)

static edu_status call_edu_application_check(call *c, edu_error *error)
{
    return edu_application_check(c->session, c->target.person, c->target.application, error);
}

LIST(edu_notification_list, edu_notification_page)
WRITE(edu_notification_read, c->target.person, c->target.notification)

static edu_status call_edu_outbox_deliver(call *c, edu_error *error)
{
    int32_t delivered;
    c->is_written = true;
    return edu_outbox_deliver(c->session, 10, &delivered, error);
}

/* ---- olympiads ---- */

static edu_status call_edu_olympiad_season_create(call *c, edu_error *error)
{
    edu_season_new wanted = EDU_SEASON_NEW_INIT;
    edu_id out;
    wanted.code = "new";
    wanted.title = wanted.subject_title = packed("{s:s}", "en", "New");
    wanted.subject = "mathematics";
    wanted.grade_from = wanted.grade_to = 7;
    wanted.opens = fx_now();
    wanted.closes = fx_now() + FX_MINUTE;
    c->is_written = true;
    edu_status status = edu_olympiad_season_create(c->session, &wanted, c->key, &out, error);
    json_decref(wanted.title);
    return status;
}

static edu_status call_edu_olympiad_sitting_create(call *c, edu_error *error)
{
    edu_sitting_new wanted = EDU_SITTING_NEW_INIT;
    edu_id out;
    wanted.season_id = season(c, SITTING_OPEN);
    wanted.code = "second";
    wanted.grade_from = wanted.grade_to = 7;
    wanted.starts = fx_now() + 10000 * FX_MINUTE;
    wanted.minutes = 60;
    c->is_written = true;
    return edu_olympiad_sitting_create(c->session, &wanted, c->key, &out, error);
}

WRITE(edu_olympiad_season_publish, season(c, SITTING_OPEN), c->key)
WRITE(edu_olympiad_season_window, season(c, SITTING_OPEN), fx_now(), fx_now() + FX_MINUTE, c->key)
LIST(edu_olympiad_seasons, edu_season_page)
READ(edu_olympiad_season, edu_season, season(c, SITTING_OPEN))
LIST(edu_olympiad_sittings, edu_sitting_page, season(c, SITTING_OPEN))
READ(edu_sitting_get, edu_sitting, sitting(c, SITTING_OPEN))
IMPORT(edu_sitting_import_centres, "code,name,address,region,latitude,longitude\n"
                                   "C9,New,Street 1,baku,40.4,49.8\n")
IMPORT(edu_sitting_import_rooms, "centre,room,rows,columns\n%s,new,2,2\n", centre(c))
LIST(edu_sitting_centres, edu_centre_page)
LIST(edu_sitting_rooms, edu_room_page, centre(c))
READ(edu_olympiad_eligibility, edu_eligibility, stage_sitting(SITTING_OPEN), c->target.person)

static edu_status call_edu_olympiad_register(call *c, edu_error *error)
{
    edu_id out;
    c->is_written = true;
    return edu_olympiad_register(c->session, stage_sitting(SITTING_OPEN), c->target.person, c->key,
                                 &out, error);
}

WRITE(edu_olympiad_withdraw, c->target.person, c->target.application, c->key)

/* Another's are those of another's school. */
static edu_id sitting_of_entries(const call *c)
{
    return c->target.kind == TARGET_NONE ? stage_made_up : stage_sitting(SITTING_CONFIRMED);
}

LIST(edu_olympiad_entries, edu_entry_page, sitting_of_entries(c), school_asked_for(c))
#define COMMITMENT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
WRITE(edu_sitting_commit, sitting(c, SITTING_OPEN), COMMITMENT, c->key)
WRITE(edu_sitting_freeze, sitting(c, SITTING_CLOSED), NULL, c->key)

static edu_status call_edu_sitting_allocate(call *c, edu_error *error)
{
    edu_id out;
    c->is_written = true;
    return edu_sitting_allocate(c->session, sitting(c, SITTING_FROZEN), silent, c->key, &out,
                                error);
}

READ(edu_sitting_allocation, edu_allocation, sitting(c, SITTING_CONFIRMED))
LIST(edu_sitting_loads, edu_centre_load_page, allocation(c, SITTING_CONFIRMED))
LIST(edu_sitting_shortages, edu_shortage_page, sitting(c, SITTING_FROZEN))
LIST(edu_sitting_left_over, edu_left_over_page, sitting(c, SITTING_FROZEN), NULL, false)
READ(edu_sitting_transcript, edu_document, allocation(c, SITTING_CONFIRMED), "transcript.json")
LIST(edu_sitting_transcript_parts, edu_transcript_part_page, sitting(c, SITTING_CONFIRMED))
WRITE(edu_sitting_confirm, allocation(c, SITTING_PROPOSED), silent, c->key)
WRITE(edu_sitting_discard, allocation(c, SITTING_PROPOSED), c->key)
READ(edu_sitting_seat, edu_seat, c->target.person, c->target.application)
LIST(edu_sitting_nearer, edu_nearer_centre_page, c->target.person, c->target.application)
READ(edu_sitting_slip, edu_document, c->target.person, c->target.application)
LIST(edu_sitting_attendance, edu_entry_page, stage_sitting(SITTING_CONFIRMED), centre(c))
READ(edu_sitting_attendance_pdf, edu_document, stage_sitting(SITTING_CONFIRMED), centre(c))
LIST(edu_olympiad_report, edu_report_row_page, sitting(c, SITTING_CONFIRMED), "school")

WRITE(edu_olympiad_answer, c->target.person, c->target.invitation, true, c->key)

/* ---- results ---- */

static edu_status call_edu_result_rules(call *c, edu_error *error)
{
    json_t *rules = loaded("{\"problems\":[{\"code\":\"p1\",\"max\":7}]}");
    c->is_written = true;
    edu_status status =
        edu_result_rules(c->session, season(c, SITTING_MARKED), rules, c->key, error);
    json_decref(rules);
    return status;
}

READ(edu_result_marking, edu_marking, season(c, SITTING_RESULTS))

static edu_status call_edu_result_codes(call *c, edu_error *error)
{
    edu_document *out = NULL;
    c->is_written = true;
    edu_status status = edu_result_codes(c->session, season(c, SITTING_BLIND), &out, error);
    edu_free(out);
    return status;
}

static edu_status call_edu_result_import(call *c, edu_error *error)
{
    edu_import_report *out = NULL;
    c->is_written = true;
    edu_status status = edu_result_import(c->session, season(c, SITTING_MARKED),
                                          fx_bytes("number,p1\n"), c->key, &out, error);
    edu_free(out);
    return status;
}

WRITE(edu_result_rank, season(c, SITTING_MARKED), c->key)
WRITE(edu_result_propose, season(c, SITTING_MARKED), fx_now(), c->key)
WRITE(edu_result_approve, season(c, SITTING_RANKED), silent, c->key)
WRITE(edu_result_reopen, season(c, SITTING_RANKED), c->key)

static edu_status call_edu_result_deliver(call *c, edu_error *error)
{
    int64_t told;
    c->is_written = true;
    return edu_result_deliver(c->session, silent, &told, error);
}

LIST(edu_result_list, edu_result_page, season(c, SITTING_RESULTS), NULL, NULL)
LIST(edu_result_of, edu_result_page, c->target.person)
LIST(edu_result_history, edu_result_change_page, c->target.person, stage_season(SITTING_RESULTS))

static edu_status call_edu_result_correct(call *c, edu_error *error)
{
    edu_id out;
    const char *number = c->target.kind == TARGET_NONE ? "00000000000000000" : stage_slip();
    json_t *points = packed("[i]", 5);
    c->is_written = true;
    edu_status status = edu_result_correct(c->session, stage_season(SITTING_RESULTS), number,
                                           points, "error", c->key, &out, error);
    json_decref(points);
    return status;
}

LIST(edu_result_corrections, edu_correction_page, season(c, SITTING_RESULTS))
WRITE(edu_result_correction_decide,
      c->target.kind == TARGET_NONE ? stage_made_up : stage_correction(), true, c->key)
WRITE(edu_result_appeal_make, c->target.person, stage_season(SITTING_RESULTS), "Look.", c->key)
LIST(edu_result_appeals, edu_result_appeal_page, season(c, SITTING_APPEALED), NULL)
READ(edu_result_appeal_get, edu_result_appeal, c->target.person, stage_season(SITTING_APPEALED))
WRITE(edu_result_appeal_decide, c->target.person, stage_season(SITTING_APPEALED), NULL, "No.",
      c->key)

static edu_status call_edu_result_invite(call *c, edu_error *error)
{
    int64_t count;
    c->is_written = true;
    return edu_result_invite(c->session, season(c, SITTING_RESULTS), silent, &count, error);
}

static edu_status call_edu_result_issue(call *c, edu_error *error)
{
    int64_t count;
    c->is_written = true;
    return edu_result_issue(c->session, season(c, SITTING_RESULTS), silent, &count, error);
}

LIST(edu_result_figures, edu_figure_page, season(c, SITTING_RESULTS), "all")
LIST(edu_result_years, edu_figure_page, "mathematics", "all", "all")
LIST(edu_result_subjects, edu_figure_page, 2026, "all", "all")
READ(edu_result_csv, edu_document, season(c, SITTING_RESULTS), "results")

/* ---- certificates ---- */

LIST(edu_certificate_list, edu_certificate_page, c->target.person)
READ(edu_certificate_get, edu_certificate, c->target.person, c->target.certificate)
READ(edu_certificate_file, edu_document, c->target.person, c->target.certificate, "json")
READ(edu_certificate_check, edu_verdict, stage_code())
READ(edu_certificate_check_file, edu_verdict, ((edu_bytes){stage_code(), strlen(stage_code())}))

static edu_status call_edu_certificate_find(call *c, edu_error *error)
{
    edu_verdict *out = NULL;
    c->is_counted = true;
    edu_status status =
        edu_certificate_find(c->session, c->target.certificate, c->target.birth, NULL, &out, error);
    edu_free(out);
    return status;
}

READ(edu_certificate_paper, edu_document, stage_code(), "html")
READ(edu_certificate_print, edu_printout, season(c, SITTING_RESULTS), c->target.institution,
     (edu_id){{0}}, 0)
READ(edu_certificate_print_part, edu_printout, season(c, SITTING_RESULTS), c->target.institution,
     (edu_id){{0}}, 0)

static edu_status call_edu_certificate_find_file(call *c, edu_error *error)
{
    edu_document *out = NULL;
    c->is_counted = true;
    edu_status status = edu_certificate_find_file(c->session, c->target.certificate,
                                                  c->target.birth, NULL, "json", &out, error);
    edu_free(out);
    return status;
}

WRITE(edu_certificate_revoke, c->target.certificate, "error", true, c->key)
WRITE(edu_certificate_revoke_decide, c->target.asked, true, c->key)
LIST(edu_certificate_revocations, edu_revocation_page)

/* ---- services that run on their definition ---- */

static edu_status call_edu_offering_put(call *c, edu_error *error)
{
    edu_id out;
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    input.service = "club";
    input.code = "new";
    input.title = packed("{s:s}", "en", "Draughts");
    input.institution = "S00";
    input.opens = 1;
    input.closes = 2;
    c->is_written = true;
    edu_status status = edu_offering_put(c->session, &input, c->key, &out, error);
    json_decref(input.title);
    return status;
}

READ(edu_offering_get, edu_offering, stage_group())

static edu_status call_edu_offering_list(call *c, edu_error *error)
{
    edu_offering_page *out = NULL;
    edu_offering_filter filter = EDU_OFFERING_FILTER_INIT;
    filter.service = "club";
    edu_status status = edu_offering_list(c->session, &filter, NULL, 10, &out, error);
    if (status == EDU_OK)
        c->count = (int64_t)out->count;
    edu_free(out);
    return status;
}

static edu_status call_edu_announcement_put(call *c, edu_error *error)
{
    edu_id out;
    edu_announcement_input input = EDU_ANNOUNCEMENT_INPUT_INIT;
    input.service = "club";
    input.offering_id = stage_group();
    input.title = packed("{s:s}", "en", "A free lesson");
    input.text = packed("{s:s}", "en", "On Monday.");
    c->is_written = true;
    edu_status status = edu_announcement_put(c->session, &input, c->key, &out, error);
    json_decref(input.title);
    json_decref(input.text);
    return status;
}

WRITE(edu_announcement_withdraw, stage_announcement(), c->key)
WRITE(edu_announcement_see, stage_announcement())
READ(edu_announcement_get, edu_announcement, stage_announcement())
LIST(edu_announcement_list, edu_announcement_page, NULL)
LIST(edu_announcement_own, edu_announcement_page)
LIST(edu_announcement_kept, edu_announcement_page, "club")

static edu_status call_edu_draft_save(call *c, edu_error *error)
{
    edu_id out;
    c->is_written = true;
    bool corrects = c->target.kind == TARGET_MIXED || c->target.kind == TARGET_NONE;
    edu_id corrected = corrects ? c->target.request : (edu_id){{0}};
    return edu_draft_save(c->session, c->target.person, stage_group(), corrected, NULL, NULL,
                          c->key, &out, error);
}

READ(edu_draft_get, edu_draft, c->target.person, c->target.draft)
LIST(edu_draft_list, edu_draft_page, c->target.person)

static edu_status call_edu_draft_attach(call *c, edu_error *error)
{
    edu_id out;
    c->is_written = true;
    return edu_draft_attach(c->session, c->target.person, c->target.draft, "proof", "a.pdf",
                            fx_bytes("%PDF-1.7 x"), c->key, &out, error);
}

WRITE(edu_draft_detach, c->target.person, c->target.draft, c->target.kept, c->key)
READ(edu_draft_check, edu_draft_report, c->target.person, c->target.draft)
WRITE(edu_draft_discard, c->target.person, c->target.draft, c->key)

static edu_status call_edu_request_submit(call *c, edu_error *error)
{
    edu_request_receipt *out = NULL;
    c->is_written = true;
    edu_status status =
        edu_request_submit(c->session, c->target.person, c->target.draft, c->key, &out, error);
    edu_free(out);
    return status;
}

#define TARGET_REQUEST c->target.person, c->target.request
READ(edu_request_get, edu_request, TARGET_REQUEST)
READ(edu_request_document, edu_document, TARGET_REQUEST, c->target.given)
READ(edu_request_receipt_file, edu_document, TARGET_REQUEST)
LIST(edu_request_timeline, edu_request_event_page, TARGET_REQUEST)
READ(edu_request_possible, edu_request_actions, TARGET_REQUEST)
WRITE(edu_request_act, TARGET_REQUEST, "approve", NULL, NULL, c->key)
WRITE(edu_request_note, TARGET_REQUEST, "words", c->key)
WRITE(edu_request_assign, TARGET_REQUEST, stage_target(ACTOR_SCHOOL, TARGET_OWN).person, c->key)

static edu_status call_edu_request_bulk(call *c, edu_error *error)
{
    edu_bulk_report *out = NULL;
    char person[EDU_ID_TEXT], id[EDU_ID_TEXT];
    target pupil = stage_target(ACTOR_PUPIL, TARGET_OWN);
    edu_id_format(pupil.person, person);
    edu_id_format(pupil.request, id);
    json_t *items = packed("[{s:s, s:s}]", "person_id", person, "id", id);
    c->is_written = true;
    edu_status status =
        edu_request_bulk(c->session, items, "approve", NULL, false, c->key, &out, error);
    json_decref(items);
    edu_free(out);
    return status;
}

static edu_status call_edu_request_carry(call *c, edu_error *error)
{
    edu_request_carry_report *out = NULL;
    c->is_written = true;
    edu_status status = edu_request_carry(c->session, stage_group(), false, &out, error);
    edu_free(out);
    return status;
}

static edu_status call_edu_request_worklist(call *c, edu_error *error)
{
    edu_request_page *out = NULL;
    edu_request_filter filter = EDU_REQUEST_FILTER_INIT;
    filter.service = "school_bus";
    edu_status status = edu_request_worklist(c->session, &filter, NULL, 50, &out, error);
    if (status == EDU_OK)
        c->count = (int64_t)out->count;
    edu_free(out);
    return status;
}

static edu_status call_edu_request_sweep(call *c, edu_error *error)
{
    int32_t done;
    return edu_request_sweep(c->session, &done, error);
}

static edu_status call_edu_request_recompute(call *c, edu_error *error)
{
    int32_t done;
    c->is_written = true;
    return edu_request_recompute(c->session, 10, &done, error);
}

static edu_status call_edu_request_clock(call *c, edu_error *error)
{
    int32_t done;
    c->is_written = true;
    return edu_request_clock(c->session, 10, &done, error);
}

/* ---- rounds ---- */

READ(edu_round_get, edu_round, stage_group())
WRITE(edu_round_commit, stage_group(), COMMITMENT, c->key)
WRITE(edu_round_propose, stage_group(), NULL, c->key)
WRITE(edu_round_reopen, stage_group(), c->key)
WRITE(edu_round_confirm, stage_group(), silent, c->key)

static edu_status call_edu_round_issue(call *c, edu_error *error)
{
    int64_t issued;
    c->is_written = true;
    return edu_round_issue(c->session, stage_group(), silent, &issued, error);
}

LIST(edu_round_ranking, edu_ranked_page, stage_group())
READ(edu_round_csv, edu_document, stage_group())
READ(edu_round_result, edu_round_outcome, TARGET_REQUEST)
LIST(edu_score_list, edu_score_page, stage_bus(), "need")

#define JUROR stage_target(ACTOR_STEWARD, TARGET_OWN).person
WRITE(edu_panel_put, stage_bus(), JUROR, false, c->key)
LIST(edu_panel_list, edu_panel_member_page, stage_bus())
LIST(edu_panel_works, edu_panel_work_page)
READ(edu_panel_work_get, edu_panel_work, stage_work())
READ(edu_panel_document, edu_document, stage_work(), stage_work_document())
WRITE(edu_panel_conflict, TARGET_REQUEST, JUROR, c->key)
WRITE(edu_panel_decline, stage_work(), c->key)

LIST(edu_slot_list, edu_slot_page, stage_bus(), "visit")
LIST(edu_slot_seats, edu_slot_seat_page, stage_slot())
LIST(edu_slot_of, edu_slot_page, TARGET_REQUEST)
READ(edu_slot_calendar, edu_document, TARGET_REQUEST, stage_slot())
WRITE(edu_slot_give, TARGET_REQUEST, stage_slot(), c->key)

#define TARGET_ADMISSION c->target.person, c->target.admission
#define LATER (FX_START + 1000000 * FX_MINUTE)
LIST(edu_admission_list, edu_admission_page, c->target.person)
READ(edu_admission_get, edu_admission, TARGET_ADMISSION)
LIST(edu_admission_history, edu_admission_change_page, TARGET_ADMISSION)
LIST(edu_admission_figures, edu_admission_figure_page, "admission", 2026, c->target.institution)
WRITE(edu_admission_absent, TARGET_ADMISSION, "words", c->key)
WRITE(edu_admission_reopen, TARGET_ADMISSION, LATER, "words", c->key)

static edu_status call_edu_admission_close(call *c, edu_error *error)
{
    int32_t done;
    c->is_written = true;
    return edu_admission_close(c->session, stage_programme(), "words", c->key, &done, error);
}

static edu_status call_edu_admission_worklist(call *c, edu_error *error)
{
    edu_admission_page *out = NULL;
    edu_admission_filter filter = EDU_ADMISSION_FILTER_INIT;
    filter.service = "admission";
    filter.offering_id = stage_programme();
    edu_status status = edu_admission_worklist(c->session, &filter, NULL, 50, &out, error);
    if (status == EDU_OK)
        c->count = (int64_t)out->count;
    edu_free(out);
    return status;
}

#define LIST_OF_ADMITTED                                                                           \
    "number,institution,programme,level,funding,year\nZZZ9999,S00,p-s00,higher,state,2026\n"

static edu_status call_edu_admission_import(call *c, edu_error *error)
{
    edu_import_report *out = NULL;
    c->is_written = true;
    edu_status status = edu_admission_import(c->session, "admission", "exam",
                                             fx_bytes(LIST_OF_ADMITTED), c->key, &out, error);
    edu_free(out);
    return status;
}

static edu_status call_edu_admission_faults(call *c, edu_error *error)
{
    edu_import_fault_page *out = NULL;
    edu_status status = edu_admission_faults(c->session, "admission", "exam",
                                             fx_bytes(LIST_OF_ADMITTED), NULL, 50, &out, error);
    if (status == EDU_OK)
        c->count = (int64_t)out->count;
    edu_free(out);
    return status;
}

WRITE(edu_tuition_put, stage_bus(), "paid", 200, c->key)
LIST(edu_tuition_fees, edu_tuition_fee_page, stage_bus())
READ(edu_tuition_get, edu_tuition, TARGET_REQUEST)

/* The bus is a service without offerings: its programme has no code. */
#define FEES "programme,funding,amount\n\"\",paid,200\n"

static edu_status call_edu_tuition_import(call *c, edu_error *error)
{
    edu_import_report *out = NULL;
    c->is_written = true;
    edu_status status =
        edu_tuition_import(c->session, "school_bus", fx_bytes(FEES), c->key, &out, error);
    edu_free(out);
    return status;
}

static edu_status call_edu_tuition_faults(call *c, edu_error *error)
{
    edu_import_fault_page *out = NULL;
    edu_status status =
        edu_tuition_faults(c->session, "school_bus", fx_bytes(FEES), NULL, 50, &out, error);
    if (status == EDU_OK)
        c->count = (int64_t)out->count;
    edu_free(out);
    return status;
}

LIST(edu_sitting_list, edu_sitting_page, stage_bus())
WRITE(edu_sitting_attend, stage_sitting(SITTING_CONFIRMED), c->target.person, true, c->key)
WRITE(edu_sitting_close, sitting(c, SITTING_CONFIRMED), c->key)

static edu_status call_edu_sitting_put(call *c, edu_error *error)
{
    edu_id out;
    edu_sitting_input input = EDU_SITTING_INPUT_INIT;
    input.offering_id = stage_bus();
    input.kind = "way";
    input.starts = FX_START;
    input.minutes = 10;
    c->is_written = true;
    return edu_sitting_put(c->session, &input, c->key, &out, error);
}

static edu_status call_edu_slot_put(call *c, edu_error *error)
{
    edu_id out;
    edu_slot_input input = EDU_SLOT_INPUT_INIT;
    input.offering_id = stage_bus();
    input.kind = "visit";
    input.starts = FX_START;
    input.minutes = 10;
    input.venue = "Room 2";
    input.places = 1;
    c->is_written = true;
    return edu_slot_put(c->session, &input, c->key, &out, error);
}

static edu_status call_edu_slot_fill(call *c, edu_error *error)
{
    edu_slot_report *out = NULL;
    c->is_written = true;
    edu_status status =
        edu_slot_fill(c->session, stage_bus(), "visit", "submitted", c->key, &out, error);
    edu_free(out);
    return status;
}

static edu_status call_edu_panel_assign(call *c, edu_error *error)
{
    edu_panel_report *out = NULL;
    c->is_written = true;
    edu_status status = edu_panel_assign(c->session, stage_bus(), c->key, &out, error);
    edu_free(out);
    return status;
}

static edu_status call_edu_panel_score(call *c, edu_error *error)
{
    json_t *values = packed("{s:i}", "way", 3);
    c->is_written = true;
    edu_status status = edu_panel_score(c->session, stage_work(), values, NULL, c->key, error);
    json_decref(values);
    return status;
}

static edu_status call_edu_score_put(call *c, edu_error *error)
{
    json_t *values = packed("{s:i}", "distance", 3);
    c->is_written = true;
    edu_status status = edu_score_put(c->session, TARGET_REQUEST, "need", values, c->key, error);
    json_decref(values);
    return status;
}

static edu_status call_edu_score_import(call *c, edu_error *error)
{
    edu_import_report *out = NULL;
    char csv[MAX_TEXT], id[EDU_ID_TEXT];
    edu_id_format(stage_target(ACTOR_PUPIL, TARGET_OWN).request, id);
    (void)snprintf(csv, sizeof csv, "application,distance\n%s,3\n", id);
    c->is_written = true;
    edu_status status =
        edu_score_import(c->session, stage_bus(), "need", fx_bytes(csv), c->key, &out, error);
    edu_free(out);
    return status;
}

static edu_status call_edu_score_faults(call *c, edu_error *error)
{
    edu_import_fault_page *page = NULL;
    edu_status status =
        edu_score_faults(c->session, stage_bus(), "need",
                         fx_bytes("application,distance\nnone,3\n"), NULL, 0, &page, error);
    c->count = page ? (int64_t)page->count : -1;
    edu_free(page);
    return status;
}

/* ---- appeals of citizens ---- */

static edu_status call_edu_appeal_rules_publish(call *c, edu_error *error)
{
    int32_t version;
    calls_hold(true);
    json_t *rules = stage_appeal_rules();
    json_object_set_new(rules, "reopen_days", json_integer(7));
    calls_hold(false);
    c->is_written = true;
    edu_status status = edu_appeal_rules_publish(c->session, rules, c->key, &version, error);
    json_decref(rules);
    return status;
}

READ(edu_appeal_rules_get, edu_appeal_rules)

static edu_status call_edu_appeal_submit(call *c, edu_error *error)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    input.person_id = c->target.person;
    input.category = "building";
    input.text = "words";
    c->is_written = true;
    edu_status status = edu_appeal_submit(c->session, &input, c->key, &receipt, error);
    edu_free(receipt);
    return status;
}

#define TARGET_APPEAL c->target.person, c->target.appeal
LIST(edu_appeal_list, edu_appeal_page, c->target.person)
LIST(edu_appeal_worklist, edu_appeal_page, NULL)
LIST(edu_appeal_queues, edu_appeal_queue_page)
static const edu_appeal_query everything = EDU_APPEAL_QUERY_INIT;
LIST(edu_appeal_search, edu_appeal_page, &everything)
READ(edu_appeal_statistics, edu_appeal_figures, 0, FX_START + 1000 * FX_MINUTE)
READ(edu_appeal_statistics_csv, edu_document, 0, FX_START + 1000 * FX_MINUTE)
READ(edu_statistics_applications, edu_statistics, "club", FX_START, FX_START + 1000 * FX_MINUTE)
READ(edu_statistics_applications_csv, edu_document, "club", FX_START, FX_START + 1000 * FX_MINUTE)
READ(edu_statistics_payments, edu_statistics, FX_START, FX_START + 1000 * FX_MINUTE)
READ(edu_statistics_payments_csv, edu_document, FX_START, FX_START + 1000 * FX_MINUTE)
READ(edu_statistics_certificates, edu_statistics, FX_START, FX_START + 1000 * FX_MINUTE)
READ(edu_statistics_certificates_csv, edu_document, FX_START, FX_START + 1000 * FX_MINUTE)
LIST(edu_person_duplicates, edu_duplicate_page)
WRITE(edu_person_distinct, c->target.person, stage_pupil(1), c->key)
READ(edu_person_merge_preview, edu_merge, c->target.person, stage_pupil(1))

/* Of two who have a number each, so that whoever may is told what stands against it. */
static edu_status call_edu_person_merge(call *c, edu_error *error)
{
    edu_merge *out = NULL;
    c->is_written = true;
    edu_status status =
        edu_person_merge(c->session, c->target.person, stage_pupil(1), c->key, &out, error);
    note_answer(c, "edu_merge", out);
    edu_free(out);
    return status;
}

READ(edu_privacy_erasures, edu_document)
LIST(edu_privacy_reads, edu_reading_page, c->target.person)
LIST(edu_privacy_list_reads, edu_reading_page)
READ(edu_privacy_retention, edu_retention)

static edu_status call_edu_privacy_retention_put(call *c, edu_error *error)
{
    json_t *rules = packed("{s:i, s:{s:i}}", "notifications", 730, "drafts", "", 180);
    c->is_written = true;
    edu_status status = edu_privacy_retention_put(c->session, rules, c->key, error);
    json_decref(rules);
    return status;
}

static edu_status call_edu_privacy_retain(call *c, edu_error *error)
{
    edu_retained *out = NULL;
    c->is_written = true;
    edu_status status = edu_privacy_retain(c->session, false, &out, error);
    note_answer(c, "edu_retained", out);
    edu_free(out);
    return status;
}

static edu_status call_edu_privacy_export(call *c, edu_error *error)
{
    edu_personal_data *out = NULL;
    c->is_written = true;
    edu_status status = edu_privacy_export(c->session, c->target.person, &out, error);
    edu_free(out);
    return status;
}

WRITE(edu_privacy_erase, c->target.person, "their wish", false, c->key)

static edu_status call_edu_privacy_replay(call *c, edu_error *error)
{
    int32_t done;
    c->is_written = true;
    return edu_privacy_replay(c->session, fx_bytes("person,at,by,reason\n"), &done, error);
}

READ(edu_appeal_get, edu_appeal, TARGET_APPEAL)
LIST(edu_appeal_timeline, edu_appeal_event_page, TARGET_APPEAL)
READ(edu_appeal_explain, edu_deadline, TARGET_APPEAL)
WRITE(edu_appeal_attach, TARGET_APPEAL, "a.pdf", fx_bytes("%PDF-1.7 "), false, c->key)
READ(edu_appeal_file, edu_document, TARGET_APPEAL, 2)

static edu_status call_edu_appeal_follow(call *c, edu_error *error)
{
    edu_appeal_event_page *page = NULL;
    c->is_counted = true;
    edu_status status =
        edu_appeal_follow(c->session, "M-2026-000001", "00000000000000000", &page, error);
    edu_free(page);
    return status;
}

static edu_status call_edu_appeal_follow_file(call *c, edu_error *error)
{
    edu_document *file = NULL;
    c->is_counted = true;
    edu_status status =
        edu_appeal_follow_file(c->session, "M-2026-000001", "00000000000000000", 2, &file, error);
    edu_free(file);
    return status;
}

static edu_status call_edu_appeal_follow_attach(call *c, edu_error *error)
{
    c->is_counted = true;
    return edu_appeal_follow_attach(c->session, "M-2026-000001", "00000000000000000", "a.pdf",
                                    fx_bytes("%PDF-1.7 "), c->key, error);
}

static edu_status call_edu_appeal_draft_save(call *c, edu_error *error)
{
    json_t *values = packed("{s:s}", "text", "words");
    c->is_written = true;
    edu_status status = edu_appeal_draft_save(c->session, "form", values, error);
    json_decref(values);
    return status;
}

READ(edu_appeal_draft_get, edu_appeal_draft, "form")
WRITE(edu_appeal_draft_forget, "form")
LIST(edu_appeal_executors, edu_appeal_executor_page, TARGET_APPEAL)
LIST(edu_appeal_merged, edu_appeal_page, TARGET_APPEAL)

static edu_status call_edu_appeal_template(call *c, edu_error *error)
{
    char *text = NULL;
    edu_status status = edu_appeal_template(c->session, TARGET_APPEAL, "thanks", &text, error);
    edu_free(text);
    return status;
}

LIST(edu_appeal_colleagues, edu_colleague_page)
LIST(edu_appeal_absences, edu_absence_page, c->target.person)
WRITE(edu_appeal_absence_end, c->target.person, stage_target(ACTOR_SCHOOL, TARGET_OWN).person, 1,
      c->key)
READ(edu_appeal_invite, edu_appeal_invitation, TARGET_APPEAL)

static edu_status call_edu_appeal_invited(call *c, edu_error *error)
{
    edu_appeal_invitation *invitation = NULL;
    c->is_counted = true;
    edu_status status =
        edu_appeal_invited(c->session, "M-2026-000001", "00000000000000000", &invitation, error);
    edu_free(invitation);
    return status;
}

static edu_status call_edu_appeal_sign(call *c, edu_error *error)
{
    edu_appeal *appeal = NULL;
    c->is_counted = true;
    edu_status status =
        edu_appeal_sign(c->session, "M-2026-000001", "00000000000000000", c->key, &appeal, error);
    edu_free(appeal);
    return status;
}

WRITE(edu_appeal_sign_for, TARGET_APPEAL, "A B", c->key)
WRITE(edu_appeal_unsign, TARGET_APPEAL, c->key)
LIST(edu_appeal_signatories, edu_appeal_signatory_page, TARGET_APPEAL)
LIST(edu_appeal_signed, edu_appeal_page)
static edu_status call_edu_appeal_bulk(call *c, edu_error *error)
{
    edu_bulk_report *out = NULL;
    char person[EDU_ID_TEXT], id[EDU_ID_TEXT];
    target pupil = stage_target(ACTOR_PUPIL, TARGET_OWN);
    edu_id_format(pupil.person, person);
    edu_id_format(pupil.appeal, id);
    json_t *items = packed("[{s:s, s:s}]", "person_id", person, "id", id);
    c->is_written = true;
    edu_status status = edu_appeal_bulk(c->session, items, "route", NULL, (edu_id){{0}}, NULL,
                                        false, c->key, &out, error);
    json_decref(items);
    edu_free(out);
    return status;
}

WRITE(edu_appeal_route, TARGET_APPEAL, NULL, NULL, NULL, c->key)
WRITE(edu_appeal_assign, TARGET_APPEAL, stage_made_up, c->key)
WRITE(edu_appeal_ask, TARGET_APPEAL, "words", c->key)
WRITE(edu_appeal_reply, TARGET_APPEAL, "words", c->key)
WRITE(edu_appeal_note, TARGET_APPEAL, "words", c->key)
WRITE(edu_appeal_extend, TARGET_APPEAL, 1, "words", c->key)
WRITE(edu_appeal_transfer, TARGET_APPEAL, "digital", "words", c->key)
WRITE(edu_appeal_answer, TARGET_APPEAL, "words", c->key)
WRITE(edu_appeal_approve, TARGET_APPEAL, 0, c->key)
WRITE(edu_appeal_return, TARGET_APPEAL, "words", c->key)
WRITE(edu_appeal_send, TARGET_APPEAL, 0, c->key)
WRITE(edu_appeal_rate, TARGET_APPEAL, 5, NULL, c->key)
WRITE(edu_appeal_reopen, TARGET_APPEAL, "words", c->key)
WRITE(edu_appeal_withdraw, TARGET_APPEAL, "words", c->key)
static edu_status call_edu_appeal_duplicates(call *c, edu_error *error)
{
    edu_appeal_duplicate_page *page = NULL;
    edu_status status = edu_appeal_duplicates(c->session, TARGET_APPEAL, &page, error);
    if (status == EDU_OK)
        c->count = (int64_t)page->count;
    edu_free(page);
    return status;
}

READ(edu_appeal_redact, edu_appeal_redaction, TARGET_APPEAL)
WRITE(edu_appeal_publish, TARGET_APPEAL, "words", "words", c->key)
LIST(edu_appeal_answers, edu_appeal_published_page, NULL)
WRITE(edu_appeal_merge, TARGET_APPEAL, TARGET_APPEAL, c->key)
WRITE(edu_appeal_substitute, c->target.person, stage_target(ACTOR_SCHOOL, TARGET_OWN).person, 1, 2,
      c->key)

static edu_status call_edu_appeal_escalate(call *c, edu_error *error)
{
    int32_t done;
    c->is_written = true;
    return edu_appeal_escalate(c->session, 1, &done, error);
}

static edu_status call_edu_appeal_recompute(call *c, edu_error *error)
{
    int32_t done;
    c->is_written = true;
    return edu_appeal_recompute(c->session, 1, &done, error);
}

/* ---- registers ---- */

#define TARGET_RECORD c->target.person, c->target.record
static edu_status call_edu_register_publish(call *c, edu_error *error)
{
    int32_t version;
    json_t *form =
        packed("{s:s, s:{s:s}, s:[{s:s, s:{s:s}, s:s}], s:[]}", "register", "another", "title",
               "en", "T", "columns", "name", "a", "title", "en", "A", "kind", "text", "key");
    c->is_written = true;
    edu_status status = edu_register_publish(c->session, form, c->key, &version, error);
    json_decref(form);
    return status;
}

LIST(edu_register_list, edu_register_page)

static void write_lessons(const call *c, char text[MAX_TEXT])
{
    (void)snprintf(text, MAX_TEXT, "number,birth,institution,subject\n%s,%04d-%02d-%02d,%s,music\n",
                   c->target.number, c->target.birth.year, c->target.birth.month,
                   c->target.birth.day, stage_target(c->actor, TARGET_INSTITUTIONS).institution);
}

static edu_status call_edu_register_faults(call *c, edu_error *error)
{
    edu_import_fault_page *page = NULL;
    char text[MAX_TEXT];
    write_lessons(c, text);
    edu_status status =
        edu_register_faults(c->session, "lessons", fx_bytes(text), NULL, 0, &page, error);
    c->count = page ? (int64_t)page->count : -1;
    edu_free(page);
    return status;
}

LIST(edu_register_files, edu_register_file_page)

static edu_status call_edu_register_import(call *c, edu_error *error)
{
    edu_import_report *report = NULL;
    char text[MAX_TEXT];
    write_lessons(c, text);
    c->is_written = true;
    edu_status status =
        edu_register_import(c->session, "lessons", fx_bytes(text), c->key, &report, error);
    edu_free(report);
    return status;
}

LIST(edu_register_records, edu_register_record_page, c->target.person)
LIST(edu_register_find, edu_register_record_page, c->target.number, c->target.birth)

static edu_status call_edu_register_correct(call *c, edu_error *error)
{
    json_t *changes = packed("{s:s}", "subject", "drawing");
    c->is_written = true;
    edu_status status =
        edu_register_correct(c->session, TARGET_RECORD, changes, "words", c->key, error);
    json_decref(changes);
    return status;
}

WRITE(edu_register_end, TARGET_RECORD, "words", c->key)
LIST(edu_register_history, edu_register_change_page, TARGET_RECORD)

/* ---- references ---- */

static edu_status call_edu_reference_publish(call *c, edu_error *error)
{
    int32_t version;
    calls_hold(true);
    json_t *type = stage_reference("another");
    calls_hold(false);
    c->is_written = true;
    edu_status status = edu_reference_publish(c->session, type, c->key, &version, error);
    json_decref(type);
    return status;
}

LIST(edu_reference_types, edu_reference_type_page)

static edu_status call_edu_reference_matches(call *c, edu_error *error)
{
    edu_register_record_page *page = NULL;
    edu_status status = edu_reference_matches(c->session, c->target.person, "lesson", &page, error);
    if (status == EDU_OK)
        c->count = (int64_t)page->count;
    edu_free(page);
    return status;
}

static edu_status call_edu_reference_request(call *c, edu_error *error)
{
    edu_reference *reference = NULL;
    c->is_written = true;
    edu_status status = edu_reference_request(c->session, c->target.person, "lesson", (edu_id){{0}},
                                              c->key, &reference, error);
    edu_free(reference);
    return status;
}

LIST(edu_reference_list, edu_reference_page, c->target.person)
READ(edu_reference_find, edu_reference, "A-2026-999999")
LIST(edu_reference_worklist, edu_reference_page)
WRITE(edu_reference_issue, c->target.person, c->target.application, c->target.record, c->key)
WRITE(edu_reference_refuse, c->target.person, c->target.application, "words", c->key)

/* ---- payment ---- */

static edu_status call_edu_payment_invoice(call *c, edu_error *error)
{
    edu_id out;
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    input.person_id = c->target.person;
    input.kind = "books";
    input.title = packed("{s:s}", "en", "Books");
    input.amount = 1;
    input.currency = "AZN";
    c->is_written = true;
    edu_status status = edu_payment_invoice(c->session, &input, c->key, &out, error);
    json_decref(input.title);
    return status;
}

#define TARGET_INVOICE c->target.person, c->target.invoice
LIST(edu_payment_invoices, edu_invoice_page, c->target.person)
READ(edu_payment_get, edu_invoice, TARGET_INVOICE)
READ(edu_payment_find, edu_invoice, c->target.invoice_number)
LIST(edu_payment_transfers, edu_payment_transfer_page, TARGET_INVOICE)
LIST(edu_payment_intents, edu_payment_intent_page, TARGET_INVOICE)
LIST(edu_payment_refunds, edu_payment_refund_record_page, TARGET_INVOICE)
LIST(edu_payment_worklist, edu_invoice_page, "open")
WRITE(edu_payment_waive, TARGET_INVOICE, 1, "words", c->key)
WRITE(edu_payment_cancel, TARGET_INVOICE, "words", c->key)
WRITE(edu_payment_refund, TARGET_INVOICE, 1, "words", c->key)

static edu_status call_edu_payment_pay(call *c, edu_error *error)
{
    edu_payment_intent *out = NULL;
    c->is_written = true;
    edu_status status = edu_payment_pay(c->session, TARGET_INVOICE, c->key, &out, error);
    edu_free(out);
    return status;
}

/* Nobody signs in for it: the signature decides. */
WRITE(edu_payment_callback, fx_bytes("{}"), "kid=staged; t=0; v=00")

static edu_status call_edu_payment_reconcile(call *c, edu_error *error)
{
    edu_payment_reconciliation *out = NULL;
    json_t *list = packed("{}");
    c->is_written = true;
    edu_status status =
        edu_payment_reconcile(c->session, list, EDU_TIME_NONE, EDU_TIME_NONE, &out, error);
    json_decref(list);
    edu_free(out);
    return status;
}

static edu_status call_edu_payment_settle(call *c, edu_error *error)
{
    int32_t done;
    c->is_written = true;
    return edu_payment_settle(c->session, 0, &done, error);
}

LIST(edu_payment_days, edu_payment_day_page)
LIST(edu_payment_differences, edu_payment_difference_page, true)
WRITE(edu_payment_close_difference, stage_made_up, "words", c->key)

static edu_status call_edu_payment_balances(call *c, edu_error *error)
{
    edu_payment_balance_page *page = NULL;
    edu_status status = edu_payment_balances(c->session, &page, error);
    if (status == EDU_OK)
        c->count = (int64_t)page->count;
    edu_free(page);
    return status;
}

WRITE(edu_payment_key_add, "another", "hmac-sha256", fx_bytes("a secret of the bank, 32 bytes..."),
      c->key)
WRITE(edu_payment_key_end, "staged", EDU_TIME_NONE, c->key)
LIST(edu_payment_keys, edu_payment_key_page)
