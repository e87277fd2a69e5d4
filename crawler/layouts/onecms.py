"""ONECMS, the system in use today, in both its templates.

Years: since the move from hexadecimal addresses (2025); older articles were brought over.
Example: https://baolamdong.vn/giai-phap-phat-trien-nganh-hoa-mang-tam-quoc-te-bai-2-273078.html
Marker: a class sc-longform-header, c-detail-head, b-maincontent or content-main-normal.
Quirks: the header stands inside the article element in the newer template, before it in the older; the meta
tags write dates month first, JSON strings hold entities; advertisements stand between the paragraphs.
Class names are those of sister sites on the same system; where one is missing the next layer answers.
"""

from datetime import datetime
from typing import Any, Final

from archive.model import Article, Precision
from crawler.body import Body, read_body
from crawler.boxes import text_of
from crawler.conventions.days import publication, read_date_line
from crawler.conventions.names import Byline, is_own_name, read_names, split_names
from crawler.flow import flow
from crawler.headline import Claims, split_headline, title_claims
from crawler.layouts.fields import finish, first, modified, section_of, stated_publication
from crawler.layouts.onecms_places import Places, find_places, is_foreign
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.pictures import with_captions
from crawler.piece import Piece, comparable

NAME: Final = "onecms"

_MARKERS: Final = (
    b"sc-longform-header",
    b"c-detail-head",
    b"b-maincontent",
    b"content-main-normal",
)

_SHORTEST_BOLD_LEAD: Final = 60  # characters


def recognises(page: Page) -> bool:
    """Return whether the page is built by ONECMS."""
    return any(marker in page.data for marker in _MARKERS)


def read(page: Page, seen: datetime) -> Article | None:
    """Return the article of the page, or None where it has no title or no body. `seen` is when it was fetched."""
    places = find_places(page)
    layers: dict[str, str] = {}
    kicker, title = _headline(page, places, layers)
    if not title or not places["body"]:
        return None
    address = newspaper.article_address(page.url)
    body = _body(page, places, title, layers)
    section, path = section_of(page, *_printed_section(page, places), address)
    published_at, precision, raw = _publication(page, places, layers, seen)
    header = _header_names(places)
    article = Article(
        url=address.url if address else page.url,
        title=title,
        kicker=kicker,
        lead=body.lead,
        layout=NAME,
        blocks=body.blocks,
        authors=_authors(page, header, body.byline, layers),
        source=_source(places) or header.source or body.byline.source,
        source_url=_source_url(page, places),
        section=section,
        section_slug=path,
        tags=_tags(page, places),
        published_at=published_at,
        published_precision=precision,
        published_raw=raw,
        modified_at=modified(page, published_at),
        layers=layers,
    )
    return finish(article, page)


def _headline(page: Page, places: Places, layers: dict[str, str]) -> tuple[str | None, str | None]:
    """Return kicker and title; a heading broken after a colon or capitals holds both."""
    for element in (*places["title"], *page.root.iter("h1")):
        heading = next((piece for piece in flow(element) if piece.is_text), None)
        if heading:
            layers["title"] = "selector"
            claims = title_claims(page) if len(heading.lines) > 1 else Claims()
            above, title = split_headline(heading.lines, claims)
            kicker = next((text for each in places["kicker"] if (text := text_of(each))), None)
            return kicker or above, title
    stated = ("structured", lambda: page.stated("headline") or page.meta("og:title"))
    return None, first(layers, "title", stated)


def _publication(
    page: Page, places: Places, layers: dict[str, str], seen: datetime
) -> tuple[str | None, Precision, str | None]:
    for element in places["date"]:
        line = read_date_line(text_of(element))
        found = publication(line.printed, None, seen) if line else None
        if line and found:
            layers["published_at"] = "selector"
            return *found, line.printed.raw
    stated = stated_publication(page, seen)
    if stated:
        layers["published_at"] = "structured"
        return *stated, None
    return None, "unknown", None


def _header_names(places: Places) -> Byline:
    named = [read_names(text_of(element)) for element in places["author"]]
    authors = dict.fromkeys(name for byline in named for name in byline.authors)
    return Byline(list(authors), next((byline.source for byline in named if byline.source), None))


def _authors(page: Page, header: Byline, end: Byline, layers: dict[str, str]) -> list[str]:
    """The names of the header, then those of the byline that the header does not have."""
    known = set(map(comparable, header.authors))
    named = header.authors + [name for name in end.authors if comparable(name) not in known]
    layer = "selector" if header.authors else "convention"
    has_source = bool(header.source or end.source)
    structured = ("structured", lambda: [] if has_source else _stated_authors(page))
    return first(layers, "authors", (layer, lambda: named), structured) or []


def _stated_authors(page: Page) -> list[str]:
    named = page.meta("article:author") or page.stated("author") or ""
    is_site = is_own_name(named) or (" " not in named and "." in named.strip("."))
    return [] if is_site else split_names(named)


def _source(places: Places) -> str | None:
    """'Theo Kiến thức Đầu tư' below the article names the paper it was taken from."""
    named = (text_of(element).removeprefix("Theo ").strip(" :") for element in places["source"])
    return next((name for name in named if name and not is_own_name(name)), None)


def _source_url(page: Page, places: Places) -> str | None:
    shown = page.root.iterfind(".//*[@id='url-copy']") if places["source"] else ()
    return next((url for element in shown if (url := text_of(element))), None)


def _tags(page: Page, places: Places) -> list[str]:
    printed = [
        text_of(link).lstrip("#").strip() for box in places["tags"] for link in box.iter("a")
    ]
    stated = map(str.strip, (page.meta("article:tag") or "").split(","))
    return list(dict.fromkeys(tag for tag in (printed or stated) if tag))


def _printed_section(page: Page, places: Places) -> tuple[str | None, str | None]:
    for element in places["section"]:
        name = text_of(element)
        if name:
            links = (*element.iter("a"), *element.iterancestors("a"))
            return name, next((link.get("href") for link in links if link.get("href")), None)
    if page.breadcrumb:
        return page.breadcrumb[-1]
    return page.meta("article:section"), None


def _body(page: Page, places: Places, title: str, layers: dict[str, str]) -> Body:
    leads = ((each, text_of(each)) for each in places["lead"])
    lead, said = next(
        ((each, text) for each, text in leads if any(map(str.isalnum, text))), (None, None)
    )
    pieces = with_captions(_body_pieces(places, lead))
    layers["body"] = layers["lead"] = "selector"
    if said is None:
        said, pieces = _bold_lead(page, pieces)
    return read_body(pieces, base=page.url, title=title, lead=said)


def _body_pieces(places: Places, lead: Any) -> list[Piece]:
    """What stands in the article element, or where that is empty in the nearest box around it."""
    innermost_first = reversed(places["body"])
    for box in sorted(innermost_first, key=lambda box: box.tag != "article"):
        pieces = flow(box, lambda element: element is lead or is_foreign(element))
        if pieces:
            return pieces
    return []


def _bold_lead(page: Page, pieces: list[Piece]) -> tuple[str | None, list[Piece]]:
    """A first paragraph all in bold that the page also gives as its description is the lead."""
    described = comparable(page.meta("description", "og:description") or "")[:_SHORTEST_BOLD_LEAD]
    for index, piece in enumerate(pieces[:2]):
        is_bold = piece.kind == "p" and piece.is_bold and len(piece.text) > _SHORTEST_BOLD_LEAD
        if is_bold and described and piece.letters.startswith(described):
            return piece.line, pieces[:index] + pieces[index + 1 :]
    return None, pieces
