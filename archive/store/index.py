"""The search index beside the articles: written in the same transaction, with the spellings of today's rules."""

import sqlite3

from archive.model import Article
from archive.vietnamese import normalise, spellings


class Index:
    """The `texts` and `search` tables. Nothing here commits.

    Articles are saved up and written together at the end of their transaction: FTS5 flushes what it gathered
    at almost every write to another table, and many small segments cost a third of all keeping.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._waiting: dict[int, Article] = {}

    def put(self, article_id: int, article: Article) -> None:
        """Index the latest version of an article, in place of what was indexed before, with the next `write`."""
        self._waiting[article_id] = article

    def write(self) -> None:
        """Write what was put, to be called last before a commit."""
        for article_id, article in self._waiting.items():
            self._replace(article_id, article)
        self._waiting.clear()

    def _replace(self, article_id: int, article: Article) -> None:
        self.drop(article_id)
        row = (article_id, normalise(article.title), normalise(_searched(article)), _marks(article))
        self._db.execute("INSERT INTO texts (id, title, body, marks) VALUES (?, ?, ?, ?)", row)
        self._db.execute(
            "INSERT INTO search (rowid, title_exact, title_folded, body_exact, body_folded, marks)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            _indexed(*row),
        )

    def drop(self, article_id: int) -> None:
        """Take an article out of the index."""
        row = self._db.execute(
            "SELECT id, title, body, marks FROM texts WHERE id = ?", [article_id]
        ).fetchone()
        if row is None:
            return
        # FTS5 must be given the very words that were indexed.
        self._db.execute(
            "INSERT INTO search (search, rowid, title_exact, title_folded, body_exact, body_folded, marks)"
            " VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            _indexed(*row),
        )
        self._db.execute("DELETE FROM texts WHERE id = ?", [article_id])


def _indexed(article_id: int, title: str, body: str, marks: str) -> list[object]:
    return [article_id, *spellings(title), *spellings(body), marks]


def _searched(article: Article) -> str:
    """Everything a reader may remember of an article but its title, as one text."""
    captions = [part for image in article.images for part in (image.caption, image.credit) if part]
    cells = [
        cell
        for block in article.blocks
        if block.type == "table"
        for row in block.rows
        for cell in row
    ]
    parts = [
        article.kicker,
        article.lead,
        article.body,
        *captions,
        *cells,
        *article.authors,
        *article.tags,
    ]
    return "\n".join(part for part in parts if part)


def _marks(article: Article) -> str:
    """The filters, as words that no text has; an article counts under its section and the section's parents."""
    marks = [f"zzk{article.kind}"]
    path = (article.section_slug or "").split("/")
    marks += [
        f"zzs{''.join(path[:depth]).replace('-', '')}"
        for depth in range(1, len(path) + 1)
        if path[0]
    ]
    if article.published_at:
        marks += [
            f"zzy{article.published_at[:4]}",
            f"zzm{article.published_at[:7].replace('-', '')}",
        ]
    return " ".join(marks)
