#include <stdio.h>
#include <string.h>
#include <unistr.h>
#include "core/core.h"

static const char *const status_names[] = {
    "ok",   "invalid",    "not_found", "conflict",    "denied",    "unauthenticated", "state",
    "full", "infeasible", "limit",     "throttled",   "nomem",     "storage",         "busy",
    "io",   "corrupt",    "crypto",    "unsupported", "cancelled",
};

const char *edu_status_name(edu_status status)
{
    int index = -(int)status;
    if (index < 0 || index >= (int)EI_COUNT(status_names))
        return "unknown";
    return status_names[index];
}

static bool is_retryable(edu_status code)
{
    return code == EDU_E_BUSY || code == EDU_E_THROTTLED;
}

static edu_status fill(edu_error *error, edu_status code, const char *key, int64_t line,
                       const char *field, const char *format, va_list arguments)
    __attribute__((format(printf, 6, 0)));

/* A text that was cut may end within a character. */
static void mend_text(char *text)
{
    const uint8_t *bytes = (const uint8_t *)text, *wrong;
    while ((wrong = u8_check(bytes, strlen(text))) != NULL)
        text[wrong - bytes] = '?';
}

static edu_status fill(edu_error *error, edu_status code, const char *key, int64_t line,
                       const char *field, const char *format, va_list arguments)
{
    if (!error)
        return code;
    /* The message is made apart: an argument may point into the error that it replaces. */
    edu_error made = EDU_ERROR_INIT;
    made.code = code;
    made.retryable = is_retryable(code);
    made.line = line;
    (void)snprintf(made.key, sizeof made.key, "%s", key ? key : "");
    (void)snprintf(made.field, sizeof made.field, "%s", field ? field : "");
    (void)vsnprintf(made.message, sizeof made.message, format, arguments);
    mend_text(made.field);
    mend_text(made.message);
    *error = made;
    return code;
}

void ei_error_fill(edu_error *error, edu_status code, const char *key, const char *field,
                   const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, key, 0, field, format, arguments);
    va_end(arguments);
}

void ei_error_fill_line(edu_error *error, edu_status code, const char *key, int64_t line,
                        const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, key, line, field, format, arguments);
    va_end(arguments);
}

void ei_say_no_memory(edu_error *error)
{
    ei_error_fill(error, EDU_E_NOMEM, "core.no_memory", NULL, "out of memory; nothing was changed");
}

void ei_say_bad_argument(edu_error *error, const char *name)
{
    char field[128];
    snprintf(field, sizeof field, "/%s", name);
    ei_error_fill(error, EDU_E_INVALID, "core.bad_argument", field, "%s is missing or not usable",
                  name);
}

const char *edu_version(void)
{
    return EDU_VERSION;
}

const char *ei_system_text(int number)
{
    const char *text = strerrordesc_np(number);
    return text ? text : "unknown error";
}
