"""A form that arrives twice, as after an answer that Slack waited for in vain, makes one thing."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from editing import draft, staffed, tip, written
from forged import says, submission
from reading import Reader
from signed import opened

from unranked.domain.campaigns import State
from unranked.store import tips


@contextmanager
def before_the_page(world):
    with opened(staffed(world)) as front:
        lee = Reader(front, "ULEE")
        lee.home()
        yield lee


@pytest.fixture
def lee(world):
    with before_the_page(world) as made:
        yield made


def tips_of(world):
    with world.runtime.store.read() as tx:
        return tips.every(tx)


def test_a_new_campaign_that_is_sent_twice_is_one_draft(lee, world):
    lee.press("New campaign")
    lee.fill(campaign_name="Spring")
    body = submission(lee)
    first, second = (lee.front.post(body) for _ in range(2))

    (one,) = written(world)
    assert (one.design.name, one.revision) == ("Spring", 0)
    assert first.json()["response_action"] == second.json()["response_action"] == "update"
    assert "Spring" in second.text


def test_a_new_campaign_that_arrives_twice_at_the_same_moment_is_one_draft(world_on):
    with before_the_page(world_on) as lee:
        lee.press("New campaign")
        lee.fill(campaign_name="Spring")
        body = submission(lee)
        with ThreadPoolExecutor(4) as many:
            answers = list(many.map(lambda _: lee.front.post(body), range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [one.design.name for one in written(world_on)] == ["Spring"]


def test_two_forms_are_two_drafts(lee, world):
    for name in ("Spring", "Autumn"):
        draft(lee, name)
        lee.close()

    assert sorted(one.design.name for one in written(world)) == ["Autumn", "Spring"]


def test_what_was_typed_between_the_two_is_shown_beside_what_is_stored_and_saved_knowingly(
    lee, world
):
    lee.press("New campaign")
    lee.fill(campaign_name="Spring")
    lee.front.post(submission(lee))  # its answer never came
    lee.fill(campaign_name="Spring, second try")
    assert lee.send() == {}

    assert says(lee, "This form arrived before")
    assert says(lee, "Name\n\nSpring")
    assert lee.standing("campaign_name") == "Spring, second try"
    assert [one.design.name for one in written(world)] == ["Spring"]
    lee.filled.clear()
    assert lee.send() == {}
    assert [one.design.name for one in written(world)] == ["Spring, second try"]


def test_a_form_whose_draft_was_launched_before_it_arrived_again_changes_nothing(lee, world):
    lee.press("New campaign")
    lee.fill(campaign_name="Spring")
    body = submission(lee)
    lee.send()
    lee.press("Launch")
    before = written(world)

    assert "Spring" in lee.front.post(body).text
    assert written(world) == before
    assert before[0].state == State.RUNNING


def test_a_change_that_arrives_twice_is_not_taken_for_somebody_elses(lee, world):
    draft(lee)
    lee.press("Edit")
    lee.fill(campaign_name="Summer")
    body = submission(lee)
    lee.send()

    again = lee.front.post(body)
    assert again.status_code == 200
    assert b"team_campaign_form" not in again.content
    (one,) = written(world)
    assert (one.design.name, one.revision) == ("Summer", 1)


@pytest.fixture
def writer(lee):
    """Give the lead before the form of a tip, that was filled in and not sent off yet."""
    assert set(tip(lee, tip_risk="medium")) == {"tip_risk"}  # a newcomer's risk is low
    lee.fill(tip_risk="low")
    return lee


def test_a_new_tip_that_is_sent_twice_is_one_tip(writer, world):
    body = submission(writer)
    first, second = (writer.front.post(body) for _ in range(2))

    (one,) = tips_of(world)
    assert (one.words["en"].title, one.revision) == ("Ask first", 0)
    assert first.status_code == second.status_code == 200
    assert b"errors" not in second.content


def test_a_new_tip_that_arrives_twice_at_the_same_moment_is_one_tip(writer, world):
    body = submission(writer)
    with ThreadPoolExecutor(4) as many:
        answers = list(many.map(lambda _: writer.front.post(body), range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(tips_of(world)) == 1


def test_a_tip_that_was_changed_between_the_two_is_saved_knowingly(writer, world):
    writer.front.post(submission(writer))  # its answer never came
    writer.fill(tip_owner="The learning team")
    assert writer.send() == {}

    assert says(writer, "This form arrived before")
    assert says(writer, "AI enablement team")
    assert writer.standing("tip_owner") == "The learning team"
    assert [one.owner for one in tips_of(world)] == ["AI enablement team"]
    writer.filled.clear()
    assert writer.send() == {}
    assert [one.owner for one in tips_of(world)] == ["The learning team"]
