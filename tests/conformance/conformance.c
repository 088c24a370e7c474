#include "conformance/conformance.h"
#include "conformance/sample.h"

Suite *cf_suite(const cf_driver *driver)
{
    cf_use(driver);
    Suite *suite = suite_create(driver->name);
    suite_add_tcase(suite, cf_value_tests());
    suite_add_tcase(suite, cf_command_tests());
    suite_add_tcase(suite, cf_concurrency_tests());
    suite_add_tcase(suite, cf_migration_tests());
    suite_add_tcase(suite, cf_backup_tests());
    return suite;
}
