"""Managers' weekly message: to everybody who leads somebody, once a week, when they chose.

That is on Monday at nine where they did not. It comes whether or not a figure may be shown, so that
its coming tells nothing. People are read in pages, so that twenty thousand managers need no more
memory than twenty.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from unranked import text
from unranked.domain.calendar import is_zone
from unranked.domain.digests import REPEAT_AFTER, practice_of
from unranked.domain.mondays import opens_at, week_of
from unranked.services import digests, messages, releases
from unranked.services.runtime import Runtime
from unranked.services.segments import calendar_of, consent_from
from unranked.store import Tx, campaigns, leading, outbox, pages, people, planned
from unranked.store.outbox import Kind
from unranked.store.pages import Keys
from unranked.store.people import StoredPerson
from unranked.store.planned import Planned
from unranked.text.library import Stage

_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class DigestRun:
    """What a run queued, in exact numbers: managers whose time it is, and new messages."""

    due: int
    queued: int


@dataclass(frozen=True, slots=True)
class _Due:
    """A manager whose time it is. week: the Monday of their own calendar."""

    manager: StoredPerson
    opens_at: datetime
    week: date

    @property
    def purpose(self) -> str:
        return f"digest|{self.manager.person_key}|{self.week}"


def plan(runtime: Runtime) -> DigestRun:
    """Fix the quarter's groups where that is due, and queue this week's message for managers."""
    releases.freeze(runtime)
    due_all, queued, after, asked = 0, 0, "", False
    while True:
        with runtime.store.read() as tx:
            keys = pages.following(tx, after, size=_PAGE)
            due = list(_due(tx, runtime, keys))
            new = _unplanned(tx, due)
        if new and not asked:
            # The gate is asked once, and only when somebody waits for what it says.
            releases.release(runtime)
            asked = True
        if new:
            with runtime.store.write() as tx:
                queued += planned.plan(tx, _messages(tx, runtime, keys, _unplanned(tx, new)))
        due_all += len(due)
        if keys.through is None:
            return DigestRun(due_all, queued)
        after = keys.through


def _due(tx: Tx, runtime: Runtime, keys: Keys) -> Iterator[_Due]:
    now = runtime.clock()
    choices, absences = campaigns.choices_within(tx, keys), people.absences_within(tx, keys)
    for manager in leading.leaders(tx, keys):
        key, zone = manager.person_key, manager.zone or runtime.default_zone
        if not is_zone(zone):
            continue
        consent = consent_from(choices.get(key, []))
        calendar = calendar_of(manager, absences.get(key, []), consent, today=now.date())
        opens = opens_at(now, zone, calendar, consent)
        if opens is not None:
            yield _Due(manager, opens, week_of(opens, zone))


def _unplanned(tx: Tx, due: Collection[_Due]) -> list[_Due]:
    known = planned.purposes(tx, [one.purpose for one in due])
    return [one for one in due if one.purpose not in known]


def _messages(tx: Tx, runtime: Runtime, keys: Keys, due: Collection[_Due]) -> Iterator[Planned]:
    """Yield the week's message of each manager; none where no practice is left that is new."""
    now = runtime.clock()
    recent = outbox.contents_since(tx, Kind.DIGEST, now - REPEAT_AFTER, keys)
    page = digests.page(tx, runtime, keys)
    for one in due:
        key = one.manager.person_key
        practice = _practice(key, recent.get(key, []))
        if practice is None:
            continue
        # Words, once planned, stay as they are: they are put in the language of whoever reads them.
        with text.spoken(text.language_of(one.manager.locale)):
            lines = page.lines(key)
        yield Planned(
            key=runtime.ids.key("m"),
            purpose=one.purpose,
            person_key=key,
            channel=runtime.channel.name,
            content=messages.digest_content(practice, lines),
            created_at=now,
            not_before=one.opens_at,
            kind=Kind.DIGEST,
        )


def _practice(manager_key: str, sent: Iterable[str]) -> str | None:
    recent = {messages.practice_in(content) for content in sent}
    start, later = (
        [one.name for one in text.practices() if one.stage is stage]
        for stage in (Stage.START, Stage.LATER)
    )
    return practice_of(manager_key, start, later, recent)
