/* Values of PHP: what each kind of the library is there. Included by the code that SWIG makes. */
#include "ext/date/php_date.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"
#include "convert_names.h"

typedef zval *edu_given;

static zend_class_entry *edu_error_class;
static zend_class_entry *edu_error_classes[32]; /* by negative status */

static zend_class_entry *edu_make_class(const char *name, zend_class_entry *parent)
{
    zend_class_entry entry;
    INIT_CLASS_ENTRY_EX(entry, name, strlen(name), NULL);
    return zend_register_internal_class_ex(&entry, parent);
}

static void edu_convert_init(void)
{
    edu_error_class = edu_make_class("Edu\\Error", zend_ce_exception);
    static const char *const texts[] = {"status", "key", "field", "sqlstate"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        zend_declare_property_string(edu_error_class, texts[i], strlen(texts[i]), "",
                                     ZEND_ACC_PUBLIC);
    zend_declare_property_long(edu_error_class, "inputLine", strlen("inputLine"), 0,
                               ZEND_ACC_PUBLIC);
    zend_declare_property_bool(edu_error_class, "retryable", strlen("retryable"), 0,
                               ZEND_ACC_PUBLIC);
    for (int code = 1; code < (int)(sizeof edu_error_classes / sizeof *edu_error_classes); code++) {
        const char *status = edu_status_name((edu_status)-code);
        if (strcmp(status, "unknown") == 0)
            break;
        char name[64];
        edu_class_name("Edu\\", status, name, sizeof name);
        edu_error_classes[code] = edu_make_class(name, edu_error_class);
    }
}

/* A handle comes from the library only: its class is neither extended, nor made by new, nor stored. */
static ZEND_COLD zend_function *edu_no_constructor(zend_object *object)
{
    zend_throw_error(NULL, "%s cannot be made by new", ZSTR_VAL(object->ce->name));
    return NULL;
}

/* handlers: those that SWIG made for this class; each class frees its own kind. */
static void edu_handle_class(const char *name, zend_object_handlers *handlers)
{
    zend_class_entry *type = zend_hash_str_find_ptr(CG(class_table), name, strlen(name));
    if (type)
        type->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NOT_SERIALIZABLE;
    handlers->get_constructor = edu_no_constructor;
}

static void edu_raise(const edu_error *error)
{
    int code = -(int)error->code;
    zend_class_entry *type = edu_error_class;
    if (code > 0 && code < (int)(sizeof edu_error_classes / sizeof *edu_error_classes) &&
        edu_error_classes[code])
        type = edu_error_classes[code];
    zend_object *raised = zend_throw_exception(type, error->message, (zend_long)error->code);
    if (!raised)
        return;
    zend_update_property_string(type, raised, "status", strlen("status"),
                                edu_status_name(error->code));
    zend_update_property_string(type, raised, "key", strlen("key"), error->key);
    zend_update_property_string(type, raised, "field", strlen("field"), error->field);
    zend_update_property_string(type, raised, "sqlstate", strlen("sqlstate"), error->sqlstate);
    zend_update_property_long(type, raised, "inputLine", strlen("inputLine"),
                              (zend_long)error->line);
    zend_update_property_bool(type, raised, "retryable", strlen("retryable"), error->retryable);
}

/* ---- in; each throws and returns false where the value does not fit ---- */

#define EDU_GIVEN(input) (&(input))

static bool edu_wrong_type(const zval *value, const char *wanted, int position)
{
    zend_type_error("argument %d must be %s, not %s", position, wanted,
                    zend_zval_type_name(value));
    return false;
}

static bool edu_in_text(zval *value, const char **text, int position)
{
    ZVAL_DEREF(value);
    *text = NULL;
    if (Z_TYPE_P(value) == IS_NULL)
        return true;
    if (Z_TYPE_P(value) != IS_STRING)
        return edu_wrong_type(value, "string or null", position);
    if (strlen(Z_STRVAL_P(value)) != Z_STRLEN_P(value)) {
        zend_value_error("argument %d holds a null character", position);
        return false;
    }
    *text = Z_STRVAL_P(value);
    return true;
}

static bool edu_in_bool(zval *value, bool *out, int position)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_TRUE && Z_TYPE_P(value) != IS_FALSE)
        return edu_wrong_type(value, "bool", position);
    *out = Z_TYPE_P(value) == IS_TRUE;
    return true;
}

static bool edu_in_int64(zval *value, int64_t *out, int position)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_LONG)
        return edu_wrong_type(value, "int", position);
    *out = Z_LVAL_P(value);
    return true;
}

static bool edu_in_int32(zval *value, int32_t *out, int position)
{
    int64_t wide;
    if (!edu_in_int64(value, &wide, position))
        return false;
    if (wide < INT32_MIN || wide > INT32_MAX) {
        zend_value_error("argument %d is out of range", position);
        return false;
    }
    *out = (int32_t)wide;
    return true;
}

static bool edu_in_id(zval *value, edu_id *id, int position)
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

/* The object's own format(), which every DateTimeInterface has. */
static bool edu_format_date(zval *value, const char *format, const char *wanted, zval *text,
                            int position)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_OBJECT ||
        !instanceof_function(Z_OBJCE_P(value), php_date_get_interface_ce()))
        return edu_wrong_type(value, wanted, position);
    zval argument;
    ZVAL_STRING(&argument, format);
    zend_call_method_with_1_params(Z_OBJ_P(value), Z_OBJCE_P(value), NULL, "format", text,
                                   &argument);
    zval_ptr_dtor(&argument);
    return Z_TYPE_P(text) == IS_STRING;
}

static bool edu_in_date(zval *value, edu_date *date, int position)
{
    memset(date, 0, sizeof *date);
    if (Z_TYPE_P(value) == IS_NULL)
        return true;
    zval text;
    if (!edu_format_date(value, "Y-m-d", "DateTimeInterface or null", &text, position))
        return false;
    int year, month, day;
    bool good = sscanf(Z_STRVAL(text), "%d-%d-%d", &year, &month, &day) == 3 && year > 0 &&
                year <= INT16_MAX;
    zval_ptr_dtor(&text);
    if (!good) {
        zend_value_error("argument %d is a date out of range", position);
        return false;
    }
    *date = (edu_date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

static bool edu_in_time(zval *value, edu_time *time, int position)
{
    *time = EDU_TIME_NONE;
    if (Z_TYPE_P(value) == IS_NULL)
        return true;
    zval text;
    if (!edu_format_date(value, "U u", "DateTimeInterface or null", &text, position))
        return false;
    long long seconds, micros;
    bool good = sscanf(Z_STRVAL(text), "%lld %lld", &seconds, &micros) == 2 &&
                seconds > -8000000000000LL && seconds < 8000000000000LL;
    zval_ptr_dtor(&text);
    if (!good) {
        zend_value_error("argument %d is a time out of range", position);
        return false;
    }
    *time = seconds * 1000000 + micros;
    return true;
}

static bool edu_in_bytes(zval *value, edu_bytes *bytes, int position)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_STRING)
        return edu_wrong_type(value, "string", position);
    bytes->data = Z_STRVAL_P(value);
    bytes->size = Z_STRLEN_P(value);
    return true;
}

#define EDU_JSON_DEPTH 64

static json_t *edu_json_from(zval *value, int depth);

/* An array of PHP is an array of JSON where its keys are 0, 1, 2 and so on; empty, it is an object. */
static json_t *edu_json_array_from(HashTable *table, int depth)
{
    bool is_list = zend_hash_num_elements(table) > 0 && zend_array_is_list(table);
    json_t *made = is_list ? json_array() : json_object();
    zend_ulong number;
    zend_string *name;
    zval *member;
    ZEND_HASH_FOREACH_KEY_VAL(table, number, name, member)
    {
        json_t *item = made ? edu_json_from(member, depth + 1) : NULL;
        char digits[32];
        snprintf(digits, sizeof digits, "%lld", (long long)number);
        if (!item || (is_list ? json_array_append_new(made, item)
                              : json_object_set_new(made, name ? ZSTR_VAL(name) : digits, item)) <
                         0) {
            json_decref(made);
            return NULL;
        }
    }
    ZEND_HASH_FOREACH_END();
    return made;
}

static json_t *edu_json_from(zval *value, int depth)
{
    ZVAL_DEREF(value);
    if (depth > EDU_JSON_DEPTH)
        return NULL;
    switch (Z_TYPE_P(value)) {
    case IS_NULL:
        return json_null();
    case IS_TRUE:
    case IS_FALSE:
        return json_boolean(Z_TYPE_P(value) == IS_TRUE);
    case IS_LONG:
        return json_integer(Z_LVAL_P(value));
    case IS_DOUBLE:
        return json_real(Z_DVAL_P(value));
    case IS_STRING:
        return json_stringn(Z_STRVAL_P(value), Z_STRLEN_P(value));
    case IS_ARRAY:
        return edu_json_array_from(Z_ARRVAL_P(value), depth);
    default:
        return NULL;
    }
}

static bool edu_in_json(zval *value, json_t **json, int position)
{
    *json = edu_json_from(value, 0);
    if (!*json)
        zend_value_error("argument %d has no JSON form, or is nested too deeply", position);
    return *json != NULL;
}

/* What an input record points to, until the call is over. */
typedef struct edu_held {
    json_t *json[16];
    size_t count;
} edu_held;

static void edu_held_release(edu_held *held)
{
    while (held->count > 0)
        json_decref(held->json[--held->count]);
}

#include "convert_fields.h"

static const edu_field *edu_find_field(const edu_record_type *type, const char *name)
{
    for (size_t i = 0; i < type->count; i++)
        if (strcmp(type->fields[i].name, name) == 0)
            return &type->fields[i];
    return NULL;
}

static bool edu_in_record(zval *value, const edu_record_type *type, void *record, edu_held *held,
                          int position)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_ARRAY)
        return edu_wrong_type(value, "array", position);
    zend_string *name;
    zval *member;
    ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL_P(value), name, member)
    {
        const edu_field *field = name ? edu_find_field(type, ZSTR_VAL(name)) : NULL;
        if (!field) {
            zend_value_error("%s has no field %s", type->name, name ? ZSTR_VAL(name) : "number");
            return false;
        }
        ZVAL_DEREF(member);
        if (!edu_in_field(member, field, (char *)record + field->offset, held, position))
            return false;
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

/* ---- out ---- */

#define EDU_RESULT_NONE(result) ZVAL_NULL(result)
#define EDU_APPEND(result, made)                                                                   \
    do {                                                                                           \
        zval edu_made = (made);                                                                    \
        zval_ptr_dtor(result);                                                                     \
        ZVAL_COPY_VALUE(result, &edu_made);                                                        \
    } while (0)
#define EDU_APPEND_HANDLE(result, handle, type)                                                    \
    SWIG_SetPointerZval((result), (void *)(handle), (type), 1)

static zval edu_out_text(const char *text)
{
    zval made;
    if (text)
        ZVAL_STRING(&made, text);
    else
        ZVAL_NULL(&made);
    return made;
}

static zval edu_out_id(edu_id id)
{
    static const edu_id none;
    if (memcmp(&id, &none, sizeof id) == 0)
        return edu_out_text(NULL);
    char text[EDU_ID_TEXT];
    edu_id_format(id, text);
    return edu_out_text(text);
}

static zval edu_out_int(int64_t value)
{
    zval made;
    ZVAL_LONG(&made, (zend_long)value);
    return made;
}

static zval edu_date_object(const char *text)
{
    zval made, argument;
    object_init_ex(&made, php_date_get_immutable_ce());
    ZVAL_STRING(&argument, text);
    zend_call_method_with_1_params(Z_OBJ(made), Z_OBJCE(made), &Z_OBJCE(made)->constructor,
                                   "__construct", NULL, &argument);
    zval_ptr_dtor(&argument);
    return made;
}

static zval edu_out_time(edu_time time)
{
    if (time == EDU_TIME_NONE)
        return edu_out_text(NULL);
    int64_t seconds = time / 1000000 - (time % 1000000 < 0);
    char text[64];
    snprintf(text, sizeof text, "@%lld.%06d", (long long)seconds,
             (int)(time - seconds * 1000000));
    return edu_date_object(text);
}

static zval edu_out_date(edu_date date)
{
    if (date.year == 0)
        return edu_out_text(NULL);
    char text[32];
    snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", date.year, date.month, date.day);
    return edu_date_object(text);
}

static zval edu_out_json(const json_t *json)
{
    zval made, item;
    const char *name;
    json_t *member;
    switch (json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT:
        array_init(&made);
        json_object_foreach((json_t *)(uintptr_t)json, name, member)
        {
            item = edu_out_json(member);
            zend_symtable_str_update(Z_ARRVAL(made), name, strlen(name), &item);
        }
        return made;
    case JSON_ARRAY:
        array_init(&made);
        for (size_t i = 0; i < json_array_size(json); i++) {
            item = edu_out_json(json_array_get(json, i));
            add_next_index_zval(&made, &item);
        }
        return made;
    case JSON_STRING:
        ZVAL_STRINGL(&made, json_string_value(json), json_string_length(json));
        return made;
    case JSON_INTEGER:
        return edu_out_int(json_integer_value(json));
    case JSON_REAL:
        ZVAL_DOUBLE(&made, json_real_value(json));
        return made;
    case JSON_TRUE:
    case JSON_FALSE:
        ZVAL_BOOL(&made, json_is_true(json));
        return made;
    default:
        return edu_out_text(NULL);
    }
}

static zval edu_out_field(edu_kind kind, const char *at)
{
    const void *value = at;
    zval made;
    switch (kind) {
    case EDU_KIND_BOOL:
        ZVAL_BOOL(&made, *(const bool *)value);
        return made;
    case EDU_KIND_INT32:
        return edu_out_int(*(const int32_t *)value);
    case EDU_KIND_INT64:
        return edu_out_int(*(const int64_t *)value);
    case EDU_KIND_ID:
        return edu_out_id(*(const edu_id *)value);
    case EDU_KIND_TIME:
        return edu_out_time(*(const edu_time *)value);
    case EDU_KIND_DATE:
        return edu_out_date(*(const edu_date *)value);
    case EDU_KIND_BYTES: {
        const edu_bytes *bytes = value;
        ZVAL_STRINGL(&made, bytes->size ? (const char *)bytes->data : "", bytes->size);
        return made;
    }
    case EDU_KIND_TEXT:
        return edu_out_text(*(const char *const *)value);
    case EDU_KIND_JSON:
        return edu_out_json(*(json_t *const *)value);
    }
    return edu_out_text(NULL);
}

static zval edu_out_record(const edu_record_type *type, const void *record)
{
    if (!record)
        return edu_out_text(NULL);
    zval made;
    array_init_size(&made, (uint32_t)type->count);
    for (size_t i = 0; i < type->count; i++) {
        const edu_field *field = &type->fields[i];
        zval value = edu_out_field(field->kind, (const char *)record + field->offset);
        add_assoc_zval(&made, field->name, &value);
    }
    return made;
}

static zval edu_out_page(const edu_record_type *type, const edu_page *page)
{
    if (!page)
        return edu_out_text(NULL);
    zval items, made, next = edu_out_text(page->next);
    array_init_size(&items, (uint32_t)page->count);
    for (size_t i = 0; i < page->count; i++) {
        zval item = edu_out_record(type, (const char *)page->items + i * type->size);
        add_next_index_zval(&items, &item);
    }
    array_init(&made);
    add_assoc_zval(&made, "items", &items);
    add_assoc_zval(&made, "next", &next);
    return made;
}
