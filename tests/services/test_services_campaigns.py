"""A campaign from its launch to its end, as the jobs live it: real store, real Slack over HTTP."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from unranked.domain.campaigns import Design, Part, Problem, State, Step
from unranked.domain.constants import PROGRAMME_HOLDOUT
from unranked.domain.guardrails import Breach
from unranked.domain.maturity import Outcome
from unranked.domain.nudges import Reason
from unranked.domain.segments import Segment
from unranked.domain.stats import Arm
from unranked.domain.verdicts import Word
from unranked.services import campaigns, choices, results
from unranked.services.choices import Asker
from unranked.store import campaigns as stored
from unranked.store import enrolments, looks, outbox
from unranked.store.pages import EVERYBODY
from unranked.store.tables import Outbox, table

_outbox = table(Outbox)
MONDAY = datetime.fromisoformat("2026-03-02T10:00+00:00")
WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
QUIET = 60


@pytest.fixture
def company(world):
    """Sixty people who never used anything, and three who work with it each day."""
    for name in ("ada", "bo", "cy"):
        world.person(name)
        world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)
    for n in range(QUIET):
        world.person(f"quiet{n}")
    world.begin(days=3)
    return world


def design(world, **changes):
    today = world.now.date()
    good = Design("Spring", today, today + timedelta(weeks=10), purpose="A first try.")
    return replace(good, **changes)


def launched(world, **changes):
    draft = campaigns.create(world.runtime, design(world, **changes))
    found = campaigns.launch(world.runtime, draft.campaign_key, revision=0)
    assert found.campaign is not None
    assert found.campaign.state == State.RUNNING
    return found.campaign


def day(world, days):
    """Let days pass, each as the jobs would live it: figures, placements, plan, delivery."""
    for _ in range(days):
        world.now += timedelta(days=1)
        if world.now.weekday() < 5:
            for name in ("ada", "bo", "cy"):
                world.tools["acme"].use(f"{name}@corp.example", world.now.date())
        world.learn(days=1)
        run = world.plan()
        world.deliver()
        results.run(world.runtime)
    return run


def arms(world, campaign):
    with world.runtime.store.read() as tx:
        return stored.arms(tx, campaign.campaign_key)


def sent_by(world, campaign):
    """Return how many messages of the campaign each person has."""
    with world.runtime.store.read() as tx:
        rows = tx.execute(
            select(_outbox.c.person_key).where(
                _outbox.c.state == "sent", _outbox.c.campaign_key == campaign.campaign_key
            )
        )
        return Counter(rows.scalars())


def test_a_campaign_draws_everybody_it_is_for_but_the_programmes_own_holdout(company):
    campaign = launched(company)
    run = company.plan()

    held = run.withheld[Reason.PROGRAMME_HOLDOUT]
    assert run.eligible + held == QUIET
    assert held <= QUIET * PROGRAMME_HOLDOUT * 4
    assert sum(arms(company, campaign).values()) == run.eligible
    assert (campaign.people, campaign.holdout) == (QUIET - 3, 0.5)  # 5 % are held out all year
    assert campaign.look_days[-1] == campaign.design.end_on


def test_the_same_people_are_held_out_all_year_and_others_in_the_next(company):
    def held(world):
        with world.runtime.store.read() as tx:
            keys = stored.placements(tx)
            salts = tx.exec_driver_sql("SELECT year, salt FROM programmedraw").all()
        return len(keys), dict(tuple(row) for row in salts)

    launched(company)
    company.plan()
    company.plan()
    _, salts = held(company)
    assert list(salts) == [2026]


@pytest.mark.parametrize("unit", ["", "Sales"])
def test_fewer_than_twenty_people_are_no_campaign(world, unit):
    for n in range(19):
        world.person(f"quiet{n}")
    world.person("ada")
    world.tools["acme"].use("ada@corp.example", *WEEKDAYS)
    world.begin(days=3)
    draft = campaigns.create(world.runtime, design(world, units=(unit,) if unit else ()))

    found = campaigns.launch(world.runtime, draft.campaign_key, revision=0)
    assert found.too_few
    assert found.campaign.state == State.DRAFT
    assert campaigns.preview(world.runtime, draft.design) is None


def test_a_design_with_a_mistake_is_not_launched_and_can_be_mended(company):
    draft = campaigns.create(company.runtime, design(company, name=""))
    found = campaigns.launch(company.runtime, draft.campaign_key, revision=0)
    assert found.wrong == {Part.NAME: Problem.EMPTY}

    mended = campaigns.write(
        company.runtime, draft.campaign_key, design(company, name="Now"), revision=0
    )
    assert mended.campaign.revision == 1
    again = campaigns.launch(company.runtime, draft.campaign_key, revision=1)
    assert again.campaign.state == State.RUNNING
    late = campaigns.write(company.runtime, draft.campaign_key, design(company), revision=2)
    assert late.refused


def test_of_two_editors_the_second_one_changes_nothing_and_is_told(company):
    draft = campaigns.create(company.runtime, design(company))
    first = campaigns.write(
        company.runtime, draft.campaign_key, design(company, name="One"), revision=0
    )
    second = campaigns.write(
        company.runtime, draft.campaign_key, design(company, name="Two"), revision=0
    )

    assert first.campaign.design.name == "One"
    assert second.overtaken
    assert second.campaign.design.name == "One"


def test_the_second_message_comes_after_its_days_to_those_who_did_not_start(company):
    campaign = launched(company, steps=(Step(), Step(after_days=14)))
    company.plan()
    company.deliver()
    assert set(sent_by(company, campaign).values()) == {1}
    started, stopped, *rest = sorted(sent_by(company, campaign))
    mail = next(
        f"quiet{n}@corp.example" for n in range(QUIET) if company.key(f"UQUIET{n}") == started
    )
    company.tools["acme"].use(mail, company.now.date() + timedelta(days=2))
    choices.stop(company.runtime, Asker(stopped))

    day(company, 13)
    assert set(sent_by(company, campaign).values()) == {1}
    day(company, 4)
    found = sent_by(company, campaign)
    assert found[started] == found[stopped] == 1
    assert {found[key] for key in rest} == {2}
    with company.runtime.store.read() as tx:
        steps = {campaign.campaign_key: 99}
        going = enrolments.going_on(tx, EVERYBODY, Arm.NUDGE.value, steps)
    assert {started, stopped}.isdisjoint(one.person_key for one in going)


def test_who_starts_before_the_tip_is_sent_gets_none_and_is_still_counted(company):
    campaign = launched(company)
    company.at("2026-03-02T17:00+00:00")  # after the hours of everybody
    company.learn(days=1)
    run = company.plan()
    with company.runtime.store.read() as tx:
        queued = sorted(tx.execute(select(_outbox.c.person_key)).scalars())
    mails = {company.key(f"UQUIET{n}"): f"quiet{n}@corp.example" for n in range(QUIET)}
    started = queued[0]
    company.tools["acme"].use(mails[started], date(2026, 3, 3))
    company.at("2026-03-03T10:00+00:00")
    company.learn(days=1)
    company.deliver()

    assert sorted(sent_by(company, campaign)) == queued[1:]
    with company.runtime.store.read() as tx:
        states = outbox.counts(tx, campaign.campaign_key)
    assert states[outbox.State.SKIPPED, Reason.ADOPTED] == 1
    assert sum(arms(company, campaign).values()) == run.eligible


def test_whom_one_campaign_drew_no_other_one_draws_for_six_weeks(company):
    first = launched(company)
    company.plan()
    second = launched(company, name="Second")
    run = company.plan()

    assert run.eligible == 0
    assert run.withheld[Reason.ELSEWHERE] == sum(arms(company, first).values())
    assert arms(company, second) == {}


def test_first_steps_stands_aside_for_the_teams_campaigns_and_keeps_nobody_from_them(company):
    own = company.plan()  # nobody wrote a campaign yet
    assert own.eligible == QUIET
    campaign = launched(company)
    company.now += timedelta(days=1)
    company.learn(days=1)
    run = company.plan()

    # Whoever waits for first steps may join at once; whoever had its tip once 14 days are over.
    drawn = sum(arms(company, campaign).values())
    assert drawn > 0
    assert run.withheld.get(Reason.ELSEWHERE, 0) == 0
    assert drawn + run.withheld[Reason.CAPPED_GAP] + run.withheld[Reason.PROGRAMME_HOLDOUT] == QUIET
    assert [one.name for one in run.campaigns if one.eligible] == ["Spring"]


def test_two_campaigns_share_the_people_whom_both_are_for(company):
    one, two = launched(company), launched(company, name="Second")
    company.plan()

    drawn = [sum(arms(company, campaign).values()) for campaign in (one, two)]
    assert sum(drawn) >= QUIET * 0.8
    assert min(drawn) >= QUIET / 5


def test_a_campaign_that_is_held_sends_nothing_and_one_that_ended_never_begins_again(company):
    campaign = launched(company)
    company.plan()
    assert campaigns.hold(company.runtime, campaign.campaign_key).campaign.held_by == "team"
    company.deliver()
    assert sent_by(company, campaign) == {}
    assert campaigns.resume(company.runtime, campaign.campaign_key).campaign.state == State.RUNNING
    assert campaigns.end(company.runtime, campaign.campaign_key).campaign.state == State.ENDED
    assert campaigns.resume(company.runtime, campaign.campaign_key).refused
    company.now += timedelta(hours=2)
    company.deliver()
    assert sent_by(company, campaign) == {}


def test_a_campaign_that_annoys_pauses_itself_and_is_not_taken_up_again(company):
    campaign = launched(company)
    company.plan()
    company.deliver()
    had = sorted(sent_by(company, campaign))
    for key in had[:8]:
        company.now += timedelta(minutes=1)
        choices.stop(company.runtime, Asker(key))
    run = results.run(company.runtime)

    assert run.paused == {Breach.OPT_OUTS: 1}
    with company.runtime.store.read() as tx:
        found = stored.one(tx, campaign.campaign_key)
    assert (found.state, found.held_by) == (State.PAUSED, Breach.OPT_OUTS)
    assert campaigns.resume(company.runtime, campaign.campaign_key).refused


def test_results_are_read_on_the_planned_days_alone_and_end_with_a_word(company):
    campaign = launched(company)
    company.plan()
    company.deliver()
    starters = sorted(sent_by(company, campaign))[:18]
    mails = {company.key(f"UQUIET{n}"): f"quiet{n}@corp.example" for n in range(QUIET)}
    for key in starters:
        days = [company.now.date() + timedelta(days=n) for n in (5, 30, 33)]
        company.tools["acme"].use(mails[key], *days)
    taken = []
    for _ in range(77 + 40):
        day(company, 1)
        with company.runtime.store.read() as tx:
            number = looks.last_number(tx, campaign.campaign_key, Outcome.A14)
        if number > len(taken):
            taken.append(company.now.date())

    assert [a >= b for a, b in zip(taken, campaign.look_days, strict=True)]
    assert taken[:-1] == list(campaign.look_days[:-1])
    with company.runtime.store.read() as tx:
        found = stored.one(tx, campaign.campaign_key)
        verdict = results.said(tx, found)
        kept = looks.taken(tx, campaign.campaign_key, Outcome.A14)
    assert found.state == State.ENDED
    assert verdict.word is Word.WORKS
    assert verdict.persistence is not None
    counts = kept[-1].counts
    assert counts.people == sum(arms(company, campaign).values())
    assert counts.nudge_x == 18
    assert counts.holdout_x == 0


def test_every_message_of_a_campaign_is_in_one_state(company):
    campaign = launched(company)
    run = company.plan()
    company.deliver()
    with company.runtime.store.read() as tx:
        states = outbox.counts(tx, campaign.campaign_key)
    assert sum(states.values()) == run.enrolled[Arm.NUDGE]


def test_who_was_drawn_for_a_later_campaign_gets_nothing_more_of_the_one_before(company):
    today, two = company.now.date(), (Step(), Step(after_days=56))
    longer = {"end_on": today + timedelta(weeks=30)}
    first = launched(company, steps=two, **longer)
    company.plan()
    company.deliver()
    launched(company, name="Later", start_on=today + timedelta(days=43), **longer)
    day(company, 70)

    with company.runtime.store.read() as tx:
        later = set(
            tx.exec_driver_sql(
                "SELECT person_key FROM enrolment GROUP BY person_key HAVING count(*) > 1"
            ).scalars()
        )
    second = {person for person, messages in sent_by(company, first).items() if messages > 1}
    assert len(later) > 20
    assert not second & later


def test_only_people_of_its_segments_and_units_are_drawn(company):
    campaign = launched(company)
    other = campaigns.create(company.runtime, design(company, segments=frozenset({Segment.LAPSED})))
    assert campaigns.launch(company.runtime, other.campaign_key, revision=0).too_few
    copied = campaigns.duplicate(company.runtime, campaign.campaign_key)
    assert copied.design == replace(campaign.design, name=f"{campaign.design.name} (copy)")
    assert copied.state == State.DRAFT
    assert copied.salt != campaign.salt
