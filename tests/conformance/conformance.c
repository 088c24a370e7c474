#include "conformance/conformance.h"
#include "conformance/sample.h"

static Suite *suite_of(const cf_driver *driver)
{
    Suite *suite = suite_create(driver->name);
    suite_add_tcase(suite, cf_value_tests());
    suite_add_tcase(suite, cf_command_tests());
    suite_add_tcase(suite, cf_concurrency_tests());
    suite_add_tcase(suite, cf_migration_tests());
    suite_add_tcase(suite, cf_backup_tests());
    return suite;
}

int cf_run(const cf_driver *driver)
{
    cf_use(driver);
    SRunner *runner = srunner_create(suite_of(driver));
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
