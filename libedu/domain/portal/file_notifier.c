#include "domain/portal/file_notifier.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static edu_status make_folder(const char *path, edu_error *error)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return EDU_OK;
    return ei_fail(error, EDU_E_IO, "outbox.no_folder", NULL,
                   "the outbox folder cannot be made: %s", ei_system_text(errno));
}

static void write_message(ei_buffer *text, const edu_message *message)
{
    ei_buffer_printf(text, "Id: %s\nChannel: %s\nTo: %s\n", message->id, message->channel,
                     message->address);
    if (message->subject)
        ei_buffer_printf(text, "Subject: %s\n", message->subject);
    ei_buffer_printf(text, "\n%s\n", message->text);
}

edu_status ei_file_notify(void *context, const edu_message *message, edu_error *error)
{
    const char *folder = context;
    EI_TRY(make_folder(folder, error));
    ei_buffer path = {0}, text = {0};
    ei_buffer_printf(&path, "%s/%s.txt", folder, message->id);
    write_message(&text, message);
    edu_status status =
        path.failed || text.failed
            ? ei_no_memory(error)
            : ei_file_write(path.data, (edu_bytes){text.data, text.size}, 0600, error);
    ei_buffer_free(&path);
    ei_buffer_free(&text);
    return status;
}
