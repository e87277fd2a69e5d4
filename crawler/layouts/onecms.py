"""ONECMS, the system in use today, in both its templates.

Years: since the move from hexadecimal addresses (2025); older articles were brought over.
Example: https://baolamdong.vn/giai-phap-phat-trien-nganh-hoa-mang-tam-quoc-te-bai-2-273078.html
Marker: a class sc-longform-header, c-detail-head, b-maincontent or content-main-normal.
Quirks: the header stands inside the article element in the newer template, before it in the older; the meta
tags write dates month first, JSON strings hold entities; advertisements stand between the paragraphs.
Class names are those of sister sites on the same system; where one is missing the next layer answers.
"""

from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from archive.model import Article
from crawler.body import read_body
from crawler.boxes import text_of
from crawler.conventions.days import publication, read_date_line
from crawler.conventions.names import Byline, is_own_name, read_names
from crawler.flow import flow
from crawler.headline import Claims, split_headline, title_claims
from crawler.layouts.fields import (
    BREADCRUMB,
    fill_authors,
    fill_section,
    fill_stated_publication,
    fill_tags,
    finish,
    first,
)
from crawler.layouts.onecms_places import Places, find_places, is_foreign, rule
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.pictures import with_captions
from crawler.piece import Piece, comparable, is_readable

NAME: Final = "onecms"

_MARKERS: Final = (
    b"sc-longform-header",
    b"c-detail-head",
    b"b-maincontent",
    b"content-main-normal",
)
_MOST_BOXES: Final = 20  # of one kind on a page; each is read until one holds something
_SHORTEST_BOLD_LEAD: Final = 60  # characters


def recognises(page: Page) -> bool:
    """Return whether the page is built by ONECMS."""
    return any(marker in page.data for marker in _MARKERS)


def read(page: Page, seen: datetime) -> Article | None:
    """Return the article of the page, or None where it has no title or no body. `seen` is when it was fetched."""
    places = find_places(page)
    address = newspaper.article_address(page.url)
    article = Article(address.url if address else page.url, "", NAME, blocks=[])
    _read_headline(article, page, places)
    if not article.title or not places["body"]:
        return None
    _read_text(article, page, places)
    _read_section(article, page, places)
    _read_publication(article, page, places, seen)
    fill_tags(article, page, ("selector", _rule(places["tags"]), _tags(places)))
    return finish(article, page, seen)


def _read_headline(article: Article, page: Page, places: Places) -> None:
    """Fill in kicker and title; a heading broken after a colon or capitals holds both."""
    for element in (*places["title"], *page.root.iter("h1")):
        heading = next((piece for piece in flow(element) if piece.is_text), None)
        if heading:
            claims = title_claims(page) if len(heading.lines) > 1 else Claims()
            above, article.title = split_headline(heading.lines, claims)
            article.note("title", "selector", rule(element))
            kickers = (("selector", rule(each), text_of(each)) for each in places["kicker"])
            in_title = ("selector", rule(element), above)
            article.kicker = first(article, "kicker", *kickers, in_title)
            return
    stated = ("structured", *page.first_stated("JSON-LD headline", "meta og:title"))
    article.title = first(article, "title", stated) or ""


def _read_text(article: Article, page: Page, places: Places) -> None:
    """Fill in the lead, the blocks, and who wrote them."""
    leads = ((element, text_of(element)) for element in places["lead"])
    lead, said = next(((each, text) for each, text in leads if is_readable(text)), (None, None))
    box, pieces = _body_pieces(places, lead)
    for name in ("body", "blocks"):
        article.note(name, "selector", rule(box))
    pieces = with_captions(pieces)
    if said is None:
        said, pieces = _bold_lead(page, pieces)
        article.note("lead", "convention", "first paragraph in bold")
    else:
        article.note("lead", "selector", rule(lead))
    body = read_body(pieces, base=page.url, title=article.title, lead=said)
    article.blocks, article.lead = body.blocks, body.lead
    header = _header_names(places)
    _read_source(article, page, places, header, body.byline)
    where = ("selector", _rule(places["author"]))
    fill_authors(article, page, header, body.byline, where)


def _rule(elements: list[Any]) -> str:
    return rule(elements[0]) if elements else ""


def _header_names(places: Places) -> Byline:
    named = [read_names(text_of(element)) for element in places["author"]]
    authors = dict.fromkeys(name for byline in named for name in byline.authors)
    return Byline(list(authors), next((byline.source for byline in named if byline.source), None))


def _read_publication(article: Article, page: Page, places: Places, seen: datetime) -> None:
    for element in places["date"]:
        line = read_date_line(text_of(element))
        address = newspaper.article_address(page.url)
        found = publication(line.printed, address, seen) if line else None
        if line and found:
            article.published_at, article.published_precision = found
            article.published_raw = line.printed.raw
            article.note("published_at", "selector", rule(element))
            return
    fill_stated_publication(article, page, seen)


def _read_source(article: Article, page: Page, places: Places, header: Byline, end: Byline) -> None:
    article.source = first(
        article,
        "source",
        ("selector", _rule(places["source"]), _source(places)),
        ("selector", _rule(places["author"]), header.source),
        ("convention", "byline at the end", end.source),
    )
    shown = ("selector", "#url-copy", _source_url(page, places))
    article.source_url = first(article, "source_url", shown)


def _source(places: Places) -> str | None:
    """'Theo Kiến thức Đầu tư' below the article names the paper it was taken from."""
    named = (text_of(element).removeprefix("Theo ").strip(" :") for element in places["source"])
    return next((name for name in named if name and not is_own_name(name)), None)


def _source_url(page: Page, places: Places) -> str | None:
    shown = page.root.iterfind(".//*[@id='url-copy']") if places["source"] else ()
    return next((url for element in shown if (url := text_of(element))), None)


def _tags(places: Places) -> list[str]:
    links = (link for box in places["tags"] for link in box.iter("a"))
    return [text_of(link).lstrip("#").strip() for link in links]


def _read_section(article: Article, page: Page, places: Places) -> None:
    for element in places["section"]:
        name = text_of(element)
        if name:
            links = (*element.iter("a"), *element.iterancestors("a"))
            link = next((link.get("href") for link in links if link.get("href")), None)
            fill_section(article, page, link, ("selector", rule(element), name))
            return
    if page.breadcrumb:
        name, link = page.breadcrumb[-1]
        fill_section(article, page, link, ("structured", BREADCRUMB, name))
    else:
        fill_section(
            article, page, None, ("structured", *page.first_stated("meta article:section"))
        )


def _body_pieces(places: Places, lead: Any) -> tuple[Any, list[Piece]]:
    """What stands in the article element, or where that is empty in the nearest box around it."""
    innermost_first = reversed(places["body"][-_MOST_BOXES:])
    for box in sorted(innermost_first, key=lambda box: box.tag != "article"):
        pieces = flow(box, lambda element: element is lead or is_foreign(element))
        if pieces:
            return box, pieces
    return places["body"][-1], []


def _bold_lead(page: Page, pieces: list[Piece]) -> tuple[str | None, list[Piece]]:
    """A first paragraph all in bold is the lead where the next is not, or where it is the page's description."""
    described = comparable(page.meta("description", "og:description") or "")[:_SHORTEST_BOLD_LEAD]
    texts = [piece for piece in pieces if piece.kind == "p"]
    for piece, after in pairwise(texts[:3]):
        is_bold = piece.is_bold and len(piece.text) > _SHORTEST_BOLD_LEAD
        is_described = bool(described) and piece.letters.startswith(described)
        if is_bold and (is_described or not after.is_bold):
            return piece.line, [each for each in pieces if each is not piece]
    return None, pieces
