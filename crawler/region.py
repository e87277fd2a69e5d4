"""Which of a page's pieces are the article's, where no class name tells."""

import re
from itertools import pairwise
from typing import Any, Final

from crawler import bounds
from crawler.conventions.furniture import ends_article, is_furniture, is_imprint
from crawler.conventions.names import read_byline
from crawler.newspapers import baolamdong as newspaper
from crawler.pictures import with_captions
from crawler.piece import Piece, holds

TEXT_ENOUGH: Final = 150  # characters after which "other news" ends an article
RESUMES_WITHIN: Final = 12  # pieces of a box in mid-article
BEGINS_WITHIN: Final = 30
NEIGHBOURS: Final = 3  # paragraphs before such a box that those after it are compared with

_ASIDE: Final = re.compile(
    r"xem thêm|đọc thêm|(?:tin,? bài|tin|bài) liên quan|>>|quảng cáo|đừng bỏ lỡ"
    r"|(?:có thể bạn|bạn có thể) quan tâm",
    re.IGNORECASE,
)
_STOP: Final = (".", "!", "?", "…", "”", '"')


def is_prose(piece: Piece) -> bool:
    """Return whether a piece is running text: long, or a sentence."""
    if piece.kind not in {"p", "quote", "list"} or piece.is_link:
        return False
    return len(piece.text) > 90 or (len(piece.text) > 40 and piece.text.endswith(_STOP))


def article_pieces(
    pieces: list[Piece], title: int, dated: int | None
) -> tuple[list[Piece], list[Piece]]:
    """Return what stands between the headline and the body, and what stands in the body's box."""
    below = with_captions(_below(pieces, title, dated))
    container = _container(below)
    if container is None:
        return below, []
    inside = [piece for piece in below if holds(container, piece.element)]
    start = next((number for number, piece in enumerate(inside) if not _is_header(piece)), 0)
    before = below[: below.index(inside[start])]
    return before, _trimmed(inside[start:])


def _is_header(piece: Piece) -> bool:
    """Names and tools between title and text."""
    return piece.is_text and not is_prose(piece) and (is_byline(piece) or is_furniture(piece.text))


def _below(pieces: list[Piece], title: int, dated: int | None) -> list[Piece]:
    """What stands below the title, without the date line and boxes of other news, up to where only those follow."""
    kept: list[Piece] = []
    length, prose = 0, list[Piece]()  # of what is kept
    is_box = False
    for index in range(title + 1, len(pieces)):
        piece = pieces[index]
        if piece.is_text and length > TEXT_ENOUGH and ends_article(piece.text):
            if not _resumes(pieces, index, prose):
                break
            is_box = True
        is_box = is_box and (piece.is_link or ends_article(piece.text))
        if index != dated and not is_box:
            kept.append(piece)
            length += _length([piece])
            prose += [piece] if is_prose(piece) else []
    return kept


def _length(pieces: list[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces if piece.is_text and not piece.is_link)


def _resumes(pieces: list[Piece], index: int, before: list[Piece]) -> bool:
    """A box in mid-article: text goes on beside the text before it; or one between lead and text."""
    nearest = before[-NEIGHBOURS:]
    marker, following = pieces[index], pieces[index + 1 : index + 1 + RESUMES_WITHIN]
    is_aside = _ASIDE.match(marker.text) is not None
    is_apart = is_aside or not any(_are_alongside(marker, piece) for piece in nearest)
    rest = list(filter(_closes_text, following))
    goes_on = any(_are_alongside(one, two) for one in nearest for two in rest)
    return (is_apart and goes_on) or _begins(pieces, index, before)


def _begins(pieces: list[Piece], index: int, before: list[Piece]) -> bool:
    """Whether the text only begins here: two paragraphs side by side follow, in all longer than what came before.

    After more than a lead nothing may stand between the two: comments and teasers stand side by side as well.
    """
    following = [piece for piece in pieces[index : index + BEGINS_WITHIN] if piece.is_text]
    texts = [piece for piece in following if not is_furniture(piece.text)]
    prose = [two for one, two in pairwise(texts) if _is_own_prose(two) and not _is_teaser(one, two)]
    pairs = pairwise(prose if len(before) == 1 else texts)
    found = any(
        _is_own_prose(one) and _is_own_prose(two) and _are_alongside(one, two) for one, two in pairs
    )
    return found and _is_longer(prose, before)


def _is_longer(some: list[Piece], others: list[Piece]) -> bool:
    left = _length(some)
    for piece in others:  # perhaps thousands: the first few decide
        left -= _length([piece])
        if left <= 0:
            return False
    return left > 0


def _is_own_prose(piece: Piece) -> bool:
    return is_prose(piece) and not is_imprint(piece.text)


def _is_teaser(link: Piece, text: Piece) -> bool:
    """Text below the link to an article, in one box with it."""
    if not is_link_to_article(link):
        return False
    return holds(link.element, text.element) or link.element.getparent() is text.element.getparent()


def _are_alongside(one: Piece, two: Piece) -> bool:
    """Both stand in one box, or each in a wrapper of its own in one box."""
    box, other = one.element.getparent(), two.element.getparent()
    if box is other or box is None or other is None:
        return box is other
    if one.element is other:  # lines of running text parted by breaks, and a box among them
        return True
    are_parts = box.tag == other.tag == "section" or (_wraps(box, one) and _wraps(other, two))
    return box.getparent() is other.getparent() and are_parts


def _wraps(box: Any, piece: Piece) -> bool:
    most = len(piece.text) + 10
    return len(bounds.beginning(box, most).strip()) <= most


def _closes_text(piece: Piece) -> bool:
    return _is_own_prose(piece) or (piece.is_text and not piece.linked and is_byline(piece))


def is_byline(piece: Piece) -> bool:
    """Return whether a piece names the authors or the source."""
    return piece.kind in {"p", "h"} and read_byline(piece.text, marked=piece.is_marked) is not None


def _container(below: list[Piece]) -> Any:
    """The element around the first running text whose inside is most text and least links."""
    start = _first_text(below)
    if start is None:
        return next((piece.element.getparent() for piece in below if not piece.is_text), None)
    around = [start.element, *start.element.iterancestors()]
    gains = dict.fromkeys(around, 0)
    for piece, worth in zip(below, _worths(below), strict=True):
        for up in (piece.element, *piece.element.iterancestors()):
            if up in gains:
                gains[up] += worth
    return max(around, key=lambda up: gains[up])


def _first_text(below: list[Piece]) -> Piece | None:
    prose = (piece for piece in below if is_prose(piece))
    texts = (piece for piece in below if piece.is_text and not piece.is_link)
    lines = (piece for piece in texts if not is_furniture(piece.text))
    return next(prose, None) or next(lines, None)


def _worths(below: list[Piece]) -> list[int]:
    """Running text counts for a box; links, furniture and the teasers below links count against it."""
    texts = [piece for piece in below if piece.is_text]
    between = zip(texts, texts[1:], texts[2:], strict=False)
    teasers = {
        text
        for above, text, under in between
        if is_link_to_article(above) and is_link_to_article(under)
    }
    return [-abs(_worth(piece)) if piece in teasers else _worth(piece) for piece in below]


def _worth(piece: Piece) -> int:
    if not piece.is_text:
        return 0
    length = len(piece.text)
    if piece.is_link or is_furniture(piece.text):
        return -2 * min(length, 200)
    if piece.linked > 0.4 * length:
        return -length
    return length if is_prose(piece) or len(piece.lines) > 1 else length // 4


def is_link_to_article(piece: Piece) -> bool:
    """Return whether a piece is a link to an article and nothing else."""
    return piece.is_link and newspaper.linked_article(piece.href or "") is not None


def _trimmed(inside: list[Piece]) -> list[Piece]:
    """Cut what stands after the byline, where no running text follows it."""
    end = len(inside)
    for index in range(len(inside) - 1, -1, -1):
        if is_prose(inside[index]):
            break
        if not inside[index].linked and is_byline(inside[index]):
            end = index + 1
            break
    return inside[:end]
