/* What a job does to many, each in a transaction of its own, so that what is done stays done. */
#include "domain/portal/portal.h"

#define BATCH 200

typedef struct batch {
    ei_job *job;
    size_t count;
    ei_job_item items[BATCH];
} batch;

static edu_status take_item(void *context, ei_rows *rows, edu_error *error)
{
    batch *work = context;
    (void)error;
    work->items[work->count++] =
        (ei_job_item){ei_column_int(rows, 0), ei_column_id(rows, 1), ei_column_id(rows, 2)};
    return EDU_OK;
}

static edu_status find_run(edu_tx *tx, void *context, edu_error *error)
{
    batch *work = context;
    ei_rows rows;
    work->count = 0;
    EI_TRY(ei_require_role(work->job->session, tx, "admin", error));
    return ei_rows_each(work->job->open(work->job, tx, BATCH, &rows, error), &rows, take_item, work,
                        error);
}

static edu_status item_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const batch *work = command->context;
    bool is_done = false;
    EI_TRY(ei_require_role(command->session, tx, "admin", error));
    EI_TRY(work->job->run(command, tx, &work->job->item, &is_done, error));
    command->result[0] = 1;
    command->result_size = is_done;
    return EDU_OK;
}

static edu_status run_each(batch *work, int32_t limit, int32_t *done, edu_error *error)
{
    for (size_t i = 0; i < work->count && *done < limit; i++) {
        ei_command command = {.session = work->job->session,
                              .name = work->job->name,
                              .run = item_run,
                              .context = work};
        work->job->item = work->items[i];
        EI_TRY(ei_command_run(&command, error));
        *done += command.result_size > 0;
    }
    return EDU_OK;
}

static edu_status run_batches(batch *work, int32_t limit, int32_t *done, edu_error *error)
{
    ei_job *job = work->job;
    do {
        EI_TRY(ei_read(job->session, find_run, work, error));
        EI_TRY(run_each(work, limit, done, error));
        if (work->count > 0)
            job->after = work->items[work->count - 1];
    } while (work->count == BATCH && *done < limit);
    return EDU_OK;
}

edu_status ei_job_run(ei_job *job, int32_t limit, int32_t *done, edu_error *error)
{
    EI_TRY(ei_session_require(job->session, error));
    if (!done)
        return ei_bad_argument(error, "done");
    batch *work = ei_calloc(1, sizeof *work);
    if (!work)
        return ei_no_memory(error);
    work->job = job;
    job->now = ei_now(job->session);
    job->after = (ei_job_item){.first = INT64_MIN + 1};
    job->after.person.bytes[15] = job->after.id.bytes[15] = 1;
    *done = 0;
    edu_status status = run_batches(work, limit <= 0 || limit > BATCH ? BATCH : limit, done, error);
    ei_free(work);
    return status;
}
