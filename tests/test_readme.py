"""What README shows runs: every command, in order, offline, in an empty folder."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from runs import environment

README = Path(__file__).parents[1] / "README.md"
NOT_HERE = ("make ",)  # `make start` and `make test` are what runs this


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_readme_shows_the_two_commands():
    assert {"make start", "make test"} <= set(commands())


def test_every_command_shown_runs(tmp_path):
    shown = [line for line in commands() if not line.startswith(NOT_HERE)]
    assert len(shown) >= 5
    for line in shown:
        program, *arguments = shlex.split(line)
        assert program == "lamdong", line
        done = subprocess.run(
            [sys.executable, "-m", "crawler", *arguments],
            cwd=tmp_path,
            env=environment(None),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout or done.stderr


@pytest.mark.parametrize("name", re.findall(r"\]\(((?!http)[^)]+)\)", README.read_text("utf-8")))
def test_every_file_linked_is_there(name):
    assert (README.parent / name).exists()


def test_every_command_named_in_the_readme_exists():
    from crawler.cli import cli

    named = set(re.findall(r"`?lamdong ([a-z]+)", README.read_text("utf-8"))) - {"news"}
    assert named <= set(cli.commands)


def test_every_help_ends_with_an_example():
    from click import Context

    from crawler.cli import cli

    for name, command in cli.commands.items():
        helped = command.get_help(Context(command, info_name=name))
        assert f"\n    lamdong {name}" in helped.split("\n  Example:")[1], name
