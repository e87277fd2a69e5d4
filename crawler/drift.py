"""Whether pages are read as well as before: the newest runs against the archive's own past, by section."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import comb
from typing import Final

from archive.alarms import Alarm
from archive.dates import vietnamese_day
from archive.store.extraction import NOTHING, Measured
from crawler.extraction import AGREES, FIELDS, YARDSTICK
from crawler.layouts import generic

PAST: Final = timedelta(days=30)

_EVIDENCE: Final = 30  # pages of the past, or nothing is said
_BY_ITSELF: Final = 20  # pages of one section from which it is compared with itself alone
_AT_LEAST: Final = 3  # pages that are worse
_HALF: Final = 0.5  # of what was usual: a smaller fall is no layout that broke
_RECENT: Final = 30  # pages; older ones tell nothing of today
_MENDED: Final = 5  # pages read as before end an alarm
_NEVER_SURE: Final = 0.98  # one page in fifty may be odd without a past that shows it
# Chance of calling a good day bad, for each look: a few looks for each of 48 runs a day.
_UNREAD: Final = 1e-4  # for pages no layout of the past reads: those are never usual
_WORSE: Final = 1e-6  # for single fields, which come and go with the kind of news

Kept = Callable[
    [Measured], tuple[int, int]
]  # of so many pages (second) so many are as they should be (first)


@dataclass(slots=True, frozen=True)
class Fall:
    """What became worse: since when, in which share of the pages, and what that share was before."""

    since: str  # when the first run began that shows it
    share: float
    before: float


@dataclass(slots=True, frozen=True)
class Question:
    """One thing that may become worse: which alarm says so, and what counts as well read."""

    name: str
    subject: str
    form: str
    kept: Kept
    chance: float


def main_layout(rows: Sequence[Measured]) -> str | None:
    """Return the layout that reads most of the pages."""
    pages: Counter[str] = Counter()
    for row in filter(is_read, rows):
        pages[row.layout] += row.pages
    return max(pages, key=pages.__getitem__, default=None)


def questions(rows: Sequence[Measured], layout: str) -> Iterator[Question]:
    """Yield what is asked of a layout: does it still match, are its fields filled, and from where, is it right."""

    def of_it(row: Measured) -> bool:
        return row.layout == layout

    yield Question("layout", layout, "", lambda row: (row.pages * is_read(row), row.pages), _UNREAD)
    for field in FIELDS:
        yield Question("fill", field, "", _among(of_it, field, _is_filled), _WORSE)
        usual = _among(of_it, field, _usual_layer(filter(of_it, rows), field))
        yield Question("layout", f"{layout}/{field}", "layout_places", usual, _WORSE)
    agrees = _among(of_it, YARDSTICK, lambda layer: layer == AGREES)
    yield Question("layout", f"{layout}/doubt", "layout_doubt", agrees, _WORSE)


def is_read(row: Measured) -> bool:
    """Return whether these pages were read by a layout made for them."""
    return row.layout not in {NOTHING, generic.NAME}


def _is_filled(layer: str) -> bool:
    return layer != NOTHING


def _usual_layer(rows: Iterator[Measured], field: str) -> Callable[[str], bool]:
    """The layer that gave the field most often; a field that is empty is the other question's."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row.layers.get(field, {}))
    del counts[NOTHING]
    usual = max(counts, key=counts.__getitem__, default=NOTHING)
    return lambda layer: layer in {usual, NOTHING}


def _among(of_it: Callable[[Measured], bool], field: str, is_kept: Callable[[str], bool]) -> Kept:
    def kept(row: Measured) -> tuple[int, int]:
        counts = row.layers.get(field, Counter()) if of_it(row) else Counter()
        return sum(n for layer, n in counts.items() if is_kept(layer)), counts.total()

    return kept


# -- the comparison -------------------------------------------------------------------------------


def begun(rows: Sequence[Measured], question: Question) -> Fall | None:
    """Return what became worse in the last runs, however few of them show it enough; None where nothing did."""
    kept = pages = 0
    first = len(rows)
    for _, run in groupby(reversed(rows), key=lambda row: row.run_id):
        counts = [question.kept(row) for row in run]
        kept, pages = (
            kept + sum(good for good, _ in counts),
            pages + sum(all_ for _, all_ in counts),
        )
        first -= len(counts)
        # On a good day no more is looked at than this.
        is_worse = pages - kept >= _AT_LEAST and kept <= _HALF * pages
        if is_worse and (fall := fallen(rows[:first], rows[first:], question)):
            return fall
        if pages >= _RECENT:
            return None
    return None


def lasts(rows: Sequence[Measured], question: Question, since: str) -> Fall | None:
    """Return what is still worse in an alarm that is open since then; None once enough pages are as before.

    Compared is with what was before it. Where that is longer ago than the past reaches, today is usual.
    """
    past = [row for row in rows if row.started_at < since]
    recent: list[Measured] = []
    for row in reversed([row for row in rows if row.started_at >= since]):
        recent.append(row)
        if _total(recent, question)[1] >= _MENDED:
            break
    kept, pages = _total(recent, question)
    usual = _usual(past, recent, question)
    if usual is None or (pages >= _MENDED and kept / pages > (1 + _HALF) / 2 * usual):
        return None
    kept, pages = _total([row for row in rows if row.started_at >= since], question)
    return Fall(since, 1 - kept / pages if pages else 0.0, 1 - usual)


def fallen(past: Sequence[Measured], recent: Sequence[Measured], question: Question) -> Fall | None:
    """Return what became worse from past to recent pages, where neither chance nor too little evidence explains it."""
    usual = _usual(past, recent, question)
    kept, pages = _total(recent, question)
    if usual is None or kept > _HALF * usual * pages:
        return None
    if at_most(kept, pages, min(usual, _NEVER_SURE)) >= question.chance:
        return None
    return Fall(recent[0].started_at, 1 - kept / pages, 1 - usual)


def _usual(
    past: Sequence[Measured], recent: Sequence[Measured], question: Question
) -> float | None:
    """The share one would expect in the recent pages, each section by its own past."""
    kept, pages = _total(past, question)
    if pages < _EVIDENCE:
        return None
    expected = total = 0.0
    for row in recent:
        own = [each for each in past if each.section == row.section]
        own_kept, own_pages = _total(own, question)
        enough = own_pages >= _BY_ITSELF
        share = (own_kept + 0.5) / (own_pages + 1) if enough else (kept + 0.5) / (pages + 1)
        expected, total = expected + share * question.kept(row)[1], total + question.kept(row)[1]
    return expected / total if total else kept / pages


def _total(rows: Sequence[Measured], question: Question) -> tuple[int, int]:
    counts = [question.kept(row) for row in rows]
    return sum(kept for kept, _ in counts), sum(pages for _, pages in counts)


def at_most(kept: int, pages: int, share: float) -> float:
    """Return the chance of so few kept pages (or fewer) where `share` of all are kept: the binomial distribution.

    >>> round(at_most(0, 3, 0.5), 3), at_most(3, 3, 0.5)
    (0.125, 1.0)
    """
    if pages > 300:  # beyond, more pages change nothing, and the numbers get too large
        kept, pages = kept * 300 // pages, 300
    return sum(comb(pages, n) * share**n * (1 - share) ** (pages - n) for n in range(kept + 1))


def alarm(layout: str, question: Question, fall: Fall, waiting: int) -> Alarm:
    """Return the alarm that says what became worse."""
    began = datetime.fromisoformat(fall.since)
    facts = {
        "layout": layout,
        "field": question.subject.rpartition("/")[2],
        "share": fall.share,
        "before": fall.before,
        "since": str(vietnamese_day(began)),
        "waiting": waiting,
    }
    return Alarm(question.name, question.subject, facts, question.form, began)
