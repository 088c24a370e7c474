<?php

// Languages: the texts of the Python portal by their compiled catalogs, dates by intl.

declare(strict_types=1);

namespace Nar;

const LANGUAGES = ['az' => 'Azərbaycanca', 'en' => 'English', 'ru' => 'Русский'];
const TRANSLATIONS = __DIR__ . '/../../portal/portal/translations';
// In every language: the forms of ICU end a Russian date with a word and a full stop.
const DAY = 'd MMMM y';

/** The texts of one language by the English ones: a catalog as gettext compiles it. */
final class Catalog
{
    /** @var array<string, string> */
    private array $texts = [];

    public function __construct(string $path)
    {
        $file = is_file($path) ? file_get_contents($path) : '';
        if ($file === '') {
            return;
        }
        $at = unpack('Vmagic/Vrevision/Vcount/Vfrom/Vto', $file);
        for ($i = 0; $i < $at['count']; $i++) {
            $from = unpack('Vlength/Vat', $file, $at['from'] + 8 * $i);
            $to = unpack('Vlength/Vat', $file, $at['to'] + 8 * $i);
            $this->texts[substr($file, $from['at'], $from['length'])] = substr($file, $to['at'], $to['length']);
        }
    }

    public function text(string $text): string
    {
        return $this->texts[$text] ?? $text;
    }

    /** The form for so many; of Russian the three that its nouns have. */
    public function plural(string $one, string $many, int $count, string $language): string
    {
        $forms = explode("\0", $this->texts["$one\0$many"] ?? "$one\0$many");
        $form = match (true) {
            $language !== 'ru' => $count === 1 ? 0 : 1,
            $count % 10 === 1 && $count % 100 !== 11 => 0,
            $count % 10 >= 2 && $count % 10 <= 4 && ($count % 100 < 10 || $count % 100 >= 20) => 1,
            default => 2,
        };
        return $forms[min($form, count($forms) - 1)];
    }
}

/** The reader's choice, else the first of the browser's that is there. */
function reader_language(): string
{
    static $found = null;
    return $found ??= (static function (): string {
        if (isset(LANGUAGES[$_COOKIE['language'] ?? ''])) {
            return $_COOKIE['language'];
        }
        foreach (explode(',', $_SERVER['HTTP_ACCEPT_LANGUAGE'] ?? '') as $wish) {
            $code = strtolower(substr(trim($wish), 0, 2));
            if (isset(LANGUAGES[$code])) {
                return $code;
            }
        }
        return array_key_first(LANGUAGES);
    })();
}

function catalog(): Catalog
{
    static $catalog = null;
    return $catalog ??= new Catalog(TRANSLATIONS . '/' . reader_language() . '/LC_MESSAGES/portal.mo');
}

/** A text in the reader's language, with %(name)s and %(name)d filled in. */
function t(string $text, string|int ...$values): string
{
    return fill(catalog()->text($text), $values);
}

function n(string $one, string $many, int $num): string
{
    return fill(catalog()->plural($one, $many, $num, reader_language()), ['num' => $num]);
}

function fill(string $text, array $values): string
{
    return preg_replace_callback('/%\((\w+)\)[sd]/', static fn(array $found) => (string) $values[$found[1]], $text);
}

/** What the Python portal calls a key of the library, a state and so on: a table of its texts. */
function table(string $name): array
{
    static $tables = null;
    $tables ??= json_decode(file_get_contents(__DIR__ . '/../texts.json'), true, 512, JSON_THROW_ON_ERROR);
    return $tables[$name];
}

function formatted(\DateTimeInterface $when, string $pattern, string $zone): string
{
    return (new \IntlDateFormatter(reader_language(), pattern: $pattern, timezone: $zone))->format($when);
}

/** An instant in the portal's civil time. */
function time_of(\DateTimeInterface $when): string
{
    return formatted($when, DAY . ', HH:mm', getenv('EDU_ZONE') ?: 'Asia/Baku');
}

/** The day of an instant. */
function day_of(\DateTimeInterface $when): string
{
    return formatted($when, DAY, getenv('EDU_ZONE') ?: 'Asia/Baku');
}

/** A civil day, YYYY-MM-DD. */
function weekday(string $day): string
{
    return formatted(new \DateTimeImmutable("{$day}T00:00:00Z"), 'EEE, d MMMM', 'UTC');
}

/** A day of each year, MM-DD. */
function year_day(string $day): string
{
    return formatted(new \DateTimeImmutable("2001-{$day}T00:00:00Z"), 'd MMMM', 'UTC');
}
