<?php

// What anybody may see.

declare(strict_types=1);

namespace Nar;

// The look is that of the Python portal.
const ASSETS = [
    'govuk-frontend.min.css' => [__DIR__ . '/../../portal/node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css', 'text/css'],
    'portal.css' => [__DIR__ . '/../../portal/portal/static/portal.css', 'text/css'],
    'mark.svg' => [__DIR__ . '/../../portal/portal/static/mark.svg', 'image/svg+xml'],
];

function asset(string $name): Answer
{
    if (!isset(ASSETS[$name])) {
        return error_page(404);
    }
    [$path, $type] = ASSETS[$name];
    return new Answer(file_get_contents($path), 200, ['Content-Type' => $type, 'Cache-Control' => 'public, max-age=86400']);
}

function health(): Answer
{
    portal()->session();
    return new Answer('{"status":"ok"}', 200, ['Content-Type' => 'application/json']);
}

function home(): Answer
{
    return page('home', t('Services'));
}

function language(string $code): Answer
{
    if (isset(LANGUAGES[$code])) {
        keep_cookie('language', $code, 365 * 86400);
    }
    return see(safe_next('/'));
}
