/* Judging a form by its schema. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"

/* One byte more than the library takes of either: it then says that this is too large. */
#define SCHEMA_MAX ((1 << 20) + 1)
#define DATA_MAX ((4 << 20) + 1)

enum { FORM_REFUSED = 2 };

/* Takes the object over. */
static int print_json(json_t *object, int code)
{
    char *text = object ? json_dumps(object, JSON_INDENT(2)) : NULL;
    bool written = text && puts(text) >= 0 && fflush(stdout) == 0;
    free(text);
    json_decref(object);
    if (!written)
        fputs("edu: the answer could not be written\n", stderr);
    return written ? code : FORM_REFUSED;
}

static int print_refusal(const edu_error *error)
{
    return print_json(json_pack("{s:b, s:[{s:s, s:s, s:s}]}", "valid", 0, "schema_errors", "schema",
                                error->field, "key", error->key, "message", error->message),
                      FORM_REFUSED);
}

static int check(edu_bytes schema, edu_bytes data, bool is_strict)
{
    edu_error error = EDU_ERROR_INIT;
    edu_form_report *report = NULL;
    if (edu_form_check(schema, data, is_strict, &report, &error) != EDU_OK)
        return print_refusal(&error);
    int code = report->is_valid ? CLI_DONE : CLI_FAILED;
    json_t *answer = json_pack("{s:b, s:O}", "valid", report->is_valid, "errors", report->errors);
    edu_free(report);
    return print_json(answer, code);
}

static int check_files(const char *schema_path, const char *data_path, bool is_strict)
{
    edu_bytes schema, data;
    if (!cli_read_up_to(schema_path, SCHEMA_MAX, &schema))
        return FORM_REFUSED;
    int code = FORM_REFUSED;
    if (cli_read_up_to(data_path, DATA_MAX, &data)) {
        code = check(schema, data, is_strict);
        free((void *)(uintptr_t)data.data);
    }
    free((void *)(uintptr_t)schema.data);
    return code;
}

int cli_form(int argc, char **argv)
{
    static const char help[] =
        "Usage: edu form check --schema FILE|- --data FILE|- [--strict]\n\n"
        "Judges a form by its JSON Schema (2020-12), and prints as JSON whether it is valid, and\n"
        "each error with the place of the field, a key, parameters, and the place in the schema.\n"
        "Exit status: 0 valid, 1 not valid, 2 the schema is refused or a file cannot be read.\n\n"
        "  --schema FILE  the schema\n"
        "  --data FILE    the form\n"
        "  --strict       as a service is published: unknown keywords and formats are refused,\n"
        "                 formats asserted; without it as the standard says\n";
    const char *schema = NULL, *data = NULL;
    bool is_strict = false;
    const cli_option options[] = {
        {"schema", &schema, NULL}, {"data", &data, NULL}, {"strict", NULL, &is_strict}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1 || strcmp(argv[1], "check") != 0 || !schema || !data)
        return cli_usage("form check needs --schema FILE and --data FILE; see edu form --help");
    if (strcmp(schema, "-") == 0 && strcmp(data, "-") == 0)
        return cli_usage("only one of --schema and --data can be standard input");
    return check_files(schema, data, is_strict);
}
