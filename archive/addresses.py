"""Addresses from outside, split and joined: what is none is None, never an error.

The only place that calls `urlsplit` and `urljoin`: both raise ValueError on `http://[x`, and one such link
must not make a whole list unreadable.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

LONGEST: Final = 2_000  # characters; what is longer is no address, and no pattern needs to see it
# The host in full, and none of the signs that joining takes off where nothing follows.
_WHOLE: Final = re.compile(r"https?://[^/?#;][^?#;]*+(?:\?[^#;]+)?")
_BREAKS: Final = str.maketrans("", "", "\t\r\n")  # browsers leave these out of a link
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # controls; halves of a character


def split(url: str) -> SplitResult | None:
    """Return the parts of an address, its port a number or None; None where it is no address.

    >>> split("https://baolamdong.vn/a-1234.html").hostname, split("http://[x"), split("http://x:y/")
    ('baolamdong.vn', None, None)
    """
    text = _fit(url)
    return _parts(text) if text else None


@lru_cache(maxsize=64)  # one link is split by each who looks at it
def _parts(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        # Asking for the port raises where it is none.
        is_one = parts.port is not None or parts.hostname is not None or parts.path
    except ValueError:
        return None
    return parts if is_one else None


def joined(base: str, reference: str) -> str | None:
    """Return where a link leads that stands on the page at `base`, or None where it leads to no address.

    >>> joined("https://baolamdong.vn/rss/home.rss", "../mot-bai-386954.html")
    'https://baolamdong.vn/mot-bai-386954.html'
    """
    text = _fit(reference)
    if text is not None and _WHOLE.fullmatch(
        text
    ):  # joining would change nothing, at thrice the cost
        return text if _parts(text) else None
    try:
        target = urljoin(base, text) if text is not None else ""
    except ValueError:
        return None
    return target if split(target) else None


def host(url: str) -> str:
    """Return the host an address names, in lower case; "" where it names none."""
    parts = split(url)
    return (parts.hostname or "") if parts else ""


def path(url: str) -> str:
    """Return the path of an address, as spelt; "" where it is none."""
    parts = split(url)
    return parts.path if parts else ""


def as_sent(value: bytes) -> str:
    """Return an address from a header: bytes that are not ASCII percent-encoded, exactly as they came.

    >>> as_sent("/một-bài-1234.html".encode())
    '/m%E1%BB%99t-b%C3%A0i-1234.html'
    """
    return "".join(
        chr(byte) if byte < 0x80 and byte != 0x20 else f"%{byte:02X}" for byte in value.strip()
    )


def _fit(text: str) -> str | None:
    """The text without blanks around it and breaks within, None where it is too long or unfit to be shown."""
    text = text.strip().translate(_BREAKS)
    return text if len(text) <= LONGEST and not _UNFIT.search(text) else None
