"""What a manager's week says of figures: the bands that are out, in words.

It reads the ledger, and which unit each manager is shown: nothing here reaches anybody's use.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from unranked import text
from unranked.domain.cohorts import quarter_before, quarter_of, windows
from unranked.domain.nesting import JOINED
from unranked.domain.released import Statistic, Trend, is_period_before, trend
from unranked.domain.usage import ONE_DAY, Window
from unranked.services import spoken
from unranked.services.runtime import Runtime
from unranked.store import Tx, groups, ledger
from unranked.store.groups import Shown
from unranked.store.ledger import Bands
from unranked.store.pages import Keys

Out = Mapping[Window, Bands]
"""What is out of one unit, by window."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The values of the text `digest_figures`, in words."""

    who: str
    size: str
    frozen: str
    since: str
    until: str
    share: str


@dataclass(frozen=True, slots=True)
class Next:
    """The value of the text `digest_next`, in words."""

    last_day: str


@dataclass(frozen=True, slots=True)
class Page:
    """What may be said to the managers of a page: by quarter their units, and the units' bands.

    strict: whether the next figures are of strict mode. Those that are out may be of another.
    """

    strict: bool
    shown: Mapping[Window, Mapping[str, Shown]] = field(repr=False)
    bands: Mapping[str, Out] = field(repr=False)
    _known: dict[tuple[object, ...], list[str]] = field(default_factory=dict, repr=False)

    def lines(self, manager_key: str) -> list[str]:
        """Return what may be said to a manager, in the language that is spoken; nothing if none.

        The newest window that is out counts, of whatever length it is.
        """
        for quarter, shown in self.shown.items():
            unit = shown.get(manager_key)
            if unit is None:
                continue
            out = self.bands.get(unit.unit_key, {})
            within = [
                one
                for one, bands in out.items()
                if quarter.start <= one.start < quarter.end and bands.by_name.get(Statistic.SHARE)
            ]
            if within:
                last = max(one.end for one in within)
                newest = next(one for one in within if one.end == last)
                return self._in_words(quarter, unit, newest, out)
        return []

    def _in_words(self, quarter: Window, unit: Shown, window: Window, out: Out) -> list[str]:
        """Return the lines of one unit. Many managers read the same: they are made once."""
        said = tuple((one, tuple(each.by_name.items()), each.noisy) for one, each in out.items())
        alike = replace(unit, manager_key="", unit_key="")
        known = (text.language(), quarter, alike, window, said)
        if known not in self._known:
            self._known[known] = list(_lines(quarter, unit, window, out, strict=self.strict))
        return self._known[known]


def page(tx: Tx, runtime: Runtime, within: Keys) -> Page:
    """Return what may be said to the managers whose keys are in the page."""
    quarter = quarter_of(runtime.clock().date())
    shown = {one: groups.shown(tx, one, within) for one in (quarter, quarter_before(quarter))}
    units = {unit.unit_key for views in shown.values() for unit in views.values()}
    return Page(runtime.noise is not None, shown, ledger.all_bands(tx, units))


def _lines(
    quarter: Window, unit: Shown, window: Window, out: Out, *, strict: bool
) -> Iterator[str]:
    bands = out[window].by_name
    figures = Figures(
        who=text.label(_who(unit)),
        size=text.label(bands[Statistic.SIZE]),
        frozen=spoken.long_day(unit.frozen_on),
        since=spoken.long_day(window.start),
        until=spoken.long_day(window.end - ONE_DAY),
        share=_either(bands[Statistic.SHARE]),
    )
    yield from text.words("digest_figures", figures).body.splitlines()
    if not unit.whole:
        yield text.label("unit_most")
    for name in (Statistic.SHARE, Statistic.SPEND):
        if name not in bands:
            continue
        if name is Statistic.SPEND:
            yield text.label(bands[name])
        change = _change(window, out, name)
        if change is not None:
            yield text.label(f"{name}_{change}")
    if out[window].noisy:
        yield text.label("strict")
    last_day = _after(quarter, unit, window, strict=strict).end - ONE_DAY
    yield text.words("digest_next", Next(spoken.long_day(last_day))).body


def _either(band: str) -> str:
    """Return a band in words; of bands that are said as one, all of them."""
    return f", {text.label('either')} ".join(text.label(name) for name in band.split(JOINED))


def _who(unit: Shown) -> str:
    """Return the name of the words for whose figures these are."""
    if unit.above == 0:
        return f"unit_{unit.kind}"
    return "unit_around" if unit.above == 1 else "unit_far_around"


def _change(window: Window, out: Out, name: Statistic) -> Trend | None:
    """Return how a band changed, None where the window before is not there or of another length."""
    earlier = [one for one in out if one.end <= window.start and out[one].by_name.get(name)]
    if not earlier:
        return None
    last = max(one.end for one in earlier)
    before = next(one for one in earlier if one.end == last)
    days = [(one.start, one.end) for one in (before, window)]
    if not is_period_before(*days):
        return None
    return trend(out[before].by_name[name], out[window].by_name[name])


def _after(quarter: Window, unit: Shown, window: Window, *, strict: bool) -> Window:
    """Return the window that the next figures are of, by the rule alone.

    It looks at the window and at whether the group is large, which its figures say already.
    """
    quarters = (quarter, quarter_of(quarter.end))
    coming = (
        one
        for q in quarters
        for one in windows(q, frozen_on=q.start, often=unit.often, strict=strict)
    )
    return next(one for one in coming if one.start >= window.end)
