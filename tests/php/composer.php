<?php

// Composer takes the package from its folder, without a network, and loads it. Prints TAP.
//
//   composer.php COMPOSER

declare(strict_types=1);

$package = getenv('EDU_PHP_PACKAGE');
$folder = sys_get_temp_dir() . '/edu-composer-' . bin2hex(random_bytes(8));
mkdir($folder, 0700);
register_shutdown_function(static fn() => exec('rm -rf ' . escapeshellarg($folder)));
putenv("COMPOSER_HOME=$folder/home");
putenv('COMPOSER_ALLOW_SUPERUSER=1');
putenv('COMPOSER_DISABLE_NETWORK=1');

function run(string ...$words): bool
{
    $php = escapeshellarg(PHP_BINARY) . ' -d extension=' . escapeshellarg(getenv('EDU_PHP_EXTENSION'));
    exec("$php " . implode(' ', array_map('escapeshellarg', $words)) . ' 2>&1', $lines, $status);
    echo '# ', implode("\n# ", $lines), "\n";
    return $status === 0;
}

$checks = 0;
function ok(bool $holds, string $what): void
{
    global $checks;
    $checks++;
    echo $holds ? 'ok' : 'not ok', " $checks - $what\n";
}

ok(run($argv[1], 'validate', '--strict', '--no-check-publish', '--no-check-version', "$package/composer.json"), 'the package is valid');
file_put_contents("$folder/composer.json", json_encode([
    'require' => ['libedu/edu' => '*'],
    'repositories' => [['type' => 'path', 'url' => $package, 'options' => ['symlink' => false]], ['packagist.org' => false]]]));
ok(run($argv[1], 'install', '--no-interaction', "--working-dir=$folder"), 'it is installed from its folder');
file_put_contents("$folder/use.php", <<<'PHP'
<?php
require __DIR__ . '/vendor/autoload.php';
$portal = new Edu\Portal('sqlite:' . __DIR__ . '/portal.db', create: true);
foreach (Edu\pages($portal->session()->service->list(...)) as $service) {
    exit(1);
}
try {
    $portal->resume('no token');
} catch (Edu\Unauthenticated) {
    exit(0);
}
exit(2);
PHP);
ok(run("$folder/use.php"), 'and is loaded');
echo "1..$checks\n";
