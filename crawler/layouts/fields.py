"""What layouts share: choosing the first layer that gives a field, and reading dates and sections."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

from archive.dates import machine_time, printed_time, vietnamese_day
from archive.model import Article, Precision
from archive.vietnamese import fold, language_of
from crawler.conventions.names import is_own_name
from crawler.layouts.kinds import kind_of
from crawler.newspapers import Address
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page, absolute

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


def stated_publication(page: Page, seen: datetime) -> tuple[str, Precision] | None:
    """Return `published_at` and its precision as the structured data states it; the future is refused."""
    stated = page.stated("datePublished") or page.meta(
        "article:published_time", "datepublished", "pubdate"
    )
    moment = machine_time(stated)
    if moment is None or moment > seen:
        return None
    return (
        (printed_time(moment), "minute")
        if _has_time(stated)
        else (vietnamese_day(moment).isoformat(), "day")
    )


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


def section_of(
    page: Page, printed: str | None, link: str | None, address: Address | None
) -> tuple[str | None, str | None]:
    """Return name and path (today's spelling) of the section, from what the page prints, else from the address."""
    path = _path_of(page, printed, link)
    if path is None and address and address.section:
        path = newspaper.section_path(address.section)
    if printed is None and path:
        printed = newspaper.section_name(path)
    if path is None and printed:
        path = newspaper.section_path(printed)
    return printed, path


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


def finish(article: Article, page: Page) -> Article:
    """Fill in what follows from the other fields: kind, language, canonical address."""
    article.canonical_url = own_canonical(page)
    article.kind = kind_of(article, article.url)
    article.language = language_of(f"{article.title} {article.lead or ''} {article.body[:JUDGED]}")
    article.source = None if article.source and is_own_name(article.source) else article.source
    return article
