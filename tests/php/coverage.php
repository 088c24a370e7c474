<?php

// Every public function of the headers is in the package, says what it does, and has a PHP test that looks
// at what it gives: what a call gave reaches a check (ok, same), in the call of the check itself or by
// variables and the helpers of the tests. A function that gives nothing must have been called, not only
// refused. Prints TAP.
//
//   coverage.php api.json

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

// Not for PHP: memory is its own, identifiers are texts, handles go by themselves.
const NOT_FOR_PHP = ['edu_free', 'edu_id_format', 'edu_id_parse', 'edu_portal_close', 'edu_session_close', 'edu_status_name'];
// Its functions take bare arrays; match() takes files.
const ARRAYS = 'edu/allocation.h';
// The extension's own, behind an option of Portal.
const OF_PHP = ['edu_portal_open_persistent'];
const CHECKS = ['ok', 'same'];

/** The functions that the headers promise. */
function promised(array $api): array
{
    $names = [];
    foreach ($api['functions'] as $function) {
        $takes_arrays = $function['header'] === ARRAYS && !in_array($function['name'], ['edu_match', 'edu_match_verify'], true);
        if (!$takes_arrays && !in_array($function['name'], NOT_FOR_PHP, true)) {
            $names[] = $function['name'];
        }
    }
    return $names;
}

/** Methods and functions of the package, by the function of the library that each calls. */
function of_package(): array
{
    $folder = getenv('EDU_PHP_PACKAGE') . '/src';
    $units = array_map(static fn(string $name) => new ReflectionFunction($name),
        array_filter(get_defined_functions()['user'], static fn(string $name) => str_starts_with($name, 'edu\\')));
    foreach (['Portal', 'Session', ...array_map(static fn(string $path) => 'Module\\' . basename($path, '.php'),
        glob("$folder/Module/*.php"))] as $class) {
        array_push($units, ...(new ReflectionClass("Edu\\$class"))->getMethods());
    }
    $found = [];
    foreach ($units as $unit) {
        $lines = array_slice(file($unit->getFileName()), $unit->getStartLine() - 1, $unit->getEndLine() - $unit->getStartLine() + 1);
        if (preg_match('/\b(edu_\w+)\(/', implode('', $lines), $match)) {
            $found[$match[1]] = $unit;
        }
    }
    return $found;
}

/** Follows what calls give through the statements of a file, in their order. */
final class Reader
{
    /** @var array<string, true> functions whose results a check saw, and those that were called at all */
    public array $checked = [], $called = [];
    /** @var array<string, string> "->module->method" and the like: the function behind it */
    private array $spellings = [];
    /** @var array<string, array<string, true>> what variables hold now, properties at some time, and helpers give */
    private array $holds = [], $properties = [], $gives = [];
    private string $within = '';

    public function __construct(array $package)
    {
        foreach ($package as $function => $unit) {
            $name = $unit->getShortName();
            $class = $unit instanceof ReflectionMethod ? $unit->getDeclaringClass()->getShortName() : '';
            $spelling = match (true) {
                $class === '' => "Edu\\$name",
                $name === '__construct' => 'new Edu\\Portal',
                in_array($unit->class, [Edu\Portal::class, Edu\Session::class], true) => "->$name",
                default => '->' . lcfirst($class) . "->$name",
            };
            $this->spellings[$spelling] = $function;
        }
    }

    public function read(string $path): void
    {
        $statement = [];
        foreach (PhpToken::tokenize(file_get_contents($path)) as $token) {
            if ($token->is([';', '{', '}'])) {
                $this->statement($statement);
                $statement = [];
            } elseif (!$token->isIgnorable()) {
                $statement[] = $token;
            }
        }
    }

    /** @param list<PhpToken> $tokens */
    private function statement(array $tokens): void
    {
        foreach ($tokens as $i => $token) {
            if ($token->is(T_FUNCTION) && ($tokens[$i + 1] ?? null)?->is(T_STRING)) {
                $this->within = $tokens[$i + 1]->text;
                $this->holds = [];
                return;
            }
        }
        $tokens = $this->without_refusals($tokens);
        $carried = $this->carried($tokens);
        $this->called += $this->carried($tokens, false);
        if (in_array($tokens[0]->text ?? '', CHECKS, true)) {
            $this->checked += $carried;
        }
        if (($tokens[0] ?? null)?->is(T_RETURN)) {
            $this->gives[$this->within] = ($this->gives[$this->within] ?? []) + $carried;
        }
        $this->assign($tokens, $carried);
    }

    /** What is expected to be refused gives nothing. */
    private function without_refusals(array $tokens): array
    {
        $kept = [];
        for ($i = 0; $i < count($tokens); $i++) {
            $kept[] = $tokens[$i];
            if ($tokens[$i]->text !== 'fails' || !($tokens[$i + 1] ?? null)?->is('(')) {
                continue;
            }
            for ($depth = 0, $i++; $i < count($tokens); $i++) {
                $depth += $tokens[$i]->is('(') ? 1 : ($tokens[$i]->is(')') ? -1 : 0);
                if ($depth === 0) {
                    break;
                }
            }
        }
        return $kept;
    }

    private function assign(array $tokens, array $carried): void
    {
        $texts = array_column($tokens, 'text');
        $as = array_search('as', $texts, true);
        $equals = array_search('=', $texts, true);
        if ($as === false && ($equals === false || !$tokens[0]->is([T_VARIABLE, '[']))) {
            return;
        }
        if ($texts[0] === '$this') {
            $this->properties[$texts[2]] = ($this->properties[$texts[2]] ?? []) + $carried;
            return;
        }
        $is_whole = $equals === 1 || $texts[0] === '[';
        foreach ($as === false ? array_slice($tokens, 0, $equals) : array_slice($tokens, $as) as $token) {
            if ($token->is(T_VARIABLE)) {
                $this->holds[$token->text] = $carried + ($is_whole ? [] : $this->holds[$token->text] ?? []);
            }
        }
    }

    /** The functions whose results an expression may hold; or only those that it calls itself. */
    private function carried(array $tokens, bool $with_names = true): array
    {
        $found = [];
        foreach ($tokens as $i => $token) {
            [$before, $next, $after, $last] = [$tokens[$i - 1] ?? null, $tokens[$i + 1] ?? null, $tokens[$i + 2] ?? null, $tokens[$i + 3] ?? null];
            if ($token->is(T_OBJECT_OPERATOR)) {
                $whole = $after?->is(T_OBJECT_OPERATOR) ? "->$next->$last" : '';
                $outer = $before?->is(T_STRING) ? "->$before->$next" : '';
                $function = $this->spellings[$whole] ?? (isset($this->spellings[$outer]) ? null : $this->spellings["->$next"] ?? null);
                $named = $after?->is('(') ? $this->gives[$next->text] ?? [] : $this->properties[$next->text] ?? [];
            } elseif ($token->is(T_NAME_QUALIFIED)) {
                $function = $this->spellings[($before?->is(T_NEW) ? 'new ' : '') . $token->text] ?? null;
                $named = [];
            } else {
                $function = null;
                $named = $token->is(T_VARIABLE) ? $this->holds[$token->text] ?? [] :
                    ($token->is(T_STRING) && $next?->is('(') ? $this->gives[$token->text] ?? [] : []);
            }
            $found += ($function === null ? [] : [$function => true]) + ($with_names ? $named : []);
        }
        return $found;
    }
}

function is_silent(ReflectionFunctionAbstract $unit): bool
{
    return (string) $unit->getReturnType() === 'void';
}

/** None of these is there; if one is, it is named. */
function none(array $found, string $what): void
{
    ok($found === [], $what);
    foreach ($found as $one) {
        echo "# $one\n";
    }
}

$promised = promised(json_decode(file_get_contents($argv[1]), true, 512, JSON_THROW_ON_ERROR));
$package = of_package();
none(array_diff($promised, array_keys($package)), count($promised) . ' functions are in the package');
none(array_diff(array_keys($package), $promised), 'and no others');
none(array_diff(get_extension_funcs('edu'), $promised, OF_PHP), 'nor does the extension have others');
none(array_keys(array_filter($package, static fn($unit) => !$unit->getDocComment())), 'each says what it does');

$undocumented = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator(getenv('EDU_PHP_PACKAGE') . '/src')) as $file) {
    $class = 'Edu\\' . strtr(substr((string) $file, strlen(getenv('EDU_PHP_PACKAGE') . '/src/'), -4), '/', '\\');
    if ($file->isFile() && basename((string) $file) !== 'functions.php' && class_exists($class)) {
        $type = new ReflectionClass($class);
        $members = array_filter([...$type->getMethods(ReflectionMethod::IS_PUBLIC), ...$type->getProperties(ReflectionProperty::IS_PUBLIC)],
            static fn($one) => str_starts_with($one->class, 'Edu\\') && !$one->getDocComment());
        array_push($undocumented, ...array_map(static fn($one) => "$one->class::$one->name", $members),
            ...$type->getDocComment() ? [] : [$class]);
    }
}
none(array_unique($undocumented), 'so does each class and property');

$reader = new Reader($package);
// Twice: a helper may stand below its first use.
foreach ([1, 2] as $pass) {
    foreach ([__DIR__ . '/harness.php', ...glob(__DIR__ . '/test_*.php')] as $path) {
        $reader->read($path);
    }
}
none(array_keys(array_filter($package, static fn($unit, $function) => !isset(
    $reader->{is_silent($unit) ? 'called' : 'checked'}[$function]), ARRAY_FILTER_USE_BOTH)), 'each has a test that looks at what it gives');
echo "1..$checks\n";
