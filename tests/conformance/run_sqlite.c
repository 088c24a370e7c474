#include <stdio.h>
#include "conformance/conformance.h"

static void address(const char *folder, const char *name, char *out, size_t room)
{
    snprintf(out, room, "sqlite:%s/%s.db", folder, name);
}

int main(void)
{
    static const cf_driver sqlite = {"sqlite", address};
    SRunner *runner = srunner_create(cf_suite(&sqlite));
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
