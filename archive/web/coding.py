"""Text is sent as gzip to who prefers it: which coding a reader takes, an ETag for each, and what a 304 carries."""

import re
import zlib
from typing import Any, Final

from archive.web.guarding import App
from archive.web.refusing import refuse

_LEVEL: Final = 5  # a page of 60 KB in a millisecond; 9 takes three times that for 2 % less
_GZIP: Final = 16 + zlib.MAX_WBITS
_TEXT: Final = re.compile(
    rb"text/|application/(?:[\w.+-]*(?:json|xml|javascript|bibtex|systems|ndjson))"
)
_QUALITY: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_MARK: Final = b"-gzip"

Headers = list[tuple[bytes, bytes]]


def accepted(field: str | None) -> frozenset[str]:
    """Return which of gzip and identity Accept-Encoding takes (RFC 9110, 12.5.3); gzip only if not liked less.

    >>> sorted(accepted("br, gzip;q=0.5")), sorted(accepted("gzip;q=0")), sorted(accepted("gzip, identity;q=0"))
    (['gzip', 'identity'], ['identity'], ['gzip'])
    """
    if field is None:
        return frozenset({"identity"})
    named = dict(_qualities(field))
    others = named.get("*")
    gzip = named.get("gzip", named.get("x-gzip", others or 0.0))
    identity = named.get("identity", 0.0 if others == 0 else None)
    takes = {"gzip"} if gzip and gzip >= (identity or 0.0) else set()
    return frozenset(takes | ({"identity"} if identity != 0 else set()))


def _qualities(field: str) -> list[tuple[str, float]]:
    found = []
    for each in field.lower().split(","):
        name, _, parameter = (part.strip() for part in each.partition(";"))
        weight = parameter.removeprefix("q=").strip()
        if name:
            found.append((name, float(weight) if _QUALITY.fullmatch(weight) else 1.0))
    return found


def packed(app: App) -> App:
    """Return an ASGI application that sends text as gzip to whoever takes it; what was captured goes as it is."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or "/captures/" in scope["path"]:
            await app(scope, receive, _bare(send) if scope["type"] == "http" else send)
            return
        fields = [value for name, value in scope["headers"] if name == b"accept-encoding"]
        codings = accepted(b",".join(fields).decode("latin-1") if fields else None)
        if not codings:
            await refuse(scope, send, 406, "no_coding", {"Vary": "Accept-Encoding"})
            return
        held = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
        asked = {**scope, "headers": _unmarked(scope["headers"], codings)}
        await app(asked, receive, _Packing(_bare(send), codings, held).send)

    return answer


def _unmarked(headers: Headers, codings: frozenset[str]) -> Headers:
    """The headers with ETags as the pages know them: without the mark of gzip, where that is taken."""
    if "gzip" not in codings:
        return headers
    return [
        (name, value.replace(_MARK + b'"', b'"') if name == b"if-none-match" else value)
        for name, value in headers
    ]


def _bare(send: Any) -> Any:
    """Sends no media type where there is nothing of any."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] in {204, 304}:
            kept = [
                field
                for field in message["headers"]
                if field[0].lower() not in {b"content-type", b"content-length"}
            ]
            message = {**message, "headers": kept}
        await send(message)

    return sending


class _Packing:
    """One answer on its way."""

    def __init__(self, send: Any, codings: frozenset[str], held: bytes) -> None:
        self._send, self._codings, self._held = send, codings, held
        self._start: Any = None
        self._gzip: Any = None

    async def send(self, message: Any) -> None:
        """Take a message of the application."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._start:
            self._decide()
            await self._send(self._start)
            self._start = None
        if self._gzip:
            body = self._gzip.compress(body) + (
                self._gzip.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
            )
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _decide(self) -> None:
        headers = {name.lower(): value for name, value in self._start["headers"]}
        headers[b"vary"] = _with(headers.get(b"vary", b""), b"Accept-Encoding")
        tag = headers.get(b"etag", b"")
        marked = tag[:-1] + _MARK + b'"'
        # By the type alone, so that a 304, which has no bytes, is told of the same coding as the whole answer.
        is_marked = "gzip" in self._codings and _is_text(headers)
        if self._start["status"] == 304:  # whoever holds only what is not coded keeps it
            is_marked = is_marked and (marked in self._held or tag not in self._held)
        elif is_marked:
            self._gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
            headers[b"content-encoding"] = b"gzip"
            headers.pop(b"content-length", None)
        if is_marked and tag:
            headers[b"etag"] = marked
        self._start = {**self._start, "headers": list(headers.items())}


def _is_text(headers: dict[bytes, bytes]) -> bool:
    is_plain = b"content-encoding" not in headers
    return is_plain and bool(_TEXT.match(headers.get(b"content-type", b"")))


def _with(vary: bytes, name: bytes) -> bytes:
    named = [each.strip() for each in vary.split(b",") if each.strip()]
    is_there = name.lower() in {each.lower() for each in named} or b"*" in named
    return b", ".join(named if is_there else [*named, name])
