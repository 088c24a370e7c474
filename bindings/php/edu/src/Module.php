<?php

declare(strict_types=1);

namespace Edu;

/** The functions of one module of the library, bound to a session. */
abstract readonly class Module
{
    /** @internal A session makes its modules. */
    final public function __construct(
        /** The session, as the extension has it. */
        protected \edu_session $handle,
    ) {
    }
}
