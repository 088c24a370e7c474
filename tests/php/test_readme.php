<?php

// The lines that README.md shows, run as they stand there.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

function test_the_lines_of_the_readme(World $world): void
{
    [, $sittingId] = $world->season();
    preg_match('/## From PHP\n\n```php\n<\?php\n(.*?)```/s', file_get_contents(ROOT . '/README.md'), $found);
    $lines = str_replace(["require 'vendor/autoload.php';", "'sqlite:portal.db'"],
        ['', var_export("sqlite:$world->folder/portal.db", true) . ', ...CHEAP'], $found[1], $count);
    same(2, $count, 'what is of the place alone is replaced');
    $password = PASSWORD;
    ob_start();
    eval($lines);
    $said = ob_get_clean();
    ok(str_starts_with($said, 'Mathematics open 20') && substr_count($said, "\n") === 1, 'the seasons are listed');
    same('registered', $world->pupil->application->list()[0]->state, 'and the pupil registers');
}

run_tests();
