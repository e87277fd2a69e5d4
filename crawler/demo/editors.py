"""Makes up lives of the sample newspaper: the same calendar and seed give the same life, to the minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Final

from crawler.demo.filler import SLUGS, Filler
from crawler.demo.life import (
    Address,
    Channel,
    Fault,
    Life,
    Lifeline,
    Renaming,
    Standing,
    State,
    Text,
    Trouble,
)
from crawler.demo.listings import Sizes
from crawler.demo.sections import BY_SLUG, Section
from crawler.demo.story import VIETNAM, slugged

UNKNOWN = "redesigned"  # a skeleton no layout was made for
KNOWN = "onecms_old"  # another one that today's layout reads
FIRST_ID: Final = 700000
# How often the newsroom publishes by the hour of the day: little at night, most in the morning.
BY_HOUR: Final = (1, 0, 0, 0, 1, 8, 14, 12, 11, 10, 9, 7, 4, 5, 8, 9, 9, 9, 7, 6, 5, 4, 3, 2)
SUNDAY: Final = 0.55  # of a weekday
HOUR: Final = 60  # minutes
DAY: Final = 24 * HOUR
# Which listings an article is left out of, by chance; and what editors do to it later.
LEFT_OUT: Final[dict[Channel, float]] = {
    "front": 0.4, "section": 0.04, "feed": 0.08, "sitemap": 0.08,
}  # fmt: skip
ONE_LISTING, NO_LISTING, LATE, DELAYED = 0.01, 0.004, 0.01, 0.15
CORRECTED, RETITLED, CORRECTED_LATE, MOVED, LOST, RETURNS = 0.10, 0.04, 0.03, 0.015, 0.02, 0.25
LOSSES: Final[tuple[State, ...]] = ("404", "410", "soft-404", "front-page")
RENAMED: Final = Section("van-hoa-the-thao", "Văn hóa - Thể thao")


@dataclass(frozen=True)
class Calendar:
    """What is to happen; times are days from the beginning, fractions included."""

    days: int
    daily: tuple[int, int]  # articles of a weekday: fewest, most
    floods: tuple[int, ...]  # days with so many articles:
    flood: int
    faults: tuple[tuple[Trouble, float, float], ...]
    renamed: float | None
    redesigned: float | None
    sizes: Sizes
    skeleton: str = UNKNOWN


MONTH = Calendar(
    days=30,
    daily=(20, 60),
    floods=(6, 19),
    flood=300,
    faults=(
        ("overloaded", 9, 10),
        ("no-network", 13.25, 13.75),
        ("refusing", 16, 16.5),
        ("refusing-at-times", 16.5, 17),
        ("silent", 21.3, 22.6),
    ),
    renamed=11.4,
    redesigned=24.4,
    sizes=Sizes(front=12, feed=20, page=15, pages=20, news=100, day=200),
)
WEEK = Calendar(
    days=6,
    daily=(8, 16),
    floods=(1,),
    flood=80,
    faults=(
        ("overloaded", 2, 3),
        ("no-network", 3.25, 3.75),
        ("refusing", 4, 4.3),
        ("refusing-at-times", 4.3, 4.6),
    ),
    renamed=3.9,
    redesigned=5.3,
    sizes=Sizes(front=8, feed=10, page=8, pages=10, news=30, day=60),
)


def live(calendar: Calendar, first_day: date, seed: int = 1) -> Life:
    """Return the life of a newspaper by a calendar, its first day given."""
    begins = datetime.combine(first_day, time(), VIETNAM)
    return Life(
        begins=begins,
        days=calendar.days,
        lines=tuple(_lines(calendar, begins, Random(seed))),
        faults=tuple(_faults(calendar, begins)),
        sections=tuple(BY_SLUG[slug] for slug in SLUGS),
        renaming=_renaming(calendar, begins),
        redesigned=_moment(begins, calendar.redesigned),
        skeleton=calendar.skeleton,
        sizes=calendar.sizes,
    )


def _faults(calendar: Calendar, begins: datetime) -> Iterator[Fault]:
    for name, first, last in calendar.faults:
        yield Fault(name, begins + timedelta(days=first), begins + timedelta(days=last))
    if calendar.redesigned is not None and calendar.skeleton == UNKNOWN:
        changed = begins + timedelta(days=calendar.redesigned)
        yield Fault("redesign", changed, begins + timedelta(days=calendar.days))


def _renaming(calendar: Calendar, begins: datetime) -> Renaming | None:
    at = _moment(begins, calendar.renamed)
    return Renaming(at, "the-thao", RENAMED) if at else None


def _moment(begins: datetime, days: float | None) -> datetime | None:
    return None if days is None else begins + timedelta(days=days)


def _lines(calendar: Calendar, begins: datetime, chance: Random) -> Iterator[Lifeline]:
    numbers, filler = count(), Filler(0, begins.date())
    for number in range(calendar.days):
        day, sitemap_stuck = begins + timedelta(days=number), chance.random() < DELAYED
        for published in _issue(day, number in calendar.floods, calendar, chance):
            yield _lifeline(next(numbers), published, sitemap_stuck, chance, filler)


def _issue(day: datetime, is_flood: bool, calendar: Calendar, chance: Random) -> list[datetime]:
    """When the articles of a day appear."""
    articles = chance.randint(*calendar.daily)
    if day.weekday() == 6:
        articles = round(articles * SUNDAY)
    hours = chance.choices(range(24), BY_HOUR, k=calendar.flood if is_flood else articles)
    return sorted(day + timedelta(hours=hour, minutes=chance.randrange(60)) for hour in hours)


def _lifeline(
    number: int, published: datetime, sitemap_stuck: bool, chance: Random, filler: Filler
) -> Lifeline:
    slug = slugged(filler.title(number))
    addresses = [Address(published, f"/{slug}-{FIRST_ID + number}.html")]
    standings = [Standing(published, "live")]
    fate = chance.random()
    if fate < MOVED:
        moved = _later(published, HOUR, 6 * DAY, chance)
        addresses.append(Address(moved, f"/{slug}-sua-ten-{FIRST_ID + number}.html"))
    elif fate < MOVED + LOST:
        standings += _loss(number, published, chance)
    return Lifeline(
        number,
        published,
        SLUGS[chance.randrange(len(SLUGS))],
        filler.author(number),
        tuple(_texts(number, published, chance, filler)),
        tuple(addresses),
        tuple(standings),
        _announced(published, sitemap_stuck, chance),
    )


def _later(moment: datetime, least: int, most: int, chance: Random) -> datetime:
    return moment + timedelta(minutes=chance.randint(least, most))


def _loss(number: int, published: datetime, chance: Random) -> Iterator[Standing]:
    lost = _later(published, 30, 8 * DAY, chance)
    yield Standing(lost, LOSSES[number % len(LOSSES)])
    if chance.random() < RETURNS:
        yield Standing(_later(lost, 30 * HOUR, 4 * DAY, chance), "live")


def _texts(number: int, published: datetime, chance: Random, filler: Filler) -> Iterator[Text]:
    """The first text, and what becomes of it: corrections soon, another headline, corrections days later."""
    paragraphs = filler.paragraphs(number)[:3]
    text = Text(published, filler.title(number), filler.lead(number), "\n\n".join(paragraphs))
    yield text
    if chance.random() < CORRECTED:
        at, body = (
            _later(published, 10, 6 * HOUR, chance),
            text.body.replace(" hộ dân", " gia đình"),
        )
        text = text._replace(since=at, body=body)
        yield text
    if chance.random() < RETITLED:
        at = _later(text.since, HOUR, 30 * HOUR, chance)
        text = text._replace(since=at, title=f"{text.title}: số liệu mới")
        yield text
    if chance.random() < CORRECTED_LATE:
        at = _later(text.since, 2 * DAY, 12 * DAY, chance)
        yield text._replace(since=at, body=f"{text.body}\n\nTòa soạn cáo lỗi cùng bạn đọc.")


def _announced(published: datetime, sitemap_stuck: bool, chance: Random) -> dict[Channel, datetime]:
    """Since when which listings know an article: mostly all of them within the hour."""
    known: dict[Channel, datetime] = {
        "front": published,
        "section": published,
        "feed": _later(published, 0, 10, chance),
        "sitemap": _later(published, 0, 40, chance),
    }
    if sitemap_stuck:
        known["sitemap"] = _later(published, 5 * HOUR, 20 * HOUR, chance)
    fate = chance.random()
    if fate < NO_LISTING:
        return {}
    if fate < NO_LISTING + LATE:
        return {"sitemap": _later(published, DAY, 4 * DAY, chance)}
    if fate < NO_LISTING + LATE + ONE_LISTING:
        only = chance.choice(list(known))
        return {only: known[only]}
    return {name: at for name, at in known.items() if chance.random() >= LEFT_OUT[name]}
