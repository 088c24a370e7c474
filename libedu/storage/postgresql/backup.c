/* Copies by pg_dump and pg_restore: they know every version of the server, and hold one snapshot.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "storage/postgresql/postgresql_internal.h"

#define SAID_BYTES 400
#define VARIABLES_MAX 64

extern char **environ;

/* ---- the environment of a program ---- */

/* The address goes by the environment, as a command's arguments are everybody's to read. */
typedef struct surroundings {
    char *own[VARIABLES_MAX];
    char **all;
    size_t count;
} surroundings;

static bool add_variable(surroundings *to, const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + 2;
    char *text = to->count < VARIABLES_MAX ? ei_alloc(size) : NULL;
    if (text == NULL)
        return false;
    (void)snprintf(text, size, "%s=%s", name, value);
    to->own[to->count++] = text;
    return true;
}

static bool is_own(const surroundings *of, const char *variable)
{
    size_t length = strcspn(variable, "=") + 1;
    for (size_t i = 0; i < of->count; i++)
        if (strncmp(of->own[i], variable, length) == 0)
            return true;
    return false;
}

static bool join(surroundings *to)
{
    size_t inherited = 0, at = 0;
    while (environ[inherited] != NULL)
        inherited++;
    to->all = ei_calloc(inherited + to->count + 1, sizeof *to->all);
    for (size_t i = 0; to->all != NULL && i < inherited; i++)
        if (!is_own(to, environ[i]))
            to->all[at++] = environ[i];
    for (size_t i = 0; to->all != NULL && i < to->count; i++)
        to->all[at++] = to->own[i];
    return to->all != NULL;
}

static void surroundings_free(surroundings *of)
{
    for (size_t i = 0; i < of->count; i++)
        ei_free(of->own[i]);
    ei_free(of->all);
}

static edu_status surround(const char *address, surroundings *out, edu_error *error)
{
    char *reason = NULL;
    bool good = true;
    *out = (surroundings){0};
    PQconninfoOption *options = PQconninfoParse(address, &reason);
    if (options == NULL) {
        PQfreemem(reason);
        return ei_fail(error, EDU_E_INVALID, "storage.address", "/store",
                       "the address of the database is not of its form");
    }
    for (const PQconninfoOption *one = options; one->keyword != NULL; one++)
        if (one->val != NULL && one->envvar != NULL)
            good = good && add_variable(out, one->envvar, one->val);
    PQconninfoFree(options);
    good = good && join(out);
    if (!good)
        surroundings_free(out);
    return good ? EDU_OK : ei_no_memory(error);
}

/* ---- running one ---- */

static void read_said(int from, char said[SAID_BYTES])
{
    size_t filled = 0;
    char rest[512];
    ssize_t got;
    do {
        bool is_full = filled == SAID_BYTES - 1;
        got = is_full ? read(from, rest, sizeof rest)
                      : read(from, said + filled, SAID_BYTES - 1 - filled);
        filled += got > 0 && !is_full ? (size_t)got : 0;
    } while (got > 0 || (got < 0 && errno == EINTR));
    said[filled] = '\0';
}

/* 0 where it ended well; else what it said is in said. */
static int run_program(const char *const arguments[], char **variables, char said[SAID_BYTES])
{
    int pipe_ends[2], code = -1;
    pid_t child;
    posix_spawn_file_actions_t actions;
    said[0] = '\0';
    if (pipe2(pipe_ends, O_CLOEXEC) != 0)
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
    int started = posix_spawnp(&child, arguments[0], &actions, NULL,
                               (char *const *)(uintptr_t)arguments, variables);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    if (started == 0) {
        read_said(pipe_ends[0], said);
        while (waitpid(child, &code, 0) < 0 && errno == EINTR)
            ;
    } else {
        (void)snprintf(said, SAID_BYTES, "%s: %s", arguments[0], ei_system_text(started));
    }
    close(pipe_ends[0]);
    return started == 0 && WIFEXITED(code) ? WEXITSTATUS(code) : -1;
}

static edu_status run(const char *address, const char *const arguments[], edu_error *error)
{
    surroundings around;
    char said[SAID_BYTES];
    EI_TRY(surround(address, &around, error));
    int code = run_program(arguments, around.all, said);
    surroundings_free(&around);
    return code == 0 ? EDU_OK
                     : ei_fail(error, EDU_E_IO, "storage.program", NULL,
                               "%s did not end well (is postgresql-client installed?): %.*s",
                               arguments[0], (int)strcspn(said, "\n"), said);
}

static bool report(edu_progress progress, const char *stage, int64_t done)
{
    return progress.report == NULL || progress.report(progress.context, stage, done, 2);
}

static edu_status cancelled(edu_error *error)
{
    return ei_fail(error, EDU_E_CANCELLED, "core.cancelled", NULL,
                   "cancelled; nothing was changed");
}

/* ---- the copy ---- */

static edu_status file_error(const char *path, int reason, edu_error *error)
{
    edu_status code = reason == EEXIST ? EDU_E_CONFLICT : EDU_E_IO;
    return ei_fail(error, code, "storage.backup_file", "/path", "cannot write %.300s: %s", path,
                   ei_system_text(reason));
}

/* Reading it whole finds what is cut off or garbled. */
static edu_status dump(const char *address, const char *path, edu_progress progress,
                       edu_error *error)
{
    const char *const make[] = {
        "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", path, NULL};
    const char *const read[] = {"pg_restore", "--file=/dev/null", path, NULL};
    if (!report(progress, "copying", 0))
        return cancelled(error);
    EI_TRY(run(address, make, error));
    if (!report(progress, "checking", 1))
        return cancelled(error);
    EI_TRY(run(address, read, error));
    return report(progress, "checking", 2) ? EDU_OK : cancelled(error);
}

edu_status ei_pg_backup(const char *address, const char *target, edu_progress progress,
                        edu_error *error)
{
    char temporary[PATH_MAX];
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.part-XXXXXX", target) >= sizeof temporary)
        return ei_fail(error, EDU_E_LIMIT, "core.path_too_long", "/path", "the path is too long");
    if (access(target, F_OK) == 0)
        return file_error(target, EEXIST, error);
    int file = mkostemp(temporary, O_CLOEXEC);
    if (file < 0)
        return file_error(target, errno, error);
    edu_status status = dump(address, temporary, progress, error);
    if (status == EDU_OK && (fsync(file) != 0 || link(temporary, target) != 0))
        status = file_error(target, errno, error);
    close(file);
    unlink(temporary);
    return status;
}

/* ---- and back ---- */

static edu_status check_empty(const char *address, edu_error *error)
{
    connection on;
    fate how;
    EI_TRY(ei_pg_connect(address, 0, &on, error));
    edu_status found = ei_pg_execute(&on, "SELECT 1 FROM schema_version LIMIT 0", &how, NULL);
    ei_pg_disconnect(&on);
    return found != EDU_OK
               ? EDU_OK
               : ei_fail(error, EDU_E_CONFLICT, "storage.store_there", "/store",
                         "there is a store in this database; restore into an empty one");
}

edu_status ei_pg_restore(const char *address, const char *source, edu_progress progress,
                         edu_error *error)
{
    const char *const fill[] = {"pg_restore",
                                "--single-transaction",
                                "--exit-on-error",
                                "--no-owner",
                                "--no-privileges",
                                "--dbname=",
                                source,
                                NULL};
    edu_status status =
        report(progress, "restoring", 0) ? check_empty(address, error) : cancelled(error);
    if (status == EDU_OK)
        status = run(address, fill, error);
    if (status == EDU_OK)
        (void)report(progress, "restoring", 2);
    return status;
}
