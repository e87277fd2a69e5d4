"""How far a long check is: a bar on a terminal, elsewhere a plain line now and then. Both on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from archive.terminal import canvas, guard

_EVERY: Final = 30.0  # seconds between lines where there is no terminal
Show = Callable[[int, int], None]  # done, of so many


class Shown(Protocol):
    """Where the parts of a long work are shown."""

    def begin(self, label: str) -> Show:
        """Begin a part; return what is to be told how far it is."""


class _Bar:
    def __init__(self, progress: Progress) -> None:
        self._progress, self._task = progress, progress.add_task("", total=None)

    def begin(self, label: str) -> Show:
        self._progress.reset(self._task, description=label, total=None)
        return lambda done, total: self._progress.update(self._task, completed=done, total=total)


class _Lines:
    def __init__(self) -> None:
        self._said = time.monotonic()

    def begin(self, label: str) -> Show:
        def show(done: int, total: int) -> None:
            if time.monotonic() - self._said > _EVERY:
                self._said = time.monotonic()
                click.echo(f"{label}: {done / max(total, 1):.0%}", err=True)

        return show


@contextmanager
def shown() -> Iterator[Shown]:
    """Show the parts of a long work until it ends."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    console = Console(file=canvas())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        guard()  # rich has put streams of its own in place while the bar is shown
        yield _Bar(bar)
