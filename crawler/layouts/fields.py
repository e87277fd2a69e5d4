"""What layouts share: choosing the first layer that gives a field, and reading dates and sections."""

from datetime import date, datetime
from typing import Final, TypeVar

from archive import addresses
from archive.dates import is_possible, machine_time, printed_time, vietnamese_day
from archive.model import Article
from archive.vietnamese import fold, language_of
from crawler.conventions.names import Byline, is_agency, is_own_name, split_names
from crawler.layouts.kinds import kind_of
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.piece import comparable

Field = TypeVar("Field")
Told = tuple[str, str, Field | None]  # name of the layer, the rule within it, what that gives

BREADCRUMB: Final = "JSON-LD BreadcrumbList"

JUDGED: Final = 400  # characters of the text that tell its language


def first(article: Article, name: str, *told: Told[Field]) -> Field | None:
    """Return the first non-empty answer and note which layer and rule gave the field `name`."""
    for layer, rule, value in told:
        if value:
            article.note(name, layer, rule)
            return value
    return None


def fill_stated_publication(article: Article, page: Page, seen: datetime) -> None:
    """Fill in when the article was published from the structured data; the future is refused."""
    metas = ("meta article:published_time", "meta datepublished", "meta pubdate")
    told = (page.first_stated(each) for each in ("JSON-LD datePublished", *metas))
    possible = ((*each, moment) for each in told if (moment := _moment(each[1], seen)))
    rule, stated, moment = next(possible, ("", None, None))
    if moment is None:
        return
    article.note("published_at", "structured", rule)
    if _has_time(stated):
        article.published_at, article.published_precision = printed_time(moment), "minute"
    else:
        article.published_at, article.published_precision = str(vietnamese_day(moment)), "day"


def _moment(stated: str | None, seen: datetime) -> datetime | None:
    """The moment that is stated, None where what was fetched at `seen` cannot have been written then."""
    moment = machine_time(stated)
    return (
        moment if moment and moment <= seen and is_possible(vietnamese_day(moment), seen) else None
    )


def fill_modified(article: Article, page: Page, seen: datetime) -> None:
    """Fill in `modified_at` where the newspaper states one that differs from its moment of publication."""
    metas = ("meta article:modified_time", "meta og:updated_time", "meta datemodified")
    rule, stated = page.first_stated("JSON-LD dateModified", *metas)
    at = _modified(page, stated, article.published_at, seen)
    article.modified_at = first(article, "modified_at", ("structured", rule, at))


def _modified(
    page: Page, stated: str | None, published_at: str | None, seen: datetime
) -> str | None:
    if stated is None or stated == page.stated("datePublished") or not _has_time(stated):
        return None
    moment = _moment(stated, seen)
    if moment is None or moment == machine_time(page.stated("datePublished")):
        return None
    at = printed_time(moment)
    return None if published_at and at[:16] == published_at[:16] else at


def _has_time(stated: str | None) -> bool:
    return ":" in (stated or "")


def fill_section(article: Article, page: Page, link: str | None, printed: Told[str]) -> None:
    """Fill in name and path (today's spelling) of the section, from what the page prints, else the address."""
    address = newspaper.article_address(page.url)
    layer, rule, name = printed
    crumbs = page.breadcrumb if name and link is None else []
    crumb = next((target for said, target in crumbs if fold(said) == fold(name or "")), None)
    spelled = newspaper.section_path(address.section) if address and address.section else None
    path = first(
        article,
        "section_slug",
        (layer, f"link of {rule}", _path_of(page, link)),
        ("structured", BREADCRUMB, _path_of(page, crumb)),
        ("address", "path", spelled),
        (layer, rule, newspaper.section_path(name) if name else None),
    )
    known = newspaper.section_name(path or "")
    article.section_slug = path
    article.section = first(article, "section", printed, ("address", "path", known))


def _path_of(page: Page, link: str | None) -> str | None:
    target = addresses.joined(page.url, link) if link else None
    found = newspaper.section_page(target) if target else None
    return newspaper.section_path(addresses.path(found).strip("/")) if found else None


def own_canonical(page: Page) -> str | None:
    """Return the address the page gives as its own, where that is an article address of the newspaper."""
    address = newspaper.article_address(page.canonical) if page.canonical else None
    return address.url if address else None


def fill_month(article: Article, month: str | None, seen: datetime) -> None:
    """Fill in the month that an address of the older systems tells, as 202203, unless a day within it is known."""
    stated = (article.published_at or "").replace("-", "")
    if not month or not "01" <= month[4:] <= "12" or stated.startswith(month):
        return
    if is_possible(date(int(month[:4]), int(month[4:]), 1), seen):
        article.published_at, article.published_precision = f"{month[:4]}-{month[4:]}", "month"
        article.note("published_at", "address", "month")


def fill_authors(
    article: Article, page: Page, header: Byline, end: Byline, where: tuple[str, str]
) -> None:
    """Fill in the authors of the header, then those at the end that it does not name; else what the data state.

    `where` are the layer and the rule by which the header was read.
    """
    known = set(map(comparable, header.authors))
    named = header.authors + [name for name in end.authors if comparable(name) not in known]
    has_source = bool(header.source or end.source)
    layer, rule = where if header.authors else ("convention", "byline at the end")
    stated, names = _stated_authors(page)
    found = first(
        article,
        "authors",
        (layer, rule, named),
        ("structured", stated, [] if has_source else names),
    )
    article.authors = found or []


def _stated_authors(page: Page) -> tuple[str, list[str]]:
    """The author tag of the article, not that of the page, which names the site."""
    rule, said = page.first_stated("meta article:author", "JSON-LD author", "meta author")
    named = said or ""
    is_site = (
        is_own_name(named) or is_agency(named) or (" " not in named and "." in named.strip("."))
    )
    return rule, [] if is_site else split_names(named)


def fill_tags(article: Article, page: Page, printed: Told[list[str]]) -> None:
    """Fill in the tags as printed, else as the meta tags state them; each once."""
    stated = map(str.strip, (page.meta("article:tag") or "").split(","))
    layer, rule, words = printed
    tags = first(
        article,
        "tags",
        (layer, rule, list(filter(None, words or []))),
        ("structured", "meta article:tag", list(filter(None, stated))),
    )
    article.tags = list(dict.fromkeys(tags or []))


def finish(article: Article, page: Page, seen: datetime) -> Article:
    """Fill in what follows from the other fields: kind, language, canonical address, change.

    Of layers and rules those of fields that stayed empty are dropped.
    """
    article.canonical_url = own_canonical(page)
    fill_modified(article, page, seen)
    article.kind = kind_of(article, article.url)
    article.note("kind", "text", "section, title and blocks")
    article.language = language_of(f"{article.title} {article.lead or ''} {article.body[:JUDGED]}")
    article.source = None if article.source and is_own_name(article.source) else article.source
    article.note("language", "text", "shape of the words")
    drop_empty(article)
    return article


def drop_empty(article: Article) -> None:
    """Forget where fields were read that hold nothing."""
    for name in [name for name in article.layers if not getattr(article, name)]:
        del article.layers[name], article.rules[name]
