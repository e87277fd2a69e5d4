"""Finding the title and the kicker above it, by wording and order."""

import re
from dataclasses import dataclass
from typing import Any, Final

from archive.vietnamese import fold
from crawler.conventions.furniture import ends_article, is_furniture
from crawler.conventions.names import is_capitals, is_own_name
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.piece import Line, Piece, comparable, holds
from crawler.sheet import Sheet

SHORTEST: Final = 8  # characters of a title or kicker
LONGEST: Final = 300
LONGEST_KICKER: Final = 160
LONGEST_SECTION: Final = 40
DATE_BELOW: Final = 4  # pieces within which a date line follows the title

_SEPARATOR: Final = re.compile(r"((?<!\s)\s+[-–—|:»>/•]+\s+|(?:(?<!\s)\s+)?[|»>]\s*)")
_LAST: Final = re.compile(r"/([^/]++)/?$")
_NUMBER: Final = 4  # digits, hexadecimal, at the end of an address
_RANK: Final = {"h1": 6, "h2": 4, "h3": 3, "h4": 2}
_NO_KICKER: Final = re.compile(
    r"[>»|]|\d{1,2}:\d{2}|°C|^(?:trang chủ|trang nhất|home|hôm nay)\b", re.IGNORECASE
)
_SECTIONS: Final = frozenset(map(fold, newspaper.SECTIONS.values()))


@dataclass(slots=True)
class Headline:
    """Where the title stands and what it says; `index` is the piece that ends it."""

    index: int
    title: str
    kicker: str | None = None


@dataclass(slots=True, frozen=True)
class Claims:
    """What a page says its title is: its head in comparable letters, the words of its address without marks."""

    head: tuple[str, ...] = ()
    slug: tuple[str, ...] = ()

    def match(self, text: str) -> float:
        """Return how well a text agrees: 1 where it is the title, 0 where it has nothing to do with it."""
        said = comparable(text)
        best = max((_agreement(said, claim) for claim in self.head), default=0.0)
        return (
            best
            if best == 1 or not self.slug
            else max(best, _agreement(_plain(text), "".join(self.slug)))
        )

    def go_on(self, first: str, second: str) -> bool:
        """Return whether a claim begins in the one text and ends in the other, as where it joins kicker and title."""
        said, joined = comparable(first), comparable(first + second)
        if any(
            len(claim) > len(said) + SHORTEST and joined.startswith(claim) for claim in self.head
        ):
            return True
        end = "".join(self.slug[-4:-1])  # addresses are cut at a length, perhaps within a word
        return len(end) > 4 and end in _plain(second) and end not in _plain(first)

    def join(self, first: str, second: str) -> bool:
        """Return whether a claim says the one text right before the other."""
        said, plain = comparable(first + second), _plain(first + second)
        return any(said in claim for claim in self.head) or plain in "".join(self.slug)


def title_claims(page: Page) -> Claims:
    """Return what the head and the address of a page say its title is."""
    stated = [
        page.stated("headline"),
        page.meta("og:title", "twitter:title", "title"),
        page.head_title,
    ]
    head = (comparable(_without_site(text)) for text in stated if text)
    slug = _slug(page.url)
    words = map(_plain, slug.split("-")) if slug else ()
    return Claims(tuple(claim for claim in head if len(claim) >= SHORTEST), tuple(words))


def _slug(url: str) -> str:
    """The words of an address, without the number behind them; "" where there is none.

    >>> _slug("https://baolamdong.vn/du-lich/mua-hoa-386954.html"), _slug("https://baolamdong.vn/du-lich/mua-hoa")
    ('mua-hoa', '')
    """
    last = _LAST.search(url)
    name = last[1].removesuffix(".html") if last else ""
    words = name.rstrip("0123456789abcdef") or name[:1]
    return words.removesuffix("-") if len(name) - len(words) >= _NUMBER else ""


def _agreement(said: str, claim: str) -> float:
    if said == claim:
        return 1.0
    shorter, longer = (said, claim) if len(said) < len(claim) else (claim, said)
    if len(shorter) < SHORTEST or shorter not in longer:
        return 0.0
    return 0.4 + 0.5 * len(shorter) / len(longer)


def _plain(text: str) -> str:
    """Letters without marks. No d: eth was typed for Đ, and the newspaper's own addresses then lost the letter."""
    return comparable(fold(text)).replace("d", "")


def _without_site(text: str) -> str:
    """A head title without the newspaper's and the section's names at its ends."""
    parts = _SEPARATOR.split(text[: 2 * LONGEST])  # every second one a separator
    while parts and _is_no_title(parts[-1]):
        parts = parts[:-2]
    while parts and _is_no_title(parts[0]):
        parts = parts[2:]
    return "".join(parts)


def _is_no_title(text: str) -> bool:
    return is_own_name(text) or is_section(text) or not any(map(str.isalnum, text))


def is_section(text: str) -> bool:
    """Return whether a line is the name of a section."""
    return len(text) <= LONGEST_SECTION and fold(text).strip(" >»:/|") in _SECTIONS


def find_headline(sheet: Sheet) -> Headline | None:
    """Return the headline: the line head and address repeat, a heading, above a date line; None where none is."""
    claims = title_claims(sheet.page)
    scored = ((_score(sheet, index, claims), -index) for index in range(len(sheet.pieces)))
    score, index = max(scored, default=(0.0, 0))
    return _with_kicker(sheet, -index, claims) if score > 0 else None


def _score(sheet: Sheet, index: int, claims: Claims) -> float:
    """How much a piece looks like the title."""
    piece = sheet.pieces[index]
    if (
        piece.kind not in {"p", "h"}
        or not SHORTEST <= len(piece.text) <= LONGEST
        or index in sheet.dates
    ):
        return 0
    if _leads_elsewhere(sheet, piece):
        return 0
    match, rank = claims.match(piece.text), _rank(piece)
    is_dated = any(below in sheet.dates for below in range(index + 1, index + 1 + DATE_BELOW))
    if not (match or rank > 2 or is_dated) or _is_something_else(piece, match):
        return 0
    return 10 * match + rank + 3 * is_dated + piece.is_bold - 4 * piece.is_link


def _rank(piece: Piece) -> int:
    above = piece.element.getparent()
    return _RANK.get(piece.element.tag, 0) or (_RANK.get(above.tag, 0) if above is not None else 0)


def _leads_elsewhere(sheet: Sheet, piece: Piece) -> bool:
    """Whether a piece links to another article."""
    target = newspaper.linked_article(piece.href) if piece.linked and piece.href else None
    return target is not None and (sheet.address is None or target.key != sheet.address.key)


def _is_something_else(piece: Piece, match: float) -> bool:
    """The newspaper's or a section's name, or furniture."""
    if match < 1 and is_own_name(piece.text):
        return True
    return is_section(piece.text) or is_furniture(piece.text) or ends_article(piece.text)


def _with_kicker(sheet: Sheet, index: int, claims: Claims) -> Headline:
    if index + 1 < len(sheet.pieces):
        below = sheet.pieces[index + 1]
        if below.is_text and claims.go_on(sheet.pieces[index].text, below.text):
            index += 1  # head or address joins kicker and title, and the kicker was the longer
    kicker, title = split_headline(sheet.pieces[index].lines, claims)
    return Headline(index, title, kicker or _kicker_above(sheet, index, claims))


def split_headline(lines: tuple[Line, ...], claims: Claims) -> tuple[str | None, str]:
    """Return kicker and title of a heading of one line or more.

    A first line is a kicker if it stands in an element of its own, in capitals, ends in a colon, or if the
    page's head has the title without it.

    >>> split_headline((Line("TRƯỜNG ĐẠI HỌC ĐÀ LẠT:"), Line("Tuyển sinh năm 2024")), Claims())
    ('TRƯỜNG ĐẠI HỌC ĐÀ LẠT:', 'Tuyển sinh năm 2024')
    """
    everything = " ".join(line.text for line in lines)
    title = " ".join(line.text for line in lines[1:])
    if title and (_is_kicker(lines) or comparable(title) in claims.head):
        return lines[0].text, title
    return None, everything


def _is_kicker(lines: tuple[Line, ...]) -> bool:
    """Whether the first of several lines is set differently from all others."""
    first, rest = lines[0], lines[1:]
    is_shouted = is_capitals(first.text) and not any(is_capitals(line.text) for line in rest)
    return is_shouted or first.text.endswith(":") or all(line.style != first.style for line in rest)


def _kicker_above(sheet: Sheet, index: int, claims: Claims) -> str | None:
    """The line right above the title, in the same box, unless it is a section, a date or a link elsewhere."""
    above, title = sheet.pieces[index - 1], sheet.pieces[index]
    if not index or index - 1 in sheet.dates or not _may_be_kicker(above):
        return None
    if above.linked and above.href != title.href:
        return None
    is_joined = claims.join(above.text, title.text) or _share_box(above.element, title.element)
    return above.line if is_joined else None


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
        if (
            box is not None
            and box.tag not in {"html", "body", "tr", "tbody", "table"}
            and holds(box, above)
        ):
            return True
        box = box.getparent() if box is not None else None
    rows = [
        next((up for up in (each, *each.iterancestors()) if up.tag == "tr"), None)
        for each in (above, title)
    ]
    return rows[0] is not None and rows[1] is not None and rows[0].getnext() is rows[1]
