"""What is withheld, as the site says it: 410, since when and why.

Not 451, which says that a law demands it (RFC 7725): the program knows only that the operator wants it. 410 says that
it is not available here, on purpose (RFC 9110, 15.5.11).
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from archive.spellings import is_named, texts_of
from archive.store.holding import names_withheld
from archive.store.opening import open_database
from archive.web.visits import Refused, Visit
from archive.web.words import Words

_WHY: Final = "SELECT since, why FROM withheld WHERE subject = ?"
_OF_CAPTURE: Final = """
SELECT since, why FROM withheld_parts p JOIN withheld w ON w.subject = p.subject WHERE p.kind = 'capture' AND p.id = ?
"""


class Withheld(Refused):
    """What was asked for is withheld."""

    def __init__(self, since: str, why: str) -> None:
        super().__init__(410, "withheld_since")
        self.since, self.why = since, why
        self.facts = {"withheld": {"since": since, "why": why}}

    def sentence(self, words: Words) -> str:
        """Return since when it is withheld, and why."""
        return words(self.text, since=words.moment(self.since), why=self.why)


async def absent(visit: Visit, article_id: int) -> Refused:
    """Return why there is no article of this id: it is withheld, or the archive has none."""
    row = await visit.site.read(lambda db: db.execute(_WHY, [str(article_id)]).fetchone())
    return Withheld(*row) if row else Refused(404, "no_article", id=article_id)


def of_capture(db: sqlite3.Connection, capture_id: int) -> Withheld | None:
    """Return why a capture is not served, or None where it is."""
    row = db.execute(_OF_CAPTURE, [capture_id]).fetchone()
    return Withheld(*row) if row else None


def named_in(folder: Path, content: bytes) -> Withheld | None:
    """Return why bytes are not served that link to a withheld article or give its title: lists, other articles.

    Reads by a connection of its own, for a served one may not know the titles.
    """
    texts = texts_of(content)
    with closing(open_database(folder, writable=False)) as db:
        for subject, names in names_withheld(db).items():
            if is_named(names, texts):
                return Withheld(*db.execute(_WHY, [subject]).fetchone())
    return None
