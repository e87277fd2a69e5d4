"""One request to the site, and the answers it can be given."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self
from urllib.parse import quote, quote_plus, urlencode

from datasette import Response

from archive.web import answers
from archive.web.rendering import rendered
from archive.web.site import Site
from archive.web.words import Words

_DATA: Final = (".json", ".jsonl", ".atom")
# What may stand in an address as it is (RFC 3986), and a byte that is written as a number already.
_SAFE: Final = "!$&'()*+,-./:;=?@_~%"
_STRAY: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Refused(Exception):
    """The visit gets this status and, as its sentence, this text of the catalogue."""

    def __init__(self, status: int, text: str, **values: object) -> None:
        super().__init__(text)
        self.status, self.text, self.values = status, text, values
        self.facts: dict[str, Any] = {}  # besides the sentence, where data was asked for

    def sentence(self, words: Words) -> str:
        """Return what is said, in the language of the visit."""
        return words(self.text, **self.values)


@dataclass(slots=True, frozen=True)
class Visit:
    """One request with its parameters, in the language it asks for."""

    site: Site
    request: Any
    args: dict[str, str]
    words: Words

    @classmethod
    def of(cls, site: Site, request: Any) -> Self:
        """Return the visit a request makes: Vietnamese unless it says `lang=en`."""
        args = request.args  # parsed anew each time it is asked for
        given = {name: args[name] for name in args}
        return cls(site, request, given, Words("en" if given.get("lang") == "en" else "vi"))

    def number(self, name: str) -> int:
        """Return a number out of the address; the routes let nothing else through."""
        return int(self.request.url_vars[name])

    def link(self, path: str, **parameters: object) -> str:
        """Return the address of a page of the site, in the visit's language."""
        if self.words.language == "en":
            parameters["lang"] = "en"
        query = "&".join(f"{name}={_quoted(str(value))}" for name, value in parameters.items())
        return f"{self.site.prefix}{path}?{query}" if query else self.site.prefix + path

    def absolute(self, path: str) -> str:
        """Return an address of this site with scheme and host, as this visit came to it."""
        return str(self.site.datasette.absolute_url(self.request, path))

    def address(self, path: str) -> str:
        """Return the absolute address of a path of this site, the same in both languages."""
        return self.absolute(str(self.site.datasette.urls.path(path)))

    def here(self) -> str:
        """Return the path of this very page."""
        path = str(self.request.scope.get("route_path", self.request.path))
        # Two slashes at its beginning would lead to another host.
        return self.site.path("/" + path.lstrip("/"))

    def in_other_language(self) -> str:
        """Return this very address in the other language."""
        kept = {name: value for name, value in self.args.items() if name != "lang"}
        if self.words.language == "vi":
            kept["lang"] = "en"
        return self.here() + (f"?{urlencode(kept)}" if kept else "")

    async def page(self, template: str, status: int = 200, **facts: Any) -> Any:
        """Return a page of the site."""
        context = {
            **facts,
            "t": self.words,
            "urls": self.site.datasette.urls,
            "link": self.link,
            "absolute": self.absolute,
            "web": web_address,
            "other_language": self.in_other_language(),
            "static": self.site.static,
            "is_indexed": self.site.is_indexed,
        }
        html = rendered(template, context)
        return answers.sent(answers.page(html), self.request, status)

    def data(self, found: Any, status: int = 200) -> Any:
        """Return one JSON object."""
        text = json.dumps(found, ensure_ascii=False)
        return answers.sent(answers.data(text), self.request, status)

    def moved(self, path: str) -> Any:
        """Lead to another page of the site."""
        return Response.redirect(self.link(path), headers=dict(answers.HARMLESS))

    async def refusal(self, refused: Refused) -> Any:
        """Return one sentence, as a page or, where data was asked for, as data."""
        sentence = refused.sentence(self.words)
        if self.request.path.endswith(_DATA):
            return self.data({"error": sentence, **refused.facts}, refused.status)
        heading = self.words({404: "not_found", 410: "withheld"}.get(refused.status, "error"))
        return await self.page("error.html", refused.status, heading=heading, sentence=sentence)


_quoted: Final = lru_cache(256)(quote_plus)  # a page has its search in dozens of links


def web_address(address: str | None) -> str | None:
    """Return an address if a link may lead there, else None: only http and https are let through.

    >>> web_address("https://baolamdong.vn/"), web_address("javascript:alert(1)")
    ('https://baolamdong.vn/', None)
    """
    is_web = address is not None and address.lower().startswith(("https://", "http://"))
    return address if is_web else None


def written_out(address: str | None) -> str | None:
    """Return a web address for programs, which, unlike browsers, take it as it stands; None for what is none.

    >>> written_out("https://baolamdong.vn/bóng-đá {1}.html")
    'https://baolamdong.vn/b%C3%B3ng-%C4%91%C3%A1%20%7B1%7D.html'
    """
    web = web_address(address)
    if web is None:
        return None
    return "#".join(quote(_STRAY.sub("%25", part), safe=_SAFE) for part in web.split("#", 1))
