"""The reading site inside Datasette: pages, data, bytes; and that hostile text stays text."""

import asyncio
import contextlib
import io
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from string import Formatter
from urllib.parse import quote

import pytest
from datasette.app import Datasette

from archive import export, verified
from archive.model import Article, Block, Capture, Found, Look, Outcome
from archive.store import Archive, ArchiveError
from archive.store.opening import open_database, take_lock
from archive.web import catalogue
from archive.web.catalogue import TEXTS
from archive.web.serving import run
from archive.web.stories import PAGE

AT = datetime(2026, 9, 5, 15, 17, 2, tzinfo=UTC)
HOST = "https://baolamdong.vn"
PICTURE = "https://lamdong.1cdn.vn/2026/09/05/a.jpg"
LOST_PICTURE = "https://lamdong.1cdn.vn/2026/09/05/b.jpg"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(200))
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
LURE = "javascript:alert(3)"

NUMBERED = f"{HOST}/xahoi/202203/tin-cu-3109288/"
TODAY = f"{HOST}/mot-bai-386954.html"
HOSTILE = f"{HOST}/hiem-386955.html"
ACCENTED = f"{HOST}/thethao/201908/{quote('bóng-đá')}-2960991/"
GONE = f"{HOST}/xahoi/201806/tin-da-go-2888888/"
PENDING = f"{HOST}/dang-cho-386999.html"
MOVED = f"{HOST}/kinh-te/202303/da-doi-6ef2012/"

BLOCKS = [
    Block("p", "Đoạn mở đầu."),
    Block("h2", "Tựa nhỏ"),
    Block("quote", "Lời trích"),
    Block("list", items=["Việc một", "Việc hai"]),
    Block("verse", stanzas=[["Câu một", "Câu hai"], ["Câu ba"]]),
    Block("table", rows=[["Giống", "Giá"], ["Cà phê", "1.100"]]),
    Block("image", url=PICTURE, caption="Một góc xã B’Lá", credit="P.Nhân"),
    Block("image", url=LOST_PICTURE, caption="Ảnh mất"),
    Block("video", url="https://baolamdong.vn/a.mp4"),
    Block("embed", url=LURE),
]


class Writer:
    """Fills an archive as a crawl does."""

    def __init__(self, archive):
        self.archive = archive

    def find(self, key, url, kind="article", asked=None):
        self.archive.found([Found(key, url, asked or url, kind)], AT)
        entry = self.archive.urls.entry(key)
        assert entry is not None
        return entry.id

    def capture(self, url, body, content_type="text/html", headers=()):
        place, digest = self.archive.warc.append_exchange(
            url=url, fetched_at=AT, status=200, headers=headers, body=body
        )
        return Capture(url, AT, 200, place, digest, content_type)

    def keep(self, key, article, at=AT, asked=None, pictures=()):
        found = [Found(url, url, url, "picture") for url in pictures]
        url_id = self.find(key, article.url, asked=asked)
        capture = self.capture(
            article.url, b"<html><script>alert(0)</script>" + article.title.encode()
        )
        look = Look(url_id, at, Outcome.LIVE, 200, capture, article, pictures=found)
        return self.archive.keep(look)

    def keep_picture(self, url, body):
        url_id = self.find(url, url, "picture")
        self.archive.keep(
            Look(url_id, AT, Outcome.LIVE, 200, self.capture(url, body, "image/jpeg"))
        )

    def see(self, key, url, outcome, at=AT, **facts):
        self.archive.keep(Look(self.find(key, url), at, outcome, **facts))


def an_article(url, title, *, published_at=None, precision="unknown", **fields):
    fields = {"blocks": [Block("p", f"Văn bản của {title}.")], "layout": "onecms"} | fields
    return Article(url, title, published_at=published_at, published_precision=precision, **fields)


def fill(archive):
    to = Writer(archive)
    to.keep("a/3109288", an_article(NUMBERED, "Tin cũ", published_at="2022-03-15", precision="day"),
            asked="http://www.baolamdong.vn/xahoi/202203/tin-cu-3109288/?utm_source=x")  # fmt: skip
    to.keep("a/2960991", an_article(ACCENTED, "Bóng đá", published_at="2019-08", precision="month"))
    to.keep("c/mot-bai-386954", an_article(
        TODAY, "Một bài đủ thứ", blocks=BLOCKS, kicker="Dòng trên tựa", lead="Sapo của bài.",
        authors=["Lê Hoa", "K’Brẻo"], section="Kinh tế", section_slug="kinh-te", tags=["Cà phê"],
        published_at="2026-09-05T22:17:00+07:00", precision="minute", kind="longform",
        source="TTXVN", source_url=LURE,
    ), pictures=[PICTURE, LOST_PICTURE])  # fmt: skip
    to.keep_picture(PICTURE, JPEG)
    to.keep("c/hiem-386955", an_article(
        HOSTILE, SCRIPT, kicker=SCRIPT, lead=SCRIPT, authors=[SCRIPT], section=SCRIPT,
        tags=[SCRIPT], source=SCRIPT, source_url=LURE, published_at="2026-09-06", precision="day",
        blocks=[Block(kind, SCRIPT) for kind in ("p", "h2", "quote")] + [
            Block("list", items=[SCRIPT]), Block("verse", stanzas=[[SCRIPT]]),
            Block("table", rows=[[SCRIPT]]),
            Block("image", url=LURE, caption=SCRIPT, credit=SCRIPT), Block("video", url=LURE),
            Block("embed", url="JavaScript:alert(4)"),
            Block("embed", url='https://x/"><script>alert(5)</script>'),
        ],
    ))  # fmt: skip
    to.see("c/mot-bai-386954", TODAY, Outcome.GONE, AT + timedelta(days=1), status=404)
    to.see("a/2888888", GONE, Outcome.GONE, status=404)
    target = Found("c/mot-bai-386954", TODAY, TODAY, "article")
    to.see("b/6ef2012", MOVED, Outcome.MOVED, status=301, moved_to=target)
    to.find("c/dang-cho-386999", PENDING)


@pytest.fixture(autouse=True)
def _no_tracebacks(monkeypatch):
    """As `lamdong serve` has it: printing one for each wrong address takes Datasette seconds."""
    monkeypatch.setattr("datasette.handle_exception.rich", None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("web") / "lamdong-archive"
    with Archive(path) as archive:
        fill(archive)
    return path


@contextlib.contextmanager
def serving(*files):
    """Serve these as Datasette does."""
    datasette = Datasette([str(file) for file in files])
    try:
        yield datasette
    finally:
        datasette.executor.shutdown()


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


def get(datasette, path, **options):
    asked = datasette.client.request(
        "GET", f"http://localhost{path}", avoid_path_rewrites=True, **options
    )
    return asyncio.run(asked)


def articles(folder):
    with contextlib.closing(open_database(folder, writable=False)) as db:
        return {row["url"]: row for row in export.articles(db)}


def capture_of(folder, url):
    with contextlib.closing(open_database(folder, writable=False)) as db:
        return db.execute("SELECT id FROM captures WHERE url = ?", [url]).fetchone()["id"]


def page_of(site, folder, url, query=""):
    return get(site, f"/articles/{articles(folder)[url]['id']}{query}").text


# -- the front page --------------------------------------------------------------------------------


def test_front_page_shows_the_newest_first_with_picture_and_time(site, folder):
    text = get(site, "/").text
    order = [
        text.index(part)
        for part in ("Chủ nhật, 6/9/2026", "Một bài đủ thứ", "Tin cũ", "Tháng 8 năm 2019")
    ]
    assert order == sorted(order)
    assert f'<img src="/captures/{capture_of(folder, PICTURE)}"' in text
    for part in ("Kinh tế", "Sapo của bài.", "22:17", "Thứ Bảy, 5/9/2026", "Thứ Ba, 15/3/2022"):
        assert part in text


def test_pages_follow_each_other_and_end(tmp_path):
    with Archive(tmp_path) as archive:
        for n in range(PAGE + 1):
            url = f"{HOST}/bai-{10000 + n}.html"
            Writer(archive).keep(
                f"c/bai-{10000 + n}", an_article(url, f"Bài {10000 + n}", published_at="2024-01-02")
            )
    with serving(tmp_path / "archive.db") as datasette:
        first = get(datasette, "/").text
        onward = unescape(re.search(r'href="(/\?before=\d+)" rel="next"', first)[1])
        second = get(datasette, onward).text
    titles = re.findall(r"Bài 1\d{4}(?=</a>)", first + second)
    assert titles == [f"Bài {10000 + n}" for n in reversed(range(PAGE + 1))]
    assert 'rel="next"' not in second


@pytest.mark.parametrize("before", ["x", "-1", "", "9" * 30, "²"])
def test_a_page_that_cannot_be_is_refused(site, before):
    assert get(site, f"/?before={quote(before)}").status_code == 400


# -- articles --------------------------------------------------------------------------------------


def test_article_page_shows_every_kind_of_block(site, folder):
    text = page_of(site, folder, TODAY)
    for part in (
        "<h1>Một bài đủ thứ</h1>", "Dòng trên tựa", ">Lê Hoa</a>, <a ", ">K’Brẻo</a>", "Thứ Bảy, 5/9/2026, 22:17",
        "eMagazine",
        "<p>Đoạn mở đầu.</p>", "<h2>Tựa nhỏ</h2>", "<blockquote><p>Lời trích</p></blockquote>",
        "<li>Việc một</li><li>Việc hai</li>", "<p><span>Câu một</span><span>Câu hai</span></p>",
        "<tr><td>Cà phê</td><td>1.100</td></tr>",
        "Một góc xã B’Lá <span class=\"credit\">Ảnh: P.Nhân</span>",
        'href="https://baolamdong.vn/a.mp4"', f'href="{LOST_PICTURE}"', ">Cà phê</a></li>",
        f'<img src="/captures/{capture_of(folder, PICTURE)}"',
    ):  # fmt: skip
        assert part in unescape(text)
    assert LURE not in text
    assert "TTXVN" in text


def test_article_page_gives_its_evidence_and_its_state(site, folder):
    article, text = articles(folder)[TODAY], page_of(site, folder, TODAY)
    capture = article["capture"]
    for part in (
        capture["warc"],
        f"byte thứ {capture['offset']}",
        capture["digest"],
        "22:17 ngày 5/9/2026",
    ):
        assert part in text
    assert "không còn tìm thấy từ 22:17 ngày 6/9/2026" in text
    assert "chưa kiểm tra lại" in text
    received = get(site, re.search(r'href="(/captures/\d+)" download', text)[1])
    assert b"alert(0)" in received.content


def test_pages_speak_english_when_asked_to_and_go_on_doing_so(site, folder):
    text = page_of(site, folder, TODAY, "?lang=en")
    assert '<html lang="en">' in text
    assert "Saturday, 5 September 2026, 22:17" in text
    assert "not found since 6 September 2026, 22:17 (GMT+7)" in text
    assert '<article class="story" lang="vi">' in text
    assert 'href="/?lang=en"' in text
    back = re.search(r'class="language" href="([^"]+)"', text)[1]
    assert '<html lang="vi">' in get(site, back).text


def test_json_is_what_the_export_hands_out(site, folder):
    rows = articles(folder)
    for row in rows.values():
        assert get(site, f"/articles/{row['id']}.json").json() == row
    out = io.StringIO()
    with contextlib.closing(open_database(folder, writable=False)) as db:
        export.write(export.articles(db), out, "jsonl")
    streamed = get(site, "/export.jsonl")
    assert streamed.text == out.getvalue()
    assert len(streamed.text.splitlines()) == len(rows) == 4


def test_what_is_not_there_is_said_in_one_sentence(site):
    assert get(site, "/articles/7.json").json() == {"error": "Kho không có bài số 7."}
    assert get(site, "/articles/7.json?lang=en").json() == {
        "error": "The archive has no article 7."
    }
    for path in ("/articles/7", "/articles/7.json", "/captures/7000", "/no/where", "/nowhere"):
        answer = get(site, path)
        assert answer.status_code == 404, path
        assert "Content-Security-Policy" in answer.headers
    assert get(site, "/nowhere.json").json() == {"error": "Trang này không có trong kho."}


def test_wrong_addresses_leave_nothing_open(site):
    """A site that anybody may ask has only so many files."""
    kept = site.get_database("archive")._all_file_connections
    for _ in range(2):
        before = len(kept)
        assert [get(site, f"/no/where/{number}").status_code for number in range(9)] == [404] * 9
    assert len(kept) == before


def test_it_only_reads(site):
    answer = asyncio.run(site.client.post("/articles/7.json"))
    assert answer.status_code == 405


# -- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [
    NUMBERED, NUMBERED.rstrip("/"), "http://www.baolamdong.vn/xahoi/202203/tin-cu-3109288",
    "admin.baolamdong.vn/xahoi/202203/tin-cu-3109288/",
    "https:/baolamdong.vn/xahoi/202203/ten-khac-3109288/",
    "http://www.baolamdong.vn/xahoi/202203/tin-cu-3109288/?utm_source=x",
    "//baolamdong.vn/tin-cu-3109288",
    TODAY, "HTTP://BaoLamDong.vn/bbt/mot-bai-386954.html", MOVED,
    ACCENTED, "baolamdong.vn/thethao/201908/bóng-đá-2960991",
])  # fmt: skip
def test_any_spelling_of_an_address_leads_to_its_article(site, folder, address):
    by_end = {"288": NUMBERED, "991": ACCENTED}
    number = re.sub(r"\D+$", "", address.partition("?")[0])[-3:]
    expected = articles(folder)[by_end.get(number, TODAY)]["id"]
    for path in (
        f"/url/{quote(address, safe='/:?=&%')}",
        f"/url?address={quote(address, safe='')}",
    ):
        answer = get(site, path)
        assert (answer.status_code, answer.headers["location"]) == (302, f"/articles/{expected}")


@pytest.mark.parametrize(("address", "said"), [
    (GONE, "Không còn tìm thấy trên trang báo từ 22:17 ngày 5/9/2026"),
    (PENDING, "đang chờ tải về"),
    (f"{HOST}/chua-tung-386000.html", "chưa từng gặp địa chỉ này"),
    ("https://example.org/xahoi/202203/tin-cu-3109288/", "chưa từng gặp địa chỉ này"),
    (PICTURE, "không phải là một bài"),
    ("không có gì", "không phải là địa chỉ"),
    ("https://[x", "không phải là địa chỉ"),
    ("", "không phải là địa chỉ"),
])  # fmt: skip
def test_an_address_without_article_gets_what_is_known_of_it(site, address, said):
    answer = get(site, f"/url/{quote(address, safe='/:')}")
    assert answer.status_code == 404
    assert said in answer.text


# -- captures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("body", "media_type"), [
    (JPEG, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n" + bytes(9), "image/png"),
    (b"GIF89a" + bytes(9), "image/gif"),
    (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
    (b"<!doctype html><script>alert(1)</script>", "text/plain"),
    (b"", "text/plain"),
])  # fmt: skip
def test_only_pictures_are_sent_as_themselves(tmp_path, body, media_type):
    with Archive(tmp_path) as archive:
        Writer(archive).keep_picture(PICTURE, body)
    with serving(tmp_path / "archive.db") as datasette:
        answer = get(datasette, "/captures/1")
        again = get(datasette, "/captures/1", headers={"If-None-Match": answer.headers["etag"]})
    assert answer.content == body
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert ("attachment" in answer.headers.get("content-disposition", "")) == (
        media_type == "text/plain"
    )
    assert again.status_code == 304


def test_a_capture_that_cannot_be_read_is_one_sentence(tmp_path):
    with Archive(tmp_path) as archive:
        Writer(archive).keep_picture(PICTURE, JPEG)
    next((tmp_path / "warc").iterdir()).unlink()
    with serving(tmp_path / "archive.db") as datasette:
        answer = get(datasette, "/captures/1")
    assert answer.status_code == 500
    assert "lamdong verify" in answer.text


# -- safety ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [
    "/", "/status", "/articles/HOSTILE", "/articles/HOSTILE?lang=en",
    f"/articles/1?x={quote(SCRIPT)}",
    f"/url/baolamdong.vn/{quote(SCRIPT)}", f"/url?address={quote('baolamdong.vn/' + SCRIPT)}",
    "//example.org?x=1", f"/?before={quote(SCRIPT)}",
])  # fmt: skip
def test_nothing_from_outside_becomes_markup(site, folder, path):
    article_id = articles(folder)[HOSTILE]["id"]
    text = get(site, path.replace("HOSTILE", str(article_id))).text
    assert "Báo Lâm Đồng" in text
    # The page's own data, which no browser runs; see tests/test_linked_data.py for what is in it.
    text = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", text)
    text = re.sub(
        r'<script src="/-/static-plugins/[\w./?=-]+" defer></script>', "", text
    )  # our own
    assert "<script" not in text.lower()
    assert not re.search(r"<[^>]*\s(?:on\w+|style)\s*=", re.sub(r'"[^"]*"', '""', text))
    assert not re.search(
        r"""(?:href|src)\s*=\s*["']?\s*(?:javascript|//|data:)""", text, re.IGNORECASE
    )


def test_hostile_text_is_shown_as_text(site, folder):
    text = page_of(site, folder, HOSTILE)
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;"
    # Title twice, kicker, lead, author, section, tag, source; six blocks and the name of the table, caption, credit;
    # title, section, tag and, twice, the lead for other sites.
    assert text.count(escaped) == 8 + 7 + 2 + 5
    assert "alert(3)" not in text
    assert "alert(4)" not in text


@pytest.mark.parametrize(
    "path", ["/", "/status", "/status.json", "/nowhere", "/url/x", "/export.jsonl", "/articles/1"]
)
def test_every_answer_is_kept_harmless(site, path):
    headers = get(site, path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex"


def test_pages_need_one_style_sheet_and_no_script(site):
    text = get(site, "/").text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    assert len(sheets) == 1
    sheet = get(site, sheets[0])
    assert sheet.headers["content-type"].startswith("text/css")
    assert "url(" not in sheet.text
    assert len(text.encode()) + len(sheet.content) < 60_000


# -- beside Datasette ------------------------------------------------------------------------------


def test_status_is_that_of_the_command(site, folder):
    with contextlib.closing(open_database(folder, writable=False)) as db:
        captures = db.execute("SELECT count(*) FROM captures").fetchone()[0]
    assert get(site, "/status.json").json()["captures"] == captures
    text = get(site, "/status").text
    assert re.search(r"<b>4</b> bài", text)
    assert re.search(r"không còn tìm thấy</dt><dd>1<", text)
    assert "Chưa kiểm tra lần nào." in text


def test_status_says_when_the_evidence_was_checked_and_what_is_withheld(site, folder):
    verified.keep(folder, 1.5, 20, ["archive.db, table urls, id 1: state is None"])
    with contextlib.closing(Archive(folder)) as archive:
        archive.holding.withhold("https://baolamdong.vn/p.jpg", "why", AT)
        archive.settle(at_once=True)
    text = get(site, "/status?lang=en").text
    assert "20 captures, chosen at random, were checked at" in text
    assert "Places that are damaged: 1." in text
    assert "Withheld: articles 0, pictures 1." in text
    assert get(site, "/status.json").json()["verified"]["sample"] == 20


def test_datasette_stays_within_reach(site):
    assert get(site, "/archive").status_code == 200
    assert "Tin cũ" in get(site, "/archive/articles").text
    rows = get(site, "/archive/articles.json?_shape=array").json()
    assert {row["title"] for row in rows} >= {"Tin cũ", "Bóng đá"}
    assert get(site, "/archive/nowhere.json").json()["status"] == 404


@pytest.mark.parametrize("name", ["other.db", "archive.db"])
def test_other_databases_are_left_to_datasette(tmp_path, name):
    with contextlib.closing(sqlite3.connect(tmp_path / name)) as db:
        db.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY)")
    with serving(tmp_path / name) as datasette:
        index = get(datasette, "/")
        assert index.status_code == 200
        assert f"/{Path(name).stem}" in index.text
        assert "lamdong" not in index.text
        for path in (
            "/articles/1",
            "/articles/1.json",
            "/captures/1",
            "/status",
            "/url/x",
            "/nowhere",
        ):
            assert get(datasette, path, follow_redirects=True).status_code == 404
            assert "Kho" not in get(datasette, path).text
    with serving() as datasette:
        assert get(datasette, "/").status_code == 200


def test_a_crawl_beside_it_shows_at_once(tmp_path):
    with Archive(tmp_path) as archive, serving(tmp_path / "archive.db") as datasette:
        assert "Kho chưa có bài nào" in get(datasette, "/").text
        Writer(archive).keep("c/mot-bai-386954", an_article(TODAY, "Vừa đến"))
        archive.settle(at_once=True)
        assert "Vừa đến" in get(datasette, "/").text
        archive.begin()  # a transaction under way keeps nobody waiting
        archive.db.execute("UPDATE articles SET title = 'Chưa xong'")
        assert "Vừa đến" in get(datasette, "/").text


def test_a_question_beyond_the_limit_is_one_sentence(folder):
    with serving(folder / "archive.db") as datasette:
        datasette._settings["sql_time_limit_ms"] = 0
        answers = [get(datasette, "/"), get(datasette, "/articles/1.json")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "thử lại" in answers[1].json()["error"]


# -- words -----------------------------------------------------------------------------------------


def test_the_catalogue_is_whole_and_has_nothing_idle():
    web = Path(__file__).parent.parent / "archive" / "web"
    sources = [*web.glob("*.py"), *web.glob("templates/lamdong/*.html")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r'\b(?:t|self|words)\("(\w+)"[,)]', text)) | set(
        re.findall(r'Refused\(\d+, "(\w+)"', text)
    )
    assert named <= set(TEXTS)
    prefixes = tuple(re.findall(r'"(\w+_)"', text))
    assert not [
        name
        for name in TEXTS
        if f'"{name}"' not in text and f"'{name}'" not in text and not name.startswith(prefixes)
    ]
    modules = [module.TEXTS for module in vars(catalogue).values() if hasattr(module, "TEXTS")]
    assert len(TEXTS) == sum(map(len, modules)), "two pages give one name to different texts"
    for name, texts in TEXTS.items():
        fields = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in texts]
        assert fields[0] == fields[1], name
        assert all(texts), name


# -- lamdong serve ---------------------------------------------------------------------------------


@contextlib.contextmanager
def command(folder, *options):
    code = "from crawler.cli import cli; cli()"
    arguments = [sys.executable, "-c", code, "serve", "--archive", str(folder), "--port", "0"]
    process = subprocess.Popen([*arguments, *options], stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_of(process):
    line = r"Báo Lâm Đồng archive: (http://127\.0\.0\.1:\d+/[\w/]*) \(Ctrl-C ends it\)\n"
    return re.fullmatch(line, process.stderr.readline())[1]


def assert_ends_quietly(process, number):
    process.send_signal(number)
    assert process.wait(60) == 0
    assert process.stderr.read() == ""


def test_serve_answers_of_an_empty_archive(tmp_path):
    with Archive(tmp_path / "archive"):
        pass
    with command(tmp_path / "archive") as process:
        address = address_of(process)
        with urllib.request.urlopen(address) as answer:
            assert "Kho chưa có bài nào" in answer.read().decode()
        for path in ("nowhere", "archive/nowhere"):
            with pytest.raises(urllib.error.HTTPError, match="404") as refused:
                urllib.request.urlopen(address + path)
            refused.value.close()
        assert_ends_quietly(process, signal.SIGTERM)


def test_serve_waits_for_a_crawl_that_makes_the_database(tmp_path):
    lock = take_lock(tmp_path)
    with command(tmp_path) as process, os.fdopen(lock, "rb"):
        time.sleep(0.8)
        assert process.poll() is None
        open_database(tmp_path, writable=True).close()
        address_of(process)
        assert_ends_quietly(process, signal.SIGINT)


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ArchiveError) as refused:
            run(tmp_path, Archive, "127.0.0.1", port)
    assert re.fullmatch(rf"Port {port} of 127\.0\.0\.1: .*in use; .*--port.*", str(refused.value))
    assert not (tmp_path / "archive.db").exists()


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 99999)])
def test_what_cannot_be_listened_at_is_one_sentence(tmp_path, host, port):
    with pytest.raises(ArchiveError, match="--port"):
        run(tmp_path, Archive, host, port)
