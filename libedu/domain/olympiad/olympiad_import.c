/* Centres and rooms from files, and their lists. */
#include "domain/olympiad/olympiad_store.h"

#include <stdlib.h>
#include <string.h>
#include "domain/account/geo.h"
#include "olympiad_sql.h"

#define NAME_MAX_BYTES 200
#define ROWS_MAX 26
#define COLUMNS_MAX 40
#define RECORDS_MAX 200000

typedef struct centre_line {
    int64_t line;
    const char *code, *name, *address, *region, *zone;
    ei_geo_point point;
    int64_t x_m, y_m; /* from the store's reference point, so set by the command */
    bool is_active;
} centre_line;

enum desk_kind { DESK_NONE, DESK_PLAIN, DESK_STEP_FREE };

typedef struct room_line {
    int64_t line;
    const char *centre, *code;
    int32_t rows, columns;
    const uint8_t *desks; /* enum desk_kind, row by row */
} room_line;

typedef struct import_file {
    ei_arena *arena;
    char *lines; /* centre_line or room_line */
    size_t count, room;
    edu_bytes csv;
    edu_time fresh_since;
} import_file;

/* ---- reading a file ---- */

static edu_status file_check(edu_session *session, edu_bytes csv, edu_import_report **out,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (out == NULL)
        return ei_bad_argument(error, "out");
    if (csv.data == NULL)
        return ei_bad_argument(error, "csv");
    if (csv.size > EI_OLYMPIAD_FILE_MAX)
        return ei_fail(error, EDU_E_LIMIT, "import.size", "/csv", "The file is larger than %d MiB",
                       EI_OLYMPIAD_FILE_MAX / 1024 / 1024);
    return EDU_OK;
}

static edu_status file_grow(import_file *file, size_t line_size, edu_error *error)
{
    if (file->count == RECORDS_MAX)
        return ei_fail(error, EDU_E_LIMIT, "import.records", "/csv",
                       "The file has more than %d records", RECORDS_MAX);
    if (file->count < file->room)
        return EDU_OK;
    size_t room = file->room != 0 ? file->room * 2 : 64;
    char *lines = ei_realloc_array(file->lines, room, line_size);
    if (lines == NULL)
        return ei_no_memory(error);
    file->lines = lines;
    file->room = room;
    return EDU_OK;
}

typedef edu_status (*line_parse)(import_file *file, const ei_csv *csv, const char *const *fields,
                                 void *line, edu_error *error);

static edu_status file_read_lines(import_file *file, ei_csv *csv, size_t line_size,
                                  line_parse parse, edu_error *error)
{
    for (;;) {
        const char *const *fields;
        bool more;
        EI_TRY(ei_csv_next(csv, &fields, &more, error));
        if (!more)
            return EDU_OK;
        EI_TRY(file_grow(file, line_size, error));
        EI_TRY(parse(file, csv, fields, file->lines + file->count * line_size, error));
        file->count++;
    }
}

static edu_status file_read(import_file *file, edu_bytes bytes, const char *const *columns,
                            size_t line_size, line_parse parse, edu_error *error)
{
    file->csv = bytes;
    file->arena = ei_arena_new();
    if (file->arena == NULL)
        return ei_no_memory(error);
    ei_csv *csv;
    EI_TRY(ei_csv_open(bytes, columns, &csv, error));
    edu_status status = file_read_lines(file, csv, line_size, parse, error);
    ei_csv_close(csv);
    return status;
}

static void file_close(import_file *file)
{
    ei_arena_free(file->arena);
    ei_free(file->lines);
}

/* A field's text, normal and checked, in the file's arena. */
static edu_status text_field(import_file *file, int64_t line, const char *text, const char *field,
                             bool optional, const char **out, edu_error *error)
{
    if (text[0] == '\0' && !optional)
        return ei_fail_line(error, EDU_E_INVALID, "import.missing", line, field,
                            "The field is empty");
    if (ei_check_text(text, NAME_MAX_BYTES, false, field, NULL) != EDU_OK)
        return ei_fail_line(error, EDU_E_INVALID, "import.text", line, field,
                            "The field is longer than %d bytes or holds control characters",
                            NAME_MAX_BYTES);
    char *normal = ei_text_normal(text, error);
    if (normal == NULL)
        return ei_no_memory(error);
    *out = ei_arena_strdup(file->arena, normal);
    ei_free(normal);
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

/* A code: it names a place in files and in the problem, where "/" has a meaning of its own. */
static edu_status code_field(import_file *file, int64_t line, const char *text, const char *field,
                             const char **out, edu_error *error)
{
    size_t length = strlen(text);
    if (length == 0 || length > EI_OLYMPIAD_CODE_MAX ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") != length)
        return ei_fail_line(error, EDU_E_INVALID, "import.code", line, field,
                            "A code is 1 to %d of A-Z a-z 0-9 - . _", EI_OLYMPIAD_CODE_MAX);
    *out = ei_arena_strdup(file->arena, text);
    return *out != NULL ? EDU_OK : ei_no_memory(error);
}

static edu_status bool_field(int64_t line, const char *text, const char *field, bool missing,
                             bool *out, edu_error *error)
{
    *out = text[0] == '\0' ? missing : text[0] == '1';
    if (text[0] != '\0' && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        return ei_fail_line(error, EDU_E_INVALID, "import.bool", line, field,
                            "0 or 1 is expected");
    return EDU_OK;
}

static edu_status int_field(int64_t line, const char *text, const char *field, int32_t max,
                            int32_t *out, edu_error *error)
{
    int64_t number;
    if (!ei_int_parse(text, 1, max, &number))
        return ei_fail_line(error, EDU_E_INVALID, "import.number", line, field,
                            "A number from 1 to %d is expected", max);
    *out = (int32_t)number;
    return EDU_OK;
}

/* ---- centres ---- */

enum { CENTRE_LATITUDE = 4, CENTRE_LONGITUDE = 5 };
static const char *const centre_columns[] = {"code",      "name",  "address", "region", "latitude",
                                             "longitude", "zone?", "active?", NULL};

static edu_status centre_parse(import_file *file, const ei_csv *csv, const char *const *fields,
                               void *out, edu_error *error)
{
    centre_line *centre = out;
    int64_t line = ei_csv_line(csv);
    *centre = (centre_line){.line = line};
    EI_TRY(code_field(file, line, fields[0], "/code", &centre->code, error));
    EI_TRY(text_field(file, line, fields[1], "/name", false, &centre->name, error));
    EI_TRY(text_field(file, line, fields[2], "/address", false, &centre->address, error));
    EI_TRY(text_field(file, line, fields[3], "/region", false, &centre->region, error));
    EI_TRY(ei_geo_parse(fields[CENTRE_LATITUDE], 90, line, "/latitude", &centre->point.latitude_e7,
                        error));
    EI_TRY(ei_geo_parse(fields[CENTRE_LONGITUDE], 180, line, "/longitude",
                        &centre->point.longitude_e7, error));
    centre->zone = "";
    if (fields[6][0] != '\0')
        EI_TRY(code_field(file, line, fields[6], "/zone", &centre->zone, error));
    EI_TRY(bool_field(line, fields[7], "/active", true, &centre->is_active, error));
    return EDU_OK;
}

static int centre_order(const void *a, const void *b)
{
    const centre_line *x = a, *y = b;
    int order = strcmp(x->code, y->code);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static edu_status centres_unique(const centre_line *centres, size_t count, edu_error *error)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(centres[i - 1].code, centres[i].code) == 0)
            return ei_fail_line(error, EDU_E_INVALID, "import.duplicate", centres[i].line, "/code",
                                "The centre stands in the file twice, first in line %lld",
                                (long long)centres[i - 1].line);
    return EDU_OK;
}

static edu_status region_check(edu_tx *tx, const centre_line *centre, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_region_exists(tx, centre->region, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_fail_line(error, EDU_E_INVALID, "import.region", centre->line, "/region",
                            "There is no region of this code; import the regions first");
    return status;
}

static bool centre_is_same(ei_rows *rows, const centre_line *centre)
{
    return strcmp(ei_column_text(rows, 0), centre->name) == 0 &&
           strcmp(ei_column_text(rows, 1), centre->address) == 0 &&
           strcmp(ei_column_text(rows, 2), centre->region) == 0 &&
           ei_column_int(rows, 3) == centre->point.latitude_e7 &&
           ei_column_int(rows, 4) == centre->point.longitude_e7 &&
           strcmp(ei_column_text(rows, 5), centre->zone) == 0 &&
           ei_column_bool(rows, 6) == centre->is_active;
}

static edu_status centre_store(edu_tx *tx, const centre_line *centre, edu_import_report *report,
                               edu_error *error)
{
    ei_rows rows;
    bool row, is_same = false;
    EI_TRY(region_check(tx, centre, error));
    EI_TRY(sql_olympiad_centre_stored(tx, centre->code, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        is_same = centre_is_same(&rows, centre);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (is_same) {
        report->unchanged++;
        return EDU_OK;
    }
    if (row) {
        report->changed++;
        return sql_olympiad_centre_change(tx, centre->code, centre->name, centre->address,
                                          centre->region, centre->point.latitude_e7, centre->point.longitude_e7,
                                          centre->x_m, centre->y_m, centre->zone,
                                          centre->is_active, NULL, error);
    }
    report->added++;
    return sql_olympiad_centre_add(tx, centre->code, centre->name, centre->address, centre->region,
                                   centre->point.latitude_e7, centre->point.longitude_e7, centre->x_m,
                                   centre->y_m, centre->zone, centre->is_active, NULL, error);
}

static void report_keep(ei_command *command, const edu_import_report *report)
{
    memcpy(command->result, report, sizeof *report);
    command->result_size = sizeof *report;
}

static edu_status centres_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    import_file *file = command->context;
    centre_line *centres = (void *)file->lines;
    edu_import_report report = {.read = (int64_t)file->count};
    ei_geo_point reference;
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    EI_TRY(ei_geo_reference(tx, file->csv, centre_columns, CENTRE_LATITUDE, CENTRE_LONGITUDE,
                            &reference, error));
    for (size_t i = 0; i < file->count; i++) {
        if (!ei_geo_project(centres[i].point, reference, &centres[i].x_m, &centres[i].y_m))
            return ei_fail_line(error, EDU_E_INVALID, "import.place", centres[i].line, "/latitude",
                                "The place is too far from the others");
        EI_TRY(centre_store(tx, &centres[i], &report, error));
    }
    report_keep(command, &report);
    return EDU_OK;
}

/* ---- rooms ---- */

static const char *const room_columns[] = {"centre",  "room",     "rows",       "columns",
                                           "missing?", "step_free?", NULL};

/* Gives the seats of a list such as "A3 B4" a kind. */
static edu_status desks_mark(const room_line *room, const char *list, const char *field,
                             uint8_t from, uint8_t to, uint8_t *desks, edu_error *error)
{
    for (const char *at = list + strspn(list, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        int32_t number = ei_seat_parse(at, length, room->rows, room->columns);
        if (number == 0)
            return ei_fail_line(error, EDU_E_INVALID, "import.seat", room->line, field,
                                "\"%.*s\" is no seat of the room; seats are written as A3 B4",
                                length > 8 ? 8 : (int)length, at);
        uint8_t *desk = &desks[(number / 100 - 1) * room->columns + number % 100 - 1];
        if (*desk != from)
            return ei_fail_line(error, EDU_E_INVALID, "import.seat", room->line, field,
                                "Seat \"%.*s\" stands there twice or is missing", (int)length, at);
        *desk = to;
        at += length;
    }
    return EDU_OK;
}

static edu_status desks_parse(const room_line *room, const char *missing, const char *step_free,
                              uint8_t *desks, edu_error *error)
{
    size_t count = (size_t)(room->rows * room->columns), there = 0;
    bool all_step_free = strcmp(step_free, "*") == 0;
    memset(desks, all_step_free ? DESK_STEP_FREE : DESK_PLAIN, count);
    EI_TRY(desks_mark(room, missing, "/missing", desks[0], DESK_NONE, desks, error));
    if (!all_step_free)
        EI_TRY(desks_mark(room, step_free, "/step_free", DESK_PLAIN, DESK_STEP_FREE, desks, error));
    for (size_t i = 0; i < count; i++)
        there += desks[i] != DESK_NONE;
    if (there == 0)
        return ei_fail_line(error, EDU_E_INVALID, "import.no_seats", room->line, "/missing",
                            "The room has no seat");
    return EDU_OK;
}

static edu_status room_parse(import_file *file, const ei_csv *csv, const char *const *fields,
                             void *out, edu_error *error)
{
    room_line *room = out;
    int64_t line = ei_csv_line(csv);
    *room = (room_line){.line = line};
    EI_TRY(code_field(file, line, fields[0], "/centre", &room->centre, error));
    EI_TRY(code_field(file, line, fields[1], "/room", &room->code, error));
    EI_TRY(int_field(line, fields[2], "/rows", ROWS_MAX, &room->rows, error));
    EI_TRY(int_field(line, fields[3], "/columns", COLUMNS_MAX, &room->columns, error));
    uint8_t *desks = ei_arena_alloc(file->arena, (size_t)(room->rows * room->columns));
    if (desks == NULL)
        return ei_no_memory(error);
    room->desks = desks;
    return desks_parse(room, fields[4], fields[5], desks, error);
}

static int room_order(const void *a, const void *b)
{
    const room_line *x = a, *y = b;
    int order = strcmp(x->centre, y->centre);
    if (order == 0)
        order = strcmp(x->code, y->code);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static edu_status rooms_unique(const room_line *rooms, size_t count, edu_error *error)
{
    for (size_t i = 1; i < count; i++)
        if (strcmp(rooms[i - 1].centre, rooms[i].centre) == 0 &&
            strcmp(rooms[i - 1].code, rooms[i].code) == 0)
            return ei_fail_line(error, EDU_E_INVALID, "import.duplicate", rooms[i].line, "/room",
                                "The room stands in the file twice, first in line %lld",
                                (long long)rooms[i - 1].line);
    return EDU_OK;
}

static edu_status room_centre_check(edu_tx *tx, const room_line *room, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_centre_stored(tx, room->centre, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_fail_line(error, EDU_E_INVALID, "import.centre", room->line, "/centre",
                            "There is no centre of this code; import the centres first");
    return status;
}

static edu_status room_find(edu_tx *tx, const room_line *room, bool *found, bool *is_same,
                            edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_olympiad_room_stored(tx, room->centre, room->code, &rows, error));
    edu_status status = ei_rows_next(&rows, found, error);
    *is_same = status == EDU_OK && *found && ei_column_int(&rows, 0) == room->rows &&
               ei_column_int(&rows, 1) == room->columns;
    ei_rows_close(&rows);
    return status;
}

static size_t desk_count(const room_line *room)
{
    size_t count = 0;
    for (int32_t i = 0; i < room->rows * room->columns; i++)
        count += room->desks[i] != DESK_NONE;
    return count;
}

/* Are the stored desks those of the file? Rows and columns are known to be. */
static edu_status desks_compare(edu_tx *tx, const room_line *room, bool *is_same, edu_error *error)
{
    ei_rows rows;
    bool row = true;
    size_t same = 0, stored = 0;
    EI_TRY(sql_olympiad_room_desks(tx, room->centre, room->code, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        int64_t number = ei_column_int(&rows, 0);
        int64_t at = (number / 100 - 1) * room->columns + number % 100 - 1;
        uint8_t kind = ei_column_bool(&rows, 1) ? DESK_STEP_FREE : DESK_PLAIN;
        same += room->desks[at] == kind;
        stored++;
    }
    ei_rows_close(&rows);
    *is_same = same == stored && stored == desk_count(room);
    return status;
}

static edu_status room_free_check(const import_file *file, edu_tx *tx, const room_line *room,
                                  edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_olympiad_room_in_use(tx, room->centre, room->code, file->fresh_since, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && row)
        return ei_fail_line(error, EDU_E_STATE, "import.room_in_use", room->line, "/room",
                            "The room is in use by an allocation: its seats do not change");
    return status;
}

static edu_status desks_store(edu_tx *tx, const room_line *room, edu_error *error)
{
    for (int32_t row = 1; row <= room->rows; row++)
        for (int32_t column = 1; column <= room->columns; column++) {
            uint8_t kind = room->desks[(row - 1) * room->columns + column - 1];
            if (kind != DESK_NONE)
                EI_TRY(sql_olympiad_desk_add(tx, room->centre, room->code, row * 100 + column,
                                             kind == DESK_STEP_FREE, NULL, error));
        }
    return EDU_OK;
}

static edu_status room_replace(const import_file *file, edu_tx *tx, const room_line *room,
                               edu_error *error)
{
    EI_TRY(room_free_check(file, tx, room, error));
    EI_TRY(sql_olympiad_room_seats_clear(tx, room->centre, room->code, NULL, error));
    EI_TRY(sql_olympiad_room_desks_clear(tx, room->centre, room->code, NULL, error));
    EI_TRY(sql_olympiad_room_change(tx, room->centre, room->code, room->rows, room->columns,
                                    NULL, error));
    return desks_store(tx, room, error);
}

static edu_status room_store(const import_file *file, edu_tx *tx, const room_line *room,
                             edu_import_report *report, edu_error *error)
{
    bool found, is_same;
    EI_TRY(room_find(tx, room, &found, &is_same, error));
    if (is_same)
        EI_TRY(desks_compare(tx, room, &is_same, error));
    if (is_same) {
        report->unchanged++;
        return EDU_OK;
    }
    if (found) {
        report->changed++;
        return room_replace(file, tx, room, error);
    }
    report->added++;
    EI_TRY(room_centre_check(tx, room, error));
    EI_TRY(sql_olympiad_room_add(tx, room->centre, room->code, room->rows, room->columns, NULL,
                                 error));
    return desks_store(tx, room, error);
}

static edu_status rooms_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    import_file *file = command->context;
    const room_line *rooms = (const void *)file->lines;
    edu_import_report report = {.read = (int64_t)file->count};
    EI_TRY(ei_require_role(command->session, tx, "clerk", error));
    file->fresh_since = command->now - EI_RUN_STALE;
    for (size_t i = 0; i < file->count; i++)
        EI_TRY(room_store(file, tx, &rooms[i], &report, error));
    report_keep(command, &report);
    return EDU_OK;
}

/* ---- public ---- */

static edu_status import_run(import_file *file, edu_session *session, const char *name,
                             const char *key, edu_bytes csv,
                             edu_status (*run)(ei_command *, edu_tx *, edu_error *),
                             edu_import_report **out, edu_error *error)
{
    ei_command command = {
        .session = session, .name = name, .key = key, .run = run, .context = file};
    ei_command_hash(&command, csv.data, csv.size);
    edu_import_report *report = ei_record_new(sizeof *report, NULL);
    if (report == NULL)
        return ei_no_memory(error);
    edu_status status = ei_command_run(&command, error);
    if (status != EDU_OK) {
        edu_free(report);
        return status;
    }
    memcpy(report, command.result, sizeof *report);
    *out = report;
    return EDU_OK;
}

edu_status edu_olympiad_import_centres(edu_session *session, edu_bytes csv, const char *key,
                                       edu_import_report **out, edu_error *error)
{
    EI_TRY(file_check(session, csv, out, error));
    import_file file = {0};
    edu_status status =
        file_read(&file, csv, centre_columns, sizeof(centre_line), centre_parse, error);
    if (status == EDU_OK) {
        qsort(file.lines, file.count, sizeof(centre_line), centre_order);
        status = centres_unique((const void *)file.lines, file.count, error);
    }
    if (status == EDU_OK)
        status = import_run(&file, session, "olympiad.import_centres", key, csv, centres_run, out,
                            error);
    file_close(&file);
    return status;
}

edu_status edu_olympiad_import_rooms(edu_session *session, edu_bytes csv, const char *key,
                                     edu_import_report **out, edu_error *error)
{
    EI_TRY(file_check(session, csv, out, error));
    import_file file = {0};
    edu_status status = file_read(&file, csv, room_columns, sizeof(room_line), room_parse, error);
    if (status == EDU_OK) {
        qsort(file.lines, file.count, sizeof(room_line), room_order);
        status = rooms_unique((const void *)file.lines, file.count, error);
    }
    if (status == EDU_OK)
        status =
            import_run(&file, session, "olympiad.import_rooms", key, csv, rooms_run, out, error);
    file_close(&file);
    return status;
}

static edu_status centres_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_olympiad_require_staff(list->session, tx, error));
    return sql_olympiad_centres(tx, list->key.text[0], list->ask, rows, error);
}

edu_status edu_olympiad_centres(edu_session *session, const char *cursor, int32_t limit,
                                edu_centre_page **out, edu_error *error)
{
    ei_list list = {.session = session,
                    .open = centres_open,
                    .plan = {.shape = "t", .record = "edu_centre", .limit = limit}};
    return ei_list_read(&list, cursor, (void **)out, error);
}

static edu_status rooms_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_olympiad_require_staff(list->session, tx, error));
    return sql_olympiad_rooms(tx, list->filter, list->key.text[0], list->ask, rows, error);
}

edu_status edu_olympiad_rooms(edu_session *session, const char *centre, const char *cursor,
                              int32_t limit, edu_room_page **out, edu_error *error)
{
    EI_TRY(ei_check_text(centre, EI_OLYMPIAD_CODE_MAX, false, "/centre", error));
    ei_list list = {.session = session,
                    .filter = centre,
                    .open = rooms_open,
                    .plan = {.shape = "t", .record = "edu_room", .limit = limit}};
    return ei_list_read(&list, cursor, (void **)out, error);
}
