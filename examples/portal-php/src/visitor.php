<?php

// Who asks: the library's portal in this process, the session behind the cookie, the token of forms.

declare(strict_types=1);

namespace Nar;

use Edu\{Identity, Portal, Session, Unauthenticated};

const SESSION_COOKIE = 'nar_session';
const FORM_COOKIE = 'nar_form';
// As long as the library keeps a sign-in (edu/portal.h).
const SIGN_IN_SECONDS = 12 * 3600;

function portal(): Portal
{
    static $portal = null;
    $get = static fn(string $name): ?string => getenv($name) ?: null;
    return $portal ??= new Portal(
        (string) getenv('EDU_STORE'), keys: $get('EDU_KEYS'), host: $get('EDU_HOST') ?? 'localhost', name: $get('EDU_NAME') ?? 'Nar',
        language: $get('EDU_LANGUAGE') ?? 'az', utc_offset_minutes: (int) ($get('EDU_UTC_OFFSET') ?? 240), signer: $get('EDU_SIGNER'),
        documents: $get('EDU_DOCUMENTS'), scanner: $get('EDU_SCANNER'), staff_second_factor: getenv('EDU_SECOND_FACTOR') !== '0',
        persistent: true);
}

/** The session of one request, and who is behind it. */
final class Visitor
{
    public readonly Session $session;
    public readonly ?Identity $identity;

    public function __construct()
    {
        $this->session = self::resumed($_COOKIE[SESSION_COOKIE] ?? '') ?? portal()->session(reader_language());
        $this->identity = $this->session->token() === null ? null : $this->session->account->identity();
    }

    public function is_signed_in(): bool
    {
        return $this->identity?->person_id !== null;
    }

    private static function resumed(string $token): ?Session
    {
        if ($token === '') {
            return null;
        }
        try {
            $session = portal()->resume($token);
        } catch (Unauthenticated) {
            keep_cookie(SESSION_COOKIE, '', 0);
            return null;
        }
        $session->setLanguage(reader_language());
        return $session;
    }
}

/** anew: somebody has signed in or out within this request. */
function visitor(bool $anew = false): Visitor
{
    static $visitor = null;
    return $visitor = $anew || $visitor === null ? new Visitor() : $visitor;
}

function session(): Session
{
    return visitor()->session;
}

function is_https(): bool
{
    return ($_SERVER['HTTPS'] ?? 'off') !== 'off';
}

/** Of no use to scripts, and not sent along from other sites. seconds: 0 drops it. */
function keep_cookie(string $name, string $value, int $seconds): void
{
    setcookie($name, $value, ['expires' => $seconds > 0 ? time() + $seconds : 1, 'path' => '/', 'httponly' => true,
        'samesite' => 'Lax', 'secure' => is_https()]);
    $_COOKIE[$name] = $value;
}

/** What another site cannot know: made from the sign-in, or from a cookie of who has none. */
function form_token(): string
{
    $secret = session()->token();
    if ($secret === null) {
        if (!preg_match('/^[0-9a-f]{32}$/', $_COOKIE[FORM_COOKIE] ?? '')) {
            keep_cookie(FORM_COOKIE, bin2hex(random_bytes(16)), 86400);
        }
        $secret = $_COOKIE[FORM_COOKIE];
    }
    return hash_hmac('sha256', 'form', $secret);
}

/** Whether the browser says, where it does, that what was posted comes from a page of ours. */
function is_from_our_page(): bool
{
    return ($_SERVER['HTTP_SEC_FETCH_SITE'] ?? 'same-origin') === 'same-origin';
}

/** Whether what was posted comes from a form of ours. */
function is_from_here(): bool
{
    return is_from_our_page() && hash_equals(form_token(), posted('csrf_token'));
}

/** What the address asks for. */
function asked(string $name): ?string
{
    return is_string($_GET[$name] ?? null) && $_GET[$name] !== '' ? $_GET[$name] : null;
}

/** What was posted in a field, as one text; ends of lines as the library has them. */
function posted(string $field): string
{
    $value = $_POST[$field] ?? '';
    return is_string($value) ? trim(str_replace("\r\n", "\n", $value)) : '';
}
