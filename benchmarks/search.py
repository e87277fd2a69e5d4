"""Speed and size of the search, beside stock Datasette and sqlite-utils on the same articles in the same run.

    python benchmarks/search.py                                   100,000 articles of text it makes
    python benchmarks/search.py --corpus FILE                     of real text: xz, {title, body} a line
    python benchmarks/search.py --articles 500000 --folder DIR    kept in DIR and used again from there

Articles beyond those of the corpus are paragraphs of three of them. The queries are drawn from what was
built, by how often their words stand there: the same for the same text. Every query is asked several
times, all of them in random order on one warm connection, and counts with its median; p95 is over the
queries of a class. Milliseconds are of this machine and this hour: trust the ratios.
"""

import json
import lzma
import math
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import accumulate, chain, islice, pairwise, product
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click
from datasette.utils import escape_fts
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlite_utils import Database

from archive.model import Article, Block
from archive.reading import same_text
from archive.search import Filters, Sort, Wanted, counts, search, suggest
from archive.search.names import words_of
from archive.search.query import parse
from archive.search.tiers import count, everything, ids
from archive.store.articles import Articles
from archive.store.index import Index, indexed_text
from archive.store.opening import open_database
from archive.syllables import is_syllable
from archive.vietnamese import fold, has_accents, spellings

LAST_DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, tzinfo=UTC)
FEWEST, MOST = 60, 100  # articles of a day
BATCH = 1000  # articles of a transaction
SAMPLE = 2000  # articles from which queries are drawn
EACH = 20  # queries of a class

Story = tuple[str, list[str]]  # title and paragraphs
Queries = dict[str, list[str]]  # by class
Ask = Callable[[str], object]
Task = tuple[str, str, str]  # what is asked for, class, query
Times = dict[Task, float]  # milliseconds, the median of a task's rounds


# -- the clock -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meter:
    """How often and by which clock everything is measured."""

    rounds: int
    clock: Callable[[], float]

    def seconds_of(self, work: Callable[[], object]) -> float:
        """Seconds that some work takes."""
        began = self.clock()
        work()
        return self.clock() - began

    def times_of(self, asks: dict[str, Ask], queries: Queries) -> Times:
        """Ask everything in random order, round after round; the first only warms up."""
        tasks = [
            (what, of, query) for what in asks for of, some in queries.items() for query in some
        ]
        seconds: dict[Task, list[float]] = {task: [] for task in tasks}
        dice = random.Random(6)
        for number in range(self.rounds + 1):
            dice.shuffle(tasks)
            for task in track(tasks, f"round {number} of {self.rounds}", transient=True):
                work = partial(asks[task[0]], task[2])
                seconds[task].append(self.seconds_of(work))
        return {task: 1000 * median(each[1:]) for task, each in seconds.items()}


# -- text ------------------------------------------------------------------------------------------


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


# -- the archive -----------------------------------------------------------------------------------

SECTIONS = listed("""
    thoi-su;kinh-te;kinh-te/nong-nghiep;kinh-te/du-lich;xa-hoi;xa-hoi/giao-duc;xa-hoi/y-te;van-hoa
    ;van-hoa/di-san;phap-luat;the-thao;quoc-te;ban-doc;chinh-tri;chinh-tri/xay-dung-dang;khoa-hoc
    ;moi-truong;quoc-phong;dat-va-nguoi;phong-su
""")
KINDS = ("news", "news", "news", "photo", "video", "magazine")
AUTHORS = [f"{family} {given}" for family in ("Ngọc", "Minh", "Thu", "Văn") for given in ONSETS]


@dataclass
class Built:
    """Seconds it took to index so many articles; of each, those before anything is written."""

    articles: int
    seconds: float = 0.0
    spelling: float = 0.0

    @property
    def rate(self) -> float:
        """Articles indexed per second."""
        return self.articles / self.seconds if self.seconds else math.nan


def dated(stories: Iterable[Story], many: int) -> Iterator[tuple[int, Article]]:
    """Articles with their ids, which rise with the day; within a day any may be the latest."""
    dice = random.Random(3)
    day, number = LAST_DAY - timedelta(days=2 * many // (FEWEST + MOST)), 0
    left = dice.randint(FEWEST, MOST)
    for story in stories:
        if number == left:
            day, number, left = day + timedelta(days=1), 0, dice.randint(FEWEST, MOST)
        number += 1
        article_id = int(f"{day:%Y%m%d}") * 10_000 + number
        yield article_id, _article(article_id, day, story, dice)


def _article(article_id: int, day: date, story: Story, dice: random.Random) -> Article:
    title, lines = story
    section = dice.choice(SECTIONS)
    return Article(
        f"https://baolamdong.vn/bai-{article_id}.html",
        title,
        "onecms",
        blocks=[Block("p", text=line) for line in lines],
        authors=dice.sample(AUTHORS, dice.randint(0, 2)),
        tags=dice.sample(NAMES, dice.randint(0, 3)),
        section=section,
        section_slug=section,
        published_at=f"{day}T{dice.randint(5, 22):02}:{dice.randint(0, 59):02}:00+07:00",
        published_precision="minute",
        kind=dice.choice(KINDS),
    )


def build(folder: Path, stories: list[Story], many: int, meter: Meter) -> Built:
    """Make an archive of so many articles in a folder; time the product's own indexing alone."""
    built, batch = Built(many), {}
    with closing(open_database(folder, writable=True)) as db:
        db.execute(
            "INSERT INTO captures (id, url, fetched_at, status, warc, offset, length, digest)"
            " VALUES (1, '', '', 200, '', 0, 0, '')"
        )
        index = Index(db)
        made = dated(recombined(stories, many), many)
        for _ in track(range(0, many, BATCH), f"{many:,} articles"):
            batch = dict(islice(made, BATCH))
            _put(db, Articles(db, index), batch)
            built.seconds += meter.seconds_of(partial(_index, db, index))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    built.spelling = meter.seconds_of(partial(_spell, batch)) / len(batch)
    return built


def _put(db: sqlite3.Connection, articles: Articles, batch: dict[int, Article]) -> None:
    db.execute("BEGIN IMMEDIATE")
    for article_id, article in batch.items():
        articles.put(article_id, article, same_text(article), 1, AT)
    db.execute("COMMIT")


def _index(db: sqlite3.Connection, index: Index) -> None:
    db.execute("BEGIN IMMEDIATE")
    index.write()
    db.execute("COMMIT")


def _spell(batch: dict[int, Article]) -> None:
    """Only what indexing does before it writes."""
    for article_id, article in batch.items():
        text = indexed_text(article_id, article)
        spellings(text.title)
        spellings(text.body)


def articles_in(folder: Path) -> int:
    """How many articles a folder holds that was built before."""
    if not (folder / "archive.db").exists():
        return 0
    with closing(open_database(folder, writable=False)) as db:
        return int(db.execute("SELECT count(*) FROM texts").fetchone()[0])


# -- stock search on the same articles -------------------------------------------------------------

COPY = """
CREATE TABLE stories (id INTEGER PRIMARY KEY, title TEXT, body TEXT, section TEXT, published_at TEXT);
INSERT INTO stories SELECT t.id, t.title, t.body, a.section, a.published_at
FROM archive.texts t JOIN archive.articles a ON a.id = t.id;
"""
# As Datasette 0.65 asks for /db/stories?_search=…&_sort_desc=id&_size=20, and for the number of hits.
MATCHING = "FROM stories WHERE rowid IN (SELECT rowid FROM stories_fts WHERE stories_fts MATCH ?)"
DATASETTE_ROWS = (
    f"SELECT id, title, body, section, published_at {MATCHING} ORDER BY id DESC LIMIT 21"
)
DATASETTE_COUNT = f"SELECT count(*) {MATCHING}"
STOCK_COUNT = "SELECT count(*) FROM stories_fts WHERE stories_fts MATCH ?"


def build_stock(folder: Path, articles: int, meter: Meter) -> Built:
    """Copy the articles beside the archive, with a stock FTS5 table; time that table alone."""
    path, built = folder / "stock.db", Built(articles)
    if path.exists():
        return built
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ATTACH ? AS archive", [str(folder / "archive.db")])
        db.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {COPY} COMMIT;")
    database = Database(path)
    enable = partial(database.table("stories").enable_fts, ["title", "body"])
    built.seconds = meter.seconds_of(enable)
    database.close()
    return built


def ask_datasette(db: sqlite3.Connection, query: str) -> int:
    """Ask for a page as Datasette does; return the number of hits."""
    words = escape_fts(query)
    db.execute(DATASETTE_ROWS, [words]).fetchall()
    return int(db.execute(DATASETTE_COUNT, [words]).fetchone()[0])


def ask_sqlite_utils(stock: Database, query: str) -> None:
    """Ask for a page as `sqlite-utils search` does."""
    list(stock.table("stories").search(query, limit=20))


# -- queries ---------------------------------------------------------------------------------------

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


def queries_from(known: Known) -> Queries:
    """Queries of every class, drawn from what the sample has."""
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
    return {name: dice.sample(found, min(EACH, len(found))) for name, found in drawn.items()}


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


# -- what is measured ------------------------------------------------------------------------------


def p95(times: Iterable[float]) -> float:
    """The time that 95 in 100 do not exceed."""
    ordered = sorted(times)
    return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else math.nan


def filters_within(db: sqlite3.Connection) -> dict[str, Filters]:
    """Three filters: a section, a year, a section and days that begin and end within months."""
    days = [row[0][:10] for row in db.execute("SELECT published_at FROM articles ORDER BY id")]
    year = date.fromisoformat(days[-1]).year - 1
    since, until = (date.fromisoformat(days[len(days) * part // 10]) for part in (2, 7))
    within = Filters("kinh-te", since=since.replace(day=13), until=until.replace(day=19))
    return {
        "a section": Filters("xa-hoi"),
        "a year": Filters(since=date(year, 1, 1), until=date(year, 12, 31)),
        "a section and days": within,
    }


def asks_of(db: sqlite3.Connection, filters: dict[str, Filters]) -> dict[str, Ask]:
    """Everything a reader may ask for with a query."""

    def page(sort: Sort, within: Filters) -> Ask:
        return lambda query: search(db, Wanted(query, within, sort))

    none = Filters()
    asks: dict[str, Ask] = {
        "newest 20, ids": lambda query: ids(db, everything(parse(query), none), "newest", 20),
        "page": page("best", none),
        "page by newest": page("newest", none),
        "page by relevance": page("relevance", none),
        "counts": lambda query: counts(db, query, none),
    }
    return asks | {f"page in {name}": page("best", within) for name, within in filters.items()}


def prefixes(known: Known) -> Queries:
    """Every beginning of some titles, as typed without accents and with them."""
    titles = [" ".join(words) for words in known.titles[:EACH]]
    beginnings = [title[:end] for title in titles for end in range(1, min(40, len(title)) + 1)]
    every = {"without accents": map(fold, beginnings), "with accents": beginnings}
    return {name: list(dict.fromkeys(some)) for name, some in every.items()}


# -- what is told ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """What must be reached and what was."""

    what: str
    at_most: float
    reached: float
    is_floor: bool = False

    def row(self) -> list[str]:
        """The figure as a row of a table."""
        enough = (self.reached >= self.at_most) if self.is_floor else (self.reached <= self.at_most)
        said = "not measured" if math.isnan(self.reached) else "met" if enough else "missed"
        sign = "≥" if self.is_floor else "≤"
        return [self.what, f"{sign} {self.at_most:,g}", f"{self.reached:,.2f}", said]


def table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number else "left")
    return made


def show_times(console: Console, times: Times) -> None:
    """A table per thing asked for, a row per class."""
    for what in dict.fromkeys(task[0] for task in times):
        shown = table(f"{what}, ms", "class", "n", "p50", "p95", "max", "slowest")
        here = {task: ms for task, ms in times.items() if task[0] == what}
        for of in dict.fromkeys(task[1] for task in here):
            shown.add_row(of, *_row({task: ms for task, ms in here.items() if task[1] == of}))
        if len({task[1] for task in here}) > 1:
            shown.add_section()
            shown.add_row("all", *_row(here))
        console.print(shown)


def _row(times: Times) -> list[str]:
    values = list(times.values())
    slowest = max(times, key=times.__getitem__)[2]
    figures = (median(values), p95(values), max(values))
    return [f"{len(values)}", *(f"{each:.2f}" for each in figures), slowest[:28]]


def filter_ratios(console: Console, times: Times, filters: Iterable[str]) -> float:
    """Show what filters cost beside the same queries without; return the worst ratio of p95."""
    shown = table("a page with filters / without", "filter", "p50", "p95", "median of ratios")
    bare = {task[1:]: ms for task, ms in times.items() if task[0] == "page"}
    worst = 0.0
    for name in filters:
        here = {task[1:]: ms for task, ms in times.items() if task[0] == f"page in {name}"}
        middle = median(here.values()) / median(bare.values())
        high = p95(here.values()) / p95(bare.values())
        each = median(ms / bare[task] for task, ms in here.items())
        shown.add_row(name, f"{middle:.2f}", f"{high:.2f}", f"{each:.2f}")
        worst = max(worst, high)
    console.print(shown)
    return worst


def side_by_side(
    console: Console, db: sqlite3.Connection, stock: Database, meter: Meter
) -> dict[str, float]:
    """Show hits and times of three searches for the same ten queries; return the median times."""
    plain = stock.conn
    asks: dict[str, Ask] = {
        "this": lambda query: search(db, Wanted(query)),
        "Datasette": lambda query: ask_datasette(plain, query),
        "sqlite-utils": lambda query: _or_error(lambda: ask_sqlite_utils(stock, query)),
    }
    times = meter.times_of(asks, {"": ASKED_BESIDE})
    columns = [f"{name}: {what}" for name in asks for what in ("hits", "ms")]
    shown = table("the same ten queries, a page of each", "query", *columns)
    for query in ASKED_BESIDE:
        hits = _hits(db, plain, query)
        both = zip(hits, (times[name, "", query] for name in asks), strict=True)
        shown.add_row(query, *chain.from_iterable((found, f"{ms:.1f}") for found, ms in both))
    console.print(shown)
    return {name: median(ms for task, ms in times.items() if task[0] == name) for name in asks}


def _hits(db: sqlite3.Connection, stock: sqlite3.Connection, query: str) -> list[str]:
    whole = everything(parse(query), Filters())
    ours = f"{count(db, whole, 10**9):,}"
    datasette = f"{ask_datasette(stock, query):,}"
    plain = _or_error(lambda: f"{stock.execute(STOCK_COUNT, [query]).fetchone()[0]:,}")
    return [ours, datasette, plain]


def _or_error(work: Callable[[], Any]) -> Any:
    """What the work gives; sqlite-utils hands what was typed to FTS5 as it is, which may refuse it."""
    try:
        return work()
    except sqlite3.OperationalError:
        return "error"


def sizes(console: Console, db: sqlite3.Connection) -> tuple[float, float]:
    """Show the sizes; return index and suggestions as parts of the text."""
    measure = "SELECT sum(length(CAST(title AS BLOB)) + length(CAST(body AS BLOB))) FROM texts"
    text = db.execute(measure).fetchone()[0]
    parts = {"text": text}
    parts |= {name: _pages(db, f"{name}\\_%") for name in ("search", "suggestions")}
    shown = table("size", "what", "MB", "of the text")
    for name, size in parts.items():
        shown.add_row(name, f"{size / 1e6:,.0f}", f"{size / text:.3f}")
    console.print(shown)
    return parts["search"] / text, parts["suggestions"] / text


def _pages(db: sqlite3.Connection, like: str) -> float:
    """Bytes of the pages of the tables so named; not a number where SQLite has no dbstat."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ? ESCAPE '\\'"
    size = "SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name = ?"
    tables = [row[0] for row in db.execute(names, [like]).fetchall()]
    try:
        return float(sum(db.execute(size, [name]).fetchone()[0] or 0 for name in tables))
    except sqlite3.OperationalError:
        return math.nan


def figures_of(times: Times, articles: int) -> list[Figure]:
    """The figures of the times: of the class that is worst, and of all queries where that differs."""

    def worst(what: str, having: str = "") -> float:
        classes = {task[1] for task in times if task[0] == what and having in task[1]}
        return max(
            p95(ms for task, ms in times.items() if task[:2] == (what, of)) for of in classes
        )

    def overall(what: str) -> float:
        return p95(ms for task, ms in times.items() if task[0] == what)

    most = 15 if articles <= 100_000 else 50
    return [
        Figure("newest 20, common words, p95 ms", 5, worst("newest 20, ids", "common word")),
        Figure("newest 20, rare phrases, p95 ms", 10, worst("newest 20, ids", "rare phrase")),
        Figure("page, p95 ms", most, overall("page")),
        Figure("page of the worst class, p95 ms", most, worst("page")),
        Figure("counts by year and section, p95 ms", 250, worst("counts")),
        Figure("page by relevance, p95 ms", 100, overall("page by relevance")),
        Figure("page by relevance of the worst class, p95 ms", 100, worst("page by relevance")),
        Figure("suggestion, p95 ms", 5, worst("suggestion")),
    ]


# -- what is asked for -----------------------------------------------------------------------------


def compare(console: Console, folder: Path, built: Built, meter: Meter) -> None:
    stock_built = build_stock(folder, built.articles, meter)
    _show_building(console, built, stock_built)
    with closing(open_database(folder, writable=False)) as db:
        known = sampled(db)
        filters = filters_within(db)
        times = meter.times_of(asks_of(db, filters), queries_from(known))
        asks: dict[str, Ask] = {"suggestion": lambda query: suggest(db, query)}
        times |= meter.times_of(asks, prefixes(known))
        show_times(console, times)
        dearest = filter_ratios(console, times, filters)
        _show_without_query(console, db, filters, meter)
        beside = side_by_side(console, db, Database(folder / "stock.db"), meter)
        index, suggestions = sizes(console, db)
    figures = [
        *figures_of(times, built.articles),
        Figure("with filters / without, p95", 1.2, dearest),
        Figure("index / text", 1.1, index),
        Figure("suggestions / text", 0.15, suggestions),
        Figure("articles indexed per second", 2000, built.rate, is_floor=True),
    ]
    _show_figures(console, figures, built.articles)
    for name in ("Datasette", "sqlite-utils"):
        ratio = beside["this"] / beside[name]
        console.print(f"a page of this search / of {name}, median: {ratio:.2f}")


def _show_building(console: Console, built: Built, stock: Built) -> None:
    if math.isnan(built.rate):
        console.print(f"{built.articles:,} articles, built before")
        return
    each = f"{1e6 / built.rate:,.0f} µs each, {1e6 * built.spelling:,.0f} of them before writing"
    console.print(f"indexed {built.rate:,.0f} articles/s: {each}")
    ratio = f"{built.rate / stock.rate:.2f}"
    console.print(f"a stock FTS5 table of the same: {stock.rate:,.0f} articles/s; ratio {ratio}")


def _show_without_query(
    console: Console, db: sqlite3.Connection, filters: dict[str, Filters], meter: Meter
) -> None:
    """Filters alone are a search too."""
    by_name = filters | {"none": Filters(), "since": replace(filters["a year"], until=None)}
    page: dict[str, Ask] = {
        "page without a query": lambda name: search(db, Wanted("", by_name[name])),
        "counts without a query": lambda name: counts(db, "", by_name[name]),
    }
    show_times(console, meter.times_of(page, {"filter": list(by_name)}))


def _show_figures(console: Console, figures: list[Figure], articles: int) -> None:
    shown = table(f"{articles:,} articles", "what", "figure", "reached", "")
    for figure in figures:
        shown.add_row(*figure.row())
    console.print(shown)


@click.command()
@click.option("--articles", default=100_000, show_default=True, help="Articles of the archive.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Text to use: JSON lines {title, body}, xz.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Build here and keep it; use what is here if it has so many articles.",
)
@click.option("--rounds", default=5, show_default=True, help="Times each query is asked.")
@click.option(
    "--cpu", is_flag=True, help="Count processor time: steady where others use the machine."
)
def main(articles: int, corpus: Path | None, folder: Path | None, rounds: int, cpu: bool) -> None:
    """Measure the search against its figures and beside stock Datasette and sqlite-utils."""
    meter = Meter(rounds, time.process_time if cpu else time.perf_counter)
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        there = articles_in(place)
        if there not in (0, articles):
            raise click.ClickException(f"{place} holds {there} articles; name another folder.")
        stories = [] if there else read_corpus(corpus) if corpus else made_stories()
        built = Built(articles) if there else build(place, stories, articles, meter)
        compare(Console(), place, built, meter)


if __name__ == "__main__":
    main()
