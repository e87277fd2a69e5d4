"""Damage an archive at random, one time at a time: verify names it, no command fails otherwise than with one sentence.

    python -m benchmarks.damage --damages 200

So many damages are done to the files in warc/, and as many to archive.db (`benchmarks.damages`). After one to the
database a rebuild must also give the same export, and leave nothing for `verify` to find.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner

from archive.verifying import faults
from archive.web.served import Allowed, served, tell_failures_briefly
from benchmarks.damages import BYTES, ROWS, WARC, Damage
from benchmarks.trials import Trial, run
from crawler import cores
from crawler.cli import cli
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.rebuilding import rebuild
from crawler.verifying import tools

KINDS = {"warc/": WARC, "archive.db": (*BYTES, *ROWS)}
ADDRESSES = (
    *("/", "/.json", "/articles/{}", "/articles/{}.json", "/articles/{}/history", "/search?q=l%C3%A2m"),
    *("/search.json?q=lam&sort=relevance", "/sections", "/authors", "/tags", "/days", "/corrections", "/disappeared"),
    *("/feed.atom", "/feed.json", "/status", "/status.json", "/export.jsonl", "/captures/3", "/archive/articles.json"),
    *("/archive/urls", "/url/https://baolamdong.vn/x"),
)  # fmt: skip
# What a command that reads an archive, or writes it, is called with; {} is an article's id, @ a file to write.
READING = ("status", "status --json", "search lam", "search lâm --json --sort newest", "export", "export --format json",
           "export --versions", "export --format wacz --output @", "verify", "verify --sample 5", "backup @",
           "rebuild --dry-run")  # fmt: skip
WRITING = ("withhold {} --why x", "release {}", "rebuild --index", "verify --repair", "import +")


def tried(archive: Path, seed: int, of: str, number: int) -> Trial:
    """Do one damage to a copy of an archive, to its warc/ or its archive.db; say what is not as it must be."""
    chance, kind = random.Random(f"{seed}/{of}/{number}"), KINDS[of][number % len(KINDS[of])]
    one_process = mock.patch.object(
        cores, "pool_size", lambda: 0
    )  # to begin others takes most of the time
    with tempfile.TemporaryDirectory() as temporary, one_process:
        folder = Path(shutil.copytree(archive, Path(temporary) / "archive"))
        damage = kind(folder, chance)
        article = _sound(archive)[0]["id"]
        wrong = [
            *_not_named(folder, damage),
            *_commands(folder, article),
            *wrong_pages(folder, article),
        ]
        if of == "archive.db":
            wrong += _rescued(folder, archive)
    told = f"{of}, number {number}: {damage.done}: {wrong[:4]}"
    return Trial(kind.__name__, of, told if wrong else "")


def _not_named(folder: Path, damage: Damage) -> Iterator[str]:
    """Yield what verify does not say."""
    said = list(faults(folder, tools(0)))
    if damage.named and not any(all(each in line for each in damage.named) for line in said):
        yield f"verify names no {damage.named}: {said[:3]}"


def _commands(folder: Path, article: int) -> Iterator[str]:
    """Yield the commands that end otherwise than with one sentence. What writes works on a copy."""
    source = next((folder / "warc").glob("*.warc.gz"))
    for number, line in enumerate((*READING, *WRITING)):
        copy = folder if line in READING else Path(shutil.copytree(folder, f"{folder}-{number}"))
        named = {"@": str(folder.with_name(f"out{number}")), "+": str(source)}
        if wrong := said(copy, [named.get(word, word) for word in line.format(article).split()]):
            yield f"`{line}`: {wrong}"


def said(folder: Path, words: list[str]) -> str:
    """Run a command; return how it ended otherwise than as it should: an exit status, one sentence for a failure."""
    done = CliRunner().invoke(cli, [*words, "--archive", str(folder)])
    error = done.exception
    if error is not None and not isinstance(error, SystemExit):
        return repr(error)
    if done.exit_code not in {0, 1, 3, 4}:
        return f"ended with {done.exit_code}: {done.stderr[-200:]}"
    is_told = done.exit_code != 1 or done.stderr.rstrip().rpartition("\n")[2].startswith("Error: ")
    return "" if is_told else f"not one sentence: {done.output[-300:]}"


def status_of(folder: Path, words: list[str]) -> int:
    """Run a command; return its exit status."""
    return CliRunner().invoke(cli, [*words, "--archive", str(folder)]).exit_code


def wrong_pages(folder: Path, article: int) -> list[str]:
    """Return the addresses of the site that answer otherwise than with a page, or with one sentence."""
    found = asyncio.run(_answers(folder, article))
    return [f"{address}: {wrong}" for address, wrong in found]


async def _answers(folder: Path, article: int) -> list[tuple[str, str]]:
    tell_failures_briefly()
    site, faults = served(folder, Allowed()), []
    for address in ADDRESSES:
        with contextlib.redirect_stderr(io.StringIO()) as told:
            try:
                status = (await site.client.get(address.format(article))).status_code
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                faults.append((address, repr(error)))
                continue
        if "Traceback" in told.getvalue():
            faults.append((address, f"{status} with a traceback: {told.getvalue()[-400:]}"))
    return faults


def _rescued(folder: Path, sound: Path) -> Iterator[str]:
    """Yield what is wrong after a rebuild: another export than that of the sound archive, or damage."""
    try:
        rebuild(folder, workers=0)
    except Exception as error:  # noqa: BLE001
        yield f"rebuild: {error!r}"
        return
    if exported(folder) != _sound(sound):
        yield "rebuild: another export than before"
    if faults := CliRunner().invoke(cli, ["verify", "--archive", str(folder)]).stdout:
        yield f"rebuild: verify says {faults[:300]}"


def exported(folder: Path) -> list[Any]:
    """Return what `lamdong export --versions` hands out."""
    done = CliRunner().invoke(cli, ["export", "--versions", "--archive", str(folder)])
    return [json.loads(line) for line in done.stdout.splitlines()]


_sound = cache(exported)  # of the archive that stays as it is


def archive_of(room: Path) -> Path:
    """Crawl a small archive of two WARC files, of which one is closed."""
    folder, crawl = room / "archive", [sys.executable, "-m", "crawler", "crawl", "--limit", "4"]
    with Replica(SampleNewspaper(troubles=False), room / "replica") as replica:
        for name in ("one", "another"):  # another operator begins another file
            contact = {"LAMDONG_CONTACT": f"{name}@example.org", "LAMDONG_DELAY": "0"}
            environment = {**os.environ, **replica.environment, **contact}
            subprocess.run(
                [*crawl, "--archive", str(folder)], env=environment, check=True, capture_output=True
            )
    assert len(list((folder / "warc").glob("*.warc.gz"))) == 2
    return folder


def all_of(wanted: argparse.Namespace) -> Iterator[Trial]:
    """Do all the damages, in two processes."""
    with tempfile.TemporaryDirectory(prefix="lamdong-damage-") as temporary:
        archive = archive_of(Path(temporary))
        if wrong := list(faults(archive, tools(0))):
            raise SystemExit(f"{archive}: it is not sound to begin with: {wrong[:3]}")
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            numbers = range(wanted.count)
            all_of = [(of, number) for number in numbers for of in KINDS]
            yield from pool.map(partial(tried, archive, wanted.seed), *zip(*all_of, strict=True))


def main(arguments: list[str] | None = None) -> int:
    """Damage, look, print."""
    return run(__doc__, "damages", all_of, arguments)


if __name__ == "__main__":
    sys.exit(main())
