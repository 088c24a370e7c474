/* Running numbers: leased in blocks, so that no row is written by everybody. Gaps are allowed, and
 * the order in which numbers are given out is not promised. */
#include "domain/portal/portal.h"

#include "portal_sql.h"

#define BLOCK 256

typedef struct lease {
    int32_t series;
    int64_t end;
} lease;

static edu_status lease_run(edu_tx *tx, void *context, edu_error *error)
{
    lease *wanted = context;
    ei_rows rows;
    bool row = false;
    EI_TRY(sql_portal_number_lease(tx, wanted->series, BLOCK, &rows, error));
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
        lease wanted = {series, 0};
        EI_TRY(ei_store_write(portal->store, lease_run, &wanted, error));
        *numbers = (ei_numbers){series, wanted.end - BLOCK, wanted.end};
    }
    *out = numbers->next++;
    return EDU_OK;
}

edu_status ei_number_take(const edu_session *session, int32_t series, int64_t *out,
                          edu_error *error)
{
    edu_portal *portal = session->portal;
    (void)pthread_mutex_lock(&portal->number_lock);
    edu_status status = take_locked(portal, series, out, error);
    (void)pthread_mutex_unlock(&portal->number_lock);
    return status;
}
