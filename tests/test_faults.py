"""Faults of a newspaper, and their ends, as a user meets them: what the commands say and how they exit."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import starting
from click.testing import CliRunner
from runs import COMMAND, by_url, environment, exported, lamdong, queried

from archive.cli import cli
from crawler.demo.answers import Answer
from crawler.demo.certificates import make_certificates
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.demo.story import VIETNAM

MINUTE = timedelta(minutes=1)
MARKERS = (b"sc-longform-header", b"c-detail-head", b"b-maincontent", b"content-main-normal")


class Reader:
    """An operator who runs the commands on one archive, one after the other."""

    def __init__(self, folder):
        self.newspaper = SampleNewspaper(troubles=False)
        self.folder, self.archive = folder, folder / "archive"

    def crawl(self, **variables):
        """Crawl; return the exit status and the names of the open alarms, which status must say, too."""
        done = starting.run(
            [*COMMAND, "crawl", "--archive", str(self.archive), "--json", "--no-images"],
            env={**environment(self.replica), **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in done.stderr
        self.alarms = json.loads(done.stdout)["alarms"]
        status = CliRunner().invoke(cli, ["status", "--archive", str(self.archive), "--json"])
        assert json.loads(status.stdout)["alarms"] == self.alarms
        assert status.exit_code == (3 if self.alarms else 0)
        return done.returncode, [alarm["name"] for alarm in self.alarms]

    def publish(self, number, trouble=None):
        """Let so many new articles appear, in the layout of today."""
        urls = []
        model = next(s for s in self.newspaper.stories if s.generation == "onecms" and s.lead)
        for _ in range(number):
            self.published = getattr(self, "published", 0) + 1
            path = f"/bai-moi-{990000 + self.published}.html"
            title, now = f"Bài mới số {self.published}", datetime.now(VIETNAM)
            story = replace(model, path=path, title=title, published=now - MINUTE, aliases=())
            self.newspaper.publish(story)
            urls.append(f"https://baolamdong.vn{path}")
            if trouble:
                self.newspaper.disturb(path, trouble)
        return urls


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    reader = Reader(folder)
    with Replica(reader.newspaper, folder / "replica") as replica:
        reader.replica = replica
        assert reader.crawl() == (0, [])
        yield reader


def redesigned(answer):
    """The page as another system would build it: none of the marks by which today's layouts know theirs."""
    body = answer.body
    for marker in MARKERS:
        body = body.replace(marker, b"khung-moi")
    return replace(answer, body=body, packed=None)


def test_a_redesign_is_called_by_name_and_nothing_is_lost(reader):
    urls = reader.publish(4, redesigned)
    assert reader.crawl() == (3, ["layout"])
    today = datetime.now(VIETNAM).date()
    assert reader.alarms[0]["message"].startswith(
        f"Layout onecms no longer matches 100 % of the new articles since {today};"
        " 4 captures are waiting for a new layout: see CONTRIBUTING"
    )
    kept = "SELECT * FROM captures WHERE status = 200 AND url LIKE '%/bai-moi-%'"
    assert len(queried(reader.archive, kept)) == 4
    assert {by_url(exported(reader.archive))[url]["layout"] for url in urls} == {"generic"}
    assert reader.crawl() == (3, ["layout"])  # nothing new: it lasts, and is not said anew
    reader.publish(6)
    assert reader.crawl() == (0, [])


def test_a_robots_txt_that_forbids_everything(reader):
    closed = Answer.page("User-agent: *\nDisallow: /\n", "text/plain")
    reader.newspaper.disturb("/robots.txt", lambda _: closed)
    assert reader.crawl() == (3, ["robots"])
    assert "https://baolamdong.vn" in reader.alarms[0]["message"]
    reader.newspaper.disturb("/robots.txt", lambda answer: answer)
    assert reader.crawl() == (0, [])


def test_a_robots_txt_that_cannot_be_had(reader):
    reader.newspaper.disturb("/robots.txt", lambda _: Answer.page("", status=503))
    assert reader.crawl() == (1, ["robots"])
    reader.newspaper.disturb("/robots.txt", lambda answer: answer)
    assert reader.crawl() == (0, [])


def test_a_certificate_nobody_vouches_for_and_then_no_answer_at_all(reader):
    other = make_certificates(reader.folder, reader.newspaper.hosts)
    assert reader.crawl(SSL_CERT_FILE=str(other.authority)) == (1, ["certificate"])
    assert "certificate of baolamdong.vn" in reader.alarms[0]["message"]
    assert reader.crawl(https_proxy="http://127.0.0.1:1") == (1, ["certificate", "unreachable"])
    assert reader.crawl() == (0, [])
    rows = queried(reader.archive, "SELECT name, until FROM alarms")
    assert rows
    assert all(row["until"] for row in rows)
    assert lamdong("verify", "--archive", reader.archive).returncode == 0


def test_a_check_that_fails_is_no_silent_end(reader):
    broken = "import crawler.alarms as a; a.CHECKS = (lambda run: 1 / 0,); import crawler.cli; crawler.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", broken, "crawl", "--archive", str(reader.archive), "--no-images"],
        env=environment(reader.replica),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("Error: What came of the run could not be entered") == 1
    assert reader.crawl() == (0, [])
