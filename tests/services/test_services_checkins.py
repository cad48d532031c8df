"""What becomes of an answer to the weekly question, and of none: kept, exported, forgotten."""

import json
from datetime import date, datetime, timedelta

import pytest
from asking import HOUR, START, deliver_until, peopled, questions, week_asked
from filled import dump

from unranked.services import checkin_forms, checkins, erasure, export, pulse
from unranked.services.choices import Asker
from unranked.store import checkins as stored
from unranked.store import hints
from unranked.store.checkins import Answer

WEEK, NEXT = date(2026, 2, 23), date(2026, 3, 2)


@pytest.fixture
def company(world):
    return peopled(world)


@pytest.fixture
def company_on(world_on):
    return peopled(world_on)


def tokens_of(world, name):
    rows = (row for who, *_, row in questions(world) if who == name)
    return [row["key"] for row in sorted(rows, key=lambda row: row["purpose"])]


def test_an_answer_that_comes_weeks_later_counts_for_the_week_it_was_asked_about(company):
    week_asked(company, "w1")
    week_asked(company, "w1", "2026-03-09")
    first, second = tokens_of(company, "w1")
    company.at("2026-04-02T10:00+00:00")
    me = Asker(company.key("UW1"))
    checkins.press(company.runtime, me, "pulse_to_2_hours", token=first)
    checkins.press(company.runtime, me, "pulse_skip", token=second)

    with company.runtime.store.read() as tx:
        found = stored.answers(tx, me.person_key)
    assert {week: one.minutes for week, one in found.items()} == {WEEK: 90, NEXT: None}


def live(world, first, count):
    """Let some weeks pass, counted from the first: plan at night and in the day, and deliver."""
    for day in range(7 * first, 7 * (first + count)):
        for hour in (0, 9):
            world.now = datetime.fromisoformat(START) + timedelta(days=day, hours=hour)
            pulse.plan(world.runtime)
            deliver_until(world, world.now + 9 * HOUR)


def asked_about(world, name):
    """Return the weeks that somebody was asked about, counted from the first that could be."""
    weeks = (week for who, week, *_ in questions(world) if who == name)
    return [(date.fromisoformat(week) - date(2026, 2, 23)).days // 7 for week in weeks]


def test_whoever_leaves_four_in_a_row_is_asked_in_one_week_of_four_until_they_react(company):
    live(company, 0, 8)
    *regular, rare = asked_about(company, "w1")
    assert regular == [0, 1, 2, 3]
    assert rare in {4, 5, 6, 7}

    me = Asker(company.key("UW1"))
    checkins.press(company.runtime, me, "pulse_skip", token=tokens_of(company, "w1")[0])
    live(company, 8, 4)
    assert asked_about(company, "w1")[5:] == [8, 9, 10, 11]
    keys = [company.key("UW1"), company.key("UW2")]
    with company.runtime.store.read() as tx:
        left = stored.unanswered(tx, keys, since=datetime.fromisoformat(START))
    assert [left[key] for key in keys] == [4, 6]


def test_whoever_answered_in_the_form_is_not_asked_about_that_week_and_all_others_are(company):
    company.at("2026-03-02T00:30+00:00")
    me = Asker(company.key("UW1"))
    form = {"week": (str(WEEK),), "worth": ("skip",)}
    assert checkin_forms.answer(company.runtime, me, form) == {}

    week_asked(company, "w1")
    names = [name for name, *_ in questions(company)]
    assert "w1" not in names
    assert len(names) == len(set(names)) == 11
    week_asked(company, "w1", "2026-03-09")
    assert asked_about(company, "w1") == [1]


# What one can see, change and have deleted


def answered(world, name, *answers):
    key = world.key(f"U{name.upper()}")
    with world.runtime.store.write() as tx:
        for answer in answers:
            stored.put(tx, key, answer, on=date(2026, 3, 9))
        hints.shown(tx, key, "cache", on=date(2026, 3, 10))
    return key


def tables_of(world, key):
    return json.loads(export.document(world.runtime, key))["tables"]


def test_answers_and_hints_stand_in_the_export_under_the_labels_of_the_policy(company_on):
    key = answered(company_on, "w1", Answer(WEEK, 480, "rest"), Answer(NEXT, None))
    answered(company_on, "w2", Answer(WEEK, -90))
    tables = tables_of(company_on, key)

    spoken = [
        {name: value for name, value in row.items() if value != key}
        for row in tables["checkin"]["rows"]
    ]
    assert spoken == [
        {
            "first day of the week, a Monday": str(week),
            "minutes of the answer; none where it was skipped": minutes,
            "where the time went": spent,
            "day of the latest answer": "2026-03-09",
        }
        for week, minutes, spent in ((WEEK, 480, "rest"), (NEXT, None, ""))
    ]
    (hint,) = tables["hint"]["rows"]
    assert (hint["day on which it was shown"], hint["which hint"]) == ("2026-03-10", "cache")


def test_a_question_stands_in_the_export_as_it_read_and_not_what_was_answered(company):
    week_asked(company, "w1")
    key = company.key("UW1")
    (token,) = tokens_of(company, "w1")
    checkins.press(company.runtime, Asker(key), "pulse_more", token=token)
    (row,) = tables_of(company, key)["outbox"]["rows"]

    assert row["in words"][0] == "A question about last week"
    assert "480" not in json.dumps(row)


def test_a_changed_answer_is_the_only_one_that_is_kept(company):
    key = answered(company, "w1", Answer(WEEK, 480, "rest"))
    company.at("2026-03-09T10:00+00:00")
    form = {"week": (str(WEEK),), "worth": ("lost_more",)}
    assert checkin_forms.answer(company.runtime, Asker(key), form) == {}

    (row,) = tables_of(company, key)["checkin"]["rows"]
    assert row["minutes of the answer; none where it was skipped"] == -90
    assert row["where the time went"] == ""


def test_after_forget_answers_hints_and_questions_are_gone_and_others_stay(company_on):
    company = company_on
    week_asked(company, "w1")
    key = answered(company, "w1", Answer(WEEK, 480, "rest"), Answer(NEXT, 45))
    other = answered(company, "w2", Answer(WEEK, -90))
    erasure.erase(company.runtime, key)
    checkins.keep(company.runtime, Asker(key), Answer(NEXT, 90))  # at that moment
    company.at("2026-03-09T00:00+00:00")
    for _ in range(5 * 6):
        company.now += 4 * HOUR
        pulse.plan(company.runtime)

    tables = dump(company.runtime.store)
    for name in ("checkin", "hint"):
        assert {row["person_key"] for row in tables[name]} == {other}
    assert key not in repr(tables)
    assert [row["minutes"] for row in tables["checkin"]] == [-90]
