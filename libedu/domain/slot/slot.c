/* Slots: kept by clerks, given to applications, seen by whose they are. */
#include <edu/slot.h>

#include <stdio.h>
#include <string.h>

#include "domain/portal/guard.h"
#include "domain/round/round_store.h"
#include "slot_sql.h"

#define CODE_MAX 64
#define VENUE_MAX 500
#define PLACES_MAX 100000
#define MINUTES_MAX 1440
#define AT_ONCE 2000 /* applications, or slots, by one command */

static edu_status not_found(edu_error *error)
{
    return ei_fail(error, EDU_E_NOT_FOUND, "slot.not_found", NULL,
                   "there is no such slot, or it is not yours to see");
}

static edu_status require_kind(const ei_judging *judging, const char *kind, edu_error *error)
{
    return ei_definition_slot_title(judging->definition, kind)
               ? EDU_OK
               : ei_fail(error, EDU_E_NOT_FOUND, "slot.kind", "/kind",
                         "the definition has no such slots");
}

/* ---- one slot ---- */

typedef struct slot {
    edu_id id, offering;
    char kind[CODE_MAX + 1];
    edu_time starts, ends;
    int64_t free;
} slot;

static edu_status read_slot(edu_tx *tx, const edu_id *id, slot *out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_slot_get(tx, id, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row) {
        *out = (slot){.id = *id,
                      .offering = ei_column_id(&rows, 0),
                      .starts = ei_column_time(&rows, 2),
                      .ends = ei_column_time(&rows, 3)};
        (void)snprintf(out->kind, sizeof out->kind, "%s", ei_column_text(&rows, 1));
    }
    ei_rows_close(&rows);
    return status != EDU_OK || row ? status : not_found(error);
}

/* ---- keeping ---- */

typedef struct keeping {
    const edu_slot_input *given;
    edu_time ends;
} keeping;

static edu_status wrong(edu_error *error, const char *field, const char *what)
{
    return ei_fail(error, EDU_E_INVALID, "slot.invalid", field, "%s", what);
}

static edu_status check_input(const edu_slot_input *given, edu_error *error)
{
    EI_TRY(ei_check_text(given->kind, CODE_MAX, false, "/kind", error));
    EI_TRY(ei_check_words(given->venue, VENUE_MAX, "/venue", error));
    if (given->starts == EDU_TIME_NONE)
        return wrong(error, "/starts", "a slot has a time");
    if (given->minutes < 1 || given->minutes > MINUTES_MAX)
        return wrong(error, "/minutes", "a slot takes 1 to 1440 minutes");
    if (given->places < 1 || given->places > PLACES_MAX)
        return wrong(error, "/places", "a slot has 1 to 100000 places");
    return EDU_OK;
}

static edu_status change_slot(edu_tx *tx, const keeping *work, edu_error *error)
{
    const edu_slot_input *given = work->given;
    slot one;
    int64_t changed = 0;
    EI_TRY(read_slot(tx, &given->id, &one, error));
    if (ei_id_compare(one.offering, given->offering_id) != 0 || strcmp(one.kind, given->kind) != 0)
        return not_found(error);
    EI_TRY(sql_slot_change(tx, &given->id, given->starts, work->ends, given->venue, given->places,
                           &changed, error));
    return changed == 1 ? EDU_OK
                        : ei_fail(error, EDU_E_STATE, "slot.taken", NULL,
                                  "somebody has this slot: its time stays, and so many places");
}

static edu_status put_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const keeping *work = command->context;
    const edu_slot_input *given = work->given;
    edu_id id = given->id;
    ei_judging judging;
    EI_TRY(ei_judging_kept(command->session, tx, &given->offering_id, &judging, error));
    EI_TRY(require_kind(&judging, given->kind, error));
    if (!ei_id_is_none(id))
        EI_TRY(change_slot(tx, work, error));
    else {
        id = ei_new_id(command->session);
        EI_TRY(sql_slot_add(tx, &id, &given->offering_id, given->kind, given->starts, work->ends,
                            given->venue, given->places, NULL, error));
    }
    memcpy(command->result, &id, sizeof id);
    command->result_size = sizeof id;
    return ei_audit(command, tx, "slot.put", NULL, NULL, error);
}

edu_status edu_slot_put(edu_session *session, const edu_slot_input *given, const char *key,
                        edu_id *out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!given || !out || given->struct_size != sizeof *given)
        return ei_bad_argument(error, out ? "slot" : "out");
    EI_TRY(check_input(given, error));
    keeping work = {given, given->starts + given->minutes * EI_MINUTE};
    ei_command command = {
        .session = session, .name = "slot.put", .key = key, .run = put_run, .context = &work};
    const int64_t numbers[] = {given->starts, given->minutes, given->places};
    ei_command_hash(&command, &given->id, sizeof given->id);
    ei_command_hash(&command, &given->offering_id, sizeof given->offering_id);
    ei_command_hash_text(&command, given->kind);
    ei_command_hash_text(&command, given->venue);
    ei_command_hash(&command, numbers, sizeof numbers);
    EI_TRY(ei_command_run(&command, error));
    memcpy(out, command.result, sizeof *out);
    return EDU_OK;
}

/* ---- lists ---- */

typedef struct listing {
    edu_session *session;
    edu_id offering, person, request, slot;
    const char *kind;
    bool keeps;
    const ei_definition *definition;
} listing;

static edu_status fill(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                       edu_error *error)
{
    const listing *of = context;
    edu_slot *out = record;
    out->id = ei_column_id(rows, at);
    out->offering_id = ei_column_id(rows, at + 1);
    EI_TRY(ei_copy_column(arena, rows, at + 2, &out->kind, error));
    out->starts = ei_column_time(rows, at + 3);
    out->ends = ei_column_time(rows, at + 4);
    EI_TRY(ei_copy_column(arena, rows, at + 5, &out->venue, error));
    if (of->keeps) {
        out->places = (int32_t)ei_column_int(rows, at + 6);
        out->taken = (int32_t)ei_column_int(rows, at + 7);
    }
    json_t *title = ei_definition_slot_title(of->definition, out->kind);
    return ei_copy_text(arena, title ? ei_localised(of->session, title) : out->kind, &out->title,
                        error);
}

static edu_status open_list(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    listing *of = (listing *)(uintptr_t)list->filter;
    ei_judging judging;
    EI_TRY(ei_judging_kept(list->session, tx, &of->offering, &judging, error));
    EI_TRY(require_kind(&judging, of->kind, error));
    of->keeps = true;
    of->definition = judging.definition;
    return sql_slot_list(tx, &of->offering, of->kind, list->key.integer[0], &list->key.id[1],
                         list->ask, rows, error);
}

static edu_status open_own(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    listing *of = (listing *)(uintptr_t)list->filter;
    edu_id actor = ei_session_actor(list->session);
    ei_request request;
    EI_TRY(ei_request_load(tx, &actor, &of->person, &of->request, ei_now(list->session), &request,
                           error));
    EI_TRY(ei_definition_load(list->session, tx, request.service, request.head.service_version,
                              &of->definition, NULL, error));
    return sql_slot_of_request(tx, &of->person, &of->request, list->key.integer[0],
                               &list->key.id[1], list->ask, rows, error);
}

static edu_status list_slots(edu_session *session, listing *of,
                             edu_status (*open)(ei_list *, edu_tx *, ei_rows *, edu_error *),
                             const char *cursor, int32_t limit, edu_slot_page **out,
                             edu_error *error)
{
    ei_list list = {
        .session = session,
        .filter = of,
        .open = open,
        .reading = open == open_own ? ei_reading_of("application", of->person, of->request)
                                    : (ei_reading){NULL},
        .plan = {.shape = "iu", .record = "edu_slot", .limit = limit, .fill = fill, .context = of}};
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

edu_status edu_slot_list(edu_session *session, edu_id offering_id, const char *kind,
                         const char *cursor, int32_t limit, edu_slot_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(kind, CODE_MAX, false, "/kind", error));
    listing of = {.session = session, .offering = offering_id, .kind = kind};
    return list_slots(session, &of, open_list, cursor, limit, out, error);
}

edu_status edu_slot_of(edu_session *session, edu_id person_id, edu_id id, const char *cursor,
                       int32_t limit, edu_slot_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    listing of = {
        .session = session, .person = ei_person_or_self(session, person_id), .request = id};
    return list_slots(session, &of, open_own, cursor, limit, out, error);
}

/* ---- for a calendar ---- */

typedef struct entry {
    edu_session *session;
    edu_id person, request, slot, offering;
    char kind[CODE_MAX + 1];
    edu_time now, starts, ends;
    const ei_definition *definition;
    ei_buffer out;
} entry;

static void write_property(entry *of, const char *name, const char *first, const char *second)
{
    ei_buffer line = {0};
    ei_buffer_printf(&line, "%s:", name);
    ei_ics_text(&line, first);
    if (second) {
        ei_buffer_text(&line, " – ");
        ei_ics_text(&line, second);
    }
    ei_ics_fold(&line, &of->out);
    of->out.failed |= line.failed;
    ei_buffer_free(&line);
}

static void write_time(entry *of, const char *name, edu_time time)
{
    char digits[32], *to = digits;
    ei_time_format(time - time % 1000000, digits);
    for (const char *from = digits; *from; from++)
        if (*from != '-' && *from != ':')
            *to++ = *from;
    *to = 0;
    ei_buffer_printf(&of->out, "%s:%s\r\n", name, digits);
}

static edu_status write_entry(entry *of, const char *venue, const char *about, edu_error *error)
{
    char id[EDU_ID_TEXT];
    json_t *title = ei_definition_slot_title(of->definition, of->kind);
    edu_id_format(of->request, id);
    ei_buffer_printf(&of->out,
                     "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//libedu//%s//EN\r\n"
                     "BEGIN:VEVENT\r\n",
                     edu_version());
    ei_buffer_printf(&of->out, "UID:%s-%s@libedu\r\n", id, of->kind);
    write_time(of, "DTSTAMP", of->now);
    write_time(of, "DTSTART", of->starts);
    write_time(of, "DTEND", of->ends);
    write_property(of, "SUMMARY", title ? ei_localised(of->session, title) : of->kind, about);
    write_property(of, "LOCATION", venue, NULL);
    ei_buffer_text(&of->out, "END:VEVENT\r\nEND:VCALENDAR\r\n");
    return of->out.failed ? ei_no_memory(error) : EDU_OK;
}

static edu_status read_entry(entry *of, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    ei_arena *arena = ei_arena_new();
    const char *about = "";
    if (!arena)
        return ei_no_memory(error);
    of->offering = ei_column_id(rows, 0);
    ei_take_text(rows, 1, of->kind, sizeof of->kind);
    of->starts = ei_column_time(rows, 2);
    of->ends = ei_column_time(rows, 3);
    edu_status status = ei_judging_title(of->session, tx, &of->offering, arena, &about, error);
    if (status == EDU_OK)
        status = write_entry(of, ei_column_text(rows, 4), about, error);
    ei_arena_free(arena);
    return status;
}

static edu_status entry_run(edu_tx *tx, void *context, edu_error *error)
{
    entry *of = context;
    edu_id actor = ei_session_actor(of->session);
    ei_request request;
    ei_rows rows;
    bool row = false;
    of->now = ei_now(of->session);
    of->out.size = 0;
    EI_TRY(ei_request_load(tx, &actor, &of->person, &of->request, of->now, &request, error));
    EI_TRY(ei_definition_load(of->session, tx, request.service, request.head.service_version,
                              &of->definition, NULL, error));
    EI_TRY(sql_slot_own(tx, &of->person, &of->request, &of->slot, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? read_entry(of, tx, &rows, error) : not_found(error);
    ei_rows_close(&rows);
    return status;
}

edu_status edu_slot_calendar(edu_session *session, edu_id person_id, edu_id id, edu_id slot_id,
                             edu_document **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    if (!out)
        return ei_bad_argument(error, "out");
    entry of = {.session = session,
                .person = ei_person_or_self(session, person_id),
                .request = id,
                .slot = slot_id};
    ei_reading reading = ei_reading_of("application", of.person, id);
    edu_status status = ei_read_of(session, &reading, entry_run, &of, error);
    if (status == EDU_OK)
        status = ei_document("time.ics", "text/calendar", &of.out, out, error);
    ei_buffer_free(&of.out);
    return status;
}

/* ---- who comes ---- */

static edu_status fill_seat(ei_rows *rows, int at, ei_arena *arena, void *record, void *context,
                            edu_error *error)
{
    (void)context;
    edu_slot_seat *out = record;
    out->person_id = ei_column_id(rows, at);
    out->id = ei_column_id(rows, at + 1);
    out->applicant =
        ei_arena_printf(arena, "%s %s", ei_column_text(rows, at + 2), ei_column_text(rows, at + 3));
    return out->applicant ? EDU_OK : ei_no_memory(error);
}

static edu_status open_seats(ei_list *list, edu_tx *tx, ei_rows *rows, edu_error *error)
{
    const listing *of = list->filter;
    ei_judging judging;
    slot one;
    EI_TRY(read_slot(tx, &of->slot, &one, error));
    EI_TRY(ei_judging_load(list->session, tx, &one.offering, &judging, error));
    if (!judging.keeps)
        return not_found(error);
    return sql_slot_seats(tx, &of->slot, &list->key.id[0], &list->key.id[1], list->ask, rows,
                          error);
}

edu_status edu_slot_seats(edu_session *session, edu_id slot_id, const char *cursor, int32_t limit,
                          edu_slot_seat_page **out, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    listing of = {.session = session, .slot = slot_id};
    ei_list list = {.session = session,
                    .filter = &of,
                    .open = open_seats,
                    .reading = ei_reading_list("slot"),
                    .plan = {.shape = "uu",
                             .record = "edu_slot_seat",
                             .limit = limit,
                             .fill = fill_seat,
                             .context = &of}};
    ei_reading_about_id(&list.reading, "slot", slot_id);
    EI_TRY(ei_list_read(&list, cursor, out, error));
    *out = list.page;
    return EDU_OK;
}

/* ---- giving one ---- */

typedef enum seating { SEATED, SEAT_CLASH, SEAT_FULL } seating;

typedef struct application {
    edu_id person, id, held; /* a slot */
} application;

/* The place first: nothing is left where somebody else was faster. */
static edu_status seat(edu_tx *tx, const application *of, const slot *one, seating *out,
                       edu_error *error)
{
    int64_t changed = 0;
    *out = SEAT_FULL;
    EI_TRY(sql_slot_take(tx, &one->id, &changed, error));
    if (changed == 0)
        return EDU_OK;
    *out = SEATED;
    EI_TRY(sql_slot_seat_add(tx, &of->person, &of->id, one->kind, &one->id, one->starts, one->ends,
                             &changed, error));
    if (changed == 1)
        return EDU_OK;
    *out = SEAT_CLASH;
    return sql_slot_release(tx, &one->id, NULL, error);
}

static edu_status unseat(edu_tx *tx, const application *of, const char *kind, edu_error *error)
{
    EI_TRY(sql_slot_seat_drop(tx, &of->person, &of->id, kind, NULL, error));
    return sql_slot_release(tx, &of->held, NULL, error);
}

static edu_status tell(ei_command *command, edu_tx *tx, const application *of, const char *kind,
                       edu_error *error)
{
    const ei_definition *definition;
    ei_request request;
    EI_TRY(
        ei_request_load(tx, &ei_operator_id, &of->person, &of->id, command->now, &request, error));
    EI_TRY(ei_definition_load(command->session, tx, request.service, request.head.service_version,
                              &definition, NULL, error));
    const char *template = ei_definition_slot_template(definition, kind);
    return template ? ei_request_tell(command, tx, &request, template, &of->person, error) : EDU_OK;
}

static edu_status read_held(edu_tx *tx, application *of, const char *kind, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_slot_seat_get(tx, &of->person, &of->id, kind, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        of->held = ei_column_id(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

typedef struct giving {
    application of;
    edu_id slot;
} giving;

static edu_status give_seat(ei_command *command, edu_tx *tx, application *of, const slot *one,
                            edu_error *error)
{
    seating result;
    EI_TRY(read_held(tx, of, one->kind, error));
    if (ei_id_compare(of->held, one->id) == 0)
        return EDU_OK;
    if (!ei_id_is_none(of->held))
        EI_TRY(unseat(tx, of, one->kind, error));
    EI_TRY(seat(tx, of, one, &result, error));
    if (result == SEAT_FULL)
        return ei_fail(error, EDU_E_STATE, "slot.full", NULL, "this slot has no free place");
    if (result == SEAT_CLASH)
        return ei_fail(error, EDU_E_STATE, "slot.clash", NULL,
                       "the person is to be elsewhere at that time");
    return tell(command, tx, of, one->kind, error);
}

static edu_status give_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const giving *work = command->context;
    application of = work->of;
    edu_id actor = ei_session_actor(command->session), offering;
    ei_request request;
    slot one;
    EI_TRY(ei_request_load(tx, &actor, &of.person, &of.id, command->now, &request, error));
    if (!ei_request_is_staff(&request))
        return ei_fail(error, EDU_E_DENIED, "request.not_staff", NULL,
                       "this is for those who work on the application");
    EI_TRY(ei_judging_of(tx, &of.person, &of.id, &offering, error));
    EI_TRY(read_slot(tx, &work->slot, &one, error));
    if (ei_id_compare(one.offering, offering) != 0)
        return not_found(error);
    EI_TRY(give_seat(command, tx, &of, &one, error));
    return ei_audit(command, tx, "slot.give", &of.person, NULL, error);
}

edu_status edu_slot_give(edu_session *session, edu_id person_id, edu_id id, edu_id slot_id,
                         const char *key, edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    giving work = {{.person = ei_person_or_self(session, person_id), .id = id}, slot_id};
    ei_command command = {
        .session = session, .name = "slot.give", .key = key, .run = give_run, .context = &work};
    ei_command_hash(&command, &work.of.person, sizeof work.of.person);
    ei_command_hash(&command, &id, sizeof id);
    ei_command_hash(&command, &slot_id, sizeof slot_id);
    return ei_command_run(&command, error);
}

/* ---- giving many ---- */

typedef struct filling {
    edu_id offering;
    const char *kind, *state;
    slot *slots; /* that have room, the earliest first */
    application *wanting, *closed;
    size_t slot_count, slot_room, wanting_count, wanting_room, closed_count, closed_room;
    edu_slot_report report;
} filling;

static edu_status take_slot(void *context, ei_rows *rows, edu_error *error)
{
    filling *work = context;
    slot *items = ei_with_room(work->slots, work->slot_count, &work->slot_room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    work->slots = items;
    slot *one = &items[work->slot_count++];
    *one = (slot){.id = ei_column_id(rows, 0),
                  .starts = ei_column_time(rows, 1),
                  .ends = ei_column_time(rows, 2),
                  .free = ei_column_int(rows, 3)};
    (void)snprintf(one->kind, sizeof one->kind, "%s", work->kind);
    return EDU_OK;
}

static edu_status take_wanting(void *context, ei_rows *rows, edu_error *error)
{
    filling *work = context;
    application *items =
        ei_with_room(work->wanting, work->wanting_count, &work->wanting_room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    work->wanting = items;
    items[work->wanting_count++] =
        (application){.person = ei_column_id(rows, 0), .id = ei_column_id(rows, 1)};
    return EDU_OK;
}

static edu_status take_closed(void *context, ei_rows *rows, edu_error *error)
{
    filling *work = context;
    application *items =
        ei_with_room(work->closed, work->closed_count, &work->closed_room, sizeof *items);
    if (!items)
        return ei_no_memory(error);
    work->closed = items;
    items[work->closed_count++] =
        (application){ei_column_id(rows, 0), ei_column_id(rows, 1), ei_column_id(rows, 2)};
    return EDU_OK;
}

static edu_status read_all(filling *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    ei_rows rows;
    EI_TRY(ei_rows_each(sql_slot_closed(tx, &work->offering, work->kind, AT_ONCE, &rows, error),
                        &rows, take_closed, work, error));
    for (size_t i = 0; i < work->closed_count; i++)
        EI_TRY(unseat(tx, &work->closed[i], work->kind, error));
    EI_TRY(ei_rows_each(
        sql_slot_free(tx, &work->offering, work->kind, command->now, AT_ONCE, &rows, error), &rows,
        take_slot, work, error));
    return ei_rows_each(
        sql_slot_wanting(tx, &work->offering, work->kind, work->state, AT_ONCE, &rows, error),
        &rows, take_wanting, work, error);
}

/* The earliest that has room at a time at which the person has nothing else. */
static edu_status fill_one(filling *work, ei_command *command, edu_tx *tx, const application *of,
                           edu_error *error)
{
    for (size_t i = 0; i < work->slot_count; i++) {
        slot *one = &work->slots[i];
        seating result = SEAT_FULL;
        if (one->free == 0)
            continue;
        EI_TRY(seat(tx, of, one, &result, error));
        if (result != SEATED)
            continue;
        one->free--;
        work->report.given++;
        return tell(command, tx, of, work->kind, error);
    }
    work->report.lacking++;
    return EDU_OK;
}

static edu_status fill_all(filling *work, ei_command *command, edu_tx *tx, edu_error *error)
{
    EI_TRY(read_all(work, command, tx, error));
    for (size_t i = 0; i < work->wanting_count; i++)
        EI_TRY(fill_one(work, command, tx, &work->wanting[i], error));
    return EDU_OK;
}

static edu_status fill_run(ei_command *command, edu_tx *tx, edu_error *error)
{
    const filling *wanted = command->context;
    filling work = {.offering = wanted->offering, .kind = wanted->kind, .state = wanted->state};
    ei_judging judging;
    EI_TRY(ei_judging_kept(command->session, tx, &work.offering, &judging, error));
    EI_TRY(require_kind(&judging, work.kind, error));
    if (!ei_definition_state(judging.definition, work.state))
        return ei_fail(error, EDU_E_NOT_FOUND, "slot.state", "/state",
                       "the definition has no such state");
    edu_status status = fill_all(&work, command, tx, error);
    ei_free(work.slots);
    ei_free(work.wanting);
    ei_free(work.closed);
    EI_TRY(status);
    memcpy(command->result, &work.report, sizeof work.report);
    command->result_size = sizeof work.report;
    return ei_audit(command, tx, "slot.fill", NULL, NULL, error);
}

edu_status edu_slot_fill(edu_session *session, edu_id offering_id, const char *kind,
                         const char *state, const char *key, edu_slot_report **out,
                         edu_error *error)
{
    EI_TRY(ei_session_require(session, error));
    EI_TRY(ei_check_text(kind, CODE_MAX, false, "/kind", error));
    EI_TRY(ei_check_text(state, CODE_MAX, false, "/state", error));
    if (!out)
        return ei_bad_argument(error, "out");
    filling work = {.offering = offering_id, .kind = kind, .state = state};
    ei_command command = {
        .session = session, .name = "slot.fill", .key = key, .run = fill_run, .context = &work};
    ei_command_hash(&command, &offering_id, sizeof offering_id);
    ei_command_hash_text(&command, kind);
    ei_command_hash_text(&command, state);
    edu_slot_report *report;
    EI_TRY(ei_command_run_record(&command, sizeof *report, &report, error));
    memcpy(report, command.result, sizeof *report);
    *out = report;
    return EDU_OK;
}
