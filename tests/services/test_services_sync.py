"""Figures in: whole or not at all, once, and never taken for zeros when they are missing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from unranked.channels.base import lines_of
from unranked.connectors.base import FeedKind
from unranked.domain.segments import Segment
from unranked.domain.usage import Window
from unranked.errors import CursorExpiredError, ProviderError
from unranked.services import answers, segments, sync
from unranked.store import campaigns, coverage, usage

DAYS = [date(2026, 2, day) for day in range(2, 28)]
WEEKDAYS = [day for day in DAYS if day.weekday() < 5]


def everybody_works(world, names=("ada", "bo", "cy")):
    for name in names:
        world.person(name)
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)


def stored(world):
    with world.runtime.store.read() as tx:
        rows = tx.exec_driver_sql("SELECT feed, day, account_key, n_out, cost_nano FROM usage")
        return sorted(tuple(str(cell) for cell in row) for row in rows)


def complete_through(world, slug="acme"):
    with world.runtime.store.read() as tx:
        return coverage.completeness(tx)[slug].complete_through


def test_reading_again_changes_no_row(world_on):
    everybody_works(world_on)
    world_on.learn(days=1)
    before = stored(world_on)
    world_on.now += timedelta(days=1)
    world_on.learn(days=1)
    assert before
    assert stored(world_on) == before


def test_a_restated_day_replaces_the_old_figures_and_moves_the_watermark_back(world_on):
    everybody_works(world_on)
    world_on.learn(days=3)
    reached = complete_through(world_on)
    restated = date(2026, 2, 26)
    world_on.tools["acme"].use("ada@corp.example", restated, output=7_777)
    world_on.now += timedelta(hours=1)
    world_on.learn(days=1)
    assert sum(1 for row in stored(world_on) if row[3] == "7777") == 1
    assert complete_through(world_on) == restated - timedelta(days=1)
    assert reached > restated


def test_a_row_that_the_provider_takes_back_is_gone(world):
    everybody_works(world)
    world.learn(days=1)
    day = date(2026, 2, 27)
    del world.tools["acme"].rows[day, "ada@corp.example"]
    world.now += timedelta(days=1)
    world.learn(days=1)
    assert sum(1 for row in stored(world) if row[:2] == ("usage", str(day))) == 2


@pytest.mark.parametrize(
    "error",
    [
        ProviderError("Refused (HTTP 401).", hint="Renew it.", retryable=False, status=401),
        ProviderError("HTTP 503.", hint="Wait.", retryable=True, status=503),
        CursorExpiredError("Gone.", hint="Again.", retryable=True, status=410),
    ],
)
def test_a_provider_that_fails_loses_nothing_and_does_not_stop_the_other(world_on, error):
    everybody_works(world_on)
    world_on.person("di", seats="beta")
    world_on.tools["beta"].use("di@corp.example", *WEEKDAYS)
    world_on.learn(days=2)
    before, reached = stored(world_on), complete_through(world_on)
    world_on.tools["acme"].fails_with = error
    world_on.now += timedelta(days=1)
    runs = sync.run(world_on.runtime)
    failed = {run.connector for run in runs if run.error}
    assert failed == {"acme"}
    assert all(run.hint for run in runs if run.error)
    assert stored(world_on) == before
    assert complete_through(world_on) == reached


def test_an_empty_answer_where_figures_were_is_refused_and_nobody_becomes_a_zero(world_on):
    everybody_works(world_on)
    world_on.learn(days=2)
    before = stored(world_on)
    world_on.tools["acme"].empty = True
    world_on.now += timedelta(days=1)
    runs = [run for run in sync.run(world_on.runtime) if run.connector == "acme" and run.error]
    assert {run.feed for run in runs} == {"usage", "cost"}
    assert stored(world_on) == before
    world_on.now += timedelta(days=20)
    sync.run(world_on.runtime)
    assert segments.refresh(world_on.runtime).people == {Segment.UNKNOWN: 3}


def test_a_source_that_never_showed_anything_calls_nobody_a_zero(world):
    world.person("ada")
    world.learn(days=3)
    assert segments.refresh(world.runtime).people == {Segment.UNKNOWN: 1}


def test_usage_of_an_unknown_account_is_kept_as_unattributed_and_blocks_the_watermark(world):
    everybody_works(world, ("ada", "bo"))
    world.tools["acme"].use("stranger@elsewhere.example", date(2026, 2, 25))
    world.learn(days=3)
    assert any(row[1] == "2026-02-25" for row in stored(world))
    assert complete_through(world) < date(2026, 2, 25)


def test_an_address_that_becomes_known_later_frees_the_watermark(world):
    everybody_works(world, ("ada", "bo"))
    world.tools["acme"].use("cy@corp.example", date(2026, 2, 25))
    world.learn(days=3)
    blocked = complete_through(world)
    world.person("cy")
    world.learn(days=1)
    assert complete_through(world) > blocked


def test_costs_are_read_once_a_day_and_activity_every_time(world):
    everybody_works(world)
    world.learn(days=1)
    world.now += timedelta(hours=1)
    kinds = frozenset({FeedKind.ACTIVITY})
    assert [
        run.feed for run in sync.run(world.runtime, kinds=kinds) if run.connector == "acme"
    ] == ["usage"]


def test_every_person_is_in_one_segment_and_the_segments_are_the_roster(world_on):
    everybody_works(world_on, ("ada", "bo", "cy", "di", "ed", "flo"))
    quiet = world_on.person("gus")
    once = world_on.person("hal")
    world_on.tools["acme"].use("hal@corp.example", date(2026, 1, 12))
    world_on.person("ian", seats="")
    world_on.person("guest", is_restricted=True)
    world_on.person("gone", deleted=True)
    world_on.learn(days=3)
    run = segments.refresh(world_on.runtime)
    assert run.people == {
        Segment.ACTIVE: 6,
        Segment.NEVER_USED: 1,
        Segment.TRIED_ONCE: 1,
        Segment.NO_SEAT: 1,
        Segment.EXCLUDED: 2,
    }
    assert run.roster == 11
    with world_on.runtime.store.read() as tx:
        placed = campaigns.placements(tx)
    assert placed[world_on.key(quiet)].segment == "never_used"
    assert placed[world_on.key(quiet)].watermark == complete_through(world_on)
    assert placed[world_on.key(once)].segment == "tried_once"


def test_no_identifier_stands_outside_the_vault(world_on):
    everybody_works(world_on)
    world_on.learn(days=2)
    world_on.plan()
    others = [table for table in SQLModel.metadata.sorted_tables if table.name != "vault"]
    with world_on.runtime.store.read() as tx:
        text = " ".join(str(tx.execute(select(table)).all()) for table in others)
    for identifier in ("corp.example", "UADA", "Ada", "acc:"):
        assert identifier not in text


def test_the_first_reading_asks_for_the_whole_history_and_the_next_for_what_may_change(world):
    everybody_works(world)
    world.at("2026-03-02T10:00:00+00:00")
    asked: list[object] = []
    tool = world.tools["acme"]
    original = tool.get

    def watched(path, params=None, **more):
        if params:
            asked.append(params["window"])
        return original(path, params, **more)

    tool.get = watched
    sync.run(world.runtime)
    first = min(window.start for window in asked)
    world.learn(days=1)
    asked.clear()
    world.now = datetime(2026, 3, 4, 10, tzinfo=UTC)
    sync.run(world.runtime)
    assert first == date(2026, 1, 1)
    assert min(window.start for window in asked) > date(2026, 2, 10)


def test_a_seat_of_unknown_age_is_never_called_never_used(world_on):
    everybody_works(world_on)
    quiet = world_on.person("quiet")
    world_on.tools["acme"].seats["quiet@corp.example"] = None
    world_on.learn(days=3)
    world_on.now += timedelta(days=30)
    for back in range(30):
        day = date(2026, 3, 3) + timedelta(back)
        if day.weekday() < 5:
            for name in ("ada", "bo", "cy"):
                world_on.tools["acme"].use(f"{name}@corp.example", day)
    world_on.learn(days=3)
    with world_on.runtime.store.read() as tx:
        placed = campaigns.placements(tx)[world_on.key(quiet)]
    assert placed.segment == "no_recorded_use"


def test_an_empty_member_list_takes_nobodys_seat(world_on):
    everybody_works(world_on)
    world_on.learn(days=2)
    seats = dict(world_on.tools["acme"].seats)
    world_on.tools["acme"].seats.clear()
    world_on.now += timedelta(days=1)
    failed = [run for run in sync.run(world_on.runtime) if run.error]
    assert [(run.connector, run.feed) for run in failed] == [("acme", "members")]
    world_on.tools["acme"].seats.update(seats)
    world_on.learn(days=1)
    assert Segment.NO_SEAT not in segments.refresh(world_on.runtime).people


def nested(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "odd",
    [
        {"model": "x\ud800"},
        {"cost": "1e40"},
        {"cost": "NaN"},
        pytest.param({"unread": nested(100_000)}, id="deeply nested"),
    ],
)
def test_one_odd_value_is_that_feeds_error_and_stops_no_other_provider(world_on, odd):
    everybody_works(world_on)
    world_on.person("di", seats="beta")
    world_on.tools["beta"].use("di@corp.example", *WEEKDAYS)
    world_on.tools["acme"].rows[date(2026, 2, 26), "ada@corp.example"].update(odd)
    runs = sync.run(world_on.runtime)
    wrong = [run for run in runs if run.error]
    assert wrong
    assert {run.connector for run in wrong} == {"acme"}
    assert all("cannot be stored" in run.error and run.hint for run in wrong)
    assert all(run.rows for run in runs if run.connector == "beta" and run.feed == "usage")


def test_a_confirmed_holiday_does_not_hold_up_the_figures(world):
    everybody_works(world)
    holiday = date(2026, 2, 26)
    for name in ("ada", "bo"):
        del world.tools["acme"].rows[holiday, f"{name}@corp.example"]
    world.at("2026-02-28T10:00+00:00")
    world.learn(days=2)
    held_up = complete_through(world)
    world.runtime = replace(world.runtime, holidays=frozenset({holiday}))
    world.learn(days=1)

    assert held_up == holiday - timedelta(days=1)
    assert complete_through(world) >= holiday


def test_two_rows_that_differ_in_their_currency_alone_stay_two(world_on):
    day = date(2026, 2, 26)
    window = Window(day, day + timedelta(days=1))
    row = (day, "a-1", "", "", "", "", "", "", False, None, None, None, None, None, None, 5)
    with world_on.runtime.store.write() as tx:
        usage.replace_days(tx, "acme", "cost", window, lambda: [(*row, "USD", 1), (*row, "EUR", 2)])
        rows = tx.exec_driver_sql("SELECT currency FROM usage WHERE account_key = 'a-1'").scalars()
        assert sorted(rows) == ["EUR", "USD"]


def test_an_account_that_no_database_can_hold_stops_no_other_provider(world_on):
    everybody_works(world_on)
    world_on.person("di", seats="beta")
    world_on.tools["beta"].use("di@corp.example", *WEEKDAYS)
    world_on.tools["acme"].use("a\x00b@corp.example", date(2026, 2, 26))
    runs = sync.run(world_on.runtime)

    assert {run.connector for run in runs if run.error} <= {"acme"}
    assert all(run.rows for run in runs if run.connector == "beta" and run.feed == "usage")


def test_a_reading_from_the_future_is_not_fresh(world):
    everybody_works(world)
    right = world.now
    world.now += timedelta(days=5)
    sync.run(world.runtime)
    world.now = right
    read = {run.feed for run in sync.run(world.runtime) if run.connector == "acme"}

    assert read == {"members", "usage", "cost"}


def test_a_seat_without_a_day_that_an_earlier_list_did_not_have_begins_with_this_list(world_on):
    everybody_works(world_on)
    late = world_on.person("late", seats="")
    world_on.learn(days=3)
    world_on.tools["acme"].seats["late@corp.example"] = None
    world_on.now += timedelta(days=1)
    world_on.learn(days=1)

    with world_on.runtime.store.read() as tx:
        placed = campaigns.placements(tx)[world_on.key(late)]
    assert placed.segment == "new"


def with_acme(world, parse, feeds=None):
    """Let acme answer through `parse(page, its own parse)`, and with other feeds if any."""
    acme, *others = world.runtime.connectors
    own = acme.connector
    changed = replace(
        own, parse=lambda page: parse(page, own.parse), feeds=(*(feeds or own.feeds),)
    )
    world.runtime = replace(world.runtime, connectors=(replace(acme, connector=changed), *others))


def test_a_bill_without_an_amount_is_said_as_a_gap_and_the_total_as_the_least(world):
    def parse(page, own):
        for record in own(page):
            unknown = page.feed == "cost" and record.day > date(2026, 2, 10)
            yield replace(record, cost=None) if unknown else record

    everybody_works(world)
    with_acme(world, parse)
    world.remembers(days=80)
    world.learn(days=3)
    parts = answers.tokens(world.runtime, world.key("UADA")).parts
    said = [line for part in parts for line in lines_of(part)]

    (cost,) = (line for line in said if line.startswith("AI cost: "))
    assert cost.startswith("AI cost: At least $")
    assert "- Acme: some use has no known price and is not in the cost." in said


def chats_and_calls(world, is_silent):
    """Let acme tell of chats and of calls in a feed each. is_silent(day): no chat comes then."""

    def parse(page, own):
        for record in own(page):
            chat = record.account.id.startswith("acc:chat")
            if page.feed == "members" or (
                chat == (page.feed == "chats") and not (chat and is_silent(record.day))
            ):
                yield record

    everybody_works(world, [f"{kind}{n}" for kind in ("chat", "dev") for n in range(6)])
    members, usage_feed, _ = world.runtime.connectors[0].connector.feeds
    with_acme(
        world, parse, [members, *(replace(usage_feed, name=name) for name in ("chats", "calls"))]
    )


def test_a_feed_that_falls_silent_beside_a_busy_one_stops_the_watermark(world):
    silent_from = date(2026, 2, 24)
    chats_and_calls(world, lambda day: day >= silent_from)
    world.learn(days=3)

    assert complete_through(world) == silent_from - timedelta(days=1)


def test_a_feed_that_is_back_after_weeks_of_silence_lets_the_watermark_go_on(world):
    silent, back = Window(date(2026, 2, 23), date(2026, 3, 12)), date(2026, 3, 12)
    chats_and_calls(world, lambda day: silent.start <= day < silent.end and world.now.date() < back)
    for email in world.tools["acme"].seats:
        world.tools["acme"].use(email, *(day + timedelta(days=28) for day in WEEKDAYS))
    for moment, reached in (
        ("2026-02-26T10:00+00:00", date(2026, 2, 22)),
        ("2026-03-11T10:00+00:00", date(2026, 2, 22)),
        ("2026-03-17T10:00+00:00", date(2026, 3, 15)),
    ):
        world.at(moment)
        world.learn(days=4)
        assert complete_through(world) == reached
