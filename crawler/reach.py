"""What may be asked for, by scheme, port and host: for every request and every redirect of every kind.

The one place that decides it. A middleware asks it again as the last thing before the network, so that no way of
making a request leads around it.
"""

from typing import Final, Literal

from archive.addresses import split
from archive.model import Kind
from crawler.newspapers import baolamdong as newspaper

Purpose = Kind | Literal["robots"]

_PORTS: Final = {"http": 80, "https": 443}


def why_not(url: str, purpose: Purpose) -> str | None:
    """Return in one clause why an address may not be asked for, or None where it may.

    >>> why_not("https://baolamdong.vn/a-1234.html", "article"), why_not("file:///etc/passwd", "robots")
    (None, 'only http and https are asked')
    """
    parts = split(url)
    if parts is None:
        return "it is no address"
    if parts.scheme not in _PORTS:
        return "only http and https are asked"
    if parts.port not in {None, _PORTS[parts.scheme]}:
        return "only the usual ports are asked"
    # What programs read differently: a name before the host, a backslash, letters that look like others.
    if not parts.netloc.isascii() or "@" in parts.netloc or "\\" in url:
        return "its host is not plain"
    host = parts.hostname or ""
    if host in newspaper.HOSTS or (purpose in {"picture", "robots"} and newspaper.shows(host)):
        return None
    return "it is at no host of the newspaper"
