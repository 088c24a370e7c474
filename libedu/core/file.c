#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/core.h"

static edu_status io_error(edu_error *error, const char *what, const char *path, int reason)
{
    edu_status code = reason == ENOENT ? EDU_E_NOT_FOUND : EDU_E_IO;
    return ei_fail(error, code, "core.file", NULL, "cannot %s %.300s: %s", what, path,
                   ei_system_text(reason));
}

static edu_status read_descriptor(int file, const char *path, size_t max, edu_bytes *out,
                                  edu_error *error)
{
    struct stat about;
    if (fstat(file, &about) != 0)
        return io_error(error, "read", path, errno);
    if ((uint64_t)about.st_size > max)
        return ei_fail(error, EDU_E_LIMIT, "core.file_too_large", NULL,
                       "%.300s is larger than %zu bytes", path, max);
    size_t size = (size_t)about.st_size, got = 0;
    char *data = ei_alloc(size + 1);
    if (!data)
        return ei_no_memory(error);
    while (got < size) {
        ssize_t part = read(file, data + got, size - got);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0) {
            int reason = errno;
            ei_free(data);
            return io_error(error, "read", path, reason);
        }
        if (part == 0)
            break;
        got += (size_t)part;
    }
    data[got] = 0;
    *out = (edu_bytes){data, got};
    return EDU_OK;
}

edu_status ei_file_read(const char *path, size_t max, edu_bytes *out, edu_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return io_error(error, "read", path, errno);
    edu_status status = read_descriptor(file, path, max, out, error);
    close(file);
    return status;
}

static bool write_all(int file, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t part = write(file, data, size);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return false;
        data += part;
        size -= (size_t)part;
    }
    return fsync(file) == 0;
}

static bool sync_folder_of(const char *path)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder] = 0;
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

edu_status ei_file_write(const char *path, edu_bytes data, unsigned mode, edu_error *error)
{
    char temporary[4096];
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.%ld.new", path, (long)getpid()) >=
        sizeof temporary)
        return ei_fail(error, EDU_E_LIMIT, "core.path_too_long", NULL, "the path is too long");
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (file < 0)
        return io_error(error, "write", temporary, errno);
    bool good = write_all(file, data.data, data.size);
    int reason = errno;
    good = close(file) == 0 && good;
    if (good && rename(temporary, path) == 0 && sync_folder_of(path))
        return EDU_OK;
    if (good)
        reason = errno;
    unlink(temporary);
    return io_error(error, "write", path, reason);
}
