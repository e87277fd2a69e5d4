"""Local names that are spelt in more than one way: who types one spelling finds them all.

The table is small on purpose and stands here to be read and amended. What a rule can tell (accents,
hoà and hòa, sỹ and sĩ, K’Ho and K'Ho) is in `archive.vietnamese` and needs no line here.
"""

import re
from typing import Final

from archive.vietnamese import exact, fold, has_accents

SPELLINGS: Final = (
    ("K'Ho", "Cơ Ho", "Kơ Ho"),
    ("M'Nông", "Mơ Nông", "Mnông"),
    ("H'Mông", "Hmông"),
    ("Chu Ru", "Churu"),
    ("Raglai", "Ra Glai", "Raglay"),
    ("Cil", "Chil"),
    ("Đắk", "Đăk", "Đak"),
    ("Đắk Lắk", "Đăk Lăk", "Đắc Lắc"),
    ("Đắk Nông", "Đăk Nông", "Đắc Nông"),
    ("Langbiang", "Lang Biang", "Lang Bian", "Langbian"),
    ("D'ran", "Dran"),
    ("B'lao", "Blao"),
    ("Prenn", "Pren"),
    ("Đambri", "Đam Bri"),
    ("Bidoup", "Bi Đúp"),
)
LONGEST: Final = 2  # words of a name in the table

_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")  # a loose mark is of its word
Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Return the words of a text as the index cuts them: letters and digits, nothing else.

    >>> words_of("K'Ho, 30/4")
    ('K', 'Ho', '30', '4')
    """
    return tuple(_WORD.findall(text))


_KNOWN: Final = {
    tuple(map(fold, words_of(spelling))): [words_of(each) for each in names]
    for names in SPELLINGS
    for spelling in names
}


def other_spellings(typed: Words) -> list[Words]:
    """Return how else a name is spelt; nothing for words that are no name in the table.

    >>> other_spellings(("co", "ho"))
    [('K', 'Ho'), ('Kơ', 'Ho')]
    >>> other_spellings(("cổ", "họ"))
    []
    """
    names = _KNOWN.get(tuple(map(fold, typed)), [])
    if not any(_is_typed_as(typed, name) for name in names):
        return []
    return [name for name in names if not _is_typed_as(typed, name)]


def _is_typed_as(typed: Words, name: Words) -> bool:
    """Whether someone may have meant the name: the accents typed are its own."""
    return len(typed) == len(name) and all(
        exact(one) == exact(two) if has_accents(one) else fold(one) == fold(two)
        for one, two in zip(typed, name, strict=True)
    )
