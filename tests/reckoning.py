"""The archive against the truth of a life: every function returns what is wrong, an empty list where nothing is."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from life import Lived

from archive.reading import unpacked
from crawler.demo.life import Fault, Lifeline
from crawler.demo.living import Shown
from crawler.demo.rolling import sightings
from crawler.demo.story import key

SCHEDULE = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
OUTCOMES = {"404": "gone", "410": "gone", "soft-404": "soft-404", "front-page": "front-page"}
# How the product may call a fault of the newspaper.
CALLED = {
    "overloaded": "robots|unreachable|failures|outage",
    "no-network": "unreachable|outage",
    "refusing": "refusals",
    "refusing-at-times": "refusals",
    "silent": "silence|nothing-new|rhythm|quiet",
    "redesign": "layout|fill",
}
SPREAD = 1.25  # a look may come so much later, that not all of a day come at once
BUDGET = 40  # looks again of one run
ENOUGH = 3  # new pages of another layout before it can be told from an odd page
TROUBLES = ("overloaded", "refusing")


def articles(lived: Lived) -> dict[str, int]:
    """Return the article id of every address that has one, by path."""
    with lived.database() as db:
        rows = db.execute(
            "SELECT u.url, a.id FROM urls u JOIN articles a ON a.id = u.article_id"
        ).fetchall()
    return {key(row["url"].split("baolamdong.vn")[1]): row["id"] for row in rows}


def held_as(lived: Lived, held: dict[str, int], line: Lifeline) -> set[int]:
    return {held[path] for a in line.addresses if (path := key(a.path)) in held}


def unheld(lived: Lived) -> list[Lifeline]:
    """Articles that some listing showed to a run, that could be had then, and that are not held."""
    held, finished = articles(lived), lived.finished
    quiet = [at for at in finished if not lived.life.faults_at(at) or _only_redesigned(lived, at)]
    found = sightings(lived.life, finished)
    return [
        line
        for line in lived.life.lines
        if line.number in found
        and any(at >= found[line.number].at and line.state_at(at) == "live" for at in quiet)
        and not held_as(lived, held, line)
    ]


def _only_redesigned(lived: Lived, at: datetime) -> bool:
    return {fault.name for fault in lived.life.faults_at(at)} <= {"redesign", "silent"}


def not_once(lived: Lived) -> list[tuple[int, set[int]]]:
    """Articles held as several, several held as one, and addresses whose article id changed."""
    held = articles(lived)
    by_line = {line.number: held_as(lived, held, line) for line in lived.life.lines}
    several = [(number, ids) for number, ids in by_line.items() if len(ids) > 1]
    shared = Counter(id for ids in by_line.values() for id in ids)
    several += [(-1, {number}) for number, count in shared.items() if count > 1]
    return several + [(-2, set(ids)) for ids in lived.ids.values() if len(ids) > 1]


def seen(lived: Lived) -> Iterator[Shown]:
    """What finished runs were shown of articles, troubles left out."""
    finished = set(lived.finished)
    return (each for each in lived.shown if each.at in finished and each.what not in TROUBLES)


def unkept(lived: Lived, until: datetime | None = None) -> list[tuple[Lifeline, int]]:
    """Versions that a finished run (before `until`) was shown and that the archive does not hold."""
    held, kept = articles(lived), _versions(lived)
    shown = {
        (each.line.number, each.version): each
        for each in seen(lived)
        if each.what == "live" and (until is None or each.at < until)
    }
    return [
        (each.line, each.version)
        for each in shown.values()
        if not any(
            _printed(lived, each) in kept[number] for number in held_as(lived, held, each.line)
        )
    ]


def _printed(lived: Lived, shown: Shown) -> tuple[str, str]:
    truth = lived.life.story(shown.line, shown.line.texts[shown.version - 1].since).expected()
    return truth["title"], truth["body"]


def _versions(lived: Lived) -> dict[int, set[tuple[str, str]]]:
    kept: dict[int, set[tuple[str, str]]] = defaultdict(set)
    with lived.database() as db:
        for row in db.execute("SELECT article_id, reading FROM versions"):
            article = unpacked(row["reading"], "")
            kept[row["article_id"]].add((article.title, article.body))
    return kept


def invented(lived: Lived) -> list[tuple[Lifeline, int]]:
    """Articles with more versions than texts they ever had, and how many more."""
    held, counts = articles(lived), Counter[int]()
    with lived.database() as db:
        for number, count in db.execute("SELECT id, version FROM articles"):
            counts[number] = count
    return [
        (line, more)
        for line in lived.life.lines
        for number in held_as(lived, held, line)
        if (more := counts[number] - len(line.texts)) > 0
    ]


def misjudged(lived: Lived) -> list[tuple[Lifeline, str, str]]:
    """Articles whose state is not what they were last seen to be: line, what was shown, the state held."""
    held, last = articles(lived), dict[int, set[str]]()
    for each in lived.shown:
        if each.what in TROUBLES:
            continue
        told = {_state(each.what)}
        # What a killed run was shown may have been taken over, or not.
        known = last.get(each.line.number, set()) if each.at not in lived.finished else set()
        last[each.line.number] = told | known | ({"live"} if each.what == "moved" else set())
    with lived.database() as db:
        states = dict(db.execute("SELECT article_id, state FROM states").fetchall())
    return [
        (line, str(last[line.number]), states[number])
        for line in lived.life.lines
        for number in held_as(lived, held, line)
        if line.number in last and states[number] not in _allowed(line, last[line.number])
    ]


def _state(what: str) -> str:
    return {"live": "live", "moved": "changed-address"}.get(what, "gone")


def _allowed(line: Lifeline, told: set[str]) -> set[str]:
    return told | {"changed-address"} if "live" in told and len(line.addresses) > 1 else told


def unobserved(lived: Lived) -> list[Shown]:
    """Disappearances a finished run was shown without an observation of their kind."""
    with lived.database() as db:
        rows = db.execute(
            "SELECT DISTINCT u.url, o.outcome FROM observations o JOIN urls u ON u.id = o.url_id"
        ).fetchall()
    noted = {(key(row["url"].split("baolamdong.vn")[1]), row["outcome"]) for row in rows}
    return [
        each
        for each in seen(lived)
        if each.what in OUTCOMES and (each.path, OUTCOMES[each.what]) not in noted
    ]


def unconfirmed(lived: Lived) -> list[Lifeline]:
    """Articles seen to be gone on two days in a row of looks, whose state is not confirmed."""
    held, last = articles(lived), defaultdict[int, list[Shown]](list)
    for each in seen(lived):
        last[each.line.number].append(each)
    with lived.database() as db:
        confirmed = dict(db.execute("SELECT article_id, confirmed FROM states").fetchall())
    return [
        line
        for line in lived.life.lines
        for number in held_as(lived, held, line)
        if len(two := last[line.number][-2:]) == 2
        and all(_state(each.what) == "gone" for each in two)
        and two[0].at.date() != two[1].at.date()
        and not confirmed[number]
    ]


def overlooked(lived: Lived) -> list[tuple[Lifeline, datetime]]:
    """Articles that were not looked at when due (1 hour, 1 day, 1 week, 1 month after), and when that was.

    Looks are spread over a quarter of the span and have a budget: a look is missing after as many runs as a day has
    that had room for it.
    Only articles that stayed where they were: what moved or disappeared is looked at more often.
    """
    looks, held = _looks(lived), articles(lived)
    again = Counter(at for moments in looks.values() for at in moments[1:])
    roomy = [at for at in _good(lived) if again[at] < BUDGET]
    return [
        (line, due)
        for line in lived.life.lines
        if len(line.addresses) == len(line.standings) == 1 and held_as(lived, held, line)
        for due in _missed(looks[line.number], roomy, len(lived.runs) // lived.life.days)
    ]


def _looks(lived: Lived) -> dict[int, list[datetime]]:
    looks = defaultdict[int, list[datetime]](list)
    for each in seen(lived):
        if each.at not in looks[each.line.number]:
            looks[each.line.number].append(each.at)
    return looks


def _missed(looks: list[datetime], roomy: list[datetime], a_day: int) -> Iterator[datetime]:
    for span, (look, later) in zip(SCHEDULE, pairwise([*looks, None]), strict=False):
        if look is None:
            return
        due = look + span * SPREAD
        possible = [at for at in roomy if at >= due]
        if len(possible) > a_day and (later is None or later > possible[a_day]):
            yield due
            return


def _good(lived: Lived) -> list[datetime]:
    return [at for at in lived.finished if _only_redesigned(lived, at)]


def not_alarmed(lived: Lived) -> list[Fault]:
    """Faults of the newspaper that no alarm of their name told in the first run that could know."""
    return [fault for fault in lived.life.faults if not _is_told(lived, fault)]


def _is_told(lived: Lived, fault: Fault) -> bool:
    within = [run for run in lived.runs if fault.begins <= run.at < fault.ends]
    within = [run for run in within if not run.is_killed]
    if fault.name == "redesign":
        first = _evident(lived, fault)
        within = [run for run in within if first is None or run.at <= first]
    elif fault.name != "silent":
        within = within[:1]
    if not within:
        return True
    return any(
        re.fullmatch(CALLED[fault.name], alarm["name"]) for run in within for alarm in run.alarms
    )


def _evident(lived: Lived, fault: Fault) -> datetime | None:
    """When a finished run had been shown enough new pages of the other layout."""
    new = [each.at for each in seen(lived) if each.line.published >= fault.begins]
    return new[ENOUGH - 1] if len(new) >= ENOUGH else None


def alarmed_for_nothing(lived: Lived) -> list[tuple[datetime, str]]:
    """Alarms of runs while nothing was wrong with the newspaper: nor at the run before."""
    wrong = [bool(lived.life.faults_at(run.at)) for run in lived.runs]
    return [
        (run.at, alarm["name"])
        for number, run in enumerate(lived.runs)
        if not wrong[number] and not (number and wrong[number - 1])
        for alarm in run.alarms
    ]


def repeated(lived: Lived) -> list[tuple[str, str]]:
    """Alarms raised twice while one fault lasted: the same name with another `since`."""
    raised = defaultdict[tuple[Fault, str], set[str]](set)
    for run in lived.runs:
        for fault in lived.life.faults_at(run.at):
            for alarm in run.alarms:
                raised[fault, alarm["name"]].add(alarm.get("since", run.at.isoformat()))
    return [(fault.name, name) for (fault, name), since in raised.items() if len(since) > 1]


def briefly(found: object) -> str:
    """Return one finding on one line."""
    if isinstance(found, Lifeline):
        facts = (*found.texts[1:], *found.addresses[1:], *found.standings[1:])
        later = ", ".join(f"{type(fact).__name__} {fact.since:%d %H:%M}" for fact in facts)
        listed = ", ".join(f"{name} {at:%d %H:%M}" for name, at in found.announced.items())
        return f"article {found.number} of {found.published:%d %H:%M} ({listed}); then {later or 'nothing'}"
    if isinstance(found, tuple) and not hasattr(found, "_fields"):
        return "; ".join(map(briefly, found))
    return str(found)[:300]
