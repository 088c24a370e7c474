<?php

// A cabinet's page by the PHP package, against the same call in C on the same store: by processor time,
// in turns. Prints one JSON object.
//
//   binding.php PACKAGE PEER FOLDER SERVICE

declare(strict_types=1);

require "$argv[1]/autoload.php";

const ROUNDS = 9;
const EACH = 4;

function processor_seconds(): float
{
    $used = getrusage();
    return $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
}

function run_round(Edu\Session $session, array $persons): float
{
    $start = processor_seconds();
    foreach ($persons as $person) {
        if (count($session->application->list($person)) !== EACH) {
            exit("a cabinet has other applications\n");
        }
    }
    return count($persons) / (processor_seconds() - $start);
}

function median(array $values): float
{
    sort($values);
    return $values[intdiv(count($values), 2)];
}

$peer = proc_open(array_slice($argv, 2), [['pipe', 'r'], ['pipe', 'w']], $pipes);
$line = static fn(): string => trim(fgets($pipes[1]));
$store = $line();
for ($persons = []; ($person = $line()) !== '';) {
    $persons[] = $person;
}
$portal = new Edu\Portal("sqlite:$store", password_operations: 1, password_memory: 8192, staff_second_factor: false);
$session = $portal->signIn('clerk', 'a long enough password');
for ($round = 0; $round < ROUNDS; $round++) {
    $ours[] = run_round($session, $persons);
    fwrite($pipes[0], "\n");
    $theirs[] = (float) $line();
}
fclose($pipes[0]);
proc_close($peer);
echo json_encode(['bench' => 'binding.php.cabinet', 'value' => round(median($ours), 1), 'unit' => 'per second',
    'peer' => 'the same call in C', 'peer_value' => round(median($theirs), 1),
    'ratio' => round(median($ours) / median($theirs), 3)]), "\n";
