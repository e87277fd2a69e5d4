"""Reading a page whose markup is unknown: title, date line, lead, body and byline by order and wording."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from archive.model import Article, Precision
from crawler.body import Body, read_body
from crawler.conventions.days import publication
from crawler.conventions.furniture import is_furniture
from crawler.conventions.names import Byline, is_agency, is_own_name, read_byline, split_names
from crawler.dated import find_date_line
from crawler.headline import Headline, find_headline, is_section
from crawler.layouts.fields import finish, first, modified, section_of, stated_publication
from crawler.lead import find_lead
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.piece import Piece, comparable
from crawler.region import article_pieces, is_prose
from crawler.sheet import Sheet
from crawler.sources import is_stored

SECTION_ABOVE: Final = 8  # pieces above the title in which its section is printed, and below
SECTION_BELOW: Final = 4
LONGEST_CRUMBS: Final = 120  # characters
LONGEST_NAMES: Final = 60
LONGEST_TAG: Final = 40
TAGS_BELOW: Final = 12  # pieces

_CRUMB: Final = re.compile(r"\s*[>»›|/\n•]\s*")
_TAGS: Final = re.compile(r"(?:từ kh[oó][aáà]|tags?)\s*:?", re.IGNORECASE)


@dataclass
class _Reading:
    """What was found on a sheet so far, and which layer gave it."""

    sheet: Sheet
    headline: Headline
    dated: int | None
    before: list[Piece]  # between headline and body
    body: Body
    layers: dict[str, str] = field(
        default_factory=lambda: {"title": "convention", "body": "convention"}
    )


def read_in_order(page: Page, seen: datetime, layout: str) -> Article | None:
    """Return the article of the page, or None where no title or no text is found."""
    sheet = Sheet(page, seen)
    headline = find_headline(sheet)
    if headline is None:
        return None
    dated = find_date_line(sheet, headline.index)
    before, inside = article_pieces(sheet.pieces, headline.index, dated)
    lead = find_lead(before, inside)
    pictures = [piece for piece in before if piece.kind == "image" and is_stored(piece.url or "")]
    kept = pictures + [piece for piece in inside if piece is not lead]
    body = read_body(kept, base=page.url, title=headline.title, lead=lead.line if lead else None)
    if not body.blocks and not body.lead:
        return None
    return _article(_Reading(sheet, headline, dated, before, body), layout)


def _article(reading: _Reading, layout: str) -> Article:
    page, address = reading.sheet.page, reading.sheet.address
    published_at, precision, raw = _publication(reading)
    section, path = section_of(page, *_printed_section(reading), address)
    authors, source = _names(reading)
    article = Article(
        url=address.url if address else page.url,
        title=reading.headline.title,
        kicker=reading.headline.kicker,
        lead=reading.body.lead,
        layout=layout,
        blocks=reading.body.blocks,
        authors=authors,
        source=source,
        section=section,
        section_slug=path,
        tags=_tags(reading.sheet),
        published_at=published_at,
        published_precision=precision,
        published_raw=raw,
        modified_at=modified(page, published_at),
        layers=reading.layers,
    )
    return finish(article, page)


def _publication(reading: _Reading) -> tuple[str | None, Precision, str | None]:
    sheet, layers = reading.sheet, reading.layers
    if reading.dated is not None:
        printed = sheet.dates[reading.dated].printed
        found = publication(printed, sheet.address, sheet.seen)
        if found:
            layers["published_at"] = "convention"
            return *found, printed.raw
    stated = stated_publication(sheet.page, sheet.seen)
    month = sheet.address.month if sheet.address else None
    if stated and month in {None, stated[0][:7].replace("-", "")}:
        layers["published_at"] = "structured"
        return *stated, None
    if month and "01" <= month[4:] <= "12":
        layers["published_at"] = "address"
        return f"{month[:4]}-{month[4:]}", "month", None
    return None, "unknown", None


def _printed_section(reading: _Reading) -> tuple[str | None, str | None]:
    """The section's name as printed: what the address spells, near the title or in the menu; else the breadcrumb."""
    sheet, index = reading.sheet, reading.headline.index
    if sheet.address and sheet.address.section:
        path = newspaper.section_path(sheet.address.section)
        name = _spelled_near(sheet.pieces, index, path) or _spelled_in_link(sheet.page, path)
        if name:
            return name, f"/{path}"
    title = comparable(reading.headline.title)
    crumbs = [crumb for crumb in sheet.page.breadcrumb if comparable(crumb[0]) != title]
    return crumbs[-1] if crumbs else (sheet.page.meta("article:section"), None)


def _spelled_near(pieces: list[Piece], index: int, path: str) -> str | None:
    above = reversed(pieces[max(0, index - SECTION_ABOVE) : index])
    for piece in (*above, *pieces[index + 1 : index + 1 + SECTION_BELOW]):
        if len(piece.text) <= LONGEST_CRUMBS:
            for part in reversed(_CRUMB.split(piece.text)):
                if part and newspaper.section_path(part) == path:
                    return part
    return None


def _spelled_in_link(page: Page, path: str) -> str | None:
    """The menu names every section: the entry that is spelled like the address."""
    for link in page.root.iter("a"):
        words = " ".join("".join(link.itertext()).split())
        if 0 < len(words) <= LONGEST_TAG and newspaper.section_path(words) == path:
            return words
    return None


def _names(reading: _Reading) -> tuple[list[str], str | None]:
    """Authors and source: of the header, then those of the byline at the end that the header does not have."""
    header, end = _header_byline(reading), reading.body.byline
    known = set(map(comparable, header.authors))
    named = header.authors + [name for name in end.authors if comparable(name) not in known]
    source = end.source or header.source
    structured = ("structured", lambda: [] if source else _stated_authors(reading.sheet.page))
    return first(reading.layers, "authors", ("convention", lambda: named), structured) or [], source


def _stated_authors(page: Page) -> list[str]:
    author = page.stated("author") or page.meta("article:author", "author") or ""
    is_site = is_own_name(author) or is_agency(author) or "." in author.strip(".").replace(". ", "")
    return [] if is_site else split_names(author)


def _header_byline(reading: _Reading) -> Byline:
    """Names beside the date, or on a line of their own about it (the hexadecimal generation)."""
    nothing = Byline([], None)
    if reading.dated is None:
        return nothing
    line = reading.sheet.dates[reading.dated]
    for text in (line.before, line.after, *_header_lines(reading, reading.dated)):
        byline = read_byline(text, marked=True) if len(text) <= LONGEST_NAMES else None
        if byline and not (is_own_name(text) or is_furniture(text) or is_section(text)):
            return byline
    return nothing


def _header_lines(reading: _Reading, dated: int) -> list[str]:
    """The lines between title and date line and, up to the text, below it."""
    pieces = reading.sheet.pieces
    low, high = sorted((reading.headline.index, dated))
    lines = [piece for piece in pieces[low + 1 : high + 2] if piece is not pieces[dated]]
    lines += [piece for piece in reading.before if piece not in lines]
    return [piece.text for piece in lines if piece.is_text and not is_prose(piece)]


def _tags(sheet: Sheet) -> list[str]:
    """Links after 'Từ khóa:', else what the meta tags state."""
    for index, piece in enumerate(sheet.pieces):
        if len(piece.text) < 300 and _TAGS.match(piece.text):
            inside = [
                " ".join("".join(link.itertext()).split()) for link in piece.element.iter("a")
            ]
            below = [
                later.text
                for later in sheet.pieces[index + 1 : index + TAGS_BELOW]
                if later.is_link
            ]
            printed = [tag.lstrip("#") for tag in inside or below if 0 < len(tag) <= LONGEST_TAG]
            if printed:
                return list(dict.fromkeys(printed))
    return [tag.strip() for tag in (sheet.page.meta("article:tag") or "").split(",") if tag.strip()]
