/* The suite through a driver around SQLite's, with its faults off. */
#include <stdio.h>
#include "conformance/conformance.h"
#include "conformance/faulty.h"
#include "storage/sqlite/sqlite_driver.h"

static void address(const char *folder, const char *name, char *out, size_t room)
{
    snprintf(out, room, "faulty:sqlite:%s/%s.db", folder, name);
}

int main(void)
{
    static const cf_driver faulty = {
        .name = "faulty",
        .quirks = {.capabilities = EDU_CAP_GROUP_COMMIT | EDU_CAP_ONLINE_BACKUP | EDU_CAP_FILE},
        .address = address};
    if (faulty_register(&ei_sqlite_driver, NULL) != EDU_OK)
        return 1;
    return cf_run(&faulty);
}
