"""The history of an article: its versions, what changed between them, and who knew what when."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any, Final, Literal

from archive.model import Block, body_of
from archive.web.differences import Effort, Piece, difference, shown
from archive.web.visits import Refused, Visit
from archive.web.withheld import absent

_PAGE: Final = 10  # versions
_LOOKS: Final = 10_000  # observations read for one page
_STRETCHES: Final = 200  # shown
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_FIELDS: Final = ("title", "lead", "body")
_LAST: Final = 2**63 - 1
_FOREVER: Final = "~"  # sorts behind every moment

_ARTICLE: Final = "SELECT title, language FROM articles WHERE id = ?"
_VERSIONS: Final = """
SELECT v.version, v.first_seen_at, v.reading, v.capture_id, c.fetched_at, c.digest
FROM versions v JOIN captures c ON c.id = v.capture_id
WHERE v.article_id = ? AND v.version < ? ORDER BY v.version DESC LIMIT ?
"""
_NEXT: Final = "SELECT first_seen_at FROM versions WHERE article_id = ? AND version = ?"
_OBSERVATIONS: Final = """
SELECT o.at, o.outcome, o.status FROM observations o JOIN urls u ON u.id = o.url_id
WHERE u.article_id = ? AND o.at >= ? AND o.at < ? ORDER BY o.at DESC, o.id DESC LIMIT ?
"""


@dataclass(slots=True, frozen=True)
class Version:
    """One version with its capture, and, field by field, what it changed in the one before.

    `published_at` and `modified_at` are what the newspaper stated, None where it stated nothing new.
    """

    version: int
    first_seen_at: str
    capture_id: int
    fetched_at: str
    digest: str
    title: str
    published_at: str | None
    modified_at: str | None
    changes: dict[str, list[Piece]]

    @property
    def shown(self) -> dict[str, list[Piece]]:
        """The changes as a page shows them: of what stayed only what is near a change."""
        return {name: shown(pieces) for name, pieces in self.changes.items()}


@dataclass(slots=True, frozen=True)
class Stretch:
    """Looks in a row that showed the same."""

    outcome: str
    status: int | None
    since: str
    until: str
    looks: int


@dataclass(slots=True, frozen=True)
class Event:
    """One line of the time line: what the newspaper stated, or what the archive saw."""

    at: str  # as long as it is exact
    what: Literal["published", "modified", "version", "look"]
    version: int | None = None
    look: Stretch | None = None

    @property
    def moment(self) -> tuple[datetime, int]:
        """Where it stands; a day or a month begins it, and a version is there before it is looked at."""
        at = self.at if "T" in self.at else f"{self.at}-01"[:10] + "T00:00:00+07:00"
        try:
            return datetime.fromisoformat(at).astimezone(UTC), self.what == "look"
        except (ValueError, OverflowError):  # no date, or the end of all: before all others
            return _FIRST, False


@dataclass(slots=True, frozen=True)
class History:
    """How an article fared: the latest versions, or those before one, and what was seen meanwhile."""

    id: int
    title: str
    language: str
    versions: list[Version]
    observations: list[Stretch]
    is_latest: bool

    @property
    def headlines(self) -> list[Version]:
        """The versions that changed the title."""
        return [each for each in self.versions if "title" in each.changes]

    @property
    def earlier(self) -> int | None:
        """The number of the version before which there are more."""
        first = self.versions[0].version
        return first if first > 1 else None

    @property
    def events(self) -> list[Event]:
        """All of it in the order of time."""
        stated = [event for version in self.versions for event in _events(version)]
        seen = [Event(each.since, "look", look=each) for each in self.observations]
        return sorted([*stated, *seen], key=lambda event: event.moment)


async def page(visit: Visit) -> Any:
    """Show what the newspaper changed in an article, and what its addresses answered: `?before=VERSION`."""
    found = await _asked(visit)
    return await visit.page("history.html", history=found, earlier=_earlier(visit, found))


async def data(visit: Visit) -> Any:
    """Give the history of an article as data."""
    found = await _asked(visit)
    facts = asdict(found)
    earlier = _earlier(visit, found, ".json")
    named = {name: facts[name] for name in ("id", "versions", "observations")}
    return visit.data({**named, "earlier": earlier})


def _earlier(visit: Visit, found: History, ending: str = "") -> str | None:
    path = f"/articles/{found.id}/history{ending}"
    return visit.link(path, before=found.earlier) if found.earlier else None


async def _asked(visit: Visit) -> History:
    article_id, before = visit.number("id"), visit.args.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) <= 18):
        raise Refused(400, "bad_version")
    number = int(before) if before else None
    found = await visit.site.read(lambda db: history(db, article_id, number))
    if found is None:
        raise await absent(visit, article_id)
    return found


def history(db: sqlite3.Connection, article_id: int, before: int | None = None) -> History | None:
    """Return a page of the history of an article, or None where there is none of that id or before that version."""
    article = db.execute(_ARTICLE, [article_id]).fetchone()
    # One more than is shown: what the oldest of the page is compared with.
    rows = db.execute(_VERSIONS, [article_id, before or _LAST, _PAGE + 1]).fetchall()[::-1]
    if article is None or not rows:
        return None
    versions = _versions(rows)[-_PAGE:]
    following = db.execute(_NEXT, [article_id, versions[-1].version + 1]).fetchone()
    return History(
        id=article_id,
        title=article["title"],
        language=article["language"],
        versions=versions,
        observations=_looks(db, article_id, versions[0], following),
        is_latest=following is None,
    )


def _versions(rows: list[Any]) -> list[Version]:
    readings = [json.loads(row["reading"]) for row in rows]
    effort = Effort()
    changed = [_changes(*pair, effort) for pair in pairwise(map(_texts, readings))]
    stated = [_stated(*pair) for pair in pairwise([{}, *readings])]
    return [
        Version(**_known(row), title=reading["title"], **said, changes=changes)
        for row, reading, said, changes in zip(rows, readings, stated, [{}, *changed], strict=True)
    ]


def _known(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name != "reading"}  # noqa: SIM118 - values else


def _texts(reading: dict[str, Any]) -> dict[str, str]:
    body = body_of([Block(**block) for block in reading["blocks"]])
    return {"title": reading["title"], "lead": reading["lead"] or "", "body": body}


def _changes(
    before: dict[str, str], after: dict[str, str], effort: Effort
) -> dict[str, list[Piece]]:
    return {
        name: difference(before[name], after[name], effort)
        for name in _FIELDS
        if before[name] != after[name]
    }


def _stated(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The times the newspaper states, where it did not state the same before."""
    names = ("published_at", "modified_at")
    return {name: after[name] if after[name] != before.get(name) else None for name in names}


def _looks(
    db: sqlite3.Connection, article_id: int, first: Version, following: Any
) -> list[Stretch]:
    """What was seen from the first version on, the very beginning included, until there was another."""
    since = first.first_seen_at if first.version > 1 else ""
    until = following["first_seen_at"] if following else _FOREVER
    rows = db.execute(_OBSERVATIONS, [article_id, since, until, _LOOKS]).fetchall()[::-1]
    return list(_stretches(rows))[-_STRETCHES:]


def _stretches(looks: Iterable[Any]) -> Iterator[Stretch]:
    """Looks of one outcome in a row."""
    for (outcome, status), run in groupby(looks, key=lambda row: (row["outcome"], row["status"])):
        moments = [row["at"] for row in run]
        yield Stretch(outcome, status, moments[0], moments[-1], len(moments))


def _events(version: Version) -> Iterator[Event]:
    if version.published_at:
        yield Event(version.published_at, "published")
    if version.modified_at:
        yield Event(version.modified_at, "modified")
    yield Event(version.first_seen_at, "version", version.version)
