/* Files that people give: what they are is told by their content, not by their name. */
#include "core/core.h"

#include <string.h>

static const struct {
    ei_media media;
    const char *name, *begin;
    size_t size;
} medias[] = {{EI_MEDIA_PDF, "application/pdf", "%PDF-", 5},
              {EI_MEDIA_JPEG, "image/jpeg", "\xff\xd8\xff", 3},
              {EI_MEDIA_PNG, "image/png", "\x89PNG\r\n\x1a\n", 8}};

const char *ei_media_name(ei_media media)
{
    for (size_t i = 0; i < EI_COUNT(medias); i++)
        if (medias[i].media == media)
            return medias[i].name;
    return NULL;
}

ei_media ei_media_named(const char *name)
{
    for (size_t i = 0; name && i < EI_COUNT(medias); i++)
        if (strcmp(medias[i].name, name) == 0)
            return medias[i].media;
    return EI_MEDIA_NONE;
}

ei_media ei_media_of(edu_bytes content)
{
    for (size_t i = 0; content.data && i < EI_COUNT(medias); i++)
        if (content.size > medias[i].size &&
            memcmp(content.data, medias[i].begin, medias[i].size) == 0)
            return medias[i].media;
    return EI_MEDIA_NONE;
}

edu_status ei_check_file_name(const char *name, const char *key, edu_error *error)
{
    EI_TRY(ei_check_text(name, EI_FILE_NAME_MAX, false, "/name", error));
    return *name && !strpbrk(name, "/\\\n\t\"")
               ? EDU_OK
               : ei_fail(error, EDU_E_INVALID, key, "/name",
                         "a file has a name without slashes, quotes and line breaks");
}
