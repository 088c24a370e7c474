/* edu check-transcript: the signed transcript of an allocation, in one pass. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"

static const char help[] =
    "Usage: edu check-transcript FILE --public-keys FILE [--pupil ID]\n\n"
    "Checks the transcript of an allocation: that it is signed and nothing in it was changed,\n"
    "everybody is placed once, no centre is over its capacity or out of its zone, no allocation\n"
    "costs less, the rents are the smallest that prove it, and it is the one that the seed draws.\n"
    "Uses nothing of the library's solver. FILE may be /dev/stdin.\n\n"
    "  --public-keys FILE  the portal's public keys (edu export keys, or /keys.json)\n"
    "  --pupil ID          prints the place and centre of the line with this id\n\n"
    "Prints what it is a transcript of, for comparison with what was published before: the\n"
    "commitment, and the hash of the frozen list. Exit code 0: all of it holds; 1: it does not,\n"
    "or the pupil is not there; 2: wrong usage.\n";

static int tell(const edu_transcript_report *report, const char *pupil)
{
    printf("issuer      %s\nsubject     %s\ncommitment  %s\nlist        %s\nkey         %s\n",
           report->issuer, report->subject, report->commitment, report->list_hash, report->key_id);
    printf("%" PRId64 " pupils of %" PRId64 " places in %" PRId64 " centres, %" PRId64
           " m in all: signed, proven least, drawn by the seed\n",
           report->pupils, report->places, report->centres, report->cost_m);
    if (pupil && report->centre)
        printf("the pupil, of %s, is in centre %s\n", report->place, report->centre);
    else if (pupil)
        fprintf(stderr, "edu: the pupil has no line in it\n");
    return pupil && !report->centre ? CLI_FAILED : CLI_DONE;
}

int cli_check_transcript(int argc, char **argv)
{
    const char *public_keys = NULL, *pupil = NULL;
    const cli_option options[] = {
        {"public-keys", &public_keys, NULL}, {"pupil", &pupil, NULL}, {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words != 1 || !public_keys)
        return cli_usage("check-transcript needs FILE and --public-keys; see --help");
    char *keys = cli_read_text(public_keys);
    if (!keys)
        return CLI_FAILED;
    edu_transcript_report *report = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = edu_transcript_check(argv[1], keys, pupil, cli_progress(), &report, &error);
    cli_progress_end();
    code = status == EDU_OK ? tell(report, pupil) : cli_failed(argv[1], &error);
    edu_free(report);
    free(keys);
    return code;
}
