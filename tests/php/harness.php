<?php

// What the tests of the PHP package have in common: checks that print TAP, and a small invented world.
// A test is a function called test_… that takes a World; a file ends with run_tests().

declare(strict_types=1);

ini_set('error_reporting', (string) E_ALL);
ini_set('display_errors', 'stderr');
set_error_handler(static function (int $level, string $text, string $file, int $line): never {
    throw new ErrorException($text, 0, $level, $file, $line);
});
require_once getenv('EDU_PHP_PACKAGE') . '/autoload.php';

const ROOT = __DIR__ . '/../..';
const PASSWORD = 'a long enough password';
const PUPIL_BIRTH = '2014-01-01';
const STAFF_BIRTH = '1980-01-01';
const PDF = "%PDF-1.7\nof the tests";
// Tests sign in often: Argon2id at its cheapest, and no code for staff.
const CHEAP = ['password_operations' => 1, 'password_memory' => 8192, 'staff_second_factor' => false];
$checks = 0;

function ok(bool $holds, string $what): void
{
    global $checks;
    $checks++;
    echo $holds ? 'ok' : 'not ok', " $checks - ", str_replace('#', '', $what), "\n";
    if (!$holds) {
        [$called] = debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS);
        echo '# ', basename($called['file']), ':', $called['line'], "\n";
    }
}

function same(mixed $wanted, mixed $found, string $what): void
{
    ok($wanted === $found, $what);
    if ($wanted !== $found) {
        echo '# ', str_replace("\n", "\n# ", print_r(['wanted' => $wanted, 'found' => $found], true)), "\n";
    }
}

/** Expects an exception of this class, and of this key where it is given; gives it. */
function fails(string $class, string $what, callable $call, ?string $key = null): ?Throwable
{
    try {
        $call();
    } catch (Throwable $thrown) {
        $fits = get_class($thrown) === $class && ($key === null || $thrown->key === $key);
        ok($fits, $what);
        if (!$fits) {
            echo '# ', get_class($thrown), ' ', $thrown->key ?? '', ': ', $thrown->getMessage(), "\n";
        }
        return $thrown;
    }
    ok(false, "$what: nothing was thrown");
    return null;
}

/** Runs the tests of the file; memory.php reads all files before it runs them. */
function run_tests(): void
{
    global $checks;
    if (!defined('READS_ALL')) {
        run_all();
        echo "1..$checks\n";
    }
}

/** Runs the tests that were read, each in a world of its own. */
function run_all(): void
{
    foreach (get_defined_functions()['user'] as $test) {
        if (str_starts_with($test, 'test_')) {
            try {
                (new ReflectionFunction($test))->getNumberOfParameters() ? $test(new World()) : $test();
            } catch (Throwable $thrown) {
                ok(false, "$test ended by " . get_class($thrown));
                echo '# ', str_replace("\n", "\n# ", (string) $thrown), "\n";
            }
            gc_collect_cycles();
        }
    }
}

/** A document of the demonstration's data. */
function data(string $name): array
{
    return json_decode(file_get_contents(ROOT . "/examples/data/$name.json"), true, 512, JSON_THROW_ON_ERROR);
}

function at(string $when): DateTimeImmutable
{
    return new DateTimeImmutable($when, new DateTimeZone('Asia/Baku'));
}

function csv(string $header, array ...$rows): string
{
    return implode("\n", [$header, ...array_map(static fn(array $row) => implode(',', $row), $rows), '']);
}

/** A folder that goes when the tests are over. */
function folder(): string
{
    $folder = sys_get_temp_dir() . '/edu-php-' . bin2hex(random_bytes(8));
    mkdir($folder, 0700);
    register_shutdown_function(static fn() => exec('rm -rf ' . escapeshellarg($folder)));
    return $folder;
}

/**
 * A school with six pupils of grade 9, PUP0000 and so on, two centres, and sessions of the operator, of
 * nobody, of two clerks, and of the first pupil.
 */
final class World
{
    public readonly string $folder;
    public readonly Edu\Portal $portal;
    public readonly Edu\Session $operator, $nobody, $clerk, $clerk2, $pupil;
    /** @var list<string> */
    public readonly array $pupils;

    public function __construct(mixed ...$options)
    {
        $this->folder = folder();
        $this->portal = $this->open(...$options, create: true);
        $this->operator = $this->portal->operator();
        $this->nobody = $this->portal->session();
        $account = $this->operator->account;
        $account->importRegions(csv('code,name', ['BA', 'az=Bakı|en=Baku']));
        $account->importInstitutions(csv('code,name,kind,region,address,latitude,longitude',
            ['S0', '0 nömrəli məktəb', 'school', 'BA', 'Nizami 1', '40.31', '49.80'],
            ['S1', '1 nömrəli məktəb', 'school', 'BA', 'Nizami 9', '40.37', '49.83']));
        $numbers = array_map(static fn(int $i) => "PUP000$i", range(0, 5));
        $account->importPersons(csv('number,given,family,birth,mail',
            ...array_map(static fn(string $number) => [$number, 'Şəhla', 'İsmayılova', PUPIL_BIRTH, 'p@mail.example'], $numbers),
            ...array_map(static fn(int $i) => ["STF000$i", 'Günay', 'Şıxlı', STAFF_BIRTH, 's@mail.example'], range(1, 3))));
        $account->importPupils(csv('number,institution,grade',
            ...array_map(static fn(string $number) => [$number, 'S0', 9], $numbers)));
        $this->pupils = array_map(fn(string $number) => $this->find($number, PUPIL_BIRTH), $numbers);
        $this->operator->sitting->importCentres(csv('code,name,address,region,latitude,longitude',
            ['C1', 'Mərkəz 1', 'Küçə 1', 'BA', '40.31', '49.81'], ['C2', 'Mərkəz 2', 'Küçə 2', 'BA', '40.37', '49.82']));
        $this->operator->sitting->importRooms(csv('centre,room,rows,columns', ['C1', '101', 4, 5], ['C2', '7', 2, 3]));
        $this->clerk = $this->account('STF0001', STAFF_BIRTH, 'clerk', 'clerk');
        $this->clerk2 = $this->account('STF0002', STAFF_BIRTH, 'clerk2', 'clerk');
        $this->pupil = $this->account('PUP0000', PUPIL_BIRTH, 'pupil');
    }

    /** Another portal on the same store. */
    public function open(mixed ...$options): Edu\Portal
    {
        return new Edu\Portal("sqlite:$this->folder/portal.db", ...$options + CHEAP + ['host' => 'portal.example']);
    }

    public function find(string $number, string $birth): string
    {
        return $this->operator->account->find($number, at($birth))->id;
    }

    public function account(string $number, string $birth, string $login, ?string $role = null): Edu\Session
    {
        $person = $this->find($number, $birth);
        $this->operator->account->create($person, $login, PASSWORD);
        if ($role !== null) {
            $this->operator->account->grant($person, $role, '', '');
        }
        return $this->portal->signIn($login, PASSWORD);
    }

    public function id(Edu\Session $session): string
    {
        return $session->account->identity()->person_id;
    }

    /** The calendar, and services by their names. */
    public function publish(string ...$services): void
    {
        $this->operator->calendar->publish(data('calendars/az'));
        foreach ($services as $service) {
            $this->operator->service->publish(data("services/$service"));
        }
    }

    /** An offering that is open for an hour. */
    public function offer(string $service, string $code, mixed ...$more): string
    {
        return $this->clerk->offering->put(new Edu\OfferingInput(...$more + [
            'service' => $service, 'code' => $code, 'title' => ['az' => $code, 'en' => $code],
            'opens' => at('-1 hour'), 'closes' => at('+1 hour'), 'is_published' => true]));
    }

    /** A clerk applies for a person. */
    public function apply(string $person, string $offering, array $form, array $documents = [], ?array $choices = null): Edu\RequestReceipt
    {
        $draft = $this->clerk->draft->save($person, $offering, null, $form, $choices);
        foreach ($documents as $kind => $content) {
            $this->clerk->draft->attach($person, $draft, $kind, "$kind.pdf", $content);
        }
        return $this->clerk->request->submit($person, $draft);
    }

    /** A published season whose registration is open; its id and that of its sitting. */
    public function season(string $code = '2026-math'): array
    {
        $this->publish('olympiad');
        $season = $this->clerk->olympiad->seasonCreate(new Edu\SeasonNew(
            code: $code, title: ['az' => 'Riyaziyyat', 'en' => 'Mathematics'], subject: 'mathematics',
            subject_title: ['az' => 'Riyaziyyat', 'en' => 'Mathematics'], grade_from: 9, grade_to: 9,
            opens: at('-1 hour'), closes: at('+1 hour')));
        $sitting = $this->clerk->olympiad->sittingCreate(new Edu\SittingNew(
            season_id: $season, code: 'main', grade_from: 9, grade_to: 9, starts: at('+2 hours'), minutes: 180));
        $this->clerk->olympiad->seasonPublish($season);
        return [$season, $sitting];
    }

    /** As if so many minutes had gone by for the sittings. */
    public function earlier(int $minutes): void
    {
        $micros = $minutes * 60_000_000;
        exec("sqlite3 $this->folder/portal.db 'UPDATE sitting SET starts = starts - $micros'", $lines, $status);
        same(0, $status, "$minutes minutes go by");
    }

    /** The codes of messages that wait, newest last; they are delivered. */
    public function codeSent(): string
    {
        $found = fn() => glob("$this->folder/portal.db.outbox/*/*") ?: glob("$this->folder/portal.db.outbox/*");
        $before = $found();
        same(1, $this->operator->outbox->deliver(), 'a message is delivered');
        $new = array_values(array_diff($found(), $before));
        preg_match_all('/\b(\d{6,})\b/', file_get_contents(end($new)), $codes);
        return end($codes[1]);
    }
}
