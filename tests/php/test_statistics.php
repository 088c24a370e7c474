<?php

// Figures of applications, invoices and certificates.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

function rows(Edu\Document $document): array
{
    $lines = array_map('str_getcsv', explode("\r\n", trim($document->content)));
    $head = array_shift($lines);
    return array_map(fn($line) => array_combine($head, $line), $lines);
}

function test_applications_of_a_service(World $world): void
{
    $world->publish('club');
    $group = $world->offer('club', 'chess');
    foreach (array_slice($world->pupils, 0, 6) as $pupil) {
        $world->apply($pupil, $group, ['phone' => '+994 50 123 45 67']);
    }
    $period = [at('-7 days'), at('+1 day')];
    $figures = $world->clerk->statistics->applications('club', ...$period);
    same(6, $figures->groups['all'][0]['received'], 'how many there were');
    same(['received', 'open', 'decided', 'withdrawn', 'median', 'percentile_90'], array_column($figures->measures, 'code'),
        'what lines tell');
    same(['chess' => 6], array_column($figures->groups['what'], 'received', 'title'), 'what was asked for');
    $rows = rows($world->clerk->statistics->applicationsCsv('club', ...$period));
    same(['all', '6'], [$rows[0]['group'], $rows[0]['received']], 'as a file');
    fails('Edu\Denied', 'a pupil has no statistics', fn() => $world->pupil->statistics->applications('club', ...$period));
    fails('Edu\Invalid', 'a period ends behind its beginning',
        fn() => $world->clerk->statistics->applications('club', $period[1], $period[0]), 'statistics.period');
}

function test_invoices_and_certificates(World $world): void
{
    $period = [at('-7 days'), at('+1 day')];
    $world->operator->account->grant($world->id($world->clerk2), 'finance', '', '');
    foreach ([[12050, 'AZN'], [500, 'EUR']] as [$amount, $currency]) {
        $world->clerk2->payment->invoice(new Edu\InvoiceInput(person_id: $world->pupils[0], kind: 'diploma',
            title: ['en' => 'Diploma'], amount: $amount, currency: $currency));
    }
    $figures = $world->operator->statistics->payments(...$period);
    same(['AZN' => 12050, 'EUR' => 500], array_column($figures->groups['all'], 'outstanding', 'currency'), 'by currency');
    $rows = rows($world->operator->statistics->paymentsCsv(...$period));
    same(['12050', '500'], array_column(array_filter($rows, fn($row) => $row['group'] === 'kind'), 'invoiced_minor'), 'as a file');
    same(0, $world->operator->statistics->certificates(...$period)->groups['all'][0]['issued'], 'none was issued');
    same('0', rows($world->operator->statistics->certificatesCsv(...$period))[0]['revoked'], 'nor revoked');
    fails('Edu\Denied', 'clerks do not see payments', fn() => $world->clerk->statistics->payments(...$period));
}

run_tests();
