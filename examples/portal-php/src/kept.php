<?php

// What was typed is not lost where the sign-in ended meanwhile, or somebody else signed in: it waits, sealed, in the
// page that asks to sign in, and only who typed it sees it again.

declare(strict_types=1);

namespace Nar;

const KEPT_SECONDS = 86400;
const NOT_TYPED = ['csrf_token', 'whose'];
const SECRET_FIELDS = ['password', 'code'];
// These change nothing that is somebody's own.
const FOR_ANYBODY = '#^/(sign-in|sign-in/code|sign-out|language/\w+)$#D';

function me(): string
{
    return (string) visitor()->identity?->person_id;
}

/** From the secret of the front ends on this store, made by who needs it first. */
function kept_key(): string
{
    $path = getenv('EDU_VAR') . '/flask.secret';
    if (!is_file($path)) {
        $made = tempnam(dirname($path), 'secret');
        file_put_contents($made, bin2hex(random_bytes(32)));
        // Of two who make one at once the first is right for both.
        @link($made, $path);
        unlink($made);
    }
    return hash('sha256', 'what was typed ' . file_get_contents($path), true);
}

/** What was sent, for whom it is of; empty where it has a secret in it. */
function seal_typed(): string
{
    $typed = array_filter($_POST, static fn(mixed $value, string $name) => is_string($value) && !in_array($name, NOT_TYPED, true),
        ARRAY_FILTER_USE_BOTH);
    if (array_intersect(array_keys($typed), SECRET_FIELDS) !== []) {
        return '';
    }
    $content = json_encode(['whose' => posted('whose'), 'path' => $_SERVER['REQUEST_URI'], 'typed' => $typed, 'at' => time(),
        'files' => array_values(array_filter((array) ($_FILES['file']['name'] ?? [])))], JSON_THROW_ON_ERROR);
    $nonce = random_bytes(SODIUM_CRYPTO_SECRETBOX_NONCEBYTES);
    return base64_encode($nonce . sodium_crypto_secretbox($content, $nonce, kept_key()));
}

/** What waits in the page that was sent; null where it is not whole, or too old. */
function kept_typed(): ?array
{
    $sealed = base64_decode(posted('kept'), true) ?: '';
    $nonce = substr($sealed, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES);
    if (strlen($nonce) < SODIUM_CRYPTO_SECRETBOX_NONCEBYTES) {
        return null;
    }
    $content = sodium_crypto_secretbox_open(substr($sealed, strlen($nonce)), $nonce, kept_key());
    $found = $content === false ? null : json_decode($content, true);
    return $found !== null && $found['at'] > time() - KEPT_SECONDS ? $found : null;
}

/** Before what was posted is done: what was typed on the page of one person is never taken for another's. */
function kept_instead(string $path): ?Answer
{
    $whose = posted('whose');
    if ($whose === '' || $whose === me() || preg_match(FOR_ANYBODY, $path)) {
        return null;
    }
    return me() === '' ? ask_to_sign_in(seal_typed())
        : page('kept_other', t('Somebody else is signed in here'), ['kept' => seal_typed()], 409);
}

function ask_to_sign_in(string $kept): Answer
{
    return page('sign_in', t('Sign in'), ['form' => new Form('login'), 'next' => '', 'kept' => $kept, 'is_ended' => true], 401);
}

/** After signing in: the page with what was typed, for whom it is of; else null. */
function kept_again(): ?Answer
{
    $found = kept_typed();
    if ($found === null || $found['whose'] !== me()) {
        return null;
    }
    return page('kept', t('What you typed is here'), $found + [
        'words' => array_filter($found['typed'], static fn(string $value) => preg_match('/\s/', trim($value)))]);
}
