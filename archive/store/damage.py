"""What damaged rows make of whoever reads them: not only errors of SQLite's.

A flipped bit may leave text that is no UTF-8, JSON that is cut, a number where there was a list; SQLite sees nothing
wrong with any of these, and what reads them raises whatever it raises.
"""

import sqlite3
from pathlib import Path
from typing import Final

from archive.store.opening import ArchiveError, DamagedDatabase, failure, one_line

# UnicodeDecodeError and JSONDecodeError are ValueErrors, OverflowError is an ArithmeticError.
UNREADABLE: Final = (
    sqlite3.Error,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)


def unreadable(error: Exception, database: Path) -> ArchiveError:
    """Return the error a user is shown where the rows of a database could not be read."""
    if isinstance(error, sqlite3.Error):
        return failure(error, database)
    return DamagedDatabase(
        f"{database}: what it holds makes no sense ({type(error).__name__}: {one_line(error)}); `lamdong verify`"
        " says whether it is damaged, `lamdong rebuild` makes it anew from warc/. If it is sound, please report this."
    )
