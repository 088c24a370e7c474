<?php

// Appeals: written, followed, answered, rated.

declare(strict_types=1);

namespace Nar;

use Edu\{AppealInput, Session};

/** First what was written is shown to be checked, then it is sent. */
function new_appeal(): Answer
{
    return signed_in(static function (Session $session): Answer {
        $form = new Form('person', 'category', 'region', 'text', 'checked');
        $rules = $session->appeal->rulesGet();
        $is_checking = false;
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            $is_checking = $form->requires(category: t('Choose what it is about.'), text: t('Write what has happened.'));
            if ($is_checking && $form->value('checked') === '1' && submit_appeal($session, $form)) {
                return after_submitting($session, $form);
            }
            $is_checking = $form->errors === [];
        }
        return form_page('new_appeal', t('Write an appeal'), $form, ['is_checking' => $is_checking,
            'family' => array_column(array_map(static fn(\Edu\Person $one) => [$one->id, name_of($one)], $session->account->family()->items), 1, 0),
            'categories' => array_column($rules->categories, 'title', 'code'), 'regions' => regions($rules->regions)]);
    });
}

/** By name, in the order of the alphabet. */
function regions(array $regions): array
{
    $titles = array_column($regions, 'title', 'code');
    uasort($titles, static fn(string $one, string $other) => \Edu\sortKey(reader_language(), $one) <=> \Edu\sortKey(reader_language(), $other));
    return $titles;
}

function submit_appeal(Session $session, Form $form): bool
{
    return $form->call(static fn() => $session->appeal->submit(new AppealInput(
        person_id: $form->given('person'), category: $form->value('category'), region: $form->given('region'),
        text: $form->value('text'), form: 'electronic'), $form->key));
}

/** It has its number; that a file could not be added is told beside it. */
function after_submitting(Session $session, Form $form): Answer
{
    $receipt = $form->result;
    $known = $receipt->was_sent ? files_of($session, $receipt->person_id, $receipt->id) : [];
    if (!add_files($session, $form, $receipt->person_id, $receipt->id, $known)) {
        return appeal_page($session, $form, $receipt->person_id, $receipt->id, true);
    }
    return see("/appeals/$receipt->person_id/$receipt->id?" . ($receipt->was_sent ? 'already' : 'sent') . '=1');
}

/** Name and size of those that came when it was sent in another window. */
function files_of(Session $session, string $person, string $appeal): array
{
    return array_map(static fn(\Edu\AppealEvent $event) => [$event->file_name, $event->file_size],
        iterator_to_array(\Edu\pages(static fn(?string $cursor, int $limit) => $session->appeal->timeline($person, $appeal, $cursor, $limit)), false));
}

/** All that are not known, or up to the first that is refused; each under a key of its own. */
function add_files(Session $session, Form $form, string $person, string $appeal, array $known = []): bool
{
    $at = 0;
    foreach (uploads() as $name => $content) {
        $key = "$form->key-$at";
        if (!in_array([$name, strlen($content)], $known, true) && !$form->call(static fn() => $session->appeal->attach($person, $appeal, $name, $content, false, $key), 'file')) {
            $form->errors = ['file' => "$name: " . end($form->errors)];
            return false;
        }
        $at++;
    }
    return true;
}

function appeal(string $person, string $appeal): Answer
{
    return signed_in(static fn(Session $session) => appeal_page(
        $session, new Form('text', 'rating'), $person, $appeal, isset($_GET['sent'])));
}

function appeal_page(Session $session, Form $form, string $person, string $appeal, bool $is_sent): Answer
{
    $found = $session->appeal->get($person, $appeal);
    $is_own = in_array($found->person_id, array_column($session->account->family()->items, 'id'), true);
    return form_page('appeal', $found->category_title, $form, [
        'appeal' => $found, 'is_sent' => $is_sent, 'is_own' => $is_own,
        'events' => iterator_to_array(\Edu\pages($session->appeal->timeline(...), $person, $appeal, limit: 200)),
        'why' => $session->appeal->explain($person, $appeal)]);
}

function act_on_appeal(string $person, string $appeal, string $what): Answer
{
    return signed_in(static function (Session $session) use ($person, $appeal, $what): Answer {
        $form = new Form('text', 'rating');
        $text = $form->value('text');
        $calls = [
            'reply' => static fn() => $session->appeal->reply($person, $appeal, $text, $form->key),
            'reopen' => static fn() => $session->appeal->reopen($person, $appeal, $text, $form->key),
            'withdraw' => static fn() => $session->appeal->withdraw($person, $appeal, $text, $form->key),
            'rate' => static fn() => $session->appeal->rate($person, $appeal, (int) $form->value('rating'), $form->given('text'), $form->key),
        ];
        $is_done = match (true) {
            $what === 'file' => iterator_count(uploads()) > 0 ? add_files($session, $form, $person, $appeal) :
                $form->requires(file: t('Choose a file.')),
            $what === 'rate' => $form->requires(rating: t('Choose a rating.')) && $form->call($calls['rate']),
            isset($calls[$what]) => $form->call($calls[$what]),
            default => null,
        };
        return match ($is_done) {
            true => see("/appeals/$person/$appeal"),
            false => appeal_page($session, $form, $person, $appeal, false),
            null => error_page(404),
        };
    });
}

function appeal_file(string $person, string $appeal, string $sequence): Answer
{
    return signed_in(static fn(Session $session) => file_answer($session->appeal->file($person, $appeal, (int) $sequence)));
}
