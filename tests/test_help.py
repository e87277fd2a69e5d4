"""Every command's `--help` ends with an example to paste."""

import pytest
from click.testing import CliRunner

from crawler.cli import cli


def commands(command, *path):
    """All commands by the words that call them, groups before what is in them."""
    yield path
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, *path, name)


ALL = list(commands(cli))


def test_there_are_commands():
    assert {("crawl",), ("search",), ("export",), ("verify",), ()} <= set(ALL)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_ends_with_an_example(path):
    done = CliRunner().invoke(cli, [*path, "--help"])
    *_, last = done.output.strip().split("\n\n")
    title, *lines = last.splitlines()
    assert (done.exit_code, title.strip()) == (0, "Example:")
    assert lines
    for line in lines:
        assert line.strip().startswith(" ".join(("lamdong", *path)))
        assert len(line) < 100
