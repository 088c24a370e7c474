<?php

// What is held on a person is given to them, and erased.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

function test_given_erased_and_erased_again(World $world): void
{
    $person = $world->id($world->pupil);
    $given = $world->pupil->privacy->export();
    same($person, $given->person_id, 'whose it is');
    same('pupil', $given->content['account'][0]['login'], 'their account');
    fails('Edu\NotFound', 'a clerk is given nothing', fn() => $world->clerk->privacy->export($person));
    fails('Edu\Denied', 'nor erases anybody', fn() => $world->clerk->privacy->erase($person, 'their wish', false));
    $world->operator->privacy->erase($person, 'their wish', false, key: 'once');
    $left = $world->operator->privacy->export($person);
    same('', $left->content['person']['family'], 'no name is left');
    same([], $left->content['account'], 'and no account');
    $listed = $world->operator->privacy->erasures();
    ok(str_contains($listed->content, $person), 'who was erased is listed');
    same(0, $world->operator->privacy->replay($listed->content), 'once more does nothing');
}

function test_who_has_read_is_told(World $world): void
{
    $person = $world->id($world->pupil);
    $world->clerk->why('their school rang');
    $world->clerk->account->person($person);
    $world->clerk->why(null);
    $one = $world->pupil->privacy->reads()->items[0];
    same(['person', 'clerk', 'their school rang', 1], [$one->what, $one->roles, $one->why, $one->count], 'what is told');
    fails('Edu\\NotFound', 'a clerk is not told', fn() => $world->clerk->privacy->reads($person));
    $world->clerk->account->pupils();
    same('pupils', $world->operator->privacy->listReads()->items[0]->what, 'who read a list is told to the operator');
}

function test_what_is_no_longer_kept_is_ended(World $world): void
{
    same(365, $world->operator->privacy->retention()->rules['drafts'][''], 'the rule of drafts');
    $world->operator->privacy->retentionPut(['notifications' => 30]);
    same(30, $world->operator->privacy->retention()->rules['notifications'], 'a rule of one\'s own');
    same(0, array_sum($world->operator->privacy->retain(true)->counts), 'nothing would be ended');
    same(0, array_sum($world->operator->privacy->retain(false)->counts), 'and nothing is');
    fails('Edu\Denied', 'a clerk ends nothing', fn() => $world->clerk->privacy->retain(true));
}

run_tests();
