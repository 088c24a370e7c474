/* Runs a suite and tells what came of it as TAP; gives what main returns. */
#ifndef TAP_H
#define TAP_H

#include <stdlib.h>
#include <check.h>

/* Of what is tried by the thousand a sanitizer, under which it costs ten times as much, gets a
 * tenth. */
#ifdef __has_feature
#define TAP_IS_CLANGS __has_feature(address_sanitizer)
#else
#define TAP_IS_CLANGS 0
#endif
#if defined(__SANITIZE_ADDRESS__) || TAP_IS_CLANGS
#define TAP_IS_SANITIZED 1
#else
#define TAP_IS_SANITIZED 0
#endif
#define TAP_MANY(count) (TAP_IS_SANITIZED ? (count) / 10 : (count))

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
