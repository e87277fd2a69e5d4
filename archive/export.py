"""Articles as they are handed out: one JSON object each, the same in exports and in the JSON API."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TextIO

from archive.model import Block, body_of

FORMATS: Final = ("jsonl", "json")

_SELECT: Final = """
SELECT a.id, a.url, a.newspaper, a.version AS versions, a.first_seen_at,
  v.version, v.reading, v.first_seen_at AS version_seen_at,
  s.state, s.since, s.confirmed, s.last_seen_at,
  c.warc, c.offset, c.digest, c.fetched_at
FROM articles a
JOIN versions v ON v.article_id = a.id {which}
JOIN captures c ON c.id = v.capture_id
LEFT JOIN states s ON s.article_id = a.id
"""
_LATEST: Final = "AND v.version = a.version"
# Fields that come with another: what gave the one gave the other.
_ALONG: Final = {"blocks": ("images",), "published_at": ("published_precision",)}


@dataclass(slots=True, frozen=True)
class Selection:
    """Which articles to hand out: days are Vietnamese days of publication, ends included."""

    since: date | None = None
    until: date | None = None
    section: str | None = None
    changed_since: str | None = None  # a moment in UTC, as stored
    versions: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves out articles."""
        return any((self.since, self.until, self.section, self.changed_since))


def articles(
    db: sqlite3.Connection, selection: Selection | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the selected articles as exported, ordered by id, then version."""
    wanted = selection or Selection()
    where, values = _conditions(wanted)
    query = _SELECT.format(which="" if wanted.versions else _LATEST)
    for row in db.execute(f"{query} WHERE {' AND '.join(where)} ORDER BY a.id, v.version", values):
        told = {"provenance": provenance(json.loads(row["reading"]))} if wanted.versions else {}
        yield _exported(db, row) | told


def ids(db: sqlite3.Connection, selection: Selection) -> Iterator[int]:
    """Yield the ids of the selected articles, in order."""
    where, values = _conditions(selection)
    query = f"SELECT a.id FROM articles a WHERE {' AND '.join(where)} ORDER BY a.id"
    for row in db.execute(query, values):
        yield row["id"]


def article(db: sqlite3.Connection, article_id: int) -> dict[str, Any] | None:
    """Return one article as exported, or None where there is none of that id."""
    row = db.execute(f"{_SELECT.format(which=_LATEST)} WHERE a.id = ?", [article_id]).fetchone()
    return _exported(db, row) if row else None


def provenance(reading: dict[str, Any]) -> dict[str, dict[str, str | None]]:
    """Return of each field that holds something the layer and the rule that gave it.

    Layers: `selector` (its own place on the page), `structured` (JSON-LD, meta tags), `convention` (wording and
    order), `address`, `text` (judged from the text), `copy` (a page of another site). The rule is None in what was
    read before rules were noted; `lamdong rebuild` tells them.
    """
    rules = reading.get("rules") or {}
    told = {
        field: {"layer": layer, "rule": rules.get(field)}
        for field, layer in (reading.get("layers") or {}).items()
    }
    along = {one: told[field] for field, more in _ALONG.items() if field in told for one in more}
    if not any(block["type"] == "image" for block in reading["blocks"]):
        along.pop("images", None)
    return told | along


def write(rows: Iterator[dict[str, Any]], out: TextIO, form: str) -> int:
    """Write rows as JSON lines or as one JSON list; return how many."""
    count = 0
    if form == "json":
        out.write("[")
    for count, row in enumerate(rows, 1):
        lead = ("\n" if count == 1 else ",\n") if form == "json" else ""
        out.write(lead + json.dumps(row, ensure_ascii=False) + ("" if form == "json" else "\n"))
    if form == "json":
        out.write("\n]\n")
    return count


def _conditions(wanted: Selection) -> tuple[list[str], list[Any]]:
    """A month alone lies in a range when all of it does; what has no date lies in none."""
    where, values = ["1"], []
    if wanted.since:
        where.append("substr(a.published_at || '-01', 1, 10) >= ?")
        values.append(wanted.since.isoformat())
    if wanted.until:
        where.append("substr(a.published_at || '-31', 1, 10) <= ?")
        values.append(wanted.until.isoformat())
    if wanted.section:
        where.append("(a.section_slug = ? OR a.section_slug LIKE ?)")
        values += [wanted.section, f"{wanted.section}/%"]
    if wanted.changed_since:
        where.append("(SELECT max(first_seen_at) FROM versions WHERE article_id = a.id) >= ?")
        values.append(wanted.changed_since)
    return where, values


def _exported(db: sqlite3.Connection, row: Any) -> dict[str, Any]:
    reading: dict[str, Any] = json.loads(row["reading"])
    blocks = [Block(**block) for block in reading["blocks"]]
    return {
        "id": row["id"],
        "url": row["url"],
        "urls": addresses(db, row["id"], row["url"]),
        "newspaper": row["newspaper"],
        "title": reading["title"],
        "kicker": reading["kicker"],
        "lead": reading["lead"],
        "body": body_of(blocks),
        "blocks": reading["blocks"],
        "authors": reading["authors"],
        "source": reading["source"],
        "source_url": reading["source_url"],
        "section": reading["section"],
        "section_slug": reading["section_slug"],
        "tags": reading["tags"],
        "images": [_image(block) for block in blocks if block.type == "image"],
        "published_at": reading["published_at"],
        "published_precision": reading["published_precision"],
        "modified_at": reading["modified_at"],
        "kind": reading["kind"],
        "language": reading["language"],
        "layout": reading["layout"],
        "state": row["state"] or "live",
        "state_since": row["since"] or row["first_seen_at"],
        "state_confirmed": bool(row["confirmed"]),
        "version": row["version"],
        "versions": row["versions"],
        "first_seen_at": row["version_seen_at"] if row["version"] > 1 else row["first_seen_at"],
        "last_seen_at": row["last_seen_at"] or row["first_seen_at"],
        "capture": {name: row[name] for name in ("warc", "offset", "digest", "fetched_at")},
    }


def _image(block: Block) -> dict[str, Any]:
    return {"url": block.url, "caption": block.caption, "credit": block.credit}


def addresses(db: sqlite3.Connection, article_id: int, canonical: str) -> list[str]:
    """Return every address an article was seen under, its own first."""
    rows = db.execute(
        "SELECT url FROM urls WHERE article_id = :id UNION SELECT asked FROM urls WHERE article_id = :id"
        " UNION SELECT al.url FROM aliases al JOIN urls u ON u.id = al.url_id WHERE u.article_id = :id",
        {"id": article_id},
    )
    others = {row["url"] for row in rows} - {canonical}
    return [canonical, *sorted(others)]
