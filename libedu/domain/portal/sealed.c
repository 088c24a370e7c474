/* What only its person's key opens. */
#include "domain/portal/portal.h"

#include <sodium.h>

edu_status ei_seal_into(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                        const char *field, edu_bytes plain, ei_buffer *out, edu_error *error)
{
    const edu_portal *portal = session->portal;
    uint8_t *room = ei_alloc(plain.size + EI_SEAL_EXTRA);
    edu_status status = room ? ei_seal(portal->keys, &portal->environment.random, person, wrapped,
                                       field, plain, room, error)
                             : ei_no_memory(error);
    if (status == EDU_OK)
        ei_buffer_add(out, room, plain.size + EI_SEAL_EXTRA);
    ei_free(room);
    return status == EDU_OK && out->failed ? ei_no_memory(error) : status;
}

edu_status ei_unseal_text(const edu_session *session, const edu_id *person, edu_bytes wrapped,
                          const char *field, edu_bytes sealed, ei_arena *arena, const char **out,
                          edu_error *error)
{
    edu_bytes plain;
    *out = NULL;
    if (!sealed.data)
        return EDU_OK;
    EI_TRY(ei_unseal(session->portal->keys, person, wrapped, field, sealed, &plain, error));
    *out = ei_arena_strdup(arena, plain.data);
    ei_free((void *)(uintptr_t)plain.data);
    return *out ? EDU_OK : ei_no_memory(error);
}

void ei_sealed_hash(edu_bytes sealed, char hex[EI_SEALED_HASH])
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)sealed.data, sealed.size);
    ei_hex_format(hash, sizeof hash, hex);
}

edu_status ei_sealed_note(json_t *data, const ei_buffer *sealed, edu_error *error)
{
    char hex[EI_SEALED_HASH];
    ei_sealed_hash((edu_bytes){sealed->data, sealed->size}, hex);
    return json_object_set_new(data, "sealed", json_string(hex)) == 0 ? EDU_OK
                                                                      : ei_no_memory(error);
}
