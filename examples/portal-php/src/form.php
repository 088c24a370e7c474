<?php

// What the forms of all pages share.

declare(strict_types=1);

namespace Nar;

/** Values typed and what is wrong with them, by field. */
final class Form
{
    /** @var array<string, string> */
    public array $values = [], $errors = [];
    /** Made with the page and sent back with it, so that sending twice does nothing twice. */
    public readonly string $key;
    public mixed $result = null;

    public function __construct(string ...$fields)
    {
        foreach ($fields as $field) {
            $this->values[$field] = posted($field);
        }
        $this->key = preg_match('/^[0-9a-f]{32}$/', posted('key')) ? posted('key') : bin2hex(random_bytes(16));
    }

    public function value(string $field): string
    {
        return $this->values[$field] ?? '';
    }

    /** What was typed, or null where it is nothing. */
    public function given(string $field): ?string
    {
        return $this->value($field) === '' ? null : $this->value($field);
    }

    public function requires(string ...$messages): bool
    {
        foreach ($messages as $field => $message) {
            if ($this->value($field) === '') {
                $this->errors[$field] = $message;
            }
        }
        return $this->errors === [];
    }

    /** A day typed as three numbers: field_day, field_month, field_year. */
    public function day(string $field): ?\DateTimeImmutable
    {
        [$day, $month, $year] = array_map(fn(string $part) => $this->values["{$field}_$part"] = posted("{$field}_$part"),
            ['day', 'month', 'year']);
        if (!ctype_digit($day . $month . $year) || strlen($year) > 4 || !checkdate((int) $month, (int) $day, (int) $year)) {
            $this->errors[$field] = t('Give a day, for example 27 3 2012.');
            return null;
        }
        return new \DateTimeImmutable(sprintf('%04d-%02d-%02dT00:00:00Z', $year, $month, $day));
    }

    /** Calls the library; true where it did not refuse. at: field of an error that names none of the page's. */
    public function call(callable $function, string $at = ''): bool
    {
        try {
            $this->result = $function();
            return true;
        } catch (\Edu\Error $error) {
            if (status_of($error) >= 500 && !$error->retryable) {
                throw $error;
            }
            $named = preg_match('#^/(?:request/)?(\w+)#', $error->field, $found) && isset($this->values[$found[1]]);
            $this->errors[$named ? $found[1] : $at] = error_text($error);
            return false;
        }
    }
}

/** The reader's language where the key has a text, else the library's own words. */
function error_text(\Edu\Error $error): string
{
    $known = table('errors')[$error->key] ?? null;
    return $known === null ? $error->getMessage() : t($known);
}

function status_of(\Edu\Error $error): int
{
    return match ($error->status) {
        'invalid' => 400, 'unauthenticated' => 401, 'denied' => 403, 'not_found' => 404,
        'conflict', 'state', 'full', 'infeasible' => 409, 'limit' => 413, 'throttled' => 429, 'busy' => 503, default => 500,
    };
}

/** The files that came with the form: name and content each. */
function uploads(): \Generator
{
    $files = $_FILES['file'] ?? ['name' => []];
    foreach ((array) $files['name'] as $at => $name) {
        if (((array) $files['error'])[$at] === UPLOAD_ERR_OK) {
            yield basename(strtr($name, '\\', '/')) => file_get_contents(((array) $files['tmp_name'])[$at]);
        }
    }
}

/** A file was chosen that the server did not take. */
function is_upload_too_large(): bool
{
    $codes = (array) ($_FILES['file']['error'] ?? []);
    return array_intersect($codes, [UPLOAD_ERR_INI_SIZE, UPLOAD_ERR_FORM_SIZE]) !== [] ||
        ($_POST === [] && (int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > 0);
}
