<?php

// Calendars, deadlines, forms, matching: what needs no person.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

function test_calendars_and_deadlines(World $world): void
{
    $az = data('calendars/az');
    same([1, 1], [$world->operator->calendar->publish($az), $world->operator->calendar->publish($az)], 'the same is published once');
    $error = fails('Edu\Invalid', 'a day worked that is none', fn() => $world->operator->calendar->publish(
        ['moved_days' => [['rest' => '2024-03-08', 'worked' => '2024-03-09']]] + $az));
    same('/moved_days/0/rest', $error->field, 'says where');
    same(['az' => 1], array_column($world->nobody->calendar->list()->items, 'version', 'code'), 'calendars are listed');
    ok($az == $world->nobody->calendar->get('az', 1)->document, 'a document comes back as it was');
    $year = $world->portal->session('az')->calendar->days('az', 2024);
    $days = array_column($year->days, null, 'date');
    same([366, 'Qadınlar günü', 'substitute'], [count($days), $days['2024-03-08']['title'], $days['2024-03-25']['kind']], 'the days of a year');
    ok(str_starts_with($world->nobody->calendar->export('az', 2024)->content, "BEGIN:VCALENDAR\r\n"), 'for a telephone');
    $deadline = $world->nobody->deadline->explain(new Edu\Term(calendar: 'az', count: 3, received: at('2024-03-07 16:00')));
    ok($deadline->due == at('2024-03-13 18:00'), 'a deadline');
    ok(str_contains($deadline->text, "8 March 2024 (Women's Day)"), 'says why');
    $paused = $world->nobody->deadline->explain(new Edu\Term(calendar: 'az', count: 3, received: at('2024-02-26 10:00'),
        pauses: [['from' => '2024-02-27T12:00:00+04:00']]));
    same([true, null, 2], [$paused->is_paused, $paused->due, $paused->left], 'a pause that lasts');
}

function test_forms(): void
{
    $schema = ['properties' => ['age' => ['type' => 'integer', 'minimum' => 6]], 'required' => ['age', 'name'], 'additionalProperties' => false];
    $report = Edu\formAccept($schema, ['age' => 5, 'hidden' => 1]);
    same(['age' => 5], $report->data, 'what nobody speaks of is left out');
    same(['/name', '/age'], array_column($report->errors, 'field'), 'errors at their fields');
    same(['age' => 7], Edu\formRead($schema, ['/age' => ['7']])->content, 'what is posted becomes a form');
    fails('Edu\Invalid', 'an unknown keyword', fn() => Edu\formAccept(['odd' => 1], 1));
    ok(Edu\formCheck('{"minimum": 3}', '4', true)->is_valid && !Edu\formCheck('{"minimum": 3}', '2', true)->is_valid, 'texts of JSON are judged');
    ['form' => $form, 'hints' => $hints] = data('services/school_bus')['request'];
    Edu\formCheckHints($form, $hints);
    same('Место в школьном автобусе', Edu\formShow($form, $hints, [], 'ru')->content['title'], 'a form is shown in a language');
    unset($hints['fields']['/grade']['title']['az']);
    $error = fails('Edu\Invalid', 'hints without a text', fn() => Edu\formCheckHints($form, $hints), 'form.hints');
    same('/fields/~1grade/title/az', $error->field, 'say where');
}

function test_matching(): void
{
    $choices = csv('applicant,choice,place,priority', ['x', 1, 'a', 2], ['x', 2, 'b', 1], ['y', 1, 'a', 1]);
    $outcome = Edu\match_($choices, csv('place,capacity', ['a', 1], ['b', 1]), null, false);
    same(["applicant,place\nx,b\ny,a\n", 2, 1], [$outcome->csv, $outcome->matched, $outcome->first], 'applicants and places');
    $places = csv('place,capacity', ['a', 1], ['b', 1]);
    Edu\matchVerify($choices, $places, null, false, $outcome->csv);
    fails('Edu\Invalid', 'one that is not stable',
        fn() => Edu\matchVerify($choices, $places, null, false, "applicant,place\nx,a\ny,\n"));
    same(1, Edu\match_("applicant,choice,place\nx,1,a\ny,1,a\n", $places, '5eed', false)->matched, 'a lottery');
    $grouped = csv('applicant,choice,place,priority,groups', ['x', 1, 'a', 1, ''], ['y', 1, 'a', 2, 'need']);
    $outcome = Edu\match_($grouped, csv('place,capacity,quotas', ['a', 1, 'need=1']), null, false);
    same(["applicant,place\nx,\ny,a\n", 1], [$outcome->csv, $outcome->reserved], 'a group with a quota comes first');
    $error = fails('Edu\Invalid', 'an unknown place', fn() => Edu\match_($choices, csv('place,capacity', ['a', 1]), null, false));
    same(['/applicants/place', 3], [$error->field, $error->inputLine], 'has its place');
}

function test_codes_and_canonical_json(): void
{
    ok(str_starts_with(Edu\qrSvg('https://portal.example/v/1'), '<svg'), 'a code to be photographed');
    fails('Edu\Limit', 'too long for one', fn() => Edu\qrSvg(str_repeat('x', 5000)));
    same('{"a":"€","b":100}', Edu\canonicalize('{"b":1e2,"a":"\u20ac"}'), 'one form for all');
    ok(Edu\sortKey('az', 'Çələbi') > Edu\sortKey('az', 'Cəfərov') && Edu\sortKey('az', 'İLHAM') === Edu\sortKey('az', 'ilham'), 'names are ordered');
    fails('Edu\Invalid', 'a name twice', fn() => Edu\canonicalize('{"a":1,"a":2}'));
}

run_tests();
