"""The text that benchmarks are made of: of a file, or of words that are made."""

import json
import lzma
import random
from collections.abc import Iterator
from itertools import accumulate, product
from pathlib import Path

Story = tuple[str, list[str]]  # title and paragraphs


def listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(";")]


ONSETS = listed("b;c;ch;d;đ;g;gi;h;kh;l;m;n;ng;nh;ph;qu;r;s;t;th;tr;v;x")
RHYMES = listed("""
    a;à;á;ả;ạ;an;ang;áng;ành;anh;ao;áo;ay;ày;ai;ài;ăn;ắc;ăng;ặng;ân;ấn;ập;âu;ầu;ây;ấy;e;è;em;én;eo;ê
    ;ề;ế;ên;ệnh;ến;i;ì;í;iên;iền;iệt;in;ình;ính;iệu;o;ó;òn;ong;óng;ỏ;oi;ói;ô;ồ;ổ;ộ;ôn;ông;ống;ột;ơ;ờ
    ;ở;ơn;ới;ợp;u;ù;ủ;úc;ung;ùng;uôn;uốc;ư;ừ;ữ;ưng;ước;ường;ươi;ươn
""")
NAMES = listed("""
    Đà Lạt;nông thôn mới;đảng viên;chi bộ;bác sĩ;hòa bình;Đam Rông;Rô Men;30/4;ĐT.725;sầu riêng;K'Ho
    ;Covid-19;D'ran;Đắk Lắk;Langbiang;Bảo Lộc;ủy ban nhân dân;thủy điện;1.234;Cát Tiên;ngày;tháng;và
""")


def read_corpus(corpus: Path) -> list[Story]:
    """The stories of a file."""
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    return [(each["title"], each["body"].split("\n")) for each in read]


def made_stories(many: int = 8000) -> list[Story]:
    """Stories of made words, of which some are frequent and most are rare, as Zipf found."""
    dice = random.Random(1)
    lexicon = _lexicon(dice)
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(lexicon))))

    def sentence(words: int) -> str:
        said = " ".join(dice.choices(lexicon, cum_weights=weights, k=words))
        return f"{said[0].upper()}{said[1:]}"

    return [
        (sentence(8), [f"{sentence(24)}." for _ in range(dice.randint(4, 24))]) for _ in range(many)
    ]


def _lexicon(dice: random.Random) -> list[str]:
    """Words of one to three syllables, frequent ones first; the names stand among those, strange ones last."""
    syllables = ["".join(each) for each in product(ONSETS, RHYMES)]
    dice.shuffle(syllables)
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(syllables))))

    def syllables_of(lengths: list[int]) -> list[str]:
        return dice.choices(syllables, cum_weights=weights, k=dice.choice(lengths))

    words = [" ".join(syllables_of([1, 1, 2, 2, 2, 3])) for _ in range(14_000)]
    for place, known in enumerate(NAMES):
        words.insert(15 + 12 * place, known)
    return words + ["".join(syllables_of([2, 3])).capitalize() for _ in range(10_000)]


def recombined(stories: list[Story], many: int) -> Iterator[Story]:
    """So many stories: the given ones, then paragraphs of three of them under parts of two titles."""
    yield from stories[:many]
    dice = random.Random(2)
    for _ in range(many - len(stories)):
        parts = dice.choices(stories, k=3)
        begun, ended = (part[0].split() for part in parts[:2])
        title = " ".join(begun[: len(begun) // 2] + ended[len(ended) // 2 :])
        yield title or parts[2][0], [line for part in parts for line in _run(part[1], dice)]


def _run(lines: list[str], dice: random.Random) -> list[str]:
    length = max(1, round(len(lines) * dice.uniform(0.1, 0.57)))
    start = dice.randint(0, len(lines) - length)
    return lines[start : start + length]
