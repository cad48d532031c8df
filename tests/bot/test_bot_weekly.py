"""A manager's weekly message from the Home tab: whether, when, and about which group it comes."""

from datetime import timedelta

import pytest
from leading_people import listed
from reading import Reader
from signed import opened

from unranked.domain.org_chart import UnitKind
from unranked.services import choices, managers, releases, roster
from unranked.services.choices import Asker
from unranked.store import groups, outbox

SECTION = "Your weekly message as a manager"
MONDAY = "2026-03-02T06:30+00:00"  # 7:30 in Berlin


@pytest.fixture
def company(world, tmp_path):
    """Head leads two, one of whom leads somebody; solo leads nobody."""
    listed(world, tmp_path, {"lead": "head", "dev": "head", "junior": "lead", "solo": ""})
    world.at(MONDAY)
    world.begin(days=1)
    return world


@pytest.fixture
def front(company):
    with opened(company) as made:
        yield made


@pytest.fixture
def head(front):
    made = Reader(front, "UHEAD")
    made.home()
    return made


def days_pass(world, days):
    """Let the jobs run every hour of the day; return when head got something, in Berlin's time."""
    before = len(world.got("UHEAD"))
    came, end = [], world.now + timedelta(days=days)
    while world.now < end:
        managers.plan(world.runtime)
        start = world.now
        world.deliver()
        world.now = start
        if len(world.got("UHEAD")) > before:
            came.append(f"{world.now + timedelta(hours=1):%a %H:%M}")
            before = len(world.got("UHEAD"))
        at_night = world.now.hour >= 18
        world.now += timedelta(hours=12 if at_night else 1)
    return came


def chooses(reader, day, hour):
    reader.press("Change day and hour")
    reader.fill(digest_day=day, digest_hour=hour)
    assert reader.send() == {}


def test_only_who_leads_somebody_has_the_section(front):
    assert SECTION in Reader(front, "ULEAD").home()
    for nobody in ("USOLO", "UJUNIOR"):
        assert SECTION not in Reader(front, nobody).home()


def test_it_says_monday_at_nine_until_something_else_is_chosen(company, head):
    assert "On Monday from 9:00 on" in head.page
    chooses(head, "3", "14")
    assert "On Thursday from 14:00 on" in head.page

    assert days_pass(company, 14) == ["Thu 14:30", "Thu 14:30"]


def test_a_day_chosen_while_the_message_waits_moves_it_and_doubles_nothing(company, head):
    managers.plan(company.runtime)
    chooses(head, "2", "10")

    assert days_pass(company, 7) == ["Wed 10:30"]


def test_a_day_chosen_after_this_weeks_message_counts_from_the_next_week_on(company, head):
    assert days_pass(company, 0.5) == ["Mon 09:30"]
    chooses(head, "4", "16")

    assert days_pass(company, 11) == ["Fri 16:30"]


def test_a_message_that_may_be_in_the_chat_already_is_not_planned_a_second_time(company, head):
    managers.plan(company.runtime)
    company.at("2026-03-02T08:30+00:00")
    company.slack.faults.accept_then_cut = 1
    company.deliver()
    chooses(head, "1", "9")

    assert len(days_pass(company, 4)) <= 1
    assert len(company.got("UHEAD")) == 1


def test_a_pause_lasts_four_weeks_and_ends_by_itself(company, head):
    managers.plan(company.runtime)
    head.press("Pause for four weeks")
    assert "None comes before Mon 30 Mar 2026" in head.page
    with company.runtime.store.read() as tx:
        assert outbox.counts(tx)[outbox.State.SKIPPED, "digest_pause"] == 1

    assert days_pass(company, 27.9) == []
    assert len(days_pass(company, 0.3)) == 1
    assert "Weekly messages come" in head.home()


def test_a_pause_can_be_ended_and_a_stop_taken_back(company, head):
    for label in ("Pause for four weeks", "No more of these"):
        head.press(label)
        assert "Weekly messages come" not in head.page
        head.press("Weekly messages again")
        assert "Weekly messages come" in head.page
    head.press("No more of these")

    assert days_pass(company, 14) == []


def test_who_stopped_everything_reads_so_and_has_no_button_that_would_do_nothing(company, head):
    choices.press(company.runtime, Asker(company.key("UHEAD")), "stop")
    page = head.home()

    assert "They are off together with all your tips." in page
    assert "When they come" not in page
    assert "Weekly messages again" not in head.labels()
    choices.press(company.runtime, Asker(company.key("UHEAD")), "digest_again")
    assert "They are off together with all your tips." in head.home()


def test_a_form_with_what_it_does_not_offer_stores_nothing(company, front, head):
    forged = {"callback_id": "home_digest_time"}
    value = {
        name: {name: {"selected_option": {"value": said}}}
        for name, said in (("digest_day", "5"), ("digest_hour", "9"))
    }

    assert front.send("UHEAD", forged, value) == {"digest_day": "Choose one of the list."}
    assert "On Monday from 9:00 on" in head.home()


def wish(world):
    with world.runtime.store.read() as tx:
        return groups.wishes(tx).get(world.key("UHEAD"))


def test_with_several_groups_one_is_chosen_and_counts_when_groups_are_fixed(company, head):
    assert "Your direct reports. The groups of this quarter are not fixed yet" in head.page
    head.press("Choose another group")
    assert head.options("digest_unit") == [
        ("team", "Your direct reports"),
        ("all", "Everybody below you, to the last level"),
    ]
    head.fill(digest_unit="all")
    assert head.send() == {}
    assert wish(company) is UnitKind.ALL

    releases.freeze(company.runtime)
    page = head.home()
    assert "Everybody below you, to the last level. Groups are fixed for a quarter" in page
    assert "what you choose counts from 1 Apr 2026 on" in page


def test_who_has_one_group_has_nothing_to_choose_and_cannot_choose_another(company, front):
    lead = Reader(front, "ULEAD")
    lead.home()
    assert "Choose another group" not in lead.labels()
    value = {"digest_unit": {"digest_unit": {"selected_option": {"value": "all"}}}}

    forged = {"callback_id": "home_unit"}
    assert front.send("ULEAD", forged, value) == {"digest_unit": "Choose one of the list."}
    with company.runtime.store.read() as tx:
        assert groups.wishes(tx) == {}


def test_a_manager_who_has_none_any_more_has_no_section_and_gets_nothing(company, head, tmp_path):
    managers.plan(company.runtime)
    with company.runtime.store.read() as tx:
        assert outbox.counts(tx) == {(outbox.State.QUEUED, ""): 2}
    listed(company, tmp_path, {"dev": "", "lead": "", "junior": "lead"})
    roster.refresh(company.runtime)
    company.at("2026-03-02T08:30+00:00")
    company.deliver()

    with company.runtime.store.read() as tx:
        assert outbox.counts(tx)[outbox.State.SKIPPED, "leads_nobody"] == 1
    assert len(company.got("ULEAD")) == 1
    assert SECTION not in head.home()
    assert days_pass(company, 14) == []
    assert company.got("UHEAD") == []
