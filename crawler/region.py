"""Which of a page's pieces are the article's, where no class name tells."""

import re
from typing import Any, Final

from crawler.conventions.furniture import ends_article, is_furniture
from crawler.conventions.names import read_byline
from crawler.newspapers import baolamdong as newspaper
from crawler.pictures import with_captions
from crawler.piece import Piece, holds

TEXT_ENOUGH: Final = 150  # characters after which "other news" ends an article
RESUMES_WITHIN: Final = 12  # pieces of a box in mid-article

_ASIDE: Final = re.compile(r"(?:xem thêm|đọc thêm|tin liên quan|bài liên quan|>>|quảng cáo)", re.IGNORECASE)
_STOP: Final = (".", "!", "?", "…", "”", '"')


def is_prose(piece: Piece) -> bool:
    """Return whether a piece is running text: long, or a sentence."""
    if piece.kind not in {"p", "quote", "list"} or piece.is_link:
        return False
    return len(piece.text) > 90 or (len(piece.text) > 40 and piece.text.endswith(_STOP))


def article_pieces(pieces: list[Piece], title: int, dated: int | None) -> tuple[list[Piece], list[Piece]]:
    """Return what stands between the headline and the body, and what stands in the body's box."""
    below = with_captions(_below(pieces, title, dated))
    container = _container(below)
    if container is None:
        return below, []
    inside = [piece for piece in below if holds(container, piece.element)]
    before = below[: below.index(inside[0])] if inside else below
    return before, _trimmed(inside)


def _below(pieces: list[Piece], title: int, dated: int | None) -> list[Piece]:
    """What stands below the title, without the date line, up to where other things begin."""
    kept: list[Piece] = []
    length = 0
    for index in range(title + 1, len(pieces)):
        piece = pieces[index]
        if index == dated:
            continue
        if length > TEXT_ENOUGH and piece.is_text and ends_article(piece.text) and not _resumes(pieces, index):
            break
        length += len(piece.text) if piece.is_text and not piece.is_link else 0
        kept.append(piece)
    return kept


def _resumes(pieces: list[Piece], index: int) -> bool:
    """A box in mid-article: running text follows it in the box the text before it stood in."""
    before = next((piece for piece in reversed(pieces[:index]) if is_prose(piece)), None)
    if before is None:
        return False
    box = before.element.getparent()
    is_apart = pieces[index].element.getparent() is not box or _ASIDE.match(pieces[index].text)
    following = pieces[index + 1 : index + 1 + RESUMES_WITHIN]
    return bool(is_apart) and any(_closes_text(piece) and piece.element.getparent() is box for piece in following)


def _closes_text(piece: Piece) -> bool:
    return is_prose(piece) or (piece.is_text and not piece.linked and is_byline(piece))


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
    lines = (piece for piece in below if piece.is_text and not piece.is_link and not is_furniture(piece.text))
    return next(prose, None) or next(lines, None)


def _worths(below: list[Piece]) -> list[int]:
    """Running text counts for a box; links, furniture and the teasers below links count against it."""
    worths: list[int] = []
    is_teaser = False
    for piece in below:
        worth = _worth(piece)
        worths.append(-worth if is_teaser and worth > 0 else worth)
        is_teaser = is_link_to_article(piece) if piece.is_text else is_teaser
    return worths


def _worth(piece: Piece) -> int:
    if not piece.is_text:
        return 0
    length = len(piece.text)
    if piece.is_link or is_furniture(piece.text):
        return -2 * min(length, 200)
    if piece.linked > 0.4 * length:
        return -length
    return length if is_prose(piece) else length // 4


def is_link_to_article(piece: Piece) -> bool:
    """Return whether a piece is a link to an article and nothing else."""
    return piece.is_link and bool(piece.href) and newspaper.linked_article(piece.href or "") is not None


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
