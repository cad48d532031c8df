"""T7: nobody but the recipient is named anywhere: in no message, log, error, metric, URL or row.

A week in which whatever can be stored of somebody is stored; then everybody asks for everything.
"""

from contextlib import suppress

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lived_week import ERASED, NAMES, live
from on_disk import found
from reading import Reader
from signed import opened
from small_world import small_world
from sqlalchemy import select

from unranked.demo.fake_slack import FakeSlack
from unranked.errors import UnrankedError
from unranked.services import erasure, export
from unranked.store.tables import Outbox, table

HERE = [name for name in NAMES if name != ERASED]
ASKED = ("", "why", "how", "export", "@{other}", "{other}@corp.example", "U{OTHER}", "campaigns")


@pytest.fixture
def logs():
    """Give everything that is logged meanwhile."""
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def urls(monkeypatch):
    """Give every address that Slack is asked at meanwhile."""
    asked, answer = [], FakeSlack._answer

    def noted(slack, request):
        asked.append(f"{request.path}?{request.query}")
        return answer(slack, request)

    monkeypatch.setattr(FakeSlack, "_answer", noted)
    return asked


def asks_for_everything(front, name, other):
    """Let somebody open what there is, and ask for somebody else; return all that they see."""
    reader = Reader(front, f"U{name.upper()}")
    seen = [reader.home()]
    for words in ASKED:
        reader.client.say(f"/tokens {words.format(other=other, OTHER=other.upper())}".strip())
        front.settled()
    for label in reader.labels():
        with suppress(AssertionError):  # a button that the press before took away
            reader.press(label)
            seen += [reader.modal, reader.page]
            while reader.stack:
                reader.close()
    slack = front.world.slack
    seen += [repr(one) for one in slack.messages_to(reader.who)]
    seen += [repr(one.fields) for one in slack.ephemerals_of(reader.who)]
    files = (
        one["id"] for message in slack.messages_to(reader.who) for one in message.get("files", [])
    )
    seen += [content[1].decode() for one in files if (content := reader.client.file(one))]
    return "\n".join(seen)


@pytest.mark.slow
def test_t7_whoever_asks_for_everything_reads_nobody_elses_name(urls, world, tmp_path, logs):
    known = live(world, tmp_path)
    with opened(world) as front:
        read = {
            name: asks_for_everything(front, name, HERE[place - 1])
            for place, name in enumerate(HERE)
        }
        metrics = front.http.get("/metrics").text
    rows = queue(world)
    assert urls  # it is asked for before the world, whose Slack notes nothing else

    for name, seen in read.items():
        others = set().union(*(words for one, words in known.of.items() if one != name))
        assert found(others, seen.encode()) == []
    everything = known.everything - {"T0MADEUP"}
    for where in (repr(logs), metrics, rows, "\n".join(urls), errors(world)):
        assert found([*known.of, *without_words(everything)], where.encode()) == []


def without_words(everything):
    """Return what is of people, and not of the team: the names of its tips are meant to be read."""
    return {one for one in everything if "@" in one or one.startswith(("U", "D"))}


def queue(world):
    """Return every row of the queue."""
    with world.runtime.store.read() as tx:
        return "\n".join(map(repr, tx.execute(select(table(Outbox)))))


def errors(world):
    """Return what is said of mistakes in which somebody is named."""
    said = []
    for typed in (f"{HERE[0]}@corp.example ", "UNOBODY", HERE[1], f"{ERASED}@corp.example"):
        with pytest.raises(UnrankedError) as raised:
            erasure.find_person(world.runtime, typed.upper() if "@" not in typed else f"x{typed}")
        said.append(f"{raised.value!r} {raised.value} {raised.value.hint}")
    return "\n".join(said)


words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=9, max_size=14)


@pytest.mark.slow
@settings(
    deadline=None, max_examples=1, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(st.lists(words, min_size=3, max_size=3, unique=True))
def test_t7_whatever_people_are_called(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("called")
    with (
        structlog.testing.capture_logs() as lines,
        small_world(f"sqlite:///{folder / 'unranked.db'}") as world,
    ):
        for name in names:
            world.person(name, seats="acme beta")
            world.tools["acme"].use(f"{name}@corp.example", world.now.date())
        world.begin(days=3)
        world.plan()
        world.deliver()
        with opened(world) as front:
            read = {
                one: asks_for_everything(front, one, names[n - 1]) for n, one in enumerate(names)
            }
            metrics = front.http.get("/metrics").text
        for name, seen in read.items():
            assert found({one for one in names if one != name}, seen.encode()) == []
        assert found(names, f"{lines!r}{metrics}{queue(world)}".encode()) == []
        for name in names:
            own = export.document(world.runtime, world.key(f"U{name.upper()}")).decode()
            assert f"{name}@corp.example" in own


def test_t7_fails_where_a_name_is_in_a_log(world, tmp_path, logs):
    structlog.get_logger().info("sent", to="wilhelmina@corp.example")

    assert found(["wilhelmina"], repr(logs).encode()) == ["wilhelmina"]
