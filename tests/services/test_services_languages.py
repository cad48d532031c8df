"""What is planned, sent and exported is in the language of whoever reads it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import frozen_groups
import pytest
from languages import ENGLISH, GERMAN, WEEKDAYS, in_german, people_of_several_languages

from unranked import text
from unranked.channels import blocks
from unranked.domain.usage import Window
from unranked.services import export, managers, messages
from unranked.store import ledger, people
from unranked.store.ledger import Release


@pytest.fixture
def company(world):
    return people_of_several_languages(world)


def test_the_locale_of_everybody_is_the_one_that_slack_gave(company):
    with company.runtime.store.read() as tx:
        found = {who: people.locale(tx, company.key(who)) for who in (*GERMAN, *ENGLISH)}

    assert found == {"UADA": "de-DE", "UBOB": "de-AT", "UEVE": "fr-FR", "UFAY": "", "UGUS": "en-GB"}


def test_a_tip_comes_in_the_language_of_whoever_gets_it(world):
    for number in range(12):
        world.person(f"quiet{number}", locale="de-DE" if number % 2 else "nl-NL")
    for busy in ("bo", "cy", "di"):
        world.person(busy)
        world.tools["acme"].use(f"{busy}@corp.example", *WEEKDAYS)
    world.at("2026-03-02T08:00+00:00")
    world.begin(days=3)
    world.plan()
    for hour in range(9, 17):
        for day in range(2, 7):
            world.at(f"2026-03-0{day}T{hour:02}:00+00:00")
            world.deliver()
    firsts = {n: world.got(f"UQUIET{n}") for n in range(12)}

    assert {one for n, got in firsts.items() for one in got if n % 2} == {
        "Ein kleiner Tipp von Unranked"
    }
    assert {one for n, got in firsts.items() for one in got if not n % 2} == {
        "A small tip from Unranked"
    }


def teams(world, tmp_path):
    """Two managers of twelve each, of whose groups bands were released for the last quarter."""
    lines = ["email,manager_email"]
    for boss, locale in (("boss", "de-CH"), ("chief", "es-ES")):
        world.person(boss, seats="", locale=locale)
        for number in range(12):
            world.person(f"{boss}{number}")
            lines.append(f"{boss}{number}@corp.example,{boss}@corp.example")
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines))
    world.runtime = replace(world.runtime, roster_csv=path)
    world.at("2026-01-01T06:00+00:00")
    world.begin(days=1)
    world.at("2026-06-29T07:30+00:00")
    with world.runtime.store.write() as tx:
        for quarter in QUARTERS:
            frozen_groups.fix(tx, quarter)
        for who in ("UBOSS", "UCHIEF"):
            unit = frozen_groups.unit_key(tx, QUARTERS[-1], world.key(who))
            ledger.record(tx, bands_of(unit))


QUARTERS = (Window(date(2026, 1, 1), date(2026, 4, 1)), Window(date(2026, 4, 1), date(2026, 7, 1)))


def bands_of(key):
    for quarter, share in zip(QUARTERS, ("share3_low", "share3_high"), strict=True):
        window = Window(quarter.start, quarter.start + timedelta(weeks=12))
        for name, band in (("size", "size_10_24"), ("share", share)):
            yield Release(
                key, name, window, quarter.start, "", band, datetime(2026, 7, 1, tzinfo=UTC)
            )


def test_a_managers_week_is_planned_and_sent_in_the_managers_language(world, tmp_path):
    teams(world, tmp_path)
    managers.plan(world.runtime)
    world.at("2026-06-29T08:00+00:00")
    world.deliver()
    german, english = (world.slack.messages_to(who)[-1]["text"] for who in ("UBOSS", "UCHIEF"))

    assert german.startswith("Deine Woche mit Unranked\n")
    assert in_german(german)
    assert (
        "KI-Werkzeug: 10 bis 24 Personen. Wer mitzählt, wurde am 1. Apr. 2026 festgelegt." in german
    )
    assert "vom 1. Apr. 2026 bis zum 23. Juni 2026 an mindestens einem Tag" in german
    assert ": über zwei Drittel.\n- Dieser Anteil liegt in einer höheren Spanne" in german
    assert english.startswith("Your week with Unranked\n")
    assert "AI tool: 10 to 24 people. Who counts was fixed on 1 Apr 2026." in english
    assert ": over two thirds.\n- That share is in a higher band" in english


def test_an_export_is_in_the_language_and_holds_the_same_in_both(company):
    key = company.key("UADA")
    with text.spoken("de"):
        german = json.loads(export.document(company.runtime, key))
    english = json.loads(export.document(company.runtime, key))

    assert german["was das ist"].startswith("Alles, was Unranked über die Person speichert")
    assert german["Tabellen"].keys() == english["tables"].keys()
    for name, table in english["tables"].items():
        other = german["Tabellen"][name]
        if name == "access":  # that it was exported before stands in the second one
            continue
        assert [list(row.values()) for row in other["Zeilen"]] == [
            list(row.values()) for row in table["rows"]
        ]
        assert other["was"] != table["what"]
        assert not {what for row in other["Zeilen"] for what in row} & {
            what for row in table["rows"] for what in row if " " in what
        }
    assert {row["Abteilung"] for row in german["Tabellen"]["person"]["Zeilen"]} == {""}


def test_where_no_contact_was_named_the_usual_words_for_it_are_in_the_language(company):
    named = replace(company.runtime, help_contact="your AI enablement team")

    assert messages.contact(company.runtime).contact == "#ai-help"
    assert messages.contact(named).contact == "your AI enablement team"
    with text.spoken("de"):
        assert messages.contact(named).contact == "dein KI-Team"
        assert messages.contact(company.runtime).contact == "#ai-help"
        help_me = blocks.text(messages.plain("help_me", messages.contact(named)))
        assert "Schreib an dein KI-Team." in help_me
