#include <stdio.h>
#include "conformance/conformance.h"

static void address(const char *folder, const char *name, char *out, size_t room)
{
    snprintf(out, room, "sqlite:%s/%s.db", folder, name);
}

int main(void)
{
    static const cf_driver sqlite = {
        .name = "sqlite",
        .quirks = {.capabilities = EDU_CAP_GROUP_COMMIT | EDU_CAP_ONLINE_BACKUP | EDU_CAP_FILE},
        .address = address};
    return cf_run(&sqlite);
}
