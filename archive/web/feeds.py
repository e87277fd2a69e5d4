"""Feeds: the newest articles, or the newest hits of any search, for feed readers and programs."""

import json
import re
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from lxml import etree

from archive import export, search
from archive.web import answers
from archive.web.searching import FILTERS, wanted_by
from archive.web.visits import Visit, written_out

_ENTRIES: Final = 50
_ATOM: Final = "http://www.w3.org/2005/Atom"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Our number is the one name of an article that never changes: its address does, with every system
# the newspaper moves to, and so does the host this archive is served from.
_ID: Final = "tag:baolamdong.vn,2026:archive/"
# A feed must say when it changed. One without entries has not yet, and must stay the same bytes.
_NEVER: Final = "1970-01-01T00:00:00+00:00"
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_FRESH: Final = 300  # seconds a reader may take its copy for new


@dataclass(slots=True, frozen=True)
class Feed:
    """What both forms of a feed say: addresses are absolute, articles as exported."""

    id: str
    title: str
    author: str
    language: str
    home: str
    own: str
    entries: list["Entry"]


@dataclass(slots=True, frozen=True)
class Entry:
    """One article of a feed; `page` is its reading page here."""

    article: dict[str, Any]
    page: str

    @property
    def id(self) -> str:
        """A name that stays the same wherever the article or the archive moves."""
        return f"{_ID}articles/{self.article['id']}"

    @property
    def original(self) -> str | None:
        """The newspaper's address, or None where it is none a reader could open."""
        return written_out(self.article["url"])

    @property
    def authors(self) -> list[str]:
        """The names as printed; one of which nothing can be shown is none."""
        return [name for name in map(_shown, self.article["authors"]) if name]

    @property
    def section(self) -> str | None:
        """The section as printed, or None."""
        return _shown(self.article["section"])

    @property
    def text(self) -> str:
        """The whole text, never empty: JSON Feed wants some in every item."""
        parts = (self.article["lead"], self.article["body"])
        return "\n\n".join(part for part in parts if part) or str(self.article["title"])

    @property
    def summary(self) -> str:
        """The lead, or the first paragraph where the page set none apart."""
        return self.article["lead"] or self.text.split("\n\n")[0]

    @property
    def published(self) -> str | None:
        """The moment of publication as RFC 3339 has it, or None where no day is known."""
        return rfc3339(self.article["published_at"])

    @property
    def updated(self) -> str:
        """When the text last changed: as the newspaper states it, else as we saw it."""
        stated = rfc3339(self.article["modified_at"])
        seen = str(rfc3339(self.article["first_seen_at"]))
        return stated or (seen if self.article["version"] > 1 else self.published or seen)


async def atom(visit: Visit) -> Any:
    """Give a feed as Atom 1.0."""
    return _answer(visit, _as_atom(await _feed(visit)), "application/atom+xml")


async def json_feed(visit: Visit) -> Any:
    """Give a feed as JSON Feed 1.1."""
    content = json.dumps(_as_json(await _feed(visit)), ensure_ascii=False, indent=1)
    return _answer(visit, content.encode(), "application/feed+json")


def rfc3339(at: str | None) -> str | None:
    """Return a time of publication as a moment; of a day or a month it is the beginning.

    >>> rfc3339("2022-03"), rfc3339("2025-08-17T17:22:00+07:00")
    ('2022-03-01T00:00:00+07:00', '2025-08-17T17:22:00+07:00')
    """
    if at is None or "T" in at:
        return at if at is None or _MOMENT.fullmatch(at) else None
    moment = f"{at}-01"[:10] + "T00:00:00+07:00"
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return None
    return moment


async def _feed(visit: Visit) -> Feed:
    wanted = replace(await wanted_by(visit), sort="newest", page=1, size=_ENTRIES)
    found = await visit.site.read(lambda db: _articles(db, wanted))
    asked = {name: visit.args.get(name) or "" for name in ("q", *FILTERS)}
    named = {name: text for name, text in asked.items() if text}
    query = visit.request.query_string
    title = visit.words("site") + "".join(f" · {text}" for text in named.values())
    return Feed(
        id=f"{_ID}feed?{urlencode(named)}" if named else f"{_ID}feed",
        title=title,
        author=visit.words("newspaper"),
        language=visit.words.language,
        home=visit.absolute(visit.link("/search" if named else "/", **named)),
        own=visit.absolute(visit.here() + (f"?{query}" if query else "")),
        entries=[Entry(each, _page(visit, each["id"])) for each in found],
    )


def _articles(db: sqlite3.Connection, wanted: search.Wanted) -> list[dict[str, Any]]:
    hits = (export.article(db, hit.id) for hit in search.search(db, wanted).hits)
    return [article for article in hits if article]


def _page(visit: Visit, article_id: int) -> str:
    return visit.absolute(visit.link(f"/articles/{article_id}"))


def _as_atom(feed: Feed) -> bytes:
    root = etree.Element(f"{{{_ATOM}}}feed", {_LANGUAGE: feed.language}, nsmap={None: _ATOM})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    latest = max((entry.updated for entry in feed.entries), key=_moment, default=_NEVER)
    _add(root, "updated", latest)
    # Entries whose page names no author have this one.
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="self", href=feed.own, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=feed.home, type="text/html")
    for entry in feed.entries:
        _add_entry(root, entry)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_entry(root: Any, entry: Entry) -> None:
    article = entry.article
    node = _add(root, "entry")
    node.set(_LANGUAGE, article["language"])
    _add(node, "id", entry.id)
    _add(node, "title", article["title"])
    _add(node, "link", rel="alternate", href=entry.page, type="text/html")
    if entry.original:
        _add(node, "link", rel="via", href=entry.original)
    if entry.published:
        _add(node, "published", entry.published)
    _add(node, "updated", entry.updated)
    for author in entry.authors:
        _add(_add(node, "author"), "name", author)
    if entry.section:
        _add(node, "category", term=entry.section)
    _add(node, "summary", entry.summary, type="text")
    _add(node, "content", entry.text, type="text")


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    """A new child, without the characters that XML cannot hold."""
    kept = {key: _FORBIDDEN.sub("", value) for key, value in attributes.items()}
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", kept)
    child.text = _FORBIDDEN.sub("", text) if text else None
    return child


def _shown(text: str | None) -> str | None:
    return _FORBIDDEN.sub("", text or "").strip() or None


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _as_json(feed: Feed) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.own,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_as_item(entry) for entry in feed.entries],
    }


def _as_item(entry: Entry) -> dict[str, Any]:
    article = entry.article
    item = {
        "id": entry.id,
        "url": entry.page,
        "external_url": entry.original,
        "title": article["title"],
        "summary": entry.summary,
        "content_text": entry.text,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [{"name": author} for author in entry.authors],
        "tags": [entry.section] if entry.section else [],
        "language": article["language"],
    }
    return {name: value for name, value in item.items() if value}


def _answer(visit: Visit, content: bytes, media_type: str) -> Any:
    feed = answers.Content(content, f"{media_type}; charset=utf-8", answers.DATA, _FRESH)
    return answers.sent(feed, visit.request)
