"""Whoever wants to learn of others from what groups are shown: each attempt of method.md 4.9.

Those who ask the bot, press, read a file or a log are in `test_privacy_adversary_more.py`.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
import structlog
from org_ledger import FROZEN, Org, Record, org_ledger
from org_ledger import _person as as_a_member
from sqlalchemy import delete, select, update
from units_of_people import company as units
from units_of_people import design

from bot.views import modal
from jobs.clock import run_now
from unranked.domain.nesting import JOINED, Nest, Said
from unranked.domain.org_chart import UnitKind
from unranked.domain.people import PersonKind
from unranked.domain.released import share_band
from unranked.services import campaigns, editor_preview, editor_screens, managers, releases
from unranked.services.choices import Asker
from unranked.store.tables import (
    Cohort,
    Completeness,
    Enrolment,
    FrozenUnit,
    Outbox,
    Person,
    ShownUnit,
    UnitAtom,
    table,
)

CONSTANT = "Not shown: group too small or data incomplete."
BUSY = Record(days=(1, 2), cost=Decimal(7))


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adversary")
    with org_ledger(f"sqlite:///{folder / 'unranked.db'}") as made:
        yield made


def team(head, first, many):
    """Return so many people who report to `head`, numbered from `first`."""
    return {f"p-{n:02}": head for n in range(first, first + many)}


def of_people(*teams, others=()):
    """Return a company of these teams in which everybody has a seat."""
    lines = {person: head for one in teams for person, head in one.items()}
    return Org(lines, frozenset({*lines, *lines.values(), *others}))


# A team of three, and a team of one person with bots


def leads_few(company, monkeypatch):
    """Return what the leader of three reads, and that of one person and eleven bots, by figures."""
    bots = team("p-01", 21, 11)

    def person(one, org):
        kind = PersonKind.BOT if one in bots else PersonKind.MEMBER
        return replace(as_a_member(one, org), kind=kind)

    monkeypatch.setattr("org_ledger._person", person)
    org = of_people(team("p-00", 10, 3), team("p-01", 20, 1), bots, team("p-02", 40, 11))
    read = []
    for done in ({}, dict.fromkeys(org.everybody, BUSY)):
        company.is_now(org, done)
        read.append(company.digests())
    return read


def test_adversary_leads_a_team_of_three_or_of_one_with_bots(company, monkeypatch):
    nobody, everybody = leads_few(company, monkeypatch)

    for leader in ("p-00", "p-01"):
        assert CONSTANT in everybody[leader]
        assert everybody[leader] == nobody[leader]
    assert CONSTANT not in everybody["p-02"]
    assert everybody["p-02"] != nobody["p-02"]


def test_adversary_leads_bots_is_found_out_where_bots_count(company, monkeypatch):
    monkeypatch.setattr("unranked.store.groups._HERE", (table(Person).c.present,))
    nobody, everybody = leads_few(company, monkeypatch)

    assert CONSTANT not in everybody["p-01"]
    assert everybody["p-01"] != nobody["p-01"]


# A person who is moved for a week


def before_and_after_a_move(company, meanwhile=lambda: None):
    """Let one of the four who are active, of twelve, be moved to a leader of nobody, and back."""
    org = of_people(team("p-01", 10, 12), others=["p-03"])
    company.is_now(org, dict.fromkeys(["p-10", "p-11", "p-12", "p-13"], BUSY))
    read = [company.read()]
    for head in ("p-03", "p-01"):
        with company.runtime.store.write() as tx:
            moved = update(table(Person)).where(table(Person).c.person_key == "p-10")
            tx.execute(moved.values(manager_key=head))
        meanwhile()
        read.append(company.read())
    return read


def test_adversary_moves_a_person_for_a_week_into_a_team_of_one(company):
    before, moved, back = before_and_after_a_move(company)

    assert CONSTANT not in before.digests["p-01"]
    assert CONSTANT in moved.digests["p-03"]
    assert before.bands == moved.bands == back.bands
    assert before.digests["p-01"] == moved.digests["p-01"] == back.digests["p-01"]


def test_adversary_moves_a_person_is_found_out_where_groups_follow_each_move(company):
    def fixed_anew():
        with company.runtime.store.write() as tx:
            for model in (Cohort, FrozenUnit, ShownUnit, UnitAtom):
                tx.execute(delete(table(model)))
        releases.freeze(replace(company.runtime, clock=lambda: FROZEN))

    before, moved, _ = before_and_after_a_move(company, fixed_anew)
    assert before.digests["p-01"] != moved.digests["p-01"]


# A manager and a director who lay their messages side by side


def side_by_side(company, active):
    """Return which numbers of active people two messages leave open: of 13, and of 12 others."""
    inner, outer = team("p-01", 20, 13), team("p-00", 2, 11) | {"p-01": "p-00"}
    many, rest = active
    done = dict.fromkeys([*list(inner)[:many], *list(outer)[:rest]], BUSY)
    company.is_now(of_people(inner, outer), done, wishes={"p-00": UnitKind.ALL})
    read = company.read()
    shown = company.shown()
    bands = [
        {band for (name, _), band in read.of_unit(shown[who].unit_key).items() if name == "share"}
        for who in ("p-01", "p-00")
    ]
    (team_band,), (all_band,) = bands
    return {
        (one, other)
        for one, other in product(range(14), range(13))
        if (not team_band or share_band(one, 13) in team_band.split(JOINED))
        and share_band(one + other, 25) in all_band.split(JOINED)
    }


@pytest.mark.parametrize("active", [(8, 12), (13, 12), (0, 0), (5, 0), (13, 0)])
def test_adversary_manager_and_director_lay_their_messages_side_by_side(company, active):
    possible = side_by_side(company, active)

    assert active in possible
    for place in (0, 1):
        assert len({one[place] for one in possible}) > 1


def test_adversary_side_by_side_is_found_out_where_each_band_is_said_by_itself(
    company, monkeypatch
):
    def by_itself(nest, name, count, scale):
        return Said(scale(count, nest._groups[name].people), 0, 25)

    monkeypatch.setattr(Nest, "say", by_itself)
    assert {rest for _, rest in side_by_side(company, (8, 12))} == {12}


# When messages come, and whether a refusal can be forced


def when_they_come(company):
    """Return when each manager's message may go out: of one with figures, and of two without."""
    org = of_people(team("p-00", 10, 12), team("p-01", 30, 2), team("p-02", 40, 1))
    company.is_now(org, dict.fromkeys(org.lines, BUSY))
    managers.plan(company.runtime)
    with company.runtime.store.read() as tx:
        columns = [table(Outbox).c[name] for name in ("person_key", "created_at", "not_before")]
        rows = {who: tuple(when) for who, *when in tx.execute(select(*columns))}
    said = company.digests()
    assert CONSTANT not in said["p-00"]
    assert all(CONSTANT in said[who] for who in ("p-01", "p-02"))
    return rows


def test_adversary_watches_when_messages_come(company):
    rows = when_they_come(company)

    assert set(rows) == {"p-00", "p-01", "p-02"}
    assert len({*rows.values()}) == 1


def test_adversary_watches_is_found_out_where_only_figures_bring_a_message(company, monkeypatch):
    unplanned = managers._unplanned

    def with_figures(tx, due):
        shown = {who.split("|")[1] for who in ("digest|p-00|",)}
        return [one for one in unplanned(tx, due) if one.manager.person_key in shown]

    monkeypatch.setattr(managers, "_unplanned", with_figures)
    with pytest.raises(KeyError):
        when_they_come(company)


def read_by_one(company, done, *, many=25, **incomplete):
    """Return what the leader of so many reads of the quarter, its figures incomplete or not."""
    company.is_now(of_people(team("p-00", 10, many)), done)
    place = table(Completeness)
    with company.runtime.store.write() as tx:
        whole = dict(tx.execute(select(place)).mappings().one())
        tx.execute(update(place).values(**(whole | incomplete)))
    said = company.digests()["p-00"]
    with company.runtime.store.write() as tx:
        tx.execute(update(place).values(**whole))
    return said


def test_adversary_forces_a_refusal_to_learn_why(company):
    much = Record(days=(1,), cost=Decimal(180))
    alike, two = dict.fromkeys(team("p-00", 10, 25), much), {"p-10": much, "p-11": much}
    few = [read_by_one(company, done, many=9) for done in ({}, two, alike)]
    unknown = [read_by_one(company, done, history_since=date(2026, 2, 1)) for done in ({}, alike)]

    assert len({*few, *unknown}) == 1
    assert CONSTANT in few[0]
    # Two who spend it all are no reason to refuse: a bill that is not complete alone is one.
    two["p-12"] = Record(days=(1,), cost=Decimal(16))
    assert CONSTANT.lower() not in read_by_one(company, two).lower()
    assert CONSTANT.lower() in read_by_one(company, two, billed_through=date(2026, 1, 20))


# A campaign for a few, and one that is sent to oneself


def aims_at_a_few(world, folder):
    """Return what is said of a campaign for the board of three, and what came of its launch."""
    units(world, folder, Legal=24, Board=3)
    draft = campaigns.create(world.runtime, design(world, "Board"))
    before = editor_screens.who_would_get_it(world.runtime, draft)
    came = campaigns.launch(world.runtime, draft.campaign_key, revision=0)
    world.plan()
    drawn = table(Enrolment)
    with world.runtime.store.read() as tx:
        mine = drawn.c.campaign_key == draft.campaign_key
        return repr(modal.screen(before)), came, tx.execute(select(drawn).where(mine)).all()


def test_adversary_aims_a_campaign_at_a_few(world, tmp_path):
    said, came, drawn = aims_at_a_few(world, tmp_path)

    assert "Fewer than 20 people are counted at these stages and in these units" in said
    assert came.too_few
    assert drawn == []


def test_adversary_aims_a_campaign_is_found_out_where_any_number_will_do(
    world, tmp_path, monkeypatch
):
    for module in ("services.campaigns", "domain.sample_sizes", "store.audience"):
        monkeypatch.setattr(f"unranked.{module}.CAMPAIGN_PEOPLE", 1)
    monkeypatch.setattr(campaigns, "AUDIENCE_STEP", 1)
    monkeypatch.setattr(campaigns, "of_cells", lambda found, _: sum(one.of for one in found))
    _, came, drawn = aims_at_a_few(world, tmp_path)

    assert not came.too_few
    assert len(drawn) > 0


def test_adversary_sends_a_test_and_reads_the_logs_of_jobs(world, tmp_path):
    units(world, tmp_path, Legal=24, Board=3)
    draft = campaigns.create(world.runtime, design(world))
    view = f"plan_backwards|{draft.campaign_key}|0|never_used|en|0"
    editor_preview.test(world.runtime, Asker(world.key("UADA")), view)
    with structlog.testing.capture_logs() as lines:
        for job in ("segments", "delivery", "nudges", "results"):
            run_now(world.runtime, job)

    everybody = [f"U{name.upper()}" for name in ("ada", *(f"legal{n}" for n in range(24)))]
    assert [who for who in everybody if world.slack.messages_to(who)] == ["UADA"]
    done = [line for line in lines if line["event"] == "job done"]
    assert len(done) == len(lines) == 4
    said = {
        value
        for line in done
        for name, value in line.items()
        if name not in {"event", "log_level", "job"}
    }
    assert "fewer than 20" in said
    assert all(value == "fewer than 20" or value.endswith("0") for value in said), said
