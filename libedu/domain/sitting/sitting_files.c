#include "domain/sitting/sitting_files.h"

#include <inttypes.h>
#include <string.h>

/* Codes are written as they are: they identify, and are no formulas to a program that reads them.
 */
static void add_text(ei_buffer *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        ei_buffer_text(out, text);
        return;
    }
    ei_buffer_text(out, "\"");
    for (const char *at = text; *at != '\0'; at++)
        ei_buffer_add(out, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1);
    ei_buffer_text(out, "\"");
}

static void add_sites(ei_buffer *out, const edu_allocation_site *sites, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_text(out, sites[i].id);
        ei_buffer_printf(out, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",", sites[i].x_m, sites[i].y_m,
                         sites[i].count);
        add_text(out, sites[i].zone);
        ei_buffer_text(out, "\n");
    }
}

void ei_places_write(ei_buffer *out, const edu_allocation_site *places, size_t count)
{
    ei_buffer_text(out, "id,x_m,y_m,pupils,zone\n");
    add_sites(out, places, count);
}

void ei_centres_write(ei_buffer *out, const edu_allocation_site *centres, size_t count)
{
    ei_buffer_text(out, "id,x_m,y_m,capacity,zone\n");
    add_sites(out, centres, count);
}
