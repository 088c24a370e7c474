<?php

declare(strict_types=1);

namespace Edu;

/**
 * A part of a list, to be gone through, counted and indexed like an array; pages() goes through all parts.
 *
 * @template R of Record
 * @implements \IteratorAggregate<int, R>
 * @implements \ArrayAccess<int, R>
 */
final readonly class Page implements \IteratorAggregate, \ArrayAccess, \Countable, \JsonSerializable
{
    /** @internal The library makes pages. */
    public function __construct(
        /** @var list<R> */
        public array $items,
        /** The cursor of the next part; null at the end. */
        public ?string $next,
    ) {
    }

    /** @return \Iterator<int, R> */
    public function getIterator(): \Iterator
    {
        return new \ArrayIterator($this->items);
    }

    /** How many items this part has. */
    public function count(): int
    {
        return count($this->items);
    }

    /** Whether there is an item at this place, from 0. */
    public function offsetExists(mixed $offset): bool
    {
        return isset($this->items[$offset]);
    }

    /** @return R|null the item at this place, from 0 */
    public function offsetGet(mixed $offset): mixed
    {
        return $this->items[$offset] ?? null;
    }

    /** A page does not change: throws. */
    public function offsetSet(mixed $offset, mixed $value): never
    {
        throw new \LogicException('a page does not change');
    }

    /** A page does not change: throws. */
    public function offsetUnset(mixed $offset): never
    {
        throw new \LogicException('a page does not change');
    }

    /** @return array{items: list<R>, next: ?string} */
    public function jsonSerialize(): array
    {
        return ['items' => $this->items, 'next' => $this->next];
    }
}
