<?php
// The PHP binding on a store that tests/php/run prepared. Prints TAP.

[, $store, $service] = $argv;
const PASSWORD = 'a long enough password';
$count = 0;

function ok(bool $holds, string $what): void
{
    global $count;
    $count++;
    echo $holds ? 'ok' : 'not ok', " $count - $what\n";
}

/** Expects an exception of this class, and gives it. */
function fails(string $class, string $what, callable $call): ?Throwable
{
    try {
        $call();
    } catch (Throwable $thrown) {
        ok(get_class($thrown) === $class, $what);
        if (get_class($thrown) !== $class) {
            echo '# ', get_class($thrown), ': ', $thrown->getMessage(), "\n";
        }
        return $thrown;
    }
    ok(false, "$what: nothing was thrown");
    return null;
}

$portal = edu_portal_open([
    'store' => $store, 'language' => 'en', 'host' => 'portal.example', 'staff_second_factor' => false,
    'password_operations' => 1, 'password_memory' => 8192,
]);
$operator = edu_session_operator($portal);
$nobody = edu_session_open($portal, null);
ok(edu_service_publish($operator, json_decode(file_get_contents($service), true)) === 1,
   'publishes a service from an array');

// Signing in.
$pupil = edu_session_sign_in($portal, 'pupil', PASSWORD, null, null);
$clerk = edu_session_sign_in($portal, 'clerk', PASSWORD, null, null);
$clerk2 = edu_session_sign_in($portal, 'clerk2', PASSWORD, null, null);
$identity = edu_account_identity($pupil);
ok($identity['login'] === 'pupil' && $identity['given'] === 'Şəhla', 'signs in; letters come back');
ok(edu_session_token($nobody) === null, 'nobody has no token');
$resumed = edu_session_resume($portal, edu_session_token($pupil));
ok(edu_account_identity($resumed)['person_id'] === $identity['person_id'], 'takes up a sign-in');

// Seasons.
$hour = new DateInterval('PT1H');
$now = new DateTimeImmutable('now', new DateTimeZone('Asia/Baku'));
$season = edu_olympiad_season_create($clerk, [
    'code' => '2026-math', 'title' => ['az' => 'Riyaziyyat', 'en' => 'Mathematics'],
    'subject' => 'mathematics', 'subject_title' => ['az' => 'Riyaziyyat', 'en' => 'Mathematics'],
    'grade_from' => 9, 'grade_to' => 9, 'opens' => $now->sub($hour), 'closes' => $now->add($hour),
], null);
$sitting = edu_olympiad_sitting_create($clerk, [
    'season_id' => $season, 'code' => 'main', 'grade_from' => 9, 'grade_to' => 9,
    'starts' => $now->add($hour)->add($hour), 'minutes' => 180,
], null);
ok(edu_olympiad_seasons($nobody)['items'] === [], 'a draft is not seen');
edu_olympiad_season_publish($clerk, $season, null);
$page = edu_olympiad_seasons($nobody);
ok(count($page['items']) === 1 && $page['next'] === null, 'lists seasons');
ok($page['items'][0]['title'] === 'Mathematics', 'texts come in the language of the session');
ok($page['items'][0]['opens'] == $now->sub($hour), 'times come back to the microsecond');

// Applications.
$application = edu_olympiad_register($pupil, $sitting, null, 'key 1');
ok(edu_olympiad_register($pupil, $sitting, null, 'key 1') === $application, 'a repeat is one');
$applications = edu_application_list($pupil, null)['items'];
ok(count($applications) === 1 && $applications[0]['id'] === $application
   && $applications[0]['state'] === 'registered', 'lists applications');

// To the slip.
edu_olympiad_season_window($clerk, $season, $now->sub($hour), new DateTimeImmutable('now'));
edu_sitting_freeze($clerk, $sitting, '5eed');
edu_sitting_discard($clerk, edu_sitting_allocate($clerk, $sitting, null));
$allocation = edu_sitting_allocate($clerk, $sitting, null);
ok(edu_sitting_allocation($clerk, $sitting)['state'] === 'proposed', 'one discarded, another proposed');
edu_sitting_confirm($clerk2, $allocation, null);
ok(array_column(edu_sitting_loads($clerk, $allocation)['items'], 'pupils', 'code') === ['C1' => 1], 'loads of centres');
ok(str_contains(edu_sitting_transcript($clerk, $allocation, 'centres.csv')['content'], 'C1'), 'a file of the transcript');
ok(edu_sitting_attendance($clerk, $sitting, 'C1')['items'][0]['room'] === '101', 'who sits in a centre');
ok(str_starts_with(edu_sitting_attendance_pdf($clerk, $sitting, 'C1')['content'], '%PDF'), 'the attendance list is PDF');
$centre = "code,name,address,region,latitude,longitude\nC2,Ehtiyat,Nizami 3,BA,40.43,49.88\n";
ok(edu_sitting_import_centres($clerk, $centre)['added'] === 1
   && edu_sitting_import_rooms($clerk, "centre,room,rows,columns\nC2,7,2,3\n")['added'] === 1, 'imports a centre and its room');
ok(array_column(edu_sitting_centres($clerk)['items'], 'seats', 'code') === ['C1' => 20, 'C2' => 6], 'centres have seats');
ok(edu_sitting_rooms($clerk, 'C2')['items'][0]['seats'] === 6, 'rooms of a centre');
$seat = edu_sitting_seat($pupil, null, $application);
ok($seat['centre'] === 'C1' && $seat['room'] === '101', 'a seat is given');
ok(str_starts_with(edu_sitting_slip($pupil, null, $application)['content'], '%PDF'), 'the slip is PDF');

// Verifying.
$keys = edu_portal_public_keys($nobody);
$verdict = edu_verify($seat['qr'], $keys);
ok($verdict['status'] === 'valid' && $verdict['host'] === 'portal.example', 'verifies a QR text');
ok(edu_verify('HTTPS://PORTAL.EXAMPLE/V/1#123', $keys)['status'] === 'unreadable',
   'an unreadable text is a verdict');
$altered = substr($seat['qr'], 0, -1) . (str_ends_with($seat['qr'], '0') ? '1' : '0');
ok(edu_verify($altered, $keys)['status'] !== 'valid', 'an altered one is not valid');

// Results and certificates.
edu_result_rules($clerk, $season, ['problems' => [['code' => 'p1', 'max' => 10]], 'awards' => [[
    'code' => 'gold', 'title' => ['en' => 'Gold medal'], 'cut' => ['places' => 1]]],
    'certificates' => ['fields' => ['total']], 'appeal_days' => 2]);
$report = edu_result_import($clerk, $season, "number,p1\n{$seat['slip']},9\n");
ok($report['added'] === 1, 'imports results');
$error = fails('Edu\Invalid', 'points above the maximum',
    fn() => edu_result_import($clerk, $season, "number,p1\n{$seat['slip']},11\n"));
ok($error->inputLine === 2 && $error->field === '/p1', 'it has line and column');
edu_result_propose($clerk, $season, new DateTimeImmutable('now'));
fails('Edu\Denied', 'approving one\'s own', fn() => edu_result_approve($clerk, $season));
edu_result_approve($clerk2, $season);
ok(edu_result_marking($clerk, $season)['state'] === 'published', 'published by two');
ok(edu_result_issue($clerk, $season) === 1, 'issues a certificate');
$result = edu_result_of($pupil, null)['items'][0];
ok($result['total'] === '9' && $result['points'] === ['9'] && $result['award_title'] === 'Gold medal',
   'the pupil sees points and award');
$file = edu_certificate_file($pupil, null, $result['certificate'], 'json');
ok(edu_certificate_check($nobody, $file['content'])['status'] === 'valid', 'the file is checked');
$bundle = edu_certificate_bundle($nobody)['content'];
$keys = edu_portal_public_keys($nobody);
ok(edu_verify($file['content'], $keys)['status'] === 'status_unknown', 'keys know no revocations');
$verdict = edu_verify_offline($file['content'], $bundle, $keys, 60, null);
ok($verdict['status'] === 'valid' && $verdict['status_age'] < 60, 'checked by a bundle');
fails('Edu\Crypto', 'an altered bundle', fn() => edu_verify_offline(
    $file['content'], str_replace('131072', '131080', $bundle), $keys, 60, null));
$list = json_decode(edu_certificate_status_list($nobody, 1)['content'], true)['credentialSubject'];
$bits = gzdecode(base64_decode(strtr(substr($list['encodedList'], 1), '-_', '+/')));
ok(strlen($bits) === 16384 && trim($bits, "\0") === '', 'the status list has no bit set');
ok(str_starts_with(json_decode(edu_portal_did($nobody), true)['id'], 'did:web:'), 'the DID document');
ok(edu_sort_key('Çələbi') > edu_sort_key('Cəfərov') && edu_sort_key('İLHAM') === edu_sort_key('ilham'), 'names are ordered');
ok(edu_canonicalize($file['content']) === $file['content'], 'the file is canonical');
$schema = ['properties' => ['age' => ['type' => 'integer', 'minimum' => 6]], 'required' => ['age', 'name'],
    'additionalProperties' => false];
$report = edu_form_accept($schema, ['age' => 5, 'hidden' => 1]);
ok($report['data'] === ['age' => 5], 'a form without what nobody speaks of');
ok(array_column($report['errors'], 'field') === ['/name', '/age'], 'errors at their fields');
ok(edu_form_read($schema, ['/age' => ['7']])['content'] === ['age' => 7], 'what is posted becomes a form');
fails('Edu\Invalid', 'an unknown keyword', fn() => edu_form_accept(['odd' => 1], 1));
$certificate = edu_certificate_list($pupil, null)['items'][0];
ok(edu_certificate_check($nobody, $certificate['qr'])['record_hash'] ===
   edu_certificate_check($nobody, $file['content'])['record_hash'], 'code and file are one record');
fails('Edu\NotFound', 'a wrong birth date', fn() => edu_certificate_find(
    $nobody, $certificate['number'], new DateTimeImmutable('2000-01-01'), null));
[$figure] = edu_result_figures($nobody, $season, 'all')['items'];
ok($figure['participants'] === 1 && $figure['is_hidden'] && $figure['mean'] === null, 'figures of few');
ok(edu_result_figures($nobody, $season, 'problem')['items'][0]['difficulty'] > 0, 'figures');
$correction = edu_result_correct($clerk, $season, $seat['slip'], ['8'], 'added wrongly');
edu_result_correction_decide($clerk2, $correction, true);
ok(edu_result_history($pupil, null, $season)['items'][0]['total'] === '9', 'history');
ok(edu_certificate_check($nobody, $certificate['qr'])['status'] === 'revoked',
   'the old certificate is replaced');

// Keys.
$first = edu_key_list($operator)['items'][0];
ok($first['state'] === 'current' && !$first['is_elsewhere'], 'one key signs');
edu_key_rotate($operator, null);
ok(count(edu_key_list($operator)['items']) === 2, 'the keys are replaced');
fails('Edu\NotFound', 'withdrawing no key', fn() => edu_key_compromise($operator, 'x', null));
edu_key_compromise($operator, $first['kid'], $first['since']);
ok(edu_certificate_check($nobody, $certificate['qr'])['status'] === 'unknown_key', 'a withdrawn key');
ok(edu_certificate_open_list($operator, 0) === 2, 'opens another list');

// Calendars.
$calendar = dirname($service, 2) . '/calendars/az.json';
ok(edu_calendar_publish($operator, json_decode(file_get_contents($calendar), true)) === 1,
   'publishes a calendar from an array');

// Documents, looked at by a command.
edu_service_publish($operator, json_decode(file_get_contents(dirname($service) . '/school_bus.json'), true));
$scanning = edu_portal_open(['store' => $store, 'staff_second_factor' => false,
    'scanner' => 'grep -c virus >/dev/null; [ $? = 1 ]']);
$looked = edu_session_resume($scanning, edu_session_token($pupil));
$bus = edu_offering_list($nobody, ['service' => 'school_bus'])['items'][0]['id'];
$draft = edu_draft_save($looked, null, $bus, null, [], null, null);
$error = fails('Edu\Invalid', 'a scanner refuses a document',
    fn() => edu_draft_attach($looked, null, $draft, 'help', 'a.pdf', "%PDF-1.7\na virus", null));
ok($error->key === 'request.document_refused', 'says so');
edu_draft_attach($looked, null, $draft, 'help', 'a.pdf', "%PDF-1.7\nnothing", null);
ok(count(edu_draft_get($looked, null, $draft)['documents']) === 1, 'takes what it does not refuse');
ok(edu_draft_list($pupil, null)['items'][0]['id'] === $draft, 'drafts are listed');
ok(!edu_draft_check($pupil, null, $draft)['is_complete'], 'what a draft lacks');
edu_draft_detach($pupil, null, $draft, edu_draft_get($pupil, null, $draft)['documents'][0]['id']);
ok(edu_draft_get($pupil, null, $draft)['documents'] === [], 'a document is taken out');
edu_draft_discard($pupil, null, $draft);
ok(edu_draft_list($pupil, null)['items'] === [], 'a draft is thrown away');
$baku = new DateTimeZone('Asia/Baku');
$deadline = edu_deadline_explain($nobody, ['calendar' => 'az', 'count' => 3,
    'received' => new DateTimeImmutable('2024-03-07 16:00', $baku)]);
ok($deadline['due'] == new DateTimeImmutable('2024-03-13 18:00', $baku), 'a deadline');
ok(str_contains($deadline['text'], "8 March 2024 (Women's Day)"), 'a deadline says why');

// Appeals of citizens.
$data = dirname($service, 2);
edu_service_publish($operator, json_decode(file_get_contents("$data/services/appeal.json"), true));
ok(edu_appeal_rules_publish($operator, json_decode(file_get_contents("$data/appeals/az.json"), true)) === 1,
   'publishes rules of appeals');
$receipt = edu_appeal_submit($pupil, ['category' => 'portal', 'text' => 'Səhifə açılmır']);
ok(str_starts_with($receipt['number'], 'M-'), 'an appeal has its number');
$which = [$receipt['person_id'], $receipt['id']];
edu_appeal_route($clerk, ...[...$which, null, null, 'digital']);
ok(edu_appeal_get($pupil, ...$which)['department'] === 'digital', 'an appeal is routed');
ok(count(edu_appeal_timeline($pupil, ...$which)['items']) === 2, 'steps of an appeal');
edu_appeal_draft_save($clerk, 'hotline', ['text' => 'Zəng edən deyir']);
ok(edu_appeal_draft_get($clerk, 'hotline')['content'] === ['text' => 'Zəng edən deyir'], 'a begun form is kept');
ok(edu_appeal_executors($clerk, ...$which)['items'] === [], 'nobody works in that department yet');
ok(str_contains(edu_appeal_explain($pupil, ...$which)['text'], '3'), 'why it is due then');
ok(edu_appeal_statistics($clerk, new DateTimeImmutable('-1 day'), new DateTimeImmutable('+1 day'))['received'] === 1,
   'figures of appeals');
ok(edu_appeal_search($clerk, ['text' => 'sehife'])['items'][0]['number'] === $receipt['number'],
   'an appeal is found as people type it');
ok(edu_register_publish($operator, json_decode(
    file_get_contents("$data/registers/diagnostic_assessment.json"), true)) === 1, 'publishes a register');
$report = edu_register_import($operator, 'diagnostic_assessment',
    "number,year,subject,total,maximum\nPUP0001,2026,Fizika,52.5,60\n");
ok($report['added'] === 1, 'records are imported');
$record = edu_register_records($pupil, null)['items'][0];
ok($record['data']['total'] === '52.50', 'a record of a register');
edu_register_correct($clerk, $record['person_id'], $record['id'], ['total' => '53'], 'counted again');
ok(count(edu_register_history($clerk, $record['person_id'], $record['id'])['items']) === 2, 'history of a record');
edu_service_publish($operator, json_decode(file_get_contents("$data/services/reference.json"), true));
ok(edu_reference_publish($operator, json_decode(
    file_get_contents("$data/references/diagnostic_assessment_result.json"), true)) === 1, 'publishes a type of reference');
ok(count(edu_reference_types($nobody)['items']) === 1, 'types of references');
ok(count(edu_reference_matches($pupil, null, 'diagnostic_assessment_result')['items']) === 1, 'records that fit');
$reference = edu_reference_request($pupil, null, 'diagnostic_assessment_result', null);
ok($reference['state'] === 'issued' && strlen($reference['number']) === 17, 'a reference at once');
ok(edu_reference_list($pupil, null)['items'][0]['number'] === $reference['number'], 'references of a person');
ok(edu_reference_worklist($clerk)['items'] === [], 'nothing waits');
edu_register_end($clerk, $record['person_id'], $record['id'], 'of another person');
ok(edu_register_records($pupil, null)['items'][0]['is_current'] === false, 'a record is taken out');
ok(edu_register_list($nobody)['items'][0]['code'] === 'diagnostic_assessment', 'registers are listed');
$invitation = edu_appeal_invite($pupil, ...$which);
ok(edu_appeal_invited($clerk, $invitation['number'], $invitation['code'])['text'] === 'Səhifə açılmır',
   'who is invited reads the appeal');
ok(edu_appeal_sign($clerk, $invitation['number'], $invitation['code'])['signatories'] === 1, 'an appeal is signed');
ok(count(edu_appeal_signed($clerk)['items']) === 1, 'appeals one signed');
edu_appeal_sign_for($clerk, ...[...$which, 'Şəhla Quliyeva']);
ok(edu_appeal_signatories($pupil, ...$which)['items'][1]['name'] === 'Şəhla Quliyeva', 'who signed on paper');
edu_appeal_unsign($clerk, ...$which);
ok(edu_appeal_get($pupil, ...$which)['signatories'] === 1, 'a signature is taken back');
ok(str_contains(edu_appeal_template($clerk, ...[...$which, 'thanks']), $receipt['number']), 'a template is filled in');
$other = edu_account_identity($clerk2)['person_id'];
ok(edu_appeal_colleagues($clerk)['items'][0]['person_id'] === $other, 'who could stand in');
ok(edu_appeal_absences($clerk, null)['items'] === [], 'nobody is absent');
edu_appeal_withdraw($pupil, ...[...$which, 'it works again']);
$figures = edu_appeal_statistics($nobody, new DateTimeImmutable('-1 day'), new DateTimeImmutable('+1 day'));
ok($figures['received'] === 1 && $figures['withdrawn'] === 1, 'figures of appeals');

// Payment.
$secret = str_repeat('s', 32);
edu_payment_key_add($operator, 'k1', 'hmac-sha256', $secret);
edu_account_grant($operator, edu_account_identity($clerk2)['person_id'], 'finance', '', '');
$person = edu_account_identity($pupil)['person_id'];
$invoice = edu_payment_invoice($clerk2, ['person_id' => $person, 'kind' => 'tuition', 'amount' => 12050,
    'currency' => 'AZN', 'title' => ['en' => 'Tuition']], 'an invoice');
ok(edu_payment_get($pupil, null, $invoice)['remaining'] === 12050, 'an invoice is owed');
edu_payment_waive($clerk2, $person, $invoice, 2050, 'A decision');
$body = json_encode(['order' => '00000000-0000-7000-8000-000000000001', 'payment' => 'P-1', 'state' => 'captured',
    'amount' => 5, 'currency' => 'AZN', 'at' => gmdate('Y-m-d\TH:i:s\Z')]);
$seconds = time();
edu_payment_callback($nobody, $body, "kid=k1; t=$seconds; v=" . hash_hmac('sha256', "$seconds.$body", $secret));
ok(edu_payment_differences($clerk2, true)['items'][0]['kind'] === 'unknown_order', 'a signed callback is taken');
fails('Edu\Crypto', 'a forged callback', fn() => edu_payment_callback($nobody, $body, "kid=k1; t=$seconds; v=00"));
ok(array_sum(array_column(edu_payment_balances($clerk2)['items'], 'balance')) === 0, 'the ledger balances');
fails('Edu\Unsupported', 'paying without a provider', fn() => edu_payment_pay($pupil, null, $invoice));

// Registration of the admitted.
edu_service_publish($operator, json_decode(file_get_contents("$data/services/admission.json"), true));
$programme = edu_offering_put($clerk, ['service' => 'admission', 'code' => 'physics', 'institution' => 'S1',
    'title' => ['en' => 'Physics'], 'opens' => new DateTimeImmutable('-1 day'),
    'closes' => new DateTimeImmutable('+1 day'), 'is_published' => true, 'places' => -1]);
$fees = "programme,funding,amount\nphysics,paid,250000\n";
ok(edu_tuition_import($clerk, 'admission', $fees)['added'] === 1, 'imports fees');
ok(edu_tuition_faults($clerk, 'admission', $fees)['items'] === [], 'a good file has no faults');
edu_tuition_put($clerk, $programme, 'paid', 260000);
ok(edu_tuition_fees($nobody, $programme)['items'][0]['amount'] === 260000, 'anybody sees the fee');
$admitted = "number,institution,programme,level,funding,year\nPUP0001,S1,physics,higher,paid,2026\n";
ok(edu_admission_faults($clerk, 'admission', 'exam', "{$admitted}X,S1,law,higher,paid,2026\n")['items'][0]['line'] === 3,
    'a fault of a list has its line');
ok(edu_admission_import($clerk, 'admission', 'exam', $admitted)['added'] === 1, 'imports the admitted');
$mine = edu_admission_list($pupil, null)['items'][0];
ok($mine['can_register'] && $mine['fee'] === 260000, 'one finds their admission');
ok(edu_admission_get($pupil, null, $mine['id'])['programme'] === 'Physics', 'an admission has its programme');
$draft = edu_draft_save($pupil, null, $programme, null, ['phone' => '+994 50 123 45 67', 'address' => 'Nizami 1',
    'education_document' => 'A 123456', 'dormitory' => false, 'concession' => 'none', 'consent' => true], null);
$request = edu_request_submit($pupil, null, $draft);
ok($request['state'] === 'payable', 'who is admitted registers');
ok(edu_tuition_get($pupil, null, $request['id'])['amount'] === 260000, 'an invoice follows');
ok(edu_admission_worklist($clerk, ['service' => 'admission', 'year' => 2026])['items'][0]['progress'] === 'registered',
    'staff see how far one has come');
ok(edu_admission_figures($clerk, 'admission', 2026, null)['items'][0]['registered'] === 1, 'figures of the admitted');
$error = fails('Edu\State', 'who came is not absent', fn() => edu_admission_absent($clerk, $person, $mine['id'], 'x'));
ok($error->key === 'admission.came', 'it says so');
fails('Edu\State', 'who came needs no time', fn() => edu_admission_reopen($clerk, $person, $mine['id'],
    new DateTimeImmutable('+1 day'), 'x'));
ok(edu_admission_close($clerk, $programme, 'Nobody came') === 0, 'nobody is noted before the end');
ok(count(edu_admission_history($clerk, $person, $mine['id'])['items']) === 1, 'an admission has its versions');

// The work on an application.
$which = [$person, $request['id']];
ok(edu_request_get($clerk, ...$which)['form']['phone'] === '+994 50 123 45 67', 'staff read what was submitted');
ok(edu_request_worklist($clerk, ['service' => 'admission'])['items'][0]['id'] === $request['id'], 'it is on the worklist');
edu_request_assign($clerk, ...[...$which, edu_account_identity($clerk2)['person_id']]);
ok(edu_request_get($clerk2, ...$which)['assignee_id'] === edu_account_identity($clerk2)['person_id'], 'it is given to somebody');
edu_request_note($clerk2, ...[...$which, 'Asked the university']);
ok(in_array('Asked the university', array_column(edu_request_timeline($clerk, ...$which)['items'], 'text'))
   && !in_array('Asked the university', array_column(edu_request_timeline($pupil, ...$which)['items'], 'text')),
   'a note is for staff alone');
$receipt = edu_request_receipt_file($pupil, ...$which)['content'];
ok(edu_certificate_check($nobody, $receipt)['status'] === 'valid', 'a receipt is a signed file');
fails('Edu\Unauthenticated', 'the receipt of others', fn() => edu_request_receipt_file($nobody, ...$which));
ok(edu_request_clock($operator, 100) === 0 && edu_request_recompute($operator, 100) === 0,
   'nothing is due, no calendar is newer');
ok(edu_request_sweep($operator) === 0, 'no file is left over');
fails('Edu\Denied', 'who is no admin recomputes nothing', fn() => edu_request_recompute($clerk, 100));

// Announcements.
$told = edu_announcement_put($clerk, ['service' => 'admission', 'offering_id' => $programme,
    'title' => ['az' => 'Qeydiyyat', 'en' => 'Registration'], 'text' => ['az' => 'Yeni vaxt.', 'en' => 'A new time.']]);
ok(edu_announcement_list($nobody, 'admission')['items'][0]['title'] === 'Registration', 'anybody reads announcements');
ok(edu_announcement_own($pupil)['items'][0]['is_seen'] === false, 'one that concerns me is new');
edu_announcement_see($pupil, $told);
ok(edu_announcement_own($pupil)['items'][0]['is_seen'] === true, 'and is seen then');
ok(edu_announcement_get($nobody, $told)['titles'] === null, 'all languages are for who keeps it');
fails('Edu\Denied', 'an announcement of somebody else', fn() => edu_announcement_withdraw($pupil, $told));
edu_announcement_withdraw($clerk, $told);
fails('Edu\NotFound', 'what is withdrawn', fn() => edu_announcement_get($nobody, $told));
ok(edu_announcement_kept($clerk, 'admission')['items'][0]['is_withdrawn'], 'who keeps it sees it');

// A competition: choices, a test from a file, interviews, a ranking by two people, an offer.
edu_calendar_publish($operator, json_decode(file_get_contents("$data/calendars/az.json"), true));
edu_service_publish($operator, json_decode(file_get_contents("$data/services/recruitment.json"), true));
$offer = fn(string $code, ?string $round, int $places, DateTimeImmutable $closes) => edu_offering_put($clerk, [
    'service' => 'recruitment', 'code' => $code, 'round' => $round, 'title' => ['az' => $code, 'en' => $code],
    'opens' => $now->sub($hour), 'closes' => $closes, 'is_published' => true, 'by_round' => true, 'places' => $places]);
$round = $offer('winter', null, -1, $now->add($hour));
$vacancies = [$offer('winter-a', 'winter', 1, $now->add($hour)), $offer('winter-b', 'winter', 1, $now->add($hour))];
ok(edu_offering_get($clerk, $round)['titles'] === ['az' => 'winter', 'en' => 'winter'], 'who keeps it sees all titles');
ok(edu_service_get($clerk, 'recruitment')['round']['sheets'][1]['code'] === 'test', 'how a service is judged');
$applications = [];
foreach (['APP0001', 'APP0002'] as $number) {
    $applicant = edu_account_find($clerk, $number, new DateTimeImmutable('1985-01-01'))['id'];
    $draft = edu_draft_save($clerk, $applicant, $round, null, ['phone' => '+994 50 123 45 67', 'education' => 'master',
        'speciality' => 'Welding', 'years_of_work' => 3, 'exam_region' => 'BA'], $vacancies);
    edu_draft_attach($clerk, $applicant, $draft, 'diploma', 'diplom.pdf', "%PDF-1.7\n");
    $applications[$applicant] = edu_request_submit($clerk, $applicant, $draft)['id'];
    $document = edu_request_get($clerk, $applicant, $applications[$applicant])['documents'][0]['id'];
    ok(edu_request_document($clerk, $applicant, $applications[$applicant], $document)['content'] === "%PDF-1.7\n",
       'a document comes back');
    ok(in_array('admit', array_column(edu_request_possible($clerk, $applicant, $applications[$applicant])['actions'], 'action')),
       'what may be done with it');
    $many = [['person_id' => $applicant, 'id' => $applications[$applicant]]];
    ok(edu_request_bulk($clerk, $many, 'admit', null, true)['done'] === 1, 'what would be done to many');
    edu_request_bulk($clerk, $many, 'admit', null, false);
}
[$first, $second] = array_keys($applications);
$faults = edu_score_faults($clerk, $round, 'test', "number,points\nAPP0001,101\nPUP0001,90\n")['items'];
ok(array_column($faults, 'line') === [2, 3] && $faults[0]['key'] === 'score.range', 'all faults of a file of scores');
fails('Edu\Invalid', 'a faulty file of scores', fn() => edu_score_import($clerk, $round, 'test', "number,points\nAPP0001,101\n"));
ok(edu_score_import($clerk, $round, 'test', "number,points\nAPP0001,70\nAPP0002,90\n")['added'] === 2, 'scores from a file');
edu_score_put($clerk, $first, $applications[$first], 'test', ['points' => 71]);
ok(array_column(edu_score_list($clerk, $round, 'test')['items'], 'score', 'person_id') == [$first => '71', $second => '90'],
   'a score is corrected by hand');
$slot = edu_slot_put($clerk, ['offering_id' => $round, 'kind' => 'interview', 'starts' => $now->add($hour),
    'minutes' => 30, 'venue' => 'Bakı, otaq 12', 'places' => 1]);
$report = edu_slot_fill($clerk, $round, 'interview', 'admitted');
ok($report['given'] === 1 && $report['lacking'] === 1, 'one is called, for one there is no place');
ok(str_contains(edu_slot_calendar($clerk, $first, $applications[$first], $slot)['content'], 'LOCATION:Bakı\\, otaq 12'),
   'the time for a calendar');
ok(edu_slot_of($clerk, $first, $applications[$first])['items'][0]['id'] === $slot
   && edu_slot_list($clerk, $round, 'interview')['items'][0]['taken'] === 1
   && edu_slot_seats($clerk, $slot)['items'][0]['person_id'] === $first, 'whose time it is, from all sides');
fails('Edu\State', 'a full slot', fn() => edu_slot_give($clerk, $second, $applications[$second], $slot));
$member = edu_session_sign_in($portal, 'member', PASSWORD, null, null);
foreach ([$clerk, $clerk2, $member] as $one) {
    edu_panel_put($clerk, $round, edu_account_identity($one)['person_id'], true);
}
ok(edu_panel_assign($clerk, $round)['added'] === 6, 'every member has every work');
foreach ([$clerk, $clerk2, $member] as $one) {
    foreach (edu_panel_works($one)['items'] as $work) {
        edu_panel_score($one, $work['work_id'], ['subject' => 30, 'teaching' => 30, 'speech' => 15], null);
    }
}
ok(array_column(edu_panel_list($clerk, $round)['items'], 'scored') === [2, 2, 2], 'the panel has done its work');
edu_round_commit($clerk, $round, hash('sha256', '5eed5eed5eed5eed'));
$offer('winter', null, -1, new DateTimeImmutable());
fails('Edu\Invalid', 'another seed than committed to', fn() => edu_round_propose($clerk, $round, '5eed5eed5eed5eee'));
edu_round_propose($clerk, $round, '5eed5eed5eed5eed');
edu_round_reopen($clerk, $round);
ok(edu_round_get($clerk, $round)['state'] === 'open', 'a proposal is taken back');
edu_round_propose($clerk, $round, '5eed5eed5eed5eed');
fails('Edu\Denied', 'confirming what one proposed', fn() => edu_round_confirm($clerk, $round));
edu_round_confirm($clerk2, $round);
$result = edu_round_result($clerk, $second, $applications[$second]);
ok($result['place'] === 1 && $result['outcome'] === 'given' && $result['choice'] === 1, 'the better gets the first choice');
ok(edu_round_result($clerk, $first, $applications[$first])['given_id'] === $vacancies[1], 'the other the second');
ok(count(explode("\n", trim(edu_round_csv($clerk, $round)['content']))) === 3, 'the ranking as a file');
fails('Edu\State', 'a ranking of two is not public', fn() => edu_round_ranking($nobody, $round));
fails('Edu\NotFound', 'the result of others', fn() => edu_round_result($pupil, $first, $applications[$first]));

// A contest: a jury that sees the work and not the name, conflicts of interest, certificates.
$contest = json_decode(file_get_contents("$data/services/contest.json"), true);
$contest['scores']['jury'] = ['members' => 1, 'aggregate' => 'mean'] + $contest['scores']['jury'];
unset($contest['scores']['jury']['trim']);
edu_service_publish($operator, $contest);
$offer = fn(string $service, string $code, array $more) => edu_offering_put($clerk, $more + [
    'service' => $service, 'code' => $code, 'title' => ['az' => $code, 'en' => $code], 'opens' => $now->sub($hour),
    'closes' => $now->add($hour), 'is_published' => true, 'places' => -1]);
$contest = $offer('contest', 'spring', ['by_round' => true]);
$entries = [];
foreach ([$first, $second] as $author) {
    $draft = edu_draft_save($clerk, $author, $contest, null, ['title' => 'Light', 'summary' => 'Long enough to be one'], null);
    edu_draft_attach($clerk, $author, $draft, 'work', 'Həsənova.pdf', "%PDF-1.7\nlight");
    $entries[$author] = edu_request_submit($clerk, $author, $draft)['id'];
}
foreach ([$member, $pupil] as $one) {
    edu_panel_put($clerk, $contest, edu_account_identity($one)['person_id'], true);
}
edu_panel_assign($clerk, $contest);
$works = fn($one) => array_values(array_filter(edu_panel_works($one)['items'], fn($work) => $work['offering_id'] === $contest));
edu_panel_decline($pupil, $works($pupil)[0]['work_id']);
edu_panel_assign($clerk, $contest);
ok(count($works($member)) === 2 && $works($pupil) === [], 'what one declines another gets');
$work = edu_panel_work_get($member, $works($member)[0]['work_id']);
$document = edu_panel_document($member, $work['work_id'], $work['documents'][0]['id']);
ok($work['applicant'] === null && $document['content'] === "%PDF-1.7\nlight" && !str_contains($document['name'], 'Həsənova'),
   'a juror reads the work, and no name');
fails('Edu\NotFound', 'the work of another juror',
    fn() => edu_panel_document($pupil, $work['work_id'], $work['documents'][0]['id']));
edu_panel_conflict($clerk, $first, $entries[$first], edu_account_identity($member)['person_id']);
ok(count($works($member)) === 1, 'staff note a conflict');
edu_request_act($clerk, $first, $entries[$first], 'exclude', 'Nobody can judge it', null);
edu_panel_score($member, $works($member)[0]['work_id'], ['content' => 9, 'originality' => 8, 'design' => 7], 'Good');
$offer('contest', 'spring', ['by_round' => true, 'closes' => new DateTimeImmutable()]);
edu_round_propose($clerk, $contest, null);
fails('Edu\State', 'certificates before the confirmation', fn() => edu_round_issue($clerk, $contest));
edu_round_confirm($clerk2, $contest);
ok(edu_round_issue($clerk, $contest) === 1 && edu_round_issue($clerk, $contest) === 0, 'a certificate is issued once');
$print = edu_certificate_print($clerk, $contest, null, null, 0);
ok($print['count'] === 1 && str_starts_with($print['content'], '%PDF'), 'it is printed');

// From this year's group to the next.
edu_service_publish($operator, json_decode(file_get_contents("$data/services/club.json"), true));
$group = $offer('club', 'chess', ['places' => 1]);
$draft = edu_draft_save($clerk, $person, $group, null, ['phone' => '+994 50 123 45 67'], null);
edu_request_submit($clerk, $person, $draft);
fails('Edu\State', 'what follows none', fn() => edu_request_carry($clerk, $group, true));
$next = $offer('club', 'chess-next', ['places' => 1, 'follows' => 'chess', 'opens' => $now,
    'begins' => new DateTimeImmutable('+1 year'), 'ends' => new DateTimeImmutable('+2 years')]);
ok(edu_request_carry($clerk, $next, true)['carried'] === 1
   && edu_request_worklist($clerk, ['service' => 'club', 'offering_id' => $next])['items'] === [], 'a preview changes nothing');
ok(edu_request_carry($clerk, $next, false)['carried'] === 1, 'who has a place goes on');
ok(edu_request_worklist($clerk, ['service' => 'club', 'offering_id' => $next])['items'][0]['person_id'] === $person,
   'and has one in the next');

// Matching.
$choices = "applicant,choice,place,priority\nx,1,a,2\nx,2,b,1\ny,1,a,1\n";
$outcome = edu_match($choices, "place,capacity\na,1\nb,1\n");
ok($outcome['csv'] === "applicant,place\nx,b\ny,a\n" && $outcome['first'] === 1, 'a matching');
$error = fails('Edu\Invalid', 'an unknown place', fn() => edu_match($choices, "place,capacity\na,1\n"));
ok($error->field === '/applicants/place' && $error->inputLine === 3, 'a fault of a matching has its place');

// Errors.
$error = fails('Edu\Unauthenticated', 'a wrong password',
    fn() => edu_session_sign_in($portal, 'pupil', 'wrong password', null, null));
ok($error->status === 'unauthenticated' && $error instanceof Edu\Error, 'an error has its status');
$error = fails('Edu\Invalid', 'a missing login',
    fn() => edu_session_sign_in($portal, null, PASSWORD, null, null));
ok($error->field === '/login', 'an error has its field');
// Recruitment: a test with centre, room and seat.
edu_service_publish($operator, json_decode(file_get_contents("$data/services/recruitment.json"), true));
$offer = fn($code, $round) => edu_offering_put($clerk, [
    'service' => 'recruitment', 'code' => $code, 'title' => ['az' => $code, 'en' => $code],
    'opens' => $now->sub($hour), 'closes' => $now->add($hour), 'is_published' => true, 'by_round' => true,
    'places' => $round ? 1 : -1, 'round' => $round], null);
$competition = $offer('autumn', null);
$vacancy = $offer('v0', 'autumn');
$pdf = ['code' => 'licence', 'title' => ['az' => 'Vəsiqə', 'en' => 'Licence', 'ru' => 'Удостоверение'],
    'types' => ['application/pdf']];
$own = edu_offering_put($clerk, ['service' => 'recruitment', 'code' => 'v1', 'title' => ['az' => 'v1', 'en' => 'v1'],
    'opens' => $now->sub($hour), 'closes' => $now->add($hour), 'places' => 1, 'round' => 'autumn', 'is_published' => true,
    'documents' => [$pdf]], null);
ok(array_column(edu_offering_get($pupil, $own)['asked'], 'code') === ['diploma', 'other', 'licence'],
    'a vacancy asks for documents of its own');
$error = fails('Edu\Invalid', 'a type that is no document', fn() => edu_offering_put($clerk, ['service' => 'recruitment',
    'code' => 'v1', 'title' => ['az' => 'v1', 'en' => 'v1'], 'opens' => $now->sub($hour), 'closes' => $now->add($hour),
    'documents' => [['types' => ['text/plain']] + $pdf]], null));
ok($error->field === '/documents/0/types/0', 'an error of a document has its field');

$test = edu_sitting_put($clerk, ['offering_id' => $competition, 'kind' => 'test',
    'starts' => $now->add($hour), 'minutes' => 60], null);
ok(edu_sitting_get($clerk, $test)['kind'] === 'test', 'a sitting of an offering');
ok(count(edu_sitting_list($clerk, $competition)['items']) === 1, 'sittings of an offering');
fails('Edu\State', 'nobody sits it', fn() => edu_sitting_freeze($clerk, $test, null));
fails('Edu\NotFound', 'who has no seat did not come',
    fn() => edu_sitting_attend($clerk, $test, $identity['person_id'], false));
fails('Edu\State', 'what has no seats is not closed', fn() => edu_sitting_close($clerk, $test, null));

fails('Edu\Conflict', 'registering twice', fn() => edu_olympiad_register($pupil, $sitting, null));
fails('Edu\NotFound', 'what is not yours',
    fn() => edu_application_list($pupil, edu_account_identity($clerk)['person_id']));
fails('Edu\Denied', 'what no role permits', fn() => edu_sitting_freeze($pupil, $sitting, null));
$error = fails('Edu\Invalid', 'a bad import', fn() => edu_account_import_pupils($operator,
    "number,institution,grade\nPUP0001,S1,13\n"));
ok($error->inputLine === 2, 'an import error has its line');
fails('ValueError', 'a null character', fn() => edu_session_sign_in($portal, "a\0b", PASSWORD, null, null));
fails('TypeError', 'a number for a text', fn() => edu_session_sign_in($portal, 5, PASSWORD, null, null));
fails('TypeError', 'a text for a session', fn() => edu_olympiad_seasons('session'));
fails('TypeError', 'a portal for a session', fn() => edu_olympiad_seasons($portal));
$error = fails('ValueError', 'an unknown field', fn() => edu_portal_open(['stoer' => 'secret-value']));
ok(!str_contains($error->getMessage(), 'secret-value'), 'its value is not in the message');

// Handles.
fails('Error', 'new edu_session()', fn() => new edu_session());
fails('Error', 'new edu_portal()', fn() => new edu_portal());
fails('Exception', 'a session is not serialised', fn() => serialize($pupil));
unset($portal);
gc_collect_cycles();
ok(edu_account_identity($pupil)['login'] === 'pupil', 'a session outlives the variable of its portal');

echo "1..$count\n";
