"""What `lamdong verify` needs of the crawler: pages read again, and a database made from the WARC."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from archive.model import Article
from archive.store.books import Books
from archive.store.opening import open_database
from archive.store.read_by import note_extraction
from archive.verifying import Tools
from archive.warc import Damage, Record
from archive.warc_against_rows import Extent, Show
from archive.warc_ranges import metadata
from crawler.cores import read_files
from crawler.replaying import Replay
from crawler.reread import Noted, Reading, read_again
from crawler.version import extraction

_MADE: Final = "made.db"
_SPAN: Final = 5.0  # seconds of a transaction


def article(record: Record) -> Article | None:
    """Return the article that is read in a record today, None where there is none."""
    reading = next((each for each in read_again([record]) if isinstance(each, Reading)), None)
    if reading is None:
        return None
    return reading.brought.look.article if reading.brought else reading.look.article


@contextmanager
def remade(
    folder: Path,
    extent: Extent,
    known: set[tuple[str, int]],
    show: Show,
    workers: int | None = None,
) -> Iterator[Path | None]:
    """Give a database made from what the extent has of the WARC, as long as it is needed.

    `known`: file and offset of the responses the kept database has.
    None where the files are older than the journal: then the WARC does not tell all that a crawl knew.
    """
    room = folder if os.access(folder, os.W_OK) else None
    with TemporaryDirectory(prefix=".verify-", dir=room) as temporary:
        yield _made(folder, Path(temporary), extent, known, show, workers)


def _made(
    folder: Path,
    room: Path,
    extent: Extent,
    known: set[tuple[str, int]],
    show: Show,
    workers: int | None,
) -> Path | None:
    files = [folder / "warc" / name for name in sorted(extent.sizes)]
    files = [path for path in files if path.exists()]
    noted = [each for path in files for each in _noted(path, extent)]
    if any("began" in each.facts for each in noted):
        return None
    with closing(open_database(room, writable=True, name=_MADE)) as db:
        db.execute("PRAGMA synchronous = OFF")
        note_extraction(db, extraction())
        books = Books(db, span=_SPAN)
        replay = Replay(books, folder)
        replay.expect(noted)
        for item in read_files(files, workers, show):
            if not isinstance(item, Damage) and _is_taken(item, extent, known, replay):
                replay.take(item)
                books.settle()
        replay.finish()
        books.close()
    return room / _MADE


def _noted(path: Path, extent: Extent) -> Iterable[Noted]:
    items = (each for each in read_again(metadata(path)) if isinstance(each, Noted))
    return (each for each in items if extent.has_in_tables(each.place.warc, each.place.offset))


def _is_taken(
    item: Reading | Noted, extent: Extent, known: set[tuple[str, int]], replay: Replay
) -> bool:
    """Whether the tables should have it: a response that neither they nor the journal know was never kept."""
    if isinstance(item, Noted):
        return extent.has_in_tables(item.place.warc, item.place.offset)
    place = item.capture.place
    return (place.warc, place.offset) in known or replay.is_spoken_of(item)


def tools(workers: int | None = None) -> Tools:
    """Return what `archive.verifying` is handed."""

    @contextmanager
    def make(
        folder: Path, extent: Extent, known: set[tuple[str, int]], show: Show
    ) -> Iterator[Path | None]:
        with remade(folder, extent, known, show, workers) as made:
            yield made

    return Tools(extraction(), article, make)
