"""What the made-up company's people answer when they are asked what AI was worth to them.

Some never answer, and some weeks are skipped. What somebody answers does not follow from what they
used that week: most of it is habit and temper, as it is with everybody.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from unranked.demo.company import Company
from unranked.demo.company_people import Person, Situation, chance
from unranked.domain.calendar import week_of
from unranked.domain.pulse import Worth

SKIP = "skip"
_WEEK = timedelta(weeks=1)
_SILENT = 0.2  # of all people
_NOT_THIS_WEEK, _SKIPPED = 0.15, 0.05
_MOODS = (
    (Worth.LOST_MORE, Worth.LOST_SOME, Worth.LOST_SOME, Worth.NOTHING, Worth.TO_30_MIN),
    (Worth.LOST_SOME, Worth.NOTHING, Worth.TO_30_MIN, Worth.TO_30_MIN, Worth.TO_1_HOUR),
    (Worth.TO_30_MIN, Worth.TO_1_HOUR, Worth.TO_1_HOUR, Worth.TO_2_HOURS, Worth.TO_4_HOURS),
    (Worth.TO_1_HOUR, Worth.TO_2_HOURS, Worth.TO_2_HOURS, Worth.TO_4_HOURS, Worth.TO_8_HOURS),
)
_WITHOUT_USE = (Worth.NOTHING, SKIP, SKIP)
_NOT_USING = (Situation.NEVER_USED, Situation.NO_SEAT)


def answer(company: Company, person: Person, week: date) -> str | None:
    """Return what a person answers for a week, SKIP, or None where they leave the question."""
    own = Random(f"{company.seed}:answers:{person.id}")
    if chance(own, _SILENT):
        return None
    mood = own.choice(_MOODS)
    this_week = Random(f"{company.seed}:answers:{person.id}:{week}")
    if chance(this_week, _NOT_THIS_WEEK):
        return None
    if chance(this_week, _SKIPPED):
        return SKIP
    return this_week.choice(_WITHOUT_USE if person.situation in _NOT_USING else mood)


def past(company: Company) -> Iterator[tuple[Person, date, str]]:
    """Yield who answered what for which week, before the story begins."""
    for person in company.people:
        week = week_of(company.first) + _WEEK
        while week + _WEEK <= company.today:
            said = answer(company, person, week)
            if said is not None and person.seats:
                yield person, week, said
            week += _WEEK


def answers_often(company: Company, person: Person) -> bool:
    """Return whether a person ever answers."""
    weeks = (week_of(company.first) + number * _WEEK for number in range(1, 9))
    return any(answer(company, person, week) not in {None, SKIP} for week in weeks)
