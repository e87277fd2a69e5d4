"""What `hostile_inputs.py` begins with: inputs as they ought to be, to be mutated, and packages and SQL as none is."""

import gzip
import io
import json
import struct
import warnings
import zipfile
from pathlib import Path
from random import Random
from typing import Final

ARTICLE: Final = "https://baolamdong.vn/mot-bai-viet-ve-mua-ca-phe-1234567.html"
PAGES: Final = sorted((Path(__file__).parent.parent / "tests" / "pages").rglob("*.html"))
_SIGNS: Final = (
    b"<", b">", b"<div>", b"<span>", b"<p>a", b"<table><tr><td>", b"<!--", b"<![CDATA[", b"&", b"&#0;", b"&#x110000;",
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b" ", b"'", b'"', b"{", b"[", b"]", b'{"@graph":', b"\\ud800", b"*",
    b"$", b"%", b"http://[x", b"//", b"../", b"01/01/0001", b"9" * 400, b"\xcc\x80", "Ảnh: ".encode(), b"WARC/1.0\r\n",
    b"\x1f\x8b\x08\0", b"Content-Length: 99999999999\r\n", b"NEAR", b"OR ", b"-", b"(", b"\xc2\xb2", b"; charset=",
    b"Sat, 05 Sep 99999999999 10:20:00 GMT", b"javascript:", b"=?utf-8?b?eA==?=", b"\x85", b"/*", b"--",
)  # fmt: skip


def mutated(random: Random, content: bytes) -> bytes:
    """Return it changed in up to six places; now and then a part again and again, up to half a megabyte."""
    for _ in range(random.randint(0, 6)):
        at, to = sorted(random.choices(range(len(content) + 1), k=2))
        to = min(to, at + random.choice((1, 8, 200, 4_000)))
        part = content[at:to]
        match random.randrange(7):
            case 0:
                content = content[:at] + content[to:]
            case 1:
                content = content[:at] + random.choice(_SIGNS) + content[at:]
            case 2:
                content = content[:at] + random.randbytes(len(part) % 50) + content[to:]
            case 3:
                content = content[:at] + part * random.choice((2, 10, 100)) + content[to:]
            case 4:
                content = (
                    content[:at] + random.choice(_SIGNS) * random.choice((10, 1_000)) + content[at:]
                )
            case 5:
                content = content[:at]
            case _:
                content = content[to:] + part + content[:at]
        content = content[: 2**19] if random.random() < 0.98 else content * 3
    return content


def pages() -> list[bytes]:
    """Return articles of every layout."""
    return [path.read_bytes() for path in PAGES]


def lists() -> list[bytes]:
    """Return a section's page, and one of JSON with the next."""
    links = "".join(
        f"<li><a href=/bai-{n}-{10_000 + n}.html>Tin {n}</a> 05/09/2026" for n in range(30)
    )
    more = json.dumps({"html": links, "next": "/api/more?page=2"})
    return [f"<html><body><ul>{links}</ul><a href=?page=2>sau</a>".encode(), more.encode()]


def feeds() -> list[bytes]:
    """Return a feed."""
    link = "<link>https://baolamdong.vn/a-{}.html</link>"
    item = f"<item><title>t</title>{link}<pubDate>Sat, 05 Sep 2026 10:20:00 +0700</pubDate></item>"
    items = "".join(item.format(10_000 + n) for n in range(20))
    return [f'<?xml version="1.0"?><rss><channel>{items}</channel></rss>'.encode()]


def sitemaps() -> list[bytes]:
    """Return a sitemap and an index of some."""
    url = "<url><loc>https://baolamdong.vn/a-{}.html</loc><lastmod>2026-09-05</lastmod></url>"
    urls = "".join(url.format(10_000 + n) for n in range(20))
    index = "<sitemap><loc>https://baolamdong.vn/sitemap-article-2026-09-05.xml</loc></sitemap>"
    return [
        f'<?xml version="1.0"?><urlset>{urls}</urlset>'.encode(),
        f"<sitemapindex>{index * 5}</sitemapindex>".encode(),
    ]


def robots() -> list[bytes]:
    """Return a robots.txt."""
    rules = "".join(f"Disallow: /a{n}*b$\nAllow: /a{n}/\n" for n in range(20))
    return [
        f"User-agent: *\nCrawl-delay: 1\n{rules}Sitemap: https://baolamdong.vn/s.xml\n".encode()
    ]


def headers() -> list[bytes]:
    """Return fields of answers, one a line, all that a crawl reads and some more."""
    common = b"Date: Sat, 05 Sep 2026 10:20:00 GMT\nContent-Type: text/html; charset=utf-8\nSet-Cookie: a=b; Path=/\n"
    body = b"Content-Encoding: gzip\nContent-Length: 1234\nTransfer-Encoding: chunked\nVary: Accept-Encoding\n"
    state = b'ETag: W/"abc-123"\nLast-Modified: Fri, 04 Sep 2026 10:20:00 GMT\nCache-Control: max-age=60\n'
    away = (
        b"Location: /m\xe1\xbb\x99t-b%C3%A0i-1234568.html?utm=1#a\nRetry-After: 120\nStatus: 200\n"
    )
    return [common + body + state + away, common + away, common + state, body + common]


def records(*, content: bytes | None = None) -> bytes:
    """Return a WARC record of a page, its gzip body within."""
    body = gzip.compress(PAGES[0].read_bytes() if content is None else content)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    fields = (
        f"WARC-Type: response\r\nWARC-Target-URI: {ARTICLE}\r\nWARC-Date: 2026-09-05T00:00:00Z\r\n"
    )
    block = head + body
    length = f"Content-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    return f"WARC/1.1\r\n{fields}{length}".encode() + block + b"\r\n\r\n"


def warcs() -> list[bytes]:
    """Return WARC files: plain, packed, packed twice over, a bomb, and hundreds of members without a byte."""
    plain = records()
    bomb = gzip.compress(records(content=b"<p>a" * 2_000_000))
    return [
        plain * 3,
        gzip.compress(plain) * 3,
        gzip.compress(gzip.compress(plain)),
        bomb,
        gzip.compress(b"") * 500 + gzip.compress(plain),
    ]


def indexes() -> list[bytes]:
    """Return an index of captures: CDX, packed, and as JSON."""
    line = (
        "vn,baolamdong)/a 20220101000000 https://baolamdong.vn/a-{}.html text/html 200 AAAA 123\n"
    )
    lines = "".join(line.format(10_000 + n) for n in range(20)).encode()
    more = (
        b'[["urlkey","original"],["a","https://baolamdong.vn/a-12345.html"]]',
        b'vn,baolamdong)/a 20220101000000 {"url": "https://baolamdong.vn/a-12345.html", "status": "200"}\n' * 9,
    )  # fmt: skip
    return [lines, gzip.compress(lines), *more]


_NAMES: Final = (
    "archive/a.warc.gz", "archive/a.warc.gz", "archive/b.warc", "archive/c.arc.gz", "archive/d.warc.zst",
    "archive/../../slip.warc.gz", "/slip.warc", "archive//slip.warc", "archive\\..\\..\\slip.warc", "../slip.warc",
    "C:\\slip.warc", "archive/" + "x" * 300 + ".warc", "archive/é\u202e.warc.gz", "archive/.warc", "archive/a.warc.gz/",
    "archive/inner.wacz", "archive/\x1b]0;x.warc", "pages/pages.jsonl",
)  # fmt: skip
_BESIDE: Final = (
    b"{}", b"{", b"[" * 5_000, b'{"resources": [{"path": "../../slip", "hash": "sha256:0", "bytes": -1}]}', b"\xff\0",
    b'{"resources": {"path": 5}}', b'{"wacz_version": "1e999", "resources": null}',
)  # fmt: skip


def wacz(random: Random) -> bytes:
    """Return a package whose names lead out of it, lie, repeat or link; bombs; one within another."""
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as file:
        warnings.simplefilter("ignore", UserWarning)  # of names that repeat
        for name in random.choices(_NAMES, k=random.randint(0, 8)):
            info = zipfile.ZipInfo(name, (random.choice((1980, 2026, 2107)), 1, 1, 0, 0, 0))
            info.compress_type = random.choice(
                (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)
            )
            info.external_attr = random.choice((0o120777, 0o100644, 0o040755, 0o010644)) << 16
            file.writestr(info, _content(random))
        file.writestr("datapackage.json", random.choice(_BESIDE))
        file.writestr("datapackage-digest.json", random.choice(_BESIDE))
        file.writestr("indexes/index.cdx.gz", mutated(random, random.choice(indexes())))
        file.comment = random.choice((b"", b"PK\5\6" * 20, b"x" * 60_000))
    content = bytearray(packed.getvalue())
    for _ in range(random.choice((0, 0, 1, 3))):
        _lie(random, content)
    return bytes(content) if random.random() < 0.7 else mutated(random, bytes(content))


def _content(random: Random) -> bytes:
    match random.randrange(5):
        case 0:
            return bytes(random.choice((10, 3_000_000, 20_000_000)))
        case 1:
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
                file.writestr("archive/a.warc.gz", bytes(1_000_000))
            return inner.getvalue()
        case 2:
            return b"/etc/passwd"  # what a link leads to
        case _:
            return mutated(random, random.choice(warcs()))


def _lie(random: Random, content: bytearray) -> None:
    """Let a header of a file within, or the end of the package, say something else: sizes, places, flags, ways."""
    mark = random.choice((b"PK\1\2", b"PK\3\4", b"PK\5\6"))
    places = [at for at in range(len(content) - 46) if content[at : at + 4] == mark][:50]
    if places:
        at = random.choice(places) + random.choice((6, 8, 10, 12, 16, 18, 20, 22, 24, 28, 30, 42))
        if at + 4 <= len(content):
            wrong = random.choice((0, 1, 2**16, 2**31, 2**32 - 1, random.randrange(2**32)))
            struct.pack_into("<L", content, at, wrong)
