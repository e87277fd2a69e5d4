"""The addresses of the site: the one it has in public, and the hosts it answers to.

A page of another site could give its own name the address of this machine (DNS rebinding) and then read here what is
meant for this machine only. So a Host is either the site's own or a number that no name can stand for.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Final

from archive.addresses import split
from archive.store import ArchiveError
from archive.web.guarding import App
from archive.web.refusing import refuse

_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?")
_PATH: Final = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)*/?")
_SLASHES: Final = re.compile(rb"^[/\\]+")
_METHODS: Final = {"GET", "HEAD", "OPTIONS"}

Number = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(slots=True, frozen=True)
class Address:
    """Where readers find the site: `https`, `example.org:8443`, and what stands before a path: `/news`, or nothing."""

    scheme: str
    host: str
    prefix: str

    @classmethod
    def of(cls, url: str) -> "Address":
        """Return the address a URL names. Raises ArchiveError where it names none."""
        parts = split(url)
        if parts is None:
            raise _not_one(url)
        try:
            name = (parts.hostname or "").encode("idna").decode("ascii")
        except ValueError:
            raise _not_one(url) from None
        port = f":{parts.port}" if parts.port else ""
        host = f"[{name}]{port}" if ":" in name else f"{name}{port}"
        is_bare = not (parts.username or parts.password or parts.query or parts.fragment)
        is_web = parts.scheme in {"http", "https"} and _HOST.fullmatch(host)
        if not (is_web and is_bare and _PATH.fullmatch(parts.path)):
            raise _not_one(url)
        return cls(parts.scheme, host, parts.path.rstrip("/"))


def _not_one(url: str) -> ArchiveError:
    return ArchiveError(
        f"--public-url {url}: no address of a site; write it as https://example.org/ or https://example.org/news/."
    )


@dataclass(slots=True, frozen=True)
class Hosts:
    """The hosts the site answers to: its names, and numbers; all of these where `number` stands for any."""

    names: frozenset[str]
    number: Number

    @classmethod
    def of(cls, host: str, number: str, public: Address | None) -> "Hosts":
        """Return the hosts of a site served on `host`, whose socket has a number, with a public address."""
        names = {"localhost", host.lower(), *([_name(public.host)] if public else [])}
        return cls(frozenset(filter(None, names)), ipaddress.ip_address(number))

    def has(self, host: str) -> bool:
        """Return whether a field Host names this site; ports are not compared, for proxies may change them."""
        name = _name(host)
        if name in self.names:
            return True
        try:
            number = ipaddress.ip_address(name)
        except ValueError:
            return False
        number = getattr(number, "ipv4_mapped", None) or number
        return number.is_loopback or self.number.is_unspecified or number == self.number


def _name(host: str) -> str:
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower().removesuffix(".") if found else ""


def at_its_address(app: App, hosts: Hosts, public: Address | None) -> App:
    """Return an ASGI application that refuses other hosts and shows `app` the public address in every request.

    A proxy may keep the prefix in front of the path or take it off: `app` never sees it, for Datasette would write it
    twice, and what `app` leads to is below it. What a proxy says of the address (X-Forwarded-Proto and others) is not
    believed: anybody may say it.
    """

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        asked = [value for name, value in scope["headers"] if name == b"host"]
        if len(asked) != 1 and (asked or scope["http_version"] != "1.0"):
            await refuse(scope, send, 400, "one_host")
        elif asked and not hosts.has(asked[0].decode("latin-1")):
            await refuse(scope, send, 400, "other_host")
        elif scope["method"] not in _METHODS:
            await refuse(scope, send, 405, "reads_only", {"Allow": "GET, HEAD"})
        else:
            await app(_addressed(scope, public), receive, _below(public, send) if public else send)

    return answer


def _addressed(scope: Any, public: Address | None) -> Any:
    # Two slashes at the beginning would lead to another host where the path is sent back.
    raw = _SLASHES.sub(b"/", scope["raw_path"])
    path = "/" + scope["path"].lstrip("/\\")
    if public is None:
        return {**scope, "raw_path": raw, "path": path}
    prefix = public.prefix
    if prefix and f"{path}/".startswith(f"{prefix}/") and raw.startswith(prefix.encode()):
        raw = _SLASHES.sub(b"/", raw[len(prefix) :] or b"/")
        path = "/" + path[len(prefix) :].lstrip("/\\")
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    headers.append((b"host", public.host.encode()))
    return {**scope, "scheme": public.scheme, "raw_path": raw, "path": path, "headers": headers}


def _below(public: Address, send: Any) -> Any:
    """Return a `send` that leads below the prefix: where Datasette takes a slash off a path it writes none."""
    prefix = public.prefix.encode()

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [(name, moved(name, value)) for name, value in message["headers"]]
        await send(message)

    def moved(name: bytes, value: bytes) -> bytes:
        leads_out = value.startswith(b"/") and not value.startswith(prefix + b"/")
        return prefix + value if name.lower() == b"location" and leads_out else value

    return sending
