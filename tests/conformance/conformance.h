/* One suite for every driver of the port: it knows the port, and nothing of an engine. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <stdlib.h>
#include <check.h>

typedef struct cf_driver {
    const char *name;
    /* Writes the address of the store of this name; the folder is the test's own, and empty at its
     * beginning. The same folder and name give the same store. */
    void (*address)(const char *folder, const char *name, char *out, size_t room);
    void (*drop)(const char *folder); /* removes what of its stores is not in the folder; or NULL */
} cf_driver;

/* Runs the suite; the program's exit code. */
int cf_run(const cf_driver *driver);

TCase *cf_value_tests(void);
TCase *cf_command_tests(void);
TCase *cf_concurrency_tests(void);
TCase *cf_migration_tests(void);
TCase *cf_backup_tests(void);

#endif
