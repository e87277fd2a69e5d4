"""The journal done again, with today's reading of every capture: after a crash its end, in a rebuild all of it.

Responses no journal speaks of (a run was killed before it kept them, or the archive is older than the journal)
are taken in their place as a crawl would have taken them.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.model import Capture, Found, Look, Outcome, Place
from archive.store.books import Books
from archive.store.journal import again
from archive.store.past import Past
from archive.store.urls import Entry
from archive.warc import Damage, decoded, read
from crawler.discovery import found, list_in
from crawler.judgement import check_picture
from crawler.pipelines import MISSED, keep
from crawler.reread import Noted, Reading, read_again

# What was decided without reading the page stays as it was noted.
_NOT_READ: Final = frozenset({Outcome.FAILED, Outcome.UNREACHABLE, Outcome.FORBIDDEN})


class Replay:
    """Takes readings and what was noted, in the order of the WARC, into the books."""

    def __init__(self, books: Books, folder: Path, delay: float = 0.0) -> None:
        self._books, self._folder, self._delay = books, folder, delay
        self._past = Past(books)
        self._takes: dict[str, Callable[..., None]] = {
            "look": self._look,
            "capture": self._capture,
            "brought": self._bring,
        }
        self._kept: set[tuple[str, int]] = set()  # responses the journal speaks of
        self._held: dict[tuple[str, int], Reading] = {}  # those of them not yet spoken of
        self.taken = 0
        self.given: list[tuple[int, str, datetime]] = []  # ids given now: id, address, moment
        self.faults: list[str] = []  # what the journal says and nobody understands

    # -- beforehand -----------------------------------------------------------------------------------

    def expect(self, noted: Iterable[Noted]) -> bool:
        """Learn, before anything is taken, which responses the journal speaks of and which ids were given.

        Returns whether there is a journal.
        """
        has_journal = False
        for each in noted:
            has_journal = has_journal or "acts" in each.facts
            address = found(each.url or "", None)
            if "article" in each.facts and address:
                self._books.articles.give(address.key, int(each.facts["article"]))
            for name, *said in each.facts.get("acts", ()):
                self._expect(name, *said)
        return has_journal

    def _expect(self, name: str, *said: Any) -> None:
        if name == "capture":
            self._kept.add((said[0][0], said[0][1]))
        elif name == "keeps id":
            self._books.articles.give(*said)
        elif name in {"look", "brought"}:
            if place := said[0].get("capture"):
                self._kept.add((place[0], place[1]))
            if "article" in said[0]:
                self._books.articles.give(said[0]["key"], said[0]["article"])

    # -- one after the other --------------------------------------------------------------------------

    def take(self, item: Reading | Noted) -> None:
        """Take the next record."""
        self._books.begin()
        if isinstance(item, Reading):
            if self.is_spoken_of(item):
                place = item.capture.place
                self._held[place.warc, place.offset] = item
            else:
                self._take(item)
        elif "acts" in item.facts:
            with self._books.db.journal.acting():
                self._do_again(item)
        else:
            self._older(item)

    def is_spoken_of(self, reading: Reading) -> bool:
        """Return whether the journal says what became of a response."""
        place = reading.capture.place
        return (place.warc, place.offset) in self._kept

    def finish(self) -> None:
        """Take the responses whose part of the journal could not be read."""
        self._books.belongs_to(None)
        for reading in self._held.values():
            self._take(reading)
        self._held.clear()

    def _do_again(self, noted: Noted) -> None:
        run = noted.facts.get("run")
        for name, *said in noted.facts["acts"]:
            if run and name != "began" and run > self._books.runs.latest():
                self._books.runs.begin(run, "unknown", {}, noted.at, "")  # its beginning is lost
            try:
                self._act_again(name, said, run)
            except (ValueError, TypeError, LookupError) as error:
                self.faults.append(f"{noted.place.warc}, offset {noted.place.offset}: {error!r}")
        self._books.is_journalled_to(noted.place)

    def _act_again(self, name: str, said: list[Any], run: int | None) -> None:
        if name in self._takes:
            self._books.belongs_to(run)
            self._takes[name](*said)
        else:
            again(self._books.owner(name), [name, *said])

    def _capture(self, place: list[Any]) -> None:
        if reading := self._reading(place):
            self._books.add_capture(reading.capture)

    def _bring(self, noted: dict[str, Any]) -> None:
        if reading := self._reading(noted["capture"]):
            self._take_brought(reading)

    def _take_brought(self, reading: Reading) -> None:
        """Take what was brought in from elsewhere; where today nothing is read in it, the capture stays."""
        if reading.brought:
            self._past.bring(reading.brought)
        else:
            self._books.add_capture(reading.capture)
        self.taken += 1

    def _look(self, noted: dict[str, Any]) -> None:
        place = noted.get("capture")
        reading = self._reading(place) if place else None
        if place and reading is None:
            return  # its record is damaged: that was said
        entry = self._entry(noted, reading)
        look = _look_again(noted, entry, reading)
        # What robots.txt forbids was kept for good once, and noted as an answer.
        if look.outcome in MISSED or "final" in noted:
            wait = timedelta(seconds=noted.get("wait", 0))
            self._books.miss(look, wait, final=noted.get("final", False))
        else:
            self._keep(look, entry)
        self.taken += reading is not None

    def _reading(self, place: list[Any]) -> Reading | None:
        """The response at a place; one before the records taken here is read now."""
        held = self._held.pop((place[0], place[1]), None)
        if held:
            return held
        try:
            record = read(self._folder, Place(*place))
        except Damage:
            return None
        return next((each for each in read_again([record]) if isinstance(each, Reading)), None)

    def _entry(self, noted: dict[str, Any], reading: Reading | None) -> Entry:
        """The address of a look; where what the journal said of it is lost, as far as the response tells it."""
        key = noted["key"]
        entry = self._books.urls.entry(key)
        if entry is None:
            url = reading.capture.url if reading else key
            at = datetime.fromisoformat(noted["at"])
            self._books.urls.add([Found(key, url, url, noted["kind"])], at)
            entry = self._books.urls.entries("key = ?", [key])[0]
        return entry

    def _keep(self, look: Look, entry: Entry) -> None:
        change = self._books.keep(look)
        article_id = self._books.urls.article(entry.id) if change == "new" else None
        if article_id and not self._books.articles.is_given(article_id, entry.key):
            self.given.append((article_id, entry.url, look.at))

    # -- what no journal speaks of --------------------------------------------------------------------

    def _take(self, reading: Reading) -> None:
        capture, look = reading.capture, reading.look
        if reading.brought:
            self._take_brought(reading)
            return
        if reading.address:
            self._books.urls.add([reading.address], capture.fetched_at)
        entry = self._books.urls.entry(reading.address.key if reading.address else capture.url)
        if entry is None and _may_be_a_list(capture):
            entry = self._books.urls.listing(capture.url, capture.fetched_at)
        is_hop = look.moved_to and reading.address and look.moved_to.key == reading.address.key
        if entry is None or is_hop:
            self._books.add_capture(capture)
            return
        look.url_id = entry.id
        if entry.kind == "picture" and look.outcome is Outcome.LIVE:
            check_picture(look)
        if entry.kind == "listing" and capture.status == 200:
            self._books.urls.add(self._links(look, reading), capture.fetched_at)
        if look.outcome in MISSED:
            keep(self._books, look, self._delay)
        else:
            self._keep(look, entry)
        self.taken += 1

    def _links(self, look: Look, reading: Reading) -> list[Found]:
        capture = reading.capture
        try:
            body = decoded(read(self._folder, capture.place))
        except Damage:
            return []
        listing = list_in(look, capture.url, body, capture.content_type)
        return listing.links if listing else []

    def _older(self, noted: Noted) -> None:
        """Do again what archives note that are older than the journal."""
        facts, books = noted.facts, self._books
        if "began" in facts:
            books.runs.begin(facts["run"], facts["kind"], facts["settings"], noted.at, "")
            books.belongs_to(facts["run"])
        elif "ended" in facts:
            books.runs.end(facts["run"], facts["outcome"], facts["counts"], noted.at)
        elif "outcome" in facts and noted.url:
            address = found(noted.url, None)
            entry = books.urls.entry(address.key if address else noted.url)
            if entry:
                outcome = Outcome(facts["outcome"])
                keep(books, Look(entry.id, noted.at, outcome, detail=facts["detail"]), self._delay)


def _may_be_a_list(capture: Capture) -> bool:
    is_text = re.search(r"html|xml|json", capture.content_type or "")
    return capture.status == 200 and bool(is_text) and not capture.url.endswith("/robots.txt")


def _look_again(noted: dict[str, Any], entry: Entry, reading: Reading | None) -> Look:
    """What a look showed: an article's page by today's reading, all else as it was noted."""
    at, outcome = datetime.fromisoformat(noted["at"]), Outcome(noted["outcome"])
    look = reading.look if reading else Look(entry.id, at, outcome)
    look.url_id, look.at = entry.id, at
    if entry.kind == "article" and look.status == 200 and outcome not in _NOT_READ:
        return look
    look.outcome, look.detail, look.status = outcome, noted.get("detail"), noted.get("status")
    if outcome is Outcome.UNCHANGED and not (entry.etag or entry.last_modified):
        look.outcome, look.detail = Outcome.FAILED, "what it says is unchanged is not held"
    look.article, look.pictures = None, []
    look.moved_to = look.moved_to if outcome is Outcome.MOVED else None
    return look
