"""The past: from indexes of captures and from lists, resumed, in either order, beside the newest articles."""

import gzip
import json
import signal
import subprocess
import time
import tracemalloc
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import starting
from runs import COMMAND, crawl, database, environment, exported, lamdong

from archive.model import Found
from archive.store import Archive
from crawler.cdx import addresses_in, read_index
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.links import Listing
from crawler.newspapers import baolamdong
from crawler.plan import Plan
from crawler.walking import Walking

A = "https://baolamdong.vn/kinhte/202203/mot-bai-3109288/"
C = "https://baolamdong.vn/mot-bai-ve-da-lat-386954.html"
CDX = [
    "vn,baolamdong)/a 20220315000000 http://baolamdong.vn:80/kinhte/202203/mot-bai-3109288 text/html 200 ABC 98",
    f"vn,baolamdong)/mot-bai 20260905000000 {C}?utm_source=x text/html - ABC 404",
    "vn,baolamdong)/da-go 20260905000000 https://baolamdong.vn/da-go-386955.html text/html 404 ABC 200",
]
ROWS = [
    ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
    *(line.split() for line in CDX),
]
FORMS = {
    "cdx": "\n".join([" CDX N b a m s k S", *CDX]),
    "json": json.dumps(ROWS).replace("/", "\\/"),
    "json, a row a line": "[" + ",\n".join(map(json.dumps, ROWS)) + "]\n",
    "json, cut short": ("[" + ",\n".join(map(json.dumps, ROWS)))[:-30],
    "common crawl": "\n".join(
        f'vn,baolamdong)/x 2026 {{"url": "{url}", "mime": "text/html", "status": "{status}", "length": "404"}}'
        for url, status in ((A, 200), (C, 200), ("https://baolamdong.vn/da-go-386955.html", 404))
    ),
    "plain": f"\ufeff{A}\r\n\r\n{C}\r\nhttps://baolamdong.vn/kinh-te\r\nhttps://vnexpress.net/khac-4123456.html\r\n",
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_an_index_gives_its_articles_once(tmp_path, form, packed):
    content = FORMS[form].encode()
    path = tmp_path / "index"
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    assert [found.url for found in read_index(path)] == [A, C]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no address"),
        (b"https://vnexpress.net/khac-4123456.html\n", "no address"),
        (b"[[broken", "no address"),
        (
            gzip.compress(b"https://baolamdong.vn/a-386954.html\n" * 99, mtime=0)[:40],
            "cannot be read",
        ),
        (b"\x00\x01\x02" * 99, "no text"),
    ],
)
def test_a_bad_index_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "index.cdx"
    path.write_bytes(content)
    done = lamdong("crawl", "--archive", tmp_path / "archive", "--from-cdx", path)
    assert done.returncode == 2
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert said in sentence
    assert not (tmp_path / "archive").exists()


def test_oldest_first_needs_a_past():
    done = lamdong("crawl", "--oldest-first")
    assert (done.returncode, "--since" in done.stderr) == (2, True)


@pytest.fixture(scope="module")
def newspaper():
    return SampleNewspaper(troubles=False, filler=120)


@pytest.fixture(scope="module")
def replica(newspaper, tmp_path_factory):
    with Replica(newspaper, tmp_path_factory.mktemp("replica")) as running:
        yield running


def asked_since(replica, before):
    return [request.url for request in replica.asked[before:]]


def test_an_index_is_fetched_once_over_several_runs(newspaper, replica, tmp_path):
    urls = newspaper.article_urls()[-8:]
    index = tmp_path / "index.txt"
    index.write_text("\n".join(urls))
    before = len(replica.asked)
    options = ["--from-cdx", index, "--no-images"]
    _, report = crawl(tmp_path / "archive", replica, *options, "--limit", 3)
    assert "Of 8 addresses of the index 3 are held, 5 wait." in report
    _, report = crawl(tmp_path / "archive", replica, *options)
    assert "Of 8 addresses of the index 8 are held, 0 wait." in report
    crawl(tmp_path / "archive", replica, *options)
    asked = Counter(asked_since(replica, before))
    assert {url: asked[url] for url in urls} == dict.fromkeys(urls, 1)
    assert set(asked) == {*urls, "https://baolamdong.vn/robots.txt"}


def test_a_period_narrows_an_index(newspaper, replica, tmp_path):
    plan = Plan(since=date(2022, 3, 10), until=date(2022, 3, 20), indexed=tuple(addresses_in(A)))
    assert [found.wanted for found in plan.addresses()] == [True]
    plan = Plan(since=date(2022, 4, 1), indexed=tuple(addresses_in(f"{A}\n{C}")))
    assert [found.wanted for found in plan.addresses()] == [False, True]


def days_of(newspaper, urls):
    return [newspaper.expected(url)["published_at"][:10] for url in urls]


@pytest.mark.thorough
def test_killed_again_and_again_a_period_is_read_once_and_whole(newspaper, replica, tmp_path):
    archive, begun = tmp_path / "archive", len(replica.asked)
    since, until = newspaper.today - timedelta(days=8), newspaper.today - timedelta(days=2)
    options = ["--since", since, "--until", until, "--oldest-first", "--no-images"]
    for more in (60, 90, 120):
        run = starting.begin(
            [*COMMAND, "crawl", "--archive", str(archive), *map(str, options)],
            env=environment(replica),
            stderr=subprocess.DEVNULL,
        )
        while len(replica.asked) < begun + more and run.poll() is None:
            time.sleep(0.005)
        run.send_signal(signal.SIGKILL)
        run.wait()
    _, report = crawl(archive, replica, *options)
    assert f"{since} to {until}: lists were read for 7 of 7 days" in report
    assert "(100.0%)" in report
    urls = [
        url
        for url in newspaper.article_urls()
        if str(since) <= (newspaper.expected(url)["published_at"] or "")[:10] <= str(until)
    ]
    held = {url for row in exported(archive) for url in row["urls"]}
    assert set(urls) <= held
    asked = Counter(asked_since(replica, begun))
    assert max(asked[url] for url in urls) <= 2  # under way when a run was killed
    before = len(replica.asked)
    crawl(archive, replica, *options)
    again = asked_since(replica, before)
    assert not [url for url in again if "sitemap-article" in url or url in urls]


def test_oldest_first_asks_for_the_oldest_first(newspaper, replica, tmp_path):
    since = newspaper.today - timedelta(days=9)
    for options, reverse in ((["--oldest-first"], False), ([], True)):
        before = len(replica.asked)
        archive = tmp_path / f"archive{reverse}"
        until = newspaper.today - timedelta(days=4)
        crawl(
            archive,
            replica,
            "--since",
            since,
            "--until",
            until,
            "--no-images",
            "--limit",
            30,
            *options,
            delay=0.001,
        )
        articles = set(newspaper.article_urls())
        days = days_of(newspaper, [u for u in asked_since(replica, before) if u in articles])
        assert days[:25] == sorted(days[:25], reverse=reverse)
        assert days[0] == str(until if reverse else since)


def test_a_run_into_the_past_looks_at_the_newest_when_it_is_time(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    with Replica(newspaper, tmp_path / "replica") as replica:
        archive = tmp_path / "archive"
        crawl(archive, replica, "--no-images", "--section", "kinh-te")
        new = newspaper.edit(
            newspaper.article_urls()[0],
            path="/tin-moi-nhat-hom-nay-499999.html",
            published=datetime.now(UTC).astimezone(),
            generation="onecms",
        )
        past = ["--since", "2019-01-01", "--until", "2019-12-31", "--no-images"]
        crawl(archive, replica, *past)
        assert new.url not in {row["url"] for row in exported(archive)}  # looked at a moment ago
        with database(archive) as connection:
            connection.execute(
                "UPDATE runs SET started_at = '2026-01-01T00:00:00+00:00' WHERE kind = 'newest'"
            )
        crawl(archive, replica, *past, "--oldest-first")
        assert new.url in {row["url"] for row in exported(archive)}


# -- walks into the past, page by page --------------------------------------------------------------


def walking(archive: Archive, plan: Plan) -> Walking:
    return Walking(plan, archive.urls, archive.coverage)


def a_page(number: int) -> Listing:
    url = f"{baolamdong.ORIGIN}/bai-{200000 + number}.html"
    links = [Found(f"c/bai-{200000 + number}", url, url, "article", dated=date(2020, 1, 1))]
    return Listing(links=links, next_page=f"{baolamdong.ORIGIN}/kinh-te?page={number + 1}")


def test_a_section_is_read_on_from_where_the_run_before_stood(tmp_path):
    plan = Plan(since=date(2015, 1, 1), sections=("kinh-te",))
    root = f"{baolamdong.ORIGIN}/kinh-te"
    with Archive(tmp_path) as archive:
        archive.urls.listing(root, datetime.now(UTC))
        first = walking(archive, plan)
        first.begin([])
        (step,) = [step for step in first.next(9) if step.url == root]
        for number in range(1, 40):
            first.read(step, a_page(number))
            step = first.deep.popleft()
        assert step.url == f"{root}?page=40"
        for resumes, goes_on in ((True, "?page=40"), (False, "?page=2")):
            again = walking(archive, plan)
            again.begin([], resumes=resumes)
            (begun,) = [step for step in again.next(9) if step.url == root]
            again.read(begun, a_page(1))
            assert again.deep.popleft().url == root + goes_on


def test_what_continues_a_run_is_asked_for_the_same():
    plan = Plan(since=date(2015, 1, 1), sections=("kinh-te",), limit=5)
    assert plan.continues(
        Plan(since=date(2015, 1, 1), sections=("kinh-te",)).as_settings()
        | {"sections": ["kinh-te"]}
    )
    assert not plan.continues(Plan(since=date(2015, 1, 2)).as_settings())


def test_an_index_is_read_within_little_memory(tmp_path):
    path = tmp_path / "index.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(f"{A}\n".encode())
        for _ in range(64):
            file.write(b"x" * 2**20)  # one line of 64 MB
        file.write(f"\n{'[' * 50_000}\n{C}\n".encode())
        for _ in range(16):
            file.write(f"{A}\n".encode() * 10_000)
    tracemalloc.start()
    index = read_index(path)
    assert list(dict.fromkeys(found.url for found in index)) == [A, C]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert index.passed_over == 1
    assert peak < 10 * 2**20


def test_rows_of_json_in_one_long_line_are_read(tmp_path):
    path = tmp_path / "index.json"
    row = '["vn,baolamdong)/", "20220101000000", "{}", "text/html", "200"]'
    path.write_text("[" + ", ".join(row.format(each) for each in [A] * 2_000 + [C]) + "]")
    assert [found.url for found in read_index(path)] == [A, C]
