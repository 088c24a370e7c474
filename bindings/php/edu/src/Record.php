<?php

declare(strict_types=1);

namespace Edu;

/** A record of the library. Its JSON has the names of the fields, times in UTC, and bytes in Base64. */
abstract readonly class Record implements \JsonSerializable
{
    /** Fields that are civil dates ("date") or bytes ("bytes"). */
    protected const FORMS = [];

    /**
     * The fields by their names, as JSON has them.
     *
     * @return array<string, mixed>
     */
    final public function jsonSerialize(): array
    {
        $made = get_object_vars($this);
        foreach ($made as $name => $value) {
            $form = static::FORMS[$name] ?? null;
            if ($value instanceof \DateTimeImmutable) {
                $made[$name] = $value->format($form === 'date' ? 'Y-m-d' : 'Y-m-d\TH:i:s.up');
            } elseif ($form === 'bytes') {
                $made[$name] = base64_encode($value);
            }
        }
        return $made;
    }
}
