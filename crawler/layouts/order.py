"""Reading a page whose markup is unknown: title, date line, lead, body and byline by order and wording."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.model import Article
from crawler.body import read_body
from crawler.boxes import text_of
from crawler.conventions.days import publication
from crawler.conventions.furniture import is_furniture
from crawler.conventions.names import Byline, is_own_name, read_byline
from crawler.dated import find_date_line
from crawler.headline import Headline, find_headline, is_section
from crawler.layouts.fields import (
    BREADCRUMB,
    fill_authors,
    fill_month,
    fill_section,
    fill_stated_publication,
    fill_tags,
    finish,
)
from crawler.lead import find_lead
from crawler.newspapers import Address
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

_RULES: Final = {
    "title": "heading",
    "kicker": "line above the title",
    "body": "text below the title",
    "blocks": "text below the title",
    "lead": "paragraph set apart",
    "source": "byline",
}

_CRUMB: Final = re.compile(r"(?:(?<![^\S\n])[^\S\n]+)?[>»›|/\n•]\s*+")
_TAGS: Final = re.compile(r"(?:từ kh[oó][aáà]|tags?)\s*:?", re.IGNORECASE)


@dataclass(slots=True)
class _Reading:
    """What was found on a sheet so far."""

    sheet: Sheet
    headline: Headline
    dated: int | None
    before: list[Piece]  # between headline and body


def read_in_order(
    page: Page, seen: datetime, layout: str, original: Address | None = None
) -> Article | None:
    """Return the article of the page, or None where no title or no text is found.

    `original` is the address of the article that a page of another site is a copy of.
    """
    sheet = Sheet(page, seen, original)
    headline = find_headline(sheet)
    if headline is None:
        return None
    dated = find_date_line(sheet, headline.index)
    before, inside = article_pieces(sheet.pieces, headline.index, dated)
    url = sheet.address.url if sheet.address else page.url
    article = Article(url, headline.title, layout, blocks=[], kicker=headline.kicker)
    reading = _Reading(sheet, headline, dated, before)
    _read_text(article, reading, inside)
    if not article.blocks and not article.lead:
        return None
    _read_publication(article, sheet, dated)
    _read_section(article, reading)
    fill_tags(article, page, ("convention", "line of tags", _tags(sheet)))
    return finish(article, page, seen)


def _read_text(article: Article, reading: _Reading, inside: list[Piece]) -> None:
    """Fill in the lead, the blocks, and who wrote them."""
    lead = find_lead(reading.before, inside)
    pictures = [piece for piece in reading.before if piece.url and is_stored(piece.url)]
    kept = pictures + [piece for piece in inside if piece is not lead]
    page = reading.sheet.page
    body = read_body(kept, base=page.url, title=article.title, lead=lead.line if lead else None)
    article.blocks, article.lead = body.blocks, body.lead
    for name, rule in _RULES.items():
        article.note(name, "convention", rule)
    header = _header_byline(reading)
    article.source = body.byline.source or header.source
    fill_authors(article, page, header, body.byline, ("convention", "line by the date"))


def _read_publication(article: Article, sheet: Sheet, dated: int | None) -> None:
    """Fill in the date: of the date line, of the structured data, or the month of the address."""
    printed = sheet.dates[dated].printed if dated is not None else None
    found = publication(printed, sheet.address, sheet.seen) if printed else None
    if printed and found:
        article.published_at, article.published_precision = found
        article.published_raw = printed.raw
        article.note("published_at", "convention", "date line")
        return
    fill_stated_publication(article, sheet.page, sheet.seen)
    fill_month(article, sheet.address.month if sheet.address else None, sheet.seen)


def _read_section(article: Article, reading: _Reading) -> None:
    """Fill in what the address spells, as printed near the title or in the menu; else the breadcrumb."""
    page, address = reading.sheet.page, reading.sheet.address
    if address and address.section:
        path = newspaper.section_path(address.section)
        near = _spelled_near(reading.sheet.pieces, reading.headline.index, path)
        name = near or _spelled_in_link(page, path)
        if name:
            rule = "line by the title" if near else "menu"
            fill_section(article, page, f"/{path}", ("convention", rule, name))
            article.note("section_slug", "address", "path")
            return
    title = comparable(article.title)
    crumbs = [crumb for crumb in page.breadcrumb if comparable(crumb[0]) != title]
    if crumbs:
        name, link = crumbs[-1]
        fill_section(article, page, link, ("structured", BREADCRUMB, name))
    else:
        fill_section(
            article, page, None, ("structured", *page.first_stated("meta article:section"))
        )


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
        words = text_of(link)
        if 0 < len(words) <= LONGEST_TAG and newspaper.section_path(words) == path:
            return words
    return None


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
    known = set(map(id, lines))
    lines += [piece for piece in reading.before if id(piece) not in known]
    return [piece.text for piece in lines if piece.is_text and not is_prose(piece)]


def _tags(sheet: Sheet) -> list[str]:
    """Links after 'Từ khóa:'."""
    for index, piece in enumerate(sheet.pieces):
        if len(piece.text) < 300 and _TAGS.match(piece.text):
            inside = [text_of(link) for link in piece.element.iter("a")]
            later = sheet.pieces[index + 1 : index + TAGS_BELOW]
            words = inside or [piece.text for piece in later if piece.is_link]
            printed = [word.lstrip("#") for word in words if 0 < len(word) <= LONGEST_TAG]
            if printed:
                return printed
    return []
