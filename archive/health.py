"""How an archive is doing: counts, last run, fill rates, what waits."""

import json
import sqlite3
from pathlib import Path
from typing import Any, Final

from archive import verified
from archive.alarms import Alarm
from archive.completeness import gaps as gaps
from archive.completeness import summary
from archive.numbered import numbered
from archive.store.alarms import open_alarms
from archive.store.holding import is_article, withheld
from archive.store.index import is_stale

_SAID: Final = ("name", "since", "message")
_SHOWN: Final = 10  # gaps on the screen
_FILLED: Final = ("lead", "authors", "section", "tags", "published_at")


def status(db: sqlite3.Connection, folder: Path) -> dict[str, Any]:
    """Return the object of `lamdong status --json` for the archive in a folder."""
    return {
        "articles": _number(db, "SELECT count(*) FROM articles"),
        "versions": _number(db, "SELECT count(*) FROM versions"),
        "captures": _number(db, "SELECT count(*) FROM captures"),
        "pending": pending(db),
        "by_state": _counts(db, "SELECT state, count(*) FROM states GROUP BY 1"),
        "by_layout": _counts(db, "SELECT layout, count(*) FROM articles GROUP BY 1"),
        "fill": _fill(db),
        "last_run": last_run(db),
        "gaps": gaps(db),
        "completeness": summary(db),
        "numbered": numbered(db),
        "alarms": [{name: alarm[name] for name in _SAID} for alarm in alarms(db)],
        "verified": verified.last(folder),
        "withheld": withheld_counts(db),
        "normaliser": _setting(db, "normaliser"),
        "schema": _number(
            db, "SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'lamdong'"
        ),
    }


def pending(db: sqlite3.Connection) -> int:
    """Return how many articles and pictures wait to be fetched."""
    return _number(db, "SELECT count(*) FROM urls WHERE state = 'pending' AND kind <> 'listing'")


def alarms(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return what needs a person: name, since, message, and the facts the message is made of.

    The runs found it, except for the search index: whether that is stale is seen at once.
    """
    found = open_alarms(db)
    noted = [alarm for alarm in found if alarm["name"] == "index"]
    others = [alarm for alarm in found if alarm["name"] != "index"]
    index: dict[str, Any] = {
        "name": "index",
        "since": None,
        "message": Alarm("index").sentence,
        "facts": {},
    }
    return others + ((noted or [index]) if is_stale(db) else [])


def _number(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


def _counts(db: sqlite3.Connection, query: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in db.execute(query)}


def _setting(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM settings WHERE name = ?", [name]).fetchone()
    return row[0] if row else None


def withheld_counts(db: sqlite3.Connection) -> dict[str, int]:
    """Return how many articles, and how many pictures named one by one, are kept from readers."""
    subjects = [is_article(subject) for subject, _, _ in withheld(db)]
    return {"articles": subjects.count(True), "pictures": subjects.count(False)}


def _fill(db: sqlite3.Connection) -> dict[str, float]:
    """Return for each field the share of articles that have it, 0 to 1."""
    total = _number(db, "SELECT count(*) FROM articles")
    if not total:
        return {}
    parts = ", ".join(f"sum({name} IS NOT NULL AND {name} <> '[]')" for name in _FILLED)
    row = db.execute(f"SELECT {parts} FROM articles").fetchone()
    return {name: round((row[index] or 0) / total, 4) for index, name in enumerate(_FILLED)}


def last_run(db: sqlite3.Connection) -> dict[str, Any] | None:
    """Return the latest run with its counts, or None before the first."""
    row = db.execute(
        "SELECT id, kind, started_at, ended_at, outcome, counts, version FROM runs ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return {**dict(row), "counts": json.loads(row["counts"])} if row else None


def as_text(found: dict[str, Any], folder: Path) -> str:
    """Return the status for people, on one screen."""
    run = found["last_run"]
    first = (
        f"{folder}: {found['articles']:,} articles in {found['versions']:,} versions,"
        f" {found['captures']:,} captures, {found['pending']:,} addresses to fetch."
    )
    lines = [
        first,
        "States:   " + (_listed(found["by_state"]) or "no article yet"),
        "Layouts:  " + (_listed(found["by_layout"]) or "none yet"),
        "Filled:   "
        + (
            ", ".join(f"{name} {share:.0%}" for name, share in found["fill"].items())
            or "nothing yet"
        ),
    ]
    if run:
        ended = (
            f"ended {run['outcome']} {run['ended_at']}"
            if run["outcome"]
            else "is under way, or died"
        )
        lines.append(
            f"Last run: {run['kind']}, begun {run['started_at']}, {ended}; {_listed(run['counts'])}"
        )
    lines.append(verified.as_line(found["verified"]))
    if any(found["withheld"].values()):
        lines.append("Withheld: " + _listed(found["withheld"]))
    lines += completeness_lines(found)
    return "\n".join(lines + [f"Alarm:    {alarm['message']}" for alarm in found["alarms"]])


def completeness_lines(found: dict[str, Any]) -> list[str]:
    """Return the lines of the status that say what is missing, as far as anybody knows."""
    lines, gaps, complete, ids = [], found["gaps"], found["completeness"], found["numbered"]
    if complete:
        lines.append(
            f"Articles: {complete['announced']:,} announced since {complete['since']}, {complete['held']:,} held,"
            f" {complete['waiting']:,} waiting, {complete['missing']:,} missing,"
            f" {complete['unread']:,} show no article; no list was read for {complete['unlisted_days']:,} days"
        )
        lines += [f"Nothing:  {url} shows no article" for url in complete["no_article"][:_SHOWN]]
    if ids:
        lines.append(
            f"Numbered: {ids['held']:,} of {ids['known']:,} known ids from {ids['first_id']} to {ids['last_id']} held;"
            f" {ids['unknown']:,} numbers between were named by no list"
        )
    lines += [f"Gap:      {gap['name']}" for gap in gaps[:_SHOWN]]
    if len(gaps) > _SHOWN:
        lines.append(f"          … and {len(gaps) - _SHOWN} more gaps, in the table gaps.")
    return lines


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
