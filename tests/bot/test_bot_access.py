"""Who looked at what is yours: noted where it is looked at, and read by that person in Home."""

import json
from dataclasses import replace
from datetime import date, timedelta

import frozen_groups
import pytest
from cut_off import KilledError, cut_off_at
from editing import draft
from enrolling import Enrolled, enrol
from fake_model import KEY, NAME, FakeModel
from one_campaign import drawn
from reading import Reader
from signed import opened
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from stored_rows import put, rows

from bot import commands
from unranked.demo.blocks_limits import view_problems
from unranked.domain.access import What
from unranked.domain.cohorts import quarter_of
from unranked.domain.released import Statistic
from unranked.domain.usage import Window
from unranked.llm import LanguageModel
from unranked.services import (
    access,
    campaign_results,
    editor_screens,
    erasure,
    export,
    home,
    home_team,
)
from unranked.services.choices import Asker
from unranked.store import access as stored
from unranked.store import campaigns, ledger
from unranked.store.ledger import Release
from unranked.store.tables import Access, GroupAccess

MONDAY = "Mon 2 Mar 2026"
WINDOW = Window(date(2026, 1, 1), date(2026, 1, 29))
QUARTER = quarter_of(WINDOW.start)
TEAM = "The enablement team. "


def log_of(world, who):
    """Return the lines of somebody's log, as the Home tab's button shows them."""
    shown = access.screen(world.runtime, world.key(who), access.NAME)
    return [row.text for section in shown.sections for row in section.rows]


def company(world):
    """Let some of whom nothing is known but that they are there, Ada first, be in the roster."""
    for name in ("ada", "bob", "cem"):
        world.person(name)
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    return world


# One's own looks, through the door.


def test_own_looks_stand_in_a_modal_of_the_home_tab_by_the_day_and_no_closer(world_on):
    company(world_on)
    with opened(world_on) as front:
        ada = Reader(front, "UADA")
        ada.home()
        front.tokens("UADA")
        world_on.now += timedelta(hours=5)
        front.tokens("UADA")
        front.click("UADA", "how")
        front.tokens("UBOB")
        ada.press("Show who looked")
        said = ada.modal
        view = world_on.slack.modal_of("UADA")

    own = f"{MONDAY}: you looked at your summary (2 times), how it is computed and the Home tab"
    assert own in said.splitlines()
    assert "Nobody looked." in said
    assert "What the program does by itself" in said
    shown = {name: view[name] for name in ("type", "title", "close", "blocks")}
    assert view_problems(shown, "modal") == []
    assert {type(value) for row in rows(world_on, Access) for value in row.values()} == {
        str,
        int,
        date,
    }


def test_the_page_itself_is_the_same_whoever_looked(world):
    company(world)
    ada = Asker(world.key("UADA"))
    before = home.page(world.runtime, ada)
    access.note_everybody(world.runtime, What.PREVIEW)
    access.note(world.runtime, ada.person_key, What.NAMED)

    assert home.page(world.runtime, ada) == before


def test_a_german_reads_it_in_german(world):
    world.person("uwe", locale="de-DE")
    company(world)
    with opened(world) as front:
        uwe = Reader(front, "UUWE")
        uwe.home()
        front.tokens("UUWE")
        uwe.press("Zeigen, wer hingesehen hat")

        assert "du hast angesehen: deine Übersicht und die Startseite" in uwe.modal


def test_nobody_else_is_named_and_nothing_of_theirs_is_there(world):
    company(world)
    with opened(world) as front:
        for who in ("UADA", "UBOB", "UCEM"):
            front.tokens(who)
            front.home(who)
        modal = json.dumps(front.open("UADA", "home_access")["blocks"])

    assert log_of(world, "UADA")[-1] == (f"{MONDAY}: you looked at your summary and the Home tab")
    keys = [world.key(who) for who in ("UADA", "UBOB", "UCEM")]
    for word in (*keys, "Bob", "UBOB", "@", "corp.example"):
        assert word not in modal, word


def test_what_is_exported_has_all_of_it(world):
    company(world)
    key = world.key("UADA")
    access.note_everybody(world.runtime, What.PREVIEW)
    shown = json.loads(export.document(world.runtime, key))

    (line,) = shown["who looked"]
    assert line.startswith(f"{MONDAY}: {TEAM}How many people a campaign would reach")
    (own,) = shown["tables"]["access"]["rows"]
    assert own["what somebody looked at"] == "export"
    assert own["number of looks on that day"] == 1


def test_a_long_log_fits_and_says_that_there_is_more(world):
    company(world)
    key = world.key("UADA")
    for day in range(60):
        with world.runtime.store.write() as tx:
            on = world.now.date() + timedelta(days=day)
            for what in (What.SUMMARY, What.WORDED):
                stored.note(tx, key, what, on=on)
    with opened(world) as front:
        view = front.open("UADA", "home_access")

    shown = {name: view[name] for name in ("type", "title", "close", "blocks")}
    assert view_problems(shown, "modal") == []
    assert json.dumps(view).count("Older ones stand in your export.") == 2
    assert len(log_of(world, "UADA")) == access.OTHERS_MOST + access.OWN_MOST + 2


# A language model, and an operator.


def test_what_a_language_model_was_given_is_noted_with_each_question(world_on):
    company(world_on)
    with FakeModel() as server:
        model = LanguageModel(NAME, KEY, base_url=server.url)
        world_on.runtime = replace(world_on.runtime, model=model)
        commands.answer(world_on.runtime, "UADA", "")
        commands.answer(world_on.runtime, "UADA", "why is it so?")
        asked = len(server.asked)

    (line,) = (one for one in log_of(world_on, "UADA") if "language model" in one)
    assert asked == 2
    assert line.startswith(f"{MONDAY}: The provider of the language model. Lines of your summary")
    assert line.endswith("(2 times). For: help me see my own use.")
    assert log_of(world_on, "UBOB")[0] == "Nobody looked."


def test_a_question_that_is_not_sent_is_none(world):
    company(world)
    with FakeModel() as server:
        model = LanguageModel(NAME, KEY, base_url=server.url)
        world.runtime = replace(world.runtime, model=model)
        commands.answer(world.runtime, "UADA", "why does bob@corp.example use less?")

        assert server.asked == []
    assert log_of(world, "UADA")[0] == "Nobody looked."


def test_an_operator_who_names_somebody_is_noted_where_the_erasure_is_cut_off(world_on):
    company(world_on)
    with cut_off_at(world_on.runtime.store, 1) as came, pytest.raises(KilledError):
        erasure.erase_named(world_on.runtime, "ada@corp.example")

    assert came()
    assert log_of(world_on, "UADA")[0] == (
        f"{MONDAY}: Somebody who runs this program. Your address or member id, typed in a "
        "command. For: erase what is held of you."
    )
    assert log_of(world_on, "UBOB")[0] == "Nobody looked."


def test_nothing_of_it_is_left_of_somebody_who_is_forgotten_and_nothing_comes_back(world_on):
    company(world_on)
    key = world_on.key("UADA")
    access.note(world_on.runtime, key, What.SUMMARY)
    assert erasure.erase_named(world_on.runtime, "ada@corp.example").nothing_left

    access.note(world_on.runtime, key, What.SUMMARY)

    assert [row for row in rows(world_on, Access) if row["person_key"] == key] == []


# Managers: a group's figures are noted once, by their release, and read by whom they count.


def managed(world, tmp_path):
    """Let Boss have eleven people, Other twelve and Small three; fix the quarter's groups."""
    lines = []
    for boss, size in (("boss", 11), ("other", 12), ("small", 3)):
        world.person(boss, seats="")
        for n in range(size):
            world.person(f"{boss}{n}")
            lines.append(f"{boss}{n}@corp.example,{boss}@corp.example")
    path = tmp_path / "people.csv"
    path.write_text("\n".join(["email,manager_email", *lines]))
    world.runtime = replace(world.runtime, roster_csv=path)
    world.at("2026-03-02T10:00+00:00")
    world.begin()
    with world.runtime.store.write() as tx:
        frozen_groups.fix(tx, QUARTER)
        return frozen_groups.unit_key(tx, QUARTER, world.key("UBOSS"))


def release(world, unit_key, band):
    """Let the bands of a unit out, as the gate does."""
    with world.runtime.store.write() as tx:
        for name in (Statistic.SIZE, Statistic.SHARE):
            row = Release(unit_key, name, WINDOW, QUARTER.start, "", band, world.now)
            ledger.record(tx, [row])


def test_who_counts_in_a_released_group_reads_which_days_its_bands_were_of(world_on, tmp_path):
    unit = managed(world_on, tmp_path)
    assert log_of(world_on, "UBOSS3")[0] == "Nobody looked."

    release(world_on, unit, "most")

    line = (
        f"{MONDAY}: A manager, in the weekly message. Wide bands of a group of ten people or more "
        "in which you count, about Thu 1 Jan 2026 to Wed 28 Jan 2026. For: offer help to "
        "non-users."
    )
    assert {log_of(world_on, f"UBOSS{n}")[0] for n in range(11)} == {line}
    for who in ("UBOSS", "UOTHER0", "USMALL", "USMALL0"):
        assert log_of(world_on, who)[0] == "Nobody looked."
    assert rows(world_on, Access) == []


def test_what_the_bands_say_changes_no_byte_of_the_log(world, tmp_path):
    unit = managed(world, tmp_path)
    release(world, unit, "few")
    low = access.screen(world.runtime, world.key("UBOSS0"), access.NAME)
    with world.runtime.store.write() as tx:
        tx.execute(sql("UPDATE release SET band = 'most'"))

    assert access.screen(world.runtime, world.key("UBOSS0"), access.NAME) == low


def test_who_counts_from_the_next_quarter_on_reads_nothing_of_this_one(world, tmp_path):
    unit = managed(world, tmp_path)
    release(world, unit, "few")
    world.person("late")
    with (tmp_path / "people.csv").open("a") as more:
        more.write("\nlate@corp.example,boss@corp.example")
    world.begin(days=1)
    with world.runtime.store.write() as tx:
        frozen_groups.fix(tx, quarter_of(QUARTER.end))
        assert frozen_groups.unit_key(tx, quarter_of(QUARTER.end), world.key("UBOSS")) == unit

    assert log_of(world, "ULATE")[0] == "Nobody looked."
    assert log_of(world, "UBOSS0")[0].startswith(f"{MONDAY}: A manager")


def test_a_group_that_no_manager_is_shown_was_not_looked_at(world, tmp_path):
    unit = managed(world, tmp_path)
    release(world, unit, "few")
    with world.runtime.store.write() as tx:
        tx.execute(sql("DELETE FROM shownunit WHERE unit_key = :unit"), {"unit": unit})

    assert log_of(world, "UBOSS0")[0] == "Nobody looked."


# The enablement team: by campaign, and whom it counts is asked when somebody reads.


def team(world):
    world.person("lee")
    company(world)
    world.runtime = replace(world.runtime, enablement=frozenset({"ULEE"}))
    drawn(world, "UADA")
    return world


def test_results_are_noted_for_whom_a_campaign_drew_and_for_nobody_else(world_on):
    team(world_on)
    lee = Asker(world_on.key("ULEE"))
    campaign_results.message(world_on.runtime, lee)
    campaign_results.message(world_on.runtime, lee)

    assert log_of(world_on, "UADA")[0] == (
        f"{MONDAY}: {TEAM}Results of campaigns that drew you, from many people together "
        "(2 times). For: see, from many people together, whether that helps."
    )
    for who in ("UBOB", "ULEE"):
        assert log_of(world_on, who)[0] == "Nobody looked."
    (row,) = (row for row in rows(world_on, GroupAccess) if row["group_key"] == "c-1")
    assert (row["who"], row["what"], row["times"]) == ("enablement", "results", 2)


def test_looks_before_somebody_was_drawn_did_not_count_them(world):
    team(world)
    campaign_results.message(world.runtime, Asker(world.key("ULEE")))
    world.now += timedelta(days=1)
    key, today = world.key("UBOB"), world.now.date()
    with world.runtime.store.write() as tx:
        enrol(tx, [Enrolled("c-1", key, "nudge", "never_used", today, world.now)])

    assert log_of(world, "UBOB")[0] == "Nobody looked."
    campaign_results.message(world.runtime, Asker(world.key("ULEE")))
    assert "Results of campaigns that drew you" in log_of(world, "UBOB")[0]


def test_opening_home_and_a_campaign_is_noted_and_a_colleague_elsewhere_is_not(front, lee):
    world = front.world
    drawn(world, "UADA")
    lee.home()
    with world.runtime.store.read() as tx:
        found = campaigns.one(tx, "c-1")
    editor_screens.campaign(world.runtime, found)

    said = log_of(world, "UADA")
    assert any("How campaigns that drew you are getting on" in line for line in said)
    assert any("Results of campaigns that drew you" in line for line in said)
    assert not any("campaigns that drew you" in line for line in log_of(world, "UMAX"))
    assert any("The rounded figure of the whole programme" in line for line in said)


def test_counting_whom_a_campaign_would_reach_is_a_look_at_everybody(front, lee):
    draft(lee)
    reach = f"{MONDAY}: {TEAM}How many people a campaign would reach, rounded"
    (before,) = (one for one in log_of(front.world, "UADA") if "would reach" in one)
    lee.press("Who would get it")

    for who in ("UADA", "UQUIET0", "UMAX"):
        (line,) = (one for one in log_of(front.world, who) if "would reach" in one)
        assert line.startswith(reach)
        assert line != before


def test_of_looks_before_somebody_came_they_read_nothing(world):
    team(world)
    world.now -= timedelta(days=30)
    access.note_everybody(world.runtime, What.PREVIEW)

    assert log_of(world, "UADA")[0] == "Nobody looked."


# What cannot be noted is not shown.

LOOKS = {
    "tokens": lambda world: commands.answer(world.runtime, "UADA", ""),
    "why": lambda world: commands.answer(world.runtime, "UADA", "why"),
    "home": lambda world: home.page(world.runtime, Asker(world.key("UADA"))),
    "export": lambda world: export.document(world.runtime, world.key("UADA")),
    "erase": lambda world: erasure.find_person(world.runtime, "ada@corp.example"),
    "results": lambda world: commands.answer(world.runtime, "ULEE", "campaigns"),
    "campaigns": lambda world: home_team.campaigns(world.runtime),
    "campaign": lambda world: editor_screens.campaign(world.runtime, the_campaign(world)),
    "who": lambda world: editor_screens.who_would_get_it(world.runtime, the_campaign(world)),
    "programme": lambda world: home.page(world.runtime, Asker(world.key("ULEE"))),
}


def the_campaign(world):
    with world.runtime.store.read() as tx:
        return campaigns.one(tx, "c-1")


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_that_cannot_be_noted_shows_nothing(world, name):
    team(world)
    LOOKS[name](world)  # as it is, it shows something
    with world.runtime.store.write() as tx:
        for place in ("access", "groupaccess"):
            tx.execute(sql(f"ALTER TABLE {place} RENAME TO {place}_gone"))

    with pytest.raises(DBAPIError):
        LOOKS[name](world)


def test_a_word_of_a_newer_program_is_left_out(world):
    company(world)
    put(world, "access", person_key=world.key("UADA"), day=world.now.date(), what="of tomorrow")

    assert log_of(world, "UADA")[0] == "Nobody looked."
