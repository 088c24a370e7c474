/* The registers of regions and institutions. */
#include "domain/account/geo.h"
#include "domain/account/import.h"

#include <string.h>

#include "account_sql.h"

#define NAME_BYTES 400

/* ---- regions ---- */

enum { REGION_CODE, REGION_NAME };
static const char *const region_columns[] = {"code", "name", NULL};

/* One "az=…" of a name in several languages. */
static edu_status add_language(json_t *names, const char *part, size_t length, edu_error *error)
{
    const char *sign = memchr(part, '=', length);
    size_t code = sign ? (size_t)(sign - part) : 0;
    if (code < 2 || code > 8 || code + 1 == length)
        return ei_import_wrong(error, "import.bad_name", "/name",
                               "a name in several languages is written az=…|en=…");
    char language[9];
    memcpy(language, part, code);
    language[code] = 0;
    EI_TRY(ei_check_language(language, error));
    json_t *text = json_stringn(sign + 1, length - code - 1);
    return json_object_set_new(names, language, text) == 0 ? EDU_OK : ei_no_memory(error);
}

static edu_status read_names(const char *text, const char *language, json_t *names,
                             edu_error *error)
{
    if (!strchr(text, '='))
        return json_object_set_new(names, language, json_string(text)) == 0 ? EDU_OK
                                                                            : ei_no_memory(error);
    for (const char *part = text;;) {
        size_t length = strcspn(part, "|");
        EI_TRY(add_language(names, part, length, error));
        if (!part[length])
            return EDU_OK;
        part += length + 1;
    }
}

static edu_status compare_region(ei_import *import, const char *code, const json_t *names,
                                 bool *is_there, bool *is_same, edu_error *error)
{
    ei_rows rows;
    EI_TRY(sql_account_region(import->tx, code, &rows, error));
    edu_status status = ei_rows_next(&rows, is_there, error);
    if (status == EDU_OK && *is_there) {
        const char *text = ei_column_text(&rows, 0);
        json_t *stored = NULL;
        status = ei_json_read(text, strlen(text), &stored, error);
        *is_same = json_equal(stored, names);
        json_decref(stored);
    }
    ei_rows_close(&rows);
    return status;
}

static edu_status put_region(ei_import *import, const char *code, const json_t *names,
                             edu_error *error)
{
    bool is_there = false, is_same = false;
    EI_TRY(compare_region(import, code, names, &is_there, &is_same, error));
    if (is_same) {
        import->report.unchanged++;
        return EDU_OK;
    }
    char *text = ei_json_dumps(names, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return ei_no_memory(error);
    edu_status status = is_there ? sql_account_region_change(import->tx, code, text, NULL, error)
                                 : sql_account_region_add(import->tx, code, text, NULL, error);
    ei_free(text);
    *(is_there ? &import->report.changed : &import->report.added) += 1;
    return status;
}

static edu_status region_row(ei_import *import, const char *const *fields, edu_error *error)
{
    const char *code = fields[REGION_CODE];
    EI_TRY(ei_import_check_code(code, "/code", error));
    EI_TRY(ei_import_once_text(import, code, "/code", "code", error));
    char *name = NULL;
    EI_TRY(ei_import_text(fields[REGION_NAME], NAME_BYTES, false, "/name", &name, error));
    json_t *names = json_object();
    edu_status status = names ? read_names(name, import->session->portal->language, names, error)
                              : ei_no_memory(error);
    if (status == EDU_OK)
        status = put_region(import, code, names, error);
    json_decref(names);
    ei_free(name);
    return status;
}

edu_status edu_account_import_regions(edu_session *session, edu_bytes csv, const char *key,
                                      edu_import_report **out, edu_error *error)
{
    ei_import import = {.session = session,
                        .name = "account.import_regions",
                        .csv = csv,
                        .columns = region_columns,
                        .row = region_row};
    return ei_import_run(&import, key, out, error);
}

/* ---- institutions ---- */

enum {
    INSTITUTION_CODE,
    INSTITUTION_NAME,
    INSTITUTION_KIND,
    INSTITUTION_REGION,
    INSTITUTION_ADDRESS,
    INSTITUTION_LATITUDE,
    INSTITUTION_LONGITUDE,
    INSTITUTION_ZONE
};
static const char *const institution_columns[] = {
    "code", "name", "kind", "region", "address", "latitude", "longitude", "zone?", NULL};

typedef struct institution {
    const char *code, *kind, *region, *zone;
    char *name, *address;
    ei_geo_point place;
    int64_t x_m, y_m;
} institution;

static edu_status begin_institutions(ei_import *import, edu_error *error)
{
    return ei_geo_reference(import->tx, import->csv, institution_columns, INSTITUTION_LATITUDE,
                            INSTITUTION_LONGITUDE, import->context, error);
}

static edu_status read_place(ei_import *import, const char *const *fields, institution *out,
                             edu_error *error)
{
    EI_TRY(ei_geo_parse(fields[INSTITUTION_LATITUDE], 90, import->line, "/latitude",
                        &out->place.latitude_e7, error));
    EI_TRY(ei_geo_parse(fields[INSTITUTION_LONGITUDE], 180, import->line, "/longitude",
                        &out->place.longitude_e7, error));
    const ei_geo_point *reference = import->context;
    if (!ei_geo_project(out->place, *reference, &out->x_m, &out->y_m))
        return ei_import_wrong(error, "import.far_away", "/latitude",
                               "the place is more than a quarter of the globe away from the "
                               "others; latitude and longitude may be interchanged");
    return EDU_OK;
}

static edu_status read_institution(ei_import *import, const char *const *fields, institution *out,
                                   edu_error *error)
{
    out->code = fields[INSTITUTION_CODE];
    out->kind = fields[INSTITUTION_KIND];
    out->region = fields[INSTITUTION_REGION];
    out->zone = fields[INSTITUTION_ZONE];
    EI_TRY(ei_import_check_code(out->code, "/code", error));
    EI_TRY(ei_import_once_text(import, out->code, "/code", "code", error));
    EI_TRY(ei_import_check_code(out->kind, "/kind", error));
    if (out->zone[0])
        EI_TRY(ei_import_check_code(out->zone, "/zone", error));
    EI_TRY(ei_import_require_region(import, out->region, error));
    EI_TRY(read_place(import, fields, out, error));
    EI_TRY(ei_import_text(fields[INSTITUTION_NAME], NAME_BYTES, false, "/name", &out->name, error));
    return ei_import_text(fields[INSTITUTION_ADDRESS], NAME_BYTES, false, "/address", &out->address,
                          error);
}

static bool is_same_institution(ei_rows *rows, const institution *given)
{
    return ei_same_text(ei_column_text(rows, 0), given->name) &&
           ei_same_text(ei_column_text(rows, 1), given->kind) &&
           ei_same_text(ei_column_text(rows, 2), given->region) &&
           ei_same_text(ei_column_text(rows, 3), given->address) &&
           ei_column_int(rows, 4) == given->place.latitude_e7 &&
           ei_column_int(rows, 5) == given->place.longitude_e7 &&
           ei_same_text(ei_column_text(rows, 6), given->zone);
}

static edu_status put_institution(ei_import *import, const institution *i, edu_error *error)
{
    ei_rows rows;
    bool is_there = false;
    EI_TRY(sql_account_institution(import->tx, i->code, &rows, error));
    edu_status status = ei_rows_next(&rows, &is_there, error);
    bool is_same = status == EDU_OK && is_there && is_same_institution(&rows, i);
    ei_rows_close(&rows);
    EI_TRY(status);
    if (is_same) {
        import->report.unchanged++;
        return EDU_OK;
    }
    *(is_there ? &import->report.changed : &import->report.added) += 1;
    if (is_there)
        return sql_account_institution_change(
            import->tx, i->code, i->name, i->kind, i->region, i->address, i->place.latitude_e7,
            i->place.longitude_e7, i->x_m, i->y_m, i->zone, NULL, error);
    return sql_account_institution_add(import->tx, i->code, i->name, i->kind, i->region, i->address,
                                       i->place.latitude_e7, i->place.longitude_e7, i->x_m, i->y_m,
                                       i->zone, NULL, error);
}

static edu_status institution_row(ei_import *import, const char *const *fields, edu_error *error)
{
    institution given = {0};
    edu_status status = read_institution(import, fields, &given, error);
    if (status == EDU_OK)
        status = put_institution(import, &given, error);
    ei_free(given.name);
    ei_free(given.address);
    return status;
}

edu_status edu_account_import_institutions(edu_session *session, edu_bytes csv, const char *key,
                                           edu_import_report **out, edu_error *error)
{
    ei_geo_point reference = {0, 0};
    ei_import import = {.session = session,
                        .name = "account.import_institutions",
                        .csv = csv,
                        .columns = institution_columns,
                        .begin = begin_institutions,
                        .row = institution_row,
                        .context = &reference};
    return ei_import_run(&import, key, out, error);
}
