"""Let other people's tools judge the WARC files of an archive: warcio, FastWARC and gzip.

    python -m benchmarks.validity --archive lamdong-archive

Without --archive it is the sample newspaper with its troubles, crawled twice. Printed are files, records by type and
what each tool found (warcio looks at no payload of a revisit); the exit status is 1 where one found something wrong.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from archive.fixity import closed, closed_faults
from archive.warc import Record, records
from archive.warc_content import is_unchanged
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from runs import crawl

Judged = tuple[int, list[str]]  # how many were looked at, and what is wrong


@contextmanager
def sample() -> Iterator[Path]:
    """An archive of the sample newspaper, crawled twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Replica(SampleNewspaper(), folder / "replica") as replica:
            crawl(folder / "archive", replica)
            crawl(folder / "archive", replica)
        yield folder / "archive"


def by_gzip(path: Path) -> Judged:
    """`gzip -t`: every member is whole."""
    done = subprocess.run(["gzip", "-t", path], capture_output=True, text=True, check=False)
    return 1, [done.stderr.strip()] if done.returncode else []


def by_warcio(path: Path) -> Judged:
    """`warcio check`: all digests of all records."""
    command = [sys.executable, "-c", "from warcio.cli import main; main()", "check", "-v", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    wrong = [line.strip() for line in lines if "fail" in line or "error" in line.lower()]
    if done.returncode and not wrong:
        wrong = done.stderr.splitlines()[-1:]
    return sum("digest pass" in line for line in lines), wrong


def by_fastwarc(path: Path) -> Judged:
    """FastWARC's check: all block digests, and the payload digests of all but revisits, which state the original's."""
    judged: list[str | None] = []
    try:
        judged.extend(_fastwarc_faults(path))
    except OSError as error:
        judged.append(f"{path.name}: {error}")
    return len(judged), [fault for fault in judged if fault]


def _fastwarc_faults(path: Path) -> Iterator[str | None]:
    for record in ArchiveIterator(str(path), parse_http=False):
        kind, number = record.headers.get("WARC-Type"), record.headers.get("WARC-Record-ID")
        is_right = record.verify_block_digest()
        if is_right and kind == "response":
            record.parse_http()
            is_right = record.verify_payload_digest()
        yield None if is_right else f"{path.name}: {kind} {number}"


TOOLS: dict[str, Callable[[Path], Judged]] = {
    "gzip -t": by_gzip,
    "warcio check": by_warcio,
    "FastWARC check": by_fastwarc,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", type=Path)
    chosen = parser.parse_args().archive
    if chosen:
        return judge(chosen)
    with sample() as folder:
        return judge(folder)


def judge(archive: Path) -> int:
    """Print what there is and what each tool says; return the exit status."""
    paths = sorted((archive / "warc").glob("*.warc.gz"))
    size = sum(path.stat().st_size for path in paths)
    print(
        f"{len(paths)} files, {size:,} bytes, {len(closed(archive / 'warc'))} closed with their sum"
    )
    kinds = Counter(kind for path in paths for kind in _kinds(path))
    print(f"{kinds.total():,} records: " + ", ".join(f"{n:,} {k}" for k, n in kinds.most_common()))
    found = [said for _, said in closed_faults(archive / "warc")]
    for name, tool in TOOLS.items():
        began, judged = time.perf_counter(), [tool(path) for path in paths]
        wrong = [each for _, some in judged for each in some]
        seconds = time.perf_counter() - began
        print(
            f"{name}: {sum(n for n, _ in judged):,} looked at, {len(wrong)} wrong, {seconds:.2f} s"
        )
        found += wrong
    for said in found:
        print(f"  {said}")
    return 1 if found else 0


def _kinds(path: Path) -> Iterator[str]:
    for record in records(path):
        if not isinstance(record, Record):
            yield "damaged"
        else:
            yield "revisit (304)" if is_unchanged(record) else record.type


if __name__ == "__main__":
    sys.exit(main())
