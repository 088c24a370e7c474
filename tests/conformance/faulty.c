#include "conformance/faulty.h"

#include <stdatomic.h>
#include <string.h>
#include "storage/storage.h"

static const edu_driver *inner;
static edu_driver outer;
static atomic_llong operations, armed_at;
static atomic_bool has_come;
static faulty_fn fault;
static void *fault_context;

/* ---- faults ---- */

static edu_status pass(edu_error *error)
{
    if (atomic_fetch_add(&operations, 1) + 1 != atomic_load(&armed_at))
        return EDU_OK;
    atomic_store(&has_come, true);
    return fault(fault_context, error);
}

int64_t faulty_operations(void)
{
    return atomic_load(&operations);
}

void faulty_arm(int64_t operation, faulty_fn given, void *context)
{
    fault = given;
    fault_context = context;
    atomic_store(&has_come, false);
    atomic_store(&armed_at, atomic_load(&operations) + operation);
}

bool faulty_disarm(void)
{
    atomic_store(&armed_at, 0);
    return atomic_load(&has_come);
}

edu_status faulty_disk(void *context, edu_error *error)
{
    (void)context;
    return ei_fail(error, EDU_E_STORAGE, "storage.io", NULL, "a fault that was asked for");
}

/* ---- the port ---- */

typedef struct framed {
    edu_command_fn command;
    void *context;
} framed;

/* The end of a command is an operation too. */
static edu_status run_framed(edu_tx *tx, void *context, edu_error *error)
{
    const framed *frame = context;
    EI_TRY(frame->command(tx, frame->context, error));
    return pass(error);
}

static edu_status run(void *state, bool write, edu_command_fn command, void *context,
                      edu_error *error)
{
    framed frame = {command, context};
    return inner->run(state, write, run_framed, &frame, error);
}

/* "faulty:sqlite:PATH" has come as "sqlite:PATH". */
static const char *inner_address(const char *address)
{
    return address + strlen(inner->scheme) + 1;
}

static edu_status open_inner(const char *address, bool create, size_t statement_count, void **state,
                             edu_error *error)
{
    return inner->open(inner_address(address), create, statement_count, state, error);
}

static edu_status restore(const char *address, const char *path, edu_progress progress,
                          edu_error *error)
{
    return inner->restore(inner_address(address), path, progress, error);
}

static edu_status start(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                        edu_cursor **cursor, edu_error *error)
{
    EI_TRY(pass(error));
    return inner->start(tx, statement, values, cursor, error);
}

static edu_status step(edu_cursor *cursor, bool *row, edu_error *error)
{
    EI_TRY(pass(error));
    return inner->step(cursor, row, error);
}

static edu_status execute(edu_tx *tx, const edu_statement *statement, const edu_value *values,
                          int64_t *changed, edu_error *error)
{
    EI_TRY(pass(error));
    return inner->execute(tx, statement, values, changed, error);
}

static edu_status savepoint(edu_tx *tx, edu_error *error)
{
    EI_TRY(pass(error));
    return inner->savepoint(tx, error);
}

static edu_status release(edu_tx *tx, edu_error *error)
{
    EI_TRY(pass(error));
    return inner->release(tx, error);
}

static edu_status rollback_to(edu_tx *tx, edu_error *error)
{
    EI_TRY(pass(error));
    return inner->rollback_to(tx, error);
}

static edu_status script(edu_tx *tx, const char *sql, edu_error *error)
{
    EI_TRY(pass(error));
    return inner->script(tx, sql, error);
}

edu_status faulty_register(const edu_driver *within, edu_error *error)
{
    inner = within;
    outer = *within;
    outer.scheme = "faulty";
    outer.open = open_inner;
    outer.restore = restore;
    outer.run = run;
    outer.start = start;
    outer.step = step;
    outer.execute = execute;
    outer.savepoint = savepoint;
    outer.release = release;
    outer.rollback_to = rollback_to;
    outer.script = script;
    return edu_driver_register(&outer, error);
}
