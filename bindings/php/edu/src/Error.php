<?php

declare(strict_types=1);

namespace Edu;

/**
 * What a function of the library could not do. Each kind is a class of its own; the message is English,
 * for logs and terminals, and holds no personal data.
 */
class Error extends \RuntimeException
{
    /** @internal The library throws them. */
    final public function __construct(
        string $message,
        int $code,
        /** The kind, such as "not_found". */
        public readonly string $status,
        /** What went wrong, such as "admission.came": stable, for translation. */
        public readonly string $key,
        /** JSON Pointer to what was wrong, such as "/login"; empty where it is no field. */
        public readonly string $field,
        /** Line of an imported file; 0 where there is none. */
        public readonly int $inputLine,
        /** What the database called it; empty where it said nothing. */
        public readonly string $sqlstate,
        /** The same call may succeed later. */
        public readonly bool $retryable,
    ) {
        parent::__construct($message, $code);
    }
}
