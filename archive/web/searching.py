"""Search on the site: as a page, as data, its counts, and titles while someone types."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import quote
from weakref import WeakKeyDictionary

from archive import search, spans
from archive.search import naming
from archive.search.finding import PAGE
from archive.store.index import is_stale
from archive.web import addresses, charts, opensearch
from archive.web.keeping import Kept
from archive.web.visits import Refused, Visit

_IN_ADDRESS: Final = ":/%-._~"
_LARGEST: Final = 100  # hits of a page
FILTERS: Final = (*naming.FIELDS, "since", "until")

Counted = Kept[tuple[str, search.Filters], search.Counts]
_counted: Final[WeakKeyDictionary[Any, Counted]] = WeakKeyDictionary()


@dataclass(slots=True, frozen=True)
class Spread:
    """How `total` hits spread over years and sections, and the `names` of all sections by path.

    Each is counted as if it were not narrowed itself, so that one may go from one year to another.
    """

    total: int
    years: dict[str, int]
    sections: dict[str, int]
    names: dict[str, str]
    of_newest: int | None

    @property
    def bars(self) -> list[charts.Bar]:
        """The years as bars; hits without a date have none."""
        return charts.bars({year: n for year, n in self.years.items() if year != "unknown"})


async def page(visit: Visit) -> Any:
    """Show what is found, with how it spreads over years and sections."""
    try:
        wanted = await wanted_by(visit)
    except Refused as refused:
        return await _refusal(visit, refused)
    if _is_address(wanted.text):
        return visit.moved(f"/url/{quote(wanted.text.strip(), safe=_IN_ADDRESS)}")
    kept = _counted.setdefault(visit.site.database, Kept())
    answer, spread, index_is_stale = await visit.site.read(lambda db: _found(db, wanted, kept))
    return await visit.page(
        "search.html",
        wanted=wanted,
        answer=answer,
        spread=spread,
        year=_year(wanted.filters),
        kinds=naming.KINDS,
        is_stale=index_is_stale,
        feed=lambda form: _address(visit, wanted, path=f"/feed.{form}", sort=None),
        narrowed=lambda **changes: _address(visit, wanted, **changes),
        preceding=_address(visit, wanted, page=wanted.page - 1) if wanted.page > 1 else None,
        following=_address(visit, wanted, page=wanted.page + 1) if answer.has_next else None,
    )


async def _refusal(visit: Visit, refused: Refused) -> Any:
    """Say what is wrong, over the form with what was typed."""
    return await visit.page(
        "search.html",
        refused.status,
        refused=refused.sentence(visit.words),
        typed={name: visit.args.get(name) or "" for name in ("q", "sort", *FILTERS)},
        names=await visit.site.read(naming.sections),
        kinds=naming.KINDS,
    )


def _is_address(text: str) -> bool:
    """Whether someone pasted an address of the newspaper into the search box."""
    asked = addresses.asked(text) if len(text.split()) == 1 else None
    return asked is not None and asked.host == "baolamdong.vn"


def _found(
    db: sqlite3.Connection, wanted: search.Wanted, kept: Counted
) -> tuple[search.Answer, Spread, bool]:
    answer, narrowed = _answer(db, wanted, kept)

    def counts(**without: None) -> search.Counts:
        return search.counts(db, wanted.text, replace(wanted.filters, **without))

    of_all_years = counts(since=None, until=None) if _year(wanted.filters) else narrowed
    of_all_sections = counts(section=None) if wanted.filters.section else narrowed
    total = sum(narrowed.years.values())
    sections = of_all_sections.sections
    spread = Spread(total, of_all_years.years, sections, naming.sections(db), narrowed.of_newest)
    return answer, spread, is_stale(db)


def _answer(
    db: sqlite3.Connection, wanted: search.Wanted, kept: Counted
) -> tuple[search.Answer, search.Counts]:
    """A page and the counts, which are the same for all pages and orders: many hits are counted once a minute."""
    asked = wanted.text, wanted.filters
    if counted := kept.get(asked):
        return search.search(db, wanted), counted
    answer, counts = search.search_and_count(db, wanted)
    if counts.of_newest:
        kept.put(asked, counts)
    return answer, counts


def _year(filters: search.Filters) -> str | None:
    """The year that the filters let through, where it is just one whole year."""
    if filters.since is None or filters.until is None:
        return None
    year = filters.since.year
    is_whole = (filters.since, filters.until) == (date(year, 1, 1), date(year, 12, 31))
    return f"{year:04}" if is_whole else None


async def data(visit: Visit) -> Any:
    """Give a page of what is found as data."""
    wanted = await wanted_by(visit)
    answer = await visit.site.read(lambda db: search.search(db, wanted))
    return visit.data(
        answer.as_dict(wanted.address(visit.site.path("/search.json"), wanted.page + 1))
    )


async def counts(visit: Visit) -> Any:
    """Give how the hits spread over years and sections."""
    wanted = await wanted_by(visit)
    found = await visit.site.read(lambda db: search.counts(db, wanted.text, wanted.filters))
    return visit.data(found.as_dict())


async def suggestions(visit: Visit) -> Any:
    """Give titles that have the words typed so far; with `form=opensearch` as browsers read them."""
    text = visit.args.get("q") or ""
    found = await visit.site.read(lambda db: search.suggest(db, text))
    pages = [visit.link(f"/articles/{each.id}") for each in found]
    if visit.args.get("form") == "opensearch":
        return opensearch.suggested(visit, text, [each.title for each in found], pages)
    known = [
        {"id": each.id, "title": each.title, "page": page}
        for each, page in zip(found, pages, strict=True)
    ]
    return visit.data({"query": text, "suggestions": known})


async def wanted_by(visit: Visit) -> search.Wanted:
    """What the address asks for.

    Refuses what is no day, order or number, and what names nothing in the archive, with one sentence.
    """
    asked = visit.args
    sort = asked.get("sort") or "best"
    if sort not in search.SORTS:
        raise Refused(400, "bad_sort")
    named = {name: asked.get(name) or None for name in naming.FIELDS}
    since, until = _day(visit, "since", "first"), _day(visit, "until", "last")
    if since and until and since > until:
        raise Refused(400, "bad_period", since=since, until=until)
    filters = search.Filters(**named, since=since, until=until)
    await _require_known(visit, filters)
    size = min(number_asked(visit, "size", PAGE), _LARGEST)
    return search.Wanted(asked.get("q") or "", filters, sort, number_asked(visit, "page", 1), size)


async def _require_known(visit: Visit, filters: search.Filters) -> None:
    missed = visit.site.read_here(lambda db: naming.unknown(db, filters))
    if missed is None:
        return
    near = await visit.site.read(lambda db: naming.nearest(db, missed))
    field = visit.words(f"filter_{missed.field}")
    text = "no_such_but" if near else "no_such"
    raise Refused(400, text, field=field, asked=missed.shown, nearest=near)


def _day(visit: Visit, name: str, end: Literal["first", "last"]) -> date | None:
    text = visit.args.get(name)
    try:
        return getattr(spans.named(text), end) if text else None
    except ValueError as error:
        raise Refused(400, "bad_days", field=name) from error


def number_asked(visit: Visit, name: str, otherwise: int) -> int:
    """Return a number from 1 that the address asks for. Refuses what is none with one sentence."""
    text = visit.args.get(name) or f"{otherwise}"
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) <= 9):
        raise Refused(400, "bad_page", field=name)
    return int(text)


def _address(
    visit: Visit,
    wanted: search.Wanted,
    page: int = 1,
    path: str = "/search",
    **changes: str | None,
) -> str:
    """The address of this search with another page, narrowed otherwise, or as a feed."""
    asked = {
        "q": wanted.text,
        **{name: visit.args.get(name) for name in FILTERS},
        "sort": wanted.sort if wanted.sort != "best" else None,
        "page": page if page > 1 else None,
        **changes,
    }
    return visit.link(path, **{name: value for name, value in asked.items() if value})
