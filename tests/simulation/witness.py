"""Whoever watches the chat and the database, and shares no rule with the program.

Zones are those of the standard library, caps are counted from what arrived, the draw is reckoned
anew from its formula. What is seen and must not be is a `Violation`.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from books import Books
from staff import Somebody

GAP, QUARTER, PER_QUARTER, IN_VAIN = timedelta(days=14), timedelta(days=92), 3, 2
FEWER_GAP = timedelta(days=28)
OFFICE = time(9, 30), time(16, 30)
SETTLE = timedelta(seconds=60)
HELD_OUT = 0.05
ENDED = ("sent", "skipped", "failed")
STATES = (*ENDED, "queued", "sending", "in_doubt")
MOST_KEPT = 50


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not happen: what, when and about whom."""

    what: str
    at: datetime
    details: str


@dataclass(frozen=True, slots=True)
class Hours:
    """When a campaign may send, as whoever wrote it remembers."""

    start: time = OFFICE[0]
    end: time = OFFICE[1]
    weekdays: frozenset[int] = frozenset(range(7))


@dataclass
class Witness:
    """Looks at every message on its way into the chat, and now and then at all rows.

    hours: of each campaign, by key. attempts: what the chat knows of a key.
    """

    clock: Callable[[], datetime]
    books: Books
    staff: Mapping[str, Somebody]
    hours: dict[str, Hours] = field(default_factory=dict)
    attempts: Mapping[str, object] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    arrivals: dict[str, tuple[datetime, Somebody]] = field(default_factory=dict)
    _ended: dict[str, tuple[str, str]] = field(default_factory=dict)
    _purposes: dict[str, str] = field(default_factory=dict)
    _of_step: dict[str, str] = field(default_factory=dict)

    def found(self, what: str, details: str) -> None:
        """Note a violation. The first of them are kept whole, all are counted."""
        self.kinds[what] += 1
        if len(self.violations) < MOST_KEPT:
            self.violations.append(Violation(what, self.clock(), details))

    def expect(self, good: bool, what: str, details: str) -> None:  # noqa: FBT001 - what is seen
        """Count a check, and note what is wrong."""
        self.checks += 1
        if not good:
            self.found(what, details)

    # Each message on its way.

    def sending(self, member: str, key: str) -> None:
        """Look at a request as it reaches the chat, whatever the chat then does with it."""
        who, now = self.staff[member], self.clock()
        row = self.books.message(key)
        if row is None:
            self.found("unplanned", key)
            return
        self._purposes[key] = row.purpose
        about = f"{key} to {who.key} in {who.zone} at {now.isoformat()} of {row.campaign_key}"
        self.expect(row.person_key == who.key, "to somebody else", about)
        self._again(key, about)
        self._window(who, now, self.hours.get(row.campaign_key, Hours()), about)
        self._wanted(who, about)
        self._caps(who, key, now, row.created_at, about)
        self.expect(row.arm == "nudge", "to the arm that gets nothing", about)
        self.expect(row.state == "running", "of a campaign that does not run", about)
        started = [day for day in who.known if row.drawn_at and day > row.drawn_at.date()]
        self.expect(not started, "after adoption", f"{about}, who used it on {started[:3]}")

    def arrived(self, member: str, key: str, at: datetime) -> None:
        """Note a message that the chat took."""
        who = self.staff[member]
        self.expect(key not in self.arrivals, "duplicate", f"{key} to {who.key}")
        step = self._purposes.get(key, key)
        self.expect(self._of_step.setdefault(step, key) == key, "duplicate of a step", step)
        if key not in self.arrivals:
            self.arrivals[key] = at, who
            who.came.append((at, key))

    def _again(self, key: str, about: str) -> None:
        """A second request is right only where the first one surely left nothing behind."""
        before = self.attempts.get(key)
        if before is None or not before.sends:
            return
        self.expect(not before.there, "sent again though it is there", about)
        if before.unclear_at is None:
            return
        looks = [at for at in before.absent if at >= before.unclear_at + SETTLE / 2]
        apart = len(looks) >= 2 and looks[-1] - looks[0] >= SETTLE / 2
        self.expect(apart, "sent again blindly", f"{about}, looked at {before.absent}")

    def _window(self, who: Somebody, now: datetime, hours: Hours, about: str) -> None:
        local = now.astimezone(ZoneInfo(who.zone))
        own = who.hours or OFFICE
        start, end = max(OFFICE[0], own[0], hours.start), min(OFFICE[1], own[1], hours.end)
        at, day = local.time(), local.weekday()
        self.expect(start <= at < end, "outside the hours", f"{about}, there {at}")
        inside = day in who.works_on and day in hours.weekdays
        self.expect(inside, "on a day off", f"{about}, there {local:%A}")
        self.expect(not who.is_away(local.date()), "during leave", about)
        self.expect(not _just_back(who, local.date()), "on the first days after leave", about)

    def _wanted(self, who: Somebody, about: str) -> None:
        self.expect(not who.stopped, "after opt-out", about)
        self.expect(not who.objected, "after objection", about)
        self.expect(not who.declines, "after *not for me*", about)
        self.expect(who.left is None, "after departure", f"{about}, who left {who.left}")

    def _caps(
        self, who: Somebody, key: str, now: datetime, planned_at: datetime, about: str
    ) -> None:
        others = [at for at, other in who.came if other != key]
        near = [at for at in others if now - at < GAP]
        self.expect(not near, "above the cap of 14 days", f"{about}, after {near[-1:]}")
        quarter = [at for at in others if now - at < QUARTER]
        self.expect(len(quarter) < PER_QUARTER, "above the cap of a quarter", about)
        since = who.touched or date.min
        vain = [at for at in others if at.date() > since]
        self.expect(len(vain) < IN_VAIN, "after two without interaction", f"{about}: {vain}")
        if who.fewer_since is not None and who.fewer_since < planned_at:
            fewer = [at for at in others if planned_at - at < FEWER_GAP]
            self.expect(not fewer, "more often than they asked for", about)

    # All rows.

    def look_over(self) -> None:
        """Compare the whole database with the chat: sums, arms, ends that stay."""
        self._sums()
        self._rows()
        self._arms()

    def _sums(self) -> None:
        """Planned is the sum of all states, of each campaign."""
        planned = self.books.planned()
        states = self.books.states()
        for campaign, count in sorted(planned.items()):
            found = states.get(campaign, Counter())
            self.expect(
                found.total() == count, "planned is not the sum", f"{campaign}: {count}, {found}"
            )
            self.expect(set(found) <= set(STATES), "a state that is none", f"{campaign}: {found}")
        self.expect(set(states) <= set(planned), "messages of no campaign", str(set(states)))

    def _rows(self) -> None:
        rows = self.books.rows()
        for key, state, reason in rows:
            there = key in self.arrivals
            if state == "sent":
                self.expect(there, "sent, and not in the chat", key)
            elif there:
                self.expect(
                    state in {"sending", "in_doubt"}, "in the chat, and not sent", f"{key} {state}"
                )
            if state == "skipped":
                self.expect(bool(reason), "skipped for no reason", key)
            was = self._ended.get(key)
            if was is not None:
                self.expect(was == (state, reason), "an end that changed", f"{key}: {was}")
            elif state in ENDED:
                self._ended[key] = state, reason
        gone = len(self._ended.keys() - {key for key, *_ in rows})
        self.expect(not gone, "rows that are gone", str(gone))

    def _arms(self) -> None:
        """Every arm is the one that F12 gives, and nobody is drawn whom the year holds out."""
        salts, written = self.books.salts(), self.books.written()
        held = {year: _Held(salt, year) for year, salt in self.books.years().items()}
        for campaign, person, arm, at in self.books.arms():
            salt, share = salts[campaign]
            nothing = _draw(salt, campaign, person) < share
            good = arm == ("holdout" if nothing else "nudge")
            self.expect(good, "an arm that was not drawn", f"{campaign} {person} {arm}")
            if at.year in held and campaign in written:
                out = held[at.year].out(person)
                self.expect(not out, "drawn though held out all year", f"{campaign} {person}")

    def nothing_waits(self, but: int) -> None:
        """At the end nothing is queued or on its way; in doubt is what nobody can read."""
        found: Counter[str] = Counter()
        for states in self.books.states().values():
            found.update(states)
        self.expect(not found["queued"], "still queued at the end", str(found))
        self.expect(not found["sending"], "still sending at the end", str(found))
        self.expect(found["in_doubt"] <= but, "still in doubt at the end", str(found))


@dataclass(frozen=True, slots=True)
class _Held:
    salt: bytes
    year: int

    def out(self, person: str) -> bool:
        return _draw(self.salt, str(self.year), person) < HELD_OUT


def _draw(salt: bytes, about: str, person: str) -> float:
    digest = hmac.new(salt, f"{about}|{person}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _just_back(who: Somebody, day: date) -> bool:
    """Return whether it is the first or second working day after leave of the company's list."""
    usual = who.weekdays or who.own_weekdays or frozenset(range(5))

    def worked(first: date, last: date, *, there: bool) -> int:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return sum(d.weekday() in usual and not (there and who.is_away(d)) for d in days)

    return any(
        end <= day
        and (day - end).days < 30
        and worked(start, end - timedelta(days=1), there=False) > 0
        and worked(end, day, there=True) <= 2
        for start, end in who.leave
    )
