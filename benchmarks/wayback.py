"""pywb in an environment of its own, with a collection made of an archive; and what it answers."""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import click

from crawler.demo.proxy import Replica

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "build" / "pywb"
NEEDED = ("pywb==2.10.0", "wacz==0.6.0", "setuptools<81")  # pywb asks for pkg_resources
COLLECTION = "lamdong"
START_SECONDS = 60


@dataclass(frozen=True)
class Replayed:
    status: int
    body: bytes
    length: str | None


def tool(name: str) -> Path:
    """A command of pywb's environment, which is made when it is missing."""
    path = ENVIRONMENT / "bin" / name
    if not path.exists():
        click.echo(f"Installing pywb into {ENVIRONMENT} …", err=True)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        pip = [ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--quiet", *NEEDED]
        subprocess.run(pip, check=True)
    return path


def lamdong(*arguments: object, replica: Replica | None = None) -> None:
    said = {**os.environ, **(replica.environment if replica else {}), "LAMDONG_DELAY": "0"}
    command = [sys.executable, "-m", "crawler", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=said, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 3}:
        raise click.ClickException(done.stderr)


def collection(folder: Path) -> Path:
    made = folder / "collections" / COLLECTION
    (made / "indexes").mkdir(parents=True)
    (made / "archive").mkdir()
    return made


def of_folder(archive: Path, folder: Path) -> None:
    """A collection with our WARC files, indexed by pywb."""
    files = sorted((archive / "warc").glob("*.warc.gz"))
    for arguments in (["init", COLLECTION], ["add", COLLECTION, *files]):
        subprocess.run(
            [tool("wb-manager"), *arguments], cwd=folder, check=True, capture_output=True
        )


def of_package(archive: Path, folder: Path) -> None:
    """A collection with what a WACZ holds, by the index within; py-wacz must find the file valid."""
    made, path = collection(folder), folder / "archive.wacz"
    lamdong("export", "--archive", archive, "--format", "wacz", "--output", path)
    valid = subprocess.run([tool("wacz"), "validate", "-f", path], capture_output=True, check=False)
    print(f"wacz validate: {'valid' if valid.returncode == 0 else valid.stdout.decode()}")
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("archive/"):
                package.extract(name, made)
        lines = gzip.decompress(package.read("indexes/index.cdx.gz"))
        (made / "indexes" / "index.cdxj").write_bytes(lines)


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Run pywb on a free port of the loopback until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [tool("wayback"), "--port", str(port), "--bind", "127.0.0.1", "--directory", folder]
    with (folder / "pywb.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int) -> None:
    for _ in range(START_SECONDS * 10):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise click.ClickException("pywb did not start")


def replayed(port: int, url: str, timestamp: str, form: str) -> Replayed:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    address = quote(f"/{COLLECTION}/{timestamp}{form}/{url}", safe="/:?&=%#;,+~@!$'()*[]")
    with closing(connection):
        # Codings not taken pywb would remove; rewritten pages are to be read here.
        codings = "gzip, deflate, br, zstd" if form == "id_" else "identity"
        headers = {"Connection": "close", "Accept-Encoding": codings}
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        try:
            body = answer.read()
        except http.client.IncompleteRead as cut:  # as it was when it was received
            body = cut.partial
        return Replayed(answer.status, body, answer.headers.get("Content-Length"))
