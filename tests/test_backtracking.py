"""Patterns that see what comes from outside take steps in proportion to its length, never more."""

import re
import sys

import pytest
from backtracking import growth

from archive.dates import _PRINTED
from crawler import feeds, listed, slugs, unread
from crawler.conventions import captions
from crawler.newspapers import baolamdong

SIZE = 100  # times a text is repeated, and twice that
LINEAR = 2.5  # twice the text, twice the steps; where they grow with its square it is four


def patterns(module):
    return [
        (f"{module.__name__}.{n}", p) for n, p in vars(module).items() if isinstance(p, re.Pattern)
    ]


HOUSE = [each for module in (baolamdong, feeds, listed, slugs, unread) for each in patterns(module)]
SLOW = [*patterns(captions), ("archive.dates._PRINTED", _PRINTED)]


@pytest.fixture(autouse=True)
def deep():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(30_000)  # the matcher goes a step deeper for every sign
    yield
    sys.setrecursionlimit(before)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [*HOUSE, *(pytest.param(*each, marks=pytest.mark.thorough) for each in SLOW)],
)
def test_a_text_twice_as_long_takes_twice_the_steps(name, pattern):
    found, text = growth(pattern, SIZE)
    assert found <= LINEAR, f"{name}: {text}"


@pytest.mark.parametrize(
    "pattern", [r"/(?:[a-z0-9]+(?:-[a-z0-9]+)*/?){1,2}", r"(?:a+)+b", r"x*x*y"]
)
def test_the_measure_knows_what_is_not_linear(pattern):
    found, _ = growth(re.compile(pattern), 20)
    assert found > LINEAR
