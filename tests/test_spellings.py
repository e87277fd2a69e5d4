"""What is withheld is known in every spelling of its addresses and by its title: in no public output stands either."""

import gzip
import html
import json
import zipfile
from urllib.parse import quote

import pytest
from runs import lamdong as run
from runs import queried
from test_holding import WHY, everything, lamdong
from test_web import AT, Writer, _no_tracebacks, an_article, articles, fill, get, serving  # noqa: F401

from archive.model import Found, Look, Outcome
from archive.spellings import is_named, names_of, one_spelling, texts_of
from archive.warc import records
from crawler.opening import open_archive

TITLE = "Mưa đầu mùa về trên đất cà phê Di Linh"
SLUG = "mưa-đầu-mùa-về-trên-đất-cà-phê-di-linh-460101"
URL = f"https://baolamdong.vn/{quote(SLUG)}.html"
OLD = "https://baolamdong.vn/kinhte/202212/mua-dau-mua-3159876/"
HEX = "https://baolamdong.vn/kinh-te/202303/mưa-đầu-mùa-b77e512/"
NFD = "mưa-đầu-mùa-về-trên-đất-cà-phê-di-linh-460101"
NAMES = names_of([URL, "c/" + SLUG, OLD, HEX], [TITLE])


def entities(text):
    return "".join(f"&#{ord(each)};" if ord(each) > 127 else each for each in text)


LINKS = {
    "percent, upper case": f'<a href="{URL}">x</a>',
    "percent, lower case": f'<a href="/{quote(SLUG).lower()}.html">x</a>',
    "raw": f'<a href="https://m.baolamdong.vn/{SLUG}.html">x</a>',
    "letters and marks": f'<a href="/{NFD}.html">x</a>',
    "entities": f'<a href="/{entities(SLUG)}.html">x</a>',
    "hexadecimal entities": "".join(f"&#x{ord(each):X};" for each in f"/{SLUG}.html"),
    "JSON": json.dumps({"html": f'<a href="/{SLUG}.html">x</a>'}),
    "JSON with its strokes": json.dumps(URL).replace("/", "\\/"),
    "JSON in JSON": json.dumps(json.dumps([SLUG])),
    "entities of JSON": html.escape(json.dumps(f"/{SLUG}.html")),
    "percent of percent": quote(URL),
    "escape()": "".join(f"%u{ord(each):04X}" if ord(each) > 127 else each for each in SLUG),
    "another slug, the same number": '<a href="/tin-khac-460101.html?utm=1#a">x</a>',
    "the numbered address": "http://www.baolamdong.vn/kinhte/202212/mua-dau-mua-3159876",
    "its number alone": '<a href="/kinh-te/202212/3159876/">x</a>',
    "the hexadecimal address": '<a href="/kinh-te/202303/tin-b77e512/">x</a>',
    "the title": f"<li>{TITLE}</li>",
    "the title in capitals": TITLE.upper(),
    "the title with tags": TITLE.replace("cà", "<b>cà</b>").replace("Mưa", "<i>M</i>ưa"),
    "the title in entities": entities(TITLE),
    "the title without marks": "Mua dau mua ve tren dat ca phe Di Linh",
    "the title over lines": TITLE.replace(" ", "\n  "),
    "the title in JSON": json.dumps({"t": TITLE}),
    "the title with soft hyphens": TITLE.replace("phê", "ph\u00adê"),
}
OTHERS = (
    '<a href="/tin-khac-460102.html">Nắng đầu mùa về trên đất cà phê Di Linh</a>',
    '<a href="/tin-4601010.html">Tin 460101, gọi 0263.460.101</a>',
    json.dumps({"n": 460101}),
)


@pytest.mark.parametrize("name", LINKS)
def test_every_spelling_is_known(name):
    for content in (LINKS[name].encode(), LINKS[name].encode("utf-16")):
        assert is_named(NAMES, texts_of(content))
        assert is_named(NAMES, texts_of(gzip.compress(content)))


@pytest.mark.parametrize("other", OTHERS)
def test_others_are_not_taken_for_it(other):
    assert not is_named(NAMES, texts_of(other.encode()))


def test_a_title_of_two_words_names_nothing():
    assert names_of([], ["Giá vàng", "Tin vắn"]) == frozenset()
    assert one_spelling(TITLE) in names_of([], [TITLE])


@pytest.fixture
def folder(tmp_path):
    """An archive with an article whose slug is not ASCII, withheld, and captures that name it."""
    path = tmp_path / "lamdong-archive"
    with open_archive(path) as archive:
        fill(archive)
        to = Writer(archive)
        found = Found(
            "c/" + SLUG, URL, f"https://baolamdong.vn/{SLUG}.html", "article", title=TITLE
        )
        archive.found([found], AT)
        entry = archive.urls.entry("c/" + SLUG)
        capture = to.capture(URL, b"the page")
        archive.keep(Look(entry.id, AT, Outcome.LIVE, 200, capture, an_article(URL, title=TITLE)))
        for number, (name, link) in enumerate(LINKS.items()):
            if "numbered" in name or "hexadecimal address" in name or "number alone" in name:
                continue
            for packed in (False, True):
                url = f"https://baolamdong.vn/list-{number}-{packed}"
                body = gzip.compress(link.encode()) if packed else link.encode()
                listing = archive.urls.listing(url, AT)
                archive.keep(Look(listing.id, AT, Outcome.LIVE, 200, to.capture(url, body)))
    lamdong("withhold", articles(path)[URL]["id"], "--why", WHY, folder=path)
    return path


def words_in(content):
    plain = one_spelling(content.decode("utf-8", "replace"))
    return [name for name in names_of([], [TITLE]) if name in plain] + [
        word for word in (TITLE, TITLE.upper()) if word in content.decode("utf-8", "replace")
    ]


def test_no_public_output_shows_it(folder):
    with serving(folder / "archive.db") as site:
        answers = everything(site)
    captures = {path: each for path, each in answers.items() if path.startswith("/captures/")}
    assert len([each for each in captures.values() if each.status_code == 410]) > 2 * len(LINKS) - 8
    # The addresses themselves stay in the tables, so that one asked for can be said to be withheld.
    told = {
        path: words_in(each.content) for path, each in answers.items() if "/archive" not in path
    }
    assert {path: said for path, said in told.items() if said} == {}
    assert len(told) > 30


def test_what_is_too_long_to_be_looked_through_is_not_shown_while_anything_is_withheld(
    folder, monkeypatch
):
    monkeypatch.setattr("archive.web.captures._LOOKED_THROUGH", 10)
    answers = []
    (withheld,) = queried(folder, "SELECT subject FROM withheld")
    for command in ((), ("release", withheld["subject"])):
        if command:
            lamdong(*command, folder=folder)
        with serving(folder / "archive.db") as site:
            answers.append(get(site, "/captures/2"))
    assert [answer.status_code for answer in answers] == [403, 200]
    assert "warc/" in answers[0].text


def test_no_package_holds_it(folder, tmp_path):
    package = tmp_path / "a.wacz"
    done = run("export", "--archive", folder, "--format", "wacz", "--output", package)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(package) as opened:
        for name in opened.namelist():
            if name.endswith(".warc.gz"):
                part = tmp_path / "part.warc.gz"
                part.write_bytes(opened.read(name))
                found = [each for each in records(part) if each.type == "response"]
    assert found
    for each in found:
        assert not is_named(names_of([URL], [TITLE]), texts_of(each.head, each.body))
