<?php

// Appeals of citizens.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

/** A world whose second clerk is executor of the department of schools. */
function office(World $world): World
{
    $world->publish('appeal');
    same(1, $world->operator->appeal->rulesPublish(data('appeals/az')), 'rules of appeals are published');
    $world->operator->account->grant($world->id($world->clerk2), 'executor', 'department', 'schools');
    return $world;
}

function submit(Edu\Session $session, mixed ...$given): Edu\AppealReceipt
{
    return $session->appeal->submit(new Edu\AppealInput(...$given + ['category' => 'portal', 'text' => 'Səhifə açılmır']));
}

/** An appeal on the desk of the second clerk. */
function assigned(World $world): array
{
    $receipt = submit($world->pupil);
    $which = [$receipt->person_id, $receipt->id];
    $world->clerk->appeal->route(...[...$which, null, null, 'schools']);
    $world->clerk->appeal->assign(...[...$which, $world->id($world->clerk2)]);
    return $which;
}

function test_a_life(World $world): void
{
    office($world);
    $receipt = submit($world->pupil);
    ok(str_starts_with($receipt->number, 'M-') && $receipt->code === null && $receipt->due > at('now'), 'a number at once');
    $which = [$receipt->person_id, $receipt->id];
    $world->clerk->appeal->route(...[...$which, null, null, 'schools']);
    same('schools', $world->pupil->appeal->get(...$which)->department, 'it is routed');
    $world->clerk2->appeal->assign(...[...$which, $world->id($world->clerk2)]);
    $world->clerk2->appeal->ask(...[...$which, 'Which page?']);
    ok($world->pupil->appeal->get(...$which)->is_paused, 'it waits for the citizen');
    $world->pupil->appeal->reply(...[...$which, 'The first one']);
    $world->clerk2->appeal->note(...[...$which, 'known since Monday']);
    $world->clerk2->appeal->answer(...[...$which, 'Mended.']);
    $world->clerk2->appeal->send(...[...$which, 0]);
    $world->pupil->appeal->rate(...[...$which, 5]);
    $shown = $world->pupil->appeal->get(...$which);
    same(['answered', 5, false], [$shown->state, $shown->rating, $shown->is_open], 'it is answered and rated');
    same(['register', 'route', 'assign', 'ask', 'reply', 'send', 'rate'],
        array_column($world->pupil->appeal->timeline(...$which)->items, 'action'), 'what the citizen sees');
    same(['register', 'route', 'assign', 'ask', 'reply', 'note', 'answer', 'send', 'rate'],
        array_column($world->clerk->appeal->timeline(...$which)->items, 'action'), 'what staff see');
    same($receipt->number, $world->pupil->appeal->list()[0]->number, 'it is in the cabinet');
    $world->pupil->application->check(...$which);
    fails('Edu\State', 'too late to withdraw', fn() => $world->pupil->appeal->withdraw(...[...$which, 'x']));
}

function test_rules_in_the_language_of_the_session(World $world): void
{
    office($world);
    $rules = $world->portal->session('ru')->appeal->rulesGet();
    same(['Обычное', 'Срочное'], array_column($rules->levels, 'title'), 'levels have titles');
    ok(data('appeals/az') == $rules->document, 'and the document is as it was published');
    $error = fails('Edu\Invalid', 'rules without terms',
        fn() => $world->operator->appeal->rulesPublish(['terms' => []] + data('appeals/az')));
    same('/terms', $error->field, 'says where');
}

function test_on_paper_and_found_again(World $world): void
{
    office($world);
    $receipt = submit($world->clerk, channel: 'paper', given: 'İsmayıl', family: 'Əliyev', received: at('-1 day'));
    $found = $world->clerk->appeal->search(new Edu\AppealQuery(text: 'eliyev ismayil'));
    same([$receipt->number, 'İsmayıl Əliyev'], [$found[0]->number, $found[0]->applicant], 'found as people type it');
    same([$receipt->number], array_column($world->clerk->appeal->worklist(new Edu\AppealFilter(queue: 'all'))->items, 'number'),
        'it is on the worklist');
    same([['mine', null, 0, 0], ['all', null, 1, 0]], array_map(fn(Edu\AppealQueue $one) => [$one->queue, $one->code, $one->open, $one->overdue],
        $world->clerk->appeal->queues()->items), 'and counted there');
    fails('Edu\NotFound', 'it is nobody else\'s', fn() => $world->pupil->appeal->get($receipt->person_id, $receipt->id));
    fails('Edu\Denied', 'paper from a citizen', fn() => submit($world->pupil, channel: 'paper', given: 'A', family: 'B'));
    $world->clerk->appeal->draftSave('hotline', ['text' => 'Zəng edən deyir']);
    same(['text' => 'Zəng edən deyir'], $world->clerk->appeal->draftGet('hotline')->content, 'a begun form is kept');
    $world->clerk->appeal->draftForget('hotline');
    fails('Edu\NotFound', 'and forgotten', fn() => $world->clerk->appeal->draftGet('hotline'));
}

function test_extended_transferred_merged_returned_and_reopened(World $world): void
{
    office($world);
    $one = submit($world->pupil);
    $other = submit($world->clerk, person_id: $world->pupils[1]);
    $which = [$one->person_id, $one->id];
    $second = [$other->person_id, $other->id];
    $world->clerk->appeal->route(...[...$which, 'building', 'urgent']);
    same('urgent', $world->clerk->appeal->get(...$which)->level, 'it is urgent');
    $world->clerk->appeal->transfer(...[...$which, 'schools', 'theirs']);
    same([0, false], [$world->clerk->appeal->executors(...$which)[0]->open, $world->clerk->appeal->executors(...$which)[0]->is_absent],
        'who could do it');
    $world->clerk->appeal->assign(...$which);
    $world->clerk2->appeal->extend(...[...$which, 2, 'waits for a part']);
    same(1, $world->pupil->appeal->get(...$which)->extensions, 'it is extended');
    ok(str_contains($world->clerk->appeal->explain(...$which)->text, 'The term is 3 + 2 working days.'), 'why it is due then');
    $alike = $world->clerk->appeal->duplicates(...$second)[0];
    same([$one->id, 100, false], [$alike->id, $alike->percent, $alike->is_same_person], 'two are alike');
    $world->clerk->appeal->merge(...[...$second, ...$which]);
    same([$other->number], array_column($world->clerk->appeal->merged(...$which)->items, 'number'), 'they are merged');
    ok(str_contains($world->clerk2->appeal->template(...[...$which, 'thanks']), $one->number), 'a template is filled in');
    $world->clerk2->appeal->answer(...[...$which, 'No.']);
    $world->clerk->appeal->return(...[...$which, 'say why']);
    $world->clerk2->appeal->answer(...[...$which, 'Because.']);
    $world->clerk->appeal->approve(...[...$which, 0]);
    $world->clerk->appeal->send(...[...$which, 0]);
    same('answered', $world->clerk->appeal->get(...$second)->state, 'both are answered');
    $world->pupil->appeal->reopen(...[...$which, 'not settled']);
    $world->pupil->appeal->withdraw(...[...$which, 'it is now']);
    same('withdrawn', $world->pupil->appeal->get(...$which)->state, 'one is opened again and withdrawn');
}

function test_many_at_once_after_a_look(World $world): void
{
    office($world);
    $made = [submit($world->pupil), submit($world->pupil)];
    $items = array_map(fn($one) => ['person_id' => $one->person_id, 'id' => $one->id], $made);
    $world->pupil->appeal->withdraw(...[$made[1]->person_id, $made[1]->id, 'settled']);
    $look = $world->clerk->appeal->bulk($items, 'route', 'schools', null, null, true);
    same([1, [1], 'Department of general education'], [$look->done, array_column($look->refused, 'index'), $look->outcomes[0]['department']],
        'what would become of them');
    same('received', $world->clerk->appeal->get($made[0]->person_id, $made[0]->id)->state, 'a look changes nothing');
    same(1, $world->clerk->appeal->bulk($items, 'route', 'schools', null, null, false)->done, 'what became of them');
    same('schools', $world->clerk->appeal->get($made[0]->person_id, $made[0]->id)->department, 'it is with the department');
}

function test_a_form_in_two_windows(World $world): void
{
    office($world);
    $first = submit($world->pupil, form: 'electronic');
    $second = submit($world->pupil, form: 'electronic');
    same([false, true, $first->number], [$first->was_sent, $second->was_sent, $second->number], 'one appeal');
}

function test_jobs_and_absence(World $world): void
{
    office($world);
    submit($world->pupil);
    same(0, $world->operator->appeal->escalate(), 'nothing is late');
    $changed = data('calendars/az');
    array_shift($changed['moved_days']);
    $world->operator->calendar->publish($changed);
    same([1, 0], [$world->operator->appeal->recompute(), $world->operator->appeal->recompute()], 'a newer calendar moves deadlines once');
    $clerk = $world->id($world->clerk);
    $world->clerk2->appeal->substitute(null, $clerk, at('now'), at('+3 days'));
    $absence = $world->clerk2->appeal->absences()[0];
    same($clerk, $absence->substitute_id, 'somebody stands in');
    ok(in_array($clerk, array_column($world->clerk2->appeal->colleagues()->items, 'person_id'), true), 'who could');
    $world->clerk2->appeal->absenceEnd(null, $clerk, $absence->since);
    same(0, count($world->clerk2->appeal->absences()), 'the absence ends');
}

function test_figures(World $world): void
{
    office($world);
    submit($world->pupil);
    submit($world->clerk, channel: 'hotline', is_anonymous: true);
    $figures = $world->nobody->appeal->statistics(at('-2 days'), at('+1 day'));
    same([2, 0, 2, -1], [$figures->received, $figures->answered, $figures->open, $figures->median], 'anybody sees the figures');
    same(['electronic' => 1, 'hotline' => 1], array_column($figures->groups['channel'], 'received', 'code'), 'by channel');
    $lines = explode("\n", $world->nobody->appeal->statisticsCsv(at('-2 days'), at('+1 day'))->content);
    ok(str_starts_with($lines[1], 'all,,,2,0,0,2,'), 'as a file');
}

function test_without_a_name(World $world): void
{
    office($world);
    $receipt = submit($world->nobody, is_anonymous: true);
    same(17, strlen($receipt->code), 'a code instead of a name');
    fails('Edu\Unauthenticated', 'a name without an account', fn() => submit($world->nobody));
    fails('Edu\Invalid', 'documents need a name', fn() => submit($world->nobody, is_anonymous: true, category: 'documents'),
        'appeal.needs_name');
    same(['Səhifə açılmır'], array_column($world->nobody->appeal->follow($receipt->number, strtolower($receipt->code))->items, 'text'),
        'who has the code follows it');
    fails('Edu\NotFound', 'another code', fn() => $world->nobody->appeal->follow($receipt->number, str_repeat('0', 17)));
    $world->nobody->appeal->followAttach($receipt->number, $receipt->code, 'page.pdf', PDF);
    $steps = $world->nobody->appeal->follow($receipt->number, $receipt->code);
    same(PDF, $world->nobody->appeal->followFile($receipt->number, $receipt->code, $steps[1]->sequence)->content,
        'and adds a file');
}

function test_published(World $world): void
{
    $which = assigned(office($world));
    $world->clerk2->appeal->answer(...[...$which, 'Hörmətli İsmayılova, bəli']);
    $world->clerk2->appeal->send(...[...$which, 0]);
    same('Hörmətli ▇▇▇ bəli', $world->clerk->appeal->redact(...$which)->answer, 'names are taken out');
    $world->clerk->appeal->publish(...[...$which, 'Open?', 'Yes.']);
    $shown = $world->nobody->appeal->answers()[0];
    same(['Open?', 'Yes.'], [$shown->question, $shown->answer], 'anybody reads the answer');
}

function test_files(World $world): void
{
    $which = assigned(office($world));
    $picture = "\x89PNG\r\n\x1a\n....";
    $world->pupil->appeal->attach(...[...$which, 'şəkil.png', $picture, false]);
    $steps = $world->pupil->appeal->timeline(...$which)->items;
    $step = end($steps);
    same(['şəkil.png', 'image/png', 12], [$step->file_name, $step->file_type, $step->file_size], 'a file is a step');
    same($picture, $world->clerk->appeal->file(...[...$which, $step->sequence])->content, 'and comes back');
    $error = fails('Edu\Invalid', 'a page is no picture', fn() => $world->pupil->appeal->attach(...[...$which, 'a.png', '<html>', false]),
        'appeal.file_type');
    same('/content', $error->field, 'says where');
}

function test_signed_by_several(World $world): void
{
    office($world);
    $receipt = submit($world->pupil);
    $which = [$receipt->person_id, $receipt->id];
    $invitation = $world->pupil->appeal->invite(...$which);
    $shown = $world->clerk2->appeal->invited($invitation->number, $invitation->code);
    same(['Səhifə açılmır', false], [$shown->text, $shown->is_signed], 'who is invited reads it');
    same(1, $world->clerk2->appeal->sign($invitation->number, $invitation->code)->signatories, 'and signs');
    same([$receipt->number], array_column($world->clerk2->appeal->signed()->items, 'number'), 'what one signed');
    $world->clerk->appeal->signFor(...[...$which, 'Şəhla Quliyeva']);
    $names = $world->pupil->appeal->signatories(...$which);
    same(['Şəhla Quliyeva', true, false], [$names[1]->name, $names[1]->is_typed, $names[0]->is_typed], 'who signed on paper');
    $world->clerk2->appeal->unsign(...$which);
    same(1, $world->pupil->appeal->get(...$which)->signatories, 'a signature is taken back');
}

run_tests();
