"""What answers 200 and shows no article: asked again with growing pauses, missing until then, at rest in the end."""

import gzip
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from runs import crawl, exported, lamdong, queried

from archive.completeness import total
from archive.model import Article, Block, Capture, Found, Look, Outcome, Place
from archive.store import Archive
from crawler.demo.answers import Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.demo.story import HOST
from crawler.newspapers.baolamdong import article_address

AT = datetime(2026, 11, 30, 3, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAUSES = (HOUR, 6 * HOUR, DAY, 3 * DAY, 10 * DAY, 30 * DAY)
MAINTENANCE = (
    "<html><head><title>Bảo trì</title></head><body><h1>Hệ thống đang bảo trì</h1></body></html>"
)
CHALLENGE = (
    "<html><head><title>…</title><script>var x = {}</script></head>"
    "<body><noscript>Enable JavaScript</noscript></body></html>"
)
MESSAGES = {
    "maintenance": lambda _: Answer.page(MAINTENANCE),
    "empty": lambda _: Answer.page(""),
    "script": lambda _: Answer.page(CHALLENGE.replace("{}", str(id(_)))),
    "elsewhere": lambda _: Answer.redirect("https://baolamdong.vn/search?q=bao-tri"),
}


@pytest.fixture
def at(monkeypatch):
    """Let the runs that follow begin so long after the first moment."""

    def begin(later=timedelta()):
        monkeypatch.setenv("LAMDONG_NOW", (AT + later).isoformat())

    begin()
    return begin


@pytest.fixture
def newspaper():
    return SampleNewspaper(AT.date(), troubles=False)


def trouble(newspaper, message):
    """Let every article answer with a message from now on."""
    plain = newspaper._site.answer

    def answer(path):
        is_article = article_address(f"https://{HOST}{path}") is not None
        return MESSAGES[message](None) if is_article else plain(path)

    newspaper._afflicted = answer


def heal(newspaper):
    del newspaper._afflicted


@pytest.fixture
def replica(newspaper, tmp_path):
    with Replica(newspaper, tmp_path / "replica") as running:
        yield running


def status(archive):
    return json.loads(lamdong("status", "--archive", archive, "--json").stdout)


def names(found):
    return {alarm["name"] for alarm in found["alarms"]}


def asked(replica, before):
    return [request.url for request in replica.asked[before:]]


@pytest.mark.parametrize(
    "message",
    [
        "maintenance",
        *(pytest.param(name, marks=pytest.mark.thorough) for name in list(MESSAGES)[1:]),
    ],
)
def test_all_articles_of_an_hour_of_maintenance_are_had_later(
    at, newspaper, replica, tmp_path, message
):
    archive, urls = tmp_path / "archive", newspaper.article_urls()
    trouble(newspaper, message)
    crawl(archive, replica, "--no-images")
    found = status(archive)
    assert found["articles"] == 0
    assert found["completeness"]["missing"] > 40
    assert sum(gap["missing"] for gap in found["gaps"] if gap["kind"] == "articles") > 40
    assert names(found) <= {"challenge"}
    assert message == "elsewhere" or names(found) == {"challenge"}
    heal(newspaper)
    before = len(replica.asked)
    at(HOUR / 2)
    crawl(archive, replica, "--no-images")
    assert set(asked(replica, before)) & set(urls) == set()
    at(HOUR + HOUR / 10)
    crawl(archive, replica, "--no-images")
    held = {url for row in exported(archive) for url in row["urls"]}
    assert set(urls) <= held
    found = status(archive)
    assert (found["completeness"]["missing"], names(found), found["gaps"]) == (0, set(), [])


def test_a_held_article_keeps_its_looks_text_and_validators(at, newspaper, replica, tmp_path):
    archive = tmp_path / "archive"
    crawl(archive, replica, "--no-images")
    rows = exported(archive)
    trouble(newspaper, "maintenance")
    at(2 * HOUR)
    crawl(archive, replica, "--no-images")
    looked = {
        row["url"]
        for row in queried(
            archive,
            "SELECT u.url FROM observations o JOIN urls u ON u.id = o.url_id WHERE o.outcome = 'no-article'",
        )
    }
    assert len(looked) >= 40
    assert exported(archive) == rows
    heal(newspaper)
    before = len(replica.asked)
    at(4.5 * HOUR)  # more than two hours later, within whose budget the looks before fell
    crawl(archive, replica, "--no-images")
    again = [request for request in replica.asked[before:] if request.url in looked]
    assert len(again) >= 40
    query = "SELECT url FROM urls WHERE coalesce(etag, last_modified) IS NOT NULL"
    known = {row["url"] for row in queried(archive, query)}  # some pages state neither
    conditions = {"if-none-match", "if-modified-since"}
    assert {r.url for r in again if r.headers.keys() & conditions} == known & looked != set()
    assert status(archive)["by_state"] == {"live": len(rows)}
    assert names(status(archive)) == set()


@pytest.mark.thorough
def test_pauses_grow_across_runs_then_it_rests_and_is_listed(at, newspaper, replica, tmp_path):
    archive, url = tmp_path / "archive", newspaper.article_urls()[0]
    newspaper.disturb(url, MESSAGES["maintenance"])
    crawl(archive, replica, "--no-images")
    later = timedelta()
    for pause in PAUSES:
        for moment, times in ((later + 0.85 * pause, 0), (later + 1.1 * pause, 1)):
            before = len(replica.asked)
            at(moment)
            crawl(archive, replica, "--no-images")
            assert asked(replica, before).count(url) == times, (pause, moment)
        later += 1.1 * pause
    at(later + 400 * DAY)
    found = status(archive)
    assert found["completeness"]["no_article"] == [url]
    assert (found["completeness"]["missing"], found["completeness"]["unread"]) == (0, 1)
    assert f"{url} shows no article" in lamdong("status", "--archive", archive).stdout
    before = len(replica.asked)
    crawl(archive, replica, "--no-images")
    assert url not in asked(replica, before)


@pytest.mark.thorough
def test_a_rebuild_and_a_life_agree_on_what_is_asked_again(at, newspaper, replica, tmp_path):
    archive = tmp_path / "archive"
    crawl(archive, replica, "--no-images", "--limit", 5)
    trouble(newspaper, "maintenance")
    for later in (2 * HOUR, 4 * HOUR, 12 * HOUR):
        at(later)
        crawl(archive, replica, "--no-images")

    def rows():
        query = (
            "SELECT key, state, due_at, looks, reason, etag, c.offset FROM urls u"
            " LEFT JOIN captures c ON c.id = u.capture_id WHERE u.kind = 'article' ORDER BY key"
        )
        return [tuple(row) for row in queried(archive, query)]

    before = rows()
    assert {row[1] for row in before} == {"done", "unread"}
    shutil.rmtree(tmp_path / "none", ignore_errors=True)
    assert lamdong("rebuild", "--archive", archive).returncode == 0
    assert rows() == before


def test_with_nothing_new_a_run_asks_a_few_of_them_the_newest_first(at, tmp_path):
    newspaper = SampleNewspaper(AT.date(), troubles=False, filler=200)
    archive, urls = tmp_path / "archive", newspaper.article_urls()
    with Replica(newspaper, tmp_path / "replica") as replica:
        trouble(newspaper, "maintenance")
        crawl(archive, replica, "--no-images")
        before = len(replica.asked)
        at(2 * HOUR)
        crawl(archive, replica, "--no-images")
        again = asked(replica, before)
    assert len(again) <= 150
    days = [newspaper.expected(url)["published_at"][:10] for url in again if url in urls]
    assert 5 <= len(days) <= 20
    assert days == sorted(days, reverse=True)


# -- the rows ----------------------------------------------------------------------------------------


@pytest.fixture
def rows(tmp_path):
    with Archive(tmp_path / "rows") as archive:
        archive.begin_run("newest", {})
        yield archive


def address(archive, kind="article"):
    url = f"https://baolamdong.vn/bai-{100000 + len(kind)}.html"
    (url_id,) = archive.found([Found(f"c/{kind}", url, url, kind, "https://baolamdong.vn/rss")], AT)
    return url_id


def look(archive, url_id, at, outcome=Outcome.NO_ARTICLE):
    (url,) = archive.db.execute("SELECT url FROM urls WHERE id = ?", [url_id]).fetchone()
    place = Place("warc/x.warc.gz", int(at.timestamp()), 10)
    capture = Capture(url, at, 200, place, "sha1:X", etag=f'"{outcome}"')
    article = (
        Article(url, "Tựa", "onecms", [Block("p", "Lời.")]) if outcome is Outcome.LIVE else None
    )
    archive.keep(Look(url_id, at, outcome, 200, capture, article))
    row = archive.db.execute(
        "SELECT state, due_at, etag FROM urls WHERE id = ?", [url_id]
    ).fetchone()
    due = datetime.fromisoformat(row["due_at"]) - at if row["due_at"] else None
    return row["state"], due, row["etag"]


@pytest.mark.parametrize("kind", ["article", "listing", "picture"])
def test_each_pause_is_about_as_long_as_promised(rows, kind):
    url_id, at, said = address(rows, kind), AT, []
    for pause in PAUSES:
        state, due, _ = look(rows, url_id, at)
        assert state == "unread"
        assert 0.9 * pause <= due <= pause
        at += pause
        said.append(total(rows.db).as_dict()["missing"])
    assert look(rows, url_id, at)[:2] == ("unread", None)
    assert said == [int(kind == "article")] * len(PAUSES)
    assert total(rows.db).as_dict()["unread"] == int(kind == "article")


def test_an_article_found_begins_the_pauses_anew(rows):
    url_id = address(rows)
    for hours in (0, 1, 7):
        look(rows, url_id, AT + hours * HOUR)
    assert look(rows, url_id, AT + 2 * DAY, Outcome.LIVE)[:1] == ("done",)
    state, due, etag = look(rows, url_id, AT + 3 * DAY)
    assert (state, etag) == ("done", '"live"')
    assert due <= HOUR
    for days in range(4, 12):
        state, due, _ = look(rows, url_id, AT + days * DAY)
        assert state == "done"
        assert due is not None


def test_an_archive_made_before_asks_again_too(rows):
    url_id = address(rows)
    look(rows, url_id, AT)
    rows.db.execute("UPDATE urls SET state = 'failed', due_at = NULL")
    from archive.schema import ASKED_AGAIN

    rows.db.execute(ASKED_AGAIN.rstrip().rstrip(";"))
    assert [entry.id for entry in rows.queue.unread("article", AT, 9, (None, None))] == [url_id]


BROKEN = bytearray(gzip.compress(b"<p>" + bytes(range(256)) * 20))
BROKEN[40:60] = b"\xff" * 20
PACKED = (("Content-Encoding", "gzip"),)
NEVER_READ = {
    "too large": Answer.page("x" * 9_000_000),
    "broken": Answer(200, bytes(BROKEN), headers=PACKED, packable=False),
}
RULES = "User-agent: *\nDisallow: /"


@pytest.mark.parametrize("why", [*NEVER_READ, "forbidden"])
def test_what_could_not_be_read_is_asked_again_with_growing_pauses(
    at, newspaper, replica, tmp_path, why
):
    archive, url = tmp_path / "archive", min(newspaper.article_urls())
    path, plain = url.partition(HOST)[2], newspaper._site.answer

    def answer(asked):
        if asked == "/robots.txt" and why == "forbidden":
            return Answer.page(f"{RULES}{path[1:]}\n", "text/plain")
        return NEVER_READ[why] if asked == path and why in NEVER_READ else plain(asked)

    newspaper._afflicted = answer
    crawl(archive, replica, "--no-images")
    looks = "SELECT count(*) FROM observations o JOIN urls u ON u.id = o.url_id WHERE u.url = :url"
    due = "SELECT state, due_at FROM urls WHERE url = :url"

    def count():
        return queried(archive, looks.replace(":url", f"'{url}'"))[0][0]

    seen, moment = [count()], timedelta()
    for pause in PAUSES[:2]:
        at(moment + pause / 2)
        crawl(archive, replica, "--no-images")
        assert count() == seen[-1]
        moment += pause * 1.02
        at(moment)
        crawl(archive, replica, "--no-images")
        seen.append(count())
    assert seen == [1, 2, 3]
    state = [tuple(row) for row in queried(archive, due.replace(":url", f"'{url}'"))]
    assert lamdong("rebuild", "--archive", archive).returncode == 0
    assert [tuple(row) for row in queried(archive, due.replace(":url", f"'{url}'"))] == state
    assert url not in {each for row in exported(archive) for each in row["urls"]}
    heal(newspaper)
    at(moment + DAY * 1.02)
    crawl(archive, replica, "--no-images")
    assert url in {each for row in exported(archive) for each in row["urls"]}
