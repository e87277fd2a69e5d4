"""How one text became another, word by word, at a cost that has a bound however long the texts are."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

Kind = Literal["same", "out", "in", "cut"]

# What comparing costs: pairs of equal parts. Beyond it words give way to paragraphs, these to the whole.
_PAIRS: Final = 50_000
_MOST: Final = 3_000  # parts: where every other one differs, each match is sought anew
_LONGEST: Final = 500_000  # characters: beyond, even cutting them into words takes too long
_PARTS: Final = (re.compile(r"\s*\S+\s*"), re.compile(r"[^\n]+(?:\n[^\n]+)*\n*|\n+"))
_NEAR: Final = 240  # characters shown on either side of a change
_SHOWN: Final = 5_000  # of one change


@dataclass(slots=True, frozen=True)
class Piece:
    """A stretch of text that stayed, went out or came in; `cut` is one that stayed and is not shown."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Effort:
    """What may still be spent on comparing, in parts squared: a second or so for one page."""

    left: int = 3 * _MOST**2

    def allows(self, old: list[str], new: list[str]) -> bool:
        """Return whether these may be compared part by part; if so, that is spent."""
        longer = max(len(old), len(new))
        if longer > _MOST or longer**2 > self.left:
            return False
        counts = Counter(new)
        if sum(counts[each] for each in old) > _PAIRS:
            return False
        self.left -= longer**2
        return True


def difference(before: str, after: str, effort: Effort | None = None) -> list[Piece]:
    """Return how one text became another: by word, or by paragraph where there are very many words.

    Without the pieces `in` they make up the first text, without `out` the second.

    >>> [(piece.kind, piece.text) for piece in difference("Giá cà phê tăng", "Giá cà phê giảm")]
    [('same', 'Giá cà phê '), ('out', 'tăng'), ('in', 'giảm')]
    """
    effort = effort or Effort()
    if max(len(before), len(after)) <= _LONGEST:
        for part in _PARTS:
            old, new = part.findall(before), part.findall(after)
            if effort.allows(old, new):
                return list(_pieces(old, new))
    return list(_pieces([before], [after]))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("out", "".join(old[a:b]))
        if d > c:
            yield Piece("in", "".join(new[c:d]))


def shown(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces as a page shows them: of what stayed only what is near a change.

    >>> [(piece.kind, len(piece.text)) for piece in shown([Piece("same", "x" * 9_000), Piece("out", "y")])]
    [('cut', 8760), ('same', 240), ('out', 1)]
    """
    last = len(pieces) - 1
    return [
        part
        for place, piece in enumerate(pieces)
        for part in _parts(piece, is_first=place == 0, is_last=place == last)
        if part.text
    ]


def _parts(piece: Piece, *, is_first: bool, is_last: bool) -> Iterator[Piece]:
    """What stayed, without its middle, or without what stands before the first or after the last change."""
    text, kind = piece.text, piece.kind
    head, tail = (0 if is_first else _NEAR), (0 if is_last else _NEAR)
    if kind != "same":
        head, tail = _SHOWN, 0
    if len(text) <= head + tail + _NEAR:
        yield piece
        return
    head = text.rfind(" ", 0, head) + 1 or head
    end = max(text.find(" ", len(text) - tail), len(text) - tail)
    yield Piece(kind, text[:head])
    yield Piece("cut", text[head:end])
    yield Piece(kind, text[end:])
