"""Whatever is typed is an answerable question: no error, and no work without bound."""

import re
from contextlib import closing
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import within
from test_search import archived, article

from archive.search import SORTS, Filters, Wanted, counts, search, suggest
from archive.search.excerpts import excerpt, marked, plain, spans
from archive.search.names import words_of
from archive.vietnamese import normalise

MOST = 2_000_000  # steps: what takes most is slashes in 5,000 characters, with 0.9 million
MUCH = 5000  # characters

NASTY = {
    "nothing": ["", " ", "\n\t", "\u00a0\u3000"],
    "operators": ["AND", "OR", "NOT", "rau AND", "OR rau", "NOT NOT rau", "rau AND OR NOT hoa"],
    "near": ["NEAR", "NEAR(", "NEAR()", "NEAR)", "NEAR(rau", "NEAR(rau hoa, 3)", "NEAR(NEAR(rau"],
    "more near": ['NEAR("rau hoa" "chè")', "NEAR(rau)/2", "-NEAR(rau hoa)", "near(rau hoa)"],
    "quotes": ['"', '""', '"""', '"rau', 'rau"', '"rau" "', "'", "''", "’", "“", "„rau", '-"rau'],
    "brackets": ["(", ")", "()", "((((", "))rau((", "[rau]", "{", "{}", "(rau OR hoa", "<rau>"],
    "signs of FTS5": ["*", "rau*", "*rau", "r*u", "^", "^rau", '"rau" *', "rau + hoa", "+", "rau+"],
    "columns": [
        "words:rau",
        "{words marks}:rau",
        "marks:zzall",
        "-marks:rau",
        ":",
    ],
    "commands": ["rebuild", "delete-all", "integrity-check", "rank:bm25()"],
    "marks of filters": ["zzall", "-zzall", "zzknews", "zznever", "zzd20260901"],
    "SQL": ["'; DROP TABLE articles; --", "1' OR '1'='1", "%", "_", "?", ":id", "\\", "/* rau */"],
    "only signs": ["!!!", "…", "-", "--", "---", "- - -", "._.", "___", "&amp;", "#$%^&*()"],
    "only -word": ["-rau", "-rau -hoa", '-"rau hoa"', "--rau", "-30/4", "-K'Ho", "-cơ -ho"],
    "emoji": ["🌸", "rau🌸hoa", "👨‍👩‍👧", "🇻🇳 rau", "-🌸", '"🌸"', "NEAR(🌸 rau)"],
    "half a pair": ["\ud800", "\udfff", "rau\ud83d", "\ud83d rau", '"\udc00"', "-\ud800"],
    "controls": ["\x00", "rau\x00", "\x00rau", "ra\x00u", "\x02rau\x03", "\x1b[0m", "\x7f", "\x85"],
    "turned round": ["\u202erau", "rau\u200f", "\u2067hoa\u2069", "\u200b", "\ufeff", "\u00ad"],
    "loose marks": ["\u0301", "\u0301\u0301", " \u0323", "rau \u0302", "\u0301rau", "r\u0338au"],
    "letters newer than the index": ["𞤀", "𞤀 rau", "rau 𞤀", '"𞤀 rau"', "NEAR(𞤀 rau hoa)", "-𞤀"],
    "other scripts": ["한국", "東京都", "ภาษาไทย", "Йод", "العربية", "ﬁ", "ß", "İ", "ŉ", "ǅ"],
    "figures": ["0/0", "99/99", "31/13", "00/00/0000", "1.2.3.4", "1..2", ",5", "²/³", "½", "٣٠/٤"],
    "more figures": [
        "１２３４５",
        "ⅷ",
        "0x10",
        "1e999",
        "-1",
        "1-1-1-1",
        "30/4/",
        "/30/4",
        "12345,6",
    ],
}
LONG = {
    "one word": "x" * MUCH,
    "one word with accents": "ệ" * MUCH,
    "one word many times": "rau " * (MUCH // 4),
    "one word with accents many times": "chè " * (MUCH // 4),
    "a phrase": '"' + "rau hoa " * (MUCH // 8),
    "many phrases": '"rau hoa" ' * (MUCH // 10),
    "many words": " ".join(f"w{number}" for number in range(MUCH // 6)),
    "many words that go": " ".join(f"-w{number}" for number in range(MUCH // 6)),
    "many days": " ".join(f"{day}/{month}" for day in range(1, 29) for month in range(1, 13)),
    "many figures": "9" * 4300,
    "signs inside": "rau-" * (MUCH // 4),
    "points inside": "1.234." * (MUCH // 6),
    "slashes inside": "1/" * (MUCH // 2),
    "only points": "." * MUCH,
    "only quotes": '"' * MUCH,
    "only minuses": "-" * MUCH,
    "only stars": "*" * MUCH,
    "only brackets": "(" * MUCH,
    "only near": "NEAR(" * (MUCH // 5),
    "only loose marks": "\u0301" * MUCH,
    "letters with loose marks": "e\u0302\u0323" * (MUCH // 3),
    "figures, repeated": "9" * MUCH,
    "near, repeated": f"NEAR({'rau ' * (MUCH // 4)})",
    "days, repeated": "30/4 " * (MUCH // 5),
    "names, repeated": "cơ ho đắk mil " * (MUCH // 14),
    "signs, repeated": "K'Ho " * (MUCH // 5),
    "points, repeated": "1.234 " * (MUCH // 6),
    "days that go, repeated": "-30/4 " * (MUCH // 6),
}
PARTS = [
    *("rau", "hoa", "chè", "da", "lạt", "K", "Ho", "30", "4", "1.234", "đ", "Đắk", "cơ ho", "rô m"),
    *(
        '"',
        "“",
        "”",
        "'",
        "’",
        "(",
        ")",
        "*",
        "^",
        ":",
        "{",
        "}",
        "+",
        "-",
        "/",
        ".",
        ",",
        "%",
        "_",
    ),
    *("NEAR(", "NEAR", "AND", "OR", "NOT", "words", "zzall", "--", ";", " ", " ", "  ", "\n"),
    *(
        "\x00",
        "\x02",
        "\u200b",
        "\u202e",
        "\u0301",
        "\u0323",
        "\ud800",
        "🌸",
        "한",
        "İ",
        "ﬁ",
        "²",
        "١",
    ),
]
TYPED = st.text(st.characters(exclude_categories=[])) | st.lists(
    st.sampled_from(PARTS), max_size=30
).map("".join)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small archive, in which all that is nasty also stands in articles."""
    body = "rau hoa chè lễ 30/4 của người K'Ho, 1.234 nhà ở Đắk Mil. " * 10
    kept = [article(f"Bài {n} rau hoa", body, on=f"2026-01-{n + 1:02}") for n in range(30)]
    printed = [text for texts in NASTY.values() for each in texts if (text := normalise(each))]
    kept += [article(text, f"{text} rau {text}", on="2026-02-01") for text in printed]
    with closing(archived(tmp_path_factory.mktemp("small"), *kept)) as db:
        yield db


def ask_everything(db, text):
    """Ask all that can be asked with a text, also as a filter."""
    for sort in SORTS:
        answer = within(MOST, search, db, Wanted(text, sort=sort))
        for hit in answer.hits:
            assert is_safe(hit.title_marked)
            assert is_safe(hit.snippet)
            assert plain(hit.title_marked) == hit.title
    within(MOST, counts, db, text, Filters())
    within(MOST, suggest, db, text)
    within(MOST, search, db, Wanted("rau", Filters(section=text, author=text, tag=text, kind=text)))


def is_safe(printed):
    """Whether HTML holds no tags but <mark>, each closed before the next."""
    bare = re.sub("<mark>[^<>]*</mark>", "", printed)
    return "<" not in bare and ">" not in bare


@pytest.mark.parametrize("texts", NASTY.values(), ids=NASTY)
def test_nothing_typed_is_an_error(small, texts):
    for text in texts:
        ask_everything(small, text)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_nothing_typed_takes_long(small, text):
    ask_everything(small, text)


def test_a_long_list_of_names_takes_no_longer(tmp_path):
    names = article("Danh sách trúng tuyển", "Nguyễn Văn An, " * 3000)
    with closing(archived(tmp_path, names)) as db:
        for text in ("nguyen", "nguyễn văn", "nguyễn an"):
            ask_everything(db, text)


@settings(deadline=None, max_examples=200)
@given(TYPED)
def test_no_text_is_an_error(small, text):
    ask_everything(small, text)


@pytest.mark.parametrize(
    "days",
    [
        (date.min, date.max),
        (date.max, date.min),
        (date.max, None),
        (None, date.min),
        (date(2100, 12, 31), date(2100, 12, 31)),
        (date(1989, 12, 31), date(1990, 1, 1)),
    ],
)
def test_no_range_of_days_is_an_error(small, days):
    within(MOST, search, small, Wanted("rau", Filters(since=days[0], until=days[1])))


# What it means: words are words, and signs are nothing.


@pytest.fixture(scope="module")
def plainly(tmp_path_factory):
    kept = [
        article("Rau hoa", on="2026-01-04"),
        article("Rau or hoa", on="2026-01-03"),
        article("Rau not near and", on="2026-01-02"),
        article("Chè", on="2026-01-01"),
    ]
    with closing(archived(tmp_path_factory.mktemp("plainly"), *kept)) as db:
        yield db


EVERYTHING = ["Rau hoa", "Rau or hoa", "Rau not near and", "Chè"]


@pytest.mark.parametrize(
    ("query", "expected", "why"),
    [
        ("", EVERYTHING, "nothing asked for: everything"),
        ('"" () - … 🌸', EVERYTHING, "nothing but signs"),
        ("\x00\u200b\ud800", EVERYTHING, "nothing to be seen"),
        ("-rau", ["Chè"], "everything without a word"),
        ("-rau -chè", [], "without two words"),
        ("-rau chè", ["Chè"], "the word that is wanted may come last"),
        ("chè -chè", [], "what cannot be"),
        ("rau OR hoa", ["Rau or hoa"], "OR is a word"),
        ("rau NOT and", ["Rau not near and"], "NOT is a word"),
        ("rau AND", ["Rau not near and"], "AND is a word"),
        ("NEAR and", ["Rau not near and"], "NEAR is one without its bracket"),
        ("NEAR(hoa rau", ["Rau hoa", "Rau or hoa"], "with it, it need not be closed"),
        ("NEAR() chè", ["Chè"], "and nothing may be in it"),
        ("words : che", [], "the name of a column is a word"),
        ("(chè* ^{", ["Chè"], "signs around a word"),
        ("ch\x00è", ["Chè"], "what cannot be seen is dropped"),
        ('"rau hoa', ["Rau hoa"], "a quote never closed"),
        ('rau "" hoa"', ["Rau hoa", "Rau or hoa"], "quotes around nothing"),
        ("che'; DROP TABLE articles", [], "SQL is words"),
        ("𞤀", [], "a letter the index does not know"),
    ],
)
def test_what_it_means(plainly, query, expected, why):
    answer = search(plainly, Wanted(query))
    assert [hit.title for hit in answer.hits] == expected, why
    assert answer.total == len(expected), why
    assert answer.query == query


# Excerpts of any text, with any of its words marked.


@st.composite
def _text_and_words(draw):
    """A text as stored, and phrases some of which stand in it."""
    text = normalise(draw(st.text(max_size=400) | TYPED))
    words = (*words_of(text), "rau", "đà")
    pick = st.lists(st.sampled_from(words), min_size=1, max_size=3).map(tuple)
    return text, tuple(draw(st.lists(pick, max_size=4)))


@settings(deadline=None, max_examples=200)
@given(_text_and_words())
def test_a_marked_text_is_the_text(made):
    text, phrases = made
    whole, part = marked(text, phrases), excerpt(text, phrases)
    assert plain(whole) == text
    assert is_safe(whole)
    assert is_safe(part)
    assert plain(part).removeprefix("… ").removesuffix(" …") in text
    found = spans(text, phrases)
    assert all(one[1] <= two[0] for one, two in pairwise(found))
    assert all(0 <= start < end <= len(text) for start, end in found)
