"""Of two who edit one draft the second is told what the first has changed, in a few words."""

import pytest
from editing import draft, staffed, written
from forged import says
from reading import Reader
from signed import opened

from unranked.services import roster


@pytest.fixture
def company(world):
    return staffed(world)


@pytest.fixture
def both(company):
    """Give two of the team, the second one before the screen of a draft of the first."""
    with opened(company) as front:
        lee, max_ = Reader(front, "ULEE"), Reader(front, "UMAX")
        lee.home()
        draft(lee, campaign_purpose="A first try.")
        max_.home()
        max_.press("Open")
        yield lee, max_


def facts(reader):
    """Return the names of what differs, and what is stored of each."""
    blocks = reader.front.world.slack.modal_of(reader.who)["blocks"]
    said = [one["elements"][0]["elements"] for one in blocks if one["type"] == "rich_text"]
    return {name["text"]: words["text"].strip() for name, words in said}


def test_what_is_stored_now_is_named_where_it_differs_from_what_was_typed(both, company):
    lee, max_ = both
    max_.press("Edit")
    lee.press("Edit")
    lee.fill(
        campaign_name="In the field",
        campaign_end_on="2026-06-30",
        campaign_for=["lapsed"],
        campaign_purpose="Much to say. " * 20,
        campaign_holdout="0.2",
    )
    assert lee.send() == {}

    max_.fill(campaign_phase="practise")
    assert max_.send() == {}
    assert says(max_, "Somebody else changed this campaign")
    assert facts(max_) == {
        "Name": "In the field",
        "Purpose": "something longer, to be read on the campaign's own screen",
        "For people who": "used it and stopped",
        "Days": "3 Mar 2026 to 30 Jun 2026; the last people join on 9 Jun 2026",
        "Phase": "Explore: nothing about cost is said",
        "Who waits": "20 %",
    }
    assert "Lee" not in max_.modal
    assert written(company)[0].design.name == "In the field"


def test_what_the_other_took_out_is_said_to_be_nothing(both):
    lee, max_ = both
    max_.press("Edit")
    lee.press("Edit")
    lee.fill(campaign_purpose="")
    assert lee.send() == {}

    assert max_.send() == {}
    assert says(max_, "Somebody else changed this campaign")
    assert facts(max_) == {"Purpose": "nothing"}
    assert max_.standing("campaign_purpose") == "A first try."


def test_messages_that_differ_are_named(both):
    lee, max_ = both
    max_.press("Messages")
    lee.press("Messages")
    lee.fill(tips_1=["a_kind_no"], after_2="21")
    assert lee.send() == {}

    max_.fill(after_2="28", after_3="14")
    assert max_.send() == {}
    assert says(max_, "Somebody else changed this campaign")
    found = facts(max_)
    assert found.pop("First message").startswith("“")
    assert found == {
        "Second message": "after 21 days: a tip of the library",
        "Third message": "nothing",
    }
    assert max_.standing("after_3") == "14"


def test_who_typed_the_same_as_the_other_has_stored_it(both, company):
    lee, max_ = both
    for one in (lee, max_):
        one.press("Edit")
    for one in (lee, max_):
        one.fill(campaign_name="Spring, again")
        assert one.send() == {}

    assert max_.stack == ["team_campaign"]
    assert written(company)[0].design.name == "Spring, again"


def test_it_is_said_in_german(company):
    company.person("max", locale="de-DE")
    roster.refresh(company.runtime)
    with opened(company) as front:
        lee, max_ = Reader(front, "ULEE"), Reader(front, "UMAX")
        lee.home()
        draft(lee)
        max_.home()
        max_.press("Öffnen")
        max_.press("Bearbeiten")
        lee.press("Edit")
        lee.fill(campaign_name="Frühling", campaign_purpose="Viel. " * 50)
        assert lee.send() == {}

        assert max_.send() == {}
        assert says(max_, "Was gespeichert ist, weicht von deiner Eingabe ab")
        assert facts(max_) == {
            "Name der Kampagne": "Frühling",
            "Zweck": "etwas Längeres, zu lesen auf der Seite der Kampagne",
        }
