"""Vietnamese as text: `normalise` to store it, `exact` and `fold` to search it, `slug` to link it.

The spellings for searching keep every letter in its place: their nth letter is the nth of the
stored text, so what was found can be marked in what was printed.
"""

import codecs
import re
from collections import Counter
from typing import Final
from unicodedata import is_normalized, name, normalize

from archive.syllables import MARKED, bare, is_syllable, respelt

# Stored with every search index, which obeys the rules it was built by. A new rule of spelling, or
# another mark or column in the index, raises it.
NORMALISER: Final[int] = 4

# Eth looks like Đ and was typed for it in 2017–2019: "Huyện Ðam Rông", "Lâm Ðồng".
_ETH: Final = {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"}
_CONTROLS: Final = (chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)))
_UNSEEN: Final = (
    *(sign for sign in _CONTROLS if not sign.isspace()),
    *"\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e",
    *"\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff",
    *"\ufffe\uffff",  # no characters, and forbidden in XML: no feed could carry them
)
_SURROGATES: Final = (chr(code) for code in range(0xD800, 0xE000))
_STORED: Final = str.maketrans(
    dict.fromkeys(_UNSEEN, "") | dict.fromkeys(_SURROGATES, "\N{REPLACEMENT CHARACTER}") | _ETH
)
# Only spaces can be wrong in ASCII, composed Latin letters other than eth, and common punctuation.
_UNUSUAL: Final = re.compile(r"[^\t\n\r -~\u00a0-¬®-ÏÑ-ïñ-ƈƊ-ɏẠ-ỹ–—‘’“”…]")

# No stored text has one of these.
_UNTIDY: Final = ("  ", " \n", "\n ", "\n\n", "\t", "\r", "\u00a0")

_REMEMBERED: Final = 100_000  # pieces of text whose spelling is remembered: some ten megabytes
_APOSTROPHES: Final = "’‘‛ʼʻ´`′＇"
_SEARCHED: Final = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | _ETH | {"\u00a0": " "})
_WORD: Final = re.compile(r"[^\W\d_]+")
_WORD_OR_NUMBER: Final = re.compile(r"[^\W_]+")
# A word before a loose mark stays as it is: that mark could melt into its last letter.
_WHOLE_WORD: Final = re.compile(r"[^\W\d_]++(?![\u0300-\u036f])")
_LETTER: Final = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
_MARKED: Final = re.compile(f"[{MARKED}{MARKED.upper()}]")

# Nearly every line fits into one alphabet of 256 letters. Written in it and read in its bare twin,
# it is folded five times as fast as by str.translate. A zero must come first, or Python takes a slower way.
_ALPHABET: Final = (
    "\0\n"
    + "".join(map(chr, range(0x20, 0x7F)))
    + MARKED
    + MARKED.upper()
    + "“”‘’–—…•·«»°²³½¼×±ñöüäø÷"
)
_BARE_ALPHABET: Final = "".join(map(bare, _ALPHABET))
_ENCODING: Final = codecs.charmap_build(_ALPHABET)

_OTHER_SCRIPT: Final = re.compile("[^\\W\\d_\0-\u024fḀ-ỿ]")
_SCRIPTS: Final = {  # the first word of a letter's Unicode name -> the language it speaks for
    "ARABIC": "ar",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HANGUL": "ko",
    "HEBREW": "he",
    "KHMER": "km",
    "LAO": "lo",
    "THAI": "th",
}
_SMALL_WORDS: Final = {
    "en": "the of and to in is for with that was on are from it as at by this has have he which",
    "fr": "le la les des du de et est une un dans pour qui que sur avec au aux pas par ce il",
    "de": "der die das und ist nicht mit den dem von für auf ein eine zu sich im auch es",
    "es": "el la los las que del de y por con para una un es se su en lo como más",
}


def normalise(text: str) -> str:
    r"""Return text as we store it: NFC, đ for eth, every space one blank, nothing invisible.

    Quotes, dashes, case and accents stay as printed. A lone surrogate, which SQLite refuses,
    becomes U+FFFD.

    >>> normalise("  Huyện Ðam\u00a0Rông\u200b:\n “Đà Lạt” ")
    'Huyện Đam Rông: “Đà Lạt”'
    """
    if _UNUSUAL.search(text):
        text = normalize("NFC", text.translate(_STORED))
    return " ".join(text.split())


def normalise_lines(text: str) -> str:
    r"""Return text as `normalise` does, but line by line; empty lines are dropped.

    >>> normalise_lines(" Đà Lạt \r\n\n\t ngày về ")
    'Đà Lạt\nngày về'
    """
    if _is_tidy(text):
        return text
    return "\n".join(line for printed in text.splitlines() if (line := normalise(printed)))


def _is_tidy(text: str) -> bool:
    """Whether a text is surely stored already: most that are indexed come from the archive itself."""
    untidy = any(sign in text for sign in _UNTIDY) or _UNUSUAL.search(text)
    return not untidy and text == text.strip()


def exact(text: str) -> str:
    """Return text as searched with accents: lower case, straight apostrophes, one way to spell.

    It is as long as the text in NFC, and so as the stored text. A query needs `normalise` first.

    >>> exact("Bác sỹ K’Ho ở Toà án")
    "bác sĩ k'ho ở tòa án"
    """
    return _exact(normalize("NFC", text))


def fold(text: str) -> str:
    """Return text as searched without accents: `exact`, then no marks and d for đ; as long.

    >>> fold("Bác sỹ ở Đam Rông")
    'bac si o dam rong'
    """
    return unmarked(exact(text))


def unmarked(text: str) -> str:
    """Return normalised text in lower case without marks, as long; unlike `fold` it leaves every y.

    For finding places in a text at a fifth of the cost; what is found there is then compared as `fold` or
    `exact` have it.

    >>> unmarked("Bác sỹ ở Đam Rông")
    'bac sy o dam rong'
    """
    try:
        return _folded_at_once(text)
    except UnicodeEncodeError:
        return "\n".join(map(_folded_line, text.split("\n")))


def spellings(text: str) -> tuple[str, str]:
    """Return (exact, fold) of normalised text, for the search index; a line break becomes a blank.

    >>> spellings("Thuỷ điện")
    ('thủy điện', 'thuy dien')
    """
    spelt = " ".join(map(_SPELT.__getitem__, text.split()))
    return spelt, unmarked(spelt)


def has_accents(text: str) -> bool:
    """Tell whether a letter bears a Vietnamese mark or is đ: a query then means just this spelling.

    >>> has_accents("đam rong"), has_accents("dam rong")
    (True, False)
    """
    return _MARKED.search(normalize("NFC", text).translate(_SEARCHED)) is not None


def slug(text: str) -> str:
    """Return text as a piece of an address, spelt as printed (ky-thuat, though we search ki thuat).

    >>> slug("An sinh - Cuộc sống"), slug("Kỹ thuật")
    ('an-sinh-cuoc-song', 'ky-thuat')
    """
    return "-".join(_WORD_OR_NUMBER.findall("".join(map(bare, normalise(text)))))


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of most of a text; "und" for a script unknown here.

    Vietnamese is known by the shape of its syllables, so also without accents: in each of 20,000
    news articles at least 76 words in 100 had it. Where little speaks for another language the
    answer is "vi": the newspaper is Vietnamese.

    >>> language_of("Xay dung nong thon moi"), language_of("Welcome to the city of flowers")
    ('vi', 'en')
    >>> language_of("Далат")
    'ru'
    """
    lowered = normalize("NFC", text).lower()
    words, foreign = _WORD.findall(lowered), _OTHER_SCRIPT.findall(lowered)
    if 2 * len(foreign) > sum(map(len, words)):
        return _language_of_script(foreign)
    if 3 * sum(map(is_syllable, words)) >= 2 * len(words):
        return "vi"
    return _language_of_words(words)


def _language_of_script(letters: list[str]) -> str:
    """Return what their script tells; a tenth of kana makes Chinese characters Japanese."""
    scripts = Counter(name(letter, "?").split()[0] for letter in letters)
    if 10 * (scripts["HIRAGANA"] + scripts["KATAKANA"]) > len(letters):
        return "ja"
    return _SCRIPTS.get(max(scripts, key=scripts.__getitem__), "und")


def _language_of_words(words: list[str]) -> str:
    """Return the language with most small words among these, if they are one word in eight."""
    found = {of: sum(map(small.split().count, words)) for of, small in _SMALL_WORDS.items()}
    language = max(found, key=found.__getitem__)
    return language if found[language] >= max(2, len(words) / 8) else "vi"


def _exact(text: str) -> str:
    # Lines apart, or each break would glue two words into a piece never met again.
    return "\n".join(
        " ".join(map(_SPELT.__getitem__, line.split(" "))) for line in text.split("\n")
    )


class _Spellings(dict[str, str]):
    """What stands between two blanks -> its exact spelling. Few differ, so it remembers; forgets all when full.

    A dictionary answers twice as fast as an lru_cache, and a text has five hundred pieces.
    """

    def __missing__(self, piece: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        lowered = _lowered(piece.translate(_SEARCHED))
        spelt = self[piece] = _WHOLE_WORD.sub(lambda word: respelt(word[0]), lowered)
        return spelt


_SPELT: Final = _Spellings()


def _lowered(piece: str) -> str:
    lowered = piece.lower()
    if len(lowered) == len(piece) and is_normalized("NFC", lowered):
        return lowered
    return _LETTER.sub(_lowered_letter, piece)


def _lowered_letter(letter: re.Match[str]) -> str:
    """Return a letter in lower case, unless that changes its length: İ would be two, T̈ only one."""
    lowered = normalize("NFC", letter[0].lower())
    return lowered if len(lowered) == len(letter[0]) else letter[0]


def _folded_line(line: str) -> str:
    try:
        return _folded_at_once(line)
    except UnicodeEncodeError:
        return "".join(map(bare, line))


def _folded_at_once(text: str) -> str:
    encoded, _ = codecs.charmap_encode(text, "strict", _ENCODING)
    return codecs.charmap_decode(encoded, "strict", _BARE_ALPHABET)[0]
