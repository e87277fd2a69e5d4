"""The history of an article: its versions, what changed between them, what its addresses answered."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import Any, Final, Literal

from archive.model import Block, body_of
from archive.web.visits import Refused, Visit

Kind = Literal["same", "out", "in"]

# What comparing costs: pairs of equal parts. Beyond it words give way to paragraphs, these to the whole.
_PAIRS: Final = 50_000
_MOST: Final = 3_000  # parts: where every other one differs, each match is sought anew
_PARTS: Final = (re.compile(r"\s*\S+\s*"), re.compile(r"(?:[^\n]|\n(?!\n))+\n*|\n+"))
_FIELDS: Final = ("title", "lead", "body")

_VERSIONS: Final = """
SELECT v.version, v.first_seen_at, v.reading, v.capture_id, c.fetched_at, c.digest
FROM versions v JOIN captures c ON c.id = v.capture_id WHERE v.article_id = ? ORDER BY v.version
"""
_OBSERVATIONS: Final = """
SELECT o.at, o.outcome, o.status FROM observations o JOIN urls u ON u.id = o.url_id
WHERE u.article_id = ? ORDER BY o.at, o.id
"""


@dataclass(slots=True, frozen=True)
class Piece:
    """A stretch of text that stayed, went out or came in."""

    kind: Kind
    text: str


@dataclass(slots=True, frozen=True)
class Version:
    """One version with its capture, and, field by field, what it changed in the one before."""

    version: int
    first_seen_at: str
    capture_id: int
    fetched_at: str
    digest: str
    title: str
    changes: dict[str, list[Piece]]


@dataclass(slots=True, frozen=True)
class Stretch:
    """Looks in a row that showed the same."""

    outcome: str
    status: int | None
    since: str
    until: str
    looks: int


@dataclass(slots=True, frozen=True)
class History:
    """All that is known of how an article fared."""

    id: int
    language: str
    versions: list[Version]
    observations: list[Stretch]

    @property
    def headlines(self) -> list[Version]:
        """The versions that changed the title."""
        return [each for each in self.versions if "title" in each.changes]


async def page(visit: Visit) -> Any:
    """Show what the newspaper changed in an article, and what its addresses answered."""
    return await visit.page("history.html", history=await _asked(visit))


async def data(visit: Visit) -> Any:
    """Give the history of an article as data."""
    found = asdict(await _asked(visit))
    return visit.data({name: found[name] for name in ("id", "versions", "observations")})


async def _asked(visit: Visit) -> History:
    article_id = visit.number("id")
    found = await visit.site.read(lambda db: history(db, article_id))
    if found is None:
        raise Refused(404, "no_article", id=article_id)
    return found


def history(db: sqlite3.Connection, article_id: int) -> History | None:
    """Return the history of an article, or None where there is none of that id."""
    rows = db.execute(_VERSIONS, [article_id]).fetchall()
    if not rows:
        return None
    readings = [json.loads(row["reading"]) for row in rows]
    texts = [_texts(reading) for reading in readings]
    changed = [{}, *(_changes(before, after) for before, after in pairwise(texts))]
    versions = [
        Version(
            row["version"], row["first_seen_at"], row["capture_id"], row["fetched_at"],
            row["digest"], text["title"], changes,
        )
        for row, text, changes in zip(rows, texts, changed, strict=True)
    ]  # fmt: skip
    looks = db.execute(_OBSERVATIONS, [article_id])
    return History(article_id, readings[-1]["language"], versions, list(_stretches(looks)))


def _texts(reading: dict[str, Any]) -> dict[str, str]:
    body = body_of([Block(**block) for block in reading["blocks"]])
    return {"title": reading["title"], "lead": reading["lead"] or "", "body": body}


def _changes(before: dict[str, str], after: dict[str, str]) -> dict[str, list[Piece]]:
    return {
        name: difference(before[name], after[name])
        for name in _FIELDS
        if before[name] != after[name]
    }


def _stretches(looks: Any) -> Iterator[Stretch]:
    """Looks of one outcome in a row."""
    for (outcome, status), run in groupby(looks, key=lambda row: (row["outcome"], row["status"])):
        moments = [row["at"] for row in run]
        yield Stretch(outcome, status, moments[0], moments[-1], len(moments))


def difference(before: str, after: str) -> list[Piece]:
    """Return how one text became another: by word, or by paragraph where there are very many words.

    >>> [(piece.kind, piece.text) for piece in difference("Giá cà phê tăng", "Giá cà phê giảm")]
    [('same', 'Giá cà phê '), ('out', 'tăng'), ('in', 'giảm')]
    """
    for part in _PARTS:
        old, new = part.findall(before), part.findall(after)
        if max(len(old), len(new)) > _MOST:
            continue
        counts = Counter(new)
        if sum(counts[each] for each in old) <= _PAIRS:
            return list(_pieces(old, new))
    return list(_pieces([before], [after]))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("out", "".join(old[a:b]))
        if d > c:
            yield Piece("in", "".join(new[c:d]))
