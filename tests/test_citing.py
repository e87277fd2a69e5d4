"""Citations: read back by the parsers others use, whatever the newspaper printed."""

import re
from html import unescape

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from jsonschema import Draft202012Validator
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from test_web import (
    AT,
    HOST,
    LURE,
    SCRIPT,
    Writer,
    _no_tracebacks,  # noqa: F401 - a fixture
    an_article,
    articles,
    get,
    serving,
)

from archive.store import Archive

WHOLE = f"{HOST}/ca-phe-390400.html"
MONTH = f"{HOST}/thang-390401.html"
BARE = f"{HOST}/tron-390402.html"
HOSTILE = f"{HOST}/hiem-390403.html"
FOREIGN = "javascript:alert(1)//390404.html"
BREAKING = (
    "}}, note = {x}}\n@article{evil,\n title = {{",
    "\nER  - \r\nTY  - BOOK\u2028AU  - Evil\x85KW  - evil\x0bN1  - evil",
    r"\input{/etc/passwd} \write18{rm} {",
    "100% & #1 $x_1^2$ ~ <b> | \"q\" 'q' } @string{a = b}",
    "lùi \u202eetag\u2066 \u200f\x07\x1b",
    SCRIPT,
)
# What of CSL-JSON is used here, with the forms its own schema gives them.
_TEXT = {"type": "string", "minLength": 1, "pattern": r"^[^\n\r\u2028\u202e]*$"}
_DATE = {
    "type": "object",
    "required": ["date-parts"],
    "additionalProperties": False,
    "properties": {
        "date-parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "array",
                "minItems": 1,
                "maxItems": 3,
                "items": {"type": "integer", "minimum": 1},
            },
        }
    },
}
_NAME = {
    "type": "object",
    "required": ["literal"],
    "additionalProperties": False,
    "properties": {"literal": _TEXT},
}
_TEXTS = (
    "id", "title", "container-title", "section", "URL", "archive", "archive_location", "language", "abstract",
    "keyword", "note",
)  # fmt: skip
CSL = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "type", "title", "archive_location", "accessed"],
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(_TEXTS, _TEXT),
            "type": {"const": "article-newspaper"},
            "author": {"type": "array", "minItems": 1, "items": _NAME},
            "issued": _DATE,
            "accessed": _DATE,
        },
    },
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("citing") / "lamdong-archive"
    with Archive(path) as archive:
        to = Writer(archive)
        to.keep("c/ca-phe-390400", an_article(
            WHOLE, "Cà phê được mùa?", authors=["Lê Hoa", "K’Brẻo", "M.Đạo"], source="TTXVN",
            section="Kinh tế", section_slug="kinh-te", lead="Sapo.", tags=["Cà phê", "Giá"],
            published_at="2026-09-05T22:17:00+07:00", precision="minute",
        ))  # fmt: skip
        to.keep("c/thang-390401", an_article(MONTH, "Bóng đá", authors=["Lê Hoa"],
                published_at="2019-08", precision="month"))  # fmt: skip
        to.keep("c/tron-390402", an_article(BARE, "Không ai, không ngày"))
        for number, text in enumerate(BREAKING):
            to.keep(f"c/hiem-{number}", an_article(
                f"{HOST}/{text}-{number}.html", text, authors=[text, "Lê Hoa"], section=text, lead=text,
                tags=[text], source=text, published_at="2026-09-06", precision="day",
            ))  # fmt: skip
        to.keep("c/la-390404", an_article(FOREIGN, "Địa chỉ lạ"))
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


@pytest.fixture(scope="module")
def numbers(folder):
    return {url: row["id"] for url, row in articles(folder).items()}


def cited(site, number, ending="", query=""):
    answer = get(site, f"/articles/{number}/cite{ending}{query}")
    assert answer.status_code == 200
    return answer


def latex():
    """A reader of LaTeX that knows the commands for signs as LaTeX itself has them."""
    signs = {
        "textless": "<", "textgreater": ">", "textbar": "|", "textbraceleft": "{", "textbraceright": "}",
        "textasciicircum": "^", "textasciitilde": "~",
    }  # fmt: skip
    known = get_default_latex_context_db()
    macros = [MacroTextSpec(name, simplify_repl=sign) for name, sign in signs.items()]
    known.add_context_category("signs", prepend=True, macros=macros)
    return LatexNodes2Text(latex_context=known)


def fields_of(text, *middleware):
    library = bibtexparser.parse_string(text, append_middleware=middleware)
    assert not library.failed_blocks
    assert [type(block).__name__ for block in library.blocks] == ["Entry"]
    (entry,) = library.entries
    return entry.entry_type, {field.key: field.value for field in entry.fields}


def assert_braces_match(text):
    """BibTeX itself, unlike its other readers, counts a brace even behind a backslash."""
    depth = 0
    for place, sign in enumerate(text.strip()):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth > 0 or place < len("@article") or place == len(text.strip()) - 1
    assert depth == 0


def bibtex_of(site, number):
    """Kind and fields as LaTeX sets them; addresses stand in them as they are."""
    text = cited(site, number, ".bib").text
    assert_braces_match(text)
    kind, fields = fields_of(text, LatexDecodingMiddleware(decoder=latex()))
    return kind, fields | {k: v for k, v in fields_of(text)[1].items() if k == "url"}


def ris_of(site, number):
    content = cited(site, number, ".ris").content.decode()
    assert re.fullmatch(r"(?:[A-Z][A-Z0-9]  - [^\n\r]*\r\n)+", content)
    (record,) = rispy.loads(content)
    return record


def csl_of(site, number):
    found = cited(site, number, ".json").json()
    Draft202012Validator(CSL).validate(found)
    return found[0]


def plain(text):
    """What is left of a text in one line."""
    hidden = dict.fromkeys([0x202E, 0x2066, 0x200F, 0x07, 0x1B])
    return " ".join(text.split()).translate(hidden).strip()


def test_words_tell_who_what_where_when_in_two_languages(site, numbers):
    here = f"http://localhost/articles/{numbers[WHOLE]}"
    text = cited(site, numbers[WHOLE]).text
    found = [
        unescape(each) for each in re.findall(r'<p class="whole" lang="\w+">([^<]*)</p>', text)
    ]
    title = "“Cà phê được mùa?”. Báo Lâm Đồng"
    kept = "Bản lưu (phiên bản 1, thấy lần đầu 5/9/2026)"
    archived = "Archived (version 1, first seen 5 September 2026)"
    assert found == [
        f"Lê Hoa, K’Brẻo và M.Đạo. {title} (Nguồn: TTXVN), 5/9/2026. {WHOLE} {kept}: {here}",
        f"Lê Hoa, K’Brẻo and M.Đạo. {title} (Source: TTXVN), 5 September 2026. {WHOLE} {archived}: {here}",
    ]


def test_words_say_no_more_of_a_date_than_is_known(site, numbers):
    assert "Báo Lâm Đồng, tháng 8/2019. " in cited(site, numbers[MONTH]).text
    assert "Báo Lâm Đồng, August 2019. " in cited(site, numbers[MONTH]).text
    bare = unescape(cited(site, numbers[BARE]).text)
    assert ">“Không ai, không ngày”. Báo Lâm Đồng, không rõ ngày đăng. https" in bare
    assert ">“Không ai, không ngày”. Báo Lâm Đồng, n.d. https" in bare


def test_bibtex_is_read_back(site, numbers):
    number = numbers[WHOLE]
    kind, fields = bibtex_of(site, number)
    assert kind == "article"
    assert fields == {
        "title": "Cà phê được mùa?",
        "author": "Lê Hoa and K’Brẻo and M.Đạo",
        "journal": "Báo Lâm Đồng",
        "date": "2026-09-05",
        "year": "2026",
        "month": "sep",
        "url": WHOLE,
        "urldate": "2026-09-05",
        "keywords": "Cà phê, Giá",
        "abstract": "Sapo.",
        "langid": "vietnamese",
        "note": "Nguồn: TTXVN. Bản lưu (phiên bản 1, thấy lần đầu 5/9/2026):"
        f" http://localhost/articles/{number}",
    }
    assert "author = {{Lê Hoa} and {K’Brẻo} and {M.Đạo}}" in cited(site, number, ".bib").text


def test_ris_is_read_back(site, numbers):
    number = numbers[WHOLE]
    record = ris_of(site, number)
    here = f"http://localhost/articles/{number}"
    note = f"Nguồn: TTXVN. Bản lưu (phiên bản 1, thấy lần đầu 5/9/2026): {here}"
    assert record == {
        "type_of_reference": "NEWS",
        "title": "Cà phê được mùa?",
        "authors": ["Lê Hoa", "K’Brẻo", "M.Đạo"],
        "secondary_title": "Báo Lâm Đồng",
        "section": "Kinh tế",
        "year": "2026",
        "date": "2026/09/05/",
        "language": "vi",
        "abstract": "Sapo.",
        "keywords": ["Cà phê", "Giá"],
        "urls": [WHOLE],
        "access_date": "2026/09/05/",
        "name_of_database": "Kho lưu trữ Báo Lâm Đồng",
        "unknown_tag": {"AV": [here]},
        "notes": [note],
    }


def test_csl_is_valid_and_whole(site, numbers):
    item = csl_of(site, numbers[WHOLE])
    assert item["author"] == [{"literal": name} for name in ("Lê Hoa", "K’Brẻo", "M.Đạo")]
    assert item["issued"] == {"date-parts": [[2026, 9, 5]]}
    assert item["accessed"] == {"date-parts": [[AT.year, AT.month, AT.day]]}
    assert (item["URL"], item["container-title"]) == (WHOLE, "Báo Lâm Đồng")
    assert item["archive_location"] == f"http://localhost/articles/{numbers[WHOLE]}"


def test_a_month_stays_a_month_and_no_date_none(site, numbers):
    fields = bibtex_of(site, numbers[MONTH])[1]
    assert (fields["date"], fields["year"], fields["month"]) == ("2019-08", "2019", "aug")
    assert ris_of(site, numbers[MONTH])["date"] == "2019/08//"
    assert csl_of(site, numbers[MONTH])["issued"] == {"date-parts": [[2019, 8]]}
    assert not {"date", "year", "month", "author"} & set(bibtex_of(site, numbers[BARE])[1])
    assert not {"date", "year", "authors"} & set(ris_of(site, numbers[BARE]))
    assert not {"issued", "author"} & set(csl_of(site, numbers[BARE]))


@pytest.mark.parametrize("number", range(len(BREAKING)))
def test_no_text_breaks_out_of_its_field(site, folder, number):
    (article,) = (
        row for row in articles(folder).values() if row["url"].endswith(f"-{number}.html")
    )
    text = plain(BREAKING[number])
    fields = bibtex_of(site, article["id"])[1]
    names = {"title", "author", "journal", "date", "year", "month", "url", "urldate", "keywords", "abstract",
             "langid", "note"}  # fmt: skip
    assert set(fields) <= names
    assert fields["title"] == text
    assert fields["author"] == f"{text} and Lê Hoa"
    record = ris_of(site, article["id"])
    assert (record["title"], record["authors"]) == (text, [text, "Lê Hoa"])
    assert record["keywords"] == [text]
    item = csl_of(site, article["id"])
    assert (item["title"], item["section"], item["abstract"]) == (text, text, text)
    for url in (fields["url"], record["urls"][0], item["URL"]):
        assert re.fullmatch(r"https://baolamdong\.vn/[!-~]+", url)
        assert not re.search(r"""[\\{}<>"]""", url)
    page = cited(site, article["id"]).text
    assert "<script>" not in page
    assert unescape(page).count(text) >= 4
    assert "\u202e" not in re.sub(r"<(?:title|a)\b.*?</(?:title|a)>", "", page)


def test_a_title_of_a_megabyte_is_cited_by_its_beginning(tmp_path):
    with Archive(tmp_path) as archive:
        Writer(archive).keep("c/dai", an_article(f"{HOST}/dai-1.html", "{dài " * 200_000))
    with serving(tmp_path / "archive.db") as datasette:
        number = get(datasette, "/search.json").json()["hits"][0]["id"]
        title = ("{dài " * 400)[:2_000] + "…"
        assert bibtex_of(datasette, number)[1]["title"] == title
        assert ris_of(datasette, number)["title"] == csl_of(datasette, number)["title"] == title
        assert len(cited(datasette, number).content) < 100_000


def test_what_is_no_web_address_is_left_out(site, numbers):
    number = numbers[FOREIGN]
    for found in (cited(site, number, end).text for end in ("", ".bib", ".ris", ".json")):
        assert LURE.partition(":")[0] not in found


@pytest.mark.parametrize(("ending", "kind"), [
    (".bib", "application/x-bibtex; charset=utf-8"),
    (".ris", "application/x-research-info-systems; charset=utf-8"),
])  # fmt: skip
def test_downloads_have_their_kind_and_a_name(site, numbers, ending, kind):
    answer = cited(site, numbers[WHOLE], ending, "?lang=en")
    assert answer.headers["content-type"] == kind
    name = f'attachment; filename="baolamdong-{numbers[WHOLE]}{ending}"'
    assert answer.headers["content-disposition"] == name
    assert "Archived (version 1, first seen 5 September 2026)" in answer.text


def test_the_pages_lead_to_each_other(site, numbers):
    number = numbers[WHOLE]
    assert (
        f'href="/articles/{number}/cite?lang=en"' in get(site, f"/articles/{number}?lang=en").text
    )
    page = cited(site, number, query="?lang=en").text
    for ending in ("", "/cite.bib", "/cite.ris", "/cite.json"):
        assert f'href="/articles/{number}{ending}?lang=en"' in page


@pytest.mark.parametrize("ending", ["", ".bib", ".ris", ".json"])
def test_an_unknown_article_is_one_sentence(site, ending):
    answer = get(site, f"/articles/1/cite{ending}?lang=en")
    assert answer.status_code == 404
    assert "The archive has no article 1." in answer.text
