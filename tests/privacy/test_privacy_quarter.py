"""T5: whatever happens in a quarter, nothing that was shown can be taken apart into fewer than ten.

People join, leave, change teams, object and are erased, and all managers compare what they read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product

import pytest
from classes import atoms
from frozen_groups import by_unit
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from org_ledger import FROZEN, Org, OrgLedger, org_ledger
from sqlalchemy import select, update

from unranked.domain.cohorts import quarter_before, quarter_of
from unranked.domain.consent import Choice
from unranked.domain.org_chart import UnitKind
from unranked.domain.privacy import K, Partition
from unranked.services import releases
from unranked.services.choices import Asker, choose
from unranked.store import belongings, erasure, people
from unranked.store.tables import Person, Release, table

HEADS = ("p-00", "p-01", "p-02")
WEEK = timedelta(days=7)
played = settings(
    deadline=None,
    max_examples=12,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
places = st.integers(0, 99)
many = st.sampled_from([0, 3, 10, 11, 12, 20])


class Quarter(RuleBasedStateMachine):
    """A company of three managers, one of whom leads the two others.

    shown: by window and unit, who stood behind the figure when it was let out.
    """

    company: OrgLedger

    def __init__(self) -> None:
        super().__init__()
        self.now = FROZEN
        self.shown: dict[object, dict[str, frozenset[str]]] = {}
        self.named = len(HEADS)

    @property
    def runtime(self):
        return replace(self.company.runtime, clock=lambda: self.now)

    @initialize(sizes=st.tuples(*[many] * 3), dotted=st.integers(0, 12))
    def found(self, sizes, dotted):
        lines = {"p-01": "p-00", "p-02": "p-00"}
        for head, many in zip(HEADS, sizes, strict=True):
            lines |= dict.fromkeys(self.names(many), head)
        theirs = sorted(one for one, head in lines.items() if head == "p-01")[:dotted]
        org = Org(lines, frozenset(lines), tuple((one, "p-02") for one in theirs))
        self.company.is_now(org, {}, wishes={"p-00": UnitKind.ALL})
        self.read()

    @rule(head=st.sampled_from(HEADS), kind=st.sampled_from(UnitKind))
    def wish(self, head, kind):
        self.company.wishes({head: kind}, at=self.now)

    @rule(head=st.sampled_from(HEADS), many=st.integers(1, 11))
    def join(self, head, many):
        self.company.joins(self.names(many), head, on=self.now.date())

    @rule(place=places)
    def leave(self, place):
        self.change(place, present=False)

    @rule(place=places, head=st.sampled_from(HEADS))
    def move(self, place, head):
        self.change(place, manager_key=head)

    @rule(place=places)
    def object(self, place):
        if (one := self.person(place)) is not None:
            choose(self.runtime, Asker(one), Choice.OBJECT)

    @rule(place=places)
    def is_erased(self, place):
        one, runtime = self.person(place), self.runtime
        if one is None:
            return
        with runtime.store.write(alone=True) as tx:
            erasure.delete_rows(
                tx,
                belongings.of_person(tx, one),
                ids=runtime.ids,
                replacement=runtime.ids.key("p"),
                today=self.now.date(),
            )

    @rule(weeks=st.integers(1, 14))
    def weeks_go_by(self, weeks):
        for _ in range(weeks):
            self.now += WEEK
            self.company.is_complete(through=self.now.date() - timedelta(days=2))
            self.read()

    @invariant()
    def no_class_is_small(self):
        for family in self.shown.values():
            sets = sorted(family.values(), key=sorted)
            assert all(len(one) >= K for one in atoms(sets))
            assert all(len(one) >= K for one in supports(sets))

    def read(self):
        """Let the gate say what it would, and note who stands behind each new figure."""
        releases.freeze(self.runtime)
        releases.release(self.runtime)
        this = quarter_of(self.now.date())
        release = table(Release)
        out = select(release.c.group_key, release.c.window_start).where(
            release.c.statistic == "share"
        )
        with self.runtime.store.read() as tx:
            for quarter in (quarter_before(this), this):
                behind = by_unit(tx, quarter)
                for unit, start in tx.execute(out.where(release.c.quarter == quarter.start)):
                    self.shown.setdefault(start, {}).setdefault(unit, frozenset(behind[unit]))

    def names(self, many):
        first, self.named = self.named, self.named + many
        return [f"p-{number:02}" for number in range(first, self.named)]

    def person(self, place):
        """Return somebody who leads nobody, None where there is nobody."""
        with self.runtime.store.read() as tx:
            there = sorted(people.keys(tx) - set(HEADS))
        return there[place % len(there)] if there else None

    def change(self, place, **values):
        if (one := self.person(place)) is not None:
            with self.runtime.store.write() as tx:
                mine = table(Person).c.person_key == one
                tx.execute(update(table(Person)).where(mine).values(**values))


def supports(family: list[frozenset[str]]) -> Iterator[set[str]]:
    """Yield on whom each sum and difference of up to three figures depends, if on anybody."""
    for many in (1, 2, 3):
        for sets in combinations(family, many):
            for factors in product((-2, -1, 1, 2), repeat=many):
                weights: dict[str, int] = {}
                for factor, one in zip(factors, sets, strict=True):
                    for person in one:
                        weights[person] = weights.get(person, 0) + factor
                if held := {person for person, weight in weights.items() if weight}:
                    yield held


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Iterable[OrgLedger]:
    folder = tmp_path_factory.mktemp("quarter")
    with org_ledger(f"sqlite:///{folder / 'unranked.db'}") as made:
        yield made


def machine(company):
    return type("Quarter", (Quarter,), {"company": company})


@pytest.mark.slow
def test_t5_nothing_that_was_shown_in_a_quarter_can_be_taken_apart_into_fewer_than_ten(company):
    run_state_machine_as_test(machine(company), settings=played)


def a_quarter(company, sizes, erased=0):
    """Play one quarter, in which so many people are erased."""
    one = machine(company)()
    one.found(sizes=sizes, dotted=0)
    for _ in range(erased):
        one.is_erased(place=0)
    one.weeks_go_by(weeks=14)
    one.no_class_is_small()
    return one.shown


def sizes(shown):
    return [sorted(len(people) for people in one.values()) for one in shown.values()]


def test_t5_a_group_does_not_shrink_by_an_erasure_which_would_tell_of_it(company):
    assert sizes(a_quarter(company, sizes=(0, 12, 0), erased=1)) == [[12, 12]]


def test_t5_fails_where_a_director_is_shown_five_people_more_than_a_manager(company, monkeypatch):
    # All of the director's are 17: the three that report to nobody else, the two managers, and 12.
    assert sizes(a_quarter(company, sizes=(3, 12, 0))) == [[12]]

    monkeypatch.setattr(Partition, "_fits", lambda *_: True)
    with pytest.raises(AssertionError):
        a_quarter(company, sizes=(3, 12, 0))
