"""Browsing: the articles of a section, an author, a tag or a day; those that changed, and those that are gone."""

import sqlite3
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import quote, unquote

from archive import search
from archive.vietnamese import normalise
from archive.web import stories
from archive.web.searching import number_asked
from archive.web.visits import Refused, Visit

_SIZE: Final = stories.PAGE
_NAMED: Final = "SELECT section FROM articles WHERE section_slug = ? ORDER BY id DESC LIMIT 1"
# A month alone (2022-03) is no day.
_BEFORE: Final = """
SELECT substr(published_at, 1, 10) FROM articles
WHERE published_at < ? AND length(published_at) >= 10 ORDER BY published_at DESC LIMIT 1
"""
_AFTER: Final = """
SELECT substr(published_at, 1, 10) FROM articles
WHERE published_at > ? || '~' AND length(published_at) >= 10 ORDER BY published_at LIMIT 1
"""
_BESIDE: Final = (("before", _BEFORE), ("after", _AFTER))
# Only the latest change of an article counts: v.version = a.version.
_CHANGED: Final = """
SELECT a.id, v.version, v.first_seen_at AS changed_at
FROM versions v JOIN articles a ON a.id = v.article_id AND a.version = v.version
WHERE v.version > 1 ORDER BY v.first_seen_at DESC, v.article_id DESC LIMIT ? OFFSET ?
"""
_HOW_MANY_CHANGED: Final = "SELECT count(DISTINCT article_id) FROM versions WHERE version > 1"
_GONE: Final = """
SELECT article_id AS id, since AS state_since, confirmed AS state_confirmed
FROM states WHERE state = 'gone' ORDER BY since DESC, article_id DESC LIMIT ? OFFSET ?
"""
_HOW_MANY_GONE: Final = "SELECT count(*) FROM states WHERE state = 'gone'"


@dataclass(slots=True, frozen=True)
class Shelf:
    """A page of articles by id, in order, and how many there are; `notes` is what else is said of each."""

    total: int
    ids: list[int]
    has_next: bool
    total_is_exact: bool = True
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)


async def section(visit: Visit) -> Any:
    """Show the articles of a section and of those within it."""
    slug = _name(visit).strip("/")
    shelf = await _of(visit, search.Filters(section=slug), Refused(404, "no_section", asked=slug))
    heading = await visit.site.read(lambda db: _first(db, _NAMED, slug))
    return await _answer(
        visit, shelf, f"/sections/{quote(slug)}", heading or slug, "filter_section"
    )


async def author(visit: Visit) -> Any:
    """Show the articles of an author."""
    name = _name(visit)
    shelf = await _of(visit, search.Filters(author=name), Refused(404, "no_author", asked=name))
    return await _answer(visit, shelf, f"/authors/{quote(name)}", name, "filter_author")


async def tag(visit: Visit) -> Any:
    """Show the articles with a tag."""
    name = _name(visit)
    shelf = await _of(visit, search.Filters(tag=name), Refused(404, "no_tag", asked=name))
    return await _answer(visit, shelf, f"/tags/{quote(name)}", name, "filter_tag")


async def day(visit: Visit) -> Any:
    """Show the articles of a day, with the days before and after it that have some."""
    asked = _day(_name(visit))
    shown = visit.words.day(f"{asked}")
    shelf = await _of(
        visit, search.Filters(since=asked, until=asked), Refused(404, "no_day", day=shown)
    )
    beside = await visit.site.read(
        lambda db: {name: _first(db, query, f"{asked}") for name, query in _BESIDE}
    )
    return await _answer(visit, shelf, f"/days/{asked}", shown, is_flat=True, **beside)


async def month(visit: Visit) -> Any:
    """Show the articles of a month, also those of which only the month is known."""
    name = visit.request.url_vars["name"]
    first = _day(f"{name}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    shown = visit.words.day(name)
    shelf = await _of(
        visit, search.Filters(since=first, until=last), Refused(404, "no_month", month=shown)
    )
    return await _answer(visit, shelf, f"/days/{name}", shown)


async def corrections(visit: Visit) -> Any:
    """Show the articles whose text changed, the latest change first."""
    texts = {"about": "corrections_about", "empty": "no_corrections"}
    return await _noted(visit, (_CHANGED, _HOW_MANY_CHANGED), "corrections", texts)


async def disappeared(visit: Visit) -> Any:
    """Show the articles that are not found any more, the latest first."""
    texts = {"about": "disappeared_about", "empty": "no_disappeared"}
    return await _noted(visit, (_GONE, _HOW_MANY_GONE), "disappeared", texts)


async def _noted(visit: Visit, queries: tuple[str, str], name: str, texts: dict[str, str]) -> Any:
    page = number_asked(visit, "page", 1)
    shelf = await visit.site.read(lambda db: _rows(db, *queries, page))
    return await _answer(
        visit, shelf, f"/{name}", visit.words(f"nav_{name}"), is_flat=True, **texts
    )


def _rows(db: sqlite3.Connection, query: str, how_many: str, page: int) -> Shelf:
    """A page of the rows of a query: the ids, and what else it gives as notes."""
    skipped = (page - 1) * _SIZE
    notes = {row["id"]: _note(row) for row in db.execute(query, [_SIZE, skipped])}
    (total,) = db.execute(how_many).fetchone()
    return Shelf(total, list(notes), total > skipped + _SIZE, notes=notes)


def _note(row: sqlite3.Row) -> dict[str, Any]:
    note = {name: row[name] for name in row.keys() if name != "id"}  # noqa: SIM118 - a row has no `in`
    if "state_confirmed" in note:
        note["state_confirmed"] = bool(note["state_confirmed"])
    return note


def _name(visit: Visit) -> str:
    """What the address names; routes see it as it was sent, still quoted."""
    return normalise(unquote(visit.request.url_vars["name"]))


def _day(text: str) -> date:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        asked = None
    # Python also reads 20220331 and 2022-W13-4; a day has one address.
    if asked is None or f"{asked}" != text:
        raise Refused(400, "bad_day", field=text)
    return asked


def _first(db: sqlite3.Connection, query: str, value: str) -> str | None:
    row = db.execute(query, [value]).fetchone()
    return row[0] if row else None


async def _of(visit: Visit, filters: search.Filters, otherwise: Refused) -> Shelf:
    """The page asked for of the articles within filters. Raises `otherwise` where there are none at all."""
    if not filters.match():  # what was named is empty: nothing, and not everything
        raise otherwise
    wanted = search.Wanted("", filters, "newest", number_asked(visit, "page", 1), _SIZE)
    found = await visit.site.read(lambda db: search.search(db, wanted))
    if not found.total:
        raise otherwise
    ids = [hit.id for hit in found.hits]
    return Shelf(found.total, ids, found.has_next, found.total_is_exact)


async def _answer(
    visit: Visit, shelf: Shelf, path: str, heading: str, over: str | None = None, **facts: Any
) -> Any:
    """Show a page of articles, or give it as data where the address ends in .json."""
    following = number_asked(visit, "page", 1) + 1
    if visit.request.url_vars["data"]:
        articles = await visit.site.read(lambda db: _articles(db, shelf))
        onward = visit.site.path(f"{path}.json?page={following}") if shelf.has_next else None
        total = {"total": shelf.total, "total_is_exact": shelf.total_is_exact}
        return visit.data({**total, "articles": articles, "next": onward})
    teasers = await visit.site.read(lambda db: stories.teasers(db, shelf.ids))
    return await visit.page(
        "shelf.html",
        shelf=shelf,
        heading=heading,
        over=over,
        teasers=teasers,
        days=stories.by_day(teasers),
        data=f"{path}.json",
        following=visit.link(path, page=following) if shelf.has_next else None,
        **facts,
    )


def _articles(db: sqlite3.Connection, shelf: Shelf) -> list[dict[str, Any]]:
    found = stories.facts(db, shelf.ids)
    return [{**each, **shelf.notes.get(each["id"], {})} for each in found]
