"""How the newspaper answers: with refusals, not at all, unverified, or by forbidding."""

from collections.abc import Iterator
from typing import Final

from archive.alarms import Alarm
from archive.dates import timestamp
from archive.model import Outcome
from archive.store.alarms import Alarms
from archive.store.looks import Host, Seen, refused_between, was_there
from crawler import drift
from crawler.alarms.run import Run, Verdict
from crawler.certificates import told
from crawler.newspapers import baolamdong as newspaper
from crawler.unread import common, mark_of

_REFUSED: Final = 10  # refusals in a run, below which nothing is said
_OFTEN: Final = 0.25  # of the requests; the firewall refuses some on any day, so it is also compared with the past
_MESSAGES: Final = 10  # addresses that show one and the same page, or half of those asked
_FORBIDDEN: Final = 3  # addresses that robots.txt forbids beside half of their kind
_NEWSPAPER: Final = newspaper.ORIGIN.removeprefix("https://")


def refusals(run: Run) -> Iterator[Verdict]:
    """More refusals than on other days, or so many that the run ended."""
    answers = [look for look in run.looks if look.status is not None]
    refused = sum(look.outcome is Outcome.REFUSED for look in answers)
    often = refused >= _REFUSED and refused / len(answers) >= max(_OFTEN, 2 * _usually(run))
    if run.report.gave_up or often:
        yield Alarm("refusals", facts={"refused": refused, "asked": len(answers)})
    elif len(answers) > refused:
        yield "refusals", ""


def challenge(run: Run) -> Iterator[Verdict]:
    """One page for many addresses, in place of articles and lists: no layout that changed."""
    for host in run.hosts.values():
        vain = host.with_outcome(Outcome.NO_ARTICLE)
        seen = common(look.detail for look in vain)
        count, answers = seen.total(), sum(look.status == 200 for look in host.looks)
        if count >= _MESSAGES or (count and 2 * count >= answers):
            mark = max(seen, key=seen.__getitem__)
            example = next(look for look in vain if mark_of(look.detail) == mark)
            says = example.detail[example.detail.index("(page") :]
            facts = {"count": count, "host": host.name, "says": says, "example": example.url}
            yield Alarm("challenge", host.name, facts)
        elif not count and _shows_again(run, host):
            yield "challenge", host.name


def _shows_again(run: Run, host: Host) -> bool:
    """Whether articles were found; where none was looked for, whether lists were, and no address waits for one."""
    shown = [look for look in host.looks if look.outcome in {Outcome.LIVE, Outcome.UNCHANGED}]
    found = any(look.kind == "article" for look in shown)
    return found or (bool(shown) and not run.archive.queue.unread_count()[0])


def _usually(run: Run) -> float:
    """The share of refusals in the month before, or since they last were an alarm."""
    past = Alarms(run.archive.db).past("refusals", "")
    since = max([timestamp(run.at - drift.PAST), *(until for _, until in past)])
    until = run.known.get(("refusals", ""), timestamp(run.began))
    return refused_between(run.archive.db, since, until)


def away(run: Run) -> Iterator[Verdict]:
    """No answer at all, from a newspaper that answered before; an unverified certificate, a missing robots.txt."""
    for host in run.hosts.values():
        silent = host.with_outcome(Outcome.UNREACHABLE)
        last = silent[-1].detail if silent and host.looks[-1] is silent[-1] else ""
        found = _why_away(host.name, last) if last and not host.answered else None
        if found:
            yield found
        elif run.problem and last and host.name == _NEWSPAPER and _was_reached(run):
            yield Alarm("unreachable", host.name, {"host": host.name})
        if host.answered and not (run.problem and last):
            yield from ((name, host.name) for name in ("unreachable", "certificate"))
            yield "robots", f"{host.name}/unknown"


def _why_away(host: str, detail: str) -> Alarm | None:
    if fault := told(detail):
        name, day = fault
        return Alarm("certificate", host, {"host": host, "day": day}, f"certificate_{name}")
    if "certificate" in detail:
        return Alarm("certificate", host, {"host": host})
    if "robots.txt answers" in detail:
        return Alarm("robots", f"{host}/unknown", {"host": host}, "robots_unknown")
    return None


def _was_reached(run: Run) -> bool:
    """An archive that never had an answer has the run's own sentence; there is nothing to compare with."""
    known = "SELECT 1 FROM observations WHERE status IS NOT NULL LIMIT 1"
    return run.archive.db.execute(known).fetchone() is not None


def robots(run: Run) -> Iterator[Verdict]:
    """The robots.txt forbids what was had before, or most of what is asked for."""
    for host in run.hosts.values():
        forbidden = host.with_outcome(Outcome.FORBIDDEN)
        example = _no_longer_allowed(run, forbidden) or _mostly(host, forbidden)
        if example:
            yield Alarm("robots", host.name, {"host": host.name, "example": example})
        elif host.answered:
            yield "robots", host.name


def _no_longer_allowed(run: Run, forbidden: list[Seen]) -> str | None:
    """A list that was read before, or the front page, where every reading begins."""
    for look in forbidden:
        is_list = look.kind == "listing"
        if newspaper.is_front_page(look.url) or (
            is_list and was_there(run.archive.db, look.url_id)
        ):
            return look.url
    return None


def _mostly(host: Host, forbidden: list[Seen]) -> str | None:
    for kind in ("article", "picture"):
        own = [look for look in forbidden if look.kind == kind]
        asked = sum(look.kind == kind for look in host.looks)
        if len(own) >= _FORBIDDEN and 2 * len(own) > asked:
            return own[0].url
    return None
