"""Opening an archive to crawl into: with what its WARC files say of how they were made."""

from pathlib import Path

from archive.store import Archive
from crawler import settings


def info() -> dict[str, str]:
    """Return what the `warcinfo` record of a file says of this program's settings."""
    return {
        "operator": settings.CONTACT,
        "robots": "obey, Crawl-delay applied",
        "http-header-user-agent": settings.USER_AGENT,
    }


def open_archive(folder: Path) -> Archive:
    """Return the archive in `folder`, made if new. Raises Locked or ArchiveError."""
    return Archive(folder, info())
