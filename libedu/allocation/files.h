/* How the files of an allocation and of a matching are written. */
#ifndef EI_FILES_H
#define EI_FILES_H

#include "core/core.h"

/* Ids go out as they came in: a sign that a spreadsheet takes for a formula's is not disarmed, or
 * the id would not be found again. */
void ei_write_id(ei_buffer *to, const char *id);

#endif
