"""How many steps a pattern takes: a matcher that goes the way of Python's own, counts, and knows what to fail on."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from math import inf
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST = 200_000  # steps, then a count ends
MANY = 16  # repeats from which they are tried with many
ENDS = ("", "\0", "!", " ")  # what may stand behind and make it fail
RUNS = (" ", "\n", "-", "=", "<", "/", ".", "&")  # of which pages have many in a row
_SETS = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    op.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
    op.CATEGORY_NOT_WORD: lambda sign: not (sign.isalnum() or sign == "_"),
}
_EXAMPLES = {
    op.CATEGORY_DIGIT: "1", op.CATEGORY_NOT_DIGIT: "a", op.CATEGORY_SPACE: " ", op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_WORD: "a", op.CATEGORY_NOT_WORD: "-",
}  # fmt: skip
Node = tuple[Any, Any]
Nodes = Sequence[Node]
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)


def tree(pattern: re.Pattern[Any]) -> Nodes:
    """Return the nodes of a pattern; letters of either case are one to this matcher."""
    text = pattern.pattern
    text = text.decode("latin-1") if isinstance(text, bytes) else text
    return list(parser.parse(text, pattern.flags & ~(re.DEBUG | re.ASCII) | re.UNICODE))


class Matcher:
    """One attempt at the beginning of a text, as fullmatch makes it, or as match does; `steps` counts."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self.text, self.steps = text.lower(), 0
        self.is_by_line = bool(flags & re.MULTILINE)

    def attempt(self, nodes: Nodes, *, is_full: bool) -> int:
        """Return how many steps it takes until the pattern matches or fails."""
        for end in self._run(list(nodes), 0):
            if not is_full or end == len(self.text) or self.steps > MOST:
                break
        return self.steps

    def search(self, nodes: Nodes) -> int:
        """Return how many steps it takes until the pattern matches at some place, or at none."""
        for at in range(len(self.text) + 1):
            if next(self._run(list(nodes), at), None) is not None or self.steps > MOST:
                break
        return self.steps

    def _run(self, nodes: Nodes, at: int) -> Iterator[int]:
        if not nodes:
            yield at
            return
        for end in self._one(*nodes[0], at):
            yield from self._run(nodes[1:], end)

    def _one(self, kind: Any, value: Any, at: int) -> Iterator[int]:  # noqa: C901 - a case for each node
        self.steps += 1
        if self.steps > MOST:
            return
        if kind in _REPEATS:
            found = self._repeat(kind, *value, at, 0)
            yield from islice(found, 1) if kind is op.POSSESSIVE_REPEAT else found
        elif kind is op.BRANCH:
            for nodes in value[1]:
                yield from self._run(list(nodes), at)
        elif kind is op.SUBPATTERN:
            yield from self._run(list(value[3]), at)
        elif kind is op.ATOMIC_GROUP:
            yield from islice(self._run(list(value), at), 1)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            begin = at if value[0] > 0 else at - value[1].getwidth()[0]
            is_there = begin >= 0 and next(self._run(list(value[1]), begin), None) is not None
            if is_there is (kind is op.ASSERT):
                yield at
        elif kind is op.AT:
            if self._stands(value, at):
                yield at
        elif at < len(self.text) and _is_one(kind, value, self.text[at]):
            yield at + 1

    def _repeat(
        self, kind: Any, least: int, most: int, body: Nodes, at: int, done: int
    ) -> Iterator[int]:
        if kind is op.MIN_REPEAT and done >= least:
            yield at
        if done < most:
            for end in self._run(list(body), at):
                if end > at:
                    yield from self._repeat(kind, least, most, body, end, done + 1)
        if kind is not op.MIN_REPEAT and done >= least:
            yield at

    def _stands(self, where: Any, at: int) -> bool:
        if where in (op.AT_BOUNDARY, op.AT_NON_BOUNDARY):
            around = [self.text[n : n + 1].isalnum() for n in (at - 1, at) if n >= 0]
            return (len(set(around)) > 1 or around == [True]) is (where is op.AT_BOUNDARY)
        is_begin = where in (op.AT_BEGINNING, op.AT_BEGINNING_STRING)
        if self.is_by_line and where in (op.AT_BEGINNING, op.AT_END):
            beside = self.text[at - 1 : at] if is_begin else self.text[at : at + 1]
            return beside in ("", "\n")
        return at == 0 if is_begin else at == len(self.text)


def _is_one(kind: Any, value: Any, sign: str) -> bool:
    match kind:
        case op.LITERAL:
            return chr(value).lower() == sign
        case op.NOT_LITERAL:
            return chr(value).lower() != sign
        case op.ANY:
            return True
        case op.RANGE:
            return value[0] <= ord(sign) <= value[1] or value[0] <= ord(sign.upper()[0]) <= value[1]
        case op.CATEGORY:
            return bool(_SETS[value](sign))
        case op.IN:
            is_negated = value[0][0] is op.NEGATE
            return any(_is_one(*each, sign) for each in value[is_negated:]) is not is_negated
    raise ValueError(kind)


def examples(nodes: Nodes) -> list[str]:
    """Return some short texts that nodes match."""
    parts = [_examples(*node) for node in nodes]
    return list(dict.fromkeys(map("".join, islice(product(*parts), 12))))


def _examples(kind: Any, value: Any) -> list[str]:
    if kind in _REPEATS:
        least, _, body = value
        found = [each * max(least, 1) for each in examples(list(body))]
        return [*found, ""] if least == 0 else found
    match kind:
        case op.LITERAL:
            return [chr(value)]
        case op.SUBPATTERN:
            return examples(list(value[3]))
        case op.ATOMIC_GROUP:
            return examples(list(value))
        case op.BRANCH:
            return [text for nodes in value[1] for text in examples(list(nodes))[:2]][:12]
        case op.IN | op.NOT_LITERAL | op.ANY:
            signs = [sign for sign in _offered(kind, value) if _is_one(kind, value, sign)]
            return list(dict.fromkeys(signs)) or ["a"]
    return [""]


def _offered(kind: Any, value: Any) -> Iterator[str]:
    for each, what in value if kind is op.IN else ():
        if each is op.LITERAL:
            yield chr(what).lower()
        elif each is op.RANGE:
            yield chr(what[0]).lower()
        elif each is op.CATEGORY:
            yield _EXAMPLES[what]
    yield from "a1 -.\n"


def pumps(nodes: Nodes, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield for each part that may come many times what stands before it, and texts to repeat."""
    for number, (kind, value) in enumerate(nodes):
        lead = before + "".join(examples([each])[0] for each in nodes[:number])
        inner: list[Nodes] = []
        if kind in _REPEATS:
            inner = [list(value[2])]
            if value[1] >= MANY:
                texts = [text for text in examples(inner[0]) if text][:5]
                behind = [text for text in examples(list(nodes[number + 1 : number + 2])) if text][
                    :2
                ]
                yield from ((lead, text) for text in [*texts, *behind])
                yield from ((lead, one + two) for one in texts for two in behind)
        elif kind is op.SUBPATTERN:
            inner = [list(value[3])]
        elif kind is op.ATOMIC_GROUP:
            inner = [list(value)]
        elif kind is op.BRANCH:
            inner = [list(each) for each in value[1]]
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            inner = [list(value[1])]
        for each in inner:
            yield from pumps(each, lead)


def growth(pattern: re.Pattern[Any], size: int) -> tuple[float, str]:
    """Return by how much the steps grow at most when a text gets twice as long, and the text repeated in it."""
    nodes, worst = tree(pattern), (0.0, "")
    for before, text in dict.fromkeys(pumps(nodes)):
        for end in ENDS:
            once, twice = (
                Matcher(before + text * (size * n) + end, pattern.flags).attempt(
                    nodes, is_full=bool(end)
                )
                for n in (1, 2)
            )
            worst = max(worst, _times(once, twice, f"{before!r} + {text!r} × n + {end!r}"))
    return worst


def restarts(pattern: re.Pattern[Any], size: int) -> tuple[float, str]:
    """Return the same for looking for a pattern in a text of one sign, from each of its places."""
    nodes, worst = tree(pattern), (0.0, "")
    for text in RUNS:
        once, twice = (
            Matcher(text * (size * n) + "\0", pattern.flags).search(nodes) for n in (1, 2)
        )
        worst = max(worst, _times(once, twice, f"{text!r} × n"))
    return worst


def _times(once: int, twice: int, text: str) -> tuple[float, str]:
    return ((twice + 1) / (once + 50) if twice <= MOST else inf), text
