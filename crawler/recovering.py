"""What a run that died left in the WARC without rows, taken over by the next one."""

from collections.abc import Iterator

from archive.store import Archive
from archive.store.tail import unindexed
from archive.warc import Damage, Record
from crawler.replaying import Replay
from crawler.reread import Noted, Reading, read_again

_TAKEN = {"metadata", "response", "revisit", "resource"}


def recover(archive: Archive, delay: float) -> int:
    """Take over what has no rows; return how many responses.

    First what the journal speaks of, for a commit may have failed after its record was written; then the other
    responses, which this opening notes in a record behind it. A rebuild comes upon both in that order.
    """
    known, replay = archive.journalled_to(), Replay(archive, archive.folder, delay)
    is_lost = not known[0] and not archive.db.execute("SELECT 1 FROM captures").fetchone()

    def tail(kinds: set[str]) -> Iterator[Record]:
        for record in unindexed(archive.folder, archive.db):
            is_new = (record.place.warc, record.place.offset) > known
            if record.type in kinds and (is_new or record.type != "metadata"):
                yield record

    noted = (item for item in read_again(tail({"metadata"})) if isinstance(item, Noted))
    is_of_old = (
        not replay.expect(noted) and is_lost
    )  # older than the journal: all is taken in its place
    left: list[Reading] = []  # all the responses of half a second
    for item in read_again(tail(_TAKEN)):
        if isinstance(item, Reading) and not is_of_old and not replay.is_spoken_of(item):
            left.append(item)
        elif not isinstance(item, Damage) and (is_lost or not _is_of_old(item)):
            replay.take(item)
            archive.settle()
    replay.finish()
    for reading in left:
        replay.take(reading)
        archive.settle()
    archive.settle(at_once=True)
    return replay.taken


def _is_of_old(item: Noted | Reading) -> bool:
    """Whether it is a note of an archive older than the journal: its rows were committed with it."""
    return isinstance(item, Noted) and "acts" not in item.facts
