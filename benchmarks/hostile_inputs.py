"""Hostile inputs by a seeded generator: no traceback, no time or memory beyond the bound, nothing outside the archive.

    python benchmarks/hostile_inputs.py --examples 20000 --kind page
    python benchmarks/hostile_inputs.py --examples 200

Most examples mutate a page, list, feed, answer or capture as the newspaper's: bytes flipped, parts cut, repeated,
nested, swapped; signs of the grammar put in. Packages and SQL are put together of what is nasty. What a reader may
raise is what its contract names; all else is a traceback. Some WARC and WACZ files are brought in by `lamdong import`
as well, which must end with a status it promises. Each kind is read in a process of its own.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import hostile_seeds as seeds
from click.testing import CliRunner
from hostile_answers import answered
from hostile_questions import asked, question
from hostile_seeds import ARTICLE, mutated

from archive.search.query import parse
from archive.warc import Damage, decoded, records
from crawler.cdx import read_index
from crawler.cli import cli
from crawler.discovery import read_listing
from crawler.layouts import read_page
from crawler.robots import RobotsTxt
from crawler.wacz import Wacz

SEEN: Final = datetime(2026, 11, 1, tzinfo=UTC)
MOST_SECONDS: Final = (
    3.0  # of processor; of the clock for SQL, where a function may take ten until its process ends
)
MOST_SECONDS_SQL: Final = 20.0
MOST_MEMORY: Final = 300  # MB
_EACH: Final = 10  # of so many files one is brought in
_STATUSES: Final = frozenset({0, 1, 2, 3, 4, 75})

Read = Callable[[bytes], object]
Reading = tuple[
    Read, Callable[[], int] | None
]  # and what tells the most memory of other processes, in bytes


@dataclass(slots=True)
class Kind:
    """How an example is made, what reads it in a folder, and what that may raise."""

    make: Callable[[Random], bytes]
    opened: Callable[[Path], AbstractContextManager[Reading]]
    raises: tuple[type[Exception], ...] = (ValueError,)


def _mutants(well: list[bytes]) -> Callable[[Random], bytes]:
    return lambda random: mutated(random, random.choice(well))


def _by(read: Callable[[bytes, Path], object]) -> Callable[[Path], AbstractContextManager[Reading]]:
    """What reads without anything open."""

    @contextmanager
    def opened(folder: Path) -> Iterator[Reading]:
        yield partial(_swapped, read, folder), None

    return opened


def _swapped(read: Callable[[bytes, Path], object], folder: Path, content: bytes) -> None:
    read(content, folder)


def _read_warc(content: bytes, folder: Path) -> None:
    path = folder / ("a.warc.gz" if content[:2] == b"\x1f\x8b" else "a.warc")
    path.write_bytes(content)
    try:
        for found in records(path):
            if not isinstance(found, Damage):
                decoded(found)
    finally:
        _bring(path, content)


def _read_wacz(content: bytes, folder: Path) -> None:
    (folder / "a.wacz").write_bytes(content)
    _bring(folder / "a.wacz", content)
    package = Wacz(folder / "a.wacz", folder)
    try:
        for part in package.parts:
            with package.unpacked(part) as path:
                list(records(path))
    finally:
        package.close()


def _bring(path: Path, content: bytes) -> None:
    """Let now and then the command read it."""
    if sum(content[-200:]) % _EACH:
        return
    given = ["import", "--archive", str(path.parent / "brought"), str(path)]
    done = CliRunner().invoke(cli, given)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise AssertionError("lamdong import") from done.exception
    assert done.exit_code in _STATUSES, done.exit_code
    assert "Traceback" not in done.output, done.output


def _read_index(content: bytes, folder: Path) -> None:
    (folder / "index").write_bytes(content)
    list(read_index(folder / "index"))


def _read_robots(content: bytes, _: Path) -> None:
    robots = RobotsTxt(content, "lamdong-news-archive")
    robots.allows(ARTICLE)
    assert robots.delay >= 0
    assert isinstance(robots.sitemaps, list)


@contextmanager
def _answered(folder: Path) -> Iterator[Reading]:
    with answered(folder) as take:
        yield take, None


def _list_of(url: str) -> Callable[[Path], AbstractContextManager[Reading]]:
    return _by(lambda body, _: read_listing(f"https://baolamdong.vn/{url}", body))


_QUERY: Final = '"cà phê" OR lũ -hạn tag:x NEAR(a b)'.encode()
KINDS: Final = {
    "page": Kind(
        _mutants(seeds.pages()), _by(lambda body, _: read_page(ARTICLE, body, "text/html", SEEN))
    ),
    "list": Kind(_mutants(seeds.lists()), _list_of("kinh-te")),
    "feed": Kind(_mutants(seeds.feeds()), _list_of("rss/home.rss")),
    "sitemap": Kind(_mutants(seeds.sitemaps()), _list_of("sitemap.xml")),
    "robots": Kind(_mutants(seeds.robots()), _by(_read_robots)),
    "headers": Kind(_mutants(seeds.headers()), _answered, ()),
    "warc": Kind(_mutants(seeds.warcs()), _by(_read_warc), (Damage,)),
    "wacz": Kind(seeds.wacz, _by(_read_wacz)),
    "cdx": Kind(_mutants(seeds.indexes()), _by(_read_index)),
    "query": Kind(_mutants([_QUERY]), _by(lambda text, _: parse(text.decode("utf-8", "replace")))),
    "sql": Kind(question, asked, ()),
}


@dataclass(slots=True)
class Told:
    """What became of the examples of one kind."""

    examples: int = 0
    refused: int = 0
    slowest: float = 0.0  # seconds
    tracebacks: int = 0
    outside: int = 0
    memory: int = 0  # MB, the most

    @property
    def is_well(self) -> bool:
        """Whether nothing broke; how long it took is for a person to judge."""
        return not self.tracebacks and not self.outside and self.memory <= MOST_MEMORY


def attack(name: str, examples: int, seed: int = 1) -> Told:
    """Read so many examples of a kind in a process of its own, which prints the first traceback."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_attack, name, examples, seed).result()


def _attack(name: str, examples: int, seed: int) -> Told:
    kind, told, random = KINDS[name], Told(), Random(f"{name} {seed}")
    clock = time.monotonic if name == "sql" else time.process_time
    with tempfile.TemporaryDirectory(prefix="hostile-") as around:
        folder = Path(around) / "archive"
        folder.mkdir()
        with kind.opened(folder) as (read, elsewhere):
            for _ in range(examples):
                content = kind.make(random)
                began = clock()
                _try(kind, read, content, told)
                told.examples += 1
                told.slowest = max(told.slowest, clock() - began)
                told.outside += [each.name for each in Path(around).iterdir()] != ["archive"]
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            told.memory = (elsewhere() if elsewhere else peak) // 2**20
    return told


def _try(kind: Kind, read: Read, content: bytes, told: Told) -> None:
    try:
        read(content)
    except kind.raises:
        told.refused += 1
    except Exception:  # noqa: BLE001 - that is what is looked for
        if not told.tracebacks:
            traceback.print_exc()
        told.tracebacks += 1


def main() -> int:
    """Attack each kind asked for; 1 where anything broke, took too long or too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    is_well = True
    for name in given.kind or KINDS:
        told = attack(name, given.examples, given.seed)
        print(
            f"{name:8} {told.examples:6} examples, {told.refused:6} refused, slowest {told.slowest:.2f} s,"
            f" peak {told.memory} MB, {told.tracebacks} tracebacks, {told.outside} written outside",
            flush=True,
        )
        most = MOST_SECONDS_SQL if name == "sql" else MOST_SECONDS
        is_well = is_well and told.is_well and told.slowest < most
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
