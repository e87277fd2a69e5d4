"""Browsing the site: by section, author, tag and day; what changed, and what is gone."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from test_web import (
    AT,
    HOST,
    SCRIPT,
    Writer,
    _no_tracebacks,  # noqa: F401 - a fixture
    an_article,
    get,
    serving,
)

from archive.model import Block, Outcome
from archive.store import Archive
from archive.web.overviews import _months
from archive.web.stories import PAGE

CORN = f"{HOST}/ngo-390001.html"
COFFEE = f"{HOST}/ca-phe-390002.html"
OLD = f"{HOST}/bai-cu-390003.html"
MONTH = f"{HOST}/chi-biet-thang-390004.html"


def fill(archive):
    to = Writer(archive)
    to.keep("c/ngo-390001", an_article(
        CORN, "Ngô trên đồi", section="Nông nghiệp", section_slug="kinh-te/nong-nghiep",
        authors=["Lê Hoa", "K’Brẻo"], tags=["Ngô", "A/B 100%"], lead="Sapo về ngô.",
        published_at="2022-03-15T08:05:00+07:00", precision="minute",
    ))  # fmt: skip
    to.keep("c/ca-phe-390002", an_article(
        COFFEE, "Cà phê chín", section="Kinh tế", section_slug="kinh-te", authors=["Lê Hoa"],
        published_at="2022-03-17T09:00:00+07:00", precision="minute", kind="photo",
    ))  # fmt: skip
    to.keep("c/bai-cu-390003", an_article(
        OLD, "Bài cũ", section="Xã hội", section_slug="xa-hoi", tags=[SCRIPT], authors=[SCRIPT],
        published_at="2021-12-31", precision="day",
    ))  # fmt: skip
    to.keep(
        "c/chi-biet-thang-390004",
        an_article(MONTH, "Chỉ biết tháng", published_at="2022-03", precision="month"),
    )
    between = an_article(
        OLD, "Bài cũ", section="Xã hội", section_slug="xa-hoi", blocks=[Block("p", "Sửa lần đầu.")],
        published_at="2021-12-31", precision="day",
    )  # fmt: skip
    to.keep("c/bai-cu-390003", between, AT + timedelta(minutes=5))
    for hours, key, url, title in (
        (1, "c/bai-cu-390003", OLD, "Bài cũ"),
        (2, "c/ngo-390001", CORN, "Ngô trên đồi"),
    ):
        changed = an_article(
            url, title, blocks=[Block("p", "Văn bản đã khác hẳn.")],
            section="Nông nghiệp" if url == CORN else "Xã hội",
            section_slug="kinh-te/nong-nghiep" if url == CORN else "xa-hoi",
            authors=["Lê Hoa", "K’Brẻo"] if url == CORN else [SCRIPT],
            tags=["Ngô", "A/B 100%"] if url == CORN else [SCRIPT],
            published_at="2022-03-15T08:05:00+07:00" if url == CORN else "2021-12-31",
            precision="minute" if url == CORN else "day",
        )  # fmt: skip
        to.keep(key, changed, AT + timedelta(hours=hours))
    to.see("c/ca-phe-390002", COFFEE, Outcome.GONE, AT + timedelta(days=1), status=404)
    to.see("c/ca-phe-390002", COFFEE, Outcome.GONE, AT + timedelta(days=3), status=404)
    to.see("c/bai-cu-390003", OLD, Outcome.GONE, AT + timedelta(days=4), status=404)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    path = tmp_path_factory.mktemp("browsing")
    with Archive(path) as archive:
        fill(archive)
    with serving(path / "archive.db") as datasette:
        yield datasette


def titles(site, path):
    return [article["title"] for article in get(site, path).json()["articles"]]


# -- by name and by day ----------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "found"), [
    ("/sections/kinh-te", ["Cà phê chín", "Ngô trên đồi"]),
    ("/sections/kinh-te/nong-nghiep", ["Ngô trên đồi"]),
    ("/sections/kinh-te%2Fnong-nghiep", ["Ngô trên đồi"]),
    (f"/authors/{quote('Lê Hoa')}", ["Cà phê chín", "Ngô trên đồi"]),
    ("/authors/le%20hoa", ["Cà phê chín", "Ngô trên đồi"]),
    (f"/authors/{quote('K’Brẻo')}", ["Ngô trên đồi"]),
    (f"/tags/{quote('Ngô')}", ["Ngô trên đồi"]),
    (f"/tags/{quote('A/B 100%', safe='')}", ["Ngô trên đồi"]),
    (f"/tags/{quote('A/B 100%')}", ["Ngô trên đồi"]),
    ("/days/2022-03-15", ["Ngô trên đồi"]),
    ("/days/2021-12-31", ["Bài cũ"]),
])  # fmt: skip
def test_a_page_and_its_data_list_the_same_articles_newest_first(site, path, found):
    page = get(site, path)
    assert page.status_code == 200
    assert re.findall(r"<h[23]><a [^>]*>([^<]+)</a>", page.text) == found
    data = get(site, f"{path}.json").json()
    assert [article["title"] for article in data["articles"]] == found
    assert (data["total"], data["next"]) == (len(found), None)
    assert f"{len(found)} bài" in page.text


def test_data_says_where_and_when(site):
    [article] = get(site, "/days/2022-03-15.json").json()["articles"]
    assert article.pop("id") > 0
    assert article == {
        "url": CORN, "title": "Ngô trên đồi", "section": "Nông nghiệp",
        "section_slug": "kinh-te/nong-nghiep", "authors": ["Lê Hoa", "K’Brẻo"],
        "published_at": "2022-03-15T08:05:00+07:00", "published_precision": "minute",
        "kind": "news",
    }  # fmt: skip


def test_a_section_is_headed_by_the_name_the_newspaper_prints(site):
    assert '<h1 lang="vi">Kinh tế</h1>' in get(site, "/sections/kinh-te").text


def test_teasers_are_those_of_the_front_page(site):
    def teasers(path):
        return re.findall(r'<li class="teaser".*?</li>', get(site, path).text, re.DOTALL)

    front = teasers("/")
    assert len(front) == 4
    assert [each for each in front if "Kinh tế" in each or "Nông nghiệp" in each] == teasers(
        "/sections/kinh-te"
    )


def test_a_day_leads_to_the_days_beside_it_that_have_articles(site):
    def beside(text):
        return re.findall(r'<a href="(/days/[\d-]{10})["?]', text)

    text = get(site, "/days/2022-03-15?lang=en").text
    assert beside(text) == ["/days/2021-12-31", "/days/2022-03-17"]
    assert "/days/2022-03?" not in text
    assert 'href="/days/2021-12-31?lang=en"' in text
    last = get(site, "/days/2022-03-17").text
    assert beside(last) == ["/days/2022-03-15"]


def test_pages_follow_each_other_and_end(tmp_path):
    names = [f"Bài {10000 + n}" for n in range(PAGE + 1)]
    with Archive(tmp_path) as archive:
        for name in names:
            slug = f"bai-{name[-5:]}"
            Writer(archive).keep(
                f"c/{slug}",
                an_article(
                    f"{HOST}/{slug}.html", name, authors=["Lê & Hoa"], published_at="2024-01-02"
                ),
            )
    with serving(tmp_path / "archive.db") as datasette:
        path = f"/authors/{quote('Lê & Hoa')}"
        first = get(datasette, path).text
        onward = unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
        second = get(datasette, onward).text
        data = get(datasette, f"{path}.json").json()
        rest = get(datasette, data["next"]).json()
        beyond = get(datasette, f"{path}?page=9")
    assert re.findall(r"Bài 1\d{4}(?=</a>)", first + second) == names[::-1]
    assert 'rel="next"' not in second
    assert [each["title"] for each in data["articles"] + rest["articles"]] == names[::-1]
    assert (data["total"], rest["next"]) == (PAGE + 1, None)
    assert (beyond.status_code, "Hết" in beyond.text) == (200, True)


@pytest.mark.parametrize(("path", "status"), [
    ("/sections/the-thao", 404), ("/sections/%20", 404), ("/sections//", 404),
    ("/authors/Ai%20%C4%91%C3%B3", 404), ("/authors/%00", 404), ("/authors/%22", 404),
    ("/authors/%FF", 404), ("/tags/khong-co", 404), (f"/tags/{quote('x' * 500)}", 404),
    ("/days/2022-03-16", 404), ("/days/9999-12-31", 404), ("/days/0001-01-01", 404),
    ("/days/2022-02-30", 400), ("/days/20220315", 400), ("/days/2022-W11-2", 400),
    ("/days/hom-qua", 400), ("/days/%EF%BC%92022-03-15", 400),
    ("/sections/kinh-te?page=0", 400), ("/corrections?page=x", 400),
    ("/days/2020", 404), ("/days?year=2020", 404), ("/days?year=x", 400),
])  # fmt: skip
def test_what_is_not_there_is_said_in_one_sentence(site, path, status):
    page = get(site, path)
    assert page.status_code == status
    assert len(re.findall(r"<p>[^<]+\.</p>", page.text.split("<main")[1].split("</main")[0])) == 1
    name, _, query = path.partition("?")
    data = get(site, f"{name}.json?{query}")
    assert data.status_code == status
    assert list(data.json()) == ["error"]


# -- what changed, what is gone --------------------------------------------------------------------


def test_corrections_show_the_latest_change_first_and_lead_to_the_history(site):
    text = get(site, "/corrections").text
    assert re.findall(r"<h[23]><a [^>]*>([^<]+)</a>", text) == ["Ngô trên đồi", "Bài cũ"]
    data = get(site, "/corrections.json").json()
    assert [each["changed_at"][:19] for each in data["articles"]] == [
        "2026-09-05T17:17:02", "2026-09-05T16:17:02",
    ]  # fmt: skip
    assert [each["version"] for each in data["articles"]] == [2, 3]
    for article in data["articles"]:
        assert f'href="/articles/{article["id"]}/history"' in text
    assert "Phiên bản 2, thấy từ 00:17 ngày 6/9/2026" in text
    assert data["total"] == 2


def test_disappeared_says_since_when_and_whether_it_was_checked_again(site):
    text = get(site, "/disappeared?lang=en").text
    assert re.findall(r"<h[23]><a [^>]*>([^<]+)</a>", text) == ["Bài cũ", "Cà phê chín"]
    data = get(site, "/disappeared.json").json()["articles"]
    assert [(each["title"], each["state_confirmed"]) for each in data] == [
        ("Bài cũ", False), ("Cà phê chín", True),
    ]  # fmt: skip
    assert [each["state_since"][:10] for each in data] == ["2026-09-09", "2026-09-06"]
    assert text.index("not yet checked on another day") < text.index("checked again on another day")
    assert "not found since 6 September 2026" in text


def test_an_archive_without_changes_says_so(tmp_path):
    with Archive(tmp_path):
        pass
    with serving(tmp_path / "archive.db") as datasette:
        for path in ("/sections", "/authors", "/tags", "/days"):
            assert get(datasette, path).status_code == 200
        for path in ("/corrections", "/disappeared"):
            page = get(datasette, path)
            assert (page.status_code, "Chưa thấy bài nào" in page.text) == (200, True)
            assert get(datasette, f"{path}.json").json()["articles"] == []


# -- lists and calendar ----------------------------------------------------------------------------


def test_sections_stand_above_their_children_and_count_them(site):
    assert [
        (each["slug"], each["name"], each["articles"])
        for each in get(site, "/sections.json").json()["sections"]
    ] == [
        ("kinh-te", "Kinh tế", 2), ("kinh-te/nong-nghiep", "Nông nghiệp", 1), ("xa-hoi", "Xã hội", 1),
    ]  # fmt: skip
    text = get(site, "/sections").text
    assert re.findall(r'<li class="child"><a href="([^"]+)"', text) == [
        "/sections/kinh-te/nong-nghiep"
    ]


def test_names_come_by_the_number_of_their_articles_and_lead_to_them(site):
    assert get(site, "/authors.json").json()["authors"][0] == {"name": "Lê Hoa", "articles": 2}
    for column in ("authors", "tags"):
        text = get(site, f"/{column}").text
        links = re.findall(rf'<li><a href="(/{column}/[^"]+)"', text)
        assert len(links) == len(get(site, f"/{column}.json").json()[column]) == 3
        assert all(get(site, unescape(link)).status_code == 200 for link in links)
        assert "50.000 bài mới nhất" in text


def test_the_calendar_has_a_link_for_each_day_with_articles(site):
    text = get(site, "/days").text
    assert re.findall(r'class="step-(\d)" href="([^"]+)" title="([^"]+)"', text) == [
        ("5", "/days/2022-03-15", "Thứ Ba, 15/3/2022: 1 bài"),
        ("5", "/days/2022-03-17", "Thứ Năm, 17/3/2022: 1 bài"),
    ]
    assert 'href="/days/2021"' in text
    for path in ("/days?year=2021", "/days/2021"):
        assert "Thứ Sáu, 31/12/2021: 1 bài" in get(site, path).text
    assert get(site, "/days/2021.json").json() == {
        "year": "2021", "days": {"2021-12-31": 1}, "years": ["2021", "2022"],
    }  # fmt: skip


def test_colours_have_five_steps():
    counts = dict(
        zip((f"2022-03-0{n}" for n in range(1, 7)), (1, 20, 21, 60, 80, 100), strict=True)
    )
    weeks = _months(2022, counts)["2022-03"]
    steps = {day.number: day.step for week in weeks for day in week if day}
    assert [steps[number] for number in range(1, 8)] == [1, 1, 2, 3, 4, 5, 0]
    assert [day and day.number for day in weeks[0]] == [None, 1, 2, 3, 4, 5, 6]


# -- ways in, and safety ---------------------------------------------------------------------------


def test_every_link_of_an_article_leads_to_a_page_that_lists_it(site):
    for article in get(site, "/corrections.json").json()["articles"]:
        text = get(site, f"/articles/{article['id']}?lang=en").text
        links = re.findall(r'href="(/(?:sections|authors|tags)/[^"]+)"', text)
        assert len(links) == (5 if article["url"] == CORN else 3)
        for link in links:
            assert f"/articles/{article['id']}?lang=en" in get(site, unescape(link)).text


@pytest.mark.parametrize("path", [
    f"/authors/{quote(SCRIPT)}", f"/tags/{quote(SCRIPT, safe='')}",
    f"/sections/{quote(SCRIPT)}", f"/days/{quote(SCRIPT)}", "/corrections", "/disappeared",
    "/authors", "/tags", "/sections", f"/days?year={quote(SCRIPT)}",
])  # fmt: skip
def test_nothing_from_outside_becomes_markup(site, path):
    page = get(site, path)
    assert "<script" not in page.text.lower()
    assert "<img src=x" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
