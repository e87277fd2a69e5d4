"""Search as a reader types: the table of queries, order, filters, answers, and the index kept true.

`search.jsonl` is the table: what each query must find, what it must not, and what it must find later
than all it must. A row with `fails` is a known fault; when it is mended the row asks to lose that word.
"""

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, permutations
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Article, Block, Capture, Look, Outcome
from archive.search import SORTS, Filters, Wanted, counts, search, suggest
from archive.search.sql import register
from archive.store import Archive
from archive.store.index import Index
from archive.store.opening import open_database
from crawler.links import found

AT = datetime(2026, 9, 5, 3, tzinfo=UTC)
NUMBERS = count(1001)
ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "search.jsonl").read_text("utf-8").splitlines()
]


def article(title, body="", on="2026-09-01", at="08:00", **fields):
    """Return an article of a day; each has an address of its own."""
    made = Article(
        f"https://baolamdong.vn/bai-{next(NUMBERS)}.html",
        title,
        "onecms",
        blocks=[Block("p", text=body)] if body else [],
        published_at=f"{on}T{at}:00+07:00",
        published_precision="minute",
    )
    return replace(made, **fields)


def keep(archive, *articles):
    """Keep articles as a crawl does."""
    addresses = [found(one.url, None) for one in articles]
    archive.found(addresses, AT)
    for one, address in zip(articles, addresses, strict=True):
        place, digest = archive.warc.append_exchange(
            url=one.url,
            fetched_at=AT,
            status=200,
            headers=[],
            body=one.title.encode(),
            request_headers=[],
        )
        capture = Capture(one.url, AT, 200, place, digest)
        entry = archive.urls.entry(address.key)
        archive.keep(Look(entry.id, AT, Outcome.LIVE, 200, capture, one))


def archived(folder, *articles):
    """Return the database of an archive of these articles, opened to search."""
    with Archive(folder) as archive:
        keep(archive, *articles)
    return open_database(folder, writable=False)


@pytest.fixture
def made(tmp_path):
    """Return a function that keeps articles in the archive of this test and opens it to search."""
    opened: list[sqlite3.Connection] = []

    def make(*articles):
        opened.append(archived(tmp_path, *articles))
        return opened[-1]

    yield make
    for db in opened:
        db.close()


def titles(db, text="", **wanted):
    return [hit.title for hit in search(db, Wanted(text, **wanted)).hits]


def only(db, text="", **wanted):
    """Return the one hit of a search."""
    [hit] = search(db, Wanted(text, **wanted)).hits
    return hit


def pages(db, text="", **wanted):
    """Yield the pages of an answer, as a reader leafs through them."""
    for page in count(1):
        answer = search(db, Wanted(text, page=page, **wanted))
        yield answer
        if not answer.has_next:
            return


# The table.


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """An archive of all fragments, each twice, and where each is: fragment -> its two titles.

    What must come later is the newest, so that its day does not put it there.
    """
    late = {fragment for row in ROWS for fragment in row["ranks_below"]}
    named = {text for row in ROWS for text in row["must"] + row["must_not"]} | late
    kept, places = [], {}
    for number, fragment in enumerate(sorted(named)):
        places[fragment] = [chr(0x4E00 + 2 * number), chr(0x4E01 + 2 * number)]  # no query has them
        for title, form in zip(places[fragment], ("NFC", "NFD"), strict=True):
            day = "2026-09-02" if fragment in late else "2026-09-01"
            kept.append(article(title, normalize(form, fragment), day))
    with closing(archived(tmp_path_factory.mktemp("table"), *kept)) as db:
        yield db, places


def _case(row):
    return pytest.param(row, id=row["note"])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("row", [_case(row) for row in ROWS])
def test_the_table(table, row, form):
    db, places = table
    hits = titles(db, normalize(form, row["query"]), size=1000)

    def ranks(kind):
        return {
            text: [hits.index(title) for title in places[text] if title in hits]
            for text in row[kind]
        }

    must, must_not, later = ranks("must"), ranks("must_not"), ranks("ranks_below")
    assert all(len(both) == 2 for both in (must | later).values()), must | later
    assert not any(must_not.values()), must_not
    last = max((max(both) for both in must.values()), default=-1)
    assert all(min(both) > last for both in later.values()), must | later


WORDS = [
    *("má", "mã", "ma", "bao", "bảo", "báo", "Lộc", "lóc", "loc", "hoà", "hòa", "hoa"),
    *("kỹ", "kĩ", "đảng", "dang", "Ðảng", "thuỷ", "thủy"),
]


def _means(typed, printed):
    """Whether a word as typed means a word as printed, said in the plainest way."""
    one_way = {"hoà": "hòa", "kỹ": "kĩ", "thuỷ": "thủy", "ðảng": "đảng"}
    typed, printed = (one_way.get(word.lower(), word.lower()) for word in (typed, printed))
    if not typed.isascii():
        return typed == printed
    letters = normalize("NFD", printed).replace("đ", "d")
    return typed == "".join(letter for letter in letters if letter.isascii())


@pytest.fixture(scope="module")
def mixture(tmp_path_factory):
    """An archive of short articles of like-sounding words, and the words of each."""
    chance = random.Random(3)
    texts = {chr(0x4E00 + n): chance.choices(WORDS, k=chance.randint(1, 5)) for n in range(80)}
    kept = [article(title, " ".join(words)) for title, words in texts.items()]
    with closing(archived(tmp_path_factory.mktemp("mixture"), *kept)) as db:
        yield db, texts


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).filter(lambda q: q[-1] != "ma"))
def test_what_is_found_has_every_word(mixture, query):
    db, texts = mixture
    expected = {
        title
        for title, words in texts.items()
        if all(any(_means(typed, word) for word in words) for typed in query)
    }
    for sort in SORTS:
        assert set(titles(db, " ".join(query), sort=sort, size=100)) == expected


PRINTED = ["rau", "rau sạch", "hoa", "30/4", "30 tháng 4", "4", "30", "K'Ho", "Cơ Ho", "K", "ho"]
TYPED = [
    "rau",
    '"rau sach"',
    "-hoa",
    "hoa",
    "30/4",
    "K'Ho",
    "cơ ho",
    "NEAR(rau hoa)",
    "sạch",
    '"ho',
]


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    """An archive of short articles that have the words of phrases, dates and names in any order."""
    chance = random.Random(5)
    kept = [
        article(chr(0x4E00 + n), " ".join(chance.choices(PRINTED, k=chance.randint(2, 7))))
        for n in range(60)
    ]
    with closing(archived(tmp_path_factory.mktemp("pieces"), *kept)) as db:
        yield db


def test_every_order_has_the_same_hits(pieces):
    for query in [*TYPED, *map(" ".join, permutations(TYPED, 2))]:
        answers = [search(pieces, Wanted(query, sort=sort, size=100)) for sort in SORTS]
        found = [sorted(hit.id for hit in answer.hits) for answer in answers]
        assert found[0] == found[1] == found[2], query
        assert [answer.total for answer in answers] == [len(found[0])] * 3, query


# Order.

FAR = " ".join(["xa"] * 12)
ORDERED = [
    article("rải, mới", f"rau {FAR} sạch", "2026-03-04"),
    article("gần, mới", "sạch như rau", "2026-03-03"),
    article("liền, cũ", "trồng rau sạch", "2019-01-01"),
    article("rải, cũ", f"sạch {FAR} rau", "2020-01-01"),
    article("liền, mới", "bán rau sạch", "2026-03-01"),
    article("gần, cũ", "rau rất sạch", "2020-02-01"),
]


def test_close_together_is_looked_for_in_the_newest_that_have_all_words(made, monkeypatch):
    monkeypatch.setattr("archive.search.tiers.CLOSE_AMONG", 2)
    far, close = f"rau {'và ' * 12}sạch", "rau và quả sạch"
    days = [("cũ, gần", close), ("cũ, rải", far), ("mới, gần", close), ("mới, rải", far)]
    kept = [article(title, body, f"2026-09-0{n}") for n, (title, body) in enumerate(days, 1)]
    db = made(*kept, article("liền", "rau sạch", "2026-08-01"))
    expected = ["liền", "mới, gần", "mới, rải", "cũ, rải", "cũ, gần"]
    assert titles(db, "rau sach") == expected
    leafed = [hit.title for page in pages(db, "rau sach", size=2) for hit in page.hits]
    assert leafed == expected


def test_no_name_is_a_word_of_the_index_itself(made):
    db = made(article("một", authors=["ll", "very"], tags=["ap", "etween"]), article("hai"))
    for name in ("ll", "very"):
        assert titles(db, filters=Filters(author=name)) == ["một"]
    for name in ("ap", "etween"):
        assert titles(db, filters=Filters(tag=name)) == ["một"]


def test_best_is_phrase_then_near_then_anywhere_each_newest_first(made):
    by_tier = ["liền, mới", "liền, cũ", "gần, mới", "gần, cũ", "rải, mới", "rải, cũ"]
    assert titles(made(*ORDERED), "rau sach") == by_tier


def test_newest_goes_by_date_alone(made):
    by_date = ["rải, mới", "gần, mới", "liền, mới", "gần, cũ", "rải, cũ", "liền, cũ"]
    assert titles(made(*ORDERED), "rau sach", sort="newest") == by_date


def test_newest_goes_by_date_alone_where_a_syllable_is_begun(made):
    db = made(article("chữ m", "Rô M", "2020-01-01"), article("xã", "Rô Men", "2025-01-01"))
    assert titles(db, "rô m", sort="newest") == ["xã", "chữ m"]


def test_relevance_keeps_the_tiers_and_ranks_titles_first_in_each(made):
    db = made(
        article("Một", "kể chuyện rau sạch " + "dài dòng " * 50, "2026-03-03"),
        article("Rau sạch lên phố", "hai", "2019-01-01"),
        article("Rau nhà ai cũng sạch", "ba", "2026-03-04"),
    )
    ranked = ["Rau sạch lên phố", "Một", "Rau nhà ai cũng sạch"]
    assert titles(db, "rau sach", sort="relevance") == ranked
    assert titles(db, "rau sach") == [ranked[1], ranked[0], ranked[2]]


@pytest.mark.parametrize("sort", ["best", "newest"])
def test_within_a_day_the_clock_decides(made, sort):
    clocks = ["09:15", "23:59", "00:01", "12:00"]
    db = made(
        *(article(at, "chè", at=at) for at in clocks), article("hôm sau", "chè", "2026-09-02")
    )
    newest_first = ["hôm sau", *sorted(clocks, reverse=True)]
    assert titles(db, "che", sort=sort) == newest_first
    leafed = [page.hits[0].title for page in pages(db, "che", sort=sort, size=1)]
    assert leafed == newest_first


# Pages and totals.


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """An archive of 1,005 articles: all have "dâu", 1,001 have "kén", 1,000 "lụa"; in three tiers."""
    texts = ["dâu tằm", f"tằm {FAR} dâu", "dâu và tằm"]
    kept = [
        article(
            f"Bài {number}" + " tằm" * (number % 7 == 0),
            texts[number % 3] + " kén" * (number < 1001) + " lụa" * (number < 1000),
            on=f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
            at=f"{number % 24:02}:00",
        )
        for number in range(1005)
    ]
    with closing(archived(tmp_path_factory.mktemp("crowd"), *kept)) as db:
        yield db


@pytest.mark.parametrize(
    ("text", "total", "is_exact"),
    [("dau", 1000, False), ("kén", 1000, False), ("lụa", 1000, True), ("", 1000, False)],
)
def test_a_total_beyond_a_thousand_is_more_than_a_thousand(crowd, text, total, is_exact):
    answer = search(crowd, Wanted(text))
    assert (answer.total, answer.total_is_exact) == (total, is_exact)


def test_a_small_total_is_exact_also_with_filters(crowd):
    answer = search(crowd, Wanted("dâu", Filters(since=date(2026, 5, 1), until=date(2026, 5, 31))))
    assert answer.total_is_exact
    assert answer.total == sum(number % 12 == 4 for number in range(1005))


@pytest.mark.parametrize("ranked", [30, 2000])
@pytest.mark.parametrize("sort", SORTS)
def test_every_hit_is_on_just_one_page(crowd, monkeypatch, sort, ranked):
    monkeypatch.setattr("archive.search.tiers._RANKED", ranked)
    hits = [hit.id for page in pages(crowd, "dau tam", sort=sort, size=90) for hit in page.hits]
    assert len(hits) == len(set(hits)) == 1005


def test_every_hit_of_a_full_day_is_on_just_one_page(made, monkeypatch):
    monkeypatch.setattr("archive.search.tiers._RANKED", 10)
    clocks = random.Random(1).sample(range(24 * 60), 60)
    db = made(*(article(f"Bài {at}", "chè", at=f"{at // 60:02}:{at % 60:02}") for at in clocks))
    for sort in SORTS:
        leafed = [hit.id for page in pages(db, "che", sort=sort, size=5) for hit in page.hits]
        assert len(leafed) == len(set(leafed)) == 60, sort


def test_every_hit_of_a_syllable_begun_is_on_just_one_page(made):
    db = made(*(article(f"Xã {n}", "Rô Men" if n % 3 else "Rô và m") for n in range(9)))
    for sort in SORTS:
        leafed = list(pages(db, "rô m", sort=sort, size=2))
        assert [page.total for page in leafed] == [9] * 5
        assert len({hit.id for page in leafed for hit in page.hits}) == 9


@pytest.mark.parametrize("sort", SORTS)
def test_there_is_a_next_page_while_hits_are_left(crowd, sort):
    march = Filters(since=date(2026, 3, 1), until=date(2026, 3, 31))
    for page, size in enumerate([20, 20, 20, 20, 4, 0], start=1):
        answer = search(crowd, Wanted("dâu", march, sort, page))
        assert (answer.total, len(answer.hits), answer.has_next) == (84, size, page < 5), page


def test_a_full_last_page_has_none_after_it(made):
    db = made(*(article(f"Bài {number}", "chè") for number in range(4)))
    assert [page.has_next for page in pages(db, "che", size=2)] == [True, False]


def test_pages_begin_at_one_and_end_somewhere(crowd):
    first = search(crowd, Wanted("dâu", size=1))
    for page in (0, -1, -(10**9)):
        assert search(crowd, Wanted("dâu", size=1, page=page)).hits == first.hits
    last = search(crowd, Wanted("dâu", size=1, page=500))
    assert len(last.hits) == 1
    assert not last.has_next
    assert search(crowd, Wanted("dâu", size=1, page=10**30)).hits == last.hits


# Filters.

FIRST, DAYS = date(2019, 12, 1), 1200
SLUGS = [None, "kinh-te", "kinh-te/nong-nghiep", "kinh-te-so", "xa-hoi", "xa-hoi/giao-duc"]
PEOPLE = ["Ngọc Minh", "Ngọc Mai", "K'Brô"]
TAGS = ["Đà Lạt", "cà phê", "30/4"]
KINDS = ["news", "photo", "longform"]
HAS = {"": bool, "chè": lambda body: "chè" in body, "hái -hoa": lambda body: "hoa" not in body}


def _sample(chance, number):
    """One article with something of everything; its date as exact as the newspaper printed it."""
    day = FIRST + timedelta(days=chance.randrange(DAYS))
    if chance.random() < 0.3:  # where a range is likely to begin or end
        day = day.replace(day=1, month=chance.choice([1, day.month])) - timedelta(number % 2)
    dates = {
        "minute": f"{day}T{chance.choice(['00:00', '23:59'])}:00+07:00",
        "day": f"{day}",
        "month": f"{day:%Y-%m}",
        "unknown": None,
    }
    precision = chance.choice(list(dates))
    return article(
        f"Bài {number}",
        chance.choice(["hái chè", "hái cà phê", "chè và hoa"]),
        published_at=dates[precision],
        published_precision=precision,
        section_slug=chance.choice(SLUGS),
        authors=chance.sample(PEOPLE, chance.randrange(3)),
        tags=chance.sample(TAGS, chance.randrange(3)),
        kind=chance.choice(KINDS),
    )


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """An archive of articles of many kinds and days, and the articles."""
    chance = random.Random(7)
    kept = [_sample(chance, number) for number in range(200)]
    with closing(archived(tmp_path_factory.mktemp("sampled"), *kept)) as db:
        yield db, kept


def _days(one):
    """The first and the last day an article can be of, or None where nothing is known."""
    printed = one.published_at
    if printed is None or len(printed) > 7:
        return printed and (date.fromisoformat(printed[:10]),) * 2
    first = date.fromisoformat(f"{printed}-01")
    return first, (first + timedelta(31)).replace(day=1) - timedelta(1)


def _is_within(one, wanted):
    days = _days(one)
    is_in_time = (wanted.since is None and wanted.until is None) or (
        days is not None
        and (wanted.since or date.min) <= days[0]
        and days[1] <= (wanted.until or date.max)
    )
    return (
        is_in_time
        and (not wanted.section or f"{one.section_slug}/".startswith(f"{wanted.section}/"))
        and (not wanted.author or wanted.author in one.authors)
        and (not wanted.tag or wanted.tag in one.tags)
        and (not wanted.kind or wanted.kind == one.kind)
    )


def _ends():
    """Days a range may begin or end with: any, and the first and last of a month or year."""
    days = st.dates(FIRST - timedelta(60), FIRST + timedelta(DAYS + 60))
    firsts = days.map(lambda day: day.replace(day=1)) | days.map(
        lambda day: day.replace(month=1, day=1)
    )
    return st.none() | days | firsts | firsts.map(lambda day: day - timedelta(1))


@settings(deadline=None, max_examples=150)
@given(
    st.builds(
        Filters,
        since=_ends(),
        until=_ends(),
        section=st.none() | st.sampled_from(SLUGS),
        author=st.none() | st.sampled_from(PEOPLE),
        tag=st.none() | st.sampled_from(TAGS),
        kind=st.none() | st.sampled_from(KINDS),
    ),
    st.sampled_from(list(HAS)),
)
def test_filters_hold_what_each_article_says(sampled, wanted, text):
    db, kept = sampled
    expected = [one for one in kept if _is_within(one, wanted) and HAS[text](one.body)]
    for sort in SORTS:
        answer = search(db, Wanted(text, wanted, sort, size=1000))
        assert sorted(hit.title for hit in answer.hits) == sorted(one.title for one in expected)
        assert answer.total == len(expected)
    years = Counter((one.published_at or "unknown").split("-")[0] for one in expected)
    assert counts(db, text, wanted).years == years


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filters(section="xahoi"), ["con", "cha"]),
        (Filters(section="Xã hội"), ["con", "cha"]),
        (Filters(section="xa-hoi/giao-duc"), ["con"]),
        (Filters(section="xa"), []),
        (Filters(author="ngọc minh"), ["con"]),
        (Filters(author=normalize("NFD", "Ngọc Minh")), ["con"]),
        (Filters(author="K’Brô"), ["cha"]),
        (Filters(author="Ngọc"), []),
        (Filters(tag="CÀ PHÊ"), ["cha"]),
        (Filters(tag="30/4"), ["con"]),
        (Filters(kind="photo"), ["khác"]),
        (Filters(section="xa-hoi", author="K'Brô", kind="photo"), []),
    ],
)
def test_filters_as_they_are_typed(made, wanted, expected):
    db = made(
        article("cha", "chè", section_slug="xa-hoi", authors=["K'Brô"], tags=["cà phê", "Huế"]),
        article("con", section_slug="xa-hoi/giao-duc", authors=["Ngọc Minh"], tags=["30/4"]),
        article("khác", "chè", section_slug="xa-hoi-so", authors=["Minh Ngọc"], kind="photo"),
    )
    assert titles(db, filters=wanted) == expected


def test_a_range_of_days_with_its_ends(made):
    db = made(
        article("đêm", on="2022-02-28", at="23:59"),
        article("ngày", published_at="2022-03-01", published_precision="day"),
        article("tháng", published_at="2022-03", published_precision="month"),
        article("cuối", on="2022-03-31", at="00:00"),
        article("lúc nào", published_at=None, published_precision="unknown"),
    )
    whole = Filters(since=date(2022, 3, 1), until=date(2022, 3, 31))
    assert titles(db, filters=whole) == ["cuối", "ngày", "tháng"]
    assert titles(db, filters=replace(whole, until=date(2022, 3, 30))) == ["ngày"]
    assert titles(db, filters=Filters(until=date(2022, 2, 28))) == ["đêm"]
    assert titles(db, filters=Filters(since=date(2022, 1, 1), until=date(2021, 1, 1))) == []
    assert "lúc nào" in titles(db)


# Answers.


def test_the_accented_original_is_marked_in_title_and_text(made):
    hit = only(made(article("Bác sỹ ở Đam Rông", "BÁC SĨ của người nghèo")), "bac si")
    assert hit.title_marked == "<mark>Bác sỹ</mark> ở Đam Rông"
    assert hit.snippet == "<mark>BÁC SĨ</mark> của người nghèo"


def test_words_with_and_without_accents_are_both_marked(made):
    db = made(article("Tin", f"Da thuộc, trên đà phát triển {FAR} lạt mềm"))
    marked = f"Da thuộc, trên <mark>đà</mark> phát triển {FAR} <mark>lạt</mark> mềm"
    assert only(db, "Đà lat").snippet == marked


@pytest.mark.parametrize(
    ("query", "snippet"),
    [
        ("30/4", "Lễ <mark>30 tháng 4</mark> ở buôn Cơ Ho"),
        ("K'Ho", "Lễ 30 tháng 4 ở buôn <mark>Cơ Ho</mark>"),
        ("buôn c", "Lễ 30 tháng 4 ở <mark>buôn Cơ</mark> Ho"),
        ("", "Lễ 30 tháng 4 ở buôn Cơ Ho"),
        ("-xe", "Lễ 30 tháng 4 ở buôn Cơ Ho"),
    ],
)
def test_what_a_word_stands_for_is_marked_too(made, query, snippet):
    assert only(made(article("Tin", "Lễ 30 tháng 4 ở buôn Cơ Ho")), query).snippet == snippet


def test_an_apostrophe_that_is_a_letter_moves_no_marks(made):
    hit = only(made(article("Tin", "Người KʼHo ở Lạc Dương trồng hoa")), "lac duong")
    assert hit.snippet == "Người KʼHo ở <mark>Lạc Dương</mark> trồng hoa"


def test_what_was_printed_cannot_become_html(made):
    db = made(article("<b>Hoa</b> & lá", "<script>alert('hoa')</script> <mark>quả</mark>"))
    hit = only(db, "hoa")
    assert hit.title_marked == "&lt;b&gt;<mark>Hoa</mark>&lt;/b&gt; &amp; lá"
    assert (
        hit.snippet
        == "&lt;script&gt;alert('<mark>hoa</mark>')&lt;/script&gt; &lt;mark&gt;quả&lt;/mark&gt;"
    )


@pytest.mark.parametrize(
    ("before", "after"), [(0, 90), (90, 0), (90, 90), (3, 90), (0, 0)], ids=str
)
def test_a_long_text_is_cut_around_what_was_found(made, before, after):
    body = "đầu " * before + "Rô Men" + " đuôi" * after
    snippet = only(made(article("Tin", body)), "ro men").snippet
    assert "<mark>Rô Men</mark>" in snippet
    assert snippet.startswith("… đầu ") == (before == 90)
    assert snippet.endswith(" đuôi …") == (after == 90)
    assert len(snippet) < 250


def test_where_most_was_found_is_shown(made):
    body = "rau " + "dài " * 90 + "rau và hoa và quả " + "dài " * 90
    marked = "<mark>rau</mark> và <mark>hoa</mark> và <mark>quả</mark>"
    assert marked in only(made(article("Tin", body)), "qua hoa rau").snippet


def test_a_long_phrase_is_marked(made):
    phrase = "một hai ba bốn năm " * 20
    assert "<mark>" in only(made(article("Tin", phrase)), f'"{phrase}"').snippet


def test_a_hit_says_what_is_known_of_it(made):
    known = {
        "url": "https://baolamdong.vn/rau-sach-9001.html",
        "section": "Kinh tế",
        "authors": ["Lê Hoa", "K'Brô"],
        "published_at": "2022-03",
        "published_precision": "month",
        "kind": "photo",
    }
    answer = search(made(article("Rau sạch", **known)), Wanted("rau")).as_dict("/next")
    [hit] = answer["hits"]
    assert hit | known == hit
    assert hit["id"] // 10_000 == 20220300
    assert (answer["query"], answer["total"], answer["total_is_exact"]) == ("rau", 1, True)
    assert answer["next"] is None


def test_an_answer_with_more_to_come_names_the_next_page(crowd):
    assert search(crowd, Wanted("dâu")).as_dict("/next")["next"] == "/next"


@pytest.mark.parametrize(
    ("query", "offered", "why"),
    [
        ("bảo lóc", "bao loc", "a wrong accent"),
        ('"Bảo Lóc" -đèo', '"bao loc" -deo', "quotes and signs stay"),
        ("bảo lộc", None, "something is found"),
        ("bao luc", None, "no accents to take off"),
        ("bảo lúc", None, "nothing is found without them either"),
    ],
)
def test_the_same_without_accents_is_offered_where_it_finds_more(made, query, offered, why):
    db = made(article("Chè Bảo Lộc", section_slug="kinh-te"))
    assert search(db, Wanted(query)).unaccented == offered, why
    assert search(db, Wanted(query, Filters(section="the-thao"))).unaccented is None


def test_near_without_accents_is_offered(made):
    db = made(article("Chè Bảo Lộc"))
    offered = search(db, Wanted("NEAR(bảo lóc)")).unaccented
    assert offered is not None
    assert titles(db, offered) == ["Chè Bảo Lộc"]


# Counts and suggestions.


def test_counts_by_year_and_section(made):
    db = made(
        article("chè một", on="2021-12-31", at="23:59", section_slug="kinh-te"),
        article("chè hai", on="2022-01-01", section_slug="kinh-te/nong-nghiep"),
        article("chè ba", published_at="2022-03", section_slug="xa-hoi"),
        article("chè bốn", published_at=None),
        article("cà phê", on="2022-01-01", section_slug="xa-hoi"),
    )
    assert counts(db, "che", Filters()).as_dict() == {
        "years": {"2021": 1, "2022": 2, "unknown": 1},
        "sections": {"kinh-te": 2, "kinh-te/nong-nghiep": 1, "xa-hoi": 1},
        "of_newest": None,
    }
    since = counts(db, "che", Filters(since=date(2022, 1, 1), section="kinh-te"))
    assert since.years == {"2022": 1}
    assert counts(db, "hoa", Filters()).years == {}


def test_years_are_of_all_hits_and_sections_of_the_newest(crowd, monkeypatch):
    whole = counts(crowd, "lụa", Filters())
    monkeypatch.setattr("archive.search.counting.NEWEST", 100)
    counted = counts(crowd, "lụa", Filters())
    assert (whole.of_newest, counted.of_newest) == (None, 100)
    assert counted.years == whole.years == {"2026": 1000}


def test_a_year_counts_what_is_dated_in_it_whatever_its_number_says(tmp_path, monkeypatch):
    """An article without a date is numbered by the day it was found, and keeps that number when its date is learnt."""
    undated = article("chè bốn", published_at=None)
    known = [
        article("chè một", on="2021-12-31", at="23:59"),
        article("chè hai", published_at="2022-03"),
        article("chè ba", on="2026-01-01"),
        article("chè năm", published_at=None),
    ]
    learnt = replace(undated, title="chè bốn ấm", published_at="2022-05-01")
    years = {"2021": 1, "2022": 2, "2026": 1, "unknown": 1}
    with Archive(tmp_path) as archive:
        keep(archive, *known, undated)
        keep(archive, learnt)
    with closing(open_database(tmp_path, writable=False)) as db:
        assert counts(db, "che", Filters()).years == years
        monkeypatch.setattr("archive.search.counting.NEWEST", 1)
        assert counts(db, "che", Filters()).years == years
        assert counts(db, "che -nam", Filters(kind="news")).years == {
            "2021": 1,
            "2022": 2,
            "2026": 1,
        }
        assert counts(db, "am", Filters(until=date(2022, 12, 31))).years == {"2022": 1}


def test_counts_are_of_what_is_found(made):
    db = made(article("Xã Rô Men"))
    found = search(db, Wanted("rô m")).total
    assert sum(counts(db, "rô m", Filters()).years.values()) == found


TITLED = [
    article("Lộc về Bảo Lộc", on="2026-01-02"),
    article("Bảo Lâm vào mùa", on="2026-01-01"),
    article("Bao tải lăn lóc", on="2026-01-03"),
    article("Tin vắn", "Bảo Lộc", on="2026-01-04"),
    article("K'Ho và 30/4", on="2025-04-30"),
    article("Quyết định về thuỷ điện", on="2025-01-01"),
]


@pytest.mark.parametrize(
    ("typed", "expected", "why"),
    [
        ("b", ["Bao tải lăn lóc", "Lộc về Bảo Lộc", "Bảo Lâm vào mùa"], "one letter"),
        ("bao l", ["Bao tải lăn lóc", "Lộc về Bảo Lộc", "Bảo Lâm vào mùa"], "newest first"),
        ("bao lo", ["Bao tải lăn lóc", "Lộc về Bảo Lộc"], "the last syllable goes on"),
        ("bảo l", ["Lộc về Bảo Lộc", "Bảo Lâm vào mùa"], "accents are meant"),
        ("Bảo Lâ", ["Bảo Lâm vào mùa"], "also in what is begun"),
        ("loc v", ["Lộc về Bảo Lộc"], "words of the title in any order"),
        ("ba loc", [], "only the last goes on"),
        ("k’h", ["K'Ho và 30/4"], "signs"),
        ("30/", ["K'Ho và 30/4"], "a sign at the end"),
        ("thủy đ", ["Quyết định về thuỷ điện"], "tone placement"),
        ("quyế", ["Quyết định về thuỷ điện"], "a group of vowels begun"),
        ("", [], "nothing typed"),
        ("…", [], "only signs"),
    ],
)
def test_titles_are_suggested_while_someone_types(made, typed, expected, why):
    db = made(*TITLED)
    assert [one.title for one in suggest(db, typed)] == expected, why
    assert suggest(db, normalize("NFD", typed)) == suggest(db, typed)


@pytest.mark.parametrize(("typed", "title"), [("quy", "Quyết định"), ("hoà", "Hoàng hôn")])
def test_a_syllable_begun_may_end_in_another_spelling(made, typed, title):
    assert [one.title for one in suggest(made(article(title)), typed)] == [title]


def test_a_few_titles_are_suggested_the_newest(crowd):
    few = suggest(crowd, "tằm")
    assert len(few) == 8
    newest = search(crowd, Wanted("", sort="newest", size=1000)).hits
    named = sorted((hit.id for hit in newest if "tằm" in hit.title), reverse=True)
    assert [one.id for one in few] == named[:8]


# The index.


@pytest.mark.parametrize(
    ("query", "fields", "why"),
    [
        ("bat tien", {"kicker": "Bất tiện"}, "kicker"),
        ("sapo", {"lead": "Một sapo ngắn"}, "lead"),
        ("ho dem", {"blocks": [Block("image", url="a", caption="Hồ đêm")]}, "caption"),
        ("anh K'Lan", {"blocks": [Block("image", url="a", credit="Ảnh: K’Lan")]}, "credit"),
        ("ban gia", {"blocks": [Block("table", rows=[["a", "b"], ["Bán", "giá"]])]}, "table"),
        ("rau", {"blocks": [Block("list", items=["hoa", "rau"])]}, "list"),
        ("mua roi", {"blocks": [Block("verse", stanzas=[["Mưa"], ["rơi"]])]}, "verse"),
        ("hoang minh", {"authors": ["An", "Hoàng Minh"]}, "author"),
        ("mua hoa", {"tags": ["chè", "mùa hoa"]}, "tag"),
    ],
)
def test_all_that_a_reader_may_remember_is_found(made, query, fields, why):
    assert titles(made(article("Tin", **fields), article("Khác")), query) == ["Tin"], why


def test_a_changed_article_is_found_by_its_new_words_only(made):
    first = article("Mưa lớn", "ngập đường", authors=["Lê Hoa"], section_slug="thoi-su")
    made(first, article("Nắng"))
    changed = {"title": "Tạnh ráo", "blocks": [Block("p", text="thông xe")], "authors": ["An"]}
    db = made(replace(first, section_slug="xa-hoi", **changed))
    gone = ["mua", "ngap duong", "Lê Hoa"]
    assert [titles(db, old) for old in gone] == [[]] * 3
    assert [titles(db, new) for new in ("tạnh", "thong xe", "an")] == [["Tạnh ráo"]] * 3
    assert titles(db, filters=Filters(section="thoi-su")) == []
    assert titles(db, "thông", filters=Filters(section="xa-hoi", author="An")) == ["Tạnh ráo"]
    assert [one.title for one in suggest(db, "ta")] == ["Tạnh ráo"]
    assert suggest(db, "mua") == []


def test_an_index_made_anew_gives_the_same_answers(made, tmp_path):
    chance = random.Random(11)
    first = [_sample(chance, number) for number in range(40)]
    made(*first)
    db = made(*(replace(one, lead="Hái quả ở Đắk Nông") for one in first[::2]))
    queries = ["", "hai", "dac nong", "che -hoa", "30/4", "hái q", "K'Brô", "hai qua o dak nong"]

    def answers():
        found = [[search(db, Wanted(query, sort=sort)) for query in queries] for sort in SORTS]
        return found, [suggest(db, typed) for typed in ("b", "bài 1")], counts(db, "", Filters())

    before = answers()
    with Archive(tmp_path) as archive:
        archive.begin()
        archive.db.execute("INSERT INTO search (search) VALUES ('delete-all')")
        assert list(Index(archive.db).rebuild()) == [40]
    assert answers() == before


def test_who_searches_never_waits_for_who_writes_nor_stops_him(tmp_path):
    with Archive(tmp_path) as archive:
        keep(archive, *(article(f"Bài {n}", "rau") for n in range(3)))
        archive.settle(at_once=True)
        with (
            closing(open_database(tmp_path, writable=False)) as idle,
            closing(open_database(tmp_path, writable=False)) as reader,
        ):
            reading = idle.execute("SELECT rowid FROM search WHERE search MATCH 'rau'")
            next(reading)  # and stays where it is
            archive.begin()
            keep(archive, article("Bài mới", "rau"))
            archive.begin()
            reader.execute("PRAGMA busy_timeout = 0")  # to wait would be an error
            assert len(titles(reader, "rau")) >= 3
            keep(archive, article("Bài sau", "rau"))
            archive.settle(at_once=True)
            assert titles(reader, "rau", size=1) == ["Bài sau"]
            assert len(reading.fetchall()) == 2


def test_the_words_of_a_name_with_loose_marks_are_found(made):
    assert titles(made(article("Tin", "Suối Čư̆ M'gar")), "Čư̆ M'gar") == ["Tin"]


def test_sql_of_ones_own_can_ask_as_a_reader_does(made):
    db = made(article("Xã Rô Men"), article("Rộn ràng"), article("Nỗi niềm"))
    register(db)
    rows = "SELECT a.title FROM search JOIN articles a ON a.id = search.rowid WHERE search MATCH vn_query(?)"
    assert [row["title"] for row in db.execute(rows, ["ro men"])] == ["Xã Rô Men"]
    for nothing in ("", None, '"', "NEAR("):
        assert len(list(db.execute(rows, [nothing]))) == 3
