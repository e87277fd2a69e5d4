"""What one run follows, however much is named: days, lists, moves, addresses of one number; and what it leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from archive.model import Found, Look, Outcome
from archive.store import Archive
from crawler import horizon, walking
from crawler.frontier import Frontier
from crawler.links import Listing
from crawler.newspapers import baolamdong
from crawler.plan import Plan
from crawler.report import Report
from crawler.running import DONE, NEEDS_A_PERSON, _status
from crawler.walking import Walking

AT = datetime(2026, 11, 30, 3, tzinfo=UTC)
ORIGIN = baolamdong.ORIGIN
YEAR = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]


@pytest.fixture
def clock(monkeypatch):
    """The moment it is for the frontier; to be set."""
    clock = {"now": AT}
    for module in (walking, horizon):
        monkeypatch.setattr(module, "now", lambda: clock["now"])
    return clock


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path) as opened:
        opened.begin_run("newest", {})
        yield opened


def begun(archive: Archive, plan: Plan) -> Walking:
    made = Walking(plan, archive.urls, archive.coverage)
    made.begin([])
    return made


def read_all(archive: Archive, made: Walking, lists: dict[str, Listing]) -> list[str]:
    """Read every list there is to read now; return their addresses."""
    asked = []
    while steps := made.next(99):
        for step in steps:
            made.starts(step, archive.urls.listing(step.url, AT))
            made.read(step, lists.get(step.url, Listing()))
            asked.append(step.url)
    return asked


def day_file(day: date, part: str = "") -> tuple[str, date, date]:
    return f"{ORIGIN}/sitemap-article-{day}{part}.xml", day, day


# -- lists -------------------------------------------------------------------------------------------


def test_one_run_reads_every_day_asked_for(archive, clock):
    made = begun(archive, Plan(since=YEAR[0], until=YEAR[-1]))
    days = [day_file(day) for day in YEAR]
    asked = read_all(archive, made, {baolamdong.SITEMAP: Listing(sitemaps=days)})
    assert {url for url, *_ in days} <= set(asked)
    assert (made.is_cut, list(made.said())) == (False, [])


def test_lists_that_failed_are_asked_for_at_once_by_a_run_over_their_days(archive, clock):
    failed = [url for url, *_ in map(day_file, YEAR)]
    made = Walking(Plan(since=YEAR[100], until=YEAR[199]), archive.urls, archive.coverage)
    for url in failed:
        archive.keep(Look(archive.urls.listing(url, AT).id, AT, Outcome.NO_ARTICLE, 200))
    made.begin(failed)
    assert set(failed[100:200]) <= set(read_all(archive, made, {}))
    newest = Walking(Plan(), archive.urls, archive.coverage)
    newest.begin(failed)
    assert set(failed) & set(read_all(archive, newest, {})) == set()
    clock["now"] += timedelta(hours=2)
    newest = Walking(Plan(), archive.urls, archive.coverage)
    newest.begin(failed)
    assert 0 < len(set(failed) & set(read_all(archive, newest, {}))) < 50


@pytest.mark.parametrize(
    ("why", "named"),
    [
        ("indexes of indexes", [(f"{ORIGIN}/sitemap-{n}.xml", None, None) for n in range(500)]),
        ("many files of a day", [day_file(YEAR[0], f"-x{n}") for n in range(500)]),
    ],
)
def test_where_a_bound_cuts_it_is_said_and_needs_a_person(archive, clock, why, named):
    plan = Plan(since=YEAR[0], until=YEAR[-1])
    made = begun(archive, plan)
    asked = read_all(archive, made, {baolamdong.SITEMAP: Listing(sitemaps=named)})
    followed = {url for url, *_ in named} & set(asked)
    assert 0 < len(followed) <= 60
    (line,) = made.said()
    assert f"{500 - len(followed):,} more lists" in line
    report = Report(is_cut=made.is_cut, bounds=[line], outcome="done")
    assert line in report.as_text(0)
    assert (_status(plan, report, None), _status(plan, Report(), None)) == (NEEDS_A_PERSON, DONE)


def test_a_chain_of_indexes_ends(archive, clock):
    made = begun(archive, Plan(since=YEAR[0], until=YEAR[-1]))

    class Endless(dict):
        def get(self, url, otherwise=None):
            number = len(self)
            self[number] = url
            return Listing(sitemaps=[(f"{ORIGIN}/sitemap-{number}-x.xml", None, None)])

    assert len(read_all(archive, made, Endless())) < 100
    assert made.is_cut


def test_the_newest_lists_are_read_again_in_a_run_that_takes_long(archive, clock):
    made = begun(archive, Plan())
    today = day_file(AT.date())
    feed = f"{ORIGIN}/rss/kinh-te"
    lists = {
        baolamdong.SITEMAP: Listing(sitemaps=[today]),
        baolamdong.FEED_LIST: Listing(feeds=[feed]),
    }
    newest = {baolamdong.FRONT_PAGE, baolamdong.FEED_LIST, baolamdong.SITEMAP, feed, today[0]}
    assert newest <= set(read_all(archive, made, lists))
    for _ in range(3):
        clock["now"] += timedelta(minutes=29)
        assert read_all(archive, made, lists) == []
        clock["now"] += timedelta(minutes=2)
        assert newest <= set(read_all(archive, made, lists))
    assert made.unreached() == []


# -- addresses ---------------------------------------------------------------------------------------


def article(name: str) -> Found:
    url = f"{ORIGIN}/{name}.html"
    return Found(f"c/{name}", url, url, "article", ORIGIN)


def test_a_chain_of_moves_ends_and_is_said(archive):
    archive.found([article("bai-100000")], AT)
    looks = []
    while entries := archive.queue.pending("article", AT, 9):
        for entry in entries:
            number = int(entry.key.rpartition("-")[2]) + 1
            look = Look(entry.id, AT, Outcome.MOVED, 301, moved_to=article(f"bai-{number}"))
            archive.keep(look)
            looks.append(look)
        assert len(looks) < 50
    assert len(looks) == 6
    assert looks[-1].detail == f"redirects on and on, 5 times, by way of {ORIGIN}/bai-100006.html"
    assert (looks[-1].outcome, looks[-1].is_final) == (Outcome.FAILED, True)
    assert archive.urls.entry("c/bai-100006") is None


def test_many_addresses_that_moved_to_one_are_no_chain(archive):
    ids = archive.found([article(f"bai-cu-{number}") for number in range(100_000, 100_300)], AT)
    for url_id in ids:
        archive.keep(Look(url_id, AT, Outcome.MOVED, 301, moved_to=article("bai-moi-200000")))
    target = archive.urls.entry("c/bai-moi-200000")
    look = Look(target.id, AT, Outcome.MOVED, 301, moved_to=article("bai-nay-300000"))
    archive.keep(look)
    assert look.outcome is Outcome.MOVED


def test_one_number_under_many_slugs_is_a_few_requests_and_said(archive):
    report = Report()
    frontier = Frontier(Plan(), archive, report, 0)
    names = [f"bai-{chr(97 + n // 26)}{chr(97 + n % 26)}-386954" for n in range(300)]
    for part in (names[:150], names[100:], names):  # on several lists, again and again
        frontier.found([article(name) for name in part])
    frontier.found([article("bai-khac-386955")])
    asked = [entry.key for entry in archive.queue.pending("article", datetime.now(UTC), 999)]
    assert sum(key.endswith("-386954") for key in asked) == 8
    assert "c/bai-khac-386955" in asked
    frontier.close()
    assert any("292 addresses were left out" in line for line in report.as_text(0).splitlines())


def test_a_held_article_is_looked_at_again_whatever_one_answer_was(archive):
    outcomes = (Outcome.FAILED, Outcome.NO_ARTICLE, Outcome.ELSEWHERE, Outcome.FORBIDDEN)
    for number, outcome in enumerate(outcomes, 100_000):
        (url_id,) = archive.found([article(f"bai-{number}")], AT)
        archive.db.execute(
            "INSERT INTO articles SELECT ?, 'baolamdong', url, 1, '', NULL, NULL, NULL, '[]', '[]', NULL, 'unknown',"
            " 'news', 'vi', 'x', found_at FROM urls WHERE id = ?",
            [url_id, url_id],
        )
        archive.db.execute("UPDATE urls SET article_id = id WHERE id = ?", [url_id])
        look = Look(url_id, AT, outcome, 200, is_final=True)
        if outcome is Outcome.FAILED:
            archive.miss(look, timedelta(0), final=True)
        else:
            archive.keep(look)
    due = archive.queue.rechecks(AT + timedelta(days=366), 9)
    assert len(due) == 4
