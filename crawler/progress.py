"""How much of the past that a run was asked for is done."""

import json
from datetime import date, timedelta
from itertools import islice
from typing import Final

from archive.completeness import Count, by_day, unlisted
from archive.dates import now, vietnamese_day
from archive.store import Archive
from crawler.feeds import days_of_file
from crawler.plan import Plan

_AT_ONCE: Final = 1_000  # addresses


def how_much(plan: Plan, archive: Archive) -> str | None:
    """Return one line on what is held of the period or the index asked for; None for any other run."""
    if plan.has_period:
        return _of_period(plan, archive)
    return _of_index(plan, archive) if plan.indexed else None


def _of_period(plan: Plan, archive: Archive) -> str:
    today = vietnamese_day(now())
    since, until = plan.since or _first_day(archive) or today, min(plan.until or today, today)
    if since > until:
        return f"{since} is still to come."
    days = by_day(archive.db, since, until).values()
    whole = Count(*(sum(getattr(day, name) for day in days) for name in Count.__slots__))
    unread = len(_unread_days(archive, since, until))
    share = f" ({whole.held / whole.announced:.1%})" if whole.announced else ""
    length = (until - since).days + 1
    return (
        f"{since} to {until}: lists were read for {length - unread:,} of {length:,} days; of"
        f" {whole.announced:,} articles announced {whole.held:,} are held{share}, {whole.waiting:,} wait,"
        f" {whole.missing:,} could not be had."
    )


def _unread_days(archive: Archive, since: date, until: date) -> set[date]:
    """The days for which no list was read, and those whose own list could not be."""
    stretches = unlisted(archive.db, since, until)
    open_lists = [each.gap.list for each in archive.gaps.unclosed() if each.gap.kind == "list"]
    for first, last in (days_of_file(url) for url in open_lists if url):
        if first and last and first <= until and last >= since:
            stretches.append((max(first, since), min(last, until)))
    return {
        first + timedelta(days=number)
        for first, last in stretches
        for number in range((last - first).days + 1)
    }


def _first_day(archive: Archive) -> date | None:
    row = archive.db.execute("SELECT min(dated) FROM urls WHERE kind = 'article' AND dated > ''")
    (day,) = row.fetchone()
    return date.fromisoformat(day) if day else None


def _of_index(plan: Plan, archive: Archive) -> str:
    """Every address of an index has a row; which of them were counted is a byte each, however long the index is."""
    (last,) = archive.db.execute("SELECT coalesce(max(id), 0) FROM urls").fetchone()
    counted, total, held, waiting = bytearray(last + 1), 0, 0, 0
    addresses = iter(plan.indexed)
    while some := list(islice(addresses, _AT_ONCE)):
        rows = archive.db.execute(
            "SELECT id, article_id IS NOT NULL, state = 'pending' FROM urls"
            " WHERE key IN (SELECT value FROM json_each(?))",
            [json.dumps([each.key for each in some])],
        )
        for row, is_held, is_waiting in rows:
            if not counted[row]:
                counted[row] = 1
                total, held, waiting = total + 1, held + is_held, waiting + is_waiting
    return f"Of {total:,} addresses of the index {held:,} are held, {waiting:,} wait."
