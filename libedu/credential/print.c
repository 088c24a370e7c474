/* What the forms of a document have in common. */
#include "credential/credential.h"

#include <string.h>

/* It is printed, so that one sees when a telephone opens another. */
void ei_print_host(const char *link, char host[256])
{
    const char *from = link ? strstr(link, "://") : NULL;
    from = from ? from + 3 : "";
    size_t length = strcspn(from, "/");
    if (length > 255)
        length = 255;
    for (size_t i = 0; i < length; i++)
        host[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] - 'A' + 'a' : from[i]);
    host[length] = 0;
}

void ei_number_groups(const char *number, char out[EI_NUMBER_GROUPS])
{
    size_t size = 0;
    for (size_t i = 0; number[i] && size + 2 < EI_NUMBER_GROUPS; i++) {
        if (i > 0 && i % 4 == 0)
            out[size++] = '-';
        out[size++] = number[i];
    }
    out[size] = 0;
}

void ei_markup(ei_buffer *out, const char *text)
{
    for (; *text; text++) {
        size_t plain = strcspn(text, "&<>\"'");
        ei_buffer_add(out, text, plain);
        text += plain;
        if (!*text)
            return;
        ei_buffer_printf(out, "&#%d;", *text);
    }
}
