"""What goes when: every table by its time, and a run that is cut off.

What must stay the same all the while is in test_services_retention_same.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from filled import dump
from long_past import ANYBODYS, TODAY, Account, History, long_past
from sqlalchemy import func, select, update
from sqlmodel import SQLModel
from stored_rows import put, rows

from unranked.domain import policy
from unranked.domain.campaigns import Design
from unranked.domain.policy_terms import UNTIL_ERASED
from unranked.domain.retention import daily_since, kept_since
from unranked.domain.usage import AccountKind
from unranked.services import campaigns, retention
from unranked.store import folding, outbox
from unranked.store.tables import (
    Campaign,
    Completeness,
    EverUsed,
    FeedRun,
    Job,
    ModelUse,
    Outbox,
    Release,
    Usage,
    UsageWeek,
    table,
)

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
BY_AGE = [one for one in policy.TABLES if one.kept.by_age and not one.kept.by_job]


def at(day, column):
    """Return a day as a column wants it."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    is_day = isinstance(column.type.python_type, type) and column.type.python_type is date
    return day if is_day else moment


@pytest.mark.parametrize("one", BY_AGE, ids=lambda one: one.name)
def test_a_row_goes_on_the_day_after_its_time_and_not_on_the_day_before(world_on, one):
    world_on.now = NOW
    place = SQLModel.metadata.tables[one.name]
    column = place.c[one.kept.since]
    first = kept_since(one.kept, NOW.date())
    old, young = at(first - timedelta(days=1), column), at(first, column)
    put(world_on, one.name, "ada", **{column.name: old})
    put(world_on, one.name, "bob", **{column.name: young})

    done = retention.run(world_on.runtime)

    assert done.rows[one.name] == 1
    with world_on.runtime.store.read() as tx:
        assert [row[0] for row in tx.execute(select(column))] == [young]


def test_every_time_of_the_policy_is_one_that_somebody_keeps():
    elsewhere = {"usage", "usageweek", "enrolment", "outbox", "release", "modeluse"}

    assert {one.name for one in policy.TABLES if one.kept.by_job} == elsewhere
    for one in policy.TABLES:
        for kept in (one.kept, *one.sooner.values()):
            assert (
                kept.by_age
                or kept.said == UNTIL_ERASED.said
                or "until" in kept.said
                or ("as long as" in kept.said)
            ), one.name
            for number in (kept.days, kept.months):
                assert not number or str(number) in kept.said, one.name
            assert not kept.since or kept.since in one.columns


def test_the_times_are_those_of_the_method():
    kept = {one.name: one.kept for one in policy.TABLES}

    assert (kept["usage"].days, kept["usageweek"].months) == (120, 13)
    assert (kept["checkin"].months, kept["placement"].days) == (9, 90)
    assert (kept["enrolment"].days, kept["release"].months) == (60, 13)
    for name in ("job", "feedrun"):
        assert {one.days for one in policy.table(name).sooner.values()} == {30}


def test_what_a_run_said_goes_after_a_month_and_how_far_it_came_stays(world_on):
    world_on.now = NOW
    month = NOW - timedelta(days=31)
    put(world_on, "job", name="sync", finished_at=month, error="was wrong", outcome="failed")
    put(world_on, "job", name="roster", finished_at=NOW, error="is wrong", outcome="failed")
    put(world_on, "feedrun", connector="acme", tried_at=month, succeeded_at=month, error="bad key")

    retention.run(world_on.runtime)

    jobs = {row["name"]: row for row in rows(world_on, Job)}
    assert (jobs["sync"]["error"], jobs["sync"]["outcome"]) == ("", "")
    assert jobs["sync"]["finished_at"] == month
    assert jobs["roster"]["error"] == "is wrong"
    (feed,) = rows(world_on, FeedRun)
    assert (feed["error"], feed["hint"], feed["succeeded_at"]) == ("", "", month)


def test_what_waits_to_be_counted_of_the_model_waits_on(world_on):
    world_on.now = NOW
    for day in (date.min, date(2025, 10, 29), date(2025, 10, 30)):
        put(world_on, "modeluse", day=day)

    retention.run(world_on.runtime)

    assert {row["day"] for row in rows(world_on, ModelUse)} == {date.min, date(2025, 10, 30)}


def test_what_was_said_of_a_campaign_stays_as_long_as_the_campaign(world_on):
    world_on.now = NOW
    old = NOW - timedelta(days=500)
    today = NOW.date()
    made = campaigns.create(world_on.runtime, Design("Spring", today, today + timedelta(weeks=10)))
    with world_on.runtime.store.write() as tx:
        tx.execute(update(table(Campaign)).values(campaign_key="c-old"))
    assert made.campaign_key
    put(world_on, "release", group_key="c-old", released_at=old)
    put(world_on, "release", group_key="g-team", released_at=old)
    put(world_on, "release", group_key="g-new", released_at=NOW)

    retention.run(world_on.runtime)

    assert {row["group_key"] for row in rows(world_on, Release)} == {"c-old", "g-new"}


def message(world, number, **given):
    when = NOW - timedelta(days=given.pop("days"))
    usual = {"person_key": "p-1", "campaign_key": None, "kind": "nudge", "state": "sent"}
    times = {"created_at": when, "finished_at": when, "not_before": when}
    put(world, "outbox", key=f"m-{number}", purpose=f"x|{number}", **usual | times | given)


def test_messages_go_after_nine_months_but_the_last_two_tips_to_somebody(world_on):
    world_on.now = NOW
    for number in range(4):
        message(world_on, number, days=700 - 100 * number)
    message(world_on, 4, days=280, kind="pulse")
    message(world_on, 5, days=280, state="skipped")
    message(world_on, 6, days=280, campaign_key="c-runs")
    message(world_on, 7, days=280, state="queued", kind="pulse")
    message(world_on, 8, days=270, kind="pulse")
    message(world_on, 9, days=900, person_key="p-2")

    retention.run(world_on.runtime)

    # Of the first person the last two tips are the fourth one, and that of a campaign that runs.
    kept = {"m-3", "m-6", "m-7", "m-8", "m-9"}
    assert {row["key"] for row in rows(world_on, Outbox)} == kept


def test_two_tips_without_a_reaction_are_remembered_for_good(world_on):
    world_on.now = NOW
    for number in range(5):
        message(world_on, number, days=1500 - 100 * number)

    retention.run(world_on.runtime)

    with world_on.runtime.store.read() as tx:
        (history,) = outbox.history(tx).values()
    assert [one.at for one in history] == [NOW - timedelta(days=n) for n in (1200, 1100)]


CUT = History(
    (
        Account("acme", ANYBODYS, frozenset(range(100, 420, 9))),
        Account("beta", ((ANYBODYS[0][0], "p-bob"),), frozenset(range(101, 420, 7))),
        Account("beta", ((ANYBODYS[0][0], None),), frozenset({200, 201, 300})),
    )
)


@pytest.mark.parametrize("after", [0, 1, 2, 5, 17, 40, 90])
def test_a_run_that_is_cut_off_anywhere_is_finished_by_the_next_one(world_on, tmp_path, after):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    with (
        long_past(f"sqlite:///{tmp_path / 'whole.db'}", CUT) as whole,
        long_past(url, CUT) as cut,
    ):
        retention.run(whole.runtime)
        left = [after]

        def stop():
            left[0] -= 1
            return left[0] < 0

        assert retention.run(cut.runtime, stop=stop).ended_early
        retention.run(cut.runtime)

        for model in (Usage, UsageWeek, EverUsed):
            assert cut.rows(model) == whole.rows(model)
        again = retention.run(cut.runtime)
        assert not any(again.rows.values())


def test_a_kill_in_the_middle_of_a_page_leaves_it_as_it_was(world_on, monkeypatch):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    with long_past(url, CUT) as past:
        before = past.rows(Usage)
        deleting = folding.Folding.of_people

        def killed(fold, tx, part, keys):
            deleting(fold, tx, part, keys)
            raise KeyboardInterrupt

        monkeypatch.setattr(folding.Folding, "of_people", killed)
        with pytest.raises(KeyboardInterrupt):
            retention.run(past.runtime)
        assert past.rows(Usage) == before
        assert past.rows(UsageWeek) == []

        monkeypatch.undo()
        retention.run(past.runtime)
        assert sum(row["days"] for row in past.rows(UsageWeek)) > 0


def test_a_trial_says_what_would_go_and_writes_nothing(world_on):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    with long_past(url, CUT) as past:
        before = dump(past.runtime.store)
        old = [row for row in past.rows(Usage) if row["day"] < daily_since(TODAY)]

        tried = retention.try_out(past.runtime)

        assert tried.rows["usage"] == len(old) > 0
        assert dump(past.runtime.store) == before
        assert retention.run(past.runtime).rows["usage"] == len(old)
        assert not any(retention.try_out(past.runtime).rows.values())


def test_nothing_of_a_day_is_kept_of_those_who_lead_to_nobody_for_good(world_on):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    erased = Account("acme", ((ANYBODYS[0][0], None),), frozenset({200}), kind=AccountKind.ERASED)
    with long_past(url, History((erased,))) as past:
        retention.run(past.runtime)

        assert past.rows(Usage) == past.rows(UsageWeek) == past.rows(EverUsed) == []


def test_a_tool_without_a_watermark_is_no_reason_to_keep_a_row(world_on):
    url = str(world_on.runtime.store._engine.url.render_as_string(hide_password=False))
    used = Account("acme", ANYBODYS, frozenset({3, 130}))
    with long_past(url, History((used,), through={"acme": None, "beta": None})) as past:
        retention.run(past.runtime)

        assert {row["day"] for row in past.rows(Usage)} == {TODAY - timedelta(days=3)}
        assert past.rows(Completeness)[0]["complete_through"] is None
        with past.runtime.store.read() as tx:
            assert tx.execute(select(func.count()).select_from(table(EverUsed))).scalar() == 1
