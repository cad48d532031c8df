"""A word each month that the summary is ready: for who wants it, once, and without a figure."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from filled import dump
from signed import opened

from jobs import pulse as job
from unranked.demo.blocks_limits import problems
from unranked.demo.slack_members import Member
from unranked.domain.usage import Window
from unranked.services import choices, monthly, roster
from unranked.services.choices import Asker
from unranked.store import campaigns, outbox, people
from unranked.store.campaigns import StoredChoice
from unranked.store.outbox import Kind, State

BERLIN = ZoneInfo("Europe/Berlin")
FEBRUARY = "Your summary for February 2026 is ready"


@pytest.fixture
def company(world_on):
    """Ada and Cy want the word each month, Bob was never asked."""
    return wanting(world_on)


@pytest.fixture
def one(world):
    """The same on one kind of database."""
    return wanting(world)


def wanting(world):
    for name in ("ada", "bob"):
        world.person(name)
    world.person("cy", zone="America/Los_Angeles")
    world.at("2026-02-25T10:00+00:00")
    world.begin(days=1)
    for who in ("UADA", "UCY"):
        press(world, who, "monthly")
    return world


def press(world, who, action):
    return choices.press(world.runtime, Asker(world.key(who)), action)


def live(world, first, last):
    """Plan and deliver every three hours of some days; no question of the week goes out."""
    at = datetime.fromisoformat(f"{first}T00:00+00:00")
    while at.date() <= date.fromisoformat(last):
        world.now = at
        monthly.plan(world.runtime)
        world.deliver()
        at += timedelta(hours=3)


def words(world):
    """Return every word that was planned, as rows by who gets it."""
    names = {world.key(who): who for who in ("UADA", "UBOB", "UCY")}
    rows = [row for row in dump(world.runtime.store)["outbox"] if row["kind"] == Kind.MONTHLY]
    return sorted(((names[row["person_key"]], row) for row in rows), key=lambda one: one[0])


def sent_on(world, who):
    rows = [row for name, row in words(world) if name == who and row["state"] == State.SENT]
    return [row["finished_at"].astimezone(BERLIN) for row in rows]


def test_one_word_comes_each_month_on_the_first_working_day_from_the_fifth_on(company):
    live(company, "2026-02-26", "2026-04-20")

    march, april = sent_on(company, "UADA")
    assert march.date() == date(2026, 3, 5)  # a Thursday
    assert april.date() == date(2026, 4, 6)  # the fifth is a Sunday
    assert {moment.hour for moment in (march, april)} <= set(range(9, 17))
    assert company.got("UADA") == [FEBRUARY, "Your summary for March 2026 is ready"]
    assert company.got("UBOB") == []
    assert len(company.got("UCY")) == 2


def away(until):
    def made(world):
        with world.runtime.store.write() as tx:
            leave = Window(date(2026, 3, 3), date.fromisoformat(until))
            people.set_absences(tx, {world.key("UADA"): [leave]})

    return made


def test_after_leave_it_waits_for_the_third_working_day_and_not_past_the_fourteenth(one):
    away("2026-03-09")(one)
    live(one, "2026-03-01", "2026-03-31")
    assert [moment.date() for moment in sent_on(one, "UADA")] == [date(2026, 3, 11)]

    with one.runtime.store.write() as tx:
        leave = Window(date(2026, 4, 1), date(2026, 4, 13))  # back too late for a third day
        people.set_absences(tx, {one.key("UADA"): [leave]})
    live(one, "2026-04-01", "2026-04-30")
    assert len(sent_on(one, "UADA")) == 1
    assert len(sent_on(one, "UCY")) == 2


def test_whoever_wants_it_late_in_the_time_gets_it_and_after_the_time_does_not(one):
    press(one, "UADA", "no_monthly")
    live(one, "2026-03-01", "2026-03-09")
    press(one, "UADA", "monthly")
    live(one, "2026-03-10", "2026-03-14")
    assert one.got("UADA") == [FEBRUARY]

    one.at("2026-03-16T00:00+00:00")
    press(one, "UBOB", "monthly")
    live(one, "2026-03-16", "2026-04-04")
    assert one.got("UBOB") == []


def test_the_message_holds_no_figure_and_its_button_shows_the_summary_to_the_person_alone(one):
    one.tools["acme"].use("ada@corp.example", date(2026, 2, 16), cost="10.85")
    one.remembers(days=80)
    one.at("2026-03-04T10:00+00:00")
    one.learn(days=3)
    live(one, "2026-03-05", "2026-03-05")
    (message,) = one.slack.messages_to("UADA")
    (actions,) = (block for block in message["blocks"] if block["type"] == "actions")
    buttons = {button["action_id"]: button["value"] for button in actions["elements"]}

    assert re.findall(r"\d+", message["text"]) == ["2026"]  # of the month
    assert list(buttons) == ["tokens", "no_monthly"]
    assert problems(message["blocks"], "message") == []
    with opened(one) as front:
        shown = front.click("UADA", "tokens", value=buttons["tokens"])
        of_bob = front.click("UBOB", "tokens", value=buttons["tokens"])
        ended = front.click("UADA", "no_monthly", value=buttons["no_monthly"])
    assert (shown["response_type"], shown["replace_original"]) == ("ephemeral", False)
    assert "- 16 Feb: Acme $10.85" in shown["text"]
    assert of_bob["text"].startswith("This button belongs to another message")
    assert ended["text"].startswith("No more monthly messages")
    assert len(one.slack.messages_to("UADA")) == 1


def chose(action):
    return lambda world: press(world, "UADA", action)


def objected(world):
    with world.runtime.store.write() as tx:
        campaigns.choose(tx, StoredChoice(world.key("UADA"), "object", world.now))


def left(world):
    world.slack.join(Member("UADA", "Ada", "ada@corp.example", "Europe/Berlin", deleted=True))
    roster.refresh(world.runtime)


REFUSALS = {
    "no_monthly": (chose("no_monthly"), "no_monthly"),
    "stop": (chose("stop"), "opted_out"),
    "objected": (objected, "opted_out"),
    "left": (left, "left"),
    "away": (away("2026-03-30"), "closed"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_whoever_does_not_want_it_or_is_not_there_gets_none(one, why):
    REFUSALS[why][0](one)
    live(one, "2026-03-01", "2026-03-31")

    assert one.got("UADA") == []
    assert [name for name, _ in words(one)] == ["UCY"]


@pytest.mark.parametrize("why", REFUSALS)
def test_what_is_queued_is_skipped_when_it_is_not_wanted_any_more(one, why):
    change, reason = REFUSALS[why]
    one.at("2026-03-05T06:00+00:00")  # before the hours
    monthly.plan(one.runtime)
    change(one)
    one.at("2026-03-05T10:00+00:00")
    one.deliver()

    (row,) = [row for name, row in words(one) if name == "UADA"]
    assert (row["state"], row["reason"]) == (State.SKIPPED, reason)


@pytest.mark.parametrize(("hours", "reason"), [(14, "closed"), (24, "too_late")])
def test_what_could_not_go_out_on_its_day_is_skipped(one, hours, reason):
    one.at("2026-03-05T09:00+00:00")
    monthly.plan(one.runtime)
    one.now += timedelta(hours=hours)
    one.deliver()

    (row,) = [row for name, row in words(one) if name == "UADA"]
    assert (row["state"], row["reason"]) == (State.SKIPPED, reason)


def test_the_job_plans_it_and_a_dry_run_writes_nothing(one):
    one.at("2026-03-05T10:00+00:00")
    before = dump(one.runtime.store)
    said = job.try_out(one.runtime)

    assert dump(one.runtime.store) == before
    assert said["monthly"] == "fewer than 20"
    assert monthly.plan(one.runtime, dry_run=True) == 2
    job.run(one.runtime, bool)
    assert monthly.plan(one.runtime) == 0
    with one.runtime.store.read() as tx:
        planned = outbox.contents_since(tx, Kind.MONTHLY, one.now)
    assert set(planned) == {one.key("UADA"), one.key("UCY")}
