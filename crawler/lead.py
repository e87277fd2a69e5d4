"""The lead (sapo) of an article, where no class name is known: a first paragraph the page sets apart."""

import re
from typing import Any, Final

from crawler.conventions.furniture import is_furniture, is_related
from crawler.conventions.openings import without_opening
from crawler.piece import Piece, comparable, holds
from crawler.region import is_prose

SHORTEST: Final = 30  # characters
COMPARED: Final = 4  # paragraphs that a lead is compared with

_NAME: Final = re.compile(
    r"sapo|lead(?!er)|\bdesc|summary|intro|headlines?\b|teaser|mo-?ta|trich-?dan|tom-?tat|abstract|excerpt|standfirst",
    re.IGNORECASE,
)


def find_lead(before: list[Piece], inside: list[Piece]) -> Piece | None:
    """Return the lead: a paragraph outside the body's box, or the first in it where it is set apart or repeated."""
    outside = next((piece for piece in before if _may_lead(piece)), None)
    if outside:
        return outside
    texts = [piece for piece in inside if piece.kind in {"p", "h", "quote"} and _is_read(piece)]
    if len(texts) < 2 or not _may_lead(texts[0]):
        return None
    lead, following = texts[0], [piece for piece in texts[1:] if is_prose(piece)][:COMPARED]
    said = _said(lead.text)
    is_repeated = any(_says(piece, said, begins=len(said) > SHORTEST) for piece in following)
    return lead if following and (is_repeated or _is_apart(lead, following)) else None


def without_lead(pieces: list[Piece], lead: str | None) -> tuple[str | None, list[Piece]]:
    """Drop the paragraph that repeats the lead; a lead cut with "..." is given its full text from there."""
    said = _said(lead) if lead else ""
    if lead is None or not said:
        return None, pieces
    is_cut = lead.rstrip().endswith(("...", "…"))
    for index, piece in enumerate(pieces[: COMPARED + 2]):
        if piece.is_text and _says(piece, said, begins=is_cut):
            return (piece.line if is_cut else lead), pieces[:index] + pieces[index + 1 :]
    return lead, pieces


def _says(piece: Piece, said: str, *, begins: bool) -> bool:
    """Whether a paragraph says the same, or begins so."""
    if len(piece.text) < len(said):
        return False
    return _said(piece.text) == said or (begins and _said(piece.text).startswith(said))


def _said(text: str) -> str:
    return comparable(without_opening(text))


def _is_read(piece: Piece) -> bool:
    return not piece.is_link and not is_furniture(piece.text)


def _may_lead(piece: Piece) -> bool:
    """A lead is a sentence or two, or the bare stop that stands in for one."""
    if piece.text.strip() == ".":
        return True
    if piece.kind not in {"p", "h", "quote"} or len(piece.text) < SHORTEST:
        return False
    return _is_read(piece) and not is_related(piece.text)


def _is_apart(lead: Piece, following: list[Piece]) -> bool:
    """Whether the page sets the paragraph in another manner than those that follow."""
    if lead.kind == "h" or (lead.is_bold and not all(piece.is_bold for piece in following)):
        return True
    if lead.is_italic and not all(piece.is_italic for piece in following):
        return True
    return _is_named(lead.element, following) or _is_outside(lead.element, following)


def _is_named(element: Any, following: list[Piece]) -> bool:
    """An element around the lead alone is called a lead."""
    for box in (element, *element.iterancestors()):
        if any(holds(box, piece.element) for piece in following):
            return False
        names = f"{box.get('class') or ''} {box.get('id') or ''} {box.get('itemprop') or ''}"
        if _NAME.search(names):
            return not any(_NAME.search(piece.element.get("class") or "") for piece in following)
    return False


def _is_outside(element: Any, following: list[Piece]) -> bool:
    """The paragraphs that follow stand in one box, the lead beside it."""
    first, *others = (piece.element for piece in following)
    if not others:
        return _depth(first) != _depth(element)
    boxes = (first, *first.iterancestors())
    around = next(box for box in boxes if all(holds(box, other) for other in others))
    return not holds(around, element)


def _depth(element: Any) -> int:
    return sum(1 for _ in element.iterancestors())
