"""What no client of Slack's sends, signed all the same: it changes nothing, and is no fault."""

import pytest
from editing import draft, tip, written
from forged import says, state_of, submission
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unranked.store import tips

UNREAD = "This could not be read, and nothing was stored. Fill it in once more."
HELD = ("value", "selected_date", "selected_option", "selected_options")
HALVES = st.characters(categories=["Cs"])
"""Halves of a character: JSON can say one, and no text has it."""

WORDS = st.text(max_size=5).filter(lambda word: word not in HELD)
NO_WORDS = st.booleans() | st.integers() | st.floats(allow_nan=False)
ANYTHING = st.recursive(
    st.none() | NO_WORDS | st.text() | HALVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
generated = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def every_value(company):
    """Return everything that the team has written, but for how often it was stored."""
    with company.runtime.store.read() as tx:
        kept = [(one.tip_key, one.words, one.owner) for one in tips.every(tx)]
    return [(one.campaign_key, one.design) for one in written(company)], kept


# Every form, as it is before somebody who has a campaign and a tip already.


def edited(lee):
    draft(lee, campaign_purpose="People asked for it.")
    lee.press("Messages")
    lee.fill(tips_1=["a_kind_no"], after_2="21")
    assert lee.send() == {}
    lee.press("Edit")


def messages(lee):
    edited(lee)
    lee.close()
    lee.press("Messages")


def of_a_tip(lee):
    assert tip(lee) == {}
    assert says(lee, "three questions before an answer")
    lee.press("Change")


FORMS = {"campaign": edited, "messages": messages, "tip": of_a_tip}


@pytest.fixture(params=FORMS)
def form(request, lee):
    """Give the lead before a form in which everything is filled in."""
    FORMS[request.param](lee)
    return lee


@st.composite
def wrong_blocks(draw, values):
    """Return a field, and in place of what Slack says of it what Slack would not say of any."""
    name = draw(st.sampled_from(sorted(values)))
    ((action, right),) = values[name].items()
    (held,) = right.keys() - {"type"}
    others = st.dictionaries(st.sampled_from([key for key in HELD if key != held]), ANYTHING)
    in_it = {
        held: draw(NO_WORDS | st.lists(NO_WORDS, min_size=1) | st.dictionaries(WORDS, ANYTHING))
    }
    kinds = [
        ANYTHING,
        st.just({action: in_it}),
        st.builds(lambda one: {action: one}, others | ANYTHING),
    ]
    return name, draw(st.one_of(kinds))


@generated
@given(data=st.data())
def test_a_value_of_a_wrong_kind_is_said_at_its_field_and_nothing_is_stored(form, company, data):
    values = state_of(form)
    name, wrong = data.draw(wrong_blocks(values))
    before = every_value(company)

    answer = form.front.post(submission(form, values | {name: wrong}))
    assert answer.status_code == 200
    assert answer.json() == {"response_action": "errors", "errors": {name: UNREAD}}
    assert every_value(company) == before


@generated
@given(wrong=ANYTHING)
def test_fields_that_do_not_come_back_stay_as_they_are(form, company, wrong):
    before = every_value(company)

    assert form.front.post(submission(form, [] if wrong is None else wrong)).status_code == 200
    assert every_value(company) == before


@generated
@given(wrong=ANYTHING)
def test_a_form_that_says_of_nothing_what_it_is_about_changes_nothing_that_is_there(
    form, company, wrong
):
    campaigns, kept = every_value(company)

    assert form.front.post(submission(form, private_metadata=wrong)).status_code == 200
    there, still = every_value(company)
    assert {key: design for key, design in there if key in dict(campaigns)} == dict(campaigns)
    assert still == kept


@generated
@given(half=HALVES)
def test_half_a_character_is_left_out_of_what_was_typed(lee, company, half):
    if not lee.stack:
        lee.press("New campaign")
    lee.fill(campaign_name=f"Spr{half}ing", campaign_purpose=f"{half}Why")

    assert lee.front.post(submission(lee)).status_code == 200
    assert [(one.design.name, one.design.purpose) for one in written(company)] == [
        ("Spring", "Why")
    ]


@generated
@given(half=HALVES)
def test_half_a_character_in_a_choice_is_no_fault(lee, company, half):
    if not lee.stack:
        lee.press("New campaign")
    chosen = {"selected_options": [{"value": f"{half}Sales"}]}
    values = state_of(lee) | {"campaign_in": {"campaign_in": chosen}}

    answer = lee.front.post(submission(lee, values))
    assert answer.status_code == 200
    assert set(answer.json()["errors"]) == {"campaign_in"}
    assert written(company) == []


@generated
@given(half=HALVES)
def test_half_a_character_is_left_out_of_a_tip(lee, company, half):
    if not lee.stack:
        assert tip(lee, tip_risk="medium") != {}
    lee.fill(tip_risk="low", tip_owner=f"AI{half} team")

    assert lee.front.post(submission(lee)).status_code == 200
    with company.runtime.store.read() as tx:
        assert [one.owner for one in tips.every(tx)] == ["AI team"]


@pytest.mark.parametrize(
    "value", ["\ud800", "c-\udfff|0", "\x00", "9" * 1999], ids=["half", "key", "null", "digits"]
)
def test_a_button_that_brings_back_no_text_leads_nowhere(lee, company, value):
    draft(lee)
    lee.close()
    before = every_value(company)
    for action in ("team_campaign", "team_campaign_launch", "team_tip_open", "team_tip_use"):
        lee.front.press("ULEE", action, value=value)
        assert "any more" in lee.modal
        lee.close()
    assert every_value(company) == before
