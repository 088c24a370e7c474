/* edu allocate: places to centres, from bare files to bare files. */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli.h"

static const char help[] =
    "Usage: edu allocate --places FILE --centres FILE --seed HEX --out DIR\n\n"
    "Sends the pupils of places to centres so that the total distance is least, and proves it.\n\n"
    "  --places FILE   CSV: id,x_m,y_m,pupils[,zone]\n"
    "  --centres FILE  CSV: id,x_m,y_m,capacity[,zone]\n"
    "  --seed HEX      1 to 64 bytes; draws among equally good allocations\n"
    "  --out DIR       is made; refused if it is there and not empty. Gets flows.csv and\n"
    "                  transcript.json, or nothing\n\n"
    "A place uses centres of its own zone. edu check-allocation checks what comes out.\n";

/* A folder's path, and that of a file in it. */
#define FOLDER_ROOM 4000
#define PATH_ROOM (FOLDER_ROOM + 32)
#define NAMED_PLACES 10

typedef struct job {
    const char *places_path, *centres_path, *seed_text, *out;
    uint8_t seed[EDU_ALLOCATION_SEED_MAX];
    size_t seed_size;
    edu_bytes places, centres;
    edu_allocation_problem *problem;
    edu_allocation_result *result;
    char *flows, *transcript;
} job;

static void finish_job(job *of)
{
    free((void *)(uintptr_t)of->places.data);
    free((void *)(uintptr_t)of->centres.data);
    edu_free(of->problem);
    edu_free(of->result);
    edu_free(of->flows);
    edu_free(of->transcript);
}

/* ---- what is asked ---- */

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    if (c >= 'A' && c <= 'F')
        c = (char)(c - 'A' + 'a');
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static bool read_seed(job *of)
{
    size_t length = strlen(of->seed_text);
    if (length < 2 || length % 2 != 0 || length / 2 > sizeof of->seed)
        return false;
    for (size_t i = 0; i < length; i += 2) {
        int high = digit_of(of->seed_text[i]), low = digit_of(of->seed_text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        of->seed[of->seed_size++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Is the folder missing, or there and empty? */
static bool is_out_free(const char *path)
{
    DIR *folder = opendir(path);
    if (!folder)
        return errno == ENOENT;
    bool is_empty = true;
    for (const struct dirent *entry; is_empty && (entry = readdir(folder));)
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(folder);
    return is_empty;
}

static int check_job(job *of)
{
    if (!of->places_path || !of->centres_path || !of->seed_text || !of->out)
        return cli_usage("allocate needs --places, --centres, --seed and --out; see --help");
    if (!read_seed(of))
        return cli_usage("the seed is 1 to 64 bytes of hex, two digits a byte");
    size_t length = strlen(of->out);
    if (length == 0 || length > FOLDER_ROOM - 32)
        return cli_usage("--out names no folder that can be made");
    if (!is_out_free(of->out)) {
        fprintf(stderr, "edu: %s is not an empty folder; name one that is not there yet\n",
                of->out);
        return CLI_FAILED;
    }
    return CLI_DONE;
}

/* ---- solving ---- */

static const char *path_of(const job *of, const edu_error *error)
{
    if (strncmp(error->field, "/places", 7) == 0)
        return of->places_path;
    return strncmp(error->field, "/centres", 8) == 0 ? of->centres_path : NULL;
}

static void name_some(const char *before, const edu_allocation_site *sites, const size_t *which,
                      size_t count)
{
    fprintf(stderr, "    %s", before);
    for (size_t i = 0; i < count && i < NAMED_PLACES; i++) {
        const edu_allocation_site *one = &sites[which[i]];
        fprintf(stderr, "%s %.60s (%" PRId64 ")", i ? "," : "", one->id, one->count);
    }
    if (count > NAMED_PLACES)
        fprintf(stderr, " and %zu more", count - NAMED_PLACES);
    fprintf(stderr, "\n");
}

static void name_left_over(const job *of, const edu_allocation_shortage *zone)
{
    size_t named = 0;
    fprintf(stderr, "    without a seat, if each bears its share:");
    for (size_t i = 0; i < zone->place_count && named < NAMED_PLACES; i++)
        if (zone->left_over[i] > 0)
            fprintf(stderr, "%s %.60s %" PRId64, named++ ? "," : "",
                    of->problem->places[zone->places[i]].id, zone->left_over[i]);
    fprintf(stderr, "%s\n", named == NAMED_PLACES ? ", and maybe more" : "");
}

/* Says of each zone that is short why it is: of what is named nothing can be left out. */
static void explain(const job *of)
{
    edu_allocation_shortages *shortages;
    if (edu_allocation_explain(of->problem, &shortages, NULL) != EDU_OK)
        return;
    for (size_t i = 0; i < shortages->count && i < NAMED_PLACES; i++) {
        const edu_allocation_shortage *zone = &shortages->items[i];
        fprintf(stderr, "  zone \"%.60s\": %" PRId64 " too many\n", zone->zone,
                zone->pupils - zone->seats);
        name_left_over(of, zone);
        name_some("these places alone are more than its seats:", of->problem->places,
                  zone->conflict, zone->conflict_count);
        if (zone->centre_count > 0)
            name_some("and its centres have no more than:", of->problem->centres, zone->centres,
                      zone->centre_count);
    }
    if (shortages->count > NAMED_PLACES)
        fprintf(stderr, "  and %zu zones more\n", shortages->count - NAMED_PLACES);
    edu_free(shortages);
}

static edu_status solve(job *of, edu_error *error)
{
    edu_status status = edu_allocation_read(of->places, of->centres, &of->problem, error);
    if (status != EDU_OK)
        return status;
    of->problem->seed = of->seed;
    of->problem->seed_size = of->seed_size;
    status = edu_allocation_solve(of->problem, cli_progress(), &of->result, error);
    cli_progress_end();
    if (status != EDU_OK)
        return status;
    status = edu_allocation_flows_csv(of->problem, of->result, &of->flows, error);
    if (status != EDU_OK)
        return status;
    return edu_allocation_transcript(of->problem, of->result, of->places, of->centres,
                                     &of->transcript, error);
}

/* ---- writing: all or nothing ---- */

static bool sync_path(const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

static bool write_text(const char *folder, const char *name, const char *text)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!cli_write(path, (edu_bytes){text, strlen(text)}))
        return false;
    if (sync_path(path, O_RDONLY))
        return true;
    fprintf(stderr, "edu: cannot write %s to the disk: %s\n", path, strerror(errno));
    return false;
}

static bool move_file(const char *from, const char *to, const char *name)
{
    char old_path[PATH_ROOM], new_path[PATH_ROOM];
    snprintf(old_path, sizeof old_path, "%s/%s", from, name);
    snprintf(new_path, sizeof new_path, "%s/%s", to, name);
    return rename(old_path, new_path) == 0;
}

static void remove_file(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

static void remove_folder(const char *folder)
{
    remove_file(folder, "flows.csv");
    remove_file(folder, "transcript.json");
    rmdir(folder);
}

/* The finished folder takes the other's place; where that is the working folder or a mount point,
 * its files move, the transcript last. */
static bool put_in_place(const char *made, const char *out)
{
    if (rename(made, out) == 0)
        return true;
    if (errno != EBUSY && errno != EINVAL)
        return false;
    if (!move_file(made, out, "flows.csv"))
        return false;
    if (move_file(made, out, "transcript.json")) {
        rmdir(made);
        return true;
    }
    remove_file(out, "flows.csv");
    return false;
}

static mode_t folder_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0777 & ~mask;
}

static bool write_out(const job *of)
{
    char out[FOLDER_ROOM - 16], made[FOLDER_ROOM];
    snprintf(out, sizeof out, "%s", of->out);
    for (size_t length = strlen(out); length > 1 && out[length - 1] == '/';)
        out[--length] = '\0';
    snprintf(made, sizeof made, "%s.new-XXXXXX", out);
    if (!mkdtemp(made)) {
        fprintf(stderr, "edu: cannot make a folder beside %s: %s\n", out, strerror(errno));
        return false;
    }
    bool good = chmod(made, folder_mode()) == 0 && write_text(made, "flows.csv", of->flows) &&
                write_text(made, "transcript.json", of->transcript) &&
                sync_path(made, O_RDONLY | O_DIRECTORY);
    if (good && !put_in_place(made, out)) {
        fprintf(stderr, "edu: cannot make %s: %s\n", out, strerror(errno));
        good = false;
    }
    if (!good)
        remove_folder(made);
    return good;
}

static int run_job(job *of)
{
    edu_error error = EDU_ERROR_INIT;
    if (!cli_read(of->places_path, &of->places) || !cli_read(of->centres_path, &of->centres))
        return CLI_FAILED;
    edu_status status = solve(of, &error);
    if (status != EDU_OK) {
        cli_failed(path_of(of, &error), &error);
        if (status == EDU_E_INFEASIBLE)
            explain(of);
        return CLI_FAILED;
    }
    if (!write_out(of))
        return CLI_FAILED;
    printf("%" PRId64 " pupils, %" PRId64 " m in all, %zu flows\n", of->result->pupils,
           of->result->cost_m, of->result->flow_count);
    return CLI_DONE;
}

int cli_allocate(int argc, char **argv)
{
    job of = {0};
    const cli_option options[] = {{"places", &of.places_path, NULL},
                                  {"centres", &of.centres_path, NULL},
                                  {"seed", &of.seed_text, NULL},
                                  {"out", &of.out, NULL},
                                  {0}};
    int code, words = cli_parse(argc, argv, help, options, &code);
    if (words < 0)
        return code;
    if (words > 0)
        return cli_usage("allocate takes options only; see edu allocate --help");
    code = check_job(&of);
    if (code == CLI_DONE)
        code = run_job(&of);
    finish_job(&of);
    return code;
}
