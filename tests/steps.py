"""What a call costs, counted. A clock would tell how busy the machine is."""

import contextlib
import sqlite3
import sys
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_AT_ONCE = 100  # instructions of SQLite between two looks


class Steps:
    """How many functions were called, in Python and in C, and how many instructions SQLite carried out."""

    def __init__(self) -> None:
        self.taken = 0

    def call(self, *_: Any) -> None:
        self.taken += 1

    def instructions(self) -> int:
        self.taken += _AT_ONCE
        return 0  # go on


@contextlib.contextmanager
def counting(db: sqlite3.Connection | None = None) -> Iterator[Steps]:
    """Count what is called within, in this thread, and what `db` does."""
    steps, before = Steps(), sys.getprofile()
    if db is not None:
        db.set_progress_handler(steps.instructions, _AT_ONCE)
    sys.setprofile(steps.call)
    try:
        yield steps
    finally:
        sys.setprofile(before)
        if db is not None:
            db.set_progress_handler(None, 0)


def within(most: int, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call, and fail if that takes more steps; a connection among the arguments is counted as well."""
    with counting(next((a for a in args if isinstance(a, sqlite3.Connection)), None)) as steps:
        answer = call(*args, **kwargs)
    assert steps.taken <= most, f"{steps.taken:,} steps"
    return answer
