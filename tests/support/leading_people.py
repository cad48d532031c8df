"""Somebody who leads people in the small company, as its list of people says."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from small_world import World


def listed(world: World, folder: Path, lines: Mapping[str, str], **dotted: str) -> None:
    """Let the company's list say who reports to whom, and who has which other managers besides.

    lines: person to manager; nobody for an empty one. Whoever is named and not there joins.
    """
    column = ",dotted_managers" if dotted else ""
    rows = [f"email,manager_email{column}"]
    for person in dict.fromkeys([*lines, *dotted]):
        boss, others = lines.get(person, ""), dotted.get(person, "")
        for one in filter(None, (person, boss, *others.split())):
            if f"U{one.upper()}" not in world.slack._workspace.members:
                world.person(one, seats="")
        said = ";".join(f"{other}@corp.example" for other in others.split())
        end = f",{said}" if dotted else ""
        rows.append(f"{person}@corp.example,{boss and f'{boss}@corp.example'}{end}")
    path = folder / "people.csv"
    path.write_text("\n".join(rows))
    world.runtime = replace(world.runtime, roster_csv=path)
