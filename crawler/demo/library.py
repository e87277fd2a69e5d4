"""Reads the written stories from the data files that lie beside this module."""

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crawler.demo.story import VIETNAM, Habits, Story

STORIES = Path(__file__).parent / "stories"


def load(today: date) -> Iterator[Story]:
    """Yield the stories of the data files; those with `days_ago` are dated from `today`."""
    for file in sorted(STORIES.glob("*.toml")):
        for facts in tomllib.loads(file.read_text(encoding="utf-8"))["story"]:
            story = _story(facts, today)
            yield story
            if story.copied_to:
                yield _copy(story)


def _story(facts: dict[str, Any], today: date) -> Story:
    published = _published(facts, today)
    if minutes := facts.pop("modified_minutes", None):
        facts["modified"] = published + timedelta(minutes=minutes)
    for name in facts.keys() & {"path", "title", "lead"}:
        day = facts[name].replace("{dd/mm}", f"{published:%d/%m}")
        facts[name] = day.replace("{dd-mm}", f"{published:%d-%m}")
    habits = {name: _frozen(value) for name, value in facts.pop("habits", {}).items()}
    # The files are kept composed whatever an editor made of them; only a habit prints NFD.
    fields = {name: _frozen(value) for name, value in facts.items()}
    fields["path"] = quote(fields["path"], safe="/-.%")
    return Story(published=published, habits=Habits(**habits), **fields)


def _copy(story: Story) -> Story:
    # The copy names the original's address, so the month and the section's path are still known.
    return replace(story, generation="republished", section=None, skeleton=None, habits=Habits())


def _published(facts: dict[str, Any], today: date) -> datetime:
    if "days_ago" not in facts:
        moment: datetime = facts.pop("published")
        return moment.replace(tzinfo=VIETNAM)
    day = today - timedelta(days=facts.pop("days_ago"))
    at: time = facts.pop("time")
    return datetime.combine(day, at, VIETNAM)


def _frozen(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
