"""The one way in which whatever writes opens an archive: what a run that died left is taken over first."""

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import click

from archive.store import Archive, ArchiveError
from archive.store.archive import described
from archive.store.damage import UNREADABLE, unreadable
from archive.store.read_by import note_extraction
from archive.store.tail import is_ahead
from crawler import settings
from crawler.recovering import recover
from crawler.version import extraction


def info() -> dict[str, str]:
    """Return what the `warcinfo` record of a file says of this program's settings."""
    commit = _commit()
    return {
        **({"commit": commit} if commit else {}),
        **({"operator": settings.CONTACT} if settings.CONTACT else {}),
        "robots": "obey, Crawl-delay applied",
        "http-header-user-agent": settings.USER_AGENT,
        "settings": f"answers of at most {settings.DOWNLOAD_MAXSIZE} bytes, packed or not, waited for"
        f" {settings.DOWNLOAD_TIMEOUT} s; the plan of each run is in its metadata record",
    }


@cache
def _commit() -> str | None:
    """The commit this program stands at, where it runs from a clone."""
    clone = Path(__file__).parent.parent
    if not (clone / ".git").exists():
        return None
    try:
        asked = ["git", "-C", str(clone), "rev-parse", "HEAD"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() or None


def open_archive(folder: Path) -> Archive:
    """Return the archive in `folder`, made if new, to crawl or import into. Raises Locked or ArchiveError.

    Its WARC files say how this program is set up: where that has changed, a new one is begun.
    """
    return _recovered(lambda: Archive(folder, info()))


def open_to_note(folder: Path) -> Archive:
    """Return the archive in `folder` for who fetches nothing: its newest WARC file goes on as it is."""
    return _recovered(lambda: Archive(folder))


def _recovered(opened: Callable[[], Archive]) -> Archive:
    """Take over what has no rows, make rows anew that are ahead of the files, and say what had to be mended."""
    archive = opened()
    if archive.torn:
        name, cut = archive.torn.path.name, archive.torn.cut
        told = f"{name}: {cut} bytes of a record cut short by a crash were removed."
        click.echo(told, err=True)
    try:
        if is_ahead(archive.folder, archive.db):
            archive.close()
            asked_again = _made_anew(archive.folder)
            archive = opened()
            archive.asked_again = asked_again
        note_extraction(archive.db, extraction())
        archive.taken_over = recover(archive, delay=0)
    except (*UNREADABLE, OSError) as error:
        with suppress(sqlite3.Error):
            archive.close()
        if isinstance(error, sqlite3.Error | OSError):
            raise ArchiveError(described(error, archive)) from error
        raise unreadable(error, archive.database()) from error
    return archive


def _made_anew(folder: Path) -> int | None:
    from crawler.rebuilding import rebuild

    if lost := rebuild(folder).lost:
        click.echo(f"{folder}: {lost}", err=True)
    return lost.again if lost else None
