<?php

/** Loads the package where there is no Composer. */

declare(strict_types=1);

require_once __DIR__ . '/src/functions.php';

spl_autoload_register(static function (string $class): void {
    $path = __DIR__ . '/src/' . strtr(substr($class, strlen('Edu\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'Edu\\') && is_file($path)) {
        require $path;
    }
});
