/* What the benchmarks share. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sodium.h>
#include "bench.h"

void bench_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    exit(1);
}

void bench_check(edu_status status, const edu_error *error, const char *what)
{
    if (status != EDU_OK)
        bench_fail("%s: %s (line %lld)", what, error->message, (long long)error->line);
}

edu_time bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (edu_time)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* UUID version 7 */
edu_id bench_id(edu_time now)
{
    edu_id id;
    uint64_t milliseconds = (uint64_t)now / 1000;
    randombytes_buf(id.bytes, sizeof id.bytes);
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

double bench_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void copy_file(const char *from, const char *to)
{
    static char block[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t got;
    if (!in || !out)
        bench_fail("cannot copy %s to %s", from, to);
    while ((got = fread(block, 1, sizeof block, in)) > 0)
        if (fwrite(block, 1, got, out) != got)
            bench_fail("cannot copy %s to %s", from, to);
    if (fclose(in) != 0 || fclose(out) != 0)
        bench_fail("cannot copy %s to %s", from, to);
}

/* Leaves nothing of an earlier copy. */
void bench_store_copy(const char *from, const char *to)
{
    static const char *const left[] = {"-wal", "-shm", ".keys"};
    char path[4096], keys[4096];
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        snprintf(path, sizeof path, "%s%s", to, left[i]);
        unlink(path);
    }
    copy_file(from, to);
    snprintf(keys, sizeof keys, "%s.keys", from);
    snprintf(path, sizeof path, "%s.keys", to);
    copy_file(keys, path);
}
