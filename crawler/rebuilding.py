"""`lamdong rebuild`: a new database from the WARC alone, with today's reading of every capture, on all cores.

Workers read ranges of the files again; one writer takes what they read in the order of the records, as the journal
has it. The new database is made beside the old one and takes its place at the end (`archive.store.replacing`).
"""

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from archive.store.books import Books
from archive.store.comparing import Changes, compared
from archive.store.former import Lost, former
from archive.store.opening import DATABASE, ArchiveError, explained, open_database, take_lock
from archive.store.read_by import note_extraction
from archive.store.replacing import NEW, discard, replace
from archive.terminal import canvas, guard
from archive.warc import Damage, Torn, WarcFolder
from archive.warc_files import warc_files
from archive.warc_ranges import metadata
from crawler.cores import Show, read_files
from crawler.opening import info
from crawler.replaying import Replay
from crawler.reread import Noted, read_again
from crawler.version import extraction

_SPAN: Final = 5.0  # seconds of a transaction: the index is written faster in large parts
_EVERY: Final = 30.0  # seconds between lines where there is no terminal
DONE: Final = 0
NEEDS_A_PERSON: Final = 3
DAMAGED: Final = 4


@dataclass(slots=True)
class Rebuilt:
    """What came of a rebuild: what changed, and what was passed over."""

    changes: Changes
    captures: int = 0
    damages: list[str] = field(default_factory=list)
    torn: Torn | None = None
    lost: Lost | None = None  # what the former database knew and the files do not hold


def rebuild(
    folder: Path, *, dry_run: bool = False, workers: int | None = None, show: Show | None = None
) -> Rebuilt:
    """Make the database anew; with `dry_run` only say what would change.

    `workers` is how many processes read; 0 reads in this one. Raises Locked, and ArchiveError where the disk is full
    or there is nothing to make it from: then the old database is as it was.
    """
    lock = take_lock(folder)
    try:
        return _rebuild(folder, dry_run, workers, show or (lambda _done, _total: None))
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(explained(error, folder)) from error
    except BrokenExecutor as error:
        raise ArchiveError(
            f"{folder}: a process that was reading died (out of memory?); the database is as it was."
        ) from error
    finally:
        discard(folder)
        os.close(lock)


def _rebuild(folder: Path, dry_run: bool, workers: int | None, show: Show) -> Rebuilt:
    discard(folder)
    warc = WarcFolder(folder, info=info())
    torn = None if dry_run else warc.repair()
    files = warc_files(folder, "*.warc*")
    with (
        former(folder, only_look=dry_run) as before,
        closing(open_database(folder, writable=True, name=NEW)) as db,
    ):
        if not (files or before):
            none = "there are no WARC files to make a database from."
            raise ArchiveError(f"{folder / 'warc'}: {none}")
        db.execute("PRAGMA synchronous = OFF")  # until it is whole nobody needs it
        note_extraction(db, extraction())
        books = Books(db, span=_SPAN)
        replay = Replay(books, folder)
        for path in files:
            replay.expect(item for item in read_again(metadata(path)) if isinstance(item, Noted))
        ids = books.articles.give_those_unknown(before.ids() if before else ())
        damages = _fill(replay, books, files, workers, show)
        captures = int(db.execute("SELECT count(*) FROM captures").fetchone()[0])
        if not dry_run:
            _journal_ids(replay, warc)
        lost = before.carry(books, ids, warc) if before else None
    result = Rebuilt(compared(folder / NEW, folder / DATABASE), captures, damages, torn, lost)
    if not dry_run:
        replace(folder)
    return result


def _fill(
    replay: Replay, books: Books, files: list[Path], workers: int | None, show: Show
) -> list[str]:
    """Take all that the files hold into the books; return what was passed over."""
    damages = []
    for item in read_files(files, workers, show):
        if isinstance(item, Damage):
            damages.append(str(item))
        else:
            replay.take(item)
            books.settle()
    replay.finish()
    books.close()
    return damages + replay.faults


def _journal_ids(replay: Replay, warc: WarcFolder) -> None:
    """Note the ids given now: an id once given never changes."""
    for article_id, url, at in replay.given:
        warc.append_metadata({"article": article_id}, url=url, at=at)
    warc.close()


# -- for people -----------------------------------------------------------------------------------


def run_rebuild(folder: Path, *, dry_run: bool) -> int:
    """Rebuild with progress, print what changed and what was passed over; return the exit status."""
    with _progress() as show:
        rebuilt = rebuild(folder, dry_run=dry_run, show=show)
    for line in rebuilt.changes.lines():
        click.echo(line)
    for damage in rebuilt.damages:
        click.echo(f"passed over: {damage}", err=True)
    if rebuilt.torn:
        click.echo(
            f"{rebuilt.torn.path.name}: {rebuilt.torn.cut} bytes of a record cut short by a crash were removed.",
            err=True,
        )
    if rebuilt.lost:
        click.echo(f"{folder}: {rebuilt.lost}", err=True)
    done = "Nothing was written: a dry run." if dry_run else "The database was made anew."
    click.echo(f"{folder}: {rebuilt.captures:,} captures read again. {done}", err=True)
    return DAMAGED if rebuilt.damages else NEEDS_A_PERSON if rebuilt.lost else DONE


@contextmanager
def _progress() -> Iterator[Show]:
    """A bar on a terminal; elsewhere a plain line now and then. Both on standard error."""
    if not sys.stderr.isatty():
        yield _line_by_line()
        return
    columns = (TextColumn("Reading"), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    console = Console(file=canvas())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        guard()  # rich has put streams of its own in place while the bar is shown
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _line_by_line() -> Show:
    said = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said > _EVERY:
            said = time.monotonic()
            click.echo(f"{done / total:.0%} of {total // 2**20:,} MB read again", err=True)

    return show
