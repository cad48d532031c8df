"""People as a campaign meets them: a page of them read with a few statements, decided one by one.

What is stored of many people is the same, and so is what is decided about them: it is decided once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

from unranked.domain.consent import Consent
from unranked.domain.mondays import apart
from unranked.domain.nudges import (
    Candidate,
    Eligible,
    NudgeHistory,
    Reason,
    Withheld,
    capped,
    decide,
)
from unranked.domain.people import PersonKind
from unranked.domain.segments import Placement, Segment
from unranked.domain.usage import Window
from unranked.services import messages
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.services.tips import Library
from unranked.store import Tx, audience, campaigns, enrolments, leading, news, outbox, people
from unranked.store.audience import Row
from unranked.store.campaigns import StoredChoice
from unranked.store.outbox import Sent
from unranked.store.pages import Keys
from unranked.store.people import Working

_ALIKE = 4_096
"""So many decisions are kept: people without choices of their own share a handful of them."""


_NO_CHOICE = Consent()


class Facts(NamedTuple):
    """All that decides about somebody now, but for who they are.

    zone, region, weekdays: as in `Row`. consent: None for who chose nothing. capped: the cap
    that their nudges have reached. active: whether anything is stored of them that their placement
    could not know. leads: whether somebody reports to them.
    """

    segment: str
    watermark: date | None
    zone: str
    region: str
    weekdays: str | None
    consent: Consent | None
    leave: tuple[Window, ...]
    capped: Reason | None
    active: bool
    leads: bool

    @property
    def wants(self) -> Consent:
        """What the person wants."""
        return self.consent or _NO_CHOICE


class Alike(NamedTuple):
    """All that the planning asks of somebody, but for who they are: mostly it is that of many.

    manager_key: None as well where whole teams are drawn by no campaign. had: the tips that they
    were sent, over all campaigns. drawn: by which campaigns, and on which day.
    """

    facts: Facts
    department: str
    manager_key: str | None
    tools: tuple[str, ...]
    had: frozenset[str] = frozenset()
    drawn: tuple[tuple[str, date], ...] = ()


class Page:
    """What is stored of the people with some keys, as it is in one transaction."""

    def __init__(self, tx: Tx, runtime: Runtime, keys: Keys, decisions: "Decisions") -> None:
        self.tx, self.keys, self._decisions = tx, keys, decisions
        self._runtime, self._now = runtime, decisions.now

    def fresh(self, running: Collection[Running]) -> Mapping[Alike, list[str]]:
        """Return whom some of these campaigns may draw, as far as their row says, by what is alike.

        Of most there is nothing but a row that many share, and the tools that they have.
        """
        found = audience.fresh(
            self.tx,
            self.keys,
            frozenset[Segment]().union(*(one.segments for one in running)),
            [one.key for one in running],
            self.said,
            teams=any(one.stored.by_team for one in running),
        )
        alike: dict[Alike, list[str]] = defaultdict(list)
        noted = self._noted if found else ()
        for row, keys in found.items():
            plain = [key for key in keys if key not in noted]
            if plain:
                alike[_alike(_plain(row), row)] += plain
            if len(plain) < len(keys):
                for key in keys:
                    if key in noted:
                        alike[self.of(key, row)].append(key)
        return alike

    def of(self, key: str, row: Row) -> Alike:
        """Return what the planning asks of somebody of the page."""
        had = frozenset(_tip_in(one.content) for one in self._sent.get(key, ()))
        drawn = tuple(self._drawn.get(key, ()))
        return _alike(self.facts(key, row), row)._replace(had=had, drawn=drawn)

    def facts(self, key: str, row: Row) -> Facts:
        """Return what decides about somebody of the page."""
        if key not in self._noted:
            return _plain(row)
        made, sent = self._choices.get(key), self._sent.get(key)
        consent = None if made is None else consent_from(made)
        caps = capped(history_of(sent), consent or _NO_CHOICE, self._now) if sent else None
        leave = tuple(self._absences.get(key, ()))
        active = news.is_news(row.said)
        return Facts(*row[:5], consent, leave, caps, active, key in self._leading)

    def decided(self, campaign: Running, *, step: int = 0) -> "Callable[[Facts], May | Withheld]":
        """Return what says whether somebody may be nudged now with a step of a campaign."""
        return self._decisions.about(campaign, step)

    @cached_property
    def _noted(self) -> Collection[str]:
        """Of whom there is anything but their row."""
        own = self._choices, self._absences, self._sent, self._drawn
        return set().union(*own, self._leading)

    @cached_property
    def _choices(self) -> Mapping[str, list[StoredChoice]]:
        return campaigns.choices_within(self.tx, self.keys)

    @cached_property
    def _absences(self) -> Mapping[str, list[Window]]:
        return people.absences_within(self.tx, self.keys)

    @cached_property
    def _sent(self) -> Mapping[str, list[Sent]]:
        return outbox.history(self.tx, self.keys)

    @cached_property
    def _drawn(self) -> Mapping[str, list[tuple[str, date]]]:
        return enrolments.of_people(self.tx, self.keys)

    @cached_property
    def _leading(self) -> Collection[str]:
        return leading.among(self.tx, self.keys)

    @cached_property
    def said(self) -> news.Said:
        """What people's accounts say, as a column beside their row."""
        feeds = activity_feeds(self._runtime)
        return news.of_accounts(self.tx, feeds, on=self._now.date())


class May(NamedTuple):
    """Somebody may be nudged, from when on, by what figures, and with one of these tips."""

    watermark: date
    opens_at: datetime
    tips: tuple[str, ...]


class Decisions:
    """What is decided about people at one moment, over all the pages of a run."""

    def __init__(self, now: datetime, default_zone: str, library: Library) -> None:
        self.now, self._default_zone, self._library = now, default_zone, library
        self._of: dict[tuple[str, int], Callable[[Facts], May | Withheld]] = {}

    def about(self, campaign: Running, step: int) -> Callable[[Facts], May | Withheld]:
        """Return what says whether somebody may be nudged now with a step of a campaign."""
        decided = self._of.get((campaign.key, step))
        if decided is None:
            decided = lru_cache(maxsize=_ALIKE)(partial(self._decide, campaign, step))
            self._of[campaign.key, step] = decided
        return decided

    def _decide(self, campaign: Running, step: int, facts: Facts) -> May | Withheld:
        decision = self._when(campaign, facts)
        if isinstance(decision, Withheld):
            return decision
        tips = campaign.tips(self._library, facts.segment, step=step)
        if not tips:
            return Withheld(Reason.NO_TIP)
        return May(decision.watermark, decision.opens_at, tips)

    def _when(self, campaign: Running, facts: Facts) -> Eligible | Withheld:
        wants = facts.wants
        days = None if facts.weekdays is None else frozenset(map(int, facts.weekdays))
        works = Working(PersonKind.MEMBER, True, facts.region, None, days)
        candidate = Candidate(
            placement=Placement(Segment(facts.segment), watermark=facts.watermark),
            consent=wants,
            capped=facts.capped,
            calendar=calendar_of(works, facts.leave, wants, today=self.now.date()),
            zone=facts.zone or self._default_zone or None,
            active_since_watermark=facts.active,
        )
        decision = decide(candidate, campaign.aim, at=self.now, hours=campaign.hours)
        return apart(decision, candidate) if facts.leads else decision


_tip_in = lru_cache(maxsize=_ALIKE)(messages.tip_in)


@lru_cache(maxsize=_ALIKE)
def _plain(row: Row) -> Facts:
    """Return the facts of everybody of whom there is nothing but that row."""
    return Facts(*row[:5], None, (), None, news.is_news(row.said), leads=False)


def _alike(facts: Facts, row: Row) -> Alike:
    return Alike(facts, row.department, row.manager_key, news.tools(row.said))


def activity_feeds(runtime: Runtime) -> Mapping[str, tuple[str, ...]]:
    """Return the feeds whose rows are activity, by connector."""
    return {
        one.connector.slug: names
        for one in runtime.connectors
        if (names := one.connector.activity_feeds)
    }


def history_of(sent: Collection[Sent]) -> NudgeHistory:
    """Return a person's nudges as the caps ask about them."""
    answered = [(one.answered_on, one.at) for one in sent if one.answered_on is not None]
    last = max(answered, default=None)
    return NudgeHistory(
        sent_at=tuple(one.at for one in sent),
        waiting=any(one.state in outbox.WAITING for one in sent),
        # Only the day of a reaction is kept; to its end it counts as after what came that day.
        last_interaction_at=None if last is None else _end_of(*last),
    )


def _end_of(day: date, like: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=like.tzinfo) + timedelta(days=1)
