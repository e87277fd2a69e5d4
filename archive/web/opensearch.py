"""OpenSearch: how a browser learns to search this archive from its address bar.

The description is OpenSearch 1.1 (github.com/dewitt/opensearch); suggestions are an array of four, as browsers read
them: what was typed, titles, what is said of each, addresses.
"""

import json
from typing import Any, Final

from lxml import etree

from archive.web import answers
from archive.web.visits import Visit

_NAMESPACE: Final = "http://a9.com/-/spec/opensearch/1.1/"
_LONGEST: Final = 16  # letters of a ShortName
_FORMS: Final[tuple[tuple[str, str, str, dict[str, str]], ...]] = (
    ("text/html", "results", "/search", {}),
    ("application/atom+xml", "results", "/feed.atom", {}),
    (
        "application/x-suggestions+json",
        "suggestions",
        "/search/suggestions.json",
        {"form": "opensearch"},
    ),
)


async def description(visit: Visit) -> Any:
    """Describe the search, with addresses as this visit came to the site."""
    root = etree.Element(f"{{{_NAMESPACE}}}OpenSearchDescription", nsmap={None: _NAMESPACE})
    _add(root, "ShortName", visit.words("newspaper")[:_LONGEST])
    _add(root, "LongName", visit.words("site"))
    _add(root, "Description", visit.words("about"))
    for media_type, relation, path, parameters in _FORMS:
        address = visit.absolute(visit.link(path, **parameters))
        template = f"{address}{'&' if '?' in address else '?'}q={{searchTerms}}"
        _add(root, "Url", type=media_type, rel=relation, method="get", template=template)
    own = visit.absolute(visit.link("/opensearch.xml"))
    _add(root, "Url", type="application/opensearchdescription+xml", rel="self", template=own)
    _add(root, "Language", visit.words.language)
    _add(root, "InputEncoding", "UTF-8")
    content = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    media_type = "application/opensearchdescription+xml; charset=utf-8"
    return answers.sent(answers.Content(content, media_type, answers.DATA), visit.request)


def _add(parent: Any, name: str, text: str | None = None, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}", attributes).text = text


def suggested(visit: Visit, text: str, titles: list[str], pages: list[str]) -> Any:
    """Give titles while someone types, as browsers read them."""
    found = [text, titles, [""] * len(titles), [visit.absolute(page) for page in pages]]
    content = answers.data(json.dumps(found, ensure_ascii=False), "application/x-suggestions+json")
    return answers.sent(content, visit.request)
