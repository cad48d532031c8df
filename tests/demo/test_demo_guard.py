"""The playground lets nobody in but this machine's browser, on the page's own behalf."""

import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from unranked.demo.client import Client
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.guard import Guard
from unranked.demo.play import bot_of, playing
from unranked.demo.show import FIRST_DAY
from unranked.demo.story import Story
from unranked.demo.world import world
from unranked.domain.people import PersonKind
from unranked.errors import ConfigError
from unranked.services.runtime import silent
from unranked.store import people
from unranked.store.people import StoredPerson
from unranked.web import Server

OWN = {"hx-request": "true"}


@pytest.fixture
def port():
    def answer(_):
        return PlainTextResponse("in")

    guard = Guard(Starlette(routes=[Route("/", answer, methods=["GET", "POST"])]))
    server = Server(guard, host="127.0.0.1", port=0, stop_seconds=1)
    guard.port = server.start()
    yield guard.port
    server.stop()


def sent(port, method, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, f"http://127.0.0.1:{port}/", headers=named)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_pages_own_requests_come_in(port, host):
    own = f"{host}:{port}"
    assert sent(port, "GET", host=own).text == "in"
    posted = sent(
        port, "POST", host=own, origin=f"http://{own}", **OWN, sec_fetch_site="same-origin"
    )
    assert posted.text == "in"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "127.0.0.1:1", ""]
)
def test_a_name_that_was_made_to_point_here_is_refused(port, host):
    for method in ("GET", "POST"):
        answer = sent(port, method, host=host.format(port), **OWN)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://evil.example:{}", "null", "http://127.0.0.1:1", ""]
)
def test_another_sites_page_is_refused(port, origin):
    for method in ("GET", "POST"):
        headers = {"host": f"127.0.0.1:{port}", "origin": origin.format(port), **OWN}
        assert sent(port, method, **headers).status_code == 403


def test_what_changes_something_needs_a_header_that_no_other_site_can_send(port):
    own = f"127.0.0.1:{port}"
    assert sent(port, "POST", host=own, origin=f"http://{own}").status_code == 403
    assert sent(port, "POST", host=own, **OWN, sec_fetch_site="cross-site").status_code == 403
    assert sent(port, "POST", host=own, **OWN, sec_fetch_site="same-site").status_code == 403


def test_a_link_from_elsewhere_opens_the_page_and_fetches_nothing_else(port):
    here = {"host": f"127.0.0.1:{port}", "sec_fetch_site": "cross-site"}
    assert sent(port, "GET", **here, sec_fetch_mode="navigate").text == "in"
    for mode in ("no-cors", "cors", ""):
        assert sent(port, "GET", **here, sec_fetch_mode=mode).status_code == 403


@pytest.mark.parametrize(
    "named", [{"host": "evil.example"}, {"host": "127.0.0.1:1", "origin": "https://evil.example"}]
)
def test_the_made_up_services_answer_no_page_and_no_other_name(named):
    with FakeSlack([], lambda: FIRST_DAY, "made-up-token") as slack:
        form = {"token": "made-up-token"}
        assert httpx.post(f"{slack.url}auth.test", data=form).json()["ok"]
        refused = httpx.post(f"{slack.url}auth.test", data=form, headers=named)

    assert (refused.status_code, refused.content) == (403, b"")


def test_every_answer_forbids_what_comes_from_outside(port):
    for answer in (sent(port, "GET", host=f"127.0.0.1:{port}"), sent(port, "GET", host="x")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"


def test_other_machines_are_not_listened_to(port):
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1"}:
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, port), timeout=2)


def test_nothing_is_let_in_before_the_port_is_known(port):
    closed = Guard(Starlette())
    server = Server(closed, host="127.0.0.1", port=0, stop_seconds=1)
    try:
        opened = server.start()
        assert sent(opened, "GET", host=f"127.0.0.1:{opened}").status_code == 403
        assert sent(opened, "GET", host="127.0.0.1:0").status_code == 403
    finally:
        server.stop()


def test_a_real_installations_settings_do_not_reach_the_demo(monkeypatch):
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-real")
    monkeypatch.setenv("SLACK_API_URL", "https://slack.example/api/")
    monkeypatch.setenv("UNRANKED_HTTP_PORT", "no number")
    with (
        world(seed=7, people=60, today=FIRST_DAY, progress=silent) as one,
        bot_of(one) as door,
    ):
        client = Client(one.slack, door, one.company.people[0].id, "Europe/Berlin")
        client.say("/tokens help")

        assert len(client.conversation().entries) == 1


def test_a_store_that_holds_anybody_else_is_refused():
    somebody = StoredPerson(
        "p-real", PersonKind.MEMBER, True, "", "", "", None, None, None, FIRST_DAY.date()
    )
    with world(seed=7, people=60, today=FIRST_DAY, progress=silent) as one:
        with one.runtime.store.write() as tx:
            people.save(tx, [somebody])
        with pytest.raises(ConfigError, match="not made up"), playing(one, Story(one), silent):
            pass
