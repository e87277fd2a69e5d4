"""What the replica answers, as bytes: status, headers, body, and what is odd about the sending."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import Self

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
WORTH_PACKING = 512  # bytes: smaller bodies are sent as they are


@dataclass(frozen=True)
class Answer:
    """One response. `delay` is in seconds; `cut_at` is how many bytes of body are sent at all."""

    status: int
    body: bytes = b""
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    delay: float = 0.0
    cut_at: int | None = None
    packable: bool = True
    packed: bytes | None = None  # set where the gzip form is not simply that of `body`

    @classmethod
    def redirect(cls, address: str, status: int = 301) -> Self:
        """Return a redirect to an absolute address."""
        body = f'<html><body><a href="{address}">Moved</a></body></html>'.encode()
        return cls(status, body, headers=(("Location", address),))

    @classmethod
    def page(cls, text: str, content_type: str = HTML, status: int = 200) -> Self:
        """Return a page of text without any validator."""
        return cls(status, text.encode(), content_type)

    def with_etag(self, weak: bool = False) -> Self:
        """Return the answer with an ETag made from its bytes."""
        tag = f'"{hashlib.sha1(self.body, usedforsecurity=False).hexdigest()[:20]}"'
        return replace(self, etag=f"W/{tag}" if weak else tag)

    def dated(self, at: datetime) -> Self:
        """Return the answer with a Last-Modified of that (aware) time."""
        return replace(self, last_modified=format_datetime(at.astimezone(UTC), usegmt=True))

    def wire(self, method: str, headers: Mapping[str, str]) -> list[bytes]:
        """Return the bytes to send, honouring HEAD, conditional requests and Accept-Encoding.

        `headers` are those of the request, names in lower case.
        """
        if self.status == HTTPStatus.OK and self._is_known_to(headers):
            return [self._head_unchanged]
        head, body = self._head_plain, self.body
        if "gzip" in headers.get("accept-encoding", "") and self._gzipped is not None:
            head, body = self._head_gzipped, self._gzipped
        if method == "HEAD":
            return [head]
        return [head, body if self.cut_at is None else body[: self.cut_at]]

    def _is_known_to(self, headers: Mapping[str, str]) -> bool:
        if known := headers.get("if-none-match"):
            tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
            return self.etag is not None and self.etag.removeprefix("W/") in tags
        since = headers.get("if-modified-since")
        if not since or not self.last_modified:
            return False
        return parsedate_to_datetime(since) >= parsedate_to_datetime(self.last_modified)

    @cached_property
    def _gzipped(self) -> bytes | None:
        if self.packed is not None or not self.packable or len(self.body) < WORTH_PACKING:
            return self.packed
        return gzip.compress(self.body, compresslevel=1, mtime=0)

    @cached_property
    def _head_plain(self) -> bytes:
        return self._head(len(self.body))

    @cached_property
    def _head_gzipped(self) -> bytes:
        return self._head(len(self._gzipped or b""), ("Content-Encoding", "gzip"))

    @cached_property
    def _head_unchanged(self) -> bytes:
        return replace(self, status=304, headers=())._head(None)

    def _head(self, length: int | None, *more: tuple[str, str]) -> bytes:
        fields = [("Server", "nginx"), ("Vary", "Accept-Encoding"), *self.headers, *more]
        if length is not None:
            fields += [("Content-Type", self.content_type), ("Content-Length", str(length))]
        if self.etag:
            fields.append(("ETag", self.etag))
        if self.last_modified:
            fields.append(("Last-Modified", self.last_modified))
        if self.cut_at is not None:
            fields.append(("Connection", "close"))
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in fields]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
