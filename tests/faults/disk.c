#include "faults/disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "core/core.h"

#define FILES_MAX 8
#define NAME_MAX_BYTES 128
#define SECTOR 512

/* What is on its way to a file: bytes, or a new size. */
typedef struct change {
    int64_t at;
    size_t size;
    uint8_t *bytes; /* NULL: the file is cut to `at` */
} change;

typedef struct image {
    uint8_t *bytes;
    size_t size;
} image;

typedef struct tracked {
    char name[NAME_MAX_BYTES];
    bool is_there; /* on the disk, or */
    bool comes;    /* on its way */
    bool goes;
    image disk;
    change *changes;
    size_t count, room;
} tracked;

typedef struct shim_file {
    sqlite3_file base;
    tracked *of;
    sqlite3_file *real;
} shim_file;

static sqlite3_vfs *usual, shim;
static tracked files[FILES_MAX];
static size_t file_count;
static char folder[NAME_MAX_BYTES];
static bool is_lying;
static void (*watch)(void);

/* ---- faults ---- */

enum op { OP_READ, OP_WRITE, OP_CUT, OP_SYNC, OP_OPEN, OP_LOCK, OP_MAP, OP_REMOVE };

static struct {
    bool is_armed, is_for_good;
    disk_fault fault;
    int64_t at, counted[DISK_FAULTS], failed;
} armed;

static bool can_fail(enum op op, disk_fault fault)
{
    switch (fault) {
    case DISK_FAILS:
        return true;
    case DISK_READ_ONLY:
        return op == OP_WRITE || op == OP_CUT || op == OP_OPEN;
    default:
        return op == OP_WRITE;
    }
}

static bool fails(enum op op)
{
    if (!armed.is_armed)
        return false;
    for (disk_fault fault = 0; fault < DISK_FAULTS; fault++)
        armed.counted[fault] += can_fail(op, fault);
    if (!can_fail(op, armed.fault))
        return false;
    bool has_come =
        armed.counted[armed.fault] == armed.at || (armed.is_for_good && armed.failed > 0);
    armed.failed += has_come;
    return has_come;
}

static int answer(int code)
{
    return armed.fault == DISK_FULL        ? SQLITE_FULL
           : armed.fault == DISK_READ_ONLY ? SQLITE_READONLY
                                           : code;
}

void disk_arm(int64_t number, bool for_good, disk_fault fault)
{
    armed.fault = fault;
    armed.is_for_good = for_good;
    armed.at = number;
    memset(armed.counted, 0, sizeof armed.counted);
    armed.failed = 0;
    armed.is_armed = true;
}

int64_t disk_disarm(void)
{
    armed.is_armed = false;
    return armed.failed;
}

int64_t disk_counted(disk_fault fault)
{
    return armed.counted[fault];
}

/* ---- what is on the disk ---- */

static void *must(void *block)
{
    if (block == NULL)
        abort();
    return block;
}

static void image_resize(image *of, size_t size)
{
    of->bytes = must(realloc(of->bytes, size ? size : 1));
    if (size > of->size)
        memset(of->bytes + of->size, 0, size - of->size);
    of->size = size;
}

static void image_put(image *of, int64_t at, const uint8_t *bytes, size_t size)
{
    if ((size_t)at + size > of->size)
        image_resize(of, (size_t)at + size);
    memcpy(of->bytes + at, bytes, size);
}

static void apply(image *to, const change *one)
{
    if (one->bytes != NULL)
        image_put(to, one->at, one->bytes, one->size);
    else if ((size_t)one->at < to->size)
        image_resize(to, (size_t)one->at);
}

static void forget_changes(tracked *of)
{
    for (size_t i = 0; i < of->count; i++)
        free(of->changes[i].bytes);
    of->count = 0;
}

static void settle(tracked *of)
{
    for (size_t i = 0; i < of->count; i++)
        apply(&of->disk, &of->changes[i]);
    forget_changes(of);
    of->is_there |= of->comes;
    of->comes = false;
}

static void add_change(tracked *of, int64_t at, const void *bytes, size_t size)
{
    if (of->count == of->room) {
        of->room = of->room ? 2 * of->room : 64;
        of->changes = must(realloc(of->changes, of->room * sizeof *of->changes));
    }
    change *one = &of->changes[of->count++];
    *one = (change){at, size, NULL};
    if (bytes != NULL) {
        one->bytes = must(malloc(size ? size : 1));
        memcpy(one->bytes, bytes, size);
    }
}

/* NULL for a file of another folder. */
static const char *name_of(const char *path)
{
    size_t length = strlen(folder);
    bool is_here = path != NULL && length > 0 && strncmp(path, folder, length) == 0 &&
                   path[length] == '/' && strchr(path + length + 1, '/') == NULL;
    return is_here ? path + length + 1 : NULL;
}

static tracked *find(const char *name)
{
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    if (file_count == FILES_MAX)
        abort();
    tracked *made = &files[file_count++];
    *made = (tracked){0};
    (void)snprintf(made->name, sizeof made->name, "%s", name);
    return made;
}

static void load_image(tracked *of, const char *path)
{
    struct stat about;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &about) != 0)
        abort();
    image_resize(&of->disk, (size_t)about.st_size);
    if (fread(of->disk.bytes, 1, of->disk.size, file) != of->disk.size)
        abort();
    (void)fclose(file);
    of->is_there = true;
}

/* At its first opening; what is there then has long been on the disk. */
static tracked *track_file(const char *path)
{
    struct stat about;
    const char *name = name_of(path);
    if (name == NULL)
        return NULL;
    size_t known = file_count;
    tracked *of = find(name);
    bool exists = stat(path, &about) == 0;
    if (file_count > known && exists)
        load_image(of, path);
    else if (!exists)
        of->comes = true;
    return of;
}

static void tell_watch(const tracked *of)
{
    if (of != NULL && watch != NULL)
        watch();
}

void disk_track(const char *of)
{
    disk_forget();
    (void)snprintf(folder, sizeof folder, "%s", of);
}

void disk_forget(void)
{
    for (size_t i = 0; i < file_count; i++) {
        forget_changes(&files[i]);
        free(files[i].changes);
        free(files[i].disk.bytes);
    }
    file_count = 0;
    folder[0] = 0;
    watch = NULL;
}

void disk_watch(void (*given)(void))
{
    watch = given;
}

void disk_lie(bool lies)
{
    is_lying = lies;
}

int64_t disk_waiting(void)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < file_count; i++)
        for (size_t j = 0; j < files[i].count; j++)
            bytes += (int64_t)files[i].changes[j].size;
    return bytes;
}

/* ---- the power goes ---- */

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % below;
}

/* Whole sectors of a write come through, from either end. */
static void apply_torn(image *to, const change *one)
{
    size_t sectors = one->size / SECTOR, cut = sectors ? draw((uint32_t)sectors + 1) * SECTOR : 0;
    change part = *one;
    if (one->bytes == NULL)
        return;
    if (draw(2)) {
        part.size = cut;
    } else {
        part.at += (int64_t)cut;
        part.bytes += cut;
        part.size -= cut;
    }
    apply(to, &part);
}

/* In the order of coming, or in any. */
static void shuffle(size_t *order, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = draw((uint32_t)i), kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}

/* Of what is on its way: nothing, all, the first so many, or any, each whole or torn. */
static void lose(image *to, const tracked *of)
{
    enum { NOTHING, FIRST, SOME, SOME_TORN, ALL, WAYS } way = draw(WAYS);
    size_t *order = must(malloc((of->count + 1) * sizeof *order));
    size_t until = way == FIRST ? draw((uint32_t)of->count + 1) : of->count;
    for (size_t i = 0; i < of->count; i++)
        order[i] = i;
    if (way >= SOME && draw(2))
        shuffle(order, of->count);
    for (size_t i = 0; way != NOTHING && i < until; i++) {
        const change *one = &of->changes[order[i]];
        if ((way == SOME || way == SOME_TORN) && draw(2))
            continue;
        if (way == SOME_TORN && draw(3) == 0)
            apply_torn(to, one);
        else
            apply(to, one);
    }
    free(order);
}

static void write_image(const char *into, const char *name, const image *of)
{
    char path[2 * NAME_MAX_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", into, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fchmod(fileno(file), S_IRUSR | S_IWUSR) != 0 ||
        fwrite(of->bytes, 1, of->size, file) != of->size || fclose(file) != 0)
        abort();
}

void disk_lose_power(const char *into, uint64_t seed)
{
    state = seed;
    for (size_t i = 0; i < file_count; i++) {
        const tracked *of = &files[i];
        image left = {0};
        bool stays = of->is_there && !(of->goes && draw(2));
        bool has_come = of->comes && draw(2);
        if (!stays && !has_come)
            continue;
        image_resize(&left, 0);
        if (of->is_there)
            image_put(&left, 0, of->disk.bytes, of->disk.size);
        lose(&left, of);
        write_image(into, of->name, &left);
        free(left.bytes);
    }
}

/* ---- the file ---- */

static sqlite3_file *real(sqlite3_file *file)
{
    return ((shim_file *)file)->real;
}

static tracked *of(sqlite3_file *file)
{
    return ((shim_file *)file)->of;
}

static int shim_close(sqlite3_file *file)
{
    return real(file)->pMethods->xClose(real(file));
}

static int shim_read(sqlite3_file *file, void *into, int size, sqlite3_int64 at)
{
    if (fails(OP_READ))
        return SQLITE_IOERR_READ;
    return real(file)->pMethods->xRead(real(file), into, size, at);
}

static int shim_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 at)
{
    bool has_failed = fails(OP_WRITE);
    int whole = size;
    tell_watch(of(file));
    if (has_failed && armed.fault != DISK_TEARS)
        return answer(SQLITE_IOERR_WRITE);
    if (has_failed)
        size /= 2;
    if (of(file) != NULL)
        add_change(of(file), at, from, (size_t)size);
    int code = real(file)->pMethods->xWrite(real(file), from, size, at);
    return size == whole ? code : SQLITE_IOERR_WRITE;
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    tell_watch(of(file));
    if (fails(OP_CUT))
        return answer(SQLITE_IOERR_TRUNCATE);
    if (of(file) != NULL)
        add_change(of(file), size, NULL, 0);
    return real(file)->pMethods->xTruncate(real(file), size);
}

/* The usual one would wait for the machine's disk, which is not what is tried here. */
static int shim_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    tell_watch(of(file));
    if (fails(OP_SYNC))
        return SQLITE_IOERR_FSYNC;
    if (of(file) != NULL && !is_lying)
        settle(of(file));
    return SQLITE_OK;
}

static int shim_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int shim_lock(sqlite3_file *file, int level)
{
    if (fails(OP_LOCK))
        return SQLITE_IOERR_LOCK;
    return real(file)->pMethods->xLock(real(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int shim_reserved(sqlite3_file *file, int *out)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
}

static int shim_control(sqlite3_file *file, int op, void *argument)
{
    return real(file)->pMethods->xFileControl(real(file), op, argument);
}

static int shim_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int shim_device(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int shim_map(sqlite3_file *file, int page, int size, int extends, void volatile **out)
{
    if (fails(OP_MAP))
        return SQLITE_IOERR_SHMMAP;
    return real(file)->pMethods->xShmMap(real(file), page, size, extends, out);
}

static int shim_map_lock(sqlite3_file *file, int at, int count, int flags)
{
    if ((flags & SQLITE_SHM_LOCK) != 0 && fails(OP_LOCK))
        return SQLITE_IOERR_SHMLOCK;
    return real(file)->pMethods->xShmLock(real(file), at, count, flags);
}

static void shim_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int shim_unmap(sqlite3_file *file, int removes)
{
    return real(file)->pMethods->xShmUnmap(real(file), removes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
    .xShmMap = shim_map,
    .xShmLock = shim_map_lock,
    .xShmBarrier = shim_barrier,
    .xShmUnmap = shim_unmap,
};

/* ---- the file system ---- */

static int shim_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags,
                     int *out_flags)
{
    shim_file *made = (shim_file *)file;
    (void)vfs;
    *made = (shim_file){.real = (sqlite3_file *)(made + 1)};
    if (fails(OP_OPEN)) {
        if (armed.fault != DISK_READ_ONLY)
            return SQLITE_CANTOPEN;
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    }
    made->of = track_file(path);
    int code = usual->xOpen(usual, path, made->real, flags, out_flags);
    if (made->real->pMethods != NULL)
        made->base.pMethods = &methods;
    return code;
}

static int shim_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder)
{
    const char *name = name_of(path);
    tracked *gone = name ? find(name) : NULL;
    (void)vfs;
    tell_watch(gone);
    if (fails(OP_REMOVE))
        return SQLITE_IOERR_DELETE;
    int code = usual->xDelete(usual, path, 0);
    if (code == SQLITE_OK && gone != NULL) {
        gone->goes = gone->is_there;
        gone->comes = false;
        if (syncs_folder) {
            gone->is_there = gone->goes = false;
            forget_changes(gone);
            image_resize(&gone->disk, 0);
        }
    }
    return code;
}

static int shim_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    (void)vfs;
    return usual->xAccess(usual, path, flags, out);
}

static int shim_full(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
    (void)vfs;
    return usual->xFullPathname(usual, path, size, out);
}

void disk_install(void)
{
    if (sqlite3_initialize() != SQLITE_OK)
        abort();
    usual = sqlite3_vfs_find(NULL);
    shim = *usual;
    shim.iVersion = 2;
    shim.zName = "failing";
    shim.szOsFile = (int)sizeof(shim_file) + usual->szOsFile;
    shim.xOpen = shim_open;
    shim.xDelete = shim_delete;
    shim.xAccess = shim_access;
    shim.xFullPathname = shim_full;
    if (sqlite3_vfs_register(&shim, 1) != SQLITE_OK)
        abort();
}
