/* One person who is there twice becomes one: looked at from both sides, judged, done. */
#include "domain/person/person_store.h"

#include <stdio.h>
#include <string.h>

#include "account_sql.h"
#include "domain/account/import.h"
#include "domain/request/request_store.h"
#include "person_sql.h"
#include "portal_sql.h"

/* What a person is known and reached by, in the order of the columns. */
enum { NUMBER, DOCUMENT, MAIL, PHONE, SEALED };
static const char *const sealed_names[SEALED] = {"number", "document", "mail", "phone"};

/* In the order of person_moved. */
static const char *const moved_names[] = {
    "applications", "drafts", "documents", "guardianships", "schools",  "register_records",
    "admissions",   "seats",  "results",   "certificates",  "invoices", "notifications"};

/* Who of the two has something. */
enum { NOBODY, KEPT, MERGED, BOTH };
static const char *const whose_names[] = {"none", "kept", "merged", "both"};

/* As it is kept under the key of the command. */
typedef struct outcome {
    uint32_t moved[EI_COUNT(moved_names)];
    uint8_t account, identifiers[SEALED];
} outcome;
_Static_assert(sizeof(outcome) <= sizeof((ei_command){0}.result), "an answer fits under its key");

typedef struct side {
    edu_id id;
    ei_person_keys keys;
    edu_bytes sealed[SEALED];
    const char *given, *family, *login;
    edu_date birth;
    bool is_erased, is_merged, has_role;
} side;

typedef struct merging {
    edu_session *session;
    side kept, merged;
    outcome outcome;
    json_t *against;
    edu_time now;
    ei_arena *arena; /* of the sides */
    ei_command *command;
    edu_merge *out;
} merging;

/* ---- the two ---- */

static edu_status copy_bytes(ei_arena *arena, edu_bytes from, edu_bytes *out, edu_error *error)
{
    *out = (edu_bytes){NULL, 0};
    if (!from.data)
        return EDU_OK;
    *out = (edu_bytes){ei_arena_strndup(arena, from.data, from.size), from.size};
    return out->data ? EDU_OK : ei_no_memory(error);
}

static edu_status take_side(ei_rows *rows, ei_arena *arena, side *out, edu_error *error)
{
    (void)ei_person_keys_take(ei_column_bytes(rows, 0), &out->keys);
    for (int i = 0; i < SEALED; i++)
        EI_TRY(copy_bytes(arena, ei_column_bytes(rows, 1 + i), &out->sealed[i], error));
    EI_TRY(ei_copy_column(arena, rows, 5, &out->given, error));
    EI_TRY(ei_copy_column(arena, rows, 6, &out->family, error));
    out->birth = ei_column_date(rows, 7);
    EI_TRY(ei_copy_column(arena, rows, 8, &out->login, error));
    out->is_erased = ei_column_bool(rows, 9);
    out->is_merged = ei_column_bool(rows, 10);
    out->has_role = ei_column_bool(rows, 11);
    return EDU_OK;
}

static edu_status read_side(const merging *work, edu_tx *tx, side *out, edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_person_side(tx, &actor, &out->id, work->now, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? take_side(&rows, work->arena, out, error) : ei_person_not_found(error);
    ei_rows_close(&rows);
    return status;
}

/* ---- what stands against it ---- */

static const struct {
    const char *key, *message;
} hindrances[] = {
    {"person.own", "nobody merges themselves; another clerk does it"},
    {"person.erased", "one of the two is erased"},
    {"person.merged", "one of the two is merged already"},
    {"person.not_registered",
     "who is in no register is merged into who is; take them the other way"},
    {"person.births", "they have two birth days; put the register right first"},
    {"person.numbers", "they have two numbers; put the register right first"},
    {"person.has_role", "who is merged has a role, or stands in for somebody; take it back first"},
    {"person.staff", "who is kept has a role; an admin merges them"},
    {"person.merged_often", "too many were merged into one of the two already"},
    {"person.own_guardian", "one of the two acts for the other, or has asked to"},
    {"person.both_applied", "both have an open application for the same; withdraw one"},
    {"person.both_enrolled", "both have a place, or wait for one, in the same group; end one"},
    {"person.both_admitted", "both are admitted by one list, or to one programme"},
    {"person.both_seated", "both have a seat in one sitting"},
    {"person.both_in_season", "both are registered for one round, or have a result of it"},
    {"person.both_owe", "both have an invoice for the same; cancel one"},
    {"person.two_places", "they are to be in two places at one time"},
    {"person.clash", "both have a weekly place at one time; end one"},
    {"person.being_placed",
     "seats or places are being given out with who is merged; do it afterwards"},
    {"person.own_judge",
     "one of the two scores what the other applied with, or both are on a panel"},
};

static edu_status put_against(merging *work, const char *key, edu_error *error)
{
    for (size_t i = 0; i < EI_COUNT(hindrances); i++)
        if (strcmp(hindrances[i].key, key) == 0 &&
            json_array_append_new(work->against, json_pack("{s:s, s:s}", "key", key, "message",
                                                           hindrances[i].message)) < 0)
            return ei_no_memory(error);
    return EDU_OK;
}

static edu_status put_if(merging *work, bool holds, const char *key, edu_error *error)
{
    return holds ? put_against(work, key, error) : EDU_OK;
}

static bool is_own(const merging *work)
{
    edu_id actor = ei_session_actor(work->session);
    return ei_id_compare(actor, work->kept.id) == 0 || ei_id_compare(actor, work->merged.id) == 0;
}

static bool are_born_apart(const side *kept, const side *merged)
{
    return kept->birth.year && merged->birth.year &&
           ei_date_to_days(kept->birth) != ei_date_to_days(merged->birth);
}

static bool is_ring_full(const merging *work)
{
    ei_person_keys keys = work->kept.keys;
    return !ei_person_keys_add(&keys, &work->merged.id, &work->merged.keys);
}

static edu_status judge_staff(merging *work, edu_tx *tx, edu_error *error)
{
    edu_id actor = ei_session_actor(work->session);
    ei_rows rows;
    bool is_admin = false;
    EI_TRY(put_if(work, work->merged.has_role, "person.has_role", error));
    if (!work->kept.has_role)
        return EDU_OK;
    EI_TRY(ei_rows_integer(sql_portal_has_role_everywhere(tx, &actor, "admin", &rows, error), &rows,
                           &is_admin, NULL, error));
    return put_if(work, !is_admin, "person.staff", error);
}

static edu_status judge_sides(merging *work, edu_tx *tx, edu_error *error)
{
    const side *kept = &work->kept, *merged = &work->merged;
    EI_TRY(put_if(work, is_own(work), "person.own", error));
    EI_TRY(put_if(work, kept->is_erased || merged->is_erased, "person.erased", error));
    EI_TRY(put_if(work, kept->is_merged || merged->is_merged, "person.merged", error));
    EI_TRY(put_if(work, !kept->birth.year && merged->birth.year, "person.not_registered", error));
    EI_TRY(put_if(work, are_born_apart(kept, merged), "person.births", error));
    EI_TRY(put_if(work, kept->sealed[NUMBER].data && merged->sealed[NUMBER].data, "person.numbers",
                  error));
    EI_TRY(judge_staff(work, tx, error));
    return put_if(work, is_ring_full(work), "person.merged_often", error);
}

static edu_status take_hindrance(void *context, ei_rows *rows, edu_error *error)
{
    return put_against(context, ei_column_text(rows, 0), error);
}

static edu_status find_clash(const merging *work, edu_tx *tx, ei_buffer *offerings, bool *clashes,
                             edu_error *error)
{
    ei_rows rows;
    EI_TRY(ei_rows_ids(sql_person_places(tx, &work->merged.id, &rows, error), &rows, offerings,
                       error));
    for (size_t at = 0; !*clashes && at < offerings->size; at += sizeof(edu_id)) {
        edu_id offering;
        memcpy(&offering, offerings->data + at, sizeof offering);
        EI_TRY(ei_place_clashes(tx, &work->kept.id, &ei_nobody_id, &offering, clashes, error));
    }
    return EDU_OK;
}

static edu_status judge_clash(merging *work, edu_tx *tx, edu_error *error)
{
    ei_buffer offerings = {0};
    bool clashes = false;
    edu_status status = find_clash(work, tx, &offerings, &clashes, error);
    ei_buffer_free(&offerings);
    return status == EDU_OK ? put_if(work, clashes, "person.clash", error) : status;
}

static edu_status judge(merging *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    json_array_clear(work->against);
    EI_TRY(judge_sides(work, tx, error));
    EI_TRY(ei_rows_each(sql_person_against(tx, &work->kept.id, &work->merged.id, &rows, error),
                        &rows, take_hindrance, work, error));
    return judge_clash(work, tx, error);
}

/* ---- what it comes to ---- */

static int whose(bool kept, bool merged)
{
    return (kept ? KEPT : NOBODY) + (merged ? MERGED : NOBODY);
}

static edu_status count(merging *work, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    work->outcome = (outcome){.account = (uint8_t)whose(work->kept.login, work->merged.login)};
    for (int i = 0; i < SEALED; i++)
        work->outcome.identifiers[i] =
            (uint8_t)whose(work->kept.sealed[i].data, work->merged.sealed[i].data);
    EI_TRY(sql_person_moved(tx, &work->merged.id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    for (size_t i = 0; row && i < EI_COUNT(moved_names); i++)
        work->outcome.moved[i] = (uint32_t)ei_column_int(&rows, (int)i);
    ei_rows_close(&rows);
    return status;
}

static edu_status read_both(merging *work, edu_tx *tx, edu_error *error)
{
    EI_TRY(ei_person_require_keeper(work->session, tx, error));
    EI_TRY(read_side(work, tx, &work->kept, error));
    EI_TRY(read_side(work, tx, &work->merged, error));
    EI_TRY(count(work, tx, error));
    return judge(work, tx, error);
}

static edu_status show(merging *work, edu_error *error)
{
    edu_merge *out = work->out;
    ei_arena *arena = ei_record_arena(out);
    const outcome *of = &work->outcome;
    out->kept_id = work->kept.id;
    out->merged_id = work->merged.id;
    out->account = whose_names[of->account];
    EI_TRY(ei_own_json(arena, json_incref(work->against), &out->against, error));
    EI_TRY(ei_own_json(arena, json_object(), &out->moved, error));
    EI_TRY(ei_own_json(arena, json_object(), &out->identifiers, error));
    for (size_t i = 0; i < EI_COUNT(moved_names); i++)
        if (json_object_set_new(out->moved, moved_names[i], json_integer(of->moved[i])) < 0)
            return ei_no_memory(error);
    for (int i = 0; i < SEALED; i++)
        if (json_object_set_new(out->identifiers, sealed_names[i],
                                json_string(whose_names[of->identifiers[i]])) < 0)
            return ei_no_memory(error);
    return EDU_OK;
}

/* ---- done ---- */

static edu_status refuse(const merging *work, edu_error *error)
{
    const json_t *first = json_array_get(work->against, 0);
    return first ? ei_fail(error, EDU_E_STATE, json_string_value(json_object_get(first, "key")),
                           NULL, "%s", json_string_value(json_object_get(first, "message")))
                 : EDU_OK;
}

/* What was sealed for the merged person opens by their key, which becomes one of the kept one's. */
static edu_bytes first_of(const merging *work, int i)
{
    return work->kept.sealed[i].data ? work->kept.sealed[i] : work->merged.sealed[i];
}

static edu_status merge_persons(const merging *work, edu_tx *tx, edu_error *error)
{
    const side *kept = &work->kept, *merged = &work->merged;
    const edu_bytes nothing = {NULL, 0};
    ei_person_keys keys = kept->keys;
    (void)ei_person_keys_add(&keys, &merged->id, &merged->keys);
    EI_TRY(sql_person_empty(tx, &merged->id,
                            kept->sealed[DOCUMENT].data ? merged->sealed[DOCUMENT] : nothing, NULL,
                            error));
    return sql_person_fill(tx, &kept->id, ei_person_keys_bytes(&keys), first_of(work, NUMBER),
                           first_of(work, DOCUMENT), first_of(work, MAIL), first_of(work, PHONE),
                           NULL, error);
}

/* A login that signs in nobody any more is free. */
static edu_status free_login(const merging *work, edu_tx *tx, edu_error *error)
{
    if (!work->kept.login || !work->merged.login)
        return EDU_OK;
    ei_hash login = ei_login_hash(work->session->portal, work->merged.login);
    return sql_account_claim_end(tx, "login", ei_hash_bytes(&login), &work->kept.id, NULL, error);
}

/* A school may have come with the merged person's name. */
static edu_status rename_pupil(const merging *work, edu_tx *tx, edu_error *error)
{
    char *sort_name = NULL, *search_name = NULL;
    const side *kept = &work->kept;
    edu_status status =
        ei_person_sort_name(work->session->portal, kept->family, kept->given, &sort_name, error);
    if (status == EDU_OK)
        status = ei_person_search_name(kept->family, kept->given, &search_name, error);
    if (status == EDU_OK)
        status = sql_account_pupil_renamed(tx, &kept->id, sort_name, search_name, NULL, error);
    ei_free(sort_name);
    ei_free(search_name);
    return status;
}

static edu_status audit_one(const merging *work, edu_tx *tx, const edu_id *person, const char *as,
                            const edu_id *other, edu_error *error)
{
    char text[EDU_ID_TEXT], detail[64 + EDU_ID_TEXT];
    edu_id_format(*other, text);
    (void)snprintf(detail, sizeof detail, "{\"%s\":\"%s\"}", as, text);
    return ei_audit(work->command, tx, work->command->name, person, detail, error);
}

/* By the contact in the register too: whose sign-in has ended does not see the cabinet. */
static edu_status tell_person(const merging *work, edu_tx *tx, edu_error *error)
{
    edu_id id = ei_new_id(work->session);
    EI_TRY(sql_account_notify(tx, &work->kept.id, &id, work->now, "person_merged", NULL, error));
    return ei_message_send(work->command, tx, &work->kept.id, "person_merged",
                           work->session->portal->language, NULL, error);
}

static edu_status merge(merging *work, edu_tx *tx, edu_error *error)
{
    const edu_id *kept = &work->kept.id, *merged = &work->merged.id;
    edu_id actor = ei_session_actor(work->session);
    EI_TRY(read_both(work, tx, error));
    EI_TRY(refuse(work, error));
    EI_TRY(ei_person_move(work->command, tx, kept, merged, error));
    EI_TRY(merge_persons(work, tx, error));
    EI_TRY(sql_person_merger_add(tx, merged, kept, work->now, &actor, NULL, error));
    EI_TRY(free_login(work, tx, error));
    EI_TRY(rename_pupil(work, tx, error));
    EI_TRY(audit_one(work, tx, kept, "merged", merged, error));
    EI_TRY(audit_one(work, tx, merged, "into", kept, error));
    return tell_person(work, tx, error);
}

static edu_status merge_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    merging *work = command->context;
    work->command = command;
    work->now = command->now;
    work->arena = ei_arena_new();
    if (!work->arena)
        return ei_no_memory(error);
    edu_status status = merge(work, tx, error);
    ei_arena_free(work->arena);
    memcpy(command->result, &work->outcome, sizeof work->outcome);
    command->result_size = sizeof work->outcome;
    return status;
}

/* From what is kept under the key, as a repeated call has nothing else. */
static edu_status merge_tell(edu_tx *tx, void *context, edu_error *error)
{
    merging *work = context;
    (void)tx;
    if (work->command->result_size != sizeof work->outcome)
        return ei_fail(error, EDU_E_CORRUPT, "command.bad_result", NULL,
                       "a stored answer is not of this kind");
    memcpy(&work->outcome, work->command->result, sizeof work->outcome);
    return show(work, error);
}

static edu_status preview_run(edu_tx *tx, void *context, edu_error *error)
{
    merging *work = context;
    work->arena = ei_arena_new();
    if (!work->arena)
        return ei_no_memory(error);
    edu_status status = read_both(work, tx, error);
    if (status == EDU_OK)
        status = show(work, error);
    ei_arena_free(work->arena);
    return status;
}

static edu_status nothing_run(edu_tx *tx, void *context, edu_error *error)
{
    (void)tx, (void)context, (void)error;
    return EDU_OK;
}

/* Of the two, each sees that they were looked at. */
static edu_status preview(merging *work, edu_error *error)
{
    ei_reading kept = ei_reading_of("person", work->kept.id, (edu_id){{0}});
    ei_reading merged = ei_reading_of("person", work->merged.id, (edu_id){{0}});
    EI_TRY(ei_read_record_of(work->session, &kept, sizeof *work->out, preview_run, work, &work->out,
                             error));
    edu_status status = ei_read_of(work->session, &merged, nothing_run, NULL, error);
    if (status != EDU_OK)
        edu_free(work->out);
    return status;
}

static edu_status begin(merging *work, const void *out, edu_error *error)
{
    EI_TRY(ei_session_require(work->session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    if (ei_id_compare(work->kept.id, work->merged.id) == 0)
        return ei_fail(error, EDU_E_INVALID, "person.same", "/merged_id",
                       "nobody is merged into themselves");
    work->against = json_array();
    work->now = ei_now(work->session);
    return work->against ? EDU_OK : ei_no_memory(error);
}

edu_status edu_person_merge_preview(edu_session *session, edu_id kept_id, edu_id merged_id,
                                    edu_merge **out, edu_error *error)
{
    merging work = {.session = session, .kept.id = kept_id, .merged.id = merged_id};
    EI_TRY(begin(&work, out, error));
    edu_status status = preview(&work, error);
    json_decref(work.against);
    if (status == EDU_OK)
        *out = work.out;
    return status;
}

edu_status edu_person_merge(edu_session *session, edu_id kept_id, edu_id merged_id, const char *key,
                            edu_merge **out, edu_error *error)
{
    merging work = {.session = session, .kept.id = kept_id, .merged.id = merged_id};
    ei_command command = {.session = session,
                          .name = "person.merge",
                          .key = key,
                          .run = merge_run,
                          .context = &work,
                          .tell = merge_tell,
                          .told = &work};
    work.command = &command;
    EI_TRY(begin(&work, out, error));
    ei_command_hash(&command, &kept_id, sizeof kept_id);
    ei_command_hash(&command, &merged_id, sizeof merged_id);
    edu_status status = ei_command_run_record(&command, sizeof *work.out, &work.out, error);
    json_decref(work.against);
    if (status == EDU_OK)
        *out = work.out;
    return status;
}
