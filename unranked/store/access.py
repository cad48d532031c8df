"""The access log: looks at what comes from people, noted in the transaction that looks.

A look is noted by its day alone. Numbers of many people are noted once, and not for each of them:
whom they counted is worked out when somebody reads their own log.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date

from sqlalchemy import Date, and_, bindparam, exists, select, text

from unranked.domain.access import BY, Look, What
from unranked.domain.released import Statistic
from unranked.domain.usage import Window
from unranked.store import Tx
from unranked.store.tables import (
    Access,
    Cohort,
    Enrolment,
    GroupAccess,
    Person,
    Release,
    ShownUnit,
    UnitAtom,
    table,
)

_access, _groups = table(Access), table(GroupAccess)
_person, _enrolment = table(Person), table(Enrolment)
_cohort, _atom, _shown, _release = table(Cohort), table(UnitAtom), table(ShownUnit), table(Release)

EVERYBODY = ""
"""The key of numbers that count everybody."""

_WORDS = frozenset(What)
"""What this program knows; of a newer one's words, after a step back, nothing can be said."""

_DAY = bindparam("day", type_=Date)
_NOTE = text(
    # In one statement: two may look at once, and of whoever was just erased nothing is noted.
    f"INSERT INTO {_access.name} (person_key, day, who, what, times) "  # noqa: S608 - our own names
    f"SELECT person_key, :day, :who, :what, 1 FROM {_person.name} WHERE person_key = :key "
    "ON CONFLICT (person_key, day, who, what) "
    f"DO UPDATE SET times = {_access.name}.times + 1"
).bindparams(_DAY)
_NOTE_OF_GROUP = text(
    f"INSERT INTO {_groups.name} (group_key, day, who, what, times) "  # noqa: S608 - our own names
    "VALUES (:key, :day, :who, :what, 1) ON CONFLICT (group_key, day, who, what) "
    f"DO UPDATE SET times = {_groups.name}.times + 1"
).bindparams(_DAY)


def note(tx: Tx, person_key: str, what: What, *, on: date) -> None:
    """Note a look at what is one person's."""
    tx.execute(_NOTE, {"key": person_key, "day": on, "who": BY[what].value, "what": what.value})


def note_groups(tx: Tx, group_keys: Iterable[str], what: What, *, on: date) -> None:
    """Note a look at numbers of many people: of these campaigns, or of `EVERYBODY`."""
    said = {"day": on, "who": BY[what].value, "what": what.value}
    # In one order, so that two who look at once never wait for each other.
    if rows := [{"key": key, **said} for key in sorted(set(group_keys))]:
        tx.execute(_NOTE_OF_GROUP, rows)


def looks(tx: Tx, person_key: str) -> list[Look]:
    """Return every look that is still kept at what comes from the person, in no order."""
    return [*_own(tx, person_key), *_of_many(tx, person_key), *_bands(tx, person_key)]


def _own(tx: Tx, person_key: str) -> Iterator[Look]:
    rows = tx.execute(
        select(_access.c.day, _access.c.what, _access.c.times).where(
            _access.c.person_key == person_key
        )
    )
    return (Look(day, What(what), times) for day, what, times in rows if what in _WORDS)


def _of_many(tx: Tx, person_key: str) -> Iterator[Look]:
    """Yield looks at numbers that counted the person: from the day on which each began to."""
    drawn = tx.execute(
        select(_enrolment.c.campaign_key, _enrolment.c.enrolled_at).where(
            _enrolment.c.person_key == person_key
        )
    )
    since = {row.campaign_key: row.enrolled_at.astimezone(UTC).date() for row in drawn}
    first_seen = select(_person.c.first_seen).where(_person.c.person_key == person_key)
    known = tx.execute(first_seen).scalar()
    if known is not None:
        since[EVERYBODY] = known
    rows = tx.execute(
        select(_groups.c.group_key, _groups.c.day, _groups.c.what, _groups.c.times).where(
            _groups.c.group_key.in_(sorted(since))
        )
    )
    for key, day, what, times in rows:
        if what in _WORDS and day >= since[key]:
            yield Look(day, What(what), times)


def _bands(tx: Tx, person_key: str) -> Iterator[Look]:
    """Yield what was let out of groups that count the person, and that a manager is shown.

    By membership alone: it asks for no band, and for no manager.
    """
    is_shown = exists().where(
        _shown.c.quarter == _atom.c.quarter, _shown.c.unit_key == _atom.c.unit_key
    )
    rows = tx.execute(
        select(_release.c.released_at, _release.c.window_start, _release.c.window_end)
        .select_from(_cohort)
        .join(_atom, and_(_atom.c.quarter == _cohort.c.quarter, _atom.c.atom == _cohort.c.atom))
        .join(
            _release,
            and_(
                _release.c.group_key == _atom.c.unit_key,
                _release.c.quarter == _atom.c.quarter,
                _release.c.statistic == Statistic.SHARE.value,
            ),
        )
        .where(_cohort.c.person_key == person_key, is_shown)
    )
    for at, start, end in rows:
        yield Look(at.astimezone(UTC).date(), What.BANDS, days=Window(start, end))
