/* The problem of an allocation as the files that are published: CSV as `edu check-allocation`
 * reads. */
#ifndef EI_SITTING_FILES_H
#define EI_SITTING_FILES_H

#include <edu/allocation.h>
#include "core/core.h"

void ei_places_write(ei_buffer *out, const edu_allocation_site *places, size_t count);
void ei_centres_write(ei_buffer *out, const edu_allocation_site *centres, size_t count);

#endif
