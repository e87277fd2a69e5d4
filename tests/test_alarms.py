"""Each alarm: opened by its fault within one run, one row while it lasts, closed by its end; silent on good days."""

import contextlib
import json
import sqlite3
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import NamedTuple

import pytest

from archive import health
from archive.alarms import FIELDS, SENTENCES, said
from archive.dates import VIETNAM, printed_time, timestamp
from archive.model import Found, Outcome
from archive.store import Archive
from archive.store.extraction import Measured
from archive.web.words import Words
from crawler import alarms, drift
from crawler.plan import Plan
from crawler.report import Report
from crawler.rhythm import too_quiet
from crawler.unread import quoted

FIRST = datetime(2026, 10, 5, 1, tzinfo=UTC)  # a Monday, eight in the morning in Vietnam
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FRONT = "https://baolamdong.vn/"
LIST = "https://baolamdong.vn/kinh-te"
ARTICLES = [f"https://baolamdong.vn/bai-so-{n}.html" for n in range(40)]
WELL = (FRONT, "listing", Outcome.LIVE, 200, "")


class Made:
    """An archive whose runs are made: what each saw is written down, its end is the product's own."""

    def __init__(self, folder, monkeypatch):
        self.archive, self.at = Archive(folder), FIRST
        monkeypatch.setattr("archive.store.books.now", lambda: self.at)
        monkeypatch.setattr("crawler.alarms.now", lambda: self.at)

    def run(self, *looks, report=None, problem=None, plan=None, read=(), gap=None):
        """One run half an hour after the last; return the names and subjects of the alarms open after it."""
        self.at += HOUR / 2
        archive, plan, report = self.archive, plan or Plan(), report or Report()
        archive.begin_run(plan.kind, {})
        archive.begin()
        for url, kind, outcome, status, detail in looks or [WELL]:
            self.look(url, kind, outcome, status, detail)
        for layout, layers in read:
            self.article(layout, layers)
        if gap:
            self.gap(gap)
        archive.end_run("failed" if problem else "done", {})
        alarms.look_for_alarms(archive, plan, report, problem)
        self.reported = report.alarms
        return set(alarms.Alarms(archive.db).open())

    def look(self, url, kind, outcome, status, detail):
        self.archive.urls.add([Found(url, url, url, kind)], self.at)
        self.archive.db.execute(
            "INSERT INTO observations (url_id, run_id, at, outcome, status, detail)"
            " SELECT id, ?, ?, ?, ?, ? FROM urls WHERE key = ?",
            [self.archive.run_id, timestamp(self.at), outcome, status, detail, url],
        )

    def article(self, layout="onecms", layers=None, published=None):
        """A new article, with all that belongs to one; its record is in no WARC file."""
        db, stamp = self.archive.db, timestamp(self.at)
        number = db.execute("SELECT coalesce(max(id), 0) + 1 FROM articles").fetchone()[0]
        url = f"https://baolamdong.vn/moi-{number}.html"
        db.execute(
            "INSERT INTO captures (id, url, fetched_at, status, warc, offset, length, digest)"
            " VALUES (?, ?, ?, 200, 'none', ?, 1, '')",
            [number, url, stamp, number],
        )
        db.execute(
            "INSERT INTO articles VALUES (?, 'baolamdong', ?, 1, 't', 'l', 's', 'kinh-te', '[]', '[]', ?, 'minute',"
            " 'news', 'vi', ?, ?)",
            [number, url, printed_time(published or self.at), layout, stamp],
        )
        fields = {"layout": layout, "layers": layers or ALL_SELECTED, "blocks": [{"type": "image"}]}
        db.execute(
            "INSERT INTO versions VALUES (?, 1, ?, ?, ?, ?)",
            [number, number, stamp, str(number), json.dumps(fields)],
        )
        self.look(url, "article", Outcome.LIVE, 200, "")
        db.execute("UPDATE urls SET article_id = ?, looks = 1 WHERE key = ?", [number, url])
        db.execute(
            "UPDATE observations SET capture_id = ? WHERE id = last_insert_rowid()", [number]
        )

    def gap(self, kind):
        self.archive.db.execute(
            "INSERT INTO gaps (kind, list, since, until, missing, run_id, found_at)"
            " VALUES (?, ?, '2026-10-04', '2026-10-05', 12, ?, ?)",
            [kind, LIST, self.archive.run_id, timestamp(self.at)],
        )

    def rows(self):
        return [dict(row) for row in self.archive.db.execute("SELECT * FROM alarms ORDER BY id")]


NAMES = ("title", "lead", "body", "authors", "section", "tags", "published_at")
ALL_SELECTED = dict.fromkeys(NAMES, "selector")


@pytest.fixture
def made(tmp_path, monkeypatch):
    made = Made(tmp_path, monkeypatch)
    yield made
    made.archive.close()


def refused(number):
    return [(url, "article", Outcome.REFUSED, 403, "answers 403") for url in ARTICLES[:number]]


def silent(detail, url=FRONT):
    return (url, "listing", Outcome.UNREACHABLE, None, detail)


def forbidden(url, kind="listing"):
    return (url, kind, Outcome.FORBIDDEN, None, "robots.txt does not allow it")


def vain(number, *lists, words="Hệ thống đang bảo trì"):
    """Looks at articles and lists that show the same words, but for a number."""
    said = [
        f"no article found: neither title nor text {quoted(f'{words} mã {n}')}"
        for n in range(number)
    ]
    looks = [
        (url, "article", Outcome.NO_ARTICLE, 200, text)
        for url, text in zip(ARTICLES, said, strict=False)
    ]
    return looks + [(url, "listing", Outcome.NO_ARTICLE, 200, said[0]) for url in lists]


NO_CERTIFICATE = "its certificate cannot be verified"
ENDED = "https://baolamdong.vn/robots.txt cannot be asked (its certificate ended on 2026-10-02)"
NO_ROBOTS = "https://baolamdong.vn/robots.txt answers 503"
AWAY = "https://baolamdong.vn cannot be reached"
READ = [(LIST, "listing", Outcome.LIVE, 200, ""), WELL]


class Fault(NamedTuple):
    key: tuple[str, str]
    looks: list
    options: dict = MappingProxyType({})


# What a run sees, and which alarm it is. A run that sees the front page and LIST ends all of them.
FAULTS = {
    "refusals": Fault(("refusals", ""), [WELL, *refused(12)]),
    "refusals that ended the run": Fault(
        ("refusals", ""), refused(9), {"report": Report(gave_up=True), "problem": ""}
    ),
    "unreachable": Fault(
        ("unreachable", "baolamdong.vn"), [silent("no answer in time")] * 2, {"problem": AWAY}
    ),
    "lost on the way": Fault(
        ("unreachable", "baolamdong.vn"),
        [WELL, *[silent("no answer in time")] * 12],
        {"problem": AWAY},
    ),
    "certificate": Fault(
        ("certificate", "baolamdong.vn"), [silent(NO_CERTIFICATE)] * 2, {"problem": AWAY}
    ),
    "certificate with a day": Fault(
        ("certificate", "baolamdong.vn"), [silent(ENDED)] * 2, {"problem": AWAY}
    ),
    "certificate of another host": Fault(
        ("certificate", "lamdong.1cdn.vn"),
        [
            WELL,
            ("https://lamdong.1cdn.vn/1.jpg", "picture", Outcome.UNREACHABLE, None, NO_CERTIFICATE),
        ],
    ),
    "robots that cannot be had": Fault(
        ("robots", "baolamdong.vn/unknown"), [silent(NO_ROBOTS)] * 2, {"problem": AWAY}
    ),
    "robots forbids the front page": Fault(("robots", "baolamdong.vn"), [forbidden(FRONT)]),
    "robots forbids a list": Fault(("robots", "baolamdong.vn"), [WELL, forbidden(LIST)]),
    "robots forbids articles": Fault(
        ("robots", "baolamdong.vn"), [WELL, *(forbidden(url, "article") for url in ARTICLES[:4])]
    ),
    "maintenance": Fault(("challenge", "baolamdong.vn"), [WELL, *vain(3)]),
    "a challenge before everything": Fault(("challenge", "baolamdong.vn"), vain(2, LIST)),
    "maintenance half way": Fault(("challenge", "baolamdong.vn"), [*[WELL] * 60, *vain(10)]),
    "clock of the newspaper": Fault(
        ("clock", ""), [WELL], {"report": Report(dated=5, clock=timedelta(minutes=20))}
    ),
}
MENDED = [*READ, ("https://lamdong.1cdn.vn/1.jpg", "picture", Outcome.LIVE, 200, "")]
CLOCK_RIGHT = {"report": Report(dated=5, clock=timedelta(seconds=-2))}


@pytest.mark.parametrize("name", FAULTS)
def test_an_alarm_opens_at_once_stays_one_and_closes_by_itself(made, name):
    key, looks, options = FAULTS[name]
    assert made.run(*MENDED) == set()
    assert made.run(*looks, **options) == {key}
    assert made.run(*looks, **options) == {key}
    assert made.run(*MENDED, **CLOCK_RIGHT) == set()
    (row,) = made.rows()
    assert row["until"] > row["since"]
    assert made.run(*looks, **options) == {key}
    assert len(made.rows()) == 2


@pytest.mark.parametrize(
    ("why", "looks", "options"),
    [
        ("a few refusals are usual", [WELL, *refused(9)], {}),
        ("a dozen of many likewise", [*[WELL] * 60, *refused(12)], {}),
        ("an archive that never had an answer", [silent("no answer in time")], {"problem": AWAY}),
        ("an address that was always forbidden", [WELL, forbidden(ARTICLES[0], "article")], {}),
        ("a list that was never read", [WELL, forbidden(LIST)], {}),
        ("a list that did not answer", [WELL, silent("no answer in time", LIST)], {}),
        (
            "a picture that did not",
            [WELL, silent("no answer", "https://lamdong.1cdn.vn/1.jpg")],
            {},
        ),
        ("two prices", [WELL, *vain(2)], {}),
        ("some stubs among many", [*[WELL] * 60, *vain(9)], {}),
        (
            "pages with words of their own",
            [*(look for n in range(9) for look in vain(1, words="abcdefghi"[n]))],
            {},
        ),
        ("old answers of a cache", [WELL], {"report": Report(dated=5, clock=-HOUR)}),
        ("one answer with an odd Date", [WELL], {"report": Report(dated=1, clock=3 * DAY)}),
    ],
)
def test_what_is_no_alarm(made, why, looks, options):
    assert made.run(*looks, **options) == set(), why


def test_refusals_are_compared_with_the_archives_own_past(made):
    for _ in range(5):  # a firewall that refuses every third request, on any day
        made.run(*[WELL] * 18, *refused(9))
    assert made.run(*[WELL] * 24, *refused(12)) == set()
    assert made.run(*[WELL] * 4, *refused(12)) == {("refusals", "")}


def test_what_a_run_did_not_look_at_stays_as_it_is(made):
    made.run(*MENDED)
    made.run(*FAULTS["refusals"].looks)
    away = FAULTS["unreachable"]
    assert made.run(*away.looks, **away.options) == {("refusals", ""), away.key}


def test_a_clock_that_was_set_back(made):
    made.at += 400 * DAY
    made.run()
    made.at -= 399 * DAY
    for _ in range(3):  # as long as a capture lies in the future
        assert made.run() == {("clock", "")}
    made.at += 400 * DAY
    assert made.run() == set()


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_disk_nearly_full(made, monkeypatch):
    sizes = {"alarm": (2**40, 0, 2**30), "full": (2**26, 0, 2**20), "well": (2**40, 0, 2**38)}
    for name, expected in [("alarm", 1), ("full", 1), ("well", 0)]:
        monkeypatch.setattr("shutil.disk_usage", lambda _, name=name: Usage(*sizes[name]))
        assert len(made.run()) == expected
    assert "1 MB" in made.rows()[0]["message"]


def test_a_stale_index(made):
    made.archive.db.execute("UPDATE settings SET value = 'old' WHERE name = 'normaliser'")
    assert made.run() == {("index", "")}
    assert [alarm["name"] for alarm in health.alarms(made.archive.db)] == ["index"]
    made.archive.db.execute("UPDATE settings SET value = (SELECT 'old')")


@pytest.mark.parametrize("kind", ["list", "overlap", "articles"])
def test_a_gap_that_the_next_run_did_not_close(made, kind):
    assert made.run(gap=kind) == set()
    assert made.run() == {("gap", f"{kind}/2026-10-05")}
    assert made.run() == {("gap", f"{kind}/2026-10-05")}
    made.archive.db.execute("UPDATE gaps SET closed_at = 'now'")
    assert made.run() == set()
    assert len(made.rows()) == 1


def test_single_articles_that_were_taken_down_again_are_no_alarm(made):
    made.run(gap="articles")
    made.archive.db.execute("UPDATE gaps SET missing = 3")
    assert made.run() == set()


# -- silence --------------------------------------------------------------------------------------


def newsroom(until, days=40):
    """Moments of publication: 6 to 22 o'clock, less at weekends, several at once, nothing at night."""
    chance = Random(3)
    for day in range(days, -1, -1):
        morning = (until - day * DAY).astimezone(VIETNAM).replace(hour=6, minute=0)
        many = 14 if morning.weekday() >= 5 else 40
        for _ in range(many // 2):
            at = morning + chance.random() * 16 * HOUR
            yield from (each for each in (at, at + chance.random() * HOUR / 2) if each <= until)


@contextlib.contextmanager
def archive_of(moments):
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE articles (published_at, published_precision, first_seen_at)")
        rows = [(printed_time(at), "minute", timestamp(at)) for at in moments]
        db.executemany("INSERT INTO articles VALUES (?, ?, ?)", rows)
        yield db


def hours_until_alarm(last, most=24 * 12, **options):
    with archive_of(list(newsroom(last, **options))) as db:
        looks = (n for n in range(3, most) if too_quiet(db, last + n * HOUR))
        return next(looks, None)


@pytest.mark.parametrize(
    ("last", "hours"),
    [
        ("2026-11-10T10:00+07:00", (6, 10)),  # a Tuesday morning
        ("2026-11-10T21:30+07:00", (10, 20)),  # the night goes by, the morning does not
        ("2026-11-13T21:30+07:00", (14, 48)),  # a weekend
        ("2027-02-05T20:00+07:00", (30, 220)),  # Tết 2027: the sixth of February
    ],
)
def test_silence_is_an_alarm_after_what_the_rhythm_allows(last, hours):
    found = hours_until_alarm(datetime.fromisoformat(last))
    assert found is not None
    assert hours[0] <= found <= hours[1], found


@pytest.mark.thorough
def test_no_hour_of_six_good_weeks_is_silent():
    until = datetime(2026, 11, 20, tzinfo=UTC)
    moments = sorted(newsroom(until, days=70))
    for n in range(0, 24 * 42, 5):
        now = until - n * HOUR
        with archive_of([at for at in moments if at <= now]) as db:
            assert not too_quiet(db, now), now


def test_a_young_archive_is_silent_for_three_days():
    last = datetime(2026, 11, 10, 3, tzinfo=UTC)
    assert hours_until_alarm(last, days=5) == 73
    with archive_of(list(newsroom(last))[-10:]) as few:
        assert too_quiet(few, last + 300 * DAY) is None


def test_silence_needs_an_archive_that_was_kept_up(made):
    for at in newsroom(FIRST - 3 * DAY):
        made.article(published=at)
    assert (
        made.run() == set()
    )  # its first run: a copy of last week's newspaper is no silent newspaper
    made.at += 8 * DAY
    assert made.run(plan=Plan(limit=3)) == set()  # did not look everywhere
    assert made.run(problem="away") == set()
    assert made.run() == {("silence", "")}
    made.article(published=made.at)
    assert made.run() == set()


# -- extraction -----------------------------------------------------------------------------------


def measured(run, layout="onecms", pages=1, section="kinh-te", **fields):
    """Pages read by a layout; every field from its selector but those given: lead={"": 2}."""
    began = timestamp(FIRST + run * HOUR)
    counts = {name: Counter({"selector": pages}) for name in (*NAMES, "images")}
    layers = counts | {name: Counter(given) for name, given in fields.items()}
    return Measured(run, began, section, layout, pages, layers if layout else {})


GOOD = [measured(run, pages=4, generic={"agrees": 1}) for run in range(1, 31)]


def fallen(rows, layout="onecms"):
    found = {}
    for question in drift.questions(rows, layout):
        if fall := drift.begun(rows, question):
            found[question.name, question.subject] = fall
    return found


@pytest.mark.parametrize(
    ("why", "new", "expected"),
    [
        ("a redesign", [measured(40, "generic", 3)], ("layout", "onecms")),
        (
            "one page at a time",
            [measured(40 + n, "generic") for n in range(3)],
            ("layout", "onecms"),
        ),
        ("pages no layout reads", [measured(40, "", 4)], ("layout", "onecms")),
        (
            "most of them",
            [measured(40, "generic", 20), measured(40, pages=3)],
            ("layout", "onecms"),
        ),
        (
            "another title",
            [measured(40, pages=6, title={"structured": 6})],
            ("layout", "onecms/title"),
        ),
        (
            "other words",
            [measured(40, pages=9, generic={"differs": 6})],
            ("layout", "onecms/doubt"),
        ),
        ("no lead", [measured(40, pages=6, lead={"": 6})], ("fill", "lead")),
        ("no pictures", [measured(40, pages=6, images={"": 6})], ("fill", "images")),
    ],
)
def test_what_became_worse_is_named(why, new, expected):
    assert list(fallen([*GOOD, *new])) == [expected], why


@pytest.mark.parametrize(
    ("why", "rows"),
    [
        ("good days", GOOD),
        ("two odd pages", [*GOOD, measured(40, "generic", 2)]),
        ("some price lists", [*GOOD, measured(40, "", 4), measured(40, pages=9)]),
        ("two without lead", [*GOOD, measured(40, pages=2, lead={"": 2})]),
        ("a young archive", [measured(1, pages=20), measured(2, "generic", 20)]),
        ("the first run", [measured(1, "generic", 200)]),
        (
            "another section, which has none either",
            [
                *(measured(run, pages=2, section="video", lead={"": 2}) for run in range(1, 31)),
                *GOOD,
                measured(40, pages=15, section="video", lead={"": 15}),
            ],
        ),
    ],
)
def test_good_days_and_too_little_evidence_are_silent(why, rows):
    assert fallen(rows) == {}, why


@pytest.mark.thorough
def test_hundreds_of_good_runs_have_no_alarm():
    chance, rows = Random(5), []
    for run in range(1, 400):
        pages = chance.randrange(1, 6)
        lead = sum(chance.random() < 0.8 for _ in range(pages))
        authors = sum(chance.random() < 0.5 for _ in range(pages))
        fields = {
            "lead": {"selector": lead, "": pages - lead},
            "authors": {"selector": authors, "": pages - authors},
        }
        odd = chance.random() < 0.03
        rows.append(measured(run, "generic" if odd else "onecms", 1 if odd else pages, **fields))
        assert fallen(rows[-100:]) == {}, run


def test_an_extraction_alarm_lasts_until_pages_are_read_as_before():
    question = next(iter(drift.questions(GOOD, "onecms")))
    bad = [measured(40 + n, "generic", 3) for n in range(4)]
    since = drift.begun([*GOOD, *bad[:1]], question).since
    assert since == bad[0].started_at
    assert drift.lasts([*GOOD, *bad], question, since).share == 1.0
    few = [*GOOD, *bad, measured(50, pages=2)]
    assert drift.lasts(few, question, since)
    assert drift.lasts([*few, measured(51, pages=3)], question, since) is None


def test_a_redesign_is_called_by_name_and_its_captures_wait(made):
    for _ in range(12):
        assert made.run(read=[("onecms", None)] * 4) == set()
    began = made.at + HOUR / 2
    assert made.run(read=[("generic", {"title": "convention"})] * 4) == {("layout", "onecms")}
    assert made.run() == {("layout", "onecms")}  # no new article: nothing is known
    made.run(read=[("generic", {})] * 3)
    (row,) = made.rows()
    assert row["since"] == timestamp(began)
    assert row["message"].startswith(
        "Layout onecms no longer matches 100 % of the new articles since 2026-10-05; 7"
    )
    assert made.run(read=[("onecms", None)] * 6) == set()
    for _ in range(3):  # the bad days count neither as past nor as present
        assert made.run(read=[("onecms", None)] * 2) == set()
    assert made.run(read=[("generic", {})] * 4) == {("layout", "onecms")}
    assert len(made.rows()) == 2


def test_one_message_in_forty_addresses_is_no_layout_that_changed(made):
    for _ in range(12):
        assert made.run(read=[("onecms", None)] * 4) == set()
    assert made.run(*vain(40)) == {("challenge", "baolamdong.vn")}
    assert made.run(read=[("onecms", None)] * 4) == set()
    own = [
        (url, "article", Outcome.NO_ARTICLE, 200, f"no article found: no text {quoted(url)}")
        for url in (f"https://baolamdong.vn/khac-{chr(97 + n)}.html" for n in range(9))
    ]
    assert made.run(*own) == {("layout", "onecms")}


def test_pages_read_by_a_run_that_died_are_measured_by_the_next(made):
    made.run()
    made.at += HOUR
    made.archive.begin_run("newest", {})
    made.article()
    made.run(read=[("onecms", None)])
    rows = made.archive.db.execute("SELECT run_id, pages FROM extraction").fetchall()
    assert [tuple(row) for row in rows] == [(3, 2)]


def test_backfills_are_measured_but_tell_nothing_of_today(made):
    for _ in range(10):
        made.run(read=[("onecms", None)] * 4)
    assert made.run(plan=Plan(since=FIRST.date()), read=[("generic", {})] * 9) == set()


# -- what is said ---------------------------------------------------------------------------------


def test_every_alarm_is_one_sentence_in_both_languages():
    facts = Counter(
        layout="onecms", share=0.87, before=0.02, since="2026-11-03", waiting=41, field="lead", count=2,
        command="lamdong crawl --since 2026-11-01", last="2026-11-03T05:00:00+00:00", expected=40, refused=30,
        asked=36, free=12, host="baolamdong.vn", example=LIST, minutes=20, day="2026-11-01",
        says="(page 12345678: “Bảo trì”)",
    )  # fmt: skip
    for name in SENTENCES:
        form = name.removeprefix("alarm_")
        for language in ("vi", "en"):
            text = said(language, form, facts, Words(language).fact)
            assert text.endswith(".")
            assert ". " not in text
            assert "{" not in text
            assert text.count("`") % 2 == 0
    assert said("vi", "fill", facts, Words("vi").fact).count("sapo") == 1
    assert {field for field in drift.FIELDS if field not in FIELDS} == set()


def test_status_and_report_say_the_same(made):
    made.run(*MENDED)
    made.run(*FAULTS["refusals"].looks)
    status = health.status(made.archive.db, made.archive.folder)
    assert made.reported == status["alarms"]
    assert list(status["alarms"][0]) == ["name", "since", "message"]
    json.dumps(status)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("vi", "từ chối 12 trong 13 yêu cầu"), ("en", "refused 12 of the last 13")],
)
def test_the_site_says_it_in_its_reader_s_language(made, language, expected):
    made.run(*MENDED)
    made.run(*FAULTS["refusals"].looks)
    (alarm,) = health.alarms(made.archive.db)
    assert expected in Words(language).alarm(alarm)
    del alarm["facts"]["refused"]
    assert Words(language).alarm(alarm) == alarm["message"]
