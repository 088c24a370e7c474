/* What follows from published results: certificates, the next round, and messages. */
#include "domain/result/result_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/application/application.h"
#include "domain/certificate/certificate_store.h"
#include "domain/portal/words.h"
#include "result_sql.h"

#define BATCH 200
#define NAME_BYTES 300

static edu_status any(ei_rows *rows, bool *out, edu_error *error)
{
    edu_status status = ei_rows_next(rows, out, error);
    ei_rows_close(rows);
    return status;
}

/* ---- certificates ---- */

typedef enum text { PARTICIPANT, TOTAL, RANK, CRITERIA, TEXTS } text;

static const char *const texts[TEXTS][EI_LANGUAGES] = {
    [PARTICIPANT] = {"Participant", "İştirakçı", "Участник"},
    [TOTAL] = {"Points", "Bal", "Баллы"},
    [RANK] = {"Rank", "Yer", "Место"},
    [CRITERIA] = {"Awarded by the published rules of the round",
                  "Mərhələnin dərc olunmuş qaydaları üzrə verilir",
                  "Присуждается по опубликованным правилам этапа"},
};

typedef struct certify_facts {
    char holder[NAME_BYTES], total[EI_POINTS_TEXT], rank[16];
    const ei_award_rule *award;
    bool takes_part;
} certify_facts;

/* Paper and signed records are in the portal's language, whoever issues them. */
static const char *in_portal_language(const edu_session *session, const json_t *texts_by_language)
{
    const edu_session portal_speaks = {.portal = session->portal, .language = ""};
    const char *found = ei_localised(&portal_speaks, (json_t *)(uintptr_t)texts_by_language);
    return found != NULL ? found : "";
}

static edu_status certify_read(edu_tx *tx, const ei_round *round, const edu_id *person,
                               certify_facts *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    *out = (certify_facts){0};
    EI_TRY(sql_result_certify_facts(tx, person, &round->season_id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        (void)snprintf(out->holder, sizeof out->holder, "%s %s", ei_column_text(&rows, 0),
                       ei_column_text(&rows, 1));
        if (!ei_column_is_null(&rows, 2))
            ei_points_format(ei_column_int(&rows, 2), round->rules.decimals, out->total);
        (void)snprintf(out->rank, sizeof out->rank, "%d", (int)ei_column_int(&rows, 3));
        out->award = ei_rules_award(&round->rules, ei_column_text(&rows, 4));
        out->takes_part = !ei_column_bool(&rows, 5) && ei_column_bool(&rows, 6);
    }
    ei_rows_close(&rows);
    return status;
}

static bool deserves(const ei_round *round, const certify_facts *facts)
{
    if (!facts->takes_part)
        return false;
    return facts->award != NULL
               ? facts->award->has_certificate || round->rules.certifies_participants
               : round->rules.certifies_participants;
}

static void add_result(ei_certificate_spec *spec, const char *id, const char *name,
                       const char *value, const char *kind)
{
    spec->results[spec->result_count++] = (ei_certificate_result){id, name, value, kind};
    spec->claims[spec->claim_count++] = (ei_claim){id, value};
}

static edu_status certificate_make(ei_command *command, edu_tx *tx, const ei_round *round,
                                   const edu_id *person, const certify_facts *facts, bool *issued,
                                   edu_error *error)
{
    const edu_session *session = command->session;
    int language = ei_language_index(session->portal->language);
    char description[800], criteria[300];
    json_t *title = ei_json_loads(round->title);
    json_t *subject = ei_json_loads(round->subject_title);
    (void)snprintf(description, sizeof description, "%s, %s, %d",
                   in_portal_language(session, title), in_portal_language(session, subject),
                   (int)round->year);
    (void)snprintf(criteria, sizeof criteria, "%s %s", texts[CRITERIA][language], round->code);
    const char *name = facts->award != NULL ? in_portal_language(session, facts->award->title)
                                            : texts[PARTICIPANT][language];
    ei_certificate_spec spec = {
        .person_id = *person,
        .source_id = round->season_id,
        .type = EI_CERTIFICATE_TYPE,
        .title = round->title,
        .source = round->code,
        .holder = facts->holder,
        .name = name,
        .description = description,
        .criteria = criteria,
        .claim_count = 3,
        .claims = {{"holder", facts->holder}, {"award", name}, {"exam", round->code}}};
    if (round->rules.certifies_total)
        add_result(&spec, "total", texts[TOTAL][language], facts->total, "RawScore");
    if (round->rules.certifies_rank)
        add_result(&spec, "rank", texts[RANK][language], facts->rank, "Result");
    edu_status status = ei_certificate_issue(command, tx, &spec, issued, error);
    json_decref(title);
    json_decref(subject);
    return status;
}

/* The longest that certificate_make can say; points and rank are numbers. */
static size_t excess_of(const edu_session *session, const ei_round *round, const ei_rules *rules,
                        const char *name)
{
    enum { POINTS_BYTES = 10, RANK_BYTES = 7 };
    ei_code_bound fields[5] = {
        {"holder", EI_QR_HOLDER}, {"award", strlen(name)}, {"exam", strlen(round->code)}};
    size_t count = 3;
    if (rules->certifies_total)
        fields[count++] = (ei_code_bound){"total", POINTS_BYTES};
    if (rules->certifies_rank)
        fields[count++] = (ei_code_bound){"rank", RANK_BYTES};
    return ei_qr_excess(session->portal->host, EI_CERTIFICATE_TYPE, false, fields, count);
}

edu_status ei_round_check_code(const edu_session *session, const ei_round *round,
                               const ei_rules *rules, edu_error *error)
{
    char field[64];
    for (size_t i = 0; i < rules->award_count; i++) {
        size_t excess =
            excess_of(session, round, rules, in_portal_language(session, rules->awards[i].title));
        (void)snprintf(field, sizeof field, "/awards/%zu/title", i);
        if (excess > 0)
            return ei_fail(error, EDU_E_INVALID, "result.code_too_long", field,
                           "with this title the QR code of a certificate could get %zu bytes too "
                           "long to be read well: shorten the title, or leave out fields of "
                           "certificates",
                           excess);
    }
    return EDU_OK;
}

edu_status ei_round_certify(ei_command *command, edu_tx *tx, const ei_round *round,
                            edu_id person_id, bool *issued, edu_error *error)
{
    certify_facts facts;
    *issued = false;
    EI_TRY(certify_read(tx, round, &person_id, &facts, error));
    if (deserves(round, &facts))
        return certificate_make(command, tx, round, &person_id, &facts, issued, error);
    return ei_certificate_end(command, tx, &person_id, EI_CERTIFICATE_TYPE, &round->season_id,
                              "result corrected", issued, error);
}

edu_status ei_round_is_certified(edu_tx *tx, const ei_round *round, bool *out, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_result_any_certified(tx, &round->season_id, &rows, error));
    return any(&rows, out, error);
}

/* ---- the next round ---- */

typedef struct next_round {
    edu_id id;
    bool is_published;
    edu_time closes;
} next_round;

static edu_status next_read(edu_tx *tx, const ei_round *round, next_round *out, bool *is_there,
                            edu_error *error)
{
    ei_rows rows;
    *is_there = false;
    if (round->rules.next == NULL)
        return EDU_OK;
    EI_TRY(sql_result_next_season(tx, round->rules.next, &rows, error));
    edu_status status = ei_rows_next(&rows, is_there, error);
    if (status == EDU_OK && *is_there)
        *out = (next_round){ei_column_id(&rows, 0), ei_column_bool(&rows, 1),
                            ei_column_time(&rows, 2)};
    ei_rows_close(&rows);
    return status;
}

edu_status ei_round_is_invited(edu_tx *tx, const ei_round *round, bool *out, edu_error *error)
{
    next_round next;
    ei_rows rows;
    EI_TRY(next_read(tx, round, &next, out, error));
    if (!*out)
        return EDU_OK;
    EI_TRY(sql_result_any_invited(tx, &next.id, &rows, error));
    return any(&rows, out, error);
}

typedef struct invitee {
    edu_id sitting_id;
    char institution[65];
    char *sort_name;
    int32_t grade;
    bool is_step_free, is_there;
} invitee;

static edu_status invitee_read(edu_tx *tx, const edu_id *person, const edu_id *next, invitee *out,
                               edu_error *error)
{
    ei_rows rows;
    *out = (invitee){0};
    EI_TRY(sql_result_invite_facts(tx, person, next, &rows, error));
    edu_status status = ei_rows_next(&rows, &out->is_there, error);
    if (status == EDU_OK && out->is_there) {
        out->sitting_id = ei_column_id(&rows, 0);
        (void)snprintf(out->institution, sizeof out->institution, "%s", ei_column_text(&rows, 1));
        out->grade = (int32_t)ei_column_int(&rows, 2);
        out->is_step_free = ei_column_bool(&rows, 3);
        out->sort_name = ei_strdup(ei_column_text(&rows, 4));
        status = out->sort_name != NULL ? EDU_OK : ei_no_memory(error);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status invitation_make(ei_command *command, edu_tx *tx, const edu_id *next,
                                  const edu_id *person, const invitee *facts, edu_error *error)
{
    edu_id id = ei_new_id(command->session);
    ei_application_step step = {
        .person = *person, .application = id, .action = "invite", .actor_kind = "clerk"};
    EI_TRY(
        ei_application_begin(command, tx, EI_OLYMPIAD_SERVICE, &facts->sitting_id, &step, error));
    return sql_result_entry_add(tx, person, &id, &facts->sitting_id, facts->institution,
                                facts->grade, facts->is_step_free, facts->sort_name, command->now,
                                next, NULL, error);
}

/* The invitation or registration that can still be taken back. */
static edu_status invitation_find(edu_tx *tx, const edu_id *person, const edu_id *next, edu_id *out,
                                  bool *is_there, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_result_invitation(tx, person, next, &rows, error));
    edu_status status = ei_rows_next(&rows, is_there, error);
    if (status == EDU_OK && *is_there)
        *out = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status invitation_end(ei_command *command, edu_tx *tx, const edu_id *person,
                                 const edu_id *application, edu_error *error)
{
    ei_application_step step = {.person = *person,
                                .application = *application,
                                .action = "uninvite",
                                .actor_kind = "clerk"};
    EI_TRY(ei_application_advance(command, tx, &step, error));
    return sql_result_entry_close(tx, person, application, NULL, error);
}

edu_status ei_round_invite(ei_command *command, edu_tx *tx, const ei_round *round, edu_id person_id,
                           bool advances, bool *changed, edu_error *error)
{
    next_round next;
    bool is_there, has_one;
    edu_id application;
    *changed = false;
    EI_TRY(next_read(tx, round, &next, &is_there, error));
    if (!is_there || !next.is_published)
        return EDU_OK;
    EI_TRY(invitation_find(tx, &person_id, &next.id, &application, &has_one, error));
    if (has_one == advances)
        return EDU_OK;
    if (has_one) {
        *changed = true;
        return invitation_end(command, tx, &person_id, &application, error);
    }
    if (command->now >= next.closes)
        return EDU_OK;
    invitee facts;
    edu_status status = invitee_read(tx, &person_id, &next.id, &facts, error);
    *changed = facts.is_there;
    if (status == EDU_OK && facts.is_there)
        status = invitation_make(command, tx, &next.id, &person_id, &facts, error);
    ei_free(facts.sort_name);
    return status;
}

/* ---- after a correction ---- */

static edu_status state_of(edu_tx *tx, const edu_id *person, const edu_id *application,
                           char state[65], edu_error *error)
{
    ei_application_head head;
    EI_TRY(ei_application_head_read(tx, person, application, &head, error));
    memcpy(state, head.state, sizeof head.state);
    return EDU_OK;
}

/* Tells of a change, whatever state the application is in. */
static edu_status tell_change(ei_command *command, edu_tx *tx, const edu_id *person,
                              const edu_id *application, bool is_absent, edu_error *error)
{
    char state[65];
    if (ei_id_is_none(*application))
        return EDU_OK;
    EI_TRY(state_of(tx, person, application, state, error));
    ei_application_step step = {.person = *person,
                                .application = *application,
                                .action = strcmp(state, "appealed") == 0 ? "change_appealed"
                                          : is_absent                    ? "change_absent"
                                                                         : "change",
                                .actor_kind = "system"};
    return ei_application_advance(command, tx, &step, error);
}

typedef struct follow {
    ei_command *command;
    edu_tx *tx;
    const ei_round *round;
    bool is_certified, is_invited;
} follow;

typedef struct person_facts {
    edu_id application_id;
    bool advances, is_absent;
} person_facts;

static edu_status person_read(edu_tx *tx, const edu_id *season, const edu_id *person,
                              person_facts *out, edu_error *error)
{
    ei_rows rows;
    bool row;
    *out = (person_facts){0};
    EI_TRY(sql_result_person(tx, person, season, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        *out = (person_facts){ei_column_id(&rows, 0), ei_column_bool(&rows, 1),
                              ei_column_bool(&rows, 2)};
    ei_rows_close(&rows);
    return status;
}

/* is_told: whatever follows, the person is told. */
static edu_status follow_one(const follow *f, edu_id person_id, bool is_told, edu_error *error)
{
    person_facts facts;
    bool issued = false, invited = false;
    EI_TRY(person_read(f->tx, &f->round->season_id, &person_id, &facts, error));
    if (ei_id_is_none(facts.application_id))
        return EDU_OK;
    if (f->is_certified)
        EI_TRY(ei_round_certify(f->command, f->tx, f->round, person_id, &issued, error));
    if (f->is_invited)
        EI_TRY(ei_round_invite(f->command, f->tx, f->round, person_id, facts.advances, &invited,
                               error));
    if (!is_told && !issued)
        return EDU_OK;
    return tell_change(f->command, f->tx, &person_id, &facts.application_id, facts.is_absent,
                       error);
}

static edu_status follow_all(const follow *f, const ei_moves *moves, edu_id person_id, bool is_told,
                             edu_error *error)
{
    EI_TRY(follow_one(f, person_id, is_told, error));
    for (size_t i = 0; i < moves->count; i++) {
        const ei_moved *moved = &moves->items[i];
        if (ei_id_compare(moved->person_id, person_id) != 0)
            EI_TRY(follow_one(f, moved->person_id, moved->award || moved->advance, error));
    }
    return EDU_OK;
}

edu_status ei_round_follow(ei_command *command, edu_tx *tx, const ei_round *round, edu_id person_id,
                           bool is_told, edu_error *error)
{
    follow f = {.command = command, .tx = tx, .round = round};
    ei_moves moves = {0};
    EI_TRY(ei_round_is_certified(tx, round, &f.is_certified, error));
    EI_TRY(ei_round_is_invited(tx, round, &f.is_invited, error));
    edu_status status = ei_round_rank(command, tx, round, &moves, error);
    if (status == EDU_OK)
        status = follow_all(&f, &moves, person_id, is_told, error);
    ei_free(moves.items);
    return status;
}

/* ---- in batches ---- */

typedef struct numbered {
    edu_id person_id;
    char number[65];
} numbered;

typedef struct batches {
    edu_id season_id;
    char after[65], reached[65];
    int64_t changed; /* by the batch */
    bool is_done;
} batches;

typedef edu_status (*batch_open)(edu_tx *tx, const ei_round *round, const char *after,
                                 ei_rows *rows, edu_error *error);
typedef edu_status (*batch_one)(ei_command *command, edu_tx *tx, const ei_round *round,
                                edu_id person_id, bool *changed, edu_error *error);

static edu_status numbered_read(ei_rows *rows, numbered *out, size_t *count, edu_error *error)
{
    edu_status status;
    bool row;
    while ((status = ei_rows_next(rows, &row, error)) == EDU_OK && row && *count < BATCH) {
        numbered *to = &out[(*count)++];
        to->person_id = ei_column_id(rows, 1);
        (void)snprintf(to->number, sizeof to->number, "%s", ei_column_text(rows, 0));
    }
    ei_rows_close(rows);
    return status;
}

static edu_status batch_work(ei_command *command, edu_tx *tx, const ei_round *round,
                             batch_open open, batch_one one, edu_error *error)
{
    batches *work = command->context;
    numbered people[BATCH];
    size_t count = 0;
    ei_rows rows;
    EI_TRY(open(tx, round, work->after, &rows, error));
    EI_TRY(numbered_read(&rows, people, &count, error));
    for (size_t i = 0; i < count; i++) {
        bool changed;
        EI_TRY(one(command, tx, round, people[i].person_id, &changed, error));
        work->changed += changed;
    }
    work->is_done = count < BATCH;
    if (count > 0)
        memcpy(work->reached, people[count - 1].number, sizeof work->reached);
    return EDU_OK;
}

static edu_status batch_run(ei_command *command, edu_tx *tx, batch_open open, batch_one one,
                            edu_error *error)
{
    batches *work = command->context;
    ei_round round;
    work->changed = 0;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    edu_status status =
        ei_round_read(command->session, tx, work->season_id, command->now, &round, error);
    if (status == EDU_OK)
        status = ei_round_require(&round, EI_MARKING_PUBLISHED, error);
    if (status == EDU_OK)
        status = batch_work(command, tx, &round, open, one, error);
    ei_round_finish(&round);
    return status;
}

static edu_status all_batches(edu_session *session, edu_id season_id, const char *name,
                              edu_status (*run)(ei_command *, edu_tx *, edu_error *),
                              edu_progress progress, int64_t *changed, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (changed == NULL)
        return ei_bad_argument(error, name);
    batches work = {.season_id = season_id};
    *changed = 0;
    while (!work.is_done) {
        EI_TRY(ei_write(session, name, run, &work, error));
        memcpy(work.after, work.reached, sizeof work.after);
        *changed += work.changed;
        if (progress.report != NULL && !work.is_done &&
            !progress.report(progress.context, name, *changed, 0))
            return ei_fail(error, EDU_E_CANCELLED, "result.cancelled", "",
                           "it was stopped; the next call goes on");
    }
    return EDU_OK;
}

static edu_status certify_open(edu_tx *tx, const ei_round *round, const char *after, ei_rows *rows,
                               edu_error *error)
{
    return sql_result_to_certify(tx, &round->season_id, after, BATCH, rows, error);
}

static edu_status certify_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return batch_run(command, tx, certify_open, ei_round_certify, error);
}

edu_status edu_result_issue(edu_session *session, edu_id season_id, edu_progress progress,
                            int64_t *issued, edu_error *error)
{
    return all_batches(session, season_id, "issued", certify_run, progress, issued, error);
}

static edu_status invite_open(edu_tx *tx, const ei_round *round, const char *after, ei_rows *rows,
                              edu_error *error)
{
    next_round next;
    bool is_there;
    EI_TRY(next_read(tx, round, &next, &is_there, error));
    if (!is_there)
        return ei_fail(error, EDU_E_STATE, "result.no_next", "",
                       "the rules name no next round that is there");
    if (!next.is_published)
        return ei_fail(error, EDU_E_STATE, "result.next_draft", "",
                       "the next round is not published yet");
    return sql_result_to_invite(tx, &round->season_id, &next.id, after, BATCH, rows, error);
}

static edu_status invite_one(ei_command *command, edu_tx *tx, const ei_round *round,
                             edu_id person_id, bool *changed, edu_error *error)
{
    return ei_round_invite(command, tx, round, person_id, true, changed, error);
}

static edu_status invite_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    return batch_run(command, tx, invite_open, invite_one, error);
}

edu_status edu_result_invite(edu_session *session, edu_id season_id, edu_progress progress,
                             int64_t *invited, edu_error *error)
{
    return all_batches(session, season_id, "invited", invite_run, progress, invited, error);
}
