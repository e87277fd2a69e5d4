"""The name under which this program asks: honest, with the operator's contact or the word that none is given."""

import pytest
from runs import crawl, lamdong

from archive.contact import contact
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

ASKS = "No contact is given: set LAMDONG_CONTACT"


@pytest.mark.parametrize(
    "given", ["me@example.org", "https://example.org/about", "me@example.org, 100%"]
)
def test_a_contact_is_an_address(given, monkeypatch):
    monkeypatch.setenv("LAMDONG_CONTACT", f" {given} ")
    assert contact() == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "me",
        "Mozilla/5.0 (+http://example.org)",
        "me@example.org\x1b[2J",
        "m\udce1@x.vn",
        "a@b" * 100,
    ],
)
def test_what_is_no_address_or_unfit_to_be_sent_is_none(given, monkeypatch):
    monkeypatch.setenv("LAMDONG_CONTACT", given)
    assert contact() is None


def test_a_line_break_makes_no_further_header(monkeypatch):
    monkeypatch.setenv("LAMDONG_CONTACT", "me@example.org\r\nCookie: x")
    assert contact() == "me@example.org Cookie: x"


@pytest.mark.parametrize(
    ("given", "named"), [("me@example.org", "+me@example.org"), ("", "no contact given")]
)
def test_the_user_agent_says_who_asks_and_the_operator_is_asked_once_a_run(
    tmp_path, monkeypatch, given, named
):
    monkeypatch.setenv("LAMDONG_CONTACT", given)
    with Replica(SampleNewspaper(troubles=False), tmp_path / "replica") as replica:
        _, said = crawl(
            tmp_path / "archive", replica, "--section", "kinh-te", "--limit", 1, "--no-images"
        )
        (agent,) = {request.headers["user-agent"] for request in replica.asked}
    assert agent.endswith(f"({named})")
    assert "http" not in agent
    assert "Mozilla" not in agent
    status = lamdong("status", "--archive", tmp_path / "archive")
    assert said.count(ASKS) == status.stderr.count(ASKS) == (not given)
    assert ASKS not in status.stdout
