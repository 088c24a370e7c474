<?php

// From a request to its answer: which page, its headers, what is said where something fails.

declare(strict_types=1);

namespace Nar;

/** A page, or what is sent in its place. */
final readonly class Answer
{
    public function __construct(public string $content, public int $status = 200, public array $headers = [])
    {
    }
}

function h(string|int|null $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
}

/** A text in the reader's language, for a page. */
function e(string $text, string|int ...$values): string
{
    return h(t($text, ...$values));
}

/** A template of ours, within the frame of all pages. */
function page(string $template, string $title, array $with = [], int $status = 200): Answer
{
    $content = render($template, $with);
    return new Answer(render('frame', ['title' => $title, 'content' => $content]), $status,
        ['Content-Type' => 'text/html; charset=utf-8']);
}

function render(string $template, array $with): string
{
    extract($with);
    ob_start();
    require __DIR__ . "/../templates/$template.php";
    return ob_get_clean();
}

/** A form that was filled in wrongly is a page of its own status. */
function form_page(string $template, string $title, Form $form, array $with = []): Answer
{
    return page($template, $title, ['form' => $form] + $with, $form->errors === [] ? 200 : 400);
}

function see(string $path): Answer
{
    return new Answer('', 303, ['Location' => $path]);
}

/** Papers are saved; what the library made to be read opens in the browser, with its own style and nothing else. */
function file_answer(\Edu\Document $document, bool $is_shown = false): Answer
{
    $headers = ['Content-Type' => $document->type, 'Content-Disposition' => ($is_shown ? 'inline' : 'attachment') .
        "; filename*=UTF-8''" . rawurlencode($document->name)];
    if ($is_shown) {
        preg_match_all('#<style>(.*?)</style>#s', $document->content, $styles);
        $allowed = implode(' ', array_map(static fn(string $style) => "'sha256-" . base64_encode(hash('sha256', $style, true)) . "'", $styles[1]));
        $headers['Content-Security-Policy'] = "default-src 'none'; style-src " . ($allowed ?: "'none'") . "; base-uri 'none'; frame-ancestors 'none'";
    }
    return new Answer($document->content, 200, $headers);
}

function error_page(int $status, ?\Edu\Error $error = null): Answer
{
    $titles = table('titles');
    $title = t($titles[$status] ?? $titles[$status < 500 ? 400 : 500]);
    return page('error', $title, ['title' => $title, 'text' => $error === null || $status >= 500 ? null : error_text($error)], $status);
}

/** @param array<string, callable> $pages by methods and the pattern of a path */
function answer(array $pages, string $method, string $path): void
{
    try {
        $answer = answer_or_error($pages, $method === 'HEAD' ? 'GET' : $method, $path);
    } catch (\Throwable $fault) {
        // Also where no page can be made, as the store is not there: for the log, without what was sent.
        error_log(get_class($fault) . ": {$fault->getMessage()} ({$fault->getFile()}:{$fault->getLine()})");
        $answer = new Answer(t(table('titles')['500']), 500, ['Content-Type' => 'text/plain; charset=utf-8']);
    }
    send($answer);
}

function answer_or_error(array $pages, string $method, string $path): Answer
{
    try {
        return answer_of($pages, $method, $path);
    } catch (\Edu\Unauthenticated) {
        return see('/sign-in?next=' . rawurlencode($path));
    } catch (\Edu\Error $error) {
        return status_of($error) < 500 || $error->retryable ? error_page(status_of($error), $error) : throw $error;
    }
}

function answer_of(array $pages, string $method, string $path): Answer
{
    // No text of a form or an address has a null character.
    if (str_contains(http_build_query($_GET + $_POST), '%00')) {
        return error_page(400);
    }
    foreach ($pages as $what => $page) {
        [$methods, $pattern] = explode(' ', $what, 2);
        if (preg_match("#^$pattern\$#D", $path, $found) && in_array($method, explode('|', $methods), true)) {
            if ($method !== 'POST') {
                return $page(...array_slice($found, 1));
            }
            $kept = is_from_our_page() ? kept_instead($path) : null;
            return match (true) {
                is_upload_too_large() => error_page(413),
                $kept !== null => $kept,
                is_from_here() => $page(...array_slice($found, 1)),
                default => error_page(400),
            };
        }
    }
    return error_page(404);
}

function send(Answer $answer): void
{
    $headers = $answer->headers + [
        'Content-Security-Policy' => "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; " .
            "base-uri 'none'; frame-ancestors 'none'",
        'X-Content-Type-Options' => 'nosniff', 'Referrer-Policy' => 'same-origin', 'Cache-Control' => 'no-store'];
    http_response_code($answer->status);
    header_remove('X-Powered-By');
    foreach ($headers as $name => $value) {
        header("$name: $value");
    }
    echo $answer->content;
}

/** Where to go after signing in: a path of this portal, nothing else. */
function safe_next(string $otherwise): string
{
    $path = posted('next') ?: (is_string($_GET['next'] ?? null) ? $_GET['next'] : '');
    return preg_match('#^/(?![/\\\\])[^\s\\\\]*$#D', $path) ? $path : $otherwise;
}

/** Pages behind this are for those who signed in; the way back is kept. */
function signed_in(callable $page): Answer
{
    $next = rawurlencode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
    return match (true) {
        !visitor()->is_signed_in() => see("/sign-in?next=$next"),
        visitor()->identity->needs_code => see("/sign-in/code?next=$next"),
        default => $page(session()),
    };
}

function name_of(\Edu\Person $person): string
{
    return implode(' ', array_filter([$person->family, $person->given, $person->patronymic]));
}
