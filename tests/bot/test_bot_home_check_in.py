"""What of the summary can be turned on and off on the Home tab; the form that answers a week."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from filled import dump
from home_pages import said
from signed import opened

from unranked import text
from unranked.demo.blocks_limits import view_problems
from unranked.domain.consent import Consent
from unranked.domain.pulse import MINUTES, Spent, Worth
from unranked.services.segments import consent_from
from unranked.store import campaigns, checkins
from unranked.store.campaigns import StoredChoice
from unranked.store.checkins import Answer

MONDAY = date(2026, 3, 2)
WEEKS = [MONDAY - timedelta(weeks=back) for back in range(1, 9)]


@pytest.fixture
def company(world):
    """Two people with a seat, on a Monday morning where they are."""
    for name in ("ada", "bob"):
        world.person(name)
    world.at("2026-03-02T10:00+00:00")
    world.begin(days=1)
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


@pytest.fixture
def asking(company):
    """The same where people are asked where the time went, too."""
    company.runtime = replace(company.runtime, ask_where=True)
    with opened(company) as made:
        yield made


def actions_of(view):
    rows = [block["elements"] for block in view["blocks"] if block["type"] == "actions"]
    return [[one["action_id"] for one in row] for row in rows]


def consent(world, who="UADA"):
    with world.runtime.store.read() as tx:
        return consent_from(campaigns.choices(tx).get(world.key(who), []))


def answers(world, who="UADA"):
    with world.runtime.store.read() as tx:
        found = checkins.answers(tx, world.key(who))
    return {week: (one.minutes, one.spent) for week, one in found.items()}


def elements(modal):
    return {b["block_id"]: b["element"] for b in modal["blocks"] if b["type"] == "input"}


def filled_in(week=WEEKS[0], worth=Worth.TO_2_HOURS, spent=None):
    chosen = {"week": str(week), "worth": worth, "spent": spent}
    return {
        name: {name: {"type": "static_select", "selected_option": {"value": value}}}
        for name, value in chosen.items()
        if value is not None
    }


# The rows


ROWS = {
    "check-ins": ("home_no_check_in", "home_check_in_again", "You are not asked.", "no_check_in"),
    "monthly": ("home_monthly", "home_no_monthly", "You are told each month", "monthly"),
    "hints": ("home_no_hints", "home_hints_again", "You get none.", "no_hints"),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_says_what_holds_and_its_button_turns_that_and_nothing_else(company, front, row):
    button, back, words, field = ROWS[row]
    before = front.home("UADA")
    assert [button in one for one in actions_of(before)].count(True) == 1
    assert words not in said(before)

    turned = front.press("UADA", button)
    assert words in said(turned)
    assert consent(company) == Consent(**{field: True})
    assert [back in one for one in actions_of(turned)].count(True) == 1
    assert not any(button in one for one in actions_of(turned))
    assert view_problems({"type": "home", "blocks": turned["blocks"]}, "home") == []

    again = front.press("UADA", back)
    assert (again["blocks"], consent(company)) == (before["blocks"], Consent())
    assert consent(company, "UBOB") == Consent()


def test_a_week_can_be_answered_whether_somebody_is_asked_or_not(front):
    assert any("home_check_in" in one for one in actions_of(front.home("UADA")))
    off = front.press("UADA", "home_no_check_in")
    assert any("home_check_in" in one for one in actions_of(off))


# The form


def test_the_form_offers_the_last_eight_weeks_and_every_answer_and_none_is_preselected(front):
    modal = front.open("UADA", "home_check_in")
    week, worth = elements(modal).values()

    assert [one["value"] for one in week["options"]] == [str(one) for one in WEEKS]
    assert week["options"][0]["text"]["text"] == "23 Feb to 1 Mar 2026"
    assert week["initial_option"] == week["options"][0]
    assert [one["value"] for one in worth["options"]] == [*Worth, "skip"]
    assert "initial_option" not in worth
    sent = {name: modal[name] for name in ("type", "title", "submit", "close", "blocks")}
    assert view_problems(sent | {"callback_id": "home_check_in"}, "modal") == []


def test_where_the_time_went_is_asked_only_if_the_company_asks_and_need_not_be_said(asking):
    spent = elements(asking.open("UADA", "home_check_in"))["spent"]

    assert [one["value"] for one in spent["options"]] == ["unsaid", *Spent]
    assert spent["initial_option"]["value"] == "unsaid"


def test_the_newest_week_without_an_answer_is_filled_in_and_the_others_say_what_was_answered(
    company, front
):
    for week, worth in ((WEEKS[0], Worth.LOST_SOME), (WEEKS[1], "skip")):
        front.home("UADA")
        modal = front.open("UADA", "home_check_in")
        assert front.send("UADA", modal, filled_in(week, worth)) == {}

    week = elements(front.open("UADA", "home_check_in"))["week"]
    assert week["initial_option"]["value"] == str(WEEKS[2])
    first, second, third = (one["text"]["text"] for one in week["options"][:3])
    assert first == f"23 Feb to 1 Mar 2026: {text.label('pulse_lost_some')}"
    assert second == f"16 Feb to 22 Feb 2026: {text.label('pulse_skip')}"
    assert third == "9 Feb to 15 Feb 2026"
    of_bob = elements(front.open("UBOB", "home_check_in"))["week"]
    assert of_bob["options"][0]["text"]["text"] == "23 Feb to 1 Mar 2026"


@pytest.mark.parametrize("worth", [*Worth, "skip"])
def test_an_answer_is_stored_for_the_week_that_was_chosen(company, front, worth):
    front.home("UADA")
    modal = front.open("UADA", "home_check_in")

    assert front.send("UADA", modal, filled_in(WEEKS[3], worth)) == {}
    minutes = None if worth == "skip" else MINUTES[worth]
    assert answers(company) == {WEEKS[3]: (minutes, "")}
    assert answers(company, "UBOB") == {}


def test_a_second_answer_takes_the_place_of_the_first(company, front):
    front.home("UADA")
    for worth in (Worth.MORE, Worth.LOST_MORE):
        modal = front.open("UADA", "home_check_in")
        front.send("UADA", modal, filled_in(WEEKS[1], worth))

    assert answers(company) == {WEEKS[1]: (-90, "")}


def test_where_the_time_went_is_kept_for_gains_alone(company, asking):
    asking.home("UADA")
    modal = asking.open("UADA", "home_check_in")
    wanted = [(Worth.TO_30_MIN, "rest"), (Worth.NOTHING, ""), (Worth.LOST_SOME, ""), ("skip", "")]
    for week, (worth, _) in zip(WEEKS, wanted, strict=False):
        assert asking.send("UADA", modal, filled_in(week, worth, "rest")) == {}
    assert asking.send("UADA", modal, filled_in(WEEKS[4], Worth.MORE, "unsaid")) == {}

    kept = answers(company)
    assert [kept[week][1] for week in WEEKS[:5]] == [*(spent for _, spent in wanted), ""]


def test_what_the_company_does_not_ask_is_not_kept_even_if_it_is_sent(company, front):
    front.home("UADA")
    modal = front.open("UADA", "home_check_in")
    front.send("UADA", modal, filled_in(WEEKS[0], Worth.MORE, "rest"))

    assert answers(company) == {WEEKS[0]: (480, "")}


WRONG = {
    "a week to come": (filled_in(MONDAY), "week"),
    "a week long ago": (filled_in(WEEKS[-1] - timedelta(weeks=1)), "week"),
    "no Monday": (filled_in(WEEKS[0] + timedelta(days=1)), "week"),
    "no day": (filled_in("' OR 1=1 --"), "week"),
    "no week": (filled_in(None), "week"),
    "no such answer": (filled_in(worth="9999"), "worth"),
    "no answer": (filled_in(worth=None), "worth"),
    "no such place": (filled_in(spent="beach"), "spent"),
}
del WRONG["no week"][0]["week"]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_comes_back_as_an_error_of_its_field_and_stores_nothing(
    company, asking, wrong
):
    asking.home("UADA")
    modal = asking.open("UADA", "home_check_in")
    before = dump(company.runtime.store)
    values, field = WRONG[wrong]

    errors = asking.send("UADA", modal, values)
    assert errors == {field: text.words("wrong_choice").body}
    assert dump(company.runtime.store) == before


def test_the_weeks_are_those_that_are_over_where_the_person_is(company):
    company.person("kai", zone="Pacific/Kiritimati")  # Monday there is Sunday in Greenwich
    company.person("pia", zone="Pacific/Pago_Pago")  # and Sunday there is Monday
    company.learn(days=1)
    company.at("2026-03-09T09:00+00:00")
    with opened(company) as front:
        ends = {
            who: elements(front.open(who, "home_check_in"))["week"]["options"][0]["value"]
            for who in ("UKAI", "UPIA")
        }

    assert ends == {"UKAI": "2026-03-02", "UPIA": "2026-02-23"}


def test_an_answer_here_is_in_the_summary_at_once(company, front):
    with company.runtime.store.write() as tx:
        for week in WEEKS[1:5]:
            checkins.put(tx, company.key("UADA"), Answer(week, 90), on=MONDAY)
    front.home("UADA")
    modal = front.open("UADA", "home_check_in")
    front.send("UADA", modal, filled_in(WEEKS[5], Worth.TO_8_HOURS))

    assert "5 of 8 weeks answered." in said(company.slack.home_of("UADA"))


def test_what_stop_has_ended_is_not_said_to_come_and_nothing_promises_it(company, front):
    front.press("UADA", "home_monthly")
    stopped = front.press("UADA", "home_stop")

    assert "You are not asked." in said(stopped)
    assert "You are told each month" not in said(stopped)
    offered = {name for row in actions_of(stopped) for name in row}
    assert "home_check_in" in offered
    assert not {"home_check_in_again", "home_no_check_in", "home_monthly"} & offered
    for action in ("check_in_again", "monthly"):
        assert front.click("UADA", action)["text"].startswith("Tips stay off")
    front.press("UADA", "home_resume")
    assert "You are told each month" in said(company.slack.home_of("UADA"))


def test_an_objection_ends_questions_words_and_hints(company, front):
    with company.runtime.store.write() as tx:
        made = StoredChoice(company.key("UADA"), "object", company.now)
        campaigns.choose(tx, made)
    page = front.home("UADA")

    assert "You are not asked." in said(page)
    assert "You get none." in said(page)
    for action in ("check_in_again", "monthly", "hints_again"):
        assert front.click("UADA", action)["text"].startswith("Tips stay off")
