"""Which unit each manager is shown in a quarter, from the org chart and seats alone."""

from classes import atoms
from hypothesis import given
from hypothesis import strategies as st

from unranked.domain.cohorts import frozen
from unranked.domain.org_chart import Chart, Unit, UnitKind
from unranked.domain.privacy import K


def line(manager, *names):
    return dict.fromkeys(names, manager)


def named(prefix, count):
    return [f"{prefix}{n}" for n in range(count)]


def views(solid, *, dotted=(), chosen=None, without=()):
    chart = Chart(solid, dotted)
    everybody = set(solid) | {one for one, _ in dotted}
    return frozen(chart, everybody - set(without), chart.managers, chosen or {})


def people(made, unit):
    return {one for one, atom in made.atom_of.items() if atom in made.units[unit]}


def test_a_team_of_ten_is_shown_to_its_manager():
    made = views(line("boss", *named("p", 10)))

    view = made.views["boss"]
    assert (view.unit, view.above, view.whole) == (Unit(UnitKind.TEAM, "boss"), 0, True)
    assert people(made, view.unit) == set(named("p", 10))


def test_a_team_of_nine_alone_is_not_shown():
    made = views(line("boss", *named("p", 9)))

    assert made.views == {}
    assert made.atom_of == {}


def test_three_teams_of_eight_get_the_figures_of_their_head():
    solid = line("head", "a", "b", "c")
    for one in "abc":
        solid |= line(one, *named(one, 8))
    made = views(solid)

    assert {one: (view.unit.manager_key, view.above) for one, view in made.views.items()} == {
        "head": ("head", 0),
        "a": ("head", 1),
        "b": ("head", 1),
        "c": ("head", 1),
    }
    assert len(people(made, Unit(UnitKind.ALL, "head"))) == 27


def test_who_has_several_units_is_shown_the_chosen_one():
    solid = line("head", "a", *named("h", 11)) | line("a", *named("a", 12))
    dotted = [(one, "head") for one in named("a", 12)]

    def unit(chosen):
        return views(solid, dotted=dotted, chosen={"head": chosen}).views["head"].unit.kind

    assert [unit(kind) for kind in UnitKind] == list(UnitKind)


def test_a_wish_for_a_unit_that_is_not_there_gives_the_nearest():
    made = views(line("boss", *named("p", 10)), chosen={"boss": UnitKind.DOTTED})

    assert made.views["boss"].unit.kind is UnitKind.TEAM


def test_who_has_no_seat_counts_nowhere():
    made = views(line("boss", *named("p", 12)), without=["p0", "p1", "p2"])

    assert made.views == {}


def test_a_ring_of_managers_ends():
    solid = {"a": "b", "b": "c", "c": "a"} | line("a", *named("p", 10))

    assert list(views(solid).views) == ["a"]


@st.composite
def organisations(draw):
    """Give a forest of up to 90 people, with dotted lines, rings and people without seats."""
    names = named("p", draw(st.integers(1, 90)))
    ranks = draw(st.lists(st.integers(0, 8), min_size=len(names), max_size=len(names)))
    solid = {
        one: names[min(rank, at - 1)]
        for at, (one, rank) in enumerate(zip(names, ranks, strict=True))
        if at
    }
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names[:9]))
    dotted = draw(st.lists(pairs, max_size=30))
    ring = draw(st.none() | st.sampled_from(names))
    if ring is not None:
        solid[names[0]] = ring
    without = draw(st.sets(st.sampled_from(names), max_size=10))
    kinds = draw(st.dictionaries(st.sampled_from(names), st.sampled_from(UnitKind), max_size=9))
    return solid, dotted, without, kinds


@given(organisations())
def test_all_that_any_managers_compare_covers_ten_or_more(organisation):
    solid, dotted, without, kinds = organisation
    made = views(solid, dotted=dotted, without=without, chosen=kinds)

    shown = [people(made, unit) for unit in made.units]
    assert all(len(atom) >= K for atom in atoms(shown))
    assert not set(made.atom_of) & without


@given(organisations())
def test_what_is_shown_is_the_managers_own_or_around_it(organisation):
    solid, dotted, without, kinds = organisation
    made = views(solid, dotted=dotted, without=without, chosen=kinds)
    chart = Chart(solid, dotted)

    for manager, view in made.views.items():
        line = [manager, *chart.above(manager)]
        assert line[view.above] == view.unit.manager_key
        members = set(chart.members(view.unit)) - without
        assert people(made, view.unit) <= members
        assert view.whole is (people(made, view.unit) == members)


@given(organisations(), st.randoms())
def test_the_order_in_which_people_are_listed_changes_nothing(organisation, chance):
    solid, dotted, without, kinds = organisation
    listed = list(solid.items())
    chance.shuffle(listed)
    made = views(solid, dotted=dotted, without=without, chosen=kinds)
    again = views(dict(listed), dotted=dotted[::-1], without=without, chosen=kinds)

    assert made.views == again.views
    for unit in made.units:
        assert people(made, unit) == people(again, unit)
