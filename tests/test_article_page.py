"""The page of an article: where one may go on, its state, its evidence, what other sites show of it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from steps import within
from test_web import (
    AT,
    HOST,
    JPEG,
    PICTURE,
    SCRIPT,
    Writer,
    _no_tracebacks,  # noqa: F401 - a fixture
    an_article,
    articles,
    get,
    serving,
)

from archive.model import Block, Found, Look, Outcome
from archive.store import Archive
from archive.store.opening import open_database
from archive.web import neighbours

AGRICULTURE = {"section": "Kinh tế", "section_slug": "kinh-te"}
SOCIETY = {"section": "Xã hội", "section_slug": "xa-hoi"}
# Title, time, section; in the order in which they are met: the newest of a day first, as a crawl does.
DAYS = (
    ("Hôm trước", "2026-09-03T20:00:00+07:00", AGRICULTURE),
    ("Chỉ biết ngày", "2026-09-04", SOCIETY),
    ("Chiều", "2026-09-04T15:00:00+07:00", AGRICULTURE),
    ("Trưa", "2026-09-04T12:00:00+07:00", SOCIETY),
    ("Sáng", "2026-09-04T08:00:00+07:00", AGRICULTURE),
    ("Cùng giờ", "2026-09-04T08:00:00+07:00", SOCIETY),
    ("Hôm sau", "2026-09-06T06:00:00+07:00", AGRICULTURE),
    ("Hôm sau, tối", "2026-09-06T18:00:00+07:00", AGRICULTURE),
    ("Trong tháng", "2019-08", SOCIETY),
    ("Trong tháng nữa", "2019-08", {}),
    ("Không ngày", None, {}),
)
LONG = "Tựa rất dài \u202e" * 80_000
STATES = {
    "live": ([], "còn trên trang báo, lần cuối thấy 22:17 ngày 5/9/2026", "still there when last seen"),
    "changed-address": (
        [(Outcome.MOVED, 1)],
        "đã chuyển sang địa chỉ khác, thấy từ 22:17 ngày 6/9/2026",
        "moved to another address, seen since 6 September 2026",
    ),
    "gone": (
        [(Outcome.GONE, 1), (Outcome.GONE, 2)],
        "không còn tìm thấy từ 22:17 ngày 6/9/2026",
        "not found since 6 September 2026",
    ),
    "unreachable": (
        [(Outcome.UNREACHABLE, 1)],
        "không truy cập được từ 22:17 ngày 6/9/2026",
        "could not be reached since 6 September 2026",
    ),
}  # fmt: skip


def precision(at):
    return {None: "unknown", 7: "month", 10: "day"}.get(at and len(at), "minute")


def see(to, key, url, outcome, at):
    if outcome == Outcome.UNREACHABLE:
        look = Look(to.find(key, url), at, outcome)
        to.archive.miss(look, timedelta(hours=1), final=False)
    elif outcome == Outcome.MOVED:
        target = f"{HOST}/dich-390809.html"
        to.see(key, url, outcome, at, moved_to=Found("c/dich", target, target, "article"))
    else:
        to.see(key, url, outcome, at)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "lamdong-archive"
    with Archive(path) as archive:
        to = Writer(archive)
        for n, (title, at, section) in enumerate(DAYS):
            to.keep(f"c/ngay-{n}", an_article(
                f"{HOST}/ngay-39070{n}.html", title, published_at=at, precision=precision(at), **section,
            ))  # fmt: skip
        for n, (state, (looks, _, _)) in enumerate(STATES.items()):
            url = f"{HOST}/{state}-39080{n}.html"
            to.keep(f"c/{state}", an_article(url, state))
            for outcome, days in looks:
                see(to, f"c/{state}", url, outcome, AT + timedelta(days=days))
        to.keep("c/dai", an_article(f"{HOST}/dai-390810.html", LONG))
        to.keep("c/thuong", an_article(
            f"{HOST}/thuong-390811.html", "Một bài thường", kicker="Dòng trên", lead="Sapo của bài.",
            blocks=[Block("p", "Một câu văn vừa phải của bài báo này, có dấu. " * 12)] * 12,
            authors=["Lê Hoa"], tags=["Cà phê", "Di Linh"], published_at="2025-01-02T03:04:00+07:00",
            precision="minute", modified_at="2025-01-02T05:00:00+07:00", **AGRICULTURE,
            layers={"title": "selector", "authors": "convention", "published_at": "structured",
                    "section": "address", "kind": "text", "blocks": "of a kind unknown"},
            rules={"title": "h1.sc-longform-header-title", "published_at": "<b>meta</b> pubdate"},
        ))  # fmt: skip
        to.keep("c/bang", an_article(f"{HOST}/bang-390813.html", "Hai bảng", blocks=[
            Block("table", rows=[["Giống", "Giá"], ["Cà phê", "1"]]), Block("table", rows=[[SCRIPT]]),
        ]))  # fmt: skip
        to.keep("c/anh", an_article(
            f"{HOST}/anh-390812.html", "Bài có ảnh", published_at="2024-05-06", precision="day",
            blocks=[Block("p", SCRIPT), Block("image", url=PICTURE, caption=SCRIPT)],
        ), pictures=[PICTURE])  # fmt: skip
        to.keep_picture(PICTURE, JPEG)
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


@pytest.fixture(scope="module")
def numbers(folder):
    return {row["title"]: row["id"] for row in articles(folder).values()}


def page_of(site, numbers, title, query=""):
    answer = get(site, f"/articles/{numbers[title]}{query}")
    assert answer.status_code == 200
    return answer.text


def neighbours_of(site, numbers, title):
    """Of the day and of the section, each: the title before and the title after."""
    found = {}
    pattern = r'<nav class="near" aria-label="([^"]+)">(.*?)</nav>'
    for name, nav in re.findall(pattern, page_of(site, numbers, title), re.DOTALL):
        links = re.findall(r'href="/articles/(\d+)" rel="(\w+)".*?<b [^>]*>([^<]*)</b>', nav)
        assert all(numbers[unescape(shown)] == int(number) for number, _, shown in links)
        found[name] = {relation: unescape(shown) for _, relation, shown in links}
    return found


@pytest.mark.parametrize(("title", "day", "section"), [
    ("Hôm trước", {}, {"prev": "Một bài thường", "next": "Sáng"}),
    ("Chỉ biết ngày", {"next": "Sáng"}, {"prev": "Trong tháng", "next": "Cùng giờ"}),
    ("Sáng", {"prev": "Chỉ biết ngày", "next": "Cùng giờ"}, {"prev": "Hôm trước", "next": "Chiều"}),
    ("Cùng giờ", {"prev": "Sáng", "next": "Trưa"}, {"prev": "Chỉ biết ngày", "next": "Trưa"}),
    ("Trưa", {"prev": "Cùng giờ", "next": "Chiều"}, {"prev": "Cùng giờ"}),
    ("Chiều", {"prev": "Trưa"}, {"prev": "Sáng", "next": "Hôm sau"}),
    ("Hôm sau", {"next": "Hôm sau, tối"}, {"prev": "Chiều", "next": "Hôm sau, tối"}),
    ("Trong tháng", {}, {"next": "Chỉ biết ngày"}),
    ("Trong tháng nữa", {}, {}),
    ("Không ngày", {}, {}),
])  # fmt: skip
def test_one_may_go_on_within_the_day_and_the_section(site, numbers, title, day, section):
    expected = {"Cùng ngày": day, "Cùng chuyên mục": section}
    assert neighbours_of(site, numbers, title) == {
        name: links for name, links in expected.items() if links
    }


def test_neighbours_are_found_along_indexes_alone(folder):
    values = {"id": 202609040002, "section": "kinh-te", "at": "2026-09-04", "day": "2026-09-04"}
    db = open_database(folder, writable=False)
    for where in (*neighbours._DAY, *neighbours._SECTION):
        query = f"EXPLAIN QUERY PLAN {neighbours._SELECT} WHERE {where}"
        steps = [row["detail"] for row in db.execute(query, values)]
        assert steps
        assert not [step for step in steps if step.startswith("SCAN")]
    db.close()


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_words_and_the_address_stays_a_link(site, numbers, state):
    _, vietnamese, english = STATES[state]
    text = page_of(site, numbers, state)
    assert f"{vietnamese}" in text
    assert english in page_of(site, numbers, state, "?lang=en")
    assert re.search(rf'<dd><a href="{HOST}/[^"]+" rel="noreferrer external">', text)
    notice = re.search(r'<p class="state".*?</p>', text)
    assert bool(notice) == (state != "live")
    assert "chưa kiểm tra lại" not in text or state in {"changed-address", "unreachable"}


def test_evidence_tells_where_each_field_was_read(site, numbers):
    text = page_of(site, numbers, "Một bài thường", "?lang=en")
    told = re.search(r"<details>.*?</details>", text, re.DOTALL)[0]
    assert re.findall(r"<dt>([^<]*)</dt><dd>(.*?)</dd>", told) == [
        (
            "Headline",
            'its own place on the page <code lang="en">h1.sc-longform-header-title</code>',
        ),
        ("Authors", "the newspaper’s way of writing"),
        (
            "Date of publication",
            'the page’s structured data <code lang="en">&lt;b&gt;meta&lt;/b&gt; pubdate</code>',
        ),
        ("Section", "the article’s address"),
        ("Kind", "judged from the text"),
    ]
    assert "<details>" not in page_of(site, numbers, "Không ngày")


def metadata(text):
    return re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', text)


def test_other_sites_are_told_what_the_page_is_about(site, numbers):
    number = numbers["Một bài thường"]
    found = metadata(page_of(site, numbers, "Một bài thường"))
    for each in (
        ("description", "Sapo của bài."),
        ("og:description", "Sapo của bài."),
        ("og:type", "article"),
        ("og:title", "Một bài thường"),
        ("og:url", f"http://localhost/articles/{number}"),
        ("og:locale", "vi_VN"),
        ("article:published_time", "2025-01-02T03:04:00+07:00"),
        ("article:modified_time", "2025-01-02T05:00:00+07:00"),
        ("article:section", "Kinh tế"),
        ("article:tag", "Cà phê"),
        ("article:tag", "Di Linh"),
    ):
        assert each in found
    assert "og:image" not in dict(found)
    canonical = f'<link rel="canonical" href="{HOST}/thuong-390811.html">'
    assert canonical in page_of(site, numbers, "Một bài thường")
    with_picture = dict(metadata(page_of(site, numbers, "Bài có ảnh")))
    assert re.fullmatch(r"http://localhost/captures/\d+", with_picture["og:image"])
    assert with_picture["article:published_time"] == "2024-05-06"
    assert unescape(with_picture["description"]) == SCRIPT
    assert "article:published_time" not in dict(metadata(page_of(site, numbers, "Trong tháng")))


def test_a_picture_keeps_its_place_before_it_is_there(site, numbers):
    text = page_of(site, numbers, "Bài có ảnh", "?lang=en")
    image = re.search(r"<img [^>]*>", text)[0]
    for part in ('width="', 'height="', 'lang="en"', 'alt="Picture in the article"'):
        assert part in image
    assert "aspect-ratio: 3 / 2" in sheet_of(site, text)


def test_a_table_can_be_scrolled_by_keyboard_and_is_named_by_its_first_row(site, numbers):
    text = page_of(site, numbers, "Hai bảng")
    regions = re.findall(
        r'<div class="table" role="region" tabindex="0" aria-label="([^"]*)">', text
    )
    assert [unescape(label) for label in regions] == [
        "Bảng trong bài: Giống, Giá",
        f"Bảng trong bài: {SCRIPT}",
    ]


def sheet_of(site, text):
    (address,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    return get(site, address).text


def test_an_ordinary_page_is_light(site, numbers):
    text = page_of(site, numbers, "Một bài thường")
    assert len(text.encode()) + len(sheet_of(site, text).encode()) <= 60_000


def test_a_title_of_a_megabyte_is_shown_in_few_steps_and_stands_in_full_but_twice(site, numbers):
    text = within(2_000_000, page_of, site, numbers, LONG)
    # As the heading and as data; the text of the article names it once more.
    assert 3 * 80_000 <= text.count("Tựa rất dài") < 3 * 80_000 + 200
    assert max(len(value) for _, value in metadata(text)) < 1_000
    for ending in ("/cite", "/history"):
        assert get(site, f"/articles/{numbers[LONG]}{ending}").status_code == 200


def test_a_neighbour_of_a_megabyte_is_named_by_its_beginning(tmp_path):
    day = {"published_at": "2026-09-05", "precision": "day"}
    with Archive(tmp_path) as archive:
        to = Writer(archive)
        to.keep("c/dai", an_article(f"{HOST}/dai-1.html", LONG, **day))
        to.keep("c/ngan", an_article(f"{HOST}/ngan-1.html", "Ngắn", **day))
    with serving(tmp_path / "archive.db") as datasette:
        text = get(datasette, "/articles/202609050002").text
    assert f"{LONG[:200]}…</b>" in text
    assert len(text) < 20_000
