"""Articles and their versions: one identity, many addresses, an append-only history."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Literal

from archive.dates import timestamp, vietnamese_day
from archive.model import Article
from archive.reading import is_same, packed, unpacked
from archive.store.index import Index
from archive.store.journal import act

Change = Literal["new", "changed", "unchanged"]

COPY: Final = "republished"  # the layout of copies on other sites, which stand in for the original
_LAST_ID: Final = """
SELECT max(id) AS id FROM (SELECT max(id) AS id FROM articles WHERE id BETWEEN :first AND :last
  UNION ALL SELECT max(given_id) FROM urls WHERE given_id BETWEEN :first AND :last)
"""
_LOWER: Final = {"generic": 1, COPY: 0}  # layouts that read less well than those made for a page


class Articles:
    """The `articles` and `versions` tables. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection, index: Index) -> None:
        self._db, self._index = connection, index
        self._given: dict[str, int] = {}  # by key of the address
        self._last_given: dict[int, int] = {}  # by day

    def at(self, sources: list[int], article: Article, same: str) -> int | None:
        """Return the article a reading belongs to, or None where it is a new one.

        In order: it has one of these addresses (the one asked, and those that moved there); the page gives one
        of its addresses as canonical; or it has the same day, title and text (`same`, their digest).
        """
        marks = ", ".join("?" for _ in sources)
        row = self._db.execute(
            f"SELECT article_id FROM urls WHERE id IN ({marks}) AND article_id IS NOT NULL LIMIT 1",
            sources,
        ).fetchone()
        return int(row["article_id"]) if row else self._twin(article, same)

    def _twin(self, article: Article, same: str) -> int | None:
        if article.canonical_url and article.canonical_url != article.url:
            row = self._db.execute(
                "SELECT article_id FROM urls WHERE url = ? AND article_id IS NOT NULL",
                [article.canonical_url],
            ).fetchone()
            if row:
                return int(row["article_id"])
        if not article.published_at or not article.body:
            return None
        row = self._db.execute(
            "SELECT article_id FROM versions WHERE same_text = ? LIMIT 1", [same]
        ).fetchone()
        return int(row["article_id"]) if row else None

    def new_id(self, url_id: int, article: Article, at: datetime) -> int:
        """Return an id not yet given: the day of publication as far as known, times 10,000, plus a number.

        One that was given to this address before is given again.
        """
        row = self._db.execute(
            "SELECT key, coalesce(given_id, 0) AS given, dated FROM urls WHERE id = ?", [url_id]
        ).fetchone()
        given = self._given.get(row["key"]) or int(row["given"])
        if given and not self.version_of(given):
            return given
        base = _day_number(article.published_at or row["dated"], vietnamese_day(at)) * 10_000
        last = self._db.execute(_LAST_ID, {"first": base, "last": base + 9_999})
        return max(last.fetchone()["id"] or base, self._last_given.get(base, base)) + 1

    @act("keeps id")
    def keep_id(self, key: str, article_id: int) -> None:
        """Keep an id for an address whose article was lost, till that is had again; nobody else gets it."""
        self._db.execute("UPDATE urls SET given_id = ? WHERE key = ?", [article_id, key])

    def give(self, key: str, article_id: int) -> None:
        """Keep an id for the article of an address: the journal says that it was given."""
        base = article_id - article_id % 10_000
        self._given[key] = article_id
        self._last_given[base] = max(article_id, self._last_given.get(base, base))

    def give_those_unknown(self, ids: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
        """Keep ids likewise, by key of an address, where the journal says nothing; return those."""
        unknown = [each for each in ids if each[0] not in self._given]
        for key, article_id in unknown:
            self.give(key, article_id)
        return unknown

    def is_given(self, article_id: int, key: str) -> bool:
        """Return whether the journal says that an article got its id by this address."""
        return self._given.get(key) == article_id

    def version_of(self, article_id: int) -> int:
        """Return the number of the latest version, 0 where there is no such article."""
        row = self._db.execute("SELECT version FROM articles WHERE id = ?", [article_id]).fetchone()
        return int(row["version"]) if row else 0

    def put(
        self, article_id: int, article: Article, same: str, capture_id: int, at: datetime
    ) -> Change:
        """Keep a reading: version 1, the next version where title, lead or text changed, else nothing.

        What was read from a copy yields to the original: that is no change of the newspaper's text.
        """
        version = known = self.version_of(article_id)
        if version and article.layout != COPY and self.is_copy(article_id):
            self._db.execute("DELETE FROM versions WHERE article_id = ?", [article_id])
            version = 0
        elif version and not self.is_news(article_id, version, article, same):
            return "unchanged"
        self._put_article(article_id, article, version + 1, at, is_known=bool(known))
        self.insert_version(article_id, version + 1, article, same, capture_id, at)
        self._index.put(article_id, article)
        return "changed" if known else "new"

    def insert_version(
        self,
        article_id: int,
        version: int,
        article: Article,
        same: str,
        capture_id: int,
        at: datetime,
    ) -> None:
        """Add a version under a number that is free."""
        self._db.execute(
            "INSERT INTO versions (article_id, version, capture_id, first_seen_at, same_text, reading)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [article_id, version, capture_id, timestamp(at), same, packed(article)],
        )

    def is_copy(self, article_id: int) -> bool:
        """Return whether an article is known only from a copy on another site."""
        row = self._db.execute("SELECT layout FROM articles WHERE id = ?", [article_id]).fetchone()
        return row is not None and row["layout"] == COPY

    def layout_of(self, article_id: int, version: int) -> str:
        """Return which layout read a version."""
        row = self._db.execute(
            "SELECT reading ->> 'layout' FROM versions WHERE article_id = ? AND version = ?",
            [article_id, version],
        ).fetchone()
        return str(row[0])

    def is_news(self, article_id: int, version: int, article: Article, same: str) -> bool:
        """Return whether a reading has another text than a version, and is no worse a reading."""
        row = self._db.execute(
            "SELECT v.reading, v.same_text, a.url FROM versions v JOIN articles a ON a.id = v.article_id"
            " WHERE v.article_id = ? AND v.version = ?",
            [article_id, version],
        ).fetchone()
        latest = unpacked(row["reading"], row["url"])
        if reads_less(article, latest.layout):
            return False
        # Another system's rendering differs in quotes and spaces; only other words make another version there.
        rendered_anew = article.layout != latest.layout and row["same_text"] == same
        return not (is_same(article, latest) or rendered_anew)

    def _put_article(
        self, article_id: int, article: Article, version: int, at: datetime, *, is_known: bool
    ) -> None:
        fields = {
            "url": article.url,
            "version": version,
            "title": article.title,
            "lead": article.lead,
            "section": article.section,
            "section_slug": article.section_slug,
            "authors": json.dumps(article.authors, ensure_ascii=False),
            "tags": json.dumps(article.tags, ensure_ascii=False),
            "published_at": article.published_at,
            "published_precision": article.published_precision,
            "kind": article.kind,
            "language": article.language,
            "layout": article.layout,
        }
        if is_known:
            del fields["url"]
            assignments = ", ".join(f"{name} = :{name}" for name in fields)
            self._db.execute(
                f"UPDATE articles SET {assignments} WHERE id = :id", {**fields, "id": article_id}
            )
            return
        fields |= {"id": article_id, "newspaper": "baolamdong", "first_seen_at": timestamp(at)}
        names = ", ".join(fields)
        self._db.execute(f"INSERT INTO articles ({names}) VALUES (:{', :'.join(fields)})", fields)

    def join(self, article_id: int, url_ids: list[int], canonical: str | None = None) -> None:
        """Give an article these addresses and the one its page calls canonical."""
        for url_id in url_ids:
            self._db.execute("UPDATE urls SET article_id = ? WHERE id = ?", [article_id, url_id])
        row = self._db.execute("SELECT url FROM articles WHERE id = ?", [article_id]).fetchone()
        if (
            len(url_ids) == 1
            and canonical in (None, row["url"])
            and self._is_at(url_ids[0], row["url"])
        ):
            return
        if canonical:
            self._db.execute(
                "UPDATE urls SET article_id = ? WHERE url = ? AND article_id IS NULL",
                [article_id, canonical],
            )
        self._choose_address(article_id, row["url"], canonical)

    def _is_at(self, url_id: int, url: str) -> bool:
        row = self._db.execute("SELECT url FROM urls WHERE id = ?", [url_id]).fetchone()
        return bool(row["url"] == url)

    def _choose_address(self, article_id: int, now: str, canonical: str | None) -> None:
        """Its own address is what its page calls canonical, else the one of the newest system."""
        best = self._db.execute(
            "SELECT url FROM urls WHERE article_id = ? AND kind = 'article' AND moved_to IS NULL"
            " ORDER BY url = ? DESC, substr(key, 1, 1) DESC, id LIMIT 1",
            [article_id, canonical],
        ).fetchone()
        if best and best["url"] != now:
            self._db.execute("UPDATE articles SET url = ? WHERE id = ?", [best["url"], article_id])


def reads_less(article: Article, layout: str) -> bool:
    """Return whether an article was read by a layout that reads less well than `layout`."""
    return _LOWER.get(article.layout, 2) < _LOWER.get(layout, 2)


def _day_number(published_at: str | None, otherwise: date) -> int:
    """Return YYYYMMDD; a month alone is its day 00.

    >>> _day_number("2022-03", date(2026, 1, 1)), _day_number(None, date(2026, 1, 2))
    (20220300, 20260102)
    """
    day = (published_at or otherwise.isoformat())[:10]
    return int(day.replace("-", "").ljust(8, "0"))
