/* Values of Python: what each kind of the library is there. Included by the code that SWIG makes. */
#include <datetime.h>
#include "convert_names.h"

typedef PyObject *edu_given;

static PyObject *edu_error_class;
static PyObject *edu_error_classes[32]; /* by negative status */
static PyObject *edu_epoch;             /* the beginning of 1970 */

static bool edu_convert_init(PyObject *module)
{
    PyDateTime_IMPORT;
    edu_epoch = PyDateTimeAPI ? PyDateTimeAPI->DateTime_FromDateAndTime(
                                    1970, 1, 1, 0, 0, 0, 0, PyDateTime_TimeZone_UTC,
                                    PyDateTimeAPI->DateTimeType)
                              : NULL;
    edu_error_class = PyErr_NewException("edu.Error", NULL, NULL);
    if (!edu_error_class || PyModule_AddObjectRef(module, "Error", edu_error_class) < 0)
        return false;
    for (int code = 1; code < (int)(sizeof edu_error_classes / sizeof *edu_error_classes); code++) {
        const char *status = edu_status_name((edu_status)-code);
        if (strcmp(status, "unknown") == 0)
            break;
        char name[64], full[80];
        edu_class_name("", status, name, sizeof name);
        snprintf(full, sizeof full, "edu.%s", name);
        edu_error_classes[code] = PyErr_NewException(full, edu_error_class, NULL);
        if (!edu_error_classes[code] ||
            PyModule_AddObjectRef(module, name, edu_error_classes[code]) < 0)
            return false;
    }
    return edu_epoch != NULL;
}

static PyObject *edu_text_or_none(const char *text)
{
    if (!text)
        Py_RETURN_NONE;
    return PyUnicode_FromString(text);
}

static bool edu_set(PyObject *object, const char *name, PyObject *value)
{
    bool good = value && PyObject_SetAttrString(object, name, value) == 0;
    Py_XDECREF(value);
    return good;
}

static void edu_raise(const edu_error *error)
{
    int code = -(int)error->code;
    PyObject *type = edu_error_class;
    if (code > 0 && code < (int)(sizeof edu_error_classes / sizeof *edu_error_classes) &&
        edu_error_classes[code])
        type = edu_error_classes[code];
    PyObject *raised = PyObject_CallFunction(type, "s", error->message);
    if (!raised)
        return;
    if (edu_set(raised, "code", PyUnicode_FromString(edu_status_name(error->code))) &&
        edu_set(raised, "key", PyUnicode_FromString(error->key)) &&
        edu_set(raised, "field", PyUnicode_FromString(error->field)) &&
        edu_set(raised, "sqlstate", PyUnicode_FromString(error->sqlstate)) &&
        edu_set(raised, "line", PyLong_FromLongLong(error->line)) &&
        edu_set(raised, "retryable", PyBool_FromLong(error->retryable)))
        PyErr_SetObject(type, raised);
    Py_DECREF(raised);
}

/* ---- in ---- */

#define EDU_GIVEN(input) (input)

static bool edu_wrong_type(PyObject *value, const char *wanted, int position)
{
    PyErr_Format(PyExc_TypeError, "argument %d must be %s, not %s", position, wanted,
                 Py_TYPE(value)->tp_name);
    return false;
}

static bool edu_in_text(PyObject *value, const char **text, int position)
{
    *text = NULL;
    if (value == Py_None)
        return true;
    if (!PyUnicode_Check(value))
        return edu_wrong_type(value, "str or None", position);
    Py_ssize_t length;
    *text = PyUnicode_AsUTF8AndSize(value, &length);
    if (*text && strlen(*text) != (size_t)length) {
        PyErr_Format(PyExc_ValueError, "argument %d holds a null character", position);
        return false;
    }
    return *text != NULL;
}

static bool edu_in_bool(PyObject *value, bool *out, int position)
{
    if (!PyBool_Check(value))
        return edu_wrong_type(value, "bool", position);
    *out = value == Py_True;
    return true;
}

static bool edu_in_int64(PyObject *value, int64_t *out, int position)
{
    if (!PyLong_Check(value))
        return edu_wrong_type(value, "int", position);
    *out = PyLong_AsLongLong(value);
    return !(*out == -1 && PyErr_Occurred());
}

static bool edu_in_int32(PyObject *value, int32_t *out, int position)
{
    int64_t wide;
    if (!edu_in_int64(value, &wide, position))
        return false;
    if (wide < INT32_MIN || wide > INT32_MAX) {
        PyErr_Format(PyExc_OverflowError, "argument %d is out of range", position);
        return false;
    }
    *out = (int32_t)wide;
    return true;
}

static bool edu_in_id(PyObject *value, edu_id *id, int position)
{
    const char *text;
    memset(id, 0, sizeof *id);
    if (!edu_in_text(value, &text, position))
        return false;
    edu_error error = EDU_ERROR_INIT;
    if (text && edu_id_parse(text, id, &error) != EDU_OK) {
        edu_raise(&error);
        return false;
    }
    return true;
}

static bool edu_in_date(PyObject *value, edu_date *date, int position)
{
    memset(date, 0, sizeof *date);
    if (value == Py_None)
        return true;
    if (!PyDate_Check(value))
        return edu_wrong_type(value, "datetime.date or None", position);
    date->year = (int16_t)PyDateTime_GET_YEAR(value);
    date->month = (uint8_t)PyDateTime_GET_MONTH(value);
    date->day = (uint8_t)PyDateTime_GET_DAY(value);
    return true;
}

/* Exact: whole days, seconds and microseconds since 1970, never a float. */
static bool edu_in_time(PyObject *value, edu_time *time, int position)
{
    *time = EDU_TIME_NONE;
    if (value == Py_None)
        return true;
    if (!PyDateTime_Check(value))
        return edu_wrong_type(value, "datetime.datetime or None", position);
    if (PyDateTime_DATE_GET_TZINFO(value) == Py_None) {
        PyErr_Format(PyExc_ValueError, "argument %d is a time without a time zone", position);
        return false;
    }
    PyObject *since = PyNumber_Subtract(value, edu_epoch);
    if (since)
        *time = ((int64_t)PyDateTime_DELTA_GET_DAYS(since) * 86400 +
                 PyDateTime_DELTA_GET_SECONDS(since)) *
                    1000000 +
                PyDateTime_DELTA_GET_MICROSECONDS(since);
    Py_XDECREF(since);
    return since != NULL;
}

static bool edu_in_bytes(PyObject *value, edu_bytes *bytes, int position)
{
    if (!PyBytes_Check(value))
        return edu_wrong_type(value, "bytes", position);
    bytes->data = PyBytes_AS_STRING(value);
    bytes->size = (size_t)PyBytes_GET_SIZE(value);
    return true;
}

/* The names of a record's fields as Python keeps them: made once, as each costs more than its value. */
static PyObject **edu_names_of(const edu_record_type *type)
{
    enum { ROOM = 1024 }; /* far more than there are types */
    static struct {
        const edu_record_type *type;
        PyObject **names;
    } known[ROOM];
    size_t at = (uintptr_t)type / sizeof *type % ROOM;
    while (known[at].type && known[at].type != type)
        at = (at + 1) % ROOM;
    if (known[at].type)
        return known[at].names;
    PyObject **names = PyMem_Calloc(type->count + 1, sizeof *names);
    if (!names)
        return (PyObject **)PyErr_NoMemory();
    for (size_t i = 0; i < type->count; i++)
        if (!(names[i] = PyUnicode_InternFromString(type->fields[i].name)))
            return NULL;
    known[at].type = type;
    return known[at].names = names;
}

#define EDU_JSON_DEPTH 64

static json_t *edu_json_from(PyObject *value, int depth);

static json_t *edu_json_object_from(PyObject *value, int depth)
{
    json_t *object = json_object();
    PyObject *name, *member;
    Py_ssize_t at = 0;
    while (object && PyDict_Next(value, &at, &name, &member)) {
        Py_ssize_t length;
        const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, &length) : NULL;
        json_t *item = text ? edu_json_from(member, depth + 1) : NULL;
        if (!item || strlen(text) != (size_t)length || json_object_set_new(object, text, item) < 0) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_TypeError, "names of a JSON object must be str");
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *edu_json_array_from(PyObject *value, int depth)
{
    json_t *array = json_array();
    for (Py_ssize_t i = 0; array && i < PySequence_Fast_GET_SIZE(value); i++) {
        json_t *item = edu_json_from(PySequence_Fast_GET_ITEM(value, i), depth + 1);
        if (!item || json_array_append_new(array, item) < 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *edu_json_from(PyObject *value, int depth)
{
    if (depth > EDU_JSON_DEPTH) {
        PyErr_SetString(PyExc_ValueError, "JSON value is nested too deeply");
        return NULL;
    }
    if (value == Py_None)
        return json_null();
    if (PyBool_Check(value))
        return json_boolean(value == Py_True);
    if (PyLong_Check(value)) {
        int64_t number = PyLong_AsLongLong(value);
        return number == -1 && PyErr_Occurred() ? NULL : json_integer(number);
    }
    if (PyFloat_Check(value)) {
        json_t *real = json_real(PyFloat_AS_DOUBLE(value));
        if (!real)
            PyErr_SetString(PyExc_ValueError, "JSON has no such number");
        return real;
    }
    if (PyUnicode_Check(value)) {
        Py_ssize_t length;
        const char *text = PyUnicode_AsUTF8AndSize(value, &length);
        return text ? json_stringn(text, (size_t)length) : NULL;
    }
    if (PyDict_Check(value))
        return edu_json_object_from(value, depth);
    if (PyList_Check(value) || PyTuple_Check(value))
        return edu_json_array_from(value, depth);
    PyErr_Format(PyExc_TypeError, "%s has no JSON form", Py_TYPE(value)->tp_name);
    return NULL;
}

static bool edu_in_json(PyObject *value, json_t **json, int position)
{
    (void)position;
    *json = edu_json_from(value, 0);
    if (!*json && !PyErr_Occurred())
        PyErr_NoMemory();
    return *json != NULL;
}

/* What an input record points to, until the call is over. */
typedef struct edu_held {
    PyObject *values; /* a copy of the dict keeps texts alive while others change the original */
    json_t *json[16];
    size_t count;
} edu_held;

static void edu_held_release(edu_held *held)
{
    Py_CLEAR(held->values);
    while (held->count > 0)
        json_decref(held->json[--held->count]);
}

#include "convert_fields.h"

/* Names the first field that the record does not have; values stay out of the message. */
static bool edu_unknown_field(const edu_record_type *type, PyObject *values)
{
    PyObject *name, *member;
    Py_ssize_t at = 0;
    while (PyDict_Next(values, &at, &name, &member)) {
        const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
        bool known = false;
        for (size_t i = 0; text && !known && i < type->count; i++)
            known = strcmp(type->fields[i].name, text) == 0;
        if (!known) {
            PyErr_Format(PyExc_TypeError, "%s has no field %R", type->name, name);
            break;
        }
    }
    return false;
}

static bool edu_in_record(PyObject *value, const edu_record_type *type, void *record,
                          edu_held *held, int position)
{
    if (!PyDict_Check(value))
        return edu_wrong_type(value, "dict", position);
    held->values = PyDict_Copy(value);
    if (!held->values)
        return false;
    PyObject **names = edu_names_of(type);
    Py_ssize_t known = 0;
    for (size_t i = 0; names && i < type->count; i++) {
        PyObject *member = PyDict_GetItem(held->values, names[i]);
        if (!member)
            continue;
        known++;
        if (!edu_in_field(member, &type->fields[i], (char *)record + type->fields[i].offset, held,
                          position)) {
            PyObject *kind, *reason, *trace;
            PyErr_Fetch(&kind, &reason, &trace);
            PyErr_Format(kind, "%s: %S", type->fields[i].name, reason);
            Py_XDECREF(kind);
            Py_XDECREF(reason);
            Py_XDECREF(trace);
            return false;
        }
    }
    if (names && known != PyDict_Size(held->values))
        return edu_unknown_field(type, held->values);
    return names != NULL;
}

/* ---- out ---- */

#define EDU_RESULT_NONE(result) (result) = Py_NewRef(Py_None)
#define EDU_APPEND(result, made)                                                                   \
    do {                                                                                           \
        PyObject *edu_made = (made);                                                               \
        if (!edu_made)                                                                             \
            SWIG_fail;                                                                             \
        (result) = SWIG_Python_AppendOutput((result), edu_made);                                   \
    } while (0)
#define EDU_APPEND_HANDLE(result, handle, type)                                                    \
    EDU_APPEND(result, SWIG_NewPointerObj((handle), (type), SWIG_POINTER_OWN))

static PyObject *edu_out_id(edu_id id)
{
    static const edu_id none;
    if (memcmp(&id, &none, sizeof id) == 0)
        Py_RETURN_NONE;
    char text[EDU_ID_TEXT];
    edu_id_format(id, text);
    return PyUnicode_FromStringAndSize(text, EDU_ID_TEXT - 1);
}

static PyObject *edu_out_int(int64_t value)
{
    return PyLong_FromLongLong(value);
}

static PyObject *edu_out_text(const char *text)
{
    return edu_text_or_none(text);
}

static PyObject *edu_out_time(edu_time time)
{
    if (time == EDU_TIME_NONE)
        Py_RETURN_NONE;
    int64_t seconds = time / 1000000 - (time % 1000000 < 0);
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    PyObject *since = PyDelta_FromDSU((int)days, (int)(seconds - days * 86400),
                                      (int)(time - seconds * 1000000));
    PyObject *made = since ? PyNumber_Add(edu_epoch, since) : NULL;
    Py_XDECREF(since);
    return made;
}

static PyObject *edu_out_date(edu_date date)
{
    if (date.year == 0)
        Py_RETURN_NONE;
    return PyDate_FromDate(date.year, date.month, date.day);
}

static PyObject *edu_out_json(const json_t *json);

static PyObject *edu_out_json_object(const json_t *json)
{
    PyObject *dict = PyDict_New();
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)json, name, member) {
        PyObject *value = dict ? edu_out_json(member) : NULL;
        if (!value || PyDict_SetItemString(dict, name, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(value);
        if (!dict)
            return NULL;
    }
    return dict;
}

static PyObject *edu_out_json(const json_t *json)
{
    switch (json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT:
        return edu_out_json_object(json);
    case JSON_ARRAY: {
        PyObject *list = PyList_New((Py_ssize_t)json_array_size(json));
        for (size_t i = 0; list && i < json_array_size(json); i++) {
            PyObject *item = edu_out_json(json_array_get(json, i));
            if (!item)
                Py_CLEAR(list);
            else
                PyList_SET_ITEM(list, (Py_ssize_t)i, item);
        }
        return list;
    }
    case JSON_STRING:
        return PyUnicode_FromStringAndSize(json_string_value(json),
                                           (Py_ssize_t)json_string_length(json));
    case JSON_INTEGER:
        return PyLong_FromLongLong(json_integer_value(json));
    case JSON_REAL:
        return PyFloat_FromDouble(json_real_value(json));
    case JSON_TRUE:
        Py_RETURN_TRUE;
    case JSON_FALSE:
        Py_RETURN_FALSE;
    default:
        Py_RETURN_NONE;
    }
}

static PyObject *edu_out_field(edu_kind kind, const char *at)
{
    const void *value = at;
    switch (kind) {
    case EDU_KIND_BOOL:
        return PyBool_FromLong(*(const bool *)value);
    case EDU_KIND_INT32:
        return PyLong_FromLong(*(const int32_t *)value);
    case EDU_KIND_INT64:
        return PyLong_FromLongLong(*(const int64_t *)value);
    case EDU_KIND_ID:
        return edu_out_id(*(const edu_id *)value);
    case EDU_KIND_TIME:
        return edu_out_time(*(const edu_time *)value);
    case EDU_KIND_DATE:
        return edu_out_date(*(const edu_date *)value);
    case EDU_KIND_BYTES: {
        const edu_bytes *bytes = value;
        return PyBytes_FromStringAndSize(bytes->data, (Py_ssize_t)bytes->size);
    }
    case EDU_KIND_TEXT:
        return edu_text_or_none(*(const char *const *)value);
    case EDU_KIND_JSON:
        return edu_out_json(*(json_t *const *)value);
    }
    Py_RETURN_NONE;
}

static PyObject *edu_out_record(const edu_record_type *type, const void *record)
{
    if (!record)
        Py_RETURN_NONE;
    PyObject **names = edu_names_of(type);
    PyObject *dict = names ? PyDict_New() : NULL;
    for (size_t i = 0; dict && i < type->count; i++) {
        const edu_field *field = &type->fields[i];
        PyObject *value = edu_out_field(field->kind, (const char *)record + field->offset);
        if (!value || PyDict_SetItem(dict, names[i], value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *edu_out_page(const edu_record_type *type, const edu_page *page)
{
    if (!page)
        Py_RETURN_NONE;
    PyObject *items = PyList_New((Py_ssize_t)page->count);
    for (size_t i = 0; items && i < page->count; i++) {
        PyObject *item = edu_out_record(type, (const char *)page->items + i * type->size);
        if (!item)
            Py_CLEAR(items);
        else
            PyList_SET_ITEM(items, (Py_ssize_t)i, item);
    }
    PyObject *next = items ? edu_text_or_none(page->next) : NULL;
    return next ? Py_BuildValue("{s:N,s:N}", "items", items, "next", next) : NULL;
}
