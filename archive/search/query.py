"""What a reader typed, as the index is asked: nothing anyone types is a syntax error.

Words must all occur. A piece in quotes, or with a sign inside (30/4, K'Ho), is a phrase; `-word`
excludes; `NEAR(a b c)` wants its words close together. A word with accents means that spelling, a
word without them any.
"""

import re
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import Final

from archive.search.names import LONGEST, Words, other_spellings, words_of
from archive.search.wordings import glued, other_wordings
from archive.syllables import is_syllable
from archive.vietnamese import exact, fold, has_accents, normalise

NEAR: Final = 10  # words between
MOST_NEAR: Final = 12  # words that are looked for close together
MOST_WORDINGS: Final = 8  # of a whole query that are looked for as a phrase
LONGEST_QUERY: Final = 40  # words; of a longer one only the wording typed is
LONGEST_PHRASE: Final = 200  # words; a longer query is looked for word by word

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
_PIECE: Final = re.compile(
    r'(?P<minus>-?)(?:"(?P<quoted>[^"]*)"?|NEAR\((?P<near>[^()"]*)\)?|(?P<plain>[^\s"]+))'
)


@dataclass(slots=True, frozen=True)
class Ask:
    """What the index is asked, and the phrases that are marked in what it finds."""

    match: str
    marks: tuple[Words, ...]


@dataclass(slots=True, frozen=True)
class Piece:
    """One thing asked for: its words as typed, and phrases that are as good."""

    words: Words
    kind: str = "words"  # words: all of them, phrase: in this order, near: close together
    others: tuple[Words, ...] = ()

    @property
    def wordings(self) -> tuple[Words, ...]:
        """All phrases it stands for."""
        return (self.words, *self.others)

    @property
    def marks(self) -> tuple[Words, ...]:
        """What of it is marked in a text: the phrase, or each of its words."""
        typed = (self.words,) if self.kind == "phrase" else tuple((word,) for word in self.words)
        return (*typed, *self.others)

    def match(self) -> str:
        """Return the expression that finds it."""
        is_near = self.kind == "near" and len(self.words) <= MOST_NEAR
        ask = phrase if self.kind == "phrase" else near if is_near else _all_of
        return _any([ask(self.words), *map(phrase, self.others)])


@dataclass(slots=True, frozen=True)
class Query:
    """A query taken apart. `pieces` must occur, `excluded` must not."""

    text: str
    pieces: tuple[Piece, ...]
    excluded: tuple[Piece, ...]

    @property
    def words(self) -> Words:
        """All words that must occur, as typed."""
        return tuple(word for piece in self.pieces for word in piece.words)

    def asks(self) -> list[Ask]:
        """Return what to look for: the whole query as a phrase, close together, and anywhere; best first."""
        if not self.pieces:
            return []
        is_plain = len(self.words) > 1 and all(piece.kind != "near" for piece in self.pieces)
        is_phrase = len(self.pieces) == 1 and self.pieces[0].kind == "phrase"
        if not is_plain or is_phrase or len(self.words) > LONGEST_PHRASE:
            return [self.anywhere()]
        most = MOST_WORDINGS if len(self.words) <= LONGEST_QUERY else 1
        combined = islice(product(*(piece.wordings for piece in self.pieces)), most)
        wholes = tuple(tuple(chain(*wording)) for wording in combined)
        whole = Ask(_any(list(map(phrase, wholes))), wholes)
        anywhere = self.anywhere()
        is_spoken = any(piece.others or piece.kind == "phrase" for piece in self.pieces)
        whole_and_close = [near(self.words), *([anywhere.match] if is_spoken else [])]
        close = Ask(_all(whole_and_close), anywhere.marks)
        return [whole, *([close] if len(self.words) <= MOST_NEAR else []), anywhere]

    def anywhere(self) -> Ask:
        """Return what finds every article the query means, filters aside."""
        pieces = dict.fromkeys(self.pieces)
        match = _all([piece.match() for piece in pieces])
        marks = dict.fromkeys(mark for piece in pieces for mark in piece.marks)
        return Ask(match, tuple(marks))

    def is_unfinished(self) -> bool:
        """Tell whether the last syllable may be only begun: "rô m", "nông th"."""
        words = self.words
        is_plain = len(words) > 1 and all(piece.kind == "words" for piece in self.pieces)
        if not is_plain or not words[-1].isalpha() or has_accents(words[-1]):
            return False
        return len(words[-1]) <= 2 or not is_syllable(words[-1])

    def ending_in(self, endings: list[str]) -> Ask:
        """Return what finds the query as a phrase with another last word, any of these."""
        wholes = tuple((*self.words[:-1], ending) for ending in endings)
        return Ask(_any(list(map(phrase, wholes))), wholes)


def parse(text: str) -> Query:
    """Take a query apart, whatever it is."""
    wanted: list[Piece] = []
    excluded: list[Piece] = []
    for found in _PIECE.finditer(normalise(text.translate(_QUOTES))):
        piece = _piece(found)
        if piece:
            (excluded if found["minus"] and _begins(found) else wanted).append(piece)
    return Query(text, tuple(_names_joined(wanted)), tuple(dict.fromkeys(excluded)))


def without_accents(text: str) -> str:
    """Return a query with its accents taken off; quotes and signs stay."""
    return fold(normalise(text)).replace("near(", "NEAR(")


def phrase(words: Words) -> str:
    """Return the expression for words one after the other, each spelt as typed or with any accents.

    >>> phrase(("Đà", "Lạt")), phrase(("da", "lat")), phrase(("Đà", "lat"))
    ('"đà lạt"', '"da lat"', '("da lat" AND "đà")')
    """
    marked = [word for word in words if has_accents(word)]
    if all(has_accents(word) or word.isdigit() for word in words):
        return _quoted(" ".join(map(exact, words)))
    return _all([_quoted(" ".join(map(fold, words))), *(_quoted(exact(word)) for word in marked)])


def near(words: Words) -> str:
    """Return the expression for words close together, in any order."""
    if len(words) < 2:
        return phrase(words)
    spell = exact if all(has_accents(word) or word.isdigit() for word in words) else fold
    close = f"NEAR({' '.join(_quoted(spell(word)) for word in words)}, {NEAR})"
    marked = [_quoted(exact(word)) for word in words if has_accents(word) and spell is fold]
    return _all([close, *marked])


def _piece(found: re.Match[str]) -> Piece | None:
    if found["quoted"] is not None:
        words = words_of(found["quoted"])
        return Piece(words, "phrase", tuple(_others(found["quoted"], words))) if words else None
    if found["near"] is not None:
        words = words_of(found["near"])
        return Piece(words, "near") if words else None
    words = words_of(found["plain"])
    kind = "words" if len(words) == 1 else "phrase"
    return Piece(words, kind, tuple(other_wordings(_core(found["plain"])))) if words else None


def _others(quoted: str, words: Words) -> list[Words]:
    return other_wordings(_core(quoted)) if " " not in quoted.strip() else other_spellings(words)


def _core(piece: str) -> str:
    """A piece without the signs around it: "(30/4)," is 30/4."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", piece)


def _begins(found: re.Match[str]) -> bool:
    """A minus excludes at the beginning of a piece; in 'Đà Lạt-Lâm Đồng' it does not."""
    return found.start() == 0 or found.string[found.start() - 1] == " "


def _names_joined(pieces: list[Piece]) -> list[Piece]:
    """Words side by side that may be written otherwise are one piece: co ho, Lang Biang, ĐT 725."""
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        words = (before.words if before else ()) + piece.words
        is_pair = before and before.kind == piece.kind == "words" and len(words) == LONGEST
        others = other_spellings(words) or glued(words) if is_pair else []
        joined[-1:] = [Piece(words, "words", tuple(others))] if others else [*joined[-1:], piece]
    return joined


def _all_of(words: Words) -> str:
    return _all([phrase((word,)) for word in dict.fromkeys(words)])


def _all(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"


def _any(parts: list[str]) -> str:
    distinct = list(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else f"({' OR '.join(distinct)})"


def _quoted(words: str) -> str:
    return f'"{words}"'
