"""What a robots.txt says, in whatever encoding and with whatever line ends it comes."""

import codecs
import re
import zlib
from collections.abc import Iterator
from typing import Final

from protego import Protego

from crawler.reach import why_not

LARGEST: Final = (
    500 * 1024
)  # bytes that are read: what RFC 9309 (2.5) asks for; the rest is dropped
_LONG: Final = 10_000  # characters; real ones have hundreds
LONGEST_DELAY: Final = 300.0  # seconds of Crawl-delay that are obeyed; above, the run ends

# UTF-32 before UTF-16, whose mark its own begins with.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OPENING: Final = re.compile("^(?:\ufeff|ï»¿)+")  # marks, also one read as Latin-1 and saved again
_AGENT: Final = re.compile(r"\s*user(?:-|\s*)agent\s*:?(.*)", re.IGNORECASE | re.DOTALL)


class RobotsTxt:
    """A robots.txt as it concerns the robot of that name, understood as far as it can be."""

    def __init__(self, body: bytes, name: str) -> None:
        self._name = name
        text = text_of(body)
        self.is_long = len(text) > _LONG  # looking an address up takes a while, too
        self._rules = Protego.parse("\n".join(self._lines(text)))

    @property
    def delay(self) -> float:
        """The seconds of its Crawl-delay, 0 where it has none."""
        return float(self._rules.crawl_delay(self._name) or 0)

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps it names that may be asked for."""
        return [url for url in self._rules.sitemaps if not why_not(url, "listing")]

    def allows(self, url: str) -> bool:
        """Return whether an address may be asked for."""
        return bool(self._rules.can_fetch(url, self._name))

    def _lines(self, text: str) -> Iterator[str]:
        """The lines, all robots but those meant here under one name: rules times names would fill the memory."""
        for line in text.splitlines():
            agent = _AGENT.match(line.partition("#")[0])
            name = agent[1].strip().lower() if agent else ""
            is_meant = not agent or name == "*" or name.replace("*", "") in self._name.lower()
            yield line if is_meant else "User-agent: another"


def text_of(body: bytes) -> str:
    """Return the text of a robots.txt of at most `LARGEST` bytes; of a longer one its whole lines within these.

    >>> text_of("User-agent: *".encode("utf-16"))
    'User-agent: *'
    """
    encoding = next((name for mark, name in _MARKS if body.startswith(mark)), _unmarked(body))
    text = body[:LARGEST].decode(encoding, "replace")
    if len(body) > LARGEST:
        text = "".join(text.splitlines(keepends=True)[:-1])  # half a rule forbids more, or less
    return _OPENING.sub("", text).replace("\0", "")


def _unmarked(body: bytes) -> str:
    """UTF-16 without a mark shows by the zeros between its letters."""
    if body[1:2] == b"\0" and body[:1] != b"\0":
        return "utf-16-le"
    return "utf-16-be" if body[:1] == b"\0" and body[1:2] != b"\0" else "utf-8"


def unpacked(body: bytes, coding: str) -> bytes:
    """Return a byte more than the first `LARGEST` of a body under a Content-Encoding, damaged or huge or not."""
    for bits in (47, -15) if coding in {"gzip", "x-gzip", "deflate"} else ():
        try:
            return zlib.decompressobj(bits).decompress(body, LARGEST + 1)
        except zlib.error:
            continue
    return body[: LARGEST + 1]
