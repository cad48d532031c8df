"""Frozen groups of people for one quarter, and the windows that figures about them cover.

Source: method.md 4.2 and 4.4. Nothing here looks at what anybody does.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from unranked.domain.nesting import Nest
from unranked.domain.org_chart import Chart, Unit, UnitKind
from unranked.domain.privacy import SNAPPED_LEAST_PERCENT, Admitted, K, Partition
from unranked.domain.usage import ONE_DAY, Window

WINDOW = timedelta(days=28)
WINDOWS_A_QUARTER = 3
LARGE = 50
"""From this size on a figure may change with every window; below it, once a quarter."""

_MONTHS = 3


def quarter_of(day: date) -> Window:
    """Return the calendar quarter that holds `day`."""
    first = date(day.year, (day.month - 1) // _MONTHS * _MONTHS + 1, 1)
    after = first + timedelta(days=100)
    return Window(first, date(after.year, after.month, 1))


def quarter_before(quarter: Window) -> Window:
    """Return the calendar quarter before `quarter`."""
    return quarter_of(quarter.start - ONE_DAY)


def windows(
    quarter: Window, *, frozen_on: date, often: bool, strict: bool = False
) -> tuple[Window, ...]:
    """Return the windows that figures of a group may cover in a quarter, oldest first.

    Windows of 28 days, the first beginning with the quarter; none begins before the group was
    frozen. Not `often` they are one: repeated looks at few people tell more of each. So it is for
    all in strict mode, whose noise is shared among the year's figures (4.7).
    """
    begins = [quarter.start + n * WINDOW for n in range(WINDOWS_A_QUARTER)]
    after = [Window(day, day + WINDOW) for day in begins if day >= frozen_on]
    if not after or (often and not strict):
        return tuple(after)
    return (Window(after[0].start, after[-1].end),)


@dataclass(frozen=True, slots=True)
class View:
    """What a manager is shown in a quarter.

    unit: whose figures. above: how many levels above the manager that unit begins; 0 is their own.
    whole: nobody with a seat was left out of it.
    """

    unit: Unit
    above: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Frozen:
    """The groups of one quarter: everybody's atom, the atoms of each unit, each manager's view.

    nested: units that hold another one, or lie in one. often: those of 50 people and more. Of units
    within each other all have the same windows: what two lengths tell together is not followed.
    """

    atom_of: Mapping[str, int] = field(repr=False)
    units: Mapping[Unit, frozenset[int]] = field(repr=False)
    views: Mapping[str, View] = field(repr=False)
    nested: frozenset[Unit] = frozenset()
    often: frozenset[Unit] = frozenset()

    def members(self) -> Iterator[tuple[Unit, list[str]]]:
        """Yield each unit with who counts in it, in the order of their keys."""
        of_atom: dict[int, list[str]] = {}
        for person, atom in self.atom_of.items():
            of_atom.setdefault(atom, []).append(person)
        for unit in sorted(self.units):
            yield unit, sorted(one for atom in self.units[unit] for one in of_atom[atom])


def frozen(
    chart: Chart,
    seats: Collection[str],
    managers: Iterable[str],
    chosen: Mapping[str, UnitKind],
    *,
    k: int = K,
) -> Frozen:
    """Return the quarter's groups, made from the org chart and from seats alone (4.4 and 4.5).

    First everybody's own unit, the deepest first. Who may not be shown theirs gets the smallest
    unit around it that may be: all of their own people, then those of their manager, and so on.

    seats: who has one. managers: who is to be shown something. chosen: their wish, by manager.
    """
    making = _Making(chart, frozenset(seats), Partition(k))
    own = {one: unit for one in managers if (unit := _own(chart, one, chosen.get(one)))}
    making.ask(own.values())
    views = {
        one: View(unit, 0, making.whole(unit)) for one, unit in own.items() if making.has(unit)
    }
    lines = {one: [one, *chart.above(one)] for one in own.keys() - views.keys()}
    for above in range(max(map(len, lines.values()), default=0)):
        around = {
            one: Unit(UnitKind.ALL, line[above])
            for one, line in lines.items()
            if one not in views and above < len(line) and own[one].kind is not UnitKind.DOTTED
        }
        making.ask(around.values())
        views |= {
            one: View(unit, above, making.whole(unit))
            for one, unit in around.items()
            if making.covers(unit, own[one])
        }
    return making.done(views)


def _own(chart: Chart, manager_key: str, chosen: UnitKind | None) -> Unit | None:
    kinds = chart.units(manager_key)
    if not kinds:
        return None
    return Unit(chosen if chosen in kinds else kinds[0], manager_key)


@dataclass(slots=True)
class _Making:
    """The groups while they are made: each is asked for once, in an order that no figure moves."""

    chart: Chart
    seats: frozenset[str]
    partition: Partition
    _found: dict[Unit, Admitted | None] = field(default_factory=dict)

    def ask(self, units: Iterable[Unit]) -> None:
        new = set(units) - self._found.keys()
        for one in sorted(new, key=lambda unit: (-self.chart.depth(unit.manager_key), unit)):
            self._found[one] = self.partition.admit(self._members(one))

    def has(self, unit: Unit) -> bool:
        return self._found[unit] is not None

    def whole(self, unit: Unit) -> bool:
        found = self._found[unit]
        return found is not None and found.whole

    def covers(self, unit: Unit, own: Unit) -> bool:
        """Return whether a unit may be shown, and holds most of the one that may not."""
        found, members = self._found[unit], self._members(own)
        if found is None:
            return False
        atoms, atom_of = self.partition.current(found.atoms), self.partition.atom_of
        held = sum(atom_of.get(one) in atoms for one in members)
        return 100 * held >= SNAPPED_LEAST_PERCENT * len(members)

    def done(self, views: Mapping[str, View]) -> Frozen:
        """Return what was made. Units that nobody is shown are left out; their atoms stay."""
        shown = {view.unit for view in views.values()}
        units = {
            unit: self.partition.current(found.atoms)
            for unit, found in self._found.items()
            if found is not None and unit in shown
        }
        families = _families(units, self.partition)
        return Frozen(
            self.partition.atom_of,
            units,
            views,
            frozenset(one for family in families if len(family) > 1 for one in family),
            frozenset(
                one
                for family in families
                if all(self.partition.size(units[unit]) >= LARGE for unit in family)
                for one in family
            ),
        )

    def _members(self, unit: Unit) -> frozenset[str]:
        return self.seats.intersection(self.chart.members(unit))


def _families(units: Mapping[Unit, frozenset[int]], partition: Partition) -> list[list[Unit]]:
    """Return the units in families: those of two families share nobody."""
    names = {f"{unit.kind}|{unit.manager_key}": unit for unit in sorted(units)}
    sizes = {atom: partition.size([atom]) for atoms in units.values() for atom in atoms}
    nest = Nest({name: units[unit] for name, unit in names.items()}, sizes)
    return [[names[one] for one in family] for family in nest.families()]
