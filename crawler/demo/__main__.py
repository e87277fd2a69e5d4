"""Serves the sample newspaper for hand tests until Ctrl-C: `python -m crawler.demo --help`."""

import tempfile
import time
from pathlib import Path

import click

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica


@click.command()
@click.option("--port", default=0, help="Port on the loopback interface; any free one if 0.")
@click.option("--filler", default=0, help="So many made-up articles more.")
@click.option("--filler-size", default=0, help="Bytes of each of their pages.")
@click.option("--crawl-delay", type=float, help="Seconds, for robots.txt.")
@click.option("--troubles/--no-troubles", default=True, help="Whether anything goes wrong.")
def serve(
    port: int, filler: int, filler_size: int, crawl_delay: float | None, troubles: bool
) -> None:
    r"""Serve the sample newspaper; set the variables it prints in another terminal.

    \b
    Example:
      python -m crawler.demo --filler 2000 --filler-size 85000
    """
    newspaper = SampleNewspaper(None, troubles, filler, filler_size, crawl_delay)
    with tempfile.TemporaryDirectory() as folder, Replica(newspaper, Path(folder), port) as replica:
        for name, value in replica.environment.items():
            click.echo(f"export {name}='{value}'")
        _until_interrupted()


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


if __name__ == "__main__":
    serve()
