/* What is published is parsed once a process. */
#include "domain/portal/portal.h"

#include <stdio.h>
#include <string.h>

/* A list that only grows, at its head: readers need no lock, and what they found stays. */
typedef struct ei_kept {
    struct ei_kept *next;
    ei_kind_of_document kind;
    char code[65];
    int32_t version;
    void *object;
    ei_object_free_fn release;
} ei_kept;

void ei_kept_finish(edu_portal *portal)
{
    for (ei_kept *one = atomic_load(&portal->kept); one;) {
        ei_kept *next = one->next;
        one->release(one->object);
        ei_free(one);
        one = next;
    }
    atomic_store(&portal->kept, NULL);
}

static const void *find(const edu_session *session, ei_kind_of_document kind, const char *code,
                        int32_t version)
{
    for (const ei_kept *one = atomic_load(&session->portal->kept); one; one = one->next)
        if (one->kind == kind && one->version == version && strcmp(one->code, code) == 0)
            return one->object;
    return NULL;
}

/* Takes the object over, also where it fails. */
static edu_status add(const edu_session *session, const ei_kept_plan *plan, const char *code,
                      int32_t version, void *object, edu_error *error)
{
    ei_kept *one = ei_calloc(1, sizeof *one);
    if (!one) {
        plan->release(object);
        return ei_no_memory(error);
    }
    *one = (ei_kept){
        atomic_load(&session->portal->kept), plan->kind, "", version, object, plan->release};
    (void)snprintf(one->code, sizeof one->code, "%s", code);
    while (!atomic_compare_exchange_weak(&session->portal->kept, &one->next, one))
        continue;
    return EDU_OK;
}

static edu_status make(const ei_kept_plan *plan, edu_bytes text, void **out, edu_error *error)
{
    json_t *json;
    EI_TRY(ei_json_read(text.data, text.size, &json, error));
    edu_status status = plan->make(json, out, error);
    json_decref(json);
    return status;
}

static edu_status read_version(edu_tx *tx, const ei_kept_plan *plan, const char *code,
                               int32_t version, void **out, edu_error *error)
{
    ei_rows rows;
    bool row = false;
    EI_TRY(plan->get(tx, code, version, &rows, error));
    edu_status status = ei_rows_next(&rows, &row, error);
    if (status == EDU_OK)
        status = row ? make(plan, ei_column_bytes(&rows, plan->column), out, error)
                     : plan->missing(error);
    ei_rows_close(&rows);
    return status;
}

edu_status ei_kept_newest(edu_tx *tx, const ei_kept_plan *plan, const char *code, int32_t *version,
                          edu_error *error)
{
    ei_rows rows;
    bool found;
    int64_t newest = 0;
    edu_status opened = plan->newest(tx, code, &rows, error);
    EI_TRY(ei_rows_integer(opened, &rows, &found, &newest, error));
    *version = (int32_t)newest;
    return found ? EDU_OK : plan->missing(error);
}

edu_status ei_kept_load(const edu_session *session, edu_tx *tx, const ei_kept_plan *plan,
                        const char *code, int32_t version, const void **out, int32_t *version_out,
                        edu_error *error)
{
    void *made = NULL;
    if (version == 0)
        EI_TRY(ei_kept_newest(tx, plan, code, &version, error));
    if (version_out)
        *version_out = version;
    *out = find(session, plan->kind, code, version);
    if (*out)
        return EDU_OK;
    EI_TRY(read_version(tx, plan, code, version, &made, error));
    EI_TRY(add(session, plan, code, version, made, error));
    *out = made;
    return EDU_OK;
}
