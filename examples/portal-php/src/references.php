<?php

// References: made from the registers at once, or by a clerk where no record fits.

declare(strict_types=1);

namespace Nar;

use Edu\Session;

/** Where several records fit, they are shown to choose from. */
function references(): Answer
{
    return signed_in(static function (Session $session): Answer {
        $form = new Form('person', 'type', 'record');
        if ($_SERVER['REQUEST_METHOD'] === 'POST' && $form->requires(type: t('Choose a reference.'))) {
            $matches = null;
            if ($form->given('record') === null && $form->call(
                static fn() => $session->reference->matches($form->given('person'), $form->value('type')))) {
                $matches = $form->result;
            }
            if ($matches !== null && count($matches) > 1) {
                return form_page('reference_record', t('Electronic references'), $form, ['matches' => $matches]);
            }
            if ($form->errors === [] && $form->call(static fn() => $session->reference->request(
                $form->given('person'), $form->value('type'), $form->given('record'), $form->key))) {
                return see("/references?made={$form->result->id}");
            }
        }
        return references_page($session, $form);
    });
}

function references_page(Session $session, Form $form): Answer
{
    $family = $session->account->family()->items;
    return form_page('references', t('Electronic references'), $form, ['made' => asked('made'),
        'family' => $family, 'types' => iterator_to_array(\Edu\pages($session->reference->types(...), limit: 200)),
        'people' => array_map(static fn(\Edu\Person $person) => [$person, $session->reference->list($person->id)], $family)]);
}

/** The paper, the page to read, or the signed file. */
function document(string $person, string $number, string $form): Answer
{
    return signed_in(static fn(Session $session) => file_answer(
        $session->certificate->file($person, $number, $form), $form === 'html'));
}

function reference_state(\Edu\Reference $one): string
{
    return match ($one->validity ?? $one->state) {
        'valid' => t('valid'), 'expired' => t('expired'), 'revoked' => t('revoked'),
        'withdrawn' => t('not valid any more: ask again'), 'waiting' => t('a clerk looks into it'), 'refused' => t('refused'),
    };
}

function validity(\Edu\ReferenceType $type): string
{
    $term = $type->document['validity'] ?? [];
    return match (true) {
        isset($term['days']) => n('Good for %(num)s day.', 'Good for %(num)s days.', $term['days']),
        isset($term['months']) => n('Good for %(num)s month.', 'Good for %(num)s months.', $term['months']),
        isset($term['until']) => t('Good until %(day)s.', day: year_day($term['until'])),
        default => t('Has no end.'),
    };
}

/** What a record says, in a line. */
function values_of(\Edu\RegisterRecord $record): string
{
    return implode(' · ', [...array_filter([$record->institution_name]),
        ...array_map(static fn(array $one) => "{$one['title']}: {$one['value']}", $record->shown)]);
}
