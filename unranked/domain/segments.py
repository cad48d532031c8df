"""Where a person stands with AI, by rules over their own active days (method.md 2.4).

There are days here and no amounts: no token count can move anybody. A person is compared with
nobody. Nothing is said about absence where data does not reach.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from unranked.domain.calendar import WorkCalendar
from unranked.domain.constants import (
    AWAY_AWD,
    AWAY_WINDOW,
    IDLE_AWD,
    NEW_AWD,
    STALE_DAYS,
    TRIED_ONCE_DAYS,
)
from unranked.domain.coverage import watermark_of
from unranked.domain.stats import lapse_threshold
from unranked.domain.usage import ONE_DAY


class Segment(StrEnum):
    """The eleven segments, in the order in which they are tried."""

    EXCLUDED = "excluded"
    UNKNOWN = "unknown"
    NO_SEAT = "no_seat"
    NEW = "new"
    AWAY = "away"
    NEVER_USED = "never_used"
    NO_RECORDED_USE = "no_recorded_use"
    TRIED_ONCE = "tried_once"
    LAPSED = "lapsed"
    SINGLE_TOOL = "single_tool"
    ACTIVE = "active"


NUDGED = frozenset(
    {Segment.NEVER_USED, Segment.NO_RECORDED_USE, Segment.TRIED_ONCE, Segment.LAPSED}
)


class Exclusion(StrEnum):
    """Why a person has no segment. *Stop* is none: it ends nudges, and is no objection (4.11)."""

    OBJECTED = "objected"
    LEFT = "left"
    NOT_A_PERSON = "not_a_person"
    NO_LEGAL_BASIS = "no_legal_basis"
    NO_CALENDAR = "no_calendar"


class Doubt(StrEnum):
    """Why nothing can be said about a person's use."""

    UNRESOLVED_IDENTITY = "unresolved_identity"
    NO_WATERMARK = "no_watermark"
    STALE = "stale"
    TELEMETRY_OFF = "telemetry_off"
    SHORT_HISTORY = "short_history"


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One seat of a person, and the days on which its tool was used, as far as data reaches.

    seat_since: None where the provider does not say.
    history_since: the first day of unbroken stored data. A provider that forgets (a nil after 90
        days) has a history no longer than its memory.
    watermark: the last complete day of this tool.
    identity_confirmed: the seat's account is known to be this person's.
    """

    tool: str
    seat_since: date | None
    history_since: date
    watermark: date | None
    identity_confirmed: bool = True
    telemetry_off: bool = False
    first_active: date | None = None
    last_active: date | None = None

    def __post_init__(self) -> None:
        _same_presence(self.first_active, self.last_active)

    @property
    def covers_seat(self) -> bool:
        """Whether stored data reaches back to the day on which the seat was given."""
        return self.seat_since is not None and self.history_since <= self.seat_since

    @property
    def unseen_through(self) -> date:
        """The last day of the seat on which use would not have been seen; long ago if none."""
        return date.min if self.covers_seat else self.history_since - ONE_DAY


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """All that decides a person's segment.

    tools: one for each seat that is held at the watermark.
    calendar: leave from the roster and from the person (`Consent.absences`).
    active_days, last_active: over all tools ever, with or without a seat now. Days count once. The
        count may be capped at 3 for years long past.
    counted_active, counted_since: for F11, the active days from `counted_since` on, as far back as
        days can still be counted.
    """

    exclusion: Exclusion | None = None
    start_date: date | None = None
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    tools: tuple[ToolUse, ...] = ()
    active_days: int = 0
    last_active: date | None = None
    counted_active: int = 0
    counted_since: date | None = None

    def __post_init__(self) -> None:
        _same_presence(self.active_days or None, self.last_active)
        latest = _latest(tool.last_active for tool in self.tools)
        if latest is not None and (self.last_active is None or self.last_active < latest):
            raise ValueError("A tool was used after the last active day of all tools.")


@dataclass(frozen=True, slots=True)
class Placement:
    """A decision, with the watermark it rests on.

    reason: for excluded and unknown. lapse_after: the personal threshold in AWD, where one applies.
    """

    segment: Segment
    reason: Exclusion | Doubt | None = None
    watermark: date | None = None
    lapse_after: int | None = None


def place(facts: PersonFacts, *, at: date) -> Placement:
    """Return the person's one segment on the day `at`: the first rule of method.md 2.4 that holds.

    All windows end at the watermark. Thresholds are half as long again where nobody said which
    days the person works.
    """
    if facts.exclusion is not None:
        return Placement(Segment.EXCLUDED, facts.exclusion)
    if not facts.tools:  # no seat, so no data to doubt: rule 2 before rule 1
        return Placement(Segment.NO_SEAT)
    watermark = watermark_of(tool.watermark for tool in facts.tools)
    doubt = _doubt(facts.tools, watermark, at)
    if watermark is None or doubt is not None:
        return Placement(Segment.UNKNOWN, doubt, watermark)
    return _place_at(facts, watermark)


def may_be_nudged(segment: Segment, *, about_one_tool: bool = False) -> bool:
    """Return whether people of a segment may be nudged at all; `single_tool` for such tips only."""
    return segment in NUDGED or (about_one_tool and segment is Segment.SINGLE_TOOL)


def is_stale(watermark: date | None, at: date) -> bool:
    """Return whether data is too old to say anything about use on the day `at`."""
    return watermark is None or at - watermark > timedelta(days=STALE_DAYS)


def seat_without_activity(tool: ToolUse, calendar: WorkCalendar, *, at: date) -> bool:
    """Return whether a seat is known to have been held and unused for 20 AWD (method.md 2.4).

    False wherever that is not known. For a count of seats, never for a list of people.
    """
    if tool.watermark is None or _doubt((tool,), tool.watermark, at) is not None:
        return False
    held_from = tool.seat_since or tool.history_since
    unused_from = max(held_from, tool.unseen_through, tool.last_active or date.min)
    unused = calendar.available_days(unused_from, tool.watermark)
    return unused >= calendar.pattern.threshold(IDLE_AWD)


def _doubt(tools: Iterable[ToolUse], watermark: date | None, at: date) -> Doubt | None:
    held = list(tools)
    if not all(tool.identity_confirmed for tool in held):
        return Doubt.UNRESOLVED_IDENTITY
    if any(tool.telemetry_off for tool in held):
        return Doubt.TELEMETRY_OFF
    if watermark is None:
        return Doubt.NO_WATERMARK
    return Doubt.STALE if is_stale(watermark, at) else None


def _beginning(facts: PersonFacts) -> date:
    """Return the later of first seat and first day of work.

    A seat of unknown age counts from the first day on which we could see it.
    """
    first_seat = min(tool.seat_since or tool.history_since for tool in facts.tools)
    return max(first_seat, facts.start_date or date.min)


def _unseen_through(facts: PersonFacts) -> date:
    return max(tool.unseen_through for tool in facts.tools)


def _place_at(facts: PersonFacts, watermark: date) -> Placement:
    """Rules 3 to 10."""
    calendar = facts.calendar
    if calendar.available_days(_beginning(facts), watermark) < calendar.pattern.threshold(NEW_AWD):
        return Placement(Segment.NEW, watermark=watermark)
    recent = calendar.available_days(watermark - AWAY_WINDOW, watermark)
    if recent < calendar.pattern.threshold(AWAY_AWD):
        return Placement(Segment.AWAY, watermark=watermark)
    if facts.last_active is None:
        return _place_without_use(facts, watermark)
    return _place_by_last_use(facts, facts.last_active, watermark)


def _place_without_use(facts: PersonFacts, watermark: date) -> Placement:
    """Rules 5 and 6. Rule 6 needs as many seen days as rule 5 has at the least (by rule 3)."""
    if all(tool.covers_seat for tool in facts.tools):
        return Placement(Segment.NEVER_USED, watermark=watermark)
    seen = facts.calendar.available_days(_unseen_through(facts), watermark)
    if seen < facts.calendar.pattern.threshold(NEW_AWD):
        return Placement(Segment.UNKNOWN, Doubt.SHORT_HISTORY, watermark)
    return Placement(Segment.NO_RECORDED_USE, watermark=watermark)


def _place_by_last_use(facts: PersonFacts, last_active: date, watermark: date) -> Placement:
    """Rules 7 to 10. Only days on which use of every tool would have been seen count as idle."""
    idle = facts.calendar.available_days(max(last_active, _unseen_through(facts)), watermark)
    if facts.active_days <= TRIED_ONCE_DAYS:
        tried, lapse_after = idle >= facts.calendar.pattern.threshold(IDLE_AWD), None
        if tried:
            return Placement(Segment.TRIED_ONCE, watermark=watermark)
    else:
        lapse_after = _lapse_after(facts, last_active)
        if idle >= lapse_after:
            return Placement(Segment.LAPSED, watermark=watermark, lapse_after=lapse_after)
    single = _uses_exactly_one(facts, watermark)
    segment = Segment.SINGLE_TOOL if single else Segment.ACTIVE
    return Placement(segment, watermark=watermark, lapse_after=lapse_after)


def _lapse_after(facts: PersonFacts, last_active: date) -> int:
    """Return n_p in AWD. Days of use on a day off may outnumber the AWD before the pause."""
    active, available = 0, 0
    if facts.counted_since is not None:
        active = facts.counted_active
        available = facts.calendar.available_days(facts.counted_since - ONE_DAY, last_active)
    n_p = lapse_threshold(active, max(available, active))
    return facts.calendar.pattern.threshold(n_p)


def _uses_exactly_one(facts: PersonFacts, watermark: date) -> bool:
    """Rule 9: two seats or more, one in use, and the others seen for long enough to say so."""
    limit = facts.calendar.pattern.threshold(IDLE_AWD)

    def within(day: date) -> bool:
        return facts.calendar.available_days(day, watermark) < limit

    used = [t.last_active is not None and within(t.last_active) for t in facts.tools]
    blind = any(not u and within(t.unseen_through) for u, t in zip(used, facts.tools, strict=True))
    return len(used) > 1 and sum(used) == 1 and not blind


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _same_presence(one: object, other: object) -> None:
    if (one is None) != (other is None):
        raise ValueError("Activity is recorded with only half of its facts.")
