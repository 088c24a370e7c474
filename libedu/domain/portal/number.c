/* Running numbers: leased in blocks, so that no row is written by everybody. Gaps are allowed, and
 * the order in which numbers are given out is not promised. */
#include "domain/portal/portal.h"

#include <stdio.h>
#include <string.h>

#include "portal_sql.h"

#define BLOCK 256
#define NUMBERS_A_YEAR INT64_C(1000000000) /* a serial is year and running number */

typedef struct lease {
    int32_t series;
    int64_t count, end;
} lease;

static edu_status lease_run(edu_tx *tx, void *context, edu_error *error)
{
    lease *wanted = context;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_portal_number_lease(tx, wanted->series, wanted->count, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK && row)
        wanted->end = ei_column_int(&rows, 0);
    ei_rows_close(&rows);
    return status;
}

static edu_status take_locked(edu_portal *portal, int32_t series, int64_t *out, edu_error *error)
{
    ei_numbers *numbers = &portal->numbers;
    if (numbers->series != series || numbers->next == numbers->end) {
        lease wanted = {series, BLOCK, 0};
        EI_TRY(ei_store_write(portal->store, lease_run, &wanted, error));
        *numbers = (ei_numbers){series, wanted.end - BLOCK, wanted.end};
    }
    *out = numbers->next++;
    return EDU_OK;
}

/* Of the portal's year: numbers are given before the calendar of any rules is known. */
static int32_t year_of(const edu_session *session)
{
    int hour, minute;
    return ei_time_civil(ei_now(session), session->portal->utc_offset_minutes, &hour, &minute).year;
}

edu_status ei_serial_reserve(ei_command *command, edu_error *error)
{
    edu_portal *portal = command->session->portal;
    int32_t year = year_of(command->session);
    int64_t running = 0;
    (void)pthread_mutex_lock(&portal->number_lock);
    edu_status status = take_locked(portal, year, &running, error);
    (void)pthread_mutex_unlock(&portal->number_lock);
    command->serial = year * NUMBERS_A_YEAR + running + 1;
    return status;
}

edu_status ei_serial_next(ei_command *command, edu_tx *tx, int64_t *out, edu_error *error)
{
    if (command->takes_serial && !command->is_serial_taken) {
        command->is_serial_taken = true;
        *out = command->serial;
        return EDU_OK;
    }
    lease wanted = {year_of(command->session), 1, 0};
    EI_TRY(lease_run(tx, &wanted, error));
    *out = wanted.series * NUMBERS_A_YEAR + wanted.end;
    return EDU_OK;
}

/* ---- as people read and write it ---- */

void ei_number_format(const char *prefix, int64_t serial, char out[EI_NUMBER_TEXT])
{
    (void)snprintf(out, EI_NUMBER_TEXT, "%s-%04d-%06lld", prefix, (int)(serial / NUMBERS_A_YEAR),
                   (long long)(serial % NUMBERS_A_YEAR));
}

bool ei_number_parse(const char *number, int64_t *out)
{
    char digits[2][16];
    int64_t year, running;
    int end = 0;
    const char *dash = strchr(number, '-');
    if (!dash || sscanf(dash + 1, "%4[0-9]-%9[0-9]%n", digits[0], digits[1], &end) != 2 ||
        dash[1 + end] != '\0' || !ei_int_parse(digits[0], 1, 9999, &year) ||
        !ei_int_parse(digits[1], 0, NUMBERS_A_YEAR - 1, &running))
        return false;
    *out = year * NUMBERS_A_YEAR + running;
    return true;
}
