"""Whom one can be in the playground: people by role and situation, never a list of names."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from unranked import text
from unranked.demo.company import Company
from unranked.demo.company_answers import answers_often
from unranked.demo.company_people import Person, Situation

OPTED_OUT = "opted-out"
FEW, MANY = 6, 24
TEAM = 2
"""So many people are of the enablement team: two may write the same campaign."""


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody to be. slug: stands in addresses, and tells no name."""

    slug: str
    title: str
    says: str
    person: Person = field(repr=False)


def cast(
    company: Company, got_one: Callable[[Person], bool]
) -> tuple[tuple[str, tuple[Role, ...]], ...]:
    """Return the roles under their headings. got_one: whether somebody has a message by now."""
    return (
        ("AI has not started", tuple(_starting(company, got_one))),
        ("At work with AI", tuple(_using(company))),
        ("Not now", tuple(_aside(company, got_one))),
        ("Managers and the programme", tuple(_leading(company, got_one))),
    )


def _starting(company: Company, got_one: Callable[[Person], bool]) -> Iterator[Role]:
    never = _quiet(company, Situation.NEVER_USED)
    written = [person for person in never if got_one(person)]
    held = [person for person in never if not got_one(person)]
    yield from _first(
        written, "never-used", "Never used", "Has a seat and no use. A coin drew them for a tip."
    )
    yield from _first(
        held, "held-back", "Never used, no tip", "The same, but the coin held them back."
    )
    tried = sorted(_quiet(company, Situation.TRIED_ONCE), key=lambda one: not got_one(one))
    yield from _first(tried, "tried-once", "Tried once", "Used AI on a day or two, weeks before.")
    lapsed = sorted(_quiet(company, Situation.LAPSED), key=lambda one: not got_one(one))
    yield from _first(lapsed, "lapsed", "Lapsed", "Used AI for some weeks, then no more.")
    others = sorted(_leading_nobody(company), key=lambda one: not got_one(one))
    german = [one for one in others if speaks(one) == "de"]
    says = "Their Slack is in German, and the bot speaks German to them."
    yield from _first(german, "german", "German speaker", says)


def _using(company: Company) -> Iterator[Role]:
    active = [one for one in _quiet(company, Situation.ACTIVE_DAILY) if len(one.seats) > 1]
    active.sort(key=lambda one: answers_often(company, one), reverse=True)
    says = "Uses two tools on most working days, and answers when asked."
    yield from _first(active, "active", "Active", says)
    some = _quiet(company, Situation.ACTIVE_OCCASIONALLY)
    yield from _first(some, "now-and-then", "Now and then", "Uses AI on a day of the week or so.")
    new = _quiet(company, Situation.NEW_JOINER)
    yield from _first(new, "new", "New", "Joined less than two weeks before the story begins.")


def _aside(company: Company, got_one: Callable[[Person], bool]) -> Iterator[Role]:
    away = _quiet(company, Situation.ON_LEAVE)
    says = "Away for weeks when the story begins. Silence wins."
    yield from _first(away, "on-leave", "On leave", says)
    lapsed = [one for one in _quiet(company, Situation.LAPSED) if got_one(one)]
    says = "Got a tip, and wrote “stop” to the bot."
    yield from _first(lapsed[1:], OPTED_OUT, "Opted out", says)
    yield from _first(
        _quiet(company, Situation.NO_SEAT), "no-seat", "No seat", "Has no access to any AI tool."
    )


def _leading(company: Company, got_one: Callable[[Person], bool]) -> Iterator[Role]:
    reports = Counter(person.manager_id for person in company.people)
    leads = [person for person in company.people if reports[person.id]]
    written = [
        lead
        for lead in leads
        if lead.manager_id and got_one(lead) and lead.id not in _leaving(company)
    ]
    for slug, size in (("manager-of-few", FEW), ("manager-of-many", MANY)):
        for one in _nearest(written, reports, size):
            says = f"Has {reports[one.id]} direct reports."
            yield Role(slug, f"Manager of {reports[one.id]}", says, one)
    heads = [one for one in leads if not one.manager_id and one.id not in _leaving(company)]
    yield from _first(heads, "director", "Director", "A manager of managers.")
    says = "Runs the AI programme, and writes campaigns on the Home tab."
    yield from _first(enablement(company), "enablement", "Enablement lead", says)
    says = "Of the same team: two may write the same campaign at a time."
    yield from _first(enablement(company)[1:], "enablement-too", "Enablement colleague", says)


def enablement(company: Company) -> list[Person]:
    """Return the made-up company's enablement team: the first one writes English."""
    leading = {person.manager_id for person in company.people}
    stay = [one for one in company.people if one.id not in _leaving(company)]
    others = [one for one in stay if one.id not in leading and one.seats][::-1]
    return sorted(others, key=_in_another_language)[:TEAM]


def speaks(person: Person) -> str:
    """Return the language in which the bot speaks to somebody."""
    return text.language_of(person.locale)


def _in_another_language(person: Person) -> bool:
    return speaks(person) != text.ORIGINAL


def _nearest(leads: list[Person], reports: Counter[str], size: int) -> list[Person]:
    return sorted(leads, key=lambda one: abs(reports[one.id] - size))[:1]


def _quiet(company: Company, situation: Situation) -> list[Person]:
    """Return people of a situation who lead nobody, so that each role shows one thing.

    Those to whom the bot speaks as this page does come first.
    """
    found = [one for one in _leading_nobody(company) if one.situation is situation]
    return sorted(found, key=_in_another_language)


def _leading_nobody(company: Company) -> list[Person]:
    others = {person.manager_id for person in company.people} | _leaving(company)
    return [person for person in company.people if person.id not in others]


def _leaving(company: Company) -> set[str]:
    """Return who leaves the company one day: nobody whom one can be."""
    return set(company.future.left)


def _first(people: Iterable[Person], slug: str, title: str, says: str) -> Iterator[Role]:
    for person in people:
        yield Role(slug, title, says, person)
        return
