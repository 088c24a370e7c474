/* The rows of one person become another's. */
#include "domain/person/person_store.h"

#include <string.h>

#include "domain/application/application.h"
#include "person_sql.h"

typedef edu_status (*move_fn)(edu_tx *tx, const edu_id *kept, const edu_id *merged, int64_t *moved,
                              edu_error *error);
typedef edu_status (*drop_fn)(edu_tx *tx, const edu_id *merged, int64_t *dropped, edu_error *error);

/* In this order: what yields to another row goes before it moves, what is found by another row
 * moves before that. */
static const struct {
    move_fn move;
    drop_fn drop; /* of what is left */
} steps[] = {
    {sql_person_move_merger, NULL},
    {sql_person_drop_namesake, NULL},
    {sql_person_move_claim, NULL},
    {sql_person_move_account, sql_person_drop_account},
    {NULL, sql_person_drop_sign_in},
    {NULL, sql_person_drop_code},
    {sql_person_drop_enrolment, NULL},
    {sql_person_move_enrolment, NULL},
    {sql_person_move_command, NULL},
    {sql_person_yield_pupil, NULL},
    {sql_person_move_pupil, sql_person_drop_pupil},
    {sql_person_drop_own_link, NULL},
    {sql_person_yield_child, NULL},
    {sql_person_move_child, NULL},
    {sql_person_yield_guardian, NULL},
    {sql_person_move_guardian, sql_person_drop_guardian},
    {sql_person_drop_reading, NULL},
    {sql_person_move_reading, NULL},
    {sql_person_move_application, NULL},
    {sql_person_move_event, NULL},
    {sql_person_move_notification, NULL},
    {sql_person_move_outbox, NULL},
    {sql_person_move_entry, NULL},
    {sql_person_move_seat, NULL},
    {sql_person_move_correction, NULL},
    {sql_person_move_result, NULL},
    {sql_person_move_result_change, NULL},
    {sql_person_move_result_appeal, NULL},
    {sql_person_yield_record, NULL},
    {sql_person_end_record, NULL},
    {sql_person_move_record, NULL},
    {sql_person_move_record_change, NULL},
    {sql_person_move_reference, NULL},
    {sql_person_yield_certificate, NULL},
    {sql_person_move_certificate, NULL},
    {sql_person_move_revocation, NULL},
    {sql_person_count_signatory, NULL},
    {sql_person_drop_signatory, NULL},
    {sql_person_move_signatory, NULL},
    {sql_person_move_signer, NULL},
    {sql_person_move_appeal, NULL},
    {sql_person_move_appeal_into, NULL},
    {sql_person_move_appeal_text, NULL},
    {sql_person_move_appeal_file, NULL},
    {sql_person_move_appeal_band, NULL},
    {sql_person_yield_appeal_draft, NULL},
    {sql_person_move_appeal_draft, sql_person_drop_appeal_draft},
    {sql_person_yield_draft_document, NULL},
    {sql_person_yield_draft, NULL},
    {sql_person_move_draft, NULL},
    {sql_person_move_draft_document, NULL},
    {sql_person_move_document, NULL},
    {sql_person_move_score_member, NULL},
    {sql_person_move_conflict_member, NULL},
    {sql_person_move_task_member, NULL},
    {sql_person_move_panel_member, NULL},
    {sql_person_move_score, NULL},
    {sql_person_move_conflict, NULL},
    {sql_person_move_task, NULL},
    {sql_person_move_request, NULL},
    {sql_person_move_carried, NULL},
    {sql_person_move_request_form, NULL},
    {sql_person_move_request_choice, NULL},
    {sql_person_move_request_document, NULL},
    {sql_person_move_request_text, NULL},
    {sql_person_move_request_tuition, NULL},
    {sql_person_move_round_row, NULL},
    {sql_person_move_slot_seat, NULL},
    {sql_person_move_admission, NULL},
    {sql_person_move_admission_change, NULL},
    {sql_person_move_invoice, NULL},
    {sql_person_move_intent, NULL},
    {sql_person_move_capture, NULL},
    {sql_person_move_refund, NULL},
    {sql_person_move_transfer, NULL},
    {sql_person_move_difference, NULL},
    {sql_person_drop_seen, NULL},
    {sql_person_move_seen, NULL},
};

static edu_status move_rows(edu_tx *tx, const edu_id *kept, const edu_id *merged, edu_error *error)
{
    EI_TRY(sql_person_defer(tx, NULL, error));
    for (size_t i = 0; i < EI_COUNT(steps); i++) {
        if (steps[i].move)
            EI_TRY(steps[i].move(tx, kept, merged, NULL, error));
        if (steps[i].drop)
            EI_TRY(steps[i].drop(tx, merged, NULL, error));
    }
    return sql_person_guardian_school(tx, kept, NULL, error);
}

/* ---- the chains say so ---- */

static edu_status remark_one(ei_command *command, edu_tx *tx, const edu_id *kept, const edu_id *id,
                             const json_t *data, edu_error *error)
{
    ei_application_head head;
    ei_application_step step = {.person = *kept,
                                .application = *id,
                                .action = EI_REMARK_MERGED,
                                .actor_kind = "clerk",
                                .data = data};
    EI_TRY(ei_application_head_read(tx, kept, id, &head, error));
    return ei_application_remark(command, tx, &step, &head, error);
}

static edu_status remark_all(ei_command *command, edu_tx *tx, const edu_id *kept,
                             const edu_id *merged, const ei_buffer *ids, edu_error *error)
{
    char from[EDU_ID_TEXT];
    edu_status status = EDU_OK;
    edu_id_format(*merged, from);
    json_t *data = json_pack("{s:s}", "from", from);
    if (!data)
        return ei_no_memory(error);
    for (size_t at = 0; status == EDU_OK && at < ids->size; at += sizeof(edu_id)) {
        edu_id id;
        memcpy(&id, ids->data + at, sizeof id);
        status = remark_one(command, tx, kept, &id, data, error);
    }
    json_decref(data);
    return status;
}

edu_status ei_person_move(ei_command *command, edu_tx *tx, const edu_id *kept, const edu_id *merged,
                          edu_error *error)
{
    ei_buffer ids = {0};
    ei_rows rows;
    edu_status status =
        ei_rows_ids(sql_person_applications(tx, merged, &rows, error), &rows, &ids, error);
    if (status == EDU_OK)
        status = move_rows(tx, kept, merged, error);
    if (status == EDU_OK)
        status = remark_all(command, tx, kept, merged, &ids, error);
    ei_buffer_free(&ids);
    return status;
}
