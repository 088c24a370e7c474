/* A round, from the commitment to what becomes of each application: proposed by one, confirmed by
 * another. */
#include "domain/round/round_store.h"

#include <stdio.h>
#include <string.h>

#include "round_sql.h"

#define BATCH 200
#define HEX "0123456789abcdef"

/* ---- one ---- */

typedef struct one_read {
    edu_session *session;
    edu_id id;
    edu_round *out;
} one_read;

static edu_status fill_round(const ei_judging *judging, ei_arena *arena, edu_round *out,
                             edu_error *error)
{
    out->offering_id = judging->offering;
    out->state = ei_judging_state_name(judging->state);
    out->closes = judging->closes;
    out->is_drawn = judging->is_drawn;
    out->candidates = judging->candidates;
    out->ranked = judging->ranked;
    out->given = judging->given;
    out->moved = judging->moved;
    out->proposed = judging->proposed;
    out->confirmed = judging->confirmed;
    out->is_mine_to_judge = judging->judges;
    EI_TRY(ei_copy_text(arena, judging->commitment, &out->commitment, error));
    return ei_copy_text(arena, judging->seed[0] ? judging->seed : NULL, &out->seed, error);
}

/* Only for who issues them: a page that everybody may see counts nothing. */
static edu_status certificates_counted(edu_tx *tx, const ei_judging *judging, edu_round *out,
                                       edu_error *error)
{
    ei_rows rows;
    bool row = false;
    if (judging->state != EI_JUDGING_CONFIRMED)
        return EDU_OK;
    EI_TRY(sql_round_certificates(tx, &judging->offering, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        out->certificates = ei_column_int(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status get_run(edu_tx *tx, void *context, edu_error *error)
{
    one_read *read = context;
    ei_arena *arena = ei_record_arena(read->out);
    ei_judging judging;
    EI_TRY(ei_judging_load(read->session, tx, &read->id, &judging, error));
    if (!judging.is_published)
        EI_TRY(ei_judging_kept(read->session, tx, &read->id, &judging, error));
    EI_TRY(fill_round(&judging, arena, read->out, error));
    if (judging.keeps)
        EI_TRY(certificates_counted(tx, &judging, read->out, error));
    return ei_judging_title(read->session, tx, &read->id, arena, &read->out->title, error);
}

edu_status edu_round_get(edu_session *session, edu_id offering_id, edu_round **out,
                         edu_error *error)
{
    EI_TRY(ei_session_check(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    one_read read = {session, offering_id, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, get_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

/* ---- commands on one ---- */

typedef struct judging_step {
    edu_id offering;
    const char *text; /* commitment or seed; NULL */
} judging_step;

static edu_status run_command(edu_session *session, const char *name, judging_step *step,
                              const char *key,
                              edu_status (*run)(ei_command *, edu_tx *, edu_error *),
                              edu_error *error)
{
    ei_command command = {
        .session = session, .name = name, .key = key, .run = run, .context = step};
    ei_command_hash(&command, &step->offering, sizeof step->offering);
    ei_command_hash_text(&command, step->text);
    return ei_command_run(&command, error);
}

static edu_status audit(ei_command *command, edu_tx *tx, const ei_judging *judging,
                        edu_error *error)
{
    char id[EDU_ID_TEXT], detail[128];
    edu_id_format(judging->offering, id);
    (void)snprintf(detail, sizeof detail, "{\"offering\":\"%s\",\"candidates\":%lld}", id,
                   (long long)judging->candidates);
    return ei_audit(command, tx, command->name, NULL, detail, error);
}

static edu_status commit_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const judging_step *step = command->context;
    ei_judging judging;
    int64_t changed = 0;
    EI_TRY(ei_judging_judged(command->session, tx, &step->offering, &judging, error));
    if (judging.closes <= command->now)
        return ei_fail(error, EDU_E_STATE, "round.closed", NULL,
                       "a seed is committed to before the offering closes");
    EI_TRY(sql_round_commit(tx, &step->offering, step->text, &changed, error));
    if (changed == 0)
        return ei_fail(error, EDU_E_STATE, "round.committed", NULL,
                       "somebody has committed to a seed already");
    return audit(command, tx, &judging, error);
}

edu_status edu_round_commit(edu_session *session, edu_id offering_id, const char *commitment,
                            const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(commitment, EI_COMMITMENT_TEXT - 1, false, "/commitment", error));
    if (!ei_seed_is_commitment(commitment))
        return ei_fail(error, EDU_E_INVALID, "round.commitment", "/commitment",
                       "a commitment is 64 hexadecimal digits in small letters");
    judging_step step = {offering_id, commitment};
    return run_command(session, "round.commit", &step, key, commit_run, error);
}

/* ---- proposing ---- */

static edu_status bad_seed(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "round.seed", "/seed",
                   "this is not the seed that was committed to");
}

static edu_status take_seed(const ei_command *command, const judging_step *step,
                            ei_judging *judging, edu_error *error)
{
    if (!ei_ranking_has_lottery(ei_definition_ranking(judging->definition)))
        return step->text ? bad_seed(error) : EDU_OK;
    return ei_seed_reveal(command->session, "round.seed", &judging->offering, judging->is_drawn,
                          judging->commitment, step->text, judging->seed)
               ? EDU_OK
               : bad_seed(error);
}

static edu_status check_ranked(const ei_command *command, const ei_judging *judging,
                               edu_error *error)
{
    EI_TRY(ei_judging_require_open(judging, error));
    if (!ei_definition_place(judging->definition))
        return ei_fail(error, EDU_E_STATE, "round.none", NULL,
                       "the definition of this service ranks nobody");
    return judging->closes <= command->now
               ? EDU_OK
               : ei_fail(error, EDU_E_STATE, "round.not_closed", NULL,
                         "the ranking is made when the offering has closed");
}

static edu_status propose_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const judging_step *step = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_judging judging;
    int64_t changed = 0;
    EI_TRY(ei_judging_judged(command->session, tx, &step->offering, &judging, error));
    EI_TRY(check_ranked(command, &judging, error));
    EI_TRY(take_seed(command, step, &judging, error));
    EI_TRY(ei_round_rank_all(command, tx, &judging, error));
    EI_TRY(sql_round_propose(tx, &step->offering, judging.seed[0] ? judging.seed : NULL,
                             judging.version, judging.candidates, judging.ranked, &actor,
                             command->now, &changed, error));
    EI_TRY(changed == 1 ? EDU_OK : ei_judging_require_open(&judging, error));
    return audit(command, tx, &judging, error);
}

edu_status edu_round_propose(edu_session *session, edu_id offering_id, const char *seed,
                             const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(seed, EI_SEED_TEXT - 1, true, "/seed", error));
    if (seed && !ei_seed_is_good(seed))
        return ei_fail(error, EDU_E_INVALID, "round.seed", "/seed",
                       "a seed is 1 to 64 bytes as hexadecimal digits in small letters");
    judging_step step = {offering_id, seed};
    return run_command(session, "round.propose", &step, key, propose_run, error);
}

static edu_status not_proposed(edu_error *error)
{
    return ei_fail(error, EDU_E_STATE, "round.not_proposed", NULL,
                   "there is no proposal for this offering");
}

static edu_status reopen_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const judging_step *step = command->context;
    ei_judging judging;
    int64_t changed = 0;
    EI_TRY(ei_judging_judged(command->session, tx, &step->offering, &judging, error));
    EI_TRY(sql_round_reopen(tx, &step->offering, &changed, error));
    if (changed == 0)
        return not_proposed(error);
    EI_TRY(sql_round_rows_drop(tx, &step->offering, NULL, error));
    return audit(command, tx, &judging, error);
}

edu_status edu_round_reopen(edu_session *session, edu_id offering_id, const char *key,
                            edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    judging_step step = {offering_id, NULL};
    return run_command(session, "round.reopen", &step, key, reopen_run, error);
}

/* ---- confirming: the start ---- */

static edu_status check_unchanged(edu_tx *tx, const edu_id *offering, edu_error *error)
{
    ei_rows rows;
    int64_t changed = 0;
    EI_TRY(ei_rows_integer(sql_round_changed(tx, offering, &rows, error), &rows, NULL, &changed,
                           error));
    return changed == 0 ? EDU_OK
                        : ei_fail(error, EDU_E_STATE, "round.changed", NULL,
                                  "%lld applications have changed since it was proposed; take it "
                                  "back and propose anew",
                                  (long long)changed);
}

static edu_status start_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const judging_step *step = command->context;
    edu_id actor = ei_session_actor(command->session);
    ei_judging judging;
    int64_t changed = 0;
    EI_TRY(ei_judging_judged(command->session, tx, &step->offering, &judging, error));
    /* Cut off: whoever judges goes on, the decision of two people is made. */
    if (judging.state == EI_JUDGING_CONFIRMING)
        return EDU_OK;
    if (judging.state != EI_JUDGING_PROPOSED)
        return not_proposed(error);
    if (ei_id_compare(judging.proposed_by, actor) == 0)
        return ei_fail(error, EDU_E_DENIED, "round.same_person", NULL,
                       "who proposed it does not confirm it: another person has to");
    EI_TRY(check_unchanged(tx, &step->offering, error));
    EI_TRY(sql_round_confirm(tx, &step->offering, &actor, command->now, &changed, error));
    return changed == 1 ? audit(command, tx, &judging, error) : not_proposed(error);
}

/* ---- confirming: a batch ---- */

typedef struct undone {
    edu_id person, id, given;
    bool is_ranked;
} undone;

typedef struct confirming {
    judging_step step;
    ei_judging judging;
    bool has_choices, is_finished;
    int64_t moved, done;
    size_t count;
    undone items[BATCH];
} confirming;

static edu_status read_undone(edu_tx *tx, confirming *work, edu_error *error)
{
    ei_rows rows;
    bool row;
    edu_status status;
    work->count = 0;
    EI_TRY(sql_round_undone(tx, &work->step.offering, BATCH, &rows, error));
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row && work->count < BATCH)
        work->items[work->count++] = (undone){ei_column_id(&rows, 0), ei_column_id(&rows, 1),
                                              ei_column_id(&rows, 4), ei_column_int(&rows, 3) > 0};
    ei_rows_close(&rows);
    return status;
}

static ei_request_step step_of(const confirming *work, ei_command *command, const undone *one,
                               ei_place_by by)
{
    const ei_definition *definition = work->judging.definition;
    return (ei_request_step){.session = command->session,
                             .person = one->person,
                             .id = one->id,
                             .action = one->is_ranked ? ei_definition_place(definition)
                                                      : ei_definition_fail(definition),
                             .is_systems = true,
                             .offering = work->has_choices ? one->given : (edu_id){{0}},
                             .by = by};
}

static bool is_clash(const ei_request_step *step)
{
    return step->verdict == EDU_E_STATE && strcmp(step->refusal.key, "request.clash") == 0;
}

/* Who has a place elsewhere at these times goes on the list, and the place to the next. */
static edu_status move(const confirming *work, ei_command *command, edu_tx *tx, const undone *one,
                       ei_request_step *step, edu_error *error)
{
    bool is_unmatched = work->has_choices && ei_id_is_none(one->given);
    *step = step_of(work, command, one, is_unmatched ? EI_PLACE_NONE : EI_PLACE_BY_RANK);
    EI_TRY(ei_request_step_run(step, command, tx, error));
    if (!is_clash(step))
        return EDU_OK;
    *step = step_of(work, command, one, EI_PLACE_NONE);
    step->offering = (edu_id){{0}};
    return ei_request_step_run(step, command, tx, error);
}

static const char *outcome_of(const ei_request_step *step, const undone *one)
{
    if (step->verdict != EDU_OK)
        return "gone";
    if (!one->is_ranked)
        return "not_passed";
    if (step->request.holds_place)
        return "given";
    return step->request.is_waiting ? "waiting" : "ranked";
}

static edu_status do_one(const confirming *work, ei_command *command, edu_tx *tx, const undone *one,
                         edu_error *error)
{
    ei_request_step step = {.verdict = EDU_OK};
    if (one->is_ranked || ei_definition_fail(work->judging.definition))
        EI_TRY(move(work, command, tx, one, &step, error));
    const char *outcome = outcome_of(&step, one);
    bool is_given = strcmp(outcome, "given") == 0;
    return sql_round_row_done(tx, &one->person, &one->id, outcome,
                              is_given ? &step.request.offering : NULL, NULL, error);
}

/* ---- confirming: the end ---- */

typedef struct vacancies {
    edu_id after, items[BATCH];
    size_t count;
} vacancies;

static edu_status take_vacancy(void *context, ei_rows *rows, edu_error *error)
{
    (void)error;
    vacancies *of = context;
    of->after = of->items[of->count++] = ei_column_id(rows, 0);
    return EDU_OK;
}

/* Places that became free meanwhile, and those that were left because of a clash. */
static edu_status promote_all(const confirming *work, ei_command *command, edu_tx *tx,
                              edu_error *error)
{
    vacancies of = {.after = {{[15] = 1}}};
    ei_rows rows;
    if (!work->has_choices)
        return ei_request_promote(command, tx, &work->step.offering, NULL, error);
    do {
        of.count = 0;
        EI_TRY(ei_rows_each(
            sql_round_with_free(tx, &work->step.offering, &of.after, BATCH, &rows, error), &rows,
            take_vacancy, &of, error));
        for (size_t i = 0; i < of.count; i++)
            EI_TRY(ei_request_promote(command, tx, &of.items[i], NULL, error));
    } while (of.count == BATCH);
    return EDU_OK;
}

static edu_status finish(confirming *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    int64_t changed = 0;
    EI_TRY(promote_all(work, command, tx, error));
    EI_TRY(sql_round_done(tx, &work->step.offering, &changed, error));
    work->is_finished = true;
    return changed == 1 ? EDU_OK : not_proposed(error);
}

static edu_status batch_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    confirming *work = command->context;
    work->moved = 0;
    work->is_finished = false;
    EI_TRY(ei_judging_judged(command->session, tx, &work->step.offering, &work->judging, error));
    if (work->judging.state == EI_JUDGING_CONFIRMED) {
        work->is_finished = true;
        return EDU_OK;
    }
    if (work->judging.state != EI_JUDGING_CONFIRMING)
        return not_proposed(error);
    work->has_choices = ei_definition_request(work->judging.definition)->choices > 0;
    EI_TRY(read_undone(tx, work, error));
    for (size_t i = 0; i < work->count; i++)
        EI_TRY(do_one(work, command, tx, &work->items[i], error));
    work->moved = (int64_t)work->count;
    return work->count < BATCH ? finish(work, command, tx, error) : EDU_OK;
}

static edu_status confirm_batches(edu_session *session, confirming *work, edu_progress progress,
                                  edu_error *error)
{
    while (!work->is_finished) {
        ei_command command = {
            .session = session, .name = "round.confirm_batch", .run = batch_run, .context = work};
        EI_TRY(ei_command_run(&command, error));
        work->done += work->moved;
        if (progress.report && !work->is_finished &&
            !progress.report(progress.context, "confirming", work->done, work->judging.candidates))
            return ei_fail(error, EDU_E_CANCELLED, "round.cancelled", NULL,
                           "the confirmation was stopped; calling it again goes on");
    }
    return EDU_OK;
}

edu_status edu_round_confirm(edu_session *session, edu_id offering_id, edu_progress progress,
                             const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    judging_step step = {offering_id, NULL};
    EI_TRY(run_command(session, "round.confirm", &step, key, start_run, error));
    confirming *work = ei_calloc(1, sizeof *work);
    if (!work)
        return ei_no_memory(error);
    work->step = step;
    edu_status status = confirm_batches(session, work, progress, error);
    ei_free(work);
    return status;
}
