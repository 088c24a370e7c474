/* The command edu: the library from a shell. */
#include <string.h>
#include "cli.h"

static const cli_command commands[] = {
    {"init", "make a store and its keys", cli_init},
    {"demo", "fill a store with the demonstration", cli_demo},
    {"publish", "publish a register, a type of reference, a calendar…", cli_publish},
    {"import", "read a register from CSV", cli_import},
    {"account", "make accounts and give roles", cli_account},
    {"token", "make and end the tokens of programs", cli_token},
    {"admission", "bring lists of the admitted and fees; who has come", cli_admission},
    {"season", "open, list and run olympiad seasons", cli_season},
    {"allocate", "allocate places to centres, from bare files", cli_allocate},
    {"check-allocation", "check an allocation without trusting who made it", cli_check_allocation},
    {"check-match", "check a matching without the code that makes it", cli_check_match},
    {"check-transcript", "check the signed transcript of an allocation", cli_check_transcript},
    {"match", "match applicants to the places they ranked, from bare files", cli_match},
    {"results", "enter, publish and write results of a round", cli_results},
    {"rank", "rank a round by its rules", cli_rank},
    {"round", "score and rank applications, and give places", cli_round},
    {"issue", "issue the certificates of a round", cli_issue},
    {"print", "write the certificates of a round as PDF for printing", cli_print},
    {"revoke", "revoke a certificate, by two people", cli_revoke},
    {"key", "list, replace and withdraw the keys that sign", cli_key},
    {"payment", "keys, lists and balances of payment", cli_payment},
    {"verify", "check the text of a QR code, or a certificate's file", cli_verify},
    {"form", "judge a form by its JSON Schema", cli_form},
    {"canonicalize", "write JSON in its canonical form", cli_canonicalize},
    {"export", "write lists, transcripts, keys and revocations", cli_export},
    {"deliver", "do what is due, and send the messages that wait", cli_deliver},
    {"person", "find and merge one person who is there twice", cli_person},
    {"privacy", "give what is held on a person, and erase it", cli_privacy},
    {"backup", "copy a store while it is in use", cli_backup},
    {"restore", "put a backup in place", cli_restore},
    {"check", "check a store", cli_check},
};

static void print_help(FILE *to)
{
    fputs("Usage: edu COMMAND [OPTIONS]\n\nCommands:\n", to);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(to, "  %-17s %s\n", commands[i].name, commands[i].summary);
    fputs("\nedu COMMAND --help tells more of each. edu --version prints the version.\n", to);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return CLI_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts(edu_version());
        return CLI_DONE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return cli_usage("no command %s; see edu --help", argv[1]);
}
