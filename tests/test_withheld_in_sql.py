"""What SQL and Datasette's tables show of a withheld article: its address stands nowhere, for it tells the title."""

import contextlib
import json
import sqlite3
from urllib.parse import quote

import pytest
from test_holding import WHY, lamdong
from test_web import AT, JPEG, Writer, _no_tracebacks, an_article, articles, fill, get, serving  # noqa: F401

from archive.model import Block, Found, Look, Outcome
from archive.spellings import is_named, names_of, texts_of
from archive.store import Archive
from archive.web.served import Allowed, served

TITLE = "Mưa đầu mùa về trên đất cà phê Di Linh"
SLUG = "mưa-đầu-mùa-về-trên-đất-cà-phê-di-linh-460101"
URL = f"https://baolamdong.vn/{quote(SLUG)}.html"
OLD = "https://baolamdong.vn/kinhte/202212/mua-dau-mua-3159876/"
PICTURE = f"https://baolamdong.vn/file/{quote(SLUG)}.html/a.jpg"
NAMES = names_of([URL, "c/" + SLUG, OLD], [TITLE])


def write(archive):
    fill(archive)
    archive.begin_run("given", {"urls": [URL]})
    to = Writer(archive)
    seen = f"http://www.baolamdong.vn/{SLUG}.html"
    found = Found("c/" + SLUG, URL, URL, "article", title=TITLE, seen=seen)
    older = Found("a/3159876", OLD, OLD, "article", title=TITLE)
    picture = Found(PICTURE, PICTURE, PICTURE, "picture", found_in=URL)
    archive.found([found, older, picture], AT)
    ids = {key: archive.urls.entry(key).id for key in (found.key, older.key, PICTURE)}
    moved = Look(ids[older.key], AT, Outcome.MOVED, 301, detail=f"moved to {URL}", moved_to=found)
    archive.keep(moved)
    page = to.capture(URL, f"<h1>{TITLE}</h1>".encode())
    article = an_article(URL, title=TITLE, blocks=[Block("image", url=PICTURE)])
    archive.keep(Look(ids[found.key], AT, Outcome.LIVE, 200, page, article))
    archive.keep(Look(ids[PICTURE], AT, Outcome.LIVE, 200, to.capture(PICTURE, JPEG)))
    other = archive.urls.listing("https://baolamdong.vn/kinh-te/", AT)
    archive.keep(Look(other.id, AT, Outcome.NO_ARTICLE, 200, detail=f"leads to {URL}"))
    archive.end_run("done", {})


@pytest.fixture
def folder(tmp_path):
    with Archive(tmp_path) as archive:
        write(archive)
    return tmp_path


@contextlib.contextmanager
def apart(file):
    """Serve as the process for SQL does."""
    datasette = served(file.parent, Allowed())
    try:
        yield datasette
    finally:
        datasette.executor.shutdown()
        for connection in datasette.databases["archive"]._all_file_connections:
            connection.close()


def withhold(folder):
    number = articles(folder)[URL]["id"]
    assert lamdong("withhold", number, "--why", WHY, folder=folder).exit_code == 0
    return number


def rows(site, sql, **named):
    asked = "&".join(f"{name}={quote(value)}" for name, value in named.items())
    answer = get(site, f"/archive.json?_shape=array&sql={quote(sql)}&{asked}")
    assert answer.status_code == 200, (sql, answer.text)
    return answer.json()


def naming(site):
    """In which columns of which tables the article is named, in any spelling, and on which of Datasette's pages."""
    found, looked = set(), 0
    for table in (
        row["name"] for row in rows(site, "SELECT name FROM sqlite_master WHERE type <> 'index'")
    ):
        paths = [f"/archive/{table}?_size=max", f"/archive/{table}.csv"]
        if table in ("urls", "captures"):
            paths += [f"/archive/{table}/{number}" for number in range(1, 10)]
        for path in paths:
            answer = get(site, path)
            assert answer.status_code in (200, 400, 404), (path, answer.text)
            found |= {(table, path)} if is_named(NAMES, texts_of(answer.content)) else set()
        for row in rows(site, f"SELECT * FROM [{table}]"):
            texts = {column: json.dumps(value).encode() for column, value in row.items()}
            found |= {(table, at) for at, text in texts.items() if is_named(NAMES, texts_of(text))}
            looked += len(row)
    assert looked > 300
    return found


@pytest.mark.parametrize("way", [serving, apart])
def test_no_column_of_any_table_names_it(folder, way):
    with way(folder / "archive.db") as site:
        before = naming(site)
    assert before >= {
        ("urls", "key"), ("urls", "url"), ("urls", "asked"), ("urls", "title"), ("urls", "found_in"),
        ("urls", "reason"), ("aliases", "url"), ("observations", "detail"), ("captures", "url"), ("runs", "settings"),
        ("articles", "url"), ("articles", "title"), ("versions", "reading"),
        ("urls", "/archive/urls?_size=max"), ("captures", "/archive/captures.csv"),
    }  # fmt: skip
    number = withhold(folder)
    with way(folder / "archive.db") as site:
        assert naming(site) == set()
        assert get(site, f"/url/{URL}").headers["location"] == f"/articles/{number}"
        told = get(site, "/url/baolamdong.vn/x-3159876.json")
        assert (told.status_code, is_named(names_of([URL]), texts_of(told.content))) == (200, False)
        assert rows(site, "SELECT count(*) AS n FROM urls")[0]["n"] > 3


def test_it_holds_from_the_moment_on(folder):
    sql = "SELECT url FROM captures WHERE url LIKE '%460101%'"
    with apart(folder / "archive.db") as site:
        assert len(rows(site, sql)) == 2
        withhold(folder)
        assert rows(site, sql) == []
        assert rows(site, "SELECT id FROM urls WHERE key = :key", key="c/" + SLUG) == []


BY_NAME = (
    "SELECT content FROM (SELECT 1 AS content) FULL JOIN withheld_rows USING (content)",
    "SELECT * FROM (SELECT 1 AS url) NATURAL FULL JOIN urls",
    "WITH x AS (SELECT key FROM (SELECT 1 AS key) FULL JOIN/**/urls/**/uSiNg(key)) SELECT * FROM x",
    "SELECT 1 FROM (SELECT 'x' AS url) NATURAL\nJOIN captures",
)


@pytest.mark.parametrize("sql", BY_NAME)
@pytest.mark.parametrize("way", [serving, apart])
def test_no_join_by_name_goes_round_it(folder, sql, way):
    asked = "/archive.json?_shape=array&sql=" + quote(sql)
    where = "/archive/gaps.json?_where=" + quote(f"1 = (SELECT count(*) FROM ({sql}))")
    with way(folder / "archive.db") as site:
        assert [get(site, path).status_code for path in (asked, where)] == [200, 200]
        withhold(folder)
        for path in (asked, where):
            answer = get(site, path)
            assert answer.status_code == 400
            assert "ON" in answer.json()["error"]
        assert rows(site, "SELECT a.id FROM articles a JOIN states s ON s.article_id = a.id")


def test_sqlite_lets_such_a_join_pass_the_authorizer():
    """Why they are refused: should this fail one day, they need not be."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE kept AS SELECT 'told' AS content")
        db.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_READ else 0
        )
        query = "SELECT content FROM (SELECT 1 AS content) FULL JOIN kept USING (content)"
        with contextlib.suppress(sqlite3.DatabaseError):  # a newer SQLite
            assert db.execute(query).fetchall() == [(1,), ("told",)]
