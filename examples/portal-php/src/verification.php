<?php

// Whether a document is genuine, for anybody: by its code, its number and a birth date, or its file.

declare(strict_types=1);

namespace Nar;

function verify(): Answer
{
    $form = new Form('text', 'number');
    $verdict = null;
    if ($_SERVER['REQUEST_METHOD'] === 'POST') {
        $is_done = match (posted('way')) {
            'number' => check_number($form),
            'file' => check_file($form),
            default => $form->requires(text: t('Paste the text of the QR code.')) &&
                $form->call(static fn() => session()->certificate->check($form->value('text')), 'text'),
        };
        $verdict = $is_done ? $form->result : null;
    }
    return form_page('verify', t('Check a document'), $form, ['verdict' => $verdict]);
}

function check_number(Form $form): bool
{
    $birth = $form->day('birth');
    return $form->requires(number: t('Type the number of the document.')) && $birth !== null &&
        $form->call(static fn() => session()->certificate->find($form->value('number'), $birth, $_SERVER['REMOTE_ADDR'] ?? null), 'number');
}

function check_file(Form $form): bool
{
    foreach (uploads() as $content) {
        return $form->call(static fn() => session()->certificate->checkFile($content), 'file');
    }
    $form->errors['file'] = t('Choose a file.');
    return false;
}

/** What was checked, as a file. */
function verified_copy(): Answer
{
    $form = new Form('text', 'number');
    $kind = posted('format');
    $certificate = session()->certificate;
    $birth = $form->given('text') === null ? $form->day('birth') : null;
    $is_done = $form->errors === [] && $form->call(static fn() => $birth === null ? $certificate->paper($form->value('text'), $kind) :
        $certificate->findFile($form->value('number'), $birth, $_SERVER['REMOTE_ADDR'] ?? '', $kind));
    return $is_done ? file_answer($form->result) : form_page('verify', t('Check a document'), $form, ['verdict' => null]);
}

/** Where the link of a QR code leads: the code's digits stay in the browser, and the birth date is asked for. */
function verify_number(string $number): Answer
{
    $form = new Form('number');
    $form->values['number'] = $number;
    return page('verify_number', t('Check a document'), ['form' => $form]);
}

/** What people look for in a document: label and value each. A record names its results itself. */
function signed_fields(array $fields): array
{
    $labels = table('fields');
    $names = [];
    foreach ($fields as $path => $value) {
        if (preg_match('/^(credentialSubject\.achievement\.resultDescription\.\d+)\.name$/', $path, $found)) {
            $names[$fields["$found[1].id"] ?? ''] = $value;
        }
    }
    $shown = [];
    foreach ($fields as $path => $value) {
        if (preg_match('/^(credentialSubject\.result\.\d+)\.value$/', $path, $found)) {
            $shown[] = [$names[$fields["$found[1].resultDescription"] ?? ''] ?? $path, $value];
        } elseif (isset($labels[$path]) || !isset($fields['@context.0'])) {
            $shown[] = [isset($labels[$path]) ? t($labels[$path]) : $path, $value];
        }
    }
    return $shown;
}
