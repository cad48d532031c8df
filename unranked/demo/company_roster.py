"""The made-up company's roster file: one line for each employee, as somebody in HR keeps it."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from unranked.demo.company_people import Person

CSV_HEADER = (
    "email",
    "manager_email",
    "department",
    "start_date",
    "working_days",
    "leave",
    "region",
)
_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Leave = Iterable[tuple[date, date]]


def roster_file(people: Iterable[Person], leave: Mapping[str, Leave] | None = None) -> str:
    """Return the file of these people; leave as `first/last`, both days inclusive.

    leave: by person, where it is not that of `Person.leave`.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    everybody = list(people)
    emails = {person.id: person.email for person in everybody}
    for person in everybody:
        known = (leave or {}).get(person.id, person.leave)
        writer.writerow(_line(person, emails.get(person.manager_id, ""), known))
    return out.getvalue()


def _line(person: Person, manager_email: str, leave: Leave) -> tuple[str, ...]:
    return (
        person.email,
        manager_email,
        person.department,
        person.start.isoformat(),
        " ".join(_DAY_NAMES[n] for n in person.working_days),
        ";".join(f"{first}/{last}" for first, last in leave),
        person.region,
    )
