"""What is done for one person takes as many steps of the database, however many others there are.

Steps of SQLite's own machine: a count, which no other process on the computer can disturb.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from small_world import small_world
from sqlalchemy import event, insert, select

from unranked.domain.campaigns import Design
from unranked.domain.campaigns import Step as Message
from unranked.domain.people import PersonKind
from unranked.services import campaigns, delivery, messages
from unranked.services.delivery import Step
from unranked.store import outbox, people, planned, vault
from unranked.store.outbox import Kind, State
from unranked.store.people import StoredPerson
from unranked.store.planned import Planned
from unranked.store.tables import Usage, table
from unranked.store.vault import Entry

FEW, MANY = 40, 2_000
WEEKDAYS = [d for n in range(90) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
SINCE = date(2026, 1, 1)


@contextmanager
def counted(store) -> Iterator[list[int]]:
    """Give the steps of everything that is asked of the store meanwhile, one by one."""
    steps: list[int] = []

    def watch(connection, *_: object) -> None:
        driver = connection.connection.driver_connection
        driver.set_progress_handler(lambda: steps.append(1), 1)

    event.listen(store._engine, "before_cursor_execute", watch)
    yield steps
    event.remove(store._engine, "before_cursor_execute", watch)


def company(world, others):
    """Give so many people, each of whom has a conversation and waits for a message."""
    world.person("ada")
    world.learn(days=1)
    keys = [f"p-{number:05}" for number in range(others)]
    said, now = messages.notice_content("campaign_result_ready", {"campaign": "Spring"}), world.now
    with world.runtime.store.write() as tx:
        people.save(tx, [person(key) for key in keys])
        for kind in (vault.MEMBER, vault.CONVERSATION):
            vault.put(tx, [Entry(key, vault.SLACK, kind, f"{kind} {key}", SINCE) for key in keys])
        planned.plan(
            tx,
            [
                Planned(f"m-{key}", key, key, "slack", said, now, now, kind=Kind.NOTICE)
                for key in [world.key("UADA"), *keys]
            ],
        )
    return world


def person(key):
    none = (None, None, None)
    return StoredPerson(key, PersonKind.MEMBER, True, "Europe/Berlin", "", "", *none, SINCE)


def first_message(folder, others):
    """Return the steps of the first message of all, to Ada, who has no conversation yet."""
    with small_world(f"sqlite:///{folder / f'{others}.db'}") as world:
        company(world, others)
        with counted(world.runtime.store) as steps:
            assert delivery.deliver_one(world.runtime) is Step.SENT
        assert len(world.slack.messages_to("UADA")) == 1
    return len(steps)


def test_a_message_is_sent_in_as_many_steps_however_many_people_wait(tmp_path):
    assert first_message(tmp_path, FEW) == first_message(tmp_path, MANY) > 0


@pytest.mark.parametrize("others", [FEW, MANY])
def test_a_conversation_is_kept_in_a_few_steps_however_many_there_are(tmp_path, others):
    with small_world(f"sqlite:///{tmp_path / 'unranked.db'}") as world:
        store = company(world, others).runtime.store
        with counted(store) as steps, store.write() as tx:
            vault.replace(tx, [Entry("p-00007", vault.SLACK, vault.CONVERSATION, "D1", SINCE)])

    assert 0 < len(steps) < 300


def the_next_message(folder, rows):
    """Return the steps of planning the second message of a campaign, beside so many rows of use."""
    with small_world(f"sqlite:///{folder / f'{rows}.db'}") as world:
        world.runtime = replace(world.runtime, connectors=world.runtime.connectors[:1])
        for number in range(60):
            world.person(f"quiet{number}")
        world.person("ada")
        world.tools["acme"].use("ada@corp.example", *WEEKDAYS)
        world.learn(days=3)
        today = world.now.date()
        made = Design(
            "Spring", today, today + timedelta(weeks=10), steps=(Message(), Message((), 14))
        )
        draft = campaigns.create(world.runtime, made)
        campaigns.launch(world.runtime, draft.campaign_key, revision=0)
        world.plan()
        world.deliver()
        with world.runtime.store.write() as tx:
            active = select(table(Usage)).where(table(Usage).c.active.is_(True))
            one = tx.execute(active).mappings().first()
            used = [{**one, "project": f"row {number}"} for number in range(rows)]
            if used:
                tx.execute(insert(table(Usage)), used)
        world.now += timedelta(days=17)
        world.learn(days=3)
        with counted(world.runtime.store) as steps:
            world.plan()
        with world.runtime.store.read() as tx:
            waiting = outbox.counts(tx)[State.QUEUED, ""]
    assert waiting > 10
    return len(steps)


def test_the_next_message_is_planned_in_as_many_steps_however_much_others_use(tmp_path):
    few, many = the_next_message(tmp_path, 0), the_next_message(tmp_path, 20_000)

    assert 0 < many < 1.1 * few
