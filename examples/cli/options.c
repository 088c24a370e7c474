#include <stdarg.h>
#include <string.h>
#include "cli.h"

int cli_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("edu: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    return CLI_USAGE;
}

int cli_failed(const char *what, const edu_error *error)
{
    fprintf(stderr, "edu: ");
    if (what)
        fprintf(stderr, "%s: ", what);
    if (error->line > 0)
        fprintf(stderr, "line %lld: ", (long long)error->line);
    fprintf(stderr, "%s", error->message[0] ? error->message : edu_status_name(error->code));
    if (error->field[0])
        fprintf(stderr, " (%s)", error->field);
    fprintf(stderr, "\n");
    return CLI_FAILED;
}

static const cli_option *find(const cli_option *options, const char *name, size_t length)
{
    for (; options->name; options++)
        if (strlen(options->name) == length && memcmp(options->name, name, length) == 0)
            return options;
    return NULL;
}

int cli_parse(int argc, char **argv, const char *help, const cli_option *options, int *code)
{
    int words = 0;
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (only_words || word[0] != '-' || word[1] == 0) {
            argv[++words] = argv[i];
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_words = true;
            continue;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            fputs(help, stdout);
            *code = CLI_DONE;
            return -1;
        }
        const char *name = word + (word[1] == '-' ? 2 : 1);
        size_t length = strcspn(name, "=");
        const cli_option *option = find(options, name, length);
        if (!option) {
            *code = cli_usage("%s has no option %s; see edu %s --help", argv[0], word, argv[0]);
            return -1;
        }
        if (option->flag) {
            *option->flag = true;
        } else if (name[length] == '=') {
            *option->value = name + length + 1;
        } else if (i + 1 < argc) {
            *option->value = argv[++i];
        } else {
            *code = cli_usage("option --%s needs a value", option->name);
            return -1;
        }
    }
    return words;
}
