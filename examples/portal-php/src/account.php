<?php

// Signing in, and the cabinet.

declare(strict_types=1);

namespace Nar;

use Edu\Session;

function sign_in(): Answer
{
    $form = new Form('login');
    if ($_SERVER['REQUEST_METHOD'] === 'POST') {
        // Never kept among the form's values: it is not shown again.
        $password = is_string($_POST['password'] ?? null) ? $_POST['password'] : '';
        $form->requires(login: t('Type your login.'));
        if ($password === '') {
            $form->errors['password'] = t('Type your password.');
        }
        if ($form->errors === [] && $form->call(static fn() => portal()->signIn(
            $form->value('login'), $password, $_SERVER['REMOTE_ADDR'] ?? null, reader_language()))) {
            keep_cookie(SESSION_COOKIE, $form->result->token(), SIGN_IN_SECONDS);
            return after_signing_in();
        }
    }
    return form_page('sign_in', t('Sign in'), $form, ['next' => safe_next(''), 'kept' => posted('kept'), 'is_ended' => false]);
}

/** To the second factor, to what was typed before, or to where one wanted to go. */
function after_signing_in(): Answer
{
    visitor(anew: true);
    $next = safe_next('/cabinet');
    if (!visitor()->identity->needs_code) {
        return kept_again() ?? see($next);
    }
    return posted('kept') === '' ? see('/sign-in/code?next=' . rawurlencode($next)) : code_page(new Form('code'));
}

function code_page(Form $form): Answer
{
    return form_page('sign_in_code', t('Confirm that it is you'), $form, ['next' => safe_next(''), 'kept' => posted('kept')]);
}

function sign_in_code(): Answer
{
    $form = new Form('code');
    if ($_SERVER['REQUEST_METHOD'] === 'POST' && $form->requires(code: t('Type the code.')) &&
        $form->call(static fn() => session()->confirm($form->value('code')))) {
        return after_signing_in();
    }
    return code_page($form);
}

function sign_out(): Answer
{
    if (session()->token() !== null) {
        session()->signOut();
    }
    keep_cookie(SESSION_COOKIE, '', 0);
    visitor(anew: true);
    return posted('kept') === '' ? see('/') : ask_to_sign_in(posted('kept'));
}

/** Appeals and references of oneself and of whom one acts for; of one person also those behind a cursor. */
function cabinet(): Answer
{
    [$whose, $cursor] = [asked('person'), asked('cursor')];
    return signed_in(static fn(Session $session) => page('cabinet', t('My cabinet'), ['people' => array_map(
        static fn(\Edu\Person $one) => [$one, $session->appeal->list($one->id, $one->id === $whose ? $cursor : null, 5),
            $session->reference->list($one->id, limit: 5)],
        $session->account->family()->items)]));
}

function messages(): Answer
{
    return signed_in(static fn(Session $session) => page('messages', t('Messages'), [
        'notes' => $session->notification->list(asked('cursor'), 20)]));
}

function read_message(string $person, string $note): Answer
{
    return signed_in(static function (Session $session) use ($person, $note): Answer {
        $session->notification->read($person, $note);
        return see('/cabinet/messages');
    });
}
