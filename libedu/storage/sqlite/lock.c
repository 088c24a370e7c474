#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "storage/sqlite/sqlite_internal.h"

/* Two bytes of one file: who holds "main" writes; who holds "gate" is next. Taking the gate first
 * keeps a process that has just written from taking main again before one that waits. The locks
 * belong to the open file description, so that each store of a process has its own. */
enum { GATE, MAIN };

static int set_lock(int file, int byte, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    int result;
    do
        result = fcntl(file, F_OFD_SETLKW, &lock);
    while (result != 0 && errno == EINTR);
    return result;
}

edu_status ei_sqlite_lock_open(const char *path, int *file, edu_error *error)
{
    *file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*file < 0)
        return ei_fail(error, EDU_E_IO, "storage.lock_file", NULL,
                       "cannot open the lock file beside the store: %s", ei_system_text(errno));
    return EDU_OK;
}

edu_status ei_sqlite_lock(int file, edu_error *error)
{
    bool good = set_lock(file, GATE, F_WRLCK) == 0;
    if (good) {
        good = set_lock(file, MAIN, F_WRLCK) == 0;
        set_lock(file, GATE, F_UNLCK);
    }
    return good ? EDU_OK
                : ei_fail(error, EDU_E_IO, "storage.lock_file", NULL,
                          "cannot lock the file beside the store: %s", ei_system_text(errno));
}

void ei_sqlite_unlock(int file)
{
    set_lock(file, MAIN, F_UNLCK);
}
