"""One run of the crawler in this process, from opening the archive to the exit status."""

import os
import sys
from pathlib import Path
from typing import Any, Final

import click

from archive.store import Archive
from archive.terminal import escaped_json
from crawler.notifying import notify
from crawler.opening import open_archive
from crawler.plan import Plan
from crawler.report import Bar, Report

DONE: Final = 0
COULD_NOT: Final = 1
NEEDS_A_PERSON: Final = 3


def run_crawl(
    folder: Path, plan: Plan, *, as_json: bool = False, told: list[str] | None = None
) -> int:
    """Crawl as planned; print the report; return the exit status. Raises Locked and ArchiveError.

    `told` is the command that gets each alarm once.
    """
    with open_archive(folder) as archive:
        report = Report()
        report.recovered(archive.taken_over)
        with Bar(lambda: archive.queue.counts().get("pending", 0), quiet=as_json) as bar:
            report.show = bar.show
            problem = _crawl(archive, plan, report)
        waiting = archive.queue.counts().get("pending", 0)
        if told:
            notify(archive, told, sys.stderr if as_json else None)
    _print(report, waiting, as_json=as_json)
    return _status(plan, report, problem) or archive.status


def _crawl(archive: Archive, plan: Plan, report: Report) -> str | None:
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "crawler.settings")
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawler.ending import KEPT, Ending
    from crawler.spiders.newspaper import NewspaperSpider

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(NewspaperSpider)
    process.crawl(crawler, plan=plan, archive=archive, report=report)
    process.start()
    spider: Any = crawler.spider
    if spider is None:
        return "The crawl did not start."
    ending = crawler.get_extension(Ending)
    if not spider.has_ended and ending and ending.was_told:
        ending.is_said()
        return f"Ended at once; {KEPT}"
    if not spider.has_ended:  # Scrapy goes on where the end of a spider fails
        return "What came of the run could not be entered; what was received is kept. Please report this."
    problem: str | None = spider.problem
    return problem


def _print(report: Report, waiting: int, *, as_json: bool) -> None:
    if as_json:
        click.echo(escaped_json(report.as_json()))
    if report.outcome != "running":
        click.echo(report.as_text(waiting), err=True)
    sys.stderr.flush()


def _status(plan: Plan, report: Report, problem: str | None) -> int:
    if problem:
        click.echo(f"Error: {problem}", err=True)
        return COULD_NOT
    if plan.given and (
        report.articles < len({found.key for found in plan.given}) and report.failed
    ):
        return COULD_NOT
    return NEEDS_A_PERSON if report.alarms or report.is_cut else DONE
