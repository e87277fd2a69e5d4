"""What an operator withholds is nowhere to be read, not in SQL either; released, everything is as it was."""

import contextlib
import io
import sqlite3
from datetime import timedelta
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from test_web import (
    AT,
    BLOCKS,
    JPEG,
    NUMBERED,
    PICTURE,
    TODAY,
    Writer,
    _no_tracebacks,  # noqa: F401 - a fixture
    an_article,
    articles,
    capture_of,
    fill,
    get,
    serving,
)

from archive import export
from archive.model import Capture, Found, Look, Outcome
from archive.store import Archive, holding
from archive.store.index_faults import index_faults
from archive.store.opening import open_database
from crawler.cli import cli
from crawler.rebuilding import rebuild

LISTING = "https://baolamdong.vn/kinh-te/"
LIST = f'<a href="{TODAY}">Một bài đủ thứ</a>'.encode()
WORDS = (
    "Một bài đủ thứ",
    "bài đủ thứ",
    "Sapo của bài",
    "Đoạn mở đầu",
    "Dòng trên tựa",
    "Lê Hoa",
    "Việc một",
)
WHY = "Theo yêu cầu của người được nhắc đến."


def lamdong(*arguments, folder):
    done = CliRunner().invoke(
        cli, [arguments[0], "--archive", str(folder), *map(str, arguments[1:])]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def versions(folder):
    out = io.StringIO()
    with contextlib.closing(open_database(folder, writable=False)) as db:
        export.write(export.articles(db, export.Selection(versions=True)), out, "jsonl")
    return out.getvalue()


def faults(folder):
    with contextlib.closing(open_database(folder, writable=False)) as db:
        said = [row[0] for row in db.execute("PRAGMA integrity_check")]
        return [*said, *db.execute("PRAGMA foreign_key_check"), *index_faults(db)]


def tables(folder):
    """All rows of all tables but the index's own and the journal's."""
    with contextlib.closing(sqlite3.connect(folder / "archive.db")) as db:
        names = [
            row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        kept = [n for n in names if not n.startswith(("search", "suggestions", "settings"))]
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in kept}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "lamdong-archive"
    with Archive(path) as archive:
        fill(archive)
        to = Writer(archive)
        found = Found(
            "c/mot-bai-386954", TODAY, TODAY, "article", title="Một bài đủ thứ", found_in=LISTING
        )
        archive.found([found], AT)
        listing = archive.urls.listing(LISTING, AT)
        archive.keep(Look(listing.id, AT, Outcome.LIVE, 200, to.capture(LISTING, LIST)))
    return path


def id_of(folder, url):
    return articles(folder)[url]["id"]


@pytest.fixture
def held(folder):
    """The archive with one article withheld, and the article as it was exported."""
    article = articles(folder)[TODAY]
    done = lamdong("withhold", article["id"], "--why", WHY, folder=folder)
    assert done.exit_code == 0, done.output
    return folder, article


def everything(site):
    """The answers to every page, feed and table anybody could ask for."""
    count = "/archive.json?_shape=array&sql=" + quote("SELECT max(id) AS n FROM captures")
    paths = ["/", "/.json", "/?lang=en", "/search?q=b%C3%A0i", "/search.json?q=m%E1%BB%99t+b%C3%A0i", "/search?q=sapo",
             "/search/counts.json?q=b%C3%A0i", "/search/suggestions.json?q=m%E1%BB%99t", "/sections",
             "/sections/kinh-te",
             "/sections/kinh-te.json", "/authors", "/authors/L%C3%AA%20Hoa", "/tags", "/tags/C%C3%A0%20ph%C3%AA",
             "/days", "/days/2026-09-05", "/days/2026-09", "/corrections", "/disappeared", "/feed.atom", "/feed.json",
             "/feed.atom?q=b%C3%A0i", "/export.jsonl", "/api", "/status",
             "/status.json", "/archive", "/archive.json"]  # fmt: skip
    paths += [f"/captures/{n + 1}" for n in range(get(site, count).json()[0]["n"])]
    rows = get(
        site, "/archive.json?_shape=array&sql=" + quote("SELECT name FROM sqlite_master")
    ).json()
    for name in (row["name"] for row in rows):
        paths += [
            f"/archive/{name}",
            f"/archive/{name}.json?_shape=array&_size=max",
            f"/archive/{name}.csv",
        ]
        paths.append("/archive.json?_shape=array&sql=" + quote(f"SELECT * FROM {name}"))
    return {path: get(site, path) for path in paths}


def test_nothing_shows_a_word_of_it(held):
    folder, article = held
    ours = f"/articles/{article['id']}"
    with serving(folder / "archive.db") as site:
        answers = everything(site)
        for path in (ours, f"{ours}?lang=en", f"{ours}.json", f"{ours}/history", f"{ours}/history.json", f"{ours}/cite",
                     f"{ours}/cite.bib", f"{ours}/cite.ris", f"{ours}/cite.json"):  # fmt: skip
            answers[path] = get(site, path)
            assert answers[path].status_code == 410, path
        for other in articles(folder).values():
            answers[f"/articles/{other['id']}"] = get(site, f"/articles/{other['id']}")
    for path, answer in answers.items():
        if "?q=" in path or "L%C3%AA" in path:
            continue  # they repeat what was asked
        said = answer.text.encode().decode("unicode_escape") if ".json" in path else answer.text
        assert not [word for word in WORDS if word in answer.text or word in said], path
        assert JPEG not in answer.content, path


def test_searches_do_not_find_it(held):
    folder, article = held
    with serving(folder / "archive.db") as site:
        assert get(site, "/search.json?q=Sapo+c%E1%BB%A7a+b%C3%A0i").json()["total"] == 0
        assert get(site, "/search.json?q=tin").json()["total"] == 1
        assert f"/articles/{article['id']}" not in get(site, "/search?q=m%E1%BB%99t").text
        assert get(site, "/status.json").json()["articles"] == 3


@pytest.mark.parametrize("sql", [
    "SELECT * FROM withheld_rows", "SELECT count(content) FROM main.withheld_rows",
    "SELECT r.content FROM Withheld_Rows r",
    "WITH x AS (SELECT content FROM withheld_rows) SELECT * FROM x", "SELECT (SELECT max(content) FROM withheld_rows)",
    "SELECT block FROM search_data", "SELECT hex(block) FROM suggestions_data", "SELECT data FROM sqlite_dbpage",
    "SELECT id FROM articles WHERE EXISTS (SELECT 1 FROM withheld_rows WHERE content LIKE '%Sapo%')",
])  # fmt: skip
def test_no_query_reads_the_rows_taken_out(held, sql):
    with serving(held[0] / "archive.db") as site:
        answer = get(site, "/archive.json?_shape=array&sql=" + quote(sql))
    if answer.status_code == 200:
        assert {value for row in answer.json() for value in row.values()} <= {None, 0, ""}
    else:
        assert "no such table" in answer.text


def test_the_page_says_since_when_and_why(held):
    folder, article = held
    with serving(folder / "archive.db") as site:
        page = get(site, f"/articles/{article['id']}")
        english = get(site, f"/articles/{article['id']}?lang=en").text
        data = get(site, f"/articles/{article['id']}.json").json()
        led = get(site, f"/url/{TODAY}")
    assert "không công bố nội dung này từ" in page.text
    assert WHY in page.text
    assert "has withheld this since" in english
    assert WHY in english
    assert data["withheld"]["why"] == WHY
    assert data["withheld"]["since"].endswith("+00:00")
    assert led.headers["location"] == f"/articles/{article['id']}"


def test_captures_of_it_and_lists_that_name_it_are_not_served(folder):
    ids = [capture_of(folder, url) for url in (TODAY, PICTURE, LISTING)]
    other = capture_of(folder, NUMBERED)
    with serving(folder / "archive.db") as site:
        assert [get(site, f"/captures/{n}").status_code for n in ids] == [200, 200, 200]
    lamdong("withhold", id_of(folder, TODAY), "--why", WHY, folder=folder)
    with serving(folder / "archive.db") as site:
        assert [get(site, f"/captures/{n}").status_code for n in ids] == [410, 410, 410]
        assert get(site, f"/captures/{other}").status_code == 200


def test_release_brings_everything_back(folder):
    before, rows = versions(folder), tables(folder)
    article_id = id_of(folder, TODAY)
    lamdong("withhold", article_id, "--why", WHY, folder=folder)
    assert str(article_id) not in versions(folder)
    assert faults(folder) == ["ok"]
    assert lamdong("release", article_id, folder=folder).exit_code == 0
    assert versions(folder) == before
    assert tables(folder) == rows
    assert faults(folder) == ["ok"]
    with serving(folder / "archive.db") as site:
        assert get(site, "/search.json?q=Sapo+c%E1%BB%A7a+b%C3%A0i").json()["total"] == 1
        assert get(site, f"/captures/{capture_of(folder, PICTURE)}").content == JPEG


def test_a_crawl_goes_on_with_it_unseen(held):
    folder, article = held
    with Archive(folder) as archive:
        to = Writer(archive)
        anew = an_article(TODAY, "Tựa mới tinh", lead="Sapo của bài.", blocks=BLOCKS, published_at="2026-09-05",
                          precision="day")  # fmt: skip
        assert to.keep("c/mot-bai-386954", anew, at=AT + timedelta(days=3)) == "changed"
        archive.found(
            [Found("c/mot-bai-386954", TODAY, TODAY, "article", title="Tựa mới tinh")], AT
        )
    with serving(folder / "archive.db") as site:
        answers = everything(site)
    assert not [path for path, answer in answers.items() if "Tựa mới tinh" in answer.text]
    assert str(article["id"]) not in versions(folder)
    lamdong("release", article["id"], folder=folder)
    row = articles(folder)[TODAY]
    assert (row["id"], row["version"], row["title"]) == (article["id"], 2, "Tựa mới tinh")
    assert faults(folder) == ["ok"]


def test_a_picture_alone(folder):
    before = versions(folder)
    number = capture_of(folder, PICTURE)
    assert lamdong("withhold", f"captures/{number}", "--why", WHY, folder=folder).exit_code == 0
    with serving(folder / "archive.db") as site:
        assert get(site, f"/captures/{number}").status_code == 410
        page = get(site, f"/articles/{id_of(folder, TODAY)}").text
        assert "không công bố ảnh này" in page
        shown = {
            p for p, answer in everything(site).items() if f'/captures/{number}"' in answer.text
        }
        assert not [
            path for path in shown if not path.startswith("/archive/")
        ]  # there it is a number
    assert versions(folder) == before  # the address of the picture is part of the article
    assert lamdong("release", PICTURE, folder=folder).exit_code == 0
    with serving(folder / "archive.db") as site:
        assert get(site, f"/captures/{number}").content == JPEG


def test_the_journal_restores_it(archive_of_journal):
    folder, article_id, before = archive_of_journal
    lamdong("withhold", article_id, "--why", WHY, folder=folder)
    rows = tables(folder)["withheld"]
    (folder / "archive.db").unlink()
    rebuild(folder, workers=0)
    assert tables(folder)["withheld"] == rows
    assert str(article_id) not in versions(folder)
    assert lamdong("verify", folder=folder).exit_code == 0
    lamdong("release", article_id, folder=folder)
    rebuild(folder, workers=0)
    assert versions(folder) == before


@pytest.fixture
def archive_of_journal(tmp_path):
    """An archive whose pages today's extraction reads as they were read."""
    folder = tmp_path / "archive"
    with Archive(folder) as archive:
        to = Writer(archive)
        for number in (386954, 386955):
            url = f"https://baolamdong.vn/bai-{number}.html"
            url_id = to.find(f"c/bai-{number}", url)
            page = f"<html><h1>Bài {number}</h1><p>Một đoạn văn đủ dài để đọc ra được.</p></html>".encode()
            capture: Capture = to.capture(url, page)
            archive.keep(
                Look(url_id, AT, Outcome.LIVE, 200, capture, an_article(url, f"Bài {number}"))
            )
    rebuild(folder, workers=0)
    with contextlib.closing(open_database(folder, writable=False)) as db:
        (first,) = db.execute("SELECT min(id) FROM articles").fetchone()
    return folder, first, versions(folder)


def test_the_export_says_how_many_are_left_out(held):
    folder, article = held
    done = lamdong("export", folder=folder)
    assert len(done.stdout.splitlines()) == 3
    assert str(article["id"]) not in done.stdout
    assert done.stderr == "Withheld and left out: articles 1.\n"


@pytest.mark.parametrize(("arguments", "said"), [
    (("withhold", "7", "--why", "x"), "no such article"),
    (("withhold", "captures/1", "--why", "x"), "no such article"),
    (("withhold", "captures/x", "--why", "x"), "no such article"),
    (("withhold", "https://baolamdong.vn/a.jpg", "--why", "x"), "no such article"),
    (("release", "7"), "not withheld"),
])  # fmt: skip
def test_what_is_not_there_is_said(folder, arguments, said):
    done = lamdong(*arguments, folder=folder)
    assert done.exit_code == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(articles(folder)) == 4


def test_no_transaction_of_a_crawl_walks_through_all_addresses(folder):
    with contextlib.closing(open_database(folder, writable=False)) as db:
        for query in (holding._PICTURES, holding._PICTURE, holding._ADDRESSES):
            plan = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {query}", [1])]
            assert not [step for step in plan if "SCAN u" in step or "urls_next" in step], plan


def test_twice_is_once(held):
    folder, article = held
    done = lamdong("withhold", article["id"], "--why", "x", folder=folder)
    assert (done.exit_code, "already" in done.stderr) == (1, True)


def test_a_folder_without_archive_stays_as_it_is(tmp_path):
    assert lamdong("withhold", "7", "--why", "x", folder=tmp_path / "none").exit_code == 1
    assert not (tmp_path / "none").exists()
