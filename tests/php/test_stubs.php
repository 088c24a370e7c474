<?php

// The stubs for editors say of the extension's functions what PHP itself says of them.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

const SHOW = <<<'PHP'
$said = [];
foreach (NAMES as $name) {
    $function = new ReflectionFunction($name);
    $first = ($function->getParameters()[0] ?? null)?->getType();
    $said[$name] = [$function->getNumberOfParameters(), $function->getNumberOfRequiredParameters(),
        in_array((string) $first, ['edu_session', 'edu_portal', '?edu_session', '?edu_portal']) ? ltrim((string) $first, '?') : null];
}
echo json_encode($said);
PHP;

function test_stubs(): void
{
    $stubs = getenv('EDU_PHP_PACKAGE') . '/stubs/edu.php';
    $names = get_extension_funcs('edu');
    $show = str_replace('NAMES', var_export($names, true), SHOW);
    ob_start();
    eval($show);
    $real = json_decode(ob_get_clean(), true);
    exec(escapeshellarg(PHP_BINARY) . ' -n -r ' . escapeshellarg("require '$stubs'; $show"), $lines, $status);
    same(0, $status, 'the stubs are PHP');
    same($real, json_decode(implode("\n", $lines), true), count($names) . ' functions take what they take');
    preg_match_all('/^(?:final class|function) (edu_\w+)/m', file_get_contents($stubs), $found);
    same([], array_diff($found[1], $names, ['edu_portal', 'edu_session']), 'the stubs have nothing else');
    ok((new ReflectionClass('edu_session'))->isFinal() && (new ReflectionClass('edu_portal'))->isFinal(), 'the handles are final');
}

run_tests();
