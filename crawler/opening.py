"""The one way in which whatever writes opens an archive: what a run that died left is taken over first."""

import sqlite3
import subprocess
from functools import cache
from pathlib import Path

import click

from archive.store import Archive, ArchiveError
from archive.store.archive import described
from archive.store.read_by import note_extraction
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
    return _recovered(Archive(folder, info()))


def open_to_note(folder: Path) -> Archive:
    """Return the archive in `folder` for who fetches nothing: its newest WARC file goes on as it is."""
    return _recovered(Archive(folder))


def _recovered(archive: Archive) -> Archive:
    """Take over what has no rows, and say what had to be mended."""
    if archive.torn:
        name, cut = archive.torn.path.name, archive.torn.cut
        told = f"{name}: {cut} bytes of a record cut short by a crash were removed."
        click.echo(told, err=True)
    try:
        note_extraction(archive.db, extraction())
        archive.taken_over = recover(archive, delay=0)
    except (sqlite3.Error, OSError) as error:
        archive.close()
        raise ArchiveError(described(error, archive)) from error
    return archive
