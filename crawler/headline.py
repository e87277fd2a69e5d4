"""Finding the title and the kicker above it, by wording and order."""

import re
from dataclasses import dataclass
from typing import Any, Final

from archive.vietnamese import fold
from crawler.conventions.furniture import ends_article, is_furniture
from crawler.conventions.names import is_capitals, is_own_name
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.piece import Line, Piece, holds
from crawler.sheet import Sheet

SHORTEST: Final = 8  # characters of a title or kicker
LONGEST: Final = 300
LONGEST_KICKER: Final = 160
DATE_BELOW: Final = 4  # pieces within which a date line follows the title

_SEPARATOR: Final = re.compile(r"\s+[-–—|:»>/•]+\s+|\s*[|»>]\s*")
_SLUG: Final = re.compile(r"/([^/]+?)-?[0-9a-f]{4,}(?:/|\.html)?$")
_RANK: Final = {"h1": 6, "h2": 4, "h3": 3, "h4": 2}
_NO_KICKER: Final = re.compile(r"[>»|]|\d{1,2}:\d{2}|°C|^(?:trang chủ|trang nhất|home|hôm nay)\b", re.IGNORECASE)
_SECTIONS: Final = frozenset(map(fold, newspaper.SECTIONS.values()))


@dataclass(slots=True)
class Headline:
    """Where the title stands and what it says; `index` is the piece that ends it."""

    index: int
    title: str
    kicker: str | None = None


def find_headline(sheet: Sheet) -> Headline | None:
    """Return the headline: the line the page's head and address repeat, that is a heading, near a date line."""
    claims = title_claims(sheet.page)
    scored = ((_score(sheet, index, claims), -index) for index in range(len(sheet.pieces)))
    best, index = max(scored, default=(0.0, 0))
    return _with_kicker(sheet, -index, claims) if best > 0 else None


def title_claims(page: Page) -> list[str]:
    """Return what the head and the address of a page say its title is, in plain letters."""
    stated = [page.stated("headline"), page.meta("og:title", "twitter:title", "title"), page.head_title]
    slug = _SLUG.search(page.url)
    named = [text for text in map(_without_site, filter(None, stated)) if text]
    return [plain for text in [*named, slug[1] if slug else ""] if len(plain := _plain(text)) >= SHORTEST]


def _plain(text: str) -> str:
    """Letters without marks. No d: eth was typed for Đ, and the newspaper's own addresses then lost the letter."""
    return "".join(filter(str.isalnum, fold(text))).replace("d", "")


def _without_site(text: str) -> str:
    """A head title without the newspaper's and the section's names at its ends."""
    parts = _SEPARATOR.split(text)
    while parts and _is_no_title(parts[-1]):
        text = text[: text.rindex(parts.pop())].rstrip(" -–—|:»>/•")
    while parts and _is_no_title(parts[0]):
        text = text[text.index(parts[0]) + len(parts.pop(0)) :].lstrip(" -–—|:»>/•")
    return text


def _is_no_title(text: str) -> bool:
    return is_own_name(text) or is_section(text) or not any(map(str.isalnum, text))


def is_section(text: str) -> bool:
    """Return whether a line is the name of a section."""
    return len(text) <= 40 and fold(text).strip(" >»:/|") in _SECTIONS


def _score(sheet: Sheet, index: int, claims: list[str]) -> float:
    """How much a piece looks like the title: said in head and address, a heading, above a date line, no link."""
    piece = sheet.pieces[index]
    if piece.kind not in {"p", "h"} or not SHORTEST <= len(piece.text) <= LONGEST or _is_elsewhere(sheet, piece):
        return 0
    if index in sheet.dates or is_section(piece.text) or is_furniture(piece.text) or ends_article(piece.text):
        return 0
    said = _plain(piece.text)
    match = max((_match(said, claim) for claim in claims), default=0.0)
    if match < 1 and is_own_name(piece.text):
        return 0
    rank = _RANK.get(_heading(piece), 0)
    dated = any(below in sheet.dates for below in range(index + 1, index + 1 + DATE_BELOW))
    if not match and not (rank > 2 or dated):
        return 0
    return 10 * match + rank + 3 * dated + piece.is_bold - 4 * piece.is_link


def _is_elsewhere(sheet: Sheet, piece: Piece) -> bool:
    """A link to another article is not this one's title."""
    if not piece.linked or not piece.href:
        return False
    target = newspaper.linked_article(piece.href)
    return target is not None and (sheet.address is None or target.key != sheet.address.key)


def _match(said: str, claim: str) -> float:
    if said == claim:
        return 1.0
    shorter, longer = sorted((said, claim), key=len)
    if len(shorter) < SHORTEST or shorter not in longer:
        return 0.0
    return 0.4 + 0.5 * len(shorter) / len(longer)


def _heading(piece: Piece) -> str:
    for element in (piece.element, piece.element.getparent()):
        if element is not None and element.tag in _RANK:
            return str(element.tag)
    return ""


def _with_kicker(sheet: Sheet, index: int, claims: list[str]) -> Headline:
    pieces = sheet.pieces
    if index + 1 < len(pieces) and _is_first_half(pieces[index], pieces[index + 1], claims):
        index += 1
    kicker, title = split_headline(pieces[index].lines, claims)
    return Headline(index, title, kicker or _kicker_above(sheet, index, claims))


def _is_first_half(piece: Piece, below: Piece, claims: list[str]) -> bool:
    """Head or address joins kicker and title, and the kicker is the longer; addresses are cut at a length."""
    if not below.is_text:
        return False
    said, joined = _plain(piece.text), _plain(piece.text + below.text)
    return any(len(claim) > len(said) + SHORTEST and joined.startswith(claim) for claim in claims)


def split_headline(lines: tuple[Line, ...], claims: list[str] | None = None) -> tuple[str | None, str]:
    """Return kicker and title of a heading of several lines.

    The kicker stands in an element of its own, in capitals, ends in a colon, or is not in the page's head.

    >>> split_headline((Line("TRƯỜNG ĐẠI HỌC ĐÀ LẠT:"), Line("Tuyển sinh năm 2024")))
    ('TRƯỜNG ĐẠI HỌC ĐÀ LẠT:', 'Tuyển sinh năm 2024')
    """
    everything = " ".join(line.text for line in lines)
    if len(lines) == 1 or (_plain(everything) in (claims or [])[:-1] and not _is_kicker(lines)):
        return None, everything
    title = " ".join(line.text for line in lines[1:])
    if _is_kicker(lines) or _plain(title) in (claims or []):
        return lines[0].text, title
    return None, everything


def _is_kicker(lines: tuple[Line, ...]) -> bool:
    """Whether the first of several lines is set differently from the others."""
    first, rest = lines[0], lines[1:]
    shouted = is_capitals(first.text) and not any(is_capitals(line.text) for line in rest)
    return shouted or first.text.endswith(":") or all(line.style != first.style for line in rest)


def _kicker_above(sheet: Sheet, index: int, claims: list[str]) -> str | None:
    """The line right above the title, in the same box, unless it is a section, a date or a link elsewhere."""
    above, title = sheet.pieces[index - 1], sheet.pieces[index]
    if not index or index - 1 in sheet.dates or not _may_be_kicker(above):
        return None
    if above.linked and above.href != title.href:
        return None
    joined = _plain(above.text + title.text)
    if any(joined in claim for claim in claims) or _share_box(above.element, title.element):
        return above.line
    return None


def _may_be_kicker(piece: Piece) -> bool:
    text = piece.line
    if piece.kind not in {"p", "h"} or not SHORTEST <= len(text) <= LONGEST_KICKER:
        return False
    if is_own_name(text) or is_section(text) or _NO_KICKER.search(text):
        return False
    return not is_furniture(text) and not ends_article(text)


def _share_box(above: Any, title: Any) -> bool:
    """Within two steps up both stand in one element that does not lay out the page, or in rows side by side."""
    box = title.getparent()
    for _ in range(2):
        if box is not None and box.tag not in {"html", "body", "tr", "tbody", "table"} and holds(box, above):
            return True
        box = box.getparent() if box is not None else None
    rows = [next((up for up in (each, *each.iterancestors()) if up.tag == "tr"), None) for each in (above, title)]
    return rows[0] is not None and rows[1] is not None and rows[0].getnext() is rows[1]
