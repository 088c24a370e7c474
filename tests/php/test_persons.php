<?php

// One person who is there twice is found, told apart, or merged.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

/** The first pupil's record and a second one of them, by a document. */
function there_twice(World $world): array
{
    $pupil = $world->id($world->pupil);
    $known = $world->clerk->account->person($pupil);
    $world->operator->account->importPersons(
        csv('document,given,family,birth', ['X-4000001', $known->given, $known->family, PUPIL_BIRTH]));
    // The pupils of this world have one name as well.
    foreach ($world->clerk->person->duplicates() as $one) {
        $new = array_values(array_diff([$one->person_id, $one->other_id], $world->pupils));
        if (count($new) === 1 && in_array($pupil, [$one->person_id, $one->other_id], true)) {
            return [$pupil, $new[0]];
        }
    }
    throw new LogicException('the two are not found');
}

function test_found_looked_at_and_merged(World $world): void
{
    [$pupil, $second] = there_twice($world);
    $before = $world->clerk->person->mergePreview($second, $pupil);
    same([], $before->against, 'nothing stands against it');
    same('merged', $before->account, 'whose sign-in goes on');
    $done = $world->clerk->person->merge($second, $pupil, key: 'once');
    same($before->moved, $done->moved, 'what was to be moved is moved');
    same($done->moved, $world->clerk->person->merge($second, $pupil, key: 'once')->moved, 'once more is told the same');
    same($second, $world->clerk->account->person($pupil)->id, 'the old id leads on');
    fails('Edu\State', 'nobody is merged twice', fn() => $world->clerk->person->merge($second, $pupil), 'person.merged');
    fails('Edu\Unauthenticated', 'their sign-in has ended', fn() => $world->pupil->person->duplicates());
}

function test_told_apart(World $world): void
{
    [$pupil, $second] = there_twice($world);
    $world->clerk->person->distinct($pupil, $second, key: 'apart');
    foreach ($world->clerk->person->duplicates() as $one) {
        ok(array_diff([$pupil, $second], [$one->person_id, $one->other_id]) !== [], 'they are a pair no more');
    }
    fails('Edu\Denied', 'a pupil tells nobody apart', fn() => $world->pupil->person->distinct($pupil, $second));
}

run_tests();
