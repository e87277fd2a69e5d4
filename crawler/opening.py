"""Opening an archive to crawl into: with what its WARC files and its database say of how they were made."""

import sqlite3
import subprocess
from functools import cache
from pathlib import Path

from archive.store import Archive, ArchiveError
from archive.store.opening import DATABASE, explained
from archive.store.read_by import note_extraction
from crawler import settings
from crawler.version import extraction


def info() -> dict[str, str]:
    """Return what the `warcinfo` record of a file says of this program's settings."""
    commit = _commit()
    return {
        **({"commit": commit} if commit else {}),
        "operator": settings.CONTACT,
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
    """Return the archive in `folder`, made if new. Raises Locked or ArchiveError."""
    archive = Archive(folder, info())
    try:
        note_extraction(archive.db, extraction())
    except sqlite3.Error as error:
        archive.close()
        raise ArchiveError(explained(error, folder / DATABASE)) from error
    return archive
