"""Whoever asks the bot, presses, reads files, logs or archives: each attempt of method.md 4.9.

Those who compare what groups are shown are in `test_privacy_adversary.py`.
"""

import io
import json
import logging
import re
import time
from contextlib import contextmanager, suppress
from datetime import date, timedelta

import pytest
import structlog
from fake_model import KEY, FakeModel, says
from filled import dump
from on_disk import database, found
from signed import SECRET, opened
from small_world import small_world
from sqlalchemy import event, text

from bot import commands
from jobs.schedule import FIRST_ORDER, JOBS
from unranked import bootstrap, web
from unranked.demo.fake_slack import FakeSlack
from unranked.demo.slack_requests import command, signature
from unranked.errors import UnrankedError
from unranked.llm import LanguageModel
from unranked.services import export, pulse, tip_drafts
from unranked.services.choices import Asker
from unranked.store import outbox, vault

WEEKDAYS = [d for n in range(57) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
BOB = ("bob", "@bob", "<@UBOB|bob>", "UBOB", "bob@corp.example", "Bob")
NOBODY = ("zoë", "@zebra", "<@UZEBRA|zebra>", "UZEBRA", "zebra@corp.example", "Zebra")


@pytest.fixture
def company(world):
    """Ada, who uses AI, and Bob, who does not."""
    for name in ("ada", "bob"):
        world.person(name)
    world.tools["acme"].use("ada@corp.example", *WEEKDAYS, output=4_711_471, cost="47.11")
    world.at("2026-03-02T10:00+00:00")
    world.begin(days=3)
    return world


@pytest.fixture
def logged(monkeypatch, caplog):
    """Log as `unranked run` does, and give what every logger says."""
    loud = {name: logging.getLogger(name).level for name in bootstrap._LOUD}
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setattr("sys.stdout", written)
    bootstrap.configure_logging("plain")
    caplog.set_level(logging.DEBUG)
    yield lambda: f"{caplog.text}\n{written.getvalue()}"
    structlog.reset_defaults()
    for name, level in loud.items():
        logging.getLogger(name).setLevel(level)


@contextmanager
def asked(world):
    """Give the statements that are put to the store meanwhile."""
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    engine = world.runtime.store._engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


# `/tokens` about somebody else


def asks_of(world, front, typed):
    """Return the answer to `/tokens` with these words, and what was put to the store for it."""
    with asked(world) as statements:
        answer = front.tokens("UADA", typed)
        front.settled()
    return json.dumps(answer), statements


def test_adversary_asks_for_somebody_by_name_id_and_address(company, logged):
    with opened(company) as front:
        asks_of(company, front, "once")  # a first connection may ask more
        of_each = [asks_of(company, front, typed) for typed in (*BOB, *NOBODY)]

    assert [one for one in of_each if one != of_each[0]] == []
    said, statements = of_each[0]
    assert "Unranked shows nothing about anybody else" in said
    assert statements
    assert not re.search(r"(?i)zebra|bob|zoë", logged())


def test_adversary_asks_is_found_out_where_whom_they_name_is_looked_up(company, monkeypatch):
    real = commands.answer

    def looking(runtime, member_id, typed):
        with runtime.store.read() as tx:
            if (key := vault.subject(tx, vault.SLACK, vault.MEMBER, typed)) is not None:
                vault.value(tx, key, vault.ROSTER, vault.NAME)
        return real(runtime, member_id, typed)

    monkeypatch.setattr(commands, "answer", looking)
    with opened(company) as front:
        asks_of(company, front, "once")
        there, not_there = (asks_of(company, front, typed) for typed in ("UBOB", "UZEBRA"))
    assert there[1] != not_there[1]


# Ways out: HTTP, files, logs

PATHS = (
    *("/", "/people", "/users", "/api", "/api/people", "/usage", "/tokens", "/export", "/export/"),
    *("/exports/all", "/ledger", "/admin", "/graphql", "/docs", "/openapi.json", "/bi", "/sql"),
    *("/digests", "/campaigns", "/person/UBOB", "/metrics/people", "/debug", "/static", "/slack"),
)


def test_adversary_calls_for_an_export_of_others(company):
    url = "https://unranked.corp.example"
    object.__setattr__(company.runtime, "public_url", url)
    drawn = export.hand_over(company.runtime, company.key("UADA"))
    (path,) = [choice.url.removeprefix(url) for choice in drawn.choices if choice.url]
    routes = {route.path for route in web.application(company.runtime, {}).routes}
    assert routes == {"/healthz", "/readyz", "/metrics", "/export/{token}"}

    with opened(company) as front:
        for other in PATHS:
            assert {front.http.request(how, other).status_code for how in ("GET", "POST")} <= {
                404,
                405,
            }, other
        for token in (path[8:-1] + "x", company.key("UADA"), company.key("UBOB"), "UADA", "%27"):
            refused = front.http.post(f"/export/{token}")
            assert (refused.status_code, "4711" in refused.text) == (404, False)
        looked = [front.http.get(one).text for one in (path, f"{path}x")]
        own, again = front.http.post(path), front.http.post(path)

    assert looked[0] == looked[1]
    assert "ada@corp.example" in own.text
    assert "bob@corp.example" not in own.text
    assert again.status_code == 404


def test_adversary_reads_the_database_with_sql(company):
    stolen = database(company.runtime.store)
    words = [f"{name}{end}" for name in ("ada", "bob") for end in ("@corp.example", ".example")]
    words += ["UADA", "UBOB", "DADA", "acc:ada@corp.example"]
    assert found(words, stolen) == []
    joined = "SELECT vault.* FROM usage JOIN vault ON vault.subject_key = usage.account_key"
    with company.runtime.store.read() as tx:
        named = tx.execute(text(joined)).all()
    assert named  # that there is a name of each can be seen, and not which
    assert found(words, repr(named).encode()) == []


def test_adversary_reads_the_database_is_found_out_where_names_are_not_sealed(company, monkeypatch):
    monkeypatch.setattr(
        "unranked.store.sealing.seal_text", lambda _key, value, _bound_to: value.encode()
    )
    monkeypatch.setattr(
        "unranked.store.sealing.unseal_text", lambda _key, sealed, _bound_to: sealed.decode()
    )
    with company.runtime.store.write() as tx:
        vault.put(tx, [vault.Entry("p-9", vault.ROSTER, vault.NAME, "eve@corp.example")])

    assert found(["eve@corp.example"], database(company.runtime.store)) == ["eve@corp.example"]


def test_adversary_reads_logs_errors_and_metrics(company, logged):
    def fail(*_):
        raise RuntimeError("ada@corp.example UADA acc:ada@corp.example")

    for job in FIRST_ORDER:
        with suppress(UnrankedError):
            JOBS[job].run(company.runtime, lambda: False)
    engine = company.runtime.store._engine
    with opened(company) as front:
        metrics = front.http.get("/metrics").text
        event.listen(engine, "before_cursor_execute", fail)
        failed = [front.tokens("UADA"), front.tokens("UBOB", "@bob")]
        front.settled()
        event.remove(engine, "before_cursor_execute", fail)

    assert [one for one in failed if one != failed[0]] == []
    assert logged().count("listener failed") == 2
    for where in (logged(), metrics, json.dumps(failed[0])):
        assert not re.search(r"corp\.example|\bU(?:ADA|BOB)\b|[pa]-[0-9a-f]{16}|4711", where)


# URLs, buttons and requests


@pytest.fixture
def called(monkeypatch):
    """Give the addresses at which Slack is called. To be asked for before the company."""
    asked_at, answer = [], FakeSlack._answer

    def noted(slack, request):
        asked_at.append(f"{request.path}?{request.query}".split("/response/")[0])
        return answer(slack, request)

    monkeypatch.setattr(FakeSlack, "_answer", noted)
    return asked_at


def test_adversary_reads_addresses_and_link_previews(called, company):
    object.__setattr__(company.runtime, "public_url", "https://unranked.corp.example")
    with opened(company) as front:
        seen = [front.tokens("UADA"), front.tokens("UADA", "why"), front.home("UADA")]
        seen.append(front.click("UADA", "export_now"))
        front.settled()
    company.plan()
    company.deliver()
    seen += [company.slack.messages_to(who) for who in ("UADA", "UBOB")]
    links = re.findall(r"https?://[^\"\s|>\\]+", json.dumps(seen))

    (own,) = [one for one in links if "/export/" in one]
    assert re.fullmatch(r"https://unranked\.corp\.example/export/[\w-]{43}", own)
    rest = [one for one in links if one != own] + called
    assert len(called) > 5
    assert not re.search(
        r"(?i)\bU(ADA|BOB)|\bD(ADA|BOB)|corp\.example|[pa]-[0-9a-f]{16}|4711", "\n".join(rest)
    )


def asked_about_a_week(world):
    """Let the question about a week come to both; return Ada's message."""
    for day in range(2, 7):
        for hour in (9, 12, 15):
            world.at(f"2026-03-0{day}T{hour:02}:00+00:00")
            pulse.plan(world.runtime)
            world.deliver()
    (message,) = [one for one in world.slack.messages_to("UADA") if "pulse_more" in json.dumps(one)]
    return message


def presses_of(world, who):
    """Return what the store holds before and after somebody presses a button of Ada's message."""
    value = asked_about_a_week(world)["metadata"]["event_payload"]["key"]
    before = dump(world.runtime.store)
    with opened(world) as front:
        said = front.click(who, "pulse_more", value=value)
        front.settled()
    return before["checkin"], dump(world.runtime.store)["checkin"], said


def test_adversary_forwards_a_button(company):
    before, after, said = presses_of(company, "UBOB")

    assert before == after == []
    assert said["response_type"] == "ephemeral"
    assert said["replace_original"] is False


def test_adversary_forwards_a_button_is_found_out_where_nobody_owns_it(company, monkeypatch):
    monkeypatch.setattr(outbox, "owner", lambda *_: None)
    _, after, _ = presses_of(company, "UBOB")

    assert len(after) == 1


def test_adversary_replays_a_request_and_presses_twice(company):
    url = company.slack.response_url()
    body = command("UADA", "mute", url)
    with opened(company) as front:
        now = int(time.time())
        before = dump(company.runtime.store)
        for age in (301, 360, 86_400):
            old = signature(body, at=now - age, secret=SECRET)
            assert front.post(body, old).status_code == 401
        assert company.slack.answers(url) == []
        assert dump(company.runtime.store) == before
        first = front.click("UADA", "stop")
        once = dump(company.runtime.store)
        company.now += timedelta(days=400)
        assert front.click("UADA", "stop") == first
    twice = dump(company.runtime.store)

    def kept(tables):
        return [(row["person_key"], row["choice"]) for row in tables["choice"]]

    assert kept(once) == kept(twice)
    assert len(kept(once)) == 1


# The archive of the chat, and the language model


def archive(folder, *, output, cost):
    """Return every DM after five weeks in which Ada used so much on the same days."""
    folder.mkdir()
    with small_world(f"sqlite:///{folder / 'unranked.db'}") as world:
        for name in ("ada", "bob"):
            world.person(name)
        days = [WEEKDAYS[0] + timedelta(n) for n in range(90)]
        world.tools["acme"].use("ada@corp.example", *days, output=output, cost=cost)
        for week in range(5):
            for hour in (8, 12):
                world.at(f"2026-03-02T{hour:02}:00+00:00")
                world.now += timedelta(weeks=week)
                for job in FIRST_ORDER:
                    JOBS[job].run(world.runtime, lambda: False)
        with opened(world) as front:
            asked_for = json.dumps(front.tokens("UADA"))
        sent = [
            [one["text"], one.get("blocks")]
            for who in ("UADA", "UBOB")
            for one in world.slack.messages_to(who)
        ]
    return re.sub(r"m-[0-9a-f]{16}", "m-", json.dumps(sent)), asked_for


def test_adversary_reads_the_archive_of_the_chat(tmp_path):
    little, own = archive(tmp_path / "a", output=10, cost="0.01")
    much, own_of_much = archive(tmp_path / "b", output=47_114_711, cost="47.11")

    assert len(json.loads(little)) > 2
    assert little == much
    assert own != own_of_much  # what is shown to Ada alone, and stands in no archive


def test_adversary_reads_an_answered_check_in_in_the_archive(company):
    message = asked_about_a_week(company)
    value, shown = message["metadata"]["event_payload"]["key"], set()
    with opened(company) as front:
        for action in ("pulse_more", "pulse_nothing", "pulse_lost_more", "pulse_skip"):
            answer = front.click("UADA", action, value=value)
            front.settled()
            assert answer["replace_original"] is True
            shown.add(json.dumps(answer, sort_keys=True))

    (only,) = shown
    assert action not in only


def drafted(world, name):
    """Return what a language model is sent when somebody asks it for drafts of a tip."""
    with FakeModel() as server:
        server.does = says(json.dumps({"versions": []}))
        object.__setattr__(
            world.runtime, "model", LanguageModel("made-up-1", KEY, base_url=server.url)
        )
        tip_drafts.drafts(world.runtime, Asker(world.key(name)), "Help to decline kindly.")
        object.__setattr__(world.runtime, "model", None)
        (request,) = server.asked
    return request[2]


def test_adversary_reads_what_a_language_model_is_sent(company):
    of_ada = drafted(company, "UADA")
    company.tools["acme"].use("bob@corp.example", *WEEKDAYS, output=99, cost="9")
    company.learn(days=3)
    of_bob = drafted(company, "UBOB")

    assert of_ada == of_bob
    said = json.loads(of_ada["messages"][-1]["content"])
    assert said == {"brief": "Help to decline kindly."}
    assert not re.search(r"(?i)\bada\b|\bbob\b|corp\.example|4711", json.dumps(of_ada))
