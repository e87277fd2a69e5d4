"""Options that name something in the archive: what it does not have is a usage error that says the nearest it has."""

import sqlite3

import click

from archive.search import Filters, naming


def require_known(db: sqlite3.Connection, filters: Filters) -> None:
    """Raise a usage error where a filter names nothing in the archive."""
    if missed := naming.unknown(db, filters):
        raise _nothing(db, missed)


def section_path(db: sqlite3.Connection, spelling: str) -> str:
    """Return the path of a section as the archive has it. Raises a usage error where it has none of that name."""
    path = naming.section(db, spelling)
    if path is None:
        raise _nothing(db, naming.Unknown("section", spelling))
    return path


def _nothing(db: sqlite3.Connection, missed: naming.Unknown) -> click.UsageError:
    near = naming.nearest(db, missed)
    but = f"; the nearest is {near!r}" if near else ""
    return click.UsageError(f"The archive has no {missed.field} {missed.shown!r}{but}.")
