"""What programs may ask the site for: each address, its parameters, what is in the answer, and an example."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from archive.web.searching import FILTERS

Shape = dict[str, tuple[str, ...]]  # names in an object; of the objects in a list also theirs

_TEASER: Final = (
    "id", "url", "title", "section", "section_slug", "authors", "published_at", "published_precision", "kind",
)  # fmt: skip
_HIT: Final = (
    "id", "url", "title", "title_marked", "snippet", "section", "authors", "published_at", "published_precision",
    "kind",
)  # fmt: skip
_VERSION: Final = (
    "version", "first_seen_at", "capture_id", "fetched_at", "digest", "title", "published_at", "modified_at", "changes",
)  # fmt: skip
_SHELF: Final[Shape] = {"total": (), "total_is_exact": (), "articles": _TEASER, "next": ()}
_CALENDAR: Final[Shape] = {"year": (), "days": (), "years": ()}
ARTICLE: Final = (
    "id", "url", "urls", "newspaper", "title", "kicker", "lead", "body", "blocks", "authors", "source", "source_url",
    "section", "section_slug", "tags", "images", "published_at", "published_precision", "modified_at", "kind",
    "language", "layout", "state", "state_since", "state_confirmed", "version", "versions", "first_seen_at",
    "last_seen_at", "capture",
)  # fmt: skip
_ROWS: Final = "/archive/articles.json?_shape=array&_size=5&_sort_desc=id"
_SQL: Final = (
    "SELECT a.id, a.title FROM search JOIN articles a ON a.id = search.rowid"
    " WHERE search MATCH vn_query('{}') ORDER BY search.rowid DESC LIMIT 5"
)


@dataclass(slots=True, frozen=True)
class Held:
    """Of what an archive holds: something of each kind there is an example of; None where it has none."""

    id: int | None = None
    words: str | None = None  # of a title
    url: str | None = None
    section: str | None = None
    author: str | None = None
    tag: str | None = None
    day: str | None = None


@dataclass(slots=True, frozen=True)
class Door:
    """An address as one writes it, `name` as the catalogue has it; `example` is None where nothing is held for it."""

    name: str
    address: str
    example: Callable[[Held], str | None]
    shape: Shape | None = None
    parameters: tuple[str, ...] = ()


def _same(path: str) -> Callable[[Held], str | None]:
    return lambda _: path


def _named(path: str, name: str, most: int | None = None) -> Callable[[Held], str | None]:
    """The address of something held, or of as much of its name."""

    def example(held: Held) -> str | None:
        value = getattr(held, name)
        return None if value is None else path.format(quote(f"{value}"[:most], safe=""))

    return example


def _sql(held: Held) -> str | None:
    asked = (held.words or "").replace("'", "''")
    return f"/archive.json?{urlencode({'sql': _SQL.format(asked), '_shape': 'array'})}"


_FINDING: Final = (
    Door("search", "/search.json", _named("/search.json?q={}", "words"), {
        "query": (), "total": (), "total_is_exact": (), "hits": _HIT, "next": (), "unaccented": (),
    }, ("q", *FILTERS, "sort", "page", "size")),
    Door("counts", "/search/counts.json", _named("/search/counts.json?q={}", "words"),
         {"years": (), "sections": (), "of_newest": ()}),
    Door("suggestions", "/search/suggestions.json", _named("/search/suggestions.json?q={}", "words"),
         {"query": (), "suggestions": ("id", "title", "page")}, ("q",)),
)  # fmt: skip
_ARTICLES: Final = (
    Door("article", "/articles/ID.json", _named("/articles/{}.json", "id"), dict.fromkeys(ARTICLE, ())),
    Door("history", "/articles/ID/history.json", _named("/articles/{}/history.json", "id"), {
        "id": (), "versions": _VERSION, "observations": ("outcome", "status", "since", "until", "looks"), "earlier": (),
    }, ("before",)),
    Door("cite", "/articles/ID/cite.json", _named("/articles/{}/cite.json", "id")),
    Door("url", "/url.json", _named("/url.json?address={}", "url"), dict.fromkeys((
        "asked", "article", "article_id", "url", "kind", "state", "reason", "found_at", "fetched_at", "gone_at",
    ), ()), ("address",)),
)  # fmt: skip
_BROWSING: Final = (
    Door("front", "/.json", _same("/.json"), {
        "articles": _TEASER, "next": (), "coverage": (), "months": (), "gaps": ("since", "until"), "noted_gaps": (),
        "last_run": (),
    }, ("before",)),
    Door("sections", "/sections.json", _same("/sections.json"), {"sections": ("slug", "name", "articles")}),
    Door("section", "/sections/SLUG.json", _named("/sections/{}.json", "section"), _SHELF, ("page",)),
    Door("authors", "/authors.json", _same("/authors.json"), {"authors": ("name", "articles"), "of_newest": ()}),
    Door("author", "/authors/NAME.json", _named("/authors/{}.json", "author"), _SHELF, ("page",)),
    Door("tags", "/tags.json", _same("/tags.json"), {"tags": ("name", "articles"), "of_newest": ()}),
    Door("tag", "/tags/NAME.json", _named("/tags/{}.json", "tag"), _SHELF, ("page",)),
    Door("days", "/days.json", _same("/days.json"), _CALENDAR),
    Door("year", "/days/YYYY.json", _named("/days/{}.json", "day", 4), _CALENDAR),
    Door("month", "/days/YYYY-MM.json", _named("/days/{}.json", "day", 7), _SHELF, ("page",)),
    Door("day", "/days/YYYY-MM-DD.json", _named("/days/{}.json", "day"), _SHELF, ("page",)),
    Door("corrections", "/corrections.json", _same("/corrections.json"), _SHELF, ("page",)),
    Door("disappeared", "/disappeared.json", _same("/disappeared.json"), _SHELF, ("page",)),
)  # fmt: skip
_FOLLOWING: Final = (
    Door("feed", "/feed.json", _same("/feed.json"), dict.fromkeys((
        "version", "title", "home_page_url", "feed_url", "language", "authors", "items",
    ), ())),
    Door("export", "/export.jsonl", _same("/export.jsonl")),
    Door("status", "/status.json", _same("/status.json"), dict.fromkeys((
        "articles", "versions", "captures", "pending", "by_state", "by_layout", "fill", "last_run", "gaps",
        "completeness", "numbered", "alarms", "verified", "withheld", "normaliser", "schema",
    ), ())),
)  # fmt: skip
_TABLES: Final = (
    Door("table", "/archive/articles.json", _same(_ROWS)),
    Door("sql", "/archive.json?sql=…", _sql),
)
PARTS: Final[dict[str, tuple[Door, ...]]] = {
    "finding": _FINDING,
    "articles": _ARTICLES,
    "browsing": _BROWSING,
    "following": _FOLLOWING,
    "tables": _TABLES,
}
