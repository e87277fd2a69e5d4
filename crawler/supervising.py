"""Runs one after another, and beside them the site: processes of their own, ended with their parent."""

import contextlib
import ctypes
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final, Self

import click

from archive.store import Locked
from crawler.opening import open_archive

_LAST_WORDS: Final = 6.0  # seconds a process has to end by itself; a killed crawl loses nothing
_JITTER: Final = 0.1  # of the interval, so that many archives do not ask at the same second
_SHORTEST: Final = 5.0  # seconds between the starts of two runs
_SIGNAL_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of Linux


class Interrupted(Exception):
    """Raised in the main thread by Ctrl-C and SIGTERM."""


def seconds(text: str) -> float:
    """Return an interval in seconds.

    >>> seconds("30m"), seconds("90")
    (1800.0, 90.0)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|m|h|d|)\s*", text)
    if not found or not float(found[1]):
        raise click.BadParameter(f"{text!r} is no interval; write 90s, 30m or 2h.")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def watch_for_ever(archive: Path, every: float) -> int:
    """Crawl at once and then every so many seconds, until Ctrl-C or SIGTERM; return the exit status."""
    with _Children() as children:
        _crawl_again_and_again(children, archive, every)
    return 0


def start_all(archive: Path, host: str, port: int, every: float) -> int:
    """Serve the archive and crawl beside it until Ctrl-C or SIGTERM; return the exit status.

    Raises ArchiveError where the archive can be neither opened nor made.
    """
    with contextlib.suppress(Locked):  # another run holds it: then it is there, and the crawl waits
        open_archive(archive).close()  # made now, so that site and crawl do not both make it
    with _Children() as children:
        site = children.run("serve", "--archive", archive, "--host", host, "--port", port)
        return _crawl_again_and_again(children, archive, every, lambda: site.poll())
    return 0


def _crawl_again_and_again(
    children: "_Children",
    archive: Path,
    every: float,
    site: Callable[[], int | None] = lambda: None,
) -> int:
    """Return when the site beside it ended, with its status."""
    while True:
        began = time.monotonic()
        run = children.run("crawl", "--archive", archive)
        while (ended := site()) is None and (
            run.poll() is None or time.monotonic() - began < _SHORTEST
        ):
            time.sleep(0.2)
        rest = every * random.uniform(1 - _JITTER, 1 + _JITTER) - (time.monotonic() - began)
        until = time.monotonic() + rest
        while (ended := site()) is None and time.monotonic() < until:
            time.sleep(0.2)
        if ended is not None:
            return ended


class _Children:
    """Processes that end with this one: by SIGTERM, after some seconds by SIGKILL."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._end()
        return kind is Interrupted

    def run(self, *arguments: object) -> subprocess.Popen[bytes]:
        """Start `lamdong` with these arguments, out of reach of the terminal's Ctrl-C."""
        self._running = [child for child in self._running if child.poll() is None]
        command = [sys.executable, "-m", "crawler", *map(str, arguments)]
        child = subprocess.Popen(command, process_group=0, preexec_fn=_end_with_parent)
        self._running.append(child)
        return child

    def _end(self) -> None:
        for child in self._running:
            child.terminate()
        until = time.monotonic() + _LAST_WORDS
        for child in self._running:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed; elsewhere there is no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_WITH_PARENT, signal.SIGTERM)
