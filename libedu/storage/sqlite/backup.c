#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "storage/sqlite/sqlite_internal.h"

#define STEP_PAGES 1024

/* Of a page that could not be read the engine tells why in its words alone. */
static edu_status check_failed(connection *on, const char *found, edu_error *error)
{
    const char *code = found ? strstr(found, "error code=") : NULL;
    int reason = code ? (int)(strtol(code + strlen("error code="), NULL, 10) & 0xff) : SQLITE_OK;
    if (found && strstr(found, "failed to get page") != NULL)
        reason = SQLITE_IOERR;
    if (reason == SQLITE_NOMEM || reason == SQLITE_IOERR)
        return ei_sqlite_error_of(on, reason, error);
    return ei_fail(error, EDU_E_CORRUPT, "storage.corrupt", NULL,
                   "the store is damaged: restore a backup; its engine says: %.200s",
                   found ? found : "no answer");
}

static edu_status first_row_is(connection *on, const char *sql, const char *wanted,
                               edu_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(on->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return ei_sqlite_error(on, error);
    int code = sqlite3_step(statement);
    const char *found = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    edu_status status = EDU_OK;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = ei_sqlite_error(on, error);
    else if (wanted ? !found || strcmp(found, wanted) != 0 : found != NULL)
        status = check_failed(on, found, error);
    sqlite3_finalize(statement);
    return status;
}

edu_status ei_sqlite_check(connection *on, edu_error *error)
{
    EI_TRY(first_row_is(on, "PRAGMA integrity_check(1)", "ok", error));
    return first_row_is(on, "PRAGMA foreign_key_check", NULL, error);
}

static edu_status copy_pages(connection *from, connection *to, edu_progress progress,
                             edu_error *error)
{
    sqlite3_backup *copy = sqlite3_backup_init(to->db, "main", from->db, "main");
    if (!copy)
        return ei_sqlite_error(to, error);
    int code;
    bool go_on = true;
    do {
        code = sqlite3_backup_step(copy, STEP_PAGES);
        int total = sqlite3_backup_pagecount(copy);
        if (progress.report)
            go_on = progress.report(progress.context, "copying",
                                    total - sqlite3_backup_remaining(copy), total);
    } while (go_on && code == SQLITE_OK);
    int finished = sqlite3_backup_finish(copy);
    if (!go_on)
        return ei_fail(error, EDU_E_CANCELLED, "core.cancelled", NULL, "the copy was cancelled");
    return finished == SQLITE_OK ? EDU_OK : ei_sqlite_error(to, error);
}

/* One snapshot is held from the first page to the last: otherwise each write of a session would
 * start the copy anew, and under constant writes it would never finish. */
static edu_status copy_snapshot(connection *from, connection *to, edu_progress progress,
                                edu_error *error)
{
    EI_TRY(ei_sqlite_control(from, EI_SQLITE_BEGIN_READ, error));
    edu_status status = ei_sqlite_execute(from, "SELECT 1 FROM sqlite_schema", error);
    if (status == EDU_OK)
        status = copy_pages(from, to, progress, error);
    ei_sqlite_roll_back(from);
    return status;
}

/* The copy leaves write-ahead mode, so that it is one file. */
static edu_status make_copy(const char *path, const char *temporary, edu_progress progress,
                            edu_error *error)
{
    connection from, to;
    EI_TRY(ei_sqlite_connect(path, EI_SQLITE_READER, 0, &from, error));
    edu_status status = ei_sqlite_connect(temporary, EI_SQLITE_COPY, 0, &to, error);
    if (status == EDU_OK) {
        status = copy_snapshot(&from, &to, progress, error);
        if (status == EDU_OK)
            status = ei_sqlite_execute(&to, "PRAGMA journal_mode = DELETE", error);
        if (status == EDU_OK)
            status = ei_sqlite_check(&to, error);
        ei_sqlite_disconnect(&to);
    }
    ei_sqlite_disconnect(&from);
    return status;
}

static edu_status file_error(edu_error *error, const char *path, int reason)
{
    edu_status code = reason == EEXIST ? EDU_E_CONFLICT : EDU_E_IO;
    return ei_fail(error, code, "storage.backup_file", "/path", "cannot write %.300s: %s", path,
                   ei_system_text(reason));
}

/* link refuses a target that came into being meanwhile; rename would replace it. */
static edu_status publish(int file, const char *temporary, const char *target, edu_error *error)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", target);
    if (fsync(file) != 0 || link(temporary, target) != 0)
        return file_error(error, target, errno);
    int parent = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    edu_status status = EDU_OK;
    if (parent < 0 || fsync(parent) != 0)
        status = file_error(error, target, errno);
    if (parent >= 0)
        close(parent);
    return status;
}

/* The temporary's name is a new one each time, so that what a killed copy left is in nobody's way.
 */
static edu_status make_temporary(const char *target, char temporary[PATH_MAX], int *file,
                                 edu_error *error)
{
    if ((size_t)snprintf(temporary, PATH_MAX, "%s.part-XXXXXX", target) >= PATH_MAX)
        return ei_fail(error, EDU_E_LIMIT, "core.path_too_long", "/path", "the path is too long");
    if (access(target, F_OK) == 0)
        return file_error(error, target, EEXIST);
    *file = mkostemp(temporary, O_CLOEXEC);
    return *file >= 0 ? EDU_OK : file_error(error, target, errno);
}

edu_status ei_sqlite_backup(const char *path, const char *target, edu_progress progress,
                            edu_error *error)
{
    char temporary[PATH_MAX];
    int file = -1;
    EI_TRY(make_temporary(target, temporary, &file, error));
    edu_status status = make_copy(path, temporary, progress, error);
    if (status == EDU_OK)
        status = publish(file, temporary, target, error);
    close(file);
    unlink(temporary);
    return status;
}

static edu_status copy_bytes(int from, int to, off_t size, edu_progress progress)
{
    static const size_t block = (size_t)1 << 20;
    off_t done = 0;
    while (done < size) {
        ssize_t moved = copy_file_range(from, NULL, to, NULL, block, 0);
        if (moved <= 0)
            return EDU_E_IO;
        done += moved;
        if (progress.report && !progress.report(progress.context, "copying", done, size))
            return EDU_E_CANCELLED;
    }
    return fsync(to) == 0 ? EDU_OK : EDU_E_IO;
}

/* A copy by the temporary name, checked and then linked: what is at the path is whole or not there.
 */
static edu_status restore_file(const char *source, int file, const char *temporary,
                               const char *target, edu_progress progress, edu_error *error)
{
    struct stat about;
    connection copy;
    int from = open(source, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return ei_fail(error, EDU_E_IO, "storage.backup_file", "/path", "cannot read %.300s: %s",
                       source, ei_system_text(errno));
    edu_status status =
        fstat(from, &about) == 0 ? copy_bytes(from, file, about.st_size, progress) : EDU_E_IO;
    int reason = errno;
    close(from);
    if (status == EDU_E_CANCELLED)
        return ei_fail(error, status, "core.cancelled", NULL, "the restore was cancelled");
    if (status != EDU_OK)
        return file_error(error, temporary, reason);
    EI_TRY(ei_sqlite_connect(temporary, EI_SQLITE_COPY, 0, &copy, error));
    status = ei_sqlite_check(&copy, error);
    ei_sqlite_disconnect(&copy);
    return status == EDU_OK ? publish(file, temporary, target, error) : status;
}

edu_status ei_sqlite_restore(const char *path, const char *source, edu_progress progress,
                             edu_error *error)
{
    char temporary[PATH_MAX];
    int file = -1;
    EI_TRY(make_temporary(path, temporary, &file, error));
    edu_status status = restore_file(source, file, temporary, path, progress, error);
    close(file);
    unlink(temporary);
    return status;
}
