/* edu match: applicants to places that they ranked, from bare files to a bare file. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli.h"

static const char help[] =
    "Usage: edu match --applicants FILE --places FILE --out FILE [--seed HEX [--draw-each]]\n\n"
    "Gives applicants places by deferred acceptance: no two would rather exchange, and nobody can\n"
    "get a dearer choice in any matching of which that is true.\n\n"
    "  --applicants FILE  CSV: applicant,choice,place,priority; a row for each choice, choices "
    "from\n"
    "                     1, lower priority first, no two equal at one place; if wanted groups:\n"
    "                     those that the applicant counts for at this place, parted by spaces\n"
    "  --places FILE      CSV: place,capacity; if wanted quotas: GROUP=SEATS, parted by spaces, "
    "seats\n"
    "                     that are for a group first; unfilled: kept where such seats stay empty "
    "if "
    "a\n"
    "                     group has too few, open or nothing where others get them\n"
    "  --out FILE         gets applicant,place, the place empty where there is none; \"-\" prints "
    "it.\n"
    "                     A file that is there is replaced, and only by a whole one\n"
    "  --seed HEX         1 to 64 bytes; lots drawn by it decide between equal priorities, one "
    "for\n"
    "                     each applicant; the column priority may be missing\n"
    "  --draw-each        each place draws by itself\n\n"
    "The order of the rows does not matter.\n";

#define PATH_ROOM 4096

typedef struct job {
    const char *applicants_path, *places_path, *out, *seed;
    bool draws_each;
    edu_bytes applicants, places;
    edu_match_outcome *outcome;
} job;

static bool write_out(const job *of)
{
    const edu_bytes csv = {of->outcome->csv, strlen(of->outcome->csv)};
    char made[PATH_ROOM];
    if (strcmp(of->out, "-") == 0)
        return cli_write(of->out, csv);
    if (snprintf(made, sizeof made, "%s.new-%ld", of->out, (long)getpid()) >= PATH_ROOM) {
        fprintf(stderr, "edu: the name of the file to write is too long\n");
        return false;
    }
    if (!cli_write(made, csv))
        return false;
    if (rename(made, of->out) == 0)
        return true;
    fprintf(stderr, "edu: cannot write %s: %s\n", of->out, strerror(errno));
    unlink(made);
    return false;
}

static int run_job(job *of)
{
    edu_error error = EDU_ERROR_INIT;
    if (!cli_read(of->applicants_path, &of->applicants) || !cli_read(of->places_path, &of->places))
        return CLI_FAILED;
    edu_status status = edu_match(of->applicants, of->places, of->seed, of->draws_each,
                                  cli_progress(), &of->outcome, &error);
    cli_progress_end();
    if (status != EDU_OK) {
        bool is_of_places = strncmp(error.field, "/places", 7) == 0;
        return cli_failed(is_of_places ? of->places_path : of->applicants_path, &error);
    }
    if (!write_out(of))
        return CLI_FAILED;
    FILE *to = strcmp(of->out, "-") == 0 ? stderr : stdout;
    fprintf(to, "%" PRId64 " applicants, %" PRId64 " matched, %" PRId64 " to their first choice",
            of->outcome->applicants, of->outcome->matched, of->outcome->first);
    if (of->outcome->reserved > 0)
        fprintf(to, ", %" PRId64 " on seats of quotas", of->outcome->reserved);
    fputc('\n', to);
    return CLI_DONE;
}

int cli_match(int argc, char **argv)
{
    job of = {0};
    const cli_option options[] = {{"applicants", &of.applicants_path, NULL},
                                  {"places", &of.places_path, NULL},
                                  {"out", &of.out, NULL},
                                  {"seed", &of.seed, NULL},
                                  {"draw-each", NULL, &of.draws_each},
                                  {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words > 0)
        return cli_usage("match takes options only; see edu match --help");
    if (!of.applicants_path || !of.places_path || !of.out)
        return cli_usage("match needs --applicants, --places and --out; see edu match --help");
    code = run_job(&of);
    free((void *)(uintptr_t)of.applicants.data);
    free((void *)(uintptr_t)of.places.data);
    edu_free(of.outcome);
    return code;
}

static const char check_help[] =
    "Usage: edu check-match FILE --applicants FILE --places FILE [--seed HEX [--draw-each]]\n\n"
    "Checks what edu match wrote, without the code that matches: that nobody would rather have a\n"
    "place that has room or that took one who comes later, by its quotas too, and that no other\n"
    "matching of which that is true gives anybody a dearer choice. Options as for edu match.\n\n"
    "Exit code 0: all of it holds; 1: it does not; 2: wrong usage.\n";

static int check_job(job *of, const char *path)
{
    edu_error error = EDU_ERROR_INIT;
    edu_bytes matched = {0};
    bool is_read = cli_read(of->applicants_path, &of->applicants) &&
                   cli_read(of->places_path, &of->places) && cli_read(path, &matched);
    int code = is_read ? CLI_DONE : CLI_FAILED;
    edu_status status = EDU_OK;
    if (is_read)
        status = edu_match_verify(of->applicants, of->places, of->seed, of->draws_each, matched,
                                  cli_progress(), &error);
    cli_progress_end();
    if (status != EDU_OK) {
        bool is_of_places = strncmp(error.field, "/places", 7) == 0;
        bool is_of_applicants = strncmp(error.field, "/applicants", 11) == 0;
        const char *input = is_of_places ? of->places_path : of->applicants_path;
        code = cli_failed(is_of_places || is_of_applicants ? input : path, &error);
    } else if (is_read) {
        printf("stable, and the best stable one for every applicant\n");
    }
    free((void *)(uintptr_t)matched.data);
    return code;
}

int cli_check_match(int argc, char **argv)
{
    job of = {0};
    const cli_option options[] = {{"applicants", &of.applicants_path, NULL},
                                  {"places", &of.places_path, NULL},
                                  {"seed", &of.seed, NULL},
                                  {"draw-each", NULL, &of.draws_each},
                                  {0}};
    int code, words = cli_parse(argc, argv, check_help, options, &code);
    if (words < 0)
        return code;
    if (words != 1 || !of.applicants_path || !of.places_path)
        return cli_usage("check-match needs FILE, --applicants and --places; see --help");
    code = check_job(&of, argv[1]);
    free((void *)(uintptr_t)of.applicants.data);
    free((void *)(uintptr_t)of.places.data);
    return code;
}
