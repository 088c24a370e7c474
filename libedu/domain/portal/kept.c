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

const void *ei_kept_find(const edu_session *session, ei_kind_of_document kind, const char *code,
                         int32_t version)
{
    for (const ei_kept *one = atomic_load(&session->portal->kept); one; one = one->next)
        if (one->kind == kind && one->version == version && strcmp(one->code, code) == 0)
            return one->object;
    return NULL;
}

edu_status ei_kept_add(const edu_session *session, ei_kind_of_document kind, const char *code,
                       int32_t version, void *object, ei_object_free_fn release, edu_error *error)
{
    ei_kept *one = ei_calloc(1, sizeof *one);
    if (!one) {
        release(object);
        return ei_no_memory(error);
    }
    *one = (ei_kept){atomic_load(&session->portal->kept), kind, "", version, object, release};
    (void)snprintf(one->code, sizeof one->code, "%s", code);
    while (!atomic_compare_exchange_weak(&session->portal->kept, &one->next, one))
        continue;
    return EDU_OK;
}
