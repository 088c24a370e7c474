/* Centres and rooms from files, and their lists. */
#include "domain/sitting/sitting_store.h"

#include <stdio.h>
#include <string.h>
#include "domain/account/geo.h"
#include "domain/account/import.h"
#include "sitting_sql.h"

#define NAME_BYTES 400
#define ROWS_MAX 26
#define COLUMNS_MAX 40

/* ---- centres ---- */

enum {
    CENTRE_CODE,
    CENTRE_NAME,
    CENTRE_ADDRESS,
    CENTRE_REGION,
    CENTRE_LATITUDE,
    CENTRE_LONGITUDE,
    CENTRE_ZONE,
    CENTRE_ACTIVE
};
static const char *const centre_columns[] = {"code",      "name",  "address", "region", "latitude",
                                             "longitude", "zone?", "active?", NULL};

typedef struct centre_record {
    const char *code, *region, *zone;
    char *name, *address;
    ei_geo_point place;
    int64_t x_m, y_m;
    bool is_active;
} centre_record;

static edu_status begin_centres(ei_import *import, edu_error *error)
{
    return ei_geo_reference(import->tx, import->csv, centre_columns, CENTRE_LATITUDE,
                            CENTRE_LONGITUDE, import->context, error);
}

static edu_status read_place(ei_import *import, const char *const *fields, centre_record *out,
                             edu_error *error)
{
    const ei_geo_point *reference = import->context;
    EI_TRY(ei_geo_parse(fields[CENTRE_LATITUDE], 90, import->line, "/latitude",
                        &out->place.latitude_e7, error));
    EI_TRY(ei_geo_parse(fields[CENTRE_LONGITUDE], 180, import->line, "/longitude",
                        &out->place.longitude_e7, error));
    if (!ei_geo_project(out->place, *reference, &out->x_m, &out->y_m))
        return ei_import_wrong(error, "import.far_away", "/latitude",
                               "the place is more than a quarter of the globe away from the "
                               "others; latitude and longitude may be interchanged");
    return EDU_OK;
}

static edu_status read_centre(ei_import *import, const char *const *fields, centre_record *out,
                              edu_error *error)
{
    const char *active = fields[CENTRE_ACTIVE];
    out->code = fields[CENTRE_CODE];
    out->region = fields[CENTRE_REGION];
    out->zone = fields[CENTRE_ZONE];
    out->is_active = strcmp(active, "0") != 0;
    EI_TRY(ei_import_check_code(out->code, "/code", error));
    EI_TRY(ei_import_once_text(import, out->code, "/code", "code", error));
    if (out->zone[0] != '\0')
        EI_TRY(ei_import_check_code(out->zone, "/zone", error));
    if (active[0] != '\0' && strcmp(active, "0") != 0 && strcmp(active, "1") != 0)
        return ei_import_wrong(error, "import.bad_bool", "/active", "active is 0 or 1");
    EI_TRY(ei_import_require_region(import, out->region, error));
    EI_TRY(read_place(import, fields, out, error));
    EI_TRY(ei_import_text(fields[CENTRE_NAME], NAME_BYTES, false, "/name", &out->name, error));
    return ei_import_text(fields[CENTRE_ADDRESS], NAME_BYTES, false, "/address", &out->address,
                          error);
}

static bool is_same_centre(ei_rows *rows, const centre_record *given)
{
    return ei_same_text(ei_column_text(rows, 0), given->name) &&
           ei_same_text(ei_column_text(rows, 1), given->address) &&
           ei_same_text(ei_column_text(rows, 2), given->region) &&
           ei_column_int(rows, 3) == given->place.latitude_e7 &&
           ei_column_int(rows, 4) == given->place.longitude_e7 &&
           ei_same_text(ei_column_text(rows, 5), given->zone) &&
           ei_column_bool(rows, 6) == given->is_active;
}

static edu_status put_centre(ei_import *import, const centre_record *c, edu_error *error)
{
    ei_rows rows;
    bool is_there;
    EI_TRY(sql_sitting_centre_stored(import->tx, c->code, &rows, error));
    edu_status status = ei_rows_next(&rows, &is_there, error);
    bool is_same = status == EDU_OK && is_there && is_same_centre(&rows, c);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (is_same) {
        import->report.unchanged++;
        return EDU_OK;
    }
    *(is_there ? &import->report.changed : &import->report.added) += 1;
    if (is_there)
        return sql_sitting_centre_change(import->tx, c->code, c->name, c->address, c->region,
                                         c->place.latitude_e7, c->place.longitude_e7, c->x_m,
                                         c->y_m, c->zone, c->is_active, NULL, error);
    return sql_sitting_centre_add(import->tx, c->code, c->name, c->address, c->region,
                                  c->place.latitude_e7, c->place.longitude_e7, c->x_m, c->y_m,
                                  c->zone, c->is_active, NULL, error);
}

static edu_status centre_row(ei_import *import, const char *const *fields, edu_error *error)
{
    centre_record given = {0};
    edu_status status = read_centre(import, fields, &given, error);
    if (status == EDU_OK)
        status = put_centre(import, &given, error);
    ei_free(given.name);
    ei_free(given.address);
    return status;
}

edu_status edu_sitting_import_centres(edu_session *session, edu_bytes csv, const char *key,
                                      edu_import_report **out, edu_error *error)
{
    ei_geo_point reference = {0, 0};
    ei_import import = {.session = session,
                        .name = "sitting.import_centres",
                        .csv = csv,
                        .columns = centre_columns,
                        .rights = EI_IMPORT_CLERK,
                        .begin = begin_centres,
                        .row = centre_row,
                        .context = &reference};
    return ei_import_run(&import, key, out, error);
}

/* ---- rooms ---- */

enum { ROOM_CENTRE, ROOM_CODE, ROOM_ROWS, ROOM_COLUMNS, ROOM_MISSING, ROOM_STEP_FREE };
static const char *const room_columns[] = {"centre",   "room",       "rows", "columns",
                                           "missing?", "step_free?", NULL};

enum desk_kind { DESK_NONE, DESK_PLAIN, DESK_STEP_FREE };

typedef struct room {
    const char *centre, *code;
    int32_t rows, columns;
    uint8_t desks[ROWS_MAX * COLUMNS_MAX]; /* enum desk_kind, row by row */
    size_t count;                          /* of those that are there */
} room;

static edu_status bad_seat(edu_error *error, const char *field, const char *text, size_t length,
                           const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "import.bad_seat", field,
                   "seat \"%.*s\" %s; seats are written as A3 B4", length > 8 ? 8 : (int)length,
                   text, what);
}

/* Gives the seats of a list such as "A3 B4" another kind. */
static edu_status mark_desks(room *out, const char *list, const char *field, uint8_t from,
                             uint8_t to, edu_error *error)
{
    for (const char *at = list + strspn(list, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        int32_t number = ei_seat_parse(at, length, out->rows, out->columns);
        if (number == 0)
            return bad_seat(error, field, at, length, "is none of the room");
        uint8_t *desk = &out->desks[(number / 100 - 1) * out->columns + number % 100 - 1];
        if (*desk != from)
            return bad_seat(error, field, at, length, "is missing or stands there twice");
        *desk = to;
        at += length;
    }
    return EDU_OK;
}

static edu_status read_desks(room *out, const char *missing, const char *step_free,
                             edu_error *error)
{
    size_t all = (size_t)out->rows * (size_t)out->columns;
    bool is_step_free = strcmp(step_free, "*") == 0;
    memset(out->desks, is_step_free ? DESK_STEP_FREE : DESK_PLAIN, all);
    EI_TRY(mark_desks(out, missing, "/missing", out->desks[0], DESK_NONE, error));
    if (!is_step_free)
        EI_TRY(mark_desks(out, step_free, "/step_free", DESK_PLAIN, DESK_STEP_FREE, error));
    for (size_t i = 0; i < all; i++)
        out->count += out->desks[i] != DESK_NONE;
    if (out->count == 0)
        return ei_import_wrong(error, "import.no_seats", "/missing", "the room has no seat");
    return EDU_OK;
}

static edu_status read_number(const char *text, const char *field, int32_t max, int32_t *out,
                              edu_error *error)
{
    int64_t number;
    if (!ei_int_parse(text, 1, max, &number))
        return ei_fail(error, EDU_E_INVALID, "import.bad_number", field,
                       "a number from 1 to %d is expected", max);
    *out = (int32_t)number;
    return EDU_OK;
}

static edu_status read_room(ei_import *import, const char *const *fields, room *out,
                            edu_error *error)
{
    char both[2 * EI_SITTING_CODE_MAX + 2];
    out->centre = fields[ROOM_CENTRE];
    out->code = fields[ROOM_CODE];
    EI_TRY(ei_import_check_code(out->centre, "/centre", error));
    EI_TRY(ei_import_check_code(out->code, "/room", error));
    (void)snprintf(both, sizeof both, "%s/%s", out->centre, out->code);
    EI_TRY(ei_import_once_text(import, both, "/room", "room", error));
    EI_TRY(read_number(fields[ROOM_ROWS], "/rows", ROWS_MAX, &out->rows, error));
    EI_TRY(read_number(fields[ROOM_COLUMNS], "/columns", COLUMNS_MAX, &out->columns, error));
    return read_desks(out, fields[ROOM_MISSING], fields[ROOM_STEP_FREE], error);
}

static edu_status require_centre(ei_import *import, const char *code, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_sitting_centre_stored(import->tx, code, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && !row)
        return ei_import_wrong(error, "import.unknown_centre", "/centre",
                               "there is no centre with this code; import centres first");
    return status;
}

/* Are the stored desks those of the file? Rows and columns are known to be. */
static edu_status compare_desks(ei_import *import, const room *given, bool *is_same,
                                edu_error *error)
{
    ei_rows rows;
    bool row = true;
    size_t same = 0, stored = 0;
    EI_TRY(sql_sitting_room_desks(import->tx, given->centre, given->code, &rows, error));
    edu_status status;
    while ((status = ei_rows_next(&rows, &row, error)) == EDU_OK && row) {
        int64_t number = ei_column_int(&rows, 0);
        int64_t at = (number / 100 - 1) * given->columns + number % 100 - 1;
        uint8_t kind = ei_column_bool(&rows, 1) ? DESK_STEP_FREE : DESK_PLAIN;
        same += at < (int64_t)sizeof given->desks && given->desks[at] == kind;
        stored++;
    }
    ei_rows_close(&rows);
    *is_same = same == stored && stored == given->count;
    return status;
}

static edu_status find_room(ei_import *import, const room *given, bool *is_there, bool *is_same,
                            edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_sitting_room_stored(import->tx, given->centre, given->code, &rows, error));
    edu_status status = ei_rows_next(&rows, is_there, error);
    *is_same = status == EDU_OK && *is_there && ei_column_int(&rows, 0) == given->rows &&
               ei_column_int(&rows, 1) == given->columns;
    ei_rows_close(&rows);
    if (status == EDU_OK && *is_same)
        status = compare_desks(import, given, is_same, error);
    return status;
}

static edu_status add_desks(ei_import *import, const room *given, edu_error *error)
{
    for (int32_t row = 1; row <= given->rows; row++)
        for (int32_t column = 1; column <= given->columns; column++) {
            uint8_t kind = given->desks[(row - 1) * given->columns + column - 1];
            if (kind != DESK_NONE)
                EI_TRY(sql_sitting_desk_add(import->tx, given->centre, given->code,
                                            row * 100 + column, kind == DESK_STEP_FREE, NULL,
                                            error));
        }
    return EDU_OK;
}

static edu_status require_unused(ei_import *import, const room *given, edu_error *error)
{
    ei_rows rows;
    bool row;
    EI_TRY(sql_sitting_room_in_use(import->tx, given->centre, given->code,
                                   import->command->now - EI_RUN_STALE, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    ei_rows_close(&rows);
    if (status == EDU_OK && row)
        return ei_fail_line(error, EDU_E_STATE, "import.room_in_use", import->line, "/room",
                            "the room is in use by an allocation: its seats do not change");
    return status;
}

static edu_status change_room(ei_import *import, const room *given, edu_error *error)
{
    edu_tx *tx = import->tx;
    EI_TRY(require_unused(import, given, error));
    EI_TRY(sql_sitting_room_seats_clear(tx, given->centre, given->code, NULL, error));
    EI_TRY(sql_sitting_room_desks_clear(tx, given->centre, given->code, NULL, error));
    EI_TRY(sql_sitting_room_change(tx, given->centre, given->code, given->rows, given->columns,
                                   NULL, error));
    return add_desks(import, given, error);
}

static edu_status add_room(ei_import *import, const room *given, edu_error *error)
{
    EI_TRY(require_centre(import, given->centre, error));
    EI_TRY(sql_sitting_room_add(import->tx, given->centre, given->code, given->rows, given->columns,
                                NULL, error));
    return add_desks(import, given, error);
}

static edu_status room_row(ei_import *import, const char *const *fields, edu_error *error)
{
    room given = {0};
    bool is_there, is_same;
    EI_TRY(read_room(import, fields, &given, error));
    EI_TRY(find_room(import, &given, &is_there, &is_same, error));
    if (is_same) {
        import->report.unchanged++;
        return EDU_OK;
    }
    *(is_there ? &import->report.changed : &import->report.added) += 1;
    return is_there ? change_room(import, &given, error) : add_room(import, &given, error);
}

edu_status edu_sitting_import_rooms(edu_session *session, edu_bytes csv, const char *key,
                                    edu_import_report **out, edu_error *error)
{
    ei_import import = {.session = session,
                        .name = "sitting.import_rooms",
                        .csv = csv,
                        .columns = room_columns,
                        .rights = EI_IMPORT_CLERK,
                        .row = room_row};
    return ei_import_run(&import, key, out, error);
}

/* ---- lists ---- */

static edu_status centres_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_require_staff(list->session, tx, error));
    return sql_sitting_centres(tx, list->key.text[0], list->ask, rows, error);
}

edu_status edu_sitting_centres(edu_session *session, const char *cursor, int32_t limit,
                               edu_centre_page **out, edu_error *error)
{
    ei_list list = {.session = session,
                    .open = centres_open,
                    .plan = {.shape = "t", .record = "edu_centre", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

static edu_status rooms_open(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    EI_TRY(ei_require_staff(list->session, tx, error));
    return sql_sitting_rooms(tx, list->filter, list->key.text[0], list->ask, rows, error);
}

edu_status edu_sitting_rooms(edu_session *session, const char *centre, const char *cursor,
                             int32_t limit, edu_room_page **out, edu_error *error)
{
    EI_TRY(ei_check_text(centre, EI_SITTING_CODE_MAX, false, "/centre", error));
    ei_list list = {.session = session,
                    .filter = centre,
                    .open = rooms_open,
                    .plan = {.shape = "t", .record = "edu_room", .limit = limit}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}
