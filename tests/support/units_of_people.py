"""A company with units of known sizes, and a campaign for all of it or for some of them."""

from dataclasses import replace
from datetime import date, timedelta

from unranked.domain.campaigns import Design
from unranked.services import roster

WEEKDAYS = [d for n in range(60) if (d := date(2026, 1, 5) + timedelta(n)).weekday() < 5]
NAMED = ("Legal", "Sales")


def company(world, tmp_path, *, using=(), **units):
    """Give units of these sizes in which nobody uses AI but the first so many of the units."""
    world.person("ada")
    world.tools["acme"].use("ada@corp.example", *WEEKDAYS)
    rows = [f"ada@corp.example,{NAMED[0]}"]
    for unit, size in units.items():
        for n in range(size):
            name = f"{unit.lower()}{n}"
            world.person(name)
            rows.append(f"{name}@corp.example,{unit}")
            if n < dict(using).get(unit, 0):
                world.tools["acme"].use(f"{name}@corp.example", *WEEKDAYS)
    file = tmp_path / "staff.csv"
    file.write_text("\n".join(["email,department", *rows]), encoding="utf-8")
    world.runtime = replace(world.runtime, roster_csv=file)
    world.begin(days=3)
    roster.refresh(world.runtime)
    return world


def design(world, *units):
    today = world.now.date()
    return Design("Spring", today, today + timedelta(weeks=10), units=units)
