"""Each message once: whatever the chat answers, and whatever happens to the sender."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from unranked import text
from unranked.demo.slack_faults import FaultPlan
from unranked.demo.slack_members import Member
from unranked.services import choices, delivery, messages
from unranked.services.choices import Asker
from unranked.services.delivery import Step
from unranked.store import outbox, turns, vault
from unranked.store.outbox import Kind, State
from unranked.store.planned import Planned, plan
from unranked.store.tables import Outbox, Person, table
from unranked.store.vault import Entry


def queue(world, *names):
    """Queue one message for each of these people; return their Slack ids."""
    members = [world.person(name) for name in names]
    world.begin(days=1)
    content = messages.nudge_content("shorten_a_message", ["acme"])
    with world.runtime.store.write() as tx:
        for member in members:
            key = world.key(member)
            plan(
                tx,
                [Planned(f"m-{key}", f"test|{key}", key, "slack", content, world.now, world.now)],
            )
    return members


def states(world):
    with world.runtime.store.read() as tx:
        return {(state.value, reason): n for (state, reason), n in outbox.counts(tx).items()}


def deliver_until_quiet(world, *, hours=4):
    """Deliver as the clock would, every minute."""
    end = world.now + timedelta(hours=hours)
    while world.now < end:
        world.deliver()
        world.slack.settled(10)  # what is late by real seconds is not late by simulated minutes
        with world.runtime.store.read() as tx:
            if turns.next_due(tx, "slack") is None:
                return
        world.now += timedelta(minutes=1)


def test_a_message_arrives_once_with_its_receipt(world_on):
    (ada,) = queue(world_on, "ada")
    world_on.deliver()
    world_on.deliver()
    assert world_on.got(ada) == ["A small tip from Unranked"]
    assert states(world_on) == {("sent", ""): 1}
    assert world_on.slack.calls["chat.postMessage"] == 1


@pytest.mark.parametrize("kind", [Kind.PULSE, Kind.DIGEST])
def test_a_tip_gives_way_to_another_message_of_the_same_day(world, kind):
    (ada,) = queue(world, "ada")
    world.person("bo")
    world.begin(days=1)
    with world.runtime.store.write() as tx:  # only who leads somebody has a weekly message
        mine = table(Person).c.person_key == world.key("UBO")
        tx.execute(update(table(Person)).where(mine).values(manager_key=world.key(ada)))
    content = (
        messages.pulse_content(date(2026, 2, 23))
        if kind is Kind.PULSE
        else messages.digest_content(text.practices()[0].name, [])
    )
    later = world.now + timedelta(hours=1)
    other = Planned(
        "m-other", "other|ada", world.key(ada), "slack", content, world.now, later, kind=kind
    )
    with world.runtime.store.write() as tx:
        plan(tx, [other])
    world.deliver()
    assert world.got(ada) == []
    world.now = later
    world.deliver()
    (first,) = world.got(ada)
    assert states(world) == {("sent", ""): 1, ("queued", "one_a_day"): 1}

    world.now += timedelta(days=1)
    world.deliver()
    assert world.got(ada) == [first, "A small tip from Unranked"]


def test_messages_keep_their_distance(world):
    queue(world, "ada", "bo", "cy")
    before = world.now
    world.deliver()
    assert world.now - before >= 3 * world.runtime.sending.apart


def test_an_accepted_message_whose_answer_was_cut_is_found_and_not_sent_again(world_on):
    (ada,) = queue(world_on, "ada")
    world_on.slack.faults.accept_then_cut = 1
    world_on.deliver()
    assert states(world_on) == {("in_doubt", "no_answer"): 1}
    deliver_until_quiet(world_on)
    assert len(world_on.got(ada)) == 1
    assert states(world_on) == {("sent", ""): 1}
    assert world_on.slack.calls["chat.postMessage"] == 1


def test_a_message_that_never_arrived_is_sent_after_two_looks_that_lie_apart(world):
    (ada,) = queue(world, "ada")
    world.slack.faults.cut = 1
    world.slack.faults.rate_limited = 0
    world.deliver()
    deliver_until_quiet(world)
    assert len(world.got(ada)) == 1
    assert states(world) == {("sent", ""): 1}


def test_a_message_that_comes_in_after_the_first_look_is_still_not_doubled(world):
    (ada,) = queue(world, "ada")
    world.slack.faults.commit_on_first_history_read = 1
    deliver_until_quiet(world)
    assert len(world.got(ada)) == 1
    assert world.slack.calls["chat.postMessage"] == 1
    assert world.slack.calls["conversations.history"] == 2


def test_where_it_cannot_be_looked_a_message_stays_in_doubt_and_is_never_sent_again(world):
    (ada,) = queue(world, "ada")
    world.slack.faults.accept_then_cut = 1
    world.slack.faults.missing_scopes.add("im:history")
    deliver_until_quiet(world, hours=3)
    assert states(world) == {("in_doubt", "missing_scope"): 1}
    assert len(world.got(ada)) == 1
    assert world.slack.calls["chat.postMessage"] == 1


def test_a_doubt_is_settled_once_the_right_to_look_is_given(world):
    (ada,) = queue(world, "ada")
    world.slack.faults.accept_then_cut = 1
    world.slack.faults.missing_scopes.add("im:history")
    deliver_until_quiet(world, hours=1)
    world.slack.faults.missing_scopes.clear()
    deliver_until_quiet(world)
    assert states(world) == {("sent", ""): 1}
    assert len(world.got(ada)) == 1


def test_too_many_requests_stop_the_whole_workspace_for_as_long_as_it_asks(world):
    queue(world, "ada", "bo")
    world.slack.faults.rate_limited_methods.add("chat.postMessage")
    world.slack.faults.retry_after_seconds = 120
    started = world.now
    world.deliver()
    posts = world.slack.calls["chat.postMessage"]
    assert posts == 1
    world.slack.faults.rate_limited_methods.clear()
    world.now = started + timedelta(seconds=110)
    world.deliver()
    assert world.slack.calls["chat.postMessage"] == posts
    world.now = started + timedelta(seconds=125)
    world.deliver()
    assert states(world) == {("sent", ""): 2}


@pytest.mark.parametrize("code", ["user_disabled", "channel_not_found", "cannot_dm_bot"])
def test_a_person_who_cannot_be_written_to_ends_with_the_reason(world, code):
    ada, bo = queue(world, "ada", "bo")
    world.slack.faults.refused_people[ada] = code
    world.deliver()
    assert states(world) == {("failed", code): 1, ("sent", ""): 1}
    assert world.got(bo)


def test_a_conversation_that_slack_knows_no_more_is_opened_anew_once(world):
    (ada,) = queue(world, "ada")
    with world.runtime.store.write() as tx:
        vault.put(tx, [Entry(world.key(ada), "slack", vault.CONVERSATION, "D0OF0ANOTHER")])
    world.deliver()
    assert states(world) == {("sent", ""): 1}
    assert len(world.got(ada)) == 1


def test_a_conversation_that_is_lost_after_a_first_try_is_opened_anew_too(world):
    (ada,) = queue(world, "ada")
    world.slack.faults.rate_limited_methods.add("chat.postMessage")
    world.deliver()
    assert [state for state, _ in states(world)] == ["queued"]
    world.slack.faults.rate_limited_methods.clear()
    with world.runtime.store.write() as tx:
        vault.forget(tx, world.key(ada), "slack", vault.CONVERSATION)
        vault.put(tx, [Entry(world.key(ada), "slack", vault.CONVERSATION, "D0OF0ANOTHER")])
    deliver_until_quiet(world)
    assert states(world) == {("sent", ""): 1}


@pytest.mark.parametrize("fault", ["invalid_auth", "messages_tab_disabled"])
def test_a_workspace_that_refuses_everything_is_said_loudly_and_loses_no_message(world, fault):
    queue(world, "ada", "bo")
    setattr(world.slack.faults, fault, True)
    run = world.deliver()
    assert run.error
    assert run.hint
    assert states(world) == {("queued", fault): 1, ("queued", ""): 1}
    setattr(world.slack.faults, fault, False)
    deliver_until_quiet(world)
    assert states(world) == {("sent", ""): 2}
    assert world.deliver().error == ""


@pytest.mark.parametrize("content", ["{}", "", '{"tip": "no_such_tip", "tools": []}'])
def test_a_message_whose_text_is_gone_fails_and_holds_up_nobody_else(world, content):
    ada, bob = queue(world, "ada", "bob")
    with world.runtime.store.write() as tx:
        early = datetime(2026, 1, 1, tzinfo=UTC)
        mine = update(table(Outbox)).where(table(Outbox).c.person_key == world.key(ada))
        tx.execute(mine.values(content=content, not_before=early))
    world.deliver()

    assert states(world) == {("failed", "no_text"): 1, ("sent", ""): 1}
    assert (len(world.got(ada)), len(world.got(bob))) == (0, 1)


def test_stop_ends_what_is_queued_and_what_is_in_doubt_is_not_sent_again(world):
    ada, bo = queue(world, "ada", "bo")
    world.slack.faults.cut = 1
    world.deliver()  # opening the first conversation is cut: certainly nothing sent
    for member in (ada, bo):
        choices.press(world.runtime, Asker(world.key(member)), "stop")
    deliver_until_quiet(world)
    sent = {member: len(world.got(member)) for member in (ada, bo)}
    assert sum(sent.values()) <= 1
    assert states(world).get(("skipped", "opted_out"), 0) + sum(sent.values()) == 2


def test_somebody_who_left_since_gets_nothing(world):
    ada, _ = queue(world, "ada", "bo")
    world.slack.join(Member(ada, "Ada", "ada@corp.example", deleted=True))
    world.begin(days=1)
    world.deliver()
    assert states(world) == {("skipped", "left"): 1, ("sent", ""): 1}


def test_a_message_outside_working_hours_waits_and_one_that_waited_too_long_is_dropped(world):
    (ada,) = queue(world, "ada")
    world.at("2026-03-02T22:00:00+00:00")
    world.deliver()
    assert states(world) == {("queued", "closed"): 1}
    world.at("2026-03-20T10:00:00+00:00")
    world.deliver()
    assert states(world) == {("skipped", "too_late"): 1}
    assert world.got(ada) == []


def test_delivery_ends_when_it_is_told_to_and_leaves_nothing_half_done(world):
    queue(world, *[f"p{n}" for n in range(6)])
    sent = 0

    def stop():
        nonlocal sent
        sent = len(world.slack.keys())
        return sent >= 2

    run = delivery.run(world.runtime, stop=stop)
    assert run.steps[Step.SENT] == 2
    assert states(world) == {("sent", ""): 2, ("queued", ""): 4}


@pytest.mark.slow
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.2, 0.5]))
def test_with_any_faults_nobody_has_two_copies_and_planned_is_the_sum_of_the_states(
    world, seed, share
):
    names = [f"x{seed}y{n}" for n in range(4)]
    world.at("2026-03-02T10:00:00+00:00")
    members = queue(world, *names)
    world.slack.faults.plan = FaultPlan(seed, share)
    before = sum(states(world).values())
    deliver_until_quiet(world, hours=3)
    world.slack.faults.plan = None
    world.slack.settled(10)
    assert sum(states(world).values()) == before
    assert all(count == 1 for count in world.slack.keys().values())
    assert all(len(world.got(member)) <= 1 for member in members)
    assert all(State(state) in State for state, _ in states(world))
    deliver_until_quiet(world, hours=3)
    for member in members:
        assert len(world.got(member)) == 1


def test_somebody_who_became_a_guest_gets_nothing(world):
    ada, _ = queue(world, "ada", "bo")
    world.slack.join(Member(ada, "Ada", "ada@corp.example", is_restricted=True))
    world.begin(days=1)
    world.deliver()
    assert states(world) == {("skipped", "not_a_member"): 1, ("sent", ""): 1}
    assert world.got(ada) == []


@pytest.mark.parametrize("ahead", [timedelta(seconds=90), timedelta(hours=3)])
def test_a_clock_that_is_ahead_of_slacks_finds_the_message_and_sends_no_second_copy(world, ahead):
    (ada,) = queue(world, "ada")
    world.slack._workspace.now = lambda: world.now - ahead
    world.slack.faults.accept_then_cut = 1
    deliver_until_quiet(world)
    assert len(world.got(ada)) == 1
    assert states(world) == {("sent", ""): 1}
