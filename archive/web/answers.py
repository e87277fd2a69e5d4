"""What is sent, with the headers that keep it harmless, let it be kept for a while and read from other sites.

A page may be taken from a copy for a minute; then its ETag, made of the bytes themselves, is asked for, and
whoever holds them still gets a 304.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from datasette import Response

HARMLESS: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
NO_INDEX: Final = {"X-Robots-Tag": "noindex"}
_PAGE: Final = {
    **HARMLESS,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self';"
    " style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}
# Should a browser open them after all, they can do nothing. Programs on other sites may read them.
DATA: Final = {
    **HARMLESS,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
}
MINUTE: Final = 60  # seconds a copy of a page is as good as the page


@dataclass(slots=True, frozen=True)
class Content:
    """Bytes to be sent; `fresh` is how many seconds a copy is as good, `etag` without its quotes."""

    content: bytes
    media_type: str
    headers: dict[str, str]
    fresh: int = MINUTE
    etag: str | None = None

    @property
    def tag(self) -> str:
        """The ETag: the one given, or a digest of the bytes."""
        return f'"{self.etag or hashlib.sha256(self.content).hexdigest()[:32]}"'


def page(html: str) -> Content:
    """Return a page of the site: it runs no script but ours, and loads nothing from elsewhere."""
    return Content(html.encode(), "text/html; charset=utf-8", _PAGE)


def data(text: str, media_type: str = "application/json; charset=utf-8") -> Content:
    """Return data that a program on any site may read."""
    return Content(text.encode(), media_type, DATA)


def file(content: Content, name: str) -> Content:
    """Return content that a browser keeps as a file of this name, which is ASCII."""
    headers = {**content.headers, "Content-Disposition": f'attachment; filename="{name}"'}
    return Content(content.content, content.media_type, headers, content.fresh, content.etag)


def sent(content: Content, request: Any, status: int = 200) -> Any:
    """Return the answer, or 304 to one who holds these bytes. What failed is not to be kept at all."""
    if status >= 500:
        return _response(content, status, {"Cache-Control": "no-store"})
    kept = {"ETag": content.tag, "Cache-Control": f"public, max-age={content.fresh}"}
    if status == 200 and holds(request, content.tag):
        return Response(b"", status=304, headers={**content.headers, **kept})
    return _response(content, status, kept)


def holds(request: Any, tag: str) -> bool:
    """Return whether the request says that it has these bytes (RFC 9110, 13.1.2: compared weakly)."""
    held = request.headers.get("if-none-match") or ""
    return held.strip() == "*" or tag in {
        each.strip().removeprefix("W/") for each in held.split(",")
    }


def preflight() -> Any:
    """Return the answer to a browser that asks whether a program on another site may read with If-None-Match."""
    allowed = {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return Response(b"", status=204, headers={**DATA, **allowed})


def _response(content: Content, status: int, headers: dict[str, str]) -> Any:
    return Response(
        content.content,
        status=status,
        headers={**content.headers, **headers},
        content_type=content.media_type,
    )
