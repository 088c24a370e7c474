<?php

// Calls every function again and again and looks at the bytes in use, PHP's and the C library's: they stay
// the same. What a function is called with was recorded while the tests ran, so that each is called as it
// succeeds and as it is refused. Prints TAP.
//
//   memory.php [CALLS [SECONDS [FUNCTION…]]]
//
// CALLS of each function, but no longer than about so many SECONDS; 120 and 0.05, or, in the long form of the
// tests, 100,000 however long it takes.

declare(strict_types=1);

const READS_ALL = true;
const STRETCHES = 5;
const LEAST_EACH = 5;
const SQLITE_PAGES = 2; // SQLITE_STATUS_PAGECACHE_OVERFLOW
const PAGE_ROUNDED_UP = 4408 / 4384; // what malloc takes for one

/** Stands between the package and the extension: a function of the package's namespace comes first. */
final class Recorder
{
    /** @var array<string, array<string, array>> arguments by function: of its first and last call that gave something, and of the last that was refused */
    public static array $calls = [];

    public static function stand_between(): void
    {
        foreach (get_extension_funcs('edu') as $name) {
            foreach (['Edu', 'Edu\\Module'] as $namespace) {
                eval("namespace $namespace; function $name(mixed ...\$given): mixed { return \\Recorder::call('$name', \$given); }");
            }
        }
    }

    public static function call(string $name, array $given): mixed
    {
        try {
            $made = $name(...$given);
        } catch (Throwable $thrown) {
            self::$calls[$name]['refused'] = $given;
            throw $thrown;
        }
        self::$calls[$name]['first'] ??= $given;
        self::$calls[$name]['last'] = $given;
        return $made;
    }
}

/** Bytes in use, of PHP's heap and of malloc's, without the pages that SQLite keeps: those grow up to a bound. */
function bytes(): int
{
    static $c = null, $sqlite = null;
    $c ??= FFI::cdef('struct info { size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost; };
        struct info mallinfo2(void);');
    $sqlite ??= FFI::cdef('int sqlite3_status64(int what, long long *now, long long *most, int reset);', 'libsqlite3.so.0');
    gc_collect_cycles();
    $pages = $sqlite->new('long long');
    $most = $sqlite->new('long long');
    $sqlite->sqlite3_status64(SQLITE_PAGES, FFI::addr($pages), FFI::addr($most), 0);
    $info = $c->mallinfo2();
    return memory_get_usage() + $info->uordblks + $info->hblkhd - (int) ($pages->cdata * PAGE_ROUNDED_UP);
}

/** Calls a function in stretches; by how much the bytes grew in the one where they grew least, and how often it was called. */
function growth(string $name, array $ways, int $calls, float $seconds): array
{
    $ways = array_values($ways);
    $each = intdiv($calls, STRETCHES + 1);
    $least = PHP_INT_MAX;
    $done = 0;
    $end = microtime(true) + $seconds;
    for ($stretch = 0; $stretch <= STRETCHES; $stretch++) {
        $before = bytes();
        for ($i = 0; $i < $each; $i++, $done++) {
            try {
                $name(...$ways[$i % count($ways)]);
            } catch (Throwable) {
                continue;
            }
            // Of the first stretch, which warms up: so long may all take that a stretch ends in time. Of a call
            // alone it cannot be told whether it leaves something or a cache has grown.
            if ($stretch === 0 && $i >= LEAST_EACH - 1 && microtime(true) > $end - $seconds * STRETCHES / (STRETCHES + 1)) {
                $each = $i + 1;
            }
        }
        $grown = bytes() - $before;
        $least = $stretch === 0 ? $least : min($least, $grown);
    }
    return [$least, $done, $each];
}

// What is tested is no disk.
if (is_dir('/dev/shm') && disk_free_space('/dev/shm') > 4 << 30) {
    putenv('TMPDIR=/dev/shm');
}
Recorder::stand_between();
require __DIR__ . '/harness.php';
foreach (glob(__DIR__ . '/test_*.php') as $path) {
    if (basename($path) !== 'test_stubs.php') {
        require $path;
    }
}
ob_start();
run_all();
ob_end_clean();

$is_long = getenv('EDU_NIGHTLY') === '1';
$calls = (int) ($argv[1] ?? ($is_long ? 100000 : 120));
$seconds = (float) ($argv[2] ?? ($is_long ? INF : 0.05));
$names = array_slice($argv, 3) ?: array_diff(get_extension_funcs('edu'), ['edu_portal_open_persistent']);
$checks = 0;
$total = 0;
foreach ($names as $name) {
    if (!isset(Recorder::$calls[$name])) {
        ok(false, "$name was called by no test");
        continue;
    }
    [$grown, $done, $each] = growth($name, Recorder::$calls[$name], $calls, $seconds);
    $total += $done;
    // What leaks does so in every stretch, and no piece is smaller than eight bytes; a cache that grows once does not.
    ok($grown < 2 * $each, "$name: $done calls, memory flat");
    if ($grown >= 2 * $each) {
        echo "# grew by $grown bytes in $each calls\n";
    }
}
echo "# $total calls\n1..$checks\n";
