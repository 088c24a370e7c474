#include "domain/account/import.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "account_sql.h"

/* ---- keys met before ---- */

static size_t slot_of(const ei_seen *seen, edu_id key)
{
    /* The end of an id is random; the start is its time. */
    uint64_t hash;
    memcpy(&hash, key.bytes + 8, sizeof hash);
    size_t at = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15)) & (seen->room - 1);
    while (seen->entries[at].line != 0 && ei_id_compare(seen->entries[at].key, key) != 0)
        at = (at + 1) & (seen->room - 1);
    return at;
}

static bool grow(ei_seen *seen)
{
    if (seen->count * 2 < seen->room)
        return true;
    ei_seen larger = {.room = seen->room ? seen->room * 2 : 1024, .count = seen->count};
    larger.entries = ei_calloc(larger.room, sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < seen->room; i++)
        if (seen->entries[i].line != 0)
            larger.entries[slot_of(&larger, seen->entries[i].key)] = seen->entries[i];
    ei_free(seen->entries);
    *seen = larger;
    return true;
}

edu_status ei_import_once(ei_import *import, edu_id key, const char *field, const char *what,
                          edu_error *error)
{
    ei_seen *seen = &import->seen;
    if (!grow(seen))
        return ei_no_memory(error);
    ei_seen_entry *entry = &seen->entries[slot_of(seen, key)];
    if (entry->line != 0)
        return ei_fail(error, EDU_E_INVALID, "import.duplicate", field,
                       "the same %s stands in line %lld already", what, (long long)entry->line);
    *entry = (ei_seen_entry){key, import->line};
    seen->count++;
    return EDU_OK;
}

edu_status ei_import_once_text(ei_import *import, const char *key, const char *field,
                               const char *what, edu_error *error)
{
    edu_id hash;
    (void)crypto_generichash(hash.bytes, sizeof hash.bytes, (const unsigned char *)key, strlen(key),
                             NULL, 0);
    return ei_import_once(import, hash, field, what, error);
}

/* ---- the file ---- */

static bool is_of_input(edu_status status)
{
    return status == EDU_E_INVALID || status == EDU_E_LIMIT || status == EDU_E_CONFLICT;
}

/* What is wrong with the input gets the line that it stands in. */
static edu_status at_line(edu_status status, int64_t line, edu_error *error)
{
    if (is_of_input(status) && error && error->line == 0)
        error->line = line;
    return status;
}

static edu_status read_rows(ei_import *import, edu_error *error)
{
    for (;;) {
        const char *const *fields;
        bool more = false;
        EI_TRY(ei_csv_next(import->reader, &fields, &more, error));
        if (!more)
            return EDU_OK;
        import->line = ei_csv_line(import->reader);
        import->report.read++;
        edu_status status = import->row(import, fields, error);
        if (status == EDU_OK)
            status = ei_sql_settle(import->tx, error);
        EI_TRY(at_line(status, import->line, error));
    }
}

/* ---- faults ---- */

static edu_status fault_room(ei_faults *faults, edu_error *error)
{
    edu_import_fault_page *page = faults->page;
    if (page->count < faults->room)
        return EDU_OK;
    size_t room = faults->room ? 2 * faults->room : 64;
    edu_import_fault *grown = ei_arena_alloc(ei_record_arena(page), room * sizeof *grown);
    if (!grown)
        return ei_no_memory(error);
    if (page->count > 0)
        memcpy(grown, page->items, page->count * sizeof *grown);
    page->items = grown;
    faults->room = room;
    return EDU_OK;
}

static edu_status add_fault(ei_import *import, edu_error *error)
{
    ei_faults *faults = import->faults;
    edu_import_fault fault = {.line = error->line ? error->line : import->line};
    ei_arena *arena = ei_record_arena(faults->page);
    import->is_faulty = true;
    if (fault.line <= faults->after)
        return EDU_OK;
    EI_TRY(fault_room(faults, error));
    EI_TRY(ei_copy_text(arena, error->field[0] ? error->field : NULL, &fault.field, error));
    EI_TRY(ei_copy_text(arena, error->key, &fault.key, error));
    EI_TRY(ei_copy_text(arena, error->message, &fault.message, error));
    ((edu_import_fault *)(uintptr_t)faults->page->items)[faults->page->count++] = fault;
    return EDU_OK;
}

edu_status ei_import_note(ei_import *import, edu_status status, edu_error *error)
{
    if (!import->faults || !is_of_input(status))
        return status;
    EI_TRY(add_fault(import, error));
    *error = (edu_error)EDU_ERROR_INIT;
    return EDU_OK;
}

/* Behind a record that has its end, the next can be read. */
static bool goes_on(const edu_error *error)
{
    return strcmp(error->key, "csv.field_count") == 0 || strcmp(error->key, "csv.not_utf8") == 0;
}

static edu_status seek_row(ei_import *import, bool *more, edu_error *error)
{
    const char *const *fields;
    import->is_faulty = false;
    edu_status status = ei_csv_next(import->reader, &fields, more, error);
    import->line = ei_csv_line(import->reader);
    if (status != EDU_OK) {
        *more = goes_on(error);
        return ei_import_note(import, status, error);
    }
    return *more ? ei_import_note(import, import->row(import, fields, error), error) : EDU_OK;
}

static edu_status seek_rows(ei_import *import, edu_error *error)
{
    edu_import_fault_page *page = import->faults->page;
    bool more = true;
    while (more && page->count < (size_t)import->faults->most)
        EI_TRY(seek_row(import, &more, error));
    if (!more)
        return EDU_OK;
    page->next = ei_arena_printf(ei_record_arena(page), "%lld", (long long)import->line);
    return page->next ? EDU_OK : ei_no_memory(error);
}

static edu_status check_rights(ei_import *import, edu_error *error);

static edu_status seek(ei_import *import, edu_error *error)
{
    import->line = 1;
    EI_TRY(check_rights(import, error));
    if (import->begin)
        EI_TRY(import->begin(import, error));
    edu_status status = ei_csv_open(import->csv, import->columns, &import->reader, error);
    if (status != EDU_OK)
        return ei_import_note(import, status, error);
    status = seek_rows(import, error);
    ei_csv_close(import->reader);
    import->reader = NULL;
    return status;
}

/* The error of a run is needed also where the caller wants none. */
static edu_status seek_run(edu_tx *tx, void *context, edu_error *error)
{
    ei_import *import = context;
    edu_error found = EDU_ERROR_INIT;
    import->tx = tx;
    import->actor = ei_session_actor(import->session);
    import->faults->page->count = 0;
    edu_status status = seek(import, &found);
    ei_free(import->seen.entries);
    import->seen = (ei_seen){0};
    if (status != EDU_OK && error)
        *error = found;
    return status;
}

static edu_status check_file(const ei_import *import, edu_error *error)
{
    if (!import->csv.data && import->csv.size)
        return ei_bad_argument(error, "csv");
    return import->csv.size > EI_IMPORT_MAX
               ? ei_fail(error, EDU_E_LIMIT, "import.too_large", "/csv",
                         "the file is larger than 1 GiB; import it in parts")
               : EDU_OK;
}

edu_status ei_import_faults(ei_import *import, const char *cursor, int32_t limit,
                            edu_import_fault_page **out, edu_error *error)
{
    ei_faults faults = {.most = ei_page_limit(limit)};
    if (!out)
        return ei_bad_argument(error, "out");
    EI_TRY(check_file(import, error));
    if (cursor && !ei_int_parse(cursor, 1, INT64_MAX, &faults.after))
        return ei_fail(error, EDU_E_INVALID, "page.bad_cursor", "/cursor",
                       "cursor is not one that this list gave; start from the first page");
    faults.page = ei_record_new(sizeof *faults.page, NULL);
    if (!faults.page)
        return ei_no_memory(error);
    import->faults = &faults;
    edu_status status = ei_read(import->session, seek_run, import, error);
    import->faults = NULL;
    if (status != EDU_OK)
        edu_free(faults.page);
    else
        *out = faults.page;
    return status;
}

/* ---- importing ---- */

static edu_status check_rights(ei_import *import, edu_error *error)
{
    if (import->rights == EI_IMPORT_OWN)
        return EDU_OK;
    const char *role = import->rights == EI_IMPORT_CLERK ? "clerk" : "admin";
    edu_status status = ei_require_role(import->session, import->tx, role, error);
    import->is_admin = status == EDU_OK;
    if (status != EDU_E_DENIED || import->rights != EI_IMPORT_SCHOOL)
        return status;
    ei_rows rows;
    bool is_permitted = false;
    EI_TRY(sql_account_imports_pupils(import->tx, &import->actor, &rows, error));
    EI_TRY(ei_account_any(&rows, &is_permitted, error));
    return is_permitted ? EDU_OK
                        : ei_fail(error, EDU_E_DENIED, "session.no_role", NULL,
                                  "this needs the role admin or school");
}

static edu_status keep_report(ei_import *import, edu_error *error)
{
    const edu_import_report *report = &import->report;
    ei_command *command = import->command;
    const int64_t counts[] = {report->read, report->added, report->changed, report->unchanged};
    _Static_assert(sizeof counts <= sizeof command->result, "a report fits an answer");
    memcpy(command->result, counts, sizeof counts);
    command->result_size = sizeof counts;
    char detail[160];
    (void)snprintf(
        detail, sizeof detail, "{\"read\":%lld,\"added\":%lld,\"changed\":%lld,\"unchanged\":%lld}",
        (long long)counts[0], (long long)counts[1], (long long)counts[2], (long long)counts[3]);
    return ei_audit(command, import->tx, import->name, NULL, detail, error);
}

static edu_status import_file(ei_import *import, edu_error *error)
{
    EI_TRY(check_rights(import, error));
    if (import->begin)
        EI_TRY(import->begin(import, error));
    EI_TRY(ei_csv_open(import->csv, import->columns, &import->reader, error));
    edu_status status = read_rows(import, error);
    ei_csv_close(import->reader);
    import->reader = NULL;
    if (status == EDU_OK && import->end)
        status = import->end(import, error);
    return status == EDU_OK ? keep_report(import, error) : status;
}

static edu_status run_import(ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_import *import = command->context;
    import->tx = tx;
    import->command = command;
    import->actor = ei_session_actor(import->session);
    import->report = (edu_import_report){0};
    edu_status status = import_file(import, error);
    ei_free(import->seen.entries);
    import->seen = (ei_seen){0};
    return status;
}

edu_status ei_import_run(ei_import *import, const char *key, edu_import_report **out,
                         edu_error *error)
{
    if (!out)
        return ei_bad_argument(error, "out");
    *out = NULL;
    EI_TRY(ei_session_require(import->session, error));
    EI_TRY(check_file(import, error));
    ei_command command = {.session = import->session,
                          .name = import->name,
                          .key = key,
                          .run = run_import,
                          .context = import};
    ei_command_hash(&command, import->csv.data, import->csv.size);
    if (import->subject)
        ei_command_hash(&command, import->subject, sizeof *import->subject);
    if (import->code)
        ei_command_hash_text(&command, import->code);
    edu_import_report *report;
    EI_TRY(ei_command_run_record(&command, sizeof *report, &report, error));
    memcpy(report, command.result, sizeof *report);
    *out = report;
    return EDU_OK;
}

/* ---- what rows ask ---- */

edu_status ei_import_covers(ei_import *import, const char *institution, bool *covers,
                            edu_error *error)
{
    *covers = import->is_admin;
    if (import->is_admin || !institution)
        return EDU_OK;
    ei_rows rows;
    EI_TRY(sql_account_is_school_of(import->tx, &import->actor, institution, &rows, error));
    return ei_account_any(&rows, covers, error);
}

/* Somebody whom the actor may not import is unknown to them. */
edu_status ei_import_unknown_person(edu_error *error, const char *field)
{
    return ei_import_wrong(error, "import.unknown_person", field,
                           "no person of the register that you may import has this number or "
                           "document; import persons first");
}

edu_status ei_import_identify(ei_import *import, const char *number, const char *document,
                              ei_identifier *out, edu_error *error)
{
    const edu_portal *portal = import->session->portal;
    if (number[0])
        return ei_identify_number(portal, number, out, error);
    if (document[0])
        return ei_identify_document(portal, document, out, error);
    return ei_import_wrong(error, "import.no_number", "/number",
                           "a person has a number or a document");
}

edu_status ei_import_institution(ei_import *import, const char *code, edu_error *error)
{
    ei_rows rows;
    bool is_there = false, is_covered = false;
    EI_TRY(sql_account_institution(import->tx, code, &rows, error));
    EI_TRY(ei_account_any(&rows, &is_there, error));
    if (is_there)
        EI_TRY(ei_import_covers(import, code, &is_covered, error));
    return is_covered ? EDU_OK
                      : ei_import_wrong(error, "import.unknown_institution", "/institution",
                                        "there is no institution with this code that you may "
                                        "import for");
}

edu_status ei_import_wrong(edu_error *error, const char *key, const char *field,
                           const char *message)
{
    return ei_fail(error, EDU_E_INVALID, key, field, "%s", message);
}

edu_status ei_import_require_region(ei_import *import, const char *code, edu_error *error)
{
    ei_rows rows;
    bool is_there = false;
    EI_TRY(sql_account_region(import->tx, code, &rows, error));
    EI_TRY(ei_account_any(&rows, &is_there, error));
    return is_there ? EDU_OK
                    : ei_import_wrong(error, "import.unknown_region", "/region",
                                      "there is no region with this code; import regions first");
}

edu_status ei_import_check_code(const char *code, const char *field, edu_error *error)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t length = strnlen(code, EI_CODE_MAX + 1);
    if (length == 0 || length > EI_CODE_MAX || strspn(code, letters) != length)
        return ei_import_wrong(error, "import.bad_code", field,
                               "a code has 1 to 64 of A-Z a-z 0-9 . _ -");
    return EDU_OK;
}

edu_status ei_import_text(const char *text, size_t max, bool optional, const char *field,
                          char **out, edu_error *error)
{
    EI_TRY(ei_check_text(text, max, optional, field, error));
    *out = ei_text_normal(text, error);
    if (!*out)
        return EDU_E_NOMEM;
    if (**out)
        return EDU_OK;
    ei_free(*out);
    *out = NULL;
    return optional ? EDU_OK
                    : ei_fail(error, EDU_E_INVALID, "core.missing", field, "a text is missing");
}

bool ei_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}
