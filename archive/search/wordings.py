"""What one piece of a query stands for: as typed, as spoken, and as others write it."""

import re
from typing import Final

from archive.search.names import Words, other_spellings, words_of
from archive.syllables import is_syllable

_DATE: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}))?")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_LARGE: Final = re.compile(r"(?!(?:19|20)\d\d$)[1-9]\d{3,11}")  # 2022 is a year
_GLUED: Final = re.compile(r"([^\W\d_]+)(\d+)")
_HAS_BOTH: Final = re.compile(r"(?=.*\d).*[^\W\d_]")


def other_wordings(piece: str) -> list[Words]:
    """Return in which other words a piece without blanks may stand in a text.

    >>> other_wordings("30/04")
    [('30', '4'), ('30', 'tháng', '4')]
    >>> other_wordings("ĐT.725"), other_wordings("covid19"), other_wordings("1.234")
    ([('ĐT725',)], [('covid', '19')], [('1234',)])
    >>> other_wordings("K'Ho")
    [('Cơ', 'Ho'), ('Kơ', 'Ho')]
    """
    words = words_of(piece)
    if date := _DATE.fullmatch(piece):
        return _as_dates(words, *date.groups())
    if _GROUPED.fullmatch(piece):
        return [("".join(words),)]
    if _LARGE.fullmatch(piece):
        return [tuple(f"{int(piece):,}".split(","))]
    if glued := _GLUED.fullmatch(piece):
        return [glued.groups()]
    if len(words) > 1 and _HAS_BOTH.match(piece):
        return [("".join(words),)]
    return other_spellings(words)


def glued(words: Words) -> list[Words]:
    """Return letters that are no syllable and a number as one word, as roads are printed.

    >>> glued(("ĐT", "725")), glued(("tháng", "4"))
    ([('ĐT725',)], [])
    """
    is_name = words[0].isalpha() and not is_syllable(words[0]) and words[-1].isdigit()
    return [("".join(words),)] if is_name else []


def _as_dates(typed: Words, day: str, month: str, year: str | None) -> list[Words]:
    """30/4 is also printed 30/04 and 30 tháng 4."""
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return []
    rest = (year,) if year else ()
    bare = (f"{int(day)}", f"{int(month)}")
    padded = (f"{int(day):02}", f"{int(month):02}")
    spoken = (bare[0], "tháng", bare[1], *(("năm", year) if year else ()))
    found = [(*bare, *rest), (*bare[:1], padded[1], *rest), (*padded, *rest), spoken]
    return [words for words in dict.fromkeys(found) if words != typed]
