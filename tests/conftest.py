"""Options of the test suite, and what it says when it could not do all."""

import contextlib
import gc
import sqlite3
import warnings
from types import SimpleNamespace
from unittest import mock

import chromium
import pytest
import starting

with warnings.catch_warnings(action="ignore", category=ResourceWarning):
    import datasette.app  # noqa: F401 - it leaves a connection open that nobody else could close

    gc.collect()

DATASETTES = ("datasette.app", "datasette.database", "datasette.utils", "datasette.utils.sqlite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept",
        action="store_true",
        help="Write the expected JSON of saved pages anew; then look at git diff.",
    )
    parser.addoption(
        "--pictures",
        metavar="FOLDER",
        help="Where to leave the pictures of the site that the README shows.",
    )


def pytest_configure(config: pytest.Config) -> None:
    if chromium.is_required() and not chromium.program():
        raise pytest.UsageError(chromium.MISSING)


def pytest_unconfigure() -> None:
    starting.end()


@pytest.fixture(scope="module", autouse=True)
def _datasettes_connections():
    """Close what Datasette leaves open; it closes itself only its connections to files, where it is told to."""
    opened = []

    def connect(*args, **options):
        opened.append(sqlite3.connect(*args, **{**options, "check_same_thread": False}))
        return opened[-1]

    watched = SimpleNamespace(**{**vars(sqlite3), "connect": connect})
    with contextlib.ExitStack() as stack:
        for module in (*DATASETTES, "archive.web.served"):
            stack.enter_context(mock.patch(f"{module}.sqlite3", watched))
        yield
    for connection in opened:
        connection.close()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    number = sum("tests/browser/" in report.nodeid for report in skipped)
    if number and not chromium.program():
        terminalreporter.section(f"{number} browser tests did not run", sep="!", bold=True)
        terminalreporter.line(chromium.MISSING)
