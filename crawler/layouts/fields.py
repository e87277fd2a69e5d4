"""What layouts share: choosing the first layer that gives a field, and reading dates and sections."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

from archive.dates import machine_time, printed_time, vietnamese_day
from archive.model import Article
from archive.vietnamese import fold, language_of
from crawler.conventions.names import Byline, is_agency, is_own_name, split_names
from crawler.layouts.kinds import kind_of
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page, absolute
from crawler.piece import comparable

Field = TypeVar("Field")
Layer = tuple[str, Callable[[], Field | None]]  # name of the layer, what it reads

JUDGED: Final = 400  # characters of the text that tell its language


def first(layers: dict[str, str], name: str, *candidates: Layer[Field]) -> Field | None:
    """Return the first non-empty answer and remember which layer gave the field `name`."""
    for layer, read in candidates:
        value = read()
        if value:
            layers[name] = layer
            return value
    return None


def fill_stated_publication(article: Article, page: Page, seen: datetime) -> None:
    """Fill in when the article was published from the structured data; the future is refused."""
    names = ("article:published_time", "datepublished", "pubdate")
    stated = page.stated("datePublished") or page.meta(*names)
    moment = machine_time(stated)
    if moment is None or moment > seen:
        return
    article.layers["published_at"] = "structured"
    if _has_time(stated):
        article.published_at, article.published_precision = printed_time(moment), "minute"
    else:
        article.published_at, article.published_precision = str(vietnamese_day(moment)), "day"


def modified(page: Page, published_at: str | None) -> str | None:
    """Return `modified_at` where the newspaper states one that differs from its moment of publication."""
    stated = page.stated("dateModified") or page.meta(
        "article:modified_time", "og:updated_time", "datemodified"
    )
    if stated is None or stated == page.stated("datePublished") or not _has_time(stated):
        return None
    moment = machine_time(stated)
    if moment is None or moment == machine_time(page.stated("datePublished")):
        return None
    at = printed_time(moment)
    return None if published_at and at[:16] == published_at[:16] else at


def _has_time(stated: str | None) -> bool:
    return ":" in (stated or "")


def fill_section(
    article: Article, page: Page, printed: str | None, link: str | None, layer: str
) -> None:
    """Fill in name and path (today's spelling) of the section, from what the page prints, else the address."""
    address = newspaper.article_address(page.url)
    path = _path_of(page, printed, link)
    if path is None and address and address.section:
        path = newspaper.section_path(address.section)
    if path is None and printed:
        path = newspaper.section_path(printed)
    article.section, article.section_slug = printed or newspaper.section_name(path or ""), path
    article.layers["section"] = layer if printed else "address"


def _path_of(page: Page, printed: str | None, link: str | None) -> str | None:
    if link is None and printed:
        link = next(
            (target for name, target in page.breadcrumb if fold(name) == fold(printed)), None
        )
    target = absolute(page.url, link) if link else None
    found = newspaper.section_page(target) if target else None
    return newspaper.section_path(urlsplit(found).path.strip("/")) if found else None


def own_canonical(page: Page) -> str | None:
    """Return the address the page gives as its own, where that is an article address of the newspaper."""
    address = newspaper.article_address(page.canonical) if page.canonical else None
    return address.url if address else None


def named_authors(page: Page, header: Byline, end: Byline, layers: dict[str, str]) -> list[str]:
    """Return the authors of the header, then those at the end that it does not name; else what the data state."""
    known = set(map(comparable, header.authors))
    named = header.authors + [name for name in end.authors if comparable(name) not in known]
    has_source = bool(header.source or end.source)
    found = first(
        layers,
        "authors",
        ("selector" if header.authors else "convention", lambda: named),
        ("structured", lambda: [] if has_source else _stated_authors(page)),
    )
    return found or []


def _stated_authors(page: Page) -> list[str]:
    """The author tag of the article, not that of the page, which names the site."""
    named = page.meta("article:author") or page.stated("author") or page.meta("author") or ""
    is_site = (
        is_own_name(named) or is_agency(named) or (" " not in named and "." in named.strip("."))
    )
    return [] if is_site else split_names(named)


def fill_tags(article: Article, page: Page, layer: str, printed: list[str]) -> None:
    """Fill in the tags as printed, which `layer` found, else as the meta tags state them; each once."""
    stated = map(str.strip, (page.meta("article:tag") or "").split(","))
    tags = first(
        article.layers,
        "tags",
        (layer, lambda: list(filter(None, printed))),
        ("structured", lambda: list(filter(None, stated))),
    )
    article.tags = list(dict.fromkeys(tags or []))


def finish(article: Article, page: Page) -> Article:
    """Fill in what follows from the other fields: kind, language, canonical address, change.

    Of the layers those of fields that stayed empty are dropped.
    """
    article.canonical_url = own_canonical(page)
    article.modified_at = modified(page, article.published_at)
    article.kind = kind_of(article, article.url)
    article.language = language_of(f"{article.title} {article.lead or ''} {article.body[:JUDGED]}")
    article.source = None if article.source and is_own_name(article.source) else article.source
    layers = article.layers | {"modified_at": "structured", "kind": "text", "language": "text"}
    article.layers = {name: layer for name, layer in layers.items() if getattr(article, name)}
    return article
