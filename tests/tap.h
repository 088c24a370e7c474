/* Runs a suite and tells what came of it as TAP; gives what main returns. */
#ifndef TAP_H
#define TAP_H

#include <stdlib.h>
#include <check.h>

static inline int tap_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
