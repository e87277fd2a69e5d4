"""Does pywb, the archivists' replay, give back what was received? Asked of pywb itself, record by record.

    python benchmarks/replay.py                        the sample newspaper, every 50th record
    python benchmarks/replay.py --every 1              all of them
    python benchmarks/replay.py --archive FOLDER --every 500

Twice: with the files of `warc/` as pywb indexes them itself, and with a WACZ of `lamdong export --format wacz`, by the
index within. Asked for as received (`id_`): status and body must be those of the record, of a revisit those of its
original. Of pages also as a reader gets them, rewritten: with the same title. Addresses of the same second may stand
for one another, for pywb knows no smaller time. pywb needs other versions of our libraries, so it has an environment of
its own, which is made at the first run; the validator of py-wacz comes with it.
"""

import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from wayback import lamdong, of_folder, of_package, replayed, serving

from archive.model import Place
from archive.warc import Record, decoded, read, records
from archive.warc_content import unchunked
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

Key = tuple[str, str]  # address, second as in an index: 20260905221700
TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Expected:
    """What replay of a record must give: status, body as received, the length the newspaper stated."""

    status: int
    body: bytes
    length: str | None
    title: bytes | None
    is_revisit: bool


def sample(folder: Path, certificates: Path) -> Path:
    """An archive of the sample newspaper; some of its pages were asked for twice and had not changed."""
    newspaper = SampleNewspaper()
    again = [story.url for story in newspaper.stories][:12]
    with Replica(newspaper, certificates) as replica:
        lamdong("crawl", "--archive", folder, replica=replica)
        time.sleep(1)  # what comes in the same second cannot be told apart
        lamdong("crawl", "--archive", folder, *again, replica=replica)
    return folder


# -- what is expected --------------------------------------------------------------------------------


def http_records(archive: Path) -> Iterator[Record]:
    for path in sorted((archive / "warc").glob("*.warc.gz")):
        for record in records(path):
            if isinstance(record, Record) and record.type in {"response", "revisit"}:
                yield record


@dataclass
class Held:
    """Where the records of an archive lie, by address and second; which of these are asked for."""

    archive: Path
    places: dict[Key, list[Place]]
    asked: list[Key]

    def expected(self, key: Key) -> list[Expected]:
        return [self._expected(record) for record in self._records(key)]

    def _records(self, key: Key) -> Iterator[Record]:
        for place in self.places[key]:
            yield read(self.archive, place)

    def _expected(self, record: Record) -> Expected:
        whole = self._original(record) if record.type == "revisit" else record
        found = TITLE.search(decoded(whole))
        status = int(record.head.split(None, 2)[1])
        stated = {name.lower(): value.decode() for name, value in record.http_headers}
        length, title = stated.get(b"content-length"), found and found[1]
        return Expected(status, unchunked(whole), length, title, record.type == "revisit")

    def _original(self, record: Record) -> Record:
        at = record.field("WARC-Refers-To-Date") or ""
        key = (record.field("WARC-Refers-To-Target-URI") or "", re.sub(r"\D", "", at)[:14])
        return next(each for each in self._records(key) if each.field("WARC-Date") == at)


def held(archive: Path, every: int) -> Held:
    """Every so many records of an archive, and every revisit."""
    found = Held(archive, defaultdict(list), [])
    for number, record in enumerate(http_records(archive)):
        key = (record.url or "", f"{record.at:%Y%m%d%H%M%S}")
        found.places[key].append(record.place)
        if number % every == 0 or record.type == "revisit":
            found.asked.append(key)
    return found


# -- comparing -----------------------------------------------------------------------------------------


def difference(port: int, url: str, timestamp: str, wanted: list[Expected]) -> str | None:
    """What is different in the replay of an address at a time; None where nothing is."""
    got = replayed(port, url, timestamp, "id_")
    if got.status not in {each.status for each in wanted}:
        return f"status {got.status} instead of {wanted[0].status}"
    same = next(
        (each for each in wanted if (each.status, each.body) == (got.status, got.body)), None
    )
    if same is None:
        return f"{len(got.body):,} other bytes instead of {len(wanted[0].body):,}"
    if got.length not in {None, str(len(same.body)), same.length}:
        return f"Content-Length {got.length} instead of {same.length}"
    if same.title is None or same.status != 200:
        return None
    found = TITLE.search(replayed(port, url, timestamp, "mp_").body)
    return None if found and found[1] == same.title else "another title when rewritten"


def compare(asked: Held, port: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for url, timestamp in dict.fromkeys(asked.asked):
        wanted = asked.expected((url, timestamp))
        different = difference(port, url, timestamp, wanted)
        kind = "revisits" if any(each.is_revisit for each in wanted) else "responses"
        counts[f"{kind} {'different' if different else 'equal'}"] += 1
        if different:
            print(f"  {timestamp} {url}: {different}")
    return counts


@click.command()
@click.option("--archive", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", default=50, show_default=True, help="Every so many records; 1 for all.")
def main(archive: Path | None, every: int) -> None:
    """Replay an archive in pywb and compare."""
    differs = False
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        archive = archive or sample(work / "archive", work / "certificates")
        asked = held(archive, every)
        for name, prepare in (("warc/", of_folder), ("WACZ", of_package)):
            folder = work / name.strip("/")
            folder.mkdir()
            prepare(archive, folder)
            with serving(folder) as port:
                counts = compare(asked, port)
            print(f"{name}: {', '.join(f'{k} {n:,}' for k, n in sorted(counts.items()))}")
            differs |= any("different" in kind for kind in counts)
    sys.exit(differs)


if __name__ == "__main__":
    main()
