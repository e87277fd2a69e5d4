"""The command `lamdong verify`: faults as they are found, progress, the result kept; with --repair what mends them."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from archive import verified
from archive.cli import DAMAGED
from archive.cli_boundary import archive_option
from archive.progress_bar import Shown, shown
from archive.searching import index_again
from archive.store import Opener
from archive.store.damage import UNREADABLE, unreadable
from archive.store.opening import DATABASE
from archive.verifying import Listener, Tools, faults
from archive.verifying_sample import sample_faults

_INDEX: Final = "search index: "
Rebuild = Callable[
    [Path], int
]  # makes the database anew from the WARC, with what it has to say; an exit status


def verify_command(tools: Callable[[], Tools], rebuild: Rebuild) -> click.Command:
    """Return the command, with what only the crawler can do."""

    @click.command()
    @archive_option
    @click.option(
        "--sample", type=click.IntRange(1), help="Look only at so many captures, at random."
    )
    @click.option(
        "--repair", is_flag=True, help="Make anew what can be: search index, rows from records."
    )
    @click.pass_obj
    def verify(opener: Opener, archive: Path, sample: int | None, repair: bool) -> None:
        """Check files, rows and search index against each other; exit status 4 where there is damage.

        \b
        Example:
          lamdong verify --sample 200
        """
        handed = tools()
        found = _checked(archive, handed, sample)
        if found and repair and _repaired(archive, found, rebuild, opener):
            found = _checked(archive, handed, sample)
        sys.exit(DAMAGED if found else 0)

    return verify


def _checked(archive: Path, tools: Tools, sample: int | None) -> list[str]:
    """Check, print each fault when it is found, keep the result; return what was found."""
    began, found = time.monotonic(), []
    with shown() as progress:
        for fault in _faults(archive, tools, sample, progress):
            found.append(fault)
            click.echo(fault)
    with suppress(OSError):  # a folder that cannot be written to can be checked all the same
        verified.keep(archive, time.monotonic() - began, sample, found)
    what = f"{len(found):,} faults found" if found else "sound"
    of = f" (a sample of {sample:,} captures)" if sample else ""
    click.echo(f"{archive}: {what}{of}; nothing was changed.", err=True)
    return found


def _faults(archive: Path, tools: Tools, sample: int | None, progress: Shown) -> Iterator[str]:
    listener = Listener(progress.begin, lambda text: click.echo(text, err=True))
    try:
        if sample:
            yield from sample_faults(archive, tools, sample, listener)
        else:
            yield from faults(archive, tools, listener)
    except UNREADABLE as error:
        yield str(unreadable(error, archive / DATABASE))


def _repaired(archive: Path, found: list[str], rebuild: Rebuild, opener: Opener) -> bool:
    """Make anew what can be, and return whether anything was; a damaged record cannot, and its row is kept."""
    warc = str(archive / "warc")
    if all(fault.startswith(_INDEX) for fault in found):
        index_again(archive, opener)
        return True
    if any(fault.startswith(warc) and "is in no row" not in fault for fault in found):
        click.echo(
            f"{archive}: files in warc/ are damaged; a database made from them would have less than this one."
            " Bring the files back from a backup first; nothing was changed.",
            err=True,
        )
        return False
    kept = _aside(archive)
    click.echo(f"{archive}: the damaged database is kept as {kept.name}." if kept else "", err=True)
    rebuild(archive)
    return True


def _aside(archive: Path) -> Path | None:
    """Copy the damaged database beside itself: what is wrong in it is evidence, too."""
    database = archive / DATABASE
    if not database.exists():
        return None
    kept = database.with_name(f"{DATABASE}.damaged-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}")
    shutil.copy2(database, kept)
    return kept
