"""`lamdong demo`: the whole job, offline, against the sample newspaper."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica


def show(folder: Path | None, *, serve: bool) -> int:
    """Crawl the sample newspaper into `folder`, check the archive, show what one can do with it; return the status."""
    if folder is not None:
        return _show(folder, serve=serve)
    with tempfile.TemporaryDirectory(prefix="lamdong-demo-") as temporary:
        return _show(Path(temporary) / "lamdong-archive", serve=serve)


def _show(folder: Path, *, serve: bool) -> int:
    with (
        tempfile.TemporaryDirectory() as certificates,
        Replica(SampleNewspaper(), Path(certificates)) as replica,
    ):
        _say(
            "A sample of baolamdong.vn answers on this machine, with its troubles; nothing leaves it."
        )
        environment = {
            **os.environ,
            **replica.environment,
            "LAMDONG_DELAY": "0",
            "LAMDONG_ARCHIVE": str(folder),
        }
        for arguments in (["crawl"], ["status"], ["verify"]):
            _say(f"\n$ lamdong {' '.join(arguments)}")
            status = _run(arguments, environment)
            if status:
                return status
        _say(f"\nThe archive is in {folder}.")
        if serve:
            return _run(["serve"], environment)
    return 0


def _run(arguments: list[str], environment: dict[str, str]) -> int:
    try:
        return subprocess.run(
            [sys.executable, "-m", "crawler", *arguments], env=environment, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


def _say(text: str) -> None:
    click.echo(text, err=True)
