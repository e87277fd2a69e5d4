"""What a run asks for next, and when it gives up. The frontier itself is the table `urls`; this is one run's view."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from archive.addresses import host
from archive.dates import now
from archive.model import Found, Kind, Look, Outcome
from archive.store import Archive
from archive.store.urls import Entry
from crawler.gaps import GapKeeper
from crawler.newspapers import baolamdong as newspaper
from crawler.patience import Patience
from crawler.pipelines import MISSED
from crawler.plan import Plan
from crawler.progress import how_much
from crawler.report import Report
from crawler.slugs import Slugs
from crawler.waiting import until_when, wait_before
from crawler.walking import Walking
from crawler.walks import Step

_AT_ONCE: Final = 1_000  # addresses of an index that are put on disk together
_ATTEMPTS: Final = 5  # of one address in one run
_LONGEST: Final = 120  # seconds; who asks for more is left for the next run
_RECHECKS: Final = (
    40  # a run, or each hour since the one before: a quiet run stays under 150 requests
)
_HOURS: Final = 6  # that a run makes up for
_QUIET: Final = 145  # requests of a run that finds nothing new, those for robots.txt left out
_IN_VAIN: Final = (
    20  # addresses that showed nothing, asked again at once: more only while that brings articles
)


@dataclass(slots=True, frozen=True)
class Turn:
    """One address to ask for now; with the step of a walk where it is a listing."""

    entry: Entry
    step: Step | None = None


class Frontier:
    """Hands out what to ask for: lists first, then articles, lists behind lists, pictures, re-checks.

    `problem` is set when the run cannot go on: one sentence, or "" where the report says enough.
    """

    def __init__(self, plan: Plan, archive: Archive, report: Report, delay: float) -> None:
        self.problem: str | None = None
        self.walking = Walking(plan, archive.urls, archive.coverage)
        self._gaps = GapKeeper(plan, archive, self.walking)
        self._plan, self._archive, self._report, self._delay = plan, archive, report, delay
        self._under_way: dict[int, Turn] = {}
        self._tries: dict[int, int] = {}
        self._waiting: set[int] = set()  # articles and pictures to be asked again in this run
        self._given_up: set[int] = set()
        self._later: list[tuple[datetime, Step]] = []
        self._patience = Patience()
        self._slugs = Slugs()
        self._rechecked = False
        self._asked = 0  # addresses handed out
        self._brought: dict[
            Kind, int
        ] = {}  # by those that showed nothing before, when the last of them were asked
        self._changed = asyncio.Event()

    def begin(self) -> None:
        """Take the addresses the plan names, and queue where discovery begins."""
        self._archive.clock.set_back(now())
        if self._plan.is_narrow:
            self._archive.queue.narrow()
        addresses = self._plan.addresses()
        while some := list(islice(addresses, _AT_ONCE)):
            self.found(some)
        if self._plan.given:
            self._ask_again(list(self._given()))
        self._archive.queue.oldest_first = self._plan.oldest_first
        if self._plan.has_period and not self._plan.is_narrow:
            self._archive.queue.want_again(self._plan.since, self._plan.until)
        self._begin_walking()

    def _given(self) -> Iterator[str]:
        """The addresses given, but for those the newspaper asked not to be asked for yet: Retry-After."""
        for found in self._plan.given:
            until = self._archive.urls.held_up_until(found.key, now())
            if until is None:
                yield found.key
            else:
                self._report.trouble(found.url, until_when(until))

    def _begin_walking(self) -> None:
        """Discovery learns from the runs before: what failed, what is under way, when the newest were looked at."""
        run = self._archive.run_id or 0
        newest = self._archive.runs.before(run, "newest")
        past = self._archive.runs.before(run, "backfill")
        self.walking.begin(
            self._gaps.unread_lists(),
            min(newest[0], now()) if newest else None,
            resumes=past is not None and self._plan.continues(past[1]),
        )

    def close(self) -> None:
        """Note what the run's lists covered and where they fell short."""
        self.walking.close()
        self._gaps.settle()
        self._report.progress = how_much(self._plan, self._archive)
        self._report.unread = self._archive.queue.unread_count()
        self._report.bounds = [*self._slugs.said(), *self.walking.said()]
        self._report.is_cut = self.walking.is_cut

    def found(self, found: list[Found]) -> None:
        """Put addresses on disk before they are asked for; a narrow run asks only for those it found."""
        found = self._slugs.within(found)
        self._report.found += len(self._archive.found(found, now()))
        self._archive.queue.widen(each.key for each in found)
        self._changed.set()

    def next(self, most: int) -> list[Turn]:
        """Return what to ask for now, so that no more than `most` requests are under way."""
        turns: list[Turn] = []
        for turn in self._turns(most - len(self._under_way)):
            self._under_way[turn.entry.id] = turn
            self._tries[turn.entry.id] = self._tries.get(turn.entry.id, 0) + 1
            self._asked += 1
            turns.append(turn)
        return turns

    def _turns(self, room: int) -> Iterator[Turn]:
        if room <= 0:
            return
        idle = not self._under_way
        if not self._is_satisfied():
            self._retry_lists()
            lists = list(self._askable(self.walking.next(room)))
            self._report.lists_left = self.walking.left
            articles = self._pending("article", min(room - len(lists), self._articles_left()))
            yield from map(self._list_turn, lists)
            yield from map(Turn, articles)
            idle = idle and not lists and not articles
        if idle:
            yield from self._when_articles_are_done(room)

    def _when_articles_are_done(self, room: int) -> Iterator[Turn]:
        if not self._is_satisfied():
            self.walking.more_lists()
            step = next(self._askable(iter(self._next_step, None)), None)
            if step is not None:
                yield self._list_turn(step)
                return
            if self._again("article", self._report.articles):
                yield from map(Turn, self._pending("article", min(room, self._articles_left())))
                return
        if self._plan.pictures and (pictures := self._pictures(room)):
            yield from map(Turn, pictures)
        elif self._may_recheck():
            self._rechecked = True
            self._ask_again(self._rechecks())
            yield from map(Turn, self._pending("article", room))

    def _pictures(self, room: int) -> list[Entry]:
        pictures = self._pending("picture", room)
        if (
            not pictures
            and not self._is_satisfied()
            and self._again("picture", self._report.pictures)
        ):
            return self._pending("picture", room)
        return pictures

    def _again(self, kind: Kind, brought: int) -> bool:
        """Make pending what showed nothing before and is due, part by part as long as each brings anything."""
        if self._plan.kind == "given" or self._plan.is_narrow or self._brought.get(kind) == brought:
            return False
        most = _IN_VAIN if brought else max(5, min(_IN_VAIN, _QUIET - _RECHECKS - self._asked))
        days = (self._plan.since, self._plan.until)
        entries = self._archive.queue.unread(kind, now(), most, days)
        self._brought[kind] = brought
        if entries:
            self._ask_again([entry.key for entry in entries])
        return bool(entries)

    def _rechecks(self) -> list[str]:
        """Who crawls every few hours has in one run what those who crawl every half hour have in several."""
        before = self._archive.runs.before(self._archive.run_id or 0, "newest")
        idle = now() - before[0] if before else timedelta()
        hours = min(max(1, idle // timedelta(hours=1)), _HOURS)
        entries = self._archive.queue.rechecks(now(), _RECHECKS * hours, hours)
        return [entry.key for entry in entries]

    def _may_recheck(self) -> bool:
        plan = self._plan
        return (
            not self._rechecked
            and plan.kind == "newest"
            and not plan.is_narrow
            and plan.limit is None
        )

    def _deeper(self) -> Step | None:
        """The next page behind a list, where one is needed now that the articles before it are known."""
        while self.walking.deep:
            step = self.walking.deep.popleft()
            if self.walking.is_needed(step):
                return step
            self.walking.ended(step)
        return None

    def _next_step(self) -> Step | None:
        return self.walking.steps.popleft() if self.walking.steps else self._deeper()

    def _askable(self, steps: Iterable[Step]) -> Iterator[Step]:
        """The lists that may be asked for now; the others wait, or are left for the next run."""
        for step in steps:
            until = self._archive.urls.waits_until(step.url, now())
            if until is None:
                yield step
            elif until - now() <= timedelta(seconds=_LONGEST):
                self._later.append((until, step))
            else:
                self.walking.failed(step, Outcome.REFUSED)
                self._report.trouble(step.url, until_when(until))

    def _list_turn(self, step: Step) -> Turn:
        self._archive.begin()
        entry = self._archive.urls.listing(step.url, now())
        self.walking.starts(step, entry)
        return Turn(entry, step)

    def _retry_lists(self) -> None:
        """Queue again the lists whose time has come after a refusal or a failure."""
        moment = now()
        self.walking.steps.extend(step for due, step in self._later if due <= moment)
        self._later = [(due, step) for due, step in self._later if due > moment]

    def _ask_again(self, keys: list[str]) -> None:
        self._archive.begin()
        self._archive.queue.ask_again(keys)
        self._archive.settle(at_once=True)

    def _is_satisfied(self) -> bool:
        return self._plan.limit is not None and self._report.articles >= self._plan.limit

    def _articles_left(self) -> int:
        if self._plan.limit is None:
            return 10**9
        under_way = sum(turn.entry.kind == "article" for turn in self._under_way.values())
        return max(0, self._plan.limit - self._report.articles - under_way)

    def _pending(self, kind: Kind, room: int) -> list[Entry]:
        if room <= 0:
            return []
        without = {*self._under_way, *self._given_up}
        return self._archive.queue.pending(kind, now(), room, without)

    async def wait(self) -> bool:
        """Wait for an answer or for an address whose time comes; return False where there is neither."""
        due = self._next_due()
        self._archive.settle(at_once=not self._under_way)
        if not self._under_way and due is None:
            return False
        seconds = max(0.01, (due - now()).total_seconds()) if due else 1.0
        try:
            await asyncio.wait_for(self._changed.wait(), min(seconds, 1.0))
        except TimeoutError:
            self._archive.settle()
        self._changed.clear()
        return True

    def _next_due(self) -> datetime | None:
        if self._is_satisfied():
            return None
        due = [when for when, _ in self._later]
        if self._waiting and (next_due := self._archive.queue.next_due(now(), self._waiting)):
            due.append(next_due)
        return min(due, default=None)

    def answered(self, look: Look, change: str | None) -> None:
        """Count what came of an address, and decide whether it is asked for again in this run."""
        turn = self._under_way.pop(look.url_id, None)
        if turn is None:
            return
        self._waiting.discard(look.url_id)
        self._report.count(turn.entry, look, change)
        if turn.step is not None and look.outcome not in {Outcome.LIVE, Outcome.UNCHANGED}:
            self.walking.failed(turn.step, look.outcome)
        self._widen(look)
        if look.outcome in MISSED:
            self._missed(turn, look)
        else:
            self._patience.answered()
        self._changed.set()

    def _widen(self, look: Look) -> None:
        """A narrow run also asks for where its articles moved and for their pictures."""
        keys = [found.key for found in look.pictures] + (
            [look.moved_to.key] if look.moved_to else []
        )
        self._archive.queue.widen(keys)

    def _missed(self, turn: Turn, look: Look) -> None:
        """Ask again later in this run, or leave the address for the next one."""
        entry = turn.entry
        # The pictures' host has no say in whether the newspaper is there.
        if entry.kind != "picture" or host(entry.asked) == host(newspaper.ORIGIN):
            self._patience.missed(look)
        if (look.wait or 0) > _LONGEST or self._tries[entry.id] >= _ATTEMPTS or look.is_final:
            self._given_up.add(entry.id)
            asked = look.at + timedelta(seconds=look.wait) if look.wait else None
            until = f"; {until_when(asked)}" if asked else ""
            self._report.trouble(entry.url, f"{look.detail or look.outcome}{until}")
        elif turn.step is not None:
            wait = wait_before(self._tries[entry.id], self._delay, look.wait)
            self._later.append((now() + timedelta(seconds=wait), turn.step))
        else:
            self._waiting.add(entry.id)
        self._give_up_if_away(look)

    def _give_up_if_away(self, look: Look) -> None:
        if self._patience.is_away:
            self.stop(
                f"{newspaper.ORIGIN} cannot be reached: {look.detail};"
                " the archive is as it was, try again later."
            )
        elif self._patience.is_refused:
            self._report.gave_up = True  # what the alarm `refusals` says
            self.stop("")

    def stop(self, problem: str) -> None:
        """End the run; the first problem is the one that is told."""
        self.problem = problem if self.problem is None else self.problem
        self._changed.set()
