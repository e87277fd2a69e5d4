"""Looks at known articles: when they come due, within which budget, and that the newest come first."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Found, Look, Outcome
from archive.store import Archive
from archive.store.queue import RECHECKS

AT = datetime(2026, 9, 5, 3, tzinfo=UTC)
MANY = 10_000
A_RUN = 40


def address(number: int) -> Found:
    url = f"https://baolamdong.vn/bai-{100000 + number}.html"
    return Found(f"c/bai-{100000 + number}", url, url, "article", "https://baolamdong.vn/rss")


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path) as opened:
        yield opened


def look(archive: Archive, url_id: int, at: datetime, outcome: Outcome = Outcome.UNCHANGED) -> None:
    archive.keep(Look(url_id, at, outcome, 304))


def due(archive: Archive, url_id: int) -> timedelta:
    row = archive.db.execute(
        "SELECT due_at, fetched_at FROM urls WHERE id = ?", [url_id]
    ).fetchone()
    return datetime.fromisoformat(row["due_at"]) - datetime.fromisoformat(row["fetched_at"])


def test_looks_grow_further_apart_until_they_are_yearly(archive):
    (url_id,) = archive.found([address(1)], AT)
    spans = []
    for number in range(7):
        look(archive, url_id, AT + timedelta(days=number))
        spans.append(due(archive, url_id))
    hour, day, week, month, *years = spans
    for span, about in (
        (hour, 1 / 24),
        (day, 1),
        (week, 7),
        (month, 30),
        *((y, 365) for y in years),
    ):
        assert timedelta(days=about) <= span <= timedelta(days=1.25 * about)


def test_articles_of_one_flood_come_due_spread_out_and_always_the_same(archive):
    ids = archive.found(map(address, range(300)), AT)
    for url_id in ids:
        for number in range(2):
            look(archive, url_id, AT + timedelta(hours=number))
    spans = [due(archive, url_id) for url_id in ids]
    assert max(spans) - min(spans) > timedelta(hours=5)
    hours = [span // timedelta(hours=1) for span in spans]
    assert max(hours.count(hour) for hour in set(hours)) < 100
    look(archive, ids[0], AT)
    again = due(archive, ids[0]) / 7
    assert abs(again - spans[0]) < timedelta(seconds=1)


@pytest.fixture
def flooded(archive):
    """Ten thousand articles whose next look is due, higher numbers newer, each looked at twice long ago."""
    ids = archive.found(map(address, range(MANY)), AT - timedelta(days=90))
    for number, url_id in enumerate(ids):
        archive.db.execute(
            "INSERT INTO articles SELECT ?, 'baolamdong', url, 1, '', NULL, NULL, NULL, '[]', '[]', NULL, 'unknown',"
            " 'news', 'vi', 'x', found_at FROM urls WHERE id = ?",
            [number + 1, url_id],
        )
        archive.db.execute(
            "UPDATE urls SET state = 'done', article_id = ?, due_at = ? WHERE id = ?",
            [number + 1, (AT - timedelta(days=1)).isoformat(), url_id],
        )
        archive.db.execute(
            "INSERT INTO observations (url_id, at, outcome) VALUES (?, ?, 'live')",
            [url_id, (AT - timedelta(days=80)).isoformat()],
        )
    archive.settle(at_once=True)
    return archive


def test_ten_thousand_due_looks_are_spread_within_the_budget_newest_first(flooded):
    """Runs every half hour for three days: no hour and no day has more than its part."""
    asked: list[tuple[datetime, int]] = []
    for number in range(3 * 48):
        at = AT + timedelta(minutes=30) * number
        entries = flooded.queue.rechecks(at, A_RUN)
        for entry in entries:
            look(flooded, entry.id, at)
        asked += [(at, entry.article_id or 0) for entry in entries]
    of_day = [
        sum(at - timedelta(days=1) < moment <= at for moment, _ in asked)
        for at in (AT + timedelta(hours=hour) for hour in range(0, 72, 6))
    ]
    assert max(of_day) <= RECHECKS
    assert of_day[-1] >= RECHECKS - A_RUN  # and the budget is used
    every_hour = {(at - AT) // timedelta(hours=1) for at, _ in asked}
    assert len(every_hour) >= 70  # never exhausted for hours, so that new articles never wait
    first = [article for at, article in asked if at == AT]
    assert first == list(range(MANY, MANY - A_RUN, -1))
    firsts = list(dict.fromkeys(article for _, article in asked))
    assert firsts == sorted(firsts, reverse=True)


def test_runs_every_four_hours_use_the_budget_of_a_day_too(flooded):
    asked = []
    for number in range(13):
        at = AT + timedelta(hours=4) * number
        entries = flooded.queue.rechecks(at, 4 * A_RUN, hours=4)
        for entry in entries:
            look(flooded, entry.id, at)
        asked.append(len(entries))
    assert all(RECHECKS - 4 * A_RUN <= sum(asked[n : n + 6]) <= RECHECKS for n in range(7))


def test_a_new_article_comes_before_the_ten_thousand(flooded):
    for number in range(48):
        at = AT + timedelta(minutes=30) * number
        for entry in flooded.queue.rechecks(at, A_RUN):
            look(flooded, entry.id, at)
    (url_id,) = flooded.found([address(MANY + 1)], at)
    look(flooded, url_id, at)
    flooded.db.execute(
        "INSERT INTO articles SELECT 99999, 'baolamdong', url, 1, '', NULL, NULL, NULL, '[]', '[]', NULL, 'unknown',"
        " 'news', 'vi', 'x', found_at FROM urls WHERE id = ?",
        [url_id],
    )
    flooded.db.execute("UPDATE urls SET article_id = 99999 WHERE id = ?", [url_id])
    later = at + timedelta(minutes=90)
    assert flooded.queue.rechecks(later, A_RUN)[0].id == url_id


def test_first_looks_cost_no_budget(flooded):
    ids = flooded.found((address(MANY + number) for number in range(1500)), AT)
    for url_id in ids:
        look(flooded, url_id, AT, Outcome.NO_ARTICLE)
    assert len(flooded.queue.rechecks(AT, A_RUN)) == A_RUN


def test_a_clock_set_back_gives_no_second_budget(flooded):
    for number in range(24):
        at = AT + timedelta(hours=number)
        for entry in flooded.queue.rechecks(at, A_RUN):
            look(flooded, entry.id, at)
    assert flooded.queue.rechecks(AT, A_RUN) == []
