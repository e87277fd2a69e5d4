"""`lamdong demo`: the whole job, offline, against the sample newspaper."""

import os
import tempfile
from pathlib import Path

import click

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.supervising import Children, Interrupted


def show(folder: Path | None, *, serve: bool) -> int:
    """Crawl the sample newspaper into `folder`, check the archive, show what one can do with it; return the status.

    Ctrl-C and SIGTERM end what is under way and the rest with it.
    """
    with Children() as children, tempfile.TemporaryDirectory(prefix="lamdong-demo-") as temporary:
        return _show(children, folder, Path(temporary), serve=serve)
    _say("Interrupted; what was received by then is kept where --folder says, else it is gone.")
    return 1


def _show(children: Children, folder: Path | None, temporary: Path, *, serve: bool) -> int:
    kept = folder or temporary / "lamdong-archive"
    with Replica(SampleNewspaper(), temporary) as replica:
        _say(
            "A sample of baolamdong.vn answers on this machine, with its troubles; nothing leaves it."
        )
        os.environ |= {**replica.environment, "LAMDONG_DELAY": "0", "LAMDONG_ARCHIVE": str(kept)}
        for command in ("crawl", "status", "verify"):
            _say(f"\n$ lamdong {command}")
            if status := children.run(command).wait():
                return status
        where = f"The archive is in {folder}."
        gone = "The archive was made in a temporary folder, which goes now; --folder DIR keeps one."
        _say(
            "\n" + (where if folder else gone if not serve else "The archive goes when this ends.")
        )
        return _serve(children) if serve else 0


def _serve(children: Children) -> int:
    """Serve until Ctrl-C, which is how that ends."""
    try:
        return children.run("serve").wait()
    except Interrupted:
        return 0


def _say(text: str) -> None:
    click.echo(text, err=True)
