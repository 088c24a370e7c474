<?php

// From opening a season to the slip, the points, the certificate that anyone checks, and the archive.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

const RULES = [
    'problems' => [['code' => 'p1', 'max' => 10], ['code' => 'p2', 'max' => '7.5']], 'decimals' => 1,
    'awards' => [
        ['code' => 'gold', 'title' => ['az' => 'Qızıl medal', 'en' => 'Gold medal'], 'cut' => ['places' => 2]],
        ['code' => 'part', 'title' => ['en' => 'Participant'], 'cut' => ['points' => 0], 'certificate' => false]],
    'certificates' => ['fields' => ['total', 'rank']], 'appeal_days' => 3,
];

/** All pupils have their seats: season, sitting, and applications in the pupils' order. */
function seated(World $world): array
{
    [$season, $sitting] = $world->season();
    $applications = array_map(fn(string $pupil) => $world->clerk->olympiad->register($sitting, $pupil), $world->pupils);
    $world->clerk->olympiad->seasonWindow($season, at('-1 hour'), at('now'));
    $world->clerk->sitting->freeze($sitting);
    $world->clerk2->sitting->confirm($world->clerk->sitting->allocate($sitting));
    return [$season, $sitting, $applications];
}

/** All have points: the first pupil 1.5, the next 2.5 and so on; the last was absent. Season and slips. */
function marked(World $world, array $rules = RULES): array
{
    [$season, , $applications] = seated($world);
    $slips = array_map(fn(string $pupil, string $one) => $world->clerk->sitting->seat($pupil, $one)->slip,
        $world->pupils, $applications);
    $world->clerk->result->rules($season, $rules);
    $rows = array_map(fn(int $i) => [$slips[$i], ...$i === 5 ? ['', '', 1] : [$i + 1, '0.5', '']], range(0, 5));
    $report = $world->clerk->result->import($season, csv('number,p1,p2,absent', ...$rows));
    same([6, 6], [$report->read, $report->added], 'points come from a file');
    return [$season, $slips];
}

function published(World $world): array
{
    [$season, $slips] = marked($world);
    $world->clerk->result->propose($season, at('now'));
    $world->clerk2->result->approve($season);
    same([2, 0], [$world->clerk->result->issue($season), $world->clerk->result->issue($season)], 'certificates are issued once');
    return [$season, $slips];
}

/** The certificate of the first, and whose it is. */
function best(World $world, string $season): Edu\Certificate
{
    $best = $world->clerk->result->list($season)[0];
    return $world->clerk->certificate->get($best->person_id, $best->certificate);
}

function test_a_pupil_registers_and_withdraws(World $world): void
{
    $world->publish('olympiad');
    [$season, $sitting] = $world->season();
    same([$season], array_column($world->nobody->olympiad->seasons()->items, 'id'), 'anybody sees the season');
    same([$sitting], array_column($world->nobody->olympiad->sittings($season)->items, 'id'), 'and its sitting');
    ok($world->pupil->olympiad->eligibility($sitting)->is_eligible, 'a pupil may register');
    $first = $world->pupil->olympiad->register($sitting, key: 'key 1');
    same($first, $world->pupil->olympiad->register($sitting, key: 'key 1'), 'a repeat is one');
    fails('Edu\Conflict', 'twice', fn() => $world->pupil->olympiad->register($sitting));
    fails('Edu\Conflict', 'the key of something else', fn() => $world->pupil->olympiad->withdraw(null, $first, 'key 1'));
    $shown = $world->pupil->application->list()[0];
    same([$first, 'registered', 'Mathematics', $sitting], [$shown->id, $shown->state, $shown->subject, $shown->subject_id],
        'it is in the cabinet');
    ok(!$world->pupil->olympiad->eligibility($sitting)->is_eligible, 'a second time one may not');
    $world->pupil->olympiad->withdraw(null, $first);
    same('withdrawn', $world->pupil->application->get(null, $first)->state, 'it is withdrawn');
    same(['register', 'withdraw'], array_column($world->pupil->application->timeline(null, $first)->items, 'action'), 'its steps');
    $steps = array_filter($world->pupil->application->history()->items, fn ($step) => $step->application_id === $first);
    same(['withdraw', 'register'], array_column($steps, 'action'), 'the same among all, newest first');
    $world->pupil->application->check(null, $first);
    ok($world->pupil->olympiad->register($sitting) !== $first, 'and registered anew');
}

function test_seats(World $world): void
{
    [$season, $sitting] = $world->season();
    same('draft', $world->clerk->olympiad->season($world->clerk->olympiad->seasonCreate(new Edu\SeasonNew(
        code: 'other', title: ['en' => 'Other'], subject: 'physics', subject_title: ['en' => 'Physics'],
        grade_from: 1, grade_to: 3, opens: at('now'), closes: at('+1 day'))))->state, 'another season is a draft');
    $applications = array_map(fn(string $pupil) => $world->clerk->olympiad->register($sitting, $pupil), $world->pupils);
    fails('Edu\State', 'while one may register', fn() => $world->clerk->sitting->allocate($sitting));
    $world->clerk->sitting->commit($sitting, hash('sha256', '5eed'));
    same(hash('sha256', '5eed'), $world->clerk->sitting->get($sitting)->commitment, 'a seed is committed to');
    $world->clerk->olympiad->seasonWindow($season, at('-1 hour'), at('now'));
    fails('Edu\Invalid', 'another seed than that', fn() => $world->clerk->sitting->freeze($sitting, 'beef'));
    $world->clerk->sitting->freeze($sitting, '5eed');
    same([[], []], [$world->clerk->sitting->shortages($sitting)->items,
        $world->clerk->sitting->leftOver($sitting, null, false)->items], 'nobody is left over');
    $centres = fn(int $active) => $world->operator->sitting->importCentres(csv('code,name,address,region,latitude,longitude,active',
        ['C1', 'Mərkəz 1', 'Küçə 1', 'BA', '40.31', '49.81', $active]));
    $centres(0);
    $world->operator->sitting->importRooms(csv('centre,room,rows,columns', ['C2', '7', 1, 4]));
    fails('Edu\Infeasible', 'too few seats', fn() => $world->clerk->sitting->allocate($sitting));
    $short = $world->clerk->sitting->shortages($sitting)[0];
    same(['', false, 6, 4, 1, 1, 1], [$short->zone, $short->is_step_free, $short->pupils, $short->seats, $short->centres,
        $short->places, $short->reasons], 'which zone is short, and of how many');
    $place = $world->clerk->sitting->leftOver($sitting, $short->zone, $short->is_step_free)[0];
    same(['S0', '0 nömrəli məktəb', 6, 2, true], [$place->place, $place->name, $place->pupils, $place->left_over,
        $place->is_reason], 'and whose pupils they are');
    $centres(1);
    $world->operator->sitting->importRooms(csv('centre,room,rows,columns', ['C2', '7', 2, 3]));
    $discarded = $world->clerk->sitting->allocate($sitting);
    $world->clerk->sitting->discard($discarded);
    same('frozen', $world->clerk->sitting->get($sitting)->state, 'a proposal is discarded');
    $allocation = $world->clerk->sitting->allocate($sitting);
    same([$allocation, 'proposed', true], [$world->clerk2->sitting->allocation($sitting)->id,
        $world->clerk2->sitting->allocation($sitting)->state, $world->clerk2->sitting->allocation($sitting)->may_confirm], 'another is made');
    same(['C1' => 6], array_filter(array_column($world->clerk->sitting->loads($allocation)->items, 'pupils', 'code')), 'loads of centres');
    ok(str_contains($world->clerk->sitting->transcript($allocation, 'centres.csv')->content, 'C1'), 'a file of the transcript');
    fails('Edu\Denied', 'confirming what one proposed', fn() => $world->clerk->sitting->confirm($allocation));
    $world->clerk2->sitting->confirm($allocation);
    $seat = $world->pupil->sitting->seat(null, $applications[0]);
    same(['C1', '101'], [$seat->centre, $seat->room], 'a seat is given');
    same([], $world->pupil->sitting->nearer(null, $applications[0])->items, 'no centre is nearer');
    $parts = array_column($world->clerk->sitting->transcriptParts($sitting)->items, 'text');
    ok(str_starts_with($parts[0], "edu-transcript\t1\n"), 'the signed transcript begins');
    $file = tempnam(sys_get_temp_dir(), 'edu');
    file_put_contents($file, implode('', $parts));
    $report = Edu\transcriptCheck($file, $world->clerk->portal->publicKeys(), $seat->line);
    same([$seat->centre, $seat->place, 6], [$report->centre, $report->place, $report->pupils], 'the signed transcript holds');
    unlink($file);
    $slip = $world->pupil->sitting->slip(null, $applications[0]);
    ok($slip->type === 'application/pdf' && str_starts_with($slip->content, '%PDF'), 'the slip is PDF');
    same(6, count($world->clerk->sitting->attendance($sitting, 'C1')), 'who sits in a centre');
    ok(str_starts_with($world->clerk->sitting->attendancePdf($sitting, 'C1')->content, '%PDF'), 'as a list for the door');
    same(['allocated'], array_values(array_unique(array_column($world->clerk->olympiad->entries($sitting)->items, 'state'))), 'the entries');
    same(['C1' => 6], array_filter(array_column($world->clerk->olympiad->report($sitting, 'centre')->items, 'allocated', 'code')), 'the report');
    same(6, $world->clerk->sitting->rooms('C2')[0]->seats, 'rooms of a centre');
    same(['C1' => 20, 'C2' => 6], array_column($world->clerk->sitting->centres()->items, 'seats', 'code'), 'seats of the centres');
    $keys = $world->nobody->portal->publicKeys();
    $verdict = Edu\verify($seat->qr, $keys);
    same(['valid', 'portal.example'], [$verdict->status, $verdict->host], 'the code of the slip is checked');
    $altered = substr($seat->qr, 0, -1) . (str_ends_with($seat->qr, '0') ? '1' : '0');
    ok(Edu\verify($altered, $keys)->status !== 'valid', 'an altered one is not valid');
    same('unreadable', Edu\verify('HTTPS://PORTAL.EXAMPLE/V/1#123', $keys)->status, 'nor one that cannot be read');
}

function test_a_sitting_of_a_competition(World $world): void
{
    $world->publish('recruitment');
    $competition = $world->offer('recruitment', 'autumn', by_round: true);
    $test = $world->clerk->sitting->put(new Edu\SittingInput(offering_id: $competition, kind: 'test', starts: at('+1 hour'), minutes: 60));
    same(['test', 60], [$world->clerk->sitting->get($test)->kind, $world->clerk->sitting->get($test)->minutes], 'a sitting of an offering');
    $world->clerk->sitting->put(new Edu\SittingInput(id: $test, offering_id: $competition, kind: 'test', starts: at('+1 hour'), minutes: 90));
    same([$test => 90], array_column($world->clerk->sitting->list($competition)->items, 'minutes', 'id'), 'it is changed');
    $person = $world->id($world->clerk2);
    $made = $world->apply($person, $competition, ['phone' => '+994 50 123 45 67', 'education' => 'master', 'speciality' => 'Welding',
        'years_of_work' => 3, 'exam_region' => 'BA'], ['diploma' => PDF],
        [$world->offer('recruitment', 'vacancy', by_round: true, round: 'autumn', places: 1)]);
    fails('Edu\State', 'nobody sits it', fn() => $world->clerk->sitting->freeze($test));
    $world->clerk->request->act($person, $made->id, 'admit');
    $world->clerk->sitting->freeze($test);
    fails('Edu\State', 'what has no seats is not closed', fn() => $world->clerk->sitting->close($test));
    $world->clerk2->sitting->confirm($world->clerk->sitting->allocate($test));
    ok(in_array($world->clerk->sitting->seat($person, $made->id)->centre, ['C1', 'C2'], true), 'who applied has a seat');
    fails('Edu\State', 'before it begins nobody is absent', fn() => $world->clerk->sitting->attend($test, $person, false), 'sitting.not_begun');
    $world->earlier(61);
    $world->clerk->sitting->attend($test, $person, false);
    $centre = $world->clerk->sitting->seat($person, $made->id)->centre;
    same(['absent'], array_column($world->clerk->sitting->attendance($test, $centre)->items, 'attendance'), 'later they are');
    $world->earlier(95);
    $world->clerk->sitting->close($test);
    same('absent', $world->clerk->request->get($person, $made->id)->state, 'and stay so');
    $report = $world->clerk->sitting->importCentres(csv('code,name,address,region,latitude,longitude', ['C3', 'Yeni', 'Küçə', 'BA', '40.4', '49.9']));
    same([1, 1], [$report->read, $report->added], 'a centre is added');
    same(1, $world->clerk->sitting->importRooms(csv('centre,room,rows,columns', ['C3', '1', 2, 2]))->added, 'a centre comes later');
}

function test_points_are_refused_with_line_and_column(World $world): void
{
    [$season, $slips] = marked($world);
    foreach ([["$slips[0],11,1", 'import.bad_points'], ["$slips[0],1,1.25", 'import.bad_points'],
        ["$slips[0],1,", 'import.points_missing'], ['NOSUCHSLIP,1,1', 'import.unknown_number']] as [$cells, $key]) {
        $error = fails('Edu\Invalid', "points that are refused: $key",
            fn() => $world->clerk->result->import($season, "number,p1,p2\n$cells\n"), $key);
        same(2, $error->inputLine, 'with their line');
    }
    $error = fails('Edu\Invalid', 'rules that lack something', fn() => $world->clerk->result->rules($season, ['problems' => [['code' => 'p1']]]));
    same('/problems/0', $error->field, 'say where');
}

function test_publication_takes_two(World $world): void
{
    [$season] = marked($world);
    same(0, count($world->pupil->result->of()), 'nobody sees them yet');
    $world->clerk->result->propose($season, at('now'));
    $marking = $world->clerk2->result->marking($season);
    same(['proposed', true, 0], [$marking->state, $marking->may_confirm, $marking->missing], 'they are proposed');
    fails('Edu\Denied', 'approving what one proposed', fn() => $world->clerk->result->approve($season));
    $world->clerk2->result->reopen($season);
    $world->clerk->result->rank($season);
    $world->clerk->result->propose($season, at('+1 hour'));
    $world->clerk2->result->approve($season);
    same(['approved', 0], [$world->clerk->result->marking($season)->state, $world->operator->result->deliver()], 'and wait for their hour');
}

function test_the_pupil_sees_the_result(World $world): void
{
    [$season, $slips] = published($world);
    $mine = $world->pupil->result->of()[0];
    same([$slips[0], '1.5', ['1', '0.5'], 'Participant', null],
        [$mine->number, $mine->total, $mine->points, $mine->award_title, $mine->certificate], 'points and award');
    same([1, 2, 3, 4, 5, 0], array_column(iterator_to_array(
        Edu\pages($world->clerk->result->list(...), $season, limit: 2)), 'rank'), 'the ranking');
    same(0, count($world->pupil->result->history(null, $season)), 'nothing was changed');
}

function test_an_appeal_changes_the_result(World $world): void
{
    [$season, $slips] = published($world);
    $world->pupil->result->appealMake(null, $season, 'Problem 1 was not counted.');
    $waiting = $world->clerk->result->appeals($season, 'open')[0];
    same(['Problem 1 was not counted.', $slips[0]], [$waiting->text, $waiting->number], 'an appeal waits');
    $world->clerk->result->appealDecide($waiting->person_id, $season, ['10', '7.5'], 'You are right.');
    $correction = $world->clerk2->result->corrections($season)[0];
    ok($correction->may_confirm && $correction->is_appeal, 'a correction follows');
    $world->clerk2->result->correctionDecide($correction->id, true);
    $mine = $world->pupil->result->of()[0];
    same(['17.5', 1, 'gold', 2], [$mine->total, $mine->rank, $mine->award, $mine->version], 'the result is another');
    $answered = $world->pupil->result->appealGet(null, $season);
    same(['upheld', 'You are right.'], [$answered->state, $answered->answer], 'the appeal is answered');
    same(['1.5'], array_column($world->pupil->result->history(null, $season)->items, 'total'), 'what it was before');
    $absence = $world->clerk->result->correct($season, $slips[1], null, 'another sat there');
    ok(in_array($absence, array_column($world->clerk2->result->corrections($season)->items, 'id'), true), 'who was not there');
    $world->clerk2->result->correctionDecide($absence, true);
    same('absent', $world->clerk->result->list($season)[5]->state, 'has no points');
}

function test_a_certificate_is_checked_in_every_way(World $world): void
{
    [$season] = published($world);
    $certificate = best($world, $season);
    $person = $certificate->person_id;
    same([$certificate->number], array_column($world->clerk->certificate->list($person)->items, 'number'), 'the holder has it');
    $file = $world->clerk->certificate->file($person, $certificate->number, 'json')->content;
    same('eddsa-jcs-2022', json_decode($file, true)['proof']['cryptosuite'], 'a file of a known form');
    $paper = $world->clerk->certificate->file($person, $certificate->number, 'pdf')->content;
    same($file, Edu\fileText($paper), 'the paper carries the record');
    same(['valid', 'valid', 'valid'], [$world->nobody->certificate->check($certificate->qr)->status,
        $world->nobody->certificate->check($file)->status, $world->nobody->certificate->checkFile($paper)->status], 'code, file and paper');
    fails('Edu\Invalid', 'half a paper', fn() => $world->nobody->certificate->checkFile(substr($paper, 0, -200)), 'credential.pdf_record');
    $found = $world->nobody->certificate->find($certificate->number, at(PUPIL_BIRTH), '192.0.2.1');
    ok(in_array('5.5', $found->fields, true), 'found by number and birth date');
    fails('Edu\NotFound', 'another birth date', fn() => $world->nobody->certificate->find($certificate->number, at('2000-01-01')));
    same($file, $world->nobody->certificate->findFile($certificate->number, at(PUPIL_BIRTH), '192.0.2.9', 'json')->content,
        'who finds it has a copy');
    ok(str_starts_with($world->nobody->certificate->paper($certificate->qr, 'pdf')->content, '%PDF'), 'and prints it');
    same($file, Edu\canonicalize($file), 'the file is canonical');
    $print = $world->clerk->certificate->print($season, limit: 0);
    ok($print->count === 2 && $print->next === null && str_starts_with($print->content, '%PDF'), 'all are printed to one file');
    same(0, $world->clerk->certificate->print($season, 'S1', limit: 0)->count, 'or those of a school');
    $part = $world->clerk->certificate->printPart($season, limit: 1);
    ok($part->count === 1 && $part->content === '' && is_string($part->next), 'how many, without making it');
}

function test_revocation_takes_two_and_is_known_without_a_network(World $world): void
{
    [$season] = published($world);
    $certificate = best($world, $season);
    $keys = $world->nobody->portal->publicKeys();
    $file = $world->clerk->certificate->file($certificate->person_id, $certificate->number, 'json')->content;
    same('status_unknown', Edu\verify($file, $keys)->status, 'keys know no revocations');
    $before = $world->nobody->certificate->bundle()->content;
    $verdict = Edu\verifyOffline($file, $before, $keys, 60);
    ok($verdict->status === 'valid' && $verdict->status_age < 60, 'a bundle does');
    fails('Edu\Crypto', 'an altered bundle', fn() => Edu\verifyOffline($file, str_replace('131072', '131080', $before), $keys, 60));
    $world->clerk->certificate->revoke($certificate->number, 'name misspelt', true);
    fails('Edu\Denied', 'deciding what one asked for', fn() => $world->clerk->certificate->revokeDecide($certificate->number, true));
    $asked = $world->clerk2->certificate->revocations()[0];
    same(['name misspelt', true], [$asked->reason, $asked->may_confirm], 'it is asked for');
    $world->clerk2->certificate->revokeDecide($certificate->number, true);
    $verdict = $world->nobody->certificate->check($certificate->qr);
    same(['revoked', 'name misspelt'], [$verdict->status, $verdict->reason], 'it is revoked');
    same('revoked', Edu\verifyOffline($file, $world->nobody->certificate->bundle()->content, $keys, 60)->status, 'also offline');
    $list = json_decode($world->nobody->certificate->statusList(1)->content, true)['credentialSubject'];
    same('u', $list['encodedList'][0], 'in the list of the standard');
    fails('Edu\State', 'a copy of it', fn() => $world->nobody->certificate->findFile(
        $certificate->number, at(PUPIL_BIRTH), '192.0.2.9', 'json'), 'certificate.no_paper');
    same(2, $world->operator->certificate->openList(0), 'another list is opened');
}

function test_who_goes_on_is_invited_and_answers(World $world): void
{
    [$season] = marked($world, RULES + ['advance' => ['season' => 'next', 'cut' => ['places' => 2]]]);
    $world->clerk->result->propose($season, at('now'));
    $world->clerk2->result->approve($season);
    fails('Edu\State', 'before there is another round', fn() => $world->clerk->result->invite($season));
    $final = $world->clerk->olympiad->seasonCreate(new Edu\SeasonNew(
        code: 'next', title: ['en' => 'Final'], subject: 'mathematics', subject_title: ['en' => 'Mathematics'],
        grade_from: 9, grade_to: 9, opens: at('now'), closes: at('+1 day'), by_invitation: true));
    $sitting = $world->clerk->olympiad->sittingCreate(new Edu\SittingNew(
        season_id: $final, code: 'main', grade_from: 9, grade_to: 9, starts: at('+1 day'), minutes: 60));
    $world->clerk->olympiad->seasonPublish($final);
    same('olympiad.by_invitation', $world->pupil->olympiad->eligibility($sitting)->reason, 'nobody registers by themselves');
    same(2, $world->clerk->result->invite($season), 'the first two are invited');
    $states = [];
    foreach ([true, false] as $place => $accepts) {
        $person = $world->clerk->result->list($season)[$place]->person_id;
        $invited = $world->clerk->application->list($person)[0];
        $world->clerk->olympiad->answer($person, $invited->id, $accepts);
        $states[] = [$invited->state, $world->clerk->application->get($person, $invited->id)->state];
    }
    same([['invited', 'registered'], ['invited', 'declined']], $states, 'one comes, one does not');
}

function test_blind_codes(World $world): void
{
    [$season] = seated($world);
    $world->clerk->result->rules($season, ['problems' => [['code' => 'p1', 'max' => 10]], 'blind' => true]);
    $lines = explode("\n", trim($world->clerk->result->codes($season)->content));
    same(['slip,code', 7], [trim($lines[0]), count($lines)], 'scripts have codes');
    [$slip, $code] = explode(',', trim($lines[1]));
    $world->clerk->result->import($season, "number,p1\n$code,4\n");
    $row = $world->clerk->result->list($season)[0];
    same([$slip, '4'], [$row->number, $row->total], 'points come by the code');
}

function test_figures_and_years_of_an_archive(World $world): void
{
    $world->publish('olympiad');
    foreach ([2001, 2002] as $year) {
        $season = $world->clerk->olympiad->seasonCreate(new Edu\SeasonNew(
            code: "old-$year", title: ['en' => "Old $year"], subject: 'mathematics', subject_title: ['en' => 'Mathematics'],
            grade_from: 1, grade_to: 12, series: 'old', year: $year, is_archive: true));
        $world->clerk->olympiad->seasonPublish($season);
        $world->clerk->result->rules($season, ['problems' => [['code' => 'p1', 'max' => 7]]]);
        $world->clerk->result->import($season, csv('number,region,p1', ['x1', 'BA', 7], ['x2', 'BA', $year % 10]));
        $world->clerk->result->propose($season, at('now'));
        $world->clerk2->result->approve($season);
    }
    same([2002 => '4.5', 2001 => '4'], array_column($world->nobody->result->years('old', 'region', 'BA')->items, 'mean', 'year'), 'the years');
    $subject = $world->nobody->result->subjects(2001, 'region', 'BA')[0];
    same(['mathematics', 'old-2001', '4'], [$subject->subject, $subject->season, $subject->mean], 'the subjects of a year');
    $problem = $world->nobody->result->figures($season, 'problem')[0];
    same(['p1', 642, 500], [$problem->name, $problem->difficulty, $problem->solved], 'how hard a problem was');
    ok(str_contains($world->nobody->result->csv($season, 'region')->content, 'BA,Baku'), 'as a file');
}

run_tests();
