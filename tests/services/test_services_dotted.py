"""Managers by a dotted line: read from the company's list, replaced each time it is read."""

import json
from dataclasses import replace

import pytest
from leading_people import listed
from sqlalchemy import select

from unranked.domain.org_chart import Unit, UnitKind
from unranked.errors import RosterError
from unranked.services import erasure, export, managers, roster, staff_csv
from unranked.store import groups
from unranked.store.tables import DottedLine, table

_dotted = table(DottedLine)


def lines(world):
    """Return who has which manager by a dotted line, by names."""
    names = {
        world.key(member): member.removeprefix("U").lower()
        for member in world.slack._workspace.members
    }
    with world.runtime.store.read() as tx:
        rows = tx.execute(select(_dotted.c.person_key, _dotted.c.manager_key)).all()
    return {(names[person], names[manager]) for person, manager in rows}


def test_the_list_says_who_has_which_managers_besides_their_own(world_on, tmp_path):
    listed(world_on, tmp_path, {"ada": "boss", "bo": "boss"}, ada="lead head", bo="head")
    roster.refresh(world_on.runtime)

    assert lines(world_on) == {("ada", "lead"), ("ada", "head"), ("bo", "head")}
    with world_on.runtime.store.read() as tx:
        unit = Unit(UnitKind.DOTTED, world_on.key("UHEAD"))
        members = set(groups.chart(tx).members(unit))
    assert members == {world_on.key("UADA"), world_on.key("UBO")}


def test_each_reading_replaces_all_of_them(world_on, tmp_path):
    listed(world_on, tmp_path, {"ada": "boss", "bo": "boss"}, ada="lead head", bo="head")
    roster.refresh(world_on.runtime)
    listed(world_on, tmp_path, {"ada": "boss"}, ada="head", boss="lead")
    roster.refresh(world_on.runtime)
    assert lines(world_on) == {("ada", "head"), ("boss", "lead")}

    for nobody in ({"ada": "boss"}, {}):
        listed(world_on, tmp_path, {"ada": "boss"}, ada="head")
        roster.refresh(world_on.runtime)
        listed(world_on, tmp_path, nobody)
        roster.refresh(world_on.runtime)
        assert lines(world_on) == set()


def test_without_a_list_nothing_is_known_anew_and_nothing_is_lost(world, tmp_path):
    listed(world, tmp_path, {"ada": "boss"}, ada="head")
    roster.refresh(world.runtime)
    world.runtime = replace(world.runtime, roster_csv=None)
    roster.refresh(world.runtime)

    assert lines(world) == {("ada", "head")}


def test_somebodys_own_manager_is_no_second_one_and_a_stranger_is_nobody(world, tmp_path):
    listed(world, tmp_path, {"ada": "boss"}, ada="boss head")
    path = tmp_path / "people.csv"
    said = path.read_text().replace("head@corp", "gone@corp").replace("ada@corp", "ADA@corp")
    path.write_text(said)
    roster.refresh(world.runtime)

    assert lines(world) == set()


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("head", "no e-mail address in dotted_managers"),
        ("head@corp.example;;x", "no e-mail address in dotted_managers"),
        ("head@corp.example; ada@corp.example", "names its own address in dotted_managers"),
    ],
)
def test_a_wrong_one_is_named_by_its_line_and_nothing_stored_is_lost(
    world_on, tmp_path, value, wrong
):
    listed(world_on, tmp_path, {"bo": "boss", "ada": "boss"}, bo="head")
    roster.refresh(world_on.runtime)
    path = tmp_path / "people.csv"
    path.write_text(f"{path.read_text()}{value}")
    with pytest.raises(RosterError, match=f"^Line 3 of the roster file .*{wrong}") as refused:
        roster.refresh(world_on.runtime)

    assert "Nothing was changed" in refused.value.hint
    assert "corp.example" not in f"{refused.value} {refused.value.hint}".replace(
        "company.example", ""
    )
    assert lines(world_on) == {("bo", "head")}


def test_blanks_and_repetitions_make_no_difference():
    text = "email,dotted_managers\nada@corp.example, Head@corp.example ;head@corp.example;"
    (entry,) = staff_csv.parse(text)

    assert entry.dotted == ("head@corp.example",)
    assert "head" not in repr(entry)


def test_a_line_of_the_roster_file_shows_nothing_of_a_person_in_its_repr():
    text = ",".join(staff_csv.KNOWN)
    text += (
        "\nada@corp.example,bo@corp.example,cy@corp.example,Board,2026-03-02,Mon,2026-03-31,DE\n"
    )
    (entry,) = staff_csv.parse(text)

    assert entry.department == "Board"
    assert repr(entry) == "StaffEntry()"


def test_who_leads_by_a_dotted_line_alone_gets_the_weekly_message(world, tmp_path):
    listed(world, tmp_path, {"ada": "boss"}, ada="head")
    world.at("2026-03-02T08:30+00:00")
    world.begin(days=1)
    managers.plan(world.runtime)
    world.deliver()

    assert world.got("UHEAD") == world.got("UBOSS") == ["Your week with Unranked"]


def test_with_a_person_their_dotted_lines_go_and_nothing_leads_to_a_manager_who_went(
    world_on, tmp_path
):
    listed(world_on, tmp_path, {"ada": "", "bo": ""}, ada="head", bo="head lead")
    roster.refresh(world_on.runtime)
    exported = json.loads(export.document(world_on.runtime, world_on.key("UADA")))
    assert len(exported["tables"]["dottedline"]["rows"]) == 1
    ada, head = world_on.key("UADA"), world_on.key("UHEAD")
    erasure.forget(world_on.runtime, ada)
    erasure.forget(world_on.runtime, head)

    with world_on.runtime.store.read() as tx:
        rows = tx.execute(select(_dotted.c.person_key, _dotted.c.manager_key)).all()
    assert not {ada, head} & {key for row in rows for key in row}
    assert {row.person_key for row in rows} == {world_on.key("UBO")}
    roster.refresh(world_on.runtime)
    with world_on.runtime.store.read() as tx:
        (row,) = tx.execute(select(_dotted.c.person_key, _dotted.c.manager_key)).all()
    assert tuple(row) == (world_on.key("UBO"), world_on.key("ULEAD"))
