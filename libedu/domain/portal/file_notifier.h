/* The default notifier: one file a message in a folder. */
#ifndef EI_FILE_NOTIFIER_H
#define EI_FILE_NOTIFIER_H

#include "core/core.h"

/* context is the folder's path (const char *); it is made where it is missing. A message that was
 * delivered before is written again to the same file. */
edu_status ei_file_notify(void *context, const edu_message *message, edu_error *error);

#endif
