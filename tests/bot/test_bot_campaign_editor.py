"""The campaign editor through Slack's own door, as an enablement lead uses it in a bad week."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from editing import QUIET, TEAM, draft, written
from reading import Reader
from signed import opened

from unranked.domain.campaigns import State
from unranked.domain.maturity import Outcome
from unranked.domain.segments import Segment
from unranked.services import campaigns, editor_forms, roster


def test_a_campaign_is_written_launched_paused_and_ended_on_the_home_tab(lee, company):
    draft(lee, campaign_purpose="A first try.\nFor everybody.")
    assert "Spring" in lee.modal
    assert "With about 40 people" in lee.modal
    assert "Draft" in lee.modal
    assert "\nA first try.\nFor everybody.\n" in lee.modal
    assert "Everybody who is at these stages and in these units today joins in time" in lee.modal

    lee.press("Messages")
    lee.fill(after_2="21")
    assert lee.send() == {}
    assert lee.stack == ["team_campaign"]
    assert "after 21 days: a tip of the library" in lee.modal

    lee.press("Launch")
    assert "Its plan is fixed" in lee.modal
    lee.press("Pause")
    assert "until you let it go on" in lee.modal
    lee.press("Let it go on")
    lee.press("End")
    assert {"Pause", "End", "Let it go on"}.isdisjoint(lee.labels())
    (one,) = written(company)
    assert one.state == State.ENDED
    assert one.design.purpose == "A first try.\nFor everybody."
    assert len(one.design.steps) == 2
    lee.close()
    assert "Spring (Ended)" in lee.page


MISTAKES = {
    "no name": ({"campaign_name": "  "}, "campaign_name", "complete this required field"),
    "nobody": ({"campaign_for": []}, "campaign_for", "complete this required field"),
    "past": ({"campaign_start": "2026-03-01"}, "campaign_start", "today or a later day"),
    "a slip": ({"campaign_start": "2062-03-03"}, "campaign_start", "within a year from today"),
    "year 1": ({"campaign_start": "0001-01-01"}, "campaign_start", "Choose one of the list"),
    "year 9999": ({"campaign_end_on": "9999-12-31"}, "campaign_end_on", "Choose one of the list"),
    "short": ({"campaign_end_on": "2026-03-20"}, "campaign_end_on", "later last day"),
    "before": ({"campaign_end_on": "2026-03-01"}, "campaign_end_on", "later last day"),
    "long": ({"campaign_end_on": "2027-06-01"}, "campaign_end_on", "within 364 days"),
    "hours": (
        {"campaign_from": "15:00", "campaign_until": "10:00"},
        "campaign_until",
        "later than the first",
    ),
    "no day": ({"campaign_on": []}, "campaign_on", "complete this required field"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_said_beside_its_field_and_everything_that_was_typed_stays(lee, company, name):
    changes, field, words = MISTAKES[name]
    lee.press("New campaign")
    lee.fill(**{"campaign_name": "Spring", "campaign_purpose": "Why", **changes})
    found = lee.send()

    assert words in found[field]
    assert set(found) == {field}
    assert lee.client.modal().typed["campaign_purpose"]["campaign_purpose"] == "Why"
    assert written(company) == []

    lee.fill(
        campaign_name="Spring",
        campaign_for=["never_used"],
        campaign_start="2026-03-03",
        campaign_end_on="2026-05-12",
        campaign_from="10:00",
        campaign_until="15:00",
        campaign_on=["0", "1"],
    )
    assert lee.send() == {}
    (one,) = written(company)
    assert one.design.purpose == "Why"


def test_of_two_editors_the_second_learns_of_the_first_and_loses_nothing(lee, front, company):
    max_ = Reader(front, "UMAX")
    draft(lee)
    max_.home()
    max_.press("Open")
    max_.press("Edit")
    lee.press("Edit")
    lee.fill(campaign_name="Lee's")
    assert lee.send() == {}

    max_.fill(campaign_name="Max's", campaign_purpose="Mine")
    assert max_.send() == {}
    assert "Somebody else changed this campaign" in max_.modal
    assert max_.standing("campaign_name") == "Max's"
    assert max_.standing("campaign_purpose") == "Mine"
    assert written(company)[0].design.name == "Lee's"

    max_.filled.clear()
    assert max_.send() == {}
    assert written(company)[0].design.name == "Max's"


def test_what_was_launched_meanwhile_stays_and_what_was_typed_becomes_a_new_draft(
    lee, front, company
):
    max_ = Reader(front, "UMAX")
    draft(lee)
    max_.home()
    max_.press("Open")
    max_.press("Edit")
    lee.press("Launch")

    max_.fill(campaign_name="Max's")
    max_.send()
    assert "was launched or ended while you wrote" in max_.modal
    max_.filled.clear()
    assert max_.send() == {}
    assert sorted((one.design.name, one.state) for one in written(company)) == [
        ("Max's", "draft"),
        ("Spring", "running"),
    ]


def test_a_launch_of_what_somebody_changed_meanwhile_is_not_carried_out(lee, front, company):
    max_ = Reader(front, "UMAX")
    draft(lee)
    max_.home()
    max_.press("Open")
    lee.press("Edit")
    lee.fill(campaign_name="Lee's")
    lee.send()

    max_.press("Launch")
    assert "Somebody else was faster" in max_.modal
    assert "Lee's" in max_.modal
    assert written(company)[0].state == State.DRAFT


def test_a_form_that_was_open_over_a_restart_is_stored(lee, company):
    lee.press("New campaign")
    lee.fill(campaign_name="Before")
    with opened(company) as again:
        lee.client.door = Reader(again, "ULEE").client.door
        assert lee.send() == {}
    assert written(company)[0].design.name == "Before"


def test_nobody_else_sees_or_opens_or_sends_anything_of_it(lee, front, company):
    draft(lee)
    ada = Reader(front, "UADA")
    assert "Campaigns" not in ada.home()
    assert not {"New campaign", "Open"} & set(ada.labels())

    # A button or a form that Slack did not show her, as an attacker would make them.
    key = written(company)[0].campaign_key
    front.press("UADA", "team_campaign_launch", value=f"{key}|0")
    assert "not on its list" in ada.modal
    assert written(company)[0].state == State.DRAFT

    lee.press("Edit")
    lee.fill(campaign_name="Taken over")
    company.slack.group(TEAM, "UMAX")
    company.now += timedelta(minutes=11)
    lee.send()
    assert "not on its list" in lee.modal
    (one,) = written(company)
    assert (one.state, one.design.name) == (State.DRAFT, "Spring")
    assert "Campaigns" not in lee.home()


def test_the_messages_form_says_what_is_wrong_and_keeps_what_was_chosen(lee, company):
    draft(lee)
    lee.press("Messages")
    lee.fill(after_3="14")
    assert "before this one has no day" in lee.send()["after_3"]

    lee.fill(after_2="14", after_3="14", after_4="14")
    assert "more than three tips in 92 days" in lee.send()["after_4"]

    lee.fill(after_4="none", tips_5=["a_kind_no"])
    assert "when this message comes" in lee.send()["after_5"]

    lee.fill(tips_5=[], tips_1=["a_kind_no", "agenda_of_decisions"])
    assert lee.send() == {}
    (one,) = written(company)
    assert [(tuple(sorted(step.tips)), step.after_days) for step in one.design.steps] == [
        (("a_kind_no", "agenda_of_decisions"), 0),
        ((), 14),
        ((), 14),
    ]


def test_the_preview_shows_each_message_to_each_segment_in_each_language(lee):
    draft(lee)
    lee.press("Messages")
    lee.fill(tips_1=["a_kind_no"], after_2="14")
    assert lee.send() == {}

    lee.press("Preview")
    assert "No tip of this message is for people at this stage" in lee.modal  # never used
    lee.press("have access and no use on record")
    assert "Everybody at this stage gets this tip" in lee.modal
    assert "write a kind refusal" in lee.modal
    lee.press("German")
    assert "Eine Aufgabe" in lee.modal
    assert (
        "Freundlich absagen und wissen, was daran freundlich ist\nEin kleiner Tipp von" in lee.modal
    )
    assert "Write a kind refusal" not in lee.modal
    lee.press("Second message")
    assert "one of the library" in lee.modal
    assert lee.stack == ["team_campaign", "team_campaign_preview"]


def test_a_test_comes_once_to_oneself_alone_and_counts_for_nothing(lee, company):
    draft(lee)
    lee.press("Preview")
    lee.press("Send it to me")
    lee.press("Send it to me")
    assert "direct message from this bot, within a minute" in lee.modal
    assert "It comes in English" in lee.modal
    company.at("2026-03-02T23:30+00:00")  # in the night, for it was asked for

    company.deliver()
    (got,) = company.slack.messages_to("ULEE")
    assert "test" in got["text"]
    lee.press("Send it to me", place=1)
    company.deliver()
    assert len(company.slack.messages_to("ULEE")) == 2
    assert not any(company.slack.messages_to(f"UQUIET{n}") for n in range(45))


def test_who_would_get_it_is_said_in_numbers_that_tell_of_no_few(lee):
    draft(lee)
    lee.press("Who would get it")
    assert "Chance would draw now for: 40" in lee.modal
    assert not any(str(n) in lee.modal for n in range(41, 50))


def test_fewer_than_twenty_people_are_told_to_be_too_few_and_nothing_more(lee, company):
    lee.press("New campaign")
    assert "campaign_in" not in dict(lee.fields())  # this roster knows of no units
    lee.fill(campaign_name="Few", campaign_for=["tried_once"])
    assert lee.send() == {}
    assert "Fewer than 20 people" in lee.modal
    assert "takes for granted" not in lee.modal
    lee.press("Launch")
    assert "It was not launched" in lee.modal
    assert written(company)[0].state == State.DRAFT


def test_a_campaign_of_one_outcome_and_segment_is_kept_as_it_was_written(lee, company):
    chosen = {
        "campaign_for": ["lapsed"],
        "campaign_outcome": "p42",
        "campaign_end_on": "2026-06-30",
        "campaign_looks": "4",
        "campaign_holdout": "0.2",
        "campaign_phase": "practise",
        "campaign_from": "10:00",
        "campaign_until": "12:30",
        "campaign_on": ["1", "3"],
    }
    draft(lee, **chosen)
    (one,) = written(company)
    design = one.design
    assert design.segments == {Segment.LAPSED}
    assert design.outcome is Outcome.P42
    assert design.end_on == date(2026, 6, 30)
    assert (design.look_weeks, design.holdout, design.phase) == (4, 0.2, "practise")
    assert f"{design.hours.start:%H:%M} {design.hours.end:%H:%M}" == "10:00 12:30"
    assert design.hours.weekdays == {1, 3}

    lee.press("Edit")
    assert {name: lee.standing(name) for name in chosen} == chosen


def test_a_copy_is_a_new_draft_and_a_launched_one_has_no_edit(lee, company):
    draft(lee)
    lee.press("Launch")
    assert {"Edit", "Messages", "Launch"}.isdisjoint(lee.labels())
    lee.press("Duplicate")
    assert "This is a copy" in lee.modal
    assert sorted(one.state for one in written(company)) == ["draft", "running"]


def test_many_campaigns_fit_the_page_and_the_list(lee, company):
    design = replace(editor_forms.new_design(company.now.date()), name="One of many")
    for _ in range(95):
        campaigns.create(company.runtime, design)
    lee.home()
    assert lee.page.count("One of many") == 8
    lee.press("All campaigns")
    assert lee.modal.count("One of many") == 80
    lee.press("Open")
    assert lee.stack == ["team_campaigns", "team_campaign"]
    lee.press("Preview")
    lee.press("Send it to me")
    assert lee.stack[-1] == "team_campaign_preview"


def departments(world, tmp_path, **sizes):
    """Give the company units of these sizes, by a list of staff as an operator would."""
    names = iter(range(QUIET))
    rows = [
        f"quiet{next(names)}@corp.example,{unit}"
        for unit, size in sizes.items()
        for _ in range(size)
    ]
    file = tmp_path / "staff.csv"
    file.write_text("\n".join(["email,department", *rows]), encoding="utf-8")
    world.runtime = replace(world.runtime, roster_csv=file)
    roster.refresh(world.runtime)


def test_a_unit_can_be_chosen_and_one_of_few_people_cannot(company, tmp_path):
    departments(company, tmp_path, Sales=30, Legal=14, Board=1)
    with opened(company) as front:
        lee = Reader(front, "ULEE")
        lee.home()
        lee.press("New campaign")
        assert lee.options("campaign_in") == [("Sales", "Sales")]
        lee.fill(campaign_name="Spring", campaign_in=["Sales"])
        assert lee.send() == {}
        assert "With about 20 people" in lee.modal

        # A form that was made by hand, as an attacker would who asks about the one person there.
        (one,) = written(company)
        design = replace(one.design, units=("Sales", "Board"))
        assert campaigns.preview(company.runtime, design) is None
        made = campaigns.create(company.runtime, design)
        assert campaigns.launch(company.runtime, made.campaign_key, revision=0).too_few
        lee.close()
        lee.home()
        keys = [one.campaign_key for one in written(company)]
        lee.press("Open", place=keys.index(made.campaign_key))
        lee.press("Who would get it")
        assert "Fewer than 20 people" in lee.modal
        assert "Chance would draw" not in lee.modal


def test_a_unit_that_got_too_small_stands_there_still_and_is_refused_and_widens_nothing(
    company, tmp_path
):
    departments(company, tmp_path, Sales=21, Legal=20)
    with opened(company) as front:
        lee = Reader(front, "ULEE")
        lee.home()
        lee.press("New campaign")
        lee.fill(campaign_name="Spring", campaign_in=["Sales"])
        assert lee.send() == {}
        departments(company, tmp_path, Sales=19, Legal=20)
        lee.press("Edit")
        assert lee.standing("campaign_in") == ["Sales"]
        lee.fill(campaign_name="Spring, again")
        assert set(lee.send()) == {"campaign_in"}

        (one,) = written(company)
        assert one.design.units == ("Sales",)


def test_with_more_units_than_slack_lists_they_are_typed_and_checked(
    company, tmp_path, monkeypatch
):
    departments(company, tmp_path, Sales=24, Legal=20)
    monkeypatch.setattr(editor_forms, "UNITS_MOST", 1)
    with opened(company) as front:
        lee = Reader(front, "ULEE")
        lee.home()
        lee.press("New campaign")
        lee.fill(campaign_name="Spring", campaign_in="Sales\nSals\n")
        assert "“Sals” is no unit" in lee.send()["campaign_in"]
        lee.fill(campaign_in="Sales\n\nLegal")
        assert lee.send() == {}
    assert written(company)[0].design.units == ("Sales", "Legal")
