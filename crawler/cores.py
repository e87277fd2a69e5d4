"""WARC files read again on all cores: workers read ranges, what they read comes in the order of the records."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from archive.warc import Damage
from archive.warc_ranges import ranges
from crawler.reread import Item, Reading, read_range
from crawler.supervising import end_with_parent

_RANGE: Final = 2 * 2**20  # bytes, about a hundred pages
_AHEAD: Final = 3  # ranges a worker may be ahead of the writer
Show = Callable[[int, int], None]  # bytes done, of so many
Part = tuple[Path, int, int]


def pool_size() -> int:
    """Return how many processes may run side by side."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_files(files: list[Path], workers: int | None, show: Show) -> Iterator[Item]:
    """Yield what the files hold, in order; what begins within a record read before is none."""
    parts = [(path, *each) for path in files for each in ranges(path, _RANGE)]
    total = sum(end - begin for _, begin, end in parts)
    most = min(pool_size() if workers is None else workers, len(parts) - 1)
    done, reached = 0, ("", 0)
    for (path, begin, end), items in _read_parts(parts, most):
        for item in items:
            place = (path.name, _begin(item))
            if place[0] == reached[0] and place[1] < reached[1]:
                continue
            reached = (path.name, max(place[1], _end(item)))
            yield item
        done += end - begin
        show(done, total)


def _begin(item: Item) -> int:
    if isinstance(item, Damage):
        return item.offset
    return (item.capture.place if isinstance(item, Reading) else item.place).offset


def _end(item: Item) -> int:
    if isinstance(item, Damage):
        return item.offset
    place = item.capture.place if isinstance(item, Reading) else item.place
    return place.offset + place.length


def _read_parts(parts: list[Part], workers: int) -> Iterator[tuple[Part, list[Item]]]:
    if workers < 1:
        yield from ((part, read_range(*part)) for part in parts)
        return
    waiting: deque[tuple[Part, Future[list[Item]]]] = deque()
    with pool(workers) as readers:
        for part in parts:
            waiting.append((part, readers.submit(read_range, *part)))
            if len(waiting) >= _AHEAD * workers:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()


@contextmanager
def pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes of their own, without this one's locks and files; they end with it."""
    executor = ProcessPoolExecutor(workers, get_context("spawn"), _begin_worker)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the writer
    end_with_parent()
    gc.freeze()  # what was imported stays; looking through it again and again took a tenth of the time
    gc.set_threshold(50_000)
