/* The portal: opening and closing, the copy, the check. */
#include "domain/portal/portal.h"

#include <stdio.h>
#include <string.h>

#include "domain/application/application.h"
#include "domain/payment/payment_store.h"
#include "domain/portal/file_notifier.h"
#include "domain/request/request_document.h"
#include "portal_sql.h"

#define HOST_MAX 253
#define NAME_MAX_BYTES 200
#define PATH_MAX_BYTES 4000
#define DAY_MINUTES 1440

/* ---- options ---- */

/* An older caller's struct is shorter: what it lacks keeps its default. */
static edu_status take_options(const edu_portal_options *given, edu_portal_options *options,
                               edu_error *error)
{
    if (!given || given->struct_size < sizeof given->struct_size)
        return ei_bad_argument(error, "options");
    *options = (edu_portal_options)EDU_PORTAL_OPTIONS_INIT;
    size_t size = given->struct_size < sizeof *options ? given->struct_size : sizeof *options;
    memcpy(options, given, size);
    return EDU_OK;
}

static edu_status check_options(const edu_portal_options *options, edu_error *error)
{
    EI_TRY(ei_check_text(options->store, PATH_MAX_BYTES, false, "/store", error));
    EI_TRY(ei_check_text(options->keys, PATH_MAX_BYTES, true, "/keys", error));
    EI_TRY(ei_check_text(options->outbox, PATH_MAX_BYTES, true, "/outbox", error));
    EI_TRY(ei_check_text(options->documents, PATH_MAX_BYTES, true, "/documents", error));
    EI_TRY(ei_check_text(options->scanner, PATH_MAX_BYTES, true, "/scanner", error));
    EI_TRY(ei_check_text(options->host, HOST_MAX, false, "/host", error));
    EI_TRY(ei_check_text(options->name, NAME_MAX_BYTES, false, "/name", error));
    EI_TRY(ei_check_text(options->signer, PATH_MAX_BYTES, true, "/signer", error));
    EI_TRY(ei_check_text(options->payment_page, PATH_MAX_BYTES, true, "/payment_page", error));
    EI_TRY(
        ei_check_text(options->payment_command, PATH_MAX_BYTES, true, "/payment_command", error));
    if (!options->language)
        return ei_bad_argument(error, "language");
    EI_TRY(ei_check_language(options->language, error));
    if (options->utc_offset_minutes < -DAY_MINUTES || options->utc_offset_minutes > DAY_MINUTES)
        return ei_fail(error, EDU_E_INVALID, "portal.bad_offset", "/utc_offset_minutes",
                       "more than a day away from UTC");
    if (options->password_operations < 0 || options->password_memory < 0)
        return ei_fail(error, EDU_E_INVALID, "portal.bad_cost", "/password_operations",
                       "the cost of a password cannot be negative");
    return EDU_OK;
}

static char *path_with(const char *path, const char *ending)
{
    ei_buffer text = {0};
    ei_buffer_printf(&text, "%s%s", path, ending);
    if (text.failed) {
        ei_buffer_free(&text);
        return NULL;
    }
    return text.data;
}

static void fill_environment(edu_portal *portal, const edu_environment *given)
{
    if (given)
        portal->environment = *given;
    edu_environment *environment = &portal->environment;
    if (!environment->clock.now)
        environment->clock = ei_clock_default();
    if (!environment->random.fill)
        environment->random = ei_random_default();
    if (!environment->notifier.deliver)
        environment->notifier = (edu_notifier){ei_file_notify, portal->outbox};
    if (!environment->signer.sign && portal->signer_command)
        environment->signer = (edu_signer){ei_command_sign, portal->signer_command};
    if (!environment->scanner.scan && portal->scanner_command)
        environment->scanner = (edu_scanner){ei_command_scan, portal->scanner_command};
    if (portal->payment_command)
        ei_payment_command_provider(&environment->payment, portal->payment_command);
}

/* Keys and outbox lie beside a store that is a file; beside one on a server nothing can. */
static edu_status fill_paths(edu_portal *portal, const edu_portal_options *options,
                             edu_error *error)
{
    const char *file;
    EI_TRY(ei_store_file(options->store, &file, error));
    if (!file && !options->keys)
        return ei_fail(error, EDU_E_INVALID, "portal.keys_needed", "/keys",
                       "a store on a server needs the path of its keys file");
    const char *beside = file ? file : options->keys;
    portal->keys_path = options->keys ? ei_strdup(options->keys) : path_with(beside, ".keys");
    portal->outbox = options->outbox ? ei_strdup(options->outbox) : path_with(beside, ".outbox");
    return portal->keys_path && portal->outbox ? EDU_OK : ei_no_memory(error);
}

static edu_status keep_text(const char *given, char **out, edu_error *error)
{
    *out = given ? ei_strdup(given) : NULL;
    return given && !*out ? ei_no_memory(error) : EDU_OK;
}

static edu_status fill_portal(edu_portal *portal, const edu_portal_options *options,
                              const edu_environment *environment, edu_error *error)
{
    EI_TRY(fill_paths(portal, options, error));
    portal->host = ei_strdup(options->host);
    portal->name = ei_strdup(options->name);
    if (!portal->host || !portal->name)
        return ei_no_memory(error);
    EI_TRY(keep_text(options->documents, &portal->documents, error));
    EI_TRY(keep_text(options->signer, &portal->signer_command, error));
    EI_TRY(keep_text(options->scanner, &portal->scanner_command, error));
    EI_TRY(keep_text(options->payment_page, &portal->payment_page, error));
    EI_TRY(keep_text(options->payment_command, &portal->payment_command, error));
    memcpy(portal->language, options->language, strlen(options->language));
    portal->utc_offset_minutes = options->utc_offset_minutes;
    portal->staff_second_factor = options->staff_second_factor;
    portal->password_cost = (ei_password_cost){.operations = (uint64_t)options->password_operations,
                                               .memory = (size_t)options->password_memory};
    fill_environment(portal, environment);
    return EDU_OK;
}

/* ---- the keys belong to the store ---- */

#define KEYS_SETTING "keys"
#define FINGERPRINT_TEXT (2 * 32 + 3)

typedef struct keys_work {
    edu_portal *portal;
    edu_time now;
    bool create;
    bool is_set;
    char stored[FINGERPRINT_TEXT]; /* as JSON text; empty where there is none */
} keys_work;

static void own_fingerprint(const ei_keys *keys, char text[FINGERPRINT_TEXT])
{
    uint8_t fingerprint[32];
    ei_keys_fingerprint(keys, fingerprint);
    text[0] = '"';
    ei_hex_format(fingerprint, sizeof fingerprint, text + 1);
    memcpy(text + FINGERPRINT_TEXT - 2, "\"", 2);
}

static edu_status read_fingerprint(edu_tx *tx, void *context, edu_error *error)
{
    keys_work *work = context;
    ei_rows rows;
    EI_TRY(sql_portal_setting(tx, KEYS_SETTING, &rows, error));
    edu_status status = ei_rows_next(&rows, &work->is_set, error);
    const char *text = status == EDU_OK && work->is_set ? ei_column_text(&rows, 0) : NULL;
    (void)snprintf(work->stored, sizeof work->stored, "%s", text ? text : "");
    ei_rows_close(&rows);
    return status;
}

static edu_status load_keys(keys_work *work, bool create, edu_error *error)
{
    edu_portal *portal = work->portal;
    ei_keys_free(portal->keys);
    portal->keys = NULL;
    return ei_keys_load(portal->keys_path, &portal->environment.random, work->now, create,
                        &portal->keys, error);
}

/* The first start of a store: its keys and its operator. The keys file is made while the right to
 * write is held, so that of two processes that start at once the second finds the first's. */
static edu_status found_store(edu_tx *tx, void *context, edu_error *error)
{
    keys_work *work = context;
    EI_TRY(read_fingerprint(tx, work, error));
    if (work->is_set)
        return EDU_OK;
    EI_TRY(load_keys(work, work->create, error));
    char fingerprint[FINGERPRINT_TEXT];
    own_fingerprint(work->portal->keys, fingerprint);
    EI_TRY(sql_portal_setting_add(tx, KEYS_SETTING, fingerprint, NULL, error));
    EI_TRY(ei_signing_found(work->portal, tx, error));
    return sql_portal_grant_operator(tx, &ei_operator_id, work->now, NULL, error);
}

static edu_status open_keys(edu_portal *portal, bool create, edu_error *error)
{
    const edu_clock *clock = &portal->environment.clock;
    keys_work work = {portal, clock->now(clock->context), create, false, ""};
    EI_TRY(ei_store_read(portal->store, read_fingerprint, &work, error));
    if (!work.is_set)
        EI_TRY(ei_store_write(portal->store, found_store, &work, error));
    if (!work.is_set)
        return EDU_OK;
    EI_TRY(load_keys(&work, false, error));
    char mine[FINGERPRINT_TEXT];
    own_fingerprint(portal->keys, mine);
    if (strcmp(mine, work.stored) != 0)
        return ei_fail(error, EDU_E_CRYPTO, "portal.other_keys", "/keys",
                       "this is not the keys file that belongs to the store");
    return EDU_OK;
}

/* ---- opening and closing ---- */

static edu_status open_portal(edu_portal *portal, const edu_portal_options *options,
                              const edu_environment *environment, edu_error *error)
{
    EI_TRY(fill_portal(portal, options, environment, error));
    EI_TRY(ei_store_open(options->store, options->create, &portal->store, error));
    EI_TRY(ei_store_migrate(portal->store, error));
    return open_keys(portal, options->create, error);
}

edu_status edu_portal_open(const edu_portal_options *options, const edu_environment *environment,
                           edu_portal **out, edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    edu_portal_options taken;
    EI_TRY(take_options(options, &taken, error));
    EI_TRY(check_options(&taken, error));
    EI_TRY(ei_security_init(error));
    edu_portal *portal = ei_calloc(1, sizeof *portal);
    if (!portal)
        return ei_no_memory(error);
    atomic_init(&portal->holders, 1);
    (void)pthread_mutex_init(&portal->number_lock, NULL);
    (void)pthread_mutex_init(&portal->made_lock, NULL);
    (void)pthread_mutex_init(&portal->load_lock, NULL);
    edu_status status = open_portal(portal, &taken, environment, error);
    if (status != EDU_OK)
        edu_portal_close(portal);
    else
        *out = portal;
    return status;
}

void ei_portal_hold(edu_portal *portal)
{
    atomic_fetch_add(&portal->holders, 1);
}

void edu_portal_close(edu_portal *portal)
{
    if (!portal || atomic_fetch_sub(&portal->holders, 1) > 1)
        return;
    ei_kept_finish(portal);
    (void)pthread_mutex_destroy(&portal->number_lock);
    ei_made_finish(portal);
    (void)pthread_mutex_destroy(&portal->made_lock);
    ei_loads_finish(portal);
    (void)pthread_mutex_destroy(&portal->load_lock);
    ei_free(portal->signer_command);
    ei_free(portal->scanner_command);
    ei_free(portal->payment_page);
    ei_free(portal->payment_command);
    ei_free(atomic_load(&portal->decoy));
    ei_store_close(portal->store);
    ei_keys_free(portal->keys);
    ei_free(portal->keys_path);
    ei_free(portal->outbox);
    ei_free(portal->documents);
    ei_free(portal->host);
    ei_free(portal->name);
    ei_free(portal);
}

/* ---- what an operator does ---- */

static edu_status require_admin(edu_tx *tx, void *context, edu_error *error)
{
    return ei_require_role(context, tx, "admin", error);
}

edu_status edu_portal_backup(edu_session *session, const char *path, edu_progress progress,
                             edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(path, PATH_MAX_BYTES, false, "/path", error));
    EI_TRY(ei_read(session, require_admin, session, error));
    return ei_store_backup(session->portal->store, path, progress, error);
}

edu_status edu_portal_restore(const char *store, const char *path, edu_progress progress,
                              edu_error *error)
{
    EI_TRY(ei_check_text(store, PATH_MAX_BYTES, false, "/store", error));
    EI_TRY(ei_check_text(path, PATH_MAX_BYTES, false, "/path", error));
    EI_TRY(ei_security_init(error));
    return ei_store_restore(store, path, progress, error);
}

static edu_status check_seats(edu_tx *tx, void *context, edu_error *error)
{
    (void)context;
    ei_rows rows;
    EI_TRY(sql_portal_seat_without_desk(tx, &rows, error));
    bool is_bad = false;
    edu_status status = ei_rows_next(&rows, &is_bad, error);
    if (status == EDU_OK && is_bad)
        status = ei_fail(error, EDU_E_CORRUPT, "portal.seat_without_desk", NULL,
                         "somebody sits at %lld in room %s of centre %s, which has no such seat",
                         (long long)ei_column_int(&rows, 2), ei_column_text(&rows, 1),
                         ei_column_text(&rows, 0));
    ei_rows_close(&rows);
    return status;
}

/* ---- what waits ---- */

typedef struct queues_read {
    edu_session *session;
    void *out;
} queues_read;

static edu_status queues_run(edu_tx *tx, void *context, edu_error *error)
{
    const queues_read *read = context;
    edu_queues *out = read->out;
    ei_rows rows;
    bool row;
    EI_TRY(ei_require_role(read->session, tx, "admin", error));
    EI_TRY(sql_portal_queues(tx, ei_now(read->session), &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        *out = (edu_queues){ei_column_int(&rows, 0), ei_column_int(&rows, 1),
                            ei_column_int(&rows, 2), ei_column_int(&rows, 3),
                            ei_column_int(&rows, 4), ei_column_time(&rows, 5)};
    ei_rows_close(&rows);
    return status;
}

edu_status edu_portal_queues(edu_session *session, edu_queues **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    queues_read read = {session, NULL};
    EI_TRY(ei_read_record(session, sizeof **out, queues_run, &read, &read.out, error));
    *out = read.out;
    return EDU_OK;
}

edu_status edu_portal_check(edu_session *session, edu_progress progress, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_read(session, require_admin, session, error));
    EI_TRY(ei_store_check(session->portal->store, error));
    EI_TRY(ei_read(session, check_seats, NULL, error));
    EI_TRY(ei_payment_check_all(session, error));
    return ei_application_check_all(session, progress, error);
}
