#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "storage/sqlite/sqlite_internal.h"

#define STEP_PAGES 1024

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
        status = ei_fail(error, EDU_E_CORRUPT, "storage.corrupt", NULL,
                         "the store does not pass the check of its engine: %.200s",
                         found ? found : "no answer");
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
                   strerror(reason));
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
edu_status ei_sqlite_backup(const char *path, const char *target, edu_progress progress,
                            edu_error *error)
{
    char temporary[PATH_MAX];
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.part-XXXXXX", target) >= sizeof temporary)
        return ei_fail(error, EDU_E_LIMIT, "core.path_too_long", "/path", "the path is too long");
    if (access(target, F_OK) == 0)
        return file_error(error, target, EEXIST);
    int file = mkostemp(temporary, O_CLOEXEC);
    if (file < 0)
        return file_error(error, target, errno);
    edu_status status = make_copy(path, temporary, progress, error);
    if (status == EDU_OK)
        status = publish(file, temporary, target, error);
    close(file);
    unlink(temporary);
    return status;
}
