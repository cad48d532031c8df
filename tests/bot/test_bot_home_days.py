"""Days for tips and leave where the company's list says them, on the Home tab and in its forms."""

from dataclasses import replace

import pytest
from home_pages import days, offered, said, values_of
from signed import opened

from unranked.demo.blocks_limits import view_problems
from unranked.services.standing import consent_now

NOW = "2026-03-02T10:00+00:00"  # a Monday


@pytest.fixture
def listed(world, tmp_path):
    """Give a function that lets the company's list say something of Ada, and reads it."""

    def says(*, working_days="", leave=""):
        csv = tmp_path / "people.csv"
        csv.write_text(
            f"email,working_days,leave\nada@corp.example,{working_days},{leave}\n",
            encoding="utf-8",
        )
        world.runtime = replace(world.runtime, roster_csv=csv)
        world.begin(days=1)

    world.person("ada")
    world.at(NOW)
    world.learn()
    return says


def home(world):
    with opened(world) as front:
        return said(front.home("UADA"))


# Leave that the company's list says.


def test_leave_of_the_list_is_shown_with_the_first_working_day_back(world, listed):
    listed(leave="2026-02-26/2026-03-06")  # to a Friday

    shown = home(world)
    assert "Your company's list says that you are away. Back on Mon 9 Mar 2026" in shown
    assert "No leave is set" not in shown
    assert "until" not in shown.partition("Away by your company's list")[2].partition("\n")[0]


def test_leave_that_runs_on_after_days_off_is_one(world, listed):
    listed(working_days="mon tue wed", leave="2026-03-02/2026-03-04;2026-03-09/2026-03-09")

    assert "Back on Tue 10 Mar 2026" in home(world)


def test_leave_to_come_is_shown_with_its_first_day_and_the_day_back(world, listed):
    listed(leave="2026-03-16/2026-03-20")

    shown = home(world)
    assert "away from Mon 16 Mar 2026, and back on Mon 23 Mar 2026" in shown
    assert "No leave is set" not in shown


def test_own_leave_and_that_of_the_list_are_both_said(world, listed):
    listed(leave="2026-03-02/2026-03-06")
    with opened(world) as front:
        front.home("UADA")
        modal = front.open("UADA", "home_away")
        typed = {"until_day": {"until_day": {"type": "datepicker", "selected_date": "2026-03-12"}}}
        assert front.send("UADA", modal, typed) == {}
        view = world.slack.home_of("UADA")
        assert "You set this here. Back on Thu 12 Mar 2026" in said(view)
        assert "Your company's list says that you are away. Back on Mon 9 Mar 2026" in said(view)
        view = front.press("UADA", "home_back")

    assert "You set this here" not in said(view)
    assert "Your company's list says that you are away. Back on Mon 9 Mar 2026" in said(view)


def test_past_leave_of_the_list_stands_with_the_days_away_and_old_leave_does_not(world, listed):
    listed(leave="2025-08-04/2025-08-08;2026-02-09/2026-02-13")
    with opened(world) as front:
        view = front.home("UADA")

    shown = said(view)
    assert "Away from Mon 9 Feb 2026 to Fri 13 Feb 2026, as your company's list says." in shown
    assert "2025" not in shown.partition("Days that you were away")[2]
    assert "No leave is set, here or in your company's list" in shown
    assert values_of(view, "home_was_there") == []
    assert view_problems({"type": view["type"], "blocks": view["blocks"]}, "home") == []


def test_without_leave_anywhere_that_is_said(world, listed):
    listed()

    assert "No leave is set, here or in your company's list" in home(world)


# Days for tips.


def test_with_a_list_its_days_alone_are_offered_and_all_of_them_are_ticked(world, listed):
    listed(working_days="mon tue wed")
    with opened(world) as front:
        front.home("UADA")
        modal = front.open("UADA", "home_days")

    assert offered(modal) == (["Monday", "Tuesday", "Wednesday"],) * 2
    assert "you can choose fewer of them" in said(modal)
    assert view_problems(modal_of(modal), "modal") == []


def modal_of(shown):
    """Return what the bot opened, without what Slack adds."""
    names = ("type", "callback_id", "title", "submit", "close", "blocks")
    return {name: shown[name] for name in names}


def test_a_day_outside_the_list_is_refused_in_clear_words_and_stores_nothing(world, listed):
    listed(working_days="mon tue wed")
    with opened(world) as front:
        front.home("UADA")
        for chosen in (("4",), ("1", "3")):
            modal = front.open("UADA", "home_days")
            errors = front.send("UADA", modal, days(*chosen))
            assert errors == {
                "weekdays": "On days outside your company's list no tip comes. "
                "Choose only days that are in it."
            }

    assert consent_now(world.runtime, world.key("UADA")).weekdays is None


def test_all_days_of_the_list_mean_what_the_list_says_also_when_it_changes(world, listed):
    listed(working_days="mon tue wed")
    with opened(world) as front:
        front.home("UADA")
        assert front.send("UADA", front.open("UADA", "home_days"), days("0", "1")) == {}
        assert "You chose Monday and Tuesday" in said(world.slack.home_of("UADA"))
        world.at("2026-03-02T10:01+00:00")
        assert front.send("UADA", front.open("UADA", "home_days"), days("0", "1", "2")) == {}
        shown = said(world.slack.home_of("UADA"))
    assert "Monday to Wednesday, as your company's list says" in shown
    assert "You chose" not in shown

    world.at("2026-03-03T10:00+00:00")
    listed(working_days="thu fri")
    assert "Thursday and Friday, as your company's list says" in home(world)


def test_a_choice_that_shares_no_day_with_a_newer_list_is_said_and_can_be_changed(world, listed):
    listed()
    with opened(world) as front:
        front.home("UADA")
        assert front.send("UADA", front.open("UADA", "home_days"), days("4")) == {}
    world.at("2026-03-03T10:00+00:00")
    listed(working_days="mon tue")
    with opened(world) as front:
        shown = said(front.home("UADA"))
        modal = front.open("UADA", "home_days")

    assert "You chose Friday, and your company's list says Monday and Tuesday." in shown
    assert "No day is in both, so no tip comes." in shown
    assert offered(modal) == (["Monday", "Tuesday"], [])
    assert view_problems(modal_of(modal), "modal") == []


def test_without_a_list_every_day_is_offered(world, listed):
    listed()
    with opened(world) as front:
        front.home("UADA")
        boxes, ticked = offered(front.open("UADA", "home_days"))

    assert (len(boxes), len(ticked)) == (7, 5)
