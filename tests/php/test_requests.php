<?php

// Services that run on their definition: drafts, documents, places, scores, panels, rankings.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

const PHONE = ['phone' => '+994 50 123 45 67'];
const APPLICANT = PHONE + ['education' => 'master', 'speciality' => 'Welding', 'years_of_work' => 3, 'exam_region' => 'BA'];
const ENTRY = ['title' => 'Light', 'summary' => 'Long enough to be one'];

function test_services_are_listed(World $world): void
{
    $world->publish('club');
    same(['club'], array_column($world->nobody->service->list()->items, 'code'), 'anybody sees them');
    same(2, $world->operator->service->publish(['title' => ['az' => 'Dərnək', 'en' => 'Groups', 'ru' => 'Кружки']] + data('services/club')),
        'another version is published');
    same(['Groups', 2], [$world->nobody->service->get('club')->title, $world->nobody->service->get('club')->version], 'and is the newest');
}

function test_a_group_is_found_by_direction_age_and_day(World $world): void
{
    $world->publish('club');
    foreach (['judo' => ['sport', 6, 9], 'choir' => ['creative', 0, 0]] as $code => [$direction, $from, $until]) {
        $world->clerk->offering->put(new Edu\OfferingInput(service: 'club', code: $code, title: ['az' => $code], opens: at('2020-01-01'),
            closes: at('2090-01-01'), is_published: true, direction: $direction, age_from: $from, age_until: $until,
            times: $code === 'judo' ? [['day' => 2, 'from' => '10:00', 'until' => '11:00']] : []));
    }
    $found = fn(mixed ...$wanted) => array_column($world->nobody->offering->list(new Edu\OfferingFilter(...['service' => 'club'] + $wanted))->items, 'code');
    same([['judo'], ['judo'], ['choir']], [$found(direction: 'sport'), $found(day: 2), $found(age: 10)], 'by each');
    same([], $found(direction: 'sport', age: 10), 'and by both');
    same([[], 2], [$found(only_kept: true), count($world->clerk->offering->list(new Edu\OfferingFilter(service: 'club', only_kept: true)))],
        'and by who keeps them');
}

function test_a_draft_and_its_documents(World $world): void
{
    $world->publish('school_bus');
    $scanner = 'grep -c virus >/dev/null; [ $? = 1 ]';
    $looked = $world->open(scanner: $scanner)->resume($world->pupil->token());
    $bus = $world->nobody->offering->list(new Edu\OfferingFilter(service: 'school_bus'))[0]->id;
    $draft = $looked->draft->save(null, $bus);
    same($draft, $world->pupil->draft->list()[0]->id, 'drafts are listed');
    ok(!$world->pupil->draft->check(null, $draft)->is_complete, 'what it lacks');
    fails('Edu\Invalid', 'a scanner refuses a document',
        fn() => $looked->draft->attach(null, $draft, 'help', 'a.pdf', PDF . 'a virus'), 'request.document_refused');
    $document = $looked->draft->attach(null, $draft, 'help', 'a.pdf', PDF);
    same($document, $world->pupil->draft->get(null, $draft)->documents[0]['id'], 'and takes another');
    $world->pupil->draft->detach(null, $draft, $document);
    same([], $world->pupil->draft->get(null, $draft)->documents, 'it is taken out');
    $world->pupil->draft->discard(null, $draft);
    same(0, count($world->pupil->draft->list()), 'a draft is thrown away');
}

function test_the_work_on_an_application(World $world): void
{
    $world->publish('recruitment');
    $competition = $world->offer('recruitment', 'autumn', by_round: true);
    $vacancy = $world->offer('recruitment', 'vacancy', by_round: true, round: 'autumn', places: 1);
    $applicant = $world->account('STF0003', STAFF_BIRTH, 'applicant');
    $person = $world->id($applicant);
    $made = $world->apply($person, $competition, APPLICANT, ['diploma' => PDF], [$vacancy]);
    $which = [$person, $made->id];
    $shown = $world->clerk->request->get(...$which);
    same(['Welding', 'submitted', 'submitted'], [$shown->form['speciality'], $shown->state, $made->state], 'staff read what was submitted');
    same(PDF, $world->clerk->request->document(...[...$which, $shown->documents[0]['id']])->content, 'and the document');
    $world->clerk->request->assign(...[...$which, $world->id($world->clerk)]);
    same($world->id($world->clerk), $world->clerk->request->get(...$which)->assignee_id, 'somebody has it');
    same([$made->id], array_column($world->clerk->request->worklist(new Edu\RequestFilter(service: 'recruitment', is_mine: true))->items, 'id'),
        'it is on their worklist');
    same([$made->number, [$made->id]], [$shown->number,
        array_column($world->clerk->request->worklist(new Edu\RequestFilter(number: $made->number))->items, 'id')], 'it is found by its number');
    $world->clerk->request->note(...[...$which, 'The diploma was seen']);
    same([true, false], [in_array('The diploma was seen', array_column($world->clerk->request->timeline(...$which)->items, 'text'), true),
        in_array('The diploma was seen', array_column($applicant->request->timeline(null, $made->id)->items, 'text'), true)],
        'a note is for staff alone');
    ok(in_array('admit', array_column($world->clerk->request->possible(...$which)->actions, 'action'), true), 'what may be done');
    $many = [['person_id' => $person, 'id' => $made->id]];
    same([1, 1], [$world->clerk->request->bulk($many, 'admit', null, true)->done, $world->clerk->request->bulk($many, 'admit', null, false)->done],
        'to many at once, after a look');
    same('admitted', $world->clerk->request->get(...$which)->state, 'it is admitted');
    $receipt = $applicant->request->receiptFile(null, $made->id)->content;
    same('valid', $world->nobody->certificate->check($receipt)->status, 'a receipt is a signed file');
    fails('Edu\NotFound', 'the receipt of others', fn() => $world->pupil->request->receiptFile(...$which));
    same([0, 0, 0], [$world->operator->request->clock(), $world->operator->request->recompute(), $world->operator->request->sweep()],
        'nothing is due, no calendar is newer, no file is left over');
}

function test_places_of_a_club_from_year_to_year(World $world): void
{
    $world->publish('club');
    $group = $world->offer('club', 'chess', places: 1);
    [$one, $two] = $world->pupils;
    $first = $world->apply($one, $group, PHONE);
    $second = $world->apply($two, $group, PHONE);
    same(['enrolled', 'waiting'], [$first->state, $second->state], 'one place, and a list');
    fails('Edu\State', 'what follows none', fn() => $world->clerk->request->carry($group, true), 'carry.follows');
    $next = $world->offer('club', 'chess-next', places: 1, follows: 'chess', begins: at('+1 year'), ends: at('+2 years'));
    same([1, 1], [$world->clerk->request->carry($next, true)->carried, $world->clerk->request->carry($next, false)->carried],
        'who has a place goes on, after a look');
    same([$one => 'offered'], array_column($world->clerk->request->worklist(
        new Edu\RequestFilter(service: 'club', offering_id: $next))->items, 'state', 'person_id'), 'and has one in the next');
    $world->clerk->request->act($one, $first->id, 'dismiss', 'Moved away');
    same('enrolled', $world->clerk->request->get($two, $second->id)->state, 'a freed place goes to the next at once');
    ok(in_array('chess-next', array_column($world->nobody->offering->list(new Edu\OfferingFilter(service: 'club'))->items, 'code'), true),
        'anybody sees what is offered');
}

function test_announcements(World $world): void
{
    $world->publish('club');
    $group = $world->offer('club', 'chess');
    $world->apply($world->pupils[0], $group, PHONE);
    $told = $world->clerk->announcement->put(new Edu\AnnouncementInput(service: 'club', offering_id: $group,
        title: ['az' => 'Yeni otaq', 'en' => 'A new room'], text: ['az' => 'Otaq 7.', 'en' => 'Room 7.']));
    same(['A new room'], array_column($world->nobody->announcement->list('club')->items, 'title'), 'anybody reads them');
    same([false], array_column($world->pupil->announcement->own()->items, 'is_seen'), 'one that concerns me is new');
    $world->pupil->announcement->see($told);
    same([true], array_column($world->pupil->announcement->own()->items, 'is_seen'), 'and is seen then');
    same([null, 'Otaq 7.'], [$world->nobody->announcement->get($told)->texts, $world->clerk->announcement->get($told)->texts['az']],
        'all languages are for who keeps it');
    fails('Edu\Denied', 'that of somebody else', fn() => $world->pupil->announcement->withdraw($told));
    $world->clerk->announcement->withdraw($told);
    fails('Edu\NotFound', 'what is withdrawn', fn() => $world->nobody->announcement->get($told));
    ok($world->clerk->announcement->kept('club')[0]->is_withdrawn, 'who keeps it sees it');
}

/** A competition with two vacancies and two who are admitted: its round, vacancies, and applications by person. */
function competition(World $world): array
{
    $world->publish('recruitment');
    $round = $world->offer('recruitment', 'winter', by_round: true);
    $vacancies = array_map(fn(string $code) => $world->offer('recruitment', $code, by_round: true, round: 'winter', places: 1), ['a', 'b']);
    $made = [];
    foreach ([$world->id($world->clerk2), $world->find('STF0003', STAFF_BIRTH)] as $person) {
        $made[$person] = $world->apply($person, $round, APPLICANT, ['diploma' => PDF], $vacancies)->id;
        $world->clerk->request->act($person, $made[$person], 'admit');
    }
    return [$round, $vacancies, $made];
}

function test_a_competition(World $world): void
{
    [$round, $vacancies, $made] = competition($world);
    [$first, $second] = array_keys($made);
    $faults = $world->clerk->score->faults($round, 'test', csv('number,points', ['STF0002', 101], ['PUP0000', 90]));
    same([2, 3], array_column($faults->items, 'line'), 'faults of a file of scores');
    same(2, $world->clerk->score->import($round, 'test', csv('number,points', ['STF0002', 70], ['STF0003', 90]))->added, 'scores from a file');
    $world->clerk->score->put($first, $made[$first], 'test', ['points' => 71]);
    $scores = array_column($world->clerk->score->list($round, 'test')->items, 'score', 'person_id');
    same(['71', '90'], [$scores[$first], $scores[$second]], 'one is corrected by hand');
    $slot = $world->clerk->slot->put(new Edu\SlotInput(offering_id: $round, kind: 'interview', starts: at('+1 hour'), minutes: 30,
        venue: 'Bakı, otaq 12', places: 1));
    $report = $world->clerk->slot->fill($round, 'interview', 'admitted');
    same([1, 1], [$report->given, $report->lacking], 'one is called, for one there is no place');
    $called = $world->clerk->slot->seats($slot)[0]->person_id;
    $other = $called === $first ? $second : $first;
    same([$slot, 1], [$world->clerk->slot->of($called, $made[$called])[0]->id, $world->clerk->slot->list($round, 'interview')[0]->taken],
        'whose time it is, from both sides');
    ok(str_contains($world->clerk->slot->calendar($called, $made[$called], $slot)->content, 'LOCATION:Bakı\\, otaq 12'), 'the time for a calendar');
    fails('Edu\State', 'a full slot', fn() => $world->clerk->slot->give($other, $made[$other], $slot));
    $later = $world->clerk->slot->put(new Edu\SlotInput(offering_id: $round, kind: 'interview', starts: at('+2 hours'), minutes: 30,
        venue: 'Bakı', places: 2));
    $world->clerk->slot->give($other, $made[$other], $later);
    same([$other], array_column($world->clerk->slot->seats($later)->items, 'person_id'), 'the other has another');
    $jury = [$world->clerk, $world->account('PUP0001', PUPIL_BIRTH, 'one'), $world->account('PUP0002', PUPIL_BIRTH, 'two')];
    foreach ($jury as $one) {
        $world->clerk->panel->put($round, $world->id($one), true);
    }
    same(6, $world->clerk->panel->assign($round)->added, 'every member has every work');
    foreach ($jury as $one) {
        foreach ($one->panel->works() as $work) {
            $one->panel->score($work->work_id, ['subject' => 30, 'teaching' => 30, 'speech' => 15]);
        }
    }
    same([2, 2, 2], array_column($world->clerk->panel->list($round)->items, 'scored'), 'the panel has done its work');
    $world->clerk->round->commit($round, hash('sha256', '5eed5eed5eed5eed'));
    $world->offer('recruitment', 'winter', by_round: true, closes: at('now'));
    fails('Edu\Invalid', 'another seed than committed to', fn() => $world->clerk->round->propose($round, '5eed5eed5eed5eee'));
    $world->clerk->round->propose($round, '5eed5eed5eed5eed');
    $world->clerk->round->reopen($round);
    same('open', $world->clerk->round->get($round)->state, 'a proposal is taken back');
    $world->clerk->round->propose($round, '5eed5eed5eed5eed');
    fails('Edu\Denied', 'confirming what one proposed', fn() => $world->clerk->round->confirm($round));
    $third = $world->account('STF0003', STAFF_BIRTH, 'third', 'clerk');
    $world->clerk2->round->confirm($round);
    $result = $third->round->result(null, $made[$second]);
    same([1, 'given', 1], [$result->place, $result->outcome, $result->choice], 'the better gets the first choice');
    same($vacancies[1], $world->clerk->round->result($first, $made[$first])->given_id, 'the other the second');
    same(3, count(explode("\n", trim($world->clerk->round->csv($round)->content))), 'the ranking as a file');
    fails('Edu\State', 'a ranking of two is not public', fn() => $world->nobody->round->ranking($round));
    same(2, count($world->clerk->round->ranking($round)), 'staff see it');
    fails('Edu\NotFound', 'the result of others', fn() => $world->pupil->round->result($first, $made[$first]));
}

function test_a_contest_is_judged_without_names(World $world): void
{
    $contest = data('services/contest');
    $contest['scores']['jury'] = ['members' => 1, 'aggregate' => 'mean'] + $contest['scores']['jury'];
    unset($contest['scores']['jury']['trim']);
    $world->operator->service->publish($contest);
    $offering = $world->offer('contest', 'spring', by_round: true);
    $authors = array_slice($world->pupils, 1, 2);
    $works = [];
    foreach ($authors as $author) {
        $works[$author] = $world->apply($author, $offering, ENTRY, ['work' => PDF])->id;
    }
    $jury = [$world->account('PUP0004', PUPIL_BIRTH, 'four'), $world->account('PUP0005', PUPIL_BIRTH, 'five')];
    foreach ($jury as $one) {
        $world->clerk->panel->put($offering, $world->id($one), true);
    }
    $world->clerk->panel->assign($offering);
    $jury[0]->panel->decline($jury[0]->panel->works()[0]->work_id);
    $world->clerk->panel->assign($offering);
    same([0, 2], [count($jury[0]->panel->works()), count($jury[1]->panel->works())], 'what one declines another gets');
    $work = $jury[1]->panel->workGet($jury[1]->panel->works()[0]->work_id);
    $document = $jury[1]->panel->document($work->work_id, $work->documents[0]['id']);
    same([null, PDF], [$work->applicant, $document->content], 'a juror reads the work, and no name');
    fails('Edu\NotFound', 'the work of another', fn() => $jury[0]->panel->document($work->work_id, $work->documents[0]['id']));
    $world->clerk->panel->conflict($authors[0], $works[$authors[0]], $world->id($jury[1]));
    same(1, count($jury[1]->panel->works()), 'staff note a conflict');
    $world->clerk->request->act($authors[0], $works[$authors[0]], 'exclude', 'Nobody can judge it');
    $jury[1]->panel->score($jury[1]->panel->works()[0]->work_id, ['content' => 9, 'originality' => 8, 'design' => 7], 'Good');
    $world->offer('contest', 'spring', by_round: true, closes: at('now'));
    $world->clerk->round->propose($offering);
    fails('Edu\State', 'certificates before the confirmation', fn() => $world->clerk->round->issue($offering));
    $world->clerk2->round->confirm($offering);
    same([1, 0], [$world->clerk->round->issue($offering), $world->clerk->round->issue($offering)], 'a certificate is issued once');
    same('contest.certificate', $world->clerk->certificate->list($authors[1])[0]->type, 'the author has it');
}

run_tests();
