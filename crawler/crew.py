"""Work in other processes, item by item and in order, with no more under way at a time than fits in memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Batch = tuple[list[Item], Future[list[Result]]]

_MOST: Final = 16  # items handed over together
_HEAVY: Final = 2**19  # bytes, after which no more are added to those
_AHEAD: Final = 8  # such batches under way


def in_order(
    pool: ProcessPoolExecutor | None,
    work: Callable[[Item], Result],
    items: Iterable[Item],
    weight: Callable[[Item], int],
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result; without a pool the work is done here.

    `weight` tells how many bytes an item has. Raises BrokenExecutor where a process of the pool dies.
    """
    if pool is None:
        yield from ((item, work(item)) for item in items)
        return
    waiting: deque[Batch[Item, Result]] = deque()
    for batch in _batches(items, weight):
        waiting.append((batch, pool.submit(_all, work, batch)))
        if len(waiting) >= _AHEAD:
            yield from _first(waiting)
    while waiting:
        yield from _first(waiting)


def _first(waiting: deque[Batch[Item, Result]]) -> Iterator[tuple[Item, Result]]:
    batch, done = waiting.popleft()
    yield from zip(batch, done.result(), strict=True)


def _batches(items: Iterable[Item], weight: Callable[[Item], int]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    heavy = 0
    for item in items:
        batch.append(item)
        heavy += weight(item)
        if len(batch) == _MOST or heavy >= _HEAVY:
            yield batch
            batch, heavy = [], 0
    if batch:
        yield batch


def _all(work: Callable[[Item], Result], batch: list[Item]) -> list[Result]:
    return [work(item) for item in batch]
