"""Options of the test suite, and what it says when it could not do all."""

import chromium
import pytest


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


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    number = sum("tests/browser/" in report.nodeid for report in skipped)
    if number and not chromium.program():
        terminalreporter.section(f"{number} browser tests did not run", sep="!", bold=True)
        terminalreporter.line(chromium.MISSING)
