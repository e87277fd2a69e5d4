"""The archives the browser is shown: a newspaper's, one full of malice, and an empty one."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import starting
from filelock import FileLock
from runs import COMMAND, crawl, environment, exported, lamdong

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

FILLER = 30  # articles: with these a search has a second page


@dataclass(frozen=True)
class Site:
    """A site being served: `url` without a slash at its end, and what its archive holds."""

    url: str
    articles: list[dict[str, Any]]
    names: dict[str, object] = field(default_factory=dict)

    def address(self, path: str) -> str:
        """Return a path with its names filled in: `{longform}` is the id of an article of that kind."""
        ids = {name: each["id"] for each in self.articles for name in _kinds(each)}
        return path.format_map(ids | self.names)

    def article(self, title: str) -> dict[str, Any]:
        return next(each for each in self.articles if title in each["title"])


def _kinds(article: dict[str, Any]) -> Iterator[str]:
    yield article["kind"]
    yield article["state"]
    yield from (block["type"] for block in article["blocks"])
    if article["versions"] > 1:
        yield "changed"
    if article["language"] == "en":
        yield "english"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of an archive that is made by whichever worker comes first."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            make(shared / f"{name}.unfinished")
            (shared / f"{name}.unfinished").rename(folder)
    return folder


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve an archive as a user does, with `lamdong serve`."""
    command = [*COMMAND, "serve", "--archive", str(folder), "--port", "0"]
    with starting.begin(command, env=environment(None), stderr=subprocess.PIPE, text=True) as it:
        try:
            line = it.stderr.readline() if it.stderr else ""
            found = re.search(r"http://\S+(?=/)", line)
            assert found, line
            yield Site(found[0], exported(folder))
        finally:
            it.send_signal(signal.SIGINT)


def make_newspaper(folder: Path) -> None:
    """Crawl the sample newspaper; then articles are edited, and one disappears."""
    newspaper = SampleNewspaper(troubles=False, filler=FILLER)
    with TemporaryDirectory() as certificates, Replica(newspaper, Path(certificates)) as replica:
        crawl(folder, replica)
        urls = newspaper.article_urls()
        edited = next(url for url in urls if "san-may" in url)
        newspaper.edit(edited, title="VIDEO: Ngắm mây buổi sớm trên đỉnh Du Sinh")
        gone = next(url for url in urls if "hom-nay" in url)
        newspaper.remove(gone)
        lamdong("crawl", "--archive", folder, edited, gone, replica=replica)
