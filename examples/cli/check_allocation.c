/* edu check-allocation: believes nothing of what edu allocate wrote. See checker.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "checker.h"
#include "cli.h"

static const char help[] =
    "Usage: edu check-allocation DIR --places FILE --centres FILE\n\n"
    "Checks flows.csv and transcript.json in DIR against the input: that it is the input, that\n"
    "everybody is placed and no centre is over its capacity or out of zone, that no allocation\n"
    "costs less, that the rents are the smallest that prove it, and that it is the one the seed\n"
    "draws. Uses nothing of the library's solver.\n\n"
    "Prints the cost. Exit code 0: all of it holds; 1: it does not; 2: wrong usage.\n";

enum { PLACES, CENTRES, FLOWS, TRANSCRIPT, FILES };

static check_bytes bytes_of(edu_bytes bytes)
{
    return (check_bytes){bytes.data, bytes.size};
}

static int check_files(const edu_bytes *files, const char *folder)
{
    check_claim claim;
    check_fault fault = {""};
    edu_progress progress = cli_progress();
    check_bytes places = bytes_of(files[PLACES]), centres = bytes_of(files[CENTRES]);
    bool good = check_read(places, centres, bytes_of(files[FLOWS]), bytes_of(files[TRANSCRIPT]),
                           &claim, &fault) &&
                check_proof(&claim, places, centres, progress.report, progress.context, &fault);
    cli_progress_end();
    if (good)
        printf("cost %" PRId64 " m, proven least by the smallest rents, drawn by the seed; %zu "
               "places, %zu centres, %zu flows\n",
               claim.cost, claim.places.count, claim.centres.count, claim.flow_count);
    else
        fprintf(stderr, "edu: %s: refused: %s\n", folder, fault.text);
    check_free(&claim);
    return good ? CLI_DONE : CLI_FAILED;
}

static bool read_in(const char *folder, const char *name, edu_bytes *bytes)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        fprintf(stderr, "edu: the name of the folder is too long\n");
        return false;
    }
    return cli_read(path, bytes);
}

int cli_check_allocation(int argc, char **argv)
{
    const char *places = NULL, *centres = NULL;
    const cli_option options[] = {{"places", &places, NULL}, {"centres", &centres, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1 || !places || !centres)
        return cli_usage("check-allocation needs DIR, --places and --centres; see --help");
    edu_bytes files[FILES] = {0};
    bool good = cli_read(places, &files[PLACES]) && cli_read(centres, &files[CENTRES]) &&
                read_in(argv[1], "flows.csv", &files[FLOWS]) &&
                read_in(argv[1], "transcript.json", &files[TRANSCRIPT]);
    code = good ? check_files(files, argv[1]) : CLI_FAILED;
    for (size_t i = 0; i < FILES; i++)
        free((void *)(uintptr_t)files[i].data);
    return code;
}
