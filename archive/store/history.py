"""The history of an article when something older than its latest version comes in: versions stay in order of time."""

import sqlite3
from datetime import datetime

from archive.dates import timestamp
from archive.model import Article
from archive.store.articles import Articles, Change, reads_less


class History:
    """Puts readings of the past among the versions that are held. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection, articles: Articles) -> None:
        self._db, self._articles = connection, articles

    def put(
        self, article_id: int, article: Article, same: str, capture_id: int, at: datetime
    ) -> Change:
        """Keep a reading at its time; the latest version stays the latest.

        Nothing is new where the version before or after it has the same text; the one after was there already then.
        """
        after = self._after(article_id, at)
        if after is None or self._articles.is_copy(article_id):
            change = self._articles.put(article_id, article, same, capture_id, at)
        else:
            change = self._put_before(article_id, after, article, same, capture_id, at)
        self._begins(article_id, at)
        return change

    def _put_before(
        self,
        article_id: int,
        after: int,
        article: Article,
        same: str,
        capture_id: int,
        at: datetime,
    ) -> Change:
        """Keep a reading older than the version `after`."""
        if after > 1 and not self._articles.is_news(article_id, after - 1, article, same):
            return "unchanged"
        if not self._articles.is_news(article_id, after, article, same):
            if not reads_less(article, self._articles.layout_of(article_id, after)):
                self._was_there(article_id, after, at)
            return "unchanged"
        self._make_room(article_id, after)
        self._articles.insert_version(article_id, after, article, same, capture_id, at)
        return "changed"

    def _after(self, article_id: int, at: datetime) -> int | None:
        """The number of the first version seen later."""
        row = self._db.execute(
            "SELECT min(version) FROM versions WHERE article_id = ? AND first_seen_at > ?",
            [article_id, timestamp(at)],
        ).fetchone()
        return row[0]  # type: ignore[no-any-return]

    def _was_there(self, article_id: int, version: int, at: datetime) -> None:
        self._db.execute(
            "UPDATE versions SET first_seen_at = ? WHERE article_id = ? AND version = ?",
            [timestamp(at), article_id, version],
        )

    def _make_room(self, article_id: int, version: int) -> None:
        """Number this version and those after it one higher; by way of negative numbers, for numbers are unique."""
        self._db.execute(
            "UPDATE versions SET version = -1 - version WHERE article_id = ? AND version >= ?",
            [article_id, version],
        )
        self._db.execute(
            "UPDATE versions SET version = -version WHERE article_id = ? AND version < 0",
            [article_id],
        )
        self._db.execute("UPDATE articles SET version = version + 1 WHERE id = ?", [article_id])

    def _begins(self, article_id: int, at: datetime) -> None:
        self._db.execute(
            "UPDATE articles SET first_seen_at = :at WHERE id = :id AND first_seen_at > :at",
            {"id": article_id, "at": timestamp(at)},
        )

    def address(self, article_id: int) -> str:
        """Return the address that is the article's own."""
        row = self._db.execute("SELECT url FROM articles WHERE id = ?", [article_id]).fetchone()
        return str(row["url"])
