<?php

// What crosses between PHP and the library: errors, values, JSON, memory and lifetimes.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

function test_errors_have_their_class_key_and_field(World $world): void
{
    $error = fails('Edu\Invalid', 'an empty login', fn() => $world->portal->signIn('', PASSWORD));
    same(['invalid', '/login', false, 0], [$error->status, $error->field, $error->retryable, $error->inputLine],
        'what an error says');
    ok($error instanceof Edu\Error && $error instanceof RuntimeException && $error->getMessage() !== '', 'an Edu\Error');
    ok(str_ends_with($error->getFile(), 'Portal.php') && $error->getTraceAsString() !== '', 'it knows where it was thrown');
    $wrong = fails('Edu\Unauthenticated', 'a wrong password', fn() => $world->portal->signIn('pupil', 'not the password'));
    $unknown = fails('Edu\Unauthenticated', 'an unknown login', fn() => $world->portal->signIn('nobody', 'not the password'));
    same([$wrong->getMessage(), $wrong->key], [$unknown->getMessage(), $unknown->key], 'the two look alike');
    $error = fails('Edu\Invalid', 'a bad import', fn() => $world->operator->account->importPupils(
        csv('number,institution,grade', ['PUP0001', 'S0', 8], ['PUP0002', 'S0', 13])));
    ok($error->inputLine === 3, 'an error of an import has its line');
    same(9, $world->operator->account->find('PUP0001', at(PUPIL_BIRTH))->grade, 'nothing is imported');
    fails('Edu\NotFound', 'not yours is not found', fn() => $world->pupil->account->person($world->pupils[1]));
    fails('Edu\Denied', 'what no role permits', fn() => $world->pupil->account->grants());
    fails('Edu\Unauthenticated', 'what nobody may ask', fn() => $world->nobody->application->list());
}

function test_every_status_has_a_class_of_its_own(): void
{
    $kinds = [];
    foreach (glob(getenv('EDU_PHP_PACKAGE') . '/src/[A-Z]*.php') as $path) {
        $class = 'Edu\\' . basename($path, '.php');
        if (class_exists($class) && is_subclass_of($class, Edu\Error::class)) {
            $kinds[] = $class;
        }
    }
    same(18, count($kinds), 'eighteen kinds of errors');
}

function test_bad_values_are_refused(World $world): void
{
    fails('ValueError', 'a null character', fn() => $world->portal->signIn("a\0b", PASSWORD));
    fails('TypeError', 'a number for a text', fn() => $world->portal->signIn(5, PASSWORD));
    fails('TypeError', 'a text for a date', fn() => $world->clerk->account->find('PUP0001', PUPIL_BIRTH));
    fails('ValueError', 'an integer out of range', fn() => $world->clerk->sitting->centres(null, 1 << 40));
    foreach (['', str_repeat('x', 50), 'no-uuid'] as $id) {
        fails('Edu\Invalid', "an identifier that is none: $id", fn() => $world->clerk->account->person($id));
    }
    foreach ([-5, 0, 1, 2147483647, -2147483648] as $limit) {
        ok(in_array(count($world->clerk->sitting->centres(null, $limit)), [1, 2], true), "a page of $limit is within bounds");
    }
    $error = fails('Error', 'an unknown option', fn() => new Edu\Portal('sqlite:x', pasword: 'secret-value'));
    ok(!str_contains($error->getMessage(), 'secret-value'), 'its value is not in the message');
    fails('TypeError', 'an option of another type', fn() => new Edu\Portal('sqlite:x', create: 'yes'));
    fails('Error', 'a function that is not there', fn() => $world->pupil->olympiad->fly());
    fails('Error', 'a module that is not there', fn() => $world->pupil->olympics);
}

function test_json(World $world): void
{
    $deep = [];
    for ($i = 0; $i < 100; $i++) {
        $deep = ['x' => $deep];
    }
    $circle = [];
    $circle['x'] = &$circle;
    foreach (['too deep' => $deep, 'a circle' => $circle, 'not a number' => ['x' => NAN], 'a file' => ['x' => STDIN],
        'an object of another class' => ['x' => new ArrayObject()], 'bytes that are no text' => ['x' => "\xff"]] as $what => $value) {
        fails('ValueError', "JSON that is $what", fn() => $world->operator->service->publish($value));
    }
    foreach (['text', [], null] as $value) {
        fails('Edu\Invalid', 'JSON that is no service', fn() => $world->operator->service->publish($value));
    }
    $report = Edu\formAccept(new stdClass(), ['a' => (object) ['b' => [1, 2.5, true, null, 'ə']], 'c' => new stdClass(), 7 => 'x']);
    same(['a' => ['b' => [1, 2.5, true, null, 'ə']], 'c' => [], 7 => 'x'], $report->data, 'objects, lists and numbers come back');
    $person = $world->clerk->account->person($world->pupils[0]);
    same($person->jsonSerialize(), Edu\formAccept(new stdClass(), $person)->data, 'a record is JSON where JSON is wanted');
}

function test_records_are_typed_and_have_a_json_form(World $world): void
{
    $person = $world->clerk->account->person($world->pupils[0]);
    same(['2014-01-01 00:00:00.000000', '+00:00'], [$person->birth->format('Y-m-d H:i:s.u'), $person->birth->format('P')],
        'a date is a DateTimeImmutable');
    same(null, $person->patronymic, 'what is missing is null');
    same('2014-01-01', json_decode(json_encode($person), true)['birth'], 'a date of JSON');
    fails('Error', 'a record does not change', fn() => $person->given = 'x');
    fails('Error', 'nor has it other fields', fn() => $person->shoe_size = 1);
    [$season] = $world->season();
    foreach (['000000', '000001', '499999', '999999'] as $micros) {
        $opens = at("2025-12-31 23:59:59.$micros");
        $world->clerk->olympiad->seasonWindow($season, $opens, DateTime::createFromImmutable($opens->modify('+1 hour')));
        $shown = $world->clerk->olympiad->season($season);
        ok($shown->opens == $opens && $shown->opens->format('u') === $micros, "a time comes back to the microsecond: $micros");
        same("2025-12-31T19:59:59.{$micros}Z", $shown->jsonSerialize()['opens'], 'a time of JSON is in UTC');
    }
    $parsed = new DateTimeImmutable($shown->opens->format('@U.u'));
    ok($parsed == $shown->opens && print_r($parsed, true) === print_r($shown->opens, true), 'it is as PHP itself makes one');
    same($parsed->modify('+1 month last day of')->setTimezone(new DateTimeZone('Asia/Baku'))->format('c'),
        $shown->opens->modify('+1 month last day of')->setTimezone(new DateTimeZone('Asia/Baku'))->format('c'), 'and is reckoned with');
    same($parsed->diff($shown->closes)->format('%R%a %H %I %S %F'), $shown->opens->diff($shown->closes)->format('%R%a %H %I %S %F'), 'and subtracted');
    ok(unserialize(serialize($shown->opens)) == $parsed, 'and kept');
    $key = $world->operator->key->list()[0];
    same($key->public_key, base64_decode(json_decode(json_encode($key), true)['public_key'], true), 'bytes are Base64 in JSON');
}

function test_pages(World $world): void
{
    $everybody = array_column(iterator_to_array(Edu\pages($world->clerk->account->pupils(...))), 'id');
    same($world->pupils, array_values(array_intersect($world->pupils, $everybody)), 'pages go through all');
    foreach ([1, 4, 6, 7] as $limit) {
        same($everybody, array_column(iterator_to_array(Edu\pages($world->clerk->account->pupils(...), 'S0', limit: $limit)), 'id'),
            "$limit at a time, in the same order");
    }
    $page = $world->clerk->account->pupils(limit: 2);
    ok(count($page) === 2 && isset($page[1]) && !isset($page[2]) && $page[5] === null && $page->next !== null, 'a page is like an array');
    same($page->items, iterator_to_array($page), 'one goes through it');
    same(['items', 'next'], array_keys(json_decode(json_encode($page), true)), 'and it has a JSON form');
    fails('LogicException', 'a page does not change', function () use ($page) {
        $page[] = 1;
    });
    fails('LogicException', 'nor loses items', function () use ($page) {
        unset($page[0]);
    });
    fails('Edu\Invalid', 'a cursor that is none', fn() => $world->clerk->account->pupils(cursor: $page->next . 'x'));
}

function test_inputs_have_the_defaults_of_the_headers(World $world): void
{
    same([-1, false, null], [(new Edu\OfferingInput())->places, (new Edu\OfferingInput())->is_published, (new Edu\OfferingInput())->code],
        'what is left out has its default');
    same(75, (new Edu\Term())->warn_percent, 'also where it is not 0');
    $world->publish('club');
    $offering = $world->nobody->offering->get($world->offer('club', 'chess'));
    same([-1, null], [$offering->places, $offering->begins], 'and the library has it so');
}

function test_languages(World $world): void
{
    [$season] = $world->season();
    $session = $world->portal->session('az');
    same('Riyaziyyat', $session->olympiad->season($season)->title, 'texts come in the language of the session');
    $session->setLanguage('en');
    same('Mathematics', $session->olympiad->season($season)->title, 'which may change');
    fails('Edu\Invalid', 'a language that is none', fn() => $session->setLanguage('a language'));
}

function test_a_sign_in_is_taken_up_and_ended(World $world): void
{
    $token = $world->pupil->token();
    same(null, $world->nobody->token(), 'nobody has no token');
    $resumed = $world->portal->resume($token);
    same('pupil', $resumed->account->identity()->login, 'a sign-in is taken up');
    $resumed->signOut();
    fails('Edu\Unauthenticated', 'it has ended for all', fn() => $world->pupil->account->identity());
    fails('Edu\Unauthenticated', 'and is not taken up again', fn() => $world->portal->resume($token));
}

function test_handles(World $world): void
{
    fails('Error', 'new edu_session()', fn() => new edu_session());
    fails('Error', 'new edu_portal()', fn() => new edu_portal());
    fails('Exception', 'a session is not serialised', fn() => serialize($world->pupil));
    fails('TypeError', 'a portal for a session', fn() => new Edu\Session(
        (new ReflectionProperty($world->portal, 'handle'))->getValue($world->portal)));
    ok($world->pupil->account === $world->pupil->account, 'a module is made once');
    foreach ([['portal', 'session', 'module'], ['portal', 'module', 'session'], ['session', 'portal', 'module'],
        ['session', 'module', 'portal'], ['module', 'portal', 'session'], ['module', 'session', 'portal']] as $order) {
        $store = 'sqlite:' . folder() . '/portal.db';
        $portal = new Edu\Portal($store, create: true);
        $tree = ['portal' => $portal, 'session' => $portal->operator()];
        $tree['module'] = $tree['session']->olympiad;
        unset($portal);
        $ways = ['portal' => fn($one) => $one->session()->olympiad->seasons(), 'session' => fn($one) => $one->olympiad->seasons(),
            'module' => fn($one) => $one->seasons()];
        $works = true;
        foreach ($order as $gone) {
            unset($tree[$gone]);
            gc_collect_cycles();
            foreach ($tree as $name => $one) {
                $works = $works && count($ways[$name]($one)) === 0;
            }
        }
        unset($one);
        ok($works && count((new Edu\Portal($store))->session()->service->list()) === 0,
            'what is left works, when gone are ' . implode(', ', $order));
    }
    $circle = new stdClass();
    $circle->self = $circle;
    $circle->session = $world->portal->session();
    unset($circle);
    ok(gc_collect_cycles() > 0, 'sessions in circles are collected');
}

function test_a_portal_may_outlive_its_request(World $world): void
{
    $where = "$world->folder/kept.db";
    $open = fn(mixed ...$more) => new Edu\Portal("sqlite:$where", ...$more + ['create' => true, 'persistent' => true]);
    $open()->operator()->service->publish(data('services/club'));
    unlink($where);
    same(1, count($open()->session()->service->list()), 'the same options find it still open');
    same(0, count($open(name: 'Another')->session()->service->list()), 'others open anew');
}

function test_a_portal_is_not_used_after_fork(World $world): void
{
    if (!function_exists('pcntl_fork')) {
        ok(true, 'a portal after fork # SKIP without pcntl');
        return;
    }
    $child = pcntl_fork();
    if ($child === 0) {
        try {
            $world->clerk->account->identity();
            $code = 1;
        } catch (Edu\State) {
            $code = count($world->open()->session()->service->list()) === 0 ? 0 : 2;
        }
        posix_kill(getmypid(), $code === 0 ? SIGKILL : SIGABRT);
    }
    pcntl_waitpid($child, $status);
    same(SIGKILL, pcntl_wtermsig($status), 'the child is refused, and opens its own');
    same('clerk', $world->clerk->account->identity()->login, 'the parent goes on');
}

function test_the_extension_and_the_package_are_of_one_version(): void
{
    $package = json_decode(file_get_contents(getenv('EDU_PHP_PACKAGE') . '/composer.json'), true);
    same([$package['version'], $package['version']], [Edu\version(), phpversion('edu')], 'library, extension and package');
}

run_tests();
