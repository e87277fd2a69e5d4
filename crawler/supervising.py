"""Runs one after another, and beside them the site: processes of their own, ended with their parent."""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import click

from archive.dates import now
from archive.store import Locked
from archive.store.opening import DATABASE
from crawler.opening import open_archive
from crawler.rounds import Ledger, Pace, line, under_way

COMMAND: Final = (sys.executable, "-m", "crawler")

_LAST_WORDS: Final = 6.0  # seconds a process has to end by itself; a killed crawl loses nothing
_SHORTEST: Final = 5.0  # seconds between the starts of two runs
_HANGS: Final = (
    3600.0  # seconds in which a run writes nothing: its longest wait is a quarter of that
)
_SAYS: Final = 1800.0  # seconds between two lines on a run that goes on
_LOOK: Final = 0.2  # seconds between two looks at the processes
_KEPT: Final = 50  # lines of what a run says
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


def watch_for_ever(archive: Path, every: float, notify: str | None = None) -> int:
    """Crawl at once and then every so many seconds, until Ctrl-C or SIGTERM; return the exit status.

    Each run is said in one line on standard error.
    """
    with Children() as children:
        Watch(children, archive, every, notify, is_brief=True).for_ever()
    return 0


def start_all(archive: Path, serving: list[str], every: float, notify: str | None = None) -> int:
    """Serve the archive and crawl beside it until Ctrl-C or SIGTERM; return the exit status.

    `serving` are the options of `lamdong serve`.

    Raises ArchiveError where the archive can be neither opened nor made.
    """
    with contextlib.suppress(Locked):  # another run holds it: then it is there, and the crawl waits
        open_archive(archive).close()  # made now, so that site and crawl do not both make it
    with Children() as children:
        site = children.run("serve", "--archive", archive, *serving)
        return Watch(children, archive, every, notify).for_ever(site.poll)
    return 0


class Watch:
    """Run after run, never two at once; all waiting is by the monotonic clock, so that setting the time is no harm."""

    def __init__(
        self,
        children: "Children",
        archive: Path,
        every: float,
        notify: str | None,
        *,
        is_brief: bool = False,
    ) -> None:
        self._children, self._archive = children, archive
        self._told = ["--notify", notify] if notify else []
        self._pace, self._is_brief = Pace(every), is_brief

    def for_ever(self, ended: Callable[[], int | None] = lambda: None) -> int:
        """Crawl until `ended` gives the exit status of what runs beside."""
        while True:
            began, before = time.monotonic(), Ledger.of(self._archive)
            run = self._children.run(
                "crawl", "--archive", self._archive, *self._told, is_heard=self._is_brief
            )
            self._wait(run, ended)
            if (status := ended()) is not None:
                return status
            after = Ledger.of(self._archive)
            pause = self._pace.seconds(refused="refusals" in after.alarms)
            rest = max(_SHORTEST, pause) - (time.monotonic() - began)
            if self._is_brief:
                words = self._children.heard(run)
                click.echo(line(before, after, run.poll(), words, rest), err=True)
            if (status := _sleep(rest, ended)) is not None:
                return status

    def _wait(self, run: subprocess.Popen[str], ended: Callable[[], int | None]) -> None:
        """Wait for the end of a run; one that has written nothing for long hangs, and is ended."""
        trace, since = _trace(self._archive), time.monotonic()
        said = since
        while run.poll() is None and ended() is None:
            time.sleep(_LOOK)
            if time.monotonic() - said >= _SAYS:
                said = time.monotonic()
                click.echo(under_way(self._archive), err=True)
            if time.monotonic() - since < _HANGS:
                continue
            if _trace(self._archive) == trace:
                click.echo("The run hangs; it is ended, and the next one goes on.", err=True)
                self._children.end(run)
                return
            trace, since = _trace(self._archive), time.monotonic()


def _sleep(span: float, ended: Callable[[], int | None]) -> int | None:
    until = time.monotonic() + span
    while (status := ended()) is None and time.monotonic() < until:
        time.sleep(_LOOK)
    return status


def _trace(archive: Path) -> tuple[int, ...]:
    """What changes whenever a run writes anything."""
    paths = [archive / DATABASE, archive / f"{DATABASE}-wal", *(archive / "warc").glob("*")]
    marks = []
    for path in paths:
        with contextlib.suppress(OSError):
            marks += [path.stat().st_mtime_ns, path.stat().st_size]
    return tuple(marks)


class Children:
    """Processes that end with this one: by SIGTERM, after some seconds by SIGKILL."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []
        self._said: dict[int, tuple[threading.Thread, deque[str]]] = {}
        self._is_told = self._is_starting = False  # to end; a process

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self.end(*self._running)
        return kind is Interrupted

    def _interrupt(self, *_: object) -> None:
        self._is_told = True
        if not self._is_starting:  # then Python loses what is raised, and prints it
            raise Interrupted

    def run(self, *arguments: object, is_heard: bool = False) -> subprocess.Popen[str]:
        """Start `lamdong` with these arguments, out of reach of the terminal's Ctrl-C.

        With `is_heard` its standard error is not shown but kept for `heard`.
        """
        self._running = [child for child in self._running if child.poll() is None]
        self._is_starting = True
        try:
            child = subprocess.Popen(
                [*COMMAND, *map(str, arguments)],
                process_group=0,
                preexec_fn=end_with_parent,
                env=_environment(),
                stderr=subprocess.PIPE if is_heard else None,
                text=True,
                errors="replace",
            )
        finally:
            self._is_starting = False
        self._running.append(child)
        if self._is_told:
            raise Interrupted
        if is_heard:
            self._listen(child)
        return child

    def _listen(self, child: subprocess.Popen[str]) -> None:
        """Read what a process says, so that it never waits for somebody to read it."""
        kept: deque[str] = deque(maxlen=_KEPT)
        reader = threading.Thread(target=_read, args=(child, kept), daemon=True)
        reader.start()
        self._said = {child.pid: (reader, kept)}

    def heard(self, child: subprocess.Popen[str]) -> list[str]:
        """Return the last lines a process that ended said on its standard error."""
        reader, kept = self._said[child.pid]
        reader.join(_LOOK)  # what it left running may hold the line open
        return [text.rstrip("\n") for text in kept]

    def end(self, *children: subprocess.Popen[str]) -> None:
        """End processes, all at once."""
        for child in children:
            child.terminate()
        until = time.monotonic() + _LAST_WORDS
        for child in children:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for reader, _ in self._said.values():
            reader.join(_LOOK)


def _environment() -> dict[str, str]:
    """Our own, but for a simulated moment: when the child begins it is later."""
    simulated = {"LAMDONG_NOW": now().isoformat()} if "LAMDONG_NOW" in os.environ else {}
    return {**os.environ, **simulated}


def _read(child: subprocess.Popen[str], into: deque[str]) -> None:
    if child.stderr:
        with child.stderr:
            into.extend(child.stderr)


def end_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed; elsewhere there is no such thing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_WITH_PARENT, signal.SIGTERM)
