"""Queries of every class, drawn from what an archive has by how often its words stand there."""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterable
from itertools import chain, pairwise
from typing import NamedTuple

from corpus import listed
from metering import Queries

from archive.search.names import words_of
from archive.syllables import is_syllable
from archive.vietnamese import fold, has_accents

SAMPLE = 2000  # articles from which queries are drawn
EACH = 20  # queries of a class
SIGNS = listed("""
    30/4;K'Ho;K’Ho;ĐT.725;DT 725;Covid-19;covid19;1.234;10.000;D'ran;dran;Đắk Lắk;dac lac;Langbiang
    ;lang biang;da lat 30/4;2/9;"nông thôn mới";hoà bình;bác sỹ
""")
ASKED_BESIDE = listed("""
    ro men;Rô Men;dam rong chi bo;"nông thôn mới";bac sy;hoà bình;da lat 30/4;ĐT.725;dang vien;da lat
""")

Pair = tuple[str, str]


class Known(NamedTuple):
    """A sample of the articles: their words as printed, and in how many of them folded words stand."""

    titles: list[tuple[str, ...]]
    bodies: list[tuple[str, ...]]
    words: Counter[str]
    pairs: Counter[Pair]

    def common(self, most: int) -> list[str]:
        """The words that stand in most articles."""
        frequent = (word for word, _ in self.words.most_common(2 * most))
        return [word for word in frequent if word.isalpha() and len(word) > 1][:most]


def sampled(db: sqlite3.Connection) -> Known:
    """What a random sample of the articles has."""
    every = [row[0] for row in db.execute("SELECT id FROM articles ORDER BY id")]
    chosen = random.Random(4).sample(every, min(SAMPLE, len(every)))
    asked = "SELECT title, body FROM texts WHERE id = ?"
    texts = [db.execute(asked, [each]).fetchone() for each in chosen]
    titles, bodies = ([words_of(row[name]) for row in texts] for name in ("title", "body"))
    folded = [words_of(fold(row["body"])) for row in texts]
    words = Counter(chain.from_iterable(map(set, folded)))
    pairs = Counter(chain.from_iterable(set(pairwise(each)) for each in folded))
    return Known(titles, bodies, words, pairs)


def queries_from(known: Known, each: int = EACH) -> Queries:
    """Queries of every class, drawn from what the sample has; of some classes it has not so many."""
    dice = random.Random(5)
    phrases = [" ".join(pair) for pair in _common_pairs(known)]
    rare = [" ".join(pair) for pair in _rare_pairs(known)]
    titles = _runs(known, dice)
    classes: dict[str, Iterable[str]] = {
        "common word": known.common(60),
        "common words apart": _apart(known, dice),
        "common phrase": phrases,
        "common phrase, quoted": map(_quoted, phrases),
        "rare word": sorted(word for word, n in known.words.items() if n == 1 and word.isalpha()),
        "rare phrase": rare,
        "rare phrase, quoted": map(_quoted, rare),
        "accented": map(" ".join, _accented(known, dice)),
        "mixed": (f"{one} {fold(two)}" for one, two in _accented(known, dice)),
        "3-5 syllables": map(" ".join, titles),
        "3-5 in another order": (" ".join(run[::-1]) for run in titles),
        "last one begun": filter(None, map(_begun, phrases)),
        "signs and names": SIGNS,
    }
    drawn = {name: list(dict.fromkeys(found)) for name, found in classes.items()}
    return {name: dice.sample(found, min(each, len(found))) for name, found in drawn.items()}


def _common_pairs(known: Known) -> list[Pair]:
    return [pair for pair, _ in known.pairs.most_common(200) if all(map(str.isalpha, pair))]


def _rare_pairs(known: Known) -> list[Pair]:
    """Common words that stand together in one article of the sample only: most to read, least to find."""
    common = set(known.common(300))
    return sorted(pair for pair, n in known.pairs.items() if n == 1 and common.issuperset(pair))


def _apart(known: Known, dice: random.Random) -> list[str]:
    common = known.common(150)
    drawn = [(dice.choice(common), dice.choice(common)) for _ in range(40 * EACH)]
    return [" ".join(pair) for pair in drawn if pair not in known.pairs and pair[0] != pair[1]]


def _accented(known: Known, dice: random.Random) -> list[Pair]:
    """Pairs as printed, one from each of some articles."""
    found = []
    for words in dice.sample(known.bodies, min(200, len(known.bodies))):
        pairs = [pair for pair in pairwise(words) if all(map(has_accents, pair))]
        found += [dice.choice(pairs)] if pairs else []
    return found


def _runs(known: Known, dice: random.Random) -> list[list[str]]:
    """Three to five words of titles, typed without accents."""
    runs = []
    for title in dice.sample(known.titles, min(200, len(known.titles))):
        length = min(dice.randint(3, 5), len(title))
        start = dice.randint(0, len(title) - length)
        runs.append([fold(word) for word in title[start : start + length]])
    return runs


def _begun(phrase: str) -> str | None:
    """A phrase whose last syllable was only begun, as far as that can be told: nong tho, ro m."""
    whole, _, last = phrase.rpartition(" ")
    begun = last[: (len(last) + 1) // 2]
    return f"{whole} {begun}" if len(begun) < 3 or not is_syllable(begun) else None


def _quoted(phrase: str) -> str:
    return f'"{phrase}"'


def prefixes(known: Known) -> Queries:
    """Every beginning of some titles, as typed without accents and with them."""
    titles = [" ".join(words) for words in known.titles[:EACH]]
    beginnings = [title[:end] for title in titles for end in range(1, min(40, len(title)) + 1)]
    every = {"without accents": map(fold, beginnings), "with accents": beginnings}
    return {name: list(dict.fromkeys(some)) for name, some in every.items()}
