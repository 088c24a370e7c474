/* The power goes while a portal writes, and pages go bad while it is closed.
 *
 *   EDU_SEED      what all follows from (drawn, and printed)
 *   EDU_POINTS    at how many points the power goes (60; 1,000 with EDU_NIGHTLY=1)
 *   EDU_PAGES     how many times a page goes bad (60; 1,000)
 *
 * What was acknowledged before is there afterwards, what was not is there whole or not at all; the
 * engine's check, the chains of the record and the ledger hold. */
#include "authorisation/calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "faults/digest.h"
#include "faults/disk.h"
#include "../tap.h"

#define ROUNDS 40 /* of the work of one run, a write of each kind in each */
#define KEY_MAX 32

static uint64_t seed;
static int points_wanted, pages_wanted;

struct tried {
    int points, writes, pages, told, harmless, untold;
};
static struct tried *tried; /* by the tests' own processes */

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % below;
}

/* ---- the work ---- */

/* Writes of many modules, each under a key of its own. */
static edu_id person, appeal, invoice;
static edu_session *clerk, *cashier;

static edu_status do_register(int round, const char *key, edu_error *error)
{
    edu_id id;
    return edu_olympiad_register(clerk, stage_sitting(SITTING_OPEN), stage_pupil(round), key, &id,
                                 error);
}

static edu_status do_appeal(int round, const char *key, edu_error *error)
{
    (void)round;
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    input.channel = "hotline";
    input.person_id = person;
    input.category = "building";
    input.text = "The roof leaks.";
    edu_status status = edu_appeal_submit(clerk, &input, key, &receipt, error);
    edu_free(receipt);
    return status;
}

static edu_status do_note(int round, const char *key, edu_error *error)
{
    (void)round;
    return edu_appeal_note(clerk, person, appeal, "Looked at.", key, error);
}

static edu_status do_announce(int round, const char *key, edu_error *error)
{
    edu_id id;
    edu_announcement_input input = EDU_ANNOUNCEMENT_INPUT_INIT;
    char text[40];
    (void)snprintf(text, sizeof text, "Lesson %d", round);
    input.service = "club";
    input.offering_id = stage_group();
    input.title = json_pack("{s:s}", "en", text);
    input.text = json_pack("{s:s}", "en", "On Monday.");
    edu_status status = edu_announcement_put(clerk, &input, key, &id, error);
    json_decref(input.title);
    json_decref(input.text);
    return status;
}

static edu_status do_invoice(int round, const char *key, edu_error *error)
{
    (void)round;
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    input.person_id = person;
    input.kind = "books";
    input.title = json_pack("{s:s}", "en", "Books");
    input.amount = 500;
    input.currency = "AZN";
    edu_status status = edu_payment_invoice(cashier, &input, key, &invoice, error);
    json_decref(input.title);
    return status;
}

static edu_status do_waive(int round, const char *key, edu_error *error)
{
    (void)round;
    return edu_payment_waive(cashier, person, invoice, 100, "A promise.", key, error);
}

static edu_status do_correct(int round, const char *key, edu_error *error)
{
    json_t *changes = json_pack("{s:s}", "subject", round % 2 ? "drawing" : "chess");
    target one = stage_target(ACTOR_CLERK, TARGET_INSTITUTIONS);
    edu_status status =
        edu_register_correct(cashier, one.person, one.record, changes, "An error.", key, error);
    json_decref(changes);
    return status;
}

typedef edu_status do_fn(int round, const char *key, edu_error *error);

static do_fn *const kinds[] = {do_register, do_appeal, do_note,   do_announce,
                               do_invoice,  do_waive,  do_correct};

/* What was done so far; of the last it is not known. */
static struct {
    int begun, done;
} work;

static void key_of(int number, char key[KEY_MAX])
{
    (void)snprintf(key, KEY_MAX, "power-%d", number);
}

static edu_status do_write(int number, edu_error *error)
{
    char key[KEY_MAX];
    key_of(number, key);
    return kinds[number % (int)EI_COUNT(kinds)](number / (int)EI_COUNT(kinds), key, error);
}

static void open_work(void)
{
    stage_open();
    clerk = stage_session(ACTOR_CLERK);
    cashier = stage_session(ACTOR_ADMIN);
    FX_OK(edu_account_grant(stage_session(ACTOR_OPERATOR),
                            stage_target(ACTOR_ADMIN, TARGET_OWN).person, "finance", "", "", NULL,
                            error));
    target one = stage_target(ACTOR_CLERK, TARGET_INSTITUTIONS);
    person = one.person;
    appeal = one.appeal;
    work.begun = work.done = 0;
}

/* Now and then what is in the log is copied into the database, as the leader does of a long log. */
static void copy_log(const char *store)
{
    sqlite3 *db = digest_open(store);
    (void)sqlite3_wal_checkpoint_v2(
        db, NULL, draw(2) ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_close(db);
}

static void store_path(const char *folder, char path[160])
{
    (void)snprintf(path, 160, "%s/portal.db", folder);
}

static void work_all(bool lies)
{
    char path[160];
    store_path(stage_folder(), path);
    for (int number = 0; number < ROUNDS * (int)EI_COUNT(kinds); number++) {
        work.begun = number + 1;
        FX_OK(do_write(number, error));
        /* Acknowledged means on the disk: nothing is on its way there. */
        ck_assert(lies || disk_waiting() == 0);
        work.done = number + 1;
        if (draw(12) == 0)
            copy_log(path);
    }
}

/* ---- the power goes ---- */

#define LOSSES_MAX 20 /* in one run of the work */

/* A copy of the files as they would be; it is looked at when the work is over. */
typedef struct loss {
    char folder[TEST_FOLDER_SIZE];
    int begun, done;
    uint64_t seed;
} loss;

static struct {
    int64_t changes, at[LOSSES_MAX]; /* the changes before which it goes, in order */
    int wanted, count;
    loss items[LOSSES_MAX];
} power;

static void lose_power(void)
{
    int64_t now = power.changes++;
    while (power.count < power.wanted && power.at[power.count] <= now) {
        loss *one = &power.items[power.count];
        *one =
            (loss){.begun = work.begun, .done = work.done, .seed = state + (uint64_t)power.count};
        test_folder(one->folder);
        disk_lose_power(one->folder, one->seed);
        power.count++;
    }
}

static edu_time now(void *context)
{
    (void)context;
    return fx_now();
}

/* NULL where it cannot be opened. */
static edu_portal *open_copy(const char *folder, edu_session **of, edu_error *error)
{
    char store[160], keys[160];
    edu_portal *portal = NULL;
    (void)snprintf(store, sizeof store, "sqlite:%s/portal.db", folder);
    (void)snprintf(keys, sizeof keys, "%s/portal.db.keys", stage_folder());
    edu_portal_options options = EDU_PORTAL_OPTIONS_INIT;
    options.store = store;
    options.keys = keys;
    options.staff_second_factor = false;
    options.password_operations = 1;
    options.password_memory = 8192;
    edu_environment environment = {.clock = {now, NULL}};
    if (edu_portal_open(&options, &environment, &portal, error) == EDU_OK)
        ck_assert_int_eq(edu_session_operator(portal, of, error), EDU_OK);
    return portal;
}

static int ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int found = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return found;
}

/* The writes that are there are the first so many. */
static int stored_writes(const char *folder)
{
    char path[160];
    store_path(folder, path);
    sqlite3 *db = digest_open(path);
    int count = ask(db, "SELECT COUNT(*) FROM command WHERE key LIKE 'power-%'"),
        end = ask(db, "SELECT COALESCE(MAX(CAST(substr(key, 7) AS INTEGER)) + 1, 0) FROM command "
                      "WHERE key LIKE 'power-%'");
    sqlite3_close(db);
    ck_assert_int_eq(count, end);
    return count;
}

#define LOSS_FORMAT "seed %" PRIu64 ", power lost by %" PRIu64 ", "
#define LOSS_NAMES(one) seed, (one)->seed

/* How many acknowledged writes are gone. */
static int check_loss(const loss *one)
{
    edu_session *session = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal = open_copy(one->folder, &session, &error);
    ck_assert_msg(portal != NULL, LOSS_FORMAT "%s: %s", LOSS_NAMES(one), error.key, error.message);
    edu_status status = edu_portal_check(session, (edu_progress){0}, &error);
    ck_assert_msg(status == EDU_OK, LOSS_FORMAT "%s: %s", LOSS_NAMES(one), error.key,
                  error.message);
    edu_session_close(session);
    edu_portal_close(portal);
    int stored = stored_writes(one->folder);
    ck_assert_msg(stored <= one->begun, LOSS_FORMAT "%d begun, %d stored", LOSS_NAMES(one),
                  one->begun, stored);
    return stored < one->done ? one->done - stored : 0;
}

/* One run of the work, the power going at so many of its changes; 0: they are only counted. */
static void run_and_lose(uint64_t start, int wanted, bool lies)
{
    state = start;
    disk_track(stage_folder());
    disk_lie(lies);
    open_work();
    power.changes = power.count = 0;
    power.wanted = wanted;
    disk_watch(lose_power);
    work_all(lies);
    disk_watch(NULL);
    disk_lie(false);
    stage_close();
    disk_forget();
}

static int in_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void choose_points(int64_t changes, int wanted)
{
    for (int i = 0; i < wanted; i++)
        power.at[i] = draw((uint32_t)changes);
    qsort(power.at, (size_t)wanted, sizeof *power.at, in_order);
}

/* Acknowledged writes that are gone, in all of the losses of a run. */
static int look_at_losses(void)
{
    int gone = 0;
    for (int i = 0; i < power.count; i++) {
        gone += check_loss(&power.items[i]);
        fx_remove_folder(power.items[i].folder);
    }
    return gone;
}

START_TEST(no_acknowledged_write_is_lost_with_the_power)
{
    run_and_lose(seed, 0, false);
    int64_t changes = power.changes;
    for (int done = 0; done < points_wanted; done += power.count) {
        int wanted = points_wanted - done < LOSSES_MAX ? points_wanted - done : LOSSES_MAX;
        state = seed + (uint64_t)done;
        choose_points(changes * 9 / 10, wanted);
        run_and_lose(seed + (uint64_t)done, wanted, false);
        ck_assert_int_gt(power.count, 0);
        ck_assert_int_eq(look_at_losses(), 0);
        tried->points += power.count;
        tried->writes += work.done;
    }
}
END_TEST

/* The test sees what it is there for: with a disk that only says that it has synced, acknowledged
 * writes are lost. */
START_TEST(a_disk_that_lies_is_seen)
{
    state = seed;
    for (int i = 0; i < LOSSES_MAX; i++)
        power.at[i] = 100 + 20 * i;
    run_and_lose(seed, LOSSES_MAX, true);
    int gone = 0;
    for (int i = 0; i < power.count; i++) {
        edu_session *session = NULL;
        edu_error error = EDU_ERROR_INIT;
        edu_portal *portal = open_copy(power.items[i].folder, &session, &error);
        edu_session_close(session);
        edu_portal_close(portal);
        gone += portal == NULL || stored_writes(power.items[i].folder) < power.items[i].done;
        fx_remove_folder(power.items[i].folder);
    }
    ck_assert_int_gt(gone, 0);
}
END_TEST

/* ---- pages go bad ---- */

#define PAGE 4096

/* Some bytes of a page, or of the first hundred of the file, or a page of zeros. */
static void spoil(const char *path)
{
    uint8_t bytes[PAGE] = {0};
    struct stat about;
    FILE *file = fopen(path, "r+b");
    ck_assert(file != NULL && fstat(fileno(file), &about) == 0);
    uint32_t way = draw(4), size = way == 3 ? PAGE : 1 + draw(way == 0 ? 16 : 256);
    uint32_t at = way == 0 ? draw(100) : draw((uint32_t)(about.st_size / PAGE)) * PAGE;
    if (way == 1)
        at += draw(PAGE - size);
    for (uint32_t i = 0; way != 3 && i < size; i++)
        bytes[i] = (uint8_t)draw(256);
    ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

/* Whoever is told of damage is told what to do. */
static bool is_told(edu_status status, const edu_error *error)
{
    if (status == EDU_OK)
        return false;
    ck_assert_str_ne(error->key, "");
    if (status == EDU_E_CORRUPT && strncmp(error->key, "storage.", 8) == 0)
        ck_assert_msg(strstr(error->message, "restore a backup") != NULL, "%s: %s", error->key,
                      error->message);
    return true;
}

/* Lists of many tables: each gives what it has, or tells. */
static void read_all(edu_session *session)
{
    edu_error error = EDU_ERROR_INIT;
    void *page = NULL;
#define LOOK(call)                                                                                 \
    do {                                                                                           \
        page = NULL;                                                                               \
        (void)is_told(call, &error);                                                               \
        edu_free(page);                                                                            \
    } while (0)
    LOOK(edu_account_pupils(session, NULL, NULL, NULL, EDU_PAGE_MAX, (edu_person_page **)&page,
                            &error));
    LOOK(edu_appeal_worklist(session, NULL, NULL, EDU_PAGE_MAX, (edu_appeal_page **)&page, &error));
    LOOK(edu_olympiad_entries(session, stage_sitting(SITTING_CONFIRMED), NULL, NULL, EDU_PAGE_MAX,
                              (edu_entry_page **)&page, &error));
    LOOK(edu_payment_worklist(session, "open", NULL, EDU_PAGE_MAX, (edu_invoice_page **)&page,
                              &error));
    LOOK(edu_result_list(session, stage_season(SITTING_RESULTS), NULL, NULL, NULL, EDU_PAGE_MAX,
                         (edu_result_page **)&page, &error));
    LOOK(edu_register_files(session, NULL, EDU_PAGE_MAX, (edu_register_file_page **)&page, &error));
#undef LOOK
}

static bool check_copy(const char *folder)
{
    edu_session *session = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_portal *portal = open_copy(folder, &session, &error);
    if (portal == NULL)
        return is_told(EDU_E_STORAGE, &error);
    read_all(session);
    edu_status status = edu_portal_check(session, (edu_progress){0}, &error);
    bool told = is_told(status, &error);
    edu_session_close(session);
    edu_portal_close(portal);
    return told;
}

/* What the check lets pass: where the rows are the same, or where they are not those of a chain. */
static void judge_untold(const char *path, const digest *whole, uint64_t events)
{
    sqlite3 *db = digest_open(path);
    bool is_same = digest_of(db).rows == whole->rows;
    ck_assert_msg(digest_of_table(db, "event") == events,
                  "seed %" PRIu64 ", page %d: events have "
                  "changed, and the check says nothing",
                  seed, tried->pages);
    sqlite3_close(db);
    tried->harmless += is_same;
    tried->untold += !is_same;
}

START_TEST(bad_pages_are_told_or_harmless)
{
    char first[160], folder[TEST_FOLDER_SIZE], path[160], command[400];
    (void)snprintf(first, sizeof first, "%s/first.db", stage_folder());
    sqlite3 *db = digest_open(first);
    digest whole = digest_of(db);
    uint64_t events = digest_of_table(db, "event");
    sqlite3_close(db);
    state = seed;
    test_folder(folder);
    store_path(folder, path);
    for (int i = 0; i < pages_wanted; i++) {
        (void)snprintf(command, sizeof command, "rm -f %s/* && cp %s %s", folder, first, path);
        ck_assert_int_eq(system(command), 0);
        spoil(path);
        tried->pages++;
        if (check_copy(folder))
            tried->told++;
        else
            judge_untold(path, &whole, events);
    }
    fx_remove_folder(folder);
}
END_TEST

/* ---- all ---- */

static int wanted(const char *name, int usual, int nightly)
{
    const char *given = getenv(name), *is_nightly = getenv("EDU_NIGHTLY");
    if (given)
        return atoi(given);
    return is_nightly && strcmp(is_nightly, "1") == 0 ? nightly : usual;
}

int main(void)
{
    const char *given = getenv("EDU_SEED");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    points_wanted = wanted("EDU_POINTS", 60, 1000);
    pages_wanted = wanted("EDU_PAGES", 60, 1000);
    disk_install();
    tried = mmap(NULL, sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Suite *suite = suite_create("power");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 36000);
    tcase_add_unchecked_fixture(tests, stage_build, stage_remove);
    tcase_add_test(tests, no_acknowledged_write_is_lost_with_the_power);
    tcase_add_test(tests, a_disk_that_lies_is_seen);
    tcase_add_test(tests, bad_pages_are_told_or_harmless);
    suite_add_tcase(suite, tests);
    int status = tap_run(suite);
    printf("# tried the power: seed %" PRIu64 ", lost at %d points of %d acknowledged writes\n",
           seed, tried->points, tried->writes);
    printf("# tried bad pages: seed %" PRIu64
           ", %d, of which %d told, %d changed no row, %d changed "
           "rows that no chain holds\n",
           seed, tried->pages, tried->told, tried->harmless, tried->untold);
    return status;
}
