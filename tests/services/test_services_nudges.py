"""Who is nudged: only the right people, only once, by a coin that is tossed once."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from small_world import small_world

from unranked import text
from unranked.demo.slack_members import Member
from unranked.domain.nudges import Reason
from unranked.domain.stats import Arm, assignment_draw
from unranked.domain.usage import Window
from unranked.errors import ProviderError
from unranked.services import choices, messages, nudges, segments, sync
from unranked.services.choices import Asker
from unranked.store import campaigns, enrolments, outbox, people
from unranked.store.planned import Planned, plan

WEEKDAYS = [d for n in range(55) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]


def some_work(world, *names):
    """Give the tool figures, so that its silence about others means something."""
    for name in names or ("ada", "bo", "cy"):
        world.person(name)
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)


def counts(world):
    with world.runtime.store.read() as tx:
        return outbox.counts(tx)


def test_only_people_without_use_are_drawn_and_each_arm_is_stored_once(world_on):
    some_work(world_on)
    quiet = [world_on.person(f"quiet{n}") for n in range(12)]
    world_on.learn(days=3)
    run = world_on.plan()
    assert run.eligible == sum(run.enrolled.values()) == 12
    assert run.enrolled.keys() == {Arm.NUDGE, Arm.HOLDOUT}
    again = world_on.plan()
    assert again.eligible == 0
    with world_on.runtime.store.read() as tx:
        campaign = campaigns.find(tx, nudges.SLUG)
        assert Counter(run.enrolled) == campaigns.arms(tx, campaign.campaign_key)
        enrolled = set(tx.exec_driver_sql("SELECT person_key FROM enrolment").scalars())
    assert enrolled == {world_on.key(q) for q in quiet}


def test_the_arm_is_the_one_that_f12_draws(world):
    some_work(world)
    members = [world.person(f"quiet{n}") for n in range(8)]
    world.begin(days=3)
    world.plan()
    with world.runtime.store.read() as tx:
        campaign = campaigns.find(tx, nudges.SLUG)
        planned = set(outbox.history(tx))
    drawn = {
        world.key(m)
        for m in members
        if assignment_draw(campaign.salt, campaign.campaign_key, world.key(m)) >= campaign.holdout
    }
    assert planned == drawn


def test_planned_is_what_the_nudge_arm_holds(world_on):
    some_work(world_on)
    for n in range(10):
        world_on.person(f"quiet{n}")
    world_on.learn(days=3)
    run = world_on.plan()
    assert sum(counts(world_on).values()) == run.enrolled[Arm.NUDGE]


def test_a_dry_run_writes_nothing(world):
    some_work(world)
    world.person("quiet")
    world.begin(days=3)
    run = nudges.plan(world.runtime, dry_run=True)
    assert (run.eligible, run.enrolled) == (1, {})
    assert counts(world) == {}


def test_nobody_is_nudged_on_stale_data(world):
    some_work(world)
    world.person("quiet")
    world.begin(days=3)
    world.now += timedelta(hours=3)
    assert world.plan().blocked
    world.tools["beta"].fails_with = ProviderError("No.", hint="Wait.", retryable=True)
    world.learn(days=1)
    assert world.plan().blocked


def test_somebody_who_did_something_since_the_watermark_is_left_alone(world):
    some_work(world)
    world.person("quiet")
    world.tools["acme"].use("quiet@corp.example", date(2026, 3, 2))
    world.begin(days=3)
    assert world.plan().withheld == {Reason.RECENT_ACTIVITY: 1}


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("stop", Reason.OPTED_OUT),
        ("something_else", Reason.DECLINED),
        ("not_for_me", Reason.DECLINED),
        ("away", Reason.AWAY),
    ],
)
def test_a_choice_holds_before_any_nudge_is_planned(world, action, reason):
    some_work(world)
    member = world.person("quiet")
    world.begin(days=3)
    choices.press(world.runtime, Asker(world.key(member)), action)
    assert world.plan().withheld == {reason: 1}


def test_turning_tips_on_again_makes_a_person_eligible_again(world):
    some_work(world)
    asker = known(world, world.person("quiet"))
    choices.press(world.runtime, asker, "stop")
    choices.press(world.runtime, asker, "stop")
    world.now += timedelta(minutes=1)
    choices.press(world.runtime, asker, "resume")
    world.begin(days=1)
    assert world.plan().eligible == 1


def known(world, member):
    world.begin(days=3)
    return Asker(world.key(member))


def test_leave_in_the_roster_holds_a_nudge_back(world):
    some_work(world)
    member = world.person("quiet")
    world.begin(days=3)
    today = world.now.date()
    with world.runtime.store.write() as tx:
        people.set_absences(tx, {world.key(member): [Window(today, today + timedelta(3))]})
    assert world.plan().withheld == {Reason.AWAY: 1}


def test_somebody_without_a_time_zone_gets_nothing(world):
    some_work(world)
    world.person("quiet", zone="")
    world.begin(days=3)
    assert world.plan().withheld == {Reason.NO_ZONE: 1}


def test_a_message_waits_for_the_working_hours_of_its_reader(world):
    some_work(world)
    for n in range(14):
        world.person(f"quiet{n}", zone="Asia/Tokyo")
    world.begin(days=3)  # Monday 10:00 UTC is 19:00 in Tokyo
    world.plan()
    world.deliver()
    assert world.slack.keys() == {}
    world.at("2026-03-03T00:29:00+00:00")
    world.deliver()
    assert world.slack.keys() == {}
    world.at("2026-03-03T00:30:00+00:00")
    world.deliver()
    assert sum(world.slack.keys().values()) == sum(counts(world).values())


def test_a_nudge_holds_no_figure_and_no_word_about_use(world):
    some_work(world)
    members = [world.person(f"quiet{n}") for n in range(6)]
    world.begin(days=3)
    world.plan()
    world.deliver()
    (text, *_) = [m["text"] for member in members for m in world.slack.messages_to(member)]
    assert "acme" in text.lower()
    assert not any(character.isdigit() for character in text)
    for word in ("noticed", "recorded", "never used", "zero", "no use"):
        assert word not in text.lower()


def test_what_one_person_does_changes_nothing_for_another(world):
    some_work(world)
    world.person("quiet")
    world.person("other", seats="acme beta")
    world.tools["beta"].use("other@corp.example", date(2026, 2, 26))
    world.begin(days=3)
    assert world.plan().withheld.get(Reason.RECENT_ACTIVITY, 0) == 0


def test_use_of_a_tool_after_its_own_watermark_holds_a_nudge_back(world):
    some_work(world)
    member = world.person("quiet", seats="acme beta")
    for name in ("ada", "bo", "cy"):
        world.tools["beta"].seats[f"{name}@corp.example"] = date(2026, 1, 1)
        world.tools["beta"].use(f"{name}@corp.example", *[d for d in WEEKDAYS if d.month == 1])
    world.tools["beta"].use("quiet@corp.example", date(2026, 2, 26))
    world.begin(days=3)
    del world.tools["beta"].seats["quiet@corp.example"]
    world.now += timedelta(days=1)
    world.learn(days=1)
    with world.runtime.store.read() as tx:
        assert campaigns.placements(tx)[world.key(member)].segment == "never_used"
    assert world.plan().withheld == {Reason.RECENT_ACTIVITY: 1}


def test_a_stop_holds_for_somebody_whose_chat_account_is_new(world):
    some_work(world)
    old = world.person("quiet")
    world.begin(days=3)
    choices.press(world.runtime, Asker(world.key(old)), "stop")
    world.slack.join(Member(old, "Quiet", "quiet@corp.example", deleted=True))
    world.slack.join(Member("UNEW", "Quiet", "quiet@corp.example"))
    world.now += timedelta(days=1)
    world.learn(days=1)
    with world.runtime.store.read() as tx:
        placed = campaigns.placements(tx)[world.key("UNEW")]
        kept = campaigns.choices(tx, world.key("UNEW"))
    assert placed.segment == "new"
    assert [one.choice for one in kept[world.key("UNEW")]] == ["stop"]


def test_a_tool_that_is_switched_off_makes_its_people_unknown_and_no_zeros(world):
    some_work(world)
    member = world.person("quiet", seats="acme beta")
    for name in ("ada", "bo", "cy", "quiet"):
        world.tools["beta"].use(f"{name}@corp.example", *WEEKDAYS)
    world.begin(days=3)
    (acme, _) = world.runtime.connectors
    world.runtime = replace(world.runtime, connectors=(acme,))
    world.learn(days=1)
    with world.runtime.store.read() as tx:
        placed = campaigns.placements(tx)[world.key(member)]
    assert (placed.segment, placed.reason) == ("unknown", "unresolved_identity")


def test_a_member_list_that_fails_judges_nobody(world):
    some_work(world)
    world.person("quiet")
    world.tools["acme"].no_members = True
    world.begin(days=3)
    assert world.plan().blocked
    with world.runtime.store.read() as tx:
        assert "never_used" not in {p.segment for p in campaigns.placements(tx).values()}


def test_a_paused_campaign_sends_nothing_that_is_queued(world):
    some_work(world)
    for n in range(8):
        world.person(f"quiet{n}")
    world.begin(days=3)
    world.plan()
    with world.runtime.store.write() as tx:
        campaign = campaigns.find(tx, nudges.SLUG)
        campaigns.set_state(tx, campaign.campaign_key, "paused")
    world.deliver()
    assert world.slack.keys() == {}
    with world.runtime.store.write() as tx:
        campaigns.set_state(tx, campaign.campaign_key, campaigns.RUNNING)
    world.now += timedelta(minutes=20)
    world.deliver()
    assert sum(world.slack.keys().values()) == sum(counts(world).values())


def test_who_comes_back_under_a_new_chat_account_keeps_their_arm_and_is_not_nudged_again(world_on):
    some_work(world_on)
    before = [world_on.person(f"quiet{n}") for n in range(6)]
    world_on.learn(days=3)
    world_on.plan()
    workspace = world_on.slack._workspace
    for n, member_id in enumerate(before):
        workspace.members[member_id] = replace(workspace.members[member_id], deleted=True)
        world_on.slack.join(Member(f"UNEW{n}", "Quiet", f"quiet{n}@corp.example"))
    workspace.order = list(workspace.members.values())
    world_on.now += timedelta(days=1)
    world_on.learn(days=1)
    again = world_on.plan()

    assert again.eligible == 0
    with world_on.runtime.store.read() as tx:
        arms = dict(tx.exec_driver_sql("SELECT person_key, arm FROM enrolment").all())
    assert len(arms) == 12
    with world_on.runtime.store.read() as tx:
        (campaign,) = campaigns.every(tx)
        assert outbox.reconciled(tx, campaign.campaign_key)
        moved = dict(map(tuple, tx.exec_driver_sql("SELECT person_key, stopped FROM enrolment")))
    for n, member_id in enumerate(before):
        assert arms[world_on.key(f"UNEW{n}")] == arms[world_on.key(member_id)]
        assert moved[world_on.key(f"UNEW{n}")] == enrolments.MOVED
        assert not moved[world_on.key(member_id)]


def planned_tips(world):
    with world.runtime.store.read() as tx:
        found = outbox.history(tx)
    return {key: [messages.tip_in(one.content) for one in sent] for key, sent in found.items()}


def test_everybody_gets_one_tip_of_their_own_segment_and_all_of_them_come_up(world):
    some_work(world)
    for n in range(120):
        world.person(f"quiet{n}")
    world.begin(days=3)
    run = world.plan()

    drawn = Counter(tip for tips in planned_tips(world).values() for tip in tips)
    assert drawn.total() == run.enrolled[Arm.NUDGE]
    assert drawn.keys() == {tip.name for tip in text.tips("never_used")}


def test_nobody_is_sent_a_tip_that_they_had(world):
    some_work(world)
    members = [world.person(f"quiet{n}") for n in range(12)]
    world.begin(days=3)
    *had, left = [tip.name for tip in text.tips("never_used")]
    with world.runtime.store.write() as tx:
        for back, name in enumerate(had, 1):
            long_ago = world.now - back * timedelta(days=100)
            content = messages.nudge_content(name, [])
            for key in map(world.key, members):
                row = Planned(
                    f"m-{key}{name}", f"{key}{name}", key, "slack", content, *2 * [long_ago]
                )
                plan(tx, [row])
            # Sent long ago, and answered since: no cap holds these people back.
            tx.exec_driver_sql(
                "UPDATE outbox SET state = 'sent', finished_at = created_at,"
                " answered_on = '2026-02-01' WHERE state = 'queued'"
            )
    run = world.plan()

    assert run.enrolled[Arm.NUDGE] >= 1
    new = [tips[-1] for tips in planned_tips(world).values() if len(tips) > len(had)]
    assert new == [left] * run.enrolled[Arm.NUDGE]


def test_what_others_do_does_not_change_the_tip_that_a_person_gets(tmp_path):
    tips = []
    for days in ([], WEEKDAYS):
        with small_world(f"sqlite:///{tmp_path / f'{len(days)}.db'}") as world:
            some_work(world)
            quiet = [world.person(f"quiet{n}") for n in range(8)]
            for n in range(8):
                world.person(f"another{n}")
                world.tools["acme"].use(f"another{n}@corp.example", *days)
            world.learn(days=3)
            world.plan()
            planned = planned_tips(world)
            tips.append([planned.get(world.key(member)) for member in quiet])

    assert tips[0] == tips[1]
    assert any(tips[0])


def test_figures_from_the_future_are_not_fresh(world):
    some_work(world)
    world.person("quiet")
    world.begin(days=3)
    world.now -= timedelta(days=1)  # the clock was ahead, and is right now
    assert world.plan().blocked


def test_figures_that_come_in_between_placing_and_planning_are_looked_at(world):
    some_work(world)
    member = world.person("quiet")
    for name in ("ada", "bo", "cy"):
        world.tools["acme"].use(f"{name}@corp.example", *(date(2026, 3, n) for n in (2, 3, 4)))
    world.tools["acme"].use("quiet@corp.example", date(2026, 3, 3))
    world.begin(days=3)
    for moment in ("2026-03-04T10:00+00:00", "2026-03-05T09:30+00:00"):
        world.at(moment)
        sync.run(world.runtime)
    segments.refresh(world.runtime)
    with world.runtime.store.read() as tx:
        placed = campaigns.placements(tx)[world.key(member)]
    world.at("2026-03-05T10:05+00:00")
    sync.run(world.runtime)  # now the third of March is complete too

    assert (placed.segment, placed.watermark) == ("never_used", date(2026, 3, 2))
    assert world.plan().withheld == {Reason.RECENT_ACTIVITY: 1}


def test_a_stop_and_an_arm_hold_though_nobody_had_the_address_for_a_day(world_on):
    some_work(world_on)
    before = [world_on.person(f"quiet{n}") for n in range(6)]
    world_on.learn(days=3)
    world_on.plan()
    choices.press(world_on.runtime, Asker(world_on.key(before[0])), "stop")
    for n, member_id in enumerate(before):
        world_on.slack.join(Member(member_id, "Quiet", f"gone{n}@corp.example"))
    world_on.now += timedelta(days=1)
    world_on.learn(days=1)
    for n in range(6):
        world_on.slack.join(Member(f"UNEW{n}", "Quiet", f"quiet{n}@corp.example"))
    world_on.now += timedelta(days=1)
    world_on.learn(days=1)

    first = world_on.key("UNEW0")
    with world_on.runtime.store.read() as tx:
        arms = dict(tx.exec_driver_sql("SELECT person_key, arm FROM enrolment").all())
        assert [one.choice for one in campaigns.choices(tx, first)[first]] == ["stop"]
    with world_on.runtime.store.read() as tx:
        (campaign,) = campaigns.every(tx)
        assert outbox.reconciled(tx, campaign.campaign_key)
        moved = dict(map(tuple, tx.exec_driver_sql("SELECT person_key, stopped FROM enrolment")))
    for n, member_id in enumerate(before):
        assert arms[world_on.key(f"UNEW{n}")] == arms[world_on.key(member_id)]
        assert moved[world_on.key(f"UNEW{n}")] == enrolments.MOVED
        assert not moved[world_on.key(member_id)]
