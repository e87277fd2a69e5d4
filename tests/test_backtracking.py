"""Patterns that see what comes from outside take steps in proportion to its length, never more."""

import importlib
import inspect
import pkgutil
import re
import sys

import pytest
from backtracking import growth, restarts

import archive
import crawler
from crawler import feeds, listed, slugs, unread
from crawler.newspapers import baolamdong

SIZES = (
    40,
    100,
)  # times a text is repeated, and twice that; beyond 60 where a pattern takes no more
LINEAR = 2.5  # twice the text, twice the steps; where they grow with its square it is four
OFTEN = {module.__name__ for module in (baolamdong, feeds, listed, slugs, unread)}


def modules():
    for package in (archive, crawler):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns(value, depth=2):
    """Yield the patterns in a module's global, also those in its tuples, lists and dictionaries."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        for each in value.items():
            yield from patterns(each, depth)
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from patterns(each, depth - 1)


def is_searched(place):
    """Whether its module looks for a pattern anywhere in a text, and not at its beginning."""
    module, _, name = place.partition("[")[0].rpartition(".")
    source = inspect.getsource(sys.modules[module])
    return re.search(rf"\b{name}\.(?:search|finditer|findall|subn?|split)\b", source) is not None


def every_pattern():
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            for number, pattern in enumerate(patterns(value)):
                place = f"{module.__name__}.{name}" + (f"[{number}]" if number else "")
                found.setdefault(pattern, place)
    marks = {True: (), False: pytest.mark.thorough}
    return [
        pytest.param(place, pattern, marks=marks[place.rpartition(".")[0] in OFTEN], id=place)
        for pattern, place in found.items()
    ]


HOUSE = every_pattern()


@pytest.fixture(autouse=True)
def deep():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(30_000)  # the matcher goes a step deeper for every sign
    yield
    sys.setrecursionlimit(before)


def test_the_patterns_of_the_house_are_found():
    assert len(HOUSE) > 100


@pytest.mark.parametrize(("name", "pattern"), HOUSE)
def test_a_text_twice_as_long_takes_twice_the_steps(name, pattern):
    for size in SIZES:
        found, text = growth(pattern, size)
        if found <= LINEAR:
            return
    pytest.fail(f"{name}: {text}")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "pattern"), [each for each in HOUSE if is_searched(each.values[0])]
)
def test_looking_for_it_in_a_text_twice_as_long_takes_twice_the_steps(name, pattern):
    found, text = restarts(pattern, SIZES[0])
    assert found <= LINEAR, f"{name}: {text}"


@pytest.mark.parametrize(
    "pattern", [r"/(?:[a-z0-9]+(?:-[a-z0-9]+)*/?){1,2}", r"(?:a+)+b", r"x*x*y"]
)
def test_the_measure_knows_what_is_not_linear(pattern):
    found, _ = growth(re.compile(pattern), 20)
    assert found > LINEAR


def test_the_measure_knows_what_begins_anew_at_each_place():
    for pattern in (r"\s*sitemap", r"(?im)^\s*sitemap"):
        found, _ = restarts(re.compile(pattern), 40)
        assert found > LINEAR
