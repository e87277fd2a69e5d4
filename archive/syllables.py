"""The Vietnamese syllable: its letters, its shape, and the one spelling we search by.

Vietnamese prints one syllable in several ways: *hoà* and *hòa*, *bác sỹ* and *bác sĩ*. Words of
other shapes (Tẻh, Krông, café) are left as they are. Every letter is one code point in NFC, with or
without its marks, so a place found in one form of a word is the same place in all forms.
"""

import re
from functools import lru_cache
from typing import Final
from unicodedata import combining, normalize

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_VOWELS: Final = "aăâeêioôơuưy"
# Each lower-case letter -> itself without its tone, and that tone, "" for the level one.
_LETTERS: Final = {letter: (letter, "") for letter in f"bcdđfghjklmnpqrstvwxz{_VOWELS}"} | {
    normalize("NFC", vowel + tone): (vowel, tone) for vowel in _VOWELS for tone in _TONES
}
MARKED: Final = "".join(letter for letter in _LETTERS if not letter.isascii())

# Marks do not change the shape. A vowel group may, must or cannot be followed by a coda.
_CODA: Final = "(?:ch|ng|nh|[cmnpt])"
_SHAPE: Final = re.compile(
    "(?P<onset>ngh?|nh|ch|gi(?=[aeou])|gh?|kh|ph|qu|th|tr|[bcdhklmnprstvx]|)"
    f"(?:(?P<free>[aeiouy]|oa|oe|ua|ue|uo|uy)(?P<coda>{_CODA}?)"
    f"|(?P<closed>ie|oo|ye|uye){_CODA}"
    "|(?P<open>a[iouy]|e[ou]|i[au]|[ou]i|uu|[iy]eu|oa[ioy]|oeo|uay|uo[iu]|uy[au]))"
)


@lru_cache(maxsize=4096)
def bare(letter: str) -> str:
    """Return one letter without its marks, in lower case, as one code point.

    >>> "".join(map(bare, "Đạ Tẻh, Йод, 한국"))
    'da teh, иод, 한국'
    """
    base, *marks = list(normalize("NFD", letter))
    lowered = base.lower()
    if lowered == "đ":
        return "d"
    return lowered if all(map(combining, marks)) else letter


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Tell whether a word has the shape of a Vietnamese syllable, typed with or without marks.

    >>> [is_syllable(word) for word in ("Khuya", "nghieng", "Krông", "people")]
    [True, True, False, False]
    """
    return _shape(word) is not None


@lru_cache(maxsize=16384)
def respelt(word: str) -> str:
    """Return a lower-case NFC word as we search for it: tone on one letter, i for y; same length.

    >>> [respelt(word) for word in ("hoà", "thuỷ", "gía", "sỹ", "quý", "mây", "krông")]
    ['hòa', 'thủy', 'giá', 'sĩ', 'quí', 'mây', 'krông']
    """
    if not all(letter in _LETTERS for letter in word):
        return word
    letters, tones = map("".join, zip(*(_LETTERS[letter] for letter in word), strict=True))
    shape = _shape(word)
    if shape is None or len(tones) > 1:
        return word
    spelt = _with_i(letters, shape)
    return _with_tone(spelt, tones, shape) if tones else spelt


def _shape(word: str) -> re.Match[str] | None:
    return _SHAPE.fullmatch("".join(map(bare, word)))


def _with_i(letters: str, shape: re.Match[str]) -> str:
    """Return kĩ for kỹ and quít for quýt; a lone ý, and the y of by, tay and thúy, stay."""
    after_one_of_seven = shape["onset"] in set("hklmstv") and not shape["coda"]
    if shape["free"] == "y" and (shape["onset"] == "qu" or after_one_of_seven):
        start, end = shape.span("free")
        return f"{letters[:start]}i{letters[end:]}"
    return letters


def _with_tone(letters: str, tone: str, shape: re.Match[str]) -> str:
    start, end = shape.span(next(group for group in ("free", "closed", "open") if shape[group]))
    at = start + _place_of_tone(letters[start:end], before_coda=end < len(letters))
    return letters[:at] + normalize("NFC", letters[at] + tone) + letters[at + 1 :]


def _place_of_tone(vowels: str, *, before_coda: bool) -> int:
    """Return which vowel bears the tone, in the older style: hòa and thủy, hoàn and khuỷu."""
    strong = re.search("[êơ]", vowels)  # huế, thuở
    if strong:
        return strong.start()
    if before_coda:
        return len(vowels) - 1
    return 1 if len(vowels) == 3 else 0
