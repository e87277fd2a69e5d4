"""An article as a source to be cited: in words, and as BibTeX, RIS and CSL-JSON for reference managers."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from archive import export
from archive.dates import vietnamese_day
from archive.web import answers
from archive.web.visits import Visit, written_out
from archive.web.withheld import absent
from archive.web.words import Words

_NEWSPAPER: Final = "Báo Lâm Đồng"
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
# Control characters; and marks that turn the direction of the text would turn the rest of the citation too.
_HIDDEN: Final = re.compile(
    r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_DATE: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?")  # others are none to cite
_LONGEST: Final = (
    2_000  # characters; no printed title or lead has as many, a hostile one may have a million
)
# BibTeX counts braces even behind a backslash: a printed one must become a command, or it would end the field.
_LATEX: Final = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
})  # fmt: skip


@dataclass(slots=True, frozen=True)
class Source:
    """What a citation says of an article. Texts are one line each, times in Vietnam's days.

    `published` is year, month and day as far as known; `url` the newspaper's address, `archived` ours.
    """

    id: int
    title: str
    authors: list[str]
    agency: str | None
    section: str | None
    lead: str | None
    tags: list[str]
    language: str
    published: list[int]
    url: str | None
    archived: str
    version: int
    first_seen: str
    fetched: str

    @property
    def issued(self) -> str | None:
        """The date of publication as exactly as it is known: 2026-09-05, 2019-08 or None."""
        return "-".join(f"{part:02}" for part in self.published) or None

    def note(self, words: Words) -> str:
        """Where this text is kept, and since when."""
        text = words(
            "cite_kept", at=self.archived, n=self.version, day=words.dated(self.first_seen)
        )
        return f"{words('source')}: {self.agency}. {text}" if self.agency else text


def source(article: dict[str, Any], archived: str) -> Source:
    """Return what is to be cited of an article as exported; `archived` is the address of its page here."""
    at = (article["published_at"] or "")[:10]
    return Source(
        id=article["id"],
        title=_line(article["title"]),
        authors=[name for name in map(_line, article["authors"]) if name],
        agency=_line(article["source"]) or None,
        section=_line(article["section"]) or None,
        lead=_line(article["lead"]) or None,
        tags=[tag for tag in map(_line, article["tags"]) if tag],
        language=article["language"],
        published=[int(part) for part in at.split("-")] if _DATE.fullmatch(at) else [],
        url=written_out(article["url"]),
        archived=archived,
        version=article["version"],
        first_seen=_day(article["first_seen_at"]),
        fetched=_day(article["capture"]["fetched_at"]),
    )


def _line(text: str | None) -> str:
    """One line: a line break would end a field of RIS."""
    line = " ".join(_HIDDEN.sub("", text or "").split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _day(moment: str) -> str:
    return vietnamese_day(datetime.fromisoformat(moment)).isoformat()


def in_words(cited: Source, words: Words) -> str:
    """Return a citation in one line, in the language of `words`.

    Lê Hoa. “Một bài”. Báo Lâm Đồng, 5/9/2026. https://… Bản lưu: https://…
    """
    and_ = f" {words('cite_and')} "
    names = and_.join(filter(None, [", ".join(cited.authors[:-1]), *cited.authors[-1:]]))
    when = words.dated(cited.issued) if cited.issued else words("cite_undated")
    paper = f"{_NEWSPAPER} ({words('source')}: {cited.agency})" if cited.agency else _NEWSPAPER
    kept = words("cite_kept", at=cited.archived, n=cited.version, day=words.dated(cited.first_seen))
    parts = [names, f"“{cited.title}”", f"{paper}, {when}", cited.url, kept]
    # An address takes no full stop behind it: it would be copied with it.
    return " ".join(
        part if part in (cited.url, kept) else f"{part.rstrip('.')}." for part in parts if part
    )


def bibtex(cited: Source, words: Words) -> str:
    """Return an entry for BibTeX (`year`, `month`) and biblatex (`date`), in UTF-8.

    Names stand in braces: they are printed family name first, and are not to be turned.
    """
    texts = {
        "title": f"{{{_latex(cited.title)}}}",
        "author": " and ".join(f"{{{_latex(name)}}}" for name in cited.authors),
        "journal": _NEWSPAPER,
        "date": cited.issued,
        "year": str(cited.published[0]) if cited.published else None,
        "url": cited.url,
        "urldate": cited.fetched,
        "keywords": ", ".join(_latex(tag.replace(",", " ")) for tag in cited.tags),
        "abstract": _latex(cited.lead or ""),
        "langid": {"vi": "vietnamese", "en": "english"}.get(cited.language),
        "note": _latex(cited.note(words)),
    }
    fields = [f"  {name} = {{{text}}}" for name, text in texts.items() if text]
    if len(cited.published) > 1:  # a name of BibTeX's own, which each style writes in its way
        fields.append(f"  month = {_MONTHS[cited.published[1] - 1]}")
    return f"@article{{baolamdong-{cited.id},\n" + ",\n".join(fields) + "\n}\n"


def _latex(text: str) -> str:
    return text.translate(_LATEX)


def ris(cited: Source, words: Words) -> str:
    """Return a record of RIS, in UTF-8; what is not known of a date stays empty between its slashes."""
    year, month, day = [*(f"{part:02}" for part in cited.published), "", "", ""][:3]
    lines = [
        ("TY", "NEWS"),
        ("TI", cited.title),
        *(("AU", name) for name in cited.authors),
        ("T2", _NEWSPAPER),
        ("SE", cited.section),
        ("PY", year or None),
        ("DA", f"{year}/{month}/{day}/" if year else None),
        ("LA", cited.language),
        ("AB", cited.lead),
        *(("KW", tag) for tag in cited.tags),
        ("UR", cited.url),
        ("Y2", cited.fetched.replace("-", "/") + "/"),
        ("DB", words("site")),
        ("AV", cited.archived),
        ("N1", cited.note(words)),
    ]
    return "".join(f"{tag}  - {text}\r\n" for tag, text in [*lines, ("ER", "")] if text is not None)


def csl(cited: Source, words: Words) -> list[dict[str, Any]]:
    """Return CSL-JSON: a list of one item, as pandoc, Zotero and citeproc read it."""
    item = {
        "id": f"baolamdong-{cited.id}",
        "type": "article-newspaper",
        "title": cited.title,
        "author": [{"literal": name} for name in cited.authors],
        "container-title": _NEWSPAPER,
        "section": cited.section,
        "issued": {"date-parts": [cited.published]} if cited.published else None,
        "accessed": {"date-parts": [[int(part) for part in cited.fetched.split("-")]]},
        "URL": cited.url,
        "archive": words("site"),
        "archive_location": cited.archived,
        "language": cited.language,
        "abstract": cited.lead,
        "keyword": ", ".join(cited.tags),
        "note": cited.note(words),
    }
    return [{name: value for name, value in item.items() if value}]


async def page(visit: Visit) -> Any:
    """Show how to cite an article, in words of both languages and as BibTeX and RIS."""
    cited = await _asked(visit)
    wordings = {language: in_words(cited, Words(language)) for language in ("vi", "en")}
    return await visit.page(
        "cite.html",
        cited=cited,
        wordings=wordings,
        bibtex=bibtex(cited, visit.words),
        ris=ris(cited, visit.words),
    )


async def as_bibtex(visit: Visit) -> Any:
    """Give the citation as a file of BibTeX."""
    cited = await _asked(visit)
    return _file(visit, bibtex(cited, visit.words), "application/x-bibtex", f"{cited.id}.bib")


async def as_ris(visit: Visit) -> Any:
    """Give the citation as a file of RIS."""
    cited = await _asked(visit)
    kind = "application/x-research-info-systems"
    return _file(visit, ris(cited, visit.words), kind, f"{cited.id}.ris")


async def data(visit: Visit) -> Any:
    """Give the citation as CSL-JSON."""
    text = json.dumps(csl(await _asked(visit), visit.words), ensure_ascii=False, indent=1)
    kind = "application/vnd.citationstyles.csl+json"
    return answers.sent(answers.data(text, kind), visit.request)


async def _asked(visit: Visit) -> Source:
    article_id = visit.number("id")
    article = await visit.site.read(lambda db: export.article(db, article_id))
    if article is None:
        raise await absent(visit, article_id)
    return source(article, visit.address(f"/articles/{article_id}"))


def _file(visit: Visit, text: str, kind: str, name: str) -> Any:
    content = answers.data(text, f"{kind}; charset=utf-8")
    return answers.sent(answers.file(content, f"baolamdong-{name}"), visit.request)
