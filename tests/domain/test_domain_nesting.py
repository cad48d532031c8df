"""Groups within groups: by the rule and by every band nobody can be certain of a class."""

from collections import defaultdict
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from unranked.domain.nesting import JOINED, Nest, Said
from unranked.domain.released import FIVE, THREE, share_band

SIZES = {0: 3, 1: 4, 2: 2, 3: 5}


@st.composite
def nests(draw):
    """Give groups of classes, of which one holds the other or that share none, in any order."""
    atoms = draw(st.permutations(range(len(SIZES))))
    made = {(atom,) for atom in draw(st.sets(st.sampled_from(atoms), max_size=4))}
    cut = draw(st.integers(1, 3))
    made |= draw(st.sets(st.sampled_from([tuple(atoms), tuple(atoms[:cut]), tuple(atoms[cut:])])))
    assume(made)
    named = {f"u{'-'.join(map(str, sorted(one)))}": one for one in made}
    return named, draw(st.permutations(sorted(named)))


def told(named, order, counts, sizes=SIZES):
    """Return what is said of each group, one after the other."""
    nest = Nest(named, sizes)
    found = []
    for name in order:
        said = nest.say(name, sum(counts[atom] for atom in named[name]), share_band)
        found.append(None if said is None else said.band)
    return tuple(found)


@settings(deadline=None)
@given(nests())
def test_no_class_is_certain_whatever_is_said_in_whatever_order(nest):
    named, order = nest
    worlds = defaultdict(list)
    for counts in product(*(range(size + 1) for size in SIZES.values())):
        worlds[told(named, order, counts)].append(counts)

    for same in worlds.values():
        for atom, size in SIZES.items():
            found = {counts[atom] for counts in same}
            assert found not in ({0}, {size})


def edge(people, count):
    """Return how far the band of a count reaches among so many people."""
    alike = [n for n in range(people + 1) if share_band(n, people) == share_band(count, people)]
    return alike[0], alike[-1]


@settings(deadline=None)
@given(st.integers(10, 40), st.integers(10, 40))
def test_of_the_others_no_more_is_known_than_their_own_outer_bands_would_say(team, others):
    """Of 30 people 5 were active, of a team of 10 at least 4: hardly any of the 20 others."""
    named, sizes = {"team": (0,), "all": (0, 1)}, {0: team, 1: others}
    worlds, wide = defaultdict(set), defaultdict(set)
    for one, two in product(range(team + 1), range(others + 1)):
        both = told(named, ("all", "team"), {0: one, 1: two}, sizes)
        worlds[both].add(two)
        wide[both[0]].add(two)

    for (whole, _), found in worlds.items():
        assert max(found) >= min(edge(others, 0)[1], max(wide[whole]))
        assert min(found) <= max(edge(others, others)[0], min(wide[whole]))


@settings(deadline=None)
@given(nests(), st.data())
def test_one_person_moves_each_band_by_one_step_at_most(nest, data):
    named, order = nest
    sizes = {atom: data.draw(st.integers(10, 30)) for atom in SIZES}
    counts = {atom: data.draw(st.integers(0, size)) for atom, size in sizes.items()}
    atom = data.draw(st.sampled_from(sorted(sizes)))
    other = {**counts, atom: abs(counts[atom] - 1)}

    first, second = told(named, order, counts, sizes), told(named, order, other, sizes)
    for one, two in zip(first, second, strict=True):
        # Whether anything is said goes by the bands that are out: by one step of another group's.
        assert None in {one, two} or apart(one, two) <= 1


def apart(one, two):
    places = [[(*THREE, *FIVE).index(name) for name in each.split(JOINED)] for each in (one, two)]
    return min(abs(a - b) for a in places[0] for b in places[1])


def test_of_25_people_and_13_of_them_the_rest_is_not_told():
    """The widest of five bands begins at 20, and the middle of three ends at 8: 12 people."""
    nest = Nest({"team": [0], "all": [0, 1]}, {0: 13, 1: 12})

    assert nest.say("team", 8, share_band) == Said("share3_middle", 5, 8)
    assert nest.say("all", 20, share_band) == Said("share5_4+share5_5", 15, 25)


def test_what_is_joined_does_not_depend_on_the_count():
    said = set()
    for count in range(8, 21):
        nest = Nest({"team": [0], "all": [0, 1]}, {0: 13, 1: 12})
        nest.say("team", 8, share_band)
        said.add(nest.say("all", count, share_band))

    assert {one.band for one in said} == {
        "share5_2",
        "share5_3",
        "share5_4+share5_5",
    }


def test_groups_that_share_nobody_are_said_as_they_are():
    nest = Nest({"a": [0], "b": [1]}, {0: 10, 1: 30})

    assert nest.say("a", 10, share_band) == Said("share3_high", 7, 10)
    assert nest.say("b", 0, share_band) == Said("share5_1", 0, 5)
    assert sorted(map(sorted, nest.families())) == [["a"], ["b"]]


def test_families_are_found_through_all_levels():
    nest = Nest({"a": [0], "b": [0, 1], "c": [0, 1, 2], "d": [3]}, dict.fromkeys(range(4), 10))

    assert sorted(map(sorted, nest.families())) == [["a", "b", "c"], ["d"]]
