"""What keeps a message from being sent: asked anew at the moment at which it would leave."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from one_campaign import drawn

from unranked.demo.slack_members import Member
from unranked.domain.calendar import OpenHours
from unranked.domain.consent import Choice
from unranked.services import choices, delivery, managers, monthly, pulse
from unranked.services.choices import Asker
from unranked.store import campaigns, checkins, enrolments, outbox, people, turns
from unranked.store.campaigns import StoredChoice

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def joined(world, *names, **more):
    members = [world.person(name, **more) for name in names]
    world.begin(days=1)
    return members


def states(world, campaign=None):
    with world.runtime.store.read() as tx:
        found = outbox.counts(tx, campaign)
    return {(state.value, reason): n for (state, reason), n in found.items()}


def set_state(world, state, key="c-1"):
    with world.runtime.store.write() as tx:
        campaigns.set_state(tx, key, state)


def due(world):
    with world.runtime.store.read() as tx:
        return turns.next_due(tx, "slack")


def reconciled(world, key="c-1"):
    with world.runtime.store.read() as tx:
        return outbox.reconciled(tx, key)


def test_a_campaign_sends_in_its_own_hours_alone(world):
    (ada,) = joined(world, "ada", zone="UTC")
    hours = OpenHours(time(13), time(14, 30), frozenset({0, 1, 2, 3}))
    drawn(world, ada, hours=hours)
    world.deliver()
    assert states(world) == {("queued", "closed"): 1}
    assert due(world) == datetime.fromisoformat("2026-03-02T13:00+00:00")

    world.at("2026-03-02T14:30+00:00")  # the minute at which they are over
    world.deliver()
    assert due(world) == datetime.fromisoformat("2026-03-03T13:00+00:00")
    world.at("2026-03-06T13:30+00:00")  # a Friday, on which this one sends nothing
    world.deliver()
    assert world.got(ada) == []
    assert due(world) == datetime.fromisoformat("2026-03-09T13:00+00:00")
    world.at("2026-03-09T13:00+00:00")
    world.deliver()
    assert len(world.got(ada)) == 1


def test_of_a_campaigns_hours_and_the_persons_own_both_hold(world):
    (ada,) = joined(world, "ada", zone="UTC")
    drawn(world, ada, hours=OpenHours(time(9, 30), time(13)))
    choice = StoredChoice(world.key(ada), Choice.HOURS.value, world.now, value="12:00-16:00")
    with world.runtime.store.write() as tx:
        campaigns.choose(tx, choice)
    world.deliver()
    assert due(world) == datetime.fromisoformat("2026-03-02T12:00+00:00")


def test_a_paused_campaign_is_not_looked_at_and_goes_on_when_it_is_taken_up_again(world_on):
    ada, bob = joined(world_on, "ada", "bob")
    drawn(world_on, ada, bob)
    set_state(world_on, "paused")
    assert world_on.deliver().steps == {}
    assert states(world_on) == {("queued", ""): 2}
    assert due(world_on) is None
    set_state(world_on, "running")
    world_on.deliver()
    assert states(world_on) == {("sent", ""): 2}
    assert reconciled(world_on)


def test_of_an_ended_campaign_everything_queued_is_skipped_and_never_sent(world_on):
    ada, bob = joined(world_on, "ada", "bob")
    drawn(world_on, ada, bob)
    set_state(world_on, "ended")
    world_on.deliver()
    assert states(world_on) == {("skipped", "ended"): 2}
    assert world_on.slack.keys() == {}
    assert reconciled(world_on)


@pytest.mark.parametrize(
    ("state", "end"), [("ended", ("skipped", "ended")), ("paused", ("queued", "paused"))]
)
def test_a_campaign_that_is_over_between_claim_and_sending_sends_nothing(world, state, end):
    (ada,) = joined(world, "ada")
    drawn(world, ada)
    chat = world.runtime.channel
    opened = chat.conversation

    def slowly(member_id):
        set_state(world, state)
        return opened(member_id)

    chat.conversation = slowly
    world.deliver()
    assert states(world) == {end: 1}
    assert world.got(ada) == []


def test_a_doubt_of_a_campaign_that_was_paused_is_settled_and_not_sent_again(world):
    ada, bob = joined(world, "ada", "bob")
    drawn(world, ada, bob)
    world.slack.faults.accept_then_cut = 1
    world.deliver()
    set_state(world, "paused")
    for _ in range(5):
        world.now += 2 * HOUR / 60
        world.deliver()
    assert states(world) == {("sent", ""): 2}
    assert all(count == 1 for count in world.slack.keys().values())


@pytest.mark.parametrize("reason", ["left", "adopted", "declined"])
def test_whom_a_campaign_sends_no_more_gets_nothing_that_was_queued_before(world, reason):
    ada, bob = joined(world, "ada", "bob")
    drawn(world, ada, bob)
    with world.runtime.store.write() as tx:
        enrolments.stop(tx, "c-1", [world.key(ada)], reason)
    world.deliver()
    assert states(world) == {("skipped", reason): 1, ("sent", ""): 1}
    assert world.got(ada) == []
    assert reconciled(world)


def chosen(choice, **more):
    def act(world, member):
        made = StoredChoice(world.key(member), choice.value, world.now, **more)
        with world.runtime.store.write() as tx:
            campaigns.choose(tx, made)

    return act


def gone(world, member):
    world.slack.join(Member(member, "Ada", "ada@corp.example", deleted=True))
    world.begin(days=1)


def begun(world, _member):
    world.tools["acme"].use("ada@corp.example", world.now.date() + DAY)
    world.now += DAY
    world.begin(days=1)


@pytest.mark.parametrize(
    ("happens", "end"),
    [
        (chosen(Choice.OBJECT), ("skipped", "objected")),
        (chosen(Choice.STOP), ("skipped", "opted_out")),
        (chosen(Choice.NOT_FOR_ME), ("skipped", "declined")),
        (chosen(Choice.SOMETHING_ELSE), ("skipped", "declined")),
        (gone, ("skipped", "left")),
        (begun, ("skipped", "adopted")),
        (chosen(Choice.AWAY, until=date(2026, 3, 9)), ("queued", "away")),
        (chosen(Choice.AWAY, until=date(2027, 3, 1)), ("queued", "away")),
    ],
)
def test_each_thing_that_ends_or_delays_a_tip_does_so(world, happens, end):
    ada, bob = joined(world, "ada", "bob")
    drawn(world, ada, bob)
    happens(world, ada)
    world.deliver()
    assert states(world) == {end: 1, ("sent", ""): 1}
    assert world.got(ada) == []
    assert reconciled(world)


def test_after_leave_a_tip_waits_two_working_days_more_and_after_long_leave_it_ends(world):
    ada, bob = joined(world, "ada", "bob", zone="UTC")
    drawn(world, ada, bob)
    chosen(Choice.AWAY, until=date(2026, 3, 9))(world, ada)
    chosen(Choice.AWAY, until=date(2026, 3, 20))(world, bob)
    for hour in range(24 * 30):
        world.at("2026-03-02T10:00+00:00")
        world.now += hour * HOUR
        world.deliver()
        if world.got(ada):
            break
    assert world.now.replace(second=0).isoformat() == "2026-03-11T10:00:00+00:00"
    world.at("2026-03-24T10:00:00+00:00")
    world.deliver()
    assert states(world) == {("sent", ""): 1, ("skipped", "too_late"): 1}


def test_the_rows_of_a_campaign_reconcile_with_what_was_planned_and_nothing_else_does(world_on):
    ada, bob = joined(world_on, "ada", "bob")
    key = drawn(world_on, ada, bob)
    assert reconciled(world_on)
    world_on.deliver()
    assert reconciled(world_on)
    with world_on.runtime.store.write() as tx:
        enrolments.step_on(tx, key, [world_on.key(ada)])
    assert not reconciled(world_on)
    assert reconciled(world_on, "c-none")
    with world_on.runtime.store.write() as tx:
        tx.exec_driver_sql("DELETE FROM outbox")
        tx.exec_driver_sql("UPDATE enrolment SET arm = 'holdout'")
    assert reconciled(world_on)


# One message of ours a day


def led(world, boss, *names):
    """Let people report to somebody."""
    with world.runtime.store.write() as tx:
        everybody = people.everybody(tx)
        mine = [everybody[world.key(f"U{name.upper()}")] for name in names]
        people.save(tx, [replace(one, manager_key=world.key(boss)) for one in mine])


def test_a_managers_tip_waits_for_tuesday_though_the_weekly_message_is_not_queued_yet(world):
    ada, bob = joined(world, "ada", "bob", zone="UTC")
    led(world, ada, "bob")
    drawn(world, ada, bob)
    world.deliver()  # Monday at ten: the process stood still in the morning
    assert states(world) == {("queued", "one_a_day"): 1, ("sent", ""): 1}
    managers.plan(world.runtime)
    world.deliver()
    assert len(world.got(ada)) == 1
    assert due(world) == datetime.fromisoformat("2026-03-03T09:30+00:00")
    world.at("2026-03-03T09:30+00:00")
    world.deliver()
    assert len(world.got(ada)) == 2


def test_a_manager_who_wants_no_weekly_message_gets_the_tip_on_a_monday(world):
    ada, _ = joined(world, "ada", "bob", zone="UTC")
    led(world, ada, "bob")
    drawn(world, ada)
    choices.press(world.runtime, Asker(world.key(ada)), "no_digest")
    world.deliver()
    assert states(world) == {("sent", ""): 1}


def test_a_manager_who_works_on_mondays_alone_gets_both_and_not_neither(world):
    ada, _ = joined(world, "ada", "bob", zone="UTC")
    led(world, ada, "bob")
    drawn(world, ada)
    chosen(Choice.WEEKDAYS, value="0")(world, ada)
    world.deliver()
    assert states(world) == {("sent", ""): 1}


def test_a_tip_that_was_delayed_to_a_monday_gives_way_to_the_weekly_message(world):
    world.at("2026-02-27T15:00+00:00")  # a Friday
    ada, _ = joined(world, "ada", "bob", zone="UTC")
    led(world, ada, "bob")
    drawn(world, ada, hours=OpenHours(time(9, 30), time(10)))
    world.deliver()
    assert due(world) == datetime.fromisoformat("2026-03-02T09:30+00:00")
    world.at("2026-03-02T09:30+00:00")
    world.deliver()
    assert world.got(ada) == []
    assert due(world) == datetime.fromisoformat("2026-03-03T09:30+00:00")


def test_nobody_has_a_tip_on_the_day_of_the_weekly_question_though_it_is_not_queued_yet(world):
    members = joined(world, *(f"p{n}" for n in range(25)), zone="UTC")
    with world.runtime.store.write() as tx:
        checkins.salt(tx, world.runtime.ids)
    drawn(world, *members)
    for _ in range(7):  # each day the tips have their chance first
        world.deliver()
        pulse.plan(world.runtime)
        world.now = world.now.replace(hour=16, minute=25)
        world.deliver()
        world.now = (world.now + DAY).replace(hour=9, minute=30)

    days = [_days(world, one) for one in members]
    assert all(len(own) == 2 for own in days)
    assert all(len(set(own)) == 2 for own in days)


def test_where_every_day_of_somebody_has_a_message_the_tip_comes_all_the_same(world):
    ada, _ = joined(world, "ada", "bob", zone="UTC")
    with world.runtime.store.write() as tx:
        checkins.salt(tx, world.runtime.ids)
    led(world, ada, "bob")
    chosen(Choice.WEEKDAYS, value="01")(world, ada)  # a week's message on Monday, a question after
    drawn(world, ada)
    world.deliver()
    assert states(world) == {("sent", ""): 1}


def test_a_tip_gives_way_to_the_word_that_a_summary_is_ready_though_it_is_not_queued_yet(world):
    world.at("2026-03-05T09:30+00:00")  # the first day of a month on which it may come
    (ada,) = joined(world, "ada", zone="UTC")
    drawn(world, ada)
    chosen(Choice.MONTHLY)(world, ada)
    world.deliver()
    assert states(world) == {("queued", "one_a_day"): 1}
    monthly.plan(world.runtime)
    world.deliver()
    world.at("2026-03-06T09:30+00:00")
    world.deliver()
    assert states(world) == {("sent", ""): 2}


def test_campaigns_take_turns_from_one_run_to_the_next(world):
    names = [f"p{n}" for n in range(6)]
    members = joined(world, *names, zone="UTC")
    for number, key in enumerate(("c-1", "c-2", "c-3")):
        drawn(world, *members[2 * number : 2 * number + 2], key=key)
    found = []
    for _ in range(6):
        before = set(world.slack.keys())
        once = iter([False, True])
        delivery.run(world.runtime, stop=lambda once=once: next(once))
        (new,) = set(world.slack.keys()) - before
        found.append(new.rpartition("-c-")[2])
    assert found == ["1", "2", "3"] * 2


def _days(world, member):
    """Return the day of each message that somebody has."""
    stamps = [float(one["ts"]) for one in world.slack.messages_to(member)]
    return [datetime.fromtimestamp(at, world.now.tzinfo).date() for at in stamps]
