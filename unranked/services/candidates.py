"""Everybody as a campaign meets them: read with a few statements, decided one by one."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from unranked.domain.consent import Consent
from unranked.domain.mondays import apart
from unranked.domain.nudges import Aim, Candidate, Eligible, NudgeHistory, Withheld, decide
from unranked.domain.segments import Placement, Segment
from unranked.services import managers, messages
from unranked.services.running import Running
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, coverage, outbox, people, usage
from unranked.store.campaigns import StoredPlacement
from unranked.store.outbox import Sent
from unranked.store.people import StoredPerson


@dataclass(frozen=True, slots=True)
class Met:
    """One person with their placement, what they want, and the nudges they had."""

    key: str
    person: StoredPerson
    placement: Placement
    consent: Consent
    sent: tuple[Sent, ...]

    @property
    def segment(self) -> Segment:
        """Where they were placed last."""
        return self.placement.segment

    @property
    def tips_had(self) -> frozenset[str]:
        """The tips that they were sent, over all campaigns."""
        return frozenset(messages.tip_in(one.content) for one in self.sent)


class Candidates:
    """All that is asked of people before a draw, as it was in one moment."""

    def __init__(self, tx: Tx, runtime: Runtime) -> None:
        self._runtime, self._now = runtime, runtime.clock()
        self._roster = people.everybody(tx)
        self._placements = campaigns.placements(tx)
        self._choices, self._absences = campaigns.choices(tx), people.absences(tx)
        self._sent = outbox.history(tx)
        self._active = _active_after(tx, runtime)
        self._leading = managers.leading(self._roster)

    def of_segments(self, segments: Collection[Segment]) -> Iterator[Met]:
        """Yield everybody of the roster who was placed in one of these segments."""
        for key, placed in self._placements.items():
            if placed.segment in segments and key in self._roster:
                yield self._met(key, placed)

    def one(self, person_key: str) -> Met | None:
        """Return one person; None for somebody who is not in the roster, or was never placed."""
        placed = self._placements.get(person_key)
        if placed is None or person_key not in self._roster:
            return None
        return self._met(person_key, placed)

    def decide(self, who: Met, campaign: Running | None) -> Eligible | Withheld:
        """Return whether somebody may be nudged now. None: the campaign that begins by itself."""
        absences = self._absences.get(who.key, [])
        candidate = Candidate(
            placement=who.placement,
            consent=who.consent,
            history=_history(who.sent),
            calendar=calendar_of(who.person, absences, who.consent, today=self._now.date()),
            zone=who.person.zone or self._runtime.default_zone or None,
            active_since_watermark=who.key in self._active,
        )
        if campaign is None:
            decision = decide(candidate, Aim(), at=self._now)
        else:
            decision = decide(candidate, campaign.aim, at=self._now, hours=campaign.hours)
        return apart(decision, candidate) if who.key in self._leading else decision

    def _met(self, key: str, placed: StoredPlacement) -> Met:
        return Met(
            key,
            self._roster[key],
            Placement(Segment(placed.segment), watermark=placed.watermark),
            consent_from(self._choices.get(key, [])),
            tuple(self._sent.get(key, ())),
        )


def activity_feeds(runtime: Runtime) -> Mapping[str, tuple[str, ...]]:
    """Return the feeds whose rows are activity, by connector."""
    return {
        one.connector.slug: names
        for one in runtime.connectors
        if (names := one.connector.activity_feeds)
    }


def _active_after(tx: Tx, runtime: Runtime) -> set[str]:
    """Return who did anything that the placements could not know yet."""
    watermarks = {slug: one.complete_through for slug, one in coverage.completeness(tx).items()}
    feeds = {one.connector.slug: one.connector.activity_feeds for one in runtime.connectors}
    return usage.active_after_placement(tx, feeds, watermarks) if feeds else set()


def _history(sent: Collection[Sent]) -> NudgeHistory:
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
