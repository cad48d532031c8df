"""T3, T4 and T10: what managers read is a function of groups alone (method.md 4.10)."""

from decimal import Decimal

import pytest
from broken import fails, generated
from hypothesis import given
from hypothesis import strategies as st
from org_ledger import FROZEN, NOTHING, THROUGH, Org, Record, org_ledger, orgs, records
from sqlalchemy import select, update

from unranked import text
from unranked.domain.nesting import JOINED
from unranked.domain.released import FIVE, SPEND, THREE, Size
from unranked.services import releases
from unranked.store import figures, planned
from unranked.store.tables import Completeness, table

CONSTANT = "Not shown: group too small or data incomplete."
PLACE = {
    name: place for scale in (THREE, FIVE, SPEND, tuple(Size)) for place, name in enumerate(scale)
}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    with org_ledger(f"sqlite:///{folder / 'unranked.db'}") as made:
        yield made


@st.composite
def worlds(draw):
    """Give a company, and what everybody in it did."""
    org = draw(orgs())
    return org, draw(st.fixed_dictionaries(dict.fromkeys(org.everybody, records)))


chances = st.randoms(use_true_random=False)


def who_did_what_is_not_seen(company, world, chance):
    org, done = world
    company.is_now(org, done)
    before, homes = company.digests(), company.homes()
    for manager, people in company.members().items():
        names = sorted(people)
        mixed = dict(zip(names, chance.sample(names, len(names)), strict=True))
        company.did({one: done[mixed.get(one, one)] for one in done})
        assert company.digests()[manager] == before[manager]
        if manager not in people:  # else it shows the own use, which is another's now
            assert company.homes()[manager] == homes[manager]


def one_person_moves_a_band_by_one_step(company, world, other, chance):
    org, done = world
    company.is_now(org, done)
    before, shown = company.read(), company.shown()
    everybody = sorted(set().union(*company.members().values()))
    if not everybody:
        return
    company.did({**done, chance.choice(everybody): other})
    after = company.read()
    assert after.bands.keys() == before.bands.keys()
    for unit in {one.unit_key for one in shown.values()}:
        for place, band in after.of_unit(unit).items():
            assert steps(before.of_unit(unit)[place], band) <= 1


def steps(one, other):
    """Return how far two bands of a scale are apart; 0 where the constant text is one of them."""
    if {releases.NOT_SHOWN, ""} & {one, other}:
        return 0
    places = [[PLACE[name] for name in band.split(JOINED)] for band in (one, other)]
    return min(abs(a - b) for a in places[0] for b in places[1])


@generated
@given(worlds(), chances)
def test_t3_who_of_a_group_did_what_changes_nothing_that_is_said_of_it(company, world, chance):
    who_did_what_is_not_seen(company, world, chance)


@generated
@given(worlds(), records, chances)
def test_t3_one_person_moves_each_band_by_one_step_at_most(company, world, other, chance):
    one_person_moves_a_band_by_one_step(company, world, other, chance)


def test_t3_fails_where_some_people_count_for_more(company, monkeypatch):
    whose = figures._whose

    def of_some(asked, mine):
        everybody = whose(asked, mine)
        some = select(everybody).where(everybody.c.person_key < "p-20")
        return some.cte("some")

    monkeypatch.setattr(figures, "_whose", of_some)
    fails(lambda world, chance: who_did_what_is_not_seen(company, world, chance), worlds(), chances)


def test_t3_fails_where_spend_is_not_cut(company, monkeypatch):
    monkeypatch.setattr(releases, "_clip", lambda *_: Decimal(10**6))
    team = {f"p-{n:02}": "p-00" for n in range(1, 31)}
    little = Record(days=(1, 2), cost=Decimal(3))
    world = (Org(team, frozenset(team)), dict.fromkeys([*team, "p-00"], little))

    with pytest.raises(AssertionError):
        one_person_moves_a_band_by_one_step(
            company, world, Record((1, 2, 3), Decimal(500)), FirstOf()
        )


class FirstOf:
    """No chance at all."""

    def choice(self, names):
        return names[0]


def too_small_a_group_reads_the_same(company, world):
    org, done = world
    company.is_now(org, done)
    digests, homes, shown = company.digests(), company.homes(), company.shown()
    # Whoever leads somebody sees the own use on the Home tab: it stays as it was.
    company.did({one: done[one] for one in digests})
    nothing = company.digests()
    assert company.homes() == homes
    for manager in digests.keys() - shown.keys():
        assert digests[manager] == nothing[manager]
        assert CONSTANT in digests[manager]


@generated
@given(worlds())
def test_t4_for_a_group_that_is_too_small_there_is_one_text_whatever_it_did(company, world):
    too_small_a_group_reads_the_same(company, world)


@generated
@given(worlds(), st.sampled_from([("complete_through", FROZEN.date()), ("history_since", THROUGH)]))
def test_t4_incomplete_data_have_the_text_of_a_small_group(company, world, lacks):
    (org, done), (lacking, day) = world, lacks
    company.is_now(org, done)
    place = table(Completeness)
    with company.runtime.store.write() as tx:
        whole = tx.execute(select(place.c[lacking])).scalar_one()
        tx.execute(update(place).values({lacking: day}))  # of every window some day is not known
    incomplete = company.digests()
    with company.runtime.store.write() as tx:
        tx.execute(update(place).values({lacking: whole}))

    assert all(CONSTANT in said for said in incomplete.values())
    company.is_now(Org(org.lines, frozenset(), org.dotted), {})  # nobody has a seat
    assert incomplete == company.digests()


def test_t4_fails_where_groups_of_five_are_shown(company, monkeypatch):
    for module in ("domain.privacy", "store.sight", "store.units_due"):
        monkeypatch.setattr(f"unranked.{module}.K", 5)
    real = releases.frozen
    monkeypatch.setattr(releases, "frozen", lambda *given: real(*given, k=5))
    team = {f"p-{n:02}": "p-00" for n in range(1, 9)}
    world = (Org(team, frozenset(team)), {"p-01": Record(days=(1,)), "p-00": NOTHING})
    company.is_now(*world)

    assert CONSTANT not in company.digests()["p-00"]


def the_order_stays(company, world, chance):
    org, done = world
    company.is_now(org, done)
    first = company.read()
    names = sorted(done)
    mixed = dict(zip(names, chance.sample(names, len(names)), strict=True))
    company.did({one: done[mixed[one]] for one in names})
    second = company.read()

    assert list(first.digests) == list(second.digests)
    for manager, said in second.digests.items():
        now, before = headings(said), headings(first.digests[manager])
        # A figure may be missing where it would tell too much; what is there keeps its place.
        assert [one for one in now if one in before] == [one for one in before if one in now]


@generated
@given(worlds(), chances)
def test_t10_nothing_anybody_does_changes_the_order_of_what_is_said(company, world, chance):
    the_order_stays(company, world, chance)


def test_t10_fails_where_messages_are_planned_by_what_they_say(company, monkeypatch):
    in_order, most = planned.plan, text.label("share3_high")

    def by_words(tx, messages, *more, **named):
        return in_order(tx, sorted(messages, key=lambda one: most in repr(one)), *more, **named)

    monkeypatch.setattr(planned, "plan", by_words)
    team = {f"p-{n:02}": f"p-9{n % 2}" for n in range(24)}
    org = Org(team, frozenset(team))
    some = {one: Record(days=(1,)) if head == "p-90" else NOTHING for one, head in team.items()}
    company.is_now(org, {**some, "p-90": NOTHING, "p-91": NOTHING})

    with pytest.raises(AssertionError):
        the_order_stays(company, (org, {**some, "p-90": NOTHING, "p-91": NOTHING}), Swapped())


class Swapped:
    """Whoever did something swaps with who did nothing."""

    def sample(self, names, many):
        del many
        return names[::-1]


def headings(said):
    """Return the lines of a message without the bands in them."""
    return [line.split(":")[0] for line in said.splitlines()]
