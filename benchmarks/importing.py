"""Speed of an import, beside a bare loop of warcio and parsel that reads the same file in the same run.

    python benchmarks/importing.py [--pages 3000] [--rounds 3]

The file is as others make them: WARC 1.0 by warcio, pages of the sample newspaper at the size real ones have. The
bare loop runs on one core, selects six fields of each page, and keeps nothing. The import runs on all cores, copies
every record, and ends with an archive that can be searched. Processor time is told beside, for machines that are busy.
"""

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import click
from parsel import Selector
from rich.console import Console
from rich.table import Table
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.demo.newspaper import SampleNewspaper

HERE = Path(__file__).resolve()
PAGE_SIZE = 85_000  # bytes, about what an article's page on baolamdong.vn has
LEAST_RATIO = 0.8  # of the bare loop's speed
SELECTED = (
    "h1::text",
    ".sc-longform-header-sapo::text",
    ".sc-longform-header-date::text",
    ".sc-longform-header-author::text",
    "article.entry p::text",
    ".c-tags a::text",
)


@dataclass(frozen=True)
class Run:
    """Seconds of one run: as a clock shows them, and of the processors."""

    wall: float
    processor: float


@click.command()
@click.option("--pages", default=3000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--bare", "bare_file", type=click.Path(path_type=Path), hidden=True)
def main(pages: int, rounds: int, bare_file: Path | None) -> None:
    """Measure, and end with status 1 where the import is too slow."""
    if bare_file:
        print(read_bare(bare_file))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = make(Path(folder) / "theirs.warc.gz", pages)
        size = file.stat().st_size / 2**20
        console = Console()
        console.print(f"{pages:,} pages of {PAGE_SIZE:,} bytes in a file of {size:.0f} MiB")
        bare, ours = [], []
        for number in range(rounds):
            bare.append(timed(str(HERE), "--bare", str(file)))
            archive = Path(folder) / f"archive-{number}"
            ours.append(timed("-m", "crawler", "import", "--archive", str(archive), str(file)))
    sys.exit(show(console, pages, bare, ours))


def show(console: Console, pages: int, bare: list[Run], ours: list[Run]) -> int:
    """Print the medians and the ratio; return the exit status."""
    table = Table("", "seconds", "pages/s", "processor seconds")
    for name, runs in (("warcio + parsel, one core", bare), ("lamdong import", ours)):
        wall = median(run.wall for run in runs)
        processor = median(run.processor for run in runs)
        table.add_row(name, f"{wall:.2f}", f"{pages / wall:.0f}", f"{processor:.2f}")
    console.print(table)
    ratios = sorted(one.wall / other.wall for one, other in zip(bare, ours, strict=True))
    ratio = median(ratios)
    console.print(
        f"speed of the import to that of the bare loop: {ratio:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f},"
        f" at least {LEAST_RATIO} is wanted)"
    )
    worth = median(run.processor for run in bare) / median(run.processor for run in ours)
    console.print(f"by processor time alone, were two cores free: {2 * worth:.2f} at most")
    return 0 if ratio >= LEAST_RATIO else 1


def make(file: Path, pages: int) -> Path:
    """Write the WARC file of others."""
    newspaper = SampleNewspaper(filler=pages, filler_size=PAGE_SIZE)
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.0")
        for url in newspaper.article_urls()[-pages:]:
            answer = newspaper.answer("baolamdong.vn", urlsplit(url).path, {})
            headers = [("Content-Type", "text/html; charset=utf-8")]
            record = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(answer.body),
                length=len(answer.body),
                http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": at},
            )
            writer.write_record(record)
    return file


def read_bare(file: Path) -> int:
    """Read every page with warcio and parsel; return how many have a title."""
    titled = 0
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.rec_type == "response":
                page = Selector(record.content_stream().read().decode("utf-8", "replace"))
                fields = [page.css(selected).getall() for selected in SELECTED]
                titled += bool(fields[0])
    return titled


def timed(*arguments: str) -> Run:
    """Run Python with these arguments; return how long it took, all its processes counted."""
    before, began = _processor(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, cwd=HERE.parents[1]
    )
    return Run(time.perf_counter() - began, _processor() - before)


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
