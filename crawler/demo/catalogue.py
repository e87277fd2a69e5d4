"""What the newspaper holds at the moment, in the orders its listings need."""

from collections.abc import Iterable
from datetime import date

from crawler.demo.filler import Filler
from crawler.demo.story import Entry, Story, key


class Catalogue:
    """All stories, and the entries made from them, newest first.

    Pages of filler become stories when somebody asks for them as such (to edit or to compare).
    """

    def __init__(self, stories: Iterable[Story], filler: Filler, extra: Iterable[Entry]) -> None:
        self.filler = filler
        self._stories = {key(story.path): story for story in stories}
        self._hidden: set[str] = set()  # filler that was edited, removed or moved
        self._extra = list(extra)  # listed addresses that hold no article
        self._sort()

    @property
    def stories(self) -> list[Story]:
        """Every story that is not filler."""
        return list(self._stories.values())

    def add(self, story: Story) -> None:
        """Add a story, or put it in the place of the one with its path."""
        self._hidden.add(key(story.path))
        self._stories[key(story.path)] = story
        self._sort()

    def drop(self, path: str) -> None:
        """Take a story, or a page of filler, out of the newspaper."""
        self._hidden.add(key(path))
        self._stories.pop(key(path), None)
        self._sort()

    def filler_number(self, path: str) -> int | None:
        """Return the number of the filler at a path; None where there is none (any more)."""
        return None if key(path) in self._hidden else self.filler.number_of(path)

    def get(self, path: str) -> Story:
        """Return the story at its canonical path. Raises KeyError where there is none."""
        if story := self._stories.get(key(path)):
            return story
        number = self.filler_number(path)
        if number is None:
            raise KeyError(path)
        return self.filler.story(number)

    def article_paths(self) -> list[str]:
        """Return the canonical path of every article, filler included."""
        filler = [e.path for e in self.filler.entries() if key(e.path) not in self._hidden]
        return [story.path for story in self._stories.values()] + filler

    def newest(self) -> list[Entry]:
        """Return the entries of today's system, newest first."""
        return self._newest

    def of_section(self, slug: str) -> list[Entry]:
        """Return what a section page lists, those of its children included."""
        return self._sections.get(slug, [])

    def feed(self, slug: str) -> list[Entry]:
        """Return what the feed of a section lists: what is of today's system."""
        return [entry for entry in self.of_section(slug) if entry.in_sitemap]

    def days(self) -> dict[date, list[Entry]]:
        """Return what the day sitemaps list, by Vietnamese day."""
        return self._days

    def _sort(self) -> None:
        self._newest: list[Entry] = []
        self._sections: dict[str, list[Entry]] = {}
        self._days: dict[date, list[Entry]] = {}
        for entry in sorted(self._entries(), key=lambda entry: entry.published, reverse=True):
            for slug in entry.sections:
                self._sections.setdefault(slug, []).append(entry)
            if entry.in_sitemap:
                self._newest.append(entry)
                self._days.setdefault(entry.published.date(), []).append(entry)

    def _entries(self) -> Iterable[Entry]:
        for story in self._stories.values():
            yield from story.entries()
        yield from (e for e in self.filler.entries() if key(e.path) not in self._hidden)
        yield from self._extra
