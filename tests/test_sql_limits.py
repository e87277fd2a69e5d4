"""SQL that readers write: what it may use, that nothing it is asked ends in a 500, and that it runs elsewhere."""

import asyncio
from urllib.parse import quote

import pytest
from test_served import close, make
from test_web import TODAY, Writer, an_article, get

from archive.store import Archive
from archive.web import apart
from archive.web.apart import Apart
from archive.web.limits import LARGEST, LONGEST
from archive.web.served import Allowed, served

MANY = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3000000)"
BOMBS = {
    "one blob": "SELECT zeroblob(1000000000)",
    "as hex": f"SELECT hex(zeroblob({LONGEST // 2}))",
    "many blobs": f"{MANY} SELECT zeroblob({LONGEST - 100}) FROM c",
    "random": "SELECT randomblob(900000000)",
    "group_concat": f"{MANY} SELECT group_concat(hex(zeroblob(1000))) FROM c",
    "doubling": "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c",
    "replace": "SELECT length(replace(hex(zeroblob(2000000)), '0', hex(zeroblob(2000))))",
    "json": f"{MANY} SELECT json_group_array(hex(zeroblob(1000))) FROM c",
    "endless": f"{MANY.replace(' LIMIT 3000000', '')} SELECT count(*) FROM c",
    "sorting": f"{MANY} SELECT x, hex(zeroblob(500)) AS y FROM c ORDER BY y || x LIMIT 2 OFFSET 900000",
    "distinct": f"{MANY} SELECT count(DISTINCT hex(zeroblob(200)) || x) FROM c",
    "pattern": f"SELECT 'a' LIKE '{'%a' * 600}'",
    "glob": f"SELECT 'a' GLOB '{'*a' * 600}'",
    "vn_query": "SELECT vn_query(hex(zeroblob(1800000)))",
    "depth": f"SELECT {'abs(' * 900}1{')' * 900}",
    "columns": f"SELECT {','.join('1' * 1000)}",
    "compound": " UNION ALL ".join(["SELECT 1"] * 400),
    "extension": "SELECT load_extension('x')",
    "tokenizer": "SELECT fts3_tokenizer('simple')",
}  # fmt: skip
AMISS = (
    "_sort='", "_sort=nope", "_sort_desc='", "_sort=a&_sort_desc=b", "_sort=rowid", "_facet='", "_facet_array=x",
    "_next='", "_sort=title&_next=a,b,c", "_size=x", "_size=-1", "_col=nope", "_where='", "title__in=[", "_through=x",
    "_through={}", "_timelimit=x", "_ttl=x", "_facet_size=x", "id__gt=999999999999999999999999", "_search='\"(",
    "_shape=nope", "title__date=x", "authors__arraycontains=x", "_labels=x", "_json=x", "_next=%00", "_trace=1",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sql")
    make(folder)
    datasette = served(folder, Allowed())
    yield datasette
    close(datasette)


def ask(datasette, sql, ending=".json"):
    return get(datasette, f"/archive{ending}?sql={quote(sql)}")


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # as Datasette has it said
@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("ending", [".json", ""])
def test_what_would_take_too_much_is_refused_in_one_sentence(site, name, ending):
    answer = ask(site, BOMBS[name], ending)
    assert answer.status_code in {400, 503}, answer.text
    assert len(answer.content) < LARGEST
    assert "Traceback" not in answer.text
    if ending:
        assert answer.json()["error"]


def test_an_answer_has_so_many_bytes_at_most_however_they_are_spread(site):
    for cells, length in ((1, LONGEST - 1000), (100, 50_000), (1000, 5_000)):
        sql = f"{MANY.replace('3000000', str(cells))} SELECT substr(hex(zeroblob(2400000)), 1, {length}) FROM c"
        answer = ask(site, sql)
        assert answer.status_code == 400
        assert "ask for fewer" in answer.json()["error"]
    assert len(ask(site, f"SELECT hex(zeroblob({LARGEST // 3}))").content) > LARGEST // 2


def test_an_article_as_long_as_may_be_is_still_read(tmp_path):
    with Archive(tmp_path) as archive:
        Writer(archive).keep("c/a-1", an_article(TODAY, "Dài", lead="ă" * 1_000_000))
    datasette = served(tmp_path, Allowed())
    try:
        assert get(datasette, "/archive/articles.json").status_code == 200
    finally:
        close(datasette)


def test_pragmas_show_no_path_and_change_nothing(site):
    for pragma in ("database_list", "temp_store", "cache_size"):
        answer = ask(site, f"SELECT * FROM pragma_{pragma}")
        assert answer.status_code == 400 or answer.json()["rows"] == []
    assert ask(site, "SELECT name FROM pragma_table_info('articles')").json()["rows"]


# Datasette leaves what it would have asked next.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::RuntimeWarning"
)
@pytest.mark.parametrize("query", AMISS)
@pytest.mark.parametrize("ending", ["", ".json", ".csv"])
def test_what_is_asked_wrongly_is_never_a_500(site, query, ending):
    answer = get(site, f"/archive/articles{ending}?{query}")
    assert answer.status_code in {200, 302, 400}
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", [
    "/archive/articles.json", "/archive.json?sql=select+1", "/-/versions.json", "/archive/nowhere.json",
])  # fmt: skip
def test_other_sites_may_read_no_table(site, path):
    answer = get(site, path, headers={"Origin": "https://example.org"})
    assert "access-control-allow-origin" not in answer.headers


# -- in a process of its own -----------------------------------------------------------------------


@pytest.fixture
def asked(tmp_path):
    """What the process answers to paths asked for at once: status and body each."""
    make(tmp_path)

    async def one(app, path):
        messages, route = [], path.partition("?")
        scope = {
            "type": "http", "method": "GET", "scheme": "http", "http_version": "1.1", "path": route[0],
            "raw_path": route[0].encode(), "query_string": route[2].encode(), "headers": [(b"host", b"localhost")],
        }  # fmt: skip

        async def send(message):
            messages.append(message)

        await app(scope, asyncio.Event().wait, send)
        return messages[0]["status"], b"".join(each["body"] for each in messages[1:])

    def ask_all(*rounds):
        async def all_rounds():
            process = Apart(tmp_path, Allowed())
            app = process.before(None)
            try:
                return [
                    await asyncio.gather(*(one(app, path) for path in paths)) for paths in rounds
                ]
            finally:
                process.end()

        return asyncio.run(all_rounds())

    return ask_all


def test_it_answers_what_datasette_would(asked):
    found = asked(
        ["/archive", "/archive/articles.json", "/archive/nowhere.json", "/-/versions.json"]
    )
    assert [status for status, _ in found[0]] == [200, 200, 404, 200]
    assert TODAY.encode() in found[0][1][1]


def test_what_cannot_be_interrupted_ends_the_process_and_the_next_question_begins_another(
    asked, monkeypatch
):
    monkeypatch.setattr(apart, "_SILENCE", 3.0)
    endless = "SELECT printf('%.*c', 1000000000, 'x')"
    begin, bombs, after = asked(
        ["/-/versions.json"],
        [f"/archive.json?sql={quote(endless)}"],
        ["/archive.json?sql=select+1"],
    )
    assert [status for status, _ in begin] == [200]
    assert [status for status, _ in bombs] == [503]
    assert [status for status, _ in after] == [200]


@pytest.mark.parametrize("silent_is", ["this process", "one before"])
def test_only_the_silent_process_ends_and_who_waits_for_it_is_told(
    tmp_path, monkeypatch, silent_is
):
    make(tmp_path)
    monkeypatch.setattr(apart, "_SILENCE", 0.01)

    async def meanwhile():
        process = Apart(tmp_path, Allowed())
        waiting = asyncio.ensure_future(process._running())
        await asyncio.sleep(0)  # it is begun
        silent = process._control if silent_is == "this process" else None
        try:
            with pytest.raises(apart._Ended):
                await process._begin(asyncio.StreamReader(), silent)
            return (await asyncio.gather(waiting, return_exceptions=True))[0]
        finally:
            process.end()

    told = asyncio.run(meanwhile())
    assert isinstance(told, apart._Ended) == (silent_is == "this process"), told
    assert not isinstance(told, asyncio.CancelledError)


def test_who_waits_too_long_for_a_turn_is_told_so(asked, monkeypatch):
    monkeypatch.setattr(apart, "_TURN", 0.5)
    path = f"/archive.json?sql={quote(BOMBS['endless'])}"
    (_, crowd) = asked(["/-/versions.json"], [path] * 12)
    statuses = [status for status, _ in crowd]
    assert set(statuses) == {400, 503}


def test_only_datasettes_pages_are_asked_there():
    theirs = ("/archive", "/archive.json", "/archive/articles", "/-/versions", "/-/databases.json")
    ours = ("/", "/articles/1", "/archives", "/-/static/app.css", "/-/static-plugins/x/site.css")
    assert all(map(apart._is_datasettes, theirs)), theirs
    assert not any(map(apart._is_datasettes, ours)), ours


def test_the_process_ends_with_the_one_that_asks(tmp_path):
    make(tmp_path)

    async def begun():
        process = Apart(tmp_path, Allowed())
        control = await process._running()
        control.close()  # as when this process ends
        return await asyncio.to_thread(process._process.wait, 20)

    assert asyncio.run(begun()) == 0
