<?php

// Accounts, guardians and roles, keys, and the store itself.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

const OTHER = 'quite another password';

function test_from_asking_for_an_account_to_a_new_password(World $world): void
{
    $world->nobody->account->register(new Edu\AccountRequest(
        login: 'second', password: PASSWORD, number: 'PUP0001', birth: at(PUPIL_BIRTH)));
    fails('Edu\Unauthenticated', 'an account that is not active', fn() => $world->portal->signIn('second', PASSWORD));
    $world->nobody->account->activate('second', $world->codeSent());
    $second = $world->portal->signIn('second', PASSWORD);
    $second->account->password(PASSWORD, OTHER);
    same($world->pupils[1], $world->portal->signIn('second', OTHER)->account->identity()->person_id, 'a password is changed');
    $world->nobody->account->recover('second');
    $world->nobody->account->recoverFinish('second', $world->codeSent(), PASSWORD);
    fails('Edu\Unauthenticated', 'the forgotten password', fn() => $world->portal->signIn('second', OTHER));
    $identity = $world->portal->signIn('second', PASSWORD)->account->identity();
    same(['second', 'Şəhla'], [$identity->login, $identity->given], 'a lost password is replaced');
}

function test_an_account_is_activated_at_a_desk(World $world): void
{
    $world->nobody->account->register(new Edu\AccountRequest(
        login: 'second', password: PASSWORD, number: 'PUP0001', birth: at(PUPIL_BIRTH)));
    $world->clerk->account->activateAtDesk($world->pupils[1]);
    same('second', $world->portal->signIn('second', PASSWORD)->account->identity()->login, 'it is active');
}

function test_who_acts_for_a_child(World $world): void
{
    $parent = $world->id($world->clerk);
    $report = $world->operator->account->importGuardians(csv('guardian_number,child_number', ['STF0001', 'PUP0003']));
    same([1, 1], [$report->read, $report->added], 'guardians come from a register');
    $world->clerk->account->guardianRequest('PUP0003', at(PUPIL_BIRTH));
    $world->clerk->account->guardianRequest('PUP0002', at(PUPIL_BIRTH));
    same([$parent, $world->pupils[3]], array_column($world->clerk->account->family()->items, 'id'), 'the register confirms one');
    same([$world->pupils[2] => 'requested', $world->pupils[3] => 'active'],
        array_column($world->clerk->account->ownGuardianships()->items, 'state', 'child_id'), 'both are in the cabinet');
    $asked = $world->operator->account->guardianships('requested')[0];
    same($world->pupils[2], $asked->child_id, 'the other is asked for');
    $world->operator->account->guardianDecide($asked->guardian_id, $asked->child_id, true);
    same(['self', 'ward', 'ward'], array_column($world->clerk->account->family()->items, 'relation'), 'and is decided');
    $world->operator->account->guardianEnd($parent, $world->pupils[3]);
    same([$world->pupils[2]], array_column($world->operator->account->guardianships('active')->items, 'child_id'), 'one ends');
}

function test_what_a_role_permits_is_told_before_it_is_tried(World $world): void
{
    $told = fn(Edu\Session $session) => array_keys(array_filter($session->account->rights()->jsonSerialize()));
    same([[], []], [$told($world->nobody), $told($world->pupil)], 'people of no role may nothing');
    same(['keeps_all', 'decides', 'keeps_some', 'sees_allocations', 'holds_sittings', 'merges_persons', 'registers_appeals',
        'leads_appeals'], $told($world->clerk), 'a clerk may more');
    $world->operator->account->revoke($world->id($world->clerk), 'clerk', '', '');
    $world->operator->account->grant($world->id($world->clerk), 'school', 'institution', 'S0');
    same(['keeps_some', 'imports_pupils'], $told($world->clerk), 'a school something else');
}

function test_a_role_is_given_and_taken_away(World $world): void
{
    $person = $world->id($world->clerk);
    $roles = fn() => array_column(array_filter($world->operator->account->grants()->items,
        fn(Edu\Grant $one) => $one->person_id === $person), 'role');
    same(['clerk'], $roles(), 'a clerk has a role');
    same(6, count($world->clerk->account->pupils('S0', 'ismayilova se')), 'and finds pupils, as people type them');
    $world->operator->account->revoke($person, 'clerk', '', '');
    same([], $roles(), 'it is taken away');
    fails('Edu\Denied', 'what a clerk could see', fn() => $world->clerk->account->pupils());
}

function test_registers_report_what_they_took(World $world): void
{
    $reports = [
        $world->operator->account->importRegions(csv('code,name', ['GA', 'az=Gəncə|en=Ganja'])),
        $world->operator->account->importInstitutions(csv('code,name,kind,region,address,latitude,longitude',
            ['S9', 'Məktəb', 'school', 'GA', 'Küçə', '40.68', '46.36'])),
        $world->operator->account->importPersons(csv('number,given,family,birth', ['NEW0001', 'Ə', 'Ğ', PUPIL_BIRTH])),
        $world->operator->account->importPupils(csv('number,institution,grade', ['NEW0001', 'S9', 9])),
    ];
    same([1, 1, 1, 1], array_column($reports, 'added'), 'what was added');
    same(['Ə', 9], [$world->operator->account->person($world->find('NEW0001', PUPIL_BIRTH))->given,
        $world->operator->account->find('NEW0001', at(PUPIL_BIRTH))->grade], 'and is there');
}

function test_staff_confirm_by_a_code(World $world): void
{
    $strict = $world->open(staff_second_factor: true);
    $clerk = $strict->signIn('clerk', PASSWORD);
    fails('Edu\Unauthenticated', 'before the code', fn() => $clerk->account->pupils());
    $clerk->confirm($world->codeSent());
    same(6, count($clerk->account->pupils()), 'after the code');
}

function test_a_backup_is_restored_and_checked(World $world): void
{
    $folder = folder();
    $world->operator->portal->backup("$folder/copy");
    fails('Edu\Conflict', 'a copy over another', fn() => $world->operator->portal->backup("$folder/copy"));
    Edu\portalRestore("sqlite:$folder/portal.db", "$folder/copy");
    $operator = (new Edu\Portal("sqlite:$folder/portal.db", keys: "$world->folder/portal.db.keys"))->operator();
    $operator->portal->check();
    same($world->pupils[0], $operator->account->find('PUP0000', at(PUPIL_BIRTH))->id, 'the copy holds what was there');
}

function test_messages_are_read(World $world): void
{
    [, $sitting] = $world->season();
    $application = $world->pupil->olympiad->register($sitting);
    $note = $world->pupil->notification->list()[0];
    same([$application, false, 1], [$note->application_id, $note->is_read, $world->pupil->account->identity()->unread], 'one is unread');
    $world->pupil->notification->read($note->person_id, $note->id);
    same([true, 0], [$world->pupil->notification->list()[0]->is_read, $world->pupil->account->identity()->unread], 'now it is read');
}

function test_keys_are_replaced_and_withdrawn(World $world): void
{
    $first = $world->operator->key->list()[0];
    same(['current', false, 32], [$first->state, $first->is_elsewhere, strlen($first->public_key)], 'one key signs');
    $world->operator->key->rotate();
    $states = fn() => array_column($world->operator->key->list()->items, 'state', 'kid');
    same(['past', 'current'], [$states()[$first->kid], ...array_values(array_diff_key($states(), [$first->kid => 0]))], 'another signs');
    fails('Edu\NotFound', 'withdrawing no key', fn() => $world->operator->key->compromise('x'));
    fails('Edu\Denied', 'who is no admin', fn() => $world->clerk->key->rotate());
    $world->operator->key->compromise($first->kid, $first->since);
    same('compromised', $states()[$first->kid], 'a key is withdrawn');
    $did = json_decode($world->nobody->portal->did(), true);
    same(['did:web:portal.example', 1], [$did['id'], count($did['assertionMethod'])], 'the DID document');
    same(2, count(json_decode($world->nobody->portal->publicKeys(), true)['keys']), 'all keys are published');
}

function test_a_program_acts_by_its_token(World $world): void
{
    $token = $world->clerk->access->make('a program', new DateTimeImmutable('+1 hour'));
    same('a program', $world->clerk->access->list()[0]->title, 'a token is listed');
    same('clerk', $world->portal->resume($token)->account->identity()->login, 'a program is who made its token');
    $world->clerk->access->end('a program');
    same(0, count($world->clerk->access->list()->items), 'none is left');
    fails('Edu\Unauthenticated', 'an ended token', fn() => $world->portal->resume($token));
}

function test_what_waits_for_the_jobs(World $world): void
{
    $world->operator->outbox->deliver();
    same(0, $world->operator->portal->queues()->messages, 'nothing waits');
    $world->nobody->account->recover('pupil');
    same([1, 0], [$world->operator->portal->queues()->messages, $world->operator->portal->queues()->refunds], 'a message waits');
}

run_tests();
