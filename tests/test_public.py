"""The address of the site: hosts that are refused, one below a path, and SQL that is open only on this machine."""

import asyncio
import http.client
import json
import re
from contextlib import closing, contextmanager
from urllib.parse import unquote, urlsplit

import pytest
from test_served import make
from test_web import address_of, articles, command

from archive.store import ArchiveError
from archive.web.public import Address, Hosts, at_its_address

ALWAYS = (
    "localhost", "localhost:8001", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.1:1", "127.9.8.7", "[::1]",
    "[::1]:8001",
    "[::ffff:127.0.0.1]",
)  # fmt: skip
FOREIGN = (
    "example.org", "example.org:8001", "localhost.example.org", "127.0.0.1.example.org", "127.0.0.1@example.org",
    "example.org@127.0.0.1", "a.localhost", "8.8.8.8", "[2001:db8::1]", "2130706433", "0x7f.1", "127.1", "", " ",
    "[::1",
    "localhost:8001:80", "localhost/", "localhost, example.org", "localhost\x00", "lôcalhost",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("public") / "archive"
    make(path)
    return path


@contextmanager
def site(folder, *options):
    """The command with these options; `ask(path, **headers)` gives status, headers and text."""
    with command(folder, *options) as process:
        address = urlsplit(address_of(process))

        def ask(path, method="GET", **headers):
            with closing(http.client.HTTPConnection("127.0.0.1", address.port, timeout=60)) as line:
                line.request(
                    method,
                    path,
                    headers={name.replace("_", "-"): text for name, text in headers.items()},
                )
                answer = line.getresponse()
                return answer.status, answer.headers, answer.read().decode()

        yield ask


# -- hosts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bound", [("127.0.0.1", "127.0.0.1"), ("192.168.1.5", "192.168.1.5"), ("0.0.0.0", "0.0.0.0")]
)
def test_this_machine_always_passes(bound):
    hosts = Hosts.of(*bound, Address.of("https://news.example.org/a/"))
    refused = [host for host in ALWAYS if not hosts.has(host)]
    assert refused == []
    assert hosts.has("news.example.org")
    assert hosts.has("NEWS.example.org:443")


def test_no_other_host_passes():
    hosts = Hosts.of("127.0.0.1", "127.0.0.1", None)
    passed = [host for host in FOREIGN if hosts.has(host)]
    assert passed == []
    assert not Hosts.of("127.0.0.1", "127.0.0.1", Address.of("https://a.example.org")).has(
        "example.org"
    )


def test_the_address_served_on_passes_and_any_number_where_all_are_served():
    one = Hosts.of("192.168.1.5", "192.168.1.5", None)
    assert one.has("192.168.1.5:8001")
    assert not one.has("192.168.1.6:8001")
    for bound in ("0.0.0.0", "::"):
        everywhere = Hosts.of(bound, bound, None)
        assert everywhere.has("192.168.1.6")
        assert everywhere.has("[2001:db8::1]:8001")
        assert not everywhere.has("example.org")
    assert Hosts.of("archive.lan", "192.168.1.5", None).has("archive.lan:8001")


@pytest.mark.parametrize("url", [
    "example.org", "ftp://example.org/", "https://", "https:///news", "https://a b/", "https://u:p@example.org/", "http://[x",
    "https://example.org/?q=1", "https://example.org/#a", "https://example.org/../x", "https://example.org/a b",
    "https://example.org/<x>", "https://example.org:99999/", "javascript:alert(1)", "//example.org",
])  # fmt: skip
def test_what_is_no_public_address_is_one_sentence(url):
    with pytest.raises(ArchiveError, match=re.escape(f"--public-url {url}: no address of a site")):
        Address.of(url)


@pytest.mark.parametrize(("url", "parts"), [
    ("https://example.org", ("https", "example.org", "")),
    ("https://example.org/news/", ("https", "example.org", "/news")),
    ("http://Example.org:8080/a/b", ("http", "example.org:8080", "/a/b")),
    ("https://báo.vn/", ("https", "xn--bo-mia.vn", "")),
    ("https://[2001:db8::1]:8443/", ("https", "[2001:db8::1]:8443", "")),
])  # fmt: skip
def test_a_public_address_is_taken_apart(url, parts):
    found = Address.of(url)
    assert (found.scheme, found.host, found.prefix) == parts


def test_a_foreign_host_is_refused_and_never_sent_back(folder):
    with site(folder) as ask:
        for path in (
            "/",
            "/feed.atom",
            "/archive.json?sql=select+1",
            "/opensearch.xml",
            "/nowhere",
            "/-/versions.json",
        ):
            status, headers, text = ask(path, Host="evil.example.org")
            assert status == 400
            assert "evil.example.org" not in text + str(headers)
            assert "access-control-allow-origin" not in headers
        assert json.loads(ask("/.json", Host="evil.example.org")[2])["error"]
        assert (
            ask("/.json", "OPTIONS", Host="evil.example.org", Origin="http://evil.example.org")[0]
            == 400
        )
        assert ask("/", "POST")[0] == 405
        forwarded = {
            "X_Forwarded_Host": "evil.example.org",
            "X_Forwarded_Proto": "https",
            "Forwarded": "host=evil.example.org",
        }
        for path in (
            "/feed.atom",
            "/opensearch.xml",
            f"/articles/{next(iter(articles(folder).values()))['id']}",
        ):
            status, headers, text = ask(path, Host="localhost:8001", **forwarded)
            assert status == 200
            assert "evil.example.org" not in text
            assert "http://localhost:8001/" in text
            assert "https://localhost" not in text


@pytest.mark.parametrize("path", [
    "//evil.example.org/", "///evil.example.org/", "/\\evil.example.org/", "//evil.example.org?lang=en",
])  # fmt: skip
def test_no_path_leads_to_another_host(folder, path):
    with site(folder) as ask:
        _, headers, text = ask(path)
        assert not re.match(r"//|/\\|http", headers.get("location", ""))
        assert not re.search(r'href="(?://|/\\)', text)


@pytest.mark.parametrize(("path", "shown"), [
    ("/news/", "/"), ("/news", "/"), ("/", "/"), ("/news/a", "/a"), ("/a", "/a"), ("/newspaper", "/newspaper"),
    ("/news//evil.example.org/", "/evil.example.org/"), ("//news//a", "/a"),
    ("/news/\\evil.example.org", "/evil.example.org"), ("/news/news/a", "/news/a"), ("/news/a%2Fb", "/a%2Fb"),
])  # fmt: skip
def test_the_path_in_front_is_never_shown_and_always_led_to(path, shown):
    sent = []

    async def app(scope, receive, send):
        sent.append((scope["raw_path"].decode(), scope["path"], scope["scheme"], scope["headers"]))
        for place in ("/a", "/news/a", "/newspaper", "https://other.example.org/"):
            headers = [(b"location", place.encode()), (b"link", b"/a")]
            await send({"type": "http.response.start", "status": 302, "headers": headers})

    async def send(message):
        sent.append(message["headers"])

    public = Address.of("https://example.org/news/")
    headers = [(b"host", b"127.0.0.1:8001"), (b"accept", b"*/*")]
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": unquote(path),
        "raw_path": path.encode(), "headers": headers,
    }  # fmt: skip
    site = at_its_address(app, Hosts.of("127.0.0.1", "127.0.0.1", public), public)
    asyncio.run(site(scope, None, send))
    kept = [(b"accept", b"*/*"), (b"host", b"example.org")]
    assert sent[0] == (shown, unquote(shown), "https", kept)
    assert [dict(each)[b"location"].decode() for each in sent[1:]] == [
        "/news/a", "/news/a", "/news/newspaper", "https://other.example.org/",
    ]  # fmt: skip
    assert all(dict(each)[b"link"] == b"/a" for each in sent[1:])


# -- SQL of one's own ------------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "is_open"), [
    ([], True),
    (["--no-sql"], False),
    (["--sql", "--no-sql"], False),
    (["--public-url", "https://example.org/"], False),
    (["--public-url", "https://example.org/", "--sql"], True),
    (["--host", "0.0.0.0"], False),
    (["--host", "0.0.0.0", "--sql"], True),
])  # fmt: skip
def test_sql_is_open_on_this_machine_only_unless_it_is_said(folder, options, is_open):
    with site(folder, *options) as ask:
        status, headers, text = ask("/archive.json?sql=select+1+as+one")
        assert status == (200 if is_open else 403), text
        assert "access-control-allow-origin" not in headers
        assert ask("/archive/articles?_where=1")[0] == (200 if is_open else 403)
        assert ask("/archive/articles.json")[0] == 200
        assert ("archive.json?sql" in ask("/api")[2]) == is_open
