<?php

declare(strict_types=1);

namespace Edu;

/**
 * Goes through all items of a function that gives pages, one page after another:
 * `foreach (Edu\pages($session->olympiad->seasons(...)) as $season)`.
 *
 * @template R of Record
 * @param callable(mixed...): Page<R> $function
 * @param mixed ...$arguments those of the function, without its cursor
 * @return \Generator<int, R>
 */
function pages(callable $function, mixed ...$arguments): \Generator
{
    do {
        $page = $function(...$arguments);
        foreach ($page->items as $item) {
            yield $item;
        }
        $arguments['cursor'] = $page->next;
    } while ($page->next !== null);
}
