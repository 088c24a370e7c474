#include "conformance/conformance.h"
#include "conformance/sample.h"
#include "../tap.h"

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
    return tap_run(suite_of(driver));
}
