<?php

// Registers of education, and references made from them.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

const REGISTER = 'diagnostic_assessment';
const TYPE = 'diagnostic_assessment_result';

function desk(World $world): World
{
    $world->publish('reference');
    same(1, $world->operator->register->publish(data('registers/diagnostic_assessment')), 'a register is published');
    same(1, $world->operator->reference->publish(data('references/diagnostic_assessment_result')), 'and a type of reference');
    return $world;
}

function bring(World $world, string $points): Edu\ImportReport
{
    return $world->operator->register->import(REGISTER, csv('number,year,subject,total,maximum', ['PUP0000', 2026, 'Fizika', $points, 60]));
}

function test_a_record_from_import_to_correction(World $world): void
{
    desk($world);
    $faults = $world->operator->register->faults(REGISTER, csv('number,year,subject,total,maximum',
        ['PUP0000', 2026, 'Fizika', 'many', 60], ['NONE', 2026, 'Fizika', 5, 60]));
    same([[2, '/total'], [3, '/number']], array_map(fn(Edu\ImportFault $one) => [$one->line, $one->field], $faults->items), 'faults of a file');
    same([1, 1], [bring($world, '52.5')->added, bring($world, '52.5')->unchanged], 'a record is known again');
    same([REGISTER], array_column($world->nobody->register->list()->items, 'code'), 'registers are listed');
    same(REGISTER, $world->operator->register->files()[0]->code, 'and the files that came');
    $record = $world->pupil->register->records()[0];
    ok(['year' => '2026', 'subject' => 'Fizika', 'total' => '52.50', 'maximum' => '60.00'] == $record->data, 'what a record says');
    same($record->id, $world->clerk->register->find('PUP0000', at(PUPIL_BIRTH))[0]->id, 'staff find it by number and birth date');
    $which = [$record->person_id, $record->id];
    $world->clerk->register->correct(...[...$which, ['total' => '53'], 'counted again']);
    same(['counted again', null], array_column($world->clerk->register->history(...$which)->items, 'reason'), 'it is corrected');
    fails('Edu\NotFound', 'a pupil corrects nothing', fn() => $world->pupil->register->correct(...[...$which, ['total' => '60'], 'better so']));
    $world->clerk->register->end(...[...$which, 'of another person']);
    ok(!$world->pupil->register->records()[0]->is_current, 'it is taken out');
}

function test_a_reference_at_once(World $world): void
{
    desk($world);
    bring($world, '52');
    same([TYPE], array_column($world->nobody->reference->types()->items, 'code'), 'what one may ask for');
    same(1, count($world->pupil->reference->matches(null, TYPE)), 'a record fits');
    $made = $world->pupil->reference->request(null, TYPE);
    same(['issued', 17], [$made->state, strlen($made->number)], 'it is made at once');
    same($made->number, $world->pupil->reference->request(null, TYPE)->number, 'a repeat is one');
    same([$made->number], array_column($world->pupil->reference->list()->items, 'number'), 'it is in the cabinet');
    $verdict = $world->nobody->certificate->check($world->pupil->certificate->get(null, $made->number)->qr);
    same(['valid', '52.00'], [$verdict->status, $verdict->fields['total']], 'anybody checks it');
}

function test_a_reference_by_a_clerk(World $world): void
{
    desk($world);
    $asked = $world->pupil->reference->request(null, TYPE);
    same(['waiting', null], [$asked->state, $asked->number], 'no record fits');
    $waiting = $world->clerk->reference->worklist()[0];
    same([true, $asked->request, $asked->id], [str_starts_with($asked->request, 'A-'), $waiting->request, $world->clerk->reference->find($asked->request)->id],
        'both sides call it by a number');
    $world->clerk->reference->refuse($waiting->person_id, $waiting->id, 'Ask for the one of 2025');
    same(['refused', 'self'], [$world->pupil->reference->list()[0]->state, $world->pupil->reference->list()[0]->made_as], 'it is refused');
    $world->pupil->reference->request(null, TYPE, key: 'again');
    bring($world, '40');
    $waiting = $world->clerk->reference->worklist()[0];
    $record = $world->clerk->reference->matches($waiting->person_id, $waiting->type)[0];
    $world->clerk->reference->issue($waiting->person_id, $waiting->id, $record->id);
    same(['issued', 'refused'], array_column($world->pupil->reference->list()->items, 'state'), 'another is issued');
    same(0, count($world->clerk->reference->worklist()), 'nothing waits');
}

run_tests();
