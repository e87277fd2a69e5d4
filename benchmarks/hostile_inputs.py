"""Hostile inputs by a seeded generator: no traceback, no time or memory beyond the bound, nothing outside the archive.

    python benchmarks/hostile_inputs.py --examples 20000 --kind page
    python benchmarks/hostile_inputs.py --examples 200

Each example mutates a page, list, feed or capture of the sample newspaper: bytes flipped, parts cut, repeated, nested,
swapped; signs of the grammar put in. What a reader may raise is what its contract names; all else is a traceback.
"""

import argparse
import gzip
import io
import json
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from archive.search.query import parse
from archive.warc import Damage, decoded, records
from crawler.cdx import read_index
from crawler.discovery import read_listing
from crawler.layouts import read_page
from crawler.robots import RobotsTxt
from crawler.wacz import Wacz
from crawler.waiting import retry_after

SEEN: Final = datetime(2026, 11, 1, tzinfo=UTC)
ARTICLE: Final = "https://baolamdong.vn/mot-bai-viet-ve-mua-ca-phe-1234567.html"
PAGES: Final = sorted((Path(__file__).parent.parent / "tests" / "pages").rglob("*.html"))
MOST_SECONDS: Final = 3.0
_SIGNS: Final = (
    b"<", b">", b"<div>", b"<span>", b"<p>a", b"<table><tr><td>", b"<!--", b"<![CDATA[", b"&", b"&#0;", b"&#x110000;",
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b" ", b"'", b'"', b"{", b"[", b"]", b'{"@graph":', b"\\ud800", b"*",
    b"$", b"%", b"http://[x", b"//", b"../", b"01/01/0001", b"9" * 400, b"\xcc\x80", "Ảnh: ".encode(), b"WARC/1.0\r\n",
    b"\x1f\x8b\x08\0", b"Content-Length: 99999999999\r\n", b"NEAR", b"OR ", b"-", b"(",
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


@dataclass(slots=True)
class Kind:
    """What is mutated, what reads it, and what that may raise."""

    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes, Path], object]
    raises: tuple[type[Exception], ...] = (ValueError,)


def _pages() -> list[bytes]:
    return [path.read_bytes() for path in PAGES]


def _lists() -> list[bytes]:
    links = "".join(
        f"<li><a href=/bai-{n}-{10_000 + n}.html>Tin {n}</a> 05/09/2026" for n in range(30)
    )
    more = json.dumps({"html": links, "next": "/api/more?page=2"})
    return [f"<html><body><ul>{links}</ul><a href=?page=2>sau</a>".encode(), more.encode()]


def _feeds() -> list[bytes]:
    link = "<link>https://baolamdong.vn/a-{}.html</link>"
    item = f"<item><title>t</title>{link}<pubDate>Sat, 05 Sep 2026 10:20:00 +0700</pubDate></item>"
    items = "".join(item.format(10_000 + n) for n in range(20))
    return [f'<?xml version="1.0"?><rss><channel>{items}</channel></rss>'.encode()]


def _sitemaps() -> list[bytes]:
    url = "<url><loc>https://baolamdong.vn/a-{}.html</loc><lastmod>2026-09-05</lastmod></url>"
    urls = "".join(url.format(10_000 + n) for n in range(20))
    index = "<sitemap><loc>https://baolamdong.vn/sitemap-article-2026-09-05.xml</loc></sitemap>"
    return [
        f'<?xml version="1.0"?><urlset>{urls}</urlset>'.encode(),
        f"<sitemapindex>{index * 5}</sitemapindex>".encode(),
    ]


def _robots() -> list[bytes]:
    rules = "".join(f"Disallow: /a{n}*b$\nAllow: /a{n}/\n" for n in range(20))
    return [
        f"User-agent: *\nCrawl-delay: 1\n{rules}Sitemap: https://baolamdong.vn/s.xml\n".encode()
    ]


def _warcs() -> list[bytes]:
    body = gzip.compress(PAGES[0].read_bytes())
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    fields = (
        f"WARC-Type: response\r\nWARC-Target-URI: {ARTICLE}\r\nWARC-Date: 2026-09-05T00:00:00Z\r\n"
    )
    block = head + body
    length = f"Content-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    record = f"WARC/1.1\r\n{fields}{length}".encode() + block + b"\r\n\r\n"
    return [record * 3, gzip.compress(record) * 3]


def _waczs() -> list[bytes]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in (
            "archive/a.warc.gz",
            "archive/../../slip.warc.gz",
            "/slip.warc",
            "archive/b.warc",
        ):
            file.writestr(name, _warcs()[1])
        file.writestr("datapackage.json", "{}")
        file.writestr("indexes/index.cdx", "a 2026 {")
    return [packed.getvalue()]


def _indexes() -> list[bytes]:
    line = (
        "vn,baolamdong)/a 20220101000000 https://baolamdong.vn/a-{}.html text/html 200 AAAA 123\n"
    )
    lines = "".join(line.format(10_000 + n) for n in range(20)).encode()
    return [
        lines,
        gzip.compress(lines),
        b'[["urlkey","original"],["a","https://baolamdong.vn/a-12345.html"]]',
    ]


def _read_warc(content: bytes, folder: Path) -> None:
    path = folder / ("a.warc.gz" if content[:2] == b"\x1f\x8b" else "a.warc")
    path.write_bytes(content)
    for found in records(path):
        if not isinstance(found, Damage):
            decoded(found)


def _read_wacz(content: bytes, folder: Path) -> None:
    (folder / "a.wacz").write_bytes(content)
    package = Wacz(folder / "a.wacz", folder)
    try:
        for part in package.parts:
            with package.unpacked(part) as path:
                list(records(path))
    finally:
        package.close()


def _read_index(content: bytes, folder: Path) -> None:
    (folder / "index").write_bytes(content)
    list(read_index(folder / "index"))


def _read_robots(content: bytes, _: Path) -> None:
    robots = RobotsTxt(content, "lamdong-news-archive")
    robots.allows(ARTICLE)
    assert robots.delay >= 0
    assert isinstance(robots.sitemaps, list)


# SQL of one's own runs in a process of its own with bounds of its own; it is no kind here yet.
KINDS: Final = {
    "page": Kind(_pages, lambda body, _: read_page(ARTICLE, body, "text/html", SEEN)),
    "list": Kind(_lists, lambda body, _: read_listing("https://baolamdong.vn/kinh-te", body)),
    "feed": Kind(_feeds, lambda body, _: read_listing("https://baolamdong.vn/rss/home.rss", body)),
    "sitemap": Kind(
        _sitemaps, lambda body, _: read_listing("https://baolamdong.vn/sitemap.xml", body)
    ),
    "robots": Kind(_robots, _read_robots),
    "headers": Kind(
        lambda: [b"120", b"Sat, 05 Sep 2026 10:20:00 GMT"], lambda value, _: retry_after(value)
    ),
    "warc": Kind(_warcs, _read_warc, (Damage,)),
    "wacz": Kind(_waczs, _read_wacz),
    "cdx": Kind(_indexes, _read_index),
    "query": Kind(
        lambda: ['"cà phê" OR lũ -hạn tag:x NEAR(a b)'.encode()],
        lambda text, _: parse(text.decode("utf-8", "replace")),
    ),
}


@dataclass(slots=True)
class Told:
    """What became of the examples of one kind."""

    examples: int = 0
    refused: int = 0
    slowest: float = 0.0  # seconds of processor
    tracebacks: int = 0
    outside: int = 0

    @property
    def is_well(self) -> bool:
        """Whether nothing broke; how long it took is for a person to judge."""
        return not self.tracebacks and not self.outside


def attack(name: str, examples: int, seed: int = 1) -> Told:
    """Read so many examples of a kind; print the first traceback."""
    kind, told, random = KINDS[name], Told(), Random(f"{name} {seed}")
    seeds = kind.seeds()
    with tempfile.TemporaryDirectory(prefix="hostile-") as around:
        folder = Path(around) / "archive"
        folder.mkdir()
        for _ in range(examples):
            content = mutated(random, random.choice(seeds))
            began = time.process_time()
            try:
                kind.read(content, folder)
            except kind.raises:
                told.refused += 1
            except Exception:  # noqa: BLE001 - that is what is looked for
                if not told.tracebacks:
                    traceback.print_exc()
                told.tracebacks += 1
            told.examples += 1
            told.slowest = max(told.slowest, time.process_time() - began)
            told.outside += [each.name for each in Path(around).iterdir()] != ["archive"]
    return told


def main() -> int:
    """Attack each kind asked for; 1 where anything broke or took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    is_well = True
    for name in asked.kind or KINDS:
        told = attack(name, asked.examples, asked.seed)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{name:8} {told.examples:6} examples, {told.refused:6} refused, slowest {told.slowest:.2f} s,"
            f" peak {peak} MB, {told.tracebacks} tracebacks, {told.outside} written outside",
            flush=True,
        )
        is_well = is_well and told.is_well and told.slowest < MOST_SECONDS
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
