/* Values of PHP: what each kind of the library is there. Included by the code that SWIG makes. */
#include "ext/date/php_date.h"
#include "ext/json/php_json.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"
#include "zend_smart_str.h"
#include "convert_names.h"
#include <pthread.h>
#include <unistd.h>

typedef zval *edu_given;

/* A class of the package, whose properties are these fields in this order; otherwise an error is
 * thrown, and there is none. */
static zend_class_entry *edu_class(const char *name, const char *const *fields, size_t stride,
                                   size_t count)
{
    char full[96];
    edu_class_name("Edu\\", name, full, sizeof full);
    zend_string *text = zend_string_init(full, strlen(full), false);
    zend_class_entry *type = zend_lookup_class(text);
    zend_string_release(text);
    bool fits = type && (size_t)type->default_properties_count == count;
    for (size_t i = 0; fits && i < count; i++) {
        const char *field = *(const char *const *)(const void *)((const char *)fields + i * stride);
        const zend_property_info *info = type->properties_info_table[i];
        fits = info && strcmp(ZSTR_VAL(info->name), field) == 0;
    }
    if (fits)
        return type;
    if (!EG(exception))
        zend_throw_error(NULL,
                         type ? "%s is not of this extension's version of the package"
                              : "class %s is not there: load the package libedu/edu",
                         full);
    return NULL;
}

static zend_class_entry *edu_class_of(const edu_record_type *type)
{
    return edu_class(type->name + strlen("edu_"), &type->fields[0].name, sizeof *type->fields,
                     type->count);
}

/* A handle comes from the library only: its class is neither extended, nor made by new, nor stored.
 */
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
    char name[96];
    edu_class_name("Edu\\", edu_status_name(error->code), name, sizeof name);
    zend_string *text = zend_string_init(name, strlen(name), false);
    zend_class_entry *type = zend_lookup_class(text);
    zend_string_release(text);
    if (!type) {
        if (!EG(exception))
            zend_throw_error(NULL, "%s (class %s is not there: load the package libedu/edu)",
                             error->message, name);
        return;
    }
    zval raised, arguments[8];
    const char *const texts[] = {error->message, edu_status_name(error->code), error->key,
                                 error->field, error->sqlstate};
    static const uint32_t places[] = {0, 2, 3, 4, 6};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ZVAL_STRING(&arguments[places[i]], texts[i]);
    ZVAL_LONG(&arguments[1], error->code);
    ZVAL_LONG(&arguments[5], (zend_long)error->line);
    ZVAL_BOOL(&arguments[7], error->retryable);
    if (object_init_ex(&raised, type) == SUCCESS && type->constructor) {
        zend_call_known_instance_method(type->constructor, Z_OBJ(raised), NULL, 8, arguments);
        if (EG(exception))
            zval_ptr_dtor(&raised);
        else
            zend_throw_exception_object(&raised);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        zval_ptr_dtor(&arguments[places[i]]);
}

/* ---- portals that stay open in their process from one request to the next ---- */

typedef struct edu_kept {
    struct edu_kept *next;
    edu_portal *portal;
    pid_t process; /* what another process opened before fork is neither used nor closed */
    char options[];
} edu_kept;

static edu_kept *edu_kept_portals;
static pthread_mutex_t edu_kept_lock = PTHREAD_MUTEX_INITIALIZER;

static void edu_write_option(smart_str *text, const edu_field *field, const char *at)
{
    const void *value = at;
    const char *word = field->kind == EDU_KIND_TEXT ? *(const char *const *)value : NULL;
    if (word)
        smart_str_append_printf(text, "%zu:%s;", strlen(word), word);
    else if (field->kind == EDU_KIND_BOOL)
        smart_str_append_printf(text, "%d;", *(const bool *)value);
    else if (field->kind == EDU_KIND_INT32)
        smart_str_append_printf(text, "%d;", (int)*(const int32_t *)value);
    else if (field->kind == EDU_KIND_INT64)
        smart_str_append_printf(text, "%lld;", (long long)*(const int64_t *)value);
    else
        smart_str_appendc(text, ';');
}

static edu_status edu_open_and_keep(const edu_portal_options *options, const char *text,
                                    edu_portal **out, edu_error *error)
{
    for (edu_kept *kept = edu_kept_portals; kept; kept = kept->next)
        if (kept->process == getpid() && strcmp(kept->options, text) == 0) {
            *out = kept->portal;
            return EDU_OK;
        }
    edu_status status = edu_portal_open(options, NULL, out, error);
    if (status != EDU_OK)
        return status;
    edu_kept *kept = pemalloc(sizeof *kept + strlen(text) + 1, true);
    kept->next = edu_kept_portals;
    kept->portal = *out;
    kept->process = getpid();
    memcpy(kept->options, text, strlen(text) + 1);
    edu_kept_portals = kept;
    return EDU_OK;
}

static edu_status edu_portal_open_persistent(const edu_portal_options *options,
                                             const edu_environment *environment, edu_portal **out,
                                             edu_error *error)
{
    (void)environment;
    const edu_record_type *type = edu_record_type_find("edu_portal_options");
    smart_str text = {0};
    for (size_t i = 0; i < type->count; i++)
        edu_write_option(&text, &type->fields[i], (const char *)options + type->fields[i].offset);
    smart_str_0(&text);
    pthread_mutex_lock(&edu_kept_lock);
    edu_status status = edu_open_and_keep(options, ZSTR_VAL(text.s), out, error);
    pthread_mutex_unlock(&edu_kept_lock);
    smart_str_free(&text);
    return status;
}

/* What the object of a portal does at its end. */
static void edu_let_go(edu_portal *portal)
{
    bool is_kept = false;
    pthread_mutex_lock(&edu_kept_lock);
    for (const edu_kept *kept = edu_kept_portals; kept && !is_kept; kept = kept->next)
        is_kept = kept->portal == portal;
    pthread_mutex_unlock(&edu_kept_lock);
    if (!is_kept)
        edu_portal_close(portal);
}

static void edu_close_kept(void)
{
    while (edu_kept_portals) {
        edu_kept *kept = edu_kept_portals;
        edu_kept_portals = kept->next;
        if (kept->process == getpid())
            edu_portal_close(kept->portal);
        pefree(kept, true);
    }
}

/* ---- in; each throws and returns false where the value does not fit ---- */

#define EDU_GIVEN(input) (&(input))

static bool edu_wrong_type(const zval *value, const char *wanted, int position)
{
    zend_type_error("argument %d must be %s, not %s", position, wanted, zend_zval_type_name(value));
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

static json_t *edu_json_members_from(HashTable *table, bool is_list, int depth)
{
    json_t *made = is_list ? json_array() : json_object();
    zend_ulong number;
    zend_string *name;
    zval *member;
    ZEND_HASH_FOREACH_KEY_VAL(table, number, name, member)
    {
        json_t *item = made ? edu_json_from(member, depth + 1) : NULL;
        char digits[32];
        snprintf(digits, sizeof digits, "%lld", (long long)number);
        if (!item ||
            (is_list ? json_array_append_new(made, item)
                     : json_object_set_new(made, name ? ZSTR_VAL(name) : digits, item)) < 0) {
            json_decref(made);
            return NULL;
        }
    }
    ZEND_HASH_FOREACH_END();
    return made;
}

/* What is there is a stdClass, as json_decode makes it, or says itself what its JSON is. */
static json_t *edu_json_object_from(zval *value, int depth)
{
    json_t *made = NULL;
    if (Z_OBJCE_P(value) == zend_standard_class_def) {
        HashTable *members = zend_get_properties_for(value, ZEND_PROP_PURPOSE_JSON);
        made = edu_json_members_from(members, false, depth);
        zend_release_properties(members);
    } else if (instanceof_function(Z_OBJCE_P(value), php_json_serializable_ce)) {
        zval form;
        ZVAL_UNDEF(&form);
        zend_call_method_with_0_params(Z_OBJ_P(value), Z_OBJCE_P(value), NULL, "jsonSerialize",
                                       &form);
        if (!EG(exception))
            made = edu_json_from(&form, depth + 1);
        zval_ptr_dtor(&form);
    }
    return made;
}

/* An array is a list where its keys are 0, 1, 2 and so on, as in json_encode: so is an empty one.
 */
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
        return edu_json_members_from(Z_ARRVAL_P(value), zend_array_is_list(Z_ARRVAL_P(value)),
                                     depth);
    case IS_OBJECT:
        return edu_json_object_from(value, depth);
    default:
        return NULL;
    }
}

static bool edu_in_json(zval *value, json_t **json, int position)
{
    *json = edu_json_from(value, 0);
    if (!*json && !EG(exception))
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

/* An object of the input's class. What is null there, nobody has set. */
static bool edu_in_record(zval *value, const edu_record_type *type, void *record, edu_held *held,
                          int position)
{
    ZVAL_DEREF(value);
    zend_class_entry *wanted = edu_class_of(type);
    if (!wanted)
        return false;
    if (Z_TYPE_P(value) != IS_OBJECT || Z_OBJCE_P(value) != wanted)
        return edu_wrong_type(value, ZSTR_VAL(wanted->name), position);
    for (size_t i = 0; i < type->count; i++) {
        zval *member = OBJ_PROP_NUM(Z_OBJ_P(value), i);
        ZVAL_DEREF(member);
        if (Z_TYPE_P(member) > IS_NULL &&
            !edu_in_field(member, &type->fields[i], (char *)record + type->fields[i].offset, held,
                          position))
            return false;
    }
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

/* An object of PHP as its constructor makes it of "@SECONDS.MICROS", which takes ten times as long:
 * it reads a text, and asks what time it is. */
static zval edu_moment(int64_t seconds, int32_t micros)
{
    zval made;
    struct tm civil;
    time_t instant = (time_t)seconds;
    timelib_time *moment = timelib_calloc(1, sizeof *moment);
    gmtime_r(&instant, &civil);
    moment->y = civil.tm_year + 1900;
    moment->m = civil.tm_mon + 1;
    moment->d = civil.tm_mday;
    moment->h = civil.tm_hour;
    moment->i = civil.tm_min;
    moment->s = civil.tm_sec;
    moment->us = micros;
    moment->sse = seconds;
    moment->sse_uptodate = moment->tim_uptodate = moment->is_localtime = 1;
    moment->zone_type = TIMELIB_ZONETYPE_OFFSET;
    php_date_instantiate(php_date_get_immutable_ce(), &made);
    Z_PHPDATE_P(&made)->time = moment;
    return made;
}

static zval edu_out_time(edu_time time)
{
    if (time == EDU_TIME_NONE)
        return edu_out_text(NULL);
    int64_t seconds = time / 1000000 - (time % 1000000 < 0);
    return edu_moment(seconds, (int32_t)(time - seconds * 1000000));
}

static zval edu_out_date(edu_date date)
{
    if (date.year == 0)
        return edu_out_text(NULL);
    struct tm civil = {.tm_year = date.year - 1900, .tm_mon = date.month - 1, .tm_mday = date.day};
    return edu_moment((int64_t)timegm(&civil), 0);
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

/* Takes the value over. False, and an exception, where the property has another type. */
static bool edu_set_property(zend_object *object, size_t at, zval *value)
{
    zend_property_info *info = object->ce->properties_info_table[at];
    if (!zend_verify_property_type(info, value, true)) {
        zval_ptr_dtor(value);
        return false;
    }
    zval *property = OBJ_PROP_NUM(object, at);
    ZVAL_COPY_VALUE(property, value);
    Z_PROP_FLAG_P(property) = 0;
    return true;
}

static zval edu_out_object(const edu_record_type *type, zend_class_entry *class, const void *record)
{
    zval made;
    if (object_init_ex(&made, class) != SUCCESS)
        return edu_out_text(NULL);
    for (size_t i = 0; i < type->count; i++) {
        const edu_field *field = &type->fields[i];
        zval value = edu_out_field(field->kind, (const char *)record + field->offset);
        if (!edu_set_property(Z_OBJ(made), i, &value)) {
            zval_ptr_dtor(&made);
            return edu_out_text(NULL);
        }
    }
    return made;
}

static zval edu_out_record(const edu_record_type *type, const void *record)
{
    zend_class_entry *class = record ? edu_class_of(type) : NULL;
    return class ? edu_out_object(type, class, record) : edu_out_text(NULL);
}

static zval edu_out_page(const edu_record_type *type, const edu_page *page)
{
    static const char *const fields[] = {"items", "next"};
    zend_class_entry *class = page ? edu_class_of(type) : NULL;
    zend_class_entry *of_page = class ? edu_class("page", fields, sizeof *fields, 2) : NULL;
    zval items, made, next;
    if (!of_page || object_init_ex(&made, of_page) != SUCCESS)
        return edu_out_text(NULL);
    array_init_size(&items, (uint32_t)page->count);
    zend_hash_real_init_packed(Z_ARRVAL(items));
    for (size_t i = 0; i < page->count && !EG(exception); i++) {
        zval item = edu_out_object(type, class, (const char *)page->items + i * type->size);
        zend_hash_next_index_insert(Z_ARRVAL(items), &item);
    }
    next = edu_out_text(page->next);
    if (!edu_set_property(Z_OBJ(made), 0, &items) || !edu_set_property(Z_OBJ(made), 1, &next) ||
        EG(exception)) {
        zval_ptr_dtor(&made);
        return edu_out_text(NULL);
    }
    return made;
}
