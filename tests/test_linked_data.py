"""JSON-LD of an article: valid by schema.org's own shapes, and nothing in it can end its element."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import RDF, RDFS, SH, XSD
from test_web import (
    HOST,
    JPEG,
    LURE,
    PICTURE,
    SCRIPT,
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

from archive.store import Archive

# rdflib's own reader of JSON-LD still uses what rdflib itself is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")

SCHEMA = rdflib.Namespace("http://schema.org/")
ADDRESSES = ("url", "archivedAt", "mainEntityOfPage", "image")
# In schema.org since the shapes were made: a page of an archive that holds the work.
LATER = """
@prefix schema: <http://schema.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
schema:CreativeWork sh:property [ sh:path schema:archivedAt ; sh:nodeKind sh:IRI ; sh:maxCount 1 ] .
"""
BREAKING = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>&lt;/script&gt;\u2028\u2029",
    '"},"@type":"Thing","x":{"',
    "\\u003c/script\\u003e \\",
    "\x00\x07\x1b\x7f\ufffe\U0001f600",
    "\u202e" + SCRIPT,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("linked") / "lamdong-archive"
    with Archive(path) as archive:
        fill(archive)
        to = Writer(archive)
        to.keep("c/nguon-390500", an_article(
            f"{HOST}/nguon-390500.html", "Tin từ nơi khác", source="TTXVN", source_url="https://vnanet.vn/1",
            published_at="2026-09-05T10:00:00+07:00", precision="minute",
            modified_at="2026-09-05T11:00:00+07:00",
        ))  # fmt: skip
        for number, text in enumerate(BREAKING):
            to.keep(f"c/hiem-{number}", an_article(
                f"{HOST}/hiem-39060{number}.html", text, kicker=text, authors=[text], section=text,
                lead=text, tags=[text], source=text, source_url=LURE,
            ))  # fmt: skip
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


@pytest.fixture(scope="module")
def shapes():
    """The shapes pyshacl carries: for each class of schema.org its properties and their values."""
    graph = rdflib.Graph().parse(Path(pyshacl.__file__).parent / "assets" / "schema.ttl")
    return graph.parse(data=LATER, format="turtle")


class Scripts(HTMLParser):
    """What a browser takes for scripts: the attributes and the content of each."""

    def __init__(self, text):
        super().__init__()
        self.found, self._inside = [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag == "script":
            self.found.append((dict(attributes), ""))
            self._inside = True

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "script"

    def handle_data(self, data):
        if self._inside:
            attributes, text = self.found[-1]
            self.found[-1] = (attributes, text + data)


def linked_data(site, number):
    scripts = Scripts(get(site, f"/articles/{number}").text).found
    (content,) = (text for attributes, text in scripts if "src" not in attributes)
    return json.loads(content)


def graph_of(data):
    """The triples, read with the types of schema.org's context, which is not fetched."""
    typed = {name: {"@type": "@id"} for name in ADDRESSES}
    for name in ("datePublished", "dateModified"):
        kind = XSD.dateTime if "T" in data.get(name, "") else XSD.date
        typed[name] = {"@type": str(kind)}
    context = {"@vocab": str(SCHEMA), **typed}
    return rdflib.Graph().parse(data=json.dumps({**data, "@context": context}), format="json-ld")


def unknown_properties(graph, shapes):
    """SHACL lets pass what no shape speaks of; a name misspelt would be that."""
    for subject, name in set(graph.subject_predicates()):
        if name == RDF.type:
            continue
        classes = {up for kind in graph.objects(subject, RDF.type)
                   for up in shapes.transitive_objects(kind, RDFS.subClassOf)}  # fmt: skip
        known = {path for kind in classes for shape in shapes.objects(kind, SH.property)
                 for path in shapes.objects(shape, SH.path)}  # fmt: skip
        if name not in known:
            yield name


def faults(shapes, *data):
    graph = rdflib.Graph()
    for each in data:
        graph += graph_of(each)
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=shapes)
    return [*([] if conforms else [report]), *unknown_properties(graph, shapes)]


def test_every_article_is_valid_by_the_shapes_of_schema_org(site, folder, shapes):
    found = [linked_data(site, row["id"]) for row in articles(folder).values()]
    for data in found:
        assert (data["@context"], data["@type"]) == ("https://schema.org", "NewsArticle")
        if data.get("datePublished") == "2019-08":  # the shapes know whole days only
            data["datePublished"] += "-01"
    assert faults(shapes, *found) == []


@pytest.mark.parametrize(("name", "value"), [
    ("headlin", "x"), ("archivedAt", "keine Adresse ist das nicht"), ("datePublished", "hôm qua"),
    ("author", "x"), ("publisher", {"@type": "Person", "headline": "x"}), ("printPage", {"@type": "Person"}),
])  # fmt: skip
def test_the_shapes_find_what_is_wrong(site, folder, shapes, name, value):
    data = linked_data(site, articles(folder)[TODAY]["id"])
    if name == "archivedAt":
        value = [data[name], f"{data[name]}/x"]
    assert faults(shapes, data | {name: value}) != []


def test_it_says_what_the_page_says(site, folder):
    number = articles(folder)[TODAY]["id"]
    newspaper = {"name": "Báo Lâm Đồng", "url": "https://baolamdong.vn/"}
    assert linked_data(site, number) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": f"http://localhost/articles/{number}",
        "url": TODAY,
        "archivedAt": f"http://localhost/articles/{number}",
        "headline": "Một bài đủ thứ",
        "alternativeHeadline": "Dòng trên tựa",
        "description": "Sapo của bài.",
        "author": [{"@type": "Person", "name": "Lê Hoa"}, {"@type": "Person", "name": "K’Brẻo"}],
        "publisher": {"@type": "NewsMediaOrganization", **newspaper},
        "isPartOf": {"@type": "Newspaper", **newspaper},
        "isBasedOn": {
            "@type": "CreativeWork",
            "publisher": {"@type": "Organization", "name": "TTXVN"},
        },
        "datePublished": "2026-09-05T22:17:00+07:00",
        "articleSection": "Kinh tế",
        "keywords": ["Cà phê"],
        "inLanguage": "vi",
        "image": [f"http://localhost/captures/{capture_of(folder, PICTURE)}"],
    }
    assert get(site, f"/captures/{capture_of(folder, PICTURE)}").content == JPEG


def test_a_date_is_as_exact_as_it_is_known(site, folder):
    rows = articles(folder).values()
    found = {row["title"]: linked_data(site, row["id"]) for row in rows}
    assert found["Bóng đá"]["datePublished"] == "2019-08"
    assert found["Tin cũ"]["datePublished"] == "2022-03-15"
    assert "datePublished" not in found[BREAKING[0]]
    assert found["Tin từ nơi khác"]["dateModified"] == "2026-09-05T11:00:00+07:00"
    assert found["Tin từ nơi khác"]["isBasedOn"]["url"] == "https://vnanet.vn/1"


@pytest.mark.parametrize("number", range(len(BREAKING)))
def test_no_text_ends_the_element(site, folder, number):
    text = BREAKING[number]
    page = get(site, f"/articles/{articles(folder)[f'{HOST}/hiem-39060{number}.html']['id']}").text
    scripts = [script for script in Scripts(page).found if "src" not in script[0]]
    ((attributes, content),) = scripts
    assert attributes == {"type": "application/ld+json"}
    assert not re.search("[<>&\u2028\u2029]", content)
    data = json.loads(content)
    for name in ("headline", "alternativeHeadline", "description", "articleSection"):
        assert data[name] == text
    assert data["keywords"] == [text]
    assert data["author"] == [{"@type": "Person", "name": text}]
    assert data["@type"] == "NewsArticle"
    assert LURE not in content
