/* One suite for every driver of the port: it knows the port, and nothing of an engine. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <check.h>
#include <edu/sys/storage.h>

/* All in which engines may differ; in everything else the suite asks the same of each. */
typedef struct cf_quirks {
    uint32_t capabilities;         /* what the driver says of itself */
    bool failure_ends_transaction; /* of a statement outside of a part */
} cf_quirks;

typedef struct cf_driver {
    const char *name;
    cf_quirks quirks;
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
