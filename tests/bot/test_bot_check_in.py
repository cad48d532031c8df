"""The weekly question in Slack: what each button keeps, and that the chat never holds an answer."""

import json
from dataclasses import replace
from datetime import date

import pytest
from filled import dump
from signed import click, opened

from unranked import text
from unranked.demo.blocks_limits import problems
from unranked.demo.fake_slack import Origin
from unranked.domain.consent import Consent
from unranked.domain.pulse import MINUTES, Spent, Worth
from unranked.services import erasure, messages, pulse
from unranked.services.segments import consent_from
from unranked.store import campaigns, checkins, turns

WEEK = date(2026, 2, 23)
NEXT_WEEK = "2026-03-09T10:00+00:00"


@pytest.fixture
def company(world):
    """Two people with a seat and no use, who have the question about one week."""
    for name in ("ada", "bob"):
        world.person(name)
    world.at("2026-03-02T00:00+00:00")
    world.begin(days=1)
    ask(world, "2026-03-02")
    assert all(world.slack.messages_to(who) for who in ("UADA", "UBOB"))
    return world


def ask(world, monday):
    """Let the question of a week go out to everybody."""
    for day in range(5):
        first = date.fromisoformat(monday).day + day
        world.at(f"{monday[:8]}{first:02}T00:00+00:00")
        pulse.plan(world.runtime)
        with world.runtime.store.read() as tx:
            due = turns.next_due(tx, "slack")
        while due is not None:
            world.now = max(world.now, due)
            world.deliver()
            with world.runtime.store.read() as tx:
                due = turns.next_due(tx, "slack")


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


def question(world, who):
    return world.slack.messages_to(who)[-1]


def buttons(message):
    (actions,) = (block for block in message["blocks"] if block["type"] == "actions")
    return {one["action_id"]: one.get("value", "") for one in actions["elements"]}


def press(front, who, action, *, of=None):
    """Press a button of the newest message, or of somebody else's; return what Slack was told."""
    slack = front.world.slack
    message = question(front.world, of or who)
    origin = Origin(channel=f"D{who[1:]}", ts=message["ts"])
    url = slack.response_url(who, origin)
    value = next(iter(set(buttons(message).values()) - {""}))
    front.post(click(who, action, url, value=value))
    return front.answer(url)


def answers(world, who):
    """Return what is stored: (minutes, where the time went) by week."""
    with world.runtime.store.read() as tx:
        found = checkins.answers(tx, world.key(who))
    return {week: (one.minutes, one.spent) for week, one in found.items()}


def everything(world):
    """Return every row but those that say when somebody reacted."""
    tables = dump(world.runtime.store)
    return {name: rows for name, rows in tables.items() if name != "outbox"}


# The question


def test_the_question_offers_nine_answers_and_none_stands_out(company):
    message = question(company, "UADA")
    (actions,) = (block for block in message["blocks"] if block["type"] == "actions")

    offered = [one["action_id"] for one in actions["elements"]]
    assert offered == [*(f"pulse_{one}" for one in Worth), "pulse_skip", "no_check_in"]
    assert not any("style" in one for one in actions["elements"])
    assert message["text"].startswith("A question about last week\n")
    assert "the week of 23 Feb to 1 Mar 2026" in message["text"]
    assert problems(message["blocks"], "message") == []
    assert {*buttons(message).values()} == {message["metadata"]["event_payload"]["key"]}


# An answer


@pytest.mark.parametrize("worth", [*Worth])
def test_each_answer_is_stored_for_its_week_and_a_word_of_thanks_takes_its_place(
    company, front, worth
):
    said = press(front, "UADA", f"pulse_{worth}")

    assert answers(company, "UADA") == {WEEK: (MINUTES[worth], "")}
    assert answers(company, "UBOB") == {}
    assert said["replace_original"] is True
    assert len(company.slack.messages_to("UADA")) == 1
    assert question(company, "UADA")["text"] == said["text"]
    assert company.slack.ephemerals_of("UADA") == []


@pytest.mark.parametrize("ask_where", [False, True])
def test_the_thanks_are_the_same_byte_for_byte_whatever_was_answered_or_skipped(company, ask_where):
    company.runtime = replace(company.runtime, ask_where=ask_where)
    shown, kept = set(), set()
    with opened(company) as front:
        for worth in (*Worth, "skip"):
            said = press(front, "UADA", f"pulse_{worth}")
            shown.add(json.dumps([said, question(company, "UADA")], sort_keys=True))
            rows = dump(company.runtime.store)["outbox"]
            kept.add(json.dumps(rows, sort_keys=True, default=str))
            assert problems(said["blocks"], "message") == []
            press(front, "UADA", "pulse_change")

    (only,), (_,) = shown, kept
    assert "Your answer about the week of 23 Feb to 1 Mar 2026 is kept for you alone." in only
    for worth in Worth:
        for words in (text.label(f"pulse_{worth}"), text.label(f"said_{worth}"), f"pulse_{worth}"):
            assert words not in only


def test_skip_is_stored_as_missing_and_never_as_zero(company, front):
    press(front, "UADA", "pulse_more")
    press(front, "UADA", "pulse_change")
    press(front, "UADA", "pulse_skip")

    assert answers(company, "UADA") == {WEEK: (None, "")}


def test_change_my_answer_brings_the_question_back_and_the_new_answer_takes_its_place(
    company, front
):
    original = question(company, "UADA")
    press(front, "UADA", "pulse_lost_more")
    again = press(front, "UADA", "pulse_change")
    assert (again["text"], buttons(again)) == (original["text"], buttons(original))
    assert answers(company, "UADA") == {WEEK: (-90, "")}

    press(front, "UADA", "pulse_to_8_hours")
    assert answers(company, "UADA") == {WEEK: (360, "")}


def test_pressed_twice_is_stored_once(company, front):
    first = press(front, "UADA", "pulse_to_1_hour")
    once = everything(company)
    second = press(front, "UADA", "pulse_to_1_hour")

    assert second == first
    assert everything(company) == once


def test_an_answer_weeks_later_counts_for_the_week_of_its_message(company, front):
    company.at(NEXT_WEEK)
    press(front, "UADA", "pulse_to_4_hours")

    assert answers(company, "UADA") == {WEEK: (180, "")}


# Somebody else's message, and one that is gone


@pytest.mark.parametrize("action", ["pulse_more", "pulse_skip", "pulse_change", "spent_rest"])
def test_a_press_of_somebody_elses_message_changes_nothing(company, front, action):
    company.runtime = replace(company.runtime, ask_where=True)
    press(front, "UADA", "pulse_more")
    before = dump(company.runtime.store)
    said = press(front, "UBOB", action, of="UADA")

    assert dump(company.runtime.store) == before
    assert said["text"].split("\n")[0] == messages.plain("not_yours").title
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)


@pytest.mark.parametrize("value", ["m-0000000000000000", "", "' OR 1=1 --"])
def test_once_the_row_is_gone_the_button_says_where_to_answer_and_stores_nothing(
    company, front, value
):
    before = dump(company.runtime.store)
    said = front.click("UADA", "pulse_more", value=value)

    assert dump(company.runtime.store) == before
    assert said["text"].split("\n")[0] == "That question is over"
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)


def test_after_forget_a_press_stores_nothing(company, front):
    message = question(company, "UADA")
    press(front, "UADA", "pulse_more")
    key = company.key("UADA")
    erasure.erase(company.runtime, key)
    before = dump(company.runtime.store)
    said = front.click("UADA", "pulse_to_1_hour", value=buttons(message)["pulse_skip"])

    assert said["text"].startswith("Nothing is kept about you")
    assert dump(company.runtime.store) == before
    assert key not in repr(before["checkin"])


# Where the time went


@pytest.fixture
def asking(company):
    company.runtime = replace(company.runtime, ask_where=True)
    with opened(company) as made:
        yield made


def test_where_the_time_went_is_asked_after_every_answer_and_only_if_the_company_asks(
    company, front
):
    assert list(buttons(press(front, "UADA", "pulse_more"))) == ["pulse_change"]
    front.doors.close()
    company.runtime = replace(company.runtime, ask_where=True)
    wanted = [*(f"spent_{one}" for one in Spent), "pulse_change"]
    with opened(company) as asking:
        for worth in (*Worth, "skip"):
            press(asking, "UADA", "pulse_change")
            assert list(buttons(press(asking, "UADA", f"pulse_{worth}"))) == wanted


def test_where_the_time_went_is_stored_and_the_thanks_hold_none_of_it(company, asking):
    told = set()
    for spent in Spent:
        press(asking, "UADA", "pulse_to_2_hours")
        said = press(asking, "UADA", f"spent_{spent}")
        assert answers(company, "UADA") == {WEEK: (90, spent)}
        told.add(json.dumps(said, sort_keys=True))
        press(asking, "UADA", "pulse_change")

    (only,) = told
    assert not [spent for spent in Spent if text.label(f"spent_{spent}") in only]
    press(asking, "UADA", "pulse_to_1_hour")  # a new answer, of which nothing is said yet
    assert answers(company, "UADA") == {WEEK: (45, "")}


def test_no_place_is_stored_for_a_week_without_gain_or_when_nobody_asks_any_more(company, asking):
    press(asking, "UADA", "pulse_more")
    for worth in ("lost_some", "nothing", "skip"):
        press(asking, "UADA", f"pulse_{worth}")
        press(asking, "UADA", "spent_rest")
        assert answers(company, "UADA")[WEEK][1] == ""
    press(asking, "UADA", "pulse_more")
    asking.doors.close()
    company.runtime = replace(company.runtime, ask_where=False)
    with opened(company) as front:
        press(front, "UADA", "spent_rest")

    assert answers(company, "UADA") == {WEEK: (480, "")}


# No more


def test_no_more_check_ins_ends_these_alone_and_says_so(company, front):
    press(front, "UADA", "pulse_more")
    press(front, "UADA", "pulse_change")
    said = press(front, "UADA", "no_check_in")

    assert said["text"].split("\n")[0] == "No more check-ins"
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)
    assert buttons(said) == {"check_in_again": ""}
    with company.runtime.store.read() as tx:
        consent = consent_from(campaigns.choices(tx)[company.key("UADA")])
    assert consent == Consent(no_check_in=True)
    assert answers(company, "UADA") == {WEEK: (480, "")}
    ask(company, "2026-03-09")
    counts = {who: len(company.slack.messages_to(who)) for who in ("UADA", "UBOB")}
    assert counts == {"UADA": 1, "UBOB": 2}

    front.click("UADA", "check_in_again")
    ask(company, "2026-03-16")
    assert len(company.slack.messages_to("UADA")) == 2
