"""A sample newspaper whose lists leave articles out: each list as told, pages of articles never."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from crawler.demo.answers import Answer
from crawler.demo.catalogue import Catalogue
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.story import VIETNAM, Entry, Story


class PatchyNewspaper(SampleNewspaper):
    """Leaves articles out of lists. `dropped` holds pairs of a kind of list and the path of an article."""

    def __init__(self) -> None:
        super().__init__(troubles=False)
        self.dropped: set[tuple[str, str]] = set()
        self._asked = ""
        self._listings._catalogue = Patchy(self, self._catalogue)

    def answer(self, host: str, path: str, headers: Mapping[str, str]) -> Answer:
        self._asked = kind_of(path)
        return super().answer(host, path, headers)

    def left(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the lines that the list just asked for does not leave out."""
        return [entry for entry in entries if (self._asked, entry.path) not in self.dropped]

    def drop(self, kinds: Iterable[str], stories: Iterable[Story]) -> None:
        """Leave these stories out of these kinds of lists."""
        kinds = list(kinds)
        self.dropped |= {(kind, story.path) for story in stories for kind in kinds}
        self._site.changed()

    def heal(self) -> None:
        """End all troubles."""
        self._troubles.clear()

    def publish_some(self, section: str, number: int) -> list[Story]:
        """Publish so many articles of a section, a minute apart, the last one now."""
        first = 700000 + len(self.stories) * 1000
        at = datetime.now(VIETNAM)
        return [
            self.publish(
                Story(
                    path=f"/tin-{section}-{first + each}.html",
                    title=f"Tin số {first + each} của mục {section}",
                    published=at - timedelta(minutes=number - each),
                    text="Sáng nay, bà con trong vùng phấn khởi đón nhận công trình mới.",
                    section_slug=section,
                )
            )
            for each in range(number)
        ]


class Patchy:
    """The catalogue as the lists of a patchy newspaper see it."""

    def __init__(self, newspaper: PatchyNewspaper, whole: Catalogue) -> None:
        self._newspaper, self._whole, self.filler = newspaper, whole, whole.filler

    def newest(self) -> list[Entry]:
        return self._newspaper.left(self._whole.newest())

    def feed(self, slug: str) -> list[Entry]:
        return self._newspaper.left(self._whole.feed(slug))

    def of_section(self, slug: str) -> list[Entry]:
        return self._newspaper.left(self._whole.of_section(slug))

    def days(self) -> dict[date, list[Entry]]:
        days = self._whole.days().items()
        return {day: self._newspaper.left(entries) for day, entries in days}


def kind_of(path: str) -> str:
    """Return which kind of list an address is of: front, feed, sitemap or section."""
    name = path.strip("/").partition("?")[0]
    if not name:
        return "front"
    return (
        "feed" if name.startswith("rss") else "sitemap" if name.startswith("sitemap") else "section"
    )
