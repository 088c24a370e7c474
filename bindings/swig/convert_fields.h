/* A field of an input record, by its kind: alike in every language that says what an edu_given is and
 * how each kind is read from it. */
static bool edu_in_field(edu_given value, const edu_field *field, char *at, edu_held *held,
                         int position)
{
    switch (field->kind) {
    case EDU_KIND_BOOL:
        return edu_in_bool(value, (bool *)at, position);
    case EDU_KIND_INT32:
        return edu_in_int32(value, (int32_t *)(void *)at, position);
    case EDU_KIND_INT64:
        return edu_in_int64(value, (int64_t *)(void *)at, position);
    case EDU_KIND_ID:
        return edu_in_id(value, (edu_id *)at, position);
    case EDU_KIND_TIME:
        return edu_in_time(value, (edu_time *)(void *)at, position);
    case EDU_KIND_DATE:
        return edu_in_date(value, (edu_date *)(void *)at, position);
    case EDU_KIND_BYTES:
        return edu_in_bytes(value, (edu_bytes *)(void *)at, position);
    case EDU_KIND_TEXT:
        return edu_in_text(value, (const char **)(void *)at, position);
    case EDU_KIND_JSON:
        if (held->count == sizeof held->json / sizeof *held->json ||
            !edu_in_json(value, &held->json[held->count], position))
            return false;
        *(json_t **)(void *)at = held->json[held->count++];
        return true;
    }
    return false;
}
