"""The life of the sample newspaper: for every article what was so, and since when. The truth to measure against.

`crawler.demo.editors` makes lives up, `crawler.demo.living` answers as one moment of a life would.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple, Protocol, TypeVar

from crawler.demo.listings import Sizes
from crawler.demo.sections import Section
from crawler.demo.story import HOST, Story, key

Channel = Literal["front", "section", "feed", "sitemap"]
State = Literal["live", "404", "410", "soft-404", "front-page"]
Trouble = Literal[
    "overloaded",  # 503 for everything
    "no-network",  # nothing answers
    "refusing",  # the firewall refuses everything
    "refusing-at-times",  # and five requests of twelve
    "silent",  # articles appear, but no listing shows anything new
    "redesign",  # pages of an unknown layout
]
DEAF: frozenset[Trouble] = frozenset({"overloaded", "no-network", "refusing"})


class _Fact(Protocol):
    @property
    def since(self) -> datetime: ...


Fact = TypeVar("Fact", bound=_Fact)


class Text(NamedTuple):
    """What an article says from a moment on; `body` in the notation of `crawler.demo.notation`."""

    since: datetime
    title: str
    lead: str
    body: str


class Address(NamedTuple):
    """Where an article stands from a moment on; older addresses then redirect (301)."""

    since: datetime
    path: str


class Standing(NamedTuple):
    """Whether an article is there from a moment on, and how it is not."""

    since: datetime
    state: State


class Fault(NamedTuple):
    """Something that goes wrong with the whole newspaper, from `begins` until before `ends`."""

    name: Trouble
    begins: datetime
    ends: datetime


class Renaming(NamedTuple):
    """A section that gets another address and name; the old address redirects, its feed is gone."""

    since: datetime
    slug: str
    section: Section


@dataclass(frozen=True)
class Lifeline:
    """One article through time. `announced` tells since when each kind of listing knows it, if ever."""

    number: int
    published: datetime
    section: str  # the slug it was published under
    author: str
    texts: tuple[Text, ...]
    addresses: tuple[Address, ...]
    standings: tuple[Standing, ...]
    announced: Mapping[Channel, datetime]

    @property
    def urls(self) -> tuple[str, ...]:
        """All its addresses, the first one first."""
        return tuple(f"https://{HOST}{address.path}" for address in self.addresses)

    def version_at(self, at: datetime) -> int:
        """Return which text is printed at a moment, from 1; 0 before it is published."""
        return sum(text.since <= at for text in self.texts)

    def title_at(self, at: datetime) -> str:
        """Return its headline at a moment."""
        return _latest(self.texts, at).title

    def path_at(self, at: datetime) -> str:
        """Return its address at a moment."""
        return _latest(self.addresses, at).path

    def state_at(self, at: datetime) -> State:
        """Return whether it is there at a moment."""
        return _latest(self.standings, at).state

    def is_listed(self, channel: Channel, at: datetime) -> bool:
        """Return whether listings of a kind know it at a moment; they may be too short to show it."""
        since = self.announced.get(channel)
        return since is not None and since <= at and self.state_at(at) == "live"

    @property
    def changes(self) -> list[datetime]:
        """The moments at which anything about it changes."""
        facts: list[_Fact] = [*self.texts, *self.addresses, *self.standings]
        return [fact.since for fact in facts] + list(self.announced.values())


@dataclass(frozen=True)
class Life:
    """A newspaper's life of some days from `begins` (midnight in Vietnam), oldest article first."""

    begins: datetime
    days: int
    lines: tuple[Lifeline, ...]
    faults: tuple[Fault, ...]
    sections: tuple[Section, ...]
    renaming: Renaming | None
    redesigned: datetime | None
    skeleton: str  # of every page from then on
    sizes: Sizes

    @property
    def ends(self) -> datetime:
        """The moment after the last."""
        return self.begins + timedelta(days=self.days)

    def faults_at(self, at: datetime) -> list[Fault]:
        """Return what is wrong at a moment."""
        return [fault for fault in self.faults if fault.begins <= at < fault.ends]

    def answers_at(self, at: datetime) -> bool:
        """Return whether any page can be had at a moment."""
        return not any(fault.name in DEAF for fault in self.faults_at(at))

    def listed_at(self, at: datetime) -> datetime:
        """Return the moment whose listings are shown: an earlier one while they are stuck."""
        stuck = [fault.begins for fault in self.faults_at(at) if fault.name == "silent"]
        return min(stuck, default=at)

    def sections_at(self, at: datetime) -> tuple[Section, ...]:
        """Return the sections as the menu names them at a moment."""
        if self.renaming is None or at < self.renaming.since:
            return self.sections
        _, slug, section = self.renaming
        return tuple(section if each.slug == slug else each for each in self.sections)

    def section_at(self, slug: str, at: datetime) -> Section:
        """Return the section once published under a slug, as it is at a moment."""
        return self.sections_at(at)[[section.slug for section in self.sections].index(slug)]

    def skeleton_at(self, at: datetime) -> str:
        """Return the skeleton in which pages are printed at a moment."""
        return self.skeleton if self.redesigned and at >= self.redesigned else "onecms_new"

    def story(self, line: Lifeline, at: datetime) -> Story:
        """Return an article as its page prints it at a moment."""
        text, section = _latest(line.texts, at), self.section_at(line.section, at)
        return Story(
            path=line.path_at(at),
            title=text.title,
            published=line.published,
            text=text.body,
            section=section.name,
            section_slug=section.slug,
            lead=text.lead,
            authors=(line.author,),
        )

    @cached_property
    def by_path(self) -> dict[str, Lifeline]:
        """The article at every address any article ever had."""
        return {key(address.path): line for line in self.lines for address in line.addresses}

    @cached_property
    def changes(self) -> list[datetime]:
        """The moments at which anything changes, in order."""
        turns = [self.renaming.since] if self.renaming else []
        turns += [moment for fault in self.faults for moment in (fault.begins, fault.ends)]
        return sorted({*turns, *(moment for line in self.lines for moment in line.changes)})


def _latest(facts: Sequence[Fact], at: datetime) -> Fact:
    return next((fact for fact in reversed(facts) if fact.since <= at), facts[0])
