/* Whole files in and out, and how far long work has come. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli.h"

/* At most max bytes; what stands behind them is left unread. */
static bool read_all(FILE *file, size_t max, edu_bytes *bytes)
{
    char *data = NULL;
    size_t size = 0, room = 0;
    for (;;) {
        if (size == room) {
            room = room ? room * 2 : 1 << 16;
            char *grown = realloc(data, room);
            if (!grown)
                break;
            data = grown;
        }
        size_t wanted = room - size < max - size ? room - size : max - size;
        size_t got = fread(data + size, 1, wanted, file);
        size += got;
        if (got == 0) {
            if (ferror(file))
                break;
            *bytes = (edu_bytes){data, size};
            return true;
        }
    }
    free(data);
    return false;
}

bool cli_read(const char *path, edu_bytes *bytes)
{
    return cli_read_up_to(path, SIZE_MAX, bytes);
}

bool cli_read_up_to(const char *path, size_t max, edu_bytes *bytes)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    bool good = file && read_all(file, max, bytes);
    if (!good)
        fprintf(stderr, "edu: cannot read %s: %s\n", path, strerror(errno));
    if (file && file != stdin)
        fclose(file);
    return good;
}

char *cli_read_text(const char *path)
{
    edu_bytes bytes;
    if (!cli_read(path, &bytes))
        return NULL;
    char *text = realloc((void *)(uintptr_t)bytes.data, bytes.size + 1);
    if (text)
        text[bytes.size] = 0;
    return text;
}

bool cli_write(const char *path, edu_bytes bytes)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wbx");
    bool good = file && fwrite(bytes.data, 1, bytes.size, file) == bytes.size && fflush(file) == 0;
    if (file && file != stdout)
        good = fclose(file) == 0 && good;
    if (!good)
        fprintf(stderr, "edu: cannot write %s: %s\n", path, strerror(errno));
    return good;
}

static bool show_progress(void *context, const char *stage, int64_t done, int64_t total)
{
    (void)context;
    if (total > 0)
        fprintf(stderr, "\r%-10s %3d %%", stage, (int)(done * 100 / total));
    else
        fprintf(stderr, "\r%-10s %" PRId64, stage, done);
    return true;
}

edu_progress cli_progress(void)
{
    return (edu_progress){isatty(STDERR_FILENO) ? show_progress : NULL, NULL};
}

void cli_progress_end(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r                    \r", stderr);
}

void cli_print_line(json_t *object)
{
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    if (text)
        puts(text);
    free(text);
    json_decref(object);
}

json_t *cli_seconds(edu_time time)
{
    return time == EDU_TIME_NONE ? json_null() : json_integer(time / 1000000);
}
