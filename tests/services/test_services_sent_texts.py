"""What was sent can be read again: each text once, by its hash, whatever the tip says now."""

import hashlib
from datetime import date, datetime, timedelta

import pytest
from one_campaign import TIP, drawn
from sqlalchemy import select, update

from unranked import text
from unranked.channels.base import Outcome, Receipt
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import State, Words
from unranked.services import messages
from unranked.store import outbox, sent_texts
from unranked.store import tips as stored
from unranked.store.tables import Outbox, SentText, table
from unranked.store.tips import StoredTip


def rows(world, columns="state, text_hash"):
    with world.runtime.store.read() as tx:
        return [tuple(row) for row in tx.exec_driver_sql(f"SELECT {columns} FROM outbox").all()]  # noqa: S608 - named in the test


def kept(world):
    with world.runtime.store.read() as tx:
        return [tuple(row) for row in tx.execute(select(table(SentText))).all()]


def states(world):
    with world.runtime.store.read() as tx:
        return {(state.value, reason): n for (state, reason), n in outbox.counts(tx).items()}


def joined(world, **locales):
    members = [world.person(name, zone="UTC", locale=locale) for name, locale in locales.items()]
    world.begin(days=1)
    return members


def written(world, key="t-1", *, review=date(2027, 1, 1), **words):
    """Store a tip that was written in chat; English words without any said."""
    said = Words("Short", "Take {tools}.", "Say what it did.", "Ask the team.")
    tip = StoredTip(
        key,
        1,
        State.IN_USE,
        "never_used",
        "AI team",
        review,
        Risk.LOW,
        "They read it.",
        "Craft",
        world.now.date(),
        words or {"en": said},
    )
    with world.runtime.store.write() as tx:
        stored.add(tx, tip)
    return tip


def test_each_text_is_kept_once_and_each_tip_that_was_sent_names_it(world_on):
    members = joined(world_on, ada="en-US", bob="en-GB", cara="de-DE")
    drawn(world_on, *members)
    world_on.deliver()
    assert states(world_on) == {("sent", ""): 3}

    hashes = [text_hash for _, text_hash in rows(world_on)]
    found = {row[0]: row for row in kept(world_on)}
    assert len(found) == 2
    assert set(hashes) == found.keys()
    for text_hash, language, title, body, _ in found.values():
        assert text_hash == hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()
        with text.spoken(language):
            tip = text.tip(TIP)
        assert title == tip.title
        assert body.startswith(tip.body)
        assert body.count("{tools}") == 2  # in the task and in the footer
        assert "Acme" not in body
    assert sorted(row[1] for row in found.values()) == ["de", "en"]
    with world_on.runtime.store.read() as tx:
        assert sent_texts.one(tx, hashes[0]).title == found[hashes[0]][2]
        assert sent_texts.one(tx, "0" * 64) is None


def test_what_was_sent_is_what_was_kept_with_the_readers_tools_filled_in(world):
    (ada,) = joined(world, ada="en-US")
    drawn(world, ada)
    world.deliver()
    ((*_, title, body, _),) = kept(world)
    message = world.slack.messages_to(ada)[0]["text"]
    for line in f"{title}\n{body}".replace("{tools}", "Acme").split("\n"):
        assert line.removeprefix("- ") in message.replace("&amp;", "&")


def test_a_tip_written_in_chat_is_sent_and_kept_as_it_was_then(world_on):
    ada, cara = joined(world_on, ada="en-US", cara="de-DE")
    tip = written(world_on)
    drawn(world_on, ada, cara, tip="t-1")
    world_on.deliver()
    assert states(world_on) == {("sent", ""): 2}
    assert "Take Acme." in world_on.slack.messages_to(ada)[0]["text"]
    before = kept(world_on)
    assert {row[1] for row in before} == {"en"}  # it has no German: Cara got the English words

    said = Words("Short", "Do something else.", "Say what it did.", "Ask the team.")
    changed = StoredTip(*(getattr(tip, name) for name in StoredTip.__slots__[:-1]), {"en": said})
    with world_on.runtime.store.write() as tx:
        assert stored.save(tx, changed)
    assert kept(world_on) == before


def test_a_tip_whose_review_is_past_is_not_sent(world):
    ada, bob = joined(world, ada="en-US", bob="en-US")
    last = world.now.date()
    written(world, "t-1", review=last)
    written(world, "t-2", review=last - timedelta(days=1))
    drawn(world, ada, tip="t-1")
    drawn(world, bob, key="c-2", tip="t-2")
    world.deliver()
    assert states(world) == {("sent", ""): 1, ("skipped", "expired"): 1}
    assert world.got(bob) == []
    assert len(kept(world)) == 1


def test_a_tip_of_the_repository_whose_review_is_past_is_not_sent_either(world):
    world.now = datetime(2040, 3, 5, 10, 0, tzinfo=world.now.tzinfo)
    (ada,) = joined(world, ada="en-US")
    drawn(world, ada)
    world.deliver()
    assert states(world) == {("skipped", "expired"): 1}


def test_a_message_whose_answer_was_cut_names_the_text_that_left_and_not_a_later_one(world_on):
    (ada,) = joined(world_on, ada="en-US")
    tip = written(world_on)
    drawn(world_on, ada, tip="t-1")
    world_on.slack.faults.accept_then_cut = 1
    world_on.deliver()
    ((state, left),) = rows(world_on)
    assert state == "in_doubt"
    said = Words("Short", "Do something else.", "Say what it did.", "Ask the team.")
    changed = StoredTip(*(getattr(tip, name) for name in StoredTip.__slots__[:-1]), {"en": said})
    with world_on.runtime.store.write() as tx:
        assert stored.save(tx, changed)
    for _ in range(5):
        world_on.now += timedelta(minutes=1)
        world_on.deliver()
    assert rows(world_on) == [("sent", left)]
    ((text_hash, _, _, body, _),) = kept(world_on)
    assert text_hash == left
    assert "Take {tools}." in body


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.REFUSED, "failed"), (Outcome.LATER, "queued"), (Outcome.BROKEN, "queued")],
)
def test_a_message_that_did_not_arrive_names_no_text(world, outcome, state):
    (ada,) = joined(world, ada="en-US")
    drawn(world, ada)
    world.runtime.channel.send = lambda *_, **__: Receipt(outcome, "no", wait=timedelta(hours=1))
    world.deliver()
    assert rows(world) == [(state, "")]


def test_what_is_no_tip_names_no_text(world):
    (ada,) = joined(world, ada="en-US")
    drawn(world, ada)
    with world.runtime.store.write() as tx:
        content = messages.test_content(TIP, ["acme"])
        tx.execute(update(table(Outbox)).values(content=content))
    world.deliver()
    assert kept(world) == []
