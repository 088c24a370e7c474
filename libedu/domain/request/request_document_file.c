/* Documents that lie in a folder: each a file that is named by the hash of what is in it. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/request/request_document.h"
#include "request_sql.h"

#define HASH_TEXT (EI_SEALED_HASH - 1)
#define DAY (24 * INT64_C(3600000000))

static edu_status path_of(const edu_session *session, const char *name, ei_buffer *out,
                          edu_error *error)
{
    if (!session->portal->documents)
        return ei_fail(error, EDU_E_IO, "request.no_folder", NULL,
                       "the document is in a folder that this portal was opened without");
    ei_buffer_printf(out, "%s/%s", session->portal->documents, name);
    return out->failed ? ei_no_memory(error) : EDU_OK;
}

edu_status ei_document_file_write(const edu_session *session, const char *hash, edu_bytes sealed,
                                  edu_error *error)
{
    ei_buffer path = {0};
    const char *folder = session->portal->documents;
    if (folder && mkdir(folder, 0700) != 0 && errno != EEXIST)
        return ei_fail(error, EDU_E_IO, "request.no_folder", NULL,
                       "the folder of documents cannot be made: %s", ei_system_text(errno));
    edu_status status = path_of(session, hash, &path, error);
    if (status == EDU_OK)
        status = ei_file_write(path.data, sealed, 0600, error);
    ei_buffer_free(&path);
    return status;
}

edu_status ei_document_file_read(const edu_session *session, const char *hash, edu_bytes *sealed,
                                 edu_error *error)
{
    char found[EI_SEALED_HASH];
    ei_buffer path = {0};
    edu_status status = path_of(session, hash, &path, error);
    if (status == EDU_OK)
        status = ei_file_read(path.data, EI_DOCUMENT_BYTES_MAX + EI_SEAL_EXTRA, sealed, error);
    ei_buffer_free(&path);
    EI_TRY(status);
    ei_sealed_hash(*sealed, found);
    if (strcmp(found, hash) == 0)
        return EDU_OK;
    ei_free((void *)(uintptr_t)sealed->data);
    *sealed = (edu_bytes){0};
    return ei_fail(error, EDU_E_CORRUPT, "request.document_file", NULL,
                   "the file of a document is not what was stored: %s", hash);
}

void ei_document_file_drop(const edu_session *session, const char *hash)
{
    ei_buffer path = {0};
    if (path_of(session, hash, &path, NULL) == EDU_OK)
        (void)unlink(path.data);
    ei_buffer_free(&path);
}

/* ---- what no row names ---- */

typedef struct sweep {
    edu_session *session;
    edu_time before;
    int32_t done;
} sweep;

/* A file is there before its row is: only what is older than any command is looked at. */
static bool is_old(const sweep *work, const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) &&
           (edu_time)about.st_mtime * 1000000 < work->before;
}

static bool is_ours(const char *name)
{
    return strspn(name, "0123456789abcdef") == HASH_TEXT &&
           (name[HASH_TEXT] == '\0' || name[HASH_TEXT] == '.');
}

static edu_status is_named(edu_tx *tx, const char *name, bool *out, edu_error *error)
{
    ei_rows rows;
    *out = false;
    if (name[HASH_TEXT] != '\0') /* was never finished */
        return EDU_OK;
    edu_status opened = sql_document_is_known(tx, name, &rows, error);
    return ei_rows_integer(opened, &rows, out, NULL, error);
}

static edu_status sweep_one(sweep *work, edu_tx *tx, const char *name, edu_error *error)
{
    ei_buffer path = {0};
    bool keep = true;
    edu_status status = path_of(work->session, name, &path, error);
    if (status == EDU_OK && is_old(work, path.data))
        status = is_named(tx, name, &keep, error);
    if (status == EDU_OK && !keep && unlink(path.data) == 0)
        work->done++;
    ei_buffer_free(&path);
    return status;
}

static edu_status sweep_run(edu_tx *tx, void *context, edu_error *error)
{
    sweep *work = context;
    edu_status status = ei_require_role(work->session, tx, "admin", error);
    const char *folder = work->session->portal->documents;
    DIR *files = status == EDU_OK && folder ? opendir(folder) : NULL;
    const struct dirent *one;
    work->done = 0;
    while (files && status == EDU_OK && (one = readdir(files)) != NULL)
        if (is_ours(one->d_name))
            status = sweep_one(work, tx, one->d_name, error);
    if (files)
        closedir(files);
    return status;
}

edu_status edu_request_sweep(edu_session *session, int32_t *done, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!done)
        return ei_bad_argument(error, "done");
    sweep work = {session, ei_now(session) - DAY, 0};
    EI_TRY(ei_read(session, sweep_run, &work, error));
    *done = work.done;
    return EDU_OK;
}
