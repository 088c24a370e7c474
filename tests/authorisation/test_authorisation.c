/* Every public function, called by every kind of actor about every kind of target: matrix.csv says
 * what each gets. Who is refused about what is another's is refused exactly as about what was never
 * there. */
#include "authorisation/calls.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "portal_sql.h"
#include "../tap.h"
#include <sys/mman.h>

/* ---- running ---- */

/* What a call costs that a clock could tell. */
typedef struct work {
    uint64_t statements, keyed_hashes, password_hashes, signature_checks;
} work;

/* How a call went. */
typedef struct outcome {
    edu_status status;
    bool is_written;
    int64_t count;
    work work;
    edu_error error;
} outcome;

/* By all processes of the tests. */
static struct tried {
    atomic_int functions, calls, pairs;
} * tried;

static work work_now(void)
{
    return (work){ei_store_statements(stage_portal()->store), ei_keyed_hash_runs(),
                  ei_password_runs(), ei_signature_checks()};
}

static work work_since(work before)
{
    work now = work_now();
    return (work){now.statements - before.statements, now.keyed_hashes - before.keyed_hashes,
                  now.password_hashes - before.password_hashes,
                  now.signature_checks - before.signature_checks};
}

static outcome run(const function *f, enum actor actor, enum target_kind kind)
{
    call c = {.session = stage_session(actor),
              .actor = actor,
              .target = stage_target(actor, kind),
              .count = -1};
    outcome o = {.error = EDU_ERROR_INIT};
    work before = work_now();
    o.status = f->call(&c, &o.error);
    o.work = work_since(before);
    o.count = c.count;
    o.is_written = c.is_written;
    atomic_fetch_add(&tried->calls, 1);
    /* A refusal leaves nothing behind but the count of wrong codes. */
    if (c.is_counted || (c.is_written && (o.status == EDU_OK || o.status == EDU_E_UNAUTHENTICATED)))
        stage_open();
    return o;
}

static FILE *faults;
static char *fault_text;
static size_t fault_size;

static void compare(const function *f, enum actor actor, enum target_kind kind, const outcome *o)
{
    const cell *wanted = &f->cells[kind][actor];
    if (o->status != wanted->status || o->count != wanted->count)
        fprintf(faults, "%s, %s, %s: %s %lld instead of %s %lld (%s: %s)\n", f->name,
                target_names[kind], actor_names[actor], edu_status_name(o->status),
                (long long)o->count, edu_status_name(wanted->status), (long long)wanted->count,
                o->error.key, o->error.message);
}

/* What is another's and what is not there, where both are refused: not to be told apart. */
static void compare_refusals(const function *f, enum actor actor, const outcome *others,
                             const outcome *none, const char *what)
{
    atomic_fetch_add(&tried->pairs, 1);
    if (others->status != none->status || others->count != none->count ||
        strcmp(others->error.key, none->error.key) != 0 ||
        strcmp(others->error.field, none->error.field) != 0 ||
        strcmp(others->error.message, none->error.message) != 0 ||
        memcmp(&others->work, &none->work, sizeof none->work) != 0)
        fprintf(faults,
                "%s, %s: %s is told from none: \"%s\" in %" PRIu64 " statements and %" PRIu64
                " keyed hashes, \"%s\" in %" PRIu64 " and %" PRIu64 "\n",
                f->name, actor_names[actor], what, others->error.message, others->work.statements,
                others->work.keyed_hashes, none->error.message, none->work.statements,
                none->work.keyed_hashes);
}

static bool are_alike(const cell *a, const cell *b)
{
    return a->is_there && b->is_there && a->status == b->status && a->count == b->count;
}

/* ---- what is read of others is recorded ---- */

/* What tells nothing of the person, though it goes by their id. */
static const char *const tell_nothing[] = {
    "edu_application_check", /* that a chain holds */
    "edu_appeal_executors",  /* who might work on it */
    "edu_request_possible",  /* what the actor may do */
    "edu_certificate_find",  /* what stands on a paper, to whoever has it */
    "edu_certificate_find_file",
    "edu_appeal_duplicates", /* a list of others' that are like it, recorded as that */
};

/* Whether it goes by a person: only then are wards' targets others than institutions'. */
static bool takes_persons(const function *f)
{
    return f->cells[TARGET_OWN][ACTOR_PUPIL].is_there;
}

static bool tells_nothing(const char *name)
{
    for (size_t i = 0; i < EI_COUNT(tell_nothing); i++)
        if (strcmp(tell_nothing[i], name) == 0)
            return true;
    return false;
}

static int64_t looks(enum actor actor, enum target_kind kind)
{
    edu_id person = stage_target(actor, kind).person;
    edu_id reader = ei_session_actor(stage_session(actor));
    char sql[256], person_hex[33], reader_hex[33];
    ei_hex_format(person.bytes, sizeof person.bytes, person_hex);
    ei_hex_format(reader.bytes, sizeof reader.bytes, reader_hex);
    (void)snprintf(sql, sizeof sql,
                   "SELECT COUNT(*) FROM person_reading WHERE person_id = x'%s' AND reader_id = "
                   "x'%s'",
                   person_hex, reader_hex);
    fx_look_into(stage_portal());
    return fx_int(sql);
}

/* Each function has a copy of the world of its own: what is recorded there, it has recorded. */
static void require_recorded(const function *f, enum actor actor, enum target_kind kind,
                             const outcome *o, int64_t before)
{
    edu_id person = stage_target(actor, kind).person;
    edu_id reader = ei_session_actor(stage_session(actor));
    if (!takes_persons(f) || ei_id_compare(person, reader) == 0 || tells_nothing(f->name) ||
        (o->is_written && o->status == EDU_OK))
        return;
    int64_t after = looks(actor, kind);
    if (o->status == EDU_OK && o->count != 0 && after == 0)
        fprintf(faults, "%s, %s, %s: is not recorded\n", f->name, target_names[kind],
                actor_names[actor]);
    if ((o->status != EDU_OK || o->count == 0) && after != before)
        fprintf(faults, "%s, %s, %s: is recorded, and nothing was read\n", f->name,
                target_names[kind], actor_names[actor]);
}

static void run_actor(const function *f, enum actor actor)
{
    outcome outcomes[TARGETS];
    for (enum target_kind kind = 0; kind < TARGETS; kind++) {
        if (!f->cells[kind][actor].is_there)
            continue;
        int64_t before = takes_persons(f) ? looks(actor, kind) : 0;
        outcomes[kind] = run(f, actor, kind);
        compare(f, actor, kind, &outcomes[kind]);
        require_recorded(f, actor, kind, &outcomes[kind], before);
    }
    const cell *none = &f->cells[TARGET_NONE][actor];
    if (are_alike(&f->cells[TARGET_OTHERS][actor], none))
        compare_refusals(f, actor, &outcomes[TARGET_OTHERS], &outcomes[TARGET_NONE], "others'");
    if (are_alike(&f->cells[TARGET_MIXED][actor], none))
        compare_refusals(f, actor, &outcomes[TARGET_MIXED], &outcomes[TARGET_NONE], "mixed");
}

START_TEST(every_actor_and_target)
{
    faults = open_memstream(&fault_text, &fault_size);
    ck_assert_ptr_nonnull(faults);
    stage_open();
    for (enum actor actor = 0; actor < ACTORS; actor++)
        run_actor(&functions[_i], actor);
    atomic_fetch_add(&tried->functions, 1);
    stage_close();
    ck_assert_int_eq(fclose(faults), 0);
    ck_assert_msg(fault_size == 0, "\n%.3500s", fault_text);
    free(fault_text);
}
END_TEST

/* ---- a key that was used for something else ---- */

static edu_status use_key(edu_tx *tx, void *context, edu_error *error)
{
    static const uint8_t other[32] = {1};
    return sql_portal_command_take(tx, context, "used", (edu_bytes){other, sizeof other}, 1, NULL,
                                   error);
}

/* The first who may make the call, and about what. */
static bool find_permitted(const function *f, enum actor *actor, enum target_kind *kind)
{
    for (*actor = ACTOR_PUPIL; *actor < ACTOR_UNCONFIRMED; (*actor)++)
        for (*kind = 0; *kind < TARGETS; (*kind)++)
            if (f->cells[*kind][*actor].is_there && f->cells[*kind][*actor].status == EDU_OK)
                return true;
    return false;
}

START_TEST(a_key_of_another_request_does_nothing)
{
    const function *f = &functions[_i];
    enum actor actor;
    enum target_kind kind;
    if (!f->takes_key || !find_permitted(f, &actor, &kind))
        return;
    stage_open();
    edu_id who = ei_session_actor(stage_session(actor));
    FX_OK(ei_store_write(stage_portal()->store, use_key, &who, error));
    fx_look_into(stage_portal());
    int64_t before = fx_int("SELECT (SELECT COUNT(*) FROM event) + (SELECT COUNT(*) FROM audit)");
    call c = {.session = stage_session(actor),
              .actor = actor,
              .target = stage_target(actor, kind),
              .key = "used",
              .count = -1};
    edu_error detail = EDU_ERROR_INIT;
    edu_status status = f->call(&c, &detail);
    ck_assert_msg(status == EDU_E_CONFLICT && strcmp(detail.key, "command.key_reused") == 0,
                  "%s by %s: %s (%s)", f->name, actor_names[actor], edu_status_name(status),
                  detail.key);
    ck_assert_int_eq(fx_int("SELECT (SELECT COUNT(*) FROM event) + (SELECT COUNT(*) FROM audit)"),
                     before);
    stage_close();
}
END_TEST

/* ---- what rights foretell ---- */

static const struct {
    const char *name;
    size_t offset;
} foretold[] = {{"edu_account_grant", offsetof(edu_rights, administers)},
                {"edu_olympiad_season_create", offsetof(edu_rights, keeps_all)},
                {"edu_admission_import", offsetof(edu_rights, keeps_all)},
                {"edu_statistics_certificates", offsetof(edu_rights, keeps_all)},
                {"edu_sitting_freeze", offsetof(edu_rights, decides)},
                {"edu_account_pupils", offsetof(edu_rights, keeps_some)},
                {"edu_statistics_applications", offsetof(edu_rights, keeps_some)},
                {"edu_account_import_pupils", offsetof(edu_rights, imports_pupils)},
                {"edu_sitting_allocation", offsetof(edu_rights, sees_allocations)},
                {"edu_sitting_attendance", offsetof(edu_rights, holds_sittings)},
                {"edu_payment_worklist", offsetof(edu_rights, sees_payments)},
                {"edu_payment_invoice", offsetof(edu_rights, makes_invoices)},
                {"edu_person_duplicates", offsetof(edu_rights, merges_persons)},
                {"edu_appeal_sign_for", offsetof(edu_rights, registers_appeals)},
                {"edu_appeal_transfer", offsetof(edu_rights, leads_appeals)}};

/* What goes by a person is not found where it is not the actor's. */
static bool is_refusal(const function *f, edu_status status)
{
    return status == EDU_E_DENIED || status == EDU_E_UNAUTHENTICATED ||
           (status == EDU_E_NOT_FOUND && takes_persons(f));
}

/* Whether the matrix has anything else for an actor than that they may not. */
static bool is_permitted(const char *name, enum actor actor)
{
    for (size_t i = 0; i < function_count; i++)
        for (enum target_kind kind = 0; kind < TARGETS && strcmp(functions[i].name, name) == 0;
             kind++) {
            const cell *one = &functions[i].cells[kind][actor];
            if (one->is_there && !is_refusal(&functions[i], one->status))
                return true;
        }
    return false;
}

START_TEST(rights_are_what_the_matrix_has)
{
    stage_open();
    for (enum actor actor = 0; actor < ACTORS; actor++) {
        edu_rights *rights;
        FX_OK(edu_account_rights(stage_session(actor), &rights, error));
        for (size_t i = 0; i < EI_COUNT(foretold); i++)
            ck_assert_msg(*(const bool *)((const char *)rights + foretold[i].offset) ==
                              is_permitted(foretold[i].name, actor),
                          "%s, %s", foretold[i].name, actor_names[actor]);
        edu_free(rights);
    }
    stage_close();
}
END_TEST

int main(void)
{
    tried = mmap(NULL, sizeof *tried, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tried == MAP_FAILED)
        abort();
    Suite *suite = suite_create("authorisation");
    TCase *matrix = tcase_create("matrix");
    tcase_set_timeout(matrix, 60);
    tcase_add_unchecked_fixture(matrix, stage_build, stage_remove);
    tcase_add_loop_test(matrix, every_actor_and_target, 0, (int)function_count);
    tcase_add_loop_test(matrix, a_key_of_another_request_does_nothing, 0, (int)function_count);
    tcase_add_test(matrix, rights_are_what_the_matrix_has);
    suite_add_tcase(suite, matrix);
    int status = tap_run(suite);
    printf(
        "# tried the matrix: %d calls of %d functions; %d refusals of what is another's against as "
        "many of what is not there\n",
        atomic_load(&tried->calls), atomic_load(&tried->functions), atomic_load(&tried->pairs));
    return status;
}
