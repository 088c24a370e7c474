#include <endian.h>
#include <string.h>
#include "storage/postgresql/postgresql_internal.h"

/* Types as in the server's pg_type: fixed for ever. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_NUMERIC = 1700,
    OID_UUID = 2950
};

static const Oid type_oids[] = {
    [EDU_SQL_INT] = OID_INT8,   [EDU_SQL_BOOL] = OID_INT2, [EDU_SQL_TEXT] = OID_TEXT,
    [EDU_SQL_BLOB] = OID_BYTEA, [EDU_SQL_ID] = OID_UUID,   [EDU_SQL_JSON] = OID_JSON,
};

void ei_pg_types(const edu_statement *statement, Oid out[EI_PG_PARAMETERS_MAX])
{
    for (int i = 0; i < statement->parameters; i++)
        out[i] = type_oids[statement->types[i]];
}

/* ---- in ---- */

static void bind_number(parameters *out, int at, bool is_small, int64_t value)
{
    uint16_t small = htobe16((uint16_t)value);
    uint64_t large = htobe64((uint64_t)value);
    out->lengths[at] = is_small ? sizeof small : sizeof large;
    memcpy(&out->numbers[at], is_small ? (const void *)&small : &large, (size_t)out->lengths[at]);
    out->values[at] = (const char *)&out->numbers[at];
}

void ei_pg_bind(const edu_statement *statement, const edu_value *values, parameters *out)
{
    for (int i = 0; i < statement->parameters; i++) {
        edu_sql_type type = (edu_sql_type)statement->types[i];
        out->formats[i] = 1;
        out->values[i] = NULL;
        out->lengths[i] = 0;
        if (values[i].is_null)
            continue;
        if (type == EDU_SQL_INT || type == EDU_SQL_BOOL) {
            bind_number(out, i, type == EDU_SQL_BOOL, values[i].integer);
        } else {
            out->values[i] = values[i].bytes.size > 0 ? values[i].bytes.data : "";
            out->lengths[i] = (int)values[i].bytes.size;
        }
    }
}

/* ---- out ---- */

static int64_t read_integer(const char *from, int length)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (length) {
    case 1:
        return *from;
    case 2:
        memcpy(&two, from, sizeof two);
        return (int16_t)be16toh(two);
    case 4:
        memcpy(&four, from, sizeof four);
        return (int32_t)be32toh(four);
    default:
        memcpy(&eight, from, sizeof eight);
        return (int64_t)be64toh(eight);
    }
}

/* A sum of integers comes as a decimal: digits to the base of 10,000, the first of which counts
 * 10,000 to the power of weight. What stands behind the point is cut off. */
static int64_t read_decimal(const char *from)
{
    enum { COUNT = 0, WEIGHT = 2, SIGN = 4, DIGITS = 8, NEGATIVE = 0x4000 };
    int64_t count = read_integer(from + COUNT, 2), weight = read_integer(from + WEIGHT, 2);
    int64_t value = 0;
    for (int64_t i = 0; i <= weight; i++)
        value = value * 10000 + (i < count ? read_integer(from + DIGITS + 2 * i, 2) : 0);
    return read_integer(from + SIGN, 2) == NEGATIVE ? -value : value;
}

void ei_pg_column(const PGresult *result, int row, int column, edu_value *out)
{
    const char *data = PQgetvalue(result, row, column);
    int length = PQgetlength(result, row, column);
    *out = (edu_value){.is_null = PQgetisnull(result, row, column)};
    if (out->is_null)
        return;
    switch (PQftype(result, column)) {
    case OID_BOOL:
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        out->integer = read_integer(data, length);
        return;
    case OID_NUMERIC:
        out->integer = read_decimal(data);
        return;
    default:
        out->bytes = (edu_bytes){data, (size_t)length};
    }
}
